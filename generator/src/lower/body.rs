//! Request bodies.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::parameter::query_style;
use super::{Lower, notes};
use crate::document::{Encoding, MediaType, RequestBody, Schema, SchemaId, SchemaType};
use crate::ir::{
    Body, BodyContent, BodyKind, ContentId, Field, Form, JsonType, OperationId, Part, PartKind,
    Shape, Style, Test, Type, TypeId, UnionVariant, WireName,
};

impl Lower<'_> {
    /// Returns the body of an operation.
    pub(super) fn body(
        &mut self,
        body: Option<&RequestBody>,
        operation: OperationId,
        id: &str,
    ) -> Option<Body> {
        let body = body?;
        let hint = [id.to_owned(), "body".to_owned()];
        let mut contents: Vec<BodyContent> = Vec::new();
        for media_type in &body.content {
            let own = self.context.owner.clone();
            let (owner, words) = self.part(media_type.schema, own, &hint);
            let kind = self.owned_by(owner, |lower| lower.body_kind(media_type, &words));
            // Other representations of the same value are ignored: the first one is sent.
            let same_json = |known: &BodyContent| {
                known.kind == kind && matches!(kind, BodyKind::Json(_) | BodyKind::Bytes)
            };
            if contents.iter().any(same_json) {
                continue;
            }
            let media_type = concrete(&media_type.name, &kind);
            let number = ContentId(self.counts.contents);
            self.counts.contents += 1;
            contents.push(BodyContent { number, media_type, kind });
        }
        // JSON is the content that most callers send, so the argument converts from it.
        contents.sort_by_key(|content| !matches!(content.kind, BodyKind::Json(_)));
        let example = body.content.iter().find_map(|content| content.example.clone());
        (!contents.is_empty()).then(|| Body {
            operation,
            contents,
            required: body.required,
            description: body.description.clone(),
            example,
        })
    }

    fn body_kind(&mut self, media_type: &MediaType, hint: &[String]) -> BodyKind {
        let schema = media_type.schema;
        let essence = essence(&media_type.name);
        if is_json(&essence) || self.is_range_of_json(media_type) {
            return BodyKind::Json(self.usage(schema, hint).ty);
        }
        match essence.as_str() {
            "application/x-www-form-urlencoded" => {
                let ty = self.usage(schema, hint).ty;
                let styles = self.form_styles(&ty, media_type);
                BodyKind::Form(ty, styles)
            }
            "multipart/form-data" => BodyKind::Multipart(self.form(media_type, hint)),
            essence if is_text(essence) && !self.is_binary(schema) => {
                self.report_unread_schema(&media_type.name, schema, "the body is a string");
                BodyKind::Text
            }
            _ => {
                self.report_unread_schema(&media_type.name, schema, "the body is bytes");
                BodyKind::Bytes
            }
        }
    }

    /// Reports a schema of a body, a parameter or a header that describes more than a string or
    /// bytes, which the crate does not use.
    pub(super) fn report_unread_schema(&mut self, name: &str, id: SchemaId, instead: &str) {
        let schema = self.document.schemas.resolved(id);
        let is_string = schema.ty.is_none_or(|ty| ty == SchemaType::String);
        let is_combined = !schema.all_of.is_empty() || schema.alternatives().next().is_some();
        if is_combined || !is_string {
            let construct = format!("a schema of `{name}`");
            self.diagnostics.unsupported(&self.schema(id).at, &construct, instead);
        }
    }

    /// Returns the parts of a form: the properties of its schema.
    fn form(&mut self, media_type: &MediaType, hint: &[String]) -> TypeId {
        let end = self.end_of_references(media_type.schema);
        let schema = self.schema(end);
        let media_types_of_parts = media_types(&media_type.encoding);
        // Another operation may encode the same parts differently.
        let (owner, hint) = match &schema.component {
            Some(name) if media_types_of_parts.is_empty() => {
                (self.owner(end), vec![name.clone(), "form".to_owned()])
            }
            Some(_) | None => (self.context.owner.clone(), hint.to_vec()),
        };
        let key = (owner.clone(), schema.fingerprint, media_types_of_parts);
        if let Some(id) = self.forms.get(&key).copied() {
            self.meet_again(id, &hint);
            return id;
        }
        let fields = self.owned_by(owner.clone(), |lower| lower.fields_of_form(end, &hint));
        let fields = match fields {
            Some(fields) => fields,
            None => {
                self.diagnostics.unsupported(
                    &self.schema(media_type.schema).at,
                    "a form whose schema is no object",
                    "its parts are set by hand",
                );
                Vec::new()
            }
        };
        let parts = fields.into_iter().map(|mut field| {
            let media_types = match media_type.encoding.get(&field.wire.0) {
                Some(encoding) => encoding.content_types.as_slice(),
                None => &[],
            };
            // A property that several schemas describe has no schema of its own.
            let property = schema.properties.get(&field.wire.0).copied().unwrap_or(end);
            let kind = self.part_kind(&field.ty, property, media_types);
            if media_type.encoding.get(&field.wire.0).is_some_and(|encoding| encoding.has_headers) {
                let at = media_type.at.join("encoding").join(&field.wire).join("headers");
                let instead = "the part has no headers but those of its content";
                self.diagnostics.unsupported(&at, "headers of a part of a form", instead);
            }
            if let (PartKind::File(_), Some(name)) = (&kind, media_types.first())
                && self.is_object(item_of(&field.ty))
                && !self.is_binary(property)
            {
                self.report_unread_schema(name, property, "the part is a file");
            }
            if let PartKind::File(_) = kind {
                notes::file(&mut field.docs, media_types);
            }
            // A part with a media type is encoded from the caller's value, so it is no constant.
            field.constant = field.constant.filter(|_| kind == PartKind::Text(None));
            Part { field, kind }
        });
        let shape = Shape::Form(Form { parts: parts.collect() });
        let docs = notes::docs(schema, true);
        let id = self.owned_by(owner, |lower| lower.declare(end, hint, docs, shape));
        self.forms.insert(key, id);
        id
    }

    /// Returns the styles of properties of a form that differ from the default: a pair for each
    /// item, and JSON for an object.
    fn form_styles(&self, ty: &Type, media_type: &MediaType) -> Vec<(WireName, Style, bool)> {
        let encoding = &media_type.encoding;
        let properties = self.form_properties(ty);
        let described = encoding.iter().filter_map(|(name, encoding)| {
            let is_object = properties.get(name).is_none_or(|ty| self.may_be_object(ty));
            let (style, explode) = self.form_style(encoding, is_object)?;
            Some((WireName(name.clone()), style, explode))
        });
        let default = Encoding::default();
        let others = properties.iter().filter_map(|(name, ty)| {
            let is_described = encoding.contains_key(*name);
            let (style, explode) = self.form_style(&default, self.may_be_object(ty))?;
            (!is_described).then(|| (WireName((*name).clone()), style, explode))
        });
        described.chain(others).collect()
    }

    /// Returns the style of a property and whether it is exploded, if they differ from the default.
    fn form_style(&self, encoding: &Encoding, is_object: bool) -> Option<(Style, bool)> {
        if encoding.style.is_none() && encoding.explode.is_none() {
            let is_json = self.document.form_objects_are_json || !encoding.content_types.is_empty();
            return (is_object && !is_json).then_some((Style::Form, true));
        }
        // It behaves like a query parameter, with the same defaults.
        let style = encoding.style.as_ref().map_or(Style::Form, query_style);
        let explode = match style {
            Style::DeepObject => true,
            _ => encoding.explode.unwrap_or(style == Style::Form),
        };
        (is_object || style != Style::Form || !explode).then_some((style, explode))
    }

    /// Returns the properties of values of a type, and their types.
    fn form_properties<'t>(&'t self, ty: &Type) -> IndexMap<&'t String, &'t Type> {
        let mut properties = IndexMap::new();
        let mut passed = BTreeSet::new();
        let mut next = ty.named();
        while let Some(id) = next.pop() {
            if !passed.insert(id) {
                continue;
            }
            match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Object(object)) => {
                    let fields = object.fields.iter().map(|field| (&field.wire.0, &field.ty));
                    properties.extend(fields);
                }
                Some(Shape::Union(union)) => {
                    next.extend(union.variants.iter().flat_map(|variant| variant.ty.named()));
                }
                Some(Shape::Alias(Type::Named(id))) => next.push(*id),
                Some(Shape::Alias(_) | Shape::Enum(_) | Shape::Form(_)) | None => {}
            }
        }
        properties
    }

    /// Returns the properties of the schema of a form.
    fn fields_of_form(&mut self, id: SchemaId, hint: &[String]) -> Option<Vec<Field>> {
        let schema = self.schema(id);
        if !schema.all_of.is_empty() || self.union_keyword(id).is_some() {
            return match self.combination(&[id], id, hint) {
                Shape::Object(object) => Some(object.fields),
                Shape::Enum(_) | Shape::Union(_) | Shape::Form(_) | Shape::Alias(_) => None,
            };
        }
        let may_be_object = schema.ty.is_none_or(|ty| ty == SchemaType::Object);
        may_be_object.then(|| self.fields(schema, hint).collect())
    }

    /// Returns the encoding of a part. If there are several media types, a string has the first
    /// one, and a file determines its own.
    fn part_kind(&self, ty: &Type, id: SchemaId, media_types: &[String]) -> PartKind {
        let only = match media_types {
            [only] if !only.contains('*') => Some(only.clone()),
            _ => None,
        };
        if self.is_binary(id) {
            return PartKind::File(only);
        }
        match media_types.first() {
            Some(first) if is_json(first) => PartKind::Json(first.clone()),
            Some(first) if !is_text(&essence(first)) => PartKind::File(only),
            // An object has no representation in XML or YAML, and must not be sent as JSON.
            Some(first) if essence(first) != "text/plain" && self.is_object(item_of(ty)) => {
                PartKind::File(only)
            }
            Some(first) => PartKind::Text(Some(first.clone()).filter(|first| !first.contains('*'))),
            None if self.is_object(ty) => PartKind::Json("application/json".to_owned()),
            None => PartKind::Text(None),
        }
    }

    /// Returns whether a media type is a range that includes JSON, and only JSON can represent the
    /// values of the schema: the author has not thought of media types.
    pub(super) fn is_range_of_json(&self, media_type: &MediaType) -> bool {
        let is_range = matches!(essence(&media_type.name).as_str(), "*/*" | "application/*");
        let types = || self.profile(media_type.schema).types;
        is_range && !types().is_empty() && !types().contains(&JsonType::String)
    }

    /// Returns whether a schema, or that of its items, describes bytes.
    pub(super) fn is_binary(&self, id: SchemaId) -> bool {
        let is_bytes = |schema: &Schema| schema.format.as_deref() == Some("binary");
        let schema = self.document.schemas.resolved(id);
        match (schema.ty, schema.items.schema()) {
            (Some(SchemaType::Array), Some(items)) => {
                is_bytes(self.document.schemas.resolved(items))
            }
            (Some(SchemaType::Array), None) => false,
            (Some(_) | None, _) => is_bytes(schema),
        }
    }

    /// Returns whether values of a type may be objects.
    fn may_be_object(&self, ty: &Type) -> bool {
        let mut next = vec![ty];
        let mut passed = BTreeSet::new();
        while let Some(ty) = next.pop() {
            let id = match ty {
                Type::Any | Type::Map(_) => return true,
                Type::Extern(of) if of.may_be_object() => return true,
                Type::Nullable(of) => {
                    next.push(of);
                    continue;
                }
                Type::Named(id) => *id,
                Type::Boolean
                | Type::Integer(_)
                | Type::Number(_)
                | Type::String(_)
                | Type::Array(_)
                | Type::Tuple(_)
                | Type::Extern(_) => continue,
            };
            if !passed.insert(id) {
                continue;
            }
            match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Object(_)) => return true,
                Some(Shape::Alias(of)) => next.push(of),
                Some(Shape::Union(union)) => {
                    let is_object = |variant: &UnionVariant| match &variant.test {
                        Test::Json(ty) => *ty == JsonType::Object,
                        Test::Tag(..) | Test::Number(..) | Test::Key(_) => true,
                    };
                    if union.variants.iter().any(is_object) {
                        return true;
                    }
                }
                Some(Shape::Enum(_) | Shape::Form(_)) | None => {}
            }
        }
        false
    }

    /// Returns whether a type is an object, or an array of fixed length. Any other array is a part
    /// for each item.
    fn is_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::Map(_) | Type::Tuple(_) => true,
            Type::Nullable(item) => self.is_object(item),
            Type::Extern(of) => of.may_be_object(),
            Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String(_)
            | Type::Array(_) => false,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Enum(_)) | None => false,
                Some(Shape::Alias(of)) => *of == Type::Named(*id) || self.is_object(of),
                Some(Shape::Object(_) | Shape::Union(_) | Shape::Form(_)) => true,
            },
        }
    }
}

