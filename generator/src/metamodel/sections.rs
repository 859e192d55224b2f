//! The parts of a document that contain its components: below `components` in OpenAPI 3, at the root in
//! Swagger 2.0.

use serde_json::Value;

use super::{ObjectKind, SECTIONS, is_swagger};
use crate::pointer::Pointer;

/// The kinds of components of Swagger 2.0 that references lead to, each with its key in the root object.
const SWAGGER_SECTIONS: [(ObjectKind, &str); 3] = [
    (ObjectKind::Schema, "definitions"),
    (ObjectKind::SwaggerResponse, "responses"),
    (ObjectKind::SwaggerParameter, "parameters"),
];

/// The sections of a document, each with the components of a kind.
#[derive(Debug, Clone)]
pub struct Sections {
    parent: Pointer,
    kinds: &'static [(ObjectKind, &'static str)],
}

impl Sections {
    /// Returns the sections of a document in its version.
    pub fn of(document: &Value) -> Self {
        match is_swagger(document) {
            true => Self { parent: Pointer::root(), kinds: &SWAGGER_SECTIONS },
            false => Self { parent: Pointer::root().join("components"), kinds: &SECTIONS },
        }
    }

    /// Returns the keys of the sections.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.kinds.iter().map(|(_, section)| *section)
    }

    /// Returns the key of the section for objects of a kind, if there is one.
    pub fn of_kind(&self, kind: ObjectKind) -> Option<&'static str> {
        self.kinds.iter().find(|(known, _)| *known == kind).map(|(_, section)| *section)
    }

    /// Returns the location of a section.
    pub fn at(&self, section: &str) -> Pointer {
        self.parent.join(section)
    }
}
