//! The process of a service: its free port, its start, when it is ready, and its end.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tollgate_load::target::Target;

use crate::budget::ServeSource;
use crate::measure::launcher::{End, Job, Launcher, LauncherError, Observed};
use crate::measure::process::{self, Stand};
use crate::measure::program::Surroundings;

/// Between two looks whether a service is ready.
const LOOK: Duration = Duration::from_millis(20);
/// How long a service may take to end when it is asked to; then it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// The longest that one answer about readiness may take.
const ANSWER: Duration = Duration::from_secs(2);

/// A service that can be started.
pub(super) struct Server {
    command: Vec<String>,
    path: PathBuf,
    surroundings: Surroundings,
    target: Target,
}

/// Why a service is not loaded.
pub(super) enum Unready {
    /// It has ended, or a person wants to.
    Gone,
    Failed(String),
}

impl Server {
    pub fn prepare(stand: &mut Stand<'_>, source: &ServeSource) -> Result<Server, String> {
        let port = free_port().map_err(|error| format!("cannot find a free port: {error}"))?;
        let fill = |text: &String| text.replace("{port}", &port.to_string());
        let env: BTreeMap<String, String> =
            source.env.iter().map(|(name, value)| (name.clone(), fill(value))).collect();
        let command: Vec<String> = source.command.iter().map(fill).collect();
        let surroundings = Surroundings::new(stand.root, source.dir.as_deref(), &env);
        let path = surroundings.find(command.first().map_or("", String::as_str))?;
        let url = format!("http://127.0.0.1:{port}");
        let target = Target::parse(&url, &[]).map_err(|error| super::chain(&error))?;
        stand.fresh_capture()?;
        Ok(Server { command, path, surroundings, target })
    }

    /// Starts it, does the work, and stops it with everything it started. The work is told where
    /// it is, and learns from the flag that it has ended by itself.
    pub fn during<T>(
        &self,
        stand: &mut Stand<'_>,
        work: impl FnOnce(&Target, &AtomicBool) -> T,
    ) -> Result<(T, Observed), LauncherError> {
        let (stop, gone) = (AtomicBool::new(false), AtomicBool::new(false));
        let (launcher, capture) = stand.launcher_and_capture();
        let pid = launcher.pid();
        let job = Job {
            path: &self.path,
            command: &self.command,
            environment: &self.surroundings.environment,
            dir: &self.surroundings.dir,
            stdin: None,
            stdout: capture.map(|capture| &capture.stdout),
            stderr: capture.map(|capture| &capture.stderr),
            timeout: None,
        };
        let started = now();
        std::thread::scope(|scope| {
            let running = scope.spawn(|| {
                let observed = launcher.run(&job, &stop);
                gone.store(true, Ordering::Relaxed);
                observed
            });
            let (done, asked) = {
                let _stopped = OnDrop(&stop);
                let done = work(&self.target, &gone);
                (done, ask_to_end(pid, &gone).map(|asked| asked - started))
            };
            match running.join() {
                Ok(observed) => Ok((done, as_asked(observed?, asked))),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}

/// Sets a flag when it goes, by a panic as well: otherwise that would wait for the service, which
/// waits for the flag.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// An end to which a service was asked, that long after its start, is not an end by itself. One
/// that came before may be noticed later.
fn as_asked(observed: Observed, asked: Option<Duration>) -> Observed {
    let lived = Duration::from_nanos(observed.wall_ns);
    match asked {
        Some(asked) if lived + LOOK >= asked => Observed { end: End::Cancelled, ..observed },
        _ => observed,
    }
}

/// Gives a service the chance to put its affairs in order; when it was asked, unless it had ended.
fn ask_to_end(launcher: i32, gone: &AtomicBool) -> Option<Instant> {
    if gone.load(Ordering::Relaxed) {
        return None;
    }
    let asked = now();
    Launcher::ask_to_end(launcher);
    while !gone.load(Ordering::Relaxed) && asked.elapsed() < GRACE {
        std::thread::sleep(LOOK);
    }
    Some(asked)
}

/// A port that nobody listens on now. Somebody else may take it before the service does; then the
/// service says so, and the trial fails.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Waits until the service answers its ready check with 2xx, or accepts connections if it has none.
pub(super) fn await_ready(
    target: &Target,
    source: &ServeSource,
    is_over: &dyn Fn() -> bool,
) -> Result<(), Unready> {
    let started = now();
    let mut last = "nobody listens".to_owned();
    loop {
        if is_over() {
            return Err(Unready::Gone);
        }
        match ask(target, source.ready.as_deref()) {
            Ok(()) => return Ok(()),
            Err(reason) => last = reason.unwrap_or(last),
        }
        if started.elapsed() > source.timeout {
            let seconds = source.timeout.as_secs_f64();
            return Err(Unready::Failed(format!(
                "the service was not ready within {seconds} s: {last}"
            )));
        }
        std::thread::sleep(LOOK);
    }
}

/// Nothing if it is ready; otherwise why not, if that is known.
fn ask(target: &Target, ready: Option<&str>) -> Result<(), Option<String>> {
    let io = |error: std::io::Error| Some(error.to_string());
    let mut stream = TcpStream::connect_timeout(&target.address, ANSWER).map_err(io)?;
    // What is behind TLS or not asked for answers by listening.
    let Some(path) = ready.filter(|_| !target.secure) else { return Ok(()) };
    stream.set_read_timeout(Some(ANSWER)).map_err(io)?;
    let (base, host) = (&target.base, target.authority());
    write!(stream, "GET {base}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .map_err(io)?;
    let mut answer = Vec::new();
    while answer.len() < 12 {
        let mut piece = [0; 512];
        match stream.read(&mut piece).map_err(io)? {
            0 => break,
            more => answer.extend_from_slice(&piece[..more]),
        }
    }
    match answer.get(9..12) {
        Some([b'2', _, _]) if answer.starts_with(b"HTTP/1.") => Ok(()),
        Some(status) if answer.starts_with(b"HTTP/1.") => {
            Err(Some(format!("`{path}` answers {}", String::from_utf8_lossy(status))))
        }
        _ => Err(Some(format!("`{path}` is not answered in HTTP/1.1"))),
    }
}

/// How a service ended that should not have.
pub(super) fn ending(when: &str, end: End) -> String {
    match end {
        End::NotStarted(_, error) => {
            format!("start the service: {}", std::io::Error::from_raw_os_error(error))
        }
        end => format!("the service ended {when}, with {}", process::ending(end)),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a service takes to become ready")]
fn now() -> Instant {
    Instant::now()
}
