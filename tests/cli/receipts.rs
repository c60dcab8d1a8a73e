//! What a signing leaves in the user's data folder.

use std::fs;

use serde_json::{Value, json};

use crate::common::keys;
use crate::common::sandbox::Sandbox;

/// The receipts in the user's data folder, oldest first.
fn receipts(sandbox: &Sandbox) -> Vec<Value> {
    let folder = sandbox.home().join("data/aisoc-publisher/receipts");
    let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| serde_json::from_slice::<Value>(&fs::read(file).unwrap()).unwrap()["receipt"].take())
        .collect()
}

#[test]
fn every_kind_of_key_leaves_a_receipt() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    for plugin in ["virustotal", "json-manifest", "non-ascii"] {
        sandbox.sample(plugin);
    }
    sandbox
        .command("keygen --key-id acme --in file --passphrase env:PASS".split(' '))
        .env("PASS", "four words in a row")
        .run()
        .expect(0);
    let signed = [
        sandbox.run_json("sign --plugin-dir virustotal --private-key acme.key"),
        sandbox
            .command("sign --plugin-dir json-manifest --private-key env:KEY --json".split(' '))
            .env("KEY", String::from_utf8(keys::private_pem()).unwrap())
            .run(),
        sandbox
            .command("sign --plugin-dir non-ascii --key-id acme --passphrase env:PASS --json".split(' '))
            .env("PASS", "four words in a row")
            .run(),
    ]
    .map(|outcome| outcome.expect(0).json());
    let receipts = receipts(&sandbox);
    assert_eq!(receipts.len(), 3);
    for (signed, receipt) in signed.iter().zip(&receipts) {
        for (name, of_receipt) in
            [("digest", "digest"), ("signature", "signature"), ("fingerprint", "fingerprint"), ("id", "plugin_id")]
        {
            assert_eq!(signed[name], receipt[of_receipt], "{name}");
        }
        assert_eq!(signed["files"], receipt["files"].as_array().unwrap().len());
        assert_eq!(signed["warnings"].as_array().unwrap().iter().find(|note| note["code"] == "receipt-not-kept"), None);
    }
    let ids: Vec<_> = receipts.iter().map(|receipt| receipt["key_id"].clone()).collect();
    assert_eq!(ids, [Value::Null, Value::Null, json!("acme")]);
    let manifests: Vec<_> = receipts.iter().map(|receipt| receipt["manifest_file"].clone()).collect();
    assert_eq!(manifests, ["plugin.yaml", "aisoc-plugin.json", "plugin.yaml"]);
}

#[test]
fn a_signing_that_cannot_be_remembered_is_a_signing_with_a_warning() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.sample("virustotal");
    sandbox.write("../home/data/aisoc-publisher/receipts", "a file");
    let object = sandbox.run_json("sign --plugin-dir virustotal --private-key acme.key").expect(0).json();
    let [warning] = object["warnings"].as_array().unwrap().as_slice() else { panic!("{object:#}") };
    assert_eq!(warning["code"], "receipt-not-kept");
    sandbox.run("verify --plugin-dir virustotal --trusted-keys trusted").expect(0);
    let outcome = sandbox.run("sign --plugin-dir virustotal --private-key acme.key").expect(0);
    assert!(outcome.shown().contains("no receipt of this signing could be kept: read"), "{}", outcome.shown());
}
