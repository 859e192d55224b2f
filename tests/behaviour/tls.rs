//! Encrypted connections, and whom they are made to.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{MockTenant, Operation};

use crate::setup::{any_report, at_once, builder, count, line, start};

async fn tls_tenant() -> MockTenant {
    let builder = MockTenant::builder().tls(true).report_duration(std::time::Duration::ZERO);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn a_certificate_that_is_given_is_trusted() {
    let tenant = tls_tenant().await;
    assert!(tenant.base_url().starts_with("https://"));
    let pem = tenant.certificate_pem().unwrap();
    let client = builder(&tenant).root_certificate(pem).build().unwrap();
    let id = start(&client).await;
    let file = client.get_report(&id, FileFormat::Csv).await.unwrap();
    assert_eq!(file.bytes(4096).await.unwrap().len(), 4096);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_neither_request_nor_secret() {
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
    // The same machine under a name that the certificate does not have.
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

#[test]
fn a_certificate_that_is_none_is_refused() {
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = Client::builder().token("t").root_certificate(pem).build().unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    line(&error);
}
