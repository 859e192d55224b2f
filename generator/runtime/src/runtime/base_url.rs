//! The base URL of requests: a server of the document, or the user's base URL.

use std::collections::BTreeMap;

use reqwest::Url;

use super::credential_source::SourceHost;
use super::server::{chosen, names_host, path_of};
use super::{Api, ConfigError};

/// The base URL of an API.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    /// Scheme, host and the host's own path prefix, without a trailing slash.
    root: String,
    /// The path of the document's server, below the root.
    path: String,
}

impl BaseUrl {
    /// Returns the URL of an operation.
    pub(crate) fn operation(&self, path: &str, query: &str) -> String {
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{}{path}{separator}{query}", self.root, self.path)
    }

    /// Returns an absolute URL: unchanged, or a path on the same host.
    pub(crate) fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.root) } else { url.to_owned() }
    }

    /// Returns whether scheme, host and port are those of another URL.
    pub(crate) fn has_origin_of(&self, other: &Url) -> bool {
        Url::parse(&self.root).is_ok_and(|own| own.origin() == other.origin())
    }

    /// Returns scheme, host and port as a URL.
    pub(crate) fn origin(&self) -> Result<Url, ConfigError> {
        Url::parse(&self.root).map_err(|error| ConfigError::new(format!("base URL: {error}")))
    }

    /// Returns the same host with another path.
    pub(crate) fn with_path(&self, path: String) -> Self {
        Self { root: self.root.clone(), path }
    }

    /// Returns whether the scheme is https.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.root.starts_with("https:")
    }
}

/// The user's settings for the base URL.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerSettings {
    /// The replacement for the server's scheme and host. It may end with the server's path.
    pub(crate) base_url: Option<String>,
    /// The replacement for the server's path.
    pub(crate) base_path: Option<String>,
    /// The replacements for scheme and host of servers of single operations, by their URLs in the
    /// document.
    pub(crate) operation_urls: BTreeMap<String, String>,
    /// The values of server variables.
    pub(crate) variables: BTreeMap<&'static str, String>,
    /// Whether plain HTTP to other machines is allowed.
    pub(crate) allow_http: bool,
    /// The base URL of the source of the credentials. It is used if the user sets no host.
    pub(crate) source: Option<SourceHost>,
}

/// Returns the URL of the server of the document, without regard to the base URL that is set.
pub(crate) fn documented_url(api: &Api, settings: &ServerSettings) -> Result<BaseUrl, ConfigError> {
    let variables = settings.variables.clone();
    base_url(api, &ServerSettings { variables, allow_http: true, ..ServerSettings::default() })
}

/// Returns the base URL: the user's, else that of the source of the credentials, else that of the
/// document.
pub(crate) fn base_url(api: &Api, settings: &ServerSettings) -> Result<BaseUrl, ConfigError> {
    let mut base_url = server_or_setting(api, settings)?;
    if let Some(path) = &settings.base_path {
        base_url.path = base_path(path)?;
        // The user's base URL may end with this path, as it may end with the server's.
        base_url.root = without_path(&base_url.root, &base_url.path).to_owned();
    }
    Ok(base_url)
}

fn base_path(path: &str) -> Result<String, ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let segments = || path.trim_matches('/').split('/');
    if !path.chars().all(plain) || segments().any(|segment| matches!(segment, "." | "..")) {
        return Err(ConfigError::new(format!(
            "base path `{}`: expected a path such as `/v1`",
            path.escape_debug()
        )));
    }
    let path = path.trim_matches('/');
    Ok(if path.is_empty() { String::new() } else { format!("/{path}") })
}

