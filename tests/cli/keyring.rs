//! Keys in the system's keyring, from making one to the marketplace entry.

use std::fs;

use crate::common::keys;
use crate::common::listing::Listing;
use crate::common::python;
use crate::common::sandbox::Sandbox;
use crate::common::session::Session;
use crate::common::transcript::Transcript;

#[test]
fn from_a_new_key_to_an_entry() {
    let session = Session::start();
    let sandbox = &session.sandbox;
    sandbox.sample("virustotal");
    let mut transcript = Transcript::new();
    let mut step = |arguments: &str, status: i32| {
        let outcome = session.run(arguments).expect(status);
        transcript.add(&outcome);
        outcome
    };
    let made = step("keygen --key-id acme --json", 0).json();
    let public = step("keys --pem acme", 0).stdout;
    let fingerprint = keys::fingerprint(&public);
    assert_eq!(made["fingerprint"], fingerprint);
    assert_eq!(made["public_key"], String::from_utf8(public.clone()).unwrap());
    sandbox.write("trusted/acme.pem", &public);

    let listed = step("keys --json", 0).json();
    assert_eq!(listed["keys"][0]["key_id"], "acme");
    assert_eq!(listed["keys"][0]["fingerprint"], fingerprint);
    assert_eq!(listed["keys"][0]["kept"], "keyring");
    assert_eq!(listed["keys"][0]["created"], made["created"]);
    step("keys", 0);

    let signed = step("sign --plugin-dir virustotal --key-id acme --json", 0).json();
    step("sign --plugin-dir virustotal --key-id acme", 0);
    assert_eq!(signed["key_id"], "acme");
    assert_eq!(signed["fingerprint"], fingerprint);
    step("verify --plugin-dir virustotal --trusted-keys trusted", 0);
    let verdict = python::ask(&[serde_json::json!({
        "do": "verdict", "mode": "strict",
        "plugin_dir": sandbox.path("virustotal"), "trusted_keys": sandbox.path("trusted"),
    })]);
    assert_eq!(verdict[0]["key_id"], "acme", "{verdict:?}");
    let entry = step("entry --plugin-dir virustotal --key-id acme --json", 0).json();
    assert_eq!(entry["entry"]["signing_key_id"], "acme");
    assert_eq!(entry["verified"], true);

    // What is there is never replaced.
    step("keygen --key-id acme", 3);
    assert_eq!(session.run("keygen --key-id acme --json").expect(3).error_code(), "key-exists");
    assert_eq!(step("keys --pem acme", 0).stdout, public);
    step("sign --plugin-dir virustotal --key-id acme2", 3);
    assert_eq!(session.run("sign --plugin-dir virustotal --key-id acme2 --json").expect(3).error_code(), "key-missing");
    assert_eq!(session.run("keys --pem acme2 --json").expect(3).error_code(), "key-missing");
    assert_eq!(
        session.run("entry --plugin-dir virustotal --key-id acme2 --json").expect(3).error_code(),
        "key-missing"
    );
    assert_eq!(fs::read(sandbox.path("trusted/acme.pem")).unwrap(), public);

    transcript.redact(&String::from_utf8(public).unwrap().replace('\n', "\\n"), "<the public key>");
    let pem = session.run("keys --pem acme").stdout().to_owned();
    transcript.redact(&pem, "<the public key>\n");
    for (value, name) in [
        (fingerprint.as_str(), "<fingerprint>"),
        (made["created"].as_str().unwrap(), "<time>"),
        (signed["signature"].as_str().unwrap(), "<signature>"),
    ] {
        transcript.redact(value, name);
    }
    transcript.check("keyring");
}

/// A failure that has to do with a key id writes nothing, neither in the plugin nor among the records.
#[test]
fn refusals_write_nothing() {
    let session = Session::start();
    session.sandbox.sample("virustotal");
    session.run("keygen --key-id acme").expect(0);
    let records = || {
        let folder = session.sandbox.home().join("data/aisoc-publisher");
        fs::read(folder.join("keys.json")).unwrap()
    };
    let before = (records(), session.run("keys --pem acme").stdout);
    for arguments in [
        "keygen --key-id acme",
        "sign --plugin-dir virustotal --key-id nobody",
        "entry --plugin-dir virustotal --key-id nobody",
        "entry --plugin-dir virustotal --key-id acme",
        "keys --pem nobody",
    ] {
        session.run(arguments).expect(3);
    }
    assert_eq!(before, (records(), session.run("keys --pem acme").stdout));
    assert!(!session.sandbox.path("virustotal/plugin.sig").exists());
    for id in ["ACME", "acme.", "acme.pem", "acme.pub", ".acme", "con", "nul.x", "a/b", "", "ä"] {
        session.command(["keygen", "--key-id", id]).run().expect(2);
    }
}

