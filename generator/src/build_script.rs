//! Generates a client as a module of the crate whose build script runs.
//!
//! Takes the settings of a [`Builder`], writes the module to `OUT_DIR`, and talks to Cargo: which files to
//! watch, which conditions to compile with, and what is wrong with the document ("Build Scripts" in The Cargo
//! Book). This is the only part of the library that writes files and prints.

#![allow(clippy::print_stdout, reason = "a build script talks to Cargo on standard output")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::config::{Config, Extra, Layout, Methods};
use crate::custom::{Attributes, Customization};
use crate::diagnostics::{Diagnostic, Effect, Severity};
use crate::format::GENERATED_MARKER;
use crate::limits::Limits;
use crate::source::{Refusal, Root, Source, read_named};
use crate::{FileTree, escape, generate, layout};

/// Generates a client as a module, in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), clientgen::BuildError> {
///     clientgen::Builder::new("api.yaml").overlay("fixes.yaml").only_operations(["get*"]).generate()
/// }
/// ```
///
/// The crate includes the module where its path says, here at its root:
///
/// ```ignore
/// pub mod api {
///     include!(concat!(env!("OUT_DIR"), "/api.rs"));
/// }
/// ```
///
/// The crate needs edition 2024, and the dependencies of the code: those of the example `tests/build-script` of
/// this repository.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `generate` is called"]
pub struct Builder {
    document: PathBuf,
    overlays: Vec<PathBuf>,
    root: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    features: BTreeSet<&'static str>,
    module: String,
    config: Config,
}

impl Builder {
    /// Creates a builder for a document, at a path from the folder of the package.
    pub fn new(document: impl Into<PathBuf>) -> Self {
        Self {
            document: document.into(),
            overlays: Vec::new(),
            root: None,
            out_dir: None,
            // The crate chooses TLS with the features of `reqwest`.
            features: BTreeSet::from(["rustls"]),
            module: "api".to_owned(),
            config: Config::new("", "api"),
        }
    }

    /// Adds an OpenAPI overlay. Overlays are applied in the order in which they are added.
    pub fn overlay(mut self, overlay: impl Into<PathBuf>) -> Self {
        self.overlays.push(overlay.into());
        self
    }

