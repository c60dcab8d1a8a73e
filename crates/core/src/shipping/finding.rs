//! What packaging lost or changed, in words.

use std::fmt;

use crate::artifact::Kind;
use crate::code::Code;
use crate::explain::Explain;
use crate::files::printable;

/// What carries a plugin to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carrier {
    /// An archive.
    Archive(Kind),
    /// What is committed to a Git repository.
    Commit,
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Archive(Kind::Wheel) => "the wheel",
            Self::Archive(_) => "the archive",
            Self::Commit => "the commit",
        })
    }
}

/// What differs, or what should be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum What {
    /// The manifest stayed behind.
    ManifestMissing,
    /// `plugin.sig` stayed behind.
    SignatureMissing,
    /// Signed files stayed behind.
    FilesMissing,
    /// Signed files have other bytes.
    FilesChanged,
    /// Signed files have other line endings, and are the same otherwise.
    LineEndings,
    /// The build wrote a file with the version.
    VersionWritten,
    /// There are `.py` files that the folder does not have.
    FilesAdded,
    /// The signed part of the manifest is another one.
    ManifestChanged,
    /// There is another signature.
    SignatureChanged,
    /// Files that no signature covers stayed behind.
    DataMissing,
    /// There is compiled code that the folder does not have and no signature covers.
    ExecutableAdded,
    /// pip puts the plugin where the loader does not look.
    InSitePackages,
    /// The plugin's files lie loose in the wheel, in no folder of their own.
    NoPackageFolder,
    /// The plugin's files do not lie side by side.
    Apart,
    /// The repository's ignore files keep out what the loader needs.
    Ignored,
    /// A fresh clone has CRLF where the commit has LF.
    ClonedWithCrlf,
    /// Files are kept in Git LFS, and the commit has only pointers.
    LfsPointer,
    /// `git archive`, and the archives that a forge makes, leave files out.
    ExportIgnored,
}

/// One finding, with the files that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub what: What,
    /// What carries the plugin.
    pub carrier: Carrier,
    /// Paths below the plugin's folder, sorted; in what is about an archive as a whole, paths in the archive.
    pub paths: Vec<String>,
    /// What to do, where that depends on how the archive was built. It may have several lines.
    pub cure: Option<String>,
}

impl Finding {
    pub(crate) fn new(what: What, carrier: Carrier, mut paths: Vec<String>) -> Self {
        paths.sort_unstable();
        Self { what, carrier, paths, cure: None }
    }

    /// Tells whether the signature of the folder is none of what is shipped because of it.
    pub fn breaks_signature(&self) -> bool {
        !matches!(
            self.what,
            What::DataMissing
                | What::ExecutableAdded
                | What::InSitePackages
                | What::NoPackageFolder
                | What::Apart
                | What::SignatureChanged
                | What::LfsPointer
                | What::ExportIgnored
                | What::Ignored
                | What::ClonedWithCrlf
        )
    }

    fn many(&self) -> bool {
        self.paths.len() > 1
    }

