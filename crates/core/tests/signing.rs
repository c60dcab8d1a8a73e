//! Signing what was seen: what is written, what is not, and what is taken back.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aisoc_publisher_core::sign::{Error, OutputProblem, Plan, Signed, Warning};
use aisoc_publisher_core::task::{Progress, Step, Task};
use aisoc_publisher_core::verdict::{Outcome, Status};
use aisoc_publisher_core::{Code, Explain as _};
use sample::{key, key_id, plugin, sample, snapshot, write};

fn look(dir: &Path) -> Plan {
    Plan::look(dir, &Task::unwatched()).unwrap()
}

fn sign(plan: &Plan, out: Option<&Path>) -> Result<Signed, Error> {
    plan.sign(&key_id(), &key(), out, &Task::unwatched())
}

/// Signs, and does something at the moment when the folder has been listed for the `nth` time.
fn sign_while(plan: &Plan, nth: usize, act: &(dyn Fn(&AtomicBool) + Sync)) -> Result<Signed, Error> {
    let (cancelled, listed) = (AtomicBool::new(false), AtomicUsize::new(0));
    let report = |progress: Progress| {
        if progress.step == Step::Listing
            && progress.total.is_some()
            && listed.fetch_add(1, Ordering::Relaxed) + 1 == nth
        {
            act(&cancelled);
        }
    };
    plan.sign(&key_id(), &key(), None, &Task::new(&cancelled, &report))
}

/// While signing, the folder is read before writing and again after it.
const BEFORE_WRITING: usize = 1;
const AFTER_WRITING: usize = 2;

#[test]
fn the_signature_is_pythons() {
    let dir = sample();
    let plan = look(dir.path());
    assert_eq!(plan.digest().to_string(), sample::DIGEST);
    assert_eq!(plan.facts().id.as_str(), "myorg.virustotal");
    assert_eq!(plan.facts().version, "1.1");
    assert_eq!(plan.warnings(), []);
    let signed = sign(&plan, None).unwrap();
    assert_eq!(signed.signature.to_string(), sample::SIGNATURE);
    assert_eq!(fs::read(dir.path().join("plugin.sig")).unwrap(), sample::SIGNATURE.as_bytes());
    assert_eq!((signed.files, signed.path), (6, dir.path().join("plugin.sig")));
    assert_eq!(signed.verdict.strict.signature_status, Some(Status::Verified));
    assert_eq!(signed.verdict.strict.key_id.as_deref(), Some("myorg-prod"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(dir.path().join("plugin.sig")).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o644);
    }
    // Signing again writes the same bytes, and leaves nothing else behind.
    let before = snapshot(dir.path());
    sign(&plan, None).unwrap();
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn only_what_was_seen_is_signed() {
    let dir = sample();
    let plan = look(dir.path());
    write(dir.path(), "plugin.py", "evil");
    write(dir.path(), "a.py", "new");
    fs::remove_file(dir.path().join(".hidden/h.py")).unwrap();
    let before = snapshot(dir.path());
    let error = sign(&plan, None).unwrap_err();
    let Error::FolderChanged { change, .. } = &error else { panic!("{error:?}") };
    assert_eq!(change.to_string(), "`a.py` was added, `.hidden/h.py` was removed, `plugin.py` was changed");
    assert!(!change.manifest && change.seen == plan.digest() && change.found != change.seen);
    assert_eq!(error.code(), Code::FolderChanged);
    assert_eq!(snapshot(dir.path()), before);

    let dir = sample();
    let plan = look(dir.path());
    write(dir.path(), "plugin.yaml", sample::MANIFEST.replace("1.10", "2.0"));
    let error = sign(&plan, None).unwrap_err();
    assert!(error.to_string().ends_with("changed after it was looked at: the manifest changed"), "{error}");
    // A change that no signature covers is none.
    write(dir.path(), "plugin.yaml", sample::MANIFEST.replace("level: high", "level: low"));
    write(dir.path(), "README.md", "other");
    sign(&plan, None).unwrap();
}

#[test]
fn a_file_that_changes_while_signing_costs_the_signature() {
    for old in [None, Some("00".repeat(64))] {
        let dir = sample();
        if let Some(old) = &old {
            write(dir.path(), "plugin.sig", old);
        }
        let plan = look(dir.path());
        let error = sign_while(&plan, AFTER_WRITING, &|_| {
            assert_eq!(fs::read(dir.path().join("plugin.sig")).unwrap(), sample::SIGNATURE.as_bytes());
            write(dir.path(), "plugin.py", "evil");
        })
        .unwrap_err();
        let Error::RecheckFailed { finding, .. } = &error else { panic!("{error:?}") };
        assert_eq!(finding.as_ref().unwrap().code(), Code::NoKeyMatches);
        assert!(error.to_string().contains("was taken back: the signature matches none"), "{error}");
        let left = fs::read_to_string(dir.path().join("plugin.sig")).ok();
        assert_eq!(left, old, "the old content is back");
    }
}

#[test]
fn another_signature_written_meanwhile_is_left_alone() {
    let dir = sample();
    let plan = look(dir.path());
    let theirs = "11".repeat(64);
    let error = sign_while(&plan, AFTER_WRITING, &|_| {
        write(dir.path(), "plugin.sig", &theirs);
        write(dir.path(), "plugin.py", "evil");
    })
    .unwrap_err();
    assert!(matches!(error, Error::RecheckFailed { .. }), "{error:?}");
    assert!(!error.to_string().contains("taken back"), "{error}");
    assert!(error.to_string().contains("something else"), "{error}");
    assert_eq!(fs::read_to_string(dir.path().join("plugin.sig")).unwrap(), theirs);
}

/// A link to a file with our very bytes is not the file that was written.
#[cfg(unix)]
#[test]
fn a_link_that_took_the_signatures_place_is_left_alone() {
    let (dir, elsewhere) = (sample(), tempfile::tempdir().unwrap());
    let plan = look(dir.path());
    let sig = dir.path().join("plugin.sig");
    let error = sign_while(&plan, AFTER_WRITING, &|_| {
        let target = write(elsewhere.path(), "theirs", sample::SIGNATURE);
        fs::remove_file(&sig).unwrap();
        std::os::unix::fs::symlink(target, &sig).unwrap();
        write(dir.path(), "plugin.py", "evil");
    })
    .unwrap_err();
    assert!(error.to_string().contains("something else"), "{error}");
    assert!(fs::symlink_metadata(&sig).unwrap().is_symlink());
}

#[cfg(unix)]
#[test]
fn the_old_file_comes_back_with_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    // Also where the old bytes are the new ones.
    for old in ["00".repeat(64), sample::SIGNATURE.to_owned()] {
        let dir = sample();
        let sig = write(dir.path(), "plugin.sig", &old);
        fs::set_permissions(&sig, fs::Permissions::from_mode(0o640)).unwrap();
        let error = sign_while(&look(dir.path()), AFTER_WRITING, &|_| {
            write(dir.path(), "plugin.py", "evil");
        })
        .unwrap_err();
        assert!(error.to_string().contains("was taken back"), "{error}");
        assert_eq!(fs::read_to_string(&sig).unwrap(), old);
        assert_eq!(fs::metadata(&sig).unwrap().permissions().mode() & 0o7777, 0o640);
    }
}

