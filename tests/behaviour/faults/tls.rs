//! TLS: the certificates that a client trusts, and the end of a body over TLS.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{ClientBuilder, Error, RetryPolicy};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::server::{Connection, Server, json};
use super::{SUCCESS_BODY, assert_broken, builder, expect_error, in_time};
use crate::setup::{any_report, line};

/// A certificate authority that a client can trust, and its certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns an acceptor with a certificate for a host, which is valid in these years.
    fn server(&self, host: &str, from: i32, to: i32) -> TlsAcceptor {
        let mut params = params(host, from, to);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        acceptor(certificate.der(), &key)
    }
}

fn params(host: &str, from: i32, to: i32) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

fn acceptor(certificate: &CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // The provider is explicit, because a process that links several has no default.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn respond(mut connection: Connection) {
    while let Some(head) = connection.head().await {
        connection.body(&head).await;
        connection.send(&json(SUCCESS_BODY)).await;
    }
}

#[tokio::test]
async fn a_certificate_of_a_configured_authority_is_trusted() {
    let authority = Authority::new();
    let server = Server::start_encrypted(authority.server("127.0.0.1", 2020, 4000), respond).await;
    let client = builder(server.url()).root_certificate(authority.pem()).build().unwrap();
    in_time(client.start_report(&any_report())).await.unwrap();
    assert_eq!(server.requests(), 1);
}

/// Asserts that a client sends nothing to a server and reports why, neither an operation nor a
/// token request.
async fn assert_not_trusted(tls: TlsAcceptor, trusted: Option<&Authority>, why: &str) {
    let server = Server::start_encrypted(tls, respond).await;
    let builder = || -> ClientBuilder {
        let builder = builder(server.url());
        match trusted {
            Some(authority) => builder.root_certificate(authority.pem()),
            None => builder,
        }
    };
    let error = expect_error(builder().build().unwrap().start_report(&any_report())).await;
    assert_broken(&error, false);
    let text = line(&error).to_lowercase();
    assert!(text.contains("certificate") && text.contains(why), "{why}: {error}");
    let secret = builder().client_credentials("id", "the-secret").build().unwrap();
    let error = expect_error(secret.get_report_result("1")).await;
    assert!(line(&error).to_lowercase().contains("certificate"), "{error}");
    assert!(!format!("{error:?} {error}").contains("the-secret"), "{error:?}");
    assert_eq!(server.requests(), 0, "nobody has seen a token or a secret");
}

#[tokio::test]
async fn an_expired_certificate_is_not_trusted() {
    let authority = Authority::new();
    let expired = authority.server("127.0.0.1", 2001, 2002);
    assert_not_trusted(expired, Some(&authority), "expired").await;
}

#[tokio::test]
async fn a_certificate_that_is_not_yet_valid_is_not_trusted() {
    let authority = Authority::new();
    let early = authority.server("127.0.0.1", 3000, 3001);
    assert_not_trusted(early, Some(&authority), "valid").await;
}

#[tokio::test]
async fn a_certificate_with_another_name_is_not_trusted() {
    let authority = Authority::new();
    for host in ["example.com", "127.0.0.2", "127.0.0.1.example.com", "*.0.0.1"] {
        let other = authority.server(host, 2020, 4000);
        assert_not_trusted(other, Some(&authority), "not valid for").await;
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_not_trusted() {
    let key = KeyPair::generate().unwrap();
    let own = params("127.0.0.1", 2020, 4000).self_signed(&key).unwrap();
    assert_not_trusted(acceptor(own.der(), &key), None, "").await;
    assert_not_trusted(acceptor(own.der(), &key), Some(&Authority::new()), "").await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_trusted() {
    let tls = Authority::new().server("127.0.0.1", 2020, 4000);
    assert_not_trusted(tls.clone(), Some(&Authority::new()), "").await;
    assert_not_trusted(tls, None, "").await;
}

/// Starts a server that sends a file which ends with the connection, with or without
/// `close_notify`.
async fn partial_file(authority: &Authority, in_order: bool) -> Server {
    let tls = authority.server("127.0.0.1", 2020, 4000);
    Server::start_encrypted(tls, move |mut connection| async move {
        connection.head().await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv\r\nConnection: close\r\n\r\n";
        connection.send(format!("{head}id,name\n1,one\n").as_bytes()).await;
        if in_order {
            connection.close().await;
        }
    })
    .await
}

/// If the end of the connection is the end of the body, TLS shows whether it was truncated: an
/// attacker cannot send `close_notify` (RFC 8446, section 6.1; RFC 9112, section 9.8).
#[tokio::test]
async fn a_truncated_file_over_tls_is_an_error() {
    let authority = Authority::new();
    let server = partial_file(&authority, false).await;
    let client = builder(server.url()).root_certificate(authority.pem());
    let client = client.retry(RetryPolicy::none()).build().unwrap();
    let file = in_time(client.get_report("1", FileFormat::Csv)).await.unwrap();
    let error = expect_error(file.bytes(1 << 20)).await;
    assert_broken(&error, true);
    let directory = tempfile::tempdir().unwrap();
    let file = in_time(client.get_report("1", FileFormat::Csv)).await.unwrap();
    let error = expect_error(file.save_in(directory.path())).await;
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is left");
}

#[tokio::test]
async fn a_file_over_tls_that_ends_with_close_notify_is_complete() {
    let authority = Authority::new();
    let server = partial_file(&authority, true).await;
    let client = builder(server.url()).root_certificate(authority.pem()).build().unwrap();
    let file = in_time(client.get_report("1", FileFormat::Csv)).await.unwrap();
    assert_eq!(in_time(file.bytes(1 << 20)).await.unwrap(), "id,name\n1,one\n");
}
