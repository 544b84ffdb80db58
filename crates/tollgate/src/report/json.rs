//! The judgement itself as versioned JSON, which reads back to an equal value.

use serde::Deserialize;

use crate::judge::{FORMAT, Judgement};
use crate::run;

/// Why a text is not a judgement this version can read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    #[error("reading a judgement: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error(
        "reading a judgement: its {what} has format {found}, this tollgate knows up to {known}; \
         use the tollgate that wrote it or a newer one"
    )]
    Newer { what: &'static str, found: u64, known: u32 },
    #[error("reading a judgement: its {what} has format 0, which no tollgate ever wrote")]
    Unknown { what: &'static str },
}

/// Only the versions, so that a newer text is refused by its number and not by a missing field.
#[derive(Deserialize)]
struct Versions {
    format: u64,
    run: RunVersion,
}

#[derive(Deserialize)]
struct RunVersion {
    format: u64,
}

pub(super) fn render(judgement: &Judgement) -> String {
    let mut text = serde_json::to_string_pretty(judgement)
        .expect("a judgement has string keys only and writing to memory does not fail");
    text.push('\n');
    text
}

/// Reads what `Format::Json` wrote, from a file that anybody may have written.
pub fn from_json(text: &str) -> Result<Judgement, JsonError> {
    let versions: Versions = serde_json::from_str(text)?;
    known("judgement", versions.format, FORMAT)?;
    known("run", versions.run.format, run::FORMAT)?;
    Ok(serde_json::from_str(text)?)
}

pub(super) fn known(what: &'static str, found: u64, known: u32) -> Result<(), JsonError> {
    match found {
        0 => Err(JsonError::Unknown { what }),
        found if found > u64::from(known) => Err(JsonError::Newer { what, found, known }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample;
    use super::*;
    use crate::judge::{Estimate, Finding, Outcome};
    use crate::metric::Statistic;
    use crate::quantity::Dimension;

    #[test]
    fn the_sample_as_json() {
        let mut judgement = sample::judgement();
        judgement.verdicts.truncate(2);
        insta::assert_snapshot!(render(&judgement));
    }

    #[test]
    fn the_sample_survives_a_round_trip() {
        for judgement in [sample::judgement(), sample::hostile(), sample::empty()] {
            assert_eq!(from_json(&render(&judgement)).unwrap(), judgement);
        }
    }

    #[test]
    fn a_newer_format_is_refused_by_its_number() {
        let text = render(&sample::judgement()).replacen("\"format\": 1", "\"format\": 7", 1);
        insta::assert_snapshot!(from_json(&text).unwrap_err(), @"reading a judgement: its judgement has format 7, this tollgate knows up to 1; use the tollgate that wrote it or a newer one");
        let error =
            from_json(r#"{"format": 9, "run": {"format": 1}, "shape": "other"}"#).unwrap_err();
        assert!(matches!(error, JsonError::Newer { what: "judgement", found: 9, .. }));
        let error = from_json(r#"{"format": 1, "run": {"format": 2}}"#).unwrap_err();
        assert!(matches!(error, JsonError::Newer { what: "run", found: 2, .. }));
    }

    #[test]
    fn broken_text_is_an_error() {
        let whole = render(&sample::judgement());
        for text in [
            "",
            "{}",
            "null",
            "[]",
            &whole[..whole.len() / 2],
            r#"{"format":0,"run":{"format":1}}"#,
        ] {
            assert!(from_json(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_that_is_no_number_is_refused_and_never_read_as_zero() {
        let mut judgement = sample::judgement();
        judgement.verdicts[0].estimate.as_mut().unwrap().value = f64::NAN;
        assert!(from_json(&render(&judgement)).is_err());
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |v| v.is_finite()),
            Just(0.1 + 0.2),
            Just(f64::MIN_POSITIVE),
            Just(-0.0),
        ]
    }

    fn estimate() -> impl Strategy<Value = Estimate> {
        (
            (number(), proptest::option::of(number()), proptest::option::of(number())),
            (number(), ".*", any::<u64>(), number()),
        )
            .prop_map(|((value, low, high), (confidence, method, n, n_effective))| {
                Estimate { value, low, high, confidence, method, n, n_effective }
            })
    }

    fn finding() -> impl Strategy<Value = Finding> {
        prop_oneof![
            Just(Finding::Within),
            Just(Finding::Warned),
            Just(Finding::Exceeded),
            Just(Finding::CannotTell),
            Just(Finding::NotMeasured),
        ]
    }

    proptest! {
        #[test]
        fn any_judgement_survives_a_round_trip(
            seed in any::<u64>(),
            started_ms in any::<i64>(),
            texts in (".*", ".*", proptest::option::of(".*"), proptest::option::of(".*")),
            finding in finding(),
            estimate in proptest::option::of(estimate()),
            change in proptest::option::of(estimate()),
            headroom in proptest::option::of(number()),
            millionths in 1_u32..1_000_000,
            notes in proptest::collection::vec(".*", 0..3),
        ) {
            let mut judgement = sample::judgement();
            judgement.run.seed = seed;
            judgement.run.started_ms = started_ms;
            judgement.notes = notes;
            judgement.outcome = Outcome::CannotTell;
            let verdict = &mut judgement.verdicts[0];
            (verdict.case, verdict.metric, verdict.operation, verdict.reason) = texts;
            verdict.finding = finding;
            verdict.estimate = estimate;
            verdict.change = change;
            verdict.headroom = headroom;
            verdict.statistic = Statistic::Quantile(millionths);
            verdict.dimension = Some(Dimension::RATE);
            let text = render(&judgement);
            let read = from_json(&text).unwrap();
            prop_assert_eq!(&read, &judgement);
            prop_assert_eq!(render(&read), text);
        }
    }
}
