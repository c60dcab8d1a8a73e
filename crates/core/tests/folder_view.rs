//! What a window shows of a plugin folder: files that are not covered, changes, the signature's state, facts as read.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::files::{self, FileMap, Stamp, UncoveredKind, uncovered};
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::manifest::{Manifest, ReadAs};
use aisoc_publisher_core::payload::Payload;
use aisoc_publisher_core::records::{Kept, Record};
use aisoc_publisher_core::rehearsal;
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::state::{self, State};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::verdict::{Outcome, Status};
use aisoc_publisher_core::{Code, Explain};
use sample::{SMALL, key, key_id, plugin, sample, write};

fn unwatched() -> Task<'static> {
    Task::unwatched()
}

fn listed(dir: &Path) -> Vec<(String, Option<u64>, UncoveredKind)> {
    uncovered(dir, &unwatched()).unwrap().into_iter().map(|f| (f.path.to_string(), f.size, f.kind)).collect()
}

#[test]
fn every_file_is_covered_or_named() {
    let dir = sample();
    write(dir.path(), "plugin.sig", "00");
    for (name, text) in [
        ("lib/fast.cpython-311-x86_64-linux-gnu.so", "ELF"),
        ("lib/libx.so.1", ""),
        ("__pycache__/plugin.cpython-311.pyc", "pyc"),
        ("win/A.PYD", ""),
        ("win/a.dll", "12345"),
        ("mac.dylib", ""),
        (".so", ""),
        ("so", ""),
        ("lib/plugin.yaml", "id: inner"),
        ("lib/plugin.sig", "inner"),
        ("aisoc-plugin.json", "{}"),
        ("go/main.go", "package main"),
    ] {
        write(dir.path(), name, text);
    }
    use UncoveredKind::{Executable, IgnoredManifest, Other};
    let expected = [
        (".so", 0, Executable),
        ("README.md", 2, Other),
        ("X.PY", 2, Other),
        ("__pycache__/plugin.cpython-311.pyc", 3, Executable),
        ("aisoc-plugin.json", 2, IgnoredManifest),
        ("go/main.go", 12, Other),
        ("lib/fast.cpython-311-x86_64-linux-gnu.so", 3, Executable),
        ("lib/libx.so.1", 0, Executable),
        ("lib/plugin.sig", 5, Other),
        ("lib/plugin.yaml", 9, Other),
        ("mac.dylib", 0, Executable),
        ("pkg/x.pyi", 2, Other),
        ("so", 0, Other),
        ("win/A.PYD", 0, Executable),
        ("win/a.dll", 5, Executable),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(name, size, kind)| (name.to_owned(), Some(size), kind)).collect();
    assert_eq!(listed(dir.path()), expected);
    // Together with the covered ones, the manifest and the signature that is every file there is.
    let files = walkdir::WalkDir::new(dir.path()).into_iter().filter(|e| e.as_ref().unwrap().file_type().is_file());
    let covered = FileMap::read(dir.path(), &unwatched()).unwrap().len();
    assert_eq!(files.count(), expected.len() + covered + 2);

    // Without plugin.yaml the JSON manifest is the one that counts.
    fs::remove_file(dir.path().join("plugin.yaml")).unwrap();
    assert!(!listed(dir.path()).iter().any(|(name, ..)| name == "aisoc-plugin.json"));
}

#[cfg(unix)]
#[test]
fn links_are_named_and_what_is_no_file_is_not() {
    use std::os::unix::fs::symlink;
    let dir = plugin(SMALL);
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "data.txt", "four");
    write(outside.path(), "hidden/evil.py", "");
    symlink(outside.path().join("data.txt"), dir.path().join("data.txt")).unwrap();
    symlink(outside.path().join("hidden"), dir.path().join("vendored")).unwrap();
    symlink(outside.path().join("hidden"), dir.path().join("pkg.py")).unwrap();
    symlink("nowhere", dir.path().join("dangling.so")).unwrap();
    symlink("/etc/../etc/hostname", dir.path().join("linked.py")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(dir.path().join("fifo.so")).status().unwrap().success());
    use UncoveredKind::{LinkedFolder, Other};
    let expected = [("data.txt", Some(4), Other), ("pkg.py", None, LinkedFolder), ("vendored", None, LinkedFolder)];
    assert_eq!(listed(dir.path()), expected.map(|(name, size, kind)| (name.to_owned(), size, kind)));
    assert!(uncovered(dir.path(), &unwatched()).unwrap().iter().all(|file| file.symlink));
}

