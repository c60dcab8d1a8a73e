//! What must hold whatever bytes a stranger gives: for archives, for the objects of a Git repository, for `plugin.py`, for an index.
//!
//! The fuzz targets in `fuzz` and the test `parsers` call these. Panicking is the least that must not happen.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use aisoc_publisher_core::artifact::{Artifact, Kind};
use aisoc_publisher_core::committed;
use aisoc_publisher_core::entry::Entry;
use aisoc_publisher_core::index::{Index, Kind as ChangeKind};
use aisoc_publisher_core::manifest::PluginId;
use aisoc_publisher_core::plugin_py::{self, Answer};
use aisoc_publisher_core::rehearsal;
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::tree::Tree;
use aisoc_publisher_core::trusted::TrustedKeys;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix_hash::ObjectId;

/// Reads an archive, of the kind that its first bytes say. Returns whether it was accepted.
pub(crate) fn archive(bytes: &[u8]) -> bool {
    let kind = match bytes {
        [b'P', b'K', ..] => Kind::Wheel,
        [0x1f, 0x8b, ..] => Kind::TarGz,
        _ => Kind::Tar,
    };
    let task = Task::unwatched();
    let Ok(artifact) = Artifact::of_bytes(Path::new("archive"), kind, bytes, &task) else { return false };
    check(artifact.tree());
    if let Ok(folder) = artifact.find_plugin() {
        check(&artifact.plugin_in(&folder).expect("a folder that was found is there"));
    }
    true
}

/// Reads the commit of a repository that is made of `bytes`, see [`write_objects`]. Returns whether it could be read.
pub(crate) fn commit(bytes: &[u8]) -> bool {
    let dir = tempfile::tempdir_in(scratch()).expect("a folder for the repository");
    write_objects(bytes, &dir.path().join(".git"));
    let task = Task::unwatched();
    let below = dir.path().join("p");
    fs::create_dir(&below).expect("a folder of the repository");
    let mut read = false;
    for folder in [dir.path(), &below] {
        if let Ok(committed) = committed::read(folder, &task) {
            check(&committed.plugin);
            committed.look_at_git(&[]);
            read = true;
        }
    }
    read
}

/// Reads a `plugin.py`. Returns whether it would be imported.
pub(crate) fn python(bytes: &[u8]) -> Answer {
    let found = plugin_py::would_import(bytes);
    assert_eq!(found.reason.is_none(), found.answer == Answer::Yes, "{found:?}");
    if let Some((line, column)) = found.reason.as_ref().and_then(|reason| reason.position) {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.matches('\n').count() + 1;
        assert!((1..=lines).contains(&(line as usize)) && column >= 1, "{found:?}");
    }
    assert_eq!(plugin_py::would_import(bytes), found, "the answer is another one the second time");
    found.answer
}

/// Reads a marketplace index and brings an entry into it. Returns whether it was accepted.
pub(crate) fn index(bytes: &[u8]) -> bool {
    let path = Path::new("index.json");
    let Ok(before) = Index::of_bytes(path, bytes.to_vec()) else { return false };
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice::<serde::de::IgnoredAny>(json).expect("what is taken for an index is JSON");
    let entry = entry();
    let Ok(change) = before.plan(&entry) else { return true };
    if change.kind() == ChangeKind::Insert {
        let mut cut = change.after().to_vec();
        cut.drain(change.put_in());
        assert!(cut == bytes, "a byte beside the item is another one");
    }
    let after = Index::of_bytes(path, change.after().to_vec()).expect("what is written can be read");
    let more = usize::from(change.kind() == ChangeKind::Insert);
    assert_eq!(after.count(), before.count() + more);
    assert_eq!(after.find(entry.id.as_str()).expect("the item is there").text, change.new_text());
    let again = after.plan(&entry).expect("an index with the item can be planned for");
    assert_eq!(again.kind(), ChangeKind::Same, "it is put in once");
    true
}

