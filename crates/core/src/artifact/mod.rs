//! A plugin in an archive: a wheel, a source distribution, a tar or a ZIP file, read in memory and never unpacked to the disk.
//!
//! The archive may come from a stranger. What unpackers disagree about (two entries of one name, links, names that
//! lead out of the archive, a directory that contradicts its entries) is refused with the entry's name: whatever were
//! said of such a plugin would hold for one unpacker only. Size, number, depth and ratio of compression have limits.

mod entries;
mod error;
mod tar;
mod zip;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Serialize;

pub use error::{Error, Reject, Unpacking};

use crate::manifest;
use crate::regular::{self, Refused};
use crate::task::Task;
use crate::tree::Tree;
use entries::Entries;

/// The largest archive that is read, in bytes.
pub const MAX_BYTES: usize = 128 << 20;

/// The most bytes that the entries of an archive may have in all.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// The most entries of an archive, and the most files and folders in it. A ZIP archive without ZIP64 cannot have more.
pub const MAX_ENTRIES: usize = 65_534;

/// How many times its packed size an entry, or a compressed tar, may have. Source code packs to about a quarter.
pub const MAX_RATIO: usize = 200;

/// So many bytes are unpacked whatever the ratio, since they do no harm.
pub const FREE_BYTES: usize = 1 << 20;

/// What kind of archive a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// `.whl`: a ZIP archive that pip unpacks into site-packages.
    Wheel,
    /// `.zip`.
    Zip,
    /// `.tar.gz` or `.tgz`: a source distribution, or a layer of an OCI image.
    TarGz,
    /// `.tar`.
    Tar,
}

impl Kind {
    /// Tells the kind from a file's name, in any case.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        [
            (".whl", Self::Wheel),
            (".zip", Self::Zip),
            (".tar.gz", Self::TarGz),
            (".tgz", Self::TarGz),
            (".tar", Self::Tar),
        ]
        .into_iter()
        .find_map(|(ending, kind)| name.ends_with(ending).then_some(kind))
    }

    /// Returns what to call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Zip => "ZIP archive",
            Self::TarGz => "compressed tar archive",
            Self::Tar => "tar archive",
        }
    }
}

/// An archive's files, in memory.
#[derive(Debug)]
pub struct Artifact {
    kind: Kind,
    tree: Tree,
}

/// An archive while it is read.
struct Archive<'a> {
    path: &'a Path,
    kind: Kind,
}

impl Archive<'_> {
    fn reject(&self, name: &[u8], why: Reject) -> Error {
        Error::Rejected { path: self.path.to_owned(), entry: String::from_utf8_lossy(name).into_owned(), why }
    }
}

