use proptest::prelude::*;

use super::*;

fn all(output: &str) -> Vec<Series> {
    read(output.as_bytes(), None).unwrap()
}

fn one(output: &str) -> Series {
    let mut all = all(output);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn error(output: &str) -> String {
    let error = read(output.as_bytes(), None).expect_err(output);
    match std::error::Error::source(&error) {
        Some(source) if !error.to_string().contains(&source.to_string()) => {
            format!("{error}: {source}")
        }
        _ => error.to_string(),
    }
}

/// A line with the metric `m` and these other fields.
fn line(fields: &str) -> String {
    format!("{{\"tollgate\":1,\"metric\":\"m\",{fields}}}\n")
}

#[test]
fn values_arrive_in_base_units() {
    let cases = [
        (r#""unit":"ms","samples":[1,2.5]"#, Data::Samples(vec![1e6, 2.5e6])),
        (r#""unit":"MiB","value":2"#, Data::Samples(vec![2_097_152.0])),
        (r#""unit":"%","total":50"#, Data::Total(0.5)),
        (
            r#""unit":"us","batches":[[1200,100]]"#,
            Data::Batches(vec![Batch { total: 1.2e6, iterations: 100.0 }]),
        ),
        (
            r#""unit":"kB","points":[[1.5,3]]"#,
            Data::Points(vec![Point { at_ns: 1.5e9, value: 3000.0 }]),
        ),
        (r#""shares":[[1,4]]"#, Data::Shares(vec![Share { hits: 1, of: 4 }])),
        (
            r#""unit":"us","histogram":[[2,3]]"#,
            Data::Histograms(vec![Histogram::from_values([2000; 3])]),
        ),
    ];
    for (fields, data) in cases {
        let series = one(&line(fields));
        assert_eq!(series.data, data, "{fields}");
        assert_eq!((series.metric.as_str(), series.operation), ("m", None));
        assert!(series.resolution.is_exact());
    }
    assert_eq!(one(&line(r#""unit":"/s","value":5"#)).dimension, Dimension::RATE);
}

#[test]
fn lines_of_one_series_append_in_order_around_other_output() {
    let output = [
        "hello\n".to_owned(),
        line(r#""unit":"","samples":[1,2]"#),
        "\u{1b}[2Kprogress\r\n".to_owned(),
        line(r#""unit":"","operation":"o","samples":[9]"#),
        line(r#""unit":"","value":3"#),
    ]
    .concat();
    let found = all(&output);
    assert_eq!(found[0].data, Data::Samples(vec![1.0, 2.0, 3.0]));
    assert_eq!(found[1].operation.as_deref(), Some("o"));
    assert_eq!(found.len(), 2);
}

#[test]
fn every_histogram_line_is_a_window() {
    let output =
        line(r#""unit":"ns","histogram":[[5,1]]"#) + &line(r#""unit":"ns","histogram":[[6,2]]"#);
    let windows = vec![Histogram::from_values([5]), Histogram::from_values([6, 6])];
    assert_eq!(one(&output).data, Data::Histograms(windows));
}

#[test]
fn an_hdr_histogram_counts_in_its_unit() {
    let text = Histogram::from_values([3, 3, 40]).to_hdr_base64().unwrap();
    let series = one(&line(&format!(r#""unit":"ms","hdr":"{text}""#)));
    let expected = Histogram::from_values([3_000_000, 3_000_000, 40_000_000]);
    assert_eq!(series.data, Data::Histograms(vec![expected]));
    assert_eq!(series.resolution, Resolution::Absolute(1e6));
    let series = one(&line(&format!(r#""unit":"ns","hdr":"{text}""#)));
    assert_eq!(series.data, Data::Histograms(vec![Histogram::from_values([3, 3, 40])]));
    assert!(series.resolution.is_exact());
    assert!(error(&line(r#""unit":"ms","hdr":"nonsense""#)).contains("`hdr`:"));
}

#[test]
fn an_hdr_histogram_of_another_implementation_is_read() {
    // Written by the Python package hdrhistogram 0.10: 12 times 90, 431 times 110, 3 times 2500.
    let text = "HISTFAAAACh4nJNpmSzMwMDAyQABzFCaEUyavWuw/wAR2MwooXqP7akiGwB//QcI";
    let Data::Histograms(windows) = one(&line(&format!(r#""unit":"ns","hdr":"{text}""#))).data
    else {
        panic!()
    };
    assert_eq!(windows[0].count(), 446);
    assert_eq!((windows[0].min(), windows[0].quantile(0.5)), (Some(90), Some(110)));
    assert!((2500..=2503).contains(&windows[0].max().unwrap()), "{windows:?}");
}

#[test]
fn rounding_to_whole_nanoseconds_is_told() {
    let series = one(&line(r#""unit":"ns","histogram":[[0.4,3]]"#));
    assert_eq!(series.resolution, Resolution::Absolute(0.5));
}

#[test]
fn what_does_not_fit_together_names_both_lines() {
    let first = line(r#""unit":"ms","samples":[1]"#);
    for (second, part) in [
        (r#""unit":"us","samples":[1]"#, "first the unit `ms`, then `us`"),
        (r#""unit":"ms","total":1"#, "first `samples`, then `total`"),
    ] {
        let found = error(&format!("{first}text\n{}", line(second)));
        assert!(found.contains("lines 1 and 3"), "{found}");
        assert!(found.contains(part), "{found}");
    }
    for fields in [r#""unit":"","total":1"#, r#""unit":"","points":[[1,1],[5,1]]"#] {
        let found = error(&line(fields).repeat(2));
        assert!(found.contains("lines 1 and 2"), "{found}");
    }
    let lower = line(r#""unit":"","better":"lower","value":1"#);
    let found = error(&(lower + &line(r#""unit":"","better":"higher","value":1"#)));
    assert!(found.contains("`better` changes"), "{found}");
}

#[test]
fn values_that_mean_nothing_are_refused() {
    for (fields, part) in [
        (r#""unit":"parsec","value":1"#, "unknown unit `parsec`"),
        (r#""unit":"ms/fortnight","value":1"#, "`fortnight`"),
        (r#""unit":"ms","value":-1"#, "-1 is negative, which no time is"),
        (r#""unit":"B","samples":[1,-2]"#, "-2 is negative, which no bytes is"),
        (r#""unit":"d","value":1e300"#, "too large"),
        (r#""unit":"","histogram":[[1e30,1]]"#, "too large for a histogram"),
        (r#""unit":"","histogram":[[2.5,1]]"#, "2.5 is not a whole number"),
        (r#""unit":"%","histogram":[[50,1]]"#, "use `samples`"),
        (r#""unit":"MB/h","histogram":[[50,1]]"#, "use `samples`"),
    ] {
        let found = error(&line(fields));
        assert!(found.contains(part), "{fields}\n  says: {found}");
        assert!(found.contains("line 1"), "{found}");
    }
    assert_eq!(one(&line(r#""unit":"MB/h","value":-1"#)).dimension.to_string(), "bytes per time");
    assert_eq!(one(&line(r#""unit":"","value":-1"#)).data, Data::Samples(vec![-1.0]));
}

#[test]
fn metrics_with_a_fixed_meaning_keep_it() {
    let known =
        |metric: &str, rest: &str| format!("{{\"tollgate\":1,\"metric\":\"{metric}\",{rest}}}\n");
    let found = error(&known("wall", r#""unit":"ms","value":1"#));
    assert!(found.contains("name an `operation`"), "{found}");
    let parts = one(&known("wall", r#""operation":"o","unit":"ms","value":1"#));
    assert_eq!(parts.operation.as_deref(), Some("o"));
    let found = error(&known("latency", r#""unit":"B","value":1"#));
    assert!(found.contains("`B` is a unit of bytes; this metric wants ns, us"), "{found}");
    let found = error(&known("latency", r#""unit":"s","better":"higher","value":1"#));
    assert!(found.contains("contradicts"), "{found}");
    one(&known("latency", r#""unit":"s","value":1"#));
    one(&known("errors", r#""shares":[[1,2]]"#));
}

#[test]
fn the_parameters_operation_comes_first() {
    let output = line(r#""operation":"read","unit":"","value":1"#);
    let series = read(output.as_bytes(), Some("size=10")).unwrap();
    assert_eq!(series[0].operation.as_deref(), Some("size=10 / read"));
}

#[test]
fn output_that_is_no_text_is_ignored_and_lines_keep_their_numbers() {
    let mut output = b"\xff\xfe\x00\n".to_vec();
    output.extend(b"x".repeat(100));
    output.extend(b"\n{\"tollgate\":1}\n");
    let found = read(output.as_slice(), None).unwrap_err().to_string();
    assert!(found.contains("line 3"), "{found}");
}

#[test]
fn a_line_without_end_is_passed_over_without_being_held() {
    let long = std::iter::repeat_n(b'x', 3 * record::LONGEST_LINE);
    let output: Vec<u8> =
        long.chain(*b"\n").chain(line(r#""unit":"","value":1"#).bytes()).collect();
    assert_eq!(read(output.as_slice(), None).unwrap().len(), 1);
}

#[test]
fn nothing_printed_is_nothing_found() {
    assert!(all("").is_empty());
    assert!(all("\n\n").is_empty());
}

proptest! {
    /// However samples are cut into lines, the series is the same.
    #[test]
    fn cutting_into_lines_changes_nothing(
        samples in prop::collection::vec(0.0..1e6_f64, 1..40),
        cut in 1..40_usize,
    ) {
        let lines: String = samples
            .chunks(cut)
            .map(|part| line(&format!(r#""unit":"ns","samples":{part:?}"#)))
            .collect();
        prop_assert_eq!(one(&lines).data, Data::Samples(samples));
    }

    /// Whatever fields a line has, it is read or refused, without a panic.
    #[test]
    fn any_fields_are_read_or_refused(
        unit in "(ns|us|MiB|%|/s||MB/h|x)",
        value in prop_oneof![any::<f64>().prop_map(|x| x.to_string()), "[0-9]{1,30}", "-1"],
        count in "(0|1|18446744073709551615|-1)",
    ) {
        for data in [
            format!(r#""value":{value}"#),
            format!(r#""histogram":[[{value},{count}],[{value},{count}]]"#),
            format!(r#""batches":[[{value},{count}]]"#),
            format!(r#""points":[[{value},{value}]]"#),
        ] {
            let _ = read(line(&format!(r#""unit":"{unit}",{data}"#)).as_bytes(), None);
        }
    }
}
