//! `entry --check`: what is wrong with an entry or an index, and what hostile files and manifests come to. What is wrong with
//! each file in `tests/entries` is in core's tests.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::sandbox::Sandbox;
use crate::common::tests_folder;
use crate::common::transcript::Transcript;

/// A sandbox with files of `tests/entries`.
fn with_entries(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.write(name, fs::read(tests_folder().join("entries").join(name)).unwrap());
    }
    sandbox
}

fn rules(checked: &Value) -> Vec<&str> {
    checked["problems"].as_array().unwrap().iter().map(|problem| problem["rule"].as_str().unwrap()).collect()
}

#[test]
fn entries_and_indexes() {
    let names =
        ["good.json", "url-of-localhost.json", "five-tags.json", "trailing-comma.json", "script-in-description.json"];
    let sandbox = with_entries(&names);
    let read = |name: &str| fs::read_to_string(sandbox.path(name)).unwrap();
    let (good, bad) = (read("good.json"), read("url-of-localhost.json"));
    let other = r#"{"id": "triage", "type": "playbook", "name": "Triage"}"#;
    sandbox.write("index.json", format!("{{\n\"version\": \"1.0.0\",\n\"items\": [\n{good},\n{other},\n{bad}]}}\n"));
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for (file, status) in [
        ("good.json", 0),
        ("url-of-localhost.json", 1),
        ("five-tags.json", 0),
        ("trailing-comma.json", 1),
        ("script-in-description.json", 1),
        ("index.json", 1),
        ("nowhere.json", 3),
    ] {
        transcript.add(&sandbox.run(&format!("entry --check {file}")).expect(status));
    }
    transcript.add(&sandbox.run_json("entry --check url-of-localhost.json").expect(1));
    before.assert_same(&sandbox.listing());
    transcript.check("entry-check");
}

/// The printed entry and the checked one agree, and the check knows the key.
#[test]
fn an_entry_of_this_plugin() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    let entry = "entry virustotal --key-id acme --public-key trusted/acme.pem --install make";
    let printed = sandbox.run(entry).expect(0).stdout().to_owned();
    let said = sandbox.run_json(entry).expect(0).json();
    sandbox.write("entry.json", &printed);
    let check = "entry virustotal --check entry.json --key-id acme --public-key trusted/acme.pem";
    let checked = sandbox.run_json(check).expect(0).json();
    assert_eq!(rules(&checked), rules(&said));
    for (from, to, rule) in [
        ("\"acme\"", "\"other\"", "signing-key"),
        ("\"1.0.0\"", "\"1.0.1\"", "version-of-manifest"),
        ("\"myorg.virustotal\"", "\"myorg.virus\"", "id-of-manifest"),
    ] {
        assert!(printed.contains(from));
        sandbox.write("entry.json", printed.replace(from, to));
        assert!(rules(&sandbox.run_json(check).expect(1).json()).contains(&rule), "{rule}");
    }
    // A file that the signature covers changed, so the key signed another plugin.
    sandbox.write("entry.json", &printed);
    fs::write(sandbox.path("virustotal/plugin.py"), "class Plugin: pass\n").unwrap();
    assert!(rules(&sandbox.run_json(check).expect(1).json()).contains(&"signing-key"));
}

