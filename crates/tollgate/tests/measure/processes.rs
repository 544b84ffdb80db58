//! What the launcher observes of single processes.

use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::Duration;

use tollgate::measure::launcher::{End, Job, Launcher, LauncherError, Observed, Stage};

use super::act;

super::harness::tests![
    a_small_program_is_small_though_its_measurer_is_large,
    the_memory_of_concurrent_children_adds_up,
    the_largest_of_children_one_after_the_other_counts,
    exit_codes_and_signals_are_told_apart,
    a_timeout_ends_a_program_politely_first,
    a_program_deaf_to_the_polite_signal_is_killed,
    a_daemon_is_killed_at_the_end_of_the_trial,
    processor_time_of_abandoned_children_is_counted,
    wall_time_is_that_of_the_program,
    bytes_read_and_written_are_counted,
    a_program_that_does_not_exist_is_named_as_such,
    a_folder_that_does_not_exist_is_named_as_such,
    a_script_without_an_interpreter_line_runs_in_a_shell,
    programs_start_with_the_default_reaction_to_broken_pipes,
    a_program_has_no_terminal_and_an_own_group,
    the_wish_to_stop_kills_the_program,
    the_launcher_outlives_a_stop_that_came_too_late,
    a_program_is_repeated_as_often_as_asked,
    a_stop_ends_repeating,
    repeating_ends_when_enough_is_known,
    a_nul_in_an_argument_is_refused,
    an_environment_that_is_too_long_is_refused,
    a_launcher_that_was_killed_is_an_error,
    a_measured_program_dies_with_its_measurer,
];

/// Programs that are to be stopped would sleep this long. What ended earlier was stopped, however
/// busy the machine.
const ITS_OWN_END_NS: u64 = 30_000_000_000;

const TENTH: Duration = Duration::from_millis(100);

fn observe(launcher: &mut Launcher, command: &[&str]) -> Observed {
    let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    observe_until(launcher, &command, None)
}

fn observe_until(
    launcher: &mut Launcher,
    command: &[String],
    timeout: Option<Duration>,
) -> Observed {
    launcher.run(&job(command, timeout), &AtomicBool::new(false)).unwrap()
}

fn job(command: &[String], timeout: Option<Duration>) -> Job<'_> {
    Job {
        path: Path::new(&command[0]),
        command,
        environment: &[],
        dir: Path::new("/"),
        stdin: None,
        stdout: None,
        stderr: None,
        timeout,
    }
}

fn sh(script: &str) -> [&str; 3] {
    ["/bin/sh", "-c", script]
}

fn peak(observed: &Observed) -> u64 {
    observed.usage.largest_bytes.max(observed.tree_bytes)
}

fn a_small_program_is_small_though_its_measurer_is_large(launcher: &mut Launcher) {
    let held = vec![1_u8; 300_000_000];
    let observed = observe(launcher, &["/bin/true"]);
    assert_eq!(observed.end, End::Exited(0));
    // The launcher's own pages, which are more without optimisation.
    assert!(peak(&observed) < 8 << 20, "{observed:?}");
    assert!(peak(&observed) > 256 << 10, "{observed:?}");
    std::hint::black_box(held);
}

fn the_memory_of_concurrent_children_adds_up(launcher: &mut Launcher) {
    let hold = act::command("hold", "50").join(" ");
    let observed = observe(launcher, &sh(&format!("{hold} & {hold} & wait")));
    assert!(peak(&observed) >= 100_000_000, "{observed:?}");
    assert!(peak(&observed) < 130_000_000, "{observed:?}");
}

fn the_largest_of_children_one_after_the_other_counts(launcher: &mut Launcher) {
    let hold = act::command("hold", "50").join(" ");
    let observed = observe(launcher, &sh(&format!("{hold}; {hold}; true")));
    assert!((50_000_000..70_000_000).contains(&peak(&observed)), "{observed:?}");
}

