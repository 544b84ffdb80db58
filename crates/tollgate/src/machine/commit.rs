//! The commit that is measured, as `git` and the CI system tell it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::Commit;

/// The commit a folder is at; `None` outside a repository, without a commit, or without `git`.
#[must_use]
pub fn commit(dir: &Path) -> Option<Commit> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(dir)
            .args(arguments)
            // A status check must not take a lock that the person's own commands need.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let hash = git(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let named = git(&["symbolic-ref", "--quiet", "--short", "HEAD"]);
    let status = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(Commit {
        hash,
        branch: branch(named, |name| std::env::var(name).ok()),
        dirty: !status.is_empty(),
    })
}

/// CI systems check out a commit without its branch and name the branch in a variable: GitHub that
/// of a pull request in one, and of anything else in another.
fn branch(named: Option<String>, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    named.filter(|name| !name.is_empty()).or_else(|| set("GITHUB_HEAD_REF")).or_else(|| {
        let is_branch = set("GITHUB_REF_TYPE").is_none_or(|kind| kind == "branch");
        set("GITHUB_REF_NAME").filter(|_| is_branch)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn git(dir: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let status = Command::new("git")
            .arg("-C")
            .arg(dir)
            .args(identity)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "{arguments:?}");
    }

    #[test]
    fn a_commit_is_told_with_its_branch_and_whether_files_differ() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        assert_eq!(commit(dir), None);
        git(dir, &["init", "--quiet", "--initial-branch=trunk"]);
        assert_eq!(commit(dir), None);
        fs::write(dir.join("file"), "one").unwrap();
        git(dir, &["add", "file"]);
        git(dir, &["commit", "--quiet", "-m", "One"]);
        let first = commit(dir).unwrap();
        assert_eq!((first.branch.as_deref(), first.dirty), (Some("trunk"), false));
        assert_eq!(first.hash.len(), 40);
        fs::write(dir.join("untracked"), "").unwrap();
        assert_eq!(commit(dir), Some(first));
        fs::write(dir.join("file"), "two").unwrap();
        assert!(commit(dir).unwrap().dirty);
        assert_eq!(commit(&dir.join("no-such-folder")), None);
    }

    #[test]
    fn a_detached_head_takes_its_branch_from_the_ci_system() {
        let check = |named: Option<&str>, variables: &[(&str, &str)], expected: Option<&str>| {
            let variable = |wanted: &str| {
                let found = variables.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(branch(named.map(str::to_owned), variable).as_deref(), expected);
        };
        check(Some("trunk"), &[("GITHUB_HEAD_REF", "feature")], Some("trunk"));
        check(
            None,
            &[("GITHUB_HEAD_REF", "feature"), ("GITHUB_REF_NAME", "7/merge")],
            Some("feature"),
        );
        check(None, &[("GITHUB_HEAD_REF", ""), ("GITHUB_REF_NAME", "main")], Some("main"));
        check(None, &[("GITHUB_REF_NAME", "v1"), ("GITHUB_REF_TYPE", "tag")], None);
        check(None, &[], None);
    }
}
