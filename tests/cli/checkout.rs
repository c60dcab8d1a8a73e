//! `entry --checkout`, in a small repository of our own.

use std::fs;

use serde_json::{Value, json};

use crate::common::clone::{self, MANIFEST};
use crate::common::listing::Listing;
use crate::common::run::Outcome;
use crate::common::sandbox::Sandbox;

const PLUGIN: &str = "only-plugin-py";
const ADD: &str = "git --literal-pathspecs -c core.autocrlf=false -c core.attributesFile= -c core.excludesFile= add";
const FOLDER: &str = "plugins/community/community-zoe-lookup";

/// A signed plugin, and `AiSOC`, a clone whose index its own script made.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample(PLUGIN);
    sandbox.write(&format!("{PLUGIN}/plugin.yaml"), MANIFEST);
    sandbox.write(&format!("{PLUGIN}/README.md"), "# Lookup\n");
    sandbox.write(&format!("{PLUGIN}/notes.txt"), "left\n");
    sandbox.sign(PLUGIN);
    clone::make(&sandbox);
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &str) -> Outcome {
    let base =
        format!("entry {PLUGIN} --key-id acme --public-key trusted/acme.pem --checkout AiSOC {arguments} --json");
    sandbox.command(base.split_whitespace()).env("PATH", clone::path()).run()
}

fn states(report: &Value) -> Vec<(&str, &str)> {
    let text =
        |file: &'_ Value, key: &str| -> &str { Box::leak(file[key].as_str().unwrap().to_owned().into_boxed_str()) };
    report["files"].as_array().unwrap().iter().map(|file| (text(file, "path"), text(file, "state"))).collect()
}

#[test]
fn looking_writes_nothing() {
    let sandbox = sandbox();
    let before = sandbox.listing();
    let report = run(&sandbox, "").expect(0).json();
    assert_eq!(
        states(&report),
        [("README.md", "new"), ("plugin.py", "new"), ("plugin.sig", "new"), ("plugin.yaml", "new")]
    );
    assert_eq!(report["left_out"], json!(["notes.txt"]));
    assert_eq!(report["written"], Value::Null);
    assert_eq!(report["fresh_clone"]["strict"]["signature_status"], "verified");
    assert_eq!(report["script"]["command"][1], "scripts/build_marketplace.py");
    assert!(report["diff"].as_str().unwrap().contains("+id: community-zoe-lookup\n"));
    before.assert_same(&sandbox.listing());
    for arguments in
        ["--run-script", "--write --url https://example.org", "--install make", "--kit kit --allow-unsigned"]
    {
        assert_eq!(run(&sandbox, arguments).status, 2, "{arguments}");
    }
}

#[test]
fn writing_and_building_the_index() {
    let sandbox = sandbox();
    let report = run(&sandbox, "--write --include notes.txt").expect(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 5);
    assert_eq!(report["index"], Value::Null);
    sandbox.run(&format!("verify AiSOC/{FOLDER} --keys trusted")).expect(0);
    let report = run(&sandbox, "--write --include notes.txt --run-script").expect(0).json();
    assert_eq!(report["written"], json!([]));
    assert_eq!(report["index"]["item"], "added");
    assert_eq!(report["index"]["clean"], true);
    assert_eq!(report["index"]["copies"]["services/api/app/data/marketplace/index.json"], "same");
    let index: Value =
        serde_json::from_slice(&fs::read(sandbox.path("AiSOC/marketplace/index.json")).unwrap()).unwrap();
    assert_eq!(report["index"]["now"], index["items"][0]);
    assert_eq!(
        report["commands"],
        json!([
            "git switch -c plugin/community-zoe-lookup-1.0.0",
            format!(
                "{ADD} -f -- {FOLDER}/README.md {FOLDER}/notes.txt {FOLDER}/plugin.py {FOLDER}/plugin.sig {FOLDER}/plugin.yaml \
                 marketplace/index.json apps/web/public/marketplace/index.json services/api/app/data/marketplace/index.json"
            ),
            "git commit -s -m 'feat(plugins): add community-zoe-lookup 1.0.0'",
            format!("aisoc-publisher verify --committed {FOLDER}"),
        ])
    );

    // What the commit has is nothing to ask for; a new version that stands on it is.
    clone::git(&sandbox, &["add", "--force", "--all"]);
    clone::git(&sandbox, &["commit", "--quiet", "--message=all of it"]);
    let report = run(&sandbox, "--include notes.txt").expect(0).json();
    assert_eq!(report["commands"], json!([]));
    assert_eq!(run(&sandbox, "--include notes.txt --kit kit").expect(3).error_code(), "index-same");
    assert!(!sandbox.path("kit").exists());
    let base = format!("entry {PLUGIN} --key-id acme --public-key trusted/acme.pem --checkout AiSOC");
    let text = sandbox.run(&format!("{base} --include notes.txt")).expect(0);
    let head = format!(" at {}\n", &report["base"].as_str().unwrap()[..12]);
    assert!(text.stdout().contains("AiSOC, on ") && text.stdout().contains(&head), "{}", text.shown());
    let end = format!("There is nothing to commit: the commit {} has all of it already.\n", head[4..].trim_end());
    assert!(text.stdout().ends_with(&end), "{}", text.shown());
    sandbox.write(&format!("{PLUGIN}/README.md"), "# Another\n");
    let text = sandbox.run(&format!("{base} --include notes.txt --kit kit")).expect(0);
    assert!(text.stdout().ends_with("in kit; begin with steps.txt.\n"), "{}", text.shown());
    assert!(!text.stdout().contains("git switch"), "steps.txt has the commands: {}", text.shown());
}

