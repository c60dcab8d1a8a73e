//! Backups with their drill, restoring, and importing: round trips with OpenSSL and Python, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use aisoc_publisher_core::backup::{BackupError, read_label};
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::pem::{self, KeySource};
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::keystore::{FileKeyStore, KeyStore, KeyStoreError, MemoryKeyStore};
use aisoc_publisher_core::publisher::{KeepIn, Publisher, PublisherError, SameKey, Standing};
use aisoc_publisher_core::records::{Kept, Origin, Records};
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

const PASSPHRASE: &str = "ächt langes Geheimnis 🔑";
const OTHER: &str = "five other words for it";
const IN_FILE: KeepIn<'static> = KeepIn::File { passphrase: OTHER };

/// A machine of its own: a keyring and a data folder.
struct Machine {
    folder: TempDir,
    store: MemoryKeyStore,
    records: Records,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::new(DataFolder::at(folder.path().join("data")));
        Self { folder, store: MemoryKeyStore::new(), records }
    }

    fn publisher(&self) -> Publisher<'_> {
        Publisher::new(&self.store, &self.records)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn id(text: &str) -> KeyId {
    text.parse().unwrap()
}

/// Runs a program with the passphrase in a variable, and returns what it wrote.
fn run(program: &str, arguments: &[&str], passphrase: &str) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .env("PASS", passphrase)
        .output()
        .unwrap_or_else(|e| panic!("this test runs `{program}`: {e}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn openssl(arguments: &str, file: &Path, passphrase: &str) -> Vec<u8> {
    let mut words: Vec<&str> = arguments.split(' ').collect();
    words.push(file.to_str().unwrap());
    run("openssl", &words, passphrase)
}

fn python(script: &str, file: &Path, passphrase: &str) -> Vec<u8> {
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(&python, &["-c", script, file.to_str().unwrap()], passphrase)
}

const PYTHON_OPENS: &str = "\
import os, sys
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
key = load_pem_private_key(open(sys.argv[1], 'rb').read(), os.environ['PASS'].encode())
sys.stdout.buffer.write(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))";

