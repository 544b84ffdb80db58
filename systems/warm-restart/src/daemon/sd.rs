//! Tells systemd that the service is ready and alive: words over the socket that it names.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Somebody who wants to know, or nobody.
#[derive(Debug)]
pub struct Supervisor {
    to: Option<(UnixDatagram, SocketAddr)>,
    /// How often it is told that the service is alive.
    pub watchdog_ms: Option<u64>,
}

impl Supervisor {
    /// From the variables that systemd sets.
    pub fn of_environment() -> io::Result<Supervisor> {
        let watchdog = std::env::var("WATCHDOG_USEC").ok();
        Supervisor::new(std::env::var_os("NOTIFY_SOCKET"), watchdog.as_deref())
    }

    pub fn new(socket: Option<OsString>, watchdog_us: Option<&str>) -> io::Result<Supervisor> {
        let to = match socket.filter(|socket| !socket.is_empty()) {
            Some(socket) => Some((UnixDatagram::unbound()?, address(&socket)?)),
            None => None,
        };
        let us = watchdog_us.and_then(|us| us.parse::<u64>().ok()).filter(|us| *us > 0);
        // Twice in the time that is given, since one sign may come late.
        Ok(Supervisor { to, watchdog_ms: us.map(|us| (us / 2000).max(1)) })
    }

    /// `READY=1`, `WATCHDOG=1` or `STOPPING=1`.
    pub fn tell(&self, word: &str) -> io::Result<()> {
        match &self.to {
            Some((socket, address)) => socket.send_to_addr(word.as_bytes(), address).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// A path, or with `@` before it a name that is no file.
fn address(socket: &OsStr) -> io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::ffi::OsStrExt;
        if let Some(name) = socket.as_bytes().strip_prefix(b"@") {
            return SocketAddr::from_abstract_name(name);
        }
    }
    SocketAddr::from_pathname(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_socket_that_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let supervisor = Supervisor::new(Some(path.into()), Some("30000000")).unwrap();
        assert_eq!(supervisor.watchdog_ms, Some(15_000));
        supervisor.tell("READY=1").unwrap();
        let mut heard = [0; 64];
        let length = socket.recv(&mut heard).unwrap();
        assert_eq!(&heard[..length], b"READY=1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_file_is_reached_as_well() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("warm-restart-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        let supervisor = Supervisor::new(Some(format!("@{name}").into()), None).unwrap();
        supervisor.tell("WATCHDOG=1").unwrap();
        let mut heard = [0; 64];
        assert_eq!(socket.recv(&mut heard).unwrap(), 10);
    }

    #[test]
    fn where_nobody_wants_to_know_nothing_is_told() {
        let nobody = Supervisor::new(None, Some("nonsense")).unwrap();
        assert_eq!(nobody.watchdog_ms, None);
        nobody.tell("READY=1").unwrap();
    }
}
