//! Private keys: where they come from, which are taken, and that none is ever shown.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::keys;
use crate::common::need;
use crate::common::run::Outcome;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

const SIGN: &str = "sign --plugin-dir virustotal --private-key";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    sandbox
}

/// Runs another program in a folder.
#[track_caller]
fn tool(folder: &Path, program: &str, arguments: &str) {
    need(program, if program == "openssl" { "openssl" } else { "openssh-client" });
    // A double space stands for an empty argument.
    let output = Command::new(program).args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Fails when an output holds the fixed private key in any spelling.
#[track_caller]
fn assert_shows_no_secret(outcome: &Outcome) {
    let text = outcome.all();
    for spelling in keys::spellings_of_the_secret() {
        assert!(!text.contains(&spelling), "the private key is shown as {spelling:?}");
    }
}

#[test]
fn a_key_comes_from_a_file_from_standard_input_or_from_a_variable() {
    let sandbox = sandbox();
    let mut signatures = Vec::new();
    for run in [
        sandbox.command(["sign", "--plugin-dir", "virustotal", "--private-key", "acme.key"]),
        sandbox.command(["sign", "--plugin-dir", "virustotal", "--private-key", "-"]).input(keys::private_pem()),
        sandbox
            .command(["sign", "--plugin-dir", "virustotal", "--private-key", "env:CI_KEY"])
            .env("CI_KEY", String::from_utf8(keys::private_pem()).unwrap()),
    ] {
        let outcome = run.run().expect(0);
        assert_shows_no_secret(&outcome);
        signatures.push(fs::read(sandbox.path("virustotal/plugin.sig")).unwrap());
        fs::remove_file(sandbox.path("virustotal/plugin.sig")).unwrap();
    }
    assert!(signatures.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn other_kinds_of_key_are_named_and_refused() {
    let sandbox = sandbox();
    let folder = sandbox.path("");
    tool(&folder, "openssl", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.key");
    tool(&folder, "openssl", "genrsa -traditional -out rsa-pkcs1.key 1024");
    tool(&folder, "openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key");
    tool(&folder, "openssl", "ecparam -name prime256v1 -genkey -out ec-sec1.key");
    tool(&folder, "openssl", "genpkey -algorithm X25519 -out x25519.key");
    tool(&folder, "openssl", "genpkey -algorithm ED448 -out ed448.key");
    tool(&folder, "openssl", "pkey -in acme.key -outform DER -out der.key");
    tool(&folder, "openssl", "req -x509 -new -key acme.key -subj /CN=acme -days 1 -out certificate.pem");
    tool(&folder, "ssh-keygen", "-q -t ed25519 -N  -C acme -f openssh.key");
    sandbox.write("empty.key", "");
    sandbox.write("junk.key", "no key\n");
    sandbox.write("hex.key", hex::encode(keys::seed()));
    sandbox.write("raw.key", keys::seed());
    sandbox.write("cut.key", &keys::private_pem()[..60]);
    sandbox.write("two.key", [keys::private_pem(), keys::other_private_pem()].concat());
    sandbox.write("large.key", vec![b'x'; 70_000]);
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for (name, code) in [
        ("rsa.key", "wrong-key-kind"),
        ("rsa-pkcs1.key", "wrong-key-kind"),
        ("ec.key", "wrong-key-kind"),
        ("ec-sec1.key", "wrong-key-kind"),
        ("x25519.key", "wrong-key-kind"),
        ("ed448.key", "wrong-key-kind"),
        ("trusted/acme.pem", "wrong-key-kind"),
        ("openssh.key", "wrong-key-kind"),
        ("openssh.key.pub", "wrong-key-kind"),
        ("certificate.pem", "wrong-key-kind"),
        ("der.key", "bad-private-key"),
        ("empty.key", "bad-private-key"),
        ("junk.key", "bad-private-key"),
        ("hex.key", "bad-private-key"),
        ("raw.key", "bad-private-key"),
        ("cut.key", "bad-private-key"),
        ("two.key", "bad-private-key"),
        ("large.key", "bad-private-key"),
        ("trusted", "bad-private-key"),
        ("nowhere.key", "io"),
    ] {
        let outcome = sandbox.run(&format!("{SIGN} {name}")).expect(3);
        assert_shows_no_secret(&outcome);
        transcript.add(&outcome);
        let with_json = sandbox.run_json(&format!("{SIGN} {name}")).expect(3);
        assert_shows_no_secret(&with_json);
        assert_eq!(with_json.error_code(), code, "{}", with_json.shown());
    }
    before.assert_same(&sandbox.listing());
    transcript.check("private-keys-refused");
}

#[test]
fn an_encrypted_key_needs_its_passphrase() {
    let sandbox = sandbox();
    let folder = sandbox.path("");
    // OpenSSL's own default, PBKDF2, and scrypt.
    tool(&folder, "openssl", "pkcs8 -topk8 -in acme.key -passout pass:open-sesame -out pbkdf2.key");
    tool(&folder, "openssl", "pkcs8 -topk8 -scrypt -in acme.key -passout pass:open-sesame -out scrypt.key");
    let mut transcript = Transcript::new();
    for key in ["pbkdf2.key", "scrypt.key"] {
        let before = sandbox.listing();
        let outcomes = [
            (sandbox.run(&format!("{SIGN} {key}")), 3),
            (
                sandbox
                    .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "env:PASS"])
                    .env("PASS", "wrong-word")
                    .run(),
                3,
            ),
            (
                sandbox
                    .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "-"])
                    .input("wrong-word\n")
                    .run(),
                3,
            ),
            (
                sandbox
                    .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "-"])
                    .run(),
                3,
            ),
            (sandbox.run(&format!("{SIGN} {key} --passphrase env:PASS")), 2),
            (sandbox.run(&format!("{SIGN} {key} --passphrase open-sesame")), 2),
        ];
        for (outcome, status) in outcomes {
            let outcome = outcome.expect(status);
            let said = outcome.all();
            assert!(!said.contains("open-sesame") && !said.contains("wrong-word"), "{}", outcome.shown());
            assert_shows_no_secret(&outcome);
            transcript.add(&outcome);
        }
        before.assert_same(&sandbox.listing());

        for run in [
            sandbox
                .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "env:PASS"])
                .env("PASS", "open-sesame"),
            sandbox
                .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "-"])
                .input("open-sesame\n"),
            sandbox
                .command(["sign", "--plugin-dir", "virustotal", "--private-key", key, "--passphrase", "-"])
                .input("open-sesame"),
            sandbox
                .command(["sign", "--plugin-dir", "virustotal", "--private-key", "-", "--passphrase", "env:PASS"])
                .env("PASS", "open-sesame")
                .input(fs::read(sandbox.path(key)).unwrap()),
        ] {
            let outcome = run.run().expect(0);
            assert_shows_no_secret(&outcome);
            assert!(!outcome.all().contains("open-sesame"));
            sandbox.run("verify --plugin-dir virustotal --trusted-keys trusted").expect(0);
            fs::remove_file(sandbox.path("virustotal/plugin.sig")).unwrap();
        }
    }
    transcript.check("passphrases");
}

