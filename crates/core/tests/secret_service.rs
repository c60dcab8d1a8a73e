//! The keyring, on a real Secret Service in a D-Bus session of the test's own, and without one.
//!
//! Each test runs this binary again under `dbus-run-session`, with a runtime and a data folder of its own, and that inner
//! run does the work. So no test sees, unlocks or changes the keyring of whoever runs it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::keystore::{KeyStore, KeyStoreError, Look, OsKeyStore};
use aisoc_publisher_core::publisher::{KeepIn, Publisher, PublisherError, Standing, WayOut};
use aisoc_publisher_core::records::Records;
use aisoc_publisher_core::{Code, Explain};

const NEEDED: &str = "this test needs a Secret Service of its own; install it with \
     `apt-get install -y --no-install-recommends dbus gnome-keyring libsecret-tools`";

/// The variable that makes this binary the inner run, and names the test's folder.
const INNER: &str = "AISOC_PUBLISHER_TEST_SESSION";

#[derive(Clone, Copy)]
enum Bus {
    None,
    /// A bus on which nothing answers until the test starts something.
    Private,
}

/// Runs `body` in a session of its own: the outer run starts the inner one and returns, the inner one does the work.
fn in_session(test: &str, bus: Bus, body: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(INNER) {
        return body(Path::new(&folder));
    }
    for program in ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"] {
        let found =
            std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|p| p.join(program).exists()));
        assert!(found, "`{program}` is missing: {NEEDED}");
    }
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path().join("runtime");
    fs::create_dir(&runtime).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    // The keyring daemon refuses a runtime folder that others may enter.
    fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();

    let this = std::env::current_exe().unwrap();
    let mut command = match bus {
        Bus::None => Command::new(&this),
        Bus::Private => {
            let mut command = Command::new("dbus-run-session");
            // No service files: nothing but what the test starts may answer on this bus.
            let config = folder.path().join("session.conf");
            fs::write(&config, SESSION).unwrap();
            command.arg("--config-file").arg(config).arg("--").arg(&this);
            command
        }
    };
    let output = command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(INNER, folder.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .env("HOME", folder.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the run in the session failed:\n{text}");
    // A name that matches no test would succeed too.
    assert!(text.contains("1 passed"), "the run in the session ran nothing:\n{text}");
}

const SESSION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A keyring daemon that ends with the value.
struct Daemon(std::process::Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the keyring daemon, and waits until it answers.
fn daemon(password: Option<&str>) -> Daemon {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--foreground", "--components=secrets"]).stdout(Stdio::null()).stderr(Stdio::null());
    if password.is_some() {
        command.arg("--unlock");
    }
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(password.unwrap_or_default().as_bytes()).unwrap();
    drop(input);
    let daemon = Daemon(child);
    let store = store(Path::new("/nonexistent"));
    let started = Instant::now();
    while let Err(e) = store.probe() {
        assert!(started.elapsed() < Duration::from_secs(20), "the keyring daemon does not answer: {e}");
        std::thread::sleep(Duration::from_millis(20));
    }
    daemon
}

fn store(folder: &Path) -> OsKeyStore {
    OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), Duration::from_secs(10))
}

fn id(text: &str) -> KeyId {
    text.parse().unwrap()
}

