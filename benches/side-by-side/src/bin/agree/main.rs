//! Runs the three tools on the same functions in turn, a fresh process each time, and says whether
//! their medians agree.
//!
//! By hand it prints tables and ends with code 1 where tools disagree. With `--records` it prints
//! the ratios of each round, for Tollgate to judge.

mod tool;
mod verdict;

use std::process::ExitCode;

use side_by_side::{A_THOUSAND, NAMES, ONE_STEP};
use tollgate_harness::{Record, Values};

use tool::{Effort, Ran, Tool, Tools};
use verdict::{FEWEST, Median, TOLERANCE};

const USAGE: &str = "\
Options: --rounds N   processes of each tool, ten if not told
         --as-usual   each tool as it is meant to be used, for a comparison of their cost
         --records    ratios for Tollgate instead of tables";

struct Arguments {
    rounds: usize,
    effort: Effort,
    as_records: bool,
}

/// What the processes of each tool told, in the order of [`Tool::ALL`].
type Rounds = Vec<[Ran; 3]>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let tools = Tools::build()?;
    let mut rounds = Rounds::new();
    for round in 0..arguments.rounds {
        rounds.push(one_round(&tools, round, arguments.effort)?);
    }
    if arguments.as_records {
        return print_ratios(&rounds).map(|()| true);
    }
    print_cost(&rounds)?;
    print_medians(&rounds)
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments { rounds: 10, effort: Effort::Alike, as_records: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--rounds" => {
                    let number = words.next().unwrap_or_default();
                    let wrong = || format!("`--rounds` takes a number, not `{number}`");
                    arguments.rounds = number.parse().map_err(|_| wrong())?;
                }
                "--as-usual" => arguments.effort = Effort::AsUsual,
                "--records" => arguments.as_records = true,
                other => return Err(format!("unknown option `{other}`\n{USAGE}")),
            }
        }
        if arguments.rounds < FEWEST && !arguments.as_records {
            return Err(format!(
                "{} rounds: fewer than {FEWEST} bound no median",
                arguments.rounds
            ));
        }
        Ok(arguments)
    }
}

/// Another tool begins each round, so that none always finds the processor warm.
fn one_round(tools: &Tools, round: usize, effort: Effort) -> Result<[Ran; 3], String> {
    let mut ran = [None, None, None];
    for turn in 0..3 {
        let at = (round + turn) % 3;
        ran[at] = Some(tools.run(Tool::ALL[at], effort)?);
    }
    Ok(ran.map(|ran| ran.expect("each tool had its turn")))
}

/// A step that waits for the one before takes as long alone as among a thousand: six cycles. What
/// a tool makes of it beyond that it added, and what is missing it took off.
fn against_truth(ran: &Ran) -> f64 {
    ran.medians[ONE_STEP] * 1e3 / ran.medians[A_THOUSAND]
}

/// For the shortest function the truth is known, and the tools need not agree with each other.
fn is_compared(name: &str) -> bool {
    name != ONE_STEP
}

fn print_ratios(rounds: &Rounds) -> Result<(), String> {
    for name in NAMES.into_iter().filter(|name| is_compared(name)) {
        for (at, peer) in Tool::ALL.into_iter().enumerate().skip(1) {
            let ratio = |round: &[Ran; 3]| round[0].medians[name] / round[at].medians[name];
            let ratios = rounds.iter().map(ratio).collect();
            print_record(name, format!("median against {}", peer.name()), ratios)?;
        }
    }
    let ratios = rounds.iter().map(|[ours, ..]| against_truth(ours)).collect();
    print_record(ONE_STEP, "median against a step among a thousand".to_owned(), ratios)
}

fn print_record(operation: &str, metric: String, ratios: Vec<f64>) -> Result<(), String> {
    let record = Record {
        operation: Some(operation.to_owned()),
        metric,
        unit: String::new(),
        better: None,
        values: Values::Samples(ratios),
    };
    record.print(&mut std::io::stdout()).map_err(|error| format!("could not print: {error}"))
}

/// The median over processes of something that each process of a tool tells.
fn median_of(rounds: &Rounds, at: usize, what: impl Fn(&Ran) -> f64) -> Result<Median, String> {
    Median::of(rounds.iter().map(|round| what(&round[at]))).ok_or("too few rounds".to_owned())
}

/// What each tool takes, how far apart its processes are, and so how long it takes to know a
/// median to one per cent: the width of an interval falls with the square root of the time.
fn print_cost(rounds: &Rounds) -> Result<(), String> {
    println!("{:<18}{:>10}  half the interval of {} processes", "", "seconds", rounds.len());
    print!("{:<18}{:>10}", "", "a process");
    NAMES.iter().for_each(|name| print!("{name:>17}"));
    println!("{:>17}", "seconds for 1 %");
    for (at, tool) in Tool::ALL.into_iter().enumerate() {
        let seconds = median_of(rounds, at, |ran| ran.took.as_secs_f64())?.middle;
        print!("{:<18}{seconds:>10.2}", tool.name());
        let mut squares = 0.0;
        for name in NAMES {
            let width = median_of(rounds, at, |ran| ran.medians[name])?.half_width();
            squares += (width / 0.01) * (width / 0.01);
            print!("{:>15.2} %", width * 100.0);
        }
        let needed = seconds * rounds.len() as f64 * squares / NAMES.len() as f64;
        println!("{needed:>17.1}");
    }
    println!();
    Ok(())
}

fn print_medians(rounds: &Rounds) -> Result<bool, String> {
    let mut all_agree = true;
    for name in NAMES {
        println!("{name}");
        let ours = median_of(rounds, 0, |ran| ran.medians[name])?;
        for (at, tool) in Tool::ALL.into_iter().enumerate() {
            let theirs = median_of(rounds, at, |ran| ran.medians[name])?;
            let Median { low, middle, high } = theirs;
            let ratios = median_of(rounds, at, against_truth)?;
            let verdict = match (is_compared(name), at) {
                (true, 0) => String::new(),
                (true, _) => {
                    all_agree &= ours.agrees(theirs);
                    let word = if ours.agrees(theirs) { "agrees" } else { "DISAGREES" };
                    format!("{word}, {:.1} % apart", ours.gap(theirs) * 100.0)
                }
                (false, _) => {
                    // What the others make of it is shown and is theirs to answer for.
                    all_agree &= at > 0 || ratios.is_one();
                    format!(
                        "{:.3} of a step among a thousand [{:.3}, {:.3}]{}",
                        ratios.middle,
                        ratios.low,
                        ratios.high,
                        if ratios.is_one() { "" } else { ", WRONG" }
                    )
                }
            };
            println!("  {:<18}{middle:>12.2} ns  [{low:.2}, {high:.2}]  {verdict}", tool.name());
        }
    }
    println!("\nAgreed: intervals meet, or lie at most {:.0} % apart.", TOLERANCE * 100.0);
    Ok(all_agree)
}
