use super::*;

#[test]
fn a_folder_is_shown_as_it_can_be_typed() {
    let here = std::env::current_dir().unwrap().canonicalize().unwrap();
    assert_eq!(shown(&here), ".");
    assert_eq!(shown(&here.join("a/b")), "a/b");
    assert_eq!(shown(here.parent().unwrap()), "..");
    assert_eq!(shown(Path::new("/nowhere")), "/nowhere");
}

#[test]
fn a_path_is_absolute_without_its_dots() {
    assert_eq!(lexical(Path::new("/a/./b/../c")), Some("/a/c".into()));
    assert_eq!(lexical(Path::new("/../a")), Some("/a".into()));
}
