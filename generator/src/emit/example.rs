//! Examples that compile: calls of operations with values invented from types.

use std::collections::BTreeSet;

use serde_json::Value;

use super::parameter::{self, Passing};
use super::types::{converts, resolved};
use crate::analyze::Facts;
use crate::ir::{
    Body, BodyKind, Content, ContentKind, Field, NumberFormat, Operation, Parameter, Part,
    PartKind, ResultFile, Shape, StringFormat, SuccessResponse, Tagging, Test, Type, TypeId, Union,
    UnionVariant,
};
use crate::name::{Ident, Named};

/// An example.
pub(super) struct Example {
    /// The import of the types that the statements name.
    pub(super) import: Option<String>,
    /// The statements.
    pub(super) body: Vec<String>,
}

/// Returns the section with an example of an operation, as the lines of a doc test, if there is one.
pub(super) fn operation(api: &Named<'_>, facts: &Facts, operation: &Operation) -> Vec<String> {
    let library = api.names.library();
    let Some(Example { import, body }) = call(api, facts, operation) else {
        return Vec::new();
    };
    let mut lines = vec![
        String::new(),
        "# Examples".to_owned(),
        String::new(),
        "```no_run".to_owned(),
        format!("# async fn example(client: {library}::Client) -> Result<(), {library}::Error> {{"),
    ];
    lines.extend(import.into_iter().flat_map(|line| [line, String::new()]));
    lines.extend(body);
    lines.extend(["# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}

/// Returns the statements that call an operation with a `client`. There are none if the operation needs a
/// value that must contain itself, or too many values.
fn call(api: &Named<'_>, facts: &Facts, operation: &Operation) -> Option<Example> {
    let mut maker = Maker::new(api, facts);
    let (mut lines, request) = maker.request(operation);
    lines.extend(used(&operation.response, &format!("{request}.await?")));
    maker.example(&lines)
}

/// Returns the statements of a first program, which call an operation, wait for the job that it starts, and
/// save its file.
pub(super) fn first(api: &Named<'_>, facts: &Facts, operation: &Operation) -> Option<Example> {
    let Some(plan) = &operation.long_running else {
        return call(api, facts, operation);
    };
    let mut maker = Maker::new(api, facts);
    let (mut lines, request) = maker.request(operation);
    match plan.file.as_ref().filter(|file| file.in_one_call) {
        Some(ResultFile { download, each, .. }) => {
            let file = api.operation(download.operation);
            let each = each.and_then(|number| file.parameter(number));
            let each = each.map(|parameter| format!("[{}]", maker.owned(&parameter.ty)));
            lines.extend([
                format!("let request = {request};"),
                format!(
                    "let exported = request.export({}).save_in(\"downloads\").await?;",
                    each.unwrap_or_default()
                ),
                "println!(\"{:?}\", exported.files);".to_owned(),
            ]);
        }
        None => lines.extend([
            format!("let completed = {request}.poll().await?;"),
            "println!(\"{completed:?}\");".to_owned(),
        ]),
    }
    maker.example(&lines)
}

/// Returns the statements that expect an operation of a mock server and call it. Returns `None` if no
/// response can be created, or the body has several contents.
pub(super) fn mocked(api: &Named<'_>, facts: &Facts, operation: &Operation) -> Option<Example> {
    let SuccessResponse::One(Content { kind: ContentKind::Json(response), .. }) =
        &operation.response
    else {
        return None;
    };
    let has_object = |ty: &Type| matches!(resolved(api, ty), Type::Named(id) if matches!(api.type_def(id).shape, Shape::Object(_)));
    let body = operation.body.as_ref().filter(|body| body.required);
    let content = body.and_then(|body| body.only());
    let is_json = content.is_some_and(|content| matches!(content.kind, BodyKind::Json(_)));
    if !has_object(response) || body.is_some() != is_json {
        return None;
    }
    let mut maker = Maker::new(api, facts);
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<String> = required.map(|parameter| maker.argument(parameter)).collect();
    let (mut lines, sent) = body.map(|body| maker.body(body)).unwrap_or_default();
    arguments.extend((!sent.is_empty()).then(|| sent.clone()));
    let expect = if sent.is_empty() { sent } else { format!(".expect({sent})") };
    let response = maker.owned(response);
    lines.extend([
        format!("let expected = {response};"),
        format!("mock.{}(){expect}.respond_ok(&expected);", api.names.expectation_call(operation)),
        format!(
            "let response = mock.client().{}({}).await?;",
            api.names.call(operation),
            arguments.join(", ")
        ),
        "assert_eq!(response, expected);".to_owned(),
        "mock.verify();".to_owned(),
    ]);
    maker.example(&lines)
}

/// Returns the statements that use a response.
fn used(response: &SuccessResponse, call: &str) -> Vec<String> {
    let printed =
        || vec![format!("let response = {call};"), "println!(\"{response:?}\");".to_owned()];
    let SuccessResponse::One(content) = response else {
        return printed();
    };
    match content.kind {
        ContentKind::Empty => vec![format!("{call};")],
        ContentKind::File => vec![
            format!("let file = {call};"),
            "let path = file.save_in(\"downloads\").await?;".to_owned(),
            "println!(\"saved as {}\", path.display());".to_owned(),
        ],
        ContentKind::Events(_) | ContentKind::JsonLines(_) => vec![
            format!("let mut items = {call};"),
            "while let Some(item) = items.next().await { let item = item?; println!(\"{item:?}\"); }"
                .to_owned(),
        ],
        ContentKind::Json(_) | ContentKind::Text => printed(),
    }
}

/// Formats a statement.
fn laid_out(statement: &str) -> Vec<String> {
    let Ok(file) = syn::parse_str(&format!("async fn example() {{ {statement} }}")) else {
        unreachable!("examples are Rust: {statement}");
    };
    let text = prettyplease::unparse(&file);
    let body = text.lines().skip(1).filter(|line| *line != "}");
    body.map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}

/// Creates expressions, and collects the types that they name.
struct Maker<'a> {
    api: &'a Named<'a>,
    facts: &'a Facts,
    library: &'a Ident,
    used: BTreeSet<String>,
    /// The types of the enclosing values, from the outermost: types may be recursive.
    within: Vec<TypeId>,
    /// The number of values of named types so far.
    made: usize,
    /// Whether a value must contain itself, or there are too many values.
    endless: bool,
}

/// The maximum number of values of named types in an example. A longer example helps nobody, and its
/// length may grow exponentially.
const MOST: usize = 200;

/// The maximum depth of values in arrays. Deeper arrays are empty.
const DEEPEST: usize = 4;

impl<'a> Maker<'a> {
    fn new(api: &'a Named<'a>, facts: &'a Facts) -> Self {
        let (used, within) = (BTreeSet::new(), Vec::new());
        Self { api, facts, library: api.names.library(), used, within, made: 0, endless: false }
    }

    /// Returns the statements that prepare the request of an operation, and the expression that creates it.
    fn request(&mut self, operation: &Operation) -> (Vec<String>, String) {
        let required = operation.parameters.iter().filter(|parameter| parameter.required);
        let mut arguments: Vec<String> =
            required.map(|parameter| self.argument(parameter)).collect();
        let mut lines = Vec::new();
        if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
            let (made, argument) = self.body(body);
            lines.extend(made);
            arguments.push(argument);
        }
        let method = self.api.names.call(operation);
        (lines, format!("client.{method}({})", arguments.join(", ")))
    }

    /// Returns the statements as an example, unless a value cannot be created.
    fn example(self, lines: &[String]) -> Option<Example> {
        if self.endless {
            return None;
        }
        let body = lines.iter().flat_map(|line| laid_out(line)).collect();
        Some(Example { import: self.imports(), body })
    }

    /// Returns the import of the named types, if there are any.
    fn imports(&self) -> Option<String> {
        let names: Vec<&str> = self.used.iter().map(String::as_str).collect();
        let list = match names.as_slice() {
            [] => return None,
            [name] => (*name).to_owned(),
            names => format!("{{{}}}", names.join(", ")),
        };
        Some(format!("use {}::types::{list};", self.library))
    }

    fn argument(&mut self, parameter: &Parameter) -> String {
        let ty = &parameter.ty;
        match (parameter::passing(self.api, ty), resolved(self.api, ty)) {
            (Passing::Text, Type::String(StringFormat::Plain)) => {
                format!("{:?}", parameter.example.as_deref().unwrap_or(&parameter.wire.0))
            }
            (Passing::Text, Type::String(format)) => format!("{:?}", text(format)),
            (Passing::Slice, Type::Array(item)) => format!("&[{}]", self.owned(&item)),
            (Passing::Borrowed, other) => format!("&{}", self.owned(&other)),
            (Passing::Text | Passing::Slice | Passing::Owned, other) => self.owned(&other),
        }
    }

    /// Returns the statements that create a body, and the argument that passes it.
    fn body(&mut self, body: &Body) -> (Vec<String>, String) {
        let name = match self.api.names.body(body.operation).as_str() {
            // The example of the mock has these for itself.
            "expected" | "mock" => "body".to_owned(),
            name => name.to_owned(),
        };
        match body.contents.first().map(|content| &content.kind) {
            Some(BodyKind::Json(ty) | BodyKind::Form(ty, _)) => {
                let value = self.content(ty, body.example.as_ref());
                (vec![format!("let {name} = {value};")], format!("&{name}"))
            }
            Some(BodyKind::Multipart(id)) => {
                let form = self.form(*id);
                (vec![format!("let {name} = {form};")], name)
            }
            Some(BodyKind::Text) => (Vec::new(), "\"text\"".to_owned()),
            Some(BodyKind::Bytes) => {
                let upload = format!("{}::Upload::file(\"file.bin\")", self.library);
                (Vec::new(), upload)
            }
            None => (Vec::new(), String::new()),
        }
    }

    /// Returns a body: by the constructor of its type, if there is one.
    fn content(&mut self, ty: &Type, example: Option<&Value>) -> String {
        match resolved(self.api, ty) {
            Type::Named(id) if self.facts.built_by_users.contains(&id) => self.named(id, example),
            other => self.owned(&other),
        }
    }

    fn form(&mut self, id: TypeId) -> String {
        let def = self.api.type_def(id);
        self.used.insert(self.api.names.ty(def.number).to_string());
        let Shape::Form(form) = &def.shape else { return String::new() };
        let required = form.parts.iter().filter(|part| part.is_argument());
        let arguments: Vec<String> = required.map(|part| self.part(part)).collect();
        format!("{}::new({})", self.api.names.ty(def.number), arguments.join(", "))
    }

    fn part(&mut self, part: &Part) -> String {
        let ty = &part.field.ty;
        let upload = format!("{}::Upload::file(\"file.bin\")", self.library);
        match (&part.kind, parameter::passing(self.api, ty), resolved(self.api, ty)) {
            (PartKind::File(_), _, Type::Array(_)) => format!("[{upload}]"),
            (PartKind::File(_), _, _) => upload,
            (_, Passing::Text, Type::String(format)) => format!("{:?}", text(format)),
            (_, Passing::Slice, Type::Array(item)) => format!("&[{}]", self.owned(&item)),
            (_, Passing::Borrowed, other) => format!("&{}", self.owned(&other)),
            (_, Passing::Text | Passing::Slice | Passing::Owned, other) => self.owned(&other),
        }
    }

    /// Returns an expression of the type itself, without a conversion.
    fn owned(&mut self, ty: &Type) -> String {
        let library = self.library;
        match resolved(self.api, ty) {
            Type::Any => format!("{library}::json!({{}})"),
            Type::Boolean => "true".to_owned(),
            Type::Integer(_) => "1".to_owned(),
            Type::Number(NumberFormat::Double) => "1.0".to_owned(),
            Type::String(StringFormat::Plain) => "\"text\".to_owned()".to_owned(),
            Type::Number(NumberFormat::Decimal) | Type::String(StringFormat::Decimal) => {
                format!("{library}::Decimal::from(1)")
            }
            Type::String(StringFormat::Base64) => {
                format!("{library}::Base64::from(b\"bytes\".to_vec())")
            }
            Type::String(format) => {
                format!("{library}::{}::from({:?})", super::string(format), text(format))
            }
            Type::Array(item) if self.ends(&item) => "vec![]".to_owned(),
            Type::Array(item) => format!("vec![{}]", self.owned(&item)),
            Type::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.owned(item)).collect();
                format!("({},)", items.join(", "))
            }
            Type::Map(_) => format!("{library}::Properties::new()"),
            // Only the user knows how a value is created.
            Type::Extern(of) => format!("todo!({:?})", format!("a value of `{}`", of.path)),
            Type::Nullable(item) => format!("Some({})", self.owned(&item)),
            Type::Named(id) => self.named(id, None),
        }
    }

    /// Returns an expression that an argument of a constructor accepts.
    fn value(&mut self, ty: &Type) -> String {
        match resolved(self.api, ty) {
            Type::String(StringFormat::Plain) => "\"text\"".to_owned(),
            Type::String(
                format @ (StringFormat::DateTime
                | StringFormat::Date
                | StringFormat::Time
                | StringFormat::Duration
                | StringFormat::Password),
            ) => format!("{:?}", text(format)),
            // An empty list would not say what its items are.
            Type::Array(item) if self.ends(&item) => self.empty(&item),
            other => self.owned(&other),
        }
    }

    /// Returns an empty array, with the type of its items if the compiler cannot infer it.
    fn empty(&mut self, item: &Type) -> String {
        match item {
            Type::Named(id) if converts(self.api, self.facts, item) => {
                let name = self.api.names.ty(*id).to_string();
                self.used.insert(name.clone());
                format!("Vec::<{name}>::new()")
            }
            Type::String(StringFormat::Plain) => "Vec::<String>::new()".to_owned(),
            _ => "vec![]".to_owned(),
        }
    }

    /// Returns whether an array stays empty: its items are recursive or too deep.
    fn ends(&self, item: &Type) -> bool {
        let leads_back = item.named().iter().any(|id| self.within.contains(id));
        leads_back || self.within.len() >= DEEPEST
    }

    fn named(&mut self, id: TypeId, example: Option<&Value>) -> String {
        self.made += 1;
        if self.made > MOST || self.within.contains(&id) {
            self.endless = true;
        }
        if self.endless {
            return String::new();
        }
        self.within.push(id);
        let made = self.declared(id, example);
        self.within.pop();
        made
    }

    fn declared(&mut self, id: TypeId, example: Option<&Value>) -> String {
        let def = self.api.type_def(id);
        let name = self.api.names.ty(def.number).to_string();
        self.used.insert(name.clone());
        match &def.shape {
            Shape::Enum(list) => match list.variants.first() {
                Some(variant) => format!("{name}::{}", self.api.names.member(variant.number)),
                None => format!("{name}::from(\"text\")"),
            },
            Shape::Union(union) => self.union(&name, union, example),
            Shape::Object(object) => {
                let fields = object.fields.iter();
                let required: Vec<&Field> =
                    fields.filter(|field| self.facts.is_argument(field.number)).collect();
                let arguments: Vec<String> =
                    required.into_iter().map(|field| self.property(field, example)).collect();
                format!("{name}::new({})", arguments.join(", "))
            }
            Shape::Form(_) | Shape::Alias(_) => "Default::default()".to_owned(),
        }
    }

    fn property(&mut self, field: &Field, example: Option<&Value>) -> String {
        let value = example.and_then(|example| example.get(&field.wire.0));
        match (resolved(self.api, &field.ty), value) {
            (Type::String(StringFormat::Plain), Some(Value::String(text))) => format!("{text:?}"),
            (Type::Boolean, Some(Value::Bool(value))) => value.to_string(),
            // What may be null is made of a value of the type itself.
            (Type::String(StringFormat::Plain), _) => self.value(&field.ty),
            _ if field.nullable && field.ty != Type::Any => self.owned(&field.ty),
            _ => self.value(&field.ty),
        }
    }

    fn union(&mut self, name: &str, union: &Union, example: Option<&Value>) -> String {
        let content = match &union.tagging {
            Tagging::Adjacent { content, .. } => {
                example.and_then(|example| example.get(&content.0))
            }
            Tagging::Value | Tagging::Base => example,
        };
        let fits = |variant: &&UnionVariant| match &variant.test {
            Test::Tag(tag, values) => example
                .and_then(|example| example.get(&tag.0)?.as_str())
                .is_some_and(|tag| values.iter().any(|known| known == tag)),
            Test::Number(..) | Test::Key(_) | Test::Json(_) => false,
        };
        let makes =
            |variant: &&UnionVariant| !variant.ty.named().iter().any(|id| self.within.contains(id));
        let variants = &union.variants;
        let chosen = variants.iter().find(fits).or_else(|| variants.iter().find(makes));
        let Some(variant) = chosen.or(variants.first()) else {
            return format!("{name}::Other(Default::default())");
        };
        let inner = self.content(&variant.ty, content);
        let boxed = self.facts.boxed.contains(&variant.number);
        let inner = if boxed { format!("Box::new({inner})") } else { inner };
        format!("{name}::{}({inner})", self.api.names.member(variant.number))
    }
}

