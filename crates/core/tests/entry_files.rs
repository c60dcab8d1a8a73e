//! Files with entries: `tests/entries` and whole indexes, with the place of everything that is wrong.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use aisoc_publisher_core::entry::file::{self, Checked, Form};
use aisoc_publisher_core::entry::{self, Against, Weight};
use aisoc_publisher_core::key::SecretKey;
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::{Progress, Task};
use aisoc_publisher_core::{Code, Explain as _};
use proptest::prelude::*;
use sample::{key, key_id, plugin};

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn check(text: impl AsRef<[u8]>) -> Checked {
    check_against(text, None)
}

fn check_against(text: impl AsRef<[u8]>, against: Option<&Against>) -> Checked {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file::check_file(file.path(), against, &Task::unwatched()).unwrap()
}

/// Rule, pointer, line and column of a problem.
type Found<'a> = (&'static str, &'a str, u32, u32);

fn places(checked: &Checked) -> Vec<Found<'_>> {
    let place = |problem: &entry::Problem| problem.place.as_ref().unwrap().position.unwrap();
    let problems = checked.problems.iter();
    problems
        .map(|problem| (problem.rule.as_str(), problem.pointer.as_str(), place(problem).0, place(problem).1))
        .collect()
}

fn read(name: &str) -> Vec<u8> {
    fs::read(tests_folder().join(name)).unwrap()
}

#[test]
fn whole_files_in_the_folder_of_bad_entries() {
    let table: &[(&str, &[Found])] = &[
        ("good", &[]),
        ("name-before-id", &[("field-order", "/id", 3, 3)]),
        ("repeated-key", &[("repeated-key", "/author", 7, 3)]),
        ("half-of-a-surrogate-pair", &[("not-unicode", "/author", 6, 23)]),
        ("byte-order-mark", &[("byte-order-mark", "", 1, 1)]),
        ("trailing-comma", &[("not-json", "", 15, 1)]),
        ("nan", &[("not-json", "", 7, 14)]),
        ("latin-1", &[("not-utf-8", "", 6, 17)]),
        ("text", &[("no-entry", "", 1, 1)]),
        ("name-too-long", &[("too-long", "/name", 3, 11)]),
        ("capitals-in-tag", &[("tag-spelling", "/tags/0", 9, 5)]),
        ("no-key", &[("field-missing", "", 1, 1)]),
        ("unknown-field", &[("unknown-field", "/license", 15, 3)]),
    ];
    for (name, expected) in table {
        let checked = check(read(&format!("entries/{name}.json")));
        assert_eq!(places(&checked), *expected, "{name}");
    }
}

const GOOD: &str = r#"{"id": "ab", "name": "A", "type": "plugin", "description": "d", "author": "a", "version": "1.0.0", "tags": ["t"], "url": "https://github.com/a/b", "install": "pip install b", "signing_key_id": "k"}"#;

#[test]
fn indexes_of_both_forms() {
    let list = check(format!("[\n  {GOOD},\n  {}\n]", GOOD.replace("\"ab\"", "\"b c\"")));
    assert_eq!((list.form, list.counts.entries, list.counts.others), (Form::List, 2, 0));
    assert_eq!(places(&list), [("id", "/1/id", 3, 10)]);
    let index =
        check(format!("{{\"version\": \"1\", \"items\": [\n{GOOD},\n{{\"id\": \"p\", \"type\": \"playbook\"}}]}}"));
    assert_eq!((index.form, index.counts.entries, index.counts.others), (Form::Index, 1, 1));
    assert_eq!(places(&index), []);
    assert_eq!(places(&check("{\"items\": 5}")), [("no-entry", "/items", 1, 11)]);
    assert_eq!(places(&check("[5, null]")), [("not-an-object", "/0", 1, 2), ("not-an-object", "/1", 1, 5)]);
    assert_eq!(check("[]").counts, file::Counts::default());
}

