//! Trusted keys, against what Python's `cryptography` makes of the same files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aisoc_publisher_core::key::{PublicKey, SecretKey};
use aisoc_publisher_core::trusted::{Match, Outcome, TrustedKeys, TrustedKeysError, classify, read_public_key};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/trusted-keys")
}

/// What a version of `cryptography` does with a file, in the loader's terms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Key(String),
    Skipped,
    Stops,
}

fn seen(recorded: &str) -> Seen {
    match recorded.split_once(':') {
        Some(("ed25519", hex)) => Seen::Key(hex.to_owned()),
        Some(("raises", _)) => Seen::Stops,
        _ => Seen::Skipped,
    }
}

fn ours(outcome: &Outcome) -> Seen {
    match outcome {
        Outcome::Key(key) => Seen::Key(hex::encode(key.as_bytes())),
        Outcome::StopsLoader(_) => Seen::Stops,
        _ => Seen::Skipped,
    }
}

#[test]
fn every_file_is_taken_as_cryptography_takes_it() {
    let text = fs::read_to_string(data().join("expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(&text).unwrap();
    assert!(expected.len() >= 130, "only {} files", expected.len());
    let mut wrong = Vec::new();
    for (name, versions) in &expected {
        let outcome = classify(&fs::read(data().join(format!("{name}.pem"))).unwrap());
        let (v48, v50) = (seen(&versions["48.0.0"]), seen(&versions["50.0.2"]));
        // Where the two differ, the worse one: `Seen` is ordered from good to bad.
        let want = v48.max(v50);
        if ours(&outcome) != want {
            wrong.push(format!("{name}: {outcome}, and Python: {versions:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn older_versions_of_cryptography_never_trust_more() {
    let text = fs::read_to_string(data().join("expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(&text).unwrap();
    for (name, versions) in &expected {
        let v42 = seen(&versions["42.0.8"]);
        let outcome = ours(&classify(&fs::read(data().join(format!("{name}.pem"))).unwrap()));
        match (&v42, &outcome) {
            // The one file that 42 and 48 read and 50 does not.
            (Seen::Key(_), Seen::Skipped) => assert_eq!(name, "unused-bits"),
            (Seen::Key(_), _) | (_, Seen::Key(_)) => assert_eq!(v42, outcome, "{name}"),
            _ => {}
        }
    }
}

/// A folder of trusted keys, made of the data's files under new names.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in files {
        fs::copy(data().join(format!("{from}.pem")), folder.path().join(name)).unwrap();
    }
    folder
}

/// The private half of the data's key, 00 01 02 … 1f.
fn key() -> SecretKey {
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend(0..32);
    SecretKey::from_pkcs8_v1_der(&der).unwrap()
}

const DIGEST: [u8; 32] = [7; 32];

fn verify(folder: &Path) -> Match {
    TrustedKeys::read(folder).unwrap().try_verify(&DIGEST, &key().sign(&DIGEST))
}

#[test]
fn the_first_match_in_path_order_names_the_key() {
    let both = folder(&[("b.pem", "plain"), ("a.pub", "crlf")]);
    assert_eq!(verify(both.path()), Match::Verified("a".to_owned()));
    // Upper case sorts before lower case, and the ending takes part.
    let upper = folder(&[("a.pem", "plain"), ("B.PEM", "plain")]);
    assert_eq!(verify(upper.path()), Match::Verified("B".to_owned()));
    let dotted = folder(&[("acme.v1.pem", "plain")]);
    assert_eq!(verify(dotted.path()), Match::Verified("acme.v1".to_owned()));
}

#[test]
fn a_stopping_file_counts_only_before_the_match() {
    let before = folder(&[("a.pem", "unknown-kind"), ("b.pem", "plain")]);
    assert_eq!(verify(before.path()), Match::StopsLoader { path: before.path().join("a.pem") });
    let after = folder(&[("a.pem", "plain"), ("b.pem", "unknown-kind")]);
    assert_eq!(verify(after.path()), Match::Verified("a".to_owned()));
    let skipped = folder(&[("a.pem", "rsa-2048"), ("b.pem", "empty"), ("c.pem", "junk"), ("d.pem", "plain")]);
    assert_eq!(verify(skipped.path()), Match::Verified("d".to_owned()));
}

#[test]
fn no_keys_is_told_from_no_match() {
    assert_eq!(verify(folder(&[]).path()), Match::NoKeys);
    assert_eq!(verify(folder(&[("key.txt", "plain"), (".pem", "plain")]).path()), Match::NoKeys);
    assert_eq!(verify(folder(&[("a.pem", "junk")]).path()), Match::NoMatch);
    assert_eq!(verify(folder(&[("a.pem", "small-order-point")]).path()), Match::NoMatch);
    assert_eq!(verify(folder(&[("a.pem", "not-a-point")]).path()), Match::NoMatch);
    // The loader takes a folder with a key's name for a file that it cannot read, and leaves it out.
    let only_a_folder = tempfile::tempdir().unwrap();
    fs::create_dir(only_a_folder.path().join("a.pem")).unwrap();
    assert_eq!(verify(only_a_folder.path()), Match::NoKeys);
}

#[test]
fn a_missing_folder_has_no_keys_and_says_so() {
    let parent = tempfile::tempdir().unwrap();
    fs::write(parent.path().join("file"), "").unwrap();
    for path in [parent.path().join("none"), parent.path().join("file"), parent.path().join("file/below")] {
        let keys = TrustedKeys::read(&path).unwrap();
        assert!(keys.folder_missing && keys.is_empty(), "{}", path.display());
    }
    assert!(!TrustedKeys::read(parent.path()).unwrap().folder_missing);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_nothing_is_waited_for() {
    let keys = folder(&[]);
    let elsewhere = folder(&[("real.pem", "plain")]);
    std::os::unix::fs::symlink(elsewhere.path().join("real.pem"), keys.path().join("linked.pem")).unwrap();
    std::os::unix::fs::symlink("nowhere", keys.path().join("a-dangling.pem")).unwrap();
    assert_eq!(verify(keys.path()), Match::Verified("linked".to_owned()));

    let fifo = keys.path().join("fifo.pem");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let error = TrustedKeys::read(keys.path()).unwrap_err();
    assert!(matches!(&error, TrustedKeysError::Waits { path } if *path == fifo), "{error}");
}

#[test]
fn a_file_too_large_to_be_judged_is_an_error() {
    let keys = folder(&[("a.pem", "plain")]);
    let large = keys.path().join("b.pem");
    fs::write(&large, vec![b' '; (1 << 20) + 1]).unwrap();
    let error = TrustedKeys::read(keys.path()).unwrap_err();
    assert!(matches!(&error, TrustedKeysError::TooLarge { path } if *path == large), "{error}");
}

#[test]
fn only_one_key_trusted() {
    let keys = TrustedKeys::only(&"acme".parse().unwrap(), key().public().clone());
    assert_eq!(keys.try_verify(&DIGEST, &key().sign(&DIGEST)), Match::Verified("acme".to_owned()));
    assert_eq!(keys.try_verify(&[8; 32], &key().sign(&DIGEST)), Match::NoMatch);
}

#[test]
fn a_public_key_by_itself_is_read_or_explained() {
    let read = |name: &str| read_public_key(&data().join(format!("{name}.pem")));
    assert_eq!(read("plain").unwrap(), *key().public());
    let private = read("private").unwrap_err();
    assert!(private.to_string().contains("`PRIVATE KEY`"), "{private}");
    assert!(read("unknown-kind").unwrap_err().to_string().contains("1.3.101.1"));
    assert!(read("no-such-file").is_err());
    let _: PublicKey = read("bom").unwrap();
}
