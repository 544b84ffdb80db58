//! What a folder of state files holds, and what the next start of its device takes. Nothing is
//! changed.

use std::fmt;

use super::folder::Folder;
use super::{PortState, Unread};
use crate::durable::FileError;
use crate::event::Event;
use crate::lifecycle::{Found, Lifecycle, PATIENCE_MS};

#[derive(Debug)]
pub struct Inspection {
    /// The current file first, then the backups, newest first.
    pub files: Vec<Seen>,
    /// Which of them is taken.
    pub taken: Option<usize>,
    /// What the start would be counted as.
    pub events: Vec<Event>,
}

/// A file by its path inside the folder.
#[derive(Debug)]
pub struct Seen {
    pub name: String,
    pub content: Result<Option<PortState>, Unread>,
}

impl Inspection {
    pub fn of(folder: &Folder) -> Result<Inspection, FileError> {
        let files: Vec<Seen> = folder.seen()?.collect();
        let mut found = files.iter().enumerate().map(|(at, seen)| match &seen.content {
            Ok(Some(_)) => Found::State(at),
            Ok(None) => Found::Absent,
            Err(_) => Found::Unreadable,
        });
        let current = found.next().unwrap_or(Found::Absent);
        let start = Lifecycle::start(current, found, PATIENCE_MS);
        Ok(Inspection { taken: start.state, events: start.events, files })
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Seen { name, content }) in self.files.iter().enumerate() {
            match content {
                Ok(None) => write!(to, "{name}: there is none")?,
                Ok(Some(state)) => {
                    let (ports, at) = (state.ports.len(), state.saved_at);
                    write!(to, "{name}: {ports} ports, saved at {at}")?;
                }
                Err(why) => write!(to, "{name}: broken: {why}")?,
            }
            writeln!(to, "{}", if self.taken == Some(at) { " <- taken" } else { "" })?;
        }
        let kinds: Vec<&str> = self.events.iter().map(|event| event.kind().name()).collect();
        writeln!(to, "the next start counts as {}", kinds.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::state::Port;

    #[test]
    fn what_is_whole_broken_and_taken_is_shown_and_nothing_is_changed() {
        let place = tempfile::tempdir().unwrap();
        let shown =
            || Inspection::of(&Folder::existing(place.path()).unwrap()).unwrap().to_string();
        assert_eq!(
            shown(),
            "port_state.json: there is none\nthe next start counts as cold_start\n"
        );
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        let folder = Folder::open(place.path()).unwrap();
        for second in [1, 2] {
            let ports = [Port::from_flags("Ethernet0", 0x41, 9100)];
            folder.save(&PortState::new(ports, second)).unwrap();
            folder.rotate(second).unwrap();
        }
        let lines = shown();
        assert!(lines.starts_with("port_state.json: 1 ports, saved at 2 <- taken\n"), "{lines}");
        assert!(lines.ends_with("counts as warm_start\n"), "{lines}");
        fs::write(place.path().join("port_state.json"), "{").unwrap();
        fs::write(place.path().join("backups/port_state_2-0.json"), r#"{"version":7}"#).unwrap();
        let lines = shown();
        for line in [
            "port_state.json: broken: it is no state: EOF while parsing an object at line 1",
            "backups/port_state_2-0.json: broken: it is no state: missing field",
            "backups/port_state_1-0.json: 1 ports, saved at 1 <- taken",
            "the next start counts as corruption, recovery, warm_start",
        ] {
            assert!(lines.lines().any(|found| found.starts_with(line)), "{line}\n{lines}");
        }
    }

    #[test]
    fn where_no_folder_is_nothing_is_made() {
        let place = tempfile::tempdir().unwrap();
        let error = Folder::existing(&place.path().join("x")).unwrap_err().to_string();
        assert!(error.starts_with("failed to list ") && !place.path().join("x").exists());
    }
}
