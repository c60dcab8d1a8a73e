//! What every family of findings looks at: the plugin's folder as it was at one moment.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::git::WorkTree;
use super::secrets::{self, Secret};
use crate::edits;
use crate::files::{self, CoveredFile, RelPath, Survey, UncoveredFile};
use crate::manifest::Manifest;
use crate::regular;
use crate::task::Task;

/// The largest text beside the manifest that is read whole, in bytes: requirements, project files, Git's settings.
pub(super) const MAX_TEXT: usize = edits::MAX_BYTES;

/// A plugin's folder at one moment. It was walked once, and each file's bytes were read once.
pub(super) struct Snapshot<'a> {
    pub(super) dir: &'a Path,
    pub(super) manifest: Option<&'a Manifest>,
    /// Nothing where the folder cannot be listed.
    pub(super) survey: Option<Survey<Vec<Secret>>>,
    /// The Git work tree that the folder is in.
    pub(super) work_tree: Option<WorkTree>,
}

impl<'a> Snapshot<'a> {
    /// Looks at a folder. What is wrong with its covered files is in the second part.
    pub(super) fn take(dir: &'a Path, manifest: Option<&'a Manifest>, task: &Task<'_>) -> (Self, Option<files::Error>) {
        let (survey, error) = match files::survey(dir, &|_: &RelPath, bytes: &[u8]| secrets::look(bytes), task) {
            Ok(survey) => (Some(survey), None),
            Err(error) => (None, Some(error)),
        };
        (Self { dir, manifest, survey, work_tree: WorkTree::around(dir) }, error)
    }

    /// The covered files; none where they cannot be read.
    pub(super) fn covered(&self) -> impl Iterator<Item = &CoveredFile> {
        self.survey.iter().filter_map(|survey| survey.covered.as_ref().ok()).flatten()
    }

    /// The files that no signature covers.
    pub(super) fn uncovered(&self) -> impl Iterator<Item = &UncoveredFile> {
        self.survey.iter().flat_map(|survey| &survey.uncovered)
    }

    /// The names of all files directly in the folder, but for manifests and `plugin.sig`.
    pub(super) fn top_level(&self) -> BTreeSet<String> {
        let all = self.covered().map(|file| &file.path).chain(self.uncovered().map(|file| &file.path));
        all.map(ToString::to_string).filter(|name| !name.contains('/')).collect()
    }

    /// Tells whether a covered file with this name is directly in the folder, or the covered files are not known.
    pub(super) fn covers(&self, name: &str) -> bool {
        match self.survey.as_ref().map(|survey| &survey.covered) {
            Some(Ok(files)) => files.get(name).is_some(),
            _ => true,
        }
    }

    /// Reads a text in the folder; nothing where it is no regular file of at most [`MAX_TEXT`] bytes.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let bytes = regular::read(&self.dir.join(name), MAX_TEXT).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// Returns the path of a file of the folder.
    pub(super) fn below(&self, path: &RelPath) -> PathBuf {
        path.below(self.dir).unwrap_or_else(|| self.dir.join(path.to_string()))
    }
}
