//! What a person at a terminal meets: pipes whose reader has gone, prompts, and texts that would change the terminal.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::common::sandbox::Sandbox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_aisoc-publisher");

/// `verify … | true` answers what the loader does, whoever reads along.
#[test]
fn a_reader_that_has_gone_changes_no_answer() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.copy("plugins", "virustotal");
    for (json, expected) in [("", 1), (" --json", 1)] {
        let verify = format!("'{PROGRAM}' verify --plugin-dir virustotal --trusted-keys trusted{json}");
        // The reader ends at once; the writer waits until it has.
        let line = format!("set -o pipefail; (sleep 0.3; {verify}) | true; echo ${{PIPESTATUS[0]}}");
        let output = Command::new("bash").args(["-c", &line]).current_dir(sandbox.path("")).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected.to_string(), "{verify}");
    }
}

/// `env:$PASS` puts the passphrase itself where a name belongs.
#[test]
fn a_value_in_place_of_a_variables_name_is_not_repeated() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    sandbox.copy("plugins", "virustotal");
    let outcome = sandbox
        .command([
            "sign",
            "--plugin-dir",
            "virustotal",
            "--private-key",
            "acme.key",
            "--passphrase",
            "env:correct horse",
        ])
        .run()
        .expect(2);
    assert!(!outcome.stderr().contains("horse"), "{}", outcome.shown());
    assert!(outcome.stderr().contains("no name of a variable"), "{}", outcome.shown());
}

/// Runs the program on a terminal that `script` makes, and types lines as a person does: each after its prompt is there.
///
/// Returns the exit status, and all that the terminal showed.
fn on_terminal(sandbox: &Sandbox, arguments: &str, typed: &[&str]) -> (Option<i32>, String) {
    let line = format!("'{PROGRAM}' {arguments}");
    let mut script = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .envs(sandbox.environment())
        .current_dir(sandbox.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` is needed; Debian has it in bsdutils");
    let mut input = script.stdin.take().unwrap();
    let lines: Vec<_> = typed.iter().map(|line| format!("{line}\n")).collect();
    let feeder = std::thread::spawn(move || {
        for line in lines {
            std::thread::sleep(std::time::Duration::from_millis(1500));
            // A program that ended early has said why.
            let _ = input.write_all(line.as_bytes());
        }
        std::thread::sleep(std::time::Duration::from_millis(1500));
    });
    let output = script.wait_with_output().unwrap();
    feeder.join().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A passphrase that is typed is asked for twice and shown never.
#[test]
fn a_typed_passphrase_is_not_shown() {
    let sandbox = Sandbox::new();
    let run = |arguments: &str, typed: &[&str]| on_terminal(&sandbox, arguments, typed);
    let keygen = "keygen --key-id typed --in file --passphrase -";
    let (status, shown) = run(keygen, &["five unrelated words here", "some other words here"]);
    assert_eq!(status, Some(2), "{shown}");
    assert!(shown.contains("the two passphrases differ"), "{shown}");
    let (status, shown) = run(keygen, &["five unrelated words here", "five unrelated words here"]);
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("The same passphrase again: "), "{shown}");
    assert!(!shown.contains("unrelated"), "{shown}");
}

/// Without options for passphrases a person is asked for each, by name, and a deletion wants the id typed.
#[test]
fn a_keys_life_on_a_terminal() {
    const OWN: &str = "five unrelated words here";
    const BACKUP: &str = "quite another set of words";
    let sandbox = Sandbox::new();
    sandbox.copy("plugins", "virustotal");
    let run = |arguments: &str, typed: &[&str], status: i32, asked: &[&str]| {
        let (got, shown) = on_terminal(&sandbox, arguments, typed);
        assert_eq!(got, Some(status), "{shown}");
        let mut rest = shown.as_str();
        for words in asked {
            let at = rest.find(words).unwrap_or_else(|| panic!("`{words}` is not asked, or not in its turn:\n{shown}"));
            rest = &rest[at + words.len()..];
        }
        assert!(!shown.contains("unrelated") && !shown.contains("another set"), "{shown}");
        shown
    };
    let create = "key create acme --in file --backup acme-backup.key";
    // Too short is said at once, and not asked for again.
    let shown = run(create, &["short"], 3, &["New passphrase for the key `acme`, 12 characters or more: "]);
    assert!(!shown.contains("again"), "{shown}");
    let asked = [
        "New passphrase for the key `acme`, 12 characters or more: ",
        "The same passphrase again: ",
        "New passphrase for the backup of `acme`, 12 characters or more: ",
        "The same passphrase again: ",
    ];
    run(create, &[OWN, OWN, BACKUP, BACKUP], 0, &asked);
    run("sign virustotal --key-id acme", &[OWN], 0, &["Passphrase of the key `acme`: "]);
    run("key backup --check acme-backup.key", &[BACKUP], 0, &["Passphrase of the backup of `acme`: "]);

    let question = "Type `acme` to delete the key: ";
    let shown = run("key delete acme", &["yes"], 3, &["deleted for good", question]);
    assert!(shown.contains("myorg.virustotal"), "what it signed is not told:\n{shown}");
    run("key delete acme", &["acme"], 0, &["Its backup was opened on", question, "Deleted the key"]);
    let asked = ["Passphrase of the backup of `acme`: ", "New passphrase for the key's file, 12 characters or more: "];
    run("key restore acme-backup.key --in file", &[BACKUP, OWN, OWN], 0, &asked);

    // A revocation is forgotten with the key, which is said before.
    run("key revoke acme --reason stolen", &[], 0, &[]);
    run("key delete acme", &["acme"], 0, &["Deleted the key"]);
    run(
        "key delete acme --forget",
        &["acme"],
        0,
        &["it would sign here again", "Type `acme` to forget it: ", "Forgot"],
    );
}

/// An entry is ASCII: a description that would turn the terminal's text around shows as escapes, and is the same text. It is
/// printed all the same, and said to be unfit.
#[test]
fn an_entry_is_ascii() {
    let sandbox = Sandbox::new();
    sandbox.acme();
    fs::create_dir(sandbox.path("odd")).unwrap();
    let manifest = "id: myorg.odd\nname: \"Gr\\u00fc\\u00dfe \\U0001F600\"\nversion: \"1.0.0\"\nplugin_type: action\n\
                    description: \"a\\u009b31m b\\u202ec\"\n";
    fs::write(sandbox.path("odd/plugin.yaml"), manifest).unwrap();
    sandbox.sign("odd");
    for arguments in ["", " --json"] {
        let outcome = sandbox
            .run(&format!("entry --plugin-dir odd --key-id acme --public-key trusted/acme.pem{arguments}"))
            .expect(1);
        assert!(outcome.stdout().is_ascii(), "{}", outcome.shown());
        let value: serde_json::Value = serde_json::from_str(outcome.stdout()).unwrap();
        let entry = if arguments.is_empty() { &value } else { &value["entry"] };
        assert_eq!(entry["name"], "Gr\u{fc}\u{df}e \u{1F600}");
        assert_eq!(entry["description"], "a\u{9b}31m b\u{202e}c");
    }
}
