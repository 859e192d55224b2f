//! A mock of an API with an operation of each kind.

use std::borrow::Borrow;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Expectation, MockServer, ResponseTemplate, expectation, file};
use crate::runtime::{
    Api, Client, ClientBuilder, Error, ErrorFormat, Form, Location, Parameter, RateLimit, Request,
    SecurityKind, SecurityScheme, Server, Style, Upload, mock,
};

static API: Api = Api {
    user_agent: "mock/1",
    servers: &[Server { url: "https://example.com/v1", variables: &[] }],
    token_endpoint: None,
    security: &[
        SecurityScheme {
            name: "key",
            kind: SecurityKind::ApiKey { location: Location::Query, name: "key" },
        },
        SecurityScheme { name: "user", kind: SecurityKind::Basic },
        SecurityScheme { name: "oauth", kind: SecurityKind::Bearer },
    ],
    environment: None,
    error_format: ErrorFormat::COMMON,
    rate_limit: Some(RateLimit::new(1, Duration::from_secs(60))),
    credential_files: &[],
    operation_servers: &[],
};

/// The operations of the test, as a generated crate declares them.
mod operations {
    use crate::runtime::{
        Client, Download, EventStream, JsonLines, Method, Operation, Request, Value, request,
    };

    macro_rules! operations {
        ($($constant:ident $name:ident $method:ident $path:literal by $security:literal => $output:ty, $read:ident;)*) => {
            $(
                pub(super) static $constant: Operation = Operation {
                    id: stringify!($name),
                    method: Method::$method,
                    path: $path,
                    accept: "*/*, text/csv",
                    security: &[&[$security]],
                    errors: &[],
                };
                request!(get, $name => $output, $read);

                impl $name {
                    pub(super) fn new(client: &Client, set: impl FnOnce(Request) -> Request) -> Self {
                        Self(set(Request::new(client, &$constant)))
                    }
                }
            )*
        };
    }

    operations! {
        GET_THING GetThing GET "/things/{id}" by 0 => Value, json;
        NEWEST Newest GET "/things/newest" by 0 => Value, json;
        PUT_THING PutThing PUT "/things/{id}/{part}" by 0 => (), empty;
        NAME Name GET "/name" by 1 => String, text;
        PICTURE Picture GET "/picture" by 2 => Download, file;
        EVENTS Events GET "/events" by 2 => EventStream<Value>, events;
        NEWS News GET "/news" by 2 => EventStream<String>, events_text;
        LINES Lines GET "/lines" by 1 => JsonLines<Value>, lines;
    }
}

expectation!(get_thing, operations::GetThing => mock::Json<Value>, ErrorsOfThings, operations::GET_THING);
expectation!(newest, operations::Newest => mock::Json<Value>, (), operations::NEWEST);
expectation!(put_thing, operations::PutThing => mock::Empty, (), operations::PUT_THING);
expectation!(name, operations::Name => mock::Text, (), operations::NAME);
expectation!(picture, operations::Picture => mock::File, (), operations::PICTURE);
expectation!(events, operations::Events => mock::Events<Value>, (), operations::EVENTS);
expectation!(news, operations::News => mock::TextEvents, (), operations::NEWS);
expectation!(lines, operations::Lines => mock::Lines<Value>, (), operations::LINES);

impl<A, E> Expectation<operations::GetThing, A, E> {
    pub(crate) fn id(self, id: &str) -> Self {
        self.given(|to| to.path("id", id))
    }

    pub(crate) fn tags(self, tags: &[&str]) -> Self {
        self.given(|to| to.query("tags", tags))
    }

    pub(crate) fn filter(self, filter: &Value) -> Self {
        self.given(|to| to.parameter(&FILTER, filter))
    }

    pub(crate) fn trace(self, trace: &str) -> Self {
        self.given(|to| to.header("x-trace", trace))
    }

    pub(crate) fn session(self, session: &str) -> Self {
        self.given(|to| to.cookie("session", session))
    }
}

const FILTER: Parameter<'static> =
    Parameter::new("filter", Location::Query, Style::DeepObject, true);

impl<A, E> Expectation<operations::PutThing, A, E> {
    pub(crate) fn json(self, json: &Value) -> Self {
        self.given(|to| to.json(json))
    }

    pub(crate) fn form(self, form: &Value) -> Self {
        self.given(|to| to.form(form))
    }

    pub(crate) fn multipart(self, multipart: Form) -> Self {
        self.given(|to| to.multipart(multipart))
    }

