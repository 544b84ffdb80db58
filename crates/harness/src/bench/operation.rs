//! One operation: what is said about it before it is measured.

use std::fmt::Display;
use std::time::Duration;

use super::Bench;
use crate::timing::Form;
use crate::told::Subject;
use crate::work::{Fed, Plain};

/// An operation that is about to be measured.
#[must_use = "nothing is measured before `run`"]
pub struct Operation<'b> {
    bench: &'b mut Bench,
    subject: Subject,
    effort: Effort,
}

/// How much is done to know an operation's time.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub measuring: Duration,
    pub precision: Option<f64>,
}

/// An operation that is given an input each time.
#[must_use = "nothing is measured before `run`"]
pub struct WithInputs<'b, M> {
    operation: Operation<'b>,
    make: M,
}

const MEASURING: Duration = Duration::from_secs(1);

impl<'b> Operation<'b> {
    pub(super) fn new(bench: &'b mut Bench, operation: String) -> Operation<'b> {
        Operation {
            bench,
            subject: Subject {
                operation,
                metric: "time".to_owned(),
                form: Form::Fitting,
                parts: 1,
                elements: None,
                bytes: None,
            },
            effort: Effort { measuring: MEASURING, precision: None },
        }
    }

    /// A run handles so many elements: tells a throughput as well.
    pub fn elements(mut self, elements: u64) -> Self {
        self.subject.elements = Some(elements);
        self
    }

    /// A run handles so many bytes: tells a data rate as well.
    pub fn bytes(mut self, bytes: u64) -> Self {
        self.subject.bytes = Some(bytes);
        self
    }

    /// Tells the time of one of the parts that a run handles, under a name such as
    /// `time per value`.
    pub fn per_part(mut self, metric: impl Display, parts: u64) -> Self {
        self.subject.metric = metric.to_string();
        self.subject.parts = parts.max(1);
        self
    }

    /// How times are kept, if not as it fits.
    pub fn form(mut self, form: Form) -> Self {
        self.subject.form = form;
        self
    }

    /// How long to measure at most, if not for a second.
    pub fn measuring(mut self, time: Duration) -> Self {
        self.effort.measuring = time;
        self
    }

    /// How well the median shall be known for measuring to end before its time: half the width of
    /// its interval as a share of it, if not 0.005. Zero takes all the time, as the forms do that
    /// keep single times.
    pub fn precision(mut self, share: f64) -> Self {
        self.effort.precision = Some(share);
        self
    }

    /// Makes an input for each run, outside the time.
    pub fn with_inputs<I, M: FnMut() -> I>(self, make: M) -> WithInputs<'b, M> {
        WithInputs { operation: self, make }
    }

    /// Measures a closure. What it returns is dropped outside the time.
    pub fn run<T>(self, run: impl FnMut() -> T) {
        self.bench.measure(&self.subject, self.effort, &mut Plain::new(run));
    }

    /// Measures a future, made and driven to its end within the time. `block_on` is the runtime's.
    ///
    /// ```no_run
    /// # let block_on = |_future| ();
    /// # async fn answer() {}
    /// tollgate_harness::main(|bench| {
    ///     bench.operation("answer").run_async(block_on, || answer());
    /// });
    /// ```
    pub fn run_async<U: Future>(
        self,
        mut block_on: impl FnMut(U) -> U::Output,
        mut start: impl FnMut() -> U,
    ) {
        self.run(|| block_on(start()));
    }
}

impl<I, M: FnMut() -> I> WithInputs<'_, M> {
    /// Measures a closure. Return the input to have it dropped outside the time.
    pub fn run<T>(self, run: impl FnMut(I) -> T) {
        let WithInputs { operation: Operation { bench, subject, effort }, make } = self;
        bench.measure(&subject, effort, &mut Fed::new(make, run));
    }
}
