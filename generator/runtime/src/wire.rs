//! Tests of requests and responses on the wire: bodies, cases, parameters.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use serde_json::{Value, json};

use crate::loopback::{response, serve};
use crate::runtime::{
    Api, Client, ClientBuilder, Error, ErrorFormat, EventStream, Form, JsonLines, Location, Method,
    Operation, Parameter, Request, ResponseCase, ResponseHeader, RetryPolicy, SecurityKind,
    SecurityScheme, Statuses, StreamingResponse, Style, Upload, request,
};
use crate::sample::Anything;

pub(crate) const API: Api = Api {
    user_agent: "wire/1",
    servers: &[],
    token_endpoint: None,
    security: &[
        SecurityScheme {
            name: "key",
            kind: SecurityKind::ApiKey { location: Location::Header, name: "X-Key" },
        },
        SecurityScheme {
            name: "query",
            kind: SecurityKind::ApiKey { location: Location::Query, name: "api key" },
        },
        SecurityScheme {
            name: "cookie",
            kind: SecurityKind::ApiKey { location: Location::Cookie, name: "session" },
        },
        SecurityScheme { name: "user", kind: SecurityKind::Basic },
        SecurityScheme { name: "oauth", kind: SecurityKind::Bearer },
    ],
    environment: None,
    error_format: ErrorFormat::COMMON,
    rate_limit: None,
    credential_files: &[],
    operation_servers: &[],
};

const OPEN: Operation = Operation {
    id: "open",
    method: Method::GET,
    path: "/things/{id}",
    accept: "application/json",
    security: &[],
    errors: &[],
};

pub(crate) static OPERATION: Operation = OPEN;
static UPLOAD: Operation = Operation { id: "upload", method: Method::PUT, path: "/files", ..OPEN };
pub(crate) static CLOSED: Operation =
    Operation { id: "closed", path: "/closed", security: &[&[0, 1, 2], &[3], &[4]], ..OPEN };

pub(crate) fn builder(api: &'static Api, url: &str) -> ClientBuilder {
    let retry = RetryPolicy::default().with_base_delay(Duration::ZERO);
    ClientBuilder::new(api).base_url(url).retry(retry)
}

fn client(url: &str) -> Client {
    builder(&API, url).build().unwrap()
}

pub(crate) fn ok(media_type: &str, body: &str) -> String {
    response("200 OK", &format!("content-type: {media_type}\r\n"), body)
}

fn busy() -> String {
    response("503 Service Unavailable", "", "")
}

/// A stream of one chunk.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

request!(open, Open => Found, by_case);
request!(open_events, OpenEvents => EventStream<Value>, events);
request!(open_lines, OpenLines => JsonLines<i64>, lines);
request!(open_event_trees, OpenEventTrees => EventStream<Anything>, events);
request!(open_trees, OpenTrees => JsonLines<Anything>, lines);
request!(open_values, OpenValues => JsonLines<Value>, lines);
request!(open_texts, OpenTexts => EventStream<String>, events_text);

impl Client {
    fn open(&self) -> Open {
        Open(Request::new(self, &OPERATION).path("id", "1").accept("application/json, text/*"))
    }

    fn open_events(&self) -> OpenEvents {
        OpenEvents(Request::new(self, &OPERATION).path("id", &1))
    }

    fn open_lines(&self) -> OpenLines {
        OpenLines(Request::new(self, &OPERATION).path("id", &1))
    }

    fn open_event_trees(&self) -> OpenEventTrees {
        OpenEventTrees(Request::new(self, &OPERATION).path("id", &1))
    }

    fn open_trees(&self) -> OpenTrees {
        OpenTrees(Request::new(self, &OPERATION).path("id", &1))
    }

    fn open_values(&self) -> OpenValues {
        OpenValues(Request::new(self, &OPERATION).path("id", &1))
    }

    fn open_texts(&self) -> OpenTexts {
        OpenTexts(Request::new(self, &OPERATION).path("id", &1))
    }
}

/// The responses of `open`.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// JSON.
    Json(Value),
    /// Text.
    Text(String),
    /// No body.
    Nothing,
}

impl Found {
    async fn read(response: StreamingResponse) -> Result<Self, Error> {
        let case = |statuses, media_type| ResponseCase { statuses, media_type };
        let cases = [
            case(Statuses::Code(200), Some("application/json")),
            case(Statuses::Code(200), Some("text/*")),
            case(Statuses::Code(204), None),
        ];
        match response.case(&cases) {
            Some(0) => Ok(Self::Json(response.json().await?)),
            Some(1) => Ok(Self::Text(response.text().await?)),
            Some(2) => response.ignore().await.map(|()| Self::Nothing),
            _ => Err(response.undocumented().await),
        }
    }
}

