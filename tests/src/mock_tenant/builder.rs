//! How a tenant is set up before it starts.

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
use super::tokens::random_text;

/// Sets up a [`MockTenant`]. Everything has a default.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    settings: Settings,
    credentials: Option<(String, String)>,
    port: u16,
    tls: bool,
    record: Option<PathBuf>,
}

impl Builder {
    /// How long a report runs; 200 ms by default.
    #[must_use]
    pub fn report_duration(mut self, duration: Duration) -> Self {
        self.settings.report_duration = duration;
        self
    }

    /// How long a token is good; 720 s by default. Below a second, the answer says that it expires
    /// in 0 s.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// The client id and secret that tokens are given out for; by default a secret that nobody can
    /// guess.
    #[must_use]
    pub fn credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.credentials = Some((client_id.into(), client_secret.into()));
        self
    }

    /// The exact size of CSV files in bytes, also of the one in a zip archive; 4096 by default. Any
    /// size is sent without being held in memory, but an archive begins only after its checksum is
    /// known, which takes seconds for a gigabyte, and it must stay below 4 GiB.
    #[must_use]
    pub fn csv_size(mut self, bytes: u64) -> Self {
        self.settings.csv_size = bytes;
        self
    }

    /// Whether files are sent in chunks, without `Content-Length`; not so by default.
    #[must_use]
    pub fn chunked(mut self, chunked: bool) -> Self {
        self.settings.chunked = chunked;
        self
    }

    /// The status that reports end with; `SUCCESS` by default. Any text will do.
    #[must_use]
    pub fn final_status(mut self, status: impl Into<String>) -> Self {
        self.settings.final_status = status.into();
        self
    }

    /// The port on 127.0.0.1; one that is free by default.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether the tenant speaks TLS, with the certificate that [`MockTenant::certificate_pem`]
    /// tells.
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
    /// If the port is taken, the record file cannot be opened, the certificate cannot be made, or
    /// the document of the API cannot be read.
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

/// A secret that no other tenant has, so that a test that looks for it in logs finds only its own.
fn random_credentials() -> (String, String) {
    ("mock-client".to_owned(), random_text(&RandomState::new(), 0))
}
