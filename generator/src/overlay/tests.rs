//! The rules of the Overlay Specification, with one case for each.

use std::collections::BTreeMap;

use super::*;

mod origins;

/// Applies an overlay to a document. Returns the result and the diagnostics.
fn overlaid(document: &str, overlay: &str) -> (Value, Vec<String>) {
    let files = [("api.yaml", document), ("o.yaml", overlay)];
    let source: BTreeMap<String, String> =
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&source, "api.yaml", &mut diagnostics).unwrap();
    let document = apply(document, &source, &["o.yaml".to_owned()], &mut diagnostics);
    let reported = diagnostics.located(&source, false);
    (document.value, reported.iter().map(ToString::to_string).collect())
}

fn yaml(text: &str) -> Value {
    let source = BTreeMap::from([("a.yaml".to_owned(), text.to_owned())]);
    load::load(&source, "a.yaml", &mut Diagnostics::default()).unwrap().value
}

/// Returns a valid overlay with one action on each line, from the fourth line on.
fn with_actions(version: &str, actions: &[&str]) -> String {
    let actions: String = actions.iter().map(|action| format!("\n- {action}")).collect();
    format!("overlay: {version}\ninfo: {{title: T, version: '1'}}\nactions:{actions}\n")
}

/// The rule, the document, the actions and the resulting document.
type Case = (&'static str, &'static str, &'static [&'static str], &'static str);

/// The rules of both versions.
const BOTH: &[Case] = &[
    (
        "an object is merged recursively: existing keys are kept, new keys are added",
        "a: {keep: 1, inner: {keep: 2, change: 3}}",
        &["{target: $.a, update: {inner: {change: 4, new: 5}, new: {x: y}}}"],
        "a: {keep: 1, inner: {keep: 2, change: 4, new: 5}, new: {x: y}}",
    ),
    (
        "several members are removed at once, and the others stay",
        "a: {x: {}, y: {}, z: {}}",
        &["{target: \"$.a['x','z']\", remove: true}"],
        "a: {y: {}}",
    ),
    (
        "the root is a target",
        "info: {title: A}",
        &["{target: $, update: {info: {x-done: true}, tags: [b]}}"],
        "{info: {title: A, x-done: true}, tags: [b]}",
    ),
    (
        "a value is appended to an array",
        "list: [{n: 1}]",
        &["{target: $.list, update: {n: 2}}", "{target: $.list, update: 3}"],
        "list: [{n: 1}, {n: 2}, 3]",
    ),
    (
        "an array is concatenated to an array, as a target and in an object",
        "a: {list: [1]}",
        &["{target: $.a.list, update: [2, [3]]}", "{target: $.a, update: {list: [4]}}"],
        "a: {list: [1, 2, [3], 4]}",
    ),
    (
        "a scalar replaces a scalar of any type",
        "a: {b: text, c: 1, d: null}",
        &["{target: $.a, update: {b: 5, c: null, d: text}}"],
        "a: {b: 5, c: null, d: text}",
    ),
    (
        "each of several targets is changed",
        "paths: {/a: {get: {x: 1}}, /b: {get: {}}, /c: {post: {}}}",
        &["{target: $.paths.*.get, update: {x: 2}}"],
        "paths: {/a: {get: {x: 2}}, /b: {get: {x: 2}}, /c: {post: {}}}",
    ),
    (
        "a filter selects items",
        "parameters: [{name: a, in: query}, {name: b, in: query}, {name: a, in: path}]",
        &["{target: \"$.parameters[?@.name=='a' && @.in=='query']\", update: {x: 1}}"],
        "parameters: [{name: a, in: query, x: 1}, {name: b, in: query}, {name: a, in: path}]",
    ),
    (
        "traits: a filter tests descendants",
        "paths: {/a: {get: {x-traits: [paged]}}, /b: {get: {parameters: [1], x-traits: [x, paged]}}, /c: {get: {}}}",
        &[
            "{target: \"$.paths[?(@.get['x-traits'][?(@ == 'paged')])].get\", update: {parameters: [2]}}",
        ],
        "paths: {/a: {get: {x-traits: [paged], parameters: [2]}}, /b: {get: {parameters: [1, 2], x-traits: [x, paged]}}, /c: {get: {}}}",
    ),
    (
        "a node that is matched twice is changed once",
        "a: {list: []}",
        &["{target: \"$['a', 'a']\", update: {list: [1]}}"],
        "a: {list: [1]}",
    ),
    (
        "a key is removed from an object",
        "a: {b: {}, c: {}}",
        &["{target: $.a.b, remove: true}"],
        "a: {c: {}}",
    ),
    (
        "several items are removed, also after the ninth",
        "list: [{n: 0}, {n: 1}, {n: 2}, {n: 3}, {n: 4}, {n: 5}, {n: 6}, {n: 7}, {n: 8}, {n: 9}, {n: 10}, {n: 11}]",
        &["{target: '$.list[?@.n > 1 && @.n != 10]', remove: true}"],
        "list: [{n: 0}, {n: 1}, {n: 10}]",
    ),
    (
        "descendants of a removed node are removed with it",
        "a: {x: {drop: 1, b: [{drop: 1}, {drop: 2}]}, y: [{b: 1}, {drop: 1}]}",
        &["{target: '$..[?@.drop]', remove: true}"],
        "a: {y: [{b: 1}]}",
    ),
    (
        "a descendant segment matches at every depth",
        "paths: {/a: {get: {responses: {'200': {}, '500': {}}}}, /b: {post: {responses: {'500': {}}}}}",
        &["{target: \"$.paths..responses['500']\", remove: true}"],
        "paths: {/a: {get: {responses: {'200': {}}}}, /b: {post: {responses: {}}}}",
    ),
    (
        "each action applies to the result of the previous one: an array is replaced",
        "servers: [{url: a}, {url: b}]",
        &["{target: $.servers, remove: true}", "{target: $, update: {servers: [{url: c}]}}"],
        "servers: [{url: c}]",
    ),
    (
        "an action can change a node that a previous action added",
        "{}",
        &["{target: $, update: {a: {b: {}}}}", "{target: $.a.b, update: {c: 1}}"],
        "a: {b: {c: 1}}",
    ),
    (
        "`remove: false` has no effect",
        "a: {b: {}}",
        &["{target: $.a, remove: false, update: {c: 1}}", "{target: $.a.b, remove: false}"],
        "a: {b: {}, c: 1}",
    ),
    (
        "extensions of an action are ignored",
        "a: {}",
        &["{target: $.a, update: {}, x-why: because, description: Why.}"],
        "a: {}",
    ),
];

