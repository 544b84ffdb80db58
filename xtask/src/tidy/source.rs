//! A Rust file as rules want to see it: code without its comments and strings, comments without
//! the code, and which lines are tests. Knows the lexical grammar, nothing of types or macros.

use std::ops::Range;

pub struct Source<'a> {
    pub text: &'a str,
    /// The text with blanks in place of comments and of the insides of strings; bytes keep their
    /// places.
    pub code: String,
    /// The text with blanks in place of everything but comments.
    pub comments: String,
    /// Bytes of items that are compiled only for tests.
    tests: Vec<Range<usize>>,
    /// Where each line starts.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Source<'a> {
        let (code, comments) = split(text);
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let starts = starts.collect();
        let tests = test_items(&code);
        Source { text, code, comments, tests, starts }
    }

    /// The line of a byte, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    pub fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// Lines that are not part of tests.
    pub fn lines_outside_tests(&self) -> usize {
        let lines = self.text.lines().count();
        let tests: usize =
            self.tests.iter().map(|r| self.line(r.end - 1) + 1 - self.line(r.start)).sum();
        lines.saturating_sub(tests)
    }

    /// The names of modules that lie in files of their own and are compiled only for tests.
    pub fn test_modules(&self) -> Vec<&str> {
        let items = self.tests.iter().map(|range| self.code[range.clone()].trim_end());
        items
            .filter_map(|item| item.strip_suffix(';')?.split_once("mod ")?.1.split(' ').next())
            .collect()
    }
}

/// The byte after the bracket that closes the one at `open`, or the end of the text.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// The byte after an item that starts at `from`: behind its body, or its semicolon.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = code.as_bytes().get(at) {
        match byte {
            b'(' | b'[' => at = closing(code, at),
            b'{' => return closing(code, at),
            b';' => return at + 1,
            _ => at += 1,
        }
    }
    code.len()
}

/// Every place where `word` stands alone, not as a part of a longer name.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[*at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Items behind an attribute `cfg` that asks for tests, attribute included.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut items: Vec<Range<usize>> = Vec::new();
    for (at, _) in code.match_indices("#[cfg(") {
        if items.last().is_some_and(|last| last.contains(&at)) {
            continue;
        }
        let end = closing(code, at + 1);
        let condition = &code[at..end];
        if words(condition, "test").next().is_some() && words(condition, "not").next().is_none() {
            items.push(at..item_end(code, after_attributes(code, end)));
        }
    }
    items
}

/// Skips blanks and attributes.
fn after_attributes(code: &str, from: usize) -> usize {
    let rest = &code[from..];
    let at = from + rest.len() - rest.trim_start().len();
    if code[at..].starts_with("#[") { after_attributes(code, closing(code, at + 1)) } else { at }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Code,
    Comment,
    Text,
}

/// The code and the comments, each with blanks for the rest.
fn split(text: &str) -> (String, String) {
    let classes = classify(text.as_bytes());
    let only = |class| {
        let kept = text.bytes().zip(&classes).map(|(byte, c)| match byte {
            b'\n' => b'\n',
            byte if *c == class => byte,
            _ => b' ',
        });
        String::from_utf8(kept.collect()).expect("classes change only beside ASCII")
    };
    (only(Class::Code), only(Class::Comment))
}

