//! What a device knows of its ports, and keeps for its next start.

pub mod folder;
pub mod inspect;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::durable::FileError;

/// The content of a state file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortState {
    pub version: u32,
    /// Seconds since 1970.
    pub saved_at: u64,
    pub ports: BTreeMap<String, Port>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    pub name: String,
    pub admin_state: Switch,
    pub oper_state: Switch,
    /// As the kernel gave them.
    pub flags: u32,
    pub mtu: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    Up,
    Down,
}

/// The format of this release.
pub const VERSION: u32 = 1;

/// More ports than any device has: such a file is none of ours.
const MOST_PORTS: usize = 10_000;

/// Bits of a link's flags: somebody switched it on, and there is a carrier.
const UP: u32 = 1;
const RUNNING: u32 = 1 << 6;

#[derive(Debug, Error)]
pub enum BadState {
    #[error("it is no state: {0}")]
    Form(#[from] serde_json::Error),
    #[error("its version is {0}, and this program reads version {VERSION}")]
    Version(u32),
    #[error("it has {0} ports, and no device has that many")]
    Ports(usize),
    #[error("port `{key}` calls itself `{name}`")]
    Name { key: String, name: String },
}

/// Why a file of a state cannot be gone by.
#[derive(Debug, Error)]
pub enum Unread {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    State(#[from] BadState),
}

impl Port {
    #[must_use]
    pub fn from_flags(name: &str, flags: u32, mtu: u32) -> Port {
        let switch = |bit| if flags & bit == 0 { Switch::Down } else { Switch::Up };
        let name = name.to_owned();
        Port { name, admin_state: switch(UP), oper_state: switch(RUNNING), flags, mtu }
    }
}

impl PortState {
    #[must_use]
    pub fn new(ports: impl IntoIterator<Item = Port>, saved_at: u64) -> PortState {
        let ports = ports.into_iter().map(|port| (port.name.clone(), port)).collect();
        PortState { version: VERSION, saved_at, ports }
    }

    pub fn read(bytes: &[u8]) -> Result<PortState, BadState> {
        let state: PortState = serde_json::from_slice(bytes)?;
        if state.version != VERSION {
            return Err(BadState::Version(state.version));
        }
        if state.ports.len() >= MOST_PORTS {
            return Err(BadState::Ports(state.ports.len()));
        }
        match state.ports.iter().find(|(key, port)| **key != port.name) {
            Some((key, port)) => Err(BadState::Name { key: key.clone(), name: port.name.clone() }),
            None => Ok(state),
        }
    }

    /// # Panics
    ///
    /// Never: nothing in it is foreign to JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("names and numbers can be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_without_carrier_is_up_for_its_owner_and_down_in_fact() {
        use Switch::{Down, Up};
        for (flags, admin, oper) in
            [(0, Down, Down), (1, Up, Down), (0x41, Up, Up), (0x40, Down, Up)]
        {
            let port = Port::from_flags("Ethernet0", flags, 9100);
            assert_eq!((port.admin_state, port.oper_state), (admin, oper), "{flags:#x}");
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_written_and_a_damaged_one_is_not_read() {
        let state = PortState::new([Port::from_flags("Ethernet0", 0x41, 9100)], 1000);
        let bytes = state.to_bytes();
        assert_eq!(PortState::read(&bytes).unwrap(), state);
        for end in 0..bytes.len() {
            assert!(PortState::read(&bytes[..end]).is_err(), "{end} bytes");
        }
        let text = String::from_utf8(bytes).unwrap();
        let table = [
            (text.replace("\"version\": 1", "\"version\": 2"), "its version is 2"),
            (text.replace("\"name\": \"Ethernet0\"", "\"name\": \"x\""), "calls itself `x`"),
            (text.replace("\"up\"", "\"open\""), "unknown variant `open`"),
        ];
        for (text, said) in table {
            let error = PortState::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
