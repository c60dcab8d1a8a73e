//! Plugins that cannot or may not be signed: each is told why, and nothing is written.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::common::folders_of;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

/// Bad inputs that sign all the same: what is wrong with them comes after the signature or is only a warning, or the
/// signature that is there is replaced.
const SIGN: [&str; 9] = [
    "both-manifests",
    "no-plugin-class",
    "no-plugin-py",
    "plugin-needs-arguments",
    "signature-base64",
    "signature-empty",
    "signature-not-hex",
    "signature-of-something-else",
    "signature-one-digit-short",
];

/// What every bad input is told, in words. The codes are in the next test.
#[test]
fn every_bad_input_is_told_and_written_nowhere() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let mut transcript = Transcript::new();
    for (name, _) in folders_of("bad").into_iter().filter(|(name, _)| !SIGN.contains(&name.as_str())) {
        sandbox.copy("bad", &name);
        let before = sandbox.listing();
        let outcome = sandbox.run(&format!("sign --plugin-dir {name} --private-key acme.key")).expect(3);
        assert_eq!(outcome.stdout(), "", "{}", outcome.shown());
        assert!(outcome.stderr().starts_with("error: "), "{}", outcome.shown());
        assert!(outcome.stderr().contains("\nhint: "), "no advice\n{}", outcome.shown());
        before.assert_same(&sandbox.listing());
        transcript.add(&outcome);
    }
    transcript.check("bad-plugins");
}

#[test]
fn what_is_wrong_only_after_the_signature_signs() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    for name in SIGN {
        sandbox.copy("bad", name);
        let signed = sandbox.run_json(&format!("sign --plugin-dir {name} --private-key acme.key")).expect(0).json();
        let warns = |code: &str| signed["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code);
        // Said once, by whichever of the two it is.
        assert_eq!(warns("plugin-py-fails"), ["no-plugin-class", "plugin-needs-arguments"].contains(&name), "{name}");
        assert_eq!(warns("plugin-py-missing"), !sandbox.path(name).join("plugin.py").exists(), "{name}");
        sandbox.run(&format!("verify --plugin-dir {name} --trusted-keys trusted")).expect(0);
    }
}

/// Code, line and column, and words that must be said. The places were counted in the files by hand.
#[test]
fn codes_and_places() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    for (name, code, place, words) in [
        ("no-manifest", "manifest-missing", None, "neither plugin.yaml nor aisoc-plugin.json"),
        ("plugin-yml-only", "manifest-missing", None, "no manifest"),
        ("broken-yaml", "manifest", Some((6, 12)), ""),
        ("broken-yaml-beside-good-json", "manifest", Some((5, 9)), "plugin.yaml"),
        ("tab-indentation", "manifest", Some((6, 1)), "tab"),
        ("date-value", "manifest", Some((5, 11)), "date"),
        ("date-and-time-value", "manifest", Some((5, 11)), ""),
        ("set-value", "manifest", Some((5, 18)), "set"),
        ("missing-fields", "manifest-fields-missing", None, "`version` and `plugin_type`"),
        ("empty-name", "manifest-fields-missing", Some((2, 7)), "`name`"),
        ("falsy-version", "manifest-fields-missing", Some((3, 10)), "`version`"),
        ("bad-id", "id-invalid", Some((1, 5)), "myorg/sample"),
        ("id-dot-dot", "id-invalid", Some((1, 5)), ".."),
        ("number-id", "id-unusable", Some((1, 5)), "not a text"),
        ("boolean-id", "id-unusable", Some((1, 5)), "not a text"),
        ("id-trailing-newline", "id-unusable", Some((1, 5)), "newline"),
        ("unknown-plugin-type", "plugin-type-invalid", Some((4, 14)), "enrichment"),
        ("root-not-a-mapping", "manifest-not-mapping", None, "list"),
        ("manifest-is-a-folder", "manifest-unreadable", None, "a folder"),
        ("signature-is-a-folder", "target-not-a-file", None, "a folder"),
        ("json-trailing-comma", "manifest", Some((1, 88)), "aisoc-plugin.json"),
        ("undefined-alias", "manifest", Some((5, 11)), "missing"),
    ] {
        sandbox.copy("bad", name);
        let outcome = sandbox.run_json(&format!("sign --plugin-dir {name} --private-key acme.key")).expect(3);
        let error = &outcome.json()["error"];
        assert_eq!(error["code"], code, "{}", outcome.shown());
        let found = error["place"]["line"].as_u64().zip(error["place"]["column"].as_u64());
        assert_eq!(found, place, "{}", outcome.shown());
        assert!(error["message"].as_str().unwrap().contains(words), "{}", outcome.shown());
    }
}

