//! What `.gitattributes` says of a file.

use std::path::{Path, PathBuf};

use gix_attributes::StateRef;
use gix_attributes::glob::pattern::Case;
use gix_attributes::search::{MetadataCollection, Outcome};

/// So many bytes all files of attributes may have together, since every pattern is tried on every file.
const MAX_BYTES: usize = 64 << 10;

/// The attributes that change a file in a clone, or keep it out of archives.
const NAMES: [&str; 7] = ["text", "crlf", "eol", "ident", "filter", "working-tree-encoding", "export-ignore"];

/// The attributes of all files, from every folder's `.gitattributes`.
#[derive(Default)]
pub(super) struct Attributes {
    /// By depth: the deeper one wins.
    files: Vec<(usize, PathBuf, Vec<u8>)>,
    search: Option<(gix_attributes::Search, MetadataCollection)>,
}

/// What happens to one file's line endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Text {
    /// It is written as it is committed.
    #[default]
    AsIs,
    /// It is written with CRLF.
    Crlf,
    /// It is written with CRLF if it looks like a text.
    Auto,
}

/// What `git add` does to one file's line endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Add {
    /// It is committed as it is.
    #[default]
    AsIs,
    /// CRLF becomes LF.
    Text,
    /// CRLF becomes LF if it looks like a text.
    Auto,
}

/// What a file's attributes come to.
#[derive(Debug, Default)]
pub(super) struct OfPath {
    pub(super) text: Text,
    pub(super) add: Add,
    pub(super) ident: bool,
    pub(super) other_encoding: bool,
    pub(super) lfs: bool,
    /// Another filter, which is a program that some clones know.
    pub(super) other_filter: bool,
    pub(super) export_ignore: bool,
    /// The lines, as `file:line`, that say something about line endings.
    pub(super) by: Vec<String>,
}

/// What a checkout did to a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checkout {
    /// LF became CRLF.
    pub(super) to_crlf: bool,
    /// It is a pointer of Git LFS.
    pub(super) lfs: bool,
    /// `git archive` leaves it out.
    pub(super) export_ignore: bool,
}

impl Attributes {
    /// Takes the `.gitattributes` of a folder. Fails where they are too large, or the folder's name is no text.
    pub(super) fn add(&mut self, folder: &[u8], text: &[u8]) -> Result<(), ()> {
        if text.len() + self.files.iter().map(|(.., text)| text.len()).sum::<usize>() > MAX_BYTES {
            return Err(());
        }
        let folder = std::str::from_utf8(folder).map_err(|_| ())?;
        let depth = if folder.is_empty() { 0 } else { folder.split('/').count() };
        self.files.push((depth, Path::new(folder).join(".gitattributes"), text.to_vec()));
        self.search = None;
        Ok(())
    }

    /// Returns what the attributes of a path in the repository come to.
    pub(super) fn of(&mut self, path: &[u8]) -> OfPath {
        if self.files.is_empty() {
            return OfPath::default();
        }
        let (search, collection) = self.search.get_or_insert_with(|| build(&mut self.files));
        let mut outcome = Outcome::default();
        outcome.initialize_with_selection(collection, NAMES);
        let mut all = States::default();
        // A pattern for a folder gives nothing to the files in it, but for `export-ignore`.
        for (end, is_folder) in folders_of(path).chain([(path.len(), false)]) {
            outcome.reset();
            search.pattern_matching_relative_path(path[..end].into(), Case::Sensitive, Some(is_folder), &mut outcome);
            for found in outcome.iter_selected() {
                let state = found.assignment.state;
                let name = found.assignment.name.as_str();
                if !is_folder
                    && matches!(name, "text" | "crlf" | "eol")
                    && matches!(state, StateRef::Set | StateRef::Value(_))
                {
                    let source = found.location.source.map_or_else(String::new, |source| source.display().to_string());
                    all.by.push(format!("{source}:{}", found.location.sequence_number));
                }
                match name {
                    "export-ignore" => all.export_ignore |= matches!(state, StateRef::Set),
                    _ if is_folder => {}
                    "text" => all.text = State::of(state),
                    "crlf" => all.crlf = State::of(state),
                    "eol" => all.eol = State::of(state),
                    "ident" => all.ident = matches!(state, StateRef::Set),
                    "filter" => {
                        let state = State::of(state);
                        all.lfs = state.is_value(b"lfs");
                        all.other_filter = !all.lfs && matches!(state, State::Value(_));
                    }
                    "working-tree-encoding" => {
                        let plain =
                            |name: &[u8]| name.eq_ignore_ascii_case(b"utf-8") || name.eq_ignore_ascii_case(b"utf8");
                        all.other_encoding = matches!(State::of(state), State::Value(name) if !plain(&name));
                    }
                    _ => {}
                }
            }
        }
        all.come_to()
    }
}

