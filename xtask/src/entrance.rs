//! The two commands a newcomer needs are the README's first two, and what a build server runs is
//! the second: tests that the three places agree.

use std::path::Path;

/// The README's first command: build, measure this repository, judge it.
const FIRST: &str = "cargo run --release -- check";

/// The README's second command, and the only one of `.ci/run`.
const SECOND: &str = "cargo xtask ci";

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The commands of a Markdown text: lines of its fenced shell blocks, without comments. A block
/// with a prompt shows a session and is nothing to type.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    // The text outside blocks and inside them, in turn.
    for block in text.split("```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').unwrap_or((block, ""));
        let shell = matches!(language.trim(), "sh" | "console" | "bash" | "shell");
        if !shell || body.lines().any(|line| line.trim_start().starts_with("$ ")) {
            continue;
        }
        let typed = body.lines().map(|line| line.split(" #").next().unwrap_or("").trim());
        let typed = typed.filter(|line| !line.is_empty() && !line.starts_with('#'));
        commands.extend(typed.map(str::to_owned));
    }
    commands
}

#[test]
fn the_readme_opens_with_the_two_commands() {
    let commands = commands(&read("README.md"));
    assert_eq!(commands.first().map(String::as_str), Some(FIRST));
    assert_eq!(commands.get(1).map(String::as_str), Some(SECOND));
}

#[test]
fn a_build_server_runs_the_readmes_test_command_and_nothing_else() {
    let script = read(".ci/run");
    let mut lines = script.lines();
    assert_eq!(lines.next(), Some("#!/usr/bin/env bash"));
    let command = lines.next().unwrap();
    let (folder, command) = command.split_once(" && ").unwrap();
    assert_eq!(folder, "cd \"$(dirname \"$0\")/..\"");
    assert_eq!(command, format!("exec {SECOND}"));
    assert_eq!(lines.next(), None);
    let workflow = read(".github/workflows/ci.yml");
    assert_eq!(workflow.matches("run: .ci/run").count(), 1, "the workflow runs it once");
}

#[cfg(unix)]
#[test]
fn the_script_can_be_executed() {
    use std::os::unix::fs::PermissionsExt;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mode = root.join(".ci/run").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
}

#[test]
fn commands_are_the_lines_of_shell_blocks_without_a_prompt() {
    let text = "```console\n$ ls\nREADME.md\n```\n```sh\n# first\ncargo run   # why\n```\ntext\n\
                ```toml\na = 1\n```\n```console\ncargo xtask\n```\n";
    assert_eq!(commands(text), ["cargo run", "cargo xtask"]);
}
