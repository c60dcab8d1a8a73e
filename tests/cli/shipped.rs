//! What is shipped: archives made with Python's own `zipfile` and `tarfile`, sound ones and hostile ones.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::python;
use crate::common::run::Outcome;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

/// A signed sample in `my_plugin`, with a data file and without one that unpackers could trip over.
fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("nested-packages");
    fs::rename(sandbox.path("nested-packages"), sandbox.path("my_plugin")).unwrap();
    sandbox.write("my_plugin/README.md", "Read me.\n");
    sandbox.write("my_plugin/größe.py", "x = 1\n");
    sandbox.sign("my_plugin");
    sandbox
}

/// Every archive that `archives.py` makes of the plugin, in the folder `out`.
fn archives(sandbox: &Sandbox) -> Vec<Value> {
    let (plugin, out) = (sandbox.path("my_plugin"), sandbox.path("out"));
    let printed = python::python(["cli/archives.py", plugin.to_str().unwrap(), out.to_str().unwrap()], b"");
    let lines = printed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_else(|| panic!("no {key} in {object:#}"))
}

fn verify(sandbox: &Sandbox, file: &str, more: &[&str]) -> Outcome {
    let path = format!("out/{file}");
    let arguments =
        ["verify", "--artifact", &path, "--keys", "trusted", "--json"].into_iter().chain(more.iter().copied());
    sandbox.command(arguments).run()
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| text(finding, "code")).collect()
}

#[test]
fn sound_archives_are_judged_as_the_reference_judges_what_python_unpacks() {
    let sandbox = signed();
    let made: Vec<_> = archives(&sandbox).into_iter().filter(|archive| archive.get("unpacked").is_some()).collect();
    assert!(made.len() >= 18, "{}", made.len());
    let modes = ["strict", "warn", "disabled"];
    let question = |archive: &Value, mode: &str| {
        let trusted = sandbox.path("trusted");
        json!({ "do": "verdict", "plugin_dir": archive["unpacked"], "trusted_keys": trusted, "mode": mode })
    };
    let questions: Vec<_> = made.iter().flat_map(|archive| modes.map(|mode| question(archive, mode))).collect();
    let mut expected = python::ask(&questions).into_iter();
    let before = sandbox.listing();
    for archive in &made {
        let outcome = verify(&sandbox, text(archive, "file"), &["my_plugin"]).expect(0);
        let answer = outcome.json();
        let folder = text(archive, "folder");
        assert_eq!(text(&answer, "folder"), if folder == "." { "" } else { folder }, "{archive}");
        for mode in modes {
            assert_eq!(answer["modes"][mode], expected.next().unwrap(), "{archive} in {mode}");
        }
        assert_eq!(answer["signature_status"], "verified");
        let wheel = text(archive, "file").ends_with(".whl");
        assert_eq!(codes(&answer), if wheel { vec!["wheel-in-site-packages"] } else { vec![] }, "{archive}");
    }
    before.assert_same(&sandbox.listing());
}

