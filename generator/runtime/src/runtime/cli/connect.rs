//! Creates the client from the flags of the command line.
//!
//! Flags take precedence. Missing values come from a single source: the environment, or a file of
//! another tool. A secret from a source is only sent to the host of the same source. Secrets are
//! read from files or from standard input. They are never arguments, which other users of the
//! machine can see.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::ArgMatches;
use zeroize::Zeroizing;

use super::failure::{Exit, Failure};
use super::table::Program;
use crate::runtime::credential_files::{content, find, read_all};
use crate::runtime::credential_source::Preset;
use crate::runtime::{Api, Client, ClientBuilder, Credential, Secret, SecurityKind};

/// The time limit of a single request of a job.
const MAX_REQUEST_TIME: Duration = Duration::from_secs(300);

/// The flag that allows sending a secret to a host other than the one it came with.
pub(super) const OTHER_HOST_FLAG: &str = "send-secret-to-other-host";

/// The flag that sets the URL of a server of single operations.
pub(super) const SERVER_URL_FLAG: &str = "server-url";

/// The flag that allows sending credentials to such a server.
pub(super) const CREDENTIAL_ORIGIN_FLAG: &str = "credential-origin";

/// A client, and where its settings come from.
pub(super) struct Connected {
    pub(super) client: Client,
    /// The client id, if the client authenticates with one.
    pub(super) client_id: Option<String>,
    /// The source of the values that are not set by flags.
    pub(super) source: Option<String>,
    /// Whether an access token was given. It has not been checked by the server.
    pub(super) has_token: bool,
}

pub(super) fn connect(program: &Program, matches: &ArgMatches) -> Result<Connected, Failure> {
    let (mut builder, has_keys) = with_flags((program.builder)(), program, matches)?;
    let api = builder.api;
    let token = secret_of(matches, "token-file")?;
    let has_token = token.is_some();
    if let Some(token) = token {
        builder = builder.token(token);
    }
    let given = Preset {
        client_id: text(matches, "client-id"),
        client_secret: secret_of(matches, "client-secret-file")?,
        ..builder.given()
    };
    let mut client_id = given.client_id.clone();
    let mut source = None;
    let has_sources = api.environment.is_some() || !api.credential_files.is_empty();
    let has_credentials = client_id.is_some() || given.client_secret.is_some();
    let source_values = match has_sources && (has_credentials || !has_keys) {
        true => find(api, &given).map_err(|error| missing(api, &error.to_string()))?,
        false => None,
    };
    if let Some(values) = source_values {
        source = (!has_token).then(|| values.source.clone());
        client_id = values.client_id.clone().filter(|_| !has_token);
        builder = builder.with_source(values);
    } else {
        builder = match (given.client_id, given.client_secret) {
            (Some(id), Some(secret)) => builder.client_credentials(id, secret),
            (None, None) => builder,
            _ => {
                let message = "--client-id and --client-secret-file must be given together";
                return Err(Failure::new(Exit::Credentials, message));
            }
        };
    }
    if let Some(message) = builder.refused_host() {
        return Err(Failure::new(Exit::Credentials, message).hint(format!(
            "give --client-id and --client-secret-file for that host, or --{OTHER_HOST_FLAG} to allow it"
        )));
    }
    let client = builder.build().map_err(|error| Failure::of(&error, program))?;
    Ok(Connected { client, client_id, source, has_token })
}

