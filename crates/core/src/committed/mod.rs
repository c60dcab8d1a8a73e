//! What is committed of a plugin's folder: the tree of `HEAD`, as a fresh clone on Linux would have it.
//!
//! The repository may come from a stranger. Only its objects, `HEAD`, the refs and packed refs are read: no `git`
//! program, no hook, no filter, no line of its configuration. Objects that other folders hold (alternates) are not looked for,
//! and every object is hashed again, as a clone does.

mod attributes;
mod error;
mod fresh;
mod head;
mod ignored;
mod line_endings;
mod repository;

use std::path::{Path, PathBuf};

use gix_object::tree::EntryKind;

pub use error::Error;
pub(crate) use fresh::fresh;
pub(crate) use head::{Blob, Head, id_of};
pub(crate) use repository::work_tree_of;

use crate::artifact::{MAX_ENTRIES, MAX_UNPACKED_BYTES};
use crate::files::{self, MAX_DEPTH};
use crate::manifest;
use crate::shipping::{Carrier, Finding, What};
use crate::signature;
use crate::task::Task;
use crate::tree::{Tree, TreeFile};
use attributes::{Attributes, Checkout};
use repository::{Entry, Repository};

/// The largest file that is read from a commit, in bytes.
pub const MAX_FILE: usize = 64 << 20;

/// How many symlinks may lead to one another on Linux. One that needs more is a dangling one to Python.
const MAX_LINKS: usize = 40;

/// How many symlinks are followed in all.
const MAX_FOLLOWED: usize = 2000;

/// Of so many files that are not committed it is told whether they are ignored.
const MAX_IGNORED: usize = 2000;

/// A plugin as it is committed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Committed {
    /// The commit's id, in hex.
    pub commit: String,
    /// The folder that holds `.git`.
    pub repository: PathBuf,
    /// The plugin's folder below it, `/`-separated; empty for the repository's own folder.
    pub folder: String,
    /// Its files in a fresh clone.
    pub plugin: Tree,
    checkouts: Vec<(String, Checkout)>,
}

/// Reads what is committed of the plugin's folder `dir`.
///
/// # Errors
/// See [`Error`].
pub fn read(dir: &Path, task: &Task<'_>) -> Result<Committed, Error> {
    files::check_folder(dir)?;
    let (repository, below) = Repository::find(dir)?;
    let commit = repository.head()?;
    let root = repository.tree_of(commit)?;
    let mut reader = Reader {
        repository: &repository,
        root,
        attributes: Attributes::default(),
        plugin: Tree::new(dir.to_owned()),
        links: Vec::new(),
        files: Vec::new(),
        entries: 0,
        bytes: 0,
        followed: 0,
        task,
    };
    let tree = reader.descend(&below)?;
    reader.walk(&below, tree)?;
    let (plugin, checkouts) = reader.finish(&below)?;
    let folder = String::from_utf8_lossy(&below).into_owned();
    Ok(Committed { commit: commit.to_string(), repository: repository.work_tree, folder, plugin, checkouts })
}

