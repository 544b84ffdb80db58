use super::*;

/// Which sample is of which format; the tree of criterion is found by its folder.
const FORMATS: [(&str, Format); 50] = [
    ("ab/flaky.txt", Format::Ab),
    ("ab/mixed.txt", Format::Ab),
    ("ab/percentiles.csv", Format::Ab),
    ("ab/requests.tsv", Format::Ab),
    ("autocannon/flaky.json", Format::Autocannon),
    ("autocannon/hang.json", Format::Autocannon),
    ("autocannon/mixed.json", Format::Autocannon),
    ("bencher/metrics.json", Format::BencherMetricFormat),
    ("cargo-criterion/first.jsonl", Format::CargoCriterion),
    ("cargo-criterion/second.jsonl", Format::CargoCriterion),
    ("criterion/sort/1024/new/estimates.json", Format::Criterion),
    ("criterion/sort/1024/new/sample.json", Format::Criterion),
    ("divan/allocations.txt", Format::Divan),
    ("divan/table.txt", Format::Divan),
    ("divan/threads.txt", Format::Divan),
    ("github-action-benchmark/custom.json", Format::GithubActionBenchmark),
    ("github-action-benchmark/data.js", Format::GithubActionBenchmark),
    ("go/count6.txt", Format::GoBench),
    ("go/cpu.txt", Format::GoBench),
    ("go/json.jsonl", Format::GoBench),
    ("go/trouble.txt", Format::GoBench),
    ("google-benchmark/aggregates-only.json", Format::GoogleBenchmark),
    ("google-benchmark/odd.json", Format::GoogleBenchmark),
    ("google-benchmark/repetitions.json", Format::GoogleBenchmark),
    ("hey/flaky.csv", Format::Hey),
    ("hey/mixed.csv", Format::Hey),
    ("hyperfine/failing-1.15.0.json", Format::Hyperfine),
    ("hyperfine/parameters-1.20.0.json", Format::Hyperfine),
    ("hyperfine/single-2.0.0.json", Format::Hyperfine),
    ("jmh/not-a-number.json", Format::Jmh),
    ("jmh/results.json", Format::Jmh),
    ("k6/handle-summary.json", Format::K6),
    ("k6/points.csv", Format::K6),
    ("k6/points.jsonl", Format::K6),
    ("k6/summary-export-plain.json", Format::K6),
    ("k6/summary-export.json", Format::K6),
    ("locust/failures.json", Format::LocustJson),
    ("locust/failures_stats.csv", Format::LocustStats),
    ("locust/failures_stats_history.csv", Format::LocustHistory),
    ("locust/mixed_stats.csv", Format::LocustStats),
    ("locust/mixed_stats_history.csv", Format::LocustHistory),
    ("nats-bench/pub.csv", Format::NatsBench),
    ("nats-bench/request.csv", Format::NatsBench),
    ("oha/flaky.json", Format::Oha),
    ("oha/mixed.csv", Format::Oha),
    ("oha/refused.json", Format::Oha),
    ("pytest-benchmark/with-data.json", Format::PytestBenchmark),
    ("pytest-benchmark/without-data.json", Format::PytestBenchmark),
    ("vegeta/report.json", Format::Vegeta),
    ("wrk/latency.txt", Format::Wrk),
];

pub(super) fn readable() -> impl Iterator<Item = &'static str> {
    FORMATS.into_iter().map(|(name, _)| name)
}

#[test]
fn every_sample_fits_its_format_and_no_other() {
    for (name, format) in FORMATS {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        assert_eq!(detect::candidates(&bytes), [format], "{name}");
        assert_eq!(sample(name).format, format, "{name}");
    }
}

#[test]
fn a_long_file_is_told_by_its_beginning() {
    for (name, format) in FORMATS {
        let bytes = std::fs::read(samples().join(name)).unwrap();
        let head = &bytes[..bytes.len().min(8000)];
        assert_eq!(detect(name, head), Some(format), "{name}");
    }
}

#[test]
fn files_beside_the_results_are_of_no_format() {
    for name in [
        "locust/failures_failures.csv",
        "locust/failures_exceptions.csv",
        "criterion/sort/1024/new/benchmark.json",
        "README.md",
        "make.sh",
        "server.py",
        "sources/bench_test.go",
    ] {
        assert_eq!(detect::candidates(text_of(name).as_bytes()), [], "{name}");
    }
}

#[test]
fn two_formats_in_one_file_are_none() {
    let mixed = text_of("wrk/plain.txt") + &text_of("go/count6.txt");
    let error = read("mixed", mixed.as_bytes(), None).unwrap_err();
    assert_eq!(error.to_string(), "could not import mixed: the content is that of no known format");
    assert!(error.hint().unwrap().ends_with("bencher, github-action-benchmark"));
}

#[test]
fn format_names_survive_a_round_trip() {
    for &format in Format::ALL {
        assert_eq!(Format::parse(format.name()), Some(format));
    }
    assert_eq!(Format::parse("perfgate"), None);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    for (name, _) in FORMATS {
        let plain = text_of(name);
        let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
        let path = samples().join(name).display().to_string();
        let (plain, windows) =
            (read(&path, plain.as_bytes(), None), read(&path, windows.as_bytes(), None));
        assert_eq!(plain.unwrap(), windows.unwrap(), "{name}");
    }
}

#[test]
fn text_that_is_no_utf8_is_refused_with_its_line() {
    let error = read("bad", b"goos: linux\npkg: \xff\n", None).unwrap_err();
    assert_eq!(error.to_string(), "could not import bad, line 2: byte 17 is not UTF-8 text");
    let utf16: Vec<u8> = [0xfe_u8, 0xff].into_iter().chain(*b"\0g\0o").collect();
    let error = read("bad", &utf16, None).unwrap_err();
    assert!(error.hint().unwrap().contains("PowerShell"));
}

#[test]
fn empty_files_hold_no_measurements() {
    for &format in Format::ALL {
        for text in ["", "\u{feff}", " \n\n"] {
            assert_eq!(
                error(format, text),
                "could not import results: it holds no measurements",
                "{}",
                format.name()
            );
        }
    }
    assert!(read("results", b"", None).is_err());
}

#[test]
fn files_that_are_missing_are_said_by_name() {
    let error = read_path(Path::new("nowhere/results.json"), None).unwrap_err();
    assert!(error.to_string().starts_with("could not import nowhere/results.json: No such file"));
}

#[test]
fn the_files_of_a_tree_can_be_listed() {
    let files = files(&samples().join("criterion")).unwrap();
    assert_eq!(files.len(), 15);
    let one = super::super::files(Path::new("results.json")).unwrap();
    assert_eq!(one, [PathBuf::from("results.json")]);
}
