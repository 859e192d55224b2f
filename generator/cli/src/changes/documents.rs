//! The two documents to compare: files, or a client's document at a git revision.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clientgen::source::Refusal;
use clientgen::{Config, Limits, Source};

use super::Arguments;
use crate::invocation::Invocation;
use crate::labelled::LabelledFiles;
use crate::project::settings::Client;
use crate::project::{self, FILE_NAME, Project};
use crate::reading::{lexical, relative};
use crate::terminal::note;

/// A document, its source and its configuration.
pub(super) struct Document {
    /// Its name in the output.
    pub(super) name: String,
    pub(super) source: Box<dyn Source>,
    pub(super) config: Config,
}

/// Returns the old and the new document.
pub(super) fn both(
    arguments: &Arguments,
    project: &Project,
    invocation: &Invocation,
) -> Result<(Document, Document), String> {
    let at = |path: &Path, overlays: &[PathBuf]| {
        let mut client = Client::new(path.to_owned(), PathBuf::new(), "api".to_owned());
        client.overlays = overlays.to_vec();
        on_disk(client, project, arguments)
    };
    match (&arguments.old, &arguments.new) {
        (Some(old), Some(new)) => {
            let mut old = at(old, &arguments.old_overlay)?;
            if let Ok(client) = client(arguments, project, invocation) {
                set_version(&mut old.config, client);
            }
            Ok((old, at(new, &arguments.overlay)?))
        }
        (old, _) => {
            let client = client(arguments, project, invocation)?;
            let since = arguments.since.as_deref().unwrap_or("HEAD");
            let old = match old {
                Some(old) => on_disk(replaced(client, old, arguments), project, arguments)?,
                None => committed(since, client, project, arguments, invocation)?,
            };
            let mut client = client.clone();
            if !arguments.overlay.is_empty() {
                client.overlays.clone_from(&arguments.overlay);
            }
            Ok((old, on_disk(client, project, arguments)?))
        }
    }
}

/// Sets the version of the crate before the changes.
fn set_version(config: &mut Config, client: &Client) {
    if let Some(version) = &client.package.version {
        config.package.version.clone_from(version);
    }
}

/// Returns the client whose document is compared.
fn client<'p>(
    arguments: &Arguments,
    project: &'p Project,
    invocation: &Invocation,
) -> Result<&'p Client, String> {
    project.one(arguments.client.as_deref())?.ok_or_else(|| {
        format!(
            "there is no {FILE_NAME}, so give two documents: {} changes OLD NEW",
            invocation.program
        )
    })
}

/// Returns the settings of a client with another document and its overlays. Everything else is compared as it is.
fn replaced(client: &Client, document: &Path, arguments: &Arguments) -> Client {
    let input = lexical(document);
    let root = client.root.clone().filter(|root| input.starts_with(root));
    Client { input, root, overlays: arguments.old_overlay.clone(), ..client.clone() }
}

fn on_disk(
    mut client: Client,
    project: &Project,
    arguments: &Arguments,
) -> Result<Document, String> {
    arguments.shape.apply(&mut client);
    // Faults are printed, and the API of the crate can be compared all the same.
    client.strict = false;
    let (source, mut config) = project.inputs(&client, &arguments.reading)?;
    // A pattern may match in one of the documents only.
    config.selection.is_optional = true;
    Ok(Document { name: name(&client, project), source: Box::new(source), config })
}

/// Returns the path of a document from the folder of the configuration.
fn name(client: &Client, project: &Project) -> String {
    let name = match project.folder() {
        Some(folder) => relative(folder, &client.input),
        None => client.input.clone(),
    };
    name.display().to_string()
}

/// Returns the document of a client at a revision, with the settings that the client had then, or those of now if
/// there were none. Overlays that the revision does not have are left out.
fn committed(
    revision: &str,
    client: &Client,
    project: &Project,
    arguments: &Arguments,
    invocation: &Invocation,
) -> Result<Document, String> {
    let repository = Repository { folder: folder(project, client), revision: revision.to_owned() };
    repository.check(invocation.program)?;
    let then = settings_then(&repository, client, project)?;
    let mut client = then.unwrap_or_else(|| client.clone());
    client.overlays = existing(&client.overlays, &repository)?;
    arguments.shape.apply(&mut client);
    client.strict = false;
    let (files, mut config) = project.inputs(&client, &arguments.reading)?;
    config.selection.is_optional = true;
    let reading = arguments.reading.over(&client)?;
    let root = reading.root.clone().or_else(|| Some(client.input.parent()?.to_owned()));
    let name = format!("{} at {revision}", name(&client, project));
    let root = lexical(&root.unwrap_or_default());
    let source = Committed { repository, root, limits: reading.limits(), files };
    Ok(Document { name, source: Box::new(source), config })
}