    /// The files: a few by name, the rest by number.
    fn files(&self) -> String {
        const SHOWN: usize = 4;
        let mut names: Vec<_> = self.paths.iter().take(SHOWN).map(|path| format!("`{}`", printable(path))).collect();
        match (self.paths.len().saturating_sub(SHOWN), names.pop()) {
            (0, Some(last)) if names.is_empty() => last,
            (0, Some(last)) => format!("{} and {last}", names.join(", ")),
            (more, last) => {
                names.extend(last);
                format!("{} and {more} more", names.join(", "))
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (files, carrier) = (self.files(), self.carrier);
        let (is, differs, has) = if self.many() { ("are", "differ", "have") } else { ("is", "differs", "has") };
        match (self.what, carrier) {
            (
                What::ManifestMissing | What::SignatureMissing | What::FilesMissing | What::DataMissing,
                Carrier::Commit,
            ) => {
                write!(f, "{files} {is} not committed")
            }
            (What::ManifestMissing | What::SignatureMissing, _) => write!(f, "{carrier} has no {files}"),
            (What::FilesMissing | What::DataMissing, _) => write!(f, "{files} {is} not in {carrier}"),
            (What::FilesChanged | What::ManifestChanged | What::SignatureChanged, Carrier::Commit) => {
                write!(f, "{files} {differs} from what is committed")
            }
            (What::FilesChanged | What::ManifestChanged, _) => write!(f, "{files} {differs} in {carrier}"),
            (What::SignatureChanged, _) => write!(f, "{files} in {carrier} is another one"),
            (What::LineEndings, _) => {
                write!(f, "{files} {has} other line endings in {carrier}, and nothing else differs")
            }
            (What::VersionWritten, _) => write!(f, "{files} {is} only in {carrier}: the build wrote it"),
            (What::FilesAdded | What::ExecutableAdded, _) => write!(f, "{files} {is} only in {carrier}"),
            (What::InSitePackages, _) => write!(f, "pip puts {files} into site-packages, where AiSOC does not look"),
            (What::NoPackageFolder, _) => {
                write!(f, "{files} {} in no folder of {carrier}", if self.many() { "lie" } else { "lies" })
            }
            (What::Apart, _) => write!(f, "the plugin's files do not lie side by side in {carrier}: {files}"),
            (What::Ignored, _) => write!(f, ".gitignore keeps {files} out of commits"),
            (What::ClonedWithCrlf, _) => write!(f, "{files} {has} CRLF in a fresh clone: .gitattributes says so"),
            (What::LfsPointer, _) => write!(f, "{files} {is} kept in Git LFS, and the commit has only a pointer"),
            (What::ExportIgnored, _) => {
                write!(f, "`export-ignore` keeps {files} out of the archives that a forge offers")
            }
        }
    }
}

impl std::error::Error for Finding {}

impl Explain for Finding {
    fn code(&self) -> Code {
        match self.what {
            What::ManifestMissing => Code::ShippedWithoutManifest,
            What::SignatureMissing => Code::ShippedWithoutSignature,
            What::FilesMissing => Code::ShippedFilesMissing,
            What::FilesChanged => Code::ShippedFilesChanged,
            What::LineEndings => Code::ShippedLineEndings,
            What::VersionWritten => Code::ShippedVersionWritten,
            What::FilesAdded => Code::ShippedFilesAdded,
            What::ManifestChanged => Code::ShippedManifestChanged,
            What::SignatureChanged => Code::ShippedSignatureChanged,
            What::DataMissing => Code::ShippedDataMissing,
            What::ExecutableAdded => Code::ShippedExecutableAdded,
            What::InSitePackages => Code::WheelInSitePackages,
            What::NoPackageFolder => Code::WheelWithoutFolder,
            What::Apart => Code::WheelPluginApart,
            What::Ignored => Code::GitIgnored,
            What::ClonedWithCrlf => Code::GitCrlf,
            What::LfsPointer => Code::GitLfs,
            What::ExportIgnored => Code::GitExportIgnored,
        }
    }

    fn hint(&self) -> Option<String> {
        if self.cure.is_some() {
            return self.cure.clone();
        }
        let commit = self.carrier == Carrier::Commit;
        Some(
            match self.what {
                What::ManifestMissing | What::SignatureMissing | What::DataMissing if commit => "add and commit it",
                What::ManifestMissing | What::SignatureMissing | What::DataMissing => {
                    "tell the build to take it along, then build again"
                }
                What::FilesMissing if commit => "add and commit it, or move it out of the folder and sign again",
                What::FilesMissing => "take it along, or move it out of the folder and sign again",
                What::FilesChanged | What::ManifestChanged if commit => "commit what was signed",
                What::FilesChanged | What::ManifestChanged | What::FilesAdded | What::ExecutableAdded => {
                    "build from the folder as it was signed, or sign the folder that the build leaves"
                }
                What::LineEndings => {
                    "write the files with LF, and add `*.py text eol=lf` to .gitattributes, so that no system changes them"
                }
                What::VersionWritten => {
                    "write the version into plugin.yaml only, or let the build write the file before signing"
                }
                What::SignatureChanged if commit => "commit the signature that was made last",
                What::SignatureChanged => "build again after signing",
                What::InSitePackages => {
                    "operators copy this folder out of site-packages, into a folder below their AISOC_PLUGINS_DIR; say so in your \
                     README, or ship a .tar.gz of the folder"
                }
                What::NoPackageFolder => {
                    "put plugin.yaml, plugin.py and plugin.sig into one package folder, so that operators can copy it out"
                }
                What::Apart => "put plugin.yaml, plugin.py and plugin.sig into one package folder",
                What::Ignored => {
                    "take the line out of .gitignore and commit, or use `git add --force`; a .py file that shall not ship belongs \
                     outside the folder"
                }
                What::ClonedWithCrlf => "write `*.py text eol=lf` into .gitattributes",
                What::LfsPointer => "take .py files and the signature out of Git LFS: a clone without it has only the pointer",
                What::ExportIgnored => "take the line out of .gitattributes, if operators may get the plugin that way",
            }
            .to_owned(),
        )
    }

    fn at_the_loader(&self) -> Option<String> {
        let text = match self.what {
            What::SignatureMissing => "the loader refuses it in strict mode and loads it as `unsigned` in warn mode",
            What::ManifestMissing => "the loader takes no notice of a folder without a manifest",
            What::InSitePackages | What::NoPackageFolder | What::Apart => {
                "the loader looks only into the folders directly below AISOC_PLUGINS_DIR"
            }
            What::ExecutableAdded => "the loader does not check it, and Python may run it",
            _ if self.breaks_signature() => "the signature of the folder is not valid for what is shipped",
            _ => return None,
        };
        Some(text.to_owned())
    }
}
