use case_host_without_default::{Client, ClientBuilder, Error};

use crate::loopback::Server;

/// Returns the error message of a builder that cannot build.
fn build_error(builder: ClientBuilder) -> String {
    match builder.build() {
        Err(Error::Config(error)) => error.to_string(),
        other => panic!("it was built: {other:?}"),
    }
}

#[test]
fn the_example_host_is_never_used() {
    let secret = Client::builder().client_credentials("id", "hunter2");
    for builder in [Client::builder(), secret, Client::builder().token("t").version("v2")] {
        let message = build_error(builder);
        for part in ["`tenant`", "`server_variable(\"tenant\", …)`", "`base_url(…)`", "DEMO_URL"]
        {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert!(!message.contains("acme") && !message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn an_explicit_host_is_sufficient() {
    for builder in [Client::builder().tenant("corp"), Client::builder().host("corp.example.com")] {
        assert!(format!("{:?}", builder.build().unwrap()).contains("https://corp.example.com/v1"));
    }
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).token("t").build().unwrap();
    client.ping().await.unwrap();
    assert_eq!(server.take_request().line, "GET /v1/ping");
}
