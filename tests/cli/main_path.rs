//! The main path, command by command, as a person and as a script see it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;
use crate::common::{keys, tests_folder};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Runs commands in a sandbox and compares all that they print.
fn transcript(sandbox: &Sandbox, commands: &[&str]) -> Transcript {
    let mut transcript = Transcript::new();
    for command in commands {
        transcript.add(&sandbox.run(command));
    }
    transcript
}

#[test]
fn a_new_key_in_files() {
    let sandbox = Sandbox::new();
    let mut transcript =
        transcript(&sandbox, &["keygen --out acme", "keygen --out acme", "keygen --out second --json"]);
    for name in ["acme", "second"] {
        let public = fs::read(sandbox.path(format!("{name}.pem"))).unwrap();
        transcript.redact(&keys::fingerprint(&public), &format!("<fingerprint of {name}>"));
        assert_eq!(mode(&sandbox.path(format!("{name}.key"))), 0o600);
        assert_eq!(mode(&sandbox.path(format!("{name}.pem"))), 0o644);
    }
    let public = fs::read_to_string(sandbox.path("second.pem")).unwrap();
    transcript.redact(&public.replace('\n', "\\n"), "<the file second.pem>");
    transcript.check("keygen-in-files");
}

#[test]
fn sign_and_verify() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    sandbox.write("others/other.pem", keys::other_public_pem());
    let commands = [
        "verify --plugin-dir virustotal --trusted-keys trusted",
        "verify --plugin-dir virustotal --trusted-keys trusted --trust-mode warn",
        "verify --plugin-dir virustotal --trusted-keys trusted --trust-mode disabled",
        "sign --plugin-dir virustotal --private-key acme.key",
        "verify --plugin-dir virustotal --trusted-keys trusted",
        "verify --plugin-dir virustotal --trusted-keys trusted --trust-mode warn",
        "verify --plugin-dir virustotal --trusted-keys trusted --trust-mode disabled",
        "verify --plugin-dir virustotal --trusted-keys others",
        "verify --plugin-dir virustotal --trusted-keys others --trust-mode warn",
        "verify --plugin-dir virustotal --trusted-keys nowhere",
        "verify --plugin-dir virustotal --trusted-keys nowhere --trust-mode warn",
    ];
    transcript(&sandbox, &commands).check("sign-and-verify");
    let with_json: Vec<_> = commands.iter().map(|command| format!("{command} --json")).collect();
    fs::remove_file(sandbox.path("virustotal/plugin.sig")).unwrap();
    let with_json: Vec<_> = with_json.iter().map(String::as_str).collect();
    transcript(&sandbox, &with_json).check("sign-and-verify-json");
}

#[test]
fn warnings_do_not_stop_a_signature() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    for sample in ["no-python", "look-alikes", "hidden-folders"] {
        sandbox.sample(sample);
    }
    sandbox.copy("bad", "no-plugin-py");
    transcript(
        &sandbox,
        &[
            "sign --plugin-dir no-python --private-key acme.key",
            "sign --plugin-dir look-alikes --private-key acme.key",
            "sign --plugin-dir hidden-folders --private-key acme.key",
            "sign --plugin-dir no-plugin-py --private-key acme.key --json",
        ],
    )
    .check("sign-with-warnings");
}

#[test]
fn a_folder_of_trusted_keys_that_deserves_warnings() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    sandbox.run("sign --plugin-dir virustotal --private-key acme.key").expect(0);
    let data = tests_folder().join("data/trusted-keys");
    for (name, from) in [
        ("ACME.pub", "crlf"),
        ("a.pem", "empty"),
        ("acme.pem", "plain"),
        ("rsa.pem", "rsa-2048"),
        ("weak.pem", "small-order-point"),
        ("z.pem", "ec-SM2"),
        ("acme.key", "private"),
        ("acme.crt", "plain"),
    ] {
        sandbox.write(&format!("folder/{name}"), fs::read(data.join(format!("{from}.pem"))).unwrap());
    }
    let verify = "verify --plugin-dir virustotal --trusted-keys folder";
    let commands = [format!("{verify} --signing-key-id acme"), format!("{verify} --trust-mode disabled --json")];
    transcript(&sandbox, &commands.each_ref().map(String::as_str)).check("trusted-folder");
}

#[test]
fn payload_and_digest() {
    let sandbox = Sandbox::new();
    sandbox.sample("only-plugin-py");
    transcript(
        &sandbox,
        &[
            "payload --plugin-dir only-plugin-py",
            "payload --plugin-dir only-plugin-py --digest",
            "payload --plugin-dir only-plugin-py --json",
        ],
    )
    .check("payload");
}

#[test]
fn entries() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.sample("only-plugin-py");
    sandbox.sign("virustotal");
    sandbox.write("other.pem", keys::other_public_pem());
    let transcript = transcript(
        &sandbox,
        &[
            "entry --plugin-dir virustotal --key-id myorg-prod --public-key trusted/acme.pem --url https://example.org/vt --install make",
            "entry --plugin-dir virustotal --key-id myorg-prod --public-key trusted/acme.pem --json",
            "entry --plugin-dir virustotal --key-id myorg-prod --public-key other.pem",
            "entry --plugin-dir only-plugin-py --key-id myorg-prod --public-key other.pem",
            "entry --plugin-dir only-plugin-py --key-id myorg-prod --public-key other.pem --json",
            "entry --plugin-dir only-plugin-py --key-id myorg-prod --allow-unsigned",
            "entry --plugin-dir only-plugin-py --key-id myorg-prod --public-key nowhere.pem --allow-unsigned",
            "entry --plugin-dir virustotal --key-id myorg-prod --public-key trusted/acme.pem --url ftp://example.org",
            "entry --plugin-dir virustotal --key-id myorg-prod --public-key acme.key",
        ],
    );
    transcript.check("entry");
}

/// The order that AiSOC's page on publishing documents: loader contract §9.
#[test]
fn an_entry_has_the_documented_fields_in_the_documented_order() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    let arguments =
        "entry --plugin-dir virustotal --key-id acme --public-key trusted/acme.pem --url https://x.org --install make";
    let documented =
        ["id", "name", "type", "description", "author", "version", "tags", "url", "install", "signing_key_id"];
    let outcome = sandbox.run(arguments).expect(0);
    let with_json = sandbox.run_json(arguments).expect(0);
    // The fields of the entry by their indentation, since a parser may forget the order.
    for (text, indentation) in
        [(outcome.stdout(), "  \""), (with_json.stdout().split("\"sources\"").next().unwrap(), "    \"")]
    {
        let fields: Vec<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix(indentation)?.split_once("\": "))
            .map(|(field, _)| field)
            .collect();
        assert_eq!(fields, documented, "{text}");
    }
    let entry: Value = serde_json::from_str(outcome.stdout()).unwrap();
    assert_eq!(entry["type"], "plugin");
    assert_eq!(entry["tags"], serde_json::json!(["threat-intel", "enrichment"]));
    assert_eq!(entry["signing_key_id"], "acme");
}

#[test]
fn no_keys_yet() {
    let sandbox = Sandbox::new();
    let before = sandbox.listing();
    let transcript = transcript(&sandbox, &["keys", "keys --json", "keys --pem acme", "keys --pem acme --json"]);
    before.assert_same(&sandbox.listing());
    transcript.check("keys-none");
}
