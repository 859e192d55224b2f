//! Objects, and what `allOf` makes of several.

use openapiv3::{
    AdditionalProperties, AnySchema, ObjectType, ReferenceOr, Schema, SchemaKind, Type as Simple,
};

use super::schema::with;
use super::{Lower, notes};
use crate::ir::{Docs, Field, Ident, Object, Shape, Type, WireName};
use crate::pointer::Pointer;

/// The members of an object, gathered from one schema or several.
#[derive(Default)]
struct Members {
    properties: Vec<(String, Pointer, ReferenceOr<Box<Schema>>)>,
    required: Vec<String>,
    additional: Option<(Pointer, AdditionalProperties)>,
}

impl Members {
    fn add(&mut self, object: &ObjectType, at: &Pointer) {
        let below = at.join("properties");
        for (name, schema) in &object.properties {
            self.properties.push((name.clone(), below.join(name), schema.clone()));
        }
        self.required.extend(object.required.iter().cloned());
        if let Some(additional) = &object.additional_properties {
            self.additional = Some((at.clone(), additional.clone()));
        }
    }
}

impl Lower<'_> {
    pub(super) fn object(&mut self, object: &ObjectType, at: &Pointer, hint: &[String]) -> Shape {
        if let Some(union) = self.adjacent_union(object, at, hint) {
            return union;
        }
        let mut members = Members::default();
        members.add(object, at);
        Shape::Object(self.members(members, hint))
    }

    /// One object with the members of all (OpenAPI 3.0, Schema Object, `allOf`).
    pub(super) fn all_of(&mut self, schema: &Schema, at: &Pointer, hint: &[String]) -> Shape {
        let mut members = Members::default();
        let whole = ReferenceOr::Item(schema.clone());
        if self.gather(&whole, at, &mut members, &mut Vec::new()) {
            return Shape::Object(self.members(members, hint));
        }
        self.diagnostics.unsupported(
            at,
            "`allOf` of something other than objects",
            "any value is accepted",
        );
        Shape::Alias(Type::Any)
    }

    /// Adds the members of a schema. False if it is no object.
    fn gather(
        &mut self,
        schema: &ReferenceOr<Schema>,
        at: &Pointer,
        members: &mut Members,
        passed: &mut Vec<Pointer>,
    ) -> bool {
        let Some((at, schema)) = self.parsed.resolve(schema, at, self.diagnostics) else {
            return false;
        };
        if passed.contains(&at) {
            // An object that contains itself adds nothing to itself.
            return true;
        }
        passed.push(at.clone());
        let parts = match &schema.schema_kind {
            SchemaKind::Type(Simple::Object(object)) => {
                members.add(object, &at);
                return true;
            }
            SchemaKind::AllOf { all_of } => all_of.clone(),
            SchemaKind::Any(any)
                if any.one_of.is_empty() && any.any_of.is_empty() && any.not.is_none() =>
            {
                members.add(&as_object(any), &at);
                any.all_of.clone()
            }
            _ => return false,
        };
        parts
            .iter()
            .enumerate()
            .all(|(index, part)| self.gather(part, &at.join("allOf").join(index), members, passed))
    }

    fn members(&mut self, members: Members, hint: &[String]) -> Object {
        let Members { properties, required, additional } = members;
        let mut fields: Vec<Field> = Vec::new();
        for (name, at, schema) in properties {
            let required = required.contains(&name);
            let field = self.field(&name, &schema, &at, hint, required);
            match fields.iter_mut().find(|known| known.wire.0 == name) {
                Some(known) if known.ty == field.ty => {
                    known.nullable &= field.nullable;
                    if known.docs == Docs::default() {
                        known.docs = field.docs;
                    }
                }
                Some(known) => {
                    *known = field;
                    self.diagnostics.degraded(
                        "conflicting-property",
                        &at,
                        format!(
                            "`allOf` gives the property `{name}` two types: the last one counts"
                        ),
                        "give it the same type everywhere, or another name",
                    );
                }
                None => fields.push(field),
            }
        }
        let additional = match additional {
            Some((at, additional)) => self.additional(Some(&additional), &at, hint),
            None => Type::Any,
        };
        Object { fields, additional }
    }

    pub(super) fn field(
        &mut self,
        name: &str,
        schema: &ReferenceOr<Box<Schema>>,
        at: &Pointer,
        hint: &[String],
        required: bool,
    ) -> Field {
        let usage = self.boxed_usage(schema, at, &with(hint, name));
        let (docs, deprecated) = match schema {
            ReferenceOr::Item(schema) => {
                (notes::docs(schema, false), schema.schema_data.deprecated)
            }
            ReferenceOr::Reference { .. } => (Docs::default(), false),
        };
        Field {
            wire: WireName(name.to_owned()),
            rust: Ident::default(),
            ty: usage.ty,
            required,
            nullable: usage.nullable,
            deprecated,
            docs,
        }
    }
}

/// A schema without a type, as the object that its keywords describe.
fn as_object(any: &AnySchema) -> ObjectType {
    ObjectType {
        properties: any.properties.clone(),
        required: any.required.clone(),
        additional_properties: any.additional_properties.clone(),
        ..ObjectType::default()
    }
}
