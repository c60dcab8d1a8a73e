//! The life of a key by `key`: made, backed up, lost, brought back on another machine, handed over, rotated, revoked.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::copy_folder;
use crate::common::keys;
use crate::common::need;
use crate::common::python;
use crate::common::run::Outcome;
use crate::common::sandbox::Sandbox;
use crate::common::session::Session;
use crate::common::transcript::Transcript;

const OWN: &str = "correct horse battery staple";
const BACKUP: &str = "vier Wörter für danach";

/// Runs a command with both passphrases in variables; neither may ever be shown.
#[track_caller]
fn run(sandbox: &Sandbox, environment: &[(String, std::ffi::OsString)], arguments: &str) -> Outcome {
    let outcome = sandbox.command(arguments.split(' ')).envs(environment).env("OWN", OWN).env("BACKUP", BACKUP).run();
    assert_shows_no_secret(&outcome);
    outcome
}

#[track_caller]
fn assert_shows_no_secret(outcome: &Outcome) {
    let said = outcome.all();
    for secret in [OWN, BACKUP, "PRIVATE KEY-----\nM", "MC4CAQAwBQYDK2VwBCIEI"] {
        assert!(!said.contains(secret), "{secret:?} is shown\n{}", outcome.shown());
    }
    for spelling in keys::spellings_of_the_secret() {
        assert!(!said.contains(&spelling), "the private key is shown as {spelling:?}");
    }
}

/// What the reference says of a plugin in strict mode with a folder of trusted keys.
#[track_caller]
fn verdict(sandbox: &Sandbox, plugin: &str, trusted: &Path) -> Value {
    let question = json!({
        "do": "verdict", "mode": "strict", "plugin_dir": sandbox.path(plugin), "trusted_keys": trusted,
    });
    python::ask(&[question])[0].clone()
}

