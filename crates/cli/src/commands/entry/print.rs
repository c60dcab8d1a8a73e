//! Plain `entry`: prints a plugin's marketplace entry.

use std::path::Path;

use aisoc_publisher_core::Code;
use aisoc_publisher_core::entry::{self, Options, Prepared};
use aisoc_publisher_core::key::{KeyId, PublicKey};

use crate::args;
use crate::commands::object;
use crate::failure::Failure;
use crate::output::{Note, Report};
use crate::{key_source, progress};

/// Prepares the entry, with the key that it names.
pub(super) fn prepare(
    args: &args::entry::Entry,
    dir: &Path,
    key_id: &KeyId,
    json: bool,
) -> Result<(Prepared, Option<PublicKey>), Failure> {
    let key = match key_source::find_living(key_id, args.public_key.as_ref()) {
        Ok(key) => Some(key),
        // Without a key nothing verifies, which is what was allowed; the entry's own warning says so.
        Err(Failure::Done(error))
            if args.allow_unsigned && matches!(error.code(), Code::NoSuchKey | Code::NoKeyring) =>
        {
            None
        }
        Err(failure) => return Err(failure),
    };
    let options = Options {
        url: args.url.clone(),
        install: args.install.clone(),
        prefill: true,
        allow_unsigned: args.allow_unsigned,
    };
    let prepared = progress::watch(json, |task| entry::prepare(dir, key_id, key.as_ref(), &options, task))?;
    Ok((prepared, key))
}

/// Says what there is to say of an entry.
pub(super) fn report(prepared: &Prepared, json: bool) -> Report {
    let sources: serde_json::Map<_, _> =
        prepared.sources.iter().map(|(field, source)| ((*field).to_owned(), serde_json::json!(source))).collect();
    let mut notes: Vec<_> = prepared.notices.iter().map(|notice| Note::of(notice)).collect();
    if !json {
        // As JSON they are an answer of their own.
        notes.extend(prepared.problems.iter().map(|problem| Note::of(problem).called_error(problem.is_error())));
    }
    Report {
        raw: Some(format!("{}\n", prepared.entry.to_json()).into_bytes()),
        json: object! { "entry": prepared.entry, "sources": sources, "verified": prepared.verified,
        "problems": prepared.problems.iter().map(super::problem_json).collect::<Vec<_>>(), "card": prepared.card, "suggestions": prepared.suggestions },
        notes,
        refused: prepared.problems.iter().any(entry::Problem::is_error),
        ..Report::default()
    }
}
