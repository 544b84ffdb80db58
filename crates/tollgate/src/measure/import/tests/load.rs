use super::*;
use crate::quantity::Dimension;

#[test]
fn locust_rows_are_operations_and_the_last_is_all_of_them() {
    let imported = sample("locust/mixed_stats.csv");
    let names = ["GET /mixed", "GET /slow", "POST search, \"quoted\"", "-"];
    assert_eq!(imported.operations("latency"), names);
    let slow = imported.series("GET /slow", "latency");
    near(slow.value(Statistic::MEDIAN), 150e6);
    near(slow.value(Statistic::Mean), 150.901_831_289_313_52e6);
    near(slow.value(Statistic::Max), 164.588_125_000_022_96e6);
    assert_eq!(slow.n(), Some(159));
    near(imported.series(None, "throughput").value(Statistic::Mean), 62.820_024_045_869_09);
    near(imported.series(None, "requests").total(), 691.0);
}

#[test]
fn locust_rounds_to_steps_whose_edges_belong_to_both() {
    let imported = sample("locust/mixed_stats.csv");
    let resolution = &imported.series("GET /slow", "latency").resolution;
    for (printed_ms, off_by_ms) in [
        (99.0, 0.5),
        (100.0, 5.0),
        (150.0, 5.0),
        (990.0, 5.0),
        (1000.0, 50.0),
        (9900.0, 50.0),
        (10_000.0, 500.0),
        (60_000.0, 500.0),
    ] {
        near(resolution.around(printed_ms * 1e6), off_by_ms * 1e6);
    }
}

#[test]
fn latencies_of_requests_that_all_failed_are_not_imported() {
    let imported = sample("locust/failures_stats.csv");
    assert_eq!(imported.find("GET /failing", "latency"), None);
    assert_eq!(imported.series("GET /failing", "errors").shares(), [(124, 124)]);
    near(imported.series("GET /failing", "throughput").value(Statistic::Mean), 0.0);
    assert_eq!(imported.series(None, "errors").shares(), [(124, 706)]);
    assert!(imported.notes[0].starts_with("all 124 requests of `GET /failing` failed"));
}

#[test]
fn a_run_of_locust_without_requests_holds_no_measurements() {
    for name in ["locust/idle_stats.csv", "locust/idle_stats_history.csv"] {
        let error = read_path(&samples().join(name), None).unwrap_err();
        assert!(error.to_string().ends_with("it holds no measurements"), "{error}");
    }
    assert!(error(Format::LocustJson, "[]").ends_with("it holds no measurements"));
}

#[test]
fn rows_of_locust_without_a_percentile_do_not_state_it() {
    let text = "Type,Name,Request Count,Failure Count,Average Response Time,Min Response Time,\
                Max Response Time,Requests/s,Failures/s,50%,99%\n\
                GET,/,4,0,2,1,3,1,0,2,N/A\n";
    let imported = parse(Format::LocustStats, text).unwrap();
    let latency = imported.series("GET /", "latency");
    assert!(latency.stated(Statistic::MEDIAN).is_some());
    assert_eq!(latency.stated(P99), None);
}

#[test]
fn the_history_of_locust_is_cut_into_windows() {
    let imported = sample("locust/mixed_stats_history.csv");
    let windows = imported.series(None, "errors").shares();
    assert_eq!(windows[..3], [(0, 33), (0, 73), (0, 58)]);
    assert_eq!(windows.iter().map(|(_, of)| of).sum::<u64>(), 691);
    near(imported.series(None, "throughput").samples()[1], 73.0);
    near(imported.series(None, "latency").value(Statistic::MEDIAN), 4e6);
    let Data::Points(users) = &imported.series(None, "users").data else { panic!("no points") };
    near(users[2].at_ns, 2e9);
    near(users[2].value, 6.0);
}

#[test]
fn percentiles_of_a_full_history_are_left_out() {
    let imported = sample("locust/failures_stats_history.csv");
    let latency = imported.series("GET /slow", "latency");
    assert_eq!(latency.stated(P99), None, "it is that of the last ten seconds");
    near(latency.value(Statistic::MEDIAN), 150e6);
    assert!(imported.notes[0].contains("are those of ten seconds"));
}

#[test]
fn a_reset_of_locust_starts_the_history_anew() {
    let history = |totals: &[(u64, u64)]| {
        let header = "Timestamp,User Count,Type,Name,Total Request Count,Total Failure Count,\
                      Total Average Response Time,Total Min Response Time,\
                      Total Max Response Time\n";
        let rows: String = totals
            .iter()
            .map(|(at, count)| format!("{at},1,,Aggregated,{count},0,2,1,3\n"))
            .collect();
        parse(Format::LocustHistory, &(header.to_owned() + &rows))
    };
    let imported = history(&[(10, 100), (11, 150), (12, 20), (13, 60)]).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(0, 20), (0, 40)]);
    near(imported.series(None, "requests").total(), 60.0);
    let error = history(&[(10, 100), (9, 150)]).unwrap_err();
    assert_eq!(error.to_string(), "could not import results, line 3: the time runs backwards");
}

