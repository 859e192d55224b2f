use case_host_without_default::{Client, ClientBuilder, Error};

use crate::loopback::Server;

/// What a builder that cannot build says.
fn told(builder: ClientBuilder) -> String {
    match builder.build() {
        Err(Error::Config(error)) => error.to_string(),
        other => panic!("it was built: {other:?}"),
    }
}

#[test]
fn nobody_is_sent_to_the_host_of_the_example() {
    let secret = Client::builder().client_credentials("id", "hunter2");
    for builder in [Client::builder(), secret, Client::builder().token("t").version("v2")] {
        let told = told(builder);
        for part in ["`tenant`", "`server_variable(\"tenant\", …)`", "`base_url(…)`", "DEMO_URL"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("acme") && !told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn a_host_that_is_named_is_enough() {
    for builder in [Client::builder().tenant("corp"), Client::builder().host("corp.example.com")] {
        assert!(format!("{:?}", builder.build().unwrap()).contains("https://corp.example.com/v1"));
    }
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).token("t").build().unwrap();
    client.ping().await.unwrap();
    assert_eq!(server.received().line, "GET /v1/ping");
}
