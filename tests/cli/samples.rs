//! Digests and canonical bytes of every sample, beside the Python reference.

use std::fs;

use serde_json::json;

use crate::common::python;
use crate::common::sandbox::Sandbox;
use crate::common::{copy_folder, folders_of, tests_folder};

#[test]
fn every_sample_has_the_references_digest_and_bytes() {
    let sandbox = Sandbox::new();
    let samples = folders_of("plugins");
    assert!(samples.len() >= 11, "only {} samples", samples.len());
    let questions: Vec<_> = samples
        .iter()
        .flat_map(|(_, path)| ["digest", "payload"].map(|what| json!({ "do": what, "plugin_dir": path })))
        .collect();
    let answers = python::ask(&questions);
    for ((name, path), answers) in samples.iter().zip(answers.chunks(2)) {
        let path = path.to_str().unwrap();
        let digest = sandbox.command(["payload", "--plugin-dir", path, "--digest"]).run().expect(0);
        assert_eq!(digest.stdout().trim_end(), answers[0]["digest"].as_str().unwrap(), "{name}");
        let bytes = sandbox.command(["payload", "--plugin-dir", path]).run().expect(0);
        // The bytes and nothing else, not even a newline.
        assert_eq!(bytes.stdout(), answers[1]["payload"].as_str().unwrap(), "{name}");
        assert_eq!(bytes.stderr(), "", "{name}");
        let object = sandbox.command(["payload", "--plugin-dir", path, "--json"]).run().expect(0).json();
        assert_eq!(object["digest"], answers[0]["digest"], "{name}");
        assert_eq!(object["canonical"], answers[1]["payload"], "{name}");
    }
}

#[test]
fn every_real_manifest_has_the_references_bytes() {
    let sandbox = Sandbox::new();
    let mut plugins = Vec::new();
    for entry in fs::read_dir(tests_folder().join("data/manifests")).unwrap() {
        let manifest = entry.unwrap().path();
        let name = manifest.file_stem().unwrap().to_str().unwrap().to_owned();
        sandbox.write(&format!("{name}/plugin.yaml"), fs::read(&manifest).unwrap());
        sandbox.write(&format!("{name}/plugin.py"), "class Plugin: pass\n");
        plugins.push(name);
    }
    assert_eq!(plugins.len(), 28);
    let questions: Vec<_> =
        plugins.iter().map(|name| json!({ "do": "payload", "plugin_dir": sandbox.path(name) })).collect();
    for (name, answer) in plugins.iter().zip(python::ask(&questions)) {
        let ours = sandbox.run(&format!("payload --plugin-dir {name}")).expect(0);
        assert_eq!(ours.stdout(), answer["payload"].as_str().unwrap(), "{name}");
    }
}

/// The canonical form exists or not whatever other checks say of a plugin.
#[test]
fn every_bad_input_has_the_references_bytes_or_none() {
    let sandbox = Sandbox::new();
    let inputs = folders_of("bad");
    let questions: Vec<_> = inputs.iter().map(|(_, path)| json!({ "do": "payload", "plugin_dir": path })).collect();
    let (mut with, mut without, mut declined) = (0, 0, Vec::new());
    for ((name, path), answer) in inputs.iter().zip(python::ask(&questions)) {
        let ours = sandbox.command(["payload", "--plugin-dir", path.to_str().unwrap()]).run();
        match (answer["payload"].as_str(), ours.status) {
            (Some(payload), 0) => {
                assert_eq!(ours.stdout(), payload, "{name}");
                with += 1;
            }
            (None, 3) => {
                assert_eq!(ours.stdout(), "", "{name}");
                without += 1;
            }
            // Python has bytes, and this program says that it declines.
            (Some(_), 3) => declined.push(name.as_str()),
            _ => panic!("{name}: the reference says {answer}\n{}", ours.shown()),
        }
    }
    assert!(with >= 15 && without >= 30, "{with} with and {without} without");
    assert_eq!(declined, crate::verdict_table::DECLINED);
}

/// Copies that differ only in what the signature does not see have one digest.
#[test]
fn what_is_not_covered_does_not_count() {
    let sandbox = Sandbox::new();
    let digest = |name: &str| sandbox.run(&format!("payload --plugin-dir {name} --digest")).expect(0).stdout;
    sandbox.sample("virustotal");
    copy_folder(&sandbox.path("virustotal"), &sandbox.path("copy"));
    for (file, content) in [
        ("README.md", "other"),
        ("plugin.sig", "nothing"),
        ("aisoc-plugin.json", "{ broken"),
        ("native.so", "\x7fELF"),
        ("plugin.pyc", ""),
        ("PLUGIN.PY", "x"),
        ("types.pyi", "x"),
        ("data/rules.json", "[]"),
        (".git/config", "[core]"),
    ] {
        sandbox.write(&format!("copy/{file}"), content);
        assert_eq!(digest("virustotal"), digest("copy"), "{file}");
    }
    sandbox.write("copy/.git/hook.py", "");
    assert_ne!(digest("virustotal"), digest("copy"));
}
