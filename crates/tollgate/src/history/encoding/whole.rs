//! A whole trial in one piece: what it is as JSON, and the data of its series as numbers.

use super::bytes::{Input, put_number};
use super::{decode, encode};
use crate::run::{Data, Series, Trial};

/// The error says what has no stored form.
pub(in crate::history) fn encode_trial(trial: &Trial) -> Result<Vec<u8>, String> {
    let bare = |series: &Series| Series { data: Data::Total(0.0), ..series.clone() };
    let series = trial.series.iter().map(bare).collect();
    let outline = Trial {
        case: trial.case.clone(),
        operation: trial.operation.clone(),
        outcome: trial.outcome.clone(),
        series,
        ..*trial
    };
    let kinds: Vec<&str> = trial.series.iter().map(|series| series.data.kind()).collect();
    let text = serde_json::to_vec(&(outline, kinds)).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    put(&mut out, &text);
    for series in &trial.series {
        put(&mut out, &encode(&series.data)?);
    }
    Ok(out)
}

/// The error says what is wrong with the bytes.
pub(in crate::history) fn decode_trial(bytes: &[u8]) -> Result<Trial, String> {
    let mut input = Input::new(bytes);
    let text = take(&mut input)?;
    let (mut trial, kinds): (Trial, Vec<String>) =
        serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if kinds.len() != trial.series.len() {
        return Err("its series and their kinds differ in number".to_owned());
    }
    for (series, kind) in trial.series.iter_mut().zip(&kinds) {
        series.data = decode(kind, take(&mut input)?)?;
    }
    input.end()?;
    Ok(trial)
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    put_number(out, part.len() as u64);
    out.extend_from_slice(part);
}

fn take<'a>(input: &mut Input<'a>) -> Result<&'a [u8], String> {
    let length = input.number()?;
    input.take(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Dimension;
    use crate::run::{Outcome, Point, Resolution};

    fn trial() -> Trial {
        let of = |data| Series {
            operation: Some("a".to_owned()),
            metric: "heap".to_owned(),
            dimension: Dimension::BYTES,
            data,
            resolution: Resolution::Absolute(0.5),
        };
        let points = vec![Point { at_ns: 1.0, value: 2.5 }];
        let series = vec![of(Data::Points(points)), of(Data::Samples(vec![0.1, 0.2]))];
        Trial {
            case: "c".to_owned(),
            operation: None,
            number: 1,
            position: 2,
            started_ms: 3,
            elapsed_ns: u64::MAX,
            outcome: Outcome::Complete,
            series,
        }
    }

    #[test]
    fn a_trial_is_read_back_as_it_was() {
        assert_eq!(decode_trial(&encode_trial(&trial()).unwrap()), Ok(trial()));
        let bare = Trial { series: Vec::new(), ..trial() };
        assert_eq!(decode_trial(&encode_trial(&bare).unwrap()), Ok(bare));
    }

    #[test]
    fn bytes_cut_short_or_drawn_out_are_errors() {
        let bytes = encode_trial(&trial()).unwrap();
        for end in 0..bytes.len() {
            assert!(decode_trial(&bytes[..end]).is_err(), "{end}");
        }
        assert!(decode_trial(&[&bytes[..], &[0]].concat()).is_err());
    }
}
