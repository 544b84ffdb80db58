//! What is computed, held against the numbers of the program in Python.

use serde_json::json;

use super::fixture::*;

fn near(found: f64, expected: f64, allowed: f64) {
    assert!((found - expected).abs() <= allowed, "{found} is not {expected}");
}

async fn simulated(body: serde_json::Value) -> Answer {
    let answer = Fixture::new().post("/simulate", body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

#[tokio::test]
async fn ions_of_both_signs_are_in_balance_where_nernst_says() {
    let service = Fixture::new();
    // By the formula, with R = 8.314 and F = 96485.33212, in Python.
    for (valence, outside, inside, kelvin, expected) in [
        (1, 5e-3, 0.14, 310.0, -89.010_669_119_879_07),
        (1, 0.145, 0.012, 310.0, 66.562_336),
        (-1, 0.12, 0.004, 310.0, -90.853_605),
        (2, 0.002, 1e-7, 310.0, 132.272_2),
        (1, 0.02, 0.4, 291.65, -75.285_910),
    ] {
        let body = json!({
            "z_valence": valence, "concentration_out_molar": outside,
            "concentration_in_molar": inside, "temperature_k": kelvin,
        });
        let answer = service.post("/nernst", body.to_string()).await;
        near(answer.number("potential_mV"), expected, 1e-4);
    }
    let body = r#"{"concentration_out_molar": 5e-3, "concentration_in_molar": 0.14}"#;
    let answer = service.post("/nernst", body).await;
    near(answer.number("potential_mV"), -89.010_669_119_879_07, 1e-12);
}

#[tokio::test]
async fn the_golden_simulation_of_the_program_in_python_comes_out() {
    let golden = json!({ "seed": 42, "grid_size": 32, "steps": 32, "streams": "numpy" });
    let answer = simulated(golden.clone()).await;
    assert_eq!(answer.json["growth_events"], 11);
    near(answer.number("pot_min_mV"), -71.094_543_512_421_77, 1e-10);
    near(answer.number("pot_max_mV"), -67.274_694_698_384_02, 1e-10);
    near(answer.number("pot_mean_mV"), -69.949_898_149_998_15, 1e-10);
    near(answer.number("pot_std_mV"), 0.559_132_736_536_104_2, 1e-10);
}

#[tokio::test]
async fn the_dimension_is_above_zero_unless_the_old_threshold_is_asked_for() {
    let ours = simulated(json!({ "grid_size": 64 })).await;
    assert!((1.0..=2.0).contains(&ours.number("fractal_dimension")), "{}", ours.text);
    let threshold = ours.number("threshold_mV");
    assert!(threshold > ours.number("pot_min_mV") && threshold < ours.number("pot_max_mV"));
    let old = simulated(json!({ "grid_size": 64, "compat": "v4.1" })).await;
    near(old.number("fractal_dimension"), 0.0, 0.0);
    near(old.number("threshold_mV"), -60.0, 0.0);
    near(old.number("pot_max_mV"), ours.number("pot_max_mV"), 0.0);
}

#[tokio::test]
async fn the_same_request_is_answered_with_the_same_bytes() {
    for path in ["/simulate", "/features", "/validate"] {
        let service = Fixture::new();
        let body = r#"{"grid_size": 16, "steps": 16, "seed": 7}"#;
        let first = service.post(path, body).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(first.text, service.post(path, body).await.text);
        let other = service.post(path, r#"{"grid_size": 16, "steps": 16, "seed": 8}"#).await;
        assert_ne!(first.text, other.text, "{path}");
    }
}

#[tokio::test]
async fn a_liar_among_many_does_not_move_the_gradient() {
    let mut gradients = vec![vec![0.0, 0.1]; 16];
    gradients.extend(vec![vec![100.0, -100.0]; 4]);
    let body = json!({ "gradients": gradients, "num_clusters": 1 });
    let answer = Fixture::new().post("/federated/aggregate", body.to_string()).await;
    assert_eq!(answer.json["num_input_gradients"], 20);
    near(answer.json["aggregated_gradient"][0].as_f64().unwrap(), 0.0, 1e-12);
    near(answer.json["aggregated_gradient"][1].as_f64().unwrap(), 0.1, 1e-12);
}

#[tokio::test]
async fn a_large_aggregation_gives_what_a_small_one_gives() {
    let service = Fixture::new();
    for copies in [1, 4000] {
        let gradients = vec![vec![0.25; copies]; 5];
        let body = json!({ "gradients": gradients }).to_string();
        let answer = service.post("/federated/aggregate", body).await;
        assert_eq!(answer.json["aggregated_gradient"], json!(vec![0.25; copies]));
    }
}

#[tokio::test]
async fn features_of_a_simulation_and_of_a_field_have_their_names() {
    let service = Fixture::new();
    let run = service.post("/features", r#"{"grid_size": 32, "steps": 32}"#).await;
    assert_eq!(run.status, 200, "{}", run.text);
    let features = run.json["features"].as_object().unwrap();
    assert_eq!(features.len(), 18);
    assert!(features["dV_mean"].as_f64().unwrap() > 0.0);
    assert!(features["f_active"].as_f64().unwrap() > 0.0);
    let field = json!({ "field_mV": vec![vec![-70.0; 8]; 8] });
    let answer = service.post("/features", field.to_string()).await;
    near(answer.json["features"]["V_mean"].as_f64().unwrap(), -70.0, 1e-9);
    near(answer.json["features"]["dV_mean"].as_f64().unwrap(), 0.0, 0.0);
}

#[tokio::test]
async fn the_features_of_the_demo_are_those_of_the_program_in_python() {
    let body = r#"{"grid_size": 32, "steps": 32, "streams": "numpy", "compat": "v4.1"}"#;
    let answer = Fixture::new().post("/features", body).await;
    // Printed by that program for its demo with seed 42.
    for (name, expected) in [
        ("V_min", -71.094_544),
        ("V_std", 0.559_133),
        ("V_skew", 0.223_679),
        ("V_kurt", 0.094_246),
        ("dV_mean", 0.088_244),
        ("dV_max", 7.249_311),
        ("T_stable", 32.0),
        ("E_trend", -1_015.699_365),
        ("D_box", 0.0),
        ("f_active", 0.0),
    ] {
        near(answer.json["features"][name].as_f64().unwrap(), expected, 1e-6);
    }
}

#[tokio::test]
async fn a_field_is_a_square_of_numbers_and_has_no_settings() {
    let service = Fixture::new();
    for field in [
        "[]",
        "[[1]]",
        "[[1, 2]]",
        "[[1, 2], [3]]",
        "[1, 2]",
        "[[1, null], [2]]",
        "7",
        "[[1, 2], [3, -1e100]]",
    ] {
        let answer = service.post("/features", format!(r#"{{"field_mV": {field}}}"#)).await;
        assert_eq!(answer.refusal(), (400, "invalid_shape"), "{field}");
    }
    let both = r#"{"field_mV": [[1, 2], [3, 4]], "steps": 3}"#;
    assert_eq!(service.post("/features", both).await.fields(), ["steps"]);
}

#[tokio::test]
async fn a_cycle_of_validation_tells_ten_numbers() {
    let body = r#"{"grid_size": 16, "steps": 8}"#;
    let answer = Fixture::new().post("/validate", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json.as_object().unwrap().len(), 10);
    near(answer.number("nernst_symbolic_mV"), -89.010_669, 1e-5);
    let drop = answer.number("loss_start") - answer.number("loss_final");
    near(answer.number("loss_drop"), drop, 1e-6);
}
