pub fn thing() -> api::types::NewThing {
    api::types::NewThing::new("a", "b", 1)
}
