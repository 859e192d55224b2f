//! Secrets: only the tenant sees them.

use std::io::{Read as _, Seek as _, SeekFrom};

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{AccessToken, Client, Error, Secret};
use serde_json::json;
use tests::loopback::{Response, Server};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::process::is_alone;
use crate::raw::closed_port;
use crate::setup::{any_report, api, at_once, builder, client, line, tenant};
use crate::spans::{Capture, without_trace};

/// Returns the secrets of a client: its client secret and its tokens.
fn secrets(tenant: &MockTenant) -> Vec<String> {
    let requests = tenant.requests();
    let tokens = requests.iter().filter_map(|request| request.header("authorization"));
    let tokens = tokens.map(|value| value.strip_prefix("Bearer ").unwrap().to_owned());
    let secrets: Vec<_> = tokens.chain([tenant.client_secret().to_owned()]).collect();
    assert!(secrets.len() > 1 && secrets.iter().all(|secret| secret.len() > 8));
    secrets
}

fn assert_hidden(tenant: &MockTenant, text: &str) {
    for secret in secrets(tenant) {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

/// Provokes every type of error of a client, and returns the errors.
async fn provoke_errors(tenant: &MockTenant, client: &Client) -> Vec<Error> {
    let id = client.start_report(&any_report()).await.unwrap().id.unwrap();
    tenant.revoke_tokens();
    let mut errors = vec![];
    for fault in [
        Fault::status(500).times(3),
        Fault::unauthorized().times(2),
        Fault::drop_connection().times(3),
        Fault::malformed_json(),
        Fault::cut_body(1).times(3),
    ] {
        tenant.inject(Operation::GetReportResult, fault);
        errors.push(client.get_report_result(&id).await.unwrap_err());
    }
    tenant.inject(Operation::GetReport, Fault::cut_body(100).times(3));
    let file = client.get_report(&id, FileFormat::Csv).name("q-value").await.unwrap();
    errors.push(file.bytes(4096).await.unwrap_err());
    tenant.revoke_tokens();
    tenant.inject(Operation::Token, Fault::status(403));
    errors.push(client.cancel_report(&id).await.unwrap_err());
    errors
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    let tenant = tenant().await;
    let errors = provoke_errors(&tenant, &client(&tenant)).await;
    assert_eq!(errors.len(), 7);
    for error in errors {
        assert_hidden(&tenant, &format!("{error} {error:?} {error:#?}"));
    }
}

#[tokio::test]
async fn debug_of_client_builder_and_request_shows_no_secret() {
    let tenant = tenant().await;
    let client = client(&tenant);
    client.get_report_result("1").await.unwrap();
    let file = client.get_report("1", FileFormat::Csv);
    assert_hidden(&tenant, &format!("{client:?} {client:#?} {file:?}"));
    let builder = builder(&tenant);
    assert_hidden(&tenant, &format!("{builder:?} {builder:#?}"));
    let fixed = Client::builder().base_url("https://acme.example").token("hunter2-fixed");
    let text = format!("{fixed:?}");
    let text = format!("{text}{:?}", fixed.build().unwrap());
    assert!(text.contains("acme.example") && !text.contains("hunter2"), "{text}");
    let secret = Secret::from("hunter2");
    let token = AccessToken::new("hunter2");
    assert!(!format!("{secret:?} {token:?} {token:#?}").contains("hunter2"));
    assert_eq!(secret.expose_secret(), "hunter2");
}

#[tokio::test]
async fn a_password_in_a_base_url_is_rejected_and_not_shown() {
    let url = "https://admin:hunter2@acme.example";
    let builder = || Client::builder().token("t").base_url(url);
    let error = builder().build().unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("password") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn traces_show_no_secrets_and_no_query_values() {
    if !is_alone("secrets::traces_show_no_secrets_and_no_query_values") {
        return;
    }
    let tenant = tenant().await;
    let (capture, _guard) = Capture::begin();
    let errors = provoke_errors(&tenant, &client(&tenant)).await;
    assert_eq!(errors.len(), 7);
    let text = capture.text();
    assert!(text.contains("\"request\"") && text.contains("getReport"), "{text}");
    assert_hidden(&tenant, &text);
    // Only the level TRACE shows the query of a request.
    assert!(text.contains("?fileFormat=csv&name=q-value") && text.contains("authorization: ***"));
    assert!(!without_trace(&text).contains("q-value"), "{text}");
    let message = errors[0].api().unwrap().message().unwrap();
    assert!(!text.contains(message), "bodies are not traced: {text}");
}

#[tokio::test]
async fn a_connection_error_does_not_show_the_query() {
    let (_socket, url) = closed_port();
    let client = Client::builder().base_url(url).token("t").retry(at_once(1)).build().unwrap();
    let file = client.get_report("1", FileFormat::Csv).name("q-value");
    let error = file.await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("q-value"), "{error:?}");
}

#[tokio::test]
async fn an_invalid_token_is_an_error_that_does_not_show_it() {
    let tenant = tenant().await;
    let client = builder(&tenant).token("hunter2\nhunter3").build().unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter"), "{error:?}");
    assert!(tenant.requests().is_empty());
}

/// Names of headers that indicate a secret value.
const SECRET_NAMES: [&str; 8] = [
    "X-Api-Key",
    "apikey",
    "X-Access-Token",
    "X-Shared-Secret",
    "X-Auth",
    "X-Session-Id",
    "X-Amz-Signature",
    "Db-Password",
];

#[tokio::test]
async fn headers_with_secret_names_are_never_shown() {
    if !is_alone("secrets::headers_with_secret_names_are_never_shown") {
        return;
    }
    let server = Server::start().await;
    let (capture, _guard) = Capture::begin();
    let client = Client::builder().base_url(server.url()).token("t").retry(at_once(1));
    let client = client.build().unwrap();
    let mut shown = Vec::new();
    for (status, body) in [(400, "{}"), (200, "[1]"), (200, "{\"id\": \"7\"}")] {
        let mut response = Response::body(status, "application/json", body)
            .header("set-cookie", "session=hunter2")
            .header("location", "https://acme.example/?code=hunter2");
        for name in SECRET_NAMES {
            response = response.header(name, "hunter2");
        }
        server.respond_with(response);
        let mut request = client.get_report_result("1");
        for name in SECRET_NAMES {
            request = request.with_header(name, "hunter2");
        }
        let request = request.with_secret_header("X-Harmless", "hunter2");
        shown.push(format!("{request:?} {request:#?}"));
        match request.response().await {
            Ok(response) => {
                assert_eq!(response.headers["set-cookie"], "session=hunter2", "it can be read");
                shown.push(format!("{response:?} {response:#?} {:?}", response.headers));
            }
            Err(error) => shown.push(format!("{error} {error:?} {error:#?}")),
        }
        let received = server.take_request();
        assert_eq!(received.header("x-harmless"), Some("hunter2"), "it is sent");
        assert_eq!(received.header("x-api-key"), Some("hunter2"));
    }
    for text in shown {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let text = capture.text();
    assert!(text.contains("x-api-key: ***") && text.contains("set-cookie: ***"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    // A panic shows the `Debug` output of an error.
    server.respond_with(Response::json(400, &json!({})).header("set-cookie", "session=hunter2"));
    let request = client.get_report_result("1").with_header("Cookie", "hunter2");
    let panicked = tokio::spawn(async move { drop(request.await.unwrap()) }).await.unwrap_err();
    let panic = panicked.into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("400") && !message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn debug_of_a_request_shows_no_query_values() {
    let client = Client::builder().tenant("acme").token("t").build().unwrap();
    let request = client.get_report("1", FileFormat::Csv).name("hunter2");
    let shown = format!("{request:?} {request:#?}");
    assert!(shown.contains("fileFormat=***&name=***") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_secret_repeated_by_the_token_endpoint_is_masked() {
    let secret = "hunter2/+ x";
    let encoded = "hunter2%2F%2B%20x";
    let basic = "aWQ6aHVudGVyMi8rIHg=";
    let texts = [
        format!("client_secret {secret} is wrong"),
        format!("client_secret={encoded}&x"),
        format!("{}!", encoded.replace("%20", "+")),
        encoded.to_ascii_lowercase(),
        format!("Basic {basic}"),
    ];
    for status in [400, 401, 500] {
        for text in &texts {
            for field in ["error", "error_description", "message"] {
                let server = Server::start().await;
                server.respond_with(Response::json(status, &json!({field: text})));
                let client = Client::builder().base_url(server.url()).retry(at_once(1));
                let client = client.client_credentials("id", secret).build().unwrap();
                let error = client.get_report_result("1").await.unwrap_err();
                assert!(matches!(error, Error::Auth(_)), "{error:?}");
                let shown_text = format!("{} {error:?}", line(&error));
                assert!(shown_text.contains("***"), "{shown_text}");
                assert!(
                    !shown_text.contains("hunter2") && !shown_text.contains(basic),
                    "{shown_text}"
                );
            }
        }
    }
}

/// Bodies in which a response repeats a secret, plain and encoded.
fn repeating_bodies(secret: &str, encoded: &str, base64: &str) -> Vec<serde_json::Value> {
    vec![
        json!({"messages": [{"text": format!("the token {secret} has expired")}]}),
        json!({"detailCode": secret, "trackingId": encoded, "messages": [{"text": base64}]}),
        json!({"unknown": {"deep": [secret]}}),
        json!(secret),
        json!(format!("{}{secret}", "x".repeat(195))),
        json!({"messages": [{"text": format!("{}{secret}", "x".repeat(4090))}]}),
    ]
}

#[tokio::test]
async fn a_token_repeated_in_a_response_is_masked() {
    let (token, encoded, base64) = ("hunter2/+.x", "hunter2%2F%2B.x", "aHVudGVyMi8rLng=");
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).token(token).retry(at_once(1));
    let client = client.build().unwrap();
    for body in repeating_bodies(token, encoded, base64) {
        for status in [200, 400, 401, 404, 500, 503] {
            for media_type in ["application/json", "text/plain"] {
                server.respond_with(Response::body(status, media_type, body.to_string()));
                let outcome =
                    client.get_report_result("1").with_secret_header("X-Key", "k-hunter2").await;
                let Err(error) = outcome else { continue };
                let api = error.api();
                let parts = api.map(|api| (api.message(), api.code(), api.tracking_id()));
                let shown_text = format!("{error} {error:?} {error:#?} {parts:?}");
                for secret in ["hunter2", base64.trim_end_matches('=')] {
                    assert!(
                        !shown_text.contains(secret),
                        "{status} {media_type} {body}: {shown_text}"
                    );
                }
                // The body itself is not changed.
                if let Some(api) = api {
                    assert_eq!(*api.bytes(), body.to_string());
                }
            }
        }
    }
}

#[tokio::test]
async fn a_secret_header_repeated_in_a_response_is_masked() {
    let server = Server::start().await;
    let client = Client::builder().base_url(server.url()).token("t").retry(at_once(1));
    let client = client.build().unwrap();
    server
        .respond_with(Response::json(400, &json!({"messages": [{"text": "hunter2 and hunter3"}]})));
    let request = client.get_report_result("1").with_secret_header("X-Custom", "hunter2");
    let error = request.with_header("Authorization", "Other hunter3").await.unwrap_err();
    assert_eq!(api(&error).message(), Some("*** and ***"), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter"), "{error:?}");
}

/// Returns a secret that is not in the program as a string: it is computed when needed.
fn obfuscated_secret() -> String {
    OBFUSCATED.iter().map(|byte| char::from(byte ^ 0x55)).collect()
}

/// `zeroize-me-7fa2c09b`, each byte XORed with 0x55.
const OBFUSCATED: [u8; 19] = {
    let mut bytes = *b"zeroize-me-7fa2c09b";
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] ^= 0x55;
        at += 1;
    }
    bytes
};

/// Counts the copies of the secret in the memory of this process.
fn count_copies_in_memory() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut count = 0;
    for map in maps.lines().filter(|map| map.contains(" rw-p ")) {
        let (from, to) = map.split(' ').next().unwrap().split_once('-').unwrap();
        let at = |hex: &str| u64::from_str_radix(hex, 16).unwrap();
        let mut bytes = vec![0; usize::try_from(at(to) - at(from)).unwrap()];
        if memory.seek(SeekFrom::Start(at(from))).is_ok() && memory.read_exact(&mut bytes).is_ok() {
            let is_it =
                |part: &[u8]| part.iter().zip(OBFUSCATED).all(|(one, two)| one ^ 0x55 == two);
            count += bytes.windows(OBFUSCATED.len()).filter(|part| is_it(part)).count();
        }
        // The buffer must not be counted in the next run.
        bytes.fill(0);
        std::hint::black_box(&bytes);
    }
    count
}

#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
#[test]
fn a_dropped_secret_is_overwritten_in_memory() {
    if !is_alone("secrets::a_dropped_secret_is_overwritten_in_memory") {
        return;
    }
    assert_eq!(count_copies_in_memory(), 0, "nothing has made it yet");
    let client = |secret: String| {
        let builder = Client::builder().tenant("acme").client_credentials("id", secret);
        builder.build().unwrap()
    };
    let request = |secret: String| {
        let client = Client::builder().tenant("acme").token("t").build().unwrap();
        client.get_report_result("1").with_secret_header("X-Key", secret)
    };
    let kept: Vec<Box<dyn std::any::Any>> = vec![
        Box::new(Secret::from(obfuscated_secret())),
        Box::new(Secret::from(obfuscated_secret()).clone()),
        Box::new(AccessToken::new(obfuscated_secret())),
        Box::new(Client::builder().token(obfuscated_secret())),
        Box::new(client(obfuscated_secret())),
        Box::new(request(obfuscated_secret())),
    ];
    assert!(count_copies_in_memory() >= kept.len(), "they are count as long as they are there");
    drop(kept);
    assert_eq!(count_copies_in_memory(), 0);
}
