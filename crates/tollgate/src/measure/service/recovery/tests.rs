//! What is found in slices of a quarter of a second.

use proptest::prelude::*;

use super::*;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Slices of 250 ms, by what succeeded and failed in them.
fn slices(counts: &[(u64, u64)]) -> Vec<Slice> {
    let slice = |(at, &(succeeded, failed)): (usize, &(u64, u64))| Slice {
        until: ms(250 * (at as u64 + 1)),
        succeeded,
        failed,
    };
    counts.iter().enumerate().map(slice).collect()
}

const WELL: (u64, u64) = (10, 0);
const BAD: (u64, u64) = (5, 5);
const NOTHING: (u64, u64) = (0, 0);

fn found(counts: &[(u64, u64)], taken: &[u64]) -> Vec<Option<u64>> {
    let taken: Vec<Duration> = taken.iter().copied().map(ms).collect();
    let told = recoveries(&slices(counts), &taken);
    told.iter().map(|one| one.map(|one| u64::try_from(one.as_millis()).unwrap())).collect()
}

#[test]
fn a_recovery_ends_with_the_last_bad_slice() {
    assert_eq!(found(&[WELL, WELL, BAD, WELL, BAD, WELL], &[600]), [Some(650)]);
}

#[test]
fn what_nobody_notices_takes_no_time() {
    assert_eq!(found(&[WELL; 6], &[600]), [Some(0)]);
}

#[test]
fn failures_that_were_usual_before_are_no_harm() {
    assert_eq!(found(&[BAD, WELL, BAD, BAD, WELL], &[600]), [Some(0)]);
    assert_eq!(found(&[BAD, WELL, (4, 6), BAD, WELL], &[600]), [Some(150)]);
}

#[test]
fn a_silence_is_harm_when_it_is_longer_than_twice_the_usual_one() {
    assert_eq!(found(&[WELL, WELL, NOTHING, NOTHING, NOTHING, WELL, WELL], &[500]), [Some(1000)]);
    assert_eq!(found(&[WELL, WELL, NOTHING, WELL, WELL], &[500]), [Some(0)]);
    // Where only every second slice has a success, so long a silence is not seen.
    let rare = [WELL, NOTHING, WELL, NOTHING, NOTHING, NOTHING, WELL];
    assert_eq!(found(&rare, &[750]), [Some(0)]);
}

#[test]
fn what_is_still_bad_at_the_end_has_not_recovered() {
    for end in [BAD, (0, 9)] {
        assert_eq!(found(&[WELL, WELL, WELL, end], &[500]), [None]);
    }
    assert_eq!(found(&[WELL, WELL, NOTHING, NOTHING, NOTHING, NOTHING], &[500]), [None]);
    // Nothing was seen after it, or what may have been before.
    assert_eq!(found(&[WELL, WELL, WELL], &[500]), [None]);
    assert_eq!(found(&[WELL, WELL], &[500]), [None]);
    assert_eq!(found(&[], &[500]), [None]);
}

#[test]
fn each_has_its_own_recovery_in_their_order() {
    let counts = [WELL, WELL, BAD, WELL, WELL, BAD, BAD, WELL];
    assert_eq!(found(&counts, &[500, 1250]), [Some(250), Some(500)]);
}

#[test]
fn harm_that_meets_the_next_one_lasts_until_that_is_over() {
    let counts = [WELL, WELL, BAD, BAD, BAD, BAD, WELL];
    assert_eq!(found(&counts, &[500, 1000]), [Some(1000), Some(500)]);
    assert_eq!(found(&counts[..6], &[500, 1000]), [None, None]);
}

#[test]
fn the_resolution_is_that_of_the_longest_slice() {
    let mut slices = slices(&[WELL, WELL]);
    assert_eq!(resolution(&slices), ms(500));
    slices.push(Slice { until: ms(1200), succeeded: 1, failed: 0 });
    assert_eq!(resolution(&slices), ms(950));
}

proptest! {
    /// Whatever was seen: no recovery ends before the last failure that was unusual.
    #[test]
    fn no_recovery_is_too_short(
        counts in prop::collection::vec((0_u64..4, 0_u64..3), 1..40),
        at in 0_u64..10_000,
    ) {
        let all = slices(&counts);
        let [told] = recoveries(&all, &[ms(at)])[..] else { panic!("one is asked for") };
        let worst = all.iter().filter(|slice| slice.until <= ms(at)).map(Slice::failures);
        let worst = worst.fold(0.0, f64::max);
        let unusual =
            all.iter().rfind(|slice| slice.until > ms(at) && slice.failures() > worst);
        if let (Some(told), Some(last)) = (told, unusual) {
            prop_assert!(ms(at) + told >= last.until);
        }
    }
}
