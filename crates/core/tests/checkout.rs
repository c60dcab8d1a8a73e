//! A submission to AiSOC's repository, in a small repository of our own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod clone;
mod sample;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use aisoc_publisher_core::checkout::{Base, COMMUNITY, Checkout, Error, FileState, Notice, Options, Role};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::TrustedKeys;
use aisoc_publisher_core::verdict::{self, Status};
use aisoc_publisher_core::{Code, Explain as _};
use clone::{
    ID, MANIFEST, OTHER, apply, archive, clone, clone_of, commit, git, include, plan, plan_with, plugin, plugin_with,
    python, run_commands, sign, states,
};
use sample::{key, key_id, snapshot, write};

#[test]
fn a_plugin_comes_into_the_clone_and_nothing_else() {
    let (clone, plugin) = (clone(""), plugin());
    let before = snapshot(clone.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert_eq!(
        states(&submission),
        [
            ("LICENSE-MIT".to_owned(), Role::Document, FileState::New),
            ("README.md".to_owned(), Role::Document, FileState::New),
            ("lookup/__init__.py".to_owned(), Role::Covered, FileState::New),
            ("lookup/größe.py".to_owned(), Role::Covered, FileState::New),
            ("plugin.py".to_owned(), Role::Covered, FileState::New),
            ("plugin.sig".to_owned(), Role::Signature, FileState::New),
            ("plugin.yaml".to_owned(), Role::Manifest, FileState::New),
        ]
    );
    let left: Vec<_> = submission.left_out.iter().map(|file| file.path.to_string()).collect();
    assert_eq!(left, ["go/main.go", "notes.txt"]);
    assert_eq!(submission.notices, [Notice::GoLeftOut]);
    assert_eq!(submission.fresh_clone.as_ref().unwrap().strict.signature_status, Some(Status::Verified));
    let diff = submission.diff();
    assert!(
        diff.contains("+++ b/plugins/community/community-zoe-lookup/plugin.py\n@@ -0,0 +1,2 @@\n+class Plugin:\n"),
        "{diff}"
    );
    assert_eq!(snapshot(clone.path()), before, "looking wrote something");

    let applied = submission.apply(&Task::unwatched()).unwrap();
    assert_eq!(applied.written.len(), 7);
    assert_eq!(applied.rehearsal.verdict.strict.signature_status, Some(Status::Verified));
    let target = clone.path().join(COMMUNITY).join(ID);
    let mut after = snapshot(clone.path());
    after.retain(|(path, _)| !path.starts_with(&target));
    assert_eq!(after, before, "something beside the plugin's folder changed");
    for file in &submission.files {
        let path = target.join(file.path.to_string());
        assert_eq!(fs::read(&path).unwrap(), fs::read(plugin.path().join(file.path.to_string())).unwrap());
    }
    let again = plan(clone.path(), plugin.path()).unwrap();
    assert!(again.is_applied() && again.diff().is_empty());
    assert!(again.apply(&Task::unwatched()).unwrap().written.is_empty());
    // The plugin may as well have been written in its place.
    assert!(plan(clone.path(), &target).unwrap().is_applied());
}

#[test]
fn a_second_release_replaces_what_changed() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    write(plugin.path(), "plugin.yaml", MANIFEST.replace("1.0.0\nplugin_type", "1.1.0\nplugin_type"));
    write(plugin.path(), "README.md", "# Lookup, once more\n");
    sign(plugin.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let changed: Vec<_> = states(&submission).into_iter().filter(|(.., state)| *state != FileState::Same).collect();
    assert_eq!(
        changed,
        [
            ("README.md".to_owned(), Role::Document, FileState::Changed),
            ("plugin.sig".to_owned(), Role::Signature, FileState::Changed),
            ("plugin.yaml".to_owned(), Role::Manifest, FileState::Changed),
        ]
    );
    assert!(submission.diff().contains("\n-version: 1.0.0\n+version: 1.1.0\n"));
    assert_eq!(submission.apply(&Task::unwatched()).unwrap().written.len(), 3);
    assert!(plan(clone.path(), plugin.path()).unwrap().is_applied());
}

#[test]
fn other_bytes_want_another_version() {
    let (clone, plugin) = (clone(""), plugin());
    let (submission, _) = apply(clone.path(), plugin.path());
    submission.checkout().script(&python().1).unwrap().run(&submission, &Task::unwatched()).unwrap();
    assert!(!plan(clone.path(), plugin.path()).unwrap().notices.iter().any(|n| n.code() == Code::CheckoutNotNewer));
    write(plugin.path(), "plugin.py", "class Plugin: pass\n");
    sign(plugin.path());
    let notices = plan(clone.path(), plugin.path()).unwrap().notices;
    let (there, here) = ("1.0.0".to_owned(), "1.0.0".to_owned());
    assert!(notices.contains(&Notice::NotNewer { there, here, is_higher: false }), "{notices:?}");
    for (version, newer) in [("0.9.9", false), ("1.0.0", false), ("1.0.1", true), ("1.0.10", true), ("2.0.0-rc1", true)]
    {
        write(
            plugin.path(),
            "plugin.yaml",
            MANIFEST.replace("version: 1.0.0\nplugin", &format!("version: {version}\nplugin")),
        );
        sign(plugin.path());
        let notices = plan(clone.path(), plugin.path()).unwrap().notices;
        assert_eq!(notices.iter().any(|n| n.code() == Code::CheckoutNotNewer), !newer, "{version}");
    }
}

#[test]
fn chosen_files_go_along() {
    let (clone, plugin) = (clone(""), plugin());
    let submission = plan_with(clone.path(), plugin.path(), &include(&["go", "notes.txt"])).unwrap();
    let chosen: Vec<_> =
        submission.files.iter().filter(|file| file.role == Role::Included).map(|file| file.path.to_string()).collect();
    assert_eq!(chosen, ["go/main.go", "notes.txt"]);
    assert!(submission.left_out.is_empty() && submission.notices.is_empty());
    for missing in ["nothing.txt", "note", "go/main"] {
        let error = plan_with(clone.path(), plugin.path(), &include(&[missing])).unwrap_err();
        assert_eq!(error.code(), Code::IncludeMissing, "{missing}");
    }
    symlink("/etc/hostname", plugin.path().join("host")).unwrap();
    symlink("/etc", plugin.path().join("README.txt")).unwrap();
    let error = plan_with(clone.path(), plugin.path(), &include(&["host"])).unwrap_err();
    assert!(matches!(error, Error::IncludeLink { .. }), "{error}");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.left_out.iter().any(|file| file.path.to_string() == "host"));
    assert!(submission.left_out.iter().any(|file| file.path.to_string() == "README.txt"));
}

