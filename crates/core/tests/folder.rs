//! The covered files and the payload, as CPython 3.11 sees them.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aisoc_publisher_core::files::{self, Error, FileMap};
use aisoc_publisher_core::payload::Payload;
use aisoc_publisher_core::task::{Progress, Step, Task};
use aisoc_publisher_core::{Code, Explain as _};
use sample::write;

fn read(dir: &Path) -> Result<FileMap, Error> {
    FileMap::read(dir, &Task::unwatched())
}

fn names(dir: &Path) -> Vec<String> {
    read(dir).unwrap().iter().map(|file| file.path.to_string()).collect()
}

#[test]
fn canonical_bytes_and_digest_are_pythons() {
    let dir = sample::sample();
    let payload = Payload::read(dir.path(), &Task::unwatched()).unwrap();
    assert_eq!(std::str::from_utf8(payload.canonical()).unwrap(), sample::CANONICAL);
    assert_eq!(payload.digest().to_string(), sample::DIGEST);
    assert!(payload.manifest_bytes().starts_with(br#"{"author""#));
    assert_eq!(payload.files().bytes(), 36);
    assert!(!payload.files().iter().any(|file| file.symlink));
}

#[test]
fn a_payload_needs_no_valid_manifest() {
    let dir = sample::plugin("id: a/b\n");
    let payload = Payload::read(dir.path(), &Task::unwatched()).unwrap();
    assert!(payload.canonical().ends_with(br#"},"manifest":{"id":"a/b"}}"#));
    let dir = sample::plugin("- a\n");
    assert_eq!(Payload::read(dir.path(), &Task::unwatched()).unwrap_err().code(), Code::ManifestNotMapping);
}

#[test]
fn no_file_at_all() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "aisoc-plugin.json", r#"{"id": "ab"}"#);
    let payload = Payload::read(dir.path(), &Task::unwatched()).unwrap();
    // json.dumps({"files": {}, "manifest": {"id": "ab"}}, sort_keys=True, separators=(",", ":"))
    assert_eq!(payload.canonical(), br#"{"files":{},"manifest":{"id":"ab"}}"#);
}

/// The outcome was observed on CPython 3.11.7 with the same tree.
#[cfg(target_os = "linux")]
#[test]
fn what_rglob_and_is_file_cover() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let top = tempfile::tempdir().unwrap();
    let dir = top.path().join("real");
    for name in ["a.py", "sub/b.py", ".hid/.py", "x.py/in.py", "X.PY", "e.pyi", "nl.py\n", "sp .py", "../out/o.py"] {
        write(&dir, name, name);
    }
    fs::write(dir.join(OsStr::from_bytes(b"bad\xff.py")), "x").unwrap();
    for (name, target) in [
        ("link.py", "../out/o.py"),
        ("broken.py", "nowhere"),
        ("notdir.py", "a.py/x"),
        ("self.py", "self.py"),
        ("linkdir", "../out"),
        ("loopdir", "."),
        ("ldir.py", "../out"),
        ("lf.py", "f.py"),
        ("dev.py", "/dev/zero"),
    ] {
        symlink(target, dir.join(name)).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(dir.join("f.py")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(dir.join("s.py")).unwrap();
    let expected = [".hid/.py", "a.py", "bad\u{fffd}.py", "link.py", "sp .py", "sub/b.py", "x.py/in.py"];
    assert_eq!(names(&dir), expected);
    let files = read(&dir).unwrap();
    assert_eq!(
        files.iter().filter(|file| file.symlink).map(|file| file.path.to_string()).collect::<Vec<_>>(),
        ["link.py"]
    );

    // A link to the plugin's folder, and other ways to write its path, make no difference.
    symlink("real", top.path().join("link")).unwrap();
    for other in ["link", "link/.", "real/", "real/sub/.."] {
        assert_eq!(read(&top.path().join(other)).unwrap(), files, "{other}");
    }
}

#[test]
fn order_is_by_code_point() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a/b.py", "a.py", "a-b.py", "B.py", "\u{1f600}.py", "\u{fffd}.py", "ä.py"] {
        write(dir.path(), name, "");
    }
    // sorted(["a/b.py", "a.py", "a-b.py", "B.py", "\U0001f600.py", "\ufffd.py", "ä.py"]) in Python.
    assert_eq!(names(dir.path()), ["B.py", "a-b.py", "a.py", "a/b.py", "ä.py", "\u{fffd}.py", "\u{1f600}.py"]);
}

#[test]
fn what_is_no_folder() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "a.py", "");
    assert!(matches!(read(&file), Err(Error::NotAFolder { .. })));
    assert!(matches!(read(&dir.path().join("none")), Err(Error::FolderMissing { .. })));
    assert!(matches!(read(Path::new("")), Err(Error::FolderMissing { .. })));
}

#[test]
fn differences_are_told_file_by_file() {
    let dir = sample::sample();
    let before = read(dir.path()).unwrap();
    assert!(files::diff(&before, &read(dir.path()).unwrap()).is_empty());
    write(dir.path(), "new/n.py", "");
    write(dir.path(), "plugin.py", "other");
    fs::remove_file(dir.path().join(".hidden/h.py")).unwrap();
    write(dir.path(), "README.md", "other");
    let difference = files::diff(&before, &read(dir.path()).unwrap());
    let names = |files: &[files::RelPath]| files.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&difference.added), ["new/n.py"]);
    assert_eq!(names(&difference.removed), [".hidden/h.py"]);
    assert_eq!(names(&difference.changed), ["plugin.py"]);
}

