//! Lint `unlinked-id`: ids in responses that are parameters of other operations, without a link.
//!
//! Takes the document and returns findings. Operations are looked up by parameter and path, and the number
//! of findings per response is limited, so the work is linear in the size of the document.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::rc::Rc;

use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Action, Finding};

/// The maximum number of findings for a response.
const MAX_FINDINGS: usize = 10;

/// An operation with an id in its path.
struct Target<'a> {
    id: &'a str,
    parameter: &'a str,
}

/// The operations with an id in their path, each `Vec` in the order of the document.
#[derive(Default)]
struct Targets<'a> {
    /// By parameter, except `id`, which is not specific.
    by_parameter: BTreeMap<&'a str, Vec<Target<'a>>>,
    /// By the path before the parameter, without the trailing slash.
    by_path: BTreeMap<&'a str, Vec<Target<'a>>>,
    /// The ids in each schema, because many responses may have the same schema.
    ids: RefCell<BTreeMap<*const Value, Rc<Ids<'a>>>>,
    /// The number of visited properties, paths and operations.
    visited: Cell<usize>,
}

/// The ids in a schema.
struct Ids<'a> {
    /// The properties with the name of a parameter.
    named: Vec<&'a str>,
    /// The same, for look-ups.
    names: BTreeSet<&'a str>,
    /// Whether it has a property `id`.
    has_id: bool,
}

/// Finds responses of `POST` operations with an id that no link uses.
pub(super) fn missing_links(document: &Document<'_>) -> Vec<Finding> {
    let targets = Targets::new(document);
    let sources = sources(document).take_while(|_| document.steps.take(1));
    let mut findings = Vec::new();
    for node in sources {
        findings.extend(missing_links_of(document, node, &targets));
        document.steps.record(targets.visited.take());
    }
    findings
}

/// Returns the operations that create something.
fn sources<'n, 'd>(document: &'n Document<'d>) -> impl Iterator<Item = &'n Node<'d>> {
    document.of_kind(ObjectKind::Operation).filter(|node| document.key(node.place) == Some("post"))
}

impl<'a> Targets<'a> {
    fn new(document: &'a Document<'a>) -> Self {
        let mut targets = Self::default();
        let operations = document.of_kind(ObjectKind::Operation);
        let targets_of = operations.filter_map(|node| target(document, node));
        for (prefix, Target { id, parameter }) in targets_of {
            let target = || Target { id, parameter };
            if parameter != "id" {
                targets.by_parameter.entry(parameter).or_default().push(target());
            }
            targets.by_path.entry(prefix).or_default().push(target());
        }
        targets
    }

    fn count_visit(&self) {
        self.visited.set(self.visited.get() + 1);
    }

    /// Returns the ids in a schema.
    fn ids(&self, document: &'a Document<'a>, schema: &'a Value) -> Rc<Ids<'a>> {
        let find = || {
            let properties = schema.get("properties").and_then(Value::as_object);
            let is_id = |property: &Value| {
                self.count_visit();
                let ty = document.resolved(property).get("type");
                ty.is_some_and(|ty| ty == "string" || ty == "integer")
            };
            let named = properties.into_iter().flatten().filter(|(name, property)| {
                self.by_parameter.contains_key(name.as_str()) && is_id(property)
            });
            let named: Vec<&str> = named.map(|(name, _)| name.as_str()).collect();
            let has_id = properties.and_then(|all| all.get("id")).is_some_and(is_id);
            Rc::new(Ids { names: named.iter().copied().collect(), named, has_id })
        };
        self.ids.borrow_mut().entry(std::ptr::from_ref(schema)).or_insert_with(find).clone()
    }

    /// Returns the operations that have an id of a response as a parameter, each with the property: one
    /// with the name of the parameter, or else `id`, if both operations have the same resource path.
    fn for_ids<'t>(
        &'t self,
        ids: &'t Ids<'a>,
        path: &'t str,
    ) -> impl Iterator<Item = (&'t Target<'a>, &'t str)> {
        let named = ids.named.iter().flat_map(|name| {
            self.by_parameter.get(name).into_iter().flatten().map(|target| (target, *name))
        });
        // The id of a response of `/a/b` may be the id in `/a/b/{id}` or in `/a/{id}`.
        let paths = successors(Some(path), |path| {
            self.visited.set(self.visited.get() + 1 + path.len() / 16);
            let (parent, last) = path.rsplit_once('/')?;
            (!last.contains('{')).then_some(parent)
        });
        let same_resource = paths.filter(|_| ids.has_id).flat_map(|path| {
            self.by_path.get(path).into_iter().flatten().map(|target| (target, "id"))
        });
        let is_named = |target: &Target<'a>| ids.names.contains(target.parameter);
        let same_resource = same_resource.filter(move |(target, _)| !is_named(target));
        named.chain(same_resource).inspect(|_| self.count_visit())
    }
}

