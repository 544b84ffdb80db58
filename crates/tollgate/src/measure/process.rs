//! One trial of a program: prepare, run it once in a fresh process, read what it printed, clean up.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::budget::RunSource;
use crate::metric;
use crate::quantity::{Dimension, show};
use crate::run::{Data, Outcome, Resolution, Series, Share};

use super::capture::Capture;
use super::launcher::{End, Job, Launcher, LauncherError, Observed, Stage};
use super::program::Surroundings;
use super::records;
use super::watch::Watch;

/// Where programs run: the folder, the launcher, and the wish to stop.
#[derive(Debug)]
pub struct Stand<'a> {
    /// The folder of the budget file, from which relative paths count.
    pub root: &'a Path,
    pub launcher: &'a mut Launcher,
    pub stop: &'a AtomicBool,
    /// Remarks on imported figures, until somebody takes them.
    pub(super) notes: Vec<String>,
    capture: Option<Capture>,
}

/// What becomes of a program's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Kept until the next trial, searched for records, shown when the trial fails.
    Capture,
    /// Sent to `/dev/null`.
    Discard,
}

/// A program to be measured, with what does not change between its trials.
#[derive(Debug)]
pub struct Subject<'a> {
    pub source: &'a RunSource,
    /// The operation the case's parameters make.
    pub operation: Option<&'a str>,
    pub on_failure: OnFailure,
    surroundings: Surroundings,
    path: Option<PathBuf>,
}

/// What a program that failed is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Only that it failed: its time and memory are not those of the work.
    Forget,
    /// All figures, for whoever asked to time failing programs too.
    Keep,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    Done {
        outcome: Outcome,
        series: Vec<Series>,
    },
    /// The program cannot be started here at all, so that trying again is of no use.
    Impossible(String),
    /// The wish to stop came while something had already been seen.
    Partial {
        series: Vec<Series>,
    },
    /// The wish to stop came first.
    Interrupted,
}

/// Why one command did not do what it should.
pub(super) enum Refusal {
    Impossible(String),
    Interrupted,
    Failed(String),
}

impl<'a> Stand<'a> {
    pub fn new(root: &'a Path, launcher: &'a mut Launcher, stop: &'a AtomicBool) -> Stand<'a> {
        Stand { root, launcher, stop, notes: Vec::new(), capture: None }
    }

    /// The capture files, made when first needed and emptied.
    pub(super) fn fresh_capture(&mut self) -> Result<&mut Capture, String> {
        let capture = match self.capture.take() {
            Some(capture) => Ok(capture),
            None => Capture::new(),
        };
        let capture = capture.and_then(|capture| capture.clear().map(|()| capture));
        let capture = capture.map_err(|error| format!("cannot capture the output: {error}"))?;
        Ok(self.capture.insert(capture))
    }

    /// The last lines of what was captured.
    pub(super) fn tail(&self) -> String {
        self.capture.as_ref().map(Capture::tail).unwrap_or_default()
    }

    /// Runs a command to its end, with its output captured or not.
    pub(super) fn execute(
        &mut self,
        command: &Command<'_>,
        output: Output,
    ) -> Result<Result<Observed, Refusal>, LauncherError> {
        self.execute_watched(command, output, &mut || {})
    }

    /// The same, and calls `look` a few times a second while it runs.
    fn execute_watched(
        &mut self,
        command: &Command<'_>,
        output: Output,
        look: &mut dyn FnMut(),
    ) -> Result<Result<Observed, Refusal>, LauncherError> {
        if let Output::Capture = output
            && let Err(reason) = self.fresh_capture()
        {
            return Ok(Err(Refusal::Failed(reason)));
        }
        let stdin = match command.stdin.map(|file| (file, File::open(self.root.join(file)))) {
            None => None,
            Some((_, Ok(file))) => Some(file),
            Some((file, Err(error))) => {
                let reason = format!("cannot read the standard input `{file}`: {error}");
                return Ok(Err(Refusal::Impossible(reason)));
            }
        };
        let capture = self.capture.as_ref().filter(|_| output == Output::Capture);
        let job = command.job(stdin.as_ref(), capture);
        let observed = self.launcher.run_watched(&job, self.stop, look);
        match observed {
            Ok(observed) => Ok(refuse(observed, command)),
            Err(error @ (LauncherError::Nul(_) | LauncherError::TooLong { .. })) => {
                Ok(Err(Refusal::Impossible(format!("cannot {error}"))))
            }
            Err(error) => Err(error),
        }
    }
}

/// A command and what surrounds it.
pub(super) struct Command<'a> {
    pub words: &'a [String],
    pub path: &'a Path,
    pub surroundings: &'a Surroundings,
    pub stdin: Option<&'a str>,
    pub timeout_ns: Option<f64>,
}