/// Applies the flags to a builder. Returns whether credentials for security schemes were given.
fn with_flags(
    mut builder: ClientBuilder,
    program: &Program,
    matches: &ArgMatches,
) -> Result<(ClientBuilder, bool), Failure> {
    let api = builder.api;
    for variable in program.server_variables {
        if let Some(value) = text(matches, variable.name) {
            builder = builder.server_variable(variable.variable, value);
        }
    }
    if let Some(url) = text(matches, "base-url") {
        builder = builder.base_url(url);
    }
    builder = with_operation_servers(builder, matches)?;
    builder = builder.send_secret_to_other_host(matches.get_flag(OTHER_HOST_FLAG));
    let mut has_keys = false;
    for flag in program.credentials {
        if let Some(secret) = secret_of(matches, flag.name)? {
            builder = builder.credential(flag.scheme, credential(api, flag.scheme, secret));
            has_keys = true;
        }
    }
    if let Some(version) = text(matches, "api-version") {
        builder = builder.base_path(format!("/{}", version.trim_start_matches('/')));
    }
    if let Some(limit) = matches.get_one::<Duration>("timeout") {
        // The limit includes authentication. For a job, it is the limit of the whole job.
        builder = builder.timeout((*limit).min(MAX_REQUEST_TIME));
    }
    Ok((builder, has_keys))
}

/// Applies the flags for the servers of single operations, which only some programs have.
fn with_operation_servers(
    mut builder: ClientBuilder,
    matches: &ArgMatches,
) -> Result<ClientBuilder, Failure> {
    let values = |flag: &str| {
        let values = matches.try_get_many::<String>(flag).ok().flatten();
        values.into_iter().flatten().cloned().collect::<Vec<String>>()
    };
    for value in values(SERVER_URL_FLAG) {
        let Some((server, url)) = value.rsplit_once('=') else {
            let message = format!("--{SERVER_URL_FLAG}: `{value}` is not of the form SERVER=URL");
            return Err(Failure::usage(message));
        };
        builder = builder.server_url(server, url);
    }
    Ok(builder.credential_origins(values(CREDENTIAL_ORIGIN_FLAG)))
}

fn text(matches: &ArgMatches, flag: &str) -> Option<String> {
    matches.get_one::<String>(flag).cloned()
}

fn secret_of(matches: &ArgMatches, flag: &str) -> Result<Option<Secret>, Failure> {
    text(matches, flag).map(|path| secret(flag, &path)).transpose()
}

fn missing(api: &Api, message: &str) -> Failure {
    let failure = Failure::new(Exit::Credentials, message);
    let Some(names) = &api.environment else { return failure };
    failure.hint(format!(
        "set {}, {} and {}, or give --base-url, --client-id and --client-secret-file",
        names.base_url, names.client_id, names.client_secret
    ))
}

fn credential(api: &Api, scheme: &str, secret: Secret) -> Credential {
    let scheme = api.security.iter().find(|known| known.name == scheme);
    match scheme.map(|scheme| scheme.kind) {
        Some(SecurityKind::Basic) => {
            let pair = secret.expose_secret().to_owned();
            let (user, password) = pair.split_once(':').unwrap_or((&pair, ""));
            Credential::basic(user, password)
        }
        Some(SecurityKind::Bearer) => Credential::bearer(secret),
        Some(SecurityKind::ApiKey { .. }) | None => Credential::api_key(secret),
    }
}

/// Reads a secret from a file, without surrounding whitespace.
fn secret(flag: &str, path: &str) -> Result<Secret, Failure> {
    let bytes = read(flag, path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::usage(format!("--{flag}: the content of {path} is not UTF-8")))?;
    match text.trim() {
        "" => Err(Failure::usage(format!("--{flag}: {} is empty", shown(path)))),
        text => Ok(Secret::from(text)),
    }
}

/// Reads a file that a flag names, or standard input. The content may be a secret, so its memory is
/// zeroed when it is dropped.
pub(super) fn read(flag: &str, path: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);
    let failed = |error: std::io::Error| {
        Failure::usage(format!("--{flag}: {} cannot be read: {error}", shown(path)))
    };
    if path != "-" {
        return content(Path::new(path)).map_err(failed);
    }
    if STDIN_IS_READ.swap(true, Ordering::SeqCst) {
        let message = format!("--{flag}: standard input can only be used for one flag");
        return Err(Failure::usage(message));
    }
    read_all(std::io::stdin()).map_err(failed)
}

fn shown(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}
