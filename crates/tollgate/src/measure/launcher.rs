//! A small process that starts, times and clears away every measured program.
//!
//! It exists for two reasons. The peak memory the kernel reports of a child begins at the peak of
//! the process that started it, so the starter must stay small however much the rest of Tollgate
//! holds. And a starter of its own can adopt and kill whatever a program leaves behind.

mod message;
mod service;
mod system;
mod tree;

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use message::{End, Io, Observed};
pub use system::{Stage, Usage};
pub(super) use tree::children;

/// The way to the launcher process; it ends when this is dropped.
#[derive(Debug)]
pub struct Launcher {
    socket: UnixStream,
    pid: i32,
    null: File,
}

#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    #[error("start the launcher process")]
    Fork(#[source] io::Error),
    #[error("talk to the launcher process, which may have been killed")]
    Lost(#[source] io::Error),
    #[error("understand the launcher's answer")]
    Garbled,
    #[error("start `{0}`: its arguments and environment hold a NUL character")]
    Nul(String),
    #[error("start `{program}`: its arguments and environment hold {bytes} bytes")]
    TooLong { program: String, bytes: usize },
}

/// A program to start. Standard streams that are absent are `/dev/null`.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The file to execute; a relative path counts from `dir`.
    pub path: &'a Path,
    /// The command as written, program name first.
    pub command: &'a [String],
    pub environment: &'a [(OsString, OsString)],
    pub dir: &'a Path,
    pub stdin: Option<&'a File>,
    pub stdout: Option<&'a File>,
    pub stderr: Option<&'a File>,
    pub timeout: Option<Duration>,
}

/// How long a request to stop may go unseen.
const STOP_INTERVAL: Duration = Duration::from_millis(50);

impl Launcher {
    /// Forks the launcher. Must come before this process starts a thread (otherwise it is an
    /// error) and should come before it holds much memory.
    pub fn fork() -> Result<Launcher, LauncherError> {
        let (ours, theirs) = UnixStream::pair().map_err(LauncherError::Fork)?;
        ours.set_read_timeout(Some(STOP_INTERVAL)).map_err(LauncherError::Fork)?;
        let null = File::options().read(true).write(true).open("/dev/null");
        let null = null.map_err(LauncherError::Fork)?;
        match system::fork().map_err(LauncherError::Fork)? {
            system::Forked::Parent { child } => Ok(Launcher { socket: ours, pid: child, null }),
            system::Forked::Child => {
                drop(ours);
                match system::settle(null.as_fd()) {
                    Ok(mask) => service::serve(theirs, mask),
                    Err(_) => system::exit_now(1),
                }
            }
        }
    }

    /// Another launcher, for a program that runs at the same time. This process may have threads,
    /// as it is this launcher that is copied.
    pub fn another(&mut self) -> Result<Launcher, LauncherError> {
        let (ours, theirs) = UnixStream::pair().map_err(LauncherError::Fork)?;
        ours.set_read_timeout(Some(STOP_INTERVAL)).map_err(LauncherError::Fork)?;
        let null = self.null.try_clone().map_err(LauncherError::Fork)?;
        let given = [theirs.as_fd(), null.as_fd(), null.as_fd()];
        let frame = message::ANOTHER.to_le_bytes();
        let sent = system::send_with(&self.socket, &frame, given);
        sent.and_then(|sent| (&self.socket).write_all(&frame[sent..]))
            .map_err(LauncherError::Lost)?;
        let mut pid = [0; 4];
        self.read(&mut pid, &mut || Ok(())).map_err(LauncherError::Lost)?;
        match i32::from_le_bytes(pid) {
            pid if pid > 0 => Ok(Launcher { socket: ours, pid, null }),
            error => Err(LauncherError::Fork(io::Error::from_raw_os_error(-error))),
        }
    }

    /// The launcher process itself, whose children are what it started.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends a signal to everything that a launcher has started.
    pub fn signal(launcher: i32, signal: i32) {
        for child in children(&launcher.to_string()).unwrap_or_default() {
            system::signal(-child, signal);
        }
    }

    /// Whether anything that a launcher has started has not ended yet.
    #[must_use]
    pub fn has_living(launcher: i32) -> bool {
        children(&launcher.to_string()).unwrap_or_default().into_iter().any(tree::lives)
    }

    /// Starts a program, waits for its end and clears away what it left. When `stop` is set
    /// meanwhile, the program is killed and its end is `Cancelled`.
    pub fn run(&mut self, job: &Job<'_>, stop: &AtomicBool) -> Result<Observed, LauncherError> {
        self.run_watched(job, stop, &mut || {})
    }

