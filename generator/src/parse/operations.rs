//! Operations and the objects in them, except schemas.

use openapiv3::StatusCode;
use serde_json::{Map, Value};

use super::extension;
use super::schemas::Reader;
use super::typed::{resolve, typed, without};
use crate::diagnostics::{Diagnostics, Effect};
use crate::document::{
    Encoding, Header, Link, MediaType, Operation, Parameter, ParameterSchema, RequestBody,
    Response, ServerRequest,
};
use crate::metamodel::{self, METHODS, PathOperation};
use crate::pointer::Pointer;

/// Reads all operations, in the order of the document. Assigns ids to their schemas, and leaves reading
/// them to [`Reader::finish`].
pub(super) fn operations<'d>(
    root: &'d Value,
    schemas: &mut Reader<'d>,
    diagnostics: &mut Diagnostics,
) -> Vec<Operation> {
    let Some(Value::Object(paths)) = root.get("paths") else {
        diagnostics.degraded(
            "missing-paths",
            &Pointer::root(),
            "the document has no `paths`",
            "add `paths` with at least one path",
        );
        return Vec::new();
    };
    let mut reader = OperationReader { root, schemas, diagnostics };
    let mut operations = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
        if path.starts_with('/') {
            reader.path_item(path, item, &mut operations);
        } else {
            reader.report_invalid_path(path, item);
        }
    }
    operations
}

/// Reads the webhooks, in the order of the document.
pub(super) fn webhooks<'d>(
    root: &'d Value,
    schemas: &mut Reader<'d>,
    diagnostics: &mut Diagnostics,
) -> Vec<ServerRequest> {
    let mut requests = Vec::new();
    for key in metamodel::WEBHOOKS {
        let at = Pointer::root().join(key);
        let Some(items) = root.get(key).and_then(Value::as_object) else { continue };
        diagnostics.note(
            "webhooks",
            &at,
            "webhooks are requests that the server makes: only the types of their JSON payloads are generated",
            "nothing needs to be done",
        );
        let mut reader = OperationReader { root, schemas, diagnostics };
        for name in items.keys().filter(|name| !name.starts_with("x-")) {
            requests.extend(reader.server_requests(name, at.join(name)));
        }
    }
    requests
}

struct OperationReader<'d, 'r> {
    root: &'d Value,
    schemas: &'r mut Reader<'d>,
    diagnostics: &'r mut Diagnostics,
}

