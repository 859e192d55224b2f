//! Downloads need the same memory whatever the size of the file.
//!
//! Memory is measured per process, so the tenant runs in one process, and the download in another
//! that does nothing else.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::TryStreamExt as _;
use peak_alloc::PeakAlloc;
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Value};

use crate::process::is_alone;
use crate::setup::start;

const MIB: u64 = 1 << 20;

/// The allowed growth of the heap during a download.
const MAX_GROWTH_BYTES: usize = 4 << 20;

/// The allocator of all tests of this target. The heap is measured by it and not by the system, so a
/// result does not depend on the machine.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The mock tenant as a child process, which is killed on drop.
struct Tenant {
    process: Child,
    address: Value,
}

impl Tenant {
    fn start(csv_size: u64) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_mock-tenant"))
            .args(["--report-duration", "0", "--csv-size", &csv_size.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let outcome = BufReader::new(process.stdout.take().unwrap()).read_line(&mut line);
        let address = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{outcome:?} {line}"));
        Self { process, address }
    }

    fn client(&self) -> Client {
        let text = |name: &str| self.address[name].as_str().unwrap().to_owned();
        let client = Client::builder().base_url(text("baseUrl"));
        client.client_credentials(text("clientId"), text("clientSecret")).build().unwrap()
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        // An error means that the process has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the result of the work, and how many bytes the heap grew while it was done.
pub(crate) async fn growth<T>(work: impl Future<Output = T>) -> (T, usize) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let result = work.await;
    (result, ALLOCATOR.peak_usage() - before)
}

/// Downloads a file as a stream and to disk, and asserts that the peak memory stays below the
/// limit.
async fn download(size: u64) {
    let tenant = Tenant::start(size);
    let client = tenant.client();
    let id = start(&client).await;
    let directory = tempfile::tempdir().unwrap();
    let path: &Path = &directory.path().join("report.csv");
    let work = async {
        let file = client.get_report(&id, FileFormat::Csv).await.unwrap();
        let counted =
            file.into_stream().try_fold(0, async |sum, chunk| Ok(sum + chunk.len() as u64));
        assert_eq!(counted.await.unwrap(), size);
        let file = client.get_report(&id, FileFormat::Csv).await.unwrap();
        assert_eq!(file.save_to(path).await.unwrap(), size);
    };
    let ((), growth) = growth(work).await;
    assert_eq!(std::fs::metadata(path).unwrap().len(), size);
    println!("{} MiB took {} KiB", size / MIB, growth / 1024);
    assert!(growth < MAX_GROWTH_BYTES, "{growth} bytes");
}

#[tokio::test]
async fn a_file_of_64_mib_needs_little_memory() {
    if is_alone("memory::a_file_of_64_mib_needs_little_memory") {
        download(64 * MIB).await;
    }
}

/// Takes some seconds, and a gigabyte in the directory for temporary files. It runs with
/// `cargo test -p tests --test behaviour -- --ignored --nocapture a_file_of_1_gib`.
#[ignore = "takes some seconds and a gigabyte of disk"]
#[tokio::test]
async fn a_file_of_1_gib_needs_little_memory() {
    if is_alone("memory::a_file_of_1_gib_needs_little_memory") {
        download(1024 * MIB).await;
    }
}
