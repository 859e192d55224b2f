//! The input of the lints: a document as one value, and a list of all its objects.
//!
//! Objects are borrowed, and their locations are stored as a tree, so the list is as large as the document.

use clientgen::diagnostics::Diagnostics;
use clientgen::limits::Steps;
use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use clientgen::source::BoundedSource;
use clientgen::{Config, Source, bundle, load, overlay, swagger};
use serde_json::Value;

/// The maximum number of consecutive references that are followed.
const MAX_REFERENCES: usize = 32;
/// The steps for each byte of a location. Findings repeat their location several times.
const STEPS_PER_BYTE: u64 = 8;

/// The files of a document, read and put together.
#[derive(Debug)]
pub(super) struct Bundled {
    /// The document with overlays applied and files bundled, in OpenAPI 3.
    pub(super) root: Value,
    /// The root file with overlays applied, before other files are bundled into it. Further overlays apply
    /// to this.
    pub(super) file: load::Document,
}

impl Bundled {
    /// Reads a document. Returns `None` if it cannot be read.
    pub(super) fn read(
        source: &dyn Source,
        config: &Config,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let source = &BoundedSource::new(source, &config.limits);
        let document = load::load(source, &config.document, diagnostics)?;
        let file = overlay::apply(document, source, &config.overlays, diagnostics);
        let root = bundle::bundle(file.clone(), source, diagnostics);
        let root = swagger::convert(root, diagnostics).value;
        Some(Self { root, file })
    }

    /// Returns whether the document was written in Swagger 2.0. Overlays apply to it as it was written.
    pub(super) fn was_swagger(&self) -> bool {
        metamodel::is_swagger(&self.file.value)
    }
}

/// An object of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) kind: ObjectKind,
    pub(super) place: Place,
    pub(super) value: &'d Value,
}

/// The number of a node, for its location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize);

/// The last part of a location.
#[derive(Debug, Clone, Copy)]
enum Token<'d> {
    Key(&'d str),
    Index(usize),
}

/// A document and its objects, outer ones first.
#[derive(Debug)]
pub(super) struct Document<'d> {
    pub(super) root: &'d Value,
    pub(super) nodes: Vec<Node<'d>>,
    /// The steps of the lints. After they are used up, no further finding is made.
    pub(super) steps: Steps,
    /// For each place, the place above it and the last part. The first one is the root.
    places: Vec<(Place, Token<'d>)>,
}

impl<'d> Document<'d> {
    /// Lists the objects of a document.
    pub(super) fn new(root: &'d Value, steps: &Steps) -> Self {
        let mut document = Self {
            root,
            nodes: Vec::new(),
            steps: steps.clone(),
            places: vec![(Place(0), Token::Index(0))],
        };
        document.list(root, Shape::Object(ObjectKind::Document), Place(0));
        document
    }

    fn list(&mut self, value: &'d Value, shape: Shape, place: Place) {
        if !self.steps.take(1) {
            return;
        }
        match (shape, value) {
            (Shape::SchemaOrBoolean, Value::Object(_)) => {
                self.list(value, Shape::Object(ObjectKind::Schema), place);
            }
            (Shape::Object(kind), Value::Object(object)) => {
                self.nodes.push(Node { kind, place, value });
                for (key, value) in object {
                    if let Some(shape) = kind.shape(key) {
                        self.list_below(value, shape, place, Token::Key(key));
                    }
                }
            }
            (Shape::Map(shape), Value::Object(entries)) => {
                for (key, value) in entries {
                    self.list_below(value, *shape, place, Token::Key(key));
                }
            }
            (Shape::Array(shape), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.list_below(item, *shape, place, Token::Index(index));
                }
            }
            _ => {}
        }
    }

    fn list_below(&mut self, value: &'d Value, shape: Shape, parent: Place, token: Token<'d>) {
        if value.is_object() || value.is_array() {
            let place = Place(self.places.len());
            self.places.push((parent, token));
            self.list(value, shape, place);
        }
    }

    /// Returns the objects of a kind.
    pub(super) fn of_kind(&self, kind: ObjectKind) -> impl Iterator<Item = &Node<'d>> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// Returns the place above a place, if it is not the root.
    pub(super) fn parent(&self, place: Place) -> Option<Place> {
        if place == Place(0) { None } else { self.places.get(place.0).map(|(parent, _)| *parent) }
    }

    /// Returns the key of a place in the object around it.
    pub(super) fn key(&self, place: Place) -> Option<&'d str> {
        match self.places.get(place.0).filter(|_| place != Place(0)) {
            Some((_, Token::Key(key))) => Some(key),
            _ => None,
        }
    }

    /// Returns the keys of a place and of those above it, innermost first, at most `count`.
    pub(super) fn keys<const N: usize>(&self, place: Place) -> [Option<&'d str>; N] {
        let mut place = Some(place);
        [(); N].map(|()| {
            let current = place?;
            place = self.parent(current);
            self.key(current)
        })
    }

    /// Returns the number of places above a place.
    pub(super) fn depth(&self, place: Place) -> usize {
        std::iter::successors(self.parent(place), |place| self.parent(*place)).count()
    }

    /// Returns the location of a place.
    pub(super) fn at(&self, place: Place) -> Pointer {
        let mut tokens = Vec::new();
        let mut current = place;
        while let Some(parent) = self.parent(current) {
            tokens.push(match self.places.get(current.0).map(|(_, token)| *token) {
                Some(Token::Key(key)) => key.to_owned(),
                Some(Token::Index(index)) => index.to_string(),
                None => String::new(),
            });
            current = parent;
        }
        let bytes: usize = tokens.iter().map(String::len).sum();
        self.steps.record(bytes.saturating_mul(STEPS_PER_BYTE as usize));
        tokens.into_iter().rev().collect()
    }

    /// Follows the references of a node and returns their target.
    pub(super) fn resolved(&self, mut node: &'d Value) -> &'d Value {
        // More consecutive references are a cycle.
        for _ in 0..MAX_REFERENCES {
            let Some(target) = metamodel::reference(node).and_then(|text| text.strip_prefix('#'))
            else {
                break;
            };
            if !self.steps.take(1 + target.len() as u64 / 16) {
                break;
            }
            match Pointer::parse(target).and_then(|pointer| pointer.find(self.root)) {
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
