//! Markdown for a pull-request comment and for GitHub's step summary.
//!
//! Both sinks cut or refuse what is too long, so every part is given room and says what it left
//! out. All text from files and programs is escaped.

use super::escape::{self, clip};
use super::phrase;
use crate::calendar;
use crate::judge::{Judgement, Verdict};

/// GitHub refuses a comment of 65,536 characters; counted in bytes, the bound is on the safe side.
const COMMENT: usize = 65_000;

/// GitHub drops a step summary above 1 MiB.
const SUMMARY: usize = 1_000_000;

/// The first line of a comment, by which a later run finds and replaces it.
#[must_use]
pub fn marker(project: &str) -> String {
    let mut name = String::new();
    for c in clip(project, 100).chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') || (c == '-' && !name.ends_with('-'))
        {
            name.push(c);
        } else {
            // Neither `--` nor `>` may appear within an HTML comment.
            name.push_str(&format!("%{:X}", u32::from(c)));
        }
    }
    format!("<!-- tollgate:{name} -->")
}

pub(super) fn comment(judgement: &Judgement) -> String {
    let body = body(judgement, COMMENT);
    format!("{}\n{body}", marker(&judgement.run.project))
}

pub(super) fn step_summary(judgement: &Judgement) -> String {
    body(judgement, SUMMARY)
}

/// A text that takes parts as long as they fit.
struct Room {
    text: String,
    left: usize,
}

impl Room {
    fn push(&mut self, part: &str) -> bool {
        if part.len() > self.left {
            return false;
        }
        self.left -= part.len();
        self.text.push_str(part);
        true
    }

    /// As many of `parts` as fit in `most` bytes, and how many did not.
    fn fill(&mut self, parts: impl ExactSizeIterator<Item = String>, most: usize) -> usize {
        let floor = self.left.saturating_sub(most);
        let mut left_out = parts.len();
        for part in parts {
            if self.left.saturating_sub(part.len()) < floor || !self.push(&part) {
                break;
            }
            left_out -= 1;
        }
        left_out
    }
}

fn body(judgement: &Judgement, most: usize) -> String {
    let worst = phrase::worst_first(judgement);
    let (within, remarkable): (Vec<&Verdict>, Vec<&Verdict>) =
        worst.into_iter().partition(|verdict| phrase::is_plainly_within(verdict));
    let tail = tail(judgement, &remarkable);
    let head = head(judgement);
    // Headings, `<details>` and the lines that count what was left out.
    let frame = 2_000;
    let left = most.saturating_sub(tail.len() + head.len() + frame);
    let mut room = Room { text: head, left };
    if !remarkable.is_empty() {
        room.text.push_str(TABLE);
        let share = room.left / 2;
        let out = room.fill(remarkable.iter().map(|v| row(v)), share);
        room.text.push_str(&left_out(out, "budgets"));
        room.text.push('\n');
        let explained: Vec<String> = remarkable.iter().filter_map(|v| explanation(v)).collect();
        let share = room.left / 2;
        let out = room.fill(explained.into_iter(), share);
        room.text.push_str(&left_out(out, "reasons"));
        room.text.push('\n');
    }
    if !within.is_empty() {
        let title = format!("{} within", phrase::count(within.len() as u64));
        room.text.push_str(&format!("<details><summary>{title}</summary>\n\n{TABLE}"));
        let share = room.left;
        let out = room.fill(within.iter().map(|v| row(v)), share);
        room.text.push_str(&left_out(out, "budgets"));
        room.text.push_str("\n</details>\n\n");
    }
    room.text.push_str(&tail);
    room.text
}

fn left_out(count: usize, what: &str) -> String {
    if count == 0 {
        return String::new();
    }
    format!(
        "\n{} more {what} left out here; the full report has them.\n",
        phrase::count(count as u64)
    )
}