fn exit_codes_and_signals_are_told_apart(launcher: &mut Launcher) {
    assert_eq!(observe(launcher, &sh("exit 7")).end, End::Exited(7));
    assert_eq!(observe(launcher, &sh("kill -SEGV $$")).end, End::Signalled(libc::SIGSEGV));
    assert_eq!(observe(launcher, &["/bin/false"]).end, End::Exited(1));
}

fn a_timeout_ends_a_program_politely_first(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("asked");
    let script = format!("trap 'touch {}; exit 3' TERM; sleep 30 & wait", mark.display());
    let command: Vec<String> = sh(&script).map(str::to_owned).into();
    let observed = observe_until(launcher, &command, Some(TENTH));
    assert_eq!(observed.end, End::TimedOut);
    assert!(mark.exists());
    assert!(observed.wall_ns < ITS_OWN_END_NS, "{observed:?}");
}

fn a_program_deaf_to_the_polite_signal_is_killed(launcher: &mut Launcher) {
    let command: Vec<String> =
        sh("trap '' TERM; while :; do sleep 0.05; done").map(str::to_owned).into();
    let observed = observe_until(launcher, &command, Some(TENTH));
    assert_eq!(observed.end, End::TimedOut);
    assert!((1_000_000_000..ITS_OWN_END_NS).contains(&observed.wall_ns), "{observed:?}");
}

fn a_daemon_is_killed_at_the_end_of_the_trial(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let number = folder.path().join("pid");
    let script =
        format!("setsid sh -c 'echo $$ > {0}; sleep 60' & while [ ! -s {0} ]; do :; done", {
            number.display()
        });
    let observed = observe(launcher, &sh(&script));
    assert_eq!(observed.end, End::Exited(0));
    assert!(observed.stragglers >= 1, "{observed:?}");
    let pid = fs::read_to_string(number).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists());
}

fn processor_time_of_abandoned_children_is_counted(launcher: &mut Launcher) {
    let observed = observe(launcher, &sh("while :; do :; done & sleep 0.5"));
    let cpu = observed.usage.user_ns + observed.usage.system_ns;
    assert!(cpu > 50_000_000, "{observed:?}");
    assert_eq!(observed.stragglers, 1, "{observed:?}");
}

fn wall_time_is_that_of_the_program(launcher: &mut Launcher) {
    let observed = observe(launcher, &["/bin/sleep", "0.05"]);
    assert!((50_000_000..ITS_OWN_END_NS).contains(&observed.wall_ns), "{observed:?}");
}

fn bytes_read_and_written_are_counted(launcher: &mut Launcher) {
    let observed = observe(launcher, &sh("head -c 3000000 /dev/zero > /dev/null"));
    let io = observed.io.expect("this kernel counts");
    assert!(io.read >= 3_000_000 && io.written >= 3_000_000, "{observed:?}");
    let observed = observe(launcher, &["/bin/true"]);
    assert!(observed.io.unwrap().written == 0, "{observed:?}");
}

fn a_program_that_does_not_exist_is_named_as_such(launcher: &mut Launcher) {
    let observed = observe(launcher, &["/no/such/program"]);
    assert_eq!(observed.end, End::NotStarted(Stage::Exec, libc::ENOENT));
    assert_eq!(observe(launcher, &["/bin/true"]).end, End::Exited(0));
}

fn a_folder_that_does_not_exist_is_named_as_such(launcher: &mut Launcher) {
    let command = ["/bin/true".to_owned()];
    let job = Job { dir: Path::new("/no/such/folder"), ..job(&command, None) };
    let observed = launcher.run(&job, &AtomicBool::new(false)).unwrap();
    assert_eq!(observed.end, End::NotStarted(Stage::Dir, libc::ENOENT));
}

fn a_script_without_an_interpreter_line_runs_in_a_shell(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "exit $1\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let observed = observe(launcher, &[script.to_str().unwrap(), "9"]);
    assert_eq!(observed.end, End::Exited(9));
}

