//! Hostile archives, unpacked with the function of the example `search_export_unzipped`: they are
//! rejected and leave no files, inside the folder or outside.

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

/// A folder with an archive, and the path of the folder to unpack into.
struct Fixture(TempDir);

impl Fixture {
    /// Creates an archive from bytes.
    fn with(archive: &[u8]) -> Self {
        let fixture = Self(tempfile::tempdir().unwrap());
        fs::write(fixture.0.path().join("archive.zip"), archive).unwrap();
        fixture
    }

    /// Creates an archive from names and contents. A name with a trailing slash is a folder.
    fn with_files(files: &[(&str, &[u8])]) -> Self {
        Self::with(&archive(files))
    }

    fn unpack(&self) -> Result<Vec<String>, UnpackError> {
        let folder = self.0.path().join("unpacked");
        let files = unpack(&self.0.path().join("archive.zip"), &folder, &LIMITS)?;
        let inside = |path: &Path| path.strip_prefix(&folder).unwrap().display().to_string();
        Ok(files.iter().map(|path| inside(path)).collect())
    }

    /// Asserts that unpacking fails and leaves no files.
    fn assert_rejected(&self) -> UnpackError {
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
        // The writer normalizes names of folders, so they are written as files.
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Replaces all occurrences of some bytes.
fn replace_bytes(mut bytes: Vec<u8>, old: &[u8], new: &[u8], times: usize) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let positions: Vec<_> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(old)).collect();
    assert_eq!(positions.len(), times, "{old:?}");
    for at in positions {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

#[test]
fn files_and_folders_are_unpacked() {
    let fixture = Fixture::with_files(&[
        ("Search Export.csv", b"a,b\n"),
        ("empty/", b""),
        ("x/y/z.csv", b"c"),
    ]);
    assert_eq!(fixture.unpack().unwrap(), ["Search Export.csv", "x/y/z.csv"]);
    assert_eq!(fixture.names(), ["archive.zip", "unpacked"]);
    assert_eq!(fixture.read("Search Export.csv"), "a,b\n");
    assert_eq!(fixture.read("x/y/z.csv"), "c");
    assert!(fixture.0.path().join("unpacked/empty").is_dir());
}

#[test]
fn an_existing_folder_is_not_changed() {
    let fixture = Fixture::with_files(&[("a.csv", b"new")]);
    fs::create_dir(fixture.0.path().join("unpacked")).unwrap();
    fs::write(fixture.0.path().join("unpacked/a.csv"), "old").unwrap();
    assert!(matches!(fixture.unpack(), Err(UnpackError::Exists(_))));
    assert_eq!(fixture.read("a.csv"), "old");
}

#[test]
fn names_outside_the_folder_are_rejected() {
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
        let fixture = Fixture::with_files(&[("good.csv", b"a"), (name, b"b")]);
        let error = fixture.assert_rejected();
        assert!(
            matches!(&error, UnpackError::Name(rejected) if rejected == name),
            "{name}: {error}"
        );
    }
}

#[test]
fn links_are_rejected() {
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    writer.add_symlink("link", "/etc", SimpleFileOptions::default()).unwrap();
    writer.start_file("link/passwd", SimpleFileOptions::default()).unwrap();
    let fixture = Fixture::with(&writer.finish().unwrap().into_inner());
    let error = fixture.assert_rejected();
    assert!(matches!(&error, UnpackError::Special(name) if name == "link"), "{error}");
}

#[test]
fn two_files_of_one_name_are_rejected() {
    let twice = replace_bytes(archive(&[("a.csv", b"1"), ("b.csv", b"2")]), b"b.csv", b"a.csv", 2);
    assert!(matches!(Fixture::with(&twice).assert_rejected(), UnpackError::Twice));
}

#[test]
fn a_file_that_is_also_a_folder_is_rejected() {
    let fixture = Fixture::with_files(&[("a", b"1"), ("a/b.csv", b"2")]);
    assert!(matches!(fixture.assert_rejected(), UnpackError::Io(_)));
}

#[test]
fn too_many_entries_are_rejected() {
    let fixture = Fixture::with_files(&[("a", b""), ("b", b""), ("c/", b""), ("d", b"")]);
    assert!(matches!(fixture.assert_rejected(), UnpackError::Entries(4)));
}

#[test]
fn an_archive_of_the_maximal_size_is_unpacked() {
    let fixture = Fixture::with_files(&[("a", &[b'a'; 4_000]), ("b", &[b'b'; 6_000])]);
    assert_eq!(fixture.unpack().unwrap(), ["a", "b"]);
}

#[test]
fn an_archive_that_declares_too_many_bytes_is_rejected() {
    let fixture = Fixture::with_files(&[("a", &[b'a'; 4_000]), ("b", &[b'b'; 6_001])]);
    assert!(matches!(fixture.assert_rejected(), UnpackError::Bytes(10_000)));
    // The declared size is sufficient: the file is not opened.
    let small =
        replace_bytes(archive(&[("a", &[b'a'; 777])]), &777_u32.to_le_bytes(), &[255; 4], 2);
    assert!(matches!(Fixture::with(&small).assert_rejected(), UnpackError::Bytes(10_000)));
}

#[test]
fn an_archive_with_a_false_size_is_rejected() {
    // The size is in the local header and in the directory.
    let bomb = archive(&[("a", &[b'a'; 4_000]), ("b", &[0; 1_000_000])]);
    let bomb = replace_bytes(bomb, &1_000_000_u32.to_le_bytes(), &10_u32.to_le_bytes(), 2);
    // The library detects it first.
    assert!(matches!(Fixture::with(&bomb).assert_rejected(), UnpackError::Io(_)));
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
fn damaged_archives_are_rejected() {
    assert!(matches!(Fixture::with(b"a,b\n1,2\n").assert_rejected(), UnpackError::Archive(_)));
    let whole = archive(&[("a.csv", &[b'a'; 4_000])]);
    assert!(matches!(
        Fixture::with(&whole[..whole.len() / 2]).assert_rejected(),
        UnpackError::Archive(_)
    ));
    // Only the checksum after the last byte shows that this one is damaged.
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = ZipWriter::new(std::io::Cursor::new(vec![]));
    writer.start_file("a.csv", stored).unwrap();
    writer.write_all(b"content").unwrap();
    let changed = replace_bytes(writer.finish().unwrap().into_inner(), b"content", b"contend", 1);
    assert!(matches!(Fixture::with(&changed).assert_rejected(), UnpackError::Io(_)));
}
