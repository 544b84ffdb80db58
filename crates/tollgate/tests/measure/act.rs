//! This binary as the program that is measured: `--act NAME ARGUMENT`.

use std::hint::black_box;
use std::thread::sleep;
use std::time::Duration;

/// Plays the part named on the command line, if one is.
pub fn requested() -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flag, part, argument, ..] = &arguments[..] else { return false };
    if flag != "--act" {
        return false;
    }
    let number = || argument.parse::<u64>().unwrap();
    match part.as_str() {
        // Holds so many MB of memory for a third of a second.
        "hold" => {
            let held = vec![1_u8; usize::try_from(number()).unwrap() * 1_000_000];
            sleep(Duration::from_millis(300));
            black_box(&held);
        }
        // Measures a program that sleeps for so many seconds.
        "measure-sleep" => super::processes::measure_a_long_sleep(argument),
        // Measures a small program so many times and prints the mean of its wall time.
        "repeat" => super::processes::repeat_a_small_program(number()),
        other => panic!("no part `{other}`"),
    }
    true
}

/// A command line that plays a part.
pub fn command(part: &str, argument: &str) -> Vec<String> {
    let exe = std::env::current_exe().unwrap();
    vec![exe.to_str().unwrap().to_owned(), "--act".into(), part.into(), argument.into()]
}
