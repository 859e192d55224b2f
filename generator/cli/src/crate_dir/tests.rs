//! Checks the folder after an interruption at each step, and after a failure of each step.

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

/// Returns everything below a folder, including folders and hidden files.
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
fn only_changed_files_are_written() {
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
        unchanged: 1,
    };
    assert_eq!(changes, expected);
    assert_eq!(time("a"), before.0);
    assert_eq!(content(&path, "src/b").as_deref(), Some("2"));
    assert_eq!(content(&path, "mine").as_deref(), Some("mine"));
    assert!(!path.join("src/c").exists() && !path.join(STATE_FOLDER).exists());
    let list = time(FILE_LIST);
    assert!(write(&path, &[("a", "1"), ("src/b", "2"), ("e", "1")]).unwrap().is_empty());
    assert_eq!(time(FILE_LIST), list);
}

#[test]
fn files_that_are_not_generated_are_kept() {
    let (_folder, path) = temporary();
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("a"), "mine").unwrap();
    let error = write(&path, &[("a", "1"), ("b", "1")]).unwrap_err();
    assert!(error.contains("was not written by clientgen"), "{error}");
    assert_eq!(content(&path, "a").as_deref(), Some("mine"));
    assert!(!path.join("b").exists());
    fs::write(path.join("a"), format!("// {GENERATED_MARKER}x\n")).unwrap();
    write(&path, &[("a", "1")]).unwrap();
    // A copy of a generated file is not listed, so it is not generated.
    fs::write(path.join("copy"), format!("// {GENERATED_MARKER}x\n")).unwrap();
    write(&path, &[("b", "1")]).unwrap();
    assert!(path.join("copy").exists() && !path.join("a").exists());
}

#[test]
fn a_file_that_cannot_be_moved_leaves_the_old_crate() {
    let (_folder, path) = temporary();
    write(&path, &[("a", "1"), ("b", "1"), ("c", "1")]).unwrap();
    let before = tree(&path);
    // `b` is a file, but `b/c` needs a folder.
    let error = write(&path, &[("a", "2"), ("aa", "2"), ("b", "1"), ("b/c", "2")]).unwrap_err();
    assert!(error.contains("is unchanged"), "{error}");
    assert_eq!(tree(&path), before);
}

#[test]
fn a_file_is_replaced_by_a_folder() {
    let (_folder, path) = temporary();
    write(&path, &[("a", "1"), ("b", "1")]).unwrap();
    write(&path, &[("a", "1"), ("b/c", "2")]).unwrap();
    assert_eq!(content(&path, "b/c").as_deref(), Some("2"));
}

const OLD: [(&str, &str); 5] =
    [("a", "1"), ("b", "1"), ("src/c", "1"), ("src/gone/d", "1"), ("turns", "1")];
const NEW: [(&str, &str); 5] =
    [("a", "1"), ("b", "2"), ("src/c", "2"), ("src/come/e", "2"), ("turns/f", "2")];

/// Returns a folder with the old crate and a file that is not generated.
fn old_crate() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = temporary();
    write(&path, &OLD).unwrap();
    fs::create_dir_all(path.join("src/mine")).unwrap();
    fs::write(path.join("src/mine/own.rs"), "mine").unwrap();
    (folder, path)
}

/// Returns the folder before and after an update.
fn both() -> [Tree; 2] {
    let (_folder, path) = old_crate();
    let old = tree(&path);
    write(&path, &NEW).unwrap();
    [old, tree(&path)]
}

fn stopping(step: usize) -> Disk {
    Disk { faults: Faults { stop: Some(step), ..Faults::default() } }
}

/// Recovers, with an interruption after each step of the recovery.
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
        // A check recovers too.
        recover_in_steps(&path);
        let now = tree(&path);
        assert!(now == old || now == new, "step {step}: {now:#?}");
        assert!(outcome.is_err() || now == new, "step {step}: {outcome:?}");
        if now == old {
            olds += 1
        } else {
            news += 1
        }
        // The next run succeeds.
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

/// Returns the files of a crate, without folders and without the state of a run.
fn only_files(mut tree: Tree) -> Tree {
    tree.retain(|name, text| text.is_some() && !name.starts_with(STATE_FOLDER));
    tree
}

#[test]
fn a_failed_step_leaves_one_crate_without_recovery() {
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
        assert!(!path.join(STATE_FOLDER).exists(), "step {step}");
        if step > steps {
            break;
        }
    }
    assert!(failed > 20, "{failed}");
}

#[test]
fn a_run_that_stops_during_undo_leaves_one_crate() {
    let [old, new] = both().map(only_files);
    // The steps that move files into place.
    for fail in (24..46).step_by(3) {
        for stop in (fail + 1..fail + 30).step_by(2) {
            let (_folder, path) = old_crate();
            let faults = Faults { fail: Some(fail), stop: Some(stop), ..Faults::default() };
            let outcome = write_on(Disk { faults }, &path, &NEW);
            drop(CrateDir::open(&path, Access::Check, &mut |_| {}).unwrap());
            let now = only_files(tree(&path));
            let is_one = now == old || now == new;
            assert!(
                is_one && !path.join(STATE_FOLDER).exists(),
                "{fail}, {stop}: {outcome:?}: {now:#?}"
            );
        }
    }
}

