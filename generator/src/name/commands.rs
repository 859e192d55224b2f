//! Names of the command line: a command for each operation, and flags for its parameters and body.
//!
//! Takes the IR, and returns names with the items that they set. Leaves parsing of arguments to the
//! runtime.

mod properties;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use heck::ToKebabCase;

use properties::Found;
pub use properties::{Property, ValueType};

use super::sorted_by;
use crate::ir::{
    Api, Body, BodyContent, BodyKind, ContentId, Location, LongRunning, Operation, OperationId,
    Parameter, ParameterId, ResultFile, SchemeId, SecurityKind, SecurityScheme, WireName,
};
use crate::limits::Steps;

/// Flags that every command has: `RESERVED` in the runtime's `cli/table.rs`.
const RESERVED: &[&str] = &[
    "allow-unknown",
    "api-version",
    "base-url",
    "body",
    "cancel-on-timeout",
    "client-id",
    "client-secret-file",
    "credential-origin",
    "format",
    "help",
    "id-file",
    "if-exists",
    "json",
    "json-lines",
    "output",
    "poll-interval",
    "quiet",
    "resume",
    "send-secret-to-other-host",
    "server-url",
    "timeout",
    "token-file",
    "verbose",
    "version",
];

/// Commands of the program that are not operations.
const COMMANDS: &[&str] = &["auth", "completions", "help", "man"];

/// The names of a program.
#[derive(Debug, Clone, Default)]
pub struct Commands {
    /// The flags for server variables: variable and flag.
    pub server_variables: Vec<(WireName, String)>,
    /// The flags for security schemes that do not use tokens: scheme and flag.
    pub credentials: Vec<(SchemeId, String)>,
    /// A command for each operation.
    pub of_operations: BTreeMap<OperationId, Command>,
}

/// The names of a command.
#[derive(Debug, Clone)]
pub struct Command {
    /// The name.
    pub name: String,
    /// The flags of the parameters, in the order of the help: parameter and flag.
    pub parameters: Vec<(ParameterId, String)>,
    /// The content of the body.
    pub content: Option<ContentId>,
    /// The flags of the properties of the body.
    pub properties: Vec<Property>,
    /// The path to the property that selects which other properties apply.
    pub tag: Option<Vec<WireName>>,
    /// The property that is always sent as an object, even as an empty one.
    pub content_of_tag: Option<WireName>,
    /// The command that waits for the started job.
    pub job: Option<Job>,
}

/// The names of a command that starts a job, waits for it, and downloads its file.
#[derive(Debug, Clone)]
pub struct Job {
    /// The name.
    pub name: String,
    /// The download of the file.
    pub file: Option<JobFile>,
}

/// The download of the file of a job.
#[derive(Debug, Clone)]
pub struct JobFile {
    /// The parameter whose values select different files, and its flag.
    pub format: Option<(ParameterId, String)>,
    /// The other parameters, except the id, with their flags.
    pub parameters: Vec<(ParameterId, String)>,
}

pub(super) fn commands(api: &Api, steps: &Steps) -> Commands {
    let mut flags = Words::new(RESERVED);
    let server_variables = server_variables(api, &mut flags);
    let credentials = credentials(api, &mut flags);
    let mut names = Words::new(COMMANDS);
    let sorted = sorted_by(&api.operations, |operation| operation.id.clone());
    let with_names: Vec<(&Operation, String)> =
        sorted.into_iter().map(|one| (one, names.claim(&[&one.id.0], "operation"))).collect();
    let flags = Rc::new(flags);
    let of_operations = with_names.into_iter().map(|(operation, name)| {
        let flags = Words::within(&flags);
        (operation.number, command(api, operation, name, flags, &mut names, steps))
    });
    Commands { server_variables, credentials, of_operations: of_operations.collect() }
}

/// Returns the flags of server variables, in the order of the document.
fn server_variables(api: &Api, flags: &mut Words) -> Vec<(WireName, String)> {
    let mut known = BTreeSet::new();
    let variables = api.all_servers().flat_map(|server| &server.variables);
    let variables: Vec<&WireName> = variables
        .map(|variable| &variable.wire)
        .filter(|variable| known.insert(*variable))
        .collect();
    let sorted = sorted_by(&variables, |variable| *variable);
    let named: BTreeMap<&WireName, String> = sorted
        .into_iter()
        .map(|variable| (*variable, flags.claim(&[&variable.0], "server")))
        .collect();
    let flag = |variable: &WireName| Some((variable.clone(), named.get(variable)?.clone()));
    variables.into_iter().filter_map(flag).collect()
}

/// Returns the flags of security schemes that do not use tokens, in the order of the document.
fn credentials(api: &Api, flags: &mut Words) -> Vec<(SchemeId, String)> {
    let schemes = sorted_by(&api.security_schemes, |scheme| scheme.wire.clone());
    let keys = schemes.into_iter().filter(|scheme| scheme.kind != SecurityKind::Bearer);
    let mut flag =
        |scheme: &SecurityScheme| flags.claim(&[&format!("{} file", scheme.wire)], "credential");
    let mut credentials: Vec<(SchemeId, String)> =
        keys.map(|scheme| (scheme.number, flag(scheme))).collect();
    credentials.sort_by_key(|(number, _)| *number);
    credentials
}

/// Names that are taken.
#[derive(Debug, Clone, Default)]
struct Words {
    taken: BTreeSet<String>,
    /// The names that every command uses, shared by all scopes.
    shared: Option<Rc<Self>>,
    /// The last number tried for a name, because many names can be equal.
    numbers: BTreeMap<String, usize>,
}

impl Words {
    fn new(taken: &[&str]) -> Self {
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        Self { taken, ..Self::default() }
    }

