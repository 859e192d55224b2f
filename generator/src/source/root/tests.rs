use super::*;

#[test]
fn a_folder_is_displayed_relative_to_the_current_directory() {
    let current = std::env::current_dir().unwrap().canonicalize().unwrap();
    assert_eq!(displayed(&current), ".");
    assert_eq!(displayed(&current.join("a/b")), "a/b");
    assert_eq!(displayed(current.parent().unwrap()), "..");
    assert_eq!(displayed(Path::new("/nowhere")), "/nowhere");
}

#[test]
fn a_lexical_path_is_absolute_and_without_dots() {
    assert_eq!(lexical(Path::new("/a/./b/../c")), Some("/a/c".into()));
    assert_eq!(lexical(Path::new("/../a")), Some("/a".into()));
}
