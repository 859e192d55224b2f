//! `cargo xtask codegen`: generates a crate from a document and writes it to disk.
//!
//! Leaves the content of the files to the generator, and changes on disk to [`crate::crate_dir`].

pub mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use clientgen::{Config, Diagnostic, Extra, Generation, Severity};
use similar::TextDiff;

use crate::crate_dir::{Access, Changes, CrateDir};
use crate::grouping::Grouping;
use crate::labelled::{LabelledFiles, label};
use crate::reading::Reading;
use crate::report::{self, Format};
use crate::root;
use crate::terminal::{note, output};

/// The number of files for which `--check` shows a diff.
const MAX_DIFFS: usize = 3;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The OpenAPI document [default: spec/reports.yaml]
    #[arg(long, value_name = "FILE", requires = "out", requires = "name")]
    spec: Option<PathBuf>,
    /// An OpenAPI overlay to apply; can be repeated
    /// [default: spec/reports.overlay.yaml, or none if --spec is given]
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The folder of the crate [default: generated-client]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the crate [default: sailpoint-reports]
    #[arg(long, value_name = "CRATE", value_parser = crate_name)]
    name: Option<String>,
    /// Keep this path of the API and the paths below it; `*` matches any characters except a slash,
    /// `**` any characters. --path, --tag and --operation can be repeated and combined: an
    /// operation is kept if one of them matches
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Keep the operations with this tag; `*` matches any characters
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Keep the operation with this id; `*` matches any characters
    #[arg(long, value_name = "ID")]
    operation: Vec<String>,
    /// Generate extras: `cli`, a command-line program; `mock`, a mock server for tests
    /// [default: both, or none if --spec is given]
    #[arg(long, value_name = "EXTRA", value_delimiter = ',', value_parser = extra)]
    with: Vec<Extra>,
    #[command(flatten)]
    grouping: Grouping,
    /// Fail if the crate cannot express everything in the document exactly. Always set for
    /// spec/reports.yaml
    #[arg(long)]
    strict: bool,
    /// Write nothing; fail if the crate on disk is not up to date
    #[arg(long)]
    check: bool,
    /// Print errors only
    #[arg(long)]
    quiet: bool,
    /// Keep running, write the crate again whenever one of its source files changes, and show a
    /// diff. Ctrl-C stops the command
    #[arg(long, conflicts_with_all = ["check", "quiet"])]
    watch: bool,
    /// The format of diagnostics
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
    // Locks the folder before reading, so that the last run to write has read the latest files.
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
        output!("read     {}", read.join(", "));
        output!("wrote    {}: {operations} operations, {types} types", label(&out, &root));
        output!(
            "files    {} changed, {} added, {} removed, {} unchanged",
            changes.changed.len(),
            changes.missing.len(),
            changes.stale.len(),
            changes.unchanged
        );
        output!("warnings {warnings}");
        output!("took     {:.2} s", start.elapsed().as_secs_f64());
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the folder of the crate. Waits for other runs and finishes interrupted ones.
fn open(out: &Path, arguments: &Arguments) -> Result<CrateDir, String> {
    let access = if arguments.check { Access::Check } else { Access::Write };
    let is_silent = arguments.quiet || arguments.format == Format::Json;
    CrateDir::open(out, access, &mut |note| {
        if !is_silent {
            note!("note: {note}");
        }
    })
}

/// Returns the files of the crate, or an error if the document has errors.
fn files(generation: &Generation) -> Result<&BTreeMap<String, String>, String> {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    generation.files.as_ref().ok_or_else(|| {
        let errors = generation.diagnostics.iter().filter(is_error).count();
        let noun = if errors == 1 { "error" } else { "errors" };
        format!("nothing was written because of {errors} {noun}")
    })
}

/// Returns the folder of the crate.
fn out(arguments: &Arguments, root: &Path) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| root.join("generated-client"))
}