/// Returns the folder in which git runs: that of the configuration, or of the document.
fn folder(project: &Project, client: &Client) -> PathBuf {
    let folder = project.folder().or(client.input.parent()).unwrap_or(Path::new(""));
    folder.to_owned()
}

/// Returns the settings that a client had at a revision, if the revision has a valid configuration with it.
fn settings_then(
    repository: &Repository,
    client: &Client,
    project: &Project,
) -> Result<Option<Client>, String> {
    let (Some(file), Some(folder)) = (&project.file, project.folder()) else { return Ok(None) };
    let failed = |error: io::Error| format!("{}: {error}", file.display());
    if repository.entry(file).map_err(failed)?.is_none() {
        return Ok(None);
    }
    let text = repository.read(file, Limits::default().file_bytes).map_err(failed)?;
    let clients = project::clients(&text, folder).unwrap_or_default();
    let then = clients.into_iter().find(|one| one.package.name == client.package.name);
    Ok(then.map(|mut then| {
        // It is no part of the API, and may not exist any more.
        then.package.license_file = None;
        then
    }))
}

/// Returns the overlays that a revision has, and says which it does not have.
fn existing(overlays: &[PathBuf], repository: &Repository) -> Result<Vec<PathBuf>, String> {
    let mut existing = Vec::new();
    for overlay in overlays {
        let entry = repository.entry(overlay);
        match entry.map_err(|error| format!("{}: {error}", overlay.display()))? {
            Some(_) => existing.push(overlay.clone()),
            None => note!(
                "note: {} does not have {}, so its document is compared without it",
                repository.revision,
                project::shown(overlay)
            ),
        }
    }
    Ok(existing)
}

/// A revision of a git repository.
#[derive(Debug)]
struct Repository {
    /// A folder of the working tree.
    folder: PathBuf,
    revision: String,
}

/// A file or a folder of a revision.
#[derive(Debug)]
struct Entry {
    mode: String,
    object: String,
    size: Option<u64>,
}

impl Repository {
    /// Returns an error if git, the repository or the revision does not exist.
    fn check(&self, program: &str) -> Result<(), String> {
        let (folder, revision) = (self.folder.display(), &self.revision);
        let help = format!("to compare without git, give two documents: {program} changes OLD NEW");
        let failed = |error| format!("git cannot be run: {error}; {help}");
        let inside = self.git(&["rev-parse", "--is-inside-work-tree"]).map_err(failed)?;
        if !inside.status.success() {
            return Err(format!("{folder} is not in a git repository; {help}"));
        }
        // A revision that begins with a hyphen is not an option.
        let commit = format!("{revision}^{{commit}}");
        let verified = self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        match verified.map_err(failed)?.status.success() {
            true => Ok(()),
            false => Err(format!("there is no git revision `{revision}`: {}", self.help())),
        }
    }

    /// Returns the help for a revision that does not exist.
    fn help(&self) -> &'static str {
        let is_shallow = self.git(&["rev-parse", "--is-shallow-repository"]);
        match is_shallow.is_ok_and(|output| output.stdout.starts_with(b"true")) {
            true => "the clone is shallow, so get the history: git fetch --unshallow --tags",
            false => "give --since a branch, a commit or a tag; git tag lists the tags",
        }
    }

    fn git(&self, arguments: &[&str]) -> io::Result<Output> {
        let folder = ["--literal-pathspecs", "-C"];
        Command::new("git").args(folder).arg(&self.folder).args(arguments).output()
    }

    /// Returns the entry of a path, or `None` if the revision does not have it.
    fn entry(&self, path: &Path) -> io::Result<Option<Entry>> {
        let relative = relative(&self.folder, path);
        let name = relative
            .to_str()
            .ok_or_else(|| io::Error::other("the path is not Unicode"))?
            .replace('\\', if cfg!(windows) { "/" } else { "\\" });
        let listing =
            succeeded(self.git(&["ls-tree", "-z", "-l", &self.revision, "--", &name])?)?;
        let line = String::from_utf8_lossy(&listing);
        // For example: `100644 blob 1234567 42<tab>path`.
        let mut columns = line.split_whitespace();
        let (mode, _, object, size) =
            (columns.next(), columns.next(), columns.next(), columns.next());
        let (Some(mode), Some(object)) = (mode, object) else { return Ok(None) };
        let size = size.and_then(|size| size.parse().ok());
        Ok(Some(Entry { mode: mode.to_owned(), object: object.to_owned(), size }))
    }

    /// Reads a regular file. Symbolic links are not followed.
    fn read(&self, path: &Path, limit: u64) -> io::Result<String> {
        let shown = project::shown(path);
        let Some(Entry { mode, object, size }) = self.entry(path)? else {
            return Err(io::Error::other(format!("`{shown}` is not in `{}`", self.revision)));
        };
        if !mode.starts_with("100") {
            let message = format!("`{shown}` is a folder or a symbolic link, not a regular file");
            let help = "refer to a regular file".to_owned();
            return Err(refused("irregular-file", message, help));
        }
        if size.is_some_and(|size| size > limit) {
            let message = format!("`{shown}` is larger than {limit} bytes");
            return Err(refused(Limits::CODE, message, Limits::help("file-bytes", limit)));
        }
        let content = succeeded(self.git(&["cat-file", "blob", &object])?)?;
        String::from_utf8(content).map_err(io::Error::other)
    }
}

