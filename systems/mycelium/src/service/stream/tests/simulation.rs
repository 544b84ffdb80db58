//! What is streamed is what is simulated: step by step, to the last bit.

use serde_json::{Value, json};

use super::fixture::{Client, FEATURES, Heard, LIVE, Service};
use crate::features::{NAMES, Options, Running};
use crate::pattern::{Pattern, PatternSettings};
use crate::settings::Settings;
use crate::simulation::{Counts, Simulation, run};

fn floats(cells: &[f64]) -> Vec<f32> {
    cells.iter().map(|cell| *cell as f32).collect()
}

fn steps(updates: &[(Value, Vec<f32>)]) -> Vec<usize> {
    updates.iter().map(|(update, _)| update["step"].as_u64().unwrap() as usize).collect()
}

fn assert_counts(told: &Value, counts: Counts) {
    assert_eq!(told["growth_events"], counts.growth_events);
    assert_eq!(told["turing_activations"], counts.turing_activations);
    assert_eq!(told["clamping_events"], counts.clamping_events);
}

async fn streamed(params: Value) -> (Vec<(Value, Vec<f32>)>, Value) {
    let mut client = Service::usual().await.client(LIVE).await;
    client.subscribe("a", params).await;
    client.all().await
}

#[tokio::test]
async fn every_step_is_streamed_and_the_last_is_that_of_a_run() {
    let settings = Settings {
        grid_size: 24,
        steps: 60,
        seed: 7,
        spike_probability: 0.5,
        quantum_jitter: true,
        ..Settings::default()
    };
    let (updates, complete) = streamed(json!({
        "grid_size": 24, "steps": 60, "seed": 7, "spike_probability": 0.5, "quantum_jitter": true,
        "include_full_state": true, "encoding": "binary",
    }))
    .await;
    assert_eq!(steps(&updates), (1..=60).collect::<Vec<_>>());
    let mut simulation = Simulation::new(&settings).unwrap();
    for (update, cells) in &updates {
        simulation.step().unwrap();
        assert_eq!(*cells, floats(simulation.cells()));
        assert_counts(update, simulation.counts());
    }
    let outcome = run(&settings).unwrap();
    assert!(outcome.counts.growth_events > 0 && outcome.counts.clamping_events > 0);
    assert_eq!(updates[59].1, floats(outcome.field.cells()));
    assert_counts(&complete, outcome.counts);
    assert_eq!((&complete["step"], &complete["dropped"]), (&json!(60), &json!(0)));
}

#[tokio::test]
async fn cells_as_json_are_exact() {
    let mut client = Service::usual().await.client(LIVE).await;
    client.subscribe("a", json!({ "grid_size": 8, "steps": 1, "include_full_state": true })).await;
    let told = client.told("simulation_state").await;
    let settings = Settings { grid_size: 8, steps: 1, ..Settings::default() };
    let field = run(&settings).unwrap().field;
    // The shortest text that is read as the same number, in both directions.
    assert_eq!(told["payload"]["cells"].to_string(), json!(field.cells()).to_string());
    let mean = told["payload"]["summary"]["mean"].as_f64().unwrap();
    assert!((mean - field.summary().mean).abs() < 1e-9);
}

#[tokio::test]
async fn between_two_updates_there_are_as_many_steps_as_were_asked_for() {
    let params = json!({ "grid_size": 8, "steps": 40, "update_interval_steps": 7 });
    let (updates, complete) = streamed(params).await;
    assert_eq!(steps(&updates), [7, 14, 21, 28, 35, 40]);
    assert!(updates.iter().all(|(update, cells)| cells.is_empty() && update["cells"].is_null()));
    assert_eq!(complete["step"], 40);
}

#[tokio::test]
async fn patterns_are_streamed_as_they_form() {
    for (name, params) in [
        ("spots", json!({ "model": "gray-scott" })),
        ("stripes", json!({ "model": "gray-scott", "preset": "stripes" })),
        ("schnakenberg", json!({ "model": "schnakenberg" })),
    ] {
        let mut params = params;
        for (key, value) in [
            ("grid_size", json!(16)),
            ("steps", json!(50)),
            ("seed", json!(3)),
            ("update_interval_steps", json!(25)),
            ("include_full_state", json!(true)),
            ("encoding", json!("binary")),
        ] {
            params[key] = value;
        }
        let (updates, _) = streamed(params).await;
        let preset = PatternSettings::preset(name).unwrap();
        let settings = PatternSettings { grid_size: 16, steps: 50, seed: 3, ..preset };
        let mut pattern = Pattern::new(&settings).unwrap();
        for (_, cells) in &updates {
            (0..25).for_each(|_| pattern.step().unwrap());
            let shown = if name == "schnakenberg" { pattern.u() } else { pattern.v() };
            assert_eq!(*cells, floats(shown), "{name}");
        }
        assert_eq!(steps(&updates), [25, 50]);
    }
}