fn secret_tool(arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new("secret-tool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    // The attributes go to standard error.
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_key_is_kept_read_and_deleted() {
    in_session("a_key_is_kept_read_and_deleted", Bus::Private, |folder| {
        let _daemon = daemon(Some("password"));
        let (store, acme) = (store(folder), id("acme"));
        assert!(!store.contains(&acme).unwrap());
        assert!(matches!(store.load(&acme), Err(KeyStoreError::NoSuchKey { .. })));
        assert!(matches!(store.delete(&acme), Err(KeyStoreError::NoSuchKey { .. })));

        let key = SecretKey::generate().unwrap();
        store.create(&acme, &key).unwrap();
        assert!(store.contains(&acme).unwrap());
        assert_eq!(store.load(&acme).unwrap().public(), key.public());

        // Not a second time, and what is there stays.
        let second = store.create(&acme, &SecretKey::generate().unwrap());
        assert!(matches!(second, Err(KeyStoreError::Exists { .. })), "{second:?}");
        assert_eq!(store.load(&acme).unwrap().public(), key.public());
        // Another id is another key.
        store.create(&id("acme2"), &SecretKey::generate().unwrap()).unwrap();
        assert_eq!(store.load(&acme).unwrap().public(), key.public());

        // As another program sees it.
        let seen = secret_tool(&["search", "service", "aisoc-publisher", "username", "acme"], b"");
        for part in ["label = AiSOC publisher key acme", "attribute.format = 1", "attribute.username = acme"] {
            assert!(seen.contains(part), "no `{part}` in:\n{seen}");
        }

        store.delete(&acme).unwrap();
        assert!(!store.contains(&acme).unwrap());
    });
}

#[test]
fn a_key_is_made_and_remembered() {
    in_session("a_key_is_made_and_remembered", Bus::Private, |folder| {
        let _daemon = daemon(Some("password"));
        let (store, acme) = (store(folder), id("acme"));
        let records = Records::new(DataFolder::at(folder.join("ours")));
        let record = Publisher::new(&store, &records).create(&acme, KeepIn::Keyring).unwrap();
        assert_eq!(Publisher::new(&store, &records).load(&acme, None).unwrap().public(), &record.spki);
        assert_eq!(records.all().unwrap(), [record]);
        assert!(Publisher::new(&store, &records).create(&acme, KeepIn::Keyring).is_err());
    });
}

/// Creates a key and says how it went.
#[test]
#[ignore = "a part of `of_several_processes_at_once_one_wins`, which runs it"]
fn creates_a_key_when_told() {
    let folder = std::env::var_os("AISOC_PUBLISHER_TEST_CREATE").expect("run by another test only");
    let go = Path::new(&folder).join("go");
    let started = Instant::now();
    while !go.exists() && started.elapsed() < Duration::from_secs(20) {
        std::thread::yield_now();
    }
    match store(Path::new(&folder)).create(&id("acme"), &SecretKey::generate().unwrap()) {
        Ok(()) => println!("CREATED"),
        Err(KeyStoreError::Exists { .. }) => println!("EXISTS"),
        Err(e) => println!("FAILED {e}"),
    }
}

#[test]
fn of_several_processes_at_once_one_wins() {
    in_session("of_several_processes_at_once_one_wins", Bus::Private, |folder| {
        let _daemon = daemon(Some("password"));
        let children: Vec<_> = (0..6)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["creates_a_key_when_told", "--exact", "--nocapture", "--ignored"])
                    .env("AISOC_PUBLISHER_TEST_CREATE", folder)
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        fs::write(folder.join("go"), "").unwrap();
        let said: String =
            children.into_iter().map(|c| String::from_utf8(c.wait_with_output().unwrap().stdout).unwrap()).collect();
        assert_eq!((said.matches("CREATED").count(), said.matches("EXISTS").count()), (1, 5), "{said}");
        store(folder).load(&id("acme")).unwrap();
    });
}

#[test]
fn foreign_items_are_refused_and_left_alone() {
    in_session("foreign_items_are_refused_and_left_alone", Bus::Private, |folder| {
        let _daemon = daemon(Some("password"));
        let store = store(folder);
        let put = |name: &str, more: &[&str], value: &[u8]| {
            let mut arguments = vec!["store", "--label", "theirs", "service", "aisoc-publisher", "username", name];
            arguments.extend(more);
            secret_tool(&arguments, value);
        };
        put("password", &[], b"hunter2");
        put("long", &[], &[b'x'; 48]);
        for name in ["password", "long"] {
            let error = store.load(&id(name)).err().unwrap();
            assert!(matches!(error, KeyStoreError::ForeignFormat { .. }), "{error}");
            assert!(!format!("{error}{error:?}").contains("hunter2"));
            assert!(matches!(
                store.create(&id(name), &SecretKey::generate().unwrap()),
                Err(KeyStoreError::Exists { .. })
            ));
            assert!(store.contains(&id(name)).unwrap());
        }
        assert!(
            secret_tool(&["lookup", "service", "aisoc-publisher", "username", "password"], b"").starts_with("hunter2")
        );

        // A key as of today in an item that says it is of a later format.
        store.create(&id("later"), &SecretKey::generate().unwrap()).unwrap();
        let entry = zbus_entry("later");
        entry.update_attributes(&[("format", "2")].into()).unwrap();
        let error = store.load(&id("later")).err().unwrap();
        assert!(error.to_string().contains("format `2`"), "{error}");

        // Two items with one name.
        put("twice", &["extra", "1"], b"a");
        put("twice", &["extra", "2"], b"b");
        let error = store.load(&id("twice")).err().unwrap();
        assert!(error.to_string().contains("2 items"), "{error}");
    });
}

fn zbus_entry(name: &str) -> keyring_core::Entry {
    use keyring_core::api::CredentialStoreApi as _;
    zbus_secret_service_keyring_store::Store::new().unwrap().build("aisoc-publisher", name, None).unwrap()
}

/// Leaves a locked keyring with the key `acme` behind: made under one password, the daemon started anew without it.
fn locked(folder: &Path) -> Daemon {
    let first = daemon(Some("password"));
    store(folder).create(&id("acme"), &SecretKey::generate().unwrap()).unwrap();
    drop(first);
    daemon(None)
}

#[test]
fn a_locked_keyring_without_display_says_so() {
    in_session("a_locked_keyring_without_display_says_so", Bus::Private, |folder| {
        let _daemon = locked(folder);
        let store = store(folder);
        store.probe().unwrap();
        let results = [
            store.load(&id("acme")).map(drop),
            store.create(&id("acme"), &SecretKey::generate().unwrap()),
            store.create(&id("another"), &SecretKey::generate().unwrap()),
            store.delete(&id("acme")),
        ];
        for result in results {
            let error = result.unwrap_err();
            assert!(matches!(error, KeyStoreError::Locked { .. }), "{error:?}");
            assert!(error.hint().unwrap().contains("unlock"));
        }
    });
}

#[test]
fn without_a_bus_the_reason_is_told() {
    in_session("without_a_bus_the_reason_is_told", Bus::None, |folder| {
        let error = store(folder).probe().unwrap_err();
        assert!(matches!(error, KeyStoreError::Absent { .. }), "{error:?}");
        let hint = error.hint().unwrap();
        assert!(hint.contains("gnome-keyring") && hint.contains("--in file"), "{hint}");
        for result in [
            store(folder).create(&id("acme"), &SecretKey::generate().unwrap()),
            store(folder).load(&id("acme")).map(drop),
            store(folder).contains(&id("acme")).map(drop),
        ] {
            assert!(matches!(result, Err(KeyStoreError::Absent { .. })), "{result:?}");
        }
    });
}

#[test]
fn a_bus_without_a_keyring_is_no_keyring_until_one_comes() {
    in_session("a_bus_without_a_keyring_is_no_keyring_until_one_comes", Bus::Private, |folder| {
        let store = store(folder);
        let error = store.probe().unwrap_err();
        assert!(matches!(error, KeyStoreError::Absent { .. }), "{error:?}");
        // The same value answers once there is one: a first failure is not kept.
        let _daemon = daemon(Some("password"));
        store.probe().unwrap();
        store.create(&id("acme"), &SecretKey::generate().unwrap()).unwrap();
    });
}

#[test]
fn a_keyring_that_does_not_answer_is_given_up_and_makes_no_key_later() {
    in_session("a_keyring_that_does_not_answer_is_given_up_and_makes_no_key_later", Bus::Private, |folder| {
        let daemon = daemon(Some("password"));
        // Stopped, it is a prompt that nobody answers: the call is accepted and no reply comes.
        let signal = |name: &str| {
            assert!(Command::new("kill").args([name, &daemon.0.id().to_string()]).status().unwrap().success());
        };
        signal("-STOP");
        let limit = Duration::from_millis(500);
        let hasty = OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), limit);
        let started = Instant::now();
        let error = hasty.create(&id("acme"), &SecretKey::generate().unwrap()).unwrap_err();
        assert!(matches!(error, KeyStoreError::TimedOut { .. }), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        assert!(matches!(hasty.probe(), Err(KeyStoreError::TimedOut { .. })));

        // Nor is it waited for any longer than the caller wants to.
        let cancelled = Arc::new(AtomicBool::new(false));
        let patient = OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), Duration::from_secs(60))
            .cancelled_by(Arc::clone(&cancelled));
        let started = Instant::now();
        let waiting = std::thread::spawn(move || patient.load(&id("acme")));
        std::thread::sleep(Duration::from_millis(100));
        cancelled.store(true, Ordering::Relaxed);
        let error = waiting.join().unwrap().err().unwrap();
        assert!(matches!(error, KeyStoreError::Cancelled(_)) && error.code() == Code::Cancelled, "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        signal("-CONT");

        // The thread left behind may write now, but undoes it: with its lock gone there is no key.
        let patient = store(folder);
        let key = SecretKey::generate().unwrap();
        patient.create(&id("acme"), &key).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(patient.load(&id("acme")).unwrap().public(), key.public());
    });
}