#[test]
fn a_backup_opens_here_in_openssl_and_in_python() {
    let machine = Machine::new();
    let acme = id("acme-2026");
    let made = machine.publisher().create(&acme, KeepIn::Keyring).unwrap();
    assert_eq!((made.origin, made.backed_up), (Origin::Created, None));
    let file = machine.path("acme.backup.pem");
    let done = machine.publisher().back_up(&acme, None, &file, PASSPHRASE).unwrap();
    assert_eq!(done.path, file);
    assert_eq!(done.same_disk, Some(true), "both are in one temporary folder");
    assert_eq!(done.risks, []);
    assert_eq!(machine.records.find(&acme).unwrap().as_ref(), Some(&done.record));
    assert_eq!(done.record.backed_up.unwrap().place, file.display().to_string());

    // What the file says of itself is true, and it says nothing more.
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.is_ascii() && text.contains("\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{text}");
    assert!(text.contains("\nKey id: acme-2026\n"), "{text}");
    assert!(text.contains(&format!("\nFingerprint: {}\n", made.fingerprint)), "{text}");
    let label = read_label(&file).unwrap();
    assert_eq!((label.key_id, label.fingerprint), (Some(acme.clone()), Some(made.fingerprint)));
    assert!(label.made.unwrap() >= made.created);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    }

    let spki = made.spki.spki_der();
    assert_eq!(openssl("pkey -passin env:PASS -pubout -outform DER -in", &file, PASSPHRASE), spki);
    assert_eq!(python(PYTHON_OPENS, &file, PASSPHRASE), spki);
    // The costs that the contract names, as OpenSSL reads them.
    let parsed = String::from_utf8(openssl("asn1parse -strictpem -in", &file, PASSPHRASE)).unwrap();
    for part in
        ["PBES2", "scrypt", "INTEGER           :4000", "INTEGER           :08", "INTEGER           :05", "aes-256-cbc"]
    {
        assert!(parsed.contains(part), "no `{part}` in {parsed}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_backup_on_another_disk_is_told_from_one_beside_the_key() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    // Memory is another file system than the one with temporary files, or is not; `stat` of coreutils says which.
    let other = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| run("stat", &["-c", "%d", path.to_str().unwrap()], "");
    let same = device(other.path()) == device(machine.folder.path());
    let done = publisher.back_up(&acme, None, &other.path().join("backup.key"), PASSPHRASE).unwrap();
    assert_eq!(done.same_disk, Some(same));
}

#[test]
fn a_backup_is_never_written_over_anything_nor_under_a_bad_passphrase() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, IN_FILE).unwrap();
    let file = machine.path("backup.pem");
    let longest = "x".repeat(1023);
    for (passphrase, code) in
        [("eleven char", Code::PassphraseTooShort), (format!("{longest}x").as_str(), Code::PassphraseTooLong)]
    {
        let error = publisher.back_up(&acme, Some(OTHER), &file, passphrase).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!file.exists());
    }
    // The key's own passphrase first, and then the one of the backup.
    let error = publisher.back_up(&acme, None, &file, PASSPHRASE).unwrap_err();
    assert!(matches!(error, PublisherError::PassphraseNeeded { .. }), "{error}");
    let error = publisher.back_up(&acme, Some(PASSPHRASE), &file, PASSPHRASE).unwrap_err();
    assert_eq!(error.code(), Code::WrongPassphrase);
    // The longest one opens with the program that sets the limit.
    publisher.back_up(&acme, Some(OTHER), &file, &longest).unwrap();
    openssl("pkey -passin env:PASS -noout -in", &file, &longest);

    let before = fs::read(&file).unwrap();
    let error = publisher.back_up(&acme, Some(OTHER), &file, PASSPHRASE).unwrap_err();
    assert_eq!(error.code(), Code::TargetExists, "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    #[cfg(unix)]
    {
        let link = machine.path("link.pem");
        std::os::unix::fs::symlink(machine.path("elsewhere"), &link).unwrap();
        publisher.back_up(&acme, Some(OTHER), &link, PASSPHRASE).unwrap_err();
        assert!(!machine.path("elsewhere").exists());
    }
    let error = publisher.back_up(&id("none"), None, &file, PASSPHRASE).unwrap_err();
    assert!(matches!(error, PublisherError::NoRecord { .. }), "{error}");
}

#[test]
fn an_old_backup_counts_only_when_it_opens_and_is_this_key() {
    let machine = Machine::new();
    let (publisher, acme, other) = (machine.publisher(), id("acme"), id("other"));
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    publisher.create(&other, KeepIn::Keyring).unwrap();
    let file = machine.path("backup.pem");
    publisher.back_up(&acme, None, &file, PASSPHRASE).unwrap();
    machine.records.update(&acme, |record| record.backed_up = None).unwrap();
    let backed_up = || machine.records.all().unwrap().iter().filter(|record| record.backed_up.is_some()).count();

    let error = publisher.drill(Some(&acme), &file, OTHER).unwrap_err();
    assert_eq!(error.code(), Code::WrongPassphrase, "{error}");
    let error = publisher.drill(Some(&other), &file, PASSPHRASE).unwrap_err();
    assert!(matches!(error, PublisherError::Backup(BackupError::OtherKey { .. })), "{error}");
    let text = fs::read_to_string(&file).unwrap();
    for (name, text, code) in [
        ("empty", String::new(), Code::BadPrivateKey),
        ("cut", text[..text.len() - 60].to_owned(), Code::BadPrivateKey),
        ("plain", pem::encode_private(&SecretKey::generate().unwrap()).to_string(), Code::BackupNotEncrypted),
        // Of a key whose text speaks of another one, nobody knows which of the two it was meant to be.
        (
            "another's",
            text.replace(&publisher.record(&acme).unwrap().fingerprint.to_string(), &"0".repeat(64)),
            Code::KeyMismatch,
        ),
    ] {
        let path = machine.path(name);
        fs::write(&path, text).unwrap();
        let error = publisher.drill(None, &path, PASSPHRASE).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert_eq!(error.place().unwrap().path, path);
        assert!(error.hint().is_some(), "{name}");
    }
    assert_eq!(backed_up(), 0, "nothing of this was a backup");

    let drilled = publisher.drill(None, &file, PASSPHRASE).unwrap();
    assert_eq!(drilled.record.unwrap().key_id, acme);
    assert_eq!(backed_up(), 1);
    // On a machine that does not know the key it opens all the same.
    let elsewhere = Machine::new();
    let drilled = elsewhere.publisher().drill(None, &file, PASSPHRASE).unwrap();
    assert_eq!((drilled.record, drilled.label.key_id), (None, Some(acme)));
}

