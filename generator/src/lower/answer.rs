//! What operations answer: the good answers, and the documented errors.

use openapiv3::{
    MediaType, Operation, ReferenceOr, Response, SchemaKind, StatusCode, StringFormat,
    Type as Simple, VariantOrUnknownOrEmpty,
};

use super::Lower;
use super::operation::is_json;
use crate::ir::{
    Answer, AnswerCase, Content, ContentKind, ErrorAnswer, ErrorBody, ErrorSet, Ident,
    Operation as Lowered, Statuses, Type,
};
use crate::pointer::Pointer;

/// The good answers of an operation.
pub(super) struct Success {
    pub(super) answer: Answer,
    pub(super) media_types: Vec<String>,
}

/// The documented errors of an operation.
pub(super) struct Errors {
    pub(super) answers: Vec<ErrorAnswer>,
    pub(super) media_types: Vec<String>,
}

impl Lower<'_> {
    pub(super) fn success(&mut self, operation: &Operation, at: &Pointer, id: &str) -> Success {
        let mut cases = Vec::new();
        let mut media_types = Vec::new();
        for (statuses, response, at) in self.responses(operation, at) {
            if is_success(statuses, operation) {
                add(&mut media_types, response.content.keys());
                let hint = [id.to_owned(), format!("response {statuses}")];
                let kind = self.content(&response, &at.join("content"), &hint);
                let content = Content { kind, description: response.description };
                cases.push(AnswerCase { statuses, rust: Ident::default(), content });
            }
        }
        Success { answer: self.answer(cases, at), media_types }
    }

    fn answer(&mut self, mut cases: Vec<AnswerCase>, at: &Pointer) -> Answer {
        let same = cases.windows(2).all(|pair| match pair {
            [one, other] => one.content.kind == other.content.kind,
            _ => true,
        });
        if same {
            let nothing = Content { kind: ContentKind::Empty, description: String::new() };
            return Answer::One(cases.into_iter().next().map_or(nothing, |case| case.content));
        }
        for case in &mut cases {
            if case.content.kind == ContentKind::File {
                let at = at.join("responses").join(case.statuses);
                self.diagnostics.unsupported(
                    &at,
                    "a file as one of several answers",
                    "it is read as text",
                );
                case.content.kind = ContentKind::Text;
            }
        }
        Answer::ByStatus { rust: Ident::default(), cases }
    }

    pub(super) fn errors(&mut self, operation: &Operation, at: &Pointer, id: &str) -> Errors {
        let mut answers = Vec::new();
        let mut media_types = Vec::new();
        for (statuses, response, at) in self.responses(operation, at) {
            if is_success(statuses, operation) || is_informational(statuses) {
                continue;
            }
            add(&mut media_types, response.content.keys());
            let hint = [id.to_owned(), format!("error {statuses}")];
            let ty = match self.content(&response, &at.join("content"), &hint) {
                ContentKind::Json(ty) => Some(ty),
                ContentKind::Empty | ContentKind::Text | ContentKind::File => None,
            };
            answers.push(ErrorAnswer { statuses, ty, description: response.description });
        }
        answers.sort_by_key(|answer| answer.statuses);
        Errors { answers, media_types }
    }

    /// All answers, with those behind references, `default` last.
    fn responses(
        &mut self,
        operation: &Operation,
        at: &Pointer,
    ) -> Vec<(Statuses, Response, Pointer)> {
        let at = at.join("responses");
        let named = operation.responses.responses.iter().map(|(status, response)| {
            let statuses = match status {
                StatusCode::Code(code) => Statuses::Code(*code),
                StatusCode::Range(class) => Statuses::Class(*class),
            };
            (statuses, response)
        });
        let default =
            operation.responses.default.iter().map(|response| (Statuses::Default, response));
        let all: Vec<(Statuses, &ReferenceOr<Response>)> = named.chain(default).collect();
        let mut resolved = Vec::new();
        for (statuses, response) in all {
            let at = at.join(statuses);
            if let Some((at, response)) = self.parsed.resolve(response, &at, self.diagnostics) {
                resolved.push((statuses, response, at));
            }
        }
        resolved
    }

    /// The one kind of body that an answer is read as.
    fn content(&mut self, response: &Response, at: &Pointer, hint: &[String]) -> ContentKind {
        let json = response.content.iter().find(|(media_type, _)| is_json(media_type));
        let Some((media_type, json)) = json else {
            return not_json(response);
        };
        for other in response.content.keys().filter(|other| *other != media_type && !is_json(other))
        {
            let construct = format!("`{other}` beside `{media_type}`");
            self.diagnostics.unsupported(&at.join(other), &construct, "only JSON is asked for");
        }
        let at = at.join(media_type).join("schema");
        match &json.schema {
            Some(schema) => ContentKind::Json(self.usage(schema, &at, hint).item()),
            None => ContentKind::Json(Type::Any),
        }
    }
}

