//! Who measures a run: whether what a process left unfinished is still in its hands.

use std::fs;

/// This process, told apart from every other one there was on this machine.
#[must_use]
pub fn keeper() -> String {
    name(std::process::id())
}

/// Whether the process of that name is still there.
#[must_use]
pub fn is_alive(keeper: &str) -> bool {
    let pid = keeper.split(' ').nth(1).and_then(|pid| pid.parse().ok());
    // A number may have been given to another process since, which began at another time.
    pid.is_some_and(|pid| name(pid) == keeper)
}

/// The boot, the number, and the time since the boot at which the process began. One that is not
/// there, or has ended and only waits to be fetched, has no beginning.
fn name(pid: u32) -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    format!("{} {pid} {}", boot.trim(), began(&stat).unwrap_or("gone"))
}

/// Field 22, counted behind the name, which may hold anything.
fn began(stat: &str) -> Option<&str> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let ended = fields.next()? == "Z";
    fields.nth(18).filter(|_| !ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_an_ended_one_is_not() {
        assert!(is_alive(&keeper()));
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let name = name(child.id());
        assert!(is_alive(&name));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_alive(&name));
    }

    #[test]
    fn the_same_number_of_another_time_or_boot_is_another_process() {
        let own = keeper();
        assert!(!is_alive(&format!("{own}1")));
        assert!(!is_alive(&format!("x{own}")));
        for text in ["", "boot", "boot x 1", "boot 99999999999 1"] {
            assert!(!is_alive(text), "{text}");
        }
    }

    #[test]
    fn the_beginning_is_behind_the_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 987 8 7";
        assert_eq!(began(stat), Some("987"));
        assert_eq!(began(&stat.replace(" S ", " Z ")), None);
        assert_eq!(began("7 (x) S 1"), None);
    }
}
