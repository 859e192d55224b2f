//! Responses that arrive line by line, and the partial files of interrupted ones.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::loopback::{response, serve};
use crate::runtime::{Api, ClientBuilder, ErrorFormat, Method, Operation, RetryPolicy};

static API: Api = Api {
    user_agent: "program/1",
    servers: &[],
    token_endpoint: None,
    security: &[],
    environment: None,
    error_format: ErrorFormat::COMMON,
    rate_limit: None,
    credential_files: &[],
    operation_servers: &[],
};

const GET: Operation = Operation {
    id: "watch",
    method: Method::GET,
    path: "/watch",
    accept: "text/event-stream",
    security: &[],
    errors: &[],
};

static WATCH: Operation = GET;
static LIST: Operation =
    Operation { id: "list", path: "/list", accept: "application/x-ndjson", ..GET };

const fn command(
    name: &'static str,
    operation: &'static Operation,
    response: ResponseFormat,
) -> Command {
    Command {
        name,
        about: "Does it",
        operation,
        parameters: &[],
        body: None,
        response,
        accept_by: None,
        scopes: &[],
        user_levels: &[],
        job: None,
    }
}

static COMMANDS: [Command; 2] = [
    command("watch", &WATCH, ResponseFormat::Events),
    command("list", &LIST, ResponseFormat::Lines),
];

static PROGRAM: Program = Program {
    name: "program",
    version: "1",
    about: "A program",
    builder: || ClientBuilder::new(&API).retry(RetryPolicy::none()),
    server_variables: &[],
    credentials: &[],
    commands: &[&COMMANDS],
};

/// A signal reaches all tests of this process, so the test that sends one runs alone.
static SIGNALS: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

/// Runs a command that writes lines to a file.
async fn perform(url: &str, name: &str, output: &Path) -> Result<(), Failure> {
    let output = output.to_str().unwrap();
    let arguments = ["program", name, "--base-url", url, "--quiet", "-o", output];
    let matches = grammar::grammar(&PROGRAM, false).try_get_matches_from(arguments).unwrap();
    let (_, matches) = matches.subcommand().unwrap();
    let client = connect::connect(&PROGRAM, matches)?.client;
    let screen = Arc::new(Screen::new(true));
    let session = Session { program: &PROGRAM, client, screen, format: Format::Human };
    dispatch(&session, &mut Interrupt::new(), name, matches).await
}

/// Two lines of a stream, as events and as JSON lines.
const EVENTS: (&str, &str) = ("text/event-stream", "data: {\"a\":1}\n\ndata: {\"a\":2}\n\n");
const LINES: (&str, &str) = ("application/x-ndjson", "{\"a\": 1}\n{ \"a\":2}\n");
const WRITTEN: &str = "{\"a\":1}\n{\"a\":2}\n";

fn complete((media_type, body): (&str, &str)) -> String {
    response("200 OK", &format!("content-type: {media_type}\r\n"), body)
}

/// The same, but the connection ends early.
fn broken(lines: (&str, &str)) -> String {
    let length = lines.1.len();
    let longer = format!("content-length: {}", length + 9);
    complete(lines).replace(&format!("content-length: {length}"), &longer)
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines");
    (folder, path)
}

#[tokio::test]
async fn a_file_of_lines_gets_its_name_when_it_is_complete() {
    let _no_signal = SIGNALS.read().await;
    for (name, lines) in [("watch", EVENTS), ("list", LINES)] {
        let (folder, path) = folder();
        fs::write(&path, "old, and longer than what replaces it").unwrap();
        let (url, _) = serve(vec![complete(lines)]).await;
        perform(&url, name, &path).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), WRITTEN);
        assert_eq!(names(&folder), ["lines"]);
    }
}

#[tokio::test]
async fn interrupted_lines_are_kept_in_a_partial_file() {
    let _no_signal = SIGNALS.read().await;
    for (name, lines) in [("watch", EVENTS), ("list", LINES)] {
        let (folder, path) = folder();
        fs::write(&path, "old").unwrap();
        let (url, _) = serve(vec![broken(lines), broken(lines), complete(lines)]).await;
        for partial in ["lines.partial", "lines.2.partial"] {
            let failure = perform(&url, name, &path).await.unwrap_err();
            let message = failure.for_people();
            assert!(message.contains("the connection broke"), "{message}");
            let hint =
                format!("the received lines are in {}", folder.path().join(partial).display());
            assert!(message.contains(&hint), "{message}");
            let kept = fs::read_to_string(folder.path().join(partial)).unwrap();
            assert_eq!(kept, WRITTEN);
            assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        }
        perform(&url, name, &path).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), WRITTEN);
        assert_eq!(names(&folder), ["lines", "lines.2.partial", "lines.partial"]);
    }
}

#[tokio::test]
async fn an_empty_partial_file_is_removed() {
    let _no_signal = SIGNALS.read().await;
    let (folder, path) = folder();
    let (url, _) = serve(vec![
        response("500 Internal Server Error", "", ""),
        broken((EVENTS.0, "")),
        complete((LINES.0, "")),
    ])
    .await;
    for _ in 0..2 {
        let failure = perform(&url, "watch", &path).await.unwrap_err();
        assert!(!failure.for_people().contains("partial"), "{failure:?}");
        assert_eq!(names(&folder), [""; 0]);
    }
    perform(&url, "list", &path).await.unwrap();
    assert_eq!(names(&folder), ["lines"]);
}

/// Sends SIGINT to this process, as Ctrl-C does. Lines are on disk as soon as they arrive, so that
/// even SIGKILL would not lose them.
#[cfg(unix)]
#[tokio::test]
async fn received_lines_survive_an_interruption() {
    use std::os::unix::fs::PermissionsExt as _;
    let _alone = SIGNALS.write().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let _ = connection.read(&mut [0; 4096]).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        connection.write_all(format!("{head}data: 1\n\ndata: 2\n\n").as_bytes()).await.unwrap();
        // The stream ends when the client disconnects.
        let _ = connection.read(&mut [0; 1]).await;
    });
    let (folder, path) = folder();
    let partial = folder.path().join("lines.partial");
    let reader = partial.clone();
    let signal = async move {
        while fs::read_to_string(&reader).unwrap_or_default() != "1\n2\n" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mode = fs::metadata(&reader).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "only its owner can read it");
        let process = std::process::id().to_string();
        let sent = std::process::Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.unwrap().success());
    };
    let (outcome, ()) = tokio::join!(perform(&url, "watch", &path), signal);
    let failure = outcome.unwrap_err();
    assert_eq!(failure.exit, Exit::Interrupted);
    let message = failure.for_people();
    assert!(message.contains("interrupted") && message.contains("lines.partial"), "{message}");
    assert!(!message.contains("may have acted"), "a GET changes nothing: {message}");
    assert_eq!(fs::read_to_string(&partial).unwrap(), "1\n2\n");
    assert_eq!(names(&folder), ["lines.partial"]);
}
