//! What holds of the folder after each step, and after each that fails.

use super::disk::Faults;
use super::*;

type Tree = BTreeMap<String, Option<String>>;

fn files(contents: &[(&str, &str)]) -> BTreeMap<String, String> {
    let text = |text: &str| format!("// {GENERATED_MARKER}x\n{text}");
    let paths: String = contents.iter().map(|(path, _)| format!("{path}\n")).collect();
    let list = (FILE_LIST.to_owned(), format!("# {GENERATED_MARKER}x\n\n{paths}"));
    contents.iter().map(|(path, new)| ((*path).to_owned(), text(new))).chain([list]).collect()
}

fn open(path: &Path) -> Result<CrateDir, String> {
    CrateDir::open(path, Access::Write, &mut |_| {})
}

fn write(path: &Path, contents: &[(&str, &str)]) -> Result<Changes, String> {
    write_on(Disk::default(), path, contents)
}

fn write_on(disk: Disk, path: &Path, contents: &[(&str, &str)]) -> Result<Changes, String> {
    let dir = CrateDir::open_on(disk, path, Access::Write, &mut |_| {})?;
    let files = files(contents);
    let changes = dir.compare(&files)?;
    dir.write(&files, &changes)?;
    Ok(changes)
}

fn temporary() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crate");
    (folder, path)
}

fn content(path: &Path, file: &str) -> Option<String> {
    let text = fs::read_to_string(path.join(file)).ok()?;
    Some(text.split_once('\n').map_or(text.clone(), |(_, rest)| rest.to_owned()))
}

/// Everything below a folder, folders and hidden files as well.
fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_symlink() || !path.is_dir() {
                tree.insert(name, Some(fs::read_to_string(&path).unwrap_or_default()));
            } else {
                tree.insert(name, None);
                folders.push(path);
            }
        }
    }
    tree
}

#[test]
fn only_what_differs_is_touched() {
    let (_folder, path) = temporary();
    write(&path, &[("a", "1"), ("src/b", "1"), ("src/c/d", "1")]).unwrap();
    let time = |file: &str| fs::metadata(path.join(file)).unwrap().modified().unwrap();
    let before = (time("a"), time(FILE_LIST));
    fs::write(path.join("mine"), "mine").unwrap();
    let changes = write(&path, &[("a", "1"), ("src/b", "2"), ("e", "1")]).unwrap();
    let expected = Changes {
        changed: vec![FILE_LIST.to_owned(), "src/b".to_owned()],
        missing: vec!["e".to_owned()],
        stale: vec!["src/c/d".to_owned()],
        same: 1,
    };
    assert_eq!(changes, expected);
    assert_eq!(time("a"), before.0);
    assert_eq!(content(&path, "src/b").as_deref(), Some("2"));
    assert_eq!(content(&path, "mine").as_deref(), Some("mine"));
    assert!(!path.join("src/c").exists() && !path.join(STATE).exists());
    let list = time(FILE_LIST);
    assert!(write(&path, &[("a", "1"), ("src/b", "2"), ("e", "1")]).unwrap().is_empty());
    assert_eq!(time(FILE_LIST), list);
}

#[test]
fn what_somebody_else_wrote_is_left_alone() {
    let (_folder, path) = temporary();
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("a"), "mine").unwrap();
    let error = write(&path, &[("a", "1"), ("b", "1")]).unwrap_err();
    assert!(error.contains("was not written by codegen"), "{error}");
    assert_eq!(content(&path, "a").as_deref(), Some("mine"));
    assert!(!path.join("b").exists());
    fs::write(path.join("a"), format!("// {GENERATED_MARKER}x\n")).unwrap();
    write(&path, &[("a", "1")]).unwrap();
    // A copy of a generated file under another name is nobody's but its owner's.
    fs::write(path.join("copy"), format!("// {GENERATED_MARKER}x\n")).unwrap();
    write(&path, &[("b", "1")]).unwrap();
    assert!(path.join("copy").exists() && !path.join("a").exists());
}

#[test]
fn a_file_that_cannot_be_put_in_place_leaves_the_old_crate() {
    let (_folder, path) = temporary();
    write(&path, &[("a", "1"), ("b", "1"), ("c", "1")]).unwrap();
    let before = tree(&path);
    // A file cannot become a folder: `b` is a file, and `b/c` needs it to be one.
    let error = write(&path, &[("a", "2"), ("aa", "2"), ("b", "1"), ("b/c", "2")]).unwrap_err();
    assert!(error.contains("is as it was"), "{error}");
    assert_eq!(tree(&path), before);
}

