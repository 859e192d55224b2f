//! Responses: the successful ones, and the documented errors.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::StatusCode;

use super::Lower;
use super::body::{essence, is_json, is_text};
use super::place::Owner;
use crate::document::{MediaType, Operation, Response, SchemaType};
use crate::ir::{
    CaseId, Content, ContentKind, ErrorBody, ErrorBodyId, ErrorResponse, ErrorSet, ErrorSetId,
    HeaderId, Operation as Lowered, ResponseCase, Statuses, SuccessResponse, Type,
};

/// Returns the successful responses of an operation.
pub(super) struct Success {
    pub(super) response: SuccessResponse,
    pub(super) media_types: Vec<String>,
    pub(super) headers: Vec<HeaderId>,
}

/// Returns the documented errors of an operation.
pub(super) struct Errors {
    pub(super) responses: Vec<ErrorResponse>,
    pub(super) media_types: Vec<String>,
}

impl Lower<'_> {
    pub(super) fn success(&mut self, operation: &Operation, id: &str) -> Success {
        let mut cases = Vec::new();
        let mut media_types = Vec::new();
        let mut headers = Vec::new();
        for response in &operation.responses {
            let statuses = statuses(response);
            if !is_success(statuses, operation) {
                continue;
            }
            self.add(&mut media_types, response);
            for header in self.response_headers(response) {
                if !headers.contains(&header) {
                    headers.push(header);
                }
            }
            let own = match statuses {
                // `default` describes errors as well.
                Statuses::Default => Owner::Defaults,
                Statuses::Code(_) | Statuses::Class(_) => Owner::Operation(operation.at.clone()),
            };
            let words = [id.to_owned(), format!("response {statuses}")];
            for (media_types, kind) in self.kinds(response, own, &words) {
                let content = Content { kind, description: response.description.clone() };
                let number = CaseId(self.counts.cases);
                self.counts.cases += 1;
                cases.push(ResponseCase { number, statuses, media_types, content });
            }
        }
        // JSON comes first, because most callers want it.
        media_types.sort_by_key(|media_type| !is_json(media_type));
        Success { response: response(cases), media_types, headers }
    }

    pub(super) fn errors(&mut self, operation: &Operation, id: &str) -> Errors {
        let mut responses = Vec::new();
        let mut media_types = Vec::new();
        for response in &operation.responses {
            let statuses = statuses(response);
            // `default` applies to all other statuses, also to errors, if it is the only
            // successful response.
            let is_other = is_success(statuses, operation) && statuses != Statuses::Default;
            if is_other || is_informational(statuses) {
                continue;
            }
            self.add(&mut media_types, response);
            let own = if is_success(statuses, operation) { Owner::Defaults } else { Owner::Errors };
            let words = [id.to_owned(), format!("error {statuses}")];
            let ty = self.json_type(response, own, &words);
            for other in &response.content {
                if is_json(&other.name) || self.is_range_of_json(other) {
                    continue;
                }
                let instead = "the body of the error is kept as it came";
                self.report_unread_schema(&other.name, other.schema, instead);
            }
            let description = response.description.clone();
            responses.push(ErrorResponse { statuses, ty, description });
        }
        responses.sort_by_key(|response| response.statuses);
        Errors { responses, media_types }
    }

    /// Returns the kinds of bodies of a response, each with its media types. Media types do not
    /// matter if there is only one kind.
    fn kinds(
        &mut self,
        response: &Response,
        own: Owner,
        words: &[String],
    ) -> Vec<(Vec<String>, ContentKind)> {
        let mut kinds: Vec<(Vec<String>, ContentKind)> = Vec::new();
        for media_type in &response.content {
            let (owner, words) = self.part(media_type.schema, own.clone(), words);
            let kind = self.owned_by(owner, |lower| lower.kind(media_type, &words));
            let essence = essence(&media_type.name);
            match kinds.iter_mut().find(|(_, known)| *known == kind) {
                Some((media_types, _)) => media_types.push(essence),
                None => kinds.push((vec![essence], kind)),
            }
        }
        match kinds.as_mut_slice() {
            [] => vec![(Vec::new(), ContentKind::Empty)],
            [(media_types, _)] => {
                media_types.clear();
                kinds
            }
            _ => kinds,
        }
    }

    fn kind(&mut self, media_type: &MediaType, hint: &[String]) -> ContentKind {
        let essence = essence(&media_type.name);
        let is_json = is_json(&essence) && essence != "application/json-seq";
        if is_json || self.is_range_of_json(media_type) {
            return ContentKind::Json(self.usage(media_type.schema, hint).item());
        }
        match essence.as_str() {
            EVENTS => ContentKind::Events(self.item_type(media_type, hint)),
            essence if JSON_LINES.contains(&essence) => {
                ContentKind::JsonLines(self.item_type(media_type, hint))
            }
            essence if is_text(essence) && !self.is_binary(media_type.schema) => {
                self.report_unread_schema(
                    &media_type.name,
                    media_type.schema,
                    "the body is a string",
                );
                ContentKind::Text
            }
            _ => {
                self.report_unread_schema(
                    &media_type.name,
                    media_type.schema,
                    "the body is a file",
                );
                ContentKind::File
            }
        }
    }

    /// Adds the media types of a response to the `Accept` header. JSON precedes a range that is
    /// treated as JSON, because a server with several representations may choose any of them.
    fn add(&self, all: &mut Vec<String>, response: &Response) {
        let is_range = |media_type: &&MediaType| self.is_range_of_json(media_type);
        let json = response.content.iter().find(is_range).map(|_| "application/json");
        let documented = response.content.iter().map(|media_type| media_type.name.as_str());
        for media_type in json.into_iter().chain(documented) {
            if !all.iter().any(|known| known == media_type) {
                all.push(media_type.to_owned());
            }
        }
    }

    /// Returns the type of the items of a stream: `itemSchema` of OpenAPI 3.2, or the schema.
    /// Events without a schema are strings.
    fn item_type(&mut self, media_type: &MediaType, hint: &[String]) -> Type {
        let schema = media_type.item_schema.unwrap_or(media_type.schema);
        match self.document.schemas.resolved(schema).ty {
            Some(SchemaType::String) => Type::TEXT,
            None if !self.has_shape(schema) => Type::Any,
            Some(_) | None => self.usage(schema, hint).item(),
        }
    }

    /// Returns the type of the JSON body of a response.
    fn json_type(&mut self, response: &Response, own: Owner, words: &[String]) -> Option<Type> {
        let mut content = response.content.iter();
        let json = content.clone().find(|media_type| is_json(&media_type.name));
        let json = json.or_else(|| content.find(|one| self.is_range_of_json(one)))?;
        let (owner, words) = self.part(json.schema, own, words);
        Some(self.owned_by(owner, |lower| lower.usage(json.schema, &words).item()))
    }
}

