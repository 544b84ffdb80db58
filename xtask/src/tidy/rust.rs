//! Rules over a Rust file: shape, names, and words that must not stay.

use super::File;
use super::source::{Source, closing, is_name, item_end, words};
use crate::finding::Finding;

const FUNCTION_LINES: usize = 70;
const FILE_LINES: usize = 800;
const COLUMNS: usize = 100;

/// File names that say nothing of what is inside.
const DRAWERS: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "types"];

/// Code that must not stay, and what to do instead.
const LEFTOVERS: &[(&str, &str)] = &[
    ("todo!(", "write it, or return an error that says what is missing"),
    ("unimplemented!(", "write it, or return an error that says what is missing"),
    ("dbg!(", "take it out"),
    ("#[ignore", "run the test, or assert today's behaviour and say why it is wrong"),
];

pub fn check(file: &File, source: &Source, is_test: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(name(file));
    // A module's own tests say what they are by lying beside it.
    if !(is_test && file.path.contains("/src/")) {
        findings.extend(opening(file));
    }
    findings.extend(columns(file, source));
    findings.extend(leftovers(file, source));
    findings.extend(test_names(file, source));
    findings.extend(reasons(file, source));
    if !is_test {
        findings.extend(file_length(file, source));
        findings.extend(function_lengths(file, source));
    }
    findings
}

fn name(file: &File) -> Option<Finding> {
    let stem = file.path.rsplit('/').next()?.strip_suffix(".rs")?;
    if stem == "mod" {
        let remedy = "name it after its folder: `foo.rs` beside `foo/`";
        return Some(file.finding(0, "mod-file", "`mod.rs`".to_owned(), remedy));
    }
    let remedy = "name it after the one idea it holds";
    DRAWERS.contains(&stem).then(|| file.finding(0, "drawer-name", format!("`{stem}.rs`"), remedy))
}

fn opening(file: &File) -> Option<Finding> {
    let first = file.text.trim_start_matches('\u{feff}').lines().find(|l| !l.trim().is_empty());
    let first = first.unwrap_or("");
    (!first.starts_with("//!")).then(|| {
        let text = format!("the file opens with `{}`", excerpt(first));
        let remedy = "say in one to five `//!` lines what the module is responsible for";
        file.finding(1, "module-comment", text, remedy)
    })
}

/// Lines that are too long, unless a string or an address makes them so: rustfmt breaks the rest.
fn columns(file: &File, source: &Source) -> Vec<Finding> {
    let seen = source.code.lines().zip(source.comments.lines());
    let mut findings = Vec::new();
    for ((line, (code, comment)), number) in file.text.lines().zip(seen).zip(1..) {
        let columns = line.chars().count();
        // Inside a string of several lines nothing of the line is code or comment.
        let in_string = code.trim().is_empty() && comment.trim().is_empty();
        if columns > COLUMNS && !in_string && !code.contains('"') && !line.contains("://") {
            let text = format!("{columns} columns: `{}`", excerpt(line));
            findings.push(file.finding(number, "line-length", text, "keep lines to 100 columns"));
        }
    }
    findings
}

fn leftovers(file: &File, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (word, remedy) in LEFTOVERS {
        for (at, _) in source.code.match_indices(word) {
            if word.starts_with('#') || !source.code[..at].ends_with(is_name) {
                let text = format!("`{word}`");
                findings.push(file.finding(source.line(at), "leftover", text, remedy));
            }
        }
    }
    for word in super::text::NOTES {
        for at in words(&source.comments, word) {
            let remedy = "do it, or write the doubt down as a sentence";
            let text = format!("`{word}`");
            findings.push(file.finding(source.line(at), "leftover", text, remedy));
        }
    }
    findings
}

/// Functions behind an attribute of a test framework whose names begin with `test_`.
fn test_names(file: &File, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, name) in functions(&source.code) {
        let before = source.code[..at].trim_end().trim_end_matches("async").trim_end();
        let last = before.rsplit('\n').next().unwrap_or("").trim();
        let is_test = last.starts_with("#[") && words(last, "test").next().is_some();
        if is_test && (name.starts_with("test_") || name == "test") {
            let remedy = "state the fact the test shows, as a sentence";
            findings.push(file.finding(source.line(at), "test-name", format!("`{name}`"), remedy));
        }
    }
    findings
}

