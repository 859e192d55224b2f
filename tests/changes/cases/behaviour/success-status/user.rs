pub fn resume(client: &api::Client) -> api::Poller<api::types::Run> {
    client.resume_start_run("a")
}