const EVENTS: &str = "text/event-stream";

const JSON_LINES: [&str; 5] = [
    "application/jsonl",
    "application/x-ndjson",
    "application/ndjson",
    "application/x-jsonlines",
    "application/json-seq",
];

/// Returns whether a media type, without its parameters, is a stream of values.
pub(crate) fn is_stream(essence: &str) -> bool {
    essence == EVENTS || JSON_LINES.contains(&essence)
}

fn statuses(response: &Response) -> Statuses {
    match response.status {
        Some(StatusCode::Code(code)) => Statuses::Code(code),
        Some(StatusCode::Range(class)) => Statuses::Class(class),
        None => Statuses::Default,
    }
}

fn response(cases: Vec<ResponseCase>) -> SuccessResponse {
    let same = cases.windows(2).all(|pair| match pair {
        [one, other] => one.content.kind == other.content.kind,
        _ => true,
    });
    if same {
        let nothing = Content { kind: ContentKind::Empty, description: String::new() };
        return SuccessResponse::One(cases.into_iter().next().map_or(nothing, |case| case.content));
    }
    SuccessResponse::ByCase(cases)
}

/// Returns whether a response is successful. `default` is, only if no other one is.
fn is_success(statuses: Statuses, operation: &Operation) -> bool {
    match statuses {
        Statuses::Code(code) => (200..300).contains(&code),
        Statuses::Class(class) => class == 2,
        Statuses::Default => !operation.responses.iter().any(|response| match response.status {
            Some(StatusCode::Code(code)) => (200..300).contains(&code),
            Some(StatusCode::Range(class)) => class == 2,
            None => false,
        }),
    }
}

fn is_informational(statuses: Statuses) -> bool {
    matches!(statuses, Statuses::Code(100..=199) | Statuses::Class(1))
}

/// Collects the error bodies, and the sets of errors of operations. Operations with the same errors
/// share a set. Both are sorted, so the order of operations does not matter.
pub(super) fn share_errors(operations: &mut [Lowered]) -> (Vec<ErrorBody>, Vec<ErrorSet>) {
    let bodies = error_bodies(operations);
    let numbers: BTreeMap<&Type, ErrorBodyId> =
        bodies.iter().map(|body| (&body.ty, body.number)).collect();
    let cases = |operation: &Lowered| -> Vec<(Statuses, ErrorBodyId)> {
        let typed = operation.errors.iter().filter_map(|response| {
            let number = numbers.get(response.ty.as_ref()?)?;
            Some((response.statuses, *number))
        });
        typed.collect()
    };
    let sets: BTreeSet<Vec<(Statuses, ErrorBodyId)>> =
        operations.iter().map(&cases).filter(|cases| !cases.is_empty()).collect();
    let set = |(number, cases)| ErrorSet { number: ErrorSetId(number), cases };
    let sets: Vec<ErrorSet> = sets.into_iter().enumerate().map(set).collect();
    let by_cases: BTreeMap<&[(Statuses, ErrorBodyId)], ErrorSetId> =
        sets.iter().map(|set| (set.cases.as_slice(), set.number)).collect();
    for operation in operations.iter_mut() {
        operation.error_set = by_cases.get(cases(operation).as_slice()).copied();
    }
    (bodies, sets)
}

/// Returns all error bodies, each once, with their statuses.
fn error_bodies(operations: &[Lowered]) -> Vec<ErrorBody> {
    let mut statuses: BTreeMap<&Type, BTreeSet<Statuses>> = BTreeMap::new();
    for response in operations.iter().flat_map(|operation| &operation.errors) {
        if let Some(ty) = &response.ty {
            statuses.entry(ty).or_default().insert(response.statuses);
        }
    }
    let body = |(ty, statuses): (&Type, BTreeSet<Statuses>)| ErrorBody {
        ty: ty.clone(),
        number: ErrorBodyId::default(),
        statuses: statuses.into_iter().collect(),
    };
    let mut bodies: Vec<ErrorBody> = statuses.into_iter().map(body).collect();
    bodies.sort_by(|one, other| (&one.statuses, &one.ty).cmp(&(&other.statuses, &other.ty)));
    for (number, body) in bodies.iter_mut().enumerate() {
        body.number = ErrorBodyId(number);
    }
    bodies
}
