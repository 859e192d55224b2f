//! The project's own commands: `cargo xtask COMMAND`. One module for each; this one only
//! dispatches.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod atomic;
mod changes;
mod codegen;
mod corpus;
mod crate_dir;
pub mod instances;
mod labelled;
pub mod lint;
mod reading;
pub mod report;
pub mod round_trip;
mod terminal;
pub mod vendor;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Parser, Subcommand};

pub use codegen::watch;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the client crate from the OpenAPI document
    Codegen(codegen::Arguments),
    /// Say what has changed in the API for the users of the crate
    Changes(changes::Arguments),
    /// Look for what is valid in the OpenAPI document, and yet wrong or a pity
    Lint(lint::Arguments),
    /// Bring spec/ up to date with the document that it comes from
    Vendor(vendor::Arguments),
    /// Try the generator on many documents and print what became of each
    Corpus(corpus::Arguments),
    /// Generate a document of the corpus: the process that `corpus` starts
    #[command(hide = true)]
    CorpusDocument(corpus::child::Arguments),
}

/// Runs the command that the program was called with.
pub fn main() -> ExitCode {
    let command = Arguments::parse().command;
    // Some commands follow a document as deep as it goes.
    let room = thread::Builder::new().stack_size(512 << 20);
    match room.spawn(move || run(&command)).map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            terminal::note!("error: no thread can be started: {error}");
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

/// Names another root of the repository, for tests that work on a copy.
const ROOT: &str = "XTASK_ROOT";

/// The root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = manifest.parent().unwrap_or(manifest);
    std::env::var_os(ROOT).map_or_else(|| own.to_owned(), PathBuf::from)
}
