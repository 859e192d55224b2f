//! Builds the grammar of the command line from the tables.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, StyledStr, ValueHint};
use clap::{Arg, ArgAction, ArgGroup, Command, value_parser};

use super::connect::{CREDENTIAL_ORIGIN_FLAG, OTHER_HOST_FLAG, SERVER_URL_FLAG};
use super::failure::EXIT_CODES;
use super::table::{
    Body, BodyKind, Flag, Job, JobFile, ParameterFlag, Program, PropertyFlag, ResponseFormat,
    ValueType,
};
use super::{duration, table, text, value};
use crate::runtime::Location;

/// The headings of the flags that every command has.
const CONNECTION: &str = "Connection";
const OUTPUT: &str = "Output";

/// Returns the grammar. With `open`, values that the document does not list are accepted.
pub(super) fn grammar(program: &'static Program, open: bool) -> Command {
    let mut command = Command::new(program.name)
        .bin_name(program.name)
        .version(program.version)
        .about(text::summary(program.about))
        .long_about(text::help(program.about))
        .after_long_help(format!("{}{EXIT_CODES}", sources(program)))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(connection(program))
        .args(output());
    for entry in program.commands.iter().copied().flatten() {
        if let Some(job) = &entry.job {
            command = command.subcommand(job_command(entry, job, open));
        }
        command = command.subcommand(operation_command(entry, open));
    }
    command.subcommand(auth()).subcommands(super::pages::commands())
}

/// Describes the sources of credentials.
fn sources(program: &'static Program) -> String {
    let api = (program.builder)().api;
    let Some(names) = &api.environment else { return String::new() };
    let files: String =
        api.credential_files.iter().map(|file| format!("  {}\n", file.path)).collect();
    format!(
        "Credentials: values that are not set by --base-url, --client-id, --client-secret-file or
--token-file come from the first of these sources that has any of them. It must then have all:
  the environment: {}, {} and {}
{files}A secret is only sent to the host of the same source, unless --{OTHER_HOST_FLAG} is set.\n\n",
        names.base_url, names.client_id, names.client_secret
    )
}

/// Returns the flags for the connection: time limit, base URL and credentials.
fn connection(program: &'static Program) -> Vec<Arg> {
    let text = |name: &'static str, place: &'static str, help: &'static str| {
        // An empty value is usually an unset variable, and must not select a default.
        let some = NonEmptyStringValueParser::new();
        Arg::new(name).long(name).value_name(place).value_parser(some).help(help)
    };
    let secret = |name: &'static str, help: &'static str| {
        text(name, "FILE|-", help).value_hint(ValueHint::FilePath)
    };
    let mut flags = vec![
        text("base-url", "URL", "The base URL of the API, as in https://host")
            .value_hint(ValueHint::Url),
        text("api-version", "VERSION", "The path before that of the operations, as in v2"),
        text("client-id", "ID", "The client id to authenticate with"),
        secret("client-secret-file", "The file with the client secret, or - for standard input"),
        secret("token-file", "The file with an access token to use instead, or - for standard input")
            .conflicts_with_all(["client-id", "client-secret-file"]),
        text("timeout", "DURATION", "The time limit of a request with all attempts, or of waiting for a job, as in 90s or 1h30m")
            .value_parser(duration::parse),
    ];
    flags.extend(
        program
            .server_variables
            .iter()
            .map(|variable| text(variable.name, "STRING", "").help(text::summary(variable.help))),
    );
    flags.extend(operation_servers(program));
    flags.extend(program.credentials.iter().map(|one| secret(one.name, one.help)));
    flags.push(
        Arg::new(OTHER_HOST_FLAG)
            .long(OTHER_HOST_FLAG)
            .action(ArgAction::SetTrue)
            .help("Allow sending the secret of one source to the host of another"),
    );
    let global = |flag: Arg| flag.global(true).help_heading(CONNECTION);
    flags.into_iter().map(global).collect()
}

/// Returns the flags for the servers of single operations, if there are any.
fn operation_servers(program: &Program) -> Vec<Arg> {
    let api = (program.builder)().api;
    if api.operation_servers.iter().all(|one| one.has_same_host) {
        return Vec::new();
    }
    let list = |name: &'static str, place: &'static str, help: &'static str| {
        let some = NonEmptyStringValueParser::new();
        let flag = Arg::new(name).long(name).value_name(place).value_parser(some).help(help);
        flag.action(ArgAction::Append)
    };
    vec![
        list(
            SERVER_URL_FLAG,
            "SERVER=URL",
            "The URL of a server of single operations, by its URL in the document",
        ),
        list(
            CREDENTIAL_ORIGIN_FLAG,
            "ORIGIN",
            "Allow sending credentials to such a server, as in https://host",
        ),
    ]
}

