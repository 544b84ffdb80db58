//! Closed loop: who is there, what each does, and what it remembers.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tollgate_load::report::Ended;
use tollgate_load::workload::{
    Capture, Feed, Leg, Order, Origin, Schedule, Source, Status, Task, User,
};

use crate::loads::{
    assert_good, closed, counted, failures, get, level, ms, post, run, task, template, user,
};
use crate::server::{Reply, Server};

fn minute() -> Schedule {
    Schedule::Users(level(1.0, Duration::from_secs(60)))
}

fn count(paths: &[String], path: &str) -> u64 {
    paths.iter().filter(|known| *known == path).count() as u64
}

#[test]
fn every_user_starts_once_and_then_does_its_tasks_in_their_order() {
    let server = Server::ok();
    let mut load =
        closed(3.0, Duration::from_secs(60), vec![get("/{{user}}/first"), get("/{{user}}/second")]);
    load.users[0].start = vec![get("/{{user}}/login"), get("/{{user}}/home")];
    load.stop.requests = Some(3 * 2 + 60);
    assert_good(&run(&load, &server.target()), 66);
    let mut by_user: HashMap<String, Vec<String>> = HashMap::new();
    for path in server.paths() {
        let (user, step) = path[1..].split_once('/').unwrap();
        by_user.entry(user.to_owned()).or_default().push(step.to_owned());
    }
    let mut users: Vec<&str> = by_user.keys().map(String::as_str).collect();
    users.sort_unstable();
    assert_eq!(users, ["1", "2", "3"]);
    for steps in by_user.values() {
        assert_eq!(steps[..2], ["login", "home"]);
        for (at, step) in steps[2..].iter().enumerate() {
            assert_eq!(step, if at % 2 == 0 { "first" } else { "second" });
        }
    }
    assert_eq!(server.connections(), 3);
}

#[test]
fn a_user_whose_start_failed_tries_it_again_before_any_task() {
    let tries = Mutex::new(0);
    let server = Server::start(move |asked| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        Reply::new(if asked.path == "/login" && *tries < 3 { 503 } else { 200 }, "")
    });
    let mut load = counted(5, vec![get("/task")]);
    load.users[0].start = vec![get("/login")];
    let report = run(&load, &server.target());
    assert_eq!(server.paths(), ["/login", "/login", "/login", "/task", "/task"]);
    assert_eq!(failures(&report), [("status 503, expected below 400", 2)]);
}

#[test]
fn a_captured_token_is_sent_with_the_next_request_and_no_longer() {
    // Each answer gives a token that the next request has to bring.
    let server = Server::start(|asked| match asked.path.as_str() {
        "/login" => Reply::new(200, r#"{"session":{"token":"t-1"}}"#).with("x-trace", " a b "),
        "/order" if asked.header("authorization") == Some("Bearer t-1") => {
            Reply::new(201, r#"{"id":7}"#).with("set-cookie", "order=o7; Path=/")
        }
        "/order/7?of=o7&by=a%20b" => Reply::new(200, "{}"),
        "/order/7?of=o7&by=a b" | "/order/{{id}}" => Reply::new(500, ""),
        _ => Reply::new(404, ""),
    });
    let capture = |name: &str, from: Origin| Capture { name: name.to_owned(), from };
    let mut login = get("/login");
    login.captures = vec![
        capture("token", Origin::Json("/session/token".to_owned())),
        capture("trace", Origin::Header("X-Trace".to_owned())),
    ];
    let mut order = post("/order", "{}");
    order.headers.push(("Authorization".to_owned(), template("Bearer {{token}}")));
    order.expect.status = Status::Is(201);
    order.captures = vec![
        capture("id", Origin::Json("/id".to_owned())),
        capture("cookie", Origin::Cookie("order".to_owned())),
    ];
    let mut load = counted(11, vec![order, get("/order/{{id}}?of={{cookie}}&by=a%20b")]);
    load.users[0].start = vec![login];
    assert_good(&run(&load, &server.target()), 11);
    // A task that captured nothing has nothing left of the task before.
    let mut load = counted(4, vec![get("/order/{{id}}")]);
    load.users[0].start = vec![get("/login")];
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("nothing was captured as `id`", 3)]);
}