impl Command<'_> {
    fn job<'a>(&'a self, stdin: Option<&'a File>, capture: Option<&'a Capture>) -> Job<'a> {
        Job {
            path: self.path,
            command: self.words,
            environment: &self.surroundings.environment,
            dir: &self.surroundings.dir,
            stdin,
            stdout: capture.map(|capture| &capture.stdout),
            stderr: capture.map(|capture| &capture.stderr),
            timeout: self.timeout_ns.map(duration),
        }
    }
}

/// Sorts out what is not the end of a program that ran.
fn refuse(observed: Observed, command: &Command<'_>) -> Result<Observed, Refusal> {
    match observed.end {
        End::Exited(_) | End::Signalled(_) | End::TimedOut => Ok(observed),
        End::Cancelled => Err(Refusal::Interrupted),
        End::NotStarted(stage, error) => {
            let error = std::io::Error::from_raw_os_error(error);
            let dir = command.surroundings.dir.display();
            Err(Refusal::Impossible(match stage {
                Stage::Process => format!("cannot create a process: {error}"),
                Stage::Dir => format!("cannot enter the folder `{dir}`: {error}"),
                Stage::Exec => format!("cannot start `{}`: {error}", command.path.display()),
            }))
        }
    }
}

impl<'a> Subject<'a> {
    #[must_use]
    pub fn new(root: &Path, source: &'a RunSource, operation: Option<&'a str>) -> Subject<'a> {
        let surroundings = Surroundings::new(root, source.dir.as_deref(), &source.env);
        Subject { source, operation, on_failure: OnFailure::Forget, surroundings, path: None }
    }

    /// Says what keeps the case from running here, if one of `needs` is not installed.
    pub fn missing(&self, needs: &[String]) -> Option<String> {
        needs.iter().find_map(|program| self.surroundings.find(program).err())
    }

    /// Runs the program once.
    pub fn trial(
        &mut self,
        stand: &mut Stand<'_>,
        output: Output,
    ) -> Result<Attempt, LauncherError> {
        self.surrounded(stand, |subject, stand| subject.measured(stand, output))
    }

    /// Prepares, measures in the given way, and cleans up.
    pub(super) fn surrounded(
        &mut self,
        stand: &mut Stand<'_>,
        measure: impl FnOnce(&mut Self, &mut Stand<'_>) -> Result<Attempt, LauncherError>,
    ) -> Result<Attempt, LauncherError> {
        if let Some(prepare) = &self.source.prepare
            && let Err(refusal) = self.aside(stand, "prepare", prepare)?
        {
            return Ok(attempt_refused(refusal, stand.tail()));
        }
        let attempt = measure(self, stand)?;
        if let (Some(cleanup), Attempt::Done { outcome, .. }) = (&self.source.cleanup, &attempt)
            && let Err(refusal) = self.aside(stand, "cleanup", cleanup)?
            && *outcome == Outcome::Complete
        {
            return Ok(attempt_refused(refusal, stand.tail()));
        }
        Ok(attempt)
    }

    /// Runs the program so many times with its output discarded, and tells of each. It ends early
    /// with an attempt that is impossible or interrupted, or when it is told to.
    pub fn repeat(
        &mut self,
        stand: &mut Stand<'_>,
        times: u32,
        each: &mut dyn FnMut(Attempt) -> ControlFlow<()>,
    ) -> Result<(), LauncherError> {
        let source = self.source;
        let mut alone = times;
        // The launcher repeats by itself what needs nothing done in between.
        if source.prepare.is_none() && source.cleanup.is_none() && source.stdin.is_none() {
            // Once from here, for everything that can go wrong in finding the program.
            alone = times.min(1);
        }
        for _ in 0..alone {
            let attempt = self.trial(stand, Output::Discard)?;
            let last = !matches!(attempt, Attempt::Done { .. });
            if each(attempt).is_break() || last {
                return Ok(());
            }
        }
        let (Some(path), true) = (&self.path, times > alone) else { return Ok(()) };
        let command = Command {
            words: &source.command,
            path,
            surroundings: &self.surroundings,
            stdin: None,
            timeout_ns: source.timeout_ns,
        };
        let job = command.job(None, None);
        stand.launcher.repeat(&job, times - alone, stand.stop, &mut |observed| {
            each(match refuse(observed, &command) {
                Ok(observed) => self.judged(&observed, String::new),
                Err(refusal) => attempt_refused(refusal, String::new()),
            })
        })
    }

    fn measured(
        &mut self,
        stand: &mut Stand<'_>,
        output: Output,
    ) -> Result<Attempt, LauncherError> {
        let mut watch = Watch::of_children(stand.launcher.pid());
        let observed = match self.observe_watched(stand, output, &mut || watch.look())? {
            Ok(observed) => observed,
            Err(refusal) => return Ok(attempt_refused(refusal, String::new())),
        };
        let mut attempt = self.judged(&observed, || match output {
            Output::Capture => stand.tail(),
            Output::Discard => String::new(),
        });
        if let (
            Output::Capture,
            Some(capture),
            Attempt::Done { outcome: Outcome::Complete, series },
        ) = (output, stand.capture.as_mut(), &mut attempt)
        {
            let printed = capture.stdout.seek(SeekFrom::Start(0));
            let printed = printed
                .map_err(records::RecordsError::Read)
                .and_then(|_| records::read(&capture.stdout, self.operation));
            match printed {
                Ok(printed) => {
                    series.extend(watch.series(self.operation));
                    series.extend(printed);
                }
                Err(error) => {
                    return Ok(unreadable(error.to_string(), stand.tail(), self.operation));
                }
            }
        }
        Ok(attempt)
    }

    /// The figures of a program that ended as it should, or why it did not.
    fn judged(&self, observed: &Observed, output: impl Fn() -> String) -> Attempt {
        let mut series = process_series(observed, self.operation);
        let Some(reason) = failure(observed.end, self.source) else {
            series.push(exit_failures(self.operation, 0));
            return Attempt::Done { outcome: Outcome::Complete, series };
        };
        if self.on_failure == OnFailure::Forget {
            series.clear();
        }
        series.push(exit_failures(self.operation, 1));
        Attempt::Done { outcome: Outcome::Failed { reason, output: output() }, series }
    }

    /// Starts the program and waits for its end.
    pub(super) fn observe(
        &mut self,
        stand: &mut Stand<'_>,
        output: Output,
    ) -> Result<Result<Observed, Refusal>, LauncherError> {
        self.observe_watched(stand, output, &mut || {})
    }

    fn observe_watched(
        &mut self,
        stand: &mut Stand<'_>,
        output: Output,
        look: &mut dyn FnMut(),
    ) -> Result<Result<Observed, Refusal>, LauncherError> {
        let found = match &self.path {
            Some(path) => Ok(path),
            None => self
                .surroundings
                .find(self.source.command.first().map_or("", String::as_str))
                .map(|path| &*self.path.insert(path)),
        };
        let path = match found {
            Ok(path) => path,
            Err(reason) => return Ok(Err(Refusal::Impossible(reason))),
        };
        let command = Command {
            words: &self.source.command,
            path,
            surroundings: &self.surroundings,
            stdin: self.source.stdin.as_deref(),
            timeout_ns: self.source.timeout_ns,
        };
        stand.execute_watched(&command, output, look)
    }

    /// Runs a command beside the measured one, which must succeed.
    fn aside(
        &self,
        stand: &mut Stand<'_>,
        role: &str,
        words: &[String],
    ) -> Result<Result<(), Refusal>, LauncherError> {
        let timeout_ns = self.source.timeout_ns;
        let succeeded = run_plain(stand, &self.surroundings, words, timeout_ns)?;
        Ok(succeeded.map_err(|refusal| match refusal {
            Refusal::Failed(reason) => Refusal::Failed(format!("{role}: {reason}")),
            Refusal::Impossible(reason) => Refusal::Impossible(format!("{role}: {reason}")),
            Refusal::Interrupted => Refusal::Interrupted,
        }))
    }

    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }
}

