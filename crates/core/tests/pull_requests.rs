//! A pull request's parts: texts that hostile manifests cannot reach out of, patches that Git applies, and a check that Python runs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aisoc_publisher_core::entry::{self, Options, Prepared};
use aisoc_publisher_core::pull_request::{Kit, Notice, Request};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain as _};
use sample::{DIGEST, key, key_id, plugin, sample, snapshot, write};

fn sign(dir: &Path) {
    Plan::look(dir, &Task::unwatched()).unwrap().sign(&key_id(), &key(), None, &Task::unwatched()).unwrap();
}

fn prepared(dir: &Path) -> Prepared {
    let options = Options { allow_unsigned: true, ..Options::default() };
    entry::prepare(dir, &key_id(), Some(key().public()), &options, &Task::unwatched()).unwrap()
}

fn kit(dir: &Path) -> Kit {
    let prepared = prepared(dir);
    let key = key();
    let request = Request { dir, prepared: &prepared, key: key.public(), index: None, written: false };
    Kit::prepare(&request, &Task::unwatched()).unwrap()
}

fn refused(dir: &Path, prepared: &Prepared) -> Code {
    let key = key();
    let request = Request { dir, prepared, key: key.public(), index: None, written: false };
    Kit::prepare(&request, &Task::unwatched()).unwrap_err().code()
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .expect("this test runs `git`")
}