#[test]
fn tasks_and_classes_come_as_often_as_they_weigh() {
    let server = Server::ok();
    let weigh = |weight, path: &str| Task { weight, ..task(vec![get(path)]) };
    let reader = User { weight: 3, ..user(vec![weigh(7, "/r/a"), weigh(3, "/r/b")]) };
    let writer = User { weight: 1, ..user(vec![weigh(1, "/w/{{user}}")]) };
    let mut load = closed(8.0, Duration::from_secs(60), vec![get("/")]);
    load.users = vec![reader, writer];
    load.stop.requests = Some(2000);
    run(&load, &server.target());
    let paths = server.paths();
    let (a, b) = (count(&paths, "/r/a") as f64, count(&paths, "/r/b") as f64);
    // One of 10,000 seeds goes beyond four standard deviations, and this seed is fixed.
    let expected = 0.7 * (a + b);
    assert!((a - expected).abs() < 4.0 * (0.7 * 0.3 * (a + b)).sqrt(), "{a} of {}", a + b);
    // Six users read and two write; who does so often differs with their answers alone.
    let mut writers: Vec<&String> = paths.iter().filter(|path| path.starts_with("/w/")).collect();
    writers.sort_unstable();
    writers.dedup();
    assert_eq!(writers.len(), 2);
}

#[test]
fn users_come_and_go_as_the_legs_say_and_think_between_their_tasks() {
    let server = Server::ok();
    let mut load = closed(1.0, ms(1), vec![get("/{{user}}")]);
    let legs = vec![Leg { to: 4.0, over: ms(400) }, Leg { to: 4.0, over: ms(400) }];
    load.schedule = Schedule::Users(legs);
    load.users[0].think = tollgate_load::workload::Think { shortest: ms(40), longest: ms(60) };
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), []);
    assert_eq!((report.ended.clone(), report.measured), (Ended::Complete, ms(800)));
    assert_eq!(report.generator.users, 4);
    let paths = server.paths();
    // The first is there for 800 ms, the last for 500 ms; each thinks 40 to 60 ms between.
    for (user, there) in [("/1", 800), ("/2", 700), ("/3", 600), ("/4", 500)] {
        let tasks = count(&paths, user);
        assert!((1..=there / 40 + 1).contains(&tasks), "{user}: {tasks}");
    }
    assert!(count(&paths, "/1") > count(&paths, "/4"));
    assert_eq!(report.total().attempts(), paths.len() as u64);
}

#[test]
fn a_user_who_comes_again_draws_anew() {
    let server = Server::ok();
    let mut load = closed(1.0, ms(1), vec![get("/{{uuid}}")]);
    let leg = |to, over| Leg { to, over: ms(over) };
    load.schedule = Schedule::Users(vec![
        leg(1.0, 0),
        leg(1.0, 600),
        leg(0.0, 0),
        leg(0.0, 100),
        leg(1.0, 0),
        leg(1.0, 600),
    ]);
    load.users[0].think = tollgate_load::workload::Think { shortest: ms(10), longest: ms(10) };
    run(&load, &server.target());
    let mut paths = server.paths();
    assert!(server.connections() == 2 && paths.len() >= 4);
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
}

#[test]
fn cookies_come_back_for_their_paths_until_they_are_deleted() {
    let server = Server::start(|asked| {
        let cookies = asked.header("cookie").unwrap_or("none").to_owned();
        let reply = Reply::new(200, cookies);
        match asked.path.as_str() {
            "/app/set" => reply
                .with("set-cookie", "everywhere=1; Path=/")
                .with("set-cookie", "here=2")
                .with("set-cookie", "gone=3; Max-Age=0")
                .with("set-cookie", "secure=4; Path=/; Secure"),
            "/app/end" => reply.with("set-cookie", "everywhere=; Path=/; Max-Age=0"),
            _ => reply,
        }
    });
    let seen = |path: &str, cookies: &str| {
        let mut request = get(path);
        request.expect.text = Some(template(cookies));
        request
    };
    let steps = vec![
        get("/app/set"),
        seen("/app/a", "here=2; everywhere=1"),
        seen("/other", "everywhere=1"),
        seen("/app/end", "here=2; everywhere=1"),
        seen("/app/b", "here=2"),
        seen("/other", "none"),
    ];
    assert_good(&run(&counted(6, steps.clone()), &server.target()), 6);
    let mut load = counted(2, steps);
    load.protocol.cookies = false;
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("body without the expected text", 1)]);
}

