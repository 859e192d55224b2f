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

/// A tenant: what never changes, and what does.
#[derive(Debug)]
pub(super) struct Tenant {
    /// The document that requests are checked against.
    pub(super) contract: Contract,
    /// The id that tokens are given out for.
    pub(super) client_id: String,
    /// The secret that belongs to the id.
    pub(super) client_secret: String,
    state: Mutex<State>,
}

/// What changes while the tenant is up.
#[derive(Debug)]
pub(super) struct State {
    /// How the tenant behaves.
    pub(super) settings: Settings,
    /// The tokens that were given out.
    pub(super) tokens: Tokens,
    /// How often a token was asked for.
    pub(super) token_requests: usize,
    /// The report runs.
    pub(super) runs: Runs,
    /// The ids of runs.
    pub(super) run_ids: Ids,
    /// The ids of requests.
    pub(super) tracking_ids: Ids,
    /// The faults that have yet to happen.
    pub(super) faults: FaultQueue,
    /// The requests so far.
    pub(super) record: Record,
}

/// How a tenant behaves; all of it may be changed while it is up.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// How long a run takes that starts now.
    pub(super) report_duration: Duration,
    /// How long a token is good that is given out now.
    pub(super) token_lifetime: Duration,
    /// The size of CSV files, also of those in zip archives.
    pub(super) csv_size: u64,
    /// Whether files are sent in chunks, without a length.
    pub(super) chunked: bool,
    /// The status that runs end with.
    pub(super) final_status: String,
    /// The status that only the next run ends with.
    pub(super) next_final_status: Option<String>,
    /// How files are to be saved.
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
    /// A tenant that nobody has used yet.
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

    /// The state, for a moment. No answer is awaited while it is held.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while holding the lock has not left anything half done worth a second
        // failure.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
