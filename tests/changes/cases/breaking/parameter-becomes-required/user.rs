pub fn request(client: &api::Client) -> api::operations::things::GetThing {
    client.get_thing("a", 1).verbose(true)
}
