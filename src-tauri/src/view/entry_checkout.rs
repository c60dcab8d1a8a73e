//! A submission to AiSOC's own repository: the files, and the index that the clone's script makes of them.

use aisoc_publisher_core::checkout::script::{CopyState, ItemChange, ScriptPlan, ScriptReport};
use std::path::Path;

use aisoc_publisher_core::checkout::{self, Applied, FileState, Notice, Role};
use aisoc_publisher_core::files::{RelPath, UncoveredFile, UncoveredKind};
use serde::{Deserialize, Serialize};

use super::sign::ModeVerdict;
use super::{EntryCheck, Failure, Finding, OfferedEdit, PullRequest, shown, verdicts};

/// What writing a file does to the clone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SubmittedState {
    /// It is not there yet.
    New,
    /// It is there with other bytes.
    Changed,
    /// It is there with these bytes.
    Same,
}

/// Why a file goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum SubmittedRole {
    Manifest,
    /// The signature covers it.
    Covered,
    Signature,
    /// README, licence or notice.
    Document,
    /// The author chose it.
    Included,
}

/// One file of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SubmittedFile {
    /// Relative POSIX path below the plugin's folder.
    pub(crate) path: String,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) role: SubmittedRole,
    pub(crate) state: SubmittedState,
}

/// What the author decides about a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SubmissionWish {
    /// Whether files of the clone go with which the signature would be invalid.
    pub(crate) remove: bool,
    /// Files that would stay behind, and go along.
    #[cfg_attr(test, ts(type = "Array<string>"))]
    pub(crate) include: Vec<RelPath>,
}

/// Why a file cannot go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Unfit {
    /// It is reached through a symlink.
    Link,
    /// Its name is no text, or does not show in full.
    Name,
}

/// A file of the plugin's folder that no signature covers, and that does not go along unless it is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct LeftOutFile {
    /// Relative POSIX path below the plugin's folder; what chooses it, where it can be chosen.
    pub(crate) path: String,
    /// In bytes; null where it cannot be told.
    pub(crate) size: Option<u64>,
    /// Null where it can be chosen.
    pub(crate) unfit: Option<Unfit>,
}

/// What should be known of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SubmissionNotice {
    pub(crate) what: Failure,
    /// Whether a fresh clone has no valid signature because of it, or may have none.
    pub(crate) breaks: bool,
    /// Files that stay behind, and that it asks for.
    pub(crate) include: Vec<String>,
}

/// What a submission would do to the clone, as both are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Submission {
    /// The folder in the clone, `/`-separated below its root.
    pub(crate) folder: String,
    /// Display: the same on the disk.
    #[serde(rename = "where")]
    pub(crate) place: String,
    /// Sorted.
    pub(crate) files: Vec<SubmittedFile>,
    /// Files of the clone with which the signature would be invalid: they have to go, or nothing is written.
    pub(crate) surplus: Vec<String>,
    /// Whether they are removed.
    pub(crate) removes: bool,
    /// The plugin's files that do not go along.
    pub(crate) left_out: Vec<LeftOutFile>,
    /// What a loader answers to a fresh clone of the commit, with this key alone; null where that cannot be told.
    pub(crate) fresh_clone: Option<Vec<ModeVerdict>>,
    /// What should be known before anything is written, but for `surplus`; what breaks a fresh clone first.
    pub(crate) notices: Vec<SubmissionNotice>,
    /// A change of the plugin's folder after which a fresh clone may verify, once its file goes along.
    pub(crate) mend: Option<OfferedEdit>,
    /// What reviewers there will find in the plugin, but for what [`EntryCheck`] answers.
    pub(crate) findings: Vec<Finding>,
    /// Whether the clone has every file as it should be.
    pub(crate) applied: bool,
    /// What changes, file by file, as unified diffs.
    pub(crate) diff: String,
    /// The item that the clone's script should make of it, as JSON; null for a plugin that gets none.
    pub(crate) item: Option<String>,
    /// Names exactly this submission of exactly these bytes.
    pub(crate) shown: String,
}