/// A body without JSON: text if all media types are, else bytes.
fn not_json(response: &Response) -> ContentKind {
    let is_text = |(name, media_type): (&String, &MediaType)| {
        name.starts_with("text/") && !is_binary(media_type)
    };
    match response.content.len() {
        0 => ContentKind::Empty,
        _ if response.content.iter().all(is_text) => ContentKind::Text,
        _ => ContentKind::File,
    }
}

fn is_binary(media_type: &MediaType) -> bool {
    let schema = media_type.schema.as_ref().and_then(ReferenceOr::as_item);
    match schema.map(|schema| &schema.schema_kind) {
        Some(SchemaKind::Type(Simple::String(string))) => {
            string.format == VariantOrUnknownOrEmpty::Item(StringFormat::Binary)
        }
        _ => false,
    }
}

/// `default` is a good answer only if no other one is.
fn is_success(statuses: Statuses, operation: &Operation) -> bool {
    match statuses {
        Statuses::Code(code) => (200..300).contains(&code),
        Statuses::Class(class) => class == 2,
        Statuses::Default => !operation.responses.responses.keys().any(|status| match status {
            StatusCode::Code(code) => (200..300).contains(code),
            StatusCode::Range(class) => *class == 2,
        }),
    }
}

fn is_informational(statuses: Statuses) -> bool {
    matches!(statuses, Statuses::Code(100..=199) | Statuses::Class(1))
}

fn add<'a>(all: &mut Vec<String>, more: impl Iterator<Item = &'a String>) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

/// Gathers the bodies of all errors, and the combinations of them that operations have. Operations
/// with the same errors share a combination.
pub(super) fn share_errors(operations: &mut [Lowered]) -> (Vec<ErrorBody>, Vec<ErrorSet>) {
    let mut bodies: Vec<ErrorBody> = Vec::new();
    let mut sets: Vec<ErrorSet> = Vec::new();
    for operation in operations {
        let mut cases = Vec::new();
        for answer in &operation.errors {
            let Some(ty) = &answer.ty else {
                continue;
            };
            let number = match bodies.iter().position(|body| body.ty == *ty) {
                Some(number) => number,
                None => {
                    bodies.push(ErrorBody {
                        ty: ty.clone(),
                        rust: Ident::default(),
                        statuses: Vec::new(),
                    });
                    bodies.len() - 1
                }
            };
            if let Some(body) =
                bodies.get_mut(number).filter(|body| !body.statuses.contains(&answer.statuses))
            {
                body.statuses.push(answer.statuses);
                body.statuses.sort();
            }
            cases.push((answer.statuses, number));
        }
        if cases.is_empty() {
            continue;
        }
        operation.error_set = sets.iter().position(|set| set.cases == cases).or_else(|| {
            sets.push(ErrorSet { cases, constant: Ident::default() });
            Some(sets.len() - 1)
        });
    }
    (bodies, sets)
}