impl Artifact {
    /// Reads an archive.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(path: &Path, task: &Task<'_>) -> Result<Self, Error> {
        let Some(kind) = Kind::of(path) else { return Err(Error::UnknownKind { path: path.to_owned() }) };
        let bytes = regular::read(path, MAX_BYTES).map_err(|refused| match refused {
            Refused::NotAFile(what) => Error::NotAFile { path: path.to_owned(), what },
            Refused::TooLarge => Error::TooLarge { path: path.to_owned() },
            Refused::Io(source) => Error::Unreadable { path: path.to_owned(), source },
        })?;
        Self::of_bytes(path, kind, &bytes, task)
    }

    /// Reads an archive from memory; `path` is what messages call it.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn of_bytes(path: &Path, kind: Kind, bytes: &[u8], task: &Task<'_>) -> Result<Self, Error> {
        let archive = Archive { path, kind };
        let mut entries = Entries::new(&archive, task);
        let wrong = || Error::WrongContent { path: path.to_owned(), kind: kind.name() };
        match kind {
            Kind::Wheel | Kind::Zip if zip::looks_like(bytes) => zip::read(bytes, &mut entries)?,
            Kind::Tar if tar::looks_like(bytes) => tar::read(bytes, &mut entries)?,
            Kind::TarGz if bytes.starts_with(&[0x1f, 0x8b]) => {
                let unpacked = gunzip(bytes).map_err(|why| Error::Unpacking { path: path.to_owned(), why })?;
                if !tar::looks_like(&unpacked) {
                    return Err(wrong());
                }
                tar::read(&unpacked, &mut entries)?;
            }
            _ => return Err(wrong()),
        }
        Ok(Self { kind, tree: entries.finish() })
    }

    /// Returns the kind of archive.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns all files.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Finds the plugin's folder: the one that holds a manifest, or where none does, a `plugin.py`.
    ///
    /// A folder with a manifest below another one belongs to that other plugin, as test data do. The empty text is the
    /// archive's root.
    ///
    /// # Errors
    /// [`Error::NoPlugin`] and [`Error::SeveralPlugins`].
    pub fn find_plugin(&self) -> Result<String, Error> {
        let path = || self.tree.label().to_owned();
        let with_manifest = self.folders_with(&[manifest::YAML_NAME, manifest::JSON_NAME]);
        let mut folders = match with_manifest.is_empty() {
            true => self.folders_with(&["plugin.py"]),
            false => with_manifest,
        };
        match (folders.pop(), folders.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                folders.push(last);
                Err(Error::SeveralPlugins { path: path(), folders })
            }
            (None, _) => Err(Error::NoPlugin { path: path(), nested: self.nested() }),
        }
    }

    /// Takes a folder that the archive holds, as a plugin.
    ///
    /// # Errors
    /// [`Error::NoSuchFolder`].
    pub fn plugin_in(&self, folder: &str) -> Result<Tree, Error> {
        if folder.is_empty() || self.tree.has_folder(folder.as_bytes()) {
            Ok(self.tree.folder(folder.as_bytes()))
        } else {
            Err(Error::NoSuchFolder { path: self.tree.label().to_owned(), folder: folder.to_owned() })
        }
    }

    /// Returns the topmost folders that hold a file with one of these names, sorted.
    fn folders_with(&self, names: &[&str]) -> Vec<String> {
        let all: BTreeSet<&str> = self
            .names()
            .filter_map(|name| {
                let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
                names.contains(&file).then_some(folder)
            })
            .collect();
        let inside_another = |folder: &str| {
            !folder.is_empty()
                && (all.contains("") || folder.match_indices('/').any(|(at, _)| all.contains(&folder[..at])))
        };
        all.iter().filter(|folder| !inside_another(folder)).map(|folder| (*folder).to_owned()).collect()
    }

    /// Finds a file that looks like an archive itself.
    fn nested(&self) -> Option<String> {
        let name = self.names().find(|name| Kind::of(Path::new(OsStr::new(name))).is_some());
        name.map(str::to_owned)
    }

    /// The names of all files; an archive's are text.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.tree.iter().filter_map(|(name, _)| std::str::from_utf8(name).ok())
    }
}

/// Unpacks a compressed tar, as far as the limits let it.
fn gunzip(packed: &[u8]) -> Result<Vec<u8>, Unpacking> {
    let by_ratio = packed.len().saturating_mul(MAX_RATIO).max(FREE_BYTES);
    // A tar has a block of its own for every entry and is padded, so it may be larger than what its entries sum up to.
    let at_all = usize::try_from(MAX_UNPACKED_BYTES).unwrap_or(usize::MAX).saturating_add(MAX_ENTRIES * 1024);
    let limit = by_ratio.min(at_all);
    let mut unpacked = Vec::new();
    let mut reader = MultiGzDecoder::new(packed).take(limit as u64 + 1);
    reader.read_to_end(&mut unpacked).map_err(|_| Unpacking::Damaged)?;
    match unpacked.len() > limit {
        false => Ok(unpacked),
        true if limit == at_all => Err(Unpacking::TooLarge),
        true => Err(Unpacking::Ratio),
    }
}
