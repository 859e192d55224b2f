//! What two documents say differently.
//!
//! A fact is everything but prose (descriptions, summaries, links to other documentation), examples
//! and `x-` keys. Every reference is followed, so that two documents which describe the same API
//! have the same facts however they are cut into files and components. In come two documents and
//! a choice of paths, out go the differences, each with its place in both documents.
//!
//! The documents are walked through side by side. Two nodes that have been compared once, or that
//! are being compared further up, are not compared again; so circles of references come to an end
//! wherever a document closes them, and what is shared is told of once.

mod members;
mod side;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use clientgen::diagnostics::Location;
use clientgen::metamodel::{Kind, Shape};
use clientgen::pointer::Pointer;
use serde_json::Value;

pub(super) use side::{Side, is_fact};

use side::Node;

/// Something that one of two documents says, or that they say differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The operation, or the part of the document, that it was found in.
    pub(super) within: String,
    /// What differs.
    pub(super) what: What,
    /// Where upstream says it, or would say it.
    pub(super) upstream: Location,
    /// Where the other document says it, or would say it.
    pub(super) here: Location,
}

/// What differs, and in which direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Only upstream says this.
    New(String),
    /// Only the other document says this.
    Gone(String),
    /// Upstream's value and that of the other document.
    Changed(String, String),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(what) => write!(f, "upstream has {what}, which is not here"),
            Self::Gone(what) => write!(f, "{what} is here, and upstream has none"),
            Self::Changed(upstream, here) => {
                write!(f, "upstream says {upstream}, and here is {here}")
            }
        }
    }
}

/// Compares the facts of two documents: servers, security schemes and operations, of upstream's those
/// of the paths that are chosen.
pub(super) fn differences(
    upstream: &mut Side<'_>,
    here: &mut Side<'_>,
    chosen: &dyn Fn(&str) -> bool,
) -> Vec<Difference> {
    let nodes = (upstream.root(), here.root());
    let mut compare = Compare::new(upstream, here);
    compare.document(&nodes.0, &nodes.1, chosen);
    compare.found
}

/// Whether two nodes of a kind, one in each document, have the same facts.
pub(super) fn equal(
    upstream: &mut Side<'_>,
    here: &mut Side<'_>,
    (of_upstream, of_here): (&Pointer, &Pointer),
    kind: Kind,
) -> bool {
    let nodes = (upstream.find(of_upstream), here.find(of_here));
    let mut compare = Compare::new(upstream, here);
    compare.node(&nodes.0, &nodes.1, kind);
    compare.found.is_empty()
}

/// What the comparison knows so far.
struct Compare<'c, 'u, 'h> {
    upstream: &'c mut Side<'u>,
    here: &'c mut Side<'h>,
    /// Pairs of nodes that need not be compared again.
    seen: BTreeSet<(Location, Location)>,
    within: String,
    found: Vec<Difference>,
}

/// The two nodes of a name, of which one may be missing.
type Pair = (Option<Node>, Option<Node>);