/// Runs a command that is not measured and must end with exit code 0; its output is captured.
pub(super) fn run_plain(
    stand: &mut Stand<'_>,
    surroundings: &Surroundings,
    words: &[String],
    timeout_ns: Option<f64>,
) -> Result<Result<(), Refusal>, LauncherError> {
    let path = match surroundings.find(words.first().map_or("", String::as_str)) {
        Ok(path) => path,
        Err(reason) => return Ok(Err(Refusal::Impossible(reason))),
    };
    let command = Command { words, path: &path, surroundings, stdin: None, timeout_ns };
    Ok(match stand.execute(&command, Output::Capture)? {
        Err(refusal) => Err(refusal),
        Ok(Observed { end: End::Exited(0), .. }) => Ok(()),
        Ok(observed) => Err(Refusal::Failed(format!(
            "`{}` ended with {}",
            words.join(" "),
            ending(observed.end)
        ))),
    })
}

/// Why the end of a program is not the expected one.
pub(super) fn failure(end: End, source: &RunSource) -> Option<String> {
    match end {
        End::Exited(code) if code == source.exit_code => None,
        End::Exited(_) if source.exit_code != 0 => {
            Some(format!("{}, expected {}", ending(end), source.exit_code))
        }
        End::TimedOut => {
            let limit = source.timeout_ns.map(|limit| show(limit, Dimension::TIME));
            Some(format!("timed out after {}", limit.unwrap_or_default()))
        }
        end => Some(ending(end)),
    }
}

