//! What can be told of a value from outside: which types of JSON it can have, and which properties.
//!
//! Unions are decided by it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Lower;
use crate::document::{Schema, SchemaId, SchemaType};
use crate::ir::JsonType;

/// What values of a schema look like.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Profile {
    /// The types of JSON that they can have. None says that they can be anything.
    pub(super) types: BTreeSet<JsonType>,
    /// The properties that all have.
    pub(super) required: BTreeSet<String>,
    /// The properties that some have.
    pub(super) properties: BTreeSet<String>,
    /// The properties that have one of a few values.
    pub(super) tags: BTreeMap<String, BTreeSet<Constant>>,
}

/// A value that a schema lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    Text(String),
    Number(i64),
}

impl Constant {
    fn new(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl Profile {
    /// What is true of values that fit both.
    pub(super) fn and(mut self, other: Self) -> Self {
        if self.types.is_empty() {
            self.types = other.types;
        } else if !other.types.is_empty() {
            self.types.retain(|ty| other.types.contains(ty));
        }
        self.required.extend(other.required);
        self.properties.extend(other.properties);
        self.tags.extend(other.tags);
        self
    }

    /// What is true of values that fit one of them.
    fn or(mut self, other: Self) -> Self {
        if self.types.is_empty() || other.types.is_empty() {
            return Self::default();
        }
        self.types.extend(other.types);
        self.required.retain(|name| other.required.contains(name));
        self.properties.extend(other.properties);
        self.tags.retain(|name, _| other.tags.contains_key(name));
        for (name, values) in other.tags {
            if let Some(known) = self.tags.get_mut(&name) {
                known.extend(values);
            }
        }
        self
    }
}

impl Lower<'_> {
    /// The profile of a schema, through references.
    pub(super) fn profile(&self, id: SchemaId) -> Profile {
        if let Some(known) = self.profiles.borrow().get(&id) {
            return known.clone();
        }
        let profile = self.profile_of(id, &mut BTreeMap::new());
        self.profiles.borrow_mut().insert(id, profile.clone());
        profile
    }

    /// `known` is what has been found out on the way here, and nothing for what is part of itself.
    fn profile_of(&self, id: SchemaId, known: &mut BTreeMap<SchemaId, Profile>) -> Profile {
        let id = self.end_of_references(id);
        if let Some(known) = known.get(&id) {
            return known.clone();
        }
        known.insert(id, Profile::default());
        let schema = self.schema(id);
        let mut profile = self.own_profile(schema);
        for part in &schema.all_of {
            profile = profile.and(self.profile_of(*part, known));
        }
        if let Some(keyword) = self.union_keyword(id) {
            let members =
                schema.subschemas(keyword).iter().filter(|member| !self.is_null(**member));
            let profiles = members.map(|member| self.profile_of(*member, known));
            if let Some(either) = profiles.reduce(Profile::or) {
                profile = profile.and(either);
            }
        }
        known.insert(id, profile.clone());
        profile
    }

    pub(super) fn own_profile(&self, schema: &Schema) -> Profile {
        let mut profile = Profile::default();
        if !self.has_no_content(schema) {
            profile.types.extend(schema.ty.map(json_type));
        }
        profile.required.extend(schema.required.iter().cloned());
        for (name, property) in &schema.properties {
            profile.properties.insert(name.clone());
            let constants = self.constants(*property);
            if !constants.is_empty() {
                profile.tags.insert(name.clone(), constants);
            }
        }
        profile
    }

    /// The strings that a schema allows, if it allows only those.
    pub(super) fn texts(&self, id: SchemaId) -> BTreeSet<String> {
        let constants = self.constants(id).into_iter();
        let texts = constants.map(|constant| match constant {
            Constant::Text(text) => Some(text),
            Constant::Number(_) => None,
        });
        texts.collect::<Option<_>>().unwrap_or_default()
    }

    /// The strings and numbers that a schema allows, if it allows only those.
    fn constants(&self, id: SchemaId) -> BTreeSet<Constant> {
        let mut id = self.end_of_references(id);
        let mut passed = BTreeSet::new();
        while let [only] = self.schema(id).all_of.as_slice()
            && self.schema(id).enumeration.is_empty()
            && passed.insert(id)
        {
            id = self.end_of_references(*only);
        }
        self.schema(id).enum_values().map(Constant::new).collect::<Option<_>>().unwrap_or_default()
    }

    /// Whether a schema allows null and nothing else.
    pub(super) fn is_null(&self, id: SchemaId) -> bool {
        let schema = self.document.schemas.resolved(id);
        let values = &schema.enumeration;
        let only_null = !values.is_empty() && values.iter().all(Value::is_null);
        only_null || (schema.nullable && values.is_empty() && !self.has_shape(id))
    }
}

pub(super) fn json_type(ty: SchemaType) -> JsonType {
    match ty {
        SchemaType::String => JsonType::String,
        SchemaType::Number => JsonType::Number,
        SchemaType::Integer => JsonType::Integer,
        SchemaType::Boolean => JsonType::Boolean,
        SchemaType::Array => JsonType::Array,
        SchemaType::Object => JsonType::Object,
    }
}
