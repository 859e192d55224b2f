//! Reads each schema of a document once.
//!
//! Takes the locations of schemas in any order and returns an id for each immediately.
//! [`Reader::finish`] then reads these schemas, their subschemas, and all that they refer to. Schemas
//! are read from a queue, without recursion, so the depth of the document does not matter.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use super::extension::tagged_by;
use crate::diagnostics::Diagnostics;
use crate::document::{
    Combination, Constraints, Discriminator, Fingerprint, Items, Schema, SchemaId, SchemaType,
    Schemas,
};
use crate::limits::Limits;
use crate::metamodel::{ObjectKind, Shape};
use crate::pointer::Pointer;

/// The keywords that are documentation. They do not count for the fingerprint of a schema.
const PROSE: [&str; 5] = ["title", "description", "example", "examples", "externalDocs"];

/// Assigns ids to schemas, and reads them.
pub(super) struct Reader<'d> {
    root: &'d Value,
    ids: IndexMap<Pointer, SchemaId>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(root: &'d Value) -> Self {
        Self { root, ids: IndexMap::new() }
    }

    /// Returns the id of the schema at a location. A schema that does not exist is read as `{}`.
    pub(super) fn id(&mut self, at: Pointer) -> SchemaId {
        let next = SchemaId(self.ids.len());
        *self.ids.entry(at).or_insert(next)
    }

    /// Returns whether a node exists at a location.
    pub(super) fn exists(&self, at: &Pointer) -> bool {
        at.find(self.root).is_some()
    }

    /// Reads all schemas that have an id, their subschemas, and those that they refer to.
    pub(super) fn finish(mut self, diagnostics: &mut Diagnostics) -> Schemas {
        let mut schemas = Schemas::default();
        let mut own_keywords = Vec::new();
        while let Some((at, _)) = self.ids.get_index(schemas.all.len()) {
            let at = at.clone();
            let object = at.find(self.root).and_then(Value::as_object);
            let id = SchemaId(schemas.all.len());
            // Ids are in use already, so each schema must be read, even beyond the budget.
            diagnostics.steps().record(1 + object.map_or(0, Map::len));
            own_keywords.push(object.map(own_keywords_of).unwrap_or_default());
            schemas.all.push(self.schema(id, at, object, diagnostics));
        }
        resolve_references(&mut schemas);
        assign_fingerprints(&mut schemas, &own_keywords);
        check_combination_depth(&schemas, diagnostics);
        schemas
    }

    fn schema(
        &mut self,
        id: SchemaId,
        at: Pointer,
        object: Option<&Map<String, Value>>,
        diagnostics: &mut Diagnostics,
    ) -> Schema {
        let empty = Map::new();
        let keywords = Keywords(object.unwrap_or(&empty));
        let reference = keywords.string("$ref").and_then(|target| target.strip_prefix('#'));
        let reference = reference.and_then(Pointer::parse).map(|target| self.id(target));
        let enumeration = keywords.array("enum").to_vec();
        let (ty, implied_by) = keywords.ty();
        Schema {
            component: component_name(&at),
            reference,
            end: reference.unwrap_or(id),
            fingerprint: Fingerprint(0),
            ty,
            implied_by,
            format: keywords.owned("format"),
            properties: self.properties(keywords, &at),
            required: keywords
                .array("required")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            additional_properties: keywords
                .get("additionalProperties")
                .filter(|value| value.is_object())
                .map(|_| self.id(at.join("additionalProperties"))),
            items: self.items(keywords, &at),
            prefix_items: self.subschemas(keywords, "x-prefix-items", &at),
            all_of: self.subschemas(keywords, Combination::AllOf.keyword(), &at),
            one_of: self.subschemas(keywords, Combination::OneOf.keyword(), &at),
            any_of: self.subschemas(keywords, Combination::AnyOf.keyword(), &at),
            has_not: keywords.get("not").is_some(),
            discriminator: self.discriminator(keywords),
            nullable: keywords.flag("nullable") || enumeration.contains(&Value::Null),
            enumeration,
            read_only: keywords.flag("readOnly"),
            write_only: keywords.flag("writeOnly"),
            deprecated: keywords.flag("deprecated"),
            title: keywords.owned("title"),
            description: keywords.owned("description"),
            default: keywords.get("default").cloned(),
            example: keywords.get("example").cloned(),
            external_docs: keywords
                .get("externalDocs")
                .and_then(|docs| serde_json::from_value(docs.clone()).ok()),
            constraints: keywords.constraints(),
            tagged_by: tagged_by::read(keywords.0, &at, self, diagnostics),
            at,
        }
    }

    fn properties(&mut self, keywords: Keywords<'_>, at: &Pointer) -> IndexMap<String, SchemaId> {
        let below = at.join("properties");
        let properties =
            keywords.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties.map(|(name, _)| (name.clone(), self.id(below.join(name)))).collect()
    }

    fn items(&mut self, keywords: Keywords<'_>, at: &Pointer) -> Items {
        match keywords.get("items") {
            None => Items::Any,
            Some(items) if items.get("x-never").is_some() => Items::Closed,
            Some(_) => Items::Schema(self.id(at.join("items"))),
        }
    }

    fn subschemas(&mut self, keywords: Keywords<'_>, keyword: &str, at: &Pointer) -> Vec<SchemaId> {
        at.items(keyword, keywords.array(keyword).len()).map(|at| self.id(at)).collect()
    }

    fn discriminator(&mut self, keywords: Keywords<'_>) -> Option<Discriminator> {
        let discriminator = keywords.get("discriminator")?;
        let property_name = discriminator.get("propertyName")?.as_str()?.to_owned();
        let mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapping = mapping.filter_map(|(tag, target)| {
            let target = target.as_str()?;
            let target = match target.strip_prefix('#') {
                Some(fragment) => Pointer::parse(fragment)?,
                // The name of a component instead of a reference.
                None => component_schemas().join(target),
            };
            Some((tag.clone(), self.id(target)))
        });
        Some(Discriminator { property_name, mapping: mapping.collect() })
    }
}

