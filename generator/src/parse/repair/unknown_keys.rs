//! Keys that objects of their kind do not have.
//!
//! They have no effect, so each is told once for each kind of object: as a mistake if a key of the
//! kind is like it, which a strict run does not accept, else as a note. Extensions are anybody's, and
//! told only where they are like one of ours, or stand where ours is not read.

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect};
use crate::metamodel::Kind;
use crate::pointer::Pointer;
use crate::suggest;

/// The unknown keys of a document: the first place of each, and how often there are others.
#[derive(Default)]
pub(super) struct UnknownKeys {
    found: IndexMap<(Kind, String), (Pointer, usize)>,
}

impl UnknownKeys {
    /// Finds the unknown keys of an object. One whose keys are names has none.
    pub(super) fn find(&mut self, value: &Value, kind: Kind, at: &Pointer) {
        if kind.named().is_some() {
            return;
        }
        for key in value.as_object().into_iter().flat_map(|object| object.keys()) {
            let is_known = key == "$ref" || kind.keys().iter().any(|known| known.name == key);
            if is_known || (key.starts_with("x-") && like_ours(key).is_none()) {
                continue;
            }
            match self.found.get_mut(&(kind, key.clone())) {
                Some((_, others)) => *others += 1,
                None => drop(self.found.insert((kind, key.clone()), (at.join(key), 0))),
            }
        }
    }

    /// Reports them.
    pub(super) fn report(&mut self, diagnostics: &mut Diagnostics) {
        for ((kind, key), (at, others)) in std::mem::take(&mut self.found) {
            let others = match others {
                0 => String::new(),
                1 => ", here and at one other place".to_owned(),
                others => format!(", here and at {others} other places"),
            };
            let title = kind.title();
            let message = format!("`{key}` is not a key of the {title}: it has no effect{others}");
            let (effect, help) = match (meant(kind, &key), elsewhere(&key)) {
                (Some(meant), _) => (Effect::Degraded, format!("did you mean `{meant}`?")),
                (None, Some(elsewhere)) => (Effect::Degraded, elsewhere),
                (None, None) => {
                    let help = "take it out, or begin its name with `x-` if it is an extension";
                    (Effect::None, help.to_owned())
                }
            };
            diagnostics.report(effect, "unknown-key", &at, message, help);
        }
    }
}

/// The key of a kind that was meant by a wrong one.
fn meant(kind: Kind, key: &str) -> Option<&'static str> {
    suggest::intended(key, kind.keys().iter().map(|known| known.name))
}

/// What to do about one of our extensions that stands where it is not read.
fn elsewhere(key: &str) -> Option<String> {
    let meant = like_ours(key)?;
    let kinds: Vec<&str> = Kind::with_key(meant).map(Kind::title).collect();
    Some(format!("`{meant}` is read in another place: the {}", kinds.join(", the ")))
}

/// Our extension that a key is, or is meant to be.
fn like_ours(key: &str) -> Option<&'static str> {
    let all = Kind::ALL.iter().flat_map(|kind| kind.keys()).map(|known| known.name);
    suggest::intended(key, all.filter(|name| name.starts_with("x-")))
        .filter(|_| key.starts_with("x-"))
}
