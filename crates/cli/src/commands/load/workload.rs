//! From arguments to what is sent: a target, a scenario and a workload.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use tollgate_load::scenario::{Override, Scenario, Shape};
use tollgate_load::target::Target;
use tollgate_load::workload::{
    Arrivals, Bus, Feed, Http, Order, Protocol, Source, Task, Tls, User, Workload,
};

use crate::args::{Load, Spread, Travel, Version};

use super::request::request;

/// The users of a load for which nobody said more, and how long they stay.
const USERS: u32 = 50;
const HOLD: Duration = Duration::from_secs(10);

/// A load that ends by its count of requests ends by this time in any case.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The name of the only feed.
const FEED: &str = "feed";

/// Everything a load is.
#[derive(Debug)]
pub struct Plan {
    pub target: Target,
    pub scenario: Scenario,
    pub workload: Workload,
    /// The load in a line.
    pub told: String,
}

pub fn plan(args: &Load) -> Result<Plan> {
    let (origin, path) = split(&args.url)?;
    let target = Target::parse(&origin, &args.travel.allowed_hosts)?;
    let request = request(&args.request, target.kind, &path)?;
    let scenario = scenario(args)?;
    let feeds = args.request.feed.iter().map(|path| Feed {
        name: FEED.to_owned(),
        source: Source::File(path.clone()),
        order: Order::Sequential,
    });
    let feeds: Vec<Feed> = feeds.collect();
    let feed = feeds.first().map(|feed| feed.name.clone());
    let mut told = format!("{} on {target}: {}", request.name, described(args, &scenario));
    if args.travel.insecure && target.secure {
        told += ", believing any certificate";
    }
    let user = User {
        name: "user".to_owned(),
        weight: 1,
        think: args.amount.think.unwrap_or_default(),
        start: Vec::new(),
        tasks: vec![Task { weight: 1, feed, steps: vec![request] }],
    };
    let workload = Workload {
        users: vec![user],
        feeds,
        schedule: scenario.schedule(),
        stop: scenario.stop(),
        protocol: protocol(&args.travel),
        bus: Bus { subscribers: args.request.subscribers, ..Bus::default() },
        threads: args.travel.threads,
        seed: args.amount.seed,
    };
    Ok(Plan { target, scenario, workload, told })
}