#[test]
fn a_signed_file_behind_a_link_is_written_as_a_file() {
    let (clone, plugin) = (clone(""), plugin());
    let elsewhere = tempfile::tempdir().unwrap();
    let shared = write(elsewhere.path(), "shared.py", "shared = 1\n");
    symlink(shared, plugin.path().join("shared.py")).unwrap();
    sign(plugin.path());
    let (submission, _) = apply(clone.path(), plugin.path());
    assert!(submission.notices.contains(&Notice::LinksFollowed { paths: vec!["shared.py".to_owned()] }));
    let written = submission.target.join("shared.py");
    assert!(written.symlink_metadata().unwrap().is_file());
    assert_eq!(fs::read(written).unwrap(), b"shared = 1\n");
}

#[test]
fn secrets_and_git_folders_stay_out() {
    let (clone, plugin) = (clone(""), plugin());
    let secret = include_str!("../../../tests/data/trusted-keys/private.pem");
    write(plugin.path(), "README.md", format!("# Lookup\n{secret}"));
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::PrivateKeyInFolder);
    assert_eq!(error.place().unwrap().position, Some((2, 1)));
    assert!(!error.to_string().contains("MC4"));
    // What does not go along may be what it wants.
    write(plugin.path(), "README.md", "# Lookup\n");
    write(plugin.path(), "dev.pem", secret);
    assert!(plan(clone.path(), plugin.path()).is_ok());
    assert_eq!(
        plan_with(clone.path(), plugin.path(), &include(&["dev.pem"])).unwrap_err().code(),
        Code::PrivateKeyInFolder
    );
    write(plugin.path(), ".git/hooks/x.py", "x = 1\n");
    sign(plugin.path());
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::FileNameInvalid);
}

#[test]
fn only_what_the_key_signed() {
    let (clone, plugin) = (clone(""), plugin());
    let before = snapshot(clone.path());
    write(plugin.path(), "plugin.py", "class Plugin: ...\n");
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::EntryUnverified);
    fs::remove_file(plugin.path().join("plugin.sig")).unwrap();
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::EntryUnverified);
    assert!(error.to_string().contains("myorg-prod"), "{error}");
    assert_eq!(snapshot(clone.path()), before);
}

