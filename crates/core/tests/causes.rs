//! Why a signature does not fit: what is said with receipts, and what can be said without.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use aisoc_publisher_core::causes::{self, Cause, Causes, Memory};
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::receipts::Receipts;
use aisoc_publisher_core::records::{Kept, Record, Records};
use aisoc_publisher_core::rehearsal::{self, Rehearsal, StepName, StepResult};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::TrustedKeys;
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

const MANIFEST: &str = "\
id: ab
name: Example
version: '1.0.0'
plugin_type: enricher
limits: {rate: 1.5, burst: [1, 2]}
author: Zoë
";

/// A signed plugin, and the memory of the machine that signed it.
struct Desk {
    root: TempDir,
    dir: PathBuf,
    data: DataFolder,
    id: KeyId,
    key: SecretKey,
}

impl Desk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (dir, data) = (root.path().join("plugin"), DataFolder::at(root.path().join("data")));
        let desk = Self { root, dir, data, id: "acme".parse().unwrap(), key: SecretKey::generate().unwrap() };
        desk.write("plugin.yaml", MANIFEST);
        desk.write("plugin.py", "a = 1\nb = 2\n");
        desk.write("pkg/one.py", "c = 3\n");
        desk.write("pkg/two.py", "d = 4\n");
        desk.write("pkg/__init__.py", "");
        desk
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        write(&self.dir, name, text);
    }

    fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.dir.join(name)).unwrap();
        assert!(text.contains(old), "{name}: {old:?}");
        self.write(name, text.replace(old, new));
    }

    fn sign(&self) {
        self.sign_as(Some(&self.id), &self.key);
    }

    fn sign_as(&self, id: Option<&KeyId>, key: &SecretKey) {
        let plan = Plan::look(&self.dir, &Task::unwatched()).unwrap();
        let signed =
            plan.sign_and_keep(id, key, None, Ok(Receipts::new(self.data.clone())), &Task::unwatched()).unwrap();
        assert!(signed.not_kept.is_none());
    }

    fn forget(&self) {
        fs::remove_dir_all(self.data.path()).unwrap();
    }

    fn trusted(&self) -> TrustedKeys {
        TrustedKeys::only(&self.id, self.key.public().clone())
    }

    fn causes(&self) -> Causes {
        self.causes_with(&self.dir, &self.trusted())
    }

    fn causes_with(&self, dir: &Path, keys: &TrustedKeys) -> Causes {
        let rehearsal = rehearse(dir, keys);
        causes::of(dir, &rehearsal, keys, &Memory::read(&self.data), &Task::unwatched()).unwrap()
    }
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn rehearse(dir: &Path, keys: &TrustedKeys) -> Rehearsal {
    rehearsal::rehearse(dir, Ok(keys), &Task::unwatched()).unwrap()
}

