//! Finding the program of a command, and the folder and environment it runs in.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where and with what a case's commands run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    pub dir: PathBuf,
    pub environment: Vec<(OsString, OsString)>,
}

impl Surroundings {
    /// This process's environment with a case's own entries over it.
    #[must_use]
    pub fn new(root: &Path, dir: Option<&str>, entries: &BTreeMap<String, String>) -> Surroundings {
        let mut environment: BTreeMap<OsString, OsString> = env::vars_os().collect();
        for (name, value) in entries {
            environment.insert(name.into(), value.into());
        }
        Surroundings {
            dir: dir.map_or_else(|| root.to_owned(), |dir| root.join(dir)),
            environment: environment.into_iter().collect(),
        }
    }

    /// The file that a command's first word stands for: a path counts from the case's folder, a
    /// bare name is searched on the path. The error says what is missing.
    pub fn find(&self, program: &str) -> Result<PathBuf, String> {
        if program.is_empty() {
            return Err("the command is empty".to_owned());
        }
        if !self.dir.is_dir() {
            return Err(format!("the folder `{}` does not exist", self.dir.display()));
        }
        if program.contains('/') {
            let file = self.dir.join(program);
            return match runnable(&file) {
                Ok(()) => Ok(program.into()),
                Err(why) => Err(format!("`{program}` {why} (in `{}`)", self.dir.display())),
            };
        }
        let search = self.environment.iter().find(|(name, _)| name == "PATH");
        let search = search.map_or(OsStr::new("/usr/bin:/bin"), |(_, value)| value.as_os_str());
        search
            .as_bytes()
            .split(|&byte| byte == b':')
            .filter(|folder| !folder.is_empty())
            .map(|folder| Path::new(OsStr::from_bytes(folder)).join(program))
            .find(|file| runnable(&self.dir.join(file)).is_ok())
            .ok_or_else(|| format!("`{program}` is not installed"))
    }
}

fn runnable(file: &Path) -> Result<(), &'static str> {
    match fs::metadata(file) {
        Err(_) => Err("does not exist"),
        Ok(data) if !data.is_file() => Err("is not a file"),
        Ok(data) if data.permissions().mode() & 0o111 == 0 => Err("is not executable"),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(dir: &Path) -> Surroundings {
        let entries = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
        Surroundings::new(dir, None, &entries)
    }

    #[test]
    fn a_bare_name_is_searched_on_the_path_of_the_case() {
        let here = surroundings(Path::new("/"));
        assert!(here.find("sh").unwrap().ends_with("sh"));
        let error = here.find("no-such-program").unwrap_err();
        assert_eq!(error, "`no-such-program` is not installed");
    }

    #[test]
    fn a_path_counts_from_the_folder_of_the_case() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("run");
        let here = surroundings(folder.path());
        assert!(here.find("./run").unwrap_err().starts_with("`./run` does not exist (in `"));
        fs::write(&script, "").unwrap();
        assert!(here.find("./run").unwrap_err().contains("is not executable"));
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(here.find("./run").unwrap(), Path::new("./run"));
        assert!(here.find("./").unwrap_err().contains("is not a file"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let here = surroundings(Path::new("/no/such/folder"));
        assert_eq!(here.find("sh").unwrap_err(), "the folder `/no/such/folder` does not exist");
        assert_eq!(here.find("").unwrap_err(), "the command is empty");
    }

    #[test]
    fn entries_of_the_case_win_over_the_inherited_environment() {
        let here = surroundings(Path::new("/"));
        let paths: Vec<_> = here.environment.iter().filter(|(name, _)| name == "PATH").collect();
        assert_eq!(paths, [&("PATH".into(), "/usr/bin:/bin".into())]);
    }
}
