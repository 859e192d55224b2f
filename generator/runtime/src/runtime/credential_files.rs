//! Reads credentials from the files of other tools.
//!
//! Takes the values that are set already, and looks for the others in the environment, then in the
//! files that the document names. The first of them that contains any part is the source;
//! [`credential_source`](super::credential_source) checks whether it is complete.

use std::env;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use zeroize::{Zeroize as _, Zeroizing};

use super::credential_source::{Entry, PARTS, Part, Preset, Source, SourceValues, Value};
use super::secret::grow;
use super::{Api, ConfigError, CredentialFile, FileSyntax};

/// Returns the source of the missing values, or `None` if no value is missing.
///
/// # Errors
///
/// There is no source, a file cannot be read, or the source is incomplete.
pub(crate) fn find(api: &Api, given: &Preset) -> Result<Option<SourceValues>, ConfigError> {
    if given.is_complete() {
        return Ok(None);
    }
    let mut tried = Vec::new();
    if let Some(names) = &api.environment {
        let source = Source::environment(names);
        if source.is_there() {
            return source.complete(given).map(Some);
        }
        let (url, id, secret) = (names.base_url, names.client_id, names.client_secret);
        tried.push(format!("the environment has no {url}, no {id} and no {secret}"));
    }
    for file in api.credential_files {
        match from_file(file)? {
            Ok(source) => {
                tracing::debug!(file = file.path, "read the credentials");
                return source.complete(given).map(Some);
            }
            Err(why) => tried.push(why),
        }
    }
    let what = if given.authenticated { "base URL was" } else { "credentials were" };
    Err(ConfigError::new(format!("no {what} found: {}", tried.join("; "))))
}

/// Reads a file, or returns why it is not a source. A file that exists but cannot be read is an
/// error, because it was probably meant to be used.
fn from_file(file: &CredentialFile) -> Result<Result<Source, String>, ConfigError> {
    let path = expanded(file.path);
    let shown = file.path;
    let bytes = match bounded(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Err(format!("there is no {shown}")));
        }
        Err(error) => return Err(ConfigError::new(format!("{shown} cannot be read: {error}"))),
    };
    warn_of_others(&path, shown);
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| ConfigError::new(format!("{shown} cannot be read: {error}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed: Result<Json, String> = match file.syntax {
        FileSyntax::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
        FileSyntax::Yaml => yaml(text),
    };
    let root = parsed.map_err(|error| ConfigError::new(format!("{shown}: {error}")))?;
    let root = SecretJson(root);
    Ok(read(file, &root.0).ok_or_else(|| format!("{shown} contains no credentials")))
}

/// JSON that contains a secret. Its strings are zeroed when it is dropped.
struct SecretJson(Json);

impl Drop for SecretJson {
    fn drop(&mut self) {
        overwrite(&mut self.0);
    }
}

