//! Files that are there whole or as they were.
//!
//! Takes a path and a text. The files of a crate, which belong together, are written by `crate_dir`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the name of a file ends with until it is complete.
const END: &str = ".new";

/// How old a file must be that a killed run has left. A younger one may belong to a run that has not
/// locked it yet.
const OLD: Duration = Duration::from_secs(60);

/// Writes a file beside its place and then moves it there. If that fails, what was there is untouched
/// and nothing is left beside it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    replace(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // The file that a link leads to is replaced, and not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    remove_litter(&path);
    let (mut file, mut new) = create(&path)?;
    fill(&mut file, text, &path)?;
    fs::rename(&new.path, &path)?;
    new.is_renamed = true;
    Ok(())
}

fn fill(file: &mut File, text: &str, path: &Path) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

/// A file that is removed when it is dropped, unless it has another name by then: its own may belong
/// to the file of somebody else then.
struct New {
    path: PathBuf,
    is_renamed: bool,
}

impl Drop for New {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a file that was not there. It is locked as long as it is open, so that others can see that
/// it is being written.
fn create(path: &Path) -> io::Result<(File, New)> {
    let process = std::process::id();
    for number in 0_u32..1000 {
        let new = path.with_file_name(format!("{}{process}-{number}{END}", start(path)?));
        match OpenOptions::new().write(true).create_new(true).open(&new) {
            Ok(file) => {
                // Where there are no locks, only its age says that a file is litter.
                let _ = file.try_lock();
                return Ok((file, New { path: new, is_renamed: false }));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(ErrorKind::AlreadyExists))
}

/// What the names of new files for a path begin with.
fn start(path: &Path) -> io::Result<String> {
    let name = path.file_name().ok_or_else(|| io::Error::from(ErrorKind::InvalidFilename))?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Removes what killed runs have left beside a path. What cannot be removed stays.
fn remove_litter(path: &Path) {
    let (Ok(start), Some(folder)) = (start(path), path.parent()) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let middle = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(END));
        let is_ours = middle
            .and_then(|middle| middle.split_once('-'))
            .is_some_and(|(one, two)| one.parse::<u32>().is_ok() && two.parse::<u32>().is_ok());
        let age = entry.metadata().and_then(|found| found.modified()).map(|then| then.elapsed());
        let is_old = age.is_ok_and(|age| age.is_ok_and(|age| age > OLD));
        if is_ours && is_old && is_free(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_free(path: &Path) -> bool {
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

    fn age(path: &Path, time: Duration) {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - time).unwrap();
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        // A name that somebody else may have given to a file of theirs.
        fs::write(folder.path().join("CHANGELOG.md.new"), "mine").unwrap();
        for text in ["old and longer", "new"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["CHANGELOG.md", "CHANGELOG.md.new"]);
        }
        assert_eq!(fs::read_to_string(folder.path().join("CHANGELOG.md.new")).unwrap(), "mine");
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_behind() {
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
    fn runs_at_once_do_not_share_a_file() {
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
    fn what_killed_runs_have_left_is_removed() {
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
            age(&folder.path().join(name), 2 * OLD);
        }
        // One that has just begun, and one that somebody writes.
        age(&folder.path().join(all[1]), Duration::ZERO);
        let held = OpenOptions::new().write(true).open(folder.path().join(all[2])).unwrap();
        held.try_lock().unwrap();
        write(&path, "new").unwrap();
        assert_eq!(names(folder.path()), [&all[1..], &["a.json"]].concat());
    }

    #[cfg(unix)]
    #[test]
    fn modes_stay_and_links_are_followed() {
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