#[test]
fn a_file_makes_room_for_a_folder() {
    let (_folder, path) = temporary();
    write(&path, &[("a", "1"), ("b", "1")]).unwrap();
    write(&path, &[("a", "1"), ("b/c", "2")]).unwrap();
    assert_eq!(content(&path, "b/c").as_deref(), Some("2"));
}

const OLD: [(&str, &str); 5] =
    [("a", "1"), ("b", "1"), ("src/c", "1"), ("src/gone/d", "1"), ("turns", "1")];
const NEW: [(&str, &str); 5] =
    [("a", "1"), ("b", "2"), ("src/c", "2"), ("src/come/e", "2"), ("turns/f", "2")];

/// A folder with the old crate and somebody's own file.
fn old_crate() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = temporary();
    write(&path, &OLD).unwrap();
    fs::create_dir_all(path.join("src/mine")).unwrap();
    fs::write(path.join("src/mine/own.rs"), "mine").unwrap();
    (folder, path)
}

/// What the folder is like before and after.
fn both() -> [Tree; 2] {
    let (_folder, path) = old_crate();
    let old = tree(&path);
    write(&path, &NEW).unwrap();
    [old, tree(&path)]
}

fn stopping(step: usize) -> Disk {
    Disk { faults: Faults { stop: Some(step), ..Faults::default() } }
}

/// Recovers, and stops that as well after each of its steps.
fn recover_in_steps(path: &Path) {
    for step in 0..1_000 {
        let opened = CrateDir::open_on(stopping(step), path, Access::Check, &mut |_| {});
        let is_done = opened.is_ok_and(|dir| {
            let steps = dir.disk.faults.steps.get();
            drop(dir);
            steps < step
        });
        if is_done {
            break;
        }
    }
    drop(CrateDir::open(path, Access::Check, &mut |_| {}).unwrap());
}

#[test]
fn a_run_that_stops_after_any_step_leaves_one_crate() {
    let [old, new] = both();
    let (mut olds, mut news) = (0, 0);
    for step in 0..1_000 {
        let (_folder, path) = old_crate();
        let outcome = write_on(stopping(step), &path, &NEW);
        // Nothing else must run for it: a check recovers as well.
        recover_in_steps(&path);
        let now = tree(&path);
        assert!(now == old || now == new, "step {step}: {now:#?}");
        assert!(outcome.is_err() || now == new, "step {step}: {outcome:?}");
        if now == old {
            olds += 1
        } else {
            news += 1
        }
        // And the next run is one like any other.
        write(&path, &NEW).unwrap();
        assert_eq!(tree(&path), new, "step {step}");
        if outcome.is_ok() {
            break;
        }
    }
    assert!(olds > 15 && news > 10, "{olds} times the old crate, {news} times the new one");
}

#[test]
fn a_first_run_that_stops_after_any_step_leaves_a_crate_or_none() {
    let (_folder, path) = temporary();
    write(&path, &NEW).unwrap();
    let new = tree(&path);
    for step in 0..1_000 {
        let (_folder, path) = temporary();
        let outcome = write_on(stopping(step), &path, &NEW);
        recover_in_steps(&path);
        let now = tree(&path);
        assert!(now.is_empty() || now == new, "step {step}: {now:#?}");
        write(&path, &NEW).unwrap();
        assert_eq!(tree(&path), new, "step {step}");
        if outcome.is_ok() {
            break;
        }
    }
}

/// The files of a crate, without folders and without the state of a run.
fn only_files(mut tree: Tree) -> Tree {
    tree.retain(|name, text| text.is_some() && !name.starts_with(STATE));
    tree
}

