//! Unions, by what tells their variants apart.

use openapiv3::{ObjectType, ReferenceOr, Schema};
use serde_json::Value;

use super::Lower;
use super::schema::keyword;
use crate::ir::{
    Docs, Enum, Field, Ident, Object, Shape, Tagging, Type, TypeId, Union, UnionVariant, WireName,
};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// `oneOf` or `anyOf`: with a discriminator a union, without one a free value.
    pub(super) fn union(
        &mut self,
        schema: &Schema,
        members: &[ReferenceOr<Schema>],
        at: &Pointer,
        hint: &[String],
    ) -> Shape {
        let Some(discriminator) = &schema.schema_data.discriminator else {
            let construct = format!("`{}` without a discriminator", keyword(schema));
            self.diagnostics.unsupported(at, &construct, "any value is accepted");
            return Shape::Alias(Type::Any);
        };
        let mut variants: Vec<UnionVariant> = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let at = at.join(keyword(schema)).join(index);
            let ReferenceOr::Reference { reference } = member else {
                self.diagnostics.unsupported(
                    &at,
                    "an inline schema under a discriminator",
                    "any value is accepted",
                );
                return Shape::Alias(Type::Any);
            };
            let ty = self.usage(member, &at, hint).ty;
            let name = reference.rsplit('/').next().unwrap_or_default();
            let mapped =
                discriminator.mapping.iter().filter(|(_, to)| *to == reference || *to == name);
            let mut tags: Vec<String> = mapped.map(|(tag, _)| tag.clone()).collect();
            if tags.is_empty() {
                // Without a mapping the name of the component is the tag
                // (OpenAPI 3.0, Discriminator Object).
                tags.push(name.to_owned());
            }
            variants.push(UnionVariant { tags, rust: Ident::default(), ty });
        }
        let tag = WireName(discriminator.property_name.clone());
        Shape::Union(Union { tagging: Tagging::Internal { tag }, variants })
    }

    /// An object whose properties are a tag and what the tag chooses (`x-tagged-by`).
    pub(super) fn adjacent_union(
        &mut self,
        object: &ObjectType,
        at: &Pointer,
        hint: &[String],
    ) -> Option<Shape> {
        let (content, tagged_by) = object.properties.iter().find_map(|(name, schema)| {
            let schema = schema.as_item()?;
            Some((name, schema.schema_data.extensions.get("x-tagged-by")?))
        })?;
        let content_at = at.join("properties").join(content);
        let extension_at = content_at.join("x-tagged-by");
        let (tag, mapping) = self.tagged_by(tagged_by, object, &extension_at)?;
        if object.properties.len() != 2 {
            self.diagnostics.unsupported(
                &extension_at,
                "`x-tagged-by` in an object with further properties",
                "the tag chooses nothing",
            );
            return None;
        }
        let tag_schema = object.properties.get(tag.as_str())?;
        let tag_at = at.join("properties").join(&tag);
        let required = |name: &String| object.required.contains(name);
        let tag_field = self.field(&tag, tag_schema, &tag_at, hint, required(&tag));
        self.compare_with_tag(&tag_field.ty, &mapping, &extension_at);
        let other = self.reserve(at, [&["Other".to_owned()], hint].concat(), false);
        let content_field = Field {
            ty: Type::Any,
            nullable: true,
            ..self.content_field(content, object, &content_at, hint)
        };
        if let Some(def) = self.types.get_mut(other.0) {
            let name = hint.join(" ");
            let summary =
                format!("What `{name}` holds when its tag does not say what the rest is.");
            def.docs = Docs { summary: Some(summary), ..Docs::default() };
            let fields = vec![tag_field, content_field];
            def.shape = Shape::Object(Object { fields, additional: Type::Any });
        }
        let tagging =
            Tagging::Adjacent { tag: WireName(tag), content: WireName(content.clone()), other };
        Some(Shape::Union(Union { tagging, variants: variants(mapping) }))
    }

    /// The content as a property, without lowering its schema: it is free when nothing else fits.
    fn content_field(
        &mut self,
        content: &str,
        object: &ObjectType,
        at: &Pointer,
        hint: &[String],
    ) -> Field {
        let free = ReferenceOr::Item(Box::new(Schema {
            schema_data: match object.properties.get(content) {
                Some(ReferenceOr::Item(schema)) => schema.schema_data.clone(),
                Some(ReferenceOr::Reference { .. }) | None => Default::default(),
            },
            schema_kind: openapiv3::SchemaKind::Any(Default::default()),
        }));
        self.field(content, &free, at, hint, object.required.iter().any(|name| name == content))
    }

    /// Reads `x-tagged-by`: the property with the tag, and the types by tags.
    fn tagged_by(
        &mut self,
        extension: &Value,
        object: &ObjectType,
        at: &Pointer,
    ) -> Option<(String, Vec<(String, Type)>)> {
        let tag = extension.get("propertyName").and_then(Value::as_str);
        let Some(tag) = tag.filter(|tag| object.properties.contains_key(*tag)) else {
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
        let Some(def) = self.parsed_enum(*id) else {
            return;
        };
        for (value, _) in mapping.iter().filter(|(value, _)| !def.contains(value)) {
            self.fault(
                &at.join("mapping").join(value),
                &format!("`{value}` is no value of the tag"),
            );
        }
        for value in def.iter().filter(|value| !mapping.iter().any(|(tag, _)| tag == *value)) {
            self.fault(at, &format!("the tag can be `{value}`, which the mapping does not have"));
        }
    }

    /// The values of an enum, which may not be lowered yet.
    fn parsed_enum(&self, id: TypeId) -> Option<Vec<String>> {
        let def = self.types.get(id.0)?;
        if let Shape::Enum(Enum { variants }) = &def.shape {
            return Some(variants.iter().map(|variant| variant.wire.0.clone()).collect());
        }
        let values = def.at.find(&self.parsed.root)?.get("enum")?.as_array()?;
        Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

/// One variant for each tag, even if two have the same type: nothing else tells them apart.
fn variants(mapping: Vec<(String, Type)>) -> Vec<UnionVariant> {
    let variant = |(tag, ty)| UnionVariant { tags: vec![tag], rust: Ident::default(), ty };
    mapping.into_iter().map(variant).collect()
}
