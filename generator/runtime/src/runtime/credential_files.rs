//! What a client signs in with, from where other tools keep it.
//!
//! The environment comes first, then the files that the document names, in its order. A source
//! counts only if it has all that is needed: the secret of one must not go to the host of another.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Api, ConfigError, CredentialFile, Environment, FileSyntax, Secret};

/// What there is already, and need not be looked for.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) base_url: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
}

/// What is to be used.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// Where what was not given comes from.
    #[allow(dead_code, reason = "only the program for the command line shows it")]
    pub(crate) source: Option<String>,
}

impl Given {
    /// What is given, and for the rest what a source has. Names what neither of them has.
    fn complete(
        &self,
        source: &str,
        mut value: impl FnMut(Part) -> Result<String, String>,
    ) -> Result<Found, String> {
        let Self { base_url, client_id, client_secret } = self;
        let all = base_url.is_some() && client_id.is_some() && client_secret.is_some();
        let mut part = |given: Option<String>, part| given.map_or_else(|| value(part), Ok);
        let secret = client_secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        Ok(Found {
            base_url: part(base_url.clone(), Part::BaseUrl)?,
            client_id: part(client_id.clone(), Part::ClientId)?,
            client_secret: part(secret, Part::ClientSecret)?.into(),
            source: (!all).then(|| source.to_owned()),
        })
    }
}

/// What a source can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    BaseUrl,
    ClientId,
    ClientSecret,
}

/// Looks at all sources, and takes the first that has all that was not given.
pub(crate) fn find(api: &Api, given: &Given) -> Result<Found, ConfigError> {
    let mut lacking = Vec::new();
    if let Ok(found) = given.complete("", |_| Err(String::new())) {
        return Ok(found);
    }
    if let Some(names) = &api.environment {
        match from_environment(names, given) {
            Ok(found) => return Ok(found),
            Err(why) => lacking.push(why),
        }
    }
    for file in api.credential_files {
        match from_file(file, given)? {
            Ok(found) => {
                tracing::debug!(file = file.path, "credentials found");
                return Ok(found);
            }
            Err(why) => lacking.push(why),
        }
    }
    Err(ConfigError::new(format!("no credentials were found: {}", lacking.join("; "))))
}

fn from_environment(names: &Environment, given: &Given) -> Result<Found, String> {
    let mut missing = Vec::new();
    let found = given.complete("the environment", |part| {
        let name = match part {
            Part::BaseUrl => names.base_url,
            Part::ClientId => names.client_id,
            Part::ClientSecret => names.client_secret,
        };
        let value = env::var(name).unwrap_or_default().trim().to_owned();
        if value.is_empty() {
            missing.push(name);
        }
        // Go on, to name all that is missing.
        Ok(value)
    });
    match missing.as_slice() {
        [] => found,
        missing => Err(format!("the environment has no {}", missing.join(" and no "))),
    }
}

/// What a file has, or what it lacks. A file that cannot be read is an error: somebody has put it
/// there to be read.
fn from_file(file: &CredentialFile, given: &Given) -> Result<Result<Found, String>, ConfigError> {
    let path = expanded(file.path);
    let shown = file.path;
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Err(format!("there is no {shown}")));
        }
        Err(error) => return Err(ConfigError::new(format!("{shown} cannot be read: {error}"))),
    };
    warn_of_others(&path, shown);
    let parsed: Result<Value, String> = match file.syntax {
        FileSyntax::Json => serde_json::from_str(&text).map_err(|error| error.to_string()),
        FileSyntax::Yaml => serde_yaml::from_str(&text).map_err(|error| error.to_string()),
    };
    let root = parsed.map_err(|error| ConfigError::new(format!("{shown}: {error}")))?;
    Ok(read(file, &root, given))
}

