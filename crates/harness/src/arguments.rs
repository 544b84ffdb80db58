//! What the command line asks of a benchmark, cargo's own flags included.

use std::io::IsTerminal;

/// What is done with each benchmark, and what is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each runs once, so that it does not rot; nothing is timed or told.
    Small,
    List,
    Records,
    Table,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arguments {
    pub mode: Mode,
    pub is_quick: bool,
    /// A benchmark runs if its name holds one of these, or if there are none.
    pub filters: Vec<String>,
    pub is_exact: bool,
    /// For every operation, whatever it says itself.
    pub precision: Option<f64>,
}

/// Which program asks: a bench target is run by cargo's test command as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Bench,
    Program,
}

pub(crate) const USAGE: &str = "\
Options: [NAME...]   only benchmarks whose name holds one of these
         --exact     only those whose name is one of these
         --quick     a tenth of the time
         --precision 0.5%
                     until the median is known that well; 0% takes all the time
         --list      names instead of measurements
         --records   lines of JSON, even on a terminal
         --table     a table, even into a file
         --test      run everything once and measure nothing
         --help      this";

impl Arguments {
    pub(crate) fn read() -> (Vec<String>, bool) {
        let given = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
        (given.collect(), std::io::stdout().is_terminal())
    }

    /// Refuses what it does not know, unless nothing is measured: the test command hands its
    /// options to every target.
    pub(crate) fn parse(
        given: &[String],
        target: Target,
        is_terminal: bool,
    ) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            mode: if is_terminal { Mode::Table } else { Mode::Records },
            is_quick: false,
            filters: Vec::new(),
            is_exact: false,
            precision: None,
        };
        let mut is_measured = target == Target::Program;
        let mut special = None;
        let mut unknown = None;
        let mut words = given.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => is_measured = true,
                "--records" => (is_measured, arguments.mode) = (true, Mode::Records),
                "--table" => (is_measured, arguments.mode) = (true, Mode::Table),
                "--quick" => (is_measured, arguments.is_quick) = (true, true),
                "--exact" => arguments.is_exact = true,
                "--precision" => {
                    let value = words.next().map_or("", String::as_str);
                    arguments.precision = Some(share(value)?);
                }
                "--list" => special = Some(Mode::List),
                "--test" => special = special.or(Some(Mode::Small)),
                name if !name.starts_with('-') => arguments.filters.push(name.to_owned()),
                other => unknown = Some(other.to_owned()),
            }
        }
        let unmeasured = (!is_measured).then_some(Mode::Small);
        if let Some(mode) = special.or(unmeasured) {
            arguments.mode = mode;
        } else if let Some(unknown) = unknown {
            return Err(format!("unknown option `{unknown}`"));
        }
        Ok(arguments)
    }

    pub(crate) fn chooses(&self, name: &str) -> bool {
        let is_meant = |filter: &String| match self.is_exact {
            true => name == filter,
            false => name.contains(filter.as_str()),
        };
        self.filters.is_empty() || self.filters.iter().any(is_meant)
    }
}

fn share(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    let fitting = percent.filter(|percent| (0.0..100.0).contains(percent));
    fitting
        .map(|percent| percent / 100.0)
        .ok_or_else(|| format!("`--precision` takes a share such as `0.5%`, not `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str, target: Target, is_terminal: bool) -> Result<Arguments, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Arguments::parse(&words, target, is_terminal)
    }

    #[test]
    fn each_command_gets_what_it_is_for() {
        let cases = [
            // `cargo test --all-targets` gives a bench target nothing, `cargo bench` a flag.
            ("", Target::Bench, true, Mode::Small),
            ("--test", Target::Bench, false, Mode::Small),
            ("--nocapture --test-threads=1", Target::Bench, true, Mode::Small),
            ("--bench", Target::Bench, true, Mode::Table),
            ("--bench", Target::Bench, false, Mode::Records),
            ("--bench --table", Target::Bench, false, Mode::Table),
            ("--records", Target::Bench, true, Mode::Records),
            ("--quick", Target::Bench, false, Mode::Records),
            ("--bench --test", Target::Bench, false, Mode::Small),
            ("--list --format terse", Target::Bench, false, Mode::List),
            ("", Target::Program, true, Mode::Table),
            ("", Target::Program, false, Mode::Records),
            ("--test", Target::Program, false, Mode::Small),
        ];
        for (line, target, is_terminal, mode) in cases {
            assert_eq!(parse(line, target, is_terminal).unwrap().mode, mode, "{line} {target:?}");
        }
    }

    #[test]
    fn a_measurement_with_an_unknown_option_is_refused() {
        for line in ["--bench --quik", "--records -x"] {
            let error = parse(line, Target::Bench, false).unwrap_err();
            assert!(error.starts_with("unknown option `-"), "{error}");
        }
    }

    #[test]
    fn a_precision_is_a_share_of_the_median() {
        let precision = |line: &str| parse(line, Target::Bench, false).map(|known| known.precision);
        assert_eq!(precision("--bench"), Ok(None));
        assert_eq!(precision("--bench --precision 2.5% sort"), Ok(Some(0.025)));
        assert_eq!(precision("--bench --precision 0%"), Ok(Some(0.0)));
        for wrong in ["", "1", "%", "-1%", "100%", "NaN%", "sort"] {
            let error = precision(&format!("--bench --precision {wrong}")).unwrap_err();
            assert!(error.ends_with(&format!("such as `0.5%`, not `{wrong}`")), "{error}");
        }
    }

    #[test]
    fn names_choose_by_their_parts_or_exactly() {
        let some = parse("--bench sort parse", Target::Bench, false).unwrap();
        assert!(some.chooses("sort / 10") && some.chooses("reparse") && !some.chooses("hash"));
        let exact = parse("--bench --exact sort", Target::Bench, false).unwrap();
        assert!(exact.chooses("sort") && !exact.chooses("sort / 10"));
        assert!(parse("--bench", Target::Bench, false).unwrap().chooses("anything"));
    }
}
