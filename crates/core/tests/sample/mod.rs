//! A plugin that all tests of folders share, and a key everybody knows.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use aisoc_publisher_core::key::{KeyId, SecretKey};
use tempfile::TempDir;

/// What [`sample`] is, computed by CPython 3.11.7 with PyYAML 6.0.3 and `cryptography` 48:
///
/// ```python
/// raw = yaml.safe_load((d / "plugin.yaml").read_text())
/// manifest = {k: v for k, v in raw.items() if k not in {"signature", "trust"}}
/// files = {p.relative_to(d).as_posix(): sha256(p.read_bytes()).hexdigest() for p in d.rglob("*.py") if p.is_file()}
/// canonical = json.dumps({"manifest": manifest, "files": files}, sort_keys=True, separators=(",", ":")).encode()
/// digest = sha256(canonical).digest()
/// signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(digest)
/// ```
pub const CANONICAL: &str = concat!(
    r#"{"files":{".hidden/.py":"e392dad8b08599f74d4819cd291feef81ab4389e0a6fae2b1286f99411b0c7ca","#,
    r#"".hidden/h.py":"a358c117a37095124fae3e07deda5e862dab4f4d0ad5d28d41a26fd8c473a158","#,
    r#""pkg/__init__.py":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","#,
    r#""pkg/sub/\u00fcn\u00efcode \ud83d\ude00.py":"0e432b54f7bbc938fb41ccc0c631f9688384eac4f00bdc035ce2127d8620f33a","#,
    r#""plugin.py":"ec9ff29112fdd3ef8d0747648c220c242742e74ca9995d33868c59b8da0631ae","#,
    r#""x.py/in.py":"582967534d0f909d196b97f9e6921342777aea87b46fa52df165389db1fb8ccf"},"#,
    r#""manifest":{"author":"Zo\u00eb","config_schema":{"ratio":1e+16,"trust":"kept"},"#,
    r#""description":"Enriches IPs, domains\nand hashes.\n","#,
    r#""homepage":"https://github.com/myorg/aisoc-virustotal","id":"myorg.virustotal","#,
    r#""name":"VirusTotal \u2013 Enricher","plugin_type":"enricher","tags":["threat-intel","enrichment"],"version":1.1}}"#,
);
pub const DIGEST: &str = "dd23b69b00b2caf17e17f333d1adb3825f0469d4acdb11c228b00c73c30fd42f";
pub const SIGNATURE: &str = "106d4ce2ae8fc3970031a2790d32ab30bb28445ff925b328d573bef90efade3f\
                             b59d3e736e4fcefe3b459c065255db72b846374172d604f7518160f95e6d0009";

/// RFC 8032 §7.1, test 1: the secret key.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

pub const MANIFEST: &str = "\
id: myorg.virustotal
name: VirusTotal – Enricher
version: 1.10
plugin_type: enricher
description: |
  Enriches IPs, domains
  and hashes.
author: Zoë
tags: [threat-intel, enrichment]
homepage: https://github.com/myorg/aisoc-virustotal
signature: 2024-01-15
trust: {level: high}
config_schema:
  ratio: 1.0e+16
  trust: kept
";

/// The covered files of [`sample`].
pub const COVERED: [(&str, &str); 6] = [
    ("plugin.py", "class Plugin:\n    pass\n"),
    ("pkg/__init__.py", ""),
    ("pkg/sub/ünïcode 😀.py", "# ä\n"),
    (".hidden/h.py", "h\r\n"),
    (".hidden/.py", "dot"),
    ("x.py/in.py", "in"),
];

/// Files beside them that no signature covers.
pub const UNCOVERED: [(&str, &str); 3] = [("README.md", "no"), ("X.PY", "no"), ("pkg/x.pyi", "no")];

/// Makes the sample plugin in a folder of its own.
pub fn sample() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "plugin.yaml", MANIFEST);
    for (name, text) in COVERED.into_iter().chain(UNCOVERED) {
        write(dir.path(), name, text);
    }
    dir
}

/// Makes a small plugin with this manifest and a `plugin.py`.
pub fn plugin(manifest: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "plugin.yaml", manifest);
    write(dir.path(), "plugin.py", "class Plugin: pass\n");
    dir
}

/// A manifest with the four required fields.
pub const SMALL: &str = "id: ab\nname: n\nversion: '1'\nplugin_type: enricher\n";

pub fn write(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

/// Every file and folder below `dir`, with the files' bytes, to see that nothing was written.
pub fn snapshot(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.unwrap();
        let bytes = if entry.file_type().is_file() { fs::read(entry.path()).unwrap_or_default() } else { Vec::new() };
        found.push((entry.into_path(), bytes));
    }
    found
}

pub fn key() -> SecretKey {
    // PKCS#8 v1 with the seed of an Ed25519 key (RFC 8410 §7).
    SecretKey::from_pkcs8_v1_der(&hex::decode(format!("302e020100300506032b657004220420{SEED}")).unwrap()).unwrap()
}

pub fn key_id() -> KeyId {
    "myorg-prod".parse().unwrap()
}

/// Runs the body of a test as a user whom file modes concern: here, or as `nobody` when the tests run as root.
#[cfg(target_os = "linux")]
pub fn unprivileged(test: &str, body: impl FnOnce()) {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::process::Command;

    let probe = tempfile::NamedTempFile::new().unwrap();
    if probe.as_file().metadata().unwrap().uid() != 0 {
        body();
        return;
    }
    // The test program may lie where `nobody` cannot go.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["--exact", test, "--nocapture"])
        .env("TMPDIR", "/tmp")
        .current_dir("/")
        .output()
        .expect("as root this test needs `setpriv` (package util-linux)");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{test} did not run as nobody:\n{said}");
}
