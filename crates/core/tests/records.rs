//! What is remembered of keys, and that store and records stay in step.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::keystore::{KeyStore, KeyStoreError, MemoryKeyStore};
use aisoc_publisher_core::publisher::{KeepIn, Publisher, PublisherError};
use aisoc_publisher_core::records::{Done, Kept, Origin, Reason, Record, Records, RecordsError, Revoked};
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

fn id(text: &str) -> KeyId {
    text.parse().unwrap()
}

fn new() -> (TempDir, Records) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::new(DataFolder::at(folder.path().join("data")));
    (folder, records)
}

fn write(records: &Records, text: &str) {
    fs::create_dir_all(records.path().parent().unwrap()).unwrap();
    fs::write(records.path(), text).unwrap();
}

/// One record as format 1 had it. The key is RFC 8032's first; its fingerprint is from Python
/// `hashlib`.
const FORMAT_1: &str = r#"{
  "format": 1,
  "keys": [
    {
      "key_id": "acme",
      "spki": "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "fingerprint": "06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9",
      "created": "2026-01-02T03:04:05Z",
      "kept": "keyring"
    }
  ]
}
"#;

/// The same in format 2.
fn file() -> String {
    FORMAT_1
        .replace("\"format\": 1", "\"format\": 2")
        .replace("\"keyring\"", "\"keyring\",\n      \"origin\": \"created\"")
}

fn record() -> Record {
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let der = hex::decode(format!("302e020100300506032b657004220420{seed}")).unwrap();
    let mut record =
        Record::of_new_key(id("acme"), SecretKey::from_pkcs8_v1_der(&der).unwrap().public(), Kept::Keyring);
    record.created = "2026-01-02T03:04:05Z".parse().unwrap();
    record
}

#[test]
fn the_file_is_format_2() {
    let (_folder, records) = new();
    assert_eq!(records.all().unwrap(), []);
    assert!(!records.path().parent().unwrap().exists(), "reading made a folder");
    assert_eq!(records.put(record()).unwrap(), None);
    assert_eq!(fs::read_to_string(records.path()).unwrap(), file());
    assert_eq!(records.all().unwrap(), [record()]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&records.path()), 0o600);
        assert_eq!(mode(records.path().parent().unwrap()), 0o700);
    }
    assert_eq!(records.put(record()).unwrap(), Some(record()));
    assert_eq!(records.remove(&id("acme")).unwrap(), Some(record()));
    assert_eq!(records.remove(&id("acme")).unwrap(), None);
    assert_eq!(records.all().unwrap(), []);
}

#[test]
fn format_1_is_read_and_becomes_format_2_with_the_next_change() {
    let (_folder, records) = new();
    write(&records, FORMAT_1);
    assert_eq!(records.all().unwrap(), [record()]);
    assert_eq!(fs::read_to_string(records.path()).unwrap(), FORMAT_1, "reading changes nothing");
    assert_eq!(records.update(&id("other"), |_| panic!("there is none")).unwrap(), None);
    assert_eq!(fs::read_to_string(records.path()).unwrap(), FORMAT_1, "nothing was changed");
    assert_eq!(records.update(&id("acme"), |_| {}).unwrap(), Some(record()));
    assert_eq!(fs::read_to_string(records.path()).unwrap(), file());
    assert_eq!(records.all().unwrap(), [record()]);
    // Format 1 knew no other fields.
    write(&records, &file().replace("\"format\": 2", "\"format\": 1"));
    assert_eq!(records.all().unwrap_err().code(), Code::RecordsDamaged);
}

#[test]
fn everything_that_happens_to_a_key_is_remembered() {
    let (_folder, records) = new();
    let at = "2026-02-03T04:05:06Z".parse().unwrap();
    let done = |place: &str| Some(Done { at, place: place.to_owned() });
    let full = Record {
        kept: Kept::File,
        origin: Origin::Restored,
        backed_up: done("/media/stick/acme.backup.pem"),
        last_used: Some(at),
        handed_over: done("/home/me/for the operator"),
        succeeds: Some(id("acme-2024")),
        succeeded_by: Some(id("acme-2026")),
        revoked: Some(Revoked { at, reason: Reason::Stolen }),
        deleted: Some(at),
        ..record()
    };
    records.put(full.clone()).unwrap();
    assert_eq!(records.find(&id("acme")).unwrap(), Some(full));
    let text = fs::read_to_string(records.path()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        json["keys"][0]["revoked"],
        serde_json::json!({"at": "2026-02-03T04:05:06Z", "reason": "stolen"}),
        "{text}"
    );
    assert_eq!(json["keys"][0]["backed_up"]["place"], "/media/stick/acme.backup.pem");
}

#[test]
fn a_new_record_has_the_time_in_whole_seconds() {
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let record = Record::of_new_key(id("acme"), SecretKey::generate().unwrap().public(), Kept::Keyring);
    let made = record.created.as_second().cast_unsigned();
    assert!((before..=before + 60).contains(&made), "{made} is not about {before}");
    let text = record.created.to_string();
    assert!(text.len() == 20 && text.ends_with('Z'), "{text}");
}