#[test]
fn a_life_in_the_keyring() {
    let (first, second) = (Session::start(), Session::start());
    let here = |arguments: &str| run(&first.sandbox, &first.environment(), arguments);
    let there = |arguments: &str| run(&second.sandbox, &second.environment(), arguments);
    first.sandbox.sample("virustotal");
    let mut transcript = Transcript::new();

    transcript.title("made, with a backup");
    transcript.add(&here("key list").expect(0));
    transcript.add(&here("key create acme").expect(0));
    transcript.add(&here("key delete acme --confirm acme").expect(3));
    transcript.add(&here("key backup acme --to acme-backup.key --backup-passphrase env:BACKUP").expect(0));
    transcript.add(&here("key backup acme --to acme-backup.key --backup-passphrase env:BACKUP").expect(3));
    transcript.add(&here("key backup --check acme-backup.key --backup-passphrase env:BACKUP").expect(0));
    transcript.add(&here("key backup --check acme-backup.key --backup-passphrase env:OWN").expect(3));
    let public = here("key export-public acme").expect(0).stdout;
    assert_eq!(public, here("keys --pem acme").expect(0).stdout);
    let fingerprint = keys::fingerprint(&public);

    transcript.title("deleted here, and brought back on another machine");
    here("sign virustotal --key-id acme").expect(0);
    transcript.add(&here("key delete acme").expect(2));
    transcript.add(&here("key delete acme --confirm acme2").expect(3));
    transcript.add(&here("key delete acme --confirm acme").expect(0));
    transcript.add(&here("sign virustotal --key-id acme").expect(3));
    transcript.add(&here("key create acme").expect(3));
    transcript.add(&here("key list").expect(0));
    transcript.add(&here("keys").expect(0));
    fs::copy(first.sandbox.path("acme-backup.key"), second.sandbox.path("acme-backup.key")).unwrap();
    transcript.add(&there("key restore acme-backup.key --backup-passphrase env:BACKUP").expect(0));
    transcript.add(&there("key restore acme-backup.key --backup-passphrase env:BACKUP").expect(3));
    assert_eq!(there("key export-public acme").expect(0).stdout, public);

    transcript.title("handed over");
    second.sandbox.sample("virustotal");
    transcript.add(&there("key hand-over acme --to operators --plugin-dir virustotal").expect(1));
    there("sign virustotal --key-id acme").expect(0);
    transcript.add(&there("key hand-over acme --to operators --plugin-dir virustotal").expect(0));
    assert_eq!(fs::read(second.sandbox.path("operators/acme.pem")).unwrap(), public);
    there("verify virustotal --keys operators").expect(0);
    let answer = verdict(&second.sandbox, "virustotal", &second.sandbox.path("operators"));
    assert_eq!(answer["key_id"], "acme", "{answer}");

    transcript.title("rotated");
    transcript.add(&there("key rotate acme --status").expect(3));
    let rotated = there("key rotate acme");
    let new_public = there("key export-public acme-2").expect(0).stdout;
    transcript.add(&rotated.expect(0));
    transcript.add(&there("key rotate acme").expect(3));
    there("key hand-over acme-2 --to operators").expect(0);
    let next = |arguments: &str| there(arguments).expect(0).json()["overlap"]["next"].clone();
    assert_eq!(next("key rotate acme --status --json"), "sign-again");
    transcript.add(&there("key rotate acme-2 --status").expect(0));
    // With both keys in the folder the plugin loads before and after it is signed again.
    assert_eq!(verdict(&second.sandbox, "virustotal", &second.sandbox.path("operators"))["key_id"], "acme");
    copy_folder(&second.sandbox.path("virustotal"), &second.sandbox.path("signed-by-old"));
    there("sign virustotal --key-id acme-2").expect(0);
    assert_eq!(verdict(&second.sandbox, "virustotal", &second.sandbox.path("operators"))["key_id"], "acme-2");
    assert_eq!(next("key rotate acme --status --json"), "old-may-go");
    transcript.add(&there("key show acme").expect(0));

    transcript.title("revoked");
    transcript.add(&there("key revoke acme").expect(2));
    transcript.add(&there("key revoke acme --reason stolen").expect(0));
    assert_eq!(there("key revoke acme --json").expect(0).json()["revoked"]["reason"], "stolen");
    transcript.add(&there("sign virustotal --key-id acme").expect(3));
    // What the loader answers stays what it is; whoever revoked the key is told what that means.
    transcript.add(&there("verify signed-by-old --keys operators").expect(0));
    let warnings = there("verify signed-by-old --keys operators --json").expect(0).json()["warnings"].clone();
    assert_eq!(warnings[0]["code"], "key-revoked");
    assert_eq!(there("verify virustotal --keys operators --json").expect(0).json()["warnings"], json!([]));
    assert_eq!(there("sign virustotal --key-id acme --json").expect(3).error_code(), "key-revoked");
    transcript.add(&there("key hand-over acme --to operators").expect(3));
    transcript.add(&there("key delete acme --forget --confirm acme").expect(3));
    there("key delete acme --confirm acme").expect(0);
    assert_eq!(next("key rotate acme-2 --status --json"), "nothing");
    transcript.add(&there("key delete acme --forget --confirm acme").expect(0));
    transcript.add(&there("key show acme").expect(3));
    transcript.add(&there("key rotate acme-2 --status").expect(3));
    assert_eq!(there("key show acme-2 --json").expect(0).json()["overlap"], Value::Null);
    fs::remove_file(second.sandbox.path("operators/acme.pem")).unwrap();
    assert_eq!(verdict(&second.sandbox, "virustotal", &second.sandbox.path("operators"))["key_id"], "acme-2");

    transcript.redact(&fingerprint, "<fingerprint>");
    transcript.redact(&keys::fingerprint(&new_public), "<new fingerprint>");
    for session in [&first, &second] {
        transcript.redact(session.sandbox.root().to_str().unwrap(), "<folder>");
    }
    transcript.redact_times();
    transcript.check("key-life");
}