impl Submission {
    /// Writes a submission of the plugin in `dir` that is known as `name`.
    pub(crate) fn of(submission: &checkout::Submission, dir: &Path, removes: bool, name: String) -> Self {
        let notices = submission.notices.iter().filter(|notice| !matches!(notice, Notice::Surplus { .. }));
        let (breaking, other): (Vec<_>, Vec<_>) = notices.partition(|notice| notice.breaks_fresh_clone());
        let findings = submission.findings.iter().filter(|finding| !EntryCheck::answers(&finding.code));
        let left_out: Vec<_> = submission.left_out.iter().map(LeftOutFile::of).collect();
        Self {
            folder: submission.folder.clone(),
            place: shown(&submission.target),
            files: submission.files.iter().map(SubmittedFile::of).collect(),
            surplus: submission.surplus.iter().map(ToString::to_string).collect(),
            removes,
            fresh_clone: submission.fresh_clone.as_ref().map(verdicts),
            notices: breaking.into_iter().chain(other).map(|notice| SubmissionNotice::of(notice, &left_out)).collect(),
            left_out,
            mend: None,
            findings: findings.map(|finding| Finding::of(finding, None, dir)).collect(),
            applied: submission.is_applied(),
            diff: submission.diff(),
            item: submission.item_json(),
            shown: name,
        }
    }
}

impl SubmissionNotice {
    fn of(notice: &Notice, left_out: &[LeftOutFile]) -> Self {
        let wants = |path: &str| match notice {
            Notice::ToCrlf(_)
            | Notice::ToLf(_)
            | Notice::Lfs(_)
            | Notice::CloneUnknown { .. }
            | Notice::AttributesNotCommitted { .. } => path == ".gitattributes",
            Notice::GoLeftOut => path.starts_with("go/"),
            _ => false,
        };
        let wanted = left_out.iter().filter(|file| file.unfit.is_none() && wants(&file.path));
        Self {
            what: Failure::of(notice, None),
            breaks: notice.breaks_fresh_clone(),
            include: wanted.map(|file| file.path.clone()).collect(),
        }
    }
}

impl LeftOutFile {
    fn of(file: &UncoveredFile) -> Self {
        let path = file.path.to_string();
        let unfit = if file.symlink || file.kind == UncoveredKind::LinkedFolder {
            Some(Unfit::Link)
        } else {
            (file.path.as_py().as_str() != Some(&path)).then_some(Unfit::Name)
        };
        Self { path, size: file.size, unfit }
    }
}

impl SubmittedFile {
    fn of(file: &checkout::Planned) -> Self {
        Self {
            path: file.path.to_string(),
            size: file.bytes.len() as u64,
            role: match file.role {
                Role::Manifest => SubmittedRole::Manifest,
                Role::Signature => SubmittedRole::Signature,
                Role::Document => SubmittedRole::Document,
                Role::Included => SubmittedRole::Included,
                _ => SubmittedRole::Covered,
            },
            state: match file.state {
                FileState::Same => SubmittedState::Same,
                FileState::Changed => SubmittedState::Changed,
                _ => SubmittedState::New,
            },
        }
    }
}

/// The clone's own script that makes its index: code of the clone, which is not run before somebody says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct IndexScript {
    /// The command, as it would be run.
    pub(crate) command: String,
    /// Display: the folder that it runs in.
    #[serde(rename = "where")]
    pub(crate) place: String,
    /// Display: the script.
    pub(crate) path: String,
    /// The script's SHA-256, 64 lower-case hex digits.
    pub(crate) sha256: String,
    /// After how many minutes it is ended.
    pub(crate) minutes: u32,
    /// Names exactly this command and this script.
    pub(crate) shown: String,
}

impl IndexScript {
    /// Writes a plan of the core's that is known as `name`.
    pub(crate) fn of(plan: &ScriptPlan, name: String) -> Self {
        Self {
            command: plan.shown(),
            place: shown(&plan.cwd),
            path: shown(&plan.path),
            sha256: plan.sha256.to_string(),
            minutes: u32::try_from(plan.time_limit.as_secs() / 60).unwrap_or(u32::MAX),
            shown: name,
        }
    }
}

