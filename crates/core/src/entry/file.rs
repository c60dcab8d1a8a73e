//! Checking a file: one entry, or a whole index, with the place of everything that is wrong.
//!
//! The file may be a stranger's. It is read once, up to [`MAX_BYTES`]; values that are not looked into are skipped without
//! recursion, however deep they are, and those that are stop at 128 levels.

mod fields;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::against::Against;
use super::problem::{Problem, Rule, Weight, shown};
use super::text::DOCUMENTED;
use super::{Error, check, check_item, rules};
use crate::explain::Place;
use crate::files::printable;
use crate::regular::{self, Refused};
use crate::task::{Cancelled, Task};
use fields::Fields;

/// The largest file that is checked, in bytes; AiSOC's own index has 10 MB.
pub const MAX_BYTES: usize = 64 << 20;

/// So many problems are listed; the others are counted.
pub const MAX_PROBLEMS: usize = 1000;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// One entry.
    Entry,
    /// An index that is a list of items.
    List,
    /// An index that is an object with `items`.
    Index,
    /// Neither.
    Other,
}

/// What came of checking a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub form: Form,
    /// What is wrong, in the file's order, each with its place; at most [`MAX_PROBLEMS`], errors before warnings then.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub counts: Counts,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Entries in the documented form; all rules were applied to them.
    pub entries: usize,
    /// Other items; only what is surely wrong was looked for.
    pub others: usize,
    /// Errors, also those that are not listed.
    pub errors: usize,
    /// Warnings, also those that are not listed.
    pub warnings: usize,
}

/// Checks a file with one entry, or with a whole index: a list, or an object with `items`.
///
/// Items of an index that are no plugins, and plugins in the form that AiSOC's own script writes (they have `path` or
/// `source`), are held to what is sure of any item: see [`check_item`]. `against` is what is known of a plugin's folder; in an
/// index it concerns the plugin's own item alone.
///
/// # Errors
/// [`Error::FileUnreadable`], [`Error::FileNotAFile`] and [`Error::FileTooLarge`] where the file cannot be read, and
/// [`Error::Cancelled`]. What the file holds is never an error of this function.
pub fn check_file(path: &Path, against: Option<&Against>, task: &Task<'_>) -> Result<Checked, Error> {
    let bytes = regular::read(path, MAX_BYTES).map_err(|refused| {
        let path = path.to_owned();
        match refused {
            Refused::Io(source) => Error::FileUnreadable { path, source },
            Refused::NotAFile(what) => Error::FileNotAFile { path, what },
            Refused::TooLarge => Error::FileTooLarge { path },
        }
    })?;
    check_bytes(path, &bytes, against, task).map_err(Error::Cancelled)
}

/// Checks what was read of a file.
fn check_bytes(path: &Path, bytes: &[u8], against: Option<&Against>, task: &Task<'_>) -> Result<Checked, Cancelled> {
    let mut file =
        File { text: "", against, found: Vec::new(), counts: Counts::default(), seen: HashMap::new(), met: false };
    let form = match std::str::from_utf8(bytes) {
        Ok(text) => {
            file.text = text;
            file.check(task)?
        }
        Err(error) => {
            // The text up to the first byte that is none gives the place.
            let good = error.valid_up_to();
            file.text = std::str::from_utf8(&bytes[..good]).unwrap_or_default();
            let cure = "save it as UTF-8, or escape what is not ASCII as `\\u00e4`";
            file.add(good, "", Problem::new(Rule::NotUtf8, "", "the file is not UTF-8 text").cure(cure));
            Form::Other
        }
    };
    let (mut found, text, mut counts) = (file.found, file.text, file.counts);
    counts.errors = found.iter().filter(|(_, problem)| problem.weight == Weight::Error).count();
    counts.warnings = found.len() - counts.errors;
    if found.len() > MAX_PROBLEMS {
        found.sort_by_key(|(at, problem)| (problem.weight, *at));
        found.truncate(MAX_PROBLEMS);
    }
    found.sort_by_key(|(at, problem)| (*at, problem.weight));
    let problems = placed(path, text, found);
    Ok(Checked { path: path.to_owned(), form, problems, counts })
}

/// A file while it is checked.
struct File<'a> {
    text: &'a str,
    against: Option<&'a Against>,
    /// What was found, with the byte where it is.
    found: Vec<(usize, Problem)>,
    counts: Counts,
    /// Where each type and id was met first.
    seen: HashMap<(String, String), usize>,
    /// Whether the item that `against` is about was met.
    met: bool,
}