/// Zeroes the strings in a value. The recursion is limited by the depth limit of the parser.
fn overwrite(value: &mut Json) {
    match value {
        Json::String(text) => text.zeroize(),
        Json::Array(items) => items.iter_mut().for_each(overwrite),
        Json::Object(properties) => properties.values_mut().for_each(overwrite),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The maximum size of a credential file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Reads a regular file of limited size. Devices and pipes may be endless.
fn bounded(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let refused = |why: &str| Err(io::Error::new(ErrorKind::InvalidInput, why));
    // Opening a pipe would wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return refused("it is not a regular file");
    }
    let bytes = read_all(io::Read::take(fs::File::open(path)?, MAX_FILE_BYTES + 1))?;
    match bytes.len() as u64 > MAX_FILE_BYTES {
        true => refused("it is larger than 1 MiB"),
        false => Ok(bytes),
    }
}

/// Reads a file that may contain a secret. The memory of its content is zeroed when it is dropped.
pub(crate) fn content(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    read_all(fs::File::open(path)?)
}

/// Reads to the end. The memory of the content is zeroed when it is dropped.
pub(crate) fn read_all(mut from: impl io::Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let (mut bytes, mut piece) = (Zeroizing::new(Vec::new()), Zeroizing::new([0; 4096]));
    loop {
        match from.read(piece.as_mut_slice()) {
            Ok(0) => return Ok(bytes),
            Ok(count) => grow(&mut bytes, piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Parses YAML. The parser limits aliases, nodes and depth. Errors only contain the position: the
/// parser's own messages repeat values and keys, which may be secret.
fn yaml(text: &str) -> Result<Json, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| match error.location() {
        Some(at) => format!("line {}, column {}: invalid YAML", at.line(), at.column()),
        None => "invalid YAML".to_owned(),
    })
}

/// Returns the parts of a file, or `None` if it has none: the file may belong to another tool.
fn read(file: &CredentialFile, root: &Json) -> Option<Source> {
    let environment = file.environment.map(|pointer| (pointer, value(root, pointer)));
    let entry = |part| {
        let pointer = match part {
            Part::BaseUrl => file.base_url,
            Part::ClientId => file.client_id,
            Part::ClientSecret => file.client_secret,
        };
        match &environment {
            Some((_, Value::Text(name))) => {
                // RFC 6901, section 3.
                let name = name.expose_secret().replace('~', "~0").replace('/', "~1");
                let location = pointer.replace("{environment}", &name);
                Entry { value: value(root, &location), location }
            }
            Some((chooser, _)) => Entry { location: (*chooser).to_owned(), value: Value::Absent },
            None => Entry { location: pointer.to_owned(), value: value(root, pointer) },
        }
    };
    let source = Source { name: file.path.to_owned(), parts: PARTS.map(entry), is_file: true };
    // If no environment is chosen, the file is still recognized by the environments it lists.
    let choices = file.base_url.split_once("/{environment}").map_or("", |(before, _)| before);
    let has_choices = !choices.is_empty() && root.pointer(choices).is_some_and(|of| !of.is_null());
    let chosen = environment.is_some_and(|(_, value)| !matches!(value, Value::Absent));
    (source.is_there() || has_choices || chosen).then_some(source)
}

fn value(root: &Json, pointer: &str) -> Value {
    match root.pointer(pointer) {
        Some(Json::String(text)) => Value::text(text),
        Some(Json::Null) | None => Value::Absent,
        Some(_) => Value::Unusable("is not a string"),
    }
}

/// Replaces a leading `~` by the user's home directory.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        (_, _) => PathBuf::from(path),
    }
}

/// Warns if other users can read a credential file.
#[cfg(unix)]
fn warn_of_others(path: &Path, shown: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map(|file| file.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        tracing::warn!(
            file = shown,
            mode = format_args!("{:o}", mode & 0o777),
            "other users can read this file, which contains a secret; run `chmod 600` on it"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path, _: &str) {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::memory::{copies, is_alone, made_up};

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

    /// Returns the base URL, an error message, or an empty string if the file is not a source.
    fn result(file: &CredentialFile, root: &Json) -> String {
        match read(file, root).map(|source| source.complete(&Preset::default())) {
            Some(Ok(values)) => values.host.expect("the source is complete").base_url,
            Some(Err(error)) => error.to_string(),
            None => String::new(),
        }
    }

    #[test]
    fn only_regular_files_of_limited_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| bounded(path).unwrap_err().to_string();
        assert_eq!(error(folder.path()), "it is not a regular file");
        #[cfg(unix)]
        assert_eq!(error(Path::new("/dev/zero")), "it is not a regular file");
        let file = folder.path().join("config.json");
        fs::write(&file, vec![b' '; MAX_FILE_BYTES as usize]).unwrap();
        assert_eq!(bounded(&file).unwrap().len() as u64, MAX_FILE_BYTES);
        fs::write(&file, vec![b' '; MAX_FILE_BYTES as usize + 1]).unwrap();
        assert_eq!(error(&file), "it is larger than 1 MiB");
    }

    #[test]
    fn a_file_that_exists_but_cannot_be_read_is_an_error() {
        let nowhere = CredentialFile { path: "no/such/config.json", ..PLAIN };
        let why = from_file(&nowhere).unwrap().unwrap_err();
        assert_eq!(why, "there is no no/such/config.json");
        let folder = CredentialFile { path: ".", ..PLAIN };
        let error = from_file(&folder).unwrap_err().to_string();
        assert!(error.contains(". cannot be read: it is not a regular file"), "{error}");
    }

    #[test]
    fn reading_continues_after_an_interruption_and_ends_with_any_other_error() {
        struct Steps(Vec<io::Result<&'static str>>);
        impl io::Read for Steps {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let text = self.0.pop().unwrap_or(Ok(""))?;
                buffer[..text.len()].copy_from_slice(text.as_bytes());
                Ok(text.len())
            }
        }
        let error = |kind: ErrorKind| Err(io::Error::from(kind));
        let steps = vec![Ok("b"), error(ErrorKind::Interrupted), Ok("a")];
        assert_eq!(**read_all(Steps(steps)).unwrap(), *b"ab");
        let steps = vec![Ok("b"), error(ErrorKind::BrokenPipe), Ok("a")];
        assert_eq!(read_all(Steps(steps)).unwrap_err().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_file_with_any_part_is_the_source_and_reports_missing_parts() {
        assert_eq!(result(&PLAIN, &json!({"url": "u", "id": "i", "secret": "s"})), "u");
        for (root, lacks) in [
            (json!({"url": "u", "id": "i"}), "/secret is not set"),
            (json!({"url": "u", "id": " ", "secret": "s"}), "/id is empty"),
            (json!({"url": 1, "id": "i", "secret": "s"}), "/url is not a string"),
            (json!({"secret": ["s"]}), "/url is not set, /id is not set, /secret is not a string"),
        ] {
            let result = result(&PLAIN, &root);
            let expected = format!("config.json is incomplete: {lacks};");
            assert!(result.starts_with(&expected), "{result}");
        }
        for root in [json!([]), json!({}), json!({"other": 1}), json!({"url": null})] {
            assert_eq!(result(&PLAIN, &root), "", "the file of another tool: {root}");
        }
    }

    #[test]
    fn only_the_active_environment_is_used() {
        let of = |name: &str| json!({"url": name, "pat": {"id": "i", "secret": "s"}});
        let all = json!({"a/b": of("one"), "c": of("two")});
        assert_eq!(result(&NAMED, &json!({"active": "a/b", "all": all})), "one");
        for (root, lacks) in [
            (json!({"all": all}), "/active is not set"),
            (json!({"active": "d", "all": all}), "/all/d/url is not set"),
            (json!({"active": "d"}), "/all/d/url is not set"),
        ] {
            assert!(result(&NAMED, &root).contains(lacks), "{}", result(&NAMED, &root));
        }
        assert_eq!(result(&NAMED, &json!({"all": null})), "");
    }

    #[test]
    fn yaml_is_limited_and_its_errors_show_no_values() {
        let read = yaml("a: {b: 's3cret', c: ~}\nactive: prod # words\n").unwrap();
        assert_eq!(read, json!({"a": {"b": "s3cret", "c": null}, "active": "prod"}));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for index in 1..30 {
            let before = format!("*a{}, ", index - 1).repeat(9);
            bomb.push_str(&format!("a{index}: &a{index} [{before}]\n"));
        }
        let deep =
            |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
        for text in [bomb, deep("[", "]"), deep("{a: ", "}"), deep("- ", ""), deep("[", "")] {
            assert!(yaml(&text).is_err());
        }
        for text in [
            "secret: [s3cret",
            "secret: s3cret\nsecret: s3cret",
            "\"s3cret",
            "a: *s3cret",
            "{s3cret: x, s3cret: y}",
        ] {
            let error = yaml(text).unwrap_err();
            assert!(error.contains("line 1") || error.contains("line 2"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        let error = yaml("secret: 948715538820417e9053").unwrap_err();
        assert!(!error.contains("948715538820417"), "{error}");
    }

    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn the_content_of_a_file_is_zeroed_in_memory() {
        const SECRET: &[u8] = b"file-secret-41d7e09";
        if !is_alone("runtime::credential_files::tests::the_content_of_a_file_is_zeroed_in_memory")
        {
            return;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let secret = made_up(SECRET);
        let mut json = Zeroizing::new(Vec::with_capacity(400));
        let text = secret.as_str();
        for part in [r#"{"url":"u","id":"i","secret":""#, text, r#"","more":[""#, text, r#""]}"#] {
            json.extend_from_slice(part.as_bytes());
        }
        fs::write(file.path(), &json).unwrap();
        drop((json, secret));
        let path: &'static str = file.path().to_string_lossy().into_owned().leak();
        let source = from_file(&CredentialFile { path, ..PLAIN }).unwrap().unwrap();
        assert_eq!(copies(SECRET), 1, "the secret itself");
        let values = source.complete(&Preset::default()).unwrap();
        assert!(values.client_secret.is_some());
        drop(values);
        assert_eq!(copies(SECRET), 0);
        fs::write(file.path(), b"\xff").unwrap();
        assert!(
            from_file(&CredentialFile { path, ..PLAIN }).unwrap_err().to_string().contains("utf-8")
        );
    }

    #[test]
    fn the_home_directory_is_expanded() {
        assert!(expanded("~/x/y").ends_with("x/y") && expanded("~/x").is_absolute());
        assert_eq!(expanded("./x"), Path::new("./x"));
    }

    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn the_strings_of_secret_json_are_zeroed() {
        if !is_alone("runtime::credential_files::tests::the_strings_of_secret_json_are_zeroed") {
            return;
        }
        let text = made_up(b"json-secret-90ab21c");
        let strings = || Json::from(text.as_str());
        let object = Json::Object([("c".to_owned(), strings())].into_iter().collect());
        let json = SecretJson(Json::Array(vec![strings(), Json::Array(vec![strings()]), object]));
        assert!(copies(b"json-secret-90ab21c") >= 4);
        drop((json, text));
        assert_eq!(copies(b"json-secret-90ab21c"), 0);
    }
}
