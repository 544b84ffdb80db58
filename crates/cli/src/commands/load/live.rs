//! How a load stands while it runs, on standard error: a view that is drawn again and again on a
//! terminal, a line now and then elsewhere.

mod seen;

use std::ops::ControlFlow;
use std::time::Duration;

use console::Term;
use tollgate::report::visible;
use tollgate_load::report::{Progress, Window};

use crate::output::note;

use super::figures::{count, length, paint, percentile, plural, share};
use super::table::{lines, wide};
use seen::Seen;

/// Between two lines where there is no terminal.
const INTERVAL: Duration = Duration::from_secs(5);

/// Shows a load to whoever waits for it.
pub struct Live {
    shown: Shown,
    seen: Seen,
    colour: bool,
}

enum Shown {
    Nothing,
    /// With the lines that are there now.
    Terminal(Term, usize),
    /// With the time of the last line.
    Lines(Duration),
}

impl Live {
    /// `about` says which load it is where there are several, `requests` by what count it ends.
    pub fn new(quiet: bool, colour: bool, about: &str, requests: Option<u64>) -> Live {
        let terminal = Term::stderr();
        let shown = match (quiet, terminal.is_term()) {
            (true, _) => Shown::Nothing,
            (false, true) => Shown::Terminal(terminal, 0),
            (false, false) => Shown::Lines(Duration::ZERO),
        };
        Live { shown, seen: Seen::new(about, requests), colour }
    }

