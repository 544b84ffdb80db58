//! The figures of timed commands, for a person and as JSON that hyperfine's readers understand.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::json;
use tollgate::quantity::{Dimension, show};
use tollgate::report::Style;
use tollgate::run::Series;
use tollgate_stats::compare::paired_shift;
use tollgate_stats::dependence::quantile_interval;
use tollgate_stats::sample::Sample;

use crate::output::count;

use super::value;

const CONFIDENCE: f64 = 0.95;

pub struct Figures {
    command: String,
    wall: Vec<f64>,
    user: Vec<f64>,
    system: Vec<f64>,
    memory: Vec<f64>,
    good: Vec<bool>,
    pub failures: u64,
}

impl Figures {
    pub fn new(command: &str) -> Figures {
        Figures {
            command: command.to_owned(),
            wall: Vec::new(),
            user: Vec::new(),
            system: Vec::new(),
            memory: Vec::new(),
            good: Vec::new(),
            failures: 0,
        }
    }

    pub fn add(&mut self, series: &[Series], good: bool) {
        let figures = [
            (&mut self.wall, "wall"),
            (&mut self.user, "user"),
            (&mut self.system, "system"),
            (&mut self.memory, "peak memory"),
        ];
        for (list, metric) in figures {
            list.extend(value(series, metric));
        }
        self.good.push(good);
        self.failures += u64::from(!good);
    }

    pub fn last_wall(&self) -> f64 {
        self.wall.last().copied().unwrap_or(0.0)
    }
}

/// One block a command, then each against the fastest.
pub fn shown(figures: &[Figures], warmups: u32, style: &Style) -> String {
    let mut text = String::new();
    for own in figures {
        block(&mut text, own, warmups, style);
    }
    compared(&mut text, figures);
    text.truncate(text.trim_end().len());
    text
}

fn block(text: &mut String, own: &Figures, warmups: u32, style: &Style) {
    let command = &own.command;
    let _ = if style.colour {
        writeln!(text, "\x1b[1m{command}\x1b[0m")
    } else {
        writeln!(text, "{command}")
    };
    let Ok(sample) = Sample::new(own.wall.clone()) else {
        let _ = writeln!(text, "  no trial ended\n");
        return;
    };
    let time = |ns: f64| show(ns, Dimension::TIME);
    let spread = sample.stddev().map_or(String::new(), |sd| format!(" ± {}", time(sd)));
    let _ = writeln!(text, "  wall         {}", median(&own.wall));
    let _ = writeln!(
        text,
        "               mean {}{spread}, {} to {}",
        time(sample.mean()),
        time(sample.min()),
        time(sample.max())
    );
    let _ =
        writeln!(text, "  cpu          user {}, system {}", middle(&own.user), middle(&own.system));
    let memory = own.memory.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(text, "  peak memory  {}", show(memory, Dimension::BYTES));
    let trials = count(own.wall.len(), "trial");
    let _ = match warmups {
        0 => writeln!(text, "  {trials}\n"),
        warmups => writeln!(text, "  {trials} after {}\n", count(warmups as usize, "warm-up")),
    };
}

/// The median with its interval, whose ends are open with fewer than six trials.
fn median(values: &[f64]) -> String {
    let Ok(found) = quantile_interval(values, 0.5, CONFIDENCE) else { return "?".to_owned() };
    let end = |end: f64| if end.is_finite() { show(end, Dimension::TIME) } else { "?".to_owned() };
    let (low, high) = (end(found.interval.low), end(found.interval.high));
    let value = show(found.value, Dimension::TIME);
    if low == "?" || high == "?" {
        return format!("{value} median; six trials give an interval");
    }
    format!("{value} [{low}, {high}] median, 95 % interval")
}

fn middle(values: &[f64]) -> String {
    quantile_interval(values, 0.5, CONFIDENCE)
        .map_or("?".to_owned(), |found| show(found.value, Dimension::TIME))
}

/// Each command against the fastest, pair by pair, since their trials were interleaved.
fn compared(text: &mut String, figures: &[Figures]) {
    let mid =
        |own: &Figures| quantile_interval(&own.wall, 0.5, CONFIDENCE).map(|found| found.value);
    let Some(fastest) = figures
        .iter()
        .filter(|own| mid(own).is_ok())
        .min_by(|a, b| mid(a).unwrap_or(f64::MAX).total_cmp(&mid(b).unwrap_or(f64::MAX)))
    else {
        return;
    };
    for own in figures.iter().filter(|own| !std::ptr::eq(*own, fastest)) {
        let shifts: Vec<f64> =
            own.wall.iter().zip(&fastest.wall).map(|(a, b)| (a / b).ln()).collect();
        let Some(shift) = paired_shift(&shifts, CONFIDENCE) else { continue };
        let _ = match shift.interval.map(|interval| interval.map(f64::exp)) {
            Some(i) if i.contains(1.0) => writeln!(
                text,
                "{} and {}: no difference shown, ratio {:.3} [{:.3}, {:.3}]",
                own.command,
                fastest.command,
                shift.estimate.exp(),
                i.low,
                i.high
            ),
            Some(i) => writeln!(
                text,
                "{} takes {:.3} times [{:.3}, {:.3}] as long as {}",
                own.command,
                shift.estimate.exp(),
                i.low,
                i.high,
                fastest.command
            ),
            None => writeln!(
                text,
                "{} against {}: ratio {:.3}; six trials give an interval",
                own.command,
                fastest.command,
                shift.estimate.exp()
            ),
        };
    }
}

/// Seconds and bytes, under the names that hyperfine's export has.
pub fn to_json(figures: &[Figures]) -> Result<String> {
    let seconds = |values: &[f64]| values.iter().map(|ns| ns / 1e9).collect::<Vec<_>>();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64 / 1e9;
    let mut results = Vec::new();
    for own in figures {
        let Ok(sample) = Sample::new(own.wall.clone()) else { continue };
        let middle = quantile_interval(&own.wall, 0.5, CONFIDENCE)?.value;
        let codes: Vec<_> =
            own.good.iter().map(|good| if *good { Some(0) } else { None }).collect();
        results.push(json!({
            "command": own.command,
            "mean": sample.mean() / 1e9,
            "stddev": sample.stddev().map(|sd| sd / 1e9),
            "median": middle / 1e9,
            "user": mean(&own.user),
            "system": mean(&own.system),
            "min": sample.min() / 1e9,
            "max": sample.max() / 1e9,
            "times": seconds(&own.wall),
            "exit_codes": codes,
            "memory_usage_byte": own.memory,
        }));
    }
    Ok(serde_json::to_string_pretty(&json!({ "results": results }))? + "\n")
}
