//! `clientgen`.

use std::process::ExitCode;

fn main() -> ExitCode {
    clientgen_cli::main()
}
