//! Counts the words of a text: something small to put budgets on.

use std::collections::HashMap;

/// How often each word occurs.
#[must_use]
pub fn count(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

/// A text of so many words, the same each time.
#[must_use]
pub fn text(words: usize) -> String {
    let word = |number: usize| format!("word{} ", number * 7919 % 97);
    (0..words).map(word).collect()
}
