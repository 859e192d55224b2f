//! The schemas of a document, each read once.
//!
//! Takes the places of schemas in any order and hands out their ids at once; [`Reader::finish`] reads
//! what stands there, and whatever that refers to, until nothing is left. No step follows a schema
//! into another one, so the depth of a document does not matter.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use super::extension::tagged_by;
use crate::diagnostics::Diagnostics;
use crate::document::{
    Combination, Discriminator, Facts, Items, Limits as ValueLimits, Schema, SchemaId, SchemaType,
    Schemas,
};
use crate::limits::Limits;
use crate::metamodel::{Kind, Shape};
use crate::pointer::Pointer;

/// The keywords that are prose, or examples of what the prose says.
const PROSE: [&str; 5] = ["title", "description", "example", "examples", "externalDocs"];

/// Reads schemas.
pub(super) struct Reader<'d> {
    root: &'d Value,
    ids: IndexMap<Pointer, SchemaId>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(root: &'d Value) -> Self {
        Self { root, ids: IndexMap::new() }
    }

    /// The id of the schema at a place. Where there is none, it is one that says nothing.
    pub(super) fn id(&mut self, at: Pointer) -> SchemaId {
        let next = SchemaId(self.ids.len());
        *self.ids.entry(at).or_insert(next)
    }

    /// Whether something stands at a place.
    pub(super) fn has(&self, at: &Pointer) -> bool {
        at.find(self.root).is_some()
    }

    /// Reads all schemas that have an id, and those that they refer to.
    pub(super) fn finish(mut self, diagnostics: &mut Diagnostics) -> Schemas {
        let mut schemas = Schemas::default();
        let mut own = Vec::new();
        while let Some((at, _)) = self.ids.get_index(schemas.all.len()) {
            let at = at.clone();
            let object = at.find(self.root).and_then(Value::as_object);
            let id = SchemaId(schemas.all.len());
            // Ids have been handed out, so that each schema is read, however many there are.
            diagnostics.steps().record(1 + object.map_or(0, Map::len));
            own.push(object.map(own_facts).unwrap_or_default());
            schemas.all.push(self.schema(id, at, object, diagnostics));
        }
        end_references(&mut schemas);
        gather_facts(&mut schemas, &own);
        limit_combinations(&schemas, diagnostics);
        schemas
    }

    fn schema(
        &mut self,
        id: SchemaId,
        at: Pointer,
        object: Option<&Map<String, Value>>,
        diagnostics: &mut Diagnostics,
    ) -> Schema {
        let nothing = Map::new();
        let read = Keywords(object.unwrap_or(&nothing));
        let reference = read.string("$ref").and_then(|target| target.strip_prefix('#'));
        let reference = reference.and_then(Pointer::parse).map(|target| self.id(target));
        let enumeration = read.array("enum").to_vec();
        let (ty, implied_by) = read.ty();
        Schema {
            component: component_name(&at),
            reference,
            end: reference.unwrap_or(id),
            facts: Facts(0),
            ty,
            implied_by,
            format: read.owned("format"),
            properties: self.properties(read, &at),
            required: read
                .array("required")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            additional_properties: read
                .get("additionalProperties")
                .filter(|value| value.is_object())
                .map(|_| self.id(at.join("additionalProperties"))),
            items: self.items(read, &at),
            prefix_items: self.members(read, "x-prefix-items", &at),
            all_of: self.members(read, Combination::AllOf.keyword(), &at),
            one_of: self.members(read, Combination::OneOf.keyword(), &at),
            any_of: self.members(read, Combination::AnyOf.keyword(), &at),
            has_not: read.get("not").is_some(),
            discriminator: self.discriminator(read),
            nullable: read.flag("nullable") || enumeration.contains(&Value::Null),
            enumeration,
            read_only: read.flag("readOnly"),
            write_only: read.flag("writeOnly"),
            deprecated: read.flag("deprecated"),
            title: read.owned("title"),
            description: read.owned("description"),
            default: read.get("default").cloned(),
            example: read.get("example").cloned(),
            external_docs: read
                .get("externalDocs")
                .and_then(|docs| serde_json::from_value(docs.clone()).ok()),
            limits: read.limits(),
            tagged_by: tagged_by::read(read.0, &at, self, diagnostics),
            at,
        }
    }

    fn properties(&mut self, read: Keywords<'_>, at: &Pointer) -> IndexMap<String, SchemaId> {
        let below = at.join("properties");
        let properties = read.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties.map(|(name, _)| (name.clone(), self.id(below.join(name)))).collect()
    }

    fn items(&mut self, read: Keywords<'_>, at: &Pointer) -> Items {
        match read.get("items") {
            None => Items::Any,
            Some(items) if items.get("x-never").is_some() => Items::Closed,
            Some(_) => Items::Schema(self.id(at.join("items"))),
        }
    }

    fn members(&mut self, read: Keywords<'_>, keyword: &str, at: &Pointer) -> Vec<SchemaId> {
        at.items(keyword, read.array(keyword).len()).map(|member| self.id(member)).collect()
    }

    fn discriminator(&mut self, read: Keywords<'_>) -> Option<Discriminator> {
        let discriminator = read.get("discriminator")?;
        let property_name = discriminator.get("propertyName")?.as_str()?.to_owned();
        let mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapping = mapping.filter_map(|(tag, target)| {
            let target = target.as_str()?;
            let target = match target.strip_prefix('#') {
                Some(fragment) => Pointer::parse(fragment)?,
                // A name instead of a reference.
                None => components().join(target),
            };
            Some((tag.clone(), self.id(target)))
        });
        Some(Discriminator { property_name, mapping: mapping.collect() })
    }
}

