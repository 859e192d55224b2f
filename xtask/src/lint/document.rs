//! A document as the lints see it: one value, and all of its nodes with their places.

use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{self, Kind};
use clientgen::pointer::Pointer;
use clientgen::source::BoundedSource;
use clientgen::{Config, Source, bundle, load, overlay};
use serde_json::Value;

/// A node that has a kind.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) at: Pointer,
    pub(super) value: Value,
}

/// A document with its overlays applied and its files put together.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Value,
    pub(super) nodes: Vec<Node>,
}

impl Document {
    pub(super) fn read(
        source: &dyn Source,
        config: &Config,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let source = &BoundedSource::new(source, &config.limits);
        let document = load::load(source, &config.document, diagnostics)?;
        let document = overlay::apply(document, source, &config.overlays, diagnostics);
        Some(Self::new(bundle::bundle(document, source, diagnostics).value))
    }

    pub(super) fn new(mut root: Value) -> Self {
        let mut nodes = Vec::new();
        metamodel::walk_mut(&mut root, &mut |kind, at, value| {
            nodes.push(Node { kind, at: at.clone(), value: value.clone() });
        });
        Self { root, nodes }
    }

    /// The nodes of a kind.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// What a node is, wherever its references lead.
    pub(super) fn resolved<'a>(&'a self, mut node: &'a Value) -> &'a Value {
        // Nobody refers so often, unless it is in a circle.
        for _ in 0..32 {
            let target = metamodel::reference(node).and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(target) => node = target,
                None => break,
            }
        }
        node
    }
}

/// The text of a key, if there is more in it than spaces.
pub(super) fn text<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}
