//! Checks which files the commands read for a document, and their errors for other files.
//!
//! Each test creates real files, one of them with a secret that the document must not read.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SECRET: &str = "hunter2";

/// A folder with a document in `api/` and a secret in `secret/`.
struct Files(tempfile::TempDir);

impl Files {
    /// Creates the files. The document has a schema with this reference.
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

    /// Runs a command. Returns whether it succeeded, and its output.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let printed =
            [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(!printed.contains(SECRET), "{arguments:?} shows the secret:\n{printed}");
        assert!(!printed.contains("panicked"), "{printed}");
        (status.success(), printed)
    }

    fn generate(&self, more: &[&str]) -> (bool, String) {
        let words =
            ["generate", "--input", "api/api.yaml", "--output", "client", "--name", "things"];
        let (good, printed) = self.run(&[words.as_slice(), more].concat());
        assert!(!all_of(&self.path("client")).contains(SECRET), "the crate has the secret");
        (good, printed)
    }

    /// Runs all commands that read documents.
    fn all(&self, more: &[&str]) -> Vec<(bool, String)> {
        self.put("vendor/vendor.toml", "source = 'x'\ndocument = 'x.yaml'\n");
        let commands: [&[&str]; 6] = [
            &["generate", "--input", "api/api.yaml", "--output", "client", "--name", "things"],
            &["lint", "--input", "api/api.yaml"],
            &["changes", "api/api.yaml", "api/api.yaml"],
            &["vendor", "api/api.yaml", "--settings", "vendor/vendor.toml"],
            &["corpus", "api/api.yaml", "--output", "corpus", "--diagnostics"],
            &[
                "generate",
                "--format",
                "json",
                "--input",
                "api/api.yaml",
                "--output",
                "c",
                "--name",
                "c",
            ],
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

/// Returns the text of all files below a folder.
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
fn every_command_rejects_a_reference_outside_the_root() {
    let files = Files::with("../secret/creds.yaml");
    for (good, printed) in files.all(&[]) {
        assert!(!good, "{printed}");
        assert!(printed.contains("outside the folder `api`"), "{printed}");
        assert!(printed.contains("`--root .`"), "the help names the option: {printed}");
    }
}

#[test]
fn every_command_accepts_a_reference_inside_the_given_root() {
    let files = Files::with("../secret/creds.yaml");
    // The file may be shown now, so it must not contain the secret.
    files.put("secret/creds.yaml", "type: object\nproperties: {a: {type: string}}\n");
    for (good, printed) in files.all(&["--root", "."]) {
        assert!(good, "{printed}");
        assert!(!printed.contains("outside"), "{printed}");
    }
}

#[test]
fn vendor_reads_the_root_from_its_settings() {
    let files = Files::with("../secret/part.yaml");
    files.put("secret/part.yaml", "type: object\n");
    files.put("vendor/vendor.toml", "source = 'x'\ndocument = 'x.yaml'\nroot = '..'\n");
    let words = ["vendor", "api/api.yaml", "--settings", "vendor/vendor.toml"];
    let (good, printed) = files.run(&words);
    assert!(good, "{printed}");
    assert!(files.path("vendor/x.yaml").exists());
    let (good, printed) = files.run(&[words.as_slice(), &["--force", "--root", "api"]].concat());
    assert!(!good && printed.contains("outside-root"), "the command line has priority: {printed}");
}

#[test]
fn vendor_writes_to_the_folder_of_its_settings_only() {
    let files = Files::with("#/components/schemas/B");
    for name in ["../x.yaml", "/tmp/x.yaml", "..", ""] {
        let settings = format!("source = 'x'\ndocument = '{name}'\n");
        files.put("vendor/vendor.toml", &settings);
        files.put("api/api.yaml", &document("part.yaml"));
        files.put("api/part.yaml", "type: object\n");
        let words = ["vendor", "api/api.yaml", "--settings", "vendor/vendor.toml"];
        let (good, printed) = files.run(&words);
        assert!(!good && printed.contains("in the same folder"), "{name}: {printed}");
    }
}

#[test]
fn no_spelling_of_a_reference_leaves_the_root() {
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
        let (_, printed) = files.generate(&[]);
        let errors = ["outside the folder", "absolute path", "is a URL"];
        assert!(errors.iter().any(|error| printed.contains(error)), "{reference}: {printed}");
    }
}

#[test]
fn the_error_does_not_show_whether_a_file_outside_the_root_exists() {
    let files = Files::with("../secret/creds.yaml");
    let (_, existing) = files.generate(&[]);
    fs::remove_file(files.path("secret/creds.yaml")).unwrap();
    let (_, missing) = files.generate(&[]);
    assert_eq!(existing, missing);
}

#[test]
fn a_link_inside_the_root_is_followed() {
    let files = Files::with("link.yaml");
    files.put("api/below/part.yaml", "type: object\n");
    symlink("below/part.yaml", files.path("api/link.yaml")).unwrap();
    let (good, printed) = files.generate(&[]);
    assert!(good && printed.contains("warnings 0"), "{printed}");
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
        let (good, printed) = files.generate(&["--root", "/"]);
        assert!(!good && printed.contains("not a regular file"), "{name}: {printed}");
        // The same for the document and for an overlay.
        let path = format!("api/{name}");
        let words = ["generate", "--output", "client", "--name", "things", "--input", &path];
        let (good, printed) = files.run(&words);
        assert!(!good && printed.contains("not a regular file"), "{name}: {printed}");
        let (good, printed) = files.generate(&["--overlay", &path]);
        assert!(!good && printed.contains("not a regular file"), "{name}: {printed}");
    }
}

#[test]
fn the_error_for_a_large_file_names_the_limit() {
    let files = Files::with("large.yaml");
    files.put("api/large.yaml", &format!("type: object\n# {}\n", SECRET.repeat(1000)));
    let (good, printed) = files.generate(&["--limit", "file-bytes=2000"]);
    assert!(!good && printed.contains("more than 2000 bytes"), "{printed}");
    assert!(printed.contains("--limit file-bytes=4000"), "{printed}");
    let (good, printed) = files.generate(&["--limit", "total-bytes=2000"]);
    assert!(!good && printed.contains("more than 2000 bytes in total"), "{printed}");
    let (good, printed) = files.generate(&["--limit", "files=1"]);
    assert!(!good && printed.contains("more files than 1"), "{printed}");
    let (good, printed) = files.generate(&["--limit", "file-bytes=20000"]);
    assert!(good, "{printed}");
}

#[test]
fn the_content_of_other_files_is_not_shown() {
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
            let (_, printed) = files.generate(&[]);
            assert!(printed.contains("warning") || printed.contains("error"), "{text}: {printed}");
            files.all(&[]);
        }
    }
}