/// Returns a media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns whether a media type is JSON (RFC 8259) or has the suffix `+json` (RFC 6839, section
/// 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    subtype == "json" || subtype.ends_with("+json") || subtype.starts_with("json+")
}

/// Returns whether a media type is best represented as a string.
pub(super) fn is_text(essence: &str) -> bool {
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    essence.starts_with("text/")
        || ["xml", "yaml", "x-yaml", "javascript", "graphql"].contains(&subtype)
        || subtype.ends_with("+xml")
        || subtype.ends_with("+yaml")
}

/// Returns the media type that is sent. A range such as `*/*` is not one.
fn concrete(media_type: &str, kind: &BodyKind) -> String {
    if !media_type.contains('*') && media_type.contains('/') {
        return media_type.to_owned();
    }
    let concrete = match kind {
        BodyKind::Json(_) => "application/json",
        BodyKind::Form(..) => "application/x-www-form-urlencoded",
        BodyKind::Multipart(_) => "multipart/form-data",
        BodyKind::Text => "text/plain",
        BodyKind::Bytes => "application/octet-stream",
    };
    concrete.to_owned()
}

/// Returns the type of the items of an array, and any other type unchanged.
fn item_of(ty: &Type) -> &Type {
    match ty {
        Type::Array(item) => item,
        other => other,
    }
}

/// Returns the media types of the parts of a form, by name.
pub(super) type MediaTypes = BTreeMap<String, Vec<String>>;

fn media_types(encoding: &IndexMap<String, Encoding>) -> MediaTypes {
    let described = encoding.iter().filter(|(_, encoding)| !encoding.content_types.is_empty());
    described.map(|(name, encoding)| (name.clone(), encoding.content_types.clone())).collect()
}
