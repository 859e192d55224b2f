//! Runs `clientgen generate`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime};

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      operationId: getThings
      responses:
        '204': {description: None.}
";

fn generate(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .args(["generate", "--input", "api.yaml", "--output", "client", "--name", "things"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), DOCUMENT).unwrap();
    folder
}

#[test]
fn a_run_prints_a_summary_and_the_next_one_changes_nothing() {
    let folder = folder();
    let first = generate(folder.path(), &[]);
    assert!(first.status.success(), "{}", printed(&first));
    let text = printed(&first);
    for part in ["read     api.yaml\n", "1 operation, 0 types", "warnings 0", "took     "] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let second = generate(folder.path(), &[]);
    assert!(printed(&second).contains("0 changed, 0 added, 0 removed"), "{}", printed(&second));
    let quiet = generate(folder.path(), &["--quiet"]);
    assert!(quiet.status.success() && printed(&quiet).is_empty(), "{}", printed(&quiet));
}

#[test]
fn check_lists_differences_and_writes_nothing() {
    let folder = folder();
    assert!(generate(folder.path(), &[]).status.success());
    assert!(generate(folder.path(), &["--check"]).status.success());
    let file = |path: &str| folder.path().join("client").join(path);
    fs::write(file("src/client.rs"), "// other\n").unwrap();
    fs::remove_file(file("README.md")).unwrap();
    let list = fs::read_to_string(file(".generated-files")).unwrap();
    fs::write(file(".generated-files"), list + "src/old.rs\n").unwrap();
    fs::write(file("src/old.rs"), "").unwrap();
    let check = generate(folder.path(), &["--check"]);
    assert_eq!(check.status.code(), Some(1));
    let text = printed(&check);
    let command =
        "to update it: clientgen generate --input api.yaml --output client --name things\n";
    for part in [
        "changed  src/client.rs",
        "missing  README.md",
        "stale    src/old.rs",
        "-// other\n",
        command,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(fs::read_to_string(file("src/client.rs")).unwrap(), "// other\n");
    assert!(!file("README.md").exists() && file("src/old.rs").exists());
}

#[test]
fn an_invalid_document_leaves_the_crate_unchanged() {
    let folder = folder();
    assert!(generate(folder.path(), &[]).status.success());
    let before = fs::read_to_string(folder.path().join("client/src/client.rs")).unwrap();
    let faulty =
        DOCUMENT.replace("operationId: getThings", "summary: None").replace("/things", "/other");
    fs::write(folder.path().join("api.yaml"), faulty).unwrap();
    let output = generate(folder.path(), &["--strict"]);
    assert_eq!(output.status.code(), Some(1));
    for part in ["--> api.yaml:5:5\n", "5 |     get:\n", "    ^^^ #/paths/~1other/get\n"] {
        assert!(printed(&output).contains(part), "{part}: {}", printed(&output));
    }
    assert_eq!(fs::read_to_string(folder.path().join("client/src/client.rs")).unwrap(), before);
    fs::remove_file(folder.path().join("api.yaml")).unwrap();
    let output = generate(folder.path(), &["--quiet"]);
    assert!(
        output.status.code() == Some(1) && printed(&output).contains("unreadable-file"),
        "{}",
        printed(&output)
    );
}

/// Returns a folder with a document that has a warning.
fn folder_with_warning() -> tempfile::TempDir {
    let folder = folder();
    let odd = DOCUMENT.replace("operationId", "deprecated: sometimes\n      operationId");
    fs::write(folder.path().join("api.yaml"), odd).unwrap();
    folder
}

#[test]
fn colours_are_printed_on_terminals_only() {
    let folder = folder_with_warning();
    let printed_with = |name: &str, value: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(["generate", "--input", "api.yaml", "--output", "client", "--name", "things"])
            .current_dir(folder.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env(name, value)
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let plain = printed_with("CLICOLOR", "1");
    assert!(plain.contains("^^^^^^^^^^^^^^^^^^^^^ #/paths/~1things/get/deprecated\n"), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let forced = printed_with("CLICOLOR_FORCE", "1");
    assert!(forced.contains("\u{1b}[1m"), "{forced}");
}

#[test]
fn the_json_format_prints_nothing_else() {
    let folder = folder_with_warning();
    let output = generate(folder.path(), &["--format", "json"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", printed(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    let found: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = serde_json::json!([{
        "severity": "warning",
        "effect": "degraded",
        "code": "invalid-document",
        "message": "`deprecated` must be `true` or `false`, not the string `sometimes`: it is ignored",
        "help": "write `true` or `false`, without quotes",
        "file": "api.yaml",
        "pointer": "#/paths/~1things/get/deprecated",
        "line": 6, "column": 7, "end_line": 6, "end_column": 28,
        "trail": []
    }]);
    assert_eq!(serde_json::Value::from(found), expected);
    fs::write(folder.path().join("client/src/client.rs"), "").unwrap();
    let check = generate(folder.path(), &["--format", "json", "--check", "--quiet"]);
    assert!(check.status.code() == Some(1) && check.stdout.is_empty(), "{}", printed(&check));
    assert!(printed(&check).contains("to update it: clientgen generate --input api.yaml"));
}

#[test]
fn an_overlay_with_an_invalid_path_writes_nothing() {
    let folder = folder();
    let overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n- target: $.paths[\n  update: {}\n";
    fs::write(folder.path().join("o.yaml"), overlay).unwrap();
    let output = generate(folder.path(), &["--overlay", "o.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    for part in ["`$.paths[` is not a JSONPath: unexpected `[`", "--> o.yaml:4:3\n"] {
        assert!(printed(&output).contains(part), "{part}: {}", printed(&output));
    }
    assert!(!folder.path().join("client").exists());
    let nowhere = overlay.replace("$.paths[", "$.nowhere");
    fs::write(folder.path().join("o.yaml"), nowhere).unwrap();
    let strict = generate(folder.path(), &["--overlay", "o.yaml", "--strict"]);
    assert!(strict.status.code() == Some(1) && !folder.path().join("client").exists());
    assert!(generate(folder.path(), &["--overlay", "o.yaml"]).status.success());
}

#[test]
fn usage_errors_have_their_own_exit_code() {
    let folder = folder();
    let alone = Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .args(["generate", "--input", "api.yaml"])
        .output()
        .unwrap();
    assert_eq!(alone.status.code(), Some(2), "`--spec` requires `--out`");
    assert_eq!(generate(folder.path(), &["--name", "No Name"]).status.code(), Some(2));
}

/// A process that is killed at the end of the test.
struct Watching(std::process::Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running `watch`, which is killed on drop, and the lines that it prints.
struct Watch {
    _process: Watching,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
        let command = command.args(arguments).current_dir(folder).stdout(Stdio::piped());
        let mut process = Watching(command.stderr(Stdio::piped()).spawn().unwrap());
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(process.0.stdout.take().unwrap()),
            Box::new(process.0.stderr.take().unwrap()),
        ];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { _process: process, lines }
    }

    /// Returns the lines up to the first one with a text.
    fn until(&self, end: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(20));
            let line = line.unwrap_or_else(|_| panic!("no line with `{end}` after {seen:#?}"));
            seen.push(line);
            if seen.last().unwrap().contains(end) {
                return seen;
            }
        }
    }
}

#[test]
fn watch_waits_while_the_configuration_is_replaced() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let settings = "input = 'api.yaml'\noutput = 'client'\npackage.name = 'things'\n";
    fs::write(path("clientgen.toml"), settings).unwrap();
    let watch = Watch::start(folder.path(), &["watch"]);
    watch.until("is up to date");
    fs::rename(path("clientgen.toml"), path("other.toml")).unwrap();
    watch.until("there is no clientgen.toml");
    fs::write(path("other.toml"), settings.replace("'things'", "'others'")).unwrap();
    fs::rename(path("other.toml"), path("clientgen.toml")).unwrap();
    watch.until("is up to date");
    assert!(fs::read_to_string(path("client/Cargo.toml")).unwrap().contains("\"others\""));
}