fn programs_start_with_the_default_reaction_to_broken_pipes(launcher: &mut Launcher) {
    // SIGPIPE is signal 13: bit 12 of the mask of ignored and of blocked signals.
    let script = "while read name mask; do case $name in SigIgn:|SigBlk:) \
                  [ $((0x$mask & 0x1000)) = 0 ] || exit 5;; esac; done < /proc/self/status";
    assert_eq!(observe(launcher, &sh(script)).end, End::Exited(0));
}

fn a_program_has_no_terminal_and_an_own_group(launcher: &mut Launcher) {
    let script = "read pid name state parent group session terminal rest < /proc/self/stat; \
                  [ $pid = $group ] && [ $terminal = 0 ]";
    assert_eq!(observe(launcher, &sh(script)).end, End::Exited(0));
}

fn the_wish_to_stop_kills_the_program(launcher: &mut Launcher) {
    let command = ["/bin/sleep", "30"].map(str::to_owned);
    let observed = launcher.run(&job(&command, None), &AtomicBool::new(true)).unwrap();
    assert_eq!(observed.end, End::Cancelled);
    assert!(observed.wall_ns < ITS_OWN_END_NS);
}

fn the_launcher_outlives_a_stop_that_came_too_late(launcher: &mut Launcher) {
    let command = ["/bin/true".to_owned()];
    let stop = AtomicBool::new(true);
    for _ in 0..200 {
        let observed = launcher.run(&job(&command, None), &stop).unwrap();
        assert!(matches!(observed.end, End::Cancelled | End::Exited(0)), "{observed:?}");
    }
    let observed = launcher.run(&job(&command, None), &AtomicBool::new(false)).unwrap();
    assert_eq!(observed.end, End::Exited(0));
}

fn a_program_is_repeated_as_often_as_asked(launcher: &mut Launcher) {
    let (mut ends, stop) = (Vec::new(), AtomicBool::new(false));
    let mut repeat = |command: &[&str], times| {
        let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        ends.clear();
        let job = job(&command, None);
        let each = &mut |observed: Observed| {
            ends.push(observed.end);
            ControlFlow::Continue(())
        };
        launcher.repeat(&job, times, &stop, each).unwrap();
        ends.clone()
    };
    assert_eq!(repeat(&["/bin/false"], 3), [End::Exited(1); 3]);
    assert_eq!(repeat(&["/no/such"], 3), [End::NotStarted(Stage::Exec, libc::ENOENT)]);
    assert_eq!(repeat(&["/bin/true"], 0), []);
    assert_eq!(repeat(&["/bin/true"], 1), [End::Exited(0)]);
}

