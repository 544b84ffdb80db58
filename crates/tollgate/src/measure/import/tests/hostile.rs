use proptest::prelude::*;

use super::detection::readable;
use super::*;

/// What every import must be, whatever was read.
fn check(name: &str, imported: &Imported) {
    assert!(!imported.series.is_empty() || !imported.failures.is_empty(), "{name} is empty");
    for series in &imported.series {
        let values: Vec<f64> = match &series.data {
            Data::Samples(values) => values.clone(),
            Data::Histograms(windows) => {
                windows.iter().map(|window| window.count() as f64).collect()
            }
            Data::Batches(batches) => batches.iter().map(|b| b.total / b.iterations).collect(),
            Data::Points(points) => points.iter().map(|point| point.value).collect(),
            Data::Shares(shares) => shares.iter().map(|share| share.of as f64).collect(),
            Data::Total(value) => vec![*value],
            Data::Summary(summary) => summary.values.values().map(|stated| stated.value).collect(),
        };
        assert!(!values.is_empty(), "{name}: {} has no values", series.metric);
        assert!(values.iter().all(|value| value.is_finite()), "{name}: {values:?}");
    }
}

/// Places to damage: all of a short file, fewer the longer it is, `effort` in bytes to read.
fn places(length: usize, effort: usize) -> impl Iterator<Item = usize> {
    let most = effort / length.max(1);
    (0..length).step_by(1 + length / most.max(1))
}

fn format_of(name: &str) -> Format {
    sample(name).format
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_holds_less() {
    for name in readable() {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        let (format, whole) = (format_of(name), sample(name));
        let document = bytes.starts_with(b"{") || bytes.starts_with(b"[");
        let document = document && !name.ends_with(".jsonl");
        for cut in places(bytes.len().saturating_sub(2), 3_000_000) {
            let Ok(part) = read(name, &bytes[..cut], Some(format)) else { continue };
            check(name, &part);
            assert!(!document, "{name} cut at {cut} is still a document");
            assert!(part.series.len() <= whole.series.len(), "{name} cut at {cut}");
            // A message of JSON needs no end of its line, the rate in bytes of wrk and the counts
            // of divan are not used.
            let harmless = matches!(format, Format::Divan | Format::Wrk)
                || (bytes[cut] == b'\n' && name.ends_with(".jsonl"));
            let at_end = bytes[cut - 1] == b'\n';
            assert!(at_end || harmless, "{name} cut inside a line, at {cut}, was imported");
        }
    }
}

#[test]
fn flipped_and_inserted_bytes_never_pass_for_impossible_values() {
    for name in readable() {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        let format = format_of(name);
        for place in places(bytes.len(), 150_000) {
            for damage in [b'-', b'9', b'"', b',', b'\n', b'e', 0, 0xff] {
                let mut flipped = bytes.clone();
                flipped[place] = damage;
                let mut inserted = bytes.clone();
                inserted.insert(place, damage);
                for damaged in [flipped, inserted] {
                    if let Ok(imported) = read(name, &damaged, Some(format)) {
                        check(name, &imported);
                    }
                }
            }
        }
    }
}

#[test]
fn a_file_read_as_another_format_is_refused() {
    for name in readable() {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        let own = format_of(name);
        for &format in Format::ALL.iter().filter(|&&format| format != own) {
            let found = read(name, &bytes, Some(format));
            assert!(found.is_err(), "{name} as {}: {found:?}", format.name());
        }
    }
}

#[test]
fn numbers_beyond_a_double_are_refused_with_their_place() {
    let text = text_of("oha/mixed.json").replace("0.042337675,", "1e999,");
    let error = error(Format::Oha, &text);
    let place = "could not import results, line 5, column ";
    assert!(error.starts_with(place), "{error}");
    assert!(error.ends_with("it is not valid JSON: number out of range"), "{error}");
}

#[test]
fn a_name_that_appears_twice_in_an_object_is_refused() {
    let text = r#"{"x": {"latency": {"value": 1}}, "x": {"latency": {"value": 900}}}"#;
    let error = error(Format::BencherMetricFormat, text);
    assert!(error.ends_with("the name `x` appears twice"), "{error}");
}

#[test]
fn rows_of_the_same_name_are_refused() {
    let locust = text_of("locust/mixed_stats.csv");
    let row = locust.lines().nth(1).unwrap();
    let twice = format!("{locust}{row}\n");
    assert!(error(Format::LocustStats, &twice).ends_with("of `GET /mixed` appears twice"));
    let line = text_of("cargo-criterion/first.jsonl").lines().next().unwrap().to_owned() + "\n";
    let twice = line.repeat(2);
    assert!(
        error(Format::CargoCriterion, &twice).ends_with("`time` of `sum/fold/100` appears twice")
    );
    let divan = text_of("divan/table.txt").repeat(2);
    assert!(error(Format::Divan, &divan).ends_with("`time` of `sleep` appears twice"));
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = open.repeat(200_000) + &close.repeat(200_000);
        for &format in Format::ALL {
            assert!(parse(format, &text).is_err(), "{}", format.name());
        }
        assert!(read("deep", text.as_bytes(), None).is_err());
    }
}

