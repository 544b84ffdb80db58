//! One line, written and read.

use proptest::prelude::*;
use serde_json::{Value, json};
use survivability::dataset::{Flaw, parse_line, write_line};
use survivability::transition::Transition;

use crate::transitions::{any_transition, lines, plain};

#[test]
fn a_line_has_the_documented_bytes() {
    let path = |hops: u16| {
        format!(
            "{{\"path_hops\":{hops},\"min_residual_slots\":17,\"frag_indicator\":0.9917,\
             \"failure_mask\":0,\"dist_to_disaster_centroid\":2}}"
        )
    };
    let expected = format!(
        "{{\"t\":7,\"seed\":42,\"state\":{{\"src\":0,\"dst\":13,\"slots_needed\":3,\
         \"est_remaining_time\":7.25,\"is_disaster\":1,\"paths\":[{},{}]}},\"action\":0,\
         \"reward\":1.0,\"next_state\":null,\"action_mask\":[true,true],\"meta\":{{\
         \"schema_version\":1,\"decision_time_ms\":0.0,\"restoration_latency_ms\":50.0,\
         \"bp_window_tag\":\"fail\",\"backup_available\":true,\"was_groomed\":false}}}}\n",
        path(3),
        path(4)
    );
    assert_eq!(String::from_utf8(lines(&[plain(7, 2)])).unwrap(), expected);
}

#[test]
fn lines_written_by_python_are_read_and_written_as_the_same_bytes() {
    let golden = include_bytes!("../golden/dataset.jsonl");
    let read: Vec<Transition> = golden
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| parse_line(line).unwrap())
        .collect();
    assert_eq!(read.len(), 24);
    assert_eq!(lines(&read), golden);
}

#[test]
fn the_documented_example_is_a_transition() {
    let document = include_str!("../../docs/dataset.md");
    let (_, rest) = document.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    assert_eq!(parse_line(example.as_bytes()), Ok(plain(7, 1)));
}

proptest! {
    /// For every sound transition x: parse(write(x)) = x, to the bit of its floats.
    #[test]
    fn what_is_written_is_read_as_the_same(transition in any_transition(6)) {
        let line = lines(std::slice::from_ref(&transition));
        let read = parse_line(&line).unwrap();
        prop_assert_eq!(&read, &transition);
        // Also where equal floats have different bits, as the zeros have.
        prop_assert_eq!(lines(&[read]), line);
    }

    /// The same keys, order and numbers as serde_json's writer has.
    #[test]
    fn the_bytes_are_those_of_serde_json(transition in any_transition(4)) {
        let line = lines(std::slice::from_ref(&transition));
        prop_assert_eq!(line, reference(&transition).into_bytes());
    }

    #[test]
    fn a_line_cut_anywhere_is_refused(transition in any_transition(2), at in any::<usize>()) {
        let line = lines(&[transition]);
        // Without its newline and its last brace.
        let cut = &line[..at % (line.len() - 1)];
        prop_assert!(parse_line(cut).is_err());
    }

    #[test]
    fn a_changed_byte_gives_a_sound_transition_or_an_error(
        transition in any_transition(3),
        at in any::<usize>(),
        byte in any::<u8>(),
    ) {
        let mut line = lines(&[transition]);
        let at = at % line.len();
        line[at] = byte;
        if let Ok(read) = parse_line(&line) {
            let again = lines(std::slice::from_ref(&read));
            prop_assert_eq!(parse_line(&again), Ok(read));
        }
    }
}

/// Each object by serde_json's own formatting of each number.
fn reference(transition: &Transition) -> String {
    let json = |value: f64| serde_json::to_string(&value).unwrap();
    let state = |state: &survivability::state::State| {
        let path = |path: &survivability::state::PathFeatures| {
            format!(
                "{{\"path_hops\":{},\"min_residual_slots\":{},\"frag_indicator\":{},\
                 \"failure_mask\":{},\"dist_to_disaster_centroid\":{}}}",
                path.hops,
                path.min_residual_slots,
                json(path.frag_indicator),
                u8::from(path.is_failed),
                path.dist_to_disaster_centroid
            )
        };
        format!(
            "{{\"src\":{},\"dst\":{},\"slots_needed\":{},\"est_remaining_time\":{},\
             \"is_disaster\":{},\"paths\":[{}]}}",
            state.src,
            state.dst,
            state.slots_needed,
            json(state.est_remaining_time),
            u8::from(state.is_disaster),
            state.paths.iter().map(path).collect::<Vec<_>>().join(",")
        )
    };
    let meta = &transition.meta;
    format!(
        "{{\"t\":{},\"seed\":{},\"state\":{},\"action\":{},\"reward\":{},\"next_state\":{},\
         \"action_mask\":{},\"meta\":{{\"schema_version\":1,\"decision_time_ms\":{},\
         \"restoration_latency_ms\":{},\"bp_window_tag\":\"{}\",\"backup_available\":{},\
         \"was_groomed\":{}}}}}\n",
        transition.t,
        json!(transition.seed),
        state(&transition.state),
        transition.action,
        json(transition.reward),
        transition.next_state.as_ref().map_or("null".to_owned(), state),
        json!(transition.action_mask),
        json(meta.decision_time_ms),
        json(meta.restoration_latency_ms),
        meta.window.name(),
        meta.backup_available,
        meta.was_groomed
    )
}