#[test]
fn a_deletion_that_was_given_up_does_not_happen_later() {
    in_session("a_deletion_that_was_given_up_does_not_happen_later", Bus::Private, |folder| {
        let daemon = daemon(Some("password"));
        let (acme, key) = (id("acme"), SecretKey::generate().unwrap());
        store(folder).create(&acme, &key).unwrap();
        let signal = |name: &str| {
            assert!(Command::new("kill").args([name, &daemon.0.id().to_string()]).status().unwrap().success());
        };
        // Stopped, it is a prompt that is answered too late.
        signal("-STOP");
        let hasty = OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), Duration::from_millis(500));
        let error = hasty.delete(&acme).unwrap_err();
        assert!(matches!(error, KeyStoreError::TimedOut { .. }), "{error:?}");
        let cancelled = Arc::new(AtomicBool::new(true));
        let error = store(folder).cancelled_by(cancelled).delete(&acme).unwrap_err();
        assert!(matches!(error, KeyStoreError::Cancelled(_)), "{error:?}");
        signal("-CONT");
        std::thread::sleep(Duration::from_millis(1000));
        assert_eq!(store(folder).load(&acme).unwrap().public(), key.public());
        // One that is waited for does.
        store(folder).delete(&acme).unwrap();
        assert!(!store(folder).contains(&acme).unwrap());
    });
}