#[test]
fn a_run_waits_for_the_run_with_the_lock() {
    let (_folder, path) = old_crate();
    let mut first = Some(open(&path).unwrap());
    let mut notes = Vec::new();
    let second = CrateDir::open(&path, Access::Check, &mut |note| {
        notes.push(note.to_owned());
        // The second run can take the lock only after the first one releases it.
        drop(first.take());
    });
    drop(second.unwrap());
    let process = format!(
        "waiting for another run of clientgen on {} (process {})",
        path.display(),
        std::process::id()
    );
    assert_eq!(notes, [process]);
    assert!(!path.join(STATE_FOLDER).exists());
}

#[test]
fn an_interrupted_run_is_reported() {
    let (_folder, path) = old_crate();
    let staging = path.join(STATE_FOLDER).join("7-0123456789abcdef");
    fs::create_dir_all(&staging).unwrap();
    fs::write(staging.join("new-0"), "").unwrap();
    let mut notes = Vec::new();
    drop(CrateDir::open(&path, Access::Write, &mut |note| notes.push(note.to_owned())).unwrap());
    assert!(
        notes.len() == 1 && notes[0].ends_with("was interrupted: it had changed nothing"),
        "{notes:?}"
    );
    assert!(!path.join(STATE_FOLDER).exists());
}

/// Returns a folder with the old crate and a planted staging folder with a journal.
fn planted(entries: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (folder, path) = old_crate();
    fs::write(folder.path().join("precious"), "mine").unwrap();
    let staging = path.join(STATE_FOLDER).join("7-0123456789abcdef");
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
        // The first entry is valid, and the second one is not: neither is applied.
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
            // The message names the folder to remove, which solves the problem.
            fs::remove_dir_all(&staging).unwrap();
            write(&path, &NEW).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    use std::os::unix::fs::symlink;

    let entry = r#"{"path": "linked/own.rs", "action": "remove"}"#;
    let (folder, path, staging) = planted(entry);
    symlink(path.join("src/mine"), path.join("linked")).unwrap();
    let before = tree(&path.join("src"));
    assert!(open(&path).unwrap_err().contains("symbolic link"));
    // The staging folder is a link, then the journal is a link.
    let real = folder.path().join("real");
    fs::rename(&staging, &real).unwrap();
    fs::write(real.join("commit"), r#"{"entries": [{"path": "b", "action": "remove"}]}"#).unwrap();
    symlink(&real, &staging).unwrap();
    drop(open(&path).unwrap());
    fs::remove_file(&staging).unwrap();
    fs::create_dir(&staging).unwrap();
    symlink(real.join("commit"), staging.join("commit")).unwrap();
    assert!(open(&path).unwrap_err().contains("not a file"));
    // A prepared file is a link.
    fs::remove_file(staging.join("commit")).unwrap();
    let entry = r#"{"entries": [{"path": "b", "action": "replace"}]}"#;
    fs::write(staging.join("commit"), entry).unwrap();
    symlink(folder.path().join("precious"), staging.join("new-0")).unwrap();
    drop(open(&path).unwrap());
    assert_eq!(content(&path, "b").as_deref(), Some("1"));
    // The list has a path through a link.
    let list = fs::read_to_string(path.join(FILE_LIST)).unwrap();
    fs::write(path.join(FILE_LIST), format!("{list}linked/own.rs\n../precious\n/etc/hostname\n"))
        .unwrap();
    write(&path, &OLD).unwrap();
    assert_eq!(tree(&path.join("src")), before);
    assert_eq!(fs::read_to_string(folder.path().join("precious")).unwrap(), "mine");
    // A generated file is a link: it is neither read nor written.
    fs::remove_file(path.join("b")).unwrap();
    symlink(folder.path().join("precious"), path.join("b")).unwrap();
    assert!(write(&path, &NEW).unwrap_err().contains("in the way"));
    assert_eq!(open(&path).unwrap().read("b"), None);
    // The state folder or the lock is a link.
    symlink(folder.path(), path.join(STATE_FOLDER)).unwrap();
    assert!(open(&path).unwrap_err().contains("was not created by clientgen"));
    fs::remove_file(path.join(STATE_FOLDER)).unwrap();
    fs::create_dir(path.join(STATE_FOLDER)).unwrap();
    symlink(folder.path().join("elsewhere"), path.join(STATE_FOLDER).join("lock")).unwrap();
    assert!(open(&path).unwrap_err().contains("was not created by clientgen"));
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn foreign_files_in_the_state_folder_are_kept() {
    let (_folder, path) = old_crate();
    let state = path.join(STATE_FOLDER);
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
