//! `tollgate load`: a real load on a service of a few lines.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::Folder;

/// Answers every request of every connection with a status; ends with the test.
fn service(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream, status));
        }
    });
    address
}

fn answer(mut stream: TcpStream, status: &str) {
    let response = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok");
    let (mut seen, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        seen.extend_from_slice(&chunk[..read]);
        while let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            seen.drain(..end + 4);
            if stream.write_all(response.as_bytes()).is_err() {
                return;
            }
        }
    }
}

#[test]
fn a_load_is_shown_and_written() {
    let url = format!("http://{}/hello?token=hunter2", service("200 OK"));
    let folder = Folder::empty();
    let words = ["load", &url, "-n", "300", "-c", "4", "-H", "Cookie: hunter2", "--out", "out"];
    let ended = folder.run(&words).expect(0);
    for words in ["requests", "response time", "service time", "p50", "p99", "succeeded"] {
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
    assert!(ended.stderr.starts_with("GET /hello on http://127.0.0.1:"), "{}", ended.stderr);
    assert!(!(ended.stdout + &ended.stderr).contains("hunter2"));
    let stats = folder.read("out/load_stats.csv");
    assert!(stats.lines().nth(1).unwrap().starts_with("GET,/hello,300,0,"), "{stats}");
    for name in ["summary.json", "summary.txt", "load_failures.csv", "latency.hgrm"] {
        assert!(!folder.read(&format!("out/{name}")).contains("hunter2"), "{name}");
    }
    let judged = ["judge", "out/load_stats.csv", "--budget", "latency median <= 10s"];
    assert!(folder.run(&judged).stdout.contains("latency median"));
}

#[test]
fn figures_are_json_when_asked_for() {
    let url = format!("http://{}/", service("200 OK"));
    let ended = Folder::empty().run(&["load", &url, "-n", "50", "--json", "-q"]).expect(0);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&json["total"]["requests"], &json["ended"]), (&50.into(), &"count".into()));
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_service_that_only_fails_is_not_measured() {
    let url = format!("http://{}/", service("500 Internal Server Error"));
    let ended = Folder::empty().run(&["load", &url, "-n", "20"]).expect(4);
    assert!(ended.stdout.contains("status 500"), "{}", ended.stdout);
    let ended = Folder::empty().run(&["load", &url, "-n", "20", "--expect-status", "500"]);
    ended.expect(0);
}

#[test]
fn a_service_that_is_not_there_is_not_measured() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = Folder::empty().run(&["load", &format!("http://{free}/")]).expect(4);
    assert!(ended.stderr.contains("reach http://127.0.0.1:"), "{}", ended.stderr);
}

#[test]
fn what_makes_no_sense_is_refused_at_once() {
    let folder = Folder::empty();
    for words in [
        vec!["load"],
        vec!["load", "ftp://127.0.0.1/"],
        vec!["load", "http://192.0.2.1/"],
        vec!["load", "http://127.0.0.1/", "-c", "1", "-r", "1"],
        vec!["load", "http://127.0.0.1/", "-d", "10"],
        vec!["load", "http://127.0.0.1/", "--feed", "absent.csv", "-b", "{{feed.id}}"],
        vec!["load", "http://127.0.0.1/", "--scenario", "capacity", "--json"],
    ] {
        folder.run(&words).expect(2);
    }
}

#[test]
fn ctrl_c_shows_what_was_seen_and_says_it_is_partial() {
    let url = format!("http://{}/", service("200 OK"));
    let folder = Folder::empty();
    let mut command = folder.command(&["load", &url, "-d", "10min", "-c", "2"]);
    let piped = std::process::Stdio::piped;
    let mut child = command.stdout(piped()).stderr(piped()).spawn().unwrap();
    // The first line about the load's progress says that it is under way.
    let mut told = String::new();
    let mut stderr = child.stderr.take().unwrap();
    while !told.contains("requests,") {
        let mut chunk = [0; 256];
        let read = stderr.read(&mut chunk).unwrap();
        assert!(read > 0, "{told}");
        told += &String::from_utf8_lossy(&chunk[..read]);
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let ended = super::ended(&child.wait_with_output().unwrap()).expect(4);
    assert!(ended.stdout.contains("partial: interrupted after"), "{}", ended.stdout);
}

#[test]
fn a_search_ends_with_the_capacity() {
    let url = format!("http://{}/", service("200 OK"));
    let words = ["load", &url, "--scenario", "capacity", "-d", "200ms", "--limit-p99", "1us"];
    let ended = Folder::empty().run(&words).expect(4);
    assert!(ended.stdout.contains("not even the first rate held"), "{}", ended.stdout);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_before_the_load() {
    let url = format!("http://{}/", service("200 OK"));
    let folder = Folder::empty();
    folder.write("file", "");
    let ended = folder.run(&["load", &url, "-n", "5", "--out", "file/out"]).expect(2);
    assert!(ended.stderr.contains("could not make the folder file/out"), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}
