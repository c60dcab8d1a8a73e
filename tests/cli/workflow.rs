//! `workflow`: what it writes is read by a YAML parser, and its commands are run as GitHub's runner runs them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::python;
use crate::common::run::PROGRAM;
use crate::common::sandbox::Sandbox;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const PASSPHRASE: &str = "correct horse battery staple";

/// A signed plugin in the repository `repo`, in its folder `plugins/lookup`; the key is kept here, and nothing is committed.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("only-plugin-py");
    fs::create_dir_all(sandbox.path("repo/plugins")).unwrap();
    fs::rename(sandbox.path("only-plugin-py"), sandbox.path("repo/plugins/lookup")).unwrap();
    git(&sandbox.path("repo"), &["init", "--quiet"]);
    let create = "key create acme --in file --passphrase env:PASS";
    sandbox.command(create.split(' ')).env("PASS", PASSPHRASE).run().expect(0);
    sandbox
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let output = Command::new("git")
        .args(["-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(who.map(|name| (name, "nobody@example.org")))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(sandbox: &Sandbox) {
    git(&sandbox.path("repo"), &["add", "--all"]);
    git(&sandbox.path("repo"), &["commit", "--quiet", "--message", "everything"]);
}

fn arguments(rest: &str) -> String {
    let base =
        format!("workflow repo/plugins/lookup --key-id acme --build-from https://example.org/publisher.git@{COMMIT}");
    if rest.is_empty() { base } else { format!("{base} {rest}") }
}

/// The workflow as PyYAML reads it.
fn parsed(sandbox: &Sandbox) -> Value {
    let text = fs::read(sandbox.path("repo/.github/workflows/aisoc-plugin.yml")).unwrap();
    let script = "import json, sys, yaml; print(json.dumps(yaml.load(sys.stdin.buffer.read(), yaml.BaseLoader)))";
    serde_json::from_slice(&python::python(["-c", script], &text)).unwrap()
}

/// Runs the commands of one job as GitHub's runner does, up to the first that fails; returns its name, and what was printed.
/// What the job checks out is there: for `verify` the last commit as `work/change`, and, where the test put something there,
/// the branch of a pull request as `work/base`.
fn run_job(
    sandbox: &Sandbox,
    workflow: &Value,
    job: &str,
    secrets: &[(&str, &str)],
) -> Result<String, (String, String)> {
    let temp = sandbox.path("runner");
    fs::create_dir_all(&temp).unwrap();
    // What the runner has; `cargo` puts the program there that it was asked for.
    let bin = sandbox.path("runner-bin");
    tool(&bin, "rustup", "echo \"rustup $*\" >> \"$RUNNER_TEMP/tools\"");
    let install = format!(
        "for last in \"$@\"; do :; done; mkdir -p \"$RUNNER_TEMP/publisher/bin\"; cp '{PROGRAM}' \"$RUNNER_TEMP/publisher/bin/$last\""
    );
    tool(&bin, "cargo", &format!("echo \"cargo $*\" >> \"$RUNNER_TEMP/tools\"; {install}"));
    tool(&bin, "gh", "echo \"gh $*\" >> \"$RUNNER_TEMP/tools\"; cp \"$4\" \"$RUNNER_TEMP/attached\"");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let workspace = if job == "verify" { sandbox.path("work") } else { sandbox.path("repo") };
    if job == "verify" {
        let change = workspace.join("change");
        let _ = fs::remove_dir_all(&change);
        fs::create_dir_all(&workspace).unwrap();
        git(&workspace, &["clone", "--quiet", sandbox.path("repo").to_str().unwrap(), "change"]);
    }
    let mut said = String::new();
    for step in workflow["jobs"][job]["steps"].as_array().unwrap() {
        let Some(commands) = step["run"].as_str() else { continue };
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", commands]);
        command
            .current_dir(&workspace)
            .env_clear()
            .env("PATH", &path)
            .env("HOME", sandbox.path("runner-home"))
            .env("GITHUB_EVENT_NAME", if workspace.join("base").exists() { "pull_request" } else { "push" });
        command.env("RUNNER_TEMP", &temp).env("GITHUB_OUTPUT", temp.join("output"));
        command.env("GITHUB_STEP_SUMMARY", temp.join("summary"));
        for (name, value) in workflow["env"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let expression = value.as_str().unwrap();
            let secret = secrets.iter().find(|(key, _)| expression == format!("${{{{ {key} }}}}"));
            command.env(name, secret.unwrap_or_else(|| panic!("{expression} is not known")).1);
        }
        let output = command.output().unwrap();
        said += &format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            return Err((step["name"].as_str().unwrap().to_owned(), said));
        }
    }
    Ok(said)
}

