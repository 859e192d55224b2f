//! The two documents: files, or what is committed of them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clientgen::source::Refusal;
use clientgen::{Config, Limits, Source};

use super::Arguments;
use crate::labelled::Labelled;
use crate::reading::{Reading, lexical};

/// The document that is compared with itself if none is given, and its overlay.
const DEFAULT: [&str; 2] = ["spec/reports.yaml", "spec/reports.overlay.yaml"];

/// A document that can be read.
pub(super) struct Document {
    /// What it is called in the output.
    pub(super) name: String,
    pub(super) source: Box<dyn Source>,
    pub(super) config: Config,
}

/// The old document and the new one.
pub(super) fn both(arguments: &Arguments, root: &Path) -> Result<(Document, Document), String> {
    let reading = &arguments.reading;
    let mut old = match &arguments.old {
        Some(path) => on_disk(path, &arguments.old_overlay, root, reading),
        None => committed(arguments.since.as_deref().unwrap_or("HEAD"), root, reading)?,
    };
    let [document, overlay] = DEFAULT.map(|path| root.join(path));
    let mut new = match (&arguments.new, arguments.overlay.as_slice()) {
        (Some(path), overlays) => on_disk(path, overlays, root, reading),
        (None, []) => on_disk(&document, &[overlay], root, reading),
        (None, overlays) => on_disk(&document, overlays, root, reading),
    };
    for document in [&mut old, &mut new] {
        let selection = &mut document.config.selection;
        selection.paths.clone_from(&arguments.path);
        selection.tags.clone_from(&arguments.tag);
        selection.operations.clone_from(&arguments.operation);
    }
    Ok((old, new))
}

fn on_disk(path: &Path, overlays: &[PathBuf], root: &Path, reading: &Reading) -> Document {
    let mut source = Labelled::beside(path, root, reading);
    let document = source.add(path, root);
    let overlays = overlays.iter().map(|overlay| source.add(overlay, root)).collect();
    let config = Config::new(document, "api").with_limits(reading.limits());
    let config = Config { overlays, ..config };
    let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
    Document { name, source: Box::new(source), config }
}

/// The document of this repository as a revision has it, with its overlay if there was one then.
fn committed(revision: &str, root: &Path, reading: &Reading) -> Result<Document, String> {
    let source = Committed::new(revision, root, reading)?;
    let [document, overlay] = DEFAULT;
    let mut config = Config::new(document, "api").with_limits(reading.limits());
    config.overlays.extend(source.read(overlay).is_ok().then(|| overlay.to_owned()));
    let name = format!("{document} at {revision}");
    Ok(Document { name, source: Box::new(source), config })
}

/// The files of a revision, by their paths below a folder of the repository. They are confined as
/// those on disk are; symbolic links are no files.
#[derive(Debug)]
struct Committed {
    folder: PathBuf,
    revision: String,
    root: PathBuf,
    limits: Limits,
}

impl Committed {
    fn new(revision: &str, folder: &Path, reading: &Reading) -> Result<Self, String> {
        let (document, _) = DEFAULT[0].rsplit_once('/').unwrap_or_default();
        let root = reading.root.clone().unwrap_or_else(|| folder.join(document));
        let source = Self {
            folder: folder.to_owned(),
            revision: revision.to_owned(),
            root: lexical(&root),
            limits: reading.limits(),
        };
        let instead = "two documents can be compared without it: cargo xtask changes OLD NEW";
        let failed = |error| format!("git cannot be run: {error}; {instead}");
        let inside = source.git(&["rev-parse", "--is-inside-work-tree"]).map_err(failed)?;
        if !inside.status.success() {
            return Err(format!("{} is in no repository of git; {instead}", folder.display()));
        }
        // A revision that begins with a hyphen is not an option.
        let commit = format!("{revision}^{{commit}}");
        let found = source.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        match found.map_err(failed)?.status.success() {
            true => Ok(source),
            false => Err(format!("git knows no revision `{revision}`")),
        }
    }

    fn git(&self, arguments: &[&str]) -> io::Result<Output> {
        let folder = ["--literal-pathspecs", "-C"];
        Command::new("git").args(folder).arg(&self.folder).args(arguments).output()
    }
}

impl Source for Committed {
    fn read(&self, path: &str) -> io::Result<String> {
        let named = DEFAULT.contains(&path);
        if !named && !lexical(&self.folder.join(path)).starts_with(&self.root) {
            let message = format!("`{path}` is outside the folder that references cannot leave");
            let help = "set a root that has both the document and the file: `--root DIR`";
            return Err(refused("outside-root", message, help.to_owned()));
        }
        let listed = self.git(&["ls-tree", "-z", "-l", &self.revision, "--", path])?;
        let line = String::from_utf8_lossy(&listed.stdout);
        // As in `100644 blob 1234567 42<tab>path`.
        let mut words = line.split_whitespace();
        let (mode, _, object, size) = (words.next(), words.next(), words.next(), words.next());
        let (Some(mode), Some(object)) = (mode, object) else {
            return Err(io::Error::other(format!("`{path}` is not in `{}`", self.revision)));
        };
        if !mode.starts_with("100") {
            let message = format!("`{path}` is a folder or a symbolic link, not a regular file");
            let help = "put what it stands for into a file, and name that".to_owned();
            return Err(refused("irregular-file", message, help));
        }
        let limit = self.limits.file_bytes;
        if size.and_then(|size| size.parse().ok()).is_some_and(|size: u64| size > limit) {
            let message = format!("`{path}` has more than {limit} bytes");
            return Err(refused(Limits::CODE, message, Limits::help("file-bytes", limit)));
        }
        let output = self.git(&["cat-file", "blob", object])?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(said.trim().to_owned()));
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
    fn what_is_committed_is_read_below_any_folder_of_the_repository() {
        let repository = repository();
        let below = repository.path().join("below");
        for revision in ["HEAD", "first"] {
            let document = committed(revision, &below, &Reading::default()).unwrap();
            assert_eq!(document.source.read("spec/reports.yaml").unwrap(), "old");
            // There was no overlay then.
            assert!(document.config.overlays.is_empty());
            assert_eq!(document.name, format!("spec/reports.yaml at {revision}"));
        }
    }

    #[test]
    fn it_is_said_why_nothing_can_be_read() {
        let repository = repository();
        let error =
            |revision, folder| Committed::new(revision, folder, &Reading::default()).unwrap_err();
        assert_eq!(error("v9", repository.path()), "git knows no revision `v9`");
        assert_eq!(error("--all", repository.path()), "git knows no revision `--all`");
        let nowhere = tempfile::tempdir().unwrap();
        assert!(
            error("HEAD", nowhere.path()).contains("is in no repository of git; two documents")
        );
        let source = Committed::new("HEAD", repository.path(), &Reading::default()).unwrap();
        let missing = source.read("spec/no.yaml");
        assert!(missing.unwrap_err().to_string().contains("no.yaml"));
    }
}
