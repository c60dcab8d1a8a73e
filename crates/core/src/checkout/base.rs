//! What a submission is a change of: the commit that the clone has checked out, or the clone's folder where no commit can be read.
//!
//! An earlier copy that is not committed changes nothing about that: a plugin that no commit has is new.

use std::collections::{BTreeMap, BTreeSet};

use gix_hash::ObjectId;

use super::index::Index;
use super::target::Target;
use super::{COPIES, Checkout, Error, INDEX, Notice, Submission, script, shown};
use crate::committed::{self, Blob, Head};
use crate::explain::Explain as _;
use crate::files::RelPath;
use crate::regular;
use crate::task::Task;

/// The largest `.gitattributes` that is compared.
const MAX_ATTRIBUTES: usize = 1 << 20;

/// What a submission is a change of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// The commit that is checked out.
    Commit {
        /// Its id, in hex.
        id: String,
    },
    /// The clone's folder as it was when it was looked at: the clone is no Git work tree, has no commit yet, or has one that is
    /// not read. A notice says which.
    Folder,
}

/// What a commit has in the plugin's folder.
#[derive(Debug, Clone)]
pub(super) struct Committed {
    pub(super) commit: ObjectId,
    /// By their names below the folder.
    pub(super) files: BTreeMap<Vec<u8>, Blob>,
    /// The branch that is checked out; nothing where it is a commit alone.
    pub(super) branch: Option<String>,
}

/// Reads what the clone's commit has of a folder; says why, and returns nothing, where that is not possible.
pub(super) fn look(
    checkout: &Checkout,
    folder: &str,
    own_branch: &str,
    notices: &mut Vec<Notice>,
    task: &Task<'_>,
) -> Result<Option<Committed>, Error> {
    if !checkout.is_work_tree {
        notices.push(Notice::NoWorkTree { root: checkout.root.clone() });
        return Ok(None);
    }
    let read = || {
        let head = Head::open(&checkout.root)?;
        let branch = head.stands_for("HEAD", "refs/heads/");
        let found = Committed { commit: head.commit(), files: head.files_below(folder, task)?, branch };
        Ok((branch_notice(&head, &found, own_branch), found))
    };
    match read() {
        Ok((notice, found)) => {
            notices.extend(notice);
            Ok(Some(found))
        }
        Err(committed::Error::Cancelled(cancelled)) => Err(cancelled.into()),
        Err(error) => {
            notices.push(Notice::NoCommit { code: error.code(), why: error.to_string() });
            Ok(None)
        }
    }
}

/// Says what stands against the branch: its name is taken, or it would begin at something else than what `origin` has.
fn branch_notice(head: &Head, found: &Committed, own: &str) -> Option<Notice> {
    const ORIGIN: &str = "refs/remotes/origin/";
    if found.branch.as_deref() == Some(own) {
        return None;
    }
    if head.id_in(&format!("refs/heads/{own}")).is_some() {
        return Some(Notice::BranchTaken { branch: own.to_owned() });
    }
    let there = |name: &String| head.id_in(&format!("{ORIGIN}{name}")).is_some();
    let default = head.stands_for(&format!("{ORIGIN}HEAD"), ORIGIN);
    let default = default.or_else(|| ["main", "master"].map(str::to_owned).into_iter().find(there))?;
    let is_there = found.branch.as_ref() == Some(&default)
        || head.id_in(&format!("{ORIGIN}{default}")).and_then(|id| ObjectId::from_hex(id.as_bytes()).ok())
            == Some(found.commit);
    (!is_there).then(|| Notice::OtherBranch { branch: found.branch.clone(), default })
}

/// Finds the files of the commit that neither the plugin brings nor the clone's folder has any more.
///
/// Where the folder itself is not there, as in a sparse clone, only what would make the signature invalid counts.
pub(super) fn gone(
    committed: &Committed,
    planned: &BTreeSet<&RelPath>,
    target: Option<&Target>,
    breaks: impl Fn(&RelPath) -> bool,
) -> Vec<RelPath> {
    let names = committed.files.keys().filter_map(|name| RelPath::from_bytes(name));
    let is_gone = |name: &RelPath| {
        !planned.contains(name) && target.map_or_else(|| breaks(name), |target| !target.has_file(name))
    };
    names.filter(is_gone).collect()
}

