//! Reads an experiment from its texts: every mistake at once.

mod failure;
mod network;
mod series;

use std::path::{Path, PathBuf};

use super::keys;
use super::mistake::{Mistake, Mistakes, Place, Source};
use super::node::{Node, read};
use super::section::{Found, Section};
use super::value::{Bound, boolean, choice, integer, list, name, number, text};
use super::{
    Among, Between, Experiment, FileName, PolicyName, ProtectionSection, RandomFailuresSection,
    RoutingSection, TrafficSection,
};
use crate::disjoint::Disjoint;
use crate::setup::{MaskRule, Protection, Restoration};
use crate::spectrum::Assignment;
use crate::traffic::{Generator, MixDraw};

/// Far more than a run of a day; the memory of a simulation grows with it by a bit each.
const MOST_REQUESTS: u64 = 4_000_000_000;

/// The first source is the file at the path, the others set single keys.
pub(super) fn parse(sources: Vec<Source>, path: &Path) -> Result<Experiment, Mistakes> {
    let mut syntax = Vec::new();
    let root = read(&sources, &mut syntax);
    if !syntax.is_empty() {
        return Err(Mistakes::new(sources.into(), syntax));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let found = Found::default();
    let mut experiment = experiment(&root, folder, &found);
    let mistakes = found.into_inner();
    if !mistakes.is_empty() {
        return Err(Mistakes::new(sources.into(), mistakes));
    }
    if let (true, Some(stem)) = (experiment.name.is_empty(), path.file_stem()) {
        experiment.name = stem.to_string_lossy().into_owned();
    }
    experiment.sources = sources.into();
    Ok(experiment)
}

fn experiment(root: &Node, folder: &Path, found: &Found) -> Experiment {
    let Some(file) = Section::open(root, "experiment", &keys::FILE, found) else {
        return Experiment::default();
    };
    let fusion = file.get("compat", choice(&[("fusion-6.1", ())])).is_some();
    let mut experiment = if fusion { Experiment::fusion() } else { Experiment::default() };
    experiment.name = file.get("name", text).unwrap_or_default();
    file.set("loads", &mut experiment.loads, |node| series::loads(node, found));
    file.set("seeds", &mut experiment.seeds, |node| series::seeds(node, found));
    if let Some(section) = file.section("network", &keys::NETWORK) {
        network::network(&section, folder, &mut experiment.network);
    }
    if let Some(section) = file.section("traffic", &keys::TRAFFIC) {
        traffic(&section, folder, &mut experiment.traffic);
    }
    network::check_mix(&file, &experiment);
    if let Some(section) = file.section("routing", &keys::ROUTING) {
        routing(&section, folder, &mut experiment.routing);
    }
    let requests = experiment.traffic.requests.value;
    let failures = file.sections("failure", &keys::FAILURE);
    let failures = failures.iter().filter_map(|section| failure::failure(section, requests));
    experiment.failures = failures.collect();
    let random = file.section("random-failures", &keys::RANDOM_FAILURES);
    experiment.random_failures = random.and_then(|section| random_failures(&section));
    let protection = file.section("protection", &keys::PROTECTION);
    experiment.protection = protection.map(|section| self::protection(&section));
    let restoration = file.section("restoration", &keys::RESTORATION);
    experiment.restoration = restoration.map(|section| self::restoration(&section));
    if let Some(section) = file.section("measure", &keys::MEASURE) {
        let measure = &mut experiment.measure;
        section.set("window", &mut measure.window, integer(1..=MOST_REQUESTS));
        let every = &mut measure.fragmentation_every;
        section.set("fragmentation-every", every, integer(0..=MOST_REQUESTS));
    }
    if let Some(section) = file.section("dataset", &keys::DATASET) {
        section.set("epsilon", &mut experiment.dataset.epsilon, number(Bound::Share));
        section.set("decision-time", &mut experiment.dataset.decision_time, boolean);
    }
    check_protection(&file, &experiment);
    experiment
}

fn traffic(section: &Section, folder: &Path, traffic: &mut TrafficSection) {
    section.locate("requests", &mut traffic.requests, integer(1..=MOST_REQUESTS));
    section.set("warmup", &mut traffic.warmup, integer(0..=MOST_REQUESTS));
    section.set("mean-holding", &mut traffic.mean_holding, number(Bound::Positive));
    section.locate("mix", &mut traffic.mix, network::mix);
    let draws = [("independent", MixDraw::Independent), ("quota", MixDraw::Quota)];
    section.set("draw", &mut traffic.draw, choice(&draws));
    let generators = [("xoshiro", Generator::Xoshiro), ("mersenne", Generator::Mersenne)];
    section.set("generator", &mut traffic.generator, choice(&generators));
    if let Some(nodes) = section.get("nodes", list("a list of nodes", name)) {
        if nodes.iter().all(|node| node.value == nodes[0].value) {
            let place = section.place_of("nodes");
            let title = "`nodes` names one node only";
            section.push(Mistake::new(place, title, "traffic needs at least two"));
        }
        traffic.between = Between::Among(nodes);
    }
    if let Some(matrix) = section.get("matrix", |node| file_name(node, folder)) {
        if matches!(traffic.between, Between::Among(_)) {
            let title = "traffic has both `nodes` and `matrix`";
            let label = "the weights already say between which nodes requests run";
            section.push(Mistake::new(matrix.written.place, title, label));
        }
        traffic.between = Between::Matrix(matrix);
    }
    let requests = traffic.requests.value;
    if traffic.warmup >= requests {
        let place = section.place_of("warmup").or(traffic.requests.place);
        let title = format!("a warm-up of {} of {requests} requests", traffic.warmup);
        section.push(Mistake::new(place, title, "no request is left to count"));
    }
}

fn routing(section: &Section, folder: &Path, routing: &mut RoutingSection) {
    let mut alpha = 0.5;
    section.set("alpha", &mut alpha, number(Bound::Share));
    let policies = [
        ("ksp-ff", PolicyName::KspFirstFit),
        ("load-balancing", PolicyName::LoadBalancing { alpha }),
        ("one-plus-one", PolicyName::OnePlusOne),
        ("learned", PolicyName::Learned),
    ];
    section.set("policy", &mut routing.policy, choice(&policies));
    section.set("fallback", &mut routing.fallback, choice(&policies[..3]));
    routing.model = section.get("model", |node| file_name(node, folder));
    match (routing.policy, &routing.model) {
        (PolicyName::Learned, None) => {
            let place = section.place_of("policy");
            let title = "a learned policy without a `model`";
            let hint = "model = \"bc.safetensors\", as `survivability train` writes it";
            section.push(Mistake::new(place, title, "needs a file of weights").hint(hint));
        }
        (PolicyName::Learned, Some(_)) | (_, None) => {}
        (_, Some(model)) => {
            let title = format!("a `model` for the policy `{}`", policy_name(routing.policy));
            let label = "only the policy `learned` takes one";
            section.push(Mistake::new(model.written.place, title, label));
        }
    }
    let weighs = |policy| matches!(policy, PolicyName::LoadBalancing { .. });
    if !weighs(routing.policy) && !weighs(routing.fallback) {
        let place = section.place_of("alpha");
        let title = "`alpha` is set, and no policy weighs by it";
        if place.is_some() {
            section.push(Mistake::new(place, title, "belongs to `load-balancing`"));
        }
    }
    let masks = [("residual", MaskRule::Residual), ("assignable", MaskRule::Assignable)];
    section.set("mask", &mut routing.mask, choice(&masks));
    let assignments = [
        ("first-fit", Assignment::FirstFit),
        ("last-fit", Assignment::LastFit),
        ("best-fit", Assignment::BestFit),
        ("random", Assignment::Random),
    ];
    section.set("assignment", &mut routing.assignment, choice(&assignments));
    section.set("max-segments", &mut routing.max_segments, integer(1..=64));
}

fn policy_name(policy: PolicyName) -> &'static str {
    match policy {
        PolicyName::KspFirstFit => "ksp-ff",
        PolicyName::LoadBalancing { .. } => "load-balancing",
        PolicyName::OnePlusOne => "one-plus-one",
        PolicyName::Learned => "learned",
    }
}

