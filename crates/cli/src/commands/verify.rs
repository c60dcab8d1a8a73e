//! `verify`: says what an operator's loader does, step by step, and why a signature does not fit.

use std::path::Path;

use aisoc_publisher_core::causes;
use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use aisoc_publisher_core::rehearsal;
use aisoc_publisher_core::trusted::{Outcome, TrustedKeys};
use aisoc_publisher_core::verdict::{Finding, Verdict};
use aisoc_publisher_core::{Code, Explain as _};
use serde_json::json;

use super::answer::{self, Answer};
use super::shipped::{self, Keys, OwnKeys};
use crate::args;
use crate::failure::Failure;
use crate::output::{Note, Report};
use crate::{key_source, progress};

pub(crate) fn run(args: &args::Verify, in_json: bool) -> Result<Report, Failure> {
    // clap sees to it that there is a folder where there is no archive.
    let dir = args.plugin().unwrap_or_else(|| Path::new(""));
    if let Some(artifact) = &args.artifact {
        return shipped::artifact(artifact, args, in_json);
    }
    if args.committed {
        return shipped::committed(dir, args, in_json);
    }
    let Keys { read, own } = shipped::trusted_keys(args.trusted_keys.as_deref())?;
    let (read, keys) = match read {
        Ok(keys) => (Ok(()), keys),
        // The loader refuses every plugin then, so this is a verdict and no failure.
        Err(error) => (Err(error), TrustedKeys::default()),
    };
    let rehearsal = progress::watch(in_json, |task| rehearsal::rehearse(dir, read.map(|()| &keys), task))?;
    let mut notes = match &args.trusted_keys {
        Some(folder) => notes_on_keys(&keys, folder, &rehearsal.verdict, args),
        None => Vec::new(),
    };
    let memory = answer::memory(&rehearsal);
    notes.extend(memory.unreadable.iter().map(|error| Note::of(error.as_ref())));
    let causes = progress::watch(in_json, |task| causes::of(dir, &rehearsal, &keys, &memory, task))?;
    let answer = Answer::new(&rehearsal, &causes, args.trust_mode)?;
    let mut json = answer.json();
    json.insert("keys_of_this_machine".to_owned(), json!(own.is_some()));
    json.insert("revoked_keys".to_owned(), json!(own.as_ref().map(|own| &own.revoked)));
    Ok(Report {
        lines: answer.lines(own.iter().map(OwnKeys::line).collect(), false),
        json,
        notes,
        refused: !answer.loads,
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
            Some(Note::new(Code::KeyRevoked, message, Some(&hint)))
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
            Code::TrustedKeysMissing,
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