/// Finds the `.gitattributes` on the way to the plugin that are not as the commit has them, and that the plugin does not bring: a
/// fresh clone has the commit's.
pub(super) fn attributes_not_committed(
    checkout: &Checkout,
    folder: &str,
    committed: &Committed,
    kept: &[RelPath],
) -> Result<Option<Notice>, Error> {
    const NAME: &str = ".gitattributes";
    let head = Head::reopen(&checkout.root, committed.commit)?;
    let above = folder.match_indices('/').map(|(at, _)| format!("{}/{NAME}", &folder[..at]));
    let own = kept.iter().map(|path| format!("{folder}/{}", path.as_py().to_string_lossy()));
    let own = own.filter(|path| path.rsplit('/').next() == Some(NAME));
    let mut paths = Vec::new();
    for path in std::iter::once(NAME.to_owned()).chain(above).chain(own) {
        let there = match regular::open_unlinked(&checkout.root.join(&path)) {
            Ok((file, _)) => regular::read_open(file, MAX_ATTRIBUTES).ok(),
            // Git takes no attributes from anything else.
            Err(_) => None,
        };
        let id = head.file(&path)?.map(|blob| blob.id);
        // Whoever's Git writes CRLF has it here, too, and no other meaning.
        let without_cr = |bytes: &Vec<u8>| bytes.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<_>>();
        let is_same = match &there {
            Some(bytes) => {
                id.is_some() && (committed::id_of(bytes) == id || committed::id_of(&without_cr(bytes)) == id)
            }
            None => id.is_none(),
        };
        if !is_same {
            paths.push(path);
        }
    }
    Ok((!paths.is_empty()).then_some(Notice::AttributesNotCommitted { paths }))
}

impl Submission {
    /// Returns what the submission is a change of.
    pub fn base(&self) -> Base {
        match &self.committed {
            Some(committed) => Base::Commit { id: committed.commit.to_string() },
            None => Base::Folder,
        }
    }

    /// Returns the branch that the clone has checked out; nothing where it is a commit alone, or no commit is read.
    pub fn base_branch(&self) -> Option<&str> {
        self.committed.as_ref()?.branch.as_deref()
    }

    /// Returns the commit, in hex, where it has all of the submission already: the files, and in the index and its copies the item
    /// that belongs to them. Other parts of a built index, such as the time of its making, do not count.
    ///
    /// # Errors
    /// Those of [`Self::patch`]; [`Error::IndexInvalid`] where the commit's index is none.
    pub fn is_in_commit(&self, task: &Task<'_>) -> Result<Option<String>, Error> {
        let Some(committed) = &self.committed else { return Ok(None) };
        if committed.files.is_empty() || !self.patch(None, task)?.is_empty() {
            return Ok(None);
        }
        let head = Head::reopen(&self.checkout.root, committed.commit)?;
        let Some(blob) = head.file(INDEX)? else { return Ok(None) };
        for copy in COPIES {
            let is_used = regular::exists(&self.checkout.root.join(copy)).unwrap_or(false);
            if is_used && head.file(copy)?.map(|copy| copy.id) != Some(blob.id) {
                return Ok(None);
            }
        }
        let index = Index::of_bytes(&self.checkout.root.join(INDEX), &head.read(blob, INDEX)?)?;
        let [item] = index.plugins(&self.id) else { return Ok(None) };
        Ok(script::is_right(item, self).then(|| committed.commit.to_string()))
    }

    /// Tells whether the plugin is there already: whether the commit has anything in its folder, or, where no commit is read, whether
    /// the clone had the folder when it was looked at.
    pub fn is_update(&self) -> bool {
        self.committed.as_ref().map_or(self.before.is_some(), |committed| !committed.files.is_empty())
    }

    /// Returns the files that the commit of the submission takes away, below the plugin's folder, sorted.
    pub(super) fn taken_away(&self) -> Vec<&RelPath> {
        let is_committed = |path: &&RelPath| {
            self.committed.as_ref().is_none_or(|committed| committed.files.contains_key(path.name().as_slice()))
        };
        let removed = self.surplus.iter().filter(|_| self.remove).filter(is_committed);
        let mut all: Vec<_> = self.gone.iter().chain(removed).collect();
        all.sort_unstable();
        all
    }
}

/// Says which files of the commit go with it.
pub(super) fn notice(gone: &[RelPath]) -> Option<Notice> {
    (!gone.is_empty()).then(|| Notice::Gone { paths: shown(gone) })
}
