//! Why a plugin would not be imported, or why that cannot be told.

use std::path::PathBuf;

use ruff_text_size::TextSize;
use serde::Serialize;

use crate::code::Code;
use crate::explain::{Explain, Place};

/// What decides about the import of `plugin.py`; the kebab-case names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// There is no `plugin.py`.
    Missing,
    /// `plugin.py` is a folder or another thing that is no file.
    NotAFile,
    /// `plugin.py` cannot be read here.
    Unreadable,
    /// `plugin.py` is larger than what is looked at.
    TooLarge,
    /// A compiled form may be run in its place.
    CompiledFile,
    /// The bytes are no text that Python takes, or in another encoding than UTF-8.
    Encoding,
    /// Characters whose meaning differs between Python's versions and this parser.
    UnusualText,
    /// Nested more deeply than what is looked at.
    TooDeep,
    /// Not Python.
    Syntax,
    /// Python of a later version than 3.11.
    NewerSyntax,
    /// Parsed, but Python 3.11 does not compile it.
    NotCompiled,
    /// Parsed, but whether Python 3.11 compiles it is not known here.
    MayNotCompile,
    /// Nothing named `Plugin` is defined.
    NoPlugin,
    /// What `Plugin` is depends on something that is not followed.
    PluginUnclear,
    /// `Plugin()` lacks arguments.
    NeedsArguments,
    /// `Plugin` has abstract methods left.
    Abstract,
    /// `Plugin` inherits from something that is not known.
    UnknownBase,
    /// Imports relative to a package that is not there.
    RelativeImport,
    /// Imports a package that is not part of Python.
    OtherPackage,
    /// Imports a name that Python 3.11's module does not have, or may not have.
    MissingName,
    /// Uses a name before it is defined.
    UndefinedName,
    /// Raises an exception.
    Raises,
    /// Runs something that may fail.
    MayFail,
}

impl Cause {
    /// Returns the stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotAFile => "not-a-file",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::CompiledFile => "compiled-file",
            Self::Encoding => "encoding",
            Self::UnusualText => "unusual-text",
            Self::TooDeep => "too-deep",
            Self::Syntax => "syntax",
            Self::NewerSyntax => "newer-syntax",
            Self::NotCompiled => "not-compiled",
            Self::MayNotCompile => "may-not-compile",
            Self::NoPlugin => "no-plugin",
            Self::PluginUnclear => "plugin-unclear",
            Self::NeedsArguments => "needs-arguments",
            Self::Abstract => "abstract",
            Self::UnknownBase => "unknown-base",
            Self::RelativeImport => "relative-import",
            Self::OtherPackage => "other-package",
            Self::MissingName => "missing-name",
            Self::UndefinedName => "undefined-name",
            Self::Raises => "raises",
            Self::MayFail => "may-fail",
        }
    }

    pub(crate) fn cure(self, certain: bool) -> &'static str {
        match self {
            Self::Missing => "add a `plugin.py` that defines `class Plugin`",
            Self::NotAFile | Self::Unreadable => "make `plugin.py` a readable file",
            Self::CompiledFile => "delete `__pycache__` before you ship the folder",
            Self::Encoding => "save `plugin.py` as UTF-8",
            Self::UnusualText => "write it with plain letters, spaces and line ends",
            Self::Syntax | Self::NotCompiled => "correct it; AiSOC runs Python 3.11",
            Self::NewerSyntax => "write it as Python 3.11 has it",
            Self::NoPlugin => "define `class Plugin` at the top level of `plugin.py`",
            Self::NeedsArguments => "give every parameter of `__init__` a default, or take the configuration later",
            Self::Abstract => "define the missing methods in `Plugin`",
            Self::RelativeImport => {
                "AiSOC imports `plugin.py` alone, not as part of a package: move what it needs into `plugin.py`"
            }
            Self::OtherPackage => {
                "the operator's AiSOC must be able to import it: say so in the README; the plugin's own folder is not on \
                 its import path"
            }
            Self::MissingName if certain => "use what Python 3.11 has",
            Self::UndefinedName => "define or import the name above this line",
            Self::Raises => "remove it from the top level",
            Self::TooLarge
            | Self::TooDeep
            | Self::MayNotCompile
            | Self::PluginUnclear
            | Self::UnknownBase
            | Self::MissingName
            | Self::MayFail => "import `plugin.py` with Python 3.11 where AiSOC is installed, and call `Plugin()`",
        }
    }
}

