//! What a signing leaves behind, and what of it is kept.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use aisoc_publisher_core::data_folder::{DataFolder, DataFolderError};
use aisoc_publisher_core::key::{KeyId, SecretKey};
use aisoc_publisher_core::manifest::PluginId;
use aisoc_publisher_core::receipts::{MAX_BYTES, MAX_PER_PLUGIN, Receipts};
use aisoc_publisher_core::sign::{Plan, Signed};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::{Code, Explain};
use tempfile::TempDir;

struct Desk {
    root: TempDir,
    key: SecretKey,
    receipts: Receipts,
}

impl Desk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let receipts = Receipts::new(DataFolder::at(root.path().join("data")));
        let desk = Self { root, key: SecretKey::generate().unwrap(), receipts };
        desk.plugin("one", "1.0.0", "a = 1\n");
        desk
    }

    fn plugin(&self, id: &str, version: &str, code: &str) -> PathBuf {
        let dir = self.root.path().join(id);
        fs::create_dir_all(&dir).unwrap();
        let manifest = format!("id: {id}\nname: Name of {id}\nversion: '{version}'\nplugin_type: enricher\ntrust: x\n");
        fs::write(dir.join("plugin.yaml"), manifest).unwrap();
        fs::write(dir.join("plugin.py"), code).unwrap();
        dir
    }

    fn sign(&self, dir: &Path, key_id: Option<&KeyId>) -> Signed {
        let plan = Plan::look(dir, &Task::unwatched()).unwrap();
        plan.sign_and_keep(key_id, &self.key, None, Ok(self.receipts.clone()), &Task::unwatched()).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(self.receipts.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Every file that cannot be understood, and how many can.
    fn codes(&self) -> (Vec<Code>, usize) {
        let found = self.receipts.all().unwrap();
        (found.unreadable.iter().map(Explain::code).collect(), found.receipts.len())
    }
}

fn sha256(bytes: &[u8]) -> String {
    // `sha256sum` of coreutils, since nothing here may be the program's own.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    fs::write(&file, bytes).unwrap();
    let output = std::process::Command::new("sha256sum").arg(&file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[test]
fn a_receipt_holds_what_was_signed() {
    let desk = Desk::new();
    let dir = desk.plugin("one", "1.0.0", "a = 1\r\nb = 2\r\n");
    fs::write(dir.join("other.py"), "c = 3\n").unwrap();
    let id: KeyId = "acme".parse().unwrap();
    let signed = desk.sign(&dir, Some(&id));
    assert!(signed.not_kept.is_none());
    let found = desk.receipts.all().unwrap();
    assert!(found.unreadable.is_empty());
    let [receipt] = found.receipts.try_into().unwrap();
    assert_eq!(receipt.plugin_id.as_str(), "one");
    assert_eq!((receipt.name.as_str(), receipt.version.as_str()), ("Name of one", "1.0.0"));
    assert_eq!(receipt.manifest_file, "plugin.yaml");
    // As json.dumps writes it, without `trust`, which no signature covers.
    assert_eq!(receipt.manifest, r#"{"id":"one","name":"Name of one","plugin_type":"enricher","version":"1.0.0"}"#);
    assert_eq!((receipt.digest, receipt.signature), (signed.digest, signed.signature));
    assert_eq!(receipt.key_id.as_ref(), Some(&id));
    assert_eq!(&receipt.spki, desk.key.public());
    assert_eq!(receipt.folder, dir.canonicalize().unwrap());
    assert_eq!(receipt.program, env!("CARGO_PKG_VERSION"));
    assert!((jiff::Timestamp::now().as_second() - receipt.signed.as_second()).abs() < 60);
    let files: Vec<_> = receipt
        .files
        .iter()
        .map(|file| (file.path.to_string(), file.sha256.to_string(), file.lf_sha256().to_string()))
        .collect();
    let plain = sha256(b"c = 3\n");
    assert_eq!(
        files,
        [
            ("other.py".to_owned(), plain.clone(), plain),
            ("plugin.py".to_owned(), sha256(b"a = 1\r\nb = 2\r\n"), sha256(b"a = 1\nb = 2\n")),
        ]
    );
}

#[test]
fn receipts_are_found_by_what_is_asked_for() {
    let desk = Desk::new();
    let (one, two) = (desk.plugin("one", "1.0.0", ""), desk.plugin("two", "1.0.0", ""));
    let first = desk.sign(&one, None);
    desk.plugin("one", "2.0.0", "");
    let second = desk.sign(&one, None);
    desk.sign(&two, None);
    let versions = |found: aisoc_publisher_core::receipts::Found| -> Vec<String> {
        assert!(found.unreadable.is_empty());
        found.receipts.into_iter().map(|receipt| format!("{} {}", receipt.plugin_id, receipt.version)).collect()
    };
    let receipts = &desk.receipts;
    let all = ["two 1.0.0", "one 2.0.0", "one 1.0.0"];
    assert_eq!(versions(receipts.all().unwrap()), all);
    assert_eq!(versions(receipts.by_key(&desk.key.public().fingerprint()).unwrap()), all);
    assert_eq!(versions(receipts.by_folder(&one).unwrap()), all[1..]);
    assert_eq!(versions(receipts.by_plugin(&PluginId::new("two").unwrap()).unwrap()), all[..1]);
    assert_eq!(versions(receipts.by_digest(&first.digest).unwrap()), all[2..]);
    assert_eq!(versions(receipts.by_signature(&second.signature).unwrap()), [all[1]]);
    let latest = receipts.latest_for(&one, &PluginId::new("one").unwrap()).unwrap().unwrap();
    assert_eq!(latest.digest, second.digest);
    assert_eq!(receipts.latest_for(&one, &PluginId::new("two").unwrap()).unwrap(), None);
    let other = SecretKey::generate().unwrap();
    assert!(receipts.by_key(&other.public().fingerprint()).unwrap().receipts.is_empty());
    // A folder has one name, whatever leads to it.
    #[cfg(unix)]
    {
        let link = desk.root.path().join("link");
        std::os::unix::fs::symlink(&one, &link).unwrap();
        assert_eq!(versions(receipts.by_folder(&link).unwrap()), all[1..]);
    }
    // And a folder that is gone had one.
    fs::remove_dir_all(&two).unwrap();
    assert_eq!(versions(receipts.by_folder(&two).unwrap()), all[..1]);
}

#[test]
fn the_newest_are_kept() {
    let desk = Desk::new();
    let two = desk.plugin("two", "1", "");
    let of_two = desk.sign(&two, None).digest;
    let one = desk.plugin("one", "0", "");
    for version in 0..MAX_PER_PLUGIN + 3 {
        desk.plugin("one", &version.to_string(), "");
        desk.sign(&one, None);
    }
    let found = desk.receipts.by_folder(&one).unwrap();
    let versions: Vec<_> = found.receipts.iter().map(|receipt| receipt.version.clone()).collect();
    let newest: Vec<_> = (3..MAX_PER_PLUGIN + 3).rev().map(|version| version.to_string()).collect();
    assert_eq!(versions, newest);
    assert_eq!(desk.receipts.by_digest(&of_two).unwrap().receipts.len(), 1, "another plugin's are not touched");
    // Signing the same again keeps the room for what differs.
    for _ in 0..3 {
        desk.sign(&one, None);
    }
    assert_eq!(desk.receipts.by_folder(&one).unwrap().receipts.len(), MAX_PER_PLUGIN);
}

#[test]
fn all_together_have_a_limit() {
    let desk = Desk::new();
    let one = desk.plugin("one", "1", "");
    desk.sign(&one, None);
    let [old] = desk.files().try_into().unwrap();
    // As if many large ones had been kept later than this one, and all before now.
    let name = old.file_name().unwrap().to_str().unwrap().to_owned();
    let (_, rest) = name.split_once('-').unwrap();
    let size = MAX_BYTES / 4;
    for number in 1..=5_u64 {
        let rest = rest.replacen(&rest[..12], &format!("{number:012x}"), 1);
        let file = fs::File::create(desk.receipts.path().join(format!("{number:015}-{rest}"))).unwrap();
        file.set_len(size).unwrap();
    }
    let newest = desk.plugin("two", "1", "");
    desk.sign(&newest, None);
    let bytes: u64 = desk.files().iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes <= MAX_BYTES && bytes > MAX_BYTES - 2 * size, "{bytes}");
    assert!(desk.receipts.by_folder(&newest).unwrap().receipts.len() == 1, "the newest is always kept");
    assert!(
        desk.files().iter().all(|file| !file.to_str().unwrap().contains("000000000000001-")),
        "the oldest goes first"
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.sign(&desk.root.path().join("one"), None);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&desk.receipts.path()), 0o700);
    let files = desk.files();
    assert_eq!(files.iter().map(|file| mode(file)).collect::<Vec<_>>(), [0o600]);
}

/// One way to make a receipt say something else.
type Edit = fn(&str) -> String;

#[test]
fn what_does_not_hold_together_is_named_and_left_out() {
    let edits: [(&str, Edit); 8] = [
        ("cut off", |text| text[..text.len() / 2].to_owned()),
        ("no JSON", |_| "receipt".to_owned()),
        ("another manifest", |text| text.replace("Name of one\\\"", "Name of two\\\"")),
        ("another digest", |text| edit_hex(text, "\"digest\": \"")),
        ("another signature", |text| edit_hex(text, "\"signature\": \"")),
        ("another file", |text| text.replace("plugin.py", "plugin2.py")),
        ("a path out of the folder", |text| text.replace("plugin.py", "../plugin.py")),
        ("another format", |text| text.replace("\"format\": 1", "\"format\": 0")),
    ];
    for (what, edit) in edits {
        let desk = Desk::new();
        desk.sign(&desk.root.path().join("one"), None);
        let [file] = desk.files().try_into().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let edited = edit(&text);
        assert_ne!(edited, text, "{what}");
        fs::write(&file, &edited).unwrap();
        assert_eq!(desk.codes(), (vec![Code::ReceiptDamaged], 0), "{what}");
        assert_eq!(fs::read_to_string(&file).unwrap(), edited, "{what}: it stays as it is");
        // And signing goes on.
        let dir = desk.plugin("one", "2.0.0", "");
        assert!(desk.sign(&dir, None).not_kept.is_none(), "{what}");
        assert_eq!(desk.codes(), (vec![Code::ReceiptDamaged], 1), "{what}");
    }
}

fn edit_hex(text: &str, before: &str) -> String {
    let at = text.find(before).unwrap() + before.len();
    let other = if &text[at..=at] == "0" { "1" } else { "0" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn a_newer_version_is_not_misunderstood() {
    let desk = Desk::new();
    desk.sign(&desk.root.path().join("one"), None);
    let [file] = desk.files().try_into().unwrap();
    fs::write(&file, r#"{"format": 2, "receipt": "something else"}"#).unwrap();
    assert_eq!(desk.codes(), (vec![Code::ReceiptNewer], 0));
    assert_eq!(desk.receipts.all().unwrap().unreadable[0].place().unwrap().path, file);
}

#[test]
fn what_is_no_receipt_is_not_looked_at() {
    let desk = Desk::new();
    desk.sign(&desk.root.path().join("one"), None);
    for name in ["notes.txt", "1-2-3-4-5.json", ".000000000000001-x.json.0011.tmp"] {
        fs::write(desk.receipts.path().join(name), "mine").unwrap();
    }
    assert_eq!(desk.codes(), (vec![], 1));
    desk.sign(&desk.root.path().join("one"), None);
    assert_eq!(desk.files().len(), 4);
}

#[test]
fn signing_does_not_depend_on_a_receipt() {
    let desk = Desk::new();
    let dir = desk.plugin("one", "1.0.0", "");
    // A file where the folder should be.
    fs::create_dir(desk.root.path().join("data")).unwrap();
    fs::write(desk.receipts.path(), "mine").unwrap();
    let signed = desk.sign(&dir, None);
    let not_kept = signed.not_kept.unwrap();
    assert_eq!(not_kept.code(), Code::ReceiptNotKept);
    assert!(not_kept.to_string().starts_with("no receipt of this signing could be kept: "), "{not_kept}");
    assert!(not_kept.hint().unwrap().starts_with("the signature is as good without it"));
    assert_eq!(fs::read_to_string(dir.join("plugin.sig")).unwrap(), signed.signature.to_string());
    // Where the user has no home there is no data folder at all.
    let plan = Plan::look(&dir, &Task::unwatched()).unwrap();
    let nowhere = Err(DataFolderError::NoHome);
    let signed = plan.sign_and_keep(None, &desk.key, None, nowhere, &Task::unwatched()).unwrap();
    assert!(signed.not_kept.unwrap().to_string().contains("the user has no home folder"));
    assert_eq!(fs::read_to_string(desk.receipts.path()).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn receipts_are_not_written_through_a_link() {
    let desk = Desk::new();
    let elsewhere = desk.root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir(desk.root.path().join("data")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, desk.receipts.path()).unwrap();
    let not_kept = desk.sign(&desk.root.path().join("one"), None).not_kept.unwrap();
    assert!(not_kept.to_string().contains("symbolic link"), "{not_kept}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

/// What decides whether a signature is good knows nothing of receipts, whatever it uses and whatever that uses.
#[test]
fn no_verdict_can_depend_on_a_receipt() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut waiting = vec!["verdict".to_owned(), "trusted".to_owned(), "signature".to_owned(), "rehearsal".to_owned()];
    let mut seen: Vec<String> = Vec::new();
    while let Some(module) = waiting.pop() {
        if seen.contains(&module) {
            continue;
        }
        let text = text_of(&source, &module);
        let paths = text.split("crate::").skip(1);
        waiting.extend(paths.flat_map(|rest| {
            // `crate::name::…`, or `crate::{one, two::…}`.
            let end = rest.find(';').unwrap_or(rest.len());
            let list = rest.strip_prefix('{').map_or(rest, |_| &rest[1..end]);
            let parts: Vec<_> = if rest.starts_with('{') { list.split(',').collect() } else { vec![list] };
            parts
                .into_iter()
                .map(|part| part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
                .collect::<Vec<_>>()
        }));
        seen.push(module);
    }
    for expected in ["payload", "files", "manifest", "key", "digest"] {
        assert!(seen.iter().any(|module| module == expected), "{expected} is not seen: {seen:?}");
    }
    for module in ["receipts", "causes", "sign", "data_file"] {
        assert!(!seen.iter().any(|seen| seen == module), "a verdict depends on `{module}`: {seen:?}");
    }
}

/// The source of a module, with the modules in it; nothing where the name is no module's.
fn text_of(source: &Path, module: &str) -> String {
    let mut text = fs::read_to_string(source.join(format!("{module}.rs"))).unwrap_or_default();
    for entry in fs::read_dir(source.join(module)).into_iter().flatten() {
        let path = entry.unwrap().path();
        text += &match path.is_dir() {
            true => text_of(path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap()),
            false => fs::read_to_string(path).unwrap(),
        };
    }
    text
}