fn output() -> [Arg; 5] {
    let switch = |name: &'static str, help: &'static str| {
        let switch = Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
        switch.global(true).help_heading(OUTPUT)
    };
    [
        switch("json", "Print results as JSON, as the server sent it"),
        switch("json-lines", "Print results as JSON, one value per line").conflicts_with("json"),
        switch("quiet", "Print only results and errors").short('q'),
        switch("verbose", "Print requests and responses, without secrets").short('v'),
        switch("allow-unknown", "Accept values that the API's document does not list"),
    ]
}

fn operation_command(entry: &'static table::Command, open: bool) -> Command {
    let mut command = described(entry.name, entry.about).args(parameters(entry, open));
    if let Some(body) = &entry.body {
        command = with_body(command, body, open, false);
    }
    let is_file = matches!(entry.response, ResponseFormat::File | ResponseFormat::ByMediaType);
    let target = match entry.response {
        ResponseFormat::Events | ResponseFormat::Lines => target_of_lines(),
        _ => target(is_file),
    };
    command.arg(target).args(is_file.then(if_exists))
}

/// Returns the command that starts a job, waits for it, and saves its file.
fn job_command(entry: &'static table::Command, job: &'static Job, open: bool) -> Command {
    let (start, end) = (
        text::summary(entry.about),
        match job.file {
            Some(_) => "wait until it completes, and save its files",
            None => "and wait until it completes",
        },
    );
    let start = format!("{start}, {end}");
    let about = format!(
        "{start}.\n\nCtrl-C stops waiting and shows how to continue with --resume. What {} has started continues on the server.",
        entry.name
    );
    let mut command = Command::new(job.name)
        .about(start)
        .long_about(about)
        .args(parameters(entry, open).into_iter().map(|flag| flag.required(false)));
    if let Some(body) = &entry.body {
        command = with_body(command, body, open, true);
    }
    let resume = Arg::new("resume")
        .long("resume")
        .value_name("ID")
        .help("Wait for a job that was started before, by its id, instead of starting one");
    let interval = Arg::new("poll-interval")
        .long("poll-interval")
        .value_name("DURATION")
        .value_parser(duration::interval)
        .help("The interval between two polls; by default it grows from 1 s to 30 s");
    let cancel = Arg::new("cancel-on-timeout")
        .long("cancel-on-timeout")
        .action(ArgAction::SetTrue)
        .requires("timeout")
        .help("Cancel the job on the server when --timeout has passed");
    let cancel = job.wait.cancel.as_ref().map(|_| cancel);
    let id_file = Arg::new("id-file")
        .long("id-file")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .value_parser(value_parser!(PathBuf))
        .help("Write the id of the job to a file when it is known");
    command = command.arg(resume).arg(interval).args(cancel).arg(id_file);
    if let Some(file) = &job.file {
        command = with_file(command, file, open);
    }
    command
}

fn with_file(command: Command, file: &'static JobFile, open: bool) -> Command {
    let format = file.format.as_ref().map(|format| {
        let several = argument(&format.flag, open).action(ArgAction::Append).value_delimiter(',');
        match format.flag.kind {
            ValueType::Choice([(first, _), ..]) => several.required(false).default_value(*first),
            _ => several,
        }
    });
    let others = file.parameters.iter().map(|one| argument(&one.flag, open));
    let target = target(true)
        .help("The directory to save the files in, or a file, or - for standard output")
        .default_value(".");
    command.args(format).args(others).arg(target).arg(if_exists())
}

fn described(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(text::summary(about)).long_about(text::help(about))
}

fn parameters(entry: &'static table::Command, open: bool) -> Vec<Arg> {
    let flag = |one: &'static ParameterFlag| match one.parameter.location {
        Location::Path => positional(&one.flag, open),
        Location::Query | Location::Header | Location::Cookie => argument(&one.flag, open),
    };
    entry.parameters.iter().map(flag).collect()
}

fn positional(flag: &'static Flag, open: bool) -> Arg {
    Arg::new(flag.name)
        .value_name(flag.name.to_uppercase().replace('-', "_"))
        .value_parser(value::parser(flag.kind, open))
        .required(true)
        .help(text::summary(flag.help))
        .long_help(text::help(flag.help))
}

