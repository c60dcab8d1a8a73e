//! The rules for marketplace entries: a file for everything that can be wrong with one, and the rule it breaks.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aisoc_publisher_core::entry::{self, Rule, Weight};
use aisoc_publisher_core::{Code, Explain as _};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(tests_folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn found(entry: &Value) -> Vec<(&'static str, Weight)> {
    entry::check(entry, None).iter().map(|problem| (problem.rule.as_str(), problem.weight)).collect()
}

const ERROR: Weight = Weight::Error;
const WARNING: Weight = Weight::Warning;

/// What is wrong with each file in `tests/entries` that holds JSON; the others are in the tests of whole files.
const BAD: &[(&str, &str, Weight)] = &[
    ("no-id", "field-missing", ERROR),
    ("no-version", "field-missing", ERROR),
    ("no-key", "field-missing", ERROR),
    ("no-install", "field-missing", WARNING),
    ("no-tags", "field-missing", WARNING),
    ("number-as-version", "wrong-kind", ERROR),
    ("text-as-tags", "wrong-kind", ERROR),
    ("null-as-description", "wrong-kind", ERROR),
    ("number-among-tags", "wrong-kind", ERROR),
    ("empty-name", "empty", ERROR),
    ("white-space-as-author", "empty", ERROR),
    ("space-around-name", "surrounding-space", WARNING),
    ("name-too-long", "too-long", ERROR),
    ("name-cut-by-the-card", "card-cuts", WARNING),
    ("description-cut-by-the-card", "card-cuts", WARNING),
    ("id-with-slash", "id", ERROR),
    ("id-dot-dot", "id", ERROR),
    ("id-too-long", "id", ERROR),
    ("id-with-newline", "id", ERROR),
    ("id-with-dots", "id-for-validator", WARNING),
    ("type-playbook", "type", ERROR),
    ("version-of-two-numbers", "version-for-validator", WARNING),
    ("direction-override-in-name", "hidden-characters", ERROR),
    ("zero-width-in-author", "hidden-characters", ERROR),
    ("nul-in-description", "hidden-characters", ERROR),
    ("control-in-tag", "hidden-characters", ERROR),
    ("lines-in-description", "line-break", WARNING),
    ("script-in-description", "markup", ERROR),
    ("angle-brackets-in-description", "markup", WARNING),
    ("five-tags", "tags-hidden", WARNING),
    ("repeated-tag", "tag-repeated", WARNING),
    ("capitals-in-tag", "tag-spelling", WARNING),
    ("space-in-tag", "tag-spelling", WARNING),
    ("http-url", "url-insecure", ERROR),
    ("url-with-password", "url-credentials", ERROR),
    ("url-of-localhost", "url-local", ERROR),
    ("url-of-private-network", "url-local", ERROR),
    ("url-of-link-local-ipv6", "url-local", ERROR),
    ("url-without-domain", "url-local", ERROR),
    ("javascript-url", "url", ERROR),
    ("url-of-other-alphabet", "url-spelling", WARNING),
    ("url-of-number", "url-number", WARNING),
    ("install-with-pipe", "install-shell", ERROR),
    ("install-of-two-commands", "install-shell", ERROR),
    ("install-from-other-index", "install-index", WARNING),
    ("install-as-root", "install-sudo", WARNING),
    ("install-of-bad-package", "install-target", ERROR),
    ("install-of-folder", "install-target", ERROR),
    ("install-of-other-version", "install-version", WARNING),
    ("install-of-unpinned-go", "install-target", ERROR),
    ("install-over-ssh", "install-target", ERROR),
    ("install-by-make", "install-kind", WARNING),
    ("url-with-token", "url-credentials", ERROR),
    ("url-with-password-and-slash", "url", ERROR),
    ("url-with-backticks", "url-characters", ERROR),
    ("url-with-markdown", "url-characters", ERROR),
    ("url-with-port", "url-port", WARNING),
    ("url-of-hyphen", "url", ERROR),
    ("url-with-empty-label", "url", ERROR),
    ("url-with-dot-dot", "url", ERROR),
    ("access-key-in-description", "credential", ERROR),
    ("install-with-joined-option", "install-target", ERROR),
    ("install-with-short-option", "install-target", ERROR),
    ("install-with-toolexec", "install-target", ERROR),
    ("install-outside", "install-target", ERROR),
    ("install-with-variable", "install-target", ERROR),
    ("install-with-blanks-around-at", "install-target", ERROR),
    ("install-with-backticks", "install-shell", ERROR),
    ("key-with-slash", "signing-key-id", ERROR),
    ("key-with-capitals", "signing-key-spelling", WARNING),
    ("unknown-field", "unknown-field", WARNING),
];

#[test]
fn each_bad_entry_breaks_its_rule_and_no_other() {
    for (name, rule, weight) in BAD {
        let problems = entry::check(&read(&format!("entries/{name}.json")), None);
        let found: Vec<_> = problems.iter().map(|problem| (problem.rule.as_str(), problem.weight)).collect();
        assert_eq!(found, [(*rule, *weight)], "{name}: {problems:?}");
        let problem = &problems[0];
        let code = if *weight == ERROR { Code::EntryWrong } else { Code::EntryDoubtful };
        assert_eq!((problem.code(), problem.detail()), (code, Some(*rule)), "{name}");
        assert!(problem.hint().is_some(), "{name} has no cure");
        assert!(!problem.message.contains(char::is_control) && !problem.message.contains("hunter2"), "{name}");
    }
}

#[test]
fn good_entries_have_no_problems() {
    assert_eq!(found(&read("entries/good.json")), []);
    // AiSOC's own example: right but for its validator, which is narrower than its loader (loader contract §9).
    assert_eq!(found(&read("data/documented-entry.json")), [("id-for-validator", WARNING)]);
    let schema: Value = serde_json::from_str(entry::schema::SCHEMA).unwrap();
    for example in schema["examples"].as_array().unwrap() {
        let errors: Vec<_> = found(example).into_iter().filter(|(_, weight)| *weight == ERROR).collect();
        assert_eq!(errors, [], "{example}");
    }
}

#[test]
fn every_file_is_in_the_table_and_no_rule_is_left_out() {
    let files: BTreeSet<_> = fs::read_dir(tests_folder().join("entries"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    let whole = ["good", "name-before-id", "repeated-key", "half-of-a-surrogate-pair", "byte-order-mark"];
    let broken = ["text", "trailing-comma", "nan", "latin-1"];
    let table: BTreeSet<_> = BAD.iter().map(|(name, ..)| *name).chain(whole).chain(broken).map(str::to_owned).collect();
    assert_eq!(files, table);
    let told: BTreeSet<_> = BAD.iter().map(|(_, rule, _)| *rule).collect();
    // What concerns a file, a folder or an entry that is no object has tests of its own.
    let elsewhere = BTreeSet::from([
        "not-json",
        "not-utf-8",
        "byte-order-mark",
        "no-entry",
        "too-deep",
        "repeated-key",
        "repeated-item",
        "not-in-file",
        "field-order",
        "not-unicode",
        "not-an-object",
        "id-of-manifest",
        "version-of-manifest",
        "signing-key",
    ]);
    let untold: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.as_str()).filter(|rule| !told.contains(rule)).collect();
    assert_eq!(untold, elsewhere);
}

#[test]
fn what_is_no_object_is_no_entry() {
    for value in [json!(null), json!(5), json!("x"), json!([]), json!(true)] {
        assert_eq!(found(&value), [("not-an-object", ERROR)], "{value}");
    }
    let missing = found(&json!({}));
    assert_eq!(missing.len(), 10);
    assert_eq!(missing.iter().filter(|(rule, weight)| (*rule, *weight) == ("field-missing", ERROR)).count(), 5);
}

#[test]
fn a_megabyte_is_refused_and_named_in_one_line() {
    let mut entry = read("entries/good.json");
    entry["description"] = Value::from("y".repeat(1 << 20));
    let problems = entry::check(&entry, None);
    assert!(problems.iter().any(|problem| problem.rule == Rule::TooLong && problem.is_error()), "{problems:?}");
    assert!(problems.iter().all(|problem| problem.message.len() < 300), "{problems:?}");
}

/// Any JSON, with the documented fields often among an object's keys.
fn any_json() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        any::<String>(),
        "[a-z.:/@<>;|&$ '\"=-]{0,40}",
        "(https?|git|ssh)://[a-z0-9.\\[\\]:@-]{0,20}/.{0,5}",
        "(sudo )?(pip|go|git|uv|oras) (install|clone|pull|tool install) .{0,30}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    let keys = prop_oneof![
        Just("id".to_owned()),
        Just("name".to_owned()),
        Just("type".to_owned()),
        Just("description".to_owned()),
        Just("version".to_owned()),
        Just("tags".to_owned()),
        Just("url".to_owned()),
        Just("install".to_owned()),
        Just("signing_key_id".to_owned()),
        any::<String>(),
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(keys.clone(), inner, 0..12)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_judged(value in any_json()) {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
            jsonschema::draft202012::new(&serde_json::from_str(entry::schema::SCHEMA).unwrap()).unwrap()
        });
        let valid = SCHEMA.is_valid(&value);
        let problems = entry::check(&value, None);
        // What the schema refuses, the rules refuse too.
        prop_assert!(valid || problems.iter().any(|problem| problem.weight == Weight::Error), "{value}");
        for problem in &problems {
            prop_assert!(!problem.message.contains(char::is_control), "{problem:?}");
            prop_assert!(problem.pointer.is_empty() || value.pointer(&problem.pointer).is_some(), "{problem:?}");
        }
    }
}
