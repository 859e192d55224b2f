//! `cargo xtask codegen`: a document in, a crate on disk out.
//!
//! What is generated is left to the generator, how files change on disk to [`crate::crate_dir`].

pub mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use clientgen::{Config, Diagnostic, Extra, Generation, Severity};
use similar::TextDiff;

use crate::crate_dir::{Access, Changes, CrateDir};
use crate::labelled::{Labelled, label};
use crate::reading::Reading;
use crate::report::{self, Format};
use crate::root;
use crate::terminal::{note, say};

/// How many differences `--check` shows in full.
const SHOWN: usize = 3;

/// What the command is told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The OpenAPI document [default: spec/reports.yaml]
    #[arg(long, value_name = "FILE", requires = "out", requires = "name")]
    spec: Option<PathBuf>,
    /// An OpenAPI overlay to apply to it; can be given several times
    /// [default: spec/reports.overlay.yaml, and none if --spec is given]
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The folder of the crate [default: generated-client]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the crate [default: sailpoint-reports]
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// Keep this path of the API and those below it; `*` stands for any text without a slash, `**`
    /// for any text. Can be given several times, also beside --tag and --operation: what one of
    /// them names is kept
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Keep the operations with this tag; `*` stands for any text; can be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Keep the operation with this id; `*` stands for any text; can be given several times
    #[arg(long, value_name = "ID")]
    operation: Vec<String>,
    /// What the crate has besides its client: `cli`, a program for the command line; `mock`, a server
    /// for tests [default: both, and nothing if --spec is given]
    #[arg(long, value_name = "EXTRA", value_delimiter = ',', value_parser = extra)]
    with: Vec<Extra>,
    /// Refuse the document if anything in it cannot be expressed as it says. The committed
    /// document is always read like this
    #[arg(long)]
    strict: bool,
    /// Write nothing; fail if the crate is not what would be written
    #[arg(long)]
    check: bool,
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Go on, and write the crate anew whenever a file that was read for it changes; show what
    /// changes in it. Ctrl-C ends it
    #[arg(long, conflicts_with_all = ["check", "quiet"])]
    watch: bool,
    /// How to say what is wrong with the document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = if arguments.watch { watch::run(arguments) } else { codegen(arguments) };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            note!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn codegen(arguments: &Arguments) -> Result<ExitCode, String> {
    let start = Instant::now();
    let root = root();
    let out = out(arguments, &root);
    // Before anything is read: the run that writes last is the one that has read last.
    let dir = open(&out, arguments)?;
    let (source, config) = inputs(arguments, &root);
    let generation = clientgen::generate(&source, &config);
    report(&generation, arguments);
    let files = files(&generation)?;
    let changes = dir.compare(files)?;
    if arguments.check {
        return check(&dir, &changes, files, arguments);
    }
    dir.write(files, &changes)?;
    if !arguments.quiet && arguments.format == Format::Text {
        let warnings = generation.diagnostics.len();
        let Generation { operations, types, .. } = generation;
        let read: Vec<&str> =
            std::iter::once(&config.document).chain(&config.overlays).map(String::as_str).collect();
        say!("read     {}", read.join(", "));
        say!("wrote    {}: {operations} operations, {types} types", label(&out, &root));
        say!(
            "files    {} changed, {} new, {} removed, {} as they were",
            changes.changed.len(),
            changes.missing.len(),
            changes.stale.len(),
            changes.same
        );
        say!("warnings {warnings}");
        say!("took     {:.2} s", start.elapsed().as_secs_f64());
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the folder of the crate, which waits for other runs and finishes interrupted ones.
fn open(out: &Path, arguments: &Arguments) -> Result<CrateDir, String> {
    let access = if arguments.check { Access::Check } else { Access::Write };
    let is_silent = arguments.quiet || arguments.format == Format::Json;
    CrateDir::open(out, access, &mut |note| {
        if !is_silent {
            note!("note: {note}");
        }
    })
}

/// The files of a crate that can be written.
fn files(generation: &Generation) -> Result<&BTreeMap<String, String>, String> {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    generation.files.as_ref().ok_or_else(|| {
        let errors = generation.diagnostics.iter().filter(is_error).count();
        format!("{errors} errors, nothing was written")
    })
}

/// The folder of the crate.
fn out(arguments: &Arguments, root: &Path) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| root.join("generated-client"))
}

fn report(generation: &Generation, arguments: &Arguments) {
    for diagnostic in &generation.diagnostics {
        if diagnostic.severity == Severity::Error || !arguments.quiet {
            report::say(diagnostic, arguments.format);
        }
    }
}

