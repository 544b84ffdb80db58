use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn parse(line: &str) -> Record {
    Record::parse_line(line).unwrap().expect("a record")
}

fn error(line: &str) -> String {
    Record::parse_line(line).expect_err(line).to_string()
}

#[test]
fn a_line_of_each_kind_is_read() {
    let cases: &[(&str, Values)] = &[
        (r#""samples":[1,2.5]"#, Values::Samples(vec![1.0, 2.5])),
        (r#""histogram":[[5,3],[7.5,1]]"#, Values::Histogram(vec![(5.0, 3), (7.5, 1)])),
        (r#""hdr":"HISTFAAAAA""#, Values::Hdr("HISTFAAAAA".to_owned())),
        (r#""batches":[[1200,100]]"#, Values::Batches(vec![(1200.0, 100)])),
        (r#""points":[[0,10],[1.5,12]]"#, Values::Points(vec![(0.0, 10.0), (1.5, 12.0)])),
        (r#""total":17"#, Values::Total(17.0)),
        (r#""value":-3e2"#, Values::Value(-300.0)),
    ];
    for (data, values) in cases {
        let line = format!(r#"{{"tollgate":1,"metric":"depth","unit":"us",{data}}}"#);
        let expected = Record {
            operation: None,
            metric: "depth".to_owned(),
            unit: "us".to_owned(),
            better: None,
            values: values.clone(),
        };
        assert_eq!(parse(&line), expected, "{line}");
    }
}

#[test]
fn shares_need_no_unit() {
    let record = parse(r#"{"tollgate":1,"metric":"hits","shares":[[3,4],[0,0]]}"#);
    assert_eq!(record.values, Values::Shares(vec![(3, 4), (0, 0)]));
    assert_eq!(record.unit, "%");
    let with_unit = r#"{"tollgate":1,"metric":"hits","unit":"ms","shares":[[3,4]]}"#;
    assert!(error(with_unit).contains("a share has none, or `%`"));
}

#[test]
fn other_output_is_not_a_record() {
    for line in [
        "",
        "starting",
        "{",
        "{}",
        r#"{"level":"info","message":"ready"}"#,
        r#"{level=info about="tollgate"}"#,
        r#"INFO {"tollgate":1}"#,
        r#"["tollgate"]"#,
        r#"{"nested":{"tollgate":1}}"#,
        r#"{"text":"the key \"tollgate\": 1"}"#,
    ] {
        assert_eq!(Record::parse_line(line), Ok(None), "{line}");
    }
}

#[test]
fn keys_may_come_in_any_order_with_any_blanks() {
    let record =
        parse("  { \"metric\" : \"m\", \"samples\" : [ 1 ], \"unit\":\"s\",\t\"tollgate\" : 1 }  ");
    assert_eq!(record.metric, "m");
}

#[test]
fn a_line_that_means_to_be_a_record_is_never_skipped() {
    for (line, part) in [
        (r#"{"tollgate""#, "EOF"),
        (r#"{"tollgate":1"#, "EOF"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","samples":[1,"#, "EOF"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","samples":[NaN]}"#, "not numbers in JSON"),
        (r#"{"metric":"m","unit":"s","samples":[Infinity],"tollgate":1}"#, "not numbers in JSON"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","value":1} trailing"#, "trailing"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","value":1e999}"#, "out of range"),
        (r#"{"tollgate":2,"metric":"m","unit":"s","value":1}"#, "not 2"),
        (r#"{"tollgate":2,"something":"new"}"#, "not 2"),
        (r#"{"tollgate":"1","metric":"m","unit":"s","value":1}"#, "must be 1, not \"1\""),
        (r#"{"tollgate":1,"unit":"s","value":1}"#, "missing field `metric`"),
        (r#"{"tollgate":1,"metric":"m","value":1}"#, "no `unit`"),
        (r#"{"tollgate":1,"metric":"m","unit":"s"}"#, "none of samples"),
        (
            r#"{"tollgate":1,"metric":"m","unit":"s","value":1,"total":2}"#,
            "both `total` and `value`",
        ),
        (
            r#"{"tollgate":1,"metric":"m","unit":"s","value":1,"colour":2}"#,
            "unknown field `colour`",
        ),
        (r#"{"tollgate":1,"metric":"m","metric":"n","unit":"s","value":1}"#, "duplicate field"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","value":"1"}"#, "invalid type"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","samples":[]}"#, "`samples` is empty"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","hdr":""}"#, "`hdr` is empty"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","histogram":[[1,-1]]}"#, "-1"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","histogram":[[-1,1]]}"#, "may not be negative"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","histogram":[[1,2,3]]}"#, "trailing characters"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","histogram":[[1,1.5]]}"#, "1.5"),
        (r#"{"tollgate":1,"metric":"m","unit":"s","batches":[[5,0]]}"#, "no iterations"),
        (r#"{"tollgate":1,"metric":"m","shares":[[5,4]]}"#, "more than all"),
        (
            r#"{"tollgate":1,"metric":"m","unit":"s","points":[[2,1],[1,1]]}"#,
            "1 s after one at 2 s",
        ),
        (r#"{"tollgate":1,"metric":"m","unit":"s","better":"faster","value":1}"#, "`faster`"),
        (r#"{"tollgate":1,"metric":"","unit":"s","value":1}"#, "`metric` is empty"),
        (r#"{"tollgate":1,"metric":" m","unit":"s","value":1}"#, "has blanks around it"),
        (r#"{"tollgate":1,"metric":"a\nb","unit":"s","value":1}"#, "control character"),
        (
            r#"{"tollgate":1,"operation":"","metric":"m","unit":"s","value":1}"#,
            "`operation` is empty",
        ),
    ] {
        let found = error(line);
        assert!(found.contains(part), "{line}\n  says: {found}\n  not: {part}");
    }
}

#[test]
fn an_error_shows_the_text_it_is_about_and_no_more() {
    let line = format!(
        r#"{{"tollgate":1,"metric":"m","unit":"s","samples":[{}oops{}]}}"#,
        "1,".repeat(10_000),
        ",1".repeat(10_000)
    );
    let found = error(&line);
    assert!(found.contains("oops"), "{found}");
    assert!(found.len() < 300, "{found}");
    assert!(!found.contains("line 1"), "{found}");
}

#[test]
fn absurd_sizes_are_refused() {
    let name = "m".repeat(LONGEST_NAME + 1);
    let line = format!(r#"{{"tollgate":1,"metric":"{name}","unit":"s","value":1}}"#);
    assert!(error(&line).contains("too long"));
    let values = vec!["1"; MOST_VALUES + 1].join(",");
    let line = format!(r#"{{"tollgate":1,"metric":"m","unit":"s","samples":[{values}]}}"#);
    assert!(error(&line).contains("holds 1000001 values"));
    let line = format!(r#"{{"tollgate":1{}}}"#, " ".repeat(LONGEST_LINE));
    assert!(error(&line).contains("print several"));
}

#[test]
fn what_no_line_may_hold_is_not_printed() {
    for values in [
        Values::Value(f64::NAN),
        Values::Total(f64::INFINITY),
        Values::Samples(vec![1.0, f64::NEG_INFINITY]),
        Values::Samples(vec![]),
        Values::Batches(vec![(1.0, 0)]),
        Values::Shares(vec![(2, 1)]),
    ] {
        let record = Record {
            operation: None,
            metric: "m".to_owned(),
            unit: "s".to_owned(),
            better: None,
            values,
        };
        let mut out = Vec::new();
        let error = record.print(&mut out).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(out.is_empty());
    }
}

fn some_values() -> impl Strategy<Value = Values> {
    let number = || prop_oneof![-1e12..1e12_f64, Just(0.0), Just(f64::MAX), Just(5e-324)];
    let size = || number().prop_map(f64::abs);
    let points = vec((0.0..1e6_f64, number()), 1..9).prop_map(|mut points| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    });
    let share = (any::<u64>(), any::<u64>()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop_oneof![
        vec(number(), 1..9).prop_map(Values::Samples),
        vec((size(), any::<u64>()), 1..9).prop_map(Values::Histogram),
        "[A-Za-z0-9+/]{1,40}".prop_map(Values::Hdr),
        vec((size(), 1..u64::MAX), 1..9).prop_map(Values::Batches),
        points.prop_map(Values::Points),
        vec(share, 1..9).prop_map(Values::Shares),
        number().prop_map(Values::Total),
        number().prop_map(Values::Value),
    ]
}

fn some_record() -> impl Strategy<Value = Record> {
    let name = || r#"[a-zé"\\/{}]([a-zé"\\ :,]{0,20}[a-z])?"#;
    let better = prop_oneof![Just(Better::Lower), Just(Better::Higher)];
    let unit = prop_oneof![Just("ms"), Just(""), Just("MB/h")];
    (proptest::option::of(name()), name(), unit, proptest::option::of(better), some_values())
        .prop_map(|(operation, metric, unit, better, values)| {
            let unit = if let Values::Shares(_) = values { "%" } else { unit };
            Record { operation, metric, unit: unit.to_owned(), better, values }
        })
}

proptest! {
    /// parse(print(r)) = r for every record, to the last bit of every number, on one line.
    #[test]
    fn a_record_survives_being_printed(record in some_record()) {
        let mut out = Vec::new();
        record.print(&mut out).unwrap();
        let line = String::from_utf8(out).unwrap();
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(Record::parse_line(&line), Ok(Some(record)));
    }

    /// A record of which the end was lost is an error, wherever it was cut after its first key.
    #[test]
    fn a_cut_record_is_an_error(record in some_record(), cut in 0.0..1.0_f64) {
        let mut out = Vec::new();
        record.print(&mut out).unwrap();
        let line = String::from_utf8(out).unwrap();
        let (first, last) = (r#"{"tollgate""#.len(), line.len() - 2);
        let end = line.floor_char_boundary(first + ((last - first) as f64 * cut) as usize);
        prop_assert!(Record::parse_line(&line[..end.max(first)]).is_err());
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_a_record_or_not_or_an_error(text in r#"(\{"tollgate":1,)?\PC{0,80}"#) {
        let _ = Record::parse_line(&text);
    }
}