/// Runs the kit's check on a folder.
fn check(kit: &Kit, dir: &Path) -> (bool, String) {
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let script = write(folder.path(), "check.py", &kit.check_script);
    let output = Command::new(python)
        .arg(script)
        .arg(dir)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("this test runs Python with PyYAML and cryptography; AISOC_TEST_PYTHON may name it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn reviewers_check_the_signature_without_this_program() {
    let dir = sample();
    sign(dir.path());
    let kit = kit(dir.path());
    let (good, said) = check(&kit, dir.path());
    assert!(good && said.contains(DIGEST), "{said}");
    assert!(kit.body.contains(&kit.check_script), "what stands in the body is what was run");

    let signature = fs::read(dir.path().join("plugin.sig")).unwrap();
    fs::write(dir.path().join("plugin.sig"), hex::decode(&signature[..128]).unwrap()).unwrap();
    assert!(check(&kit, dir.path()).0, "64 raw bytes are a signature, too");

    write(dir.path(), "pkg/added.py", "");
    let (good, said) = check(&kit, dir.path());
    assert!(!good && said.contains("NOT VALID"), "{said}");
    // Signed again it is valid, and not what was submitted.
    sign(dir.path());
    let (good, said) = check(&kit, dir.path());
    assert!(!good && said.contains("NOT WHAT WAS SUBMITTED"), "{said}");
}

/// Reviewers save the check beside a stranger's files, and run it there.
#[test]
fn the_check_runs_nothing_that_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = sample();
    let dir = plugin.path();
    sign(dir);
    let kit = kit(dir);
    let script = write(folder.path(), "check.py", &kit.check_script);
    for module in ["yaml", "cryptography", "hashlib", "json", "pathlib"] {
        write(folder.path(), &format!("{module}.py"), "print('valid: EVIL RAN'); raise SystemExit(0)\n");
    }
    let run = |arguments: &[&Path], input: &Path| {
        let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let output = Command::new(python)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(fs::File::open(input).unwrap())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let nothing = Path::new("/dev/null");
    let in_folder = run(&[Path::new("check.py"), dir], nothing);
    let by_name = run(&[&script, dir], nothing);
    let isolated = run(&[Path::new("-I"), &script, dir], nothing);
    let piped = run(&[Path::new("-"), dir], &script);
    for said in [in_folder, by_name, isolated, piped] {
        assert!(said.starts_with("valid: ") && !said.contains("EVIL"), "{said}");
    }
    // In the plugin's folder it would be one more file that no signature covers.
    let inside = write(dir, "kit/check.py", &kit.check_script);
    assert!(run(&[&inside, dir], nothing).starts_with("NOT CHECKED: "));
}

#[test]
fn the_check_says_what_is_wrong_in_words() {
    let dir = sample();
    sign(dir.path());
    let kit = kit(dir.path());
    let refused = |dir: &Path, said: &str| {
        let (good, found) = check(&kit, dir);
        assert!(!good && found.starts_with(said) && !found.contains("Traceback"), "{found}");
    };
    let signature = fs::read(dir.path().join("plugin.sig")).unwrap();
    let manifest = fs::read(dir.path().join("plugin.yaml")).unwrap();
    refused(&dir.path().join("nowhere"), "NOT CHECKED: ");
    refused(&dir.path().join("plugin.py"), "NOT CHECKED: ");
    refused(&dir.path().join("pkg"), "NOT CHECKED: ");
    for bytes in ["not hex".as_bytes(), &[0xff; 65], b"", &signature[..126]] {
        write(dir.path(), "plugin.sig", bytes);
        refused(dir.path(), "NOT VALID: ");
    }
    fs::remove_file(dir.path().join("plugin.sig")).unwrap();
    refused(dir.path(), "NOT VALID: plugin.sig cannot be read");
    write(dir.path(), "plugin.sig", &signature);
    for bytes in [b"a: [".as_slice(), b"a: \xff", b"- a", b"", b"a: 2020-01-01"] {
        write(dir.path(), "plugin.yaml", bytes);
        refused(dir.path(), if matches!(bytes, b"- a" | b"") { "NOT VALID: " } else { "NOT CHECKED: " });
    }
    write(dir.path(), "plugin.yaml", &manifest);
    assert!(check(&kit, dir.path()).0, "and now it is whole again");
    // Without a folder, and with two.
    let folder = tempfile::tempdir().unwrap();
    let script = write(folder.path(), "check.py", &kit.check_script);
    for count in [0, 2] {
        let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let output = Command::new(python).arg(&script).args(vec![dir.path(); count]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.starts_with("NOT CHECKED: give the plugin's folder"), "{said}");
    }
}

#[test]
fn the_check_knows_other_line_endings() {
    for (own, other, name) in [("a = 1\nb = 2\n", "a = 1\r\nb = 2\r\n", "LF"), ("a\r\n", "a\n", "CRLF")] {
        let dir = plugin("id: ab\nname: n\nversion: 1.0.0\nplugin_type: enricher\n");
        write(dir.path(), "plugin.py", own);
        sign(dir.path());
        let kit = kit(dir.path());
        let (good, said) = check(&kit, dir.path());
        assert!(good && said.contains(" and 1 .py file, "), "{said}");
        write(dir.path(), "plugin.py", other);
        let (good, said) = check(&kit, dir.path());
        let hint = format!("it fits the same files with {name} at the ends of lines");
        assert!(!good && said.starts_with("NOT VALID: ") && said.contains(&hint), "{said}");
    }
}

/// Windows has `X.PY` among `*.py`; the loader's systems have not.
#[test]
fn the_check_passes_over_names_in_capitals() {
    let dir = sample();
    sign(dir.path());
    let kit = kit(dir.path());
    write(dir.path(), "pkg/OLD.PY", "x");
    // As `fnmatch` compares names on Windows.
    let windows = "import fnmatch, re, pathlib\nfnmatch.translate\n_rglob = pathlib.Path.rglob\ndef rglob(self, pattern):\n    \
                   return (p for p in _rglob(self, '*') if re.match(fnmatch.translate(pattern), p.name, re.I))\n\
                   pathlib.Path.rglob = rglob\n";
    let mut like_windows = kit;
    like_windows.check_script = like_windows.check_script.replace("\nPEM = ", &format!("\n{windows}\nPEM = "));
    let (good, said) = check(&like_windows, dir.path());
    assert!(good && said.contains(DIGEST), "{said}");
}

#[test]
fn the_check_agrees_on_every_sample() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/plugins");
    let mut checked = 0;
    for entry in fs::read_dir(samples).unwrap() {
        let from = entry.unwrap().path();
        let copy = tempfile::tempdir().unwrap();
        for file in walkdir::WalkDir::new(&from).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
            write(
                copy.path(),
                file.path().strip_prefix(&from).unwrap().to_str().unwrap(),
                fs::read(file.path()).unwrap(),
            );
        }
        sign(copy.path());
        let options = Options { allow_unsigned: true, ..Options::default() };
        let Ok(prepared) = entry::prepare(copy.path(), &key_id(), Some(key().public()), &options, &Task::unwatched())
        else {
            // A sample whose manifest has what no entry can hold.
            continue;
        };
        let key = key();
        let request = Request { dir: copy.path(), prepared: &prepared, key: key.public(), index: None, written: false };
        let kit = Kit::prepare(&request, &Task::unwatched()).unwrap();
        let (good, said) = check(&kit, copy.path());
        assert!(good, "{}: {said}", from.display());
        write(copy.path(), "plugin.py", "class Plugin: changed = True\n");
        assert!(!check(&kit, copy.path()).0, "{}", from.display());
        checked += 1;
    }
    assert!(checked >= 8, "{checked}");
}

