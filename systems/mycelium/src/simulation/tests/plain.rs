//! Against the scheme written down once more, cell by cell, without bounds that spare work.

use proptest::prelude::*;

use super::*;

struct Plain {
    settings: Settings,
    random: Random,
    cells: Vec<f64>,
    activator: Vec<f64>,
    inhibitor: Vec<f64>,
    counts: Counts,
}

impl Plain {
    fn new(settings: &Settings) -> Plain {
        let mut random = Random::new(settings.streams, settings.seed);
        let count = settings.grid_size * settings.grid_size;
        let cells = (0..count).map(|_| -0.070 + 0.005 * random.normal()).collect();
        let activator = (0..count).map(|_| 0.1 * random.unit()).collect();
        let inhibitor = (0..count).map(|_| 0.1 * random.unit()).collect();
        let counts = Counts::default();
        Plain { settings: settings.clone(), random, cells, activator, inhibitor, counts }
    }

    fn laplacian(&self, cells: &[f64], index: usize) -> f64 {
        let size = self.settings.grid_size as isize;
        let (row, column) = (index as isize / size, index as isize % size);
        let at = |row: isize, column: isize| match self.settings.boundary {
            Boundary::Periodic => {
                cells[(row.rem_euclid(size) * size + column.rem_euclid(size)) as usize]
            }
            Boundary::Neumann => {
                cells[(row.clamp(0, size - 1) * size + column.clamp(0, size - 1)) as usize]
            }
            Boundary::Dirichlet => {
                let inside = (0..size).contains(&row) && (0..size).contains(&column);
                if inside { cells[(row * size + column) as usize] } else { 0.0 }
            }
        };
        let vertical = at(row - 1, column) + at(row + 1, column);
        vertical + at(row, column - 1) + at(row, column + 1) - 4.0 * cells[index]
    }

    fn step(&mut self) {
        let size = self.settings.grid_size;
        if self.random.unit() < self.settings.spike_probability {
            let row = self.random.below(size as u64) as usize;
            let column = self.random.below(size as u64) as usize;
            self.cells[row * size + column] += 0.020 + 0.005 * self.random.normal();
            self.counts.growth_events += 1;
        }
        let moved = |index: usize| {
            self.cells[index] + self.settings.alpha * self.laplacian(&self.cells, index)
        };
        let mut cells: Vec<f64> = (0..size * size).map(moved).collect();
        if self.settings.turing_enabled {
            self.react(&mut cells);
        }
        for cell in &mut cells {
            if self.settings.quantum_jitter {
                *cell += self.settings.jitter_var.sqrt() * self.random.normal();
            }
            let clamped = cell.clamp(-0.095, 0.040);
            self.counts.clamping_events += u64::from(clamped.to_bits() != cell.to_bits());
            *cell = clamped;
        }
        self.cells = cells;
    }

    fn react(&mut self, cells: &mut [f64]) {
        let settings = &self.settings;
        let (mut activator, mut inhibitor) = (self.activator.clone(), self.inhibitor.clone());
        for index in 0..cells.len() {
            let (a, i) = (self.activator[index], self.inhibitor[index]);
            let spread = settings.activator_diffusion * self.laplacian(&self.activator, index);
            let raised = a + (spread + settings.activator_rate * (a * (1.0 - a) - i));
            if raised > settings.turing_threshold {
                cells[index] += 0.005;
                self.counts.turing_activations += 1;
            }
            activator[index] = raised.clamp(0.0, 1.0);
            let spread = settings.inhibitor_diffusion * self.laplacian(&self.inhibitor, index);
            let followed = i + (spread + settings.inhibitor_rate * (a - i));
            inhibitor[index] = followed.clamp(0.0, 1.0);
        }
        (self.activator, self.inhibitor) = (activator, inhibitor);
    }
}