fn check(
    dir: &CrateDir,
    changes: &Changes,
    files: &BTreeMap<String, String>,
    arguments: &Arguments,
) -> Result<ExitCode, String> {
    if changes.is_empty() {
        if !arguments.quiet && arguments.format == Format::Text {
            say!("{} is up to date", dir.path().display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.format == Format::Json {
        let mend = mending_command(arguments);
        return Err(format!("{} is not up to date; to mend it: {mend}", dir.path().display()));
    }
    show(dir, changes, files);
    say!("to mend it: {}", mending_command(arguments));
    Ok(ExitCode::FAILURE)
}

/// Lists the files that are not as they should be, and shows some of the differences.
fn show(dir: &CrateDir, changes: &Changes, files: &BTreeMap<String, String>) {
    let list =
        [("changed", &changes.changed), ("missing", &changes.missing), ("stale", &changes.stale)];
    for (what, paths) in list {
        paths.iter().for_each(|path| say!("{what:8} {path}"));
    }
    for path in changes.changed.iter().take(SHOWN) {
        say!("\n{}", difference(dir, path, files));
    }
}

/// What changes in a file.
fn difference(dir: &CrateDir, path: &str, files: &BTreeMap<String, String>) -> String {
    let (old, new) =
        (dir.read(path).unwrap_or_default(), files.get(path).map_or("", String::as_str));
    let diff = TextDiff::from_lines(old.as_str(), new);
    let mut diff = diff.unified_diff();
    diff.context_radius(2).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

/// The same command without `--check`.
fn mending_command(arguments: &Arguments) -> String {
    let mut words = vec!["cargo xtask codegen".to_owned()];
    let mut option =
        |name: &str, value: String| words.push(format!("--{name} {}", shell_word(&value)));
    arguments.spec.iter().for_each(|path| option("spec", path.display().to_string()));
    arguments.overlay.iter().for_each(|path| option("overlay", path.display().to_string()));
    arguments.out.iter().for_each(|path| option("out", path.display().to_string()));
    arguments.name.iter().for_each(|name| option("name", name.clone()));
    arguments.path.iter().for_each(|path| option("path", path.clone()));
    arguments.tag.iter().for_each(|tag| option("tag", tag.clone()));
    arguments.operation.iter().for_each(|id| option("operation", id.clone()));
    arguments.with.iter().for_each(|extra| option("with", extra.feature().to_owned()));
    let reading = &arguments.reading;
    reading.root.iter().for_each(|root| option("root", root.display().to_string()));
    reading.limit.iter().for_each(|(name, value)| option("limit", format!("{name}={value}")));
    if arguments.strict {
        words.push("--strict".to_owned());
    }
    words.join(" ")
}

/// A value as a shell takes it: in quotes if it has anything that a shell gives a meaning to.
fn shell_word(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=@%+,".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

fn inputs(arguments: &Arguments, root: &Path) -> (Labelled, Config) {
    let name = arguments.name.clone().unwrap_or_else(|| "sailpoint-reports".to_owned());
    let (spec, overlays, reading) = (&arguments.spec, &arguments.overlay, &arguments.reading);
    let (source, mut config) = documents(spec.as_deref(), overlays, name, root, reading);
    config.selection.paths.clone_from(&arguments.path);
    config.selection.tags.clone_from(&arguments.tag);
    config.selection.operations.clone_from(&arguments.operation);
    if arguments.spec.is_none() {
        // The committed crate has the version of the workspace.
        env!("CARGO_PKG_VERSION").clone_into(&mut config.crate_version);
    }
    let all_extras = arguments.spec.is_none() && arguments.with.is_empty();
    let extras: &[Extra] = if all_extras { &Extra::ALL } else { &arguments.with };
    config.extras = extras.iter().copied().collect();
    config.strict = arguments.strict || arguments.spec.is_none();
    (source, config)
}

/// A document and its overlays: those of `spec/`, if nothing else is said.
pub(crate) fn documents(
    spec: Option<&Path>,
    overlays: &[PathBuf],
    name: String,
    root: &Path,
    reading: &Reading,
) -> (Labelled, Config) {
    let default = |file: &str| root.join("spec").join(file);
    let (spec, overlays) = match spec {
        Some(spec) => (spec.to_owned(), overlays.to_vec()),
        None if overlays.is_empty() => {
            (default("reports.yaml"), vec![default("reports.overlay.yaml")])
        }
        None => (default("reports.yaml"), overlays.to_vec()),
    };
    let mut source = Labelled::beside(&spec, root, reading);
    let mut config = Config::new(source.add(&spec, root), name).with_limits(reading.limits());
    config.overlays = overlays.iter().map(|overlay| source.add(overlay, root)).collect();
    (source, config)
}

fn extra(name: &str) -> Result<Extra, String> {
    let found = Extra::ALL.into_iter().find(|extra| extra.feature() == name);
    found.ok_or_else(|| "a crate can have `cli` and `mock`".to_owned())
}

fn crate_name(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    // Cargo takes no keyword for a name either, and examples could not name the crate.
    if clientgen::name::is_keyword(name) {
        return Err(format!("`{name}` is a word of the language"));
    }
    if begins && name.chars().all(fits) {
        return Ok(name.to_owned());
    }
    Err("a crate's name has small letters, digits, `-` and `_`, and begins with a letter"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn the_mending_command_says_all_that_was_chosen() {
        let words = "x --spec a.yaml --out b --name c --path /v1/** --tag Pets --operation get* --with mock,cli";
        let words = words
            .split(' ')
            .chain(["--tag", "Bob's", "--strict", "--check", "--root", ".", "--limit", "files=9"]);
        let arguments = Command::parse_from(words).arguments;
        let expected = r"--path '/v1/**' --tag Pets --tag 'Bob'\''s' --operation 'get*' --with mock --with cli --root . --limit files=9 --strict";
        let command = mending_command(&arguments);
        assert_eq!(
            command,
            format!("cargo xtask codegen --spec a.yaml --out b --name c {expected}")
        );
        let (_, config) = inputs(&arguments, &root());
        assert_eq!(config.selection.tags, ["Pets", "Bob's"]);
        assert_eq!(config.selection.operations, ["get*"]);
    }
}
