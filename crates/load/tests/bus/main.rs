//! What users of a bus rely on, each fact held against the bus inside the process, against its
//! door, and against a real server of NATS.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod delivery;
mod limits;
mod place;
mod requests;
mod server;
mod subjects;
mod wire;

/// Makes a test of each fact at each place.
macro_rules! facts {
    ($($topic:ident: $($fact:ident)*;)*) => {
        facts!(@ inside inside, $($topic: $($fact)*;)*);
        facts!(@ at_the_door door, $($topic: $($fact)*;)*);
        facts!(@ at_a_server server, $($topic: $($fact)*;)*);
    };
    (@ $place:ident $open:ident, $($topic:ident: $($fact:ident)*;)*) => {
        mod $place {
            use crate::place::Place;

            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $fact() {
                    crate::$topic::$fact(&Place::$open().await).await;
                }
            )*)*
        }
    };
}

facts! {
    subjects:
        a_star_is_exactly_one_token
        an_angle_is_one_token_or_more
        a_plain_pattern_hears_its_subject_alone
        overlapping_subscriptions_each_get_a_copy
        what_is_no_subject_is_refused;
    delivery:
        messages_arrive_in_their_order
        nothing_is_lost_that_is_published_once_a_subscription_is_known
        a_group_shares_the_work
        each_group_and_each_listener_gets_the_message
        a_group_is_one_whatever_its_patterns
        nothing_is_heard_after_unsubscribing
        a_subscription_ends_after_so_many_messages
        a_subscription_that_has_heard_enough_ends_at_once
        a_connection_hears_itself_unless_it_does_not_want_to;
    requests:
        a_request_is_answered
        the_first_answer_counts
        a_request_to_nobody_fails
        a_request_that_nobody_answers_times_out;
    limits:
        an_empty_payload_arrives
        the_largest_payload_arrives_and_a_larger_one_is_refused
        headers_survive
        headers_count_against_the_limit;
}