/// Where the component schemas stand.
pub(super) fn components() -> Pointer {
    Pointer::root().join("components").join("schemas")
}

/// The name of the component that stands at a place.
fn component_name(at: &Pointer) -> Option<String> {
    match at.tokens() {
        [components, schemas, name] if components == "components" && schemas == "schemas" => {
            Some(name.clone())
        }
        _ => None,
    }
}

/// A Schema Object, whose keywords are read one by one.
#[derive(Clone, Copy)]
struct Keywords<'o>(&'o Map<String, Value>);

impl<'o> Keywords<'o> {
    fn get(self, keyword: &str) -> Option<&'o Value> {
        self.0.get(keyword)
    }

    fn string(self, keyword: &str) -> Option<&'o str> {
        self.get(keyword).and_then(Value::as_str)
    }

    fn owned(self, keyword: &str) -> Option<String> {
        self.string(keyword).map(str::to_owned)
    }

    fn flag(self, keyword: &str) -> bool {
        self.get(keyword) == Some(&Value::Bool(true))
    }

    fn array(self, keyword: &str) -> &'o [Value] {
        self.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The type that the schema names, or else the one that its keywords are about, with the keyword.
    fn ty(self) -> (Option<SchemaType>, Option<&'static str>) {
        let named = self.string("type").and_then(SchemaType::of);
        if let Some(ty) = named.or_else(|| self.type_of_values()) {
            return (Some(ty), None);
        }
        match self.implied_type() {
            Some((ty, keyword)) => (Some(ty), Some(keyword)),
            None => (None, None),
        }
    }

    fn implied_type(self) -> Option<(SchemaType, &'static str)> {
        let has = |keyword: &&str| match *keyword {
            "additionalProperties" => self.get(keyword).is_some_and(Value::is_object),
            keyword => self.0.contains_key(keyword),
        };
        let find = |keywords: &[&'static str]| keywords.iter().copied().find(has);
        let object = || find(&["properties", "additionalProperties"]);
        let array = || find(&["items", "x-prefix-items"]);
        let string = || find(&["pattern", "maxLength", "minLength"]);
        (object().map(|keyword| (SchemaType::Object, keyword)))
            .or_else(|| array().map(|keyword| (SchemaType::Array, keyword)))
            .or_else(|| string().map(|keyword| (SchemaType::String, keyword)))
    }

    /// The type that all values of an enum have.
    fn type_of_values(self) -> Option<SchemaType> {
        let values = self.array("enum");
        let all = |is: fn(&Value) -> bool| {
            values.iter().any(is) && values.iter().all(|value| is(value) || value.is_null())
        };
        if all(Value::is_string) {
            return Some(SchemaType::String);
        }
        if all(|value| value.is_i64() || value.is_u64()) {
            return Some(SchemaType::Integer);
        }
        if all(Value::is_number) {
            return Some(SchemaType::Number);
        }
        all(Value::is_boolean).then_some(SchemaType::Boolean)
    }

    fn limits(self) -> ValueLimits {
        let limit = |keyword: &str| self.get(keyword).cloned();
        ValueLimits {
            min_length: limit("minLength"),
            max_length: limit("maxLength"),
            pattern: limit("pattern"),
            minimum: limit("minimum"),
            exclusive_minimum: self.flag("exclusiveMinimum"),
            maximum: limit("maximum"),
            exclusive_maximum: self.flag("exclusiveMaximum"),
            multiple_of: limit("multipleOf"),
            min_items: limit("minItems"),
            max_items: limit("maxItems"),
            unique_items: self.flag("uniqueItems"),
            min_properties: limit("minProperties"),
            max_properties: limit("maxProperties"),
        }
    }
}

/// Finds the end of each chain of references. Each is followed once.
fn end_references(schemas: &mut Schemas) {
    let mut is_known = vec![false; schemas.all.len()];
    for start in 0..schemas.all.len() {
        let mut chain = IndexSet::new();
        let mut at = SchemaId(start);
        let end = loop {
            if is_known.get(at.0) == Some(&true) {
                break schemas[at].end;
            }
            match schemas[at].reference {
                Some(next) if chain.insert(at) => at = next,
                Some(_) | None => break at,
            }
        };
        for id in chain.into_iter().chain([at]) {
            if let (Some(schema), Some(known)) = (schemas.all.get_mut(id.0), is_known.get_mut(id.0))
            {
                schema.end = end;
                *known = true;
            }
        }
    }
}

