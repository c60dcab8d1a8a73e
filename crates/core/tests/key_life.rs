//! The end of a key's life: deleting, forgetting, rotating, revoking.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::keystore::{FileKeyStore, KeyStore, KeyStoreError, Look, MemoryKeyStore};
use aisoc_publisher_core::publisher::{
    KeepIn, NextStep, OnlyCopy, Publisher, PublisherError, SameKey, SignedPlugin, Standing,
};
use aisoc_publisher_core::receipts::Receipts;
use aisoc_publisher_core::records::{Kept, Reason, Records};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

const PASSPHRASE: &str = "five other words for it";
const IN_FILE: KeepIn<'static> = KeepIn::File { passphrase: PASSPHRASE };

struct Machine {
    root: TempDir,
    store: MemoryKeyStore,
    records: Records,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let records = Records::new(DataFolder::at(root.path().join("data")));
        Self { root, store: MemoryKeyStore::new(), records }
    }

    fn publisher(&self) -> Publisher<'_> {
        Publisher::new(&self.store, &self.records)
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.root.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn back_up(&self, id: &KeyId) -> PathBuf {
        let file = self.root.path().join(format!("{id}.backup.pem"));
        self.publisher().back_up(id, Some(PASSPHRASE), &file, PASSPHRASE).unwrap();
        file
    }

    /// Signs a plugin of this id as the command and the window do.
    fn sign(&self, plugin: &str, version: &str, key: &KeyId) {
        let dir = self.folder(plugin);
        let manifest = format!("id: {plugin}\nname: {plugin}\nversion: '{version}'\nplugin_type: enricher\n");
        fs::write(dir.join("plugin.yaml"), manifest).unwrap();
        fs::write(dir.join("plugin.py"), "a = 1\n").unwrap();
        let secret = self.publisher().load(key, Some(PASSPHRASE)).unwrap();
        let receipts = Receipts::new(self.records.folder().clone());
        let task = Task::unwatched();
        let signed =
            Plan::look(&dir, &task).unwrap().sign_and_keep(Some(key), &secret, None, Ok(receipts), &task).unwrap();
        assert!(signed.not_kept.is_none());
    }
}

fn id(text: &str) -> KeyId {
    text.parse().unwrap()
}

fn names(plugins: &[SignedPlugin]) -> Vec<String> {
    plugins.iter().map(|plugin| format!("{} {}", plugin.id, plugin.version)).collect()
}

#[test]
fn the_only_copy_is_deleted_only_by_who_means_it() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    let made = publisher.create(&acme, KeepIn::Keyring).unwrap();
    machine.sign("one", "1.0.0", &acme);

    let plan = publisher.plan_deletion(&acme).unwrap();
    assert!(plan.only_copy && plan.backup.is_none() && plan.path.is_none());
    assert_eq!(names(&plan.signed.plugins), ["one 1.0.0"]);
    for typed in ["", "acm", "Acme", "acme "] {
        let error = publisher.delete(&acme, typed, OnlyCopy::Delete).unwrap_err();
        assert!(matches!(error, PublisherError::NotTyped { .. }) && error.code() == Code::NotConfirmed, "{error}");
    }
    let error = publisher.delete(&acme, "acme", OnlyCopy::Refuse).unwrap_err();
    assert!(matches!(error, PublisherError::OnlyCopy { .. }) && error.code() == Code::OnlyCopy, "{error}");
    assert!(machine.store.contains(&acme).unwrap());

    let record = publisher.delete(&acme, "acme", OnlyCopy::Delete).unwrap();
    assert!(record.deleted.is_some() && !machine.store.contains(&acme).unwrap());
    // Operators may trust it still, so what is public stays.
    assert_eq!(publisher.public_key(&acme).unwrap(), made.spki);
    assert_eq!(publisher.show(&acme).unwrap().standing, Standing::Deleted);
    for error in [
        publisher.load(&acme, None).err().unwrap(),
        publisher.expect_signing(&acme).unwrap_err(),
        publisher.create(&acme, KeepIn::Keyring).unwrap_err(),
        publisher.create(&acme, IN_FILE).unwrap_err(),
        publisher.plan_deletion(&acme).unwrap_err(),
        publisher.delete(&acme, "acme", OnlyCopy::Delete).unwrap_err(),
    ] {
        assert!(matches!(error, PublisherError::Deleted { .. }) && error.code() == Code::KeyDeleted, "{error}");
    }
}