prop_compose! {
    fn any_settings()(
        grid_size in 4_usize..14,
        steps in 1_usize..40,
        diffusion in (0.001..=0.25, 0.001..=0.25, 0.001..=0.25),
        rates in (0.001..=0.1, 0.001..=0.1),
        spike_probability in prop_oneof![Just(0.0), 0.0..=1.0, Just(1.0)],
        turing_threshold in prop_oneof![0.0..=0.12, 0.0..=1.0],
        flags in any::<(bool, bool, bool)>(),
        jitter_var in prop_oneof![0.0..=0.0001, 0.0..=0.01],
        boundary in prop_oneof![
            Just(Boundary::Periodic),
            Just(Boundary::Neumann),
            Just(Boundary::Dirichlet),
        ],
        seed in any::<u64>(),
    ) -> Settings {
        Settings {
            grid_size,
            steps,
            alpha: diffusion.0,
            spike_probability,
            turing_enabled: flags.0,
            turing_threshold,
            quantum_jitter: flags.1,
            jitter_var,
            activator_diffusion: diffusion.1,
            inhibitor_diffusion: diffusion.2,
            activator_rate: rates.0,
            inhibitor_rate: rates.1,
            boundary,
            seed,
            streams: if flags.2 { Streams::Fast } else { Streams::Numpy },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_step_is_that_of_the_plain_scheme_to_the_bit(settings in any_settings()) {
        let mut simulation = Simulation::new(&settings).unwrap();
        let mut plain = Plain::new(&settings);
        for _ in 0..settings.steps {
            simulation.step().unwrap();
            plain.step();
            prop_assert_eq!(bits(simulation.cells()), bits(&plain.cells));
            prop_assert_eq!(bits(simulation.activator()), bits(&plain.activator));
            prop_assert_eq!(bits(simulation.inhibitor()), bits(&plain.inhibitor));
            prop_assert_eq!(simulation.counts(), plain.counts);
        }
    }

    #[test]
    fn steps_at_once_end_as_those_of_the_plain_scheme(
        settings in any_settings(),
        strides in prop::collection::vec(1_usize..12, 1..8),
    ) {
        let mut simulation = Simulation::new(&settings).unwrap();
        let mut plain = Plain::new(&settings);
        for stride in strides.iter().cycle() {
            let steps = (settings.steps - simulation.steps_done()).min(*stride);
            if steps == 0 {
                break;
            }
            simulation.advance(steps).unwrap();
            (0..steps).for_each(|_| plain.step());
            prop_assert_eq!(bits(simulation.cells()), bits(&plain.cells));
            prop_assert_eq!(bits(simulation.activator()), bits(&plain.activator));
            prop_assert_eq!(bits(simulation.inhibitor()), bits(&plain.inhibitor));
            prop_assert_eq!(simulation.counts(), plain.counts);
        }
    }

    #[test]
    fn whatever_is_allowed_stays_finite_and_inside_the_clamp(settings in any_settings()) {
        let mut simulation = Simulation::new(&settings).unwrap();
        for _ in 0..settings.steps {
            simulation.step().unwrap();
        }
        let within = |cells: &[f64], least, most| {
            cells.iter().all(|cell| (least..=most).contains(cell))
        };
        prop_assert!(within(simulation.cells(), -0.095, 0.040));
        prop_assert!(within(simulation.activator(), 0.0, 1.0));
        prop_assert!(within(simulation.inhibitor(), 0.0, 1.0));
        prop_assert!(simulation.counts().growth_events <= settings.steps as u64);
    }
}

#[test]
fn low_thresholds_and_busy_cells_agree_with_the_plain_scheme_over_long_runs() {
    let settings = Settings {
        grid_size: 12,
        turing_threshold: 0.05,
        spike_probability: 1.0,
        activator_rate: 0.1,
        alpha: 0.001,
        ..Settings::default()
    };
    let mut simulation = Simulation::new(&settings).unwrap();
    let mut at_once = simulation.clone();
    let mut plain = Plain::new(&settings);
    for _ in 0..1500 {
        simulation.step().unwrap();
        plain.step();
    }
    at_once.advance(1500).unwrap();
    for simulation in [&simulation, &at_once] {
        assert_eq!(bits(simulation.cells()), bits(&plain.cells));
        assert_eq!(simulation.counts(), plain.counts);
    }
    let counts = simulation.counts();
    assert!(counts.turing_activations > 0 && counts.clamping_events > 0, "{counts:?}");
}
