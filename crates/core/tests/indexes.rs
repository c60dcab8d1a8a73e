//! Editing an index: what Python's `json` writes, nothing else touched, and refusals. Loader contract §9.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::{Change, Error, Index, Kind, MAX_BYTES, Notice, Order, Problem};
use aisoc_publisher_core::manifest::PluginId;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use proptest::prelude::*;
use sample::write;
use serde_json::Value;

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

/// Runs `tests/reference/indexes.py`.
fn python(arguments: &[&str], input: &str) -> String {
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut child = Command::new(python)
        .args(["-m", "reference.indexes"])
        .args(arguments)
        .current_dir(tests_folder())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test runs Python 3.11 or newer; AISOC_TEST_PYTHON may name it");
    // It reads all before it writes, or does not read.
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn entry_of(value: &Value) -> Entry {
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    Entry {
        id: PluginId::new(value["id"].as_str().unwrap()).unwrap(),
        name: text("name").unwrap(),
        item_type: "plugin",
        description: text("description"),
        author: text("author"),
        version: text("version").unwrap(),
        tags: value["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap().to_owned()).collect(),
        url: text("url"),
        install: text("install"),
        signing_key_id: value["signing_key_id"].as_str().unwrap().parse().unwrap(),
    }
}

/// The entry of AiSOC's page on publishing plugins.
fn documented() -> Entry {
    entry_of(&serde_json::json!({
        "id": "myorg.virustotal",
        "name": "VirusTotal Enricher",
        "description": "Enriches IPs, domains and hashes via VirusTotal API.",
        "author": "My Org",
        "version": "1.0.0",
        "tags": ["threat-intel", "enrichment"],
        "url": "https://github.com/myorg/aisoc-virustotal",
        "install": "pip install aisoc-plugin-virustotal",
        "signing_key_id": "myorg-prod",
    }))
}

fn index(text: impl AsRef<[u8]>) -> Index {
    Index::of_bytes(Path::new("index.json"), text.as_ref().to_vec()).unwrap()
}

fn plan(text: &str) -> Change {
    index(text).plan(&documented()).unwrap()
}

fn after(change: &Change) -> &str {
    std::str::from_utf8(change.after()).unwrap()
}

#[test]
fn the_result_is_what_python_writes_with_the_entry_in() {
    let cases = python(&["make", "22", "700"], "");
    let mut kinds = [0; 3];
    for (number, line) in cases.lines().enumerate() {
        let case: Value = serde_json::from_str(line).unwrap();
        let before = case["before"].as_str().unwrap();
        let change = index(before).plan(&entry_of(&case["entry"])).unwrap();
        assert_eq!(after(&change), case["after"].as_str().unwrap(), "case {number}, {}:\n{before}", case["style"]);
        assert_eq!(change.kind() == Kind::Same, before.as_bytes() == change.after());
        kinds[change.kind() as usize] += 1;
        // And a second time there is nothing left to do.
        let again = index(change.after()).plan(&entry_of(&case["entry"])).unwrap();
        assert_eq!((again.kind(), again.diff().as_str()), (Kind::Same, ""), "case {number}");
    }
    assert!(kinds.iter().all(|count| *count > 3), "{kinds:?}");
}

/// Any JSON text of no interest, spelled in ways that no library would write again.
fn odd_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "1e5",
            "1.0",
            "-0",
            "1E+2",
            "12345678901234567890123",
            "0.1e-7",
            "true",
            "null",
            "[ ]",
            "{\t}",
            r#""\u00e9\/\ud83d\ude00""#,
            "\"é ]}\\\"\"",
            r#""a\\""#,
            "\"\\\\\\\"\"",
            "\"\u{202e}\"",
            r#""\ud800""#,
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 1..3), space())
                .prop_map(|(all, s)| format!("[{s}{}{s}]", all.join(&format!("{s},")))),
            (inner, space()).prop_map(|(value, s)| format!("{{{s}\"items\"{s}:{s}{value}}}")),
        ]
    })
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "", " ", "\n", "\r\n  ", "\t", "\n\n    "]).prop_map(str::to_owned)
}

