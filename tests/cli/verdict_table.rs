//! Plugins × folders of trusted keys × trust modes: every cell as the Python reference answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::common::sandbox::Sandbox;
use crate::common::{folders_of, keys, python, tests_folder};

const MODES: [&str; 3] = ["strict", "warn", "disabled"];

/// The bad inputs that this program declines although Python has an answer: more than 100 levels, and a NaN among other
/// keys, whose order Python leaves to chance.
pub const DECLINED: [&str; 2] = ["nan-keys", "too-deep"];

/// A question to both.
struct Cell {
    plugin: PathBuf,
    keys: PathBuf,
    mode: &'static str,
}

impl Cell {
    fn question(&self) -> Value {
        json!({ "do": "verdict", "plugin_dir": self.plugin, "trusted_keys": self.keys, "mode": self.mode })
    }

    fn name(&self) -> String {
        let short =
            |path: &Path| path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" of ");
        format!("{} with the keys {} in {}", short(&self.plugin), short(&self.keys), self.mode)
    }
}

/// What this program says of a cell.
enum Ours {
    Verdict(Value),
    /// That it cannot tell, with the code of the reason.
    CannotTell(String),
}

fn ours(sandbox: &Sandbox, cell: &Cell) -> Ours {
    let (plugin, keys) = (cell.plugin.to_str().unwrap(), cell.keys.to_str().unwrap());
    let arguments = ["verify", "--plugin-dir", plugin, "--trusted-keys", keys, "--trust-mode", cell.mode, "--json"];
    let outcome = sandbox.command(arguments).run();
    let object = outcome.json();
    if outcome.status == 3 {
        return Ours::CannotTell(outcome.error_code());
    }
    let frozen = ["loads", "signature_status", "key_id", "reason"].map(|field| (field, object[field].clone()));
    assert_eq!(outcome.status, if object["loads"] == true { 0 } else { 1 }, "{}", outcome.shown());
    Ours::Verdict(
        frozen.into_iter().map(|(field, value)| (field.to_owned(), value)).collect::<serde_json::Map<_, _>>().into(),
    )
}

