//! The marketplace entry: AiSOC's loader contract §9 and the page on publishing plugins.
#![allow(clippy::unwrap_used)]

mod sample;

use std::path::Path;

use aisoc_publisher_core::entry::{self, Error, Notice, Options, Prepared, Source};
use aisoc_publisher_core::key::SecretKey;
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use sample::{key, key_id, plugin, sample, write};

fn prepare(dir: &Path, options: &Options) -> Result<Prepared, Error> {
    entry::prepare(dir, &key_id(), Some(key().public()), options, &Task::unwatched())
}

fn signed(manifest: &str) -> tempfile::TempDir {
    let dir = plugin(manifest);
    let plan = Plan::look(dir.path(), &Task::unwatched()).unwrap();
    plan.sign(&key_id(), &key(), None, &Task::unwatched()).unwrap();
    dir
}

fn missing(prepared: &Prepared) -> Vec<&'static str> {
    let field = |notice: &Notice| if let Notice::Missing { field } = notice { Some(*field) } else { None };
    prepared.notices.iter().filter_map(field).collect()
}

/// The entry of AiSOC's page on publishing plugins, field by field and in its order.
const DOCUMENTED: &str = r#"{
  "id": "myorg.virustotal",
  "name": "VirusTotal Enricher",
  "type": "plugin",
  "description": "Enriches IPs, domains and hashes via VirusTotal API.",
  "author": "My Org",
  "version": "1.0.0",
  "tags": [
    "threat-intel",
    "enrichment"
  ],
  "url": "https://github.com/myorg/aisoc-virustotal",
  "install": "pip install aisoc-plugin-virustotal",
  "signing_key_id": "myorg-prod"
}"#;

const DOCUMENTED_MANIFEST: &str = "
plugin_type: enricher
version: 1.0.0
tags: [threat-intel, enrichment]
id: myorg.virustotal
author: My Org
description: >
  Enriches IPs, domains and hashes via VirusTotal API.
name: VirusTotal Enricher
homepage: https://github.com/myorg/aisoc-virustotal
";

#[test]
fn the_documented_entry() {
    let dir = signed(DOCUMENTED_MANIFEST);
    let options = Options { install: Some("pip install aisoc-plugin-virustotal".to_owned()), ..Options::default() };
    let prepared = prepare(dir.path(), &options).unwrap();
    assert_eq!(prepared.entry.to_json(), DOCUMENTED);
    assert!(prepared.verified && prepared.notices.is_empty());
    let fields: Vec<_> = prepared.sources.iter().map(|(field, _)| *field).collect();
    let documented: Vec<_> = DOCUMENTED
        .lines()
        .filter_map(|line| line.strip_prefix("  \"")?.split_once("\":"))
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, documented);
    assert!(prepared.sources.contains(&("url", Source::Manifest("homepage"))));
    assert!(prepared.sources.contains(&("install", Source::Caller)));
}