    pub fn watch(&mut self, progress: &Progress<'_>) -> ControlFlow<()> {
        self.seen.take(progress);
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Terminal(terminal, drawn) => {
                let (height, width) = terminal.size();
                let view = view(progress, &self.seen, self.colour);
                let fits = usize::from(height).saturating_sub(1);
                let lines: Vec<String> =
                    view.lines().take(fits).map(|line| cut(line, usize::from(width))).collect();
                // A terminal that went away is no reason to stop the load.
                let _ = terminal.write_str(&redrawn(&lines, *drawn));
                *drawn = lines.len();
            }
            Shown::Lines(last) => {
                if progress.elapsed >= *last + INTERVAL {
                    *last = progress.elapsed;
                    note(&line(progress, &self.seen));
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Takes the view away; what is left is the summary.
    pub fn finish(&mut self) {
        if let Shown::Terminal(terminal, drawn) = &mut self.shown {
            let _ = terminal.write_str(&redrawn(&[], *drawn));
            *drawn = 0;
        }
    }
}

/// What takes the place of so many lines, in one piece so that nothing flickers.
fn redrawn(lines: &[String], before: usize) -> String {
    let up = if before > 0 { format!("\x1b[{before}A") } else { String::new() };
    let lines: String = lines.iter().map(|line| format!("\r{line}\x1b[K\n")).collect();
    format!("{up}{lines}\x1b[J")
}

/// The view: where the load stands, how it goes, and how long responses take.
fn view(progress: &Progress<'_>, seen: &Seen, colour: bool) -> String {
    let total = seen.total();
    let warming = if progress.warming { "  warming up" } else { "" };
    let now = tollgate::quantity::show(seen.rate(), tollgate::quantity::Dimension::RATE);
    let errors = format!("{} failed", count(total.failed));
    let errors = if total.failed > 0 {
        paint(&format!("{errors} ({})", share(total.failed, total.attempts())), "31", colour)
    } else {
        errors
    };
    let mut out = format!(
        "{}{} {}{warming}\n{}  {}  {errors}  {}\n",
        seen.about,
        meter(seen.part(progress)),
        clock(progress, seen),
        plural(progress.users, "user"),
        paint(&now, "1", colour),
        seen.sparkline(),
    );
    let mut rows = vec![row("", ["requests", "p50", "p95", "p99"].map(str::to_owned))];
    rows.push(row("all", figures(&total)));
    if seen.operations.len() > 1 {
        let named = progress.report.operations.iter().zip(&seen.operations);
        rows.extend(named.map(|(operation, own)| row(&visible(&operation.name), figures(own))));
    }
    out += &lines(&rows, &[0], "");
    out
}

/// The same in one line.
fn line(progress: &Progress<'_>, seen: &Seen) -> String {
    let total = seen.total();
    let [_, p50, p95, p99] = figures(&total);
    let warming = if progress.warming { ", warming up" } else { "" };
    let now = tollgate::quantity::show(seen.rate(), tollgate::quantity::Dimension::RATE);
    format!(
        "{}{}{warming}: {}, {now}, {}, {} failed, p50 {p50}, p95 {p95}, p99 {p99}",
        seen.about,
        clock(progress, seen),
        plural(progress.users, "user"),
        plural(total.attempts(), "request"),
        count(total.failed),
    )
}

fn row(name: &str, figures: [String; 4]) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(figures).collect()
}

fn figures(window: &Window) -> [String; 4] {
    let times = |q| percentile(&window.latency, q);
    [count(window.attempts()), times(0.5), times(0.95), times(0.99)]
}

/// `3.2 s of 10 s`, with whole tenths so that it does not jump about; `120 of 300 requests` of a
/// load that ends by its count.
fn clock(progress: &Progress<'_>, seen: &Seen) -> String {
    let elapsed = progress.elapsed.as_secs_f64();
    match seen.requests {
        Some(goal) => format!("{elapsed:.1} s, {} of {} requests", count(seen.ended), count(goal)),
        None => format!("{elapsed:.1} s of {}", length(progress.total)),
    }
}

/// A bar of 24 characters.
fn meter(part: f64) -> String {
    const WIDTH: usize = 24;
    let full = ((part * WIDTH as f64) as usize).min(WIDTH);
    format!("{}{}", "━".repeat(full), "─".repeat(WIDTH - full))
}

/// What fits a line: a longer one would be two when it is to be taken away.
fn cut(line: &str, width: usize) -> String {
    if wide(line) <= width {
        return line.to_owned();
    }
    console::truncate_str(line, width, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::seen::tests::{progress, seen};
    use super::*;

    #[test]
    fn a_view_of_one_operation() {
        let mut report = sample::healthy();
        let seen = seen(&mut report, 3_750);
        insta::assert_snapshot!(view(&progress(3_750, &report, &[]), &seen, false));
    }

    #[test]
    fn a_view_of_several_operations_that_fail() {
        let mut report = sample::troubled();
        let seen = seen(&mut report, 6_000);
        insta::assert_snapshot!(view(&progress(6_000, &report, &[]), &seen, false));
    }

    #[test]
    fn a_line_for_a_log() {
        let mut report = sample::healthy();
        let seen = seen(&mut report, 5_000);
        insta::assert_snapshot!(line(&progress(5_000, &report, &[]), &seen));
    }

    #[test]
    fn one_user_with_one_request_is_no_plural() {
        let report = sample::healthy();
        let latest = [sample::window(1, 900, 0, 0)];
        let now = Progress { users: 1, ..progress(500, &report, &latest) };
        let mut seen = Seen::default();
        seen.take(&now);
        let line = line(&now, &seen);
        assert!(line.contains(": 1 user, ") && line.contains(" 1 request, "), "{line}");
    }

    #[test]
    fn a_load_that_ends_by_its_count_tells_how_many_are_done() {
        let mut report = sample::healthy();
        let mut seen = seen(&mut report, 1_000);
        seen.requests = Some(1_200);
        let view = view(&progress(1_000, &report, &[]), &seen, false);
        assert!(view.starts_with("━━━━━━──────────────────"), "{view}");
        assert!(view.contains("1.0 s, 300 of 1,200 requests\n"), "{view}");
    }

    #[test]
    fn a_view_takes_the_place_of_the_one_before() {
        let lines = ["a".to_owned(), "b".to_owned()];
        assert_eq!(redrawn(&lines, 0), "\ra\x1b[K\n\rb\x1b[K\n\x1b[J");
        assert!(redrawn(&lines, 3).starts_with("\x1b[3A\ra"));
        assert_eq!(redrawn(&[], 2), "\x1b[2A\x1b[J");
    }

    #[test]
    fn the_first_look_is_shown_before_anything_ended() {
        let report = sample::dead();
        let mut seen = Seen::default();
        seen.take(&progress(0, &report, &[]));
        assert!(view(&progress(0, &report, &[]), &seen, false).contains("0/s"));
    }

    #[test]
    fn a_line_is_never_wider_than_the_terminal() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(wide(&cut("\x1b[31mabcdef\x1b[0m", 3)), 3);
    }
}
