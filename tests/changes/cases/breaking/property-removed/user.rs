pub fn has_rows(thing: &api::types::Thing) -> bool {
    thing.rows.is_some()
}
