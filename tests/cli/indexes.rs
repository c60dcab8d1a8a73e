//! `entry --index`: the change of an index as a person and as a script see it.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::common::python::python;
use crate::common::run::PROGRAM;
use crate::common::sandbox::{Sandbox, set_mode};
use crate::common::transcript::Transcript;
use crate::common::{clone, copy_folder, need, tests_folder};

const ENTRY: &str =
    "entry virustotal --key-id acme --public-key trusted/acme.pem --url https://example.org/vt --install make";

/// An index in AiSOC's order, with an older release of the plugin, in CRLF and with what only its owner would write.
const INDEX: &str = concat!(
    "{\r\n  \"stats\": {\"total\": 2.0},\r\n  \"items\": [\r\n",
    "    {\"id\": \"a\", \"type\": \"detection\", \"score\": 1e2},\r\n",
    "    {\"id\": \"myorg.virustotal\", \"type\": \"plugin\", \"version\": \"2.0.0\", \"stars\": -0, \"signing_key_id\": \"old\"}\r\n",
    "  ]\r\n}",
);

fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    sandbox
}

#[test]
fn an_entry_goes_into_an_index() {
    let sandbox = signed();
    sandbox.write("empty.json", "[]\n");
    sandbox.write("index.json", INDEX);
    let mut transcript = Transcript::new();
    for arguments in [
        "--index empty.json",
        "--index empty.json --write",
        "--index empty.json --write",
        "--index empty.json --json",
        "--index index.json",
        "--index index.json --json",
        "--index index.json --write --json",
        "--write",
    ] {
        transcript.add(&sandbox.run(&format!("{ENTRY} {arguments}")));
    }
    transcript.check("index");
}

#[test]
fn a_pull_request_is_saved_and_git_applies_it() {
    let sandbox = signed();
    let index = sandbox.write("marketplace/index.json", INDEX);
    let mut transcript = Transcript::new();
    for arguments in
        ["--index marketplace/index.json --kit kit", "--kit alone --json", "--kit kit", "--kit virustotal/kit"]
    {
        transcript.add(&sandbox.run(&format!("{ENTRY} {arguments}")));
    }
    for name in ["steps.txt", "branch.txt", "commit-message.txt", "body.md"] {
        transcript.title(name);
        let text = fs::read_to_string(sandbox.path(format!("kit/{name}"))).unwrap();
        transcript.title(&text.replace(sandbox.path("").to_str().unwrap(), "WORK/"));
    }
    transcript.check("kit");
    assert_eq!(fs::read(&index).unwrap(), INDEX.as_bytes(), "nothing is written but the kit");
    let applied = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "--directory=marketplace", "kit/change.patch"])
        .current_dir(sandbox.path(""))
        .env("GIT_CEILING_DIRECTORIES", sandbox.root())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let now = fs::read(&index).unwrap();
    sandbox.write("marketplace/index.json", INDEX);
    sandbox.run(&format!("{ENTRY} --index marketplace/index.json --write")).expect(0);
    assert_eq!(fs::read(&index).unwrap(), now, "the patch and `--write` do the same");
    let script = ["kit/check.py", "virustotal"].map(|name| sandbox.path(name).display().to_string());
    let said = python(script.iter().map(String::as_str), b"");
    assert!(said.starts_with(b"valid: "), "{}", String::from_utf8_lossy(&said));
}