/// The paths of the folders above a path, as lengths.
fn folders_of(path: &[u8]) -> impl Iterator<Item = (usize, bool)> {
    path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| (at, true))
}

fn build(files: &mut [(usize, PathBuf, Vec<u8>)]) -> (gix_attributes::Search, MetadataCollection) {
    let mut collection = MetadataCollection::default();
    // No file of this machine is asked, only what Git has built in.
    let mut search =
        gix_attributes::Search::new_globals(std::iter::empty::<PathBuf>(), &mut Vec::new(), &mut collection)
            .unwrap_or_default();
    files.sort_by_key(|(depth, ..)| *depth);
    for (depth, source, text) in files {
        // It can fail for a folder's name only, and those were looked at. Only the topmost file may define macros.
        let added = search.add_patterns_buffer(text, source.clone(), Some(Path::new("")), &mut collection, *depth == 0);
        debug_assert!(added.is_ok());
    }
    (search, collection)
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    Set,
    Unset,
    Value(Vec<u8>),
    #[default]
    Unspecified,
}

impl State {
    fn of(state: StateRef<'_>) -> Self {
        match state {
            StateRef::Set => Self::Set,
            StateRef::Unset => Self::Unset,
            StateRef::Value(value) => Self::Value(value.as_bstr().to_vec()),
            StateRef::Unspecified => Self::Unspecified,
        }
    }

    fn is_value(&self, expected: &[u8]) -> bool {
        matches!(self, Self::Value(value) if value == expected)
    }
}

#[derive(Debug, Default)]
struct States {
    text: State,
    crlf: State,
    eol: State,
    ident: bool,
    other_encoding: bool,
    lfs: bool,
    other_filter: bool,
    export_ignore: bool,
    by: Vec<String>,
}

impl States {
    /// As Git's `convert_attrs` decides, on a system whose own line ending is LF and without `core.autocrlf`.
    fn come_to(self) -> OfPath {
        let known = |state: &State| {
            matches!(state, State::Set | State::Unset) || state.is_value(b"input") || state.is_value(b"auto")
        };
        // `crlf` is the old name of `text`, and counts where that says nothing.
        let text = if known(&self.text) { &self.text } else { &self.crlf };
        let has_eol = self.eol.is_value(b"lf") || self.eol.is_value(b"crlf");
        let add = match text {
            State::Unset => Add::AsIs,
            State::Value(auto) if auto == b"auto" => Add::Auto,
            text if known(text) || has_eol => Add::Text,
            _ => Add::AsIs,
        };
        let text = match text {
            State::Unset => Text::AsIs,
            _ if !self.eol.is_value(b"crlf") => Text::AsIs,
            State::Value(auto) if auto == b"auto" => Text::Auto,
            _ => Text::Crlf,
        };
        let Self { ident, other_encoding, lfs, other_filter, export_ignore, by, .. } = self;
        OfPath { text, add, ident, other_encoding, lfs, other_filter, export_ignore, by }
    }
}