/// Suppressed lints without a reason.
fn reasons(file: &File, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for attribute in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
        for (at, _) in source.code.match_indices(attribute) {
            let body = &source.code[at..closing(&source.code, at + attribute.len() - 1)];
            if words(body, "reason").next().is_none() {
                let text = format!("`{})]`", excerpt(body.trim_end_matches(')')));
                let remedy = "add `reason = \"...\"`";
                findings.push(file.finding(source.line(at), "no-reason", text, remedy));
            }
        }
    }
    findings
}

fn file_length(file: &File, source: &Source) -> Option<Finding> {
    let code = &source.code;
    let generated = file.text.lines().take(3).any(|line| line.contains("@generated"));
    let tables: usize = tables(code)
        .iter()
        .filter(|(start, _)| !source.is_test(*start))
        .map(|(start, end)| source.line(*end) - source.line(*start))
        .sum();
    let lines = source.lines_outside_tests().saturating_sub(tables);
    (lines > FILE_LINES && !generated).then(|| {
        let text = format!("{lines} lines of {FILE_LINES}, tests and tables left out");
        file.finding(0, "file-length", text, "move one idea of it to a module of its own")
    })
}

/// Constants of several lines: data, not logic.
fn tables(code: &str) -> Vec<(usize, usize)> {
    let mut tables: Vec<(usize, usize)> = Vec::new();
    for word in ["const", "static"] {
        for at in words(code, word) {
            let next = code[at + word.len()..].trim_start();
            let is_item = next.starts_with(|c: char| c.is_uppercase() || c == '_');
            // `*const T` is a pointer, and `<const N: usize>` a parameter.
            let opens = code[..at].trim_end().chars().next_back();
            if is_item && !matches!(opens, Some('*' | '<' | ',')) {
                tables.push((at, item_end(code, at)));
            }
        }
    }
    tables
}

fn function_lengths(file: &File, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tables = tables(&source.code);
    for (at, name) in functions(&source.code) {
        if source.is_test(at) {
            continue;
        }
        let end = item_end(&source.code, at);
        let (first, last) = (source.line(at), source.line(end - 1));
        let data: usize = tables
            .iter()
            .filter(|(start, stop)| at < *start && *stop <= end)
            .map(|(start, stop)| source.line(*stop) - source.line(*start))
            .sum();
        let lines = last + 1 - first - data;
        if lines > FUNCTION_LINES {
            let text = format!("`fn {name}` has {lines} lines of {FUNCTION_LINES}");
            let remedy = "split it where its reader would pause";
            findings.push(file.finding(first, "function-length", text, remedy));
        }
    }
    findings
}

/// Tests that a document names must exist: a code span of four words or more is the name of one.
pub fn named_tests(document: &File, sources: &[&Source]) -> Vec<Finding> {
    let is_test = |span: &str| span.matches('_').count() >= 3 && span.chars().all(is_name);
    let exists = |span: &str| sources.iter().any(|s| functions(&s.code).any(|(_, n)| n == span));
    let mut findings = Vec::new();
    for (line, number) in document.text.lines().zip(1..) {
        let spans = line.split('`').skip(1).step_by(2);
        for span in spans.filter(|span| is_test(span) && !exists(span)) {
            let remedy = "name the test that holds it, or write one";
            findings.push(document.finding(number, "named-test", format!("`{span}`"), remedy));
        }
    }
    findings
}

/// The place and name of every function; pointers to functions have no name.
fn functions(code: &str) -> impl Iterator<Item = (usize, &str)> {
    words(code, "fn").filter_map(|at| {
        let rest = code[at + 2..].trim_start();
        let name = rest.split(|c| !is_name(c)).next().filter(|name| !name.is_empty())?;
        Some((at, name))
    })
}

