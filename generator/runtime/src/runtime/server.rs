//! The servers of the document, and the values of their variables (OpenAPI 3.0, Server Object).
//!
//! Takes the servers and the variables that are set. Returns the server that they belong to, with its URL
//! and its path. What replaces a host is left to `base_url` and `operation_servers`.

use std::collections::BTreeMap;

use super::{Api, ConfigError, Server};

/// A server in which variables with a value have been replaced.
pub(crate) struct ResolvedServer {
    template: &'static str,
    url: String,
    /// The variables that have neither a value nor a default. They are still in the URL.
    missing: Vec<&'static str>,
}

impl ResolvedServer {
    /// Returns the URL.
    ///
    /// # Errors
    ///
    /// Fails with a message if a variable has no value.
    pub(crate) fn complete(&self) -> Result<&str, String> {
        if self.missing.is_empty() { Ok(&self.url) } else { Err(self.missing_in(&self.url)) }
    }

    /// Returns the path, for a server whose host is replaced.
    ///
    /// # Errors
    ///
    /// Fails with a message if a variable of the path has no value.
    pub(crate) fn path(&self) -> Result<String, String> {
        let path = path_of(&self.url);
        match self.missing.iter().any(|name| is_in(name, &path)) {
            true => Err(self.missing_in(&path)),
            false => Ok(path),
        }
    }

    fn missing_in(&self, url: &str) -> String {
        let missing: Vec<&str> =
            self.missing.iter().filter(|name| is_in(name, url)).copied().collect();
        let calls: Vec<String> =
            missing.iter().map(|name| format!("`server_variable(\"{name}\", …)`")).collect();
        format!(
            "the variable `{}` of the server `{}` has no default; set it with {}",
            missing.join("`, `"),
            self.template,
            calls.join(" and ")
        )
    }
}

fn is_in(variable: &str, url: &str) -> bool {
    url.contains(&format!("{{{variable}}}"))
}

/// Returns whether the variables set a host: whether one of them is part of the host of its server.
pub(crate) fn names_host(api: &Api, set: &BTreeMap<&'static str, String>) -> bool {
    let Some(server) = server_with(api, set) else {
        return !set.is_empty();
    };
    let rest = server.url.split_once("://").map_or(server.url, |(_, rest)| rest);
    // A relative server has no host.
    let host = rest.split('/').next().unwrap_or_default();
    set.keys().any(|name| is_in(name, host))
}

/// Returns the first server that has all variables that are set. Any other server could belong to
/// somebody else, who must not receive secrets.
fn server_with(api: &Api, set: &BTreeMap<&'static str, String>) -> Option<&'static Server> {
    let has = |server: &Server, name: &str| server.variables.iter().any(|known| known.name == name);
    // A variable that only servers of single operations have selects no server of the API.
    let is_elsewhere = |name: &str| {
        !api.servers.iter().any(|server| has(server, name))
            && api.operation_servers.iter().any(|one| has(&one.server, name))
    };
    api.servers.iter().find(|server| set.keys().all(|name| has(server, name) || is_elsewhere(name)))
}

/// Returns the server of the API for these variables. `None` if the document has no server.
pub(crate) fn chosen(
    api: &Api,
    set: &BTreeMap<&'static str, String>,
) -> Result<Option<ResolvedServer>, ConfigError> {
    let Some(first) = api.servers.first() else {
        return Ok(None);
    };
    let Some(server) = server_with(api, set) else {
        let names: Vec<&str> = set.keys().copied().collect();
        return Err(ConfigError::new(format!(
            "server variables: no server of the document has {}; the first one is {}",
            names.join(", "),
            first.url
        )));
    };
    resolve(server, set).map(Some)
}

/// Replaces the variables of a server by their values or defaults.
pub(crate) fn resolve(
    server: &Server,
    set: &BTreeMap<&'static str, String>,
) -> Result<ResolvedServer, ConfigError> {
    let mut resolved =
        ResolvedServer { template: server.url, url: server.url.to_owned(), missing: Vec::new() };
    for variable in server.variables {
        let name = variable.name;
        let Some(value) = set.get(name).map(String::as_str).or(variable.default) else {
            resolved.missing.push(name);
            continue;
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
        if value.is_empty() || !value.chars().all(plain) {
            return Err(ConfigError::new(format!(
                "server variable `{name}`: `{}` is not valid in a host or a path",
                value.escape_debug()
            )));
        }
        resolved.url = resolved.url.replace(&format!("{{{name}}}"), value);
    }
    Ok(resolved)
}

/// Returns the path of a server URL, which may be relative, as in `/v1`.
pub(crate) fn path_of(server: &str) -> String {
    let path = server
        .split_once("://")
        .map_or(server, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = path.trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_server_is_a_path() {
        assert_eq!(path_of("v1"), "/v1");
        assert_eq!(path_of("/v1/"), "/v1");
        assert_eq!(path_of("/"), "");
        assert_eq!(path_of("https://a.b"), "");
    }
}
