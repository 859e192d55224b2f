//! Reads `clientgen.toml`.
//!
//! Takes the text of the file, and returns the settings of its clients, or diagnostics with positions in the
//! file. All problems are reported together: [`super::check`] finds them.

use std::borrow::Cow;
use std::ops::Range;

use clientgen::Diagnostic;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::check;
use super::settings::{self, Client};
use crate::toml_file::TomlFile;

/// The code of all diagnostics about the file.
const CODE: &str = "invalid-configuration";

/// The key of the version.
const VERSION_KEY: &str = "config-version";

/// The key of the list of clients.
const CLIENT_KEY: &str = "client";

/// A problem at a part of the file.
pub(super) struct Problem {
    pub(super) span: Option<Range<usize>>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Parses the file. `name` is its name in diagnostics.
///
/// # Errors
///
/// Returns the diagnostics if the file is not TOML, or does not have the settings of clients.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<Client>, Vec<Diagnostic>> {
    clients(text).map_err(|problems| {
        let file = TomlFile { name, text };
        let diagnostic =
            |Problem { span, message, help }| file.diagnostic(CODE, span, message, help);
        problems.into_iter().map(diagnostic).collect()
    })
}

fn clients(text: &str) -> Result<Vec<Client>, Vec<Problem>> {
    let mut table = DeTable::parse(text).map_err(|error| {
        let help = "the file is written in TOML (https://toml.io)".to_owned();
        vec![Problem { span: error.span(), message: error.message().to_owned(), help }]
    })?;
    check_version(table.get_mut())?;
    let Some(list) = table.get_mut().remove(CLIENT_KEY) else {
        let span = table.span();
        let value = Spanned::new(span, DeValue::Table(table.into_inner()));
        return client(value).map(|client| vec![client]);
    };
    let mut problems: Vec<Problem> = table.get_ref().keys().map(outside_of_list).collect();
    let DeValue::Array(items) = list.get_ref() else {
        let message = "`client` is not a list of clients".to_owned();
        let help = "write `[[client]]` before the settings of each client".to_owned();
        return Err(vec![Problem { span: Some(list.span()), message, help }]);
    };
    let mut clients = Vec::new();
    for item in items.iter() {
        match client(item.clone()) {
            Ok(client) => clients.push(client),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(clients) } else { Err(problems) }
}

fn outside_of_list(key: &Spanned<Cow<'_, str>>) -> Problem {
    Problem {
        span: Some(key.span()),
        message: format!("`{}` stands outside the list of clients", key.get_ref()),
        help: "move it below the `[[client]]` that it belongs to".to_owned(),
    }
}

/// Removes the version and checks it.
fn check_version(table: &mut DeTable<'_>) -> Result<(), Vec<Problem>> {
    let Some(value) = table.remove(VERSION_KEY) else { return Ok(()) };
    let span = value.span();
    let version = i64::deserialize(ValueDeserializer::from(value));
    let message = match version {
        Ok(settings::VERSION) => return Ok(()),
        Ok(version) => format!("the configuration has version {version}"),
        Err(error) => error.message().to_owned(),
    };
    let (version, program) = (settings::VERSION, env!("CARGO_PKG_VERSION"));
    let help = format!(
        "clientgen {program} reads version {version}: use the clientgen that the file was written for, or \
         rewrite the file (`clientgen init` shows its form) with `{VERSION_KEY} = {version}`"
    );
    Err(vec![Problem { span: Some(span), message, help }])
}

/// Returns the settings of a client.
fn client(value: Spanned<DeValue<'_>>) -> Result<Client, Vec<Problem>> {
    let problems = check::problems(&value, &settings::client_schema().to_value());
    if !problems.is_empty() {
        return Err(problems);
    }
    Client::deserialize(ValueDeserializer::from(value)).map_err(|error| {
        let help = "`clientgen schema` prints the schema of the file".to_owned();
        vec![Problem { span: error.span(), message: error.message().to_owned(), help }]
    })
}
