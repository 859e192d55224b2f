//! No command prints control characters or hidden characters from a document.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clientgen::escape;

fn clientgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Runs a command, checks that its output has no hidden characters, and returns it.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = clientgen(folder, arguments);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    // Tabs in source lines are allowed.
    let hidden = text.char_indices().find(|(_, c)| escape::is_hidden(*c) && *c != '\n');
    let around = hidden.map(|(at, _)| text[..at].lines().last().unwrap_or_default());
    assert_eq!(hidden, None, "{arguments:?} printed it after {around:?}");
    text
}

/// Returns a folder with the hostile document, a changed version, and invalid versions.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/text/spec.yaml");
    let text = fs::read_to_string(document).unwrap();
    let raw = "\u{202e}\u{200b}\u{9b}31m";
    // Other names and texts, and removed items.
    let changed = text
        .replace("required\\u202e", "other\\u202e")
        .replace("\"query\\u202e", "\"asked\\u202e")
        .replace("default\\u202e", "standard\\u202e")
        .replace("scope\\u202e", "right\\u202e");
    assert_ne!(changed, text);
    // Literal hidden characters instead of YAML escapes, and invalid values.
    let faulty = text
        .replace("\\u202e", raw)
        .replace("type: \"string\"", "type: \"str\\u202eing\"")
        .replace("#/components/schemas/Cat", "#/components/schemas/C\\u202eat");
    for (name, text) in [("a.yaml", &text), ("b.yaml", &changed), ("c.yaml", &faulty)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let cut = &faulty[..faulty.len() / 2];
    fs::write(folder.path().join("d.yaml"), format!("{cut}\"\u{202e}\u{85}: [}}")).unwrap();
    folder
}

#[test]
fn no_command_prints_control_characters() {
    let folder = folder();
    let run = |arguments: &[&str]| printed(folder.path(), arguments);
    for document in ["a.yaml", "b.yaml", "c.yaml", "d.yaml"] {
        for format in ["text", "json"] {
            let generate =
                ["generate", "--input", document, "--output", "out", "--name", "hostile"];
            run(&[&generate[..], &["--extras", "cli,mock", "--format", format]].concat());
            // Manual changes, which `--check` shows as a diff.
            for file in ["README.md", "src/lib.rs", "src/client.rs"] {
                let path = folder.path().join("out").join(file);
                if let Ok(old) = fs::read_to_string(&path) {
                    let text = old.replace("Client", "\u{1b}[31mC\u{202e}lient");
                    fs::write(path, text).unwrap();
                }
            }
            run(&[&generate[..], &["--extras", "cli,mock", "--format", format, "--check"]].concat());
            run(&["lint", "--input", document, "--format", format]);
            for other in ["a.yaml", "b.yaml"] {
                run(&["changes", other, document, "--format", format]);
            }
        }
        run(&["corpus", document, "--output", "corpus", "--diagnostics"]);
        run(&["corpus", document, "--output", "corpus", "--markdown"]);
    }
}

#[test]
fn the_changelog_has_no_markup_from_the_document() {
    let folder = folder();
    let arguments = ["changes", "a.yaml", "b.yaml", "--changelog", "CHANGELOG.md"];
    let text = printed(folder.path(), &arguments);
    assert!(text.contains("right\\u{202e}") && text.contains("scope\\u{202e}"), "{text}");
    let changelog = fs::read_to_string(folder.path().join("CHANGELOG.md")).unwrap();
    assert_eq!(escape::markdown::faults(&changelog), [].into(), "{changelog}");
    assert!(changelog.contains("right\\u{202e}"), "{changelog}");
}

#[cfg(unix)]
#[test]
fn a_file_name_is_printed_on_one_line() {
    let folder = folder();
    let name = "a\n\u{1b}[2Jerror: \u{202e}.yaml";
    fs::copy(folder.path().join("c.yaml"), folder.path().join(name)).unwrap();
    for format in ["text", "json"] {
        let generate = ["generate", "--input", name, "--output", "out", "--name", "hostile"];
        let text = printed(folder.path(), &[&generate[..], &["--format", format]].concat());
        assert!(!text.lines().any(|line| line.starts_with("\\u{1b}[2J")), "{text}");
        printed(folder.path(), &[&generate[..], &["--check", "--format", format]].concat());
        printed(folder.path(), &["lint", "--input", name, "--format", format]);
        printed(folder.path(), &["changes", "a.yaml", name, "--format", format]);
    }
}
