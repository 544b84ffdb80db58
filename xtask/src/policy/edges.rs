//! Who may depend on whom: between our packages, and at the doors of heavy dependencies.

use std::collections::BTreeMap;

use super::Package;
use crate::finding::Finding;

/// Each of our packages, and those of ours it may depend on. What is not named is forbidden, a
/// package that is not listed included.
const MAY_DEPEND: &[(&str, &[&str])] = &[
    ("tollgate-stats", &[]),
    ("tollgate-harness", &[]),
    ("tollgate-alerts", &[]),
    ("tollgate-browser", &[]),
    ("tollgate-bus", &[]),
    ("tollgate-load", &["tollgate-stats", "tollgate-bus"]),
    (
        "tollgate",
        &["tollgate-stats", "tollgate-harness", "tollgate-bus", "tollgate-load", "tollgate-alerts"],
    ),
    ("tollgate-dashboard", &["tollgate", "tollgate-alerts"]),
    (
        "tollgate-cli",
        &[
            "tollgate-stats",
            "tollgate-harness",
            "tollgate-alerts",
            "tollgate-load",
            "tollgate",
            "tollgate-dashboard",
        ],
    ),
    ("example-http-service", &[]),
    ("example-rust-bench", &["tollgate-harness"]),
    ("survivability", &["tollgate-harness"]),
    ("mycelium", &["tollgate-harness"]),
    ("warm-restart", &["tollgate-harness", "tollgate-alerts"]),
    ("event-bus", &["tollgate-harness", "tollgate-bus"]),
    ("proofs", &["tollgate-harness"]),
    ("xtask", &[]),
];

/// What any package's tests may use besides.
const IN_TESTS: [&str; 2] = ["tollgate-harness", "tollgate-browser"];

/// Dependencies that cost much to build, and the packages of the platform that may name them: one
/// each, but for a client of NATS, which one sends load by and another one alerts. The systems have
/// their own.
const DOORS: &[(&str, &[&str])] = &[
    ("rusqlite", &["tollgate"]),
    ("clap", &["tollgate-cli"]),
    ("hyper", &["tollgate-load"]),
    ("async-nats", &["tollgate-load", "tollgate-alerts"]),
    ("axum", &["tollgate-dashboard"]),
];

pub fn check(packages: &[Package]) -> Vec<Finding> {
    let ours: Vec<&Package> = packages.iter().filter(|package| package.is_ours()).collect();
    let mut findings = links(packages);
    for package in &ours {
        let name = package.name.as_str();
        let Some((_, may)) = MAY_DEPEND.iter().find(|(known, _)| *known == name) else {
            let remedy = "give it a row in xtask/src/policy/edges.rs and in ARCHITECTURE.md";
            findings.push(found(package, "edge", format!("`{name}` is not in the table"), remedy));
            continue;
        };
        for dependency in &package.dependencies {
            let other = dependency.name.as_str();
            let is_ours = ours.iter().any(|package| package.name == other);
            let allowed = may.contains(&other) || (dependency.dev && IN_TESTS.contains(&other));
            if is_ours && !allowed {
                let text = format!("`{name}` depends on `{other}`");
                let remedy = "turn the edge round, or change the table and say why";
                findings.push(found(package, "edge", text, remedy));
            }
        }
        findings.extend(doors(package));
    }
    findings
}

fn doors(package: &Package) -> Vec<Finding> {
    if package.folder.starts_with("systems/") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (heavy, doors) in DOORS {
        let named = package.dependencies.iter().any(|dependency| dependency.name == *heavy);
        if named && !doors.contains(&package.name.as_str()) {
            let text = format!("`{}` depends on `{heavy}`", package.name);
            let remedy = format!("go through `{}`, where it has its door", doors.join("` or `"));
            findings.push(found(package, "door", text, &remedy));
        }
    }
    findings
}

/// Two packages that link one system library; cargo refuses them too, but says less.
fn links(packages: &[Package]) -> Vec<Finding> {
    let mut by_library: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in packages {
        if let Some(library) = &package.links {
            by_library.entry(library).or_default().push(package);
        }
    }
    let doubled = by_library.into_iter().filter(|(_, packages)| packages.len() > 1);
    doubled
        .map(|(library, packages)| {
            let names: Vec<String> =
                packages.iter().map(|p| format!("{} {}", p.name, p.version)).collect();
            let text = format!("`{library}` is linked by {}", names.join(" and "));
            found(packages[0], "links", text, "keep one of them")
        })
        .collect()
}

