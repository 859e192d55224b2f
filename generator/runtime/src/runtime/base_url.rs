//! Where requests go: the document's servers and variables, or a base URL that the user gives.

use std::collections::BTreeMap;

use reqwest::Url;

use super::{Api, ConfigError};

/// Where an API is.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    /// Scheme, host and whatever path the host puts before everything, without a final slash.
    root: String,
    /// The path of the document's server, below the root.
    path: String,
}

impl BaseUrl {
    /// The URL of an operation.
    pub(crate) fn operation(&self, path: &str, query: &str) -> String {
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{}{path}{separator}{query}", self.root, self.path)
    }

    /// The URL of something that the document names: whole, or a path on the same host.
    pub(crate) fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.root) } else { url.to_owned() }
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.root.starts_with("https:")
    }
}

/// What a user says of where an API is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    /// What takes the place of the server's scheme and host. It may end with the server's path.
    pub(crate) base_url: Option<String>,
    /// What takes the place of the server's path.
    pub(crate) base_path: Option<String>,
    /// The variables of the server.
    pub(crate) variables: BTreeMap<&'static str, String>,
    /// Whether plain HTTP to other machines is allowed.
    pub(crate) allow_http: bool,
}

/// Settles where an API is: where the document says, unless the user says otherwise.
pub(crate) fn base_url(api: &Api, given: &Given) -> Result<BaseUrl, ConfigError> {
    let mut found = server_or_given(api, given)?;
    if let Some(path) = &given.base_path {
        found.path = base_path(path)?;
        // A base URL may end with it, as it may end with the server's own.
        if let Some(root) = found.root.strip_suffix(&found.path) {
            found.root = root.to_owned();
        }
    }
    Ok(found)
}

fn base_path(path: &str) -> Result<String, ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let segments = || path.trim_matches('/').split('/');
    if !path.chars().all(plain) || segments().any(|segment| matches!(segment, "." | "..")) {
        return Err(ConfigError::new(format!(
            "base path `{}`: it should look like `/v1`",
            path.escape_debug()
        )));
    }
    let path = path.trim_matches('/');
    Ok(if path.is_empty() { String::new() } else { format!("/{path}") })
}

fn server_or_given(api: &Api, given: &Given) -> Result<BaseUrl, ConfigError> {
    let Given { base_url: given, variables, allow_http, .. } = given;
    let (given, allow_http) = (given.as_deref(), *allow_http);
    let server = server(api, variables)?;
    let (root, path) = match (server.as_deref(), given) {
        (None, None) => {
            return Err(ConfigError::new(
                "base URL: the API's document names no server; set it with `base_url`",
            ));
        }
        (Some(server), None) => split(&checked("base URL", server, allow_http)?),
        (server, Some(given)) => {
            let path = server.map(path_of).unwrap_or_default();
            let given = checked("base URL", given, allow_http)?;
            if given.query().is_some() || given.fragment().is_some() {
                return Err(ConfigError::new(format!(
                    "base URL `{given}`: it must have neither a query nor a fragment"
                )));
            }
            let whole = given.as_str().trim_end_matches('/');
            (whole.strip_suffix(&path).unwrap_or(whole).to_owned(), path)
        }
    };
    Ok(BaseUrl { root, path })
}

/// The first server that has all variables that were set, with its variables replaced. Guessing
/// another one could send what is secret to somebody else.
fn server(api: &Api, set: &BTreeMap<&'static str, String>) -> Result<Option<String>, ConfigError> {
    let has_all = |variables: &[(&str, &str)]| {
        set.keys().all(|name| variables.iter().any(|(known, _)| known == name))
    };
    let Some(first) = api.servers.first() else {
        return Ok(None);
    };
    let Some(server) = api.servers.iter().find(|server| has_all(server.variables)) else {
        let names: Vec<&str> = set.keys().copied().collect();
        return Err(ConfigError::new(format!(
            "server variables: no server of the document has all of {}; the first one is {}",
            names.join(", "),
            first.url
        )));
    };
    let mut url = server.url.to_owned();
    for (name, default) in server.variables {
        let value = set.get(name).map_or(*default, String::as_str);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
        if value.is_empty() || !value.chars().all(plain) {
            return Err(ConfigError::new(format!(
                "server variable `{name}`: `{value}` cannot be part of a host or a path"
            )));
        }
        url = url.replace(&format!("{{{name}}}"), value);
    }
    Ok(Some(url))
}

fn split(url: &Url) -> (String, String) {
    let path = url.path().trim_end_matches('/');
    let whole = url.as_str().trim_end_matches('/');
    (whole.strip_suffix(path).unwrap_or(whole).to_owned(), path.to_owned())
}

