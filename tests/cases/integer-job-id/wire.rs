use case_integer_job_id::mock::{MockServer, file};
use case_integer_job_id::types::{GetFileFormat, Job};

#[tokio::test]
async fn files_are_downloaded_with_the_digits_of_the_id() {
    let mock = MockServer::start().await;
    let job = Job::new().with_id(9_007_199_254_740_993).with_status("DONE");
    mock.start_job().once().respond_ok(&job);
    mock.get_job().id(9_007_199_254_740_993).respond_ok(&job);
    for format in [GetFileFormat::Csv, GetFileFormat::Pdf] {
        let expected = mock.get_file().id(9_007_199_254_740_993).format(format.clone()).once();
        expected.respond_ok(file(&format!("job.{}", format.as_str()), format.as_str()));
    }
    let folder = std::env::temp_dir().join(format!("integer-job-id-{}", std::process::id()));
    let export = mock.client().start_job().export([GetFileFormat::Csv, GetFileFormat::Pdf]);
    let output = export.save_in(&folder).await.unwrap();
    let read: Vec<String> =
        output.files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert_eq!((output.id.as_str(), read), ("9007199254740993", vec!["csv".into(), "pdf".into()]));
    std::fs::remove_dir_all(&folder).unwrap();
    mock.verify();
}
