//! The project's commands, `cargo xtask COMMAND`: one module for each. This module parses the arguments
//! and calls the command.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod atomic;
mod changes;
mod codegen;
mod corpus;
mod crate_dir;
mod grouping;
pub mod instances;
mod labelled;
pub mod lint;
mod reading;
pub mod report;
pub mod round_trip;
mod terminal;
pub mod vendor;

pub use codegen::watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Parser, Subcommand};

/// The stack size of the thread that runs a command.
const STACK_BYTES: usize = 512 << 20;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The commands of this project")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate the client crate from the OpenAPI document
    Codegen(codegen::Arguments),
    /// Show what changes for the users of the crate
    Changes(changes::Arguments),
    /// Find mistakes in the OpenAPI document that are valid OpenAPI
    Lint(lint::Arguments),
    /// Update spec/ from the upstream document
    Vendor(vendor::Arguments),
    /// Run the generator on many documents and print the result of each
    Corpus(corpus::Arguments),
    /// Generate one document of the corpus, in a child process of `corpus`
    #[command(hide = true)]
    CorpusDocument(corpus::child::Arguments),
}

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    let command = Arguments::parse().command;
    // Some commands recurse to the depth of a document. Pages of the stack are committed lazily.
    let builder = thread::Builder::new().stack_size(STACK_BYTES);
    match builder.spawn(move || run(&command)).map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            terminal::note!("error: the command's thread cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> ExitCode {
    match command {
        Command::Codegen(arguments) => codegen::run(arguments),
        Command::Changes(arguments) => changes::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Vendor(arguments) => vendor::run(arguments),
        Command::Corpus(arguments) => corpus::run(arguments),
        Command::CorpusDocument(arguments) => corpus::child::run(arguments),
    }
}

/// The environment variable with another root of the repository, for tests that work on a copy.
const ROOT: &str = "XTASK_ROOT";

/// Returns the root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let default = manifest.parent().unwrap_or(manifest);
    std::env::var_os(ROOT).map_or_else(|| default.to_owned(), PathBuf::from)
}
