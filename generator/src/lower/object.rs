//! Objects.

use super::schema::with;
use super::{Lower, notes};
use crate::ir::{Docs, Field, Ident, Object, Shape, Type, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    pub(super) fn object(&mut self, at: &Pointer, hint: &[String]) -> Shape {
        if let Some(union) = self.adjacent_union(at, hint) {
            return union;
        }
        let schema = self.parsed.schema(at);
        let names: Vec<String> = schema.properties().cloned().collect();
        let required: Vec<String> = schema.required().map(str::to_owned).collect();
        let below = at.join("properties");
        let fields = names.iter().map(|name| {
            let ty = self.usage(&below.join(name), &with(hint, name));
            self.field(name, &below.join(name), ty.ty, ty.nullable, required.contains(name))
        });
        let fields = fields.collect();
        Shape::Object(Object { fields, additional: self.additional(at, hint) })
    }

    /// A property, by its type and by what its schema says.
    pub(super) fn field(
        &self,
        name: &str,
        at: &Pointer,
        ty: Type,
        nullable: bool,
        required: bool,
    ) -> Field {
        let schema = self.parsed.schema(at);
        let docs = match schema.reference() {
            Some(_) => Docs::default(),
            None => notes::docs(schema, false),
        };
        // What only one direction has can be said where the schema is, and where it is used.
        let end = self.parsed.schema(&self.end_of_references(at));
        Field {
            wire: WireName(name.to_owned()),
            rust: Ident::default(),
            ty,
            required,
            nullable,
            read_only: schema.flag("readOnly") || end.flag("readOnly"),
            write_only: schema.flag("writeOnly") || end.flag("writeOnly"),
            deprecated: schema.flag("deprecated"),
            docs,
        }
    }
}
