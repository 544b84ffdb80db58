//! How messages come: in order, without loss, to one of a group, and until one has heard enough.

use crate::place::Place;

pub async fn messages_arrive_in_their_order(place: &Place) {
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut heard = listening.subscribe("count.*").await;
    listening.settle().await;
    for number in 0..1000 {
        publishing.publish(&format!("count.{}", number % 7), number.to_string()).await;
    }
    for number in 0..1000 {
        let letter = heard.next().await;
        assert_eq!(letter.subject, format!("count.{}", number % 7));
        assert_eq!(letter.payload, number.to_string());
    }
}

pub async fn nothing_is_lost_that_is_published_once_a_subscription_is_known(place: &Place) {
    const MESSAGES: usize = 10_000;
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut heard = listening.subscribe("events.>").await;
    listening.settle().await;
    for number in 0..MESSAGES {
        publishing.publish("events.one", number.to_string()).await;
    }
    publishing.publish("events.last", "").await;
    let letters = heard.until("events.last").await;
    assert_eq!(letters.len(), MESSAGES);
    assert!(letters.iter().enumerate().all(|(number, one)| one.payload == number.to_string()));
}

pub async fn a_group_shares_the_work(place: &Place) {
    let places = [place.connect().await, place.connect().await, place.connect().await];
    let mut members = Vec::new();
    for member in &places {
        members.push(member.join("work.*", "workers").await);
        member.settle().await;
    }
    let publishing = place.connect().await;
    for number in 0..300 {
        publishing.publish("work.item", number.to_string()).await;
    }
    let mut heard = Vec::new();
    let mut by = [0; 3];
    while heard.len() < 300 {
        let [one, two, three] = &mut members[..] else { panic!("three members") };
        let (member, letter) = tokio::select! {
            letter = one.next() => (0, letter),
            letter = two.next() => (1, letter),
            letter = three.next() => (2, letter),
        };
        by[member] += 1;
        heard.push(String::from_utf8(letter.payload.to_vec()).unwrap().parse::<u32>().unwrap());
    }
    heard.sort_unstable();
    assert_eq!(heard, (0..300).collect::<Vec<u32>>());
    assert!(by.iter().all(|count| *count > 0), "{by:?}");
}

pub async fn each_group_and_each_listener_gets_the_message(place: &Place) {
    let listening = place.connect().await;
    let mut heard = [
        listening.join("job", "one").await,
        listening.join("job", "two").await,
        listening.subscribe("job").await,
        listening.subscribe("*").await,
    ];
    listening.settle().await;
    let publishing = place.connect().await;
    for payload in ["a", "b", "c"] {
        publishing.publish("job", payload).await;
    }
    for one in &mut heard {
        for payload in ["a", "b", "c"] {
            assert_eq!(one.next().await.payload, payload);
        }
    }
}

pub async fn a_group_is_one_whatever_its_patterns(place: &Place) {
    let listening = place.connect().await;
    let mut one = listening.join("*.item", "workers").await;
    let mut two = listening.join("work.*", "workers").await;
    listening.settle().await;
    let publishing = place.connect().await;
    for number in 0..90 {
        publishing.publish("work.item", number.to_string()).await;
    }
    publishing.publish("last.item", "").await;
    publishing.publish("work.last", "").await;
    let shares = [one.until("last.item").await.len(), two.until("work.last").await.len()];
    assert_eq!(shares.iter().sum::<usize>(), 90);
    assert!(shares.iter().all(|share| *share > 0), "{shares:?}");
}

pub async fn nothing_is_heard_after_unsubscribing(place: &Place) {
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut gone = listening.join("news", "readers").await;
    let mut stays = listening.join("news", "readers").await;
    listening.settle().await;
    publishing.publish("news", "0").await;
    tokio::select! { _ = gone.next() => {}, _ = stays.next() => {} }
    gone.unsubscribe().await;
    listening.settle().await;
    // If the one that is gone still had its turn, some would be missing.
    for number in 1..20 {
        publishing.publish("news", number.to_string()).await;
    }
    for number in 1..20 {
        assert_eq!(stays.next().await.payload, number.to_string());
    }
}

pub async fn a_subscription_ends_after_so_many_messages(place: &Place) {
    let (listening, publishing) = (place.connect().await, place.connect().await);
    let mut heard = listening.subscribe("news").await;
    heard.unsubscribe_after(3).await;
    let mut witness = listening.subscribe("*").await;
    listening.settle().await;
    for payload in ["one", "two", "three", "four", "five"] {
        publishing.publish("news", payload).await;
    }
    publishing.publish("last", "").await;
    assert_eq!(witness.subjects_until("last").await, ["news"; 5]);
    for payload in ["one", "two", "three"] {
        assert_eq!(heard.next().await.payload, payload);
    }
    assert_eq!(heard.end_or_next().await, None);
}

pub async fn a_subscription_that_has_heard_enough_ends_at_once(place: &Place) {
    let connection = place.connect().await;
    let mut heard = connection.subscribe("news").await;
    connection.publish("news", "one").await;
    connection.publish("news", "two").await;
    assert_eq!(heard.next().await.payload, "one");
    assert_eq!(heard.next().await.payload, "two");
    heard.unsubscribe_after(1).await;
    connection.settle().await;
    connection.publish("news", "three").await;
    assert_eq!(heard.end_or_next().await, None);
}

pub async fn a_connection_hears_itself_unless_it_does_not_want_to(place: &Place) {
    let connection = place.connect().await;
    let mut heard = connection.subscribe("self").await;
    connection.publish("self", "mine").await;
    assert_eq!(heard.next().await.payload, "mine");
    let Some(deaf) = place.connect_without_echo().await else { return };
    let mut heard = [deaf.subscribe("self").await, deaf.join("self", "group").await];
    deaf.settle().await;
    deaf.publish("self", "mine").await;
    deaf.settle().await;
    connection.publish("self", "of another").await;
    for one in &mut heard {
        assert_eq!(one.next().await.payload, "of another");
    }
}