/// It opens with its passphrase, its key signs, and it is gone with the key.
#[test]
fn a_keys_own_file_is_no_backup_of_it() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, IN_FILE).unwrap();
    let own = publisher.key_file(&acme);
    let link = machine.path("backup.key");
    std::os::unix::fs::symlink(&own, &link).unwrap();
    for path in [&own, &link, &own.with_file_name("other.key"), &own.parent().unwrap().join("../keys/acme.key")] {
        for error in [
            publisher.drill(Some(&acme), path, OTHER).unwrap_err(),
            publisher.drill(None, path, OTHER).unwrap_err(),
            publisher.back_up(&acme, Some(OTHER), path, PASSPHRASE).unwrap_err(),
            publisher.restore(path, OTHER, Some(&id("second")), KeepIn::Keyring, SameKey::Allow).unwrap_err(),
        ] {
            assert!(matches!(error, PublisherError::AmongKeyFiles { .. }), "{error}");
            assert!(error.code() == Code::BadPath && error.place().is_some() && error.hint().is_some());
        }
    }
    assert_eq!(publisher.record(&acme).unwrap().backed_up, None);
    assert!(publisher.plan_deletion(&acme).unwrap().only_copy);
    assert_eq!(fs::read_dir(own.parent().unwrap()).unwrap().count(), 1, "nothing came beside it");
    // A copy elsewhere is one.
    let copy = machine.path("copy.key");
    fs::copy(&own, &copy).unwrap();
    publisher.drill(Some(&acme), &copy, OTHER).unwrap();
    assert!(!publisher.plan_deletion(&acme).unwrap().only_copy);
}