    pub(crate) fn upload(self, upload: Upload) -> Self {
        self.given(|to| to.upload("image/png", upload))
    }
}

/// The errors of the operations.
#[derive(Debug)]
pub enum ErrorsOfThings {}

impl<R, A> Expectation<R, A, ErrorsOfThings> {
    #[track_caller]
    pub(crate) fn respond_404(self, body: impl Borrow<Value>) {
        self.respond(ResponseTemplate::json::<Value>(404, body.borrow()));
    }

    #[track_caller]
    pub(crate) fn respond_5xx(self, status: u16, body: impl Borrow<Value>) {
        self.respond(ResponseTemplate::json::<Value>(status, body.borrow()));
    }
}

async fn start() -> (MockServer, Client) {
    let mock = MockServer::with_builder(ClientBuilder::new(&API)).await;
    let client = mock.client();
    (mock, client)
}

/// Returns the message of a failed verification.
fn complaint(mock: MockServer) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| mock.verify())).expect_err("it was as expected");
    *panic.downcast::<String>().unwrap()
}

#[tokio::test]
async fn the_client_of_a_mock_has_no_delays() {
    let (_mock, client) = start().await;
    assert!(client.shared.limiter.is_none());
    assert_eq!(client.shared.retry.base_delay, Duration::ZERO);
    assert!(client.shared.retry.max_attempts > 1);
}

/// Returns a request with all parameters.
fn whole_thing(client: &Client) -> operations::GetThing {
    operations::GetThing::new(client, |to| {
        to.path("id", "a/b")
            .query("tags", &["x", "y z"])
            .parameter(&FILTER, &json!({"from": 1, "to": 2}))
            .header("x-trace", "t 1")
            .cookie("session", "s;1")
    })
}

#[tokio::test]
async fn values_are_compared_in_the_encoding_of_the_client() {
    let (mock, client) = start().await;
    let expected = || mock.get_thing().once();
    expected().id("a/b").respond_ok(json!(1));
    expected().tags(&["x", "y z"]).respond_ok(json!(2));
    expected().filter(&json!({"from": 1, "to": 2})).respond_ok(json!(3));
    expected().trace("t 1").respond_ok(json!(4));
    expected().session("s;1").respond_ok(json!(5));
    expected().with_header("x-trace", "t 1").respond_ok(json!(6));
    expected().tags(&[]).respond_ok(json!(7));
    for number in 1..=7 {
        assert_eq!(whole_thing(&client).await.unwrap(), json!(number));
    }
    mock.verify();
}

#[tokio::test]
async fn a_different_value_does_not_match() {
    let differences = [
        ("path: expected /v1/things/a, received /v1/things/a%2Fb", 0),
        ("query: expected tags=x, received tags=x&tags=y%20z", 1),
        ("query: expected tags=y%20z&tags=x, received tags=x&tags=y%20z", 2),
        ("query: expected filter%5Bfrom%5D=1, received filter%5Bfrom%5D=1&filter%5Bto%5D=2", 3),
        ("header x-trace: expected \"t 2\", received \"t 1\"", 4),
        ("header x-more: expected \"m\", received nothing", 5),
        ("cookies: expected session=s, received session=s%3B1", 6),
        ("header authorization: expected Sensitive, received another value", 7),
        ("header authorization: expected Sensitive, received nothing", 8),
    ];
    for (difference, number) in differences {
        let (mock, client) = start().await;
        let expected = mock.get_thing().any_times();
        match number {
            0 => expected.id("a"),
            1 => expected.tags(&["x"]),
            2 => expected.tags(&["y z", "x"]),
            3 => expected.filter(&json!({"from": 1})),
            4 => expected.trace("t 2"),
            5 => expected.with_header("x-more", "m"),
            6 => expected.session("s"),
            _ => expected.with_header("authorization", "secret"),
        }
        .respond_ok(json!(1));
        let request = whole_thing(&client);
        let request =
            if number == 7 { request.with_header("authorization", "s2") } else { request };
        let error = request.await.unwrap_err();
        assert_eq!(error.status().unwrap(), 501, "{error:?}");
        let complaint = complaint(mock);
        let line = format!("    not GetThing: {difference}\n");
        assert!(complaint.ends_with(&line), "{complaint}");
        assert!(!complaint.contains("s2"), "{complaint}");
    }
}

/// Returns a request with a body.
fn put(client: &Client, body: impl FnOnce(Request) -> Request) -> operations::PutThing {
    operations::PutThing::new(client, |to| body(to.path("id", "1").path("part", "2")))
}

fn form(text: &str) -> Form {
    Form::new().text("a", text).file("f", &b"\x89"[..])
}

