//! What is really shipped, and what packaging lost.

use aisoc_publisher_core::tree::Tree;
use aisoc_publisher_core::{Explain as _, artifact, causes, rehearsal, shipping};
use serde::Serialize;

use super::failure::code;
use super::sign::ModeVerdict;
use super::{Causes, Failure, Rehearsal, sentence, verdicts};

/// A plugin as operators get it, and what their loader makes of exactly these bytes, with this machine's keys trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Shipped {
    pub(crate) about: ShippedAs,
    /// Whether it was compared with the open folder.
    pub(crate) compared: bool,
    /// One for each trust mode: strict, warn, disabled.
    pub(crate) verdicts: Vec<ModeVerdict>,
    pub(crate) rehearsal: Rehearsal,
    /// What stands between the plugin and `verified`; null where nothing does.
    pub(crate) finding: Option<Failure>,
    /// Why the signature does not fit; null where it does, or there is none to fit.
    pub(crate) why: Option<Causes>,
    /// What packaging lost or changed.
    pub(crate) findings: Vec<ShippedFinding>,
}

/// What carries the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum ShippedAs {
    Package {
        /// Display: the file.
        #[serde(rename = "where")]
        place: String,
        /// What to call it: a wheel, a tar archive.
        #[serde(rename = "name")]
        kind: String,
        /// The plugin's folder in it; empty for its root.
        folder: String,
    },
    Commit {
        /// The commit's id, in hex.
        id: String,
        /// The plugin's folder in the repository; empty for its root.
        folder: String,
    },
}

/// Something that packaging lost or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShippedFinding {
    pub(crate) code: String,
    /// Names in backticks.
    pub(crate) title: String,
    /// Whether the folder's signature is no longer good because of it.
    pub(crate) breaks_signature: bool,
    /// All files that it is about.
    pub(crate) paths: Vec<String>,
    /// What happens at the operator's.
    pub(crate) why: Option<String>,
    /// What to do.
    pub(crate) cure: Option<String>,
    /// Lines to write into a file, as they are.
    pub(crate) lines: Option<String>,
}

impl Shipped {
    /// Writes what was found of a plugin in memory.
    pub(crate) fn of(
        about: ShippedAs,
        compared: bool,
        plugin: &Tree,
        rehearsal: &rehearsal::Rehearsal,
        (causes, memory): (&causes::Causes, &causes::Memory),
        findings: &[shipping::Finding],
    ) -> Self {
        let folder = plugin.label();
        Self {
            about,
            compared,
            verdicts: verdicts(&rehearsal.verdict),
            rehearsal: Rehearsal::of(rehearsal, folder),
            finding: rehearsal.finding().map(|finding| Failure::of(finding.as_ref(), Some(folder))),
            why: rehearsal.mismatch().map(|_| Causes::of(causes, memory, folder)),
            findings: findings.iter().map(ShippedFinding::of).collect(),
        }
    }
}

impl ShippedFinding {
    fn of(finding: &shipping::Finding) -> Self {
        let hint = finding.hint();
        // What to write stands below a first line that says where.
        let (cure, lines) = match hint.as_deref().map(|hint| hint.split_once('\n').unwrap_or((hint, ""))) {
            Some((cure, "")) => (Some(sentence(cure)), None),
            Some((cure, lines)) => (Some(sentence(cure.trim_end_matches(':'))), Some(lines.to_owned())),
            None => (None, None),
        };
        Self {
            code: code(finding.code()),
            title: finding.to_string(),
            breaks_signature: finding.breaks_signature(),
            paths: finding.paths.clone(),
            why: finding.at_the_loader().map(|why| sentence(&why)),
            cure,
            lines,
        }
    }
}

/// Writes why an archive is not judged, with advice that fits a window.
pub(crate) fn archive_failure(error: &artifact::Error) -> Failure {
    let failure = Failure::of(error, None);
    match error {
        artifact::Error::SeveralPlugins { .. } => failure.with_hint("build a package that holds one plugin"),
        artifact::Error::NotAFile { .. } => failure.with_hint("choose the file that the build wrote"),
        _ => failure,
    }
}
