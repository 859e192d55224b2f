pub fn request(client: &api::Client, limit: i32) -> api::operations::things::ListThings {
    client.list_things("a", "b").limit(limit)
}
