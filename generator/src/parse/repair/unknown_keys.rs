//! Reports keys that the specification does not have.
//!
//! Unknown keys have no effect. Each is reported once per kind of object: as a warning, which a strict
//! run rejects, if it is similar to a known key, else as a note. Anybody may add extensions, so an
//! extension is reported only if it is similar to one of ours, or stands where ours is not read.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect};
use crate::metamodel::ObjectKind;
use crate::pointer::Pointer;
use crate::suggest;

/// The unknown keys of a document.
#[derive(Default)]
pub(super) struct UnknownKeys {
    /// The location of the first occurrence of each, and the number of further occurrences.
    occurrences: IndexMap<(ObjectKind, String), (Pointer, usize)>,
}

impl UnknownKeys {
    /// Collects the unknown keys of an object. An object with patterned keys has none.
    pub(super) fn collect(&mut self, value: &Value, kind: ObjectKind, at: &Pointer) {
        if kind.patterned().is_some() {
            return;
        }
        for key in value.as_object().into_iter().flat_map(|object| object.keys()) {
            let is_known = key == "$ref" || kind.keys().iter().any(|known| known.name == key);
            if is_known || (key.starts_with("x-") && similar_extension(key).is_none()) {
                continue;
            }
            match self.occurrences.get_mut(&(kind, key.clone())) {
                Some((_, others)) => *others += 1,
                None => drop(self.occurrences.insert((kind, key.clone()), (at.join(key), 0))),
            }
        }
    }

    /// Reports each key once.
    pub(super) fn report(&mut self, diagnostics: &mut Diagnostics) {
        for ((kind, key), (at, others)) in std::mem::take(&mut self.occurrences) {
            let others = match others {
                0 => String::new(),
                1 => ", here and at one other location".to_owned(),
                others => format!(", here and at {others} other locations"),
            };
            let title = kind.title();
            let message = format!("`{key}` is not a key of the {title}: it has no effect{others}");
            let help = misplaced_extension(&key).or_else(|| later_key(kind, &key));
            let (effect, help) = match (similar_key(kind, &key), help) {
                (Some(similar), _) => (Effect::Degraded, format!("did you mean `{similar}`?")),
                (None, Some(help)) => (Effect::Degraded, help),
                (None, None) => {
                    let help = "remove it, or begin its name with `x-` if it is an extension";
                    (Effect::None, help.to_owned())
                }
            };
            diagnostics.report(effect, "unknown-key", &at, message, help);
        }
    }
}

/// Returns the known key that is similar to an unknown one.
fn similar_key(kind: ObjectKind, key: &str) -> Option<&'static str> {
    suggest::intended(key, kind.keys().iter().map(|known| known.name))
}

/// Returns the help for one of our extensions in an object where it is not read.
fn misplaced_extension(key: &str) -> Option<String> {
    let extension = similar_extension(key)?;
    let mut kinds: Vec<&str> = ObjectKind::with_key(extension).map(ObjectKind::title).collect();
    // The objects of Swagger 2.0 have the names of those of OpenAPI 3.
    let mut known = BTreeSet::new();
    kinds.retain(|title| known.insert(*title));
    Some(format!("`{extension}` is a key of the {}", kinds.join(" and of the ")))
}

/// Returns the help for a key of OpenAPI 3 in an object of Swagger 2.0.
fn later_key(kind: ObjectKind, key: &str) -> Option<String> {
    let later = kind.in_openapi_3()?;
    later.keys().iter().find(|known| known.name == key)?;
    Some(format!(
        "`{key}` is a key of OpenAPI 3: describe it as Swagger 2.0 does, or write the whole document in OpenAPI 3"
    ))
}

/// Returns our extension that a key equals or is similar to.
fn similar_extension(key: &str) -> Option<&'static str> {
    let all = ObjectKind::ALL.iter().flat_map(|kind| kind.keys()).map(|known| known.name);
    suggest::intended(key, all.filter(|name| name.starts_with("x-")))
        .filter(|_| key.starts_with("x-"))
}
