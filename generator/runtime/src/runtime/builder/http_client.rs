//! The HTTP client beneath: certificates, proxies, redirects.

use reqwest::Url;
use reqwest::redirect::Policy;

use super::ClientBuilder;
use crate::runtime::base_url::{BaseUrl, is_loopback};
use crate::runtime::{ConfigError, Error};

impl ClientBuilder {
    pub(super) fn http_client_for(
        &self,
        base_url: &BaseUrl,
        redirects: Policy,
    ) -> Result<reqwest::Client, Error> {
        let refused =
            |error: reqwest::Error| ConfigError::new(format!("HTTP client: {}", causes(&error)));
        let mut certificates = Vec::new();
        for pem in &self.root_certificates {
            certificates.push(reqwest::Certificate::from_pem(pem).map_err(refused)?);
        }
        let plain = |redirects| {
            let builder = reqwest::Client::builder()
                .connect_timeout(self.connect_timeout)
                .redirect(redirects)
                // What is repeated, and how often, is for the policy to say.
                .retry(reqwest::retry::never())
                // The address of a request may hold a key.
                .referer(false);
            if cfg!(feature = "system-proxy") { builder } else { builder.no_proxy() }
        };
        match plain(redirects).tls_certs_merge(certificates.clone()).build() {
            Ok(client) => Ok(client),
            // A system without certificates of its own can still talk to itself.
            Err(_) if !base_url.is_encrypted() => {
                Ok(plain(Policy::none()).tls_certs_only(certificates).build().map_err(refused)?)
            }
            Err(error) => Err(refused(error).into()),
        }
    }
}

/// Follows redirects, but not from an encrypted connection to one that is not, nor over plain HTTP
/// to where that is not allowed. A key in a header of its own stays with its host: the HTTP client
/// takes only the headers away that it knows to be secret.
pub(super) fn redirects(allow_http: bool, same_host: bool) -> Policy {
    Policy::custom(move |attempt| {
        let encrypted = attempt.previous().iter().any(|url| url.scheme() == "https");
        let plain = attempt.url().scheme() != "https";
        let allowed = allow_http || is_loopback(attempt.url());
        if plain && (encrypted || !allowed) {
            attempt.error("redirected to plain http")
        } else if same_host
            && attempt.previous().last().is_some_and(|from| !is_same_host(from, attempt.url()))
        {
            attempt.error("redirected to another host, which must not see the key")
        } else if attempt.previous().len() > 10 {
            attempt.error("redirected more than ten times")
        } else {
            attempt.follow()
        }
    })
}

fn is_same_host(from: &Url, to: &Url) -> bool {
    from.host_str() == to.host_str() && from.port_or_known_default() == to.port_or_known_default()
}

/// An error and what is below it, in one line.
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
