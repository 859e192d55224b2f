//! The source of a client's credentials, and whether it is complete.
//!
//! Takes the values that are set already, and returns them with the others from one source: the
//! environment, or a file. The first source that contains any part is used, and must be complete.
//! Sources are never mixed, because the secret of one could then be sent to the host of another.
//! `credential_files` reads the files; `builder` checks to which host a secret may be sent.

use std::env::{self, VarError};
use std::fmt::Write as _;

use super::{ConfigError, Environment, Secret};

/// The values that the caller has set, and that no source needs to provide.
#[derive(Debug, Default)]
pub(crate) struct Preset {
    /// Whether the host is set, by a base URL or by a server variable.
    pub(crate) host: bool,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    /// Whether the client authenticates by other means, so that neither id nor secret is needed.
    pub(crate) authenticated: bool,
}

impl Preset {
    /// Returns whether no value is missing.
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

/// The values to use: those that the caller has set, and the others from a source.
#[derive(Debug)]
pub(crate) struct SourceValues {
    /// The base URL of the source. It is also present if the caller has set another host, so that
    /// the two can be compared.
    pub(crate) host: Option<SourceHost>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
    /// Whether the secret comes from the source, and is bound to the source's host.
    pub(crate) is_bound: bool,
    /// The name of the source, for messages.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) source: String,
}

/// The base URL of a source.
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

/// A source that contains at least one part.
#[derive(Debug)]
pub(crate) struct Source {
    /// The name of the source, for messages.
    pub(crate) name: String,
    /// The parts, in the order of [`PARTS`].
    pub(crate) parts: [Entry; 3],
    /// Whether it is a file, which somebody else may have written.
    pub(crate) is_file: bool,
}

/// A part in a source.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The location in the source: the name of a variable, or a JSON pointer.
    pub(crate) location: String,
    pub(crate) value: Value,
}

/// The value of a part.
#[derive(Debug)]
pub(crate) enum Value {
    /// A usable value.
    Text(Secret),
    /// No value.
    Absent,
    /// A value that cannot be used, with the reason.
    Unusable(&'static str),
}

impl Value {
    /// Returns the value of a string, without surrounding whitespace.
    pub(crate) fn text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Unusable("is empty"),
            text => Self::Text(text.into()),
        }
    }
}

impl Source {
    /// Reads the three environment variables.
    pub(crate) fn environment(names: &Environment) -> Self {
        let entry = |part| {
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
            Entry { location: name.to_owned(), value }
        };
        Self { name: "the environment".to_owned(), parts: PARTS.map(entry), is_file: false }
    }

