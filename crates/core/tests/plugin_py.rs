//! Whether `plugin.py` would be imported: AiSOC's loader contract, §7.
//!
//! The truth comes from `tests/imports/oracle.py`, which really imports each text with Python 3.11, in a process of its own
//! and in an empty environment.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use aisoc_publisher_core::plugin_py::{Answer, Cause, MAX_BYTES, WouldImport, would_import, would_import_in};
use aisoc_publisher_core::{Code, Explain as _};
use base64ct::{Base64, Encoding as _};
use sample::write;
use serde::Deserialize;

/// One text, and whether Python imported it.
#[derive(Deserialize)]
struct Truth {
    name: String,
    source: String,
    imports: bool,
    error: String,
}

impl Truth {
    fn source(&self) -> Vec<u8> {
        Base64::decode_vec(&self.source).unwrap()
    }

    /// Panics when the answer is wrong.
    fn check(&self) -> WouldImport {
        let found = would_import(&self.source());
        let wrong = match found.answer {
            Answer::Yes => !self.imports,
            Answer::No => self.imports,
            Answer::CannotTell => false,
        };
        let text = String::from_utf8_lossy(&self.source()).into_owned();
        assert!(!wrong, "{}: answered {found:?}, Python says {:?}:\n{text}", self.name, self.error);
        found
    }
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn python(arguments: &[&str]) -> String {
    let python = std::env::var("AISOC_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).args(["-I", "-S", "-B"]).args(arguments).env_clear().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn truths(arguments: &[&str]) -> Vec<Truth> {
    let oracle = tests_folder().join("imports/oracle.py");
    let mut all = vec![oracle.to_str().unwrap()];
    all.extend(arguments);
    python(&all).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_sample_gets_the_answer_that_its_folder_names_and_python_agrees() {
    let folder = tests_folder().join("plugin_py");
    let truths = truths(&[folder.to_str().unwrap()]);
    assert!(truths.len() >= 150, "{}", truths.len());
    let mut different = Vec::new();
    for truth in &truths {
        let found = truth.check();
        let expected = truth.name.split('/').next().unwrap();
        if found.answer.as_str() != expected {
            different.push(format!("{}: {:?}; Python: {:?}", truth.name, found.reason, truth.error));
        }
        let reason = found.reason.as_ref();
        assert_eq!(found.answer == Answer::Yes, reason.is_none(), "{}", truth.name);
        if let Some(reason) = reason {
            assert!(!reason.message.is_empty() && !reason.hint.is_empty(), "{}", truth.name);
            assert_eq!(reason.certain, found.answer == Answer::No, "{}", truth.name);
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The random texts' seed and a factor for their number; a longer search sets both.
fn seed_and_factor() -> (String, usize) {
    let factor = std::env::var("AISOC_TEST_FACTOR").map_or(1, |factor| factor.parse().unwrap());
    (std::env::var("AISOC_TEST_SEED").unwrap_or_else(|_| "20261122".to_owned()), factor)
}

fn tally(truths: &[Truth]) -> BTreeMap<(bool, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for truth in truths {
        *counts.entry((truth.imports, truth.check().answer.as_str())).or_insert(0_usize) += 1;
    }
    println!("imports, answer: {counts:?}");
    counts
}

#[test]
fn no_answer_is_wrong_for_random_modules() {
    let (seed, factor) = seed_and_factor();
    let counts = tally(&truths(&["--random", &seed, &(500 * factor).to_string()]));
    let count = |imports, answer| counts.get(&(imports, answer)).copied().unwrap_or(0);
    // Not by never deciding: most of what is certain is recognized.
    assert!(count(true, "yes") * 3 > count(true, "cannot_tell"), "{counts:?}");
    assert!(count(false, "no") > count(false, "cannot_tell"), "{counts:?}");
}

#[test]
fn no_answer_is_wrong_for_damaged_modules() {
    let (seed, factor) = seed_and_factor();
    let folder = tests_folder().join("plugin_py");
    let counts = tally(&truths(&["--mutate", &seed, &(500 * factor).to_string(), folder.to_str().unwrap()]));
    assert!(counts.len() == 4, "{counts:?}");
}

#[test]
fn the_table_of_the_standard_library_is_what_python_says() {
    let script = tests_folder().join("imports/make_stdlib.py");
    let now = python(&[script.to_str().unwrap()]);
    let entries = |table: &str| -> BTreeSet<String> {
        let line = |line: &str| {
            let (module, names) = line.split_once(' ').unwrap_or((line, ""));
            names.split(' ').map(|name| format!("{module} {name}")).collect::<Vec<_>>()
        };
        table.lines().flat_map(line).collect()
    };
    let ours = entries(include_str!("../src/plugin_py/stdlib-3.11.txt"));
    let gone: Vec<_> = ours.difference(&entries(&now)).cloned().collect();
    assert!(ours.len() > 1_500 && gone.is_empty(), "{gone:?}");
}

#[test]
fn hostile_texts_end_in_time_and_on_a_small_stack() {
    let many = |part: &str| part.repeat(MAX_BYTES / part.len());
    let texts = [
        many("("),
        many("[{("),
        many("-") + "1",
        many("not "),
        many("lambda:"),
        many("a."),
        many("a("),
        many("1+"),
        many("f'{"),
        many("f'{f\"{"),
        many("x if y else "),
        many("if x:\n"),
        (0..1_000).map(|depth| " ".repeat(depth) + "if x:\n").collect(),
        many("else:\n"),
        many("'"),
        many("'''"),
        many("\\\n"),
        many("a\\\n"),
        many("with (a, b): pass\n"),
        many("with ((((((((((a"),
        many("match x:\n"),
        many("match (((((((x\n"),
        many("@"),
        many("x = 1\n"),
        many("x, "),
        many("x = "),
        many("x: x = 1;"),
        many("class Plugin: pass\n"),
        many("class A(A): pass\n"),
        many("import a\n"),
        (0..90_000).map(|number| format!("import a{number}\n")).collect(),
        (0..20_000).map(|number: u32| format!("class A{}(A{number}): pass\n", number + 1)).collect(),
        "class A:\n def __init__(self):\n".to_owned() + &"  self.x = 1\n".repeat(20_000) + &"A()\n".repeat(50_000),
        "from abc import ABC, abstractmethod\nclass A(ABC):\n".to_owned()
            + &(0..9_000).map(|number| format!(" @abstractmethod\n def f{number}(): 1\n")).collect::<String>()
            + &"class B(A): pass\nB()\n".repeat(20_000),
        many("global x\n"),
        many("def f(a=(b, c)): pass\n"),
        many("def f(): return\n"),
        many("\t\n "),
        many("é"),
        many("\u{feff}"),
        "x = ".to_owned() + &many("1"),
        "x = [".to_owned() + &"1,".repeat(200_000) + "]",
        "class Plugin:\n x = 1\n def __init__(self):\n".to_owned() + &many("  self.x = self.x\n"),
    ];
    for text in texts {
        let mut text = text;
        text.truncate(text.floor_char_boundary(MAX_BYTES));
        let began = Instant::now();
        let start = text.chars().take(20).collect::<String>();
        let found = would_import(text.as_bytes());
        assert!(began.elapsed() < Duration::from_secs(20), "{start:?}: {:?}", began.elapsed());
        println!("{start:?}: {:?} {:?}", began.elapsed(), found.reason.map(|reason| reason.cause));
    }
    let too_large = would_import(&vec![b'#'; MAX_BYTES + 1]);
    assert_eq!((too_large.answer, too_large.reason.unwrap().cause), (Answer::CannotTell, Cause::TooLarge));
}

#[test]
fn the_place_is_a_line_and_a_column_in_characters() {
    let table = [
        ("\u{feff}x = 'é'; from . import y\n", (1, 10)),
        ("\n\nx = 'é'; from . import y\n", (3, 10)),
        ("class Plugin:\r\n    def __init__(self, config): pass\r\n", (2, 5)),
        ("class Plugin:\n    def f[T](self): pass\n", (2, 10)),
        ("x = 1\nclass Enricher: pass\n", (2, 1)),
        ("x = 'é' $\n", (1, 9)),
    ];
    for (text, expected) in table {
        let found = would_import(text.as_bytes());
        let reason = found.reason.unwrap();
        assert_eq!((found.answer, reason.position), (Answer::No, Some(expected)), "{text:?}: {reason:?}");
        assert_eq!(reason.place().unwrap().position, Some(expected));
        assert_eq!(reason.code(), Code::PluginPyFails);
    }
}

#[test]
fn a_folder_is_judged_by_its_plugin_py() {
    let dir = tempfile::tempdir().unwrap();
    let found = would_import_in(dir.path());
    let reason = found.reason.unwrap();
    assert_eq!((found.answer, reason.cause, reason.code()), (Answer::No, Cause::Missing, Code::PluginPyMissing));
    assert_eq!(reason.path, dir.path().join("plugin.py"));

    write(dir.path(), "plugin.py", "class Plugin: pass\n");
    assert_eq!(would_import_in(dir.path()).answer, Answer::Yes);

    // Python may run it in place of the text.
    write(dir.path(), "__pycache__/plugin.cpython-312.pyc", "");
    assert_eq!(would_import_in(dir.path()).answer, Answer::Yes);
    write(dir.path(), "__pycache__/plugin.cpython-311.opt-1.pyc", "");
    let found = would_import_in(dir.path());
    assert_eq!((found.answer, found.reason.unwrap().cause), (Answer::CannotTell, Cause::CompiledFile));

    fs::remove_file(dir.path().join("plugin.py")).unwrap();
    fs::create_dir(dir.path().join("plugin.py")).unwrap();
    let found = would_import_in(dir.path());
    assert_eq!((found.answer, found.reason.unwrap().cause), (Answer::No, Cause::NotAFile));
}

#[cfg(unix)]
#[test]
fn a_fifo_is_never_opened() {
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo").arg(dir.path().join("plugin.py")).status().unwrap();
    assert!(made.success());
    let found = would_import_in(dir.path());
    assert_eq!((found.answer, found.reason.unwrap().cause), (Answer::CannotTell, Cause::NotAFile));
}

#[test]
fn json_has_stable_names() {
    let found = would_import(b"import requests, aisoc_sdk\nclass Plugin: pass\n");
    let json = serde_json::to_value(&found).unwrap();
    let expected = serde_json::json!({
        "answer": "cannot_tell",
        "reason": {
            "cause": "other-package",
            "certain": false,
            "message": "it imports `requests`, `aisoc_sdk`, which are not part of Python",
            "hint": "the operator's AiSOC must be able to import it: say so in the README; the plugin's own folder is not on \
                     its import path",
            "path": "plugin.py",
            "position": [1, 8],
        },
    });
    assert_eq!(json, expected);
}
