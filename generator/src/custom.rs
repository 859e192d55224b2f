//! What the user decides about the generated code, where the document says nothing: names, types and attributes.
//!
//! [`Customization`] is a part of the configuration. `lower` reads the types, `name` the names, and `emit` the
//! attributes. This module checks that each entry is valid and applies to something, because an entry that
//! applies to nothing is misspelled or outdated.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::diagnostics::Diagnostics;
use crate::ir::{Api, Shape, TypeDef};
use crate::name::{self, Named};
use crate::pointer::Pointer;
use crate::slice::name_matches;
use crate::suggest;

/// Names, types and attributes of the generated code that the user decides.
///
/// A schema has the name that the documentation of its type states: a component its own name, and an inline
/// schema the words of its place, such as `Pet.owner`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Customization {
    /// Paths of Rust types by the `format` of the strings, integers and numbers that they replace, such as
    /// `uuid` and `::uuid::Uuid`.
    ///
    /// The types implement `Serialize`, `DeserializeOwned`, `Clone`, `Debug` and `PartialEq`.
    pub formats: BTreeMap<String, String>,
    /// Paths of Rust types by the names of the component schemas that they replace.
    pub replace: BTreeMap<String, String>,
    /// Names.
    pub rename: Rename,
    /// Attributes of types.
    pub attributes: Vec<Attributes>,
}

/// Names in place of those that the document gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rename {
    /// Names of types, by the names of schemas.
    pub types: BTreeMap<String, String>,
    /// Names of the fields of a type, by the name of its schema and the names of properties.
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
    /// Names of the variants of an enum, by the name of its schema and the values.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Names of methods, by operation ids.
    pub operations: BTreeMap<String, String>,
    /// Names of tags, which modules, groups of methods and features are named after.
    pub tags: BTreeMap<String, String>,
}

/// Attributes of the types of some schemas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Patterns of the names of schemas. `*` matches any characters.
    pub schemas: Vec<String>,
    /// Paths of traits to derive besides those that each type has.
    pub derive: Vec<String>,
    /// Further attributes, such as `#[must_use]`.
    pub attributes: Vec<String>,
}

impl Attributes {
    /// Returns whether the attributes are those of the type of a schema.
    pub(crate) fn apply_to(&self, schema: &str) -> bool {
        self.schemas.iter().any(|pattern| name_matches(pattern, schema))
    }
}

/// Returns the name of the schema of a type, as its documentation states it.
pub(crate) fn schema_name(def: &TypeDef) -> String {
    def.hint.join(".")
}

/// Reports the entries that are not valid, or apply to nothing. Returns `None` if there are any.
pub(crate) fn check(api: &Named<'_>, config: &Config, diagnostics: &mut Diagnostics) -> Option<()> {
    let custom = &config.customization;
    if *custom == Customization::default() {
        return Some(());
    }
    let mut check = Check { schemas: schemas(api), is_valid: true, diagnostics };
    check.types("formats", &custom.formats);
    check.types("replace", &custom.replace);
    check.replaced(&custom.replace);
    check.attributes(&custom.attributes);
    check.names(api, &custom.rename);
    check.is_valid.then_some(())
}

/// The types by the names of their schemas.
fn schemas(api: &Api) -> BTreeMap<String, &TypeDef> {
    api.types.iter().map(|def| (schema_name(def), def)).collect()
}

struct Check<'a, 'd> {
    schemas: BTreeMap<String, &'a TypeDef>,
    is_valid: bool,
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_, '_> {
    fn report(&mut self, message: String, help: String) {
        self.is_valid = false;
        self.diagnostics.fatal("invalid-configuration", &Pointer::root(), message, help);
    }

    /// Checks the paths of types.
    fn types(&mut self, key: &str, types: &BTreeMap<String, String>) {
        for (of, path) in types {
            if syn::parse_str::<syn::TypePath>(path).is_err() {
                self.report(
                    format!(
                        "`{path}`, which `{key}` has for `{of}`, is not the path of a Rust type"
                    ),
                    "write a path such as `::uuid::Uuid`".to_owned(),
                );
            }
        }
    }

    fn replaced(&mut self, types: &BTreeMap<String, String>) {
        for name in types.keys() {
            if !self.schemas.get(name).is_some_and(|def| def.component) {
                self.unknown_schema("replace", name, |def| def.component);
            }
        }
    }

    fn attributes(&mut self, all: &[Attributes]) {
        for one in all {
            for path in &one.derive {
                if syn::parse_str::<syn::Path>(path).is_err() {
                    let help = "write a path such as `Hash` or `::schemars::JsonSchema`".to_owned();
                    self.report(format!("`{path}` is not the path of a trait to derive"), help);
                }
            }
            for attribute in &one.attributes {
                if parsed_attributes(attribute).is_none() {
                    let help = "write it as in Rust, such as `#[must_use]`".to_owned();
                    self.report(format!("`{attribute}` is not an attribute of a type"), help);
                }
            }
            for pattern in &one.schemas {
                if !self.schemas.keys().any(|name| name_matches(pattern, name)) {
                    self.unknown_schema("derive", pattern, |_| true);
                }
            }
        }
    }