fn a_stop_ends_repeating(launcher: &mut Launcher) {
    let command = ["/bin/sleep", "0.01"].map(str::to_owned);
    let (mut ends, stop) = (Vec::new(), AtomicBool::new(false));
    let each = &mut |observed: Observed| {
        ends.push(observed.end);
        stop.store(ends.len() >= 5, std::sync::atomic::Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    launcher.repeat(&job(&command, None), 1_000_000, &stop, each).unwrap();
    assert_eq!(ends.last(), Some(&End::Cancelled));
    // How many more end before the stop is seen depends on the machine.
    assert!(ends.len() < 1000, "{}", ends.len());
    assert_eq!(observe(launcher, &["/bin/true"]).end, End::Exited(0));
}

fn repeating_ends_when_enough_is_known(launcher: &mut Launcher) {
    let command = ["/bin/true".to_owned()];
    for enough in 1..20 {
        let mut ends = Vec::new();
        let each = &mut |observed: Observed| {
            ends.push(observed.end);
            if ends.len() < enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        launcher.repeat(&job(&command, None), 20, &AtomicBool::new(false), each).unwrap();
        assert_eq!(ends, vec![End::Exited(0); enough]);
    }
    assert_eq!(observe(launcher, &["/bin/false"]).end, End::Exited(1));
}

fn a_nul_in_an_argument_is_refused(launcher: &mut Launcher) {
    let command = ["/bin/true".to_owned(), "a\0b".to_owned()];
    let error = launcher.run(&job(&command, None), &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, LauncherError::Nul(_)), "{error:?}");
}

fn an_environment_that_is_too_long_is_refused(launcher: &mut Launcher) {
    let command = ["/bin/true".to_owned()];
    let value = |bytes: usize| [(OsString::from("A"), OsString::from("a".repeat(bytes)))];
    let environment = value(9_000_000);
    let job = Job { environment: &environment, ..job(&command, None) };
    let error = launcher.run(&job, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, LauncherError::TooLong { .. }), "{error:?}");
    // Less than the launcher takes, but more than the kernel does.
    let environment = value(7_000_000);
    let job = Job { environment: &environment, ..job };
    let observed = launcher.run(&job, &AtomicBool::new(false)).unwrap();
    assert_eq!(observed.end, End::NotStarted(Stage::Exec, libc::E2BIG));
}

fn a_launcher_that_was_killed_is_an_error(launcher: &mut Launcher) {
    let children = fs::read_to_string("/proc/thread-self/children").unwrap();
    for pid in children.split_whitespace() {
        assert!(Command::new("kill").args(["-KILL", pid]).status().unwrap().success());
    }
    let command = ["/bin/true".to_owned()];
    let error = launcher.run(&job(&command, None), &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, LauncherError::Lost(_)), "{error:?}");
}

/// The part of the measurer that will be killed; it never returns on its own.
pub fn measure_a_long_sleep(seconds: &str) {
    let mut launcher = Launcher::fork().unwrap();
    observe(&mut launcher, &["/bin/sleep", seconds]);
}

/// What one would time from outside to learn what a trial costs beside the program.
pub fn repeat_a_small_program(times: u64) {
    let mut launcher = Launcher::fork().unwrap();
    let environment: Vec<_> = std::env::vars_os().collect();
    let command = ["/bin/true".to_owned()];
    let job = Job { environment: &environment, ..job(&command, None) };
    let stop = AtomicBool::new(false);
    #[expect(clippy::disallowed_methods, reason = "times the timing")]
    let now = std::time::Instant::now;
    let mut walls = Vec::new();
    let started = now();
    let times = u32::try_from(times).unwrap();
    let each = &mut |observed: Observed| {
        walls.push(observed.wall_ns);
        ControlFlow::Continue(())
    };
    launcher.repeat(&job, times, &stop, each).unwrap();
    let whole = started.elapsed().as_nanos() as u64;
    walls.sort_unstable();
    let (mean, middle) = (walls.iter().sum::<u64>() / u64::from(times), walls[walls.len() / 2]);
    let beside = whole / u64::from(times) - mean;
    println!("mean {mean} ns, median {middle} ns, shortest {} ns; {beside} ns beside", walls[0]);
}

fn a_measured_program_dies_with_its_measurer(_: &mut Launcher) {
    // So many seconds that nobody else sleeps as long.
    let seconds = format!("{}.125", 100_000 + std::process::id());
    let command = act::command("measure-sleep", &seconds);
    let mut measurer =
        Command::new(&command[0]).args(&command[1..]).stdin(Stdio::null()).spawn().unwrap();
    wait_until(|| sleepers(&seconds) == 1);
    measurer.kill().unwrap();
    measurer.wait().unwrap();
    wait_until(|| sleepers(&seconds) == 0);
}

fn wait_until(condition: impl Fn() -> bool) {
    for _ in 0..100 {
        if condition() {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("it did not happen within five seconds");
}

fn sleepers(seconds: &str) -> usize {
    let wanted = format!("/bin/sleep\0{seconds}\0");
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok())
        .filter(|line| *line == wanted.as_bytes())
        .count()
}