#[test]
fn cancelling_leaves_nothing_written() {
    for (nth, old) in [(BEFORE_WRITING, None), (AFTER_WRITING, None), (AFTER_WRITING, Some("00".repeat(64)))] {
        let dir = sample();
        if let Some(old) = &old {
            write(dir.path(), "plugin.sig", old);
        }
        let before = snapshot(dir.path());
        let error =
            sign_while(&look(dir.path()), nth, &|cancelled| cancelled.store(true, Ordering::Relaxed)).unwrap_err();
        assert!(matches!(error, Error::Cancelled(_)), "{error:?}");
        assert_eq!(snapshot(dir.path()), before);
    }
}

#[test]
fn another_output_file() {
    let (dir, elsewhere) = (sample(), tempfile::tempdir().unwrap());
    let plan = look(dir.path());
    let before = snapshot(dir.path());
    let out = elsewhere.path().join("out.sig");
    let signed = sign(&plan, Some(&out)).unwrap();
    assert_eq!(signed.path, out);
    assert_eq!(fs::read(&out).unwrap(), sample::SIGNATURE.as_bytes());
    assert_eq!(snapshot(dir.path()), before, "the folder has no plugin.sig");
    // Over a signature, an empty file, raw bytes; in the plugin's folder under another name.
    write(elsewhere.path(), "empty", "");
    write(elsewhere.path(), "raw", [7; 64]);
    for out in [out, elsewhere.path().join("empty"), elsewhere.path().join("raw"), dir.path().join("pkg/other.sig")] {
        sign(&plan, Some(&out)).unwrap();
        assert_eq!(fs::read(&out).unwrap(), sample::SIGNATURE.as_bytes());
    }
}

