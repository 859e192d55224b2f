//! The command line that updates a crate, for the output of `check`.

use super::ClientArguments;
use crate::invocation::Invocation;

/// Returns the command that writes what a command with these arguments checked.
pub(super) fn write(arguments: &ClientArguments, invocation: &Invocation) -> String {
    let text = |name, value: &String| (name, Some(value.clone()));
    let path = |name, value: &std::path::PathBuf| (name, Some(value.display().to_string()));
    let mut given = Vec::new();
    given.extend(invocation.config.iter().map(|file| path("config", file)));
    given.extend(arguments.client.iter().map(|name| text("client", name)));
    given.extend(arguments.input.iter().map(|file| path("input", file)));
    given.extend(arguments.overlay.iter().map(|file| path("overlay", file)));
    given.extend(arguments.output.iter().map(|folder| path("output", folder)));
    given.extend(arguments.name.iter().map(|name| text("name", name)));
    given.extend(arguments.shape.given());
    let extras = arguments.extras.iter().map(|extra| clientgen::Extra::from(*extra).feature());
    given.extend(extras.map(|extra| ("extras", Some(extra.to_owned()))));
    given.extend(arguments.reading.given());
    given.extend(arguments.strict.then_some(("strict", None)));
    let options = given.into_iter().map(|(name, value)| match value {
        Some(value) => format!(" --{name} {}", shell_quoted(&value)),
        None => format!(" --{name}"),
    });
    format!("{} generate{}", invocation.program, options.collect::<String>())
}

/// Quotes a value for a shell, if it has characters with a special meaning.
fn shell_quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:=@%+,".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: ClientArguments,
    }

    #[test]
    fn the_command_has_all_options() {
        let line = "x --input a.yaml --output b --name c --path /v1/** --tag Pets --operation get* --extras mock,cli --methods id --group-features";
        let more = ["--tag", "Bob's", "--strict", "--root", ".", "--limit", "files=9"];
        let arguments = Command::parse_from(line.split(' ').chain(more)).arguments;
        let expected = r"--path '/v1/**' --tag Pets --tag 'Bob'\''s' --operation 'get*' --methods id --group-features --extras mock --extras cli --root . --limit files=9 --strict";
        let folder = PathBuf::from(".");
        let invocation = Invocation { program: "clientgen", folder, config: Some("c.toml".into()) };
        assert_eq!(
            write(&arguments, &invocation),
            format!(
                "clientgen generate --config c.toml --input a.yaml --output b --name c {expected}"
            )
        );
        let client = &arguments.project(&invocation).unwrap_err();
        assert!(client.contains("c.toml"), "{client}");
        let mut client = crate::project::settings::Client::new("a".into(), "b".into(), "c".into());
        arguments.apply(&mut client);
        assert_eq!(client.select.tags, ["Pets", "Bob's"]);
        assert_eq!(client.select.operations, ["get*"]);
    }
}
