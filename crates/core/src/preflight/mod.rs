//! What an author should know of a plugin folder before signing it, worst first.
//!
//! Everything that stops signing, everything that would go wrong later, and every value that AiSOC may read otherwise than
//! meant, as one list for the command line and the window.

use std::path::Path;

use serde::Serialize;

use crate::entry;
use crate::explain::{Explain, Place};
use crate::files;
use crate::manifest::Manifest;
use crate::readings::{self, Reading, ReadingCode};
use crate::sign::{self, Plan};
use crate::task::Task;
use crate::verdict;

/// How much a finding matters at the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The plugin cannot be signed, or the loader refuses it.
    Stops,
    /// It signs and verifies here, and fails later or elsewhere.
    BreaksLater,
    /// AiSOC reads something otherwise than most people write it.
    Surprise,
    /// Good to know.
    Note,
}

/// One thing that the author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The stable kebab-case code; the manifest reader's own code where it has one.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it is, without a full stop.
    pub title: String,
    /// Where it is.
    pub place: Option<Place>,
    /// What happens at the operator's.
    pub why: Option<String>,
    /// What to do now.
    pub cure: Option<String>,
    /// The two readings, where the finding is about them.
    pub reading: Option<Reading>,
}

impl Finding {
    fn of(explained: &dyn Explain, severity: Severity) -> Self {
        let code = match explained.detail() {
            Some(detail) => detail.to_owned(),
            None => kebab(&explained.code()),
        };
        Self {
            code,
            severity,
            title: explained.to_string(),
            place: explained.place(),
            why: explained.at_the_loader(),
            cure: explained.hint(),
            reading: None,
        }
    }

    fn of_reading(reading: Reading, manifest: &Manifest) -> Self {
        let stops = reading.code.stops_signing();
        let why = if stops {
            "AiSOC cannot sign or check such a value: the loader refuses the plugin in strict and in warn mode"
                .to_owned()
        } else if reading.code == ReadingCode::RepeatedKey {
            "AiSOC drops the first value in silence; other tools refuse the file".to_owned()
        } else if let Some(consequence) = reading.consequence() {
            consequence
        } else if reading.loader_reads == reading.yaml12_reads {
            format!("AiSOC reads {}, as other tools do", reading.loader_reads)
        } else {
            format!("AiSOC reads {}; other tools read {}", reading.loader_reads, reading.yaml12_reads)
        };
        Self {
            code: kebab(&reading.code),
            severity: if stops { Severity::Stops } else { Severity::Surprise },
            title: reading.title(),
            place: Some(Place { path: manifest.path().to_owned(), position: Some((reading.line, reading.column)) }),
            why: Some(why),
            cure: Some(reading.cure()),
            reading: Some(reading),
        }
    }
}

/// The name that serde gives a code.
fn kebab(code: &impl Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        // Codes are unit variants; serde writes no other JSON for them.
        _ => String::new(),
    }
}

/// What was found, and what would be signed where nothing stops it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preflight {
    /// The findings, worst first, those of one severity in the order of the text.
    pub findings: Vec<Finding>,
    /// What would be signed; nothing where a finding stops it.
    pub plan: Option<Plan>,
    /// The manifest, where it can be read.
    pub manifest: Option<Manifest>,
}

/// Looks at a plugin folder.
///
/// # Errors
/// [`verdict::Error`] where there is no folder, or the caller cancelled; whatever is wrong with the plugin is a finding.
pub fn look(dir: &Path, task: &Task<'_>) -> Result<Preflight, verdict::Error> {
    files::check_folder(dir).map_err(verdict::Error::Folder)?;
    let manifest = Manifest::read(dir).ok();
    let mut findings: Vec<Finding> = manifest
        .iter()
        .flat_map(|manifest| readings::of(manifest).into_iter().map(|reading| Finding::of_reading(reading, manifest)))
        .collect();
    if let Some(manifest) = &manifest {
        let (notices, errors) = entry::foresee(manifest);
        findings.extend(errors.iter().map(|error| Finding::of(error, Severity::Surprise)));
        findings.extend(notices.iter().map(|notice| Finding::of(notice, Severity::Note)));
    }
    let plan = match Plan::look(dir, task) {
        Ok(plan) => {
            findings.extend(plan.warnings().iter().map(|warning| Finding::of(warning, warning.severity())));
            Some(plan)
        }
        Err(sign::Error::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(error) => {
            for problem in manifest.iter().flat_map(Manifest::problems) {
                add_stop(&mut findings, &problem);
            }
            add_stop(&mut findings, &error);
            None
        }
    };
    findings.sort_by_key(|finding| (finding.severity, finding.place.as_ref().and_then(|place| place.position)));
    Ok(Preflight { findings, plan, manifest })
}

/// Adds what stops signing, once: a date is said by its reading already, which shows what to write.
fn add_stop(findings: &mut Vec<Finding>, error: &dyn Explain) {
    let finding = Finding::of(error, Severity::Stops);
    let is_said =
        |other: &Finding| other.severity == Severity::Stops && other.place.is_some() && other.place == finding.place;
    if !findings.iter().any(is_said) {
        findings.push(finding);
    }
}
