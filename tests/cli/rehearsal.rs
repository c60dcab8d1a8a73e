//! Every way to fail, alone and in pairs: what the loader does, at which step, and why, beside the Python reference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::common::sandbox::{Sandbox, set_mode};
use crate::common::{copy_folder, keys, python, tests_folder};

const MODES: [&str; 3] = ["strict", "warn", "disabled"];

/// The loader's step that a reason of the reference's belongs to (contract §6). Every other step before it has passed.
const STEPS: [(&str, &[&str]); 12] = [
    ("find-manifest", &["manifest-missing"]),
    ("read-manifest", &["manifest-unreadable", "manifest-not-mapping"]),
    ("fields", &["manifest-fields-missing"]),
    ("id", &["id-invalid"]),
    ("plugin-type", &["plugin-type-invalid"]),
    ("trusted-keys", &["trusted-keys-unreadable"]),
    ("mode", &[]),
    ("find-signature", &["unsigned", "signature-unreadable"]),
    ("read-signature", &["signature-malformed"]),
    ("keys", &["no-trusted-keys"]),
    ("canonical", &["not-canonical", "file-unreadable"]),
    ("match", &["trusted-key-stops-loader", "no-key-matches"]),
];

/// What a fault does to a signature that was good.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    /// Something else is wrong before anybody looks at whether it fits.
    NoMatter,
    /// It does not fit what is there now, and this is why.
    Content(&'static str),
    /// It is another plugin's.
    OtherPlugin,
    /// Nobody knows what it is.
    Foreign,
    /// Its key is not trusted.
    Untrusted,
}

