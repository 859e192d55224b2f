//! Names of types, their modules and their members.

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::variants::variants;
use super::{claim_order, joined, reserved, sorted_by};
use crate::ir::{Api, Enum, Form, Object, Shape};
use crate::limits::Steps;

/// Names types, the folders of their files, and their members. Components claim their names before inline
/// schemas.
pub(super) fn types(api: &Api, names: &mut Names, steps: &Steps) {
    let mut types = Scope::new(steps, &[reserved::TYPES, reserved::PRELUDE]);
    let mut modules = Scope::new(steps, &[reserved::MODULES]);
    let order = sorted_by(&api.types, |def| (!def.component, def.hint.clone(), def.at.clone()));
    for def in order {
        let name = types.claim(&identifier(&def.hint.join(" "), Case::UpperCamel), "Model");
        let module = modules.claim_file(&identifier(name.as_str(), Case::Snake), "model");
        names.insert(Item::Type(def.number), name);
        names.insert(Item::TypeModule(def.number), module);
    }
    for group in sorted_by(&api.groups, |group| group.name.clone()) {
        let Some(name) = &group.name else { continue };
        let folder = modules.claim_file(&identifier(name, Case::Snake), "types");
        names.insert(Item::TypeFolder(group.number), folder);
    }
    for def in &api.types {
        match &def.shape {
            Shape::Object(object) => fields(object, names, steps),
            Shape::Enum(list) => values(list, names, steps),
            Shape::Union(union) => {
                let of_union = names.ty(def.number).clone();
                variants(union, &of_union, names, steps);
            }
            Shape::Form(form) => parts(form, names, steps),
            Shape::Alias(_) => {}
        }
    }
}

fn fields(object: &Object, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::FIELDS]);
    for field in sorted_by(&object.fields, |field| claim_order(&field.wire, Case::Snake)) {
        let name = scope.claim_raw(&identifier(&field.wire.0, Case::Snake), "property");
        names.insert(Item::Setter(field.number), joined("with", &name));
        names.insert(Item::Member(field.number), name);
    }
}

fn values(list: &Enum, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::VALUES]);
    for value in sorted_by(&list.variants, |value| claim_order(&value.wire, Case::UpperCamel)) {
        let name = scope.claim(&identifier(&value.wire.0, Case::UpperCamel), "Value");
        names.insert(Item::Member(value.number), name);
    }
}

fn parts(form: &Form, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[]);
    for part in sorted_by(&form.parts, |part| claim_order(&part.field.wire, Case::Snake)) {
        let name = scope.claim_raw(&identifier(&part.field.wire.0, Case::Snake), "part");
        names.insert(Item::Setter(part.field.number), joined("with", &name));
        names.insert(Item::Member(part.field.number), name);
    }
}
