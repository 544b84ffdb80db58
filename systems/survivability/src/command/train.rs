//! `train`: makes a policy from logged decisions.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use survivability::dataset::{DatasetError, DatasetReader};
use survivability::policy::learned::Model;
use survivability::policy::weights;
use survivability::train::evaluation::Score;
use survivability::train::examples::Examples;
use survivability::train::holdout::Holdout;
use survivability::train::{Ended, Observer, TrainError, Trained, behaviour_cloning, implicit_q};
use survivability::transition::Transition;

use super::output::{grouped, note, result};
use super::stop::STOP;
use super::table::Table;
use super::{BadInput, Exit};

#[derive(Debug, Args)]
pub struct Train {
    /// The dataset, as `survivability dataset log` writes it
    #[arg(value_name = "DATASET")]
    file: PathBuf,
    /// The weights, for `model` in [routing]
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// How it learns
    #[arg(long, value_enum, default_value_t = Kind::Bc)]
    kind: Kind,
    /// How often it goes through the dataset at most
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Decisions in a step
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<f32>,
    /// The share of decisions that is kept from training, to see what holds elsewhere
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    holdout: f64,
    /// Keep whole simulations from training, told apart by their seeds
    #[arg(long)]
    by_simulation: bool,
    /// Candidates of a decision; by default as many as any decision of the dataset has
    #[arg(long, value_name = "N")]
    k: Option<usize>,
    /// Decides everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Behaviour cloning: does what the recorded policy did
    Bc,
    /// Implicit Q-learning: prefers what was rewarded
    Iql,
}

/// What both ways of training tell.
struct Told {
    model: Model,
    epochs: usize,
    best: usize,
    ended: Ended,
    training: Score,
    validation: Option<Score>,
}

pub fn train(args: &Train) -> anyhow::Result<Exit> {
    let k = match args.k {
        Some(k) => k,
        None => candidates(&args.file)?,
    };
    if !(1..=1000).contains(&k) {
        return Err(BadInput(format!("{k} candidates, not from 1 to 1,000")).into());
    }
    let torn = |line| {
        let file = args.file.display();
        note(&format!("warning: {file} ends within line {line}, which is not trained on"));
    };
    let examples = Examples::collect(k, whole(&args.file, torn)?)?;
    let learnt = match args.kind {
        Kind::Bc => clone(args, &examples),
        Kind::Iql => learn(args, &examples),
    };
    let told = match learnt {
        Err(TrainError::Stopped) => {
            note("stopped before the first epoch ended; nothing was written");
            return Ok(Exit::Interrupted);
        }
        Err(error) => {
            let unusable = examples.dropped().too_many_candidates as u64;
            let more = match unusable {
                0 => String::new(),
                _ => format!("; {} of more than {k} candidates left out", grouped(unusable)),
            };
            return Err(BadInput(format!("{error}{more}")).into());
        }
        Ok(told) => told,
    };
    weights::save(&args.output, &told.model)?;
    result(&report(args, &examples, &told));
    Ok(if told.ended == Ended::Stopped { Exit::Interrupted } else { Exit::Done })
}

fn clone(args: &Train, examples: &Examples) -> Result<Told, TrainError> {
    let usual = behaviour_cloning::Settings::usual(args.seed);
    let settings = behaviour_cloning::Settings {
        epochs: args.epochs.unwrap_or(usual.epochs),
        batch: args.batch.unwrap_or(usual.batch),
        learning_rate: args.learning_rate.unwrap_or(usual.learning_rate),
        holdout: holdout(args),
        ..usual
    };
    let mut progress = |epoch: &behaviour_cloning::Epoch| {
        tell(epoch.number, settings.epochs, &[], epoch.training, epoch.validation);
    };
    let mut observer = Observer { stop: &STOP, progress: &mut progress };
    let trained = behaviour_cloning::train(examples, &settings, &mut observer)?;
    Ok(told(trained, |epoch| (epoch.training, epoch.validation)))
}