/// The additional rules of version 1.1.
const NEW: &[Case] = &[
    (
        "a scalar is a target",
        "a: {b: old, list: [1, 2, 1]}",
        &["{target: $.a.b, update: new}", "{target: '$.a.list[?@ == 1]', update: null}"],
        "a: {b: new, list: [null, 2, null]}",
    ),
    (
        "a scalar is removed",
        "a: {b: old, tags: [x, dummy, y, dummy]}",
        &["{target: $.a.b, remove: true}", "{target: \"$.a.tags[?@ == 'dummy']\", remove: true}"],
        "a: {tags: [x, y]}",
    ),
    (
        "a copy is merged like an update",
        "paths: {/items: {get: {r: [1]}}, /some: {get: {r: [2]}, delete: {}}}",
        &["{target: \"$.paths['/some']\", copy: \"$.paths['/items']\"}"],
        "paths: {/items: {get: {r: [1]}}, /some: {get: {r: [2, 1]}, delete: {}}}",
    ),
    (
        "update, copy and remove together move a node",
        "paths: {/items: {get: {}}}",
        &[
            "{target: $.paths, update: {/new: {}}}",
            "{target: \"$.paths['/new']\", copy: \"$.paths['/items']\"}",
            "{target: \"$.paths['/items']\", remove: true}",
        ],
        "paths: {/new: {get: {}}}",
    ),
    (
        "a copy goes to each target, is appended to arrays and replaces scalars",
        "{from: 1, list: [0], a: 5, b: 6, lists: [[2], [3]]}",
        &[
            "{target: $.list, copy: $.from}",
            "{target: \"$['a', 'b']\", copy: $.from}",
            "{target: '$.lists[*]', copy: $.list}",
        ],
        "{from: 1, list: [0, 1], a: 1, b: 1, lists: [[2, 0, 1], [3, 0, 1]]}",
    ),
    (
        "a node can be copied into itself, with its previous value",
        "a: {b: 1}",
        &["{target: $.a, update: {c: {}}}", "{target: $.a.c, copy: $.a}"],
        "a: {b: 1, c: {b: 1, c: {}}}",
    ),
];