/// One run writes the index and saves the pull request for it; the steps then commit that and no more.
#[test]
fn the_pull_request_of_an_index_that_is_written() {
    let sandbox = signed();
    let index = sandbox.write("AiSOC/marketplace/index.json", INDEX);
    let git = |arguments: &[&str]| clone::git(&sandbox, arguments);
    git(&["init", "--quiet"]);
    git(&["-c", "core.autocrlf=false", "add", "--all"]);
    git(&["commit", "--quiet", "-m", "first"]);
    let at = "--index AiSOC/marketplace/index.json";
    // What has no place for a kit is not written for one.
    fs::create_dir(sandbox.path("taken")).unwrap();
    let refused = sandbox.run_json(&format!("{ENTRY} {at} --write --kit taken")).expect(3);
    assert_eq!(refused.error_code(), "target-exists");
    assert_eq!(fs::read(&index).unwrap(), INDEX.as_bytes());
    let written = sandbox.run_json(&format!("{ENTRY} {at} --write --kit AiSOC/kit")).expect(0).json();
    assert_eq!((&written["written"], &written["kind"]), (&json!(true), &json!("update")));
    let notes: Vec<_> = written["warnings"].as_array().unwrap().iter().map(|note| note["code"].clone()).collect();
    assert!(notes.contains(&json!("kit-in-work-tree")), "{written}");
    let now = fs::read(&index).unwrap();
    assert_ne!(now, INDEX.as_bytes());

    let steps = fs::read_to_string(sandbox.path("AiSOC/kit/steps.txt")).unwrap();
    let block = steps.split("\n\n").find(|block| block.starts_with("cd ")).unwrap();
    let commands = block.rsplit_once(" &&\ngit push ").unwrap().0;
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let run = Command::new("sh")
        .args(["-c", commands])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(who.map(|name| (name, "nobody@example.org")))
        .output()
        .unwrap();
    assert!(run.status.success(), "{steps}{}", String::from_utf8_lossy(&run.stderr));
    git(&["diff", "--quiet", "HEAD"]);
    assert_eq!(fs::read(&index).unwrap(), now, "the commit is what was written");
    // Now the commit has it, too.
    assert_eq!(sandbox.run_json(&format!("{ENTRY} {at} --kit again")).expect(3).error_code(), "index-same");
}

/// A run that is killed while it saves leaves nothing that looks like a kit, or is in the way of the next run.
#[test]
fn a_kit_is_there_as_a_whole_or_not_at_all() {
    let sandbox = signed();
    let command = format!("ulimit -f 2; exec {PROGRAM} {ENTRY} --kit kit");
    let mut killed = Command::new("sh");
    let output =
        killed.args(["-c", &command]).current_dir(sandbox.path("")).envs(sandbox.environment()).output().unwrap();
    assert_eq!(output.status.code(), None, "a file that is too large ends it: {output:?}");
    assert!(!sandbox.path("kit").exists());
    sandbox.run(&format!("{ENTRY} --kit kit")).expect(0);
    assert_eq!(fs::read_dir(sandbox.path("kit")).unwrap().count(), 8);
}

#[test]
fn no_pull_request_is_made_of_an_entry_that_is_not_fit() {
    let sandbox = signed();
    let broken = sandbox.run(&format!("{} --kit kit", ENTRY.replace("https:", "http:"))).expect(1);
    assert_eq!(broken.stdout(), "No pull request was prepared: mend the entry first.\n");
    sandbox.write("virustotal/plugin.py", "class Plugin: pass\n");
    let unsigned = sandbox.run(&format!("{ENTRY} --allow-unsigned --kit kit")).expect(1);
    assert!(unsigned.stdout().contains("Sign it with the entry's key first."), "{}", unsigned.all());
    // What everybody would read of it is no pull request's text.
    sandbox.sample("virustotal");
    sandbox.sign("virustotal");
    fs::copy(sandbox.path("acme.key"), sandbox.path("virustotal/old.pem")).unwrap();
    let exposed = sandbox.run_json(&format!("{ENTRY} --kit kit")).expect(3);
    assert_eq!(exposed.error_code(), "private-key-in-folder");
    assert!(!sandbox.path("kit").exists());
}