fn report(generation: &Generation, arguments: &Arguments) {
    for diagnostic in &generation.diagnostics {
        if diagnostic.severity == Severity::Error || !arguments.quiet {
            report::print(diagnostic, arguments.format);
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
            output!("{} is up to date", dir.path().display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.format == Format::Json {
        let command = write_command(arguments);
        return Err(format!("{} is not up to date; to update it: {command}", dir.path().display()));
    }
    show(dir, changes, files);
    output!("to update it: {}", write_command(arguments));
    Ok(ExitCode::FAILURE)
}

/// Lists the files that are not up to date, with a diff of the first ones.
fn show(dir: &CrateDir, changes: &Changes, files: &BTreeMap<String, String>) {
    let lists =
        [("changed", &changes.changed), ("missing", &changes.missing), ("stale", &changes.stale)];
    for (state, paths) in lists {
        paths.iter().for_each(|path| output!("{state:8} {path}"));
    }
    for path in changes.changed.iter().take(MAX_DIFFS) {
        output!("\n{}", diff(dir, path, files));
    }
}

/// Returns the diff of a file.
fn diff(dir: &CrateDir, path: &str, files: &BTreeMap<String, String>) -> String {
    let (old, new) =
        (dir.read(path).unwrap_or_default(), files.get(path).map_or("", String::as_str));
    let diff = TextDiff::from_lines(old.as_str(), new);
    let mut diff = diff.unified_diff();
    diff.context_radius(2).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

/// Returns the same command without `--check`.
fn write_command(arguments: &Arguments) -> String {
    let mut command = vec!["cargo xtask codegen".to_owned()];
    let mut option =
        |name: &str, value: String| command.push(format!("--{name} {}", shell_quoted(&value)));
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
    command.extend(arguments.grouping.words());
    if arguments.strict {
        command.push("--strict".to_owned());
    }
    command.join(" ")
}

/// Quotes a value for a shell, if it has characters with a special meaning.
fn shell_quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:=@%+,".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

fn inputs(arguments: &Arguments, root: &Path) -> (LabelledFiles, Config) {
    let name = arguments.name.clone().unwrap_or_else(|| "sailpoint-reports".to_owned());
    let (spec, overlays, reading) = (&arguments.spec, &arguments.overlay, &arguments.reading);
    let (source, mut config) = documents(spec.as_deref(), overlays, name, root, reading);
    config.selection.paths.clone_from(&arguments.path);
    config.selection.tags.clone_from(&arguments.tag);
    config.selection.operations.clone_from(&arguments.operation);
    if arguments.spec.is_none() {
        // The crate of this repository has the version of the workspace.
        env!("CARGO_PKG_VERSION").clone_into(&mut config.crate_version);
    }
    let all_extras = arguments.spec.is_none() && arguments.with.is_empty();
    let extras: &[Extra] = if all_extras { &Extra::ALL } else { &arguments.with };
    config.extras = extras.iter().copied().collect();
    arguments.grouping.apply(&mut config);
    config.strict = arguments.strict || arguments.spec.is_none();
    (source, config)
}

/// Returns a source and a configuration for a document and its overlays, those of `spec/` by default.
pub(crate) fn documents(
    spec: Option<&Path>,
    overlays: &[PathBuf],
    name: String,
    root: &Path,
    reading: &Reading,
) -> (LabelledFiles, Config) {
    let default = |file: &str| root.join("spec").join(file);
    let (spec, overlays) = match spec {
        Some(spec) => (spec.to_owned(), overlays.to_vec()),
        None if overlays.is_empty() => {
            (default("reports.yaml"), vec![default("reports.overlay.yaml")])
        }
        None => (default("reports.yaml"), overlays.to_vec()),
    };
    let mut source = LabelledFiles::new(&spec, root, reading);
    let mut config = Config::new(source.add(&spec, root), name).with_limits(reading.limits());
    config.overlays = overlays.iter().map(|overlay| source.add(overlay, root)).collect();
    (source, config)
}

fn extra(name: &str) -> Result<Extra, String> {
    let extra = Extra::ALL.into_iter().find(|extra| extra.feature() == name);
    extra.ok_or_else(|| "the extras are `cli` and `mock`".to_owned())
}

fn crate_name(name: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let starts_with_letter = name.starts_with(|c: char| c.is_ascii_lowercase());
    // Cargo rejects keywords too, and examples could not name the crate.
    if clientgen::name::is_keyword(name) {
        return Err(format!("`{name}` is a keyword of Rust"));
    }
    if starts_with_letter && name.chars().all(is_allowed) {
        return Ok(name.to_owned());
    }
    Err("the name of a crate has lower-case letters, digits, `-` and `_`, and begins with a letter"
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
    fn the_write_command_has_all_options() {
        let line = "x --spec a.yaml --out b --name c --path /v1/** --tag Pets --operation get* --with mock,cli --methods id --group-features";
        let line = line
            .split(' ')
            .chain(["--tag", "Bob's", "--strict", "--check", "--root", ".", "--limit", "files=9"]);
        let arguments = Command::parse_from(line).arguments;
        let expected = r"--path '/v1/**' --tag Pets --tag 'Bob'\''s' --operation 'get*' --with mock --with cli --root . --limit files=9 --methods id --group-features --strict";
        let command = write_command(&arguments);
        assert_eq!(
            command,
            format!("cargo xtask codegen --spec a.yaml --out b --name c {expected}")
        );
        let (_, config) = inputs(&arguments, &root());
        assert_eq!(config.selection.tags, ["Pets", "Bob's"]);
        assert_eq!(config.selection.operations, ["get*"]);
    }
}
