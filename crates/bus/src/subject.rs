//! Subjects and the patterns that are subscribed to: tokens joined by dots, `*` for one token, and
//! `>` at the end for one or more.

/// Whether a message may be sent there: tokens without spaces or wildcards, none empty.
#[must_use]
pub fn is_subject(text: &str) -> bool {
    // In one pass over bytes where that is the same: every message is asked.
    if !text.is_ascii() {
        return text.split('.').all(is_token) && is_literal(text);
    }
    let (mut length, mut is_wild) = (0, false);
    for byte in text.bytes() {
        match byte {
            b'.' if length == 0 || is_wild => return false,
            b'.' => (length, is_wild) = (0, false),
            b' ' => return false,
            _ if byte.is_ascii_control() => return false,
            _ => {
                is_wild = length == 0 && matches!(byte, b'*' | b'>');
                length += 1;
            }
        }
    }
    length > 0 && !is_wild
}

/// Whether it may be subscribed to.
#[must_use]
pub fn is_pattern(text: &str) -> bool {
    let last = text.split('.').count() - 1;
    text.split('.').enumerate().all(|(at, token)| is_token(token) && (token != ">" || at == last))
}

/// Whether a pattern matches one subject alone: itself.
#[must_use]
pub fn is_literal(pattern: &str) -> bool {
    pattern.split('.').all(|token| token != "*" && token != ">")
}

/// Whether a message to this subject belongs to this pattern.
#[must_use]
pub fn matches(pattern: &str, subject: &str) -> bool {
    let (mut wanted, mut tokens) = (pattern.split('.'), subject.split('.'));
    loop {
        match (wanted.next(), tokens.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(want), Some(token)) if want == token => {}
            _ => return false,
        }
    }
}

/// Whether a group of subscribers may be called so: one word.
#[must_use]
pub fn is_queue(text: &str) -> bool {
    is_token(text)
}

fn is_token(token: &str) -> bool {
    !token.is_empty() && !token.contains(|c: char| c.is_ascii_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_pass_over_the_bytes_says_what_the_tokens_say(
            text in "[a.*> \t\u{85}\u{e9}\x7f]{0,8}",
        ) {
            let tokens = text.split('.').all(is_token) && is_literal(&text);
            prop_assert_eq!(is_subject(&text), tokens);
        }
    }

    #[test]
    fn a_star_is_one_token_and_an_angle_one_or_more() {
        assert!(matches("chat.*", "chat.message") && !matches("chat.*", "chat"));
        assert!(matches("chat.>", "chat.message.sent") && !matches("chat.>", "chat"));
        assert!(matches("*.message", "chat.message") && !matches("*.message", "chat.a.message"));
        assert!(matches("chat", "chat") && !matches("chat", "chat.message"));
    }

    #[test]
    fn what_is_no_subject_is_refused() {
        for text in ["", ".", "a.", ".a", "a..b", "a b", "a\tb", "a.*", ">"] {
            assert!(!is_subject(text), "{text:?}");
        }
        assert!(is_subject("rosey.events.chat-message_1"));
        assert!(is_pattern("a.*.>") && !is_pattern("a.>.b") && is_pattern(">"));
    }
}
