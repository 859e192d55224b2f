//! The program for the command line, killed (SIGKILL) while it downloads.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::mock_tenant::MockTenant;

use super::chance::{dice, seed};
use crate::setup::{client, start, tenant};

/// What stands under the final name before a run that replaces it.
const OLD: &[u8] = b"id,name\nold,old\n";

/// What kills have left.
#[derive(Default)]
struct Left {
    killed: u32,
    nothing: u32,
    old: u32,
    whole: u32,
    parts: u32,
    part_bytes: u64,
}

/// The program, which saves a report as `report.csv` in the folder.
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

/// The names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// More than any run could save before it is killed.
const ENDLESS: u64 = 1 << 42;

/// How large the file of a run is that is not killed.
const SIZE: u64 = 16 << 20;

/// When runs are killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// When a part of the file is on disk, and no earlier.
    WithAPart,
    /// At any.
    Random,
}

/// Kills so many runs, and asserts what each has left, and that the next run that is not killed
/// leaves nothing but its file. The runs do not end before they are killed if that is when a part is
/// on disk, so each of them leaves one.
async fn kill_runs(kills: u32, when: Moment) {
    let tenant = tenant().await;
    tenant.set_csv_size(SIZE);
    let id = start(&client(&tenant)).await;
    let seed = seed("kills");
    let home = tempfile::tempdir().unwrap();
    let left = tokio::task::spawn_blocking(move || {
        let folder = home.path().join("reports");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("report.csv");
        let finish = || {
            let status = program(&tenant, &id, &folder).status().unwrap();
            assert!(status.success(), "{status}");
            // Elsewhere the system does not say whether a process is gone, so litter stays a while.
            if cfg!(target_os = "linux") {
                assert_eq!(names(&folder), ["report.csv"], "what the killed run has left");
            }
            fs::read(&path).unwrap()
        };
        let begun = Instant::now();
        let whole = finish();
        let time = begun.elapsed();
        assert_eq!(whole.len() as u64, SIZE);
        let mut left = Left::default();
        for round in 0..10 * kills {
            if left.killed == kills {
                break;
            }
            let replaces = round % 2 == 0;
            match replaces {
                true => fs::write(&path, OLD).unwrap(),
                false => fs::remove_file(&path).unwrap(),
            }
            let mut program = program(&tenant, &id, &folder);
            let is_killed = match when {
                Moment::WithAPart => {
                    tenant.set_csv_size(ENDLESS);
                    let is_killed = kill_with_a_part(&mut program, &folder);
                    tenant.set_csv_size(SIZE);
                    is_killed
                }
                Moment::Random => {
                    kill(&mut program, time.mul_f64(dice(seed, round as usize, 0).f64() * 1.1))
                }
            };
            if is_killed {
                left.killed += 1;
                note(&mut left, &folder, replaces, &whole);
            }
            if when == Moment::WithAPart {
                assert_eq!(left.parts, left.killed, "each killed run leaves a part");
            }
            assert!(finish() == whole);
        }
        left
    });
    let left = left.await.unwrap();
    let Left { killed, nothing, old, whole, parts, part_bytes } = left;
    println!(
        "{killed} kills: under the final name {nothing} left nothing, {old} the old file, {whole} the whole new one"
    );
    println!(
        "{killed} kills: {parts} left a part beside it, {} MiB in all; the next run removed it",
        part_bytes >> 20
    );
    assert_eq!(killed, kills, "too many runs have ended before they were killed");
}

/// Kills a run at a moment. Returns whether it was still running.
fn kill(program: &mut Command, moment: Duration) -> bool {
    let mut child = program.spawn().unwrap();
    std::thread::sleep(moment);
    // One that has ended cannot be killed, and says how it has ended.
    let _ = child.kill();
    child.wait().unwrap().code().is_none()
}

/// Kills a run as soon as there are bytes of a part on disk. Returns whether it was still running.
fn kill_with_a_part(program: &mut Command, folder: &Path) -> bool {
    let mut child = program.spawn().unwrap();
    let begun = Instant::now();
    let size = |name: &String| fs::metadata(folder.join(name)).map_or(0, |found| found.len());
    while !names(folder).iter().any(|name| name.ends_with(".part") && size(name) > 0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing was written");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Notes what a killed run has left. Under the final name there is what was there, or all of it.
fn note(left: &mut Left, folder: &Path, replaces: bool, whole: &[u8]) {
    for name in names(folder) {
        if name == "report.csv" {
            continue;
        }
        assert!(name.ends_with(".part") && name.starts_with('.'), "{name}");
        left.parts += 1;
        left.part_bytes += fs::metadata(folder.join(name)).unwrap().len();
    }
    match fs::read(folder.join("report.csv")) {
        Ok(bytes) if bytes == whole => left.whole += 1,
        Ok(bytes) => {
            assert!(replaces && bytes == OLD, "a part of a file: {} bytes", bytes.len());
            left.old += 1;
        }
        Err(error) => {
            assert!(!replaces, "the old file is gone: {error}");
            left.nothing += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_killed_downloads_leave_no_part_under_a_final_name() {
    kill_runs(5, Moment::WithAPart).await;
}

#[ignore = "takes a minute"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_killed_downloads_leave_no_part_under_a_final_name() {
    kill_runs(100, Moment::Random).await;
}
