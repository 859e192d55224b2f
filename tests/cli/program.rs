//! Runs the program in a temporary folder, without the environment of the test.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tests::mock_tenant::{MockTenant, Operation, RecordedRequest};

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts the exit code, and returns the run.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Parses stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

/// A folder to run the program in, and a tenant to run it against.
pub(crate) struct Fixture {
    pub(crate) tenant: MockTenant,
    folder: TempDir,
}

impl Fixture {
    /// Starts a tenant whose reports finish immediately.
    pub(crate) async fn new() -> Self {
        let tenant = MockTenant::builder().report_duration(Duration::ZERO).start().await.unwrap();
        Self { tenant, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Returns the names in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(folder)) else { return Vec::new() };
        let names = entries.map(|one| one.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Returns a command with the credentials of the tenant in its environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.bare();
        command
            .env("SAIL_BASE_URL", self.tenant.base_url())
            .env("SAIL_CLIENT_ID", self.tenant.client_id())
            .env("SAIL_CLIENT_SECRET", self.tenant.client_secret());
        command
    }

    /// Returns a command whose environment has only a home.
    pub(crate) fn bare(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sailpoint-reports-cli"));
        command.env_clear().env("HOME", self.folder.path()).current_dir(self.folder.path());
        command
    }

    /// Runs the program with arguments.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        finish(self.command().args(words), b"")
    }

    /// Returns the only request of an operation.
    #[track_caller]
    pub(crate) fn request(&self, operation: Operation) -> RecordedRequest {
        let requests = self.tenant.requests_to(operation);
        let [request] = requests.as_slice() else { panic!("one request: {requests:#?}") };
        request.clone()
    }

    /// Starts a report and returns its id.
    pub(crate) fn started(&self) -> String {
        let run = self.run(&["start-report", "--report-type", "IDENTITIES", "--json"]).expect(0);
        self.tenant.clear_requests();
        run.json()["id"].as_str().unwrap().to_owned()
    }
}

/// Runs a command to its end, with bytes on stdin.
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Run {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // An error means that the program has closed stdin.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Whether a path exists.
pub(crate) fn exists(path: &Path) -> bool {
    path.try_exists().unwrap()
}
