//! The documentation of operations.

use super::docs::{cell, code, code_cell, inline, paragraph};
use super::notes::notes;
use super::{docs, example};
use crate::analyze::Facts;
use crate::ir::{
    BodyContent, BodyKind, ContentKind, ErrorResponse, Group, Link, LinkSource, Location,
    Operation, OperationServer, SchemeId, SecurityKind, SuccessResponse, Type,
};
use crate::name::Named;

/// Returns the documentation of the operations of a group.
pub(super) fn group(group: &Group) -> Vec<String> {
    let mut lines = Vec::new();
    match &group.name {
        Some(name) => lines.push(format!("{}.", inline(name).trim_end_matches('.'))),
        None => paragraph(&mut lines, Some("Operations without a tag.")),
    }
    paragraph(&mut lines, group.description.as_deref());
    lines
}

/// Returns the documentation of the method of an operation.
pub(super) fn method(api: &Named<'_>, facts: &Facts, operation: &Operation) -> Vec<String> {
    let fallback = format!("{}.", code(&operation.id.0));
    let mut lines = docs::lines(&operation.docs, &fallback);
    if let (Some(first), Some(_)) = (lines.first_mut(), docs::summary(&operation.docs))
        && !first.ends_with(['.', '!', '?'])
    {
        first.push('.');
    }
    if operation.deprecated {
        paragraph(&mut lines, Some("**Deprecated** in the document."));
    }
    lines.extend([String::new(), code(&format!("{} {}", operation.method, operation.path))]);
    lines.extend(server(api, operation));
    lines.extend(parameters(api, operation));
    lines.extend(returns(api, operation));
    lines.extend(headers(api, operation));
    lines.extend(errors(api, operation));
    lines.extend(permissions(api, operation));
    lines.extend(links(api, operation));
    lines.extend(example::operation(api, facts, operation));
    lines
}

/// Describes the server of the operation, if it overrides that of the client.
fn server(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let Some(OperationServer { server, has_same_host, .. }) = api.server_of(operation.number)
    else {
        return Vec::new();
    };
    let url = code(&server.url);
    let text = match has_same_host {
        true => format!("The path is below that of the server {url}."),
        false => format!(
            "Requests go to the server {url}, which receives the credentials of the client only if \
             [`credential_origins`](crate::ClientBuilder::credential_origins) allows it. \
             [`server_url`](crate::ClientBuilder::server_url) replaces its host."
        ),
    };
    vec![String::new(), text]
}

