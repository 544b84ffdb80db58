//! `sweep`: every load of an experiment with every seed.

mod progress;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use survivability::experiment::Experiment;
use survivability::sweep::{self, Existing, Options, Plan, SweepError};

use super::described::Described;
use super::output::{note, result};
use super::stop::STOP;
use super::{BadInput, Exit};
use progress::Progress;

/// Finished simulations are kept at once: the same command goes on where it was stopped. All files
/// are the same for any number of threads.
#[derive(Debug, Args)]
pub struct Sweep {
    #[command(flatten)]
    described: Described,
    /// The folder for results and figures; by default sweeps/ and the name of the experiment
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Loads in Erlang in place of those of the experiment: single ones, or FROM..TO:STEP
    #[arg(long, value_name = "LOADS", value_delimiter = ',')]
    loads: Vec<String>,
    /// Seeds in place of those of the experiment: single ones, or FROM..TO with both ends
    #[arg(long, value_name = "SEEDS", value_delimiter = ',')]
    seeds: Vec<String>,
    /// How many simulations run at once; by default as many as the machine can
    #[arg(long, short = 'j', value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// No more seeds for a load, after three, once the 95 % interval of its blocking reaches no
    /// further than that from the mean
    #[arg(long, value_name = "PERCENT", value_parser = share)]
    precision: Option<f64>,
    /// Throw away the results that the folder has
    #[arg(long)]
    fresh: bool,
    /// Tell no progress
    #[arg(long, short)]
    quiet: bool,
}

pub fn sweep(args: &Sweep) -> anyhow::Result<ExitCode> {
    let experiment = args.described.experiment()?;
    let out = args.out.clone();
    let out = out.unwrap_or_else(|| PathBuf::from("sweeps").join(&experiment.name));
    let plan = plan(args, &experiment)?;
    let options = Options {
        threads: args.threads.map_or_else(cores, NonZeroUsize::get),
        precision: args.precision,
        existing: if args.fresh { Existing::Replace } else { Existing::Keep },
    };
    let mut progress = Progress::new(args.quiet);
    let swept = sweep::run(&plan, &out, &options, &STOP, &mut |event| progress.event(event));
    progress.finish();
    let swept = match swept {
        Err(error @ SweepError::Foreign { .. }) => {
            let hint = "name another folder with --out, or throw them away with --fresh";
            return Err(BadInput(format!("{error}\n  = hint: {hint}")).into());
        }
        swept => swept?,
    };
    if !swept.is_complete() {
        let (done, planned) = (swept.done, swept.planned);
        note(&format!(
            "stopped after {done} of {planned} simulations; the same command goes on from there"
        ));
        return Ok(Exit::Interrupted.into());
    }
    let summary = sweep::write(&plan, &swept, &out)?;
    result(&sweep::table(&summary));
    for load in &summary.loads {
        load.warnings.iter().for_each(|text| note(&format!("{} Erlang: {text}", load.erlang)));
    }
    note(&format!("results and figures are in {}", out.display()));
    Ok(Exit::Done.into())
}

fn plan(args: &Sweep, experiment: &Experiment) -> anyhow::Result<Plan> {
    let loads = match &args.loads[..] {
        [] => experiment.loads.clone(),
        given => listed(given, "loads", "loads such as 300 or 100..500:50", loads)?,
    };
    let seeds = match &args.seeds[..] {
        [] => experiment.seeds.clone(),
        given => listed(given, "seeds", "seeds such as 3 or 1..10", seeds)?,
    };
    let network = experiment.network()?;
    let setups = loads.iter().map(|load| experiment.setup(&network, *load));
    let setups = setups.collect::<Result<_, _>>()?;
    Ok(Plan { network, setups, seeds, fingerprint: experiment.fingerprint() })
}

/// What the parts of a list mean, each value once.
fn listed<T: PartialEq + Clone>(
    parts: &[String],
    what: &str,
    expected: &str,
    read: fn(&str) -> Option<Vec<T>>,
) -> Result<Vec<T>, BadInput> {
    let mut values: Vec<T> = Vec::new();
    for part in parts {
        let read = read(part.trim());
        let read = read.ok_or_else(|| {
            BadInput(format!("--{what} does not know {part:?}; expected {expected}"))
        })?;
        for value in read {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    Ok(values)
}

/// More are a slip of the pen.
const MOST: u64 = 100_000;

/// `300`, or `100..1000:50`.
fn loads(text: &str) -> Option<Vec<f64>> {
    let load = |text: &str| {
        let load: f64 = text.parse().ok()?;
        (load > 0.0 && load.is_finite()).then_some(load)
    };
    let Some((from, rest)) = text.split_once("..") else { return Some(vec![load(text)?]) };
    let (to, step) = rest.split_once(':')?;
    let (from, to, step) = (load(from)?, load(to)?, load(step)?);
    // A step that is a decimal reaches its end only nearly.
    let steps = ((to - from) / step + 1e-9).floor();
    let counts = (0.0..MOST as f64).contains(&steps).then_some(0..=steps as u32)?;
    Some(counts.map(|count| from + f64::from(count) * step).collect())
}

/// `7`, or `1..10`.
fn seeds(text: &str) -> Option<Vec<u64>> {
    let Some((from, to)) = text.split_once("..") else { return Some(vec![text.parse().ok()?]) };
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && to - from < MOST).then(|| (from..=to).collect())
}

/// `5%`, or `5`, as a share.
fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>();
    let percent = number.map_err(|error| error.to_string())?;
    let is_share = percent > 0.0 && percent < 100.0;
    is_share.then_some(percent / 100.0).ok_or_else(|| "not between 0 % and 100 %".to_owned())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_and_seeds_are_single_ones_or_ranges() {
        let text = |values: Option<Vec<f64>>| values.map(|values| format!("{values:?}"));
        for (given, expected) in [
            ("300", Some("[300.0]")),
            ("100..300:100", Some("[100.0, 200.0, 300.0]")),
            ("1..1.3:0.1", Some("[1.0, 1.1, 1.2, 1.3]")),
            ("5..5:1", Some("[5.0]")),
            ("100..300", None),
            ("300..100:100", None),
            ("0", None),
            ("-1", None),
            ("inf", None),
            ("nan", None),
            ("1..2:0", None),
            ("1..1e12:1", None),
            ("", None),
        ] {
            assert_eq!(text(loads(given)).as_deref(), expected, "{given}");
        }
        assert_eq!(seeds("3..5"), Some(vec![3, 4, 5]));
        assert_eq!(seeds("0"), Some(vec![0]));
        for bad in ["5..3", "-1", "1.5", "0..18446744073709551615", "1..", ""] {
            assert_eq!(seeds(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_value_that_is_listed_twice_counts_once() {
        let parts = ["2", "1..3", "2"].map(str::to_owned);
        assert_eq!(listed(&parts, "seeds", "a number", seeds).unwrap(), [2, 1, 3]);
        let error = listed(&["x".to_owned()], "seeds", "a number", seeds).unwrap_err().to_string();
        assert_eq!(error, "--seeds does not know \"x\"; expected a number");
    }

    #[test]
    fn a_precision_is_a_percentage() {
        assert_eq!(share("5%"), share("5"));
        assert!((share("2.5 %").unwrap() - 0.025).abs() < 1e-15);
        for bad in ["0", "100%", "-1", "nan", "many", "inf"] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }
}
