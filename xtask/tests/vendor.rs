//! `cargo xtask vendor` as a maintainer runs it, on the small upstream of `tests/repository/vendor`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with an upstream, the settings, and maybe a document.
struct Project(tempfile::TempDir);

impl Project {
    fn new(settings: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let library =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/repository/vendor/library");
        copy(&library, &project.path("upstream"));
        fs::create_dir(project.path("spec")).unwrap();
        project.put("spec/vendor.toml", settings);
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Changes a file of upstream's.
    fn change(&self, path: &str, from: &str, to: &str) {
        let text = self.text(path);
        assert!(text.contains(from), "{from} in {text}");
        self.put(path, &text.replacen(from, to, 1));
    }

    /// Whether the command went well, and what it said.
    fn vendor(&self, more: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["vendor", "upstream/api.yaml", "--config", "spec/vendor.toml"])
            .args(more)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let said =
            [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (status.success(), said)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, &to).map(|_| ()).unwrap() }
    }
}

const SETTINGS: &str = "source = 'library'\ndocument = 'library.yaml'\npaths = [\n  '/books',\n]\n";
const OWN: &str =
    "source = 'library'\ndocument = 'library.yaml'\nwords = 'own'\npaths = ['/books']\n";
const DOCUMENT: &str = "spec/library.yaml";

#[track_caller]
fn assert_said((good, said): (bool, String), expected_good: bool, parts: &[&str]) {
    assert_eq!(good, expected_good, "{said}");
    parts.iter().for_each(|part| assert!(said.contains(part), "{part} in {said}"));
}

#[test]
fn it_writes_once_and_check_compares() {
    let project = Project::new(SETTINGS);
    assert_said(project.vendor(&["--check"]), false, &["library.yaml is not there"]);
    assert!(!project.path(DOCUMENT).exists());
    assert_said(project.vendor(&[]), true, &["wrote "]);
    let first = project.text(DOCUMENT);
    assert!(first.starts_with("# Vendored by `cargo xtask vendor` from library.\n# SHA-256 of the 13 files that were read:\n#   "));
    assert!(!first.contains("Visitors") && !first.contains("Unused"), "{first}");
    assert_said(project.vendor(&[]), true, &["is as it was"]);
    assert_said(project.vendor(&["--check"]), true, &["is up to date"]);
    project.change("upstream/paths/books.yaml", "Lists the books", "Shows the books");
    assert_said(project.vendor(&["--check"]), false, &["the facts are the same, the text is not"]);
    project.change("upstream/paths/books.yaml", "CSV", "TXT");
    assert_said(
        project.vendor(&["--check"]),
        false,
        &[
            "GET /books: upstream has `\"TXT\"` in `enum`, which is not here\n  upstream paths/books.yaml:14:11 (#/get/parameters/1/schema/enum/0)",
            "GET /books: `\"CSV\"` in `enum` is here, and upstream has none",
            "is not up to date: 2 facts differ",
        ],
    );
    assert_eq!(project.text(DOCUMENT), first);
    let (good, said) = project.vendor(&["--quiet"]);
    assert!(good && !said.contains("wrote"), "{said}");
    assert!(project.text(DOCUMENT).contains("- TXT"));
    assert_ne!(project.text(DOCUMENT).lines().nth(2), first.lines().nth(2), "the digest stayed");
}

