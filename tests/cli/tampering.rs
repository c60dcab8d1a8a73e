//! What a signature covers: any change to it shows, and no other change does.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::common::folders_of;
use crate::common::python;
use crate::common::sandbox::Sandbox;

/// The answer for the plugin `name` in a mode, with the fixed key trusted: exit status, `signature_status`, `reason`.
fn answer(sandbox: &Sandbox, name: &str, mode: &str) -> (i32, Value, Value) {
    let outcome = sandbox.run_json(&format!("verify --plugin-dir {name} --trusted-keys trusted --trust-mode {mode}"));
    let object = outcome.json();
    (outcome.status, object["signature_status"].clone(), object["reason"].clone())
}

#[track_caller]
fn assert_invalid(sandbox: &Sandbox, name: &str, what: &str) {
    let no_match = Value::from("no-key-matches");
    assert_eq!(answer(sandbox, name, "warn"), (0, "invalid".into(), no_match.clone()), "{name}: {what}");
    assert_eq!(answer(sandbox, name, "strict"), (1, Value::Null, no_match), "{name}: {what}");
}

#[track_caller]
fn assert_verified(sandbox: &Sandbox, name: &str, what: &str) {
    for mode in ["warn", "strict"] {
        assert_eq!(answer(sandbox, name, mode), (0, "verified".into(), "verified".into()), "{name}: {what}");
    }
}

fn signed(name: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample(name);
    sandbox.sign(name);
    assert_verified(&sandbox, name, "as signed");
    sandbox
}

/// Changes a file, checks, and changes it back.
fn with_content(path: &Path, content: &[u8], check: impl FnOnce()) {
    let before = fs::read(path).unwrap();
    assert_ne!(before, content, "{} is not changed", path.display());
    fs::write(path, content).unwrap();
    check();
    fs::write(path, before).unwrap();
}

#[test]
fn one_byte_of_any_covered_file() {
    let mut changes = 0;
    for (name, _) in folders_of("plugins") {
        let sandbox = signed(&name);
        let plugin = sandbox.path(&name);
        for file in python::covered_files(&plugin) {
            let path = plugin.join(&file);
            let content = fs::read(&path).unwrap();
            let mut variants = vec![[content.as_slice(), b"\n"].concat()];
            let mut offsets = vec![0, content.len() / 2, content.len().saturating_sub(1)];
            offsets.dedup();
            for offset in offsets.into_iter().filter(|offset| *offset < content.len()) {
                let mut changed = content.clone();
                changed[offset] ^= 1;
                variants.push(changed);
            }
            if !content.is_empty() {
                variants.push(content[..content.len() - 1].to_vec());
            }
            for variant in variants {
                with_content(&path, &variant, || assert_invalid(&sandbox, &name, &file));
                changes += 1;
            }
        }
        assert_verified(&sandbox, &name, "changed back");
    }
    assert!(changes >= 100, "only {changes} changes");
}

/// Python rewrites the manifest with one value changed at a time.
#[test]
fn any_value_of_the_manifest() {
    let mut changes = 0;
    for name in ["virustotal", "json-manifest", "signature-and-trust", "yaml-1-1", "non-ascii", "nested-packages"] {
        let sandbox = signed(name);
        let manifest = ["plugin.yaml", "aisoc-plugin.json"]
            .map(|file| sandbox.path(name).join(file))
            .into_iter()
            .find(|path| path.exists())
            .unwrap();
        let variants: Vec<Value> =
            serde_json::from_slice(&python::python(["cli/common/mutate.py", manifest.to_str().unwrap()], b"")).unwrap();
        for variant in variants {
            let (what, text) = (variant["what"].as_str().unwrap(), variant["text"].as_str().unwrap());
            fs::write(&manifest, text).unwrap();
            if variant["signed"] == true {
                assert_invalid(&sandbox, name, what);
                changes += 1;
            } else {
                assert_verified(&sandbox, name, what);
            }
        }
    }
    assert!(changes >= 80, "only {changes} changes");
}

#[test]
fn a_python_file_more_or_less() {
    for name in ["virustotal", "hidden-folders", "json-manifest"] {
        let sandbox = signed(name);
        let plugin = sandbox.path(name);
        sandbox.write("elsewhere/module.py", "x = 1\n");
        for added in
            ["new.py", "deep/er/new.py", ".hidden/new.py", ".py", "node_modules/x/gyp.py", "build/lib/new.py", "été.py"]
        {
            let path = plugin.join(added);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            assert_invalid(&sandbox, name, added);
            fs::remove_file(&path).unwrap();
            assert_verified(&sandbox, name, "an empty folder");
        }
        let link = plugin.join("link.py");
        symlink("../elsewhere/module.py", &link).unwrap();
        assert_invalid(&sandbox, name, "a link to a file");
        fs::remove_file(&link).unwrap();
        for (target, what) in [("../elsewhere", "a link to a folder"), ("../nowhere.py", "a broken link")] {
            for link in ["link.py", "folder"].map(|file| plugin.join(file)) {
                symlink(target, &link).unwrap();
                assert_verified(&sandbox, name, what);
                fs::remove_file(&link).unwrap();
            }
        }
        for file in python::covered_files(&plugin) {
            let (path, aside) = (plugin.join(&file), sandbox.path("aside"));
            fs::rename(&path, &aside).unwrap();
            assert_invalid(&sandbox, name, &format!("without {file}"));
            fs::rename(&aside, path.with_extension("py2")).unwrap();
            assert_invalid(&sandbox, name, &format!("{file} under another name"));
            fs::rename(path.with_extension("py2"), &path).unwrap();
        }
        assert_verified(&sandbox, name, "changed back");
    }
}

