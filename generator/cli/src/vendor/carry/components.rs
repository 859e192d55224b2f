//! Assigns upstream's components to the components of the updated document.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use clientgen::load::Document;
use clientgen::metamodel::{self, ObjectKind};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use crate::vendor::facts::{self, Side, is_fact};
use crate::vendor::names;

/// A component to write.
pub(super) struct Component {
    pub(super) kind: ObjectKind,
    section: &'static str,
    name: String,
    /// The location of its facts.
    pub(super) upstream: Pointer,
    /// The location of its prose, which need not exist.
    pub(super) here: Option<Pointer>,
}

impl Component {
    /// Returns its location in the updated document.
    pub(super) fn at(&self) -> Pointer {
        component_pointer(self.section, &self.name)
    }
}

/// The components of the updated document, as far as something refers to them.
pub(super) struct Components<'c> {
    upstream: &'c Value,
    /// The upstream document twice, to compare its nodes with one another, and the existing document.
    sides: (Side<'c>, Side<'c>, Side<'c>),
    /// The used names of each section.
    used: BTreeMap<&'static str, BTreeSet<String>>,
    /// The upstream nodes for each name, with the names that they are assigned. An existing component may
    /// correspond to several different nodes now.
    assigned: BTreeMap<(&'static str, String), Vec<(Pointer, String)>>,
    /// The existing names of upstream nodes.
    existing: ExistingNames,
    queue: VecDeque<Component>,
    queued: BTreeSet<Pointer>,
}

/// The names of existing components, by section and upstream location.
pub(super) type ExistingNames = BTreeMap<(&'static str, Pointer), String>;

/// The documents are bundled, so no other file is read.
static NO_FILES: BTreeMap<String, String> = BTreeMap::new();

impl<'c> Components<'c> {
    pub(super) fn new(upstream: &'c Value, here: &Value, existing: ExistingNames) -> Self {
        let side = |value: &Value| {
            Side::new(Document { path: "document".to_owned(), value: value.clone() }, &NO_FILES)
        };
        let sides = (side(upstream), side(upstream), side(here));
        let (assigned, queue) = (BTreeMap::new(), VecDeque::new());
        let used = names::of(here);
        Self { upstream, sides, used, assigned, existing, queue, queued: BTreeSet::new() }
    }

    /// Returns the existing components that are still used, with their upstream nodes.
    pub(super) fn into_existing(self, here: &Value) -> ExistingNames {
        let mut existing = ExistingNames::new();
        for ((section, name), nodes) in self.assigned {
            if component_pointer(section, &name).find(here).is_some() {
                for (upstream, _) in nodes {
                    existing.entry((section, upstream)).or_insert_with(|| name.clone());
                }
            }
        }
        existing
    }

    /// Returns the next component to write. At the end, adds those that only a discriminator reaches:
    /// schemas that extend a written schema with a discriminator.
    pub(super) fn next(&mut self) -> Option<Component> {
        if self.queue.is_empty() {
            let schemas = self.upstream.get("components").and_then(|all| all.get("schemas"));
            for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
                let at = component_pointer("schemas", name);
                if !self.queued.contains(&at) && self.extends_queued(schema) {
                    self.reference(ObjectKind::Schema, None, &at);
                }
            }
        }
        self.queue.pop_front()
    }

    fn extends_queued(&self, schema: &Value) -> bool {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let bases =
            parts.filter_map(|part| Pointer::parse(metamodel::reference(part)?.strip_prefix('#')?));
        let has_discriminator = |base: &Pointer| {
            base.find(self.upstream).is_some_and(|base| base.get("discriminator").is_some())
        };
        bases.into_iter().any(|base| self.queued.contains(&base) && has_discriminator(&base))
    }

    /// Follows references from a location and returns their end. Stops at a reference with sibling facts.
    pub(super) fn end(&self, at: &Pointer) -> Pointer {
        let mut end = at.clone();
        let mut visited = BTreeSet::new();
        while let Some(node) = end.find(self.upstream).and_then(Value::as_object) {
            let has_no_facts = node.keys().all(|key| key == "$ref" || !is_fact(key));
            let target = node
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| Pointer::parse(text.strip_prefix('#')?));
            match target {
                Some(target) if has_no_facts && visited.insert(target.clone()) => end = target,
                _ => break,
            }
        }
        end
    }

    /// Follows references from a location and returns their end. Ignores sibling facts of the first one.
    pub(super) fn end_of_reference(&self, at: &Pointer) -> Pointer {
        let target = at.find(self.upstream).and_then(metamodel::reference);
        let target = target.and_then(|text| Pointer::parse(text.strip_prefix('#')?));
        target.map_or_else(|| at.clone(), |target| self.end(&target))
    }

    /// Returns the reference to a component for an upstream node: the existing component `own`, or one
    /// with upstream's name. Returns `None` if objects of the kind cannot be components.
    pub(super) fn reference(
        &mut self,
        kind: ObjectKind,
        own: Option<String>,
        upstream: &Pointer,
    ) -> Option<String> {
        let section = kind.section()?;
        let existing = self.existing.get(&(section, upstream.clone())).cloned();
        let preferred = own.or(existing).or_else(|| upstream.last().map(str::to_owned))?;
        let nodes = self.assigned.get(&(section, preferred.clone())).cloned().unwrap_or_default();
        let equal = nodes.iter().find(|(other, _)| self.is_equal_upstream(upstream, other, kind));
        if let Some((_, name)) = equal {
            return Some(component_pointer(section, name).to_string());
        }
        let is_unused = nodes.is_empty() && !self.is_assigned(section, &preferred);
        let used = self.used.entry(section).or_default();
        let name = if is_unused { preferred.clone() } else { names::unused(&preferred, used) };
        used.insert(name.clone());
        self.assigned
            .entry((section, preferred.clone()))
            .or_default()
            .push((upstream.clone(), name.clone()));
        self.queued.insert(upstream.clone());
        let reference = component_pointer(section, &name).to_string();
        let here = Some(component_pointer(section, &preferred));
        self.queue.push_back(Component { kind, section, name, upstream: upstream.clone(), here });
        Some(reference)
    }

    /// Returns whether a name is assigned to a node.
    fn is_assigned(&self, section: &str, name: &str) -> bool {
        self.assigned.iter().any(|((of, _), nodes)| {
            *of == section && nodes.iter().any(|(_, assigned)| assigned == name)
        })
    }

    fn is_equal_upstream(&mut self, one: &Pointer, other: &Pointer, kind: ObjectKind) -> bool {
        let (first, second, _) = &mut self.sides;
        one == other || facts::equal(first, second, (one, other), kind)
    }

    /// Returns whether an upstream node and an existing node have the same facts.
    pub(super) fn is_equal_here(
        &mut self,
        upstream: &Pointer,
        here: &Pointer,
        kind: ObjectKind,
    ) -> bool {
        let (first, _, third) = &mut self.sides;
        facts::equal(first, third, (upstream, here), kind)
    }

    /// Returns the value for a mapping of a discriminator.
    pub(super) fn schema_name(&mut self, upstream: &str, own: Option<&str>) -> String {
        let at = match upstream.strip_prefix('#').and_then(Pointer::parse) {
            Some(at) => at,
            None => component_pointer("schemas", upstream),
        };
        if at.find(self.upstream).is_none() {
            return upstream.to_owned();
        }
        let own = own.and_then(|own| {
            name(own, ObjectKind::Schema).or_else(|| (!own.contains('/')).then(|| own.to_owned()))
        });
        let end = self.end(&at);
        self.reference(ObjectKind::Schema, own, &end).unwrap_or_else(|| upstream.to_owned())
    }
}

