//! The rules of the Overlay Specification, one case for each.

use std::collections::BTreeMap;

use super::*;

mod origins;

/// What becomes of a document by an overlay, and what is said about it: what it costs, and the line.
fn overlaid(document: &str, overlay: &str) -> (Value, Vec<String>) {
    let files = [("api.yaml", document), ("o.yaml", overlay)];
    let source: BTreeMap<String, String> =
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&source, "api.yaml", &mut diagnostics).unwrap();
    let document = apply(document, &source, &["o.yaml".to_owned()], &mut diagnostics);
    let found = diagnostics.located(&source, false);
    (document.value, found.iter().map(ToString::to_string).collect())
}

fn yaml(text: &str) -> Value {
    let source = BTreeMap::from([("a.yaml".to_owned(), text.to_owned())]);
    load::load(&source, "a.yaml", &mut Diagnostics::default()).unwrap().value
}

/// The actions, written on a line each, as an overlay that has nothing else to be said about.
fn with_actions(version: &str, actions: &[&str]) -> String {
    let actions: String = actions.iter().map(|action| format!("\n- {action}")).collect();
    format!("overlay: {version}\ninfo: {{title: T, version: '1'}}\nactions:{actions}\n")
}

/// The rule, the document, the actions and what they make of it.
type Case = (&'static str, &'static str, &'static [&'static str], &'static str);

/// What both versions do.
const BOTH: &[Case] = &[
    (
        "an object is merged recursively: what it has stays, what is new is added",
        "a: {keep: 1, inner: {keep: 2, change: 3}}",
        &["{target: $.a, update: {inner: {change: 4, new: 5}, new: {x: y}}}"],
        "a: {keep: 1, inner: {keep: 2, change: 4, new: 5}, new: {x: y}}",
    ),
    (
        "the root is a target",
        "info: {title: A}",
        &["{target: $, update: {info: {x-done: true}, tags: [b]}}"],
        "{info: {title: A, x-done: true}, tags: [b]}",
    ),
    (
        "an entry is appended to a list",
        "list: [{n: 1}]",
        &["{target: $.list, update: {n: 2}}", "{target: $.list, update: 3}"],
        "list: [{n: 1}, {n: 2}, 3]",
    ),
    (
        "a list is joined to a list, as a target and inside of an object",
        "a: {list: [1]}",
        &["{target: $.a.list, update: [2, [3]]}", "{target: $.a, update: {list: [4]}}"],
        "a: {list: [1, 2, [3], 4]}",
    ),
    (
        "a plain value replaces one of any type",
        "a: {b: text, c: 1, d: null}",
        &["{target: $.a, update: {b: 5, c: null, d: text}}"],
        "a: {b: 5, c: null, d: text}",
    ),
    (
        "each node of several is changed",
        "paths: {/a: {get: {x: 1}}, /b: {get: {}}, /c: {post: {}}}",
        &["{target: $.paths.*.get, update: {x: 2}}"],
        "paths: {/a: {get: {x: 2}}, /b: {get: {x: 2}}, /c: {post: {}}}",
    ),
    (
        "a filter chooses",
        "parameters: [{name: a, in: query}, {name: b, in: query}, {name: a, in: path}]",
        &["{target: \"$.parameters[?@.name=='a' && @.in=='query']\", update: {x: 1}}"],
        "parameters: [{name: a, in: query, x: 1}, {name: b, in: query}, {name: a, in: path}]",
    ),
    (
        "traits: a filter looks into the nodes below",
        "paths: {/a: {get: {x-traits: [paged]}}, /b: {get: {parameters: [1], x-traits: [x, paged]}}, /c: {get: {}}}",
        &[
            "{target: \"$.paths[?(@.get['x-traits'][?(@ == 'paged')])].get\", update: {parameters: [2]}}",
        ],
        "paths: {/a: {get: {x-traits: [paged], parameters: [2]}}, /b: {get: {parameters: [1, 2], x-traits: [x, paged]}}, /c: {get: {}}}",
    ),
    (
        "a node that is found twice is changed once",
        "a: {list: []}",
        &["{target: \"$['a', 'a']\", update: {list: [1]}}"],
        "a: {list: [1]}",
    ),
    (
        "what is removed from an object is gone",
        "a: {b: {}, c: {}}",
        &["{target: $.a.b, remove: true}"],
        "a: {c: {}}",
    ),
    (
        "several items are removed, also behind the ninth",
        "list: [{n: 0}, {n: 1}, {n: 2}, {n: 3}, {n: 4}, {n: 5}, {n: 6}, {n: 7}, {n: 8}, {n: 9}, {n: 10}, {n: 11}]",
        &["{target: '$.list[?@.n > 1 && @.n != 10]', remove: true}"],
        "list: [{n: 0}, {n: 1}, {n: 10}]",
    ),
    (
        "what is inside of something removed goes with it",
        "a: {x: {drop: 1, b: [{drop: 1}, {drop: 2}]}, y: [{b: 1}, {drop: 1}]}",
        &["{target: '$..[?@.drop]', remove: true}"],
        "a: {y: [{b: 1}]}",
    ),
    (
        "descendants are found at every depth",
        "paths: {/a: {get: {responses: {'200': {}, '500': {}}}}, /b: {post: {responses: {'500': {}}}}}",
        &["{target: \"$.paths..responses['500']\", remove: true}"],
        "paths: {/a: {get: {responses: {'200': {}}}}, /b: {post: {responses: {}}}}",
    ),
    (
        "each action sees what the one before it has left: a list is replaced",
        "servers: [{url: a}, {url: b}]",
        &["{target: $.servers, remove: true}", "{target: $, update: {servers: [{url: c}]}}"],
        "servers: [{url: c}]",
    ),
    (
        "an action can be about what another one has made",
        "{}",
        &["{target: $, update: {a: {b: {}}}}", "{target: $.a.b, update: {c: 1}}"],
        "a: {b: {c: 1}}",
    ),
    (
        "`remove: false` is as if it was not there",
        "a: {b: {}}",
        &["{target: $.a, remove: false, update: {c: 1}}", "{target: $.a.b, remove: false}"],
        "a: {b: {}, c: 1}",
    ),
    (
        "keys of one's own are nobody else's business",
        "a: {}",
        &["{target: $.a, update: {}, x-why: because, description: Why.}"],
        "a: {}",
    ),
];

