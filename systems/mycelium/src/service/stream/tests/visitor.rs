//! A client apart from its connection, so that things come in the order that a test says.

use std::sync::Arc;

use serde_json::Value;

use super::super::hub::Hub;
use super::super::outbox::{Next, Outbox};
use super::super::queue::Room;
use super::super::visitor::Visitor;
use super::super::{Kind, Limits};
use crate::service::{Options, State};

async fn told(outbox: &Outbox) -> String {
    let Next::Send(message) = outbox.next().await else { panic!("nobody took leave") };
    let told: Value = serde_json::from_str(&message.text).unwrap();
    told["type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_name_is_free_again_as_soon_as_the_end_of_its_stream_was_told() {
    let state = State::new(Options { compute_threads: 1, ..Options::default() }).unwrap();
    let hub = Arc::new(Hub::new(Limits::default()));
    let room = Room { messages: 8, bytes: 1 << 20 };
    let outbox = Arc::new(Outbox::new(room, state.metrics().streams().clone()));
    let mut visitor = Visitor::new(Kind::Simulation, state, hub, Arc::clone(&outbox), true);
    let subscribe = r#"{ "type": "subscribe", "stream_id": "a",
        "payload": { "params": { "grid_size": 8, "steps": 1 } } }"#;
    for _ in 0..2 {
        visitor.hear(subscribe).unwrap();
        assert_eq!(told(&outbox).await, "subscribe_success");
        // Nobody has asked the visitor meanwhile which streams have ended.
        while told(&outbox).await != "simulation_complete" {}
    }
}
