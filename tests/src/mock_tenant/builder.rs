//! The settings of a tenant before it starts.

use std::hash::RandomState;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::MockTenant;
use super::connection;
use super::contract::Contract;
use super::record::Record;
use super::tenant::{Settings, Tenant};
use super::tls;
use super::tokens::random_string;

/// Configures a [`MockTenant`]. Every setting has a default.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    settings: Settings,
    credentials: Option<(String, String)>,
    port: u16,
    tls: bool,
    record: Option<PathBuf>,
}

impl Builder {
    /// Sets how long a report runs. The default is 200 ms.
    #[must_use]
    pub fn report_duration(mut self, duration: Duration) -> Self {
        self.settings.report_duration = duration;
        self
    }

    /// Sets how long a token is valid. The default is 720 s. Below one second, `expires_in` is 0.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Sets the client id and secret that the token endpoint accepts. The default secret is random.
    #[must_use]
    pub fn credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.credentials = Some((client_id.into(), client_secret.into()));
        self
    }

    /// Sets the exact size of CSV files in bytes, also of the one in a zip archive. The default is
    /// 4096. Files of any size are streamed. An archive starts only after its checksum is known,
    /// which takes seconds for a gigabyte, and must stay below 4 GiB.
    #[must_use]
    pub fn csv_size(mut self, bytes: u64) -> Self {
        self.settings.csv_size = bytes;
        self
    }

    /// Sets whether files are sent with chunked encoding, without `Content-Length`. Off by default.
    #[must_use]
    pub fn chunked(mut self, chunked: bool) -> Self {
        self.settings.chunked = chunked;
        self
    }

    /// Sets the final status of reports. The default is `SUCCESS`. Any string is allowed.
    #[must_use]
    pub fn final_status(mut self, status: impl Into<String>) -> Self {
        self.settings.final_status = status.into();
        self
    }

    /// Sets the port on 127.0.0.1. The default is a free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets whether the tenant uses TLS, with the certificate of [`MockTenant::certificate_pem`].
    #[must_use]
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Appends every request to a file, as one line of JSON each.
    #[must_use]
    pub fn record(mut self, path: impl Into<PathBuf>) -> Self {
        self.record = Some(path.into());
        self
    }

    /// Starts the tenant on the current tokio runtime. It accepts connections as soon as this
    /// returns.
    ///
    /// # Errors
    ///
    /// The port is in use, the record file cannot be opened, the certificate cannot be generated,
    /// or the document of the API cannot be read.
    pub async fn start(self) -> io::Result<MockTenant> {
        let contract = Contract::load()?;
        let record = Record::open(self.record.as_deref())?;
        let (acceptor, certificate) =
            if self.tls { Some(tls::self_signed()?) } else { None }.unzip();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let scheme = if self.tls { "https" } else { "http" };
        let base_url = format!("{scheme}://{}", listener.local_addr()?);
        let credentials = self.credentials.unwrap_or_else(random_credentials);
        let tenant = Arc::new(Tenant::new(contract, credentials, self.settings, record));
        let server = tokio::spawn(connection::accept_all(listener, acceptor, tenant.clone()));
        Ok(MockTenant { tenant, base_url, certificate, server })
    }
}

/// Generates a secret that no other tenant has, so that a test that searches logs for it finds only
/// its own.
fn random_credentials() -> (String, String) {
    ("mock-client".to_owned(), random_string(&RandomState::new(), 0))
}
