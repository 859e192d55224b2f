//! `x-tagged-by`, on a property: selects its type by the value of a sibling property.

use serde_json::{Map, Value};

use super::report_fault;
use super::shape::{self, Shape};
use crate::diagnostics::Diagnostics;
use crate::document::TaggedBy;
use crate::parse::schemas::{Reader, component_schemas};
use crate::pointer::Pointer;

const KEY: &str = "x-tagged-by";

const SHAPE: Shape = Shape::Object(&[("propertyName", Shape::String), ("mapping", Shape::Map)]);

/// Reads the extension of a schema. Leaves to `lower` whether the object has the sibling property.
pub(in crate::parse) fn read(
    schema: &Map<String, Value>,
    at: &Pointer,
    schemas: &mut Reader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<TaggedBy> {
    let value = schema.get(KEY)?;
    let at = at.join(KEY);
    shape::check(value, SHAPE, &at, diagnostics);
    let Some(property_name) = value.get("propertyName").and_then(Value::as_str) else {
        report_fault(diagnostics, &at, MISSING_TAG_PROPERTY);
        return None;
    };
    let Some(Value::Object(object)) = value.get("mapping") else {
        let message = "`x-tagged-by` must have a `mapping` of tags to references";
        report_fault(diagnostics, &at, message);
        return None;
    };
    let mut mapping = Vec::new();
    for (tag, reference) in object {
        let target = reference.as_str().and_then(|text| Pointer::parse(text.strip_prefix('#')?));
        match target
            .filter(|target| schemas.exists(target) && target.parent() == component_schemas())
        {
            Some(target) => mapping.push((tag.clone(), schemas.id(target))),
            None => {
                let message = format!("{reference} is not a reference to a component schema");
                report_fault(diagnostics, &at.join("mapping").join(tag), message);
            }
        }
    }
    Some(TaggedBy { at, property_name: property_name.to_owned(), mapping })
}

/// The message if the property with the tag is missing.
pub(crate) const MISSING_TAG_PROPERTY: &str =
    "`x-tagged-by` must have a `propertyName` that names a sibling property";
