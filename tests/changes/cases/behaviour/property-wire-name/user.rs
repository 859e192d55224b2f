pub fn rows(thing: &api::types::Thing) -> Option<i32> {
    thing.rows
}
