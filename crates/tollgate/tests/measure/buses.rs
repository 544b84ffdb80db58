//! Trials of buses: a `nats-server` of the trial's own, and the bus inside the process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tollgate::measure::Ended;
use tollgate::measure::launcher::Launcher;
use tollgate::run::{Outcome, Trial};

use super::api::{complete, errors, failed, find, lives, planned, values, watched};

super::harness::tests![
    a_nats_server_is_started_for_a_trial_and_gone_afterwards_with_its_store,
    the_bus_inside_the_process_needs_no_program,
    a_command_may_serve_a_bus,
    a_configured_server_lets_in_whom_it_knows,
    a_configured_server_may_speak_tls,
    a_server_that_does_not_start_fails_with_its_last_words,
    a_bus_that_runs_already_is_known_by_its_greeting,
];

/// A case under messages for so long; of `serve`, there may be none.
pub fn bus(serve: &str, length: &str, task: &str, rest: &str) -> String {
    format!(
        "[case.bus]\n{serve}\ntimeout = \"20s\"\n\
         [case.bus.load]\nusers = [\"u\"]\nscenario = \"short\"\ntimeout = \"5s\"\n{rest}\n\
         [user.u]\nthink = \"5ms\"\ntask = [{task}]\n\
         [scenario.short]\nusers = 2\nfor = \"{length}\"\n"
    )
}

pub const PUBLISH: &str = "{ publish = \"a.b\", body = \"hello\" }";
pub const STORE: &str = "{ store = \"kept.a\", body = \"hello\" }";
pub const STREAMS: &str = "streams = [{ name = \"KEPT\", subjects = [\"kept.>\"] }]";

/// The `nats-server` below this process and the folder of its store.
fn server() -> Option<(String, PathBuf)> {
    let own = std::process::id().to_string();
    let is_own = |pid: &str| {
        let mut pid = pid.to_owned();
        while pid != own {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
            if parent == "0" {
                return None;
            }
            pid = parent.to_owned();
        }
        Some(())
    };
    fs::read_dir("/proc").unwrap().find_map(|entry| {
        let pid = entry.ok()?.file_name().into_string().ok()?;
        let words = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let words = String::from_utf8_lossy(&words).into_owned();
        let mut words = words.split('\0').skip_while(|word| *word != "-sd");
        let store = PathBuf::from(words.nth(1)?);
        is_own(&pid).map(|()| (pid, store))
    })
}

fn a_nats_server_is_started_for_a_trial_and_gone_afterwards_with_its_store(
    launcher: &mut Launcher,
) {
    let text = bus("serve = \"nats\"", "1s", STORE, STREAMS);
    let stop = AtomicBool::new(false);
    let mut seen = None;
    let (ended, trials) = watched(launcher, &planned(&text), &stop, &mut |_| {
        seen = seen.take().or_else(server);
        let (_, store) = seen.as_ref().expect("it is there under load");
        assert!(store.join("jetstream").is_dir(), "{store:?}");
    });
    assert_eq!((ended, &trials[0].outcome), (Ended::Complete, &Outcome::Complete));
    well(&trials[0]);
    assert!(values(&trials[0], "server peak memory")[0] > 1e6);
    let (pid, store) = seen.unwrap();
    assert!(!lives(&pid) && !store.exists(), "{pid} {store:?}");
}

fn well(trial: &Trial) {
    let (failed, all) = errors(trial, None);
    assert!(failed == 0 && all > 10, "{failed} of {all}");
}

fn the_bus_inside_the_process_needs_no_program(launcher: &mut Launcher) {
    for serve in ["serve = \"bus\"", "", "url = \"\""] {
        let trial = complete(launcher, &bus(serve, "300ms", PUBLISH, ""));
        well(&trial);
        assert!(find(&trial, None, "server memory").is_none(), "{serve}");
    }
}

fn a_command_may_serve_a_bus(launcher: &mut Launcher) {
    let serve = "serve = [\"nats-server\", \"-a\", \"127.0.0.1\", \"-p\", \"{port}\"]";
    well(&complete(launcher, &bus(serve, "300ms", PUBLISH, "")));
}

fn configured(folder: &Path, config: &str) -> String {
    let path = folder.join("nats.conf");
    fs::write(&path, config).unwrap();
    format!("serve = \"nats\"\nserver-config = '{}'", path.display())
}

fn a_configured_server_lets_in_whom_it_knows(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let serve = configured(folder.path(), "authorization { user: load, password: \"letmein\" }");
    let known = "login = { user = \"load\", password = \"letmein\" }";
    well(&complete(launcher, &bus(&serve, "300ms", PUBLISH, known)));
    let (reason, _) = failed(launcher, &bus(&serve, "300ms", PUBLISH, ""));
    assert!(reason.ends_with("the server does not accept the login"), "{reason}");
}

fn a_configured_server_may_speak_tls(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    fs::write(&cert, certified.cert.pem()).unwrap();
    fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let config =
        format!("tls {{ cert_file: \"{}\", key_file: \"{}\" }}", cert.display(), key.display());
    let serve = configured(folder.path(), &config);
    let authority = format!("authority = '{}'", cert.display());
    for whom in [authority.as_str(), "tls = \"insecure\""] {
        well(&complete(launcher, &bus(&serve, "300ms", PUBLISH, whom)));
    }
}

fn a_server_that_does_not_start_fails_with_its_last_words(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let serve = configured(folder.path(), "no such thing at all {");
    let (reason, output) = failed(launcher, &bus(&serve, "300ms", PUBLISH, ""));
    assert_eq!(reason, "the service ended before it was ready, with exit code 1");
    assert!(output.contains("Parse error"), "{output}");
}

fn a_bus_that_runs_already_is_known_by_its_greeting(launcher: &mut Launcher) {
    let broker = tollgate_bus::Broker::start().unwrap();
    well(&complete(launcher, &bus(&format!("url = \"{}\"", broker.url()), "300ms", PUBLISH, "")));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("url = \"nats://{}\"", listener.local_addr().unwrap());
    let text = bus(&silent, "300ms", PUBLISH, "").replace("\"20s\"", "\"100ms\"");
    let (reason, _) = failed(launcher, &text);
    assert!(reason.starts_with("the service was not ready within 0.1 s: "), "{reason}");
}
