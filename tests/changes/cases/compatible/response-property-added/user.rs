pub fn name(thing: &api::types::Thing) -> &str {
    let api::types::Thing { name, .. } = thing;
    name
}
