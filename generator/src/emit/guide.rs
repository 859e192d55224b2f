//! The guide to the crate: its README, and the front page of its documentation.
//!
//! Takes the IR and the facts, and returns the same page twice. On the front page, names of items are
//! links that rustdoc resolves; a reader of the README sees the names alone.

use proc_macro2::TokenStream;

use super::example::{self, Example};
use super::{SourceFile, docs};
use crate::analyze::Facts;
use crate::config::{Config, Extra};
use crate::ir::{ContentKind, CredentialSources, Operation, SuccessResponse};
use crate::name::{Named, Names};

/// `README.md`
pub(super) fn readme(api: &Named<'_>, facts: &Facts, config: &Config) -> SourceFile {
    let mut lines = vec![format!("# {}", config.package.name), String::new()];
    lines.extend(page(api, facts, config, Links::Dropped));
    SourceFile::Text(lines.join("\n") + "\n", ("<!-- ", " -->"))
}

/// Returns the documentation of `src/lib.rs`.
pub(super) fn front_page(api: &Named<'_>, facts: &Facts, config: &Config) -> TokenStream {
    docs::inner(&page(api, facts, config, Links::Kept))
}

/// What becomes of links to items.
#[derive(Clone, Copy, PartialEq)]
enum Links {
    Kept,
    Dropped,
}

impl Links {
    /// Returns the path of an item as code, as a link to it if links are kept.
    fn item(self, path: &str) -> String {
        match self {
            Self::Kept => format!("[`{path}`]"),
            Self::Dropped => format!("`{path}`"),
        }
    }

    /// Returns the call of a method of the client as code, as a link to the method if links are kept.
    fn method(self, names: &Names, operation: &Operation) -> String {
        let call = names.call(operation);
        match self {
            Self::Kept => format!("[`{call}`]({})", names.method_path(operation)),
            Self::Dropped => format!("`{call}`"),
        }
    }
}

fn page(api: &Named<'_>, facts: &Facts, config: &Config, links: Links) -> Vec<String> {
    let mut lines = vec![format!(
        "A client for {}, version {} of the API.",
        docs::inline(&api.title),
        docs::inline(&api.version)
    )];
    docs::paragraph(&mut lines, api.description.as_deref());
    lines.extend(first_program(api, facts, links));
    lines.extend(operations(api, links));
    lines.extend(behaviour(api, links));
    lines.extend(features(api, config));
    lines
}

fn first_program(api: &Named<'_>, facts: &Facts, links: Links) -> Vec<String> {
    let mut candidates: Vec<&Operation> = api.operations.iter().collect();
    candidates.sort_by_key(|operation| rank(operation));
    let with_program = |operation: &Operation| {
        Some((operation.security.is_empty(), example::first(api, facts, operation)?))
    };
    let Some((is_open, program)) = candidates.into_iter().find_map(with_program) else {
        return Vec::new();
    };
    let library = api.names.library();
    let Example { import, body } = program;
    let mut lines = vec![String::new(), "## A first program".to_owned(), String::new()];
    lines.extend(["```rust,no_run".to_owned(), format!("use {library}::Client;")]);
    lines.extend(import);
    lines.extend([String::new(), "#[tokio::main]".to_owned()]);
    lines.push("async fn main() -> Result<(), Box<dyn std::error::Error>> {".to_owned());
    lines.push(format!("    let client = {};", client(api, is_open)));
    lines
        .extend(body.into_iter().filter(|line| !line.is_empty()).map(|line| format!("    {line}")));
    lines.extend(["    Ok(())", "}", "```"].map(str::to_owned));
    lines.extend(settings(api, links));
    lines
}

/// Returns the expression that creates the client of the first program.
fn client(api: &Named<'_>, is_open: bool) -> String {
    match (&api.credential_sources, is_open) {
        (Some(_), _) => "Client::from_env()?".to_owned(),
        (None, false) => format!("Client::builder(){}.token(\"secret\").build()?", host(api)),
        (None, true) => format!("Client::builder(){}.build()?", host(api)),
    }
}

/// Describes where the first program reads its settings, if it reads them from the environment.
fn settings(api: &Named<'_>, links: Links) -> Vec<String> {
    let Some(CredentialSources { base_url, client_id, client_secret, .. }) =
        &api.credential_sources
    else {
        return Vec::new();
    };
    vec![
        String::new(),
        format!(
            "{} reads {}, {} and {}.",
            links.item("Client::from_env"),
            docs::code(base_url),
            docs::code(client_id),
            docs::code(client_secret),
        ),
        format!("Use {} for all other settings.", links.item("Client::builder")),
    ]
}

