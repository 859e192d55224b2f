//! Links: which part of a request or a response is passed to which operation.

use openapiv3::LinkOperation;
use serde_json::Value;

use super::Lower;
use crate::document;
use crate::ir::{Link, LinkSource, LinkTarget, Location, Operation, Parameter};
use crate::path::percent_decoded;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// Returns the links of all responses that have their own status.
    pub(super) fn links(&mut self, operation: &document::Operation) -> Vec<Link> {
        let mut links = Vec::new();
        for response in &operation.responses {
            for link in &response.links {
                match response.status {
                    Some(_) => links.extend(self.link(link)),
                    None => self.diagnostics.unsupported(
                        &link.at,
                        "a link of the response `default`",
                        "it is omitted",
                    ),
                }
            }
        }
        links
    }

    fn link(&mut self, link: &document::Link) -> Option<Link> {
        let document::Link { at, name, object } = link;
        let target = match &object.operation {
            LinkOperation::OperationId(id) => LinkTarget::Id(id.clone()),
            LinkOperation::OperationRef(reference) => match local(reference) {
                Some(place) => LinkTarget::Location(place),
                None => {
                    let construct = format!("the `operationRef` `{reference}` to another document");
                    let at = at.join("operationRef");
                    self.diagnostics.unsupported(&at, &construct, "the link is omitted");
                    return None;
                }
            },
        };
        if object.server.is_some() {
            let instead = "requests go to the server of the operation";
            self.diagnostics.unsupported(&at.join("server"), "a server of a link", instead);
        }
        let of_parameters = object.parameters.iter().map(|(parameter, value)| {
            (parameter.clone(), self.source(value, &at.join("parameters").join(parameter)))
        });
        let of_parameters: Vec<(String, Option<LinkSource>)> = of_parameters.collect();
        let complete =
            |(parameter, source): (String, Option<LinkSource>)| Some((parameter, source?));
        let body = object.request_body.as_ref();
        Some(Link {
            parameters: of_parameters.into_iter().map(complete).collect::<Option<_>>()?,
            body: match body {
                Some(value) => Some(self.source(value, &at.join("requestBody"))?),
                None => None,
            },
            at: at.clone(),
            name: name.clone(),
            target,
            description: object.description.clone(),
        })
    }

    /// Returns the source of a value, or reports that there is none.
    fn source(&mut self, value: &Value, at: &Pointer) -> Option<LinkSource> {
        let source = match value.as_str() {
            Some(text) if text.starts_with('$') => expression(text),
            // An expression in braces is part of a longer string.
            Some(text) if text.contains("{$") => None,
            Some(_) | None => Some(LinkSource::Constant(value.clone())),
        };
        if source.is_none() {
            let construct = format!("the expression `{value}`");
            self.diagnostics.unsupported(at, &construct, "the link is omitted");
        }
        source
    }

    /// Reports links to operations that do not exist, or that lack the parameter.
    pub(super) fn check_links(&mut self, operations: &[Operation]) {
        for operation in operations {
            for link in &operation.links {
                let Some(target) = link.find_target(operations) else {
                    let message = format!(
                        "the link `{}` leads to `{}`, which is no operation",
                        link.name, link.target
                    );
                    let help = match &link.target {
                        LinkTarget::Id(_) => "let it lead to the id of an operation",
                        LinkTarget::Location(_) => {
                            "let it lead to an operation, as in `#/paths/~1things~1{id}/get`"
                        }
                    };
                    self.diagnostics.degraded("invalid-link", &link.at, message, help);
                    continue;
                };
                self.check_parameters(link, target);
            }
        }
    }

    fn check_parameters(&mut self, link: &Link, target: &Operation) {
        for name in link.parameters.keys() {
            if !target.parameters.iter().any(|parameter| is_named(parameter, name)) {
                let message = format!(
                    "the link `{}` sets `{name}`, which `{}` does not have",
                    link.name, link.target
                );
                let help = "name a parameter of that operation";
                self.diagnostics.degraded("invalid-link", &link.at, message, help);
            }
        }
    }
}

/// Returns the location that a reference in the same document leads to.
fn local(reference: &str) -> Option<Pointer> {
    Pointer::parse(&percent_decoded(reference.strip_prefix('#')?))
}

/// Returns whether a link means a parameter by a name, which may begin with its location, as in
/// `path.id` (OpenAPI 3.0.3, Link Object, `parameters`).
pub(super) fn is_named(parameter: &Parameter, name: &str) -> bool {
    let location = match parameter.location {
        Location::Path => "path.",
        Location::Query => "query.",
        Location::Header => "header.",
        Location::Cookie => "cookie.",
    };
    parameter.wire.0 == name || name.strip_prefix(location) == Some(parameter.wire.0.as_str())
}

/// Parses a runtime expression (OpenAPI 3.0.3, Runtime Expressions).
fn expression(text: &str) -> Option<LinkSource> {
    let body = |pointer: &str| {
        (pointer.is_empty() || pointer.starts_with('/')).then(|| pointer.to_owned())
    };
    if let Some(source) = text.strip_prefix("$response.") {
        return match source.split_once(['.', '#']) {
            None if source == "body" => Some(LinkSource::ResponseBody(String::new())),
            Some(("body", pointer)) if source.starts_with("body#") => {
                body(pointer).map(LinkSource::ResponseBody)
            }
            Some(("header", name)) => Some(LinkSource::ResponseHeader(name.to_owned())),
            Some(_) | None => None,
        };
    }
    if let Some(source) = text.strip_prefix("$request.") {
        let parameter =
            |location, name: &str| Some(LinkSource::RequestParameter(location, name.to_owned()));
        return match source.split_once(['.', '#']) {
            None if source == "body" => Some(LinkSource::RequestBody(String::new())),
            Some(("body", pointer)) if source.starts_with("body#") => {
                body(pointer).map(LinkSource::RequestBody)
            }
            Some(("path", name)) => parameter(Location::Path, name),
            Some(("query", name)) => parameter(Location::Query, name),
            Some(("header", name)) => parameter(Location::Header, name),
            Some(_) | None => None,
        };
    }
    match text {
        "$url" => Some(LinkSource::Url),
        "$method" => Some(LinkSource::Method),
        "$statusCode" => Some(LinkSource::Status),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_name_parts_of_requests_and_responses() {
        let body = |pointer: &str| Some(LinkSource::ResponseBody(pointer.to_owned()));
        assert_eq!(expression("$response.body#/a/b"), body("/a/b"));
        assert_eq!(expression("$response.body"), body(""));
        assert_eq!(expression("$response.body#"), body(""));
        let header = LinkSource::ResponseHeader("X.Next".to_owned());
        assert_eq!(expression("$response.header.X.Next"), Some(header));
        let path = LinkSource::RequestParameter(Location::Path, "id".to_owned());
        assert_eq!(expression("$request.path.id"), Some(path));
        let body = LinkSource::RequestBody("/a".to_owned());
        assert_eq!(expression("$request.body#/a"), Some(body));
        assert_eq!(expression("$statusCode"), Some(LinkSource::Status));
        for invalid in [
            "$",
            "$response",
            "$response.body.a",
            "$response.body#a",
            "$request.cookie.a",
            "$response.path.a",
        ] {
            assert_eq!(expression(invalid), None, "{invalid}");
        }
    }
}
