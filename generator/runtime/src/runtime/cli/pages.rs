//! Shell completions and manual pages.

use std::io::{self, Write};

use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::failure::Failure;

pub(super) fn commands() -> [Command; 2] {
    let shell = Arg::new("shell")
        .value_name("SHELL")
        .required(true)
        .value_parser(clap::value_parser!(Shell));
    let page = Arg::new("page")
        .value_name("COMMAND")
        .help("The command to describe, instead of the whole program");
    [
        Command::new("completions").about("Print a completion script for a shell").arg(shell),
        Command::new("man").about("Print the manual page, for `man -l -`").arg(page),
    ]
}

/// Generates a completion script.
pub(super) fn completions(mut grammar: Command, matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let mut script = Vec::new();
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        let name = grammar.get_name().to_owned();
        clap_complete::generate(*shell, &mut grammar, name.clone(), &mut script);
        if *shell == Shell::Bash {
            script = with_one_name(&script, &name);
        }
    }
    Ok(script)
}

/// Repairs the script for bash, in which `clap_complete` encodes the hyphens of the program's name in
/// two ways, so that no command is recognized.
fn with_one_name(script: &[u8], name: &str) -> Vec<u8> {
    let script = String::from_utf8_lossy(script);
    script.replace(&name.replace('-', "__subcmd__"), &name.replace('-', "__")).into_bytes()
}

/// Generates a manual page.
pub(super) fn man(mut grammar: Command, matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    grammar.build();
    let page = match matches.get_one::<String>("page") {
        None => grammar,
        Some(name) => match grammar.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let known = grammar.get_subcommands().map(Command::get_name);
                let known: Vec<&str> = known.collect();
                let message = format!(
                    "there is no command `{}`; there are {}",
                    super::text::printable(name),
                    known.join(", ")
                );
                return Err(Failure::usage(message));
            }
        },
    };
    let mut roff = Vec::new();
    let written: io::Result<()> = Man::new(page).render(&mut roff).and_then(|()| roff.flush());
    written.map_err(|error| Failure::usage(error.to_string()))?;
    Ok(roff)
}