/// Reports schemas that are combined of schemas that are combined of others again and again. Each is
/// taken apart by itself, so that as many that lead to one another cost as much as their number squared.
fn limit_combinations(schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let most = diagnostics.steps().limits().references;
    let mut lengths: Vec<Option<u64>> = vec![None; schemas.all.len()];
    for start in 0..schemas.all.len() {
        let Err(id) = combinations(schemas, SchemaId(start), most, &mut lengths) else { continue };
        let message = format!(
            "the schema is combined of a schema, which is combined of another, more than {most} times"
        );
        let help = Limits::help("references", most);
        return diagnostics.abort(&schemas[id].at, (message, help));
    }
    let used = &mut diagnostics.used.0.references;
    *used = lengths.into_iter().flatten().max().unwrap_or_default().max(*used);
}

/// How many schemas a schema is combined of one after another, at most; one that it is part of counts
/// as none. The error is a schema that is too far from the first.
fn combinations(
    schemas: &Schemas,
    id: SchemaId,
    left: u64,
    lengths: &mut [Option<u64>],
) -> Result<u64, SchemaId> {
    let id = schemas.end(id);
    if let Some(Some(known)) = lengths.get(id.0) {
        return if *known > left { Err(id) } else { Ok(*known) };
    }
    let Some(length) = lengths.get_mut(id.0) else { return Ok(0) };
    *length = Some(0);
    let mut longest = 0;
    for member in schemas[id].all_members() {
        // What stands inside of the schema is as deep as the document, which has its own limit.
        let hop = u64::from(schemas[member].reference.is_some());
        let left = left.checked_sub(hop).ok_or(id)?;
        longest = longest.max(hop + combinations(schemas, member, left, lengths)?);
    }
    if let Some(length) = lengths.get_mut(id.0) {
        *length = Some(longest);
    }
    Ok(longest)
}

/// What a schema says by itself: everything but prose. Null stands for the schemas in it.
fn own_facts(object: &Map<String, Value>) -> String {
    let own: Map<String, Value> = object
        .iter()
        .filter(|(key, _)| !PROSE.contains(&key.as_str()))
        .map(|(key, value)| {
            let is_read = key != "not" && Kind::Schema.shape(key).is_some_and(holds_schemas);
            let own = if is_read && !value.is_boolean() { Value::Null } else { value.clone() };
            (key.clone(), own)
        })
        .collect();
    Value::Object(own).to_string()
}

fn holds_schemas(shape: Shape) -> bool {
    match shape {
        Shape::SchemaOrFlag | Shape::Node(Kind::Schema) => true,
        Shape::List(shape) | Shape::Map(shape) => holds_schemas(*shape),
        _ => false,
    }
}

/// Gives schemas that say the same equal facts. Those inside of a schema have theirs first.
fn gather_facts(schemas: &mut Schemas, own: &[String]) {
    let mut known: IndexMap<String, Facts> = IndexMap::new();
    let mut done = vec![None; schemas.all.len()];
    for id in 0..schemas.all.len() {
        facts(schemas, SchemaId(id), own, &mut known, &mut done);
    }
    for (schema, facts) in schemas.all.iter_mut().zip(done) {
        schema.facts = facts.unwrap_or(Facts(0));
    }
}

/// Only schemas that stand inside of each other are followed, so the depth is that of the document.
fn facts(
    schemas: &Schemas,
    id: SchemaId,
    own: &[String],
    known: &mut IndexMap<String, Facts>,
    done: &mut [Option<Facts>],
) -> Facts {
    if let Some(Some(facts)) = done.get(id.0) {
        return *facts;
    }
    let schema = &schemas[id];
    let mut text = own.get(id.0).cloned().unwrap_or_default();
    let mut add = |words: &[&str], inner: SchemaId| {
        let Facts(number) = facts(schemas, inner, own, known, done);
        text.push_str(&format!(" {words:?}={number}"));
    };
    for (name, property) in &schema.properties {
        add(&["properties", name], *property);
    }
    if let Some(inner) = schema.additional_properties {
        add(&["additionalProperties"], inner);
    }
    if let Items::Schema(inner) = schema.items {
        add(&["items"], inner);
    }
    for (keyword, members) in [
        ("x-prefix-items", &schema.prefix_items),
        ("allOf", &schema.all_of),
        ("oneOf", &schema.one_of),
        ("anyOf", &schema.any_of),
    ] {
        for member in members {
            add(&[keyword], *member);
        }
    }
    let next = Facts(known.len());
    let facts = *known.entry(text).or_insert(next);
    if let Some(done) = done.get_mut(id.0) {
        *done = Some(facts);
    }
    facts
}