/// Where there is no keyring, the same life goes through files.
#[test]
fn a_life_in_files() {
    let (first, second) = (Sandbox::new(), Sandbox::new());
    let here = |arguments: &str| run(&first, &[], arguments);
    let there = |arguments: &str| run(&second, &[], arguments);
    let made =
        here("key create acme --in file --passphrase env:OWN --backup b.key --backup-passphrase env:BACKUP --json")
            .expect(0)
            .json();
    assert_eq!(made["kept"], "file");
    assert_eq!(made["backed_up"]["place"], first.path("b.key").to_str().unwrap());
    let file = Path::new(made["key_file"].as_str().unwrap());
    assert!(fs::read_to_string(file).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));

    // Another program opens the backup with its passphrase, and finds the same key.
    need("openssl", "openssl");
    let output = Command::new("openssl")
        .args(["pkey", "-in", "b.key", "-passin", "env:BACKUP", "-pubout"])
        .env("BACKUP", BACKUP)
        .current_dir(first.path(""))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), made["public_key"].as_str().unwrap());

    here("key backup acme --to c.key --passphrase env:BACKUP --backup-passphrase env:BACKUP").expect(3);
    assert!(!first.path("c.key").exists());
    here("key backup acme --to c.key --passphrase env:OWN --backup-passphrase env:BACKUP").expect(0);
    here("key delete acme --confirm acme").expect(0);
    assert!(!file.exists());
    // It comes back under its own record.
    let again = here("key restore c.key --backup-passphrase env:BACKUP --in file --new-passphrase env:OWN --json");
    assert_eq!(again.expect(0).json()["reattached"], true);

    fs::copy(first.path("c.key"), second.path("c.key")).unwrap();
    let restored = there("key restore c.key --passphrase env:BACKUP --in file --new-passphrase env:OWN --json");
    let restored = restored.expect(0).json();
    for (field, expected) in [("key_id", "acme"), ("origin", "restored"), ("kept", "file")] {
        assert_eq!(restored[field], expected, "{restored:#}");
    }
    assert_eq!(restored["fingerprint"], made["fingerprint"]);
    second.sample("virustotal");
    there("sign virustotal --key-id acme --passphrase env:OWN").expect(0);
    there("key hand-over acme --to operators --plugin-dir virustotal").expect(0);
    assert_eq!(verdict(&second, "virustotal", &second.path("operators"))["key_id"], "acme");
    let shown = there("key show acme --json").expect(0).json();
    assert_eq!(shown["signed"][0]["id"], "myorg.virustotal");
    assert!(shown["last_used"].is_string() && shown["handed_over"]["at"].is_string(), "{shown:#}");

    // Removed by hand: the record says so, and the backup brings it back.
    fs::remove_file(shown["key_file"].as_str().unwrap()).unwrap();
    let shown = there("key show acme --json").expect(0).json();
    assert_eq!(shown["standing"]["state"], "missing");
    assert_eq!(shown["ways_out"], json!(["restore", "revoke", "forget"]));
    assert!(there("key list").expect(0).stdout().contains("key restore FILE"));
    there("key restore c.key --backup-passphrase env:BACKUP --in file --new-passphrase env:OWN").expect(0);
    assert_eq!(there("key show acme --json").expect(0).json()["standing"]["state"], "present");
}

