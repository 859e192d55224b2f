//! Lint `repeated-schema`: equal schemas that could be one component.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value, json};

use super::document::{Document, Node, Place};
use super::{Action, Finding};
use crate::terminal::counted;

/// The keywords that do not count for equality.
const PROSE: [&str; 6] =
    ["description", "title", "example", "examples", "externalDocs", "deprecated"];

/// The number of other locations that a message names.
const MAX_NAMED: usize = 10;

/// Finds enums and objects that occur in several locations and are equal except for prose.
pub(super) fn repeated_schemas(document: &Document<'_>) -> Vec<Finding> {
    let mut forms = Forms::default();
    let mut nodes: BTreeMap<usize, Vec<&Node<'_>>> = BTreeMap::new();
    for node in document.of_kind(ObjectKind::Schema) {
        let properties = node.value.get("properties").and_then(Value::as_object);
        let needs_name =
            node.value.get("enum").is_some() || properties.is_some_and(|all| all.len() > 1);
        if needs_name && reference(node.value).is_none() {
            nodes.entry(forms.of(document, node.value)).or_default().push(node);
        }
    }
    if document.steps.is_exceeded() {
        return Vec::new();
    }
    let mut groups: Vec<Vec<&Node<'_>>> =
        nodes.into_values().filter(|nodes| nodes.len() > 1).collect();
    // Outer schemas first: schemas inside a repeated schema are not reported again.
    groups.sort_by_key(|nodes| nodes.iter().map(|node| document.depth(node.place)).min());
    let mut outer: BTreeSet<Place> = BTreeSet::new();
    let components = document.root.pointer("/components/schemas").and_then(Value::as_object);
    let components = components.into_iter().flat_map(Map::keys).map(String::as_str);
    let mut names = Names { taken: components.map(str::to_owned).collect(), next: BTreeMap::new() };
    let mut findings = Vec::new();
    for nodes in groups.iter().take_while(|_| !document.steps.is_exceeded()) {
        if nodes.iter().any(|node| is_inside(document, node.place, &outer)) {
            continue;
        }
        outer.extend(nodes.iter().map(|node| node.place));
        findings.extend(finding(document, nodes, &mut names));
    }
    findings
}

/// Returns whether a node is one of `outer`, or inside one of them.
fn is_inside(document: &Document<'_>, place: Place, outer: &BTreeSet<Place>) -> bool {
    std::iter::successors(Some(place), |place| document.parent(*place))
        .any(|place| document.steps.take(1) && outer.contains(&place))
}

fn finding(document: &Document<'_>, nodes: &[&Node<'_>], names: &mut Names) -> Option<Finding> {
    let locations: Vec<Pointer> = nodes.iter().map(|node| document.at(node.place)).collect();
    let component = locations.iter().find(|at| is_component(at)).or(locations.first())?;
    let others: Vec<&Pointer> = locations.iter().filter(|at| *at != component).collect();
    let named: Vec<String> = others.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    let more = match others.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(Finding {
        code: "repeated-schema",
        at: component.clone(),
        message: format!(
            "this schema is repeated at {}: {}{more}",
            counted(others.len(), "other location"),
            named.join(", ")
        ),
        help: match is_component(component) {
            true => "refer to it from the other locations",
            false => "make it a component and refer to that",
        }
        .to_owned(),
        actions: correction(document, component, &others, names),
    })
}

fn is_component(at: &Pointer) -> bool {
    matches!(at.tokens(), [components, schemas, _] if components == "components" && schemas == "schemas")
}

/// The content of a schema without prose, by the numbers of its parts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form<'d> {
    Scalar(String),
    Array(Vec<usize>),
    Object(Vec<(&'d str, usize)>),
}

/// Numbers that are equal for schemas that are equal except for prose. Each value is visited once, however
/// often the schemas around it are compared.
#[derive(Debug, Default)]
struct Forms<'d> {
    numbers: BTreeMap<Form<'d>, usize>,
    /// The numbers of visited values, by their addresses.
    visited: BTreeMap<*const Value, usize>,
}

