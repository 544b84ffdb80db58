//! Properties of every judgement, over runs that no measurement would produce.

use proptest::collection::vec;
use proptest::prelude::{
    ProptestConfig, TestCaseError, any, prop_assert, prop_assert_eq, proptest,
};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng};
use tollgate::budget::parse::limit;
use tollgate::budget::{Bound, Limit, Op};
use tollgate::judge::{Estimate, Finding, Judgement, Outcome, Strictness, Verdict, compare, judge};
use tollgate::metric::Statistic;
use tollgate::quantity::{Dimension, Quantity};
use tollgate::run::{Batch, Data, Point, Resolution, Run, Share, Stated, Summary};
use tollgate_stats::histogram::Histogram;

use super::build::{baseline, case, of_a_beside_b, run};

const STATISTICS: [&str; 11] =
    ["min", "mean", "median", "p1", "p90", "p99", "max", "stddev", "rate", "total", "growth"];

/// Draws from a seed: value trees of whole runs would be too large to shrink.
struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0.random_range(low..high)
    }

    fn of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    fn many<T>(&mut self, most: usize, mut draw: impl FnMut(&mut Dice) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| draw(self)).collect()
    }

    /// As hostile as a float can be.
    fn number(&mut self) -> f64 {
        match self.below(24) {
            0 => 0.0,
            1 => -0.0,
            2 => f64::MAX,
            3 => f64::MIN,
            4 => f64::MIN_POSITIVE,
            5 => 5e-324,
            6 => -1e300,
            7 => self.of(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
            8..=10 => self.between(-1000.0, 0.0),
            11..=13 => 7.0,
            _ => self.between(1.0, 1000.0),
        }
    }

    /// Mostly harmless, so that many runs come to a verdict; `hostile` of a hundred are not.
    fn tame(&mut self, hostile: usize) -> f64 {
        if self.below(100) < hostile { self.number() } else { self.between(90.0, 110.0) }
    }

    fn data(&mut self, kind: usize, hostile: usize) -> Data {
        match kind {
            0 => Data::Samples(self.many(30, |dice| dice.tame(hostile))),
            1 => Data::Samples(vec![self.tame(hostile)]),
            2 => {
                let n = 300 + self.below(200);
                Data::Samples((0..n).map(|_| self.tame(hostile)).collect())
            }
            3 => Data::Histograms(self.many(6, |dice| {
                Histogram::from_values(dice.many(40, |dice| dice.0.next_u64() >> dice.below(64)))
            })),
            4 => Data::Batches(self.many(30, |dice| Batch {
                total: dice.tame(hostile),
                iterations: dice.tame(hostile),
            })),
            5 => {
                let point = |i: usize, dice: &mut Dice| Point {
                    at_ns: i as f64 * 1e9 + dice.tame(hostile),
                    value: dice.tame(hostile),
                };
                let n = self.below(60);
                Data::Points((0..n).map(|i| point(i, self)).collect())
            }
            6 => Data::Shares(self.many(6, |dice| {
                let of = dice.0.next_u64() >> dice.below(64);
                let most = if dice.below(100) < hostile { u64::MAX } else { of };
                Share { hits: (dice.0.next_u64() >> dice.below(64)).min(most), of }
            })),
            7 => Data::Total(self.tame(hostile)),
            _ => {
                let n = self.of(&[None, Some(0), Some(7), Some(9000), Some(u64::MAX)]);
                let end = |dice: &mut Dice| (dice.below(2) == 0).then(|| dice.tame(hostile));
                let values = self.many(11, |dice| {
                    let value = dice.tame(hostile);
                    let stated = Stated { value, low: end(dice), high: end(dice) };
                    (Statistic::parse(dice.of(&STATISTICS)).unwrap(), stated)
                });
                Data::Summary(Summary { n, values: values.into_iter().collect() })
            }
        }
    }

    /// Trials of one form, now and then with another among them.
    fn trials(&mut self, kind: usize) -> Vec<Data> {
        let hostile = self.of(&[0, 0, 0, 1, 10]);
        let stray = self.below(10) == 0;
        (0..1 + self.below(13))
            .map(|_| {
                let kind = if stray && self.below(5) == 0 { self.below(9) } else { kind };
                self.data(kind, hostile)
            })
            .collect()
    }

    fn resolution(&mut self) -> Resolution {
        match self.below(8) {
            0 => Resolution::Absolute(self.number()),
            1 => Resolution::Relative(self.number()),
            2 => Resolution::Relative(0.01),
            3 => Resolution::Steps(self.many(3, |dice| (dice.number(), dice.number()))),
            _ => Resolution::Exact,
        }
    }
}

struct Scene {
    now: Run,
    before: Run,
}

