//! What the commands read of the file system for a document, and what they say of what they refuse.
//!
//! Each test lays out real files, with a secret in one that the document must not get.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SECRET: &str = "hunter2";

/// A folder with a document in `api/`, and a secret beside it.
struct Files(tempfile::TempDir);

impl Files {
    /// The document has a schema that is a reference.
    fn with(reference: &str) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.put("secret/creds.yaml", &format!("password: {SECRET}\ntype: object\n"));
        files.put("api/api.yaml", &document(reference));
        files
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// Whether a command went well, and all that it said.
    fn run(&self, words: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(words)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let said =
            [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(!said.contains(SECRET), "{words:?} shows the secret:\n{said}");
        assert!(!said.contains("panicked"), "{said}");
        (status.success(), said)
    }

    fn codegen(&self, more: &[&str]) -> (bool, String) {
        let words = ["codegen", "--spec", "api/api.yaml", "--out", "client", "--name", "things"];
        let (good, said) = self.run(&[words.as_slice(), more].concat());
        // The crate has nothing of it either.
        assert!(!all_of(&self.path("client")).contains(SECRET), "the crate has the secret");
        (good, said)
    }

    /// The commands that read documents, on the document of this folder.
    fn all(&self, more: &[&str]) -> Vec<(bool, String)> {
        self.put("vendor/vendor.toml", "source = 'x'\ndocument = 'x.yaml'\n");
        let commands: [&[&str]; 6] = [
            &["codegen", "--spec", "api/api.yaml", "--out", "client", "--name", "things"],
            &["lint", "--spec", "api/api.yaml"],
            &["changes", "api/api.yaml", "api/api.yaml"],
            &["vendor", "api/api.yaml", "--config", "vendor/vendor.toml"],
            &["corpus", "api/api.yaml", "--out", "corpus", "--diagnostics"],
            &["codegen", "--format", "json", "--spec", "api/api.yaml", "--out", "c", "--name", "c"],
        ];
        commands.iter().map(|words| self.run(&[words, more].concat())).collect()
    }
}

fn document(reference: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: Things, version: '1'}}\npaths:\n  /things:\n    get:\n      \
         operationId: getThings\n      responses:\n        '200':\n          description: Good.\n          \
         content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}\n\
         components:\n  schemas:\n    A:\n      $ref: '{reference}'\n"
    )
}

/// The text of all files below a folder.
fn all_of(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => text.push_str(&all_of(&path)),
            false => text.push_str(&fs::read_to_string(&path).unwrap_or_default()),
        }
    }
    text
}

#[test]
fn a_reference_out_of_the_root_is_refused_by_every_command() {
    let files = Files::with("../secret/creds.yaml");
    for (good, said) in files.all(&[]) {
        assert!(!good, "{said}");
        assert!(said.contains("outside the folder `api`"), "{said}");
        assert!(said.contains("`--root .`"), "the remedy is named: {said}");
    }
}

#[test]
fn the_root_that_is_named_allows_the_reference_in_every_command() {
    let files = Files::with("../secret/creds.yaml");
    // What stands in the file may be shown now, so it has nothing to hide.
    files.put("secret/creds.yaml", "type: object\nproperties: {a: {type: string}}\n");
    for (good, said) in files.all(&["--root", "."]) {
        assert!(good, "{said}");
        assert!(!said.contains("outside"), "{said}");
    }
}

#[test]
fn vendor_takes_the_root_from_its_settings() {
    let files = Files::with("../secret/part.yaml");
    files.put("secret/part.yaml", "type: object\n");
    files.put("vendor/vendor.toml", "source = 'x'\ndocument = 'x.yaml'\nroot = '..'\n");
    let words = ["vendor", "api/api.yaml", "--config", "vendor/vendor.toml"];
    let (good, said) = files.run(&words);
    assert!(good, "{said}");
    assert!(files.path("vendor/x.yaml").exists());
    let (good, said) = files.run(&[words.as_slice(), &["--force", "--root", "api"]].concat());
    assert!(!good && said.contains("outside-root"), "the command line counts more: {said}");
}

