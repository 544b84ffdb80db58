//! Redirects: as they come by default, followed where the load says so.

use tollgate_load::workload::{Request, Status, Workload};

use crate::loads::{assert_good, counted, failures, get, post, run, template};
use crate::server::{Reply, Server};

fn server() -> Server {
    Server::start(|asked| {
        let to = |status: u16, location: &str| Reply::new(status, "").with("location", location);
        match asked.path.as_str() {
            "/login" => to(302, "/home").with("set-cookie", "session=s1; Path=/"),
            "/home" if asked.header("cookie") == Some("session=s1") => Reply::new(200, "welcome"),
            "/a/relative" => to(301, "../b?c=d"),
            "/b?c=d" => Reply::new(200, "found"),
            "/whole" => to(308, &format!("http://{}/b?c=d", asked.header("host").unwrap())),
            "/other-host" => to(302, "http://127.0.0.2/"),
            "/loop" => to(307, "/loop"),
            "/see" => to(303, "/how"),
            "/how" => Reply::new(200, format!("{} {}", asked.method, asked.body.len())),
            "/nowhere" => Reply::new(302, ""),
            _ => Reply::new(404, ""),
        }
    })
}

fn following(requests: u64, step: Request, redirects: u32) -> Workload {
    let mut load = counted(requests, vec![step]);
    load.protocol.redirects = redirects;
    load
}

fn expecting(mut request: Request, text: &str) -> Request {
    request.expect.text = Some(template(text));
    request.expect.status = Status::Is(200);
    request
}

#[test]
fn a_redirect_that_is_not_followed_is_a_success_as_it_came() {
    let server = server();
    let mut request = get("/login");
    request.expect.status = Status::Is(302);
    assert_good(&run(&counted(2, vec![request]), &server.target()), 2);
    assert_eq!(server.paths(), ["/login", "/login"]);
}

#[test]
fn redirects_are_followed_on_the_same_host_with_the_cookies_they_set() {
    let server = server();
    assert_good(&run(&following(2, expecting(get("/login"), "welcome"), 1), &server.target()), 2);
    assert_eq!(server.paths(), ["/login", "/home", "/login", "/home"]);
    assert_eq!(server.connections(), 1);
    for path in ["/a/relative", "/whole"] {
        assert_good(&run(&following(1, expecting(get(path), "found"), 3), &server.target()), 1);
    }
}

#[test]
fn a_form_that_is_answered_by_a_redirect_leads_to_a_page_without_its_body() {
    let server = server();
    let mut request = expecting(post("/see", "a=b"), "GET 0");
    request.headers.push(("Authorization".to_owned(), template("Bearer x")));
    assert_good(&run(&following(1, request, 2), &server.target()), 1);
    assert_eq!(server.asked()[1].header("authorization"), None);
}

#[test]
fn loops_and_other_hosts_are_failures() {
    let server = server();
    let report = run(&following(1, get("/loop"), 4), &server.target());
    assert_eq!(failures(&report), [("malformed answer: more than 4 redirects in a row", 1)]);
    assert_eq!(server.count(), 5);
    let report = run(&following(1, get("/other-host"), 4), &server.target());
    let other = "malformed answer: a redirect to another host, which is not followed";
    assert_eq!(failures(&report), [(other, 1)]);
}

#[test]
fn a_redirect_without_a_location_is_an_answer_like_any() {
    let server = server();
    assert_good(&run(&following(1, get("/nowhere"), 4), &server.target()), 1);
}

#[test]
fn redirects_are_followed_without_connections_that_live_on_as_well() {
    let server = server();
    let mut load = following(2, expecting(get("/login"), "welcome"), 1);
    load.protocol.keep_alive = false;
    assert_good(&run(&load, &server.target()), 2);
    assert_eq!(server.connections(), 4);
}
