use proptest::prelude::*;

use super::*;
use crate::features::tests_oracle;

fn triangle(side: usize) -> Mask {
    Mask::from_fn(side, |row, column| row & column == 0)
}

/// A shape whose cell is set if all its pairs of digits are.
fn digits(side: usize, base: usize, is_set: impl Fn(usize, usize) -> bool) -> Mask {
    Mask::from_fn(side, |mut row, mut column| {
        let mut size = 1;
        while size < side {
            if !is_set(row % base, column % base) {
                return false;
            }
            (row, column, size) = (row / base, column / base, size * base);
        }
        true
    })
}

fn carpet(side: usize) -> Mask {
    digits(side, 3, |row, column| (row, column) != (1, 1))
}

fn dust(side: usize, base: usize) -> Mask {
    digits(side, base, |row, column| row % (base - 1) == 0 && column % (base - 1) == 0)
}

fn vicsek(side: usize) -> Mask {
    digits(side, 3, |row, column| row == 1 || column == 1)
}

fn line(side: usize) -> Mask {
    Mask::from_fn(side, |row, column| row == column)
}

fn full(side: usize) -> Mask {
    Mask::from_fn(side, |_, _| true)
}

fn log(of: f64, base: f64) -> f64 {
    of.ln() / base.ln()
}

#[test]
fn dimensions_of_exact_shapes_are_exact() {
    let shapes = [
        ("triangle of 256", triangle(256), log(3.0, 2.0)),
        ("triangle of 512", triangle(512), log(3.0, 2.0)),
        ("carpet", carpet(243), log(8.0, 3.0)),
        ("dust of thirds", dust(243, 3), log(4.0, 3.0)),
        ("dust of quarters", dust(256, 4), 1.0),
        ("Vicsek's fractal", vicsek(243), log(5.0, 3.0)),
        ("line", line(256), 1.0),
        ("full square", full(256), 2.0),
        ("full square of 81", full(81), 2.0),
        ("single point", Mask::from_fn(64, |row, column| (row, column) == (9, 33)), 0.0),
        ("nothing", Mask::new(64), 0.0),
    ];
    for (name, mask, expected) in shapes {
        let estimate = dimension(&mask, &Boxes::default()).unwrap();
        assert!((estimate.dimension - expected).abs() < 1e-9, "{name}: {estimate:?}");
    }
}

#[test]
fn dimensions_with_given_sizes_are_exact() {
    let powers_of_4 = dimension_at(&dust(256, 4), &[1, 4, 16, 64]).unwrap();
    assert!((powers_of_4.dimension - 1.0).abs() < 1e-9, "{powers_of_4:?}");
    assert!(powers_of_4.standard_error < 1e-9 && powers_of_4.r_squared > 1.0 - 1e-12);
    let powers_of_3 = dimension_at(&carpet(243), &[1, 3, 9, 27, 81]).unwrap();
    assert!((powers_of_3.dimension - log(8.0, 3.0)).abs() < 1e-9, "{powers_of_3:?}");
    assert_eq!(powers_of_3.counts, [32768, 4096, 512, 64, 8]);
    let powers_of_2 = dimension_at(&triangle(256), &[1, 2, 4, 8, 16, 32, 64, 128]).unwrap();
    assert_eq!(powers_of_2.counts, [6561, 2187, 729, 243, 81, 27, 9, 3]);
}

#[test]
fn truncated_sizes_give_the_figures_of_the_first_version() {
    let truncated = Boxes { scales: Scales::Truncated, ..Boxes::default() };
    let shapes = [
        ("triangle of 256", triangle(256), 1.593733),
        ("triangle of 512", triangle(512), 1.594753),
        ("carpet", carpet(243), 1.945032),
        ("dust of thirds", dust(243, 3), 1.327633),
        ("dust of quarters", dust(256, 4), 1.014616),
        ("line", line(256), 0.999651),
        ("full square", full(256), 1.999302),
        ("single point", Mask::from_fn(64, |row, column| (row, column) == (9, 33)), 0.0),
        ("nothing", Mask::new(64), 0.0),
    ];
    for (name, mask, expected) in shapes {
        let found = dimension(&mask, &truncated).unwrap().dimension;
        assert!((found - expected).abs() < 6e-7, "{name}: {found} for {expected}");
    }
    let eight = Boxes { min_box: 1, num_scales: 8, ..truncated };
    let estimate = dimension(&triangle(256), &eight).unwrap();
    assert!((estimate.dimension - 1.564579).abs() < 6e-7, "{estimate:?}");
    assert_eq!(estimate.sizes, [1, 2, 4, 7, 16, 32, 63, 128]);
}

