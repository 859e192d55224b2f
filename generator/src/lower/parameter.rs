//! Parameters.

use std::collections::BTreeSet;

use openapiv3::{
    Parameter as OpenApi, ParameterData, ParameterSchemaOrContent, PathStyle, QueryStyle,
    ReferenceOr,
};
use serde_json::Value;

use super::{Lower, notes};
use crate::ir::{AcceptBy, Docs, Ident, Location, Parameter, Shape, Type, WireName};
use crate::parse::ParsedOperation;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// The parameters of an operation: its own, and those of its path that it does not replace.
    pub(super) fn parameters(&mut self, parsed: &ParsedOperation, id: &str) -> Vec<Parameter> {
        let own_at = parsed.at.join("parameters");
        let own = parsed.operation.parameters.iter().enumerate();
        let own = own.map(|(index, parameter)| (own_at.join(index), parameter.clone()));
        let all: Vec<(Pointer, ReferenceOr<OpenApi>)> =
            own.chain(parsed.shared.iter().cloned()).collect();
        let mut parameters: Vec<Parameter> = Vec::new();
        for (at, parameter) in all {
            let Some(parameter) = self.parameter(&parameter, &at, id) else {
                continue;
            };
            let same = |known: &Parameter| {
                known.location == parameter.location && known.wire == parameter.wire
            };
            if !parameters.iter().any(same) {
                parameters.push(parameter);
            }
        }
        // Those of the path in its order, whatever their order in the document.
        let placeholder =
            |parameter: &Parameter| parsed.path.find(&format!("{{{}}}", parameter.wire));
        parameters.sort_by_key(|parameter| match parameter.location {
            Location::Path => (parameter.location, placeholder(parameter)),
            Location::Query | Location::Header => (parameter.location, None),
        });
        self.compare_with_path(parsed, &mut parameters);
        parameters
    }

    fn parameter(
        &mut self,
        parameter: &ReferenceOr<OpenApi>,
        at: &Pointer,
        id: &str,
    ) -> Option<Parameter> {
        let used_at = at.clone();
        let (at, parameter) = self.parsed.resolve(parameter, at, self.diagnostics)?;
        let (location, explode, style) = match &parameter {
            OpenApi::Path { style, .. } => {
                (Location::Path, false, (*style != PathStyle::Simple).then(|| format!("{style:?}")))
            }
            OpenApi::Query { style, .. } => {
                (Location::Query, true, (*style != QueryStyle::Form).then(|| format!("{style:?}")))
            }
            OpenApi::Header { .. } => (Location::Header, false, None),
            OpenApi::Cookie { parameter_data, .. } => {
                let construct = format!("the cookie parameter `{}`", parameter_data.name);
                self.diagnostics.unsupported(&at, &construct, "it is left out");
                return None;
            }
        };
        if let Some(style) = style {
            self.diagnostics.unsupported(
                &at.join("style"),
                &format!("the style {style}"),
                "the default style is used",
            );
        }
        let data = parameter.parameter_data();
        // OpenAPI 3.0, Parameter Object: these headers are not parameters.
        let reserved = ["accept", "content-type", "authorization"];
        if location == Location::Header
            && reserved.contains(&data.name.to_ascii_lowercase().as_str())
        {
            return None;
        }
        let (ty, docs) = self.parameter_type(&data, &at, id);
        Some(Parameter {
            at: used_at,
            location,
            wire: WireName(data.name.clone()),
            rust: Ident::default(),
            ty,
            required: data.required || location == Location::Path,
            explode: data.explode.unwrap_or(explode),
            docs,
            example: example(&data),
        })
    }

    fn parameter_type(&mut self, data: &ParameterData, at: &Pointer, id: &str) -> (Type, Docs) {
        let described = |mut docs: Docs| {
            docs.description = data.description.clone().or(docs.description);
            docs
        };
        let ParameterSchemaOrContent::Schema(schema) = &data.format else {
            self.diagnostics.unsupported(
                &at.join("content"),
                "a parameter with `content`",
                "it is a text",
            );
            return (Type::String, described(Docs::default()));
        };
        let docs = match schema {
            ReferenceOr::Item(schema) => notes::docs(schema, false),
            ReferenceOr::Reference { .. } => Docs::default(),
        };
        let at = at.join("schema");
        let ty = self.usage(schema, &at, &[id.to_owned(), data.name.clone()]).ty;
        if self.is_plain(&ty) {
            return (ty, described(docs));
        }
        self.diagnostics.unsupported(&at, "an object as a parameter", "it is a text");
        (Type::String, described(docs))
    }

    /// Whether a type can be written as text, or as a list of texts.
    fn is_plain(&self, ty: &Type) -> bool {
        match ty {
            Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String | Type::DateTime => {
                true
            }
            Type::Array(item) => self.is_plain(item),
            Type::Any | Type::Map(_) | Type::Nullable(_) => false,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Enum(_)) => true,
                Some(Shape::Alias(ty)) => self.is_plain(&ty.clone()),
                Some(Shape::Object(_) | Shape::Union(_)) | None => false,
            },
        }
    }

    /// Parameters that the path does not have, and the other way round.
    fn compare_with_path(&mut self, parsed: &ParsedOperation, parameters: &mut Vec<Parameter>) {
        let template = template_names(&parsed.path);
        parameters.retain(|parameter| {
            let fits = parameter.location != Location::Path
                || template.contains(parameter.wire.0.as_str());
            if !fits {
                let message = format!("the path `{}` has no `{{{}}}`", parsed.path, parameter.wire);
                let help = "put it into the path, or take the parameter out";
                self.diagnostics.degraded("unknown-path-parameter", &parameter.at, message, help);
            }
            fits
        });
        for name in template {
            let declared = |parameter: &Parameter| {
                parameter.location == Location::Path && parameter.wire.0 == name
            };
            if !parameters.iter().any(declared) {
                let message =
                    format!("the path has `{{{name}}}`, and the operation has no such parameter");
                let help = format!(
                    "declare it: `{{name: {name}, in: path, required: true, schema: {{type: string}}}}`"
                );
                self.diagnostics.degraded("missing-path-parameter", &parsed.at, message, help);
            }
        }
    }

    /// The parameter that narrows the media types of the answer (`x-accept`).
    pub(super) fn accept_by(
        &mut self,
        parsed: &ParsedOperation,
        parameters: &[Parameter],
    ) -> Option<AcceptBy> {
        parameters.iter().enumerate().find_map(|(number, parameter)| {
            let node = parameter.at.find(&self.parsed.root)?.get("x-accept")?.clone();
            let at = parameter.at.join("x-accept");
            let Value::Object(media_types) = node else {
                self.fault(&at, "`x-accept` must be an object from values to media types");
                return None;
            };
            let documented = success_media_types(&parsed.operation);
            let mut by_value = Vec::new();
            for (value, media_type) in media_types {
                match media_type.as_str().filter(|media_type| documented.contains(*media_type)) {
                    Some(media_type) => by_value.push((value, media_type.to_owned())),
                    None => self.fault(
                        &at.join(value),
                        "this is no media type of a good answer of the operation",
                    ),
                }
            }
            Some(AcceptBy { parameter: number, media_types: by_value })
        })
    }
}

fn success_media_types(operation: &openapiv3::Operation) -> BTreeSet<String> {
    let responses = operation.responses.responses.values().filter_map(ReferenceOr::as_item);
    responses.flat_map(|response| response.content.keys().cloned()).collect()
}

/// The names in braces of a path.
fn template_names(path: &str) -> BTreeSet<&str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

fn example(data: &ParameterData) -> Option<String> {
    let schema = match &data.format {
        ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) => {
            schema.schema_data.example.as_ref()
        }
        ParameterSchemaOrContent::Schema(_) | ParameterSchemaOrContent::Content(_) => None,
    };
    let named = data.examples.values().next().and_then(ReferenceOr::as_item);
    let example = data.example.as_ref().or(schema).or_else(|| named?.value.as_ref())?;
    Some(example.as_str().map_or_else(|| example.to_string(), str::to_owned))
}
