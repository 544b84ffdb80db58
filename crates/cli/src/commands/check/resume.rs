//! Takes up a long load that a crash or a restart of the machine cut short.

use anyhow::Result;
use tollgate::history::{Checkpoint, History};
use tollgate::machine;
use tollgate::measure::soak::{Soak, mark};
use tollgate::plan::{Plan, Wish, resolve};
use tollgate::quantity::{Dimension, show};
use tollgate::run::RunHead;

use crate::args::Check;
use crate::output::note;
use crate::project::Project;

/// What is to be measured, from where on, and the run it belongs to if it was begun before.
pub struct Begun {
    pub plan: Plan,
    pub soak: Soak,
    pub head: Option<RunHead>,
}

/// The plan as given, or the latest unfinished run of the same plan at the same commit on this
/// machine, whose process is gone.
pub fn begun(
    history: &History,
    project: &Project,
    args: &Check,
    wish: &Wish,
    plan: Plan,
) -> Result<Begun> {
    let soak = soak(args);
    if args.fresh || args.fake {
        return Ok(Begun { plan, soak, head: None });
    }
    for listed in history.unfinished()? {
        let head = listed.head;
        let Some(kept) = history.checkpoint(&head.id)? else { continue };
        let Some(plan) = again(project, args, wish, &head, &kept) else { continue };
        if machine::is_alive(&kept.keeper) {
            note(&format!(
                "note: run {} measures the same at this moment; this is another run",
                head.id
            ));
            continue;
        }
        note(&format!(
            "taking up run {}: {} of case `{}` were measured before; `--fresh` starts over",
            head.id,
            show(kept.trial.elapsed_ns as f64, Dimension::TIME),
            kept.trial.case
        ));
        return Ok(Begun {
            plan,
            soak: Soak { begun: Some(kept.trial), ..soak },
            head: Some(head),
        });
    }
    Ok(Begun { plan, soak, head: None })
}

/// Makes the run this process's own, so that no other takes it up as well, and a kill within the
/// first minute loses nothing.
pub fn claim(history: &mut History, id: &str, plan: &Plan, soak: &Soak) -> Result<()> {
    let Some(trial) = soak.begun.clone() else { return Ok(()) };
    let (keeper, plan) = (machine::keeper(), mark(plan));
    Ok(history.set_checkpoint(id, &Checkpoint { keeper, plan, trial })?)
}

/// The plan with the order of the run that was cut short, if that is what it measured.
fn again(
    project: &Project,
    args: &Check,
    wish: &Wish,
    head: &RunHead,
    kept: &Checkpoint,
) -> Option<Plan> {
    let seed = args.selection.seed.unwrap_or(head.seed);
    let plan = resolve(&project.file, &Wish { seed, ..wish.clone() }).ok()?;
    let same = mark(&plan) == kept.plan
        && head.project == plan.project
        && head.environment == plan.environment
        && head.commit == machine::commit(&project.root)
        && head.machine.fingerprint() == machine::read().fingerprint();
    same.then_some(plan)
}

/// With the usual times, or the shorter ones somebody tries it with.
fn soak(args: &Check) -> Soak {
    match args.checkpoint_every {
        Some(every) => Soak { long: every, checkpoint: every, summary: every, begun: None },
        None => Soak::default(),
    }
}
