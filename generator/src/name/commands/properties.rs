//! The properties of a body that have flags of their own.
//!
//! Those of the body itself, and those of the objects in it. What is deeper, and what has no fixed
//! properties, is JSON on the command line as well.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ir::{
    Api, BodyContent, BodyKind, Docs, Field, JsonType, Object, PartKind, Shape, Tagging, Test,
    Type, Union, WireName,
};
use crate::limits::Steps;

/// A property that has a flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The flag.
    pub flag: String,
    /// The names that lead to it.
    pub path: Vec<WireName>,
    /// What the flag takes.
    pub kind: ValueType,
    /// Whether it must be there, whatever else is.
    pub required: bool,
    /// The tags that it belongs to, and whether they need it. None: it always belongs there.
    pub of: Vec<(String, bool)>,
    /// What it means.
    pub docs: Docs,
}

/// What a flag takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    String,
    /// `true` or `false`.
    Boolean,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// One of these values, each with what it means.
    Choice(Vec<(String, String)>),
    /// Several values.
    Array(Box<Self>),
    /// The path of a file.
    File,
    /// JSON.
    Json,
}

impl ValueType {
    /// Returns the value that a flag for a type takes.
    pub fn of(api: &Api, ty: &Type) -> Self {
        match ty {
            Type::Boolean => Self::Boolean,
            Type::Integer(_) => Self::Integer,
            Type::Number(_) => Self::Number,
            Type::String(_) => Self::String,
            Type::Nullable(inner) => Self::of(api, inner),
            Type::Extern(of) => match of.json.as_slice() {
                [JsonType::Boolean] => Self::Boolean,
                [JsonType::Integer] => Self::Integer,
                [JsonType::Number] => Self::Number,
                [JsonType::String] => Self::String,
                _ => Self::Json,
            },
            Type::Array(item) => match Self::of(api, item) {
                Self::Array(_) | Self::Json | Self::File => Self::Json,
                item => Self::Array(Box::new(item)),
            },
            Type::Any | Type::Tuple(_) | Type::Map(_) => Self::Json,
            Type::Named(id) => match &api.type_def(*id).shape {
                Shape::Enum(values) => {
                    let value = |variant: &crate::ir::Variant| {
                        (variant.wire.0.clone(), variant.description.clone().unwrap_or_default())
                    };
                    Self::Choice(values.variants.iter().map(value).collect())
                }
                Shape::Alias(of) if of != ty => Self::of(api, of),
                Shape::Alias(_) | Shape::Object(_) | Shape::Union(_) | Shape::Form(_) => Self::Json,
            },
        }
    }
}

/// How many flags a command can have for the objects in its body. With more of them nobody is helped,
/// and objects in objects can ask for very many.
const MOST: usize = 1000;

/// What was found in a body.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) properties: Vec<Property>,
    /// Their numbers, by the names that lead to them.
    known: BTreeMap<Vec<WireName>, usize>,
    steps: Steps,
    /// The property that says which others belong to it.
    pub(super) tag: Option<Vec<WireName>>,
    /// The property that is an object in any case, even one with nothing in it.
    pub(super) content: Option<WireName>,
}

pub(super) fn of(api: &Api, content: &BodyContent, steps: &Steps) -> Found {
    let mut found = Found { steps: steps.clone(), ..Found::default() };
    match &content.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => found.shape(api, ty),
        BodyKind::Multipart(form) => match &api.type_def(*form).shape {
            Shape::Form(form) => {
                for part in &form.parts {
                    let kind = match part.kind {
                        PartKind::File(_) => ValueType::File,
                        PartKind::Text(_) | PartKind::Json(_) => ValueType::of(api, &part.field.ty),
                    };
                    found.add(property(api, &part.field, &[], kind));
                }
            }
            Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => {}
        },
        BodyKind::Text | BodyKind::Bytes => {}
    }
    found
}

impl Found {
    fn shape(&mut self, api: &Api, ty: &Type) {
        let Some(shape) = shape(api, ty) else { return };
        match shape {
            Shape::Object(object) => self.object(api, object, &[], &[]),
            Shape::Union(union) => self.union(api, union),
            Shape::Enum(_) | Shape::Form(_) | Shape::Alias(_) => {}
        }
    }

    fn object(&mut self, api: &Api, object: &Object, path: &[WireName], of: &[String]) {
        for field in object.fields.iter().filter(|field| !field.read_only) {
            let kind = ValueType::of(api, &field.ty);
            let choices = if let ValueType::Choice(values) = &kind { values.len() } else { 0 };
            if !self.steps.take_each(1 + choices) {
                return;
            }
            let has_room = |inner: &Object| self.properties.len() + inner.fields.len() <= MOST;
            let inner = shape(api, &field.ty).filter(|shape| match shape {
                Shape::Object(inner) => path.is_empty() && has_room(inner),
                Shape::Enum(_) | Shape::Union(_) | Shape::Form(_) | Shape::Alias(_) => false,
            });
            if let Some(Shape::Object(inner)) = inner
                && !inner.fields.is_empty()
            {
                let mut inner = inner.clone();
                // What an optional object needs is needed only where the object is.
                inner.fields.iter_mut().for_each(|inner| inner.required &= field.required);
                self.object(api, &inner, std::slice::from_ref(&field.wire), of);
                continue;
            }
            let mut property = property(api, field, path, kind);
            if !of.is_empty() {
                let needed = std::mem::take(&mut property.required);
                property.of = of.iter().map(|tag| (tag.clone(), needed)).collect();
            }
            self.add(property);
        }
    }

