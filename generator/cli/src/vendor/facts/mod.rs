//! Compares the facts of two documents.
//!
//! A fact is everything except prose (descriptions, summaries, external documentation), examples and
//! `x-` keys. All references are followed, so two documents that describe the same API have the same
//! facts, however they are divided into files and components. Takes two documents and the selected
//! paths, and returns the differences with their locations in both documents.
//!
//! The documents are traversed in parallel. Two nodes are compared once only. So the comparison ends for
//! cyclic references, and differences in shared components are reported once.

mod object;
mod side;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use clientgen::diagnostics::Location;
use clientgen::metamodel::{ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::Value;

pub(super) use side::{Side, is_fact};

use side::Node;

/// A fact that differs between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The operation or the part of the document that has the difference.
    pub(super) within: String,
    /// The change.
    pub(super) change: Change,
    /// The location in the upstream document, or of the object that lacks it.
    pub(super) upstream: Location,
    /// The location in the other document, or of the object that lacks it.
    pub(super) here: Location,
}

/// A change from the other document to the upstream document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Only the upstream document has it.
    Added(String),
    /// Only the other document has it.
    Removed(String),
    /// Both have it: the value in the upstream document, and in the other one.
    Changed(String, String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(name) => write!(f, "only upstream has {name}"),
            Self::Removed(name) => write!(f, "upstream does not have {name}"),
            Self::Changed(upstream, here) => {
                write!(f, "upstream has {upstream} instead of {here}")
            }
        }
    }
}

/// Compares the facts of two documents: servers, security schemes and operations. Of the upstream
/// document, compares operations of selected paths only.
pub(super) fn differences(
    upstream: &mut Side<'_>,
    here: &mut Side<'_>,
    is_selected: &dyn Fn(&str) -> bool,
) -> Vec<Difference> {
    let nodes = (upstream.root(), here.root());
    let mut compare = Compare::new(upstream, here);
    compare.document(&nodes.0, &nodes.1, is_selected);
    compare.differences
}

/// Returns whether two nodes of a kind, one in each document, have the same facts.
pub(super) fn equal(
    upstream: &mut Side<'_>,
    here: &mut Side<'_>,
    (of_upstream, of_here): (&Pointer, &Pointer),
    kind: ObjectKind,
) -> bool {
    let nodes = (upstream.find(of_upstream), here.find(of_here));
    let mut compare = Compare::new(upstream, here);
    compare.node(&nodes.0, &nodes.1, kind);
    compare.differences.is_empty()
}

/// The state of a comparison.
struct Compare<'c, 'u, 'h> {
    upstream: &'c mut Side<'u>,
    here: &'c mut Side<'h>,
    /// The nodes that have been compared.
    compared: BTreeSet<(Location, Location)>,
    within: String,
    differences: Vec<Difference>,
}

/// The nodes with a name in the upstream document and in the other one. One may be missing.
type NodePair = (Option<Node>, Option<Node>);

/// Pairs the nodes of two objects by name, in the order of upstream.
fn paired(upstream: Vec<(String, Node)>, here: Vec<(String, Node)>) -> Vec<(String, NodePair)> {
    let mut of_here: BTreeMap<String, Node> = here.iter().cloned().collect();
    let mut pairs: Vec<(String, NodePair)> = upstream
        .into_iter()
        .map(|(name, node)| {
            let other = of_here.remove(&name);
            (name, (Some(node), other))
        })
        .collect();
    let only_here = here.into_iter().filter(|(name, _)| of_here.contains_key(name));
    pairs.extend(only_here.map(|(name, node)| (name, (None, Some(node)))));
    pairs
}

impl<'c, 'u, 'h> Compare<'c, 'u, 'h> {
    fn new(upstream: &'c mut Side<'u>, here: &'c mut Side<'h>) -> Self {
        let (compared, differences) = (BTreeSet::new(), Vec::new());
        Self { upstream, here, compared, within: String::new(), differences }
    }

