//! Objects in which one property says what another one holds (`x-tagged-by`).

use serde_json::Value;

use super::Lower;
use super::schema::with;
use crate::ir::{
    Docs, Enum, Field, Ident, Object, Shape, Tagging, Test, Type, TypeId, Union, UnionVariant,
    WireName,
};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// An object whose properties are a tag and what the tag chooses.
    pub(super) fn adjacent_union(&mut self, at: &Pointer, hint: &[String]) -> Option<Shape> {
        let schema = self.parsed.schema(at);
        let content = schema.properties().find(|name| {
            self.parsed.schema(&at.join("properties").join(name)).get("x-tagged-by").is_some()
        })?;
        let content = content.clone();
        let is_pair = schema.properties().count() == 2;
        let extension_at = at.join("properties").join(&content).join("x-tagged-by");
        let (tag, mapping) = self.tagged_by(at, &extension_at)?;
        if !is_pair {
            self.diagnostics.unsupported(
                &extension_at,
                "`x-tagged-by` in an object with further properties",
                "the tag chooses nothing",
            );
            return None;
        }
        let tag_at = at.join("properties").join(&tag);
        let usage = self.usage(&tag_at, &with(hint, &tag));
        let tag_field =
            self.field(&tag, &tag_at, usage.ty, usage.nullable, self.requires(at, &tag));
        self.compare_with_tag(&tag_field.ty, &mapping, &extension_at);
        let content_at = at.join("properties").join(&content);
        let content_field =
            self.field(&content, &content_at, Type::Any, true, self.requires(at, &content));
        let other = self.other(at, hint, vec![tag_field, content_field]);
        let tagging =
            Tagging::Adjacent { tag: WireName(tag.clone()), content: WireName(content), other };
        let variants = mapping.into_iter().map(|(value, ty)| UnionVariant {
            // One variant for each tag, even if two have the same type: nothing else tells them
            // apart.
            test: Test::Tag(WireName(tag.clone()), vec![value]),
            rust: Ident::default(),
            ty,
        });
        Some(Shape::Union(Union { tagging, variants: variants.collect() }))
    }

    fn requires(&self, at: &Pointer, name: &str) -> bool {
        self.parsed.schema(at).required().any(|required| required == name)
    }

    /// The object that holds tag and content when no variant fits.
    fn other(&mut self, at: &Pointer, hint: &[String], fields: Vec<Field>) -> TypeId {
        let name = hint.join(" ");
        let summary = format!("What `{name}` holds when its tag does not say what the rest is.");
        let docs = Docs { summary: Some(summary), ..Docs::default() };
        let shape = Shape::Object(Object { fields, additional: Type::Any });
        self.declare(at, [&["Other".to_owned()], hint].concat(), docs, shape)
    }

    /// Reads `x-tagged-by`: the property with the tag, and the types by tags.
    fn tagged_by(
        &mut self,
        object: &Pointer,
        at: &Pointer,
    ) -> Option<(String, Vec<(String, Type)>)> {
        let extension = at.find(&self.parsed.root)?;
        let tag = extension.get("propertyName").and_then(Value::as_str);
        let has = |tag: &&str| self.parsed.schema(object).properties().any(|name| name == tag);
        let Some(tag) = tag.filter(has) else {
            self.fault(
                at,
                "`x-tagged-by` must have a `propertyName` that is a property beside this one",
            );
            return None;
        };
        let Some(Value::Object(mapping)) = extension.get("mapping") else {
            self.fault(at, "`x-tagged-by` must have a `mapping` from tags to references");
            return None;
        };
        let mut types = Vec::new();
        for (value, reference) in mapping {
            let target = reference
                .as_str()
                .and_then(|reference| Pointer::parse(reference.strip_prefix('#')?));
            match target.and_then(|target| self.by_pointer.get(&target).copied()) {
                Some(id) => types.push((value.clone(), Type::Named(id))),
                None => self.fault(
                    &at.join("mapping").join(value),
                    &format!("{reference} is no reference to a component schema"),
                ),
            }
        }
        Some((tag.to_owned(), types))
    }

    /// Tags that the enum does not have, and values of the enum that are no tags.
    fn compare_with_tag(&mut self, tag: &Type, mapping: &[(String, Type)], at: &Pointer) {
        let Type::Named(id) = tag else {
            return;
        };
        let Some(values) = self.values(*id) else {
            return;
        };
        for (value, _) in mapping.iter().filter(|(value, _)| !values.contains(value)) {
            self.fault(
                &at.join("mapping").join(value),
                &format!("`{value}` is no value of the tag"),
            );
        }
        for value in values.iter().filter(|value| !mapping.iter().any(|(tag, _)| tag == *value)) {
            self.fault(at, &format!("the tag can be `{value}`, which the mapping does not have"));
        }
    }

    /// The values of an enum, which may not be lowered yet.
    fn values(&self, id: TypeId) -> Option<Vec<String>> {
        let def = self.types.get(id.0)?;
        if let Shape::Enum(Enum { variants }) = &def.shape {
            return Some(variants.iter().map(|variant| variant.wire.0.clone()).collect());
        }
        let values = self.parsed.schema(&def.at).enumeration();
        (!values.is_empty())
            .then(|| values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}