/// A URL as its origin and its path with the query, or the subject of a message. Without a scheme
/// it is plain HTTP.
fn split(url: &str) -> Result<(String, String)> {
    let url = url.trim();
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let url = url.split_once('#').map_or(url.as_str(), |(before, _)| before);
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    let (origin, path) = url.split_at(end);
    if url.starts_with("nats://") || url.starts_with("tls://") {
        return match path.strip_prefix('/') {
            Some(subject) if !subject.is_empty() => Ok((origin.to_owned(), subject.to_owned())),
            _ => bail!("`{url}` names no subject; a message goes to `{origin}/SUBJECT`"),
        };
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok((origin.to_owned(), format!("{slash}{path}")))
}

fn scenario(args: &Load) -> Result<Scenario> {
    let amount = &args.amount;
    let (ramp, hold) = (Duration::ZERO, if amount.requests.is_some() { LONGEST } else { HOLD });
    let arrivals = match amount.arrivals {
        Some(Spread::Poisson) => Arrivals::Poisson,
        Some(Spread::Even) | None => Arrivals::Even,
    };
    let shape = match amount.rate {
        Some(per_second) => Shape::Rate { per_second, arrivals, ramp, hold },
        None => Shape::Users { users: USERS, ramp, hold },
    };
    let plain = || Scenario {
        name: "load".to_owned(),
        shape,
        classes: Vec::new(),
        warmup: None,
        requests: None,
    };
    let mut scenario = match &amount.scenario {
        Some(name) => {
            Scenario::preset(name).ok_or_else(|| anyhow!("there is no scenario `{name}`"))?
        }
        None => plain(),
    };
    if amount.arrivals.is_some() {
        match &mut scenario.shape {
            Shape::Rate { arrivals: own, .. } => *own = arrivals,
            Shape::Search(search) => search.arrivals = arrivals,
            Shape::Users { .. } | Shape::Stages { .. } => {
                bail!("--arrivals is about a rate, and users send when they have their answers")
            }
        }
    }
    belongs(args, &scenario.shape)?;
    let given = Override {
        users: amount.users,
        rate: amount.rate,
        ramp: amount.ramp,
        spawn: None,
        hold: amount.time,
        warmup: amount.warmup,
        requests: amount.requests,
    };
    scenario.overridden(&given).map_err(|problem| anyhow!("{problem}"))
}

/// That no option is given which this kind of load would not heed.
fn belongs(args: &Load, shape: &Shape) -> Result<()> {
    let amount = &args.amount;
    let search = matches!(shape, Shape::Search(_));
    if !search && (amount.limit_p99.is_some() || amount.limit_errors.is_some()) {
        bail!("--limit-p99 and --limit-errors are for --scenario capacity");
    }
    if amount.think.is_some() && (search || matches!(shape, Shape::Rate { .. })) {
        bail!("--think is about users; at a rate nobody waits");
    }
    Ok(())
}

/// The scenario in words; of one that ends by its count, without the time it never takes.
fn described(args: &Load, scenario: &Scenario) -> String {
    let amount = &args.amount;
    let told = scenario.describe();
    match amount.requests {
        Some(requests) if amount.time.is_none() && amount.scenario.is_none() => {
            let who = told.split(" for ").next().unwrap_or(&told).to_owned();
            format!("{who}, {}", super::figures::plural(requests, "request"))
        }
        _ => told,
    }
}

fn protocol(args: &Travel) -> Protocol {
    let tls = match &args.authority {
        Some(file) => Tls::Authority(file.clone()),
        None if args.insecure => Tls::Anyone,
        None => Tls::System,
    };
    Protocol {
        http: if args.http == Version::Two { Http::Two } else { Http::One },
        keep_alive: !args.no_keep_alive,
        compression: args.compression,
        redirects: args.redirects,
        timeout: args.timeout,
        connections: args.connections,
        tls,
        ..Protocol::default()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn planned(words: &[&str]) -> Result<Plan> {
        let words = ["tollgate", "load"].iter().chain(words);
        match Cli::try_parse_from(words)?.command {
            Command::Load(args) => plan(&args),
            _ => bail!("another command"),
        }
    }

    fn told(words: &[&str]) -> String {
        planned(words).unwrap().told
    }

    fn problem(words: &[&str]) -> String {
        format!("{:#}", planned(words).unwrap_err())
    }

    #[test]
    fn a_url_is_split_before_its_path() {
        for (url, origin, path) in [
            ("http://127.0.0.1:80", "http://127.0.0.1:80", "/"),
            ("http://127.0.0.1/a/{{int 1 9}}?b=1#c", "http://127.0.0.1", "/a/{{int 1 9}}?b=1"),
            ("127.0.0.1:8080?x", "http://127.0.0.1:8080", "/?x"),
            ("https://[::1]/", "https://[::1]", "/"),
            ("", "http://", "/"),
        ] {
            assert_eq!(split(url).unwrap(), (origin.to_owned(), path.to_owned()), "{url}");
        }
    }

    #[test]
    fn a_load_is_told_in_a_line() {
        let url = "http://127.0.0.1:8080/a?token=1";
        let start = "GET /a on http://127.0.0.1:8080: ";
        for (words, end) in [
            (vec![url], "50 users for 10s"),
            (vec![url, "-c", "5", "-d", "2s"], "5 users for 2s"),
            (vec![url, "-r", "100", "--arrivals", "poisson"], "100/s at random for 10s"),
            (vec![url, "-n", "200"], "50 users, 200 requests"),
            (vec![url, "--insecure"], "50 users for 10s"),
            (vec![url, "--ramp", "3s"], "50 users for 10s after a ramp of 3s"),
            (vec![url, "--scenario", "smoke", "-c", "2"], "2 users for 30s after a ramp of 2s"),
        ] {
            assert_eq!(told(&words), format!("{start}{end}"));
        }
    }

    #[test]
    fn believing_anybody_is_told() {
        let told = told(&["https://127.0.0.1/", "--insecure"]);
        assert!(told.ends_with("50 users for 10s, believing any certificate"), "{told}");
    }

    #[test]
    fn a_body_makes_it_a_post_unless_told() {
        let method = |words: &[&str]| {
            planned(words).unwrap().workload.users[0].tasks[0].steps[0].act.word().to_owned()
        };
        assert_eq!(method(&["127.0.0.1", "-b", "{}"]), "POST");
        assert_eq!(method(&["127.0.0.1", "-b", "{}", "-X", "PUT"]), "PUT");
        assert_eq!(method(&["127.0.0.1"]), "GET");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (words, part) in [
            (vec!["ftp://127.0.0.1"], "none of http, https"),
            (vec!["http://192.0.2.1/"], "not this machine"),
            (vec!["127.0.0.1", "-c", "5", "-r", "5"], "cannot be used with"),
            (vec!["127.0.0.1", "-c", "0"], "0 is not in"),
            (vec!["127.0.0.1", "-d", "10"], "needs a unit"),
            (vec!["127.0.0.1", "--arrivals", "poisson"], "about a rate"),
            (vec!["127.0.0.1", "--limit-p99", "1s"], "for --scenario capacity"),
            (vec!["127.0.0.1", "--limit-errors", "1%"], "for --scenario capacity"),
            (vec!["127.0.0.1", "-r", "5", "--think", "1s"], "about users"),
            (vec!["127.0.0.1", "--scenario", "nap"], "smoke"),
            (vec!["127.0.0.1", "--scenario", "stress", "-d", "2s"], "stages with their own"),
            (vec!["127.0.0.1", "--warmup", "20s"], "leaves nothing"),
            (vec!["127.0.0.1", "-b", "{{feed.id}}"], "--feed FILE"),
            (vec!["127.0.0.1/{{id}}"], "captures nothing"),
            (vec!["127.0.0.1", "-b", "a", "--body-file", "b"], "cannot be used with"),
            (vec!["127.0.0.1", "-X", "GE T"], "no method"),
            (vec!["nats://127.0.0.1"], "names no subject"),
            (vec!["nats://127.0.0.1/a", "-X", "GET"], "none of publish, request and store"),
            (vec!["nats://127.0.0.1/a", "--expect-text", "x"], "nobody answers"),
            (vec!["127.0.0.1", "--expect-status", "99"], "99 is not in"),
        ] {
            let problem = problem(&words);
            assert!(problem.contains(part), "{words:?}: {problem}");
        }
    }

    #[test]
    fn no_error_about_a_header_shows_its_value() {
        for text in ["Authorization hunter2", "Authorization: {{hunter2", "Cookie: hunter2\nX: y"] {
            let problem = problem(&["127.0.0.1", "-H", text]);
            assert!(problem.contains("header") && !problem.contains("hunter2"), "{problem}");
        }
    }
}
