//! Addresses of pages. Names go into the query, where any text can stand; a `..` in a path could
//! not.

use std::fmt::Write as _;

/// The page of a run.
pub(crate) fn run(id: &str) -> String {
    format!("/runs/{}", escaped(id))
}

/// The page of a case of a project, in one environment or, without, in runs that had none.
pub(crate) fn case(name: &str, project: &str, environment: Option<&str>) -> String {
    let parameters =
        [("name", Some(name)), ("environment", environment), ("project", Some(project))];
    query("/case", &parameters)
}

/// Two runs side by side, the earlier one first.
pub(crate) fn compare(left: &str, right: &str) -> String {
    query("/compare", &[("a", Some(left)), ("b", Some(right))])
}

/// A path with those of the parameters that are there.
pub(crate) fn query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut address = path.to_owned();
    let given = parameters.iter().filter_map(|(key, value)| Some((key, (*value)?)));
    for ((key, value), mark) in given.zip(std::iter::once('?').chain(std::iter::repeat('&'))) {
        let _ = write!(address, "{mark}{key}={}", escaped(value));
    }
    address
}

/// Everything escaped but what RFC 3986 calls unreserved.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_can_stand_in_an_address() {
        assert_eq!(
            case("a/../b?&=µ \"", "p", None),
            "/case?name=a%2F..%2Fb%3F%26%3D%C2%B5%20%22&project=p"
        );
        assert_eq!(case("a", "p", Some("x y")), "/case?name=a&environment=x%20y&project=p");
        assert_eq!(run("2026-1"), "/runs/2026-1");
        assert_eq!(query("/runs", &[("case", None)]), "/runs");
    }
}
