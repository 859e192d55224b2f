//! Credentials from the environment, and from the files of other tools.

use super::{ClientBuilder, SignIn};
use crate::runtime::base_url::names_host;
use crate::runtime::credential_source::{Found, Given, Source};
use crate::runtime::{Environment, Error};

impl ClientBuilder {
    /// Takes from the environment what has not been set: base URL, client id and client secret.
    ///
    /// The secret belongs to the host of the base URL beside it: see
    /// [`send_secret_to_other_host`](Self::send_secret_to_other_host).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the names of the variables that are not set, or empty.
    pub fn environment(self, names: &Environment) -> Result<Self, Error> {
        let given = self.given();
        let found = Source::environment(names).complete(&given)?;
        Ok(self.with_source(found))
    }

    /// Takes what has not been set from where other tools keep it: base URL, client id and client
    /// secret, from the environment if any of its variables is set, else from the first file that
    /// holds any of them. A source that is incomplete is an error, and not completed by the next
    /// one. A file that others can read gives a warning as a `tracing` event.
    ///
    /// The secret belongs to the host of the base URL beside it: see
    /// [`send_secret_to_other_host`](Self::send_secret_to_other_host).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with what the source lacks, with the sources that were looked at if there
    /// is none, or with the file that cannot be read.
    #[cfg(feature = "config-files")]
    pub fn discover(self) -> Result<Self, Error> {
        let given = self.given();
        Ok(match crate::runtime::credential_files::find(self.api, &given)? {
            Some(found) => self.with_source(found),
            None => self,
        })
    }

    /// Sends a secret that was found together with a base URL (in the environment or in a file) to
    /// another host as well, which [`base_url`](Self::base_url) or a variable of the server
    /// names. Without it, [`build`](Self::build) fails if scheme, host or port differ. It also
    /// allows token endpoints of any host: see [`token_origins`](Self::token_origins).
    ///
    /// Allow it only if both hosts are trusted with the secret, as for a proxy of one's own.
    pub fn send_secret_to_other_host(mut self, send: bool) -> Self {
        self.allow_another_host = send;
        self
    }

    /// What is set already.
    pub(crate) fn given(&self) -> Given {
        Given {
            host: self.place.base_url.is_some() || names_host(self.api, &self.place.variables),
            authenticated: !matches!(self.sign_in, SignIn::None),
            ..Given::default()
        }
    }

    /// Fills in what a source has found. Whatever the caller has set stays.
    pub(crate) fn with_source(mut self, found: Found) -> Self {
        if let (SignIn::None, Some(id), Some(secret)) =
            (&self.sign_in, found.client_id, found.client_secret)
        {
            self.sign_in = SignIn::Credentials { id, secret };
            self.bound_to = found.host.clone().filter(|_| found.is_bound);
        }
        self.place.source = found.host;
        self
    }
}