fn server_or_setting(api: &Api, settings: &ServerSettings) -> Result<BaseUrl, ConfigError> {
    let ServerSettings { base_url, variables, allow_http, source, .. } = settings;
    let source = source.as_ref().filter(|_| !names_host(api, variables));
    let named: Option<(String, &String)> = match (base_url, source) {
        (Some(url), _) => Some(("base URL".to_owned(), url)),
        (None, Some(host)) => Some((format!("base URL of {}", host.source), &host.base_url)),
        (None, None) => None,
    };
    let missing = |why: String| missing(api, &why);
    let server = chosen(api, variables)?;
    match (&server, named) {
        (None, None) => Err(ConfigError::new(
            "base URL: the API's document has no server; set the URL with `base_url`",
        )),
        (Some(server), None) => {
            server_url("base URL", server.complete().map_err(missing)?, *allow_http)
        }
        (server, Some((what, url))) => {
            let path = server.as_ref().map_or(Ok(String::new()), |server| server.path());
            replaced(&what, url, path.map_err(missing)?, *allow_http)
        }
    }
}

/// Returns the error for a variable of the server without a value, with the ways to avoid it.
fn missing(api: &Api, why: &str) -> ConfigError {
    let environment = api.environment.as_ref().map_or_else(String::new, |names| {
        format!(", or by the environment variable {} of `from_env`", names.base_url)
    });
    ConfigError::new(format!("base URL: {why}, or the whole URL with `base_url(…)`{environment}"))
}

/// Returns the base URL of a server. `what` names it, for messages.
pub(crate) fn server_url(what: &str, url: &str, allow_http: bool) -> Result<BaseUrl, ConfigError> {
    let url = checked(what, url, allow_http)?;
    let path = url.path().trim_end_matches('/');
    let whole = url.as_str().trim_end_matches('/');
    Ok(BaseUrl {
        root: whole.strip_suffix(path).unwrap_or(whole).to_owned(),
        path: path.to_owned(),
    })
}

/// Returns the base URL of a server whose scheme and host are replaced by a URL, which may end with the
/// path of the server.
pub(crate) fn replaced(
    what: &str,
    url: &str,
    path: String,
    allow_http: bool,
) -> Result<BaseUrl, ConfigError> {
    let url = checked(what, url, allow_http)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::new(format!(
            "{what} `{url}`: it must not have a query or a fragment"
        )));
    }
    let whole = url.as_str().trim_end_matches('/');
    Ok(BaseUrl { root: without_path(whole, &path).to_owned(), path })
}

/// Formats scheme, host and port of a URL for messages.
pub(crate) fn shown_origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Removes a path from the end of a URL. A host of the same name is not a path, as in `https://v1`.
fn without_path<'u>(url: &'u str, path: &str) -> &'u str {
    match url.strip_suffix(path) {
        Some(rest) if path_of(url).ends_with(path) => rest,
        Some(_) | None => url,
    }
}

/// Checks the URL of a server. Plain HTTP is only allowed to this machine, because requests contain
/// tokens and secrets.
pub(crate) fn checked(what: &str, url: &str, allow_http: bool) -> Result<Url, ConfigError> {
    if url.split(['/', '?', '#']).any(|part| part.contains('@')) {
        // The URL is not shown, because it contains a password.
        return Err(ConfigError::new(format!(
            "{what}: it must not contain a user name or a password"
        )));
    }
    let refuse = |why: String| Err(ConfigError::new(format!("{what} `{url}`: {why}")));
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(format!("{error}; expected a URL such as `https://host`")),
    };
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if allow_http || is_loopback(&parsed) => Ok(parsed),
        "http" => refuse("plain http would expose the token to the network; use https, or allow it with `allow_http`".to_owned()),
        scheme => refuse(format!("the scheme `{scheme}` is not supported; use https")),
    }
}

/// Checks an origin: scheme, host and port of a URL, without anything else.
pub(crate) fn checked_origin(
    what: &str,
    origin: &str,
    allow_http: bool,
) -> Result<Url, ConfigError> {
    let url = checked(what, origin, allow_http)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::new(format!(
            "{what} `{}`: it must not have a path or a query, as in `https://host`",
            shown_origin(&url)
        )));
    }
    Ok(url)
}

