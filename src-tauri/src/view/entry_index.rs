//! The change to an index, before and after it is written.

use std::path::Path;

use aisoc_publisher_core::index::{Change, Kind};
use serde::Serialize;

use super::{Failure, PullRequest, shown};

/// What becomes of the plugin's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum IndexAct {
    /// The index has none yet.
    Insert,
    /// It has one, which changes.
    Update,
    /// It has exactly this one.
    Same,
}

/// What writing the entry would change in an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct IndexChange {
    /// Display: the file.
    #[serde(rename = "where")]
    pub(crate) place: String,
    /// The file's name alone.
    pub(crate) name: String,
    pub(crate) act: IndexAct,
    /// On which line the item begins, counted from 1.
    pub(crate) line: u32,
    /// The change as a unified diff; empty where there is none.
    pub(crate) diff: String,
    /// What should be known before it is written.
    pub(crate) notices: Vec<Failure>,
    /// Names exactly this change of exactly these bytes.
    pub(crate) shown: String,
}

impl IndexChange {
    /// Writes a change of the core's that is known as `name`.
    pub(crate) fn of(change: &Change, name: String) -> Self {
        Self {
            place: shown(change.path()),
            name: file_name(change.path()),
            act: IndexAct::of(change.kind()),
            line: change.line(),
            diff: change.diff(),
            notices: change.notices().iter().map(|notice| Failure::of(notice, None)).collect(),
            shown: name,
        }
    }
}

impl IndexAct {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Insert => Self::Insert,
            Kind::Update => Self::Update,
            Kind::Same => Self::Same,
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What came of writing a change that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum IndexAnswer {
    /// It was written, read again, and is what was shown.
    Written {
        /// Display: the file.
        #[serde(rename = "where")]
        place: String,
        /// The file's name alone.
        name: String,
        act: IndexAct,
        line: u32,
        /// What a pull request for it needs; null where that could not be made.
        #[serde(rename = "pullRequest")]
        pull_request: Option<Box<PullRequest>>,
        /// Why it could not.
        #[serde(rename = "noPullRequest")]
        no_pull_request: Option<Failure>,
    },
    /// The file or the entry is not what was shown. Nothing was written; this is the change as it would be now.
    Stale { change: Box<IndexChange> },
}

impl IndexAnswer {
    /// Says that a change was written, and what a pull request for it needs.
    pub(crate) fn written(change: &Change, pull_request: Result<PullRequest, Failure>) -> Self {
        let path = change.path();
        let (pull_request, no_pull_request) = match pull_request {
            Ok(pull_request) => (Some(Box::new(pull_request)), None),
            Err(failure) => (None, Some(failure)),
        };
        Self::Written {
            place: shown(path),
            name: file_name(path),
            act: IndexAct::of(change.kind()),
            line: change.line(),
            pull_request,
            no_pull_request,
        }
    }
}