fn tool(bin: &Path, name: &str, script: &str) {
    fs::create_dir_all(bin).unwrap();
    let path = bin.join(name);
    fs::write(&path, format!("#!/bin/bash\nset -eu\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn its_commands_sign_and_verify() {
    let sandbox = repository();
    let report = sandbox.run_json(&arguments("--write")).expect(0).json();
    assert_eq!(report["written"], json!([".github/workflows/aisoc-plugin.yml", ".github/aisoc-keys/acme.pem"]));
    let workflow = parsed(&sandbox);
    // The key gets there as the steps say.
    let backup = report["steps"][2]["commands"][0].as_str().unwrap();
    let backup = backup.strip_prefix("aisoc-publisher ").unwrap();
    let backup = format!("{backup} --passphrase env:PASS --backup-passphrase env:BACKUP");
    let words = backup.replace("../", "");
    sandbox.command(words.split(' ')).env("PASS", PASSPHRASE).env("BACKUP", "another pass phrase").run().expect(0);
    let key = fs::read_to_string(sandbox.path("acme-for-ci.key")).unwrap();
    let secrets =
        [("secrets.AISOC_PUBLISHER_KEY", key.as_str()), ("secrets.AISOC_PUBLISHER_PASSPHRASE", "another pass phrase")];

    commit(&sandbox);
    let (step, said) = run_job(&sandbox, &workflow, "verify", &[]).unwrap_err();
    assert_eq!(step, "Verify", "{said}");
    let said = run_job(&sandbox, &workflow, "sign", &secrets).unwrap();
    assert!(!said.contains("another pass phrase") && !said.contains("BEGIN"), "{said}");
    // The signature is the one that is made here.
    let signature = fs::read_to_string(sandbox.path("repo/plugins/lookup/plugin.sig")).unwrap();
    let sign = "sign repo/plugins/lookup --key-id acme --passphrase env:PASS --out here.sig";
    sandbox.command(sign.split(' ')).env("PASS", PASSPHRASE).run().expect(0);
    assert_eq!(fs::read_to_string(sandbox.path("here.sig")).unwrap(), signature);
    assert_eq!(fs::read_to_string(sandbox.path("runner/output")).unwrap(), format!("signature={signature}\n"));
    assert!(fs::read_to_string(sandbox.path("runner/summary")).unwrap().contains(&signature));
    commit(&sandbox);
    let said = run_job(&sandbox, &workflow, "verify", &[]).unwrap();
    assert!(said.contains("by the trusted key `acme`"), "{said}");
    let release = [
        ("github.token", "t"),
        ("github.repository", "o/r"),
        ("github.event.release.tag_name", "v1"),
        ("needs.sign.outputs.signature", signature.as_str()),
    ];
    run_job(&sandbox, &workflow, "attach", &release).unwrap();
    assert_eq!(fs::read_to_string(sandbox.path("runner/attached")).unwrap(), signature);
    let tools = fs::read_to_string(sandbox.path("runner/tools")).unwrap();
    let install = format!("--git https://example.org/publisher.git --rev {COMMIT} aisoc-publisher\n");
    assert!(tools.contains("install --locked --root ") && tools.contains(&install), "{tools}");
    // A pull request is judged by the keys of the branch that it goes to, once that has this workflow; without keys, by none.
    fs::create_dir(sandbox.path("work/base")).unwrap();
    let said = run_job(&sandbox, &workflow, "verify", &[]).unwrap();
    assert!(said.contains("::warning::the branch that this goes to has no such workflow yet"), "{said}");
    sandbox.write("work/base/.github/workflows/aisoc-plugin.yml", "name: AiSOC plugin\n");
    assert_eq!(run_job(&sandbox, &workflow, "verify", &[]).unwrap_err().0, "Verify");
    sandbox.write("work/base/.github/aisoc-keys/acme.pem", crate::common::keys::other_public_pem());
    assert_eq!(run_job(&sandbox, &workflow, "verify", &[]).unwrap_err().0, "Verify");
    fs::copy(sandbox.path("repo/.github/aisoc-keys/acme.pem"), sandbox.path("work/base/.github/aisoc-keys/acme.pem"))
        .unwrap();
    assert!(!run_job(&sandbox, &workflow, "verify", &[]).unwrap().contains("warning"));
    fs::remove_dir_all(sandbox.path("work/base")).unwrap();
    // Without the secrets there is no signature.
    let none = [("secrets.AISOC_PUBLISHER_KEY", ""), ("secrets.AISOC_PUBLISHER_PASSPHRASE", "")];
    assert_eq!(run_job(&sandbox, &workflow, "sign", &none).unwrap_err().0, "Sign");
    sandbox.write("repo/plugins/lookup/plugin.py", "class Plugin: ...\n");
    commit(&sandbox);
    assert_eq!(run_job(&sandbox, &workflow, "verify", &[]).unwrap_err().0, "Verify");
}

#[test]
fn it_asks_for_no_more_than_it_needs() {
    let sandbox = repository();
    sandbox.run(&arguments("--write")).expect(0);
    let workflow = parsed(&sandbox);
    assert_eq!(workflow["permissions"], json!({}));
    let mut triggers: Vec<_> = workflow["on"].as_object().unwrap().keys().cloned().collect();
    triggers.sort();
    assert_eq!(triggers, ["pull_request", "push", "release", "workflow_dispatch"]);
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let contents = if name == "attach" { "write" } else { "read" };
        assert_eq!(job["permissions"], json!({ "contents": contents }), "{name}");
        assert_eq!(job["environment"].as_str(), (name == "sign").then_some("aisoc-signing"), "{name}");
        assert_eq!(job["if"].as_str().unwrap().contains("pull_request"), name == "verify", "{name}");
        for step in job["steps"].as_array().unwrap() {
            if let Some(action) = step["uses"].as_str() {
                let (action, pin) = action.split_once('@').unwrap();
                assert!(action.starts_with("actions/"), "{action}");
                assert!(pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action} is not pinned");
            }
            // An expression in a command is text that a stranger may choose.
            assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
            let has_secret = step["env"].to_string().contains("secrets.");
            assert_eq!(has_secret, name == "sign" && step["name"] == "Sign", "{step}");
        }
    }
}

#[test]
fn what_a_change_brings_cannot_stand_in_for_the_keys() {
    let sandbox = repository();
    sandbox.run(&arguments("--write")).expect(0);
    let workflow = parsed(&sandbox);
    let steps = workflow["jobs"]["verify"]["steps"].as_array().unwrap();
    let places: Vec<_> = steps.iter().filter_map(|step| step["with"]["path"].as_str()).collect();
    // The branch comes first, and neither lies in the other.
    assert_eq!(places, ["base", "change"]);
    let checkouts =
        steps.iter().filter(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("checkout"))).count();
    assert_eq!(checkouts, places.len());
}

