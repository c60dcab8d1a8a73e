//! A rehearsal of AiSOC's loader: the answer in every trust mode, step by step, with what was seen at each step.
//!
//! The steps are the loader's own, in its order of precedence (its contract §6), up to and with the signature check. The
//! verdict is [`verdict`]'s; this module says how far it came. What comes after the signature is
//! [`plugin_py`]'s to tell, as far as reading tells it.

mod steps;

use std::path::Path;
use std::sync::Arc;

pub use steps::{Step, StepName, StepResult};

use crate::digest::Digest;
use crate::files::FileMap;
use crate::manifest::Manifest;
use crate::payload::Payload;
use crate::plugin_py::{self, Answer, WouldImport};
use crate::signature::{self, Signature};
use crate::source::{Folder, Source};
use crate::task::Task;
use crate::tree::Tree;
use crate::trusted::{TrustedKeys, TrustedKeysError};
use crate::verdict::{self, Error, Examined, Finding, TrustMode, Verdict};

/// What the loader would do with a plugin, and how it comes to that.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rehearsal {
    /// The answer in each mode.
    pub verdict: Verdict,
    /// Every step of the loader's, in its order, those that it does not reach included.
    pub steps: Vec<Step>,
    /// The manifest, where it can be read.
    pub manifest: Option<Manifest>,
    /// The covered files, where the loader would have hashed them.
    pub files: Option<FileMap>,
    /// Whether the loader could then import `plugin.py` and make its `Plugin` (contract §7). No part of the verdict.
    pub would_import: WouldImport,
}

impl Rehearsal {
    /// Tells whether the plugin would be loaded in one mode: past the signature check, and imported after it.
    pub fn would_load(&self, mode: TrustMode) -> Answer {
        match self.verdict.mode(mode).goes_on() {
            Some(true) => self.would_import.answer,
            Some(false) => Answer::No,
            None => Answer::CannotTell,
        }
    }

    /// Returns what stands between the plugin and `verified`.
    pub fn finding(&self) -> Option<&Arc<Finding>> {
        self.verdict.strict.finding.as_ref()
    }

    /// Returns the signature and the digest that it does not fit, where that is what stops the plugin.
    pub fn mismatch(&self) -> Option<(Signature, Digest)> {
        let mismatch = matches!(self.finding()?.as_ref(), Finding::NoKeyMatches { .. });
        self.verdict.signature.zip(self.verdict.digest).filter(|_| mismatch)
    }
}

/// Does with the plugin in `dir` what a loader does that trusts `keys`, and runs nothing of it.
///
/// `keys` is the reading of an operator's folder, failed or not: a folder that cannot be read refuses every plugin.
///
/// # Errors
/// [`Error`] where there is no folder, or the caller cancelled; whatever is wrong with the plugin is part of the answer.
pub fn rehearse(dir: &Path, keys: Result<&TrustedKeys, TrustedKeysError>, task: &Task<'_>) -> Result<Rehearsal, Error> {
    rehearse_from(&Folder(dir), keys, task)
}

/// Does the same with a plugin that is in memory: what an archive or a commit holds.
///
/// # Errors
/// As [`rehearse`].
pub fn rehearse_tree(
    plugin: &Tree,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Rehearsal, Error> {
    rehearse_from(plugin, keys, task)
}

fn rehearse_from(
    plugin: &impl Source,
    keys: Result<&TrustedKeys, TrustedKeysError>,
    task: &Task<'_>,
) -> Result<Rehearsal, Error> {
    let trusted = keys.as_ref().ok().copied();
    let Examined { verdict, manifest, files } = verdict::examine(plugin, keys, task)?;
    let seen = steps::Seen { verdict: &verdict, manifest: manifest.as_ref(), files: files.as_ref(), keys: trusted };
    let steps = seen.steps();
    Ok(Rehearsal { steps, verdict, manifest, files, would_import: plugin_py::would_import_from(plugin) })
}

/// Does the same with a plugin that was read just now; nothing but its `plugin.sig` and `plugin.py` is read again.
///
/// The answer is about the plugin as it was then, so that digest, files and steps shown together belong together.
pub fn of_payload(dir: &Path, payload: &Payload, keys: &TrustedKeys) -> Rehearsal {
    let verdict = verdict::judge_payload(payload, &dir.join(signature::FILE_NAME), keys);
    let manifest = payload.manifest().clone();
    let files = verdict.digest.map(|_| payload.files().clone());
    let seen = steps::Seen { verdict: &verdict, manifest: Some(&manifest), files: files.as_ref(), keys: Some(keys) };
    let steps = seen.steps();
    let would_import = plugin_py::would_import_in(dir);
    Rehearsal { steps, verdict, manifest: Some(manifest), files, would_import }
}
