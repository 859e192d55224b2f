pub fn name(thing: &api::types::Thing) -> &str {
    &thing.name
}
