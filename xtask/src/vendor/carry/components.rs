//! Which component each part of upstream's document becomes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use clientgen::load::Document;
use clientgen::metamodel::{self, Kind};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use crate::vendor::facts::{self, Side, is_fact};
use crate::vendor::names;

/// A component that is still to be written.
pub(super) struct Component {
    pub(super) kind: Kind,
    section: &'static str,
    name: String,
    /// Where its facts are.
    pub(super) upstream: Pointer,
    /// Where its words may be.
    pub(super) here: Option<Pointer>,
}

impl Component {
    /// Where it is written.
    pub(super) fn at(&self) -> Pointer {
        component(self.section, &self.name)
    }
}

/// The components that are referred to.
pub(super) struct Components<'c> {
    upstream: &'c Value,
    /// Upstream's document twice, to compare its nodes with one another, and the one that is here.
    sides: (Side<'c>, Side<'c>, Side<'c>),
    /// The names of a section that are not free.
    taken: BTreeMap<&'static str, BTreeSet<String>>,
    /// What the components of a name mean: a node of upstream's, and the name that it has been given.
    /// A name that meant one thing may have come to mean several.
    given: BTreeMap<(&'static str, String), Vec<(Pointer, String)>>,
    /// What the nodes of upstream's are called here, by their sections and places.
    known: Known,
    waiting: VecDeque<Component>,
    done: BTreeSet<Pointer>,
}

/// The names of components that are here, by what they mean.
pub(super) type Known = BTreeMap<(&'static str, Pointer), String>;

/// No file is read: what is compared has been bundled.
static NO_FILES: BTreeMap<String, String> = BTreeMap::new();

impl<'c> Components<'c> {
    pub(super) fn new(upstream: &'c Value, here: &Value, known: Known) -> Self {
        let side = |value: &Value| {
            Side::new(Document { path: "document".to_owned(), value: value.clone() }, &NO_FILES)
        };
        let sides = (side(upstream), side(upstream), side(here));
        let (given, waiting) = (BTreeMap::new(), VecDeque::new());
        let taken = names::of(here);
        Self { upstream, sides, taken, given, known, waiting, done: BTreeSet::new() }
    }

    /// The components that are here and still mean something.
    pub(super) fn known(self, here: &Value) -> Known {
        let mut known = Known::new();
        for ((section, name), meanings) in self.given {
            if component(section, &name).find(here).is_some() {
                for (upstream, _) in meanings {
                    known.entry((section, upstream)).or_insert_with(|| name.clone());
                }
            }
        }
        known
    }

    /// The next component that is to be written, at last those that only a discriminator leads to:
    /// the schemas that extend one that has been written.
    pub(super) fn next(&mut self) -> Option<Component> {
        if self.waiting.is_empty() {
            let schemas = self.upstream.get("components").and_then(|all| all.get("schemas"));
            for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
                let at = component("schemas", name);
                if !self.done.contains(&at) && self.extends_one_that_is_done(schema) {
                    self.reference(Kind::Schema, None, &at);
                }
            }
        }
        self.waiting.pop_front()
    }

    fn extends_one_that_is_done(&self, schema: &Value) -> bool {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let bases =
            parts.filter_map(|part| Pointer::parse(metamodel::reference(part)?.strip_prefix('#')?));
        let has_discriminator = |base: &Pointer| {
            base.find(self.upstream).is_some_and(|base| base.get("discriminator").is_some())
        };
        bases.into_iter().any(|base| self.done.contains(&base) && has_discriminator(&base))
    }

    /// Where the reference at a place leads in the end; the place itself if there is none, or if it
    /// has facts beside it.
    pub(super) fn end(&self, at: &Pointer) -> Pointer {
        let mut end = at.clone();
        let mut passed = BTreeSet::new();
        while let Some(node) = end.find(self.upstream).and_then(Value::as_object) {
            let plain = node.keys().all(|key| key == "$ref" || !is_fact(key));
            let target = node
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| Pointer::parse(text.strip_prefix('#')?));
            match target {
                Some(target) if plain && passed.insert(target.clone()) => end = target,
                _ => break,
            }
        }
        end
    }

    /// Where the reference at a place leads in the end, whatever is beside it.
    pub(super) fn end_of_reference(&self, at: &Pointer) -> Pointer {
        let target = at.find(self.upstream).and_then(metamodel::reference);
        let target = target.and_then(|text| Pointer::parse(text.strip_prefix('#')?));
        target.map_or_else(|| at.clone(), |target| self.end(&target))
    }

    /// The reference to a node of upstream's, which is the component of a name, or is called as
    /// upstream calls it. Something that can be no component has none.
    pub(super) fn reference(
        &mut self,
        kind: Kind,
        own: Option<String>,
        upstream: &Pointer,
    ) -> Option<String> {
        let section = kind.section()?;
        let known = self.known.get(&(section, upstream.clone())).cloned();
        let wanted = own.or(known).or_else(|| upstream.last().map(str::to_owned))?;
        let meanings = self.given.get(&(section, wanted.clone())).cloned().unwrap_or_default();
        let known = meanings.iter().find(|(other, _)| self.same(upstream, other, kind));
        if let Some((_, name)) = known {
            return Some(component(section, name).to_string());
        }
        let as_wanted = meanings.is_empty() && !self.given_away(section, &wanted);
        let taken = self.taken.entry(section).or_default();
        let name = if as_wanted { wanted.clone() } else { names::free(&wanted, taken) };
        taken.insert(name.clone());
        self.given
            .entry((section, wanted.clone()))
            .or_default()
            .push((upstream.clone(), name.clone()));
        self.done.insert(upstream.clone());
        let reference = component(section, &name).to_string();
        let here = Some(component(section, &wanted));
        self.waiting.push_back(Component { kind, section, name, upstream: upstream.clone(), here });
        Some(reference)
    }

    /// Whether something else has been given a name.
    fn given_away(&self, section: &str, name: &str) -> bool {
        self.given.iter().any(|((of, _), meanings)| {
            *of == section && meanings.iter().any(|(_, given)| given == name)
        })
    }

    fn same(&mut self, one: &Pointer, other: &Pointer, kind: Kind) -> bool {
        let (first, second, _) = &mut self.sides;
        one == other || facts::equal(first, second, (one, other), kind)
    }

    /// Whether a node of upstream's and one that is here have the same facts.
    pub(super) fn same_here(&mut self, upstream: &Pointer, here: &Pointer, kind: Kind) -> bool {
        let (first, _, third) = &mut self.sides;
        facts::equal(first, third, (upstream, here), kind)
    }

    /// The reference that a discriminator has to a schema of upstream's.
    pub(super) fn schema_name(&mut self, upstream: &str, own: Option<&str>) -> String {
        let at = match upstream.strip_prefix('#').and_then(Pointer::parse) {
            Some(at) => at,
            None => component("schemas", upstream),
        };
        if at.find(self.upstream).is_none() {
            return upstream.to_owned();
        }
        let own = own.and_then(|own| {
            name(own, Kind::Schema).or_else(|| (!own.contains('/')).then(|| own.to_owned()))
        });
        let end = self.end(&at);
        self.reference(Kind::Schema, own, &end).unwrap_or_else(|| upstream.to_owned())
    }
}

/// The name of the component that a reference leads to, if it is one for a kind.
pub(super) fn name(reference: &str, kind: Kind) -> Option<String> {
    let pointer = Pointer::parse(reference.strip_prefix('#')?)?;
    match pointer.tokens() {
        [root, section, name] if root == "components" && kind.section() == Some(section) => {
            Some(name.clone())
        }
        _ => None,
    }
}

fn component(section: &str, name: &str) -> Pointer {
    Pointer::root().join("components").join(section).join(name)
}

/// Puts sections and components in the order that they are in here; what is new comes last.
pub(super) fn put_in_order(document: &mut Value, here: &Value) {
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
