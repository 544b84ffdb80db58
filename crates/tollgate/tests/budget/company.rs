//! What is read of buses, of programs beside a service and of disturbances, and which mistakes are
//! told.

use std::time::Duration;

use tollgate::budget::company::{Action, Beside, Disturbance, Ready, Who};
use tollgate::budget::{Provided, ServeSource, Source};
use tollgate::plan::{Wish, resolve};

use super::read;
use super::service_mistakes::one;

const USER: &str = "[user.u]\ntask = [{ get = \"/\" }]\n[scenario.s]\nusers = 1\nfor = \"10s\"\n";
const LOAD: &str = "load = { users = [\"u\"], scenario = \"s\" }";
const MESSAGES: &str =
    "[user.m]\ntask = [{ publish = \"a\" }]\n[case.a.load]\nusers = [\"m\"]\nscenario = \"s\"";
const SERVE: &str = "serve = [\"x\", \"{port}\"]";

fn service(lines: &str) -> ServeSource {
    let text = format!("[case.a]\n{lines}\n{USER}");
    let file = read(&text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let Source::Serve(serve) = &file.cases[0].source else { panic!("it serves") };
    (**serve).clone()
}

/// That there is this one mistake in the lines, which begin at line 2.
fn wrong(lines: &str, expected: &str) {
    one(&format!("[case.a]\n{lines}\n{USER}"), expected);
}

/// One that is told in the disturbances at line 4; beside the service runs `db`.
fn disturbed(list: &str, expected: &str) {
    wrong(
        &format!("{SERVE}\n{LOAD}\ndisturb = [{list}]\n[case.a.beside.db]\nrun = [\"db\"]"),
        expected,
    );
}

#[test]
fn a_bus_needs_no_command() {
    let nats = service(&format!("serve = \"nats\"\nserver-config = \"n.conf\"\n{MESSAGES}"));
    assert_eq!(nats.provided, Some(Provided::Nats { config: Some("n.conf".to_owned()) }));
    assert!(nats.command.is_empty() && nats.starts_process() && nats.greets());
    let bus = service(&format!("serve = \"bus\"\n{MESSAGES}"));
    assert_eq!(bus.provided, Some(Provided::Bus));
    assert!(!bus.starts_process() && bus.greets());
    let running = service(&format!("url = \"nats://127.0.0.1:4222\"\n{MESSAGES}"));
    assert!(running.provided.is_none() && running.greets());
    assert!(!service(&format!("url = \"http://127.0.0.1:80\"\n{LOAD}")).greets());
}

#[test]
fn messages_without_a_service_go_over_the_bus_inside_the_process() {
    for lines in ["", "url = \"\"\n"] {
        assert_eq!(service(&format!("{lines}{MESSAGES}")).provided, Some(Provided::Bus));
    }
    let elsewhere = service(&format!("url = \"nats://127.0.0.1\"\n{MESSAGES}"));
    assert_eq!(elsewhere.provided, None);
}

#[test]
fn a_configured_server_is_spoken_to_over_tls_where_somebody_is_to_be_believed() {
    let config = "serve = \"nats\"\nserver-config = \"n.conf\"\n";
    for (lines, keys, scheme) in [
        (config, "authority = \"ca.pem\"", "tls"),
        (config, "tls = \"insecure\"", "tls"),
        (config, "", "nats"),
        ("serve = \"nats\"\n", "tls = \"insecure\"", "nats"),
        ("serve = [\"x\", \"{port}\"]\n", "", "nats"),
    ] {
        let source = service(&format!("{lines}{MESSAGES}\n{keys}"));
        assert_eq!(source.scheme(), scheme, "{lines}{keys}");
    }
    assert_eq!(service(&format!("{SERVE}\n{LOAD}")).scheme(), "http");
}

#[test]
fn mistakes_about_a_bus_are_told() {
    for (lines, expected) in [
        ("serve = \"nat\"", "2: `serve` cannot be `nat` | expected `nats`, `bus` or a command"),
        ("serve = \"python3 x.py\"", "2: `serve` is one string | expected a list"),
        ("serve = \"nats\"\nready = \"/x\"", "3: `ready` has no meaning in this case"),
        ("serve = [\"x\", \"{port}\"]\nready = \"/x\"", "3: `ready` has no meaning in this case"),
        ("url = \"nats://127.0.0.1\"\nready = \"/x\"", "3: `ready` has no meaning in this case"),
        ("serve = \"bus\"\nenv = { A = \"b\" }", "3: `env` has no meaning in this case"),
        ("serve = \"bus\"\nserver-config = \"x\"", "3: `server-config` has no meaning"),
        (
            "serve = \"bus\"\nbudget.\"server memory\" = \"<= 1MB\"",
            "3: `server memory` is not measured in case `a` | needs a service with a process",
        ),
    ] {
        wrong(&format!("{lines}\n{MESSAGES}"), expected);
    }
    for name in ["nats", "bus"] {
        let expected = format!("2: `{name}` is a bus, and the users of this load ask over HTTP");
        wrong(&format!("serve = \"{name}\"\n{LOAD}"), &expected);
    }
    wrong(LOAD, "1: case `a` measures nothing | has a `load`, but no `serve` or `url`");
    one("[case.a]\nrun = [\"x\"]\nserver-config = \"x\"\n", "3: `server-config` has no meaning");
}

#[test]
fn programs_beside_a_service_keep_their_order() {
    let source = service(&format!(
        "{SERVE}\n{LOAD}\n\
         [case.a.beside.store]\nrun = [\"store\", \"{{url}}\", \"{{port}}\"]\nready = \"/health\"\n\
         [case.a.beside.log]\nrun = [\"log\"]\nready = \"line:up and running\"\n\
         env = {{ A = 1 }}\ndir = \"d\"\ntimeout = \"5s\""
    ));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let second = Duration::from_secs(1);
    let store = Beside {
        name: "store".to_owned(),
        command: words(&["store", "{url}", "{port}"]),
        dir: None,
        env: Default::default(),
        ready: Some(Ready::Path("/health".to_owned())),
        timeout: 30 * second,
    };
    let log = Beside {
        name: "log".to_owned(),
        command: words(&["log"]),
        dir: Some("d".to_owned()),
        env: [("A".to_owned(), "1".to_owned())].into(),
        ready: Some(Ready::Line("up and running".to_owned())),
        timeout: 5 * second,
    };
    assert_eq!(source.beside, [store, log]);
}

#[test]
fn mistakes_about_programs_beside_a_service_are_told() {
    for (lines, expected) in [
        ("[case.a.beside.b]\nenv = { A = 1 }", "4: `b` starts nothing | has no `run`"),
        ("[case.a.beside.service]\nrun = [\"x\"]", "4: no program can be called `service`"),
        ("[case.a.beside.network]\nrun = [\"x\"]", "4: no program can be called `network`"),
        ("[case.a.beside.\"a b\"]\nrun = [\"x\"]", "4: `a b` is no name for a program"),
        ("[case.a.beside.b]\nrun = \"x y\"", "5: `run` is one string"),
        ("[case.a.beside.b]\nrun = [\"x\"]\nready = \"up\"", "6: `up` is neither a path nor a"),
        ("[case.a.beside.b]\nrun = [\"x\"]\nready = \"line: \"", "6: `ready` names no text"),
        ("[case.a.beside.b]\nrun = [\"x\"]\nready = \"/up\"", "5: `b` is not told its port"),
        ("[case.a.beside.b]\nrun = [\"x\"]\nstdin = \"y\"", "6: unknown key `stdin` in [case."),
    ] {
        wrong(&format!("{SERVE}\n{LOAD}\n{lines}"), expected);
    }
    one(
        "[case.a]\nrun = [\"x\"]\n[case.a.beside.b]\nrun = [\"y\"]\n",
        "3: `beside` has no meaning in this case | goes with `serve` or `url`",
    );
    one(
        "[case.a]\nimport = \"x\"\ndisturb = []\n",
        "3: `disturb` has no meaning in this case | goes with `serve` or `url`",
    );
}

#[test]
fn a_program_beside_a_service_is_an_operation_of_what_it_needs() {
    let beside = format!("{LOAD}\n[case.a.beside.db]\nrun = [\"db\"]");
    let budget = |name: &str, metric: &str| {
        format!("[case.a.operation.\"{name}\".budget]\n\"{metric}\" = \"<= 1\"")
            .replace("<= 1\"", if metric == "errors" { "<= 1%\"" } else { "<= 1MB\"" })
    };
    // Of a service that runs already nothing is seen, of what is started beside it everything.
    for source in [SERVE, "url = \"http://127.0.0.1:1\""] {
        service(&format!("{source}\n{beside}\n{}", budget("db", "server memory")));
    }
    for (name, metric, expected) in [
        ("db", "errors", "7: case `a` has no operation `db` | of a program beside the service"),
        ("dc", "server memory", "7: case `a` has no operation `dc` | no program beside the"),
    ] {
        wrong(&format!("{SERVE}\n{beside}\n{}", budget(name, metric)), expected);
    }
}

#[test]
fn what_a_program_needs_is_promised_though_the_service_runs_elsewhere() {
    let text = format!(
        "[case.a]\nurl = \"http://127.0.0.1:1\"\n{LOAD}\n[case.a.beside.db]\nrun = [\"db\"]\n\
         [case.a.operation.db.budget]\n\"server memory\" = \"<= 1MB\"\n{USER}"
    );
    let plan = resolve(&read(&text).unwrap(), &Wish::default()).unwrap();
    assert_eq!((plan.budgets.len(), plan.set_aside.len()), (1, 0));
}

#[test]
fn disturbances_are_read_in_the_order_of_time() {
    let source = service(&format!(
        "{SERVE}\n{LOAD}\ndisturb = [\n\
         {{ at = \"3s\", do = \"start\", who = \"db\" }},\n\
         {{ at = \"1s\", do = \"kill\", who = \"db\" }},\n\
         {{ at = \"4s\", do = \"stop\", who = \"service\" }},\n\
         {{ at = \"5s\", do = \"delay\", by = \"50ms\" }},\n\
         {{ at = \"6s\", do = \"throttle\", to = \"64KiB/s\", who = \"network\" }},\n\
         {{ at = \"7s\", do = \"cut\" }},\n]\n[case.a.beside.db]\nrun = [\"db\"]"
    ));
    let at = |seconds, action, who| Disturbance { at: Duration::from_secs(seconds), action, who };
    let db = || Who::Beside("db".to_owned());
    assert_eq!(
        source.disturb,
        [
            at(1, Action::Kill, db()),
            at(3, Action::Start, db()),
            at(4, Action::Stop, Who::Service),
            at(5, Action::Delay(Duration::from_millis(50)), Who::Network),
            at(6, Action::Throttle(65_536.0), Who::Network),
            at(7, Action::Cut, Who::Network),
        ]
    );
}

#[test]
fn mistakes_about_a_disturbance_are_told_at_its_place() {
    for (list, expected) in [
        ("{ do = \"cut\" }", "4: a disturbance has no `at`"),
        ("{ at = \"1s\" }", "4: a disturbance has no `do`"),
        ("{ at = \"1\", do = \"cut\" }", "4: `1` is not a duration"),
        ("{ at = \"1s\", do = \"kil\", who = \"db\" }", "4: `do` cannot be `kil`"),
        (
            "{ at = \"1s\", do = \"kill\" }",
            "4: `do = \"kill\"` does not say to whom | has no `who` | programs: db, service",
        ),
        ("{ at = \"1s\", do = \"kill\", who = \"dbs\" }", "4: there is no program `dbs` in this"),
        ("{ at = \"1s\", do = \"kill\", who = \"zzz\" }", "| named here | programs: db, service"),
        ("{ at = \"1s\", do = \"kill\", who = \"network\" }", "4: `kill` cannot be done to `net"),
        (
            "{ at = \"1s\", do = \"cut\", who = \"db\" }",
            "4: `cut` cannot be done to `db` | is done to the network",
        ),
        (
            "{ at = \"10s\", do = \"cut\" }",
            "4: the load is over before something is done to `network` | the load takes 10 s",
        ),
        ("{ at = \"1s\", do = \"delay\" }", "4: a delay does not say how much | has no `by`"),
        ("{ at = \"1s\", do = \"throttle\" }", "4: a throttle does not say how much"),
        ("{ at = \"1s\", do = \"throttle\", to = \"5MB\" }", "4: `5MB` is not a number of bytes"),
        ("{ at = \"1s\", do = \"throttle\", to = \"5/s\" }", "4: `5/s` is not a number of bytes"),
        (
            "{ at = \"1s\", do = \"cut\", by = \"5s\" }",
            "4: `by` has no meaning beside `do = \"cut\"`",
        ),
        ("{ at = \"1s\", do = \"cut\", when = \"5s\" }", "4: unknown key `when`"),
    ] {
        disturbed(list, expected);
    }
}

#[test]
fn what_is_done_must_follow_from_what_was_done_before() {
    let kill = "{ at = \"1s\", do = \"kill\", who = \"db\" }";
    let stop = "{ at = \"1s\", do = \"stop\", who = \"db\" }";
    let db = |action: &str| format!("{{ at = \"2s\", do = \"{action}\", who = \"db\" }}");
    let net = |at: &str, action: &str| format!("{{ at = \"{at}\", do = \"{action}\" }}");
    for (list, expected) in [
        (db("start"), "4: `start` finds `db` running"),
        (db("continue"), "4: `continue` finds `db` running"),
        (format!("{kill}, {}", db("terminate")), "4: `terminate` finds `db` already gone"),
        // In the order of time, whatever that of the list.
        (format!("{}, {kill}", db("stop")), "4: `stop` finds `db` already gone"),
        (format!("{stop}, {}", db("start")), "4: `start` finds `db` stopped, not ended"),
        (format!("{stop}, {}", db("terminate")), "4: `terminate` finds `db` stopped"),
        (net("1s", "heal"), "4: `heal` finds `network` well"),
        (format!("{}, {}", net("1s", "cut"), net("2s", "reset")), "`network` already cut"),
    ] {
        disturbed(&list, expected);
    }
    for list in [
        format!("{kill}, {}", db("start")),
        format!("{stop}, {}", db("kill")),
        format!("{stop}, {}", db("continue")),
        format!("{}, {}", net("1s", "reset"), net("2s", "reset")),
        format!("{}, {}", net("1s", "cut"), net("2s", "heal")),
    ] {
        service(&format!(
            "{SERVE}\n{LOAD}\ndisturb = [{list}]\n[case.a.beside.db]\nrun = [\"db\"]"
        ));
    }
}

#[test]
fn only_a_load_of_known_length_on_a_process_here_can_be_disturbed() {
    let kill = "disturb = [{ at = \"1s\", do = \"kill\", who = \"service\" }]";
    let decided = LOAD.replace(" }", ", until = \"decided\" }");
    let search = "[scenario.t]\nsearch = { from = \"1/s\", to = \"9/s\" }";
    for (lines, expected) in [
        (
            format!("url = \"http://127.0.0.1:1\"\n{kill}\n{LOAD}"),
            "3: nobody here can kill the service | it runs already",
        ),
        (
            format!("serve = \"bus\"\n{kill}\n{MESSAGES}"),
            "3: nobody here can kill the service | it is no process",
        ),
        (
            format!("{SERVE}\n{kill}\n{decided}"),
            "3: a load of unknown length cannot be disturbed | it ends as soon as",
        ),
        (
            format!("{SERVE}\n{kill}\nload = {{ users = [\"u\"], scenario = \"t\" }}\n{search}"),
            "3: a load of unknown length cannot be disturbed | the scenario looks for",
        ),
    ] {
        wrong(&lines, expected);
    }
    service(&format!("serve = \"nats\"\n{kill}\n{MESSAGES}"));
}
