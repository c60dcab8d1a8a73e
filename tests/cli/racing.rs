//! A folder that changes while it is being signed.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::common::python;
use crate::common::sandbox::Sandbox;
use crate::common::transcript::Transcript;

const SIGN: &str = "sign --plugin-dir virustotal --private-key acme.key";

#[test]
fn a_folder_that_is_not_what_was_looked_at() {
    let sandbox = Sandbox::new();
    sandbox.sample("virustotal");
    sandbox.acme();
    let seen = sandbox.run("payload --plugin-dir virustotal --digest").expect(0).stdout().trim_end().to_owned();
    sandbox.run(&format!("{SIGN} --digest {seen}")).expect(0);
    fs::remove_file(sandbox.path("virustotal/plugin.sig")).unwrap();

    sandbox.write("virustotal/vt/cache.py", "changed = True\n");
    let before = sandbox.listing();
    let mut transcript = Transcript::new();
    transcript.add(&sandbox.run(&format!("{SIGN} --digest {seen}")).expect(3));
    let outcome = sandbox.run_json(&format!("{SIGN} --digest {seen}")).expect(3);
    assert_eq!(outcome.error_code(), "folder-changed", "{}", outcome.shown());
    before.assert_same(&sandbox.listing());
    transcript.check("folder-changed");

    // An upper-case digest is the same digest; what is there now can be signed.
    let now = &python::ask(&[json!({ "do": "digest", "plugin_dir": sandbox.path("virustotal") })])[0]["digest"];
    sandbox.run(&format!("{SIGN} --digest {}", now.as_str().unwrap())).expect(0);
}

/// Whoever hears "signed" while another program writes holds a signature of a state that the folder really had.
#[test]
fn a_file_that_grows_while_it_is_signed() {
    const SIZE: usize = 12 << 20;
    let sandbox = Sandbox::new();
    let plugin = sandbox.sample("only-plugin-py");
    sandbox.acme();
    let big = sandbox.write("only-plugin-py/big.py", vec![b'#'; SIZE]);
    // Python's bytes once; later states differ from them in one file's hash only.
    let payload = python::payload(&plugin);
    let base = Sha256::new_with_prefix(vec![b'#'; SIZE]);
    let placeholder = hex::encode(base.clone().finalize());
    assert_eq!(payload.matches(&placeholder).count(), 1);
    let digest_with = |added: usize| {
        let mut hasher = base.clone();
        hasher.update(vec![b'+'; added]);
        hex::encode(Sha256::digest(payload.replace(&placeholder, &hex::encode(hasher.finalize()))))
    };

    let (stop, added) = (AtomicBool::new(false), AtomicUsize::new(0));
    let signature = plugin.join("plugin.sig");
    let (mut refused, mut signed) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&big).unwrap();
            // Pauses of every length, so that changes fall into every step of signing.
            for pause in [1, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144].into_iter().cycle() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // Counted before it is there, so that the count is never too low.
                added.fetch_add(1, Ordering::SeqCst);
                file.write_all(b"+").unwrap();
                std::thread::sleep(Duration::from_millis(pause));
            }
        });
        for _ in 0..25 {
            let _ = fs::remove_file(&signature);
            let from = added.load(Ordering::SeqCst).saturating_sub(1);
            let outcome = sandbox.run_json("sign --plugin-dir only-plugin-py --private-key acme.key");
            let to = added.load(Ordering::SeqCst);
            if outcome.status == 0 {
                let object = outcome.json();
                assert!((from..=to).any(|count| object["digest"] == digest_with(count)), "signed what was never there");
                assert_eq!(object["signature"], fs::read_to_string(&signature).unwrap());
                signed += 1;
            } else {
                let code = outcome.error_code();
                let expected = ["file-changed", "folder-changed", "recheck-failed"];
                assert!(expected.contains(&code.as_str()), "{}", outcome.shown());
                assert!(!signature.exists(), "refused, and a signature is there: {}", outcome.shown());
                refused += 1;
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    eprintln!("{signed} signed, {refused} refused");
    assert!(refused > 0, "the folder never changed in time: this tested nothing");
    // Once nothing writes any more, all is well.
    sandbox.sign("only-plugin-py");
    sandbox.run("verify --plugin-dir only-plugin-py --trusted-keys trusted").expect(0);
}