#[test]
fn the_caller_comes_before_the_manifest() {
    let dir = signed(DOCUMENTED_MANIFEST);
    let options = Options { url: Some("https://example.org/x".to_owned()), ..Options::default() };
    let prepared = prepare(dir.path(), &options).unwrap();
    assert_eq!(prepared.entry.url.as_deref(), Some("https://example.org/x"));
    assert!(prepared.sources.contains(&("url", Source::Caller)));
    assert_eq!(missing(&prepared), ["install"]);
    let error =
        prepare(dir.path(), &Options { url: Some("javascript:x".to_owned()), ..Options::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`javascript:x` is no web address");
}

#[test]
fn nothing_is_invented() {
    let dir = signed(
        "id: ab\nname: ' n '\nversion: 1.10\nplugin_type: action\nauthor: '  '\ntags: []\nhomepage: github.com/x\nrepository: http://r",
    );
    let prepared = prepare(dir.path(), &Options::default()).unwrap();
    assert_eq!(
        serde_json::to_string(&prepared.entry).unwrap(),
        r#"{"id":"ab","name":"n","type":"plugin","version":"1.1","tags":[],"url":"http://r","signing_key_id":"myorg-prod"}"#
    );
    assert_eq!(missing(&prepared), ["description", "author", "tags", "install"]);
    assert!(
        prepared
            .notices
            .iter()
            .any(|notice| notice.to_string()
                == "`homepage` in the manifest is left out: `github.com/x` is no web address")
    );
}

#[test]
fn values_that_are_no_text() {
    let table = [
        ("description: 5", "`description` in"),
        ("author: {name: x}", "`author` in"),
        ("homepage: [x]", "`homepage` in"),
        ("description: \"\\ud800\"", "`description` in"),
        ("tags: a, b", "`tags` in"),
        ("tags: [\"\\ud800\"]", "`tags` in"),
    ];
    for (line, start) in table {
        let dir = signed(&format!("{}{line}\n", sample::SMALL));
        let error = prepare(dir.path(), &Options::default()).unwrap_err();
        assert_eq!(error.code(), Code::EntryFieldInvalid, "{line}");
        assert!(error.to_string().starts_with(start), "{error}");
        assert_eq!(error.place().unwrap().position.unwrap().0, 5, "{line}");
    }
    let dir = signed(&format!("{}tags: [a, 5, yes, b]\n", sample::SMALL));
    let prepared = prepare(dir.path(), &Options::default()).unwrap();
    assert_eq!(prepared.entry.tags, ["a", "b"]);
    let ignored: Vec<_> =
        prepared.notices.iter().filter(|notice| matches!(notice, Notice::TagIgnored { .. })).collect();
    assert_eq!(ignored.len(), 2);
    assert_eq!(ignored[0].to_string(), "a tag at line 5, column 11 is left out: it is a number, not a text");
}

#[test]
fn only_what_verifies_with_the_key_gets_an_entry() {
    let refused = |dir: &Path, key: Option<&SecretKey>, expected: Code| {
        let key = key.map(SecretKey::public);
        let prepare = |allow_unsigned| {
            let options = Options { allow_unsigned, ..Options::default() };
            entry::prepare(dir, &key_id(), key, &options, &Task::unwatched())
        };
        let error = prepare(false).unwrap_err();
        assert_eq!(error.code(), Code::EntryUnverified);
        let Error::Unverified(why) = &error else { panic!("{error:?}") };
        assert_eq!(why.finding.as_ref().unwrap().code(), expected);
        let prepared = prepare(true).unwrap();
        assert!(!prepared.verified);
        assert_eq!(prepared.notices[0].code(), Code::EntryUnverified, "{:?}", prepared.notices);
    };
    let dir = sample();
    refused(dir.path(), Some(&key()), Code::Unsigned);
    write(dir.path(), "plugin.sig", "junk");
    refused(dir.path(), Some(&key()), Code::SignatureMalformed);
    write(dir.path(), "plugin.sig", sample::SIGNATURE);
    refused(dir.path(), Some(&SecretKey::generate().unwrap()), Code::NoKeyMatches);
    refused(dir.path(), None, Code::NoTrustedKeys);
    assert!(prepare(dir.path(), &Options::default()).unwrap().verified);
    write(dir.path(), "new.py", "");
    refused(dir.path(), Some(&key()), Code::NoKeyMatches);
}

#[test]
fn without_a_usable_manifest_nothing_helps() {
    let options = Options { allow_unsigned: true, ..Options::default() };
    let table = [
        ("id: [", Code::Manifest),
        ("id: ab", Code::ManifestFieldsMissing),
        ("id: 12\nname: n\nversion: 1\nplugin_type: action", Code::IdUnusable),
    ];
    for (manifest, code) in table {
        let dir = plugin(manifest);
        assert_eq!(prepare(dir.path(), &options).unwrap_err().code(), code, "{manifest}");
    }
    let file = plugin(sample::SMALL);
    assert_eq!(prepare(&file.path().join("plugin.py"), &options).unwrap_err().code(), Code::FolderInvalid);
}
