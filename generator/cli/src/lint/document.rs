//! The input of the lints: a document as one value, and a list of all its objects.

use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{self, ObjectKind};
use clientgen::pointer::Pointer;
use clientgen::source::BoundedSource;
use clientgen::{Config, Source, bundle, load, overlay, swagger};
use serde_json::Value;

/// The maximum number of consecutive references that are followed.
const MAX_REFERENCES: usize = 32;

/// An object of the document.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: ObjectKind,
    pub(super) at: Pointer,
    pub(super) value: Value,
}

/// A document with overlays applied and files bundled, in OpenAPI 3.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Value,
    pub(super) nodes: Vec<Node>,
    /// The root file with overlays applied, before other files are bundled into it. Further overlays apply
    /// to this.
    pub(super) file: load::Document,
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
        let bundled = bundle::bundle(document.clone(), source, diagnostics);
        let bundled = swagger::convert(bundled, diagnostics).value;
        Some(Self { file: document, ..Self::new(bundled) })
    }

    /// Creates a document of one file.
    pub(super) fn new(mut root: Value) -> Self {
        let mut nodes = Vec::new();
        metamodel::walk_mut(&mut root, &mut |kind, at, value| {
            nodes.push(Node { kind, at: at.clone(), value: value.clone() });
        });
        let file = load::Document { path: String::new(), value: Value::Null };
        Self { root, nodes, file }
    }

    /// Returns whether the document was written in Swagger 2.0. Overlays apply to it as it was written.
    pub(super) fn was_swagger(&self) -> bool {
        metamodel::is_swagger(&self.file.value)
    }

    /// Returns the objects of a kind.
    pub(super) fn of_kind(&self, kind: ObjectKind) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// Follows the references of a node and returns their target.
    pub(super) fn resolved<'a>(&'a self, mut node: &'a Value) -> &'a Value {
        // More consecutive references are a cycle.
        for _ in 0..MAX_REFERENCES {
            let target = metamodel::reference(node).and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(target) => node = target,
                None => break,
            }
        }
        node
    }
}

/// Returns the string under a key, unless it is blank.
pub(super) fn text<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}