#[test]
fn a_key_with_a_backup_is_deleted_and_comes_back() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    let made = publisher.create(&acme, IN_FILE).unwrap();
    let file = machine.back_up(&acme);
    let plan = publisher.plan_deletion(&acme).unwrap();
    assert!(!plan.only_copy && plan.backup_in_reach);
    assert_eq!(plan.path.as_deref(), Some(publisher.key_file(&acme).as_path()));
    publisher.delete(&acme, "acme", OnlyCopy::Refuse).unwrap();
    assert!(!publisher.key_file(&acme).exists());

    let back = publisher.restore(&file, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap();
    assert!(back.reattached);
    assert_eq!((back.record.deleted, back.record.kept, back.record.spki), (None, Kept::Keyring, made.spki));
    publisher.load(&acme, None).unwrap();
    // A disk that is not plugged in is no lost backup; a file that is gone from its folder is.
    let (disk, unplugged) = (machine.folder("disk"), machine.folder("unplugged"));
    let moved = disk.join("acme-backup.key");
    fs::rename(file, &moved).unwrap();
    publisher.drill(Some(&acme), &moved, PASSPHRASE).unwrap();
    fs::rename(&disk, &unplugged).unwrap();
    let plan = publisher.plan_deletion(&acme).unwrap();
    assert!(!plan.backup_in_reach && !plan.only_copy);
    fs::rename(&unplugged, &disk).unwrap();
    fs::remove_file(&moved).unwrap();
    let plan = publisher.plan_deletion(&acme).unwrap();
    assert!(!plan.backup_in_reach && plan.only_copy && plan.backup.is_some());
    let error = publisher.delete(&acme, "acme", OnlyCopy::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::OnlyCopy);
    assert!(error.to_string().contains(&*moved.to_string_lossy()), "{error}");
    assert!(machine.store.contains(&acme).unwrap());
    // The folder is there and the disk is not: whoever is sure deletes it.
    publisher.delete(&acme, "acme", OnlyCopy::Delete).unwrap();
}

#[test]
fn what_another_program_put_there_is_not_deleted() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    machine.store.delete(&acme).unwrap();
    machine.store.create(&acme, &SecretKey::generate().unwrap()).unwrap();
    let error = publisher.delete(&acme, "acme", OnlyCopy::Delete).unwrap_err();
    assert!(matches!(error, PublisherError::Mismatch { .. }), "{error}");
    let error = publisher.forget(&acme, "acme").unwrap_err();
    assert!(matches!(error, PublisherError::NotGone { .. }) && error.code() == Code::KeyPresent, "{error}");
    assert!(machine.store.contains(&acme).unwrap() && publisher.record(&acme).unwrap().deleted.is_none());
}

#[test]
fn the_record_of_a_key_that_is_gone_can_be_forgotten() {
    let machine = Machine::new();
    let (publisher, files) = (machine.publisher(), FileKeyStore::new(machine.records.folder().clone()));
    for (name, keep) in [("ring", KeepIn::Keyring), ("file", IN_FILE)] {
        let key = id(name);
        let first = publisher.create(&key, keep).unwrap();
        assert!(matches!(publisher.forget(&key, name), Err(PublisherError::NotGone { .. })), "{name} is there");
        match keep {
            KeepIn::Keyring => machine.store.delete(&key).unwrap(),
            KeepIn::File { .. } => files.delete(&key).unwrap(),
        }
        // Gone already, so nothing is left to be the only copy of.
        assert!(!publisher.plan_deletion(&key).unwrap().only_copy);
        assert!(matches!(publisher.forget(&key, "other"), Err(PublisherError::NotTyped { .. })));
        assert_eq!(publisher.forget(&key, name).unwrap(), first);
        assert!(matches!(publisher.record(&key), Err(PublisherError::NoRecord { .. })));
        publisher.create(&key, keep).unwrap();
        publisher.delete(&key, name, OnlyCopy::Delete).unwrap();
        publisher.forget(&key, name).unwrap();
    }
    assert_eq!(machine.records.all().unwrap(), []);
}

