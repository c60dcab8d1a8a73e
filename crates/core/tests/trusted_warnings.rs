//! What an operator is told of a folder of trusted keys. The files are those whose outcome Python's `cryptography` decided;
//! which name the loader reports, and whether a file stops it, is compared with Python in `tests/cli/verdict_table.rs`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::trusted::{Reach, TrustedKeys, Warning};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/trusted-keys");
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in files {
        fs::copy(data.join(format!("{from}.pem")), folder.path().join(name)).unwrap();
    }
    folder
}

/// Each warning's code and the file that it is about.
fn told(folder: &Path, matched: Option<&str>, wanted: Option<&str>) -> Vec<(String, String)> {
    let wanted = wanted.map(|id| id.parse().unwrap());
    let warnings = TrustedKeys::read(folder).unwrap().warnings(matched, wanted.as_ref());
    let code = |warning: &Warning| serde_json::to_value(warning.code()).unwrap().as_str().unwrap().to_owned();
    let file = |warning: &Warning| warning.place().and_then(|place| Some(place.path.file_name()?.to_str()?.to_owned()));
    warnings.iter().map(|warning| (code(warning), file(warning).unwrap_or_default())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(code, file)| ((*code).to_owned(), (*file).to_owned())).collect()
}

#[test]
fn a_folder_of_good_keys_is_not_talked_about() {
    let keys = folder(&[("acme.pem", "plain"), ("other.PUB", "non-canonical-point")]);
    fs::write(keys.path().join("acme-instructions.txt"), "AiSOC publisher key `acme`: instructions").unwrap();
    fs::create_dir(keys.path().join("old")).unwrap();
    assert_eq!(told(keys.path(), Some("acme"), Some("acme")), pairs(&[]));
    assert_eq!(told(keys.path(), None, None), pairs(&[]));
    assert_eq!(told(&keys.path().join("none"), None, None), pairs(&[]));
}

#[test]
fn every_kind_of_file_is_told_the_gravest_first() {
    let keys = folder(&[
        ("a.pem", "empty"),
        ("b.pem", "rsa-2048"),
        ("c.pem", "not-a-point"),
        ("d.pem", "plain"),
        ("e.pub", "crlf"),
        ("f.pem", "unknown-kind"),
        ("g.pem", "small-order-point"),
        ("h.pem", "private"),
        ("k.key", "private"),
        ("l.crt", "plain"),
        ("m.txt", "junk"),
    ]);
    fs::create_dir(keys.path().join("i.pem")).unwrap();
    assert_eq!(
        told(keys.path(), Some("d"), Some("acme")),
        pairs(&[
            ("private-key-among-trusted", "k.key"),
            ("private-key-among-trusted", "h.pem"),
            ("trusted-key-weak", "g.pem"),
            ("trusted-key-stops-loader", "f.pem"),
            ("trusted-key-name", "d.pem"),
            ("trusted-key-twice", "e.pub"),
            ("trusted-key-left-out", "a.pem"),
            ("trusted-key-left-out", "b.pem"),
            ("trusted-key-left-out", "c.pem"),
            ("trusted-key-left-out", "i.pem"),
            ("trusted-key-left-out", "l.crt"),
        ])
    );
}

#[test]
fn of_one_key_under_two_names_the_first_is_reported() {
    // Upper case stands first.
    let keys = folder(&[("acme.pem", "plain"), ("ACME.pem", "plain"), ("zz.pub", "bom")]);
    let warnings = TrustedKeys::read(keys.path()).unwrap().warnings(Some("ACME"), None);
    let firsts: Vec<_> = warnings
        .iter()
        .map(|warning| match warning {
            Warning::Twice { key_id, .. } => (key_id.as_str(), warning.at_the_loader().unwrap()),
            other => panic!("{other}"),
        })
        .collect();
    let said = "the loader reports this key as `ACME`, the first in path order".to_owned();
    assert_eq!(firsts, [("ACME", said.clone()), ("ACME", said)]);
}

#[test]
fn where_a_stopping_file_stands_is_told() {
    let keys = folder(&[("b.pem", "plain"), ("c.pem", "ec-SM2"), ("a.pem", "ec-secp112r1")]);
    let reaches = |matched| {
        let warnings = TrustedKeys::read(keys.path()).unwrap().warnings(matched, None);
        warnings
            .into_iter()
            .map(|warning| match warning {
                Warning::Stops { path, reach, .. } => (path.file_name().unwrap().to_owned(), reach),
                other => panic!("{other}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(reaches(None), [("a.pem".into(), Reach::NoMatch), ("c.pem".into(), Reach::NoMatch)]);
    fs::remove_file(keys.path().join("a.pem")).unwrap();
    assert_eq!(reaches(Some("b")), [("c.pem".into(), Reach::AfterMatch("b".to_owned()))]);
}

#[test]
fn names_are_compared_with_the_entrys() {
    let keys = folder(&[("acme.v1.pem", "plain"), ("other.pem", "non-canonical-point")]);
    assert_eq!(told(keys.path(), Some("acme.v1"), Some("acme.v1")), pairs(&[]));
    assert_eq!(told(keys.path(), Some("acme.v1"), Some("acme")), pairs(&[("trusted-key-name", "acme.v1.pem")]));
    let warnings = TrustedKeys::read(keys.path()).unwrap().warnings(Some("acme.v1"), Some(&"acme".parse().unwrap()));
    assert_eq!(warnings[0].hint().unwrap(), "rename the file to `acme.pem`");
    // Another file with the entry's name stands later: of the same key, and then of another one.
    let both = folder(&[("ACME.pem", "plain"), ("acme.pem", "bom")]);
    let hint = |folder: &Path| {
        let warnings = TrustedKeys::read(folder).unwrap().warnings(Some("ACME"), Some(&"acme".parse().unwrap()));
        assert!(matches!(warnings[0], Warning::OtherName { .. }), "{warnings:?}");
        warnings[0].hint().unwrap()
    };
    assert!(hint(both.path()).starts_with("remove `") && hint(both.path()).ends_with("/acme.pem`"));
    let other = folder(&[("ACME.pem", "plain"), ("acme.pem", "non-canonical-point")]);
    assert_eq!(hint(other.path()), "rename the file to `acme.pem`");
    // Without a match the name alone can be told: that it is there, or that it is not.
    assert_eq!(told(keys.path(), None, Some("other")), pairs(&[]));
    assert_eq!(told(keys.path(), None, Some("acme")), pairs(&[("trusted-key-name", "")]));
}
