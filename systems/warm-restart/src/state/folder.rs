//! Where state files lie: the current one, and backups of earlier ones beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::inspect::Seen;
use super::{PortState, Unread};
use crate::durable::{self, FileError};
use crate::lifecycle::Found;

/// A folder of a device. Files in it that are not named as its own are never touched.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

const CURRENT: &str = "port_state.json";
const BACKUPS: &str = "backups";

/// When a backup was made, and which one of that second: its name, and its place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    seconds: u64,
    number: u32,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Folder, FileError> {
        let backups = path.join(BACKUPS);
        fs::create_dir_all(&backups).map_err(FileError::of("create", &backups))?;
        Ok(Folder { path: path.to_owned() })
    }

    /// One that is there; nothing is made.
    pub fn existing(path: &Path) -> Result<Folder, FileError> {
        fs::read_dir(path).map_err(FileError::of("list", path))?;
        Ok(Folder { path: path.to_owned() })
    }

    pub fn save(&self, state: &PortState) -> Result<(), FileError> {
        durable::write(&self.path.join(CURRENT), &state.to_bytes())
    }

    /// What a file that cannot even be opened holds is unreadable as well.
    #[must_use]
    pub fn current(&self) -> Found<PortState> {
        found(read(&self.path.join(CURRENT)))
    }

    /// Those that there are, newest first, each read when it is asked for.
    pub fn backups(&self) -> Result<impl Iterator<Item = Found<PortState>>, FileError> {
        let folder = self.path.join(BACKUPS);
        let names = self.names()?;
        Ok(names.map(move |name| found(read(&folder.join(name)))))
    }

    /// The current file and the backups, newest first, with what is wrong with them.
    pub fn seen(&self) -> Result<impl Iterator<Item = Seen>, FileError> {
        let backups = self.names()?.map(|name| format!("{BACKUPS}/{name}"));
        let names = [CURRENT.to_owned()].into_iter().chain(backups);
        Ok(names.map(|name| Seen { content: read(&self.path.join(&name)), name }))
    }

    /// Makes a backup of the current state if there is one that can be read: whether it did. Two in
    /// one second get two names, and one that was there before is never overwritten.
    pub fn rotate(&self, now_s: u64) -> Result<bool, FileError> {
        let Found::State(state) = self.current() else { return Ok(false) };
        let bytes = state.to_bytes();
        let taken = self.stamps()?.into_iter().filter(|stamp| stamp.seconds == now_s);
        let mut number = taken.map(|stamp| stamp.number + 1).max().unwrap_or(0);
        loop {
            let name = Stamp { seconds: now_s, number }.name();
            match durable::create(&self.path.join(BACKUPS).join(name), &bytes) {
                Err(error) if error.cause.kind() == io::ErrorKind::AlreadyExists => number += 1,
                made => return made.map(|()| true),
            }
        }
    }

    /// Removes the oldest backups until so many are left: how many it removed.
    pub fn keep(&self, most: usize) -> Result<usize, FileError> {
        let mut stamps = self.stamps()?;
        stamps.sort_unstable();
        let surplus = stamps.len().saturating_sub(most);
        for stamp in &stamps[..surplus] {
            let path = self.path.join(BACKUPS).join(stamp.name());
            fs::remove_file(&path).map_err(FileError::of("remove", &path))?;
        }
        Ok(surplus)
    }

    /// Of the backups, newest first.
    fn names(&self) -> Result<impl Iterator<Item = String> + use<>, FileError> {
        let mut stamps = self.stamps()?;
        stamps.sort_unstable();
        Ok(stamps.into_iter().rev().map(Stamp::name))
    }

    fn stamps(&self) -> Result<Vec<Stamp>, FileError> {
        let folder = self.path.join(BACKUPS);
        let listed = match fs::read_dir(&folder) {
            // Where none was made yet there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(FileError::of("list", &folder))?,
        };
        let mut stamps = Vec::new();
        for entry in listed {
            let entry = entry.map_err(FileError::of("list", &folder))?;
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let stamp = entry.file_name().to_str().and_then(Stamp::read);
            stamps.extend(stamp.filter(|_| is_file));
        }
        Ok(stamps)
    }
}

