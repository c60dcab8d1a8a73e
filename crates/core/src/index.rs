//! The marketplace's index: one item put in or changed, and every other byte kept.
//!
//! An index is an array of items, or an object with an array `items`, as AiSOC's own is (loader contract §9). It is
//! read strictly, by RFC 8259, and never built anew: what is there keeps its indentation, escapes, spelling of numbers, line
//! endings, byte order mark and end. An item that is put in looks like those around it and costs one comma beside itself; where
//! the items are in order it goes to its place, otherwise to the end. An item that is there keeps its place, its unknown fields and the
//! order of its fields: only values that differ are replaced, and fields that it lacks come behind their neighbours in the
//! documented order.

mod change;
mod error;
mod in_repository;
mod layout;
mod notice;
mod scan;
mod standing;
mod turn;
mod version;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

pub use change::{Change, Difference, Kind};
pub use error::Error;
pub use in_repository::{Base, Here, InRepository};
pub use notice::Notice;
pub use scan::{MAX_DEPTH, Problem};
pub(crate) use version::{compare as compare_versions, in_title, plain as plain_version};

use crate::entry::Entry;
use crate::regular::{self, Refused};
use crate::task::Task;
use layout::{Field, Layout};
use scan::{Scan, Span};
use standing::Standing;

/// The largest index that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// The order that an index's items are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Order {
    /// By type, and by id among those of one type, as AiSOC's index.
    TypeThenId,
    /// By id.
    Id,
    /// In none.
    None,
}

/// An index that was read.
#[derive(Debug)]
pub struct Index {
    file: Arc<File>,
    found: Scan,
    order: Order,
}

/// The text that everything here belongs to.
#[derive(Debug)]
struct File {
    path: PathBuf,
    text: String,
    standing: Standing,
}

/// An item of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item<'a> {
    /// The JSON text.
    pub text: &'a str,
    /// The line that it begins in.
    pub line: u32,
}

impl Index {
    /// Reads the index at `path`, which must be a regular file and no symlink.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(path: &Path, task: &Task<'_>) -> Result<Self, Error> {
        task.check()?;
        let (bytes, standing) = read(path)?;
        task.check()?;
        Self::of(path, bytes, standing)
    }

    /// Takes bytes that were read from `path`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn of_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        Self::of(path, bytes, Standing::default())
    }

    fn of(path: &Path, bytes: Vec<u8>, standing: Standing) -> Result<Self, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::TooLarge { path: path.to_owned() });
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let position = error::position(error.as_bytes(), error.utf8_error().valid_up_to());
            Error::NotUtf8 { path: path.to_owned(), position }
        })?;
        let found = scan::scan(&text, start(&text)).map_err(|fault| Error::fault(path, &text, &fault))?;
        let order = order(&text, &found);
        // Items in this order cannot have a double.
        if order != Order::TypeThenId {
            refuse_doubles(path, &text, &found)?;
        }
        Ok(Self { file: Arc::new(File { path: path.to_owned(), text, standing }), found, order })
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// Returns how many items there are.
    pub fn count(&self) -> usize {
        self.found.items.len()
    }

    /// Returns the order that the items are in.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Finds the plugin with this id.
    pub fn find(&self, id: &str) -> Option<Item<'_>> {
        let item = &self.found.items[self.position(id)?];
        let (line, _) = error::position(self.file.text.as_bytes(), item.range.start);
        Some(Item { text: &self.file.text[item.range.clone()], line })
    }

    /// Works out the change that brings an entry into the index, and reads its result again.
    ///
    /// # Errors
    /// See [`Error`]. Nothing is written.
    pub fn plan(&self, entry: &Entry) -> Result<Change, Error> {
        match self.position(entry.id.as_str()) {
            Some(at) => change::update(self, at, entry),
            None => change::insert(self, self.place(entry.id.as_str()), entry),
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        let text = &self.file.text;
        let is_it = |item: &Span| id_of(text, item).is_some_and(|found| found == id) && type_of(text, item) == PLUGIN;
        self.found.items.iter().position(is_it)
    }

    /// Finds where a new plugin goes.
    fn place(&self, id: &str) -> usize {
        let text = &self.file.text;
        let items = &self.found.items;
        match self.order {
            Order::TypeThenId => items.partition_point(|item| {
                (type_of(text, item), id_of(text, item).unwrap_or_default()) < (PLUGIN.into(), id.into())
            }),
            Order::Id => items.partition_point(|item| *id_of(text, item).unwrap_or_default() < *id),
            Order::None => items.len(),
        }
    }

    fn fault(&self, fault: &scan::Fault) -> Error {
        Error::fault(&self.file.path, &self.file.text, fault)
    }
}

