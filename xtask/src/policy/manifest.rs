//! What every manifest of ours takes from the workspace: its lints, its common fields, and the
//! versions of its dependencies, which stand in one place.

use toml::{Table, Value};

use crate::finding::Finding;

/// Fields of `[package]` that must not differ between packages.
const COMMON: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

const DEPENDENCIES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

pub fn check(path: &str, text: &str) -> Result<Vec<Finding>, String> {
    let manifest: Table =
        text.parse().map_err(|error| format!("could not read {path}: {error}"))?;
    let mut findings = Vec::new();
    let mut own = |what: String| {
        findings.push(Finding {
            file: path.to_owned(),
            line: 0,
            rule: "own-manifest",
            text: what,
            remedy: "say it once, in the root manifest, and write `workspace = true`".to_owned(),
        });
    };
    if !manifest.get("lints").is_some_and(inherits) {
        own("the lints are not the workspace's".to_owned());
    }
    let package = manifest.get("package");
    for field in COMMON {
        if !package.and_then(|package| package.get(field)).is_some_and(inherits) {
            own(format!("`{field}` is not the workspace's"));
        }
    }
    for table in dependency_tables(&manifest) {
        for (name, value) in table {
            if !inherits(value) {
                own(format!("`{name}` has a version of its own"));
            }
        }
    }
    Ok(findings)
}

fn inherits(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// The tables of dependencies, those of single platforms included.
fn dependency_tables(manifest: &Table) -> impl Iterator<Item = &Table> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let platforms = targets.filter_map(|(_, target)| target.as_table());
    std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|table| DEPENDENCIES.iter().filter_map(|name| table.get(*name)?.as_table()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
        publish.workspace = true\n[lints]\nworkspace = true\n[dependencies]\n\
        serde = { workspace = true, features = [\"rc\"] }\n";

    fn texts(text: &str) -> Vec<String> {
        check("a/Cargo.toml", text).unwrap().into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn a_manifest_that_inherits_everything_is_good() {
        assert_eq!(texts(GOOD), [""; 0]);
    }

    #[test]
    fn a_version_beside_the_workspaces_is_found_on_every_platform() {
        let text = format!(
            "{GOOD}rand = \"0.10\"\n[dev-dependencies]\ninsta = {{ version = \"1\" }}\n\
             [target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n"
        );
        assert_eq!(
            texts(&text),
            ["rand", "insta", "libc"].map(|name| format!("`{name}` has a version of its own"))
        );
    }

    #[test]
    fn own_lints_and_fields_are_found() {
        let text = GOOD.replace("[lints]\nworkspace = true\n", "");
        assert_eq!(texts(&text), ["the lints are not the workspace's"]);
        let text = GOOD.replace("edition.workspace = true", "edition = \"2021\"");
        assert_eq!(texts(&text), ["`edition` is not the workspace's"]);
    }

    #[test]
    fn a_broken_manifest_is_an_error_with_its_path() {
        assert!(check("a/Cargo.toml", "[").unwrap_err().starts_with("could not read a/Cargo.toml"));
    }
}
