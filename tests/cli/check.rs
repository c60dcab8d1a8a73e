//! `check`: what an author should know before signing. The readings are those of `yaml.safe_load` of PyYAML 6.0.3 and of
//! a YAML 1.2 reader; the classes stand in AiSOC's reference page on canonical bytes, §8.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;
use crate::common::{copy_folder, folders_of, tests_folder};

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

/// Each change is made once, in the file that its diff showed, and what it mended is not found again.
#[test]
fn fixes_are_made_when_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.copy("findings", "clean");
    copy_folder(&tests_folder().join("findings/crlf"), &sandbox.path("clean"));
    let manifest = fs::read_to_string(sandbox.path("clean/plugin.yaml")).unwrap();
    let more = "released: 2024-01-15\nconfig:\n  country: NO\n  budget: 1_000\n";
    sandbox.write("clean/plugin.yaml", format!("{manifest}{more}"));
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("check clean --diff").expect(1));
    before.assert_same(&sandbox.listing());
    transcript.add(&sandbox.run("check clean --fix --only date,line-feeds").expect(0));
    // What was not asked for stays.
    let quoted = more.replace("2024-01-15", "\"2024-01-15\"");
    assert_eq!(fs::read_to_string(sandbox.path("clean/plugin.yaml")).unwrap(), format!("{manifest}{quoted}"));
    assert_eq!(fs::read(sandbox.path("clean/acme.py")).unwrap(), b"A = 1\nB = 2\n");
    let answer = sandbox.run("check clean --fix --json").expect(0).json();
    let kinds: Vec<_> = answer["fixed"].as_array().unwrap().iter().map(|fixed| fixed["kind"].clone()).collect();
    assert_eq!(kinds, ["quote", "quote"]);
    assert!(answer["findings"].as_array().unwrap().iter().all(|finding| finding["edit"].is_null()), "{answer:#}");
    let again = sandbox.listing();
    assert_eq!(sandbox.run("check clean --fix --json").expect(0).json()["fixed"], serde_json::json!([]));
    again.assert_same(&sandbox.listing());
    transcript.add(&sandbox.run("check clean --fix --only spelling").expect(2));
    transcript.check("check-fix");
}

/// A manifest that is a link is not written through it.
#[test]
fn fixes_follow_no_link() {
    let sandbox = Sandbox::new();
    sandbox.copy("findings", "clean");
    let manifest = fs::read_to_string(sandbox.path("clean/plugin.yaml")).unwrap() + "released: 2024-01-15\n";
    sandbox.write("elsewhere.yaml", &manifest);
    fs::remove_file(sandbox.path("clean/plugin.yaml")).unwrap();
    std::os::unix::fs::symlink("../elsewhere.yaml", sandbox.path("clean/plugin.yaml")).unwrap();
    let outcome = sandbox.run("check clean --fix --json");
    assert!([1, 3].contains(&outcome.status), "{}", outcome.shown());
    assert_eq!(fs::read_to_string(sandbox.path("elsewhere.yaml")).unwrap(), manifest);
}

/// Every word of an answer that a script may branch on can be looked up.
#[test]
fn explain_knows_every_word_of_every_answer() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let all = sandbox.run("explain --json").expect(0).json();
    let known: BTreeSet<_> =
        all["codes"].as_array().unwrap().iter().map(|word| word["code"].clone().to_string()).collect();
    let mut said = BTreeSet::new();
    for (group, name) in ["bad", "findings", "plugins"]
        .into_iter()
        .flat_map(|group| folders_of(group).into_iter().map(move |(name, _)| (group, name)))
    {
        sandbox.copy(group, &name);
        for command in [
            "check NAME",
            "sign NAME --private-key acme.key",
            "verify NAME --keys trusted",
            "verify NAME --keys none",
            "verify NAME --committed",
        ] {
            collect(&sandbox.run(&format!("{} --json", command.replace("NAME", &name))).json(), &mut said);
        }
    }
    let unknown: Vec<_> = said.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(said.len() > 60, "{}: {said:?}", said.len());
}

fn collect(value: &Value, said: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if value.is_string() && ["code", "detail", "reason"].contains(&name.as_str()) {
                    said.insert(value.to_string());
                }
                collect(value, said);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, said)),
        _ => {}
    }
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

#[test]
fn where_nothing_can_be_mended_it_is_said() {
    let sandbox = Sandbox::new();
    sandbox.copy("plugins", "virustotal");
    let says =
        |arguments: &str| sandbox.run(arguments).stdout().contains("There is nothing here that `--fix` mends.\n");
    assert!(says("check virustotal --fix") && says("check virustotal --diff"));
    assert!(!says("check virustotal"));
    fs::create_dir(sandbox.path("surprises")).unwrap();
    fs::write(sandbox.path("surprises/plugin.yaml"), SURPRISES).unwrap();
    assert!(!says("check surprises --diff") && !says("check surprises --fix"));
}
