//! The clone's own script, run in a small repository of our own, where it is one that was written from the contract.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod clone;
mod sample;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aisoc_publisher_core::checkout::script::{self, CopyState, ItemChange, ScriptReport};
use aisoc_publisher_core::checkout::{COMMUNITY, Checkout, Error, Notice};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use clone::{ID, MANIFEST, OTHER, apply, clone, commit, git, plan, plugin, plugin_with, python, sign, variant};
use sample::{snapshot, write};

fn run(words: &str) -> Result<ScriptReport, script::Error> {
    let (clone, plugin) = (clone(words), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1)?.run(&submission, &Task::unwatched())
}

#[test]
fn a_clone_that_lacks_files_does_not_run_its_script() {
    let (clone, plugin) = (clone(""), plugin());
    git(clone.path(), &["sparse-checkout", "set", "--no-cone", "/*", "!/plugins/core-one/"]);
    let (submission, _) = apply(clone.path(), plugin.path());
    assert!(submission.notices.contains(&Notice::Incomplete { absent: 1 }), "{:?}", submission.notices);
    let error = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::CheckoutIncomplete);
}

/// Each manifest, whether the script written from the contract stops on it (asked of Python itself), and what is said of it.
#[test]
fn what_stops_the_script() {
    let clone = clone("");
    for (line, code) in [
        ("description: 5", Some(Code::IndexScriptCrash)),
        ("description: [a]", Some(Code::IndexScriptCrash)),
        ("description: yes", Some(Code::IndexScriptCrash)),
        ("description: {a: b}", Some(Code::IndexScriptCrash)),
        ("description: 0", None),
        ("description: ''", None),
        ("description:", None),
        ("tier: 1", Some(Code::IndexScriptCrash)),
        ("tier: true", Some(Code::IndexScriptCrash)),
        ("tier: no", None),
        ("tier: gold", None),
        ("tags: 5", None),
        ("tags: [1, a]", None),
        ("author: 5", None),
    ] {
        let field = line.split(':').next().unwrap();
        let kept: String =
            MANIFEST.lines().filter(|l| !l.starts_with(&format!("{field}:"))).map(|l| format!("{l}\n")).collect();
        let plugin = plugin_with(&format!("{kept}{line}\n"));
        let planned = plan(clone.path(), plugin.path());
        assert_eq!(planned.as_ref().err().map(|error| error.code()), code, "{line}: {planned:?}");
        let target = clone.path().join(COMMUNITY).join(ID);
        write(&target, "plugin.yaml", fs::read(plugin.path().join("plugin.yaml")).unwrap());
        let (python, _) = python();
        let script = clone.path().join("scripts/build_marketplace.py");
        let ran = Command::new(python).arg(script).output().unwrap();
        assert_eq!(ran.status.success(), code.is_none(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
        fs::remove_dir_all(target).unwrap();
    }
    // No crash of Python's, and no JSON either.
    let plugin = plugin_with(&MANIFEST.replace("license: MIT", "license: [.nan]"));
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::IndexScriptCrash);
}

/// The script writes through links, so that there must be none where it writes: neither now, nor when it is run.
#[test]
fn the_script_is_not_run_with_a_link_where_it_writes() {
    let outside = tempfile::tempdir().unwrap();
    let plugin = plugin();
    for (link, is_folder) in [
        ("marketplace/index.json", false),
        ("apps/web/public/marketplace/index.json", false),
        ("services/api/app/data/marketplace/index.json", false),
        ("apps/web", true),
        ("services", true),
    ] {
        let clone = clone("three-copies");
        let (submission, _) = apply(clone.path(), plugin.path());
        let script = submission.checkout().script(&python().1).unwrap();
        let path = clone.path().join(link);
        let moved = outside.path().join(link.replace('/', "-"));
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        assert_eq!(path.is_dir(), is_folder);
        let before = snapshot(outside.path());
        let error = script.run(&submission, &Task::unwatched()).unwrap_err();
        assert!(matches!(error, script::Error::Clone(Error::Link { .. })), "{link}: {error}");
        assert_eq!(snapshot(outside.path()), before, "{link}");
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert!(matches!(error, Error::Link { .. } | Error::NotACheckout { .. }), "{link}: {error}");
    }
}

/// What cannot be told is no reason not to run it; what is known to fail is.
#[test]
fn the_script_is_not_run_where_a_fresh_clone_is_refused() {
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let script = submission.checkout().script(&python().1).unwrap();
    write(clone.path(), ".gitattributes", "*.md text\nplugin.* text eol=crlf\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let before = snapshot(clone.path());
    let error = script.run(&submission, &Task::unwatched()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nothing was written or run: a fresh clone does not verify, because `.gitattributes:2` makes `plugin.py`, `plugin.yaml` \
         CRLF there"
    );
    assert_eq!(error.code(), Code::GitCrlf);
    assert_eq!(snapshot(clone.path()), before);
    write(clone.path(), ".gitattributes", "*.py filter=x\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.fresh_clone.is_none() && submission.refusal().is_none());
    assert!(script.run(&submission, &Task::unwatched()).unwrap().is_clean());
}

#[test]
fn what_the_script_started_ends_with_it() {
    let (clone, plugin) = (clone("child"), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
    let index = clone.path().join("marketplace/index.json");
    let before = fs::read(&index).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(fs::read(&index).unwrap() == before, "the script's child wrote after its end");
}

#[test]
fn every_field_of_the_item_is_compared() {
    let report = run("alters-own sha256").unwrap();
    assert!(!report.is_clean() && report.drift.is_empty());
    assert_eq!(
        report.wrong,
        [
            "`name` of the item is not `Lookup`",
            r#"`tags` of the item is not `["lookup"]`"#,
            "the item has no `license`",
            "`homepage` of the item is not `https://example.org/lookup`",
            "`verified` of the item is not `false`",
            "`tier` of the item is not `community`",
        ]
    );
    assert_eq!(report.unknown.len(), 1, "{:?}", report.unknown);
    // A field that a newer script adds is no fault of this plugin, and is said.
    let report = run("new-field sha256").unwrap();
    assert!(report.is_clean() && report.item == ItemChange::Added, "{:?}", report.problems());
    let said = "the item has `pri\\u{202e}ce`, which this program does not know: newer scripts may add fields";
    assert_eq!(report.unknown, [said]);
    // An item that was left as it was, though the plugin is another one.
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    commit(clone.path());
    write(plugin.path(), "plugin.yaml", MANIFEST.replace("Looks things up.", "'  Looks more things up. '"));
    sign(plugin.path());
    let (submission, _) = apply(clone.path(), plugin.path());
    variant(clone.path(), "no-op");
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert_eq!(report.item, ItemChange::Same);
    assert_eq!(report.problems(), ["`description` of the item is not `Looks more things up.`"]);
    variant(clone.path(), "");
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
}

/// The script, written from the contract, is asked: what it makes of unusual manifests is what is expected here.
#[test]
fn unusual_manifests_make_items_that_are_expected() {
    for manifest in [
        "id: my.lookup\nname: 1\nversion: 1.10\nplugin_type: action\ntier: ' Stable '\ntags: [1, a, [b]]\nlicense: 2\n",
        "id: my.lookup\nname: a\nversion: 1.0.0\nplugin_type: action\ndescription: no\ntier: gold\ntags: 5\nauthor:\n",
        "id: my.lookup\nname: a\nversion: 1.0.0\nplugin_type: action\ntier: BETA\nauthor: {a: [1.5, true, ~, 99999999999999999999]}\n",
    ] {
        let (clone, plugin) = (clone(""), plugin_with(manifest));
        let (submission, _) = apply(clone.path(), plugin.path());
        let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
        assert!(report.is_clean(), "{manifest}: {:?}", report.problems());
    }
}

#[test]
fn the_script_adds_the_item_and_nothing_else() {
    for (words, third) in [("", CopyState::NotUsed), ("three-copies sha256 duplicates", CopyState::Same)] {
        let report = run(words).unwrap();
        assert!(report.is_clean(), "{:?}", report.problems());
        assert_eq!(report.item, ItemChange::Added);
        assert_eq!(report.copies[0].1, CopyState::Same);
        assert_eq!(report.copies[1].1, third);
        let item = report.now.unwrap();
        assert_eq!(item["path"], "plugins/community/community-zoe-lookup/plugin.yaml");
        assert_eq!(item["author"], "Zoë");
        assert_eq!(item.contains_key("sha256"), words.contains("sha256"));
        let variables = report.output.split("variables: ").nth(1).unwrap();
        assert_eq!(variables, "['HOME', 'LANG', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONUTF8']\n");
    }
}

#[test]
fn the_script_leaves_no_trace_but_the_index() {
    let (clone, plugin) = (clone("three-copies"), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let before = snapshot(clone.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    let changed: Vec<_> = snapshot(clone.path())
        .into_iter()
        .filter(|entry| !before.contains(entry))
        .map(|(path, _)| path.strip_prefix(clone.path()).unwrap().display().to_string())
        .collect();
    assert_eq!(
        changed,
        [
            "apps/web/public/marketplace/index.json",
            "marketplace/index.json",
            "services/api/app/data/marketplace/index.json"
        ]
    );
    assert_eq!(submission.to_commit()[1..].iter().filter(|path| changed.contains(path)).count(), 3);
    let again = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(again.is_clean() && again.item == ItemChange::Added, "nobody committed it");
    commit(clone.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let again = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(again.is_clean() && again.item == ItemChange::Same);
}

#[test]
fn what_else_the_script_did_is_said() {
    for (words, problem) in [
        ("other-item", "`detection not-asked-for` was added"),
        ("no-item", "the index has no item for the plugin"),
        ("other-version", "`version` of the index changed"),
        ("stale-copy", "`apps/web/public/marketplace/index.json` is not the same as `marketplace/index.json`"),
        ("touches-plugin", "the plugin's folder does not verify any more"),
    ] {
        let report = run(words).unwrap();
        assert!(!report.is_clean());
        assert!(report.problems().iter().any(|said| said == problem), "{words}: {:?}", report.problems());
    }
    // What one run did to other items is not forgotten in the next.
    let (careless, own) = (clone("other-item"), plugin());
    let (submission, _) = apply(careless.path(), own.path());
    for _ in 0..2 {
        let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
        assert_eq!(report.problems(), ["`detection not-asked-for` was added"]);
    }
    // An index that was out of date before.
    let (clone, plugin) = (clone(""), plugin());
    write(clone.path(), "plugins/core-one/plugin.yaml", OTHER.replace("One", "Another"));
    let (submission, _) = apply(clone.path(), plugin.path());
    let report = submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert_eq!(report.problems(), ["`plugin core-one` was changed"]);
}

#[test]
fn a_script_that_fails_or_hangs() {
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    let script = submission.checkout().script(&python().1).unwrap();
    write(clone.path(), "plugins/core-two/plugin.yaml", OTHER.replace("core-one", "12"));
    let error = script.run(&submission, &Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::IndexScriptFailed);
    assert!(error.hint().unwrap().starts_with("it said: TypeError: an id must be a string"), "{:?}", error.hint());

    variant(clone.path(), "hang");
    let mut hasty = script.clone();
    hasty.time_limit = Duration::from_millis(300);
    let began = Instant::now();
    assert!(matches!(hasty.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::TimedOut { .. }));
    let cancelled = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            cancelled.store(true, Ordering::Relaxed);
        });
        let error = script.run(&submission, &Task::new(&cancelled, &|_| {})).unwrap_err();
        assert_eq!(error.code(), Code::Cancelled);
    });
    assert!(began.elapsed() < Duration::from_secs(60));
    write(clone.path(), "scripts/build_marketplace.py", "print('another')\n");
    assert!(matches!(script.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::Changed { .. }));
    fs::remove_dir_all(&submission.target).unwrap();
    assert!(matches!(script.run(&submission, &Task::unwatched()).unwrap_err(), script::Error::NotApplied { .. }));
}

#[test]
fn what_the_script_prints_is_bounded_and_cleaned() {
    let report = run("noisy").unwrap();
    assert!(report.output.len() < 150 << 10, "{}", report.output.len());
    assert!(report.output.starts_with(r"\u{1b}[2J\u{202e}A script can print anything.    xxx"));
}

#[test]
fn only_a_python_from_outside_the_clone() {
    use std::os::unix::fs::PermissionsExt as _;
    let clone = clone("");
    let checkout = Checkout::recognise(clone.path()).unwrap();
    let own = write(clone.path(), "bin/python3", "#!/bin/sh\n");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
    let path = |folders: &[&Path]| std::env::join_paths(folders).unwrap();
    let inside = clone.path().join("bin");
    for search in [path(&[&inside]), path(&[Path::new("bin"), Path::new(".")]), OsString::new()] {
        let error = checkout.script(&search).unwrap_err();
        assert_eq!(error.code(), Code::NoPython);
        assert!(error.hint().unwrap().contains("python3 scripts/build_marketplace.py"));
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let found = elsewhere.path().join("python3");
    fs::copy(&own, &found).unwrap();
    let script = checkout.script(&path(&[&inside, elsewhere.path()])).unwrap();
    assert_eq!(script.command, [found.into_os_string(), "scripts/build_marketplace.py".into()]);
}