fn classify(bytes: &[u8]) -> Vec<Class> {
    let mut classes = vec![Class::Code; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let (end, class) = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => (line_end(bytes, at), Class::Comment),
            b'/' if bytes[at..].starts_with(b"/*") => (comment_end(bytes, at), Class::Comment),
            b'"' => (string_end(bytes, at), Class::Text),
            b'\'' => (char_end(bytes, at), Class::Text),
            byte if byte == b'_' || !byte.is_ascii() || byte.is_ascii_alphanumeric() => {
                let end = name_end(bytes, at);
                match raw_string_end(bytes, at, end) {
                    Some(end) => (end, Class::Text),
                    None => (end, Class::Code),
                }
            }
            _ => (at + 1, Class::Code),
        };
        // The quotes stay code, so that a string is still seen as something. One that never ends
        // may lack its last.
        let last = end - usize::from(bytes[end - 1].is_ascii());
        let inside = if class == Class::Text { at + 1..last.max(at + 1) } else { at..end };
        classes[inside].fill(class);
        at = end;
    }
    classes
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// The end of a block comment; they nest.
fn comment_end(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a character; a lifetime ends right behind its quote.
fn char_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from + 1..];
    let length = match rest.first() {
        Some(b'\\') => rest.iter().skip(2).position(|byte| *byte == b'\'').map(|length| length + 3),
        // One character of up to four bytes.
        _ => (1..=4)
            .find(|length| rest.get(*length) == Some(&b'\''))
            .filter(|length| std::str::from_utf8(&rest[..*length]).is_ok_and(is_one_char))
            .map(|length| length + 1),
    };
    from + 1 + length.unwrap_or(0)
}

fn is_one_char(text: &str) -> bool {
    text.chars().count() == 1
}

fn name_end(bytes: &[u8], from: usize) -> usize {
    let is_part = |byte: &u8| *byte == b'_' || !byte.is_ascii() || byte.is_ascii_alphanumeric();
    from + bytes[from..].iter().take_while(|byte| is_part(byte)).count()
}

/// The end of a raw string whose prefix is the name in `from..at`.
fn raw_string_end(bytes: &[u8], from: usize, at: usize) -> Option<usize> {
    if !matches!(&bytes[from..at], b"r" | b"br" | b"cr") {
        return None;
    }
    let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let body = at + hashes + 1;
    let length = bytes[body..].windows(close.len()).position(|window| window == close);
    Some(length.map_or(bytes.len(), |length| body + length + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::new(text).code
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        for (text, expected) in [
            ("a // b", "a     "),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x\"y", z)"#, r#"f("    ", z)"#),
            ("f(r#\"a\"b\"#, c)", "f(r      #, c)"),
            ("let r = br\"x\";", "let r = b   \";"),
            ("r#type + b\"q\"", "r#type + b\" \""),
            ("'a: loop { 'x' }", "'a: loop { ' ' }"),
            (r"('\'', '\\', b'\n')", "('  ', '  ', b'  ')"),
            ("('\u{e4}', x)", "('  ', x)"),
            ("&'static str", "&'static str"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn unfinished_text_is_read_to_its_end() {
        for text in ["\"abc", "\"a\\", "/* a", "r#\"a\"", "'", "'\\", "'a", "b'", "r#", "\u{e4}'"] {
            assert_eq!(code(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn comments_keep_their_places() {
        let source = Source::new("a; // why\n\"// not\"\n/// doc\nfn f() {}\n");
        assert_eq!(source.comments, "   // why\n        \n/// doc\n         \n");
    }

    #[test]
    fn items_for_tests_are_recognised_with_their_bodies() {
        let text =
            "fn a() {}\n#[cfg(test)]\n#[path = \"x\"]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let source = Source::new(text);
        assert!(source.is_test(text.find("fn b").unwrap()));
        assert!(!source.is_test(text.find("fn a").unwrap()));
        assert!(!source.is_test(text.find("fn c").unwrap()));
        assert_eq!(source.lines_outside_tests(), 2);
        assert_eq!(source.line(text.find("fn c").unwrap()), 7);
    }

    #[test]
    fn code_for_everything_but_tests_is_no_test() {
        let source =
            Source::new("#[cfg(not(test))]\nfn a() {}\n#[cfg(feature = \"test\")]\nfn b() {}");
        assert_eq!(source.lines_outside_tests(), 4);
    }

    #[test]
    fn modules_in_files_of_their_own_are_named() {
        let source = Source::new("#[cfg(test)]\npub(crate) mod oracle;\n#[cfg(test)]\nmod t {}\n");
        assert_eq!(source.test_modules(), ["oracle"]);
    }

    #[test]
    fn words_are_whole_names() {
        let found: Vec<usize> = words("fn fnord(f: fn()) {} // refn", "fn").collect();
        assert_eq!(found, [0, 12]);
    }
}
