//! The system calls the launcher needs and `std` does not offer: the only `unsafe` code of the
//! measuring side. Every function here is safe to call; what makes it so is said where it is done.
#![expect(unsafe_code, reason = "fork, clone, wait4 and descriptor passing have no form in std")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::ptr;
use std::time::Duration;

/// Which side of a fork this is.
pub(super) enum Forked {
    Parent { child: i32 },
    Child,
}

/// Forks a process that has one thread, and refuses to fork one that has more.
pub(super) fn fork() -> io::Result<Forked> {
    let threads = fs::read_dir("/proc/self/task")?.count();
    if threads != 1 {
        return Err(io::Error::other(format!("this process already has {threads} threads")));
    }
    // SAFETY: with a single thread no lock can be held by a thread the child will not have, so the
    // child may go on using the allocator and the rest of std.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent { child }),
    }
}

/// Forks a process that is a child of this one's parent, as this one is.
pub(super) fn fork_sibling() -> io::Result<Forked> {
    let flags = libc::CLONE_PARENT | libc::SIGCHLD;
    // SAFETY: without a stack of its own and without shared memory this is a fork; the launcher,
    // which alone calls it, has one thread, so no lock can be held by one the child will not have.
    match unsafe { libc::syscall(libc::SYS_clone, libc::c_long::from(flags), 0, 0, 0, 0) } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent { child: child as i32 }),
    }
}

/// Ends this process at once: no destructors and no exit handlers of the program it was forked
/// from.
pub(super) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(code) }
}

/// The signal mask a started program shall have.
#[derive(Clone, Copy)]
pub(super) struct SignalMask(libc::sigset_t);

/// Turns a freshly forked process into a launcher: a session of its own (the terminal's ctrl-C and
/// job control do not reach it or its children), deaf to signals, adopting orphans.
pub(super) fn settle(null: BorrowedFd<'_>) -> io::Result<SignalMask> {
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: plain system calls; the two signal sets are initialised by the calls that take them
    // by pointer before they are read, and `null` is open for the whole of the call.
    unsafe {
        checked(libc::setsid())?;
        checked(libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))?;
        checked(libc::prctl(libc::PR_SET_NAME, c"tollgate-launch".as_ptr(), 0, 0, 0))?;
        let mut all = MaybeUninit::<libc::sigset_t>::uninit();
        checked(libc::sigfillset(all.as_mut_ptr()))?;
        checked(libc::sigprocmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()))?;
        for standard in [libc::STDIN_FILENO, libc::STDOUT_FILENO] {
            checked(libc::dup2(null.as_raw_fd(), standard))?;
        }
        Ok(SignalMask(before.assume_init()))
    }
}

/// A program to start, with everything it inherits.
pub(super) struct Program<'a> {
    pub path: &'a CStr,
    pub arguments: &'a [&'a CStr],
    pub environment: &'a [&'a CStr],
    pub dir: &'a CStr,
    /// Standard input, output and error.
    pub standard: [BorrowedFd<'a>; 3],
    pub mask: SignalMask,
}

/// A started program.
pub(super) struct Child {
    pub pid: i32,
    /// Readable once the program has ended.
    pub pidfd: OwnedFd,
}

/// Where starting a program failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Creating the process.
    Process,
    /// Entering its folder.
    Dir,
    /// Replacing the process by the program.
    Exec,
}

/// What the child reads and writes between its creation and the start of the program.
struct Start {
    path: *const c_char,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    dir: *const c_char,
    standard: [RawFd; 3],
    mask: libc::sigset_t,
    failure: Option<(Stage, i32)>,
}

const CHILD_STACK: usize = 32 * 1024;