    /// Sets the folder that references of the document cannot leave. Defaults to the folder of the document.
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.root = Some(folder.into());
        self
    }

    /// Sets the path of the module from the root of the crate, such as `sdk::pets`. Its last part is the name of
    /// the file, here `pets.rs`. Defaults to `api`.
    pub fn module(mut self, path: impl Into<String>) -> Self {
        self.module = path.into();
        self
    }

    /// Keeps the operations whose path matches, and those of paths below it. `*` matches any characters except a
    /// slash, `**` any characters. An operation is kept if it matches any pattern of any method of this builder.
    pub fn only_paths<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.config.selection.paths.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Keeps the operations with a tag that matches. `*` matches any characters.
    pub fn only_tags<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.config.selection.tags.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Keeps the operations whose id matches. `*` matches any characters.
    pub fn only_operations<T: Into<String>>(
        mut self,
        patterns: impl IntoIterator<Item = T>,
    ) -> Self {
        self.config.selection.operations.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Sets how the methods of operations are grouped.
    pub fn methods(mut self, methods: Methods) -> Self {
        self.config.methods = methods;
        self
    }

    /// Adds `.wait()`, for programs without an async runtime. Needs the feature `rt-multi-thread` of `tokio`.
    pub fn blocking(mut self) -> Self {
        self.features.insert("blocking");
        self
    }

    /// Adds credentials from the files of other tools. Needs the dependency `serde-saphyr`.
    pub fn config_files(mut self) -> Self {
        self.features.insert("config-files");
        self
    }

    /// Reads the proxies of the environment and the system. Needs the feature `system-proxy` of `reqwest`.
    pub fn system_proxy(mut self) -> Self {
        self.features.insert("system-proxy");
        self
    }

    /// Adds a mock server for tests. Needs the dependency `wiremock`.
    pub fn mock(mut self) -> Self {
        self.features.insert(Extra::Mock.feature());
        self.config.extras.insert(Extra::Mock);
        self
    }

    /// Uses a Rust type for a `format` of strings, integers and numbers, such as `uuid` and `::uuid::Uuid`. The type
    /// implements `Serialize`, `DeserializeOwned`, `Clone`, `Debug` and `PartialEq`.
    pub fn format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.config.customization.formats.insert(format.into(), path.into());
        self
    }

    /// Uses a Rust type for a component schema, such as `Money` and `crate::Money`. The type implements the same traits
    /// as that of [`Builder::format`].
    pub fn replace(mut self, schema: impl Into<String>, path: impl Into<String>) -> Self {
        self.config.customization.replace.insert(schema.into(), path.into());
        self
    }

    /// Derives traits for the types of the schemas whose name matches. `*` matches any characters.
    pub fn derive<T: Into<String>>(
        mut self,
        schemas: impl Into<String>,
        traits: impl IntoIterator<Item = T>,
    ) -> Self {
        self.config.customization.attributes.push(Attributes {
            schemas: vec![schemas.into()],
            derive: traits.into_iter().map(Into::into).collect(),
            attributes: Vec::new(),
        });
        self
    }

    /// Changes names, types and attributes of the generated code. The methods above change the most common ones.
    pub fn customize(mut self, change: impl FnOnce(&mut Customization)) -> Self {
        change(&mut self.config.customization);
        self
    }

    /// Makes it an error if the module cannot express everything in the document exactly.
    pub fn strict(mut self) -> Self {
        self.config.strict = true;
        self
    }

    /// Sets the limits on the document.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.config.limits = limits;
        self
    }

    /// Sets the folder of the module. Defaults to `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Generates the module, and tells Cargo which files it depends on. Files that do not change are not
    /// written. Faults of the document that affect the module are warnings of Cargo.
    ///
    /// # Errors
    ///
    /// The document has errors, which are printed as errors of Cargo, or the module cannot be written.
    pub fn generate(self) -> Result<(), BuildError> {
        let mut directives = Vec::new();
        let outcome = self.run(&mut directives);
        directives.iter().for_each(|directive| println!("cargo::{directive}"));
        outcome
    }

    /// Generates the module, and returns what to tell Cargo.
    fn run(mut self, directives: &mut Vec<String>) -> Result<(), BuildError> {
        let (module, out_dir) = (self.module_name()?, self.folder()?);
        self.config.layout = Layout::Module(self.module.clone());
        let source = self.source();
        let generation = generate(&source, &self.config);
        let read = source.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        directives.extend(read.iter().filter_map(|file| watched(file)));
        directives.push(format!("rustc-check-cfg=cfg({}, values({CONDITIONS}))", layout::CFG));
        let conditions = self.features.iter();
        directives.extend(conditions.map(|value| format!("rustc-cfg={}=\"{value}\"", layout::CFG)));
        directives.extend(generation.diagnostics.iter().filter_map(message));
        let Some(files) = generation.files else {
            let document = self.document.display();
            return Err(BuildError(format!("{document} has errors, so no client was generated")));
        };
        write(&files, &out_dir, &module).map_err(|(path, error)| {
            BuildError(format!("{} cannot be written: {error}", path.display()))
        })
    }

    /// Returns the last part of the module's path.
    fn module_name(&self) -> Result<String, BuildError> {
        let path = &self.module;
        match layout::is_path(path) {
            true => Ok(path.rsplit("::").next().unwrap_or_default().to_owned()),
            false => Err(BuildError(format!("{}: {}", layout::fault(path), layout::HELP))),
        }
    }

    fn folder(&mut self) -> Result<PathBuf, BuildError> {
        let folder = self.out_dir.take().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        folder.ok_or_else(|| {
            BuildError(
                "OUT_DIR is not set: call this in a build script, or set the folder with `out_dir`"
                    .to_owned(),
            )
        })
    }

    /// Returns the source of the document and its overlays, and puts their names into the configuration.
    fn source(&mut self) -> Files {
        let folder = self.document.parent().unwrap_or(Path::new("")).to_owned();
        let root = Root::new(self.root.as_ref().unwrap_or(&folder));
        let max_bytes = self.config.limits.file_bytes;
        let mut named = BTreeMap::new();
        let mut add = |path: &Path| {
            // A reference resolves to this label only if it also leads to this file.
            let short = path.strip_prefix(&folder).unwrap_or(path);
            let is_same = folder.join(short) == path;
            let label = if is_same { short.to_owned() } else { absolute(path) };
            let label = label.to_string_lossy().replace('\\', "/");
            named.insert(label.clone(), path.to_owned());
            label
        };
        self.config.document = add(&self.document);
        self.config.overlays = self.overlays.iter().map(|overlay| add(overlay)).collect();
        let root = root.with_max_bytes(max_bytes);
        let root = root.with_setting(|folder| format!(".root({folder:?})"));
        Files { folder, root, max_bytes, named, read: Mutex::default() }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The values of the condition in generated code: the Cargo features of a crate.
const CONDITIONS: &str =
    r#""blocking", "cli", "config-files", "mock", "native-tls", "rustls", "system-proxy""#;

/// The error of a build script. It is shown by `Debug`, as `main` does, in the same way as by `Display`.
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}