/// What 1.1 has besides.
const NEW: &[Case] = &[
    (
        "a plain value is a target",
        "a: {b: old, list: [1, 2, 1]}",
        &["{target: $.a.b, update: new}", "{target: '$.a.list[?@ == 1]', update: null}"],
        "a: {b: new, list: [null, 2, null]}",
    ),
    (
        "a plain value is removed",
        "a: {b: old, tags: [x, dummy, y, dummy]}",
        &["{target: $.a.b, remove: true}", "{target: \"$.a.tags[?@ == 'dummy']\", remove: true}"],
        "a: {tags: [x, y]}",
    ),
    (
        "a copy is merged as an update is",
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
        "a copy goes to each target, is appended to lists and replaces plain values",
        "{from: 1, list: [0], a: 5, b: 6, lists: [[2], [3]]}",
        &[
            "{target: $.list, copy: $.from}",
            "{target: \"$['a', 'b']\", copy: $.from}",
            "{target: '$.lists[*]', copy: $.list}",
        ],
        "{from: 1, list: [0, 1], a: 1, b: 1, lists: [[2, 0, 1], [3, 0, 1]]}",
    ),
    (
        "a node can be copied into itself, as it was",
        "a: {b: 1}",
        &["{target: $.a, update: {c: {}}}", "{target: $.a.c, copy: $.a}"],
        "a: {b: 1, c: {b: 1, c: {}}}",
    ),
];

#[test]
fn actions_do_what_the_specification_says() {
    let cases = BOTH.iter().flat_map(|case| [("1.0.0", case), ("1.1.3", case)]);
    for (version, (rule, document, actions, result)) in
        cases.chain(NEW.iter().map(|case| ("1.1.0", case)))
    {
        let (value, found) = overlaid(document, &with_actions(version, actions));
        assert_eq!((value, found), (yaml(result), vec![]), "{rule} ({version})");
    }
}

/// Says that an overlay is refused or warned of, with a message, at a line of it.
fn assert_says(overlay: &str, severity: &str, message: &str, line: usize) {
    let (_, found) = overlaid("a: {b: 1, c: {}}\nlist: [1, {}]\n", overlay);
    let place = format!("--> o.yaml:{line}:");
    let fits = |said: &String| {
        said.starts_with(severity) && said.contains(message) && said.contains(&place)
    };
    assert!(found.len() == 1 && found.iter().all(fits), "{overlay}\n{message}: {found:#?}");
}