/// Returns an example string of a format.
fn text(format: StringFormat) -> &'static str {
    match format {
        StringFormat::DateTime => "2024-07-01T22:35:38Z",
        StringFormat::Date => "2024-07-01",
        StringFormat::Time => "22:35:38",
        StringFormat::Duration => "PT1H30M",
        StringFormat::Base64 => "Ynl0ZXM=",
        StringFormat::Decimal => "1.50",
        StringFormat::Plain | StringFormat::Password => "text",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Config, config::Extra, generate};

    #[test]
    fn a_body_does_not_hide_the_mock_of_an_example() {
        let document = r##"
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Mock'}}}
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Mock'}}}
components:
  schemas:
    Mock: {type: object, required: [a], properties: {a: {type: string}}}
"##;
        let source = BTreeMap::from([("api.yaml".to_owned(), document.to_owned())]);
        let mut config = Config::new("api.yaml", "example");
        config.extras.insert(Extra::Mock);
        let files = generate(&source, &config).files.unwrap();
        let example = &files["src/mock/mod.rs"];
        assert!(example.contains("let body = Mock::new("), "{example}");
        assert!(example.contains(".a().expect(&body)"), "{example}");
        // The setter of the client keeps its name.
        let operations = &files["src/operations/untagged.rs"];
        assert!(operations.contains("pub fn a(&self, mock: &types::Mock)"), "{operations}");
    }
}
