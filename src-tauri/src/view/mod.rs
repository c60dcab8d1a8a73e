//! What crosses to the web view: facts to draw, handles, no secrets.
//!
//! The same shapes are in `ui/src/lib/backend/generated.ts`, which a test here writes and compares. Fields are
//! camelCase, unions are tagged by `kind`, words are kebab-case, what is not there is `null`. Times are RFC 3339 in UTC.

mod edit;
mod entry;
mod entry_checkout;
mod entry_goal;
mod entry_index;
mod entry_review;
mod event;
mod failure;
mod hand_over;
mod handle;
mod key;
mod key_life;
mod plugin;
mod pull_request;
mod rehearsal;
mod shipped;
mod sign;
mod standing;
mod start;

pub(crate) use edit::{EditAnswer, EditPreview, OfferedEdit};
pub(crate) use entry::{Additions, EntryEdit, EntryView, Problems, SaveAnswer};
pub(crate) use entry_checkout::{
    Copied, CopyAnswer, IndexBuilt, IndexScript, ScriptAnswer, Submission, SubmissionWish,
};
pub(crate) use entry_goal::{ChosenFolder, EntryGoal, EntryGoalWish};
pub(crate) use entry_index::{IndexAnswer, IndexChange};
pub(crate) use entry_review::{EntryCard, EntryCheck};
pub(crate) use event::{BackendEvent, Operation, Progress, Step};
pub(crate) use failure::{Failure, Place, relative};
pub(crate) use hand_over::{HandOver, HandOverAnswer, HandOverRehearsal};
pub(crate) use handle::{EditHandle, FileHandle, FolderHandle, KeyHandle, KitHandle};
pub(crate) use key::{Keeping, Kept, KeyIdCheck, KeyringStatus, Passphrase, PublisherKey, key_failure, keyring_name};
pub(crate) use key_life::{
    Adopted, BackedUp, ChosenFile, Deletion, Drilled, KeyFile, NextStep, Revocation, Rotation, SignedPlugin,
    SignedPlugins,
};
pub(crate) use plugin::{
    Changes, Finding, Manifest, ManifestFact, Payload, PluginView, RecentPlugin, SignatureState, Uncovered,
};
pub(crate) use pull_request::PullRequest;
pub(crate) use rehearsal::{Causes, Rehearsal};
pub(crate) use shipped::{Shipped, ShippedAs, archive_failure};
pub(crate) use sign::{SignAnswer, Signed, verdicts};
pub(crate) use standing::{Done, Origin, Revoked, RevokedReason, Standing, WayOut};
pub(crate) use start::Start;

use std::path::Path;

/// Writes a path for a reader, with `~` for the user's home folder.
pub(crate) fn shown(path: &Path) -> String {
    match std::env::home_dir().as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(below) if below.as_os_str().is_empty() => "~".to_owned(),
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

/// Makes a sentence of a message of the core's: a capital first, a full stop last.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
pub(crate) use {
    entry_checkout::{SubmittedRole, SubmittedState, Unfit},
    entry_index::IndexAct,
    entry_review::CheckAnswer,
};

#[cfg(test)]
mod drift;
