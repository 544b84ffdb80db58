//! Reads a line of JSON as a transition. Strict: what it does not know is a mistake. Only what the
//! smallest record leaves out may be absent.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde_json::error::Category;

use super::{Flaw, SCHEMA_VERSION, WINDOWS, check};
use crate::state::{PathFeatures, State};
use crate::transition::{Meta, Transition, WindowTag};

/// The transition of a line, with or without its end.
pub fn parse_line(line: &[u8]) -> Result<Transition, Flaw> {
    let wire: Wire = serde_json::from_slice(line).map_err(|error| flaw(line, &error))?;
    if wire.meta.schema_version != SCHEMA_VERSION {
        return Err(Flaw::Version(wire.meta.schema_version));
    }
    let transition = wire.into();
    check(&transition)?;
    Ok(transition)
}

/// Whether the line ends before its JSON does.
pub fn is_torn(line: &[u8]) -> bool {
    let read = serde_json::from_slice::<Wire>(line);
    read.is_err_and(|error| error.classify() == Category::Eof)
}

/// A line of another version has keys of its own, so the version counts before them.
fn flaw(line: &[u8], error: &serde_json::Error) -> Flaw {
    match serde_json::from_slice(line) {
        Ok(Versioned { meta: OnlyVersion { schema_version: Some(version) } })
            if version != SCHEMA_VERSION =>
        {
            Flaw::Version(version)
        }
        _ => {
            let (text, column) = (error.to_string(), error.column());
            let place = format!(" at line {} column {column}", error.line());
            Flaw::Json { column, found: text.strip_suffix(&place).unwrap_or(&text).to_owned() }
        }
    }
}

#[derive(serde::Deserialize)]
struct Versioned {
    meta: OnlyVersion,
}

#[derive(serde::Deserialize)]
struct OnlyVersion {
    schema_version: Option<u64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a transition")]
struct Wire {
    t: u64,
    // Named functions, because serde takes an absent option for none.
    #[serde(deserialize_with = "Option::deserialize")]
    seed: Option<u64>,
    state: WireState,
    action: i32,
    reward: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    next_state: Option<WireState>,
    action_mask: Vec<bool>,
    meta: WireMeta,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a state")]
struct WireState {
    src: u32,
    dst: u32,
    #[serde(default)]
    slots_needed: u16,
    #[serde(default)]
    est_remaining_time: f64,
    #[serde(default, deserialize_with = "bit")]
    is_disaster: bool,
    paths: Vec<WirePath>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a path")]
struct WirePath {
    path_hops: u16,
    min_residual_slots: u16,
    frag_indicator: f64,
    #[serde(deserialize_with = "bit")]
    failure_mask: bool,
    dist_to_disaster_centroid: u16,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "the meta data")]
struct WireMeta {
    #[serde(default = "current_version")]
    schema_version: u64,
    #[serde(default)]
    decision_time_ms: f64,
    #[serde(default)]
    restoration_latency_ms: f64,
    #[serde(default, deserialize_with = "window")]
    bp_window_tag: WindowTag,
    #[serde(default)]
    backup_available: bool,
    #[serde(default)]
    was_groomed: bool,
}

fn current_version() -> u64 {
    SCHEMA_VERSION
}

fn bit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Bit;
    impl Visitor<'_> for Bit {
        type Value = bool;
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("0 or 1")
        }
        fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
            match value {
                0 => Ok(false),
                1 => Ok(true),
                _ => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
            }
        }
    }
    deserializer.deserialize_u64(Bit)
}

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WindowTag, D::Error> {
    struct Window;
    impl Visitor<'_> for Window {
        type Value = WindowTag;
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("\"pre\", \"fail\" or \"post\"")
        }
        fn visit_str<E: Error>(self, name: &str) -> Result<WindowTag, E> {
            let known = WINDOWS.into_iter().find(|window| window.name() == name);
            known.ok_or_else(|| E::invalid_value(Unexpected::Str(name), &self))
        }
    }
    deserializer.deserialize_str(Window)
}

impl From<Wire> for Transition {
    fn from(wire: Wire) -> Transition {
        Transition {
            t: wire.t,
            seed: wire.seed,
            state: wire.state.into(),
            action: wire.action,
            reward: wire.reward,
            next_state: wire.next_state.map(State::from),
            action_mask: wire.action_mask,
            meta: Meta {
                decision_time_ms: wire.meta.decision_time_ms,
                restoration_latency_ms: wire.meta.restoration_latency_ms,
                window: wire.meta.bp_window_tag,
                backup_available: wire.meta.backup_available,
                was_groomed: wire.meta.was_groomed,
            },
        }
    }
}

impl From<WireState> for State {
    fn from(wire: WireState) -> State {
        State {
            src: wire.src,
            dst: wire.dst,
            slots_needed: wire.slots_needed,
            est_remaining_time: wire.est_remaining_time,
            is_disaster: wire.is_disaster,
            paths: wire.paths.into_iter().map(PathFeatures::from).collect(),
        }
    }
}

impl From<WirePath> for PathFeatures {
    fn from(wire: WirePath) -> PathFeatures {
        PathFeatures {
            hops: wire.path_hops,
            min_residual_slots: wire.min_residual_slots,
            frag_indicator: wire.frag_indicator,
            is_failed: wire.failure_mask,
            dist_to_disaster_centroid: wire.dist_to_disaster_centroid,
        }
    }
}
