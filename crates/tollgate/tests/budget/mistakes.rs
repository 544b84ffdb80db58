//! Every mistake in a budget file is told with its place, and none makes the reader panic.

use super::{WHOLE, read, read_for};

/// Every mistake in one text, as `line: title (help)`.
pub fn told(text: &str) -> Vec<String> {
    let mistakes = read(text).expect_err("the file has mistakes");
    mistakes
        .list
        .iter()
        .map(|mistake| {
            let line = text[..mistake.span.start].matches('\n').count() + 1;
            let help = mistake.help.as_deref().unwrap_or("-");
            format!("{line}: {} | {} | {help}", mistake.title, mistake.label)
        })
        .collect()
}

/// A case with one line more in it.
fn case(line: &str) -> String {
    format!("[case.a]\nrun = [\"true\"]\n{line}\n")
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = r#"
[project]
nmae = "x"

[case.a]
run = ["true"]
trails = 5
budgets."wall median" = "<= 5ms"
[case.a.budget]
"wall median" = "<= 5 MB"
"wal p99" = "<= 5ms"
"peak memory" = 100
"exit failures" = "< 0%"
"wall max" = "<= case b"

[case.b]
serve = ["x"]
load = { users = ["nobody"], scenario = "smok" }
"#;
    let mistakes = read(text).unwrap_err();
    insta::assert_snapshot!(mistakes.render(false));
}

#[test]
fn an_unknown_key_is_a_mistake_with_a_suggestion() {
    // The keys a competitor ignored in silence.
    for (line, fix) in [
        ("trails = 5", "trials"),
        ("bugdet.wall = \"<= 1s\"", "budget"),
        ("time-out = \"5s\"", "timeout"),
    ] {
        let mistakes = read(&case(line)).unwrap_err();
        assert_eq!(mistakes.list[0].fix.as_deref(), Some(fix), "{mistakes}");
    }
    assert!(told(&case("threshhold = 0.1"))[0].contains("unknown key `threshhold`"));
    assert!(told(&case("absolute_max_ms = 100"))[0].contains("unknown key"));
}

