//! What is committed, beside what Git's own clone of it has.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::python;
use crate::common::run::Outcome;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

/// Runs Git without any configuration of the user or the machine.
#[track_caller]
fn git(folder: &Path, arguments: &str) {
    crate::common::need("git", "git");
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let when = ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"];
    let output = Command::new("git")
        .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(who.map(|name| (name, "nobody@example.org")))
        .envs(when.map(|name| (name, "2024-01-15T12:00:00Z")))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A signed plugin in the repository `repo`, in the folder `repo/plugins/my_plugin`; nothing is committed.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("nested-packages");
    fs::create_dir_all(sandbox.path("repo/plugins")).unwrap();
    fs::rename(sandbox.path("nested-packages"), sandbox.path(PLUGIN)).unwrap();
    sandbox.write("repo/plugins/my_plugin/größe.py", "x = 1\ny = 2\n");
    sandbox.write("repo/plugins/my_plugin/empty.py", "");
    sandbox.write("repo/shared.py", "shared = 1\n");
    sandbox.sign(PLUGIN);
    git(&sandbox.path("repo"), "init --quiet");
    sandbox
}

const PLUGIN: &str = "repo/plugins/my_plugin";

#[track_caller]
fn commit(sandbox: &Sandbox) {
    let repo = sandbox.path("repo");
    git(&repo, "add --all");
    git(&repo, "commit --quiet --message everything");
}

fn committed() -> Sandbox {
    let sandbox = repository();
    commit(&sandbox);
    sandbox
}

fn verify(sandbox: &Sandbox) -> Outcome {
    sandbox.run_json(&format!("verify {PLUGIN} --committed --keys trusted"))
}

#[track_caller]
fn code(sandbox: &Sandbox) -> String {
    verify(sandbox).expect(3).error_code()
}

fn findings(answer: &Value) -> Vec<(String, Value)> {
    let findings = answer["findings"].as_array().unwrap().iter();
    findings.map(|finding| (finding["code"].as_str().unwrap().to_owned(), finding["paths"].clone())).collect()
}

/// Clones with Git, and compares what this program says of the commit with what the reference says of the clone.
#[track_caller]
fn assert_as_cloned(sandbox: &Sandbox, what: &str) -> Value {
    let before = sandbox.listing();
    let outcome = verify(sandbox);
    before.assert_same(&sandbox.listing());
    let answer = outcome.json();
    assert!(answer.get("error").is_none(), "{what}: {}", outcome.shown());
    let clone = sandbox.path("clone");
    let _ = fs::remove_dir_all(&clone);
    git(&sandbox.path(""), "clone --quiet --no-local repo clone");
    let plugin = clone.join("plugins/my_plugin");
    let modes = ["strict", "warn", "disabled"];
    let question = |mode: &str| json!({ "do": "verdict", "plugin_dir": plugin, "trusted_keys": sandbox.path("trusted"), "mode": mode });
    let mut questions: Vec<_> = modes.iter().map(|mode| question(mode)).collect();
    questions.push(json!({ "do": "digest", "plugin_dir": plugin }));
    let expected = python::ask(&questions);
    for (mode, expected) in modes.iter().zip(&expected) {
        assert_eq!(answer["modes"][mode], *expected, "{what}, in {mode}: {}", outcome.shown());
    }
    if !answer["digest"].is_null() {
        assert_eq!(answer["digest"], expected[3]["digest"], "{what}: {}", outcome.shown());
    }
    answer
}

