//! Alerts by the real command: a run that exceeds, a server that is told, and a kill in between.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::Folder;
use super::serve::Serving;

/// Somebody's server: it hears, and answers that all is well.
struct Hook {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    fn new() -> Hook {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::<Mutex<Vec<Value>>>::default();
        let into = Arc::clone(&heard);
        thread::spawn(move || listener.incoming().for_each(|stream| hear(stream.unwrap(), &into)));
        Hook { address, heard }
    }

    fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }
}

fn hear(stream: TcpStream, heard: &Mutex<Vec<Value>>) {
    let mut lines = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    lines.get_mut().write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
}

#[track_caller]
fn until(what: &str, mut test: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if test() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came about that {what}");
}

fn budget(limit: &str) -> String {
    format!("[case.nap]\nrun = [\"sleep\", \"0.02\"]\nbudget.\"wall median\" = \"<= {limit}\"\n")
}

fn rules(hook: &Hook) -> String {
    let address = hook.address;
    format!(
        "[route]\nwait = \"0\"\ninterval = \"0\"\n[action.hook]\nurl = \"http://{address}/hook\"\n\
         [[rule]]\nname = \"exceeded\"\nmetric = \"tollgate_exceeded\"\nabove = 0\n\
         no-data = \"resolve\"\nactions = [\"hook\"]\n"
    )
}

const OPTIONS: [&str; 4] = ["--rules", "rules.toml", "--interval", "100ms"];

/// Whether so many were told, and that was saved.
fn is_told(serving: &Serving, count: usize) -> bool {
    serving.get("/api/alerts").contains(&format!("\"done\":{count},"))
}

#[test]
fn a_run_that_exceeds_is_told_once_though_the_process_is_killed() {
    let hook = Hook::new();
    let folder = Folder::new(&budget("1ms"));
    folder.write("rules.toml", &rules(&hook));
    let serving = Serving::start(&folder, &OPTIONS);
    folder.run(&["check", "--quiet"]).expect(1);
    until("it was told", || is_told(&serving, 1));
    let heard = hook.heard();
    assert_eq!((heard.len(), &heard[0]["alerts"][0]["labels"]["case"]), (1, &"nap".into()));
    serving.signal("KILL");
    drop(serving);
    let mut serving = Serving::start(&folder, &OPTIONS);
    folder.write("tollgate.toml", &budget("10s"));
    folder.run(&["check", "--quiet"]).expect(0);
    until("its end was told", || is_told(&serving, 1));
    let heard = hook.heard();
    assert_eq!((heard.len(), &heard[1]["reason"]), (2, &"over".into()));
    serving.signal("TERM");
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn rules_that_are_wrong_are_told_before_anything_is_served() {
    let folder = Folder::new(&budget("1ms"));
    folder
        .write("rules.toml", "[[rule]]\nname = \"x\"\nmetric = \"tollgate_exeeded\"\nabove = 0\n");
    let serve = |options: &[&str]| {
        let all = [&["serve", "--listen", "127.0.0.1:0"], options].concat();
        folder.run(&all).expect(2)
    };
    let wrong = serve(&["--rules", "rules.toml"]);
    assert!(wrong.stderr.contains("rules.toml:3") && wrong.stdout.is_empty(), "{}", wrong.stderr);
    let missing = serve(&["--rules", "none.toml"]);
    assert!(missing.stderr.contains("could not read none.toml"), "{}", missing.stderr);
    serve(&["--interval", "1ms"]);
    serve(&["--interval", "often"]);
}

#[test]
fn without_rules_what_is_exceeded_stands_in_the_log() {
    let folder = Folder::new(&budget("1ms"));
    let mut serving = Serving::start(&folder, &[]);
    folder.run(&["check", "--quiet"]).expect(1);
    until("it was told", || is_told(&serving, 1));
    serving.signal("TERM");
    let log = serving.log();
    assert!(log.contains("budget-exceeded") && log.contains("WARN"), "{log}");
}