#[test]
fn the_list_ends_where_the_walk_ends() {
    let dir = plugin(SMALL);
    let cancelled = AtomicBool::new(true);
    let error = uncovered(dir.path(), &Task::new(&cancelled, &|_| {})).unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
    let mut deep = dir.path().to_owned();
    for _ in 0..=files::MAX_DEPTH {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(uncovered(dir.path(), &unwatched()).unwrap_err().code(), Code::FolderTooLarge);
    assert_eq!(Stamp::take(dir.path(), &unwatched()).unwrap_err().code(), Code::FolderTooLarge);
    assert_eq!(uncovered(&dir.path().join("plugin.yaml"), &unwatched()).unwrap_err().code(), Code::FolderInvalid);
}

/// Waits until the file system's clock has moved on, so that the next stamp is sure of what is there now.
fn settle() {
    std::thread::sleep(Duration::from_millis(2100));
}

fn stamp(dir: &Path) -> Stamp {
    Stamp::take(dir, &unwatched()).unwrap()
}

fn names(paths: &[files::RelPath]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

#[test]
fn a_stamp_sees_what_moved() {
    let dir = sample();
    settle();
    let before = stamp(dir.path());
    assert!(before.differs(&stamp(dir.path())).is_empty());

    // Other bytes of the same size, with the modification time set back.
    let path = dir.path().join("plugin.py");
    let (modified, bytes) = (fs::metadata(&path).unwrap().modified().unwrap(), fs::read(&path).unwrap());
    fs::write(&path, vec![b'#'; bytes.len()]).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    write(dir.path(), "new/a.py", "");
    fs::remove_file(dir.path().join("x.py/in.py")).unwrap();
    // Not covered, so no change.
    write(dir.path(), "README.md", "other");
    let moved = before.differs(&stamp(dir.path()));
    #[cfg(unix)]
    assert_eq!(names(&moved.files.changed), ["plugin.py"]);
    assert_eq!(
        (names(&moved.files.added), names(&moved.files.removed)),
        (vec!["new/a.py".to_owned()], vec!["x.py/in.py".to_owned()])
    );
    assert!(!moved.manifest && !moved.signature && moved.unsure.is_empty(), "{moved:?}");

    for (name, manifest, signature) in
        [("plugin.yaml", true, false), ("aisoc-plugin.json", true, false), ("plugin.sig", false, true)]
    {
        let before = stamp(dir.path());
        write(dir.path(), name, "other");
        let moved = before.differs(&stamp(dir.path()));
        assert_eq!((moved.manifest, moved.signature, moved.is_empty()), (manifest, signature, false), "{name}");
        assert!(moved.files.is_empty());
        let before = stamp(dir.path());
        fs::remove_file(dir.path().join(name)).unwrap();
        let moved = before.differs(&stamp(dir.path()));
        assert_eq!((moved.manifest, moved.signature), (manifest, signature), "{name} removed");
    }
}

#[test]
fn a_replaced_file_moved_even_with_the_same_times() {
    let dir = plugin(SMALL);
    settle();
    let before = stamp(dir.path());
    let (path, beside) = (dir.path().join("plugin.py"), dir.path().join("beside"));
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&beside, "class Plugin: nope\n").unwrap();
    File::options().write(true).open(&beside).unwrap().set_modified(modified).unwrap();
    fs::rename(&beside, &path).unwrap();
    #[cfg(unix)]
    assert_eq!(names(&before.differs(&stamp(dir.path())).files.changed), ["plugin.py"]);
}

#[test]
fn a_stamp_of_a_fresh_file_is_not_sure() {
    let dir = plugin(SMALL);
    let fresh = stamp(dir.path());
    let moved = fresh.differs(&stamp(dir.path()));
    // A second write in the same tick of the clock would look just like this.
    assert_eq!((names(&moved.unsure), moved.is_empty()), (vec!["plugin.py".to_owned()], false));
    assert!(moved.files.is_empty());
    settle();
    let settled = stamp(dir.path());
    assert!(!fresh.differs(&settled).is_empty());
    assert!(settled.differs(&stamp(dir.path())).is_empty());
    // A modification time in the future, as archives carry it, does not make a file unsure for ever.
    let file = File::options().write(true).open(dir.path().join("plugin.py")).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(86_400)).unwrap();
    settle();
    #[cfg(unix)]
    assert!(stamp(dir.path()).differs(&stamp(dir.path())).is_empty());
}

fn record(id: &str, key: &SecretKey) -> Record {
    Record::of_new_key(id.parse().unwrap(), key.public(), Kept::Keyring)
}