#[test]
fn as_a_fresh_clone_has_it() {
    let sandbox = committed();
    let answer = assert_as_cloned(&sandbox, "as it is");
    assert_eq!((&answer["reason"], findings(&answer)), (&json!("verified"), vec![]));
    assert_eq!(answer["folder"], "plugins/my_plugin");
    let repo = sandbox.path("repo");

    git(&repo, "tag -a -m one v1");
    git(&repo, "gc --quiet --aggressive");
    git(&repo, "pack-refs --all");
    assert!(!repo.join(".git/refs/heads/main").exists());
    assert_eq!(assert_as_cloned(&sandbox, "packed")["reason"], "verified");

    // Deltas: a long file that changes a little.
    let mut long: String = (0..2000).map(|i| format!("line_{i} = {}\n", i * i)).collect();
    for version in 0..4 {
        long += &format!("version = {version}\n");
        sandbox.write("repo/plugins/my_plugin/long.py", &long);
        commit(&sandbox);
    }
    sandbox.sign(PLUGIN);
    commit(&sandbox);
    git(&repo, "repack -a -d --quiet --depth=50 --window=50");
    assert_eq!(assert_as_cloned(&sandbox, "deltas")["reason"], "verified");
    git(&repo, "multi-pack-index write");
    assert_eq!(assert_as_cloned(&sandbox, "with an index over all packs")["reason"], "verified");

    git(&repo, "checkout --quiet --detach");
    assert_eq!(assert_as_cloned(&sandbox, "detached")["reason"], "verified");
    git(&repo, "checkout --quiet main");

    // A linked work tree has its HEAD elsewhere.
    git(&repo, "worktree add --quiet --detach ../linked HEAD~1");
    let answer = sandbox.run_json("verify linked/plugins/my_plugin --committed --keys trusted").expect(1).json();
    assert_eq!(answer["reason"], "no-key-matches");
    assert_eq!(findings(&answer), []);

    // Through a symlink, and with a variable that Git itself would obey.
    symlink(sandbox.path(PLUGIN), sandbox.path("through")).unwrap();
    let run =
        sandbox.command(["verify", "through", "--committed", "--keys", "trusted"]).env("GIT_DIR", "/nowhere").run();
    run.expect(0);
}

#[test]
fn as_attributes_change_it() {
    let crlf = "a = 1\r\nb = 2\n";
    let files: [(&str, &[u8]); 5] = [
        ("mixed.py", crlf.as_bytes()),
        ("crlf.py", b"a = 1\r\nb = 2\r\n"),
        ("binary.py", b"x\n\0\x01\n"),
        ("cr.py", b"x\ry\n"),
        ("sub/deep.py", b"deep\nfile"),
    ];
    // Each line is one `.gitattributes`, written with `;` for newlines; the second one lies in the plugin's folder.
    let table = [
        ("", ""),
        ("*.py text eol=crlf", ""),
        ("*.py eol=crlf", ""),
        ("* text=auto eol=crlf", ""),
        ("* text=auto", ""),
        ("*.py text", ""),
        ("*.py text eol=lf", ""),
        ("* eol=crlf;*.py -text", ""),
        ("* text=auto eol=crlf", "*.py -text"),
        ("* text=auto eol=crlf", "sub/** eol=lf"),
        ("plugins/my_plugin/plugin.py text eol=crlf", ""),
        ("[attr]windows text eol=crlf;*.py windows", ""),
        ("*.py text eol=crlf;*.py binary", ""),
        ("*.py crlf eol=crlf", ""),
        ("*.py -crlf eol=crlf", ""),
        ("*.py !text eol=crlf", "plugin.py !eol"),
        ("*.py filter=lfs diff=lfs merge=lfs -text", ""),
        ("*.py ident", ""),
        ("*.sig text eol=crlf;*.yaml text eol=crlf", ""),
        ("*.py working-tree-encoding=UTF-8", ""),
        ("plugins export-ignore", ""),
    ];
    let mut verified = 0;
    for (root, inner) in table {
        let sandbox = repository();
        for (name, content) in files {
            sandbox.write(&format!("{PLUGIN}/{name}"), content);
        }
        // Committed as they are, before any attribute could change them on the way in.
        sandbox.sign(PLUGIN);
        commit(&sandbox);
        sandbox.write("repo/.gitattributes", root.replace(';', "\n") + "\n");
        if !inner.is_empty() {
            sandbox.write(&format!("{PLUGIN}/.gitattributes"), format!("{inner}\n"));
        }
        // By name, so that no file is looked at again and changed on the way in.
        git(&sandbox.path("repo"), "add .gitattributes");
        if !inner.is_empty() {
            git(&sandbox.path("repo"), &format!("add {}/.gitattributes", PLUGIN.strip_prefix("repo/").unwrap()));
        }
        git(&sandbox.path("repo"), "commit --quiet --message attributes");
        let answer = assert_as_cloned(&sandbox, &format!("{root} | {inner}"));
        verified += usize::from(answer["reason"] == "verified");
        let found: Vec<_> = findings(&answer).into_iter().map(|(code, _)| code).collect();
        let converts = found.contains(&"git-crlf".to_owned());
        assert!(converts || answer["reason"] == "verified", "{root} | {inner}: {found:?}");
        assert_eq!(found.contains(&"git-export-ignored".to_owned()), root.contains("export-ignore"), "{root}");
    }
    assert!((6..table.len() - 6).contains(&verified), "{verified} of {}", table.len());
}

