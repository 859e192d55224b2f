pub fn maker(thing: &api::types::Thing) -> Option<&api::types::ThingMaker> {
    thing.maker.as_ref()
}

pub fn name(maker: &api::types::ThingMaker) -> Option<&str> {
    maker.name.as_deref()
}