/// What is outside of fenced blocks, as CommonMark's section on them says.
fn outside_of_fences(body: &str) -> String {
    let (mut out, mut fence) = (String::new(), None::<usize>);
    for line in body.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 => fence = Some(ticks),
            None => out += &format!("{line}\n"),
            Some(open) if ticks >= open && line[ticks..].trim().is_empty() => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "the last fence is closed");
    out
}

#[test]
fn a_hostile_manifest_stays_in_its_fence() {
    let evil = "<script>alert(1)</script> ````` @admin #123 fixes #1 \\u202egpj [x](javascript:x)";
    let dir = plugin(&format!(
        "id: ab\nname: \"{evil}\"\nversion: \"1.0 fixes #1 @admin\"\nplugin_type: enricher\nauthor: \"{evil}\"\n\
         description: \"{}\\n```\\n# heading @admin\\n`````````\\n\"\ntags: [\"@admin\"]\n",
        "long ".repeat(200_000)
    ));
    write(dir.path(), "<b>@admin #7.so", "\u{7f}ELF");
    sign(dir.path());
    let kit = kit(dir.path());
    let outside = outside_of_fences(&kit.body);
    for word in ["script>", "@admin", "#123", "#1 ", "#7", "heading", "javascript", "long long"] {
        assert!(!outside.contains(word), "{word}:\n{outside}");
    }
    assert!(kit.body.contains("<script>alert(1)"), "it is shown as what it is");
    assert!(!kit.body.chars().any(|c| c == '\u{202e}'), "direction characters are escapes");
    assert!(kit.body.len() < 65_536, "{} bytes", kit.body.len());
    assert!(!kit.body.contains(dir.path().to_str().unwrap()), "where the folder lies is nobody's business");
    for text in [&kit.title, &kit.commit_message, &kit.branch] {
        assert!(!text.contains(['@', '#', '<']), "{text}");
    }
    assert_eq!(kit.title, "Add the plugin ab");
}

#[test]
fn the_body_says_what_reviewers_look_for() {
    let dir = sample();
    sign(dir.path());
    let kit = kit(dir.path());
    let fingerprint = key().public().fingerprint().to_string();
    for part in [
        DIGEST,
        &fingerprint,
        &kit.public_key.1,
        "| `strict` | loads, `verified` |",
        "| `warn` | loads, `verified` |",
        "| `disabled` | loads, `skipped` |",
        "| the manifest without its `signature` and `trust`, and 6 `.py` files; nothing else in the folder |",
        "Operators keep it as\n`myorg-prod.pem` in `PLUGIN_TRUSTED_KEYS_DIR`.",
        "Get it where the entry's `url` leads",
        concat!("\nWritten by AiSOC Publisher ", env!("CARGO_PKG_VERSION"), ".\n"),
        "\"signing_key_id\": \"myorg-prod\"",
    ] {
        assert!(kit.body.contains(part), "{part}:\n{}", kit.body);
    }
    assert!(!kit.body.contains("What changes in the index"));
    let small = plugin("id: ab\nname: n\nversion: 1.0.0\nplugin_type: enricher\n");
    sign(small.path());
    assert!(self::kit(small.path()).body.contains("and 1 `.py` file; nothing else"));
}

