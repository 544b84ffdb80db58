use proptest::prelude::*;

use super::super::{mark, sample};
use super::*;

/// Every number that stands for a place in the markup of a chart: across, and up and down.
fn coordinates(markup: &str) -> (Vec<f64>, Vec<f64>) {
    let read = |name: &str| -> Vec<f64> {
        let rests = markup.split(name).skip(1);
        let texts = rests.filter_map(|rest| rest.split('"').next());
        texts.map(|text| text.trim_end_matches('%').parse().unwrap()).collect()
    };
    let mut across = read(" x=\"");
    let mut down = [read(" y=\""), read(" y1=\"")].concat();
    for rest in markup.split(" d=\"").skip(1) {
        let path = rest.split('"').next().unwrap();
        let mut steps = path.split_inclusive(|c: char| c.is_ascii_alphabetic());
        let mut step = steps.next().unwrap();
        for part in steps {
            let numbers = part.trim_end_matches(|c: char| c.is_ascii_alphabetic()).split(' ');
            let numbers: Vec<f64> =
                numbers.filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()).collect();
            match (step.chars().last().unwrap(), &numbers[..]) {
                ('H', [x]) => across.push(x / 10.0),
                ('V', [y]) => down.push(*y),
                ('M' | 'L', [x, y]) => {
                    across.push(x / 10.0);
                    down.push(*y);
                }
                ('z', []) => {}
                other => panic!("{other:?} in {path}"),
            }
            step = part;
        }
    }
    (across, down)
}

#[test]
fn a_course_with_everything() {
    insta::assert_snapshot!(line(&sample::course()).into_string().replace("><", ">\n<"));
}

#[test]
fn one_run_stands_in_the_middle() {
    let course = Course { stops: vec![sample::stop(0, Finding::Within, 12e6)], ..sample::empty() };
    let markup = line(&course).into_string();
    assert!(markup.contains("x=\"50.00%\""), "{markup}");
    // Nothing to join, but an interval.
    assert!(markup.contains("class=\"whisker\"") && !markup.contains("class=\"band\""));
}

#[test]
fn no_runs_are_no_marks_and_no_fault() {
    let markup = line(&sample::empty()).into_string();
    assert!(!markup.contains("<use") && markup.contains("no value in 0 runs"));
}

#[test]
fn every_mark_leads_to_its_run_and_tells_of_it() {
    let course = sample::course();
    let markup = line(&course).into_string();
    for stop in &course.stops {
        assert!(markup.contains(&format!("href=\"{}\"", stop.address)), "{}", stop.run);
        assert!(markup.contains(&format!("<title>{}", stop.run)), "{}", stop.run);
        assert!(markup.contains(mark::id(stop.finding.unwrap())));
    }
}

#[test]
fn another_level_begins_at_a_line_half_way_to_the_run_before() {
    let markup = line(&sample::course()).into_string();
    assert!(markup.contains("<line class=\"turn\" x1=\"30.60%\" x2=\"30.60%\""), "{markup}");
    let steady = Course { turns: Vec::new(), ..sample::course() };
    assert!(!line(&steady).into_string().contains("turn"));
}

#[test]
fn what_was_not_judged_has_no_mark() {
    let mut course = sample::course();
    course.stops[0].finding = None;
    let markup = line(&course).into_string();
    assert!(!markup.contains(&course.stops[0].address));
}

proptest! {
    #[test]
    fn every_place_is_a_number_within_the_picture(course in sample::any_course()) {
        let markup = line(&course).into_string();
        let (across, down) = coordinates(&markup);
        // Names of values stand left of it, moments below.
        prop_assert!(across.iter().all(|x| (-8.0..=100.0).contains(x)), "{across:?}");
        prop_assert!(down.iter().all(|y| (0.0..=HEIGHT + 16.0).contains(y)), "{down:?}");
    }
}