fn said(causes: &Causes) -> Vec<String> {
    causes.causes.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_said_of_a_signature_that_fits_or_is_not_there() {
    let desk = Desk::new();
    assert_eq!(desk.causes(), Causes::default());
    desk.sign();
    assert_eq!(desk.causes(), Causes::default());
    desk.write("plugin.sig", "junk");
    desk.write("plugin.py", "");
    assert_eq!(desk.causes(), Causes::default());
}

#[test]
fn fields_are_named_with_what_they_were_and_are() {
    for (old, new, sentence, line) in [
        ("version: '1.0.0'", "version: '1.0.1'", "manifest `version` was 1.0.0 and is 1.0.1", Some(3)),
        ("version: '1.0.0'", "version: 1.0", "manifest `version` was \"1.0.0\" and is 1.0", Some(3)),
        ("rate: 1.5", "rate: '1.5'", "manifest `limits.rate` was 1.5 and is \"1.5\"", Some(5)),
        ("[1, 2]", "[2, 1]", "manifest `limits.burst` was [1,2] and is [2,1]", Some(5)),
        ("author: Zoë\n", "", "manifest `author` was Zoë and is gone", None),
        ("author: Zoë\n", "author: Zoë\nlicense: MIT\n", "manifest `license` was not there and is MIT", Some(7)),
        ("author: Zoë\n", "author: \"\\u202eZoë\"\n", "manifest `author` was Zoë and is \\u{202e}Zoë", Some(6)),
        ("author: Zoë\n", "author: ''\n", "manifest `author` was Zoë and is \"\"", Some(6)),
    ] {
        let desk = Desk::new();
        desk.sign();
        desk.edit("plugin.yaml", old, new);
        let causes = desk.causes();
        assert_eq!(said(&causes), [sentence]);
        let place = causes.causes[0].place().unwrap();
        assert_eq!(place.path, desk.dir.join("plugin.yaml"), "{sentence}");
        assert_eq!(place.position.map(|(line, _)| line), line, "{sentence}");
    }
    // What no signature covers is no cause.
    let desk = Desk::new();
    desk.write("plugin.yaml", format!("{MANIFEST}trust: old\n"));
    desk.sign();
    desk.edit("plugin.yaml", "trust: old", "trust: new");
    desk.write("plugin.py", "");
    assert_eq!(said(&desk.causes()), ["`plugin.py` changed after signing"]);
}

#[test]
fn files_are_named_with_what_became_of_them() {
    let desk = Desk::new();
    desk.sign();
    desk.write("plugin.py", "a = 1\nb = 3\n");
    fs::rename(desk.dir.join("pkg/one.py"), desk.dir.join("pkg/uno.py")).unwrap();
    // Empty files are all the same, so nobody knows whether one was renamed.
    fs::rename(desk.dir.join("pkg/__init__.py"), desk.dir.join("empty.py")).unwrap();
    desk.write("pkg/two.py", "d = 4\r\n");
    let causes = desk.causes();
    assert_eq!(
        said(&causes),
        [
            "only line endings differ in `pkg/two.py`: signed with LF, CRLF now",
            "`plugin.py` changed after signing",
            "`empty.py` was added after signing",
            "`pkg/one.py` was renamed to `pkg/uno.py` after signing",
            "`pkg/__init__.py` was signed and is not there any more",
        ]
    );
    for cause in &causes.causes {
        assert!(cause.hint().is_some() && cause.place().unwrap().path.starts_with(&desk.dir), "{cause}");
    }
    let since = causes.since.unwrap();
    assert_eq!((since.version.as_str(), since.signer.key_id.as_ref()), ("1.0.0", Some(&desk.id)));
}

#[test]
fn a_plugin_that_travelled_is_compared_with_what_was_signed() {
    let desk = Desk::new();
    desk.sign();
    let copy = desk.root.path().join("elsewhere");
    for name in ["plugin.yaml", "plugin.py", "pkg/one.py", "pkg/two.py", "pkg/__init__.py", "plugin.sig"] {
        write(&copy, name, fs::read(desk.dir.join(name)).unwrap());
    }
    write(&copy, "_version.py", "v = 1\n");
    // It was signed again since, with other content.
    desk.write("plugin.py", "new\n");
    desk.sign();
    assert_eq!(said(&desk.causes_with(&copy, &desk.trusted())), ["`_version.py` was added after signing"]);
}

#[test]
fn another_plugins_signature_is_called_that() {
    let desk = Desk::new();
    desk.sign();
    let signature = fs::read(desk.dir.join("plugin.sig")).unwrap();
    let other = desk.root.path().join("other");
    write(&other, "plugin.yaml", MANIFEST.replace("id: ab", "id: other"));
    write(&other, "plugin.sig", signature);
    let causes = desk.causes_with(&other, &desk.trusted());
    let folder = desk.dir.canonicalize().unwrap();
    let expected = format!("`plugin.sig` was made for another plugin: `ab` 1.0.0 in `{}`", folder.display());
    assert_eq!(said(&causes), [expected]);
}

#[test]
fn a_key_that_is_not_trusted_is_named() {
    let desk = Desk::new();
    desk.sign();
    let stranger = SecretKey::generate().unwrap();
    let other: KeyId = "other".parse().unwrap();
    let others = TrustedKeys::only(&other, stranger.public().clone());
    let expected = ["it is signed by `acme`, which is not among the trusted keys"];
    let causes = desk.causes_with(&desk.dir, &others);
    assert_eq!(said(&causes), expected);
    assert!(causes.causes[0].hint().unwrap().contains("`acme.pem`"));
    // Under its name stands another key.
    let mixed_up = TrustedKeys::only(&desk.id, stranger.public().clone());
    let causes = desk.causes_with(&desk.dir, &mixed_up);
    assert_eq!(said(&causes), expected);
    assert!(causes.causes[0].hint().unwrap().contains(&desk.key.public().fingerprint().to_string()));
    // The records know it without any receipt; without both nothing is known.
    desk.forget();
    assert_eq!(desk.causes_with(&desk.dir, &others).causes[0].code(), Code::CauseUnknown);
    let record = Record::of_new_key(desk.id.clone(), desk.key.public(), Kept::File);
    Records::new(desk.data.clone()).put(record).unwrap();
    assert_eq!(said(&desk.causes_with(&desk.dir, &others)), expected);
    // A change besides is a second cause, which the receipt tells.
    desk.sign();
    desk.write("plugin.py", "");
    assert_eq!(said(&desk.causes_with(&desk.dir, &others)), ["`plugin.py` changed after signing", expected[0]]);
}

#[test]
fn a_signature_made_elsewhere_over_what_was_signed_here() {
    let desk = Desk::new();
    let stranger = SecretKey::generate().unwrap();
    // The content has a receipt, by another key than the one that signed what is there.
    desk.sign_as(None, &stranger);
    let plan = Plan::look(&desk.dir, &Task::unwatched()).unwrap();
    plan.sign(&desk.id, &desk.key, None, &Task::unwatched()).unwrap();
    desk.write("pkg/one.py", "");
    assert_eq!(said(&desk.causes()), ["`pkg/one.py` changed after signing"]);
}

#[test]
fn a_signature_that_took_the_right_ones_place() {
    let desk = Desk::new();
    desk.sign();
    desk.write("plugin.sig", "5a".repeat(64));
    let causes = desk.causes();
    let [Cause::SignatureReplaced { signed_by, .. }] = causes.causes.as_slice() else { panic!("{causes:?}") };
    assert_eq!(signed_by.to_string(), "`acme`");
}

#[test]
fn line_endings_are_found_without_a_receipt() {
    let crlf = |name: &str, desk: &Desk| desk.edit(name, "\n", "\r\n");
    // One file, two, all of them: signed with LF.
    for files in [&["plugin.py"][..], &["pkg/one.py", "pkg/two.py"], &["pkg/one.py", "pkg/two.py", "plugin.py"]] {
        let desk = Desk::new();
        desk.sign();
        desk.forget();
        files.iter().for_each(|name| crlf(name, &desk));
        let expected: Vec<_> = files
            .iter()
            .map(|name| format!("only line endings differ in `{name}`: signed with LF, CRLF now"))
            .collect();
        assert_eq!(said(&desk.causes()), expected);
    }
    // Signed with CRLF, and checked out with LF; one file had both.
    let desk = Desk::new();
    crlf("plugin.py", &desk);
    desk.sign();
    desk.forget();
    desk.edit("plugin.py", "\r\n", "\n");
    let causes = desk.causes();
    assert_eq!(said(&causes), ["only line endings differ in `plugin.py`: signed with CRLF, LF now"]);
    assert!(causes.causes[0].hint().unwrap().contains("sign again"));
    // Anything else besides, and nothing is known any more.
    desk.edit("plugin.py", "a = 1", "a = 2");
    assert_eq!(desk.causes().causes[0].code(), Code::CauseUnknown);
    desk.edit("plugin.py", "a = 2", "a = 1");
    desk.write("pkg/three.py", "");
    assert_eq!(desk.causes().causes[0].code(), Code::CauseUnknown);
}

#[test]
fn line_endings_of_many_files_are_found_when_all_have_changed() {
    let desk = Desk::new();
    for number in 0..40 {
        desk.write(&format!("many/{number:02}.py"), format!("n = {number}\n"));
    }
    desk.sign();
    desk.forget();
    // One of them.
    desk.write("many/07.py", "n = 7\r\n");
    assert_eq!(said(&desk.causes()), ["only line endings differ in `many/07.py`: signed with LF, CRLF now"]);
    // And all of them, as Git does it.
    for number in 0..40 {
        desk.write(&format!("many/{number:02}.py"), format!("n = {number}\r\n"));
    }
    assert_eq!(desk.causes().causes.len(), 40);
    // Half of them.
    for number in 0..20 {
        desk.write(&format!("many/{number:02}.py"), format!("n = {number}\n"));
    }
    assert_eq!(desk.causes().causes.len(), 20, "what has CRLF would have LF");
    // Signed half and half, and now all alike: more ways than are tried, so it is not known.
    desk.sign();
    desk.forget();
    for number in 20..40 {
        desk.write(&format!("many/{number:02}.py"), format!("n = {number}\n"));
    }
    assert_eq!(desk.causes().causes[0].code(), Code::CauseUnknown);
}

#[test]
fn what_is_remembered_wrongly_is_named_and_not_used() {
    let desk = Desk::new();
    desk.sign();
    desk.write("plugin.py", "");
    let file = fs::read_dir(Receipts::new(desk.data.clone()).path()).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("pkg/one.py", "pkg/ten.py")).unwrap();
    fs::write(desk.data.path().join("keys.json"), "{").unwrap();
    let memory = Memory::read(&desk.data);
    let codes: Vec<_> = memory.unreadable.iter().map(|error| error.code()).collect();
    assert_eq!(codes, [Code::RecordsDamaged, Code::ReceiptDamaged]);
    assert_eq!(desk.causes().causes[0].code(), Code::CauseUnknown);
}

