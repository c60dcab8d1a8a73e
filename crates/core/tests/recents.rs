//! The plugins opened earlier.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::recents::{Goal, MAX_PLUGINS, MAX_SHOWN, MAX_TYPED, Opened, Recent, Recents, RecentsError};
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

fn new() -> (TempDir, Recents) {
    let folder = tempfile::tempdir().unwrap();
    let recents = Recents::new(DataFolder::at(folder.path().join("data")));
    (folder, recents)
}

fn opened(plugin_id: &str) -> Opened<'_> {
    Opened { plugin_id, name: "VirusTotal", version: "1.1" }
}

fn folders(recents: &Recents) -> Vec<PathBuf> {
    recents.all().unwrap().into_iter().map(|recent| recent.folder).collect()
}

const FILE: &str = r#"{
  "format": 1,
  "plugins": [
    {
      "folder": "/home/zoë/vt",
      "plugin_id": "myorg.virustotal",
      "name": "VirusTotal",
      "version": "1.1",
      "opened": "2026-01-02T03:04:05Z",
      "key_id": "acme",
      "url": "https://example.org/vt",
      "install": "pip install vt",
      "goal": {
        "kind": "index",
        "file": "/srv/index.json"
      }
    },
    {
      "folder": {
        "hex": "2f706c7567ff"
      },
      "plugin_id": "ab",
      "name": "n",
      "version": "1",
      "opened": "2026-01-02T03:04:05Z",
      "goal": {
        "kind": "checkout",
        "folder": {
          "hex": "2fff"
        }
      }
    }
  ]
}
"#;

fn write(recents: &Recents, text: &str) {
    fs::create_dir_all(recents.path().parent().unwrap()).unwrap();
    fs::write(recents.path(), text).unwrap();
}

#[cfg(unix)]
#[test]
fn the_file_is_format_1_and_keeps_every_byte_of_a_path() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, recents) = new();
    assert_eq!(recents.all().unwrap(), []);
    assert!(!recents.path().parent().unwrap().exists(), "reading made a folder");
    write(&recents, FILE);
    let all = recents.all().unwrap();
    let foreign = Path::new(std::ffi::OsStr::from_bytes(b"/plug\xff"));
    assert_eq!(all[0].folder, Path::new("/home/zoë/vt"));
    assert_eq!(all[0].key_id.as_ref().unwrap().as_str(), "acme");
    assert_eq!(all[0].goal, Some(Goal::Index { file: "/srv/index.json".into() }));
    let clone = Path::new(std::ffi::OsStr::from_bytes(b"/\xff"));
    assert_eq!(all[1].goal.as_ref().and_then(Goal::path), Some(clone));
    assert_eq!((all[1].folder.as_path(), all[1].url.as_deref()), (foreign, None));
    // Written again it is the same, with its mode.
    assert_eq!(recents.forget(Path::new("/not/there")).unwrap(), None);
    assert_eq!(fs::read_to_string(recents.path()).unwrap(), FILE);
    assert_eq!(fs::metadata(recents.path()).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(recents.find(foreign).unwrap().as_ref(), Some(&all[1]));
}

#[test]
fn the_second_release_finds_what_was_typed() {
    let (_folder, recents) = new();
    let (vt, key) = (Path::new("/p/vt"), "acme".parse().unwrap());
    let first = recents.touch(vt, opened("myorg.virustotal")).unwrap();
    assert_eq!((first.url.as_deref(), first.key_id), (None, None));
    recents.remember_entry(vt, Some("https://example.org/vt"), Some("pip install vt")).unwrap();
    recents.remember_key(vt, &key).unwrap();
    let goal = Goal::Index { file: "/srv/index.json".into() };
    recents.remember_goal(vt, goal.clone()).unwrap();
    recents.touch(Path::new("/p/other"), opened("other")).unwrap();

    let remembered = |recent: &Recent| {
        let typed = (recent.url.clone().unwrap_or_default(), recent.install.clone().unwrap_or_default());
        (typed, recent.key_id.clone())
    };
    let all = (("https://example.org/vt".to_owned(), "pip install vt".to_owned()), Some(key.clone()));
    let again = recents.touch(vt, Opened { plugin_id: "myorg.virustotal", name: "VT", version: "2.0" }).unwrap();
    assert_eq!((remembered(&again), again.version.as_str()), (all.clone(), "2.0"));
    assert_eq!(folders(&recents), [vt, Path::new("/p/other")]);
    // From a fresh clone as well.
    let clone = recents.touch(Path::new("/clone/vt"), opened("myorg.virustotal")).unwrap();
    assert_eq!((remembered(&clone), clone.goal), (all, Some(goal)));
    // Another plugin in the same folder is another plugin.
    let swapped = recents.touch(vt, opened("other-org.thing")).unwrap();
    assert_eq!((remembered(&swapped), swapped.goal), (((String::new(), String::new()), None), None));
    // What is emptied is forgotten.
    recents.remember_entry(Path::new("/clone/vt"), Some("  "), None).unwrap();
    let found = recents.find(Path::new("/clone/vt")).unwrap().unwrap();
    assert_eq!((found.url, found.install, found.key_id), (None, None, Some(key)));
}

