//! The bearer tokens of a tenant: issued, checked, expired, revoked.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use tokio::time::Instant;

/// All tokens that were issued and not revoked.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    secret: RandomState,
    count: u64,
    issued: BTreeMap<String, Issued>,
}

#[derive(Debug)]
struct Issued {
    at: Instant,
    lifetime: Duration,
}

/// Why a token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// There is no `Authorization` header with a bearer token.
    Absent,
    /// The token was never issued, or was revoked.
    Unknown,
    /// The token has expired.
    Expired,
}

impl Rejection {
    /// Returns the message of the 401 response.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Absent => "JWT is required",
            Self::Unknown => "JWT validation failed: JWT is not valid",
            Self::Expired => "JWT validation failed: JWT is expired",
        }
    }
}

impl Tokens {
    /// Issues a token.
    pub(super) fn issue(&mut self, lifetime: Duration) -> String {
        self.count += 1;
        let token = random_string(&self.secret, self.count);
        self.issued.insert(token.clone(), Issued { at: Instant::now(), lifetime });
        token
    }

    /// Checks the `Authorization` header of a request.
    pub(super) fn check(&self, authorization: Option<&str>) -> Result<(), Rejection> {
        let token = authorization.and_then(bearer_token).ok_or(Rejection::Absent)?;
        let issued = self.issued.get(token).ok_or(Rejection::Unknown)?;
        if issued.at.elapsed() < issued.lifetime { Ok(()) } else { Err(Rejection::Expired) }
    }

    /// Revokes all tokens.
    pub(super) fn revoke_all(&mut self) {
        self.issued.clear();
    }
}

/// Returns a string that cannot be guessed without the keys, which the standard library draws from
/// the system's random source.
pub(super) fn random_string(keys: &RandomState, count: u64) -> String {
    (0..4_u8).map(|part| format!("{:016x}", keys.hash_one((count, part)))).collect()
}

fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_distinct_and_checked() {
        let mut tokens = Tokens::default();
        let (one, two) = (tokens.issue(Duration::from_secs(60)), tokens.issue(Duration::ZERO));
        assert_ne!(one, two);
        assert_eq!(tokens.check(None), Err(Rejection::Absent));
        assert_eq!(tokens.check(Some("Basic eDp5")), Err(Rejection::Absent));
        assert_eq!(tokens.check(Some("Bearer x")), Err(Rejection::Unknown));
        assert_eq!(tokens.check(Some(&format!("bearer {one}"))), Ok(()));
        assert_eq!(tokens.check(Some(&format!("Bearer {two}"))), Err(Rejection::Expired));
        tokens.revoke_all();
        assert_eq!(tokens.check(Some(&format!("Bearer {one}"))), Err(Rejection::Unknown));
    }
}
