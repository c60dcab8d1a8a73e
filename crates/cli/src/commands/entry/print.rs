//! Plain `entry`: prints a plugin's marketplace entry.

use std::path::Path;
use std::sync::Arc;

use aisoc_publisher_core::entry::{self, Options, Prepared};
use aisoc_publisher_core::index::Index;
use aisoc_publisher_core::key::{KeyId, PublicKey};
use aisoc_publisher_core::trusted::TrustedKeys;
use aisoc_publisher_core::{Code, causes, rehearsal};

use crate::args;
use crate::commands::{answer, object};
use crate::failure::{Advised, Failure};
use crate::output::{Note, Report};
use crate::{key_source, progress};

/// Prepares the entry, with the key that it names.
pub(super) fn prepare(
    args: &args::entry::Entry,
    dir: &Path,
    key_id: &KeyId,
    json: bool,
) -> Result<(Prepared, Option<PublicKey>), Failure> {
    prepare_for(args, dir, key_id, None, json)
}

/// Prepares the entry for an index, as [`prepare`] does.
pub(super) fn prepare_for(
    args: &args::entry::Entry,
    dir: &Path,
    key_id: &KeyId,
    index: Option<Arc<Index>>,
    json: bool,
) -> Result<(Prepared, Option<PublicKey>), Failure> {
    let key = match key_source::find_living(key_id, args.public_key.as_ref()) {
        Ok(key) => Some(key),
        // Without a key nothing verifies, which is what was allowed; the entry's own warning says so.
        Err(Failure::Done(error))
            if args.allow_unsigned && matches!(error.code(), Code::NoSuchKey | Code::NoKeyring | Code::KeyMissing) =>
        {
            None
        }
        Err(failure) => return Err(failure),
    };
    let options = Options {
        index,
        url: args.url.clone(),
        install: args.install.clone(),
        prefill: true,
        allow_unsigned: args.allow_unsigned,
    };
    match progress::watch(json, |task| entry::prepare(dir, key_id, key.as_ref(), &options, task)) {
        Ok(prepared) => Ok((prepared, key)),
        Err(error @ entry::Error::Unverified(_)) => Err(with_cause(error, dir, key_id, key.as_ref(), json)),
        Err(error) => Err(error.into()),
    }
}

/// Names the cause, as `verify` does, why a signature does not fit the entry's key.
fn with_cause(error: entry::Error, dir: &Path, key_id: &KeyId, key: Option<&PublicKey>, json: bool) -> Failure {
    let keys = key.map_or_else(TrustedKeys::default, |key| TrustedKeys::only(key_id, key.clone()));
    let Ok(rehearsal) = progress::watch(json, |task| rehearsal::rehearse(dir, Ok(&keys), task)) else {
        return error.into();
    };
    let memory = answer::memory(&rehearsal);
    let causes = progress::watch(json, |task| causes::of(dir, &rehearsal, &keys, &memory, task));
    let Some(cause) = causes.ok().and_then(|causes| causes.causes.into_iter().next()) else { return error.into() };
    let cure = format!("sign it with `{key_id}`, or name the key that signed it");
    Advised::new(error, format!("the cause: {cause}; {cure}")).into()
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
