//! Names of types, their modules and their members.

use std::collections::BTreeMap;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::variants::variants;
use super::{claim_order, joined, reserved, sorted_by};
use crate::config::Config;
use crate::custom::schema_name;
use crate::ir::{Api, Enum, Field, Form, Shape, TypeDef, WireName};
use crate::limits::Steps;

/// Names types, the folders of their files, and their members. Components claim their names before inline
/// schemas.
pub(super) fn types(api: &Api, config: &Config, names: &mut Names, steps: &Steps) {
    let rename = &config.customization.rename;
    let mut types = Scope::new(steps, &[reserved::TYPES, reserved::PRELUDE]);
    let mut modules = Scope::new(steps, &[reserved::MODULES]);
    let renamed = |def: &TypeDef| rename.types.get(&schema_name(def));
    let order = sorted_by(&api.types, |def| {
        (renamed(def).is_none(), !def.component, def.hint.clone(), def.at.clone())
    });
    for def in order {
        let of_document = || identifier(&def.hint.join(" "), Case::UpperCamel);
        let name = types.claim(&renamed(def).cloned().unwrap_or_else(of_document), "Model");
        let module = modules.claim_file(&identifier(name.as_str(), Case::Snake), "model");
        names.insert(Item::Type(def.number), name);
        names.insert(Item::TypeModule(def.number), module);
    }
    for group in sorted_by(&api.groups, |group| group.name.clone()) {
        let Some(words) = names.words(group) else { continue };
        let folder = modules.claim_file(&identifier(words, Case::Snake), "types");
        names.insert(Item::TypeFolder(group.number), folder);
    }
    for def in &api.types {
        let schema = schema_name(def);
        let (of_fields, of_values) = (rename.fields.get(&schema), rename.values.get(&schema));
        match &def.shape {
            Shape::Object(object) => fields(&object.fields, of_fields, names, steps),
            Shape::Enum(list) => values(list, of_values, names, steps),
            Shape::Union(union) => {
                let of_union = names.ty(def.number).clone();
                variants(union, &of_union, names, steps);
            }
            Shape::Form(form) => parts(form, of_fields, names, steps),
            Shape::Alias(_) => {}
        }
    }
}

/// The names of the configuration for the members of a type.
type Renamed<'c> = Option<&'c BTreeMap<String, String>>;

/// Returns the name of the configuration for a member.
fn renamed<'c>(names: Renamed<'c>, wire: &WireName) -> Option<&'c String> {
    names.and_then(|names| names.get(&wire.0))
}

fn fields(fields: &[Field], of_config: Renamed<'_>, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::FIELDS]);
    let order = sorted_by(fields, |field| {
        (renamed(of_config, &field.wire).is_none(), claim_order(&field.wire, Case::Snake))
    });
    for field in order {
        claim_field(field, &mut scope, "property", of_config, names);
    }
}

fn parts(form: &Form, of_config: Renamed<'_>, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[]);
    let order = sorted_by(&form.parts, |part| {
        let wire = &part.field.wire;
        (renamed(of_config, wire).is_none(), claim_order(wire, Case::Snake))
    });
    for part in order {
        claim_field(&part.field, &mut scope, "part", of_config, names);
    }
}

fn claim_field(
    field: &Field,
    scope: &mut Scope<'_>,
    word: &str,
    of_config: Renamed<'_>,
    names: &mut Names,
) {
    let of_document = || identifier(&field.wire.0, Case::Snake);
    let name = renamed(of_config, &field.wire).cloned().unwrap_or_else(of_document);
    let name = scope.claim_raw(&name, word);
    names.insert(Item::Setter(field.number), joined("with", &name));
    names.insert(Item::Member(field.number), name);
}

fn values(list: &Enum, of_config: Renamed<'_>, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::VALUES]);
    let order = sorted_by(&list.variants, |value| {
        (renamed(of_config, &value.wire).is_none(), claim_order(&value.wire, Case::UpperCamel))
    });
    for value in order {
        let of_document = || identifier(&value.wire.0, Case::UpperCamel);
        let name = renamed(of_config, &value.wire).cloned().unwrap_or_else(of_document);
        names.insert(Item::Member(value.number), scope.claim(&name, "Value"));
    }
}