#[test]
fn an_encrypted_keys_failures_have_codes() {
    let sandbox = sandbox();
    tool(&sandbox.path(""), "openssl", "pkcs8 -topk8 -in acme.key -passout pass:open-sesame -out locked.key");
    assert_eq!(sandbox.run_json(&format!("{SIGN} locked.key")).expect(3).error_code(), "passphrase-needed");
    let wrong = sandbox
        .command([
            "sign",
            "--plugin-dir",
            "virustotal",
            "--private-key",
            "locked.key",
            "--passphrase",
            "env:PASS",
            "--json",
        ])
        .env("PASS", "wrong")
        .run()
        .expect(3);
    assert_eq!(wrong.error_code(), "wrong-passphrase");
}

#[test]
fn a_keys_text_as_an_argument_is_refused_and_not_repeated() {
    let sandbox = sandbox();
    let pem = String::from_utf8(keys::private_pem()).unwrap();
    let body = pem.lines().nth(1).unwrap().to_owned();
    let before = sandbox.listing();
    for text in [pem.clone(), pem.replace('\n', " "), pem.replace('\n', "\\n"), body] {
        for arguments in [
            vec!["sign", "--plugin-dir", "virustotal", "--private-key", &text],
            vec!["sign", "--plugin-dir", "virustotal", "--private-key", &text, "--json"],
            vec!["sign", "--plugin-dir", "virustotal", "--key-id", &text],
            vec!["sign", "--plugin-dir", "virustotal", "--private-key", "acme.key", "--passphrase", &text],
            vec!["sign", "--plugin-dir", &text, "--private-key", "acme.key"],
            vec!["sign", &text],
        ] {
            let outcome = sandbox.command(arguments).run().expect(2);
            assert_shows_no_secret(&outcome);
            assert!(outcome.all().contains("env:NAME"), "no advice\n{}", outcome.shown());
        }
        let joined = format!("--private-key={text}");
        let outcome = sandbox.command(["sign", "--plugin-dir", "virustotal", &joined]).run().expect(2);
        assert_shows_no_secret(&outcome);
    }
    // A bare key in hex may be a digest or an id in another place; here it can be nothing else.
    let outcome = sandbox.run(&format!("{SIGN} {}", hex::encode(keys::seed()))).expect(2);
    assert_shows_no_secret(&outcome);
    before.assert_same(&sandbox.listing());
    let mut transcript = Transcript::new();
    transcript.add(
        &sandbox.command(["sign", "--plugin-dir", "virustotal", "--private-key", "-----BEGIN PRIVATE KEY-----"]).run(),
    );
    transcript.check("key-as-argument");
}