#[test]
fn what_is_no_file_is_named_at_once() {
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink("/dev/zero", sandbox.path("zero.json")).unwrap();
    assert!(Command::new("mkfifo").arg(sandbox.path("fifo.json")).status().unwrap().success());
    fs::File::create(sandbox.path("large.json")).unwrap().set_len(200 << 20).unwrap();
    fs::create_dir(sandbox.path("folder.json")).unwrap();
    let start = Instant::now();
    for name in ["zero", "fifo", "large", "folder"] {
        let outcome = sandbox.run_json(&format!("entry --check {name}.json")).expect(3);
        assert_eq!(outcome.error_code(), "entry-file-unreadable");
        assert!(outcome.json()["error"]["message"].as_str().unwrap().contains(name), "{}", outcome.shown());
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// What a hostile author could write, through both commands: never raw on a terminal, and never called fit.
#[test]
fn hostile_texts() {
    let cases = [
        ("Evil <script>alert(1)</script>".to_owned(), "markup"),
        ("Evil <img src=x onerror=alert(1)>".to_owned(), "markup"),
        ("safe\u{202e}gpj.exe".to_owned(), "hidden-characters"),
        ("a\u{1b}]0;title\u{7}b".to_owned(), "hidden-characters"),
        ("a\0b".to_owned(), "hidden-characters"),
        ("y".repeat(900_000), "too-long"),
    ];
    for (text, rule) in cases {
        let sandbox = Sandbox::new();
        sandbox.acme();
        let manifest = serde_json::json!({
            "id": "myorg-odd", "name": text, "version": "1.0.0", "plugin_type": "action", "description": text,
            "author": text, "tags": [text],
        });
        fs::create_dir(sandbox.path("odd")).unwrap();
        fs::write(sandbox.path("odd/aisoc-plugin.json"), manifest.to_string()).unwrap();
        sandbox.sign("odd");
        let entry = "entry odd --key-id acme --public-key trusted/acme.pem --url https://example.org/x";
        let printed = sandbox.run(entry).expect(1);
        assert!(
            printed.stdout().is_ascii() && !printed.stderr().contains(['\u{202e}', '\u{1b}', '\u{7}', '\0']),
            "{rule}"
        );
        assert!(printed.stderr().len() < 20_000, "{} bytes", printed.stderr().len());
        assert!(rules(&sandbox.run_json(entry).expect(1).json()).contains(&rule), "{rule}");
        sandbox.write("entry.json", printed.stdout());
        let checked = sandbox.run("entry --check entry.json").expect(1);
        assert!(!checked.all().contains(['\u{202e}', '\u{1b}', '\u{7}', '\0']) && checked.all().len() < 20_000);
        let object = sandbox.run_json("entry --check entry.json").expect(1);
        assert!(object.stdout().is_ascii() && object.stdout().len() < 20_000);
        for field in ["/name", "/description", "/author", "/tags/0"] {
            let found = object.json()["problems"].as_array().unwrap().iter().any(|problem| {
                problem["rule"] == rule && problem["pointer"] == field && problem["severity"] == "error"
            });
            assert!(found, "{rule} at {field}: {}", object.shown());
        }
    }
}

/// Half of a surrogate pair is no text: a manifest with one makes no entry, and an entry with one is refused.
#[test]
fn half_of_a_surrogate_pair() {
    let sandbox = with_entries(&["half-of-a-surrogate-pair.json"]);
    sandbox.acme();
    let manifest = "{\"id\": \"ab\", \"name\": \"a\\ud800\", \"version\": \"1.0.0\", \"plugin_type\": \"action\"}";
    fs::create_dir(sandbox.path("odd")).unwrap();
    fs::write(sandbox.path("odd/aisoc-plugin.json"), manifest).unwrap();
    let run = sandbox.run_json("entry odd --key-id acme --public-key trusted/acme.pem --allow-unsigned").expect(3);
    assert_eq!(run.error_code(), "entry-field-invalid");
    let checked = sandbox.run_json("entry --check half-of-a-surrogate-pair.json").expect(1).json();
    assert_eq!(rules(&checked), ["not-unicode"]);
}

#[test]
fn a_hundred_thousand_brackets() {
    let sandbox = Sandbox::new();
    let open = "[".repeat(100_000);
    sandbox.write("open.json", &open);
    sandbox.write("closed.json", format!("{open}{}", "]".repeat(100_000)));
    sandbox.write("inside.json", format!("{{\"id\": {open}{}}}", "]".repeat(100_000)));
    for (name, rule) in [("open", "not-json"), ("closed", "not-an-object"), ("inside", "too-deep")] {
        let checked = sandbox.run_json(&format!("entry --check {name}.json")).expect(1).json();
        assert!(rules(&checked).contains(&rule), "{checked:#}");
    }
}