#[test]
fn vendor_writes_beside_its_settings_and_nowhere_else() {
    let files = Files::with("#/components/schemas/B");
    for name in ["../x.yaml", "/tmp/x.yaml", "..", ""] {
        let settings = format!("source = 'x'\ndocument = '{name}'\n");
        files.put("vendor/vendor.toml", &settings);
        files.put("api/api.yaml", &document("part.yaml"));
        files.put("api/part.yaml", "type: object\n");
        let words = ["vendor", "api/api.yaml", "--config", "vendor/vendor.toml"];
        let (good, said) = files.run(&words);
        assert!(!good && said.contains("in the same folder"), "{name}: {said}");
    }
}

#[test]
fn no_way_of_writing_it_leads_out_of_the_root() {
    let secret = |files: &Files| files.path("secret/creds.yaml").display().to_string();
    let files = Files::with("#");
    symlink(files.path("secret/creds.yaml"), files.path("api/link.yaml")).unwrap();
    symlink(files.path("secret"), files.path("api/folder")).unwrap();
    symlink("../secret", files.path("api/relative")).unwrap();
    for reference in [
        "../secret/creds.yaml#/password".to_owned(),
        "%2e%2e/secret/creds.yaml".to_owned(),
        "x/../../secret/creds.yaml".to_owned(),
        "./.././secret/creds.yaml".to_owned(),
        "../api/../secret/creds.yaml".to_owned(),
        "link.yaml#/password".to_owned(),
        "folder/creds.yaml".to_owned(),
        "relative/creds.yaml".to_owned(),
        secret(&files),
        format!("file://{}", secret(&files)),
        format!("file:{}", secret(&files)),
        "/etc/passwd".to_owned(),
        "/proc/self/environ".to_owned(),
        "C:/secret/creds.yaml".to_owned(),
        "http://127.0.0.1:9/creds.yaml".to_owned(),
    ] {
        files.put("api/api.yaml", &document(&reference));
        let (_, said) = files.codegen(&[]);
        let refused = ["outside the folder", "absolute path", "is a URL"];
        assert!(refused.iter().any(|words| said.contains(words)), "{reference}: {said}");
    }
}

#[test]
fn a_file_outside_of_the_root_is_refused_whether_it_is_there_or_not() {
    let files = Files::with("../secret/creds.yaml");
    let (_, there) = files.codegen(&[]);
    fs::remove_file(files.path("secret/creds.yaml")).unwrap();
    let (_, gone) = files.codegen(&[]);
    assert_eq!(there, gone);
}

#[test]
fn a_link_that_stays_in_the_root_is_followed() {
    let files = Files::with("link.yaml");
    files.put("api/below/part.yaml", "type: object\n");
    symlink("below/part.yaml", files.path("api/link.yaml")).unwrap();
    let (good, said) = files.codegen(&[]);
    assert!(good && said.contains("warnings 0"), "{said}");
}

#[test]
fn only_regular_files_are_read() {
    let files = Files::with("#");
    let made = Command::new("mkfifo").arg(files.path("api/pipe.yaml")).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(files.path("api/socket.yaml")).unwrap();
    fs::create_dir(files.path("api/folder.yaml")).unwrap();
    symlink("/dev/zero", files.path("api/zero.yaml")).unwrap();
    for name in ["pipe.yaml", "socket.yaml", "folder.yaml", "zero.yaml"] {
        files.put("api/api.yaml", &document(name));
        let (good, said) = files.codegen(&["--root", "/"]);
        assert!(!good && said.contains("not a regular file"), "{name}: {said}");
        // Nor as the document, nor as an overlay.
        let path = format!("api/{name}");
        let words = ["codegen", "--out", "client", "--name", "things", "--spec", &path];
        let (good, said) = files.run(&words);
        assert!(!good && said.contains("not a regular file"), "{name}: {said}");
        let (good, said) = files.codegen(&["--overlay", &path]);
        assert!(!good && said.contains("not a regular file"), "{name}: {said}");
    }
}

