//! Lowers the document model to the IR.
//!
//! Takes the document model, and returns the IR and diagnostics. Types get their numbers before
//! their shapes are lowered, so types may refer to each other in any order. A schema without an
//! exact type becomes a less strict one, with a diagnostic. Leaves names to [`name`](crate::name).

mod body;
mod combination;
mod distinguish;
mod endless;
mod header;
mod link;
mod long_running;
mod notes;
mod object;
mod operation;
mod parameter;
mod payload;
mod place;
mod profile;
mod response;
mod scalars;
mod schema;
mod security;
mod server;
mod subtypes;
mod tagged_by;
mod union;

pub(crate) use body::{essence, is_json};
pub(crate) use response::is_stream;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use place::Owner;
use profile::Profile;

use crate::config::Config;
use crate::diagnostics::Diagnostics;
use crate::document::{Fingerprint, OpenApi, Schema, SchemaId};
use crate::ir::{
    Api, Docs, Extern, MemberId, Object, Payload, ResponseHeader, Shape, Type, TypeDef, TypeId,
};
use crate::pointer::Pointer;

/// Lowers a document.
pub fn lower(document: &OpenApi, config: &Config, diagnostics: &mut Diagnostics) -> Api {
    let mut lower = Lower {
        document,
        config,
        diagnostics,
        types: Vec::new(),
        by_schema: BTreeMap::new(),
        schema_of: BTreeMap::new(),
        by_fingerprint: BTreeMap::new(),
        context: place::Context::default(),
        operation: Pointer::root(),
        counts: Counts::default(),
        owners: BTreeMap::new(),
        ways: Vec::new(),
        first_ways: Vec::new(),
        of_path: Vec::new(),
        forms: BTreeMap::new(),
        by_parts: BTreeMap::new(),
        depth: 0,
        shapes: RefCell::default(),
        typed_beside: BTreeSet::new(),
        nullable: RefCell::default(),
        profiles: RefCell::default(),
        open: BTreeSet::new(),
        headers: Vec::new(),
        payloads: Vec::new(),
        subtypes: subtypes::subtypes(document),
    };
    let security_schemes = lower.security_schemes();
    let token_endpoint = lower.token_endpoint();
    lower.components();
    let (groups, mut operations) = lower.operations(&security_schemes, config.methods);
    lower.webhooks();
    lower.break_circles();
    lower.end_unions();
    lower.let_anything_be_null();
    lower.choose_words();
    lower.number_members();
    let (error_bodies, error_sets) = response::share_errors(&mut operations);
    let servers = server::document_servers(document);
    Api {
        title: document.info.title.clone(),
        version: document.info.version.clone(),
        description: document.info.description.clone(),
        servers: servers.iter().map(server::server).collect(),
        operation_servers: server::operation_servers(document, servers),
        security_schemes,
        token_endpoint,
        credential_sources: document.credential_sources.clone(),
        error_body: document.error_body.clone(),
        rate_limit: document.rate_limit.map(|limit| (limit.requests, limit.seconds)),
        groups,
        operations,
        headers: lower.headers,
        payloads: lower.payloads,
        types: lower.types,
        error_bodies,
        error_sets,
    }
}

/// The number of items of each kind that has numbers of its own.
#[derive(Debug, Default)]
struct Counts {
    parameters: usize,
    contents: usize,
    cases: usize,
}

/// The state of lowering.
struct Lower<'d> {
    document: &'d OpenApi,
    config: &'d Config,
    diagnostics: &'d mut Diagnostics,
    types: Vec<TypeDef>,
    /// The types that are declared for schemas.
    by_schema: BTreeMap<SchemaId, TypeId>,
    /// The schemas for which types are declared.
    schema_of: BTreeMap<TypeId, SchemaId>,
    /// The types of inline schemas, by owner and by content without documentation: equal schemas of
    /// one owner share a type.
    by_fingerprint: BTreeMap<(Owner, Fingerprint), TypeId>,
    context: place::Context,
    /// The location of the operation that is being lowered.
    operation: Pointer,
    counts: Counts,
    /// The owner of the types.
    owners: BTreeMap<TypeId, Owner>,
    /// The paths on which types were found.
    ways: Vec<place::Way>,
    /// The number of the first path to each type.
    first_ways: Vec<usize>,
    /// The schemas of the path item with declared types. Each of its operations has its own.
    of_path: Vec<SchemaId>,
    /// The types of forms, by owner, content, and media types of the parts.
    forms: BTreeMap<(Owner, Fingerprint, body::MediaTypes), TypeId>,
    /// The types of combined schemas.
    by_parts: BTreeMap<(Owner, BTreeSet<SchemaId>), Type>,
    /// The depth of nested combinations.
    depth: usize,
    /// Whether schemas describe a value, computed on demand.
    shapes: RefCell<BTreeMap<SchemaId, bool>>,
    /// The schemas next to which a type is given.
    typed_beside: BTreeSet<SchemaId>,
    /// Whether schemas allow null, computed on demand.
    nullable: RefCell<BTreeMap<SchemaId, bool>>,
    /// The profiles of schemas, computed on demand.
    profiles: RefCell<BTreeMap<SchemaId, Profile>>,
    /// The arrays and maps that are being lowered, which have no number.
    open: BTreeSet<SchemaId>,
    headers: Vec<ResponseHeader>,
    payloads: Vec<Payload>,
    /// The schemas that extend a schema.
    subtypes: subtypes::Subtypes,
}

