//! The histogram: its layout, its stored forms, and hostile bytes.

use proptest::prelude::*;
use tollgate_stats::histogram::{Histogram, HistogramError, Over};
use tollgate_stats::quantile::inverse_ecdf;
use tollgate_stats::rng::lcg;

use crate::golden::{number, numbers, rows, table, whole};

const PAYLOAD: &str = include_str!("../../testdata/payload.txt");

fn recorded(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    values.iter().for_each(|&v| histogram.record(v));
    histogram
}

/// Values over the whole range, small ones as often as huge ones.
fn any_value() -> impl Strategy<Value = u64> {
    (0_u32..64, any::<u64>()).prop_map(|(shift, v)| v >> shift)
}

fn any_values(most: usize) -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(any_value(), 0..most)
}

#[test]
fn every_bucket_ends_where_the_next_begins_and_is_narrower_than_a_thousandth() {
    let edges = (0..64).flat_map(|s| [1_u64 << s, (1 << s) | ((1 << s) >> 1), u64::MAX >> s]);
    for value in edges.chain([0, 2046, 2047, 2048, 2049, 4095, 4096, u64::MAX]) {
        let (low, high, count) = recorded(&[value]).iter().next().unwrap();
        assert_eq!(count, 1);
        assert!(low <= value && value <= high, "{low} {value} {high}");
        assert!(high - low <= value / 1000, "{low} {value} {high}");
        if high < u64::MAX {
            assert_eq!(recorded(&[high + 1]).min(), Some(high + 1));
        }
    }
}

#[test]
fn the_buckets_are_those_of_hdr_histogram() {
    let mut hdr = hdrhistogram::Histogram::<u64>::new_with_bounds(1, u64::MAX, 3).unwrap();
    let values: Vec<u64> = lcg(5, 3000).into_iter().map(|u| (u * 44.0).exp() as u64).collect();
    values.iter().for_each(|&v| hdr.record(v).unwrap());
    let ours = recorded(&values);
    assert_eq!(ours.min(), Some(hdr.min()));
    assert_eq!(ours.max(), Some(hdr.max()));
    let theirs: Vec<(u64, u64)> =
        hdr.iter_recorded().map(|s| (s.value_iterated_to(), s.count_at_value())).collect();
    assert_eq!(ours.iter().map(|(_, high, count)| (high, count)).collect::<Vec<_>>(), theirs);
    for q in [0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0] {
        assert_eq!(ours.quantile(q), Some(hdr.value_at_quantile(q)), "{q}");
    }
    assert!((ours.mean().unwrap() / hdr.mean() - 1.0).abs() < 1e-6);
}

#[test]
fn python_reads_our_payload_as_we_do() {
    let expected = table("hdr");
    let ours = Histogram::from_hdr_base64(PAYLOAD).unwrap();
    assert_eq!(ours.count(), whole(&expected["ours_count"]));
    for (p, value) in numbers(&expected["percentiles"]).into_iter().zip(rows(&expected["ours"])) {
        // HdrHistogram reports the lowest value at percentile 0, and so do we by rank 1.
        assert_eq!(ours.quantile(p / 100.0), Some(whole(value)), "{p}");
    }
    // What Python was given is what this release writes.
    let values = lcg(13, 20_000).into_iter().map(|u| (30.0 * u).exp() as u64);
    assert_eq!(Histogram::from_values(values), ours);
    assert_eq!(Histogram::from_hdr_base64(&ours.to_hdr_base64().unwrap()).unwrap(), ours);
}

#[test]
fn we_read_the_payload_of_python_as_it_does() {
    let expected = table("hdr");
    let theirs = Histogram::from_hdr_base64(expected["payload"].as_str().unwrap()).unwrap();
    assert_eq!(theirs.count(), whole(&expected["theirs_count"]));
    for (p, value) in numbers(&expected["percentiles"]).into_iter().zip(rows(&expected["theirs"])) {
        assert_eq!(theirs.quantile(p / 100.0).unwrap() as f64, number(value), "{p}");
    }
}

