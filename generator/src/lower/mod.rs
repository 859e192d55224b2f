//! OpenAPI to the intermediate representation.
//!
//! Types are reserved by number before their bodies are lowered, so that it does not matter in
//! which order they refer to each other. What cannot be expressed becomes a freer type, and a
//! diagnostic.

mod answer;
mod extension;
mod notes;
mod object;
mod operation;
mod parameter;
mod schema;
mod security;
mod union;

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema};

use crate::diagnostics::Diagnostics;
use crate::ir::{Api, Docs, Ident, Server, ServerVariable, Shape, Type, TypeDef, TypeId, WireName};
use crate::parse::Parsed;
use crate::pointer::Pointer;

/// Lowers a document.
pub fn lower(parsed: &Parsed, diagnostics: &mut Diagnostics) -> Api {
    let mut lower = Lower {
        parsed,
        diagnostics,
        types: Vec::new(),
        by_pointer: BTreeMap::new(),
        by_facts: BTreeMap::new(),
    };
    lower.components();
    lower.break_circles();
    let (groups, mut operations) = lower.operations();
    lower.break_circles();
    let (error_bodies, error_sets) = answer::share_errors(&mut operations);
    let token_url = lower.token_url();
    let credential_sources = lower.credential_sources();
    let error_body = lower.error_body();
    Api {
        title: parsed.info.title.clone(),
        version: parsed.info.version.clone(),
        description: parsed.info.description.clone(),
        servers: parsed.servers.iter().map(server).collect(),
        token_url,
        credential_sources,
        error_body,
        groups,
        operations,
        types: lower.types,
        error_bodies,
        error_sets,
    }
}

/// What lowering keeps in mind.
struct Lower<'a> {
    parsed: &'a Parsed,
    diagnostics: &'a mut Diagnostics,
    types: Vec<TypeDef>,
    /// The types of schemas that references lead to.
    by_pointer: BTreeMap<Pointer, TypeId>,
    /// The types of inline schemas, by everything but their prose: equal ones share a type.
    by_facts: BTreeMap<String, TypeId>,
}

impl Lower<'_> {
    fn components(&mut self) {
        let parsed = self.parsed;
        for (at, name, _) in &parsed.schemas {
            let id = self.reserve(at, vec![name.clone()], true);
            self.by_pointer.insert(at.clone(), id);
        }
        for (at, name, schema) in &parsed.schemas {
            if let Some(id) = self.by_pointer.get(at).copied() {
                self.define(id, schema, at, std::slice::from_ref(name));
            }
        }
    }

    /// Makes room for a type whose body comes later.
    fn reserve(&mut self, at: &Pointer, hint: Vec<String>, component: bool) -> TypeId {
        let id = TypeId(self.types.len());
        self.types.push(TypeDef {
            at: at.clone(),
            hint,
            component,
            rust: Ident::default(),
            module: Ident::default(),
            docs: Docs::default(),
            deprecated: false,
            shape: Shape::Alias(Type::Any),
        });
        id
    }

    /// Rust has no other names for types that lead back to themselves, such as lists of themselves:
    /// those hold anything.
    fn break_circles(&mut self) {
        for index in 0..self.types.len() {
            let id = TypeId(index);
            let Some(Shape::Alias(of)) = self.types.get(index).map(|def| def.shape.clone()) else {
                continue;
            };
            if !self.leads_to(&of, id, &mut BTreeSet::new()) {
                continue;
            }
            let free = match of {
                Type::Array(_) => Type::Array(Box::new(Type::Any)),
                Type::Map(_) => Type::Map(Box::new(Type::Any)),
                _ => Type::Any,
            };
            if let Some(def) = self.types.get_mut(index) {
                def.shape = Shape::Alias(free);
                let at = def.at.clone();
                self.diagnostics.unsupported(
                    &at,
                    "a type that is another name for itself, or a list of itself",
                    "what it holds can be anything",
                );
            }
        }
    }

    /// Whether a type leads to another by nothing but other names, lists and maps.
    fn leads_to(&self, ty: &Type, to: TypeId, passed: &mut BTreeSet<TypeId>) -> bool {
        match ty {
            Type::Named(id) if *id == to => true,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Alias(of)) if passed.insert(*id) => self.leads_to(of, to, passed),
                Some(Shape::Alias(_) | Shape::Object(_) | Shape::Enum(_) | Shape::Union(_))
                | None => false,
            },
            Type::Array(item) | Type::Map(item) | Type::Nullable(item) => {
                self.leads_to(item, to, passed)
            }
            Type::Any
            | Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String
            | Type::DateTime => false,
        }
    }

    /// Lowers the body of a reserved type.
    fn define(&mut self, id: TypeId, schema: &ReferenceOr<Schema>, at: &Pointer, hint: &[String]) {
        let (docs, deprecated, shape) = match schema {
            ReferenceOr::Reference { .. } => {
                (Docs::default(), false, Shape::Alias(self.usage(schema, at, hint).ty))
            }
            ReferenceOr::Item(schema) => {
                let shape = self.shape(schema, at, hint);
                (notes::docs(schema, true), schema.schema_data.deprecated, shape)
            }
        };
        if let Some(def) = self.types.get_mut(id.0) {
            def.docs = docs;
            def.deprecated = deprecated;
            def.shape = shape;
        }
    }
}

fn server(server: &openapiv3::Server) -> Server {
    let variables = server.variables.iter().flatten().map(|(name, variable)| ServerVariable {
        wire: WireName(name.clone()),
        rust: Ident::default(),
        default: variable.default.clone(),
        docs: Docs { description: variable.description.clone(), ..Docs::default() },
    });
    Server {
        url: server.url.clone(),
        description: server.description.clone(),
        variables: variables.collect(),
    }
}
