//! How an index is written, so that a new item looks like those around it.

use std::ops::Range;

use super::scan::{self, Fault, Member, Scan};
use crate::files::hides;

/// How items are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    newline: &'static str,
    /// What stands between a key and its value.
    colon: String,
    /// An item.
    object: Shape,
    /// An array in an item that has elements.
    array: Shape,
    /// Whether everything that is not ASCII is written as an escape.
    ascii: bool,
}

/// How the things between two brackets stand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// Each on a line of its own, with this indentation; the closing bracket has one too.
    Lines { indent: String, close: String },
    /// All on one line: what stands inside the brackets, and behind a comma.
    Line { pad: String, gap: String },
}

/// A value that an entry can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Text(&'a str),
    List(&'a [String]),
}

impl Field<'_> {
    /// Tells whether this raw JSON says the same.
    pub(super) fn is(&self, raw: &str) -> bool {
        match self {
            Self::Text(text) => serde_json::from_str::<String>(raw).is_ok_and(|other| other == **text),
            Self::List(list) => serde_json::from_str::<Vec<String>>(raw).is_ok_and(|other| other == **list),
        }
    }
}

impl Layout {
    /// Takes the layout of the item at `model`, and what it does not show from the items near it.
    pub(super) fn of_item(text: &str, found: &Scan, model: usize) -> Result<Self, Fault> {
        let range = &found.items[model].range;
        let members = scan::members(text, range)?;
        let (Some(first), Some(last)) = (members.first(), members.last()) else {
            // `{}` shows nothing.
            return Ok(Self::of_container(text, found));
        };
        let object = Shape::between(
            &text[range.start + 1..first.key.start],
            members.get(1).map(|second| &text[first.value.end..second.key.start]),
            &text[last.value.end..range.end - 1],
        );
        let array = match array_of(text, &members)? {
            Some(shape) => shape,
            None => {
                near(found, model).find_map(|other| array_at(text, found, other).transpose()).transpose()?.map_or_else(
                    || object.inner(),
                    // Its lines may be indented for another depth.
                    |shape| if matches!(shape, Shape::Lines { .. }) { object.inner() } else { shape },
                )
            }
        };
        let colon = colon(text, first);
        Ok(Self { newline: newline(text), colon, object, array, ascii: is_ascii(text) })
    }

    /// Makes up a layout for an index without items, from what stands around the array.
    pub(super) fn of_container(text: &str, found: &Scan) -> Self {
        let inner = &text[found.array.start + 1..found.array.end - 1];
        let outer = found.key.as_ref().and_then(|key| line_indent(text, key.start));
        let in_lines = inner.contains('\n') || outer.is_some() || found.key.is_none();
        let outer = outer.unwrap_or_default().to_owned();
        let unit = if outer.is_empty() { "  " } else { &outer };
        let colon =
            found.key.as_ref().map_or_else(|| ": ".to_owned(), |key| text[key.end..found.array.start].to_owned());
        let object = if in_lines {
            Shape::Lines { indent: format!("{outer}{unit}{unit}"), close: format!("{outer}{unit}") }
        } else {
            let gap = if colon == ":" { "" } else { " " };
            Shape::Line { pad: String::new(), gap: gap.to_owned() }
        };
        Self { newline: newline(text), colon, array: object.inner(), object, ascii: is_ascii(text) }
    }

    /// Returns what stands before the first item of an array that had none, and behind it; `space` stands there already.
    pub(super) fn around_only_item(&self, text: &str, found: &Scan, space: &str) -> (String, String) {
        let Shape::Lines { close, .. } = &self.object else {
            return (space.to_owned(), String::new());
        };
        let before = format!("{}{close}", self.newline);
        if space.contains('\n') {
            return (before, String::new());
        }
        let outer = found.key.as_ref().and_then(|key| line_indent(text, key.start)).unwrap_or_default();
        // What stands there already ends up as the closing bracket's indentation.
        (before, format!("{}{}", self.newline, outer.strip_suffix(space).unwrap_or(outer)))
    }

    /// Returns what stands behind a comma between items on one line, where no two items show it.
    pub(super) fn gap(&self) -> &str {
        match &self.object {
            Shape::Line { gap, .. } => gap,
            Shape::Lines { .. } => " ",
        }
    }

