//! What a measured program links: it times a program's own operations and tells Tollgate.
//!
//! A benchmark is a bench target with `harness = false`; `cargo bench` measures it, the test
//! command runs each operation once. The body of its `main`:
//!
//! ```
//! tollgate_harness::main(|bench| {
//!     bench.run("parse", || "17".parse::<u32>());
//!     let mut sort = bench.group("sort");
//!     for size in [10, 1_000] {
//!         let make = || (0..size).rev().collect::<Vec<u32>>();
//!         let mut sized = sort.parameter(size);
//!         let operation = sized.operation("stable").elements(size.into()).with_inputs(make);
//!         operation.run(|mut values| {
//!             values.sort();
//!             values
//!         });
//!     }
//! });
//! ```
//!
//! It prints a table on a terminal and [records](Record) otherwise. `docs/harness.md` says what is
//! measured how. A program in any language can print records:
//!
//! ```
//! use tollgate_harness::{Record, Values};
//!
//! let record = Record {
//!     operation: Some("parse".to_owned()),
//!     metric: "time".to_owned(),
//!     unit: "us".to_owned(),
//!     better: None,
//!     values: Values::Samples(vec![112.5, 108.1]),
//! };
//! record.print(&mut std::io::stdout())?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod allocation;
mod arguments;
mod bench;
mod clock;
mod precision;
pub mod record;
mod sampler;
mod timing;
mod told;
mod work;

use std::io::{self, Write};

pub use allocation::{Counting, CountingAllocator};
pub use bench::{Bench, Group, Operation, Quantity, WithInputs};
pub use record::{Better, Record, RecordError, Values};
pub use sampler::resident_memory;
pub use timing::Form;

use arguments::{Arguments, Mode, Target, USAGE};
use clock::SystemClock;

/// The main function of a bench target. Measures under `cargo bench` and with `--records`,
/// `--table` or `--quick`; otherwise, as under the test command, runs each operation once.
///
/// Ends the process with code 2 if anything could not be measured or told.
pub fn main(benchmarks: impl FnOnce(&mut Bench)) {
    start(Target::Bench, benchmarks);
}

/// The main function of a program that always measures, unless it is given `--test`.
pub fn program(benchmarks: impl FnOnce(&mut Bench)) {
    start(Target::Program, benchmarks);
}

fn start(target: Target, benchmarks: impl FnOnce(&mut Bench)) {
    let (given, is_terminal) = Arguments::read();
    if given.iter().any(|word| word == "--help") {
        // Whoever closed the pipe wants no more of it.
        let _ = writeln!(io::stdout(), "{USAGE}");
        return;
    }
    let faults = match Arguments::parse(&given, target, is_terminal) {
        Ok(arguments) => measured(arguments, target, Box::new(io::stdout()), benchmarks),
        Err(error) => vec![format!("{error}\n{USAGE}")],
    };
    if !faults.is_empty() {
        let mut stderr = io::stderr().lock();
        for fault in faults {
            // There is nowhere else to say it.
            let _ = writeln!(stderr, "error: {fault}");
        }
        #[expect(clippy::exit, reason = "a benchmark's main function ends with an exit code")]
        std::process::exit(2);
    }
}

/// Runs the benchmarks and returns what went wrong.
fn measured(
    arguments: Arguments,
    target: Target,
    out: Box<dyn Write>,
    benchmarks: impl FnOnce(&mut Bench),
) -> Vec<String> {
    let mode = arguments.mode;
    let filters = arguments.filters.join("`, `");
    let mut bench = Bench::new(arguments, Box::new(SystemClock::new()), out);
    benchmarks(&mut bench);
    if bench.count == 0 && !filters.is_empty() && matches!(mode, Mode::Records | Mode::Table) {
        let none = format!("no benchmark is called `{filters}`");
        match target {
            Target::Program => bench.faults.push(none),
            // Cargo gives a filter to every bench target, and one of them is meant.
            Target::Bench => bench.write(&format!("{none}\n")),
        }
    }
    if mode == Mode::Small {
        bench.write(&format!("run once, not measured: {} operations\n", bench.count));
    }
    bench.faults
}
