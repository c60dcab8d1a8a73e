//! The plugins opened earlier: where they are, and what their author typed for them the last time.
//!
//! `plugins.json` in the data folder, mode 0600, written whole or not at all, latest first. It is a convenience and holds
//! no secret; still a damaged file, or one of a newer version, is an error and never reset in silence.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data_file::{DataFile, DataFileError, Subject};
use crate::data_folder::DataFolder;
use crate::key::KeyId;
use crate::{Code, Explain, Place};

/// The format of `plugins.json` that this version reads and writes.
pub const FORMAT: u64 = 1;

/// The most plugins that are remembered; opening another forgets the one opened longest ago.
pub const MAX_PLUGINS: usize = 20;

/// The most characters of a plugin's id, name and version that are remembered. A manifest may come from a stranger.
pub const MAX_SHOWN: usize = 200;

/// The longest url or install line that is remembered, in bytes.
pub const MAX_TYPED: usize = 16 * 1024;

/// A plugin opened earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recent {
    /// The plugin's folder, absolute, byte for byte as it was opened.
    #[serde(with = "crate::path_text")]
    pub folder: PathBuf,
    /// The plugin's id when it was opened last, for showing; as every text of a manifest it may hold any character.
    pub plugin_id: String,
    /// Its name, likewise.
    pub name: String,
    /// Its version, likewise.
    pub version: String,
    /// When it was opened last, in UTC and whole seconds; RFC 3339 in the file.
    pub opened: jiff::Timestamp,
    /// The key that signed it last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key_id: Option<KeyId>,
    /// The entry's `url`, as it was typed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// The entry's `install` line, as it was typed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub install: Option<String>,
    /// Where the entry went.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goal: Option<Goal>,
}

/// Where the entry of a plugin goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Goal {
    /// Nowhere: it is copied or saved.
    Entry,
    /// Into an index.
    Index {
        /// The index's file, absolute.
        #[serde(with = "crate::path_text")]
        file: PathBuf,
    },
    /// Into AiSOC's own repository.
    Checkout {
        /// The local clone's folder, absolute.
        #[serde(with = "crate::path_text")]
        folder: PathBuf,
    },
}

impl Goal {
    /// Returns the path that it is about.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Entry => None,
            Self::Index { file: path } | Self::Checkout { folder: path } => Some(path),
        }
    }
}

/// What a manifest says of the plugin that is opened.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    /// Its id.
    pub plugin_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u64,
    plugins: Vec<Recent>,
}

/// The plugins that one user opened.
#[derive(Debug, Clone)]
pub struct Recents {
    file: DataFile<Contents>,
}

impl Recents {
    /// Uses the list in this folder. Nothing is read or made yet.
    pub fn new(folder: DataFolder) -> Self {
        Self { file: DataFile::new(folder, Subject::Plugins, FORMAT, check) }
    }

    /// Returns the path of the file.
    pub fn path(&self) -> PathBuf {
        self.file.path()
    }

    /// Reads the list, latest first. Whether a folder is still there is not looked at.
    ///
    /// # Errors
    /// [`RecentsError::File`]; the file is never changed.
    pub fn all(&self) -> Result<Vec<Recent>, RecentsError> {
        Ok(self.file.read()?.map(|contents| contents.plugins).unwrap_or_default())
    }

    /// Returns what is remembered of the plugin in one folder.
    ///
    /// # Errors
    /// As [`Recents::all`].
    pub fn find(&self, folder: &Path) -> Result<Option<Recent>, RecentsError> {
        let folder = absolute(folder)?;
        Ok(self.all()?.into_iter().find(|known| known.folder == folder))
    }

    /// Notes that a plugin is opened now, puts it first, and returns what is remembered of it.
    ///
    /// Key, url, install line and goal belong to the plugin: a folder that now holds a plugin with another id loses them, and
    /// a plugin opened from a new place, such as a fresh clone, takes them over from where the same id was opened last.
    ///
    /// # Errors
    /// [`RecentsError`]; the file is then as it was.
    pub fn touch(&self, folder: &Path, opened: Opened<'_>) -> Result<Recent, RecentsError> {
        let folder = absolute(folder)?;
        let now = jiff::Timestamp::now();
        let mut recent = Recent {
            folder,
            plugin_id: shortened(opened.plugin_id),
            name: shortened(opened.name),
            version: shortened(opened.version),
            opened: jiff::Timestamp::from_second(now.as_second()).unwrap_or(now),
            key_id: None,
            url: None,
            install: None,
            goal: None,
        };
        self.change(|plugins| {
            let here = plugins.iter().position(|known| known.folder == recent.folder).map(|at| plugins.remove(at));
            let same = |known: &&Recent| known.plugin_id == recent.plugin_id && !known.plugin_id.is_empty();
            if let Some(known) = here.as_ref().filter(same).or_else(|| plugins.iter().find(same)) {
                let known = known.clone();
                (recent.key_id, recent.url, recent.install) = (known.key_id, known.url, known.install);
                recent.goal = known.goal;
            }
            plugins.insert(0, recent.clone());
            plugins.truncate(MAX_PLUGINS);
            recent
        })
    }

