//! Arrays: matches upstream's items with existing items.

use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::{Carry, Locations};

/// Returns the items of an array whose order does not matter, in the existing order.
pub(super) fn set(upstream: &[Value], here: Option<&Value>) -> Value {
    let own = here.and_then(Value::as_array).into_iter().flatten();
    ordered(upstream.iter().collect(), own.collect()).into_iter().cloned().collect()
}

/// Returns upstream's values in the existing order. If that equals upstream's order, new values keep their
/// positions, else they come last.
pub(super) fn ordered<T: PartialEq + Copy>(upstream: Vec<T>, own: Vec<T>) -> Vec<T> {
    let mut kept: Vec<T> = own.iter().copied().filter(|value| upstream.contains(value)).collect();
    let (known, new): (Vec<T>, Vec<T>) = upstream.iter().partition(|value| own.contains(value));
    if known == kept {
        return upstream;
    }
    kept.extend(new);
    kept
}

impl Carry<'_> {
    /// Returns an array of objects. An item gets the prose of the existing item with the same facts, or
    /// else of the item at the same index, if no other item has it.
    pub(super) fn array(
        &mut self,
        locations: &Locations,
        items: &[Value],
        kind: ObjectKind,
        at: &mut Pointer,
    ) -> Value {
        let own_count = match self.here(locations) {
            Some(Value::Array(own)) => own.len(),
            _ => 0,
        };
        let item = |index: usize| locations.upstream.join(index);
        let own_item =
            |index: usize| locations.here.as_ref().map(|at| at.join(index)).unwrap_or_default();
        let mut unmatched: Vec<usize> = (0..own_count).collect();
        let mut matches: Vec<Option<usize>> = vec![None; items.len()];
        for is_match in [Self::is_same_parameter, Self::has_same_facts] {
            for (index, found) in
                matches.iter_mut().enumerate().filter(|(_, found)| found.is_none())
            {
                let position = unmatched
                    .iter()
                    .position(|own| is_match(self, &item(index), &own_item(*own), kind));
                *found = position.map(|position| unmatched.remove(position));
            }
        }
        for (index, found) in matches.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            let position =
                unmatched.iter().position(|own| *own == index && kind != ObjectKind::Parameter);
            *found = position.map(|position| unmatched.remove(position));
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        // The order of parameters does not matter.
        if kind == ObjectKind::Parameter {
            order.sort_by_key(|index| matches.get(*index).copied().flatten().unwrap_or(usize::MAX));
        }
        let mut array = Vec::new();
        for index in order {
            let here = matches.get(index).copied().flatten().map(own_item);
            let child = Locations { upstream: item(index), here };
            let value = at.within(array.len(), |at| {
                self.child_node(locations, &child, Shape::Object(kind), at)
            });
            array.push(value);
        }
        Value::Array(array)
    }

    /// Returns whether two parameters have the same name and location.
    fn is_same_parameter(&mut self, upstream: &Pointer, here: &Pointer, kind: ObjectKind) -> bool {
        let key = |document: &Value, at: &Pointer| {
            let mut node = at.find(document)?;
            // Follows one reference. Longer chains are rare, and only lose prose.
            if let Some(target) = metamodel::reference(node) {
                node = Pointer::parse(target.strip_prefix('#')?)?.find(document)?;
            }
            Some((node.get("name")?.clone(), node.get("in")?.clone()))
        };
        let upstream_key = key(self.upstream, upstream);
        kind == ObjectKind::Parameter
            && upstream_key.is_some()
            && upstream_key == key(self.here, here)
    }

    fn has_same_facts(&mut self, upstream: &Pointer, here: &Pointer, kind: ObjectKind) -> bool {
        kind != ObjectKind::Parameter && self.components.is_equal_here(upstream, here, kind)
    }
}
