//! From the arguments to the key that signs.

use std::path::PathBuf;

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::pem::{self, KeySource};
use aisoc_publisher_core::key::{KeyId, PrivateKeyError, PrivateKeyProblem, PublicKey, SecretKey};
use aisoc_publisher_core::keystore::{KeyStoreError, OsKeyStore};
use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use aisoc_publisher_core::records::Records;
use aisoc_publisher_core::trusted;

use crate::args;
use crate::failure::{Advised, Failure};
use crate::secret_source::{self, Passphrase, SecretSource};

/// The user's keyring and what is remembered beside it.
pub(crate) fn keyring() -> Result<(OsKeyStore, Records), Failure> {
    let folder = DataFolder::of_user()?;
    Ok((OsKeyStore::new(folder.clone()), Records::new(folder)))
}

/// Loads the key that the arguments name.
pub(crate) fn load(key: &args::SigningKey) -> Result<SecretKey, Failure> {
    let given = key.passphrase.as_deref();
    match &key.key_id {
        Some(id) => {
            let (store, records) = keyring()?;
            let publisher = Publisher::new(&store, &records);
            publisher.expect_signing(id)?;
            // Standard input and variables are left alone for a key that needs no passphrase.
            match publisher.load(id, None) {
                Err(PublisherError::PassphraseNeeded { .. }) => {
                    let passphrase = own_passphrase(id, given).read()?;
                    Ok(publisher.load(id, passphrase.as_ref().map(|p| p.as_str()))?)
                }
                loaded => loaded.map_err(|error| unknown(&publisher, &records, id, error)),
            }
        }
        None => {
            let key = read_private(key.private_key.as_deref().unwrap_or_default(), given)?.key;
            // A user without a home folder has no records, and so revoked nothing.
            if let Ok((store, records)) = keyring() {
                Publisher::new(&store, &records).refuse_revoked_key(key.public())?;
            }
            Ok(key)
        }
    }
}

/// The passphrase of a key that is kept in a file of this program's.
pub(crate) fn own_passphrase<'a>(id: &KeyId, given: Option<&'a str>) -> Passphrase<'a> {
    Passphrase { option: "--passphrase", source: given, of: format!("the key `{id}`") }
}

/// A private key that came from outside.
pub(crate) struct FromOutside {
    pub(crate) key: SecretKey,
    /// The file that it lies in, in the clear.
    pub(crate) plain_file: Option<PathBuf>,
}

/// Reads a private key from where `--private-key` says: a file, standard input or a variable.
pub(crate) fn read_private(argument: &str, given: Option<&str>) -> Result<FromOutside, Failure> {
    let source = SecretSource::parse(argument);
    let mut passphrase = Passphrase { option: "--passphrase", source: given, of: "the private key".to_owned() };
    secret_source::expect_key_alone(&source, &[&passphrase])?;
    let (source, text) = match source {
        SecretSource::Path(path) if secret_source::is_bare_key(&path) => {
            return Err(secret_source::secret_as_argument());
        }
        SecretSource::Path(path) => {
            let path = PathBuf::from(path);
            passphrase.of = format!("`{}`", path.display());
            (KeySource::File(path.clone()), pem::read_private_file(&path)?)
        }
        SecretSource::StandardInput => {
            let source = KeySource::StandardInput;
            let text = pem::read_private(std::io::stdin().lock(), &source)?;
            (source, text)
        }
        SecretSource::Variable(name) => {
            let text = secret_source::read_variable(&name)?;
            (KeySource::Variable(name), text)
        }
    };
    let words = passphrase.read_given()?;
    let words = match pem::decode_private(&text, &source, None) {
        Ok(key) => {
            let plain_file = match source {
                KeySource::File(path) => Some(path),
                _ => None,
            };
            return Ok(FromOutside { key, plain_file });
        }
        Err(PrivateKeyError { problem: PrivateKeyProblem::PassphraseNeeded, .. }) if words.is_none() => {
            passphrase.read()?
        }
        Err(_) => words,
    };
    let key = pem::decode_private(&text, &source, words.as_ref().map(|p| p.as_str()))?;
    Ok(FromOutside { key, plain_file: None })
}

/// Remembers that a key signed just now.
pub(crate) fn note_use(id: &KeyId, public: &PublicKey) -> Result<(), PublisherError> {
    let folder = DataFolder::of_user()?;
    let records = Records::new(folder.clone());
    Publisher::new(&OsKeyStore::new(folder), &records).note_use(id, public)
}

/// Returns the public keys that are remembered on this machine.
pub(crate) fn remembered() -> Result<Vec<(KeyId, PublicKey)>, Failure> {
    let records = Records::new(DataFolder::of_user()?).all()?;
    Ok(records.into_iter().map(|record| (record.key_id, record.spki)).collect())
}

/// Finds the public key of an entry, as [`find_public`] does. A revoked one is refused: nobody should trust it anew.
pub(crate) fn find_living(id: &KeyId, file: Option<&PathBuf>) -> Result<PublicKey, Failure> {
    let key = find_public(id, file)?;
    match keyring() {
        Ok((store, records)) => Publisher::new(&store, &records).refuse_revoked_key(&key)?,
        // A key that was given as a file needs nothing of this machine.
        Err(_) if file.is_some() => {}
        Err(failure) => return Err(failure),
    }
    Ok(key)
}

/// Finds a public key: in the given file, among the remembered keys, or in the keyring.
pub(crate) fn find_public(id: &KeyId, file: Option<&PathBuf>) -> Result<PublicKey, Failure> {
    if let Some(path) = file {
        return Ok(trusted::read_public_key(path)?);
    }
    let (store, records) = keyring()?;
    let publisher = Publisher::new(&store, &records);
    publisher.public_key(id).map_err(|error| unknown(&publisher, &records, id, error))
}

/// Says of an id that nothing here knows that this is so, and which there are, whatever else stood in the way.
pub(crate) fn unknown(publisher: &Publisher<'_>, records: &Records, id: &KeyId, error: PublisherError) -> Failure {
    let unreachable = match &error {
        PublisherError::Store(KeyStoreError::Absent { .. }) => true,
        PublisherError::Store(KeyStoreError::NoSuchKey { .. }) | PublisherError::NoRecord { .. } => false,
        _ => return error.into(),
    };
    let Err(unknown @ PublisherError::NoRecord { .. }) = publisher.record(id) else { return error.into() };
    let known: Vec<_> = records.all().unwrap_or_default().iter().map(|record| format!("`{}`", record.key_id)).collect();
    let mut hint = match known.as_slice() {
        [] => format!("no key was made here yet, and `aisoc-publisher key create {id}` makes this one"),
        known => format!("the keys here are {}", known.join(", ")),
    };
    hint += "; one from another machine is imported, or restored from its backup";
    if unreachable {
        hint += "; the system's keyring, which may hold keys that are not listed, cannot be reached";
    }
    Advised::new(unknown, hint).into()
}