#[test]
fn folders_deeper_than_the_limit_are_declined() {
    let dir = tempfile::tempdir().unwrap();
    let deep = |levels| vec!["d"; levels].join("/");
    write(dir.path(), &format!("{}/a.py", deep(files::MAX_DEPTH)), "");
    assert_eq!(names(dir.path()).len(), 1);
    fs::create_dir(dir.path().join(deep(files::MAX_DEPTH + 1))).unwrap();
    let error = read(dir.path()).unwrap_err();
    assert!(matches!(error, Error::TooDeep { .. }) && !error.loader_fails(), "{error:?}");
}

#[test]
fn progress_counts_entries_and_bytes() {
    let dir = sample::sample();
    write(dir.path(), "big.py", vec![b'#'; 3_000_000]);
    let reports = Mutex::new(Vec::new());
    let report = |progress: Progress| reports.lock().unwrap().push(progress);
    let cancelled = AtomicBool::new(false);
    FileMap::read(dir.path(), &Task::new(&cancelled, &report)).unwrap();
    let reports = reports.into_inner().unwrap();
    let hashing: Vec<_> = reports.iter().filter(|progress| progress.step == Step::Hashing).collect();
    assert!(hashing.len() > 10, "a large file is reported in parts: {}", hashing.len());
    assert!(hashing.iter().all(|progress| progress.total == Some(3_000_036)));
    assert_eq!(hashing.iter().map(|progress| progress.done).max(), Some(3_000_036));
    // 11 files, 4 folders.
    assert!(reports.contains(&Progress { step: Step::Listing, done: 15, total: Some(15) }), "{:?}", reports.first());
}

