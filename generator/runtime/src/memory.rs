//! Measures the heap of the test process, and searches its memory for secrets (proc_pid_mem(5)).
//!
//! Each test runs in its own process, without the memory of other tests. The heap is measured by the
//! allocator and not by the system, so a result does not depend on the machine. The secrets are constants
//! of the program. These are not counted, because only writable memory is searched.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Command;

use peak_alloc::PeakAlloc;
use zeroize::Zeroizing;

/// The allocator of all tests of this crate. It moves whatever grows, so its old place is freed.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The environment variable that marks the process of a single test.
const MARKER: &str = "MEMORY_TEST_CHILD";

/// The number of bytes that are read at once.
const PIECE: usize = 16 * 1024;

/// Returns whether the test runs in its own process. If not, runs it in one, and the caller has
/// nothing more to do.
pub(crate) fn is_alone(test: &str) -> bool {
    if std::env::var_os(MARKER).is_some() {
        return true;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    let output = command.env(MARKER, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "there is no test {test}:\n{text}");
    false
}

/// Returns a string that contains the bytes and is zeroed when it is dropped. They are padded,
/// because the allocator overwrites the first bytes of freed memory.
pub(crate) fn made_up(constant: &'static [u8]) -> Zeroizing<String> {
    let mut bytes = Vec::with_capacity(64 + constant.len());
    bytes.extend([b'x'; 32]);
    bytes.extend(constant);
    bytes.extend([b'x'; 32]);
    Zeroizing::new(String::from_utf8(bytes).unwrap())
}

/// Counts the occurrences of the bytes in writable memory.
pub(crate) fn copies(constant: &'static [u8]) -> usize {
    let mut piece = vec![0; PIECE];
    let own = piece.as_ptr().addr();
    let own = (own, own + PIECE);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    for map in maps.lines().filter(|map| map.contains(" rw-p ")) {
        let (from, to) = map.split(' ').next().unwrap().split_once('-').unwrap();
        let at = |hex: &str| usize::from_str_radix(hex, 16).unwrap();
        let (from, to) = (at(from), at(to));
        // The buffer itself is part of the memory, and must not be searched.
        let parts = match from < own.1 && own.0 < to {
            true => vec![(from, own.0.max(from)), (own.1.min(to), to)],
            false => vec![(from, to)],
        };
        for part in parts {
            found += count(&mut memory, part, constant, &mut piece);
        }
    }
    piece.fill(0);
    found
}

fn count(memory: &mut File, (from, to): (usize, usize), secret: &[u8], piece: &mut [u8]) -> usize {
    let (mut at, mut found) = (from, 0);
    while to - at >= secret.len() {
        let length = PIECE.min(to - at);
        let bytes = &mut piece[..length];
        let read = memory.seek(SeekFrom::Start(at as u64)).and_then(|_| memory.read_exact(bytes));
        // Memory may have been unmapped in the meantime.
        if read.is_err() {
            return found;
        }
        if bytes.iter().any(|byte| *byte != 0) {
            let begins = |at: &usize| bytes[*at] == secret[0] && bytes[*at..].starts_with(secret);
            found += (0..bytes.len()).filter(begins).count();
        }
        // An occurrence may extend into the next piece.
        at += length - (secret.len() - 1);
    }
    found
}

/// Returns how many bytes of the heap are in use.
pub(crate) fn heap() -> usize {
    ALLOCATOR.current_usage()
}

/// Returns the result of the work, and how many bytes of the heap it needed at most.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    ALLOCATOR.reset_peak_usage();
    let before = heap();
    let result = work();
    (result, ALLOCATOR.peak_usage() - before)
}