/// Returns the calls that set the host, if the document has no usable default for it.
fn host(api: &Named<'_>) -> String {
    let variables = api.servers.iter().take(1).flat_map(|server| &server.variables);
    let required = variables.filter(|variable| variable.required);
    let calls = required.map(|variable| {
        format!(".{}({:?})", api.names.server_variable(variable.wire.clone()), variable.default)
    });
    calls.collect()
}

/// Sorts the operations that an example should show first: those that start a job, and none that is
/// deprecated.
pub(super) fn rank(operation: &Operation) -> (bool, bool) {
    (operation.deprecated, operation.long_running.is_none())
}

fn operations(api: &Named<'_>, links: Links) -> Vec<String> {
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
            "| {} | {} | {} |",
            links.method(api.names, operation),
            docs::code_cell(&format!("{} {}", operation.method, operation.path)),
            docs::cell(summary)
        ));
    }
    lines
}

/// Describes the behaviour of all operations.
fn behaviour(api: &Named<'_>, links: Links) -> Vec<String> {
    let is_file = |one: &Operation| matches!(&one.response, SuccessResponse::One(content) if content.kind == ContentKind::File);
    let has_files = api.operations.iter().any(is_file);
    let has_jobs = api.operations.iter().any(|operation| operation.long_running.is_some());
    let mut text = vec![
        "The methods of the client return requests. Required parameters are arguments, optional ones are\n\
         setters, and `.await` sends the request. `.response().await` returns status and headers as well."
            .to_owned(),
        format!(
            "There is one error type, {}. Its variants distinguish configuration, authentication,\n\
             connection and timeout errors, errors that the server returned, and undecodable responses.\n\
             {} returns the status, the typed body, the message and the tracking id.",
            links.item("Error"),
            links.item("Error::api")
        ),
        format!(
            "Requests are retried when that is safe: after `429`, respecting `Retry-After`, and, if the method\n\
             is idempotent, after broken connections, timeouts, `500`, `502`, `503` and `504`. See {}.",
            links.item("RetryPolicy")
        ),
        "Enums and objects are open: a value that the document does not list is kept in `Unknown`, a\n\
         property that it does not name in `additional_properties`."
            .to_owned(),
    ];
    if has_files {
        text.push(format!(
            "Files are streamed. {} and {} never leave an\n\
             incomplete file under its name.",
            links.item("Download::save_in"),
            links.item("Download::save_to")
        ));
    }
    if has_jobs {
        text.push(format!(
            "Wait for a long-running job with `poll`, resume it by its id with `resume_…`, or save its files\n\
             with `export`. {} distinguishes failure, cancellation, timeout and polling errors.",
            links.item("WaitError")
        ));
    }
    text.push(
        "Each request is a `tracing` span named `request`, without secrets and query values. Events of\n\
         level TRACE contain URLs and headers, with secrets masked."
            .to_owned(),
    );
    let mut lines = vec![String::new(), "## Good to know".to_owned(), String::new()];
    lines.extend(text.iter().flat_map(|text| bullet(text)));
    lines
}

/// Returns the lines of a list item.
fn bullet(text: &str) -> Vec<String> {
    let marked = text.split('\n').enumerate();
    marked
        .map(|(number, line)| format!("{}{line}", if number == 0 { "- " } else { "  " }))
        .collect()
}

fn features(api: &Named<'_>, config: &Config) -> Vec<String> {
    let text = [
        "",
        "## Features",
        "",
        "| feature | default | description |",
        "|---|---|---|",
        "| `rustls` | yes | TLS with rustls and the certificates of the system |",
        "| `native-tls` | no | TLS with the library of the system |",
        "| `system-proxy` | no | the proxies of the environment and the system |",
        "| `blocking` | no | `Wait`: `.wait()` instead of `.await`, for programs without an async runtime |",
    ];
    let mut lines = text.map(str::to_owned).to_vec();
    if api.credential_sources.iter().any(|sources| !sources.files.is_empty()) {
        lines.push("| `config-files` | no | `ClientBuilder::discover`: credentials from the files of other tools |".to_owned());
    }
    if config.extras.contains(&Extra::Cli) {
        lines.push(format!("| `cli` | no | the program `{}`, with a command for each operation; see its `--help` |", config.package.name));
    }
    if config.extras.contains(&Extra::Mock) {
        lines.push("| `mock` | no | `mock::MockServer`, a mock server for tests, with typed expectations and responses for each operation |".to_owned());
    }
    lines.extend(api.groups.iter().filter_map(|group| {
        let feature = api.names.feature(group.number)?;
        let name = docs::cell(group.name.as_deref().unwrap_or_default());
        Some(format!(
            "| `{feature}` | yes | the operations of {name}, and the types that only they use |"
        ))
    }));
    lines
}