#[test]
fn a_cancelled_call_stops_in_the_middle_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "big.py", vec![b'#'; 8_000_000]);
    let cancelled = AtomicBool::new(false);
    let done = AtomicU64::new(0);
    let report = |progress: Progress| {
        if progress.step == Step::Hashing {
            done.store(progress.done, Ordering::Relaxed);
            cancelled.store(true, Ordering::Relaxed);
        }
    };
    let error = FileMap::read(dir.path(), &Task::new(&cancelled, &report)).unwrap_err();
    assert!(matches!(error, Error::Cancelled(_)));
    assert!(done.into_inner() < 1_000_000);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_noticed() {
    type Act = fn(&Path);
    let acts: [(&str, Act); 4] = [
        ("grown", |file| {
            use std::io::Write as _;
            fs::OpenOptions::new().append(true).open(file).unwrap().write_all(b"more").unwrap();
        }),
        ("cut short", |file| fs::OpenOptions::new().write(true).open(file).unwrap().set_len(10).unwrap()),
        ("overwritten", |file| {
            use std::io::Write as _;
            fs::OpenOptions::new().write(true).open(file).unwrap().write_all(b"same length").unwrap();
        }),
        ("overwritten with its time set back", |file| {
            use std::io::Write as _;
            let mut handle = fs::OpenOptions::new().write(true).open(file).unwrap();
            let time = handle.metadata().unwrap().modified().unwrap();
            handle.write_all(b"same length").unwrap();
            handle.set_modified(time).unwrap();
        }),
    ];
    for (what, act) in acts {
        let dir = tempfile::tempdir().unwrap();
        let file = write(dir.path(), "big.py", vec![b'#'; 2_000_000]);
        // Time stamps move in ticks of a few milliseconds; a file that was written just now could hide a change.
        std::thread::sleep(std::time::Duration::from_millis(30));
        let acted = AtomicBool::new(false);
        let report = |progress: Progress| {
            if progress.step == Step::Hashing && !acted.swap(true, Ordering::Relaxed) {
                act(&file);
            }
        };
        let error = FileMap::read(dir.path(), &Task::new(&AtomicBool::new(false), &report)).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }) && !error.loader_fails(), "{what}: {error:?}");
        assert_eq!(error.to_string(), format!("`{}` changed while it was read", file.display()));
    }
}

#[test]
fn a_file_that_vanishes_or_turns_into_something_else_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "a.py", "x");
    for turn_into_fifo in [false, true] {
        let report = |progress: Progress| {
            if progress.step == Step::Listing && progress.total.is_some() {
                fs::remove_file(&file).unwrap();
                #[cfg(unix)]
                if turn_into_fifo {
                    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
                }
            }
        };
        let error = FileMap::read(dir.path(), &Task::new(&AtomicBool::new(false), &report)).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{error:?}");
        if !turn_into_fifo {
            fs::write(&file, "x").unwrap();
        }
    }
}

/// What CPython 3.11.7 does with each was observed as `nobody`.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    sample::unprivileged("what_cannot_be_read", || {
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let closed = |name: &str, folder: &str, mode: u32| {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), "plugin.py", "");
            write(dir.path(), name, "");
            set(&dir.path().join(folder), mode);
            let outcome = read(dir.path());
            set(&dir.path().join(folder), 0o755);
            outcome
        };
        // `PermissionError`.
        let error = closed("a.py", "a.py", 0o000).unwrap_err();
        assert!(matches!(&error, Error::Unreadable { path, .. } if path.ends_with("a.py")), "{error:?}");
        assert!(error.loader_fails());
        // Listed and not entered: `PermissionError` as soon as there is a name in it that ends in `.py`.
        let error = closed("sub/a.py", "sub", 0o644).unwrap_err();
        assert!(matches!(&error, Error::Unreadable { path, .. } if path.ends_with("sub/a.py")), "{error:?}");
        assert_eq!(closed("sub/a.txt", "sub", 0o644).unwrap().len(), 1);
        // Left out in silence: the folder itself, or one below a folder that is not entered. Not here.
        for (name, mode) in [("sub/a.py", 0o311), ("sub/a.py", 0o000), ("sub/deep/a.py", 0o644)] {
            let error = closed(name, "sub", mode).unwrap_err();
            assert!(matches!(error, Error::Unlistable { .. }), "{name} {mode:o}: {error:?}");
            assert!(!error.loader_fails());
        }
        // A link into a folder that cannot be entered: `PermissionError`.
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(write(other.path(), "o.py", ""), dir.path().join("l.py")).unwrap();
        set(other.path(), 0o600);
        let outcome = read(dir.path());
        set(other.path(), 0o700);
        assert!(matches!(outcome, Err(Error::Unreadable { .. })), "{outcome:?}");
    });
}

/// `OSError: [Errno 36] File name too long` in CPython 3.11.7.
#[cfg(target_os = "linux")]
#[test]
fn a_link_to_an_impossible_name_fails_as_in_python() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("a".repeat(300), dir.path().join("z.py")).unwrap();
    let error = read(dir.path()).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }) && error.loader_fails(), "{error:?}");
}
