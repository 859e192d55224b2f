//! Which source a client's credentials come from, and whether it is complete.
//!
//! Takes what the caller has given, and returns what one source adds to it. A source is the
//! environment or one file; the first one that holds any part is the one that counts, and if it
//! lacks a part that is needed, that is an error: parts of two sources are never mixed, because the
//! secret of one could then be sent to the host of the other. Files are read in
//! `credential_files`, and whether a secret may be sent to a host is decided when the client is
//! built.

use std::env::{self, VarError};
use std::fmt::Write as _;

use super::{ConfigError, Environment, Secret};

/// What the caller has given, so that no source needs to have it.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Whether the host is named: by a base URL, or by a variable of the server.
    pub(crate) host: bool,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    /// Whether something else authenticates, so that neither id nor secret is needed.
    pub(crate) authenticated: bool,
}

impl Given {
    /// Whether there is nothing left for a source to add.
    #[cfg_attr(not(feature = "config-files"), allow(dead_code, reason = "files are optional"))]
    pub(crate) fn is_complete(&self) -> bool {
        self.host && PARTS.into_iter().all(|part| !self.needs(part))
    }

    fn needs(&self, part: Part) -> bool {
        match part {
            Part::BaseUrl => !self.host,
            Part::ClientId => !self.authenticated && self.client_id.is_none(),
            Part::ClientSecret => !self.authenticated && self.client_secret.is_none(),
        }
    }
}

/// What is to be used: what the caller has given, and for the rest what the source has.
#[derive(Debug)]
pub(crate) struct Found {
    /// The base URL of the source, and its name. It is there although the caller has named another
    /// host, so that the two can be compared.
    pub(crate) host: Option<SourceHost>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    /// Whether the secret is that of the source, which belongs to the source's host.
    pub(crate) is_bound: bool,
    /// The name of the source, as messages have it.
    #[allow(dead_code, reason = "only the program for the command line shows it")]
    pub(crate) source: String,
}

/// The base URL of a source of credentials.
#[derive(Debug, Clone)]
pub(crate) struct SourceHost {
    pub(crate) base_url: String,
    pub(crate) source: String,
}

/// A part of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    BaseUrl,
    ClientId,
    ClientSecret,
}

pub(crate) const PARTS: [Part; 3] = [Part::BaseUrl, Part::ClientId, Part::ClientSecret];

/// A source that holds at least one part.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its name, as messages have it.
    pub(crate) name: String,
    /// Its parts, in the order of [`PARTS`].
    pub(crate) parts: [Holding; 3],
    /// Whether it is a file, which somebody else may have written.
    pub(crate) is_file: bool,
}

/// A part as a source has it.
#[derive(Debug)]
pub(crate) struct Holding {
    /// Where it is in the source: the name of a variable, or a JSON pointer.
    pub(crate) place: String,
    pub(crate) value: Value,
}

/// The value of a part.
#[derive(Debug)]
pub(crate) enum Value {
    /// It is there.
    Text(Secret),
    /// There is nothing at its place.
    Absent,
    /// There is something at its place that cannot be used, and why.
    Unusable(&'static str),
}

impl Value {
    /// A text without the white space around it.
    pub(crate) fn text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Unusable("is empty"),
            text => Self::Text(text.into()),
        }
    }
}

impl Source {
    /// What the three variables of the environment hold.
    pub(crate) fn environment(names: &Environment) -> Self {
        let holding = |part| {
            let name = match part {
                Part::BaseUrl => names.base_url,
                Part::ClientId => names.client_id,
                Part::ClientSecret => names.client_secret,
            };
            let value = match env::var(name).map(Secret::from) {
                Ok(text) => Value::text(text.expose_secret()),
                Err(VarError::NotPresent) => Value::Absent,
                Err(VarError::NotUnicode(_)) => Value::Unusable("is not UTF-8"),
            };
            Holding { place: name.to_owned(), value }
        };
        Self { name: "the environment".to_owned(), parts: PARTS.map(holding), is_file: false }
    }

