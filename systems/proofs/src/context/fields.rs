//! The fields of each type, and the values that they may have.

use super::ContextType;
use super::read::Value;
use crate::refusal::Refusal;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text of 1 to 256 bytes without control characters.
    Text,
    /// A whole number that is not negative.
    Whole,
    /// A whole number, or a decimal one as a text (`"12.50"`).
    Amount,
    /// A whole number of time units since 1970, or a text such as a date in RFC 3339.
    Time,
}

const LONGEST_TEXT: usize = 256;

pub(super) fn required(context_type: ContextType) -> &'static [&'static str] {
    match context_type {
        ContextType::FintechTransfer => {
            &["action", "amount_usd_cents", "destination_account", "initiator_id", "timestamp"]
        }
        ContextType::BiometricAuth => &["action", "user_id", "timestamp", "device_attestation"],
        ContextType::AuditLog => &["action", "event_type", "timestamp", "user_id", "resource"],
        ContextType::Login => &["action", "user_id", "timestamp", "authentication_method"],
        ContextType::Transaction => {
            &["action", "transaction_type", "amount", "currency", "initiator_id", "timestamp"]
        }
    }
}

pub(super) fn optional(context_type: ContextType) -> &'static [&'static str] {
    match context_type {
        ContextType::FintechTransfer => &["transaction_id", "reference_number", "currency"],
        ContextType::BiometricAuth => &["authenticator_type", "challenge_id", "origin", "rp_id"],
        ContextType::AuditLog => &["outcome", "error_code", "request_id", "service_name"],
        ContextType::Login => &["challenge_id", "origin", "client_version"],
        ContextType::Transaction => &[
            "transaction_id",
            "reference_number",
            "destination_account",
            "source_account",
            "approval_method",
        ],
    }
}

/// Names that no context may have, and for which the refusal says so: what belongs to a login, a
/// session, a device, a place or a body. Any other name outside the type is refused as unknown.
const FORBIDDEN: [&str; 22] = [
    "password",
    "secret",
    "token",
    "access_token",
    "api_key",
    "private_key",
    "pin",
    "ip_address",
    "user_ip",
    "session_id",
    "user_agent",
    "device_id",
    "device_fingerprint",
    "mac_address",
    "email",
    "phone",
    "address",
    "location",
    "latitude",
    "longitude",
    "fingerprint",
    "biometric_data",
];

/// Where a field stands among the required fields and then the optional ones, and what it holds.
pub(super) fn place(context_type: ContextType, name: &str) -> Result<(usize, Kind), Refusal> {
    let all = required(context_type).iter().chain(optional(context_type));
    match all.enumerate().find(|(_, field)| **field == name) {
        Some((place, _)) => Ok((place, kind(name))),
        None if FORBIDDEN.contains(&name) => {
            Err(Refusal::policy(format!("{name} is forbidden in every context")))
        }
        None => {
            let short: String = name.chars().take(32).collect();
            Err(Refusal::policy(format!("{short:?} is no field of {}", context_type.name())))
        }
    }
}

fn kind(name: &str) -> Kind {
    match name {
        "amount_usd_cents" => Kind::Whole,
        "amount" => Kind::Amount,
        "timestamp" => Kind::Time,
        _ => Kind::Text,
    }
}

pub(super) fn check_value(name: &str, kind: Kind, value: &Value<'_>) -> Result<(), Refusal> {
    let expected = match (kind, value) {
        (Kind::Text, Value::Text(text)) => return check_text(name, text),
        (Kind::Time, Value::Text(text)) => return check_text(name, text),
        (Kind::Amount, Value::Text(text)) if is_decimal(text) => return Ok(()),
        (Kind::Whole | Kind::Amount | Kind::Time, Value::Whole(_)) => return Ok(()),
        (Kind::Text, _) => "a text",
        (Kind::Whole, _) => "a whole number that is not negative",
        (Kind::Amount, _) => "a whole number, or a decimal one as a text",
        (Kind::Time, _) => "a whole number or a text",
    };
    Err(Refusal::policy(format!("{name} is not {expected}")))
}

fn check_text(name: &str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() || text.len() > LONGEST_TEXT {
        let bytes = text.len();
        let allowed = format!("1 to {LONGEST_TEXT} are allowed");
        return Err(Refusal::policy(format!("{name} has {bytes} bytes, and {allowed}")));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::policy(format!("{name} has a control character")));
    }
    Ok(())
}

/// Digits, and perhaps a point and digits.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    text.len() <= 40 && digits(whole) && digits(fraction)
}
