//! What a program needs while it runs, where it runs for long enough to show a trend.

use std::time::{Duration, Instant};

use super::gauge::Gauge;
use super::process::single;
use super::tree::Tree;
use crate::run::{Data, Series};

/// Between two looks. A program that ends sooner is never looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// Looks below which a program has no series: a growth needs ten points.
const FEWEST: usize = 10;

/// Looks at the processes below one, and remembers.
pub(super) struct Watch {
    parent: i32,
    started: Instant,
    last: Duration,
    memory: Gauge,
    threads: Gauge,
    descriptors: Gauge,
    looks: usize,
}

impl Watch {
    pub fn of_children(parent: i32) -> Watch {
        Watch {
            parent,
            started: now(),
            last: Duration::ZERO,
            memory: Gauge::default(),
            threads: Gauge::default(),
            descriptors: Gauge::default(),
            looks: 0,
        }
    }

    /// Takes a look when it is time for one; costs nothing otherwise.
    pub fn look(&mut self) {
        let at = now().duration_since(self.started);
        if at < self.last + INTERVAL {
            return;
        }
        self.last = at;
        self.see(at, Tree::below(self.parent));
    }

    fn see(&mut self, at: Duration, tree: Tree) {
        // Between its end and the next start there is nobody, which is no measurement of nothing.
        if tree.resident == 0 {
            return;
        }
        let at_ns = at.as_nanos() as f64;
        self.memory.push(at_ns, tree.resident as f64);
        self.threads.push(at_ns, tree.threads as f64);
        self.descriptors.push(at_ns, tree.descriptors as f64);
        self.looks += 1;
    }

    pub fn series(&self, operation: Option<&str>) -> Vec<Series> {
        if self.looks < FEWEST {
            return Vec::new();
        }
        let of = |name: &str, data: Data| Series { data, ..single(name, 0.0, operation) };
        vec![
            of("resident memory", self.memory.points()),
            of("threads", self.threads.points()),
            of("descriptors", self.descriptors.points()),
        ]
    }
}

#[expect(clippy::disallowed_methods, reason = "when a running program is looked at")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_ends_soon_has_no_series_and_a_longer_one_has_three() {
        let mut watch = Watch::of_children(0);
        let tree = |resident| Tree { resident, threads: 2, descriptors: 3, ..Tree::default() };
        for look in 0..9 {
            watch.see(INTERVAL * look, tree(1024));
            watch.see(INTERVAL * look, tree(0));
        }
        assert!(watch.series(None).is_empty());
        watch.see(INTERVAL * 9, tree(2048));
        let names: Vec<String> = watch.series(None).into_iter().map(|s| s.metric).collect();
        assert_eq!(names, ["resident memory", "threads", "descriptors"]);
    }
}