    fn unknown_schema(&mut self, key: &str, name: &str, is_known: impl Fn(&TypeDef) -> bool) {
        let known = self.schemas.iter().filter(|(_, def)| is_known(def));
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        let help = similar(name, &known);
        self.report(
            format!("`{key}` has an entry for `{name}`, which is not the name of a schema"),
            help,
        );
    }

    fn names(&mut self, api: &Named<'_>, rename: &Rename) {
        let types = self
            .schemas
            .iter()
            .map(|(name, def)| (name.clone(), api.names.ty(def.number).to_string()));
        let types = types.collect();
        self.renamed("rename.types", &rename.types, &types);
        let operations = &api.operations;
        let operations = operations
            .iter()
            .map(|one| (one.id.0.clone(), api.names.method(one.number).plain().to_owned()));
        let operations = operations.collect();
        self.renamed("rename.operations", &rename.operations, &operations);
        let tags = api.groups.iter().filter_map(|group| group.name.clone());
        // A tag becomes words of several names, none of which is the name itself.
        let tags = tags.map(|tag| (tag.clone(), rename.tags.get(&tag).cloned().unwrap_or(tag)));
        let tags = tags.collect();
        self.renamed("rename.tags", &rename.tags, &tags);
        self.members(api, "rename.fields", &rename.fields);
        self.members(api, "rename.values", &rename.values);
    }

    fn members(
        &mut self,
        api: &Named<'_>,
        key: &str,
        renamed: &BTreeMap<String, BTreeMap<String, String>>,
    ) {
        for (schema, names) in renamed {
            let Some(def) = self.schemas.get(schema) else {
                self.unknown_schema(key, schema, |def| !members(api, def).is_empty());
                continue;
            };
            let known = members(api, def);
            self.renamed(&format!("{key}.{schema}"), names, &known);
        }
    }

    /// Checks new names, given those that the items have.
    fn renamed(
        &mut self,
        key: &str,
        renamed: &BTreeMap<String, String>,
        names: &BTreeMap<String, String>,
    ) {
        for (of, name) in renamed {
            match names.get(of) {
                None => {
                    let known: Vec<&str> = names.keys().map(String::as_str).collect();
                    let help = similar(of, &known);
                    self.report(
                        format!("`{key}` has an entry for `{of}`, which does not exist"),
                        help,
                    );
                }
                Some(_) if !is_identifier(name) && key != "rename.tags" => self.report(
                    format!("`{name}`, which `{key}` has for `{of}`, is not a Rust identifier"),
                    "write letters, digits and `_`, and begin with a letter".to_owned(),
                ),
                Some(actual) if actual != name => self.report(
                    format!("`{of}` cannot be called `{name}`: the name is taken or reserved"),
                    format!("choose another name in `{key}`"),
                ),
                Some(_) => {}
            }
        }
    }
}

/// Returns the names of the properties or values of a type, with those of its fields or variants.
fn members(api: &Named<'_>, def: &TypeDef) -> BTreeMap<String, String> {
    let name = |number| api.names.member(number).plain().to_owned();
    match &def.shape {
        Shape::Object(object) => {
            object.fields.iter().map(|field| (field.wire.0.clone(), name(field.number))).collect()
        }
        Shape::Form(form) => {
            let fields = form.parts.iter().map(|part| &part.field);
            fields.map(|field| (field.wire.0.clone(), name(field.number))).collect()
        }
        Shape::Enum(list) => {
            list.variants.iter().map(|one| (one.wire.0.clone(), name(one.number))).collect()
        }
        Shape::Union(_) | Shape::Alias(_) => BTreeMap::new(),
    }
}

/// Parses outer attributes.
pub(crate) fn parsed_attributes(text: &str) -> Option<Vec<syn::Attribute>> {
    use syn::parse::Parser as _;
    syn::Attribute::parse_outer.parse_str(text).ok().filter(|parsed| !parsed.is_empty())
}

fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok() && !name::is_keyword(name)
}