    fn union(&mut self, api: &Api, union: &Union) {
        match &union.tagging {
            Tagging::Adjacent { tag, content, other } => {
                let other = match &api.type_def(*other).shape {
                    Shape::Object(other) => other.fields.iter().find(|field| field.wire == *tag),
                    Shape::Enum(_) | Shape::Union(_) | Shape::Form(_) | Shape::Alias(_) => None,
                };
                let mut tagged = self.tagged(union, tag);
                if let Some(field) = other {
                    tagged.docs = docs(api, field);
                    tagged.kind = match ValueType::of(api, &field.ty) {
                        choice @ ValueType::Choice(_) => choice,
                        _ => tagged.kind,
                    };
                }
                self.add(tagged);
                self.content = Some(content.clone());
                for variant in &union.variants {
                    let (Test::Tag(_, values), Some(Shape::Object(object))) =
                        (&variant.test, shape(api, &variant.ty))
                    else {
                        continue;
                    };
                    self.object(api, object, std::slice::from_ref(content), values);
                }
            }
            Tagging::Value | Tagging::Base => {
                let tag = union.variants.iter().find_map(|variant| match &variant.test {
                    Test::Tag(name, _) => Some(name),
                    Test::Number(..) | Test::Key(_) | Test::Json(_) => None,
                });
                if let Some(tag) = tag {
                    let tagged = self.tagged(union, tag);
                    self.add(tagged);
                }
                for variant in &union.variants {
                    let Some(Shape::Object(object)) = shape(api, &variant.ty) else { continue };
                    let mut object = object.clone();
                    object.fields.retain(|field| Some(&field.wire) != tag);
                    match &variant.test {
                        Test::Tag(_, values) => self.object(api, &object, &[], values),
                        Test::Number(..) | Test::Key(_) | Test::Json(_) => {
                            object.fields.iter_mut().for_each(|field| field.required = false);
                            self.object(api, &object, &[], &[]);
                        }
                    }
                }
            }
        }
    }

    /// Returns the property that selects the variant.
    fn tagged(&mut self, union: &Union, tag: &WireName) -> Property {
        self.tag = Some(vec![tag.clone()]);
        let values = union.variants.iter().flat_map(|variant| match &variant.test {
            Test::Tag(_, values) => values.as_slice(),
            Test::Number(..) | Test::Key(_) | Test::Json(_) => &[],
        });
        Property {
            flag: String::new(),
            path: vec![tag.clone()],
            kind: ValueType::Choice(values.map(|value| (value.clone(), String::new())).collect()),
            required: true,
            of: Vec::new(),
            docs: Docs::default(),
        }
    }

    /// Adds a property, or what is new in it if another variant has it too.
    fn add(&mut self, property: Property) {
        let number = *self.known.entry(property.path.clone()).or_insert(self.properties.len());
        let Some(known) = self.properties.get_mut(number) else {
            self.properties.push(property);
            return;
        };
        if known.kind != property.kind {
            known.kind = ValueType::Json;
        }
        known.required &= property.required;
        if property.docs.description.as_ref().map_or(0, String::len)
            < known.docs.description.as_ref().map_or(0, String::len)
        {
            // What one variant says of it besides need not hold for the others.
            known.docs = property.docs;
        }
        match (known.of.is_empty(), property.of.is_empty()) {
            (false, false) => known.of.extend(property.of),
            // It belongs to everything as soon as one of them does.
            (_, _) => known.of.clear(),
        }
    }
}

/// Returns the shape of a named type.
fn shape<'a>(api: &'a Api, ty: &'a Type) -> Option<&'a Shape> {
    match ty {
        Type::Named(id) => match &api.type_def(*id).shape {
            Shape::Alias(of) if of != ty => shape(api, of),
            shape => Some(shape),
        },
        Type::Nullable(inner) => shape(api, inner),
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Extern(_) => None,
    }
}

fn property(api: &Api, field: &Field, path: &[WireName], kind: ValueType) -> Property {
    let mut path = path.to_vec();
    path.push(field.wire.clone());
    let kind = match &field.constant {
        Some(Value::String(only)) => ValueType::Choice(vec![(only.clone(), String::new())]),
        Some(_) | None => kind,
    };
    let (required, docs) = (field.required, docs(api, field));
    Property { flag: String::new(), path, kind, required, of: Vec::new(), docs }
}

/// Returns the documentation of a property, otherwise the first paragraph about its type.
fn docs(api: &Api, field: &Field) -> Docs {
    let is_silent = field.docs.summary.is_none() && field.docs.description.is_none();
    let (true, Some(id)) = (is_silent, field.ty.named().first().copied()) else {
        return field.docs.clone();
    };
    let of_type = &api.type_def(id).docs;
    let text = of_type.summary.as_ref().or(of_type.description.as_ref());
    let first = text.and_then(|text| text.trim().split("\n\n").next()).map(str::to_owned);
    Docs { summary: first, ..field.docs.clone() }
}
