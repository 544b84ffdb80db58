//! What is answered to which request.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};

use super::request::Request;

/// The items there are: 1 to this one.
const ITEMS: u64 = 1000;

pub struct Routes {
    /// Signs tokens; another one each time the service starts.
    key: RandomState,
    logins: AtomicU64,
}

pub struct Answer {
    pub status: u16,
    kind: &'static str,
    cookie: Option<String>,
    pub body: Vec<u8>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes { key: RandomState::new(), logins: AtomicU64::new(0) }
    }

    pub fn answer(&self, request: &Request) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/health") => Answer::text(200, "ok\n"),
            ("GET", "/private") => self.private(request.token.as_deref()),
            ("GET", path) if path.starts_with("/items/") => item(&path["/items/".len()..]),
            ("POST", "/login") => self.login(&request.body),
            ("POST", "/echo") => Answer { body: request.body.clone(), ..Answer::text(200, "") },
            (_, "/health" | "/private" | "/login" | "/echo") => {
                Answer::text(405, "not by this method\n")
            }
            _ => Answer::text(404, "there is nothing here\n"),
        }
    }

    /// Anybody may come in who says a name.
    fn login(&self, body: &[u8]) -> Answer {
        if !String::from_utf8_lossy(body).contains("\"name\"") {
            return Answer::text(400, "who are you?\n");
        }
        let token = self.token(self.logins.fetch_add(1, Ordering::Relaxed));
        let cookie = Some(format!("session={token}; Path=/; HttpOnly"));
        Answer { cookie, ..Answer::json(format!("{{\"token\":\"{token}\"}}")) }
    }

    fn private(&self, token: Option<&str>) -> Answer {
        let number = token
            .and_then(|token| token.split_once('-')?.0.parse().ok())
            .filter(|number| token == Some(self.token(*number).as_str()));
        match number {
            Some(number) => Answer::json(format!("{{\"login\":{number}}}")),
            None => Answer::text(401, "log in first\n"),
        }
    }

    fn token(&self, number: u64) -> String {
        format!("{number}-{:016x}", self.key.hash_one(number))
    }
}

fn item(number: &str) -> Answer {
    match number.parse() {
        Ok(number @ 1..=ITEMS) => Answer::json(format!(
            "{{\"id\":{number},\"name\":\"item {number}\",\"in-stock\":true}}"
        )),
        _ => Answer::text(404, "there is no such item\n"),
    }
}

impl Answer {
    pub fn text(status: u16, body: &str) -> Answer {
        Answer { status, kind: "text/plain", cookie: None, body: body.into() }
    }

    fn json(body: String) -> Answer {
        Answer { status: 200, kind: "application/json", cookie: None, body: body.into() }
    }

    /// As it goes over the wire.
    pub fn bytes(&self, keep_alive: bool) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            500 => "Internal Server Error",
            _ => "Refused",
        };
        let cookie = self.cookie.as_ref();
        let cookie = cookie.map_or(String::new(), |cookie| format!("Set-Cookie: {cookie}\r\n"));
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let mut bytes = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{cookie}\
             Connection: {connection}\r\n\r\n",
            self.status,
            self.kind,
            self.body.len(),
        )
        .into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(routes: &Routes, method: &str, path: &str, token: Option<&str>) -> (u16, String) {
        let answer = routes.answer(&Request {
            method: method.to_owned(),
            path: path.to_owned(),
            token: token.map(str::to_owned),
            body: b"{\"name\":\"ann\"}".into(),
            keep_alive: true,
        });
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    #[test]
    fn only_a_token_that_was_given_opens_what_is_private() {
        let routes = Routes::new();
        let (_, login) = asked(&routes, "POST", "/login", None);
        let token = login.split('"').nth(3).unwrap();
        let private = |token| asked(&routes, "GET", "/private", token).0;
        assert_eq!(private(Some(token)), 200);
        for wrong in [None, Some(""), Some("0"), Some("0-0"), Some(&format!("0{token}"))] {
            assert_eq!(private(wrong), 401, "{wrong:?}");
        }
        assert_eq!(asked(&Routes::new(), "GET", "/private", Some(token)).0, 401);
    }

    #[test]
    fn there_are_so_many_items_and_no_more() {
        let routes = Routes::new();
        let item = |number: &str| asked(&routes, "GET", &format!("/items/{number}"), None);
        assert_eq!(item("7").1, "{\"id\":7,\"name\":\"item 7\",\"in-stock\":true}");
        let statuses = ["1", "1000", "0", "1001", "x", "", "-1"].map(|number| item(number).0);
        assert_eq!(statuses, [200, 200, 404, 404, 404, 404, 404]);
    }

    #[test]
    fn a_wrong_method_is_told_from_a_wrong_path() {
        let routes = Routes::new();
        assert_eq!(asked(&routes, "DELETE", "/echo", None).0, 405);
        assert_eq!(asked(&routes, "GET", "/", None).0, 404);
    }
}
