//! A submission to AiSOC's own repository: the plugin's folder in a local clone, and the index that the clone's script makes.
//!
//! AiSOC's loader contract §9, and its public repository as it was on 22 November 2026 (`scripts/build_marketplace.py`,
//! `scripts/check_marketplace_index_parity.py`, `plugins/community/README.md`): the index there is generated, so a submission
//! is `plugins/community/<id>/` and an index built anew. No `git` is run and nothing of a repository's state is touched.
//! The one thing that may be run is the script, in [`script`], when somebody who has seen the command says so.

mod base;
mod changes;
mod collect;
mod commit;
mod error;
mod index;
mod manifest;
mod notice;
mod plan;
pub mod script;
mod target;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use base::Base;
pub use error::{Error, NotACheckout};
pub use notice::{Notice, OWN_ATTRIBUTES};

use crate::atomic::Obstacle;
use crate::digest::Digest;
use crate::edits::{self, Edit};
use crate::files::{RelPath, UncoveredFile};
use crate::key::{KeyId, PublicKey};
use crate::manifest::PluginId;
use crate::preflight;
use crate::regular;
use crate::rehearsal::{self, Rehearsal};
use crate::task::Task;
use crate::tree::{Tree, TreeFile};
use crate::trusted::TrustedKeys;
use crate::verdict::{ModeVerdict, Status, Verdict};
use base::Committed;
use changes::Removed;
use target::Target;

/// Where community plugins lie in the clone.
pub const COMMUNITY: &str = "plugins/community";

/// The index that the script writes.
pub const INDEX: &str = "marketplace/index.json";

/// Its copies, of which an older clone has the first alone.
pub const COPIES: [&str; 2] =
    ["apps/web/public/marketplace/index.json", "services/api/app/data/marketplace/index.json"];

/// The script that makes the index.
pub const SCRIPT: &str = "scripts/build_marketplace.py";

/// By what a clone is recognised, and whether it is a folder.
const MARKS: [(&str, bool); 3] = [("plugins", true), (INDEX, false), (SCRIPT, false)];

/// How many folders above the given one are looked at, to say where the clone's root is.
const MAX_UP: usize = 16;

/// A local clone of AiSOC's repository.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checkout {
    /// Its root, without symlinks.
    pub root: PathBuf,
    /// Whether it is a Git work tree; a downloaded archive is none.
    pub is_work_tree: bool,
}

/// What the caller decides.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files beyond the usual ones that go along, or folders of them, below the plugin's folder. `.py` files always do.
    pub include: Vec<RelPath>,
    /// Remove what lies in the target and would make the signature invalid.
    pub remove: bool,
}

/// What a submission would do to the clone. It holds the bytes that were looked at, and writes these.
#[non_exhaustive]
pub struct Submission {
    /// The plugin's id, which is also the folder's name.
    pub id: PluginId,
    /// The folder in the clone, `/`-separated.
    pub folder: String,
    /// The same, on the disk.
    pub target: PathBuf,
    /// What the signature covers.
    pub digest: Digest,
    /// The files, sorted.
    pub files: Vec<Planned>,
    /// Files of the target that make the signature invalid and that [`Options::remove`] removes. Without that, a submission
    /// with any of them is not written.
    pub surplus: Vec<RelPath>,
    /// Other files of the target that the plugin does not bring; they stay.
    pub kept: Vec<RelPath>,
    /// Files of the commit that the clone's folder does not have any more and the plugin does not bring: an earlier removal that is not
    /// committed, for one. They go with the commit.
    pub gone: Vec<RelPath>,
    /// The plugin's files that do not go along, those of `.git` not counted: nobody asked for them.
    pub left_out: Vec<UncoveredFile>,
    /// What a loader answers in each mode that trusts the key alone, to a fresh clone of the commit, as the clone's
    /// `.gitattributes` make it. Nothing where that cannot be told. Settings of the user are not asked, which
    /// [`Self::git_commands`] take back.
    pub fresh_clone: Option<Verdict>,
    /// What the author should know.
    pub notices: Vec<Notice>,
    /// What reviewers there will find, out of what [`preflight`] finds.
    pub findings: Vec<preflight::Finding>,
    checkout: Checkout,
    key_id: KeyId,
    key: PublicKey,
    trusted: TrustedKeys,
    plugin: Tree,
    remove: bool,
    before: Option<Target>,
    committed: Option<Committed>,
    /// What is removed, where no commit has it.
    removed: Vec<Removed>,
    rewritten: Rewritten,
}