#[test]
fn what_people_read() {
    let sandbox = sandbox();
    let base = format!("entry {PLUGIN} --key-id acme --public-key trusted/acme.pem --checkout AiSOC");
    let text = sandbox.run(&base).expect(0);
    for part in [
        "Would write 4 files to `plugins/community/community-zoe-lookup`\n",
        "new     plugin.py\n",
        "left    notes.txt; `--include PATH` takes one along\n",
        "fresh   a clone of the commit, by the .gitattributes here, in strict mode: verified\n",
        "+++ b/plugins/community/community-zoe-lookup/plugin.yaml\n",
        "The index is made by the clone's own script",
        "Nothing was written; `--write` writes it.\n",
    ] {
        assert!(text.stdout().contains(part), "{part}\n{}", text.shown());
    }
    let text = sandbox.run(&format!("{base} --write")).expect(0);
    assert!(
        text.stdout().starts_with("Wrote 4 files to `plugins/community/community-zoe-lookup`, and it verifies there\n")
    );
    assert!(
        text.stdout().ends_with(
            "  git commit -s -m 'feat(plugins): add community-zoe-lookup 1.0.0' &&\n  \
             aisoc-publisher verify --committed plugins/community/community-zoe-lookup\n"
        ),
        "{}",
        text.shown()
    );
    let begin = "git switch -c plugin/community-zoe-lookup-1.0.0 &&\n  python3 scripts/build_marketplace.py &&\n  git ";
    assert!(text.stdout().contains(begin), "{}", text.shown());
    // What may not be committed gets no commands.
    sandbox.write(&format!("{PLUGIN}/README.md"), "# Another\n");
    sandbox.write("AiSOC/.gitattributes", "*.py filter=x\n");
    let text = sandbox.run(&format!("{base} --write")).expect(1);
    assert!(text.stdout().contains("updated README.md\n"), "{}", text.shown());
    assert!(text.stdout().ends_with("Do not commit it yet: the warnings say why.\n"), "{}", text.shown());
    // And what is known to fail is not even written.
    sandbox.write(&format!("{PLUGIN}/README.md"), "# A third\n");
    sandbox.write("AiSOC/.gitattributes", "*.py text eol=crlf\n");
    let before = sandbox.listing();
    let text = sandbox.run(&base).expect(1);
    let end = "Nothing was written; `--write` would refuse: a fresh clone would not verify.\n";
    assert!(text.stdout().ends_with(end), "{}", text.shown());
    for arguments in ["--write", "--write --run-script"] {
        let text = sandbox.run(&format!("{base} {arguments}")).expect(1);
        assert!(text.stdout().contains("changed README.md\n"), "{}", text.shown());
        assert!(
            text.stdout().ends_with("Nothing was written or run: a fresh clone would not verify.\n"),
            "{}",
            text.shown()
        );
        let said = "error: nothing was written or run: a fresh clone does not verify, because `.gitattributes:1` makes `plugin.py` CRLF there\n";
        assert!(text.all().contains(said), "{}", text.shown());
        let cure = format!("into `{PLUGIN}/.gitattributes`, and add `--include .gitattributes`\n");
        assert_eq!(text.all().matches(&cure).count(), 1, "{}", text.shown());
    }
    before.assert_same(&sandbox.listing());
}

