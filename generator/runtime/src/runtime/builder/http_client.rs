//! The underlying HTTP client: certificates, proxies and connections.

use reqwest::redirect::Policy;

use super::ClientBuilder;
use crate::runtime::base_url::BaseUrl;
use crate::runtime::{ConfigError, Error};

impl ClientBuilder {
    /// Returns the client that the caller has set, or a new one with the builder's settings.
    ///
    /// # Errors
    ///
    /// A certificate is invalid, or a setting would have no effect on the caller's client.
    pub(super) fn http_client_for(&self, base_url: &BaseUrl) -> Result<reqwest::Client, Error> {
        let certificates = self.certificates()?;
        let Some(client) = &self.http else {
            return self.new_http_client(base_url, certificates);
        };
        let ignored = [
            ("root_certificate", !self.root_certificates.is_empty()),
            ("connect_timeout", self.connect_timeout.is_some()),
        ];
        match ignored.iter().find(|(_, is_set)| *is_set) {
            Some((setting, _)) => Err(ConfigError::new(format!(
                "`{setting}` has no effect on the client of `http_client`; set it on that client, or do not use `http_client`"
            ))
            .into()),
            None => Ok(client.clone()),
        }
    }

    fn new_http_client(
        &self,
        base_url: &BaseUrl,
        certificates: Vec<reqwest::Certificate>,
    ) -> Result<reqwest::Client, Error> {
        let plain = || {
            let builder = reqwest::Client::builder()
                .connect_timeout(self.connect_timeout.unwrap_or(super::CONNECT_TIMEOUT))
                // The transport follows the redirects that are allowed.
                .redirect(Policy::none())
                // Retries are decided by the retry policy alone.
                .retry(reqwest::retry::never())
                // The URL of a request may contain a key.
                .referer(false);
            if cfg!(feature = "system-proxy") { builder } else { builder.no_proxy() }
        };
        match plain().tls_certs_merge(certificates.clone()).build() {
            Ok(client) => Ok(client),
            // Without system certificates, plain HTTP to this machine still works.
            Err(_) if !base_url.is_encrypted() => {
                Ok(plain().tls_certs_only(certificates).build().map_err(refused)?)
            }
            Err(error) => Err(refused(error).into()),
        }
    }

    /// Parses the caller's certificates and checks each of them.
    fn certificates(&self) -> Result<Vec<reqwest::Certificate>, ConfigError> {
        let mut all = Vec::new();
        for pem in &self.root_certificates {
            let wrong = |why: &str| {
                ConfigError::new(format!(
                    "root certificate: {why}; expected PEM, between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`"
                ))
            };
            if String::from_utf8_lossy(pem).contains("PRIVATE KEY-----") {
                return Err(wrong("it contains a private key, which a client must not have"));
            }
            let found = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| wrong(&causes(&error)))?;
            if found.is_empty() {
                return Err(wrong("it contains no certificate"));
            }
            // Some platforms only check certificates when a client trusts nothing else.
            let trusting = reqwest::Client::builder().no_proxy().tls_certs_only(found.clone());
            trusting.build().map_err(|error| wrong(&causes(&error)))?;
            all.extend(found);
        }
        Ok(all)
    }
}

fn refused(error: reqwest::Error) -> ConfigError {
    ConfigError::new(format!("HTTP client: {}", causes(&error)))
}

/// Returns an error and its sources, in one line.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