#[test]
fn a_document_keeps_its_own_words() {
    let project = Project::new(OWN);
    assert!(project.vendor(&[]).0);
    let own =
        project.text(DOCUMENT).replace("description: The books.", "description: What we have.");
    let (_, own) = own.split_once("openapi").unwrap();
    let own = format!("# A comment of ours.\nopenapi{own}");
    project.put(DOCUMENT, &own);
    assert_said(project.vendor(&["--check"]), true, &["is up to date"]);
    // Without a difference, only the header is new.
    assert!(project.vendor(&[]).0);
    let stamped = project.text(DOCUMENT);
    assert!(
        stamped.starts_with("# A comment of ours.\n# Its facts are carried over by "),
        "{stamped}"
    );
    assert_eq!(stamped.split_once("openapi").unwrap().1, own.split_once("openapi").unwrap().1);
    project.change(
        "upstream/schemas/Book.yaml",
        "  author:",
        "  pages: {type: integer, description: How long it is.}\n  author:",
    );
    assert_said(
        project.vendor(&["--check"]),
        false,
        &["GET /books: upstream has `pages`, which is not here"],
    );
    assert_said(
        project.vendor(&[]),
        true,
        &[
            "upstream has `pages`",
            "new, and without words of their own yet:",
            "(#/components/schemas/Volume/properties/pages)",
        ],
    );
    let carried = project.text(DOCUMENT);
    assert!(carried.contains("        pages:\n          type: integer\n"), "{carried}");
    assert!(carried.contains("What we have.") && !carried.contains("How long it is"), "{carried}");
    assert!(
        carried.starts_with("# A comment of ours.\n# Its facts are carried over by "),
        "{carried}"
    );
    assert_said(project.vendor(&["--check"]), true, &["is up to date"]);
    assert!(project.vendor(&["--force"]).0);
    assert!(!project.text(DOCUMENT).contains("What we have."));
}

#[test]
fn a_document_that_it_has_not_written_is_not_written_over() {
    let project = Project::new(SETTINGS);
    let own = "openapi: 3.0.3\npaths: {}\n";
    project.put(DOCUMENT, own);
    assert_said(project.vendor(&[]), false, &["its words may be its own", "--force"]);
    assert_eq!(project.text(DOCUMENT), own);
    assert!(project.vendor(&["--force"]).0);
    assert_ne!(project.text(DOCUMENT), own);
}

#[test]
fn what_is_wrong_is_placed_and_nothing_is_written() {
    let wrong = |settings: &str, change: &dyn Fn(&Project), parts: &[&str]| {
        let project = Project::new(settings);
        change(&project);
        assert_said(project.vendor(&[]), false, parts);
        let (_, said) = project.vendor(&[]);
        assert!(
            said.contains("1 errors, nothing was written") && !said.contains("warning"),
            "{said}"
        );
        assert!(!project.path(DOCUMENT).exists());
    };
    let root = |text: &'static str| move |project: &Project| project.put("upstream/api.yaml", text);
    wrong(
        SETTINGS,
        &root("swagger: '2.0'\n"),
        &["error[version]", "Swagger 2.0", "--> api.yaml:1:1"],
    );
    wrong(SETTINGS, &root("type: object\n"), &["this is no OpenAPI document", "--> api.yaml:1:1"]);
    wrong(SETTINGS, &root("openapi: [\n"), &["error[unparsable-file]", "--> api.yaml:2:1"]);
    let nothing = |_: &Project| {};
    wrong(
        &SETTINGS.replace("'/books',", "'/books',\n  '/shelves',"),
        &nothing,
        &[
            "error[unknown-path]: upstream's document has no path `/shelves`",
            "vendor.toml:5:3",
            "those most like it are: /books",
        ],
    );
    wrong(
        &SETTINGS.replace("paths", "path"),
        &nothing,
        &["error[vendor-settings]", "vendor.toml:3:1", "`path`"],
    );
    let gone =
        |project: &Project| fs::remove_file(project.path("upstream/schemas/author.yaml")).unwrap();
    wrong(
        SETTINGS,
        &gone,
        &[
            "error[unresolved-reference]",
            "author.yaml",
            "--> schemas/Book.yaml:14:12\n",
            "^ #/properties/author/$ref",
        ],
    );
    let no_root = |project: &Project| fs::remove_file(project.path("upstream/api.yaml")).unwrap();
    wrong(SETTINGS, &no_root, &["error[unreadable-file]", "--> api.yaml"]);
}

/// The document of this project says what the one says that it comes from, which is no part of the
/// project. Where it is not there, this says so and holds nothing.
#[test]
fn spec_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let upstream = root.join("../shared/upstream/idn/sailpoint-api.v3.yaml");
    if !upstream.exists() {
        println!("skipped: there is no {}", upstream.display());
        return;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("vendor").arg(&upstream).arg("--check").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("spec/reports.yaml is up to date"), "{said}");
}