#[test]
fn what_does_not_pass() {
    let sandbox = sandbox();
    sandbox.write("AiSOC/scripts/variant.py", "WORDS = ['three-copies', 'sha256', 'other-item']\n");
    let report = run(&sandbox, "--write --run-script").expect(1).json();
    assert_eq!(report["index"]["drift"][0], json!({ "item": "detection not-asked-for", "change": "added" }));
    assert!(report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "index-drift"));
    assert_eq!(report["commands"], json!([]));
    // A field that only a newer script knows stops nobody.
    sandbox.write("AiSOC/scripts/variant.py", "WORDS = ['three-copies', 'sha256', 'new-field']\n");
    run(&sandbox, "--write --run-script").expect(1);
    clone::git(&sandbox, &["commit", "--quiet", "--all", "--message=everybody has it"]);
    let report = run(&sandbox, "--write --run-script").expect(0).json();
    assert_eq!((&report["index"]["clean"], report["index"]["unknown"].as_array().unwrap().len()), (&json!(true), 1));
    assert!(report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "index-item-differs"));
    sandbox.write(&format!("AiSOC/{FOLDER}/old.py"), "x = 1\n");
    let report = run(&sandbox, "").expect(1).json();
    assert_eq!(report["surplus"], json!(["old.py"]));
    assert_eq!(run(&sandbox, "--write").expect(3).error_code(), "checkout-surplus");
    let report = run(&sandbox, "--write --remove").expect(0).json();
    assert_eq!(report["removed"], json!(["old.py"]));
    sandbox.write("AiSOC/.gitattributes", "*.py text eol=crlf\n");
    let report = run(&sandbox, "").expect(1).json();
    assert_eq!(report["fresh_clone"]["strict"]["loads"], false);
    assert_eq!(report["warnings"][0]["code"], "git-crlf");

    let report = run(&sandbox, "--write --run-script").expect(1).json();
    assert_eq!((&report["written"], &report["index"], &report["commands"]), (&Value::Null, &Value::Null, &json!([])));
    assert!(report["warnings"].as_array().unwrap().iter().any(|warning| {
        warning["message"].as_str().unwrap().starts_with("nothing was written or run: ")
            && warning["code"] == "git-crlf"
    }));
    fs::remove_file(sandbox.path("AiSOC/.gitattributes")).unwrap();

    sandbox.write("AiSOC/scripts/build_marketplace.py", "raise SystemExit('no')\n");
    let failed = run(&sandbox, "--write --run-script").expect(3);
    assert_eq!(failed.error_code(), "index-script-failed");
    assert!(failed.json()["error"]["message"].as_str().unwrap().starts_with("the plugin's files are written: "));
    let no_python = sandbox.path("empty");
    fs::create_dir(&no_python).unwrap();
    let base = format!("entry {PLUGIN} --key-id acme --public-key trusted/acme.pem --checkout AiSOC --json");
    let report = sandbox.command(base.split(' ')).env("PATH", &no_python).run().expect(0).json();
    assert_eq!(report["script"], Value::Null);
    assert!(report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "no-python"));
    fs::remove_file(sandbox.path("AiSOC/scripts/build_marketplace.py")).unwrap();
    assert_eq!(run(&sandbox, "").expect(3).error_code(), "not-a-checkout");
}