fn head(judgement: &Judgement) -> String {
    let run = &judgement.run;
    let project = safe(&run.project);
    let mut out =
        format!("### Performance budgets of {project}: {}\n\n", phrase::status(judgement));
    out.push_str(&format!("{}\n\n", phrase::counts(judgement)));
    let mut facts = vec![("run", safe(&run.id)), ("started", calendar::rfc3339(run.started_ms))];
    if let Some(state) = phrase::unfinished(run) {
        facts.push(("state", state.to_owned()));
    }
    if let Some(environment) = &run.environment {
        facts.push(("environment", safe(environment)));
    }
    if let Some(commit) = &run.commit {
        facts.push(("commit", safe(&phrase::commit(commit))));
    }
    facts.push(("machine", safe(&phrase::machine(&run.machine))));
    let trials: u64 = run.planned.iter().map(|planned| u64::from(planned.trials)).sum();
    facts.push(("trials planned", phrase::count(trials)));
    facts.push(("seed", run.seed.to_string()));
    if let Some(baseline) = &judgement.baseline {
        let runs = phrase::count(baseline.runs.len() as u64);
        let noun = if baseline.runs.len() == 1 { "run" } else { "runs" };
        facts.push(("baseline", format!("{} ({runs} {noun})", safe(&baseline.name))));
    }
    out.push_str("| | |\n|---|---|\n");
    for (name, value) in facts {
        out.push_str(&format!("| {name} | {value} |\n"));
    }
    out.push('\n');
    out
}

const TABLE: &str = "\
| finding | budget | limit | value and interval | headroom | change |
|---|---|---|---|---:|---|
";

fn row(verdict: &Verdict) -> String {
    let value = verdict.estimate.as_ref().map(|e| phrase::estimate(e, verdict.dimension));
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        verdict.finding.words(),
        safe(&phrase::full_name(verdict)),
        safe(&phrase::limits(verdict, true, phrase::limit)),
        safe(value.as_deref().unwrap_or("-")),
        verdict.headroom.map_or("-".to_owned(), phrase::percent),
        safe(&verdict.change.as_ref().map_or("-".to_owned(), phrase::change)),
    )
}

fn explanation(verdict: &Verdict) -> Option<String> {
    if verdict.reason.is_none() && verdict.hint.is_none() {
        return None;
    }
    let reason = verdict.reason.as_deref().unwrap_or(verdict.finding.words());
    let mut out = format!("- <b>{}</b>: {}", safe(&phrase::full_name(verdict)), safe_long(reason));
    if let Some(hint) = &verdict.hint {
        out.push_str(&format!("<br>hint: {}", safe_long(hint)));
    }
    out.push('\n');
    Some(out)
}

/// Accepted breaches, notes and the way to reproduce, each bounded.
fn tail(judgement: &Judgement, remarkable: &[&Verdict]) -> String {
    const MOST_BYTES: usize = 8_000;
    let accepted: Vec<String> = remarkable
        .iter()
        .filter_map(|v| Some((v, v.accepted.as_ref()?)))
        .map(|(v, text)| format!("<b>{}</b>: {}", safe(&phrase::full_name(v)), safe_long(text)))
        .collect();
    let notes: Vec<String> = judgement.notes.iter().map(|note| safe_long(note)).collect();
    let mut out = String::new();
    for (title, texts) in [("Accepted breaches", accepted), ("Notes", notes)] {
        if texts.is_empty() {
            continue;
        }
        // The zero-width space keeps a text such as `1. x` from starting a list of its own.
        let entries: Vec<String> = texts.iter().map(|t| format!("- \u{200b}{t}\n")).collect();
        let mut room = Room { text: format!("{title}:\n\n"), left: MOST_BYTES };
        let out_of_room = room.fill(entries.into_iter(), MOST_BYTES);
        out.push_str(&room.text);
        out.push_str(&left_out(out_of_room, "entries"));
        out.push('\n');
    }
    if !remarkable.is_empty() {
        out.push_str(&reproduce(judgement, remarkable));
    }
    out
}