/// Returns what git has printed, or its message if it has failed.
fn succeeded(output: Output) -> io::Result<Vec<u8>> {
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

/// The files of a document at a revision. The rules for files on disk apply: a reference stays below a root.
#[derive(Debug)]
struct Committed {
    repository: Repository,
    root: PathBuf,
    limits: Limits,
    /// The paths of labels. The files on disk are not read.
    files: LabelledFiles,
}

impl Source for Committed {
    fn read(&self, path: &str) -> io::Result<String> {
        let (file, is_given) = self.files.path(path);
        if !is_given && !lexical(&file).starts_with(&self.root) {
            let message = format!("`{path}` is outside the root folder of the document");
            let help = "set a root that contains the document and the file: `--root DIR`";
            return Err(refused("outside-root", message, help.to_owned()));
        }
        self.repository.read(&file, self.limits.file_bytes)
    }
}

fn refused(code: &'static str, message: String, help: String) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, Refusal { code, message, help })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
            let git = Command::new("git")
                .arg("-C")
                .arg(folder.path())
                .args(name)
                .args(arguments)
                .output();
            assert!(git.unwrap().status.success(), "{arguments:?}");
        };
        fs::create_dir_all(folder.path().join("below/spec")).unwrap();
        fs::write(folder.path().join("below/spec/reports.yaml"), "old").unwrap();
        fs::create_dir_all(folder.path().join("beside")).unwrap();
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "a"]);
        git(&["tag", "first"]);
        fs::write(folder.path().join("below/spec/reports.yaml"), "new").unwrap();
        folder
    }

    fn at(revision: &str, folder: &Path) -> Repository {
        Repository { folder: folder.to_owned(), revision: revision.to_owned() }
    }

    #[test]
    fn a_revision_is_read_from_any_folder_of_the_repository() {
        let repository = repository();
        let file = repository.path().join("below/spec/reports.yaml");
        for revision in ["HEAD", "first"] {
            for folder in [".", "below", "below/spec", "beside"] {
                let revision = at(revision, &repository.path().join(folder));
                revision.check("clientgen").unwrap();
                assert_eq!(revision.read(&file, 3).unwrap(), "old", "{folder}");
                assert!(revision.read(&file, 2).is_err());
                assert!(revision.entry(&file.with_file_name("none.yaml")).unwrap().is_none());
            }
        }
    }

    #[test]
    fn errors_of_git_are_reported() {
        let repository = repository();
        let error = |revision, folder| at(revision, folder).check("clientgen").unwrap_err();
        let help = "give --since a branch, a commit or a tag; git tag lists the tags";
        for revision in ["v9", "--all"] {
            let expected = format!("there is no git revision `{revision}`: {help}");
            assert_eq!(error(revision, repository.path()), expected);
        }
        let clone = tempfile::tempdir().unwrap();
        let url = format!("file://{}", repository.path().display());
        let mut git = Command::new("git");
        let cloned = git.args(["clone", "--quiet", "--depth", "1", &url]).arg(clone.path());
        assert!(cloned.status().unwrap().success());
        assert!(error("v9", clone.path()).ends_with("git fetch --unshallow --tags"));
        let nowhere = tempfile::tempdir().unwrap();
        assert!(error("HEAD", nowhere.path()).contains("is not in a git repository; to compare"));
        let head = at("HEAD", repository.path());
        let missing = head.read(&repository.path().join("spec/no.yaml"), 9);
        assert!(missing.unwrap_err().to_string().contains("no.yaml"));
        // Another failure than a missing file is not taken for one.
        assert!(head.entry(&nowhere.path().join("a.yaml")).is_err());
    }
}