#[test]
fn rows_of_a_feed_go_into_requests_and_expectations() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("people.csv");
    std::fs::write(&csv, "name,status\nada,200\n\"b, c\",404\n").unwrap();
    let jsonl = folder.path().join("orders.jsonl");
    std::fs::write(
        &jsonl,
        "{\"id\":1,\"to\":{\"city\":\"x\"}}\n{\"id\":2,\"to\":{\"city\":\"y\"}}\n",
    )
    .unwrap();
    let server = Server::start(|asked| match &*asked.body {
        b"name=ada" => Reply::new(200, ""),
        b"name=b, c" => Reply::new(404, ""),
        br#"{"id":1,"to":{"city":"x"}}"# => Reply::new(200, r#"{"city":"x"}"#),
        br#"{"id":2,"to":{"city":"y"}}"# => Reply::new(200, r#"{"city":"y"}"#),
        _ => Reply::new(500, ""),
    });
    let mut person = post("/person", "name={{feed.name}}");
    person.expect.status = Status::From(template("{{feed.status}}"));
    let mut order = post("/order/{{feed.id}}", "{{feed}}");
    let city = tollgate_load::workload::Expected::From(template("{{feed.to.city}}"));
    order.expect.json = vec![("/city".to_owned(), city)];
    let mut load = counted(40, vec![]);
    let from = |feed: &str, step| Task { feed: Some(feed.to_owned()), ..task(vec![step]) };
    load.users = vec![user(vec![from("people", person), from("orders", order)])];
    let feed = |name: &str, path: &std::path::Path, order| Feed {
        name: name.to_owned(),
        source: Source::File(path.to_owned()),
        order,
    };
    load.feeds =
        vec![feed("people", &csv, Order::Sequential), feed("orders", &jsonl, Order::Random)];
    load.schedule = minute();
    assert_good(&run(&load, &server.target()), 40);
}

#[test]
fn a_load_whose_rows_are_used_up_ends_with_each_sent_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.txt");
    let rows: Vec<String> = (0..100).map(|row| format!("/row/{row}")).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let server = Server::ok();
    let mut load = closed(7.0, Duration::from_secs(60), vec![get("{{feed}}")]);
    load.users[0].tasks[0].feed = Some("rows".to_owned());
    load.feeds =
        vec![Feed { name: "rows".to_owned(), source: Source::File(path), order: Order::Unique }];
    let report = run(&load, &server.target());
    assert_eq!(report.ended, Ended::Exhausted);
    assert_good(&report, 100);
    let (mut sent, mut rows) = (server.paths(), rows);
    sent.sort_unstable();
    rows.sort_unstable();
    assert_eq!(sent, rows);
    assert_eq!((report.generator.due, report.generator.begun), (100, 100));
}

#[test]
fn a_row_without_the_field_is_a_failure_of_the_load_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    std::fs::write(&path, "{\"a\":1}\n").unwrap();
    let server = Server::ok();
    let mut load = counted(3, vec![get("/{{feed.b}}")]);
    load.users[0].tasks[0].feed = Some("rows".to_owned());
    let source = Source::File(path);
    load.feeds = vec![Feed { name: "rows".to_owned(), source, order: Order::Sequential }];
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("feed `rows`, row 1: no field `b`", 3)]);
    assert_eq!(server.count(), 0);
}

#[test]
fn the_same_seed_sends_the_same() {
    let sent = |seed| {
        let server = Server::ok();
        let mut load = counted(30, vec![get("/{{uuid}}/{{int 1 1000000}}")]);
        load.seed = seed;
        run(&load, &server.target());
        server.paths()
    };
    assert_eq!(sent(5), sent(5));
    assert_ne!(sent(5), sent(6));
}
