//! Creates a request from the flags of the command line.

use clap::ArgMatches;
use serde_json::Value;

use super::body;
use super::failure::Failure;
use super::table::{AcceptBy, Command, Flag, JobFile, ParameterFlag, ValueType};
use crate::runtime::{Client, Request};

/// Returns the request of a command, with its parameters and its body.
pub(super) fn of_command(
    client: &Client,
    command: &'static Command,
    matches: &ArgMatches,
) -> Result<Request, Failure> {
    let request = Request::new(client, command.operation);
    let request = with_parameters(request, command.parameters, matches);
    let request = accepting(request, command.accept_by.as_ref(), command.parameters, matches);
    let request = match &command.body {
        Some(body) => body::set_body(request, body, matches)?,
        None => request,
    };
    Ok(with_timeout(request, matches))
}

/// Returns the request for a file of a job, in one of the selected formats.
pub(super) fn of_file(
    client: &Client,
    file: &'static JobFile,
    id: &str,
    format: Option<&Value>,
    matches: &ArgMatches,
) -> Request {
    let mut request = Request::new(client, file.operation).parameter(&file.id, id);
    request = with_parameters(request, file.parameters, matches);
    request = accepting(request, file.accept_by.as_ref(), file.parameters, matches);
    if let Some((flag, format)) = file.format.as_ref().zip(format) {
        request = put(request, flag, format);
        if let Some(media_type) = media_type(file.accept_by.as_ref(), flag, format) {
            request = request.accept(media_type);
        }
    }
    request
}

/// Returns the value of a flag, if it was given.
pub(super) fn value(matches: &ArgMatches, flag: &Flag) -> Option<Value> {
    let values = matches.try_get_many::<Value>(flag.name).ok()??;
    let mut values = values.cloned();
    match flag.kind {
        ValueType::Array(_) => Some(Value::Array(values.collect())),
        ValueType::String
        | ValueType::Boolean
        | ValueType::Integer
        | ValueType::Number
        | ValueType::Choice(_)
        | ValueType::File
        | ValueType::Json => values.next(),
    }
}

fn with_parameters(request: Request, flags: &[ParameterFlag], matches: &ArgMatches) -> Request {
    let given = flags.iter().filter_map(|flag| Some((flag, value(matches, &flag.flag)?)));
    given.fold(request, |request, (flag, value)| put(request, flag, &value))
}

fn put(request: Request, flag: &ParameterFlag, value: &Value) -> Request {
    let parameter = &flag.parameter;
    match flag.as_json {
        true => request.json_parameter(parameter.location, parameter.name, value),
        false => request.parameter(parameter, value),
    }
}

/// Sets the media type to accept, if the value of a parameter selects it.
fn accepting(
    request: Request,
    by: Option<&'static AcceptBy>,
    flags: &[ParameterFlag],
    matches: &ArgMatches,
) -> Request {
    let selected = flags.iter().find_map(|flag| {
        let value = value(matches, &flag.flag)?;
        media_type(by, flag, &value)
    });
    match selected {
        Some(media_type) => request.accept(media_type),
        None => request,
    }
}

fn media_type(
    by: Option<&'static AcceptBy>,
    flag: &ParameterFlag,
    value: &Value,
) -> Option<&'static str> {
    let by = by.filter(|by| by.parameter == flag.parameter.name)?;
    let mut known = by.media_types.iter();
    known.find(|(known, _)| value == *known).map(|(_, media_type)| *media_type)
}

fn with_timeout(request: Request, matches: &ArgMatches) -> Request {
    match matches.get_one::<std::time::Duration>("timeout") {
        Some(limit) => request.timeout(*limit),
        None => request,
    }
}