#[test]
fn an_invalid_target_of_a_reference_is_not_shown() {
    for reference in ["creds.yaml#/password", "creds.yaml#/list/0", "creds.yaml#/number"] {
        let files = Files::with(reference);
        let creds = format!("password: {SECRET}\nlist: [{SECRET}]\nnumber: 42424242\n");
        files.put("api/creds.yaml", &creds);
        for (_, printed) in files.all(&[]) {
            assert!(!printed.contains("42424242"), "{printed}");
        }
        let (_, printed) = files.generate(&[]);
        assert!(printed.contains("an object is required here"), "{printed}");
    }
}

#[test]
fn references_of_an_overlay_outside_the_root_are_rejected() {
    let files = Files::with("#/components/schemas/B");
    let overlay = |reference: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{title: O, version: '1'}}\nactions:\n  - target: $.components.schemas\n    \
             update: {{B: {{$ref: '{reference}'}}}}\n"
        )
    };
    files.put("api/part.yaml", "type: object\n");
    // The overlay has the name of a file in the folder of the document.
    files.put("elsewhere/part.yaml", &overlay("part.yaml"));
    let (good, printed) = files.generate(&["--overlay", "elsewhere/part.yaml"]);
    assert!(good && printed.contains("warnings 0"), "{printed}");
    for reference in ["../secret/creds.yaml", "../elsewhere/part.yaml"] {
        files.put("elsewhere/part.yaml", &overlay(reference));
        let (good, printed) = files.generate(&["--overlay", "elsewhere/part.yaml"]);
        assert!(!good && printed.contains("outside-root"), "{printed}");
    }
}

#[test]
fn files_of_a_revision_are_confined_to_the_root() {
    let files = Files::with("#");
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        let output = git.current_dir(files.0.path()).args(name).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
    };
    let changes = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(["changes", "--from-version", "1.0.0"])
            .args(more)
            .current_dir(files.0.path())
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    git(&["init", "--quiet"]);
    symlink("../secret/creds.yaml", files.path("api/link.yaml")).unwrap();
    fs::rename(files.path("api"), files.path("spec")).unwrap();
    let settings = "input = 'spec/reports.yaml'\noutput = 'c'\npackage.name = 'c'\n";
    files.put("clientgen.toml", settings);
    for (reference, error) in [
        ("../secret/creds.yaml", "outside the root folder"),
        ("link.yaml", "a symbolic link"),
        ("folder", "a folder"),
    ] {
        files.put("spec/folder/x", "x");
        files.put("spec/reports.yaml", &document(reference));
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "a"]);
        let printed = changes(&[]);
        assert!(printed.contains(error) && !printed.contains(SECRET), "{reference}: {printed}");
    }
}