#[test]
fn an_action_that_cannot_be_done_is_refused() {
    let cases = [
        ("{update: {}}", "the action has no `target`"),
        ("{target: 5, update: {}}", "the target must be a JSONPath, and `5` stands here"),
        (
            "{target: '$.paths[', update: {}}",
            "`$.paths[` is no JSONPath: it cannot be read from `[` on",
        ),
        ("{target: paths, update: {}}", "is no JSONPath: it does not begin with `$`"),
        ("{target: '', update: {}}", "is no JSONPath: it does not begin with `$`"),
        ("{target: $.x-a, update: {}}", "it cannot be read from `-a` on"),
        ("{target: $.a, copy: '$['}", "the copy `$[` is no JSONPath"),
        ("{target: $.a, copy: true}", "the copy must be a JSONPath, and `true` stands here"),
        (
            "{target: $.a, remove: 'yes'}",
            "`remove` must be true or false, and `\"yes\"` stands here",
        ),
        ("{target: $.a, update: {}, copy: $.a}", "the action has both `update` and `copy`"),
        ("{target: $, remove: true}", "the whole document cannot be removed"),
        ("{target: $.*, update: {}}", "the target leads to an object and to a list as well"),
        ("{target: $.a, update: 5}", "a plain value cannot be put into an object, which `#/a` is"),
        ("{target: $.a, update: []}", "a list cannot be put into an object, which `#/a` is"),
        (
            "{target: $.a, update: {b: {}}}",
            "an object cannot be put into a plain value, which `#/a/b` is",
        ),
        (
            "{target: $, update: {list: 1}}",
            "a plain value cannot be put into a list, which `#/list` is",
        ),
        (
            "{target: $.a, update: {c: null}}",
            "a plain value cannot be put into an object, which `#/a/c` is",
        ),
        (
            "{target: $.a.b, update: []}",
            "a list cannot be put into a plain value, which `#/a/b` is",
        ),
        (
            "{target: $.a, copy: '$.list[0]'}",
            "a plain value cannot be put into an object, which `#/a` is",
        ),
        ("{target: $.a, copy: $.*}", "`$.*` leads to 2 nodes, and only one can be copied"),
        ("5", "an action must be an object, and `5` stands here"),
    ];
    for (action, message) in cases {
        assert_says(&with_actions("1.1.0", &[action]), "error[overlay]", message, 4);
    }
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let cases = [
        (
            "{target: $.nowhere, update: {}}",
            "the target `$.nowhere` leads to nothing in the document",
        ),
        ("{target: $.a, copy: $.nowhere}", "`$.nowhere` leads to nothing that could be copied"),
        ("{target: $.a}", "the action does nothing"),
        ("{target: $.a.c, remove: true, update: {}}", "`update` has no effect beside `remove`"),
        ("{target: $.a.c, remove: true, copy: $.a}", "`copy` has no effect beside `remove`"),
        (
            "{target: $.a, update: {}, delete: true}",
            "an action has no key `delete`: it has no effect",
        ),
        ("{target: $.a, update: {}, description: 5}", "the description is no text"),
    ];
    for (action, message) in cases {
        assert_says(&with_actions("1.1.0", &[action]), "warning[overlay]", message, 4);
    }
    let new = [
        ("{target: $.a, copy: $.a.c}", "Overlay 1.0 has no `copy`"),
        (
            "{target: $.a.b, update: 1}",
            "Overlay 1.0 has no target that is neither an object nor a list",
        ),
        (
            "{target: $.a.b, remove: true}",
            "Overlay 1.0 has no target that is neither an object nor a list",
        ),
    ];
    for (action, message) in new {
        assert_says(&with_actions("1.0.0", &[action]), "warning[overlay]", message, 4);
    }
    let twice = with_actions("1.0.0", &["{target: $.a, update: {}}", "{update: {}, target: $.a}"]);
    assert_says(&twice, "warning[overlay]", "the action is the same as number 1", 5);
}

#[test]
fn an_overlay_is_one_that_is_supported_and_complete() {
    let actions = "actions: [{target: $.a, update: {}}]";
    let info = "info: {title: T, version: '1'}";
    let cases = [
        (format!("overlay: 2.0.0\n{info}\n{actions}"), "error", "`overlay` is `\"2.0.0\"`", 1),
        (format!("overlay: 1.1\n{info}\n{actions}"), "error", "`overlay` is `1.1`", 1),
        (format!("overlay: 1.10.0\n{info}\n{actions}"), "error", "no overlay that is supported", 1),
        (format!("{info}\n{actions}"), "error", "it does not say in which version it is", 1),
        ("[]".to_owned(), "error", "it does not say in which version it is", 1),
        (format!("overlay: 1.0.0\n{info}\n"), "error", "the overlay has no list of `actions`", 1),
        (format!("overlay: 1.0.0\n{info}\nactions: {{}}"), "error", "the overlay has no list", 3),
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
            "`version` must be a text",
            2,
        ),
        (
            format!("overlay: 1.0.0\n{info}\nextend: x\n{actions}"),
            "warning",
            "an overlay has no key `extend`",
            3,
        ),
        (
            format!("overlay: 1.0.0\n{info}\nextends: 5\n{actions}"),
            "warning",
            "`extends` must be a reference",
            3,
        ),
    ];
    for (overlay, severity, message, line) in cases {
        assert_says(&overlay, severity, message, line);
    }
}

#[test]
fn an_overlay_for_another_document_is_told() {
    let overlay = |extends: &str| {
        with_actions("1.0.0", &["{target: $.a, update: {}}"]) + "extends: '" + extends + "'\n"
    };
    let same = [
        "api.yaml",
        "./api.yaml",
        "x/../api%2Eyaml#/a",
        "https://example.com/v1/api.yaml?x=1",
        "../v1/api.yaml",
    ];
    for extends in same {
        assert_eq!(overlaid("a: {}", &overlay(extends)).1, [""; 0], "{extends}");
    }
    for extends in ["other.yaml", "v2/api.yaml", "https://example.com/other.yaml", "../other.yaml"]
    {
        let message = format!("the overlay extends `{extends}`, and is applied to `api.yaml`");
        assert_says(&overlay(extends), "warning", &message, 5);
    }
}
