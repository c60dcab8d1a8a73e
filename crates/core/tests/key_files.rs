//! Keys in files under a passphrase, and that a key id names one key wherever it is kept.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aisoc_publisher_core::atomic::Obstacle;
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::{KeyId, SecretKey, pem};
use aisoc_publisher_core::keystore::file::{
    MAX_PASSPHRASE_BYTES, MIN_PASSPHRASE_CHARS, PORTABLE_PASSPHRASE_BYTES, check_passphrase,
};
use aisoc_publisher_core::keystore::{
    FileKeyError, FileKeyStore, KeyStore, KeyStoreError, Look, MemoryKeyStore, PassphraseError,
};
use aisoc_publisher_core::publisher::{KeepIn, Publisher, PublisherError, SameKey};
use aisoc_publisher_core::records::{Kept, Records};
use aisoc_publisher_core::task::Cancelled;
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

const PASSPHRASE: &str = "ächt langes Geheimnis 🔑";
const IN_FILE: KeepIn<'static> = KeepIn::File { passphrase: PASSPHRASE };

fn id(text: &str) -> KeyId {
    text.parse().unwrap()
}

fn new() -> (TempDir, FileKeyStore, Records) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::at(folder.path().join("data"));
    (folder, FileKeyStore::new(data.clone()), Records::new(data))
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Runs a program with this environment variable and input, and returns its output, or nothing where it fails.
fn run(program: &str, arguments: &[&str], variable: (&str, &str), input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .env(variable.0, variable.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|e| panic!("this test runs `{program}`: {e}"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn python() -> String {
    std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

#[test]
fn a_key_comes_back_with_its_passphrase_only() {
    let (_folder, files, _) = new();
    let key = SecretKey::generate().unwrap();
    let acme = id("acme");
    assert!(!files.contains(&acme).unwrap());
    assert!(matches!(files.load(&acme, PASSPHRASE), Err(FileKeyError::NoSuchKey { .. })));
    assert!(matches!(files.delete(&acme), Err(FileKeyError::NoSuchKey { .. })));
    files.create(&acme, &key, PASSPHRASE).unwrap();
    assert!(files.contains(&acme).unwrap());
    assert_eq!(files.load(&acme, PASSPHRASE).unwrap().public(), key.public());
    for wrong in ["", "x", &PASSPHRASE[1 + 1..], &format!("{PASSPHRASE} "), &PASSPHRASE.to_lowercase()] {
        let error = files.load(&acme, wrong).err().unwrap();
        assert!(matches!(error, FileKeyError::WrongPassphrase { .. }), "{wrong:?}: {error}");
        assert_eq!(error.code(), Code::WrongPassphrase);
        assert!(wrong.is_empty() || !error.to_string().contains(&format!("`{wrong}`")), "{error}");
    }
    files.delete(&acme).unwrap();
    assert!(!files.contains(&acme).unwrap());
    assert!(!files.path(&acme).exists());
}

#[test]
fn the_file_is_encrypted_and_for_its_owner_alone() {
    let (_folder, files, _) = new();
    let key = SecretKey::generate().unwrap();
    let acme = id("acme");
    files.create(&acme, &key, PASSPHRASE).unwrap();
    let path = files.path(&acme);
    assert!(path.ends_with("data/keys/acme.key"), "{}", path.display());
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{text}");
    let plain = pem::encode_private(&key);
    let secret = plain.lines().nth(1).unwrap();
    assert!(!text.contains(secret));
    #[cfg(unix)]
    {
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        // A folder that was opened to others is closed again before the next key goes there.
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        files.create(&id("second"), &key, PASSPHRASE).unwrap();
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".key")), "{left:?}");
}

#[test]
fn openssl_and_python_open_the_file() {
    let (_folder, files, _) = new();
    let key = SecretKey::generate().unwrap();
    let path = {
        files.create(&id("acme"), &key, PASSPHRASE).unwrap();
        files.path(&id("acme"))
    };
    let path = path.to_str().unwrap();
    let openssl = |passphrase| run("openssl", &["pkey", "-in", path, "-passin", "env:PASS"], ("PASS", passphrase), b"");
    assert_eq!(openssl(PASSPHRASE).expect("openssl opens the file"), pem::encode_private(&key).as_bytes());
    assert_eq!(openssl("another passphrase"), None);
    let longest = "a".repeat(PORTABLE_PASSPHRASE_BYTES);
    files.create(&id("longest"), &key, &longest).unwrap();
    let path_of_longest = files.path(&id("longest"));
    let path_of_longest = path_of_longest.to_str().unwrap();
    let arguments = ["pkey", "-noout", "-in", path_of_longest, "-passin", "env:PASS"];
    assert!(run("openssl", &arguments, ("PASS", &longest), b"").is_some());
    // The parameters that the oldest supported readers open.
    let parsed = run("openssl", &["asn1parse", "-in", path], ("PASS", ""), b"").unwrap();
    let parsed = String::from_utf8(parsed).unwrap();
    let integers: Vec<_> = parsed.lines().filter(|l| l.contains("INTEGER")).map(|l| l.rsplit(':').next()).collect();
    assert_eq!(integers, [Some("4000"), Some("08"), Some("05")], "{parsed}");
    for name in [":PBES2", ":scrypt", ":aes-256-cbc"] {
        assert!(parsed.contains(name), "{name} in {parsed}");
    }

    let program = "import os, sys\n\
        from cryptography.hazmat.primitives.serialization import *\n\
        key = load_pem_private_key(open(sys.argv[1], 'rb').read(), os.environ['PASS'].encode())\n\
        sys.stdout.buffer.write(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))";
    let python = |passphrase| run(&python(), &["-c", program, path], ("PASS", passphrase), b"");
    assert_eq!(python(PASSPHRASE).expect("Python's cryptography opens the file"), key.public().as_bytes());
    assert_eq!(python("another passphrase"), None);
    assert!(run(&self::python(), &["-c", program, path_of_longest], ("PASS", &longest), b"").is_some());
}

#[test]
fn what_openssl_put_there_opens() {
    let (_folder, files, _) = new();
    let acme = id("acme");
    fs::create_dir_all(files.path(&acme).parent().unwrap()).unwrap();
    let key = SecretKey::generate().unwrap();
    let path = files.path(&acme);
    let arguments = ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "env:PASS", "-out", path.to_str().unwrap()];
    // Shorter than a new one may be: a key that is there opens with what it has.
    run("openssl", &arguments, ("PASS", "short"), pem::encode_private(&key).as_bytes()).unwrap();
    assert_eq!(files.load(&acme, "short").unwrap().public(), key.public());
}

#[test]
fn passphrases_are_counted_in_characters_and_never_cut() {
    assert_eq!(MIN_PASSPHRASE_CHARS, 12);
    for (passphrase, answer) in [
        (String::new(), Err(PassphraseError::TooShort)),
        ("a".repeat(11), Err(PassphraseError::TooShort)),
        // 44 bytes, and 11 characters.
        ("🔑".repeat(11), Err(PassphraseError::TooShort)),
        ("a".repeat(12), Ok(())),
        ("🔑".repeat(12), Ok(())),
        (" ".repeat(12), Ok(())),
        ("a".repeat(MAX_PASSPHRASE_BYTES), Ok(())),
        ("a".repeat(MAX_PASSPHRASE_BYTES + 1), Err(PassphraseError::TooLong)),
    ] {
        assert_eq!(check_passphrase(&passphrase), answer, "{} bytes", passphrase.len());
    }
    let (folder, files, _) = new();
    let key = SecretKey::generate().unwrap();
    let long = "a".repeat(MAX_PASSPHRASE_BYTES);
    files.create(&id("acme"), &key, &long).unwrap();
    assert_eq!(files.load(&id("acme"), &long).unwrap().public(), key.public());
    // One character less in the end, where a cut would hide it.
    assert!(matches!(files.load(&id("acme"), &long[1..]), Err(FileKeyError::WrongPassphrase { .. })));
    assert!(files.load(&id("acme"), &format!("{long}a")).is_err());

    // Refused before anything is made.
    let nowhere = FileKeyStore::new(DataFolder::at(folder.path().join("fresh")));
    let error = nowhere.create(&id("acme"), &key, "too short").unwrap_err();
    assert_eq!(error.code(), Code::PassphraseTooShort);
    assert!(!folder.path().join("fresh").exists());
}

#[test]
fn nothing_is_replaced_and_no_link_followed() {
    let (folder, files, _) = new();
    let key = SecretKey::generate().unwrap();
    let acme = id("acme");
    files.create(&acme, &key, PASSPHRASE).unwrap();
    let before = fs::read(files.path(&acme)).unwrap();
    let error = files.create(&acme, &SecretKey::generate().unwrap(), PASSPHRASE).unwrap_err();
    assert!(matches!(error, FileKeyError::Exists { .. }) && error.code() == Code::KeyExists, "{error}");
    assert_eq!(fs::read(files.path(&acme)).unwrap(), before);

    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        let linked = id("linked");
        for target in [files.path(&acme), folder.path().join("nowhere")] {
            symlink(&target, files.path(&linked)).unwrap();
            assert!(matches!(files.create(&linked, &key, PASSPHRASE), Err(FileKeyError::Exists { .. })));
            let symlinked = |error| matches!(error, FileKeyError::NotAFile { what: Obstacle::Symlink, .. });
            assert!(files.load(&linked, PASSPHRASE).is_err_and(symlinked));
            assert!(files.delete(&linked).is_err_and(symlinked));
            assert!(!folder.path().join("nowhere").exists());
            fs::remove_file(files.path(&linked)).unwrap();
        }
        assert_eq!(fs::read(files.path(&acme)).unwrap(), before);

        // A folder in somebody else's hands.
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        let data = DataFolder::at(folder.path().join("other"));
        fs::create_dir(data.path()).unwrap();
        symlink(&elsewhere, data.path().join("keys")).unwrap();
        let error = FileKeyStore::new(data).create(&acme, &key, PASSPHRASE).unwrap_err();
        assert!(matches!(error, FileKeyError::NotAFolder { what: Obstacle::Symlink, .. }), "{error}");
        assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 0);

        // A FIFO would be waited for without end.
        let fifo = id("fifo");
        assert!(Command::new("mkfifo").arg(files.path(&fifo)).status().unwrap().success());
        assert!(files.load(&fifo, PASSPHRASE).is_err());
    }
}