impl<'a> File<'a> {
    fn check(&mut self, task: &Task<'_>) -> Result<Form, Cancelled> {
        const MARK: char = '\u{feff}';
        let json = self.text.strip_prefix(MARK).unwrap_or(self.text);
        if json.len() < self.text.len() {
            let message = "the file starts with a byte order mark, which Python's `json.load` refuses";
            self.add(0, "", Problem::new(Rule::ByteOrderMark, "", message).cure("save it as UTF-8 without one"));
        }
        let root: &RawValue = match serde_json::from_str(json) {
            Ok(root) => root,
            Err(error) => {
                let at = self.text.len() - json.len() + offset(json, &error);
                let message = format!("the file is not JSON: {}", reason(&error));
                self.add(at, "", Problem::new(Rule::NotJson, "", message).cure("mend it at this place"));
                return Ok(Form::Other);
            }
        };
        let form = match root.get().as_bytes().first() {
            Some(b'[') => {
                self.items(root, "", task)?;
                Form::List
            }
            Some(b'{') => match fields::value_of(root, "items") {
                // An entry may have a stray `items`; an index has neither of these.
                Some(items) if ENTRYS_OWN.iter().all(|key| fields::value_of(root, key).is_none()) => {
                    self.fields_of(root, "");
                    if items.get().starts_with('[') {
                        self.items(items, "/items", task)?;
                    } else {
                        let message = "`items` is no list";
                        self.add(
                            self.at(items),
                            "",
                            Problem::new(Rule::NoEntry, "/items", message).cure(ENTRY_OR_INDEX),
                        );
                    }
                    Form::Index
                }
                _ => {
                    if let Some((fields, value)) = self.fields_of(root, "") {
                        self.entry(root, &fields, &value, "");
                    }
                    Form::Entry
                }
            },
            _ => {
                let message = "the file holds neither an entry nor an index";
                self.add(self.at(root), "", Problem::new(Rule::NoEntry, "", message).cure(ENTRY_OR_INDEX));
                Form::Other
            }
        };
        if let Some(against) = self.against.filter(|_| !self.met && matches!(form, Form::List | Form::Index)) {
            let message = format!("the index has no plugin `{}`", against.id);
            self.add(self.at(root), "", Problem::new(Rule::NotInFile, "", message).cure("add its entry"));
        }
        Ok(form)
    }

    /// Where a part of the text starts, in bytes.
    fn at(&self, part: &RawValue) -> usize {
        part.get().as_ptr() as usize - self.text.as_ptr() as usize
    }

    fn add(&mut self, at: usize, prefix: &str, problem: Problem) {
        let pointer = format!("{prefix}{}", problem.pointer);
        self.found.push((at, Problem { pointer, ..problem }));
    }