/// Returns an operation with an id in its path, and the path before the id.
fn target<'a>(document: &Document<'a>, node: &Node<'a>) -> Option<(&'a str, Target<'a>)> {
    let (prefix, rest) = path(document, node)?.split_once("/{")?;
    let (parameter, _) = rest.split_once('}')?;
    let id = node.value.get("operationId")?.as_str()?;
    let is_id = parameter.to_lowercase().ends_with("id");
    is_id.then_some((prefix, Target { id, parameter }))
}

/// Returns the path of an operation under `paths`.
fn path<'a>(document: &Document<'a>, node: &Node<'a>) -> Option<&'a str> {
    match document.keys(node.place) {
        [Some(_), Some(path), Some("paths")] if document.depth(node.place) == 3 => Some(path),
        _ => None,
    }
}

fn missing_links_of<'a>(
    document: &'a Document<'a>,
    node: &Node<'a>,
    targets: &Targets<'a>,
) -> Vec<Finding> {
    let Some(path) = path(document, node) else { return Vec::new() };
    let source_id = node.value.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let responses = node.value.get("responses").and_then(Value::as_object).into_iter().flatten();
    let successful = responses.filter(|(status, _)| status.starts_with('2'));
    let mut findings = Vec::new();
    for (status, response) in successful {
        let response = document.resolved(response);
        let Some(schema) = json_schema(document, response) else { continue };
        let mut linked = linked_operations(document, response);
        linked.insert(source_id);
        let ids = targets.ids(document, schema);
        let mut unlinked =
            targets.for_ids(&ids, path).filter(|(target, _)| !linked.contains(target.id));
        let first: Vec<_> = unlinked.by_ref().take(MAX_FINDINGS).collect();
        if first.is_empty() {
            continue;
        }
        let at = document.at(node.place).join("responses").join(status);
        findings.extend(first.iter().map(|(target, property)| finding(&at, target, property)));
        if let (Some(_), Some(last)) = (unlinked.next(), findings.last_mut()) {
            last.message.push_str(
                "; there are further operations with an id of the response as a parameter",
            );
        }
    }
    findings
}

/// Returns the ids of the operations in the links of a response.
fn linked_operations<'a>(document: &'a Document<'a>, response: &'a Value) -> BTreeSet<&'a str> {
    let links = response.get("links").and_then(Value::as_object).into_iter().flatten();
    let id = |link| document.resolved(link).get("operationId")?.as_str();
    links.filter_map(|(_, link)| id(link)).collect()
}

fn finding(at: &Pointer, target: &Target<'_>, property: &str) -> Finding {
    let link = json!({"links": {target.id: {
        "operationId": target.id,
        "parameters": {target.parameter: format!("$response.body#/{property}")},
    }}});
    Finding {
        code: "unlinked-id",
        message: format!(
            "`{property}` of the response may be the parameter `{}` of `{}`, but there is no link",
            target.parameter, target.id
        ),
        help: "add a link".to_owned(),
        actions: vec![Action::update(at.clone(), link)],
        at: at.clone(),
    }
}

fn json_schema<'a>(document: &'a Document<'a>, response: &'a Value) -> Option<&'a Value> {
    let content = response.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(name, _)| name.contains("json"))?;
    Some(document.resolved(media_type.get("schema")?))
}

