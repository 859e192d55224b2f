//! The server itself: TLS and shutdown.

use std::sync::Arc;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{MockTenant, exchange};

#[tokio::test]
async fn the_certificate_is_valid_for_this_machine() {
    let tenant = MockTenant::builder().tls(true).start().await.unwrap();
    assert!(tenant.base_url().starts_with("https://127.0.0.1:"));
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(tenant.certificate_pem().unwrap().as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    for name in ["localhost", "127.0.0.1"] {
        let address = tenant.base_url().split("//").nth(1).unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let stream = connector.connect(ServerName::try_from(name).unwrap(), stream).await.unwrap();
        assert_eq!(exchange(stream, "GET /v3/reports/x/result", "", "").await.status(), 401);
    }
}

#[tokio::test]
async fn a_stopped_tenant_closes_its_connections() {
    let tenant = MockTenant::start().await.unwrap();
    let address = tenant.base_url().split("//").nth(1).unwrap().to_owned();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    tenant.stop().await;
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).await.is_err());
}