#[tokio::test]
async fn a_response_is_read_according_to_its_case() {
    let count = "x-count: 3\r\ncontent-type: application/json\r\n";
    let (url, _) = serve(vec![
        response("200 OK", count, "[1]"),
        ok("text/csv", "a,b"),
        response("204 No Content", "", ""),
        ok("image/png", "png"),
        ok("application/json", "{"),
    ])
    .await;
    let client = client(&url);
    let response = client.open().response().await.unwrap();
    assert_eq!(response.body, Found::Json(json!([1])));
    assert_eq!(response.header(ResponseHeader::<i64>::new("X-Count")).unwrap(), Some(3));
    assert!(response.header(ResponseHeader::<bool>::new("X-Count")).is_err());
    assert_eq!(response.header(ResponseHeader::<i64>::new("X-Other")).unwrap(), None);
    assert_eq!(client.open().await.unwrap(), Found::Text("a,b".to_owned()));
    assert_eq!(client.open().await.unwrap(), Found::Nothing);
    let Err(Error::Decode(error)) = client.open().await else { panic!("a PNG was accepted") };
    assert!(error.to_string().contains("image/png"), "{error}");
    assert_eq!(error.bytes().as_ref(), b"png");
    assert!(matches!(client.open().await, Err(Error::Decode(_))));
}

#[tokio::test]
async fn a_request_is_retried_if_its_json_body_breaks_off() {
    // Also if that happens far from its beginning.
    for spaces in [0, 100_000] {
        let body = format!("[1,{}2]", " ".repeat(spaces));
        let length = |bytes: usize| format!("content-length: {bytes}");
        let broken = ok("application/json", &body).replace(&length(body.len()), &length(1 << 18));
        let (url, _) = serve(vec![broken, ok("application/json", "[1]")]).await;
        assert_eq!(client(&url).open().await.unwrap(), Found::Json(json!([1])));
    }
}

#[tokio::test]
async fn events_and_lines_are_streamed() {
    let (url, _) = serve(vec![
        ok("text/event-stream", "data: {\"a\":1}\n\ndata: [DONE]\n\ndata: 2\n\n"),
        ok("application/x-ndjson", "1\n\nx\n3"),
        ok("application/json-seq", "\u{1e}1\n\u{1e}2\n"),
        ok("text/event-stream", "id: 4\ndata: [DONE]\n\n"),
    ])
    .await;
    let client = client(&url);
    let mut events = client.open_events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, json!({"a": 1}));
    let Some(Err(Error::Decode(done))) = events.next().await else {
        panic!("invalid JSON was accepted")
    };
    assert_eq!(done.bytes().as_ref(), b"[DONE]");
    assert_eq!(events.next().await.unwrap().unwrap().data, json!(2));
    assert!(events.next().await.is_none());
    assert!(events.next().await.is_none());
    let mut lines = client.open_lines().await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap(), 1);
    assert!(matches!(lines.next().await, Some(Err(Error::Decode(_)))));
    assert_eq!(lines.next().await.unwrap().unwrap(), 3);
    assert!(lines.next().await.is_none());
    let mut records = client.open_lines().await.unwrap();
    assert_eq!(records.next().await.unwrap().unwrap(), 1);
    assert_eq!(records.next().await.unwrap().unwrap(), 2);
    let text = client.open_texts().await.unwrap().next().await.unwrap().unwrap();
    assert_eq!((text.id.as_deref(), text.data.as_str()), (Some("4"), "[DONE]"));
}

/// Items that are nested deeper than any stack, of a recursive type and of any value.
#[tokio::test]
async fn a_deeply_nested_item_does_not_end_the_stream() {
    for depth in [200, 100_000] {
        for (open, close) in
            [("[", "]"), ("{\"a\":", "}"), ("[", ""), ("{\"place\":\"b\",\"a\":", "}")]
        {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let events = ok("text/event-stream", &format!("data: {text}\n\ndata: 2\n\n"));
            let lines = |media_type, separator| {
                ok(media_type, &format!("{separator}{text}\n{separator}2\n"))
            };
            let (url, _) = serve(vec![
                events.clone(),
                events,
                lines("application/jsonl", ""),
                lines("application/jsonl", ""),
                lines("application/json-seq", "\u{1e}"),
            ])
            .await;
            let client = client(&url);
            macro_rules! check {
                ($stream:expr) => {{
                    let mut stream = $stream.await.unwrap();
                    // An optional property is kept undecoded; anything else is too deep.
                    match stream.next().await.unwrap() {
                        Ok(first) => assert!(format!("{first:?}").contains("Undecoded(")),
                        Err(first) => {
                            let text = first.to_string();
                            assert!(matches!(first, Error::Decode(_)) && text.len() < 1000);
                        }
                    }
                    stream.next().await.unwrap().expect("the stream goes on");
                }};
            }
            check!(client.open_events());
            check!(client.open_event_trees());
            check!(client.open_trees());
            check!(client.open_values());
            check!(client.open_trees());
        }
    }
}

