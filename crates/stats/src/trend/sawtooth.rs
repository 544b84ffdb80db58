//! Memory that a collector gives back in strokes: it rises, falls at once, and rises again.

/// Falls that make a sawtooth.
const TEETH: usize = 5;
/// A fall is a step down by this many times the typical step of the series.
const STROKE: f64 = 8.0;
/// The share of the range a fall has at least.
const SHARE: f64 = 0.25;

/// The lowest point of each tooth, from one fall to the next, in the order of time; none where the
/// series is no sawtooth. What comes before the first fall has not reached its floor yet.
///
/// Leaps up as often as down are noise between two levels, whose floor means nothing.
pub(super) fn floors(t: &[f64], y: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let steps: Vec<f64> = y.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let stroke = stroke(&steps, y)?;
    let falls: Vec<usize> = (0..steps.len()).filter(|&i| steps[i] < -stroke).collect();
    let leaps = steps.iter().filter(|&&step| step > stroke).count();
    if falls.len() < TEETH || 2 * leaps > falls.len() {
        return None;
    }
    let ends = falls.iter().skip(1).map(|&fall| fall + 1).chain([y.len()]);
    let lowest =
        |(&fall, end): (&usize, usize)| (fall + 1..end).min_by(|&a, &b| y[a].total_cmp(&y[b]));
    let lowest = falls.iter().zip(ends).filter_map(lowest);
    Some(lowest.map(|at| (t[at], y[at])).unzip())
}

/// How far down a step must go to be a fall.
fn stroke(steps: &[f64], y: &[f64]) -> Option<f64> {
    let mut sizes: Vec<f64> = steps.iter().map(|step| step.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let typical = sizes.get(sizes.len() / 2)?;
    let (low, high) = y
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    Some((STROKE * typical).max(SHARE * (high - low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floors_of(y: &[f64]) -> Option<Vec<f64>> {
        let t: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
        floors(&t, y).map(|(_, floor)| floor)
    }

    #[test]
    fn the_floor_is_the_lowest_point_after_each_fall() {
        let y: Vec<f64> = (0..70).map(|i| f64::from(i / 10) + 5.0 * f64::from(i % 10)).collect();
        assert_eq!(floors_of(&y), Some(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    }

    #[test]
    fn few_teeth_lines_and_leaps_both_ways_are_no_sawtooth() {
        let saw: Vec<f64> = (0..50).map(|i| 5.0 * f64::from(i % 10)).collect();
        assert_eq!(floors_of(&saw), None);
        let square: Vec<f64> = (0..200).map(|i| 50.0 * f64::from(i / 10 % 2)).collect();
        assert_eq!(floors_of(&square), None);
        let line: Vec<f64> = (0..200).map(f64::from).collect();
        assert_eq!(floors_of(&line), None);
        assert_eq!(floors_of(&[]), None);
        assert_eq!(floors_of(&[1.0]), None);
        assert_eq!(floors_of(&[3.0; 100]), None);
    }
}