#[test]
fn hostile_archives_are_refused_by_name() {
    let sandbox = signed();
    let made: Vec<_> = archives(&sandbox).into_iter().filter(|archive| archive.get("code").is_some()).collect();
    assert!(made.len() >= 50, "{}", made.len());
    let before = sandbox.listing();
    let mut wrong = Vec::new();
    for archive in &made {
        let outcome = verify(&sandbox, text(archive, "file"), &[]);
        let answer = outcome.json();
        let error = &answer["error"];
        let words = text(archive, "words");
        let as_expected = outcome.status == 3
            && error["code"] == archive["code"]
            && error["message"].as_str().is_some_and(|message| message.contains(words))
            && error["hint"].is_string();
        if !as_expected {
            wrong.push(format!("{archive}: {}", outcome.shown()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), made.len(), wrong.join("\n"));
    // Nothing is unpacked, not even what looks harmless.
    before.assert_same(&sandbox.listing());
}

/// Whatever is accepted is what Python unpacks, so no byte is believed that others do not believe.
#[test]
fn damaged_archives_are_refused_or_are_what_python_unpacks() {
    const COUNT: &str = "150";
    let sandbox = signed();
    let (plugin, out) = (sandbox.path("my_plugin"), sandbox.path("out"));
    let printed = python::python(["cli/archives.py", plugin.to_str().unwrap(), out.to_str().unwrap(), COUNT], b"");
    let (mut questions, mut answers, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for line in printed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let archive: Value = serde_json::from_slice(line).unwrap();
        let outcome = verify(&sandbox, text(&archive, "file"), &[]);
        let answer = outcome.json();
        if outcome.status == 3 {
            continue;
        }
        if !archive["failure"].is_null() {
            wrong.push(format!("Python does not unpack {archive}"));
            continue;
        }
        let dir = Path::new(text(&archive, "unpacked")).join(text(&answer, "folder"));
        let trusted = sandbox.path("trusted");
        questions.push(json!({ "do": "verdict", "plugin_dir": dir, "trusted_keys": trusted, "mode": "strict" }));
        answers.push((archive, answer["modes"]["strict"].clone()));
    }
    for ((archive, answer), expected) in answers.iter().zip(python::ask(&questions)) {
        if *answer != expected {
            wrong.push(format!("{archive}: {answer}, and the reference says {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), answers.len(), wrong.join("\n"));
    assert!((10..100).contains(&answers.len()), "{} were accepted", answers.len());
}

/// Packs folders below `work` into a wheel, after a change to their files: name and content, or nothing to leave it out.
fn wheel(
    sandbox: &Sandbox,
    generator: &str,
    change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>,
    added: &[(&str, &str)],
) {
    let build = sandbox.path("build");
    let _ = fs::remove_dir_all(&build);
    let root = sandbox.path("my_plugin");
    pack(&root, &root, &build.join("my_plugin"), &change);
    for (name, content) in added {
        let path = build.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let info = build.join("my_plugin-1.0.0.dist-info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("WHEEL"), format!("Wheel-Version: 1.0\nGenerator: {generator}\n")).unwrap();
    fs::create_dir_all(sandbox.path("out")).unwrap();
    let script = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
    let out = sandbox.path("out/w");
    python::python(["-c", script, out.to_str().unwrap(), build.to_str().unwrap()], b"");
    fs::rename(sandbox.path("out/w.zip"), sandbox.path("out/w.whl")).unwrap();
}

fn pack(root: &Path, from: &Path, to: &Path, change: &impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            pack(root, &path, &target, change);
        } else if let Some(content) =
            change(path.strip_prefix(root).unwrap().to_str().unwrap(), fs::read(&path).unwrap())
        {
            fs::write(target, content).unwrap();
        }
    }
}

#[test]
fn what_packaging_lost_or_changed_is_named() {
    let sandbox = signed();
    sandbox.write("my_plugin/templates/card.html", "<p>\n");
    let keep = |_: &str, content: Vec<u8>| Some(content);
    let answer = |more: &[&str]| verify(&sandbox, "w.whl", more).json();
    let finding = |answer: &Value, code: &str| {
        let findings = answer["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["code"] == code)
            .unwrap_or_else(|| panic!("no {code}: {answer:#}"))
            .clone()
    };

    wheel(
        &sandbox,
        "setuptools (75.1.0)",
        |name, content| (name.ends_with(".py") || name == "plugin.yaml").then_some(content),
        &[],
    );
    let found = answer(&["my_plugin"]);
    assert_eq!((&found["loads"], &found["reason"]), (&json!(false), &json!("unsigned")));
    assert_eq!(codes(&found), ["wheel-in-site-packages", "shipped-without-signature", "shipped-data-missing"]);
    let lost = finding(&found, "shipped-without-signature");
    assert_eq!(text(&lost, "message"), "the wheel has no `plugin.sig`");
    let cure = "add this to pyproject.toml, then build again:\n[tool.setuptools.package-data]\n\"my_plugin\" = [\"plugin.sig\", \"templates/card.html\"]";
    assert_eq!(text(&lost, "hint"), cure);
    assert_eq!(finding(&found, "shipped-data-missing")["paths"], json!(["templates/card.html"]));

    wheel(&sandbox, "hatchling 1.25.0", |name, content| name.ends_with(".py").then_some(content), &[]);
    let found = answer(&["my_plugin"]);
    assert_eq!(found["reason"], "manifest-missing", "{found:#}");
    let hint = finding(&found, "shipped-without-manifest")["hint"].clone();
    let cure = "[tool.hatch.build]\nartifacts = [\"my_plugin/plugin.yaml\", \"my_plugin/plugin.sig\", ";
    assert!(hint.as_str().unwrap().contains(cure), "{hint}");

    wheel(
        &sandbox,
        "flit 3.9.0",
        keep,
        &[("my_plugin/_version.py", "v = 1\n"), ("my_plugin/extra.py", "\n"), ("my_plugin/x.so", "")],
    );
    let found = answer(&["my_plugin"]);
    assert_eq!(found["reason"], "no-key-matches");
    assert_eq!(finding(&found, "shipped-version-written")["paths"], json!(["_version.py"]));
    assert_eq!(finding(&found, "shipped-files-added")["paths"], json!(["extra.py"]));
    assert_eq!(finding(&found, "shipped-executable-added")["paths"], json!(["x.so"]));

    let crlf = |name: &str, content: Vec<u8>| match name {
        "plugin.py" => Some(String::from_utf8(content).unwrap().replace('\n', "\r\n").into_bytes()),
        "größe.py" => Some(b"x = 2\n".to_vec()),
        "plugin.yaml" => Some([content, b"homepage: https://example.org\n".to_vec()].concat()),
        "plugin.sig" => Some(b"00".repeat(64)),
        _ => Some(content),
    };
    wheel(&sandbox, "other 1.0", crlf, &[]);
    let found = answer(&["my_plugin"]);
    assert_eq!(finding(&found, "shipped-line-endings")["paths"], json!(["plugin.py"]));
    assert_eq!(finding(&found, "shipped-files-changed")["paths"], json!(["größe.py"]));
    assert_eq!(finding(&found, "shipped-manifest-changed")["paths"], json!(["plugin.yaml"]));
    assert_eq!(finding(&found, "shipped-signature-changed")["paths"], json!(["plugin.sig"]));

    // A manifest with other line endings is read as the same one.
    let manifest = |name: &str, content: Vec<u8>| match name {
        "plugin.yaml" => Some(String::from_utf8(content).unwrap().replace('\n', "\r\n").into_bytes()),
        _ => Some(content),
    };
    wheel(&sandbox, "other 1.0", manifest, &[]);
    let found = answer(&["my_plugin"]);
    assert_eq!((&found["reason"], codes(&found)), (&json!("verified"), vec!["wheel-in-site-packages"]));

    // Files that do not lie side by side.
    wheel(
        &sandbox,
        "setuptools (75.1.0)",
        |name, content| (name != "plugin.sig").then_some(content),
        &[("share/plugin.sig", "")],
    );
    assert_eq!(finding(&answer(&[]), "wheel-plugin-apart")["paths"], json!(["share/plugin.sig"]));
}

#[test]
fn several_plugins_are_told_apart() {
    let sandbox = signed();
    wheel(
        &sandbox,
        "other",
        |_, content| Some(content),
        &[("zz/plugin.yaml", "id: ab\n"), ("my_plugin/tests/plugin.yaml", "")],
    );
    let answer = verify(&sandbox, "w.whl", &[]).expect(3).json();
    assert_eq!(answer["error"]["code"], "several-plugins");
    assert!(text(&answer["error"], "message").ends_with("holds 2 plugins: `my_plugin`, `zz`"), "{answer:#}");
    assert_eq!(verify(&sandbox, "w.whl", &["--inside", "my_plugin"]).expect(0).json()["reason"], "verified");
    assert_eq!(verify(&sandbox, "w.whl", &["--inside", "zz/"]).expect(1).json()["reason"], "manifest-fields-missing");
    assert_eq!(verify(&sandbox, "w.whl", &["--inside", "../zz"]).expect(3).json()["error"]["code"], "plugin-not-found");
}

#[test]
fn in_words() {
    let sandbox = signed();
    wheel(
        &sandbox,
        "setuptools (75.1.0)",
        |name, content| (name != "plugin.sig").then_some(content),
        &[("my_plugin/_version.py", "")],
    );
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("verify my_plugin --artifact out/w.whl --keys trusted").expect(1));
    wheel(&sandbox, "setuptools (75.1.0)", |_, content| Some(content), &[]);
    transcript.add(&sandbox.run("verify --artifact out/w.whl --keys trusted").expect(0));
    transcript.add(&sandbox.run("verify --artifact out/w.whl").expect(1));
    transcript.add(&sandbox.run("verify --artifact out/none.whl").expect(3));
    transcript.add(&sandbox.run("verify --artifact out --keys trusted").expect(3));
    transcript.add(&sandbox.run("verify --inside x my_plugin").expect(2));
    transcript.check("shipped");
}

/// Without a folder of keys this machine's own ones are trusted, and a revoked one is none of them.
#[test]
fn a_revoked_key_of_this_machine_is_not_trusted_in_silence() {
    let sandbox = signed();
    let run = |command: &str, status: i32| {
        sandbox.command(command.split(' ')).env("PASS", "four words in a row").run().expect(status)
    };
    run("keygen --key-id own --in file --passphrase env:PASS", 0);
    run("sign my_plugin --key-id own --passphrase env:PASS", 0);
    wheel(&sandbox, "other", |_, content| Some(content), &[]);
    let verify = "verify --artifact out/w.whl";
    let good = run(&format!("{verify} --json"), 0).json();
    assert_eq!((&good["key_id"], &good["revoked_keys"]), (&json!("own"), &json!([])));
    assert!(run(verify, 0).stdout().contains("\nkeys    those made on this machine: `own`\n"));

    run("key revoke own --reason stolen", 0);
    let refused = run(&format!("{verify} --json"), 1).json();
    assert_eq!((&refused["loads"], &refused["revoked_keys"]), (&json!(false), &json!(["own"])));
    let said = run(verify, 1);
    assert!(said.stdout().contains("\nkeys    none of this machine's; without `own`, revoked\n"), "{}", said.shown());
    // With another key to try, the cause is said.
    run("keygen --key-id new --in file --passphrase env:PASS", 0);
    let refused = run(&format!("{verify} --json"), 1).json();
    let causes: Vec<_> = refused["causes"].as_array().unwrap().iter().map(|cause| text(cause, "code")).collect();
    assert_eq!((causes, &refused["reason"]), (vec!["key-revoked"], &json!("no-key-matches")));
    // An operator's loader knows nothing of it.
    sandbox.write("operator/own.pem", run("key export-public own", 0).stdout());
    run(&format!("{verify} --keys operator"), 0);
}