/// Starts a program in a process group of its own; it is killed if the launcher dies.
pub(super) fn spawn(program: &Program<'_>) -> Result<Child, (Stage, i32)> {
    let arguments = pointers(program.arguments);
    let environment = pointers(program.environment);
    let mut start = Start {
        path: program.path.as_ptr(),
        arguments: arguments.as_ptr(),
        environment: environment.as_ptr(),
        dir: program.dir.as_ptr(),
        standard: program.standard.map(|fd| fd.as_raw_fd()),
        mask: program.mask.0,
        failure: None,
    };
    let mut stack: Vec<MaybeUninit<u8>> = Vec::with_capacity(CHILD_STACK);
    let mut pidfd: c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    // SAFETY: CLONE_VFORK suspends this process until the child has replaced its memory or ended,
    // so `start`, the pointers in it and `stack` outlive their use and nothing touches them at the
    // same time. All signals are blocked, so no handler runs on the shared memory. The stack top is
    // inside the allocation and aligned to 16 bytes.
    let pid = unsafe {
        let top = stack.as_mut_ptr().add(CHILD_STACK).cast::<c_void>();
        let top = top.byte_sub(top.addr() % 16);
        libc::clone(start_program, top, flags, (&raw mut start).cast::<c_void>(), &raw mut pidfd)
    };
    if pid < 0 {
        return Err((Stage::Process, last_errno()));
    }
    // SAFETY: a successful clone with CLONE_PIDFD stored a descriptor that only we know of.
    let child = Child { pid, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } };
    match start.failure {
        None => Ok(child),
        Some(failure) => {
            let _ = reap(pid);
            Err(failure)
        }
    }
}

fn pointers(strings: &[&CStr]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// Runs in the child, on the launcher's memory: system calls only, nothing that allocates.
extern "C" fn start_program(argument: *mut c_void) -> c_int {
    // SAFETY: `argument` is the `Start` of the suspended `spawn`, see there; its strings end in NUL
    // and its lists in a null pointer; the descriptors are open.
    unsafe {
        let start = &mut *argument.cast::<Start>();
        let stage = 'failed: {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) == -1
                || libc::setpgid(0, 0) == -1
            {
                break 'failed Stage::Process;
            }
            for (at, &fd) in start.standard.iter().enumerate() {
                if libc::dup2(fd, at as c_int) == -1 {
                    break 'failed Stage::Process;
                }
            }
            if libc::chdir(start.dir) == -1 {
                break 'failed Stage::Dir;
            }
            // Rust programs ignore SIGPIPE, and what is ignored stays ignored across exec.
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const start.mask, ptr::null_mut());
            libc::execve(start.path, start.arguments, start.environment);
            Stage::Exec
        };
        start.failure = Some((stage, last_errno()));
        libc::_exit(127)
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Exited(i32),
    Signalled(i32),
}

/// What the kernel counted for a process and the descendants it waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub user_ns: u64,
    pub system_ns: u64,
    pub minor_faults: u64,
    pub major_faults: u64,
    pub voluntary_switches: u64,
    pub involuntary_switches: u64,
    /// The largest resident memory of a single process.
    pub largest_bytes: u64,
}

/// Waits for the end of a child and removes it from the process table.
pub(super) fn reap(pid: i32) -> io::Result<(Status, Usage)> {
    loop {
        match wait4(pid, 0) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok((_, status, usage)) => return Ok((status, usage)),
        }
    }
}

/// What is left of the launcher's children.
pub(super) enum Remaining {
    None,
    Living,
    Reaped(Usage),
}

/// Removes one ended child, if there is one.
pub(super) fn reap_any() -> io::Result<Remaining> {
    match wait4(-1, libc::WNOHANG) {
        Ok((0, ..)) => Ok(Remaining::Living),
        Ok((_, _, usage)) => Ok(Remaining::Reaped(usage)),
        Err(error) if error.raw_os_error() == Some(libc::ECHILD) => Ok(Remaining::None),
        Err(error) => Err(error),
    }
}

fn wait4(pid: i32, options: c_int) -> io::Result<(i32, Status, Usage)> {
    let mut status: c_int = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are valid for the call, and a zeroed `rusage` is a value of its type.
    let (waited, usage) = unsafe {
        let waited = libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr());
        (checked(waited)?, usage.assume_init())
    };
    let status = if libc::WIFSIGNALED(status) {
        Status::Signalled(libc::WTERMSIG(status))
    } else {
        Status::Exited(libc::WEXITSTATUS(status))
    };
    Ok((waited, status, Usage::from(&usage)))
}

impl From<&libc::rusage> for Usage {
    fn from(usage: &libc::rusage) -> Usage {
        let nanos = |time: libc::timeval| {
            unsigned(time.tv_sec) * 1_000_000_000 + unsigned(time.tv_usec) * 1_000
        };
        Usage {
            user_ns: nanos(usage.ru_utime),
            system_ns: nanos(usage.ru_stime),
            minor_faults: unsigned(usage.ru_minflt),
            major_faults: unsigned(usage.ru_majflt),
            voluntary_switches: unsigned(usage.ru_nvcsw),
            involuntary_switches: unsigned(usage.ru_nivcsw),
            largest_bytes: unsigned(usage.ru_maxrss) * 1024,
        }
    }
}

