//! Checks in columns, with what one has to know about them below.

use serde_json::{Value, json};

use crate::command::table::Table;
use crate::science::{Check, Finding};

/// Whether they are complete decides what may be said of all of them.
pub fn text(checks: &[Check], is_complete: bool) -> String {
    const COLUMNS: [&str; 5] = ["expected", "computed", "error", "tolerance", "verdict"];
    let [expected, computed, error, tolerance, verdict] = COLUMNS;
    let headings = |title| [title, expected, computed, error, tolerance, verdict];
    let mut table = Table::new(headings("Checks of the requirement"));
    let mut notes = Vec::new();
    let mut is_required = true;
    for check in checks {
        if is_required && !check.is_required {
            is_required = false;
            table.section(headings("Checks of our own"));
        }
        let mut name = check.name.to_owned();
        if let Some(note) = &check.note {
            notes.push(note.as_str());
            name.push_str(&format!(" [{}]", notes.len()));
        }
        table.row(&name, cells(check));
    }
    let mut text = table.render();
    text.push('\n');
    for (note, number) in notes.iter().zip(1..) {
        text.push_str(&wrapped(&format!("[{number}] "), note));
    }
    let failed = checks.iter().filter(|check| !check.holds()).count();
    let all = checks.len();
    text.push_str(&match failed {
        0 if is_complete => format!("\nall {all} checks hold\n"),
        0 => format!("\nof {all} checks that were computed, none fails\n"),
        _ => format!("\n{failed} of {all} checks FAILED\n"),
    });
    text
}

fn cells(check: &Check) -> [String; 5] {
    let unit = if check.unit.is_empty() { String::new() } else { format!(" {}", check.unit) };
    let (expected, computed) = match check.finding {
        Finding::Value { expected, computed, .. } => (shown(expected), shown(computed)),
        Finding::Within { bounds, computed, .. } => {
            let range = |(low, high)| format!("{}..{}", shown(low), shown(high));
            (range(bounds), range(computed))
        }
        Finding::AtLeast { bound, computed } => (format!(">= {}", shown(bound)), shown(computed)),
    };
    let small = |value: Option<f64>| value.map_or("-".to_owned(), small);
    [
        format!("{expected}{unit}"),
        computed,
        small(check.finding.error()),
        small(check.finding.tolerance()),
        if check.holds() { "holds".to_owned() } else { "FAILS".to_owned() },
    ]
}

/// Six digits, without zeros at the end.
fn shown(value: f64) -> String {
    let digits = if value.abs() < 1e-3 && value.abs() > 0.0 {
        return format!("{value:.2e}");
    } else {
        (5 - value.abs().max(1.0).log10().floor() as i32).clamp(0, 5) as usize
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Two digits that count.
fn small(value: f64) -> String {
    match value {
        value if value.abs() >= 0.001 => format!("{value:.3}"),
        value if value.abs() > 0.0 => format!("{value:.1e}"),
        _ => "0".to_owned(),
    }
}

const WIDTH: usize = 98;

/// Lines that begin below the text of the first.
fn wrapped(mark: &str, text: &str) -> String {
    let mut lines = vec![mark.to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is the first line");
        if line.len() + word.len() > WIDTH {
            lines.push(format!("{}{word} ", " ".repeat(mark.len())));
        } else {
            line.push_str(word);
            line.push(' ');
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

pub fn json(check: &Check) -> Value {
    let (expected, computed) = match check.finding {
        Finding::Value { expected, computed, .. } => (json!(expected), json!(computed)),
        Finding::Within { bounds, computed, .. } => {
            (json!([bounds.0, bounds.1]), json!([computed.0, computed.1]))
        }
        Finding::AtLeast { bound, computed } => (json!(bound), json!(computed)),
    };
    json!({
        "name": check.name,
        "is_required": check.is_required,
        "unit": check.unit,
        "expected": expected,
        "computed": computed,
        "error": check.finding.error(),
        "tolerance": check.finding.tolerance(),
        "holds": check.holds(),
        "source": check.source,
        "note": check.note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits_and_no_zeros_behind() {
        assert_eq!(shown(-89.010_669), "-89.0107");
        assert_eq!(shown(132.27), "132.27");
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(-95.0), "-95");
        assert_eq!(shown(2.22e-16), "2.22e-16");
        assert_eq!(shown(f64::NAN), "NaN");
    }

    #[test]
    fn notes_are_wrapped_below_their_first_word() {
        let text = wrapped("[1] ", &"word ".repeat(30));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("[1] word") && lines[1].starts_with("    word"));
        assert!(lines.iter().all(|line| line.len() <= WIDTH));
    }

    fn check(computed: f64) -> Check {
        Check {
            name: "a line",
            is_required: false,
            unit: "mV",
            finding: Finding::Value { expected: 1.0, tolerance: 0.1, computed },
            source: "",
            note: None,
        }
    }

    #[test]
    fn of_some_checks_it_is_not_said_that_all_hold() {
        let complete = text(&[check(1.0)], true);
        assert!(complete.ends_with("all 1 checks hold\n"), "{complete}");
        let stopped = text(&[check(1.0)], false);
        assert!(!stopped.contains("all 1") && stopped.ends_with("none fails\n"), "{stopped}");
    }

    #[test]
    fn a_failed_check_is_told_in_its_line_and_at_the_end() {
        let text = text(&[check(2.0)], true);
        assert!(text.contains("FAILS") && text.ends_with("1 of 1 checks FAILED\n"), "{text}");
    }
}
