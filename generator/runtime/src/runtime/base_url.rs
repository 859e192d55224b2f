//! Where requests go: the document's servers and variables, or a base URL that the user gives.

use std::collections::BTreeMap;

use reqwest::Url;

use super::credential_source::SourceHost;
use super::{Api, ConfigError, Server};

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

    /// Whether scheme, host and port are those of another URL.
    pub(crate) fn has_origin_of(&self, other: &Url) -> bool {
        Url::parse(&self.root).is_ok_and(|own| own.origin() == other.origin())
    }

    /// Scheme, host and port, as a URL.
    pub(crate) fn origin(&self) -> Result<Url, ConfigError> {
        Url::parse(&self.root).map_err(|error| ConfigError::new(format!("base URL: {error}")))
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
    /// The base URL that came with credentials. It counts if the user names no host.
    pub(crate) source: Option<SourceHost>,
}

/// Whether the variables that are set name a host: whether one of them stands in the host of the
/// server that they belong to.
pub(crate) fn names_host(api: &Api, set: &BTreeMap<&'static str, String>) -> bool {
    let Some(server) = server_with(api, set) else {
        return !set.is_empty();
    };
    let rest = server.url.split_once("://").map_or(server.url, |(_, rest)| rest);
    // A relative server has no host.
    let host = rest.split('/').next().unwrap_or_default();
    set.keys().any(|name| host.contains(&format!("{{{name}}}")))
}

