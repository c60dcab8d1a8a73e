//! What to know of a change before it is written.

use std::cmp::Ordering;
use std::ops::Range;

use super::scan::{self, Member, Scan};
use super::standing::Standing;
use super::version;
use crate::code::Code;
use crate::entry::Entry;
use crate::explain::Explain;
use crate::files::printable;

/// Something about a change of an index that whoever makes it should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// The index has a higher version of the plugin.
    #[error("the index has version {} of the plugin, which is higher than {}", printable(old), printable(new))]
    LowerVersion {
        /// The version in the index.
        old: String,
        /// The entry's version.
        new: String,
    },
    /// Which version is the higher one cannot be told.
    #[error("the versions {} in the index and {} cannot be compared", printable(old), printable(new))]
    VersionUnclear {
        /// The version in the index.
        old: String,
        /// The entry's version.
        new: String,
    },
    /// The index names another key.
    #[error(
        "the index has `{}` as the plugin's `signing_key_id`, and the entry has `{}`",
        printable(old),
        printable(new)
    )]
    OtherKey {
        /// The key in the index.
        old: String,
        /// The entry's key.
        new: String,
    },
    /// The item has fields that the entry does not have.
    #[error("these fields of the item stay as they are, because the entry has none: {}", listed(fields))]
    FieldsKept {
        /// Their names.
        fields: Vec<String>,
    },
    /// Another kind of item has the same id.
    #[error("the index has an item of another type with the same id: {}", printable(item_type))]
    OtherType {
        /// Its type.
        item_type: String,
    },
    /// Another plugin's id differs only in capitals.
    #[error(
        "the index has the plugin `{}`, whose id differs from `{}` only in capitals",
        printable(other),
        printable(id)
    )]
    OtherCase {
        /// Its id.
        other: String,
        /// The entry's id.
        id: String,
    },
    /// The index has fields that are computed from its items.
    #[error("these fields of the index are left alone, although they are made from its items: {}", listed(fields))]
    DerivedLeft {
        /// Their names.
        fields: Vec<String>,
    },
    /// The index looks like AiSOC's own, which a script makes.
    #[error("this looks like AiSOC's own index, which a script makes from the plugins' folders")]
    Generated,
    /// The file has other names, which keep the old bytes.
    #[error("the index has {names} other {}: {} what the index was", if *names == 1 { "name (a hard link)" } else { "names (hard links)" }, if *names == 1 { "it keeps" } else { "they keep" })]
    OtherNames {
        /// How many.
        names: u64,
    },
    /// The new file belongs to another user or group.
    #[error("the index belongs to another user or group, and will be yours once it is changed")]
    ChangesHands,
}

impl Explain for Notice {
    fn code(&self) -> Code {
        match self {
            Self::LowerVersion { .. } => Code::IndexVersionLower,
            Self::VersionUnclear { .. } => Code::IndexVersionUnclear,
            Self::OtherKey { .. } => Code::IndexOtherKey,
            Self::FieldsKept { .. } => Code::IndexFieldsKept,
            Self::OtherType { .. } => Code::IndexOtherType,
            Self::OtherCase { .. } => Code::IndexOtherCase,
            Self::DerivedLeft { .. } => Code::IndexDerivedLeft,
            Self::Generated => Code::IndexGenerated,
            Self::OtherNames { .. } | Self::ChangesHands => Code::IndexReplaced,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::LowerVersion { .. } => "see that this is the plugin's newest version; readers would go back to an older one",
                Self::VersionUnclear { .. } => "see for yourself that this is the newer one",
                Self::OtherKey { .. } => {
                    "operators verify with the key of this name; see that they have the new one before the entry is published"
                }
                Self::FieldsKept { .. } => "see that they still hold; change them by hand if not",
                Self::OtherType { .. } => "AiSOC takes that; choose another id if the two can be confused",
                Self::OtherCase { .. } => {
                    "choose one spelling: a folder of both cannot be on Windows or macOS, where a clone has one of them alone"
                }
                Self::DerivedLeft { .. } => "whoever keeps the index brings them up to date with their own script",
                Self::Generated => {
                    "AiSOC's CI rejects an index that was edited by hand; for AiSOC's repository use a clone of it and `--checkout`"
                }
                Self::OtherNames { .. } => {
                    "a changed index is a new file under the name that you gave; make the links to it anew if they should follow"
                }
                Self::ChangesHands => "have its owner change it, or see that whoever reads it still can",
            }
            .to_owned(),
        )
    }
}

/// Looks at a whole index.
pub(super) fn of_index(found: &Scan) -> Vec<Notice> {
    let mut notices = Vec::new();
    if found.derived.len() > 1 && found.items.iter().any(|item| item.has_path) {
        notices.push(Notice::Generated);
    }
    if !found.derived.is_empty() {
        notices.push(Notice::DerivedLeft { fields: found.derived.iter().map(|field| (*field).to_owned()).collect() });
    }
    notices
}

/// Looks at what replacing the file takes from it.
pub(super) fn of_file(standing: &Standing) -> Vec<Notice> {
    let names = standing.other_names;
    let linked = (names > 0).then_some(Notice::OtherNames { names });
    linked.into_iter().chain(standing.changes_hands.then_some(Notice::ChangesHands)).collect()
}

/// Looks at the item that an entry is going to change.
pub(super) fn of_item(text: &str, members: &[Member], entry: &Entry) -> Vec<Notice> {
    let name = |range: &Range<usize>| scan::string(&text[range.clone()]).unwrap_or_default();
    let value = |field: &str| {
        let member = members.iter().find(|member| name(&member.key) == field)?;
        let raw = &text[member.value.clone()];
        Some(scan::string(raw).map_or_else(|| raw.to_owned(), std::borrow::Cow::into_owned))
    };
    let mut notices = Vec::new();
    if let Some(old) = value("version") {
        let new = entry.version.clone();
        match version::compare(&new, &old) {
            Some(Ordering::Less) => notices.push(Notice::LowerVersion { old, new }),
            Some(_) => {}
            None => notices.push(Notice::VersionUnclear { old, new }),
        }
    }
    let key = entry.signing_key_id.as_str();
    if let Some(old) = value("signing_key_id").filter(|old| old != key) {
        notices.push(Notice::OtherKey { old, new: key.to_owned() });
    }
    let has = super::fields(entry).map(|(field, _)| field).collect::<Vec<_>>();
    let kept: Vec<_> = members
        .iter()
        .map(|member| name(&member.key).into_owned())
        .filter(|key| !has.contains(&key.as_str()))
        .collect();
    if !kept.is_empty() {
        notices.push(Notice::FieldsKept { fields: kept });
    }
    notices
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{}`", printable(name))).collect::<Vec<_>>().join(", ")
}