fn scene(seed: u64) -> Scene {
    let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(seed));
    let statistic = dice.of(&STATISTICS);
    let bound = match dice.below(4) {
        0 => "baseline + 5%".to_owned(),
        1 => "case b + 5%".to_owned(),
        _ => format!("{}", dice.between(-200.0, 200.0)),
    };
    let op = dice.of(&["<", "<=", ">", ">="]);
    let kind = dice.below(9);
    let (rounded, elapsed) = (dice.resolution(), dice.of(&[0, 1_000_000]));
    let fill = |name: &str, dice: &mut Dice| {
        let blank = case(name).unit(Dimension::COUNT).elapsed_ns(elapsed).rounded(rounded.clone());
        let kind = if dice.below(10) == 0 { dice.below(9) } else { kind };
        let trials = dice.trials(kind);
        trials
            .into_iter()
            .enumerate()
            .fold(blank, |case, (i, data)| case.at(i as u32 + 1, "x", data))
    };
    let text = of_a_beside_b("");
    // The limit is written into the run itself: a file would refuse some of these on sight.
    let mut now = run(&text, [fill("a", &mut dice), fill("b", &mut dice)]);
    let before = run(&text, [fill("a", &mut dice)]);
    let blank = run(&of_a_beside_b(&format!("\"x {statistic}\" = \"<= 1/s\"")), []);
    let mut budget = blank.head.budgets[0].clone();
    budget.hard = Some(limit(&format!("{op} {bound}")).unwrap());
    if let Some(Limit { bound: Bound::Absolute(quantity), .. }) = &mut budget.hard {
        let dimension = Statistic::parse(statistic).unwrap().dimension(Dimension::COUNT);
        quantity.dimension = dimension.unwrap();
    }
    now.head.budgets.push(budget);
    Scene { now, before }
}

fn judged(scene: &Scene) -> Judgement {
    judge(&scene.now, &baseline([scene.before.clone()]), Strictness::Usual)
}

fn sound(estimate: &Estimate) -> Result<(), TestCaseError> {
    let value = estimate.value;
    prop_assert!(value.is_finite(), "{:?}", estimate);
    prop_assert!(estimate.n_effective.is_finite(), "{:?}", estimate);
    prop_assert!(estimate.low.is_none_or(|low| low.is_finite() && low <= value), "{:?}", estimate);
    prop_assert!(
        estimate.high.is_none_or(|high| high.is_finite() && high >= value),
        "{:?}",
        estimate
    );
    Ok(())
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict.finding {
        Finding::Within | Finding::Warned => 0,
        Finding::CannotTell => 1,
        Finding::NotMeasured => 2,
        Finding::Exceeded => 3,
    }
}

#[test]
fn the_scenes_come_to_every_finding() {
    let mut found = [0; 4];
    for seed in 0..200 {
        found[usize::from(rank(&judged(&scene(seed)).verdicts[0]))] += 1;
    }
    assert!(found.iter().all(|&count| count >= 5), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_judgement_never_panics_and_always_has_an_answer_or_a_reason(seed in any::<u64>()) {
        let scene = scene(seed);
        let judgement = judged(&scene);
        prop_assert_eq!(judgement.verdicts.len(), 1);
        let verdict = &judgement.verdicts[0];
        prop_assert!(verdict.headroom.is_none_or(f64::is_finite));
        for estimate in verdict.estimate.iter().chain(&verdict.change) {
            sound(estimate)?;
        }
        if matches!(verdict.finding, Finding::Within | Finding::Exceeded) {
            prop_assert!(verdict.estimate.is_some());
            prop_assert!(verdict.hard.as_ref().unwrap().value.is_some_and(f64::is_finite));
        } else {
            prop_assert!(verdict.reason.is_some(), "{:#?}", verdict);
        }
        prop_assert!(verdict.outcome != Outcome::Within || rank(verdict) < 2);
        // The same evidence beside itself must not panic either.
        let _ = compare(&scene.before, &scene.now, 0.95);
    }

    #[test]
    fn the_same_run_judged_twice_gives_the_same_bytes_and_survives_them(seed in any::<u64>()) {
        let scene = scene(seed);
        let bytes = |judgement: &Judgement| serde_json::to_string(judgement).unwrap();
        let judgement = judged(&scene);
        prop_assert_eq!(bytes(&judgement), bytes(&judged(&scene)));
        let read: Judgement = serde_json::from_str(&bytes(&judgement)).unwrap();
        prop_assert_eq!(&read, &judgement);
    }

    /// For l below m, the verdict on `<= m` is never worse than that on `<= l`.
    #[test]
    fn a_looser_limit_never_makes_a_verdict_worse(
        seed in any::<u64>(),
        steps in vec(-300.0..300.0_f64, 4),
    ) {
        let (mut scene, mut steps) = (scene(seed), steps);
        steps.sort_by(f64::total_cmp);
        let at = |scene: &mut Scene, op: Op, step: f64| {
            let hard = scene.now.head.budgets[0].hard.as_mut().unwrap();
            hard.op = op;
            hard.bound = match &hard.bound {
                Bound::Absolute(quantity) => {
                    Bound::Absolute(Quantity { value: step, dimension: quantity.dimension })
                }
                Bound::Baseline { .. } => Bound::Baseline { factor: (step / 300.0).exp() },
                Bound::Case { name, .. } => {
                    Bound::Case { name: name.clone(), factor: (step / 300.0).exp() }
                }
            };
            rank(&judged(scene).verdicts[0])
        };
        for op in [Op::Below, Op::AtMost] {
            let ranks: Vec<u8> = steps.iter().map(|step| at(&mut scene, op, *step)).collect();
            prop_assert!(ranks.is_sorted_by(|a, b| a >= b), "{:?} {:?}", ranks, steps);
        }
        for op in [Op::Above, Op::AtLeast] {
            let ranks: Vec<u8> = steps.iter().map(|step| at(&mut scene, op, *step)).collect();
            prop_assert!(ranks.is_sorted(), "{:?} {:?}", ranks, steps);
        }
    }
}