#[test]
fn what_is_no_clone() {
    let clone = clone("");
    let why = |dir: &Path| Checkout::recognise(dir).unwrap_err().to_string();
    let ends = |dir: &Path, end: &str| assert!(why(dir).ends_with(end), "{}", why(dir));
    assert!(Checkout::recognise(clone.path()).unwrap().is_work_tree);
    ends(
        &clone.path().join("plugins/community"),
        &format!("the clone is `{}`", clone.path().canonicalize().unwrap().display()),
    );
    ends(&clone.path().join("nowhere"), "there is no such folder");
    ends(&clone.path().join(".gitignore"), "there is no such folder");
    let dir = tempfile::tempdir().unwrap();
    ends(dir.path(), "it has no `plugins`, no `marketplace/index.json`, no `scripts/build_marketplace.py`");
    fs::create_dir(dir.path().join("plugins")).unwrap();
    ends(dir.path(), "an AiSOC clone: it has no `marketplace/index.json`, no `scripts/build_marketplace.py`");
    let from = clone.path().to_str().unwrap();
    git(dir.path(), &["clone", "--quiet", "--bare", from, "bare"]);
    ends(&dir.path().join("bare"), "it is a bare repository, which has no files to work on");
    git(dir.path(), &["clone", "--quiet", "--no-checkout", from, "empty"]);
    ends(&dir.path().join("empty"), "nothing is checked out in it");
    git(dir.path(), &["clone", "--quiet", "--sparse", from, "sparse"]);
    let error = Checkout::recognise(&dir.path().join("sparse")).unwrap_err();
    assert!(error.hint().unwrap().contains("git sparse-checkout disable"));
    assert_eq!(error.code(), Code::NotACheckout);
    // Those of another kind are as good as any.
    git(dir.path(), &["clone", "--quiet", "--depth=1", &format!("file://{from}"), "shallow"]);
    assert!(Checkout::recognise(&dir.path().join("shallow")).is_ok());
    git(clone.path(), &["worktree", "add", "--quiet", dir.path().join("tree").to_str().unwrap()]);
    assert!(Checkout::recognise(&dir.path().join("tree")).unwrap().is_work_tree);
    fs::remove_dir_all(clone.path().join(".git")).unwrap();
    let submission = plan(clone.path(), plugin().path()).unwrap();
    assert!(submission.notices.iter().any(|notice| matches!(notice, Notice::NoWorkTree { .. })));
}

#[test]
fn nothing_is_written_through_a_link() {
    let outside = tempfile::tempdir().unwrap();
    let plugin = plugin();
    let linked = |link: &str, target: &Path| {
        let clone = clone("");
        let path = clone.path().join(link);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, &path).unwrap();
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert!(matches!(error, Error::Link { .. }), "{link}: {error}");
    };
    for link in ["plugins", "plugins/community", "plugins/community/community-zoe-lookup", "marketplace"] {
        linked(link, outside.path());
    }
    for link in ["plugin.py", "lookup", "plugin.sig", "lookup/__init__.py"] {
        linked(&format!("plugins/community/community-zoe-lookup/{link}"), &outside.path().join("x"));
    }
    // One that comes after looking.
    let clone = clone("");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let community = clone.path().join(COMMUNITY);
    fs::rename(&community, outside.path().join("moved")).unwrap();
    symlink(outside.path().join("moved"), &community).unwrap();
    assert!(matches!(submission.apply(&Task::unwatched()).unwrap_err(), Error::Link { .. }));
    assert!(!outside.path().join("moved").join(ID).exists());
}

#[test]
fn what_was_not_looked_at_is_not_overwritten() {
    let (clone, plugin) = (clone(""), plugin());
    let target = clone.path().join(COMMUNITY).join(ID);
    let submission = plan(clone.path(), plugin.path()).unwrap();
    write(&target, "plugin.py", "somebody else's\n");
    let error = submission.apply(&Task::unwatched()).unwrap_err();
    assert_eq!(error.code(), Code::EditOutdated);
    assert_eq!(fs::read(target.join("plugin.py")).unwrap(), b"somebody else's\n");
    // Seen, it is replaced.
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.diff().contains("-somebody else's\n"));
    write(&target, "notes.txt", "new\n");
    assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::EditOutdated);
    plan(clone.path(), plugin.path()).unwrap().apply(&Task::unwatched()).unwrap();
    // The plugin may have changed as well: what was looked at is what is written.
    let other = clone_of(&clone);
    let submission = plan(other.path(), plugin.path());
    write(plugin.path(), "plugin.py", "class Plugin: ...\n");
    let submission = submission.unwrap();
    submission.apply(&Task::unwatched()).unwrap();
    assert_eq!(fs::read(submission.target.join("plugin.py")).unwrap(), b"class Plugin:\n    pass\n");
}

#[test]
fn files_that_break_the_signature_are_removed_only_when_asked() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    let target = clone.path().join(COMMUNITY).join(ID);
    write(&target, "old/gone.py", "x = 1\n");
    write(&target, "data.json", "{}");
    symlink("plugin.py", target.join("link.py")).unwrap();
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let names: Vec<_> = submission.surplus.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["link.py", "old/gone.py"]);
    assert_eq!(submission.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), ["data.json"]);
    assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::CheckoutSurplus);
    assert!(target.join("old/gone.py").exists());
    let options = Options { remove: true, ..Options::default() };
    let applied = plan_with(clone.path(), plugin.path(), &options).unwrap().apply(&Task::unwatched()).unwrap();
    assert_eq!(applied.removed.len(), 2);
    assert!(!target.join("old/gone.py").exists() && !target.join("link.py").exists());
    assert!(target.join("plugin.py").exists() && target.join("data.json").exists());
}

