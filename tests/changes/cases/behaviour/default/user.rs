pub fn request(client: &api::Client) -> api::operations::things::ListThings {
    client.list_things("a", "b").limit(5)
}
