//! From the arguments to the key that signs.

use std::path::PathBuf;

use aisoc_publisher_core::data_folder::DataFolder;
use aisoc_publisher_core::key::pem::{self, KeySource};
use aisoc_publisher_core::key::{KeyId, PublicKey, SecretKey};
use aisoc_publisher_core::keystore::OsKeyStore;
use aisoc_publisher_core::publisher::{Publisher, PublisherError};
use aisoc_publisher_core::records::{Kept, Records};
use aisoc_publisher_core::trusted;
use zeroize::Zeroizing;

use crate::args;
use crate::failure::Failure;
use crate::secret_source::{self, SecretSource, Typed};

/// The user's keyring and what is remembered beside it.
pub(crate) fn keyring() -> Result<(OsKeyStore, Records), Failure> {
    let folder = DataFolder::of_user()?;
    Ok((OsKeyStore::new(folder.clone()), Records::new(folder)))
}

/// Loads the key that the arguments name.
pub(crate) fn load(key: &args::SigningKey) -> Result<SecretKey, Failure> {
    if let Some(id) = &key.key_id {
        let (store, records) = keyring()?;
        let publisher = Publisher::new(&store, &records);
        publisher.expect_signing(id)?;
        // Standard input and variables are left alone for a key that needs no passphrase.
        let needed = publisher.kept(id)? == Kept::File;
        let passphrase = passphrase(key.passphrase.as_deref().filter(|_| needed))?;
        return Ok(publisher.load(id, passphrase.as_ref().map(|p| p.as_str()))?);
    }
    let source = SecretSource::parse(key.private_key.as_deref().unwrap_or_default());
    if source == SecretSource::StandardInput && key.passphrase.as_deref() == Some("-") {
        return Err(Failure::usage(
            "standard input cannot hold both the key and its passphrase".to_owned(),
            Some("give one of them as `env:NAME`"),
        ));
    }
    let (source, text) = match source {
        SecretSource::Path(path) if secret_source::is_bare_key(&path) => {
            return Err(secret_source::secret_as_argument());
        }
        SecretSource::Path(path) => {
            let path = PathBuf::from(path);
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
    let passphrase = passphrase(key.passphrase.as_deref())?;
    let secret = pem::decode_private(&text, &source, passphrase.as_ref().map(|p| p.as_str()))?;
    // A user without a home folder has no records, and so revoked nothing.
    if let Ok(folder) = DataFolder::of_user() {
        let records = Records::new(folder.clone());
        Publisher::new(&OsKeyStore::new(folder), &records).refuse_revoked_key(secret.public())?;
    }
    Ok(secret)
}

/// Remembers that a key signed just now.
pub(crate) fn note_use(id: &KeyId) -> Result<(), PublisherError> {
    let folder = DataFolder::of_user()?;
    let records = Records::new(folder.clone());
    Publisher::new(&OsKeyStore::new(folder), &records).note_use(id)
}

fn passphrase(argument: Option<&str>) -> Result<Option<Zeroizing<String>>, Failure> {
    argument.map(|argument| secret_source::read_passphrase(argument, Typed::Once)).transpose()
}

/// Finds a public key: in the given file, among the remembered keys, or in the keyring.
pub(crate) fn find_public(id: &KeyId, file: Option<&PathBuf>) -> Result<PublicKey, Failure> {
    if let Some(path) = file {
        return Ok(trusted::read_public_key(path)?);
    }
    let (store, records) = keyring()?;
    Ok(Publisher::new(&store, &records).public_key(id)?)
}