impl<'d> OperationReader<'d, '_> {
    fn report_invalid_path(&mut self, path: &str, item: &Value) {
        let at = Pointer::root().join("paths").join(path);
        for operation in metamodel::operations(item) {
            let method = operation.keys.last().copied().unwrap_or_default();
            let message =
                format!("the path `{path}` does not begin with `/`: its `{method}` is skipped");
            let help = "begin the path with a slash";
            self.diagnostics.skipped("invalid-path", &at, message, help);
        }
    }

    fn path_item(&mut self, path: &str, item: &'d Value, operations: &mut Vec<Operation>) {
        let at = Pointer::root().join("paths").join(path);
        if let Some((sent_path, _)) = path.split_once('#') {
            let message = format!(
                "the fragment of the path `{path}` is not sent: requests go to `{sent_path}`"
            );
            let help = "ignore this if the fragment only distinguishes operations";
            self.diagnostics.note("path-fragment", &at, message, help);
        }
        let shared = self.parameters(item, &at);
        let servers = super::servers(item, &at, self.diagnostics);
        for PathOperation { keys, method, value } in metamodel::operations(item) {
            let at = keys.iter().fold(at.clone(), |at, key| at.join(key));
            if keys.len() > 1 && !self.is_additional(method, &at) {
                continue;
            }
            let read_separately =
                ["parameters", "requestBody", "responses", "callbacks", "servers"];
            let mut fields = without(value, &read_separately);
            if let Some(fields) = fields.as_object_mut() {
                fields.insert("responses".to_owned(), Value::Object(Map::new()));
            }
            let Some(object) = typed(fields, &at, Effect::Skipped, self.diagnostics) else {
                continue;
            };
            let mut operation = self.operation((path, method), object, value, at);
            operation.parameters.extend(shared.iter().cloned());
            if operation.servers.is_empty() {
                operation.servers.clone_from(&servers);
            }
            operations.push(operation);
        }
    }

    /// Returns whether a key of `additionalOperations` is a method without a fixed key, or reports
    /// that the operation is skipped.
    fn is_additional(&mut self, method: &str, at: &Pointer) -> bool {
        // A token (RFC 9110, section 5.6.2).
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let is_method = !method.is_empty() && method.chars().all(is_token);
        let fixed = METHODS.iter().find(|(_, fixed)| *fixed == method);
        let (message, help) = match fixed {
            None if is_method => return true,
            None => {
                let message = format!("`{method}` is not an HTTP method: the operation is skipped");
                (message, "use a method such as `LINK`".to_owned())
            }
            Some((key, _)) => {
                let message = format!(
                    "the method `{method}` must not be in `additionalOperations`: the operation is skipped"
                );
                (message, format!("move it to the key `{key}` of the path"))
            }
        };
        self.diagnostics.skipped("invalid-method", at, message, help);
        false
    }

    fn operation(
        &mut self,
        (path, method): (&str, &str),
        object: openapiv3::Operation,
        value: &'d Value,
        at: Pointer,
    ) -> Operation {
        let callbacks = value.get("callbacks").and_then(Value::as_object);
        Operation {
            path: path.to_owned(),
            method: method.to_owned(),
            parameters: self.parameters(value, &at),
            request_body: value
                .get("requestBody")
                .and_then(|_| self.request_body(at.join("requestBody"))),
            responses: self.responses(value, &at),
            servers: super::servers(value, &at, self.diagnostics),
            callbacks: self.callbacks(value, &at),
            has_callbacks: callbacks.is_some_and(|callbacks| !callbacks.is_empty()),
            user_levels: extension::user_levels::read(&object, &at, self.diagnostics),
            long_running: extension::long_running::read(&object, &at, self.diagnostics),
            id: object.operation_id.filter(|id| !id.trim().is_empty()),
            tags: object.tags,
            summary: object.summary,
            description: object.description,
            deprecated: object.deprecated,
            security: object.security,
            at,
        }
    }

    /// Reads the callbacks of an operation.
    fn callbacks(&mut self, operation: &Value, at: &Pointer) -> Vec<ServerRequest> {
        let callbacks = operation.get("callbacks").and_then(Value::as_object).into_iter().flatten();
        let mut requests = Vec::new();
        for (name, _) in callbacks.filter(|(name, _)| !name.starts_with("x-")) {
            let Some((at, callback)) = resolve(self.root, at.join("callbacks").join(name)) else {
                continue;
            };
            let expressions = callback.as_object().into_iter().flatten().map(|(key, _)| key);
            for expression in expressions.filter(|key| !key.starts_with("x-")) {
                requests.extend(self.server_requests(name, at.join(expression)));
            }
        }
        requests
    }

    /// Reads the bodies of the requests that a path item of a webhook or a callback describes.
    fn server_requests(&mut self, name: &str, at: Pointer) -> Vec<ServerRequest> {
        let Some((at, item)) = resolve(self.root, at) else { return Vec::new() };
        let operations = metamodel::operations(item);
        let is_only = operations.len() == 1;
        let request = |operation: PathOperation<'_>| {
            let at = operation.keys.iter().fold(at.clone(), |at, key| at.join(key));
            let body = operation.value.get("requestBody");
            let body = body.and_then(|_| resolve(self.root, at.join("requestBody")));
            ServerRequest {
                name: name.to_owned(),
                method: (!is_only).then(|| operation.method.to_owned()),
                content: body.map_or_else(Vec::new, |(at, body)| self.content(body, &at)),
                at,
            }
        };
        operations.into_iter().map(request).collect()
    }

    /// Reads the parameters of an operation or a path.
    fn parameters(&mut self, parent: &Value, at: &Pointer) -> Vec<Parameter> {
        let count = parent.get("parameters").and_then(Value::as_array).map_or(0, Vec::len);
        at.items("parameters", count).filter_map(|at| self.parameter(at)).collect()
    }

    fn parameter(&mut self, used_at: Pointer) -> Option<Parameter> {
        let (at, value) = resolve(self.root, used_at.clone())?;
        let object = typed(with_empty_schema(value), &at, Effect::Degraded, self.diagnostics)?;
        Some(Parameter {
            schema: self.parameter_schema(value, &at),
            accept: extension::accept::read(value, &at, self.diagnostics),
            object,
            at,
            used_at,
        })
    }

    fn parameter_schema(&mut self, value: &Value, at: &Pointer) -> ParameterSchema {
        let content = value
            .get("content")
            .and_then(Value::as_object)
            .filter(|_| value.get("schema").is_none());
        match content {
            None => ParameterSchema::Schema(self.schemas.id(at.join("schema"))),
            Some(content) => {
                let media_type = content.keys().next().map_or("", String::as_str);
                let at = at.join("content").join(media_type).join("schema");
                ParameterSchema::Content(media_type.to_owned(), self.schemas.id(at))
            }
        }
    }

    fn request_body(&mut self, at: Pointer) -> Option<RequestBody> {
        let (at, value) = resolve(self.root, at)?;
        let object: openapiv3::RequestBody =
            typed(without(value, &["content"]), &at, Effect::Degraded, self.diagnostics)?;
        Some(RequestBody {
            description: object.description,
            required: object.required,
            content: self.content(value, &at),
        })
    }

    fn content(&mut self, parent: &'d Value, at: &Pointer) -> Vec<MediaType> {
        let content = parent.get("content").and_then(Value::as_object).into_iter().flatten();
        let at = at.join("content");
        content.map(|(name, value)| self.media_type(name, value, &at.join(name))).collect()
    }

    fn media_type(&mut self, name: &str, value: &'d Value, at: &Pointer) -> MediaType {
        let item = value.get("x-item-schema").map(|_| self.schemas.id(at.join("x-item-schema")));
        let encodings = value.get("encoding").and_then(Value::as_object).into_iter().flatten();
        let examples = value.get("examples").and_then(Value::as_object);
        let first_example = examples.and_then(|examples| examples.values().next()?.get("value"));
        MediaType {
            at: at.clone(),
            name: name.to_owned(),
            schema: self.schemas.id(at.join("schema")),
            item_schema: item,
            encoding: encodings.map(|(name, value)| (name.clone(), encoding(value))).collect(),
            example: value.get("example").or(first_example).cloned(),
        }
    }

    /// Reads the responses, with `default` last.
    fn responses(&mut self, operation: &'d Value, at: &Pointer) -> Vec<Response> {
        let at = at.join("responses");
        let entries = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let entries = entries.filter(|(key, _)| !key.starts_with("x-"));
        let mut responses: Vec<Response> =
            entries.filter_map(|(key, _)| self.response(key, at.join(key))).collect();
        responses.sort_by_key(|response| response.status.is_none());
        responses
    }

    fn response(&mut self, key: &str, at: Pointer) -> Option<Response> {
        let status = match key {
            "default" => None,
            key => Some(status_code(key)?),
        };
        let (at, value) = resolve(self.root, at)?;
        let fields = without(value, &["headers", "content", "links"]);
        let object: openapiv3::Response = typed(fields, &at, Effect::Degraded, self.diagnostics)?;
        Some(Response {
            status,
            description: object.description,
            headers: self.headers(value, &at),
            content: self.content(value, &at),
            links: self.links(value, &at),
            at,
        })
    }

    fn headers(&mut self, response: &'d Value, at: &Pointer) -> Vec<Header> {
        let headers = response.get("headers").and_then(Value::as_object).into_iter().flatten();
        let at = at.join("headers");
        headers.filter_map(|(name, _)| self.header(name, at.join(name))).collect()
    }

    fn header(&mut self, name: &str, at: Pointer) -> Option<Header> {
        let (at, value) = resolve(self.root, at)?;
        let object: openapiv3::Header =
            typed(with_empty_schema(value), &at, Effect::Degraded, self.diagnostics)?;
        Some(Header {
            name: name.to_owned(),
            description: object.description,
            schema: self.parameter_schema(value, &at),
        })
    }

    fn links(&mut self, response: &Value, at: &Pointer) -> Vec<Link> {
        let links = response.get("links").and_then(Value::as_object).into_iter().flatten();
        let at = at.join("links");
        links.filter_map(|(name, _)| self.link(name, at.join(name))).collect()
    }

    fn link(&mut self, name: &str, at: Pointer) -> Option<Link> {
        let (at, value) = resolve(self.root, at)?;
        let object = typed(value.clone(), &at, Effect::Degraded, self.diagnostics)?;
        Some(Link { at, name: name.to_owned(), object })
    }
}

/// Returns a parameter or a header with an empty schema instead of its own: `openapiv3` requires one.
fn with_empty_schema(value: &Value) -> Value {
    let mut fields = without(value, &["schema", "content"]);
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("schema".to_owned(), Value::Object(Map::new()));
    }
    fields
}

fn encoding(value: &Value) -> Encoding {
    let content_types = value.get("contentType").and_then(Value::as_str).unwrap_or_default();
    let content_types = content_types.split(',').map(str::trim).filter(|one| !one.is_empty());
    Encoding {
        content_types: content_types.map(str::to_owned).collect(),
        style: value.get("style").and_then(|style| serde_json::from_value(style.clone()).ok()),
        explode: value.get("explode").and_then(Value::as_bool),
        has_headers: value.get("headers").and_then(Value::as_object).is_some_and(|headers| {
            headers.keys().any(|name| !name.eq_ignore_ascii_case("content-type"))
        }),
    }
}

/// Parses a key of the Responses Object as a status or a range of statuses (OpenAPI 3.0.3).
fn status_code(key: &str) -> Option<StatusCode> {
    match key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
        Some(class) => class.parse().ok().map(StatusCode::Range),
        None => key.parse().ok().map(StatusCode::Code),
    }
}
