//! `x-tagged-by`, on a property: its type by the value of a property beside it.

use serde_json::{Map, Value};

use super::fault;
use crate::diagnostics::Diagnostics;
use crate::document::TaggedBy;
use crate::parse::schemas::{Reader, components};
use crate::pointer::Pointer;

const KEY: &str = "x-tagged-by";

/// Reads the extension of a schema. That the object has the other property is checked where both
/// are known.
pub(in crate::parse) fn read(
    schema: &Map<String, Value>,
    at: &Pointer,
    schemas: &mut Reader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<TaggedBy> {
    let value = schema.get(KEY)?;
    let at = at.join(KEY);
    let Some(property_name) = value.get("propertyName").and_then(Value::as_str) else {
        fault(diagnostics, &at, NO_PROPERTY);
        return None;
    };
    let Some(Value::Object(object)) = value.get("mapping") else {
        let message = "`x-tagged-by` must have a `mapping` from tags to references";
        fault(diagnostics, &at, message);
        return None;
    };
    let mut mapping = Vec::new();
    for (tag, reference) in object {
        let target = reference.as_str().and_then(|text| Pointer::parse(text.strip_prefix('#')?));
        match target.filter(|target| schemas.has(target) && target.parent() == components()) {
            Some(target) => mapping.push((tag.clone(), schemas.id(target))),
            None => {
                let message = format!("{reference} is not a reference to a component schema");
                fault(diagnostics, &at.join("mapping").join(tag), message);
            }
        }
    }
    Some(TaggedBy { at, property_name: property_name.to_owned(), mapping })
}

/// What is wrong where the property with the tag is not there.
pub(crate) const NO_PROPERTY: &str =
    "`x-tagged-by` must have a `propertyName` that is a property beside this one";
