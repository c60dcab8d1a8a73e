//! What an author should know of a plugin folder before signing it, worst first.
//!
//! Everything that stops signing, secrets that would be given away, everything that would go wrong later, and every value
//! that AiSOC may read otherwise than meant, as one list for the command line and the window. One file for each family of
//! findings; all look at one snapshot of the folder. Nothing in the folder is run, and nothing is
//! left out because `.gitignore` names it.

mod code_files;
mod dependencies;
mod folders;
mod git;
mod line_endings;
mod links;
mod manifest;
mod project;
mod secrets;
mod snapshot;

use std::path::{Path, PathBuf};

pub(crate) use secrets::first as first_secret;
use serde::Serialize;
use snapshot::Snapshot;

use crate::code::Code;
use crate::edits::Edit;
use crate::explain::{Explain, Place};
use crate::files::{self, UncoveredFile};
use crate::manifest::Manifest;
use crate::readings::{Reading, ReadingCode};
use crate::sign::{self, Plan};
use crate::signature;
use crate::state::State;
use crate::task::Task;
use crate::verdict;

/// How much a finding matters at the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The plugin cannot be signed, or the loader refuses it.
    Stops,
    /// A secret travels with the plugin to everybody who gets it.
    Exposes,
    /// It signs and verifies here, and fails later or elsewhere.
    BreaksLater,
    /// AiSOC reads something otherwise than most people write it.
    Surprise,
    /// Good to know.
    Note,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: &'static [Self] = &[Self::Stops, Self::Exposes, Self::BreaksLater, Self::Surprise, Self::Note];

    /// Tells whether a plugin with such a finding should not be released as it is.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Stops | Self::Exposes)
    }
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
    /// A change that mends it, for whoever wants it after seeing the diff.
    pub edit: Option<Edit>,
}

impl Finding {
    fn new(code: Code, severity: Severity, title: impl Into<String>) -> Self {
        Self {
            code: kebab(&code),
            severity,
            title: title.into(),
            place: None,
            why: None,
            cure: None,
            reading: None,
            edit: None,
        }
    }

    fn of(explained: &dyn Explain, severity: Severity) -> Self {
        let code = match explained.detail() {
            Some(detail) => detail.to_owned(),
            None => kebab(&explained.code()),
        };
        Self {
            code,
            place: explained.place(),
            why: explained.at_the_loader(),
            cure: explained.hint(),
            ..Self::new(explained.code(), severity, explained.to_string())
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
            edit: None,
        }
    }

    fn at(self, path: PathBuf, position: Option<(u32, u32)>) -> Self {
        Self { place: Some(Place { path, position }), ..self }
    }

    fn why(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    fn cure(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }

    fn edit(self, edit: Option<Edit>) -> Self {
        Self { edit, ..self }
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
    /// The files that no signature covers, as [`files::uncovered`] lists them; nothing where the folder cannot be listed.
    pub uncovered: Option<Vec<UncoveredFile>>,
}

impl Preflight {
    /// Counts the findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Adds a finding where it belongs.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        sort(&mut self.findings);
    }
}

/// Looks at a plugin folder: walks it once and reads each file once, at most its first mebibyte where it is not covered.
///
/// # Errors
/// [`verdict::Error`] where there is no folder, or the caller cancelled; whatever is wrong with the plugin is a finding.
pub fn look(dir: &Path, task: &Task<'_>) -> Result<Preflight, verdict::Error> {
    files::check_folder(dir).map_err(verdict::Error::Folder)?;
    let manifest = Manifest::read(dir).ok();
    let (mut snapshot, unlistable) = Snapshot::take(dir, manifest.as_ref(), task);
    if let Some(files::Error::Cancelled(cancelled)) = unlistable {
        return Err(cancelled.into());
    }
    let mut findings = Vec::new();
    for find in FAMILIES {
        task.check()?;
        find(&snapshot, &mut findings);
    }
    let survey = snapshot.survey.take();
    let (covered, uncovered) = match (survey, unlistable) {
        (Some(survey), _) => (survey.covered, Some(survey.uncovered)),
        (None, Some(error)) => (Err(error), None),
        // A survey that is not there has an error.
        (None, None) => (files::FileMap::read(dir, task), None),
    };
    let plan = match Plan::look_with(dir, || covered) {
        Ok(plan) => Some(plan),
        Err(sign::Error::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(error) => {
            for problem in manifest.iter().flat_map(Manifest::problems) {
                add_stop(&mut findings, &problem);
            }
            add_stop(&mut findings, &error);
            None
        }
    };
    sort(&mut findings);
    Ok(Preflight { findings, plan, manifest, uncovered })
}

/// One family of findings.
type Find = fn(&Snapshot<'_>, &mut Vec<Finding>);

/// In the order in which findings of one severity without a place in a text are told.
const FAMILIES: [Find; 8] = [
    manifest::find,
    secrets::find,
    code_files::find,
    folders::find,
    links::find,
    line_endings::find,
    dependencies::find,
    project::find,
];

/// Sorts as [`Preflight::findings`] says: within a severity the manifest as a whole and then its text from top to bottom, then
/// the other files in path order, then what has no place.
fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(|finding| match &finding.place {
        Some(place) if is_manifest(&place.path) => (finding.severity, 0, None, place.position),
        Some(place) => (finding.severity, 1, Some(place.path.clone()), place.position),
        None => (finding.severity, 2, None, None),
    });
}

fn is_manifest(path: &Path) -> bool {
    [crate::manifest::YAML_NAME, crate::manifest::JSON_NAME].iter().any(|name| path.ends_with(name))
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

/// Says what an author should know of the signature's [state](crate::state) before a release: that it is missing, out of
/// date or malformed. A good one is no finding, and neither is one that cannot be checked for a reason with its own finding.
pub fn of_signature(dir: &Path, state: &State) -> Option<Finding> {
    let path = dir.join(signature::FILE_NAME);
    match state {
        State::None => Some(
            Finding::new(Code::Unsigned, Severity::Note, "the plugin is not signed yet")
                .why("the loader refuses it in strict mode, which is the default")
                .cure("sign it as the last thing before it is shipped"),
        ),
        State::Mismatch { digest: Some(_) } => Some(
            Finding::new(
                Code::NoKeyMatches,
                Severity::BreaksLater,
                "`plugin.sig` fits none of this machine's keys: the plugin has changed, or somebody else signed it",
            )
            .at(path, None)
            .why("if it has changed, the loader refuses it in strict mode and loads it as `invalid` in warn mode")
            .cure("sign it again, or compare with the key of whoever signed it"),
        ),
        State::Malformed { finding } => {
            let finding = Finding::of(finding.as_ref(), Severity::BreaksLater);
            Some(finding.at(path, None))
        }
        // Without a key of this machine nothing is known of it.
        State::Mismatch { digest: None } | State::Good(_) | State::Unchecked { .. } => None,
    }
}