#[test]
fn keys_that_other_programs_made() {
    /// A key of version 2 with a public half and an attribute, RFC 8410 §10.3, and its public key from §10.1.
    const VERSION_2: &str = "\
-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";
    const VERSION_2_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
    const PYTHON: &str = "\
import os, sys
from cryptography.hazmat.primitives import serialization as s
key = s.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)
for name, how in (('python.key', s.NoEncryption()), ('python-locked.key', s.BestAvailableEncryption(sys.argv[2].encode()))):
    with open(os.path.join(os.path.dirname(sys.argv[1]), name), 'wb') as out:
        out.write(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, how))";
    need("openssl", "openssl");
    let source = Sandbox::new();
    source.acme();
    let key = source.path("acme.key");
    python::python(["-c", PYTHON, key.to_str().unwrap(), OWN], b"");
    for (arguments, name) in [
        ("pkey -in acme.key", "openssl.key"),
        ("pkcs8 -topk8 -passout env:OWN -in acme.key", "openssl-locked.key"),
        ("pkcs8 -topk8 -scrypt -passout env:OWN -in acme.key", "openssl-scrypt.key"),
    ] {
        let arguments = arguments.split(' ').chain(["-out", name]);
        let output = Command::new("openssl").args(arguments).env("OWN", OWN).current_dir(source.path("")).output();
        assert!(output.unwrap().status.success(), "{name}");
    }
    source.write("version-2.key", VERSION_2);
    for (name, locked) in [
        ("acme.key", false),
        ("openssl.key", false),
        ("openssl-locked.key", true),
        ("openssl-scrypt.key", true),
        ("python.key", false),
        ("python-locked.key", true),
        ("version-2.key", false),
    ] {
        let sandbox = Sandbox::new();
        let keep = "--in file --new-passphrase env:BACKUP --json";
        let path = source.path(name);
        let import = format!("key import imported --private-key {} {keep}", path.display());
        let import = if locked {
            assert_eq!(run(&sandbox, &[], &import).expect(3).error_code(), "passphrase-needed", "{name}");
            let wrong = run(&sandbox, &[], &format!("{import} --passphrase env:BACKUP")).expect(3);
            assert_eq!(wrong.error_code(), "wrong-passphrase", "{name}");
            sandbox.assert_remembers_nothing();
            format!("{import} --passphrase env:OWN")
        } else {
            import
        };
        let imported = run(&sandbox, &[], &import).expect(0).json();
        let public = if name == "version-2.key" { VERSION_2_PUBLIC.into() } else { keys::public_pem() };
        assert_eq!(imported["public_key"], String::from_utf8(public.clone()).unwrap(), "{name}");
        assert_eq!(imported["fingerprint"], keys::fingerprint(&public), "{name}");
        assert_eq!(imported["origin"], "imported");
        // A file that still holds the key in the clear is pointed at.
        let risks: Vec<_> = imported["warnings"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
        assert_eq!(risks, if locked { vec![] } else { vec![json!("key-at-risk")] }, "{name}");

        sandbox.sample("virustotal");
        run(&sandbox, &[], "sign virustotal --key-id imported --passphrase env:BACKUP").expect(0);
        run(&sandbox, &[], "key hand-over imported --to operators").expect(0);
        assert_eq!(verdict(&sandbox, "virustotal", &sandbox.path("operators"))["key_id"], "imported", "{name}");

        // One key has one name, unless it is to have two.
        let second = import.replace(" imported ", " another ");
        assert_eq!(run(&sandbox, &[], &second).expect(3).error_code(), "same-key");
        run(&sandbox, &[], &format!("{second} --second-id")).expect(0);
    }
}

