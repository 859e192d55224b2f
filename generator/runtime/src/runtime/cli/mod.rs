//! A command-line program with a command for each operation, and one for each long-running job.
//!
//! Takes the tables that the generator writes ([`Program`]) and the arguments of the command line.
//! Writes results to standard output and everything else to standard error, and returns an exit
//! code. Data flows from `grammar` (arguments to flags) to `connect` (flags to a client), `request`
//! and `body` (flags to a request), `operation` or `job` (sending and polling), and `response` and
//! `files` (output).

mod auth;
mod body;
mod connect;
mod duration;
mod failure;
mod files;
mod grammar;
mod job;
mod lines;
mod operation;
mod pages;
mod request;
mod response;
mod screen;
mod signals;
mod table;
mod text;
mod value;
mod verbose;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;

use super::Client;
use failure::{Exit, Failure};
use files::Target;
use response::Format;
use screen::Screen;
use signals::Interrupt;
pub use table::{
    AcceptBy, Body, BodyKind, Command, CredentialFlag, Flag, Job, JobFile, ParameterFlag, Program,
    PropertyFlag, RESERVED, ResponseFormat, ServerFlag, ValueType,
};
// The tables use the client's types for parameters.
pub use super::{Location, Parameter, Style};

/// Runs the program with command-line arguments and returns its exit code. The first argument is the
/// name of the program.
pub fn run(program: &'static Program, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let open = arguments.iter().any(|argument| argument == "--allow-unknown");
    let grammar = grammar::grammar(program, open);
    let matches = match grammar.clone().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // There is nowhere to report a closed terminal.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let format = Format::of(&matches);
    let outcome = match matches.subcommand() {
        Some(("completions", matches)) => show(pages::completions(grammar, matches)),
        Some(("man", matches)) => show(pages::man(grammar, matches)),
        Some((name, inner)) => perform(program, name, inner),
        None => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = if format.is_json() { failure.for_programs() } else { failure.for_people() };
            eprintln!("{text}");
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// The default time limit for `auth`.
const AUTH_TIMEOUT: Duration = Duration::from_secs(300);

/// The state that all commands share.
struct Session {
    program: &'static Program,
    client: Client,
    screen: Arc<Screen>,
    format: Format,
}

fn show(page: Result<Vec<u8>, Failure>) -> Result<(), Failure> {
    files::write(&page?, &Target::Stdout)
}

fn perform(program: &'static Program, name: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let screen = Arc::new(Screen::new(matches.get_flag("quiet")));
    verbose::listen(&screen, matches.get_flag("verbose"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new(Exit::Other, format!("the async runtime cannot be started: {error}"))
    })?;
    let outcome = runtime.block_on(async {
        let connected = connect::connect(program, matches)?;
        let format = Format::of(matches);
        let mut interrupt = Interrupt::new();
        if name == "auth" {
            let limit = matches.get_one::<Duration>("timeout").copied();
            let limit = limit.unwrap_or(AUTH_TIMEOUT);
            let check = tokio::time::timeout(limit, auth::check(program, &connected));
            let report = interrupt.guard(check).await.map(|report| {
                report.unwrap_or_else(|_| {
                    Err(Failure::new(Exit::TimedOut, format!("no response within {limit:?}")))
                })
            });
            let report = report.unwrap_or_else(|exit| Err(Failure::new(exit, "interrupted")))?;
            return response::value(&response::own(&report)?, format, &Target::Stdout);
        }
        let client = connected.client;
        let session = Session { program, client, screen: Arc::clone(&screen), format };
        dispatch(&session, &mut interrupt, name, matches).await
    });
    screen.clear();
    outcome
}

async fn dispatch(
    session: &Session,
    interrupt: &mut Interrupt,
    name: &str,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let commands = || session.program.commands.iter().copied().flatten();
    if let Some(command) = commands().find(|command| command.name == name) {
        return operation::run(session, interrupt, command, matches).await;
    }
    let job = |command: &'static Command| {
        command.job.as_ref().filter(|job| job.name == name).map(|job| (command, job))
    };
    match commands().find_map(job) {
        Some(matched) => job::run(session, interrupt, matched, matches).await,
        None => Err(Failure::usage(format!("there is no command `{name}`"))),
    }
}

#[cfg(test)]
mod tests;
