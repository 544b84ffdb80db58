//! A `nats-server` of one trial: on a port of its own, with an empty store that goes with it.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::measure::program::Surroundings;

const PROGRAM: &str = "nats-server";
/// Where Debian puts it, which is not on the path of everybody.
const BESIDE_THE_PATH: &str = "/usr/sbin/nats-server";
/// A server's first line is longer than this, and begins with a known word.
const GREETING: &[u8] = b"INFO {";

/// A folder for what the streams hold.
pub(super) fn store() -> Result<TempDir, String> {
    tempfile::Builder::new()
        .prefix("tollgate-nats-")
        .tempdir()
        .map_err(|error| format!("cannot make a folder for the store of `{PROGRAM}`: {error}"))
}

/// What is said here holds whatever a configuration says.
pub(super) fn command(port: u16, store: &Path, config: Option<&Path>) -> Vec<String> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut command = vec![PROGRAM.to_owned()];
    if let Some(config) = config {
        command.extend(["-c".to_owned(), text(config)]);
    }
    let port = port.to_string();
    command.extend(["-a", "127.0.0.1", "-p", &port, "-js", "-sd"].map(str::to_owned));
    command.push(text(store));
    command
}

/// Whether it is there for those who have it on no path.
pub(in crate::measure) fn is_beside_the_path() -> bool {
    Path::new(BESIDE_THE_PATH).is_file()
}

pub(super) fn find(surroundings: &Surroundings) -> Result<PathBuf, String> {
    find_or(surroundings, Path::new(BESIDE_THE_PATH))
}

fn find_or(surroundings: &Surroundings, known: &Path) -> Result<PathBuf, String> {
    surroundings.find(PROGRAM).or_else(|missing| {
        if known.is_file() {
            return Ok(known.to_owned());
        }
        Err(format!("{missing} (on Debian it is in the package `{PROGRAM}`)"))
    })
}

/// Nothing if a server introduces itself; otherwise why not, if that is known.
pub(super) fn greeting(address: SocketAddr, longest: Duration) -> Result<(), Option<String>> {
    let io = |error: std::io::Error| Some(error.to_string());
    let mut stream = TcpStream::connect_timeout(&address, longest).map_err(io)?;
    stream.set_read_timeout(Some(longest)).map_err(io)?;
    let mut first = [0; GREETING.len()];
    stream.read_exact(&mut first).map_err(io)?;
    if first == GREETING {
        return Ok(());
    }
    Err(Some(format!("what listens at {address} does not introduce itself as a bus of NATS")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_missing_server_is_named_with_its_package() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = BTreeMap::from([("PATH".to_owned(), "/no/such/folder".to_owned())]);
        let surroundings = Surroundings::new(folder.path(), None, &nowhere);
        let known = folder.path().join("nats-server");
        assert_eq!(
            find_or(&surroundings, &known).unwrap_err(),
            "`nats-server` is not installed (on Debian it is in the package `nats-server`)"
        );
        std::fs::write(&known, "").unwrap();
        assert_eq!(find_or(&surroundings, &known), Ok(known));
    }

    #[test]
    fn what_the_trial_needs_wins_over_a_configuration() {
        let command = command(7, Path::new("/s"), Some(Path::new("/c")));
        let expected = "nats-server -c /c -a 127.0.0.1 -p 7 -js -sd /s";
        assert_eq!(command.join(" "), expected);
    }
}
