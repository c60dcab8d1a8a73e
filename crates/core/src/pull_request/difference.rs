//! What changes in the index, for the text of a pull request: what whoever takes it over would not see in a long line of JSON.

use std::fmt::Write as _;

use super::body::{cut, fenced};
use crate::files::printable;
use crate::index::{Change, Kind, Notice};

/// Writes the section.
pub(super) fn of(change: &Change) -> String {
    let mut text = "\n## What changes in the index\n\n".to_owned();
    let differences = change.differences();
    if change.kind() == Kind::Insert {
        text += "It gets an item for the plugin. No other item changes.\n";
    } else {
        text += "The plugin's item gets these values. No other item changes.\n\n";
        // A value has no line breaks here, so that it cannot pass for another field.
        let line =
            |sign, field: &str, value: &str| format!("{sign} {}: {}\n", printable(field), printable(&cut(value)));
        let mut lines = String::new();
        for difference in &differences {
            lines += &difference.old.as_deref().map(|old| line('-', &difference.field, old)).unwrap_or_default();
            lines += &line('+', &difference.field, &difference.new);
        }
        text += &fenced("diff", &lines);
    }
    // What replacing the author's own file does is nobody else's business.
    let own = |notice: &&Notice| !matches!(notice, Notice::OtherNames { .. } | Notice::ChangesHands);
    let notices: Vec<_> =
        change.notices().iter().filter(own).map(|notice| printable(&cut(&notice.to_string()))).collect();
    if !notices.is_empty() {
        let _ = write!(text, "\nThe publisher's program says of that:\n\n{}", fenced("text", &notices.join("\n")));
    }
    text
}