#[test]
fn actions_follow_the_specification() {
    let cases = BOTH.iter().flat_map(|case| [("1.0.0", case), ("1.1.3", case)]);
    for (version, (rule, document, actions, result)) in
        cases.chain(NEW.iter().map(|case| ("1.1.0", case)))
    {
        let (value, reported) = overlaid(document, &with_actions(version, actions));
        assert_eq!((value, reported), (yaml(result), vec![]), "{rule} ({version})");
    }
}

/// Asserts that an overlay has one diagnostic, with a severity, a message and a line.
fn assert_reports(overlay: &str, severity: &str, message: &str, line: usize) {
    let (_, reported) = overlaid("a: {b: 1, c: {}}\nlist: [1, {}]\n", overlay);
    let position = format!("--> o.yaml:{line}:");
    let matches = |diagnostic: &String| {
        diagnostic.starts_with(severity)
            && diagnostic.contains(message)
            && diagnostic.contains(&position)
    };
    assert!(
        reported.len() == 1 && reported.iter().all(matches),
        "{overlay}\n{message}: {reported:#?}"
    );
}

#[test]
fn an_action_that_cannot_be_applied_is_an_error() {
    let cases = [
        ("{update: {}}", "the action has no `target`"),
        ("{target: 5, update: {}}", "the target must be a JSONPath, not `5`"),
        ("{target: '$.paths[', update: {}}", "`$.paths[` is not a JSONPath: unexpected `[`"),
        ("{target: paths, update: {}}", "is not a JSONPath: it does not begin with `$`"),
        ("{target: '', update: {}}", "is not a JSONPath: it does not begin with `$`"),
        ("{target: $.x-a, update: {}}", "unexpected `-a`"),
        ("{target: $.a, copy: '$['}", "the copy `$[` is not a JSONPath"),
        ("{target: $.a, copy: true}", "the copy must be a JSONPath, not `true`"),
        ("{target: $.a, remove: 'yes'}", "`remove` must be a boolean, not `\"yes\"`"),
        ("{target: $.a, update: {}, copy: $.a}", "the action has both `update` and `copy`"),
        ("{target: $, remove: true}", "the whole document cannot be removed"),
        ("{target: $.*, update: {}}", "the target matches an object and an array"),
        ("{target: $.a, update: 5}", "a scalar cannot be merged into `#/a`, which is an object"),
        ("{target: $.a, update: []}", "an array cannot be merged into `#/a`, which is an object"),
        (
            "{target: $.a, update: {b: {}}}",
            "an object cannot be merged into `#/a/b`, which is a scalar",
        ),
        (
            "{target: $, update: {list: 1}}",
            "a scalar cannot be merged into `#/list`, which is an array",
        ),
        (
            "{target: $.a, update: {c: null}}",
            "a scalar cannot be merged into `#/a/c`, which is an object",
        ),
        (
            "{target: $.a.b, update: []}",
            "an array cannot be merged into `#/a/b`, which is a scalar",
        ),
        (
            "{target: $.a, copy: '$.list[0]'}",
            "a scalar cannot be merged into `#/a`, which is an object",
        ),
        ("{target: $.a, copy: $.*}", "`$.*` matches 2 nodes, but only one can be copied"),
        ("5", "an action must be an object, not `5`"),
    ];
    for (action, message) in cases {
        assert_reports(&with_actions("1.1.0", &[action]), "error[overlay]", message, 4);
    }
}