/// The signed files whose line endings Git changes on the way to a fresh clone, and the lines of `.gitattributes` that say so.
#[derive(Debug, Default)]
struct Rewritten {
    to_crlf: Vec<String>,
    to_lf: Vec<String>,
    by: Vec<String>,
}

/// One file of a submission.
#[derive(Clone)]
#[non_exhaustive]
pub struct Planned {
    /// Its name below the plugin's folder.
    pub path: RelPath,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub role: Role,
    /// What it does to the clone.
    pub state: FileState,
    /// Whether the plugin's folder has a symlink here. The bytes behind it are written, as the loader hashes them.
    pub linked: bool,
    /// What the clone has there now, where that is other bytes.
    pub before: Option<Arc<[u8]>>,
}

/// Why a file goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// The manifest.
    Manifest,
    /// The signature covers it.
    Covered,
    /// `plugin.sig`.
    Signature,
    /// README, licence or notice.
    Document,
    /// The author chose it.
    Included,
}

/// What writing a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FileState {
    /// It is not there yet.
    New,
    /// It is there with these bytes.
    Same,
    /// It is there with other bytes.
    Changed,
}

/// What was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The files that were written, in order.
    pub written: Vec<RelPath>,
    /// The files that were removed.
    pub removed: Vec<RelPath>,
    /// What a loader answers that trusts the key alone, to the folder as it is on the disk now: `verified`.
    pub rehearsal: Rehearsal,
}

/// The bytes may be many; what is planned is what matters.
impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, role, state, linked, .. } = self;
        let mut shown = f.debug_struct("Planned");
        shown.field("path", path).field("role", role).field("state", state).field("linked", linked);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, files, notices, .. } = self;
        let mut shown = f.debug_struct("Submission");
        shown.field("target", target).field("files", files).field("notices", notices).finish_non_exhaustive()
    }
}

impl Checkout {
    /// Recognises a clone of AiSOC's repository by what the marketplace's script works on.
    ///
    /// # Errors
    /// [`Error::NotACheckout`], which says what is missing; [`Error::Link`] where one of the marks is reached through a
    /// symlink; [`Error::Unreadable`].
    pub fn recognise(dir: &Path) -> Result<Self, Error> {
        let not_one = |why| Err(Error::NotACheckout { dir: dir.to_owned(), why });
        let root = match fs::canonicalize(dir) {
            Ok(root) if root.is_dir() => root,
            Ok(_) => return not_one(NotACheckout::NoFolder),
            Err(error) if regular::means_absent(&error) => return not_one(NotACheckout::NoFolder),
            Err(source) => return Err(Error::Unreadable { path: dir.to_owned(), source }),
        };
        let missing = missing_marks(&root)?;
        if missing.is_empty() {
            let is_work_tree = regular::exists(&root.join(".git")).unwrap_or(false);
            return Ok(Self { root, is_work_tree });
        }
        let has_git = regular::exists(&root.join(".git")).unwrap_or(false);
        if !has_git && ["HEAD", "objects", "refs"].iter().all(|name| root.join(name).exists()) {
            return not_one(NotACheckout::Bare);
        }
        let above = root.ancestors().skip(1).take(MAX_UP);
        if let Some(root) = above.into_iter().find(|root| missing_marks(root).is_ok_and(|missing| missing.is_empty())) {
            return not_one(NotACheckout::Below { root: root.to_owned() });
        }
        if has_git && fs::read_dir(&root).is_ok_and(|entries| entries.take(2).count() == 1) {
            return not_one(NotACheckout::NothingCheckedOut);
        }
        let sparse = regular::exists(&root.join(".git/info/sparse-checkout")).unwrap_or(false);
        not_one(NotACheckout::Missing { missing, sparse })
    }
}

impl Submission {
    /// Returns the clone.
    pub fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// Tells whether the clone has every file as it should be.
    pub fn is_applied(&self) -> bool {
        self.surplus.is_empty() && self.files.iter().all(|file| file.state == FileState::Same)
    }

    /// Returns the key that signed the plugin, with its name.
    pub fn key(&self) -> (&KeyId, &PublicKey) {
        (&self.key_id, &self.key)
    }

    /// Returns the files in memory, as they will be in the clone; its label is the plugin's folder.
    pub fn plugin(&self) -> &Tree {
        &self.plugin
    }

    /// Returns what would change as unified diffs for showing; a file that is no text is named alone.
    pub fn diff(&self) -> String {
        let mut diff = String::new();
        for file in self.files.iter().filter(|file| file.state != FileState::Same) {
            diff += &one_diff(&format!("{}/{}", self.folder, file.path), file.before.as_deref(), Some(&file.bytes));
        }
        for path in self.surplus.iter().filter(|_| self.remove) {
            diff += &format!("{}/{path} is removed\n", self.folder);
        }
        diff
    }

