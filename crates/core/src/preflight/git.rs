//! What the settings of a Git work tree do to the line endings of `.py` files.
//!
//! Git is not run: its settings may name programs, and a folder may come from a stranger. What is read is `.gitattributes`
//! and the repository's own `config`, as text and without its includes. A user's own settings do not travel with the
//! plugin and are not read.

use std::path::{Path, PathBuf};

use super::snapshot::MAX_TEXT;
use crate::regular;

/// How many folders above the plugin's are looked at.
const MAX_UP: usize = 64;

/// What becomes of the line endings of a `.py` file in a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEndings {
    /// They stay as they were committed, or are LF, wherever it is checked out.
    Kept,
    /// They are LF in commits and CRLF in checkouts, everywhere.
    Crlf,
    /// They are LF in commits, and in checkouts what the checking out machine likes: CRLF on Windows.
    Native,
    /// No setting of the repository's says; Git for Windows, as it is installed, writes CRLF.
    Unset,
}

/// A Git work tree.
#[derive(Debug)]
pub(super) struct WorkTree {
    /// Its top folder.
    pub(super) top: PathBuf,
    /// What becomes of `.py` files directly in the plugin's folder.
    pub(super) line_endings: LineEndings,
    /// Whether `core.autocrlf` or `core.eol` of this repository writes CRLF on this machine.
    pub(super) config_writes_crlf: bool,
    /// Whether what is committed has LF whatever the file has.
    pub(super) normalises: bool,
}

impl WorkTree {
    /// Finds the work tree that a folder is in.
    pub(super) fn around(dir: &Path) -> Option<Self> {
        let dir = dir.canonicalize().ok()?;
        let top = dir.ancestors().take(MAX_UP).find(|folder| folder.join(".git").symlink_metadata().is_ok())?;
        let config = config(&top.join(".git"));
        let mut text = Text::default();
        // From the top down: the nearest file, and in it the last line, decides.
        let mut folders: Vec<_> = dir.ancestors().take_while(|folder| folder.starts_with(top)).collect();
        folders.reverse();
        for folder in folders {
            text.read(&read(&folder.join(".gitattributes")).unwrap_or_default());
        }
        let config_writes_crlf = config.autocrlf.as_deref() == Some("true") || config.eol.as_deref() == Some("crlf");
        let is_text = text.state == State::Text;
        let line_endings = match (text.state, text.eol.as_deref()) {
            (State::NotText, _) | (_, Some("lf")) => LineEndings::Kept,
            (_, Some("crlf")) => LineEndings::Crlf,
            _ if is_text => LineEndings::Native,
            _ => LineEndings::Unset,
        };
        let normalises = match text.state {
            State::NotText => false,
            State::Text => true,
            State::Unset => text.eol.is_some() || matches!(config.autocrlf.as_deref(), Some("true" | "input")),
        };
        Some(Self { top: top.to_owned(), line_endings, config_writes_crlf, normalises })
    }
}

fn read(path: &Path) -> Option<String> {
    regular::read(path, MAX_TEXT).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unset,
    /// `text` or `text=auto`.
    Text,
    /// `-text` or `binary`.
    NotText,
}

/// The attributes of `.py` files (gitattributes(5)).
#[derive(Debug, Default)]
struct Text {
    state: State,
    eol: Option<String>,
}

impl Text {
    /// Takes over what the lines of a `.gitattributes` say of every `.py` file.
    fn read(&mut self, attributes: &str) {
        for line in attributes.trim_start_matches('\u{feff}').lines() {
            let mut words = line.split_whitespace();
            // A pattern for some of the files says nothing of the others.
            if !matches!(words.next(), Some("*" | "*.py" | "**" | "**/*" | "**/*.py")) {
                continue;
            }
            for word in words {
                match word.split_once('=') {
                    None if word == "text" => self.state = State::Text,
                    None if matches!(word, "-text" | "binary") => self.state = State::NotText,
                    None if matches!(word, "!text") => self.state = State::Unset,
                    None if matches!(word, "-eol" | "!eol") => self.eol = None,
                    // The old spelling.
                    None if word == "crlf" => self.state = State::Text,
                    None if word == "-crlf" => self.state = State::NotText,
                    Some(("crlf", "input")) => (self.state, self.eol) = (State::Text, Some("lf".to_owned())),
                    Some(("text", _)) => self.state = State::Text,
                    Some(("eol", eol)) => self.eol = Some(eol.to_owned()),
                    _ => {}
                }
            }
        }
    }
}

/// Two settings of a repository.
#[derive(Debug, Default)]
struct Config {
    autocrlf: Option<String>,
    eol: Option<String>,
}

/// Reads `core.autocrlf` and `core.eol` of the repository whose `.git` this is, a folder or a file that points to one.
fn config(git: &Path) -> Config {
    let folder = if git.is_dir() {
        git.to_owned()
    } else {
        // A further work tree or a submodule: `gitdir: PATH`, and the settings are in the common folder.
        let pointed = read(git).unwrap_or_default();
        let Some(path) = pointed.strip_prefix("gitdir:") else { return Config::default() };
        let folder = git.parent().unwrap_or(Path::new("")).join(path.trim());
        match read(&folder.join("commondir")) {
            Some(common) => folder.join(common.trim()),
            None => folder,
        }
    };
    let mut config = Config::default();
    let mut is_core = false;
    for line in read(&folder.join("config")).unwrap_or_default().lines() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            is_core = section.split(']').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("core"));
            continue;
        }
        if !is_core || line.starts_with(['#', ';']) {
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or((line, "true"));
        let value = value.split(['#', ';']).next().unwrap_or_default().trim().trim_matches('"').to_ascii_lowercase();
        let value = match value.as_str() {
            "yes" | "on" | "1" => "true".to_owned(),
            _ => value,
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "autocrlf" => config.autocrlf = Some(value),
            "eol" => config.eol = Some(value),
            _ => {}
        }
    }
    config
}
