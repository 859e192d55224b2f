pub fn request(client: &api::Client) -> api::operations::untagged::SetMotto {
    client.set_motto("Do.")
}
