//! Help, and the examples in it.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::clone;
use crate::common::copy_folder;
use crate::common::python;
use crate::common::run::{Outcome, PROGRAM};
use crate::common::sandbox::Sandbox;
use crate::common::session::Session;
use crate::common::tests_folder;
use crate::common::transcript::Transcript;

const COMMANDS: [&str; 10] =
    ["keygen", "key", "check", "sign", "verify", "workflow", "explain", "payload", "entry", "keys"];

/// The commands below `key`, in an order in which their examples build on each other.
const ACTS: [&str; 11] = [
    "create",
    "list",
    "show",
    "import",
    "export-public",
    "backup",
    "restore",
    "hand-over",
    "rotate",
    "revoke",
    "delete",
];

#[test]
fn every_help_is_as_recorded() {
    let sandbox = Sandbox::new();
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run("--help").expect(0));
    for command in COMMANDS {
        transcript.add(&sandbox.run(&format!("{command} --help")).expect(0));
    }
    for act in ACTS {
        transcript.add(&sandbox.run(&format!("key {act} --help")).expect(0));
    }
    transcript.check("help");
}

#[test]
fn wrong_usage_is_told() {
    let sandbox = Sandbox::new();
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for arguments in [
        "",
        "publish",
        "keygen",
        "keygen --key-id acme --out acme",
        "keygen --key-id Acme",
        "keygen --key-id acme.pem",
        "keygen --key-id con",
        "key",
        "key frob",
        "key create",
        "key create Acme",
        "key import acme",
        "key backup acme",
        "key backup --to acme.key",
        "key backup acme --to acme.key --check acme.key",
        "key restore",
        "key hand-over acme",
        "key rotate acme --status --new-id acme2",
        "key revoke acme --reason bored",
        "sign --plugin-dir plugin",
        "sign --private-key acme.key",
        "sign --plugin-dir plugin --key-id acme --private-key acme.key",
        "sign --plugin-dir plugin --private-key acme.key --digest 12",
        "verify --plugin-dir plugin --trusted-keys trusted --trust-mode Strict",
        "payload",
        "payload plugin --plugin-dir plugin",
        "entry --plugin-dir plugin",
        "entry --check entry.json --url https://example.org",
        "entry --check entry.json --key-id acme",
    ] {
        let run = sandbox.command(arguments.split(' ').filter(|argument| !argument.is_empty())).run();
        assert_eq!(run.stdout(), "", "{}", run.shown());
        transcript.add(&run.expect(2));
    }
    before.assert_same(&sandbox.listing());
    transcript.check("wrong-usage");
}

/// The commands that a help text gives as examples: all that stands below the line `title`, as a shell takes it.
#[track_caller]
fn examples(help: &Outcome, title: &str) -> Vec<String> {
    let lines = help.stdout().lines().skip_while(|line| *line != title).skip(1).take_while(|line| !line.is_empty());
    let mut examples: Vec<String> = Vec::new();
    let mut continues = false;
    for line in lines {
        // A line that was broken to fit a terminal of usual width could not be pasted.
        assert!(line.len() <= 80, "too long: {line}");
        match examples.last_mut() {
            Some(example) if continues => *example += &format!("\n{line}"),
            _ if line.starts_with("  # ") => {}
            _ => {
                assert!(line.starts_with("  aisoc-publisher "), "neither a command nor a comment: {line}");
                examples.push(line.to_owned());
            }
        }
        continues = line.ends_with('\\');
    }
    assert!(!continues && !examples.is_empty(), "{}", help.shown());
    examples
}

/// What a person types where an example reads a passphrase from standard input.
const TYPED: &[u8] = b"correct horse battery staple\n";

/// Pastes a line into a shell in a sandbox, with the variables of a run there.
#[track_caller]
fn paste(sandbox: &Sandbox, environment: &[(String, OsString)], line: &str) {
    // Only the folder's name is another one.
    let line = line.replace("/opt/aisoc/plugin-keys", "./operator-keys");
    let path = std::env::join_paths(
        std::iter::once(Path::new(PROGRAM).parent().unwrap().to_owned()).chain(std::env::split_paths(&clone::path())),
    )
    .unwrap();
    let mut child = Command::new("bash")
        .args([
            "-euo",
            "pipefail",
            "-c",
            &format!("export AISOC_PUBLISHER_KEY=\"$(cat myorg.key 2>/dev/null || :)\"\n{line}"),
        ])
        .current_dir(sandbox.path(""))
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(TYPED);
    let output = child.wait_with_output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{line}\n{text}");
}

/// Packs the plugin as it is now into an archive in `dist`, where its signature is kept too.
fn pack(sandbox: &Sandbox, name: &str, form: &str, ending: &str) {
    let out = sandbox.path("dist").join(name);
    let script = "import shutil, sys; shutil.make_archive(sys.argv[1], sys.argv[2], sys.argv[3], 'my-enricher')";
    python::python(["-c", script, out.to_str().unwrap(), form, sandbox.path("").to_str().unwrap()], b"");
    let made = if form == "zip" { "zip" } else { "tar.gz" };
    fs::rename(format!("{}.{made}", out.display()), format!("{}.{ending}", out.display())).unwrap();
    let signature = sandbox.path("dist/plugin.sig");
    if !signature.exists() {
        fs::copy(sandbox.path("my-enricher/plugin.sig"), signature).unwrap();
    }
}

const GIT_COMMIT: &str = "git -c user.name=n -c user.email=n@example.org commit -q -m plugin";

/// A folder with the plugin that the examples speak of.
fn session() -> Session {
    let session = Session::start();
    copy_folder(&tests_folder().join("plugins/virustotal"), &session.sandbox.path("my-enricher"));
    session.sandbox.write("index.json", "[]\n");
    session
}

