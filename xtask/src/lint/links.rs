//! Lint `unlinked-id`: ids in responses that are parameters of other operations, without a link.

use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node};
use super::{Finding, overlay};

/// An operation with an id in its path.
struct Target<'a> {
    id: &'a str,
    /// The path before the parameter, without the trailing slash.
    prefix: String,
    parameter: String,
}

/// Finds responses of `POST` operations with an id that no link uses.
pub(super) fn missing_links(document: &Document) -> Vec<Finding> {
    let operations: Vec<&Node> = document.of_kind(ObjectKind::Operation).collect();
    let targets: Vec<Target<'_>> = operations.iter().filter_map(|node| target(node)).collect();
    let sources = operations.iter().filter(|node| node.at.last() == Some("post"));
    sources.flat_map(|node| missing_links_of(document, node, &targets)).collect()
}

fn target(node: &Node) -> Option<Target<'_>> {
    let path = path(&node.at)?;
    let (prefix, rest) = path.split_once("/{")?;
    let (parameter, _) = rest.split_once('}')?;
    let id = node.value.get("operationId")?.as_str()?;
    let is_id = parameter.to_lowercase().ends_with("id");
    is_id.then(|| Target { id, prefix: prefix.to_owned(), parameter: parameter.to_owned() })
}

/// Returns the path of an operation under `paths`.
fn path(at: &Pointer) -> Option<String> {
    match at.steps() {
        [paths, path, _] if paths == "paths" => Some(path.clone()),
        _ => None,
    }
}

fn missing_links_of(document: &Document, node: &Node, targets: &[Target<'_>]) -> Vec<Finding> {
    let Some(path) = path(&node.at) else { return Vec::new() };
    let source_id = node.value.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let responses = node.value.get("responses").and_then(Value::as_object).into_iter().flatten();
    let successful = responses.filter(|(status, _)| status.starts_with('2'));
    let mut findings = Vec::new();
    for (status, response) in successful {
        let response = document.resolved(response);
        let Some(schema) = json_schema(document, response) else { continue };
        let linked: Vec<&str> = response
            .get("links")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(_, link)| document.resolved(link).get("operationId")?.as_str())
            .collect();
        let is_unlinked =
            |target: &&Target<'_>| target.id != source_id && !linked.contains(&target.id);
        for target in targets.iter().filter(is_unlinked) {
            let Some(property) = property_for(document, schema, target, &path) else { continue };
            let at = node.at.join("responses").join(status);
            let link = json!({"links": {target.id: {
                "operationId": target.id,
                "parameters": {&target.parameter: format!("$response.body#/{property}")},
            }}});
            findings.push(Finding {
                code: "unlinked-id",
                message: format!(
                    "`{property}` of the response may be the parameter `{}` of `{}`, but there is no link",
                    target.parameter, target.id
                ),
                help: overlay::update(&at, &link),
                at,
            });
        }
    }
    findings
}

fn json_schema<'a>(document: &'a Document, response: &'a Value) -> Option<&'a Value> {
    let content = response.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(name, _)| name.contains("json"))?;
    Some(document.resolved(media_type.get("schema")?))
}

/// Returns the property of a response that is the parameter of an operation: a property of the same name,
/// or else `id`, if both operations have the same resource path.
fn property_for(
    document: &Document,
    schema: &Value,
    target: &Target<'_>,
    path: &str,
) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let is_scalar = |name: &str| {
        let property = properties.get(name).map(|property| document.resolved(property));
        property.is_some_and(|property| {
            property.get("type").is_some_and(|ty| ty == "string" || ty == "integer")
        })
    };
    if target.parameter != "id" && is_scalar(&target.parameter) {
        return Some(target.parameter.clone());
    }
    let is_same_resource = path == target.prefix
        || path
            .strip_prefix(&target.prefix)
            .is_some_and(|rest| rest.starts_with('/') && !rest.contains('{'));
    (is_same_resource && is_scalar("id")).then(|| "id".to_owned())
}
