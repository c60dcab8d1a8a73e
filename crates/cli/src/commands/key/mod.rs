//! `key`: the life of a publisher key.

mod adopt;
mod backup;
mod create;
mod delete;
mod hand_over;
mod revoke;
mod rotate;
mod show;

use std::path::Path;

use aisoc_publisher_core::backup::{check_backup_passphrase, file_name};
use aisoc_publisher_core::key::{KeyId, pem};
use aisoc_publisher_core::keystore::{self, file::check_passphrase};
use aisoc_publisher_core::publisher::{BackedUp, KeepIn, Publisher, PublisherError, SignedPlugin};
use aisoc_publisher_core::records::{Done, Kept, Origin, Record};
use aisoc_publisher_core::shell;
use aisoc_publisher_core::{Code, Explain as _};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{keys, object};
use crate::args::Keeping;
use crate::args::key::{Act, FirstBackup, Key};
use crate::failure::{Advised, Failure};
use crate::key_source;
use crate::output::{Note, Report};
use crate::secret_source::Passphrase;

pub(crate) fn run(args: &Key, json: bool) -> Result<Report, Failure> {
    let (store, records) = key_source::keyring()?;
    let publisher = Publisher::new(&store, &records);
    match &args.act {
        Act::List => show::list(&publisher),
        Act::Show(key) => {
            publisher.record(&key.id).map_err(|error| key_source::unknown(&publisher, &records, &key.id, error))?;
            show::show(&publisher, &key.id)
        }
        Act::Create(args) => create::run(&publisher, args),
        Act::Import(args) => adopt::import(&publisher, args),
        Act::ExportPublic(key) => keys::public_key(&key.id),
        Act::Backup(args) => backup::run(&publisher, args),
        Act::Restore(args) => adopt::restore(&publisher, args),
        Act::HandOver(args) => hand_over::run(&publisher, args, json),
        Act::Rotate(args) => rotate::run(&publisher, args),
        Act::Revoke(args) => revoke::run(&publisher, args),
        Act::Delete(args) => delete::run(&publisher, args),
    }
}

/// What is remembered of a key, for programs. Every field is always there.
fn facts(publisher: &Publisher<'_>, record: &Record) -> Map<String, Value> {
    let done =
        |done: &Option<Done>| done.as_ref().map(|done| json!({ "at": done.at.to_string(), "place": done.place }));
    object! {
        "key_id": record.key_id.as_str(),
        "fingerprint": record.fingerprint.to_string(),
        "public_key": pem::encode_public(&record.spki),
        "kept": record.kept,
        "key_file": (record.kept == Kept::File).then(|| publisher.key_file(&record.key_id).to_string_lossy().into_owned()),
        "created": record.created.to_string(),
        "origin": record.origin,
        "backed_up": done(&record.backed_up),
        "last_used": record.last_used.map(|at| at.to_string()),
        "handed_over": done(&record.handed_over),
        "succeeds": record.succeeds.as_ref().map(KeyId::as_str),
        "succeeded_by": record.succeeded_by.as_ref().map(KeyId::as_str),
        "revoked": record.revoked.map(|revoked| json!({ "at": revoked.at.to_string(), "reason": revoked.reason })),
        "deleted": record.deleted.map(|at| at.to_string()),
    }
}

/// Says where the private half is, as in "The private half is …".
fn place(publisher: &Publisher<'_>, record: &Record) -> String {
    match record.kept {
        Kept::Keyring => "in this system's keyring".to_owned(),
        Kept::File => format!("in `{}`, under a passphrase", publisher.key_file(&record.key_id).display()),
        _ => "in a place that this version does not know".to_owned(),
    }
}

/// Says how a key came here, as in "made here".
fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Created => "made here",
        Origin::Imported => "imported",
        Origin::Restored => "restored from a backup",
        _ => "in a way that this version does not know",
    }
}