#[tokio::test]
async fn features_are_those_of_the_steps_so_far() {
    let mut client = Service::usual().await.client(FEATURES).await;
    let params = json!({
        "grid_size": 16, "steps": 30, "update_interval_steps": 10, "update_interval_ms": 10,
    });
    client.subscribe("f", params).await;
    let settings = Settings { grid_size: 16, steps: 30, ..Settings::default() };
    let mut simulation = Simulation::new(&settings).unwrap();
    let mut running = Running::new(16);
    for _ in 0..3 {
        for _ in 0..10 {
            simulation.step().unwrap();
            running.push(simulation.cells());
        }
        let told = client.told("feature_update").await;
        let expected = running.finish(&Options::default()).unwrap().values();
        for (name, expected) in NAMES.into_iter().zip(expected) {
            let found = told["payload"]["features"][name].as_f64().unwrap();
            let off = (found - expected).abs();
            assert!(off <= 1e-12 * expected.abs(), "{name} is {found}, not {expected}");
        }
        assert_counts(&told["payload"], simulation.counts());
    }
    assert_eq!(client.told("simulation_complete").await["payload"]["step"], 30);
}

#[tokio::test]
async fn a_list_of_features_says_which_come() {
    let mut client = Service::usual().await.client(FEATURES).await;
    let params = json!({ "steps": 1, "grid_size": 8, "features": ["D_box", "pot_mean_mV"] });
    client.subscribe("f", params).await;
    let told = client.told("feature_update").await;
    let features = told["payload"]["features"].as_object().unwrap();
    assert_eq!(features.keys().collect::<Vec<_>>(), ["D_box", "pot_mean_mV"]);
    assert_eq!(features["pot_mean_mV"], told["payload"]["summary"]["mean"]);
}

/// Round trips, in each of which a stream that runs would have its turn.
async fn hears_nothing_for(client: &mut Client, rounds: usize) {
    for _ in 0..rounds {
        client.is_answered().await;
    }
}

#[tokio::test]
async fn a_paused_stream_waits_and_then_goes_on_where_it_was() {
    let mut client = Service::usual().await.client(LIVE).await;
    // The first update would be due in 100 s.
    client.subscribe("a", json!({ "grid_size": 8, "steps": 3, "pace": 0.01 })).await;
    client.control("a", json!({ "paused": true })).await;
    let told = client.told("control").await;
    let now = json!({ "pace": 0.01, "update_interval_steps": 1, "paused": true });
    assert_eq!(told["payload"], now);
    client.control("a", json!({ "pace": 100_000 })).await;
    client.told("control").await;
    hears_nothing_for(&mut client, 50).await;
    client.control("a", json!({ "paused": false })).await;
    client.told("control").await;
    let (updates, _) = client.all().await;
    assert_eq!(steps(&updates), [1, 2, 3]);
}

#[tokio::test]
async fn nothing_comes_of_a_stream_that_was_unsubscribed() {
    let mut client = Service::usual().await.client(LIVE).await;
    client.subscribe("a", json!({ "grid_size": 8, "steps": 10_000, "pace": 10_000 })).await;
    client.told("simulation_state").await;
    client.say(json!({ "type": "unsubscribe", "stream_id": "a" })).await;
    let told = client.until("unsubscribe").await;
    assert!(told["payload"]["sent"].as_u64().unwrap() >= 1);
    hears_nothing_for(&mut client, 50).await;
    client.control("a", json!({})).await;
    assert_eq!(client.told("error").await["stream_id"], "a");
    client.subscribe("a", json!({ "grid_size": 8, "steps": 1 })).await;
    assert_eq!(steps(&client.all().await.0), [1]);
}

#[tokio::test]
async fn streams_of_one_connection_run_side_by_side_and_are_told_apart() {
    let mut client = Service::usual().await.client(LIVE).await;
    client.subscribe("slow", json!({ "grid_size": 8, "steps": 1, "pace": 0.01 })).await;
    for (id, seed) in [("a", 1), ("b", 2)] {
        let params = json!({ "type": "subscribe", "stream_id": id, "payload": { "params": {
            "grid_size": 8, "steps": 20, "seed": seed, "pace": 1000 } } });
        client.say(params).await;
    }
    let (mut seen, mut over) = (std::collections::BTreeMap::<String, Vec<u64>>::new(), 0);
    while over < 2 {
        let Heard::Told(told) = client.hear().await else { panic!("no text") };
        let id = told["stream_id"].as_str().unwrap().to_owned();
        match told["type"].as_str().unwrap() {
            "simulation_state" => {
                seen.entry(id).or_default().push(told["payload"]["step"].as_u64().unwrap());
            }
            "simulation_complete" => over += 1,
            other => assert_eq!(other, "subscribe_success"),
        }
    }
    let all: Vec<u64> = (1..=20).collect();
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        [("a".to_owned(), all.clone()), ("b".to_owned(), all),]
    );
}