#[test]
fn what_is_not_understood_is_told_and_left_alone() {
    let file = file();
    let fingerprint = file.split("\"fingerprint\": \"").nth(1).unwrap()[..64].to_owned();
    let second = file.split_once("[\n").unwrap().1.split_once("\n  ]").unwrap().0;
    for (what, text, code, said) in [
        ("empty", String::new(), Code::RecordsDamaged, "EOF"),
        ("junk", "hello".to_owned(), Code::RecordsDamaged, "line 1"),
        ("cut", file[..300].to_owned(), Code::RecordsDamaged, "EOF"),
        ("a list", "[]".to_owned(), Code::RecordsDamaged, "line 1"),
        ("newer", r#"{"format": 3, "vaults": {}}"#.to_owned(), Code::RecordsNewer, "format 3"),
        ("format 0", r#"{"format": 0, "keys": []}"#.to_owned(), Code::RecordsDamaged, "format is 0"),
        ("a bad id", file.replace("acme", "Acme"), Code::RecordsDamaged, "upper-case"),
        ("other kept", file.replace("keyring", "cloud"), Code::RecordsDamaged, "cloud"),
        ("unknown field", file.replace("\"kept\"", "\"more\": 1, \"kept\""), Code::RecordsDamaged, "more"),
        ("no such day", file.replace("01-02T", "02-30T"), Code::RecordsDamaged, "day"),
        (
            "fingerprint of another key",
            file.replace(&fingerprint, &"0".repeat(64)),
            Code::RecordsDamaged,
            "belong together",
        ),
        ("twice", file.replace(second, &format!("{second},\n{second}")), Code::RecordsDamaged, "two records"),
    ] {
        let (_folder, records) = new();
        write(&records, &text);
        for error in [records.all().map(drop).unwrap_err(), records.put(record()).map(drop).unwrap_err()] {
            assert_eq!(error.code(), code, "{what}: {error}");
            assert!(error.to_string().contains(said), "{what}: {error}");
            assert_eq!(error.place().unwrap().path, records.path(), "{what}");
            assert!(error.hint().is_some(), "{what}");
        }
        assert_eq!(fs::read_to_string(records.path()).unwrap(), text, "{what}");
    }
    let (_folder, records) = new();
    write(&records, "{\n  \"format\": 1,\n  oops\n}");
    let place = records.all().unwrap_err().place().unwrap();
    assert_eq!(place.position, Some((3, 3)));
}

#[test]
fn writers_at_once_lose_nothing() {
    let (_folder, records) = new();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let records = &records;
            scope.spawn(move || {
                for n in 0..5 {
                    let key = SecretKey::generate().unwrap();
                    let name = id(&format!("key-{writer}-{n}"));
                    records.put(Record::of_new_key(name, key.public(), Kept::Keyring)).unwrap();
                }
            });
        }
    });
    let ids: Vec<String> = records.all().unwrap().iter().map(|r| r.key_id.to_string()).collect();
    assert_eq!(ids.len(), 40);
    assert!(ids.is_sorted());
}

#[test]
fn a_key_that_cannot_be_remembered_is_not_kept() {
    let (_folder, records) = new();
    let store = MemoryKeyStore::new();
    write(&records, "damaged");
    let error = Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap_err();
    assert_eq!(error.code(), Code::RecordsDamaged);
    assert!(!store.contains(&id("acme")).unwrap());

    // Readable and not writable: what the key was made for fails only afterwards.
    fs::remove_file(records.path()).unwrap();
    fs::create_dir(records.path().with_file_name("keys.lock")).unwrap();
    let error = Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap_err();
    assert!(matches!(error, PublisherError::Records(RecordsError::DataFolder(_))), "{error}");
    assert!(!store.contains(&id("acme")).unwrap());
}

#[test]
fn keys_and_records_agree_or_it_is_said() {
    let (_folder, records) = new();
    let store = MemoryKeyStore::new();
    let made = Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap();
    assert_eq!(Publisher::new(&store, &records).load(&id("acme"), None).unwrap().public(), &made.spki);
    let again = Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap_err();
    assert!(matches!(again, PublisherError::Store(KeyStoreError::Exists { .. })), "{again}");
    assert_eq!(records.all().unwrap(), std::slice::from_ref(&made));

    // Another program replaces the key.
    store.delete(&id("acme")).unwrap();
    store.create(&id("acme"), &SecretKey::generate().unwrap()).unwrap();
    let error = Publisher::new(&store, &records).load(&id("acme"), None).err().unwrap();
    assert!(matches!(error, PublisherError::Mismatch { .. }), "{error}");
    assert!(error.to_string().contains(&made.fingerprint.short()), "{error}");

    // It is gone: its name is not given to another key unasked.
    store.delete(&id("acme")).unwrap();
    let error = Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap_err();
    assert!(matches!(error, PublisherError::RecordWithoutKey { .. }), "{error}");

    // A key that the records do not know is loaded all the same.
    store.create(&id("other"), &SecretKey::generate().unwrap()).unwrap();
    Publisher::new(&store, &records).load(&id("other"), None).unwrap();
    store.put_foreign(&id("theirs"), b"hunter2");
    let error = Publisher::new(&store, &records).load(&id("theirs"), None).err().unwrap();
    assert_eq!(error.code(), Code::KeyForeign);
}