    fn document(&mut self, upstream: &Node, here: &Node, is_selected: &dyn Fn(&str) -> bool) {
        let part = |node: &Node, steps: &[&str]| {
            steps.iter().try_fold(node.clone(), |node, step| node.child(step))
        };
        let schemes = ["components", "securitySchemes"];
        self.within = "the security schemes".to_owned();
        self.pair(
            part(upstream, &schemes).as_ref(),
            part(here, &schemes).as_ref(),
            (upstream, here),
            "security schemes",
            Shape::Map(&Shape::Object(ObjectKind::SecurityScheme)),
        );
        self.within = "the servers".to_owned();
        let servers = ObjectKind::Document.shape("servers").unwrap_or(Shape::Data);
        let (of_upstream, of_here) = (upstream.child("servers"), here.child("servers"));
        self.pair(of_upstream.as_ref(), of_here.as_ref(), (upstream, here), "`servers`", servers);
        let of_upstream = object::operations(self.upstream, upstream, is_selected);
        let of_here = object::operations(self.here, here, &|_| true);
        for (name, (of_upstream, of_here)) in paired(of_upstream, of_here) {
            self.within.clone_from(&name);
            let title = format!("the operation `{name}`");
            let shape = Shape::Object(ObjectKind::Operation);
            self.pair(of_upstream.as_ref(), of_here.as_ref(), (upstream, here), &title, shape);
        }
    }

    /// Compares two nodes under the same name. One may be missing.
    fn pair(
        &mut self,
        upstream: Option<&Node>,
        here: Option<&Node>,
        parents: (&Node, &Node),
        name: &str,
        shape: Shape,
    ) {
        match (upstream, here) {
            (Some(upstream), Some(here)) => self.compare(upstream, here, shape),
            (Some(node), None) => {
                self.report(Change::Added(name.to_owned()), &node.place, &parents.1.place)
            }
            (None, Some(node)) => {
                self.report(Change::Removed(name.to_owned()), &parents.0.place, &node.place)
            }
            (None, None) => {}
        }
    }

    fn compare(&mut self, upstream: &Node, here: &Node, shape: Shape) {
        match shape {
            Shape::Object(kind) => self.node(upstream, here, kind),
            Shape::SchemaOrBoolean
                if !upstream.value().is_boolean() && !here.value().is_boolean() =>
            {
                self.node(upstream, here, ObjectKind::Schema);
            }
            Shape::SchemaName => {
                let nodes = (self.upstream.named_schema(upstream), self.here.named_schema(here));
                match nodes {
                    (Some(upstream), Some(here)) => self.node(&upstream, &here, ObjectKind::Schema),
                    _ => self.values(upstream, here),
                }
            }
            Shape::Map(shape) => {
                let (upstream, _) = self.upstream.follow(upstream);
                let (here, _) = self.here.follow(here);
                for (name, (of_upstream, of_here)) in paired(upstream.children(), here.children()) {
                    let nodes = (of_upstream.as_ref(), of_here.as_ref());
                    self.pair(nodes.0, nodes.1, (&upstream, &here), &format!("`{name}`"), *shape);
                }
            }
            Shape::Array(shape) => self.array(upstream, here, *shape),
            Shape::String | Shape::Boolean | Shape::Number | Shape::NonNegativeInteger => {
                let (upstream, _) = self.upstream.follow(upstream);
                let (here, _) = self.here.follow(here);
                self.values(&upstream, &here);
            }
            Shape::SchemaOrBoolean | Shape::Data => self.values(upstream, here),
        }
    }

    fn node(&mut self, upstream: &Node, here: &Node, kind: ObjectKind) {
        let (of_upstream, upstream_siblings) = self.upstream.follow(upstream);
        let (of_here, here_siblings) = self.here.follow(here);
        // Siblings of a reference apply to this use only, so the nodes are compared for this use.
        let place = |node: &Node, end: &Node, siblings: &[(String, Node)]| {
            if siblings.is_empty() { end.place.clone() } else { node.place.clone() }
        };
        let places = (
            place(upstream, &of_upstream, &upstream_siblings),
            place(here, &of_here, &here_siblings),
        );
        if !self.compared.insert(places) {
            return;
        }
        if !of_upstream.value().is_object() || !of_here.value().is_object() {
            return self.values(&of_upstream, &of_here);
        }
        let in_upstream = object::facts(self.upstream, &of_upstream, upstream_siblings, kind);
        let in_here = object::facts(self.here, &of_here, here_siblings, kind);
        for (key, pair) in paired(in_upstream, in_here) {
            self.fact(&key, pair, (&of_upstream, &of_here), kind);
        }
    }