#[test]
fn as_links_and_submodules_are_cloned() {
    let sandbox = repository();
    let plugin = sandbox.path(PLUGIN);
    symlink("plugin.py", plugin.join("same.py")).unwrap();
    symlink("../../shared.py", plugin.join("shared.py")).unwrap();
    symlink("same.py", plugin.join("twice.py")).unwrap();
    symlink("nowhere", plugin.join("dangling.py")).unwrap();
    symlink("loop.py", plugin.join("loop.py")).unwrap();
    symlink("..", plugin.join("up.py")).unwrap();
    symlink("/etc/passwd", plugin.join("passwd")).unwrap();
    git(&sandbox.path(""), "init --quiet module");
    sandbox.write("module/in.py", "in_module = 1\n");
    git(&sandbox.path("module"), "add --all");
    git(&sandbox.path("module"), "commit --quiet --message module");
    commit(&sandbox);
    git(&sandbox.path("repo"), "submodule --quiet add ../module plugins/my_plugin/module");
    sandbox.sign(PLUGIN);
    commit(&sandbox);
    // A clone has an empty folder for the submodule, so the signature, which covers what is in it, is none.
    let answer = assert_as_cloned(&sandbox, "links and a submodule");
    assert_eq!(answer["reason"], "no-key-matches");
    assert_eq!(findings(&answer), [("shipped-files-missing".to_owned(), json!(["module/in.py"]))]);
    // The submodule itself is a repository as well.
    let inside = format!("verify {PLUGIN}/module --committed --keys trusted");
    let answer = sandbox.run_json(&inside).expect(1).json();
    assert_eq!((&answer["folder"], &answer["reason"]), (&json!(""), &json!("manifest-missing")));

    symlink("/etc/hostname", plugin.join("out.py")).unwrap();
    commit(&sandbox);
    assert_eq!(code(&sandbox), "clone-unknown");
    fs::remove_file(plugin.join("out.py")).unwrap();
    symlink("../../../beside.py", plugin.join("out.py")).unwrap();
    commit(&sandbox);
    assert_eq!(code(&sandbox), "clone-unknown");
}

#[test]
fn what_is_not_committed_is_named() {
    let sandbox = repository();
    sandbox.write("repo/.gitignore", "*.sig\n/plugins/*/generated/\n!kept.py\n");
    sandbox.write(&format!("{PLUGIN}/generated/kept.py"), "");
    sandbox.write(&format!("{PLUGIN}/.gitignore"), "local.py\n");
    sandbox.write(&format!("{PLUGIN}/local.py"), "");
    sandbox.sign(PLUGIN);
    commit(&sandbox);
    sandbox.write(&format!("{PLUGIN}/later.py"), "");
    sandbox.write(&format!("{PLUGIN}/plugin.py"), "class Plugin: ...\n");
    sandbox.write(&format!("{PLUGIN}/größe.py"), "x = 1\r\ny = 2\r\n");
    let answer = assert_as_cloned(&sandbox, "much is left out");
    assert_eq!(answer["reason"], "unsigned");
    assert_eq!(
        findings(&answer),
        [
            ("shipped-without-signature".to_owned(), json!(["plugin.sig"])),
            ("shipped-files-missing".to_owned(), json!(["generated/kept.py", "later.py", "local.py"])),
            ("shipped-files-changed".to_owned(), json!(["plugin.py"])),
            ("shipped-line-endings".to_owned(), json!(["größe.py"])),
            ("git-ignored".to_owned(), json!(["generated/kept.py", "local.py", "plugin.sig"])),
        ]
    );
    let mut transcript = Transcript::new();
    let outcome = sandbox.run(&format!("verify {PLUGIN} --committed --keys trusted")).expect(1);
    transcript.add(&outcome);
    transcript.check("committed");
}