#[test]
fn the_smallest_record_can_be_read_and_written() {
    let smallest = br#"{"t": 0, "seed": null, "state": {"src": 0, "dst": 13, "paths": []},
        "action": 2, "reward": 1.0, "next_state": null,
        "action_mask": [true, false, true, false], "meta": {}}"#;
    let read = parse_line(smallest).unwrap();
    let meta = read.meta;
    assert_eq!(
        (read.state.slots_needed, read.state.is_disaster, meta.was_groomed),
        (0, false, false)
    );
    assert_eq!(meta.window.name(), "pre");
    assert_eq!(parse_line(&lines(std::slice::from_ref(&read))), Ok(read));
}

/// What reading says of the plain record after a change to it.
fn changed(change: impl Fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_slice(&lines(&[plain(0, 2)])).unwrap();
    change(&mut value);
    parse_line(value.to_string().as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_named() {
    let removed = |pointer: &'static str, key: &'static str| {
        changed(move |value| {
            value.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        })
    };
    let set = |pointer: &'static str, new: Value| {
        changed(move |value| *value.pointer_mut(pointer).unwrap() = new.clone())
    };
    let added = |pointer: &'static str| {
        changed(move |value| {
            value.pointer_mut(pointer).unwrap()["colour"] = json!("red");
        })
    };
    for (said, expected) in [
        (removed("", "t"), "missing field `t`"),
        (removed("", "seed"), "missing field `seed`"),
        (removed("", "next_state"), "missing field `next_state`"),
        (removed("", "meta"), "missing field `meta`"),
        (removed("/state", "paths"), "missing field `paths`"),
        (removed("/state/paths/1", "failure_mask"), "missing field `failure_mask`"),
        (added(""), "unknown field `colour`"),
        (added("/state"), "unknown field `colour`"),
        (added("/state/paths/0"), "unknown field `colour`"),
        (added("/meta"), "unknown field `colour`"),
        (set("/state/src", json!("0")), "invalid type: string \"0\", expected u32"),
        (set("/t", json!(-1)), "invalid value: integer `-1`, expected u64"),
        (set("/action", json!(0.0)), "invalid type: floating point `0.0`, expected i32"),
        (set("/reward", json!(null)), "invalid type: null, expected f64"),
        (set("/state/is_disaster", json!(2)), "invalid value: integer `2`, expected 0 or 1"),
        (set("/state/is_disaster", json!(true)), "invalid type: boolean `true`, expected 0 or 1"),
        (set("/action_mask/0", json!(1)), "invalid type: integer `1`, expected a boolean"),
        (
            set("/meta/bp_window_tag", json!("during")),
            "invalid value: string \"during\", expected \"pre\", \"fail\" or \"post\"",
        ),
        (set("/state/paths/0/path_hops", json!(65_536)), "invalid value: integer `65536`"),
        (set("/meta/schema_version", json!(2)), "schema version 2, of which only 1 is known"),
        (set("/meta/schema_version", json!(0)), "schema version 0, of which only 1 is known"),
        (set("/action", json!(2)), "action 2 of 2 candidates"),
        (set("/action", json!(-2)), "action -2 of 2 candidates"),
        (set("/action_mask/0", json!(false)), "action 0 is masked, and others are not"),
        (set("/action_mask", json!([true])), "a mask of 1 for 2 paths"),
    ] {
        assert!(said.starts_with(expected), "{said}, not {expected}");
    }
}

#[test]
fn a_mistake_of_form_names_its_column() {
    let said = parse_line(b"{\"t\":1,\"t\":2}").unwrap_err();
    assert_eq!(said.to_string(), "duplicate field `t` at column 10");
    for text in ["", "\n", "{", "[]", "null", "{}x", "\u{0}", "{\"t\":1e999}"] {
        let said = parse_line(text.as_bytes()).unwrap_err();
        assert!(matches!(said, Flaw::Json { .. }), "{text:?}: {said:?}");
    }
}

#[test]
fn a_later_version_is_told_even_where_its_keys_are_unknown() {
    let later = br#"{"t":0,"weather":"fair","meta":{"schema_version":7,"wind":3}}"#;
    assert_eq!(parse_line(later), Err(Flaw::Version(7)));
}

#[test]
fn a_choice_against_a_mask_without_candidates_is_sound() {
    let mut all_masked = plain(0, 2);
    all_masked.action_mask = vec![false, false];
    let mut line = Vec::new();
    write_line(&all_masked, &mut line);
    assert_eq!(parse_line(&line), Ok(all_masked));
}