#[test]
fn the_key_in_the_keyring_is_not_written_anywhere_in_the_clear() {
    let session = Session::start();
    let sandbox = &session.sandbox;
    session.run("keygen --key-id acme").expect(0);
    let mut looked_at = 0;
    let mut folders = vec![sandbox.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file() {
                let content = fs::read(entry.path()).unwrap();
                // The head of a PKCS#8 v1 Ed25519 key, as DER, hex and base64.
                let head = hex::decode("302e020100300506032b657004220420").unwrap();
                let hex_head = hex::encode(&head).into_bytes();
                for head in [head.as_slice(), &hex_head, b"MC4CAQAwBQYDK2VwBCIEI", b"PRIVATE KEY"] {
                    assert!(!content.windows(head.len()).any(|part| part == head), "{}", entry.path().display());
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 2, "neither records nor a keyring were found");
}

#[test]
fn without_a_keyring_the_way_out_is_told() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    let before = Listing::of(&sandbox.path(""));
    let mut transcript = Transcript::new();
    for (arguments, code) in [
        ("keygen --key-id acme", "no-keyring"),
        ("key create acme", "no-keyring"),
        ("sign --plugin-dir virustotal --key-id acme", "key-missing"),
        ("entry --plugin-dir virustotal --key-id acme", "key-missing"),
        ("keys --pem acme", "key-missing"),
    ] {
        let outcome = sandbox.run(arguments).expect(3);
        assert!(outcome.stderr().contains("hint: "), "{}", outcome.shown());
        transcript.add(&outcome);
        assert_eq!(sandbox.run_json(arguments).expect(3).error_code(), code);
        if code == "no-keyring" {
            assert!(
                outcome.stderr().contains(&format!("`aisoc-publisher {arguments} --in file`")),
                "{}",
                outcome.shown()
            );
        }
    }
    // The list of keys needs no keyring.
    sandbox.run("keys").expect(0);
    before.assert_same(&Listing::of(&sandbox.path("")));
    sandbox.assert_remembers_nothing();
    transcript.redact(sandbox.root().to_str().unwrap(), "<folder>");
    transcript.check("no-keyring");
}

/// An id that was mistyped is called unknown wherever it is used, with the ids that there are.
#[test]
fn an_unknown_id_is_told_with_those_that_are_known() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    for id in ["acme", "globex"] {
        let create = format!("key create {id} --in file --passphrase env:PASS");
        sandbox.command(create.split(' ')).env("PASS", "correct horse battery staple").run().expect(0);
    }
    for arguments in [
        "sign virustotal --key-id acmee",
        "entry virustotal --key-id acmee",
        "key export-public acmee",
        "keys --pem acmee",
        "key show acmee",
    ] {
        let outcome = sandbox.run_json(arguments).expect(3);
        assert_eq!(outcome.error_code(), "key-missing", "{arguments}");
        let error = &outcome.json()["error"];
        assert_eq!(error["message"], "no key `acmee` is known on this machine", "{arguments}");
        assert!(error["hint"].as_str().unwrap().contains("the keys here are `acme`, `globex`"), "{error}");
    }
}

/// Where there is no keyring a key may be kept in a file of this program's, under a passphrase.
#[test]
fn a_key_in_a_file_under_a_passphrase() {
    const RIGHT: &str = "correct horse battery staple";
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    let run = |arguments: &str, passphrase: &str| {
        sandbox.command(arguments.split(' ').chain(["--json"])).env("PASS", passphrase).run()
    };
    let keygen = "keygen --key-id acme --in file --passphrase env:PASS";
    run(keygen, "short").expect(3);
    sandbox.assert_remembers_nothing();
    let made = run(keygen, RIGHT).expect(0).json();
    assert_eq!(run(keygen, RIGHT).expect(3).error_code(), "key-exists");
    let public = sandbox.run("keys --pem acme").expect(0).stdout;
    assert_eq!(made["fingerprint"], keys::fingerprint(&public));
    assert_eq!(sandbox.run_json("keys").expect(0).json()["keys"][0]["kept"], made["kept"]);
    sandbox.write("trusted/acme.pem", public);

    let before = Listing::of(&sandbox.path(""));
    let sign = "sign --plugin-dir virustotal --key-id acme";
    assert_eq!(sandbox.run_json(sign).expect(3).error_code(), "passphrase-needed");
    let sign = format!("{sign} --passphrase env:PASS");
    let wrong = run(&sign, "correct horse battery stable").expect(3);
    assert_eq!(wrong.error_code(), "wrong-passphrase");
    assert!(!wrong.all().contains("battery"), "{}", wrong.shown());
    before.assert_same(&Listing::of(&sandbox.path("")));
    let signed = run(&sign, RIGHT).expect(0).json();
    assert_eq!(signed["fingerprint"], made["fingerprint"]);
    let records = sandbox.home().join("data/aisoc-publisher/keys.json");
    let record =
        || serde_json::from_slice::<serde_json::Value>(&fs::read(&records).unwrap()).unwrap()["keys"][0].take();
    assert!(record()["last_used"].as_str() >= record()["created"].as_str(), "{}", record());
    sandbox.run("verify --plugin-dir virustotal --trusted-keys trusted").expect(0);
    sandbox.run("entry --plugin-dir virustotal --key-id acme").expect(0);
}

