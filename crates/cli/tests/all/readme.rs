//! The first page shows what the command really prints.

use super::{Folder, repository};

/// Figures differ from run to run; words, order and columns do not.
fn shape(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| {
            let mut out = String::new();
            let mut digits = false;
            for c in line.chars() {
                let figure = c.is_ascii_digit() || (digits && (c == '.' || c == ','));
                if figure {
                    if !digits {
                        out.push('#');
                    }
                } else {
                    out.push(c);
                }
                digits = figure;
            }
            out.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .filter(|line| !line.is_empty() && !line.contains("run #") && !line.starts_with("machine"))
        .collect()
}

fn block<'r>(readme: &'r str, language: &str) -> &'r str {
    readme.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap()
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let folder = Folder::new(block(&readme, "toml"));
    let shown = block(&readme, "console");
    let (command, output) = shown.split_once('\n').unwrap();
    assert_eq!(command, "$ tollgate check");
    let ended = folder.run(&["check"]).expect(1);
    let own: Vec<String> = shape(output);
    let real: Vec<String> = shape(&ended.stdout);
    assert_eq!(own, real, "\nthe command printed:\n{}", ended.stdout);
}
