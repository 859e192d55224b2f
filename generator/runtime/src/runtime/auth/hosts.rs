//! Decides which hosts receive the client secret.
//!
//! A secret belongs to the host of the API. Another host receives it if the caller names that host,
//! or if the caller names no host and the document names both its server and its token URL. A
//! server cannot name further hosts at run time, in a discovery document.

use reqwest::Url;

use crate::runtime::ConfigError;
use crate::runtime::base_url::{checked_origin, shown_origin};

/// The origins that may receive the secret.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    origins: Vec<Url>,
    any: bool,
}

impl Hosts {
    /// Allows the host of the API and the listed origins, or any host.
    ///
    /// # Errors
    ///
    /// Fails if a listed string is not an origin, or uses plain HTTP where that is not allowed.
    pub(crate) fn new(
        api: Url,
        listed: &[String],
        any: bool,
        allow_http: bool,
    ) -> Result<Self, ConfigError> {
        let mut origins = vec![api];
        for origin in listed {
            origins.push(checked_origin("token origin", origin, allow_http)?);
        }
        Ok(Self { origins, any })
    }

    /// Adds the origin of a URL.
    pub(crate) fn and(mut self, url: Url) -> Self {
        self.origins.push(url);
        self
    }

    /// Rejects a URL of another origin. `whose` names what contains the URL, for the message.
    pub(crate) fn check(&self, url: &Url, whose: &str) -> Result<(), String> {
        if self.any || self.origins.iter().any(|one| one.origin() == url.origin()) {
            return Ok(());
        }
        let own = self.origins.first().map(shown_origin).unwrap_or_default();
        let other = shown_origin(url);
        Err(format!(
            "the secret belongs to {own}, and {whose} would send it to {other}; if that host may \
             have it, allow it with `token_origins([\"{other}\"])`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_hosts_are_those_that_are_listed() {
        let url = |text: &str| Url::parse(text).unwrap();
        let hosts = |listed: &[&str], any| {
            let listed: Vec<String> = listed.iter().map(|one| (*one).to_owned()).collect();
            Hosts::new(url("https://api.example/v1"), &listed, any, false)
        };
        let own = hosts(&[], false).unwrap();
        assert!(own.check(&url("https://api.example/oauth/token"), "x").is_ok());
        for other in [
            "https://api.example:8443/t",
            "http://api.example/t",
            "https://api.example.evil/t",
            "https://evil.example/https://api.example/t",
        ] {
            let refused = own.check(&url(other), "the document").unwrap_err();
            let said = "belongs to https://api.example, and the document would send it to http";
            assert!(refused.contains(said) && refused.contains("token_origins"), "{refused}");
            assert!(hosts(&[], true).unwrap().check(&url(other), "x").is_ok());
        }
        let listed = hosts(&["https://login.example"], false).unwrap();
        assert!(listed.check(&url("https://login.example/t"), "x").is_ok());
        assert!(listed.check(&url("https://evil.example/t"), "x").is_err());
        for wrong in ["https://login.example/path", "http://login.example", "login.example"] {
            assert!(hosts(&[wrong], false).is_err(), "{wrong}");
        }
    }
}
