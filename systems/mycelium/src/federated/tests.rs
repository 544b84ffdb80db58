//! What holds for all aggregates, and where the hierarchy breaks.

use proptest::prelude::*;

use super::*;
use crate::random::Random;
use crate::settings::Streams;

/// Clients near 0, and the last `liars` of them at 100 in every coordinate.
fn attacked(clients: usize, liars: usize, width: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = Random::new(Streams::Fast, seed);
    let mut client = |place: usize| match place < clients - liars {
        true => (0..width).map(|_| 0.1 * random.normal()).collect(),
        false => vec![100.0; width],
    };
    (0..clients).map(&mut client).collect()
}

fn far(values: &[f64]) -> bool {
    values.iter().any(|value| value.abs() > 1.0)
}

#[test]
fn a_fifth_of_liars_moves_no_aggregate_for_any_lot_and_any_number_of_clusters() {
    for (count, liars) in [(20, 4), (100, 20), (333, 66)] {
        let clients = attacked(count, liars, 10, 1);
        for clusters in [1, 2, 5, 10, 20, 100] {
            for seed in 0..200 {
                let hierarchy = Hierarchy { clusters, seed, ..Hierarchy::default() };
                let found = hierarchical_krum(&clients, &hierarchy).unwrap();
                let used = found.clusters;
                assert!(!far(&found.values), "{count} in {used} of {clusters}, lot {seed}");
            }
        }
    }
}

#[test]
fn more_liars_are_borne_where_more_are_expected() {
    let clients = attacked(100, 40, 10, 2);
    for seed in 0..200 {
        let hierarchy = Hierarchy { liars: 0.4, seed, ..Hierarchy::default() };
        assert!(!far(&hierarchical_krum(&clients, &hierarchy).unwrap().values), "lot {seed}");
    }
}

#[test]
fn without_the_rule_for_clusters_two_of_them_would_break() {
    let hierarchy = Hierarchy { clusters: 2, ..Hierarchy::default() };
    assert_eq!(hierarchy.clusters_for(20), 1);
    assert_eq!(hierarchy.clusters_for(1000), 1);
}

#[test]
fn clusters_are_as_many_as_leave_the_spoilt_ones_a_minority() {
    let hierarchy = Hierarchy::default();
    // Three of 33 bear 15 liars each: 20 spoil one. Ten of 10 bear 3: 20 spoil five, one too many.
    // Fourteen of 7 bear 2: 20 spoil six.
    let used = |clusters| Hierarchy { clusters, ..hierarchy }.clusters_for(100);
    assert_eq!([1, 2, 3, 5, 10, 11, 100].map(used), [1, 1, 3, 5, 9, 11, 14]);
    assert_eq!(hierarchy.clusters_for(4), 1);
    let honest = Hierarchy { liars: 0.0, ..hierarchy };
    assert_eq!(honest.clusters_for(100), 20);
}

#[test]
fn the_liar_among_four_has_no_say() {
    let clients = vec![vec![1.0, 2.0], vec![1.0, 2.1], vec![1.0, 1.9], vec![50.0, 50.0]];
    let hierarchy = Hierarchy { clusters: 2, ..Hierarchy::default() };
    assert_eq!(hierarchical_krum(&clients, &hierarchy).unwrap().values, [1.0, 2.0]);
}

#[test]
fn few_clients_have_an_aggregate_too() {
    let clients = [vec![1.0], vec![3.0]];
    let found =
        |count: usize| hierarchical_krum(&clients[..count], &Hierarchy::default()).unwrap().values;
    assert_eq!(found(1), [1.0]);
    assert_eq!(found(2), [2.0]);
    let alike = vec![vec![0.5, -0.5]; 5];
    assert_eq!(hierarchical_krum(&alike, &Hierarchy::default()).unwrap().values, [0.5, -0.5]);
}

#[test]
fn ten_thousand_clients_are_sampled_and_the_liars_among_them_have_no_say() {
    let clients = attacked(10_000, 2000, 4, 3);
    let found = hierarchical_krum(&clients, &Hierarchy::default()).unwrap();
    assert_eq!(found.clients, 1000);
    assert!(!far(&found.values));
    let all = Hierarchy { sample: 1.0, ..Hierarchy::default() };
    let found = hierarchical_krum(&clients, &all).unwrap();
    assert_eq!((found.clients, far(&found.values)), (10_000, false));
}

#[test]
fn a_seed_gives_the_same_aggregate_and_another_seed_another() {
    let clients = attacked(100, 10, 3, 4);
    let found = |seed| {
        let hierarchy = Hierarchy { clusters: 5, seed, ..Hierarchy::default() };
        hierarchical_krum(&clients, &hierarchy).unwrap()
    };
    assert_eq!(found(1), found(1));
    assert_ne!(found(1).values, found(2).values);
}

