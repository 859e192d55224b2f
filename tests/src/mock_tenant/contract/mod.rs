//! The OpenAPI document as a contract: which operation a request calls, and whether it is valid.
//!
//! Takes the project's own document and requests, and returns the operation and either the decoded
//! call or the violations. Leaves to others what operations do and how violations are reported. No
//! operation is named here, so the checks follow the document.

mod body;
mod keywords;
mod parameters;
mod route;
pub(super) mod schema;
mod union;

use std::io;

use serde_json::Value;

use self::parameters::Parameter;
use self::route::Template;
use self::schema::{Violation, resolve};
use super::form;
use super::operation::Operation;
use super::record::RecordedRequest;

/// The document that requests are checked against.
const DOCUMENT: &str = include_str!("../../../../spec/reports.yaml");

/// The parsed document and its routes.
#[derive(Debug)]
pub(super) struct Contract {
    document: Value,
    routes: Vec<Route>,
}

/// One operation of the document.
#[derive(Debug)]
pub(super) struct Route {
    operation: Operation,
    method: String,
    template: Template,
    parameters: Vec<Parameter>,
    body: Option<Value>,
}

/// A valid request, decoded.
#[derive(Clone, Debug)]
pub(super) struct Call {
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    /// The JSON body; null if the operation takes none.
    pub(super) body: Value,
}

impl Call {
    /// Returns the id in the path. Operations of the document have at most one path parameter,
    /// under different names.
    pub(super) fn id(&self) -> &str {
        self.path.first().map_or("", |(_, value)| value)
    }

    /// Returns a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Contract {
    /// Reads the project's document.
    pub(super) fn load() -> io::Result<Self> {
        let document = clientgen::load::from_yaml(DOCUMENT)
            .map_err(|error| invalid(format!("reports.yaml: {error}")))?;
        let routes = routes(&document)?;
        Ok(Self { document, routes })
    }

    /// Returns the route of a method and a raw path. A literal path takes precedence over one with
    /// parameters.
    pub(super) fn route(&self, method: &str, raw_path: &str) -> Option<&Route> {
        let is_match = |route: &&Route| {
            route.method == method && route.template.parameters(raw_path).is_some()
        };
        self.routes.iter().filter(is_match).min_by_key(|route| route.template.parameter_count())
    }

    /// Checks a request against its operation.
    pub(super) fn check(
        &self,
        route: &Route,
        request: &RecordedRequest,
    ) -> Result<Call, Vec<Violation>> {
        let path = route.template.parameters(&request.path).unwrap_or_default();
        let query = form::decode_pairs(request.query.as_deref().unwrap_or_default())
            .map_err(|problem| vec![Violation::new("query", problem)])?;
        let mut violations = vec![];
        let locations = [("path", &path), ("query", &query), ("header", &request.headers)];
        for (location, given) in locations {
            let known = &route.parameters;
            violations.extend(parameters::check_location(&self.document, known, location, given));
        }
        let body = body::check(&self.document, route.body.as_ref(), request);
        let body = body.unwrap_or_else(|of_body| {
            violations.extend(of_body);
            Value::Null
        });
        if violations.is_empty() { Ok(Call { path, query, body }) } else { Err(violations) }
    }
}

impl Route {
    /// Returns the operation of the route.
    pub(super) fn operation(&self) -> Operation {
        self.operation
    }
}

fn routes(document: &Value) -> io::Result<Vec<Route>> {
    let base = base_path(document);
    let paths = document["paths"]
        .as_object()
        .ok_or_else(|| invalid("the document has no paths".to_owned()))?;
    let mut routes = vec![];
    for (path, item) in paths {
        let template = format!("{base}{path}");
        for method in ["get", "put", "post", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                routes.push(route(document, method, &template, item, operation)?);
            }
        }
    }
    Ok(routes)
}

fn route(
    document: &Value,
    method: &str,
    path: &str,
    item: &Value,
    operation: &Value,
) -> io::Result<Route> {
    let id = operation["operationId"].as_str().unwrap_or_default();
    // An operation that is not implemented would look like an unknown path. A failed start is
    // easier to understand.
    let implemented = Operation::from_id(id).ok_or_else(|| {
        invalid(format!("the mock tenant does not implement the operation {id:?}"))
    })?;
    let parse = |source: &Value| -> Vec<Parameter> {
        let parameters = source["parameters"].as_array().into_iter().flatten();
        parameters.filter_map(|parameter| Parameter::parse(document, parameter)).collect()
    };
    let mut parameters = parse(operation);
    let mut shared = parse(item);
    shared.retain(|one| !parameters.iter().any(|own| own.is_same_as(one)));
    parameters.append(&mut shared);
    Ok(Route {
        operation: implemented,
        method: method.to_ascii_uppercase(),
        template: Template::parse(path),
        parameters,
        body: operation.get("requestBody").map(|body| resolve(document, body).clone()),
    })
}

/// Returns the path of the first server, such as `/v3`, without a trailing slash.
fn base_path(document: &Value) -> String {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("", |slash| &after_scheme[slash..]);
    path.trim_end_matches('/').to_owned()
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
