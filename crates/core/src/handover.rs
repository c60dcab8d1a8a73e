//! What the operator of an AiSOC server gets of a publisher: the public key, and a page that says what to do with it.
//!
//! AiSOC's loader contract §5: the key's file is `<key id>.pem` in the folder of trusted keys, since the loader takes the
//! file's stem for the key's name and the marketplace entry's `signing_key_id` has to match.

use std::io;
use std::path::{Path, PathBuf};

use crate::atomic::{self, Obstacle};
use crate::key::{KeyId, PublicKey, pem};
use crate::regular::{self, Refused};
use crate::task::Task;
use crate::trusted::{MAX_KEY_FILE, Outcome, TrustedKeys, Warning, classify};
use crate::verdict::{self, Status, Verdict};
use crate::{Code, Explain, Place};

/// The operator's folder of trusted keys unless `PLUGIN_TRUSTED_KEYS_DIR` says otherwise.
pub const TRUSTED_KEYS_DIR: &str = "/opt/aisoc/plugin-keys";

/// The files of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// `<key id>.pem`: the public key, byte for byte as Python's `cryptography` writes it.
    pub pem: PathBuf,
    /// `<key id>-instructions.txt`: [`instructions`].
    pub instructions: PathBuf,
}

/// Returns the page for the operator as plain ASCII text of short lines, which no mail and no window has to break.
///
/// It says where the key goes, how AiSOC takes notice, what the log shows then, and how to make sure that the key is the
/// publisher's: by the fingerprint, over another channel than the one that the key came by.
pub fn instructions(key_id: &KeyId, public: &PublicKey) -> String {
    let file = key_id.public_file_name();
    let fingerprint = public.fingerprint().to_string();
    let groups: Vec<&str> = (0..fingerprint.len()).step_by(8).filter_map(|at| fingerprint.get(at..at + 8)).collect();
    format!(
        "\
{heading}

This key lets AiSOC verify plugins signed by its publisher. It
is public: there is nothing secret in it.

1. Make sure that it is the publisher's key.

   Compute its fingerprint:

     openssl pkey -pubin -in {file} -outform DER | sha256sum

   It must be

     {fingerprint}

   Ask the publisher to confirm these digits by telephone or in
   person, not by the channel that this file came by. In groups,
   for reading aloud:

     {first}
     {second}

2. Put it among the trusted keys, under this very name.

     sudo install -D -m 0644 {file} \\
       {TRUSTED_KEYS_DIR}/{file}

   {TRUSTED_KEYS_DIR} is the default of
   PLUGIN_TRUSTED_KEYS_DIR; if your server sets this variable,
   use its folder. AiSOC takes the file's name without `.pem` for
   the key's id, so a renamed file would not match the
   marketplace entry's signing_key_id.

3. Restart AiSOC.

     sudo systemctl restart aisoc-api

4. Look for the log line `plugin loaded` of one of the
   publisher's plugins. It shows success with

     signature_status=verified
     signing_key_id={key_id}

   With `invalid`, or when AiSOC refuses the plugin, its files
   are most likely not those that were signed, or another key
   signed them. Tell the publisher; do not set PLUGIN_TRUST_MODE
   to warn or disabled to get around it.

To stop trusting this publisher, remove the file and restart
AiSOC.
",
        heading = heading(key_id),
        first = groups.get(..4).unwrap_or_default().join(" "),
        second = groups.get(4..).unwrap_or_default().join(" "),
    )
}

/// Returns the name of the operator's page: `<key id>-instructions.txt`.
pub fn instructions_file_name(key_id: &KeyId) -> String {
    format!("{key_id}-instructions.txt")
}

/// The first line of the page, by which a page of an earlier hand-over is known.
fn heading(key_id: &KeyId) -> String {
    format!("AiSOC publisher key `{key_id}`: instructions for the operator")
}

/// Saves `<key id>.pem` and `<key id>-instructions.txt` into a folder that is there.
///
/// A PEM that is there is left alone if it has the same bytes, written anew if it holds the same key in another spelling,
/// and never replaced otherwise. Instructions are replaced only where they are an earlier hand-over's. Both files are
/// looked at before either is written; no symlink is followed.
///
/// # Errors
/// [`HandoverError`]. Should the second file fail after the first was created, the first is removed again.
pub fn save(dir: &Path, key_id: &KeyId, public: &PublicKey) -> Result<Saved, HandoverError> {
    let saved =
        Saved { pem: dir.join(key_id.public_file_name()), instructions: dir.join(instructions_file_name(key_id)) };
    let (pem_text, page) = (pem::encode_public(public), instructions(key_id, public));
    let pem_there = look(&saved.pem)?;
    let page_there = look(&saved.instructions)?;
    if let Some(bytes) = &pem_there {
        match classify(bytes) {
            Outcome::Key(there) if there == *public => {}
            Outcome::Key(there) => {
                let there = Some(there.fingerprint().short());
                return Err(HandoverError::OtherKey { path: saved.pem, there });
            }
            _ => return Err(HandoverError::OtherKey { path: saved.pem, there: None }),
        }
    }
    if page_there.as_ref().is_some_and(|bytes| !bytes.starts_with(heading(key_id).as_bytes())) {
        return Err(HandoverError::OtherText { path: saved.instructions });
    }
    write(&saved.pem, pem_text.as_bytes(), pem_there.as_deref())?;
    if let Err(error) = write(&saved.instructions, page.as_bytes(), page_there.as_deref()) {
        if pem_there.is_none() {
            // The error that led here is the one to report, and a public key left behind harms nobody.
            let _ = atomic::remove(&saved.pem);
        }
        return Err(error);
    }
    Ok(saved)
}