#[test]
fn a_command_that_is_one_string_is_shown_as_a_list_that_does_the_same() {
    for (text, list) in [
        ("sleep 0.1", r#"["sleep", "0.1"]"#),
        ("a && b", r#"["sh", "-c", "a && b"]"#),
        ("a 'b c'", r#"["sh", "-c", "a 'b c'"]"#),
        ("a > $B", r#"["sh", "-c", "a > $B"]"#),
        ("a {port}", r#"["a", "{port}"]"#),
    ] {
        let written = case(&format!("prepare = \"{text}\""));
        let mistakes = read(&written).unwrap_err();
        assert_eq!(mistakes.list[0].fix.as_deref(), Some(list), "{mistakes}");
        read(&case(&format!("prepare = {list}"))).err().iter().for_each(|mistakes| {
            assert!(!mistakes.to_string().contains("prepare"), "{mistakes}");
        });
    }
}

#[test]
fn a_limit_that_is_a_bare_number_is_shown_with_the_sign_and_the_unit_of_its_metric() {
    for (metric, limit) in [
        ("wall", r#""<= 5ms""#),
        ("peak memory", r#""<= 5MiB""#),
        ("exit failures", r#""<= 5%""#),
        ("peak memory growth", r#""<= 5MB/h""#),
        ("throughput", r#"">= 5/s""#),
        ("cost", r#""<= 5""#),
    ] {
        let mistakes = read(&case(&format!("budget.\"{metric}\" = 5"))).unwrap_err();
        assert_eq!(mistakes.list[0].fix.as_deref(), Some(limit), "{mistakes}");
        read(&case(&format!("budget.\"{metric}\" = {limit}"))).unwrap();
    }
    let mistakes = read(&case("budget.wall = true")).unwrap_err();
    assert_eq!(mistakes.list[0].fix, None);
}

#[test]
fn one_mistake_each() {
    for (line, expected) in [
        ("trials = 0", "3: `trials = 0` is out of range"),
        ("trials = 2.5", "3: `trials` is a number"),
        ("timeout = \"soon\"", "3: `soon` is not a duration"),
        ("timeout = 5", "3: `timeout` is an integer"),
        ("prepare = \"rm -rf x\"", "3: `prepare` is one string"),
        ("prepare = []", "3: `prepare` names no program"),
        ("serve = [\"x\"]", "3: case `a` has both `run` and `serve`"),
        ("ready = \"/\"", "3: `ready` has no meaning in this case"),
        ("params = { n = [] }", "3: the parameter `n` has no values"),
        ("params = { n = [1, 1] }\nenv = { N = \"{n}\" }", "3: the value `1` stands twice"),
        ("params = { n = [1, 2] }", "3: nothing uses the parameter `n`"),
        ("sets = [\"a\", \"a\"]", "3: `a` stands twice"),
        ("budget.wall = \"<= 5\"", "3: `wall` is measured in time, not in count"),
        ("budget.wall = \"<= 5kB\"", "3: `wall` is measured in time, not in bytes"),
        ("budget.wall = \"5ms\"", "3: could not read the limit `5ms` of `wall`"),
        ("budget.wall = []", "3: the budget `wall` has no limits"),
        ("budget.wall = {}", "3: the budget `wall` has no limit"),
        ("budget.wall = true", "3: the limit of `wall` is a boolean"),
        (
            "budget.\"exit failures\" = \"<= 0.1\"",
            "3: `exit failures` is measured in share, not in count",
        ),
        ("budget.\"exit failures\" = \">= 101%\"", "3: nothing can keep to `>= 101%`"),
        ("budget.wall = \"< 0ms\"", "3: nothing can keep to `< 0ms`"),
        ("budget.wall = \">= 0ms\"", "3: nothing can break `>= 0ms`"),
        ("budget.wall = [\"<= 5ms\", \">= 10ms\"]", "3: nothing is both above"),
        (
            "budget.wall = [\"<= 5ms\", \"<= 10ms\"]",
            "3: `<= 5ms` and `<= 10ms` bound the same side",
        ),
        (
            "budget.wall = [\"<= baseline\", \"<= baseline\"]",
            "3: the limit `<= baseline` stands twice",
        ),
        (
            "budget.wall = { hard = \"<= 5ms\", soft = \"<= 6ms\" }",
            "3: the soft limit `<= 6ms` never warns",
        ),
        (
            "budget.wall = { hard = \"<= 5ms\", soft = \">= 1ms\" }",
            "3: `<= 5ms` and `>= 1ms` point in opposite",
        ),
        (
            "budget = { wall = \"<= 1s\", \"wall p50\" = \"<= 2s\" }",
            "3: `wall` and `wall median` are the same",
        ),
        ("budget.\"server cpu\" = \"<= 5%\"", "3: `server cpu` is not measured in case `a`"),
        ("budget.instructions = \"<= 1000\"", "3: case `a` does not count instructions"),
        ("budget.\"throughput growth\" = \"<= 5/s\"", "3: `throughput` is per time already"),
        (
            "budget.\"heap growth\" = \"<= 5MB\"",
            "3: `heap growth` is measured in something per time",
        ),
        ("budget.\"wall medain\" = \"<= 1s\"", "3: `medain` is no statistic"),
        ("budget.\"wall p100\" = \"<= 1s\"", "3: `p100` is no statistic"),
        ("budget.\"peak memory maxx\" = \"<= 1MB\"", "3: `maxx` is no statistic"),
        ("budget.wall = \"<= case b\"", "3: there is no case `b`"),
        ("budget.wall = \"<= case a\"", "3: case `a` is held against itself"),
        (
            "budget.wall = { hard = \"<= 1s\", confidence = 95 }",
            "3: `confidence = 95` is out of range",
        ),
        (
            "budget.wall = { hard = \"<= 1s\", on-cannot-tell = \"ignore\" }",
            "3: `on-cannot-tell` cannot be `ignore`",
        ),
        (
            "budget.wall = { hard = \"<= 1s\", accept = { limit = \"<= 2s\", until = \"soon\", reason = \"x\" } }",
            "3: `soon` is not a date",
        ),
        (
            "budget.wall = { hard = \"<= 1s\", accept = { limit = \"<= 2s\", until = \"2027-02-29\", reason = \"x\" } }",
            "3: `2027-02-29` is not a date",
        ),
        ("env = { A = \"${NOPE}\" }", "3: the variable `NOPE` is not set"),
        ("env = { A = \"${9}\" }", "3: `9` is not a variable's name"),
        ("env = { A = \"${OPEN\" }", "3: `${OPEN` has no closing brace"),
        ("wal = 1", "3: unknown key `wal`"),
        ("run = [\"false\"]", "3: could not read this as TOML"),
    ] {
        let told = told(&case(line));
        assert!(told[0].starts_with(expected), "{line}\n{told:#?}");
        assert_eq!(told.len(), 1, "{line}\n{told:#?}");
    }
}

#[test]
fn mistakes_in_users_and_scenarios_are_told() {
    for (text, expected) in [
        ("[user.u]", "user `u` has nothing to do"),
        ("[user.u]\ntask = [{}]", "a task sends no request"),
        ("[user.u]\ntask = [{ get = \"/\", post = \"/\" }]", "a request has both `get` and `post`"),
        (
            "[user.u]\ntask = [{ get = \"/\" }, { get = \"/\", body = \"x\" }]",
            "user `u` has two different requests named `GET /`",
        ),
        ("[user.u]\ntask = [{ get = \"x\" }]", "the path `x` does not start with a slash"),
        (
            "[user.u]\nthink = \"2s..1s\"\ntask = [{ get = \"/\" }]",
            "the think time `2s..1s` runs backwards",
        ),
        (
            "[user.u]\ntask = [{ get = \"/\", expect = { status = 99 } }]",
            "`status = 99` is out of range",
        ),
        (
            "[user.u]\ntask = [{ get = \"/\", expect = { json = { valid = true } } }]",
            "`valid` is not a JSON pointer",
        ),
        ("[scenario.s]\nusers = 5", "scenario `s` does not say how long"),
        (
            "[scenario.s]\nusers = 5\nrate = \"5/s\"\nfor = \"1s\"",
            "scenario `s` has no clear shape",
        ),
        ("[scenario.s]\nrate = \"5\"\nfor = \"1s\"", "`5` is not a rate"),
        ("[scenario.s]\nstages = []", "a scenario has no stages"),
        ("[scenario.s]\nstages = [{ users = 1 }]", "a stage does not say how long"),
        ("[scenario.s]\nstages = [{ over = \"1s\" }]", "a stage has exactly one of"),
    ] {
        let told = told(&format!("{}\n{text}\n", case("")));
        assert!(told.iter().any(|line| line.contains(expected)), "{text}\n{told:#?}");
    }
}

#[test]
fn an_environment_that_changes_a_missing_case_is_a_mistake() {
    let text = WHOLE.replace(
        "case.verify.budget.\"latency p99\" = \"< 200ms\"",
        "case.verfy.budget.\"latency p99\" = \"< 200ms\"",
    );
    let mistakes = read(&text).unwrap_err();
    assert_eq!(mistakes.list[0].fix.as_deref(), Some("verify"), "{mistakes}");
}

#[test]
fn a_mistake_in_an_environment_that_was_not_chosen_is_told() {
    let text = WHOLE.replace("= \"< 200ms\"\n", "= \"< 200MB\"\n");
    let text = text.replace(
        "biometric-proof\".budget]\n\"latency p99\"  = \"< 200MB\"",
        "biometric-proof\".budget]\n\"latency p99\"  = \"< 200ms\"",
    );
    assert!(read(&text).unwrap_err().list[0].title.contains("measured in time"));
}

#[test]
fn an_unknown_environment_is_a_mistake() {
    let mistakes = read_for(WHOLE, Some("stagign")).unwrap_err();
    assert!(mistakes.list[0].title.contains("no environment `stagign`"));
}

#[test]
fn a_file_without_cases_is_a_mistake() {
    assert!(told("").iter().any(|line| line.contains("the file has no cases")));
    assert!(told("[project]\nname = \"x\"").iter().any(|line| line.contains("no cases")));
}

#[test]
fn several_syntax_errors_are_told_together() {
    let mistakes = read("[case.a\nrun = [\n\n[case.b]\nx = = 5\n").unwrap_err();
    assert!(mistakes.list.len() >= 2, "{mistakes}");
}

proptest::proptest! {
    /// Any text is read or refused; reading never panics, nor does telling what is wrong.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        if let Err(mistakes) = read(&text) {
            proptest::prop_assert!(!mistakes.list.is_empty());
            proptest::prop_assert!(!mistakes.render(false).is_empty());
        }
    }

    /// A good file with a piece cut out or doubled is read or refused without a panic.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        whole in proptest::sample::select(vec![WHOLE, super::service::FILE]),
        at in 0usize..2000,
        length in 0usize..60,
        insert in "[\\[\\]{}=\"',.a-z0-9$\\n ]{0,12}",
    ) {
        let start = at.min(whole.len());
        let end = (start + length).min(whole.len());
        let text = format!("{}{insert}{}", &whole[..start], &whole[end..]);
        if let Err(mistakes) = read(&text) {
            proptest::prop_assert!(!mistakes.list.is_empty());
            proptest::prop_assert!(!mistakes.render(false).is_empty());
        }
    }
}

#[test]
fn an_unknown_import_format_is_a_mistake_with_a_suggestion() {
    let text = |format: &str| {
        format!(
            "[case.a]\nimport = \"x\"\nformat = \"{format}\"\nbudget.\"time median\" = \"<= 1s\"\n"
        )
    };
    assert!(read(&text("hyperfine")).is_ok());
    let near = told(&text("hyperfin"));
    assert!(near[0].contains("`format` cannot be `hyperfin`"), "{near:?}");
    assert_eq!(near.len(), 1);
    assert_eq!(told(&text("zzzz")).len(), 1);
}
