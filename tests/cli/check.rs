//! `check`: what an author should know before signing. The readings are those of `yaml.safe_load` of PyYAML 6.0.3 and of
//! a YAML 1.2 reader; the classes stand in AiSOC's reference page on canonical bytes, §8.

use std::fs;

use serde_json::Value;

use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

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
        // Description, author and tags, which only the manifest can give to the marketplace entry.
        ("entry-field-missing", "", "", ""),
        ("entry-field-missing", "", "", ""),
        ("entry-field-missing", "", "", ""),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(code, path, ours, theirs)| (code.to_owned(), path.to_owned(), ours.to_owned(), theirs.to_owned()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(answer["digest"], Value::Null);
}