#[test]
fn what_is_no_such_key_is_refused_by_its_kind() {
    need("openssl", "openssl");
    need("ssh-keygen", "openssh-client");
    let sandbox = Sandbox::new();
    sandbox.acme();
    for (program, arguments) in [
        ("openssl", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.key"),
        ("openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key"),
        ("openssl", "pkey -in acme.key -outform DER -out der.key"),
        ("ssh-keygen", "-q -t ed25519 -N  -C acme -f ssh.key"),
    ] {
        let output = Command::new(program).args(arguments.split(' ')).current_dir(sandbox.path("")).output().unwrap();
        assert!(output.status.success(), "{program} {arguments}");
    }
    sandbox.write("raw.key", hex::encode(keys::seed()));
    sandbox.write("pgp.key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE\n-----END PGP PRIVATE KEY BLOCK-----\n");
    let before = sandbox.listing();
    for (name, code, words) in [
        ("rsa.key", "wrong-key-kind", "RSA"),
        ("ec.key", "wrong-key-kind", "EC"),
        ("ssh.key", "wrong-key-kind", "SSH"),
        ("pgp.key", "wrong-key-kind", "OpenPGP"),
        ("trusted/acme.pem", "wrong-key-kind", "public key"),
        ("raw.key", "bad-private-key", "bare key"),
        ("der.key", "bad-private-key", "DER"),
        ("nowhere.key", "io", "nowhere.key"),
    ] {
        let outcome = run(&sandbox, &[], &format!("key import acme --private-key {name} --json")).expect(3);
        assert_eq!(outcome.error_code(), code, "{}", outcome.shown());
        assert!(outcome.json()["error"]["message"].as_str().unwrap().contains(words), "{}", outcome.shown());
    }
    // As a backup neither. A key in the clear is no backup, whatever passphrase is given.
    for (name, code) in [("rsa.key", "wrong-key-kind"), ("acme.key", "backup-not-encrypted")] {
        for command in ["key restore --in file --new-passphrase env:OWN", "key backup --check"] {
            let arguments = format!("{command} {name} --backup-passphrase env:BACKUP --json");
            assert_eq!(run(&sandbox, &[], &arguments).expect(3).error_code(), code, "{arguments}");
        }
    }
    before.assert_same(&sandbox.listing());
}

#[test]
fn passphrases_come_from_one_place_each_and_never_from_an_argument() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let both = format!("{OWN}\n{BACKUP}\n");
    for (arguments, words) in [
        ("key create a --in file --passphrase - --backup b.key --backup-passphrase -", "two passphrases"),
        ("key import a --private-key - --passphrase -", "both the key and its passphrase"),
        ("key import a --private-key - --in file --new-passphrase -", "both the key and its passphrase"),
        ("key import a --private-key acme.key --passphrase - --in file --new-passphrase -", "two passphrases"),
        ("key restore acme.key --backup-passphrase - --in file --new-passphrase -", "two passphrases"),
        ("key backup a --to b.key --passphrase - --backup-passphrase -", "two passphrases"),
        ("key rotate a --passphrase - --backup b.key --backup-passphrase -", "known on this machine"),
        ("key create a --in file", "needs a passphrase"),
        ("key create a --passphrase env:OWN", "no passphrase of its own"),
        ("key create a --backup-passphrase env:OWN", "--backup"),
        ("key create a --in file --passphrase open-sesame", "cannot be an argument"),
        ("key create a --in file --passphrase -open-sesame", "cannot be an argument"),
        ("key create a --in file --passphrase env:OWN --backup b.key --backup-passphrase open-sesame", "argument"),
        ("key restore acme.key --backup-passphrase open-sesame --in file", "cannot be an argument"),
        ("key restore acme.key --in file", "none was given"),
        ("key backup --check acme.key", "none was given"),
        ("key create a --in file --passphrase env:NOT_SET", "`NOT_SET` is not set"),
    ] {
        let status = if arguments.starts_with("key rotate") { 3 } else { 2 };
        let run = |arguments: &str| {
            let run = sandbox.command(arguments.split(' ')).env("OWN", OWN).env("BACKUP", BACKUP);
            run.input(both.clone()).run().expect(status)
        };
        let outcome = run(arguments);
        assert_shows_no_secret(&outcome);
        assert!(!outcome.all().contains("sesame"), "{}", outcome.shown());
        assert!(outcome.stderr().contains(words), "{}", outcome.shown());
        assert!(run(&format!("{arguments} --json")).json()["error"]["message"].is_string());
    }
    for (passphrase, code) in [("short", "passphrase-too-short"), (&"x".repeat(1024), "passphrase-too-long")] {
        let create = "key create a --in file --passphrase env:OWN --backup b.key --backup-passphrase env:P --json";
        let outcome = sandbox.command(create.split(' ')).env("OWN", OWN).env("P", passphrase).run().expect(3);
        assert_eq!(outcome.error_code(), code);
    }
    sandbox.assert_remembers_nothing();
    assert!(!sandbox.path("b.key").exists());
}