#[test]
fn a_json_manifest_beside_an_old_yaml() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    fs::remove_file(plugin.path().join("plugin.yaml")).unwrap();
    let json = r#"{"id": "community-zoe-lookup", "name": "n", "version": "1.0.0", "plugin_type": "enricher"}"#;
    write(plugin.path(), "aisoc-plugin.json", json);
    sign(plugin.path());
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert_eq!(submission.surplus.iter().map(ToString::to_string).collect::<Vec<_>>(), ["plugin.yaml"]);
    assert!(submission.notices.contains(&Notice::NoItem));
}

#[test]
fn something_in_the_way() {
    let (clone, plugin) = (clone(""), plugin());
    let target = clone.path().join(COMMUNITY).join(ID);
    write(&target, "lookup", "a file where a folder goes\n");
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
    fs::remove_file(target.join("lookup")).unwrap();
    fs::create_dir_all(target.join("plugin.py")).unwrap();
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
    fs::remove_dir_all(&target).unwrap();
    fs::write(&target, "a file").unwrap();
    assert!(matches!(plan(clone.path(), plugin.path()).unwrap_err(), Error::InTheWay { .. }));
}

#[test]
fn an_error_half_way_says_what_took_effect() {
    sample::unprivileged("an_error_half_way_says_what_took_effect", || {
        use std::os::unix::fs::PermissionsExt as _;
        let (clone, plugin) = (archive(), plugin());
        apply(clone.path(), plugin.path());
        write(plugin.path(), "README.md", "# Another\n");
        write(plugin.path(), "lookup/__init__.py", "x = 1\n");
        sign(plugin.path());
        let submission = plan(clone.path(), plugin.path()).unwrap();
        let closed = submission.target.join("lookup");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        let error = submission.apply(&Task::unwatched()).unwrap_err();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(error.to_string().ends_with("; before that it wrote `README.md`"), "{error}");
        assert_eq!(error.code(), Code::Io);
        // What is left can be looked at and done again.
        plan(clone.path(), plugin.path()).unwrap().apply(&Task::unwatched()).unwrap();
    });
}

#[test]
fn a_new_folder_comes_whole_or_not_at_all() {
    sample::unprivileged("a_new_folder_comes_whole_or_not_at_all", || {
        use std::os::unix::fs::PermissionsExt as _;
        let (clone, plugin) = (archive(), plugin());
        let submission = plan(clone.path(), plugin.path()).unwrap();
        let community = clone.path().join(COMMUNITY);
        let before = snapshot(&community);
        fs::set_permissions(&community, fs::Permissions::from_mode(0o555)).unwrap();
        assert_eq!(submission.apply(&Task::unwatched()).unwrap_err().code(), Code::Io);
        fs::set_permissions(&community, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(snapshot(&community), before);
    });
}

#[test]
fn an_id_that_is_taken() {
    let plugin = plugin();
    for (path, manifest) in [
        ("plugins/anything/plugin.yaml", MANIFEST.to_owned()),
        ("plugins/community/other/plugin.yaml", MANIFEST.to_owned()),
        ("plugins/community-zoe-lookup/plugin.yaml", "name: no id\n".to_owned()),
        ("plugins/community/Community-Zoe-Lookup/plugin.yaml", OTHER.to_owned()),
    ] {
        let clone = clone("");
        write(clone.path(), path, manifest);
        let error = plan(clone.path(), plugin.path()).unwrap_err();
        assert_eq!(error.code(), Code::PluginIdTaken, "{path}: {error}");
    }
    let clone = clone("");
    let index = clone.path().join("marketplace/index.json");
    let text = fs::read_to_string(&index).unwrap();
    let item = format!(r#""items": [{{"id": "{ID}", "type": "plugin", "path": "plugins/gone/plugin.yaml"}},"#);
    fs::write(&index, text.replace("\"items\": [", &item)).unwrap();
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::PluginIdTaken);
    fs::write(&index, "[]").unwrap();
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::CheckoutIndexInvalid);
}

#[test]
fn what_the_index_holds_otherwise() {
    let clone = clone("");
    let plugin = plugin_with(
        "id: my.lookup\nname: 1\nversion: 1.10\nplugin_type: action\ntier: stable\ntags: [1, a, [b]]\nlicense: 2\n",
    );
    let submission = plan(clone.path(), plugin.path()).unwrap();
    let said: Vec<_> = submission.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "the id `my.lookup` is not of the form `community-<github-handle>-<short-name>`",
            "the manifest has no `author`, and the index will name AiSOC",
            "`name` is a number, and stands in the index as that",
            "`version` is a number, and stands in the index as that",
            "`license` is a number, and stands in the index as that",
            "2 of the tags are no text, and the index drops them",
            "`go/main.go` stays behind, so the index will not list Go",
        ]
    );
    let codes: Vec<_> = submission.findings.iter().map(|finding| finding.code.as_str()).collect();
    for code in [
        "id-for-validator",
        "type-for-validator",
        "tier-self-declared",
        "manifest-fields-advised",
        "entry-field-missing",
    ] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}

