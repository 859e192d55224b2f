//! The bodies of requests.

use openapiv3::{Encoding, MediaType, ReferenceOr, RequestBody};
use serde_json::Value;

use super::parameter::query_style;
use super::schema::with;
use super::{Lower, notes};
use crate::ir::{
    Body, BodyContent, BodyKind, Form, Ident, Part, PartKind, Shape, Style, Type, TypeId, WireName,
};
use crate::parse::SchemaType;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// The body of an operation's requests.
    pub(super) fn body(
        &mut self,
        body: Option<&ReferenceOr<RequestBody>>,
        at: &Pointer,
        id: &str,
    ) -> Option<Body> {
        let (at, body) = self.parsed.resolve(body?, at, self.diagnostics)?;
        let hint = [id.to_owned(), "body".to_owned()];
        let mut contents: Vec<BodyContent> = Vec::new();
        for (media_type, value) in &body.content {
            let at = at.join("content").join(media_type);
            let kind = self.body_kind(media_type, value, &at, &hint);
            // The same in other words: the first one is sent.
            let same_json = |known: &BodyContent| {
                known.kind == kind && matches!(kind, BodyKind::Json(_) | BodyKind::Bytes)
            };
            if contents.iter().any(same_json) {
                continue;
            }
            let media_type = concrete(media_type, &kind);
            contents.push(BodyContent { media_type, rust: Ident::default(), kind });
        }
        // JSON is what most callers want, and what the argument becomes that is no enum.
        contents.sort_by_key(|content| !matches!(content.kind, BodyKind::Json(_)));
        let example = body.content.values().find_map(example);
        (!contents.is_empty()).then(|| Body {
            rust: Ident::default(),
            enum_name: Ident::default(),
            contents,
            required: body.required,
            description: body.description,
            example,
        })
    }

    fn body_kind(
        &mut self,
        media_type: &str,
        value: &MediaType,
        at: &Pointer,
        hint: &[String],
    ) -> BodyKind {
        let schema = at.join("schema");
        let essence = essence(media_type);
        if is_json(&essence) {
            return BodyKind::Json(self.usage(&schema, hint).ty);
        }
        match essence.as_str() {
            "application/x-www-form-urlencoded" => {
                let styles = value.encoding.iter().filter_map(form_style).collect();
                BodyKind::Form(self.usage(&schema, hint).ty, styles)
            }
            "multipart/form-data" => BodyKind::Multipart(self.form(&schema, value, hint)),
            essence if is_text(essence) && !self.is_binary(&schema) => BodyKind::Text,
            _ => BodyKind::Bytes,
        }
    }

    /// The parts of a form: the properties of its schema.
    fn form(&mut self, at: &Pointer, value: &MediaType, hint: &[String]) -> TypeId {
        let end = self.end_of_references(at);
        let hint = match end.steps() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => {
                vec![name.clone(), "form".to_owned()]
            }
            _ => hint.to_vec(),
        };
        let facts = format!("form {}", notes::facts(end.find(&self.parsed.root)));
        if let Some(id) = self.by_facts.get(&facts) {
            return *id;
        }
        let object = match self.object_of_form(&end, &hint) {
            Some(fields) => fields,
            None => {
                self.diagnostics.unsupported(
                    at,
                    "a form whose schema is no object",
                    "its parts are set by hand",
                );
                Vec::new()
            }
        };
        let parts = object.into_iter().map(|(mut field, at)| {
            let media_types = asked_media_types(value.encoding.get(&field.wire.0));
            let kind = self.part_kind(&field.ty, &at, &media_types);
            if let PartKind::File(_) = kind {
                notes::file(&mut field.docs, &media_types);
            }
            Part { field, kind }
        });
        let shape = Shape::Form(Form { parts: parts.collect() });
        let docs = notes::docs(self.parsed.schema(&end), true);
        let id = self.declare(&end, hint, docs, shape);
        self.by_facts.insert(facts, id);
        id
    }

    /// The properties of a form's schema, and where they stand.
    fn object_of_form(
        &mut self,
        at: &Pointer,
        hint: &[String],
    ) -> Option<Vec<(crate::ir::Field, Pointer)>> {
        let schema = self.parsed.schema(at);
        if schema.count("allOf") > 0 || self.union_keyword(at).is_some() {
            let Shape::Object(object) = self.combination(std::slice::from_ref(at), at, hint) else {
                return None;
            };
            return Some(object.fields.into_iter().map(|field| (field, at.clone())).collect());
        }
        if schema.ty().is_some_and(|ty| ty != SchemaType::Object) {
            return None;
        }
        let names: Vec<String> = schema.properties().cloned().collect();
        let required: Vec<String> = schema.required().map(str::to_owned).collect();
        let fields = names.iter().map(|name| {
            let at = at.join("properties").join(name);
            let usage = self.usage(&at, &with(hint, name));
            let field = self.field(name, &at, usage.ty, usage.nullable, required.contains(name));
            (field, at)
        });
        Some(fields.collect())
    }

    /// How a part is written. Of several media types, a text has the first one; a file knows best
    /// which of them it has.
    fn part_kind(&self, ty: &Type, at: &Pointer, media_types: &[&str]) -> PartKind {
        let only = match media_types {
            [only] if !only.contains('*') => Some((*only).to_owned()),
            _ => None,
        };
        if self.is_binary(at) {
            return PartKind::File(only);
        }
        match media_types.first() {
            Some(first) if is_json(first) => PartKind::Json((*first).to_owned()),
            Some(first) if !is_text(&essence(first)) => PartKind::File(only),
            Some(first) => {
                PartKind::Text(Some((*first).to_owned()).filter(|first| !first.contains('*')))
            }
            None if self.is_object(ty) => PartKind::Json("application/json".to_owned()),
            None => PartKind::Text(None),
        }
    }

    /// Whether a schema, or that of its items, is of bytes.
    fn is_binary(&self, at: &Pointer) -> bool {
        let at = self.end_of_references(at);
        let schema = self.parsed.schema(&at);
        match schema.ty() {
            Some(SchemaType::Array) => {
                let items = at.join("items");
                self.parsed.schema(&self.end_of_references(&items)).text("format") == Some("binary")
            }
            Some(_) | None => schema.text("format") == Some("binary"),
        }
    }

    /// Whether a type is an object, or a list of fixed length. Any other list is a part for each
    /// item.
    fn is_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Any | Type::Map(_) | Type::Tuple(_) => true,
            Type::Nullable(item) => self.is_object(item),
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

