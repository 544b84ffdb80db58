//! Writes SVG, one element a line.

use std::fmt::Write as _;

/// A document that grows. Every element that is begun has to be ended.
#[derive(Default)]
pub(super) struct Svg {
    text: String,
    open: Vec<&'static str>,
}

/// Where a text is fastened to its place.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub size: f64,
    pub anchor: Anchor,
    pub fill: &'static str,
    pub is_bold: bool,
}

impl Svg {
    /// Begins an element whose attributes are given as they stand in it.
    pub(super) fn begin(&mut self, name: &'static str, attributes: &str) {
        self.line(&format!("<{name}{}{attributes}>", gap(attributes)));
        self.open.push(name);
    }

    pub(super) fn end(&mut self) {
        let name = self.open.pop().expect("what is ended was begun");
        self.line(&format!("</{name}>"));
    }

    pub(super) fn element(&mut self, name: &str, attributes: &str) {
        self.line(&format!("<{name}{}{attributes}/>", gap(attributes)));
    }

    /// An element with text in it and nothing else.
    pub(super) fn text_element(&mut self, name: &str, attributes: &str, text: &str) {
        let text = escaped(text);
        self.line(&format!("<{name}{}{attributes}>{text}</{name}>", gap(attributes)));
    }

    pub(super) fn straight(&mut self, from: [f64; 2], to: [f64; 2], attributes: &str) {
        let [[x1, y1], [x2, y2]] = [from, to].map(|at| at.map(coordinate));
        let place = format!("x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"");
        self.element("line", &format!("{place}{}{attributes}", gap(attributes)));
    }

    pub(super) fn text(&mut self, at: [f64; 2], face: Type, text: &str) {
        let attributes = set(at, face);
        self.text_element("text", &attributes, text);
    }

    /// Text that runs upwards.
    pub(super) fn upward(&mut self, at: [f64; 2], face: Type, text: &str) {
        let [x, y] = at.map(coordinate);
        let turn = format!("{} transform=\"rotate(-90 {x} {y})\"", set(at, face));
        self.text_element("text", &turn, text);
    }

    /// Ten to a power.
    pub(super) fn power(&mut self, at: [f64; 2], face: Type, exponent: i32) {
        let attributes = set(at, face);
        let exponent = exponent.to_string().replace('-', "\u{2212}");
        let raised = format!("<tspan dy=\"-4.5\" font-size=\"9\">{exponent}</tspan>");
        self.line(&format!("<text {attributes}>10{raised}</text>"));
    }

    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text
    }

    fn line(&mut self, line: &str) {
        for _ in &self.open {
            self.text.push(' ');
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A place in the figure, to a hundredth of its unit.
pub(super) fn coordinate(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The `d` of a path through some places.
pub(super) fn through(places: impl Iterator<Item = [f64; 2]>) -> String {
    let mut path = String::new();
    for (index, place) in places.enumerate() {
        let [x, y] = place.map(coordinate);
        let command = if index == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{x} {y}");
    }
    path
}

/// Text as it may stand in XML. Characters that XML cannot hold become the replacement character.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn set(at: [f64; 2], face: Type) -> String {
    let [x, y] = at.map(coordinate);
    let anchor = match face.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if face.is_bold { " font-weight=\"bold\"" } else { "" };
    let (size, fill) = (coordinate(face.size), face.fill);
    format!("x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\"{anchor}{weight}")
}

fn gap(attributes: &str) -> &'static str {
    if attributes.is_empty() { "" } else { " " }
}