#[test]
fn a_file_that_is_no_index_is_refused() {
    let sandbox = signed();
    let bad = tests_folder().join("indexes");
    for name in ["trailing-text", "duplicate-item"] {
        sandbox.write(&format!("{name}.json"), fs::read(bad.join(format!("{name}.json"))).unwrap());
    }
    let huge = fs::File::create(sandbox.path("huge.json")).unwrap();
    huge.set_len(65 << 20).unwrap();
    sandbox.write("real.json", "[]");
    symlink("real.json", sandbox.path("link.json")).unwrap();
    assert!(Command::new("mkfifo").arg(sandbox.path("pipe.json")).status().unwrap().success());
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for name in ["trailing-text", "duplicate-item", "nowhere", "huge", "link", "pipe"] {
        transcript.add(&sandbox.run(&format!("{ENTRY} --write --index {name}.json")));
    }
    transcript.add(&sandbox.run_json(&format!("{ENTRY} --index duplicate-item.json")));
    before.assert_same(&sandbox.listing());
    transcript.check("index-refused");
}

#[test]
fn python_finds_the_written_index_as_it_was_but_for_the_entry() {
    let sandbox = signed();
    let path = sandbox.write("index.json", INDEX);
    set_mode(&path, 0o600);
    let written = sandbox.run_json(&format!("{ENTRY} --index index.json --write")).expect(0);
    let written: Value = serde_json::from_str(written.stdout()).unwrap();
    assert_eq!((&written["kind"], &written["written"], &written["line"]), (&json!("update"), &json!(true), &json!(5)));
    let read = |text: &[u8]| -> Value {
        let script = "import json, sys; print(json.dumps(json.loads(sys.stdin.buffer.read())))";
        serde_json::from_slice(&python(["-c", script], text)).unwrap()
    };
    let (before, now) = (read(INDEX.as_bytes()), read(&fs::read(&path).unwrap()));
    let mut item = written["entry"].as_object().unwrap().clone();
    item.insert("stars".to_owned(), before["items"][1]["stars"].clone());
    assert_eq!(now["items"][1], Value::Object(item));
    assert_eq!((&now["items"][0], &now["stats"]), (&before["items"][0], &before["stats"]));
}

/// Runs that say they put their entry in have put it in, however many there are at once.
#[test]
fn runs_at_once_lose_no_entry() {
    let sandbox = signed();
    let manifest = fs::read_to_string(sandbox.path("virustotal/plugin.yaml")).unwrap();
    let plugins = ["a", "b", "c", "d"];
    for plugin in plugins {
        copy_folder(&sandbox.path("virustotal"), &sandbox.path(plugin));
        let changed = manifest.replace("id: myorg.virustotal", &format!("id: myorg.{plugin}"));
        sandbox.write(&format!("{plugin}/plugin.yaml"), changed);
        sandbox.sign(plugin);
    }
    let (mut put_in, mut refused) = (0, 0);
    for round in 0..15 {
        sandbox.write("index.json", "[]\n");
        let outcomes = std::thread::scope(|scope| {
            let runs = plugins.map(|plugin| {
                let arguments = ENTRY.replace("virustotal", plugin) + " --index index.json --write --json";
                scope.spawn({
                    let sandbox = &sandbox;
                    move || sandbox.command(arguments.split(' ').collect::<Vec<_>>()).run()
                })
            });
            runs.map(|run| run.join().unwrap())
        });
        let text = fs::read_to_string(sandbox.path("index.json")).unwrap();
        for (plugin, outcome) in plugins.into_iter().zip(outcomes) {
            let is_there = text.contains(&format!("\"myorg.{plugin}\""));
            match outcome.status {
                0 => put_in += 1,
                _ => {
                    assert_eq!(outcome.error_code(), "index-changed", "{}", outcome.shown());
                    refused += 1;
                }
            }
            assert_eq!(is_there, outcome.status == 0, "{plugin} in round {round}:\n{text}");
        }
    }
    assert!(put_in >= 15 && refused > 0, "{put_in} {refused}");
}