#[tokio::test]
async fn bodies_are_compared_by_their_meaning() {
    let (mock, client) = start().await;
    let expected = || mock.put_thing().once();
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk.write_all(b"\x89PNG").unwrap();
    expected().json(&json!({"a": 1, "b": [null]})).respond_ok();
    expected().form(&json!({"a": "x y"})).respond_ok();
    expected().multipart(form("b")).respond_ok();
    expected().upload(Upload::file(on_disk.path())).respond_ok();
    put(&client, |to| to.upload("image/png", &b"\x89PNG"[..])).await.unwrap();
    put(&client, |to| to.multipart(form("b"))).await.unwrap();
    let json = " {\"b\": [null], \"a\": 1}";
    put(&client, |to| to.upload("application/json; charset=utf-8", json)).await.unwrap();
    put(&client, |to| to.form(&json!({"a": "x y"}))).await.unwrap();
    mock.verify();
}

#[tokio::test]
async fn a_different_body_does_not_match() {
    let (mock, client) = start().await;
    let expected = || mock.put_thing().any_times();
    expected().json(&json!({"a": [1, {"b": 2}]})).respond_ok();
    expected().multipart(form("b")).respond_ok();
    expected().upload("x".into()).respond_ok();
    for json in [json!({"a": [1, {"b": 3}]}), json!({"a": [1]}), json!({}), json!({"a": 1, "c": 2})]
    {
        put(&client, |to| to.json(&json)).await.unwrap_err();
    }
    put(&client, |to| to.upload("application/json", "{")).await.unwrap_err();
    put(&client, |to| to.multipart(form("c"))).await.unwrap_err();
    put(&client, |to| to.upload("image/png", "y")).await.unwrap_err();
    put(&client, |to| to).await.unwrap_err();
    let complaint = complaint(mock);
    for part in [
        "body at /a/1/b: expected 2, received 3\n",
        "body at /a/1: expected {\"b\":2}, received nothing\n",
        "body at /a: expected [1,{\"b\":2}], received nothing\n",
        "body at /a: expected [1,{\"b\":2}], received 1\n",
        "body: expected {\"a\":[1,{\"b\":2}]}, received {\n",
        "media type: expected application/json, received multipart/form-data\n",
        "body: expected x, received y\n",
        "media type: expected image/png, received nothing\n",
    ] {
        assert!(complaint.contains(part), "{part}\n{complaint}");
    }
    let form = complaint.lines().find(|line| line.contains("not PutThing: body: expected --"));
    assert!(form.is_some(), "{complaint}");
}

#[tokio::test]
async fn expectations_are_used_in_order() {
    let (mock, client) = start().await;
    let get = || operations::GetThing::new(&client, |to| to.path("id", "1")).into_future();
    mock.get_thing().times(2).respond_ok(json!("first"));
    mock.get_thing().once().respond_404(json!("second"));
    mock.get_thing().respond_ok(json!("rest"));
    mock.get_thing().any_times().respond_ok(json!("never"));
    assert_eq!(get().await.unwrap(), "first");
    assert_eq!(get().await.unwrap(), "first");
    assert_eq!(get().await.unwrap_err().status().unwrap(), 404);
    assert_eq!(get().await.unwrap(), "rest");
    assert_eq!(get().await.unwrap(), "rest");
    mock.verify();
}

#[tokio::test]
async fn a_path_without_variables_takes_precedence() {
    let (mock, client) = start().await;
    mock.get_thing().respond_ok(json!("some"));
    mock.newest().respond_ok(json!("newest"));
    let some = operations::GetThing::new(&client, |to| to.path("id", "newer"));
    assert_eq!(some.await.unwrap(), "some");
    assert_eq!(operations::Newest::new(&client, |to| to).await.unwrap(), "newest");
    mock.verify();
}

