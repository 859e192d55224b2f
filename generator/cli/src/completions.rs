//! `clientgen completions`: prints the completions of a shell.

use std::process::ExitCode;

use clap::Args;
use clap_complete::{Shell, generate};

use crate::invocation::Invocation;
use crate::terminal;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    let mut script = Vec::new();
    let mut command = crate::command(invocation.program);
    generate(arguments.shell, &mut command, invocation.program, &mut script);
    terminal::write_output(String::from_utf8_lossy(&script).trim_end_matches('\n'));
    ExitCode::SUCCESS
}
