//! Parameters.

use std::collections::BTreeSet;

use openapiv3::{
    HeaderStyle, Parameter as OpenApi, ParameterData, ParameterSchemaOrContent, PathStyle,
    QueryStyle, ReferenceOr,
};
use serde_json::Value;

use super::body::is_json;
use super::{Lower, notes};
use crate::ir::{AcceptBy, Docs, Ident, Location, Parameter, Style, Type, WireName};
use crate::parse::ParsedOperation;
use crate::pointer::Pointer;

/// Headers that are no parameters (OpenAPI 3.0, Parameter Object, `name`).
const NO_PARAMETERS: [&str; 3] = ["accept", "content-type", "authorization"];

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
        self.compare_with_path(parsed, &mut parameters);
        // Those of the path in its order, whatever their order in the document.
        let placeholder =
            |parameter: &Parameter| parsed.path.find(&format!("{{{}}}", parameter.wire));
        parameters.sort_by_key(|parameter| match parameter.location {
            Location::Path => (parameter.location, placeholder(parameter)),
            Location::Query | Location::Header | Location::Cookie => (parameter.location, None),
        });
        parameters
    }

    fn parameter(
        &mut self,
        parameter: &ReferenceOr<OpenApi>,
        used_at: &Pointer,
        id: &str,
    ) -> Option<Parameter> {
        let (at, parameter) = self.parsed.resolve(parameter, used_at, self.diagnostics)?;
        let (location, style) = location_and_style(&parameter);
        let allow_reserved = matches!(&parameter, OpenApi::Query { allow_reserved: true, .. });
        let data = parameter.parameter_data();
        if location == Location::Header
            && NO_PARAMETERS.contains(&data.name.to_ascii_lowercase().as_str())
        {
            self.diagnostics.note(
                "no-parameter",
                used_at,
                format!("the header `{}` is no parameter: requests have their own", data.name),
                "nothing needs to be done; OpenAPI says that such a parameter is ignored",
            );
            return None;
        }
        let (ty, style, docs) = self.parameter_type(&data, &at, id, style);
        let required = data.required || location == Location::Path;
        Some(Parameter {
            at: used_at.clone(),
            location,
            ty,
            required,
            style,
            explode: data.explode.unwrap_or(style == Style::Form || style == Style::DeepObject),
            allow_reserved,
            docs,
            example: self.example(&data, &at),
            wire: WireName(data.name),
            rust: Ident::default(),
        })
    }

    fn parameter_type(
        &mut self,
        data: &ParameterData,
        at: &Pointer,
        id: &str,
        style: Style,
    ) -> (Type, Style, Docs) {
        let (at, style) = match &data.format {
            ParameterSchemaOrContent::Schema(_) => (at.join("schema"), style),
            ParameterSchemaOrContent::Content(content) => {
                let media_type = content.keys().next().map_or("", String::as_str);
                let style = if is_json(media_type) { Style::Json } else { style };
                (at.join("content").join(media_type).join("schema"), style)
            }
        };
        let schema = self.parsed.schema(&at);
        let mut docs = match schema.reference() {
            Some(_) => Docs::default(),
            None => notes::docs(schema, false),
        };
        docs.description = data.description.clone().or(docs.description);
        if data.deprecated == Some(true) {
            docs.notes.push("It is deprecated.".to_owned());
        }
        let usage = self.usage(&at, &[id.to_owned(), data.name.clone()]);
        (usage.ty, style, docs)
    }

    fn example(&self, data: &ParameterData, at: &Pointer) -> Option<String> {
        let named = data.examples.values().next().and_then(ReferenceOr::as_item);
        let example = data
            .example
            .as_ref()
            .or_else(|| self.parsed.schema(&at.join("schema")).get("example"))
            .or_else(|| named?.value.as_ref())?;
        Some(example.as_str().map_or_else(|| example.to_string(), str::to_owned))
    }

    /// Brings parameters and the template of the path together.
    fn compare_with_path(&mut self, parsed: &ParsedOperation, parameters: &mut Vec<Parameter>) {
        let template = template_names(&parsed.path);
        let declared = |parameter: &Parameter, name: &str| {
            parameter.location == Location::Path && parameter.wire.0 == name
        };
        let mut missing: Vec<&str> = template
            .iter()
            .copied()
            .filter(|name| !parameters.iter().any(|parameter| declared(parameter, name)))
            .collect();
        for index in (0..parameters.len()).rev() {
            let Some(parameter) = parameters.get_mut(index) else { continue };
            let known = template.contains(parameter.wire.0.as_str());
            if parameter.location != Location::Path || known {
                continue;
            }
            let (name, at) = (parameter.wire.0.clone(), parameter.at.clone());
            // A single one on each side is one parameter with two names.
            let meant = if let [only] = missing.as_slice() { Some(*only) } else { None };
            let what = match meant {
                Some(meant) => {
                    parameter.wire = WireName(meant.to_owned());
                    missing.clear();
                    format!("it is taken for `{{{meant}}}`")
                }
                None => {
                    parameters.remove(index);
                    "it is left out".to_owned()
                }
            };
            let message = format!("the path `{}` has no `{{{name}}}`: {what}", parsed.path);
            let help = "put it into the path, or take the parameter out";
            self.diagnostics.degraded("unknown-path-parameter", &at, message, help);
        }
        for name in missing {
            let message = format!(
                "the path has `{{{name}}}`, and the operation has no such parameter: it is a text"
            );
            let help = format!(
                "declare it: `{{name: {name}, in: path, required: true, schema: {{type: string}}}}`"
            );
            self.diagnostics.degraded("missing-path-parameter", &parsed.at, message, help);
            parameters.push(text_in_path(name, &parsed.at));
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

fn location_and_style(parameter: &OpenApi) -> (Location, Style) {
    match parameter {
        OpenApi::Path { style, .. } => {
            let style = match style {
                PathStyle::Simple => Style::Simple,
                PathStyle::Label => Style::Label,
                PathStyle::Matrix => Style::Matrix,
            };
            (Location::Path, style)
        }
        OpenApi::Query { style, .. } => (Location::Query, query_style(style)),
        OpenApi::Header { style: HeaderStyle::Simple, .. } => (Location::Header, Style::Simple),
        OpenApi::Cookie { .. } => (Location::Cookie, Style::Form),
    }
}

/// The style of a query parameter, or of a property of a form.
pub(super) fn query_style(style: &QueryStyle) -> Style {
    match style {
        QueryStyle::Form => Style::Form,
        QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        QueryStyle::PipeDelimited => Style::PipeDelimited,
        QueryStyle::DeepObject => Style::DeepObject,
    }
}

/// A parameter that the path has and the operation does not declare.
fn text_in_path(name: &str, at: &Pointer) -> Parameter {
    Parameter {
        at: at.clone(),
        location: Location::Path,
        wire: WireName(name.to_owned()),
        rust: Ident::default(),
        ty: Type::TEXT,
        required: true,
        style: Style::Simple,
        explode: false,
        allow_reserved: false,
        docs: Docs::default(),
        example: None,
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
