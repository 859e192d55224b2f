//! Objects.

use super::schema::with;
use super::{Lower, notes};
use crate::document::{Schema, SchemaId};
use crate::ir::{Docs, Field, MemberId, Object, Shape, Type, WireName};
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
            let usage = self.usage(*property, &with(hint, name));
            let required = schema.required.contains(name);
            Some(self.field(name, *property, usage.ty, usage.nullable, required))
        })
    }

    /// Counts a property of an object of the crate. Returns whether there may be another one. `at` is
    /// the schema that the object is made of.
    pub(super) fn count_property(&mut self, at: &Pointer) -> bool {
        if self.is_at_limit() {
            return false;
        }
        self.diagnostics.steps().spend(1);
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
        self.diagnostics.cut_short(at, (message, Limits::help("properties", most)));
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
        // What only one direction has can be said where the schema is, and where it is used.
        let end = self.document.schemas.resolved(id);
        Field {
            wire: WireName(name.to_owned()),
            number: MemberId::default(),
            ty,
            required,
            nullable,
            read_only: schema.read_only || end.read_only,
            write_only: schema.write_only || end.write_only,
            deprecated: schema.deprecated,
            docs,
        }
    }
}