/// Writes a label and what stands behind it, in columns.
fn row(label: &str, value: impl std::fmt::Display) -> String {
    format!("{label:<12}  {value}")
}

/// Writes what can be done next, and its command, in columns.
fn next(label: &str, command: impl std::fmt::Display) -> String {
    format!("{label:<16}  aisoc-publisher {command}")
}

fn backup_command(id: &KeyId) -> String {
    format!("key backup {id} --to DISK/{}", file_name(id))
}

/// The commands that follow on a key that is there now.
fn next_steps(record: &Record) -> Vec<String> {
    let id = &record.key_id;
    let mut lines = vec![String::new()];
    if record.revoked.is_some() {
        lines.push(next("The notice:", format_args!("key revoke {id}")));
        return lines;
    }
    lines.extend(record.backed_up.is_none().then(|| next("Back it up now:", backup_command(id))));
    lines.push(next("Sign with:", format_args!("sign --plugin-dir PLUGIN --key-id {id}")));
    lines.push(next("For operators:", format_args!("key hand-over {id} --to FOLDER")));
    lines
}

/// A plugin that a key signed, for programs.
fn plugin_json(plugin: &SignedPlugin) -> Value {
    json!({
        "id": plugin.id.as_str(),
        "version": plugin.version,
        "digest": plugin.digest.to_string(),
        "folder": plugin.folder.to_string_lossy(),
        "signed": plugin.signed.to_string(),
    })
}

fn plugins_json(plugins: &[SignedPlugin]) -> Value {
    plugins.iter().map(plugin_json).collect()
}

/// A plugin that a key signed, for people.
fn plugin_line(plugin: &SignedPlugin) -> String {
    format!("{} {}, on {}, in `{}`", plugin.id.as_str(), plugin.version, day(plugin.signed), plugin.folder.display())
}

/// Writes a path as a shell takes it for one word. Commands are pasted, and a folder's name may be a stranger's.
fn quoted(path: &Path) -> String {
    shell::quoted(&path.display().to_string())
}

/// Warns that the list of what was signed may not be whole.
fn unreadable(count: usize) -> Option<Note> {
    let message = format!(
        "{} of earlier signings cannot be read, so there may be more plugins",
        super::count(count, "receipt", "receipts")
    );
    (count > 0).then(|| Note::new(Code::ReceiptDamaged, message, None))
}

/// Writes the day of a time, in UTC.
fn day(at: impl ToString) -> String {
    at.to_string().chars().take(10).collect()
}

/// Names the command at hand, as it keeps a key in a file, where the keyring failed.
pub(super) fn in_file(error: PublisherError, command: &str) -> Failure {
    let hint = error.hint().unwrap_or_default();
    let way = format!("keep the key in a file under a passphrase: `aisoc-publisher {command} --in file`");
    match hint.contains(keystore::INSTEAD) {
        true => Advised::new(error, hint.replace(keystore::INSTEAD, &way)).into(),
        false => error.into(),
    }
}

/// Fails where a key cannot be kept as asked, before a person is asked for anything; `command` is the one that keeps it.
fn expect_place(
    publisher: &Publisher<'_>,
    keeping: Keeping,
    passphrase: &Passphrase<'_>,
    command: &str,
) -> Result<(), Failure> {
    match (keeping, passphrase.source) {
        // Whoever gives a passphrase means a file, but a key goes only where it was said to go.
        (Keeping::Keyring, Some(_)) => Err(Failure::usage(
            "a key in the keyring has no passphrase of its own".to_owned(),
            Some(&format!("add `--in file` to keep the key in a file under it, or leave `{}` out", passphrase.option)),
        )),
        (Keeping::Keyring, None) => publisher.expect_place(Kept::Keyring).map_err(|error| in_file(error, command)),
        (Keeping::File, _) => Ok(publisher.expect_place(Kept::File)?),
    }
}

