//! A SailPoint tenant to test against: an HTTP server on loopback with the four operations of the
//! reports document and the token endpoint.
//!
//! In come HTTP requests, which are checked against `spec/reports.yaml`; out go the answers of a
//! tenant, with the ways in which tenants are known to differ from their document, and with faults
//! where a test asks for them. Whether a client does the right thing with all that is left to the
//! tests.
//!
//! Time is tokio's: in a runtime whose clock is paused, reports finish and tokens expire when the
//! clock is advanced. The tenant runs on the runtime that started it, so a test that blocks its
//! thread needs a runtime with several.
//!
//! ```
//! # use tests::mock_tenant::{Fault, MockTenant, Operation};
//! # async fn example() -> std::io::Result<()> {
//! let tenant = MockTenant::builder().csv_size(1 << 20).start().await?;
//! tenant.inject(Operation::GetReport, Fault::rate_limited("2").times(2));
//! // … let a client talk to tenant.base_url() …
//! assert_eq!(tenant.requests_to(Operation::GetReport).len(), 3);
//! # Ok(())
//! # }
//! ```

mod accept;
mod answers;
mod body;
mod builder;
mod connection;
mod contract;
mod control;
#[cfg(test)]
mod end_to_end;
mod fault;
mod files;
mod form;
mod ids;
mod operation;
mod record;
mod reports;
mod runs;
mod service;
mod tenant;
mod timestamp;
mod tls;
mod token_endpoint;
mod tokens;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::header::{HeaderValue, InvalidHeaderValue};
use tokio::task::JoinHandle;

pub use self::builder::Builder;
pub use self::fault::Fault;
pub use self::operation::Operation;
pub use self::record::RecordedRequest;

use self::files::Disposition;
use self::tenant::Tenant;

/// A running tenant. It stops, with all its connections, when this handle is dropped.
#[derive(Debug)]
pub struct MockTenant {
    tenant: Arc<Tenant>,
    base_url: String,
    certificate: Option<String>,
    server: JoinHandle<()>,
}

impl MockTenant {
    /// Sets up a tenant.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts a tenant with all defaults.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The URL of the tenant, without a path and without a slash at its end. The API is below
    /// `/v3`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The client id that tokens are given out for.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// The secret that belongs to the client id.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// The certificate that a client has to trust, if the tenant speaks TLS. It is for `localhost`
    /// and `127.0.0.1`.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Lets a fault happen to the next requests of one operation. Several faults happen in the
    /// order they were given.
    pub fn inject(&self, operation: Operation, fault: Fault) {
        self.tenant.state().faults.add(Some(operation), fault);
    }

    /// Lets a fault happen to the next requests of whatever operation, those for tokens included.
    pub fn inject_any(&self, fault: Fault) {
        self.tenant.state().faults.add(None, fault);
    }

    /// How many requests the faults are still waiting for.
    pub fn pending_faults(&self) -> u32 {
        self.tenant.state().faults.pending()
    }

    /// Forgets the faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.tenant.state().faults.clear();
    }

    /// All requests in the order they came in, those for tokens and those that failed included.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.tenant.state().record.requests().to_vec()
    }

    /// The requests of one operation.
    pub fn requests_to(&self, operation: Operation) -> Vec<RecordedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.operation == Some(operation));
        requests
    }

    /// Forgets the requests so far. The count of token requests goes on.
    pub fn clear_requests(&self) {
        self.tenant.state().record.clear();
    }

    /// How often a token was asked for since the start, with or without success.
    pub fn token_requests(&self) -> usize {
        self.tenant.state().token_requests
    }

    /// Gives out a token without a request for it, as for a client that gets its tokens from
    /// somebody else.
    pub fn issue_token(&self) -> String {
        let mut state = self.tenant.state();
        let lifetime = state.settings.token_lifetime;
        state.tokens.issue(lifetime)
    }

    /// Makes all tokens so far worthless, as if they had expired early.
    pub fn revoke_tokens(&self) {
        self.tenant.state().tokens.revoke_all();
    }

    /// Sets how long tokens are good that are given out from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.tenant.state().settings.token_lifetime = lifetime;
    }

    /// Sets how long reports run that are started from now on.
    pub fn set_report_duration(&self, duration: Duration) {
        self.tenant.state().settings.report_duration = duration;
    }

    /// Sets the status that reports end with that are started from now on. Any text will do.
    pub fn set_final_status(&self, status: impl Into<String>) {
        self.tenant.state().settings.final_status = status.into();
    }

    /// Sets the status that only the next report to be started ends with.
    pub fn set_next_final_status(&self, status: impl Into<String>) {
        self.tenant.state().settings.next_final_status = Some(status.into());
    }

    /// Sets the status that a report ends, or has ended, with. Returns whether there is a report
    /// with that id.
    pub fn set_final_status_of(&self, id: &str, status: impl Into<String>) -> bool {
        let mut state = self.tenant.state();
        let run = state.runs.get_mut(id);
        run.map(|run| run.final_status = status.into()).is_some()
    }

    /// Sets the exact size of CSV files in bytes.
    pub fn set_csv_size(&self, bytes: u64) {
        self.tenant.state().settings.csv_size = bytes;
    }

    /// Sets whether files are sent in chunks, without `Content-Length`.
    pub fn set_chunked(&self, chunked: bool) {
        self.tenant.state().settings.chunked = chunked;
    }

    /// Sets the `Content-Disposition` of files, or has it made from the name of the report again.
    ///
    /// # Errors
    ///
    /// If a header cannot have this value, because of a control character in it.
    pub fn set_content_disposition(&self, value: Option<&str>) -> Result<(), InvalidHeaderValue> {
        let fixed = value.map(HeaderValue::from_str).transpose()?;
        self.tenant.state().settings.disposition =
            fixed.map_or(Disposition::OfReport, Disposition::Fixed);
        Ok(())
    }

    /// Leaves `Content-Disposition` out.
    pub fn omit_content_disposition(&self) {
        self.tenant.state().settings.disposition = Disposition::Absent;
    }

    /// Stops the tenant and waits until its port and its connections are closed.
    pub async fn stop(mut self) {
        self.server.abort();
        // The task was aborted a moment ago, so that is the error it ends with.
        let _ = (&mut self.server).await;
    }
}

impl Drop for MockTenant {
    fn drop(&mut self) {
        self.server.abort();
    }
}