#[test]
fn a_pointer_of_git_lfs_is_said_to_be_one() {
    let sandbox = repository();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 3\n", "0".repeat(64));
    sandbox.write(&format!("{PLUGIN}/plugin.py"), &pointer);
    sandbox.sign(PLUGIN);
    commit(&sandbox);
    sandbox.write("repo/.gitattributes", "*.py filter=lfs\n");
    commit(&sandbox);
    let answer = assert_as_cloned(&sandbox, "a pointer");
    assert_eq!(findings(&answer), [("git-lfs".to_owned(), json!(["plugin.py"]))]);
}

#[test]
fn what_a_clone_has_is_not_guessed() {
    for (attributes, content) in [("*.py ident", "# $Id$\n"), ("*.py working-tree-encoding=UTF-16LE", "x = 1\n")] {
        let sandbox = repository();
        sandbox.write(&format!("{PLUGIN}/plugin.py"), content);
        commit(&sandbox);
        sandbox.write("repo/.gitattributes", attributes);
        git(&sandbox.path("repo"), "add .gitattributes");
        git(&sandbox.path("repo"), "commit --quiet --message attributes");
        assert_eq!(code(&sandbox), "clone-unknown", "{attributes}");
    }
}

#[test]
fn repositories_that_are_not_read() {
    let sandbox = repository();
    assert_eq!(code(&sandbox), "not-committed");
    sandbox.write("repo/.gitignore", "plugins\n");
    commit(&sandbox);
    assert_eq!(code(&sandbox), "not-committed");
    fs::rename(sandbox.path("repo/.git"), sandbox.path("repo/git")).unwrap();
    assert_eq!(code(&sandbox), "no-repository");
    assert_eq!(sandbox.run_json("verify nowhere --committed").expect(3).error_code(), "folder-invalid");

    for form in ["--object-format=sha256", "--ref-format=reftable"] {
        let sandbox = repository();
        fs::remove_dir_all(sandbox.path("repo/.git")).unwrap();
        git(&sandbox.path("repo"), &format!("init --quiet {form}"));
        commit(&sandbox);
        assert_eq!(code(&sandbox), "repository-unsupported", "{form}");
    }

    let sandbox = committed();
    git(&sandbox.path(""), "clone --quiet --shared repo shared");
    let run = sandbox.run_json("verify shared/plugins/my_plugin --committed").expect(3);
    assert_eq!(run.error_code(), "repository-unsupported");

    git(&sandbox.path("repo"), "config uploadpack.allowFilter true");
    let url = format!("file://{}", sandbox.path("repo").display());
    git(&sandbox.path(""), &format!("clone --quiet --filter=blob:none --no-checkout {url} partial"));
    crate::common::copy_folder(&sandbox.path("repo/plugins"), &sandbox.path("partial/plugins"));
    let outcome = sandbox.run_json("verify partial/plugins/my_plugin --committed").expect(3);
    assert_eq!(outcome.error_code(), "repository-incomplete");
    assert!(outcome.json()["error"]["hint"].as_str().unwrap().contains("partial clone"), "{}", outcome.shown());
    // One that has only the last commit is whole for this purpose.
    git(&sandbox.path(""), &format!("clone --quiet --depth=1 {url} shallow"));
    sandbox.run("verify shallow/plugins/my_plugin --committed --keys trusted").expect(0);
}