/// A file is known by its path as well: two that change places are a change.
#[test]
fn two_files_that_change_places() {
    let sandbox = signed("virustotal");
    let plugin = sandbox.path("virustotal/vt");
    fs::rename(plugin.join("cache.py"), plugin.join("x")).unwrap();
    fs::rename(plugin.join("client.py"), plugin.join("cache.py")).unwrap();
    fs::rename(plugin.join("x"), plugin.join("client.py")).unwrap();
    assert_invalid(&sandbox, "virustotal", "changed places");
}

#[test]
fn files_that_are_not_covered() {
    for name in ["virustotal", "json-manifest", "look-alikes"] {
        let sandbox = signed(name);
        for file in [
            "README.md",
            "native.so",
            "plugin.pyd",
            "plugin.pyc",
            "OLD.PY",
            "stub.pyi",
            "go/main.go",
            "templates/t.txt",
            ".env",
            "plugin.yml",
        ] {
            let path = sandbox.path(name).join(file);
            let before = fs::read(&path).ok();
            sandbox.write(&format!("{name}/{file}"), "changed");
            assert_verified(&sandbox, name, file);
            fs::remove_file(&path).unwrap();
            assert_verified(&sandbox, name, &format!("without {file}"));
            if let Some(before) = before {
                fs::write(path, before).unwrap();
            }
        }
    }
}

/// Beside `plugin.yaml` the JSON manifest is ignored; beside `aisoc-plugin.json` a new `plugin.yaml` takes its place.
#[test]
fn a_second_manifest() {
    let sandbox = signed("virustotal");
    sandbox.write("virustotal/aisoc-plugin.json", "{ broken");
    assert_verified(&sandbox, "virustotal", "an ignored manifest");
    let sandbox = signed("json-manifest");
    sandbox.write("json-manifest/plugin.yaml", "id: evil.twin\nname: n\nversion: '1'\nplugin_type: action\n");
    assert_invalid(&sandbox, "json-manifest", "another manifest in front");
}

#[test]
fn the_signature_itself() {
    let sandbox = signed("virustotal");
    let path = sandbox.path("virustotal/plugin.sig");
    let hex = fs::read_to_string(&path).unwrap();
    assert_eq!(hex.len(), 128);
    assert!(hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)), "{hex}");
    let raw = hex::decode(&hex).unwrap();
    let pairs: Vec<_> = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();

    for (what, content) in [
        ("a final newline", format!("{hex}\n").into_bytes()),
        ("CRLF", format!("{hex}\r\n").into_bytes()),
        ("upper case", hex.to_uppercase().into_bytes()),
        ("spaces between pairs", pairs.join(" ").into_bytes()),
        ("lines of pairs", pairs.join("\n").into_bytes()),
        ("white space around", format!("\t \x0b{hex}\x0c ").into_bytes()),
        ("raw bytes", raw.clone()),
    ] {
        with_content(&path, &content, || assert_verified(&sandbox, "virustotal", what));
    }
    for bit in [0, 7, 100, 255, 256, 300, 511] {
        let mut flipped = raw.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        with_content(&path, hex::encode(flipped).as_bytes(), || {
            assert_invalid(&sandbox, "virustotal", "a flipped bit")
        });
    }
    for (what, content) in [
        ("127 digits", hex.as_bytes()[..127].to_vec()),
        ("126 digits", hex.as_bytes()[..126].to_vec()),
        ("130 digits", format!("{hex}00").into_bytes()),
        ("a split pair", format!("{} {}", &hex[..1], &hex[1..]).into_bytes()),
        ("0x", format!("0x{hex}").into_bytes()),
        ("a BOM", format!("\u{feff}{hex}").into_bytes()),
        ("another digit", hex.replacen(&hex[..1], "g", 1).into_bytes()),
        ("nothing", Vec::new()),
        ("65 raw bytes", [raw.as_slice(), b"\n"].concat()),
    ] {
        with_content(&path, &content, || {
            for mode in ["strict", "warn"] {
                let malformed = (1, Value::Null, "signature-malformed".into());
                assert_eq!(answer(&sandbox, "virustotal", mode), malformed, "{what}");
            }
            assert_eq!(answer(&sandbox, "virustotal", "disabled").0, 0);
        });
    }
}

/// A signature does not fit another plugin, not even one with the same files.
#[test]
fn a_signature_of_another_plugin() {
    let sandbox = signed("virustotal");
    sandbox.sample("only-plugin-py");
    fs::copy(sandbox.path("virustotal/plugin.sig"), sandbox.path("only-plugin-py/plugin.sig")).unwrap();
    assert_invalid(&sandbox, "only-plugin-py", "another's signature");
}
