//! Faults without what must not be shown. It is hidden before their texts are cut: half a secret
//! would be found by nobody.

use crate::check::{Captured, Fault};
use crate::secrets::Secrets;

pub(super) fn hidden(fault: &Fault, secrets: &Secrets, captured: &Captured) -> Fault {
    let hide = |text: &String| secrets.redact_also(text, captured.values());
    match fault {
        Fault::Status { expected, got } => Fault::Status { expected: hide(expected), got: *got },
        Fault::Json { pointer, expected, got } => {
            let secret = names_a_secret(pointer, secrets);
            let value = |text: &String| if secret { "***".to_owned() } else { hide(text) };
            let (expected, got) = (value(expected), value(got));
            Fault::Json { pointer: pointer.clone(), expected, got }
        }
        Fault::Malformed(what) => Fault::Malformed(hide(what)),
        Fault::Tls(what) => Fault::Tls(hide(what)),
        Fault::Feed(what) => Fault::Feed(hide(what)),
        Fault::Template(what) => Fault::Template(hide(what)),
        Fault::Failed(what) => Fault::Failed(hide(what)),
        other => other.clone(),
    }
}

/// Whether a field of that name would be hidden in JSON, such as `/access_token`.
fn names_a_secret(pointer: &str, secrets: &Secrets) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or(pointer);
    let example = serde_json::json!({ name: "a value" }).to_string();
    !secrets.redact(&example).contains("a value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(pointer: &str, got: &str) -> Fault {
        let (pointer, got) = (pointer.to_owned(), got.to_owned());
        Fault::Json { pointer, expected: "1".to_owned(), got }
    }

    #[test]
    fn a_secret_longer_than_what_is_shown_is_hidden_whole() {
        let long = "s".repeat(200);
        let secrets = Secrets::new([long.clone()]);
        let fault = hidden(&json("/a", &format!("\"{long}\"")), &secrets, &Captured::default());
        assert_eq!(fault.to_string(), "`/a` is \"***\", expected 1");
    }

    #[test]
    fn what_a_user_captured_is_hidden_from_the_status_that_was_expected() {
        let mut captured = Captured::default();
        captured.push("token".into(), "abcdef".to_owned());
        let fault = Fault::Status { expected: "abcdef".to_owned(), got: 200 };
        let fault = hidden(&fault, &Secrets::default(), &captured);
        assert_eq!(fault.to_string(), "status 200, expected ***");
    }
}
