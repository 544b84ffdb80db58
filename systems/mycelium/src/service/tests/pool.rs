//! The threads that compute: bounded, stopped in time, and never in the way of those that answer.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::fixture::*;
use crate::service::*;

const LONG: Duration = Duration::from_secs(600);

/// A job that ends when the test says so, or when nobody waits any longer.
fn gate() -> (SyncSender<()>, Receiver<()>) {
    sync_channel(1)
}

#[tokio::test]
async fn a_result_comes_back() {
    let pool = Pool::new(1, 1, 0);
    assert_eq!(pool.run(LONG, |_| 6 * 7).await, Ok(42));
}

#[tokio::test]
async fn where_nothing_may_wait_an_idle_worker_still_works() {
    let pool = Pool::new(1, 0, 0);
    for number in 0..100 {
        assert_eq!(pool.run(LONG, move |_| number).await, Ok(number));
    }
    let (open, gate) = gate();
    let (begun, begins) = sync_channel(1);
    let job = move |_: &Stop| {
        begun.send(()).unwrap();
        gate.recv().unwrap();
    };
    let refused = async {
        tokio::task::spawn_blocking(move || begins.recv().unwrap()).await.unwrap();
        let refused = pool.run(LONG, |_| ()).await;
        open.send(()).unwrap();
        refused
    };
    assert_eq!(tokio::join!(pool.run(LONG, job), refused), (Ok(()), Err(Unfinished::Busy)));
}

#[tokio::test]
async fn who_finds_the_queue_full_is_refused_at_once() {
    let service = Fixture::new();
    let (open, gate) = gate();
    let wait = |state: State, job: Box<dyn FnOnce(&Stop) + Send>| {
        tokio::spawn(async move { state.pool().run(LONG, job).await })
    };
    let first = wait(service.state.clone(), Box::new(move |_| gate.recv().unwrap()));
    service.until(|load| load.busy == 1).await;
    let second = wait(service.state.clone(), Box::new(|_| ()));
    service.until(|load| load.waiting == 1).await;
    let third = service.state.pool().run(LONG, |_| ()).await;
    assert_eq!(third, Err(Unfinished::Busy));
    let answer = service.post("/simulate", "{}").await;
    assert_eq!(answer.refusal(), (503, "service_unavailable"));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(service.state.pool().load().refused, 2);
    open.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(second.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn those_that_answer_do_not_wait_behind_those_that_compute() {
    let service = Fixture::new();
    let (open, gate) = gate();
    let state = service.state.clone();
    let busy =
        tokio::spawn(async move { state.pool().run(LONG, move |_| gate.recv().unwrap()).await });
    service.until(|load| load.busy == 1).await;
    for path in ["/health", "/ready", "/metrics", "/docs", "/openapi.json"] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
    let ion = r#"{"concentration_out_molar": 1, "concentration_in_molar": 1}"#;
    assert_eq!(service.post("/nernst", ion).await.status, 200);
    let few = r#"{"gradients": [[1.0], [1.0], [1.0]]}"#;
    assert_eq!(service.post("/federated/aggregate", few).await.status, 200);
    assert!(service.get("/metrics").await.text.contains("mycelium_pool_busy_workers 1"));
    open.send(()).unwrap();
    busy.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_told_to_stop() {
    let pool = Pool::new(1, 1, 0);
    let (seen, sees) = sync_channel(2);
    let job = move |stop: &Stop| {
        seen.send("begun").unwrap();
        while !stop.is_set() {
            std::thread::yield_now();
        }
        seen.send("stopped").unwrap();
    };
    assert_eq!(pool.run(Duration::from_millis(50), job).await, Err(Unfinished::TimedOut));
    // The worker is free again, and the channel ends.
    assert_eq!(pool.run(LONG, |_| 1).await, Ok(1));
    let seen: Vec<&str> = sees.iter().collect();
    // On a machine that has much else to do its time may be over before it begins.
    assert!(seen.is_empty() || seen == ["begun", "stopped"], "{seen:?}");
}

#[tokio::test]
async fn a_job_that_nobody_waits_for_leaves_its_worker_and_its_place_in_the_queue() {
    let service = Fixture::new();
    let ask = |state: State| {
        tokio::spawn(async move {
            let job = |stop: &Stop| {
                while !stop.is_set() {
                    std::thread::yield_now();
                }
            };
            state.pool().run(LONG, job).await
        })
    };
    let first = ask(service.state.clone());
    service.until(|load| load.busy == 1).await;
    let second = ask(service.state.clone());
    service.until(|load| load.waiting == 1).await;
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    let third = ask(service.state.clone());
    service.until(|load| load.waiting == 1).await;
    assert_eq!(service.state.pool().load().refused, 0);
    first.abort();
    third.abort();
    service.until(|load| load.busy == 0 && load.waiting == 0).await;
}

#[tokio::test]
async fn a_job_that_panics_does_not_take_its_worker_with_it() {
    let pool = Pool::new(1, 1, 0);
    let broken = pool.run(LONG, |_| panic!("on purpose")).await;
    assert_eq!(broken, Err::<(), _>(Unfinished::Broken));
    assert_eq!(pool.run(LONG, |_| 1).await, Ok(1));
    assert_eq!(pool.load().busy, 0);
}

#[tokio::test]
async fn a_simulation_that_takes_too_long_is_given_up() {
    let service = Fixture::of(Options { request_time: Duration::from_millis(1), ..options() });
    let long = r#"{"grid_size": 256, "steps": 1000}"#;
    assert_eq!(service.post("/simulate", long).await.refusal(), (504, "timed_out"));
    service.until(|load| load.busy == 0).await;
    assert!(service.get("/metrics").await.text.contains("mycelium_simulations_total 0"));
}

#[tokio::test]
async fn a_simulation_whose_client_is_gone_is_given_up_and_counted_as_such() {
    let service = Fixture::new();
    let state = service.state.clone();
    let long = r#"{"grid_size": 256, "steps": 1000, "quantum_jitter": true}"#;
    let asked = tokio::spawn(async move { Fixture { state }.post("/simulate", long).await.status });
    service.until(|load| load.busy == 1).await;
    asked.abort();
    service.until(|load| load.busy == 0).await;
    assert!(asked.await.unwrap_err().is_cancelled());
    let text = service.get("/metrics").await.text;
    let labels = r#"endpoint="/simulate",method="POST""#;
    assert!(text.contains(&format!(r#"mfn_http_requests_total{{{labels},status="499"}} 1"#)));
    assert!(text.contains(&format!("mfn_http_requests_in_progress{{{labels}}} 0")));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_threads_that_compute_give_way_to_those_that_answer() {
    let nice = || rustix::process::getpriority_process(None).unwrap();
    let pool = Pool::new(1, 1, 19);
    assert_eq!(pool.run(LONG, move |_| nice()).await, Ok(19));
}
