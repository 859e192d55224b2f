//! Tests of the hosts that receive the client secret.

use serde_json::json;

use crate::loopback::{response, serve};
use crate::runtime::{Api, ClientBuilder, Error, Request, Server, TokenEndpoint};
use crate::wire::{API, CLOSED, builder, ok};

#[tokio::test]
async fn the_token_endpoint_is_discovered_once() {
    static DISCOVERED: Api = Api {
        token_endpoint: Some(TokenEndpoint::Discovery("/.well-known/openid-configuration")),
        ..API
    };
    let token = |token: &str| {
        ok("application/json", &json!({"access_token": token, "expires_in": 0}).to_string())
    };
    let (tokens, asked) = serve(vec![token("t1"), token("t2")]).await;
    let endpoint = json!({"token_endpoint": format!("{tokens}/token")}).to_string();
    let empty = || response("204 No Content", "", "");
    let (url, requests) = serve(vec![ok("application/json", &endpoint), empty(), empty()]).await;
    let builder = builder(&DISCOVERED, &url).client_credentials("id", "s");
    let client = builder.token_origins([&tokens]).build().unwrap();
    for _ in 0..2 {
        Request::new(&client, &CLOSED).send().await.unwrap();
    }
    let requests = requests.await.unwrap();
    assert!(requests[0].starts_with("GET /.well-known/openid-configuration "), "{requests:?}");
    assert!(requests[1].contains("authorization: Bearer t1"), "{requests:?}");
    assert!(requests[2].contains("authorization: Bearer t2"), "{requests:?}");
    assert!(asked.await.unwrap()[0].starts_with("POST /token "));
}

/// A discovery document does not decide which host receives the secret.
#[tokio::test]
async fn a_discovery_document_does_not_send_the_secret_to_another_host() {
    static DISCOVERED: Api = Api {
        token_endpoint: Some(TokenEndpoint::Discovery("/.well-known/openid-configuration")),
        ..API
    };
    let (other, received) = serve(vec![ok("application/json", r#"{"access_token":"t"}"#)]).await;
    let stolen = json!({"token_endpoint": format!("{other}/token")}).to_string();
    let foreign = json!({"issuer": other, "token_endpoint": "/token"}).to_string();
    for (document, said) in [(stolen, "token_origins"), (foreign, "another issuer")] {
        let (url, _) = serve(vec![ok("application/json", &document)]).await;
        let client = builder(&DISCOVERED, &url).client_credentials("id", "hush").build().unwrap();
        let error = Request::new(&client, &CLOSED).send().await.unwrap_err();
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
    }
    drop(reqwest::get(&other).await);
    let requests = received.await.unwrap();
    assert!(requests.iter().all(|request| !request.contains("hush")), "{requests:?}");
}

/// Neither does the document of the API, if the caller has named the host.
#[test]
fn a_token_url_on_another_host_needs_the_callers_consent() {
    const LOGIN: &str = "https://login.example/token";
    const SERVED: Api =
        Api { servers: &[Server { url: "https://api.example/v1", variables: &[] }], ..API };
    static FIXED: Api = Api { token_endpoint: Some(TokenEndpoint::Url(LOGIN)), ..SERVED };
    static FOUND: Api = Api { token_endpoint: Some(TokenEndpoint::Discovery(LOGIN)), ..SERVED };
    for api in [&FIXED, &FOUND] {
        let named = || ClientBuilder::new(api).base_url("https://mine.example");
        let with_secret = |builder: ClientBuilder| builder.client_credentials("id", "hush");
        let refused = with_secret(named()).build().unwrap_err().to_string();
        assert!(refused.contains("would send it to https://login.example"), "{refused}");
        assert!(!refused.contains("hush"), "{refused}");
        assert!(with_secret(named()).token_origins(["https://login.example"]).build().is_ok());
        assert!(with_secret(named()).send_secret_to_other_host(true).build().is_ok());
        assert!(with_secret(named()).token_origins(["https://other.example"]).build().is_err());
        assert!(named().token("t").build().is_ok(), "no secret is sent");
        // The server of the document, and the token URL of the document.
        assert!(with_secret(ClientBuilder::new(api)).build().is_ok());
    }
}
