//! The launcher's own side: start what is asked for, watch it, clear away what it leaves, answer.
//!
//! It allocates little, because what it holds counts as the peak memory of whatever it starts.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::message::{ANOTHER, CANCEL, End, Io, LONGEST, Observed, Request};
use super::system::{self, Child, Forked, Program, Remaining, SignalMask, Stage, Status, Usage};
use super::tree;

/// How long answers are kept back while a program is repeated; short beside what a person sees.
const KEPT_AT_MOST: Duration = Duration::from_millis(50);

/// How long a program may take to end after the polite signal before it is killed.
const GRACE: Duration = Duration::from_secs(1);
/// The first look at the memory of the tree; programs that end sooner are never looked at.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// How long leftovers may take to die of SIGKILL before they are given up.
const BURIAL: Duration = Duration::from_secs(5);

/// Answers requests until the other side closes its end, then ends the process.
pub(super) fn serve(socket: UnixStream, mask: SignalMask) -> ! {
    let served = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut service = Service { socket, mask, page_bytes: system::page_bytes() };
        let mut payload = Vec::new();
        while let Ok(Some(standard)) = service.receive(&mut payload) {
            let Some(request) = Request::read(&payload) else { break };
            if service.answer(&request, &standard).is_err() {
                break;
            }
        }
    }));
    // Whoever is left has nobody to answer to.
    let _ = bury();
    system::exit_now(i32::from(served.is_err()))
}

struct Service {
    socket: UnixStream,
    mask: SignalMask,
    page_bytes: u64,
}

/// Why watching stopped early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    TimedOut,
    Cancelled,
}

impl Service {
    /// The next request and its standard streams; `None` when the other side is gone.
    fn receive(&mut self, payload: &mut Vec<u8>) -> io::Result<Option<[OwnedFd; 3]>> {
        loop {
            let mut length = [0; 4];
            let (received, standard) = system::receive_with(&self.socket, &mut length)?;
            if received == 0 {
                return Ok(None);
            }
            self.socket.read_exact(&mut length[received..])?;
            let length = u32::from_le_bytes(length);
            // A cancellation that crossed the answer it was meant for.
            if length == CANCEL {
                continue;
            }
            if length == ANOTHER {
                let Some(given) = standard else { return Ok(None) };
                self.divide(given)?;
                continue;
            }
            let standard = standard.filter(|_| length <= LONGEST);
            let Some(standard) = standard else { return Ok(None) };
            payload.resize(length as usize, 0);
            self.socket.read_exact(payload)?;
            return Ok(Some(standard));
        }
    }

    /// Makes another launcher, which answers on the socket given.
    fn divide(&mut self, [socket, null, _]: [OwnedFd; 3]) -> io::Result<()> {
        match system::fork_sibling() {
            Ok(Forked::Parent { child }) => self.socket.write_all(&child.to_le_bytes()),
            Ok(Forked::Child) => {
                self.socket = UnixStream::from(socket);
                // Whom it adopts is not inherited; the signals of programs are as they were.
                system::settle(null.as_fd()).map(|_| ())
            }
            Err(error) => {
                let number = error.raw_os_error().unwrap_or(libc::EIO);
                self.socket.write_all(&(-number).to_le_bytes())
            }
        }
    }

    /// Runs the program as often as asked, with an answer for each time. Nobody waits between two
    /// times, and answers are kept for a while: waking the other side after each would take the
    /// processor away from the next.
    fn answer(&mut self, request: &Request<'_>, standard: &[OwnedFd; 3]) -> io::Result<()> {
        let mut kept = Vec::new();
        let mut last = now();
        for _ in 0..request.times {
            let observed = self.run(request, standard)?;
            kept.extend(observed.encode());
            let due = request.times == 1 || last.elapsed() >= KEPT_AT_MOST;
            if matches!(observed.end, End::Cancelled | End::NotStarted(..)) {
                break;
            }
            if due {
                self.socket.write_all(&kept)?;
                kept.clear();
                last = now();
            }
        }
        self.socket.write_all(&kept)
    }

    fn run(&mut self, request: &Request<'_>, standard: &[OwnedFd; 3]) -> io::Result<Observed> {
        let (started, child) = match self.start(request, standard) {
            Ok(started) => started,
            Err((stage, error)) => return Ok(not_started(stage, error)),
        };
        let watched = self.watch(&child, started, request.timeout_ns.map(Duration::from_nanos))?;
        // Reading it costs more than all the rest here; who repeats a program asks for its time.
        let io = if request.times == 1 { read_io(child.pid) } else { None };
        // The ended leader still holds its number, so the group cannot be anybody else's.
        system::signal(-child.pid, libc::SIGKILL);
        let (status, usage) = system::reap(child.pid)?;
        let end = match (watched.cut, status) {
            (Some(Cut::TimedOut), _) => End::TimedOut,
            (Some(Cut::Cancelled), _) => End::Cancelled,
            (None, Status::Exited(code)) => End::Exited(code),
            (None, Status::Signalled(signal)) => End::Signalled(signal),
        };
        let mut observed = Observed {
            end,
            wall_ns: u64::try_from(watched.wall.as_nanos()).unwrap_or(u64::MAX),
            usage,
            io,
            tree_bytes: watched.tree_bytes,
            stragglers: 0,
        };
        let left = bury()?;
        observed.stragglers = left.processes;
        add(&mut observed.usage, &left.usage);
        Ok(observed)
    }