#[test]
fn the_overviews_examples_work_in_their_order() {
    let session = session();
    let examples = examples(&session.run("--help"), "A first release, from key to marketplace entry:");
    assert_eq!(examples.len(), 4, "{examples:#?}");
    for example in examples {
        paste(&session.sandbox, &session.environment(), &example);
    }
    assert!(session.sandbox.path("my-enricher/plugin.sig").is_file());
    let public = fs::read_to_string(session.sandbox.path("myorg-prod.pem")).unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{public}");
}

#[test]
fn every_commands_examples_work() {
    let session = session();
    let sandbox = &session.sandbox;
    // Where an example takes a passphrase it is for somebody without a keyring.
    let without_keyring = Sandbox::new();
    copy_folder(&sandbox.path("my-enricher"), &without_keyring.path("my-enricher"));
    let mut pasted = 0;
    // As they build on each other, with what the reader has beside them.
    for command in ["keygen", "keys", "check", "sign", "verify", "explain", "payload", "entry", "workflow"] {
        let examples = examples(&session.run(&format!("{command} --help")), "Examples:");
        assert!(examples.len() >= 2, "{command}: {examples:#?}");
        pasted += examples.len();
        for example in &examples {
            if example.contains("--passphrase") {
                paste(&without_keyring, &without_keyring.environment(), example);
            } else {
                paste(sandbox, &session.environment(), example);
            }
        }
        match command {
            "keygen" => {
                fs::create_dir(sandbox.home().join("keys")).unwrap();
                fs::copy(sandbox.path("myorg.key"), sandbox.home().join("keys/myorg.key")).unwrap();
                for folder in ["keys", "operator-keys"] {
                    fs::create_dir(sandbox.path(folder)).unwrap();
                    fs::copy(sandbox.path("myorg.pem"), sandbox.path(folder).join("myorg.pem")).unwrap();
                }
            }
            "sign" => {
                // The last example is by the key in the files; one of `verify` asks the keys of this machine.
                pack(sandbox, "my_enricher-1.0.0-py3-none-any", "zip", "whl");
                session.run("sign --plugin-dir my-enricher --key-id myorg-prod").expect(0);
                pack(sandbox, "my_enricher-1.0.0", "gztar", "tar.gz");
                for line in ["cp dist/plugin.sig my-enricher", "git init -q", "git add -A", GIT_COMMIT] {
                    paste(sandbox, &session.environment(), line);
                }
            }
            "payload" => {
                session.run("sign --plugin-dir my-enricher --key-id myorg-prod").expect(0);
                clone::make(sandbox);
                fs::create_dir(sandbox.path("publisher")).unwrap();
                let entry = session.run("entry my-enricher --key-id myorg-prod").expect(0).stdout().to_owned();
                sandbox.write("entry.json", &entry);
                sandbox.write("marketplace/index.json", format!("{{\"items\": [{entry}]}}"));
            }
            _ => {}
        }
    }
    assert!(pasted >= 15, "only {pasted} examples");
}

/// Gives an example the option for what a person at a terminal would be asked.
fn scripted(example: String) -> String {
    let asks = |word: &str| example.contains(word) && !example.contains("passphrase");
    if ["key backup", "--backup ", "key restore"].into_iter().any(asks) {
        format!("{example} --backup-passphrase -")
    } else if asks("--in file") {
        format!("{example} --passphrase -")
    } else {
        example
    }
}

#[test]
fn a_keys_first_day() {
    let session = session();
    for example in examples(&session.run("key --help"), "A key's first day:") {
        paste(&session.sandbox, &session.environment(), &scripted(example));
    }
    let public = fs::read_to_string(session.sandbox.path("for-operators/myorg-prod.pem")).unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{public}");
}

#[test]
fn every_example_of_a_keys_life_works() {
    let session = session();
    let sandbox = &session.sandbox;
    // Where an example keeps a key in a file it is for somebody without a keyring.
    let without_keyring = Sandbox::new();
    let mut environment = without_keyring.environment();
    for name in ["OLD", "NEW"] {
        environment.push((name.to_owned(), std::str::from_utf8(TYPED).unwrap().trim().into()));
    }
    let mut pasted = 0;
    for act in ACTS {
        match act {
            "import" => {
                sandbox.run("keygen --out myorg").expect(0);
                fs::create_dir(sandbox.home().join("keys")).unwrap();
                fs::rename(sandbox.path("myorg.key"), sandbox.home().join("keys/myorg.key")).unwrap();
                let make = "openssl genpkey -algorithm ed25519 -aes256 -pass stdin -out locked.key";
                paste(sandbox, &session.environment(), make);
            }
            "restore" => {
                session.run("key delete myorg-prod --confirm myorg-prod").expect(0);
                // Another machine, which knows no key.
                fs::remove_dir_all(without_keyring.home().join("data")).unwrap();
                fs::copy(sandbox.path("myorg-backup.key"), without_keyring.path("myorg-backup.key")).unwrap();
            }
            "hand-over" => {
                session.run("sign my-enricher --key-id myorg-prod").expect(0);
            }
            "delete" => {
                let backup = "aisoc-publisher key backup myorg-old --to old.key --backup-passphrase -";
                paste(sandbox, &session.environment(), backup);
            }
            _ => {}
        }
        for example in examples(&session.run(&format!("key {act} --help")), "Examples:").into_iter().map(scripted) {
            if example.contains("--in file") {
                paste(&without_keyring, &environment, &example);
            } else {
                paste(sandbox, &session.environment(), &example);
            }
            pasted += 1;
        }
    }
    assert!(pasted >= 20, "only {pasted} examples");
}