    fn fact(
        &mut self,
        key: &str,
        (upstream, here): NodePair,
        parents: (&Node, &Node),
        kind: ObjectKind,
    ) {
        let shape = object::shape(kind, key);
        let is_default = |node: &Node, other: &Node| {
            object::default(kind, key, other) == Some(node.value().clone())
        };
        match (&upstream, &here) {
            // The order of these values does not matter.
            (Some(upstream), Some(here)) if is_set(key, upstream, here) => self.set(upstream, here),
            (Some(node), None) if is_default(node, parents.1) => {}
            (None, Some(node)) if is_default(node, parents.0) => {}
            _ => self.pair(upstream.as_ref(), here.as_ref(), parents, &format!("`{key}`"), shape),
        }
    }

    fn array(&mut self, upstream: &Node, here: &Node, shape: Shape) {
        let (upstream, here) = (self.upstream.follow(upstream).0, self.here.follow(here).0);
        let (mut of_upstream, mut of_here) = (upstream.children(), here.children());
        // If the lengths differ, equal items are removed, and the others are compared by index.
        if of_upstream.len() != of_here.len() {
            of_upstream.retain(|(_, node)| {
                let equal = of_here.iter().position(|(_, other)| self.is_equal(node, other, shape));
                equal.map(|index| of_here.remove(index)).is_none()
            });
            renumber(&mut of_upstream);
            renumber(&mut of_here);
        }
        let name = |node: &Node| match node.value() {
            Value::String(text) => format!("`{text}`"),
            _ => format!("item {} of `{}`", node.step(), node.parent_step()),
        };
        for (_, (of_upstream, of_here)) in paired(of_upstream, of_here) {
            let name = of_upstream.as_ref().or(of_here.as_ref()).map(name).unwrap_or_default();
            self.pair(of_upstream.as_ref(), of_here.as_ref(), (&upstream, &here), &name, shape);
        }
    }

    /// Returns whether two nodes have the same facts. If not, restores the state of the comparison.
    fn is_equal(&mut self, upstream: &Node, here: &Node, shape: Shape) -> bool {
        let (compared, count) = (self.compared.clone(), self.differences.len());
        self.compare(upstream, here, shape);
        let is_equal = self.differences.len() == count;
        if !is_equal {
            self.differences.truncate(count);
            self.compared = compared;
        }
        is_equal
    }

    fn set(&mut self, upstream: &Node, here: &Node) {
        let missing = |of: &Node, other: &Node| {
            let values: Vec<Value> =
                other.children().iter().map(|(_, node)| node.value().clone()).collect();
            let nodes = of.children().into_iter().map(|(_, node)| node);
            nodes.filter(|node| !values.contains(node.value())).collect::<Vec<Node>>()
        };
        let name = |node: &Node, array: &Node| {
            format!("{} in `{}`", shortened(node.value()), array.step())
        };
        for node in missing(upstream, here) {
            self.report(Change::Added(name(&node, upstream)), &node.place, &here.place);
        }
        for node in missing(here, upstream) {
            self.report(Change::Removed(name(&node, here)), &upstream.place, &node.place);
        }
    }

    fn values(&mut self, upstream: &Node, here: &Node) {
        if upstream.value() != here.value() {
            let change = Change::Changed(shortened(upstream.value()), shortened(here.value()));
            self.report(change, &upstream.place, &here.place);
        }
    }

    fn report(&mut self, change: Change, upstream: &Location, here: &Location) {
        let within = self.within.clone();
        self.differences.push(Difference {
            within,
            change,
            upstream: upstream.clone(),
            here: here.clone(),
        });
    }
}

/// Renumbers the remaining items of an array.
fn renumber(nodes: &mut [(String, Node)]) {
    nodes.iter_mut().enumerate().for_each(|(index, (step, _))| *step = index.to_string());
}

/// Returns whether a keyword has an array whose order does not matter.
fn is_set(key: &str, upstream: &Node, here: &Node) -> bool {
    matches!(key, "enum" | "required") && upstream.value().is_array() && here.value().is_array()
}

/// Formats a value on one line, shortened.
fn shortened(value: &Value) -> String {
    const MAX_CHARACTERS: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests;
