//! A scenario as people write it: what happens to which devices, when, and when nobody looks.

use serde::Deserialize;
use thiserror::Error;

use crate::event::{Kind, Report, Subject};

#[derive(Clone, Debug)]
pub struct Scenario {
    pub title: String,
    pub lasts_s: u64,
    devices: Vec<String>,
    steps: Vec<Step>,
    away: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct Step {
    from_s: u64,
    every_s: u64,
    until_s: u64,
    report: Report,
}

#[derive(Debug, Error)]
pub enum BadScenario {
    #[error("this is no scenario: {0}")]
    Form(#[from] toml::de::Error),
    #[error("`{0}` is no time: write for example 90s, 5m, 2h or 7d")]
    Time(String),
    #[error("step {number}: `{kind}` {wrong}")]
    Event { number: usize, kind: &'static str, wrong: &'static str },
    #[error("step {number}: {wrong}")]
    Step { number: usize, wrong: &'static str },
    #[error("a scenario lasts for {LONGEST_S} s at most")]
    Long,
}

/// A year.
const LONGEST_S: u64 = 366 * 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    lasts: String,
    devices: Vec<String>,
    #[serde(default)]
    step: Vec<WrittenStep>,
    #[serde(default)]
    away: Vec<WrittenAway>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    at: String,
    every: Option<String>,
    until: Option<String>,
    event: Kind,
    seconds: Option<f64>,
    #[serde(default = "once")]
    times: u64,
    /// All of them if there is none.
    device: Option<String>,
    port: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAway {
    at: String,
    lasts: String,
}

impl Scenario {
    pub fn read(text: &str) -> Result<Scenario, BadScenario> {
        let written: Written = toml::from_str(text)?;
        let lasts_s = time(&written.lasts)?;
        if lasts_s > LONGEST_S {
            return Err(BadScenario::Long);
        }
        let mut steps = Vec::new();
        for (step, number) in written.step.iter().zip(1..) {
            let devices = match &step.device {
                Some(device) => std::slice::from_ref(device),
                None => written.devices.as_slice(),
            };
            for device in devices {
                steps.push(read_step(step, device, number, lasts_s)?);
            }
        }
        let away = |away: &WrittenAway| {
            let from_s = time(&away.at)?;
            Ok((from_s, from_s.saturating_add(time(&away.lasts)?)))
        };
        let away = written.away.iter().map(away).collect::<Result<_, BadScenario>>()?;
        Ok(Scenario { title: written.title, lasts_s, devices: written.devices, steps, away })
    }

    #[must_use]
    pub fn devices(&self) -> &[String] {
        &self.devices
    }

    /// What is reported in a second.
    pub fn reports(&self, second: u64) -> impl Iterator<Item = Report> {
        let due = self.steps.iter().filter(move |step| {
            let is_in = step.from_s <= second && second < step.until_s;
            is_in && (second - step.from_s).is_multiple_of(step.every_s)
        });
        due.map(|step| step.report.clone())
    }

    /// Whether the program is not running.
    #[must_use]
    pub fn is_away(&self, second: u64) -> bool {
        self.away.iter().any(|&(from, until)| from <= second && second < until)
    }

    /// The same without anybody being away.
    #[must_use]
    pub fn always_there(&self) -> Scenario {
        Scenario { away: Vec::new(), ..self.clone() }
    }
}

fn read_step(
    step: &WrittenStep,
    device: &str,
    number: usize,
    lasts_s: u64,
) -> Result<Step, BadScenario> {
    let from_s = time(&step.at)?;
    let every_s = step.every.as_deref().map(time).transpose()?;
    let wrong = |wrong| Err(BadScenario::Step { number, wrong });
    let until_s = match (every_s, &step.until) {
        (Some(_), Some(until)) => time(until)?,
        (Some(_), None) => lasts_s,
        (None, Some(_)) => return wrong("`until` is of no use without `every`"),
        (None, None) => from_s + 1,
    };
    if every_s == Some(0) || step.times == 0 {
        return wrong("`every` and `times` are above zero");
    }
    let kind = step.event;
    let event = kind.with(step.seconds);
    let event = event.map_err(|wrong| BadScenario::Event { number, kind: kind.name(), wrong })?;
    let subject = Subject { device: device.to_owned(), port: step.port.clone() };
    let report = Report { subject, event, times: step.times };
    Ok(Step { from_s, every_s: every_s.unwrap_or(1), until_s, report })
}

/// In seconds: parts such as `1h30m`.
fn time(text: &str) -> Result<u64, BadScenario> {
    let bad = || BadScenario::Time(text.to_owned());
    let (mut rest, mut seconds) = (text, 0_u64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let number: u64 = rest[..end].parse().map_err(|_| bad())?;
        let unit = match rest.as_bytes()[end] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            _ => return Err(bad()),
        };
        let part = number.checked_mul(unit).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).filter(|sum| *sum <= LONGEST_S).ok_or_else(bad)?;
        rest = &rest[end + 1..];
    }
    if text.is_empty() { Err(bad()) } else { Ok(seconds) }
}

fn once() -> u64 {
    1
}