    /// Creates a scope in which some names are already taken.
    fn within(shared: &Rc<Self>) -> Self {
        Self { shared: Some(Rc::clone(shared)), ..Self::default() }
    }

    fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && self.shared.as_ref().is_none_or(|shared| shared.is_free(name))
    }

    /// Takes a name: the last word, or all words, or all words after the name of their location.
    fn claim(&mut self, words: &[&str], place: &str) -> String {
        let short = words.last().map(|last| last.to_kebab_case()).unwrap_or_default();
        let long = words.join(" ").to_kebab_case();
        let placed = format!("{place}-{long}");
        let mut candidates = [short, long, placed.clone()].into_iter();
        let free = candidates.find(|name| !name.is_empty() && self.is_free(name));
        let name = free.unwrap_or_else(|| self.numbered(placed));
        self.taken.insert(name.clone());
        name
    }

    fn numbered(&mut self, placed: String) -> String {
        let mut number = self.numbers.get(&placed).copied().unwrap_or(1);
        let name = loop {
            number += 1;
            let name = format!("{placed}-{number}");
            if self.is_free(&name) {
                break name;
            }
        };
        self.numbers.insert(placed, number);
        name
    }
}

fn command(
    api: &Api,
    operation: &Operation,
    name: String,
    mut flags: Words,
    names: &mut Words,
    steps: &Steps,
) -> Command {
    let parameters = parameters(operation, &mut flags, |_| true);
    let content = operation.body.as_ref().and_then(content);
    let body = operation.body.as_ref().zip(content);
    let of_body = body.and_then(|(body, content)| body.content(content));
    let mut found = of_body.map(|content| properties::of(api, content, steps)).unwrap_or_default();
    let properties = std::mem::take(&mut found.properties).into_iter().map(|mut property| {
        let path: Vec<&str> = property.path.iter().map(|name| name.0.as_str()).collect();
        // An id means little without the name of its object, but what a tag goes with is the body's
        // own matter.
        let is_content =
            path.first().copied() == found.content.as_ref().map(|name| name.0.as_str());
        property.flag = match is_content {
            true => flags.claim(&path, "body"),
            false => flags.claim(&[&path.join(" ")], "body"),
        };
        property
    });
    let properties = properties.collect();
    let plan = operation.long_running.as_ref();
    let job = plan.map(|plan| job(api, plan, &name, flags, names));
    let Found { tag, content: content_of_tag, .. } = found;
    Command { name, parameters, content, properties, tag, content_of_tag, job }
}

/// Returns the flags of the selected parameters: those of the path first, in the order of the path.
fn parameters(
    operation: &Operation,
    flags: &mut Words,
    is_wanted: impl Fn(ParameterId) -> bool,
) -> Vec<(ParameterId, String)> {
    let wanted = operation.parameters.iter().filter(|parameter| is_wanted(parameter.number));
    let mut wanted: Vec<&Parameter> = wanted.collect();
    wanted.sort_by_key(|parameter| {
        let in_path = parameter.location == Location::Path;
        let placeholder = format!("{{{}}}", parameter.wire);
        let found = in_path.then(|| operation.path.find(&placeholder)).flatten();
        found.unwrap_or(usize::MAX)
    });
    let flag = |parameter: &Parameter| {
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        (parameter.number, flags.claim(&[&parameter.wire.0], place))
    };
    wanted.into_iter().map(flag).collect()
}

/// Returns the content that the command sends: JSON if there is one, otherwise the first.
fn content(body: &Body) -> Option<ContentId> {
    let is_json = |content: &BodyContent| matches!(content.kind, BodyKind::Json(_));
    let json = body.contents.iter().find(|content| is_json(content));
    json.or(body.contents.first()).map(|content| content.number)
}

fn job(api: &Api, plan: &LongRunning, name: &str, mut flags: Words, names: &mut Words) -> Job {
    let wished = plan.command.clone().unwrap_or_else(|| format!("{name}-and-wait"));
    let name = names.claim(&[&wished], "job");
    let result = plan.file.as_ref();
    let result = result.map(|file| (file, api.operation(file.download.operation)));
    let file = result.map(|(ResultFile { download, each, .. }, file)| {
        let others = |number| number != download.parameter && Some(number) != *each;
        let parameters = parameters(file, &mut flags, others);
        let each = each.and_then(|number| Some((number, file.parameter(number)?)));
        let format = each.map(|(number, each)| match ValueType::of(api, &each.ty) {
            // It mostly is a format, and is called so.
            ValueType::Choice(_) => (number, "format".to_owned()),
            _ => (number, flags.claim(&[&each.wire.0], "file")),
        });
        JobFile { format, parameters }
    });
    Job { name, file }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_flags_are_those_of_the_runtime() {
        let is_table = |(path, _): &&(&str, &str)| *path == "cli/table.rs";
        let (_, table) = clientgen_runtime::source::FILES.iter().find(is_table).expect("the file");
        let list = table.split_once("RESERVED: &[&str] = &[").expect("the list").1;
        let list = list.split_once(']').expect("its end").0;
        let words: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(words, RESERVED);
    }

    #[test]
    fn names_are_taken_once() {
        let mut names = Words::new(RESERVED);
        let mut claim = |words: &[&str]| names.claim(words, "query");
        assert_eq!(claim(&["sortBy"]), "sort-by");
        assert_eq!(claim(&["arguments", "sortBy"]), "arguments-sort-by");
        assert_eq!(claim(&["sort_by"]), "query-sort-by");
        assert_eq!(claim(&["sort by"]), "query-sort-by-2");
        assert_eq!(claim(&["output"]), "query-output");
        assert_eq!(claim(&["$"]), "query-");
    }
}
