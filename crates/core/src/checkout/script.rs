//! Building the clone's index with the clone's own script: code of the clone, run only when somebody who has seen the command
//! says so.
//!
//! It runs with the rights of the user: this is no sandbox. What is kept from it is the environment (tokens, agents, the
//! session's keyring), standard input, and time. Python's isolated mode is not used, since the script's newer versions import
//! files that lie beside it.

mod built;
mod error;
mod item;
mod process;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use built::{Bytes, Were};
pub use error::Error;
use serde::Serialize;
use serde_json::{Map, Value};

use super::index::{self, Index};
use super::{COPIES, Checkout, INDEX, SCRIPT, Submission, is_verified};
use crate::digest::Digest;
use crate::files::printable;
use crate::manifest;
use crate::regular;
use crate::task::Task;
use crate::verdict;

/// How long the script may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(300);

/// The largest script that is run.
const MAX_SCRIPT: usize = 4 << 20;

/// What the script's run changes in the index besides the items.
const CHANGES: [&str; 4] = ["generated", "stats", "categories", "mitre_coverage"];

/// By which names Python goes.
const PYTHONS: &[&str] = if cfg!(windows) { &["python.exe", "python3.exe"] } else { &["python3", "python"] };

/// A run that somebody has to agree to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScriptPlan {
    /// The program and its arguments; no shell reads them.
    pub command: Vec<OsString>,
    /// The folder that it runs in: the clone's root.
    pub cwd: PathBuf,
    /// The script.
    pub path: PathBuf,
    /// The script's SHA-256. Should it be another one when it is to run, it does not.
    pub sha256: Digest,
    /// All variables that it gets.
    pub environment: Vec<(OsString, OsString)>,
    /// After how long it is ended.
    pub time_limit: Duration,
}

/// What the script did to the index.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScriptReport {
    /// What became of the plugin's item.
    pub item: ItemChange,
    /// The item as it is now.
    pub now: Option<Map<String, Value>>,
    /// Where the item is not what the plugin says, as sentences without an end.
    pub wrong: Vec<String>,
    /// Fields of the item that are not known here, as sentences without an end. A newer script may add some, so that they are
    /// nothing wrong by themselves; nobody compared them.
    pub unknown: Vec<String>,
    /// Other items that changed: the clone's index was not what its script makes, or the script does more than it should.
    pub drift: Vec<Drift>,
    /// Other parts of the index that changed and should not.
    pub other: Vec<String>,
    /// The copies of the index.
    pub copies: Vec<(&'static str, CopyState)>,
    /// Whether the plugin's folder still verifies.
    pub still_verified: bool,
    /// What the script printed, cleaned of control characters; at most 128 KiB.
    pub output: String,
    /// The index.
    pub(super) index: Bytes,
    /// What it and its copies were, where no commit has that.
    were: Option<Were>,
}

impl ScriptReport {
    /// Tells whether exactly this plugin's item is new or changed, or was there, and all copies are the same.
    pub fn is_clean(&self) -> bool {
        let copies = self.copies.iter().all(|(_, state)| matches!(state, CopyState::Same | CopyState::NotUsed));
        self.item != ItemChange::Missing
            && self.wrong.is_empty()
            && self.drift.is_empty()
            && self.other.is_empty()
            && self.still_verified
            && copies
    }

    /// Returns everything that is not as it should be, as sentences without an end.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.wrong.clone();
        if self.item == ItemChange::Missing {
            problems.push("the index has no item for the plugin".to_owned());
        }
        let drift = self.drift.iter().map(|drift| format!("`{}` was {}", printable(&drift.item), drift.change.word()));
        problems.extend(drift);
        problems.extend(self.other.iter().map(|key| format!("`{}` of the index changed", printable(key))));
        for (path, state) in &self.copies {
            match state {
                CopyState::Same | CopyState::NotUsed => {}
                CopyState::Differs => problems.push(format!("`{path}` is not the same as `{INDEX}`")),
                CopyState::Missing => problems.push(format!("`{path}` is missing")),
            }
        }
        if !self.still_verified {
            problems.push("the plugin's folder does not verify any more".to_owned());
        }
        problems
    }
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ItemChange {
    /// It was not there before, in the commit or where none is read in the clone.
    Added,
    /// It was there and is another one.
    Changed,
    /// It was there and is the same.
    Same,
    /// It was there and is not any more.
    Removed,
    /// It is not there.
    Missing,
}