#[test]
fn huge_counts_need_no_memory() {
    let text = r#"[{"benchmark": "B", "mode": "sample", "primaryMetric": {"score": 1.0,
        "scoreUnit": "ns/op", "rawDataHistogram": [[[[5, 18446744073709551615],
        [6, 18446744073709551615]]]]}}]"#;
    let imported = parse(Format::Jmh, text).unwrap();
    let Data::Histograms(windows) = &imported.series("B", "time").data else {
        panic!("no histograms")
    };
    assert_eq!(windows[0].count(), u64::MAX);
    let seconds = r#"[{"name": "/", "method": "GET", "num_requests": 2, "num_failures": 0,
        "response_times": {"1": 2}, "num_reqs_per_sec": {"0": 1, "18446744073709551615": 1}}]"#;
    assert!(error(Format::LocustJson, seconds).ends_with("span more than eleven days"));
    let counts = r#"{"summary": {"total": 1.0}, "statusCodeDistribution":
        {"500": 18446744073709551615, "503": 18446744073709551615}, "errorDistribution": {}}"#;
    let imported = parse(Format::Oha, counts).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(u64::MAX, u64::MAX)]);
}

#[test]
fn counts_that_are_none_are_refused() {
    for count in ["-1", "1.5", "1e30", "18446744073709551616", "\"7\"", "null", "true"] {
        let text = text_of("vegeta/report.json")
            .replace("\"requests\": 1000", &format!("\"requests\": {count}"));
        assert!(parse(Format::Vegeta, &text).is_err(), "{count}");
    }
}

#[test]
fn more_failures_than_requests_are_refused_with_their_line() {
    let text = text_of("locust/mixed_stats.csv").replace("GET,/slow,159,0,", "GET,/slow,159,160,");
    assert_eq!(
        error(Format::LocustStats, &text),
        "could not import results, line 3: 160 of 159 requests cannot have failed"
    );
}

#[test]
fn foreign_text_is_shown_short_and_without_control_characters() {
    let name = format!("\u{1b}[31m{}", "x".repeat(500));
    let text = format!("BenchmarkX-8 10 {name} ns/op\n");
    let error = error(Format::GoBench, &text);
    assert!(error.contains("\\u{1b}[31mxxx"), "{error}");
    assert!(error.len() < 250 && error.contains('…'), "{error}");
    let text = format!(r#"{{"a{}": {{"m": {{"value": 1}}}}}}"#, "\\u001b[31m\\n b");
    let imported = parse(Format::BencherMetricFormat, &text).unwrap();
    assert_eq!(imported.operations("m"), ["a\u{fffd}[31m b"]);
}

#[test]
fn results_without_a_name_are_refused() {
    let text = r#"{"": {"m": {"value": 1}}}"#;
    assert!(error(Format::BencherMetricFormat, text).ends_with("a result has no name"));
}

#[test]
fn metrics_that_end_like_a_statistic_are_remarked() {
    let text = "{\"type\":\"Metric\",\"data\":{\"type\":\"counter\"},\"metric\":\"queue max\"}\n\
                {\"metric\":\"queue max\",\"type\":\"Point\",\"data\":{\"time\":\
                \"2026-11-21T02:00:00Z\",\"value\":1}}\n";
    let imported = parse(Format::K6, text).unwrap();
    assert_eq!(imported.notes, ["`queue max` ends like a statistic: no budget can name it"]);
}

/// Bytes that mean something to one of the formats.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\n",
        "\r\n",
        " ",
        "\t",
        "│",
        "├─ ",
        "╰─ ",
        "-1",
        "0",
        "1e308",
        "1e-400",
        "99.9%",
        "NaN",
        "null",
        "true",
        "\"value\":",
        "\"results\":",
        "\"metrics\":",
        "\"benchmarks\":",
        "Benchmark",
        "ns/op",
        "pkg: ",
        "Latency",
        "ms",
        "µs",
        "fastest │ slowest │ ",
        "requests in",
        "Type,Name,Request Count,Failure Count",
        "Timestamp,User Count,Type,Name",
        "metric_name,timestamp,metric_value",
        "N/A",
        "é",
        "\u{0}",
        "window.BENCHMARK_DATA = ",
        "starttime\tseconds\tctime",
        "(Connect: 0, Length: 1",
        "Socket errors: connect",
        "Percentage served,Time in ms\n",
        "#RunID,ClientID,MsgCount",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    /// For every format and all bytes: an error, or measurements that are possible.
    #[test]
    fn any_bytes_are_refused_or_possible(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = detect("any", &bytes);
        for &format in Format::ALL {
            if let Ok(imported) = read("any", &bytes, Some(format)) {
                check(format.name(), &imported);
            }
        }
    }

    #[test]
    fn any_sequence_of_meaningful_words_is_refused_or_possible(text in words()) {
        let _ = detect("any", text.as_bytes());
        for &format in Format::ALL {
            if let Ok(imported) = read("any", text.as_bytes(), Some(format)) {
                check(format.name(), &imported);
            }
        }
    }
}