/// Holds the table of `ARCHITECTURE.md` against the packages that exist and the edges they may
/// have: its rows are `| package | folder | what it is | may depend on |`.
pub fn check_table(packages: &[Package], text: &str) -> Vec<Finding> {
    let rows: Vec<(usize, Vec<&str>)> = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.starts_with("| `"))
        .map(|(line, number)| (number, line.split('|').map(str::trim).collect()))
        .collect();
    let mut findings = Vec::new();
    let mut wrong = |line, text: String, remedy: &str| {
        findings.push(Finding {
            file: "ARCHITECTURE.md".to_owned(),
            line,
            rule: "package-table",
            text,
            remedy: remedy.to_owned(),
        });
    };
    for package in packages.iter().filter(|package| package.is_ours()) {
        let Package { name, folder, .. } = package;
        let quoted = format!("`{name}`");
        let Some((line, cells)) = rows.iter().find(|(_, cells)| cells[1] == quoted) else {
            wrong(0, format!("{quoted} has no row"), "say what it is and what it may depend on");
            continue;
        };
        if cells.get(2) != Some(&format!("`{folder}`").as_str()) {
            wrong(*line, format!("{quoted} lies in `{folder}`"), "correct the second column");
        }
        let mut stated: Vec<&str> =
            cells.get(4).unwrap_or(&"").split('`').skip(1).step_by(2).collect();
        let known = MAY_DEPEND.iter().find(|(known, _)| known == name);
        let mut allowed = known.map_or(Vec::new(), |(_, may)| may.to_vec());
        // The document describes what exists.
        allowed.retain(|other| packages.iter().any(|package| package.name == *other));
        stated.sort_unstable();
        allowed.sort_unstable();
        if stated != allowed {
            let text = format!("{quoted} may depend on {}", allowed.join(", "));
            wrong(*line, text, "correct the last column");
        }
    }
    for (line, cells) in &rows {
        let name = cells[1].trim_matches('`');
        if !packages.iter().any(|package| package.is_ours() && package.name == name) {
            wrong(*line, format!("there is no package `{name}`"), "take the row out");
        }
    }
    findings
}

fn found(package: &Package, rule: &'static str, text: String, remedy: &str) -> Finding {
    Finding { file: package.manifest(), line: 0, rule, text, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::Dependency;
    use super::*;

    fn ours(name: &str, folder: &str, dependencies: &[&str]) -> Package {
        let dependency = |name: &&str| match name.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.to_owned(), dev: true },
            None => Dependency { name: (*name).to_owned(), dev: false },
        };
        Package {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
            ..Package::default()
        }
    }

    fn texts(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.text.as_str()).collect()
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_found() {
        let packages = [
            ours("tollgate-stats", "crates/stats", &["tollgate", "dev:tollgate-harness"]),
            ours("tollgate-harness", "crates/harness", &["serde"]),
            ours(
                "tollgate",
                "crates/tollgate",
                &["tollgate-stats", "tollgate-harness", "rusqlite"],
            ),
        ];
        assert_eq!(texts(&check(&packages)), ["`tollgate-stats` depends on `tollgate`"]);
    }

    #[test]
    fn only_the_harness_may_come_in_by_a_test() {
        let packages = [
            ours("tollgate-alerts", "crates/alerts", &["dev:tollgate-stats"]),
            ours("tollgate-stats", "crates/stats", &["tollgate-harness"]),
            ours("tollgate-harness", "crates/harness", &[]),
        ];
        assert_eq!(check(&packages).len(), 2);
    }

    #[test]
    fn a_package_nobody_knows_is_found() {
        assert_eq!(
            texts(&check(&[ours("extra", "crates/extra", &[])])),
            ["`extra` is not in the table"]
        );
    }

    #[test]
    fn a_heavy_dependency_has_its_doors_and_the_systems_their_own() {
        let packages = [
            ours("tollgate-cli", "crates/cli", &["clap", "rusqlite"]),
            ours("mycelium", "systems/mycelium", &["axum", "rusqlite"]),
            ours("tollgate", "crates/tollgate", &["dev:hyper"]),
            ours("tollgate-alerts", "crates/alerts", &["async-nats"]),
        ];
        assert_eq!(
            texts(&check(&packages)),
            ["`tollgate-cli` depends on `rusqlite`", "`tollgate` depends on `hyper`"]
        );
    }

    #[test]
    fn two_packages_that_link_one_library_are_found() {
        let linking = |name: &str| Package {
            name: name.to_owned(),
            source: Some("registry".to_owned()),
            links: Some("sqlite3".to_owned()),
            ..Package::default()
        };
        let findings = check(&[linking("a"), linking("b")]);
        assert_eq!(texts(&findings), ["`sqlite3` is linked by a  and b "]);
    }

    #[test]
    fn the_documented_table_is_the_one_that_is_kept() {
        let packages = [
            ours("tollgate-stats", "crates/stats", &[]),
            ours("tollgate", "crates/tollgate", &["tollgate-stats"]),
        ];
        let good = "| package | folder | what | may |\n|---|---|---|---|\n\
                    | `tollgate-stats` | `crates/stats` | numbers | - |\n\
                    | `tollgate` | `crates/tollgate` | library | `tollgate-stats` |\n";
        assert_eq!(texts(&check_table(&packages, good)), [""; 0]);
        let bad =
            good.replace("crates/stats", "stats").replace("library | `tollgate-stats`", "| -");
        assert_eq!(
            texts(&check_table(&packages, &bad)),
            ["`tollgate-stats` lies in `crates/stats`", "`tollgate` may depend on tollgate-stats"]
        );
        let more = format!("{good}| `gone` | `crates/gone` | old | - |\n");
        assert_eq!(texts(&check_table(&packages, &more)), ["there is no package `gone`"]);
        assert_eq!(texts(&check_table(&packages[..1], "")), ["`tollgate-stats` has no row"]);
    }
}
