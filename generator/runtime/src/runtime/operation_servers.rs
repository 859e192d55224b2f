//! The servers of single operations, which override that of the client.
//!
//! Takes the servers of the document and the settings of the caller. Returns the base URL of an
//! operation, and the reason if its server must not receive credentials. A credential belongs to the
//! host of the base URL. A document cannot send it to another host; only the caller can.

use reqwest::Url;

use super::base_url::{
    BaseUrl, ServerSettings, checked_origin, documented_url, replaced, server_url, shown_origin,
};
use super::server::resolve;
use super::{Api, ConfigError, Operation, OperationServer};

/// The servers of single operations.
#[derive(Debug)]
pub(crate) struct OperationServers(Vec<Resolved>);

/// A server with its URL.
#[derive(Debug)]
struct Resolved {
    server: &'static OperationServer,
    /// The URL, or the reason why there is none. It only matters to those who call the operations.
    base_url: Result<BaseUrl, ConfigError>,
    /// The origin, unless it may receive credentials.
    untrusted: Option<Url>,
}

impl OperationServers {
    /// Determines the URLs of all servers. Credentials may be sent to the origin of the client, and to
    /// the listed origins.
    ///
    /// # Errors
    ///
    /// Fails if a setting is invalid or belongs to no server.
    pub(crate) fn new(
        api: &'static Api,
        settings: &ServerSettings,
        client: &BaseUrl,
        listed: &[String],
    ) -> Result<Self, ConfigError> {
        let mut trusted = vec![client.origin()?];
        for origin in listed {
            trusted.push(checked_origin("credential origin", origin, settings.allow_http)?);
        }
        check_names(api, settings)?;
        let has_other_host = has_other_host(api, settings, client);
        let mut all = Vec::new();
        for server in api.operation_servers {
            let is_set = |name| settings.variables.contains_key(name);
            if server.server.variables.iter().any(|variable| is_set(variable.name)) {
                resolve(&server.server, &settings.variables)?;
            }
            let base_url = match settings.operation_urls.get(server.server.url) {
                Some(url) => Ok(replacement(server, settings, url)?),
                None if server.has_same_host => same_host(server, settings, client),
                None if has_other_host => Err(not_replaced(server)),
                None => documented(server, settings),
            };
            let origin = base_url.as_ref().ok().and_then(|url| url.origin().ok());
            let is_trusted =
                |origin: &Url| trusted.iter().any(|one| one.origin() == origin.origin());
            all.push(Resolved {
                server,
                base_url,
                untrusted: origin.filter(|origin| !is_trusted(origin)),
            });
        }
        Ok(Self(all))
    }

    /// Returns the base URL of an operation, if it has a server of its own.
    pub(crate) fn base_url(&self, operation: &Operation) -> Option<Result<&BaseUrl, ConfigError>> {
        Some(self.of(operation)?.base_url.as_ref().map_err(Clone::clone))
    }

    /// Returns the reason if the server of an operation must not receive credentials.
    pub(crate) fn refused(&self, operation: &Operation) -> Option<ConfigError> {
        let origin = shown_origin(self.of(operation)?.untrusted.as_ref()?);
        Some(ConfigError::new(format!(
            "{}: the credentials are not sent to {origin}, the server of this operation; if that host \
             may have them, allow it with `credential_origins([\"{origin}\"])`",
            operation.id
        )))
    }

    fn of(&self, operation: &Operation) -> Option<&Resolved> {
        self.0.iter().find(|one| one.server.operations.contains(&operation.id))
    }
}

/// Rejects URLs for servers that the document does not have, or that have the host of the client.
fn check_names(api: &Api, settings: &ServerSettings) -> Result<(), ConfigError> {
    let others = api.operation_servers.iter().filter(|one| !one.has_same_host);
    let known: Vec<&str> = others.map(|one| one.server.url).collect();
    match settings.operation_urls.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(ConfigError::new(format!(
            "server URL: the document has no server `{}` for single operations; it has {}",
            name.escape_debug(),
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        ))),
    }
}

/// Returns whether the caller has replaced the host of the document by another one, for instance by
/// that of a test system.
fn has_other_host(api: &Api, settings: &ServerSettings, client: &BaseUrl) -> bool {
    match (documented_url(api, settings), client.origin()) {
        (Ok(documented), Ok(client)) => !documented.has_origin_of(&client),
        // There is no host to replace.
        (Err(_), _) | (_, Err(_)) => false,
    }
}

fn not_replaced(server: &OperationServer) -> ConfigError {
    let url = server.server.url;
    ConfigError::new(format!(
        "the base URL replaces the host of the API, but not that of `{url}`; set it with \
         `server_url(\"{url}\", …)`"
    ))
}

fn replacement(
    server: &OperationServer,
    settings: &ServerSettings,
    url: &str,
) -> Result<BaseUrl, ConfigError> {
    let path = path(server, settings)?;
    replaced(&format!("URL of the server `{}`", server.server.url), url, path, settings.allow_http)
}

fn same_host(
    server: &OperationServer,
    settings: &ServerSettings,
    client: &BaseUrl,
) -> Result<BaseUrl, ConfigError> {
    Ok(client.with_path(path(server, settings)?))
}

/// Returns the path of a server, if no variable is missing in it.
fn path(server: &OperationServer, settings: &ServerSettings) -> Result<String, ConfigError> {
    resolve(&server.server, &settings.variables)?.path().map_err(ConfigError::new)
}

fn documented(server: &OperationServer, settings: &ServerSettings) -> Result<BaseUrl, ConfigError> {
    let resolved = resolve(&server.server, &settings.variables)?;
    let url = resolved.complete().map_err(ConfigError::new)?;
    server_url("server of the operation", url, settings.allow_http)
}
