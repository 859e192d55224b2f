//! Any bytes as `Content-Disposition`: the file that is saved has a harmless name in its folder.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let header = [b"Content-Type: text/csv\r\nContent-Disposition: ", bytes].concat();
    let response = server::response(200, &header, b"a,b\n");
    let name = server::call(response, |client| async move {
        let download = client.get_file().await.ok()?;
        let _ = download.file_name();
        Some(download.safe_file_name())
    });
    let Some(name) = name else { return };
    assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
    assert!(!name.starts_with(['.', '-', '~']) && !name.ends_with(['.', ' ']), "{name:?}");
    let is_harmful = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    assert!(!name.contains(is_harmful), "{name:?}");
    assert_eq!(std::path::Path::new(&name).components().count(), 1, "{name:?}");
});
