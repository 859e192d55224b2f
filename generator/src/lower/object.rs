//! Objects.

use serde_json::Value;

use super::schema::{integer, string_format, with};
use super::{Lower, notes};
use crate::document::{Schema, SchemaId, SchemaType};
use crate::ir::{Docs, Field, MemberId, Note, Object, Shape, StringFormat, Type, WireName};
use crate::limits::Limits;
use crate::pointer::Pointer;

impl Lower<'_> {
    pub(super) fn object(&mut self, id: SchemaId, hint: &[String]) -> Shape {
        if let Some(union) = self.adjacent_union(id, hint) {
            return union;
        }
        self.note_implied_type(id);
        let schema = self.schema(id);
        let fields = self.fields(schema, hint).collect();
        Shape::Object(Object { fields, additional: self.additional(schema, hint) })
    }

    /// The properties of an object.
    pub(super) fn fields(
        &mut self,
        schema: &Schema,
        hint: &[String],
    ) -> impl Iterator<Item = Field> {
        schema.properties.iter().map_while(|(name, property)| {
            if !self.count_property(&schema.at) {
                return None;
            }
            let required = schema.required.contains(name);
            if let Some((ty, constant)) = self.constant(*property, required) {
                let field = self.field(name, *property, ty, false, required);
                return Some(with_constant(field, constant));
            }
            let usage = self.usage(*property, &with(hint, name));
            Some(self.field(name, *property, usage.ty, usage.nullable, required))
        })
    }

    /// Counts a property of an object of the crate. Returns whether there may be another one. `at` is
    /// the schema that the object is made of.
    pub(super) fn count_property(&mut self, at: &Pointer) -> bool {
        if self.is_at_limit() {
            return false;
        }
        self.diagnostics.steps().record(1);
        let most = self.diagnostics.steps().limits().properties;
        let used = &mut self.diagnostics.used.0.properties;
        *used += 1;
        if *used <= most {
            return true;
        }
        let message = format!(
            "the objects of the crate have more than {most} properties: a schema that is combined of \
             others has all of theirs"
        );
        self.diagnostics.abort(at, (message, Limits::help("properties", most)));
        false
    }

    /// A property, by its type and by what its schema says.
    pub(super) fn field(
        &self,
        name: &str,
        id: SchemaId,
        ty: Type,
        nullable: bool,
        required: bool,
    ) -> Field {
        let schema = self.schema(id);
        let docs = match schema.reference {
            Some(_) => Docs::default(),
            None => notes::docs(schema, false),
        };
        Field {
            wire: WireName(name.to_owned()),
            number: MemberId::default(),
            ty,
            required,
            nullable,
            read_only: self.is_read_only(id),
            write_only: self.is_write_only(id),
            deprecated: schema.deprecated,
            constant: None,
            docs,
        }
    }

    /// Returns whether a property is `readOnly`. The keyword may stand where the schema is used, and where
    /// it is declared.
    pub(super) fn is_read_only(&self, id: SchemaId) -> bool {
        self.schema(id).read_only || self.document.schemas.resolved(id).read_only
    }

    /// Returns whether a property is `writeOnly`.
    pub(super) fn is_write_only(&self, id: SchemaId) -> bool {
        self.schema(id).write_only || self.document.schemas.resolved(id).write_only
    }

    /// The type of the component that a schema is or refers to.
    pub(super) fn of_component(&self, id: SchemaId) -> Option<Type> {
        let resolved = self.resolved(id);
        let known = self.by_schema.get(&resolved)?;
        self.schema(resolved).component.is_some().then_some(Type::Named(*known))
    }

    /// The only value of a property that must be there, and its type. A component keeps the type that
    /// it has anyway; any other value needs none of its own, so that a string is just that.
    pub(super) fn constant(&mut self, id: SchemaId, required: bool) -> Option<(Type, Value)> {
        let end = self.end_of_references(id);
        let schema = self.schema(end);
        let is_plain = schema.all_of.is_empty()
            && schema.alternatives().next().is_none()
            && schema.tagged_by.is_none()
            && !schema.has_not;
        let [only] = schema.enumeration.as_slice() else { return None };
        if !required || !is_plain || self.is_nullable(id) {
            return None;
        }
        let plain = match (schema.ty?, only) {
            (SchemaType::String, Value::String(_))
                if string_format(schema) == StringFormat::Plain =>
            {
                Type::TEXT
            }
            (SchemaType::Boolean, Value::Bool(_)) => Type::Boolean,
            (SchemaType::Integer, Value::Number(number)) if number.as_i64().is_some() => {
                Some(integer(schema)).filter(|ty| matches!(ty, Type::Integer(_)))?
            }
            _ => return None,
        };
        self.note_implied_type(end);
        Some((self.of_component(id).unwrap_or(plain), only.clone()))
    }
}

/// A property with its only value. Where it has the type of a component, that says which it is.
pub(super) fn with_constant(mut field: Field, constant: Value) -> Field {
    if field.ty == Type::TEXT {
        field.docs.notes.insert(0, Note::Values(vec![constant.clone()]));
    }
    field.constant = Some(constant);
    field
}
