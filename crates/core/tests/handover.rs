//! What the operator gets: the files, and whether what the page says to do works.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::path::Path;
use std::process::Command;

use aisoc_publisher_core::handover::{HandoverError, Rehearsal, instructions, rehearse, save};
use aisoc_publisher_core::key::{KeyId, SecretKey, pem};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::{Match, TrustedKeys, Warning, read_public_key};
use aisoc_publisher_core::verdict::TrustMode;
use aisoc_publisher_core::{Code, Explain};

fn id() -> KeyId {
    "acme.plugins".parse().unwrap()
}

#[test]
fn what_is_saved_is_what_a_loader_trusts() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::generate().unwrap();
    let saved = save(dir.path(), &id(), key.public()).unwrap();
    assert_eq!(saved.pem, dir.path().join("acme.plugins.pem"));
    assert_eq!(fs::read_to_string(&saved.pem).unwrap(), pem::encode_public(key.public()));
    assert_eq!(saved.instructions, dir.path().join("acme.plugins-instructions.txt"));
    assert_eq!(fs::read_to_string(&saved.instructions).unwrap(), instructions(&id(), key.public()));
    // The page beside it is no key to the loader.
    let trusted = TrustedKeys::read(dir.path()).unwrap();
    assert_eq!(trusted.entries.len(), 1);
    assert_eq!(trusted.try_verify(b"m", &key.sign(b"m")), Match::Verified("acme.plugins".to_owned()));
    // Once more changes nothing.
    let written = |path| fs::metadata(path).unwrap().modified().unwrap();
    let before = (written(&saved.pem), written(&saved.instructions));
    assert_eq!(save(dir.path(), &id(), key.public()).unwrap(), saved);
    assert_eq!((written(&saved.pem), written(&saved.instructions)), before);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn the_pem_has_the_bytes_that_python_writes() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/trusted-keys");
    let dir = tempfile::tempdir().unwrap();
    // Read in another spelling, written as `cryptography` wrote this key in `tests/reference/make_trusted_keys.py`.
    let key = read_public_key(&data.join("width-20.pem")).unwrap();
    let saved = save(dir.path(), &id(), &key).unwrap();
    assert_eq!(fs::read(saved.pem).unwrap(), fs::read(data.join("plain.pem")).unwrap());
}

#[test]
fn a_rehearsal_answers_as_the_operators_server() {
    let (plugin, dir) = (sample::sample(), tempfile::tempdir().unwrap());
    sample::write(plugin.path(), "plugin.sig", sample::SIGNATURE);
    let rehearsed = |id: &KeyId| rehearse(dir.path(), id, plugin.path(), &Task::unwatched()).unwrap();
    let reasons = |rehearsal: &Rehearsal| TrustMode::ALL.map(|mode| rehearsal.verdict.mode(mode).reason.as_str());

    let empty = rehearsed(&id());
    assert_eq!(reasons(&empty), ["no-trusted-keys", "no-trusted-keys", "skipped"]);
    assert!(!empty.shows(&id()));
    assert!(matches!(empty.warnings.as_slice(), [Warning::NameMissing { wanted }] if *wanted == id()));

    let saved = save(dir.path(), &id(), sample::key().public()).unwrap();
    let good = rehearsed(&id());
    assert_eq!(reasons(&good), ["verified", "verified", "skipped"]);
    assert!(good.shows(&id()) && good.warnings.is_empty(), "{:?}", good.warnings);

    // What counts is the disk, not what was saved a moment ago.
    fs::rename(&saved.pem, dir.path().join("renamed.pem")).unwrap();
    let renamed = rehearsed(&id());
    assert_eq!(reasons(&renamed), ["verified", "verified", "skipped"]);
    assert!(!renamed.shows(&id()));
    assert!(matches!(renamed.warnings.as_slice(), [Warning::OtherName { key_id, .. }] if key_id == "renamed"));

    fs::remove_file(dir.path().join("renamed.pem")).unwrap();
    save(dir.path(), &id(), SecretKey::generate().unwrap().public()).unwrap();
    let other = rehearsed(&id());
    assert_eq!(reasons(&other), ["no-key-matches", "no-key-matches", "skipped"]);
    assert!(!other.shows(&id()));
}

