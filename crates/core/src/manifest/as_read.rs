//! A manifest's facts as AiSOC reads them, for showing.

use aisoc_canonical::{Kind, Position, Style, Value};
use serde::Serialize;

use super::Manifest;

/// The fields that are shown of a manifest, those that the loader requires first.
pub const SHOWN_FIELDS: [&str; 7] = ["id", "name", "version", "plugin_type", "description", "author", "tags"];

/// The most items of a list that are shown. A manifest may come from a stranger, and finding where an item stands takes
/// time.
pub const MAX_ITEMS_SHOWN: usize = 256;

/// What kind of value Python has where a field stands; the kebab-case names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAs {
    /// A `str`.
    Text,
    /// An `int` or a `float`.
    Number,
    /// A `bool`, which `yes` and `on` are too.
    Boolean,
    /// `None`.
    Nothing,
    /// A `date` or a `datetime`, with which a manifest cannot be signed.
    Date,
    /// A `list`.
    List,
    /// A `dict`.
    Mapping,
    /// `bytes` or a `set`, with which a manifest cannot be signed.
    Other,
    /// There is no such field.
    Missing,
}

impl ReadAs {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Number,
        Self::Boolean,
        Self::Nothing,
        Self::Date,
        Self::List,
        Self::Mapping,
        Self::Other,
        Self::Missing,
    ];
}

/// One field of a manifest as AiSOC reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldAsRead {
    /// The field's name.
    pub name: &'static str,
    /// What kind of value it holds.
    pub read_as: ReadAs,
    /// Python's `str(value)` of a text, number, boolean, `None` or date: `version: 1.10` is `1.1`. Nothing for other
    /// kinds, for a time, and for a missing field. A surrogate without its other half is U+FFFD.
    pub text: Option<String>,
    /// What the manifest has there, quotes included.
    pub written: Option<String>,
    /// Whether Python counts the value as true. A required field without that is missing to the loader.
    pub truthy: bool,
    /// Where the value stands.
    pub position: Option<Position>,
    /// A list's first items, one level deep, at most [`MAX_ITEMS_SHOWN`]: the tags.
    pub items: Vec<ItemAsRead>,
    /// How many items the list has in all.
    pub item_count: usize,
}

/// One item of a list as AiSOC reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemAsRead {
    /// What kind of value it is.
    pub read_as: ReadAs,
    /// As [`FieldAsRead::text`].
    pub text: Option<String>,
    /// Where it stands.
    pub position: Position,
}

impl Manifest {
    /// Returns [`SHOWN_FIELDS`] as AiSOC reads them, in this order, whatever the manifest holds.
    pub fn as_read(&self) -> [FieldAsRead; SHOWN_FIELDS.len()] {
        SHOWN_FIELDS.map(|name| self.field_as_read(name))
    }

    /// Returns one top-level field as AiSOC reads it.
    pub fn field_as_read(&self, name: &'static str) -> FieldAsRead {
        let Some(value) = self.get(name) else {
            return FieldAsRead {
                name,
                read_as: ReadAs::Missing,
                text: None,
                written: None,
                truthy: false,
                position: None,
                items: Vec::new(),
                item_count: 0,
            };
        };
        let item = |item: Value<'_>| ItemAsRead { read_as: kind(item), text: text(item), position: item.position() };
        FieldAsRead {
            name,
            read_as: kind(value),
            text: text(value),
            written: Some(value.written()),
            truthy: value.is_truthy(),
            position: Some(value.position()),
            items: value.items().take(MAX_ITEMS_SHOWN).map(item).collect(),
            item_count: value.items().count(),
        }
    }
}

fn kind(value: Value<'_>) -> ReadAs {
    match value.kind() {
        Kind::Null => ReadAs::Nothing,
        Kind::Bool(_) => ReadAs::Boolean,
        Kind::Int(_) | Kind::Float(_) => ReadAs::Number,
        Kind::Str(_) => ReadAs::Text,
        Kind::List => ReadAs::List,
        Kind::Map => ReadAs::Mapping,
        Kind::Date | Kind::DateTime => ReadAs::Date,
        _ => ReadAs::Other,
    }
}

fn text(value: Value<'_>) -> Option<String> {
    match value.kind() {
        // Written without quotes and tag it is `YYYY-MM-DD` to the digit, which is what `str()` of a date gives.
        Kind::Date if value.style() == Style::Plain => Some(value.written()),
        _ => value.python_str().map(|text| text.to_string_lossy()),
    }
}