#[test]
fn a_rotation_says_what_comes_next_until_the_old_key_is_gone() {
    let machine = Machine::new();
    let (publisher, old) = (machine.publisher(), id("acme"));
    publisher.create(&old, KeepIn::Keyring).unwrap();
    assert!(matches!(publisher.overlap(&old), Err(PublisherError::NoSuccessor { .. })));
    machine.sign("one", "1.0.0", &old);
    machine.sign("two", "1.0.0", &old);

    assert_eq!(publisher.suggest_successor(&old).unwrap(), id("acme-2"));
    let new = publisher.rotate(&old, None, IN_FILE).unwrap();
    assert_eq!((&new.key_id, new.succeeds.as_ref()), (&id("acme-2"), Some(&old)));
    assert_eq!(publisher.record(&old).unwrap().succeeded_by.as_ref(), Some(&new.key_id));
    let error = publisher.rotate(&old, Some(&id("third")), IN_FILE).unwrap_err();
    assert!(matches!(&error, PublisherError::Succeeded { by, .. } if *by == new.key_id), "{error}");
    assert!(publisher.record(&id("third")).is_err(), "no key was made");

    let overlap = |from: &KeyId| publisher.overlap(from).unwrap();
    assert_eq!(overlap(&old), overlap(&new.key_id));
    assert_eq!(overlap(&old).next(), NextStep::HandOver);
    publisher.hand_over(&new.key_id, &machine.folder("operator")).unwrap();
    assert_eq!(overlap(&old).next(), NextStep::SignAgain);
    assert_eq!(names(&overlap(&old).to_sign_again), ["one 1.0.0", "two 1.0.0"]);

    machine.sign("one", "1.1.0", &new.key_id);
    assert_eq!(names(&overlap(&old).to_sign_again), ["two 1.0.0"]);
    machine.sign("two", "1.0.0", &new.key_id);
    assert_eq!(overlap(&old).next(), NextStep::OldMayGo);
    // Whoever signs with the old one once more has it to do again.
    machine.sign("one", "1.2.0", &old);
    assert_eq!(names(&overlap(&old).to_sign_again), ["one 1.2.0"]);
    machine.sign("one", "1.2.0", &new.key_id);
    publisher.delete(&old, "acme", OnlyCopy::Delete).unwrap();
    assert_eq!(overlap(&old).next(), NextStep::Nothing);
}

#[test]
fn a_forgotten_key_neither_blocks_a_rotation_nor_lends_its_place_to_another() {
    let machine = Machine::new();
    let (publisher, old, new) = (machine.publisher(), id("acme"), id("acme-2"));
    publisher.create(&old, KeepIn::Keyring).unwrap();
    for forgotten in [&new, &old] {
        publisher.rotate(&old, Some(&new), KeepIn::Keyring).unwrap();
        publisher.delete(forgotten, forgotten.as_str(), OnlyCopy::Delete).unwrap();
        publisher.forget(forgotten, forgotten.as_str()).unwrap();
        // Another key under the id that is free now.
        publisher.create(forgotten, KeepIn::Keyring).unwrap();
        for key in [&old, &new] {
            let record = publisher.record(key).unwrap();
            assert_eq!((record.succeeds, record.succeeded_by), (None, None), "{key}, {forgotten} forgotten");
            assert!(matches!(publisher.overlap(key), Err(PublisherError::NoSuccessor { .. })));
        }
        publisher.delete(&new, "acme-2", OnlyCopy::Delete).unwrap();
        publisher.forget(&new, "acme-2").unwrap();
    }
    publisher.rotate(&old, None, KeepIn::Keyring).unwrap();
}

#[test]
fn of_two_rotations_at_once_one_wins() {
    let machine = Machine::new();
    let (publisher, old) = (machine.publisher(), id("acme"));
    publisher.create(&old, KeepIn::Keyring).unwrap();
    let made: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = ["left", "right"]
            .map(|new| {
                scope.spawn({
                    let old = &old;
                    move || publisher.rotate(old, Some(&id(new)), KeepIn::Keyring).is_ok()
                })
            })
            .into_iter()
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
    assert_eq!(machine.records.all().unwrap().len(), 2);
}