#[test]
fn its_steps_work_where_keys_are_ignored_and_a_signature_is_there() {
    let sandbox = repository();
    sandbox.write("repo/.gitignore", "*.pem\n");
    let report = sandbox.run_json(&arguments("--write")).expect(0).json();
    let commands: Vec<_> = report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["commands"].as_array().unwrap())
        .map(|command| command.as_str().unwrap())
        .collect();
    assert_eq!(commands[0], format!("cd {}", fs::canonicalize(sandbox.path("repo")).unwrap().display()));
    let add = commands.iter().find(|command| command.starts_with("git add ")).unwrap();
    git(&sandbox.path("repo"), &add.split(' ').skip(1).collect::<Vec<_>>());
    git(&sandbox.path("repo"), &["ls-files", "--error-unmatch", ".github/workflows/aisoc-plugin.yml"]);
    git(&sandbox.path("repo"), &["ls-files", "--error-unmatch", ".github/aisoc-keys/acme.pem"]);
    // The steps as they are pasted, with the real Git; what `gh` and this program are asked is written down.
    let repo = sandbox.path("repo");
    git(&repo, &["commit", "--quiet", "-m", "the workflow"]);
    git(&repo, &["branch", "-M", "main"]);
    git(&sandbox.path(""), &["init", "--quiet", "--bare", "origin.git"]);
    git(&repo, &["remote", "add", "origin", sandbox.path("origin.git").to_str().unwrap()]);
    git(&repo, &["push", "--quiet", "--set-upstream", "origin", "main"]);
    let bin = sandbox.path("bin");
    // `gh run download` ends with an error where a file is there already.
    let download =
        "if [ \"$1 $2\" = 'run download' ]; then [ ! -e \"$7/$5\" ] && [ ! -e ../offline ] && echo new > \"$7/$5\"; fi";
    tool(&bin, "gh", &format!("echo \"gh $*\" >> ../asked\n{download}"));
    let start = commands.iter().rposition(|command| *command == "git push").unwrap();
    let end = commands.len() - 1;
    let paste = || {
        for command in &commands[start..end] {
            let mut shell = Command::new("sh");
            shell.args(["-c", command]).current_dir(&repo).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
            for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
                shell.env(name, "nobody@example.org");
            }
            shell.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        }
    };
    let pushed = || {
        let show = ["--git-dir", "origin.git", "show", "main:plugins/lookup/plugin.sig"];
        let output = Command::new("git").args(show).current_dir(sandbox.path("")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    sandbox.write("repo/plugins/lookup/plugin.sig", "old\n");
    git(&repo, &["add", "--all"]);
    git(&repo, &["commit", "--quiet", "-m", "all"]);
    // A signature that does not come is not committed as removed.
    sandbox.write("offline", "");
    paste();
    assert_eq!(pushed(), "old\n");
    fs::remove_file(sandbox.path("offline")).unwrap();
    paste();
    assert_eq!(pushed(), "new\n");
    let asked = fs::read_to_string(sandbox.path("asked")).unwrap();
    let asked: Vec<_> = asked.lines().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(asked[..4], ["gh workflow run", "gh run list", "gh run watch", "gh run download"]);
    // A key that another one has taken over from is trusted as long as its file is there.
    let remove = commands.last().unwrap().split(' ').collect::<Vec<_>>();
    assert_eq!(remove[..2], ["git", "rm"]);
    git(&sandbox.path("repo"), &remove[1..]);
    assert!(!sandbox.path("repo/.github/aisoc-keys/acme.pem").exists());
    git(&sandbox.path("repo"), &["reset", "--quiet", "--hard"]);
    // With the line endings of Git for Windows they are the same files.
    for name in ["workflows/aisoc-plugin.yml", "aisoc-keys/acme.pem"] {
        let path = sandbox.path("repo/.github").join(name);
        let crlf = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        fs::write(&path, crlf).unwrap();
    }
    assert_eq!(sandbox.run_json(&arguments("--write")).expect(0).json()["written"], json!([]));
}

#[test]
fn what_is_printed_and_what_is_there_already() {
    let sandbox = repository();
    let before = sandbox.listing();
    let text = sandbox.run(&arguments("")).expect(0);
    for part in [
        "aisoc-plugin.yml (would be new)\n",
        "+name: AiSOC plugin\n",
        "Nothing was written",
        "gh secret set AISOC_PUBLISHER_KEY --env aisoc-signing",
    ] {
        assert!(text.stdout().contains(part), "{part}\n{}", text.shown());
    }
    before.assert_same(&sandbox.listing());
    sandbox.run(&arguments("--write")).expect(0);
    assert_eq!(sandbox.run_json(&arguments("--write")).expect(0).json()["written"], json!([]));
    // Its own file is brought up to date, and nobody else's is touched.
    let path = sandbox.path("repo/.github/workflows/aisoc-plugin.yml");
    let newer = arguments("--write").replace(COMMIT, &COMMIT.replace('0', "f"));
    let text = sandbox.run(&newer).expect(0);
    assert!(text.stdout().contains("aisoc-plugin.yml (replaced)\n"), "{}", text.shown());
    let made = fs::read_to_string(&path).unwrap();
    fs::write(&path, made.replace('\n', "\r\n")).unwrap();
    sandbox.run(&arguments("--write")).expect(0);
    let made = fs::read_to_string(&path).unwrap();
    let edited = made.replace("timeout-minutes: 30", "timeout-minutes: 40");
    fs::write(&path, &edited).unwrap();
    assert_eq!(sandbox.run_json(&newer).expect(3).error_code(), "target-exists");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    // Another plugin of the repository has its own.
    fs::write(&path, &made).unwrap();
    let other = sandbox.path("repo/plugins/other");
    fs::create_dir(&other).unwrap();
    for file in fs::read_dir(sandbox.path("repo/plugins/lookup")).unwrap().flatten() {
        if file.path().is_file() {
            fs::copy(file.path(), other.join(file.file_name())).unwrap();
        }
    }
    let shown = sandbox.run(&arguments("").replace("plugins/lookup", "plugins/other")).expect(0);
    assert!(shown.stdout().contains("`--write` would write nothing."), "{}", shown.shown());
    assert!(shown.all().contains("the workflow of the plugin in `plugins/lookup`"), "{}", shown.shown());
    let refused = sandbox.run_json(&arguments("--write").replace("plugins/lookup", "plugins/other")).expect(3);
    assert_eq!(refused.error_code(), "target-exists");
    assert!(
        refused.json()["error"]["message"]
            .as_str()
            .unwrap()
            .ends_with("the workflow of the plugin in `plugins/lookup`")
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), made);
    fs::write(&path, "name: mine\n").unwrap();
    assert_eq!(sandbox.run_json(&arguments("--write")).expect(3).error_code(), "target-exists");
    assert_eq!(fs::read_to_string(&path).unwrap(), "name: mine\n");
    fs::remove_dir_all(sandbox.path("repo/.github")).unwrap();
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("elsewhere"), sandbox.path("repo/.github")).unwrap();
    assert_eq!(sandbox.run_json(&arguments("--write")).expect(3).error_code(), "target-not-a-file");
    assert_eq!(fs::read_dir(sandbox.path("elsewhere")).unwrap().count(), 0);
}