/// Why a plugin would not be imported, or why that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Reason {
    /// What decides.
    pub cause: Cause,
    /// Whether the import fails for it, wherever the plugin is installed.
    pub certain: bool,
    /// What was found, in words.
    pub message: String,
    /// What to do now.
    pub hint: String,
    /// The file that it is about; just `plugin.py` where only its bytes are known.
    pub path: PathBuf,
    /// Line and column, both from 1, the column in characters.
    pub position: Option<(u32, u32)>,
}

impl Reason {
    pub(super) fn new(finding: Finding, source: &str) -> Self {
        let position = (finding.cause != Cause::TooDeep).then(|| position(source, finding.at));
        Self { position, ..Self::of_file(finding.cause, finding.certain, finding.what) }
    }

    pub(super) fn of_file(cause: Cause, certain: bool, message: String) -> Self {
        let hint = cause.cure(certain).to_owned();
        Self { cause, certain, message, hint, path: super::FILE_NAME.into(), position: None }
    }
}

impl Explain for Reason {
    fn code(&self) -> Code {
        match self.cause {
            Cause::Missing => Code::PluginPyMissing,
            _ if self.certain => Code::PluginPyFails,
            _ => Code::PluginPyUndecided,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        Some(self.cause.as_str())
    }

    fn hint(&self) -> Option<String> {
        Some(self.hint.clone())
    }

    fn place(&self) -> Option<Place> {
        Some(Place { path: self.path.clone(), position: self.position })
    }

    fn at_the_loader(&self) -> Option<String> {
        self.certain.then(|| "the loader refuses the plugin after its signature was checked, in every mode".to_owned())
    }
}

/// One thing that was found; `certain` when the import fails for it whatever else happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) cause: Cause,
    pub(super) certain: bool,
    pub(super) at: TextSize,
    pub(super) what: String,
}

impl Finding {
    pub(super) fn certain(cause: Cause, at: TextSize, what: impl Into<String>) -> Self {
        Self { cause, certain: true, at, what: what.into() }
    }

    pub(super) fn doubt(cause: Cause, at: TextSize, what: impl Into<String>) -> Self {
        Self { cause, certain: false, at, what: what.into() }
    }

    pub(super) fn in_doubt(self) -> Self {
        Self { certain: false, ..self }
    }
}

/// How many packages a sentence names.
const MAX_LISTED: usize = 12;

/// Returns the first certain finding, otherwise the first; of packages all, in one sentence.
pub(super) fn deciding(mut findings: Vec<Finding>) -> Option<Finding> {
    if let Some(at) = findings.iter().position(|finding| finding.certain) {
        return Some(findings.swap_remove(at));
    }
    findings.sort_by_key(|finding| finding.at);
    let mut packages: Vec<&str> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.cause == Cause::OtherPackage) {
        if packages.len() < MAX_LISTED && !packages.contains(&finding.what.as_str()) {
            packages.push(&finding.what);
        }
    }
    let what = match packages.as_slice() {
        [one] => format!("it imports {one}, which is not part of Python"),
        many => format!("it imports {}, which are not part of Python", many.join(", ")),
    };
    let mut first = findings.into_iter().next()?;
    if first.cause == Cause::OtherPackage {
        first.what = what;
    }
    Some(first)
}

fn position(source: &str, at: TextSize) -> (u32, u32) {
    let at = source.floor_char_boundary(at.to_usize().min(source.len()));
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    (count(before.matches('\n').count()), count(before[line_start..].chars().count()))
}
