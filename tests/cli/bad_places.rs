//! Files and folders that may not be read or written, as a user whom modes bind.

use std::fs;

use crate::common::sandbox::{Sandbox, give_to_ordinary_user, set_mode};
use crate::common::transcript::Transcript;

/// A sandbox that belongs to the ordinary user, with the plugin `virustotal` and the fixed key.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    give_to_ordinary_user(&sandbox.path(""));
    give_to_ordinary_user(&sandbox.home());
    sandbox
}

const SIGN: [&str; 5] = ["sign", "--plugin-dir", "virustotal", "--private-key", "acme.key"];

/// Runs a command as an ordinary user, with and without `--json`; it fails with this code and writes nothing.
#[track_caller]
fn refused(sandbox: &Sandbox, transcript: &mut Transcript, arguments: &[&str], code: &str) {
    // The first run may copy the program.
    let run = |more: &[&str]| sandbox.command_of_ordinary_user(arguments.iter().chain(more).copied());
    drop(run(&[]));
    let before = sandbox.listing();
    transcript.add(&run(&[]).run().expect(3));
    let outcome = run(&["--json"]).run().expect(3);
    assert_eq!(outcome.error_code(), code, "{}", outcome.shown());
    before.assert_same(&sandbox.listing());
}

#[test]
fn an_ordinary_user_can_sign_at_all() {
    let sandbox = sandbox();
    sandbox.command_of_ordinary_user(SIGN).run().expect(0);
}

#[test]
fn unreadable_files_and_folders() {
    let mut transcript = Transcript::new();
    for (path, code) in [
        ("virustotal/plugin.py", "file-unreadable"),
        ("virustotal/vt/client.py", "file-unreadable"),
        ("virustotal/plugin.yaml", "manifest-unreadable"),
        ("acme.key", "io"),
    ] {
        let sandbox = sandbox();
        transcript.title(&format!("`{path}` is unreadable"));
        set_mode(&sandbox.path(path), 0o000);
        refused(&sandbox, &mut transcript, &SIGN, code);
    }
    for (mode, words) in [(0o000, "closed"), (0o444, "listed and not entered"), (0o111, "entered and not listed")] {
        let sandbox = sandbox();
        transcript.title(&format!("the folder `virustotal/vt` is {words}"));
        set_mode(&sandbox.path("virustotal/vt"), mode);
        if mode == 0o444 {
            // Which of its files is named is chance.
            refused(&sandbox, &mut Transcript::new(), &SIGN, "file-unreadable");
        } else {
            refused(&sandbox, &mut transcript, &SIGN, "folder-unlistable");
        }
        set_mode(&sandbox.path("virustotal/vt"), 0o755);
    }
    transcript.check("unreadable");
}

#[test]
fn a_folder_that_may_not_be_written_to() {
    let sandbox = sandbox();
    let mut transcript = Transcript::new();
    set_mode(&sandbox.path("virustotal"), 0o555);
    refused(&sandbox, &mut transcript, &SIGN, "io");
    set_mode(&sandbox.path("virustotal"), 0o755);
    fs::create_dir(sandbox.path("closed")).unwrap();
    set_mode(&sandbox.path("closed"), 0o555);
    refused(&sandbox, &mut transcript, &["keygen", "--out", "closed/acme"], "io");
    refused(&sandbox, &mut transcript, &[&SIGN[..], &["--out", "closed/acme.sig"]].concat(), "io");
    transcript.check("read-only");
}

/// Loader contract §5: such a folder refuses every plugin in every mode.
#[test]
fn trusted_keys_that_cannot_be_listed_refuse_every_plugin() {
    let sandbox = sandbox();
    sandbox.command_of_ordinary_user(SIGN).run().expect(0);
    set_mode(&sandbox.path("trusted"), 0o000);
    for mode in ["strict", "warn", "disabled"] {
        let arguments =
            ["verify", "--plugin-dir", "virustotal", "--trusted-keys", "trusted", "--trust-mode", mode, "--json"];
        let object = sandbox.command_of_ordinary_user(arguments).run().expect(1).json();
        assert_eq!(object["loads"], false);
        assert_eq!(object["reason"], "trusted-keys-unreadable", "{object:#}");
    }
    // A single key that cannot be read is only left out.
    set_mode(&sandbox.path("trusted"), 0o755);
    set_mode(&sandbox.path("trusted/acme.pem"), 0o000);
    let arguments = ["verify", "--plugin-dir", "virustotal", "--trusted-keys", "trusted", "--json"];
    let object = sandbox.command_of_ordinary_user(arguments).run().expect(1).json();
    assert_eq!(object["reason"], "no-trusted-keys", "{object:#}");
}

#[test]
fn an_unreadable_signature_is_refused_but_where_none_is_looked_at() {
    let sandbox = sandbox();
    sandbox.command_of_ordinary_user(SIGN).run().expect(0);
    set_mode(&sandbox.path("virustotal/plugin.sig"), 0o000);
    for (mode, status, reason) in
        [("strict", 1, "signature-unreadable"), ("warn", 1, "signature-unreadable"), ("disabled", 0, "skipped")]
    {
        let arguments =
            ["verify", "--plugin-dir", "virustotal", "--trusted-keys", "trusted", "--trust-mode", mode, "--json"];
        let object = sandbox.command_of_ordinary_user(arguments).run().expect(status).json();
        assert_eq!(object["reason"], reason, "{object:#}");
    }
}
