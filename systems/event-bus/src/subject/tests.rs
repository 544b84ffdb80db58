use super::*;

#[test]
fn what_is_built_is_parsed_as_the_same() {
    for prefix in ["rosey", "rosey.staging", "a-b_1"] {
        let prefix = Prefix::new(prefix).unwrap();
        let event = prefix.event("chat.message");
        assert_eq!(event, format!("{}.events.chat.message", prefix.as_str()));
        assert_eq!(prefix.parse(&event), Some(Address::Event { kind: "chat.message" }));
        let request = prefix.request("kv.set");
        assert_eq!(request, format!("{}.db.kv.set", prefix.as_str()));
        assert_eq!(prefix.parse(&request), Some(Address::Request { operation: "kv.set" }));
        assert!(matches(&prefix.events(), &event) && !matches(&prefix.events(), &request));
        assert!(matches(&prefix.requests(), &request) && !matches(&prefix.requests(), &event));
    }
    assert_eq!(Prefix::default().as_str(), "rosey");
}

#[test]
fn subjects_of_other_prefixes_mean_nothing_here() {
    let prefix = Prefix::default();
    for subject in [
        "rosey",
        "rosey.",
        "rosey.events",
        "rosey.events.",
        "rosey.db",
        "roseyx.events.chat.message",
        "rosey.staging.events.chat.message",
        "rosey.events.chat.*",
        "rosey.monitoring.cpu",
        "",
    ] {
        assert_eq!(prefix.parse(subject), None, "{subject:?}");
    }
}

#[test]
fn a_prefix_that_is_no_subject_is_refused_with_its_text() {
    for text in ["", ".", "a.", "a b", "a.*", ">"] {
        let refusal = Prefix::new(text).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("the prefix is {text:?}, not tokens")), "{refusal}");
    }
    assert!(Prefix::new(&"a".repeat(100)).is_ok() && Prefix::new(&"a".repeat(101)).is_err());
}

#[test]
fn a_message_goes_to_every_target_whose_pattern_fits() {
    let mut router = Router::default();
    for (pattern, target) in [
        ("rosey.events.>", "all"),
        ("rosey.events.*.message", "messages"),
        ("rosey.events.chat.message", "chat"),
        ("rosey.events.chat", "nobody"),
    ] {
        router.add(pattern, target).unwrap();
    }
    let targets = |subject: &str| router.route(subject).copied().collect::<Vec<_>>().join(" ");
    assert_eq!(targets("rosey.events.chat.message"), "all messages chat");
    assert_eq!(targets("rosey.events.plugin.message"), "all messages");
    assert_eq!(targets("rosey.events.chat.message.more"), "all");
    assert_eq!(targets("rosey.events"), "");
    assert!(router.add("a.>.b", "x").is_err() && router.add("a b", "x").is_err());
}
