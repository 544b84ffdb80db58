//! Fields of the membrane: their shape, their bounds, and diffusion against its exact solution.

use std::f64::consts::PI;

use super::{Check, Finding};
use crate::error::Error;
use crate::features::{self, Options, Threshold};
use crate::field::Field;
use crate::settings::{Boundary, Settings, Streams};
use crate::simulation::{Simulation, run};

pub fn required() -> Result<Vec<Check>, Error> {
    Ok(vec![dimension()?, bounds()?])
}

pub fn ours() -> Result<Vec<Check>, Error> {
    Ok(vec![
        decay("periodic mode (3, 5) after 50 steps", Boundary::Periodic)?,
        decay("the same between mirrors", Boundary::Neumann)?,
        decay("the same between zeros", Boundary::Dirichlet)?,
        conserved()?,
        numpy()?,
        kinetics()?,
    ])
}

fn dimension_of(field: &Field) -> Result<f64, Error> {
    let threshold = Threshold::Percentile { low: 50.0, medium: 75.0, high: 90.0 };
    let options = Options { threshold, ..Options::default() };
    Ok(features::extract(field, None, &options)?.d_box)
}

fn dimension() -> Result<Check, Error> {
    let numbered =
        |seed| Settings { steps: 200, seed, streams: Streams::Numpy, ..Settings::default() };
    let seeds = [42, 142, 242, 342, 442];
    let runs = seeds.map(|seed| dimension_of(&run(&numbered(seed))?.field));
    let runs = runs.into_iter().collect::<Result<Vec<f64>, Error>>()?;
    let count = runs.len() as f64;
    let mean = runs.iter().sum::<f64>() / count;
    let squares: f64 = runs.iter().map(|run| (run - mean) * (run - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    let start = Simulation::new(&numbered(42))?;
    let noise = dimension_of(&Field::new(start.size(), start.cells().to_vec())?)?;
    let note = format!(
        "{mean:.3} +- {error:.3} over five seeds. Above the median lie half of the cells of any \
         field, and white noise has {noise:.3}: the tolerance lets nearly everything between a \
         curve and a plane pass. The line does not show that the field grows like a fungus.",
    );
    Ok(Check {
        name: "box dimension above the median",
        is_required: true,
        unit: "",
        finding: Finding::Value { expected: 1.585, tolerance: 0.5, computed: mean },
        source: "Fricker et al. 2017",
        note: Some(note),
    })
}

fn bounds() -> Result<Check, Error> {
    let settings = Settings { steps: 200, quantum_jitter: true, ..Settings::default() };
    let summary = run(&settings)?.field.summary();
    let note = "By construction: each step clamps. The line shows that none forgets to.";
    Ok(Check {
        name: "potential with noise, 200 steps",
        is_required: true,
        unit: "mV",
        finding: Finding::Within {
            bounds: (-95.0, 40.0),
            tolerance: 1e-9,
            computed: (summary.min, summary.max),
        },
        source: "the membrane's bounds",
        note: Some(note.to_owned()),
    })
}

/// Nothing but diffusion.
fn still(boundary: Boundary, steps: usize) -> Settings {
    let (spike_probability, turing_enabled) = (0.0, false);
    Settings { boundary, steps, spike_probability, turing_enabled, ..Settings::default() }
}

/// The Laplacian's eigenfunctions along one side, and the eigenvalue but for its sign.
fn mode(boundary: Boundary, number: f64, size: usize) -> (Vec<f64>, f64) {
    let side = size as f64;
    let angle = match boundary {
        Boundary::Periodic => 2.0 * PI * number / side,
        Boundary::Neumann => PI * number / side,
        Boundary::Dirichlet => PI * number / (side + 1.0),
    };
    let at = |cell: usize| match boundary {
        Boundary::Periodic => (angle * cell as f64).cos(),
        Boundary::Neumann => (angle * (cell as f64 + 0.5)).cos(),
        Boundary::Dirichlet => (angle * (cell as f64 + 1.0)).sin(),
    };
    ((0..size).map(at).collect(), 2.0 - 2.0 * angle.cos())
}

/// How much of a mode is in the cells.
fn share(cells: &[f64], rows: &[f64], columns: &[f64]) -> f64 {
    let row = |row: &[f64]| row.iter().zip(columns).map(|(cell, at)| cell * at).sum::<f64>();
    cells.chunks_exact(columns.len()).zip(rows).map(|(cells, at)| at * row(cells)).sum()
}

fn decay(name: &'static str, boundary: Boundary) -> Result<Check, Error> {
    let settings = still(boundary, 50);
    let (rows, mu) = mode(boundary, 3.0, settings.grid_size);
    let (columns, nu) = mode(boundary, 5.0, settings.grid_size);
    let mut simulation = Simulation::new(&settings)?;
    let before = share(simulation.cells(), &rows, &columns);
    for _ in 0..settings.steps {
        simulation.step()?;
    }
    let computed = share(simulation.cells(), &rows, &columns) / before;
    let step = 1.0 - settings.alpha * (mu + nu);
    let expected = (0..settings.steps).fold(1.0, |all, _| all * step);
    Ok(Check {
        name,
        is_required: false,
        unit: "",
        finding: Finding::Value { expected, tolerance: 1e-12, computed },
        source: "the exact factor (1 - alpha mu)^50",
        note: None,
    })
}

fn conserved() -> Result<Check, Error> {
    let settings = still(Boundary::Neumann, 1000);
    let mean = |cells: &[f64]| cells.iter().sum::<f64>() / cells.len() as f64;
    let mut simulation = Simulation::new(&settings)?;
    let before = mean(simulation.cells());
    for _ in 0..settings.steps {
        simulation.step()?;
    }
    let computed = (mean(simulation.cells()) / before - 1.0).abs();
    Ok(Check {
        name: "mean after 1000 steps, change",
        is_required: false,
        unit: "",
        finding: Finding::Value { expected: 0.0, tolerance: 1e-12, computed },
        source: "nothing flows through a mirror",
        note: None,
    })
}

fn numpy() -> Result<Check, Error> {
    let settings = Settings { streams: Streams::Numpy, ..Settings::demo() };
    Ok(Check {
        name: "mean of NumPy's seed 42, 32x32x32",
        is_required: false,
        unit: "mV",
        finding: Finding::Value {
            expected: -69.949_898_149_998_15,
            tolerance: 1e-9,
            computed: run(&settings)?.field.summary().mean,
        },
        source: "the original program",
        note: None,
    })
}

fn kinetics() -> Result<Check, Error> {
    let on = Settings { steps: 200, ..Settings::default() };
    let off = Settings { steps: 200, turing_enabled: false, ..Settings::default() };
    let (on, off) = (run(&on)?.field, run(&off)?.field);
    let apart = on.cells().iter().zip(off.cells()).map(|(on, off)| (on - off).abs());
    let note = "No mode of the original's activator and inhibitor grows with the default rates, and \
        its threshold is never reached: on or off, the potentials are the same.";
    Ok(Check {
        name: "original kinetics on and off, apart by",
        is_required: false,
        unit: "V",
        finding: Finding::Value {
            expected: 0.0,
            tolerance: 0.0,
            computed: apart.fold(0.0, f64::max),
        },
        source: "linear stability",
        note: Some(note.to_owned()),
    })
}
