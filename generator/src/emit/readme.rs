//! The README of the crate, which is its documentation's first page as well.

use super::example::Example;
use super::{SourceFile, docs, example};
use crate::analyze::Facts;
use crate::config::{Config, Extra};
use crate::ir::{ContentKind, CredentialSources, Operation, SuccessResponse};
use crate::name::Named;

/// `README.md`
pub(super) fn file(api: &Named<'_>, facts: &Facts, config: &Config) -> SourceFile {
    let mut lines = vec![format!("# {}", config.crate_name), String::new()];
    lines.push(format!(
        "A client for {}, version {} of the API.",
        docs::inline(&api.title),
        docs::inline(&api.version)
    ));
    docs::paragraph(&mut lines, api.description.as_deref());
    lines.extend(first_program(api, facts));
    lines.extend(operations(api));
    lines.extend(habits(api, facts, config));
    SourceFile::Text(lines.join("\n") + "\n", ("<!-- ", " -->"))
}

fn first_program(api: &Named<'_>, facts: &Facts) -> Vec<String> {
    let mut candidates: Vec<&Operation> = api.operations.iter().collect();
    candidates.sort_by_key(|operation| rank(operation));
    let with_call = |operation: &Operation| {
        Some((operation.security.is_empty(), example::call(api, facts, operation)?))
    };
    let Some((is_open, call)) = candidates.into_iter().find_map(with_call) else {
        return Vec::new();
    };
    let library = api.names.library();
    let mut lines = vec![
        String::new(),
        "## A first program".to_owned(),
        String::new(),
        "```rust,no_run".to_owned(),
    ];
    let Example { import, body } = call;
    lines.push(format!("use {library}::Client;"));
    lines.extend(import);
    lines.extend([String::new(), "#[tokio::main]".to_owned()]);
    lines.push(format!("async fn main() -> Result<(), {library}::Error> {{"));
    lines.push(match (&api.credential_sources, !is_open) {
        (Some(_), _) => "    let client = Client::from_env()?;".to_owned(),
        (None, true) => {
            format!("    let client = Client::builder(){}.token(\"secret\").build()?;", host(api))
        }
        (None, false) => format!("    let client = Client::builder(){}.build()?;", host(api)),
    });
    lines
        .extend(body.into_iter().filter(|line| !line.is_empty()).map(|line| format!("    {line}")));
    lines.extend(["    Ok(())", "}", "```"].map(str::to_owned));
    if let Some(sources) = &api.credential_sources {
        let CredentialSources { base_url, client_id, client_secret, .. } = sources;
        docs::paragraph(
            &mut lines,
            Some(&format!(
                "`Client::from_env` reads {}, {} and {}. Use `Client::builder` for all other settings.",
                docs::code(base_url),
                docs::code(client_id),
                docs::code(client_secret),
            )),
        );
    }
    lines
}

/// The calls that name the host, where the document has none that would do.
fn host(api: &Named<'_>) -> String {
    let variables = api.servers.iter().take(1).flat_map(|server| &server.variables);
    let required = variables.filter(|variable| variable.required);
    let calls = required.map(|variable| {
        format!(".{}({:?})", api.names.server_variable(variable.wire.clone()), variable.default)
    });
    calls.collect()
}

/// The first program calls something that starts something, if there is such a thing, and nothing
/// that should no longer be called, if that can be helped.
pub(super) fn rank(operation: &Operation) -> (bool, bool) {
    (operation.deprecated, operation.long_running.is_none())
}

fn operations(api: &Named<'_>) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        "## Operations".to_owned(),
        String::new(),
        "| method | request | description |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    for operation in &api.operations {
        let summary = operation
            .docs
            .summary
            .as_deref()
            .or(operation.docs.description.as_deref())
            .unwrap_or_default();
        lines.push(format!(
            "| `{}` | {} | {} |",
            api.names.method(operation.number),
            docs::code_cell(&format!("{} {}", operation.method, operation.path)),
            docs::cell(summary)
        ));
    }
    lines
}

fn habits(api: &Named<'_>, facts: &Facts, config: &Config) -> Vec<String> {
    let is_file = |one: &Operation| matches!(&one.response, SuccessResponse::One(content) if content.kind == ContentKind::File);
    let gives_files = api.operations.iter().any(is_file);
    let waits = api.operations.iter().any(|operation| operation.long_running.is_some());
    let mut text = vec![
        "",
        "## Good to know",
        "",
        "- The methods of the client return requests. Required parameters are arguments, optional ones are",
        "  setters, and `.await` sends the request. `.response().await` returns status and headers as well.",
        "- There is one error type. Its variants distinguish configuration, authentication, connection and",
        "  timeout errors, errors that the server returned, and undecodable responses. `Error::api()`",
        "  returns the status, the typed body, the message and the tracking id.",
        "- Requests are retried when that is safe: after `429`, respecting `Retry-After`, and, if the method",
        "  is idempotent, after broken connections, timeouts, `500`, `502`, `503` and `504`. See `RetryPolicy`.",
        "- Enums and objects are open: a value that the document does not list is kept in `Unknown`, a",
        "  property that it does not name in `additional_properties`.",
    ];
    if gives_files {
        text.push(
            "- Files are streamed. `save_in` and `save_to` never leave an incomplete file under its name.",
        );
    }
    if waits {
        text.extend([
            "- Wait for a long-running job with `poll`, resume it by its id with `resume_…`, or save its files",
            "  with `export`. `WaitError` distinguishes failure, cancellation, timeout and polling errors.",
        ]);
    }
    text.extend([
        "- Each request is a `tracing` span named `request`, without secrets and query values. Events of",
        "  level TRACE contain URLs and headers, with secrets masked.",
        "",
        "## Features",
        "",
        "| feature | default | description |",
        "|---|---|---|",
        "| `rustls` | yes | TLS with rustls and the certificates of the system |",
        "| `native-tls` | no | TLS with the library of the system |",
        "| `system-proxy` | no | the proxies of the environment and the system |",
        "| `blocking` | no | `Wait`: `.wait()` instead of `.await`, for programs without an async runtime |",
    ]);
    if api.credential_sources.iter().any(|sources| !sources.files.is_empty()) {
        text.push(
            "| `config-files` | no | `ClientBuilder::discover`: credentials from the files of other tools |",
        );
    }
    let mut lines: Vec<String> = text.into_iter().map(str::to_owned).collect();
    if config.extras.contains(&Extra::Cli) {
        lines.push(format!("| `cli` | no | the program `{}`, with a command for each operation; see its `--help` |", config.crate_name));
    }
    if config.extras.contains(&Extra::Mock) {
        lines.push("| `mock` | no | `mock::MockServer`, a mock server for tests, with typed expectations and responses for each operation |".to_owned());
    }
    lines.extend(facts.features.of_groups.iter().map(|(number, feature)| {
        let tag = api.groups.get(number.0).and_then(|group| group.tag.as_deref());
        let tag = docs::cell(tag.unwrap_or_default());
        format!("| `{feature}` | yes | the operations of {tag}, and the types that only they use |")
    }));
    lines
}