fn learn(args: &Train, examples: &Examples) -> Result<Told, TrainError> {
    let usual = implicit_q::Settings::usual(args.seed);
    let settings = implicit_q::Settings {
        epochs: args.epochs.unwrap_or(usual.epochs),
        batch: args.batch.unwrap_or(usual.batch),
        learning_rate: args.learning_rate.unwrap_or(usual.learning_rate),
        holdout: holdout(args),
        ..usual
    };
    let mut progress = |epoch: &implicit_q::Epoch| {
        let losses = [("V", epoch.value_loss), ("Q", epoch.critic_loss)];
        tell(epoch.number, settings.epochs, &losses, epoch.training, epoch.validation);
    };
    let mut observer = Observer { stop: &STOP, progress: &mut progress };
    let trained = implicit_q::train(examples, &settings, &mut observer)?;
    Ok(told(trained, |epoch| (epoch.training, epoch.validation)))
}

fn holdout(args: &Train) -> Holdout {
    match args.by_simulation {
        true => Holdout::Simulations(args.holdout),
        false => Holdout::Decisions(args.holdout),
    }
}

fn told<E>(trained: Trained<E>, scores: impl Fn(&E) -> (Score, Option<Score>)) -> Told {
    let Trained { model, epochs, best, ended } = trained;
    let (training, validation) = scores(&epochs[best - 1]);
    Told { model, epochs: epochs.len(), best, ended, training, validation }
}

/// A line for an epoch.
fn tell(
    number: usize,
    of: usize,
    losses: &[(&str, f64)],
    training: Score,
    validation: Option<Score>,
) {
    let others: String = losses.iter().map(|(name, loss)| format!("  {name} {loss:.5}")).collect();
    let held_out = validation.map_or(String::new(), |score| {
        format!("  held out: loss {:.5}, agrees {:.4}", score.loss, score.agreement)
    });
    let Score { loss, agreement, .. } = training;
    note(&format!(
        "epoch {number:>3} of {of}  loss {loss:.5}, agrees {agreement:.4}{held_out}{others}"
    ));
}

fn report(args: &Train, examples: &Examples, told: &Told) -> String {
    let (choices, blocked, masked) = examples.choices();
    let mut text = format!("{}: {} candidates", args.output.display(), told.model.k());
    let how = match told.ended {
        Ended::Finished => "",
        Ended::Early => ", ended early as no better one came",
        Ended::Stopped => ", STOPPED",
    };
    text.push_str(&format!("\nepoch {} of {}{how}\n\n", told.best, told.epochs));
    let mut decisions = Table::new(["Decisions", "number"]);
    for (name, number) in [
        ("with a choice", choices.len()),
        ("blocked", blocked),
        ("with a masked choice", masked),
        ("unusable", examples.dropped().total()),
    ] {
        decisions.row(name, [grouped(number as u64)]);
    }
    text.push_str(&decisions.render());
    text.push('\n');
    let mut scores = Table::new(["Agreement", "decisions", "agrees", "loss"]);
    let mut row = |name: &str, score: Score| {
        let (agrees, loss) = (format!("{:.5}", score.agreement), format!("{:.5}", score.loss));
        scores.row(name, [grouped(score.decisions as u64), agrees, loss]);
    };
    row("on what was trained on", told.training);
    if let Some(score) = told.validation {
        row("on what was held out", score);
    }
    let first = choices.iter().filter(|decision| {
        examples.choice(**decision) == examples.mask(**decision).iter().position(|may| *may)
    });
    let share = first.count() as f64 / choices.len().max(1) as f64;
    let cells = [grouped(choices.len() as u64), format!("{share:.5}"), String::new()];
    scores.row("always the first feasible", cells);
    text + &scores.render()
}

/// The most candidates of any decision.
fn candidates(file: &Path) -> anyhow::Result<usize> {
    let mut most = 0;
    for transition in whole(file, |_| ())? {
        most = most.max(transition?.action_mask.len());
    }
    if most == 0 {
        return Err(BadInput(format!("{} has no decision with candidates", file.display())).into());
    }
    Ok(most)
}

/// The transitions up to the end, of which a torn last one is no error.
fn whole(
    file: &Path,
    torn: impl Fn(u64),
) -> Result<impl Iterator<Item = Result<Transition, DatasetError>>, DatasetError> {
    let reader = DatasetReader::open(file)?;
    Ok(reader.filter(move |item| {
        let Err(DatasetError::TornTail { line, .. }) = item else { return true };
        torn(*line);
        false
    }))
}