#[test]
fn what_looks_like_something_else_is_still_judged() {
    let misspelled = GOOD.replace("\"plugin\"", "\"Plugin\"").replace("https://github.com/a/b", "javascript:1");
    let checked = check(format!("[\n{misspelled}]"));
    assert_eq!((checked.counts.entries, checked.counts.others), (1, 0));
    let column = |text: &str| u32::try_from(misspelled.find(text).unwrap()).unwrap() + 1;
    let expected = [("type", "/0/type", 2, column("\"Plugin\"")), ("url", "/0/url", 2, column("\"javascript"))];
    assert_eq!(places(&checked), expected);
    let with_items = check(GOOD.replace("\"k\"}", "\"k\",\n\"items\": []}").replace("\"1.0.0\"", "5"));
    assert_eq!((with_items.form, with_items.counts.entries), (Form::Entry, 1));
    let rules: Vec<_> = with_items.problems.iter().map(|problem| problem.rule.as_str()).collect();
    assert_eq!(rules, ["wrong-kind", "unknown-field"]);
    let other = check("[{\"id\": \"p\", \"type\": \"playbook\", \"name\": \"p\", \"url\": \"javascript:1\"}]");
    assert_eq!(other.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), ["url"]);
}

#[test]
fn a_credential_in_any_field_is_told_and_never_repeated() {
    let secret = ["AKIA", "Q3EGZ5WV7TNKD4RL"].concat();
    for (from, to, pointer) in [
        ("\"A\"", format!("\"{secret}\""), "/name"),
        ("\"d\"", format!("\"token {secret}.\""), "/description"),
        ("\"author\": \"a\"", format!("\"author\": \"gl{}\"", "pat-kSaPeOD_-T0JxMi3p28B."), "/author"),
        ("[\"t\"]", format!("[\"t\", \"{secret}\"]"), "/tags/1"),
        ("https://github.com/a/b", format!("http://github.com/{secret}"), "/url"),
        ("pip install b", format!("pip install {secret}/x"), "/install"),
        ("\"k\"}", format!("\"k\", \"extra\": {{\"a\": [\"{secret}\"]}}}}"), "/extra/a/0"),
    ] {
        let checked = check(GOOD.replace(from, &to));
        let found: Vec<_> =
            checked.problems.iter().map(|problem| (problem.rule.as_str(), problem.pointer.as_str())).collect();
        assert_eq!(found, [("credential", pointer)], "{to}");
        assert!(!format!("{:?}", checked.problems).contains(&secret), "{to}");
    }
}

#[test]
fn what_stands_twice() {
    let twice = check(format!("[{GOOD},\n{GOOD}]"));
    assert_eq!(places(&twice), [("repeated-item", "/1/id", 2, 8)]);
    assert!(twice.problems[0].message.ends_with("in line 1"), "{}", twice.problems[0].message);
    let other_type = check(format!("[{GOOD},\n{{\"id\": \"ab\", \"type\": \"detection\"}}]"));
    assert_eq!(places(&other_type), []);
    let keys = check("{\"items\": [], \"version\": 1, \"version\": 2}");
    assert_eq!(places(&keys), [("repeated-key", "/version", 1, 29)]);
}

/// Loader contract §9: what AiSOC's script makes is not held to the documented form.
#[test]
fn items_of_aisocs_script_are_judged_for_what_is_sure() {
    let item = r#"{"id": "auditd", "type": "plugin", "name": "A", "description": "two\nlines", "version": "1.0.0", "tags": [], "homepage": null, "verified": false, "source": "core", "tier": "beta", "path": "plugins/auditd/plugin.yaml"}"#;
    assert_eq!(places(&check(format!("[{item}]"))), []);
    for (from, to, rule) in [
        ("\"auditd\"", "\"a/b\"", "id"),
        ("\"A\"", "\"A\\u202e\"", "hidden-characters"),
        ("\"homepage\": null", "\"homepage\": \"javascript:alert(1)\"", "url"),
        ("\"id\": \"auditd\", ", "", "field-missing"),
    ] {
        let checked = check(format!("[{}]", item.replace(from, to)));
        assert_eq!(checked.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), [rule], "{to}");
    }
}