#[test]
fn any_step_that_fails_leaves_one_crate_at_once() {
    let [old, new] = both().map(only_files);
    let mut failed = 0;
    for step in 0..1_000 {
        let (_folder, path) = old_crate();
        let disk = Disk { faults: Faults { fail: Some(step), ..Faults::default() } };
        let dir = CrateDir::open_on(disk, &path, Access::Write, &mut |_| {});
        let mut steps = usize::MAX;
        let outcome = dir.and_then(|dir| {
            let files = files(&NEW);
            let changes = dir.compare(&files)?;
            let outcome = dir.write(&files, &changes);
            steps = dir.disk.faults.steps.get();
            outcome
        });
        // An empty folder may stay if it cannot be removed.
        let now = only_files(tree(&path));
        match outcome {
            Ok(()) => assert_eq!(now, new, "step {step}"),
            Err(error) if error.contains("is written, but") => assert_eq!(now, new, "{error}"),
            Err(error) => {
                failed += 1;
                assert_eq!(now, old, "step {step}: {error}");
            }
        }
        drop(open(&path).unwrap());
        let now = only_files(tree(&path));
        assert!(now == old || now == new, "step {step}: {now:#?}");
        assert!(!path.join(STATE).exists(), "step {step}");
        if step > steps {
            break;
        }
    }
    assert!(failed > 20, "{failed}");
}

#[test]
fn a_run_that_stops_while_it_takes_its_changes_back_leaves_one_crate() {
    let [old, new] = both().map(only_files);
    // Of the steps that can fail, those that put files in place.
    for fail in (24..46).step_by(3) {
        for stop in (fail + 1..fail + 30).step_by(2) {
            let (_folder, path) = old_crate();
            let faults = Faults { fail: Some(fail), stop: Some(stop), ..Faults::default() };
            let outcome = write_on(Disk { faults }, &path, &NEW);
            drop(CrateDir::open(&path, Access::Check, &mut |_| {}).unwrap());
            let now = only_files(tree(&path));
            let is_one = now == old || now == new;
            assert!(is_one && !path.join(STATE).exists(), "{fail}, {stop}: {outcome:?}: {now:#?}");
        }
    }
}

#[test]
fn a_run_waits_for_the_one_that_has_the_folder() {
    let (_folder, path) = old_crate();
    let mut first = Some(open(&path).unwrap());
    let mut notes = Vec::new();
    let second = CrateDir::open(&path, Access::Check, &mut |note| {
        notes.push(note.to_owned());
        // The second run cannot have the folder before the first one is done.
        drop(first.take());
    });
    drop(second.unwrap());
    let process = format!(
        "waiting for another run of codegen on {} (process {})",
        path.display(),
        std::process::id()
    );
    assert_eq!(notes, [process]);
    assert!(!path.join(STATE).exists());
}

#[test]
fn an_interrupted_run_is_reported() {
    let (_folder, path) = old_crate();
    let staging = path.join(STATE).join("7-0123456789abcdef");
    fs::create_dir_all(&staging).unwrap();
    fs::write(staging.join("new-0"), "").unwrap();
    let mut notes = Vec::new();
    drop(CrateDir::open(&path, Access::Write, &mut |note| notes.push(note.to_owned())).unwrap());
    assert!(
        notes.len() == 1 && notes[0].ends_with("was interrupted: it had changed nothing"),
        "{notes:?}"
    );
    assert!(!path.join(STATE).exists());
}

/// A folder with the old crate and a planted staging folder with a journal.
fn planted(entries: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (folder, path) = old_crate();
    fs::write(folder.path().join("precious"), "mine").unwrap();
    let staging = path.join(STATE).join("7-0123456789abcdef");
    fs::create_dir_all(&staging).unwrap();
    fs::write(staging.join("commit"), format!("{{\"entries\": [{entries}]}}")).unwrap();
    for index in 0..3 {
        fs::write(staging.join(format!("new-{index}")), "planted").unwrap();
        fs::write(staging.join(format!("old-{index}")), "planted").unwrap();
    }
    (folder, path, staging)
}