/// The members of two objects by their names, in the order of upstream.
fn pairs(upstream: Vec<(String, Node)>, here: Vec<(String, Node)>) -> Vec<(String, Pair)> {
    let mut of_here: BTreeMap<String, Node> = here.iter().cloned().collect();
    let mut pairs: Vec<(String, Pair)> = upstream
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
        let (seen, found) = (BTreeSet::new(), Vec::new());
        Self { upstream, here, seen, within: String::new(), found }
    }

    fn document(&mut self, upstream: &Node, here: &Node, chosen: &dyn Fn(&str) -> bool) {
        let part = |node: &Node, steps: &[&str]| {
            steps.iter().try_fold(node.clone(), |node, step| node.child(step))
        };
        let schemes = ["components", "securitySchemes"];
        self.within = "the security schemes".to_owned();
        self.both(
            part(upstream, &schemes).as_ref(),
            part(here, &schemes).as_ref(),
            (upstream, here),
            "security schemes",
            Shape::Map(&Shape::Node(Kind::SecurityScheme)),
        );
        self.within = "the servers".to_owned();
        let servers = Kind::Document.shape("servers").unwrap_or(Shape::Data);
        let (of_upstream, of_here) = (upstream.child("servers"), here.child("servers"));
        self.both(of_upstream.as_ref(), of_here.as_ref(), (upstream, here), "`servers`", servers);
        let of_upstream = members::operations(self.upstream, upstream, chosen);
        let of_here = members::operations(self.here, here, &|_| true);
        for (name, (of_upstream, of_here)) in pairs(of_upstream, of_here) {
            self.within.clone_from(&name);
            let what = format!("the operation `{name}`");
            let shape = Shape::Node(Kind::Operation);
            self.both(of_upstream.as_ref(), of_here.as_ref(), (upstream, here), &what, shape);
        }
    }

    /// Two nodes that stand in others under the same name; one of them may be missing.
    fn both(
        &mut self,
        upstream: Option<&Node>,
        here: Option<&Node>,
        within: (&Node, &Node),
        name: &str,
        shape: Shape,
    ) {
        match (upstream, here) {
            (Some(upstream), Some(here)) => self.compare(upstream, here, shape),
            (Some(node), None) => {
                self.report(What::New(name.to_owned()), &node.place, &within.1.place)
            }
            (None, Some(node)) => {
                self.report(What::Gone(name.to_owned()), &within.0.place, &node.place)
            }
            (None, None) => {}
        }
    }

    fn compare(&mut self, upstream: &Node, here: &Node, shape: Shape) {
        match shape {
            Shape::Node(kind) => self.node(upstream, here, kind),
            Shape::SchemaOrFlag if !upstream.value().is_boolean() && !here.value().is_boolean() => {
                self.node(upstream, here, Kind::Schema);
            }
            Shape::SchemaName => {
                let nodes = (self.upstream.named_schema(upstream), self.here.named_schema(here));
                match nodes {
                    (Some(upstream), Some(here)) => self.node(&upstream, &here, Kind::Schema),
                    _ => self.values(upstream, here),
                }
            }
            Shape::Map(shape) => {
                let (upstream, _) = self.upstream.follow(upstream);
                let (here, _) = self.here.follow(here);
                for (name, (of_upstream, of_here)) in pairs(upstream.children(), here.children()) {
                    let nodes = (of_upstream.as_ref(), of_here.as_ref());
                    self.both(nodes.0, nodes.1, (&upstream, &here), &format!("`{name}`"), *shape);
                }
            }
            Shape::List(shape) => self.list(upstream, here, *shape),
            Shape::Text | Shape::Flag | Shape::Number | Shape::Count => {
                let (upstream, _) = self.upstream.follow(upstream);
                let (here, _) = self.here.follow(here);
                self.values(&upstream, &here);
            }
            Shape::SchemaOrFlag | Shape::Data => self.values(upstream, here),
        }
    }

    fn node(&mut self, upstream: &Node, here: &Node, kind: Kind) {
        let (of_upstream, beside_upstream) = self.upstream.follow(upstream);
        let (of_here, beside_here) = self.here.follow(here);
        // What stands beside a reference is said where the reference is, and only there.
        let place = |node: &Node, end: &Node, beside: &[(String, Node)]| {
            if beside.is_empty() { end.place.clone() } else { node.place.clone() }
        };
        let seen =
            (place(upstream, &of_upstream, &beside_upstream), place(here, &of_here, &beside_here));
        if !self.seen.insert(seen) {
            return;
        }
        if !of_upstream.value().is_object() || !of_here.value().is_object() {
            return self.values(&of_upstream, &of_here);
        }
        let members_of =
            |side: &mut Side<'_>, node: &Node, beside| members::of(side, node, beside, kind);
        let in_upstream = members_of(self.upstream, &of_upstream, beside_upstream);
        let in_here = members_of(self.here, &of_here, beside_here);
        for (key, pair) in pairs(in_upstream, in_here) {
            self.member(&key, pair, (&of_upstream, &of_here), kind);
        }
    }

    fn member(&mut self, key: &str, (upstream, here): Pair, within: (&Node, &Node), kind: Kind) {
        let shape = members::shape(kind, key);
        let implied = |node: &Node, other: &Node| {
            members::implied(kind, key, other) == Some(node.value().clone())
        };
        match (&upstream, &here) {
            // Which values there are is a fact, their order is none.
            (Some(upstream), Some(here)) if is_set(key, upstream, here) => self.set(upstream, here),
            (Some(node), None) if implied(node, within.1) => {}
            (None, Some(node)) if implied(node, within.0) => {}
            _ => self.both(upstream.as_ref(), here.as_ref(), within, &format!("`{key}`"), shape),
        }
    }

    fn list(&mut self, upstream: &Node, here: &Node, shape: Shape) {
        let (upstream, here) = (self.upstream.follow(upstream).0, self.here.follow(here).0);
        let (mut of_upstream, mut of_here) = (upstream.children(), here.children());
        // If there are more or fewer of them, those that are still the same say nothing.
        if of_upstream.len() != of_here.len() {
            of_upstream.retain(|(_, node)| {
                let same = of_here.iter().position(|(_, other)| self.is_same(node, other, shape));
                same.map(|index| of_here.remove(index)).is_none()
            });
            renumber(&mut of_upstream);
            renumber(&mut of_here);
        }
        let name = |node: &Node| match node.value() {
            Value::String(text) => format!("`{text}`"),
            _ => format!("the item {} of `{}`", node.step(), node.parent_step()),
        };
        for (_, (of_upstream, of_here)) in pairs(of_upstream, of_here) {
            let what = of_upstream.as_ref().or(of_here.as_ref()).map(name).unwrap_or_default();
            self.both(of_upstream.as_ref(), of_here.as_ref(), (&upstream, &here), &what, shape);
        }
    }

    /// Whether two nodes have the same facts. If they do not, nothing has been compared.
    fn is_same(&mut self, upstream: &Node, here: &Node, shape: Shape) -> bool {
        let (seen, found) = (self.seen.clone(), self.found.len());
        self.compare(upstream, here, shape);
        let same = self.found.len() == found;
        if !same {
            self.found.truncate(found);
            self.seen = seen;
        }
        same
    }

    fn set(&mut self, upstream: &Node, here: &Node) {
        let others = |of: &Node, than: &Node| {
            let there: Vec<Value> =
                than.children().iter().map(|(_, node)| node.value().clone()).collect();
            let nodes = of.children().into_iter().map(|(_, node)| node);
            nodes.filter(|node| !there.contains(node.value())).collect::<Vec<Node>>()
        };
        let what =
            |node: &Node, list: &Node| format!("{} in `{}`", shown(node.value()), list.step());
        for node in others(upstream, here) {
            self.report(What::New(what(&node, upstream)), &node.place, &here.place);
        }
        for node in others(here, upstream) {
            self.report(What::Gone(what(&node, here)), &upstream.place, &node.place);
        }
    }

    fn values(&mut self, upstream: &Node, here: &Node) {
        if upstream.value() != here.value() {
            let what = What::Changed(shown(upstream.value()), shown(here.value()));
            self.report(what, &upstream.place, &here.place);
        }
    }

    fn report(&mut self, what: What, upstream: &Location, here: &Location) {
        let within = self.within.clone();
        self.found.push(Difference {
            within,
            what,
            upstream: upstream.clone(),
            here: here.clone(),
        });
    }
}

/// Gives the nodes that are left of a list the indices that they would have in one without the rest.
fn renumber(nodes: &mut [(String, Node)]) {
    nodes.iter_mut().enumerate().for_each(|(index, (step, _))| *step = index.to_string());
}

/// Whether a keyword lists values whose order is no fact.
fn is_set(key: &str, upstream: &Node, here: &Node) -> bool {
    matches!(key, "enum" | "required") && upstream.value().is_array() && here.value().is_array()
}

/// A value on one short line.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests;
