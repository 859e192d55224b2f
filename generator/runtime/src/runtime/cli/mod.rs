//! A program for the command line: a command for each operation, and one for each job.
//!
//! In come tables that the generator has written ([`Program`]) and the words of the command line. Out
//! go results on standard output, all else on standard error, and an exit code. The way is:
//! `grammar` (words to flags) → `connect` (flags to a client) → `request` and `body` (flags to a
//! request) → `operation` or `job` (sending, waiting) → `response`, `files` (what came to where it goes).

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
// What the tables say of parameters, in the words of the client.
pub use super::{Location, Parameter, Style};

/// Does what words of a command line say, and tells how the program ends. The first word is the
/// program's own name.
pub fn run(program: &'static Program, words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let open = words.iter().any(|word| word == "--allow-unknown");
    let grammar = grammar::grammar(program, open);
    let matches = match grammar.clone().try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => {
            // Who has closed the terminal cannot be told anything.
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

/// How long signing in may take if nobody says otherwise.
const LONG: Duration = Duration::from_secs(300);

/// What all commands work with.
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
        Failure::new(Exit::Other, format!("no runtime can be started: {error}"))
    })?;
    let outcome = runtime.block_on(async {
        let connected = connect::connect(program, matches)?;
        let format = Format::of(matches);
        let mut interrupt = Interrupt::new();
        if name == "auth" {
            let limit = matches.get_one::<Duration>("timeout").copied();
            let check =
                tokio::time::timeout(limit.unwrap_or(LONG), auth::check(program, &connected));
            let said = interrupt.guard(check).await.map(|said| {
                said.unwrap_or_else(|_| {
                    Err(Failure::new(Exit::TimedOut, "nobody has answered in time"))
                })
            });
            let said = said.unwrap_or_else(|exit| Err(Failure::new(exit, "interrupted")))?;
            return response::value(&response::own(&said)?, format, &Target::Stdout);
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
        Some(found) => job::run(session, interrupt, found, matches).await,
        None => Err(Failure::usage(format!("there is no command `{name}`"))),
    }
}

#[cfg(test)]
mod tests;