/// The state both ways: with the files read again, and from what was read before; so are the loader's steps.
fn state_of(dir: &Path, keys: &[Record]) -> State {
    let fresh = state::of(dir, keys, &unwatched()).unwrap();
    let payload = Payload::read(dir, &unwatched()).unwrap();
    let known = state::of_payload(dir, &payload, keys);
    assert_eq!(format!("{fresh:?}"), format!("{known:?}"));
    let trusted = state::trusted(keys);
    let stepped = rehearsal::rehearse(dir, Ok(&trusted), &unwatched()).unwrap();
    let known = rehearsal::of_payload(dir, &payload, &trusted);
    assert_eq!((&stepped.steps, &stepped.files), (&known.steps, &known.files));
    assert_eq!((&stepped.would_import, stepped.mismatch()), (&known.would_import, known.mismatch()));
    fresh
}

#[test]
fn the_state_names_the_key_that_signed() {
    let dir = sample();
    let (ours, other) = (key(), SecretKey::generate().unwrap());
    let keys = [record("another", &other), record("myorg-prod", &ours)];
    assert!(matches!(state_of(dir.path(), &keys), State::None));

    // Made by Python's `cryptography`; the sample's own constant.
    write(dir.path(), "plugin.sig", sample::SIGNATURE);
    let State::Good(good) = state_of(dir.path(), &keys) else { panic!("not good") };
    assert_eq!(good.key_id, key_id());
    assert_eq!(
        (good.digest.to_string().as_str(), good.signature.to_string().as_str()),
        (sample::DIGEST, sample::SIGNATURE)
    );
    for (mode, status) in [
        (&good.verdict.strict, Status::Verified),
        (&good.verdict.warn, Status::Verified),
        (&good.verdict.disabled, Status::Skipped),
    ] {
        assert_eq!((mode.outcome, mode.signature_status), (Outcome::Loads, Some(status)));
    }
    let digest: Digest = sample::DIGEST.parse().unwrap();
    assert!(matches!(state_of(dir.path(), &keys[..1]), State::Mismatch { digest: Some(found) } if found == digest));
    assert!(matches!(state_of(dir.path(), &[]), State::Mismatch { digest: None }));

    write(dir.path(), "plugin.py", "changed");
    assert!(matches!(state_of(dir.path(), &keys), State::Mismatch { digest: Some(found) } if found != digest));
    write(dir.path(), "plugin.sig", "zz");
    let State::Malformed { finding } = state_of(dir.path(), &keys) else { panic!("not malformed") };
    assert_eq!(finding.code(), Code::SignatureMalformed);
}

#[test]
fn a_plugin_that_cannot_be_judged_is_no_mismatch() {
    for manifest in [
        "id: [",
        "- a",
        "id: ab\nname: n\nversion: 1\nplugin_type: none",
        "id: ab\nname: n\nversion: 2024-01-15\nplugin_type: action",
    ] {
        let dir = plugin(manifest);
        let keys = [record("myorg-prod", &key())];
        let state = |dir: &Path| state::of(dir, &keys, &unwatched()).unwrap();
        assert!(matches!(state(dir.path()), State::None), "{manifest}");
        write(dir.path(), "plugin.sig", sample::SIGNATURE);
        assert!(matches!(state(dir.path()), State::Unchecked { .. }), "{manifest}: {:?}", state(dir.path()));
        write(dir.path(), "plugin.sig", "");
        assert!(matches!(state(dir.path()), State::Malformed { .. }), "{manifest}");
    }
    assert!(state::of(Path::new("/nonexistent"), &[], &unwatched()).is_err());
}

#[test]
fn one_key_under_two_names_has_the_first_files() {
    let dir = plugin(SMALL);
    let key = key();
    Plan::look(dir.path(), &unwatched()).unwrap().sign(&key_id(), &key, None, &unwatched()).unwrap();
    // `a-b.pem` sorts before `a.pem`, as an operator's folder does.
    let State::Good(good) = state_of(dir.path(), &[record("a", &key), record("a-b", &key)]) else { panic!("not good") };
    assert_eq!(good.key_id, "a-b".parse::<KeyId>().unwrap());
}

