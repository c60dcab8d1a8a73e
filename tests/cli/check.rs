//! `check`: what an author should know before signing. The readings are those of `yaml.safe_load` of PyYAML 6.0.3 and of
//! a YAML 1.2 reader; the classes stand in AiSOC's reference page on canonical bytes, §8.

use std::fs;

use serde_json::Value;

use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;
use crate::common::{copy_folder, tests_folder};

const SURPRISES: &str = "\
id: myorg.surprises
name: Surprises
version: 1.10
plugin_type: enricher
released: 2024-01-15
config:
  country: NO
  mode: 0755
  ports: [80, 22:22]
  budget: 1_000
  ratio: 1e3
  ratio: 2e3
";

#[test]
fn every_surprise_is_told_worst_first() {
    let sandbox = Sandbox::new();
    sandbox.copy("plugins", "virustotal");
    fs::create_dir(sandbox.path("surprises")).unwrap();
    fs::write(sandbox.path("surprises/plugin.yaml"), SURPRISES).unwrap();
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("check --plugin-dir virustotal").expect(0));
    transcript.add(&sandbox.run("check --plugin-dir surprises").expect(1));
    transcript.add(&sandbox.run("check --plugin-dir nowhere").expect(3));
    before.assert_same(&sandbox.listing());
    transcript.check("check");
}

/// The loader would name one of them, be given a new folder, and name the next.
#[test]
fn every_problem_is_told_at_once() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("weekend")).unwrap();
    let manifest = "id: my plugin\nname: Weekend\nplugin_type: enrich\nreleased: 2024-01-15\n";
    fs::write(sandbox.path("weekend/plugin.yaml"), manifest).unwrap();
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("check weekend").expect(1));
    transcript.add(&sandbox.run("sign weekend --private-key nowhere.key").expect(3));
    transcript.check("every-problem");
}

#[test]
fn json_has_both_readings() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("surprises")).unwrap();
    fs::write(sandbox.path("surprises/plugin.yaml"), SURPRISES).unwrap();
    let answer: Value =
        serde_json::from_str(sandbox.run("check --plugin-dir surprises --json").expect(1).stdout()).unwrap();
    let found: Vec<_> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["reading"].is_null())
        .map(|finding| {
            let reading = &finding["reading"];
            let text = |key: &str| reading[key].as_str().unwrap_or_default().to_owned();
            (finding["code"].as_str().unwrap().to_owned(), text("path"), text("loader_reads"), text("yaml12_reads"))
        })
        .collect();
    let expected = [
        ("date", "released", "a date", "text"),
        ("number-respelled", "version", "the number 1.1", "the number 1.1"),
        ("boolean-word", "config.country", "the boolean false", "text"),
        ("octal-number", "config.mode", "the number 493", "text"),
        ("sexagesimal-number", "config.ports[1]", "the number 1342", "text"),
        ("underscores", "config.budget", "the number 1000", "text"),
        ("repeated-key", "ratio", "the last value", "an error"),
        ("text-not-number", "config.ratio", "text", "the number 2000.0"),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(code, path, ours, theirs)| (code.to_owned(), path.to_owned(), ours.to_owned(), theirs.to_owned()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(answer["digest"], Value::Null);
}

/// One folder with a finding of every severity but the first, and of most families.
#[test]
fn a_folder_that_is_not_ready_to_be_shipped() {
    let sandbox = Sandbox::new();
    sandbox.copy("findings", "clean");
    for name in
        ["crlf", "node-modules", "second-manifest", "requirements-open", "compiled", "tier-stable", "tests-signed"]
    {
        copy_folder(&tests_folder().join("findings").join(name), &sandbox.path("clean"));
    }
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("check clean").expect(0));
    sandbox.acme();
    fs::rename(sandbox.path("acme.key"), sandbox.path("clean/notes.txt")).unwrap();
    let before = sandbox.listing();
    transcript.add(&sandbox.run("check --plugin-dir clean").expect(1));
    before.assert_same(&sandbox.listing());
    transcript.check("check-shipped");

    let answer: Value = serde_json::from_str(sandbox.run("check clean --json").expect(1).stdout()).unwrap();
    let counts = serde_json::json!({ "stops": 0, "exposes": 1, "breaks-later": 1, "surprise": 2, "note": 5 });
    assert_eq!(answer["counts"], counts);
    let findings = answer["findings"].as_array().unwrap();
    let crlf = findings.iter().find(|finding| finding["code"] == "crlf-in-python").unwrap();
    assert_eq!(crlf["edit"]["kind"], "line-feeds");
    assert_eq!(crlf["edit"]["path"], crlf["place"]["path"]);
    // sha256sum tests/findings/crlf/acme.py
    let sha256 = "1ca2bf73aba1ca07894084e749d30ac30169b7c57c522d1d4b3db106cc1448b7";
    assert_eq!(crlf["edit"]["expected_sha256"], sha256);
    assert!(crlf["edit"]["diff"].as_str().unwrap().contains("-A = 1\\u{d}\n"));
}

/// A signature that does not fit any more is told, where a key of this machine could have made it.
#[test]
fn a_stale_signature_is_told() {
    let sandbox = Sandbox::new();
    sandbox.copy("findings", "clean");
    let codes = || -> Vec<String> {
        let answer: Value = serde_json::from_str(sandbox.run("check clean --json").expect(0).stdout()).unwrap();
        let codes =
            answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap().to_owned());
        codes.collect()
    };
    let with_passphrase = |command: &str| {
        sandbox.command(command.split(' ')).env("PASS", "four words in a row").run().expect(0);
    };
    assert_eq!(codes(), ["unsigned"]);
    with_passphrase("keygen --key-id acme --in file --passphrase env:PASS");
    with_passphrase("sign clean --key-id acme --passphrase env:PASS");
    assert_eq!(codes(), [""; 0]);
    sandbox.write("clean/plugin.py", "class Plugin:\n    name = 1\n");
    assert_eq!(codes(), ["no-key-matches"]);
    sandbox.write("clean/plugin.sig", "no signature");
    assert_eq!(codes(), ["signature-malformed"]);
}
