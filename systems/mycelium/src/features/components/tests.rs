use proptest::prelude::*;

use super::*;
use crate::features::tests_oracle;

const FOUR: Connectivity = Connectivity::Four;
const EIGHT: Connectivity = Connectivity::Eight;

/// By filling one cluster after the other, cell by cell.
fn flooded(mask: &Mask, connectivity: Connectivity, periodic: bool) -> Vec<u64> {
    let side = mask.size();
    let mut left = mask.clone();
    let mut sizes = Vec::new();
    for cell in 0..side * side {
        let mut waiting = vec![(cell / side, cell % side)];
        let mut size = 0;
        while let Some((row, column)) = waiting.pop() {
            if !left.get(row, column) {
                continue;
            }
            left = Mask::from_fn(side, |r, c| left.get(r, c) && (r, c) != (row, column));
            size += 1;
            waiting.extend(neighbours(side, (row, column), connectivity, periodic));
        }
        if size > 0 {
            sizes.push(size);
        }
    }
    sizes
}

fn neighbours(
    side: usize,
    (row, column): (usize, usize),
    connectivity: Connectivity,
    periodic: bool,
) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    for (down, right) in (-1..=1_isize).flat_map(|down| (-1..=1_isize).map(move |r| (down, r))) {
        let wrap = |along: usize, by: isize| {
            let to = along as isize + by;
            let inside = (0..side as isize).contains(&to);
            (inside || periodic).then(|| to.rem_euclid(side as isize) as usize)
        };
        let is_near = connectivity == EIGHT || down == 0 || right == 0;
        if let (true, Some(row), Some(column)) = (is_near, wrap(row, down), wrap(column, right)) {
            cells.push((row, column));
        }
    }
    cells
}

#[test]
fn clusters_are_those_of_scipy_in_their_order() {
    for row in tests_oracle().masks {
        let mask = row.mask();
        assert_eq!(sizes(&mask, FOUR, false), row.four, "{}", row.name);
        assert_eq!(sizes(&mask, EIGHT, false), row.eight, "{}", row.name);
        assert_eq!(sizes(&mask, FOUR, true), row.four_periodic, "{}", row.name);
        assert_eq!(sizes(&mask, EIGHT, true), row.eight_periodic, "{}", row.name);
    }
}

#[test]
fn a_spiral_is_one_cluster() {
    // Joined again and again from the inside out.
    let rows = ["#######", "......#", "#####.#", "#...#.#", "#.###.#", "#.....#", "#######"];
    let mask = Mask::from_fn(7, |row, column| rows[row].as_bytes()[column] == b'#');
    assert_eq!(sizes(&mask, FOUR, false), [mask.count()]);
}

#[test]
fn runs_are_cut_at_words_by_nothing() {
    let mask = Mask::from_fn(130, |row, column| row == 0 && (60..129).contains(&column));
    let runs: Vec<Run> = runs::of(mask.row(0)).collect();
    assert_eq!(runs, [Run { start: 60, end: 129 }]);
    let full = Mask::from_fn(128, |_, _| true);
    assert_eq!(runs::of(full.row(3)).collect::<Vec<_>>(), [Run { start: 0, end: 128 }]);
}

#[test]
fn sizes_of_clusters_deviate_as_a_population() {
    assert!((deviation(&[1, 3]) - 1.0).abs() < 1e-15);
    assert!(deviation(&[5]).abs() < 1e-15 && deviation(&[]).abs() < 1e-15);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn clusters_are_those_of_a_flood(
        side in 1..14_usize,
        bits in prop::collection::vec(prop::bool::weighted(0.55), 14 * 14),
        connectivity in prop_oneof![Just(FOUR), Just(EIGHT)],
        periodic in prop::bool::ANY,
    ) {
        let mask = Mask::from_fn(side, |row, column| bits[row * 14 + column]);
        let found = sizes(&mask, connectivity, periodic);
        prop_assert_eq!(found, flooded(&mask, connectivity, periodic));
    }
}