#[test]
fn histograms_of_locust_give_their_own_percentiles() {
    let imported = sample("locust/failures.json");
    let Data::Histograms(windows) = &imported.series("GET /slow", "latency").data else {
        panic!("no histograms")
    };
    assert_eq!(windows[0].count(), 146);
    assert!((149_900_000..=150_200_000).contains(&windows[0].quantile(0.5).unwrap()));
    assert_eq!(imported.series(None, "errors").shares(), [(129, 751)]);
    all_near(&imported.series(None, "throughput").samples()[..3], &[54.0, 63.0, 54.0]);
    assert_eq!(imported.find("GET /failing", "latency"), None);
}

#[test]
fn true_in_the_older_summary_of_k6_is_a_missed_threshold() {
    let imported = sample("k6/summary-export.json");
    assert!(
        imported.failures.contains(&"the threshold `http_req_duration: p(99)<1` was missed".into())
    );
    assert!(
        imported.failures.contains(&"the threshold `http_req_failed: rate<0.01` was missed".into())
    );
    assert!(!imported.failures.iter().any(|failure| failure.contains("p(95)<5000")));
    assert!(!imported.failures.iter().any(|failure| failure.contains("rate>0.5")));
}

#[test]
fn ok_in_the_newer_summary_of_k6_is_a_kept_threshold() {
    let mut older = sample("k6/summary-export.json").failures;
    let mut newer = sample("k6/handle-summary.json").failures;
    older.sort();
    newer.sort();
    assert_eq!(older, newer);
    assert_eq!(sample("k6/summary-export-plain.json").failures, [] as [&str; 0]);
}

#[test]
fn a_threshold_of_k6_without_samples_is_a_failure() {
    for name in ["k6/summary-export.json", "k6/handle-summary.json"] {
        let imported = sample(name);
        let wanted = "the threshold `http_req_duration{name:nobody}: p(95)<10` saw no samples";
        assert!(imported.failures.iter().any(|failure| failure == wanted), "{name}");
        assert_eq!(imported.find("nobody", "latency"), None);
    }
    // By default there is no count to tell.
    let text = r#"{"metrics": {"iterations": {"count": 1, "rate": 1}, "http_req_duration{a:b}":
        {"avg": 0, "min": 0, "med": 0, "max": 0, "thresholds": {"avg<1": false}}},
        "root_group": {}}"#;
    assert_eq!(parse(Format::K6, text).unwrap().failures.len(), 1);
}

#[test]
fn passes_of_failed_requests_are_the_failures() {
    for name in ["k6/summary-export.json", "k6/handle-summary.json"] {
        let imported = sample(name);
        assert_eq!(imported.series(None, "errors").shares(), [(12, 120)], "{name}");
        assert_eq!(imported.series(None, "checks").shares(), [(108, 120)], "{name}");
    }
}

#[test]
fn times_of_k6_are_milliseconds_and_a_missing_percentile_is_missing() {
    let imported = sample("k6/handle-summary.json");
    let latency = imported.series(None, "latency");
    near(latency.value(P99), 41.175_425_01e6);
    near(latency.value(Statistic::Mean), 3.939_830_541_666_666_4e6);
    assert_eq!(latency.n(), Some(120));
    assert_eq!(imported.series(None, "parse_time").dimension, Dimension::TIME);
    near(imported.series(None, "parse_time").value(Statistic::MEDIAN), 2.25e6);
    near(imported.series(None, "throughput").value(Statistic::Mean), 451.687_089_673_332_5 * 0.9);
    let text = r#"{"metrics": {"http_reqs": {"count": 10, "rate": 1}, "http_req_duration":
        {"avg": 1, "min": 1, "med": 1, "max": 2, "p(90)": 1.5, "p(95)": 1.75}},
        "root_group": {}}"#;
    let imported = parse(Format::K6, text).unwrap();
    let latency = imported.series(None, "latency");
    near(latency.value(P95), 1.75e6);
    assert_eq!(latency.stated(P99), None);
}

#[test]
fn a_metric_of_the_script_does_not_pass_for_one_of_k6() {
    let text = r#"{"metrics": {"http_reqs": {"count": 10, "rate": 1},
        "http_req_failed": {"passes": 0, "fails": 10, "value": 0},
        "errors": {"passes": 4, "fails": 6, "value": 0.4}}, "root_group": {}}"#;
    let imported = parse(Format::K6, text).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(0, 10)]);
    assert_eq!(imported.series(None, "own errors").shares(), [(4, 10)]);
}

