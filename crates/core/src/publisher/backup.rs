//! Backups, and the drill without which none counts.

use std::path::{Path, PathBuf};

use super::{Publisher, PublisherError};
use crate::backup::{self, BackupError, Label};
use crate::key::{Fingerprint, KeyId, PublicKey, RiskyPlace, risky_places};
use crate::records::{Done, Record};

/// A backup that was written, opened again and tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackedUp {
    /// The file.
    pub path: PathBuf,
    /// What is remembered of the key now.
    pub record: Record,
    /// Why the file should lie elsewhere, if it should.
    pub risks: Vec<RiskyPlace>,
    /// Whether it lies on the disk that this program's data are on, so that both are lost together; `None` where that is not
    /// known.
    pub same_disk: Option<bool>,
}

/// A backup that was opened and tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drilled {
    /// What the file's text says.
    pub label: Label,
    /// The key that it holds.
    pub fingerprint: Fingerprint,
    /// What is remembered of this key now; `None` where this machine does not know it.
    pub record: Option<Record>,
}

impl Publisher<'_> {
    /// Writes a backup of a key to a new file, and tries it: reads it from the disk, opens it, and has it sign.
    ///
    /// `passphrase` is the key's own, for one in a file; `new` is the backup's. Only a backup that does all this is
    /// remembered.
    ///
    /// # Errors
    /// [`BackupError::DrillFailed`] where the file was written and does not do what it is for: it stays, to be looked at,
    /// and does not count. [`PublisherError::AmongKeyFiles`]; [`PublisherError::NoRecord`]; others as for [`Publisher::load`] and [`backup::write`].
    pub fn back_up(
        &self,
        id: &KeyId,
        passphrase: Option<&str>,
        file: &Path,
        new: &str,
    ) -> Result<BackedUp, PublisherError> {
        // Before the key is asked for, which may take a person's answer.
        backup::check_backup_passphrase(new)?;
        let record = self.record(id)?;
        // The record's place is read in three years, from another folder.
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        self.expect_apart(&path)?;
        let key = self.take_out(id, Some(&record), passphrase)?;
        backup::write(&path, id, &key, new)?;
        drop(key);
        prove(&path, new, &record.spki)?;
        let record = self.changed(id, |record| record.backed_up = Some(Done::now(&path)))?;
        let same_disk = same_disk(&path, self.records.folder().path());
        Ok(BackedUp { record, risks: risky_places(&path), same_disk, path })
    }

    /// Tries a backup that there is: does it still open, and does its key sign? One that does counts from now on.
    ///
    /// With an `id` it must hold that key; without one it may hold any.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`] for an id that is not known; [`PublisherError::AmongKeyFiles`];
    /// [`PublisherError::Backup`].
    pub fn drill(&self, id: Option<&KeyId>, file: &Path, passphrase: &str) -> Result<Drilled, PublisherError> {
        let expected = id.map(|id| self.record(id)).transpose()?;
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        self.expect_apart(&path)?;
        let opened = backup::open(&path, passphrase, expected.as_ref().map(|record| &record.spki))?;
        let known = match expected {
            Some(record) => Some(record.key_id),
            None => {
                let named = |record: &Record| opened.label.key_id.as_ref() == Some(&record.key_id);
                let mut same: Vec<_> =
                    self.records.all()?.into_iter().filter(|record| record.spki == *opened.key.public()).collect();
                // Of one key under two names the one that the backup was made for.
                same.sort_by_key(|record| !named(record));
                same.into_iter().next().map(|record| record.key_id)
            }
        };
        let record =
            known.map(|id| self.changed(&id, |record| record.backed_up = Some(Done::now(&path)))).transpose()?;
        Ok(Drilled { fingerprint: opened.key.public().fingerprint(), label: opened.label, record })
    }

    /// Fails for a file among the key files: a key's own file opens as a backup does, and is no second copy of it.
    pub(super) fn expect_apart(&self, file: &Path) -> Result<(), PublisherError> {
        let real = |path: &Path| path.canonicalize().ok();
        // A file that is yet to be made is where its folder is.
        let file_is = real(file).or_else(|| Some(real(file.parent()?)?.join(file.file_name()?)));
        let keys = real(&self.files().keys());
        match keys.is_some_and(|keys| file_is.is_some_and(|file| file.starts_with(keys))) {
            true => Err(PublisherError::AmongKeyFiles { path: file.to_owned() }),
            false => Ok(()),
        }
    }
}

/// Tells whether two things are on one file system.
#[cfg(unix)]
fn same_disk(one: &Path, other: &Path) -> Option<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| Some(path.metadata().ok()?.dev());
    Some(device(one)? == device(other)?)
}

#[cfg(not(unix))]
fn same_disk(_: &Path, _: &Path) -> Option<bool> {
    None
}

/// Tries a backup that was just written. One that fails stays where it is, to be looked at.
fn prove(file: &Path, passphrase: &str, expected: &PublicKey) -> Result<(), BackupError> {
    match backup::open(file, passphrase, Some(expected)) {
        Ok(_) => Ok(()),
        Err(problem) => Err(BackupError::DrillFailed { path: file.to_owned(), problem: Box::new(problem) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::{Code, Explain as _};

    #[test]
    fn what_the_disk_does_not_give_back_is_no_backup_and_stays() {
        const PASSPHRASE: &str = "four words in a row";
        let folder = tempfile::tempdir().unwrap();
        let key = SecretKey::generate().unwrap();
        let file = folder.path().join("backup.key");
        backup::write(&file, &"acme".parse().unwrap(), &key, PASSPHRASE).unwrap();
        prove(&file, PASSPHRASE, key.public()).unwrap();

        let text = std::fs::read_to_string(&file).unwrap();
        let body = text.find("-----BEGIN").unwrap() + 100;
        // A character of the base64 that is another one there, a file cut short, another key's backup, an empty file.
        let other = if text.as_bytes()[body] == b'A' { "B" } else { "A" };
        let flipped = format!("{}{other}{}", &text[..body], &text[body + 1..]);
        let another = folder.path().join("another.key");
        backup::write(&another, &"acme".parse().unwrap(), &SecretKey::generate().unwrap(), PASSPHRASE).unwrap();
        for (name, bytes) in [
            ("flipped", flipped),
            ("cut", text[..text.len() / 2].to_owned()),
            ("another", std::fs::read_to_string(another).unwrap()),
            ("empty", String::new()),
        ] {
            std::fs::write(&file, &bytes).unwrap();
            let error = prove(&file, PASSPHRASE, key.public()).unwrap_err();
            assert_eq!(error.code(), Code::BackupFailed, "{name}: {error}");
            assert!(error.to_string().contains("does not count as a backup"), "{name}: {error}");
            assert!(error.hint().unwrap().contains("make the backup again"), "{name}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), bytes, "{name}: it stays to be looked at");
        }
    }
}