#[test]
fn an_action_without_an_effect_is_a_warning() {
    let cases = [
        ("{target: $.nowhere, update: {}}", "the target `$.nowhere` matches nothing"),
        (
            "{target: $.a, copy: $.nowhere}",
            "`$.nowhere` matches nothing, so that nothing is copied",
        ),
        ("{target: $.a}", "the action does nothing"),
        ("{target: $.a.c, remove: true, update: {}}", "`update` has no effect beside `remove`"),
        ("{target: $.a.c, remove: true, copy: $.a}", "`copy` has no effect beside `remove`"),
        (
            "{target: $.a, update: {}, delete: true}",
            "`delete` is not a key of an action: it has no effect",
        ),
        ("{target: $.a, update: {}, description: 5}", "the description must be a string"),
    ];
    for (action, message) in cases {
        assert_reports(&with_actions("1.1.0", &[action]), "warning[overlay]", message, 4);
    }
    let new = [
        ("{target: $.a, copy: $.a.c}", "Overlay 1.0 has no `copy`"),
        (
            "{target: $.a.b, update: 1}",
            "Overlay 1.0 has no target that is neither an object nor an array",
        ),
        (
            "{target: $.a.b, remove: true}",
            "Overlay 1.0 has no target that is neither an object nor an array",
        ),
    ];
    for (action, message) in new {
        assert_reports(&with_actions("1.0.0", &[action]), "warning[overlay]", message, 4);
    }
    let twice = with_actions("1.0.0", &["{target: $.a, update: {}}", "{update: {}, target: $.a}"]);
    assert_reports(&twice, "warning[overlay]", "the action is the same as number 1", 5);
}

#[test]
fn an_overlay_without_a_supported_version_or_required_keys_is_reported() {
    let actions = "actions: [{target: $.a, update: {}}]";
    let info = "info: {title: T, version: '1'}";
    let cases = [
        (
            format!("overlay: 2.0.0\n{info}\n{actions}"),
            "error",
            "version `\"2.0.0\"` is not supported",
            1,
        ),
        (format!("overlay: 1.1\n{info}\n{actions}"), "error", "version `1.1` is not supported", 1),
        (
            format!("overlay: 1.10.0\n{info}\n{actions}"),
            "error",
            "version `\"1.10.0\"` is not supported",
            1,
        ),
        (format!("{info}\n{actions}"), "error", "it has no key `overlay`", 1),
        ("[]".to_owned(), "error", "it has no key `overlay`", 1),
        (format!("overlay: 1.0.0\n{info}\n"), "error", "the overlay has no array of `actions`", 1),
        (format!("overlay: 1.0.0\n{info}\nactions: {{}}"), "error", "the overlay has no array", 3),
        (format!("overlay: 1.0.0\n{info}\nactions: []"), "warning", "the overlay has no action", 3),
        (format!("overlay: 1.0.0\n{actions}"), "warning", "the overlay has no `info`", 1),
        (
            format!("overlay: 1.0.0\ninfo: {{title: T}}\n{actions}"),
            "warning",
            "`info` has no `version`",
            2,
        ),
        (
            format!("overlay: 1.0.0\ninfo: {{title: T, version: 1.0}}\n{actions}"),
            "warning",
            "`version` must be a string",
            2,
        ),
        (
            format!("overlay: 1.0.0\n{info}\nextend: x\n{actions}"),
            "warning",
            "`extend` is not a key of an overlay",
            3,
        ),
        (
            format!("overlay: 1.0.0\n{info}\nextends: 5\n{actions}"),
            "warning",
            "`extends` must be a string",
            3,
        ),
    ];
    for (overlay, severity, message, line) in cases {
        assert_reports(&overlay, severity, message, line);
    }
}

#[test]
fn an_overlay_for_another_document_is_a_warning() {
    let overlay = |extends: &str| {
        with_actions("1.0.0", &["{target: $.a, update: {}}"]) + "extends: '" + extends + "'\n"
    };
    let same_document = [
        "api.yaml",
        "./api.yaml",
        "x/../api%2Eyaml#/a",
        "https://example.com/v1/api.yaml?x=1",
        "../v1/api.yaml",
    ];
    for extends in same_document {
        assert_eq!(overlaid("a: {}", &overlay(extends)).1, [""; 0], "{extends}");
    }
    for extends in ["other.yaml", "v2/api.yaml", "https://example.com/other.yaml", "../other.yaml"]
    {
        let message = format!("the overlay extends `{extends}`, but is applied to `api.yaml`");
        assert_reports(&overlay(extends), "warning", &message, 5);
    }
}