#[test]
fn an_empty_histogram_has_no_quantile() {
    let empty = Histogram::new();
    assert!(empty.is_empty());
    assert_eq!((empty.count(), empty.min(), empty.max()), (0, None, None));
    assert_eq!((empty.quantile(0.5), empty.at_rank(1), empty.mean()), (None, None, None));
    assert_eq!(empty.over(0.0), Over { certain: 0, possible: 0 });
    assert_eq!(Histogram::decode(&empty.encode()), Ok(empty.clone()));
    let payload = empty.to_hdr_base64().unwrap();
    assert_eq!(Histogram::from_hdr_base64(&payload).unwrap(), empty);
}

#[test]
fn a_billion_observations_take_one_bucket_and_counts_stop_at_the_end() {
    let mut histogram = Histogram::new();
    histogram.record_n(1_000_000, 1_000_000_000);
    histogram.record_n(5, 1);
    assert_eq!(histogram.count(), 1_000_000_001);
    assert_eq!(histogram.quantile(0.5), Some(1_000_447));
    assert_eq!(histogram.at_rank(1), Some(5));
    histogram.record_n(7, u64::MAX);
    histogram.record_n(7, u64::MAX);
    assert_eq!(histogram.count(), u64::MAX);
    assert_eq!(histogram.quantile(1.0), Some(7), "counts beyond the end are not told apart");
}

#[test]
fn a_limit_inside_a_bucket_leaves_it_possible() {
    let histogram = recorded(&[10, 5000, 5001, 9000]);
    // The bucket of 5,000 and 5,001 reaches from 5,000 to 5,003.
    assert_eq!(histogram.over(5001.0), Over { certain: 1, possible: 2 });
    assert_eq!(histogram.over(4999.5), Over { certain: 3, possible: 0 });
    assert_eq!(histogram.over(5003.0), Over { certain: 1, possible: 0 });
    assert_eq!(histogram.over(-1.0), Over { certain: 4, possible: 0 });
    assert_eq!(histogram.over(f64::INFINITY), Over { certain: 0, possible: 0 });
    assert_eq!(histogram.over(f64::NAN), Over { certain: 0, possible: 4 });
}

#[test]
fn json_is_a_list_of_pairs() {
    let histogram = recorded(&[3, 3, 5001]);
    let json = serde_json::to_string(&histogram).unwrap();
    assert_eq!(json, "[[3,2],[5000,1]]");
    assert_eq!(serde_json::from_str::<Histogram>(&json).unwrap(), histogram);
    let refused = ["[[3,0]]", "[[5,1],[3,1]]", "[[3,1],[3,1]]", "[[1,18446744073709551615],[2,1]]"];
    for json in refused {
        assert!(serde_json::from_str::<Histogram>(json).is_err(), "{json}");
    }
}

#[test]
fn each_kind_of_damage_is_named() {
    let check = |bytes: &[u8], expected| assert_eq!(Histogram::decode(bytes), Err(expected));
    check(&[], HistogramError::Truncated { at: 0 });
    check(&[2, 0], HistogramError::Version { found: 2 });
    check(&[1, 1, 3], HistogramError::Truncated { at: 3 });
    check(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1], HistogramError::Truncated { at: 8 });
    check(&[1, 1, 3, 0], HistogramError::Bucket { index: 0 });
    check(&[1, 1, 0xff, 0xff, 0x7f, 1], HistogramError::Bucket { index: 0 });
    check(&[1, 1, 0x80, 0, 1], HistogramError::Number { at: 2 });
    check(&[1, 0, 9], HistogramError::Trailing { left: 1 });
    let full = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    let too_many = [&[1, 2, 0][..], &full, &[0], &full].concat();
    check(&too_many, HistogramError::Overflow);
    assert!(Histogram::from_hdr_base64("not base64!").is_err());
    assert!(Histogram::from_hdr_base64("").is_err());
}

