//! The two documents to compare: files, or a git revision of this repository's document.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clientgen::source::Refusal;
use clientgen::{Config, Limits, Source};

use super::Arguments;
use crate::labelled::LabelledFiles;
use crate::reading::{Reading, lexical};

/// The default document and its overlay.
const DEFAULT_FILES: [&str; 2] = ["spec/reports.yaml", "spec/reports.overlay.yaml"];

/// A document, its source and its configuration.
pub(super) struct Document {
    /// Its name in the output.
    pub(super) name: String,
    pub(super) source: Box<dyn Source>,
    pub(super) config: Config,
}

/// Returns the old and the new document.
pub(super) fn both(arguments: &Arguments, root: &Path) -> Result<(Document, Document), String> {
    let reading = &arguments.reading;
    let mut old = match &arguments.old {
        Some(path) => on_disk(path, &arguments.old_overlay, root, reading),
        None => committed(arguments.since.as_deref().unwrap_or("HEAD"), root, reading)?,
    };
    let [document, overlay] = DEFAULT_FILES.map(|path| root.join(path));
    let mut new = match (&arguments.new, arguments.overlay.as_slice()) {
        (Some(path), overlays) => on_disk(path, overlays, root, reading),
        (None, []) => on_disk(&document, &[overlay], root, reading),
        (None, overlays) => on_disk(&document, overlays, root, reading),
    };
    for document in [&mut old, &mut new] {
        arguments.grouping.apply(&mut document.config);
        let selection = &mut document.config.selection;
        selection.paths.clone_from(&arguments.path);
        selection.tags.clone_from(&arguments.tag);
        selection.operations.clone_from(&arguments.operation);
    }
    Ok((old, new))
}

fn on_disk(path: &Path, overlays: &[PathBuf], root: &Path, reading: &Reading) -> Document {
    let mut source = LabelledFiles::new(path, root, reading);
    let document = source.add(path, root);
    let overlays = overlays.iter().map(|overlay| source.add(overlay, root)).collect();
    let mut config = Config::new(document, "api").with_limits(reading.limits());
    config.overlays = overlays;
    let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
    Document { name, source: Box::new(source), config }
}

/// Returns this repository's document at a revision, with its overlay if the revision has one.
fn committed(revision: &str, root: &Path, reading: &Reading) -> Result<Document, String> {
    let source = Committed::new(revision, root, reading)?;
    let [document, overlay] = DEFAULT_FILES;
    let mut config = Config::new(document, "api").with_limits(reading.limits());
    config.overlays.extend(source.read(overlay).is_ok().then(|| overlay.to_owned()));
    let name = format!("{document} at {revision}");
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
}

impl Committed {
    fn new(revision: &str, folder: &Path, reading: &Reading) -> Result<Self, String> {
        let (document, _) = DEFAULT_FILES[0].rsplit_once('/').unwrap_or_default();
        let root = reading.root.clone().unwrap_or_else(|| folder.join(document));
        let source = Self {
            folder: folder.to_owned(),
            revision: revision.to_owned(),
            root: lexical(&root),
            limits: reading.limits(),
        };
        let help = "to compare without git, give two documents: cargo xtask changes OLD NEW";
        let failed = |error| format!("git cannot be run: {error}; {help}");
        let inside = source.git(&["rev-parse", "--is-inside-work-tree"]).map_err(failed)?;
        if !inside.status.success() {
            return Err(format!("{} is not in a git repository; {help}", folder.display()));
        }
        // A revision that begins with a hyphen is not an option.
        let commit = format!("{revision}^{{commit}}");
        let verified =
            source.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        match verified.map_err(failed)?.status.success() {
            true => Ok(source),
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
        let is_default = DEFAULT_FILES.contains(&path);
        if !is_default && !lexical(&self.folder.join(path)).starts_with(&self.root) {
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

    #[test]
    fn a_revision_is_read_from_any_folder_of_the_repository() {
        let repository = repository();
        let below = repository.path().join("below");
        for revision in ["HEAD", "first"] {
            let document = committed(revision, &below, &Reading::default()).unwrap();
            assert_eq!(document.source.read("spec/reports.yaml").unwrap(), "old");
            // The revision has no overlay.
            assert!(document.config.overlays.is_empty());
            assert_eq!(document.name, format!("spec/reports.yaml at {revision}"));
        }
    }

    #[test]
    fn errors_of_git_are_reported() {
        let repository = repository();
        let error =
            |revision, folder| Committed::new(revision, folder, &Reading::default()).unwrap_err();
        assert_eq!(error("v9", repository.path()), "there is no git revision `v9`");
        assert_eq!(error("--all", repository.path()), "there is no git revision `--all`");
        let nowhere = tempfile::tempdir().unwrap();
        assert!(error("HEAD", nowhere.path()).contains("is not in a git repository; to compare"));
        let source = Committed::new("HEAD", repository.path(), &Reading::default()).unwrap();
        let missing = source.read("spec/no.yaml");
        assert!(missing.unwrap_err().to_string().contains("no.yaml"));
    }
}
