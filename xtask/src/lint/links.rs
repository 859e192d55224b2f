//! Ids in answers that are parameters of other operations, where no link says so.

use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Finding, overlay};

/// An operation that takes an id in its path.
struct Taker<'a> {
    id: &'a str,
    /// The path before the parameter, without the slash between.
    before: String,
    parameter: String,
}

/// The answers of operations that make something, whose id nobody says what to do with.
pub(super) fn missing(document: &Document) -> Vec<Finding> {
    let operations: Vec<&Node> = document.of(ObjectKind::Operation).collect();
    let takers: Vec<Taker<'_>> = operations.iter().filter_map(|node| taker(node)).collect();
    let makers = operations.iter().filter(|node| node.at.last() == Some("post"));
    makers.flat_map(|node| of_maker(document, node, &takers)).collect()
}

fn taker(node: &Node) -> Option<Taker<'_>> {
    let path = path(&node.at)?;
    let (before, rest) = path.split_once("/{")?;
    let (parameter, _) = rest.split_once('}')?;
    let id = node.value.get("operationId")?.as_str()?;
    let is_id = parameter.to_lowercase().ends_with("id");
    is_id.then(|| Taker { id, before: before.to_owned(), parameter: parameter.to_owned() })
}

/// The path of an operation that stands under `paths`.
fn path(at: &Pointer) -> Option<String> {
    match at.steps() {
        [paths, path, _] if paths == "paths" => Some(path.clone()),
        _ => None,
    }
}

fn of_maker(document: &Document, node: &Node, takers: &[Taker<'_>]) -> Vec<Finding> {
    let Some(path) = path(&node.at) else { return Vec::new() };
    let own = node.value.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let answers = node.value.get("responses").and_then(Value::as_object).into_iter().flatten();
    let good = answers.filter(|(status, _)| status.starts_with('2'));
    let mut findings = Vec::new();
    for (status, answer) in good {
        let answer = document.resolved(answer);
        let Some(schema) = json_schema(document, answer) else { continue };
        let linked: Vec<&str> = answer
            .get("links")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(_, link)| document.resolved(link).get("operationId")?.as_str())
            .collect();
        for taker in takers.iter().filter(|taker| taker.id != own && !linked.contains(&taker.id)) {
            let Some(property) = property_for(document, schema, taker, &path) else { continue };
            let at = node.at.join("responses").join(status);
            let link = json!({"links": {taker.id: {
                "operationId": taker.id,
                "parameters": {&taker.parameter: format!("$response.body#/{property}")},
            }}});
            findings.push(Finding {
                code: "unlinked-id",
                message: format!(
                    "`{property}` of the answer may be the `{}` of `{}`, and no link says so",
                    taker.parameter, taker.id
                ),
                help: overlay::update(&at, &link),
                at,
            });
        }
    }
    findings
}

fn json_schema<'a>(document: &'a Document, answer: &'a Value) -> Option<&'a Value> {
    let content = answer.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(name, _)| name.contains("json"))?;
    Some(document.resolved(media_type.get("schema")?))
}

/// The property of an answer that an operation takes: one of the same name, or else the id of what was
/// made, if both are about the same things.
fn property_for(
    document: &Document,
    schema: &Value,
    taker: &Taker<'_>,
    path: &str,
) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let is_text = |name: &str| {
        let property = properties.get(name).map(|property| document.resolved(property));
        property.is_some_and(|property| {
            property.get("type").is_some_and(|kind| kind == "string" || kind == "integer")
        })
    };
    if taker.parameter != "id" && is_text(&taker.parameter) {
        return Some(taker.parameter.clone());
    }
    let is_about_the_same = path == taker.before
        || path
            .strip_prefix(&taker.before)
            .is_some_and(|rest| rest.starts_with('/') && !rest.contains('{'));
    (is_about_the_same && is_text("id")).then(|| "id".to_owned())
}
