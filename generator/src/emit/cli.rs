//! The command-line program: tables that the runtime reads.

use proc_macro2::TokenStream;
use quote::quote;

use super::notes::notes;
use super::{SourceFile, Sources, docs, feature, name, parameter, token};
use crate::config::Config;
use crate::escape::{is_hidden, line, visible};
use crate::ir::{
    AcceptBy, Body, BodyContent, BodyKind, Content, ContentKind, Docs, Group, Operation, Parameter,
    ParameterId, PartKind, ResultFile, SchemeId, SecurityKind, Shape, SuccessResponse, TypeId,
    WireName,
};
use crate::name::Named;
use crate::name::commands::{Command, Job, JobFile, Property, ValueType};

/// `src/main.rs`, `src/cli/…`
pub(super) fn files(api: &Named<'_>, config: &Config) -> Sources {
    let library = token(api.names.library());
    let about = format!("The program `{}`.", config.package.name);
    let about = docs::inner(&[about]);
    let main = quote! {
        #about
        fn main() -> std::process::ExitCode {
            #library::cli::main()
        }
    };
    let mut files = Sources::from([
        ("src/main.rs".to_owned(), SourceFile::Tokens(main)),
        ("src/cli/mod.rs".to_owned(), SourceFile::Tokens(program(api, config))),
    ]);
    for group in &api.groups {
        let path = format!("src/cli/{}.rs", api.names.group(group.number));
        files.insert(path, SourceFile::Tokens(commands(api, group)));
    }
    files
}

