use proptest::prelude::*;

use crate::features::*;

/// The four features by their definitions, over a history that is there as a whole.
fn stored(history: &History, options: &Options) -> [f64; 4] {
    let frames: Vec<Vec<f64>> =
        history.frames().map(|frame| frame.iter().map(|cell| cell * 1000.0).collect()).collect();
    let changes: Vec<Vec<f64>> = frames
        .windows(2)
        .map(|pair| pair[0].iter().zip(&pair[1]).map(|(a, b)| (b - a).abs()).collect())
        .collect();
    let all = || changes.iter().flatten().copied();
    let spreads: Vec<f64> = changes
        .iter()
        .map(|changes| {
            let count = changes.len() as f64;
            let mean = changes.iter().sum::<f64>() / count;
            (changes.iter().map(|one| (one - mean) * (one - mean)).sum::<f64>() / count).sqrt()
        })
        .collect();
    let window = options.stability_window;
    let stable = spreads
        .windows(window)
        .position(|spreads| spreads.iter().all(|one| *one < options.stability_threshold));
    let energies: Vec<f64> =
        frames.iter().map(|frame| frame.iter().map(|cell| cell * cell).sum()).collect();
    let count = energies.len() as f64;
    let (at, energy) = ((count - 1.0) / 2.0, energies.iter().sum::<f64>() / count);
    let product = |(step, value): (usize, &f64)| (step as f64 - at) * (value - energy);
    let square = |step: usize| (step as f64 - at) * (step as f64 - at);
    [
        all().sum::<f64>() / all().count() as f64,
        all().fold(0.0, f64::max),
        stable.map_or(count, |start| start as f64 + 1.0),
        energies.iter().enumerate().map(product).sum::<f64>()
            / (0..energies.len()).map(square).sum::<f64>(),
    ]
}

/// Noise that stops in some steps, in which all cells move alike.
fn history() -> impl Strategy<Value = History> {
    let noise = prop::collection::vec((prop::bool::weighted(0.3), 0..1000_u64), 2..25);
    (1..8_usize, noise).prop_map(|(size, steps)| {
        let mut history = History::with_room(size, steps.len());
        let mut frame = vec![-0.070; size * size];
        for (moves, salt) in steps {
            for (place, cell) in frame.iter_mut().enumerate() {
                let noise = (place as u64 * 7919 + salt * 104_729) % 1000;
                *cell += if moves { (noise as f64 - 500.0) * 1e-5 } else { 1e-5 };
            }
            history.push(&frame);
        }
        history
    })
}

proptest! {
    #[test]
    fn a_run_seen_frame_by_frame_has_the_features_of_its_stored_history(
        history in history(),
        stability_window in 1..6_usize,
    ) {
        let options = Options { stability_window, ..Options::default() };
        let mut running = Running::new(history.size());
        history.frames().for_each(|frame| running.push(frame));
        let found = running.finish(&options).unwrap();
        let values = &found.values()[8..12];
        for (found, expected) in values.iter().zip(stored(&history, &options)) {
            prop_assert!((found - expected).abs() <= 1e-7 * expected.abs().max(1.0),
                "{found} for {expected}");
        }
        let last = history.frames().next_back().unwrap();
        let field = Field::new(history.size(), last.to_vec()).unwrap();
        prop_assert_eq!(extract(&field, Some(&history), &options), Ok(found));
    }
}
