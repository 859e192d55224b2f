//! A SailPoint tenant to test against: an HTTP server on loopback with the four operations of the
//! reports document and the token endpoint.
//!
//! Takes HTTP requests, checks them against `spec/reports.yaml`, and returns the responses of a
//! tenant. They include the known differences between tenants and their document, and the faults
//! that a test injects. Leaves to the tests whether a client handles all that correctly.
//!
//! Time is tokio's: with a paused clock, reports finish and tokens expire when the clock is
//! advanced. The tenant runs on the runtime that started it, so a test that blocks its thread needs
//! a multi-threaded runtime.
//!
//! ```
//! # use tests::mock_tenant::{Fault, MockTenant, Operation};
//! # async fn example() -> std::io::Result<()> {
//! let tenant = MockTenant::builder().csv_size(1 << 20).start().await?;
//! tenant.inject(Operation::GetReport, Fault::rate_limited("2").times(2));
//! // … a client calls tenant.base_url() …
//! assert_eq!(tenant.requests_to(Operation::GetReport).len(), 3);
//! # Ok(())
//! # }
//! ```

mod accept;
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
mod responses;
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

/// A running tenant. Dropping it stops the tenant and closes all connections.
#[derive(Debug)]
pub struct MockTenant {
    tenant: Arc<Tenant>,
    base_url: String,
    certificate: Option<String>,
    server: JoinHandle<()>,
}

impl MockTenant {
    /// Returns a builder for a tenant.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts a tenant with the default settings.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns the URL of the tenant, without a path or a trailing slash. The API is below `/v3`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the client id that the token endpoint accepts.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// Returns the client secret that the token endpoint accepts.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// Returns the certificate that a client must trust, if the tenant uses TLS. It is valid for
    /// `localhost` and `127.0.0.1`.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Applies a fault to the next requests of one operation. Several faults are applied in the
    /// order in which they were injected.
    pub fn inject(&self, operation: Operation, fault: Fault) {
        self.tenant.state().faults.add(Some(operation), fault);
    }

    /// Applies a fault to the next requests of any operation, token requests included.
    pub fn inject_any(&self, fault: Fault) {
        self.tenant.state().faults.add(None, fault);
    }

    /// Returns the number of requests that the pending faults still apply to.
    pub fn pending_faults(&self) -> u32 {
        self.tenant.state().faults.pending()
    }

    /// Removes the pending faults.
    pub fn clear_faults(&self) {
        self.tenant.state().faults.clear();
    }

    /// Returns all requests in the order of arrival, token requests and failed requests included.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.tenant.state().record.requests().to_vec()
    }

    /// Returns the requests of one operation.
    pub fn requests_to(&self, operation: Operation) -> Vec<RecordedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.operation == Some(operation));
        requests
    }

    /// Removes the recorded requests. The count of token requests is kept.
    pub fn clear_requests(&self) {
        self.tenant.state().record.clear();
    }

    /// Returns the number of token requests since the start, failed ones included.
    pub fn token_requests(&self) -> usize {
        self.tenant.state().token_requests
    }

    /// Issues a token without a request, for a client that does not use the token endpoint.
    pub fn issue_token(&self) -> String {
        let mut state = self.tenant.state();
        let lifetime = state.settings.token_lifetime;
        state.tokens.issue(lifetime)
    }

    /// Revokes all tokens issued so far.
    pub fn revoke_tokens(&self) {
        self.tenant.state().tokens.revoke_all();
    }

    /// Sets the lifetime of tokens issued from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.tenant.state().settings.token_lifetime = lifetime;
    }

    /// Sets the duration of reports started from now on.
    pub fn set_report_duration(&self, duration: Duration) {
        self.tenant.state().settings.report_duration = duration;
    }

    /// Sets the final status of reports started from now on. Any string is allowed.
    pub fn set_final_status(&self, status: impl Into<String>) {
        self.tenant.state().settings.final_status = status.into();
    }

    /// Sets the final status of the next report only.
    pub fn set_next_final_status(&self, status: impl Into<String>) {
        self.tenant.state().settings.next_final_status = Some(status.into());
    }

    /// Sets the final status of one report, whether or not it has finished. Returns whether there
    /// is a report with that id.
    pub fn set_final_status_of(&self, id: &str, status: impl Into<String>) -> bool {
        let mut state = self.tenant.state();
        let run = state.runs.get_mut(id);
        run.map(|run| run.final_status = status.into()).is_some()
    }

    /// Sets the exact size of CSV files, in bytes.
    pub fn set_csv_size(&self, bytes: u64) {
        self.tenant.state().settings.csv_size = bytes;
    }

    /// Sets whether files are sent with chunked encoding, without `Content-Length`.
    pub fn set_chunked(&self, chunked: bool) {
        self.tenant.state().settings.chunked = chunked;
    }

    /// Sets the `Content-Disposition` of files; `None` derives it from the name of the report.
    ///
    /// # Errors
    ///
    /// The value contains a control character, so it is not a valid header value.
    pub fn set_content_disposition(&self, value: Option<&str>) -> Result<(), InvalidHeaderValue> {
        let fixed = value.map(HeaderValue::from_str).transpose()?;
        self.tenant.state().settings.disposition =
            fixed.map_or(Disposition::OfReport, Disposition::Fixed);
        Ok(())
    }

    /// Omits `Content-Disposition`.
    pub fn omit_content_disposition(&self) {
        self.tenant.state().settings.disposition = Disposition::Absent;
    }

    /// Stops the tenant and waits until its port and connections are closed.
    pub async fn stop(mut self) {
        self.server.abort();
        // The only possible error is that the task was aborted.
        let _ = (&mut self.server).await;
    }
}

impl Drop for MockTenant {
    fn drop(&mut self) {
        self.server.abort();
    }
}