/// What Git makes of the kit's patch in a fresh clone is what the printed commands commit.
#[test]
fn a_pull_request_is_saved_with_the_submission() {
    let sandbox = sandbox();
    clone::git(&sandbox, &["clone", "--quiet", ".", "../reviewer"]);
    let before = Listing::of(&sandbox.path("AiSOC"));
    let planned = run(&sandbox, "--kit ../planned --include notes.txt").expect(0).json();
    assert_eq!(planned["kit"].as_array().unwrap().len(), 9);
    assert_eq!(planned["branch"], "plugin/community-zoe-lookup-1.0.0");
    assert_eq!(planned["title"], "feat(plugins): add community-zoe-lookup 1.0.0");
    assert_eq!(planned["written"], Value::Null);
    let read = |name: &str| fs::read_to_string(sandbox.path(name)).unwrap();
    let steps = read("../planned/steps.txt");
    assert!(steps.starts_with("Nothing is written to the clone below yet."), "{steps}");
    assert!(!read("../planned/change.patch").contains("marketplace/index.json"));
    before.assert_same(&Listing::of(&sandbox.path("AiSOC")));

    let written = run(&sandbox, "--write --run-script --include notes.txt --kit kit").expect(0).json();
    assert_eq!((&written["title"], &written["branch"]), (&planned["title"], &planned["branch"]));
    let steps = read("kit/steps.txt");
    assert!(steps.starts_with("The clone below has the files, and its index is built."), "{steps}");
    let commands = written["commands"].as_array().unwrap();
    for command in commands.iter().map(|command| command.as_str().unwrap()) {
        let command =
            command.replace("-m 'feat(plugins): add community-zoe-lookup 1.0.0'", "-F \"$KIT/commit-message.txt\"");
        assert!(steps.contains(&format!("\n{command} &&\n")), "{command}\n{steps}");
        if command.starts_with("git") && !command.contains("commit -s") {
            let command = command.split(' ').skip(1).collect::<Vec<_>>();
            clone::git(&sandbox, &command);
        }
    }
    clone::git(&sandbox, &["-C", "../reviewer", "apply", "--index", "--whitespace=nowarn", "../kit/change.patch"]);
    assert_eq!(clone::tree(&sandbox, "reviewer"), clone::tree(&sandbox, "AiSOC"));
    let item = serde_json::from_str::<Value>(&read("kit/item.json")).unwrap();
    assert_eq!(item, written["index"]["now"]);
    assert!(read("kit/body.md").contains("It was added, and no other item changed."));

    // Nothing is written for a kit that has no place.
    fs::remove_dir_all(sandbox.path("AiSOC").join(FOLDER)).unwrap();
    assert_eq!(run(&sandbox, "--write --kit kit").expect(3).error_code(), "target-exists");
    assert_eq!(run(&sandbox, &format!("--write --kit {PLUGIN}/kit")).expect(3).error_code(), "bad-path");
    assert!(!sandbox.path("AiSOC").join(FOLDER).exists() && !sandbox.path(PLUGIN).join("kit").exists());
    // An entry of the author's own, and one that is not fit.
    let entry = run(&sandbox, "--kit own --url https://example.org/lookup --install 'pip").status;
    assert_eq!(entry, 1, "`'pip` is no command that anybody should paste");
    assert!(!sandbox.path("own").exists());
    let own = run(&sandbox, "--kit own --url https://example.org/lookup").expect(0).json();
    assert_eq!(own["entry"]["url"], "https://example.org/lookup");
    assert_eq!(serde_json::from_str::<Value>(&read("own/entry.json")).unwrap(), own["entry"]);
    // What may not be committed has none.
    sandbox.write("AiSOC/.gitattributes", "*.py text eol=crlf\n");
    let refused = run(&sandbox, "--write --kit another").expect(1).json();
    assert_eq!((&refused["kit"], &refused["written"]), (&Value::Null, &Value::Null));
    assert!(!sandbox.path("another").exists());
}

/// The key is nobody's here, and the public half alone is enough.
#[test]
fn a_plugin_of_another_key() {
    let sandbox = sandbox();
    sandbox.write("other.pem", crate::common::keys::other_public_pem());
    let base = format!("entry {PLUGIN} --key-id other --public-key other.pem --checkout AiSOC --write --json");
    assert_eq!(sandbox.run(&base).expect(3).error_code(), "entry-unverified");
    assert!(!sandbox.path("AiSOC").join(FOLDER).exists());
}
