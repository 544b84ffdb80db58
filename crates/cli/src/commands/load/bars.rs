//! A histogram of response times as bars: even steps up to the 90th percentile, where most of them
//! are, and growing ones beyond, where the tail is.

use tollgate_stats::histogram::Histogram;

use super::figures::{count, share, time};
use super::table::lines;

/// Even steps, about, and growing ones at most.
const STEPS: f64 = 7.0;
const GROWING: usize = 6;

/// Characters of the longest bar.
const LONGEST: usize = 32;

/// Eighths of a character, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The bars as lines; empty without any time.
pub fn bars(times: &Histogram) -> String {
    let rows = rows(times);
    let most = rows.iter().map(|row| row.count).max().unwrap_or(0);
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let label = match row.to {
                Some(to) => format!("to {}", time(to)),
                None => "more".to_owned(),
            };
            let bar = bar(row.count as f64 / most.max(1) as f64);
            vec![label, count(row.count), share(row.count, times.count()), bar]
        })
        .collect();
    lines(&cells, &[3], "  ")
}

/// One bar: up to a time, or all that is beyond.
struct Row {
    to: Option<f64>,
    count: u64,
}

fn rows(times: &Histogram) -> Vec<Row> {
    let edges = edges(times);
    let mut rows: Vec<Row> = edges.iter().map(|edge| Row { to: Some(*edge), count: 0 }).collect();
    rows.push(Row { to: None, count: 0 });
    for (low, _, number) in times.iter() {
        let at = edges.partition_point(|edge| *edge <= low as f64);
        rows[at].count += number;
    }
    rows.pop_if(|row| row.count == 0);
    rows
}

/// Where one bar ends and the next begins.
fn edges(times: &Histogram) -> Vec<f64> {
    let (Some(min), Some(high)) = (times.min(), times.quantile(0.9)) else { return Vec::new() };
    let (min, high, max) = (min as f64, high as f64, times.max().unwrap_or(high) as f64);
    let step = round((high - min).max(min / 100.0).max(1.0) / STEPS);
    let mut edge = (min / step).floor() * step + step;
    let mut edges = vec![edge];
    while edge < high {
        edge += step;
        edges.push(edge);
    }
    for _ in 0..GROWING {
        if edge < max {
            edge = round(edge * 1.5);
            edges.push(edge);
        }
    }
    edges
}

/// The next of 1, 2, 2.5 and 5 times a power of ten.
fn round(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|size| *size >= step)
        .unwrap_or(10.0 * power)
}

/// So much of the longest bar; what is not nothing is seen.
fn bar(part: f64) -> String {
    if part <= 0.0 {
        return String::new();
    }
    let eighths = ((part * LONGEST as f64 * 8.0).round() as usize).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(values: impl IntoIterator<Item = u64>) -> Histogram {
        Histogram::from_values(values)
    }

    #[test]
    fn every_request_is_in_one_bar() {
        for values in [
            (0..10_000).map(|i| 1_000_000 + i * i).collect::<Vec<u64>>(),
            (0..5000).map(|i| if i % 7 == 0 { 900_000_000 } else { 2_000_000 + i }).collect(),
            vec![5],
            vec![0; 10],
            vec![7_000_000; 2_000],
            vec![1, u64::MAX],
        ] {
            let times = counted(values);
            let rows = rows(&times);
            assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), times.count());
            assert!((1..=16).contains(&rows.len()), "{}", rows.len());
        }
        assert_eq!(bars(&Histogram::new()), "");
    }

    #[test]
    fn steps_are_round_numbers() {
        for (step, rounded) in [(1.0, 1.0), (1.1e6, 2e6), (2.2e3, 2.5e3), (3.0, 5.0), (6e8, 1e9)] {
            assert!((round(step) / rounded - 1.0).abs() < 1e-12, "{step}");
        }
    }

    #[test]
    fn a_long_tail_is_one_bar_and_leaves_the_rest_readable() {
        let times = counted(
            (0..2_000)
                .map(|i| if i < 1_990 { 1_000_000 + (i % 100) * 50_000 } else { 800_000_000 }),
        );
        insta::assert_snapshot!(bars(&times));
    }
}
