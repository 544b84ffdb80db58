//! Access to one table of an experiment: a value of the wrong form is a mistake, and so is a key
//! that the table does not know.

use std::cell::RefCell;

use super::keys::{Keys, SECTIONS};
use super::located::Located;
use super::mistake::{Mistake, Place, either, nearest};
use super::node::{Entry, Node, Value};
use super::value::{Wrong, found};

pub(super) type Found = RefCell<Vec<Mistake>>;

pub(super) struct Section<'n> {
    pub keys: &'static Keys,
    pub place: Place,
    entries: &'n [Entry],
    mistakes: &'n Found,
}

impl<'n> Section<'n> {
    /// Checks that the node is a table and knows all its keys.
    pub fn open(
        node: &'n Node,
        name: &str,
        keys: &'static Keys,
        mistakes: &'n Found,
    ) -> Option<Section<'n>> {
        let Value::Table(entries) = &node.value else {
            let wrong = Wrong::new(node, "a table");
            mistakes.borrow_mut().push(wrong.mistake(name));
            return None;
        };
        let unknown = entries.iter().filter(|entry| !keys.names.contains(&entry.key.as_str()));
        mistakes.borrow_mut().extend(unknown.map(|entry| self::unknown(entry, keys)));
        Some(Section { keys, place: node.place, entries, mistakes })
    }

    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        debug_assert!(self.keys.names.contains(&key), "{key}");
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Opens the table under a key, if it is there.
    pub fn section(&self, key: &str, keys: &'static Keys) -> Option<Section<'n>> {
        Section::open(&self.entry(key)?.node, key, keys, self.mistakes)
    }

    /// The tables under a key; one alone need not be in a list.
    pub fn sections(&self, key: &str, keys: &'static Keys) -> Vec<Section<'n>> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let nodes = match &entry.node.value {
            Value::Array(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&entry.node),
        };
        nodes.iter().filter_map(|node| Section::open(node, key, keys, self.mistakes)).collect()
    }

    /// The value under a key, if it is there and of the right form.
    pub fn get<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'n Node) -> Result<T, Vec<Wrong>>,
    ) -> Option<T> {
        let entry = self.entry(key)?;
        match read(&entry.node) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let wrong = wrong.into_iter().map(|wrong| wrong.mistake(key));
                self.mistakes.borrow_mut().extend(wrong);
                None
            }
        }
    }

    /// Replaces a default by the value under a key.
    pub fn set<T>(
        &self,
        key: &str,
        slot: &mut T,
        read: impl FnOnce(&'n Node) -> Result<T, Vec<Wrong>>,
    ) {
        if let Some(value) = self.get(key, read) {
            *slot = value;
        }
    }

    /// As [`Section::set`], and remembers the place.
    pub fn locate<T>(
        &self,
        key: &str,
        slot: &mut Located<T>,
        read: impl FnOnce(&'n Node) -> Result<T, Vec<Wrong>>,
    ) {
        let place = self.place_of(key);
        self.set(key, slot, |node| read(node).map(|value| Located { value, place }));
    }

    /// Where the value under a key stands.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        self.entry(key).map(|entry| entry.node.place)
    }

    pub fn push(&self, mistake: Mistake) {
        self.mistakes.borrow_mut().push(mistake);
    }
}

fn unknown(entry: &Entry, keys: &Keys) -> Mistake {
    let title = format!("{} has no key `{}`", keys.header, entry.key);
    let elsewhere = SECTIONS.iter().filter(|section| section.header.starts_with('['));
    let mut elsewhere = elsewhere.filter(|section| section.names.contains(&entry.key.as_str()));
    let place = Some(entry.place);
    if let Some(near) = nearest(&entry.key, keys.names.iter().copied()) {
        return Mistake::new(place, title, format!("did you mean `{near}`?"));
    }
    if let Some(section) = elsewhere.next() {
        return Mistake::new(
            place,
            title,
            format!("`{}` belongs to {}", entry.key, section.header),
        );
    }
    let hint =
        format!("its keys are {}", either(keys.names.iter().copied()).replace(" or ", " and "));
    Mistake::new(place, title, format!("{} is set here", found(&entry.node))).hint(hint)
}