#[tokio::test]
async fn a_broken_stream_ends_after_the_error() {
    let broken = ok("application/jsonl", "1\n").replace("content-length: 2", "content-length: 9");
    let (url, _) = serve(vec![broken]).await;
    let mut lines = client(&url).open_lines().await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap(), 1);
    assert!(matches!(lines.next().await, Some(Err(Error::Connection(_)))));
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn forms_and_files_are_sent_completely_in_each_attempt() {
    let (url, requests) = serve(vec![busy(), response("204 No Content", "", "")]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "content").unwrap();
    let form = Form::new().text("a", "b").file("f", Upload::file(file.path()));
    Request::new(&client(&url), &UPLOAD).multipart(form).send().await.unwrap();
    let requests = requests.await.unwrap();
    let [first, second] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(first, second);
    assert!(first.contains("content-type: multipart/form-data; boundary="), "{first}");
    assert!(first.contains("content-length: ") && !first.contains("chunked"), "{first}");
    assert!(first.contains("\r\n\r\ncontent\r\n--"), "{first}");
}

/// Only methods that usually have content send the length of an empty body (RFC 9110, section 8.6).
#[tokio::test]
async fn the_length_of_an_empty_body_is_only_sent_with_post() {
    static POST: Operation = Operation { id: "post", method: Method::POST, ..OPEN };
    let (url, requests) =
        serve(vec![ok("application/json", "1"), ok("application/json", "1")]).await;
    let client = client(&url);
    for operation in [&POST, &OPERATION] {
        Request::new(&client, operation).path("id", "1").send().await.unwrap();
    }
    let requests = requests.await.unwrap();
    let lengths = requests.iter().map(|request| request.contains("content-length: 0"));
    assert_eq!(lengths.collect::<Vec<_>>(), [true, false], "{requests:?}");
}

#[tokio::test]
async fn a_streamed_body_is_sent_once() {
    let (url, requests) = serve(vec![busy()]).await;
    let stream = Upload::stream(Once(Some("bytes".into()))).media_type("text/csv");
    let error =
        Request::new(&client(&url), &UPLOAD).upload("image/png", stream).send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    let requests = requests.await.unwrap();
    assert!(requests[0].contains("content-type: text/csv"), "{requests:?}");
    assert!(requests[0].contains("bytes"), "{requests:?}");
}

#[tokio::test]
async fn a_missing_file_is_an_error_before_anything_is_sent() {
    let upload = Upload::file("/nowhere/at all");
    let request = Request::new(&client("http://127.0.0.1:9"), &UPLOAD).upload("a/b", upload);
    let Err(Error::Config(error)) = request.send().await else { panic!("it was sent") };
    assert!(error.to_string().starts_with("upload: /nowhere/at all cannot be read"), "{error}");
}

#[tokio::test]
async fn text_and_forms_can_be_bodies() {
    let empty = || response("204 No Content", "", "");
    let (url, requests) = serve(vec![empty(), empty(), empty()]).await;
    let client = client(&url);
    let request = || Request::new(&client, &UPLOAD);
    request().form(&json!({"a": "b c", "d": [1, 2]})).send().await.unwrap();
    request().text("text/plain", "hello").send().await.unwrap();
    request().json_as("application/merge-patch+json", &json!({})).send().await.unwrap();
    let requests = requests.await.unwrap();
    for (request, media_type, body) in [
        (&requests[0], "application/x-www-form-urlencoded", "a=b%20c&d=1&d=2"),
        (&requests[1], "text/plain", "hello"),
        (&requests[2], "application/merge-patch+json", "{}"),
    ] {
        assert!(request.contains(&format!("content-type: {media_type}\r\n")), "{request}");
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
    }
}

#[tokio::test]
async fn parameters_are_sent_in_their_location() {
    let (url, requests) = serve(vec![response("204 No Content", "", "")]).await;
    let deep = Parameter {
        name: "filter",
        location: Location::Query,
        style: Style::DeepObject,
        explode: true,
        allow_reserved: false,
    };
    let request = Request::new(&client(&url), &OPERATION)
        .path("id", &[1, 2])
        .query("q", &["a", "b"])
        .parameter(&deep, &json!({"a": {"b": 1}}))
        .json_parameter(Location::Query, "j", &json!({"x": 1}))
        .header("X-List", &["a", "b"])
        .cookie("c", &["1", "2"])
        .cookie("d", &true)
        .query("nothing", &None::<i64>);
    request.send().await.unwrap();
    let requests = requests.await.unwrap();
    let expected = "GET /things/1,2?q=a&q=b&filter%5Ba%5D%5Bb%5D=1&j=%7B%22x%22%3A1%7D HTTP/1.1";
    assert!(requests[0].starts_with(expected), "{requests:?}");
    assert!(requests[0].contains("x-list: a,b\r\n"), "{requests:?}");
    assert!(requests[0].contains("cookie: c=1; c=2; d=true\r\n"), "{requests:?}");
}
