//! What services, loads, users, feeds and scenarios mean.

use std::path::PathBuf;
use std::time::Duration;

use tollgate::budget::load::{Load, Until};
use tollgate::budget::parse::{Input, parse};
use tollgate::budget::{BudgetFile, ServeSource, Source};
use tollgate_load::scenario::{Level, Scenario, Search, Shape, Stage};
use tollgate_load::template::Template;
use tollgate_load::workload::{
    Act, Arrivals, Body, Capture, Expect, Expected, Feed, Http, Order, Origin, Protocol, Request,
    Source as Rows, Status, Tls,
};

const SECOND: Duration = Duration::from_secs(1);

/// Every kind of request, feed and load.
pub const FILE: &str = r#"
[case.api]
serve = ["api", "--port", "{port}"]
url = "${TARGET_HOST:-}"
ready = "/health"

[case.api.load]
users = ["reader", "buyer"]
scenario = "${TEST_SCENARIO:-smoke}"
set = { users = "${TEST_USERS:-}", spawn-rate = "${SPAWN_RATE:-}", for = "${TEST_DURATION:-}" }
until = "decided"

[user.reader]
weight = 3
task = [{ get = "/items/{{int 1 9}}" }]

[user.buyer]
start = [{ post = "/login", body = { json = { name = "u{{user}}", code = 7 } }, capture = { token = { json = "/token" } } }]
[[user.buyer.task]]
feed = "goods"
steps = [
  { name = "basket", put = "/basket", headers = { Authorization = "Bearer {{token}}" }, body = "{{feed.id}}", capture = { order = { header = "X-Order" } } },
  { name = "pay", post = "/pay/{{order}}", body = { file = "card.bin" }, expect = { status = "{{feed.status}}", text = "{{feed.id}}", headers = { X = "1" }, json = { "/ok" = true, "/id" = "{{feed.id}}", "/note" = "paid" } } },
]

[feed.goods]
file = "goods.csv"
order = "unique"
[feed.unused]
command = ["make-rows"]
dir = "tools"
env = { N = 1 }
"#;