/// The media types that a part may have (OpenAPI 3.0, Encoding Object, `contentType`).
fn asked_media_types(encoding: Option<&Encoding>) -> Vec<&str> {
    let list = encoding.and_then(|encoding| encoding.content_type.as_deref()).unwrap_or_default();
    list.split(',').map(str::trim).filter(|media_type| !media_type.is_empty()).collect()
}

/// A media type without its parameters, in small letters.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON (RFC 8259) or one of its descendants (RFC 6839, section 3.1).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    subtype == "json" || subtype.ends_with("+json") || subtype.starts_with("json+")
}

/// Whether a media type is text that is best handed over as one.
pub(super) fn is_text(essence: &str) -> bool {
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    essence.starts_with("text/")
        || ["xml", "yaml", "x-yaml", "javascript", "graphql"].contains(&subtype)
        || subtype.ends_with("+xml")
        || subtype.ends_with("+yaml")
}

/// The media type that is sent: a range such as `*/*` is none.
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

/// A property of a form that is not written as usual: each item for itself.
fn form_style((name, encoding): (&String, &Encoding)) -> Option<(WireName, Style, bool)> {
    let style = encoding.style.as_ref().map(query_style)?;
    let explode = encoding.explode || style == Style::DeepObject;
    (style != Style::Form || !explode).then(|| (WireName(name.clone()), style, explode))
}

fn example(media_type: &MediaType) -> Option<Value> {
    let first = media_type.examples.values().next().and_then(ReferenceOr::as_item);
    media_type.example.clone().or_else(|| first.and_then(|example| example.value.clone()))
}
