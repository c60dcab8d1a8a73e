//! What the files around a plugin suggest for the fields that no manifest has, each with where it is from.
//!
//! Nothing is run and nothing is fetched: whether a package or a page is really there, the author has to know. Only regular
//! files of at most 1 MiB are read. A suggestion that breaks a rule for entries is not made, and that is said.

mod git;
mod go;
mod project;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::problem::{Problem, Rule};
use super::rules;
use super::{Notice, Source};
use crate::regular::{self, Refused};

/// The largest file that is looked into, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// How many folders above the plugin's are searched for a project's file.
const MAX_ABOVE: usize = 4;

/// A value for a field of the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// The field: `url` or `install`.
    pub field: &'static str,
    /// The value.
    pub value: String,
    /// What it is from.
    pub source: Source,
    /// The file that it is from, seen from the plugin's folder.
    #[serde(serialize_with = "crate::path_text::serialize")]
    pub path: PathBuf,
    /// Whether it may be taken where nobody says otherwise. Not so for a project far above the plugin's folder.
    pub fits: bool,
    /// What was done to it, or what to look after, as a clause.
    pub said: Option<&'static str>,
}

/// Collects suggestions, the best first for each field.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    pub(super) all: Vec<Suggestion>,
    pub(super) notices: Vec<Notice>,
}

impl Suggestions {
    /// Looks at the files in and above a plugin's folder; `version` is the manifest's.
    pub(super) fn around(dir: &Path, version: &str) -> Self {
        let mut found = Self::default();
        let Ok(dir) = std::path::absolute(dir) else { return found };
        project::suggest(&dir, &mut found);
        go::suggest(&dir, version, &mut found);
        git::suggest(&dir, &mut found);
        // Where to read more: the project's own word, its repository, and only then a site that shows any module.
        for path in found.all.iter_mut().map(|suggestion| &mut suggestion.path) {
            *path = seen_from(&dir, path);
        }
        for notice in &mut found.notices {
            if let Notice::SourceIgnored { path, .. } = notice {
                *path = seen_from(&dir, path);
            }
        }
        found.all.sort_by_key(|suggestion| {
            let late = suggestion.field == "url" && suggestion.source == Source::GoModule;
            (!suggestion.fits, late)
        });
        found
    }

    /// Returns the suggestion that is taken for a field where nobody says otherwise.
    pub(super) fn best(&self, field: &str) -> Option<&Suggestion> {
        self.all.iter().find(|suggestion| suggestion.field == field && suggestion.fits)
    }

    /// Adds a suggestion, unless it breaks a rule or was made before.
    fn add(&mut self, suggestion: Suggestion) {
        if self.all.iter().any(|other| other.field == suggestion.field && other.value == suggestion.value) {
            return;
        }
        match broken_rule(suggestion.field, &suggestion.value, None) {
            Some(problem) => self.ignored(&suggestion.path, problem.message),
            None => self.all.push(suggestion),
        }
    }

    /// Notes a file, or something in it, that could not be used.
    fn ignored(&mut self, path: &Path, why: impl Into<String>) {
        self.notices.push(Notice::SourceIgnored { path: path.to_owned(), why: why.into() });
    }

    /// Reads a text file, if it is there; what is there and cannot be read is noted.
    fn read(&mut self, path: &Path) -> Option<String> {
        let bytes = match regular::read(path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(Refused::Io(error)) if regular::means_absent(&error) => return None,
            Err(Refused::Io(error)) => {
                self.ignored(path, format!("it cannot be read: {error}"));
                return None;
            }
            Err(Refused::NotAFile(what)) => {
                self.ignored(path, format!("it is {what}, not a regular file"));
                return None;
            }
            Err(Refused::TooLarge) => {
                self.ignored(path, "it has more than 1 MiB");
                return None;
            }
        };
        String::from_utf8(bytes).map_err(|_| self.ignored(path, "it is not UTF-8 text")).ok()
    }

    /// Reads the nearest file of this name in the plugin's folder or above it, but not above a repository's.
    fn nearest(&mut self, dir: &Path, name: &str) -> Option<(PathBuf, String)> {
        for folder in dir.ancestors().take(MAX_ABOVE + 1) {
            let path = folder.join(name);
            if regular::exists(&path).unwrap_or(true) {
                return self.read(&path).map(|text| (path, text));
            }
            if folder.join(".git").symlink_metadata().is_ok() {
                return None;
            }
        }
        None
    }
}

/// Tells whether a value may stand in an entry for this version.
pub(super) fn keeps_rules(field: &str, value: &str, version: Option<&str>) -> bool {
    broken_rule(field, value, version).is_none()
}

/// Finds the first rule that a value for `url` or `install` breaks.
fn broken_rule(field: &str, value: &str, version: Option<&str>) -> Option<Problem> {
    let mut problems = Vec::new();
    match field {
        "url" => rules::address::of_url(value, "/url", &mut problems),
        _ => rules::install::problems(value, version, &mut problems),
    }
    let pointer = format!("/{field}");
    rules::of_text(value, &pointer, false, &mut problems);
    // First, since the others may repeat what it keeps to itself.
    if let Some(secret) = rules::credential(value, &pointer) {
        problems.insert(0, secret);
    }
    problems.into_iter().find(|problem| problem.is_error() || problem.rule == Rule::InstallVersion)
}

/// Tells whether a plugin's folder is a project's own, or its one package: `.`, `NAME` or `src/NAME`.
fn belongs(project: &Path, dir: &Path) -> bool {
    let Ok(below) = dir.strip_prefix(project) else { return false };
    match below.iter().collect::<Vec<_>>().as_slice() {
        [] | [_] => true,
        [src, _] => *src == "src",
        _ => false,
    }
}

/// Writes a path in or above a folder as it is seen from there: `go/go.mod`, `../pyproject.toml`.
fn seen_from(dir: &Path, path: &Path) -> PathBuf {
    let common = dir.ancestors().find(|above| path.starts_with(above)).unwrap_or(dir);
    let up = dir.strip_prefix(common).map_or(0, |below| below.iter().count());
    let mut seen: PathBuf = std::iter::repeat_n("..", up).collect();
    seen.extend(path.strip_prefix(common).unwrap_or(path));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_plugin() {
        let table =
            [("/a/b/x", "x"), ("/a/b/go/x", "go/x"), ("/a/x", "../x"), ("/x", "../../x"), ("/a/.git/x", "../.git/x")];
        for (path, expected) in table {
            assert_eq!(seen_from(Path::new("/a/b"), Path::new(path)), Path::new(expected));
        }
    }

    #[test]
    fn a_project_of_one_plugin() {
        for (dir, expected) in [
            ("/p", true),
            ("/p/x", true),
            ("/p/src/x", true),
            ("/p/lib/x", false),
            ("/p/src/x/y", false),
            ("/q", false),
        ] {
            assert_eq!(belongs(Path::new("/p"), Path::new(dir)), expected, "{dir}");
        }
    }
}