impl<'d> Lower<'d> {
    fn components(&mut self) {
        let components = self.document.components.iter().map(|id| (*id, self.schema(*id)));
        let mut components: Vec<_> = components.collect();
        // The order of the document makes no difference.
        components.sort_by_key(|(_, schema)| &schema.component);
        for (id, schema) in &components {
            let ty = self.reserve(&schema.at, name_of(schema), true);
            self.owners.insert(ty, self.owner(*id));
            self.declare_for(ty, *id);
        }
        for (id, schema) in components {
            if let Some(ty) = self.by_schema.get(&id).copied() {
                let owner = self.owner(id);
                self.inside(ty, owner, |lower| lower.define(ty, id, &name_of(schema)));
            }
        }
    }

    /// Reserves the number of a type whose shape is lowered later.
    fn reserve(&mut self, at: &Pointer, hint: Vec<String>, component: bool) -> TypeId {
        let owner = self.context.owner.clone();
        let id = self.reserve_for(owner, at, &hint, true);
        if let Some(def) = self.types.get_mut(id.0) {
            def.component = component;
        }
        id
    }

    /// Reserves the number of a type of an owner. `is_own` means that it was found there.
    fn reserve_for(&mut self, owner: Owner, at: &Pointer, hint: &[String], is_own: bool) -> TypeId {
        let id = TypeId(self.types.len());
        self.owners.insert(id, owner);
        self.first_ways.push(self.ways.len());
        self.meet(id, hint, is_own);
        self.types.push(TypeDef {
            number: id,
            at: at.clone(),
            hint: hint.to_vec(),
            component: false,
            docs: Docs::default(),
            deprecated: false,
            shape: Shape::Alias(Type::Any),
        });
        id
    }

    /// Records that a type is declared for a schema.
    fn declare_for(&mut self, ty: TypeId, id: SchemaId) {
        self.by_schema.insert(id, ty);
        self.schema_of.insert(ty, id);
    }

    /// Lowers the shape of a reserved type.
    fn define(&mut self, ty: TypeId, id: SchemaId, hint: &[String]) {
        let shape = match self.replacement(id) {
            Some(ty) => Shape::Alias(ty),
            None => self.shape(id, hint),
        };
        let docs = self.docs_of(id);
        let deprecated = self.schema(id).deprecated;
        if let Some(def) = self.types.get_mut(ty.0) {
            *def = TypeDef { docs, deprecated, shape, ..def.clone() };
        }
    }

    /// Returns the type that the configuration has for a component.
    fn replacement(&self, id: SchemaId) -> Option<Type> {
        let component = self.schema(id).component.as_ref()?;
        let path = self.config.customization.replace.get(component)?;
        let json = self.profile(id).types.into_iter().collect();
        Some(Type::Extern(Extern { path: path.as_str().into(), json }))
    }

    /// Returns the documentation of a declared type, or of the only schema that it consists of.
    fn docs_of(&self, id: SchemaId) -> Docs {
        let schema = self.schema(id);
        if schema.reference.is_some() {
            return Docs::default();
        }
        let mut docs = notes::docs(schema, true);
        if let ([only], None) = (schema.all_of.as_slice(), &docs.description) {
            docs.description = self.docs_of(*only).description;
        }
        docs
    }

    /// Returns the type that the last declaration is an alias of, and removes the declaration. An
    /// alias of itself stays.
    fn take_back(&mut self, id: TypeId) -> Option<Type> {
        let Some(Shape::Alias(ty)) = self.types.get(id.0).map(|def| &def.shape) else {
            return None;
        };
        if id.0 + 1 < self.types.len() || ty.named().contains(&id) {
            return None;
        }
        let ty = ty.clone();
        self.forget(id);
        self.types.pop();
        Some(ty)
    }