#[test]
fn the_page_says_what_the_operator_does() {
    let key = SecretKey::generate().unwrap();
    let page = instructions(&id(), key.public());
    assert!(page.is_ascii() && page.ends_with('\n') && page.lines().all(|line| line.len() <= 76), "{page}");
    for part in [
        "PLUGIN_TRUSTED_KEYS_DIR",
        "/opt/aisoc/plugin-keys/acme.plugins.pem",
        "sudo systemctl restart aisoc-api",
        "`plugin loaded`",
        "signature_status=verified",
        "signing_key_id=acme.plugins",
        &key.public().fingerprint().to_string(),
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn the_pages_command_prints_the_pages_fingerprint() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::generate().unwrap();
    let saved = save(dir.path(), &id(), key.public()).unwrap();
    let page = fs::read_to_string(&saved.instructions).unwrap();
    let command = page.lines().find(|line| line.contains("openssl pkey")).unwrap();
    let output = Command::new("sh").args(["-c", command]).current_dir(dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let fingerprint = printed.split_whitespace().next().unwrap();
    assert_eq!(fingerprint.len(), 64);
    assert!(page.lines().any(|line| line.trim() == fingerprint), "{fingerprint} is not in {page}");
    // The groups for reading aloud are the same digits.
    let squeezed: String = page.split_whitespace().collect();
    assert_eq!(squeezed.matches(fingerprint).count(), 2, "{page}");
}

#[test]
fn another_key_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (theirs, ours) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
    let path = dir.path().join("acme.plugins.pem");
    for (content, said) in [
        (pem::encode_public(theirs.public()), theirs.public().fingerprint().short()),
        ("hello".to_owned(), "no Ed25519 public key".to_owned()),
        (String::new(), "no Ed25519 public key".to_owned()),
    ] {
        fs::write(&path, &content).unwrap();
        let error = save(dir.path(), &id(), ours.public()).unwrap_err();
        assert!(matches!(error, HandoverError::OtherKey { .. }) && error.code() == Code::OtherKeyThere, "{error}");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "something else was written");
    }
    // The same key with Windows' line ends is the same key, and gets its usual form.
    let canonical = pem::encode_public(ours.public());
    fs::write(&path, canonical.replace('\n', "\r\n")).unwrap();
    save(dir.path(), &id(), ours.public()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), canonical);
}

#[test]
fn a_text_of_somebody_else_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::generate().unwrap();
    let page = dir.path().join("acme.plugins-instructions.txt");
    fs::write(&page, "my notes").unwrap();
    let error = save(dir.path(), &id(), key.public()).unwrap_err();
    assert!(matches!(error, HandoverError::OtherText { .. }), "{error}");
    assert_eq!(fs::read_to_string(&page).unwrap(), "my notes");
    assert!(!dir.path().join("acme.plugins.pem").exists());
    // A page of an earlier hand-over is.
    fs::write(&page, format!("{}\nolder words\n", instructions(&id(), key.public()).lines().next().unwrap())).unwrap();
    save(dir.path(), &id(), key.public()).unwrap();
    assert_eq!(fs::read_to_string(&page).unwrap(), instructions(&id(), key.public()));
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let key = SecretKey::generate().unwrap();
    let victim = dir.path().join("victim");
    fs::write(&victim, pem::encode_public(key.public())).unwrap();
    for name in ["acme.plugins.pem", "acme.plugins-instructions.txt"] {
        let link = dir.path().join(name);
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        let error = save(dir.path(), &id(), key.public()).unwrap_err();
        assert_eq!(error.code(), Code::TargetNotAFile, "{error}");
        fs::remove_file(link).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{name}: something was written");
    }
    let error = save(&dir.path().join("nowhere"), &id(), key.public()).unwrap_err();
    assert_eq!(error.code(), Code::Io, "{error}");
}