/// The path of a server that may be relative, as in `/v1`.
fn path_of(server: &str) -> String {
    let path = server
        .split_once("://")
        .map_or(server, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = path.trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

/// Refuses what is no URL of a server, and plain HTTP to anything but this machine: requests carry
/// a token, and the sign-in carries the client's secret.
pub(crate) fn checked(what: &str, url: &str, allow_http: bool) -> Result<Url, ConfigError> {
    if url.split(['/', '?', '#']).any(|part| part.contains('@')) {
        // It is not quoted: there is a password in it.
        return Err(ConfigError::new(format!("{what}: it must hold no user name and no password")));
    }
    let refuse = |why: String| Err(ConfigError::new(format!("{what} `{url}`: {why}")));
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(format!("{error}; it should look like `https://host`")),
    };
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if allow_http || is_loopback(&parsed) => Ok(parsed),
        "http" => refuse("plain http would show the token to the network; use https, or ask for it with `allow_http`".to_owned()),
        scheme => refuse(format!("the scheme `{scheme}` is not supported; use https")),
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{ErrorFormat, Server};

    const API: Api = Api {
        user_agent: "test",
        servers: &[
            Server { url: "https://{tenant}.example.com/v3", variables: &[("tenant", "acme")] },
            Server { url: "https://{apiUrl}/v3", variables: &[("apiUrl", "api.example.com")] },
        ],
        token_endpoint: None,
        security: &[],
        environment: None,
        error_format: ErrorFormat::COMMON,
        rate_limit: None,
        credential_files: &[],
    };

    fn url(given: Option<&str>, variables: &[(&'static str, &str)]) -> String {
        let variables =
            variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        shown(&Given { base_url: given.map(str::to_owned), variables, ..Given::default() })
    }

    fn shown(given: &Given) -> String {
        match base_url(&API, given) {
            Ok(base) => format!("{} {}", base.operation("/a", "b=c"), base.absolute("/t")),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_given_path_takes_the_place_of_the_servers() {
        let with = |base_url: Option<&str>, path: &str| {
            let base_url = base_url.map(str::to_owned);
            shown(&Given { base_url, base_path: Some(path.to_owned()), ..Given::default() })
        };
        let default = "https://acme.example.com/v2025/a?b=c https://acme.example.com/t";
        for path in ["/v2025", "v2025", "/v2025/"] {
            assert_eq!(with(None, path), default);
        }
        let given = "https://corp.com/v2025/a?b=c https://corp.com/t";
        for url in ["https://corp.com", "https://corp.com/v3", "https://corp.com/v2025/"] {
            assert_eq!(with(Some(url), "/v2025"), given);
        }
        assert!(with(None, "").starts_with("https://acme.example.com/a?b=c"));
        for path in ["/a b", "/v1?x", "//evil.com", "/../x", "https://evil.com"] {
            let said = with(None, path);
            assert!(said.starts_with("base path") || said.contains(".com/evil.com/a"), "{said}");
        }
    }

    #[test]
    fn servers_and_variables_make_the_url() {
        let default = "https://acme.example.com/v3/a?b=c https://acme.example.com/t";
        assert_eq!(url(None, &[]), default);
        assert_eq!(url(None, &[("tenant", "acme")]), default);
        assert_eq!(
            url(None, &[("apiUrl", "id.corp.com")]),
            "https://id.corp.com/v3/a?b=c https://id.corp.com/t"
        );
        assert!(url(None, &[("tenant", "a b@evil")]).contains("server variable `tenant`"));
        for wrong in [&[("tennant", "x")][..], &[("tenant", "x"), ("apiUrl", "y")]] {
            assert!(url(None, wrong).starts_with("server variables: no server"));
        }
    }

    #[test]
    fn a_given_url_takes_the_place_of_the_host() {
        let expected = "https://corp.com/v3/a?b=c https://corp.com/t";
        for given in
            ["https://corp.com", "https://corp.com/", "https://corp.com/v3", "https://corp.com/v3/"]
        {
            assert_eq!(url(Some(given), &[]), expected);
        }
        assert_eq!(
            url(Some("https://corp.com/gate"), &[]),
            "https://corp.com/gate/v3/a?b=c https://corp.com/gate/t"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for given in ["http://127.0.0.1:80", "http://localhost:9", "http://[::1]:9"] {
            assert!(url(Some(given), &[]).starts_with("http://"), "{given}");
        }
        for given in [
            "http://corp.com",
            "http://127.0.0.1.corp.com",
            "ftp://corp.com",
            "corp.com",
            "https://a:b@corp.com",
            "https://corp.com?x",
        ] {
            assert!(url(Some(given), &[]).starts_with("base URL"), "{given}");
        }
        for given in ["https://user:hunter2@corp.com", "https://u:hunter2@corp.com:99999"] {
            assert!(!url(Some(given), &[]).contains("hunter2"));
        }
    }

    #[test]
    fn a_relative_server_is_a_path() {
        assert_eq!(path_of("v1"), "/v1");
        assert_eq!(path_of("/v1/"), "/v1");
        assert_eq!(path_of("/"), "");
        assert_eq!(path_of("https://a.b"), "");
    }
}