fn parameters(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let mut rows = Vec::new();
    for parameter in &operation.parameters {
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        let required = if parameter.required { "yes" } else { "no" };
        let meaning =
            [parameter.docs.description.as_deref().unwrap_or_default(), &notes(&parameter.docs)]
                .join(" ");
        rows.push(format!(
            "| {} | {place} | {} | {required} | {} |",
            code_cell(&parameter.wire.0),
            type_link(api, &parameter.ty),
            cell(&meaning)
        ));
    }
    if let Some(body) = &operation.body {
        let required = if body.required { "yes" } else { "no" };
        let meaning = cell(body.description.as_deref().unwrap_or_default());
        for content in &body.contents {
            let (written, of) = body_content(api, content);
            rows.push(format!("| body | {written} | {of} | {required} | {meaning} |"));
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        String::new(),
        "# Parameters".to_owned(),
        String::new(),
        "| name | in | type | required | meaning |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    lines.extend(rows);
    lines
}

fn returns(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let (what, description) = match &operation.response {
        SuccessResponse::One(content) => (output(api, &content.kind), content.description.clone()),
        SuccessResponse::ByCase(_) => {
            let rust = api.names.response(operation.number);
            (format!("[`{rust}`]"), "It depends on the response.".to_owned())
        }
    };
    let mut lines = vec![String::new(), "# Returns".to_owned(), String::new()];
    // The link is ours and must stay one; only the description is made harmless.
    let description = inline(&description);
    lines.push(if description.is_empty() {
        format!("{what}.")
    } else {
        format!("{what}: {description}")
    });
    lines
}

fn output(api: &Named<'_>, kind: &ContentKind) -> String {
    match kind {
        ContentKind::Empty => "Nothing".to_owned(),
        ContentKind::Json(ty) => type_link(api, ty),
        ContentKind::Text => "Text".to_owned(),
        ContentKind::File => "A [`Download`]".to_owned(),
        ContentKind::Events(of) => format!("Events with {}", type_link(api, of)),
        ContentKind::JsonLines(of) => format!("A stream of {}", type_link(api, of)),
    }
}

fn errors(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "[`Error::Api`](crate::Error::Api) for these responses:".to_owned(),
        String::new(),
        "| status | body | meaning |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    if operation.errors.is_empty() {
        lines.truncate(3);
        lines.push(
            "[`Error::Api`](crate::Error::Api); the document does not list the statuses."
                .to_owned(),
        );
    }
    lines.extend(operation.errors.iter().map(|response| error_row(api, response)));
    lines.extend([
        String::new(),
        "The other variants of [`Error`](crate::Error) apply as well.".to_owned(),
    ]);
    lines
}

fn error_row(api: &Named<'_>, response: &ErrorResponse) -> String {
    let body = match &response.ty {
        Some(ty) => match api.error_bodies.iter().find(|body| body.ty == *ty) {
            Some(body) => {
                format!("[`{0}`](crate::ErrorBody::{0})", api.names.error_body(body.number))
            }
            None => String::new(),
        },
        None => String::new(),
    };
    format!("| {} | {body} | {} |", response.statuses, cell(&response.description))
}

/// Describes the media type and the type of a body.
fn body_content(api: &Named<'_>, content: &BodyContent) -> (String, String) {
    match &content.kind {
        BodyKind::Json(of) if content.media_type == "application/json" => {
            ("JSON".to_owned(), type_link(api, of))
        }
        BodyKind::Json(of) | BodyKind::Form(of, _) => {
            (code_cell(&content.media_type), type_link(api, of))
        }
        BodyKind::Multipart(id) => ("form".to_owned(), type_link(api, &Type::Named(*id))),
        BodyKind::Text => (code_cell(&content.media_type), "`&str`".to_owned()),
        BodyKind::Bytes => (code_cell(&content.media_type), "[`Upload`](crate::Upload)".to_owned()),
    }
}

/// Describes the headers of successful responses.
fn headers(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let headers = operation.headers.iter().filter_map(|number| api.headers.get(number.0));
    let links: Vec<String> = headers
        .map(|header| {
            let constant = api.names.header(header.number);
            format!("[{}](crate::headers::{constant})", code(&header.wire.0))
        })
        .collect();
    if links.is_empty() {
        return Vec::new();
    }
    vec![String::new(), format!("Headers of the response: {}.", links.join(", "))]
}

fn permissions(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let list =
        |items: &[String]| items.iter().map(|item| code(item)).collect::<Vec<_>>().join(", ");
    let mut lines = vec![String::new(), "# Permissions".to_owned()];
    match (operation.security.is_empty(), operation.scopes.as_slice()) {
        // A document that says nothing of signing in does not say that nobody does.
        (true, _) if api.security_schemes.is_empty() => {}
        (true, _) => {
            lines.extend([String::new(), "None: requests are sent without a token.".to_owned()])
        }
        (false, scopes) => {
            lines.extend(credentials(api, operation));
            if !scopes.is_empty() {
                lines.extend([String::new(), format!("Token scopes: {}.", list(scopes))]);
            }
        }
    }
    if !operation.user_levels.is_empty() {
        let levels = list(&operation.user_levels);
        lines.extend([String::new(), format!("User level, one of: {levels}.")]);
    }
    if lines.len() > 2 { lines } else { Vec::new() }
}

/// Describes the credentials of requests, if the API has several security schemes.
fn credentials(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    if api.security_schemes.len() < 2 {
        return Vec::new();
    }
    let link = |number: &SchemeId| {
        let scheme = api.security_schemes.get(number.0)?;
        let setter = match scheme.kind {
            SecurityKind::ApiKey(..) | SecurityKind::Basic => {
                api.names.credential(scheme.number).to_string()
            }
            SecurityKind::Bearer => "token".to_owned(),
        };
        Some(format!("[{}](crate::ClientBuilder::{setter})", code(&scheme.wire.0)))
    };
    let way = |way: &Vec<SchemeId>| match way.as_slice() {
        [] => "none".to_owned(),
        schemes => schemes.iter().filter_map(link).collect::<Vec<_>>().join(" and "),
    };
    let ways = operation.security.iter().map(way).collect::<Vec<_>>().join(", or ");
    vec![String::new(), format!("Authentication: {ways}.")]
}

/// Describes the links of the response.
fn links(api: &Named<'_>, operation: &Operation) -> Vec<String> {
    let mut lines = Vec::new();
    for link in &operation.links {
        let Some(target) = link.find_target(&api.operations) else { continue };
        let with = match sources(link) {
            sources if sources.is_empty() => String::new(),
            sources => format!(" with {sources}"),
        };
        let description = match inline(link.description.as_deref().unwrap_or_default()) {
            description if description.is_empty() => String::new(),
            description => format!(": {description}"),
        };
        let call = docs::call_link(api, target);
        lines.push(format!("- {call}{with}{description}"));
    }
    if lines.is_empty() {
        return lines;
    }
    [String::new(), "# Links".to_owned(), String::new()].into_iter().chain(lines).collect()
}

/// Describes the values that a link passes on.
fn sources(link: &Link) -> String {
    let path = |pointer: &str| code(&pointer.trim_start_matches('/').replace('/', "."));
    let (mut of_response, mut others) = (Vec::new(), Vec::new());
    for source in link.parameters.values().chain(&link.body) {
        others.push(match source {
            LinkSource::ResponseBody(pointer) if pointer.is_empty() => {
                "the body of the response".to_owned()
            }
            LinkSource::ResponseBody(pointer) => {
                of_response.push(path(pointer));
                continue;
            }
            LinkSource::ResponseHeader(name) => {
                format!("the header {} of the response", code(name))
            }
            LinkSource::RequestBody(pointer) if pointer.is_empty() => {
                "the body of the request".to_owned()
            }
            LinkSource::RequestBody(pointer) => {
                format!("{} of the request's body", path(pointer))
            }
            LinkSource::RequestParameter(Location::Header, name) => {
                format!("the header {} of the request", code(name))
            }
            LinkSource::RequestParameter(_, name) => {
                format!("the parameter {} of the request", code(name))
            }
            LinkSource::Url => "the URL of the request".to_owned(),
            LinkSource::Method => "the method of the request".to_owned(),
            LinkSource::Status => "the status of the response".to_owned(),
            LinkSource::Constant(value) => format!("the constant {}", code(&value.to_string())),
        });
    }
    if !of_response.is_empty() {
        others.insert(0, format!("{} of the response", of_response.join(", ")));
    }
    others.join(", ")
}

/// Returns a type as a link to its page.
fn type_link(api: &Named<'_>, of: &Type) -> String {
    docs::type_link(api, of, false)
}
