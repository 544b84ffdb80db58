//! Exports, and imports of what somebody else may have written.

use proptest::prelude::*;
use tollgate::history::{Filter, History, HistoryError, Imported};
use tollgate::judge::Outcome;
use tollgate::run::{Run, RunState};

use crate::example::{Dice, file, head, judgement, open, store};

/// Two runs as an export, the first with a judgement.
fn exported() -> (Vec<Run>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let runs = vec![store(&mut history, &head(1), 2), store(&mut history, &head(2), 1)];
    let id = &runs[0].head.id;
    history.set_judgement(id, &judgement(&runs[0], Outcome::Exceeded)).unwrap();
    let mut text = Vec::new();
    let exported = history.export_all(&mut text).unwrap();
    assert_eq!(exported.runs, [&*runs[0].head.id, &runs[1].head.id]);
    assert_eq!(exported.unreadable, []);
    (runs, String::from_utf8(text).unwrap())
}

fn import(text: &[u8]) -> (History, Result<Imported, HistoryError>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let imported = history.import(&mut &text[..]);
    (history, imported, folder)
}

#[test]
fn an_export_brings_runs_and_judgements_and_a_second_import_changes_nothing() {
    let (runs, text) = exported();
    let (mut history, imported, _folder) = import(text.as_bytes());
    let imported = imported.unwrap();
    assert_eq!((imported.added.len(), imported.already_there.len()), (2, 0));
    for run in &runs {
        assert_eq!(history.load(&run.head.id).unwrap(), *run);
    }
    let judged = history.judgement(&runs[0].head.id).unwrap();
    assert_eq!(judged, Some(judgement(&runs[0], Outcome::Exceeded)));
    let again = history.import(&mut text.as_bytes()).unwrap();
    assert_eq!((again.added.len(), again.already_there.len()), (0, 2));
    let mut out = Vec::new();
    history.export_all(&mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), text);
}

#[test]
fn an_unfinished_run_stays_unfinished_where_it_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    history.begin(&head(1)).unwrap();
    let mut text = Vec::new();
    history.export(&["last"], &mut text).unwrap();
    let (there, imported, _folder) = import(&text);
    assert_eq!(imported.unwrap().added.len(), 1);
    assert_eq!(there.unfinished().unwrap()[0].head.state, RunState::Open);
    assert!(matches!(
        history.export(&["nothing"], &mut Vec::new()),
        Err(HistoryError::NoRun { .. })
    ));
}

#[test]
fn a_run_of_the_same_name_with_other_content_is_rejected() {
    let (runs, text) = exported();
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let here = store(&mut history, &head(1), 1);
    let imported = history.import(&mut text.as_bytes()).unwrap();
    assert_eq!(imported.added, [&*runs[1].head.id]);
    assert_eq!(imported.rejected[0].run.as_ref(), Some(&here.head.id));
    assert_eq!(
        imported.rejected[0].reason,
        "the history holds a run of this name with other content"
    );
    assert_eq!(history.load(&here.head.id).unwrap(), here);
}

/// The lines of a good export, one of them replaced, dropped or doubled.
fn check(name: &str, change: impl Fn(&mut Vec<String>), line: u64, reason: &str, added: usize) {
    let (runs, text) = exported();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let (history, imported, _folder) = import(lines.join("\n").as_bytes());
    let imported = imported.unwrap();
    let rejected = &imported.rejected;
    assert_eq!(rejected.len(), 1, "{name}: {rejected:?}");
    assert!(
        rejected[0].line == line && rejected[0].reason.contains(reason),
        "{name}: {rejected:?}"
    );
    assert_eq!(imported.added.len(), added, "{name}");
    for listed in history.list(&Filter::default()).unwrap() {
        assert!(runs.contains(&history.load(&listed.head.id).unwrap()), "{name}");
    }
}