impl ItemChange {
    /// Returns the word for a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Same => "left as it was",
            Self::Removed => "removed",
            Self::Missing => "not there",
        }
    }
}

/// An item that changed and is not the plugin's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Type and id.
    pub item: String,
    /// What became of it.
    pub change: ItemChange,
}

/// What a copy of the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CopyState {
    /// The same bytes as the index.
    Same,
    /// Other bytes.
    Differs,
    /// It is not there and should be.
    Missing,
    /// It is not there, as in older clones.
    NotUsed,
}

impl Checkout {
    /// Looks for the script and for a Python on `search`, a list of folders as `PATH` has it. Runs nothing.
    ///
    /// Folders that are relative or lie in the clone are passed over, so that no clone brings its own Python.
    ///
    /// # Errors
    /// [`Error::NoPython`], [`Error::Clone`].
    pub fn script(&self, search: &OsStr) -> Result<ScriptPlan, Error> {
        let path = self.root.join(SCRIPT);
        let sha256 = digest_of(&path)?;
        let outside = |folder: &PathBuf| {
            folder.is_absolute() && !folder.canonicalize().is_ok_and(|folder| folder.starts_with(&self.root))
        };
        let folders: Vec<_> = std::env::split_paths(search).filter(outside).collect();
        let found =
            PYTHONS.iter().find_map(|name| folders.iter().map(|dir| dir.join(name)).find(|path| is_program(path)));
        let python = found.ok_or_else(|| Error::NoPython { root: self.root.clone() })?;
        let mut environment: Vec<(OsString, OsString)> =
            [("LANG", "C.UTF-8"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUTF8", "1")]
                .map(|(name, value)| (name.into(), value.into()))
                .into();
        // What was joined comes from what was split.
        environment.push(("PATH".into(), std::env::join_paths(&folders).unwrap_or_default()));
        // Without a home, the programs that stand in for Python (asdf's, for one) find none. Windows starts nothing without its own.
        for name in ["HOME", "USERPROFILE", "SystemRoot"] {
            environment.extend(std::env::var_os(name).map(|value| (name.into(), value)));
        }
        Ok(ScriptPlan {
            command: vec![python.into_os_string(), SCRIPT.into()],
            cwd: self.root.clone(),
            path,
            sha256,
            environment,
            time_limit: TIME_LIMIT,
        })
    }
}

impl ScriptPlan {
    /// Returns the command as a line for people.
    pub fn shown(&self) -> String {
        let words: Vec<_> = self.command.iter().map(|word| printable(&word.to_string_lossy())).collect();
        words.join(" ")
    }

    /// Runs the script, and compares the index with the commit's, or where no commit is read with what it was: what another run changed
    /// that nobody committed is part of this change. The submission must have been applied. What the script started
    /// ends with it, but for processes that left its group.
    ///
    /// # Errors
    /// See [`Error`]. What the run did to the index is no error but in the report.
    pub fn run(&self, submission: &Submission, task: &Task<'_>) -> Result<ScriptReport, Error> {
        let root = &submission.checkout.root;
        if let Some(refusal) = submission.refusal() {
            return Err(refusal.into());
        }
        submission.checkout.refuse_links()?;
        if !still_verified(submission)? {
            return Err(Error::NotApplied { target: submission.target.clone() });
        }
        let bytes = submission.index_before()?;
        let before = Index::of_bytes(&root.join(INDEX), &bytes)?;
        let were = submission.committed.is_none().then(|| Were::read(root, bytes)).transpose()?;
        let own = format!("{}/{}", submission.folder, manifest::YAML_NAME);
        match before.absent_files(root, &own) {
            0 => {}
            absent => return Err(Error::Incomplete { absent }),
        }
        if digest_of(&self.path)? != self.sha256 {
            return Err(Error::Changed { path: self.path.clone() });
        }
        submission.checkout.refuse_links()?;
        let (status, output) = self.execute(task)?;
        if !status.success() {
            return Err(Error::Failed { command: self.shown(), status: process::said(status), output });
        }
        submission.checkout.refuse_links()?;
        let bytes = index::read_bytes(&root.join(INDEX))?;
        let after = Index::of_bytes(&root.join(INDEX), &bytes)?;
        let mut report = compare(&before, after, submission);
        report.copies = copies(root, &bytes)?;
        report.still_verified = still_verified(submission)?;
        report.output = output;
        report.index = Bytes(bytes);
        report.were = were;
        Ok(report)
    }
}

/// Tells whether an item is what the script makes of the plugin, as far as that is known.
pub(super) fn is_right(item: &Map<String, Value>, submission: &Submission) -> bool {
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    item::look(item, submission, &mut wrong, &mut unknown);
    wrong.is_empty()
}

fn still_verified(submission: &Submission) -> Result<bool, Error> {
    let judged = verdict::judge(&submission.target, Ok(&submission.trusted), &Task::unwatched());
    match judged {
        Ok(verdict) => Ok(is_verified(&verdict.strict) && verdict.digest == Some(submission.digest)),
        Err(verdict::Error::Folder(_)) => Ok(false),
        Err(verdict::Error::Cancelled(cancelled)) => Err(cancelled.into()),
    }
}

fn compare(before: &Index, mut after: Index, submission: &Submission) -> ScriptReport {
    let own = ("plugin".to_owned(), submission.id.to_string());
    let keys: BTreeSet<_> = before.items.keys().chain(after.items.keys()).cloned().collect();
    let change = |key: &index::ItemKey| match (before.items.get(key), after.items.get(key)) {
        (Some(old), Some(new)) if old == new => ItemChange::Same,
        (Some(_), Some(_)) => ItemChange::Changed,
        (None, Some(_)) => ItemChange::Added,
        (Some(_), None) => ItemChange::Removed,
        (None, None) => ItemChange::Missing,
    };
    let drift = keys.iter().filter(|key| **key != own).filter_map(|key| match change(key) {
        ItemChange::Same => None,
        change => Some(Drift { item: format!("{} {}", key.0, key.1), change }),
    });
    let drift = drift.collect();
    let what = match change(&own) {
        ItemChange::Removed => ItemChange::Missing,
        change => change,
    };
    let names: BTreeSet<_> = before.other.keys().chain(after.other.keys()).collect();
    let differs =
        |name: &&&String| !CHANGES.contains(&name.as_str()) && before.other.get(**name) != after.other.get(**name);
    let other = names.iter().filter(differs).map(|name| (*name).clone()).collect();
    let mut items = after.items.remove(&own).unwrap_or_default();
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    if items.len() > 1 {
        wrong.push(format!("the index has {} items for the plugin", items.len()));
    }
    let now = items.pop();
    if let Some(now) = &now {
        item::look(now, submission, &mut wrong, &mut unknown);
    }
    ScriptReport {
        item: what,
        now,
        wrong,
        unknown,
        drift,
        other,
        copies: Vec::new(),
        still_verified: false,
        output: String::new(),
        index: Bytes::default(),
        were: None,
    }
}

fn copies(root: &Path, index: &[u8]) -> Result<Vec<(&'static str, CopyState)>, Error> {
    let mut states = Vec::new();
    for (at, path) in COPIES.into_iter().enumerate() {
        let state = match super::target::at(root, path)? {
            // The second came later than the first.
            None if at == 0 => CopyState::Missing,
            None => CopyState::NotUsed,
            Some(_) if index::read_bytes(&root.join(path))? == index => CopyState::Same,
            Some(_) => CopyState::Differs,
        };
        states.push((path, state));
    }
    Ok(states)
}

fn digest_of(script: &Path) -> Result<Digest, Error> {
    let read = regular::open_unlinked(script).and_then(|(file, _)| regular::read_open(file, MAX_SCRIPT));
    read.map(|bytes| Digest::of(&bytes)).map_err(|_| Error::Changed { path: script.to_owned() })
}

fn is_program(path: &Path) -> bool {
    let Ok(found) = fs::metadata(path) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        found.is_file() && found.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    found.is_file()
}