#[test]
fn output_files_that_are_refused() {
    let (dir, elsewhere) = (sample(), tempfile::tempdir().unwrap());
    let plan = look(dir.path());
    write(elsewhere.path(), "my.key", "-----BEGIN PRIVATE KEY-----");
    write(elsewhere.path(), "huge", vec![b' '; 2 << 20]);
    let before = (snapshot(dir.path()), snapshot(elsewhere.path()));
    let table = [
        (dir.path().join("plugin.yaml"), OutputProblem::Manifest),
        (dir.path().join("PLUGIN.Yaml"), OutputProblem::Manifest),
        (dir.path().join("aisoc-plugin.json"), OutputProblem::Manifest),
        (dir.path().join("plugin.py"), OutputProblem::Covered),
        (dir.path().join("new.py"), OutputProblem::Covered),
        (elsewhere.path().join("new.PY"), OutputProblem::Covered),
        (elsewhere.path().join("my.key"), OutputProblem::OtherContent),
        (elsewhere.path().join("huge"), OutputProblem::OtherContent),
        (dir.path().join("README.md"), OutputProblem::OtherContent),
    ];
    for (out, expected) in table {
        let error = sign(&plan, Some(&out)).unwrap_err();
        assert!(matches!(&error, Error::OutputRefused { why, .. } if *why == expected), "{} {error:?}", out.display());
        assert_eq!((snapshot(dir.path()), snapshot(elsewhere.path())), before);
    }
    for out in [elsewhere.path(), &dir.path().join("pkg"), &elsewhere.path().join(".."), Path::new("/")] {
        let error = sign(&plan, Some(out)).unwrap_err();
        assert_eq!(error.code(), Code::TargetNotAFile, "{} {error:?}", out.display());
    }
    let error = sign(&plan, Some(&elsewhere.path().join("none/out.sig"))).unwrap_err();
    assert_eq!(error.code(), Code::Io);
    assert!(error.hint().unwrap().contains("make the folder"), "{error}");
    assert_eq!((snapshot(dir.path()), snapshot(elsewhere.path())), before);
}

#[test]
fn a_damaged_plugin_sig_is_replaced() {
    let dir = sample();
    write(dir.path(), "plugin.sig", "not a signature");
    sign(&look(dir.path()), None).unwrap();
    let dir = sample();
    fs::create_dir(dir.path().join("plugin.sig")).unwrap();
    assert_eq!(sign(&look(dir.path()), None).unwrap_err().code(), Code::TargetNotAFile);
}

#[cfg(unix)]
#[test]
fn no_symlink_is_written_through() {
    use std::os::unix::fs::symlink;
    let dir = sample();
    let victim = write(dir.path(), "victim", sample::SIGNATURE.to_uppercase());
    symlink("victim", dir.path().join("plugin.sig")).unwrap();
    let error = sign(&look(dir.path()), None).unwrap_err();
    assert!(error.to_string().ends_with("it is a symbolic link"), "{error}");
    assert_eq!(fs::read_to_string(victim).unwrap(), sample::SIGNATURE.to_uppercase());
}

/// A covered file may lie outside the folder, behind a symlink; an output file that is the same file must not break it.
#[cfg(unix)]
#[test]
fn an_output_file_behind_a_covered_symlink_is_taken_back() {
    let (dir, elsewhere) = (sample(), tempfile::tempdir().unwrap());
    let shared = write(elsewhere.path(), "shared", "");
    std::os::unix::fs::symlink(&shared, dir.path().join("shared.py")).unwrap();
    let plan = look(dir.path());
    assert!(matches!(plan.warnings(), [Warning::Symlink { .. }]));
    let error = sign(&plan, Some(&shared)).unwrap_err();
    assert!(matches!(error, Error::RecheckFailed { .. }), "{error:?}");
    assert_eq!(fs::read(&shared).unwrap(), b"");
}

#[test]
fn what_may_not_be_signed() {
    let table = [
        ("id: 12\nname: n\nversion: 1\nplugin_type: action", Code::IdUnusable, Some((1, 5))),
        ("id: yes\nname: n\nversion: 1\nplugin_type: action", Code::IdUnusable, Some((1, 5))),
        ("id: \"ab\\n\"\nname: n\nversion: 1\nplugin_type: action", Code::IdUnusable, Some((1, 5))),
        ("name: n\nid: a/b\nversion: 1\nplugin_type: action", Code::IdInvalid, Some((2, 5))),
        ("id: ab\nname: n\nversion: 1\nplugin_type: none", Code::PluginTypeInvalid, Some((4, 14))),
        ("id: ab\nname: n\nversion: 0\nplugin_type: action", Code::ManifestFieldsMissing, Some((3, 10))),
        ("id: ab\nname: n\nversion: 2024-01-15\nplugin_type: action", Code::Manifest, Some((3, 10))),
        ("- ab", Code::ManifestNotMapping, None),
    ];
    for (manifest, code, position) in table {
        let dir = plugin(manifest);
        let before = snapshot(dir.path());
        let error = Plan::look(dir.path(), &Task::unwatched()).unwrap_err();
        assert_eq!(error.code(), code, "{manifest}");
        let place = error.place().unwrap();
        assert_eq!((place.path, place.position), (dir.path().join("plugin.yaml"), position), "{manifest}");
        assert!(error.hint().is_some(), "{manifest}");
        assert_eq!(snapshot(dir.path()), before);
    }
    let empty = tempfile::tempdir().unwrap();
    let look = |path: &Path| Plan::look(path, &Task::unwatched()).unwrap_err();
    assert_eq!(look(empty.path()).code(), Code::ManifestMissing);
    assert_eq!(look(&empty.path().join("none")).code(), Code::FolderInvalid);
    assert_eq!(look(&plugin(sample::SMALL).path().join("plugin.py")).code(), Code::FolderInvalid);
}

