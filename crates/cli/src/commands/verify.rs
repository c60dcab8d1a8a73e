//! `verify`: says what an operator's loader does, step by step, and why a signature does not fit.

use std::path::Path;

use aisoc_publisher_core::causes::{self, Causes, Memory};
use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::plugin_py::{Answer, WouldImport};
use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use aisoc_publisher_core::rehearsal::{self, Rehearsal, Step, StepName, StepResult};
use aisoc_publisher_core::trusted::{Outcome, TrustedKeys};
use aisoc_publisher_core::verdict::{Finding, ModeVerdict, TrustMode, Verdict};
use aisoc_publisher_core::{Explain, Place};
use serde_json::{Map, Value, json};

use super::{object, shipped};
use crate::args;
use crate::failure::{CannotTell, Failure};
use crate::output::{self, Note, Report};
use crate::{key_source, progress};

pub(crate) fn run(args: &args::Verify, json: bool) -> Result<Report, Failure> {
    // clap sees to it that there is a folder where there is no archive, and that there are keys where only a folder is.
    let dir = args.plugin().unwrap_or_else(|| Path::new(""));
    if let Some(artifact) = &args.artifact {
        return shipped::artifact(artifact, args, json);
    }
    if args.committed {
        return shipped::committed(dir, args, json);
    }
    let trusted_keys = args.trusted_keys.as_deref().unwrap_or_else(|| Path::new(""));
    let (read, keys) = match TrustedKeys::read(trusted_keys) {
        Ok(keys) => (Ok(()), keys),
        // The loader refuses every plugin then, so this is a verdict and no failure.
        Err(error) => (Err(error), TrustedKeys::default()),
    };
    let rehearsal = progress::watch(json, |task| rehearsal::rehearse(dir, read.map(|()| &keys), task))?;
    let mode = args.trust_mode;
    let answer = rehearsal.verdict.mode(mode);
    let Some(loads) = answer.goes_on() else {
        return Err(CannotTell::of(answer).into());
    };
    let mut notes = notes_on_keys(&keys, trusted_keys, &rehearsal.verdict, args);
    // Who has no home has nothing remembered.
    let memory = match DataFolder::of_user() {
        Ok(folder) if rehearsal.mismatch().is_some() => Memory::read(&folder),
        _ => Memory::default(),
    };
    notes.extend(memory.unreadable.iter().map(|error| Note::of(error.as_ref())));
    let causes = progress::watch(json, |task| causes::of(dir, &rehearsal, &keys, &memory, task))?;
    Ok(Report {
        lines: lines(&rehearsal, &causes, mode, loads),
        json: object! {
            "loads": loads,
            "signature_status": answer.signature_status,
            "key_id": answer.key_id,
            "reason": answer.reason,
            "trust_mode": mode.as_str(),
            "digest": rehearsal.verdict.digest.map(|digest| digest.to_string()),
            "finding": answer.finding.as_deref().map_or(Value::Null, |finding| output::explained_json(finding)),
            "modes": modes(&rehearsal),
            "steps": rehearsal.steps.iter().map(step_json).collect::<Vec<_>>(),
            "causes": causes.causes.iter().map(|cause| output::explained_json(cause)).collect::<Vec<_>>(),
            "signed": signed_json(&causes),
            "would_import": would_import_json(&rehearsal.would_import),
        },
        notes,
        refused: !loads,
        ..Report::default()
    })
}

/// Warns where the publisher who asks has revoked the key that a loader goes on trusting. The verdict stays the loader's.
fn revoked(keys: &TrustedKeys, name: &str) -> Option<Note> {
    // Records that cannot be read say nothing of an operator's folder.
    let (store, records) = key_source::keyring().ok()?;
    let publisher = Publisher::new(&store, &records);
    let named = keys.entries.iter().filter(|entry| entry.key_id == name);
    let refusal = named.filter_map(|entry| match &entry.outcome {
        Outcome::Key(key) => publisher.refuse_revoked_key(key).err(),
        _ => None,
    });
    refusal.into_iter().find_map(|refusal| match refusal {
        PublisherError::Revoked { id, revoked, .. } => {
            let message = format!(
                "the key `{id}` was revoked here, because {}; a loader that trusts it still takes what it signed",
                revoked.reason
            );
            let hint = format!(
                "have every operator remove `{}`; `aisoc-publisher key revoke {id}` prints the notice",
                id.public_file_name()
            );
            Some(Note::new("key-revoked", message, Some(&hint)))
        }
        _ => None,
    })
}

/// Says what an operator should know of the folder of trusted keys.
pub(super) fn notes_on_keys(keys: &TrustedKeys, folder: &Path, verdict: &Verdict, args: &args::Verify) -> Vec<Note> {
    let mut notes = Vec::new();
    if keys.folder_missing {
        let message = format!("there is no folder `{}`, so no key is trusted", folder.display());
        notes.push(Note::new(
            "trusted-keys-missing",
            message,
            Some("give the folder that holds the operator's .pem files"),
        ));
    }
    // Whatever the mode, since a folder outlives it.
    let matched = verdict.strict.key_id.as_deref();
    let warnings = keys.warnings(matched, args.signing_key_id.as_ref());
    // What decided is not told twice.
    let told = verdict.mode(args.trust_mode).finding.as_deref().and_then(Finding::place);
    let untold = warnings.iter().filter(|warning| told.is_none() || warning.place() != told);
    notes.extend(untold.map(|warning| Note::of(warning)));
    notes.extend(matched.and_then(|name| revoked(keys, name)));
    notes
}

