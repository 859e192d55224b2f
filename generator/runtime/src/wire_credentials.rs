//! Tests of credentials on the wire, and of what does not show them.

use serde_json::json;

use crate::loopback::{response, serve};
use crate::runtime::{Api, Credential, Error, Request, RetryPolicy};
use crate::wire::{API, CLOSED, OPERATION, builder, ok};

#[tokio::test]
async fn the_first_complete_security_requirement_is_used() {
    let empty = || response("204 No Content", "", "");
    let (url, requests) = serve(vec![empty(), empty(), empty()]).await;
    let key = |key: &str| Credential::api_key(key);
    let keys = builder(&API, &url)
        .credential("key", key("hush1"))
        .credential("query", key("hush 2"))
        .credential("cookie", key("hush3"))
        .credential("user", Credential::basic("u", "hush4"));
    assert!(!format!("{keys:?}").contains("hush"));
    let keys = keys.build().unwrap();
    Request::new(&keys, &CLOSED).cookie("a", "b").send().await.unwrap();
    assert!(!format!("{keys:?} {:?}", Request::new(&keys, &CLOSED)).contains("hush"));
    let user = builder(&API, &url)
        .credential("key", key("hush1"))
        .credential("user", Credential::basic("Aladdin", "open sesame"));
    Request::new(&user.build().unwrap(), &CLOSED).send().await.unwrap();
    let token = builder(&API, &url).token("hush5").build().unwrap();
    Request::new(&token, &CLOSED).send().await.unwrap();
    let requests = requests.await.unwrap();
    assert!(requests[0].starts_with("GET /closed?api%20key=hush%202 "), "{requests:?}");
    assert!(requests[0].contains("x-key: hush1\r\n"), "{requests:?}");
    assert!(requests[0].contains("cookie: a=b; session=hush3\r\n"), "{requests:?}");
    assert!(!requests[0].contains("authorization"), "{requests:?}");
    // The example of RFC 7617, section 2.
    let basic = "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";
    assert!(requests[1].contains(basic) && !requests[1].contains("hush"), "{requests:?}");
    assert!(requests[2].contains("authorization: Bearer hush5\r\n"), "{requests:?}");
}

#[tokio::test]
async fn missing_credentials_are_reported() {
    let some = builder(&API, "http://127.0.0.1:9").credential("key", Credential::api_key("k"));
    let error = Request::new(&some.build().unwrap(), &CLOSED).send().await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Config(_)));
    assert!(!text.contains("credential(\"key\""), "{text}");
    for call in [
        "`credential(\"query\", Credential::api_key(…))` and",
        "or with `credential(\"user\", Credential::basic(…, …))`",
        "`token(…)`",
    ] {
        assert!(text.contains(call), "{text}");
    }
    let refused = |scheme, credential| {
        let builder = builder(&API, "http://127.0.0.1:9").credential(scheme, credential);
        builder.build().unwrap_err().to_string()
    };
    assert!(refused("kee", Credential::api_key("k")).contains("no such security scheme"));
    assert!(refused("key", Credential::bearer("k")).contains("Credential::api_key"));
    let text = refused("key", Credential::api_key("hush\n"));
    assert!(text.contains("`key`") && !text.contains("hush"), "{text}");
}

#[tokio::test]
async fn a_key_in_the_url_is_in_no_error() {
    let keys = builder(&API, "http://127.0.0.1:9")
        .credential("key", Credential::api_key("hush1"))
        .credential("query", Credential::api_key("hush2"))
        .credential("cookie", Credential::api_key("hush3"))
        .build()
        .unwrap();
    let error = Request::new(&keys, &CLOSED).send().await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)));
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
}

/// The responses repeat a key or a password, in their encodings on the wire.
#[tokio::test]
async fn credentials_that_a_response_repeats_are_in_no_error() {
    let key = |key: &str| Credential::api_key(key);
    let keys = |url: &str| {
        let keys =
            builder(&API, url).credential("key", key("hush/1")).credential("query", key("hush 2"));
        keys.credential("cookie", key("hush3"))
    };
    let user = |url: &str| builder(&API, url).credential("user", Credential::basic("me", "hush=4"));
    // The last one is `me:hush=4` in the encoding of RFC 7617.
    let repeated = "hush/1 hush 2 hush%202 hush3 hush=4 hush%3D4 bWU6aHVzaD00";
    let body = json!({"message": repeated, "code": repeated}).to_string();
    for status in ["400 Bad Request", "500 Internal Server Error", "200 OK"] {
        let (url, _) =
            serve(vec![response(status, "content-type: text/plain\r\n", &body); 2]).await;
        for builder in [keys(&url), user(&url)] {
            let client = builder.retry(RetryPolicy::none()).build().unwrap();
            let request = Request::new(&client, &CLOSED);
            let error = match request.send().await {
                Ok(response) => response.json::<Vec<u8>>().unwrap_err().into(),
                Err(error) => error,
            };
            let said = format!("{error} {error:?} {error:#?}");
            let hidden: &[&str] = match client.shared.credentials.secrets().len() {
                3 => &["hush/1", "hush 2", "hush%202", "hush3"],
                _ => &["hush=4", "hush%3D4", "bWU6aHVzaD00"],
            };
            assert!(said.contains("***"), "{said}");
            for hidden in hidden {
                assert!(!said.contains(hidden), "{hidden}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_does_not_follow_a_redirect_to_another_host() {
    let (other, received) = serve(vec![ok("application/json", "{}")]).await;
    let to = response("302 Found", &format!("location: {other}/x\r\n"), "");
    let (url, _) = serve(vec![to.clone(), to]).await;
    let keyed = || builder(&API, &url).credential("key", Credential::api_key("hush"));
    let client = keyed().build().unwrap();
    let error = Request::new(&client, &OPERATION).path("id", &1).send().await.unwrap_err();
    assert!(error.to_string().contains("another host"), "{error}");
    let client = keyed().redirect_origins([&other]).build().unwrap();
    assert!(Request::new(&client, &OPERATION).path("id", &1).send().await.is_ok());
    let requests = received.await.unwrap();
    assert!(requests.len() == 1 && !requests[0].contains("hush"), "{requests:?}");
}

#[tokio::test]
async fn a_token_is_sent_if_the_document_has_no_schemes() {
    static BARE: Api = Api { security: &[], ..API };
    let empty = || response("204 No Content", "", "");
    let (url, requests) = serve(vec![empty(), empty()]).await;
    for builder in [builder(&BARE, &url).token("t"), builder(&BARE, &url)] {
        let client = builder.build().unwrap();
        Request::new(&client, &OPERATION).path("id", &1).send().await.unwrap();
    }
    let requests = requests.await.unwrap();
    assert!(requests[0].contains("authorization: Bearer t"), "{requests:?}");
    assert!(!requests[1].contains("authorization"), "{requests:?}");
}