#[test]
fn another_machine_restores_under_the_name_in_the_file() {
    let (old, new) = (Machine::new(), Machine::new());
    let acme = id("acme");
    let made = old.publisher().create(&acme, KeepIn::Keyring).unwrap();
    let file = old.path("backup.pem");
    old.publisher().back_up(&acme, None, &file, PASSPHRASE).unwrap();

    let publisher = new.publisher();
    let error = publisher.restore(&file, OTHER, None, KeepIn::Keyring, SameKey::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::WrongPassphrase);
    let restored = publisher.restore(&file, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap();
    assert!(!restored.reattached);
    let record = restored.record;
    assert_eq!((&record.key_id, record.fingerprint, record.origin), (&acme, made.fingerprint, Origin::Restored));
    assert_eq!(record.backed_up.unwrap().place, file.display().to_string());
    assert_eq!(publisher.load(&acme, None).unwrap().public(), &made.spki);

    // Not over a key that is there, and not a second time under another name.
    let error = publisher.restore(&file, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::KeyExists, "{error}");
    let error = publisher.restore(&file, PASSPHRASE, Some(&id("twin")), IN_FILE, SameKey::Refuse).unwrap_err();
    assert!(matches!(&error, PublisherError::SameKey { known, .. } if *known == acme), "{error}");
    publisher.restore(&file, PASSPHRASE, Some(&id("twin")), IN_FILE, SameKey::Allow).unwrap();
    assert_eq!(publisher.load(&id("twin"), Some(OTHER)).unwrap().public(), &made.spki);

    // A file that names no key needs a name.
    let text = fs::read_to_string(&file).unwrap();
    let bare = new.path("bare.pem");
    fs::write(&bare, &text[text.find("-----BEGIN").unwrap()..]).unwrap();
    let error =
        Machine::new().publisher().restore(&bare, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap_err();
    assert!(matches!(error, PublisherError::NoIdInBackup { .. }), "{error}");
}

#[test]
fn a_key_that_is_gone_comes_back_with_its_record() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    let file = machine.path("backup.pem");
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    publisher.back_up(&acme, None, &file, PASSPHRASE).unwrap();
    let folder = machine.path("for-the-operator");
    fs::create_dir(&folder).unwrap();
    publisher.hand_over(&acme, &folder).unwrap();
    let before = publisher.record(&acme).unwrap();
    assert_eq!(before.handed_over.as_ref().unwrap().place, folder.display().to_string());

    // Deleted by hand, in the keyring's own window.
    machine.store.delete(&acme).unwrap();
    assert_eq!(publisher.show(&acme).unwrap().standing, Standing::Missing);
    let restored = publisher.restore(&file, PASSPHRASE, None, IN_FILE, SameKey::Refuse).unwrap();
    assert!(restored.reattached);
    assert_eq!((restored.record.created, restored.record.origin), (before.created, Origin::Created));
    assert_eq!((restored.record.handed_over, restored.record.kept), (before.handed_over, Kept::File));
    assert_eq!(publisher.load(&acme, Some(OTHER)).unwrap().public(), &before.spki);

    // Another key does not get the name that operators know.
    FileKeyStore::new(machine.records.folder().clone()).delete(&acme).unwrap();
    let other = SecretKey::generate().unwrap();
    let error = publisher.import(&acme, &other, KeepIn::Keyring, SameKey::Refuse).unwrap_err();
    assert!(matches!(error, PublisherError::IdTaken { .. }) && error.code() == Code::KeyExists, "{error}");
}

#[test]
fn what_openssl_and_python_write_is_imported() {
    let machine = Machine::new();
    let publisher = machine.publisher();
    let folder = &machine.folder;
    let plain = machine.path("plain.pem");
    openssl("genpkey -algorithm ED25519 -out", &plain, "");
    let spki = openssl("pkey -pubout -outform DER -in", &plain, "");
    let scrypt = machine.path("scrypt.pem");
    run(
        "openssl",
        &[
            "pkcs8",
            "-topk8",
            "-scrypt",
            "-passout",
            "env:PASS",
            "-in",
            plain.to_str().unwrap(),
            "-out",
            scrypt.to_str().unwrap(),
        ],
        PASSPHRASE,
    );
    let by_python = machine.path("python.pem");
    python(
        "import os, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import *
pem = Ed25519PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(os.environ['PASS'].encode()))
open(sys.argv[1], 'wb').write(pem)",
        &by_python,
        PASSPHRASE,
    );
    let python_spki = python(PYTHON_OPENS, &by_python, PASSPHRASE);
    for (name, path, passphrase, expected) in [
        ("plain", &plain, None, &spki),
        ("scrypt", &scrypt, Some(PASSPHRASE), &spki),
        ("python", &by_python, Some(PASSPHRASE), &python_spki),
    ] {
        let text = pem::read_private_file(path).unwrap();
        let key = pem::decode_private(&text, &KeySource::File(path.clone()), passphrase).unwrap();
        let imported = publisher.import(&id(name), &key, KeepIn::Keyring, SameKey::Allow).unwrap();
        assert_eq!(imported.record.origin, Origin::Imported);
        assert_eq!(&publisher.load(&id(name), None).unwrap().public().spki_der()[..], expected, "{name}");
        // And out again.
        let file = folder.path().join(format!("{name}.backup"));
        publisher.back_up(&id(name), None, &file, PASSPHRASE).unwrap();
        assert_eq!(&openssl("pkey -passin env:PASS -pubout -outform DER -in", &file, PASSPHRASE), expected);
        assert_eq!(&python(PYTHON_OPENS, &file, PASSPHRASE), expected);
    }
}

