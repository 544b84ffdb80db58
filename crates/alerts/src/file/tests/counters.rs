//! What can be said of counters only.

use super::mistakes;

#[test]
fn times_belong_to_counters_and_so_does_their_first_number() {
    let rule = |keys: &str| mistakes(&format!("[[rule]]\nname = 'a'\nabove = 1\n{keys}"));
    let over = "4: rule \"a\": `over` belongs to `rate` and `ratio`";
    assert_eq!(rule("over = '5m'\nmetric = 'health'"), [over]);
    let first = "4: rule \"a\": `first` belongs to counters, which are looked at `over` a time";
    assert_eq!(rule("first = 'count'\nmetric = 'health'"), [first]);
    assert_eq!(rule("first = 'count'\nratio = ['health', 'health']"), [first]);
    let word = "4: rule \"a\": `first` cannot be \"counts\"; is `count` meant?";
    assert_eq!(rule("first = 'counts'\nrate = 'health'\nover = '5m'"), [word]);
    let short = "4: rule \"a\": `over` of 1s is shorter than two evaluations, which are 1s apart";
    assert_eq!(rule("over = '1s'\nratio = ['health', 'health']"), [short]);
}