/// Settles where an API is: where the user says, else where the credentials come from, else where
/// the document says.
pub(crate) fn base_url(api: &Api, given: &Given) -> Result<BaseUrl, ConfigError> {
    let mut found = server_or_given(api, given)?;
    if let Some(path) = &given.base_path {
        found.path = base_path(path)?;
        // A base URL may end with it, as it may end with the server's own.
        found.root = without_path(&found.root, &found.path).to_owned();
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
    let Given { base_url, variables, allow_http, source, .. } = given;
    let source = source.as_ref().filter(|_| !names_host(api, variables));
    let named: Option<(String, &String)> = match (base_url, source) {
        (Some(url), _) => Some(("base URL".to_owned(), url)),
        (None, Some(host)) => Some((format!("base URL of {}", host.source), &host.base_url)),
        (None, None) => None,
    };
    let server = server(api, variables)?;
    let (root, path) = match (&server, named) {
        (None, None) => {
            return Err(ConfigError::new(
                "base URL: the API's document names no server; set it with `base_url`",
            ));
        }
        (Some(server), None) => split(&checked("base URL", server.complete(api)?, *allow_http)?),
        (server, Some((what, url))) => {
            let path = server.as_ref().map_or(Ok(String::new()), |server| server.path(api))?;
            let url = checked(&what, url, *allow_http)?;
            if url.query().is_some() || url.fragment().is_some() {
                return Err(ConfigError::new(format!(
                    "{what} `{url}`: it must have neither a query nor a fragment"
                )));
            }
            let whole = url.as_str().trim_end_matches('/');
            (without_path(whole, &path).to_owned(), path)
        }
    };
    Ok(BaseUrl { root, path })
}

/// A server of the document whose variables have been replaced, as far as they have a value.
struct Filled {
    template: &'static str,
    url: String,
    /// The variables that have neither a value nor a default. They still stand in the URL.
    missing: Vec<&'static str>,
}

impl Filled {
    /// The URL, in which nothing is missing.
    fn complete(&self, api: &Api) -> Result<&str, ConfigError> {
        if self.missing.is_empty() { Ok(&self.url) } else { Err(self.missing(api)) }
    }

    /// The path, in which nothing is missing: a base URL takes the place of the host.
    fn path(&self, api: &Api) -> Result<String, ConfigError> {
        let path = path_of(&self.url);
        match self.missing.iter().any(|name| path.contains(&format!("{{{name}}}"))) {
            true => Err(self.missing(api)),
            false => Ok(path),
        }
    }

    fn missing(&self, api: &Api) -> ConfigError {
        let calls = self.missing.iter().map(|name| format!("`server_variable(\"{name}\", …)`"));
        let calls: Vec<String> = calls.collect();
        let environment = api.environment.as_ref().map_or_else(String::new, |names| {
            format!(", or by the environment variable {} of `from_env`", names.base_url)
        });
        ConfigError::new(format!(
            "base URL: the variable `{}` of the server `{}` has no default and must be set; set it with {}, or the whole URL with `base_url(…)`{environment}",
            self.missing.join("`, `"),
            self.template,
            calls.join(" and "),
        ))
    }
}

/// The first server that has all variables that were set. Guessing another one could send what is
/// secret to somebody else.
fn server_with(api: &Api, set: &BTreeMap<&'static str, String>) -> Option<&'static Server> {
    let has_all = |server: &&Server| {
        set.keys().all(|name| server.variables.iter().any(|known| known.name == *name))
    };
    api.servers.iter().find(has_all)
}

fn server(api: &Api, set: &BTreeMap<&'static str, String>) -> Result<Option<Filled>, ConfigError> {
    let Some(first) = api.servers.first() else {
        return Ok(None);
    };
    let Some(server) = server_with(api, set) else {
        let names: Vec<&str> = set.keys().copied().collect();
        return Err(ConfigError::new(format!(
            "server variables: no server of the document has all of {}; the first one is {}",
            names.join(", "),
            first.url
        )));
    };
    let mut filled =
        Filled { template: server.url, url: server.url.to_owned(), missing: Vec::new() };
    for variable in server.variables {
        let name = variable.name;
        let Some(value) = set.get(name).map(String::as_str).or(variable.default) else {
            filled.missing.push(name);
            continue;
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
        if value.is_empty() || !value.chars().all(plain) {
            return Err(ConfigError::new(format!(
                "server variable `{name}`: `{}` cannot be part of a host or a path",
                value.escape_debug()
            )));
        }
        filled.url = filled.url.replace(&format!("{{{name}}}"), value);
    }
    Ok(Some(filled))
}

/// Scheme, host and port of a URL, as messages show them.
pub(crate) fn shown_origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn split(url: &Url) -> (String, String) {
    let path = url.path().trim_end_matches('/');
    let whole = url.as_str().trim_end_matches('/');
    (whole.strip_suffix(path).unwrap_or(whole).to_owned(), path.to_owned())
}

/// A URL without a path at its end. A host of the same name is not a path: `https://v1` has none.
fn without_path<'u>(url: &'u str, path: &str) -> &'u str {
    match url.strip_suffix(path) {
        Some(rest) if path_of(url).ends_with(path) => rest,
        Some(_) | None => url,
    }
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

/// Reads an origin: scheme, host and port of a URL without anything else.
pub(crate) fn checked_origin(
    what: &str,
    origin: &str,
    allow_http: bool,
) -> Result<Url, ConfigError> {
    let url = checked(what, origin, allow_http)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::new(format!(
            "{what} `{}`: it must have neither a path nor a query, as in `https://host`",
            shown_origin(&url)
        )));
    }
    Ok(url)
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
    use crate::runtime::{ErrorFormat, Server, ServerVariable};

    const fn variable(name: &'static str, default: Option<&'static str>) -> ServerVariable {
        ServerVariable { name, default }
    }

    const API: Api = Api {
        user_agent: "test",
        servers: &[
            Server {
                url: "https://{tenant}.example.com/v3",
                variables: &[variable("tenant", Some("acme"))],
            },
            Server {
                url: "https://{apiUrl}/v3",
                variables: &[variable("apiUrl", Some("api.example.com"))],
            },
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

    const WITHOUT_DEFAULTS: Api = Api {
        servers: &[
            Server {
                url: "https://{tenant}.example.com/{version}",
                variables: &[variable("tenant", None), variable("version", Some("v3"))],
            },
            Server { url: "https://example.com/{org}/v3", variables: &[variable("org", None)] },
        ],
        ..API
    };

    #[test]
    fn what_has_no_default_must_be_set() {
        let of = |given: &Given| match base_url(&WITHOUT_DEFAULTS, given) {
            Ok(base) => base.operation("/a", ""),
            Err(error) => error.to_string(),
        };
        let set = |name: &'static str, value: &str| Given {
            variables: BTreeMap::from([(name, value.to_owned())]),
            ..Given::default()
        };
        let told = of(&Given::default());
        assert!(told.contains("variable `tenant` of the server `https://{tenant}.example.com"));
        assert!(
            told.contains("`server_variable(\"tenant\", …)`") && told.contains("`base_url(…)`")
        );
        assert!(of(&set("version", "v4")).contains("variable `tenant`"));
        assert_eq!(of(&set("tenant", "corp")), "https://corp.example.com/v3/a");
        assert_eq!(of(&set("org", "corp")), "https://example.com/corp/v3/a");
        // A base URL takes the place of the host, and not of the path.
        let url = |variables| Given { base_url: Some("https://c.com".to_owned()), ..variables };
        assert_eq!(of(&url(Given::default())), "https://c.com/v3/a");
        assert_eq!(of(&url(set("version", "v4"))), "https://c.com/v4/a");
        let by_path = Api { servers: WITHOUT_DEFAULTS.servers.split_at(1).1, ..API };
        assert!(base_url(&by_path, &url(Given::default())).is_err());
    }

    #[test]
    fn the_host_of_a_source_counts_unless_another_one_is_named() {
        let with = |given: Given| {
            let source =
                SourceHost { base_url: "https://s.com".to_owned(), source: "x".to_owned() };
            match base_url(&WITHOUT_DEFAULTS, &Given { source: Some(source), ..given }) {
                Ok(base) => base.operation("/a", ""),
                Err(error) => error.to_string(),
            }
        };
        let variable = |name, value: &str| Given {
            variables: BTreeMap::from([(name, value.to_owned())]),
            ..Given::default()
        };
        assert_eq!(with(Given::default()), "https://s.com/v3/a");
        assert_eq!(with(variable("version", "v9")), "https://s.com/v9/a");
        assert_eq!(with(variable("tenant", "corp")), "https://corp.example.com/v3/a");
        let url = Given { base_url: Some("https://c.com".to_owned()), ..Given::default() };
        assert_eq!(with(url), "https://c.com/v3/a");
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
    fn a_host_that_is_named_like_a_path_is_not_one() {
        assert_eq!(without_path("https://v3", "/v3"), "https://v3");
        assert_eq!(without_path("https://v3/v3", "/v3"), "https://v3");
        assert_eq!(without_path("https://a/b/v3", "/v3"), "https://a/b");
        assert_eq!(without_path("https://a/bv3", "/v3"), "https://a/bv3");
        assert_eq!(without_path("https://a", ""), "https://a");
    }

    #[test]
    fn a_relative_server_is_a_path() {
        assert_eq!(path_of("v1"), "/v1");
        assert_eq!(path_of("/v1/"), "/v1");
        assert_eq!(path_of("/"), "");
        assert_eq!(path_of("https://a.b"), "");
    }
}
