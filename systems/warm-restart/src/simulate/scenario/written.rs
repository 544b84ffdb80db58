//! A scenario as people write it.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::start::{self, File};
use super::{BadScenario, Scenario, Step};
use crate::event::{Kind, Report, Subject};
use crate::place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    lasts: Spanned<String>,
    devices: Vec<String>,
    #[serde(default)]
    step: Vec<Spanned<WrittenStep>>,
    #[serde(default)]
    start: Vec<Spanned<WrittenStart>>,
    #[serde(default)]
    away: Vec<WrittenAway>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    at: Spanned<String>,
    every: Option<Spanned<String>>,
    until: Option<Spanned<String>>,
    event: Spanned<Kind>,
    seconds: Option<f64>,
    #[serde(default = "once")]
    times: u64,
    /// All of them if there is none.
    device: Option<Spanned<String>>,
    port: Option<String>,
}

/// A start of a device, whose reports follow from what it finds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStart {
    at: Spanned<String>,
    every: Option<Spanned<String>>,
    until: Option<Spanned<String>>,
    state: File,
    /// Newest first.
    #[serde(default)]
    backups: Vec<File>,
    /// How long the kernel takes; without it, it never says that it is done.
    sync: Option<Spanned<String>>,
    device: Option<Spanned<String>>,
    port: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAway {
    at: Spanned<String>,
    lasts: Spanned<String>,
}

/// `at`, `every` and `until`.
type Times<'w> = (&'w Spanned<String>, &'w Option<Spanned<String>>, &'w Option<Spanned<String>>);

/// When something happens.
#[derive(Clone, Copy)]
struct When {
    from_s: u64,
    every_s: u64,
    until_s: u64,
}

impl When {
    /// Something that is reported so much later each time.
    fn after(self, later_s: u64, report: Report) -> Step {
        let (from_s, until_s) = (self.from_s + later_s, self.until_s + later_s);
        Step { from_s, every_s: self.every_s, until_s, report }
    }
}

/// A text, and what it is called.
#[derive(Clone, Copy)]
struct Source<'t> {
    text: &'t str,
    file: &'t str,
}

/// A year.
const LONGEST_S: u64 = 366 * 86_400;

pub(super) fn read(text: &str, file: &str) -> Result<Scenario, BadScenario> {
    let source = Source { text, file };
    let form = |error: toml::de::Error| {
        source.wrong(error.span().unwrap_or_default(), error.message().to_owned())
    };
    let written: Written = toml::from_str(text).map_err(form)?;
    let lasts_s = source.time(&written.lasts)?;
    let mut steps = Vec::new();
    let of = |device: &Option<Spanned<String>>| match device {
        None => Ok(written.devices.clone()),
        Some(device) if written.devices.contains(device.get_ref()) => {
            Ok(vec![device.get_ref().clone()])
        }
        Some(device) => {
            let what = format!("`{}` is none of `devices`", device.get_ref());
            Err(source.wrong(device.span(), what))
        }
    };
    for step in &written.step {
        for device in of(&step.get_ref().device)? {
            steps.push(source.step(step, device, lasts_s)?);
        }
    }
    for start in &written.start {
        for device in of(&start.get_ref().device)? {
            steps.extend(source.start(start, &device, lasts_s)?);
        }
    }
    let away = |away: &WrittenAway| {
        let from_s = source.time(&away.at)?;
        Ok((from_s, from_s.saturating_add(source.time(&away.lasts)?)))
    };
    let away = written.away.iter().map(away).collect::<Result<_, BadScenario>>()?;
    Ok(Scenario { title: written.title, lasts_s, devices: written.devices, steps, away })
}

impl Source<'_> {
    fn step(
        self,
        written: &Spanned<WrittenStep>,
        device: String,
        lasts_s: u64,
    ) -> Result<Step, BadScenario> {
        let step = written.get_ref();
        let when = self.when((&step.at, &step.every, &step.until), lasts_s)?;
        if step.times == 0 {
            return Err(self.wrong(written.span(), "`times` is above zero"));
        }
        let kind = *step.event.get_ref();
        let event = kind
            .with(step.seconds)
            .map_err(|wrong| self.wrong(step.event.span(), format!("`{}` {wrong}", kind.name())))?;
        let subject = Subject { device, port: step.port.clone() };
        Ok(when.after(0, Report { subject, event, times: step.times }))
    }

    fn start(
        self,
        written: &Spanned<WrittenStart>,
        device: &str,
        lasts_s: u64,
    ) -> Result<Vec<Step>, BadScenario> {
        let start = written.get_ref();
        let when = self.when((&start.at, &start.every, &start.until), lasts_s)?;
        let sync_s = start.sync.as_ref().map(|sync| self.time(sync)).transpose()?;
        let subject = Subject { device: device.to_owned(), port: start.port.clone() };
        let events = start::events(start.state, &start.backups, sync_s).into_iter();
        let step = |(later_s, event)| {
            when.after(later_s, Report { subject: subject.clone(), event, times: 1 })
        };
        Ok(events.map(step).collect())
    }

    fn when(self, (at, every, until): Times<'_>, lasts_s: u64) -> Result<When, BadScenario> {
        let from_s = self.time(at)?;
        let every_s = every.as_ref().map(|every| self.time(every)).transpose()?;
        let until_s = match (every_s, until) {
            (Some(_), Some(until)) => self.time(until)?,
            (Some(_), None) => lasts_s,
            (None, Some(until)) => {
                return Err(self.wrong(until.span(), "`until` is of no use without `every`"));
            }
            (None, None) => from_s + 1,
        };
        match (every_s, every) {
            (Some(0), Some(every)) => Err(self.wrong(every.span(), "`every` is above zero")),
            _ => Ok(When { from_s, every_s: every_s.unwrap_or(1), until_s }),
        }
    }

    fn time(self, text: &Spanned<String>) -> Result<u64, BadScenario> {
        time(text.get_ref()).ok_or_else(|| {
            let text_is = text.get_ref();
            let what = format!(
                "`{text_is}` is no time of a year at most: write for example 90s, 5m, 2h or 7d"
            );
            self.wrong(text.span(), what)
        })
    }

    fn wrong(self, at: Range<usize>, what: impl Into<String>) -> BadScenario {
        let line = place::line_at(self.text, at.start);
        BadScenario { file: self.file.to_owned(), line, what: what.into() }
    }
}

/// In seconds: parts such as `1h30m`.
fn time(text: &str) -> Option<u64> {
    let (mut rest, mut seconds) = (text, 0_u64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..end].parse().ok()?;
        let unit = match rest.as_bytes()[end] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[end + 1..];
    }
    (!text.is_empty() && seconds <= LONGEST_S).then_some(seconds)
}

fn once() -> u64 {
    1
}
