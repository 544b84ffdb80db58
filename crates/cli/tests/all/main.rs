//! The command as a user meets it: real processes, real files, exit codes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod alerts;
mod bench;
mod check;
mod commands;
mod history;
mod interrupted;
mod judge;
mod load;
mod readme;
mod serve;
mod services;
mod soak;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with a budget file, in which the command runs.
pub struct Folder(TempDir);

/// What a command came to.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new(budget_file: &str) -> Folder {
        let folder = Folder(TempDir::new().unwrap());
        folder.write("tollgate.toml", budget_file);
        folder
    }

    pub fn empty() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.current_dir(self.path()).args(arguments);
        // What CI sets must not change what a test sees.
        for name in
            ["GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "TOLLGATE_ENV", "COLUMNS", "TOLLGATE_HISTORY"]
        {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        ended(&self.command(arguments).output().unwrap())
    }
}

pub fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ended {
    /// Fails the test with everything that was printed unless the exit code is this one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ended {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