/// Returns the help for an unknown name.
fn similar(name: &str, known: &[&str]) -> String {
    let distinct: BTreeSet<&str> = known.iter().copied().collect();
    let known: Vec<&str> = distinct.into_iter().collect();
    match suggest::similar(name, &known).as_slice() {
        [] => "the document has none".to_owned(),
        similar => format!("similar names are: {}", similar.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Config, generate};

    const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      tags: [Pet Shop]
      responses:
        '200':
          description: All.
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
components:
  schemas:
    Pet:
      type: object
      properties:
        nick: {type: string}
        name: {type: string}
        color: {type: string, enum: [red, blue]}
        model: {$ref: '#/components/schemas/Model'}
    Model: {type: object}
";

    /// Generates with a customization. Returns the files, or the messages with their help.
    fn generated(
        change: impl FnOnce(&mut Customization),
    ) -> Result<BTreeMap<String, String>, Vec<String>> {
        let source = BTreeMap::from([("api.yaml".to_owned(), DOCUMENT.to_owned())]);
        let mut config = Config::new("api.yaml", "pets");
        change(&mut config.customization);
        let generation = generate(&source, &config);
        let messages = || {
            let all = generation.diagnostics.iter();
            let faults = all.filter(|one| one.code == "invalid-configuration");
            faults.map(|one| format!("{}; {}", one.message, one.help)).collect()
        };
        generation.files.clone().ok_or_else(messages)
    }

    fn pair(key: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(key.to_owned(), value.to_owned())])
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Customization), parts: &[&str]) {
        let messages = generated(change).unwrap_err();
        assert_eq!(messages.len(), 1, "{messages:?}");
        for part in parts {
            assert!(messages[0].contains(part), "{part} in {messages:?}");
        }
    }

    #[test]
    fn entries_that_apply_to_nothing_are_errors() {
        refused(|custom| custom.replace = pair("Pets", "::a::B"), &["`replace`", "`Pets`", "Pet"]);
        // Only components are replaced: other schemas have no name that lasts.
        refused(|custom| custom.replace = pair("Pet.color", "::a::B"), &["`Pet.color`"]);
        refused(
            |custom| custom.rename.types = pair("Dog", "Cat"),
            &["`rename.types`", "Model, Pet"],
        );
        refused(|custom| custom.rename.operations = pair("listpets", "x"), &["listPets"]);
        refused(|custom| custom.rename.tags = pair("pets", "x"), &["Pet Shop"]);
        let fields = |property: &str| BTreeMap::from([("Pet".to_owned(), pair(property, "x"))]);
        refused(|custom| custom.rename.fields = fields("nam"), &["`rename.fields.Pet`", "name"]);
        let of_dog = BTreeMap::from([("Dog".to_owned(), pair("name", "x"))]);
        refused(|custom| custom.rename.fields = of_dog, &["`rename.fields`", "`Dog`"]);
        let values = BTreeMap::from([("Pet.color".to_owned(), pair("green", "Green"))]);
        refused(|custom| custom.rename.values = values, &["`green`", "blue, red"]);
        let schemas = vec!["Dog*".to_owned()];
        refused(
            |custom| custom.attributes = vec![Attributes { schemas, ..Attributes::default() }],
            &["`derive`", "`Dog*`"],
        );
        // A document need not have every format that a team has a type for.
        assert!(generated(|custom| custom.formats = pair("uuid", "::uuid::Uuid")).is_ok());
    }

    #[test]
    fn names_that_cannot_be_given_are_errors() {
        let taken = ["taken or reserved", "choose another name in `rename.types`"];
        // The prelude has it.
        refused(|custom| custom.rename.types = pair("Pet", "Option"), &taken);
        let fields = |name: &str| BTreeMap::from([("Pet".to_owned(), pair("name", name))]);
        refused(|custom| custom.rename.fields = fields("additional_properties"), &["reserved"]);
        refused(|custom| custom.rename.fields = fields("first name"), &["not a Rust identifier"]);
        refused(|custom| custom.rename.operations = pair("listPets", "builder"), &["reserved"]);
        let both = BTreeMap::from([
            ("name".to_owned(), "same".to_owned()),
            ("nick".to_owned(), "same".to_owned()),
        ]);
        let both = BTreeMap::from([("Pet".to_owned(), both)]);
        refused(|custom| custom.rename.fields = both, &["`nick` cannot be called `same`"]);
        // A configured name comes before one of the document, which gets a number.
        let files = generated(|custom| custom.rename.types = pair("Pet", "Model")).unwrap();
        assert!(files["src/types/model.rs"].contains("The schema `Pet`."));
        assert!(files["src/types/model2.rs"].contains("Model2"));
    }

    /// A second implementation of the trait would not compile.
    #[test]
    fn types_that_the_runtime_knows_are_not_declared_again() {
        let module = |path: &str| {
            let files = generated(|custom| custom.replace = pair("Model", path));
            let files = files.unwrap_or_else(|messages| panic!("{path}: {messages:?}"));
            files["src/types/mod.rs"].contains("runtime::Field for")
        };
        for path in ["String", "::std::string::String", "Vec<u8>", "Option<bool>", "i64"] {
            assert!(!module(path), "{path}");
        }
        for path in ["::mine::String", "::uuid::Uuid", "::std::net::IpAddr"] {
            assert!(module(path), "{path}");
        }
    }

    #[test]
    fn what_is_not_rust_is_an_error() {
        for path in ["", "uuid::", "fn()", "a b", "&'static str", "x; y"] {
            refused(
                |custom| custom.formats = pair("uuid", path),
                &["`formats`", "path of a Rust type"],
            );
        }
        let with = |derive: &str, attribute: &str| {
            let list = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            vec![Attributes {
                schemas: vec!["Pet".to_owned()],
                derive: list(derive).into_iter().collect(),
                attributes: list(attribute).into_iter().collect(),
            }]
        };
        refused(|custom| custom.attributes = with("Hash)]", ""), &["`Hash)]`", "trait to derive"]);
        for attribute in ["must_use", "#![allow(x)]", "#[must_use] struct A;"] {
            refused(
                |custom| custom.attributes = with("", attribute),
                &["not an attribute of a type"],
            );
        }
    }
}
