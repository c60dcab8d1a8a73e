//! Where a signature may go, and what happens to what is there.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use crate::common::keys;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

const SIGN: &str = "sign --plugin-dir virustotal --private-key acme.key";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    sandbox
}

#[test]
fn a_signature_may_go_elsewhere() {
    let sandbox = sandbox();
    fs::create_dir(sandbox.path("release")).unwrap();
    let signed = sandbox.run_json(&format!("{SIGN} --out release/virustotal.sig")).expect(0).json();
    assert!(!sandbox.path("virustotal/plugin.sig").exists());
    let written = fs::read_to_string(sandbox.path("release/virustotal.sig")).unwrap();
    assert_eq!(signed["signature"], written);
    assert_eq!(signed["signature_file"], "release/virustotal.sig");
    // The same bytes as in the plugin's own file.
    sandbox.run(SIGN).expect(0);
    assert_eq!(fs::read_to_string(sandbox.path("virustotal/plugin.sig")).unwrap(), written);
    // Again, over itself.
    sandbox.run(&format!("{SIGN} --out release/virustotal.sig")).expect(0);
    assert_eq!(fs::read_to_string(sandbox.path("release/virustotal.sig")).unwrap(), written);
    // An empty file holds nothing that could be lost.
    sandbox.write("release/empty", "");
    sandbox.run(&format!("{SIGN} --out release/empty")).expect(0);
    // Inside the plugin's folder under another name, and with an absolute path.
    sandbox.run(&format!("{SIGN} --out virustotal/other.sig")).expect(0);
    let absolute = sandbox.path("absolute.sig");
    sandbox.command(SIGN.split(' ').chain(["--out", absolute.to_str().unwrap()])).run().expect(0);
    assert_eq!(fs::read_to_string(absolute).unwrap(), written);
}

#[test]
fn some_files_are_never_written_to() {
    let sandbox = sandbox();
    sandbox.write("notes.txt", "precious");
    sandbox.write("long.txt", vec![b'x'; 2 << 20]);
    symlink("../notes.txt", sandbox.path("virustotal/link.sig")).unwrap();
    symlink("nowhere", sandbox.path("broken.sig")).unwrap();
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    for (out, code) in [
        ("virustotal/plugin.yaml", "output-refused"),
        ("virustotal/aisoc-plugin.json", "output-refused"),
        ("plugin.yaml", "output-refused"),
        ("virustotal/plugin.py", "output-refused"),
        ("virustotal/new.py", "output-refused"),
        ("virustotal/NEW.PY", "output-refused"),
        ("anywhere.py", "output-refused"),
        ("virustotal", "target-not-a-file"),
        ("virustotal/", "target-not-a-file"),
        ("virustotal/vt", "target-not-a-file"),
        ("virustotal/..", "target-not-a-file"),
        ("virustotal/link.sig", "target-not-a-file"),
        ("broken.sig", "target-not-a-file"),
        ("/dev/null", "target-not-a-file"),
        ("notes.txt", "output-refused"),
        ("long.txt", "output-refused"),
        ("acme.key", "output-refused"),
        ("virustotal/README.md", "output-refused"),
        ("no/such/folder/x.sig", "io"),
    ] {
        transcript.add(&sandbox.run(&format!("{SIGN} --out {out}")).expect(3));
        let outcome = sandbox.run_json(&format!("{SIGN} --out {out}")).expect(3);
        assert_eq!(outcome.error_code(), code, "{}", outcome.shown());
    }
    before.assert_same(&sandbox.listing());
    transcript.check("output-refused");
}

/// A covered file may be a symlink to a file elsewhere. Written there, a signature would undo itself.
#[test]
fn a_signature_that_would_change_what_it_signs_is_taken_back() {
    let sandbox = sandbox();
    sandbox.write("empty.txt", "");
    symlink("../empty.txt", sandbox.path("virustotal/data.py")).unwrap();
    let outcome = sandbox.run_json(&format!("{SIGN} --out empty.txt")).expect(3);
    assert_eq!(outcome.error_code(), "recheck-failed", "{}", outcome.shown());
    assert_eq!(fs::read(sandbox.path("empty.txt")).unwrap(), b"");
}