    /// Whether any part is there, usable or not. A variable that is set to nothing counts: whoever
    /// set it did not mean another source.
    #[cfg_attr(not(feature = "config-files"), allow(dead_code, reason = "files are optional"))]
    pub(crate) fn is_there(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part.value, Value::Absent))
    }

    /// What is given, and for the rest what this source has.
    ///
    /// # Errors
    ///
    /// A part that is needed is not here, or the secret belongs to another client id.
    pub(crate) fn complete(self, given: &Given) -> Result<Found, ConfigError> {
        let is_bound = given.needs(Part::ClientSecret);
        if self.is_file && given.needs(Part::BaseUrl) && !is_bound {
            return Err(self.foreign_host());
        }
        // A secret whose host cannot be read belongs to that host all the same.
        let lacks = |(part, holding): &(Part, &Holding)| match (part, &holding.value) {
            (_, Value::Text(_)) => false,
            (Part::BaseUrl, Value::Unusable(_)) if is_bound => true,
            (part, _) => given.needs(*part),
        };
        let lacking: Vec<(Part, &Holding)> =
            PARTS.into_iter().zip(&self.parts).filter(lacks).collect();
        if !lacking.is_empty() {
            return Err(self.incomplete(&lacking));
        }
        let [base_url, id, secret] = self.parts.map(|holding| match holding.value {
            Value::Text(text) => Some(text),
            Value::Absent | Value::Unusable(_) => None,
        });
        let source = self.name;
        let open = |text: Secret| text.expose_secret().to_owned();
        let host =
            base_url.map(open).map(|base_url| SourceHost { base_url, source: source.clone() });
        let own_id = id.map(open);
        if let (true, Some(given), Some(own)) = (is_bound, &given.client_id, &own_id)
            && given != own
        {
            return Err(ConfigError::new(format!(
                "the client id `{}` is given, but the secret is that of {source} and belongs to another id; give the secret of this id as well",
                given.escape_debug()
            )));
        }
        Ok(Found {
            host,
            client_id: given.client_id.clone().or(own_id),
            client_secret: given.client_secret.clone().or(secret),
            is_bound,
            source,
        })
    }

    /// A file must not choose where a secret or a token goes that is not its own.
    fn foreign_host(&self) -> ConfigError {
        ConfigError::new(format!(
            "base URL: {} has one, but the secret or token comes from elsewhere and is not sent there; name the base URL as well",
            self.name
        ))
    }

    fn incomplete(&self, lacking: &[(Part, &Holding)]) -> ConfigError {
        let mut message = format!("{} does not have all that is needed: ", self.name);
        for (number, (_, holding)) in lacking.iter().enumerate() {
            let why = match holding.value {
                Value::Unusable(why) => why,
                Value::Absent | Value::Text(_) => "is not set",
            };
            let comma = if number == 0 { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(message, "{comma}{} {why}", holding.place);
        }
        let held = self.parts.iter().filter(|part| matches!(part.value, Value::Text(_)));
        let held: Vec<&str> = held.map(|part| part.place.as_str()).collect();
        message.push_str(match held.as_slice() {
            [] => "; set it",
            _ => "; set it, or remove the rest: sources are not mixed, so that no secret is sent to the host of another (set: ",
        });
        if !held.is_empty() {
            message = format!("{message}{})", held.join(", "));
        }
        ConfigError::new(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(parts: [&str; 3]) -> Source {
        let holding = |(place, text): (&str, &str)| Holding {
            place: place.to_owned(),
            value: if text == "-" { Value::Absent } else { Value::text(text) },
        };
        let [url, id, secret] = parts;
        let parts = [("URL", url), ("ID", id), ("SECRET", secret)].map(holding);
        Source { name: "it".to_owned(), parts, is_file: false }
    }

    fn said(parts: [&str; 3], given: &Given) -> String {
        match source(parts).complete(given) {
            Ok(found) => {
                let url = found.host.map(|host| host.base_url);
                let secret = found.client_secret.map(|secret| secret.expose_secret().to_owned());
                format!("{url:?} {:?} {secret:?} {}", found.client_id, found.is_bound)
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_source_has_all_or_says_what_it_lacks() {
        let none = Given::default();
        assert_eq!(said([" u ", "i", "s"], &none), r#"Some("u") Some("i") Some("s") true"#);
        for (parts, told) in [
            (["u", "i", "-"], "SECRET is not set"),
            (["u", " ", "s"], "ID is empty"),
            (["-", "i", ""], "URL is not set, SECRET is empty"),
        ] {
            let said = said(parts, &none);
            assert!(
                said.starts_with(&format!("it does not have all that is needed: {told};")),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_given_need_not_be_there() {
        let host = || Given { host: true, ..Given::default() };
        assert_eq!(said(["-", "i", "s"], &host()), r#"None Some("i") Some("s") true"#);
        assert!(said(["u", "i", "-"], &host()).contains("SECRET is not set"));
        let token = Given { authenticated: true, ..Given::default() };
        assert_eq!(said(["u", "-", "-"], &token), r#"Some("u") None None false"#);
        let secret = Given { client_secret: Some("mine".into()), ..Given::default() };
        assert_eq!(said(["u", "i", "s"], &secret), r#"Some("u") Some("i") Some("mine") false"#);
    }

    #[test]
    fn a_file_does_not_choose_the_host_of_a_secret_of_the_caller() {
        let file = || Source { is_file: true, ..source(["u", "i", "s"]) };
        let secret = || Given { client_secret: Some("mine".into()), ..Given::default() };
        let token = || Given { authenticated: true, ..Given::default() };
        for given in [secret(), token()] {
            let said = file().complete(&given).unwrap_err().to_string();
            assert!(
                said.contains("it has one, but the secret or token comes from elsewhere"),
                "{said}"
            );
            assert!(file().complete(&Given { host: true, ..given }).is_ok());
        }
        assert!(file().complete(&Given::default()).is_ok());
    }

    #[test]
    fn a_secret_beside_a_host_that_cannot_be_read_is_not_free() {
        let host = Given { host: true, ..Given::default() };
        assert!(said([" ", "i", "s"], &host).contains("URL is empty"));
        assert_eq!(said(["-", "i", "s"], &host), r#"None Some("i") Some("s") true"#);
    }

    #[test]
    fn a_host_that_cannot_be_read_does_not_matter_where_host_and_secret_are_given() {
        let secret = Some("mine".into());
        let given = Given { host: true, client_secret: secret, ..Given::default() };
        assert_eq!(said([" ", "i", "s"], &given), r#"None Some("i") Some("mine") false"#);
    }

    #[test]
    fn what_is_there_is_named_where_something_is_lacking() {
        let said = |parts| said(parts, &Given::default());
        assert_eq!(
            said(["-", "-", " "]),
            "it does not have all that is needed: URL is not set, ID is not set, SECRET is empty; set it"
        );
        let end = "; set it, or remove the rest: sources are not mixed, so that no secret is sent to the host of another (set: URL, SECRET)";
        assert_eq!(
            said(["u", "-", "s"]),
            format!("it does not have all that is needed: ID is not set{end}")
        );
    }

    #[test]
    fn a_secret_is_not_used_with_another_id() {
        let given = |id: &str| Given { client_id: Some(id.to_owned()), ..Given::default() };
        assert_eq!(said(["u", "i", "s"], &given("i")), r#"Some("u") Some("i") Some("s") true"#);
        assert!(said(["u", "i", "s"], &given("j")).starts_with("the client id `j` is given"));
        assert!(said(["u", "-", "s"], &given("j")).starts_with("Some"));
    }

    #[test]
    fn no_message_shows_a_secret() {
        let given = Given { client_id: Some("other".to_owned()), ..Given::default() };
        for said in
            [said(["-", "i", "hunter2"], &Given::default()), said(["u", "i", "hunter2"], &given)]
        {
            assert!(!said.contains("hunter2"), "{said}");
        }
        assert!(!format!("{:?}", source(["u", "i", "hunter2"])).contains("hunter2"));
    }
}
