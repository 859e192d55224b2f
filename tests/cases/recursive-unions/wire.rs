use case_recursive_unions::types::{ActionProvider, Tree};
use case_recursive_unions::{Client, Error, RetryPolicy};
use serde_json::{Value, json};

use crate::loopback::{Response, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

/// More levels than a legitimate response has, as many as a thread's stack has words, and more than
/// any stack can hold.
const DEPTHS: [usize; 3] = [200, 100_000, 300_000];

/// The tokens before and after a nested value, one pair per form of nesting.
const WRAPPERS: [(&str, &str); 5] = [
    ("[", "]"),
    (r#"{"left":"#, "}"),
    (r#"{"left":"a","more":{"a":"#, "}}"),
    (r#"{"left":"a","unknown":"#, "}"),
    (r#"{"left":"a","unknown":[{"deep":"#, "}]}"),
];

fn nested((open, close): (&str, &str), depth: usize) -> String {
    format!("{}\"a\"{}", open.repeat(depth), close.repeat(depth))
}

/// The limit of an event's size.
const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

#[tokio::test]
async fn a_subtype_without_properties_is_decoded() {
    let server = Server::start().await;
    server.respond_with(Response::body(
        200,
        "application/json",
        r#"{"type":"WORKFLOWS","name":"a"}"#,
    ));
    let provider = client(&server).get_provider().await.unwrap();
    let ActionProvider::Workflows(workflow) = &provider else { panic!("{provider:?}") };
    assert_eq!((workflow.r#type.as_str(), workflow.name.as_deref()), ("WORKFLOWS", Some("a")));
    // It can be compared, and is serialized unchanged.
    assert_eq!(provider, provider.clone());
    assert_eq!(json!(provider), json!({"type": "WORKFLOWS", "name": "a"}));
}

#[tokio::test]
async fn moderate_nesting_is_kept() {
    let server = Server::start().await;
    for wrapper in WRAPPERS {
        let text = nested(wrapper, 40);
        server.respond_with(Response::body(200, "application/json", &text));
        let tree: Tree = serde_json::from_str(&text).unwrap();
        let received = client(&server).send_tree(&tree).await.unwrap();
        assert_eq!(received, tree);
        assert_eq!(json!(received), serde_json::from_str::<Value>(&text).unwrap());
    }
}

/// An entry of a map is kept as it came. Everything else that is too deep is an error.
fn is_kept_or_refused(came: Result<Tree, Error>, text: &str) -> bool {
    came.is_err()
        || came.is_ok_and(|tree| serde_json::to_string(&tree).is_ok_and(|json| json == text))
}

#[tokio::test]
async fn hostile_nesting_is_an_error() {
    let server = Server::start().await;
    for depth in DEPTHS {
        for wrapper in WRAPPERS {
            let text = nested(wrapper, depth);
            server.respond_with(Response::body(200, "application/json", &text));
            let result = client(&server).send_tree(&Tree::String("a".to_owned())).await;
            assert!(is_kept_or_refused(result, &text), "{wrapper:?}, {depth} levels");
            // The same without closing brackets.
            server.respond_with(Response::body(200, "application/json", &wrapper.0.repeat(depth)));
            assert!(
                client(&server).send_tree(&Tree::String("a".to_owned())).await.is_err(),
                "{wrapper:?}"
            );
        }
    }
}

#[tokio::test]
async fn hostile_nesting_in_an_error_is_an_error_with_its_status() {
    let server = Server::start().await;
    for depth in DEPTHS {
        for (open, close) in
            [(r#"{"code":"a","causes":["#, "]}"), (r#"{"code":"a","unknown":"#, "}"), ("[", "]")]
        {
            let body = format!("{}null{}", open.repeat(depth), close.repeat(depth));
            server.respond_with(Response::body(400, "application/json", &body));
            let error = client(&server).get_provider().await.unwrap_err();
            let Error::Api(api) = &error else { panic!("{error}") };
            assert_eq!(api.status(), 400);
            let _ = (error.to_string(), format!("{error:?}"));
        }
    }
}

#[tokio::test]
async fn hostile_nesting_in_an_event_skips_only_that_event() {
    let server = Server::start().await;
    // Short enough that the deepest nesting fits into an event.
    let short = (r#"{"a":"#, "}");
    for depth in DEPTHS {
        for wrapper in WRAPPERS.into_iter().chain([short]) {
            // A longer event ends the stream; the next test covers that.
            if nested(wrapper, depth).len() > MAX_EVENT_BYTES {
                continue;
            }
            let text = nested(wrapper, depth);
            let body = format!("data: {text}\n\ndata: \"b\"\n\n");
            server.respond_with(Response::body(200, "text/event-stream", &body));
            let mut events = client(&server).watch_trees().await.unwrap();
            let came = events.next().await.unwrap().map(|event| event.data);
            assert!(is_kept_or_refused(came, &text), "{wrapper:?}, {depth} levels");
            assert_eq!(events.next().await.unwrap().unwrap().data, Tree::String("b".to_owned()));
        }
    }
}

#[tokio::test]
async fn an_oversized_event_ends_the_stream() {
    let server = Server::start().await;
    for wrapper in WRAPPERS {
        let text = nested(wrapper, 2_000_000);
        if text.len() <= MAX_EVENT_BYTES {
            continue;
        }
        let body = format!("data: {text}\n\ndata: \"b\"\n\n");
        server.respond_with(Response::body(200, "text/event-stream", &body));
        let mut events = client(&server).watch_trees().await.unwrap();
        assert!(events.next().await.unwrap().is_err(), "{wrapper:?}");
        assert!(events.next().await.is_none(), "{wrapper:?}");
    }
}
