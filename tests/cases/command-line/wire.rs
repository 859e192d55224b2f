use std::fs;
use std::process::ExitCode;

use tempfile::TempDir;

use crate::loopback::{ResponseTemplate, Received, Server};

/// A folder with a key in it, and a server.
struct Place {
    server: Server,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "hunter2\n").unwrap();
        Self { server: Server::start().await, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the program, which has a runtime of its own.
    async fn run(&self, words: &[&str]) -> ExitCode {
        let key = self.path("key");
        let connection = ["--quiet", "--base-url", self.server.url(), "--key-file", &key];
        let words = ["garden"].iter().chain(&connection).chain(words);
        let words: Vec<_> = words.map(|word| (*word).into()).collect();
        tokio::task::spawn_blocking(|| case_command_line::cli::run(words)).await.unwrap()
    }

    /// Runs the program, which must end well, and gives the one request that has come.
    async fn sent(&self, words: &[&str]) -> Received {
        let code = self.run(words).await;
        assert_eq!(code, ExitCode::SUCCESS, "{words:?}");
        self.server.received()
    }
}

#[tokio::test]
async fn parameters_of_every_kind_go_where_they_belong() {
    let place = Place::new().await;
    let words =
        ["find-plants", "herbs", "7", "--min-height", "1.5", "--colours", "red,", "--colours"];
    let more = ["blue", "--near", r#"{"x":1,"y":-2}"#, "--where", r#"{"a":[1]}"#];
    let rest = ["--x-season", "spring", "--query-output"];
    let received = place.sent(&[&words[..], &more, &rest].concat()).await;
    let query = "minHeight=1.5&colours=red%2C,blue&near%5Bx%5D=1&near%5By%5D=-2&where=%7B%22a%22%3A%5B1%5D%7D&output=true";
    assert_eq!(received.line, format!("GET /v1/plants/herbs/7?{query}"));
    assert_eq!(received.header("x-season"), Some("spring"));
    assert_eq!(received.header("x-key"), Some("hunter2"));
    let received = place.sent(&["find-plants", "roses", "7"]).await;
    assert_eq!(received.line, "GET /v1/plants/roses/7");
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused() {
    let place = Place::new().await;
    for words in [
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
        assert_eq!(place.run(words).await, ExitCode::from(2), "{words:?}");
    }
    assert!(place.server.all_received().is_empty());
}

#[tokio::test]
async fn bodies_of_every_kind_are_made_of_flags_or_files() {
    let place = Place::new().await;
    let words = ["plant", "--kind", "tree", "--height", "2", "--owner-name", "Ada"];
    assert_eq!(
        place.sent(&words).await.text(),
        r#"{"height":2,"kind":"tree","owner":{"name":"Ada"}}"#
    );
    let words = ["plant", "--kind", "herb", "--annual=false", "--notes", r#"[{"a":1}]"#];
    let body = r#"{"annual":false,"kind":"herb","notes":[{"a":1}]}"#;
    assert_eq!(place.sent(&words).await.text(), body);
    let words = ["send-form", "--words", "a b", "--words", "c,d", "--size", "3"];
    let received = place.sent(&words).await;
    assert_eq!(received.text(), "size=3&words=a%20b&words=c%2Cd");
    let received = place.sent(&["send-form"]).await;
    assert_eq!((received.header("content-type"), received.text()), (None, ""));
    fs::write(place.path("leaf.png"), "PNG").unwrap();
    let picture = place.path("leaf.png");
    let words = ["send-parts", "--picture", &picture, "--title", "a", "--facts", r#"{"b":1}"#];
    let received = place.sent(&words).await;
    for part in [
        "name=\"picture\"; filename=\"leaf.png\"\r\nContent-Type: application/octet-stream\r\n\r\nPNG",
        "name=\"title\"\r\n\r\na\r\n",
        "name=\"facts\"\r\nContent-Type: application/json\r\n\r\n{\"b\":1}",
    ] {
        assert!(received.text().contains(part), "{part}\n{}", received.text());
    }
    let received = place.sent(&["send-bytes", "--body", &picture]).await;
    assert_eq!((received.header("content-type"), received.text()), (Some("image/png"), "PNG"));
}

#[tokio::test]
async fn answers_of_every_kind_go_to_a_file() {
    let place = Place::new().await;
    let out = place.path("out");
    let read = || fs::read_to_string(&out).unwrap();
    fs::write(place.path("note"), "a\nb").unwrap();
    let note = place.path("note");
    place.server.answer(ResponseTemplate::body(200, "text/plain", "a\u{1b}\nb"));
    let received = place.sent(&["send-text", "--body", &note, "--output", &out]).await;
    assert_eq!((received.text(), read().as_str()), ("a\nb", "a\u{1b}\nb"));
    fs::remove_file(&out).unwrap();
    place.server.answer(ResponseTemplate::body(200, "text/event-stream", "data: 1\n\ndata: {\"a\": 2}\n\n"));
    place.sent(&["follow-news", "--output", &out]).await;
    assert_eq!(read(), "1\n{\"a\": 2}\n");
    let find = ["find-plants", "herbs", "7", "--output", &out, "--json-lines"];
    place.server.answer(ResponseTemplate::body(200, "application/json", "[ {\"a\": 1.0},\n 2 ]"));
    place.sent(&find).await;
    assert_eq!(read(), "{\"a\":1.0}\n2\n");
    place.server.answer(ResponseTemplate::body(200, "text/csv", "a,b\n"));
    place.sent(&find[..5]).await;
    assert_eq!(read(), "a,b\n");
}
