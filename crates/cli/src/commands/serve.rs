//! `tollgate serve`: the history as pages and as an API, until it is told to end.

mod log;

use anyhow::{Context as _, Result};
use tollgate_dashboard::watch::Options;
use tollgate_dashboard::{Dashboard, Hosts, Server, Watch};

use crate::args::{Global, Serve};
use crate::exit::Exit;
use crate::output::{note, result};
use crate::{project, stop};

pub fn serve(global: &Global, args: &Serve) -> Result<Exit> {
    log::start();
    let history = project::history(global);
    let server = Server::bind(args.listen)?;
    let address = server.address();
    if !address.ip().is_loopback() {
        note(&format!(
            "warning: whoever reaches {address} can read every run, there is no login; put a proxy \
             that asks for one in front, or listen at 127.0.0.1"
        ));
    }
    if !history.exists() {
        let path = history.display();
        note(&format!("there is no history {path} yet; `tollgate check` begins one"));
    }
    let stopper = server.stopper();
    stop::listen_and(move || stopper.stop());
    let watched = Options {
        rules: args.rules.clone(),
        interval: args.interval,
        nats: args.nats.clone(),
        branch: args.branch.clone(),
        history: history.clone(),
    };
    let (watch, live) = Watch::start(watched)?;
    result(&format!("http://{address}/"))?;
    let dashboard = Dashboard::new(history, live).answering_to(hosts(args));
    server.run(dashboard).with_context(|| format!("could not go on listening at {address}"))?;
    watch.stop();
    Ok(Exit::Within)
}

/// A loopback address is guarded against names that others make lead there; any other is asked for
/// by names this program cannot know.
fn hosts(args: &Serve) -> Hosts {
    if args.hosts.is_empty() && !args.listen.ip().is_loopback() {
        Hosts::Any
    } else {
        Hosts::Local(args.hosts.clone())
    }
}