/// The commands that measure the remarkable cases again on another machine.
fn reproduce(judgement: &Judgement, remarkable: &[&Verdict]) -> String {
    const MOST: usize = 10;
    let run = &judgement.run;
    let mut cases: Vec<&str> = Vec::new();
    for verdict in remarkable {
        if !cases.contains(&verdict.case.as_str()) && cases.len() <= MOST {
            cases.push(&verdict.case);
        }
    }
    let mut command = String::from("tollgate check");
    if let Some(environment) = &run.environment {
        command.push_str(&format!(" --env {}", escape::shell(&clip(environment, 200))));
    }
    if cases.iter().any(|case| case.starts_with('-')) {
        command.push_str(" --");
    }
    // Beyond a screenful, every case is measured: a name left out would hide a breach.
    if cases.len() <= MOST {
        for case in cases {
            command.push_str(&format!(" {}", escape::shell(&clip(case, 200))));
        }
    }
    let checkout = run.commit.as_ref().map_or(String::new(), |commit| {
        format!("git checkout {}\n", escape::shell(&clip(&commit.hash, 64)))
    });
    let fence = "`".repeat(longest_run(&command, '`').max(2) + 1);
    format!("Reproduce locally:\n\n{fence}sh\n{checkout}{command}\n{fence}\n")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

fn safe(text: &str) -> String {
    escape::bounded_markdown(text, 200)
}

fn safe_long(text: &str) -> String {
    escape::bounded_markdown(text, 600)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sample_as_a_comment() {
        insta::assert_snapshot!(comment(&sample::judgement()));
    }

    #[test]
    fn the_sample_as_a_step_summary() {
        insta::assert_snapshot!(step_summary(&sample::judgement()));
    }

    #[test]
    fn hostile_names_are_no_markup() {
        let text = comment(&sample::hostile());
        for markup in ["@octocat", "<img", "<script", "https://", "-->x"] {
            let code = text.split("```").next().unwrap();
            assert!(!code.contains(markup), "{markup}: {text}");
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn every_row_of_a_table_has_its_columns() {
        let text = comment(&sample::hostile());
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            let bars = line.replace("\\|", "").matches('|').count();
            assert!(bars == 7 || bars == 3, "{line}");
        }
    }

    #[test]
    fn nothing_judged_is_said_in_the_title() {
        insta::assert_snapshot!(comment(&sample::empty()));
    }

    #[test]
    fn five_thousand_verdicts_fit_and_say_what_is_left_out() {
        for judgement in [sample::many(5_000), sample::many_within(5_000)] {
            let text = comment(&judgement);
            assert!(text.len() < 65_536, "{}", text.len());
            assert!(text.contains("left out here"));
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
            let summary = step_summary(&judgement);
            assert!(summary.len() < 1 << 20);
        }
    }

    #[test]
    fn the_worst_comes_first() {
        let text = comment(&sample::many(40));
        let place = |word: &str| text.find(&format!("| {word} |")).unwrap();
        let places = ["exceeded", "not measured", "cannot tell", "warned", "within"].map(place);
        assert!(places.is_sorted());
    }

    #[test]
    fn endless_names_and_notes_fit() {
        let mut judgement = sample::many(200);
        let endless = "|µ@`<".repeat(50_000);
        judgement.run.project.clone_from(&endless);
        judgement.run.environment = Some(endless.clone());
        judgement.run.machine.cpu_model.clone_from(&endless);
        judgement.notes = vec![endless.clone(); 100];
        for verdict in &mut judgement.verdicts {
            verdict.case.clone_from(&endless);
            verdict.reason = Some(endless.clone());
            verdict.hint = Some(endless.clone());
            verdict.accepted = Some(endless.clone());
        }
        assert!(comment(&judgement).len() < 65_536);
    }

    #[test]
    fn a_marker_is_one_closed_comment() {
        assert_eq!(marker("proofs"), "<!-- tollgate:proofs -->");
        assert_eq!(marker("a--> <b\n"), "<!-- tollgate:a-%2D%3E%20%3Cb%A -->");
    }
}