#[test]
fn the_machine_readable_summary_of_k6_is_read_too() {
    let text = r#"{"version": "1.0.0", "metadata": {"k6Version": "1.4.0"}, "results": {"metrics": [
        {"name": "http_reqs", "type": "counter", "contains": "default",
         "values": {"count": 310, "rate": 31.0}},
        {"name": "http_req_failed", "type": "rate", "contains": "default",
         "values": {"rate": 0.0096, "matches": 3, "total": 310}},
        {"name": "http_req_duration", "type": "trend", "contains": "time",
         "values": {"avg": 4.5, "p(99)": 9.0}}]}}"#;
    let imported = read("summary.json", text.as_bytes(), None).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(3, 310)]);
    near(imported.series(None, "latency").value(P99), 9e6);
}

#[test]
fn points_of_k6_are_samples_in_the_order_of_time() {
    let (lines, table) = (sample("k6/points.jsonl"), sample("k6/points.csv"));
    for imported in [&lines, &table] {
        let latency = imported.series(None, "latency").samples();
        assert_eq!(latency.len(), 16);
        assert_eq!(imported.series("flaky", "latency").samples().len(), 16);
        assert_eq!(imported.series("flaky", "errors").shares(), [(3, 16)]);
        near(imported.series(None, "requests").total(), 16.0);
    }
    near(lines.series(None, "latency").samples()[0], 2.083_632e6);
    near(table.series(None, "latency").samples()[0], 1.440_317e6);
}

#[test]
fn points_of_k6_give_the_rate_of_every_full_second() {
    let point = |second: u32, value: u32| {
        format!(
            "{{\"metric\":\"http_req_failed\",\"type\":\"Point\",\"data\":{{\"time\":\
             \"2026-11-21T02:00:{second:02}.5Z\",\"value\":{value},\"tags\":{{}}}}}}\n"
        )
    };
    let mut text = String::from(
        "{\"type\":\"Metric\",\"data\":{\"type\":\"rate\",\"contains\":\"default\"},\
         \"metric\":\"http_req_failed\"}\n",
    );
    for (second, value) in [(1, 0), (2, 0), (2, 0), (2, 1), (4, 0), (5, 0)] {
        text += &point(second, value);
    }
    let imported = parse(Format::K6, &text).unwrap();
    all_near(imported.series(None, "throughput").samples(), &[2.0, 0.0, 1.0]);
    let windows = [(0, 1), (1, 3), (0, 1), (0, 1)];
    assert_eq!(imported.series(None, "errors").shares(), windows);
}

#[test]
fn oha_counts_answers_of_400_and_above_as_failed() {
    let imported = sample("oha/flaky.json");
    assert_eq!(imported.series(None, "errors").shares(), [(20, 100)], "oha says 100 % success");
    near(imported.series(None, "throughput").value(Statistic::Mean), 80.0 / 2.002_584_485);
    let refused = sample("oha/refused.json");
    assert_eq!(refused.series(None, "errors").shares(), [(12, 12)]);
    assert_eq!(refused.find(None, "latency"), None);
}

#[test]
fn oha_states_seconds() {
    let latency = sample("oha/mixed.json").series(None, "latency").clone();
    near(latency.value(P99), 41.857_383e6);
    near(latency.value(Statistic::Quantile(999_900)), 42.337_675e6);
    near(latency.value(Statistic::Min), 2.188_909e6);
    let samples = sample("oha/mixed.csv").series(None, "latency").samples().to_vec();
    assert_eq!(samples.len(), 60);
    near(samples[0], 3.457_16e6);
}

#[test]
fn requests_under_way_when_oha_ends_are_not_failed() {
    let text = text_of("oha/mixed.json").replace(
        "\"errorDistribution\": {}",
        "\"errorDistribution\": {\"aborted due to deadline\": 4}",
    );
    let imported = parse(Format::Oha, &text).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(0, 200)]);
}

#[test]
fn vegeta_states_nanoseconds_and_counts_what_got_no_answer() {
    let imported = sample("vegeta/report.json");
    near(imported.series(None, "latency").value(P99), 41_857_000.0);
    assert_eq!(imported.series(None, "errors").shares(), [(20, 1000)]);
    near(imported.series(None, "throughput").value(Statistic::Mean), 980.0 / 9.992_441_87);
    let error = read_path(&samples().join("vegeta/empty.json"), None).unwrap_err();
    assert!(error.to_string().ends_with("it holds no measurements"));
}