#[test]
fn damage_is_told_from_absence() {
    let object_of = |sandbox: &Sandbox, path: &str| {
        let output = Command::new("git")
            .args(["-c", "safe.directory=*", "rev-parse", &format!("HEAD:plugins/my_plugin/{path}")])
            .current_dir(sandbox.path("repo"))
            .output()
            .unwrap();
        let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        sandbox.path("repo/.git/objects").join(&id[..2]).join(&id[2..])
    };
    let put = |path: &Path, content: &[u8]| {
        fs::remove_file(path).unwrap();
        fs::write(path, content).unwrap();
    };
    let sandbox = committed();
    let (one, other) = (object_of(&sandbox, "plugin.py"), object_of(&sandbox, "größe.py"));
    let original = fs::read(&one).unwrap();
    // Another file's object under this one's name: well-formed, and not what the commit says.
    put(&one, &fs::read(other).unwrap());
    assert_eq!(code(&sandbox), "repository-damaged");
    put(&one, b"no zlib");
    assert_eq!(code(&sandbox), "repository-damaged");
    put(&one, &original[..original.len() / 2]);
    assert_eq!(code(&sandbox), "repository-damaged");
    put(&one, b"");
    assert_eq!(code(&sandbox), "repository-damaged");
    fs::remove_file(&one).unwrap();
    assert_eq!(code(&sandbox), "repository-incomplete");
    // Opening one of these would wait for ever.
    for name in [one.clone(), sandbox.path("repo/.git/objects/pack/pack-1.idx"), sandbox.path("repo/.git/commondir")] {
        assert!(Command::new("mkfifo").arg(&name).status().unwrap().success());
        assert_eq!(code(&sandbox), "repository-damaged", "{}", name.display());
        fs::remove_file(name).unwrap();
    }
    fs::write(&one, &original).unwrap();
    verify(&sandbox).expect(0);

    let head = sandbox.path("repo/.git/HEAD");
    for text in ["", "ref: refs/heads/../../secret", "ref: /etc/passwd", "ref: HEAD", "not a ref", &"0".repeat(39)] {
        fs::write(&head, text).unwrap();
        assert_eq!(code(&sandbox), "repository-damaged", "{text:?}");
    }
    for text in ["ref: refs/heads/loop\n", "ref: refs/heads/none\n"] {
        fs::write(sandbox.path("repo/.git/refs/heads/loop"), "ref: refs/heads/loop\n").unwrap();
        fs::write(&head, text).unwrap();
        assert_eq!(code(&sandbox), if text.contains("loop") { "repository-damaged" } else { "not-committed" });
    }
    fs::write(&head, "0".repeat(40)).unwrap();
    assert_eq!(code(&sandbox), "repository-incomplete");
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let sandbox = committed();
    let touched = sandbox.path("touched");
    let hook = sandbox.write("hook", format!("#!/bin/sh\ntouch {}\ncat\n", touched.display()));
    crate::common::sandbox::set_mode(&hook, 0o755);
    let hook = hook.display();
    let config = format!(
        "[core]\n\tfsmonitor = {hook}\n\thooksPath = {}\n\tsshCommand = {hook}\n\tpager = {hook}\n\teditor = {hook}\n\
         [filter \"evil\"]\n\tsmudge = {hook}\n\tclean = {hook}\n\tprocess = {hook}\n\trequired = true\n\
         [diff \"evil\"]\n\ttextconv = {hook}\n[include]\n\tpath = {hook}\n[core]\n\tautocrlf = true\n\tworktree = /\n",
        sandbox.path("").display(),
    );
    fs::write(sandbox.path("repo/.git/config"), config).unwrap();
    for name in ["post-checkout", "post-index-change", "fsmonitor-watchman"] {
        fs::copy(sandbox.path("hook"), sandbox.path("repo/.git/hooks").join(name)).unwrap();
    }
    sandbox.write("repo/.git/info/attributes", "*.py filter=evil diff=evil text eol=crlf\n");
    let before = sandbox.listing();
    // Without a `PATH` not even `git` itself could be run.
    let run = sandbox.command(["verify", PLUGIN, "--committed", "--keys", "trusted", "--json"]).env("PATH", "").run();
    assert_eq!(run.expect(0).json()["reason"], "verified");
    before.assert_same(&sandbox.listing());
    assert!(!touched.exists());
}
