//! What a benchmark is written with: operations, groups of them, values and series.

mod operation;
mod own;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use crate::allocation::Counting;
use crate::arguments::{Arguments, Mode};
use crate::clock::{Clock, Timer};
use crate::record::{Record, Values};
use crate::sampler;
use crate::timing::{self, Form, Limits};
use crate::told::{self, Memory, Subject, Told};
use crate::work::Operable;

use operation::Effort;
pub use operation::{Operation, WithInputs};

/// Measures operations one after the other and tells each as it ends.
pub struct Bench {
    arguments: Arguments,
    clock: Box<dyn Clock>,
    timer: Timer,
    out: Box<dyn Write>,
    /// Operations and metrics that were told: a second one would be taken for more of the first.
    seen: BTreeSet<(Option<String>, String)>,
    /// Operations that ran or were listed.
    pub(crate) count: usize,
    pub(crate) faults: Vec<String>,
}

/// A number with its unit, such as `(12.5, "MiB")`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub value: f64,
    pub unit: String,
}

impl From<Duration> for Quantity {
    fn from(duration: Duration) -> Quantity {
        Quantity { value: duration.as_nanos() as f64, unit: "ns".to_owned() }
    }
}

impl From<(f64, &str)> for Quantity {
    fn from((value, unit): (f64, &str)) -> Quantity {
        Quantity { value, unit: unit.to_owned() }
    }
}

/// A part of the benchmark whose operations share the beginning of their names.
pub struct Group<'b> {
    bench: &'b mut Bench,
    path: String,
}

/// How well a median is known when nothing else is asked for.
const PRECISION: f64 = 0.005;
/// The share of the measuring time that warming up may take.
const WARM_UP: u32 = 3;
const QUICK: u32 = 10;
/// Runs whose memory is counted, and the time that may take.
const COUNTED: usize = 100;
const COUNTING: Duration = Duration::from_millis(200);

impl Bench {
    pub(crate) fn new(arguments: Arguments, clock: Box<dyn Clock>, out: Box<dyn Write>) -> Bench {
        let timer = match arguments.mode {
            Mode::Records | Mode::Table => Timer::of(&*clock),
            Mode::Small | Mode::List => Timer { period: 1, reading: 0, iteration: 0.0 },
        };
        let (seen, faults) = (BTreeSet::new(), Vec::new());
        let mut bench = Bench { arguments, clock, timer, out, seen, count: 0, faults };
        bench.open();
        bench
    }

    /// Measures a closure.
    pub fn run<T>(&mut self, name: impl Display, run: impl FnMut() -> T) {
        self.operation(name).run(run);
    }

