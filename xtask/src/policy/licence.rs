//! Every package comes from the registry under a licence that `deny.toml` allows.

use super::Package;
use crate::finding::Finding;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The allowed licences, from the text of `deny.toml`.
pub fn allowed(text: &str) -> Result<Vec<String>, String> {
    let table: toml::Table =
        text.parse().map_err(|error| format!("could not read deny.toml: {error}"))?;
    let list = table.get("licenses").and_then(|licences| licences.get("allow"));
    let list = list.and_then(|list| list.as_array());
    let list = list.ok_or("could not read deny.toml: it has no list `licenses.allow`")?;
    Ok(list.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect())
}

pub fn check(packages: &[Package], allowed: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        let Package { name, version, licence, source, .. } = package;
        let mut found = |rule, text: String, remedy: &str| {
            findings.push(Finding {
                file: package.manifest(),
                line: 0,
                rule,
                text: format!("{name} {version} {text}"),
                remedy: remedy.to_owned(),
            });
        };
        if source.as_deref().is_some_and(|source| source != REGISTRY) {
            found("source", format!("comes from {source:?}"), "take it from crates.io");
        }
        let remedy = "choose another crate, or argue for the licence in deny.toml";
        match licence {
            None => found("licence", "names no licence".to_owned(), remedy),
            Some(licence) => match permits(licence, allowed) {
                Ok(true) => {}
                Ok(false) => found("licence", format!("is under `{licence}`"), remedy),
                Err(reason) => found("licence", format!("has `{licence}`: {reason}"), remedy),
            },
        }
    }
    findings
}

/// Whether an expression such as `(MIT OR Apache-2.0) AND ISC` can be met with allowed licences.
fn permits(expression: &str, allowed: &[String]) -> Result<bool, String> {
    // Old manifests write `MIT/Apache-2.0` for a choice.
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let permitted = words.any()?;
    match words.peek() {
        None => Ok(permitted),
        Some(word) => Err(format!("`{word}` was not expected")),
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a [String],
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    /// `AND` binds tighter than `OR`.
    fn any(&mut self) -> Result<bool, String> {
        let mut permitted = self.all()?;
        while self.accept("OR") {
            permitted |= self.all()?;
        }
        Ok(permitted)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut permitted = self.one()?;
        while self.accept("AND") {
            permitted &= self.one()?;
        }
        Ok(permitted)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.accept("(") {
            let permitted = self.any()?;
            return match self.accept(")") {
                true => Ok(permitted),
                false => Err("a bracket is not closed".to_owned()),
            };
        }
        let word = self.peek().ok_or("it ends too early")?;
        if matches!(word, ")" | "AND" | "OR" | "WITH") {
            return Err(format!("`{word}` was not expected"));
        }
        self.at += 1;
        // An exception only adds rights, but it is another licence: it must be allowed by name.
        let mut name = word.to_owned();
        if self.accept("WITH") {
            let exception = self.peek().ok_or("it ends too early")?;
            self.at += 1;
            name = format!("{word} WITH {exception}");
        }
        Ok(self.allowed.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<String> {
        ["MIT", "Apache-2.0", "ISC", "Unicode-3.0"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_choice_needs_one_allowed_licence_and_a_sum_needs_all() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("MIT OR GPL-3.0-only AND GPL-2.0-only", true),
            ("(MIT OR GPL-3.0-only) AND GPL-2.0-only", false),
            ("Apache-2.0 WITH LLVM-exception OR MIT", true),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("CDDL-1.0", false),
        ] {
            assert_eq!(permits(expression, &list()), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn a_broken_expression_is_never_permitted() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT", "MIT WITH", "()"] {
            assert!(permits(expression, &list()).is_err(), "{expression}");
        }
    }

    #[test]
    fn a_package_without_licence_or_from_elsewhere_is_found() {
        let package = Package {
            name: "a".to_owned(),
            version: "1.0.0".to_owned(),
            source: Some("git+https://example.org/a".to_owned()),
            ..Package::default()
        };
        let rules: Vec<&str> = check(&[package], &list()).iter().map(|found| found.rule).collect();
        assert_eq!(rules, ["source", "licence"]);
    }

    #[test]
    fn the_list_is_read_from_the_file_that_cargo_deny_reads() {
        assert_eq!(allowed("[licenses]\nallow = [\"MIT\"]").unwrap(), ["MIT"]);
        assert!(allowed("[licenses]\n").unwrap_err().ends_with("no list `licenses.allow`"));
        assert!(allowed("licenses = [").is_err());
    }
}
