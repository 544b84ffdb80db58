//! The tree of patterns: a node for each token, the wildcards among them, so that a subject meets
//! only what could match it. Nodes lie in one list, so that no depth is too deep for the stack.

use std::collections::HashMap;
use std::sync::Arc;

use crate::listener::Listener;

const ROOT: usize = 0;

pub(super) struct Patterns {
    nodes: Vec<Node>,
    free: Vec<usize>,
}

#[derive(Default)]
struct Node {
    children: HashMap<Box<str>, usize>,
    listeners: Vec<Arc<Listener>>,
}

impl Default for Patterns {
    fn default() -> Patterns {
        Patterns { nodes: vec![Node::default()], free: Vec::new() }
    }
}

impl Patterns {
    pub fn insert(&mut self, listener: Arc<Listener>) {
        let mut at = ROOT;
        for token in listener.pattern.split('.') {
            at = match self.nodes[at].children.get(token) {
                Some(next) => *next,
                None => self.grow(at, token),
            };
        }
        self.nodes[at].listeners.push(listener);
    }

    pub fn remove(&mut self, pattern: &str, id: u64) {
        let mut way = Vec::new();
        let mut at = ROOT;
        for token in pattern.split('.') {
            let Some(next) = self.nodes[at].children.get(token) else { return };
            way.push((at, token));
            at = *next;
        }
        self.nodes[at].listeners.retain(|listener| listener.id != id);
        for (parent, token) in way.into_iter().rev() {
            let node = &self.nodes[at];
            if !node.children.is_empty() || !node.listeners.is_empty() {
                return;
            }
            self.nodes[at] = Node::default();
            self.nodes[parent].children.remove(token);
            self.free.push(at);
            at = parent;
        }
    }

    /// All whose pattern matches a subject, which has no wildcards itself.
    pub fn matching(&self, subject: &str) -> Vec<Arc<Listener>> {
        let tokens: Vec<&str> = subject.split('.').collect();
        let mut found = Vec::new();
        let mut open = vec![(ROOT, 0)];
        while let Some((at, depth)) = open.pop() {
            let node = &self.nodes[at];
            let Some(token) = tokens.get(depth) else {
                found.extend(node.listeners.iter().cloned());
                continue;
            };
            if let Some(rest) = node.children.get(">") {
                found.extend(self.nodes[*rest].listeners.iter().cloned());
            }
            let next = [*token, "*"].into_iter().filter_map(|token| node.children.get(token));
            open.extend(next.map(|next| (*next, depth + 1)));
        }
        found
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Listener>> {
        self.nodes.iter().flat_map(|node| &node.listeners)
    }

    fn grow(&mut self, parent: usize, token: &str) -> usize {
        let at = self.free.pop().unwrap_or_else(|| {
            self.nodes.push(Node::default());
            self.nodes.len() - 1
        });
        self.nodes[parent].children.insert(token.into(), at);
        at
    }
}
