//! Archives that mean harm, against the function that the example `search_export_unzipped` unpacks
//! them with: they are refused, and nothing of them is left, inside the folder or out of it.

#[path = "../examples/search_export_unzipped/unpack.rs"]
mod unpack;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use unpack::{Limits, UnpackError, unpack};

const LIMITS: Limits = Limits { entries: 3, bytes: 10_000 };

/// An archive in a folder of its own, and the place beside it where it is to be unpacked.
struct Place(TempDir);

impl Place {
    /// An archive with these bytes.
    fn with(archive: &[u8]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.0.path().join("archive.zip"), archive).unwrap();
        place
    }

    /// An archive with files of these names and contents. A name with a slash at its end is a
    /// folder.
    fn with_files(files: &[(&str, &[u8])]) -> Self {
        Self::with(&archive(files))
    }

    fn unpack(&self) -> Result<Vec<String>, UnpackError> {
        let folder = self.0.path().join("unpacked");
        let files = unpack(&self.0.path().join("archive.zip"), &folder, &LIMITS)?;
        let inside = |path: &Path| path.strip_prefix(&folder).unwrap().display().to_string();
        Ok(files.iter().map(|path| inside(path)).collect())
    }

    /// Unpacks what must be refused, and looks for what it has left.
    fn refused(&self) -> UnpackError {
        let error = self.unpack().unwrap_err();
        assert_eq!(self.names(), ["archive.zip"], "{error}");
        error
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join("unpacked").join(file)).unwrap()
    }
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, content) in files {
        // The writer mends names of folders, so they are written as files.
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Replaces some bytes by others, wherever they are.
fn replaced(mut bytes: Vec<u8>, old: &[u8], new: &[u8], times: usize) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let places: Vec<_> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(old)).collect();
    assert_eq!(places.len(), times, "{old:?}");
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

#[test]
fn files_and_folders_are_unpacked() {
    let place =
        Place::with_files(&[("Search Export.csv", b"a,b\n"), ("empty/", b""), ("x/y/z.csv", b"c")]);
    assert_eq!(place.unpack().unwrap(), ["Search Export.csv", "x/y/z.csv"]);
    assert_eq!(place.names(), ["archive.zip", "unpacked"]);
    assert_eq!(place.read("Search Export.csv"), "a,b\n");
    assert_eq!(place.read("x/y/z.csv"), "c");
    assert!(place.0.path().join("unpacked/empty").is_dir());
}

#[test]
fn what_is_there_already_stays() {
    let place = Place::with_files(&[("a.csv", b"new")]);
    fs::create_dir(place.0.path().join("unpacked")).unwrap();
    fs::write(place.0.path().join("unpacked/a.csv"), "old").unwrap();
    assert!(matches!(place.unpack(), Err(UnpackError::Exists(_))));
    assert_eq!(place.read("a.csv"), "old");
}

#[test]
fn names_that_lead_away_are_refused() {
    let names = [
        "../a.csv",
        "x/../../a.csv",
        "x/../a.csv",
        "./a.csv",
        "..",
        "/tmp/a.csv",
        "//host/a.csv",
        "x//a.csv",
        "C:/a.csv",
        "C:a.csv",
        "a.csv:stream",
        "..\\a.csv",
        "x\\a.csv",
        "a\0.csv",
        "a\n.csv",
        "/",
    ];
    for name in names {
        let place = Place::with_files(&[("good.csv", b"a"), (name, b"b")]);
        let error = place.refused();
        assert!(matches!(&error, UnpackError::Name(refused) if refused == name), "{name}: {error}");
    }
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    writer.add_symlink("link", "/etc", SimpleFileOptions::default()).unwrap();
    writer.start_file("link/passwd", SimpleFileOptions::default()).unwrap();
    let place = Place::with(&writer.finish().unwrap().into_inner());
    let error = place.refused();
    assert!(matches!(&error, UnpackError::Special(name) if name == "link"), "{error}");
}

#[test]
fn two_files_of_one_name_are_refused() {
    let twice = replaced(archive(&[("a.csv", b"1"), ("b.csv", b"2")]), b"b.csv", b"a.csv", 2);
    assert!(matches!(Place::with(&twice).refused(), UnpackError::Twice));
}

#[test]
fn a_file_that_is_also_a_folder_is_refused() {
    let place = Place::with_files(&[("a", b"1"), ("a/b.csv", b"2")]);
    assert!(matches!(place.refused(), UnpackError::Io(_)));
}

#[test]
fn too_many_entries_are_refused() {
    let place = Place::with_files(&[("a", b""), ("b", b""), ("c/", b""), ("d", b"")]);
    assert!(matches!(place.refused(), UnpackError::Entries(4)));
}

#[test]
fn as_many_bytes_as_are_allowed_are_unpacked() {
    let place = Place::with_files(&[("a", &[b'a'; 4_000]), ("b", &[b'b'; 6_000])]);
    assert_eq!(place.unpack().unwrap(), ["a", "b"]);
}

#[test]
fn an_archive_that_says_that_it_is_too_large_is_refused() {
    let place = Place::with_files(&[("a", &[b'a'; 4_000]), ("b", &[b'b'; 6_001])]);
    assert!(matches!(place.refused(), UnpackError::Bytes(10_000)));
    // What it says is enough: this one is not even opened.
    let small = replaced(archive(&[("a", &[b'a'; 777])]), &777_u32.to_le_bytes(), &[255; 4], 2);
    assert!(matches!(Place::with(&small).refused(), UnpackError::Bytes(10_000)));
}

#[test]
fn an_archive_that_lies_about_its_size_is_refused() {
    // The size stands before the file and in the directory.
    let bomb = archive(&[("a", &[b'a'; 4_000]), ("b", &[0; 1_000_000])]);
    let bomb = replaced(bomb, &1_000_000_u32.to_le_bytes(), &10_u32.to_le_bytes(), 2);
    // The library sees it first.
    assert!(matches!(Place::with(&bomb).refused(), UnpackError::Io(_)));
}

#[test]
fn bytes_are_counted_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, written| {
        let mut endless = std::io::repeat(0).take(101);
        unpack::write(&mut endless, &folder.path().join(name), 10_000, written)
    };
    assert!(matches!(write("a", 9_899), Ok(101)));
    assert!(matches!(write("b", 9_900), Err(UnpackError::Bytes(10_000))));
    assert!(matches!(write("c", 10_000), Err(UnpackError::Bytes(10_000))));
}

#[test]
fn damaged_archives_are_refused() {
    assert!(matches!(Place::with(b"a,b\n1,2\n").refused(), UnpackError::Archive(_)));
    let whole = archive(&[("a.csv", &[b'a'; 4_000])]);
    assert!(matches!(Place::with(&whole[..whole.len() / 2]).refused(), UnpackError::Archive(_)));
    // Only the checksum tells that something is wrong with this one, after the last byte.
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    writer.start_file("a.csv", stored).unwrap();
    writer.write_all(b"content").unwrap();
    let changed = replaced(writer.finish().unwrap().into_inner(), b"content", b"contend", 1);
    assert!(matches!(Place::with(&changed).refused(), UnpackError::Io(_)));
}