/// Every item of this program's, as another program sees them.
fn items() -> String {
    secret_tool(&["search", "--all", "service", "aisoc-publisher"], b"")
}

#[test]
fn a_trial_keeps_something_and_leaves_nothing() {
    in_session("a_trial_keeps_something_and_leaves_nothing", Bus::Private, |folder| {
        let store = store(folder);
        assert!(matches!(store.trial(), Err(KeyStoreError::Absent { .. })));
        let daemon = daemon(Some("password"));
        // What a process left behind that was killed at the wrong moment, and more than one of them.
        let put = |more: &[&str]| {
            let mut arguments = vec!["store", "--label", "x", "service", "aisoc-publisher", "username", "Trial"];
            arguments.extend(more);
            secret_tool(&arguments, b"left behind");
        };
        put(&["extra", "1"]);
        put(&["extra", "2"]);
        assert_eq!(items().matches("attribute.username = Trial").count(), 2, "{}", items());
        store.trial().unwrap();
        assert_eq!(items(), "");

        // A keyring that hangs is waited for as long as the limit says, and nothing stays when it comes to itself.
        signal(&daemon, "-STOP");
        let hasty = OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), Duration::from_millis(500));
        let started = Instant::now();
        assert!(matches!(hasty.trial(), Err(KeyStoreError::TimedOut { .. })));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        signal(&daemon, "-CONT");
        // Behind the same lock as the one that was left behind.
        store.trial().unwrap();
        assert_eq!(items(), "");
    });
}

