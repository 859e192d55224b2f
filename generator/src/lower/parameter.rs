//! Parameters.

use std::collections::BTreeSet;

use openapiv3::{
    HeaderStyle, Parameter as OpenApi, ParameterData, PathStyle, QueryStyle, ReferenceOr,
};

use super::body::is_json;
use super::{Lower, notes};
use crate::document::{self, ParameterSchema, SchemaId};
use crate::ir::{
    AcceptBy, Docs, Location, Note, Parameter, ParameterId, Shape, StringFormat, Style, Type,
    WireName,
};
use crate::pointer::Pointer;

/// Headers that are no parameters (OpenAPI 3.0, Parameter Object, `name`).
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

impl Lower<'_> {
    /// Returns the parameters of an operation: its own, and those of its path that it does not override.
    pub(super) fn parameters(
        &mut self,
        operation: &document::Operation,
        id: &str,
    ) -> Vec<Parameter> {
        let mut known = BTreeSet::new();
        let mut parameters: Vec<Parameter> = Vec::new();
        for parameter in &operation.parameters {
            let Some(parameter) = self.parameter(parameter, id) else { continue };
            if known.insert((parameter.location, parameter.wire.clone())) {
                parameters.push(parameter);
            }
        }
        self.compare_with_path(operation, &mut parameters);
        // Those of the path in its order, whatever their order in the document.
        let placeholder =
            |parameter: &Parameter| operation.path.find(&format!("{{{}}}", parameter.wire));
        parameters.sort_by_key(|parameter| match parameter.location {
            Location::Path => (parameter.location, placeholder(parameter)),
            Location::Query | Location::Header | Location::Cookie => (parameter.location, None),
        });
        for parameter in &mut parameters {
            parameter.number = ParameterId(self.counts.parameters);
            self.counts.parameters += 1;
        }
        parameters
    }

    fn parameter(&mut self, parameter: &document::Parameter, id: &str) -> Option<Parameter> {
        let (location, style) = location_and_style(&parameter.object);
        let allow_reserved =
            matches!(&parameter.object, OpenApi::Query { allow_reserved: true, .. });
        let data = parameter.object.parameter_data_ref();
        if location == Location::Header
            && IGNORED.contains(&data.name.to_ascii_lowercase().as_str())
        {
            self.diagnostics.note(
                "ignored-parameter",
                &parameter.used_at,
                format!("the parameter `{}` is ignored: the client sets this header", data.name),
                "nothing needs to be done; OpenAPI says that such a parameter is ignored",
            );
            return None;
        }
        let (ty, style, docs) = self.parameter_type(parameter, id, style);
        let required = data.required || location == Location::Path;
        Some(Parameter {
            at: parameter.used_at.clone(),
            location,
            ty,
            required,
            style,
            explode: data.explode.unwrap_or(style == Style::Form || style == Style::DeepObject),
            allow_reserved,
            docs,
            example: self.example(parameter),
            wire: WireName(data.name.clone()),
            number: ParameterId::default(),
        })
    }

    fn parameter_type(
        &mut self,
        parameter: &document::Parameter,
        id: &str,
        style: Style,
    ) -> (Type, Style, Docs) {
        let data = parameter.object.parameter_data_ref();
        let (schema, style) = match &parameter.schema {
            ParameterSchema::Schema(schema) => (*schema, style),
            ParameterSchema::Content(media_type, schema) if is_json(media_type) => {
                (*schema, Style::Json)
            }
            ParameterSchema::Content(media_type, schema) => {
                let instead = "the value is written as without a media type";
                self.report_unread_schema(media_type, *schema, instead);
                (*schema, style)
            }
        };
        let mut docs = match self.schema(schema).reference {
            Some(_) => Docs::default(),
            None => notes::docs(self.schema(schema), false),
        };
        docs.description = data.description.clone().or(docs.description);
        if data.deprecated == Some(true) {
            docs.notes.push(Note::Deprecated);
        }
        let own = self.context.owner.clone();
        let (owner, words) = self.part(schema, own, &[id.to_owned(), data.name.clone()]);
        let usage = self.owned_by(owner, |lower| lower.usage(schema, &words));
        (self.type_on_the_wire(usage.ty, schema, style), style, docs)
    }

    /// Returns the type of a parameter: a string if its schema has only limits on strings, because a
    /// parameter is written as a string, whatever its value.
    fn type_on_the_wire(&self, ty: Type, schema: SchemaId, style: Style) -> Type {
        let limits = &self.document.schemas.resolved(schema).constraints;
        let is_limited = [&limits.min_length, &limits.max_length, &limits.pattern]
            .into_iter()
            .any(Option::is_some);
        match ty {
            Type::Any if is_limited && style != Style::Json => Type::TEXT,
            ty => ty,
        }
    }

    fn example(&self, parameter: &document::Parameter) -> Option<String> {
        let data: &ParameterData = parameter.object.parameter_data_ref();
        let named = data.examples.values().next().and_then(ReferenceOr::as_item);
        let of_schema = match parameter.schema {
            ParameterSchema::Schema(id) => self.schema(id).example.as_ref(),
            ParameterSchema::Content(..) => None,
        };
        let example = data.example.as_ref().or(of_schema).or_else(|| named?.value.as_ref())?;
        Some(example.as_str().map_or_else(|| example.to_string(), str::to_owned))
    }

    /// Brings parameters and the template of the path together.
    fn compare_with_path(
        &mut self,
        operation: &document::Operation,
        parameters: &mut Vec<Parameter>,
    ) {
        let template = template_names(&operation.path);
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
                    format!("it is treated as `{{{meant}}}`")
                }
                None => {
                    parameters.remove(index);
                    "it is omitted".to_owned()
                }
            };
            let message = format!("the path `{}` has no `{{{name}}}`: {what}", operation.path);
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
            self.diagnostics.degraded("missing-path-parameter", &operation.at, message, help);
            parameters.push(text_in_path(name, &operation.at));
        }
    }

    /// Returns the parameter that selects the media type of the response (`x-accept`).
    pub(super) fn accept_by(
        &mut self,
        operation: &document::Operation,
        parameters: &[Parameter],
    ) -> Option<AcceptBy> {
        let documented = success_media_types(operation);
        for parameter in parameters {
            let declared = operation.parameters.iter().find(|one| one.used_at == parameter.at);
            let Some(accept) = declared.and_then(|one| one.accept.as_ref()) else { continue };
            if !self.is_text(&parameter.ty) && !self.is_enum(&parameter.ty) {
                self.fault(&accept.at, "the parameter must be a string or an enum of strings");
                continue;
            }
            let mut media_types = Vec::new();
            for (value, media_type) in &accept.media_types {
                match documented.contains(media_type.as_str()) {
                    true => media_types.push((value.clone(), media_type.clone())),
                    false => self.fault(
                        &accept.at.join(value),
                        "this is not a media type of a successful response of the operation",
                    ),
                }
            }
            return Some(AcceptBy { parameter: parameter.number, media_types });
        }
        None
    }

    /// Returns whether arguments of a type are passed as strings.
    pub(super) fn is_text(&self, ty: &Type) -> bool {
        match self.without_alias(ty) {
            Type::String(format) => {
                !matches!(format, StringFormat::Base64 | StringFormat::Password)
            }
            _ => false,
        }
    }

    fn is_enum(&self, ty: &Type) -> bool {
        match self.without_alias(ty) {
            Type::Named(id) => {
                matches!(self.types.get(id.0).map(|def| &def.shape), Some(Shape::Enum(_)))
            }
            _ => false,
        }
    }

    /// Returns the type that an alias stands for, and any other type unchanged.
    pub(super) fn without_alias<'t>(&'t self, mut ty: &'t Type) -> &'t Type {
        // Aliases that only refer to each other have no end.
        for _ in 0..=self.types.len() {
            let Type::Named(id) = ty else { break };
            let Some(Shape::Alias(of)) = self.types.get(id.0).map(|def| &def.shape) else { break };
            ty = of;
        }
        ty
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

/// Returns the style of a query parameter, or of a property of a form.
pub(super) fn query_style(style: &QueryStyle) -> Style {
    match style {
        QueryStyle::Form => Style::Form,
        QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        QueryStyle::PipeDelimited => Style::PipeDelimited,
        QueryStyle::DeepObject => Style::DeepObject,
    }
}

/// Returns a parameter for a variable of the path that the operation does not declare.
fn text_in_path(name: &str, at: &Pointer) -> Parameter {
    Parameter {
        at: at.clone(),
        location: Location::Path,
        wire: WireName(name.to_owned()),
        number: ParameterId::default(),
        ty: Type::TEXT,
        required: true,
        style: Style::Simple,
        explode: false,
        allow_reserved: false,
        docs: Docs::default(),
        example: None,
    }
}

fn success_media_types(operation: &document::Operation) -> BTreeSet<&str> {
    let content = operation.responses.iter().flat_map(|response| &response.content);
    content.map(|media_type| media_type.name.as_str()).collect()
}

/// Returns the names in braces of a path.
fn template_names(path: &str) -> BTreeSet<&str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}