#[test]
fn other_content_is_no_key_and_a_plain_one_is_not_used() {
    let (_folder, files, _) = new();
    let acme = id("acme");
    fs::create_dir_all(files.path(&acme).parent().unwrap()).unwrap();
    let key = SecretKey::generate().unwrap();
    fs::write(files.path(&acme), pem::encode_private(&key).as_bytes()).unwrap();
    let error = files.load(&acme, PASSPHRASE).err().unwrap();
    assert!(matches!(error, FileKeyError::NotEncrypted { .. }), "{error}");
    for (content, code) in [
        (Vec::new(), Code::BadPrivateKey),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n".to_vec(), Code::BadPrivateKey),
        (vec![b'x'; 70_000], Code::BadPrivateKey),
        (pem::encode_public(key.public()).into_bytes(), Code::WrongKeyKind),
    ] {
        fs::write(files.path(&acme), content).unwrap();
        let error = files.load(&acme, PASSPHRASE).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(error.place().unwrap().path, files.path(&acme));
    }
}

#[test]
fn of_many_writers_one_wins() {
    let (_folder, files, _) = new();
    let acme = id("acme");
    let keys: Vec<_> = (0..4).map(|_| SecretKey::generate().unwrap()).collect();
    let made: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            keys.iter().map(|key| scope.spawn(|| files.create(&acme, key, PASSPHRASE).is_ok())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
    let winner = &keys[made.iter().position(|made| *made).unwrap()];
    assert_eq!(files.load(&acme, PASSPHRASE).unwrap().public(), winner.public());
}

/// A keyring that cannot be asked.
struct Silent(fn() -> KeyStoreError);

/// One that gives no answer, and one whose user presses Cancel.
const BROKEN: Silent =
    Silent(|| KeyStoreError::TimedOut { operation: "ask".to_owned(), limit: Duration::from_secs(1) });
const CANCELLED: Silent = Silent(|| KeyStoreError::Cancelled(Cancelled));

impl KeyStore for Silent {
    fn probe(&self) -> Result<(), KeyStoreError> {
        Err(self.0())
    }
    fn trial(&self) -> Result<(), KeyStoreError> {
        Err(self.0())
    }
    fn look(&self, _: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
        Err(self.0())
    }
    fn create(&self, _: &KeyId, _: &SecretKey) -> Result<(), KeyStoreError> {
        Err(self.0())
    }
    fn load(&self, _: &KeyId) -> Result<SecretKey, KeyStoreError> {
        Err(self.0())
    }
    fn contains(&self, _: &KeyId) -> Result<bool, KeyStoreError> {
        Err(self.0())
    }
    fn delete(&self, _: &KeyId) -> Result<(), KeyStoreError> {
        Err(self.0())
    }
}

#[test]
fn the_record_says_where_a_key_is_loaded_from() {
    let (_folder, files, records) = new();
    let (in_file, in_keyring) = (id("in-file"), id("in-keyring"));
    let keyring = MemoryKeyStore::new();
    // No keyring is needed for a key in a file.
    let made = Publisher::new(&BROKEN, &records).create(&in_file, IN_FILE).unwrap();
    assert_eq!((made.kept, records.find(&in_file).unwrap()), (Kept::File, Some(made.clone())));
    assert!(fs::read_to_string(records.path()).unwrap().contains("\"kept\": \"file\""));
    assert_eq!(Publisher::new(&BROKEN, &records).load(&in_file, Some(PASSPHRASE)).unwrap().public(), &made.spki);
    let error = Publisher::new(&BROKEN, &records).load(&in_file, None).err().unwrap();
    assert!(matches!(error, PublisherError::PassphraseNeeded { .. }), "{error}");
    assert_eq!(error.code(), Code::PassphraseNeeded);
    let error = Publisher::new(&BROKEN, &records).load(&in_file, Some("another passphrase")).err().unwrap();
    assert_eq!(error.code(), Code::WrongPassphrase);

    let made = Publisher::new(&keyring, &records).create(&in_keyring, KeepIn::Keyring).unwrap();
    for passphrase in [None, Some(PASSPHRASE)] {
        assert_eq!(Publisher::new(&keyring, &records).load(&in_keyring, passphrase).unwrap().public(), &made.spki);
    }
    assert_eq!(Publisher::new(&BROKEN, &records).kept(&in_file).unwrap(), Kept::File);
    assert_eq!(Publisher::new(&BROKEN, &records).kept(&in_keyring).unwrap(), Kept::Keyring);

    // Without its record a file is still found.
    records.remove(&in_file).unwrap();
    assert_eq!(Publisher::new(&BROKEN, &records).kept(&in_file).unwrap(), Kept::File);
    Publisher::new(&BROKEN, &records).load(&in_file, Some(PASSPHRASE)).unwrap();

    // The file holds another key than the remembered one.
    let made = Publisher::new(&keyring, &records).create(&id("swapped"), IN_FILE).unwrap();
    files.delete(&id("swapped")).unwrap();
    let error = Publisher::new(&keyring, &records).load(&id("swapped"), None).err().unwrap();
    assert!(matches!(error, PublisherError::File(FileKeyError::NoSuchKey { .. })), "{error}");
    files.create(&id("swapped"), &SecretKey::generate().unwrap(), PASSPHRASE).unwrap();
    let error = Publisher::new(&keyring, &records).load(&id("swapped"), Some(PASSPHRASE)).err().unwrap();
    assert!(matches!(error, PublisherError::Mismatch { place: Kept::File, .. }), "{error}");
    assert!(error.to_string().contains(&made.fingerprint.short()), "{error}");
}

#[test]
fn a_key_in_a_keyring_that_does_not_answer_comes_back_into_a_file() {
    let (folder, _, records) = new();
    let (keyring, acme, file) = (MemoryKeyStore::new(), id("acme"), folder.path().join("acme-backup.key"));
    let made = Publisher::new(&keyring, &records).create(&acme, KeepIn::Keyring).unwrap();
    Publisher::new(&keyring, &records).back_up(&acme, None, &file, PASSPHRASE).unwrap();
    let publisher = Publisher::new(&BROKEN, &records);
    // Not into the keyring, which may hold anything; and nobody can make another key of this name meanwhile.
    let error = publisher.restore(&file, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::KeyringTimedOut, "{error}");
    let error = publisher.import(&acme, &SecretKey::generate().unwrap(), IN_FILE, SameKey::Refuse).unwrap_err();
    assert!(matches!(error, PublisherError::IdTaken { .. }), "{error}");
    let restored = publisher.restore(&file, PASSPHRASE, None, IN_FILE, SameKey::Refuse).unwrap();
    assert_eq!((restored.reattached, restored.record.kept), (true, Kept::File));
    assert_eq!(publisher.load(&acme, Some(PASSPHRASE)).unwrap().public(), &made.spki);
}

#[test]
fn who_cancels_gets_no_key_in_a_file_either() {
    let (_folder, files, records) = new();
    let (acme, missing, key) = (id("acme"), id("missing"), SecretKey::generate().unwrap());
    let keyring = MemoryKeyStore::new();
    Publisher::new(&keyring, &records).import(&missing, &key, KeepIn::Keyring, SameKey::Refuse).unwrap();
    let publisher = Publisher::new(&CANCELLED, &records);
    for error in [
        publisher.create(&acme, IN_FILE).unwrap_err(),
        publisher.import(&acme, &SecretKey::generate().unwrap(), IN_FILE, SameKey::Refuse).unwrap_err(),
        publisher.rotate(&missing, Some(&acme), IN_FILE).unwrap_err(),
        // Its record would go on.
        publisher.import(&missing, &key, IN_FILE, SameKey::Refuse).unwrap_err(),
    ] {
        assert_eq!(error.code(), Code::Cancelled, "{error}");
    }
    assert!(!files.contains(&acme).unwrap() && !files.contains(&missing).unwrap());
    assert_eq!(records.find(&acme).unwrap(), None);
}

#[test]
fn an_id_names_one_key_in_both_places() {
    let (_folder, files, records) = new();
    let keyring = MemoryKeyStore::new();
    let acme = id("acme");
    Publisher::new(&keyring, &records).create(&acme, IN_FILE).unwrap();
    for record in [true, false] {
        for error in [
            Publisher::new(&keyring, &records).create(&acme, KeepIn::Keyring).unwrap_err(),
            Publisher::new(&keyring, &records).create(&acme, IN_FILE).unwrap_err(),
        ] {
            assert!(matches!(error, PublisherError::File(FileKeyError::Exists { .. })), "record {record}: {error}");
        }
        assert!(!keyring.contains(&acme).unwrap());
        records.remove(&acme).unwrap();
    }

    let other = id("other");
    Publisher::new(&keyring, &records).create(&other, KeepIn::Keyring).unwrap();
    // The keyring does not answer, and the record knows better than to take its silence for no.
    let error = Publisher::new(&BROKEN, &records).create(&other, IN_FILE).unwrap_err();
    assert!(matches!(error, PublisherError::Taken { .. }) && error.code() == Code::KeyExists, "{error}");
    for _ in ["with a record", "without"] {
        let error = Publisher::new(&keyring, &records).create(&other, IN_FILE).unwrap_err();
        assert!(matches!(error, PublisherError::Store(KeyStoreError::Exists { .. })), "{error}");
        records.remove(&other).unwrap();
    }
    assert!(!files.contains(&other).unwrap());

    // Gone from where it was kept: its name is not given to another key unasked, in either place.
    let gone = id("gone");
    Publisher::new(&keyring, &records).create(&gone, IN_FILE).unwrap();
    files.delete(&gone).unwrap();
    for error in [
        Publisher::new(&keyring, &records).create(&gone, KeepIn::Keyring).unwrap_err(),
        Publisher::new(&keyring, &records).create(&gone, IN_FILE).unwrap_err(),
    ] {
        assert!(matches!(error, PublisherError::RecordWithoutKey { kept: Kept::File, .. }), "{error}");
    }
}

#[test]
fn of_keyring_and_file_at_once_one_wins() {
    let (_folder, files, records) = new();
    let keyring = MemoryKeyStore::new();
    for round in 0..4 {
        let acme = id(&format!("acme-{round}"));
        let made = std::thread::scope(|scope| {
            let file = scope.spawn(|| Publisher::new(&keyring, &records).create(&acme, IN_FILE).is_ok());
            let ring = scope.spawn(|| Publisher::new(&keyring, &records).create(&acme, KeepIn::Keyring).is_ok());
            [file.join().unwrap(), ring.join().unwrap()]
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
        assert_eq!([files.contains(&acme).unwrap(), keyring.contains(&acme).unwrap()], made);
    }
}

#[test]
fn a_key_that_cannot_be_remembered_is_not_kept_in_a_file() {
    let (_folder, files, records) = new();
    let acme = id("acme");
    fs::create_dir_all(records.path().parent().unwrap()).unwrap();
    fs::create_dir(records.path().with_file_name("keys.lock")).unwrap();
    let error = Publisher::new(&BROKEN, &records).create(&acme, IN_FILE).unwrap_err();
    assert!(matches!(error, PublisherError::Records(_)), "{error}");
    assert!(!files.contains(&acme).unwrap());
}

#[test]
fn a_public_key_is_found_without_a_passphrase() {
    let (_folder, files, records) = new();
    let store = MemoryKeyStore::new();
    let recorded = Publisher::new(&store, &records).create(&id("acme"), IN_FILE).unwrap();
    assert_eq!(Publisher::new(&store, &records).public_key(&id("acme")).unwrap(), recorded.spki);
    let in_keyring = SecretKey::generate().unwrap();
    store.create(&id("ring"), &in_keyring).unwrap();
    assert_eq!(Publisher::new(&store, &records).public_key(&id("ring")).unwrap(), *in_keyring.public());

    // Without its record, only the passphrase would tell.
    records.remove(&id("acme")).unwrap();
    let error = Publisher::new(&store, &records).public_key(&id("acme")).unwrap_err();
    assert!(
        matches!(&error, PublisherError::PublicKeyUnknown { path, .. } if *path == files.path(&id("acme"))),
        "{error}"
    );
    assert_ne!(error.code(), Code::PassphraseNeeded);
    let hint = error.hint().unwrap();
    assert!(hint.contains("--public-key PEM") && !hint.contains("--passphrase"), "{hint}");
    assert_eq!(Publisher::new(&store, &records).public_key(&id("none")).unwrap_err().code(), Code::NoSuchKey);
}
