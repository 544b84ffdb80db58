//! `tollgate init`: a commented budget file from what the folder holds.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::args::Init;
use crate::exit::Exit;
use crate::output::{note, result};
use crate::project::FILE;

pub fn init(args: &Init) -> Result<Exit> {
    let here = std::env::current_dir().context("could not find the current folder")?;
    let (text, found) = starter(&here);
    if args.print {
        result(&text)?;
        return Ok(Exit::Within);
    }
    let path = here.join(FILE);
    let file = fs::OpenOptions::new().write(true).create_new(true).open(&path);
    match file {
        Ok(mut file) => {
            std::io::Write::write_all(&mut file, text.as_bytes())
                .with_context(|| format!("could not write {}", path.display()))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{FILE} is already here and is left as it is; `--print` shows a new one");
        }
        Err(error) => {
            return Err(error).with_context(|| format!("could not write {}", path.display()));
        }
    }
    note(&format!("{FILE} written: {found}"));
    note("read its comments, set the limits you mean, then `tollgate check`");
    Ok(Exit::Within)
}

/// The file's text, and what it was made from.
fn starter(folder: &Path) -> (String, String) {
    let name = folder.file_name().map_or("project".into(), |name| name.to_string_lossy());
    let plain: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let mut text = format!(
        "# What this project promises about its performance.\n\
         # `tollgate check` measures every case and judges its budgets;\n\
         # `tollgate explain keys` lists what may stand here, `tollgate explain metrics` what may be promised.\n\n\
         [project]\nname = \"{plain}\"\n"
    );
    let mut found: Vec<&str> = Vec::new();
    let mut cases = String::new();
    if let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) {
        found.push("Cargo.toml");
        text.push_str("build = [\"cargo\", \"build\", \"--release\"]\n");
        let mut benches = Vec::new();
        let mut criterion = manifest.contains("criterion");
        cargo(&mut cases, &mut benches, &manifest, folder);
        for member in members(&manifest, folder) {
            if let Ok(manifest) = fs::read_to_string(member.join("Cargo.toml")) {
                criterion |= manifest.contains("criterion");
                cargo(&mut cases, &mut benches, &manifest, &member);
            }
        }
        cargo_benches(&mut cases, &benches, criterion);
    }
    if let Ok(manifest) = fs::read_to_string(folder.join("package.json")) {
        found.push("package.json");
        node(&mut cases, &manifest);
    }
    if folder.join("pyproject.toml").is_file() {
        found.push("pyproject.toml");
        cases.push_str(PYTHON);
    }
    if folder.join("go.mod").is_file() {
        found.push("go.mod");
        cases.push_str(GO);
    }
    if cases.is_empty() {
        cases.push_str(ANY);
    }
    let from = if found.is_empty() {
        "nothing to start from was found".to_owned()
    } else {
        format!("from {}", found.join(", "))
    };
    (format!("{text}\n{}", cases.trim_start()), from)
}

