//! Runs `clientgen vendor` on the small upstream document of `tests/repository/vendor`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with an upstream document, settings, and possibly a document.
struct Project(tempfile::TempDir);

impl Project {
    fn new(settings: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let library =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/repository/vendor/library");
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

    /// Changes an upstream file.
    fn change(&self, path: &str, from: &str, to: &str) {
        let text = self.text(path);
        assert!(text.contains(from), "{from} in {text}");
        self.put(path, &text.replacen(from, to, 1));
    }

    /// Runs the command. Returns whether it succeeded, and its output.
    fn vendor(&self, more: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(["vendor", "upstream/api.yaml", "--settings", "spec/vendor.toml"])
            .args(more)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let printed =
            [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (status.success(), printed)
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
    "source = 'library'\ndocument = 'library.yaml'\nprose = 'own'\npaths = ['/books']\n";
const DOCUMENT: &str = "spec/library.yaml";

#[track_caller]
fn assert_printed((good, printed): (bool, String), expected_good: bool, parts: &[&str]) {
    assert_eq!(good, expected_good, "{printed}");
    parts.iter().for_each(|part| assert!(printed.contains(part), "{part} in {printed}"));
}

#[test]
fn a_document_is_written_once_and_checked() {
    let project = Project::new(SETTINGS);
    assert_printed(project.vendor(&["--check"]), false, &["library.yaml does not exist"]);
    assert!(!project.path(DOCUMENT).exists());
    assert_printed(project.vendor(&[]), true, &["wrote "]);
    let first = project.text(DOCUMENT);
    assert!(first.starts_with("# Vendored by `clientgen vendor` from library.\n# SHA-256 of the 13 files that were read:\n#   "));
    assert!(!first.contains("Visitors") && !first.contains("Unused"), "{first}");
    assert_printed(project.vendor(&[]), true, &["is unchanged"]);
    assert_printed(project.vendor(&["--check"]), true, &["is up to date"]);
    project.change("upstream/paths/books.yaml", "Lists the books", "Shows the books");
    assert_printed(
        project.vendor(&["--check"]),
        false,
        &["the facts are equal, but the text differs"],
    );
    project.change("upstream/paths/books.yaml", "CSV", "TXT");
    assert_printed(
        project.vendor(&["--check"]),
        false,
        &[
            "GET /books: only upstream has `\"TXT\"` in `enum`\n  upstream paths/books.yaml:14:11 (#/get/parameters/1/schema/enum/0)",
            "GET /books: upstream does not have `\"CSV\"` in `enum`",
            "is not up to date: 2 facts differ",
        ],
    );
    assert_eq!(project.text(DOCUMENT), first);
    let (good, printed) = project.vendor(&["--quiet"]);
    assert!(good && !printed.contains("wrote"), "{printed}");
    assert!(project.text(DOCUMENT).contains("- TXT"));
    assert_ne!(project.text(DOCUMENT).lines().nth(2), first.lines().nth(2), "the digest stayed");
}

#[test]
fn a_document_keeps_its_own_prose() {
    let project = Project::new(OWN);
    assert!(project.vendor(&[]).0);
    let own =
        project.text(DOCUMENT).replace("description: The books.", "description: What we have.");
    let (_, own) = own.split_once("openapi").unwrap();
    let own = format!("# A comment of ours.\nopenapi{own}");
    project.put(DOCUMENT, &own);
    assert_printed(project.vendor(&["--check"]), true, &["is up to date"]);
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
    assert_printed(project.vendor(&["--check"]), false, &["GET /books: only upstream has `pages`"]);
    assert_printed(
        project.vendor(&[]),
        true,
        &[
            "only upstream has `pages`",
            "new, without prose yet:",
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
    assert_printed(project.vendor(&["--check"]), true, &["is up to date"]);
    assert!(project.vendor(&["--force"]).0);
    assert!(!project.text(DOCUMENT).contains("What we have."));
}

#[test]
fn a_foreign_document_is_not_overwritten() {
    let project = Project::new(SETTINGS);
    let own = "openapi: 3.0.3\npaths: {}\n";
    project.put(DOCUMENT, own);
    assert_printed(project.vendor(&[]), false, &["may have its own prose", "--force"]);
    assert_eq!(project.text(DOCUMENT), own);
    assert!(project.vendor(&["--force"]).0);
    assert_ne!(project.text(DOCUMENT), own);
}

#[test]
fn errors_have_locations_and_nothing_is_written() {
    let wrong = |settings: &str, change: &dyn Fn(&Project), parts: &[&str]| {
        let project = Project::new(settings);
        change(&project);
        assert_printed(project.vendor(&[]), false, parts);
        let (_, printed) = project.vendor(&[]);
        assert!(
            printed.contains("nothing was written because of 1 error\n")
                && !printed.contains("warning"),
            "{printed}"
        );
        assert!(!project.path(DOCUMENT).exists());
    };
    let root = |text: &'static str| move |project: &Project| project.put("upstream/api.yaml", text);
    wrong(
        SETTINGS,
        &root("swagger: '2.0'\n"),
        &["error[openapi-version]", "`generate`, which reads Swagger 2.0", "--> api.yaml:1:1"],
    );
    wrong(
        SETTINGS,
        &root("type: object\n"),
        &["this is not an OpenAPI document", "--> api.yaml:1:1"],
    );
    wrong(SETTINGS, &root("openapi: [\n"), &["error[unparsable-file]", "--> api.yaml:2:1"]);
    let nothing = |_: &Project| {};
    wrong(
        &SETTINGS.replace("'/books',", "'/books',\n  '/shelves',"),
        &nothing,
        &[
            "error[unknown-path]: the upstream document has no path `/shelves`",
            "vendor.toml:5:3",
            "similar paths: /books",
        ],
    );
    wrong(
        &SETTINGS.replace("paths", "path"),
        &nothing,
        &["error[vendor-settings]", "vendor.toml:3:1", "`path`"],
    );
    let missing_file =
        |project: &Project| fs::remove_file(project.path("upstream/schemas/author.yaml")).unwrap();
    wrong(
        SETTINGS,
        &missing_file,
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

/// Checks `spec/` against the upstream document, which is not part of the project. If that is not
/// available, the test prints a message and checks nothing.
#[test]
fn spec_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let upstream = root.join("../shared/upstream/idn/sailpoint-api.v3.yaml");
    if !upstream.exists() {
        println!("skipped: there is no {}", upstream.display());
        return;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
    let output = command.arg("vendor").arg(&upstream).arg("--check").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("spec/reports.yaml is up to date"),
        "{printed}"
    );
}
