//! How many tests ran, read from the closing lines that test binaries print.

/// Tests that passed and failed, and the lines that said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub lines: Vec<String>,
}

impl Tally {
    /// Adds up every `test result:` line of the output of `cargo test`.
    pub fn read(output: &str) -> Tally {
        let mut tally = Tally::default();
        for line in output.lines().map(str::trim) {
            let Some(result) = line.strip_prefix("test result:") else { continue };
            // `ok. 12 passed; 0 failed; 1 ignored; ...`
            for part in result.split(['.', ';']) {
                match part.trim().split_once(' ') {
                    Some((count, "passed")) => tally.passed += count.parse().unwrap_or(0),
                    Some((count, "failed")) => tally.failed += count.parse().unwrap_or(0),
                    _ => {}
                }
            }
            tally.lines.push(line.to_owned());
        }
        tally
    }

    pub fn add(&mut self, other: &Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.lines.extend(other.lines.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_binaries_are_added_up() {
        let tally = Tally::read(
            "   Running unittests src/lib.rs\n\ntest a::b ... ok\n\n\
             test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; \
             finished in 0.01s\n\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!((tally.passed, tally.failed), (15, 2));
        assert_eq!(tally.lines.len(), 2);
    }

    #[test]
    fn a_test_that_prints_about_passing_is_not_counted() {
        assert_eq!(Tally::read("9 passed; 1 failed\ntest result of mine: 3 passed;\n").passed, 0);
        assert_eq!(Tally::read(""), Tally::default());
    }
}
