//! What a fresh machine lacks: installs it where that is allowed, and otherwise says exactly how.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use crate::ci::Outcome;
use crate::{command, room};

/// A program that a check or a test runs.
struct Tool {
    program: &'static str,
    from: From,
    /// What runs it.
    purpose: &'static str,
    need: Need,
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    /// A Debian package.
    Debian(&'static str),
    /// A component of the toolchain.
    Rustup(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Required,
    /// Without it `purpose` is skipped, and the report says so.
    Optional,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "cargo-fmt",
        from: From::Rustup("rustfmt"),
        purpose: "the check of the formatting",
        need: Need::Required,
    },
    Tool {
        program: "cargo-clippy",
        from: From::Rustup("clippy"),
        purpose: "the check of the lints",
        need: Need::Required,
    },
    Tool {
        program: "git",
        from: From::Debian("git"),
        purpose: "tidy, and the tests that compare commits",
        need: Need::Required,
    },
    Tool {
        program: "c++",
        from: From::Debian("g++"),
        purpose: "what is fuzzed, whose library is in C++",
        need: Need::Required,
    },
    Tool {
        program: "valgrind",
        from: From::Debian("valgrind"),
        purpose: "the tests that count instructions",
        need: Need::Required,
    },
    Tool {
        program: "python3",
        from: From::Debian("python3"),
        purpose: "the tests that measure a program in another language",
        need: Need::Required,
    },
    Tool {
        program: "nats-server",
        from: From::Debian("nats-server"),
        purpose: "the tests and cases that run over NATS",
        need: Need::Required,
    },
    // The server's own programs are not on the path on Debian; what starts it there is.
    Tool {
        program: "pg_ctlcluster",
        from: From::Debian("postgresql"),
        purpose: "the tests that store events in PostgreSQL",
        need: Need::Required,
    },
    Tool {
        program: "chromium",
        from: From::Debian("chromium"),
        purpose: "the tests that open pages",
        need: Need::Required,
    },
    Tool {
        program: "promtool",
        from: From::Debian("prometheus"),
        purpose: "the tests that check rules for Prometheus",
        need: Need::Required,
    },
    Tool {
        program: "hyperfine",
        from: From::Debian("hyperfine"),
        purpose: "the comparison with hyperfine",
        need: Need::Optional,
    },
];

/// How this machine lets packages be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    Root,
    /// Through sudo, without a password.
    Sudo,
    /// A person has to do it.
    None,
}

/// Looks for every tool, installs the missing ones if that needs no password, and looks again.
pub fn run(root: &Path) -> Outcome {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let missing = |tools: Vec<&'static Tool>| -> Vec<&'static Tool> {
        tools.into_iter().filter(|tool| !on_path(&path, tool.program)).collect()
    };
    let lacking = missing(TOOLS.iter().collect());
    if lacking.is_empty() {
        return Outcome { notes: room::warning(root).into_iter().collect(), ..Outcome::passed() };
    }
    let rights = rights(root, &path);
    let mut output = String::new();
    for arguments in installs(&lacking, rights) {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        output.push_str(&format!("$ {}\n", words.join(" ")));
        output.push_str(&command::run(root, words[0], &words[1..]).output);
    }
    let still = missing(lacking.clone());
    let mut notes: Vec<String> = lacking
        .iter()
        .filter(|tool| !still.iter().any(|other| other.program == tool.program))
        .map(|tool| format!("installed {}", tool.program))
        .collect();
    notes.extend(still.iter().map(|tool| lack(tool)));
    if !still.is_empty() {
        notes.extend(advice(&still));
    }
    notes.extend(room::warning(root));
    let passed = still.iter().all(|tool| tool.need == Need::Optional);
    Outcome { passed, notes, output, ..Outcome::passed() }
}

/// What is missing and what that means, in one line.
fn lack(tool: &Tool) -> String {
    let Tool { program, purpose, need, .. } = tool;
    match need {
        Need::Required => format!("{program} is missing: {purpose} cannot pass"),
        Need::Optional => format!("{program} is missing: {purpose} is skipped"),
    }
}

/// The commands that a person with the rights would type.
fn advice(missing: &[&Tool]) -> Vec<String> {
    let sources: BTreeSet<From> = missing.iter().map(|tool| tool.from).collect();
    let mut lines = Vec::new();
    if let Some(components) = names(&sources, component) {
        lines.push(format!("to install: rustup component add {components}"));
    }
    if let Some(packages) = names(&sources, package) {
        lines.push(format!(
            "to install: sudo apt-get update && sudo apt-get install -y {packages} \
             (the packages' names on Debian; elsewhere by that system's own means)"
        ));
    }
    lines
}