/// Whoever asks for a backup that cannot be written is told that there is a key.
#[test]
fn a_key_whose_backup_fails_is_kept_and_said_to_be() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let create = "key create acme --in file --passphrase env:OWN --backup-passphrase env:BACKUP --json --backup";
    // What can be seen beforehand stops it beforehand.
    assert_eq!(run(&sandbox, &[], &format!("{create} acme.key")).expect(2).error_code(), "usage");
    sandbox.assert_remembers_nothing();
    let outcome = run(&sandbox, &[], &format!("{create} nowhere/acme.key")).expect(3);
    assert_eq!(outcome.error_code(), "io");
    assert!(outcome.stdout().contains("the key `acme` is kept now, and has no backup"), "{}", outcome.shown());
    assert_eq!(run(&sandbox, &[], "key show acme --json").expect(0).json()["backed_up"], Value::Null);
}

#[test]
fn two_runs_make_one_key() {
    let session = Session::start();
    let nobody = Sandbox::new();
    let in_keyring = ("key create acme --json", &session.sandbox, session.environment());
    let in_file = ("key create acme --in file --passphrase env:OWN --json", &nobody, nobody.environment());
    for (create, sandbox, environment) in [in_keyring, in_file] {
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| run(sandbox, &environment, create))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let (made, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|outcome| outcome.status == 0);
        assert_eq!((made.len(), refused.len()), (1, 3));
        for outcome in refused {
            assert_eq!(outcome.expect(3).error_code(), "key-exists");
        }
        sandbox.sample("virustotal");
        let signed = run(sandbox, &environment, "sign virustotal --key-id acme --passphrase env:OWN --json");
        assert_eq!(signed.expect(0).json()["fingerprint"], made[0].json()["fingerprint"]);
        run(sandbox, &environment, "key hand-over acme --to operators --plugin-dir virustotal").expect(0);
    }
}

#[test]
fn deleting_is_confirmed() {
    let sandbox = Sandbox::new();
    run(&sandbox, &[], "key create acme --in file --passphrase env:OWN").expect(0);
    let file = sandbox.home().join("data/aisoc-publisher/keys/acme.key");
    for (arguments, status, code) in [
        ("key delete acme", 3, "only-copy"),
        ("key delete acme --confirm acme", 3, "only-copy"),
        ("key delete acme --only-copy", 2, "usage"),
        ("key delete acme --only-copy --confirm ACME", 3, "not-confirmed"),
        ("key delete acme --only-copy --confirm other", 3, "not-confirmed"),
        ("key delete acme --forget --confirm acme", 3, "key-present"),
        ("key delete acme --forget --only-copy --confirm acme", 2, "usage"),
        ("key delete other --confirm other", 3, "key-missing"),
    ] {
        let outcome = run(&sandbox, &[], &format!("{arguments} --json")).expect(status);
        assert_eq!(outcome.error_code(), code, "{}", outcome.shown());
        assert!(file.exists(), "{arguments}");
    }
    // A backup that is gone from its folder leaves the only copy again.
    run(&sandbox, &[], "key backup acme --passphrase env:OWN --to gone.key --backup-passphrase env:OWN").expect(0);
    fs::remove_file(sandbox.path("gone.key")).unwrap();
    let outcome = run(&sandbox, &[], "key delete acme --confirm acme --json").expect(3);
    assert_eq!(outcome.error_code(), "only-copy");
    assert!(outcome.shown().contains("gone.key") && file.exists(), "{}", outcome.shown());
    run(&sandbox, &[], "key delete acme --only-copy --confirm acme").expect(0);
    assert!(!file.exists());
    assert_eq!(run(&sandbox, &[], "key delete acme --confirm acme --json").expect(3).error_code(), "key-deleted");
    assert_eq!(
        run(&sandbox, &[], "key delete acme --forget --confirm a --json").expect(3).error_code(),
        "not-confirmed"
    );
    run(&sandbox, &[], "key delete acme --forget --confirm acme").expect(0);
    assert_eq!(run(&sandbox, &[], "key list --json").expect(0).json()["keys"], json!([]));
}

