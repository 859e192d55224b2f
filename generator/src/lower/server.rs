//! The servers of the API, and those of single operations.
//!
//! Takes `servers` of the document, of paths and of operations. Returns the servers of clients, and
//! those that override them. Leaves the values of variables to the runtime, because callers set them.

use serde_json::Value;

use crate::document::{self, OpenApi};
use crate::ir::{Docs, Note, OperationId, OperationServer, Server, ServerVariable, WireName};

/// Returns the servers of the client: those of the document, or, if it has none, those that all
/// operations have in common.
pub(super) fn document_servers(document: &OpenApi) -> &[document::Server] {
    let mut of_operations = document.operations.iter().map(|operation| &operation.servers);
    match of_operations.next() {
        Some(first)
            if document.servers.is_empty() && of_operations.all(|other| are_same(first, other)) =>
        {
            first
        }
        Some(_) | None => &document.servers,
    }
}

fn are_same(some: &[document::Server], others: &[document::Server]) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| is_same(one, other))
}

/// Returns whether two servers have the same URL, whatever their variables are set to.
fn is_same(one: &document::Server, other: &document::Server) -> bool {
    let path = |server: &document::Server| split(&server.url).1.trim_matches('/').to_owned();
    let are_alike = split(&one.url).0.is_some() == split(&other.url).0.is_some();
    are_alike && has_same_host(one, other) && path(one) == path(other) && {
        let of_path = |name: &str| path(one).contains(&placeholder(name));
        variables(one, of_path) == variables(other, of_path)
    }
}

/// Returns whether a server has the host of another one, whatever their variables are set to. A
/// relative URL has the host of the document.
fn has_same_host(one: &document::Server, other: &document::Server) -> bool {
    let (Some(host), Some(of_other)) = (split(&one.url).0, split(&other.url).0) else {
        return split(&one.url).0.is_none();
    };
    let in_host = |name: &str| host.contains(&placeholder(name));
    host.eq_ignore_ascii_case(of_other) && variables(one, in_host) == variables(other, in_host)
}

/// Returns scheme and host, if the URL has a host, and the rest. `//host` has no scheme (RFC 3986, section 4.2).
fn split(url: &str) -> (Option<&str>, &str) {
    let scheme = url.find("://").or(url.starts_with("//").then_some(0));
    let Some(scheme) = scheme else { return (None, url) };
    let start = scheme + if scheme == 0 { "//".len() } else { "://".len() };
    let end = url.get(start..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| start + at);
    url.split_at_checked(end).map_or((None, url), |(host, path)| (Some(host), path))
}

fn placeholder(name: &str) -> String {
    format!("{{{name}}}")
}

/// Returns the names and defaults of some variables of a server, sorted.
fn variables(server: &document::Server, is_used: impl Fn(&str) -> bool) -> Vec<(&str, &str, bool)> {
    let used = server.variables.iter().filter(|variable| is_used(&variable.name));
    let mut used: Vec<_> = used
        .map(|variable| (variable.name.as_str(), variable.default.as_str(), variable.required))
        .collect();
    used.sort_unstable();
    used
}

/// Returns the servers of single operations, each once. The first server of an operation is its
/// server, as it is with those of the document.
pub(super) fn operation_servers(
    document: &OpenApi,
    servers: &[document::Server],
) -> Vec<OperationServer> {
    let own = servers.first();
    let mut found: Vec<(&document::Server, OperationServer)> = Vec::new();
    for (number, operation) in document.operations.iter().enumerate() {
        let Some(first) = operation.servers.first() else { continue };
        if own.is_some_and(|own| is_same(first, own)) {
            continue;
        }
        let number = OperationId(number);
        match found.iter_mut().find(|(known, _)| is_same(known, first)) {
            Some((_, known)) => known.operations.push(number),
            None => found.push((
                first,
                OperationServer {
                    server: server(first),
                    has_same_host: match own {
                        Some(own) => has_same_host(first, own),
                        None => split(&first.url).0.is_none(),
                    },
                    operations: vec![number],
                },
            )),
        }
    }
    found.into_iter().map(|(_, server)| server).collect()
}

/// Returns a server with its variables.
pub(super) fn server(server: &document::Server) -> Server {
    let variables = server.variables.iter().map(|variable| ServerVariable {
        wire: WireName(variable.name.clone()),
        default: variable.default.clone(),
        required: variable.required,
        docs: Docs {
            description: variable.description.clone(),
            notes: allowed(&variable.values).into_iter().collect(),
            ..Docs::default()
        },
    });
    Server {
        at: server.at.clone(),
        url: server.url.clone(),
        description: server.description.clone(),
        variables: variables.collect(),
    }
}

/// Returns the values that a variable can have, as a note.
fn allowed(values: &[String]) -> Option<Note> {
    let values: Vec<Value> = values.iter().map(|value| Value::from(value.as_str())).collect();
    (!values.is_empty()).then_some(Note::Values(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_host_is_not_a_path() {
        for (url, host, path) in [
            ("https://a.example/v1", Some("https://a.example"), "/v1"),
            ("https://a.example", Some("https://a.example"), ""),
            ("//a.example/v1", Some("//a.example"), "/v1"),
            ("/v1", None, "/v1"),
            ("v1", None, "v1"),
        ] {
            assert_eq!(split(url), (host, path), "{url}");
        }
    }
}