    /// Checks each item of a list.
    fn items(&mut self, list: &'a RawValue, prefix: &str, task: &Task<'_>) -> Result<(), Cancelled> {
        let mut index = 0;
        let mut cancelled = None;
        fields::each(list, |item: &'a RawValue| {
            let prefix = format!("{prefix}/{index}");
            self.item(item, &prefix);
            index += 1;
            cancelled = task.check().err();
            cancelled.is_none()
        });
        cancelled.map_or(Ok(()), Err)
    }

    fn item(&mut self, item: &'a RawValue, prefix: &str) {
        let Some((fields, value)) = self.fields_of(item, prefix) else {
            self.counts.others += 1;
            return;
        };
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        if let (Some(kind), Some(id)) = (text("type"), text("id")) {
            let at = self.at(item);
            let first = *self.seen.entry((kind.to_owned(), id.to_owned())).or_insert(at);
            if first != at {
                let line = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..first]).count() + 1;
                let message =
                    format!("the {kind} {} is there already, in line {line}", shown(id), kind = printable(kind));
                let at = fields.last("id").map_or(at, |field| self.at(field.raw));
                let cure = "keep one of them: readers take the first or the last";
                self.add(at, prefix, Problem::new(Rule::RepeatedItem, "/id", message).cure(cure));
            }
        }
        // `Plugin` is one misspelled, and nothing that other rules are for.
        let plugin = text("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("plugin"));
        let script = fields.last("path").or(fields.last("source")).is_some();
        if plugin && !script {
            return self.entry(item, &fields, &value, prefix);
        }
        self.counts.others += 1;
        let mut problems = check_item(&value);
        if let (true, Value::Object(object)) = (plugin, &value) {
            let about = self.against.filter(|against| text("id") == Some(against.id.as_str()));
            about.inspect(|against| against.compare(object, &mut problems));
            self.met |= about.is_some();
        }
        self.place(item, &fields, prefix, problems);
    }

    /// Checks an entry in the documented form.
    fn entry(&mut self, entry: &'a RawValue, fields: &Fields<'a>, value: &Value, prefix: &str) {
        self.counts.entries += 1;
        let id = value.get("id").and_then(Value::as_str);
        let against = self.against.filter(|against| prefix.is_empty() || id == Some(against.id.as_str()));
        self.met |= against.is_some();
        let mut problems = check(value, against);
        let order: Vec<_> =
            fields.list.iter().filter_map(|field| DOCUMENTED.iter().position(|known| *known == field.key)).collect();
        if let Some(early) = order.windows(2).find(|pair| pair[0] > pair[1]) {
            let (before, field) = (DOCUMENTED[early[0]], DOCUMENTED[early[1]]);
            let message = format!("`{field}` stands after `{before}`, and the documented entry has it before");
            let cure = format!("write the fields in this order: {}", DOCUMENTED.join(", "));
            problems.push(Problem::new(Rule::FieldOrder, rules::pointer(field), message).cure(cure));
        }
        self.place(entry, fields, prefix, problems);
    }

    /// Reads the fields of an object, as a value without what cannot be read; names what is wrong with the reading.
    fn fields_of(&mut self, object: &'a RawValue, prefix: &str) -> Option<(Fields<'a>, Value)> {
        if !object.get().starts_with('{') {
            let message = "the item is no object";
            let cure = "write it as `{\"id\": …, \"type\": …}`";
            self.add(self.at(object), prefix, Problem::new(Rule::NotAnObject, "", message).cure(cure));
            return None;
        }
        let fields = match Fields::read(object) {
            Ok(fields) => fields,
            Err(error) => {
                let at = self.at(object) + offset(object.get(), &error);
                self.add(at, prefix, unreadable("", "a key", &error));
                return None;
            }
        };
        let is_entry = ENTRYS_OWN.iter().any(|key| fields.last(key).is_some());
        let mut value = Map::new();
        let mut keys = HashSet::new();
        for field in &fields.list {
            if !keys.insert(field.key.as_str()) {
                let message = format!("the key {} stands twice", shown(&field.key));
                let cure = "take one of them out: readers keep the first or the last";
                self.add(
                    self.at(object) + field.at,
                    prefix,
                    Problem::new(Rule::RepeatedKey, rules::pointer(&field.key), message).cure(cure),
                );
            }
            // The items are looked at one by one.
            if prefix.is_empty() && field.key == "items" && !is_entry {
                continue;
            }
            match serde_json::from_str::<Value>(field.raw.get()) {
                Ok(read) => {
                    value.insert(field.key.clone(), read);
                }
                Err(error) => {
                    let at = self.at(field.raw) + offset(field.raw.get(), &error);
                    self.add(at, prefix, unreadable(&rules::pointer(&field.key), &shown(&field.key), &error));
                    // It is there, so it is not missing; what is wrong with it is said.
                    value.insert(field.key.clone(), Value::Null);
                }
            }
        }
        Some((fields, Value::Object(value)))
    }

    /// Adds problems of an object at the places of its fields.
    fn place(&mut self, object: &RawValue, fields: &Fields<'a>, prefix: &str, problems: Vec<Problem>) {
        for problem in problems {
            let mut parts = problem.pointer.split('/').skip(1);
            let key = parts.next().map(|key| key.replace("~1", "/").replace("~0", "~"));
            let index = parts.next().and_then(|index| index.parse::<usize>().ok());
            // Of a key that stands twice, the last value counts.
            let field = key.and_then(|key| fields.last(&key));
            let at = match field {
                // What cannot be read was named before, and its value here is made up.
                Some(field) if serde_json::from_str::<Value>(field.raw.get()).is_err() => continue,
                Some(field) if matches!(problem.rule, Rule::UnknownField | Rule::FieldOrder) => {
                    self.at(object) + field.at
                }
                Some(field) => self.at(index.and_then(|index| fields::nth(field.raw, index)).unwrap_or(field.raw)),
                None => self.at(object),
            };
            self.add(at, prefix, problem);
        }
    }
}

/// Fields of an entry that no index has itself.
const ENTRYS_OWN: [&str; 2] = ["id", "signing_key_id"];

const ENTRY_OR_INDEX: &str = "give a file with one entry, a list of entries, or an object with `items`";

/// Words why a value, or a key, cannot be read.
fn unreadable(pointer: &str, name: &str, error: &serde_json::Error) -> Problem {
    let reason = reason(error);
    if reason.contains("recursion") {
        Problem::new(Rule::TooDeep, pointer, format!("{name} is nested deeper than 127 levels"))
            .cure("write it flatter")
    } else if reason.contains("surrogate") || reason.contains("unexpected end of hex escape") {
        Problem::new(Rule::NotUnicode, pointer, format!("{name} holds half of a surrogate pair, which is no character"))
            .cure("write the character itself, or both halves")
    } else {
        Problem::new(Rule::NotJson, pointer, format!("{name} cannot be read: {reason}")).cure("mend it at this place")
    }
}

/// The library's words without the place, which stands beside them.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.as_str(), |at| &text[..at]).to_owned()
}

/// The byte that an error is about; its column counts bytes from 1.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let line = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(text.len(), |at| at + 1),
    };
    (line + error.column().saturating_sub(1)).min(text.len())
}

/// Turns bytes into lines and columns, in one pass over the text.
fn placed(path: &Path, text: &str, found: Vec<(usize, Problem)>) -> Vec<Problem> {
    let (mut line, mut column, mut done) = (1_u32, 1_u32, 0);
    let mut placed = Vec::with_capacity(found.len());
    for (at, problem) in found {
        for c in text.get(done..at).unwrap_or_default().chars() {
            if c == '\n' {
                (line, column) = (line.saturating_add(1), 1);
            } else {
                column = column.saturating_add(1);
            }
        }
        // An error of the parser's may be about a byte inside of a character.
        done = if text.is_char_boundary(at) { at } else { done };
        placed
            .push(Problem { place: Some(Place { path: path.to_owned(), position: Some((line, column)) }), ..problem });
    }
    placed
}
