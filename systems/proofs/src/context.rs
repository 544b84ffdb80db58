//! What an approval is about: five types of context, and which fields each has.
//!
//! A context is one flat JSON object in canonical form (RFC 8785). Its fields are those of its type
//! and no others, so what nobody asked for cannot be signed and kept. There is no search for
//! personal data in values: patterns for it match ordinary dates and numbers.

mod fields;
mod read;

use crate::refusal::Refusal;
use read::{Form, Value};

/// The type of a context, by the byte that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ContextType {
    FintechTransfer = 1,
    BiometricAuth = 2,
    AuditLog = 3,
    Login = 4,
    Transaction = 5,
}

impl ContextType {
    pub const ALL: [Self; 5] = [
        Self::FintechTransfer,
        Self::BiometricAuth,
        Self::AuditLog,
        Self::Login,
        Self::Transaction,
    ];

    /// The type of that name, or of the other name that each has.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name || kind.alias() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::FintechTransfer => "fintech_transfer",
            Self::BiometricAuth => "biometric_auth",
            Self::AuditLog => "audit_log",
            Self::Login => "login",
            Self::Transaction => "transaction",
        }
    }

    fn alias(self) -> &'static str {
        match self {
            Self::FintechTransfer => "wire_transfer",
            Self::BiometricAuth => "biometric_approval",
            Self::AuditLog => "audit_event",
            Self::Login => "authentication",
            Self::Transaction => "transaction_approval",
        }
    }

    /// The byte that stands for the type in what is signed.
    pub fn byte(self) -> u8 {
        self as u8
    }
}

/// Refuses a context that has not the fields of its type, naming the field.
pub fn check(context_type: ContextType, context: &[u8]) -> Result<(), Refusal> {
    let mut seen = 0_u32;
    read::each_field(context, Form::Canonical, &mut |name, value| {
        let (place, kind) = fields::place(context_type, name)?;
        seen |= 1 << place;
        fields::check_value(name, kind, value)
    })?;
    match fields::required(context_type).iter().enumerate().find(|(at, _)| seen & 1 << at == 0) {
        Some((_, name)) => Err(Refusal::policy(format!("{name} is missing"))),
        None => Ok(()),
    }
}

/// Refuses a context that is not one flat object in canonical form, whatever its fields are.
pub fn check_form(context: &[u8]) -> Result<(), Refusal> {
    read::each_field(context, Form::Canonical, &mut |_, _| Ok(()))
}

/// The time of a legacy context in milliseconds: its `timestamp`, in seconds since 1970.
///
/// The form is not looked at beyond that, because those who sign in the old way write spaces.
pub fn legacy_timestamp_ms(context: &[u8]) -> Result<u64, Refusal> {
    let mut found = None;
    read::each_field(context, Form::Any, &mut |name, value| {
        if name == "timestamp" {
            found = match value {
                Value::Whole(seconds) => seconds.checked_mul(1000),
                Value::Number(seconds) if (0.0..1e12).contains(seconds) => {
                    Some((seconds * 1000.0) as u64)
                }
                _ => None,
            };
            found.ok_or_else(|| {
                Refusal::malformed("context", "timestamp is no number of seconds since 1970")
            })?;
        }
        Ok(())
    })?;
    found.ok_or_else(|| Refusal::malformed("context", "timestamp is missing"))
}

#[cfg(test)]
mod tests;
