//! One change of an index: made from the text that was read, proven on the text that comes out, and written only over that
//! very text.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::scan::Member;
use super::{
    Entry, Error, Field, File, Index, Layout, Notice, Order, PLUGIN, Standing, error, fields, id_of, notice, scan,
    turn, type_of,
};
use crate::atomic;
use crate::patch::{FilePatch, Mode, Splice};
use crate::regular;

/// What a change does; the kebab-case names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Puts in a new item.
    Insert,
    /// Changes an item that is there.
    Update,
    /// Nothing: the item says the same already.
    Same,
}

/// A change of an index that is worked out and not yet written.
#[derive(Debug)]
pub struct Change {
    pub(super) file: Arc<File>,
    pub(super) after: String,
    kind: Kind,
    splice: Splice,
    /// The item in `after`.
    item: Range<usize>,
    order: Order,
    notices: Vec<Notice>,
    /// What Git takes the index for.
    pub(super) mode: Mode,
}

/// A field of the plugin's item that gets another value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Its name.
    pub field: String,
    /// Its value in the index; of what is no text, the JSON. Nothing for a field that the item lacks.
    pub old: Option<String>,
    /// Its new value, in the same way.
    pub new: String,
}

impl Change {
    /// Returns what the change does.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the index.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// Returns the line that the item begins in, after the change.
    pub fn line(&self) -> u32 {
        error::position(self.after.as_bytes(), self.item.start).0
    }

    /// Returns the item as it is in the index; nothing for a new one.
    pub fn old(&self) -> Option<&str> {
        (self.kind != Kind::Insert).then(|| &self.file.text[self.splice.before()])
    }

    /// Returns the item as it will be.
    pub fn new_text(&self) -> &str {
        &self.after[self.item.clone()]
    }

    /// Returns what differs between the item as it is and as it will be, in the new item's order; nothing for a new item.
    pub fn differences(&self) -> Vec<Difference> {
        let Some(old) = self.old() else { return Vec::new() };
        let members = |text: &str| {
            let value = |raw: &str| scan::string(raw).map_or_else(|| raw.to_owned(), std::borrow::Cow::into_owned);
            // Both were read when the change was made.
            let members = scan::members(text, &(0..text.len())).unwrap_or_default();
            let pairs =
                members.iter().map(|member| (value(&text[member.key.clone()]), value(&text[member.value.clone()])));
            pairs.collect::<Vec<_>>()
        };
        let before = members(old);
        let old_value = |field: &str| before.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
        let all =
            members(self.new_text()).into_iter().map(|(field, new)| Difference { old: old_value(&field), field, new });
        all.filter(|difference| difference.old.as_ref() != Some(&difference.new)).collect()
    }

    /// Returns the order that the items are in, and stay in.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Returns what to know before it is written.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Returns the whole index as it will be.
    pub fn after(&self) -> &[u8] {
        self.after.as_bytes()
    }

    /// Returns the range of bytes in [`after`](Self::after) that replaces a range of the index as it was: for a new item,
    /// what is put in, with its comma and white space.
    pub fn put_in(&self) -> Range<usize> {
        self.splice.after()
    }

    /// Returns the change as a unified diff for showing: control characters are escapes, and of long lines only what is around the
    /// change. Empty where nothing changes.
    pub fn diff(&self) -> String {
        let name = self.file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.patch_of(name.as_bytes()).to_show()
    }

    /// Returns the change as a patch for `git apply`, of the file `name` in its repository.
    pub fn patch(&self, name: &str) -> Vec<u8> {
        self.patch_of(name.as_bytes()).to_git()
    }

    fn patch_of<'a>(&'a self, name: &'a [u8]) -> FilePatch<'a> {
        FilePatch::change(name, self.file.text.as_bytes(), self.after.as_bytes(), &self.splice).with_mode(self.mode)
    }

    /// Writes the index, if it still holds the bytes that were read, and reads it again; nothing where nothing changes.
    ///
    /// The file keeps its permissions, and its user and group where the system lets it; it is a new file under the old name, so
    /// that other names of the old one keep the old bytes. Notices say where that matters. Runs of this program take turns:
    /// a lock on the index's folder is held from the comparison to the last look, and leaves no file behind. Whoever else writes
    /// to the index in the very moment between the comparison and the renaming loses to this change, as with every editor.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::Changed`], also where a notice would have to say more by now, [`Error::Busy`],
    /// [`Error::NotAFile`] and others of [`Error`].
    pub fn write(&self) -> Result<(), Error> {
        let path = &self.file.path;
        let _turn = (self.kind != Kind::Same).then(|| turn::take(path)).transpose()?;
        let changed = || Error::Changed { path: path.clone() };
        let (mode, standing) = self.expect(self.file.text.as_bytes())?.ok_or_else(changed)?;
        if self.kind == Kind::Same {
            return Ok(());
        }
        if standing.read_only {
            return Err(Error::ReadOnly { path: path.clone() });
        }
        if standing.takes_more_than(&self.file.standing) {
            return Err(changed());
        }
        atomic::replace_owned(path, self.after(), mode, standing.owner).map_err(Error::Write)?;
        self.expect(self.after())?.map(|_| ()).ok_or_else(|| Error::NotAsWritten { path: path.clone() })
    }

