//! Validates the paths of generated files.
//!
//! Anybody may have written the list in the folder of a crate and the journals of runs. So a path from
//! them is used only if it stays in the folder, without symbolic links, and if the generator could have
//! chosen it.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clientgen::format::FILE_LIST;

/// What exists at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    Nothing,
    File,
    /// A folder, a symbolic link or a device, which clientgen has not written.
    Other,
}

/// Resolves the path of a generated file below a folder.
///
/// # Errors
///
/// The path has components other than names, names a hidden file other than the list, or goes through a
/// symbolic link.
pub(super) fn resolve(root: &Path, path: &str) -> Result<PathBuf, String> {
    let reject = |reason: &str| Err(format!("`{}` {reason}", path.escape_debug()));
    let relative = Path::new(path);
    let is_name = |component: Component<'_>| matches!(component, Component::Normal(_));
    // The components of `a//b` and `a/./b` are names too.
    let is_normalized =
        relative.components().collect::<PathBuf>().as_os_str() == relative.as_os_str();
    if path.is_empty() || !relative.components().all(is_name) || !is_normalized {
        return reject("is not a path below the folder of the crate");
    }
    if path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return reject("has characters that no generated file has in its name");
    }
    if path != FILE_LIST && path.split('/').any(|name| name.starts_with('.')) {
        return reject("is hidden, unlike all generated files");
    }
    let target = root.join(relative);
    for parent in target.ancestors().skip(1).take_while(|parent| *parent != root) {
        if parent.is_symlink() {
            return reject("goes through a symbolic link");
        }
    }
    Ok(target)
}

/// Returns what exists at a path. Symbolic links are not followed.
pub(super) fn existing(path: &Path) -> io::Result<Existing> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Existing::File),
        Ok(_) => Ok(Existing::Other),
        // A parent of the path is a file.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Existing::Nothing),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Existing::Nothing),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_the_folder_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a", "src/lib.rs", "src/runtime/mod.rs", FILE_LIST, "src/ä b.rs"] {
            assert_eq!(resolve(folder.path(), path), Ok(folder.path().join(path)));
        }
        let rejected = [
            "",
            ".",
            "..",
            "../a",
            "a/../b",
            "/a",
            "a//b",
            "./a",
            "a/./b",
            "a/",
            "a\\b",
            "..\\a",
            "C:a",
            "C:/a",
            "a\nb",
            "a\0",
            "a\u{1b}b",
            ".git/config",
            "src/.hidden",
            ".clientgen/lock",
        ];
        for path in rejected {
            assert!(resolve(folder.path(), path).is_err(), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(other.path(), folder.path().join("src")).unwrap();
        assert!(resolve(folder.path(), "src/lib.rs").unwrap_err().contains("symbolic link"));
        // A link at the path itself is never followed.
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("a")).unwrap();
        let path = resolve(folder.path(), "a").unwrap();
        assert_eq!(existing(&path).unwrap(), Existing::Other);
    }
}
