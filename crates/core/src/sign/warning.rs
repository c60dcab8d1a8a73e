//! What an author should know of a plugin that can be signed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::RelPath;
use crate::manifest::JSON_NAME;
use crate::payload::Payload;
use crate::preflight::Severity;

/// Folders that installers fill. What lies in them is seldom meant to be signed.
const DEPENDENCIES: [&str; 4] = ["site-packages", "dist-packages", "node_modules", "__pypackages__"];

/// How many symlinks that lead to nothing covered are named one by one.
const MAX_LINKS: usize = 100;

/// Something that does not keep a plugin from being signed and may keep it from working.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// There is no `plugin.py` in the folder itself.
    #[error("the plugin has no plugin.py")]
    NoPluginPy,
    /// The signature covers the manifest alone.
    #[error("the signature covers no .py file, only the manifest")]
    NoFiles,
    /// A covered file is reached through a symlink.
    #[error("`{path}` is a symbolic link; what it points to is signed")]
    Symlink {
        /// The covered file.
        path: RelPath,
    },
    /// A symlink leads to something that no signature covers: other files, a folder, nothing.
    #[error("`{path}` is a symbolic link, which no signature covers")]
    UncoveredSymlink {
        /// The link.
        path: RelPath,
    },
    /// There are more such symlinks than are named.
    #[error("{count} more symbolic links lead to what no signature covers")]
    MoreSymlinks {
        /// How many are not named.
        count: usize,
    },
    /// The manifest is a symlink.
    #[error("the manifest `{}` is a symbolic link; what it points to is signed", path.display())]
    ManifestSymlink {
        /// The manifest.
        path: PathBuf,
    },
    /// Both manifests are there.
    #[error("{JSON_NAME} is not signed: beside plugin.yaml the loader ignores it")]
    ManifestIgnored,
    /// Installed dependencies are covered.
    #[error("`{folder}` holds installed packages, whose .py files ({files}) are signed")]
    Dependencies {
        /// The folder, below the plugin's.
        folder: String,
        /// How many covered files are in it.
        files: usize,
    },
}

impl Warning {
    /// Tells how much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::NoPluginPy
            | Self::NoFiles
            | Self::Symlink { .. }
            | Self::UncoveredSymlink { .. }
            | Self::MoreSymlinks { .. }
            | Self::ManifestSymlink { .. }
            | Self::Dependencies { .. } => Severity::BreaksLater,
            Self::ManifestIgnored => Severity::Surprise,
        }
    }
}

impl Explain for Warning {
    fn code(&self) -> Code {
        match self {
            Self::NoPluginPy => Code::PluginPyMissing,
            Self::NoFiles => Code::NoCoveredFiles,
            Self::Symlink { .. }
            | Self::UncoveredSymlink { .. }
            | Self::MoreSymlinks { .. }
            | Self::ManifestSymlink { .. } => Code::Symlink,
            Self::ManifestIgnored => Code::ManifestIgnored,
            Self::Dependencies { .. } => Code::DependenciesInFolder,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::NoPluginPy => "add a plugin.py with a class `Plugin` that can be made without arguments",
                Self::NoFiles => "add the plugin's Python code; Go sources, data and compiled files are never covered",
                Self::Symlink { .. } | Self::ManifestSymlink { .. } => {
                    "put a copy in its place if the plugin is to be installed from an OCI image"
                }
                Self::UncoveredSymlink { .. } | Self::MoreSymlinks { .. } => {
                    "remove it, or put a copy in its place, if the plugin is to be installed from an OCI image"
                }
                Self::ManifestIgnored => "remove it, or remove plugin.yaml",
                Self::Dependencies { .. } => {
                    "move it out of the plugin unless it travels with it: without these very files the signature is \
                     invalid"
                }
            }
            .to_owned(),
        )
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::ManifestSymlink { path } => Some(Place { path: path.clone(), position: None }),
            _ => None,
        }
    }

    fn at_the_loader(&self) -> Option<String> {
        let text = match self {
            Self::NoPluginPy => "the loader fails after the signature check: `plugin.py not found`",
            Self::Symlink { .. }
            | Self::UncoveredSymlink { .. }
            | Self::MoreSymlinks { .. }
            | Self::ManifestSymlink { .. } => "an install from an OCI image refuses a plugin with symbolic links",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

/// Finds what is worth a warning.
pub(super) fn of(payload: &Payload) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let (manifest, files) = (payload.manifest(), payload.files());
    if manifest.ignores_json() {
        warnings.push(Warning::ManifestIgnored);
    }
    if manifest.is_symlink() {
        warnings.push(Warning::ManifestSymlink { path: manifest.path().to_owned() });
    }
    if files.is_empty() {
        warnings.push(Warning::NoFiles);
    }
    if files.get("plugin.py").is_none() {
        warnings.push(Warning::NoPluginPy);
    }
    let mut dependencies: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        if file.symlink {
            warnings.push(Warning::Symlink { path: file.path.clone() });
        }
        if let Some(folder) = dependency_folder(&file.path) {
            *dependencies.entry(folder).or_default() += 1;
        }
    }
    warnings.extend(dependencies.into_iter().map(|(folder, files)| Warning::Dependencies { folder, files }));
    // The manifest lies in the folder itself, and has its own warning.
    let own = manifest.path().file_name().map(|name| name.to_string_lossy().into_owned());
    let links: Vec<_> =
        files.uncovered_links().iter().filter(|path| own.as_deref() != Some(&*path.to_string())).collect();
    let named = links.iter().take(MAX_LINKS);
    warnings.extend(named.map(|path| Warning::UncoveredSymlink { path: RelPath::clone(path) }));
    if links.len() > MAX_LINKS {
        warnings.push(Warning::MoreSymlinks { count: links.len() - MAX_LINKS });
    }
    warnings
}

fn dependency_folder(path: &RelPath) -> Option<String> {
    let path = path.to_string();
    let mut end = 0;
    for name in path.split('/') {
        end += name.len();
        // The last name is the file's own.
        if end < path.len() && DEPENDENCIES.contains(&name) {
            return Some(path[..end].to_owned());
        }
        end += 1;
    }
    None
}
