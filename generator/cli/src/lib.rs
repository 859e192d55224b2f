//! The commands of `clientgen`: one module for each. This module parses the arguments and calls the command.
//!
//! Takes the arguments of the process, and returns its exit code. The module `project` finds
//! `clientgen.toml`, which says what to generate; options override it. Leaves everything about documents and
//! code to the library `clientgen`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod atomic;
mod changes;
mod completions;
mod corpus;
mod crate_dir;
mod explain;
mod generate;
mod init;
pub mod instances;
mod invocation;
mod labelled;
pub mod lint;
mod project;
mod reading;
pub mod report;
pub mod round_trip;
mod schema;
mod shape;
mod terminal;
mod toml_file;
pub mod vendor;

pub use generate::{generations, watch};

use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use invocation::Invocation;

/// The stack size of the thread that runs a command.
const STACK_BYTES: usize = 512 << 20;

#[derive(Debug, Parser)]
#[command(version, about = "Writes a Rust client crate from an OpenAPI document")]
struct Arguments {
    /// The configuration [default: clientgen.toml in the current folder, or in the nearest one above it]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a clientgen.toml for an OpenAPI document
    Init(init::Arguments),
    /// Write the client crates
    #[command(alias = "codegen")]
    Generate(generate::Arguments),
    /// Fail if a client crate on disk is not up to date; write nothing
    Check(generate::ClientArguments),
    /// Write the client crates whenever a source file changes, and show the differences
    Watch(generate::ClientArguments),
    /// Show what changes for the users of a client crate
    Changes(changes::Arguments),
    /// Find mistakes in OpenAPI documents that are valid OpenAPI
    Lint(lint::command::Arguments),
    /// Update a copy of an upstream document, or of a part of it
    Vendor(vendor::Arguments),
    /// Generate a crate for each of many documents and print the result of each
    Corpus(corpus::Arguments),
    /// Generate one document of the corpus, in a child process of `corpus`
    #[command(hide = true)]
    CorpusDocument(corpus::child::Arguments),
    /// Explain the code of a diagnostic
    Explain(explain::Arguments),
    /// Print the JSON Schema of clientgen.toml
    Schema,
    /// Print the completions of a shell
    Completions(completions::Arguments),
}

/// Parses the arguments of the process and runs the command, as the program `clientgen`.
///
/// `clientgen.toml` is searched for from the current folder upwards.
pub fn main() -> ExitCode {
    run_as("clientgen", None)
}

/// Parses the arguments of the process and runs the command under another name, which messages use.
/// `clientgen.toml` is searched for from `folder` upwards, or from the current folder.
pub fn run_as(program: &'static str, folder: Option<PathBuf>) -> ExitCode {
    let command = command(program);
    let parsed = Arguments::from_arg_matches(&command.get_matches());
    let arguments = parsed.unwrap_or_else(|error| error.exit());
    let folder = folder.unwrap_or_else(|| PathBuf::from("."));
    let invocation = Invocation { program, folder, config: arguments.config };
    let command = arguments.command;
    // Some commands recurse to the depth of a document. Pages of the stack are committed lazily.
    let builder = thread::Builder::new().stack_size(STACK_BYTES);
    match builder.spawn(move || run(&command, &invocation)).map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            terminal::note!("error: the command's thread cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the command line of the program.
fn command(program: &'static str) -> clap::Command {
    Arguments::command().name(program).bin_name(program)
}

fn run(command: &Command, invocation: &Invocation) -> ExitCode {
    match command {
        Command::Init(arguments) => init::run(arguments, invocation),
        Command::Generate(arguments) => generate::run(arguments, invocation),
        Command::Check(arguments) => generate::check(arguments, invocation),
        Command::Watch(arguments) => generate::watch(arguments, invocation),
        Command::Changes(arguments) => changes::run(arguments, invocation),
        Command::Lint(arguments) => lint::command::run(arguments, invocation),
        Command::Vendor(arguments) => vendor::run(arguments, invocation),
        Command::Corpus(arguments) => corpus::run(arguments, invocation),
        Command::CorpusDocument(arguments) => corpus::child::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Schema => schema::run(),
        Command::Completions(arguments) => completions::run(arguments, invocation),
    }
}