/// With text output the place is what editors and terminals can open: file, line and column.
#[test]
fn a_place_is_printed_as_file_line_and_column() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.copy("bad", "broken-yaml");
    let outcome = sandbox.run("sign --plugin-dir broken-yaml --private-key acme.key").expect(3);
    assert!(outcome.stderr().contains("  --> broken-yaml/plugin.yaml:6:12\n"), "{}", outcome.shown());
}

#[test]
fn a_file_is_no_plugin_folder() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.sample("virustotal");
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for command in [
        "sign --private-key acme.key",
        "verify --trusted-keys trusted",
        "payload",
        "entry --key-id acme --public-key trusted/acme.pem",
    ] {
        for folder in ["virustotal/plugin.yaml", "nowhere"] {
            let outcome = sandbox.run(&format!("{command} --plugin-dir {folder}")).expect(3);
            let with_json = sandbox.run_json(&format!("{command} --plugin-dir {folder}")).expect(3);
            assert_eq!(with_json.error_code(), "folder-invalid", "{}", with_json.shown());
            transcript.add(&outcome);
        }
    }
    before.assert_same(&sandbox.listing());
    transcript.check("folder-invalid");
}

#[test]
fn a_signature_never_goes_through_a_symlink() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.sample("virustotal");
    let victim = sandbox.write("victim.txt", "precious");
    for target in [victim.as_path(), &sandbox.path("not-there-yet"), &sandbox.path("trusted")] {
        let link = sandbox.path("virustotal/plugin.sig");
        symlink(target, &link).unwrap();
        let before = sandbox.listing();
        let outcome = sandbox.run_json("sign --plugin-dir virustotal --private-key acme.key").expect(3);
        assert_eq!(outcome.error_code(), "target-not-a-file", "{}", outcome.shown());
        assert!(outcome.json()["error"]["message"].as_str().unwrap().contains("a symbolic link"));
        before.assert_same(&sandbox.listing());
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn a_fifo_is_never_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    let fifo = |path: &str| {
        let status = std::process::Command::new("mkfifo").arg(sandbox.path(path)).status().unwrap();
        assert!(status.success());
    };
    for name in ["plugin.yaml", "plugin.sig"] {
        let plugin = format!("with-fifo-{name}");
        let folder = sandbox.sample("virustotal");
        fs::rename(folder, sandbox.path(&plugin)).unwrap();
        let _ = fs::remove_file(sandbox.path(format!("{plugin}/{name}")));
        fifo(&format!("{plugin}/{name}"));
        let outcome = sandbox.run(&format!("sign --plugin-dir {plugin} --private-key acme.key")).expect(3);
        assert!(outcome.stderr().contains("FIFO"), "{}", outcome.shown());
    }
    // Such a name among the .py files is no file, and so not covered.
    sandbox.sample("only-plugin-py");
    fifo("only-plugin-py/pipe.py");
    let signed = sandbox.run_json("sign --plugin-dir only-plugin-py --private-key acme.key").expect(0).json();
    assert_eq!(signed["files"], Value::from(1));
    fifo("key.fifo");
    let outcome = sandbox.run("sign --plugin-dir only-plugin-py --private-key key.fifo").expect(3);
    assert!(outcome.stderr().contains("not a regular file"), "{}", outcome.shown());
}

/// Texts of strangers reach the terminal with their control characters made visible.
#[test]
fn a_manifest_cannot_steer_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.write(
        "evil/plugin.yaml",
        "id: \"x\\e[2J\\u202Ey\"\nname: n\nversion: \"1\\e]0;owned\\a\"\nplugin_type: action\n",
    );
    let outcome = sandbox.run("sign --plugin-dir evil --private-key acme.key").expect(3);
    for run in [outcome, sandbox.run("verify --plugin-dir evil --trusted-keys trusted").expect(1)] {
        assert!(!run.all().contains(['\u{1b}', '\u{202e}', '\u{7}']), "{}", run.shown());
        assert!(run.all().contains("2J"), "the id is not shown at all: {}", run.shown());
    }
    sandbox.write("evil/plugin.yaml", "id: ab\nname: n\nversion: \"1\\e]0;owned\\a\"\nplugin_type: action\n");
    let run = sandbox.run("sign --plugin-dir evil --private-key acme.key").expect(0);
    assert!(!run.all().contains(['\u{1b}', '\u{7}']) && run.all().contains("owned"), "{}", run.shown());
}
