//! TLS connections and their certificates.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{MockTenant, Operation};

use crate::setup::{any_report, at_once, builder, count, line, start};

async fn tls_tenant() -> MockTenant {
    let builder = MockTenant::builder().tls(true).report_duration(std::time::Duration::ZERO);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn a_configured_root_certificate_is_trusted() {
    let tenant = tls_tenant().await;
    assert!(tenant.base_url().starts_with("https://"));
    let pem = tenant.certificate_pem().unwrap();
    let client = builder(&tenant).root_certificate(pem).build().unwrap();
    let id = start(&client).await;
    let file = client.get_report(&id, FileFormat::Csv).await.unwrap();
    assert_eq!(file.bytes(4096).await.unwrap().len(), 4096);
}

#[tokio::test]
async fn a_server_with_an_untrusted_certificate_receives_nothing() {
    let (tenant, other) = (tls_tenant().await, tls_tenant().await);
    let strange = other.certificate_pem().unwrap();
    for builder in [builder(&tenant), builder(&tenant).root_certificate(strange)] {
        let client = builder.token("t").build().unwrap();
        let error = client.start_report(&any_report()).await.unwrap_err();
        let Error::Connection(connection) = &error else { panic!("{error:?}") };
        assert!(!connection.may_have_reached_server());
        assert!(line(&error).to_lowercase().contains("certificate"), "{error}");
    }
    let error = builder(&tenant).build().unwrap().get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert!(line(&error).to_lowercase().contains("certificate"), "{error}");
    assert!(tenant.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_host_is_not_trusted() {
    let tenant = tls_tenant().await;
    // The same host under a name that is not in the certificate.
    let url = tenant.base_url().replace("127.0.0.1", "[::ffff:127.0.0.1]");
    let client = Client::builder()
        .base_url(url)
        .token("t")
        .retry(at_once(1))
        .root_certificate(tenant.certificate_pem().unwrap())
        .build()
        .unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
}

/// Returns the error message of a builder with an invalid certificate.
fn config_error(pem: impl AsRef<[u8]>) -> String {
    // The scheme of the base URL makes no difference.
    let messages = ["https://acme.example", "http://127.0.0.1:9"].map(|url| {
        let builder = Client::builder().token("t").base_url(url);
        let error = builder.root_certificate(pem.as_ref()).build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        line(&error)
    });
    assert_eq!(messages[0], messages[1]);
    messages[0].clone()
}

#[tokio::test]
async fn an_invalid_root_certificate_is_rejected() {
    let valid = tls_tenant().await.certificate_pem().unwrap().to_owned();
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    let block =
        |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    for pem in [
        String::new(),
        "rubbish".to_owned(),
        key.to_owned(),
        format!("{valid}{key}"),
        block("AAAA"),
        block("!!!!"),
        format!("{valid}{}", block("AAAA")),
        valid.replace("-----END CERTIFICATE-----", ""),
        valid.lines().take(4).collect::<Vec<_>>().join("\n"),
    ] {
        let messages = config_error(pem.clone());
        assert!(messages.starts_with("root certificate: "), "{pem:?}: {messages}");
        assert!(!messages.contains("hunter2"), "{messages}");
    }
    config_error([0x30, 0x82, 0xff, 0x00]);
    for pem in [valid.clone(), format!("{valid}{valid}"), format!("# a comment\n{valid}")] {
        Client::builder().token("t").tenant("acme").root_certificate(pem).build().unwrap();
    }
}

#[tokio::test]
async fn a_setting_that_a_custom_client_would_ignore_is_rejected() {
    let valid = tls_tenant().await.certificate_pem().unwrap().to_owned();
    let builder = || {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Client::builder().token("t").tenant("acme").http_client(client)
    };
    let limit = std::time::Duration::from_secs(1);
    for (builder, setting) in [
        (builder().root_certificate(valid), "`root_certificate`"),
        (builder().connect_timeout(limit), "`connect_timeout`"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(line(&error).starts_with(setting), "{error}");
    }
    builder().build().unwrap();
}
