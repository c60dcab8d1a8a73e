//! `key import` and `key restore`: keys that were made before.

use aisoc_publisher_core::backup::read_label;
use aisoc_publisher_core::publisher::{Publisher, PublisherError, Restored, SameKey};
use aisoc_publisher_core::{Code, Explain as _};
use serde_json::json;

use super::{backup_passphrase, expect_place, file_passphrase, keep_in, kept_now};
use crate::args::key::{Import, KeepAdopted, Restore};
use crate::failure::{Advised, Failure};
use crate::key_source;
use crate::output::{Note, Report};
use crate::secret_source::{self, Passphrase, SecretSource};

pub(super) fn import(publisher: &Publisher<'_>, args: &Import) -> Result<Report, Failure> {
    let id = &args.key.id;
    let opens = key_source::own_passphrase(id, args.passphrase.as_deref());
    let (new, backup) = (args.keep.passphrase(), args.first.passphrase(id));
    secret_source::expect_key_alone(&SecretSource::parse(&args.private_key), &[&opens, &new, &backup])?;
    secret_source::expect_one_pipe(&[&opens, &new, &backup])?;
    let from = key_source::read_private(&args.private_key, args.passphrase.as_deref())?;
    expect_place(publisher, args.keep.keeping, &new, &format!("key import {id}"))?;
    let own = file_passphrase(args.keep.keeping, &new)?;
    let new = args.first.prepare(id)?;
    let kept = publisher.import(id, &from.key, keep_in(&own), args.keep.same_key()).map_err(second_id)?;
    let done = args.first.make(publisher, &kept.record, &own, &new)?;
    let mut report = adopted(publisher, "Imported", &kept, done);
    if let Some(path) = from.plain_file {
        let message = format!("`{}` still holds the key without a passphrase", path.display());
        let hint = "remove that file once there is a backup: whoever reads it can sign as you";
        report.notes.push(Note::new(Code::KeyAtRisk, message, Some(hint)));
    }
    Ok(report)
}

pub(super) fn restore(publisher: &Publisher<'_>, args: &Restore) -> Result<Report, Failure> {
    // What the file says of itself, so that a person sees which passphrase is asked for.
    let label = read_label(&args.file)?;
    let opens = backup_passphrase(label.key_id.as_ref().or(args.key_id.as_ref()), args.backup_passphrase.as_deref());
    let new = args.keep.passphrase();
    secret_source::expect_one_pipe(&[&opens, &new])?;
    expect_place(publisher, args.keep.keeping, &new, "key restore FILE")?;
    let Some(words) = opens.read()? else {
        return Err(Failure::usage(
            format!("`{}` opens with a passphrase, and none was given", args.file.display()),
            Some(
                "`--backup-passphrase -` reads it from standard input, `--backup-passphrase env:NAME` from a variable",
            ),
        ));
    };
    let own = file_passphrase(args.keep.keeping, &new)?;
    let kept = publisher
        .restore(&args.file, &words, args.key_id.as_ref(), keep_in(&own), args.keep.same_key())
        .map_err(second_id)?;
    Ok(adopted(publisher, "Restored", &kept, None))
}

impl KeepAdopted {
    fn passphrase(&self) -> Passphrase<'_> {
        Passphrase {
            option: "--new-passphrase",
            source: self.new_passphrase.as_deref(),
            of: "the key's file".to_owned(),
        }
    }

    fn same_key(&self) -> SameKey {
        if self.second_id { SameKey::Allow } else { SameKey::Refuse }
    }
}

/// Names the options that help with an id.
fn second_id(error: PublisherError) -> Failure {
    let hint = error.hint().unwrap_or_default();
    match error {
        PublisherError::SameKey { .. } => {
            Advised::new(error, format!("{hint}; `--second-id` keeps it under both")).into()
        }
        PublisherError::NoIdInBackup { .. } => Advised::new(error, format!("{hint}, with `--key-id ID`")).into(),
        other => other.into(),
    }
}

fn adopted(
    publisher: &Publisher<'_>,
    act: &str,
    kept: &Restored,
    done: Option<aisoc_publisher_core::publisher::BackedUp>,
) -> Report {
    let record = &kept.record;
    let again = if kept.reattached { " What was remembered of it goes on." } else { "" };
    let mut report = kept_now(publisher, format!("{act} the key `{}`.{again}", record.key_id), record, done);
    report.json.insert("reattached".to_owned(), json!(kept.reattached));
    if let Some(revoked) = &record.revoked {
        let message = format!("the key `{}` was revoked on {}, because {}", record.key_id, revoked.at, revoked.reason);
        report.notes.push(Note::new(
            Code::KeyRevoked,
            message,
            Some("it does not sign; make a new key under a new id"),
        ));
    }
    report
}