fn read(file: &CredentialFile, root: &Value, given: &Given) -> Result<Found, String> {
    let environment = match file.environment {
        Some(pointer) => {
            Some(text(root, pointer).ok_or(format!("{} has no {pointer}", file.path))?)
        }
        None => None,
    };
    given.complete(file.path, |part| {
        let pointer = match part {
            Part::BaseUrl => file.base_url,
            Part::ClientId => file.client_id,
            Part::ClientSecret => file.client_secret,
        };
        let pointer = match &environment {
            // RFC 6901, section 3.
            Some(name) => {
                pointer.replace("{environment}", &name.replace('~', "~0").replace('/', "~1"))
            }
            None => pointer.to_owned(),
        };
        text(root, &pointer).ok_or(format!("{} has no {pointer}", file.path))
    })
}

fn text(root: &Value, pointer: &str) -> Option<String> {
    let text = root.pointer(pointer)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `~` is the user's home.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        (_, _) => PathBuf::from(path),
    }
}

/// A secret that others on the machine can read is none.
#[cfg(unix)]
fn warn_of_others(path: &Path, shown: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map(|file| file.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        tracing::warn!(
            file = shown,
            mode = format_args!("{:o}", mode & 0o777),
            "others can read this file, and it holds a secret: `chmod 600` it"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path, _: &str) {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PLAIN: CredentialFile = CredentialFile {
        path: "config.json",
        syntax: FileSyntax::Json,
        environment: None,
        base_url: "/url",
        client_id: "/id",
        client_secret: "/secret",
    };

    const NAMED: CredentialFile = CredentialFile {
        environment: Some("/active"),
        base_url: "/all/{environment}/url",
        client_id: "/all/{environment}/pat/id",
        client_secret: "/all/{environment}/pat/secret",
        ..PLAIN
    };

    #[test]
    fn a_file_has_all_or_says_what_it_lacks() {
        let none = Given::default();
        let found =
            read(&PLAIN, &json!({"url": "u", "id": "i", "secret": "s"}), &none).expect("all");
        assert_eq!((found.base_url.as_str(), found.client_id.as_str()), ("u", "i"));
        assert_eq!(found.client_secret.expose_secret(), "s");
        for (root, lacks) in [
            (json!({"url": "u", "id": "i"}), "/secret"),
            (json!({"url": "u", "id": " ", "secret": "s"}), "/id"),
            (json!({"url": 1, "id": "i", "secret": "s"}), "/url"),
            (json!([]), "/url"),
        ] {
            let why = read(&PLAIN, &root, &none).expect_err("something is missing");
            assert_eq!(why, format!("config.json has no {lacks}"));
        }
    }

    #[test]
    fn the_active_environment_chooses() {
        let of = |name: &str| json!({"url": name, "pat": {"id": "i", "secret": "s"}});
        let root = json!({"active": "a/b", "all": {"a/b": of("one"), "c": of("two")}});
        assert_eq!(read(&NAMED, &root, &Given::default()).expect("all").base_url, "one");
        let why = read(&NAMED, &json!({"all": {}}), &Given::default()).expect_err("none is active");
        assert_eq!(why, "config.json has no /active");
    }

    #[test]
    fn what_is_given_is_not_looked_for() {
        let given = Given { base_url: Some("g".to_owned()), ..Given::default() };
        let found = read(&PLAIN, &json!({"id": "i", "secret": "s"}), &given).expect("all");
        assert_eq!((found.base_url.as_str(), found.source.as_deref()), ("g", Some("config.json")));
        let why = read(&PLAIN, &json!({"url": "u", "id": "i"}), &given).expect_err("no secret");
        assert_eq!(why, "config.json has no /secret");
        let all =
            Given { client_id: Some("h".to_owned()), client_secret: Some("k".into()), ..given };
        let found = all.complete("x", |_| Err("nothing is looked for".to_owned())).expect("all");
        assert_eq!((found.client_id.as_str(), found.source), ("h", None));
    }

    #[test]
    fn the_home_is_found() {
        assert!(expanded("~/x/y").ends_with("x/y") && expanded("~/x").is_absolute());
        assert_eq!(expanded("./x"), Path::new("./x"));
    }
}