/// The folders of a workspace's members, in the order of their names.
fn members(manifest: &str, folder: &Path) -> Vec<PathBuf> {
    let patterns = manifest
        .parse::<toml::Table>()
        .ok()
        .and_then(|table| table.get("workspace")?.get("members")?.as_array().cloned())
        .unwrap_or_default();
    let within = glob::Pattern::escape(&folder.to_string_lossy());
    let mut found: Vec<PathBuf> = patterns
        .iter()
        .filter_map(toml::Value::as_str)
        .filter_map(|pattern| glob::glob(&format!("{within}/{pattern}")).ok())
        .flatten()
        .flatten()
        .filter(|member| member != folder)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The programs and benchmarks of one package.
fn cargo(cases: &mut String, benches: &mut Vec<String>, manifest: &str, folder: &Path) {
    let Ok(table) = manifest.parse::<toml::Table>() else { return };
    let Some(package) = table.get("package").and_then(|package| package.get("name")?.as_str())
    else {
        return;
    };
    let mut programs = names(&table, "bin");
    if programs.is_empty() && folder.join("src/main.rs").is_file() {
        programs.push(package.to_owned());
    }
    for name in programs {
        let case = free(cases, &format!("start-{name}"), "start");
        let _ = write!(
            cases,
            "\n# How long the program takes to start.\n[case.{case}]\nrun = [\"target/release/{name}\", \"--version\"]\n\
             [case.{case}.budget]\n\"wall median\" = \"<= 50ms\"\n\"peak memory\" = {{ hard = \"<= 64MiB\", soft = \"<= 32MiB\" }}\n"
        );
    }
    benches.extend(own_benches(&table, folder));
}

/// All benchmarks in one case: criterion's folder holds the results of all of them, and results
/// that a trial did not write anew would fail it. Without criterion they print what they measured.
fn cargo_benches(cases: &mut String, benches: &[String], criterion: bool) {
    let (case, about) = match benches {
        [] => return,
        [only] => (format!("bench-{only}"), format!("The benchmark `{only}`.")),
        _ => ("benches".to_owned(), "The benchmarks.".to_owned()),
    };
    let words: String = benches.iter().map(|name| format!(", \"--bench\", \"{name}\"")).collect();
    let (how, import) = match criterion {
        true => ("Results are read from criterion's folder.", "import = \"target/criterion\"\n"),
        false => ("It prints records, as a program with `tollgate-harness` does.", ""),
    };
    let _ = write!(
        cases,
        "\n# {about} {how}\n[case.{case}]\nrun = [\"cargo\", \"bench\"{words}]\n{import}\
         trials = 1\ntimeout = \"30m\"\nsets = [\"nightly\"]\nbudget.\"time median\" = \"<= 1ms\"\n"
    );
}

/// The short name for the first of its kind, the long one for the others.
fn free(cases: &str, long: &str, short: &str) -> String {
    if cases.contains(&format!("[case.{short}]")) { long.to_owned() } else { short.to_owned() }
}

/// The names of a manifest's `[[bin]]` or `[[bench]]`.
fn names(table: &toml::Table, kind: &str) -> Vec<String> {
    let list = table.get(kind).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    list.iter().filter_map(|own| Some(own.get("name")?.as_str()?.to_owned())).collect()
}

fn own_benches(table: &toml::Table, folder: &Path) -> Vec<String> {
    let mut names = names(table, "bench");
    let files = fs::read_dir(folder.join("benches")).into_iter().flatten().flatten();
    for file in files {
        let path = file.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if path.extension().is_some_and(|own| own == "rs") {
            names.extend(stem);
        }
    }
    names.sort();
    names.dedup();
    names
}

fn node(cases: &mut String, manifest: &str) {
    let scripts = serde_json::from_str::<serde_json::Value>(manifest)
        .ok()
        .and_then(|manifest| manifest.get("scripts")?.as_object().cloned())
        .unwrap_or_default();
    let wanted = ["bench", "benchmark", "perf", "build"];
    for name in scripts.keys().filter(|name| wanted.iter().any(|word| name.contains(word))) {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let case = format!("npm-{}", name.chars().map(safe).collect::<String>());
        if cases.contains(&format!("[case.{case}]")) {
            continue;
        }
        let quoted = toml::Value::String(name.clone());
        let _ = write!(
            cases,
            "\n# The script `{name}`.\n[case.{case}]\nrun = [\"npm\", \"run\", \"--silent\", {quoted}]\n\
             trials = 6\nbudget.\"wall median\" = \"<= 60s\"\n",
            name = name.escape_default()
        );
    }
}

const PYTHON: &str = r#"
# Benchmarks of pytest-benchmark.
[case.pytest]
run = ["python", "-m", "pytest", "--benchmark-only", "--benchmark-json=benchmark.json"]
import = "benchmark.json"
trials = 1
budget."time median" = "<= 10ms"
"#;

const GO: &str = r#"
# Go benchmarks; `-count` gives the repetitions an interval needs.
[case.go]
run = ["sh", "-c", "go test -run '^$' -bench . -count 10 ./... > bench.txt"]
import = "bench.txt"
trials = 1
budget."time median" = "<= 1ms"
"#;

const ANY: &str = r#"
# A command, started afresh for every trial.
[case.example]
run = ["sleep", "0.01"]
[case.example.budget]
"wall median" = "<= 50ms"                                      # breaks the build
"peak memory" = { hard = "<= 64MiB", soft = "<= 32MiB" }       # the soft limit warns
# "wall median" = ["<= 50ms", "<= baseline + 5%"]              # and relative to the default branch
"#;