#[test]
fn a_step_that_cannot_be_told_is_called_so() {
    let desk = Desk::new();
    desk.write("plugin.yaml", format!("{MANIFEST}# {}\n", "x".repeat(5 << 20)));
    let rehearsal = rehearse(&desk.dir, &desk.trusted());
    let results: Vec<_> = rehearsal.steps.iter().map(|step| (step.name, step.result)).collect();
    assert_eq!(
        results[..2],
        [(StepName::FindManifest, StepResult::Passed), (StepName::ReadManifest, StepResult::CannotTell)]
    );
    assert!(results[2..].iter().all(|(_, result)| *result == StepResult::NotReached));
    assert_eq!(results.iter().map(|(name, _)| *name).collect::<Vec<_>>(), StepName::ALL);
}

#[test]
fn a_step_says_what_was_seen() {
    let desk = Desk::new();
    desk.sign();
    desk.write("aisoc-plugin.json", "{}");
    let seen: Vec<_> = rehearse(&desk.dir, &desk.trusted()).steps.into_iter().map(|step| step.seen.unwrap()).collect();
    assert_eq!(
        seen,
        [
            "`plugin.yaml`, which hides the `aisoc-plugin.json` beside it",
            "a mapping with 6 keys",
            "`id`, `name`, `version` and `plugin_type` are there",
            "`ab`",
            "`enricher`",
            "1 key: `acme`",
            "`disabled` looks no further; `strict` and `warn` do",
            "it is there",
            "64 bytes",
            "1 file to try",
            "of the manifest and 4 files",
            "it fits `acme`",
        ]
    );
}