/// Returns whether a URL leads to this machine.
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
        operation_servers: &[],
    };

    fn url(base_url: Option<&str>, variables: &[(&'static str, &str)]) -> String {
        let variables =
            variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let base_url = base_url.map(str::to_owned);
        shown(&ServerSettings { base_url, variables, ..ServerSettings::default() })
    }

    fn shown(settings: &ServerSettings) -> String {
        match base_url(&API, settings) {
            Ok(base) => format!("{} {}", base.operation("/a", "b=c"), base.absolute("/t")),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_base_path_replaces_the_path_of_the_server() {
        let with = |base_url: Option<&str>, path: &str| {
            let base_url = base_url.map(str::to_owned);
            let base_path = Some(path.to_owned());
            shown(&ServerSettings { base_url, base_path, ..ServerSettings::default() })
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
            let result = with(None, path);
            assert!(
                result.starts_with("base path") || result.contains(".com/evil.com/a"),
                "{result}"
            );
        }
    }

    #[test]
    fn the_url_is_built_from_server_and_variables() {
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
    fn a_variable_without_a_default_must_be_set() {
        let of = |settings: &ServerSettings| match base_url(&WITHOUT_DEFAULTS, settings) {
            Ok(base) => base.operation("/a", ""),
            Err(error) => error.to_string(),
        };
        let set = |name: &'static str, value: &str| ServerSettings {
            variables: BTreeMap::from([(name, value.to_owned())]),
            ..ServerSettings::default()
        };
        let message = of(&ServerSettings::default());
        assert!(message.contains("variable `tenant` of the server `https://{tenant}.example.com"));
        assert!(message.contains("`server_variable(\"tenant\", …)`"), "{message}");
        assert!(message.contains("`base_url(…)`"), "{message}");
        assert!(of(&set("version", "v4")).contains("variable `tenant`"));
        assert_eq!(of(&set("tenant", "corp")), "https://corp.example.com/v3/a");
        assert_eq!(of(&set("org", "corp")), "https://example.com/corp/v3/a");
        // A base URL replaces the host, but not the path.
        let url =
            |settings| ServerSettings { base_url: Some("https://c.com".to_owned()), ..settings };
        assert_eq!(of(&url(ServerSettings::default())), "https://c.com/v3/a");
        assert_eq!(of(&url(set("version", "v4"))), "https://c.com/v4/a");
        let by_path = Api { servers: WITHOUT_DEFAULTS.servers.split_at(1).1, ..API };
        assert!(base_url(&by_path, &url(ServerSettings::default())).is_err());
    }

    #[test]
    fn the_host_of_a_source_is_used_unless_another_one_is_set() {
        let with = |settings: ServerSettings| {
            let source =
                SourceHost { base_url: "https://s.com".to_owned(), source: "x".to_owned() };
            let settings = ServerSettings { source: Some(source), ..settings };
            match base_url(&WITHOUT_DEFAULTS, &settings) {
                Ok(base) => base.operation("/a", ""),
                Err(error) => error.to_string(),
            }
        };
        let variable = |name, value: &str| ServerSettings {
            variables: BTreeMap::from([(name, value.to_owned())]),
            ..ServerSettings::default()
        };
        assert_eq!(with(ServerSettings::default()), "https://s.com/v3/a");
        assert_eq!(with(variable("version", "v9")), "https://s.com/v9/a");
        assert_eq!(with(variable("tenant", "corp")), "https://corp.example.com/v3/a");
        let base_url = Some("https://c.com".to_owned());
        let settings = ServerSettings { base_url, ..ServerSettings::default() };
        assert_eq!(with(settings), "https://c.com/v3/a");
    }

    #[test]
    fn a_base_url_replaces_the_host() {
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
    fn plain_http_is_only_allowed_to_this_machine() {
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
    fn a_host_with_the_name_of_the_path_is_kept() {
        assert_eq!(without_path("https://v3", "/v3"), "https://v3");
        assert_eq!(without_path("https://v3/v3", "/v3"), "https://v3");
        assert_eq!(without_path("https://a/b/v3", "/v3"), "https://a/b");
        assert_eq!(without_path("https://a/bv3", "/v3"), "https://a/bv3");
        assert_eq!(without_path("https://a", ""), "https://a");
    }
}
