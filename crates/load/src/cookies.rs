//! The cookies of one user on one host.

mod date;
#[cfg(test)]
mod tests;

/// What a host set, in the order it was first set. There is one host, so that a `Domain` does not
/// matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    secure: bool,
    /// Milliseconds since 1970.
    expires: Option<i64>,
}

/// More than a browser keeps of one host.
const MOST: usize = 200;

impl Jar {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// Takes the value of a `Set-Cookie` header of the answer to a request for `path` (its query
    /// may follow). A cookie of the same name and path is replaced; one that has expired is
    /// deleted. `Max-Age` goes before `Expires`. What is no cookie is ignored, as browsers do.
    /// Of more than 200 cookies the oldest is dropped.
    pub fn store(&mut self, set_cookie: &[u8], path: &str, now_ms: i64) {
        let Some(cookie) = parse(set_cookie, path, now_ms) else { return };
        let same = |known: &Cookie| known.name == cookie.name && known.path == cookie.path;
        let known = self.cookies.iter().position(same);
        let gone = cookie.expires.is_some_and(|at| at <= now_ms);
        match known {
            Some(at) if gone => drop(self.cookies.remove(at)),
            Some(at) => self.cookies[at] = cookie,
            None if gone => {}
            None => {
                if self.cookies.len() == MOST {
                    self.cookies.remove(0);
                }
                self.cookies.push(cookie);
            }
        }
    }

    /// Appends `Cookie: a=1; b=2` and the end of the line if there is a cookie for the path.
    pub fn write_line(&self, path: &str, secure: bool, now_ms: i64, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(b"Cookie: ");
        if self.write_value(path, secure, now_ms, out) {
            out.extend_from_slice(b"\r\n");
        } else {
            out.truncate(start);
        }
    }

    /// Appends `a=1; b=2`: the cookies for a path, on a secure connection or not, that have not
    /// expired; longer paths first. Whether there is one.
    pub fn write_value(&self, path: &str, secure: bool, now_ms: i64, out: &mut Vec<u8>) -> bool {
        let path = without_query(path);
        let holds = |cookie: &&Cookie| {
            (secure || !cookie.secure)
                && cookie.expires.is_none_or(|at| at > now_ms)
                && is_below(path, &cookie.path)
        };
        let mut cookies: Vec<&Cookie> = self.cookies.iter().filter(holds).collect();
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        for (at, cookie) in cookies.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b"; ");
            }
            out.extend_from_slice(cookie.name.as_bytes());
            out.push(b'=');
            out.extend_from_slice(cookie.value.as_bytes());
        }
        !cookies.is_empty()
    }
}

/// Name and value of a `Set-Cookie` header.
pub(crate) fn pair(set_cookie: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(set_cookie).ok()?;
    let (name, value) = text.split(';').next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    // A control character could end the header early.
    let is_clean = !name.is_empty() && !text.chars().any(|c| c.is_control() && c != '\t');
    is_clean.then_some((name, value))
}

fn parse(set_cookie: &[u8], path: &str, now_ms: i64) -> Option<Cookie> {
    let (name, value) = pair(set_cookie)?;
    let text = std::str::from_utf8(set_cookie).ok()?;
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        path: default_path(without_query(path)).to_owned(),
        secure: false,
        expires: None,
    };
    let (mut expires, mut max_age) = (None, None);
    for attribute in text.split(';').skip(1) {
        let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "path" => default_path(without_query(path)).clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "expires" => expires = date::parse(value).or(expires),
            "max-age" => max_age = age(value).or(max_age),
            _ => {}
        }
    }
    let after = |seconds: i64| now_ms.saturating_add(seconds.saturating_mul(1000));
    cookie.expires = max_age.map(after).or(expires);
    Some(cookie)
}

/// Seconds; a number too large to hold is as long as can be said.
fn age(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let longest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(longest))
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// The folder of the requested path, without a slash at its end unless it is the root.
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(end) if end > 0 && path.starts_with('/') => &path[..end],
        _ => "/",
    }
}

/// `/a` holds for `/a`, `/a/` and `/a/b`, not for `/ab`.
fn is_below(path: &str, above: &str) -> bool {
    let rest = path.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || above.ends_with('/') || rest.starts_with('/'))
}