#[test]
fn truncated_sizes_are_those_of_numpy() {
    for (least, most, count, expected) in tests_oracle().scales {
        assert_eq!(sizes::truncated(least, most, count), expected, "{least} to {most} in {count}");
    }
}

#[test]
fn counts_slopes_and_errors_are_those_of_numpy_and_scipy() {
    for row in tests_oracle().masks {
        let mask = row.mask();
        let sizes: Vec<usize> = (1..=mask.size()).collect();
        let all = dimension_at(&mask, &sizes).unwrap();
        let boxes = Boxes { scales: Scales::Truncated, ..Boxes::default() };
        let truncated = dimension(&mask, &boxes).unwrap();
        for (found, expected) in [(all, row.all), (truncated, row.truncated)] {
            assert_eq!(found.sizes, expected.sizes, "{}", row.name);
            assert_eq!(found.counts, expected.counts, "{}", row.name);
            let near = |found: f64, expected: Option<f64>| {
                expected.is_none_or(|expected| (found - expected).abs() < 1e-9)
            };
            assert!(near(found.dimension, expected.slope), "{}: {found:?}", row.name);
            assert!(near(found.r_squared, expected.r_squared), "{}: {found:?}", row.name);
            assert!(near(found.standard_error, expected.error), "{}: {found:?}", row.name);
        }
    }
}

#[test]
fn sizes_are_divisors_where_there_are_enough_and_rounded_where_not() {
    let sizes = |side| Boxes::default().sizes(side);
    assert_eq!(sizes(64), [2, 4, 8, 16, 32]);
    assert_eq!(sizes(32), [2, 4, 8, 16]);
    assert_eq!(sizes(243), [3, 9, 27]);
    assert_eq!(sizes(100), [2, 4, 10, 20, 25]);
    assert_eq!(sizes(61), [2, 4, 8, 15, 30]);
    assert_eq!(sizes(62), [2, 4, 8, 16, 31]);
    assert_eq!(Boxes { num_scales: 3, ..Boxes::default() }.sizes(32), [2, 4, 8]);
    for side in 1..200 {
        let sizes = sizes(side);
        assert!(sizes.is_sorted_by(|one, next| one < next), "{side}: {sizes:?}");
    }
}

#[test]
fn two_sizes_have_a_slope_and_no_error_and_one_size_has_none() {
    let two = dimension_at(&full(4), &[1, 2]).unwrap();
    assert!((two.dimension - 2.0).abs() < 1e-12 && two.standard_error.is_nan());
    let one = dimension_at(&full(4), &[2]).unwrap();
    assert!(one.dimension.abs() < 1e-12 && one.r_squared.abs() < 1e-12);
}

#[test]
fn sizes_that_do_not_rise_are_refused() {
    for sizes in [&[0, 1][..], &[2, 2], &[4, 2]] {
        assert!(matches!(dimension_at(&full(4), sizes), Err(Error::Shape(_))), "{sizes:?}");
    }
    let none = Boxes { num_scales: 1, ..Boxes::default() };
    assert!(dimension(&full(4), &none).is_err());
}

/// By looking at every cell of every box.
fn looked_at(mask: &Mask, size: usize, per_side: usize) -> u64 {
    let is_occupied = |row: usize, column: usize| {
        let end = |start: usize| ((start + 1) * size).min(mask.size());
        (row * size..end(row)).any(|r| (column * size..end(column)).any(|c| mask.get(r, c)))
    };
    let rows = 0..per_side;
    rows.map(|row| (0..per_side).filter(|column| is_occupied(row, *column)).count() as u64).sum()
}

proptest! {
    #[test]
    fn boxes_are_occupied_where_a_cell_of_them_is(
        side in 1..150_usize,
        every in 2..200_usize,
        mut sizes in prop::collection::vec(1..80_usize, 1..6),
    ) {
        let mask = Mask::from_fn(side, |row, column| (row * 37 + column * 101) % every == 1);
        sizes.sort_unstable();
        sizes.dedup();
        let over = count::counts(&mask, &sizes, Edge::Over);
        let within = count::counts(&mask, &sizes, Edge::Within);
        for ((size, over), within) in sizes.into_iter().zip(over).zip(within) {
            prop_assert_eq!(over, looked_at(&mask, size, side.div_ceil(size)));
            prop_assert_eq!(within, looked_at(&mask, size, side / size));
        }
    }
}
