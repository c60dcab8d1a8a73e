//! Errors, as they cross.

use std::path::Path;

use aisoc_publisher_core::{Code, Explain};
use serde::Serialize;

/// Where something stands; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Place {
    /// A file of the plugin as a relative path, or another file as a display string.
    pub(crate) file: String,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
}

impl Place {
    /// Writes a place of the core's; a file below `folder` relative to it.
    pub(crate) fn of(place: &aisoc_publisher_core::Place, folder: Option<&Path>) -> Self {
        let below = folder.and_then(|folder| place.path.strip_prefix(folder).ok());
        let file = match below {
            Some(below) if !below.as_os_str().is_empty() => below.display().to_string(),
            _ => super::shown(&place.path),
        };
        Self { file, line: place.position.map(|(line, _)| line), column: place.position.map(|(_, column)| column) }
    }
}

/// What every rejected call carries. A call that was cancelled is rejected with the code `cancelled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Failure {
    /// The stable kebab-case code of the core, or one of the window's own: `unknown-handle`, `internal`.
    pub(crate) code: String,
    /// What happened, to what. Names in backticks.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) hint: Option<String>,
    // In a box, so that an answer is not mostly room for an error.
    pub(crate) place: Option<Box<Place>>,
    /// What AiSOC's loader does with a plugin in this state, where that is known.
    pub(crate) at_the_loader: Option<String>,
}

impl<E: Explain> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(&error, None)
    }
}

impl Failure {
    /// Writes an error of the core's about the plugin in `folder`, whose files are named relative to it.
    pub(crate) fn of(error: &dyn Explain, folder: Option<&Path>) -> Self {
        let text = |text: String| relative(&text, folder);
        Self {
            code: code(error.code()),
            message: text(error.to_string()),
            hint: error.hint().map(text),
            place: error.place().map(|place| Box::new(Place::of(&place, folder))),
            at_the_loader: error.at_the_loader().map(text),
        }
    }

    /// Refuses a handle that was never given out.
    pub(crate) fn unknown_handle(of: &str) -> Self {
        Self::own("unknown-handle", format!("the window named a {of} that it was never given"))
            .with_hint("Choose it again; if this comes back, restart the program")
    }

    /// Reports a fault of the program itself.
    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        Self::own("internal", message.to_string()).with_hint("This is a fault in this program; restart it")
    }

    pub(crate) fn own(code: &str, message: String) -> Self {
        Self { code: code.to_owned(), message, hint: None, place: None, at_the_loader: None }
    }

    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }
}

/// Returns a code's stable name.
pub(crate) fn code(code: Code) -> String {
    // A unit variant is always a JSON string.
    serde_json::to_value(code).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Shortens the paths in a sentence: those below `folder` to relative ones, those below the home folder to `~/…`.
pub(crate) fn relative(text: &str, folder: Option<&Path>) -> String {
    let below = |path: &Path| format!("{}{}", path.display(), std::path::MAIN_SEPARATOR);
    let mut text = text.to_owned();
    if let Some(folder) = folder {
        text = text.replace(&below(folder), "");
    }
    match std::env::home_dir() {
        // A home folder of `/` is below nothing.
        Some(home) if home.parent().is_some() => text.replace(&below(&home), "~/"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shortened() {
        let folder = Path::new("/srv/plugin");
        assert_eq!(relative("cannot read `/srv/plugin/a/b.py`: no", Some(folder)), "cannot read `a/b.py`: no");
        assert_eq!(relative("`/srv/plugin` changed", Some(folder)), "`/srv/plugin` changed");
        assert_eq!(relative("`/srv/other/a.py`", Some(folder)), "`/srv/other/a.py`");
        let home = std::env::home_dir().unwrap();
        assert_eq!(relative(&format!("`{}/x`", home.display()), None), "`~/x`");
    }

    #[test]
    fn a_failure_carries_all_that_is_known() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("plugin.yaml"), "id: [\n").unwrap();
        let error = aisoc_publisher_core::manifest::Manifest::read(dir.path()).unwrap_err();
        let failure = Failure::of(&error, Some(dir.path()));
        assert_eq!(failure.code, "manifest");
        assert!(failure.message.contains("`plugin.yaml`"), "{failure:?}");
        let place = failure.place.unwrap();
        assert_eq!((place.file.as_str(), place.line.is_some()), ("plugin.yaml", true));
        assert!(failure.at_the_loader.is_some());
    }
}