#[test]
fn only_from_a_pinned_source_and_a_plain_folder() {
    let sandbox = repository();
    let base = "workflow repo/plugins/lookup --key-id acme";
    sandbox.run(base).expect(2);
    let url = "https://example.org/p.git";
    for source in [
        format!("{url}@main"),
        format!("{url}@{}", &COMMIT[..39]),
        format!("{url}@{}", COMMIT.to_uppercase()),
        url.to_owned(),
        format!("http://example.org/p.git@{COMMIT}"),
        format!("https://me:pass@example.org/p.git@{COMMIT}"),
        format!("https://example.org/p;id@{COMMIT}"),
        format!("https://example.org/$(id)@{COMMIT}"),
        format!("git@example.org:p.git@{COMMIT}"),
        format!("https://example.org@{COMMIT}"),
        format!("https:example.org/p@{COMMIT}"),
        format!("https://-oProxyCommand/p@{COMMIT}"),
        format!("https://example.org/../../p@{COMMIT}"),
        format!("https://example.org//p@{COMMIT}"),
    ] {
        let run = sandbox.run_json(&format!("{base} --build-from {source}")).expect(3);
        assert_eq!(run.error_code(), "workflow-source", "{source}");
        assert!(!run.stdout().contains("pass@"), "{}", run.shown());
    }
    for name in ["a b", "$(id)", "-x", "é", "a'b"] {
        let folder = sandbox.path("repo/plugins").join(name);
        fs::create_dir(&folder).unwrap();
        fs::copy(sandbox.path("repo/plugins/lookup/plugin.yaml"), folder.join("plugin.yaml")).unwrap();
        let build = format!("{url}@{COMMIT}");
        let words = [
            "workflow",
            "--plugin-dir",
            folder.to_str().unwrap(),
            "--key-id",
            "acme",
            "--build-from",
            &build,
            "--json",
        ];
        assert_eq!(sandbox.command(words).run().expect(3).error_code(), "file-name-invalid", "{name}");
    }
    let no_plugin = base.replace("plugins/lookup", "plugins");
    let run = sandbox.run_json(&format!("{no_plugin} --build-from {url}@{COMMIT}")).expect(3);
    assert_eq!(run.error_code(), "manifest-missing");
    let outside = format!("workflow home-less --key-id acme --build-from {url}@{COMMIT}");
    sandbox.write("home-less/plugin.yaml", fs::read(sandbox.path("repo/plugins/lookup/plugin.yaml")).unwrap());
    assert_eq!(sandbox.run_json(&outside).expect(3).error_code(), "no-repository");
}
