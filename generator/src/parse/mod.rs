//! JSON to the document model: the last stage that reads the document's JSON.
//!
//! Takes an OpenAPI 3.0 document in one file and returns its objects as types, with every reference
//! resolved. Invalid parts are repaired (`repair`) or skipped, each with a diagnostic. Each object is
//! read by itself, with the types of `openapiv3` where they fit; `schemas` reads the schemas. Leaves
//! what the objects mean to [`lower`](crate::lower).

mod extension;
mod operations;
pub(crate) mod repair;
mod schemas;
mod typed;

pub(crate) use extension::tagged_by::MISSING_TAG_PROPERTY;
use schemas::Reader;
use serde_json::Value;
use typed::{located_items, root_items, typed};

use crate::diagnostics::{Diagnostics, Effect};
use crate::document::{OpenApi, SchemaId, SecurityScheme, Server, ServerVariable};
use crate::load::Document;
use crate::pointer::Pointer;

/// Reads a document.
pub fn parse(document: Document, diagnostics: &mut Diagnostics) -> OpenApi {
    let mut root = document.value;
    repair::repair(&mut root, diagnostics);
    let root = &root;
    let mut schemas = Reader::new(root);
    let components = component_schemas(root, &mut schemas);
    let operations = operations::operations(root, &mut schemas, diagnostics);
    let webhooks = operations::webhooks(root, &mut schemas, diagnostics);
    let (security_schemes, unsupported_schemes) = security_schemes(root, diagnostics);
    OpenApi {
        form_objects_are_json: form_objects_are_json(root),
        info: info(root, diagnostics),
        servers: servers(root, &Pointer::root(), diagnostics),
        tags: root_items(root, "tags", diagnostics),
        security: root_items(root, "security", diagnostics),
        security_schemes,
        unsupported_schemes,
        credential_sources: extension::credential_sources::read(root, diagnostics),
        error_body: extension::error_body::read(root, diagnostics),
        rate_limit: extension::rate_limit::read(root, diagnostics),
        schemas: schemas.finish(diagnostics),
        components,
        operations,
        webhooks,
    }
}

/// Returns whether objects in a form default to JSON. For this default, OpenAPI 3.0.3 refers to `style`
/// ("Support for x-www-form-urlencoded Request Bodies"), and 3.0.4 and 3.1.1 to `contentType`
/// (Encoding Object).
fn form_objects_are_json(root: &Value) -> bool {
    let version = root.get("openapi").and_then(Value::as_str).unwrap_or_default();
    let mut numbers = version.split('.').skip(1).map(|number| number.parse::<u64>().unwrap_or(0));
    match (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) {
        (0, patch) => patch >= 4,
        (1, patch) => patch >= 1,
        _ => true,
    }
}

fn info(root: &Value, diagnostics: &mut Diagnostics) -> openapiv3::Info {
    let info = match root.get("info") {
        Some(info) => {
            typed(info.clone(), &Pointer::root().join("info"), Effect::Degraded, diagnostics)
        }
        None => {
            diagnostics.degraded(
                "missing-info",
                &Pointer::root(),
                "the document has no `info`",
                "add `info` with `title` and `version`",
            );
            None
        }
    };
    info.unwrap_or_default()
}

fn component_schemas(root: &Value, schemas: &mut Reader<'_>) -> Vec<SchemaId> {
    let at = schemas::component_schemas();
    let components = at.find(root).and_then(Value::as_object).into_iter().flatten();
    components.map(|(name, _)| schemas.id(at.join(name))).collect()
}

/// Reads `servers` of the document, of a path item or of an operation.
fn servers(parent: &Value, at: &Pointer, diagnostics: &mut Diagnostics) -> Vec<Server> {
    let servers = located_items::<openapiv3::Server>(parent, "servers", at, diagnostics);
    let server = |(at, server): (Pointer, openapiv3::Server)| {
        let of_variables = at.join("variables");
        let variables = server.variables.into_iter().flatten();
        let variables = variables.map(|(name, variable)| ServerVariable {
            required: extension::required::read(&variable, &of_variables.join(&name), diagnostics),
            name,
            default: variable.default,
            values: variable.enumeration,
            description: variable.description,
        });
        Server {
            variables: variables.collect(),
            url: server.url,
            description: server.description,
            at,
        }
    };
    servers.into_iter().map(server).collect()
}

/// The type of a security scheme that uses a client certificate (OpenAPI 3.1). `openapiv3` does not
/// know it.
const MUTUAL_TLS: &str = "mutualTLS";

/// Reads the security schemes. Returns them and the names of those that are not supported.
fn security_schemes(
    root: &Value,
    diagnostics: &mut Diagnostics,
) -> (Vec<SecurityScheme>, Vec<String>) {
    let at = Pointer::root().join("components").join("securitySchemes");
    let (mut schemes, mut unsupported) = (Vec::new(), Vec::new());
    for (name, _) in at.find(root).and_then(Value::as_object).into_iter().flatten() {
        let Some((at, value)) = typed::resolve(root, at.join(name)) else { continue };
        if value.get("type").is_some_and(|name| name == MUTUAL_TLS) {
            diagnostics.unsupported(
                &at.join("type"),
                "a client certificate (`mutualTLS`)",
                "requirements with this scheme are skipped; pass a client with a certificate to `ClientBuilder::http_client`",
            );
            unsupported.push(name.clone());
        } else if let Some(object) = typed(value.clone(), &at, Effect::Degraded, diagnostics) {
            schemes.push(SecurityScheme { at, name: name.clone(), object });
        }
    }
    (schemes, unsupported)
}

#[cfg(test)]
mod tests;