    /// Writes an item.
    pub(super) fn item(&self, fields: &[(&str, Field<'_>)]) -> String {
        let members = fields.iter().map(|(key, value)| self.member(key, *value, None)).collect::<Vec<_>>();
        self.object.wrap(['{', '}'], &members, self.newline)
    }

    /// Writes a key and its value; an array takes the shape of the one in `old`, if that has elements.
    pub(super) fn member(&self, key: &str, value: Field<'_>, old: Option<&str>) -> String {
        format!("{}{}{}", quoted(key, self.ascii), self.colon, self.value(value, old))
    }

    /// Writes a value; see [`member`](Self::member).
    pub(super) fn value(&self, value: Field<'_>, old: Option<&str>) -> String {
        match value {
            Field::Text(text) => quoted(text, self.ascii),
            Field::List([]) => "[]".to_owned(),
            Field::List(list) => {
                let shape = old.and_then(|old| shape_of_array(old, &(0..old.len())).ok().flatten());
                let elements: Vec<_> = list.iter().map(|text| quoted(text, self.ascii)).collect();
                shape.as_ref().unwrap_or(&self.array).wrap(['[', ']'], &elements, self.newline)
            }
        }
    }

    /// Returns what stands between a comma and the next key, where an item has only one member.
    pub(super) fn between(&self) -> String {
        match &self.object {
            Shape::Lines { indent, .. } => format!("{}{indent}", self.newline),
            Shape::Line { gap, .. } => gap.clone(),
        }
    }
}

impl Shape {
    /// Takes the shape from what stands behind the opening bracket, between the first two, and before the closing bracket.
    fn between(open: &str, comma: Option<&str>, close: &str) -> Self {
        if open.contains('\n') {
            Self::Lines { indent: last_line(open).to_owned(), close: last_line(close).to_owned() }
        } else {
            let gap = comma.and_then(|comma| comma.split_once(',')).map(|(_, gap)| gap);
            let gap = gap.filter(|gap| !gap.contains('\n')).unwrap_or(" ");
            Self::Line { pad: open.to_owned(), gap: gap.to_owned() }
        }
    }

    /// Returns the shape of an array in an object of this shape, as `json.dumps` has it.
    fn inner(&self) -> Self {
        match self {
            Self::Lines { indent, close } => {
                let unit = indent.strip_prefix(close.as_str()).filter(|unit| !unit.is_empty()).unwrap_or("  ");
                Self::Lines { indent: format!("{indent}{unit}"), close: indent.clone() }
            }
            Self::Line { gap, .. } => Self::Line { pad: String::new(), gap: gap.clone() },
        }
    }

    fn wrap(&self, [open, shut]: [char; 2], parts: &[String], newline: &str) -> String {
        match self {
            Self::Lines { indent, close } => {
                let parts = parts.join(&format!(",{newline}{indent}"));
                format!("{open}{newline}{indent}{parts}{newline}{close}{shut}")
            }
            Self::Line { pad, gap } => format!("{open}{pad}{}{pad}{shut}", parts.join(&format!(",{gap}"))),
        }
    }
}

/// The items to look at for what the one at `model` does not show, nearest first.
fn near(found: &Scan, model: usize) -> impl Iterator<Item = usize> {
    const FAR: usize = 50;
    let count = found.items.len();
    (1..=FAR)
        .flat_map(move |step| [model.checked_sub(step), Some(model + step)])
        .flatten()
        .filter(move |at| *at < count)
}

fn array_at(text: &str, found: &Scan, item: usize) -> Result<Option<Shape>, Fault> {
    array_of(text, &scan::members(text, &found.items[item].range)?)
}

/// Takes the shape of the first array with elements among the members.
fn array_of(text: &str, members: &[Member]) -> Result<Option<Shape>, Fault> {
    for member in members {
        if text.as_bytes()[member.value.start] == b'['
            && let Some(shape) = shape_of_array(text, &member.value)?
        {
            return Ok(Some(shape));
        }
    }
    Ok(None)
}

fn shape_of_array(text: &str, array: &Range<usize>) -> Result<Option<Shape>, Fault> {
    if !text[array.clone()].starts_with('[') {
        return Ok(None);
    }
    let elements = scan::elements(text, array)?;
    let (Some(first), Some(last)) = (elements.first(), elements.last()) else {
        return Ok(None);
    };
    let comma = elements.get(1).map(|second| &text[first.end..second.start]);
    Ok(Some(Shape::between(&text[array.start + 1..first.start], comma, &text[last.end..array.end - 1])))
}

/// What stands between key and value, if that is on one line.
fn colon(text: &str, member: &Member) -> String {
    let between = &text[member.key.end..member.value.start];
    if between.contains(['\n', '\r']) { ": ".to_owned() } else { between.to_owned() }
}

/// Returns the indentation of what begins at `at`, if nothing else stands before it on its line.
fn line_indent(text: &str, at: usize) -> Option<&str> {
    let line = &text[text[..at].rfind('\n')? + 1..at];
    line.chars().all(is_space).then_some(line)
}

/// The part of a white space behind its last line break.
fn last_line(space: &str) -> &str {
    space.rsplit(['\n', '\r']).next().unwrap_or_default()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The file's own line ending.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Tells whether the index keeps to ASCII, as AiSOC's does; a byte order mark does not count.
fn is_ascii(text: &str) -> bool {
    text.strip_prefix('\u{feff}').unwrap_or(text).is_ascii()
}

/// Writes a JSON string. Characters that would hide something from a reviewer are escapes in any case.
fn quoted(text: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if hides(c) || (ascii && !c.is_ascii()) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
