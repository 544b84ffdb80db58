use proptest::prelude::*;

use super::*;

/// Slots as the letters of a text, `.` free: slow and obvious.
fn row(text: &str) -> Vec<u64> {
    let mut words = vec![0; text.len().div_ceil(64)];
    for (slot, letter) in text.bytes().enumerate() {
        words[slot / 64] |= u64::from(letter == b'.') << (slot % 64);
    }
    words
}

fn slow_runs(text: &str) -> Vec<(u16, u16)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, letter) in text.bytes().chain([b'#']).enumerate() {
        match (letter, start) {
            (b'.', None) => start = Some(at),
            (b'#', Some(from)) => {
                runs.push((from as u16, (at - from) as u16));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn small() -> (Spectrum, [Link; 3]) {
    let grid = Grid { slots: 100, cores: 2, guard: 1 };
    (Spectrum::new(grid, 3), [Link(0), Link(1), Link(2)])
}

#[test]
fn first_fit_is_the_lowest_run_free_on_every_link() {
    let (mut spectrum, [a, b, _]) = small();
    spectrum.take(&[a], Block { core: 0, start: 0, slots: 4 });
    spectrum.take(&[b], Block { core: 0, start: 6, slots: 60 });
    let found = spectrum.find(&[a, b], 3, Assignment::FirstFit, |_| 0);
    assert_eq!(found, Some(Block { core: 0, start: 66, slots: 3 }));
    let found = spectrum.find(&[a, b], 2, Assignment::FirstFit, |_| 0);
    assert_eq!(found, Some(Block { core: 0, start: 4, slots: 2 }));
}

#[test]
fn a_full_core_sends_a_request_to_the_next() {
    let (mut spectrum, [a, ..]) = small();
    spectrum.take(&[a], Block { core: 0, start: 0, slots: 98 });
    let found = spectrum.find(&[a], 3, Assignment::FirstFit, |_| 0);
    assert_eq!(found, Some(Block { core: 1, start: 0, slots: 3 }));
    assert_eq!(spectrum.find(&[a], 101, Assignment::FirstFit, |_| 0), None);
}

#[test]
fn last_fit_ends_at_the_highest_slot() {
    let (spectrum, links) = small();
    let found = spectrum.find(&links, 5, Assignment::LastFit, |_| 0);
    assert_eq!(found, Some(Block { core: 0, start: 95, slots: 5 }));
}

#[test]
fn best_fit_takes_the_shortest_run_that_is_long_enough() {
    let (mut spectrum, [a, ..]) = small();
    spectrum.take(&[a], Block { core: 0, start: 10, slots: 5 });
    spectrum.take(&[a], Block { core: 0, start: 21, slots: 5 });
    let found = spectrum.find(&[a], 6, Assignment::BestFit, |_| 0);
    assert_eq!(found, Some(Block { core: 0, start: 15, slots: 6 }));
}

#[test]
#[should_panic(expected = "taken twice")]
fn a_slot_is_never_taken_twice() {
    let (mut spectrum, [a, b, _]) = small();
    spectrum.take(&[a, b], Block { core: 0, start: 60, slots: 10 });
    spectrum.take(&[b], Block { core: 0, start: 69, slots: 1 });
}

#[test]
#[should_panic(expected = "given back twice")]
fn a_slot_is_never_given_back_twice() {
    let (mut spectrum, [a, ..]) = small();
    spectrum.give(&[a], Block { core: 0, start: 0, slots: 1 });
}

type Held = Vec<(Vec<Link>, Block)>;

const ASSIGNMENTS: [Assignment; 4] =
    [Assignment::FirstFit, Assignment::LastFit, Assignment::BestFit, Assignment::Random];

/// How many of the lightpaths hold a slot.
fn holders(held: &Held, link: Link, core: u16, slot: u16) -> usize {
    let has = |(path, block): &&(Vec<Link>, Block)| {
        let slots = block.start..block.start + block.slots;
        path.contains(&link) && block.core == core && slots.contains(&slot)
    };
    held.iter().filter(has).count()
}

/// Compares the spectrum slot by slot with who holds what.
fn check(spectrum: &mut Spectrum, links: &[Link], held: &Held) -> Result<(), TestCaseError> {
    let grid = spectrum.grid();
    let mut busy = 0;
    for link in links {
        let mut free = 0;
        for (core, slot) in (0..grid.cores).flat_map(|c| (0..grid.slots).map(move |s| (c, s))) {
            let holders = holders(held, *link, core, slot);
            prop_assert!(holders <= 1);
            prop_assert_eq!(spectrum.is_free(*link, core, slot), holders == 0);
            busy += holders as u64;
            free += 1 - holders as u32;
        }
        prop_assert_eq!(spectrum.free_slots(*link), free);
    }
    prop_assert_eq!(spectrum.busy(), busy);
    Ok(())
}

proptest! {
    #[test]
    fn runs_are_those_one_sees_in_the_text(text in "[.#]{1,300}") {
        let bits = row(&text);
        let expected = slow_runs(&text);
        let longest = expected.iter().map(|(_, length)| *length).max().unwrap_or(0);
        prop_assert_eq!(longest_run(&bits), longest);
        prop_assert_eq!(run::runs(&bits).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn starts_of_runs_are_those_one_sees_in_the_text(
        text in "[.]{0,90}[.#]{1,120}[.]{0,90}",
        length in 1_u16..150,
    ) {
        let mut bits = row(&text);
        run_starts(&mut bits, length);
        let runs = slow_runs(&text);
        let is_start = |slot: u16| {
            runs.iter().any(|(start, run)| *start <= slot && slot + length <= start + run)
        };
        let expected: Vec<u16> = (0..text.len() as u16).filter(|slot| is_start(*slot)).collect();
        let all: Vec<u16> = (0..).map_while(|n| run::nth(&bits, n)).collect();
        prop_assert_eq!(run::lowest(&bits), expected.first().copied());
        prop_assert_eq!(run::highest(&bits), expected.last().copied());
        prop_assert_eq!(all, expected);
    }

    #[test]
    fn what_is_free_is_what_nobody_holds(
        steps in prop::collection::vec((0_usize..8, 1_u16..20, 0_u64..1000, 0_usize..4), 1..60),
    ) {
        let (mut spectrum, links) = small();
        let mut held = Held::new();
        for (subset, slots, draw, kind) in steps {
            let is_in = |link: &&Link| subset >> link.index() & 1 == 1;
            let path: Vec<Link> = links.iter().filter(is_in).copied().collect();
            match spectrum.find(&path, slots, ASSIGNMENTS[kind], |below| draw % below) {
                Some(block) => {
                    spectrum.take(&path, block);
                    held.push((path, block));
                }
                None if !held.is_empty() => {
                    let (path, block) = held.swap_remove(draw as usize % held.len());
                    spectrum.give(&path, block);
                }
                None => {}
            }
            check(&mut spectrum, &links, &held)?;
        }
    }
}