/// Asks both about every cell; returns the cells that this program declined, by plugin and code, and what the verdicts were.
fn compare(sandbox: &Sandbox, cells: &[Cell]) -> (BTreeMap<(String, String), usize>, BTreeMap<String, usize>) {
    let answers = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let expected = std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(cell) = cells.get(index) else { break };
                    let answer = ours(sandbox, cell);
                    answers.lock().unwrap().push((index, answer));
                }
            });
        }
        python::ask(&cells.iter().map(Cell::question).collect::<Vec<_>>())
    });
    let (mut declined, mut seen, mut wrong) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let answers = answers.into_inner().unwrap();
    assert_eq!(answers.len(), cells.len());
    for (index, answer) in answers {
        let (cell, expected) = (&cells[index], &expected[index]);
        match answer {
            Ours::Verdict(verdict) if verdict == *expected => {
                *seen.entry(verdict["reason"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            Ours::Verdict(verdict) => {
                wrong.push(format!("{}: {verdict}, and the reference says {expected}", cell.name()))
            }
            Ours::CannotTell(code) => {
                let plugin = cell.plugin.file_name().unwrap().to_string_lossy().into_owned();
                *declined.entry((plugin, code)).or_default() += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cells differ:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
    (declined, seen)
}

/// Folders of trusted keys. `ec-SM2` is of a kind that stops the loader (contract §5).
fn key_folders(sandbox: &Sandbox) -> Vec<PathBuf> {
    let data = |name: &str| fs::read(tests_folder().join("data/trusted-keys").join(name)).unwrap();
    let (acme, other) = (keys::public_pem(), keys::other_public_pem());
    type Files<'a> = &'a [(&'a str, &'a [u8])];
    let folders: [(&str, Files<'_>); 9] = [
        ("matching", &[("acme.pem", &acme)]),
        ("other", &[("other.pem", &other)]),
        (
            "match-last",
            &[
                ("a.pem", &other),
                ("b.pem", b"junk"),
                ("c.pem", &data("rsa-2048.pem")),
                ("d.pub", &data("ed448.pem")),
                ("z.acme.PUB", &acme),
            ],
        ),
        ("empty", &[]),
        (
            "junk",
            &[("README.md", b"read me"), ("acme.key", &acme), ("a.pem", b""), ("b.pub", b"\xff\xfe"), (".pem", &acme)],
        ),
        ("twice", &[("acme.pem", &acme), ("ACME.pem", &acme), ("zz.pub", &acme)]),
        ("stop-before", &[("a.pem", &data("ec-SM2.pem")), ("acme.pem", &acme)]),
        ("stop-after", &[("acme.pem", &acme), ("b.pem", &data("ec-SM2.pem"))]),
        ("stop-and-no-match", &[("a.pem", &other), ("b.pem", &data("ec-SM2.pem"))]),
    ];
    let mut paths = Vec::new();
    for (name, files) in folders {
        let path = sandbox.path("keys").join(name);
        fs::create_dir_all(&path).unwrap();
        for (file, content) in files {
            fs::write(path.join(file), content).unwrap();
        }
        paths.push(path);
    }
    paths.push(sandbox.path("keys/missing"));
    paths.push(sandbox.write("keys/is-a-file", "no folder"));
    fs::create_dir_all(sandbox.path("keys/only-a-folder/acme.pem")).unwrap();
    paths.push(sandbox.path("keys/only-a-folder"));
    paths
}

fn cells<'a>(plugins: impl IntoIterator<Item = &'a PathBuf>, keys: &[PathBuf]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for plugin in plugins {
        for keys in keys {
            cells.extend(MODES.map(|mode| Cell { plugin: plugin.clone(), keys: keys.clone(), mode }));
        }
    }
    cells
}

/// Every sample as it is, and signed by this program.
#[test]
fn the_samples() {
    let sandbox = Sandbox::new();
    let key_folders = key_folders(&sandbox);
    let mut plugins = Vec::new();
    for (name, path) in folders_of("plugins") {
        sandbox.sample(&name);
        sandbox.sign(&name);
        plugins.extend([path, sandbox.path(name)]);
    }
    let cells = cells(&plugins, &key_folders);
    let (declined, seen) = compare(&sandbox, &cells);
    assert!(declined.is_empty(), "{declined:?}");
    for reason in ["verified", "skipped", "unsigned", "no-trusted-keys", "no-key-matches", "trusted-key-stops-loader"] {
        assert!(seen.get(reason).is_some_and(|count| *count >= 11), "too few cells say {reason}: {seen:?}");
    }
    eprintln!("{} cells agree: {seen:?}", cells.len());
}

/// Every bad input as it is, and with a signature: the right one where it has a canonical form, one of zeros otherwise.
#[test]
fn the_bad_inputs() {
    let sandbox = Sandbox::new();
    let key_folders = key_folders(&sandbox);
    let (mut bare, mut signed) = (Vec::new(), Vec::new());
    for (name, path) in folders_of("bad") {
        bare.push(path);
        let copy = sandbox.copy("bad", &name);
        if !copy.join("plugin.sig").exists() {
            signed.push(copy);
        }
    }
    python::sign(&signed.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    // Without a signature the trusted keys hardly matter; the signed ones meet every folder of keys.
    let few: Vec<_> =
        key_folders.iter().filter(|path| path.ends_with("matching") || path.ends_with("empty")).cloned().collect();
    let mut cells = cells(&bare, &few);
    let with_signatures = bare.iter().filter(|path| path.join("plugin.sig").exists());
    cells.extend(self::cells(signed.iter().chain(with_signatures), &key_folders));
    let (declined, seen) = compare(&sandbox, &cells);
    // Where this program cannot tell, it says so and why; nothing else may end there. What cannot be read at all has no
    // answer in any cell; a manifest without a sure order only where the loader would compute the digest, which takes a
    // signature, a key to try, and another mode than `disabled`.
    let every_cell = MODES.len() * (few.len() + key_folders.len());
    let without_keys = ["empty", "missing", "is-a-file", "only-a-folder"];
    let with_digest = 2 * (key_folders.len() - without_keys.len());
    let counts: Vec<_> =
        declined.iter().map(|((plugin, code), count)| (plugin.as_str(), code.as_str(), *count)).collect();
    let [nan_keys, too_deep] = DECLINED;
    assert_eq!(counts, [(nan_keys, "manifest", with_digest), (too_deep, "manifest", every_cell)]);
    for reason in ["not-canonical", "manifest-unreadable", "manifest-missing", "id-invalid", "signature-malformed"] {
        assert!(seen.contains_key(reason), "no cell says {reason}: {seen:?}");
    }
    eprintln!("{} cells; agreed: {seen:?}; declined: {declined:?}", cells.len());
}

/// Every kind and spelling of key file, before the matching key and after it.
#[test]
fn every_kind_of_key_file() {
    let sandbox = Sandbox::new();
    sandbox.sample("only-plugin-py");
    sandbox.sign("only-plugin-py");
    let plugin = sandbox.path("only-plugin-py");
    let data = tests_folder().join("data/trusted-keys");
    let recorded: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_slice(&fs::read(data.join("expected.json")).unwrap()).unwrap();
    let (mut cells, mut differing) = (Vec::new(), Vec::new());
    for (name, outcomes) in &recorded {
        // Where versions of `cryptography` disagree, this program takes the worse answer, on purpose; core tests it.
        if outcomes["48.0.0"] != outcomes["50.0.2"] {
            differing.push(name.as_str());
            continue;
        }
        for (order, file) in [("before", "a.pem"), ("after", "z.pem")] {
            let keys = sandbox.path("keys").join(format!("{name}-{order}"));
            fs::create_dir_all(&keys).unwrap();
            fs::copy(data.join(format!("{name}.pem")), keys.join(file)).unwrap();
            fs::write(keys.join("match.pem"), keys::public_pem()).unwrap();
            cells.extend(["strict", "warn"].map(|mode| Cell { plugin: plugin.clone(), keys: keys.clone(), mode }));
        }
    }
    assert_eq!(differing, ["unused-bits"]);
    assert!(cells.len() >= 500, "only {} cells", cells.len());
    let (declined, seen) = compare(&sandbox, &cells);
    assert!(declined.is_empty(), "{declined:?}");
    assert!(seen["trusted-key-stops-loader"] >= 40, "{seen:?}");
}
