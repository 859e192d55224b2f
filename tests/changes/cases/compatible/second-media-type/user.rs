use api::operations::things::CreateThing;

pub fn request(client: &api::Client, thing: &api::types::NewThing) -> CreateThing {
    client.create_thing(thing)
}
