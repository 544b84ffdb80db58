//! Runs a program of whose input the message is all.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Once the time is over it is ended, with all that it started.
pub(super) fn run(command: &[String], body: &str, patience: Duration) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let failed = |error: io::Error| format!("failed to run {program}: {error}");
    let mut started = Command::new(program);
    started.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
    let mut child = started.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        let body = body.to_owned();
        // Who does not read it has no use for it, and must not keep us waiting.
        thread::spawn(move || stdin.write_all(body.as_bytes()));
    }
    for _ in 0..patience.as_millis() / BETWEEN_LOOKS.as_millis() {
        match child.try_wait().map_err(failed)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("{program} ended with {status}")),
            None => thread::sleep(BETWEEN_LOOKS),
        }
    }
    end(child).map_err(failed)?;
    Err(format!("{program} took longer than {patience:?}, and was ended"))
}

fn end(mut child: Child) -> io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let ended = group.map_or(Ok(()), |group| kill_process_group(group, Signal::KILL));
    // One that is another user's by now lives on, and must not keep others from being told.
    thread::spawn(move || child.wait());
    Ok(ended?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, body: &str, patience: Duration) -> Result<(), String> {
        run(&["sh", "-c", script].map(str::to_owned), body, patience)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_program_is_given_the_message_and_its_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told");
        assert_eq!(shell(&format!("cat > {}", path.display()), "{\"a\":1}", LONG), Ok(()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}");
        assert_eq!(shell("exit 3", "", LONG), Err("sh ended with exit status: 3".to_owned()));
        let error = run(&["/nowhere/at/all".to_owned()], "", LONG).unwrap_err();
        assert!(error.starts_with("failed to run /nowhere/at/all: "), "{error}");
        assert!(run(&[], "", LONG).is_err());
    }

    #[test]
    fn who_does_not_read_a_long_message_is_not_waited_for() {
        assert_eq!(shell("exit 0", &"x".repeat(1 << 20), LONG), Ok(()));
    }

    #[test]
    fn who_takes_too_long_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids");
        let script = format!("sleep 600 & echo $! $$ > {}; wait", path.display());
        let mut ended = Ok(());
        // On a busy machine the first ones may be ended before they wrote anything.
        for patience_ms in [100, 1000, 10_000] {
            ended = shell(&script, "", Duration::from_millis(patience_ms));
            if std::fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n')) {
                break;
            }
        }
        let error = ended.unwrap_err();
        assert!(error.starts_with("sh took longer than ") && error.ends_with(", and was ended"));
        for id in std::fs::read_to_string(&path).unwrap().split_whitespace() {
            let mut status = String::new();
            for _ in 0..6000 {
                status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
                if status.is_empty() || status.contains(") Z ") {
                    break;
                }
                thread::sleep(Duration::from_millis(10));
            }
            assert!(status.is_empty() || status.contains(") Z "), "{status}");
        }
    }
}