prop_compose! {
    fn item(number: usize)(
        kind in prop::sample::select(vec![r#""plugin""#, r#""detection""#, r#""plu\u0067in""#]),
        id in prop::sample::select(vec!["a", "m", "my", "n", "z\\u00e9", "é"]),
        others in prop::collection::vec((space(), odd_value()), 0..3),
        s in prop::collection::vec(space(), 6),
        id_first in any::<bool>(),
    ) -> String {
        let id = format!("\"id\"{}:{}\"{id}-{number}\"", s[0], s[1]);
        let kind = format!("\"type\":{}{kind}", s[2]);
        let mut members = if id_first { vec![id, kind] } else { vec![kind, id] };
        for (number, (s, value)) in others.into_iter().enumerate() {
            members.insert(number, format!("\"k{number}\"{s}:{value}"));
        }
        format!("{{{}{}{}}}", s[3], members.join(&format!("{},{}", s[4], s[5])), s[3])
    }
}

prop_compose! {
    fn any_index()(
        items in (0_usize..5).prop_flat_map(|count| (0..count).map(item).collect::<Vec<_>>()),
        s in prop::collection::vec(space(), 6),
        gaps in prop::collection::vec((space(), space()), 5),
        head in odd_value(),
        object in any::<bool>(),
        bom in any::<bool>(),
    ) -> String {
        let mut array = format!("[{}", s[0]);
        for (number, item) in items.iter().enumerate() {
            let (left, right) = &gaps[number];
            if number > 0 {
                array += &format!("{left},{right}");
            }
            array += item;
        }
        array += &format!("{}]", s[1]);
        let bom = if bom { "\u{feff}" } else { "" };
        if object {
            format!("{bom}{}{{\"head\":{head}{},{}\"items\"{}:{}{array}}}{}", s[2], s[3], s[4], s[5], s[2], s[3])
        } else {
            format!("{bom}{}{array}{}", s[2], s[3])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// What is put in can be cut out again, and nothing else has changed: an item, one comma, and white space.
    #[test]
    fn an_item_that_is_put_in_can_be_taken_out(text in any_index()) {
        let before = index(&text);
        let change = before.plan(&documented()).unwrap();
        prop_assert_eq!(change.kind(), Kind::Insert);
        let range = change.put_in();
        let mut cut = change.after().to_vec();
        cut.drain(range.clone());
        prop_assert_eq!(cut.as_slice(), text.as_bytes());
        let put_in = &after(&change)[range];
        let around = put_in.replacen(change.new_text(), "", 1);
        let comma = usize::from(before.count() > 0);
        prop_assert_eq!(around.trim_matches([' ', '\t', '\r', '\n']), &",".repeat(comma));
        prop_assert_eq!(serde_json::from_str::<Value>(change.new_text()).unwrap(), serde_json::to_value(documented()).unwrap());
        let now = index(change.after());
        prop_assert_eq!(now.count(), before.count() + 1);
        prop_assert_eq!(now.find("myorg.virustotal").unwrap().text, change.new_text());
        if before.order() != Order::None {
            prop_assert_eq!(now.order(), before.order());
        }
    }
}

proptest! {
    // Many texts in each case, since Python has to be started for it.
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// What Python refuses is refused, and what it takes is at most no index.
    #[test]
    fn json_is_what_python_takes(edits in prop::collection::vec((any_index(), any::<prop::sample::Index>(), 0_u8..3, any::<prop::sample::Index>()), 600)) {
        const BYTES: &[u8] = b"{}[],:\"\\u0e+-.NI tn\n\x01\xe9";
        let texts: Vec<Vec<u8>> = edits.into_iter().map(|(text, at, what, byte)| {
            let mut bytes = text.into_bytes();
            let (at, byte) = (at.index(bytes.len()), BYTES[byte.index(BYTES.len())]);
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
            bytes
        }).collect();
        let lines: String = texts.iter().map(|bytes| hex::encode(bytes) + "\n").collect();
        for (bytes, python) in texts.iter().zip(python(&["judge"], &lines).lines()) {
            let taken = match Index::of_bytes(Path::new("x"), bytes.clone()) {
                Ok(_) | Err(Error::Duplicate { .. }) => true,
                Err(Error::Invalid { problem, .. }) => {
                    use Problem::{ItemNotObject, NoItems, TwoItems, TwoKeys};
                    // Whether the rest is JSON is not asked then.
                    if matches!(problem, ItemNotObject | NoItems | TwoItems | TwoKeys(_)) { continue; }
                    false
                }
                Err(Error::NotUtf8 { .. }) => false,
                Err(error) => panic!("{error}"),
            };
            prop_assert_eq!(taken, python == "1", "{}", String::from_utf8_lossy(bytes));
        }
    }
}

/// What is wrong with each file of `tests/indexes`, and where: counted by hand.
const BAD: [(&str, &str, (u32, u32)); 29] = [
    ("a-text", "neither an array nor an object with an array `items`", (1, 1)),
    ("comment", "a value is missing", (1, 1)),
    ("cut-behind-a-comma", "ends too early", (3, 1)),
    ("cut-in-a-string", "ends too early", (2, 20)),
    ("duplicate-item-without-type", "two items with the type `plugin` and the id `b`", (3, 3)),
    ("duplicate-item", "two items with the type `plugin` and the id `b`", (4, 3)),
    ("empty-file", "ends too early", (1, 1)),
    ("item-is-a-text", "an item is no object", (3, 3)),
    ("item-with-two-ids", "two `id`", (2, 33)),
    ("items-is-an-object", "neither an array nor an object with an array `items`", (2, 12)),
    ("leading-zero", "number", (1, 21)),
    ("minus-infinity", "`NaN` and `Infinity`", (3, 13)),
    ("missing-colon", "a colon is missing", (2, 9)),
    ("missing-comma", "a comma or a closing bracket", (3, 3)),
    ("not-a-number", "`NaN` and `Infinity`", (3, 12)),
    ("not-utf8", "is not UTF-8", (2, 44)),
    ("number-as-key", "a key in quotes", (2, 4)),
    ("number-without-fraction", "number", (1, 22)),
    ("one-entry", "neither an array nor an object with an array `items`", (1, 1)),
    ("raw-newline-in-string", "control character", (2, 12)),
    ("single-quotes", "a key in quotes", (2, 4)),
    ("too-deep", "more than 128", (1, 147)),
    ("trailing-comma-in-array", "a comma before the closing bracket", (3, 1)),
    ("trailing-comma-in-item", "a comma before the closing bracket", (2, 32)),
    ("trailing-text", "text behind the end", (4, 1)),
    ("two-documents", "text behind the end", (2, 1)),
    ("two-items-keys", "two `items`", (3, 3)),
    ("unknown-escape", "escape", (2, 12)),
    ("utf-16", "is not UTF-8", (1, 1)),
];

#[test]
fn what_is_no_index_is_refused_with_line_and_column() {
    let folder = tests_folder().join("indexes");
    let mut names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, BAD.map(|(name, ..)| format!("{name}.json")));
    for (name, message, position) in BAD {
        let path = folder.join(format!("{name}.json"));
        let error = Index::read(&path, &Task::unwatched()).unwrap_err();
        assert!(error.to_string().contains(message), "{name}: {error}");
        let place = error.place().unwrap();
        assert_eq!((place.path, place.position), (path, Some(position)), "{name}");
        let code = if name.starts_with("duplicate") { Code::IndexDuplicate } else { Code::IndexInvalid };
        assert_eq!(error.code(), code, "{name}");
        assert!(error.hint().is_some(), "{name}");
    }
}

#[test]
fn a_file_that_is_none_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| Index::read(&folder.path().join(name), &Task::unwatched()).unwrap_err();
    assert_eq!(read("nowhere").code(), Code::Io);
    assert!(read("nowhere").hint().unwrap().contains("marketplace/index.json"));
    fs::create_dir(folder.path().join("folder")).unwrap();
    assert_eq!(read("folder").code(), Code::TargetNotAFile);
    let huge = fs::File::create(folder.path().join("huge")).unwrap();
    huge.set_len(MAX_BYTES as u64 + 1).unwrap();
    assert_eq!(read("huge").code(), Code::IndexTooLarge);
    assert!(read("huge").to_string().contains("64 MiB"));
    #[cfg(unix)]
    {
        assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
        assert_eq!(read("pipe").code(), Code::TargetNotAFile);
        fs::write(folder.path().join("index.json"), "[]").unwrap();
        std::os::unix::fs::symlink("index.json", folder.path().join("link")).unwrap();
        assert_eq!(read("link").code(), Code::TargetNotAFile);
        assert!(read("link").hint().unwrap().contains("points to"));
    }
}

const SORTED: &str = "\
[
  {
    \"id\": \"abc\",
    \"type\": \"plugin\"
  },
  {
    \"id\": \"zzz\",
    \"type\": \"plugin\"
  }
]
";

#[test]
fn the_diff_shows_the_item_in_its_place_and_nothing_else() {
    let change = plan(SORTED);
    assert_eq!((change.kind(), change.line(), change.old()), (Kind::Insert, 6, None));
    assert_eq!(
        change.diff(),
        "--- a/index.json
+++ b/index.json
@@ -3,6 +3,21 @@
     \"id\": \"abc\",
     \"type\": \"plugin\"
   },
+  {
+    \"id\": \"myorg.virustotal\",
+    \"name\": \"VirusTotal Enricher\",
+    \"type\": \"plugin\",
+    \"description\": \"Enriches IPs, domains and hashes via VirusTotal API.\",
+    \"author\": \"My Org\",
+    \"version\": \"1.0.0\",
+    \"tags\": [
+      \"threat-intel\",
+      \"enrichment\"
+    ],
+    \"url\": \"https://github.com/myorg/aisoc-virustotal\",
+    \"install\": \"pip install aisoc-plugin-virustotal\",
+    \"signing_key_id\": \"myorg-prod\"
+  },
   {
     \"id\": \"zzz\",
     \"type\": \"plugin\"
"
    );
}

