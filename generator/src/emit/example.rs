//! Examples that compile: calls of operations with values made up from types.

use std::collections::BTreeSet;

use serde_json::Value;

use super::types::resolved;
use crate::analyze::Facts;
use crate::config::Config;
use crate::ir::{
    Answer, Api, ContentKind, Operation, Parameter, Shape, Tagging, Type, TypeId, Union,
    UnionVariant,
};

/// An example of an operation, as the lines of a doc test.
pub(super) fn operation(
    api: &Api,
    facts: &Facts,
    config: &Config,
    operation: &Operation,
) -> Vec<String> {
    let library = config.crate_name.replace('-', "_");
    let mut lines = vec![
        "```no_run".to_owned(),
        format!("# async fn example(client: {library}::Client) -> Result<(), {library}::Error> {{"),
    ];
    lines.extend(call(api, facts, config, operation));
    lines.extend(["# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}

/// The lines that call an operation with a `client`.
pub(super) fn call(
    api: &Api,
    facts: &Facts,
    config: &Config,
    operation: &Operation,
) -> Vec<String> {
    let library = config.crate_name.replace('-', "_");
    let mut maker = Maker { api, facts, library: &library, used: BTreeSet::new() };
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<String> = required.map(|parameter| maker.argument(parameter)).collect();
    let mut lines = Vec::new();
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        let name = body.rust.0.as_str();
        lines.push(format!("let {name} = {};", maker.body(&body.ty, body.example.as_ref())));
        arguments.push(format!("&{name}"));
    }
    let call = format!("client.{}({}).await?", operation.method_name, arguments.join(", "));
    match &operation.answer {
        Answer::One(content) => match content.kind {
            ContentKind::Empty => lines.push(format!("{call};")),
            ContentKind::File => {
                lines.push(format!("let file = {call};"));
                lines.push("let path = file.save_in(\"downloads\").await?;".to_owned());
                lines.push("println!(\"saved as {}\", path.display());".to_owned());
            }
            ContentKind::Json(_) | ContentKind::Text => {
                lines.push(format!("let answer = {call};"));
                lines.push("println!(\"{answer:?}\");".to_owned());
            }
        },
        Answer::ByStatus { .. } => {
            lines.push(format!("let answer = {call};"));
            lines.push("println!(\"{answer:?}\");".to_owned());
        }
    }
    let mut lines: Vec<String> = lines.iter().flat_map(|line| laid_out(line)).collect();
    let used = maker.used;
    if !used.is_empty() {
        let names: Vec<&str> = used.iter().map(String::as_str).collect();
        let list =
            if names.len() == 1 { names.concat() } else { format!("{{{}}}", names.join(", ")) };
        lines.insert(0, String::new());
        lines.insert(0, format!("use {library}::types::{list};"));
    }
    lines
}

/// A statement as it is usually laid out, in several lines if it is long.
fn laid_out(statement: &str) -> Vec<String> {
    let Ok(file) = syn::parse_str(&format!("async fn example() {{ {statement} }}")) else {
        unreachable!("examples are Rust: {statement}");
    };
    let text = prettyplease::unparse(&file);
    let body = text.lines().skip(1).filter(|line| *line != "}");
    body.map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}

/// Makes expressions, and remembers which types they name.
struct Maker<'a> {
    api: &'a Api,
    facts: &'a Facts,
    library: &'a str,
    used: BTreeSet<String>,
}

impl Maker<'_> {
    fn argument(&mut self, parameter: &Parameter) -> String {
        match resolved(self.api, &parameter.ty) {
            Type::String => {
                format!("{:?}", parameter.example.as_deref().unwrap_or(&parameter.wire.0))
            }
            Type::DateTime => "\"2024-07-01T22:35:38Z\"".to_owned(),
            Type::Array(item) => format!("&[{}]", self.owned(&item)),
            other => self.value(&other),
        }
    }

    /// A body: built if its type has a constructor, else read from JSON.
    fn body(&mut self, ty: &Type, example: Option<&Value>) -> String {
        match resolved(self.api, ty) {
            Type::Named(id) if self.facts.built_by_users.contains(&id) => self.named(id, example),
            other => self.owned(&other),
        }
    }

    /// An expression that is of the type itself, not of one that becomes it.
    fn owned(&mut self, ty: &Type) -> String {
        match resolved(self.api, ty) {
            Type::String => "\"text\".to_owned()".to_owned(),
            Type::DateTime => format!("{}::DateTime::from(\"2024-07-01T22:35:38Z\")", self.library),
            Type::Any => format!("{}::json!({{}})", self.library),
            other => self.value(&other),
        }
    }

    /// An expression that an argument of the type takes.
    fn value(&mut self, ty: &Type) -> String {
        match resolved(self.api, ty) {
            Type::Any => format!("{}::json!({{}})", self.library),
            Type::Boolean => "true".to_owned(),
            Type::Integer(_) => "1".to_owned(),
            Type::Number(_) => "1.0".to_owned(),
            Type::String => "\"text\"".to_owned(),
            Type::DateTime => "\"2024-07-01T22:35:38Z\"".to_owned(),
            Type::Array(item) => format!("vec![{}]", self.owned(&item)),
            Type::Map(_) => format!("{}::Properties::new()", self.library),
            Type::Nullable(item) => format!("Some({})", self.owned(&item)),
            Type::Named(id) => self.named(id, None),
        }
    }

    fn named(&mut self, id: TypeId, example: Option<&Value>) -> String {
        let def = self.api.type_def(id);
        let name = def.rust.0.clone();
        self.used.insert(name.clone());
        match &def.shape {
            Shape::Enum(list) => match list.variants.first() {
                Some(variant) => format!("{name}::{}", variant.rust),
                None => format!("{name}::from(\"text\")"),
            },
            Shape::Union(union) => {
                let (tag, content) = tag_and_content(union, example);
                let tagged = |variant: &&UnionVariant| {
                    tag.is_some_and(|tag| variant.tags.iter().any(|known| known == tag))
                };
                match union.variants.iter().find(tagged).or(union.variants.first()) {
                    Some(variant) => {
                        let rust = variant.rust.clone();
                        let inner = self.body(&variant.ty, content);
                        format!("{name}::{rust}({inner})")
                    }
                    None => format!("{name}::Other(Default::default())"),
                }
            }
            Shape::Object(object) => {
                let required = object.fields.iter().filter(|field| field.required);
                let arguments: Vec<String> = required
                    .map(|field| {
                        let value = example.and_then(|example| example.get(&field.wire.0));
                        match (resolved(self.api, &field.ty), value) {
                            (Type::String, Some(Value::String(text))) => format!("{text:?}"),
                            (Type::Boolean, Some(Value::Bool(value))) => value.to_string(),
                            _ => self.value(&field.ty),
                        }
                    })
                    .collect();
                format!("{name}::new({})", arguments.join(", "))
            }
            Shape::Alias(_) => "Default::default()".to_owned(),
        }
    }
}

/// What an example says of the variant: its tag, and the part that the variant holds.
fn tag_and_content<'e>(
    union: &Union,
    example: Option<&'e Value>,
) -> (Option<&'e str>, Option<&'e Value>) {
    let (tag, content) = match &union.tagging {
        Tagging::Adjacent { tag, content, .. } => {
            (tag, example.and_then(|example| example.get(&content.0)))
        }
        Tagging::Internal { tag } => (tag, example),
    };
    (example.and_then(|example| example.get(&tag.0)?.as_str()), content)
}
