//! What the files around a plugin suggest for its entry, and what is never suggested.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::path::Path;

use aisoc_publisher_core::entry::{self, Notice, Options, Prepared, Source};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use sample::{key, key_id, plugin, write};

const MANIFEST: &str = "id: ab\nname: A\nversion: '1.2.3'\nplugin_type: enricher\n";

fn prepare(dir: &Path) -> Prepared {
    let options = Options { allow_unsigned: true, prefill: true, ..Options::default() };
    entry::prepare(dir, &key_id(), Some(key().public()), &options, &Task::unwatched()).unwrap()
}

/// Field, value and path of each suggestion.
fn suggested(prepared: &Prepared) -> Vec<(&str, &str, &str)> {
    let all = prepared.suggestions.iter();
    all.map(|suggestion| (suggestion.field, suggestion.value.as_str(), suggestion.path.to_str().unwrap())).collect()
}

fn ignored(prepared: &Prepared) -> Vec<String> {
    let ignored = |notice: &&Notice| matches!(notice, Notice::SourceIgnored { .. });
    prepared.notices.iter().filter(ignored).map(ToString::to_string).collect()
}

const PROJECT: &str = r#"
[project]
name = "AiSOC-plugin.ab"
version = "1.2.3"
[project.urls]
"Source Code" = "https://github.com/me/ab"
Homepage = "https://ab.example.com"
Changelog = "https://ab.example.com/changes"
"#;

#[test]
fn a_python_project() {
    let dir = plugin(MANIFEST);
    write(dir.path(), "pyproject.toml", PROJECT);
    let prepared = prepare(dir.path());
    let file = "pyproject.toml";
    assert_eq!(
        suggested(&prepared),
        [
            ("install", "pip install AiSOC-plugin.ab", file),
            ("install", "pip install AiSOC-plugin.ab==1.2.3", file),
            ("url", "https://ab.example.com", file),
            ("url", "https://github.com/me/ab", file),
        ]
    );
    assert_eq!(prepared.entry.install.as_deref(), Some("pip install AiSOC-plugin.ab"));
    assert_eq!(prepared.entry.url.as_deref(), Some("https://ab.example.com"));
    assert!(prepared.sources.contains(&("install", Source::Project("project.name".to_owned()))));
    assert!(prepared.sources.contains(&("url", Source::Project("project.urls.Homepage".to_owned()))));
    let said: Vec<_> = prepared
        .notices
        .iter()
        .filter(|notice| notice.code() == Code::EntryFieldSuggested)
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "`url` is `https://ab.example.com`, as `pyproject.toml` suggests",
            "`install` is `pip install AiSOC-plugin.ab`, as `pyproject.toml` suggests, if it is published under this name",
        ]
    );
}

#[test]
fn the_caller_and_the_manifest_come_first() {
    let dir = plugin(&format!("{MANIFEST}homepage: https://own.example.com\n"));
    write(dir.path(), "pyproject.toml", PROJECT);
    let prepared = prepare(dir.path());
    assert!(prepared.sources.contains(&("url", Source::Manifest("homepage"))));
    let options = Options { install: Some("pip install x".to_owned()), allow_unsigned: true, ..Options::default() };
    let prepared = entry::prepare(dir.path(), &key_id(), None, &options, &Task::unwatched()).unwrap();
    assert_eq!(prepared.entry.install.as_deref(), Some("pip install x"));
    // Without the wish nothing is filled in, and all is there to be chosen.
    let options = Options { allow_unsigned: true, ..Options::default() };
    let prepared = entry::prepare(dir.path(), &key_id(), None, &options, &Task::unwatched()).unwrap();
    assert_eq!((prepared.entry.install.as_deref(), prepared.suggestions.len()), (None, 4));
}

#[test]
fn what_a_build_decides_is_not_known() {
    let dir = plugin(MANIFEST);
    let dynamic = PROJECT.replace("version = \"1.2.3\"", "dynamic = [\"version\", \"urls\"]");
    write(dir.path(), "pyproject.toml", dynamic);
    assert_eq!(suggested(&prepare(dir.path())), [("install", "pip install AiSOC-plugin.ab", "pyproject.toml")]);
    write(dir.path(), "pyproject.toml", "[project]\ndynamic = [\"name\"]\nname = \"x\"");
    assert_eq!(suggested(&prepare(dir.path())), []);
}