/// A key that was revoked signs no more: by its id, and as a file neither.
#[test]
fn a_revoked_key_signs_no_more() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.sample("virustotal");
    let der = keys::der_of(&keys::public_pem());
    let record = serde_json::json!({
        "key_id": "acme", "spki": hex::encode(der), "fingerprint": keys::fingerprint(&keys::public_pem()),
        "created": "2025-01-02T03:04:05Z", "kept": "keyring", "origin": "created", "succeeded_by": "acme-2026",
        "revoked": {"at": "2026-01-02T03:04:05Z", "reason": "stolen"},
    });
    let folder = sandbox.home().join("data/aisoc-publisher");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("keys.json"), serde_json::json!({"format": 2, "keys": [record]}).to_string()).unwrap();
    for key in ["--key-id acme", "--private-key acme.key"] {
        let outcome = sandbox.run_json(&format!("sign --plugin-dir virustotal {key}")).expect(3);
        assert_eq!(outcome.error_code(), "key-revoked", "{key}");
        let text = sandbox.run(&format!("sign --plugin-dir virustotal {key}")).expect(3).stderr().to_owned();
        assert!(text.contains("revoked on 2026-01-02") && text.contains("`--key-id acme-2026`"), "{text}");
    }
    assert!(!sandbox.path("virustotal/plugin.sig").exists());
    sandbox.write("acme.pem", keys::public_pem());
    // An entry would ask operators to trust it anew, also where the key comes from a file.
    for key in ["--key-id acme", "--key-id other --public-key acme.pem"] {
        let outcome = sandbox.run_json(&format!("entry virustotal --allow-unsigned {key}")).expect(3);
        assert_eq!(outcome.error_code(), "key-revoked", "{key}");
    }
    // What was revoked is a public key still, for whoever looks at what it signed.
    assert_eq!(sandbox.run("keys --pem acme").expect(0).stdout, keys::public_pem());
}

/// Two processes that make a key of one name at once: one of them does, and what it made stays.
#[test]
fn of_two_that_make_a_key_at_once_one_does() {
    let session = Session::start();
    for (round, kinds) in [["keyring", "keyring"], ["keyring", "file"], ["file", "file"]].iter().enumerate() {
        let made: Vec<_> = std::thread::scope(|scope| {
            let runs: Vec<_> = kinds
                .iter()
                .map(|kind| {
                    let more = if *kind == "file" { " --in file --passphrase env:PASS" } else { "" };
                    let arguments = format!("keygen --key-id acme-{round}{more} --json");
                    let session = &session;
                    scope.spawn(move || {
                        session.command(arguments.split(' ')).env("PASS", "correct horse battery staple").run()
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = made.iter().partition(|outcome| outcome.status == 0);
        assert_eq!((won.len(), lost.len()), (1, 1), "{kinds:?}");
        assert_eq!(lost[0].error_code(), "key-exists", "{}", lost[0].shown());
        let public = session.run(&format!("keys --pem acme-{round}")).expect(0).stdout;
        assert_eq!(keys::fingerprint(&public), won[0].json()["fingerprint"].as_str().unwrap());
    }
}

/// Without a folder of an operator's, `verify` takes this machine's keys; `entry` names the cause that `verify` names.
#[test]
fn a_folder_is_verified_with_the_keys_of_this_machine() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    let none = sandbox.run("verify virustotal").expect(1);
    assert!(none.stdout().contains("none: no key was made on this machine"), "{}", none.shown());
    for command in
        ["key create acme --in file --passphrase env:PASS", "sign virustotal --key-id acme --passphrase env:PASS"]
    {
        sandbox.command(command.split(' ')).env("PASS", "correct horse battery staple").run().expect(0);
    }
    let good = sandbox.run_json("verify virustotal").expect(0).json();
    assert_eq!((&good["keys_of_this_machine"], &good["key_id"]), (&true.into(), &"acme".into()));
    let good = sandbox.run("verify virustotal").expect(0);
    assert!(good.stdout().contains("those made on this machine: `acme`"), "{}", good.shown());

    let path = sandbox.path("virustotal/plugin.py");
    let changed = fs::read_to_string(&path).unwrap() + "# changed\n";
    fs::write(&path, changed).unwrap();
    let cause = "`plugin.py` changed after signing";
    assert!(sandbox.run("verify virustotal").expect(1).all().contains(cause));
    let check = sandbox.run("check virustotal").expect(0);
    assert!(check.stdout().contains("`aisoc-publisher verify virustotal` says what changed"), "{}", check.shown());
    let entry = sandbox.run("entry virustotal --key-id acme").expect(3);
    assert!(entry.stderr().contains(&format!("hint: the cause: {cause}")), "{}", entry.shown());
}
