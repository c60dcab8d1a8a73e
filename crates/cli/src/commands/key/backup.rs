//! `key backup`: writes a backup and tries it, or tries one written earlier.

use std::path::Path;

use aisoc_publisher_core::backup::{check_backup_passphrase, read_label};
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::publisher::Publisher;
use aisoc_publisher_core::records::Kept;

use super::{backup_passphrase, facts, keep_apart, quoted, risks, row};
use crate::args::key::Backup;
use crate::commands::object;
use crate::failure::Failure;
use crate::output::Report;
use crate::{key_source, secret_source};

pub(super) fn run(publisher: &Publisher<'_>, args: &Backup) -> Result<Report, Failure> {
    match (&args.id, &args.to, &args.check) {
        (Some(id), Some(file), _) => write(publisher, id, file, args),
        (id, _, Some(file)) => check(publisher, id.as_ref(), file, args),
        _ => Err(Failure::usage("a key and a file are needed".to_owned(), Some("`--help` says how it is used"))),
    }
}

fn write(publisher: &Publisher<'_>, id: &KeyId, file: &Path, args: &Backup) -> Result<Report, Failure> {
    let own = key_source::own_passphrase(id, args.passphrase.as_deref());
    let new = backup_passphrase(Some(id), args.backup_passphrase.as_deref());
    secret_source::expect_one_pipe(&[&own, &new])?;
    // Nobody is asked for passphrases for a key that is not here.
    let record = publisher.record(id)?;
    let own = match record.kept {
        Kept::File if record.deleted.is_none() && publisher.key_file(id).exists() => own.read()?,
        _ => None,
    };
    let new = new.read_new(check_backup_passphrase)?;
    let done = publisher.back_up(id, own.as_ref().map(|p| p.as_str()), file, &new)?;
    Ok(Report {
        lines: vec![
            format!("Backed up the key `{id}`. The backup was read from the disk and opened, and its key signed."),
            row("backup", format_args!("`{}`", done.path.display())),
            row("fingerprint", done.record.fingerprint),
            keep_apart(&done).to_owned(),
        ],
        notes: risks(&done),
        json: facts(publisher, &done.record),
        ..Report::default()
    })
}

fn check(publisher: &Publisher<'_>, id: Option<&KeyId>, file: &Path, args: &Backup) -> Result<Report, Failure> {
    let label = read_label(file)?;
    let Some(words) = backup_passphrase(id.or(label.key_id.as_ref()), args.backup_passphrase.as_deref()).read()? else {
        return Err(Failure::usage(
            format!("`{}` opens with a passphrase, and none was given", file.display()),
            Some(
                "`--backup-passphrase -` reads it from standard input, `--backup-passphrase env:NAME` from a variable",
            ),
        ));
    };
    let drilled = publisher.drill(id, file, &words)?;
    let known = drilled.record.as_ref().map(|record| &record.key_id);
    let name = match (known, &drilled.label.key_id) {
        (Some(id), _) => format!("the key `{id}`"),
        (None, Some(id)) => format!("a key that is not known here; by its text it is `{id}`"),
        (None, None) => "a key that is not known here, and its text does not name it".to_owned(),
    };
    let mut lines =
        vec![format!("The backup opens, and its key signs: {name}."), row("fingerprint", drilled.fingerprint)];
    lines.extend(drilled.label.made.map(|made| row("made", made)));
    if known.is_none() {
        lines.push(String::new());
        lines.push(super::next("Keep it here:", format_args!("key restore {}", quoted(file))));
    }
    Ok(Report {
        lines,
        json: object! {
            "key_id": known.or(drilled.label.key_id.as_ref()).map(KeyId::as_str),
            "known": known.is_some(),
            "fingerprint": drilled.fingerprint.to_string(),
            "made": drilled.label.made.map(|made| made.to_string()),
        },
        ..Report::default()
    })
}