/// The files of a document. Those that the build script names are read wherever they are, others below the root.
struct Files {
    folder: PathBuf,
    root: Root,
    max_bytes: u64,
    named: BTreeMap<String, PathBuf>,
    /// The files that were requested, also those that do not exist, but not those that must not be read.
    read: Mutex<BTreeSet<PathBuf>>,
}

impl Source for Files {
    fn read(&self, path: &str) -> io::Result<String> {
        let named = self.named.get(path);
        let file = named.cloned().unwrap_or_else(|| self.folder.join(path));
        let text = match named {
            Some(file) => read_named(file, self.max_bytes),
            None => self.root.read(&self.folder, Path::new(path)),
        };
        if !text.as_ref().is_err_and(is_refused) {
            self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
        }
        text
    }
}

/// Returns whether a file must not be read, whatever it contains. Cargo would read it to watch it, and all files
/// in it if it is a folder.
fn is_refused(error: &io::Error) -> bool {
    Refusal::of(error).is_some_and(|refusal| refusal.code != Limits::CODE)
}

/// Returns the directive to watch a file. A document names files, and a line break in a name would begin another
/// directive. No file that is read has such a name.
fn watched(file: &Path) -> Option<String> {
    let file = file.to_str()?;
    (!file.contains(char::is_control)).then(|| format!("rerun-if-changed={file}"))
}

/// Returns a diagnostic as a message of Cargo, which has one line. Notes are not messages.
fn message(diagnostic: &Diagnostic) -> Option<String> {
    let Diagnostic { severity, effect, code, location, position, message, help, .. } = diagnostic;
    if *effect == Effect::None {
        return None;
    }
    let kind = if *severity == Severity::Error { "error" } else { "warning" };
    let place = match position {
        Some(position) => format!("{}:{}:{}", location.file, position.line, position.column),
        None => location.file.clone(),
    };
    let text = format!("{place}: {message} [{code}]; help: {help}");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(format!("{kind}={}", escape::line(&text)))
}

/// Writes the files of a module, and removes those of an earlier run. Files that were not generated are neither
/// replaced nor removed: nothing is changed if one is in the way.
fn write(files: &FileTree, folder: &Path, module: &str) -> Result<(), (PathBuf, io::Error)> {
    let mut changed = Vec::new();
    for (path, text) in files {
        let path = folder.join(path);
        match fs::read(&path) {
            Ok(old) if old == text.as_bytes() => {}
            Ok(old) if is_generated(&old) => changed.push((path, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => changed.push((path, text)),
            Ok(_) => {
                let error =
                    io::Error::other("it was not generated: move it, or choose another module");
                return Err((path, error));
            }
            Err(error) => return Err((path, error)),
        }
    }
    let kept: BTreeSet<PathBuf> = files.keys().map(|path| folder.join(path)).collect();
    let below = folder.join(module);
    remove_others(&below, &kept).map_err(|error| (below, error))?;
    for (path, text) in changed {
        let parent = path.parent().unwrap_or(folder);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
        written.map_err(|error| (path, error))?;
    }
    Ok(())
}

fn is_generated(content: &[u8]) -> bool {
    let line = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line).contains(GENERATED_MARKER)
}

/// Removes all other generated files in a folder, if it exists.
fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_others(&path, kept)?;
        } else if !kept.contains(&path)
            && fs::read(&path).is_ok_and(|content| is_generated(&content))
        {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
