//! What a signature covers, and its canonical bytes: AiSOC's loader contract §3.

use std::path::Path;

use crate::code::Code;
use crate::digest::Digest;
use crate::explain::{Explain, Place};
use crate::files::{self, FileMap, RelPath};
use crate::manifest::{self, Manifest};
use crate::task::Task;

/// The signed content of a plugin's folder at one moment.
#[derive(Debug)]
pub struct Payload {
    manifest: Manifest,
    files: FileMap,
    canonical: Vec<u8>,
    manifest_start: usize,
    digest: Digest,
}

impl Payload {
    /// Reads the plugin in `dir`: manifest, covered files, canonical bytes.
    ///
    /// It answers wherever the canonical bytes exist, also for a plugin that the loader refuses for another reason.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(dir: &Path, task: &Task<'_>) -> Result<Self, Error> {
        Self::read_with(dir, |_| Ok(()), || FileMap::read(dir, task))
    }

    /// Reads the manifest of the plugin in `dir`, checks it, and only then asks for the covered files.
    pub(crate) fn read_with(
        dir: &Path,
        check: impl FnOnce(&Manifest) -> Result<(), manifest::Error>,
        files: impl FnOnce() -> Result<FileMap, files::Error>,
    ) -> Result<Self, Error> {
        let manifest = Manifest::read(dir)?;
        check(&manifest)?;
        let manifest_bytes = manifest.canonical()?;
        Ok(Self::assemble(manifest, &manifest_bytes, files()?))
    }

    fn assemble(manifest: Manifest, manifest_bytes: &[u8], files: FileMap) -> Self {
        let (canonical, manifest_start) = canonical(manifest_bytes, named(&files));
        let digest = Digest::of(&canonical);
        Self { manifest, files, canonical, manifest_start, digest }
    }

    /// Computes the digest of a payload from its parts.
    pub(crate) fn digest_of(manifest_bytes: &[u8], files: &FileMap) -> Digest {
        Self::digest_of_parts(manifest_bytes, named(files))
    }

    /// Computes the digest of a payload that is not in a folder any more; the files come in the order of their paths.
    pub(crate) fn digest_of_parts<'a>(
        manifest_bytes: &[u8],
        files: impl ExactSizeIterator<Item = (&'a RelPath, Digest)>,
    ) -> Digest {
        Digest::of(&canonical(manifest_bytes, files).0)
    }

    /// Returns the manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the covered files.
    pub fn files(&self) -> &FileMap {
        &self.files
    }

    /// Returns the canonical bytes: ASCII, without a final newline.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Returns the SHA-256 of the canonical bytes. Its 32 bytes are the message that is signed.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the manifest's part of the canonical bytes.
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.canonical[self.manifest_start..self.canonical.len() - 1]
    }
}

fn named(files: &FileMap) -> impl ExactSizeIterator<Item = (&RelPath, Digest)> {
    files.iter().map(|file| (&file.path, file.sha256))
}

/// Writes the payload, and returns where in it the manifest begins.
fn canonical<'a>(
    manifest_bytes: &[u8],
    files: impl ExactSizeIterator<Item = (&'a RelPath, Digest)>,
) -> (Vec<u8>, usize) {
    // Sorted as `json.dumps` sorts: `files` before `manifest`, and the files by code point.
    let mut canonical = Vec::with_capacity(manifest_bytes.len() + 120 * files.len() + 32);
    canonical.extend_from_slice(br#"{"files":{"#);
    for (index, (path, sha256)) in files.enumerate() {
        if index > 0 {
            canonical.push(b',');
        }
        aisoc_canonical::write_string(path.as_py(), &mut canonical);
        canonical.extend_from_slice(format!(":\"{sha256}\"").as_bytes());
    }
    canonical.extend_from_slice(br#"},"manifest":"#);
    let manifest_start = canonical.len();
    canonical.extend_from_slice(manifest_bytes);
    canonical.push(b'}');
    (canonical, manifest_start)
}

/// Why a plugin has no canonical bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest cannot be read or has no canonical form.
    #[error(transparent)]
    Manifest(#[from] manifest::Error),
    /// The covered files cannot be read.
    #[error(transparent)]
    Files(#[from] files::Error),
}

impl Error {
    /// Tells whether AiSOC's loader fails here too when it needs the digest.
    pub fn loader_fails(&self) -> bool {
        match self {
            Self::Manifest(error) => error.loader_fails(),
            Self::Files(error) => error.loader_fails(),
        }
    }

    fn inner(&self) -> &dyn Explain {
        match self {
            Self::Manifest(error) => error,
            Self::Files(error) => error,
        }
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        self.inner().code()
    }

    fn detail(&self) -> Option<&'static str> {
        self.inner().detail()
    }

    fn hint(&self) -> Option<String> {
        self.inner().hint()
    }

    fn place(&self) -> Option<Place> {
        self.inner().place()
    }

    fn at_the_loader(&self) -> Option<String> {
        self.inner().at_the_loader()
    }
}
