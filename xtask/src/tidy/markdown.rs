//! Rules over Markdown: every relative link leads somewhere.

use super::File;
use crate::finding::Finding;

/// Checks the links of a file; `exists` answers for a path from the root of the repository.
pub fn check(file: &File, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let prose = prose(&file.text);
    let anchors: Vec<String> = prose.lines().filter_map(anchor).collect();
    let mut findings = Vec::new();
    for (line, number) in prose.lines().zip(1..) {
        for target in targets(line) {
            let remedy = match resolve(&file.path, target) {
                Target::Elsewhere => continue,
                Target::Here(name) if anchors.iter().any(|anchor| anchor == name) => continue,
                Target::Here(_) => "name a heading of this file, in lower case with hyphens",
                Target::Path(path) if exists(&path) => continue,
                Target::Path(_) => "name an existing file, relative to this one",
                Target::Outside => "stay inside the repository",
            };
            findings.push(file.finding(number, "dead-link", format!("`{target}`"), remedy));
        }
    }
    findings
}

enum Target<'a> {
    /// Another site.
    Elsewhere,
    /// A heading of the same file.
    Here(&'a str),
    /// From the root of the repository.
    Path(String),
    /// Above the root.
    Outside,
}

fn resolve<'a>(file: &str, target: &'a str) -> Target<'a> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Target::Elsewhere;
    }
    if let Some(heading) = target.strip_prefix('#') {
        return Target::Here(heading);
    }
    let path = target.split(['#', '?']).next().unwrap_or(target);
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => file.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
    };
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part != ".." {
            parts.push(part);
        } else if parts.pop().is_none() {
            return Target::Outside;
        }
    }
    Target::Path(parts.join("/"))
}

/// The targets of `[text](target "title")` and `[name]: target` in a line.
fn targets(line: &str) -> Vec<&str> {
    let mut targets: Vec<&str> = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .map(|target| target.trim_matches(['<', '>']))
        .collect();
    if line.starts_with('[')
        && let Some((name, target)) = line.split_once("]: ")
        && !name.contains(']')
        && !name.starts_with("[^")
    {
        targets.extend(target.split_whitespace().next());
    }
    targets
}

/// The anchor a heading gets: lower case, blanks as hyphens, other signs left out.
fn anchor(line: &str) -> Option<String> {
    let heading = line.trim_start_matches('#');
    if heading.len() == line.len() || !heading.starts_with(' ') {
        return None;
    }
    let signs = heading.trim().chars().filter_map(|sign| match sign {
        ' ' => Some('-'),
        '-' | '_' => Some(sign),
        _ if sign.is_alphanumeric() => Some(sign),
        _ => None,
    });
    Some(signs.flat_map(char::to_lowercase).collect())
}

/// The text without what stands in code: fenced blocks become empty lines, spans lose their
/// brackets. Headings keep the words of their spans, which are part of their anchors.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => {
                for (part, index) in line.split('`').zip(0..) {
                    match index % 2 {
                        0 => prose.push_str(part),
                        _ => prose.extend(part.chars().filter(|sign| !"[]()".contains(*sign))),
                    }
                }
            }
            _ => {}
        }
        prose.push('\n');
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let exists = |path: &str| ["README.md", "docs/ci.md", "docs", "LICENSE"].contains(&path);
        check(&file, exists).iter().map(|f| format!("{} {}", f.line, f.text)).collect()
    }

    #[test]
    fn links_are_resolved_from_the_folder_of_their_file() {
        assert_eq!(found("docs/a.md", "see [CI](ci.md) and [this](../README.md#x)"), [""; 0]);
        assert_eq!(found("docs/a.md", "see [CI](docs/ci.md)"), ["1 `docs/ci.md`"]);
        assert_eq!(found("a.md", "[d](docs/) [l](./LICENSE \"title\")"), [""; 0]);
        assert_eq!(found("a.md", "x\n[up](../other)"), ["2 `../other`"]);
    }

    #[test]
    fn definitions_are_links_too() {
        assert_eq!(found("a.md", "[x]: nowhere.md\n[^1]: a note"), ["1 `nowhere.md`"]);
    }

    #[test]
    fn other_sites_are_not_asked() {
        assert_eq!(found("a.md", "[a](https://example.org/x) [b](mailto:a@b.c)"), [""; 0]);
    }

    #[test]
    fn a_heading_of_the_same_file_must_exist() {
        let text = "# The `--set` option, twice\n[a](#the---set-option-twice) [b](#gone)";
        assert_eq!(found("a.md", text), ["2 `#gone`"]);
    }

    #[test]
    fn code_holds_no_links() {
        assert_eq!(found("a.md", "```\n[a](b)\n```\nand `[a](b)`, then [c](d)"), ["4 `d`"]);
        assert_eq!(found("a.md", "~~~\n```\n~~~\n[c](d)"), ["4 `d`"]);
    }
}