#[test]
fn what_a_fresh_clone_would_refuse_is_mended_by_a_file_of_the_plugins_own() {
    let (clone, plugin) = (clone(""), plugin());
    assert!(plan(clone.path(), plugin.path()).unwrap().mend().is_none(), "nothing is wrong");
    write(clone.path(), ".gitattributes", "*.py text eol=crlf\n");
    commit(clone.path());
    let before = snapshot(plugin.path());
    let edit = plan(clone.path(), plugin.path()).unwrap().mend().unwrap();
    assert_eq!(snapshot(plugin.path()), before);
    edit.apply().unwrap();
    // It is there, and nobody asked for it yet.
    let stays = plan(clone.path(), plugin.path()).unwrap();
    assert!(stays.refusal().is_some() && stays.mend().is_none());
    let goes = plan_with(clone.path(), plugin.path(), &include(&[".gitattributes"])).unwrap();
    assert!(goes.refusal().is_none() && goes.mend().is_none());

    // One that says something else goes along, and does not help; its lines stay.
    write(plugin.path(), ".gitattributes", "*.md text\r\n");
    let other = plan_with(clone.path(), plugin.path(), &include(&[".gitattributes"])).unwrap();
    other.mend().unwrap().apply().unwrap();
    let text = fs::read_to_string(plugin.path().join(".gitattributes")).unwrap();
    assert_eq!(text, "*.md text\r\n* -text -filter -ident !working-tree-encoding\r\n");
    let submission = plan_with(clone.path(), plugin.path(), &include(&[".gitattributes"])).unwrap();
    assert!(submission.refusal().is_none() && submission.mend().is_none());
    submission.apply(&Task::unwatched()).unwrap();
}