#[test]
fn an_update_keeps_what_it_does_not_know() {
    let text = r#"{"generated": "2026", "stats": {"total": 1.0}, "items": [
  {"id": "myorg.virustotal", "stars": 1e2, "type": "plugin", "version": "1.10", "tags": [ "threat-intel",  "x" ],
   "signing_key_id": "old", "name": "VirusTotal \u0045nricher" , "path": "x/plugin.yaml"},
  {"id":"other","type":"playbook"}, {"id":"myorg.virustotal","type":"playbook"}
]}"#;
    let change = plan(text);
    let expected = r#"{"generated": "2026", "stats": {"total": 1.0}, "items": [
  {"id": "myorg.virustotal", "stars": 1e2, "type": "plugin", "description": "Enriches IPs, domains and hashes via VirusTotal API.", "author": "My Org", "version": "1.0.0", "tags": [ "threat-intel",  "enrichment" ], "url": "https://github.com/myorg/aisoc-virustotal", "install": "pip install aisoc-plugin-virustotal",
   "signing_key_id": "myorg-prod", "name": "VirusTotal \u0045nricher" , "path": "x/plugin.yaml"},
  {"id":"other","type":"playbook"}, {"id":"myorg.virustotal","type":"playbook"}
]}"#;
    assert_eq!(after(&change), expected);
    assert_eq!((change.kind(), change.line(), change.order()), (Kind::Update, 2, Order::None));
    assert!(change.old().unwrap().starts_with(r#"{"id": "myorg.virustotal", "stars": 1e2"#));
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        change.notices(),
        [
            Notice::LowerVersion { old: "1.10".to_owned(), new: "1.0.0".to_owned() },
            Notice::OtherKey { old: "old".to_owned(), new: "myorg-prod".to_owned() },
            Notice::FieldsKept { fields: list(&["stars", "path"]) },
            Notice::Generated,
            Notice::DerivedLeft { fields: list(&["generated", "stats"]) },
        ]
    );
    assert!(change.notices().iter().all(|notice| notice.hint().is_some()));
}