/// A file from an archive or another machine may have a time in the future.
#[test]
fn watch_reads_a_file_of_the_future_once_more() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let settings = "input = 'api.yaml'\noutput = 'client'\npackage.name = 'things'\npackage.license-file = 'L'\n";
    fs::write(path("clientgen.toml"), settings).unwrap();
    fs::write(path("L"), "One.\n").unwrap();
    let document = fs::File::options().write(true).open(path("api.yaml")).unwrap();
    document.set_modified(SystemTime::now() + Duration::from_secs(3600)).unwrap();
    let watch = Watch::start(folder.path(), &["watch"]);
    watch.until("is up to date");
    fs::write(path("L"), "Two.\n").unwrap();
    watch.until("is up to date");
    assert_eq!(fs::read_to_string(path("client/LICENSE")).unwrap(), "Two.\n");
}

#[test]
fn a_quiet_watch_prints_errors_only() {
    let folder = folder();
    let arguments =
        ["watch", "--quiet", "--input", "api.yaml", "--output", "client", "--name", "things"];
    let watch = Watch::start(folder.path(), &arguments);
    let generated = folder.path().join("client/src/operations/untagged.rs");
    let wait_for = |text: &str| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !fs::read_to_string(&generated).is_ok_and(|code| code.contains(text)) {
            assert!(Instant::now() < deadline, "no {text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for("get_things");
    let write = |text: String| fs::write(folder.path().join("api.yaml"), text).unwrap();
    // A change before the folder is watched is found by its time.
    write(DOCUMENT.replace("getThings", "listThings"));
    wait_for("list_things");
    write("openapi: 3.0.3\ninfo: [\n".to_owned());
    let lines = watch.until("nothing was written");
    assert!(lines.iter().all(|line| !line.contains("things")), "{lines:#?}");
}

#[test]
fn watch_writes_and_shows_only_what_changes() {
    let folder = folder();
    assert!(generate(folder.path(), &[]).status.success());
    let arguments =
        ["generate", "--input", "api.yaml", "--output", "client", "--name", "things", "--watch"];
    let watch = Watch::start(folder.path(), &arguments);
    let until = |end: &str| watch.until(end);
    assert_eq!(until("is up to date"), ["client is up to date"]);
    let write = |text: String| fs::write(folder.path().join("api.yaml"), text).unwrap();
    write(DOCUMENT.replace("getThings", "listThings"));
    let lines_seen = until("is up to date");
    assert!(
        lines_seen.iter().any(|line| line == "+    pub fn list_things(&self) -> ListThings {"),
        "{lines_seen:#?}"
    );
    assert!(lines_seen.iter().all(|line| !line.contains("Cargo.toml")), "{lines_seen:#?}");
    let client = || fs::read_to_string(folder.path().join("client/src/operations/untagged.rs"));
    let before = client().unwrap();
    assert!(before.contains("list_things"));
    write("openapi: 3.0.3\ninfo: [\n".to_owned());
    until("nothing was written");
    assert_eq!(client().unwrap(), before);
    write(DOCUMENT.to_owned());
    until("is up to date");
    assert!(client().unwrap().contains("get_things"));
}