#[test]
fn a_revoked_key_signs_no_more_under_any_name_and_the_operators_are_told() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    let made = publisher.create(&acme, KeepIn::Keyring).unwrap();
    let secret = publisher.load(&acme, None).unwrap();
    publisher.import(&id("twin"), &secret, KeepIn::Keyring, SameKey::Allow).unwrap();
    machine.sign("one", "1.0.0", &acme);
    assert!(matches!(publisher.revocation(&acme), Err(PublisherError::NotRevoked { .. })));

    let revocation = publisher.revoke(&acme, Reason::Stolen).unwrap();
    assert_eq!(names(&revocation.to_sign_again), ["one 1.0.0"]);
    let twin = publisher.record(&id("twin")).unwrap();
    assert_eq!(twin.revoked, revocation.record.revoked, "one key, whatever it is called");
    let notice = &revocation.notice;
    assert!(notice.is_ascii() && notice.lines().all(|line| line.len() <= 110), "{notice}");
    for part in
        ["acme.pem", "PLUGIN_TRUSTED_KEYS_DIR", &made.fingerprint.to_string(), "Somebody else", "systemctl restart"]
    {
        assert!(notice.contains(part), "no `{part}` in {notice}");
    }
    for error in [
        publisher.load(&acme, None).err().unwrap(),
        publisher.load(&id("twin"), None).err().unwrap(),
        publisher.refuse_revoked_key(secret.public()).unwrap_err(),
        publisher.expect_signing(&acme).unwrap_err(),
        publisher.hand_over(&acme, &machine.folder("operator")).unwrap_err(),
        publisher.hand_over(&id("twin"), &machine.folder("operator")).unwrap_err(),
    ] {
        assert!(matches!(error, PublisherError::Revoked { .. }) && error.code() == Code::KeyRevoked, "{error}");
        assert!(error.hint().unwrap().contains("make a new key"), "{error}");
    }
    assert_eq!(fs::read_dir(machine.folder("operator")).unwrap().count(), 0);
    let late = publisher.import(&id("late"), &secret, KeepIn::Keyring, SameKey::Allow).unwrap();
    assert_eq!(late.record.revoked.unwrap().reason, Reason::Stolen, "a new name makes it no better");

    // The successor is named as soon as there is one, and what it signed is done.
    let new = publisher.rotate(&acme, Some(&id("acme-new")), KeepIn::Keyring).unwrap();
    let error = publisher.load(&acme, None).err().unwrap();
    assert!(error.hint().unwrap().contains("--key-id acme-new"), "{error}");
    let revocation = publisher.revocation(&acme).unwrap();
    assert!(revocation.notice.contains(&new.fingerprint.to_string()), "{}", revocation.notice);
    machine.sign("one", "1.0.1", &new.key_id);
    assert_eq!(publisher.revocation(&acme).unwrap().to_sign_again, []);

    // Revoked stays revoked, since when it was, for the newer reason.
    let before = publisher.record(&acme).unwrap().revoked.unwrap();
    let after = publisher.revoke(&acme, Reason::Lost).unwrap().record.revoked.unwrap();
    assert_eq!((after.at, after.reason), (before.at, Reason::Lost));
}

/// A keyring that somebody revokes `acme` in front of while it is waited for.
struct Meanwhile<'a>(&'a Machine);

impl KeyStore for Meanwhile<'_> {
    fn probe(&self) -> Result<(), KeyStoreError> {
        self.0.store.probe()
    }
    fn trial(&self) -> Result<(), KeyStoreError> {
        self.0.publisher().revoke(&id("acme"), Reason::Stolen).unwrap();
        self.0.store.trial()
    }
    fn look(&self, ids: &[KeyId]) -> Result<Vec<Look>, KeyStoreError> {
        self.0.store.look(ids)
    }
    fn create(&self, id: &KeyId, key: &SecretKey) -> Result<(), KeyStoreError> {
        self.0.store.create(id, key)
    }
    fn load(&self, id: &KeyId) -> Result<SecretKey, KeyStoreError> {
        self.0.store.load(id)
    }
    fn contains(&self, id: &KeyId) -> Result<bool, KeyStoreError> {
        self.0.store.contains(id)
    }
    fn delete(&self, id: &KeyId) -> Result<(), KeyStoreError> {
        self.0.store.delete(id)
    }
}

#[test]
fn a_revocation_meanwhile_outlives_a_restore() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    let file = machine.back_up(&acme);
    machine.store.delete(&acme).unwrap();
    let keyring = Meanwhile(&machine);
    let waiting = Publisher::new(&keyring, &machine.records);
    let back = waiting.restore(&file, PASSPHRASE, None, KeepIn::Keyring, SameKey::Refuse).unwrap();
    assert!(back.reattached && back.record.revoked.is_some() && back.record.backed_up.is_some());
    assert_eq!(publisher.record(&acme).unwrap(), back.record);
    assert!(matches!(publisher.load(&acme, None), Err(PublisherError::Revoked { .. })));
}

