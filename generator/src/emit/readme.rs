//! The README of the crate, which is its documentation's first page as well.

use super::{SourceFile, docs, example};
use crate::analyze::Facts;
use crate::config::{Config, Extra};
use crate::ir::{CredentialSources, Operation};
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
    lines.extend(first_program(api, facts, config));
    lines.extend(operations(api));
    lines.extend(habits(api, facts, config));
    SourceFile::Text(lines.join("\n") + "\n", ("<!-- ", " -->"))
}

fn first_program(api: &Named<'_>, facts: &Facts, config: &Config) -> Vec<String> {
    let mut candidates: Vec<&Operation> = api.operations.iter().collect();
    candidates.sort_by_key(|operation| rank(operation));
    let with_call = |operation: &Operation| {
        Some((operation.security.is_empty(), example::call(api, facts, config, operation)?))
    };
    let Some((is_open, call)) = candidates.into_iter().find_map(with_call) else {
        return Vec::new();
    };
    let library = config.crate_name.replace('-', "_");
    let mut lines = vec![
        String::new(),
        "## A first program".to_owned(),
        String::new(),
        "```rust,no_run".to_owned(),
    ];
    let (uses, body): (Vec<String>, Vec<String>) =
        call.into_iter().partition(|line| line.starts_with("use "));
    lines.push(format!("use {library}::Client;"));
    lines.extend(uses);
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
                "`Client::from_env` reads {}, {} and {}. `Client::builder` sets everything by hand.",
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
        "| method | request | what it does |".to_owned(),
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
    let mut text = vec![
        "",
        "## Good to know",
        "",
        "- A method of the client makes a request: what is required is an argument, what is optional a",
        "  setter, and `.await` sends it. `.response().await` gives status and headers as well.",
        "- There is one error type, which tells configuration, sign-in, connection, timeout, a response of",
        "  the server and an undecodable body apart. `Error::api()` has the status, the typed body, the",
        "  message and the tracking id.",
        "- Requests are sent again when that is safe: after `429` as the server asks, and after lost",
        "  connections and `502`, `503`, `504` if the method is idempotent. See `RetryPolicy`.",
        "- Enums are open: a value that the document does not know is kept in `Unknown`. So are objects:",
        "  what they hold besides is in `additional_properties`.",
        "- Files are read as they come. `save_in` and `save_to` never leave a part of one under its name.",
        "- What an operation starts is waited for with `poll`, from its id with `resume_…`, and saved with",
        "  `export`. `WaitError` tells failure, cancellation, time that ran out, and polling itself apart.",
        "- Requests are `tracing` spans named `request`, without secrets and without query values. Events",
        "  of the level TRACE tell addresses and headers, with secrets masked.",
        "",
        "## Features",
        "",
        "| feature | default | what for |",
        "|---|---|---|",
        "| `rustls` | yes | encryption with rustls, and the certificates of the system |",
        "| `native-tls` | no | encryption with the library of the system |",
        "| `system-proxy` | no | proxies as the environment and the system name them |",
        "| `blocking` | no | `Wait`: `.wait()` instead of `.await`, for programs without an async runtime |",
        "| `config-files` | no | `ClientBuilder::discover`: credentials from where other tools keep them |",
    ];
    if !api.operations.iter().any(|operation| matches!(&operation.response, crate::ir::SuccessResponse::One(content) if content.kind == crate::ir::ContentKind::File)) {
        text.retain(|line| !line.starts_with("- Files are read"));
    }
    if !api.operations.iter().any(|operation| operation.long_running.is_some()) {
        text.retain(|line| {
            !line.starts_with("- What an operation starts") && !line.starts_with("  `export`.")
        });
    }
    if api.credential_sources.iter().all(|sources| sources.files.is_empty()) {
        text.retain(|line| !line.starts_with("| `config-files`"));
    }
    let mut lines: Vec<String> = text.into_iter().map(str::to_owned).collect();
    if config.extras.contains(&Extra::Cli) {
        lines.push(format!("| `cli` | no | the program `{}`: a command for each operation; its `--help` tells the rest |", config.crate_name));
    }
    if config.extras.contains(&Extra::Mock) {
        lines.push("| `mock` | no | `mock::MockServer`, a mock server for tests, with typed expectations and responses for each operation |".to_owned());
    }
    lines.extend(facts.features.of_groups.iter().map(|(number, feature)| {
        let tag = api.groups.get(number.0).and_then(|group| group.tag.as_deref());
        let tag = docs::cell(tag.unwrap_or_default());
        format!(
            "| `{feature}` | yes | the operations of {tag}, and the types that only they need |"
        )
    }));
    lines
}
