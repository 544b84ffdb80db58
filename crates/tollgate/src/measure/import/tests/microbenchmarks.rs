use super::*;
use crate::quantity::Dimension;
use tollgate_stats::histogram::Histogram;

const SUM_100: &str = "sum/fold/100";

#[test]
fn the_times_of_criterion_are_totals_of_all_iterations() {
    let tree = sample("criterion");
    let series = tree.series(SUM_100, "time");
    assert_eq!(series.dimension, Dimension::TIME);
    let Data::Batches(batches) = &series.data else { panic!("no batches") };
    assert_eq!(batches.len(), 20);
    near(batches[0].total, 1_815_494.0);
    near(batches[0].iterations, 16_602.0);
    near(series.batches()[19], 36_970_360.0 / 332_040.0);
}

#[test]
fn criterion_names_a_benchmark_as_the_program_did_and_not_as_its_folder() {
    let names = ["parse: \"a/b\" of 64 B", "sort/1024", "sort/16384", SUM_100, "sum/fold/1000"];
    assert_eq!(sample("criterion").operations("time"), names);
    let alone = sample("criterion/sum/fold/100/new/sample.json");
    assert_eq!(alone.operations("time"), [SUM_100]);
}

#[test]
fn estimates_of_criterion_keep_their_intervals() {
    let estimates = sample("criterion/sum/fold/100/new/estimates.json");
    let mean = estimates.series(SUM_100, "time").stated(Statistic::Mean).unwrap();
    near(mean.value, 113.738_480_705_245_44);
    near(mean.low.unwrap(), 111.757_814_551_525_97);
    near(mean.high.unwrap(), 116.501_047_245_488_69);
}

#[test]
fn a_tree_without_results_holds_no_measurements() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_path(folder.path(), None).unwrap_err();
    assert!(error.to_string().ends_with("it holds no measurements"));
    let error = read_path(folder.path(), Some(Format::K6)).unwrap_err();
    assert!(error.to_string().contains("expected a file"));
}

#[test]
fn a_broken_result_in_a_tree_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("sum/new");
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(new.join("benchmark.json"), "{\"full_id\": \"sum\"}").unwrap();
    let error = read_path(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
    std::fs::write(new.join("sample.json"), "{\"sampling_mode\": \"Linear\", ").unwrap();
    let error = read_path(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains("sum/new: it is not valid JSON: EOF"), "{error}");
}

#[test]
fn cargo_criterion_hands_over_every_benchmark() {
    for name in ["cargo-criterion/first.jsonl", "cargo-criterion/second.jsonl"] {
        assert_eq!(sample(name).operations("time").len(), 5, "{name}");
    }
    let first = sample("cargo-criterion/first.jsonl");
    near(first.series(SUM_100, "time").batches()[0], 1_844_978.0 / 16_712.0);
}

#[test]
fn hyperfine_reads_the_same_in_every_version() {
    for (version, first) in
        [("1.15.0", 11_425_424.0), ("1.20.0", 11_178_158.0), ("2.0.0", 11_224_416.0)]
    {
        let imported = sample(&format!("hyperfine/parameters-{version}.json"));
        assert_eq!(imported.operations("wall"), ["sleep 0.002", "sleep 0.01"], "{version}");
        let wall = imported.series("sleep 0.01", "wall");
        assert_eq!(wall.samples().len(), 6);
        near(wall.samples()[0], first);
        assert_eq!(imported.series("sleep 0.01", "exit failures").shares(), [(0, 6)]);
        for metric in ["user", "system", "cpu"] {
            imported.series("sleep 0.01", metric);
        }
        let memory = imported.find("sleep 0.01", "peak memory");
        assert_eq!(memory.is_some(), version != "1.15.0");
    }
}

#[test]
fn a_single_run_of_hyperfine_is_one_sample_without_spread() {
    let imported = sample("hyperfine/single-1.20.0.json");
    all_near(imported.series("one nap", "wall").samples(), &[11_186_139.0]);
}

