//! A table of the file whose keys are known, and where its mistakes are put.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistakes, instead, listed};

/// The mistakes so far, with the bytes of the text where they are.
#[derive(Debug, Default)]
pub(super) struct Found(RefCell<Vec<(usize, String)>>);

/// A table, called by what it is.
#[derive(Clone, Debug)]
pub(super) struct Section<'t> {
    /// Before every mistake: `rule "slow": `.
    what: String,
    at: usize,
    table: &'t DeTable<'t>,
    found: &'t Found,
}

pub(super) type Value<'t> = DeValue<'t>;

impl Found {
    pub fn add(&self, at: usize, what: String) {
        self.0.borrow_mut().push((at, what));
    }

    pub fn into_result<T>(self, read: T, text: &str, file: &str) -> Result<T, Mistakes> {
        let found = self.0.into_inner();
        if found.is_empty() { Ok(read) } else { Err(Mistakes::new(file, text, found)) }
    }
}

impl<'t> Section<'t> {
    pub fn root(table: &'t DeTable<'t>, keys: &[&str], found: &'t Found) -> Section<'t> {
        Section { what: String::new(), at: 0, table, found }.with(keys)
    }

    /// Every `[[NAME]]`, in the order of the file, called by its name or number.
    pub fn list(&self, name: &str, keys: &[&str]) -> Vec<Section<'t>> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(name, format!("has to be written as `[[{name}]]`, once for each"));
            return Vec::new();
        };
        let sections = (1..).zip(items.iter()).filter_map(|(number, item)| {
            let DeValue::Table(table) = item.get_ref() else {
                self.found.add(item.span().start, format!("{name} {number} is no table"));
                return None;
            };
            let mut section = self.inner(String::new(), item.span().start, table);
            let own = section.value("name").map(Spanned::get_ref);
            section.what = match own {
                Some(DeValue::String(own)) if !own.is_empty() => format!("{name} {own:?}: "),
                _ => format!("{name} {number}: "),
            };
            Some(section.with(keys))
        });
        sections.collect()
    }

    /// Every `[NAME.OWN]` with its own name, in the order of the file.
    pub fn tables(&self, name: &str) -> Vec<(&'t str, Section<'t>)> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let DeValue::Table(tables) = value.get_ref() else {
            self.wrong(name, format!("has to be written as `[{name}.NAME]`, once for each"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (own, value) in tables {
            let at = own.span().start;
            match value.get_ref() {
                DeValue::Table(table) => {
                    let what = format!("{name} {:?}: ", own.get_ref());
                    sections.push((&**own.get_ref(), self.inner(what, at, table)));
                }
                _ => self.found.add(at, format!("{name} {:?} is no table", own.get_ref())),
            }
        }
        sections.sort_by_key(|(_, section)| section.at);
        sections
    }

    /// `[NAME]`, if it is there.
    pub fn section(&self, name: &str, keys: &[&str]) -> Option<Section<'t>> {
        let value = self.value(name)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(self.inner(format!("{name}: "), value.span().start, table).with(keys));
        }
        self.wrong(name, format!("has to be written as `[{name}]`, with its keys below"));
        None
    }

    /// Tells of keys that are none.
    pub fn with(self, keys: &[&str]) -> Section<'t> {
        for (key, _) in self.table {
            let key_text: &str = key.get_ref();
            if !keys.contains(&key_text) {
                let instead = instead(key_text, keys.iter().copied());
                let what = format!("{}unknown key `{key_text}`{instead}", self.what);
                self.found.add(key.span().start, what);
            }
        }
        self
    }

    /// What a key says, if it is there and can be read.
    pub fn get<T>(&self, key: &str, read: impl Fn(&Value<'t>) -> Result<T, String>) -> Option<T> {
        match read(self.value(key)?.get_ref()) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.wrong(key, problem);
                None
            }
        }
    }

    /// The same, but whoever reads it properly tells what is wrong.
    pub fn peek<T>(&self, key: &str, read: impl Fn(&Value<'t>) -> Result<T, String>) -> Option<T> {
        read(self.value(key)?.get_ref()).ok()
    }

    /// The same of one that has to be there.
    pub fn need<T>(&self, key: &str, read: impl Fn(&Value<'t>) -> Result<T, String>) -> Option<T> {
        if self.value(key).is_none() {
            self.found.add(self.at, format!("{}`{key}` is missing", self.what));
        }
        self.get(key, read)
    }

    /// The one key of some of which there has to be one and no more.
    pub fn one_of(&self, keys: &[&'static str]) -> Option<&'static str> {
        let mut there = keys.iter().copied().filter(|key| self.value(key).is_some());
        let (first, second) = (there.next(), there.next());
        if first.is_none() {
            let what = format!("{}one of {} is missing", self.what, listed(keys, "and"));
            self.found.add(self.at, what);
        }
        if let (Some(first), Some(second)) = (first, second) {
            self.wrong(second, format!("cannot be there together with `{first}`"));
        }
        first
    }

    /// Puts a mistake where a key stands.
    pub fn wrong(&self, key: &str, problem: impl AsRef<str>) {
        let at = self.value(key).map_or(self.at, |value| value.span().start);
        self.found.add(at, format!("{}`{key}` {}", self.what, problem.as_ref()));
    }

    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn value(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.iter().find(|(known, _)| *known.get_ref() == key).map(|(_, value)| value)
    }

    fn inner(&self, what: String, at: usize, table: &'t DeTable<'t>) -> Section<'t> {
        Section { what, at, table, found: self.found }
    }
}
