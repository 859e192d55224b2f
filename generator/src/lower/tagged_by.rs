//! Objects in which one property says what another one holds (`x-tagged-by`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lower;
use super::schema::with;
use crate::document::{Schema, SchemaId, TaggedBy};
use crate::ir::{
    Docs, Enum, Field, MemberId, Object, Shape, Tagging, Test, Type, TypeId, Union, UnionVariant,
    WireName,
};
use crate::parse::MISSING_TAG_PROPERTY;

impl Lower<'_> {
    /// Returns an object that consists of a tag and the content that the tag selects.
    pub(super) fn adjacent_union(&mut self, id: SchemaId, hint: &[String]) -> Option<Shape> {
        let schema = self.schema(id);
        let (content, tagged_by) = schema.properties.iter().find_map(|(name, property)| {
            Some((name, self.document.schemas.resolved(*property).tagged_by.as_ref()?))
        })?;
        let Some((tag, tag_id)) = schema.properties.get_key_value(&tagged_by.property_name) else {
            self.fault(&tagged_by.at, MISSING_TAG_PROPERTY);
            return None;
        };
        if schema.properties.len() != 2 {
            self.diagnostics.unsupported(
                &tagged_by.at,
                "`x-tagged-by` in an object with further properties",
                "the tag chooses nothing",
            );
            return None;
        }
        let usage = self.usage(*tag_id, &with(hint, tag));
        let required = schema.required.contains(tag);
        let tag_field = self.field(tag, *tag_id, usage.ty, usage.nullable, required);
        self.compare_with_tag(&tag_field.ty, tagged_by);
        let content_field = self.content_field(schema, content);
        let other = self.other(id, hint, vec![tag_field, content_field]);
        let tagging = Tagging::Adjacent {
            tag: WireName(tag.clone()),
            content: WireName(content.clone()),
            other,
        };
        let variants = tagged_by.mapping.iter().map(|(value, target)| UnionVariant {
            // One variant for each tag, even if two have the same type: nothing else distinguishes
            // them.
            test: Test::Tag(WireName(tag.clone()), vec![value.clone()]),
            number: MemberId::default(),
            ty: self.usage(*target, hint).ty,
        });
        let variants = variants.collect();
        Some(Shape::Union(Union { tagging, variants }))
    }

    /// Returns the property with the content, which is any value if no variant matches.
    fn content_field(&self, schema: &Schema, name: &String) -> Field {
        let required = schema.required.contains(name);
        match schema.properties.get(name) {
            Some(id) => self.field(name, *id, Type::Any, true, required),
            None => unreachable!("the name comes from the properties: {name}"),
        }
    }

    /// Returns the object with tag and content for tags that no variant has.
    fn other(&mut self, id: SchemaId, hint: &[String], fields: Vec<Field>) -> TypeId {
        let name = hint.join(" ");
        let summary = format!("What `{name}` holds when its tag does not say what the rest is.");
        let docs = Docs { summary: Some(summary), ..Docs::default() };
        let shape = Shape::Object(Object { fields, additional: Type::Any });
        self.declare(id, [&["Other".to_owned()], hint].concat(), docs, shape)
    }

    /// Reports tags that the enum does not have, and values of the enum that are no tags.
    fn compare_with_tag(&mut self, tag: &Type, tagged_by: &TaggedBy) {
        let Type::Named(id) = tag else { return };
        let Some(values) = self.values(*id) else { return };
        let TaggedBy { at, mapping, .. } = tagged_by;
        for (value, _) in mapping.iter().filter(|(value, _)| !values.contains(value)) {
            let message = format!("`{value}` is not a value of the tag");
            self.fault(&at.join("mapping").join(value), &message);
        }
        let tags: BTreeSet<&String> = mapping.iter().map(|(tag, _)| tag).collect();
        for value in values.iter().filter(|value| !tags.contains(value)) {
            self.fault(at, &format!("the tag can be `{value}`, which the mapping does not have"));
        }
    }

    /// Returns the values of an enum, which may not have been lowered yet.
    fn values(&self, id: TypeId) -> Option<BTreeSet<String>> {
        let def = self.types.get(id.0)?;
        if let Shape::Enum(Enum { variants }) = &def.shape {
            return Some(variants.iter().map(|variant| variant.wire.0.clone()).collect());
        }
        let values = &self.schema(*self.schema_of.get(&id)?).enumeration;
        (!values.is_empty())
            .then(|| values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}