pub(super) fn ending(end: End) -> String {
    match end {
        End::Exited(code) => format!("exit code {code}"),
        End::Signalled(number) => match signal_name(number) {
            Some(name) => format!("signal {number} ({name})"),
            None => format!("signal {number}"),
        },
        End::TimedOut => "a time-out".to_owned(),
        End::Cancelled => "a cancellation".to_owned(),
        End::NotStarted(..) => "no start".to_owned(),
    }
}

fn signal_name(number: i32) -> Option<&'static str> {
    Some(match number {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL, perhaps for want of memory",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGTERM => "SIGTERM",
        libc::SIGXCPU => "SIGXCPU",
        _ => return None,
    })
}

/// A trial of which it is unknown what the program measured.
fn unreadable(reason: String, output: String, operation: Option<&str>) -> Attempt {
    Attempt::Done {
        outcome: Outcome::Failed { reason, output },
        series: vec![exit_failures(operation, 0)],
    }
}

fn attempt_refused(refusal: Refusal, output: String) -> Attempt {
    match refusal {
        Refusal::Impossible(reason) => Attempt::Impossible(reason),
        Refusal::Interrupted => Attempt::Interrupted,
        Refusal::Failed(reason) => {
            Attempt::Done { outcome: Outcome::Failed { reason, output }, series: Vec::new() }
        }
    }
}

fn process_series(observed: &Observed, operation: Option<&str>) -> Vec<Series> {
    let usage = &observed.usage;
    let io = observed.io.map(|io| [io.read, io.written, io.disk_read, io.disk_written]);
    let [read, written, disk_read, disk_written] =
        io.map_or([None; 4], |counters| counters.map(Some));
    [
        ("wall", Some(observed.wall_ns)),
        ("user", Some(usage.user_ns)),
        ("system", Some(usage.system_ns)),
        ("cpu", Some(usage.user_ns + usage.system_ns)),
        ("peak memory", Some(usage.largest_bytes.max(observed.tree_bytes))),
        ("major faults", Some(usage.major_faults)),
        ("minor faults", Some(usage.minor_faults)),
        ("voluntary switches", Some(usage.voluntary_switches)),
        ("involuntary switches", Some(usage.involuntary_switches)),
        ("bytes read", read),
        ("bytes written", written),
        ("disk read", disk_read),
        ("disk written", disk_written),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(single(name, value? as f64, operation)))
    .collect()
}

/// A known metric's one value.
pub(super) fn single(name: &str, value: f64, operation: Option<&str>) -> Series {
    Series {
        operation: operation.map(str::to_owned),
        metric: name.to_owned(),
        dimension: metric::known(name).map_or(Dimension::COUNT, |metric| metric.dimension),
        data: Data::Samples(vec![value]),
        resolution: Resolution::Exact,
    }
}

pub(super) fn exit_failures(operation: Option<&str>, failures: u64) -> Series {
    Series {
        data: Data::Shares(vec![Share { hits: failures, of: 1 }]),
        dimension: Dimension::SHARE,
        ..single("exit failures", 0.0, operation)
    }
}

pub(super) fn duration(ns: f64) -> Duration {
    Duration::from_nanos(ns.max(1.0) as u64)
}