impl Stamp {
    fn name(self) -> String {
        format!("port_state_{}-{}.json", self.seconds, self.number)
    }

    /// Only a name that would be written so is one.
    fn read(name: &str) -> Option<Stamp> {
        let inner = name.strip_prefix("port_state_")?.strip_suffix(".json")?;
        let (seconds, number) = inner.split_once('-')?;
        let stamp = Stamp { seconds: seconds.parse().ok()?, number: number.parse().ok()? };
        (stamp.name() == name).then_some(stamp)
    }
}

fn read(path: &Path) -> Result<Option<PortState>, Unread> {
    let Some(bytes) = durable::read(path)? else { return Ok(None) };
    Ok(Some(PortState::read(&bytes)?))
}

fn found(read: Result<Option<PortState>, Unread>) -> Found<PortState> {
    match read {
        Ok(None) => Found::Absent,
        Ok(Some(state)) => Found::State(state),
        Err(_) => Found::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::lifecycle::{Lifecycle, PATIENCE_MS};
    use crate::state::Port;

    fn state(saved_at: u64) -> PortState {
        PortState::new([Port::from_flags("Ethernet0", 0x41, 9100)], saved_at)
    }

    fn saved_at(found: &Found<PortState>) -> Option<u64> {
        match found {
            Found::State(state) => Some(state.saved_at),
            Found::Absent | Found::Unreadable => None,
        }
    }

    #[test]
    fn backups_of_one_second_have_names_of_their_own_and_the_oldest_go_first() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        assert!(!folder.rotate(5).unwrap(), "there is nothing to back up");
        for (number, second) in [5, 5, 9, 10, 10].into_iter().zip(0..) {
            folder.save(&state(second)).unwrap();
            assert!(folder.rotate(number).unwrap());
        }
        let listed = |folder: &Folder| -> Vec<Option<u64>> {
            folder.backups().unwrap().map(|found| saved_at(&found)).collect()
        };
        assert_eq!(listed(&folder), [Some(4), Some(3), Some(2), Some(1), Some(0)]);
        assert_eq!((folder.keep(2).unwrap(), folder.keep(2).unwrap()), (3, 0));
        assert_eq!(listed(&folder), [Some(4), Some(3)]);
    }

    #[test]
    fn what_is_not_its_own_is_never_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let backups = place.path().join(BACKUPS);
        let foreign = ["metrics.json", "port_state_7.json", "port_state_07-0.json", "port_state_"];
        for name in foreign {
            fs::write(backups.join(name), "x").unwrap();
        }
        fs::create_dir(backups.join("port_state_3-0.json")).unwrap();
        folder.save(&state(1)).unwrap();
        folder.rotate(1).unwrap();
        assert_eq!(folder.keep(0).unwrap(), 1);
        assert_eq!(fs::read_dir(&backups).unwrap().count(), foreign.len() + 1);
    }

    #[test]
    fn a_damaged_file_is_recovered_from_the_newest_backup_that_is_whole() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        for second in [1, 2, 3] {
            folder.save(&state(second)).unwrap();
            folder.rotate(second).unwrap();
        }
        fs::write(place.path().join(CURRENT), "{").unwrap();
        fs::write(place.path().join(BACKUPS).join("port_state_3-0.json"), "").unwrap();
        assert!(!folder.rotate(4).unwrap(), "what is damaged is no backup");
        let start = Lifecycle::start(folder.current(), folder.backups().unwrap(), PATIENCE_MS);
        assert_eq!(start.state.map(|state| state.saved_at), Some(2));
        assert_eq!(start.events, [Event::Corruption, Event::Recovery, Event::WarmStart]);
    }
}
