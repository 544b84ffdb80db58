//! The eight figures by which the original is known, each measured as it was there.

use tollgate_harness::Bench;

use super::scene::{self, Training};
use crate::features::boxes::{self, Boxes};
use crate::model::{Batch, Fused, Workspace};
use crate::settings::Settings;

pub(super) fn measure(bench: &mut Bench) {
    forward(bench, "forward pass latency", (128, 64), 32);
    forward(bench, "forward pass (batch=128)", (64, 64), 128);
    let settings = Settings::default();
    bench.run("core / field simulation", || scene::end(&settings));
    let mask = scene::noise_mask(64);
    bench.group("core").run("fractal dimension estimation", || {
        boxes::dimension(&mask, &Boxes::default()).expect("half of the cells are set")
    });
    let mut training = Training::new((64, 64), 32);
    bench.group("core").run("training step", || training.step());
    let steps = if bench.is_measuring() { 100 } else { 1 };
    // The network and its tensors are part of what is counted.
    bench.group("core").run("peak memory usage", || {
        let mut training = Training::new((64, 128), 64);
        (0..steps).map(|_| training.step()).last()
    });
    forward(bench, "inference throughput", (64, 64), 64);
    bench.group("core").run("model initialization", || scene::network((64, 64)));
    fused(bench, (128, 64), 32);
    fused(bench, (64, 64), 64);
}

/// Batches of normal numbers; a throughput is told as well.
fn forward(bench: &mut Bench, name: &str, widths: (usize, usize), batch: usize) {
    let (network, numbers) = (scene::network(widths), scene::normal_f32(batch * widths.0));
    let (rows, mut work) = (Batch::rows(&numbers, batch), Workspace::default());
    let operation = bench.operation(format!("core / {name}")).elements(batch as u64);
    operation.run(|| network.forward(rows, &mut work).expect("the rows fit").len());
}

/// The same rows by a network that is not to learn any more.
fn fused(bench: &mut Bench, widths: (usize, usize), batch: usize) {
    let (network, numbers) = (scene::network(widths), scene::normal_f32(batch * widths.0));
    let (fused, mut work) = (Fused::new(&network), Workspace::default());
    let operation = bench.operation(format!("inference / {batch} rows")).elements(batch as u64);
    operation.run(|| fused.forward(&numbers, &mut work).expect("the rows fit").len());
}
