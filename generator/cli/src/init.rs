//! `clientgen init`: writes a `clientgen.toml` for a document.
//!
//! Takes the path of a document, checks that it is one, and proposes a name. Never replaces a file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clientgen::diagnostics::Diagnostics;
use clientgen::{escape, load};

use crate::atomic;
use crate::invocation::Invocation;
use crate::labelled::LabelledFiles;
use crate::project::{FILE_NAME, crate_name};
use crate::reading::{Reading, lexical, relative};
use crate::report;
use crate::terminal::{finish, output};

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The OpenAPI document
    #[arg(value_name = "DOCUMENT")]
    input: PathBuf,
    /// The name of the crate [default: from the title of the document]
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// The folder of the crate [default: its name]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    finish(init(arguments, invocation).map(|()| ExitCode::SUCCESS))
}

fn init(arguments: &Arguments, invocation: &Invocation) -> Result<(), String> {
    let title = title(&arguments.input)?;
    let name = arguments.name.clone().unwrap_or_else(|| name_of(&title));
    let output = arguments.output.clone().unwrap_or_else(|| PathBuf::from(&name));
    let file = invocation.config.clone().unwrap_or_else(|| invocation.folder.join(FILE_NAME));
    let file = lexical(&file);
    let folder = file.parent().unwrap_or(Path::new(""));
    let text = text(&from(folder, &arguments.input)?, &from(folder, &output)?, &name);
    atomic::create(&file, &text).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!(
            "{} exists already, and was not changed: to generate another client, add it there as `[[client]]`",
            crate::project::shown(&file)
        ),
        _ => format!("{}: {error}", file.display()),
    })?;
    let program = invocation.program;
    output!("wrote {}: run `{program} generate` to write the crate", crate::project::shown(&file));
    Ok(())
}

/// Returns the title of a document.
fn title(input: &Path) -> Result<String, String> {
    let reading = Reading::default();
    let mut source = LabelledFiles::new(input, None, &reading);
    let label = source.add(input, None);
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&source, &label, &mut diagnostics);
    let text =
        |key: &str| document.as_ref().and_then(|document| document.value.pointer(key)?.as_str());
    let version = text("/openapi").or(text("/swagger"));
    match (version, text("/info/title")) {
        (Some(_), title) => Ok(title.unwrap_or_default().to_owned()),
        (None, _) => {
            let located = diagnostics.located(&source, false);
            located.iter().for_each(|one| report::print(one, report::Format::Text));
            Err(match document {
                Some(_) => format!(
                    "{} is not an OpenAPI document: it has neither `openapi` nor `swagger`",
                    input.display()
                ),
                None => {
                    format!("{} cannot be read, so no {FILE_NAME} was written", input.display())
                }
            })
        }
    }
}

/// Returns a path relative to a folder, with `/` on every system.
fn from(folder: &Path, path: &Path) -> Result<String, String> {
    let relative = relative(folder, path);
    let text = relative.to_str().ok_or_else(|| {
        format!("{} is not Unicode, which a configuration cannot name", path.display())
    })?;
    Ok(match text {
        "" => ".".to_owned(),
        text if cfg!(windows) => text.replace('\\', "/"),
        text => text.to_owned(),
    })
}

/// Returns the name of a crate for a title: its ASCII letters and digits in words.
fn name_of(title: &str) -> String {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    crate_name(&name).unwrap_or_else(|_| "api-client".to_owned())
}

fn text(input: &str, output: &str, name: &str) -> String {
    let [input, output, name] = [input, output, name].map(escape::toml_string);
    format!(
        r#"# The configuration of clientgen. `clientgen schema` prints the JSON Schema of this file.

config-version = {version}
# The OpenAPI document, and overlays that correct it.
input = {input}
overlays = []
# The folder of the crate, which `clientgen generate` writes and `clientgen check` compares.
output = {output}
# Besides the client: "cli", a command-line program, and "mock", a mock server for tests.
extras = []

[package]
name = {name}
version = "0.1.0"
"#,
        version = crate::project::settings::VERSION
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_made_of_the_title() {
        assert_eq!(name_of("Swagger Petstore - OpenAPI 3.0"), "swagger-petstore-openapi-3-0");
        for title in ["", "Ψ", "3 things", "self", "Core", "HTTP", "serde json"] {
            assert_eq!(name_of(title), "api-client", "{title}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_configuration() {
        let relative = |folder, path| from(Path::new(folder), Path::new(path)).unwrap();
        assert_eq!(relative("/a/b", "/a/b/c.yaml"), "c.yaml");
        assert_eq!(relative("/a/b", "/a/c/d.yaml"), "../c/d.yaml");
        assert_eq!(relative("/a/b", "/a/b"), ".");
        assert_eq!(relative("/a/b", "/a"), "..");
        if !cfg!(windows) {
            assert_eq!(relative("/a", "/a/b\\c.yaml"), "b\\c.yaml");
        }
    }
}