    /// Begins an operation that needs more than a closure.
    pub fn operation(&mut self, name: impl Display) -> Operation<'_> {
        Operation::new(self, name.to_string())
    }

    /// Operations of a group are called `group / operation`.
    pub fn group(&mut self, name: impl Display) -> Group<'_> {
        Group { bench: self, path: name.to_string() }
    }

    /// Whether anything is measured. It is not under the test command, where inputs may be small.
    #[must_use]
    pub fn is_measuring(&self) -> bool {
        matches!(self.arguments.mode, Mode::Records | Mode::Table)
    }

    /// Whether the command line asks for a tenth of the time.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        self.arguments.is_quick
    }

    /// Whether the command line chooses an operation of that name, so that what only it needs can
    /// be left undone.
    #[must_use]
    pub fn chooses(&self, operation: &str) -> bool {
        self.arguments.chooses(operation)
    }

    /// Runs the work and tells the process's memory in use over its time.
    pub fn memory_during<T>(&mut self, every: Duration, work: impl FnOnce() -> T) -> T {
        let read = || sampler::resident_memory().map(|bytes| bytes as f64);
        self.series("resident memory", "B", every, read, work)
    }

    /// Runs the work and tells a value over its time, read at its start, once an interval and at
    /// its end. Under the test command the work runs as well.
    pub fn series<T>(
        &mut self,
        metric: impl Display,
        unit: &str,
        every: Duration,
        read: impl FnMut() -> io::Result<f64> + Send,
        work: impl FnOnce() -> T,
    ) -> T {
        let metric = metric.to_string();
        if self.arguments.mode == Mode::Small || self.arguments.mode == Mode::List {
            return work();
        }
        let (output, points) = sampler::during(every, read, work);
        match points {
            Ok(points) => {
                let first = points.first().map_or(0.0, |point| point.1);
                let last = points.last().map_or(0.0, |point| point.1);
                let cell =
                    format!("{} to {}", told::quantity(first, unit), told::quantity(last, unit));
                let row = vec![metric.clone(), cell];
                let unit = unit.to_owned();
                let values = Values::Points(points);
                let records = vec![Record { operation: None, metric, unit, better: None, values }];
                self.tell(&Told { records, row });
            }
            Err(error) => self.faults.push(format!("could not read `{metric}`: {error}")),
        }
        output
    }

    fn measure(&mut self, subject: &Subject, effort: Effort, work: &mut dyn Operable) {
        if !self.arguments.chooses(&subject.operation) {
            return;
        }
        self.count += 1;
        let _named = NamedInPanic(&subject.operation);
        match self.arguments.mode {
            // As the default test harness lists its benchmarks.
            Mode::List => self.write(&format!("{}: benchmark\n", subject.operation)),
            Mode::Small => work.once(),
            Mode::Records | Mode::Table => {
                let limits = self.limits(effort, subject.form);
                match timing::measure(&*self.clock, &self.timer, limits, subject.form, work) {
                    Ok(times) => {
                        let memory = memory(&*self.clock, work);
                        self.tell(&told::told(subject, &times, memory.as_ref()));
                    }
                    Err(why) => self.faults.push(format!("`{}`: {why}", subject.operation)),
                }
            }
        }
    }

    fn limits(&self, Effort { measuring, precision }: Effort, form: Form) -> Limits {
        let share = if self.arguments.is_quick { QUICK } else { 1 };
        // Whoever asks for single times asks for a tail, of which a median says nothing.
        let of_form = match form {
            Form::Fitting | Form::Batches => PRECISION,
            Form::Samples | Form::Histograms => 0.0,
        };
        Limits {
            warm_up: (measuring / share / WARM_UP).as_nanos() as u64,
            measuring: (measuring / share).as_nanos() as u64,
            precision: self.arguments.precision.or(precision).unwrap_or(of_form),
        }
    }

    fn open(&mut self) {
        let Timer { period, reading, iteration } = self.timer;
        let line = format!(
            "timer: period {period} ns; {reading} ns subtracted from each timing; a loop's \
             {iteration:.2} ns an iteration left in\n"
        );
        match self.arguments.mode {
            Mode::Small | Mode::List => {}
            Mode::Records => self.write(&line),
            Mode::Table => {
                self.write(&line);
                self.write(&aligned(&told::HEAD.map(str::to_owned)));
            }
        }
    }

    fn tell(&mut self, told: &Told) {
        for record in &told.records {
            if !self.seen.insert((record.operation.clone(), record.metric.clone()))
                && !matches!(record.values, Values::Histogram(_))
            {
                let operation = record.operation.as_deref().unwrap_or("the program");
                let fault = format!("`{}` of `{operation}` is told twice", record.metric);
                self.faults.push(fault);
                return;
            }
        }
        if self.arguments.mode == Mode::Table {
            self.write(&aligned(&told.row));
            return;
        }
        for record in &told.records {
            if let Err(error) = record.print(&mut self.out).and_then(|()| self.out.flush()) {
                self.faults.push(format!("could not print `{}`: {error}", record.metric));
            }
        }
    }

    pub(crate) fn write(&mut self, text: &str) {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        if let Err(error) = written {
            self.faults.push(format!("could not print: {error}"));
        }
    }
}

impl Group<'_> {
    /// Measures a closure.
    pub fn run<T>(&mut self, name: impl Display, run: impl FnMut() -> T) {
        self.operation(name).run(run);
    }

    /// Begins an operation that needs more than a closure.
    pub fn operation(&mut self, name: impl Display) -> Operation<'_> {
        let name = format!("{} / {name}", self.path);
        self.bench.operation(name)
    }

    /// A group within the group.
    pub fn group(&mut self, name: impl Display) -> Group<'_> {
        let path = format!("{} / {name}", self.path);
        Group { bench: self.bench, path }
    }

    /// A group of the operations at one value of a parameter.
    pub fn parameter(&mut self, value: impl Display) -> Group<'_> {
        self.group(value)
    }
}

/// Says which operation it was that panicked: the message of a panic does not.
struct NamedInPanic<'o>(&'o str);

impl Drop for NamedInPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // There is nowhere else to say it.
            let _ = writeln!(io::stderr(), "error: the benchmark `{}` panicked", self.0);
        }
    }
}

/// Counts the memory of some runs, if the program's allocator can.
fn memory(clock: &dyn Clock, work: &mut dyn Operable) -> Option<Memory> {
    let mut runs = Vec::with_capacity(COUNTED);
    let counting = Counting::start()?;
    let start = clock.now();
    let before = counting.live();
    while runs.len() < COUNTED {
        runs.push(work.counted(&counting));
        if clock.now().saturating_sub(start) >= COUNTING.as_nanos() as u64 {
            break;
        }
    }
    Some(Memory { runs, growth: counting.live() - before })
}

fn aligned(cells: &[String]) -> String {
    const WIDTHS: [usize; 7] = [32, 9, 8, 22, 11, 24, 16];
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(WIDTHS) {
        line.push_str(&format!("{cell:<width$}  "));
    }
    format!("{}\n", line.trim_end())
}

#[cfg(test)]
mod tests;