#[test]
fn commands_that_failed_are_failures_in_every_version_of_hyperfine() {
    for version in ["1.15.0", "1.20.0", "2.0.0"] {
        let imported = sample(&format!("hyperfine/failing-{version}.json"));
        assert_eq!(
            imported.failures,
            [
                "`sh -c 'sleep 0.002; exit 3'` ended with exit code 3 in 3 of 3 runs",
                "`sh -c 'kill -9 $$'` ended with exit code 137 in 3 of 3 runs",
            ]
        );
        assert_eq!(imported.series("true", "exit failures").shares(), [(0, 3)]);
    }
    let signal = r#"{"results": [{"command": "x", "user": 0, "system": 0, "times": [1],
        "exit_codes": [null]}]}"#;
    let imported = parse(Format::Hyperfine, signal).unwrap();
    assert_eq!(imported.failures, ["`x` ended with no exit code in 1 of 1 runs"]);
}

#[test]
fn times_that_hyperfine_cut_to_zero_are_remarked() {
    let imported = sample("hyperfine/shell-1.20.0.json");
    assert!(imported.notes[0].contains("are 0: hyperfine subtracted the start of the shell"));
}

#[test]
fn equal_commands_of_hyperfine_are_told_apart_by_their_parameters_only() {
    let result = |parameters: &str| {
        format!(r#"{{"command": "nap", "user": 0, "system": 0, "times": [1]{parameters}}}"#)
    };
    let two = |first: &str, second: &str| {
        format!(r#"{{"results": [{}, {}]}}"#, result(first), result(second))
    };
    let text = two(r#", "parameters": {"n": "1"}"#, r#", "parameters": {"n": {"value": "2"}}"#);
    let imported = parse(Format::Hyperfine, &text).unwrap();
    assert_eq!(imported.operations("wall"), ["nap / n=1", "nap / n=2"]);
    assert!(error(Format::Hyperfine, &two("", "")).ends_with("`wall` of `nap` appears twice"));
}

#[test]
fn an_unknown_version_of_hyperfine_is_refused() {
    assert_eq!(
        error(Format::Hyperfine, r#"{"schema_version": 3, "results": []}"#),
        "could not import results: expected version 2, or none at all at `schema_version`, \
         found `3`"
    );
}

#[test]
fn divan_tables_are_read_in_all_their_units() {
    let table = sample("divan/table.txt");
    near(table.series("sleep", "time").value(Statistic::MEDIAN), 12.08e6);
    near(table.series("sum/fold/100000", "time").value(Statistic::Max), 159.5e3);
    near(table.series("sum/of_ten", "time").value(Statistic::Mean), 1.09);
    assert_eq!(table.series("sum/of_ten", "time").n(), Some(20));
    let rate = table.series("text/split/64", "throughput");
    near(rate.value(Statistic::Min), 130.4e6);
    near(rate.value(Statistic::Max), 802.7e6);
    near(table.series("text/split/64", "bytes per second").value(Statistic::MEDIAN), 731.4e6);
    assert_eq!(table.notes, ["`text/not_yet` was ignored"]);
}

#[test]
fn divan_cuts_its_digits_and_the_resolution_says_so() {
    // 12.08 ms stands for anything below 12.09 ms.
    let table = sample("divan/table.txt");
    let off_by = table.series("sleep", "time").resolution.around(12.08e6);
    assert!((off_by - 10e3).abs() < 1.0, "{off_by}");
}

#[test]
fn thread_counts_and_allocations_do_not_disturb_a_table_of_divan() {
    let threads = sample("divan/threads.txt");
    assert_eq!(threads.operations("time").len(), 8);
    threads.series("sum/fold/1/t=2", "time");
    let plain: Vec<String> =
        sample("divan/table.txt").operations("time").iter().map(|&name| name.into()).collect();
    assert_eq!(sample("divan/allocations.txt").operations("time"), plain);
}

#[test]
fn rounds_of_pytest_benchmark_with_several_iterations_are_batches() {
    let imported = sample("pytest-benchmark/with-data.json");
    let sum = imported.series("test_bench.py::test_sum[10]", "time");
    near(sum.batches()[0], 142.420_001_338_905_43);
    let Data::Batches(batches) = &sum.data else { panic!("no batches") };
    near(batches[0].iterations, 50.0);
    let sleep = imported.series("test_bench.py::test_sleep", "time");
    near(sleep.samples()[1], 3_110_185.000_082_310_6);
    assert_eq!(sleep.samples().len(), 8);
    assert_eq!(imported.operations("time").len(), 5);
}

#[test]
fn without_its_rounds_pytest_benchmark_leaves_a_summary() {
    let imported = sample("pytest-benchmark/without-data.json");
    let sum = imported.series("test_bench.py::test_sum[1000]", "time");
    near(sum.value(Statistic::MEDIAN), 11_348.640_000_505_839);
    assert_eq!(sum.n(), Some(12));
    let once = imported.series("test_bench.py::test_once", "time");
    assert_eq!(once.stated(Statistic::Stddev), None, "one round has no spread, not none");
}

#[test]
fn repeats_of_go_are_gathered_by_benchmark() {
    let imported = sample("go/count6.txt");
    let names = ["Sort/size=10", "Sort/size=1000", "Join", "Nothing", "UTF8/to-8"];
    assert_eq!(imported.operations("time"), names);
    let sort = imported.series("Sort/size=10", "time");
    all_near(&sort.batches(), &[140.0, 107.6, 115.4, 109.6, 120.9, 122.7]);
    near(imported.series("Sort/size=10", "bytes per second").samples()[0], 571.62e6);
    near(imported.series("Sort/size=1000", "bytes per op").samples()[5], 8192.0);
    near(imported.series("Join", "allocations per op").samples()[0], 1.0);
    let custom = imported.series("Sort/size=1000", "elems/op");
    assert_eq!(custom.dimension, Dimension::COUNT);
    all_near(custom.samples(), &[1000.0; 6]);
}

#[test]
fn times_of_go_below_a_microsecond_keep_their_digits() {
    let time = |value: &str| {
        let text = format!("BenchmarkX-8 \t 1000 \t {value} ns/op\n");
        parse(Format::GoBench, &text).unwrap().series("X", "time").batches()[0]
    };
    near(time("500.0"), 500.0);
    near(time("50000"), 50_000.0);
    near(time("0.2747"), 0.2747);
}

#[test]
fn the_processor_suffix_of_go_is_cut_only_where_all_results_share_it() {
    let imported = sample("go/cpu.txt");
    imported.series("UTF8/to-8", "time");
    imported.series("UTF8/to-8-2", "time");
    let one = "BenchmarkUTF8/to-8 \t 10 \t 5 ns/op\nBenchmarkJoin \t 10 \t 5 ns/op\n";
    assert_eq!(parse(Format::GoBench, one).unwrap().operations("time"), ["UTF8/to-8", "Join"]);
}

#[test]
fn failed_benchmarks_of_go_are_failures_and_logs_are_not_results() {
    let imported = sample("go/trouble.txt");
    assert_eq!(
        imported.failures,
        ["FAIL: BenchmarkBroken", "the tests of `example.org/demo` failed"]
    );
    assert_eq!(imported.operations("time"), ["Join", "Nothing", "Logging"]);
    let panicked = "goos: linux\npanic: index out of range\nFAIL\texample.org/demo\t0.1s\n";
    let imported = parse(Format::GoBench, panicked).unwrap();
    assert_eq!(imported.failures.len(), 2);
    assert!(imported.series.is_empty());
}

#[test]
fn go_events_are_put_together_to_lines() {
    let imported = sample("go/json.jsonl");
    all_near(&imported.series("Sort/size=10", "time").batches(), &[157.4, 117.4]);
    assert_eq!(imported.operations("time"), ["Sort/size=10", "Sort/size=1000", "Join"]);
}

#[test]
fn equal_names_of_two_go_packages_are_kept_apart() {
    let text = "pkg: a\nBenchmarkX-8 10 5 ns/op\npkg: b\nBenchmarkX-8 10 7 ns/op\n";
    let imported = parse(Format::GoBench, text).unwrap();
    all_near(&imported.series("a.X", "time").batches(), &[5.0]);
    all_near(&imported.series("b.X", "time").batches(), &[7.0]);
}

#[test]
fn cut_lines_of_go_are_refused() {
    for (text, what) in [
        ("BenchmarkX-8 10 5 ns/op", "line 1: the last line has no end"),
        ("BenchmarkX-8 10 5\n", "a unit after the value"),
        ("BenchmarkX-8 10\n", "expected values"),
        ("BenchmarkX-8 10 five ns/op\n", "a value and its unit"),
        ("BenchmarkX-8 10 5 ns/op 6 ns/op\n", "states `ns/op` twice"),
        ("BenchmarkX-8 10 NaN ns/op\n", "a value and its unit"),
        ("BenchmarkX-8 0 5 ns/op\n", "impossible"),
        ("BenchmarkX-8 10 -5 ns/op\n", "impossible"),
        ("goos: linux\nPASS\n", "no measurements"),
    ] {
        let error = error(Format::GoBench, text);
        assert!(error.contains(what), "{text:?}: {error}");
    }
}

#[test]
fn repetitions_of_google_benchmark_are_times_of_one_iteration() {
    let imported = sample("google-benchmark/repetitions.json");
    let sort = imported.series("Sort/64", "time").batches();
    all_near(&sort[..2], &[345.382_163_905_005_03, 313.089_325_991_528_54]);
    assert_eq!(sort.len(), 4, "neither the mean nor the coefficient of variation is a repetition");
    let sleep = imported.series("Sleep/iterations:5/real_time", "time").batches();
    near(sleep[0], 2_089_446.600_007_25);
    near(imported.series("Sort/64", "depth").samples()[0], 6.0);
    assert_eq!(imported.series("Sort/64", "throughput").samples().len(), 4);
    assert_eq!(imported.series("Sort/64", "throughput").dimension, Dimension::RATE);
    assert!(imported.notes[0].contains("built for debugging"));
}

#[test]
fn errored_rows_of_google_benchmark_are_failures_and_not_zeros() {
    let imported = sample("google-benchmark/repetitions.json");
    assert_eq!(imported.failures, ["`Broken` failed: could not open \"input\""]);
    assert_eq!(imported.find("Broken", "time"), None);
}

#[test]
fn aggregates_of_google_benchmark_serve_where_repetitions_are_missing() {
    let imported = sample("google-benchmark/aggregates-only.json");
    let sleep = imported.series("Sleep/iterations:5/real_time", "time");
    near(sleep.value(Statistic::Mean), 2_083_793.150_006_840_7);
    near(sleep.value(Statistic::Stddev), 4_119.505_124_849_82);
    assert_eq!(sleep.n(), Some(4));
    let Data::Summary(summary) = &sleep.data else { panic!("no summary") };
    assert_eq!(summary.values.len(), 3, "the coefficient of variation is no time");
}

#[test]
fn counters_of_google_benchmark_that_are_no_numbers_are_left_out_and_said() {
    let imported = sample("google-benchmark/odd.json");
    assert_eq!(imported.operations("time"), ["Ratio", "Grow/64", "Grow/256", "Grow/1024"]);
    assert_eq!(imported.find("Ratio", "hit ratio"), None);
    assert_eq!(imported.find("Ratio", "speed-up"), None);
    assert_eq!(imported.notes[1], "`hit ratio` of `Ratio` is not a number and is left out");
    near(imported.series("Grow/64", "time").batches()[0], 129.453_510_399_942_4);
}

#[test]
fn a_time_of_google_benchmark_that_is_no_number_is_a_failure() {
    let text = r#"{"context": {}, "benchmarks": [{"name": "x", "run_type": "iteration",
        "iterations": 1, "real_time": NaN, "cpu_time": -inf, "time_unit": "ns"}]}"#;
    let imported = parse(Format::GoogleBenchmark, text).unwrap();
    assert!(imported.series.is_empty());
    assert_eq!(imported.failures.len(), 2);
}

#[test]
fn jmh_results_follow_their_mode() {
    let imported = sample("jmh/results.json");
    let parse = imported.series("org.example.Parser.parse / size=10", "time");
    all_near(parse.samples(), &[1250.0, 1230.0, 1270.0, 1310.0, 1290.0, 1330.0]);
    let offer = imported.series("org.example.Queue.offer", "throughput");
    assert_eq!(offer.dimension, Dimension::RATE);
    near(offer.samples()[0], 10_250_500.0);
    all_near(imported.series("org.example.Parser.once", "time").samples(), &[3.75e6]);
    let bytes = imported.series("org.example.Parser.parse / size=10", "gc.alloc.rate.norm");
    assert_eq!(bytes.dimension, Dimension::BYTES);
}

#[test]
fn samples_of_jmh_are_a_histogram_an_iteration() {
    let imported = sample("jmh/results.json");
    let poll = imported.series("org.example.Queue.poll", "time");
    let Data::Histograms(windows) = &poll.data else { panic!("no histograms") };
    assert_eq!(windows.iter().map(Histogram::count).collect::<Vec<_>>(), [1000, 1000]);
    assert_eq!(windows[0].quantile(0.5), Some(42));
    assert_eq!(windows[0].max(), Some(1500));
}

#[test]
fn words_of_jmh_for_no_number_are_failures() {
    let imported = sample("jmh/not-a-number.json");
    assert_eq!(imported.failures, ["a result of `org.example.Parser.overflow` is not a number"]);
    assert_eq!(imported.operations("time"), ["org.example.Parser.parse / size=1000"]);
}

#[test]
fn jmh_without_raw_data_states_its_score_and_interval() {
    let text = |interval: &str| {
        format!(
            r#"[{{"benchmark": "a.B.c", "mode": "avgt", "primaryMetric": {{"score": 2.0,
            "scoreError": 0.5, "scoreConfidence": {interval}, "scoreUnit": "us/op",
            "scorePercentiles": {{"0.0": 1.5, "50.0": 2.0, "100.0": 2.5}}, "rawData": []}}}}]"#
        )
    };
    let imported = parse(Format::Jmh, &text("[1.5, 2.5]")).unwrap();
    let series = imported.series("a.B.c", "time");
    assert_eq!(series.stated(Statistic::Mean).unwrap().low, Some(1500.0));
    near(series.value(Statistic::Max), 2500.0);
    let imported = parse(Format::Jmh, &text(r#"["NaN", "NaN"]"#)).unwrap();
    assert_eq!(imported.series("a.B.c", "time").stated(Statistic::Mean).unwrap().low, None);
}

#[test]
fn one_benchmark_in_two_modes_of_jmh_makes_two_operations() {
    let result = |mode: &str, data: &str| {
        format!(
            r#"{{"benchmark": "B", "mode": "{mode}", "primaryMetric": {{"score": 1.0,
            "scoreUnit": "ns/op", {data}}}}}"#
        )
    };
    let (mean, sampled) = (r#""rawData": [[1.0]]"#, r#""rawDataHistogram": [[[[5, 3]]]]"#);
    let text = format!("[{}, {}]", result("avgt", mean), result("sample", sampled));
    assert_eq!(parse(Format::Jmh, &text).unwrap().operations("time"), ["B / avgt", "B / sample"]);
}

#[test]
fn bencher_values_keep_their_bounds() {
    let imported = sample("bencher/metrics.json");
    let latency = imported.series("parse/small", "latency").stated(Statistic::MEDIAN).unwrap();
    assert_eq!(latency, Stated { value: 1250.5, low: Some(1201.25), high: Some(1310.0) });
    near(imported.series("parse/large", "allocations").total(), 42.0);
    assert_eq!(imported.series("parse/large", "file-size").dimension, Dimension::BYTES);
    let named = r#"{"x": {"latency p99": {"value": 5}}}"#;
    let imported = parse(Format::BencherMetricFormat, named).unwrap();
    near(imported.series("x", "latency").value(P99), 5.0);
}

#[test]
fn github_action_benchmark_gives_the_newest_entry_in_base_units() {
    let custom = sample("github-action-benchmark/custom.json");
    near(custom.series("start-up", "time").total(), 17.5e6);
    near(custom.series("peak memory", "size").total(), 61.25 * 1_048_576.0);
    near(custom.series("score", "value").total(), 92.0);
    let store = sample("github-action-benchmark/data.js");
    near(store.series("Rust Benchmark / parse/small", "time").total(), 1250.0);
    near(store.series("Load / requests", "throughput").total(), 589.3);
}
