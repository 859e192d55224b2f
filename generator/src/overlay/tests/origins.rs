//! The origin of each node of a document after overlays.

use super::*;

/// Applies actions and returns the location that a node was written at, with the actions that copied it.
fn origin(document: &str, actions: &[&str], node: &str) -> String {
    let files = [("api.yaml", document.to_owned()), ("o.yaml", with_actions("1.1.0", actions))];
    let source = files.map(|(path, text)| (path.to_owned(), text)).into();
    let source: BTreeMap<String, String> = source;
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&source, "api.yaml", &mut diagnostics).unwrap();
    let document = apply(document, &source, &["o.yaml".to_owned()], &mut diagnostics);
    let node = Pointer::parse(node).unwrap();
    assert!(node.find(&document.value).is_some(), "{node} does not exist: {}", document.value);
    let origin = diagnostics.origins.of(&node);
    let trail = origin.trail.iter().map(|by| &by.location);
    let locations = std::iter::once(&origin.location).chain(trail);
    let locations: Vec<String> =
        locations.map(|location| format!("{}{}", location.file, location.pointer)).collect();
    locations.join(" < ")
}

#[test]
fn each_node_has_the_origin_where_it_was_written() {
    let update = "{target: $.a, update: {b: 2, new: {x: [1]}, list: [{y: 1}]}}";
    let document = "a: {b: 1, list: [{n: 0}, {n: 1}, {n: 2}], c: {d: 1}}";
    let remove = "{target: '$.a.list[?@.n == 0]', remove: true}";
    let cases: [(&[&str], &str, &str); 13] = [
        (&[update], "/a/b", "o.yaml#/actions/0/update/b"),
        (&[update], "/a/new/x/0", "o.yaml#/actions/0/update/new/x/0"),
        (&[update], "/a/list/3/y", "o.yaml#/actions/0/update/list/0/y"),
        (&[update], "/a/list/2/n", "api.yaml#/a/list/2/n"),
        (&[update], "/a/c/d", "api.yaml#/a/c/d"),
        (&["{target: $.a.list, update: 5}"], "/a/list/3", "o.yaml#/actions/0/update"),
        (&[remove], "/a/list/1/n", "api.yaml#/a/list/2/n"),
        (&[update, remove], "/a/list/2/y", "o.yaml#/actions/0/update/list/0/y"),
        (
            &["{target: '$.a.list[1]', update: {m: 1}}", remove],
            "/a/list/0/m",
            "o.yaml#/actions/0/update/m",
        ),
        (
            &["{target: $.a.b, remove: true}", "{target: $.a, update: {b: 5}}"],
            "/a/b",
            "o.yaml#/actions/1/update/b",
        ),
        (
            &["{target: $.a.c, copy: '$.a.list[1]'}"],
            "/a/c/n",
            "api.yaml#/a/list/1/n < o.yaml#/actions/0/copy",
        ),
        (
            &[
                "{target: '$.a.list[1]', update: {m: 1}}",
                remove,
                "{target: $.a.c, copy: '$.a.list[0]'}",
            ],
            "/a/c/m",
            "o.yaml#/actions/0/update/m < o.yaml#/actions/2/copy",
        ),
        (
            &["{target: $.a.list, copy: $.a.c}", "{target: $.a, copy: '$.a.list[3]'}"],
            "/a/d",
            "api.yaml#/a/c/d < o.yaml#/actions/0/copy < o.yaml#/actions/1/copy",
        ),
    ];
    for (actions, node, expected) in cases {
        assert_eq!(origin(document, actions, node), expected, "{actions:?}");
    }
}
