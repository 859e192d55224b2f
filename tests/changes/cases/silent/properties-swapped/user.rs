pub fn thing() -> api::types::NewThing {
    api::types::NewThing::new("name", "group", 1)
}
