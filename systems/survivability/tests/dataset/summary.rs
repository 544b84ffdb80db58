//! Datasets counted.

use survivability::dataset::{DatasetReader, Outcomes, Range, Summary, summary};
use survivability::transition::WindowTag;

use crate::transitions::{lines, plain};

#[test]
fn a_summary_counts_outcomes_windows_actions_and_masks() {
    let mut blocked = plain(1, 2);
    blocked.action = -1;
    blocked.reward = -1.0;
    blocked.action_mask = vec![false, false];
    blocked.meta.window = WindowTag::Pre;
    let mut second = plain(2, 2);
    second.action = 1;
    second.action_mask[0] = false;
    second.state.paths[1].frag_indicator = 0.25;
    second.state.est_remaining_time = 0.5;
    let input = lines(&[plain(0, 4), blocked, second]);
    let found = summary(DatasetReader::over(&*input.leak(), "made").unwrap()).unwrap();
    assert_eq!(found.total, Outcomes { accepted: 2, blocked: 1 });
    assert_eq!(found.total.transitions(), 3);
    let windows = [
        (WindowTag::Pre, Outcomes { accepted: 0, blocked: 1 }),
        (WindowTag::Fail, Outcomes { accepted: 2, blocked: 0 }),
        (WindowTag::Post, Outcomes { accepted: 0, blocked: 0 }),
    ];
    assert_eq!(found.windows, windows);
    assert_eq!(found.actions, [(-1, 1), (0, 1), (1, 1)].into());
    assert_eq!((found.candidates, found.masked, found.all_masked), (8, 3, 1));
    assert_eq!(found.mask_rate(), Some(0.375));
    assert_eq!(found.hops, Some(Range { low: 3.0, high: 6.0 }));
    assert_eq!(found.frag_indicator, Some(Range { low: 0.25, high: 0.9917 }));
    assert_eq!(found.est_remaining_time, Some(Range { low: 0.5, high: 7.25 }));
    assert_eq!(found.torn_line, None);
}

#[test]
fn a_torn_end_is_told_and_counts_nowhere() {
    let mut input = lines(&[plain(0, 1), plain(1, 1)]);
    input.truncate(input.len() - 9);
    let found = summary(DatasetReader::over(&*input.leak(), "made").unwrap()).unwrap();
    assert_eq!((found.total.transitions(), found.torn_line), (1, Some(2)));
}

#[test]
fn a_bad_line_ends_a_summary() {
    let input: &[u8] = b"{}\n";
    let error = summary(DatasetReader::over(input, "made").unwrap()).unwrap_err();
    let expected = "could not read made, line 1: missing field `t` at column 2";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn nothing_sums_up_to_nothing() {
    let found = summary(DatasetReader::over(&b""[..], "made").unwrap()).unwrap();
    assert_eq!(found, Summary::new());
    assert_eq!(found.mask_rate(), None);
}
