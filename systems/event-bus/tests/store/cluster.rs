//! A PostgreSQL server for these tests alone, which ends with their process, however that ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Cluster {
    folder: String,
    /// Its standard input is a pipe from here.
    _shell: Child,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(start);

/// The address of a new database.
pub(crate) fn database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("fact_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let folder = CLUSTER.folder.replace('/', "%2F");
    let address = |name: &str| format!("postgres://postgres@{folder}/{name}");
    let mut client = postgres::Client::connect(&address("postgres"), postgres::NoTls).unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    address(&name)
}

fn start() -> Cluster {
    let path = path();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/cluster.sh");
    let mut shell = as_somebody()
        .args(["sh", script])
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    let folder = folder.trim_end().to_owned();
    assert!(!folder.is_empty(), "the server of PostgreSQL did not start");
    Cluster { folder, _shell: shell }
}

/// The server refuses to run as root.
fn as_somebody() -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout.trim_ascii() != b"0" {
        return Command::new("env");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    command
}

/// The search path with the place where Debian keeps the server.
fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::split_paths(&path));
    let is_there = |name: &str| folders.iter().any(|folder: &PathBuf| folder.join(name).is_file());
    for name in ["initdb", "postgres", "pg_isready"] {
        assert!(is_there(name), "{name} is missing: install the Debian package postgresql");
    }
    let joined = std::env::join_paths(folders.iter().map(PathBuf::as_path).map(Path::as_os_str));
    joined.unwrap().into_string().unwrap()
}
