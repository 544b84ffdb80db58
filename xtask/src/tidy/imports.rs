//! Which paths a Rust file names, with `use` groups spelled out and `self`, `super` and local
//! names resolved as far as the file itself tells.

use std::collections::BTreeMap;

use super::source::{Source, is_name};

/// A path as it is written from the crate's root or another crate, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// `std::fs::read`; a glob import ends in `*`.
    pub path: String,
    /// The byte where it stands.
    pub at: usize,
}

/// Every path outside tests. `module` is the file's own, such as `["crate", "budget", "parse"]`.
pub fn named(source: &Source, module: &[&str]) -> Vec<Named> {
    let tokens = tokens(&source.code);
    let mut named = Vec::new();
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.text == "use" {
            let mut tree = Tree { tokens: &tokens, at: at + 1, leaves: Vec::new() };
            tree.walk(&[]);
            at = tree.at.max(at + 1);
            for leaf in tree.leaves {
                let path = absolute(&leaf.path, module);
                aliases.insert(leaf.alias, path.clone());
                named.push(Named { path: path.join("::"), at: leaf.at });
            }
        } else if is_path_start(&tokens, at) {
            let (path, end) = inline(&tokens, at);
            named.push(Named { path: path.join("::"), at: token.at });
            at = end;
        } else {
            at += 1;
        }
    }
    for name in &mut named {
        let parts: Vec<&str> = name.path.split("::").collect();
        let full = match aliases.get(parts[0]) {
            Some(target) if target[0] != parts[0] => [target, &parts[1..]].concat(),
            _ => absolute(&parts, module),
        };
        name.path = full.join("::");
    }
    named.retain(|name| !source.is_test(name.at));
    named
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    at: usize,
}

/// Names, `::`, and single signs.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(sign) = code[at..].chars().next() {
        let length = if is_name(sign) {
            code[at..].find(|c| !is_name(c)).unwrap_or(code.len() - at)
        } else if code[at..].starts_with("::") {
            2
        } else {
            sign.len_utf8()
        };
        if !sign.is_whitespace() {
            tokens.push(Token { text: &code[at..at + length], at });
        }
        at += length;
    }
    tokens
}

fn is_path_start(tokens: &[Token], at: usize) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let continues = at > 0 && matches!(text(at - 1), "::" | ".");
    text(at).starts_with(is_name) && text(at + 1) == "::" && !continues
}

/// A path in an expression or a type, and the token behind it.
fn inline<'a>(tokens: &[Token<'a>], from: usize) -> (Vec<&'a str>, usize) {
    let mut path = vec![tokens[from].text];
    let mut at = from + 1;
    while let [colons, name, ..] = &tokens[at.min(tokens.len())..]
        && colons.text == "::"
        && name.text.starts_with(is_name)
    {
        path.push(name.text);
        at += 2;
    }
    (path, at)
}

struct Leaf<'a> {
    path: Vec<&'a str>,
    alias: &'a str,
    at: usize,
}

/// Walks a `use` tree and collects its leaves.
struct Tree<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Tree<'_, 'a> {
    fn text(&self) -> &'a str {
        self.tokens.get(self.at).map_or(";", |token| token.text)
    }

    /// One branch below `prefix`, up to its comma, closing brace or semicolon.
    fn walk(&mut self, prefix: &[&'a str]) {
        let mut path = prefix.to_vec();
        let start = self.tokens.get(self.at).map_or(0, |token| token.at);
        loop {
            match self.text() {
                "{" => {
                    self.at += 1;
                    while !matches!(self.text(), "}" | ";") {
                        self.walk(&path);
                        if self.text() == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "," | "}" | ";" => break,
                "as" => {
                    self.at += 1;
                    let alias = self.text();
                    self.at += 1;
                    self.leaves.push(Leaf { path, alias, at: start });
                    return;
                }
                "::" => self.at += 1,
                name => {
                    path.push(name);
                    self.at += 1;
                }
            }
        }
        if path.len() > prefix.len() {
            if path.len() > 1 && path.last() == Some(&"self") {
                path.pop();
            }
            let alias = path.last().copied().unwrap_or("");
            self.leaves.push(Leaf { path, alias, at: start });
        }
    }
}

/// The path with a leading `self` and `super` replaced by the module they stand for.
fn absolute<'a>(path: &[&'a str], module: &[&'a str]) -> Vec<&'a str> {
    let mut base: Vec<&str> = module.to_vec();
    let mut rest = path;
    match path.first() {
        Some(&"self") => rest = &path[1..],
        Some(&"super") => {
            while rest.first() == Some(&"super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        _ => return path.to_vec(),
    }
    [base.as_slice(), rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::new(text);
        let named = named(&source, &["crate", "budget", "parse"]);
        named.into_iter().map(|name| name.path).collect()
    }

    #[test]
    fn groups_are_spelled_out() {
        assert_eq!(
            paths("use std::{fs, io::{self, Write as W}, time::*};"),
            ["std::fs", "std::io", "std::io::Write", "std::time::*"]
        );
    }

    #[test]
    fn relative_paths_start_at_the_root() {
        assert_eq!(
            paths("use super::{Case, super::history}; use self::inner::A; use crate::run::Run;"),
            [
                "crate::budget::Case",
                "crate::history",
                "crate::budget::parse::inner::A",
                "crate::run::Run"
            ]
        );
    }

    #[test]
    fn names_that_were_imported_stand_for_their_paths() {
        assert_eq!(
            paths(
                "use std::time as t;\nfn f() { t::Instant::now(); super::super::measure::run() }"
            ),
            ["std::time", "std::time::Instant::now", "crate::measure::run"]
        );
    }

    #[test]
    fn tests_strings_and_comments_name_nothing() {
        let text =
            "// std::fs\nconst A: &str = \"std::fs\";\n#[cfg(test)]\nmod tests { use std::fs; }";
        assert_eq!(paths(text), [""; 0]);
    }

    #[test]
    fn methods_and_fields_are_not_paths() {
        assert_eq!(paths("fn f() { a.b.collect::<Vec<_>>(); x::<u8>() }"), ["x"]);
    }

    #[test]
    fn unfinished_imports_end_with_the_text() {
        for text in ["use", "use a::", "use a::{b, c", "use a as", "use {", "use }", "use a::{;"] {
            paths(text);
        }
    }
}
