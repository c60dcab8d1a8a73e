//! `--json`: one object on standard output, whatever happens.

use serde_json::{Value, json};

use crate::common::listing::Listing;
use crate::common::sandbox::Sandbox;

/// A sandbox with a signed plugin, a bad one and the fixed key.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    sandbox.copy("bad", "broken-yaml");
    sandbox
}

#[test]
fn every_command_answers_with_one_object() {
    let sandbox = sandbox();
    for (arguments, status, fields) in [
        ("keygen --out new", 0, &["private_key_file", "public_key_file", "fingerprint", "public_key"][..]),
        (
            "sign --plugin-dir virustotal --private-key acme.key",
            0,
            &["digest", "signature", "signature_file", "files", "id", "version", "key_id", "fingerprint"],
        ),
        (
            "verify --plugin-dir virustotal --trusted-keys trusted",
            0,
            &[
                "loads",
                "signature_status",
                "key_id",
                "reason",
                "trust_mode",
                "digest",
                "finding",
                "modes",
                "steps",
                "causes",
                "signed",
            ],
        ),
        ("explain unsigned", 0, &["code", "means", "at_the_loader", "cure"]),
        (
            "verify --plugin-dir broken-yaml --trusted-keys trusted",
            1,
            &["loads", "signature_status", "key_id", "reason", "trust_mode", "digest", "finding"],
        ),
        ("check --plugin-dir virustotal", 0, &["findings", "digest"]),
        ("check --plugin-dir broken-yaml", 1, &["findings", "digest"]),
        ("payload --plugin-dir virustotal", 0, &["digest", "canonical", "files"]),
        ("payload --plugin-dir virustotal --digest", 0, &["digest", "canonical", "files"]),
        (
            "entry --plugin-dir virustotal --key-id acme --public-key trusted/acme.pem",
            0,
            &["entry", "sources", "verified", "problems", "card", "suggestions"],
        ),
        ("keys", 0, &["keys"]),
    ] {
        for arguments in [format!("{arguments} --json"), format!("--json {arguments}")] {
            // The second time a key file is there.
            let arguments = if arguments.starts_with("--json") { arguments.replace("new", "newer") } else { arguments };
            let object = sandbox.run(&arguments).expect(status).json();
            for field in fields.iter().chain(&["warnings"]) {
                assert!(object.get(field).is_some(), "{arguments}: no `{field}` in {object:#}");
            }
            assert!(object.get("error").is_none(), "{object:#}");
        }
    }
}