    /// Returns the file's permission bits, and what else it is, if it holds these bytes.
    fn expect(&self, bytes: &[u8]) -> Result<Option<(u32, Standing)>, Error> {
        let path = &self.file.path;
        let (file, metadata) = regular::open_unlinked(path).map_err(|refused| Error::refused(path, refused))?;
        match regular::holds(file, bytes) {
            Ok(same) => Ok(same.then(|| (regular::mode(&metadata), Standing::of(&metadata)))),
            Err(source) => Err(Error::Unreadable { path: path.clone(), source }),
        }
    }
}

/// Puts in a new item before the item `at`, or behind all.
pub(super) fn insert(index: &Index, at: usize, entry: &Entry) -> Result<Change, Error> {
    let (text, found) = (index.file.text.as_str(), &index.found);
    let fields: Vec<_> = fields(entry).collect();
    let count = found.items.len();
    let (start, before, item, behind) = if count == 0 {
        let layout = Layout::of_container(text, found);
        let inside = found.array.start + 1;
        let (before, behind) = layout.around_only_item(text, found, &text[inside..found.array.end - 1]);
        (inside, before, layout.item(&fields), behind)
    } else {
        let model = at.min(count - 1);
        let layout = Layout::of_item(text, found, model).map_err(|fault| index.fault(&fault))?;
        let gap = gap(index, model).unwrap_or_else(|| layout.gap());
        let item = layout.item(&fields);
        if at < count {
            (found.items[at].range.start, String::new(), item, format!(",{gap}"))
        } else {
            (found.items[model].range.end, format!(",{gap}"), item, String::new())
        }
    };
    let put_in = [before.as_str(), &item, &behind].concat();
    let item = start + before.len()..start + before.len() + item.len();
    let mut notices = notice::of_index(found);
    let id = entry.id.as_str();
    notices.extend(found.items.iter().filter(|item| id_of(text, item).is_some_and(|other| other == id)).map(|item| {
        let item_type = type_of(text, item).into_owned();
        Notice::OtherType { item_type }
    }));
    notices.extend(other_case(index, id));
    finish(index, at, Kind::Insert, start..start, &put_in, item, notices, entry)
}

/// Names the plugins whose ids differ from this one only in capitals.
fn other_case(index: &Index, id: &str) -> Vec<Notice> {
    let (text, lower) = (&index.file.text, id.to_lowercase());
    let plugins = index.found.items.iter().filter(|item| type_of(text, item) == PLUGIN);
    let others = plugins.filter_map(|item| id_of(text, item)).filter(|other| *other != id);
    others
        .filter(|other| other.to_lowercase() == lower)
        .map(|other| Notice::OtherCase { other: other.into_owned(), id: id.to_owned() })
        .collect()
}

/// What stands behind a comma before the item at `model`, or behind the first one's comma.
fn gap(index: &Index, model: usize) -> Option<&str> {
    let (text, items) = (&index.file.text, &index.found.items);
    let second = model.max(1);
    if let (Some(first), Some(second)) = (items.get(second - 1), items.get(second)) {
        return text[first.range.end..second.range.start].split_once(',').map(|(_, gap)| gap);
    }
    let open = &text[index.found.array.start + 1..items.first()?.range.start];
    open.contains('\n').then_some(open)
}