    /// Declares a type without a schema.
    fn declare(&mut self, from: SchemaId, hint: Vec<String>, docs: Docs, shape: Shape) -> TypeId {
        let id = self.reserve(&self.schema(from).at, hint, false);
        if let Some(def) = self.types.get_mut(id.0) {
            *def = TypeDef { docs, shape, ..def.clone() };
        }
        id
    }

    /// Replaces recursive aliases, which Rust does not have. A map of itself becomes a struct
    /// without named properties; an array of itself becomes an array of any values.
    fn break_circles(&mut self) {
        for index in 0..self.types.len() {
            let id = TypeId(index);
            let Some(Shape::Alias(of)) = self.types.get(index).map(|def| def.shape.clone()) else {
                continue;
            };
            if !self.leads_to(&of, id, &mut BTreeSet::new()) {
                continue;
            }
            let shape = match of {
                Type::Map(item) => Shape::Object(Object { fields: Vec::new(), additional: *item }),
                Type::Array(_) => Shape::Alias(Type::Array(Box::new(Type::Any))),
                _ => Shape::Alias(Type::Any),
            };
            let Some(def) = self.types.get_mut(index) else { continue };
            def.shape = shape;
            if matches!(def.shape, Shape::Alias(_)) {
                let at = def.at.clone();
                self.circle(&at);
            }
        }
    }

    /// Makes properties nullable whose type allows any value. A required property needs no other type:
    /// its value may be null.
    fn let_anything_be_null(&mut self) {
        for index in 0..self.types.len() {
            let Some(Shape::Object(object)) = self.types.get(index).map(|def| &def.shape) else {
                continue;
            };
            let mut object = object.clone();
            for field in object.fields.iter_mut().filter(|field| !field.required) {
                field.nullable |= self.is_anything(&field.ty);
            }
            if let Some(def) = self.types.get_mut(index) {
                def.shape = Shape::Object(object);
            }
        }
    }

    fn is_anything(&self, ty: &Type) -> bool {
        match ty {
            Type::Any => true,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Alias(of)) => self.is_anything(of),
                Some(Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Form(_))
                | None => false,
            },
            Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String(_)
            | Type::Array(_)
            | Type::Tuple(_)
            | Type::Map(_)
            | Type::Nullable(_)
            | Type::Extern(_) => false,
        }
    }

    fn circle(&mut self, at: &Pointer) {
        self.diagnostics.unsupported(
            at,
            "a type that is another name for itself, or a list of itself",
            "what it holds can be anything",
        );
    }

    /// Numbers the members of all types, once all types are known.
    fn number_members(&mut self) {
        let members = self.types.iter_mut().flat_map(|def| numbers_of_members(&mut def.shape));
        for (number, member) in members.enumerate() {
            *member = MemberId(number);
        }
    }

    /// Returns whether a type refers to another one by aliases, arrays and maps only.
    fn leads_to(&self, ty: &Type, to: TypeId, passed: &mut BTreeSet<TypeId>) -> bool {
        self.diagnostics.steps().record(1);
        ty.named().into_iter().any(|id| {
            id == to
                || match self.types.get(id.0).map(|def| &def.shape) {
                    Some(Shape::Alias(of)) if passed.insert(id) => self.leads_to(of, to, passed),
                    Some(
                        Shape::Alias(_)
                        | Shape::Object(_)
                        | Shape::Enum(_)
                        | Shape::Union(_)
                        | Shape::Form(_),
                    )
                    | None => false,
                }
        })
    }
}

/// Returns the members of a type for changes.
fn numbers_of_members(shape: &mut Shape) -> Vec<&mut MemberId> {
    match shape {
        Shape::Object(object) => object.fields.iter_mut().map(|field| &mut field.number).collect(),
        Shape::Enum(list) => list.variants.iter_mut().map(|value| &mut value.number).collect(),
        Shape::Union(union) => union.variants.iter_mut().map(|one| &mut one.number).collect(),
        Shape::Form(form) => form.parts.iter_mut().map(|part| &mut part.field.number).collect(),
        Shape::Alias(_) => Vec::new(),
    }
}

/// Returns the words for the name of the type of a component.
fn name_of(schema: &Schema) -> Vec<String> {
    schema.component.iter().cloned().collect()
}

#[cfg(test)]
mod tests;
