pub fn request(client: &api::Client) -> api::operations::untagged::ListPages {
    client.list_pages("a", 1)
}