#[test]
fn every_answer_is_one_object_with_the_same_facts() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let facts = [
        "key_id",
        "fingerprint",
        "public_key",
        "kept",
        "key_file",
        "created",
        "origin",
        "backed_up",
        "last_used",
        "handed_over",
        "succeeds",
        "succeeded_by",
        "revoked",
        "deleted",
        "warnings",
    ];
    for (arguments, more) in [
        ("key create acme --in file --passphrase env:OWN", &[][..]),
        ("key backup acme --to b.key --passphrase env:OWN --backup-passphrase env:BACKUP", &[]),
        ("key show acme", &["standing", "ways_out", "signed", "overlap"]),
        ("key hand-over acme --to operators", &["public_key_file", "instructions_file", "rehearsal"]),
        ("key rotate acme --passphrase env:OWN", &["overlap"]),
        ("key revoke acme --reason lost", &["notice", "to_sign_again"]),
        ("key delete acme --confirm acme", &["signed"]),
        ("key restore b.key --backup-passphrase env:BACKUP --in file --new-passphrase env:OWN", &["reattached"]),
        ("key delete acme --confirm acme", &["signed"]),
        ("key delete acme --forget --confirm acme", &[]),
        ("key import old --private-key acme.key --in file --new-passphrase env:OWN", &["reattached"]),
    ] {
        let object = run(&sandbox, &[], &format!("{arguments} --json")).expect(0).json();
        for field in facts.iter().chain(more) {
            assert!(object.get(field).is_some(), "{arguments}: no `{field}` in {object:#}");
        }
        // Nobody has a keyring here, and the second key goes where the first one is.
        assert_eq!(object["kept"], "file", "{arguments}");
    }
    // A key from a variable and one from standard input are kept as one from a file is.
    let pem = String::from_utf8(keys::private_pem()).unwrap();
    for (id, source) in [("variable", "env:KEY"), ("piped", "-")] {
        let import =
            format!("key import {id} --private-key {source} --in file --new-passphrase env:OWN --second-id --json");
        let run = sandbox.command(import.split(' ')).env("OWN", OWN).env("KEY", &pem).input(pem.clone());
        let outcome = run.run().expect(0);
        assert_shows_no_secret(&outcome);
        assert_eq!(outcome.json()["public_key"], String::from_utf8(keys::public_pem()).unwrap());
    }
    for (arguments, fields) in [
        ("key list", &["keys"][..]),
        ("key export-public old", &["key_id", "fingerprint", "public_key"]),
        ("key backup --check b.key --backup-passphrase env:BACKUP", &["key_id", "known", "fingerprint", "made"]),
    ] {
        let object = run(&sandbox, &[], &format!("{arguments} --json")).expect(0).json();
        for field in fields {
            assert!(object.get(field).is_some(), "{arguments}: no `{field}` in {object:#}");
        }
    }
}

#[test]
fn deleting_says_when_there_is_nothing_to_delete() {
    let sandbox = Sandbox::new();
    let run = |command: &str, status: i32| {
        sandbox.command(command.split(' ')).env("PASS", "four words in a row").run().expect(status)
    };
    for (name, gone, says) in [
        ("there", false, "Deleted the key `there` from its key file."),
        ("gone", true, "The key `gone` was not in its key file any more; its record says now that it is deleted."),
    ] {
        run(&format!("keygen --key-id {name} --in file --passphrase env:PASS"), 0);
        if gone {
            let shown = run(&format!("key show {name} --json"), 0).json();
            fs::remove_file(shown["key_file"].as_str().unwrap()).unwrap();
        }
        let deleted = run(&format!("key delete {name} --confirm {name} --only-copy"), 0);
        assert_eq!(deleted.stdout().lines().next(), Some(says));
    }
}
