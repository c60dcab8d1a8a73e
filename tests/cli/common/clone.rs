//! A small repository in the form of AiSOC's, with an index script that was written from the contract, all committed.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use super::python;
use super::sandbox::Sandbox;
use super::tests_folder;

/// A manifest that AiSOC's guide has nothing against.
pub const MANIFEST: &str = "id: community-zoe-lookup\nname: Lookup\nversion: 1.0.0\nplugin_type: enricher\n\
                            description: Looks things up.\nauthor: Zoe\ntags: [lookup]\nlicense: MIT\n\
                            homepage: https://example.org/lookup\nmin_aisoc_version: 1.0.0\n";

/// Makes it in the folder `AiSOC`, with an index that its script made.
pub fn make(sandbox: &Sandbox) {
    let script = fs::read(tests_folder().join("checkout/build_marketplace.py")).unwrap();
    let script = sandbox.write("AiSOC/scripts/build_marketplace.py", script);
    sandbox.write("AiSOC/scripts/variant.py", "WORDS = ['three-copies', 'sha256']\n");
    sandbox.write("AiSOC/plugins/core/plugin.yaml", MANIFEST.replace("community-zoe-lookup", "core"));
    python::python(["-B", script.to_str().unwrap()], b"");
    git(sandbox, &["init", "--quiet", "--initial-branch=main"]);
    git(sandbox, &["add", "--all"]);
    git(sandbox, &["commit", "--quiet", "--message=everything"]);
}

/// The tree that is staged in a repository of the sandbox: every name, mode and byte.
pub fn tree(sandbox: &Sandbox, folder: &str) -> String {
    let output = Command::new("git").arg("write-tree").current_dir(sandbox.path(folder)).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Runs Git in the clone, without anybody's settings.
pub fn git(sandbox: &Sandbox, arguments: &[&str]) {
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let output = Command::new("git")
        .args(arguments)
        .current_dir(sandbox.path("AiSOC"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(who.map(|name| (name, "nobody@example.org")))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A `PATH` on which the Python with PyYAML is the first.
pub fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(python::folder().into_iter().chain(std::env::split_paths(&path))).unwrap()
}
