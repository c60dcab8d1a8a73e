//! Key files go back and forth between this program and OpenSSL.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aisoc_publisher_core::key::pem::{decode_private, encode_private, encode_private_encrypted, read_private_file};
use aisoc_publisher_core::key::{KeySource, PrivateKeyProblem, SecretKey, write_keypair};
use tempfile::TempDir;

fn openssl(folder: &Path, arguments: &str) -> Output {
    Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("this test runs the `openssl` program; install the package `openssl`")
}

fn run(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = openssl(folder, arguments);
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn read(path: PathBuf, passphrase: Option<&str>) -> Result<SecretKey, PrivateKeyProblem> {
    let text = read_private_file(&path).unwrap();
    decode_private(&text, &KeySource::File(path), passphrase).map_err(|e| e.problem)
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn openssl_opens_and_repeats_what_is_written_here() {
    let folder = folder();
    let key = SecretKey::generate().unwrap();
    let files = write_keypair(&folder.path().join("acme"), &key).unwrap();
    let (public, private) = (fs::read(&files.public).unwrap(), fs::read(&files.private).unwrap());
    assert_eq!(run(folder.path(), "pkey -in acme.key"), private);
    assert_eq!(run(folder.path(), "pkey -in acme.key -pubout"), public);
    assert_eq!(run(folder.path(), "pkey -pubin -in acme.pem"), public);
    let der = run(folder.path(), "pkey -pubin -in acme.pem -outform DER");
    assert_eq!(der, key.public().spki_der());
}

#[test]
fn openssl_opens_what_is_encrypted_here() {
    let folder = folder();
    let key = SecretKey::generate().unwrap();
    fs::write(folder.path().join("acme.key"), encode_private_encrypted(&key, "open sesame").unwrap().as_bytes())
        .unwrap();
    fs::write(folder.path().join("pass"), "open sesame").unwrap();
    fs::write(folder.path().join("wrong"), "open barley").unwrap();
    assert_eq!(run(folder.path(), "pkey -in acme.key -passin file:pass"), encode_private(&key).as_bytes());
    assert!(!openssl(folder.path(), "pkey -in acme.key -passin file:wrong").status.success());
}

#[test]
fn what_openssl_writes_is_read() {
    let folder = folder();
    run(folder.path(), "genpkey -algorithm ED25519 -out plain.key");
    let der = run(folder.path(), "pkey -in plain.key -pubout -outform DER");
    let plain = read(folder.path().join("plain.key"), None).unwrap();
    assert_eq!(der, plain.public().spki_der());
    assert_eq!(fs::read(folder.path().join("plain.key")).unwrap(), encode_private(&plain).as_bytes());

    let folder = folder.path();
    fs::write(folder.join("pass"), "open sesame").unwrap();
    for how in [
        "-v2 aes-256-cbc",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        "-v2 aes-192-cbc -iter 100000",
        "-scrypt",
        "-scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 2",
    ] {
        run(folder, &format!("pkcs8 -topk8 -in plain.key -out encrypted.key -passout file:pass {how}"));
        let path = folder.join("encrypted.key");
        assert_eq!(read(path.clone(), Some("open sesame")).unwrap().public(), plain.public(), "{how}");
        assert!(matches!(read(path.clone(), None), Err(PrivateKeyProblem::PassphraseNeeded)), "{how}");
        assert!(matches!(read(path, Some("open barley")), Err(PrivateKeyProblem::WrongPassphrase)), "{how}");
    }
    for how in ["-v2 des3", "-v1 PBE-SHA1-3DES", "-v2 aes-256-cbc -v2prf hmacWithSHA1"] {
        run(folder, &format!("pkcs8 -topk8 -in plain.key -out encrypted.key -passout file:pass {how}"));
        let problem = read(folder.join("encrypted.key"), Some("open sesame")).err().unwrap();
        assert!(matches!(problem, PrivateKeyProblem::UnsupportedEncryption(_)), "{how}: {problem:?}");
    }
}

#[test]
fn other_kinds_are_named() {
    let folder = folder();
    for (algorithm, name) in [
        ("RSA", "RSA"),
        ("RSA-PSS", "RSA-PSS"),
        ("EC -pkeyopt ec_paramgen_curve:P-256", "EC"),
        ("ED448", "Ed448"),
        ("X25519", "X25519"),
        ("X448", "X448"),
    ] {
        run(folder.path(), &format!("genpkey -algorithm {algorithm} -out other.key"));
        let problem = read(folder.path().join("other.key"), None).err().unwrap();
        assert!(matches!(&problem, PrivateKeyProblem::WrongKind(kind) if kind == name), "{algorithm}: {problem:?}");
    }
    // Two steps, since `genpkey` makes no parameters on the way.
    run(folder.path(), "dsaparam -out dsa.params 1024");
    run(folder.path(), "genpkey -paramfile dsa.params -out other.key");
    let problem = read(folder.path().join("other.key"), None).err().unwrap();
    assert!(matches!(&problem, PrivateKeyProblem::WrongKind(kind) if kind == "DSA"), "{problem:?}");
    run(folder.path(), "pkey -in other.key -traditional -out older.key");
    let problem = read(folder.path().join("older.key"), None).err().unwrap();
    assert!(matches!(&problem, PrivateKeyProblem::WrongKind(kind) if kind == "DSA"), "{problem:?}");
    // A container, with a key that could be taken out as the hint says.
    run(folder.path(), "genpkey -algorithm ED25519 -out plain.key");
    run(folder.path(), "pkcs12 -export -nocerts -inkey plain.key -passout pass:x -out key.p12");
    let problem = read(folder.path().join("key.p12"), None).err().unwrap();
    assert!(matches!(&problem, PrivateKeyProblem::Pkcs12), "{problem:?}");
    run(folder.path(), "pkcs12 -in key.p12 -nocerts -passin pass:x -passout pass:open -out out.key");
    let key = read(folder.path().join("out.key"), Some("open")).unwrap();
    let der = run(folder.path(), "pkey -in plain.key -pubout -outform DER");
    assert_eq!(key.public().spki_der()[..], der);
    // The older forms, with a block of parameters first.
    run(folder.path(), "ecparam -name prime256v1 -genkey -out other.key");
    let problem = read(folder.path().join("other.key"), None).err().unwrap();
    assert!(matches!(&problem, PrivateKeyProblem::WrongKind(kind) if kind == "EC"), "{problem:?}");
    // An encrypted key of another kind says so once it is open.
    fs::write(folder.path().join("pass"), "open sesame").unwrap();
    run(folder.path(), "genpkey -algorithm ED448 -aes256 -pass file:pass -out other.key");
    let problem = read(folder.path().join("other.key"), Some("open sesame")).err().unwrap();
    assert!(matches!(&problem, PrivateKeyProblem::WrongKind(kind) if kind == "Ed448"), "{problem:?}");
}