fn program(api: &Named<'_>, config: &Config) -> TokenStream {
    let mut groups: Vec<&Group> = api.groups.iter().collect();
    groups.sort_by_key(|group| api.names.group(group.number));
    let modules = groups.iter().map(|group| {
        let feature = feature(api.names.feature(group.number));
        let module = token(api.names.group(group.number));
        quote!(#feature mod #module;)
    });
    let lists = api.groups.iter().map(|group| {
        let feature = feature(api.names.feature(group.number));
        let module = token(api.names.group(group.number));
        quote!(#feature #module::COMMANDS)
    });
    let servers = api.names.commands.server_variables.iter().filter_map(|(wire, flag)| {
        let mut variables = api.all_servers().flat_map(|server| &server.variables);
        let help = help(&variables.find(|variable| variable.wire == *wire)?.docs);
        let wire = &wire.0;
        Some(quote!(ServerFlag { name: #flag, variable: #wire, help: #help }))
    });
    let servers: Vec<TokenStream> = servers.collect();
    let credentials = credentials(api);
    let mut names = vec!["Program"];
    names.extend((!servers.is_empty()).then_some("ServerFlag"));
    names.extend((!credentials.is_empty()).then_some("CredentialFlag"));
    names.sort_unstable();
    let names = names.into_iter().map(name);
    let program = &config.package.name;
    let about = format!("{}, on the command line.", api.title.trim_end_matches('.'));
    let about = match &api.description {
        Some(description) => format!("{about}\n\n{}", description.trim()),
        None => about,
    };
    let about = visible(&about);
    let doc = docs::inner(&[
        format!("The command-line program `{program}`, with a command for each operation."),
        String::new(),
        "Install it with `cargo install --features cli`, and see its `--help`.".to_owned(),
    ]);
    quote! {
        #doc

        #(#modules)*

        use std::ffi::OsString;
        use std::process::ExitCode;

        use crate::runtime::Client;
        use crate::runtime::cli::{self, #(#names),*};

        /// The description of the program.
        static PROGRAM: Program = Program {
            name: #program,
            version: env!("CARGO_PKG_VERSION"),
            about: #about,
            builder: Client::builder,
            server_variables: &[#(#servers),*],
            credentials: &[#(#credentials),*],
            commands: &[#(#lists),*],
        };

        /// Runs the program with the arguments of the command line.
        pub fn main() -> ExitCode {
            run(std::env::args_os())
        }

        /// Runs the program with these arguments. The first one is the name of the program.
        pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
            cli::run(&PROGRAM, words)
        }
    }
}

fn credentials(api: &Named<'_>) -> Vec<TokenStream> {
    let flag = |(number, flag): &(SchemeId, String)| {
        let scheme = api.security_schemes.get(number.0)?;
        let wire = &scheme.wire.0;
        let content = match scheme.kind {
            SecurityKind::ApiKey(..) => "The file with the API key",
            SecurityKind::Basic => "The file with `user:password`",
            SecurityKind::Bearer => return None,
        };
        let help = format!("{content}, or `-` for standard input");
        Some(quote!(CredentialFlag { name: #flag, scheme: #wire, help: #help }))
    };
    api.names.commands.credentials.iter().filter_map(flag).collect()
}

/// Returns the commands of a group of operations.
fn commands(api: &Named<'_>, group: &Group) -> TokenStream {
    let of_group = api.operations.iter().filter(|operation| operation.group == group.number);
    let commands = of_group.filter_map(|operation| {
        let words = api.names.commands.of_operations.get(&operation.number)?;
        Some(command(api, operation, words))
    });
    let module = token(api.names.group(group.number));
    let name = group.name.as_deref().unwrap_or("no tag");
    let doc = docs::inner(&[format!("The commands of {}.", docs::code(name))]);
    quote! {
        #doc

        use crate::operations::#module as operations;
        use crate::runtime::cli::*;

        /// A command for each operation.

        pub(super) static COMMANDS: &[Command] = &[#(#commands),*];
    }
}

fn command(api: &Named<'_>, operation: &Operation, words: &Command) -> TokenStream {
    let (command, about) = (&words.name, help(&operation.docs));
    let constant = token(api.names.constant(operation.number));
    let parameters = parameter_flags(api, operation, &words.parameters);
    let content = operation.body.as_ref().zip(words.content);
    let content = content.and_then(|(body, number)| Some((body, body.content(number)?)));
    let body = option(content.map(|(one, content)| body(api, one, content, words)));
    let response = name(response(&operation.response));
    let accept_by = accept_by(operation, operation.accept_by.as_ref());
    let scopes = operation.scopes.iter().map(|scope| line(scope));
    let levels = operation.user_levels.iter().map(|level| line(level));
    let job = option(words.job.as_ref().and_then(|words| job(api, operation, words)));
    quote!(Command {
        name: #command,
        about: #about,
        operation: &operations::#constant,
        parameters: &[#(#parameters),*],
        body: #body,
        response: ResponseFormat::#response,
        accept_by: #accept_by,
        scopes: &[#(#scopes),*],
        user_levels: &[#(#levels),*],
        job: #job,
    })
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

/// Returns a summary, an empty line, and the rest, as plain text for a terminal.
fn help(docs: &Docs) -> String {
    let description = docs.description.as_deref().filter(|_| docs.description != docs.summary);
    let notes = notes(docs);
    let parts = [docs.summary.as_deref(), description, Some(notes.as_str())];
    let parts = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    visible(&parts.collect::<Vec<_>>().join("\n\n")).into_owned()
}

fn parameter_flags(
    api: &Named<'_>,
    operation: &Operation,
    flags: &[(ParameterId, String)],
) -> Vec<TokenStream> {
    let flag = |(number, name): &(ParameterId, String)| {
        Some(parameter_flag(api, operation.parameter(*number)?, name))
    };
    flags.iter().filter_map(flag).collect()
}

fn parameter_flag(api: &Named<'_>, one: &Parameter, name: &str) -> TokenStream {
    let kind = ValueType::of(api, &one.ty);
    let flag = flag(name, &kind, one.required, &help(&one.docs));
    let (parameter, as_json) = (description(one), parameter::style(one.style).is_none());
    quote!(ParameterFlag { flag: #flag, parameter: #parameter, as_json: #as_json })
}

/// Returns a parameter as a constant of the runtime.
fn description(one: &Parameter) -> TokenStream {
    let (wire, location, explode) = (&one.wire.0, parameter::location(one.location), one.explode);
    let style = parameter::style(one.style).unwrap_or_else(|| quote!(Style::Form));
    let reserved = one.allow_reserved.then(|| quote!(.reserved()));
    quote!(Parameter::new(#wire, #location, #style, #explode) #reserved)
}

fn flag(name: &str, kind: &ValueType, required: bool, help: &str) -> TokenStream {
    let kind = kind_of(kind);
    quote!(Flag { name: #name, kind: #kind, required: #required, help: #help })
}

fn kind_of(kind: &ValueType) -> TokenStream {
    match kind {
        ValueType::String => quote!(ValueType::String),
        ValueType::Boolean => quote!(ValueType::Boolean),
        ValueType::Integer => quote!(ValueType::Integer),
        ValueType::Number => quote!(ValueType::Number),
        // A terminal could not show the values.
        ValueType::Choice(values) if values.iter().any(|(value, _)| value.contains(is_hidden)) => {
            quote!(ValueType::String)
        }
        ValueType::Choice(values) => {
            let values = values.iter().map(|(value, means)| (value, visible(means)));
            let values = values.map(|(value, means)| quote!((#value, #means)));
            quote!(ValueType::Choice(&[#(#values),*]))
        }
        ValueType::Array(item) => {
            let item = kind_of(item);
            quote!(ValueType::Array(&#item))
        }
        ValueType::File => quote!(ValueType::File),
        ValueType::Json => quote!(ValueType::Json),
    }
}

fn body(api: &Named<'_>, body: &Body, content: &BodyContent, words: &Command) -> TokenStream {
    let (media_type, required) = (&content.media_type, body.required);
    let help = visible(body.description.as_deref().unwrap_or_default().trim());
    let kind = match &content.kind {
        BodyKind::Json(_) => quote!(BodyKind::Json),
        BodyKind::Form(_, styles) => {
            let styles = styles.iter().filter_map(|(name, style, explode)| {
                let (name, style) = (&name.0, parameter::style(*style)?);
                Some(quote!((#name, #style, #explode)))
            });
            quote!(BodyKind::Form(&[#(#styles),*]))
        }
        BodyKind::Multipart(form) => {
            let parts = part_types(api, *form);
            quote!(BodyKind::Multipart(&[#(#parts),*]))
        }
        BodyKind::Text => quote!(BodyKind::Text),
        BodyKind::Bytes => quote!(BodyKind::Bytes),
    };
    let properties = words.properties.iter().map(property);
    let tag = option(words.tag.as_ref().map(|path| {
        let path = path.iter().map(|name| &name.0);
        quote!(&[#(#path),*])
    }));
    let content = option(words.content_of_tag.as_ref().map(|WireName(name)| quote!(#name)));
    quote!(Body {
        media_type: #media_type,
        kind: #kind,
        required: #required,
        help: #help,
        properties: &[#(#properties),*],
        tag: #tag,
        content: #content,
    })
}

/// Returns the parts of a form that have an explicit media type.
fn part_types(api: &Named<'_>, form: TypeId) -> Vec<TokenStream> {
    let Shape::Form(form) = &api.type_def(form).shape else { return Vec::new() };
    let part = |part: &crate::ir::Part| {
        let wire = &part.field.wire.0;
        let media_type = match &part.kind {
            PartKind::Json(media_type) => Some(media_type),
            PartKind::Text(media_type) | PartKind::File(media_type) => media_type.as_ref(),
        };
        media_type.map(|media_type| quote!((#wire, #media_type)))
    };
    form.parts.iter().filter_map(part).collect()
}

fn property(property: &Property) -> TokenStream {
    let Property { flag: name, path, kind, required, of, docs } = property;
    let flag = flag(name, kind, *required, &help(docs));
    let path = path.iter().map(|WireName(name)| name);
    let of = of.iter().map(|(tag, needed)| quote!((#tag, #needed)));
    quote!(PropertyFlag { flag: #flag, path: &[#(#path),*], of: &[#(#of),*] })
}

fn response(response: &SuccessResponse) -> &'static str {
    match response {
        SuccessResponse::One(Content { kind, .. }) => match kind {
            ContentKind::Empty => "Empty",
            ContentKind::Json(_) => "Json",
            ContentKind::Text => "Text",
            ContentKind::File => "File",
            ContentKind::Events(_) => "Events",
            ContentKind::JsonLines(_) => "Lines",
        },
        SuccessResponse::ByCase(_) => "ByMediaType",
    }
}

fn accept_by(operation: &Operation, by: Option<&AcceptBy>) -> TokenStream {
    let by = by.and_then(|by| Some((by, operation.parameter(by.parameter)?)));
    option(by.map(|(by, parameter)| {
        let wire = &parameter.wire.0;
        let media_types = by.media_types.iter().map(|(value, one)| quote!((#value, #one)));
        quote!(AcceptBy { parameter: #wire, media_types: &[#(#media_types),*] })
    }))
}

fn job(api: &Named<'_>, operation: &Operation, words: &Job) -> Option<TokenStream> {
    let plan = operation.long_running.as_ref()?;
    let wait = token(api.names.plan(operation.number));
    let job = &words.name;
    let file = plan.file.as_ref().zip(words.file.as_ref());
    let file = option(file.and_then(|(ResultFile { download: step, .. }, words)| {
        let operation = api.operation(step.operation);
        let id = description(operation.parameter(step.parameter)?);
        Some(file_of(api, operation, &id, words))
    }));
    Some(quote!(Job { name: #job, wait: &operations::#wait, file: #file }))
}

fn file_of(
    api: &Named<'_>,
    operation: &Operation,
    id: &TokenStream,
    words: &JobFile,
) -> TokenStream {
    let constant = token(api.names.constant(operation.number));
    let format = words.format.as_ref();
    let format = format.and_then(|(number, name)| Some((operation.parameter(*number)?, name)));
    let format = option(format.map(|(one, name)| parameter_flag(api, one, name)));
    let parameters = parameter_flags(api, operation, &words.parameters);
    let accept_by = accept_by(operation, operation.accept_by.as_ref());
    quote!(JobFile {
        operation: &operations::#constant,
        id: #id,
        format: #format,
        parameters: &[#(#parameters),*],
        accept_by: #accept_by,
    })
}