/// The type of an entry's item, and of an item that has none.
const PLUGIN: &str = "plugin";

/// Reads a file, which must be a regular one.
fn read(path: &Path) -> Result<(Vec<u8>, Standing), Error> {
    let (file, metadata) = regular::open_unlinked(path).map_err(|refused| Error::refused(path, refused))?;
    if metadata.len() > MAX_BYTES as u64 {
        return Err(Error::refused(path, Refused::TooLarge));
    }
    let standing = Standing::of(&metadata);
    let bytes = regular::read_open(file, MAX_BYTES).map_err(|refused| Error::refused(path, refused))?;
    Ok((bytes, standing))
}

/// Returns where the JSON begins: behind a byte order mark.
fn start(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// Returns an entry's fields in the documented order.
fn fields(entry: &Entry) -> impl Iterator<Item = (&'static str, Field<'_>)> {
    [
        ("id", Some(Field::Text(entry.id.as_str()))),
        ("name", Some(Field::Text(&entry.name))),
        ("type", Some(Field::Text(entry.item_type))),
        ("description", entry.description.as_deref().map(Field::Text)),
        ("author", entry.author.as_deref().map(Field::Text)),
        ("version", Some(Field::Text(&entry.version))),
        ("tags", Some(Field::List(&entry.tags))),
        ("url", entry.url.as_deref().map(Field::Text)),
        ("install", entry.install.as_deref().map(Field::Text)),
        ("signing_key_id", Some(Field::Text(entry.signing_key_id.as_str()))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

fn id_of<'a>(text: &'a str, item: &Span) -> Option<Cow<'a, str>> {
    scan::string(&text[item.id.clone()?])
}

/// Returns an item's type: `plugin` where it has none, and the raw value where that is no text.
fn type_of<'a>(text: &'a str, item: &Span) -> Cow<'a, str> {
    item.item_type.clone().map_or(Cow::Borrowed(PLUGIN), |range| {
        let raw = &text[range];
        scan::string(raw).unwrap_or(Cow::Borrowed(raw))
    })
}

fn order(text: &str, found: &Scan) -> Order {
    let items = &found.items;
    let ids: Option<Vec<_>> = items.iter().map(|item| id_of(text, item)).collect();
    let Some(ids) = ids else {
        return Order::None;
    };
    let typed = items.iter().all(|item| item.item_type.is_some());
    // Python sorts texts by code point, which is the order of UTF-8's bytes.
    if typed && ids.iter().zip(items).map(|(id, item)| (type_of(text, item), id)).is_sorted_by(|a, b| a < b) {
        Order::TypeThenId
    } else if ids.is_sorted() {
        Order::Id
    } else {
        Order::None
    }
}

fn refuse_doubles(path: &Path, text: &str, found: &Scan) -> Result<(), Error> {
    let mut seen: HashMap<_, &Span> = HashMap::with_capacity(found.items.len());
    for item in &found.items {
        let Some(id) = id_of(text, item) else {
            continue;
        };
        let item_type = type_of(text, item);
        if let Some(first) = seen.insert((item_type.clone(), id.clone()), item) {
            let place = |range: &Range<usize>| error::position(text.as_bytes(), range.start);
            let (item_type, id) = (item_type.into_owned(), id.into_owned());
            let (position, (first, _)) = (place(&item.range), place(&first.range));
            return Err(Error::Duplicate { path: path.to_owned(), item_type, id, position, first });
        }
    }
    Ok(())
}
