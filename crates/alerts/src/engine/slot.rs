//! Where the instance of a check is, and whether a look at it may be a short one.

/// The index of an instance, in four bytes. One that is not steady has an index beyond all there
/// are, so that the loop needs one comparison for whether there is an instance, and a steady one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

const RESTLESS: u32 = 1 << 31;

impl Slot {
    /// Nothing goes on.
    pub const QUIET: Slot = Slot(u32::MAX);

    /// A steady instance fires, and its test held in the last evaluation.
    pub fn new(index: usize, is_steady: bool) -> Slot {
        let index = u32::try_from(index).ok().filter(|index| *index < RESTLESS - 1);
        let index = index.expect("series are counted in 32 bits, and few have as many instances");
        Slot(if is_steady { index } else { index | RESTLESS })
    }

    pub fn is_quiet(self) -> bool {
        self == Slot::QUIET
    }

    pub fn is_steady(self) -> bool {
        self.0 & RESTLESS == 0
    }

    /// Of an instance that is steady; beyond the end of any list otherwise.
    pub fn steady(self) -> usize {
        self.0 as usize
    }

    pub fn index(self) -> Option<usize> {
        (!self.is_quiet()).then_some((self.0 & !RESTLESS) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_found_again_and_only_that_of_a_steady_instance_is_in_any_list() {
        for index in [0, 1, (1 << 31) - 2] {
            let (steady, restless) = (Slot::new(index, true), Slot::new(index, false));
            assert_eq!((steady.index(), restless.index()), (Some(index), Some(index)));
            assert!(steady.is_steady() && !restless.is_steady() && !restless.is_quiet());
            assert_eq!(steady.steady(), index);
            assert!(restless.steady() >= 1 << 31);
        }
        assert!(Slot::QUIET.steady() >= 1 << 31 && !Slot::QUIET.is_steady());
        assert_eq!(Slot::QUIET.index(), None);
    }
}