/// The passphrase of a new key file, where the key is to be kept in one.
fn file_passphrase(keeping: Keeping, passphrase: &Passphrase<'_>) -> Result<Option<Zeroizing<String>>, Failure> {
    match keeping {
        Keeping::File => passphrase.read_new(check_passphrase).map(Some),
        Keeping::Keyring => Ok(None),
    }
}

fn keep_in(passphrase: &Option<Zeroizing<String>>) -> KeepIn<'_> {
    match passphrase {
        Some(passphrase) => KeepIn::File { passphrase },
        None => KeepIn::Keyring,
    }
}

/// The passphrase of a backup.
fn backup_passphrase<'a>(id: Option<&KeyId>, source: Option<&'a str>) -> Passphrase<'a> {
    let of = id.map_or_else(|| "the backup".to_owned(), |id| format!("the backup of `{id}`"));
    Passphrase { option: "--backup-passphrase", source, of }
}

impl FirstBackup {
    fn passphrase(&self, id: &KeyId) -> Passphrase<'_> {
        backup_passphrase(Some(id), self.backup_passphrase.as_deref())
    }

    /// Reads the passphrase, before there is a key: what cannot be backed up as wished is not made.
    fn prepare(&self, id: &KeyId) -> Result<Option<Zeroizing<String>>, Failure> {
        let Some(file) = &self.backup else { return Ok(None) };
        if file.symlink_metadata().is_ok() {
            return Err(Failure::usage(
                format!("the file `{}` for the backup is there already", file.display()),
                Some("choose another name; backups are never replaced"),
            ));
        }
        self.passphrase(id).read_new(check_backup_passphrase).map(Some)
    }

    /// Makes the backup, where one was asked for.
    fn make(
        &self,
        publisher: &Publisher<'_>,
        record: &Record,
        own: &Option<Zeroizing<String>>,
        new: &Option<Zeroizing<String>>,
    ) -> Result<Option<BackedUp>, Failure> {
        let (Some(file), Some(new)) = (&self.backup, new) else { return Ok(None) };
        let id = &record.key_id;
        publisher.back_up(id, own.as_ref().map(|p| p.as_str()), file, new).map(Some).map_err(|error| {
            let hint = format!("back it up elsewhere: `aisoc-publisher key backup {id} --to FILE`");
            Advised::new(error, hint).after(format!("the key `{id}` is kept now, and has no backup")).into()
        })
    }
}

/// Warns of a backup that lies where a key should not.
fn risks(done: &BackedUp) -> Vec<Note> {
    let note = |place| {
        let message = format!("`{}` lies in {place}", done.path.display());
        Note::new(Code::KeyAtRisk, message, Some("move it where nobody ships or commits it, best to another disk"))
    };
    done.risks.iter().map(note).collect()
}

/// Says where a backup belongs.
fn keep_apart(done: &BackedUp) -> &'static str {
    match done.same_disk {
        Some(true) => {
            "The backup lies on this machine's own disk, and would be lost with it: copy it to another one. Keep the passphrase \
             somewhere else."
        }
        _ => "Keep the backup where this machine's loss does not reach it, and the passphrase somewhere else.",
    }
}

/// Says what a key is now that it is kept, with its backup, and what comes next.
fn kept_now(publisher: &Publisher<'_>, first_line: String, record: &Record, done: Option<BackedUp>) -> Report {
    let record = done.as_ref().map_or(record, |done| &done.record);
    let mut lines =
        vec![first_line, row("fingerprint", record.fingerprint), row("private half", place(publisher, record))];
    lines.extend(
        record.backed_up.as_ref().map(|backup| row("backup", format_args!("`{}`, opened and tried", backup.place))),
    );
    lines.extend(done.as_ref().map(|done| keep_apart(done).to_owned()));
    lines.extend(next_steps(record));
    Report { lines, json: facts(publisher, record), notes: done.iter().flat_map(risks).collect(), ..Report::default() }
}