#[test]
fn warnings_do_not_keep_from_signing() {
    let dir = plugin(sample::SMALL);
    fs::rename(dir.path().join("plugin.py"), dir.path().join("other.py")).unwrap();
    write(dir.path(), "aisoc-plugin.json", "{}");
    for name in ["m1.py", "deep/m2.py"] {
        write(dir.path(), &format!(".venv/lib/python3.11/site-packages/{name}"), "");
    }
    write(dir.path(), "node_modules.py", "");
    let plan = look(dir.path());
    let folder = ".venv/lib/python3.11/site-packages".to_owned();
    assert_eq!(
        plan.warnings(),
        [Warning::ManifestIgnored, Warning::NoPluginPy, Warning::Dependencies { folder, files: 2 }]
    );
    assert_eq!(sign(&plan, None).unwrap().verdict.strict.outcome, Outcome::Loads);

    let bare = tempfile::tempdir().unwrap();
    write(bare.path(), "aisoc-plugin.json", r#"{"id": "ab", "name": "n", "version": "1", "plugin_type": "widget"}"#);
    let plan = look(bare.path());
    assert_eq!(plan.warnings(), [Warning::NoFiles, Warning::NoPluginPy]);
    assert_eq!(sign(&plan, None).unwrap().files, 0);
}

/// An install from an OCI image refuses a plugin for any link, covered or not, dangling ones included.
#[cfg(unix)]
#[test]
fn every_symlink_is_worth_a_warning() {
    use std::os::unix::fs::symlink;
    let links = |dir: &Path| {
        let plan = look(dir);
        let links = plan.warnings().iter().filter(|w| w.code() == Code::Symlink);
        links.map(|w| w.to_string().split('`').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let dir = sample();
    for (name, target) in [
        ("data.txt", "/etc/hosts"),
        ("linked", "/etc"),
        ("gone", "nowhere"),
        ("pkg/l.py", "/etc/hosts"),
        ("f.py", "/etc"),
    ] {
        symlink(target, dir.path().join(name)).unwrap();
    }
    assert_eq!(links(dir.path()), ["pkg/l.py", "data.txt", "f.py", "gone", "linked"]);

    // The manifest is told of once, as the manifest.
    let dir = sample();
    fs::rename(dir.path().join("plugin.yaml"), dir.path().join("real.yaml")).unwrap();
    symlink("real.yaml", dir.path().join("plugin.yaml")).unwrap();
    assert_eq!(links(dir.path()), [dir.path().join("plugin.yaml").display().to_string()]);

    // A folder full of links does not drown the rest.
    let dir = sample();
    for n in 0..500 {
        symlink("x", dir.path().join(format!("l{n:03}"))).unwrap();
    }
    let plan = look(dir.path());
    assert!(plan.warnings().len() <= 101, "{}", plan.warnings().len());
    let last = plan.warnings().last().unwrap().to_string();
    assert!(last.contains("400 more"), "{last}");
}

#[test]
fn what_screens_hold_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Plan>();
    crosses::<Signed>();
    crosses::<Error>();
    crosses::<aisoc_publisher_core::verdict::Verdict>();
    crosses::<aisoc_publisher_core::entry::Prepared>();
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    sample::unprivileged("a_read_only_folder", || {
        let dir = sample();
        let plan = look(dir.path());
        let set = |mode| fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
        set(0o555);
        let error = sign(&plan, None).unwrap_err();
        let before = snapshot(dir.path());
        set(0o755);
        assert_eq!(error.code(), Code::Io);
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert!(error.hint().unwrap().contains("must be writable"), "{error}");
        assert!(!before.iter().any(|(path, _)| path.ends_with("plugin.sig")));
    });
}