    /// Writes the files, if the target is still what was looked at, and judges what is on the disk then.
    ///
    /// A new folder is made under another name beside its place and gets its own when it is complete. In a folder that is
    /// there, file after file is replaced. No symlink is followed on the way.
    ///
    /// # Errors
    /// [`Error::Surplus`], [`Error::CloneRefuses`], [`Error::Changed`], [`Error::Link`] and [`Error::InTheWay`] before anything is written;
    /// [`Error::Write`] says what was; [`Error::NotVerified`] after all of it.
    pub fn apply(&self, task: &Task<'_>) -> Result<Applied, Error> {
        if !self.surplus.is_empty() && !self.remove {
            return Err(Error::Surplus { folder: self.folder.clone(), paths: shown(&self.surplus) });
        }
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        task.check()?;
        if target::look(&self.checkout.root, &self.id, task)? != self.before {
            return Err(Error::Changed { path: self.target.clone() });
        }
        let removed = if self.remove { self.surplus.clone() } else { Vec::new() };
        let written = target::write(&self.checkout.root, &self.id, &self.files, &removed, self.before.is_some())?;
        // Nothing stops half way from here on: what was written is judged whole.
        let rehearsal = rehearsal::rehearse(&self.target, Ok(&self.trusted), &Task::unwatched())?;
        if !is_verified(&rehearsal.verdict.strict) || rehearsal.verdict.digest != Some(self.digest) {
            return Err(Error::NotVerified { target: self.target.clone(), finding: rehearsal.finding().cloned() });
        }
        Ok(Applied { written, removed, rehearsal })
    }

    /// Returns the change of the plugin's folder that keeps Git from changing its files: a `.gitattributes` of its own, which is to be
    /// included after that. Nothing where a fresh clone is not known to refuse the plugin, where such a file lies there already and
    /// only stays behind, or where it says so already.
    pub fn mend(&self) -> Option<Edit> {
        let stays = self.left_out.iter().any(|file| file.path.to_string() == ".gitattributes");
        (self.refusal().is_some() && !stays).then(|| edits::attributes_as_it_is(self.plugin.label()))?
    }

    /// Returns why nothing is written and no script is run: it is known that a fresh clone of the commit would not verify. That it
    /// cannot be told is no reason.
    pub fn refusal(&self) -> Option<Error> {
        let verdict = self.fresh_clone.as_ref().filter(|verdict| !is_verified(&verdict.strict))?;
        let Rewritten { to_crlf, to_lf, by } = &self.rewritten;
        Some(Error::CloneRefuses {
            to_crlf: to_crlf.clone(),
            to_lf: to_lf.clone(),
            by: by.clone(),
            reason: verdict.strict.reason,
        })
    }

    /// Tells whether it may be committed: nothing stays that makes the signature invalid, and a fresh clone has a valid one.
    pub fn is_ready(&self) -> bool {
        (self.surplus.is_empty() || self.remove)
            && self.fresh_clone.as_ref().is_some_and(|verdict| is_verified(&verdict.strict))
    }
}

fn one_diff(name: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let is_text =
        |bytes: Option<&[u8]>| bytes.is_none_or(|bytes| std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0));
    if is_text(before) && is_text(after) {
        return edits::unified(name, before, after);
    }
    format!("{}: {} bytes that are no text\n", crate::files::printable(name), after.map_or(0, <[u8]>::len))
}

fn tree_of(label: &Path, files: &[Planned]) -> Tree {
    let mut tree = Tree::new(label.to_owned());
    for file in files {
        // Names were refused that are no text.
        let name = file.path.as_py().as_str().unwrap_or_default().as_bytes().to_vec();
        tree.add_file(name, TreeFile { bytes: Arc::clone(&file.bytes), symlink: file.linked });
    }
    tree
}

fn is_verified(answer: &ModeVerdict) -> bool {
    answer.signature_status == Some(Status::Verified)
}

fn shown(paths: &[RelPath]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// Finds the marks of a clone that are not there.
fn missing_marks(root: &Path) -> Result<Vec<&'static str>, Error> {
    let mut missing = Vec::new();
    for (mark, is_folder) in MARKS {
        let wanted = if is_folder { Obstacle::Folder } else { Obstacle::File };
        if target::at(root, mark)? != Some(wanted) {
            missing.push(mark);
        }
    }
    Ok(missing)
}