#[test]
fn a_project_around_the_plugin() {
    let root = tempfile::tempdir().unwrap();
    let make = |folder: &str| {
        write(root.path(), &format!("{folder}/plugin.yaml"), MANIFEST);
        root.path().join(folder)
    };
    write(root.path(), "pyproject.toml", PROJECT);
    let package = prepare(&make("src/ab"));
    assert_eq!(package.entry.install.as_deref(), Some("pip install AiSOC-plugin.ab"));
    assert_eq!(package.suggestions[0].path, Path::new("../../pyproject.toml"));
    // One plugin of many is not what the project around them installs.
    let one_of_many = prepare(&make("plugins/community/ab"));
    assert_eq!((one_of_many.entry.install.as_deref(), one_of_many.suggestions.len()), (None, 4));
    assert!(one_of_many.suggestions.iter().all(|suggestion| !suggestion.fits));
}

#[test]
fn a_go_module() {
    let dir = plugin(MANIFEST);
    write(dir.path(), "go.mod", "module github.com/me/ab // here\n\ngo 1.22\n");
    assert_eq!(
        suggested(&prepare(dir.path())),
        [
            ("install", "go get github.com/me/ab@v1.2.3", "go.mod"),
            ("install", "go get github.com/me/ab", "go.mod"),
            ("url", "https://pkg.go.dev/github.com/me/ab", "go.mod"),
        ]
    );
    write(dir.path(), "go/main.go", "package main\n");
    let prepared = prepare(dir.path());
    assert_eq!(prepared.entry.install.as_deref(), Some("go install github.com/me/ab/go@v1.2.3"));
    assert!(prepared.sources.contains(&("install", Source::GoModule)));
    write(dir.path(), "go/go.mod", "module github.com/me/ab/go\n");
    let prepared = prepare(dir.path());
    assert_eq!(prepared.entry.install.as_deref(), Some("go install github.com/me/ab/go@v1.2.3"));
    assert_eq!(prepared.suggestions[0].path, Path::new("go/go.mod"));
}

fn with_remote(url: &str) -> tempfile::TempDir {
    let dir = plugin(MANIFEST);
    let config = format!(
        "[core]\n\tbare = false\n[remote \"upstream\"]\n\turl = https://example.com/no\n[remote \"origin\"]\n\turl = {url}\n"
    );
    write(dir.path(), ".git/config", config);
    dir
}

#[test]
fn a_git_remote() {
    let prepared = prepare(with_remote("git@github.com:me/ab.git").path());
    assert_eq!(
        suggested(&prepared),
        [
            ("url", "https://github.com/me/ab", ".git/config"),
            ("install", "git clone https://github.com/me/ab", ".git/config")
        ]
    );
    assert_eq!(prepared.suggestions[0].said, Some("with https in place of SSH"));
    assert!(prepared.sources.contains(&("url", Source::GitRemote)));
    for url in
        ["/srv/git/ab.git", "http://github.com/me/ab", "https://git.internal/me/ab", "git@work:me/ab", "ext::sh -c x"]
    {
        let prepared = prepare(with_remote(url).path());
        assert_eq!(suggested(&prepared), [], "{url}");
        assert!(!ignored(&prepared).is_empty(), "{url}");
    }
}