/// For each `.gitattributes`: Git commits the folder and clones it, and the loader's answer there is what was foretold.
#[test]
fn a_fresh_clone_is_foretold_as_git_makes_it() {
    for (attributes, own, crlf_in_plugin, verified, code) in [
        ("", None, false, true, None),
        ("", None, true, true, None),
        ("*.sh text eol=lf\n*.ps1 text eol=crlf\n", None, true, true, None),
        ("*.py text eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("*.py text eol=crlf\n", None, true, false, Some(Code::GitCrlf)),
        ("*.py text eol=crlf\n", Some("* -text\n"), true, true, None),
        ("* text=auto eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("* text=auto\n", None, false, true, None),
        ("* text=auto\n", None, true, false, Some(Code::GitLineEndings)),
        ("* text=auto\n", Some("* -text -filter -ident !working-tree-encoding\n"), true, true, None),
        ("*.py text\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py crlf\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py eol=lf\n", None, true, false, Some(Code::GitLineEndings)),
        ("*.py text\n*.py -text\n", None, true, true, None),
        ("plugins/community/** text eol=crlf\n", None, false, false, Some(Code::GitCrlf)),
        ("*.md text eol=crlf\n", None, false, true, None),
    ] {
        let plugin = plugin();
        if crlf_in_plugin {
            write(plugin.path(), "lookup/windows.py", "a = 1\r\nb = 2\r\n");
        }
        if let Some(own) = own {
            write(plugin.path(), ".gitattributes", own);
        }
        sign(plugin.path());
        let clone = clone("");
        write(clone.path(), ".gitattributes", attributes);
        commit(clone.path());
        let options = if own.is_some() { include(&[".gitattributes"]) } else { Options::default() };
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        let applied = submission.apply(&Task::unwatched());
        assert_eq!(applied.as_ref().err().map(|error| error.code()), code, "{attributes:?} {own:?}");
        if let Err(error) = applied {
            assert!(
                error.to_string().contains(&format!("because `.gitattributes:{}` makes `", attributes.lines().count())),
                "{error}"
            );
            assert!(!submission.target.exists());
            // Somebody else does it, to ask Git.
            for file in &submission.files {
                write(&submission.target, &file.path.to_string(), &file.bytes);
            }
        }
        commit(clone.path());
        let fresh = clone_of(&clone);
        let trusted = TrustedKeys::only(&key_id(), key().public().clone());
        let target = fresh.path().join(COMMUNITY).join(ID);
        let gits = verdict::judge(&target, Ok(&trusted), &Task::unwatched()).unwrap();
        let case = format!("{attributes:?} {own:?} {crlf_in_plugin}");
        assert_eq!(gits.strict.signature_status == Some(Status::Verified), verified, "{case}");
        let foretold = submission.fresh_clone.as_ref().unwrap();
        assert_eq!(foretold.strict.signature_status, gits.strict.signature_status, "{case}");
        assert_eq!(foretold.digest, gits.digest, "{case}");
        let breaking: Vec<_> = submission.notices.iter().filter(|n| n.breaks_fresh_clone()).map(|n| n.code()).collect();
        assert_eq!(breaking, code.into_iter().collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn what_git_leaves_out_or_changes_beyond_telling() {
    let plugin = plugin();
    write(plugin.path(), "vendor/dep.py", "x = 1\n");
    write(plugin.path(), "ident.py", "# $Id$\n");
    sign(plugin.path());
    let clone = clone("");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(
        submission.notices.contains(&Notice::Ignored(vec!["vendor/dep.py".to_owned()])),
        "{:?}",
        submission.notices
    );
    // The commands take it along all the same.
    submission.apply(&Task::unwatched()).unwrap();
    run_commands(&submission, Path::new("/dev/null"));
    assert!(clone_of(&clone).path().join(COMMUNITY).join(ID).join("vendor/dep.py").exists());
    for (attributes, code) in [
        ("*.py filter=lfs diff=lfs merge=lfs -text\n", Code::GitLfs),
        ("*.py ident\n", Code::CloneUnknown),
        ("*.py working-tree-encoding=UTF-16\n", Code::CloneUnknown),
        ("*.py filter=x\n", Code::CloneUnknown),
        ("plugins/community/ export-ignore\n", Code::GitExportIgnored),
    ] {
        write(clone.path(), ".gitattributes", attributes);
        let submission = plan(clone.path(), plugin.path()).unwrap();
        assert!(
            submission.notices.iter().any(|notice| notice.code() == code),
            "{attributes}: {:?}",
            submission.notices
        );
        assert_eq!(submission.fresh_clone.is_none(), code == Code::CloneUnknown, "{attributes}");
        assert_eq!(submission.git_commands(true).is_empty(), code == Code::CloneUnknown, "{attributes}");
    }
    // Attributes that no other clone has.
    fs::remove_file(clone.path().join(".gitattributes")).unwrap();
    write(clone.path(), ".git/info/attributes", "# nothing\n\n");
    assert!(plan(clone.path(), plugin.path()).unwrap().fresh_clone.is_some());
    write(clone.path(), ".git/info/attributes", "*.py text\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.notices.iter().any(|notice| matches!(notice, Notice::OwnAttributes { .. })));
    assert!(submission.fresh_clone.is_none() && submission.git_commands(true).is_empty());
}

/// Git's answer is asked for: whatever a user has set, a clone of what the commands commit has the foretold bytes.
#[test]
fn the_commands_commit_what_was_foretold_and_nothing_else() {
    let settings = tempfile::tempdir().unwrap();
    let attributes = write(settings.path(), "attributes", "*.py text\n");
    let excludes = write(settings.path(), "excludes", "plugin.sig\n");
    for ending in ["true", "input"] {
        let config = format!(
            "[core]\nautocrlf = {ending}\nattributesFile = {}\nexcludesFile = {}\n",
            attributes.display(),
            excludes.display()
        );
        let config = write(settings.path(), "config", config);
        let (clone, plugin) = (clone(""), plugin());
        write(clone.path(), ".git/info/exclude", "plugin.py\n");
        write(plugin.path(), "plugin.py", "class Plugin:\r\n    pass\r\n");
        write(plugin.path(), "a b'c*.py", "x = 1\n");
        sign(plugin.path());
        let target = clone.path().join(COMMUNITY).join(ID);
        write(&target, "a b'c-and-more.txt", "not asked for\n");
        write(&target, "old.py", "x = 1\n");
        git(clone.path(), &["add", "--", &format!("{COMMUNITY}/{ID}/old.py")]);
        git(clone.path(), &["commit", "--quiet", "-m", "an older one"]);
        let options = Options { remove: true, ..Options::default() };
        let submission = plan_with(clone.path(), plugin.path(), &options).unwrap();
        submission.apply(&Task::unwatched()).unwrap();
        run_commands(&submission, &config);
        let fresh = clone_of(&clone);
        let target = fresh.path().join(COMMUNITY).join(ID);
        let trusted = TrustedKeys::only(&key_id(), key().public().clone());
        let gits = verdict::judge(&target, Ok(&trusted), &Task::unwatched()).unwrap();
        assert_eq!(gits.strict.signature_status, Some(Status::Verified), "{ending}");
        assert_eq!(gits.digest, submission.fresh_clone.as_ref().unwrap().digest);
        assert!(target.join("a b'c*.py").exists());
        assert!(!target.join("a b'c-and-more.txt").exists() && !target.join("old.py").exists());
    }
}

/// The printed title, once with what Git has, and once where it has nothing that can be read.
#[test]
fn whether_a_plugin_is_new_is_what_the_commit_says() {
    let title = |clone: &Path, plugin: &Path| plan(clone, plugin).unwrap().title();
    let (added, updated) = (format!("feat(plugins): add {ID} 1.0.0"), format!("feat(plugins): update {ID} 1.0.0"));
    let (clone, plugin) = (clone(""), plugin());
    let first = plan(clone.path(), plugin.path()).unwrap();
    let head = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(clone.path()).output().unwrap();
    assert_eq!(first.base(), Base::Commit { id: String::from_utf8(head.stdout).unwrap().trim().to_owned() });
    assert_eq!(first.title(), added);
    first.apply(&Task::unwatched()).unwrap();
    // Copied, staged even, and in no commit.
    git(clone.path(), &["add", "--all"]);
    assert_eq!(title(clone.path(), plugin.path()), added);
    let again = plan(clone.path(), plugin.path()).unwrap();
    assert!(again.is_applied() && !again.is_update() && again.notices == [Notice::GoLeftOut]);
    assert!(again.git_commands(true).iter().all(|command| !command.contains(" -u ")));
    run_commands(&again, Path::new("/dev/null"));
    let subject = Command::new("git").args(["log", "-1", "--format=%s"]).current_dir(clone.path()).output().unwrap();
    assert_eq!(String::from_utf8(subject.stdout).unwrap().trim_end(), added);
    assert_eq!(title(clone.path(), plugin.path()), updated);
    // Packed objects and refs are read, too, as every fresh clone has them.
    git(clone.path(), &["gc", "--quiet"]);
    assert_eq!(title(clone.path(), plugin.path()), updated);
    fs::remove_dir_all(&first.target).unwrap();
    assert_eq!(title(clone.path(), plugin.path()), updated, "removed and not committed");

    // No commit, none that is read, and no repository: the folder counts, which is said.
    let unborn = clone_of(&clone);
    git(unborn.path(), &["switch", "--quiet", "--orphan", "nothing"]);
    git(unborn.path(), &["checkout", "--quiet", &first.branch(), "--", "."]);
    let borrowing = tempfile::tempdir().unwrap();
    git(borrowing.path(), &["clone", "--quiet", "--shared", clone.path().to_str().unwrap(), "."]);
    let downloaded = clone_of(&clone);
    fs::remove_dir_all(downloaded.path().join(".git")).unwrap();
    for (clone, code) in
        [(&unborn, Code::NotCommitted), (&borrowing, Code::RepositoryUnsupported), (&downloaded, Code::NoRepository)]
    {
        let with_folder = plan(clone.path(), plugin.path()).unwrap();
        assert_eq!((with_folder.base(), with_folder.title()), (Base::Folder, updated.clone()), "{code:?}");
        assert!(with_folder.notices.iter().any(|notice| notice.code() == code), "{:?}", with_folder.notices);
        fs::remove_dir_all(&with_folder.target).unwrap();
        assert_eq!(title(clone.path(), plugin.path()), added, "{code:?}");
    }
    // A repository around the clone is somebody else's.
    let around = tempfile::tempdir().unwrap();
    git(around.path(), &["init", "--quiet"]);
    fs::create_dir(downloaded.path().join(".git")).unwrap();
    fs::rename(downloaded.path(), around.path().join("clone")).unwrap();
    assert_eq!(plan(&around.path().join("clone"), plugin.path()).unwrap().base(), Base::Folder);
}

#[test]
fn what_an_earlier_removal_took_goes_with_the_commit() {
    let (clone, plugin) = (clone(""), plugin());
    apply(clone.path(), plugin.path());
    let target = clone.path().join(COMMUNITY).join(ID);
    write(&target, "old 'one'.py", "x = 1\n");
    write(&target, "data.json", "{}");
    write(&target, "mine.json", "{}");
    commit(clone.path());
    fs::remove_file(target.join("data.json")).unwrap();
    write(&target, "mine.json", "{ }");
    let options = Options { remove: true, ..Options::default() };
    plan_with(clone.path(), plugin.path(), &options).unwrap().apply(&Task::unwatched()).unwrap();
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.surplus.is_empty());
    let gone = vec!["data.json".to_owned(), "old 'one'.py".to_owned()];
    assert!(submission.notices.contains(&Notice::Gone { paths: gone }), "{:?}", submission.notices);
    run_commands(&submission, Path::new("/dev/null"));
    let fresh = clone_of(&clone);
    let target = fresh.path().join(COMMUNITY).join(ID);
    assert!(!target.join("old 'one'.py").exists() && !target.join("data.json").exists());
    assert_eq!(fs::read(target.join("mine.json")).unwrap(), b"{}", "nobody asked for that");
    let trusted = TrustedKeys::only(&key_id(), key().public().clone());
    let gits = verdict::judge(&target, Ok(&trusted), &Task::unwatched()).unwrap();
    assert_eq!(gits.strict.signature_status, Some(Status::Verified));
}

/// What lies in the clone and in no commit helps in no other clone: Git is asked.
#[test]
fn attributes_that_nobody_commits_are_told() {
    let plugin = plugin();
    let clone = clone("");
    write(clone.path(), ".gitattributes", "*.py text eol=crlf\n");
    commit(clone.path());
    let told = |paths: &[&str]| {
        let submission = plan(clone.path(), plugin.path()).unwrap();
        let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
        let is_told = submission.notices.contains(&Notice::AttributesNotCommitted { paths: paths.clone() });
        assert!(is_told || paths.is_empty(), "{:?}", submission.notices);
        submission
    };
    assert!(told(&[]).refusal().is_some());
    // As a Git that is set to CRLF writes it.
    write(clone.path(), ".gitattributes", "*.py text eol=crlf\r\n");
    assert!(!plan(clone.path(), plugin.path()).unwrap().notices.iter().any(|n| n.code() == Code::CloneUnknown));
    write(clone.path(), ".gitattributes", "*.py text eol=crlf\n");
    let own = format!("{COMMUNITY}/{ID}/.gitattributes");
    write(clone.path(), &own, "* -text\n");
    let submission = told(&[&own]);
    assert!(submission.refusal().is_none(), "by what lies here it would do");
    submission.apply(&Task::unwatched()).unwrap();
    run_commands(&submission, Path::new("/dev/null"));
    let trusted = TrustedKeys::only(&key_id(), key().public().clone());
    let fresh = clone_of(&clone);
    let gits = verdict::judge(&fresh.path().join(COMMUNITY).join(ID), Ok(&trusted), &Task::unwatched()).unwrap();
    assert_ne!(gits.strict.signature_status, Some(Status::Verified));
    fs::write(clone.path().join(".gitattributes"), "\n").unwrap();
    told(&[".gitattributes", &own]);
    fs::remove_file(clone.path().join(".gitattributes")).unwrap();
    told(&[".gitattributes", &own]);
    commit(clone.path());
    assert!(!plan(clone.path(), plugin.path()).unwrap().notices.iter().any(Notice::breaks_fresh_clone));
}

#[test]
fn secrets_that_lie_in_the_clone_stop_it() {
    let (clone, plugin) = (clone(""), plugin());
    let secret = include_str!("../../../tests/data/trusted-keys/private.pem");
    let path = write(&clone.path().join(COMMUNITY).join(ID), "my.pem", secret);
    let error = plan(clone.path(), plugin.path()).unwrap_err();
    assert_eq!(error.code(), Code::PrivateKeyInFolder);
    assert_eq!(error.place().unwrap().path, path.canonicalize().unwrap());
    fs::remove_file(&path).unwrap();
    assert!(plan(clone.path(), plugin.path()).is_ok());
}

#[test]
fn names_that_do_not_show_stay_out() {
    let (clone, plugin) = (clone(""), plugin());
    write(plugin.path(), "a\u{1b}[2J.py", "x = 1\n");
    sign(plugin.path());
    assert_eq!(plan(clone.path(), plugin.path()).unwrap_err().code(), Code::FileNameInvalid);
}

/// Names and values of a stranger's clone neither steer a terminal nor turn a line around.
#[test]
fn what_a_clone_calls_things_is_shown_with_escapes() {
    let (clone, plugin) = (clone(""), plugin());
    let index = clone.path().join("marketplace/index.json");
    let text = fs::read_to_string(&index).unwrap();
    let item = format!(r#""items": [{{"id": "{ID}", "type": "plugin", "path": "\u001b[2J\u202eplugins"}},"#);
    fs::write(&index, text.replace("\"items\": [", &item)).unwrap();
    let said = plan(clone.path(), plugin.path()).unwrap_err().to_string();
    assert!(said.contains(r"`\u{1b}[2J\u{202e}plugins`"), "{said}");
    let own = format!(
        r#""items": [{{"id": "{ID}", "type": "plugin", "version": "9\u202e", "path": "plugins/community/{ID}/plugin.yaml"}},"#
    );
    fs::write(&index, text.replace("\"items\": [", &own)).unwrap();
    for notice in plan(clone.path(), plugin.path()).unwrap().notices {
        assert!(!notice.to_string().contains('\u{202e}'), "{notice}");
    }
    write(clone.path(), &format!("{COMMUNITY}/{ID}/\u{202e}yp.py"), "x = 1\n");
    let submission = plan(clone.path(), plugin.path()).unwrap();
    assert!(submission.notices.iter().any(|notice| notice.to_string().contains(r"`\u{202e}yp.py`")));
    assert!(!submission.apply(&Task::unwatched()).unwrap_err().to_string().contains('\u{202e}'));
}
