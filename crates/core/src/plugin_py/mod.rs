//! Whether AiSOC's loader could import `plugin.py` and make its `Plugin`: its contract §7.
//!
//! After the signature the loader makes a module of `plugin.py` with `importlib.util.spec_from_file_location`, under a name
//! without dots that it puts into `sys.modules` first, runs it, takes `Plugin` from it and calls that without arguments. The
//! plugin's folder is not on the import path, so a relative import always fails and a module beside `plugin.py` is found
//! only where the operator put it on that path.
//!
//! Here nothing is run. The text is parsed, as Python 3.11 would, and followed for as long as every step is certain:
//!
//! - [`Answer::Yes`] needs a text that compiles, and a top level and an `__init__` that hold nothing but steps which cannot fail;
//! - [`Answer::No`] needs one step that fails whatever the others do;
//! - everything else is [`Answer::CannotTell`], with the first step that is not understood.
//!
//! It takes for granted that the server runs CPython 3.11 on Linux with its own standard library, that warnings are not
//! errors there, and that no other module writes names into this one or into `builtins`.

mod calls;
mod class;
mod compiles;
mod fstring;
mod instance;
mod kinds;
mod module;
mod names;
mod reach;
mod reason;
mod stdlib;
mod syntax;
mod text;
mod value;

use std::io;
use std::path::Path;

use serde::Serialize;

pub use reason::{Cause, Reason};

use crate::atomic::Obstacle;
use crate::regular::{self, Refused};
use crate::source::{Folder, Source};
use reason::Finding;

/// The name of the module that the loader imports.
pub const FILE_NAME: &str = "plugin.py";

/// The largest `plugin.py` that is looked at, in bytes; for a larger one it cannot be told.
pub const MAX_BYTES: usize = 512 * 1024;

/// Whether a plugin could be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// `plugin.py` runs and `Plugin()` succeeds.
    Yes,
    /// One of the two fails, wherever the plugin is installed.
    No,
    /// Reading alone does not decide it.
    CannotTell,
}

impl Answer {
    /// Returns the name, as in `--json` output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// Whether a plugin could be imported, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WouldImport {
    /// The answer.
    pub answer: Answer,
    /// What decided; always there except with [`Answer::Yes`].
    pub reason: Option<Reason>,
}

impl WouldImport {
    fn yes() -> Self {
        Self { answer: Answer::Yes, reason: None }
    }

    fn of(finding: Finding, source: &str) -> Self {
        let answer = if finding.certain { Answer::No } else { Answer::CannotTell };
        Self { answer, reason: Some(Reason::new(finding, source)) }
    }

    fn without_text(answer: Answer, cause: Cause, what: impl Into<String>) -> Self {
        Self { answer, reason: Some(Reason::of_file(cause, answer == Answer::No, what.into())) }
    }
}

/// Tells whether the loader could import the `plugin.py` in `dir`, by reading it.
///
/// A compiled `plugin.py` in `__pycache__` can be run in place of the text, so with one there it cannot be told.
pub fn would_import_in(dir: &Path) -> WouldImport {
    would_import_from(&Folder(dir))
}

/// Tells the same of a plugin wherever it is.
pub(crate) fn would_import_from(plugin: &impl Source) -> WouldImport {
    let mut found = match plugin.read(FILE_NAME, MAX_BYTES) {
        Ok(bytes) => would_import(&bytes),
        Err(Refused::TooLarge) => too_large(),
        Err(Refused::NotAFile(Obstacle::Folder)) => {
            WouldImport::without_text(Answer::No, Cause::NotAFile, "`plugin.py` is a folder")
        }
        Err(Refused::NotAFile(_)) => WouldImport::without_text(
            Answer::CannotTell,
            Cause::NotAFile,
            format!("`plugin.py` is no regular file; {}", regular::LOADER_WAITS),
        ),
        Err(Refused::Io(error)) if is_absent(&error) => {
            WouldImport::without_text(Answer::No, Cause::Missing, "there is no `plugin.py`")
        }
        Err(Refused::Io(error)) => WouldImport::without_text(
            Answer::CannotTell,
            Cause::Unreadable,
            format!("`plugin.py` cannot be read here: {error}"),
        ),
    };
    let text_decides = !matches!(
        found.reason.as_ref().map(|reason| reason.cause),
        Some(Cause::Missing | Cause::NotAFile | Cause::Unreadable | Cause::TooLarge)
    );
    if text_decides && has_compiled(plugin) {
        found = WouldImport::without_text(
            Answer::CannotTell,
            Cause::CompiledFile,
            "Python may run the compiled `plugin.py` in `__pycache__` instead of the text",
        );
    }
    if let Some(reason) = &mut found.reason {
        reason.path = plugin.path(FILE_NAME);
    }
    found
}

/// Tells whether the loader could import a `plugin.py` with these bytes.
///
/// Takes time and memory in proportion to the length; nesting that would take more is declined.
pub fn would_import(source: &[u8]) -> WouldImport {
    if source.len() > MAX_BYTES {
        return too_large();
    }
    let text = match text::decode(source) {
        Ok(text) => text,
        Err(finding) => return WouldImport::of(finding, &String::from_utf8_lossy(source)),
    };
    match examine(text) {
        Ok(()) => WouldImport::yes(),
        Err(finding) => WouldImport::of(finding, text),
    }
}

/// Returns the finding that decides: the first that is certain, otherwise the first.
fn examine(text: &str) -> Result<(), Finding> {
    text::check(text)?;
    let parsed = syntax::parse(text)?;
    text::check_tokens(parsed.tokens(), text)?;
    let suite = parsed.suite();
    let mut findings = compiles::check(suite, text);
    if !findings.iter().any(|finding| finding.certain) {
        findings.extend(module::run(suite, names::Names::of(suite)));
    }
    reason::deciding(findings).map_or(Ok(()), Err)
}

fn too_large() -> WouldImport {
    let what = format!("`plugin.py` is larger than the {} KiB that are looked at", MAX_BYTES / 1024);
    WouldImport::without_text(Answer::CannotTell, Cause::TooLarge, what)
}

/// Tells whether a compiled `plugin.py` for Python 3.11 lies in the folder, or whether that is not known.
fn has_compiled(plugin: &impl Source) -> bool {
    match plugin.names_in("__pycache__") {
        Ok(names) => names.iter().any(|name| name.starts_with(b"plugin.cpython-311.") && name.ends_with(b".pyc")),
        Err(error) => !is_absent(&error),
    }
}

fn is_absent(error: &io::Error) -> bool {
    // What is in memory has no error of the operating system's.
    error.kind() == io::ErrorKind::NotFound || regular::means_absent(error)
}
