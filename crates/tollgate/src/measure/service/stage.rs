//! What a trial of a service consists of: its program and those beside it, each with a launcher,
//! and the address that is loaded. Nothing of it is started yet.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use tempfile::TempDir;
use tollgate_bus::Broker;
use tollgate_load::chain;
use tollgate_load::target::Target;

use crate::budget::company::{Beside, Ready, SERVICE};
use crate::budget::{Provided, ServeSource};
use crate::measure::launcher::{Launcher, LauncherError};
use crate::measure::process::Stand;
use crate::measure::program::Surroundings;

use super::keeper::{Keeper, Program};
use super::nats;
use super::ready::Check;
use super::relay::Relay;

pub(super) struct Stage {
    /// Of the service, if it is a program that is started here.
    pub service: Option<Keeper>,
    pub beside: Vec<Keeper>,
    /// Where the service itself is.
    direct: Target,
    /// What lies between it and everybody, if that is to be disturbed.
    pub relay: Option<Relay>,
    /// Of the programs beside the service, where they listen if they do.
    ports: Vec<Target>,
    /// Removed with everything in it when the trial is over.
    _store: Option<TempDir>,
    /// The bus inside the process.
    _broker: Option<Broker>,
}

/// Why there is no stage.
pub(super) enum Unset {
    Impossible(String),
    Launcher(LauncherError),
}

impl From<String> for Unset {
    fn from(reason: String) -> Unset {
        Unset::Impossible(reason)
    }
}

impl From<LauncherError> for Unset {
    fn from(error: LauncherError) -> Unset {
        Unset::Launcher(error)
    }
}

impl Stage {
    /// The launchers are those of all keepers, in the order of their start.
    pub fn set(
        stand: &mut Stand<'_>,
        source: &ServeSource,
    ) -> Result<(Stage, Vec<Launcher>), Unset> {
        let ports = free_ports(1 + source.beside.len())
            .map_err(|error| format!("cannot find a free port: {error}"))?;
        let mut launchers = Vec::new();
        let mut keeper = |program: Program, launchers: &mut Vec<Launcher>| {
            let launcher = stand.launcher.another()?;
            let keeper = Keeper::new(program, &launcher)?;
            launchers.push(launcher);
            Ok::<_, Unset>(keeper)
        };
        let (mut service, mut store, mut broker) = (None, None, None);
        let url = match (&source.url, &source.provided) {
            (Some(url), _) => url.clone(),
            (None, Some(Provided::Bus)) => broker.insert(bus()?).url(),
            (None, provided) => {
                let program = match provided {
                    Some(Provided::Nats { config }) => {
                        let store = store.insert(nats::store()?);
                        let config = config.as_deref();
                        nats_server(stand.root, source, ports[0], store.path(), config)?
                    }
                    _ => own(stand.root, source, ports[0])?,
                };
                service = Some(keeper(program, &mut launchers)?);
                format!("{}://127.0.0.1:{}", source.scheme(), ports[0])
            }
        };
        let direct = target(&url, &source.allow_hosts)?;
        let relay = relay(source, &direct)?;
        let url = through(relay.as_ref(), &direct, true).to_string();
        let mut beside = Vec::new();
        for (program, port) in source.beside.iter().zip(&ports[1..]) {
            let program = companion(stand.root, program, &url, *port)?;
            beside.push(keeper(program, &mut launchers)?);
        }
        let ports = ports[1..].iter().map(|port| target(&format!("http://127.0.0.1:{port}"), &[]));
        let ports = ports.collect::<Result<_, _>>()?;
        Ok((
            Stage { service, beside, direct, relay, ports, _store: store, _broker: broker },
            launchers,
        ))
    }

    /// What is loaded.
    pub fn target(&self) -> Target {
        through(self.relay.as_ref(), &self.direct, false)
    }

    /// By what the service is known to be ready.
    pub fn service_check<'s>(&'s self, source: &'s ServeSource) -> Check<'s> {
        if source.greets() {
            return Check::Greets(&self.direct);
        }
        Check::Answers(&self.direct, source.ready.as_deref())
    }