#[test]
fn notices_of_a_new_item_and_of_versions() {
    let change = plan(r#"[{"id": "myorg.virustotal", "type": "widget"}]"#);
    assert_eq!(change.kind(), Kind::Insert);
    assert_eq!(change.notices(), [Notice::OtherType { item_type: "widget".to_owned() }]);
    let change = plan(r#"[{"id": "myorg.virustotal", "version": "spring"}]"#);
    assert_eq!(change.kind(), Kind::Update, "an item without a type is a plugin");
    assert!(after(&change).contains(r#""type": "plugin""#));
    assert_eq!(change.notices(), [Notice::VersionUnclear { old: "spring".to_owned(), new: "1.0.0".to_owned() }]);
    let twice = r#"[{"id": "myorg.virustotal", "type": "plugin", "version": "1", "version": "2"}]"#;
    let error = index(twice).plan(&documented()).unwrap_err();
    assert_eq!((error.code(), error.place().unwrap().position), (Code::IndexInvalid, Some((1, 63))));
}

#[test]
fn ids_that_differ_only_in_capitals_are_told() {
    let told = Notice::OtherCase { other: "MyOrg.VirusTotal".to_owned(), id: "myorg.virustotal".to_owned() };
    let change =
        plan(r#"[{"id": "MyOrg.VirusTotal", "type": "plugin"}, {"id": "myorg.virustotals", "type": "plugin"}]"#);
    assert_eq!((change.kind(), change.notices()), (Kind::Insert, [told.clone()].as_slice()));
    let both = r#"[{"id": "MyOrg.VirusTotal", "type": "plugin"}, {"id": "myorg.virustotal", "type": "plugin"}]"#;
    let change = plan(both);
    assert_eq!((change.kind(), change.notices()), (Kind::Update, [told.clone()].as_slice()));
    let same = plan(after(&change));
    assert_eq!((same.kind(), same.notices()), (Kind::Same, [told.clone()].as_slice()));
    assert_eq!(told.code(), Code::IndexOtherCase);
    let other = plan(r#"[{"id": "MyOrg.VirusTotal", "type": "playbook"}]"#);
    assert_eq!(other.notices(), []);
}

#[test]
fn what_hides_is_escaped_even_where_other_characters_are_not() {
    let mut entry = documented();
    entry.name = "Zoë \u{202e}gpj\u{0}\u{7f}".to_owned();
    let change = index("[{\"id\": \"ä\", \"type\": \"x\"}]").plan(&entry).unwrap();
    assert!(after(&change).contains(r#""name": "Zoë \u202egpj\u0000\u007f""#), "{}", after(&change));
    let change = index("[{\"id\": \"a\", \"type\": \"x\"}]").plan(&entry).unwrap();
    assert!(after(&change).contains(r#""name": "Zo\u00eb \u202egpj\u0000\u007f""#), "{}", after(&change));
}

#[test]
fn a_long_line_is_shown_in_part_and_patched_whole() {
    let filler = format!("{{\"id\":\"zz\",\"type\":\"plugin\",\"x\":\"{}\"}}", "é".repeat(100_000));
    let text = format!("[{{\"id\":\"a\",\"type\":\"plugin\"}},{filler}]");
    let change = plan(&text);
    let diff = change.diff();
    assert!(diff.len() < 3000, "{} bytes", diff.len());
    assert!(diff.contains(r#"{"id":"myorg.virustotal","#) && diff.contains("are shown in part"), "{diff}");
    assert!(diff.contains("\\ No newline at end of file"));
    assert!(change.patch("index.json").len() > 2 * text.len());
}

/// Lets Git itself apply patches, in a folder that is no repository.
fn git_apply(folder: &Path, patch: &[u8]) {
    let patch = write(folder, "change.patch", patch);
    let output = Command::new("git")
        .args(["apply", "--whitespace=nowarn"])
        .arg(&patch)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .expect("this test runs `git`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn git_applies_the_patch() {
    let folder = tempfile::tempdir().unwrap();
    let cases = python(&["make", "7", "60"], "");
    for (number, line) in cases.lines().enumerate() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = ["marketplace/index.json", "with blank/zoë \"q\".json"][number % 2];
        let path = write(folder.path(), name, case["before"].as_str().unwrap());
        let change = index(case["before"].as_str().unwrap()).plan(&entry_of(&case["entry"])).unwrap();
        let patch = change.patch(name);
        assert_eq!(patch.is_empty(), change.kind() == Kind::Same);
        if !patch.is_empty() {
            git_apply(folder.path(), &patch);
        }
        assert_eq!(fs::read(&path).unwrap(), case["after"].as_str().unwrap().as_bytes(), "case {number}");
    }
}

#[cfg(unix)]
#[test]
fn writing_keeps_the_mode_and_goes_over_nothing_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "index.json", SORTED);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let read = || Index::read(&path, &Task::unwatched()).unwrap().plan(&documented()).unwrap();

    // Somebody else was faster; a link has taken the name; the file is gone.
    let change = read();
    fs::write(&path, SORTED.replace("zzz", "zzy")).unwrap();
    assert_eq!(change.write().unwrap_err().code(), Code::IndexChanged);
    fs::write(&path, SORTED.to_owned() + "\n").unwrap();
    assert_eq!(change.write().unwrap_err().code(), Code::IndexChanged);
    fs::rename(&path, folder.path().join("real.json")).unwrap();
    assert!(matches!(change.write().unwrap_err(), Error::Missing { .. }));
    fs::write(folder.path().join("real.json"), SORTED).unwrap();
    std::os::unix::fs::symlink("real.json", &path).unwrap();
    assert_eq!(change.write().unwrap_err().code(), Code::TargetNotAFile);
    assert_eq!(fs::read_to_string(&path).unwrap(), SORTED);

    fs::rename(folder.path().join("real.json"), &path).unwrap();
    let change = read();
    change.write().unwrap();
    assert_eq!(fs::read(&path).unwrap(), change.after());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let same = read();
    assert_eq!(same.kind(), Kind::Same);
    same.write().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
}

#[cfg(unix)]
#[test]
fn a_read_only_index_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "index.json", SORTED);
    let change = Index::read(&path, &Task::unwatched()).unwrap().plan(&documented()).unwrap();
    // Whoever else may write to it, and root may anyway.
    for mode in [0o444, 0o464, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = change.write().unwrap_err();
        assert_eq!(error.code(), Code::IndexReadOnly, "{mode:o}");
        assert!(error.hint().unwrap().contains("chmod u+w"));
        assert_eq!(fs::read_to_string(&path).unwrap(), SORTED);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    change.write().unwrap();
    assert_eq!(fs::read(&path).unwrap(), change.after());
}

#[cfg(unix)]
#[test]
fn other_names_of_an_index_are_told_before_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "index.json", SORTED);
    let read = || Index::read(&path, &Task::unwatched()).unwrap().plan(&documented()).unwrap();
    let told = |change: &Change| {
        change.notices().iter().find(|notice| matches!(notice, Notice::OtherNames { .. })).map(ToString::to_string)
    };
    let change = read();
    assert_eq!(told(&change), None);
    fs::hard_link(&path, folder.path().join("other.json")).unwrap();
    assert_eq!(change.write().unwrap_err().code(), Code::IndexChanged, "one that nobody was told of");
    let change = read();
    let said = "the index has 1 other name (a hard link): it keeps what the index was";
    assert_eq!(told(&change).as_deref(), Some(said));
    change.write().unwrap();
    assert_eq!(fs::read(&path).unwrap(), change.after());
    assert_eq!(fs::read_to_string(folder.path().join("other.json")).unwrap(), SORTED);
    fs::hard_link(&path, folder.path().join("third.json")).unwrap();
    assert_eq!(told(&read()), None, "nothing changes");
}

#[cfg(target_os = "linux")]
#[test]
fn an_index_stays_whose_it_is() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "index.json", SORTED);
    // Only root can give a file away, and take it back; for anybody else it is theirs before and after.
    let is_root = fs::metadata(&path).unwrap().uid() == 0;
    if is_root {
        chown(&path, Some(65534), Some(12345)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    let before = fs::metadata(&path).unwrap();
    let change = Index::read(&path, &Task::unwatched()).unwrap().plan(&documented()).unwrap();
    assert!(!change.notices().contains(&Notice::ChangesHands));
    change.write().unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_ne!(before.ino(), after.ino());
    assert_eq!((before.uid(), before.gid(), before.mode()), (after.uid(), after.gid(), after.mode()));
    assert!(!is_root || (after.uid(), after.gid()) == (65534, 12345));
}

#[test]
fn an_order_is_kept_where_there_is_one() {
    let of = |items: &str| index(format!("[{items}]")).order();
    assert_eq!(of(""), Order::TypeThenId);
    assert_eq!(of(r#"{"id":"b","type":"a"},{"id":"a","type":"b"}"#), Order::TypeThenId);
    assert_eq!(of(r#"{"id":"a","type":"b"},{"id":"b","type":"a"}"#), Order::Id);
    assert_eq!(of(r#"{"id":"a"},{"id":"b"}"#), Order::Id);
    assert_eq!(of(r#"{"id":"b","type":"a"},{"id":"a","type":"a"}"#), Order::None);
    assert_eq!(of(r#"{"type":"a"}"#), Order::None);
    // Python sorts by code point: Z, a, z, é.
    assert_eq!(of(r#"{"id":"Z"},{"id":"a"},{"id":"z"},{"id":"\u00e9"}"#), Order::Id);
}
