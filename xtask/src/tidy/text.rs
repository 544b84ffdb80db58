//! Rules over every text file: no pictographs, no paths of somebody's machine, no notes to self.

use super::File;
use super::source::words;
use crate::finding::Finding;

/// Notes that must become work or a sentence. Put together, so that this file does not hold them.
pub const NOTES: &[&str] = &[concat!("FIX", "ME"), concat!("X", "XX")];

/// Where somebody's files lie.
const MACHINES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/fa", "rm/"),
    concat!("/Us", "ers/"),
];

pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = machine_paths(file);
    if !file.is_sample() {
        findings.extend(pictographs(file));
        if !file.is("rs") {
            findings.extend(notes(file));
        }
    }
    findings
}

fn pictographs(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, number) in file.text.lines().zip(1..) {
        if let Some(sign) = line.chars().find(|c| is_pictograph(*c)) {
            let text = format!("U+{:04X}", u32::from(sign));
            findings.push(file.finding(number, "pictograph", text, "say it in words"));
        }
    }
    findings
}

/// Emoji, dingbats and other small pictures. Letters, arrows, box drawing and mathematics are
/// none.
fn is_pictograph(sign: char) -> bool {
    matches!(
        u32::from(sign),
        0x1F000..=0x1FAFF        // emoji, cards, dominoes
            | 0x2600..=0x27BF    // weather, chess, ticks and crosses, hands
            | 0x2B1B | 0x2B1C | 0x2B50 | 0x2B55
            | 0x231A | 0x231B | 0x23E9..=0x23F3
            | 0xFE0F             // asks for a picture in place of the sign before it
    )
}

fn machine_paths(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, number) in file.text.lines().zip(1..) {
        for path in MACHINES {
            let absolute = line.match_indices(path).any(|(at, _)| starts_path(&line[..at]));
            if absolute {
                let remedy = "use a path relative to the repository, or one that means nothing";
                findings.push(file.finding(number, "machine-path", format!("`{path}`"), remedy));
            }
        }
    }
    findings
}

/// Whether a path that follows `before` would be absolute, not the rest of a longer path.
fn starts_path(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || "_-.~}$*".contains(c))
}

fn notes(file: &File) -> Vec<Finding> {
    let mut notes = NOTES.to_vec();
    if file.is("md") {
        notes.push(concat!("TO", "DO"));
    }
    let mut findings = Vec::new();
    for (line, number) in file.text.lines().zip(1..) {
        for note in notes.iter().filter(|note| words(line, note).next().is_some()) {
            let remedy = "do it, or write the doubt down as a sentence";
            findings.push(file.finding(number, "leftover", format!("`{note}`"), remedy));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&file).iter().map(|f| format!("{} {} {}", f.line, f.rule, f.text)).collect()
    }

    #[test]
    fn pictographs_are_found_by_their_number() {
        assert_eq!(found("a.md", "good\nb\u{1F680}\n"), ["2 pictograph U+1F680"]);
        assert_eq!(found("a.sh", "\u{2705}"), ["1 pictograph U+2705"]);
        assert_eq!(found("a.rs", "// \u{26A0}\u{FE0F}"), ["1 pictograph U+26A0"]);
    }

    #[test]
    fn letters_arrows_and_mathematics_are_not_pictographs() {
        let signs =
            "\u{e4} \u{3bc}s \u{2192} \u{2264} \u{b1} \u{2500} \u{2588} \u{28FF} \u{d7} \u{2026}";
        assert_eq!(found("a.md", signs), [""; 0]);
    }

    #[test]
    fn a_path_of_somebodys_machine_is_found_in_samples_too() {
        let home = concat!("/ho", "me/");
        let expected = format!("1 machine-path `{home}`");
        assert_eq!(found("testdata/a.json", &format!("{{\"cwd\": \"{home}ann\"}}")), [&*expected]);
        assert_eq!(found("a.rs", &format!("// see {home}ann")), [&*expected]);
    }

    #[test]
    fn a_path_below_another_folder_is_no_machine_path() {
        let home = concat!("/ho", "me/");
        for before in ["https://example.org", "target", "{port}", "..", "~", "$DIR"] {
            assert_eq!(found("a.md", &format!("{before}{home}x")), [""; 0], "{before}");
        }
    }

    #[test]
    fn notes_are_found_outside_samples() {
        let (note, task) = (NOTES[0], concat!("TO", "DO"));
        assert_eq!(found("a.yml", &format!("# {note}")), [format!("1 leftover `{note}`")]);
        assert_eq!(found("a.md", &format!("- {task}")), [format!("1 leftover `{task}`")]);
        assert_eq!(found("testdata/a.txt", note), [""; 0]);
        assert_eq!(found("a.sh", "mktemp a.XXXXXX"), [""; 0]);
    }
}
