//! Where a measurement takes place: a broker of its own, the service as a process of its own, and
//! a database of its own.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::bus::{Address, Bus, Options};
use crate::service::Mode;

/// How long a part may take to become ready.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(5);

/// Everything of one measurement; it ends with this value.
pub struct Ground {
    folder: PathBuf,
    broker: Part,
    broker_port: u16,
    service: Option<Part>,
    service_port: u16,
    is_stream: bool,
}

/// A process that ends with this value.
struct Part(Child);

/// What a process has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    pub cpu: Duration,
    /// Resident, now and at most.
    pub memory: u64,
    pub peak_memory: u64,
}

impl Ground {
    /// A broker, and no service yet.
    pub fn new(name: &str) -> Ground {
        let folder = std::env::temp_dir().join(format!("event-bus-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
        let broker_port = free_port();
        let broker = broker(&folder, broker_port);
        Ground {
            folder,
            broker,
            broker_port,
            service: None,
            service_port: free_port(),
            is_stream: false,
        }
    }

    /// With the service in this mode.
    pub fn with_service(name: &str, mode: &Mode) -> Ground {
        let mut ground = Ground::new(name);
        ground.is_stream = matches!(mode, Mode::Stream(_));
        ground.start_service();
        ground
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.broker_port)
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("events.db")
    }

    pub async fn connect(&self) -> Bus {
        let Ok(Address::Nats(server)) = self.url().parse() else {
            unreachable!("the address of a server is one")
        };
        Bus::connect(&Options::new(server)).await.expect("the broker is there")
    }

    /// Starts the service, and returns once it is ready.
    pub fn start_service(&mut self) {
        let beside = std::env::current_exe().expect("the system tells who runs");
        let mode = if self.is_stream { "--jetstream" } else { "--core" };
        let service = Command::new(beside.with_file_name("event-bus"))
            .args(["serve", "--bus", &self.url(), mode, "--receipts", "--store"])
            .arg(self.database())
            .args(["--http", &format!("127.0.0.1:{}", self.service_port)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`event-bus` lies beside this program: cargo build --release -p event-bus");
        self.service = Some(Part(service));
        wait("the service", || is_ready(self.service_port));
    }

    /// Ends the service at once, whatever it is doing.
    pub fn kill_service(&mut self) {
        self.service = None;
    }

    /// Ends the broker at once, and starts it again on what it had stored.
    pub fn restart_broker(&mut self) {
        let _ = self.broker.0.kill();
        let _ = self.broker.0.wait();
        self.broker = broker(&self.folder, self.broker_port);
    }

    /// Events in the database.
    pub fn stored(&self) -> u64 {
        self.asked("SELECT count(*) FROM event")
    }

    /// How often an event had its effect again: an id is there once in any case, so this looks at
    /// what the events add up to.
    pub fn stored_twice(&self) -> u64 {
        let effects = self.asked(
            "SELECT (SELECT coalesce(sum(chat_lines), 0) FROM member)
                + (SELECT coalesce(sum(plays), 0) FROM medium)",
        );
        let causes =
            self.asked("SELECT count(*) FROM event WHERE kind IN ('chat.message', 'media.played')");
        effects.abs_diff(causes)
    }

    fn asked(&self, question: &str) -> u64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(self.database(), flags);
        let connection = connection.expect("the service made the database");
        let number = connection.query_row(question, [], |row| row.get::<_, i64>(0));
        number.expect("the tables are as this release makes them").unsigned_abs()
    }

    /// Waits until so many are stored, or nothing has been added for a while.
    pub fn await_stored(&self, count: u64, at_rest: Duration) -> u64 {
        let (mut last, mut rested) = (0, Duration::ZERO);
        loop {
            let stored = self.stored();
            if stored >= count || rested >= at_rest {
                return stored;
            }
            rested = if stored == last { rested + LOOK * 4 } else { Duration::ZERO };
            last = stored;
            std::thread::sleep(LOOK * 4);
        }
    }

    pub fn used_by_service(&self) -> Used {
        self.service.as_ref().map_or(Used::default(), |part| used(&part.0.id().to_string()))
    }

    pub fn used_by_broker(&self) -> Used {
        used(&self.broker.0.id().to_string())
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.service = None;
        let _ = self.broker.0.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What this process has used so far.
pub fn used_here() -> Used {
    used("self")
}

fn used(process: &str) -> Used {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}"));
    let stat = read("stat").unwrap_or_default();
    // Behind the name, which may hold anything, follow the fields from the third on (proc(5)).
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    // The kernel tells everybody hundredths of a second, whatever it counts in itself.
    let cpu = Duration::from_millis((ticks(11) + ticks(12)) * 10);
    let status = read("status").unwrap_or_default();
    let bytes = |name: &str| {
        let text = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        text.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
    };
    Used { cpu, memory: bytes("VmRSS:"), peak_memory: bytes("VmHWM:") }
}

fn broker(folder: &Path, port: u16) -> Part {
    let broker = Command::new("nats-server")
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
        .arg(folder.join("streams"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("`nats-server` is installed (Debian package nats-server)");
    wait("the broker", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    Part(broker)
}

fn wait(for_what: &str, mut is_there: impl FnMut() -> bool) {
    let looks = PATIENCE.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if is_there() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    panic!("{for_what} was not ready within {} s", PATIENCE.as_secs());
}

fn is_ready(port: u16) -> bool {
    use std::io::{Read, Write};
    let asked = || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports");
    listener.local_addr().expect("it is bound").port()
}
