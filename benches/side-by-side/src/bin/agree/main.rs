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

use tool::{Ran, Tool, Tools};
use verdict::{FEWEST, Median, TOLERANCE};

const USAGE: &str = "\
Options: --rounds N   processes of each tool, ten if not told
         --defaults   each tool with its own defaults, for a comparison of their cost
         --records    ratios for Tollgate instead of tables";

struct Arguments {
    rounds: usize,
    with_defaults: bool,
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
        rounds.push(one_round(&tools, round, arguments.with_defaults)?);
    }
    if arguments.as_records {
        return print_ratios(&rounds).map(|()| true);
    }
    print_cost(&rounds)?;
    print_medians(&rounds)
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments { rounds: 10, with_defaults: false, as_records: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--rounds" => {
                    let number = words.next().unwrap_or_default();
                    let wrong = || format!("`--rounds` takes a number, not `{number}`");
                    arguments.rounds = number.parse().map_err(|_| wrong())?;
                }
                "--defaults" => arguments.with_defaults = true,
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
fn one_round(tools: &Tools, round: usize, with_defaults: bool) -> Result<[Ran; 3], String> {
    let mut ran = [None, None, None];
    for turn in 0..3 {
        let at = (round + turn) % 3;
        ran[at] = Some(tools.run(Tool::ALL[at], with_defaults)?);
    }
    Ok(ran.map(|ran| ran.expect("each tool had its turn")))
}

fn print_ratios(rounds: &Rounds) -> Result<(), String> {
    for name in NAMES {
        for (at, peer) in Tool::ALL.into_iter().enumerate().skip(1) {
            let ratio =
                |[ours, ..]: &[Ran; 3], theirs: &Ran| ours.medians[name] / theirs.medians[name];
            let ratios = rounds.iter().map(|round| ratio(round, &round[at])).collect();
            print_record(name, format!("median against {}", peer.name()), ratios)?;
        }
    }
    let of_truth = |[ours, ..]: &[Ran; 3]| ours.medians[ONE_STEP] * 1e3 / ours.medians[A_THOUSAND];
    let ratios = rounds.iter().map(of_truth).collect();
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
            let Median { low, middle, high } = median_of(rounds, at, |ran| ran.medians[name])?;
            let theirs = Median { low, middle, high };
            print!("  {:<18}{middle:>14.3} ns  [{low:.3}, {high:.3}]", tool.name());
            if at > 0 {
                let agrees = ours.agrees(theirs);
                let word = if agrees { "agrees" } else { "DISAGREES" };
                print!("  {word}, {:.1} % apart", ours.gap(theirs) * 100.0);
                all_agree &= agrees;
            }
            if name == ONE_STEP {
                let of_truth = |ran: &Ran| ran.medians[ONE_STEP] * 1e3 / ran.medians[A_THOUSAND];
                let ratio = median_of(rounds, at, of_truth)?.middle;
                print!("; {ratio:.3} of a step among a thousand");
            }
            println!();
        }
    }
    println!("\nAgreed: intervals meet, or lie at most {:.0} % apart.", TOLERANCE * 100.0);
    Ok(all_agree)
}
