//! Runs a program and keeps what it printed, both streams in the order they were written.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};

pub struct Ended {
    pub success: bool,
    pub output: String,
}

/// Runs `program` in `root` until it ends; a program that cannot be started has failed, and its
/// output says why.
pub fn run(root: &Path, program: impl AsRef<OsStr>, arguments: &[&str]) -> Ended {
    wait(Command::new(program).args(arguments).current_dir(root))
}

/// The cargo that runs this program, so that every check uses one toolchain.
pub fn cargo(root: &Path, arguments: &[&str]) -> Ended {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if std::env::var_os("CI").is_some() {
        // Who builds once gains nothing by what the next build could take over, and it is two
        // fifths of a build folder.
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    wait(cargo.args(arguments).current_dir(root))
}

/// Standard output alone, or the reason why there is none.
pub fn output(root: &Path, program: &OsStr, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let name = program.to_string_lossy();
    let command = format!("{name} {}", arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("could not run {command}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command} ended with {}: {}", output.status, complaint.trim()))
}

fn wait(command: &mut Command) -> Ended {
    let program = command.get_program().to_string_lossy().into_owned();
    try_wait(command, &program).unwrap_or_else(|error| Ended {
        success: false,
        output: format!("could not run {program}: {error}\n"),
    })
}

fn try_wait(command: &mut Command, program: &str) -> io::Result<Ended> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the writing ends; without them the pipe closes with the last child.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    let status = child.wait()?;
    let mut output = String::from_utf8_lossy(&bytes).into_owned();
    if !status.success() && status.code().is_none() {
        output.push_str(&format!("{program} ended with {status}\n"));
    }
    Ok(Ended { success: status.success(), output })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Ended {
        run(Path::new("."), "sh", &["-c", script])
    }

    #[test]
    fn both_streams_are_kept_in_the_order_they_were_written() {
        let ended = shell("echo one; echo two >&2; echo three; exit 3");
        assert!(!ended.success);
        assert_eq!(ended.output, "one\ntwo\nthree\n");
    }

    #[test]
    fn a_program_killed_by_a_signal_says_so() {
        let ended = shell("kill -9 $$");
        assert!(!ended.success);
        assert!(ended.output.contains("signal: 9"), "{}", ended.output);
    }

    #[test]
    fn a_program_that_does_not_exist_has_failed_with_its_name() {
        let ended = run(Path::new("."), "no-such-program-here", &[]);
        assert!(!ended.success);
        assert!(ended.output.starts_with("could not run no-such-program-here: "));
    }

    #[test]
    fn the_output_of_a_failed_program_is_its_complaint() {
        let told = output(Path::new("."), OsStr::new("sh"), &["-c", "echo no >&2; exit 7"]);
        assert_eq!(told.unwrap_err(), "sh -c echo no >&2; exit 7 ended with exit status: 7: no");
    }
}