#[test]
fn signing_again_replaces_whatever_signature_is_there() {
    let sandbox = sandbox();
    let path = sandbox.path("virustotal/plugin.sig");
    sandbox.run(SIGN).expect(0);
    let first = fs::read(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);

    for (what, content) in [
        ("longer than a signature", vec![b'x'; 100_000]),
        ("base64", b"bm90IGhleA==".to_vec()),
        ("another key's signature", vec![b'0'; 128]),
        ("nothing", Vec::new()),
    ] {
        fs::write(&path, content).unwrap();
        sandbox.run(SIGN).expect(0);
        assert_eq!(fs::read(&path).unwrap(), first, "{what}");
    }
    // A hard link's other name keeps its bytes: the new file is renamed into place.
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, sandbox.path("kept")).unwrap();
    sandbox.run(SIGN).expect(0);
    assert_eq!(fs::read(sandbox.path("kept")).unwrap(), b"old");
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 1);
    // A file that may not be written is replaced as well; the folder is what counts.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    fs::write(sandbox.path("virustotal/plugin.py"), "class Plugin: pass\n").unwrap();
    sandbox.run(SIGN).expect(0);
    assert_ne!(fs::read(&path).unwrap(), first);
    // Another key's signature takes its place.
    sandbox.write("other.key", keys::other_private_pem());
    sandbox.run("sign --plugin-dir virustotal --private-key other.key").expect(0);
    sandbox.run("verify --plugin-dir virustotal --trusted-keys trusted").expect(1);
    // Nothing else was left behind in the folder.
    let mut names: Vec<_> =
        fs::read_dir(sandbox.path("virustotal")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["README.md", "plugin.py", "plugin.sig", "plugin.yaml", "tests", "vt"]);
}

#[test]
fn keygen_replaces_nothing() {
    let sandbox = Sandbox::new();
    for (obstacle, kind) in [
        ("taken.pem", "file"),
        ("taken.key", "file"),
        ("taken.key", "folder"),
        ("taken.key", "link"),
        ("taken.pem", "link"),
    ] {
        let path = sandbox.path(obstacle);
        match kind {
            "file" => fs::write(&path, "a").unwrap(),
            "folder" => fs::create_dir(&path).unwrap(),
            _ => symlink("nowhere", &path).unwrap(),
        }
        // A private file that was made before the public one failed is gone again.
        let names = || -> Vec<_> { fs::read_dir(sandbox.path("")).unwrap().map(|e| e.unwrap().file_name()).collect() };
        let before = names();
        let outcome = sandbox.run_json("keygen --out taken").expect(3);
        assert_eq!(outcome.error_code(), "target-exists", "{}", outcome.shown());
        assert_eq!(names(), before);
        if fs::symlink_metadata(&path).unwrap().is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) }
            .unwrap();
    }
    for prefix in ["folder/", "..", "."] {
        fs::create_dir_all(sandbox.path("folder")).unwrap();
        let before = sandbox.listing();
        sandbox.run(&format!("keygen --out {prefix}")).expect(3);
        before.assert_same(&sandbox.listing());
    }
}

#[test]
fn keygen_warns_where_a_key_would_travel() {
    let sandbox = sandbox();
    sandbox.write("repository/.git/HEAD", "ref: refs/heads/main\n");
    for (prefix, words) in [
        ("virustotal/acme", "plugin folder"),
        ("virustotal/vt/acme", "plugin folder"),
        ("repository/acme", "Git work tree"),
    ] {
        let outcome = sandbox.run(&format!("keygen --out {prefix}")).expect(0);
        assert!(outcome.stderr().starts_with("warning: "), "{}", outcome.shown());
        assert!(outcome.stderr().contains(words), "{}", outcome.shown());
    }
    let warned = sandbox.run_json("keygen --out virustotal/again").expect(0).json();
    assert_eq!(warned["warnings"][0]["code"], "key-at-risk");
    let silent = sandbox.run("keygen --out safe").expect(0);
    assert_eq!(silent.stderr(), "");
}
