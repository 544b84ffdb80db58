//! `tollgate bench`: times commands without a budget file, several of them interleaved.

mod figures;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::budget::{RunSource, Source};
use tollgate::measure::Event;
use tollgate::measure::launcher::Launcher;
use tollgate::measure::process::{Attempt, OnFailure, Output, Stand, Subject};
use tollgate::plan::{Purpose, Rounds, Step, Unit};
use tollgate::run::{Data, Outcome, Series};

use crate::args::{Bench, Global};
use crate::exit::Exit;
use crate::output::{count, note, result, style};
use crate::progress::Progress;
use crate::stop::STOP;

use figures::{Figures, shown, to_json};

/// As many trials of each command at least, and time spent on each at least, as hyperfine does.
const FEWEST: u32 = 10;
const SPEND_NS: f64 = 3e9;

/// No command is worth more trials than these unless a person says so.
const MOST: u32 = 1_000;

pub fn bench(global: &Global, args: &Bench, mut launcher: Launcher) -> Result<Exit> {
    let units = units(args)?;
    let here = std::env::current_dir().context("could not find the current folder")?;
    let mut stand = Stand::new(&here, &mut launcher, &STOP);
    let mut subjects = Vec::new();
    for unit in &units {
        let Source::Run(source) = &unit.source else { continue };
        let mut subject = Subject::new(Path::new("."), source, None);
        if args.ignore_failure {
            subject.on_failure = OnFailure::Keep;
        }
        subjects.push(subject);
    }
    let mut timing = Timing { stand: &mut stand, subjects, tolerant: args.ignore_failure };
    let mut figures: Vec<Figures> = units.iter().map(|unit| Figures::new(&unit.case)).collect();
    let mut progress = Progress::new(false);
    let ended = rounds(args, &units, &mut timing, &mut figures, &mut progress);
    progress.finish();
    ended?;
    let style = style(global.color, false);
    result(&shown(&figures, args.warmup, &style))?;
    if let Some(path) = &args.json {
        std::fs::write(path, to_json(&figures)?)
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    if STOP.load(Ordering::SeqCst) {
        note("interrupted; the figures are of the trials that ended");
        return Ok(Exit::NotMeasured);
    }
    let failed: u64 = figures.iter().map(|figures| figures.failures).sum();
    if failed > 0 {
        note(&format!("{} failed", count(usize::try_from(failed).unwrap_or(usize::MAX), "trial")));
    }
    Ok(Exit::Within)
}

fn units(args: &Bench) -> Result<Vec<Unit>> {
    let commands: Vec<(String, Vec<String>)> = if args.words.is_empty() {
        args.commands.iter().map(|text| command(text, args.shell)).collect::<Result<_>>()?
    } else {
        vec![(args.words.join(" "), args.words.clone())]
    };
    let prepare =
        args.prepare.as_ref().map(|text| Ok::<_, anyhow::Error>(command(text, args.shell)?.1));
    let prepare = prepare.transpose()?;
    let unit = |(name, words): (String, Vec<String>)| Unit {
        case: name,
        about: None,
        operation: None,
        source: Source::Run(RunSource {
            command: words,
            dir: None,
            env: BTreeMap::new(),
            stdin: args.input.as_ref().map(|path| path.display().to_string()),
            timeout_ns: None,
            exit_code: 0,
            prepare: prepare.clone(),
            cleanup: None,
            params: Vec::new(),
            instructions: false,
        }),
        trials: args.runs.unwrap_or(FEWEST),
        warmups: args.warmup,
        needs: Vec::new(),
    };
    Ok(commands.into_iter().map(unit).collect())
}

fn command(text: &str, shell: bool) -> Result<(String, Vec<String>)> {
    if shell {
        return Ok((text.to_owned(), vec!["sh".to_owned(), "-c".to_owned(), text.to_owned()]));
    }
    let words = shlex::split(text).ok_or_else(|| anyhow!("`{text}` has an open quote"))?;
    if words.is_empty() {
        bail!("a command is empty");
    }
    Ok((text.to_owned(), words))
}

struct Timing<'s, 'a> {
    stand: &'s mut Stand<'a>,
    subjects: Vec<Subject<'s>>,
    /// Whether failing commands are timed as well.
    tolerant: bool,
}

impl Timing<'_, '_> {
    /// One trial; none when a person asked to end.
    fn once(&mut self, index: usize) -> Result<Option<(Vec<Series>, bool)>> {
        let subject = &mut self.subjects[index];
        let attempt = subject.trial(self.stand, Output::Discard)?;
        sorted(attempt, &subject.source.command, self.tolerant)
    }

    /// So many trials of the only command, with nobody waiting between them.
    fn repeat(&mut self, times: u32, each: &mut dyn FnMut(&[Series], bool)) -> Result<()> {
        let Some(subject) = self.subjects.first_mut() else { return Ok(()) };
        let (command, mut ended) = (&subject.source.command, Ok(()));
        subject.repeat(self.stand, times, &mut |attempt| {
            match sorted(attempt, command, self.tolerant) {
                Ok(Some((series, good))) => {
                    each(&series, good);
                    return ControlFlow::Continue(());
                }
                Ok(None) => {}
                Err(error) => ended = Err(error),
            }
            ControlFlow::Break(())
        })?;
        ended
    }
}

/// The series of a trial and whether it did what it should; none when a person asked to end.
fn sorted(
    attempt: Attempt,
    command: &[String],
    tolerant: bool,
) -> Result<Option<(Vec<Series>, bool)>> {
    match attempt {
        Attempt::Interrupted | Attempt::Partial { .. } => Ok(None),
        Attempt::Impossible(reason) => bail!("{reason}"),
        Attempt::Done { outcome: Outcome::Complete, series } => Ok(Some((series, true))),
        Attempt::Done { outcome: Outcome::Failed { reason, .. }, series } => {
            if !tolerant || series.is_empty() {
                let command = command.join(" ");
                bail!("`{command}`: {reason}\n`--ignore-failure` times commands that fail");
            }
            Ok(Some((series, false)))
        }
    }
}

fn rounds(
    args: &Bench,
    units: &[Unit],
    timing: &mut Timing<'_, '_>,
    figures: &mut [Figures],
    progress: &mut Progress,
) -> Result<()> {
    let mut drawn = Rounds::new(args.seed);
    let all: Vec<usize> = (0..units.len()).collect();
    let mut longest_ns: f64 = 0.0;
    for _ in 0..args.warmup {
        for index in drawn.draw(all.clone()) {
            let Some((series, _)) = timing.once(index)? else { return Ok(()) };
            longest_ns = longest_ns.max(wall(&series));
        }
    }
    let mut trials = args.runs.unwrap_or(FEWEST);
    let mut number = 0;
    while number < trials {
        number += 1;
        if number == 2 && args.runs.is_none() {
            // The first trial tells how many fill the time; later ones do not change it, since
            // stopping by what was seen would bend the figures.
            let fit = (SPEND_NS
                / figures.iter().map(Figures::last_wall).fold(longest_ns, f64::max))
            .ceil();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let fit = fit.clamp(f64::from(FEWEST), f64::from(MOST)) as u32;
            trials = fit;
        }
        if number <= 2 {
            progress.event(&Event::Started { steps: trials as usize * units.len() });
        }
        if let ([unit], true) = (units, number > 1) {
            let mut number = number;
            return timing.repeat(trials + 1 - number, &mut |series, good| {
                figures[0].add(series, good);
                let step = Step { unit: 0, purpose: Purpose::Trial(number) };
                progress.event(&Event::StepStarted { index: number as usize, unit, step });
                number += 1;
            });
        }
        for (place, index) in drawn.draw(all.clone()).into_iter().enumerate() {
            let step = Step { unit: index, purpose: Purpose::Trial(number) };
            let done = (number as usize - 1) * units.len() + place;
            progress.event(&Event::StepStarted { index: done, unit: &units[index], step });
            let Some((series, good)) = timing.once(index)? else { return Ok(()) };
            figures[index].add(&series, good);
        }
    }
    Ok(())
}

fn wall(series: &[Series]) -> f64 {
    value(series, "wall").unwrap_or(0.0)
}

fn value(series: &[Series], metric: &str) -> Option<f64> {
    let found = series.iter().find(|series| series.metric == metric)?;
    match &found.data {
        Data::Samples(values) => values.first().copied(),
        _ => None,
    }
}
