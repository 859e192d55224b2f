//! Reads credentials from the environment and from the files of other tools.

use super::{Authentication, ClientBuilder};
use crate::runtime::credential_source::{Preset, Source, SourceValues};
use crate::runtime::server::names_host;
use crate::runtime::{Environment, Error};

impl ClientBuilder {
    /// Reads from the environment what has not been set: base URL, client id and client secret.
    ///
    /// The secret is bound to the host of the base URL next to it: see
    /// [`send_secret_to_other_host`](Self::send_secret_to_other_host).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the names of the variables that are unset or empty.
    // Only generated code can name the arguments.
    #[doc(hidden)]
    pub fn environment(self, names: &Environment) -> Result<Self, Error> {
        let given = self.given();
        let values = Source::environment(names).complete(&given)?;
        Ok(self.with_source(values))
    }

    /// Reads what has not been set (base URL, client id and client secret) from the environment if
    /// one of its variables is set, otherwise from the first credential file that contains any of
    /// them. An incomplete source is an error; it is not completed from the next one. If other
    /// users can read the file, a `tracing` event of level `WARN` reports it.
    ///
    /// The secret is bound to the host of the base URL next to it: see
    /// [`send_secret_to_other_host`](Self::send_secret_to_other_host).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a value is missing from the source, if there is no source (the message
    /// lists those that were tried), or if a file cannot be read.
    #[cfg(feature = "config-files")]
    pub fn discover(self) -> Result<Self, Error> {
        let given = self.given();
        Ok(match crate::runtime::credential_files::find(self.api, &given)? {
            Some(values) => self.with_source(values),
            None => self,
        })
    }

    /// Allows sending a secret that was read together with a base URL (from the environment or from
    /// a file) to another host, set by [`base_url`](Self::base_url) or by a server variable.
    /// Without it, [`build`](Self::build) fails if scheme, host or port differ. It also allows token
    /// endpoints on any host: see [`token_origins`](Self::token_origins).
    ///
    /// Allow it only if you trust both hosts with the secret, for instance for your own proxy.
    pub fn send_secret_to_other_host(mut self, send: bool) -> Self {
        self.allow_other_host = send;
        self
    }

    /// Returns which values are set already.
    pub(crate) fn given(&self) -> Preset {
        Preset {
            host: self.server.base_url.is_some() || names_host(self.api, &self.server.variables),
            authenticated: !matches!(self.authentication, Authentication::None),
            ..Preset::default()
        }
    }

    /// Fills in the values of a source, except those that the caller has set.
    pub(crate) fn with_source(mut self, values: SourceValues) -> Self {
        if let (Authentication::None, Some(id), Some(secret)) =
            (&self.authentication, values.client_id, values.client_secret)
        {
            self.authentication = Authentication::ClientCredentials { id, secret };
            self.secret_host = values.host.clone().filter(|_| values.is_bound);
        }
        self.server.source = values.host;
        self
    }
}
