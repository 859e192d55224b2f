use case_recursive_unions::types::{ActionProvider, Tree};
use case_recursive_unions::{Client, Error, RetryPolicy};
use serde_json::{Value, json};

use crate::loopback::{ResponseTemplate, Server};

fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).retry(RetryPolicy::none()).build().unwrap()
}

/// More levels than any honest response has, as many as the stack of a thread has words, and more than
/// any stack holds.
const DEPTHS: [usize; 3] = [200, 100_000, 2_000_000];

/// What stands around a value, again and again.
const NESTS: [(&str, &str); 5] = [
    ("[", "]"),
    (r#"{"left":"#, "}"),
    (r#"{"left":"a","more":{"a":"#, "}}"),
    (r#"{"left":"a","unknown":"#, "}"),
    (r#"{"left":"a","unknown":[{"deep":"#, "}]}"),
];

fn nested((open, close): (&str, &str), depth: usize) -> String {
    format!("{}\"a\"{}", open.repeat(depth), close.repeat(depth))
}

/// No event is longer, in bytes.
const LONGEST_EVENT: usize = 16 * 1024 * 1024;

#[tokio::test]
async fn what_builds_on_a_base_and_adds_nothing_is_decoded() {
    let server = Server::start().await;
    server.answer(ResponseTemplate::body(200, "application/json", r#"{"type":"WORKFLOWS","name":"a"}"#));
    let provider = client(&server).get_provider().await.unwrap();
    let ActionProvider::WorkflowActionProvider(workflow) = &provider else {
        panic!("{provider:?}")
    };
    assert_eq!((workflow.r#type.as_str(), workflow.name.as_deref()), ("WORKFLOWS", Some("a")));
    // It compares, and goes back as it came.
    assert_eq!(provider, provider.clone());
    assert_eq!(json!(provider), json!({"type": "WORKFLOWS", "name": "a"}));
}

#[tokio::test]
async fn what_is_nested_a_little_comes_back() {
    let server = Server::start().await;
    for nest in NESTS {
        let text = nested(nest, 40);
        server.answer(ResponseTemplate::body(200, "application/json", &text));
        let tree: Tree = serde_json::from_str(&text).unwrap();
        let came = client(&server).send_tree(&tree).await.unwrap();
        assert_eq!(came, tree);
        assert_eq!(json!(came), serde_json::from_str::<Value>(&text).unwrap());
    }
}

#[tokio::test]
async fn hostile_nesting_is_an_error() {
    let server = Server::start().await;
    for depth in DEPTHS {
        for nest in NESTS {
            server.answer(ResponseTemplate::body(200, "application/json", &nested(nest, depth)));
            let came = client(&server).send_tree(&Tree::String("a".to_owned())).await;
            assert!(came.is_err(), "{nest:?}, {depth} levels");
            // One that never ends.
            server.answer(ResponseTemplate::body(200, "application/json", &nest.0.repeat(depth)));
            assert!(
                client(&server).send_tree(&Tree::String("a".to_owned())).await.is_err(),
                "{nest:?}"
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
            server.answer(ResponseTemplate::body(400, "application/json", &body));
            let error = client(&server).get_provider().await.unwrap_err();
            let Error::Api(api) = &error else { panic!("{error}") };
            assert_eq!(api.status(), 400);
            let _ = (error.to_string(), format!("{error:?}"));
        }
    }
}

#[tokio::test]
async fn hostile_nesting_in_an_event_costs_the_event() {
    let server = Server::start().await;
    // Short enough for an event of 2,000,000 levels.
    let short = (r#"{"a":"#, "}");
    for depth in DEPTHS {
        for nest in NESTS.into_iter().chain([short]) {
            // A longer event ends the stream, which the next test is about.
            if nested(nest, depth).len() > LONGEST_EVENT {
                continue;
            }
            let body = format!("data: {}\n\ndata: \"b\"\n\n", nested(nest, depth));
            server.answer(ResponseTemplate::body(200, "text/event-stream", &body));
            let mut events = client(&server).watch_trees().await.unwrap();
            assert!(events.next().await.unwrap().is_err(), "{nest:?}, {depth} levels");
            assert_eq!(events.next().await.unwrap().unwrap().data, Tree::String("b".to_owned()));
        }
    }
}

#[tokio::test]
async fn an_event_that_is_too_long_ends_the_stream() {
    let server = Server::start().await;
    for nest in NESTS {
        let text = nested(nest, DEPTHS[2]);
        if text.len() <= LONGEST_EVENT {
            continue;
        }
        let body = format!("data: {text}\n\ndata: \"b\"\n\n");
        server.answer(ResponseTemplate::body(200, "text/event-stream", &body));
        let mut events = client(&server).watch_trees().await.unwrap();
        assert!(events.next().await.unwrap().is_err(), "{nest:?}");
        assert!(events.next().await.is_none(), "{nest:?}");
    }
}
