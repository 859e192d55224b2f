pub fn other(thing: &api::types::Thing) -> Option<&api::Value> {
    thing.additional_properties.get("other")
}
