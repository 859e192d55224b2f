//! Builds a client from the settings.

use std::sync::Arc;

use super::{Authentication, ClientBuilder, RateLimitSetting};
use crate::runtime::auth::{ClientCredentials, Endpoint, Hosts, TokenCache};
use crate::runtime::base_url::{BaseUrl, base_url, checked, shown_origin};
use crate::runtime::client::Shared;
use crate::runtime::credential_source::SourceHost;
use crate::runtime::operation_servers::OperationServers;
use crate::runtime::rate_limit::Limiter;
use crate::runtime::redirect::Redirects;
use crate::runtime::security::Credentials;
use crate::runtime::{Client, ConfigError, Error, TokenEndpoint};

impl ClientBuilder {
    /// Builds the client. It sends no request.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if no host is set, if the base URL, a certificate or another value is
    /// invalid, if a secret would be sent to a host other than its own, or if a setting would have
    /// no effect.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = base_url(self.api, &self.server)?;
        if let Some(message) = self.secret_leaves_its_host(&base_url)? {
            return Err(ConfigError::new(format!(
                "{message}; give credentials for that host, or allow it with `send_secret_to_other_host(true)`"
            ))
            .into());
        }
        let operation_servers =
            OperationServers::new(self.api, &self.server, &base_url, &self.credential_origins)?;
        let user_agent = self
            .user_agent
            .iter()
            .fold(self.api.user_agent.to_owned(), |all, product| format!("{all} {product}"));
        if http::HeaderValue::from_str(&user_agent).is_err() {
            return Err(ConfigError::new(format!(
                "user agent `{}` cannot be a header",
                user_agent.escape_debug()
            ))
            .into());
        }
        let http = self.http_client_for(&base_url)?;
        let redirects = Redirects::new(&self.redirect_origins, self.server.allow_http)?;
        let tokens = self.tokens(&base_url, &user_agent, &http)?.map(Arc::new);
        let credentials = Credentials::new(self.api.security, &self.credentials, tokens)?;
        let limiter = self.limiter(&base_url);
        let Self { api, retry, limits, .. } = self;
        Ok(Client {
            shared: Arc::new(Shared {
                api,
                http,
                redirects,
                base_url,
                operation_servers,
                user_agent,
                credentials,
                retry,
                limits,
                limiter,
            }),
        })
    }

    /// Returns a message if a secret would be sent to a host other than the one it came with.
    fn secret_leaves_its_host(&self, base_url: &BaseUrl) -> Result<Option<String>, ConfigError> {
        let Some(SourceHost { base_url: own, source }) = &self.secret_host else {
            return Ok(None);
        };
        let own = checked(&format!("base URL of {source}"), own, self.server.allow_http)?;
        if self.allow_other_host || base_url.has_origin_of(&own) {
            return Ok(None);
        }
        Ok(Some(format!(
            "the secret of {source} belongs to {}, and is not sent to {}",
            shown_origin(&own),
            base_url.absolute("/"),
        )))
    }

    /// Returns the same message for the command-line program, which adds its own advice.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn refused_host(&self) -> Option<String> {
        let base_url = base_url(self.api, &self.server).ok()?;
        self.secret_leaves_its_host(&base_url).ok()?
    }

    fn limiter(&self, base_url: &BaseUrl) -> Option<Arc<Limiter>> {
        match (self.rate_limit, self.api.rate_limit, &self.authentication) {
            (RateLimitSetting::Unlimited, _, _) | (RateLimitSetting::Documented, None, _) => None,
            (RateLimitSetting::Custom(limit), _, _) => Some(Arc::new(Limiter::new(limit))),
            (
                RateLimitSetting::Documented,
                Some(limit),
                Authentication::ClientCredentials { id, .. },
            ) => Some(Limiter::shared(&base_url.absolute("/"), id, limit)),
            (
                RateLimitSetting::Documented,
                Some(limit),
                Authentication::None | Authentication::TokenSource(_),
            ) => Some(Arc::new(Limiter::new(limit))),
        }
    }

    fn tokens(
        &self,
        base_url: &BaseUrl,
        user_agent: &str,
        http: &reqwest::Client,
    ) -> Result<Option<TokenCache>, Error> {
        Ok(match &self.authentication {
            Authentication::None => None,
            Authentication::TokenSource(source) => Some(TokenCache::new(Arc::clone(source))),
            Authentication::ClientCredentials { id, secret } => {
                let endpoint = self.endpoint(base_url)?;
                let credentials = ClientCredentials {
                    endpoint,
                    id: id.clone(),
                    secret: secret.clone(),
                    http: http.clone(),
                    user_agent: user_agent.to_owned(),
                    timeout: self.limits.attempt,
                    limit: self.limits.token,
                };
                Some(TokenCache::of_credentials(credentials, self.limits.pause))
            }
        })
    }

    fn endpoint(&self, base_url: &BaseUrl) -> Result<Endpoint, ConfigError> {
        let Some(endpoint) = self.api.token_endpoint else {
            return Err(ConfigError::new(
                "the API's document has no token URL for client credentials",
            ));
        };
        let (what, url) = match endpoint {
            TokenEndpoint::Url(url) => ("token URL", base_url.absolute(url)),
            TokenEndpoint::Discovery(url) => ("discovery URL", base_url.absolute(url)),
        };
        let allow_http = self.server.allow_http;
        let parsed = checked(what, &url, allow_http)?;
        let hosts =
            Hosts::new(base_url.origin()?, &self.token_origins, self.allow_other_host, allow_http)?;
        // If the caller has set the host, the document's token URL may belong to somebody else.
        if self.given().host || self.server.source.is_some() {
            let refused = |why| ConfigError::new(format!("{what} `{url}`: {why}"));
            hosts.check(&parsed, "the API's document").map_err(refused)?;
        }
        Ok(match endpoint {
            TokenEndpoint::Url(_) => Endpoint::known(url),
            TokenEndpoint::Discovery(_) => Endpoint::discovered(url, hosts.and(parsed), allow_http),
        })
    }
}
