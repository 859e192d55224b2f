//! The folder of a generated crate, and how it changes.
//!
//! A list in the folder says which files are generated. Only these are ever removed, and a file
//! that is neither listed nor marked as generated is not written over. Changes are prepared aside
//! and then put in place one rename after the other; if that fails, or is interrupted, the old files
//! come back, at once or with the next run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clientgen::format::{GENERATED, LIST};

/// Where changes are prepared. What they replace waits there too.
const STAGING: &str = ".codegen-staging";

/// The folder of a generated crate.
#[derive(Debug)]
pub(crate) struct CrateDir {
    path: PathBuf,
}

/// What would change, as paths in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) changed: Vec<String>,
    pub(crate) missing: Vec<String>,
    pub(crate) stale: Vec<String>,
    pub(crate) same: usize,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.stale.is_empty()
    }
}

impl CrateDir {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.path.join(file)).ok()
    }

    /// What writing these files would change. Nothing is touched.
    pub(crate) fn compare(&self, files: &BTreeMap<String, String>) -> Result<Changes, String> {
        let listed = self.listed();
        let mut changes = Changes::default();
        for (path, text) in files {
            let target = self.path.join(path);
            if !target.exists() {
                changes.missing.push(path.clone());
            } else if fs::read(&target).is_ok_and(|old| old == text.as_bytes()) {
                changes.same += 1;
            } else if listed.contains(path) || self.is_marked(path) {
                changes.changed.push(path.clone());
            } else {
                return Err(format!(
                    "{} was not written by codegen and is in the way: move it, or choose another folder with --out",
                    target.display()
                ));
            }
        }
        changes.stale = listed
            .into_iter()
            .filter(|path| !files.contains_key(path) && self.path.join(path).exists())
            .collect();
        Ok(changes)
    }

    /// Makes the changes, all of them or none.
    pub(crate) fn write(
        &self,
        files: &BTreeMap<String, String>,
        changes: &Changes,
    ) -> Result<(), String> {
        if changes.is_empty() {
            return Ok(());
        }
        let written: BTreeMap<&str, &str> = changes
            .changed
            .iter()
            .chain(&changes.missing)
            .filter_map(|path| Some((path.as_str(), files.get(path)?.as_str())))
            .collect();
        let outcome =
            self.prepare(&written).and_then(|()| self.put_in_place(&written, &changes.stale));
        if let Err(error) = outcome {
            let undone = self.undo();
            let message = self.failed("the crate could not be written, and is as it was", &error);
            return Err(undone.map_or_else(
                |error| self.failed("the crate could not be written, nor brought back", &error),
                |()| message,
            ));
        }
        fs::remove_dir_all(self.staging())
            .map_err(|error| self.failed("the staging folder could not be removed", &error))?;
        changes.stale.iter().for_each(|path| self.remove_empty_folders(path));
        Ok(())
    }

    fn failed(&self, what: &str, error: &io::Error) -> String {
        format!("{}: {what}: {error}", self.path.display())
    }

    fn staging(&self) -> PathBuf {
        self.path.join(STAGING)
    }

    fn listed(&self) -> BTreeSet<String> {
        let list = self.read(LIST).unwrap_or_default();
        let safe = |path: &&str| {
            Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
        };
        list.lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .filter(safe)
            .map(str::to_owned)
            .collect()
    }

    fn is_marked(&self, file: &str) -> bool {
        self.read(file)
            .is_some_and(|text| text.lines().next().is_some_and(|line| line.contains(GENERATED)))
    }

    /// Brings all new files to disk, beside the old ones, and says which of them have no old one.
    fn prepare(&self, written: &BTreeMap<&str, &str>) -> io::Result<()> {
        let staging = self.staging();
        fs::create_dir_all(staging.join("old"))?;
        for (path, text) in written {
            let target = staging.join("new").join(path);
            create_parent(&target)?;
            let mut file = fs::File::create(&target)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        let created: String = written
            .keys()
            .filter(|path| !self.path.join(path).exists())
            .map(|path| format!("{path}\n"))
            .collect();
        let mut file = fs::File::create(staging.join("created"))?;
        file.write_all(created.as_bytes())?;
        file.sync_all()
    }

    fn put_in_place(&self, written: &BTreeMap<&str, &str>, stale: &[String]) -> io::Result<()> {
        let staging = self.staging();
        for path in written.keys().copied().chain(stale.iter().map(String::as_str)) {
            let (target, new, old) = (
                self.path.join(path),
                staging.join("new").join(path),
                staging.join("old").join(path),
            );
            if target.exists() {
                create_parent(&old)?;
                fs::rename(&target, &old)?;
            }
            if new.exists() {
                create_parent(&target)?;
                fs::rename(&new, &target)?;
            }
        }
        Ok(())
    }

    /// Undoes what an interrupted run has begun.
    pub(crate) fn recover(&self) -> Result<(), String> {
        self.undo().map_err(|error| self.failed("an interrupted run could not be undone", &error))
    }

    fn undo(&self) -> io::Result<()> {
        let staging = self.staging();
        if !staging.exists() {
            return Ok(());
        }
        for created in fs::read_to_string(staging.join("created")).unwrap_or_default().lines() {
            let waits = staging.join("new").join(created).exists();
            if !waits && self.path.join(created).exists() {
                fs::remove_file(self.path.join(created))?;
            }
        }
        let old = staging.join("old");
        for file in files_below(&old)? {
            let target = self.path.join(file.strip_prefix(&old).map_err(io::Error::other)?);
            create_parent(&target)?;
            fs::rename(&file, &target)?;
        }
        fs::remove_dir_all(staging)
    }

    fn remove_empty_folders(&self, path: &str) {
        // A folder that is not empty stays: removing it fails, and should.
        let parents =
            Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
        parents.for_each(|parent| drop(fs::remove_dir(self.path.join(parent))));
    }
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(contents: &[(&str, &str)]) -> BTreeMap<String, String> {
        let paths: String = contents.iter().map(|(path, _)| format!("{path}\n")).collect();
        let text = format!("# {GENERATED}x\n\n{paths}");
        let list = (LIST, text.as_str());
        let all = contents.iter().chain([&list]);
        all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn write(dir: &CrateDir, contents: &[(&str, &str)]) -> Result<Changes, String> {
        let files = files(contents);
        let changes = dir.compare(&files)?;
        dir.write(&files, &changes)?;
        Ok(changes)
    }

    fn temporary() -> (tempfile::TempDir, CrateDir) {
        let folder = tempfile::tempdir().unwrap();
        let dir = CrateDir::new(&folder.path().join("crate"));
        (folder, dir)
    }

    #[test]
    fn only_what_differs_is_touched() {
        let (_folder, dir) = temporary();
        write(&dir, &[("a", "1"), ("src/b", "1"), ("src/c/d", "1")]).unwrap();
        let time = |file: &str| fs::metadata(dir.path().join(file)).unwrap().modified().unwrap();
        let before = (time("a"), time(LIST));
        fs::write(dir.path().join("mine"), "mine").unwrap();
        let changes = write(&dir, &[("a", "1"), ("src/b", "2"), ("e", "1")]).unwrap();
        assert_eq!(
            changes,
            Changes {
                changed: vec![LIST.to_owned(), "src/b".to_owned()],
                missing: vec!["e".to_owned()],
                stale: vec!["src/c/d".to_owned()],
                same: 1
            }
        );
        assert_eq!(time("a"), before.0);
        assert_eq!(dir.read("src/b").as_deref(), Some("2"));
        assert_eq!(dir.read("mine").as_deref(), Some("mine"));
        assert!(!dir.path().join("src/c").exists() && !dir.staging().exists());
        let list = time(LIST);
        assert!(write(&dir, &[("a", "1"), ("src/b", "2"), ("e", "1")]).unwrap().is_empty());
        assert_eq!(time(LIST), list);
    }

    #[test]
    fn what_somebody_else_wrote_is_left_alone() {
        let (_folder, dir) = temporary();
        fs::create_dir_all(dir.path()).unwrap();
        fs::write(dir.path().join("a"), "mine").unwrap();
        assert!(
            write(&dir, &[("a", "1"), ("b", "1")])
                .unwrap_err()
                .contains("was not written by codegen")
        );
        assert_eq!(dir.read("a").as_deref(), Some("mine"));
        assert!(!dir.path().join("b").exists());
        fs::write(dir.path().join("a"), format!("// {GENERATED}x\n")).unwrap();
        write(&dir, &[("a", "1")]).unwrap();
        // A copy of a generated file under another name is nobody's but its owner's.
        fs::write(dir.path().join("copy"), format!("// {GENERATED}x\n")).unwrap();
        write(&dir, &[("b", "1")]).unwrap();
        assert!(dir.path().join("copy").exists() && !dir.path().join("a").exists());
    }

    #[test]
    fn a_failure_leaves_the_old_crate() {
        let (_folder, dir) = temporary();
        write(&dir, &[("a", "1"), ("b", "1")]).unwrap();
        // A file cannot become a folder: `b` is a file, and `b/c` needs it to be one.
        let error = write(&dir, &[("a", "2"), ("aa", "2"), ("b", "1"), ("b/c", "2")]).unwrap_err();
        assert!(error.contains("is as it was"), "{error}");
        assert_eq!((dir.read("a").as_deref(), dir.read("b").as_deref()), (Some("1"), Some("1")));
        assert!(!dir.path().join("aa").exists() && !dir.staging().exists());
    }

    #[test]
    fn an_interrupted_run_is_undone_by_the_next_one() {
        let (_folder, dir) = temporary();
        write(&dir, &[("a", "1"), ("b", "1"), ("c", "1")]).unwrap();
        let next = files(&[("a", "2"), ("b", "2"), ("d", "2")]);
        let written: BTreeMap<&str, &str> =
            next.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        dir.prepare(&written).unwrap();
        // Interrupted after two of four renames.
        let some: BTreeMap<&str, &str> =
            written.iter().filter(|(path, _)| **path != "b").map(|(a, b)| (*a, *b)).collect();
        dir.put_in_place(&some, &[]).unwrap();
        assert_eq!(dir.read("a").as_deref(), Some("2"));
        dir.recover().unwrap();
        let now: Vec<Option<String>> =
            ["a", "b", "c", "d"].iter().map(|file| dir.read(file)).collect();
        assert_eq!(now, [Some("1".to_owned()), Some("1".to_owned()), Some("1".to_owned()), None]);
    }
}
