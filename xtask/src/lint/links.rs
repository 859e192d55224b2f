//! Ids in responses that are parameters of other operations, where no link says so.
//!
//! Takes the document and returns findings. Operations are looked up by their parameters and paths, and
//! a response gets a few findings at most, so that the work grows with the document and not with its
//! square.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter::successors;
use std::rc::Rc;

use clientgen::metamodel::Kind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Finding, overlay};

/// How many links are proposed for a response.
const MOST: usize = 10;

/// An operation that takes an id in its path.
struct Taker<'a> {
    id: &'a str,
    parameter: &'a str,
}

/// The operations that take an id, and where to find them, each list in the order of the document.
#[derive(Default)]
struct Takers<'a> {
    /// By their parameter, unless it is `id`, which says nothing.
    by_parameter: BTreeMap<&'a str, Vec<Taker<'a>>>,
    /// By the path before the parameter, without the slash between.
    by_path: BTreeMap<&'a str, Vec<Taker<'a>>>,
    /// What a schema has that can be taken, by the schema: many responses can have the same one.
    ids: RefCell<HashMap<*const Value, Rc<Ids<'a>>>>,
    /// How many properties and operations have been looked at.
    looked_at: Cell<usize>,
}

/// The ids in a schema.
struct Ids<'a> {
    /// The properties that have the name of a parameter.
    named: Vec<&'a str>,
    /// Whether there is a property `id`.
    own: bool,
}

/// The responses of operations that make something, whose id nobody says what to do with.
pub(super) fn missing(document: &Document) -> Vec<Finding> {
    let takers = Takers::of(document);
    let makers = document.of(Kind::Operation).filter(|node| node.at.last() == Some("post"));
    makers.flat_map(|node| of_maker(document, node, &takers)).collect()
}

impl<'a> Takers<'a> {
    fn of(document: &'a Document) -> Self {
        let mut takers = Self::default();
        for (before, Taker { id, parameter }) in document.of(Kind::Operation).filter_map(taker) {
            let taker = || Taker { id, parameter };
            if parameter != "id" {
                takers.by_parameter.entry(parameter).or_default().push(taker());
            }
            takers.by_path.entry(before).or_default().push(taker());
        }
        takers
    }

    fn look(&self) {
        self.looked_at.set(self.looked_at.get() + 1);
    }

    fn ids(&self, document: &'a Document, schema: &'a Value) -> Rc<Ids<'a>> {
        let find = || {
            let properties = schema.get("properties").and_then(Value::as_object);
            let is_id = |property: &Value| {
                self.look();
                let kind = document.resolved(property).get("type");
                kind.is_some_and(|kind| kind == "string" || kind == "integer")
            };
            let named = properties.into_iter().flatten().filter(|(name, property)| {
                self.by_parameter.contains_key(name.as_str()) && is_id(property)
            });
            let named = named.map(|(name, _)| name.as_str()).collect();
            Rc::new(Ids { named, own: properties.and_then(|all| all.get("id")).is_some_and(is_id) })
        };
        self.ids.borrow_mut().entry(std::ptr::from_ref(schema)).or_insert_with(find).clone()
    }

    /// The operations that take an id of a response, with the property that it is: one with the name of
    /// the parameter, or else the id of what was made, if both are about the same things.
    fn of_ids<'t>(
        &'t self,
        ids: &'t Ids<'a>,
        path: &'t str,
    ) -> impl Iterator<Item = (&'t Taker<'a>, &'t str)> {
        let named = ids.named.iter().flat_map(|name| {
            self.by_parameter.get(name).into_iter().flatten().map(|taker| (taker, *name))
        });
        // What is made at `/a/b` can be what `/a/b/{id}` takes, and what `/a/{id}` takes.
        let paths = successors(Some(path), |path| {
            let (before, last) = path.rsplit_once('/')?;
            (!last.contains('{')).then_some(before)
        });
        let about_the_same = paths.filter(|_| ids.own).flat_map(|path| {
            self.by_path.get(path).into_iter().flatten().map(|taker| (taker, "id"))
        });
        let is_named = |taker: &Taker<'a>| ids.named.contains(&taker.parameter);
        let about_the_same = about_the_same.filter(move |(taker, _)| !is_named(taker));
        named.chain(about_the_same).inspect(|_| self.look())
    }
}

/// An operation that takes an id, and the path before it.
fn taker(node: &Node) -> Option<(&str, Taker<'_>)> {
    let (before, rest) = path(&node.at)?.split_once("/{")?;
    let (parameter, _) = rest.split_once('}')?;
    let id = node.value.get("operationId")?.as_str()?;
    let is_id = parameter.to_lowercase().ends_with("id");
    is_id.then_some((before, Taker { id, parameter }))
}

/// The path of an operation that stands under `paths`.
fn path(at: &Pointer) -> Option<&str> {
    match at.steps() {
        [paths, path, _] if paths == "paths" => Some(path),
        _ => None,
    }
}