/// Returns the name of the component that a reference has as its target, if it is of a kind.
pub(super) fn name(reference: &str, kind: ObjectKind) -> Option<String> {
    let pointer = Pointer::parse(reference.strip_prefix('#')?)?;
    match pointer.tokens() {
        [root, section, name] if root == "components" && kind.section() == Some(section) => {
            Some(name.clone())
        }
        _ => None,
    }
}

fn component_pointer(section: &str, name: &str) -> Pointer {
    Pointer::root().join("components").join(section).join(name)
}

/// Sorts sections and components in the existing order. New ones come last.
pub(super) fn restore_order(document: &mut Value, here: &Value) {
    let here_components = here.get("components").and_then(Value::as_object);
    let Some(Value::Object(sections)) = document.get_mut("components") else { return };
    for (name, section) in sections.iter_mut() {
        let own = here_components.and_then(|all| all.get(name)?.as_object());
        if let (Some(section), Some(own)) = (section.as_object_mut(), own) {
            sort_like(section, own);
        }
    }
    if let Some(own) = here_components {
        sort_like(sections, own);
    }
    if let (Some(root), Some(own)) = (document.as_object_mut(), here.as_object()) {
        sort_like(root, own);
    }
}

fn sort_like(object: &mut Map<String, Value>, order: &Map<String, Value>) {
    let mut rest = std::mem::take(object);
    for key in order.keys() {
        if let Some(value) = rest.shift_remove(key) {
            object.insert(key.clone(), value);
        }
    }
    object.extend(rest);
}