fn argument(flag: &'static Flag, open: bool) -> Arg {
    let argument = Arg::new(flag.name)
        .long(flag.name)
        .value_name(value::placeholder(flag.kind))
        .value_parser(value::parser(flag.kind, open))
        .required(flag.required)
        .help(text::summary(flag.help))
        .long_help(text::help(flag.help));
    match flag.kind {
        ValueType::Boolean => {
            argument.num_args(0..=1).require_equals(true).default_missing_value("true")
        }
        ValueType::String | ValueType::Json => argument.allow_hyphen_values(true),
        ValueType::Integer | ValueType::Number => argument.allow_negative_numbers(true),
        ValueType::Choice(_) => argument,
        ValueType::File => argument.value_hint(ValueHint::FilePath),
        ValueType::Array(ValueType::String) => {
            argument.action(ArgAction::Append).allow_hyphen_values(true)
        }
        ValueType::Array(ValueType::File) => {
            argument.action(ArgAction::Append).value_hint(ValueHint::FilePath)
        }
        ValueType::Array(_) => {
            argument.action(ArgAction::Append).value_delimiter(',').allow_negative_numbers(true)
        }
    }
}

/// Adds the flags for the body: one for the whole, and one for each property.
fn with_body(command: Command, body: &'static Body, open: bool, resumable: bool) -> Command {
    let in_parts = matches!(body.kind, BodyKind::Multipart(_));
    let names: Vec<&'static str> = body.properties.iter().map(|one| one.flag.name).collect();
    let mut properties: Vec<Arg> = Vec::new();
    for property in body.properties {
        let mut flag = argument(&property.flag, open).required(false);
        if !property.of.is_empty() {
            let of = format!("[{}]", tags(property));
            let with = |help: Option<&StyledStr>| help.map(|help| format!("{help} {of}"));
            let (short, long) = (with(flag.get_help()), with(flag.get_long_help()));
            flag = flag.help(short.unwrap_or_default()).long_help(long.unwrap_or_default());
        }
        properties.push(flag.help_heading("Body"));
    }
    let whole = (!in_parts).then(|| {
        let (place, help) = match body.kind {
            BodyKind::Json | BodyKind::Form(_) => (
                "FILE|-|JSON",
                "The whole body: JSON, or a file with JSON, or - for standard input",
            ),
            BodyKind::Multipart(_) | BodyKind::Text | BodyKind::Bytes => {
                ("FILE|-", "The file with the body, or - for standard input")
            }
        };
        let about = text::help(body.help);
        Arg::new("body")
            .long("body")
            .value_name(place)
            .help(help)
            .long_help(format!("{help}. {about}").trim().to_owned())
            .conflicts_with_all(&names)
            .help_heading("Body")
    });
    let has_flags = whole.is_some() || !names.is_empty();
    let command = command.args(whole).args(properties);
    if !resumable || !has_flags {
        return command;
    }
    let all = names.into_iter().chain((!in_parts).then_some("body"));
    command.group(
        ArgGroup::new("start")
            .args(all.collect::<Vec<_>>())
            .multiple(true)
            .conflicts_with("resume"),
    )
}

/// Lists the tags that require a property, then the other tags that it belongs to.
fn tags(property: &PropertyFlag) -> String {
    let of = |required: bool| {
        let tags = property.of.iter().filter(|(_, needed)| *needed == required);
        let shown = |tag: &str| tag.chars().flat_map(char::escape_debug).collect::<String>();
        tags.map(|(tag, _)| shown(tag)).collect::<Vec<_>>().join(", ")
    };
    match (of(true), of(false)) {
        (required, others) if others.is_empty() => format!("required for {required}"),
        (required, others) if required.is_empty() => format!("for {others}"),
        (required, others) => format!("required for {required}; for {others}"),
    }
}

/// Returns the flag for the target of a response that arrives line by line.
fn target_of_lines() -> Arg {
    target(false).help(
        "The file to write the lines to, or - for standard output; the lines are in FILE.partial until the last one has arrived, and stay there if the connection breaks",
    )
}

fn target(is_file: bool) -> Arg {
    let help = if is_file {
        "The file or the directory to save in, or - for standard output; by default the current directory, with the name that the server gives"
    } else {
        "The file to write the result to, or - for standard output"
    };
    let place = if is_file { "FILE|DIR|-" } else { "FILE|-" };
    Arg::new("output")
        .long("output")
        .short('o')
        .value_name(place)
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::AnyPath)
        .help(help)
        .help_heading(OUTPUT)
}

fn if_exists() -> Arg {
    Arg::new("if-exists")
        .long("if-exists")
        .value_name("CHOICE")
        .value_parser(["number", "replace", "fail"])
        .help("What to do if a file exists: keep it and add a number to the new name, replace it, or fail [default: number in a directory, replace for a named file]")
        .help_heading(OUTPUT)
}

fn auth() -> Command {
    let check = Command::new("check").about("Authenticate, and show the identity and the host");
    Command::new("auth")
        .about("Check the authentication")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check)
}