fn signal(daemon: &Daemon, name: &str) {
    assert!(Command::new("kill").args([name, &daemon.0.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_keyring_that_takes_nothing_is_found_before_there_is_a_key() {
    in_session("a_keyring_that_takes_nothing_is_found_before_there_is_a_key", Bus::Private, |folder| {
        let _daemon = locked(folder);
        let (store, records) = (store(folder), Records::new(DataFolder::at(folder.join("ours"))));
        let publisher = Publisher::new(&store, &records);
        let error = publisher.create(&id("another"), KeepIn::Keyring).unwrap_err();
        assert!(matches!(error, PublisherError::Store(KeyStoreError::Locked { .. })), "{error:?}");
        assert!(error.to_string().starts_with("try the keyring out"), "{error}");
        assert_eq!(records.all().unwrap(), []);
        // The named second choice is open.
        publisher.create(&id("another"), KeepIn::File { passphrase: "five other words for it" }).unwrap();
    });
}

#[test]
fn a_look_asks_nobody_and_says_what_is_there() {
    in_session("a_look_asks_nobody_and_says_what_is_there", Bus::Private, |folder| {
        let (store, records) = (store(folder), Records::new(DataFolder::at(folder.join("ours"))));
        let publisher = Publisher::new(&store, &records);
        let standing = |name: &str| publisher.show(&id(name)).unwrap().standing;
        let first = daemon(Some("password"));
        for name in ["acme", "gone", "other", "theirs"] {
            publisher.create(&id(name), KeepIn::Keyring).unwrap();
        }
        // Behind our back: one item removed, one replaced by another key, one by another program's item.
        for name in ["gone", "other", "theirs"] {
            secret_tool(&["clear", "service", "aisoc-publisher", "username", name], b"");
        }
        let replaced = SecretKey::generate().unwrap();
        store.create(&id("other"), &replaced).unwrap();
        secret_tool(&["store", "--label", "theirs", "service", "aisoc-publisher", "username", "theirs"], b"hunter2");
        assert_eq!(standing("acme"), Standing::Present { compared: true });
        assert_eq!(standing("gone"), Standing::Missing);
        assert_eq!(standing("gone").ways_out()[0], WayOut::Restore);
        assert_eq!(standing("other"), Standing::OtherKey { there: replaced.public().fingerprint() });
        let theirs = standing("theirs");
        assert!(matches!(&theirs, Standing::Foreign { found } if !found.contains("hunter2")), "{theirs:?}");
        assert_eq!(store.look(&[]).unwrap(), []);

        // Locked: it says so for the key that is there and for the one that is not, and nobody is asked. A prompt would end
        // at once, since there is no display, and be an error here.
        drop(first);
        let second = daemon(None);
        for name in ["acme", "gone"] {
            assert_eq!(store.look(&[id(name)]).unwrap(), [Look::Locked], "{name}");
            let found = standing(name);
            assert!(matches!(found, Standing::Unknown { code: Code::KeyringLocked, .. }), "{found:?}");
            assert_eq!(found.ways_out(), [WayOut::AskAgain]);
        }

        // Hanging, and then killed in the middle of a call: no error of the list, but a word about each key.
        signal(&second, "-STOP");
        let hasty = OsKeyStore::with_time_limit(DataFolder::at(folder.join("ours")), Duration::from_millis(500));
        let started = Instant::now();
        let listed = Publisher::new(&hasty, &records).list().unwrap();
        assert!(started.elapsed() < Duration::from_secs(3), "one limit for all keys: {:?}", started.elapsed());
        assert_eq!(listed.len(), 4);
        for status in listed {
            assert!(
                matches!(status.standing, Standing::Unknown { code: Code::KeyringTimedOut, .. }),
                "{:?}",
                status.standing
            );
        }
        let waiting = std::thread::spawn({
            let store = store.clone();
            move || store.look(&[id("acme")])
        });
        std::thread::sleep(Duration::from_millis(300));
        drop(second);
        let error = waiting.join().unwrap().unwrap_err();
        assert!(
            matches!(error, KeyStoreError::Absent { .. } | KeyStoreError::Other { .. }) && error.hint().is_some(),
            "{error:?}"
        );
        let found = standing("acme");
        assert!(matches!(found, Standing::Unknown { code: Code::NoKeyring, .. }), "{found:?}");
        // No harm was done.
        let _third = daemon(Some("password"));
        assert_eq!(standing("acme"), Standing::Present { compared: true });
    });
}

/// Tries to read, make and delete keys, and says how it went.
#[test]
#[ignore = "a part of `a_prompt_that_is_dismissed_is_a_refusal`, which runs it"]
fn uses_a_locked_keyring_when_told() {
    let folder = std::env::var_os("AISOC_PUBLISHER_TEST_LOCKED").expect("run by another test only");
    let store = store(Path::new(&folder));
    for result in [
        store.load(&id("acme")).map(drop),
        store.create(&id("another"), &SecretKey::generate().unwrap()),
        store.delete(&id("acme")),
        store.trial(),
    ] {
        let error = result.unwrap_err();
        println!("{:?}: {error}; {}", error.code(), error.hint().unwrap());
    }
    println!("look: {:?}", store.look(&[id("acme")]).unwrap());
}

#[test]
fn a_prompt_that_is_dismissed_is_a_refusal() {
    in_session("a_prompt_that_is_dismissed_is_a_refusal", Bus::Private, |folder| {
        // The service dismisses its prompts, having nothing to show them on; for the program there is a display, so it
        // cannot know that it was not a person.
        let first = locked(folder);
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["uses_a_locked_keyring_when_told", "--exact", "--nocapture", "--ignored"])
            .env("AISOC_PUBLISHER_TEST_LOCKED", folder)
            .env("DISPLAY", ":4711")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let refusals = said.lines().filter(|line| {
            line.starts_with("KeyringRefused: ") && line.contains("was refused; try again and allow access when asked")
        });
        assert_eq!(refusals.count(), 4, "{said}");
        assert!(said.contains("look: [Locked]"), "a look asks nobody: {said}");
        drop(first);
        // Nothing was made and nothing deleted.
        let _second = daemon(Some("password"));
        store(folder).load(&id("acme")).unwrap();
        assert_eq!(items().matches("attribute.username = ").count(), 1, "{}", items());
    });
}

#[test]
fn a_keyring_killed_in_the_middle_of_making_a_key_leaves_no_record() {
    in_session("a_keyring_killed_in_the_middle_of_making_a_key_leaves_no_record", Bus::Private, |folder| {
        let (store, records) = (store(folder), Records::new(DataFolder::at(folder.join("ours"))));
        let first = daemon(Some("password"));
        signal(&first, "-STOP");
        let waiting = std::thread::spawn({
            let (store, records) = (store.clone(), records.clone());
            move || Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring)
        });
        std::thread::sleep(Duration::from_millis(300));
        drop(first);
        let error = waiting.join().unwrap().unwrap_err();
        assert!(matches!(error, PublisherError::Store(_)) && error.hint().is_some(), "{error:?}");
        assert_eq!(records.all().unwrap(), []);
        let _second = daemon(Some("password"));
        assert_eq!(items(), "");
        Publisher::new(&store, &records).create(&id("acme"), KeepIn::Keyring).unwrap();
    });
}

#[test]
fn the_users_data_folder_follows_xdg_data_home() {
    let name = "the_users_data_folder_follows_xdg_data_home";
    in_session(name, Bus::None, |folder| {
        let users = DataFolder::of_user().unwrap();
        assert_eq!(users.path(), folder.join("data/aisoc-publisher"));
    });
}
