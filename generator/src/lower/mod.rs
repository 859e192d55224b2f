//! OpenAPI to the intermediate representation.
//!
//! Types are reserved by number before their bodies are lowered, so that it does not matter in
//! which order they refer to each other. What cannot be expressed becomes a freer type, and a
//! diagnostic.

mod body;
mod combination;
mod endless;
mod response;

mod header;
mod link;
mod long_running;
mod notes;
mod object;
mod operation;
mod parameter;
mod place;
mod profile;
mod scalars;
mod schema;
mod security;
mod server;
mod subtypes;
mod tagged_by;
mod union;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use place::Owner;
use profile::Profile;

use crate::diagnostics::Diagnostics;
use crate::document::{Fingerprint, OpenApi, Schema, SchemaId};
use crate::ir::{Api, Docs, MemberId, Object, ResponseHeader, Shape, Type, TypeDef, TypeId};
use crate::pointer::Pointer;

/// Lowers a document.
pub fn lower(document: &OpenApi, diagnostics: &mut Diagnostics) -> Api {
    let mut lower = Lower {
        document,
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
        subtypes: subtypes::subtypes(document),
    };
    let security_schemes = lower.security_schemes();
    let token_endpoint = lower.token_endpoint();
    lower.components();
    let (groups, mut operations) = lower.operations(&security_schemes);
    lower.break_circles();
    lower.end_unions();
    lower.let_anything_be_null();
    lower.choose_words();
    lower.number_members();
    let (error_bodies, error_sets) = response::share_errors(&mut operations);
    Api {
        title: document.info.title.clone(),
        version: document.info.version.clone(),
        description: document.info.description.clone(),
        servers: document.servers.iter().map(server::server).collect(),
        security_schemes,
        token_endpoint,
        credential_sources: document.credential_sources.clone(),
        error_body: document.error_body.clone(),
        rate_limit: document.rate_limit.map(|limit| (limit.requests, limit.seconds)),
        groups,
        operations,
        headers: lower.headers,
        types: lower.types,
        error_bodies,
        error_sets,
    }
}

/// How many there are of what has a number among all of its kind.
#[derive(Debug, Default)]
struct Counts {
    parameters: usize,
    contents: usize,
    cases: usize,
}

/// What lowering keeps in mind.
struct Lower<'d> {
    document: &'d OpenApi,
    diagnostics: &'d mut Diagnostics,
    types: Vec<TypeDef>,
    /// The types that schemas have a declaration for.
    by_schema: BTreeMap<SchemaId, TypeId>,
    /// The schemas that types are declared for.
    schema_of: BTreeMap<TypeId, SchemaId>,
    /// The types of inline schemas, by what owns them and by everything but their prose: equal ones of
    /// one owner share a type.
    by_fingerprint: BTreeMap<(Owner, Fingerprint), TypeId>,
    context: place::Context,
    /// Where the operation stands that is being lowered.
    operation: Pointer,
    counts: Counts,
    /// What owns the types.
    owners: BTreeMap<TypeId, Owner>,
    /// The ways on which types were met.
    ways: Vec<place::Way>,
    /// The number of the first way to each type.
    first_ways: Vec<usize>,
    /// The schemas of the path item with types of their own. Each of its operations has its own.
    of_path: Vec<SchemaId>,
    /// The same for the schemas of forms, with the media types of their parts.
    forms: BTreeMap<(Owner, Fingerprint, body::MediaTypes), TypeId>,
    /// The types of what several schemas describe together.
    by_parts: BTreeMap<(Owner, BTreeSet<SchemaId>), Type>,
    /// How many combinations are being lowered, each inside the one before.
    depth: usize,
    /// Which schemas say what a value is, as far as somebody wanted to know.
    shapes: RefCell<BTreeMap<SchemaId, bool>>,
    /// The schemas beside which something says of which type their values are.
    typed_beside: BTreeSet<SchemaId>,
    /// Which schemas allow null, as far as somebody wanted to know.
    nullable: RefCell<BTreeMap<SchemaId, bool>>,
    /// What values of schemas look like, as far as somebody wanted to know.
    profiles: RefCell<BTreeMap<SchemaId, Profile>>,
    /// The lists and maps that are being lowered, which have no number to be met again by.
    open: BTreeSet<SchemaId>,
    headers: Vec<ResponseHeader>,
    /// What builds on a schema.
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

    /// Reserves the number of a type whose body comes later.
    fn reserve(&mut self, at: &Pointer, hint: Vec<String>, component: bool) -> TypeId {
        let owner = self.context.owner.clone();
        let id = self.reserve_for(owner, at, &hint, true);
        if let Some(def) = self.types.get_mut(id.0) {
            def.component = component;
        }
        id
    }

    /// The same for a type that belongs to an owner. `is_own` says whether it was met there.
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

    /// Keeps in mind that a type is declared for a schema.
    fn declare_for(&mut self, ty: TypeId, id: SchemaId) {
        self.by_schema.insert(id, ty);
        self.schema_of.insert(ty, id);
    }

    /// Lowers the body of a reserved type.
    fn define(&mut self, ty: TypeId, id: SchemaId, hint: &[String]) {
        let shape = self.shape(id, hint);
        let docs = self.docs_of(id);
        let deprecated = self.schema(id).deprecated;
        if let Some(def) = self.types.get_mut(ty.0) {
            *def = TypeDef { docs, deprecated, shape, ..def.clone() };
        }
    }

    /// What is said of a named type, or else of the only part that it is made of.
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

    /// The shape of the type that was declared last, if it is nothing but another name: then the
    /// declaration is taken back. One that leads to itself has to stay.
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

    /// A type with a shape of its own, for which there is no schema.
    fn declare(&mut self, from: SchemaId, hint: Vec<String>, docs: Docs, shape: Shape) -> TypeId {
        let id = self.reserve(&self.schema(from).at, hint, false);
        if let Some(def) = self.types.get_mut(id.0) {
            *def = TypeDef { docs, shape, ..def.clone() };
        }
        id
    }

    /// Rust has no other names for types that lead back to themselves. A map of itself can be a
    /// struct, which has only properties that nobody names; a list of itself holds anything.
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

    /// What can be anything can be null as well, also where it has a name. A required property says
    /// so with its value.
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
            | Type::Nullable(_) => false,
        }
    }

    fn circle(&mut self, at: &Pointer) {
        self.diagnostics.unsupported(
            at,
            "a type that is another name for itself, or a list of itself",
            "what it holds can be anything",
        );
    }

    /// Gives each member of a type its number, now that none is added any more.
    fn number_members(&mut self) {
        let members = self.types.iter_mut().flat_map(|def| numbers_of_members(&mut def.shape));
        for (number, member) in members.enumerate() {
            *member = MemberId(number);
        }
    }

    /// Whether a type leads to another by nothing but other names, lists and maps.
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

/// The members of a type, to be changed in place.
fn numbers_of_members(shape: &mut Shape) -> Vec<&mut MemberId> {
    match shape {
        Shape::Object(object) => object.fields.iter_mut().map(|field| &mut field.number).collect(),
        Shape::Enum(list) => list.variants.iter_mut().map(|value| &mut value.number).collect(),
        Shape::Union(union) => union.variants.iter_mut().map(|one| &mut one.number).collect(),
        Shape::Form(form) => form.parts.iter_mut().map(|part| &mut part.field.number).collect(),
        Shape::Alias(_) => Vec::new(),
    }
}

/// The words that a component's type is named after.
fn name_of(schema: &Schema) -> Vec<String> {
    schema.component.iter().cloned().collect()
}

#[cfg(test)]
mod tests;
