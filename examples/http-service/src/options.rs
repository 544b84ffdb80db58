//! The command line: `--port N`, and the faults that may be asked for.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub port: u16,
    pub faults: Faults,
}

/// What the service does wrong on purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Every answer is so late.
    pub slow: Duration,
    /// So long nothing is answered, at the end of every period.
    pub freeze: Option<(Duration, Duration)>,
    /// The share of answers that are errors.
    pub fail: f64,
    /// Bytes that are kept for each request.
    pub leak: usize,
    pub die_after: Option<Duration>,
}

impl Options {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options { port: 8080, faults: Faults::default() };
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{name}` needs a value"))?;
            let wrong = || format!("`{name}` cannot be `{value}`");
            let faults = &mut options.faults;
            match name.as_str() {
                "--port" => options.port = value.parse().map_err(|_| wrong())?,
                "--slow" => faults.slow = duration(&value).ok_or_else(wrong)?,
                "--freeze" => faults.freeze = Some(freeze(&value).ok_or_else(wrong)?),
                "--fail" => faults.fail = share(&value).ok_or_else(wrong)?,
                "--leak" => faults.leak = bytes(&value).ok_or_else(wrong)?,
                "--die-after" => faults.die_after = Some(duration(&value).ok_or_else(wrong)?),
                _ => return Err(format!("there is no option `{name}`; options: --port N")),
            }
        }
        Ok(options)
    }
}

/// `250ms/1250ms`: how long, in how long a period.
fn freeze(text: &str) -> Option<(Duration, Duration)> {
    let (length, period) = text.split_once('/')?;
    let (length, period) = (duration(length)?, duration(period)?);
    (length < period).then_some((length, period))
}

fn share(text: &str) -> Option<f64> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
}

fn duration(text: &str) -> Option<Duration> {
    match unit(text)? {
        (number, "ms") => Some(Duration::from_millis(number)),
        (number, "s") => Some(Duration::from_secs(number)),
        _ => None,
    }
}

fn bytes(text: &str) -> Option<usize> {
    let (number, unit) = unit(text)?;
    let factor = match unit {
        "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        _ => return None,
    };
    usize::try_from(number).ok()?.checked_mul(factor)
}

/// A whole number and the unit behind it.
fn unit(text: &str) -> Option<(u64, &str)> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, String> {
        Options::read(text.split(' ').map(str::to_owned))
    }

    #[test]
    fn every_fault_can_be_asked_for() {
        let all = "--port 80 --slow 200ms --freeze 250ms/1250ms --fail 0.05 --leak 100kB \
                   --die-after 2s";
        let faults = Faults {
            slow: Duration::from_millis(200),
            freeze: Some((Duration::from_millis(250), Duration::from_millis(1250))),
            fail: 0.05,
            leak: 100_000,
            die_after: Some(Duration::from_secs(2)),
        };
        assert_eq!(read(all), Ok(Options { port: 80, faults }));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for wrong in [
            "--port",
            "--port x",
            "--port 65536",
            "--slow 5",
            "--slow ms",
            "--slow -1ms",
            "--freeze 1s",
            "--freeze 2s/1s",
            "--fail 2",
            "--fail NaN",
            "--leak 1GB",
            "--leak 1.5kB",
            "--die-after soon",
            "--what 1",
        ] {
            let name = wrong.split(' ').next().unwrap();
            assert!(read(wrong).unwrap_err().contains(name), "{wrong}");
        }
    }
}
