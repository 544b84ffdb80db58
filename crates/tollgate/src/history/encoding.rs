//! How a series lies in its row: a version byte, then numbers; no text to parse when a run is
//! read. Decoding trusts nothing and takes no more space than its input allows.

mod bytes;
mod whole;

use tollgate_stats::histogram::Histogram;

pub(super) use self::whole::{decode_trial, encode_trial};

use self::bytes::{Input, put_number, put_value};
use crate::metric::Statistic;
use crate::quantity::{Dimension, Kind};
use crate::run::{Batch, Data, Point, Resolution, Share, Stated, Summary};

const VERSION: u8 = 1;

/// The error says what has no stored form.
pub(super) fn encode(data: &Data) -> Result<Vec<u8>, String> {
    let mut out = vec![VERSION];
    match data {
        Data::Samples(values) => {
            out.reserve_exact(8 * values.len());
            values.iter().for_each(|&value| put_value(&mut out, value));
        }
        Data::Histograms(histograms) => {
            put_number(&mut out, histograms.len() as u64);
            for histogram in histograms {
                let bytes = histogram.encode();
                put_number(&mut out, bytes.len() as u64);
                out.extend_from_slice(&bytes);
            }
        }
        Data::Batches(batches) => {
            batches.iter().for_each(|b| put_pair(&mut out, b.total, b.iterations));
        }
        Data::Points(points) => {
            points.iter().for_each(|p| put_pair(&mut out, p.at_ns, p.value));
        }
        Data::Shares(shares) => {
            for share in shares {
                put_number(&mut out, share.hits);
                put_number(&mut out, share.of);
            }
        }
        Data::Total(total) => put_value(&mut out, *total),
        Data::Summary(summary) => put_summary(&mut out, summary)?,
    }
    Ok(out)
}

/// The error says what is wrong with the bytes.
pub(super) fn decode(kind: &str, blob: &[u8]) -> Result<Data, String> {
    let mut input = Input::new(blob);
    input.version(VERSION)?;
    let data = match kind {
        "samples" => Data::Samples(input.values()?),
        "histograms" => Data::Histograms(histograms(&mut input)?),
        "batches" => Data::Batches(
            input.pairs()?.map(|(total, iterations)| Batch { total, iterations }).collect(),
        ),
        "points" => {
            Data::Points(input.pairs()?.map(|(at_ns, value)| Point { at_ns, value }).collect())
        }
        "shares" => {
            let mut shares = Vec::new();
            while !input.is_empty() {
                shares.push(Share { hits: input.number()?, of: input.number()? });
            }
            Data::Shares(shares)
        }
        "total" => Data::Total(input.value()?),
        "summary" => Data::Summary(summary(&mut input)?),
        _ => return Err(format!("its kind {kind:?} is unknown")),
    };
    input.end()?;
    Ok(data)
}

/// Nothing for exact values, which are most.
pub(super) fn encode_resolution(resolution: &Resolution) -> Option<Vec<u8>> {
    let mut out = vec![VERSION];
    match resolution {
        Resolution::Exact => return None,
        Resolution::Absolute(by) => {
            out.push(1);
            put_value(&mut out, *by);
        }
        Resolution::Relative(share) => {
            out.push(2);
            put_value(&mut out, *share);
        }
        Resolution::Steps(steps) => {
            out.push(3);
            steps.iter().for_each(|&(up_to, by)| put_pair(&mut out, up_to, by));
        }
    }
    Some(out)
}

pub(super) fn decode_resolution(blob: Option<&[u8]>) -> Result<Resolution, String> {
    let Some(blob) = blob else { return Ok(Resolution::Exact) };
    let mut input = Input::new(blob);
    input.version(VERSION)?;
    let resolution = match input.byte()? {
        1 => Resolution::Absolute(input.value()?),
        2 => Resolution::Relative(input.value()?),
        3 => Resolution::Steps(input.pairs()?.collect()),
        tag => return Err(format!("its resolution has the unknown tag {tag}")),
    };
    input.end()?;
    Ok(resolution)
}

const DIMENSIONS: [(&str, Kind, bool); 8] = [
    ("time", Kind::Time, false),
    ("bytes", Kind::Bytes, false),
    ("count", Kind::Count, false),
    ("share", Kind::Share, false),
    ("time per time", Kind::Time, true),
    ("bytes per time", Kind::Bytes, true),
    ("count per time", Kind::Count, true),
    ("share per time", Kind::Share, true),
];

pub(super) fn dimension_name(dimension: Dimension) -> &'static str {
    DIMENSIONS
        .iter()
        .find(|&&(_, kind, per_time)| kind == dimension.kind && per_time == dimension.per_time)
        .map(|&(name, ..)| name)
        .expect("the table holds every combination")
}

pub(super) fn dimension(name: &str) -> Result<Dimension, String> {
    DIMENSIONS
        .iter()
        .find(|&&(known, ..)| known == name)
        .map(|&(_, kind, per_time)| Dimension { kind, per_time })
        .ok_or_else(|| format!("its dimension {name:?} is unknown"))
}

fn put_pair(out: &mut Vec<u8>, first: f64, second: f64) {
    put_value(out, first);
    put_value(out, second);
}

fn histograms(input: &mut Input<'_>) -> Result<Vec<Histogram>, String> {
    let count = input.number()?;
    let mut histograms = Vec::new();
    for _ in 0..count {
        let length = input.number()?;
        let histogram =
            Histogram::decode(input.take(length)?).map_err(|error| error.to_string())?;
        histograms.push(histogram);
    }
    Ok(histograms)
}

