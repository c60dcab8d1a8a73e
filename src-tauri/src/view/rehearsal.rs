//! The loader's steps, what comes after them, and why a signature does not fit.

use std::path::Path;

use aisoc_publisher_core::plugin_py::{self, Answer};
use aisoc_publisher_core::{causes, rehearsal};
use serde::Serialize;

use super::Failure;

/// What the loader does with a plugin, and how it comes to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Rehearsal {
    /// Up to and with the signature check, in the loader's order, those that it does not reach included.
    pub(crate) steps: Vec<LoaderStep>,
    pub(crate) would_import: WouldImport,
}

impl Rehearsal {
    /// Writes a rehearsal of the core's with the plugin in `folder`.
    pub(crate) fn of(rehearsal: &rehearsal::Rehearsal, folder: &Path) -> Self {
        Self {
            steps: rehearsal.steps.iter().map(|step| LoaderStep::of(step, folder)).collect(),
            would_import: WouldImport::of(&rehearsal.would_import, folder),
        }
    }
}

/// One step of the loader's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct LoaderStep {
    /// What the loader does, in a few words.
    pub(crate) title: String,
    pub(crate) result: StepResult,
    /// What was seen; null where the loader does not come. Names in backticks.
    pub(crate) seen: Option<String>,
}

impl LoaderStep {
    fn of(step: &rehearsal::Step, folder: &Path) -> Self {
        Self {
            title: step.name.title().to_owned(),
            result: match step.result {
                rehearsal::StepResult::Passed => StepResult::Passed,
                rehearsal::StepResult::Failed => StepResult::Failed,
                rehearsal::StepResult::NotReached => StepResult::NotReached,
                _ => StepResult::CannotTell,
            },
            seen: step.seen.as_deref().map(|seen| super::relative(seen, Some(folder))),
        }
    }
}

/// How a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum StepResult {
    Passed,
    /// The loader stops here.
    Failed,
    /// This program cannot tell whether the loader gets past it.
    CannotTell,
    NotReached,
}

/// Whether the loader, once past the signature, could import `plugin.py` and make its `Plugin`; with what decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum WouldImport {
    Yes,
    /// It fails, wherever the plugin is installed.
    No {
        reason: Failure,
    },
    /// Reading alone does not decide it.
    CannotTell {
        /// Null where nothing is known.
        reason: Option<Failure>,
    },
}

impl WouldImport {
    fn of(found: &plugin_py::WouldImport, folder: &Path) -> Self {
        let reason = found.reason.as_ref().map(|reason| Failure::of(reason, Some(folder)));
        match (found.answer, reason) {
            (Answer::Yes, _) => Self::Yes,
            (Answer::No, Some(reason)) => Self::No { reason },
            (_, reason) => Self::CannotTell { reason },
        }
    }
}

/// Why a signature does not fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Causes {
    /// Each with its cure. None where there is no key to try the signature with.
    pub(crate) causes: Vec<Failure>,
    /// The signing that the folder was compared with; null where none is known.
    pub(crate) since: Option<Since>,
    /// What this machine remembers and cannot read, so that less may be known than could be.
    pub(crate) unreadable: Vec<Failure>,
}

impl Causes {
    /// Writes causes of the core's that concern the plugin in `folder`.
    pub(crate) fn of(found: &causes::Causes, memory: &causes::Memory, folder: &Path) -> Self {
        Self {
            causes: found.causes.iter().map(|cause| Failure::of(cause, Some(folder))).collect(),
            since: found.since.as_ref().map(|since| Since {
                at: since.signed.to_string(),
                version: since.version.clone(),
                signer: since.signer.to_string(),
            }),
            unreadable: memory.unreadable.iter().map(|error| Failure::of(&**error, None)).collect(),
        }
    }

    /// Writes the one thing that keeps a signature from being checked at all.
    pub(crate) fn one(cause: Failure) -> Self {
        Self { causes: vec![cause], ..Self::default() }
    }
}

/// An earlier signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Since {
    pub(crate) at: String,
    /// The plugin's version then.
    pub(crate) version: String,
    /// Whose key it was: its id in backticks, or its fingerprint.
    pub(crate) signer: String,
}