#[cfg(test)]
mod tests {
    use clientgen::limits::Steps;
    use serde_json::Map;

    use super::*;

    fn operation(id: String, schema: &Value) -> Value {
        let content = json!({"application/json": {"schema": schema}});
        json!({"operationId": id, "responses": {"200": {"description": "A.", "content": content}}})
    }

    /// Returns a document where each target matches each source.
    fn all_match(size: usize) -> Value {
        let schema = json!({"$ref": "#/components/schemas/A"});
        let source = |index| {
            (format!("/m/{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let target = |index| {
            (
                format!("/m/{{accountId}}/{index}"),
                json!({"get": operation(format!("t{index}"), &schema)}),
            )
        };
        document(size, source, target)
    }

    /// Returns a document where one target matches each source, and all properties are ids.
    fn one_matches(size: usize) -> Value {
        let source = |index| {
            let schema = json!({"type": "object", "properties": {"id": {"type": "string"}, format!("x{index}Id"): {"type": "string"}}});
            (format!("/m{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let target = |index| {
            (
                format!("/t/{{x{index}Id}}"),
                json!({"get": operation(format!("t{index}"), &json!({}))}),
            )
        };
        document(size, source, target)
    }

    /// Returns a document where all sources have the same large schema.
    fn one_schema(size: usize) -> Value {
        let schema = json!({"$ref": "#/components/schemas/A"});
        let source = |index| {
            (format!("/m{index}"), json!({"post": operation(format!("m{index}"), &schema)}))
        };
        let target = |index| {
            (
                format!("/t/{{x{index}Id}}"),
                json!({"get": operation(format!("t{index}"), &json!({}))}),
            )
        };
        document(size, source, target)
    }

    fn document(
        size: usize,
        source: impl Fn(usize) -> (String, Value),
        target: impl Fn(usize) -> (String, Value),
    ) -> Value {
        let paths: Map<String, Value> =
            (0..size).flat_map(|index| [source(index), target(index)]).collect();
        let ids = (0..size).map(|index| (format!("x{index}Id"), json!({"type": "string"})));
        let ids: Map<String, Value> =
            ids.chain([("accountId".to_owned(), json!({"type": "string"}))]).collect();
        json!({"openapi": "3.0.3", "paths": paths, "components": {"schemas": {"A": {"type": "object", "properties": ids}}}})
    }

    #[test]
    fn the_work_is_linear_in_the_number_of_operations() {
        for (name, make) in [
            ("all match", all_match as fn(usize) -> Value),
            ("one matches", one_matches),
            ("one schema", one_schema),
        ] {
            let [(work, found), (more_work, more_found)] = [50, 100].map(|size| {
                let root = make(size);
                let document = Document::new(&root, &Steps::default());
                let targets = Targets::new(&document);
                let findings =
                    sources(&document).flat_map(|node| missing_links_of(&document, node, &targets));
                let count = findings.count();
                (targets.visited.get(), count)
            });
            assert!(found >= 50 && more_found * 10 <= found * 23, "{name}: {found}, {more_found}");
            assert!(work >= 50 && more_work * 10 <= work * 23, "{name}: {work}, {more_work}");
        }
    }

    #[test]
    fn omitted_findings_are_mentioned() {
        let found = |size| {
            let root = all_match(size);
            missing_links(&Document::new(&root, &Steps::default()))
        };
        let (all, found) = (found(MAX_FINDINGS), found(MAX_FINDINGS + 1));
        let of_first: Vec<&Finding> = found.iter().filter(|one| one.at == found[0].at).collect();
        assert_eq!(of_first.len(), MAX_FINDINGS);
        assert!(
            of_first[MAX_FINDINGS - 1]
                .message
                .ends_with("further operations with an id of the response as a parameter")
        );
        assert!(!of_first[MAX_FINDINGS - 2].message.contains("further"));
        assert!(!all.iter().any(|one| one.message.contains("further")));
    }
}
