use std::process::{Command, Stdio};

use super::litter::{Owner, clear_now};
use super::*;

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A process that is gone.
fn gone() -> Owner {
    let mut child = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    child.wait().unwrap();
    Owner { process: child.id(), start: 1 }
}

#[test]
fn names_of_parts_say_whose_they_are() {
    let this = Owner::this();
    assert_eq!(this.process, std::process::id());
    assert_eq!(this.start > 0, cfg!(target_os = "linux"), "the system tells when it started");
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
fn only_parts_whose_process_is_gone_are_removed() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let litter = gone().file_name(1);
    let reused = Owner { start: 1, ..Owner::this() }.file_name(2);
    let elsewhere = gone().file_name(3);
    let link = gone().file_name(4);
    let folder = gone().file_name(5);
    for name in [&litter, &reused, &elsewhere] {
        fs::write(path(name), "part").unwrap();
    }
    fs::write(path("mine"), "mine").unwrap();
    fs::write(path(&Owner::this().file_name(6)), "mine").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(path("mine"), path(&link)).unwrap();
    fs::create_dir(path(&folder)).unwrap();
    // A process of another container holds its lock, whatever its number means here.
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
fn the_first_part_in_a_directory_clears_it_and_no_other_does() {
    let home = tempfile::tempdir().unwrap();
    let litter = gone().file_name(1);
    for left in [0, 1] {
        fs::write(home.path().join(&litter), "part").unwrap();
        drop(Part::make(&home.path().join("report.csv")).unwrap());
        assert_eq!(names(home.path()).len(), left);
    }
}

#[test]
fn a_part_is_private_until_it_has_its_name() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    let plain = home.path().join("plain");
    fs::write(&plain, "").unwrap();
    for replace in [true, false] {
        let (mut file, part) = Part::make(&path).unwrap();
        file.write_all(b"secret").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let name = names(home.path()).into_iter().find(|name| name.ends_with(".part"));
            assert_eq!(mode(&home.path().join(name.unwrap())), 0o600);
            if replace { part.replace(&path) } else { part.take_name(&path) }.unwrap();
            assert_eq!(mode(&path), mode(&plain));
        }
        drop(part);
        assert_eq!(names(home.path()), ["plain", "report.csv"]);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    let (_, part) = Part::make(&path).unwrap();
    let error = part.take_name(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    drop(part);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(home.path()), ["report.csv"]);
}

/// What a file system without links does is like this: no link can be made of a part that is gone.
#[cfg(unix)]
#[test]
fn where_no_link_can_be_made_a_name_is_looked_at_before_it_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report.csv");
    let (_, part) = Part::make(&path).unwrap();
    let name = names(home.path()).remove(0);
    fs::remove_file(home.path().join(name)).unwrap();
    fs::write(&path, "old").unwrap();
    assert_eq!(part.take_name(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
    fs::remove_file(&path).unwrap();
    assert_eq!(part.take_name(&path).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn writing_replaces_a_file_as_a_whole_and_follows_links() {
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
        // Only a link at the end of a path stands for something else.
        std::os::unix::fs::symlink(home.path(), home.path().join("folder")).unwrap();
        let inside = home.path().join("folder/report.json");
        assert_eq!(Place::of(&inside).unwrap(), Place::Beside(inside));
    }
    assert!(write(home.path(), b"x").is_err());
    assert_eq!(Place::of(home.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
}

/// A device is written to and stays a device.
#[cfg(unix)]
#[test]
fn a_device_is_not_replaced() {
    let null = Path::new("/dev/null");
    assert_eq!(Place::of(null).unwrap(), Place::Straight(null.to_owned()));
    write(null, b"gone").unwrap();
    assert!(!fs::metadata(null).unwrap().is_file());
}
