use std::fs;
use std::process::ExitCode;

use tempfile::TempDir;

use crate::loopback::{ReceivedRequest, Response, Server};

/// A server, and a folder with a key file.
struct Fixture {
    server: Server,
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "hunter2\n").unwrap();
        Self { server: Server::start().await, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the program, which creates its own runtime.
    async fn run(&self, arguments: &[&str]) -> ExitCode {
        let key = self.path("key");
        let connection = ["--quiet", "--base-url", self.server.url(), "--key-file", &key];
        let arguments = ["garden"].iter().chain(&connection).chain(arguments);
        let arguments: Vec<_> = arguments.map(|word| (*word).into()).collect();
        tokio::task::spawn_blocking(|| case_command_line::cli::run(arguments)).await.unwrap()
    }

    /// Runs the program, which must succeed, and returns the only request that it sent.
    async fn request_of(&self, arguments: &[&str]) -> ReceivedRequest {
        let code = self.run(arguments).await;
        assert_eq!(code, ExitCode::SUCCESS, "{arguments:?}");
        self.server.take_request()
    }
}

#[tokio::test]
async fn parameters_of_every_location_and_style_are_sent() {
    let fixture = Fixture::new().await;
    let arguments =
        ["find-plants", "herbs", "7", "--min-height", "1.5", "--colours", "red,", "--colours"];
    let more = ["blue", "--near", r#"{"x":1,"y":-2}"#, "--where", r#"{"a":[1]}"#];
    let rest = ["--x-season", "spring", "--query-output"];
    let received = fixture.request_of(&[&arguments[..], &more, &rest].concat()).await;
    let query = "minHeight=1.5&colours=red%2C,blue&near%5Bx%5D=1&near%5By%5D=-2&where=%7B%22a%22%3A%5B1%5D%7D&output=true";
    assert_eq!(received.line, format!("GET /v1/plants/herbs/7?{query}"));
    assert_eq!(received.header("x-season"), Some("spring"));
    assert_eq!(received.header("x-key"), Some("hunter2"));
    let received = fixture.request_of(&["find-plants", "roses", "7"]).await;
    assert_eq!(received.line, "GET /v1/plants/roses/7");
}

#[tokio::test]
async fn invalid_values_are_usage_errors() {
    let fixture = Fixture::new().await;
    for arguments in [
        &["find-plants", "weeds", "7"][..],
        &["find-plants", "herbs", "seven"],
        &["find-plants", "herbs", "7", "--min-height", "tall"],
        &["find-plants", "herbs", "7", "--near", "{"],
        &["find-plants", "herbs"],
        &["plant", "--kind", "herb", "--height", "2"],
        &["plant", "--kind", "tree", "--height", "2"],
        &["send-parts", "--title", "a"],
        &["send-bytes"],
    ] {
        assert_eq!(fixture.run(arguments).await, ExitCode::from(2), "{arguments:?}");
    }
    assert!(fixture.server.take_requests().is_empty());
}

#[tokio::test]
async fn bodies_of_every_media_type_are_built_from_flags_or_files() {
    let fixture = Fixture::new().await;
    let arguments = ["plant", "--kind", "tree", "--height", "2", "--owner-name", "Ada"];
    assert_eq!(
        fixture.request_of(&arguments).await.text(),
        r#"{"height":2,"kind":"tree","owner":{"name":"Ada"}}"#
    );
    let arguments = ["plant", "--kind", "herb", "--annual=false", "--notes", r#"[{"a":1}]"#];
    let body = r#"{"annual":false,"kind":"herb","notes":[{"a":1}]}"#;
    assert_eq!(fixture.request_of(&arguments).await.text(), body);
    let arguments = ["send-form", "--words", "a b", "--words", "c,d", "--size", "3"];
    let received = fixture.request_of(&arguments).await;
    assert_eq!(received.text(), "size=3&words=a%20b&words=c%2Cd");
    let received = fixture.request_of(&["send-form"]).await;
    assert_eq!((received.header("content-type"), received.text()), (None, ""));
    fs::write(fixture.path("leaf.png"), "PNG").unwrap();
    let picture = fixture.path("leaf.png");
    let arguments = ["send-parts", "--picture", &picture, "--title", "a", "--facts", r#"{"b":1}"#];
    let received = fixture.request_of(&arguments).await;
    for part in [
        "name=\"picture\"; filename=\"leaf.png\"\r\nContent-Type: application/octet-stream\r\n\r\nPNG",
        "name=\"title\"\r\n\r\na\r\n",
        "name=\"facts\"\r\nContent-Type: application/json\r\n\r\n{\"b\":1}",
    ] {
        assert!(received.text().contains(part), "{part}\n{}", received.text());
    }
    let received = fixture.request_of(&["send-bytes", "--body", &picture]).await;
    assert_eq!((received.header("content-type"), received.text()), (Some("image/png"), "PNG"));
}

#[tokio::test]
async fn responses_of_every_media_type_are_written_to_a_file() {
    let fixture = Fixture::new().await;
    let out = fixture.path("out");
    let read = || fs::read_to_string(&out).unwrap();
    fs::write(fixture.path("note"), "a\nb").unwrap();
    let note = fixture.path("note");
    fixture.server.respond_with(Response::body(200, "text/plain", "a\u{1b}\nb"));
    let received = fixture.request_of(&["send-text", "--body", &note, "--output", &out]).await;
    assert_eq!((received.text(), read().as_str()), ("a\nb", "a\u{1b}\nb"));
    fs::remove_file(&out).unwrap();
    fixture.server.respond_with(Response::body(
        200,
        "text/event-stream",
        "data: 1\n\ndata: {\"a\": 2}\n\n",
    ));
    fixture.request_of(&["follow-news", "--output", &out]).await;
    assert_eq!(read(), "1\n{\"a\": 2}\n");
    let find = ["find-plants", "herbs", "7", "--output", &out, "--json-lines"];
    fixture.server.respond_with(Response::body(200, "application/json", "[ {\"a\": 1.0},\n 2 ]"));
    fixture.request_of(&find).await;
    assert_eq!(read(), "{\"a\":1.0}\n2\n");
    fixture.server.respond_with(Response::body(200, "text/csv", "a,b\n"));
    fixture.request_of(&find[..5]).await;
    assert_eq!(read(), "a,b\n");
}