/// The texts are about the very plugin that the entry was made of, and about none that nobody should publish.
#[test]
fn there_is_no_kit_of_another_plugin_or_of_one_that_is_not_fit() {
    let dir = sample();
    sign(dir.path());
    let before = prepared(dir.path());
    write(dir.path(), "pkg/__init__.py", "changed = True\n");
    assert_eq!(refused(dir.path(), &before), Code::EditOutdated);
    // Signed again it is a right one, and still another one.
    sign(dir.path());
    assert_eq!(refused(dir.path(), &before), Code::EditOutdated);
    let now = prepared(dir.path());
    fs::remove_file(dir.path().join("plugin.sig")).unwrap();
    assert_eq!(refused(dir.path(), &now), Code::EntryUnverified);
    sign(dir.path());
    // Beside what is signed, so that the digest is the same.
    let pem = Command::new("openssl").args(["genpkey", "-algorithm", "ed25519"]).output().unwrap().stdout;
    write(dir.path(), "notes/old.pem", pem);
    assert_eq!(refused(dir.path(), &now), Code::PrivateKeyInFolder);
    fs::remove_file(dir.path().join("notes/old.pem")).unwrap();
    kit(dir.path());
}

#[test]
fn titles_refer_to_nothing() {
    for (id, version, title) in [
        ("ab", "1.2.3", "Add the plugin ab 1.2.3"),
        ("ab", "v2", "Add the plugin ab v2"),
        ("ab", "GH-123", "Add the plugin ab"),
        ("ab", "d670460b4b4aece5915caf5c68d12f560a9fe3e4", "Add the plugin ab"),
        ("ab", "1234567", "Add the plugin ab"),
        ("gh-7", "1.0", "Add a plugin 1.0"),
        ("GH-7x", "1.0", "Add a plugin 1.0"),
        ("d670460", "1.0", "Add a plugin 1.0"),
        ("ghost", "1.0", "Add the plugin ghost 1.0"),
    ] {
        let dir = plugin(&format!("id: {id}\nname: n\nversion: '{version}'\nplugin_type: enricher\n"));
        sign(dir.path());
        let kit = kit(dir.path());
        assert_eq!((kit.title.as_str(), kit.commit_message.lines().next()), (title, Some(title)));
    }
}

#[test]
fn git_takes_the_branch() {
    for (id, version) in
        [("a..b", "1.0"), ("ab", "1.0.lock"), ("ab", "1..2."), ("a-b_c", "v 1:2~3^@{x}"), ("ab", "é/\\*?[")]
    {
        let dir = plugin(&format!("id: {id}\nname: n\nversion: '{version}'\nplugin_type: enricher\n"));
        sign(dir.path());
        let kit = kit(dir.path());
        assert!(kit.branch.starts_with("add-a"), "{}", kit.branch);
        assert!(git(dir.path(), &["check-ref-format", "--branch", &kit.branch]).status.success(), "{}", kit.branch);
    }
}

#[cfg(unix)]
#[test]
fn a_kit_goes_into_a_new_folder_only() {
    let dir = sample();
    sign(dir.path());
    let kit = kit(dir.path());
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("kit");
    let written = kit.save(&folder).unwrap();
    let names: Vec<_> = written.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "steps.txt",
            "branch.txt",
            "title.txt",
            "commit-message.txt",
            "body.md",
            "check.py",
            "entry.json",
            "myorg-prod.pem"
        ]
    );
    assert_eq!(fs::read_to_string(folder.join("body.md")).unwrap(), kit.body);
    let before = snapshot(out.path());
    assert_eq!(kit.save(&folder).unwrap_err().code(), Code::TargetExists);
    assert_eq!(kit.save(&PathBuf::from(out.path()).join("none/kit")).unwrap_err().code(), Code::Io);
    assert_eq!(snapshot(out.path()), before);
    // A `.py` file in the plugin's folder is one that nobody signed.
    let before = snapshot(dir.path());
    let linked = out.path().join("linked");
    std::os::unix::fs::symlink(dir.path().join("pkg"), &linked).unwrap();
    for place in [dir.path().join("kit"), dir.path().join("pkg/kit"), linked.join("kit")] {
        let error = kit.save(&place).unwrap_err();
        assert_eq!(error.code(), Code::BadPath, "{error}");
        assert!(!place.exists());
    }
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn a_kit_in_a_clone_is_told() {
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("kit");
    assert_eq!(Kit::notices_of_place(&out), []);
    assert!(git(elsewhere.path(), &["init", "--quiet"]).status.success());
    let root = fs::canonicalize(elsewhere.path()).unwrap();
    assert_eq!(Kit::notices_of_place(&out), [Notice::InWorkTree { root }]);
    // A name that only begins like the plugin's is another one.
    let dir = sample();
    Kit::check_place(&PathBuf::from(format!("{}-kit", dir.path().display())), dir.path()).unwrap();
}
