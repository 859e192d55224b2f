//! The command-line program, killed (SIGKILL) during a download.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::MockTenant;

use super::random::{rng, seed};
use crate::setup::{client, start, tenant};

/// The content of the existing file that a run replaces.
const OLD_CONTENT: &[u8] = b"id,name\nold,old\n";

/// What kills have counts.
#[derive(Default)]
struct KillCounts {
    killed: u32,
    nothing: u32,
    old: u32,
    whole: u32,
    partial_files: u32,
    partial_bytes: u64,
}

/// Returns the command that saves a report as `report.csv` in the folder.
fn program(tenant: &MockTenant, id: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sailpoint-reports-cli"));
    command
        .env_clear()
        .env("HOME", folder.parent().unwrap())
        .env("SAIL_BASE_URL", tenant.base_url())
        .env("SAIL_CLIENT_ID", tenant.client_id())
        .env("SAIL_CLIENT_SECRET", tenant.client_secret())
        .args(["get-report", id, "--file-format", "csv", "--if-exists", "replace"])
        .args(["-o", "report.csv"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Returns the names in a folder, hidden files included.
fn file_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// More bytes than a run can save before it is killed.
const HUGE: u64 = 1 << 42;

/// The size of the file of a run that is not killed.
const CSV_BYTES: u64 = 16 << 20;

/// When a run is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KillTime {
    /// As soon as a partial file exists.
    WithPartialFile,
    /// At a random time.
    Random,
}

/// Kills runs, checks the files that each one leaves, and checks that the next complete run leaves
/// only its file. With `WithPartialFile`, runs never finish by themselves, so each leaves a partial
/// file.
async fn check_kills(kills: u32, time: KillTime) {
    let tenant = tenant().await;
    tenant.set_csv_size(CSV_BYTES);
    let id = start(&client(&tenant)).await;
    let counts = tokio::task::spawn_blocking(move || count_kills(&tenant, &id, kills, time));
    let counts = counts.await.unwrap();
    let KillCounts { killed, nothing, old, whole, partial_files, partial_bytes } = counts;
    println!(
        "{killed} kills: under the final name {nothing} left nothing, {old} the old file, {whole} the whole new one"
    );
    println!(
        "{killed} kills: {partial_files} left a part beside it, {} MiB in all; the next run removed it",
        partial_bytes >> 20
    );
    assert_eq!(killed, kills, "too many runs have ended before they were killed");
}

/// Kills runs until the given number of them were still running, and counts what they leave.
fn count_kills(tenant: &MockTenant, id: &str, kills: u32, time: KillTime) -> KillCounts {
    let seed = seed("kills");
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reports");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("report.csv");
    let finish = || {
        let status = program(tenant, id, &folder).status().unwrap();
        assert!(status.success(), "{status}");
        // Other systems do not report whether a process still exists, so stale files are kept
        // for a while.
        if cfg!(target_os = "linux") {
            assert_eq!(file_names(&folder), ["report.csv"], "what the killed run has left");
        }
        fs::read(&path).unwrap()
    };
    let start = Instant::now();
    let whole = finish();
    let duration = start.elapsed();
    assert_eq!(whole.len() as u64, CSV_BYTES);
    let mut counts = KillCounts::default();
    for round in 0..10 * kills {
        if counts.killed == kills {
            break;
        }
        let replaces = round % 2 == 0;
        match replaces {
            true => fs::write(&path, OLD_CONTENT).unwrap(),
            false => fs::remove_file(&path).unwrap(),
        }
        let mut program = program(tenant, id, &folder);
        let is_killed = match time {
            KillTime::WithPartialFile => {
                tenant.set_csv_size(HUGE);
                let is_killed = kill_with_partial_file(&mut program, &folder);
                tenant.set_csv_size(CSV_BYTES);
                is_killed
            }
            KillTime::Random => {
                kill(&mut program, duration.mul_f64(rng(seed, round as usize, 0).f64() * 1.1))
            }
        };
        if is_killed {
            counts.killed += 1;
            record(&mut counts, &folder, replaces, &whole);
        }
        if time == KillTime::WithPartialFile {
            assert_eq!(counts.partial_files, counts.killed, "each killed run leaves a part");
        }
        assert!(finish() == whole);
    }
    counts
}

/// Kills a run after a delay. Returns whether it was still running.
fn kill(program: &mut Command, delay: Duration) -> bool {
    let mut child = program.spawn().unwrap();
    std::thread::sleep(delay);
    // An error means that it has ended already.
    let _ = child.kill();
    child.wait().unwrap().code().is_none()
}

/// Kills a run as soon as it has written a partial file. Returns whether it was still running.
fn kill_with_partial_file(program: &mut Command, folder: &Path) -> bool {
    let mut child = program.spawn().unwrap();
    let start = Instant::now();
    let size = |name: &String| fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len());
    while !file_names(folder).iter().any(|name| name.ends_with(".part") && size(name) > 0) {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was written");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Counts the files of a killed run. The final name must have the old content or all of the new
/// one.
fn record(counts: &mut KillCounts, folder: &Path, replaces: bool, whole: &[u8]) {
    for name in file_names(folder) {
        if name == "report.csv" {
            continue;
        }
        assert!(name.ends_with(".part") && name.starts_with('.'), "{name}");
        counts.partial_files += 1;
        counts.partial_bytes += fs::metadata(folder.join(name)).unwrap().len();
    }
    match fs::read(folder.join("report.csv")) {
        Ok(bytes) if bytes == whole => counts.whole += 1,
        Ok(bytes) => {
            assert!(replaces && bytes == OLD_CONTENT, "a part of a file: {} bytes", bytes.len());
            counts.old += 1;
        }
        Err(error) => {
            assert!(!replaces, "the old file is gone: {error}");
            counts.nothing += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_killed_downloads_leave_no_partial_file_under_the_final_name() {
    check_kills(5, KillTime::WithPartialFile).await;
}

#[ignore = "takes a minute"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_killed_downloads_leave_no_partial_file_under_the_final_name() {
    check_kills(100, KillTime::Random).await;
}
