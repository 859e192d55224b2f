//! The two documents to compare: files, or a client's document at a git revision.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clientgen::source::Refusal;
use clientgen::{Config, Limits, Source};

use super::Arguments;
use crate::invocation::Invocation;
use crate::labelled::label;
use crate::project::settings::Client;
use crate::project::{self, FILE_NAME, Project};
use crate::reading::lexical;

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
                Some(old) => {
                    let mut old = at(old, &arguments.old_overlay)?;
                    set_version(&mut old.config, client);
                    old
                }
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

fn on_disk(
    mut client: Client,
    project: &Project,
    arguments: &Arguments,
) -> Result<Document, String> {
    arguments.shape.apply(&mut client);
    // Faults are printed, and the API of the crate can be compared all the same.
    client.strict = false;
    let (source, config) = project.inputs(&client, &arguments.reading)?;
    let name = match project.folder() {
        Some(folder) => client.input.strip_prefix(folder).unwrap_or(&client.input),
        None => &client.input,
    };
    Ok(Document { name: name.display().to_string(), source: Box::new(source), config })
}

/// Returns the document of a client at a revision, with the overlays that the revision has.
fn committed(
    revision: &str,
    client: &Client,
    project: &Project,
    arguments: &Arguments,
    invocation: &Invocation,
) -> Result<Document, String> {
    let mut client = client.clone();
    arguments.shape.apply(&mut client);
    client.strict = false;
    // The configuration has labels for the files. The files themselves are those of the revision.
    let (_, mut config) = project.inputs(&client, &arguments.reading)?;
    let folder = project.folder().unwrap_or(Path::new(""));
    let reading = arguments.reading.over(&client)?;
    let settings = project.file.as_deref().map(|file| label(file, project.folder()));
    let given = std::iter::once(&config.document).chain(&config.overlays).chain(&settings);
    let given: Vec<String> = given.cloned().collect();
    let root = reading.root.clone().or_else(|| Some(client.input.parent()?.to_owned()));
    let source = Committed {
        folder: folder.to_owned(),
        revision: revision.to_owned(),
        root: lexical(&root.unwrap_or_default()),
        limits: reading.limits(),
        given,
    };
    source.check(invocation.program)?;
    config.overlays.retain(|overlay| source.read(overlay).is_ok());
    // The version may have been raised since.
    let text = settings.and_then(|settings| source.read(&settings).ok());
    let clients = text.and_then(|text| project::clients(&text)).unwrap_or_default();
    let then = clients.iter().find(|one| one.package.name == client.package.name);
    set_version(&mut config, then.unwrap_or(&client));
    let name = format!("{} at {revision}", config.document);
    Ok(Document { name, source: Box::new(source), config })
}

/// The files of a revision, by their paths below a folder of the repository. The rules for files on disk
/// apply: paths stay below a root, and symbolic links are not followed.
#[derive(Debug)]
struct Committed {
    folder: PathBuf,
    revision: String,
    root: PathBuf,
    limits: Limits,
    /// The document and the overlays, which the user named.
    given: Vec<String>,
}

impl Committed {
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
            false => Err(format!("there is no git revision `{revision}`")),
        }
    }

    fn git(&self, arguments: &[&str]) -> io::Result<Output> {
        let folder = ["--literal-pathspecs", "-C"];
        Command::new("git").args(folder).arg(&self.folder).args(arguments).output()
    }
}

impl Source for Committed {
    fn read(&self, path: &str) -> io::Result<String> {
        let is_given = self.given.iter().any(|given| given == path);
        if !is_given && !lexical(&self.folder.join(path)).starts_with(&self.root) {
            let message = format!("`{path}` is outside the root folder of the document");
            let help = "set a root that contains the document and the file: `--root DIR`";
            return Err(refused("outside-root", message, help.to_owned()));
        }
        let listing = self.git(&["ls-tree", "-z", "-l", &self.revision, "--", path])?;
        let line = String::from_utf8_lossy(&listing.stdout);
        // For example: `100644 blob 1234567 42<tab>path`.
        let mut columns = line.split_whitespace();
        let (mode, _, object, size) =
            (columns.next(), columns.next(), columns.next(), columns.next());
        let (Some(mode), Some(object)) = (mode, object) else {
            return Err(io::Error::other(format!("`{path}` is not in `{}`", self.revision)));
        };
        if !mode.starts_with("100") {
            let message = format!("`{path}` is a folder or a symbolic link, not a regular file");
            let help = "refer to a regular file".to_owned();
            return Err(refused("irregular-file", message, help));
        }
        let limit = self.limits.file_bytes;
        if size.and_then(|size| size.parse().ok()).is_some_and(|size: u64| size > limit) {
            let message = format!("`{path}` is larger than {limit} bytes");
            return Err(refused(Limits::CODE, message, Limits::help("file-bytes", limit)));
        }
        let output = self.git(&["cat-file", "blob", object])?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(message.trim().to_owned()));
        }
        String::from_utf8(output.stdout).map_err(io::Error::other)
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
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "a"]);
        git(&["tag", "first"]);
        fs::write(folder.path().join("below/spec/reports.yaml"), "new").unwrap();
        folder
    }

    fn at(revision: &str, folder: &Path) -> Committed {
        Committed {
            folder: folder.to_owned(),
            revision: revision.to_owned(),
            root: lexical(&folder.join("spec")),
            limits: Limits::default(),
            given: vec!["spec/reports.yaml".to_owned()],
        }
    }

    #[test]
    fn a_revision_is_read_from_any_folder_of_the_repository() {
        let repository = repository();
        let below = repository.path().join("below");
        for revision in ["HEAD", "first"] {
            let source = at(revision, &below);
            source.check("clientgen").unwrap();
            assert_eq!(source.read("spec/reports.yaml").unwrap(), "old");
        }
    }

    #[test]
    fn errors_of_git_are_reported() {
        let repository = repository();
        let error = |revision, folder| at(revision, folder).check("clientgen").unwrap_err();
        assert_eq!(error("v9", repository.path()), "there is no git revision `v9`");
        assert_eq!(error("--all", repository.path()), "there is no git revision `--all`");
        let nowhere = tempfile::tempdir().unwrap();
        assert!(error("HEAD", nowhere.path()).contains("is not in a git repository; to compare"));
        let missing = at("HEAD", repository.path()).read("spec/no.yaml");
        assert!(missing.unwrap_err().to_string().contains("no.yaml"));
    }
}