#[test]
fn twenty_are_remembered_and_each_can_be_forgotten() {
    let (_folder, recents) = new();
    let path = |n: usize| PathBuf::from(format!("/p/{n}"));
    for n in 0..MAX_PLUGINS + 3 {
        recents.touch(&path(n), opened(&format!("plugin-{n}"))).unwrap();
    }
    let latest_first: Vec<_> = (3..MAX_PLUGINS + 3).rev().map(path).collect();
    assert_eq!((folders(&recents), MAX_PLUGINS), (latest_first, 20));
    assert!(matches!(
        recents.remember_key(&path(0), &"acme".parse().unwrap()),
        Err(RecentsError::NotRemembered { .. })
    ));
    assert_eq!(recents.forget(&path(5)).unwrap().unwrap().plugin_id, "plugin-5");
    assert!(recents.forget(&path(5)).unwrap().is_none());
    assert_eq!(recents.all().unwrap().len(), 19);
    recents.forget_all().unwrap();
    assert_eq!(recents.all().unwrap(), []);
}

#[test]
fn a_strangers_manifest_does_not_fill_the_disk() {
    let (_folder, recents) = new();
    let long = "é".repeat(1 << 20);
    let recent =
        recents.touch(Path::new("/p"), Opened { plugin_id: &long, name: &long, version: "\u{202e}\n" }).unwrap();
    assert_eq!(recent.name.chars().count(), MAX_SHOWN);
    assert!(fs::metadata(recents.path()).unwrap().len() < 8 * 1024);
    let error = recents.remember_entry(Path::new("/p"), None, Some(&"x".repeat(MAX_TYPED + 1))).unwrap_err();
    assert_eq!(error.code(), Code::TextTooLong);
    recents.remember_entry(Path::new("/p"), None, Some(&"x".repeat(MAX_TYPED))).unwrap();
}

#[test]
fn a_relative_path_is_kept_absolute() {
    let (_folder, recents) = new();
    let here = std::env::current_dir().unwrap().join("plugin");
    assert_eq!(recents.touch(Path::new("plugin"), opened("ab")).unwrap().folder, here);
    recents.remember_goal(&here, Goal::Checkout { folder: "aisoc".into() }).unwrap();
    let found = recents.find(Path::new("plugin")).unwrap().unwrap();
    assert_eq!(found.goal, Some(Goal::Checkout { folder: std::env::current_dir().unwrap().join("aisoc") }));
    assert_eq!(recents.find(&here).unwrap(), Some(found));
}

#[test]
fn what_is_not_understood_is_told_and_left_alone() {
    let many = {
        let one = r#"{"folder": "/pN", "plugin_id": "a", "name": "", "version": "", "opened": "2026-01-02T03:04:05Z"}"#;
        let all: Vec<_> = (0..=MAX_PLUGINS).map(|n| one.replace('N', &n.to_string())).collect();
        format!(r#"{{"format": 1, "plugins": [{}]}}"#, all.join(","))
    };
    for (what, text, code, said) in [
        ("empty", String::new(), Code::RecentsDamaged, "EOF"),
        ("cut", FILE[..200].to_owned(), Code::RecentsDamaged, "EOF"),
        ("newer", r#"{"format": 2}"#.to_owned(), Code::RecentsNewer, "format 2"),
        ("unknown field", FILE.replacen("\"name\"", "\"more\": 1, \"name\"", 1), Code::RecentsDamaged, "more"),
        ("relative", FILE.replace("/home", "home"), Code::RecentsDamaged, "not absolute"),
        (
            "twice",
            FILE.replace("/home/zoë/vt\"", "/a\"").replace("{\n        \"hex\": \"2f706c7567ff\"\n      }", "\"/a\""),
            Code::RecentsDamaged,
            "twice",
        ),
        ("relative goal", FILE.replace("/srv", "srv"), Code::RecentsDamaged, "not absolute"),
        ("unknown goal", FILE.replace("\"checkout\"", "\"mail\""), Code::RecentsDamaged, "mail"),
        ("bad hex", FILE.replace("2f706c7567ff", "2f7"), Code::RecentsDamaged, ""),
        ("bad key id", FILE.replace("acme", "Acme"), Code::RecentsDamaged, "upper-case"),
        ("too many", many, Code::RecentsDamaged, "21 plugins"),
    ] {
        let (_folder, recents) = new();
        write(&recents, &text);
        for error in [
            recents.all().map(drop).unwrap_err(),
            recents.touch(Path::new("/p"), opened("ab")).map(drop).unwrap_err(),
            recents.forget(Path::new("/p")).map(drop).unwrap_err(),
            recents.forget_all().unwrap_err(),
        ] {
            assert_eq!(error.code(), code, "{what}: {error}");
            assert!(error.to_string().contains(said), "{what}: {error}");
            assert!(error.hint().is_some() && error.place().unwrap().path == recents.path(), "{what}");
        }
        assert_eq!(fs::read_to_string(recents.path()).unwrap(), text, "{what}");
    }
}

#[test]
fn writers_at_once_lose_nothing() {
    let (_folder, recents) = new();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let recents = &recents;
            scope.spawn(move || {
                for n in 0..4 {
                    let path = PathBuf::from(format!("/p/{writer}-{n}"));
                    recents.touch(&path, opened(&format!("id-{writer}-{n}"))).unwrap();
                    recents.remember_entry(&path, Some("https://example.org"), None).unwrap();
                }
            });
        }
    });
    let all = recents.all().unwrap();
    assert_eq!(all.len(), 16);
    assert!(all.iter().all(|recent| recent.url.is_some()));
}