    /// By what each program beside it is; nothing if it need not be.
    pub fn check<'s>(&'s self, at: usize, program: &'s Beside) -> Option<Check<'s>> {
        Some(match program.ready.as_ref()? {
            Ready::Path(path) => Check::Answers(&self.ports[at], Some(path)),
            Ready::Line(text) => Check::Says(self.beside[at].output(), text),
        })
    }

    /// All that is started here, in that order.
    pub fn keepers(&self) -> impl DoubleEndedIterator<Item = &Keeper> {
        self.service.iter().chain(&self.beside)
    }
}

fn relay(source: &ServeSource, direct: &Target) -> Result<Option<Relay>, String> {
    if !source.disturb.iter().any(|what| what.action.is_on_network()) {
        return Ok(None);
    }
    let relay = Relay::start(direct.address);
    relay.map(Some).map_err(|error| format!("cannot start a relay before the service: {error}"))
}

/// The service by way of the relay. The load goes on calling it by its name; others do not know
/// that a name has two addresses.
fn through(relay: Option<&Relay>, direct: &Target, by_address: bool) -> Target {
    let Some(relay) = relay else { return direct.clone() };
    let target = Target { address: relay.address, ..direct.clone() };
    if !by_address {
        return target;
    }
    Target { host: relay.address.ip().to_string(), port: relay.address.port(), ..target }
}

/// The command of the case.
fn own(root: &Path, source: &ServeSource, port: u16) -> Result<Program, String> {
    let fill = |text: &String| text.replace("{port}", &port.to_string());
    let command = source.command.iter().map(fill).collect();
    program(
        SERVICE,
        "the service".to_owned(),
        root,
        command,
        source.dir.as_deref(),
        &filled(&source.env, &fill),
    )
}

fn nats_server(
    root: &Path,
    source: &ServeSource,
    port: u16,
    store: &Path,
    config: Option<&str>,
) -> Result<Program, String> {
    let config = config.map(|config| root.join(config));
    let surroundings = Surroundings::new(root, source.dir.as_deref(), &source.env);
    Ok(Program {
        name: SERVICE.to_owned(),
        called: "the service".to_owned(),
        command: nats::command(port, store, config.as_deref()),
        path: nats::find(&surroundings)?,
        surroundings,
    })
}

fn companion(root: &Path, beside: &Beside, url: &str, port: u16) -> Result<Program, String> {
    let fill = |text: &String| text.replace("{port}", &port.to_string()).replace("{url}", url);
    let command = beside.command.iter().map(fill).collect();
    let env = filled(&beside.env, &fill);
    let called = format!("`{}`", beside.name);
    program(&beside.name, called.clone(), root, command, beside.dir.as_deref(), &env)
        .map_err(|reason| format!("{called} beside the service: {reason}"))
}

fn program(
    name: &str,
    called: String,
    root: &Path,
    command: Vec<String>,
    dir: Option<&str>,
    env: &BTreeMap<String, String>,
) -> Result<Program, String> {
    let surroundings = Surroundings::new(root, dir, env);
    let path = surroundings.find(command.first().map_or("", String::as_str))?;
    Ok(Program { name: name.to_owned(), called, command, path, surroundings })
}

fn filled(
    env: &BTreeMap<String, String>,
    fill: &dyn Fn(&String) -> String,
) -> BTreeMap<String, String> {
    env.iter().map(|(name, value)| (name.clone(), fill(value))).collect()
}

fn target(url: &str, allowed: &[String]) -> Result<Target, String> {
    Target::parse(url, allowed).map_err(|error| chain(&error))
}

/// Ports that nobody listens on now, all different. Somebody else may take one before its program
/// does; then that says so, and the trial fails.
fn free_ports(count: usize) -> std::io::Result<Vec<u16>> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()?;
    listeners.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

fn bus() -> Result<Broker, String> {
    Broker::start().map_err(|error| format!("cannot start the bus inside the process: {error}"))
}