fn modes(rehearsal: &Rehearsal) -> Map<String, Value> {
    let answer = |mode: TrustMode| {
        let answer = rehearsal.verdict.mode(mode);
        let answer = json!({
            "loads": answer.goes_on(),
            "signature_status": answer.signature_status,
            "key_id": answer.key_id,
            "reason": answer.reason,
        });
        (mode.as_str().to_owned(), answer)
    };
    TrustMode::ALL.map(answer).into_iter().collect()
}

fn step_json(step: &Step) -> Value {
    json!({ "step": step.name, "result": step.result, "seen": step.seen })
}

fn signed_json(causes: &Causes) -> Value {
    causes.since.as_ref().map_or(Value::Null, |since| {
        json!({
            "when": since.signed.to_string(),
            "version": since.version,
            "key_id": since.signer.key_id.as_ref().map(ToString::to_string),
            "fingerprint": since.signer.fingerprint.to_string(),
        })
    })
}

fn would_import_json(would_import: &WouldImport) -> Value {
    json!({
        "answer": would_import.answer,
        "reason": would_import.reason.as_ref().map(|reason| output::explained_json(reason)),
    })
}

/// How many causes are named to people; programs get all.
const MAX_CAUSES: usize = 20;

fn lines(rehearsal: &Rehearsal, causes: &Causes, mode: TrustMode, loads: bool) -> Vec<String> {
    let answer = rehearsal.verdict.mode(mode);
    let mut lines = vec![match (&answer.key_id, loads) {
        (Some(id), true) => format!("Loads in {mode} mode: {}, by the trusted key `{id}`", status(answer)),
        (None, true) => format!("Loads in {mode} mode: {}", status(answer)),
        (_, false) => format!("Refused in {mode} mode"),
    }];
    if let Some(finding) = answer.finding.as_deref() {
        lines.push(format!("why     {finding}"));
        lines.extend(place_of(finding));
        lines.extend(finding.hint().filter(|_| causes.causes.is_empty()).map(|hint| format!("hint    {hint}")));
        lines.extend(causes_in_words(causes));
    }
    let others = TrustMode::ALL.into_iter().filter(|other| *other != mode);
    let others = others.map(|other| format!("{} in {other} mode", in_words(rehearsal.verdict.mode(other))));
    lines.push(format!("else    {}", others.collect::<Vec<_>>().join(", ")));
    lines.extend(rehearsal.verdict.digest.map(|digest| format!("digest  {digest}")));
    lines.extend(import_in_words(&rehearsal.would_import));
    lines.push(String::new());
    // In disabled mode the loader goes no further.
    let taken = |step: &&Step| mode != TrustMode::Disabled || step.name <= StepName::Mode;
    lines.extend(rehearsal.steps.iter().filter(taken).flat_map(|step| step_in_words(step, answer)));
    lines
}

/// Says what comes after the signature, as far as reading tells it.
fn import_in_words(would_import: &WouldImport) -> Vec<String> {
    let Some(reason) = &would_import.reason else {
        return vec!["import  yes: `plugin.py` defines a `Plugin` that needs no arguments".to_owned()];
    };
    let answer = match would_import.answer {
        Answer::No => "no",
        _ => "cannot tell",
    };
    let mut lines = vec![format!("import  {answer}: {reason}")];
    lines.extend(place_of(reason));
    lines.extend(reason.hint().map(|hint| format!("hint    {hint}")));
    lines
}

fn causes_in_words(causes: &Causes) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(since) = &causes.since {
        lines.push(format!("signed  {} as version {}, by {}", since.signed, since.version, since.signer));
    }
    let mut cures: Vec<String> = Vec::new();
    for cause in causes.causes.iter().take(MAX_CAUSES) {
        lines.push(format!("cause   {cause}"));
        lines.extend(place_of(cause));
        lines.extend(
            cause
                .hint()
                .filter(|hint| !cures.contains(hint))
                .inspect(|hint| cures.push(hint.clone()))
                .map(|hint| format!("cure    {hint}")),
        );
    }
    match causes.causes.len().saturating_sub(MAX_CAUSES) {
        0 => {}
        more => lines.push(format!("        and {more} more; `--json` names them all")),
    }
    lines
}

fn in_words(answer: &ModeVerdict) -> String {
    match answer.goes_on() {
        Some(true) => format!("loads as {}", status(answer)),
        Some(false) => "refused".to_owned(),
        None => "it cannot be told".to_owned(),
    }
}

fn status(answer: &ModeVerdict) -> &'static str {
    answer.signature_status.map_or("", |status| status.as_str())
}

fn step_in_words(step: &Step, answer: &ModeVerdict) -> Option<String> {
    let result = match step.result {
        StepResult::Passed => "ok",
        StepResult::Failed => "fails",
        StepResult::CannotTell => "?",
        _ => return None,
    };
    // What fails stands above, in full.
    let seen = step.seen.as_deref().filter(|_| step.result == StepResult::Passed || answer.finding.is_none());
    let seen = seen.unwrap_or("see above");
    Some(format!("{result:<6}  {:<26}{seen}", step.name.title()))
}

fn place_of(explained: &dyn Explain) -> Option<String> {
    let Place { path, position } = explained.place()?;
    let (line, column) = position?;
    Some(format!("at      {}:{line}:{column}", path.display()))
}
