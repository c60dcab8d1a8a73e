//! This program and others, in both directions.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::sandbox::Sandbox;
use crate::common::{folders_of, keys, need, python};

/// Ed25519 leaves nothing to chance: two right implementations make the same bytes.
#[test]
fn python_signs_every_sample_with_the_same_bytes() {
    let sandbox = Sandbox::new();
    let mut plugins = Vec::new();
    let mut ours = Vec::new();
    for (name, _) in folders_of("plugins") {
        plugins.push(sandbox.sample(&name));
        sandbox.sign(&name);
        ours.push(fs::read(sandbox.path(&name).join("plugin.sig")).unwrap());
        fs::remove_file(sandbox.path(&name).join("plugin.sig")).unwrap();
    }
    python::sign(&plugins.iter().map(|path| path.as_path()).collect::<Vec<_>>());
    for (plugin, ours) in plugins.iter().zip(ours) {
        let theirs = fs::read(plugin.join("plugin.sig")).unwrap();
        assert_eq!(theirs, ours, "{}", plugin.display());
        let name = plugin.file_name().unwrap().to_str().unwrap();
        let object = sandbox.run_json(&format!("verify --plugin-dir {name} --trusted-keys trusted")).expect(0).json();
        assert_eq!(object["signature_status"], "verified");
    }
}

/// With a key that this program made, read by Python from the file that operators get.
#[test]
fn python_verifies_with_a_key_made_here() {
    let sandbox = Sandbox::new();
    sandbox.sample("nested-packages");
    sandbox.run("keygen --out fresh").expect(0);
    sandbox.run("sign --plugin-dir nested-packages --private-key fresh.key").expect(0);
    sandbox.write("trusted/fresh.pem", fs::read(sandbox.path("fresh.pem")).unwrap());
    let answers = python::ask(&["strict", "warn"].map(|mode| {
        json!({
            "do": "verdict", "mode": mode,
            "plugin_dir": sandbox.path("nested-packages"), "trusted_keys": sandbox.path("trusted"),
        })
    }));
    for answer in answers {
        let verified =
            json!({ "loads": true, "signature_status": "verified", "key_id": "fresh", "reason": "verified" });
        assert_eq!(answer, verified);
    }
}

/// OpenSSL knows nothing of plugins: it is given the digest that Python computed.
#[test]
fn openssl_verifies_the_signature_of_the_digest() {
    need("openssl", "openssl");
    let sandbox = Sandbox::new();
    let plugin = sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    let digest = &python::ask(&[json!({ "do": "digest", "plugin_dir": plugin })])[0]["digest"];
    sandbox.write("digest.bin", hex::decode(digest.as_str().unwrap()).unwrap());
    let signature = fs::read_to_string(plugin.join("plugin.sig")).unwrap();
    sandbox.write("signature.bin", hex::decode(signature).unwrap());
    let arguments = "pkeyutl -verify -pubin -inkey trusted/acme.pem -rawin -in digest.bin -sigfile signature.bin";
    let status = Command::new("openssl").args(arguments.split(' ')).current_dir(sandbox.path("")).output().unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

/// Keys as other programs write them, and as this one does.
#[test]
fn key_files_of_others_are_taken_and_ours_are_theirs() {
    need("openssl", "openssl");
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    let openssl = |arguments: &str| {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(sandbox.path("")).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    openssl("genpkey -algorithm ED25519 -out theirs.key");
    fs::create_dir(sandbox.path("trusted")).unwrap();
    openssl("pkey -in theirs.key -pubout -out trusted/theirs.pem");
    let signed = sandbox.run_json("sign --plugin-dir virustotal --private-key theirs.key").expect(0).json();
    let public = fs::read(sandbox.path("trusted/theirs.pem")).unwrap();
    assert_eq!(signed["fingerprint"], keys::fingerprint(&public));
    sandbox.run("verify --plugin-dir virustotal --trusted-keys trusted").expect(0);

    // OpenSSL's own writing of a key made here is the same, byte for byte.
    sandbox.run("keygen --out ours").expect(0);
    assert_eq!(openssl("pkey -in ours.key"), fs::read(sandbox.path("ours.key")).unwrap());
    assert_eq!(openssl("pkey -in ours.key -pubout"), fs::read(sandbox.path("ours.pem")).unwrap());
    // A version 2 file, with the public key inside, is what other Rust programs write.
    let v2 = "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K\n\
              import base64\n\
              seed = bytes(range(32))\n\
              public = K.from_private_bytes(seed).public_key().public_bytes_raw()\n\
              der = bytes.fromhex('3051020101300506032b657004220420') + seed + bytes.fromhex('812100') + public\n\
              print('-----BEGIN PRIVATE KEY-----', base64.encodebytes(der).decode().strip(), '-----END PRIVATE KEY-----', sep='\\n')";
    sandbox.write("v2.key", python::python(["-c", v2], b""));
    let signed = sandbox.run_json("sign --plugin-dir virustotal --private-key v2.key").expect(0).json();
    assert_eq!(signed["fingerprint"], keys::fingerprint(&keys::public_pem()));
}

/// The entry's facts are Python's: a version that YAML reads as a number is written as `str()` writes it.
#[test]
fn an_entrys_version_is_pythons() {
    let sandbox = Sandbox::new();
    sandbox.sample("yaml-1-1");
    sandbox.sign("yaml-1-1");
    let object =
        sandbox.run_json("entry --plugin-dir yaml-1-1 --key-id acme --public-key trusted/acme.pem").expect(0).json();
    let version = python::python(
        ["-c", "import yaml; print(yaml.safe_load(open('plugins/yaml-1-1/plugin.yaml'))['version'], end='')"],
        b"",
    );
    assert_eq!(object["entry"]["version"], Value::from(String::from_utf8(version).unwrap()));
}
