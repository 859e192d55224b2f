pub fn id(job: &api::types::Job) -> &str {
    &job.id
}