#[test]
fn a_file_that_is_too_large_is_refused_with_the_limit() {
    let files = Files::with("large.yaml");
    files.put("api/large.yaml", &format!("type: object\n# {}\n", SECRET.repeat(1000)));
    let (good, said) = files.codegen(&["--limit", "file-bytes=2000"]);
    assert!(!good && said.contains("more than 2000 bytes"), "{said}");
    assert!(said.contains("--limit file-bytes=4000"), "{said}");
    let (good, said) = files.codegen(&["--limit", "total-bytes=2000"]);
    assert!(!good && said.contains("more than 2000 bytes in total"), "{said}");
    let (good, said) = files.codegen(&["--limit", "files=1"]);
    assert!(!good && said.contains("more than 1 files"), "{said}");
    let (good, said) = files.codegen(&["--limit", "file-bytes=20000"]);
    assert!(good, "{said}");
}

#[test]
fn nothing_is_shown_of_a_file_that_is_no_part_of_a_document() {
    let files = Files::with("#");
    let texts = [
        format!("PASSWORD={SECRET}\n"),
        format!("A=1\nPASSWORD={SECRET}\nB=2\n"),
        format!("[client]\npassword = {SECRET}\n"),
        format!("a: 1\n\tpassword: {SECRET}\n"),
        format!("'{SECRET}"),
        format!("- {SECRET}\n"),
        format!("\u{1}{SECRET}"),
    ];
    for text in texts {
        files.put("api/x.env", &text);
        for reference in ["x.env", "x.env#/password", "x.env#anchor", "x.env#/0"] {
            files.put("api/api.yaml", &document(reference));
            let (_, said) = files.codegen(&[]);
            assert!(said.contains("warning") || said.contains("error"), "{text}: {said}");
            files.all(&[]);
        }
    }
}

#[test]
fn a_value_that_a_reference_must_not_lead_to_is_not_shown() {
    for reference in ["creds.yaml#/password", "creds.yaml#/list/0", "creds.yaml#/number"] {
        let files = Files::with(reference);
        let creds = format!("password: {SECRET}\nlist: [{SECRET}]\nnumber: 42424242\n");
        files.put("api/creds.yaml", &creds);
        for (_, said) in files.all(&[]) {
            assert!(!said.contains("42424242"), "{said}");
        }
        let (_, said) = files.codegen(&[]);
        assert!(said.contains("an object is required here"), "{said}");
    }
}

#[test]
fn an_overlay_may_be_anywhere_and_its_references_may_not() {
    let files = Files::with("#/components/schemas/B");
    let overlay = |reference: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{title: O, version: '1'}}\nactions:\n  - target: $.components.schemas\n    \
             update: {{B: {{$ref: '{reference}'}}}}\n"
        )
    };
    files.put("api/part.yaml", "type: object\n");
    // It has the name of a file beside the document.
    files.put("elsewhere/part.yaml", &overlay("part.yaml"));
    let (good, said) = files.codegen(&["--overlay", "elsewhere/part.yaml"]);
    assert!(good && said.contains("warnings 0"), "{said}");
    for reference in ["../secret/creds.yaml", "../elsewhere/part.yaml"] {
        files.put("elsewhere/part.yaml", &overlay(reference));
        let (good, said) = files.codegen(&["--overlay", "elsewhere/part.yaml"]);
        assert!(!good && said.contains("outside-root"), "{said}");
    }
}

#[test]
fn what_is_committed_is_confined_as_well() {
    let files = Files::with("#");
    let git = |words: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        let output = git.current_dir(files.0.path()).args(name).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}");
    };
    let changes = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["changes", "--from-version", "1.0.0"])
            .args(more)
            .current_dir(files.0.path())
            .env("XTASK_ROOT", files.0.path())
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    git(&["init", "--quiet"]);
    symlink("../secret/creds.yaml", files.path("api/link.yaml")).unwrap();
    fs::rename(files.path("api"), files.path("spec")).unwrap();
    for (reference, refused) in [
        ("../secret/creds.yaml", "outside the folder"),
        ("link.yaml", "a symbolic link"),
        ("folder", "a folder"),
    ] {
        files.put("spec/folder/x", "x");
        files.put("spec/reports.yaml", &document(reference));
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "a"]);
        let said = changes(&[]);
        assert!(said.contains(refused) && !said.contains(SECRET), "{reference}: {said}");
    }
}
