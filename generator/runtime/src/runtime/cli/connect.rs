//! The client that the words of the command line describe.
//!
//! What a flag says counts, and one source adds the rest: the environment, or a file of another
//! tool. A secret of a source is not sent to another host than the source's own. Secrets come from files or from standard input, and never stand among the words: others on
//! the machine can read those.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::ArgMatches;
use zeroize::Zeroizing;

use super::failure::{Exit, Failure};
use super::table::Program;
use crate::runtime::credential_files::{content, find, read_all};
use crate::runtime::credential_source::Given;
use crate::runtime::{Api, Client, ClientBuilder, Credential, Secret, SecurityKind};

/// How long a request of a job may take, whatever the job may.
const LONGEST_REQUEST: Duration = Duration::from_secs(300);

/// The flag that lets a secret go to another host than the one that it came with.
pub(super) const ANOTHER_HOST: &str = "send-secret-to-other-host";

/// A client, and how it came to be.
pub(super) struct Connected {
    pub(super) client: Client,
    /// The id of the client, if it signs in with one.
    pub(super) client_id: Option<String>,
    /// Where what is not among the words comes from.
    pub(super) source: Option<String>,
    /// Whether a token was given, which nobody has asked the server about.
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
    let given = Given {
        client_id: text(matches, "client-id"),
        client_secret: secret_of(matches, "client-secret-file")?,
        ..builder.given()
    };
    let mut client_id = given.client_id.clone();
    let mut source = None;
    let has_sources = api.environment.is_some() || !api.credential_files.is_empty();
    let has_credentials = client_id.is_some() || given.client_secret.is_some();
    let found = match has_sources && (has_credentials || !has_keys) {
        true => find(api, &given).map_err(|error| missing(api, &error.to_string()))?,
        false => None,
    };
    if let Some(found) = found {
        source = (!has_token).then(|| found.source.clone());
        client_id = found.client_id.clone().filter(|_| !has_token);
        builder = builder.with_source(found);
    } else {
        builder = match (given.client_id, given.client_secret) {
            (Some(id), Some(secret)) => builder.client_credentials(id, secret),
            (None, None) => builder,
            _ => {
                let message = "--client-id and --client-secret-file belong together";
                return Err(Failure::new(Exit::Credentials, message));
            }
        };
    }
    if let Some(message) = builder.refused_host() {
        return Err(Failure::new(Exit::Credentials, message).hint(format!(
            "give --client-id and --client-secret-file for that host, or --{ANOTHER_HOST} if it may have the secret"
        )));
    }
    let client = builder.build().map_err(|error| Failure::of(&error, program))?;
    Ok(Connected { client, client_id, source, has_token })
}

/// Sets what flags alone can say. Whether keys are among it is told as well.
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
    builder = builder.send_secret_to_other_host(matches.get_flag(ANOTHER_HOST));
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
        // Signing in is a part of it. A job may take longer than any of its requests does.
        builder = builder.timeout((*limit).min(LONGEST_REQUEST));
    }
    Ok((builder, has_keys))
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

/// A secret out of a file, without the line break at its end.
fn secret(flag: &str, path: &str) -> Result<Secret, Failure> {
    let bytes = read(flag, path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::usage(format!("--{flag}: the content of {path} is not UTF-8")))?;
    match text.trim() {
        "" => Err(Failure::usage(format!("--{flag}: there is nothing in {path}"))),
        text => Ok(Secret::from(text)),
    }
}

/// The content of a file that a flag names, or of standard input. It may be a secret, so its memory
/// is overwritten when it is dropped.
pub(super) fn read(flag: &str, path: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);
    let failed = |error: std::io::Error| {
        Failure::usage(format!("--{flag}: {} cannot be read: {error}", shown(path)))
    };
    if path != "-" {
        return content(Path::new(path)).map_err(failed);
    }
    if STDIN_IS_READ.swap(true, Ordering::SeqCst) {
        let message = format!("--{flag}: standard input can be read for one flag only");
        return Err(Failure::usage(message));
    }
    read_all(std::io::stdin()).map_err(failed)
}

fn shown(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}