#[test]
fn a_token_in_a_remote_is_nowhere() {
    let token = ["AKIA", "Q3EGZ5WV7TNKD4RL"].concat();
    for url in [format!("https://github.com/me/x?private_token={token}"), format!("https://github.com/me/x#{token}")] {
        // In quotes, since `#` starts a comment in a configuration of Git's.
        let prepared = prepare(with_remote(&format!("\"{url}\"")).path());
        assert_eq!(prepared.entry.url.as_deref(), Some("https://github.com/me/x"));
        assert_eq!(prepared.entry.install.as_deref(), Some("git clone https://github.com/me/x"));
        let said = prepared.notices.iter().filter(|notice| notice.to_string().contains("without what stood behind"));
        assert_eq!(said.count(), 2, "{:?}", prepared.notices);
        assert!(!format!("{prepared:?}").contains(&token), "{prepared:?}");
    }
    let prepared = prepare(with_remote(&format!("https://github.com/{token}/x")).path());
    assert_eq!((&prepared.entry.url, &prepared.entry.install), (&None, &None));
    assert!(
        ignored(&prepared)[0].ends_with("holds what looks like an access key id of AWS"),
        "{:?}",
        ignored(&prepared)
    );
    assert!(!format!("{prepared:?}").contains(&token), "{prepared:?}");
}

#[test]
fn a_password_in_a_remote_is_nowhere() {
    for url in
        ["https://me:hunter2@github.com/me/ab", "https://hunter2@github.com/me/ab", "ftp://me:hunter2@example.com/ab"]
    {
        let prepared = prepare(with_remote(url).path());
        let everything =
            format!("{prepared:?} {:?}", prepared.notices.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert!(!everything.contains("hunter2"), "{everything}");
    }
}

#[test]
fn nothing_is_read_that_leads_elsewhere() {
    let other = with_remote("https://github.com/somebody/private");
    let included = plugin(MANIFEST);
    let path = other.path().join(".git/config");
    write(included.path(), ".git/config", format!("[include]\n\tpath = {}\n", path.display()));
    let worktree = plugin(MANIFEST);
    write(worktree.path(), ".git", format!("gitdir: {}\n", other.path().join(".git").display()));
    for dir in [&included, &worktree] {
        assert_eq!(suggested(&prepare(dir.path())), []);
    }
    #[cfg(unix)]
    {
        let linked = plugin(MANIFEST);
        std::os::unix::fs::symlink(other.path().join(".git"), linked.path().join(".git")).unwrap();
        assert_eq!(suggested(&prepare(linked.path())), []);
        let waits = plugin(MANIFEST);
        for name in ["pyproject.toml", "go.mod"] {
            let made = std::process::Command::new("mkfifo").arg(waits.path().join(name)).status().unwrap();
            assert!(made.success());
        }
        let prepared = prepare(waits.path());
        assert_eq!((suggested(&prepared).len(), ignored(&prepared).len()), (0, 2));
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let table = [
        ("pyproject.toml", "[project".to_owned(), "nothing is suggested from `pyproject.toml`: it is not TOML: "),
        (
            "pyproject.toml",
            "[project]\nname = \"a b\"".to_owned(),
            "nothing is suggested from `pyproject.toml`: `project.name` is no",
        ),
        (
            "pyproject.toml",
            format!("# {}", "x".repeat(2 << 20)),
            "nothing is suggested from `pyproject.toml`: it has more than",
        ),
        (
            "pyproject.toml",
            "[project.urls]\nhomepage = \"https://localhost/\"".to_owned(),
            "nothing is suggested from `pyproject.toml`: `url` leads",
        ),
        ("go.mod", "go 1.22".to_owned(), "nothing is suggested from `go.mod`: it names no module"),
        ("go.mod", "module ab".to_owned(), "nothing is suggested from `go.mod`: nobody else can get the module `ab`"),
        (
            ".git/config",
            "[remote".to_owned(),
            "nothing is suggested from `.git/config`: it is no configuration of Git's",
        ),
    ];
    for (name, text, start) in table {
        let dir = plugin(MANIFEST);
        write(dir.path(), name, text);
        let prepared = prepare(dir.path());
        assert_eq!(suggested(&prepared), [], "{name}");
        let ignored = ignored(&prepared);
        assert!(ignored.iter().any(|said| said.starts_with(start)), "{ignored:?}");
        assert!(ignored.iter().all(|said| said.len() < 300 && !said.contains(char::is_control)), "{ignored:?}");
    }
    let dir = plugin(MANIFEST);
    fs::write(dir.path().join("pyproject.toml"), b"[project]\nname = \"\xff\"").unwrap();
    assert!(ignored(&prepare(dir.path()))[0].ends_with("it is not UTF-8 text"));
}
