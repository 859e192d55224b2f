//! Which paths are places of generated files.
//!
//! The list in a crate's folder and the journals of its runs are files like any others: somebody else
//! may have written them. A path that one of them names is used only if it stays in the folder, which
//! no symbolic link may leave, and only if it is one that the generator could have chosen.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clientgen::format::FILE_LIST;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    /// A folder, a symbolic link, a device: nothing that codegen has written.
    Other,
}

/// The place of a generated file below a folder.
///
/// # Errors
///
/// The path says more than names of folders and a file, names a hidden file other than the list, or
/// leads through a symbolic link.
pub(super) fn place(root: &Path, path: &str) -> Result<PathBuf, String> {
    let refused = |why: &str| Err(format!("`{}` {why}", path.escape_debug()));
    let relative = Path::new(path);
    let normal = |part: Component<'_>| matches!(part, Component::Normal(_));
    // `a//b` and `a/./b` have nothing but normal components, too.
    let spelled_out =
        relative.components().collect::<PathBuf>().as_os_str() == relative.as_os_str();
    if path.is_empty() || !relative.components().all(normal) || !spelled_out {
        return refused("is not a path below the crate's folder");
    }
    if path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return refused("has characters that no generated file has in its name");
    }
    if path != FILE_LIST && path.split('/').any(|name| name.starts_with('.')) {
        return refused("is hidden, which no generated file is");
    }
    let target = root.join(relative);
    for parent in target.ancestors().skip(1).take_while(|parent| *parent != root) {
        if parent.is_symlink() {
            return refused("leads through a symbolic link");
        }
    }
    Ok(target)
}

/// What stands at a place. Links are not followed.
pub(super) fn found(place: &Path) -> io::Result<Found> {
    match fs::symlink_metadata(place) {
        Ok(metadata) if metadata.is_file() => Ok(Found::File),
        Ok(_) => Ok(Found::Other),
        // A file that stands where a folder is needed.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Found::Nothing),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_below_the_folder_are_places() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a", "src/lib.rs", "src/runtime/mod.rs", FILE_LIST, "src/ä b.rs"] {
            assert_eq!(place(folder.path(), path), Ok(folder.path().join(path)));
        }
        let refused = [
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
            ".codegen/lock",
        ];
        for path in refused {
            assert!(place(folder.path(), path).is_err(), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(other.path(), folder.path().join("src")).unwrap();
        assert!(place(folder.path(), "src/lib.rs").unwrap_err().contains("symbolic link"));
        // What stands at the place itself is replaced or removed as a link, never followed.
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("a")).unwrap();
        let place = place(folder.path(), "a").unwrap();
        assert_eq!(found(&place).unwrap(), Found::Other);
    }
}