#[test]
fn every_command_reports_its_failure_as_one_object() {
    let sandbox = sandbox();
    // The receipt of the one signing that was done.
    std::fs::remove_dir_all(sandbox.home().join("data")).unwrap();
    let before = Listing::of(&sandbox.path(""));
    for (arguments, code) in [
        ("keygen --out acme", "target-exists"),
        ("keygen --out nowhere/acme", "io"),
        ("keygen --key-id acme", "no-keyring"),
        ("sign --plugin-dir broken-yaml --private-key acme.key", "manifest"),
        ("sign --plugin-dir virustotal --private-key nowhere.key", "io"),
        ("sign --plugin-dir virustotal --key-id acme", "key-missing"),
        ("verify --plugin-dir nowhere --trusted-keys trusted", "folder-invalid"),
        ("payload --plugin-dir nowhere", "folder-invalid"),
        ("payload --plugin-dir nowhere --digest", "folder-invalid"),
        ("entry --plugin-dir nowhere --key-id acme --public-key trusted/acme.pem", "folder-invalid"),
        ("entry --plugin-dir virustotal --key-id acme", "key-missing"),
        ("keys --pem acme", "key-missing"),
    ] {
        let outcome = sandbox.run_json(arguments).expect(3);
        assert_eq!(outcome.error_code(), code, "{}", outcome.shown());
        let error = &outcome.json()["error"];
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{error:#}");
        for field in ["hint", "place", "at_the_loader", "detail"] {
            assert!(error.get(field).is_some(), "no `{field}` in {error:#}");
        }
    }
    before.assert_same(&Listing::of(&sandbox.path("")));
    sandbox.assert_remembers_nothing();
}

#[test]
fn wrong_usage_is_one_object_too() {
    let sandbox = sandbox();
    let before = sandbox.listing();
    for arguments in [
        "",
        "publish",
        "keygen",
        "keygen --out a --key-id b",
        "keygen --key-id A",
        "sign",
        "sign --plugin-dir virustotal",
        "sign --plugin-dir virustotal --private-key env:NOT_SET_ANYWHERE",
        "sign --plugin-dir virustotal --private-key - --passphrase -",
        "sign --plugin-dir virustotal --private-key acme.key --passphrase secret",
        "sign --plugin-dir virustotal --private-key acme.key --digest xyz",
        "verify",
        "verify --plugin-dir virustotal --trusted-keys trusted --trust-mode off",
        "payload",
        "payload --plugin-dir",
        "payload --frob",
        "entry --plugin-dir virustotal",
        "entry",
        "entry --check acme.pem --install make",
        "keys --pem",
        "keys --pem CON",
    ] {
        let outcome = sandbox.command(arguments.split(' ').filter(|a| !a.is_empty()).chain(["--json"])).run().expect(2);
        assert_eq!(outcome.error_code(), "usage", "{}", outcome.shown());
        let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.len() > 10 && !message.starts_with("error") && !message.ends_with(':'), "{message}");
    }
    // What is missing is named, every part of it.
    let missing = sandbox.run_json("sign").expect(2).json();
    let message = missing["error"]["message"].as_str().unwrap();
    for argument in ["--plugin-dir", "--key-id", "--private-key"] {
        assert!(message.contains(argument), "{message}");
    }
    before.assert_same(&sandbox.listing());
}

/// These meanings are frozen: scripts of operators and authors branch on them.
#[test]
fn verifys_frozen_fields() {
    let sandbox = sandbox();
    sandbox.sample("json-manifest");
    sandbox.copy("bad", "signature-not-hex");
    for (plugin, keys, mode, status, expected) in [
        ("virustotal", "trusted", "strict", 0, json!([true, "verified", "acme", "verified"])),
        ("virustotal", "trusted", "warn", 0, json!([true, "verified", "acme", "verified"])),
        ("virustotal", "trusted", "disabled", 0, json!([true, "skipped", null, "skipped"])),
        ("json-manifest", "trusted", "strict", 1, json!([false, null, null, "unsigned"])),
        ("json-manifest", "trusted", "warn", 0, json!([true, "unsigned", null, "unsigned"])),
        ("json-manifest", "trusted", "disabled", 0, json!([true, "skipped", null, "skipped"])),
        ("virustotal", "nowhere", "strict", 1, json!([false, null, null, "no-trusted-keys"])),
        ("virustotal", "nowhere", "warn", 0, json!([true, "invalid", null, "no-trusted-keys"])),
        ("signature-not-hex", "trusted", "strict", 1, json!([false, null, null, "signature-malformed"])),
        ("signature-not-hex", "trusted", "warn", 1, json!([false, null, null, "signature-malformed"])),
        ("signature-not-hex", "trusted", "disabled", 0, json!([true, "skipped", null, "skipped"])),
        ("broken-yaml", "trusted", "disabled", 1, json!([false, null, null, "manifest-unreadable"])),
    ] {
        let arguments = format!("verify --plugin-dir {plugin} --trusted-keys {keys} --trust-mode {mode}");
        let object = sandbox.run_json(&arguments).expect(status).json();
        let fields = ["loads", "signature_status", "key_id", "reason"].map(|field| object[field].clone());
        assert_eq!(Value::from(fields.to_vec()), expected, "{arguments}");
    }
}