/// Changes the item `at`.
pub(super) fn update(index: &Index, at: usize, entry: &Entry) -> Result<Change, Error> {
    let (text, found) = (index.file.text.as_str(), &index.found);
    let range = found.items[at].range.clone();
    let members = scan::members(text, &range).map_err(|fault| index.fault(&fault))?;
    let layout = Layout::of_item(text, found, at).map_err(|fault| index.fault(&fault))?;
    let mut item = String::with_capacity(range.len() + 256);
    // What replaces which range, in the text's order.
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut anchor: Option<&Member> = None;
    for (name, value) in fields(entry) {
        let mut named = members.iter().filter(|member| is_named(text, member, name));
        match (named.next(), named.next()) {
            (_, Some(second)) => {
                let position = error::position(text.as_bytes(), second.key.start);
                return Err(Error::FieldTwice { path: index.file.path.clone(), field: name, position });
            }
            (Some(member), None) => {
                anchor = Some(member);
                let old = &text[member.value.clone()];
                if !value.is(old) {
                    edits.push((member.value.clone(), layout.value(value, Some(old))));
                }
            }
            (None, None) => {
                // It was found by its `id`, which is the first of all.
                let end = anchor.map_or(range.start + 1, |member| member.value.end);
                let second =
                    members.get(1).and_then(|second| text[members[0].value.end..second.key.start].split_once(','));
                let gap = second.map_or_else(|| layout.between(), |(_, gap)| gap.to_owned());
                edits.push((end..end, format!(",{gap}{}", layout.member(name, value, None))));
            }
        }
    }
    if edits.is_empty() {
        let mut notices = notice::of_item(text, &members, entry);
        notices.extend(other_case(index, entry.id.as_str()));
        return finish(index, at, Kind::Same, range.clone(), &text[range.clone()], range, notices, entry);
    }
    // Stable, so that what is put in at one place stays in the documented order, and behind a value replaced there.
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut done = range.start;
    for (replaced, with) in &edits {
        item.push_str(&text[done..replaced.start]);
        item.push_str(with);
        done = replaced.end;
    }
    item.push_str(&text[done..range.end]);
    let mut notices = notice::of_item(text, &members, entry);
    notices.extend(other_case(index, entry.id.as_str()));
    notices.extend(notice::of_index(found));
    let place = range.start..range.start + item.len();
    finish(index, at, Kind::Update, range, &item, place, notices, entry)
}

fn is_named(text: &str, member: &Member, name: &str) -> bool {
    scan::string(&text[member.key.clone()]).is_some_and(|key| key == name)
}

/// Makes the new text and proves it.
#[expect(clippy::too_many_arguments, reason = "these are the parts of one change")]
fn finish(
    index: &Index,
    at: usize,
    kind: Kind,
    replaced: Range<usize>,
    with: &str,
    item: Range<usize>,
    mut notices: Vec<Notice>,
    entry: &Entry,
) -> Result<Change, Error> {
    let text = &index.file.text;
    if kind != Kind::Same {
        notices.extend(notice::of_file(&index.file.standing));
    }
    let mut after = String::with_capacity(text.len() + with.len());
    after.push_str(&text[..replaced.start]);
    after.push_str(with);
    after.push_str(&text[replaced.end..]);
    let splice = Splice { start: replaced.start, before: replaced.len(), after: with.len() };
    let change = Change {
        file: Arc::clone(&index.file),
        after,
        kind,
        splice,
        item,
        order: index.order,
        notices,
        mode: Mode::File,
    };
    match prove(index, at, &change, entry) {
        Ok(()) => Ok(change),
        Err(why) => Err(Error::Unproven { path: index.file.path.clone(), why }),
    }
}

/// Reads the new text as strictly as the old one, and compares item by item.
fn prove(index: &Index, at: usize, change: &Change, entry: &Entry) -> Result<(), &'static str> {
    let (old, new) = (index.file.text.as_str(), change.after.as_str());
    let found = scan::scan(new, super::start(new)).map_err(|_| "it is no index any more")?;
    let before = &index.found.items;
    let put_in = usize::from(change.kind == Kind::Insert);
    if found.items.len() != before.len() + put_in {
        return Err("it has another number of items");
    }
    let others = before.iter().enumerate().filter(|(n, _)| put_in == 1 || *n != at);
    for (n, item) in others {
        let now = &found.items[if n >= at { n + put_in } else { n }];
        if old[item.range.clone()] != new[now.range.clone()] {
            return Err("another item differs");
        }
    }
    let item = &found.items[at].range;
    if *item != change.item {
        return Err("the item is not where it was put");
    }
    let members = scan::members(new, item).map_err(|_| "the item is no object")?;
    let wanted: Vec<(&str, Field<'_>)> = fields(entry).collect();
    for (name, value) in &wanted {
        let mut named = members.iter().filter(|member| is_named(new, member, name));
        let is_there = named.next().is_some_and(|member| value.is(&new[member.value.clone()]));
        if !is_there || named.next().is_some() {
            return Err("the item is not the entry");
        }
    }
    let is_ours = |text: &str, member: &Member| wanted.iter().any(|(name, _)| is_named(text, member, name));
    let others: Vec<_> = members.iter().filter(|member| !is_ours(new, member)).collect();
    let kept = match put_in {
        1 => Vec::new(),
        _ => scan::members(old, &before[at].range).map_err(|_| "the old item is no object")?,
    };
    let kept = kept.iter().filter(|member| !is_ours(old, member)).map(|m| (&old[m.key.clone()], &old[m.value.clone()]));
    if !kept.eq(others.iter().map(|m| (&new[m.key.clone()], &new[m.value.clone()]))) {
        return Err("a field of the item that the entry does not have differs");
    }
    Ok(())
}
