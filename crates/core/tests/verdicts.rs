//! The loader's answer in every mode: AiSOC's loader contract, §2, §4, §5 and §6.
#![allow(clippy::unwrap_used)]

mod sample;

use std::fs;
use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::key::{PublicKey, SecretKey};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::{TrustedKeys, TrustedKeysError};
use aisoc_publisher_core::verdict::{self, ModeVerdict, Outcome, TrustMode, Verdict};
use sample::{key, key_id, plugin, sample, write};

fn ours() -> TrustedKeys {
    TrustedKeys::only(&key_id(), key().public().clone())
}

fn judge(dir: &Path, keys: &TrustedKeys) -> Verdict {
    verdict::judge(dir, Ok(keys), &Task::unwatched()).unwrap()
}

/// `strict / warn / disabled`, each as status or `refused` or `cannot-tell`, and the reason in strict mode.
fn row(verdict: &Verdict) -> String {
    let mode = |mode: &ModeVerdict| match (mode.outcome, mode.signature_status) {
        (Outcome::Loads, Some(status)) => status.as_str(),
        (Outcome::Refuses, None) => "refused",
        (Outcome::CannotTell, None) => "cannot-tell",
        other => panic!("{other:?}"),
    };
    let [strict, warn, disabled] = TrustMode::ALL.map(|name| mode(verdict.mode(name)));
    format!("{strict} / {warn} / {disabled}: {}", verdict.strict.reason.as_str())
}

fn signed_sample() -> tempfile::TempDir {
    let dir = sample();
    write(dir.path(), "plugin.sig", sample::SIGNATURE);
    dir
}

#[test]
fn a_signature_made_by_python_verifies() {
    let dir = signed_sample();
    let verdict = judge(dir.path(), &ours());
    assert_eq!(row(&verdict), "verified / verified / skipped: verified");
    assert_eq!(verdict.strict.key_id.as_deref(), Some("myorg-prod"));
    assert_eq!(verdict.disabled.key_id, None);
    assert_eq!(verdict.digest.unwrap().to_string(), sample::DIGEST);
}

#[test]
fn the_table_of_section_6() {
    const VERIFIED: &str = "verified / verified / skipped: verified";
    const UNSIGNED: &str = "refused / unsigned / skipped: unsigned";
    const MALFORMED: &str = "refused / refused / skipped: signature-malformed";
    const UNREADABLE: &str = "refused / refused / skipped: signature-unreadable";
    const NO_KEYS: &str = "refused / invalid / skipped: no-trusted-keys";
    const NO_MATCH: &str = "refused / invalid / skipped: no-key-matches";
    const NOT_CANONICAL: &str = "refused / refused / skipped: not-canonical";

    let other = SecretKey::generate().unwrap();
    let (ours, others, none) = (ours(), TrustedKeys::only(&key_id(), other.public().clone()), TrustedKeys::default());
    let dated = sample::MANIFEST.replace("config_schema:", "released: 2024-01-15\nconfig_schema:");
    let invalid = "00".repeat(64);
    // Manifest, plugin.sig, then the answer with our key, another key, no key. The order of precedence decides the rows
    // where several things are wrong.
    let table = [
        (sample::MANIFEST, Some(sample::SIGNATURE), [VERIFIED, NO_MATCH, NO_KEYS]),
        (sample::MANIFEST, Some(&invalid), [NO_MATCH, NO_MATCH, NO_KEYS]),
        (sample::MANIFEST, None, [UNSIGNED, UNSIGNED, UNSIGNED]),
        (sample::MANIFEST, Some("junk"), [MALFORMED, MALFORMED, MALFORMED]),
        (sample::MANIFEST, Some(""), [MALFORMED, MALFORMED, MALFORMED]),
        (&dated, Some(sample::SIGNATURE), [NOT_CANONICAL, NOT_CANONICAL, NO_KEYS]),
        (&dated, None, [UNSIGNED, UNSIGNED, UNSIGNED]),
        (&dated, Some("junk"), [MALFORMED, MALFORMED, MALFORMED]),
    ];
    for (manifest, signature, expected) in table {
        let dir = sample();
        write(dir.path(), "plugin.yaml", manifest);
        if let Some(signature) = signature {
            write(dir.path(), "plugin.sig", signature);
        }
        for (keys, expected) in [&ours, &others, &none].into_iter().zip(expected) {
            assert_eq!(row(&judge(dir.path(), keys)), expected, "{signature:?}");
        }
    }
    let dir = sample();
    fs::create_dir(dir.path().join("plugin.sig")).unwrap();
    assert_eq!(row(&judge(dir.path(), &ours)), UNREADABLE);
    assert_eq!(row(&judge(dir.path(), &none)), UNREADABLE);
}