/// The commands that install what is missing, as far as `rights` go.
fn installs(missing: &[&Tool], rights: Rights) -> Vec<Vec<String>> {
    let sources: BTreeSet<From> = missing.iter().map(|tool| tool.from).collect();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let mut commands = Vec::new();
    if let Some(components) = names(&sources, component) {
        commands.push(words(&format!("rustup component add {components}")));
    }
    let sudo = match rights {
        Rights::Root => "",
        Rights::Sudo => "sudo -n ",
        Rights::None => return commands,
    };
    if let Some(packages) = names(&sources, package) {
        let noninteractive = "env DEBIAN_FRONTEND=noninteractive apt-get";
        commands.push(words(&format!("{sudo}apt-get update")));
        commands.push(words(&format!(
            "{sudo}{noninteractive} install -y --no-install-recommends {packages}"
        )));
    }
    commands
}

fn names(sources: &BTreeSet<From>, of: fn(From) -> Option<&'static str>) -> Option<String> {
    let names: Vec<&str> = sources.iter().filter_map(|source| of(*source)).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn package(from: From) -> Option<&'static str> {
    match from {
        From::Debian(package) => Some(package),
        From::Rustup(_) => None,
    }
}

fn component(from: From) -> Option<&'static str> {
    match from {
        From::Rustup(component) => Some(component),
        From::Debian(_) => None,
    }
}

fn rights(root: &Path, path: &OsStr) -> Rights {
    if !on_path(path, "apt-get") {
        return Rights::None;
    }
    let id = command::output(root, OsStr::new("id"), &["-u"]).unwrap_or_default();
    if id.trim_ascii() == b"0" {
        Rights::Root
    } else if on_path(path, "sudo") && command::run(root, "sudo", &["-n", "true"]).success {
        Rights::Sudo
    } else {
        Rights::None
    }
}

fn on_path(path: &OsStr, program: &str) -> bool {
    std::env::split_paths(path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(names: &[&str]) -> Vec<&'static Tool> {
        TOOLS.iter().filter(|tool| names.contains(&tool.program)).collect()
    }

    fn lines(missing: &[&str], rights: Rights) -> Vec<String> {
        installs(&tools(missing), rights).iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn root_installs_packages_without_sudo() {
        assert_eq!(
            lines(&["valgrind", "hyperfine"], Rights::Root),
            [
                "apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                 --no-install-recommends hyperfine valgrind"
            ]
        );
    }

    #[test]
    fn sudo_is_never_asked_for_a_password() {
        let lines = lines(&["git"], Rights::Sudo);
        assert!(lines.iter().all(|line| line.starts_with("sudo -n ")), "{lines:?}");
    }

    #[test]
    fn without_rights_only_the_toolchain_is_completed() {
        assert_eq!(lines(&["cargo-fmt", "git"], Rights::None), ["rustup component add rustfmt"]);
        assert_eq!(lines(&["git"], Rights::None), [""; 0]);
    }

    #[test]
    fn advice_names_the_command_and_every_package_once() {
        assert_eq!(
            advice(&tools(&["valgrind", "python3", "cargo-clippy"])),
            [
                "to install: rustup component add clippy".to_owned(),
                "to install: sudo apt-get update && sudo apt-get install -y python3 valgrind \
                 (the packages' names on Debian; elsewhere by that system's own means)"
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn a_missing_optional_tool_says_what_is_skipped() {
        let said: Vec<String> =
            tools(&["hyperfine", "git"]).iter().map(|tool| lack(tool)).collect();
        assert_eq!(
            said,
            [
                "git is missing: tidy, and the tests that compare commits cannot pass",
                "hyperfine is missing: the comparison with hyperfine is skipped"
            ]
        );
    }

    #[test]
    fn a_program_is_looked_for_in_every_folder_of_the_path() {
        assert!(on_path(OsStr::new("/nonexistent:/bin:/usr/bin"), "sh"));
        assert!(!on_path(OsStr::new("/bin:/usr/bin"), "no-such-program-here"));
        assert!(!on_path(OsStr::new(""), "sh"));
    }
}
