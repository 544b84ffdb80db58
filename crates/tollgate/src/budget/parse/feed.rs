//! `[feed.NAME]`: where the rows of tasks come from, and in which order.

use std::path::PathBuf;

use tollgate_load::workload::{Feed, Order, Source};

use crate::budget::keys::FEED;
use crate::budget::mistake::Mistake;
use crate::budget::node::Entry;

use super::Reading;
use super::table::Table;

pub(super) fn feed(entry: &Entry, reading: &mut Reading<'_>) -> Option<Feed> {
    let mistakes = &mut *reading.mistakes;
    let table = Table::open(&entry.node, FEED, mistakes)?;
    let order = order(&table, mistakes);
    let source = match (table.entry("file"), table.entry("command")) {
        (Some(_), None) => {
            for key in ["dir", "env"] {
                if let Some(entry) = table.entry(key) {
                    let title = format!("`{key}` has no meaning in this feed");
                    mistakes.push(Mistake::new(&entry.key_span, title, "goes with `command`"));
                }
            }
            Source::File(PathBuf::from(table.text("file", mistakes)?))
        }
        (None, Some(_)) => {
            check_endless(&table, order, mistakes);
            Source::Command {
                command: table.command("command", mistakes)?,
                dir: PathBuf::from(table.text("dir", mistakes).unwrap_or_default()),
                env: table.text_map("env", mistakes).into_iter().collect(),
            }
        }
        (file, _) => {
            let title = match file {
                Some(_) => format!("feed `{}` has both `file` and `command`", entry.key),
                None => format!("feed `{}` has no rows", entry.key),
            };
            let label = "exactly one of `file` and `command`";
            mistakes.push(Mistake::new(&entry.key_span, title, label));
            return None;
        }
    };
    Some(Feed { name: entry.key.clone(), source, order })
}

fn order(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Order {
    match table.choice("order", mistakes) {
        Some("random") => Order::Random,
        Some("unique") => Order::Unique,
        _ => Order::Sequential,
    }
}

/// What a program prints is taken as it comes.
fn check_endless(table: &Table<'_>, order: Order, mistakes: &mut Vec<Mistake>) {
    if let (Order::Random, Some(entry)) = (order, table.entry("order")) {
        let title = "the rows of a command have no random order";
        mistakes.push(
            Mistake::new(&entry.node.span, title, "they are taken as they are printed")
                .help("let the program print them at random, or write them to a `file` first"),
        );
    }
}