#[test]
fn wrk_prints_two_decimals_of_a_unit_that_changes() {
    let imported = sample("wrk/latency.txt");
    let latency = imported.series(None, "latency");
    near(latency.value(P99), 41e6);
    near(latency.value(Statistic::MEDIAN), 2.34e6);
    near(latency.value(Statistic::Stddev), 13.09e6);
    near(latency.resolution.around(89_820.0), 5.0);
    near(latency.resolution.around(2.34e6), 5e3);
    near(latency.resolution.around(1.5e9), 5e6);
    near(imported.series(None, "throughput").value(Statistic::Mean), 657.0);
    assert_eq!(sample("wrk/plain.txt").series(None, "latency").stated(P99), None);
}

#[test]
fn wrk_failures_lower_the_throughput() {
    let imported = sample("wrk/non-2xx.txt");
    assert_eq!(imported.series(None, "errors").shares(), [(1227, 6136)]);
    let expected = 3066.35 * (6136.0 - 1227.0) / 6136.0;
    near(imported.series(None, "throughput").value(Statistic::Mean), expected);
}

#[test]
fn zeros_that_wrk_prints_without_answers_are_no_latencies() {
    let timeouts = sample("wrk/timeout.txt");
    assert_eq!(timeouts.find(None, "latency"), None);
    assert_eq!(timeouts.series(None, "errors").shares(), [(6, 6)]);
    let error = read_path(&samples().join("wrk/no-answer.txt"), None).unwrap_err();
    assert!(error.to_string().ends_with("it holds no measurements"));
}

#[test]
fn wrk2_states_the_corrected_distribution() {
    let text = text_of("wrk/latency.txt").replace(
        "  1974 requests",
        "  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking \
         delayed starts into account))\n 99.000%    1.00ms\n  1974 requests",
    );
    let imported = parse(Format::Wrk, &text).unwrap();
    near(imported.series(None, "latency").value(P99), 41e6);
}

#[test]
fn hey_lines_are_samples_in_the_order_of_their_start() {
    let imported = sample("hey/mixed.csv");
    let latency = imported.series(None, "latency");
    assert_eq!(latency.samples().len(), 120);
    near(latency.samples()[0], 5.2e6);
    assert_eq!(latency.resolution, Resolution::Absolute(50e3));
    assert_eq!(sample("hey/flaky.csv").series(None, "errors").shares(), [(8, 40)]);
    let error = read_path(&samples().join("hey/refused.csv"), None).unwrap_err();
    assert!(error.hint().unwrap().contains("without an answer"));
}

#[test]
fn ab_reports_whole_milliseconds_and_its_percentiles_more() {
    let report = sample("ab/mixed.txt");
    let latency = report.series(None, "latency");
    near(latency.value(P90), 40e6);
    near(latency.value(Statistic::Mean), 6e6);
    assert_eq!(latency.resolution, Resolution::Absolute(0.5e6));
    near(sample("ab/percentiles.csv").series(None, "latency").value(P99), 41.032e6);
    assert_eq!(sample("ab/requests.tsv").series(None, "latency").samples().len(), 200);
}

#[test]
fn answers_of_another_length_are_no_failures_of_ab() {
    let imported = sample("ab/flaky.txt");
    assert_eq!(imported.series(None, "errors").shares(), [(20, 100)]);
    assert!(imported.notes[0].starts_with("20 answers differed in length"));
    let text = text_of("ab/flaky.txt").replace("Non-2xx responses:      20\n", "");
    let imported = parse(Format::Ab, &text).unwrap();
    assert_eq!(imported.series(None, "errors").shares(), [(0, 100)]);
}

#[test]
fn autocannon_cuts_to_whole_milliseconds() {
    let imported = sample("autocannon/mixed.json");
    let latency = imported.series(None, "latency");
    near(latency.value(P99), 41e6);
    near(latency.value(Statistic::Quantile(975_000)), 40e6);
    assert_eq!(latency.resolution, Resolution::Absolute(1e6));
    assert_eq!(latency.n(), Some(1903));
    assert_eq!(sample("autocannon/flaky.json").series(None, "errors").shares(), [(10, 50)]);
}

#[test]
fn zeros_that_autocannon_prints_without_answers_are_no_latencies() {
    let imported = sample("autocannon/hang.json");
    assert_eq!(imported.find(None, "latency"), None);
    assert_eq!(imported.series(None, "errors").shares(), [(2, 2)]);
}

#[test]
fn clients_of_nats_bench_run_side_by_side() {
    let publish = sample("nats-bench/pub.csv");
    near(publish.series(None, "throughput").value(Statistic::Mean), 100_000.0 / 0.0425);
    let request = sample("nats-bench/request.csv");
    near(request.series("P1", "latency").value(P99), 415_500.0);
    let all = request.series(None, "latency");
    near(all.value(Statistic::Max), 2_310_551.0);
    near(all.value(Statistic::Mean), 122_415.0);
    assert_eq!(all.stated(P99), None, "percentiles of clients cannot be put together");
}
