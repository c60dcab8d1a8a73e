//! What the operator gets: the files, and whether what the page says to do works.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::Command;

use aisoc_publisher_core::handover::{HandoverError, instructions, save};
use aisoc_publisher_core::key::{KeyId, SecretKey, pem};
use aisoc_publisher_core::trusted::{Match, TrustedKeys};
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