/// What a loader says that trusts the folder of a hand-over and nothing else.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rehearsal {
    /// The answer in each trust mode.
    pub verdict: Verdict,
    /// What an operator should know of the folder; empty where the folder itself cannot be read, which the verdict says.
    pub warnings: Vec<Warning>,
}

impl Rehearsal {
    /// Tells whether the operator gets what the page says: `verified` in strict mode, under this key id.
    pub fn shows(&self, key_id: &KeyId) -> bool {
        let strict = &self.verdict.strict;
        strict.signature_status == Some(Status::Verified) && strict.key_id.as_deref() == Some(key_id.as_str())
    }
}

/// Plays the operator's part: reads the folder of a hand-over back from the disk as `PLUGIN_TRUSTED_KEYS_DIR`, and judges
/// the plugin in `plugin` with it.
///
/// # Errors
/// As [`verdict::judge`]; whatever is wrong with plugin or folder is part of the verdict.
pub fn rehearse(dir: &Path, key_id: &KeyId, plugin: &Path, task: &Task<'_>) -> Result<Rehearsal, verdict::Error> {
    match TrustedKeys::read(dir) {
        Ok(keys) => {
            let verdict = verdict::judge(plugin, Ok(&keys), task)?;
            let warnings = keys.warnings(verdict.strict.key_id.as_deref(), Some(key_id));
            Ok(Rehearsal { verdict, warnings })
        }
        Err(error) => Ok(Rehearsal { verdict: verdict::judge(plugin, Err(error), task)?, warnings: Vec::new() }),
    }
}

/// Reads what is there; `None` where nothing is.
fn look(path: &Path) -> Result<Option<Vec<u8>>, HandoverError> {
    let failed = |source| atomic::Error::Io { action: "read", path: path.to_owned(), source };
    match Obstacle::at(path).map_err(failed)? {
        None => return Ok(None),
        Some(Obstacle::File) => {}
        Some(what) => return Err(atomic::Error::NotAFile { path: path.to_owned(), what }.into()),
    }
    match regular::read(path, MAX_KEY_FILE) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Refused::NotAFile(what)) => Err(atomic::Error::NotAFile { path: path.to_owned(), what }.into()),
        // Neither a key nor a page of ours is that large, so its content decides nothing.
        Err(Refused::TooLarge) => Err(HandoverError::OtherText { path: path.to_owned() }),
        Err(Refused::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(Refused::Io(source)) => Err(failed(source).into()),
    }
}

/// Writes a file unless it has these bytes already. What was not there must still not be: another key may have come.
fn write(path: &Path, bytes: &[u8], there: Option<&[u8]>) -> Result<(), HandoverError> {
    match there {
        Some(same) if same == bytes => Ok(()),
        Some(_) => Ok(atomic::replace(path, bytes, 0o644)?),
        None => Ok(atomic::create_new(path, bytes, 0o644)?),
    }
}

/// A hand-over could not be saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandoverError {
    /// The PEM's name is taken by another key, or by something that is no key. It was not touched.
    #[error("save the public key to `{}`: {}", path.display(), other(there.as_deref()))]
    OtherKey {
        /// The file.
        path: PathBuf,
        /// The short fingerprint of the key that is there; `None` where it is no Ed25519 public key.
        there: Option<String>,
    },
    /// The page's name is taken by a text that this program did not write. It was not touched.
    #[error("save the operator's instructions: `{}` is there and holds something else", path.display())]
    OtherText {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    Write(#[from] atomic::Error),
}

fn other(there: Option<&str>) -> String {
    match there {
        Some(fingerprint) => format!("it holds another key, {fingerprint}"),
        None => "it is there and holds no Ed25519 public key".to_owned(),
    }
}

impl Explain for HandoverError {
    fn code(&self) -> Code {
        match self {
            Self::OtherKey { .. } => Code::OtherKeyThere,
            Self::OtherText { .. } => Code::TargetExists,
            Self::Write(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::OtherKey { .. } => {
                "choose another folder; if operators know another key by this id, make the new one under another id"
                    .to_owned()
            }
            Self::OtherText { .. } => "choose another folder, or move the file away".to_owned(),
            Self::Write(error) => return error.hint(),
        })
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::OtherKey { path, .. } | Self::OtherText { path } => {
                Some(Place { path: path.clone(), position: None })
            }
            Self::Write(error) => error.place(),
        }
    }
}
