//! The state of a tenant, shared by all its connections.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::contract::Contract;
use super::fault::FaultQueue;
use super::files::Disposition;
use super::ids::Ids;
use super::record::Record;
use super::runs::Runs;
use super::tokens::Tokens;

/// A tenant: its constants and its mutable state.
#[derive(Debug)]
pub(super) struct Tenant {
    /// The document that requests are checked against.
    pub(super) contract: Contract,
    /// The client id that the token endpoint accepts.
    pub(super) client_id: String,
    /// The client secret that the token endpoint accepts.
    pub(super) client_secret: String,
    state: Mutex<State>,
}

/// The mutable state of a tenant.
#[derive(Debug)]
pub(super) struct State {
    /// The settings.
    pub(super) settings: Settings,
    /// The valid tokens.
    pub(super) tokens: Tokens,
    /// The number of token requests.
    pub(super) token_requests: usize,
    /// The report runs.
    pub(super) runs: Runs,
    /// The ids of runs.
    pub(super) run_ids: Ids,
    /// The ids of requests.
    pub(super) tracking_ids: Ids,
    /// The pending faults.
    pub(super) faults: FaultQueue,
    /// The recorded requests.
    pub(super) record: Record,
}

/// The settings of a tenant. All of them can change while it runs.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The duration of runs that start now.
    pub(super) report_duration: Duration,
    /// The lifetime of tokens that are issued now.
    pub(super) token_lifetime: Duration,
    /// The size of CSV files, also of those in zip archives.
    pub(super) csv_size: u64,
    /// Whether files are sent with chunked encoding, without a length.
    pub(super) chunked: bool,
    /// The final status of runs.
    pub(super) final_status: String,
    /// The final status of the next run only.
    pub(super) next_final_status: Option<String>,
    /// The `Content-Disposition` of files.
    pub(super) disposition: Disposition,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            report_duration: Duration::from_millis(200),
            token_lifetime: Duration::from_secs(720),
            csv_size: 4096,
            chunked: false,
            final_status: "SUCCESS".to_owned(),
            next_final_status: None,
            disposition: Disposition::OfReport,
        }
    }
}

impl Tenant {
    /// Creates a tenant without tokens, runs or recorded requests.
    pub(super) fn new(
        contract: Contract,
        credentials: (String, String),
        settings: Settings,
        record: Record,
    ) -> Self {
        let state = State {
            settings,
            tokens: Tokens::default(),
            token_requests: 0,
            runs: Runs::new(),
            run_ids: Ids::new(0),
            tracking_ids: Ids::new(1 << 32),
            faults: FaultQueue::default(),
            record,
        };
        let (client_id, client_secret) = credentials;
        Self { contract, client_id, client_secret, state: Mutex::new(state) }
    }

    /// Locks the state. The guard must not be held across an await.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while it held the lock must not make others fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