fn random_failures(section: &Section) -> Option<RandomFailuresSection> {
    let kinds = [("link", Among::Links), ("node", Among::Nodes)];
    let among = section.get("type", choice(&kinds));
    let between = section.get("mean-time-between", number(Bound::Positive));
    let repair = section.get("mean-time-to-repair", number(Bound::Positive));
    for key in section.keys.names {
        if section.entry(key).is_none() {
            let title = format!("[random-failures] has no `{key}`");
            section.push(Mistake::new(Some(section.place), title, "needs all of its keys"));
        }
    }
    let (mean_time_between, mean_time_to_repair) = (between?, repair?);
    Some(RandomFailuresSection { among: among?, mean_time_between, mean_time_to_repair })
}

fn protection(section: &Section) -> ProtectionSection {
    let mut timing = Protection { switchover_ms: 50.0, revert: false };
    section.set("switchover-ms", &mut timing.switchover_ms, number(Bound::NotNegative));
    section.set("revert", &mut timing.revert, boolean);
    let kinds = [("link", Disjoint::Link), ("node", Disjoint::Node)];
    let disjoint = section.get("disjoint", choice(&kinds)).unwrap_or(Disjoint::Link);
    ProtectionSection { disjoint, timing }
}

fn restoration(section: &Section) -> Restoration {
    let mut restoration = Restoration { latency_ms: 100.0, per_hop_ms: 0.0, per_request_ms: 0.0 };
    let Restoration { latency_ms, per_hop_ms, per_request_ms } = &mut restoration;
    section.set("latency-ms", latency_ms, number(Bound::NotNegative));
    section.set("per-hop-ms", per_hop_ms, number(Bound::NotNegative));
    section.set("per-request-ms", per_request_ms, number(Bound::NotNegative));
    restoration
}

fn check_protection(file: &Section, experiment: &Experiment) {
    let asks =
        matches!(experiment.routing.policy, PolicyName::LoadBalancing { .. } | PolicyName::Learned);
    if experiment.protection.is_some() && asks {
        let name = policy_name(experiment.routing.policy);
        let place = file.entry("protection").map(|entry| entry.place);
        let title = format!("protection together with the policy `{name}`");
        let label = "takes two disjoint paths and asks no policy";
        file.push(Mistake::new(place, title, label));
    }
}

/// A file's name, resolved against the folder of what names it.
fn file_name(node: &Node, folder: &Path) -> super::value::Read<FileName> {
    let written = text(node)?;
    let Place { source, .. } = node.place;
    let path = if source == 0 { folder.join(&written) } else { PathBuf::from(&written) };
    Ok(FileName { written: super::Located { value: written, place: Some(node.place) }, path })
}