impl Committed {
    /// Says what Git's own files do to the plugin, beyond what [`shipping::compare`](crate::shipping::compare) found.
    pub fn look_at_git(&self, found: &[Finding]) -> Vec<Finding> {
        let with = |has: fn(&Checkout) -> bool| {
            let names = self.checkouts.iter().filter(|(name, checkout)| matters(name.as_bytes()) && has(checkout));
            names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let missing = |finding: &&Finding| {
            matches!(finding.what, What::FilesMissing | What::SignatureMissing | What::ManifestMissing)
        };
        let missing = found.iter().filter(missing).flat_map(|finding| &finding.paths);
        let below = |name: &String| match self.folder.as_str() {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        let ignored =
            missing.take(MAX_IGNORED).filter(|name| ignored::is(&self.repository, &below(name))).cloned().collect();
        [
            (What::Ignored, ignored),
            (What::ClonedWithCrlf, with(|checkout| checkout.to_crlf)),
            (What::LfsPointer, with(|checkout| checkout.lfs)),
            (What::ExportIgnored, with(|checkout| checkout.export_ignore)),
        ]
        .into_iter()
        .filter(|(_, paths): &(What, Vec<String>)| !paths.is_empty())
        .map(|(what, paths)| Finding::new(what, Carrier::Commit, paths))
        .collect()
    }
}

/// Tells whether the loader's answer can depend on the file.
fn matters(name: &[u8]) -> bool {
    files::has_covered_name(name)
        || [manifest::YAML_NAME, manifest::JSON_NAME, signature::FILE_NAME].iter().any(|own| name == own.as_bytes())
}

/// Reads a plugin's files out of a commit.
struct Reader<'a> {
    repository: &'a Repository,
    root: gix_hash::ObjectId,
    attributes: Attributes,
    plugin: Tree,
    /// Symlinks by their names below the plugin's folder, with what they lead to.
    links: Vec<(Vec<u8>, Vec<u8>)>,
    files: Vec<(Vec<u8>, gix_hash::ObjectId)>,
    entries: usize,
    bytes: u64,
    followed: usize,
    task: &'a Task<'a>,
}

impl Reader<'_> {
    /// Goes down to the plugin's folder, and takes the attributes on the way.
    fn descend(&mut self, below: &[u8]) -> Result<gix_hash::ObjectId, Error> {
        let mut tree = self.root;
        let mut path = Vec::new();
        for part in below.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
            let entries = self.repository.entries(tree, &path)?;
            self.take_attributes(&path, &entries)?;
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(part);
            tree = match entries.into_iter().find(|entry| entry.name == part) {
                Some(Entry { kind: EntryKind::Tree, id, .. }) => id,
                _ => return Err(Error::FolderNotCommitted { folder: lossy(&path) }),
            };
        }
        Ok(tree)
    }

    /// Takes everything below a folder, without recursion: the depth is a stranger's.
    fn walk(&mut self, below: &[u8], tree: gix_hash::ObjectId) -> Result<(), Error> {
        let mut waiting = vec![(Vec::new(), tree, 0)];
        while let Some((folder, tree, depth)) = waiting.pop() {
            let entries = self.repository.entries(tree, &folder)?;
            self.take_attributes(&join(below, &folder), &entries)?;
            for entry in entries {
                self.task.check()?;
                let name = join(&folder, &entry.name);
                self.entries += 1;
                if self.entries > MAX_ENTRIES || depth >= MAX_DEPTH {
                    return Err(Error::TooLarge { path: lossy(&name) });
                }
                match entry.kind {
                    EntryKind::Tree => {
                        self.plugin.add_folder(name.clone());
                        waiting.push((name, entry.id, depth + 1));
                    }
                    // A clone makes an empty folder for a submodule.
                    EntryKind::Commit => self.plugin.add_folder(name),
                    EntryKind::Blob | EntryKind::BlobExecutable => self.files.push((name, entry.id)),
                    EntryKind::Link => {
                        let target = self.blob(entry.id, &name)?;
                        self.links.push((name, target));
                    }
                }
            }
        }
        Ok(())
    }

    fn take_attributes(&mut self, folder: &[u8], entries: &[Entry]) -> Result<(), Error> {
        let is_attributes = |entry: &&Entry| {
            entry.name == b".gitattributes" && matches!(entry.kind, EntryKind::Blob | EntryKind::BlobExecutable)
        };
        let Some(entry) = entries.iter().find(is_attributes) else { return Ok(()) };
        let path = join(folder, &entry.name);
        let text = self.blob(entry.id, &path)?;
        self.attributes.add(folder, &text).map_err(|()| Error::Attributes { path: lossy(&path) })
    }

    /// Reads the files, once all attributes are known, and then what symlinks lead to.
    fn finish(mut self, below: &[u8]) -> Result<(Tree, Vec<(String, Checkout)>), Error> {
        let mut checkouts = Vec::new();
        for (name, id) in std::mem::take(&mut self.files) {
            self.task.check()?;
            let (bytes, checkout) = self.checked_out(id, &join(below, &name))?;
            checkouts.push((lossy(&name), checkout));
            self.plugin.add_file(name, TreeFile { bytes: bytes.into(), symlink: false });
        }
        for (name, target) in std::mem::take(&mut self.links) {
            if !matters(&name) {
                self.plugin.add_file(name, TreeFile { bytes: target.into(), symlink: true });
                continue;
            }
            match self.follow(&join(below, &name), target)? {
                Some(Behind::File(bytes)) => {
                    self.plugin.add_file(name, TreeFile { bytes: bytes.into(), symlink: true })
                }
                Some(Behind::Folder) => self.plugin.add_folder(name),
                // As Python's `exists()` and `is_file()` say of a dangling link.
                None => {}
            }
        }
        Ok((self.plugin, checkouts))
    }

    /// Reads a file as it is committed, and counts its bytes.
    fn blob(&mut self, id: gix_hash::ObjectId, path: &[u8]) -> Result<Vec<u8>, Error> {
        let blob = self.repository.blob(id, path)?;
        self.bytes += blob.len() as u64;
        if self.bytes > MAX_UNPACKED_BYTES {
            return Err(Error::TooLarge { path: lossy(path) });
        }
        Ok(blob)
    }

    /// Reads a file and changes it as a checkout does.
    fn checked_out(&mut self, id: gix_hash::ObjectId, path: &[u8]) -> Result<(Vec<u8>, Checkout), Error> {
        let blob = self.blob(id, path)?;
        let of_path = self.attributes.of(path);
        let cannot_tell = |why| Error::CannotTell { path: lossy(path), why };
        if matters(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)) {
            if of_path.other_encoding {
                return Err(cannot_tell("`working-tree-encoding` in .gitattributes changes it in a clone"));
            }
            if of_path.ident && blob.windows(3).any(|three| three == b"$Id") {
                return Err(cannot_tell("`ident` in .gitattributes changes it in a clone"));
            }
        }
        let changed = line_endings::on_checkout(&blob, of_path.text);
        let checkout = Checkout {
            to_crlf: changed.is_some(),
            lfs: of_path.lfs && blob.starts_with(b"version https://git-lfs.github.com/spec/"),
            export_ignore: of_path.export_ignore,
        };
        Ok((changed.unwrap_or(blob), checkout))
    }

    /// Finds what a symlink leads to in the commit; nothing where it dangles.
    fn follow(&mut self, link: &[u8], target: Vec<u8>) -> Result<Option<Behind>, Error> {
        let leaves =
            || Error::CannotTell { path: lossy(link), why: "it is a symlink that leads out of the repository" };
        let (mut from, mut target) = (link.to_vec(), target);
        for _ in 0..MAX_LINKS {
            if target.starts_with(b"/") {
                return Err(leaves());
            }
            let mut path: Vec<&[u8]> = from.split(|byte| *byte == b'/').collect();
            path.pop();
            for part in target.split(|byte| *byte == b'/') {
                match part {
                    b"" | b"." => {}
                    b".." => {
                        path.pop().ok_or_else(leaves)?;
                    }
                    part => path.push(part),
                }
            }
            self.task.check()?;
            self.followed += 1;
            let path = path.join(&b'/');
            if self.followed > MAX_FOLLOWED {
                return Err(Error::TooLarge { path: lossy(link) });
            }
            match self.look_up(&path)? {
                Found::Nothing => return Ok(None),
                Found::Entry(EntryKind::Tree | EntryKind::Commit, _) => return Ok(Some(Behind::Folder)),
                Found::Entry(EntryKind::Link, id) => {
                    target = self.blob(id, &path)?;
                    from = path;
                }
                Found::Entry(_, id) => {
                    let (bytes, _) = self.checked_out(id, &path)?;
                    return Ok(Some(Behind::File(bytes)));
                }
                Found::ThroughLink => {
                    let why = "it is a symlink that leads through another one";
                    return Err(Error::CannotTell { path: lossy(link), why });
                }
            }
        }
        Ok(None)
    }

    /// Looks a path up from the root of the commit.
    fn look_up(&self, path: &[u8]) -> Result<Found, Error> {
        let mut found = (EntryKind::Tree, self.root);
        for part in path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
            match found.0 {
                EntryKind::Tree => {}
                EntryKind::Link => return Ok(Found::ThroughLink),
                _ => return Ok(Found::Nothing),
            }
            let entries = self.repository.entries(found.1, path)?;
            let Some(entry) = entries.into_iter().find(|entry| entry.name == part) else { return Ok(Found::Nothing) };
            found = (entry.kind, entry.id);
        }
        Ok(Found::Entry(found.0, found.1))
    }
}

/// What a symlink leads to.
enum Behind {
    File(Vec<u8>),
    Folder,
}

/// What a path names.
enum Found {
    Nothing,
    Entry(EntryKind, gix_hash::ObjectId),
    ThroughLink,
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match (folder, name) {
        (b"", name) => name.to_vec(),
        (folder, b"") => folder.to_vec(),
        (folder, name) => [folder, b"/", name].concat(),
    }
}

fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