#[test]
fn standard_input_cannot_hold_two_secrets() {
    let sandbox = sandbox();
    let before = sandbox.listing();
    let outcome = sandbox
        .command(["sign", "--plugin-dir", "virustotal", "--private-key", "-", "--passphrase", "-"])
        .input([b"open-sesame\n".to_vec(), keys::private_pem()].concat())
        .run()
        .expect(2);
    assert!(outcome.stderr().contains("cannot hold both"), "{}", outcome.shown());
    before.assert_same(&sandbox.listing());
}

/// Every command that touches the private key, successful or not, with all that it prints and writes.
#[test]
fn the_private_key_shows_nowhere_but_in_its_own_file() {
    let sandbox = sandbox();
    sandbox.copy("bad", "date-value");
    let pem = String::from_utf8(keys::private_pem()).unwrap();
    for arguments in [
        "sign --plugin-dir virustotal --private-key acme.key",
        "sign --plugin-dir virustotal --private-key acme.key --json",
        "sign --plugin-dir virustotal --private-key env:KEY",
        "sign --plugin-dir virustotal --private-key -",
        "sign --plugin-dir virustotal --private-key acme.key --out acme.key",
        "sign --plugin-dir virustotal --private-key acme.key --out virustotal",
        "sign --plugin-dir date-value --private-key acme.key",
        "entry --plugin-dir virustotal --key-id acme --public-key acme.key",
        "verify --plugin-dir virustotal --trusted-keys .",
        "keygen --out acme",
    ] {
        let outcome = sandbox.command(arguments.split(' ')).env("KEY", &pem).input(pem.clone()).run();
        assert_shows_no_secret(&outcome);
    }
    // What was written by all of them: the signature, and nothing that holds the key.
    let spellings = keys::spellings_of_the_secret();
    let mut looked_at = 0;
    let mut folders = vec![sandbox.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path != sandbox.path("acme.key") {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert!(!spellings.iter().any(|spelling| text.contains(spelling)), "{}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 5);
    assert_eq!(fs::read(sandbox.path("acme.key")).unwrap(), keys::private_pem());
}
