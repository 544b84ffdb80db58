//! The only place that prints: results to standard output, everything else to standard error.

#![expect(clippy::print_stderr, reason = "this module is where printing lives")]

use std::io::{IsTerminal as _, Write as _};

use tollgate::report::Style;

use crate::args::Colour;

/// Prints a result. A reader that went away, such as `head`, is no error.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// Tells a person something beside the result.
pub fn note(text: &str) {
    eprintln!("{text}");
}

/// Whether what goes to standard error may be coloured.
pub fn colour_errors(colour: Colour) -> bool {
    chosen(colour, std::io::stderr().is_terminal())
}

/// How the terminal report should look here.
pub fn style(colour: Colour, quiet: bool) -> Style {
    let terminal = std::io::stdout().is_terminal();
    let width = match std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()) {
        Some(columns) => columns,
        None if terminal => usize::from(console::Term::stdout().size().1),
        None => 100,
    };
    Style { colour: chosen(colour, terminal), width, quiet }
}

fn chosen(colour: Colour, terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none(),
    }
}