/// Statistics go by name, as everywhere outside the program.
fn put_summary(out: &mut Vec<u8>, summary: &Summary) -> Result<(), String> {
    put_optional(out, summary.n, put_number);
    for (statistic, stated) in &summary.values {
        let name = statistic.to_string();
        if Statistic::parse(&name) != Some(*statistic) {
            return Err(format!("the statistic {name} has no name that could be read back"));
        }
        put_number(out, name.len() as u64);
        out.extend_from_slice(name.as_bytes());
        put_value(out, stated.value);
        put_optional(out, stated.low, put_value);
        put_optional(out, stated.high, put_value);
    }
    Ok(())
}

fn summary(input: &mut Input<'_>) -> Result<Summary, String> {
    let mut summary = Summary { n: optional(input, Input::number)?, ..Summary::default() };
    while !input.is_empty() {
        let length = input.number()?;
        let statistic = std::str::from_utf8(input.take(length)?)
            .ok()
            .and_then(Statistic::parse)
            .ok_or("it names an unknown statistic")?;
        let stated = Stated {
            value: input.value()?,
            low: optional(input, Input::value)?,
            high: optional(input, Input::value)?,
        };
        if summary.values.insert(statistic, stated).is_some() {
            return Err(format!("it states {statistic} twice"));
        }
    }
    Ok(summary)
}

fn put_optional<T>(out: &mut Vec<u8>, value: Option<T>, put: fn(&mut Vec<u8>, T)) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put(out, value);
    }
}

fn optional<'a, T>(
    input: &mut Input<'a>,
    get: fn(&mut Input<'a>) -> Result<T, String>,
) -> Result<Option<T>, String> {
    match input.byte()? {
        0 => Ok(None),
        1 => get(input).map(Some),
        other => Err(format!("it marks a value with {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Data> {
        let stated = Stated { value: 1.5, low: Some(-0.0), high: None };
        vec![
            Data::Samples(vec![]),
            Data::Samples(vec![0.1, -0.0, f64::INFINITY, f64::MIN_POSITIVE]),
            Data::Histograms(vec![Histogram::from_values([1, 1, 7, u64::MAX]), Histogram::new()]),
            Data::Batches(vec![Batch { total: 1e9, iterations: 3.0 }]),
            Data::Points(vec![Point { at_ns: 0.0, value: 1.0 }, Point { at_ns: 1e9, value: 2.0 }]),
            Data::Shares(vec![Share { hits: 0, of: u64::MAX }, Share { hits: 300, of: 5 }]),
            Data::Total(42.0),
            Data::Summary(Summary {
                n: Some(u64::MAX),
                values: [(Statistic::MEDIAN, stated), (Statistic::Quantile(999_900), stated)]
                    .into(),
            }),
            Data::Summary(Summary::default()),
        ]
    }

    #[test]
    fn every_kind_of_evidence_is_read_as_it_was_written() {
        for data in examples() {
            assert_eq!(decode(data.kind(), &encode(&data).unwrap()), Ok(data));
        }
    }

    #[test]
    fn every_not_a_number_is_the_same_one() {
        let one = encode(&Data::Total(f64::NAN)).unwrap();
        assert_eq!(one, encode(&Data::Total(-f64::NAN)).unwrap());
        assert!(matches!(decode("total", &one), Ok(Data::Total(value)) if value.is_nan()));
    }

    #[test]
    fn bytes_cut_short_or_drawn_out_are_errors() {
        for data in examples() {
            let bytes = encode(&data).unwrap();
            for length in 0..bytes.len() {
                let cut = decode(data.kind(), &bytes[..length]);
                assert!(cut.as_ref() != Ok(&data), "{data:?} cut to {length}");
            }
            let longer = [&bytes[..], &[0xff]].concat();
            assert!(decode(data.kind(), &longer).is_err(), "{data:?}");
        }
    }

    #[test]
    fn no_bytes_at_all_make_the_decoder_panic_or_take_much_space() {
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) as u8
            };
            let mut bytes = vec![VERSION];
            bytes.extend((0..next() % 40).map(|_| next()));
            for kind in ["samples", "histograms", "batches", "points", "shares", "total", "summary"]
            {
                let _ = decode(kind, &bytes);
            }
            let _ = decode_resolution(Some(&bytes));
        }
        let endless = [VERSION, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert!(decode("histograms", &endless).is_err());
    }

    #[test]
    fn a_newer_form_is_named_as_such() {
        assert_eq!(
            decode("total", &[9, 0]),
            Err("it is stored in form 9, this version reads form 1".to_owned())
        );
    }

    #[test]
    fn resolutions_and_dimensions_are_read_as_they_were_written() {
        for resolution in [
            Resolution::Exact,
            Resolution::Absolute(500.0),
            Resolution::Relative(0.001),
            Resolution::Steps(vec![(1e6, 1.0), (1e9, 10.0)]),
        ] {
            let bytes = encode_resolution(&resolution);
            assert_eq!(decode_resolution(bytes.as_deref()), Ok(resolution));
        }
        for (name, kind, per_time) in DIMENSIONS {
            let value = Dimension { kind, per_time };
            assert_eq!((dimension_name(value), dimension(name)), (name, Ok(value)));
            assert_eq!(value.to_string(), name);
        }
    }

    #[test]
    fn a_statistic_without_a_name_is_refused() {
        let stated = Stated { value: 1.0, low: None, high: None };
        let summary =
            Summary { n: None, values: [(Statistic::Quantile(1_000_000), stated)].into() };
        assert!(encode(&Data::Summary(summary)).is_err());
    }
}
