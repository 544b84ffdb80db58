//! Rules over the text of the repository's files: what a reviewer would otherwise say each time.
//!
//! Every rule is a function from a file to findings and is tested on small texts; here they are
//! applied to every file that git knows or would add. Recorded samples (`testdata/`) are left
//! alone where they show what another program wrote.

mod imports;
mod markdown;
mod purity;
mod rust;
mod source;
mod text;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use crate::ci::Outcome;
use crate::command;
use crate::finding::{self, Finding};
use source::Source;

/// A text file, by its path in the repository.
struct File {
    path: String,
    text: String,
}

impl File {
    fn finding(&self, line: usize, rule: &'static str, text: String, remedy: &str) -> Finding {
        Finding { file: self.path.clone(), line, rule, text, remedy: remedy.to_owned() }
    }

    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension() == Some(OsStr::new(extension))
    }

    /// Recorded from another program.
    fn is_sample(&self) -> bool {
        self.path.split('/').any(|part| part == "testdata")
    }
}

/// The largest file that is no mistake, in bytes.
const LARGEST: u64 = 1_000_000;

pub fn run(root: &Path) -> Outcome {
    match survey(root) {
        Ok(findings) => {
            let notes = match findings.len() {
                0 => Vec::new(),
                count => vec![format!("findings: {count}")],
            };
            let output = finding::report(findings);
            Outcome { passed: output.is_empty(), notes, output, ..Outcome::passed() }
        }
        Err(reason) => Outcome { passed: false, output: reason, ..Outcome::passed() },
    }
}

fn survey(root: &Path) -> Result<Vec<Finding>, String> {
    let paths = list(root)?;
    let mut findings = large(root, &paths);
    findings.extend(check(root, &read(root, &paths)?));
    Ok(findings)
}

fn check(root: &Path, files: &[File]) -> Vec<Finding> {
    let rust: Vec<(&File, Source)> =
        files.iter().filter(|f| f.is("rs")).map(|f| (f, Source::new(&f.text))).collect();
    let test_files = test_files(&rust);
    let mut findings = Vec::new();
    for (file, source) in rust.iter().filter(|(file, _)| !file.is_sample()) {
        let is_test = test_files.contains(file.path.as_str());
        findings.extend(rust::check(file, source, is_test));
        if !is_test {
            findings.extend(purity::check(file, source));
        }
    }
    if let Some(file) = files.iter().find(|file| file.path == "ARCHITECTURE.md") {
        let sources: Vec<&Source> = rust.iter().map(|(_, source)| source).collect();
        findings.extend(rust::named_tests(file, &sources));
    }
    for file in files {
        findings.extend(text::check(file));
        if file.is("md") && !file.is_sample() {
            findings.extend(markdown::check(file, |path| root.join(path).exists()));
        }
    }
    findings
}

/// Files that are compiled only for tests: by their folder, or because their parent says so.
fn test_files<'a>(rust: &[(&'a File, Source)]) -> BTreeSet<&'a str> {
    let mut declared = BTreeSet::new();
    for (file, source) in rust {
        let folder = children(&file.path);
        for name in source.test_modules() {
            declared.insert(format!("{folder}/{name}.rs"));
        }
    }
    let is_test = |path: &str| {
        path.split('/').any(|part| matches!(part, "tests" | "benches" | "fuzz_targets"))
            || declared.contains(path)
    };
    rust.iter().map(|(file, _)| file.path.as_str()).filter(|path| is_test(path)).collect()
}

/// The folder in which the modules of a file lie.
fn children(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    match stem.rsplit_once('/') {
        Some((folder, "lib" | "main")) => folder,
        _ => stem,
    }
}

/// Every file that is tracked or would be added, by its path.
fn list(root: &Path) -> Result<BTreeSet<String>, String> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = command::output(root, OsStr::new("git"), &arguments)?;
    let listed = String::from_utf8(listed)
        .map_err(|error| format!("could not read the names of tracked files: {error}"))?;
    // A link is its target's text, and a file deleted but not yet committed is no file.
    let is_file = |path: &str| {
        let place = root.join(path);
        !path.is_empty() && place.is_file() && !place.is_symlink()
    };
    Ok(listed.split('\0').filter(|path| is_file(path)).map(str::to_owned).collect())
}

fn read(root: &Path, paths: &BTreeSet<String>) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for path in paths {
        let bytes = std::fs::read(root.join(path))
            .map_err(|error| format!("could not read {path}: {error}"))?;
        // What is not UTF-8 is not text: an image, a compressed sample, a deliberate mistake.
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.clone(), text });
        }
    }
    Ok(files)
}

/// Files that everybody would fetch for ever, because somebody added all of a folder.
fn large(root: &Path, paths: &BTreeSet<String>) -> Vec<Finding> {
    let size = |path: &String| root.join(path).metadata().map_or(0, |data| data.len());
    let large = paths.iter().map(|path| (path, size(path))).filter(|(_, size)| *size > LARGEST);
    large
        .map(|(path, size)| Finding {
            file: path.clone(),
            line: 0,
            rule: "large-file",
            text: format!("{} kB of {}", size / 1000, LARGEST / 1000),
            remedy: "take it out of the commit that added it".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_keeps_its_own_rules() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(list(root).unwrap().contains("xtask/src/tidy.rs"));
        let findings = survey(root).unwrap();
        assert!(findings.is_empty(), "\n{}", finding::report(findings));
    }

    #[test]
    fn a_large_file_is_found_by_its_size() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let paths = BTreeSet::from(["Cargo.toml".to_owned(), "gone".to_owned()]);
        assert_eq!(large(root, &paths), []);
        let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
        assert_eq!(large(root, &BTreeSet::from([program])).len(), 1);
    }

    #[test]
    fn no_cut_of_a_file_makes_a_rule_panic() {
        let text = "//! \u{e4}\nuse a::{b as c, d::*};\n#[cfg(test)]\nmod t { fn f() {} }\n\
                    /* \u{e4} /* */ */ #[allow(x)] fn g() -> [u8; 2] { r#\"\u{e4}\"# '\u{e4}' '\\'' \
                    \"\\\u{e4}\" }\nconst A: B = &[1];\n[\u{e4}](b) `c` ```\n# D `e`\n";
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for (index, start) in ends.iter().enumerate() {
            for end in &ends[index..] {
                for path in ["crates/stats/src/a.rs", "a.md"] {
                    let text = text[*start..*end].to_owned();
                    check(Path::new("."), &[File { path: path.to_owned(), text }]);
                }
            }
        }
    }

    #[test]
    fn files_for_tests_are_known_by_folder_and_by_declaration() {
        let files = [
            ("crates/a/src/lib.rs", "#[cfg(test)]\nmod oracle;\nmod real;"),
            ("crates/a/src/oracle.rs", ""),
            ("crates/a/src/real.rs", "#[cfg(test)]\nmod deep;"),
            ("crates/a/src/real/deep.rs", ""),
            ("crates/a/tests/cli.rs", ""),
        ];
        let files: Vec<File> = files
            .map(|(path, text)| File { path: path.to_owned(), text: text.to_owned() })
            .into_iter()
            .collect();
        let rust: Vec<(&File, Source)> =
            files.iter().map(|file| (file, Source::new(&file.text))).collect();
        let found: Vec<&str> = test_files(&rust).into_iter().collect();
        assert_eq!(
            found,
            ["crates/a/src/oracle.rs", "crates/a/src/real/deep.rs", "crates/a/tests/cli.rs"]
        );
    }
}