fn unsigned(value: impl TryInto<u64>) -> u64 {
    value.try_into().unwrap_or(0)
}

/// Sends a signal to a process, or to a whole group by its negative number. That the target is
/// already gone is no error: it is what was wanted.
pub(super) fn signal(pid: i32, signal: i32) {
    // 0, 1 and -1 would reach this group, init or everybody.
    if pid.abs() > 1 {
        // SAFETY: `kill` has no memory preconditions.
        unsafe { libc::kill(pid, signal) };
    }
}

/// Which of the descriptors are readable or closed, after at most `timeout`.
pub(super) fn poll<const N: usize>(
    descriptors: [BorrowedFd<'_>; N],
    timeout: Option<Duration>,
) -> io::Result<[bool; N]> {
    let mut polled = descriptors.map(|descriptor| libc::pollfd {
        fd: descriptor.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    });
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: timeout.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the array has N entries and, like the time-out, lives through the call.
    let ready =
        unsafe { libc::ppoll(polled.as_mut_ptr(), N as libc::nfds_t, timeout, ptr::null()) };
    match checked(ready) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
        Err(error) => Err(error),
        Ok(_) => Ok(polled.map(|polled| polled.revents != 0)),
    }
}

const DESCRIPTORS: usize = 3;
const CONTROL: usize =
    // SAFETY: CMSG_SPACE only computes.
    unsafe { libc::CMSG_SPACE((DESCRIPTORS * size_of::<RawFd>()) as u32) } as usize;

/// Room for the descriptors beside a message, aligned as the kernel's header needs it.
#[repr(C)]
union Control {
    header: libc::cmsghdr,
    bytes: [u8; CONTROL],
}

fn message(part: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all zero is a valid `msghdr`: no name, no data, no control.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = part;
    message.msg_iovlen = 1;
    message.msg_control = ptr::from_mut(control).cast();
    message.msg_controllen = CONTROL as _;
    message
}

/// Sends the start of `bytes` together with three descriptors; returns how many bytes went.
pub(super) fn send_with(
    socket: &UnixStream,
    bytes: &[u8],
    descriptors: [BorrowedFd<'_>; DESCRIPTORS],
) -> io::Result<usize> {
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let mut control = Control { bytes: [0; CONTROL] };
    let message = message(&mut part, &mut control);
    let raw = descriptors.map(|descriptor| descriptor.as_raw_fd());
    // SAFETY: `message` points to `part` and `control`, both alive; the first header lies within
    // `control`, which has room for exactly three descriptors; the kernel only reads `bytes`.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of_val(&raw) as u32) as _;
        ptr::copy_nonoverlapping(
            raw.as_ptr().cast::<u8>(),
            libc::CMSG_DATA(header),
            size_of_val(&raw),
        );
        libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Receives up to `bytes.len()` bytes and the three descriptors that came with them, if any.
pub(super) fn receive_with(
    socket: &UnixStream,
    bytes: &mut [u8],
) -> io::Result<(usize, Option<[OwnedFd; DESCRIPTORS]>)> {
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let mut control = Control { bytes: [0; CONTROL] };
    let mut message = message(&mut part, &mut control);
    let mut raw: [RawFd; DESCRIPTORS] = [-1; DESCRIPTORS];
    // SAFETY: `message` points to `part` and `control`, both alive and writable; the descriptors
    // are copied out only from a complete header of the kind that carries exactly three, and
    // nobody else knows them.
    unsafe {
        let received = libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC);
        let received = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        if header.is_null()
            || (*header).cmsg_type != libc::SCM_RIGHTS
            || (*header).cmsg_len as usize != libc::CMSG_LEN(size_of_val(&raw) as u32) as usize
        {
            return Ok((received, None));
        }
        ptr::copy_nonoverlapping(
            libc::CMSG_DATA(header),
            raw.as_mut_ptr().cast::<u8>(),
            size_of_val(&raw),
        );
        Ok((received, Some(raw.map(|fd| OwnedFd::from_raw_fd(fd)))))
    }
}

/// Bytes in a page of memory.
pub(super) fn page_bytes() -> u64 {
    // SAFETY: `sysconf` has no preconditions.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(bytes).unwrap_or(4096)
}

fn checked(result: c_int) -> io::Result<c_int> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn last_errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
