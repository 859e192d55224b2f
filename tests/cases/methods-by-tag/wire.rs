use case_methods_by_tag::mock::{MockServer, file};
use case_methods_by_tag::types::Job;

#[tokio::test]
async fn methods_and_expectations_are_those_of_the_tag() {
    let mock = MockServer::start().await;
    let (client, job) = (mock.client(), Job::new().with_id("7").with_status("DONE"));
    mock.jobs().get().id("7").once().respond_ok(&job);
    mock.jobs().r#move().id("7").once().respond_ok();
    mock.builder_operations().get().once().respond_ok();
    mock.get_status().once().respond_ok();
    let jobs = client.jobs();
    assert_eq!(jobs.get("7").await.unwrap(), job);
    jobs.r#move("7").await.unwrap();
    client.builder_operations().get().await.unwrap();
    client.get_status().await.unwrap();
    mock.verify();
}

#[tokio::test]
async fn a_job_is_started_followed_and_downloaded_by_methods_of_its_tag() {
    let mock = MockServer::start().await;
    let (client, job) = (mock.client(), Job::new().with_id("7").with_status("DONE"));
    mock.jobs().start_job().once().respond_ok(&job);
    mock.jobs().get().id("7").respond_ok(&job);
    mock.jobs().get_job_file().id("7").once().respond_ok(file("job.csv", "a,b"));
    let folder = std::env::temp_dir().join(format!("methods-by-tag-{}", std::process::id()));
    let output = client.jobs().start_job().export().save_in(&folder).await.unwrap();
    let [path] = output.files.as_slice() else { panic!("{output:?}") };
    assert_eq!(std::fs::read(path).unwrap(), b"a,b");
    std::fs::remove_dir_all(&folder).unwrap();
    let resumed = client.jobs().resume_start_job("7").await.unwrap();
    assert_eq!(resumed.state, job);
    mock.verify();
}
