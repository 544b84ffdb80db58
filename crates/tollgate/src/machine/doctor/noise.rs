//! Who else uses the machine, and what may change under a measurement.

use super::{Check, Rating, rate, unknown};
use crate::machine::parse_meminfo;
use crate::quantity::{Dimension, show};

/// The share of time between two readings of `/proc/stat` in which the host ran somebody else.
pub(super) fn stolen(before: &str, after: &str) -> Option<f64> {
    let ((total_before, steal_before), (total, steal)) = (parse_stat(before)?, parse_stat(after)?);
    let passed = total.checked_sub(total_before).filter(|&passed| passed > 0)?;
    Some(steal.saturating_sub(steal_before) as f64 / passed as f64)
}

/// All ticks, and those stolen. Guests' ticks are already in those of user mode.
fn parse_stat(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> =
        line.split_whitespace().take(8).map(|field| field.parse().ok()).collect::<Option<_>>()?;
    Some((ticks.iter().sum(), *ticks.get(7)?))
}

pub(super) fn steal(share: Option<f64>) -> Check {
    let name = "stolen time";
    let Some(share) = share else {
        return unknown(name, "The kernel does not say how often the host ran somebody else.");
    };
    let meaning = if share > 0.005 {
        "The host gives this machine's processors to others meanwhile, which lengthens wall times \
         at random: spread trials over time and compare within one run."
    } else {
        "The host hardly took a processor away while this was examined."
    };
    Check {
        name,
        value: show(share, Dimension::SHARE),
        rating: rate(share, 0.005, 0.02),
        meaning: meaning.to_owned(),
    }
}

pub(super) fn load(loadavg: Option<&str>, cores: u32) -> Check {
    let name = "load";
    let average: Option<f64> =
        loadavg.and_then(|text| text.split_whitespace().next()?.parse().ok());
    let Some(average) = average.filter(|_| cores > 0) else {
        return unknown(name, "The kernel does not say how busy the machine is.");
    };
    let share = average / f64::from(cores);
    let meaning = if share > 0.25 {
        "Other programs compete for the processors, so wall times will be longer and vary more \
         than on an idle machine."
    } else {
        "Few other programs compete for the processors."
    };
    Check {
        name,
        value: format!("{average} over the last minute, on {cores} cores"),
        rating: rate(share, 0.25, 0.75),
        meaning: meaning.to_owned(),
    }
}

pub(super) fn frequency(governor: Option<&str>, turbo: Option<bool>) -> Check {
    let name = "processor frequency";
    let boosts = match turbo {
        Some(true) => ", boost on",
        Some(false) => ", boost off",
        None => "",
    };
    let Some(governor) = governor else {
        let value = format!("not shown{boosts}");
        let meaning = "The processor's frequency is decided elsewhere, as in most virtual \
                       machines: it may change between runs without a trace.";
        return Check { name, value, rating: Rating::Fair, meaning: meaning.to_owned() };
    };
    let steady = governor == "performance";
    let (rating, meaning) = match (steady, turbo) {
        (true, Some(false) | None) => {
            (Rating::Good, "The frequency stays up, so the same work takes the same time.")
        }
        (true, Some(true)) => (
            Rating::Fair,
            "Boost raises the frequency as long as heat allows: later trials may be slower than \
             the first.",
        ),
        (false, _) => (
            Rating::Poor,
            "The frequency follows the load, so short programs run at a lower one than long ones: \
             the governor `performance` avoids that.",
        ),
    };
    Check { name, value: format!("{governor}{boosts}"), rating, meaning: meaning.to_owned() }
}

pub(super) fn memory(meminfo: &str) -> Check {
    let name = "memory";
    let field = |name| parse_meminfo(meminfo, name).map(|bytes| bytes as f64);
    let (Some(total), Some(available)) = (field("MemTotal"), field("MemAvailable")) else {
        return unknown(name, "The kernel does not say how much memory is free.");
    };
    let swapped = field("SwapTotal").zip(field("SwapFree")).map_or(0.0, |(all, free)| all - free);
    let used = 1.0 - available / total.max(1.0);
    let bytes = |bytes| show(bytes, Dimension::BYTES);
    let rating = rate(used, 0.75, 0.9).max(rate(swapped / total.max(1.0), 0.01, 0.1));
    let meaning = if rating == Rating::Good {
        "There is room for programs and for cached files."
    } else {
        "Memory is short: programs may wait for pages to come back from disk, and reading files \
         takes longer than when they are cached."
    };
    Check {
        name,
        value: format!(
            "{} of {} available, {} swapped",
            bytes(available),
            bytes(total),
            bytes(swapped)
        ),
        rating,
        meaning: meaning.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_its_share_of_all_time_between_two_readings() {
        let before = "cpu  100 0 100 800 0 0 0 10 0 0\ncpu0 1 1\n";
        let after = "cpu  150 0 100 840 0 0 0 20 50 0\n";
        assert_eq!(stolen(before, after), Some(0.1));
        assert_eq!(stolen(before, before), None);
        assert_eq!(stolen(after, before), None);
        assert_eq!(stolen("cpu  1 2\n", after), None);
        assert_eq!(stolen("", ""), None);
        assert_eq!(steal(Some(0.1)).rating, Rating::Poor);
        assert_eq!(steal(Some(0.0)).rating, Rating::Good);
        assert_eq!(steal(None).rating, Rating::Fair);
    }

    #[test]
    fn the_load_counts_against_the_cores() {
        let rating = |text, cores| load(Some(text), cores).rating;
        assert_eq!(rating("0.20 0.1 0.1 1/100 1", 2), Rating::Good);
        assert_eq!(rating("1.20 0.1 0.1 1/100 1", 2), Rating::Fair);
        assert_eq!(rating("1.20 0.1 0.1 1/100 1", 64), Rating::Good);
        assert_eq!(rating("9 0.1 0.1 1/100 1", 2), Rating::Poor);
        assert_eq!(load(Some(""), 2).value, "unknown");
        assert_eq!(load(Some("1"), 0).value, "unknown");
        assert_eq!(load(None, 2).value, "unknown");
    }

    #[test]
    fn a_governor_that_follows_the_load_is_poor() {
        assert_eq!(frequency(Some("powersave"), Some(false)).rating, Rating::Poor);
        assert_eq!(frequency(Some("performance"), Some(true)).rating, Rating::Fair);
        assert_eq!(frequency(Some("performance"), Some(false)).rating, Rating::Good);
        let check = frequency(None, None);
        assert_eq!((check.rating, check.value.as_str()), (Rating::Fair, "not shown"));
    }

    #[test]
    fn short_memory_and_swapping_are_told() {
        let meminfo = |available, swap_free| {
            format!(
                "MemTotal: 1000000 kB\nMemAvailable: {available} kB\nSwapTotal: 500000 kB\n\
                 SwapFree: {swap_free} kB\n"
            )
        };
        assert_eq!(memory(&meminfo(900_000, 500_000)).rating, Rating::Good);
        assert_eq!(memory(&meminfo(200_000, 500_000)).rating, Rating::Fair);
        assert_eq!(memory(&meminfo(50_000, 500_000)).rating, Rating::Poor);
        assert_eq!(memory(&meminfo(900_000, 100_000)).rating, Rating::Poor);
        assert_eq!(memory("").value, "unknown");
    }
}