    /// Returns whether any part is present, usable or not. An empty variable counts as well: it was
    /// probably meant to be used.
    #[cfg_attr(not(feature = "config-files"), allow(dead_code, reason = "files are optional"))]
    pub(crate) fn is_there(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part.value, Value::Absent))
    }

    /// Returns the values to use: those that are set, and the others from this source.
    ///
    /// # Errors
    ///
    /// A part is missing, or the secret belongs to another client id.
    pub(crate) fn complete(self, given: &Preset) -> Result<SourceValues, ConfigError> {
        let is_bound = given.needs(Part::ClientSecret);
        if self.is_file && given.needs(Part::BaseUrl) && !is_bound {
            return Err(self.foreign_host());
        }
        // A secret is also bound to a host that cannot be read.
        let lacks = |(part, entry): &(Part, &Entry)| match (part, &entry.value) {
            (_, Value::Text(_)) => false,
            (Part::BaseUrl, Value::Unusable(_)) if is_bound => true,
            (part, _) => given.needs(*part),
        };
        let lacking: Vec<(Part, &Entry)> =
            PARTS.into_iter().zip(&self.parts).filter(lacks).collect();
        if !lacking.is_empty() {
            return Err(self.incomplete(&lacking));
        }
        let [base_url, id, secret] = self.parts.map(|entry| match entry.value {
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
                "the client id is `{}`, but the secret of {source} belongs to another id; set the secret of this id as well",
                given.escape_debug()
            )));
        }
        Ok(SourceValues {
            host,
            client_id: given.client_id.clone().or(own_id),
            client_secret: given.client_secret.clone().or(secret),
            is_bound,
            source,
        })
    }

    /// A file must not decide where a secret or token from elsewhere is sent.
    fn foreign_host(&self) -> ConfigError {
        ConfigError::new(format!(
            "base URL: {} has one, but the secret or token comes from elsewhere and is not sent there; set the base URL as well",
            self.name
        ))
    }

    fn incomplete(&self, lacking: &[(Part, &Entry)]) -> ConfigError {
        let mut message = format!("{} is incomplete: ", self.name);
        for (number, (_, entry)) in lacking.iter().enumerate() {
            let why = match entry.value {
                Value::Unusable(why) => why,
                Value::Absent | Value::Text(_) => "is not set",
            };
            let comma = if number == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(message, "{comma}{} {why}", entry.location);
        }
        let present = self.parts.iter().filter(|part| matches!(part.value, Value::Text(_)));
        let present: Vec<&str> = present.map(|part| part.location.as_str()).collect();
        message.push_str(match present.as_slice() {
            [] => "; set it",
            _ => "; set it, or remove the rest: sources are not mixed, so that no secret is sent to the host of another (set: ",
        });
        if !present.is_empty() {
            message = format!("{message}{})", present.join(", "));
        }
        ConfigError::new(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(parts: [&str; 3]) -> Source {
        let entry = |(location, text): (&str, &str)| Entry {
            location: location.to_owned(),
            value: if text == "-" { Value::Absent } else { Value::text(text) },
        };
        let [url, id, secret] = parts;
        let parts = [("URL", url), ("ID", id), ("SECRET", secret)].map(entry);
        Source { name: "it".to_owned(), parts, is_file: false }
    }

    fn result(parts: [&str; 3], given: &Preset) -> String {
        match source(parts).complete(given) {
            Ok(values) => {
                let url = values.host.map(|host| host.base_url);
                let secret = values.client_secret.map(|secret| secret.expose_secret().to_owned());
                format!("{url:?} {:?} {secret:?} {}", values.client_id, values.is_bound)
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_source_is_complete_or_reports_missing_parts() {
        let none = Preset::default();
        assert_eq!(result([" u ", "i", "s"], &none), r#"Some("u") Some("i") Some("s") true"#);
        for (parts, missing) in [
            (["u", "i", "-"], "SECRET is not set"),
            (["u", " ", "s"], "ID is empty"),
            (["-", "i", ""], "URL is not set, SECRET is empty"),
        ] {
            let result = result(parts, &none);
            assert!(result.starts_with(&format!("it is incomplete: {missing};")), "{result}");
        }
    }

    #[test]
    fn values_that_are_set_need_not_be_in_the_source() {
        let host = || Preset { host: true, ..Preset::default() };
        assert_eq!(result(["-", "i", "s"], &host()), r#"None Some("i") Some("s") true"#);
        assert!(result(["u", "i", "-"], &host()).contains("SECRET is not set"));
        let token = Preset { authenticated: true, ..Preset::default() };
        assert_eq!(result(["u", "-", "-"], &token), r#"Some("u") None None false"#);
        let secret = Preset { client_secret: Some("mine".into()), ..Preset::default() };
        assert_eq!(result(["u", "i", "s"], &secret), r#"Some("u") Some("i") Some("mine") false"#);
    }

    #[test]
    fn a_file_does_not_choose_the_host_for_a_secret_of_the_caller() {
        let file = || Source { is_file: true, ..source(["u", "i", "s"]) };
        let secret = || Preset { client_secret: Some("mine".into()), ..Preset::default() };
        let token = || Preset { authenticated: true, ..Preset::default() };
        for given in [secret(), token()] {
            let error = file().complete(&given).unwrap_err().to_string();
            assert!(
                error.contains("it has one, but the secret or token comes from elsewhere"),
                "{error}"
            );
            assert!(file().complete(&Preset { host: true, ..given }).is_ok());
        }
        assert!(file().complete(&Preset::default()).is_ok());
    }

    #[test]
    fn a_secret_is_bound_to_a_host_that_cannot_be_read() {
        let host = Preset { host: true, ..Preset::default() };
        assert!(result([" ", "i", "s"], &host).contains("URL is empty"));
        assert_eq!(result(["-", "i", "s"], &host), r#"None Some("i") Some("s") true"#);
    }

    #[test]
    fn an_unreadable_host_is_ignored_if_host_and_secret_are_set() {
        let secret = Some("mine".into());
        let given = Preset { host: true, client_secret: secret, ..Preset::default() };
        assert_eq!(result([" ", "i", "s"], &given), r#"None Some("i") Some("mine") false"#);
    }

    #[test]
    fn an_incomplete_source_lists_the_present_parts() {
        let error = |parts| result(parts, &Preset::default());
        assert_eq!(
            error(["-", "-", " "]),
            "it is incomplete: URL is not set, ID is not set, SECRET is empty; set it"
        );
        let end = "; set it, or remove the rest: sources are not mixed, so that no secret is sent to the host of another (set: URL, SECRET)";
        assert_eq!(error(["u", "-", "s"]), format!("it is incomplete: ID is not set{end}"));
    }

    #[test]
    fn a_secret_is_not_used_with_another_id() {
        let given = |id: &str| Preset { client_id: Some(id.to_owned()), ..Preset::default() };
        assert_eq!(result(["u", "i", "s"], &given("i")), r#"Some("u") Some("i") Some("s") true"#);
        assert!(result(["u", "i", "s"], &given("j")).starts_with("the client id is `j`, but"));
        assert!(result(["u", "-", "s"], &given("j")).starts_with("Some"));
    }

    #[test]
    fn no_message_shows_a_secret() {
        let given = Preset { client_id: Some("other".to_owned()), ..Preset::default() };
        for message in [
            result(["-", "i", "hunter2"], &Preset::default()),
            result(["u", "i", "hunter2"], &given),
        ] {
            assert!(!message.contains("hunter2"), "{message}");
        }
        assert!(!format!("{:?}", source(["u", "i", "hunter2"])).contains("hunter2"));
    }
}
