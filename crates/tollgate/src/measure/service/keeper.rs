//! A program that a trial keeps: started, perhaps disturbed and started again, and brought to an
//! end with everything it started.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::measure::capture::Capture;
use crate::measure::launcher::{End, Job, Launcher, LauncherError, Observed};
use crate::measure::program::Surroundings;

/// Between two looks at something that is awaited.
pub(super) const LOOK: Duration = Duration::from_millis(20);
/// How long a program may take to end when it is asked to; then it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// What is started.
pub(super) struct Program {
    pub name: String,
    /// As messages call it.
    pub called: String,
    pub command: Vec<String>,
    pub path: PathBuf,
    pub surroundings: Surroundings,
}

pub(super) struct Keeper {
    program: Program,
    capture: Capture,
    launcher: i32,
    state: Mutex<State>,
    changed: Condvar,
    cancel: AtomicBool,
    ready: AtomicBool,
}

#[derive(Default)]
struct State {
    phase: Phase,
    /// Whether it was told to end while it lived.
    told: bool,
    /// Nothing is started any more.
    over: bool,
    /// How it ended by itself.
    fallen: Option<End>,
    /// The last of its lives, with the most that any of them needed.
    observed: Option<Observed>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Wanted,
    Running,
}

impl Keeper {
    pub fn new(program: Program, launcher: &Launcher) -> Result<Keeper, String> {
        let capture =
            Capture::new().map_err(|error| format!("cannot capture the output: {error}"))?;
        Ok(Keeper {
            program,
            capture,
            launcher: launcher.pid(),
            state: Mutex::default(),
            changed: Condvar::new(),
            cancel: AtomicBool::new(false),
            ready: AtomicBool::new(false),
        })
    }

    /// Starts the program whenever that is wished, until there is nothing more to wish for; on a
    /// thread of its own, with the launcher it was made for.
    pub fn keep(&self, launcher: &mut Launcher) -> Result<(), LauncherError> {
        while self.await_wish() {
            let job = Job {
                path: &self.program.path,
                command: &self.program.command,
                environment: &self.program.surroundings.environment,
                dir: &self.program.surroundings.dir,
                stdin: None,
                stdout: Some(&self.capture.stdout),
                stderr: Some(&self.capture.stderr),
                timeout: None,
            };
            match launcher.run(&job, &self.cancel) {
                Ok(observed) => self.note_end(observed),
                Err(error) => {
                    let mut state = self.lock();
                    // Whoever waits for it shall not wait for ever.
                    state.fallen.get_or_insert(End::Cancelled);
                    (state.phase, state.over) = (Phase::Idle, true);
                    self.changed.notify_all();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn await_wish(&self) -> bool {
        let mut state = self.lock();
        while state.phase != Phase::Wanted && !state.over {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.over {
            return false;
        }
        self.cancel.store(false, Ordering::Relaxed);
        (state.phase, state.told) = (Phase::Running, false);
        true
    }

    fn note_end(&self, observed: Observed) {
        let mut state = self.lock();
        if !state.told {
            state.fallen.get_or_insert(observed.end);
        }
        let before = state.observed.take();
        state.observed = Some(most(observed, before));
        state.phase = Phase::Idle;
        self.changed.notify_all();
    }

    /// Starts it, after its end if it has been told to end.
    pub fn start(&self) {
        let mut state = self.end(self.lock());
        if !state.over {
            state.phase = Phase::Wanted;
            self.changed.notify_all();
        }
    }

    /// Sends it a signal that will end it.
    pub fn strike(&self, signal: i32) {
        self.tell(&mut self.lock(), signal);
    }

    /// Tells it to end, if it lives; if not, it has ended by itself, though that may be noticed
    /// later.
    fn tell(&self, state: &mut State, signal: i32) -> bool {
        let lives = state.phase == Phase::Running && Launcher::has_living(self.launcher);
        if lives {
            state.told = true;
            Launcher::signal(self.launcher, signal);
        }
        lives
    }

    /// Sends it a signal that will not.
    pub fn signal(&self, signal: i32) {
        Launcher::signal(self.launcher, signal);
    }

    /// Gives it the chance to put its affairs in order, and kills it when it takes too long.
    pub fn finish(&self) {
        let mut state = self.lock();
        state.over = true;
        self.changed.notify_all();
        // What is stopped could not hear anything else.
        Launcher::signal(self.launcher, libc::SIGCONT);
        drop(self.end(state));
    }

    fn end<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        if state.phase == Phase::Wanted {
            state.phase = Phase::Idle;
        }
        let asked = now();
        let mut heard = false;
        while state.phase != Phase::Idle {
            if asked.elapsed() >= GRACE {
                state.told = true;
                self.cancel.store(true, Ordering::Relaxed);
            } else if !heard {
                // It may be about to be started.
                heard = self.tell(&mut state, libc::SIGTERM);
            }
            let waited = self.changed.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    pub fn name(&self) -> &str {
        &self.program.name
    }

    pub fn called(&self) -> &str {
        &self.program.called
    }

    pub fn launcher(&self) -> i32 {
        self.launcher
    }

    /// How it ended, if nobody told it to.
    pub fn fallen(&self) -> Option<End> {
        self.lock().fallen
    }

    pub fn has_fallen(&self) -> bool {
        self.fallen().is_some()
    }

    /// What was observed of its whole life, or lives.
    pub fn observed(&self) -> Option<Observed> {
        self.lock().observed
    }

    pub fn output(&self) -> &Capture {
        &self.capture
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    pub fn note_ready(&self) {
        self.ready.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The later life, with the larger needs of both.
fn most(observed: Observed, before: Option<Observed>) -> Observed {
    let Some(before) = before else { return observed };
    let mut most = observed;
    most.tree_bytes = most.tree_bytes.max(before.tree_bytes);
    most.usage.largest_bytes = most.usage.largest_bytes.max(before.usage.largest_bytes);
    most
}

#[expect(clippy::disallowed_methods, reason = "how long a program takes to end")]
fn now() -> Instant {
    Instant::now()
}