impl<'d> Forms<'d> {
    fn of(&mut self, document: &Document<'d>, value: &'d Value) -> usize {
        if let Some(number) = self.visited.get(&std::ptr::from_ref(value)) {
            return *number;
        }
        if !document.steps.take(1) {
            return 0;
        }
        let form = match value {
            Value::Object(object) => {
                let object = object.iter().filter(|(key, _)| !PROSE.contains(&key.as_str()));
                let entries = object.map(|(key, value)| match (key.as_str(), value) {
                    // A property may be called `description`.
                    ("properties", Value::Object(properties)) => {
                        let properties = properties.iter();
                        let properties = properties
                            .map(|(name, schema)| (name.as_str(), self.of(document, schema)))
                            .collect();
                        ("properties", self.number(sorted(properties)))
                    }
                    (key, value) => (key, self.of(document, value)),
                });
                let entries = entries.collect();
                sorted(entries)
            }
            Value::Array(items) => {
                Form::Array(items.iter().map(|item| self.of(document, item)).collect())
            }
            scalar => Form::Scalar(scalar.to_string()),
        };
        let number = self.number(form);
        self.visited.insert(std::ptr::from_ref(value), number);
        number
    }

    fn number(&mut self, form: Form<'d>) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(form).or_insert(next)
    }
}

/// Returns the form of an object: the order of properties does not count.
fn sorted(mut entries: Vec<(&str, usize)>) -> Form<'_> {
    entries.sort_unstable();
    Form::Object(entries)
}

/// Returns the actions that make a component of a schema, if it is none, and refer to it from all other
/// locations. Adds the name of the component to those that are taken.
fn correction(
    document: &Document<'_>,
    component: &Pointer,
    others: &[&Pointer],
    names: &mut Names,
) -> Vec<Action> {
    let refer = |at: &Pointer, name: &str| {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let last = at.last().unwrap_or_default();
        [Action::remove(at.clone()), Action::update(at.parent(), json!({last: reference}))]
    };
    let mut actions = Vec::new();
    let name = match component.last().filter(|_| is_component(component)) {
        Some(name) => name.to_owned(),
        None => free_name(document.root, component, names),
    };
    if !is_component(component) {
        let schema = component.find(document.root).cloned();
        // The parts above may not exist.
        let schemas = json!({"components": {"schemas": {&name: schema}}});
        actions.push(Action::update(Pointer::root(), schemas));
        actions.extend(refer(component, &name));
    }
    actions.extend(others.iter().flat_map(|at| refer(at, &name)));
    actions
}

/// The parts of a location that say nothing about a schema.
const STRUCTURE: [&str; 9] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "content",
    "items",
    "oneOf",
    "parameters",
    "properties",
    "schema",
];

/// Returns a name for a schema that no component has: that of its parameter or property.
fn free_name(root: &Value, at: &Pointer, names: &mut Names) -> String {
    let mut place = at.clone();
    let mut name = None;
    while name.is_none() && !place.tokens().is_empty() {
        let node = place.find(root);
        let own = node.and_then(|node| node.get("name")?.as_str());
        let key = place.last().filter(|key| {
            let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            is_word && !STRUCTURE.contains(key) && key.parse::<usize>().is_err()
        });
        name = own.or(key).map(upper_camel);
        place = place.parent();
    }
    names.free(name.unwrap_or_else(|| "Schema".to_owned()))
}

/// The names of components.
struct Names {
    taken: BTreeSet<String>,
    /// The next number for each name.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// Returns a name that is not taken, with a number if necessary, and takes it.
    fn free(&mut self, name: String) -> String {
        let mut free = name.clone();
        let next = self.next.entry(name.clone()).or_insert(2);
        while self.taken.contains(&free) {
            free = format!("{name}{next}");
            *next += 1;
        }
        self.taken.insert(free.clone());
        free
    }
}

fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