#[tokio::test]
async fn each_kind_of_response_can_be_set() {
    let (mock, client) = start().await;
    mock.name().respond_ok("a\nb");
    mock.picture().respond_ok(file("Zü\"rich.csv", "id\n"));
    mock.events().respond_ok([json!({"a": 1}), json!(2)]);
    mock.news().respond_ok(["a\nb", ""]);
    mock.lines().respond_ok([json!({"a": 1}), json!(2)]);
    assert_eq!(operations::Name::new(&client, |to| to).await.unwrap(), "a\nb");
    let mut picture = operations::Picture::new(&client, |to| to).response().await.unwrap();
    assert_eq!(picture.headers["content-type"], "text/csv");
    assert_eq!(picture.body.file_name().as_deref(), Some("Zü\"rich.csv"));
    assert_eq!(picture.body.chunk().await.unwrap().unwrap(), "id\n");
    let mut events = operations::Events::new(&client, |to| to).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, json!({"a": 1}));
    assert_eq!(events.next().await.unwrap().unwrap().data, json!(2));
    assert!(events.next().await.is_none());
    let mut news = operations::News::new(&client, |to| to).await.unwrap();
    assert_eq!(news.next().await.unwrap().unwrap().data, "a\nb");
    let mut lines = operations::Lines::new(&client, |to| to).await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap(), json!({"a": 1}));
    assert_eq!(lines.next().await.unwrap().unwrap(), json!(2));
    mock.verify();
}

#[tokio::test]
async fn errors_and_custom_responses_can_be_set() {
    let (mock, client) = start().await;
    let get = || operations::GetThing::new(&client, |to| to.path("id", "1"));
    mock.get_thing().once().respond_404(json!({"code": "gone"}));
    mock.get_thing().once().respond_5xx(501, json!({"code": "broken"}));
    mock.get_thing().once().respond_status(400);
    let teapot =
        ResponseTemplate::json(418, &json!([])).header("x-tea", "green").media_type("a/b+json");
    mock.get_thing().once().respond(teapot);
    for (status, body) in
        [(404, "{\"code\":\"gone\"}"), (501, "{\"code\":\"broken\"}"), (400, ""), (418, "[]")]
    {
        let Err(Error::Api(error)) = get().await else { panic!("{status}") };
        assert_eq!((error.status().as_u16(), error.bytes().as_ref()), (status, body.as_bytes()));
        assert_eq!(error.headers().contains_key("x-tea"), status == 418);
    }
    mock.get_thing().once().respond_status(503);
    mock.get_thing().once().respond_ok(json!("at last"));
    assert_eq!(get().await.unwrap(), "at last");
    mock.verify();
}

#[tokio::test]
async fn deviations_are_reported() {
    let (mock, client) = start().await;
    mock.get_thing().id("7").tags(&["x"]).session("s").trace("t").times(2).respond_ok(json!(1));
    mock.put_thing().json(&json!({"a": 1})).respond_ok();
    mock.name().once().respond_ok("n");
    let name = || operations::Name::new(&client, |to| to);
    name().await.unwrap();
    let refused = name().await.unwrap_err();
    assert!(refused.to_string().contains("501"), "{refused}");
    operations::Newest::new(&client, |to| to.query("a", "b")).await.unwrap_err();
    put(&client, |to| to.json(&json!({"a": 2}))).await.unwrap_err();
    let key = "?key=mock";
    let expected = format!(
        "\
the mock server was not used as expected
these expectations were not met:
- GetThing (GET /v1/things/7): expected twice, but never received
    query tags=x
    header x-trace: \"t\"
    cookies session=s
- PutThing (PUT /v1/things/{{id}}/{{part}}): expected at least once, but never received
    body {{\"a\":1}}
these requests matched no expectation:
- GET /v1/name
    not Name: already received once
- GET /v1/things/newest?a=b&key=mock
    not GetThing: path: expected /v1/things/7, received /v1/things/newest
- PUT /v1/things/1/2{key}
    body {{\"a\":2}}
    not PutThing: body at /a: expected 1, received 2
"
    );
    assert_eq!(complaint(mock), expected);
}

#[tokio::test]
async fn a_dropped_mock_is_verified() {
    let unmet = async || {
        let (mock, _) = start().await;
        mock.newest().respond_ok(json!(1));
        mock
    };
    let mock = unmet().await;
    let panic = catch_unwind(AssertUnwindSafe(|| drop(mock))).unwrap_err();
    assert!(panic.downcast::<String>().unwrap().contains("Newest (GET /v1/things/newest)"));
    // A panicking test keeps its own message.
    let mock = unmet().await;
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _mock = mock;
        panic!("another reason")
    }));
    assert_eq!(*panic.unwrap_err().downcast::<&str>().unwrap(), "another reason");
}

#[tokio::test]
async fn an_invalid_request_cannot_be_expected() {
    let (mock, _) = start().await;
    let expected = mock.get_thing().id("..").any_times();
    let panic = catch_unwind(AssertUnwindSafe(|| expected.respond_status(200))).unwrap_err();
    let text = panic.downcast::<String>().unwrap();
    assert!(text.starts_with("this request cannot be expected: "), "{text}");
    assert!(text.contains("`id`"), "{text}");
}