/// What is there to run once the files are in the clone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Copied {
    /// How many files were written.
    pub(crate) written: u32,
    /// How many were removed.
    pub(crate) removed: u32,
    /// What a loader answers to the folder in the clone, judged after the writing.
    pub(crate) verdicts: Vec<ModeVerdict>,
    /// Null where the script cannot be run from here.
    pub(crate) script: Option<IndexScript>,
    /// Why it cannot.
    pub(crate) no_script: Option<Failure>,
    /// What commits it, in a POSIX shell in the clone; none where it may not be committed, since a fresh clone would not verify.
    pub(crate) commands: Vec<String>,
    /// What a pull request for it needs as long as the index is not built; null where it may not be committed, or that could not be made.
    pub(crate) pull_request: Option<Box<PullRequest>>,
    /// Why it could not.
    pub(crate) no_pull_request: Option<Failure>,
}

impl Copied {
    /// Writes what was written, and what can be run now.
    pub(crate) fn of(
        applied: &Applied,
        script: Result<IndexScript, Failure>,
        commands: Vec<String>,
        pull_request: Result<Option<PullRequest>, Failure>,
    ) -> Self {
        let count = |paths: &[_]| u32::try_from(paths.len()).unwrap_or(u32::MAX);
        let (script, no_script) = match script {
            Ok(script) => (Some(script), None),
            Err(failure) => (None, Some(failure)),
        };
        let (pull_request, no_pull_request) = made(pull_request);
        Self {
            written: count(&applied.written),
            removed: count(&applied.removed),
            verdicts: verdicts(&applied.rehearsal.verdict),
            script,
            no_script,
            commands,
            pull_request,
            no_pull_request,
        }
    }
}

fn made(pull_request: Result<Option<PullRequest>, Failure>) -> (Option<Box<PullRequest>>, Option<Failure>) {
    match pull_request {
        Ok(made) => (made.map(Box::new), None),
        Err(failure) => (None, Some(failure)),
    }
}

/// What came of copying a submission that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum CopyAnswer {
    /// It is in the clone, and was judged there.
    Copied { copied: Box<Copied> },
    /// The plugin or the clone is not what was shown. Nothing was written; this is the submission as it would be now.
    Stale { submission: Box<Submission> },
}

/// What the script did to the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct IndexBuilt {
    /// Whether exactly this plugin's item is new or changed, or was there, and all copies of the index are the same bytes.
    pub(crate) clean: bool,
    /// What became of the item, such as "added".
    pub(crate) item: String,
    /// Everything that is not as it should be. Names in backticks.
    pub(crate) problems: Vec<String>,
    /// Fields of the item that this program does not know, and which nobody compared. Names in backticks.
    pub(crate) unknown: Vec<String>,
    /// The copies of the index that are the same bytes.
    pub(crate) copies: Vec<String>,
    /// What the script printed.
    pub(crate) output: String,
    /// What commits it, in a POSIX shell in the clone; none where it may not be committed.
    pub(crate) commands: Vec<String>,
    /// What a pull request for it needs; null where it may not be committed, or that could not be made.
    pub(crate) pull_request: Option<Box<PullRequest>>,
    /// Why it could not.
    pub(crate) no_pull_request: Option<Failure>,
}

impl IndexBuilt {
    /// Writes a report of the core's.
    pub(crate) fn of(
        report: &ScriptReport,
        commands: Vec<String>,
        pull_request: Result<Option<PullRequest>, Failure>,
    ) -> Self {
        let (pull_request, no_pull_request) = made(pull_request);
        let same = report.copies.iter().filter(|(_, state)| *state == CopyState::Same);
        Self {
            clean: report.is_clean(),
            item: match report.item {
                ItemChange::Missing | ItemChange::Removed => "missing".to_owned(),
                change => change.word().to_owned(),
            },
            problems: report.problems(),
            unknown: report.unknown.clone(),
            copies: same.map(|(path, _)| (*path).to_owned()).collect(),
            output: report.output.clone(),
            commands,
            pull_request,
            no_pull_request,
        }
    }
}

/// What came of running the script that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum ScriptAnswer {
    /// It ran to its end.
    Ran { built: Box<IndexBuilt> },
    /// It is not what was shown, and was not run.
    Stale { script: IndexScript },
}
