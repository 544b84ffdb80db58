//! What became of a trial: its figures, or by whose fault there are none.

use crate::measure::launcher::End;
use crate::measure::process::{self, Attempt, Stand};
use crate::run::Outcome;

use super::Loaded;
use super::keeper::Keeper;
use super::ready::Unready;
use super::stage::Stage;
use super::start::Delayed;
use super::trees::Trees;

/// What became of the trial. Whoever was not told to end has ended by itself, even if nobody has
/// noticed before.
pub(super) fn conclude(
    stand: &mut Stand<'_>,
    stage: &Stage,
    loaded: Result<Loaded, Delayed<'_>>,
    trees: Trees,
) -> Attempt {
    let failed = |reason: String, who: Option<&Keeper>| Attempt::Done {
        outcome: Outcome::Failed {
            reason,
            output: who.map_or_else(String::new, |keeper| keeper.output().tail()),
        },
        series: Vec::new(),
    };
    let fallen = stage.keepers().find_map(|keeper| Some((keeper, keeper.fallen()?)));
    if let Some((keeper, end)) = fallen {
        let when = match loaded {
            Ok(_) => "during the load",
            Err(_) if keeper.is_ready() => "before the load",
            Err(_) => "before it was ready",
        };
        return failed(ending(keeper.called(), when, end), Some(keeper));
    }
    let needs = || {
        let beside: Vec<_> = stage.beside.iter().map(Keeper::observed).collect();
        trees.series(stage.service.as_ref().and_then(Keeper::observed), &beside)
    };
    match loaded {
        Err(Delayed { unready: Unready::Gone, .. }) => Attempt::Interrupted,
        Err(Delayed { unready: Unready::Failed(reason), who }) => failed(reason, who),
        Ok(Loaded::Failed(reason)) => failed(reason, stage.service.as_ref()),
        Ok(Loaded::Interrupted(mut series)) => {
            series.extend(needs());
            Attempt::Partial { series }
        }
        Ok(Loaded::Done(mut series, drawn)) => {
            stand.notes.extend(drawn);
            series.extend(needs());
            Attempt::Done { outcome: Outcome::Complete, series }
        }
    }
}

/// How a program ended that should not have.
fn ending(name: &str, when: &str, end: End) -> String {
    match end {
        End::NotStarted(_, error) => {
            format!("start {name}: {}", std::io::Error::from_raw_os_error(error))
        }
        end => format!("{name} ended {when}, with {}", process::ending(end)),
    }
}