#[test]
fn manifest_errors_refuse_in_every_mode_and_come_first() {
    let all = |reason| format!("refused / refused / refused: {reason}");
    let table = [
        ("id: [", "manifest-unreadable"),
        ("id: 2024-13-45", "manifest-unreadable"),
        ("- a", "manifest-not-mapping"),
        ("id: ab", "manifest-fields-missing"),
        ("id: a/b\nname: n\nversion: 1\nplugin_type: enricher", "id-invalid"),
        ("id: ab\nname: n\nversion: 1\nplugin_type: plugin", "plugin-type-invalid"),
    ];
    for (manifest, reason) in table {
        let dir = plugin(manifest);
        assert_eq!(row(&judge(dir.path(), &ours())), all(reason), "{manifest}");
        // Neither a signature nor an unreadable keys folder is looked at before.
        write(dir.path(), "plugin.sig", "junk");
        assert_eq!(row(&judge(dir.path(), &ours())), all(reason), "{manifest}");
        assert_eq!(row(&verdict::judge(dir.path(), Err(unreadable()), &Task::unwatched()).unwrap()), all(reason));
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(row(&judge(empty.path(), &ours())), all("manifest-missing"));
}

fn unreadable() -> TrustedKeysError {
    TrustedKeysError::Unreadable { folder: "keys".into(), source: std::io::ErrorKind::PermissionDenied.into() }
}

#[test]
fn an_unreadable_keys_folder_refuses_in_every_mode() {
    for dir in [sample(), signed_sample()] {
        let verdict = verdict::judge(dir.path(), Err(unreadable()), &Task::unwatched()).unwrap();
        assert_eq!(row(&verdict), "refused / refused / refused: trusted-keys-unreadable");
    }
    let waits = TrustedKeysError::Waits { path: "keys/fifo.pem".into() };
    let verdict = verdict::judge(signed_sample().path(), Err(waits), &Task::unwatched()).unwrap();
    assert_eq!(row(&verdict), "cannot-tell / cannot-tell / cannot-tell: cannot-tell");
}

/// An unusable id passes the loader's check before the signature; what happens later is not this verdict's.
#[test]
fn ids_that_we_refuse_to_sign_are_judged_as_the_loader_does() {
    for id in ["12", "true", "\"ab\\n\"", "2024-01-15"] {
        let dir = plugin(&sample::SMALL.replace("ab", id));
        assert_eq!(row(&judge(dir.path(), &ours())), "refused / unsigned / skipped: unsigned", "{id}");
    }
}

#[test]
fn what_we_decline_is_never_said_to_load() {
    // A manifest larger than our limit, which the loader may take.
    let dir = plugin(&format!("{}# {}\n", sample::SMALL, "x".repeat(5 << 20)));
    let verdict = judge(dir.path(), &ours());
    assert_eq!(row(&verdict), "cannot-tell / cannot-tell / cannot-tell: cannot-tell");
    assert_eq!(verdict.disabled.goes_on(), None);
    assert!(verdict.strict.finding.as_deref().unwrap().to_string().contains("larger than"));
    // An order of keys that Python does not define matters only once the signature is checked.
    let dir = plugin(&format!("{}k: {{.nan: 1, 2: 3}}\n", sample::SMALL));
    assert_eq!(row(&judge(dir.path(), &ours())), "refused / unsigned / skipped: unsigned");
    write(dir.path(), "plugin.sig", "00".repeat(64));
    assert_eq!(row(&judge(dir.path(), &ours())), "cannot-tell / cannot-tell / skipped: cannot-tell");
    assert_eq!(row(&judge(dir.path(), &TrustedKeys::default())), "refused / invalid / skipped: no-trusted-keys");
}

/// The loader opens a FIFO and waits for a writer, which is neither loading nor refusing.
#[cfg(unix)]
#[test]
fn what_the_loader_would_wait_for_cannot_be_told() {
    let fifo = |path: &Path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    let waits = |verdict: &Verdict| {
        let said = verdict.strict.finding.as_deref().unwrap().at_the_loader();
        assert!(said.as_deref().is_some_and(|said| said.contains("wait")), "{said:?}");
    };
    let dir = sample();
    fifo(&dir.path().join("plugin.sig"));
    let verdict = judge(dir.path(), &ours());
    assert_eq!(row(&verdict), "cannot-tell / cannot-tell / skipped: cannot-tell");
    waits(&verdict);
    let dir = signed_sample();
    fs::remove_file(dir.path().join("plugin.yaml")).unwrap();
    fifo(&dir.path().join("plugin.yaml"));
    let verdict = judge(dir.path(), &ours());
    assert_eq!(row(&verdict), "cannot-tell / cannot-tell / cannot-tell: cannot-tell");
    waits(&verdict);
    // A folder in its place makes Python raise.
    fs::remove_file(dir.path().join("plugin.yaml")).unwrap();
    fs::create_dir(dir.path().join("plugin.yaml")).unwrap();
    assert_eq!(row(&judge(dir.path(), &ours())), "refused / refused / refused: manifest-unreadable");
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    sample::unprivileged("files_that_cannot_be_read", || {
        let close = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let dir = signed_sample();
        let plugin_py = dir.path().join("plugin.py");
        close(&plugin_py, 0o000);
        assert_eq!(row(&judge(dir.path(), &ours())), "refused / refused / skipped: file-unreadable");
        // Without keys the loader never hashes.
        assert_eq!(row(&judge(dir.path(), &TrustedKeys::default())), "refused / invalid / skipped: no-trusted-keys");
        close(&plugin_py, 0o644);
        close(&dir.path().join("pkg"), 0o311);
        assert_eq!(row(&judge(dir.path(), &ours())), "cannot-tell / cannot-tell / skipped: cannot-tell");
        close(&dir.path().join("pkg"), 0o755);
        close(&dir.path().join("plugin.sig"), 0o000);
        assert_eq!(row(&judge(dir.path(), &ours())), "refused / refused / skipped: signature-unreadable");
        close(&dir.path().join("plugin.yaml"), 0o000);
        assert_eq!(row(&judge(dir.path(), &ours())), "refused / refused / refused: manifest-unreadable");
        close(dir.path(), 0o600);
        let verdict = judge(dir.path(), &ours());
        close(dir.path(), 0o700);
        assert_eq!(row(&verdict), "refused / refused / refused: manifest-unreadable");
    });
}

#[test]
fn a_file_in_place_of_the_folder_is_no_verdict() {
    let dir = sample();
    let error = verdict::judge(&dir.path().join("plugin.py"), Ok(&ours()), &Task::unwatched()).unwrap_err();
    assert!(error.to_string().ends_with("it is not a folder"), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn every_covered_byte_counts() {
    let dir = signed_sample();
    let keys = ours();
    let invalid = "refused / invalid / skipped: no-key-matches";
    let verified = "verified / verified / skipped: verified";
    for (name, text) in sample::COVERED {
        for index in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[index] ^= 1;
            write(dir.path(), name, bytes);
            assert_eq!(row(&judge(dir.path(), &keys)), invalid, "{name} {index}");
        }
        write(dir.path(), name, format!("{text}\n"));
        assert_eq!(row(&judge(dir.path(), &keys)), invalid, "{name}");
        fs::remove_file(dir.path().join(name)).unwrap();
        assert_eq!(row(&judge(dir.path(), &keys)), invalid, "{name}");
        write(dir.path(), name, text);
    }
    for name in ["new.py", ".git/hooks/x.py", "pkg/.py", "plugin.py.py"] {
        let new = write(dir.path(), name, "");
        assert_eq!(row(&judge(dir.path(), &keys)), invalid, "{name}");
        fs::remove_file(new).unwrap();
    }
    fs::rename(dir.path().join("pkg/__init__.py"), dir.path().join("pkg/init.py")).unwrap();
    assert_eq!(row(&judge(dir.path(), &keys)), invalid);
    fs::rename(dir.path().join("pkg/init.py"), dir.path().join("pkg/__init__.py")).unwrap();
    assert_eq!(row(&judge(dir.path(), &keys)), verified);
}

#[test]
fn every_manifest_value_counts() {
    let dir = signed_sample();
    let keys = ours();
    let changes = [
        ("myorg.virustotal\nname", "myorg.virustotaL\nname"),
        ("Enricher\n", "Enricher \u{e9}\n"),
        ("1.10", "1.11"),
        ("1.10", "'1.1'"),
        ("plugin_type: enricher", "plugin_type: action"),
        ("  and hashes.", "  and  hashes."),
        ("|", "|-"),
        ("Zoë", "Zoe"),
        ("Zoë", "Zoe\u{308}"),
        ("[threat-intel, enrichment]", "[enrichment, threat-intel]"),
        ("1.0e+16", "10000000000000000"),
        ("trust: kept", "trust: lost"),
        ("trust: kept", "trust: kept\nnew: null"),
        ("homepage", "Homepage"),
        ("author: Zoë\n", ""),
    ];
    for (old, new) in changes {
        assert!(sample::MANIFEST.contains(old), "{old}");
        write(dir.path(), "plugin.yaml", sample::MANIFEST.replace(old, new));
        assert_eq!(row(&judge(dir.path(), &keys)), "refused / invalid / skipped: no-key-matches", "{old} -> {new}");
    }
}

#[test]
fn what_is_not_covered_does_not_count() {
    let dir = signed_sample();
    let keys = ours();
    let verified = "verified / verified / skipped: verified";
    for (name, _) in sample::UNCOVERED {
        write(dir.path(), name, "changed");
        assert_eq!(row(&judge(dir.path(), &keys)), verified, "{name}");
        fs::remove_file(dir.path().join(name)).unwrap();
        assert_eq!(row(&judge(dir.path(), &keys)), verified, "{name}");
    }
    for name in ["aisoc-plugin.json", "lib.so", "mod.pyc", "plugin.yml", "go/main.go", "plugin.PY"] {
        write(dir.path(), name, "new");
        assert_eq!(row(&judge(dir.path(), &keys)), verified, "{name}");
    }
    // Other ways to write the same values, and the two keys that are left out.
    for (old, new) in [
        ("signature: 2024-01-15\n", ""),
        ("{level: high}", "null"),
        ("1.10", "1.1 # comment"),
        ("Zoë", "\"Zo\\xeb\""),
        ("\n", "\r\n"),
    ] {
        write(dir.path(), "plugin.yaml", sample::MANIFEST.replace(old, new));
        assert_eq!(row(&judge(dir.path(), &keys)), verified, "{old} -> {new}");
    }
}

#[test]
fn the_first_matching_key_names_the_plugin() {
    let dir = signed_sample();
    let folder = tempfile::tempdir().unwrap();
    let other = SecretKey::generate().unwrap();
    write(folder.path(), "a-other.pem", spki_pem(other.public()));
    write(folder.path(), "c-ours.pub", spki_pem(key().public()));
    write(folder.path(), "b-ours.pem", spki_pem(key().public()));
    let keys = TrustedKeys::read(folder.path()).unwrap();
    let verdict = judge(dir.path(), &keys);
    assert_eq!(row(&verdict), "verified / verified / skipped: verified");
    assert_eq!(verdict.warn.key_id.as_deref(), Some("b-ours"));
    // A junk file is a key to the loader as long as nothing is verified with it.
    let junk = tempfile::tempdir().unwrap();
    write(junk.path(), "junk.pem", "junk");
    let keys = TrustedKeys::read(junk.path()).unwrap();
    assert_eq!(row(&judge(dir.path(), &keys)), "refused / invalid / skipped: no-key-matches");
}

/// Made by `openssl ecparam -name secp112r1 -genkey | openssl ec -pubout`: a curve that `cryptography` does not support.
const SECP112R1: &str = "-----BEGIN PUBLIC KEY-----
MDIwEAYHKoZIzj0CAQYFK4EEAAYDHgAEXWY6Gr/aUZn4wdbWlHvEsTqEb/dZvK5A
w8bNOQ==
-----END PUBLIC KEY-----
";

#[test]
fn a_key_that_stops_the_loader() {
    let dir = signed_sample();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "b.pem", spki_pem(key().public()));
    write(folder.path(), "c.pem", SECP112R1);
    let keys = TrustedKeys::read(folder.path()).unwrap();
    assert_eq!(row(&judge(dir.path(), &keys)), "verified / verified / skipped: verified");
    write(folder.path(), "a.pem", SECP112R1);
    let keys = TrustedKeys::read(folder.path()).unwrap();
    let verdict = judge(dir.path(), &keys);
    assert_eq!(row(&verdict), "refused / refused / skipped: trusted-key-stops-loader");
    let place = verdict.strict.finding.as_deref().unwrap().place().unwrap();
    assert_eq!(place.path, folder.path().join("a.pem"));
}

fn spki_pem(key: &PublicKey) -> String {
    pem::encode(&pem::Pem::new("PUBLIC KEY", key.spki_der().to_vec()))
}