    /// Remembers url and install line of the plugin in a folder; `None` and white space forget one.
    ///
    /// # Errors
    /// [`RecentsError::TooLong`]; [`RecentsError::NotRemembered`] for a folder that was not [touched](Self::touch), or
    /// was forgotten since; [`RecentsError::File`].
    pub fn remember_entry(&self, folder: &Path, url: Option<&str>, install: Option<&str>) -> Result<(), RecentsError> {
        for (field, text) in [("url", url), ("install", install)] {
            if text.is_some_and(|text| text.len() > MAX_TYPED) {
                return Err(RecentsError::TooLong { field });
            }
        }
        let kept = |text: Option<&str>| text.map(str::to_owned).filter(|text| !text.trim().is_empty());
        self.update(folder, |recent| (recent.url, recent.install) = (kept(url), kept(install)))
    }

    /// Remembers the key that signed the plugin in a folder.
    ///
    /// # Errors
    /// [`RecentsError::NotRemembered`], [`RecentsError::File`].
    pub fn remember_key(&self, folder: &Path, key_id: &KeyId) -> Result<(), RecentsError> {
        self.update(folder, |recent| recent.key_id = Some(key_id.clone()))
    }

    /// Remembers where the entry of the plugin in a folder goes. A relative path is made absolute.
    ///
    /// # Errors
    /// [`RecentsError::NotRemembered`], [`RecentsError::NoFolder`], [`RecentsError::File`].
    pub fn remember_goal(&self, folder: &Path, goal: Goal) -> Result<(), RecentsError> {
        let goal = match goal {
            Goal::Entry => Goal::Entry,
            Goal::Index { file } => Goal::Index { file: absolute(&file)? },
            Goal::Checkout { folder } => Goal::Checkout { folder: absolute(&folder)? },
        };
        self.update(folder, |recent| recent.goal = Some(goal))
    }

    /// Forgets one plugin with its key, url and install line, and returns it. Touches no plugin folder.
    ///
    /// # Errors
    /// [`RecentsError::File`].
    pub fn forget(&self, folder: &Path) -> Result<Option<Recent>, RecentsError> {
        let folder = absolute(folder)?;
        self.change(|plugins| plugins.iter().position(|known| known.folder == folder).map(|at| plugins.remove(at)))
    }

    /// Forgets every plugin.
    ///
    /// # Errors
    /// [`RecentsError::File`], also where the list cannot be understood: what it holds is then not ours to remove.
    pub fn forget_all(&self) -> Result<(), RecentsError> {
        self.change(Vec::clear)
    }

    fn update(&self, folder: &Path, update: impl FnOnce(&mut Recent)) -> Result<(), RecentsError> {
        let folder = absolute(folder)?;
        self.change(|plugins| match plugins.iter_mut().find(|known| known.folder == folder) {
            Some(recent) => {
                update(recent);
                Ok(())
            }
            None => Err(RecentsError::NotRemembered { folder }),
        })?
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Recent>) -> T) -> Result<T, RecentsError> {
        let empty = Contents { format: FORMAT, plugins: Vec::new() };
        Ok(self.file.change(empty, |contents| change(&mut contents.plugins))?)
    }
}

/// A relative path means another folder as soon as the program runs elsewhere.
fn absolute(folder: &Path) -> Result<PathBuf, RecentsError> {
    std::path::absolute(folder).map_err(|source| RecentsError::NoFolder { folder: folder.to_owned(), source })
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}

fn check(contents: &Contents) -> Result<(), String> {
    if contents.plugins.len() > MAX_PLUGINS {
        return Err(format!("it lists {} plugins, more than {MAX_PLUGINS}", contents.plugins.len()));
    }
    let mut seen = BTreeSet::new();
    for recent in &contents.plugins {
        if !recent.folder.is_absolute() {
            return Err(format!("the folder `{}` is not absolute", recent.folder.display()));
        }
        if let Some(path) = recent.goal.as_ref().and_then(Goal::path).filter(|path| !path.is_absolute()) {
            return Err(format!("the path `{}` is not absolute", path.display()));
        }
        if !seen.insert(&recent.folder) {
            return Err(format!("it lists the folder `{}` twice", recent.folder.display()));
        }
    }
    Ok(())
}

/// The list of plugins cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecentsError {
    /// The file failed; it is as it was.
    #[error(transparent)]
    File(#[from] DataFileError),
    /// The folder's path cannot be made absolute.
    #[error("find the folder `{}`: {source}", folder.display())]
    NoFolder {
        /// The path as given.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The plugin is not on the list.
    #[error("remember something of the plugin in `{}`: it is not among the plugins opened earlier", folder.display())]
    NotRemembered {
        /// The folder.
        folder: PathBuf,
    },
    /// A text is longer than [`MAX_TYPED`].
    #[error("remember the entry's `{field}`: it is longer than {MAX_TYPED} bytes")]
    TooLong {
        /// The field.
        field: &'static str,
    },
}

impl Explain for RecentsError {
    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::NoFolder { .. } => Code::FolderInvalid,
            Self::NotRemembered { .. } => Code::NotRemembered,
            Self::TooLong { .. } => Code::TextTooLong,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::NoFolder { .. } => Some("give the plugin's folder".to_owned()),
            Self::NotRemembered { .. } => Some("open the plugin again".to_owned()),
            Self::TooLong { .. } => Some("shorten it".to_owned()),
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::File(error) => error.place(),
            Self::NoFolder { folder, .. } | Self::NotRemembered { folder } => {
                Some(Place { path: folder.clone(), position: None })
            }
            Self::TooLong { .. } => None,
        }
    }
}
