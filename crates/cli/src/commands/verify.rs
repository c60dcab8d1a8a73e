//! `verify`: says what an operator's loader does.

use aisoc_publisher_core::Explain as _;
use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use aisoc_publisher_core::trusted::{Outcome, TrustedKeys, TrustedKeysError};
use aisoc_publisher_core::verdict::{self, Finding, ModeVerdict};
use serde_json::Value;

use super::object;
use crate::args;
use crate::failure::{CannotTell, Failure};
use crate::output::{self, Note, Report};
use crate::{key_source, progress};

pub(crate) fn run(args: &args::Verify, json: bool) -> Result<Report, Failure> {
    let judge = |keys: Result<&TrustedKeys, TrustedKeysError>| {
        progress::watch(json, |task| verdict::judge(args.plugin.path(), keys, task))
    };
    let (verdict, keys) = match TrustedKeys::read(&args.trusted_keys) {
        Ok(keys) => (judge(Ok(&keys))?, keys),
        // The loader refuses every plugin then, so this is a verdict and no failure.
        Err(error) => (judge(Err(error))?, TrustedKeys::default()),
    };
    let mode = args.trust_mode;
    let answer = verdict.mode(mode);
    let Some(loads) = answer.goes_on() else {
        return Err(CannotTell::of(answer).into());
    };
    let mut notes = Vec::new();
    if keys.folder_missing {
        let message = format!("there is no folder `{}`, so no key is trusted", args.trusted_keys.display());
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
    let told = answer.finding.as_deref().and_then(Finding::place);
    let untold = warnings.iter().filter(|warning| told.is_none() || warning.place() != told);
    notes.extend(untold.map(|warning| Note::of(warning)));
    notes.extend(matched.and_then(|name| revoked(&keys, name)));
    Ok(Report {
        lines: lines(answer, loads, mode.as_str(), verdict.digest.as_ref()),
        json: object! {
            "loads": loads,
            "signature_status": answer.signature_status,
            "key_id": answer.key_id,
            "reason": answer.reason,
            "trust_mode": mode.as_str(),
            "digest": verdict.digest.map(|digest| digest.to_string()),
            "finding": answer.finding.as_deref().map_or(Value::Null, |finding| output::explained_json(finding)),
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

fn lines(answer: &ModeVerdict, loads: bool, mode: &str, digest: Option<&impl ToString>) -> Vec<String> {
    let status = answer.signature_status.map_or("", |status| status.as_str());
    let mut lines = vec![match (&answer.key_id, loads) {
        (Some(id), true) => format!("Loads in {mode} mode: {status}, by the trusted key `{id}`"),
        (None, true) => format!("Loads in {mode} mode: {status}"),
        (_, false) => format!("Refused in {mode} mode"),
    }];
    if let Some(finding) = answer.finding.as_deref() {
        lines.push(format!("why     {finding}"));
        lines.extend(place_of(finding));
        lines.extend(finding.hint().map(|hint| format!("hint    {hint}")));
    }
    lines.extend(digest.map(|digest| format!("digest  {}", digest.to_string())));
    lines
}

fn place_of(finding: &Finding) -> Option<String> {
    let place = finding.place()?;
    let (line, column) = place.position?;
    Some(format!("at      {}:{line}:{column}", place.path.display()))
}
