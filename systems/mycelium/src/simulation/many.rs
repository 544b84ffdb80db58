//! Many runs at once, each with its own generator, so that threads change nothing but the time.

use std::sync::Mutex;
use std::thread;

use super::{Outcome, run};
use crate::error::Error;
use crate::settings::Settings;

/// Runs all, and returns their outcomes in the order of the settings, the same byte by byte with
/// any number of threads.
#[must_use]
pub fn run_many(settings: &[Settings], threads: usize) -> Vec<Result<Outcome, Error>> {
    let threads = threads.clamp(1, settings.len().max(1));
    if threads == 1 {
        return settings.iter().map(run).collect();
    }
    let mut places: Vec<Option<Result<Outcome, Error>>> = settings.iter().map(|_| None).collect();
    let left = Mutex::new(settings.iter().zip(&mut places));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no thread panics while it takes").next();
                    let Some((settings, place)) = next else { break };
                    *place = Some(run(settings));
                }
            });
        }
    });
    places.into_iter().map(|place| place.expect("every place was taken once")).collect()
}