/// Line numbers: 1 opening; 2 run; 3 and 11 trials with 7 series each; 19 judgement; 20 end;
/// 21 run; 22 trial; 30 end.
#[test]
fn a_run_with_a_fault_is_rejected_with_its_line_and_the_other_is_added() {
    let edit = |line: usize, from: &'static str, to: &'static str| {
        move |lines: &mut Vec<String>| {
            assert!(lines[line - 1].contains(from), "{}", lines[line - 1]);
            lines[line - 1] = lines[line - 1].replacen(from, to, 1);
        }
    };
    let drop_line = |line: usize| {
        move |lines: &mut Vec<String>| {
            lines.remove(line - 1);
        }
    };
    check("another figure", edit(9, "1", "2"), 20, "do not agree with its checksum", 1);
    check("no JSON", edit(5, "{", "("), 5, "expected value", 1);
    check("cut line", |lines| lines[4].truncate(40), 5, "EOF while parsing", 1);
    check("unknown line", edit(5, "series", "serious"), 5, "unknown variant", 1);
    check("unknown key", edit(3, "\"number\"", "\"nr\""), 3, "unknown field", 1);
    check("no number", edit(4, "[", "[true,"), 4, "a number, \"NaN\", \"inf\"", 1);
    check("a word for a number", edit(4, "[", "[\"Infinity\","), 4, "invalid value", 1);
    check("negative count", edit(3, "\"number\":1", "\"number\":-1"), 3, "invalid value", 1);
    check("a missing series", drop_line(5), 10, "1 series are missing before it", 1);
    check("a missing trial", drop_line(3), 3, "it is out of place", 1);
    check("no end", drop_line(20), 20, "another run begins before its end", 1);
    check("no beginning", drop_line(2), 2, "it belongs to no run", 1);
    check("doubled end", |lines| lines.insert(20, lines[19].clone()), 21, "belongs to no run", 2);
    check("judged twice", |lines| lines.insert(19, lines[18].clone()), 20, "out of place", 1);
    check("end of another", |lines| lines[19] = lines[29].clone(), 20, "it ends another run", 1);
    check("a newer run", edit(2, "\"format\":1", "\"format\":9"), 2, "it has format 9", 1);
    // Its form may differ as well, and is not what is wrong with it.
    check(
        "a later run",
        edit(2, "{\"format\":1", "{\"format\":9,\"new\":1,\"state\":[]"),
        2,
        "it has format 9, this version of Tollgate knows formats up to 1",
        1,
    );
    check(
        "a later judgement",
        edit(19, "{\"format\":1", "{\"format\":9,\"verdicts\":{}"),
        19,
        "the judgement has format 9, this version of Tollgate knows formats up to 1",
        1,
    );
    check("hostile id", edit(2, "2026", "../"), 2, "its id cannot name a run", 1);
    check("input ends", |lines| lines.truncate(25), 25, "the input ends within the run", 1);
    check(
        "deep",
        |lines| lines[4] = format!("{{\"end\":{}", "[".repeat(100_000)),
        5,
        "invalid type: sequence",
        1,
    );
    check("a key twice", edit(3, "{\"case\"", "{\"case\":\"b\",\"case\""), 3, "duplicate field", 1);
    check(
        "a judgement of another run",
        |lines| lines[18] = lines[18].replace("141321", "141399"),
        19,
        "the judgement is about another run",
        1,
    );
}

#[test]
fn an_incomplete_run_cannot_be_smuggled_in_as_within() {
    let (_, text) = exported();
    let text = text
        .replace("\"state\":\"complete\"", "\"state\":\"interrupted\"")
        .replace("\"outcome\":\"exceeded\"", "\"outcome\":\"within\"");
    let (_, imported, _folder) = import(text.as_bytes());
    let imported = imported.unwrap();
    assert_eq!(imported.rejected[0].reason, "the judgement takes an incomplete run for within");
}

#[test]
fn what_a_terminal_would_interpret_is_escaped_in_a_rejection() {
    let (_, text) = exported();
    let hostile = text.replacen("20260921", "\\u001b[31m", 1);
    let (_, imported, _folder) = import(hostile.as_bytes());
    let rejected = imported.unwrap().rejected.remove(0);
    assert_eq!(rejected.run.as_deref(), Some("\\u{1b}[31m-141321-7f3a"));
}

#[test]
fn what_is_no_export_is_refused_as_a_whole() {
    let (_, text) = exported();
    let newer = text.replacen(":1", ":2", 1);
    for (text, reason) in [
        ("", "line 1: it is empty"),
        ("\n\n", "line 1: it is empty"),
        ("hello", "line 1: it is no export of a history"),
        ("\u{feff}", "line 1: it is no export of a history"),
        ("\n{}", "line 2: it is no export of a history"),
        ("{\"tollgate-history\":-1}", "line 1: it is no export of a history"),
        (&*newer, "line 1: it has version 2, this version of Tollgate reads version 1"),
    ] {
        let (_, imported, _folder) = import(text.as_bytes());
        let error = imported.unwrap_err().to_string();
        assert_eq!(error, format!("could not read the import at {reason}"));
    }
}

#[test]
fn other_line_ends_and_blank_lines_do_no_harm() {
    let (runs, text) = exported();
    let text = text.replace('\n', "\r\n\r\n");
    let (_, imported, _folder) = import(text.as_bytes());
    assert_eq!(imported.unwrap().added.len(), runs.len());
}

#[test]
fn bytes_changed_at_random_add_the_original_or_nothing() {
    let (runs, text) = exported();
    let mut dice = Dice(3);
    let (mut added, mut rejected) = (0, 0);
    for _ in 0..150 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=dice.roll(2) {
            let at = dice.roll(bytes.len() as u64) as usize;
            match dice.roll(3) {
                0 => bytes[at] = dice.roll(256) as u8,
                1 => bytes.truncate(at),
                _ => drop(bytes.drain(at..(at + 50).min(bytes.len()))),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let (history, imported, _folder) = import(&bytes);
        let Ok(imported) = imported else { continue };
        rejected += imported.rejected.len();
        for id in &imported.added {
            added += 1;
            assert!(runs.contains(&history.load(id).unwrap()), "{id}");
        }
    }
    assert!(added > 50 && rejected > 50, "{added} added, {rejected} rejected");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_input_makes_an_import_panic(
        lines in proptest::collection::vec("(\\{\"(run|trial|series|end)\":)?[ -~]{0,30}", 0..8)
    ) {
        let text = format!("{{\"tollgate-history\":1}}\n{}", lines.join("\n"));
        let (history, imported, _folder) = import(text.as_bytes());
        prop_assert_eq!(imported.unwrap().added.len(), 0);
        prop_assert_eq!(history.list(&Filter::default()).unwrap().len(), 0);
    }
}
