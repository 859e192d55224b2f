//! Lists: which item of upstream's is which item here.

use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::{Carry, Pair};

/// Values whose order is no fact.
pub(super) fn set(upstream: &[Value], here: Option<&Value>) -> Value {
    let own = here.and_then(Value::as_array).into_iter().flatten();
    ordered(upstream.iter().collect(), own.collect()).into_iter().cloned().collect()
}

/// What upstream has, in the order that is here. What is new has its place among the others if they
/// are in upstream's order here as well, else it comes last.
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
    /// A list of objects of a kind. An item has the words of the one that says the same here, and
    /// if there is none, of the one at the same index, if that is not another one.
    pub(super) fn nodes(
        &mut self,
        pair: &Pair,
        items: &[Value],
        kind: ObjectKind,
        at: &mut Pointer,
    ) -> Value {
        let own = match self.here(pair) {
            Some(Value::Array(own)) => own.len(),
            _ => 0,
        };
        let item = |index: usize| pair.upstream.join(index);
        let own_item =
            |index: usize| pair.here.as_ref().map(|at| at.join(index)).unwrap_or_default();
        let mut free: Vec<usize> = (0..own).collect();
        let mut found: Vec<Option<usize>> = vec![None; items.len()];
        for round in [Self::are_one, Self::say_the_same] {
            for (index, found) in found.iter_mut().enumerate().filter(|(_, found)| found.is_none())
            {
                let place =
                    free.iter().position(|own| round(self, &item(index), &own_item(*own), kind));
                *found = place.map(|place| free.remove(place));
            }
        }
        for (index, found) in found.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            let place = free.iter().position(|own| *own == index && kind != ObjectKind::Parameter);
            *found = place.map(|place| free.remove(place));
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        // The order of parameters is no fact.
        if kind == ObjectKind::Parameter {
            order.sort_by_key(|index| found.get(*index).copied().flatten().unwrap_or(usize::MAX));
        }
        let mut list = Vec::new();
        for index in order {
            let here = found.get(index).copied().flatten().map(own_item);
            let child = Pair { upstream: item(index), here };
            let value =
                at.within(list.len(), |at| self.member(pair, &child, Shape::Object(kind), at));
            list.push(value);
        }
        Value::Array(list)
    }

    /// Whether two parameters are the same one, whatever is said of them.
    fn are_one(&mut self, upstream: &Pointer, here: &Pointer, kind: ObjectKind) -> bool {
        let key = |document: &Value, at: &Pointer| {
            let mut node = at.find(document)?;
            // One reference leads to a parameter; a longer way is rare, and only costs words.
            if let Some(target) = metamodel::reference(node) {
                node = Pointer::parse(target.strip_prefix('#')?)?.find(document)?;
            }
            Some((node.get("name")?.clone(), node.get("in")?.clone()))
        };
        let of_upstream = key(self.upstream, upstream);
        kind == ObjectKind::Parameter
            && of_upstream.is_some()
            && of_upstream == key(self.here, here)
    }

    fn say_the_same(&mut self, upstream: &Pointer, here: &Pointer, kind: ObjectKind) -> bool {
        kind != ObjectKind::Parameter && self.components.same_here(upstream, here, kind)
    }
}