/// The same clients to each of the aggregates.
fn refusals(clients: &[Vec<f64>]) -> [Option<Error>; 5] {
    [
        krum(clients, 0).err(),
        multi_krum(clients, 0, 1).err(),
        trimmed_mean(clients, 0).err(),
        coordinate_median(clients, Middle::Mean).err(),
        hierarchical_krum(clients, &Hierarchy::default()).err(),
    ]
}

#[test]
fn no_clients_ragged_ones_and_what_is_not_a_number_are_refused_by_all() {
    let row = vec![1.0, 2.0];
    let wrong = [
        (vec![], "there is no client"),
        (vec![vec![]; 5], "client 0 has no coordinates"),
        (
            vec![row.clone(), row.clone(), vec![1.0], row.clone()],
            "client 2 has 1 coordinates, but client 0 2",
        ),
        (
            vec![row.clone(), row.clone(), row.clone(), vec![1.0, f64::NAN]],
            "coordinate 1 of client 3 is NaN, not finite",
        ),
        (
            vec![vec![f64::INFINITY, 0.0], row.clone(), row.clone(), row],
            "coordinate 0 of client 0 is inf, not finite",
        ),
    ];
    for (clients, expected) in wrong {
        for error in refusals(&clients) {
            assert_eq!(error, Some(Error::Shape(expected.to_owned())));
        }
    }
}

#[test]
fn settings_out_of_their_bounds_are_refused() {
    let wrong = [
        Hierarchy { clusters: 0, ..Hierarchy::default() },
        Hierarchy { liars: 0.5, ..Hierarchy::default() },
        Hierarchy { liars: -0.1, ..Hierarchy::default() },
        Hierarchy { liars: f64::NAN, ..Hierarchy::default() },
        Hierarchy { sample: 0.0, ..Hierarchy::default() },
        Hierarchy { sample: 1.1, ..Hierarchy::default() },
    ];
    for hierarchy in wrong {
        let refused = hierarchical_krum(&[vec![1.0]], &hierarchy);
        assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{hierarchy:?}");
    }
}

/// Between 3 and 12 clients with small integers, for which every sum is exact.
fn integers() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (3_usize..12, 1_usize..10).prop_flat_map(|(clients, width)| {
        let value = (-50_i32..50).prop_map(f64::from);
        prop::collection::vec(prop::collection::vec(value, width), clients)
    })
}

proptest! {
    #[test]
    fn the_order_of_the_clients_does_not_matter_to_medians_and_trimmed_means(
        clients in prop::collection::vec(prop::array::uniform3(-1e3_f64..1e3), 3..12),
        seed in 0_u64..1000,
    ) {
        let clients: Vec<Vec<f64>> = clients.iter().map(|client| client.to_vec()).collect();
        let mut mixed = clients.clone();
        Random::new(Streams::Fast, seed).shuffle(&mut mixed);
        for middle in [Middle::Mean, Middle::Lower] {
            let (found, other) =
                (coordinate_median(&mixed, middle), coordinate_median(&clients, middle));
            prop_assert_eq!(found, other);
        }
        prop_assert_eq!(trimmed_mean(&mixed, 1), trimmed_mean(&clients, 1));
    }

    #[test]
    fn krum_moves_with_its_clients(clients in integers(), shift in -1000_i32..1000) {
        let shift = f64::from(shift);
        let moved = |client: &Vec<f64>| client.iter().map(|value| value + shift).collect();
        let shifted: Vec<Vec<f64>> = clients.iter().map(moved).collect();
        let liars = (clients.len() - 3) / 2;
        let expected: Vec<f64> = moved(&krum(&clients, liars).unwrap());
        prop_assert_eq!(krum(&shifted, liars).unwrap(), expected);
    }

    #[test]
    fn krum_picks_one_of_the_clients_with_the_least_score(clients in integers()) {
        let liars = (clients.len() - 3) / 2;
        let score = |client: &Vec<f64>| {
            let distance = |other: &Vec<f64>| -> f64 {
                client.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
            };
            let mut distances: Vec<f64> = clients.iter().map(distance).collect();
            distances.sort_by(f64::total_cmp);
            // The first is the client's own.
            distances[1..=clients.len() - liars - 2].iter().sum::<f64>()
        };
        let best = clients.iter().map(score).min_by(f64::total_cmp).unwrap();
        let picked = krum(&clients, liars).unwrap();
        prop_assert!(clients.contains(&picked));
        prop_assert!(score(&picked) <= best);
    }
}