/// One fault: its name, what it does to a plugin and the folder of keys beside it, and what follows.
type Fault = (&'static str, fn(&Desk), Then);

const FAULTS: &[Fault] = &[
    ("no-manifest", |desk| desk.remove("plugin.yaml"), Then::NoMatter),
    ("broken-yaml", |desk| desk.add("plugin.yaml", "oops: [\n"), Then::NoMatter),
    ("no-mapping", |desk| desk.write("plugin.yaml", "- a\n"), Then::NoMatter),
    (
        "field-missing",
        |desk| desk.replace("plugin.yaml", "name: Example", "nome: Example"),
        Then::Content("signed-field-changed"),
    ),
    (
        "bad-id",
        |desk| desk.replace("plugin.yaml", "id: example", "id: exa/mple"),
        Then::Content("signed-field-changed"),
    ),
    ("bad-type", |desk| desk.replace("plugin.yaml", "enricher", "plugin"), Then::Content("signed-field-changed")),
    ("unsigned", |desk| desk.remove("plugin.sig"), Then::NoMatter),
    ("malformed", |desk| desk.write("plugin.sig", "signed, truly"), Then::NoMatter),
    ("no-keys", |desk| fs::remove_file(desk.keys.join("acme.pem")).unwrap_or_default(), Then::NoMatter),
    ("keys-stop", |desk| desk.key("a.pem", &data("ec-SM2.pem")), Then::NoMatter),
    ("date", |desk| desk.add("plugin.yaml", "released: 2024-01-15\n"), Then::NoMatter),
    ("file-changed", |desk| desk.write("changed.py", "a = 2\n"), Then::Content("signed-file-changed")),
    ("file-added", |desk| desk.write("deep/er/added.py", "a = 1\n"), Then::Content("signed-file-added")),
    ("file-removed", |desk| desk.remove("removed.py"), Then::Content("signed-file-removed")),
    (
        "file-renamed",
        |desk| fs::rename(desk.plugin.join("renamed.py"), desk.plugin.join("other.py")).unwrap(),
        Then::Content("signed-file-renamed"),
    ),
    ("line-endings", |desk| desk.replace("endings.py", "\n", "\r\n"), Then::Content("line-endings-changed")),
    (
        "field-changed",
        |desk| desk.replace("plugin.yaml", "version: '1.0.0'", "version: '1.0.1'"),
        Then::Content("signed-field-changed"),
    ),
    (
        "field-added",
        |desk| desk.add("plugin.yaml", "extra: {deep: [1, null]}\n"),
        Then::Content("signed-field-changed"),
    ),
    ("manifest-switched", |desk| desk.switch(), Then::Content("manifest-switched")),
    ("not-trusted", |desk| desk.other_key(), Then::Untrusted),
    (
        "of-other-plugin",
        |desk| desk.write("plugin.sig", fs::read(desk.other.join("plugin.sig")).unwrap()),
        Then::OtherPlugin,
    ),
    ("replaced", |desk| desk.write("plugin.sig", "5a".repeat(64)), Then::Foreign),
];

/// What cannot be read, once everything else is as it is.
const LOCKS: &[Fault] = &[
    ("manifest-locked", |desk| lock(&desk.plugin.join("plugin.yaml"), 0o000), Then::NoMatter),
    ("keys-locked", |desk| lock(&desk.keys, 0o000), Then::NoMatter),
    ("signature-locked", |desk| lock(&desk.plugin.join("plugin.sig"), 0o000), Then::NoMatter),
    ("file-locked", |desk| lock(&desk.plugin.join("locked.py"), 0o000), Then::NoMatter),
    // Its files can be listed and not opened.
    ("folder-locked", |desk| lock(&desk.plugin.join("sub"), 0o444), Then::NoMatter),
];

/// Changes a mode; what another fault has removed needs none.
fn lock(path: &Path, mode: u32) {
    if path.exists() {
        set_mode(path, mode);
    }
}

fn data(name: &str) -> Vec<u8> {
    fs::read(tests_folder().join("data/trusted-keys").join(name)).unwrap()
}

/// A signed plugin, the keys that an operator trusts, and another plugin that was signed by the same key.
struct Desk {
    plugin: PathBuf,
    keys: PathBuf,
    other: PathBuf,
}

impl Desk {
    fn question(&self, mode: &str) -> Value {
        json!({ "do": "verdict", "plugin_dir": self.plugin, "trusted_keys": self.keys, "mode": mode })
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.plugin.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What another fault has removed before stays removed.
    fn remove(&self, name: &str) {
        fs::remove_file(self.plugin.join(name)).unwrap_or_default();
    }

    fn add(&self, name: &str, more: &str) {
        if let Ok(text) = fs::read_to_string(self.plugin.join(name)) {
            self.write(name, text + more);
        }
    }

    fn replace(&self, name: &str, old: &str, new: &str) {
        if let Ok(text) = fs::read_to_string(self.plugin.join(name)) {
            self.write(name, text.replace(old, new));
        }
    }

    fn key(&self, name: &str, content: &[u8]) {
        fs::write(self.keys.join(name), content).unwrap();
    }

    fn other_key(&self) {
        if fs::remove_file(self.keys.join("acme.pem")).is_ok() {
            self.key("other.pem", &keys::other_public_pem());
        }
    }

    /// The same manifest as JSON, but for the version.
    fn switch(&self) {
        if fs::remove_file(self.plugin.join("plugin.yaml")).is_ok() {
            let manifest = json!({ "id": "example", "name": "Example", "version": "2", "plugin_type": "enricher" });
            self.write("aisoc-plugin.json", manifest.to_string());
        }
    }
}

fn desk(sandbox: &Sandbox) -> Desk {
    let manifest = "id: example\nname: Example\nversion: '1.0.0'\nplugin_type: enricher\n";
    for (folder, manifest) in [("plugin", manifest.to_owned()), ("second", manifest.replace("example", "second"))] {
        sandbox.write(&format!("{folder}/plugin.yaml"), manifest);
        for name in ["plugin", "changed", "removed", "renamed", "endings"] {
            sandbox.write(&format!("{folder}/{name}.py"), format!("a = 1\n# {name}\n"));
        }
        sandbox.write(&format!("{folder}/locked.py"), "a = 1\n");
        sandbox.write(&format!("{folder}/sub/deep.py"), "a = 1\n");
        sandbox.sign(folder);
    }
    fs::remove_file(sandbox.path("trusted/acme.pem")).unwrap();
    Desk { plugin: sandbox.path("plugin"), keys: sandbox.path("trusted"), other: sandbox.path("second") }
}

/// A copy of the desk for one case; the receipts are about the first one.
fn copy_of(desk: &Desk, sandbox: &Sandbox, name: &str) -> Desk {
    let (plugin, keys) = (sandbox.path(format!("cases/{name}/plugin")), sandbox.path(format!("cases/{name}/keys")));
    copy_folder(&desk.plugin, &plugin);
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("acme.pem"), keys::public_pem()).unwrap();
    Desk { plugin, keys, other: desk.other.clone() }
}

struct Case {
    name: String,
    desk: Desk,
    then: Vec<Then>,
}

fn cases(sandbox: &Sandbox) -> Vec<Case> {
    let first_desk = desk(sandbox);
    let mut cases =
        vec![Case { name: "as-signed".to_owned(), desk: copy_of(&first_desk, sandbox, "as-signed"), then: Vec::new() }];
    for (index, (name, fault, then)) in FAULTS.iter().enumerate() {
        let desk = copy_of(&first_desk, sandbox, name);
        fault(&desk);
        cases.push(Case { name: (*name).to_owned(), desk, then: vec![*then] });
        // Both orders, since the later one may undo the earlier.
        for (other, again, and_then) in FAULTS.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, fault)| fault)
        {
            let name = format!("{name}+{other}");
            let desk = copy_of(&first_desk, sandbox, &name);
            fault(&desk);
            again(&desk);
            cases.push(Case { name, desk, then: vec![*then, *and_then] });
        }
    }
    for (index, (name, fault, _)) in LOCKS.iter().enumerate() {
        let alone = [("", None)];
        let others = FAULTS.iter().chain(&LOCKS[index + 1..]).map(|(name, fault, then)| (*name, Some((*fault, *then))));
        for (other, first) in alone.into_iter().chain(others) {
            let name = format!("{other}+{name}");
            let desk = copy_of(&first_desk, sandbox, &name);
            // There may be nothing left to lock.
            let then = first.map(|(first, then)| {
                first(&desk);
                then
            });
            fault(&desk);
            cases.push(Case { name, desk, then: then.into_iter().collect() });
        }
    }
    cases
}

