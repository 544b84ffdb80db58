//! Rules over packages, read from `cargo metadata`: their licences, where each heavy dependency
//! enters, which of our packages may depend on which, and what their manifests inherit.

mod edges;
mod licence;
mod manifest;

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

use crate::ci::Outcome;
use crate::command;
use crate::finding::{self, Finding};

pub fn run(root: &Path) -> Outcome {
    match check(root) {
        Ok(findings) => {
            let output = finding::report(findings);
            Outcome { passed: output.is_empty(), output, ..Outcome::passed() }
        }
        Err(reason) => Outcome { passed: false, output: reason, ..Outcome::passed() },
    }
}

fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let packages = read_packages(root)?;
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name))
            .map_err(|error| format!("could not read {name}: {error}"))
    };
    let allowed = licence::allowed(&read("deny.toml")?)?;
    let mut findings = licence::check(&packages, &allowed);
    findings.extend(edges::check(&packages));
    for package in packages.iter().filter(|package| package.is_ours()) {
        let path = package.manifest();
        findings.extend(manifest::check(&path, &read(&path)?)?);
    }
    findings.extend(edges::check_table(&packages, &read("ARCHITECTURE.md")?));
    Ok(findings)
}

/// A package of the dependency graph, ours or another's.
#[derive(Clone, Debug, Default)]
struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    /// Where it comes from; ours come from nowhere.
    source: Option<String>,
    /// The folder of one of ours, from the root.
    folder: String,
    /// The system library it alone may link.
    links: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug)]
struct Dependency {
    name: String,
    /// Only for tests, examples and benchmarks.
    dev: bool,
}

impl Package {
    fn is_ours(&self) -> bool {
        self.source.is_none()
    }

    fn manifest(&self) -> String {
        match self.is_ours() {
            true => format!("{}/Cargo.toml", self.folder),
            false => "Cargo.lock".to_owned(),
        }
    }
}

fn read_packages(root: &Path) -> Result<Vec<Package>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let bytes = command::output(root, &cargo, &["metadata", "--format-version", "1", "--locked"])?;
    let metadata: Value = serde_json::from_slice(&bytes)
        .map_err(|error| format!("could not read the output of cargo metadata: {error}"))?;
    let list = metadata["packages"].as_array();
    let list = list.ok_or("the output of cargo metadata has no list of packages")?;
    list.iter().map(|value| package(root, value)).collect()
}

fn package(root: &Path, value: &Value) -> Result<Package, String> {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let need = |key: &str| text(key).ok_or(format!("cargo metadata: a package has no {key}"));
    let manifest = need("manifest_path")?;
    let folder = Path::new(&manifest).parent().and_then(|path| path.strip_prefix(root).ok());
    let mut dependencies = Vec::new();
    for dependency in value["dependencies"].as_array().into_iter().flatten() {
        let name = dependency["name"].as_str();
        let name = name.ok_or("cargo metadata: a dependency has no name")?.to_owned();
        dependencies.push(Dependency { name, dev: dependency["kind"] == "dev" });
    }
    Ok(Package {
        name: need("name")?,
        version: need("version")?,
        licence: text("license"),
        source: text("source"),
        folder: folder.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
        links: text("links"),
        dependencies,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_policy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let findings = check(root).unwrap();
        assert!(findings.is_empty(), "\n{}", finding::report(findings));
    }

    #[test]
    fn a_package_is_read_with_its_kinds_of_dependencies() {
        let value = serde_json::json!({
            "name": "a", "version": "1.0.0", "license": null, "source": null, "links": "z",
            "manifest_path": "/r/crates/a/Cargo.toml",
            "dependencies": [{ "name": "b", "kind": null }, { "name": "c", "kind": "dev" }],
        });
        let package = package(Path::new("/r"), &value).unwrap();
        assert!(package.is_ours());
        assert_eq!(package.manifest(), "crates/a/Cargo.toml");
        let dev: Vec<bool> = package.dependencies.iter().map(|dependency| dependency.dev).collect();
        assert_eq!(dev, [false, true]);
    }
}
