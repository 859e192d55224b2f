//! Looks for secrets in the memory of the test process (proc_pid_mem(5)).
//!
//! The bytes that are looked for stand in the program as constants, which are not a part of what is
//! counted: only memory that can be written to is read. Each test has a process of its own, so that
//! there is little memory to be read, and nothing of other tests in it.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Command;

use zeroize::Zeroizing;

/// Says to a process that it is the one that was started for a test.
const MARKER: &str = "MEMORY_TEST_CHILD";

/// How many bytes are read at once.
const PIECE: usize = 16 * 1024;

/// Whether the test has a process of its own now. If not, it is run in one, and has nothing more to do
/// here.
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

/// A string with these bytes in the middle, which is made where it is needed, and overwritten. The
/// allocator writes over the first bytes of memory that it gets back, so they must not be those that
/// are looked for.
pub(crate) fn made_up(constant: &'static [u8]) -> Zeroizing<String> {
    let mut bytes = Vec::with_capacity(64 + constant.len());
    bytes.extend([b'x'; 32]);
    bytes.extend(constant);
    bytes.extend([b'x'; 32]);
    Zeroizing::new(String::from_utf8(bytes).unwrap())
}

/// How often the bytes stand in memory that can be written to.
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
        // What is read into is a part of the memory, and would be found again.
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

fn count(memory: &mut File, (from, to): (usize, usize), wanted: &[u8], piece: &mut [u8]) -> usize {
    let (mut at, mut found) = (from, 0);
    while to - at >= wanted.len() {
        let length = PIECE.min(to - at);
        let bytes = &mut piece[..length];
        let read = memory.seek(SeekFrom::Start(at as u64)).and_then(|_| memory.read_exact(bytes));
        // Memory may have been given back since the list was made.
        if read.is_err() {
            return found;
        }
        if bytes.iter().any(|byte| *byte != 0) {
            let begins = |at: &usize| bytes[*at] == wanted[0] && bytes[*at..].starts_with(wanted);
            found += (0..bytes.len()).filter(begins).count();
        }
        // What begins in this piece may end in the next one.
        at += length - (wanted.len() - 1);
    }
    found
}

/// The memory that the process has, and the most that it has had, in bytes.
pub(crate) fn resident() -> usize {
    status("VmRSS:")
}

/// See [`resident`].
pub(crate) fn highest() -> usize {
    status("VmHWM:")
}

fn status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap() * 1024
}
