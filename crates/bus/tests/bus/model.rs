//! Routing against the naive answer: ask every subscription, by a matcher that shares no code
//! with ours, after any coming and going.

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_bus::{Bus, Subscription, subject};

/// Matching by recursion over lists of tokens.
fn matches(pattern: &[&str], subject: &[&str]) -> bool {
    match (pattern, subject) {
        ([], []) => true,
        ([">"], [_, ..]) => true,
        ([first, pattern @ ..], [token, subject @ ..]) => {
            (*first == "*" || first == token) && matches(pattern, subject)
        }
        _ => false,
    }
}

fn naive(pattern: &str, subject: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let subject: Vec<&str> = subject.split('.').collect();
    matches(&pattern, &subject)
}

fn subjects() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof!["a", "b", "ab"], 1..4).prop_map(|all| all.join("."))
}

fn patterns() -> impl Strategy<Value = String> {
    let token = prop_oneof![2 => "a", 2 => "b", 1 => "ab", 2 => Just("*".to_owned())];
    let tokens = proptest::collection::vec(token, 0..4);
    (tokens, any::<bool>()).prop_map(|(mut tokens, rest)| {
        if rest || tokens.is_empty() {
            tokens.push(">".to_owned());
        }
        tokens.join(".")
    })
}

#[derive(Clone, Debug)]
enum Step {
    Subscribe(String, Option<u8>),
    Unsubscribe(usize),
    /// Which of those that are there ends after how many more messages.
    End(usize, u64),
    Publish(String),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (patterns(), proptest::option::of(0..2_u8))
            .prop_map(|(pattern, queue)| Step::Subscribe(pattern, queue)),
        1 => any::<usize>().prop_map(Step::Unsubscribe),
        1 => (any::<usize>(), 0..3_u64).prop_map(|(which, more)| Step::End(which, more)),
        4 => subjects().prop_map(Step::Publish),
    ]
}

/// A subscription and what is known of it without asking it.
struct Known {
    heard: Subscription,
    pattern: String,
    queue: Option<u8>,
    seen: u64,
    most: u64,
}

/// The naive bus: a list.
struct Model {
    bus: Bus,
    known: Vec<Known>,
    published: u64,
}

impl Model {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Subscribe(pattern, queue) => {
                let heard = match queue {
                    None => self.bus.subscribe(pattern),
                    Some(queue) => self.bus.queue_subscribe(pattern, &queue.to_string()),
                };
                let (heard, pattern) = (heard.unwrap(), pattern.clone());
                self.known.push(Known { heard, pattern, queue: *queue, seen: 0, most: u64::MAX });
            }
            Step::Unsubscribe(which) if !self.known.is_empty() => {
                let which = which % self.known.len();
                self.known.remove(which).heard.unsubscribe();
            }
            Step::End(which, more) if !self.known.is_empty() => {
                let which = which % self.known.len();
                let known = &mut self.known[which];
                known.most = known.most.min(known.seen + more);
                known.heard.unsubscribe_after(known.most);
            }
            Step::Publish(subject) => self.publish(subject),
            Step::Unsubscribe(_) | Step::End(..) => {}
        }
    }

    fn publish(&mut self, subject: &str) {
        self.published += 1;
        let payload = Bytes::from(self.published.to_string());
        let taken = self.bus.publish(subject, payload.clone()).unwrap();
        let mut groups = [0; 2];
        let mut expected = [0; 2];
        let mut alone = 0;
        for known in &mut self.known {
            let hears = known.seen < known.most && naive(&known.pattern, subject);
            let got = known.heard.try_next();
            assert!(known.heard.try_next().is_none(), "twice");
            known.seen += u64::from(got.is_some());
            if let Some(message) = &got {
                assert_eq!((&*message.subject, &message.payload), (subject, &payload));
                assert!(hears, "{} does not hear {subject}", known.pattern);
            }
            match known.queue {
                None => {
                    assert_eq!(got.is_some(), hears, "{} and {subject}", known.pattern);
                    alone += usize::from(hears);
                }
                Some(queue) => {
                    groups[usize::from(queue)] += usize::from(got.is_some());
                    expected[usize::from(queue)] |= usize::from(hears);
                }
            }
        }
        assert_eq!(groups, expected, "one of each group hears {subject}");
        assert_eq!(taken, alone + groups.iter().sum::<usize>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_pattern_matches_what_the_naive_matcher_says(pattern in patterns(), subject in subjects()) {
        prop_assert!(subject::is_pattern(&pattern) && subject::is_subject(&subject));
        prop_assert_eq!(subject::matches(&pattern, &subject), naive(&pattern, &subject));
        prop_assert_eq!(subject::is_literal(&pattern), subject::is_subject(&pattern));
    }

    #[test]
    fn whatever_comes_and_goes_those_hear_a_subject_that_match_it(
        steps in proptest::collection::vec(steps(), 1..60),
    ) {
        let mut model = Model { bus: Bus::new(), known: Vec::new(), published: 0 };
        for step in &steps {
            model.step(step);
        }
    }
}

#[test]
fn more_subjects_than_are_remembered_are_still_heard() {
    let bus = Bus::new();
    let mut all = bus.subscribe("many.*").unwrap();
    for round in 0..2 {
        for number in 0..10_000 {
            let subject = format!("many.{number}");
            assert_eq!(bus.publish(&subject, Bytes::new()), Ok(1), "{round}");
            assert_eq!(&*all.try_next().unwrap().subject, subject);
        }
    }
}

#[test]
fn a_subject_of_very_many_tokens_is_heard() {
    let bus = Bus::new();
    let deep = vec!["a"; 100_000].join(".");
    let mut exact = bus.subscribe(&deep).unwrap();
    let mut stars = bus.subscribe(&vec!["*"; 100_000].join(".")).unwrap();
    assert_eq!(bus.publish(&deep, Bytes::new()), Ok(2));
    assert!(exact.try_next().is_some() && stars.try_next().is_some());
    drop((exact, stars));
    assert_eq!(bus.publish(&deep, Bytes::new()), Ok(0));
}