/// Returns the location of the component schemas.
pub(super) fn component_schemas() -> Pointer {
    Pointer::root().join("components").join("schemas")
}

/// Returns the name of the component schema at a location.
fn component_name(at: &Pointer) -> Option<String> {
    match at.tokens() {
        [components, schemas, name] if components == "components" && schemas == "schemas" => {
            Some(name.clone())
        }
        _ => None,
    }
}

/// The keywords of a Schema Object.
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

    /// Returns `type`, else the type of all enum values, else the type that a keyword implies, with
    /// that keyword.
    fn ty(self) -> (Option<SchemaType>, Option<&'static str>) {
        let named = self.string("type").and_then(SchemaType::from_name);
        if let Some(ty) = named.or_else(|| self.type_of_enum()) {
            return (Some(ty), None);
        }
        match self.implied_type() {
            Some((ty, keyword)) => (Some(ty), Some(keyword)),
            None => (None, None),
        }
    }

    /// Returns the type that the keywords of objects or arrays imply. Such a schema describes a value
    /// that is worth a type, and its author means that type. `pattern`, `minLength` and `maxLength`
    /// describe no value, only a limit on strings.
    fn implied_type(self) -> Option<(SchemaType, &'static str)> {
        let has = |keyword: &&str| match *keyword {
            "additionalProperties" => self.get(keyword).is_some_and(Value::is_object),
            keyword => self.0.contains_key(keyword),
        };
        let find = |keywords: &[&'static str]| keywords.iter().copied().find(has);
        let object = || find(&["properties", "additionalProperties"]);
        let array = || find(&["items", "x-prefix-items"]);
        (object().map(|keyword| (SchemaType::Object, keyword)))
            .or_else(|| array().map(|keyword| (SchemaType::Array, keyword)))
    }

    /// Returns the type that all values of an enum have in common.
    fn type_of_enum(self) -> Option<SchemaType> {
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

    fn constraints(self) -> Constraints {
        let value = |keyword: &str| self.get(keyword).cloned();
        Constraints {
            min_length: value("minLength"),
            max_length: value("maxLength"),
            pattern: value("pattern"),
            minimum: value("minimum"),
            exclusive_minimum: self.flag("exclusiveMinimum"),
            maximum: value("maximum"),
            exclusive_maximum: self.flag("exclusiveMaximum"),
            multiple_of: value("multipleOf"),
            min_items: value("minItems"),
            max_items: value("maxItems"),
            unique_items: self.flag("uniqueItems"),
            min_properties: value("minProperties"),
            max_properties: value("maxProperties"),
        }
    }
}

/// Finds the schema at the end of each chain of references. Each reference is followed once.
fn resolve_references(schemas: &mut Schemas) {
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

/// Reports an error if `allOf`, `oneOf` and `anyOf` nest too deeply through references. Each schema in
/// such a chain is resolved by itself, so the cost grows with the square of the chain's length.
fn check_combination_depth(schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let max_depth = diagnostics.steps().limits().references;
    let mut depths: Vec<Option<u64>> = vec![None; schemas.all.len()];
    for start in 0..schemas.all.len() {
        let depth = combination_depth(schemas, SchemaId(start), max_depth, &mut depths);
        let Err(id) = depth else { continue };
        let message = format!(
            "`allOf`, `oneOf` and `anyOf` refer to one another through more than {max_depth} schemas"
        );
        let help = Limits::help("references", max_depth);
        return diagnostics.abort(&schemas[id].at, (message, help));
    }
    let used = &mut diagnostics.used.0.references;
    *used = depths.into_iter().flatten().max().unwrap_or_default().max(*used);
}

/// Returns the largest number of consecutive references from a schema through combining keywords. A
/// cycle ends where it returns to a schema. If there are more than `max_depth`, the error is the schema
/// where they end.
fn combination_depth(
    schemas: &Schemas,
    id: SchemaId,
    max_depth: u64,
    depths: &mut [Option<u64>],
) -> Result<u64, SchemaId> {
    let id = schemas.end(id);
    if let Some(Some(known)) = depths.get(id.0) {
        return if *known > max_depth { Err(id) } else { Ok(*known) };
    }
    let Some(depth) = depths.get_mut(id.0) else { return Ok(0) };
    *depth = Some(0);
    let mut deepest = 0;
    for subschema in schemas[id].all_subschemas() {
        // The depth of inline schemas is bounded by the depth of the document.
        let hop = u64::from(schemas[subschema].reference.is_some());
        let max_depth = max_depth.checked_sub(hop).ok_or(id)?;
        deepest = deepest.max(hop + combination_depth(schemas, subschema, max_depth, depths)?);
    }
    if let Some(depth) = depths.get_mut(id.0) {
        *depth = Some(deepest);
    }
    Ok(deepest)
}

/// Returns the keywords of a schema as JSON, without prose and with null for each subschema.
fn own_keywords_of(object: &Map<String, Value>) -> String {
    let own: Map<String, Value> = object
        .iter()
        .filter(|(key, _)| !PROSE.contains(&key.as_str()))
        .map(|(key, value)| {
            let is_read = key != "not" && ObjectKind::Schema.shape(key).is_some_and(has_schemas);
            let value = if is_read && !value.is_boolean() { Value::Null } else { value.clone() };
            (key.clone(), value)
        })
        .collect();
    Value::Object(own).to_string()
}

fn has_schemas(shape: Shape) -> bool {
    match shape {
        Shape::SchemaOrBoolean | Shape::Object(ObjectKind::Schema) => true,
        Shape::Array(shape) | Shape::Map(shape) => has_schemas(*shape),
        _ => false,
    }
}

/// Assigns equal fingerprints to schemas with equal keywords, subschemas before the schemas with them.
fn assign_fingerprints(schemas: &mut Schemas, own_keywords: &[String]) {
    let mut known: IndexMap<String, Fingerprint> = IndexMap::new();
    let mut done = vec![None; schemas.all.len()];
    for id in 0..schemas.all.len() {
        fingerprint(schemas, SchemaId(id), own_keywords, &mut known, &mut done);
    }
    for (schema, fingerprint) in schemas.all.iter_mut().zip(done) {
        schema.fingerprint = fingerprint.unwrap_or(Fingerprint(0));
    }
}

/// Returns the fingerprint of a schema. The recursion follows inline subschemas only, so it is as deep
/// as the document.
fn fingerprint(
    schemas: &Schemas,
    id: SchemaId,
    own_keywords: &[String],
    known: &mut IndexMap<String, Fingerprint>,
    done: &mut [Option<Fingerprint>],
) -> Fingerprint {
    if let Some(Some(fingerprint)) = done.get(id.0) {
        return *fingerprint;
    }
    let schema = &schemas[id];
    let mut text = own_keywords.get(id.0).cloned().unwrap_or_default();
    let mut add = |path: &[&str], subschema: SchemaId| {
        let Fingerprint(number) = fingerprint(schemas, subschema, own_keywords, known, done);
        text.push_str(&format!(" {path:?}={number}"));
    };
    for (name, property) in &schema.properties {
        add(&["properties", name], *property);
    }
    if let Some(subschema) = schema.additional_properties {
        add(&["additionalProperties"], subschema);
    }
    if let Items::Schema(subschema) = schema.items {
        add(&["items"], subschema);
    }
    for (keyword, subschemas) in [
        ("x-prefix-items", &schema.prefix_items),
        ("allOf", &schema.all_of),
        ("oneOf", &schema.one_of),
        ("anyOf", &schema.any_of),
    ] {
        for subschema in subschemas {
            add(&[keyword], *subschema);
        }
    }
    let next = Fingerprint(known.len());
    let fingerprint = *known.entry(text).or_insert(next);
    if let Some(done) = done.get_mut(id.0) {
        *done = Some(fingerprint);
    }
    fingerprint
}
