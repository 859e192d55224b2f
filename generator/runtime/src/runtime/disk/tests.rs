use std::process::{Command, Stdio};

use super::stale::{Owner, clear_now};
use super::*;

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Returns a process that is gone.
fn gone() -> Owner {
    let mut child = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    child.wait().unwrap();
    Owner { process: child.id(), start: 1 }
}

#[test]
fn the_name_of_a_partial_file_contains_its_process() {
    let this = Owner::this();
    assert_eq!(this.process, std::process::id());
    assert_eq!(this.start > 0, cfg!(target_os = "linux"), "the start time is known");
    let name = this.file_name(7);
    assert_eq!(Owner::of(&name), Some(this), "{name}");
    let alike = [
        name.replace(".part", ""),
        name.replacen('.', "", 1),
        name.replace("0007", "007"),
        name.replace(".part", "-1.part"),
        format!(".x{name}"),
        ".part".to_owned(),
    ];
    for alike in alike {
        assert_eq!(Owner::of(&alike), None, "{alike}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
fn only_partial_files_of_gone_processes_are_removed() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let stale = gone().file_name(1);
    let reused = Owner { start: 1, ..Owner::this() }.file_name(2);
    let elsewhere = gone().file_name(3);
    let link = gone().file_name(4);
    let folder = gone().file_name(5);
    for name in [&stale, &reused, &elsewhere] {
        fs::write(path(name), "part").unwrap();
    }
    fs::write(path("mine"), "mine").unwrap();
    fs::write(path(&Owner::this().file_name(6)), "mine").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(path("mine"), path(&link)).unwrap();
    fs::create_dir(path(&folder)).unwrap();
    // A process in another container holds the lock, whatever its id means here.
    let held = fs::File::options().write(true).open(path(&elsewhere)).unwrap();
    held.try_lock().unwrap();
    clear_now(home.path());
    let mut expected = vec![elsewhere, link, folder, Owner::this().file_name(6), "mine".into()];
    expected.sort();
    assert_eq!(names(home.path()), expected);
    assert_eq!(fs::read_to_string(path("mine")).unwrap(), "mine");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
fn a_directory_is_only_cleared_once() {
    let home = tempfile::tempdir().unwrap();
    let stale = gone().file_name(1);
    for left in [0, 1] {
        fs::write(home.path().join(&stale), "part").unwrap();
        drop(PartialFile::create_blocking(&home.path().join("report.csv")).unwrap());
        assert_eq!(names(home.path()).len(), left);
    }
}

#[test]
fn a_partial_file_is_private_until_it_is_renamed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    let plain = home.path().join("plain");
    fs::write(&plain, "").unwrap();
    for replace in [true, false] {
        let (mut file, part) = PartialFile::create_blocking(&path).unwrap();
        file.write_all(b"secret").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let name = names(home.path()).into_iter().find(|name| name.ends_with(".part"));
            assert_eq!(mode(&home.path().join(name.unwrap())), 0o600);
            if replace { part.replace(&path) } else { part.rename_if_free(&path) }.unwrap();
            assert_eq!(mode(&path), mode(&plain));
        }
        drop(part);
        assert_eq!(names(home.path()), ["plain", "report.csv"]);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_name_that_is_taken_is_not_replaced() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    let (_, part) = PartialFile::create_blocking(&path).unwrap();
    let error = part.rename_if_free(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    drop(part);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(home.path()), ["report.csv"]);
}

/// A partial file that is gone cannot be linked, as on a file system without links.
#[cfg(unix)]
#[test]
fn without_links_the_name_is_checked_before_the_rename() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    let (_, part) = PartialFile::create_blocking(&path).unwrap();
    let name = names(home.path()).remove(0);
    fs::remove_file(home.path().join(name)).unwrap();
    fs::write(&path, "old").unwrap();
    assert_eq!(part.rename_if_free(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
    fs::remove_file(&path).unwrap();
    assert_eq!(part.rename_if_free(&path).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn writing_replaces_a_file_and_follows_links() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.json");
    fs::write(&path, "old and longer").unwrap();
    write(&path, b"new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    #[cfg(unix)]
    {
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write(&link, b"newer").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
        assert_eq!(names(home.path()), ["link", "report.json"]);
        // Only a link at the end of a path is resolved.
        std::os::unix::fs::symlink(home.path(), home.path().join("folder")).unwrap();
        let inside = home.path().join("folder/report.json");
        assert_eq!(Destination::of(&inside).unwrap(), Destination::File(inside));
    }
    assert!(write(home.path(), b"x").is_err());
    assert_eq!(Destination::of(home.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
}

/// A device is written to, and stays a device.
#[cfg(unix)]
#[test]
fn a_device_is_not_replaced() {
    let null = Path::new("/dev/null");
    assert_eq!(Destination::of(null).unwrap(), Destination::Device(null.to_owned()));
    write(null, b"gone").unwrap();
    assert!(!fs::metadata(null).unwrap().is_file());
}