/// As `flock` of util-linux takes the lock.
#[test]
fn a_run_waits_for_another_one() {
    need("flock", "util-linux");
    let sandbox = signed();
    let index = sandbox.write("index.json", "[]\n");
    let script = "echo locked; sleep 1; printf '[ ]\n' > index.json";
    let mut other = Command::new("flock")
        .args([".", "sh", "-c", script])
        .current_dir(sandbox.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    other.stdout.as_mut().unwrap().read_exact(&mut [0; 7]).unwrap();
    let outcome = sandbox.run_json(&format!("{ENTRY} --index index.json --write")).expect(3);
    assert_eq!(outcome.error_code(), "index-changed", "{}", outcome.shown());
    assert!(other.wait().unwrap().success());
    assert_eq!(fs::read_to_string(index).unwrap(), "[ ]\n");
    sandbox.run(&format!("{ENTRY} --index index.json --write")).expect(0);
    let left: Vec<_> = fs::read_dir(sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "no lock is left behind: {left:?}");
}

#[test]
fn an_entry_that_does_not_verify_goes_nowhere() {
    let sandbox = signed();
    sandbox.write("index.json", INDEX);
    sandbox.write("virustotal/plugin.py", "class Plugin: changed = True\n");
    let before = sandbox.listing();
    sandbox.run(&format!("{ENTRY} --index index.json --write")).expect(3);
    let allowed = sandbox.run(&format!("{ENTRY} --allow-unsigned --index index.json --write")).expect(1);
    assert!(
        allowed.stdout().contains("\nNothing was written.\nOperators would refuse the plugin"),
        "{}",
        allowed.stdout()
    );
    let json = sandbox.run_json(&format!("{ENTRY} --allow-unsigned --index index.json --write")).expect(1);
    let json: Value = serde_json::from_str(json.stdout()).unwrap();
    assert_eq!((&json["written"], &json["verified"]), (&json!(false), &json!(false)));
    // To look is no harm.
    sandbox.run(&format!("{ENTRY} --allow-unsigned --index index.json")).expect(0);
    before.assert_same(&sandbox.listing());
}

/// What the index has for the plugin wins over a guess, and loses to the caller and where it pins another version.
#[test]
fn what_the_index_has_wins_over_a_guess() {
    let sandbox = signed();
    sandbox.write("virustotal/pyproject.toml", "[project]\nname = \"guessed\"\nversion = \"2.1.0\"\n");
    let base = "entry virustotal --key-id acme --public-key trusted/acme.pem --index index.json";
    let index = |install: &str| {
        let item = json!({ "id": "myorg.virustotal", "type": "plugin", "version": "0.0.1", "install": install });
        sandbox.write("index.json", json!({ "items": [item] }).to_string());
    };
    let prepared = |more: &str| {
        let report = sandbox.run_json(&format!("{base}{more}")).expect(0).json();
        (report["entry"]["install"].clone(), report["sources"]["install"].clone())
    };
    index("pip install of-mine");
    assert_eq!(prepared(""), (json!("pip install of-mine"), json!("index")));
    assert_eq!(prepared(" --install make"), (json!("make"), json!("caller")));
    index("pip install of-mine==0.0.1");
    let (install, _) = prepared("");
    assert!(install.as_str().unwrap().starts_with("pip install guessed"), "{install}");
    // An id that it has not: nothing there is this plugin's.
    let text = fs::read_to_string(sandbox.path("index.json")).unwrap();
    sandbox.write("index.json", text.replace("myorg.virustotal", "myorg.other"));
    assert!(prepared("").0.as_str().unwrap().starts_with("pip install guessed"));

    index("pip install of-mine");
    let text = sandbox.run(&format!("{base} --write")).expect(0);
    assert!(text.all().contains("`install` stays `pip install of-mine`, as the index has it"), "{}", text.shown());
    assert!(text.stdout().starts_with("--- ") && text.stdout().contains("Brought up to date"), "{}", text.shown());
}
