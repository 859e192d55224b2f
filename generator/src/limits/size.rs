//! How large a value is, and whether that is within limits.

use serde_json::Value;

use super::{Limits, Steps};

/// How large a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    nodes: u64,
    /// The bytes of all strings and keys.
    bytes: u64,
    depth: u64,
}

impl Size {
    /// Measures a value.
    pub(crate) fn of(value: &Value, steps: &Steps) -> Self {
        let mut size = Self::default();
        size.add(value, 1);
        steps.spend(usize::try_from(size.nodes).unwrap_or(usize::MAX));
        size
    }

    fn add(&mut self, value: &Value, depth: u64) {
        self.nodes += 1;
        match value {
            Value::String(text) => self.bytes += text.len() as u64,
            Value::Array(items) => {
                self.depth = self.depth.max(depth);
                items.iter().for_each(|item| self.add(item, depth + 1));
            }
            Value::Object(object) => {
                self.depth = self.depth.max(depth);
                for (key, value) in object {
                    self.bytes += key.len() as u64;
                    self.add(value, depth + 1);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The size with one more node, which has a text.
    pub(crate) fn with_node(self, bytes: usize) -> Self {
        Self { nodes: self.nodes + 1, ..self.with_text(bytes) }
    }

    /// The size with more text.
    pub(crate) fn with_text(self, bytes: usize) -> Self {
        Self { bytes: self.bytes.saturating_add(bytes as u64), ..self }
    }

    /// How many nodes there are.
    pub(crate) fn nodes(self) -> u64 {
        self.nodes
    }

    /// How deep it goes.
    pub(crate) fn depth(self) -> u64 {
        self.depth
    }

    /// Whether [`fault`](Self::fault) has nothing to say.
    pub(crate) fn is_within(self, limits: &Limits) -> bool {
        self.nodes <= limits.nodes && self.bytes <= limits.total_bytes && self.depth <= limits.depth
    }

    /// The size after a value is put into several nodes, of which the deepest is this deep.
    pub(crate) fn with(self, value: Self, times: usize, depth: usize) -> Self {
        let times = times as u64;
        Self {
            nodes: self.nodes.saturating_add(value.nodes.saturating_mul(times)),
            bytes: self.bytes.saturating_add(value.bytes.saturating_mul(times)),
            depth: self.depth.max(value.depth.saturating_add(depth as u64)),
        }
    }

    /// What is wrong with the size, and what to do.
    pub(crate) fn fault(self, limits: &Limits) -> Option<(String, String)> {
        let Limits { total_bytes, depth, nodes, .. } = *limits;
        if self.is_within(limits) {
            return None;
        }
        let (name, limit, what) = if self.nodes > nodes {
            ("nodes", nodes, format!("would have more than {nodes} values"))
        } else if self.bytes > total_bytes {
            (
                "total-bytes",
                total_bytes,
                format!("would have more than {total_bytes} bytes of text"),
            )
        } else {
            let what =
                format!("would have more than {depth} objects and arrays inside of one another");
            ("depth", depth, what)
        };
        Some((format!("the document {what}"), Limits::help(name, limit)))
    }
}