fn with(text: &str, variables: &[(&str, &str)]) -> BudgetFile {
    let find = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let input = Input { path: "t.toml", text, folder: "f", environment: None, variables: &find };
    parse(&input).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn service(file: &BudgetFile) -> ServeSource {
    let Source::Serve(serve) = &file.cases[0].source else { panic!("it serves") };
    (**serve).clone()
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn scenario(keys: &str) -> Scenario {
    let text = format!("[case.a]\nrun = [\"true\"]\n[scenario.s]\n{keys}\n");
    with(&text, &[]).scenarios[0].clone()
}

/// A load with further keys.
fn load(keys: &str) -> Load {
    let text = format!(
        "[case.a]\nurl = \"http://a\"\nload = {{ users = [\"u\"], {keys} }}\n\
         [user.u]\ntask = [{{ get = \"/\" }}]\n"
    );
    service(&with(&text, &[])).load
}

#[test]
fn variables_choose_the_target_and_the_load() {
    let usual = with(FILE, &[]);
    assert_eq!((usual.cases[0].trials, usual.cases[0].warmups), (1, 0));
    let usual = service(&usual);
    assert_eq!(usual.url, None);
    assert_eq!(usual.timeout, 30 * SECOND);
    assert_eq!(usual.load.scenario, Scenario::preset("smoke").unwrap());
    assert_eq!(usual.load.until, Until::Decided);
    let told = service(&with(
        FILE,
        &[
            ("TARGET_HOST", "https://staging:8443/base"),
            ("TEST_USERS", "25"),
            ("SPAWN_RATE", "50"),
            ("TEST_DURATION", "2m"),
            ("TEST_SCENARIO", "normal"),
        ],
    ));
    assert_eq!(told.url.as_deref(), Some("https://staging:8443/base"));
    assert_eq!(told.command, ["api", "--port", "{port}"]);
    assert_eq!(told.load.scenario.name, "normal");
    let shape = Shape::Users { users: 25, ramp: SECOND / 2, hold: 120 * SECOND };
    assert_eq!(told.load.scenario.shape, shape);
}

#[test]
fn a_login_is_captured_for_every_task_and_a_row_for_every_step() {
    let load = service(&with(FILE, &[])).load;
    let buyer = &load.users[1];
    let login = &buyer.start[0];
    // As compact JSON, keys in any order; the type is told unless the headers tell it.
    let json = r#"{"code":7,"name":"u{{user}}"}"#;
    assert_eq!(login.body, Body::Text(template(json)));
    assert_eq!(login.headers, [("Content-Type".to_owned(), template("application/json"))]);
    let token = Capture { name: "token".to_owned(), from: Origin::Json("/token".to_owned()) };
    assert_eq!(login.captures, [token]);
    assert_eq!(buyer.tasks[0].feed.as_deref(), Some("goods"));
    let pay = Request {
        name: "pay".to_owned(),
        act: Act::Http("POST".to_owned()),
        path: template("/pay/{{order}}"),
        headers: Vec::new(),
        body: Body::File(PathBuf::from("card.bin")),
        expect: Expect {
            status: Status::From(template("{{feed.status}}")),
            text: Some(template("{{feed.id}}")),
            headers: vec![("X".to_owned(), template("1"))],
            json: vec![
                ("/ok".to_owned(), Expected::Is(true.into())),
                ("/id".to_owned(), Expected::From(template("{{feed.id}}"))),
                ("/note".to_owned(), Expected::Is("paid".into())),
            ],
        },
        captures: Vec::new(),
    };
    assert_eq!(buyer.tasks[0].steps[1], pay);
    let names: Vec<&str> = load.operations().collect();
    assert_eq!(names, ["GET /items/{{int 1 9}}", "POST /login", "basket", "pay"]);
}

#[test]
fn a_load_holds_the_feeds_its_users_take_rows_from() {
    let file = with(FILE, &[]);
    let goods = Feed {
        name: "goods".to_owned(),
        source: Rows::File(PathBuf::from("goods.csv")),
        order: Order::Unique,
    };
    assert_eq!(service(&file).load.feeds, [goods]);
    let command = Rows::Command {
        command: vec!["make-rows".to_owned()],
        dir: PathBuf::from("tools"),
        env: vec![("N".to_owned(), "1".to_owned())],
    };
    assert_eq!((&file.feeds[1].source, file.feeds[1].order), (&command, Order::Sequential));
}

#[test]
fn requests_travel_as_the_load_says() {
    let told = load(
        "http = \"2\", keep-alive = false, compression = true, cookies = false, redirects = 3, \
         timeout = \"5s\", connections = 7, authority = \"ca.pem\", threads = 2",
    );
    let protocol = Protocol {
        http: Http::Two,
        keep_alive: false,
        compression: true,
        cookies: false,
        redirects: 3,
        timeout: 5 * SECOND,
        connections: 7,
        largest_body: Protocol::default().largest_body,
        tls: Tls::Authority(PathBuf::from("ca.pem")),
    };
    assert_eq!((told.protocol, told.threads), (protocol, Some(2)));
    let usual = load("http = \"1.1\"");
    assert_eq!((usual.protocol, usual.until), (Protocol::default(), Until::End));
    assert_eq!(load("tls = \"insecure\"").protocol.tls, Tls::Anyone);
}

#[test]
fn scenarios_are_users_rates_stages_or_searches() {
    let shape = |keys: &str| scenario(keys).shape;
    assert_eq!(
        shape("users = 100\nfor = \"1m\"\nspawn-rate = \"50/s\""),
        Shape::Users { users: 100, ramp: 2 * SECOND, hold: 60 * SECOND }
    );
    let arrivals = Arrivals::Poisson;
    assert_eq!(
        shape("rate = \"120/min\"\nfor = \"1m\"\nramp = \"3s\"\narrivals = \"poisson\""),
        Shape::Rate { per_second: 2.0, arrivals, ramp: 3 * SECOND, hold: 60 * SECOND }
    );
    let stage = |users, over, hold| Stage { level: Level::Users(users), over, hold };
    assert_eq!(
        shape(
            "stages = [{ users = 5, over = \"1s\" }, { users = 0, over = \"2s\", for = \"3s\" }]"
        ),
        Shape::Stages {
            stages: vec![stage(5, SECOND, Duration::ZERO), stage(0, 2 * SECOND, 3 * SECOND)],
            arrivals: Arrivals::Even,
        }
    );
    assert_eq!(
        shape("search = { from = \"50/s\", to = \"9000/s\" }"),
        Shape::Search(Search {
            from: 50.0,
            to: 9000.0,
            arrivals: Arrivals::Even,
            step: 5 * SECOND,
            precision: 0.05,
        })
    );
    let whole = scenario("users = 1\nfor = \"9s\"\nwarmup = \"4s\"\nrequests = 1_000");
    assert_eq!((whole.warmup, whole.requests), (Some(4 * SECOND), Some(1000)));
}

#[test]
fn a_scenario_of_the_file_takes_the_place_of_a_ready_made_one() {
    let text = format!("{FILE}\n[scenario.smoke]\nusers = 2\nfor = \"5s\"\n");
    let file = with(&text, &[]);
    let shape = Shape::Users { users: 2, ramp: Duration::ZERO, hold: 5 * SECOND };
    assert_eq!(service(&file).load.scenario.shape, shape);
    assert_eq!(file.scenario("smoke").unwrap().shape, shape);
    assert_eq!(file.scenario("steady"), Scenario::preset("steady"));
    assert_eq!(file.scenario("none"), None);
}

#[test]
fn requests_named_alike_on_purpose_count_together() {
    let text = "[case.a]\nrun = [\"true\"]\n[user.u]\ntask = [\n\
                { name = \"read\", get = \"/a\" },\n{ name = \"read\", get = \"/b\" },\n\
                { steps = [{ get = \"/\" }, { get = \"/c\" }] },\n\
                { steps = [{ get = \"/\" }, { get = \"/d\" }] },\n]\n";
    assert_eq!(with(text, &[]).users[0].tasks.len(), 4);
}

#[test]
fn the_port_may_be_told_by_a_variable_of_the_service() {
    let text = FILE.replace(
        "serve = [\"api\", \"--port\", \"{port}\"]",
        "serve = [\"api\"]\nenv = { PORT = \"{port}\" }",
    );
    assert_eq!(service(&with(&text, &[])).env["PORT"], "{port}");
}

#[test]
fn a_user_like_another_does_the_same_at_a_pace_of_its_own() {
    let text = format!("{FILE}[user.hasty]\nlike = \"buyer\"\nweight = 7\nthink = \"1s\"\n");
    let file = with(&text, &[]);
    let [_, buyer, hasty] = file.users.as_slice() else { panic!("{:?}", file.users) };
    assert_eq!((&hasty.tasks, &hasty.start), (&buyer.tasks, &buyer.start));
    assert_eq!((hasty.weight, hasty.think.longest), (7, SECOND));
    assert_eq!(buyer.weight, 1);
}
