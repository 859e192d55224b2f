//! The project's own commands: `cargo xtask COMMAND`. One module for each; this one only
//! dispatches.

mod atomic;
mod codegen;
mod corpus;
mod crate_dir;
pub mod instances;
pub mod report;
pub mod round_trip;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Try the generator on many documents and print what became of each
    Corpus(corpus::Arguments),
    /// Generate a document of the corpus: the process that `corpus` starts
    #[command(hide = true)]
    CorpusDocument(corpus::child::Arguments),
}

/// Runs the command that the program was called with.
pub fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Corpus(arguments) => corpus::run(&arguments),
        Command::CorpusDocument(arguments) => corpus::child::run(&arguments),
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