/// An entry with text that JSON has to escape.
fn entry() -> Entry {
    Entry {
        id: PluginId::new("bb").expect("an id"),
        name: "N \"\\ \u{e9}".to_owned(),
        item_type: "plugin",
        description: None,
        author: None,
        version: "1".to_owned(),
        tags: vec!["t".to_owned()],
        url: None,
        install: None,
        signing_key_id: "k".parse().expect("a key's id"),
    }
}

/// What a plugin in memory must be: names stay below it, and a loader's answer follows.
fn check(plugin: &Tree) {
    let task = Task::unwatched();
    let Ok(files) = plugin.covered_files() else { return };
    for file in &files {
        let name = file.path.as_py().to_string_lossy();
        let inside = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        assert!(inside, "`{name}` leads out");
    }
    let keys = TrustedKeys::default();
    let rehearsal = rehearsal::rehearse_tree(plugin, Ok(&keys), &task).expect("nobody cancels");
    // Without a trusted key no signature fits.
    assert_ne!(rehearsal.verdict.strict.goes_on(), Some(true), "{:?}", rehearsal.verdict);
}

/// Memory, where there is such a folder.
fn scratch() -> std::path::PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// Writes a repository's own folder: records of a kind (`b`, `t` and `c` for objects, `h` for `HEAD`, `p` for packed refs), a
/// length in two bytes, the lower one first, and the content.
///
/// An id of bytes 0xee that ends in `n` stands for that of object `n`, in bytes and in hex, so that changed objects still
/// find one another. `HEAD` is the last commit if no record says otherwise.
fn write_objects(bytes: &[u8], git_dir: &Path) {
    fs::create_dir_all(git_dir.join("objects/pack")).expect("the repository's folder");
    let mut ids: Vec<ObjectId> = Vec::new();
    let mut head = None;
    let mut rest = bytes;
    while let [kind, low, high, after @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(after.len());
        let (content, next) = after.split_at(length);
        rest = next;
        let content = with_ids(content, &ids);
        let kind = match kind {
            b'b' => gix_object::Kind::Blob,
            b't' => gix_object::Kind::Tree,
            b'c' => gix_object::Kind::Commit,
            b'h' => {
                head = Some(content);
                continue;
            }
            b'p' => {
                fs::write(git_dir.join("packed-refs"), content).expect("packed refs");
                continue;
            }
            _ => continue,
        };
        let id = gix_object::compute_hash(gix_hash::Kind::Sha1, kind, &content).expect("a hash");
        if kind == gix_object::Kind::Commit {
            head.get_or_insert_default();
            head = Some(id.to_string().into_bytes());
        }
        let name = id.to_string();
        let folder = git_dir.join("objects").join(&name[..2]);
        fs::create_dir_all(&folder).expect("an object's folder");
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        write!(packed, "{kind} {}\0", content.len()).expect("memory");
        packed.write_all(&content).expect("memory");
        fs::write(folder.join(&name[2..]), packed.finish().expect("memory")).expect("an object");
        ids.push(id);
    }
    fs::write(git_dir.join("HEAD"), head.unwrap_or_default()).expect("HEAD");
}

/// Puts the ids of objects in the place of their numbers.
fn with_ids(content: &[u8], ids: &[ObjectId]) -> Vec<u8> {
    let mut content = content.to_vec();
    for (number, id) in ids.iter().enumerate().take(200) {
        let mut short = [0xee; 20];
        short[19] = u8::try_from(number).unwrap_or_default();
        let hex: String = short.iter().map(|byte| format!("{byte:02x}")).collect();
        replace(&mut content, &short, id.as_bytes());
        replace(&mut content, hex.as_bytes(), id.to_string().as_bytes());
    }
    content
}

fn replace(content: &mut [u8], old: &[u8], new: &[u8]) {
    let mut at = 0;
    while let Some(found) = content[at..].windows(old.len()).position(|window| window == old) {
        content[at + found..at + found + new.len()].copy_from_slice(new);
        at += found + old.len();
    }
}