/// The beginning of a line, short enough for a report.
fn excerpt(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line rule` of every finding in a file of that text.
    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let findings = check(&file, &Source::new(text), path.contains("tests/"));
        findings.iter().map(|finding| format!("{} {}", finding.line, finding.rule)).collect()
    }

    fn findings(body: &str) -> Vec<String> {
        found("src/a.rs", &format!("//! A module.\n{body}"))
    }

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    work();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_seventy_lines_is_the_longest() {
        assert_eq!(findings(&function(70)), [""; 0]);
        assert_eq!(findings(&function(71)), ["2 function-length"]);
    }

    #[test]
    fn a_long_function_hides_neither_in_an_impl_nor_behind_a_where_clause() {
        let body = "    work();\n".repeat(80);
        let method = format!(
            "impl A {{\n    fn f<T>(&self, x: [u8; 4]) -> T\n    where\n        T: B,\n    {{\n{body}    }}\n}}\n"
        );
        assert_eq!(findings(&method), ["3 function-length"]);
    }

    #[test]
    fn tests_and_tables_may_be_long() {
        let test = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function(90).repeat(12));
        assert_eq!(findings(&test), [""; 0]);
        assert_eq!(found("tests/a.rs", &format!("//! A test.\n{}", function(900))), [""; 0]);
        let table = format!("const T: &[u8] = &[\n{}];\n", "    1,\n".repeat(900));
        assert_eq!(findings(&table), [""; 0]);
        assert_eq!(findings(&format!("fn f() {{\n{table}}}\n")), [""; 0]);
    }

    #[test]
    fn a_file_of_more_than_eight_hundred_lines_is_too_long() {
        assert_eq!(findings(&"use a;\n".repeat(799)), [""; 0]);
        assert_eq!(findings(&"use a;\n".repeat(800)), ["0 file-length"]);
        let generated = format!("// @generated by a program\n{}", "use a;\n".repeat(900));
        assert_eq!(findings(&generated), [""; 0]);
    }

    #[test]
    fn long_lines_are_found_unless_a_string_or_an_address_is_long() {
        let name = "x".repeat(101);
        assert_eq!(findings(&format!("// {name}\n")), ["2 line-length"]);
        assert_eq!(findings(&format!("const X: u8 = {name};\n")), ["2 line-length"]);
        assert_eq!(findings(&format!("f(\"{name}\");\n")), [""; 0]);
        assert_eq!(findings(&format!("f(\"\n{name}\n\");\n")), [""; 0]);
        assert_eq!(findings(&format!("// https://example.org/{name}\n")), [""; 0]);
    }

    #[test]
    fn files_are_named_after_what_they_hold() {
        assert_eq!(found("src/a/mod.rs", "//! A."), ["0 mod-file"]);
        assert_eq!(found("src/utils.rs", "//! A."), ["0 drawer-name"]);
        assert_eq!(found("tests/common.rs", "//! A."), ["0 drawer-name"]);
        assert_eq!(found("src/type_check.rs", "//! A."), [""; 0]);
    }

    #[test]
    fn a_module_opens_with_what_it_is_responsible_for() {
        assert_eq!(found("src/a.rs", "use b;\n"), ["1 module-comment"]);
        assert_eq!(found("src/a.rs", ""), ["1 module-comment"]);
        assert_eq!(found("src/a.rs", "\n//! A.\nuse b;\n"), [""; 0]);
        assert_eq!(found("crates/a/tests/b.rs", "use b;\n"), ["1 module-comment"]);
        assert_eq!(found("crates/a/src/b/tests/c.rs", "use super::*;\n"), [""; 0]);
    }

    #[test]
    fn leftovers_are_found_in_code_and_notes_in_comments() {
        assert_eq!(findings("fn f() { todo!() }\n"), ["2 leftover"]);
        assert_eq!(findings("\n#[ignore = \"slow\"]\n"), ["3 leftover"]);
        assert_eq!(findings("fn f() { dbg!(x); my_dbg!(x) }\n"), ["2 leftover"]);
        assert_eq!(findings(&format!("// {}ME: later\n", "FIX")), ["2 leftover"]);
        assert_eq!(findings("// the macro todo!() is not code here\n"), [""; 0]);
        assert_eq!(findings("f(\"todo!()\");\n"), [""; 0]);
    }

    #[test]
    fn the_name_of_a_test_is_a_sentence() {
        assert_eq!(findings("#[test]\nfn test_a() {}\n"), ["3 test-name"]);
        assert_eq!(findings("#[tokio::test]\nasync fn test_a() {}\n"), ["3 test-name"]);
        assert_eq!(findings("#[test]\nfn a_holds() {}\nfn test_server() {}\n"), [""; 0]);
    }

    #[test]
    fn a_document_names_only_tests_that_exist() {
        let text = "a `Plan`, `cargo_fmt`,\n`all_of_it_holds` and `none_of_it_holds`".to_owned();
        let document = File { path: "A.md".to_owned(), text };
        let source = Source::new("fn all_of_it_holds() {}");
        let findings = named_tests(&document, &[&source]);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].line, findings[0].text.as_str()), (2, "`none_of_it_holds`"));
    }

    #[test]
    fn suppressions_have_reasons() {
        assert_eq!(findings("#[allow(dead_code)]\n"), ["2 no-reason"]);
        assert_eq!(findings("#[expect(\n    unused\n)]\n"), ["2 no-reason"]);
        assert_eq!(findings("#![expect(unused, reason = \"x\")]\n"), [""; 0]);
        assert_eq!(findings("#[allow(unused, reason = \"a (b)\")]\n"), [""; 0]);
    }
}