    /// The same, and calls `look` a few times a second while the program runs.
    pub fn run_watched(
        &mut self,
        job: &Job<'_>,
        stop: &AtomicBool,
        look: &mut dyn FnMut(),
    ) -> Result<Observed, LauncherError> {
        let mut observed = Err(LauncherError::Garbled);
        let each = &mut |one| {
            observed = Ok(one);
            ControlFlow::Continue(())
        };
        self.repeat_watched(job, 1, stop, each, look)?;
        observed
    }

    /// Runs a program so many times, one after the other, and tells of each. It ends early with
    /// one that is cancelled or cannot be started, or when it is told to; then the program that
    /// runs meanwhile is killed.
    pub fn repeat(
        &mut self,
        job: &Job<'_>,
        times: u32,
        stop: &AtomicBool,
        each: &mut dyn FnMut(Observed) -> ControlFlow<()>,
    ) -> Result<(), LauncherError> {
        self.repeat_watched(job, times, stop, each, &mut || {})
    }

    fn repeat_watched(
        &mut self,
        job: &Job<'_>,
        times: u32,
        stop: &AtomicBool,
        each: &mut dyn FnMut(Observed) -> ControlFlow<()>,
        look: &mut dyn FnMut(),
    ) -> Result<(), LauncherError> {
        let frame = frame(job, times)?;
        let standard =
            [job.stdin, job.stdout, job.stderr].map(|stream| stream.unwrap_or(&self.null).as_fd());
        system::send_with(&self.socket, &frame, standard)
            .and_then(|sent| (&self.socket).write_all(&frame[sent..]))
            .map_err(LauncherError::Lost)?;
        let mut cancelled = false;
        let mut enough = false;
        for _ in 0..times {
            let reply =
                self.await_answer(stop, &mut cancelled, look).map_err(LauncherError::Lost)?;
            let observed = Observed::decode(&reply).ok_or(LauncherError::Garbled)?;
            // What ran while the wish to end was on its way is not told.
            if !enough && each(observed).is_break() {
                enough = true;
                self.cancel(&mut cancelled).map_err(LauncherError::Lost)?;
            }
            if matches!(observed.end, End::Cancelled | End::NotStarted(..)) {
                break;
            }
        }
        Ok(())
    }

    fn cancel(&self, cancelled: &mut bool) -> io::Result<()> {
        if !*cancelled {
            *cancelled = true;
            (&self.socket).write_all(&message::CANCEL.to_le_bytes())?;
        }
        Ok(())
    }

    fn await_answer(
        &self,
        stop: &AtomicBool,
        cancelled: &mut bool,
        look: &mut dyn FnMut(),
    ) -> io::Result<[u8; message::REPLY]> {
        let mut reply = [0; message::REPLY];
        self.read(&mut reply, &mut || {
            if stop.load(Ordering::Relaxed) {
                self.cancel(cancelled)?;
            }
            look();
            Ok(())
        })?;
        Ok(reply)
    }

    /// Reads until the buffer is full, and calls `between` a few times a second meanwhile.
    fn read(
        &self,
        buffer: &mut [u8],
        between: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()> {
        let mut filled = 0;
        while filled < buffer.len() {
            between()?;
            match (&self.socket).read(&mut buffer[filled..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(more) => filled += more,
                // The time-out of the socket, or a signal.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        let _ = system::reap(self.pid);
    }
}

fn frame(job: &Job<'_>, times: u32) -> Result<Vec<u8>, LauncherError> {
    let program = || job.command.first().cloned().unwrap_or_default();
    let nul = |_| LauncherError::Nul(program());
    let string = |text: &OsStr| CString::new(text.as_bytes()).map_err(nul);
    let arguments: Vec<CString> =
        job.command.iter().map(|word| string(word.as_ref())).collect::<Result<_, _>>()?;
    let environment: Vec<CString> = job
        .environment
        .iter()
        .map(|(name, value)| {
            let mut pair = name.clone();
            pair.push("=");
            pair.push(value);
            string(&pair)
        })
        .collect::<Result<_, _>>()?;
    message::request(
        times,
        job.timeout.map(|timeout| u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX).max(1)),
        &string(job.path.as_os_str())?,
        &string(job.dir.as_os_str())?,
        arguments.iter().map(CString::as_c_str),
        environment.iter().map(CString::as_c_str),
    )
    .map_err(|bytes| LauncherError::TooLong { program: program(), bytes })
}
