//! Creates the body of a request from the flags: as a whole, or from its properties.

use std::path::Path;

use bytes::Bytes;
use clap::ArgMatches;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::connect::read;
use super::failure::Failure;
use super::request::value;
use super::table::{Body, BodyKind, Flag, PropertyFlag, ValueType};
use crate::runtime::{Form, Request, Upload};

/// Sets the body of a request, if there is one.
pub(super) fn set_body(
    request: Request,
    body: &'static Body,
    matches: &ArgMatches,
) -> Result<Request, Failure> {
    let whole = matches.try_get_one::<String>("body").ok().flatten();
    if let Some(whole) = whole {
        return set_whole_body(request, body, whole);
    }
    let given = body.properties.iter();
    let given: Vec<(&PropertyFlag, Value)> =
        given.filter_map(|one| Some((one, value(matches, &one.flag)?))).collect();
    if given.is_empty() {
        return match body.required {
            true => Err(absent(body)),
            false => Ok(request),
        };
    }
    check(body, &given)?;
    Ok(match body.kind {
        BodyKind::Multipart(media_types) => request.multipart(form(&given, media_types)),
        BodyKind::Form(styles) => request.form_with(&object(body, &given), styles),
        BodyKind::Json => request.json_as(body.media_type, &object(body, &given)),
        // Bodies of these kinds have no properties.
        BodyKind::Text | BodyKind::Bytes => request,
    })
}

fn set_whole_body(request: Request, body: &'static Body, whole: &str) -> Result<Request, Failure> {
    let text = || {
        let bytes = read("body", whole)?;
        String::from_utf8(bytes.to_vec())
            .map_err(|_| Failure::usage("--body: the content is not UTF-8"))
    };
    Ok(match body.kind {
        BodyKind::Json => request.json_as(body.media_type, &json(whole)?),
        BodyKind::Form(styles) => request.form_with(&json(whole)?, styles),
        BodyKind::Text => request.text(body.media_type, text()?),
        // Each part has its own flag, and there is no flag for the whole body.
        BodyKind::Multipart(_) => request,
        BodyKind::Bytes if whole == "-" => {
            request.upload(body.media_type, Bytes::from_owner(read("body", whole)?))
        }
        BodyKind::Bytes => request.upload(body.media_type, Upload::file(Path::new(whole))),
    })
}

/// Parses JSON, or reads it from a file. Digits and the order of properties are kept.
fn json(whole: &str) -> Result<Box<RawValue>, Failure> {
    if let Ok(json) = serde_json::from_str(whole) {
        return Ok(json);
    }
    let looks_like_json = whole.trim_start().starts_with(['{', '[', '"']);
    let bytes = match looks_like_json {
        true => whole.as_bytes().to_vec().into(),
        false => read("body", whole)?,
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("--body: this is not JSON: {error}")))
}

/// Returns the error for a missing body.
fn absent(body: &Body) -> Failure {
    let needed = body.properties.iter().filter(|one| one.flag.required);
    let needed: Vec<String> = needed.map(|one| format!("--{}", one.flag.name)).collect();
    let message = match (needed.as_slice(), body.properties) {
        ([], []) => "the request needs a body: set --body".to_owned(),
        ([], _) => "the request needs a body: set its properties, or --body".to_owned(),
        (needed, _) => {
            format!("the request needs a body: set {}, or --body", needed.join(" and "))
        }
    };
    Failure::usage(message)
}

/// Checks that the properties belong to the same tag, and that no required one is missing.
fn check(body: &Body, given: &[(&PropertyFlag, Value)]) -> Result<(), Failure> {
    let find = |path: &[&str]| given.iter().find(|(one, _)| one.path == path);
    let tag = body.tag.and_then(find).and_then(|(_, value)| value.as_str());
    let is_known = |tag: &str| {
        body.properties.iter().flat_map(|one| one.of).any(|(known, _)| *known == tag)
            || body.tag.is_some_and(|path| knows(body, path, tag))
    };
    if let Some(tag) = tag.filter(|tag| is_known(tag)) {
        for (one, _) in given {
            let tags: Vec<&str> = one.of.iter().map(|(tag, _)| *tag).collect();
            if !tags.is_empty() && !tags.contains(&tag) {
                let message =
                    format!("--{} belongs to {}, not to {tag}", one.flag.name, tags.join(", "));
                return Err(Failure::usage(message));
            }
        }
    }
    let is_required = |one: &PropertyFlag| {
        one.flag.required || one.of.iter().any(|(known, needed)| *needed && Some(*known) == tag)
    };
    let missing = body.properties.iter().filter(|one| is_required(one) && find(one.path).is_none());
    let missing: Vec<String> = missing.map(|one| usage(&one.flag)).collect();
    match (missing.as_slice(), tag) {
        ([], _) => Ok(()),
        (missing, Some(tag)) => {
            Err(Failure::usage(format!("{tag} needs {}", missing.join(" and "))))
        }
        (missing, None) => Err(Failure::usage(format!("the body needs {}", missing.join(" and ")))),
    }
}

/// Returns a flag as it is to be set. For a boolean, the value is shown because it is a choice.
fn usage(flag: &Flag) -> String {
    match flag.kind {
        ValueType::Boolean => format!("--{}=true|false", flag.name),
        _ => format!("--{}", flag.name),
    }
}

/// Returns whether the document lists a tag, although no property belongs to it alone.
fn knows(body: &Body, path: &[&str], tag: &str) -> bool {
    let mut flags = body.properties.iter().filter(|one| one.path == path);
    flags.any(|one| match one.flag.kind {
        ValueType::Choice(values) => values.iter().any(|(value, _)| *value == tag),
        ValueType::String
        | ValueType::Boolean
        | ValueType::Integer
        | ValueType::Number
        | ValueType::Array(_)
        | ValueType::File
        | ValueType::Json => false,
    })
}

fn object(body: &Body, given: &[(&PropertyFlag, Value)]) -> Value {
    let mut object = Map::new();
    if let Some(content) = body.content {
        object.insert(content.to_owned(), Map::new().into());
    }
    for (one, value) in given {
        match one.path {
            [name] => drop(object.insert((*name).to_owned(), value.clone())),
            [outer, name] => {
                let inner = object.entry(*outer).or_insert_with(|| Map::new().into());
                if let Value::Object(inner) = inner {
                    inner.insert((*name).to_owned(), value.clone());
                }
            }
            // Paths have at most two segments.
            _ => {}
        }
    }
    Value::Object(object)
}

fn form(given: &[(&PropertyFlag, Value)], media_types: &[(&str, &str)]) -> Form {
    given.iter().fold(Form::new(), |form, (one, value)| {
        let name = one.path.last().copied().unwrap_or_default();
        let media_type = media_types.iter().find(|(known, _)| *known == name);
        let media_type = media_type.map(|(_, media_type)| *media_type);
        let is_file = matches!(one.flag.kind, ValueType::File | ValueType::Array(ValueType::File));
        match (is_file, media_type) {
            (true, media_type) => files(value).fold(form, |form, path| {
                let file = Upload::file(path);
                form.file_as(name, media_type.unwrap_or("application/octet-stream"), file)
            }),
            (false, Some(media_type)) => form.typed(name, media_type, value),
            (false, None) => form.text(name, value),
        }
    })
}

fn files(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().into_iter().flatten();
    several.chain(std::iter::once(value)).filter_map(Value::as_str)
}
