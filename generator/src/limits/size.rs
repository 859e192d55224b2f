//! The size of a JSON value, and its comparison with the limits.

use serde_json::Value;

use super::{Limits, Steps};

/// The size of a JSON value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// The number of JSON values, including the value itself.
    nodes: u64,
    /// The length of all strings and keys, in bytes.
    bytes: u64,
    /// The depth of nested objects and arrays.
    depth: u64,
}

impl Size {
    /// Measures a value, and records a step for each node.
    pub(crate) fn of(value: &Value, steps: &Steps) -> Self {
        let mut size = Self::default();
        size.add(value, 1);
        steps.record(usize::try_from(size.nodes).unwrap_or(usize::MAX));
        size
    }

    fn add(&mut self, value: &Value, depth: u64) {
        self.nodes += 1;
        match value {
            Value::String(string) => self.bytes += string.len() as u64,
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

    /// Returns the size with one more node, which has a string of some bytes.
    pub(crate) fn with_node(self, bytes: usize) -> Self {
        Self { nodes: self.nodes + 1, ..self.with_bytes(bytes) }
    }

    /// Returns the size with one more string or key.
    pub(crate) fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes: self.bytes.saturating_add(bytes as u64), ..self }
    }

    /// Returns the number of JSON values.
    pub(crate) fn nodes(self) -> u64 {
        self.nodes
    }

    /// Returns the depth of nested objects and arrays.
    pub(crate) fn depth(self) -> u64 {
        self.depth
    }

    /// Returns whether the size exceeds no limit.
    pub(crate) fn is_within(self, limits: &Limits) -> bool {
        self.nodes <= limits.nodes && self.bytes <= limits.total_bytes && self.depth <= limits.depth
    }

    /// Returns the size after copies of a value are inserted, the deepest of them at a depth.
    pub(crate) fn with_copies(self, value: Self, copies: usize, depth: usize) -> Self {
        let copies = copies as u64;
        Self {
            nodes: self.nodes.saturating_add(value.nodes.saturating_mul(copies)),
            bytes: self.bytes.saturating_add(value.bytes.saturating_mul(copies)),
            depth: self.depth.max(value.depth.saturating_add(depth as u64)),
        }
    }

    /// Returns the message and help of a diagnostic if the size exceeds a limit.
    pub(crate) fn excess(self, limits: &Limits) -> Option<(String, String)> {
        let Limits { total_bytes, depth, nodes, .. } = *limits;
        if self.is_within(limits) {
            return None;
        }
        let (name, limit, excess) = if self.nodes > nodes {
            ("nodes", nodes, format!("have more than {nodes} values"))
        } else if self.bytes > total_bytes {
            let excess = format!("have more than {total_bytes} bytes of strings and keys");
            ("total-bytes", total_bytes, excess)
        } else {
            ("depth", depth, format!("nest objects and arrays more than {depth} levels deep"))
        };
        Some((format!("the document would {excess}"), Limits::help(name, limit)))
    }
}