/// The inside of a V2 payload as its text form.
fn deflated(inner: &[u8]) -> String {
    use base64::Engine;
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(inner).unwrap();
    let deflated = zlib.finish().unwrap();
    let mut bytes = vec![0x1c, 0x84, 0x93, 0x14];
    bytes.extend((deflated.len() as u32).to_be_bytes());
    bytes.extend(deflated);
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

/// A payload that inflates to a header which claims four gigabytes.
#[test]
fn a_payload_that_claims_gigabytes_is_refused() {
    let mut inner = vec![0x1c, 0x84, 0x93, 0x13, 0xff, 0xff, 0xff, 0xff];
    inner.extend([0; 32]);
    let text = deflated(&inner);
    assert!(matches!(Histogram::from_hdr_base64(&text), Err(HistogramError::Truncated { .. })));
}

/// The gap is the smallest of all whole numbers, which has no opposite.
#[test]
fn a_payload_with_a_gap_beyond_all_numbers_is_refused() {
    for before in [&[][..], &[2, 0x81, 1]] {
        let payload = [before, &[0xff; 9], &[2; 20]].concat();
        let mut inner = vec![0x1c, 0x84, 0x93, 0x13];
        inner.extend((payload.len() as u32).to_be_bytes());
        inner.extend([0, 0, 0, 0, 0, 0, 0, 3]);
        inner.extend(1_u64.to_be_bytes());
        inner.extend(u64::from(u32::MAX).to_be_bytes());
        inner.extend(1.0_f64.to_be_bytes());
        inner.extend(payload);
        let error = Histogram::from_hdr_base64(&deflated(&inner)).unwrap_err();
        assert!(error.to_string().contains("a gap between its counts"), "{error}");
    }
}

/// Neighbouring buckets with small counts: each number of the stored form is one byte.
fn dense(counts: &[(u8, u8)]) -> Histogram {
    let mut value = 0;
    Histogram::from_counts(counts.iter().map(|&(distance, count)| {
        value += u64::from(distance % 8) + 1;
        (value, u64::from(count % 127) + 1)
    }))
}

#[test]
fn damage_among_small_numbers_is_named_where_it_is() {
    let mut whole = dense(&[(3, 7); 19]).encode();
    // A version byte and the number of buckets stand before the pairs.
    for index in 0..19 {
        let mut bytes = whole.clone();
        bytes[2 + 2 * index + 1] = 0;
        assert_eq!(Histogram::decode(&bytes), Err(HistogramError::Bucket { index }));
        let mut bytes = whole.clone();
        bytes[2 + 2 * index] = 0x80;
        bytes[2 + 2 * index + 1] = 0;
        assert_eq!(Histogram::decode(&bytes), Err(HistogramError::Number { at: 2 + 2 * index }));
    }
    whole.extend_from_slice(&[1, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(Histogram::decode(&whole), Err(HistogramError::Trailing { left: 8 }));
}

proptest! {
    /// merge(a, b) = merge(b, a), merge(merge(a, b), c) = merge(a, merge(b, c)), and a merge is
    /// the histogram of all values together.
    #[test]
    fn merging_is_commutative_and_associative(
        a in any_values(60), b in any_values(60), c in any_values(60),
    ) {
        let (ha, hb, hc) = (recorded(&a), recorded(&b), recorded(&c));
        let merge = |x: &Histogram, y: &Histogram| {
            let mut sum = x.clone();
            sum.merge(y);
            sum
        };
        prop_assert_eq!(merge(&ha, &hb), merge(&hb, &ha));
        let whole = merge(&merge(&ha, &hb), &hc);
        prop_assert_eq!(&whole, &merge(&ha, &merge(&hb, &hc)));
        prop_assert_eq!(whole, Histogram::from_values([a, b, c].concat()));
    }

    /// Counting one by one or all at once is the same, few values or many.
    #[test]
    fn counting_at_once_is_counting_one_by_one(values in any_values(60), copies in 1_usize..80) {
        let values = values.repeat(copies);
        prop_assert_eq!(Histogram::from_values(values.iter().copied()), recorded(&values));
    }

    /// x <= histogram quantile <= x + x/1000 with x the quantile of the values themselves.
    #[test]
    fn a_quantile_is_that_of_the_values_within_a_bucket(
        mut values in prop::collection::vec(0_u64..1 << 50, 1..200), q in 0.0..=1.0_f64,
    ) {
        let found = recorded(&values).quantile(q).unwrap();
        values.sort_unstable();
        let exact = inverse_ecdf(&values.iter().map(|&v| v as f64).collect::<Vec<_>>(), q) as u64;
        prop_assert!(exact <= found && found <= exact + exact / 1000, "{} for {}", found, exact);
    }

    #[test]
    fn the_bucket_of_a_rank_is_where_counting_one_by_one_ends(
        counts in prop::collection::vec((any::<u8>(), any::<u8>()), 1..80),
        parts in prop::array::uniform3(0_u64..1000),
    ) {
        let histogram = dense(&counts);
        prop_assert_eq!(Histogram::decode(&histogram.encode()), Ok(histogram.clone()));
        let mut parts = parts;
        parts.sort_unstable();
        let ranks = parts.map(|part| (histogram.count() + 2) * part / 1000);
        let counted = ranks.map(|rank| {
            let mut seen = 0;
            let holds = |&(_, _, count): &(u64, u64, u64)| {
                seen += count;
                seen >= rank
            };
            let bucket = histogram.iter().find(holds).filter(|_| rank > 0);
            bucket.map(|(lowest, highest, _)| (lowest, highest))
        });
        prop_assert_eq!(histogram.buckets_at_ranks(ranks.map(Some)), counted);
    }

    #[test]
    fn every_stored_form_gives_the_histogram_back(
        values in any_values(100), n in 1_u64..u64::MAX / 200,
    ) {
        let mut histogram = Histogram::new();
        values.iter().for_each(|&v| histogram.record_n(v, n));
        prop_assert_eq!(Histogram::decode(&histogram.encode()), Ok(histogram.clone()));
        let json = serde_json::to_string(&histogram).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Histogram>(&json).unwrap(), &histogram);
        // The crate's counters are signed when they are stored.
        if histogram.count() < i64::MAX as u64 {
            let text = histogram.to_hdr_base64().unwrap();
            prop_assert_eq!(&Histogram::from_hdr_base64(&text).unwrap(), &histogram);
        }
    }

    /// Bytes either are refused or are the one encoding of what they decode to.
    #[test]
    fn random_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Histogram::decode(&bytes);
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        if let Ok(histogram) = Histogram::decode(&bytes) {
            prop_assert_eq!(histogram.encode(), bytes);
        }
    }

    /// One changed byte of a sound encoding never panics.
    #[test]
    fn damaged_bytes_never_panic(
        values in any_values(50), at in any::<usize>(), byte in any::<u8>(),
    ) {
        let mut bytes = recorded(&values).encode();
        let place = at % bytes.len();
        bytes[place] = byte;
        if let Ok(histogram) = Histogram::decode(&bytes) {
            prop_assert_eq!(histogram.encode(), bytes);
        }
        let mut text = recorded(&values).to_hdr_base64().unwrap().into_bytes();
        let place = at % text.len();
        text[place] = b'A' + byte % 26;
        let _ = Histogram::from_hdr_base64(std::str::from_utf8(&text).unwrap());
    }
}

#[test]
fn merging_at_once_is_merging_one_by_one() {
    let parts: Vec<Histogram> =
        (1..6).map(|seed| Histogram::from_values(spread(seed, 700))).collect();
    let mut one_by_one = Histogram::new();
    parts.iter().for_each(|part| one_by_one.merge(part));
    assert_eq!(Histogram::merged(&parts.iter().collect::<Vec<_>>()), one_by_one);
    assert_eq!(Histogram::merged(&[&parts[0]]), parts[0]);
    assert_eq!(Histogram::merged(&[]), Histogram::new());
}

/// Values over many powers of two.
fn spread(seed: u64, n: usize) -> impl Iterator<Item = u64> {
    lcg(seed, n).into_iter().map(|u| (u * 40.0).exp2() as u64)
}