fn of_maker<'a>(document: &'a Document, node: &'a Node, takers: &Takers<'a>) -> Vec<Finding> {
    let Some(path) = path(&node.at) else { return Vec::new() };
    let own = node.value.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let responses = node.value.get("responses").and_then(Value::as_object).into_iter().flatten();
    let successful = responses.filter(|(status, _)| status.starts_with('2'));
    let mut findings = Vec::new();
    for (status, response) in successful {
        let response = document.resolved(response);
        let Some(schema) = json_schema(document, response) else { continue };
        let mut known = linked(document, response);
        known.insert(own);
        let ids = takers.ids(document, schema);
        let mut unlinked = takers.of_ids(&ids, path).filter(|(taker, _)| !known.contains(taker.id));
        let at = node.at.join("responses").join(status);
        let found = unlinked.by_ref().take(MOST);
        findings.extend(found.map(|(taker, property)| finding(&at, taker, property)));
        if let (Some(_), Some(last)) = (unlinked.next(), findings.last_mut()) {
            last.message.push_str("; there are further operations that take an id of the response");
        }
    }
    findings
}

/// The operations that the links of a response lead to.
fn linked<'a>(document: &'a Document, response: &'a Value) -> BTreeSet<&'a str> {
    let links = response.get("links").and_then(Value::as_object).into_iter().flatten();
    let id = |link| document.resolved(link).get("operationId")?.as_str();
    links.filter_map(|(_, link)| id(link)).collect()
}

fn finding(at: &Pointer, taker: &Taker<'_>, property: &str) -> Finding {
    let link = json!({"links": {taker.id: {
        "operationId": taker.id,
        "parameters": {taker.parameter: format!("$response.body#/{property}")},
    }}});
    Finding {
        code: "unlinked-id",
        message: format!(
            "`{property}` of the response may be the `{}` of `{}`, and no link says so",
            taker.parameter, taker.id
        ),
        help: overlay::update(at, &link),
        at: at.clone(),
    }
}

fn json_schema<'a>(document: &'a Document, response: &'a Value) -> Option<&'a Value> {
    let content = response.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(name, _)| name.contains("json"))?;
    Some(document.resolved(media_type.get("schema")?))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn operation(id: String, schema: &Value) -> Value {
        let content = json!({"application/json": {"schema": schema}});
        json!({"operationId": id, "responses": {"200": {"description": "A.", "content": content}}})
    }

    /// As many operations that make something as operations that take an id of it.
    fn all_fit(size: usize) -> Document {
        let schema = json!({"$ref": "#/components/schemas/A"});
        let maker = |index| {
            (format!("/m/{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let taker = |index| {
            (
                format!("/m/{{accountId}}/{index}"),
                json!({"get": operation(format!("t{index}"), &schema)}),
            )
        };
        of(size, maker, taker)
    }

    /// Each maker makes what one operation takes, and all of its properties are ids of something.
    fn one_fits(size: usize) -> Document {
        let maker = |index| {
            let schema = json!({"type": "object", "properties": {"id": {"type": "string"}, format!("x{index}Id"): {"type": "string"}}});
            (format!("/m{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let taker = |index| {
            (
                format!("/t/{{x{index}Id}}"),
                json!({"get": operation(format!("t{index}"), &json!({}))}),
            )
        };
        of(size, maker, taker)
    }

    /// All makers have the same schema, which is large.
    fn one_schema(size: usize) -> Document {
        let schema = json!({"$ref": "#/components/schemas/A"});
        let maker = |index| {
            (format!("/m{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let taker = |index| {
            (
                format!("/t/{{x{index}Id}}"),
                json!({"get": operation(format!("t{index}"), &json!({}))}),
            )
        };
        of(size, maker, taker)
    }

    fn of(
        size: usize,
        maker: impl Fn(usize) -> (String, Value),
        taker: impl Fn(usize) -> (String, Value),
    ) -> Document {
        let paths: Map<String, Value> =
            (0..size).flat_map(|index| [maker(index), taker(index)]).collect();
        let ids = (0..size).map(|index| (format!("x{index}Id"), json!({"type": "string"})));
        let ids: Map<String, Value> =
            ids.chain([("accountId".to_owned(), json!({"type": "string"}))]).collect();
        Document::new(
            json!({"openapi": "3.0.3", "paths": paths, "components": {"schemas": {"A": {"type": "object", "properties": ids}}}}),
        )
    }

    #[test]
    fn the_work_grows_with_the_operations_and_not_with_their_square() {
        for (name, make) in [
            ("all fit", all_fit as fn(usize) -> Document),
            ("one fits", one_fits),
            ("one schema", one_schema),
        ] {
            let [(work, found), (more_work, more_found)] = [50, 100].map(|size| {
                let document = make(size);
                let takers = Takers::of(&document);
                let makers =
                    document.of(Kind::Operation).filter(|node| node.at.last() == Some("post"));
                let found = makers.flat_map(|node| of_maker(&document, node, &takers)).count();
                (takers.looked_at.get(), found)
            });
            assert!(found >= 50 && more_found * 10 <= found * 23, "{name}: {found}, {more_found}");
            assert!(work >= 50 && more_work * 10 <= work * 23, "{name}: {work}, {more_work}");
        }
    }

    #[test]
    fn what_is_not_proposed_is_said() {
        let found = missing(&all_fit(MOST + 1));
        let of_first: Vec<&Finding> = found.iter().filter(|one| one.at == found[0].at).collect();
        assert_eq!(of_first.len(), MOST);
        assert!(
            of_first[MOST - 1]
                .message
                .ends_with("further operations that take an id of the response")
        );
        assert!(!of_first[MOST - 2].message.contains("further"));
        assert!(!missing(&all_fit(MOST)).iter().any(|one| one.message.contains("further")));
    }
}
