//! What a command works on: the clients of `clientgen.toml`, or one client that the command line describes.
//!
//! Takes the folder of a run, finds `clientgen.toml` in it or above it, and returns its clients with paths
//! that do not depend on the current folder. [`file`] reads the file, [`settings`] are its content.

mod check;
mod file;
mod inputs;
mod package;
pub(crate) mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clientgen::{Limits, source};

pub(crate) use package::crate_name;

use crate::invocation::Invocation;
use crate::labelled::label;
use crate::reading::lexical;
use crate::report;
use settings::{Client, Package};

/// The name of the configuration.
pub(crate) const FILE_NAME: &str = "clientgen.toml";

/// What a command works on.
#[derive(Debug)]
pub(crate) struct Project {
    /// The path of the configuration, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// The clients, with absolute paths.
    pub(crate) clients: Vec<Client>,
}

impl Project {
    /// Reads the configuration, if there is one.
    ///
    /// # Errors
    ///
    /// `--config` names a file that cannot be read, or the file is not valid. Diagnostics of an invalid file
    /// are printed.
    pub(crate) fn find(invocation: &Invocation) -> Result<Self, String> {
        let Some(file) = file(invocation) else {
            return Ok(Self { file: None, clients: Vec::new() });
        };
        let text = source::read_named(&file, Limits::default().file_bytes)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let folder = file.parent().unwrap_or(&file).to_owned();
        let clients =
            self::file::parse(&label(&file, Some(&folder)), &text).map_err(|diagnostics| {
                diagnostics.iter().for_each(|one| report::print(one, report::Format::Text));
                format!("{} is not valid", shown(&file))
            })?;
        let clients: Vec<Client> =
            clients.into_iter().map(|client| client.below(&folder)).collect();
        check_distinct(&clients, &file)?;
        Ok(Self { file: Some(file), clients })
    }

    /// Returns the project of a client that only the command line describes. A configuration in a folder above
    /// does not affect it.
    ///
    /// # Errors
    ///
    /// A configuration was given, too.
    pub(crate) fn of(client: Client, invocation: &Invocation) -> Result<Self, String> {
        match &invocation.config {
            None => Ok(Self { file: None, clients: vec![client] }),
            Some(file) => Err(format!(
                "--input describes a client without a configuration: leave out --config {}",
                file.display()
            )),
        }
    }

    /// Reads the configuration, and returns the clients with these package names, or all.
    ///
    /// # Errors
    ///
    /// Also if there is no configuration, or no client has one of the names.
    pub(crate) fn with_clients(invocation: &Invocation, names: &[String]) -> Result<Self, String> {
        let mut project = Self::find(invocation)?;
        let program = invocation.program;
        if project.file.is_none() {
            let folder = lexical(&invocation.folder);
            return Err(format!(
                "there is no {FILE_NAME} in {} or above it: run `{program} init DOCUMENT` to write one, or \
                 describe the client with --input, --output and --name",
                folder.display()
            ));
        }
        names.iter().try_for_each(|name| project.named(name).map(|_| ()))?;
        project.clients.retain(|client| names.is_empty() || names.contains(&client.package.name));
        Ok(project)
    }

    /// Returns the folder of the configuration, if there is one. Files below it are labelled by their paths
    /// in it.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.file.as_deref().and_then(Path::parent)
    }

    /// Returns the client with a package name, or the only one. Returns `None` if there are no clients and no
    /// name.
    ///
    /// # Errors
    ///
    /// No client has the name, or there are several and no name.
    pub(crate) fn one(&self, name: Option<&str>) -> Result<Option<&Client>, String> {
        match (name, self.clients.as_slice()) {
            (Some(name), _) => self.named(name).map(Some),
            (None, [] | [_]) => Ok(self.clients.first()),
            (None, _) => Err(format!(
                "there are several clients; choose one with --client: {}",
                self.names()
            )),
        }
    }

    fn named(&self, name: &str) -> Result<&Client, String> {
        let client = self.clients.iter().find(|client| client.package.name == name);
        client
            .ok_or_else(|| format!("there is no client `{name}`: the clients are {}", self.names()))
    }

    fn names(&self) -> String {
        let names = self.clients.iter().map(|client| client.package.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Returns the clients of the configuration in a folder, or `None` if it is not valid.
pub(crate) fn clients(text: &str, folder: &Path) -> Option<Vec<Client>> {
    let clients = self::file::parse(FILE_NAME, text).ok()?;
    Some(clients.into_iter().map(|client| client.below(folder)).collect())
}

/// Checks that no client writes into the folder of another one, and that names choose one client.
fn check_distinct(clients: &[Client], file: &Path) -> Result<(), String> {
    if clients.is_empty() {
        return Err(format!("{} has no client: add `[[client]]` with its settings", shown(file)));
    }
    for (number, client) in clients.iter().enumerate() {
        let name = &client.package.name;
        for other in clients.iter().skip(number + 1) {
            let other_name = &other.package.name;
            if name == other_name {
                return Err(format!("{}: two clients have the name `{name}`", shown(file)));
            }
            let (one, two) = (&client.output, &other.output);
            if one.starts_with(two) || two.starts_with(one) {
                return Err(format!(
                    "{}: the clients `{name}` and `{other_name}` have the outputs {} and {}: choose \
                     folders that are not inside one another",
                    shown(file),
                    shown(one),
                    shown(two)
                ));
            }
        }
    }
    Ok(())
}

/// Returns the path of the configuration: that of `--config`, or the nearest one.
pub(crate) fn file(invocation: &Invocation) -> Option<PathBuf> {
    if let Some(file) = &invocation.config {
        return Some(lexical(file));
    }
    let folder = lexical(&invocation.folder);
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.exists())
}

/// Returns a path as a person would write it: relative to the current folder if it is below.
pub(crate) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let short = path.strip_prefix(current).ok().filter(|path| !path.as_os_str().is_empty());
    short.unwrap_or(path).display().to_string()
}

impl Client {
    /// Creates the settings of a client that only the command line describes.
    pub(crate) fn new(input: PathBuf, output: PathBuf, name: String) -> Self {
        Self {
            input,
            overlays: Vec::new(),
            output,
            root: None,
            extras: Vec::new(),
            methods: settings::Methods::default(),
            group_features: false,
            strict: false,
            select: settings::Select::default(),
            lint: settings::Lint::default(),
            limits: BTreeMap::new(),
            package: Package { name, ..Package::default() },
            dependencies: BTreeMap::new(),
            formats: BTreeMap::new(),
            replace: BTreeMap::new(),
            rename: settings::Rename::default(),
            derive: Vec::new(),
        }
    }

    /// Resolves the paths of the settings from a folder.
    fn below(mut self, folder: &Path) -> Self {
        let resolve = |path: &mut PathBuf| *path = lexical(&folder.join(&path));
        resolve(&mut self.input);
        resolve(&mut self.output);
        self.overlays.iter_mut().for_each(resolve);
        self.root.iter_mut().for_each(resolve);
        self.package.license_file.iter_mut().for_each(resolve);
        self
    }
}
