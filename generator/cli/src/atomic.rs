//! Replaces a file atomically, or creates one.
//!
//! Takes a path and a text. Leaves files that must change together, those of a crate, to `crate_dir`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The suffix of partial files.
const SUFFIX: &str = ".new";

/// The minimum age of a stale partial file. A younger one may belong to a run that has not locked it
/// yet.
const MIN_STALE_AGE: Duration = Duration::from_secs(60);

/// Writes a partial file in the same folder and renames it to the path. If that fails, the old file is
/// unchanged and the partial file is removed.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    replace(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file that does not exist yet.
///
/// # Errors
///
/// The file exists, which is never replaced, or cannot be written.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Replaces the target of a symbolic link, not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    remove_stale_files(&path);
    let (mut file, mut partial) = create_partial(&path)?;
    write_content(&mut file, text, &path)?;
    fs::rename(&partial.path, &path)?;
    partial.is_renamed = true;
    Ok(())
}

/// Writes the text to disk, with the permissions of the old file.
fn write_content(file: &mut File, text: &str, path: &Path) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

/// A partial file, which is removed on drop. After it is renamed it is not: another run may use the same
/// name then.
struct PartialFile {
    path: PathBuf,
    is_renamed: bool,
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a partial file with an unused name. It is locked while it is open, so that other runs do not
/// remove it.
fn create_partial(path: &Path) -> io::Result<(File, PartialFile)> {
    let process = std::process::id();
    for number in 0_u32..1000 {
        let name = format!("{}{process}-{number}{SUFFIX}", prefix(path)?);
        let partial = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&partial) {
            Ok(file) => {
                // On file systems without locks, only the age shows that a file is stale.
                let _ = file.try_lock();
                return Ok((file, PartialFile { path: partial, is_renamed: false }));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(ErrorKind::AlreadyExists))
}

/// Returns the prefix of the names of partial files for a path.
fn prefix(path: &Path) -> io::Result<String> {
    let name = path.file_name().ok_or_else(|| io::Error::from(ErrorKind::InvalidFilename))?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Removes stale partial files of a path, which killed runs have left. Errors are ignored.
fn remove_stale_files(path: &Path) {
    let (Ok(prefix), Some(folder)) = (prefix(path), path.parent()) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let middle = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
        let is_ours =
            middle.and_then(|middle| middle.split_once('-')).is_some_and(|(process, number)| {
                process.parse::<u32>().is_ok() && number.parse::<u32>().is_ok()
            });
        let age = entry.metadata().and_then(|file| file.modified()).map(|time| time.elapsed());
        let is_old = age.is_ok_and(|age| age.is_ok_and(|age| age > MIN_STALE_AGE));
        if is_ours && is_old && is_unlocked(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_unlocked(path: &Path) -> bool {
    OpenOptions::new().write(true).open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn set_age(path: &Path, age: Duration) {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn a_file_is_replaced_without_leaving_partial_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        // A similar name of a file that another program has written.
        fs::write(folder.path().join("CHANGELOG.md.new"), "mine").unwrap();
        for text in ["old and longer", "new"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["CHANGELOG.md", "CHANGELOG.md.new"]);
        }
        assert_eq!(fs::read_to_string(folder.path().join("CHANGELOG.md.new")).unwrap(), "mine");
    }

    #[test]
    fn a_failed_write_removes_its_partial_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        // A folder cannot be replaced by a file.
        fs::create_dir_all(path.join("full")).unwrap();
        assert!(write(&path, "new").unwrap_err().contains("report.json"));
        assert_eq!(names(folder.path()), ["report.json"]);
        assert!(write(&folder.path().join("no/where"), "new").is_err());
        assert!(write(Path::new("/"), "new").is_err());
    }

    #[test]
    fn concurrent_runs_do_not_mix_their_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.json");
        let texts: Vec<String> = (0..8).map(|one| one.to_string().repeat(100_000)).collect();
        std::thread::scope(|scope| {
            for text in &texts {
                scope.spawn(|| (0..20).for_each(|_| write(&path, text).unwrap()));
            }
        });
        assert!(texts.contains(&fs::read_to_string(&path).unwrap()), "a mixture");
        assert_eq!(names(folder.path()), ["table.json"]);
    }

    #[test]
    fn stale_partial_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let all = [
            ".a.json.1-0.new",
            ".a.json.1-1.new",
            ".a.json.1-2.new",
            ".a.json.x-0.new",
            ".b.json.1-0.new",
        ];
        for name in all {
            fs::write(folder.path().join(name), "part").unwrap();
            set_age(&folder.path().join(name), 2 * MIN_STALE_AGE);
        }
        // The second file is new, and the third one is locked.
        set_age(&folder.path().join(all[1]), Duration::ZERO);
        let locked = OpenOptions::new().write(true).open(folder.path().join(all[2])).unwrap();
        locked.try_lock().unwrap();
        write(&path, "new").unwrap();
        assert_eq!(names(folder.path()), [&all[1..], &["a.json"]].concat());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_links_are_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("run"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        symlink(&path, &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o751);
    }
}