/// Kinds, texts and truth as CPython 3.11.7 with PyYAML 6.0.3 gives them: `type(v)`, `str(v)`, `bool(v)`.
#[test]
fn facts_are_pythons() {
    use ReadAs::{Boolean, Date, List, Mapping, Nothing, Number, Other, Text};
    for (written, read_as, text, truthy) in [
        ("1.10", Number, Some("1.1"), true),
        ("'1.10'", Text, Some("1.10"), true),
        ("007", Number, Some("7"), true),
        ("0x10", Number, Some("16"), true),
        ("1:59", Number, Some("119"), true),
        ("1_000", Number, Some("1000"), true),
        ("1e3", Text, Some("1e3"), true),
        ("1.0e+16", Number, Some("1e+16"), true),
        (".inf", Number, Some("inf"), true),
        (".nan", Number, Some("nan"), true),
        ("-0.0", Number, Some("-0.0"), false),
        ("yes", Boolean, Some("True"), true),
        ("No", Boolean, Some("False"), false),
        ("~", Nothing, Some("None"), false),
        ("''", Text, Some(""), false),
        ("2024-01-15", Date, Some("2024-01-15"), true),
        ("\"a\\nb\"", Text, Some("a\nb"), true),
        ("12345678901234567890123", Number, Some("12345678901234567890123"), true),
        // Python has a text for these too; here it is not computed.
        ("2024-01-15 10:00:00", Date, None, true),
        ("!!timestamp '2024-01-15'", Date, None, true),
        ("{a: 1}", Mapping, None, true),
        ("!!set {a}", Other, None, true),
        ("!!binary aGk=", Other, None, true),
        ("[]", List, None, false),
    ] {
        let dir = plugin(&format!("name: n\nversion:   {written}\n"));
        let manifest = Manifest::read(dir.path()).unwrap();
        let [id, name, version, ..] = manifest.as_read();
        assert_eq!((id.read_as, id.text, id.truthy, id.position), (ReadAs::Missing, None, false, None));
        assert_eq!((name.read_as, name.text.as_deref(), name.written.as_deref()), (Text, Some("n"), Some("n")));
        let found = (version.read_as, version.text.as_deref(), version.truthy);
        assert_eq!(found, (read_as, text, truthy), "{written}");
        // A tag is no part of the value.
        let tag = written.strip_prefix("!!").and_then(|rest| rest.find(' ')).map_or(0, |length| 2 + length + 1);
        let position = version.position.unwrap();
        assert_eq!((position.line, position.column as usize), (2, 12 + tag), "{written}");
    }
}

#[test]
fn tags_are_read_one_by_one() {
    let dir = plugin("tags: [threat-intel, 1, yes, [x], '']\nid: &i ab\nname: *i\n");
    let fields = Manifest::read(dir.path()).unwrap().as_read();
    assert_eq!(
        fields.each_ref().map(|f| f.name),
        ["id", "name", "version", "plugin_type", "description", "author", "tags"]
    );
    assert_eq!(fields[1].text.as_deref(), Some("ab"));
    let tags = &fields[6];
    let items: Vec<_> = tags.items.iter().map(|i| (i.read_as, i.text.as_deref(), i.position.column)).collect();
    use ReadAs::{Boolean, List, Number, Text};
    assert_eq!(
        items,
        [
            (Text, Some("threat-intel"), 8),
            (Number, Some("1"), 22),
            (Boolean, Some("True"), 25),
            (List, None, 30),
            (Text, Some(""), 35),
        ]
    );
    assert_eq!((tags.read_as, tags.item_count), (List, 5));
    let many = plugin(&format!("tags: [{}]", "a,".repeat(5000)));
    let tags = Manifest::read(many.path()).unwrap().field_as_read("tags");
    assert_eq!((tags.items.len(), tags.item_count), (256, 5000));
}

#[test]
fn what_is_not_covered_shows_as_well_and_apart() {
    let dir = sample();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir_all(at(".git/objects")).unwrap();
    fs::write(at("README.md"), "a").unwrap();
    let before = stamp(dir.path());
    let moved = |what: &str| {
        let moved = before.differs(&stamp(dir.path()));
        assert!(moved.files.is_empty() && !moved.manifest && !moved.signature, "{what}: {moved:?}");
        moved.others
    };
    assert!(!moved("nothing"));
    fs::write(at(".git/index"), "Git writes this all the time").unwrap();
    fs::write(at(".git/objects/ab"), "").unwrap();
    assert!(!moved("Git's own"));
    fs::write(at("README.md"), "ab").unwrap();
    assert!(moved("written to"));
    fs::remove_file(at("README.md")).unwrap();
    assert!(moved("gone"));
    let before = stamp(dir.path());
    for (name, text) in [("deploy.key", "k"), (".git/config", "[core]"), (".gitattributes", "*.py text")] {
        fs::write(at(name), text).unwrap();
        assert!(before.differs(&stamp(dir.path())).others, "{name}");
        fs::remove_file(at(name)).unwrap();
    }
    fs::write(at("plugin.sig"), "00").unwrap();
    let signed = before.differs(&stamp(dir.path()));
    assert!(signed.signature && !signed.others, "the signature has a word of its own");
}