#[test]
fn the_command_in_the_notice_prints_its_fingerprint() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    publisher.create(&acme, KeepIn::Keyring).unwrap();
    let folder = machine.folder("operator");
    publisher.hand_over(&acme, &folder).unwrap();
    let notice = publisher.revoke(&acme, Reason::Other).unwrap().notice;
    let command = notice.lines().find(|line| line.contains("openssl pkey")).unwrap();
    let command = command.replace("/opt/aisoc/plugin-keys", &folder.display().to_string());
    let output = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let fingerprint = printed.split_whitespace().next().unwrap();
    assert!(notice.lines().any(|line| line.trim() == fingerprint), "{fingerprint} is not in {notice}");
}

#[test]
fn a_use_is_noted() {
    let machine = Machine::new();
    let (publisher, acme) = (machine.publisher(), id("acme"));
    assert_eq!(publisher.create(&acme, KeepIn::Keyring).unwrap().last_used, None);
    let public = publisher.public_key(&acme).unwrap();
    publisher.note_use(&acme, &public).unwrap();
    let used = publisher.record(&acme).unwrap().last_used.unwrap();
    assert!((jiff::Timestamp::now().as_second() - used.as_second()).abs() < 60);
}

#[test]
fn a_key_whose_record_is_lost_is_known_again_once_it_signs() {
    let machine = Machine::new();
    let publisher = machine.publisher();
    for (name, keep) in [("ring", KeepIn::Keyring), ("file", IN_FILE)] {
        let key = id(name);
        let before = publisher.create(&key, keep).unwrap();
        fs::remove_file(machine.records.path()).unwrap();
        assert!(matches!(publisher.record(&key), Err(PublisherError::NoRecord { .. })));
        let secret = publisher.load(&key, Some(PASSPHRASE)).unwrap();
        publisher.note_use(&key, secret.public()).unwrap();
        let again = publisher.record(&key).unwrap();
        assert_eq!((again.spki, again.kept), (before.spki, before.kept), "{name}");
        assert!(again.last_used.is_some());
        let file = machine.root.path().join(format!("{name}.backup"));
        publisher.back_up(&key, Some(PASSPHRASE), &file, PASSPHRASE).unwrap();
    }
}

#[test]
fn a_key_that_is_kept_and_not_remembered_is_remembered_again_by_who_brings_it() {
    let machine = Machine::new();
    let publisher = machine.publisher();
    for (name, keep) in [("ring", KeepIn::Keyring), ("file", IN_FILE)] {
        let key = id(name);
        let before = publisher.create(&key, keep).unwrap();
        let backup = machine.back_up(&key);
        let secret = publisher.load(&key, Some(PASSPHRASE)).unwrap();
        fs::remove_file(machine.records.path()).unwrap();
        // Another key, or this one in another place, is still kept from it.
        let other = SecretKey::generate().unwrap();
        assert_eq!(publisher.import(&key, &other, keep, SameKey::Refuse).unwrap_err().code(), Code::KeyExists);
        let elsewhere = if name == "ring" { IN_FILE } else { KeepIn::Keyring };
        assert_eq!(publisher.import(&key, &secret, elsewhere, SameKey::Refuse).unwrap_err().code(), Code::KeyExists);
        let wrong = KeepIn::File { passphrase: "some other words for it" };
        if name == "file" {
            assert_eq!(publisher.import(&key, &secret, wrong, SameKey::Refuse).unwrap_err().code(), Code::KeyExists);
        }
        assert!(matches!(publisher.record(&key), Err(PublisherError::NoRecord { .. })));

        let imported = publisher.import(&key, &secret, keep, SameKey::Refuse).unwrap();
        assert_eq!((&imported.record.spki, imported.record.kept), (&before.spki, before.kept), "{name}");
        fs::remove_file(machine.records.path()).unwrap();
        let restored = publisher.restore(&backup, PASSPHRASE, None, keep, SameKey::Refuse).unwrap();
        assert!(restored.record.backed_up.is_some() && !restored.reattached, "{name}");
        assert_eq!(publisher.record(&key).unwrap(), restored.record);
        assert_eq!(publisher.load(&key, Some(PASSPHRASE)).unwrap().public(), secret.public());
        // Now there is a record, and what is kept is in its place.
        let again = publisher.import(&key, &secret, keep, SameKey::Refuse).unwrap_err();
        assert_eq!(again.code(), Code::KeyExists, "{again}");
    }
}
