pub fn request(client: &api::Client) -> api::operations::things::ListThings {
    client.list_things("2020", "2030")
}