fn verify(sandbox: &Sandbox, desk: &Desk) -> Value {
    let (plugin, keys) = (desk.plugin.to_str().unwrap(), desk.keys.to_str().unwrap());
    sandbox.command(["verify", plugin, "--trusted-keys", keys, "--json"]).where_modes_count().run().json()
}

#[test]
fn every_step_and_every_pair_of_faults() {
    let sandbox = Sandbox::new();
    let cases = cases(&sandbox);
    let (faults, locks) = (FAULTS.len(), LOCKS.len());
    assert_eq!(cases.len(), 1 + faults * faults + locks * (1 + faults) + locks * (locks - 1) / 2);
    let questions: Vec<_> = cases.iter().flat_map(|case| MODES.map(|mode| case.desk.question(mode))).collect();
    // Both at once: two processors, and two that are asked.
    let (expected, answers) = std::thread::scope(|scope| {
        let expected = scope.spawn(|| python::ask_where_modes_count(&questions));
        let answers: Vec<_> = cases.iter().map(|case| verify(&sandbox, &case.desk)).collect();
        (expected.join().unwrap(), answers)
    });
    let (mut wrong, mut stopped, mut causes) =
        (Vec::new(), BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    for ((case, answer), expected) in cases.iter().zip(&answers).zip(expected.chunks(3)) {
        for (mode, expected) in MODES.iter().zip(expected) {
            if answer["modes"][mode] != *expected {
                wrong.push(format!(
                    "{} in {mode}: {}, and the reference says {expected}",
                    case.name, answer["modes"][mode]
                ));
            }
        }
        let reason = expected[0]["reason"].as_str().unwrap();
        let stops = STEPS.iter().position(|(_, reasons)| reasons.contains(&reason));
        let results: Vec<_> = answer["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| (step["step"].as_str().unwrap(), step["result"].as_str().unwrap()))
            .collect();
        let should: Vec<_> = STEPS
            .iter()
            .enumerate()
            .map(|(at, (name, _))| match stops {
                Some(stops) if at > stops => (*name, "not-reached"),
                Some(stops) if at == stops => (*name, "failed"),
                _ => (*name, "passed"),
            })
            .collect();
        if results != should {
            wrong.push(format!("{}: {results:?} where the reference says {reason}", case.name));
        }
        *stopped.entry(reason.to_owned()).or_default() += 1;
        let found: BTreeSet<_> =
            answer["causes"].as_array().unwrap().iter().map(|cause| cause["code"].as_str().unwrap()).collect();
        let should = if reason == "no-key-matches" { causes_of(case) } else { BTreeSet::new() };
        if found != should {
            wrong.push(format!("{}: the causes are {found:?}, not {should:?}", case.name));
        }
        for cause in found {
            *causes.entry(cause.to_owned()).or_default() += 1;
        }
    }
    // So that the sandbox can be removed.
    for case in &cases {
        for path in [&case.desk.keys, &case.desk.plugin.join("sub")] {
            lock(path, 0o755);
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    for (_, reasons) in STEPS {
        for reason in reasons {
            assert!(stopped.contains_key(*reason), "no case stops with {reason}: {stopped:?}");
        }
    }
    assert!(stopped["verified"] >= 1);
    assert_eq!(causes.len(), 11, "{causes:?}");
    eprintln!("{} folders in three modes agree: {stopped:?}; causes: {causes:?}", cases.len());
}

/// What should be said of a signature that fits no trusted key.
fn causes_of(case: &Case) -> BTreeSet<&'static str> {
    let content: Vec<_> = case
        .then
        .iter()
        .filter_map(|then| match then {
            Then::Content(code) => Some(*code),
            _ => None,
        })
        .collect();
    let untrusted = case.then.contains(&Then::Untrusted);
    // Of two signatures the later one is there.
    let signature = case.then.iter().rev().find(|then| matches!(then, Then::OtherPlugin | Then::Foreign));
    let mut causes: BTreeSet<_> = match signature {
        Some(Then::OtherPlugin) => ["signature-of-other-plugin"].into(),
        Some(_) if content.is_empty() => return ["signature-replaced"].into(),
        Some(_) => return ["cause-unknown"].into(),
        None => content.into_iter().collect(),
    };
    // Another version is in the other manifest.
    if causes.contains("manifest-switched") {
        causes.insert("signed-field-changed");
    }
    if untrusted {
        causes.insert("key-not-trusted");
    }
    causes
}

/// Another machine, where nothing was signed: only what can be proved is said.
#[test]
fn without_receipts_nothing_is_guessed() {
    let sandbox = Sandbox::new();
    let first = desk(&sandbox);
    fs::remove_dir_all(sandbox.home().join("data")).unwrap();
    for (name, fault, then) in FAULTS.iter().filter(|(_, _, then)| *then != Then::NoMatter) {
        let desk = copy_of(&first, &sandbox, name);
        fault(&desk);
        let answer = verify(&sandbox, &desk);
        if answer["reason"] != "no-key-matches" {
            continue;
        }
        let causes: Vec<_> =
            answer["causes"].as_array().unwrap().iter().map(|cause| cause["code"].as_str().unwrap()).collect();
        let expected =
            if *then == Then::Content("line-endings-changed") { "line-endings-changed" } else { "cause-unknown" };
        assert_eq!(causes, [expected], "{name}");
        assert_eq!(answer["signed"], Value::Null, "{name}");
    }
}

/// Where this plugin was signed is not where it is verified, as at a colleague's; the receipts have what was signed.
#[test]
fn causes_stand_in_sentences() {
    let sandbox = Sandbox::new();
    let first = desk(&sandbox);
    let desk = copy_of(&first, &sandbox, "words");
    desk.replace("plugin.yaml", "version: '1.0.0'", "version: '1.0.1'");
    desk.replace("endings.py", "\n", "\r\n");
    desk.write("vendor/x.py", "");
    desk.write("changed.py", "");
    desk.other_key();
    let outcome = sandbox
        .command(["verify", desk.plugin.to_str().unwrap(), "--trusted-keys", desk.keys.to_str().unwrap()])
        .run()
        .expect(1);
    let said: Vec<_> = outcome.stdout().lines().filter_map(|line| line.strip_prefix("cause   ")).collect();
    let [fields @ .., key] = said.as_slice() else { panic!("{}", outcome.shown()) };
    assert_eq!(
        fields,
        [
            "manifest `version` was 1.0.0 and is 1.0.1",
            "`changed.py` changed after signing",
            "only line endings differ in `endings.py`: signed with LF, CRLF now",
            "`vendor/x.py` was added after signing",
        ]
    );
    assert!(
        key.starts_with("it is signed by the key ") && key.ends_with(", which is not among the trusted keys"),
        "{key}"
    );
}

/// What comes after the signature is not hidden behind it.
#[test]
fn what_cannot_be_imported_is_not_said_to_load() {
    let sandbox = Sandbox::new();
    let desk = desk(&sandbox);
    fs::write(desk.keys.join("acme.pem"), keys::public_pem()).unwrap();
    let verify = |more: &str| sandbox.run(format!("verify plugin --keys trusted {more}").trim_end());
    for mode in MODES {
        // `plugin.py` defines nothing; Python says so in core's tests of `plugin_py`.
        let answer = verify(&format!("--trust-mode {mode} --json")).expect(0).json();
        // These two are about the signature check alone, as they always were.
        assert_eq!((&answer["loads"], &answer["modes"][mode]["loads"]), (&json!(true), &json!(true)));
        assert_eq!((&answer["would_load"], &answer["would_import"]["answer"]), (&json!("no"), &json!("no")));
        let said = verify(&format!("--trust-mode {mode}")).expect(0);
        assert!(!said.stdout().to_lowercase().contains("loads"), "{}", said.shown());
    }
    let answer = sandbox.run("verify plugin --keys trusted --json --trust-mode strict").expect(0).json();
    assert_eq!(answer["would_import"]["reason"]["detail"], "no-plugin");
    for (text, would_load, headline) in [
        ("class Plugin: pass\n", "yes", "Loads in strict mode: verified, by the trusted key `acme`"),
        (
            "import httpx\nclass Plugin: pass\n",
            "cannot_tell",
            "Accepted in strict mode: verified, by the trusted key `acme`",
        ),
        (
            "class Plugin:\n    def __init__(self, config): pass\n",
            "no",
            "Accepted in strict mode (verified, by the trusted key `acme`), and then fails to load",
        ),
    ] {
        desk.write("plugin.py", text);
        sandbox.sign("plugin");
        let said = verify("").expect(0);
        assert_eq!(said.stdout().lines().next(), Some(headline));
        assert_eq!(verify("--json").expect(0).json()["would_load"], would_load);
        desk.remove("plugin.sig");
        assert_eq!(verify("--json").expect(1).json()["would_load"], "no");
    }
}

#[test]
fn explain_knows_every_code_that_is_said() {
    let sandbox = Sandbox::new();
    let all = sandbox.run("explain --json").expect(0).json();
    let codes = all["codes"].as_array().unwrap();
    assert!(codes.len() > 80, "{}", codes.len());
    assert_eq!(sandbox.run("explain").expect(0).stdout().lines().count(), codes.len());
    for code in ["no-key-matches", "line-endings-changed", "key-not-trusted"] {
        let outcome = sandbox.run_json(&format!("explain {code}")).expect(0).json();
        assert_eq!(outcome["code"], code);
        let text = sandbox.run(&format!("explain {code}")).expect(0);
        for part in ["means", "at_the_loader", "cure"] {
            assert!(text.stdout().contains(outcome[part].as_str().unwrap()), "{}", text.shown());
        }
    }
    let unknown = sandbox.run("explain no-such-code").expect(2);
    assert!(unknown.stderr().contains("there is no code `no-such-code`"), "{}", unknown.shown());
}
