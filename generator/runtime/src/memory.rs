//! Looks for secrets in the memory of the test process (proc_pid_mem(5)).
//!
//! The bytes that are looked for stand in the program as constants, which are not a part of what is
//! counted: only memory that can be written to is read.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

/// How many bytes are read at once.
const PIECE: usize = 16 * 1024;

/// A string that is made where it is needed, and overwritten.
pub(crate) fn made_up(constant: &'static [u8]) -> Zeroizing<String> {
    Zeroizing::new(String::from_utf8(constant.to_vec()).unwrap())
}

/// How often the bytes stand in memory that can be written to.
pub(crate) fn copies(constant: &'static [u8]) -> usize {
    // What one test has read must not be found by another.
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _turn = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
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