#[test]
fn a_planted_journal_changes_nothing() {
    let entry = |path: &str, action: &str| format!(r#"{{"path": "{path}", "action": "{action}"}}"#);
    let mut journals = vec![
        "17".to_owned(),
        r#"{"path": "b"}"#.to_owned(),
        r#"{"path": "b", "action": "remove", "more": 1}"#.to_owned(),
        format!("{}, {}", entry("b", "remove"), entry("b", "remove")),
    ];
    let paths = [
        "../precious",
        "/etc/hostname",
        "src/../../precious",
        "src/mine/own.rs",
        "src",
        ".git/config",
        "b\\\\c",
        "",
    ];
    for action in ["create", "replace", "remove"] {
        // The first entry could be carried out, the second one not: none is.
        journals
            .extend(paths.map(|path| format!("{}, {}", entry("b", "remove"), entry(path, action))));
    }
    for state in ["commit", "undo"] {
        for journal in &journals {
            let (folder, path, staging) = planted(journal);
            fs::rename(staging.join("commit"), staging.join(state)).unwrap();
            let before = tree(folder.path());
            let error = open(&path).unwrap_err();
            assert!(error.contains("nothing was changed"), "{journal}: {error}");
            let mut now = tree(folder.path());
            now.retain(|name, _| before.contains_key(name));
            assert_eq!(now, before, "{journal}");
            // It says what to remove, and that is enough.
            fs::remove_dir_all(&staging).unwrap();
            write(&path, &NEW).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;

    let entry = r#"{"path": "linked/own.rs", "action": "remove"}"#;
    let (folder, path, staging) = planted(entry);
    symlink(path.join("src/mine"), path.join("linked")).unwrap();
    let before = tree(&path.join("src"));
    assert!(open(&path).unwrap_err().contains("symbolic link"));
    // A journal that is a link, and staging folder that is one.
    let real = folder.path().join("real");
    fs::rename(&staging, &real).unwrap();
    fs::write(real.join("commit"), r#"{"entries": [{"path": "b", "action": "remove"}]}"#).unwrap();
    symlink(&real, &staging).unwrap();
    drop(open(&path).unwrap());
    fs::remove_file(&staging).unwrap();
    fs::create_dir(&staging).unwrap();
    symlink(real.join("commit"), staging.join("commit")).unwrap();
    assert!(open(&path).unwrap_err().contains("not a file"));
    // A prepared file that is a link.
    fs::remove_file(staging.join("commit")).unwrap();
    let entry = r#"{"entries": [{"path": "b", "action": "replace"}]}"#;
    fs::write(staging.join("commit"), entry).unwrap();
    symlink(folder.path().join("precious"), staging.join("new-0")).unwrap();
    drop(open(&path).unwrap());
    assert_eq!(content(&path, "b").as_deref(), Some("1"));
    // The list names what is behind a link.
    let list = fs::read_to_string(path.join(FILE_LIST)).unwrap();
    fs::write(path.join(FILE_LIST), format!("{list}linked/own.rs\n../precious\n/etc/hostname\n"))
        .unwrap();
    write(&path, &OLD).unwrap();
    assert_eq!(tree(&path.join("src")), before);
    assert_eq!(fs::read_to_string(folder.path().join("precious")).unwrap(), "mine");
    // A generated file has become a link: it is not read, nor written through.
    fs::remove_file(path.join("b")).unwrap();
    symlink(folder.path().join("precious"), path.join("b")).unwrap();
    assert!(write(&path, &NEW).unwrap_err().contains("in the way"));
    assert_eq!(open(&path).unwrap().read("b"), None);
    // The state or the lock is a link.
    symlink(folder.path(), path.join(STATE)).unwrap();
    assert!(open(&path).unwrap_err().contains("was not made by codegen"));
    fs::remove_file(path.join(STATE)).unwrap();
    fs::create_dir(path.join(STATE)).unwrap();
    symlink(folder.path().join("elsewhere"), path.join(STATE).join("lock")).unwrap();
    assert!(open(&path).unwrap_err().contains("was not made by codegen"));
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn what_is_not_of_a_run_stays_in_its_state() {
    let (_folder, path) = old_crate();
    let state = path.join(STATE);
    for name in ["mine", "7-0123", "x-0123456789abcdef", "7-0123456789abcdeF"] {
        fs::create_dir_all(state.join(name)).unwrap();
        fs::write(state.join(name).join("new-0"), "mine").unwrap();
    }
    let run = state.join("7-0123456789abcdef");
    fs::create_dir_all(run.join("old-7")).unwrap();
    for name in ["new-0", "new-x", "mine"] {
        fs::write(run.join(name), "mine").unwrap();
    }
    write(&path, &NEW).unwrap();
    let now: Vec<String> = tree(&state).into_keys().filter(|name| name.contains('/')).collect();
    let expected = [
        "7-0123/new-0",
        "7-0123456789abcdeF/new-0",
        "7-0123456789abcdef/mine",
        "7-0123456789abcdef/new-x",
        "7-0123456789abcdef/old-7",
        "mine/new-0",
        "x-0123456789abcdef/new-0",
    ];
    assert_eq!(now, expected);
}