    fn start(
        &self,
        request: &Request<'_>,
        standard: &[OwnedFd; 3],
    ) -> Result<(Instant, Child), (Stage, i32)> {
        let mut program = Program {
            path: request.path,
            arguments: &request.arguments,
            environment: &request.environment,
            dir: request.dir,
            standard: standard.each_ref().map(AsFd::as_fd),
            mask: self.mask,
        };
        let started = now();
        match system::spawn(&program) {
            // A script without a first line that names its interpreter: what a shell would do.
            Err((Stage::Exec, libc::ENOEXEC)) => {
                let mut arguments = vec![c"/bin/sh", request.path];
                arguments.extend(request.arguments.iter().skip(1));
                (program.path, program.arguments) = (c"/bin/sh", &arguments);
                let started = now();
                system::spawn(&program).map(|child| (started, child))
            }
            other => other.map(|child| (started, child)),
        }
    }

    fn watch(
        &mut self,
        child: &Child,
        started: Instant,
        timeout: Option<Duration>,
    ) -> io::Result<Watched> {
        let mut cut = None;
        let mut tree_bytes = 0;
        let mut look = FIRST_LOOK;
        let mut kill_at = timeout;
        let mut elapsed = Duration::ZERO;
        let mut listening = true;
        loop {
            let until = kill_at.map_or(look, |kill_at| kill_at.min(look));
            let wait = Some(until.saturating_sub(elapsed));
            let [ended, spoken] = if listening {
                system::poll([child.pidfd.as_fd(), self.socket.as_fd()], wait)?
            } else {
                let [ended] = system::poll([child.pidfd.as_fd()], wait)?;
                [ended, false]
            };
            elapsed = now().duration_since(started);
            if ended {
                return Ok(Watched { wall: elapsed, tree_bytes, cut });
            }
            if spoken {
                // A cancellation, or the end of the other side: the same to the program.
                let _ = self.socket.read(&mut [0; 4]);
                listening = false;
                cut = Some(Cut::Cancelled);
                kill(child.pid);
            }
            if kill_at.is_some_and(|kill_at| elapsed >= kill_at) {
                match cut {
                    None => system::signal(-child.pid, libc::SIGTERM),
                    Some(_) => kill(child.pid),
                }
                cut = cut.or(Some(Cut::TimedOut));
                kill_at = Some(elapsed + GRACE);
            }
            if elapsed >= look {
                tree_bytes = tree_bytes.max(tree::resident_pages() * self.page_bytes);
                // Looking costs: seldom enough to stay far below a per cent.
                look = elapsed + (elapsed / 8).clamp(FIRST_LOOK, LONGEST_BETWEEN_LOOKS);
            }
        }
    }
}

/// The group, and the leader alone in case it moved to another group.
fn kill(leader: i32) {
    system::signal(-leader, libc::SIGKILL);
    system::signal(leader, libc::SIGKILL);
}

struct Watched {
    wall: Duration,
    tree_bytes: u64,
    cut: Option<Cut>,
}

fn not_started(stage: Stage, error: i32) -> Observed {
    Observed {
        end: End::NotStarted(stage, error),
        wall_ns: 0,
        usage: Usage::default(),
        io: None,
        tree_bytes: 0,
        stragglers: 0,
    }
}

/// What the processes a program left behind came to.
#[derive(Default)]
struct Left {
    processes: u64,
    usage: Usage,
}

/// Kills and removes every process that is still ours: whoever outlives its parent becomes a child
/// of the launcher. Usually there is none, and one system call says so.
fn bury() -> io::Result<Left> {
    let mut left = Left::default();
    let began = now();
    loop {
        match system::reap_any()? {
            Remaining::None => return Ok(left),
            Remaining::Reaped(usage) => {
                left.processes += 1;
                add(&mut left.usage, &usage);
                continue;
            }
            Remaining::Living => {}
        }
        for pid in tree::own_children()? {
            system::signal(pid, libc::SIGKILL);
        }
        if now().duration_since(began) > BURIAL {
            return Err(io::Error::other("a process the program left behind does not die"));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn add(total: &mut Usage, part: &Usage) {
    total.user_ns += part.user_ns;
    total.system_ns += part.system_ns;
    total.minor_faults += part.minor_faults;
    total.major_faults += part.major_faults;
    total.voluntary_switches += part.voluntary_switches;
    total.involuntary_switches += part.involuntary_switches;
    total.largest_bytes = total.largest_bytes.max(part.largest_bytes);
}

/// The counters of an ended process that nobody has waited for yet.
fn read_io(pid: i32) -> Option<Io> {
    tree::read_short(pid, b"/io", &mut [0; 512], parse_io)
}

/// Reads plain bytes, as text would bring in code whose pages count as the launcher's memory.
fn parse_io(text: &[u8]) -> Option<Io> {
    let field = |name: &[u8]| {
        text.split(|&byte| byte == b'\n').find_map(|line| tree::number(line.strip_prefix(name)?))
    };
    Some(Io {
        read: field(b"rchar: ")?,
        written: field(b"wchar: ")?,
        disk_read: field(b"read_bytes: ")?,
        // What was truncated before it reached the disk was never sent there.
        disk_written: field(b"write_bytes: ")?.saturating_sub(field(b"cancelled_write_bytes: ")?),
    })
}

#[expect(clippy::disallowed_methods, reason = "the clock around a measured process is read here")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_a_process_are_read_by_name() {
        let text = b"rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 60\n\
                    cancelled_write_bytes: 7\n";
        let io = Io { read: 1, written: 2, disk_read: 5, disk_written: 53 };
        assert_eq!(parse_io(text), Some(io));
    }

    #[test]
    fn counters_that_lack_a_field_are_no_counters() {
        assert_eq!(parse_io(b"rchar: 1\nwchar: 2\n"), None);
        assert_eq!(parse_io(b""), None);
        assert_eq!(parse_io(b"rchar: x\nwchar: 2\nread_bytes: 5\nwrite_bytes: 6\n"), None);
    }
}