#[test]
fn an_entry_is_compared_with_its_folder() {
    let dir = plugin("id: ab\nname: A\nversion: '1.0.0'\nplugin_type: enricher\n");
    let plan = Plan::look(dir.path(), &Task::unwatched()).unwrap();
    plan.sign(&key_id(), &key(), None, &Task::unwatched()).unwrap();
    let other = SecretKey::generate().unwrap();
    let keys = [(key_id(), key().public().clone()), ("k".parse().unwrap(), other.public().clone())];
    let against = Against::of(dir.path(), &keys, &Task::unwatched()).unwrap();
    let signed = GOOD.replace("\"k\"", "\"myorg-prod\"");
    assert_eq!(places(&check_against(&signed, Some(&against))), []);
    let wrong = check_against(GOOD.replace("1.0.0", "1.0.1"), Some(&against));
    let rules: Vec<_> = wrong.problems.iter().map(|problem| problem.rule.as_str()).collect();
    assert_eq!(rules, ["version-of-manifest", "signing-key"]);
    assert_eq!(wrong.problems[1].hint().unwrap(), "write `myorg-prod`, which did");
    // In an index only the plugin's own item is about it.
    let index = format!("[{signed}, {}]", GOOD.replace("\"ab\"", "\"cd\""));
    assert_eq!(places(&check_against(&index, Some(&against))), []);
    let without = check_against(format!("[{}]", GOOD.replace("\"ab\"", "\"cd\"")), Some(&against));
    assert_eq!(places(&without), [("not-in-file", "", 1, 1)]);
    let one = check_against(signed.replace("\"ab\"", "\"cd\""), Some(&against));
    assert_eq!(one.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), ["id-of-manifest"]);
    // After a change of a signed file no key is the plugin's.
    fs::write(dir.path().join("plugin.py"), "class Plugin: x = 1\n").unwrap();
    let against = Against::of(dir.path(), &keys, &Task::unwatched()).unwrap();
    assert_eq!(against.signed_by.as_deref(), Some([].as_slice()));
}

#[test]
fn deep_and_long_files_are_answered() {
    let deep = "[".repeat(100_000);
    assert_eq!(check(&deep).problems[0].rule.as_str(), "not-json");
    let closed = format!("{deep}{}", "]".repeat(100_000));
    assert_eq!(places(&check(&closed)), [("not-an-object", "/0", 1, 2)]);
    let inside = check(GOOD.replace("\"d\"", &closed));
    assert_eq!(inside.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), ["too-deep"]);
    let many = check(format!("[{}0]", "0,".repeat(50_000)));
    assert_eq!((many.problems.len(), many.counts.errors), (file::MAX_PROBLEMS, 50_001));
    let long = check(GOOD.replace("\"d\"", &format!("\"{}\"", "y".repeat(1 << 20))));
    assert_eq!(long.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), ["too-long"]);
}

#[test]
fn what_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let code = |path: &Path| file::check_file(path, None, &Task::unwatched()).unwrap_err().code();
    assert_eq!(code(&dir.path().join("nowhere.json")), Code::EntryFileUnreadable);
    assert_eq!(code(dir.path()), Code::EntryFileUnreadable);
    let large = dir.path().join("large.json");
    fs::File::create(&large).unwrap().set_len(200 << 20).unwrap();
    assert_eq!(code(&large), Code::EntryFileUnreadable);
    #[cfg(unix)]
    {
        let zero = dir.path().join("zero.json");
        std::os::unix::fs::symlink("/dev/zero", &zero).unwrap();
        assert_eq!(code(&zero), Code::EntryFileUnreadable);
        let fifo = dir.path().join("fifo.json");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        assert_eq!(code(&fifo), Code::EntryFileUnreadable);
    }
}

#[test]
fn it_can_be_cancelled() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "[0, 1]").unwrap();
    let cancelled = AtomicBool::new(false);
    cancelled.store(true, Ordering::Relaxed);
    let report = |_: Progress| {};
    let error = file::check_file(file.path(), None, &Task::new(&cancelled, &report)).unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(bytes);
    }

    /// Text that is nearly an entry: pieces of one in any order.
    #[test]
    fn anything_like_json_is_answered(pieces in prop::collection::vec(prop_oneof![
        Just("{".to_owned()), Just("}".to_owned()), Just("[".to_owned()), Just("]".to_owned()), Just(",".to_owned()),
        Just(":".to_owned()), Just("\"id\"".to_owned()), Just("\"type\":\"plugin\"".to_owned()), Just("\"items\":[".to_owned()),
        Just("\"tags\":[\"a\",".to_owned()), Just("\"\\ud800\"".to_owned()), Just("\u{feff}".to_owned()), Just("\n".to_owned()),
        Just("1e999".to_owned()), Just(GOOD.to_owned()), any::<String>(),
    ], 0..20)) {
        let text = pieces.concat();
        let checked = check(&text);
        let valid = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        let lines = u32::try_from(text.split('\n').count()).unwrap();
        for (_, _, line, column) in places(&checked) {
            prop_assert!((1..=lines).contains(&line) && column >= 1, "{text:?}");
        }
        prop_assert!(valid || checked.problems.iter().any(|problem| problem.weight == Weight::Error
            || problem.rule.as_str() == "byte-order-mark"), "{text:?}");
    }
}
