//! A program in a process group of its own, whose last words are kept.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How much of what it printed last to standard error is shown.
const TAIL: usize = 1000;

/// How often it is asked whether a program that closed its output has ended.
const LOOK: Duration = Duration::from_millis(5);

/// How long the end of its standard error is waited for once it has ended: something it started
/// in another group may hold it open.
const LAST_WORDS: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Process {
    /// None once it was waited for: then its number may belong to another.
    child: Mutex<Option<Child>>,
    tail: Arc<Mutex<VecDeque<u8>>>,
    /// Says when nothing more comes to the tail.
    said: Mutex<Receiver<()>>,
}

impl Process {
    pub(super) fn start(
        command: &[String],
        dir: &Path,
        env: &[(String, String)],
    ) -> io::Result<(Process, ChildStdout)> {
        let [program, arguments @ ..] = command else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the command is empty"));
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(dir)
            .envs(env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn()?;
        let output = child.stdout.take().expect("it is piped");
        let mut errors = child.stderr.take().expect("it is piped");
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let (done, said) = sync_channel(1);
        let kept = Arc::clone(&tail);
        thread::spawn(move || {
            keep_tail(&mut errors, &kept);
            let _ = done.send(());
        });
        let child = Mutex::new(Some(child));
        Ok((Process { child, tail, said: Mutex::new(said) }, output))
    }

    /// Waits until the program has ended; why that is a failure, if it is one.
    pub(super) fn wait(&self) -> Option<String> {
        let status = loop {
            match self.look() {
                Ok(Some(status)) => break status,
                Ok(None) => thread::sleep(LOOK),
                Err(error) => return Some(format!("could not wait for its program: {error}")),
            }
        }?;
        if status.success() {
            return None;
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        // Without an end, what was said so far is shown.
        let _ = said.recv_timeout(LAST_WORDS);
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let tail = String::from_utf8_lossy(tail.make_contiguous()).trim().to_owned();
        let tail = if tail.is_empty() { "it printed no error".to_owned() } else { tail };
        Some(format!("its program ended with {status}: {tail}"))
    }

    /// Some of `None` when it was killed and waited for by somebody else.
    fn look(&self) -> io::Result<Option<Option<ExitStatus>>> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = child.as_mut() else { return Ok(Some(None)) };
        let Some(status) = running.try_wait()? else { return Ok(None) };
        // What it left behind is ended as well; a group with members keeps its number.
        kill_group(running.id());
        *child = None;
        Ok(Some(Some(status)))
    }

    /// Ends the whole group and waits for the program, unless that was done.
    pub(super) fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut running) = child.take() {
            kill_group(running.id());
            // The program alone, should the group not have been reached.
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}

/// By the shell, whose `kill` knows groups; the standard library signals one process only.
fn kill_group(leader: u32) {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "kill -s KILL -- \"-$0\"", &leader.to_string()]);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // That it is already gone is what was wanted.
    let _ = shell.status();
}

fn keep_tail(errors: &mut impl Read, tail: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; 4096];
    loop {
        match errors.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
                tail.extend(&buffer[..count]);
                let surplus = tail.len().saturating_sub(TAIL);
                tail.drain(..surplus);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
