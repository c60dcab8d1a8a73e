//! Changes that are offered with a finding.

use std::path::Path;

use aisoc_publisher_core::{edits, preflight};
use serde::Serialize;

use super::{EditHandle, Failure, Place, PluginView};

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum EditKind {
    /// Puts a value or a key of the manifest in quotes.
    Quote,
    /// Writes LF in place of every CRLF.
    LineFeeds,
    /// Adds a line to `.gitattributes`, or makes the file.
    GitAttributes,
}

impl EditKind {
    /// Writes a kind of the core's; nothing for one that the window has no words for.
    fn of(kind: edits::EditKind) -> Option<Self> {
        Some(match kind {
            edits::EditKind::Quote => Self::Quote,
            edits::EditKind::LineFeeds => Self::LineFeeds,
            edits::EditKind::GitAttributes => Self::GitAttributes,
            _ => return None,
        })
    }
}

/// A change that mends something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct OfferedEdit {
    pub(crate) edit: EditHandle,
    pub(crate) kind: EditKind,
    /// What it changes: a value by the keys that lead to it, or else a file by its relative path.
    pub(crate) subject: String,
}

impl OfferedEdit {
    /// Writes a change of the plugin in `folder` that comes with no finding, under its name.
    pub(crate) fn alone(edit: &edits::Edit, name: EditHandle, folder: &Path) -> Option<Self> {
        Some(Self { edit: name, kind: EditKind::of(edit.kind())?, subject: file(edit, folder) })
    }

    /// Writes the change of a finding about the plugin in `folder`, under its name.
    pub(crate) fn of(finding: &preflight::Finding, name: Option<&EditHandle>, folder: &Path) -> Option<Self> {
        let (name, edit) = (name?, finding.edit.as_ref()?);
        let subject = match &finding.reading {
            Some(reading) => reading.path.clone(),
            None => file(edit, folder),
        };
        Some(Self { edit: name.clone(), kind: EditKind::of(edit.kind())?, subject })
    }
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EditPreview {
    /// The file, as a relative path.
    pub(crate) file: String,
    /// Whether the file is made.
    pub(crate) is_new: bool,
    /// A unified diff; a long one ends with how much is left out.
    pub(crate) diff: String,
}

impl EditPreview {
    /// Writes what a change of the plugin in `folder` would do.
    pub(crate) fn of(edit: &edits::Edit, folder: &Path) -> Self {
        Self { file: file(edit, folder), is_new: edit.expected().is_none(), diff: edit.diff() }
    }
}

/// What came of a change that was made: the plugin as it is now, or why that could not be read.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct EditAnswer {
    pub(crate) plugin: Option<Box<PluginView>>,
    pub(crate) unread: Option<Failure>,
}

impl EditAnswer {
    /// Writes what came of the reading after a change.
    pub(crate) fn of(read: Result<PluginView, Failure>) -> Self {
        match read {
            Ok(plugin) => Self { plugin: Some(Box::new(plugin)), unread: None },
            Err(failure) => Self { plugin: None, unread: Some(failure) },
        }
    }
}

/// Names the file of a change.
fn file(edit: &edits::Edit, folder: &Path) -> String {
    let place = aisoc_publisher_core::Place { path: edit.path(), position: None };
    Place::of(&place, Some(folder)).file
}
