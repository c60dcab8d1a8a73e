//! The clone's index, as far as a submission needs to know it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::Error;
use crate::manifest::PluginId;
use crate::regular::{self, Refused};

/// The largest index that is read; AiSOC's has about 10 MiB.
const MAX_BYTES: usize = 128 << 20;

/// What distinguishes items: type and id.
pub(super) type ItemKey = (String, String);

/// An index, read whole.
#[derive(Debug)]
pub(super) struct Index {
    /// The items, in order of appearance where they share a key.
    pub(super) items: BTreeMap<ItemKey, Vec<Map<String, Value>>>,
    /// Everything beside them.
    pub(super) other: Map<String, Value>,
}

impl Index {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        Self::of_bytes(path, &read_bytes(path)?)
    }

    pub(super) fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let invalid = |why: String| Error::IndexInvalid { path: path.to_owned(), why };
        let value: Value = serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))?;
        let Value::Object(mut other) = value else { return Err(invalid("it is no object".to_owned())) };
        let Some(Value::Array(list)) = other.remove("items") else {
            return Err(invalid("it has no list `items`".to_owned()));
        };
        let mut items: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in list {
            let Value::Object(item) = item else { return Err(invalid("an item is no object".to_owned())) };
            items.entry((word(&item, "type"), word(&item, "id"))).or_default().push(item);
        }
        Ok(Self { items, other })
    }

    /// The items of a plugin.
    pub(super) fn plugins(&self, id: &PluginId) -> &[Map<String, Value>] {
        self.items.get(&("plugin".to_owned(), id.to_string())).map_or(&[], Vec::as_slice)
    }

    /// Counts the files that items come from and that the clone does not have; `own` is not asked for.
    pub(super) fn absent_files(&self, root: &Path, own: &str) -> usize {
        let paths = self.items.values().flatten().filter_map(|item| item.get("path")?.as_str());
        let inside = |path: &&str| {
            *path != own && path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\\')
        };
        paths.filter(inside).filter(|path| root.join(path).symlink_metadata().is_err()).count()
    }
}

/// Reads an index or a copy of it; never through a symlink.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let read = regular::open_unlinked(path).and_then(|(file, _)| regular::read_open(file, MAX_BYTES));
    read.map_err(|refused| match refused {
        Refused::TooLarge => Error::TooLarge { path: path.to_owned() },
        Refused::NotAFile(crate::atomic::Obstacle::Symlink) => Error::Link { path: path.to_owned() },
        Refused::NotAFile(what) => Error::InTheWay { path: path.to_owned(), what },
        Refused::Io(source) => Error::Unreadable { path: path.to_owned(), source },
    })
}

/// A text of an item; what is no text stands as its JSON.
fn word(item: &Map<String, Value>, key: &str) -> String {
    match item.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