/// A keyring that answers and keeps nothing.
struct Full;

impl KeyStore for Full {
    fn probe(&self) -> Result<(), KeyStoreError> {
        Ok(())
    }
    fn trial(&self) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Forgets { found: "what was written is not there" })
    }
    fn look(&self, ids: &[KeyId]) -> Result<Vec<aisoc_publisher_core::keystore::Look>, KeyStoreError> {
        Ok(vec![aisoc_publisher_core::keystore::Look::Nothing; ids.len()])
    }
    fn create(&self, _: &KeyId, _: &SecretKey) -> Result<(), KeyStoreError> {
        panic!("there must be no key yet")
    }
    fn load(&self, id: &KeyId) -> Result<SecretKey, KeyStoreError> {
        Err(KeyStoreError::NoSuchKey { id: id.clone() })
    }
    fn contains(&self, _: &KeyId) -> Result<bool, KeyStoreError> {
        Ok(false)
    }
    fn delete(&self, id: &KeyId) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::NoSuchKey { id: id.clone() })
    }
}

#[test]
fn a_keyring_that_keeps_nothing_is_found_before_there_is_a_key() {
    let machine = Machine::new();
    let acme = id("acme");
    let publisher = Publisher::new(&Full, &machine.records);
    let key = SecretKey::generate().unwrap();
    for error in [
        publisher.create(&acme, KeepIn::Keyring).unwrap_err(),
        publisher.import(&acme, &key, KeepIn::Keyring, SameKey::Refuse).unwrap_err(),
    ] {
        assert!(matches!(error, PublisherError::Store(KeyStoreError::Forgets { .. })), "{error}");
        assert!(error.hint().unwrap().contains("in a file"), "{error}");
    }
    assert_eq!(machine.records.all().unwrap(), []);
    // The named second choice does not need it.
    publisher.create(&acme, IN_FILE).unwrap();
}

#[test]
fn the_list_says_of_each_key_whether_it_is_there() {
    let machine = Machine::new();
    let publisher = machine.publisher();
    let in_keyring = ["a-present", "b-missing", "c-other", "d-foreign"].map(id);
    for key in &in_keyring {
        publisher.create(key, KeepIn::Keyring).unwrap();
    }
    for key in ["e-file", "f-no-file"] {
        publisher.create(&id(key), IN_FILE).unwrap();
    }
    let [_, missing, other, foreign] = &in_keyring;
    for key in [missing, other, foreign] {
        machine.store.delete(key).unwrap();
    }
    let theirs = SecretKey::generate().unwrap();
    machine.store.create(other, &theirs).unwrap();
    machine.store.put_foreign(foreign, b"hunter2");
    fs::remove_file(publisher.key_file(&id("f-no-file"))).unwrap();

    let standings: Vec<_> = publisher.list().unwrap().into_iter().map(|status| status.standing).collect();
    assert_eq!(standings[0], Standing::Present { compared: true });
    assert_eq!(standings[1], Standing::Missing);
    assert_eq!(standings[2], Standing::OtherKey { there: theirs.public().fingerprint() });
    assert!(matches!(&standings[3], Standing::Foreign { found } if !found.contains("hunter2")), "{standings:?}");
    assert_eq!(standings[4..], [Standing::Present { compared: false }, Standing::Missing]);
    for standing in &standings {
        let there = matches!(standing, Standing::Present { .. });
        assert_eq!(standing.ways_out().is_empty(), there, "{standing:?}");
    }
}
