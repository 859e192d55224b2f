//! Credentials from the environment, and from the files of other tools.

use super::ClientBuilder;
use crate::runtime::{ConfigError, Environment, Error};

impl ClientBuilder {
    /// Takes base URL, client id and client secret from the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with the name of a variable that is not set, or empty.
    pub fn environment(mut self, names: &Environment) -> Result<Self, Error> {
        self.place.base_url = Some(variable(names.base_url)?);
        let id = variable(names.client_id)?;
        let secret = variable(names.client_secret)?;
        Ok(self.client_credentials(id, secret))
    }

    /// Takes base URL, client id and client secret from where other tools keep them: from the
    /// environment if it has all three, else from the first file that has. A file that others can
    /// read gives a warning as a `tracing` event.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with what each source lacks, or with the file that cannot be read.
    #[cfg(feature = "config-files")]
    pub fn discover(mut self) -> Result<Self, Error> {
        let found = crate::runtime::credential_files::find(self.api, &Default::default())?;
        self.place.base_url = Some(found.base_url);
        Ok(self.client_credentials(found.client_id, found.client_secret))
    }
}

fn variable(name: &str) -> Result<String, ConfigError> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Ok(_) => Err(ConfigError::new(format!("the environment variable {name} is empty"))),
        Err(std::env::VarError::NotPresent) => {
            Err(ConfigError::new(format!("the environment variable {name} is not set")))
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(ConfigError::new(format!("the environment variable {name} is not UTF-8")))
        }
    }
}
