//! Two readings: where AiSOC's loader takes a manifest's text for something that its author may not mean.
//!
//! YAML 1.1, which AiSOC reads, gives types to plain text that YAML 1.2, which most other tools read, takes for text, and
//! the other way round. Nothing is wrong for the loader then, so nobody says a word, and the plugin ships with
//! `country: false`. Each [`Reading`] is one such place, with the spelling that says what was meant.
//!
//! The reading of YAML 1.2 comes from `serde_yaml`, scalar by scalar. Merge keys (`<<`) differ too, since YAML 1.2 does not
//! know them; whoever writes one means it, so they are not reported.

mod scalar;

use std::collections::HashSet;
use std::ops::Range;

use aisoc_canonical::{Format, Kind, Style, Value};
use serde::Serialize;

use crate::manifest::{Manifest, UNSIGNED_KEYS};

/// What kind of surprise a reading is; the kebab-case names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReadingCode {
    /// A date or time: it loads, and cannot be signed or checked.
    Date,
    /// A key that is read as something else than text: `on:` is the key true.
    KeyNotText,
    /// `yes`, `no`, `on` or `off` is a boolean.
    BooleanWord,
    /// A leading zero makes it octal: `0755` is 493.
    OctalNumber,
    /// Colons make it base 60: `22:22` is 1342.
    SexagesimalNumber,
    /// Underscores are dropped: `1_000` is 1000.
    Underscores,
    /// Other tools read a number here, the loader reads text: `1e3`.
    TextNotNumber,
    /// A number where text is expected: `version: 1.0`.
    NumberForText,
    /// A number loses what was written: `1.10` is 1.1.
    NumberRespelled,
    /// Any other difference between the two readings.
    ReadingsDiffer,
    /// A key stands twice, and the first value is dropped in silence.
    RepeatedKey,
}

/// The fields that AiSOC and the marketplace entry show as the loader reads them: loader contract §2 and §9.
const SHOWN: [&str; 2] = ["name", "version"];

impl ReadingCode {
    /// Tells whether the plugin cannot be signed with it.
    pub fn stops_signing(self) -> bool {
        self == Self::Date
    }
}

/// One place where the loader's reading may not be the author's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reading {
    /// The kind of surprise.
    pub code: ReadingCode,
    /// The keys and indexes that lead to it: `config.ports[0]`.
    pub path: String,
    /// The line in the manifest, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The text as it stands there.
    pub written: String,
    /// What AiSOC's loader makes of it.
    pub loader_reads: String,
    /// What a reader of YAML 1.2 makes of it.
    pub yaml12_reads: String,
    /// What to write instead; for a value, the value in quotes.
    pub suggestion: String,
    /// The text's characters, with every line ending as one, that `written` is.
    #[serde(skip)]
    pub(crate) span: Range<usize>,
}

impl Reading {
    /// Says what is read, without a full stop.
    pub fn title(&self) -> String {
        let Self { written, loader_reads, .. } = self;
        match self.code {
            ReadingCode::RepeatedKey => format!("`{written}` stands twice, and only the last one counts"),
            ReadingCode::KeyNotText => format!("the key `{written}` is read as {loader_reads}"),
            ReadingCode::Date => format!("{} is read as {loader_reads}, which cannot be signed", self.place()),
            _ => format!("{} is read as {loader_reads}", self.place()),
        }
    }

    /// Says what to write instead, without a full stop.
    pub fn cure(&self) -> String {
        let wanted = match self.code {
            ReadingCode::RepeatedKey => return "remove one of the two".to_owned(),
            ReadingCode::KeyNotText => format!("write `{}:`", self.suggestion),
            _ if self.is_item() => format!("write `{}`", self.suggestion),
            _ => format!("write `{}: {}`", self.key(), self.suggestion),
        };
        match self.code {
            ReadingCode::TextNotNumber => format!("{wanted} if text is meant, or the number in plain digits"),
            ReadingCode::OctalNumber | ReadingCode::SexagesimalNumber | ReadingCode::Underscores => {
                format!("{wanted} if text is meant, or {} if the number is", bare(&self.loader_reads))
            }
            ReadingCode::BooleanWord => {
                format!("{wanted} if text is meant, or {} if it is a switch", bare(&self.loader_reads))
            }
            _ => wanted,
        }
    }

    /// Says what comes of it, without a full stop, where the value is shown to people.
    pub fn consequence(&self) -> Option<String> {
        if !SHOWN.contains(&self.path.as_str()) {
            return None;
        }
        let number = self.loader_reads.strip_prefix("the number ")?;
        let loads = format!("AiSOC reads the number {number}, not a text, and the plugin loads");
        let next = "a later `1.10` would be shown as `1.1`";
        Some(match (self.code, self.path.as_str()) {
            (ReadingCode::NumberForText, "version") => {
                format!("{loads}. AiSOC and the marketplace entry show `{number}`; {next}")
            }
            (ReadingCode::NumberForText, _) => format!("{loads}. AiSOC and the marketplace entry show `{number}`"),
            _ => format!("{loads}. AiSOC and the marketplace entry show `{number}`, not `{}`", self.written),
        })
    }

    /// The value with its key, or with the list that it stands in.
    fn place(&self) -> String {
        match self.is_item() {
            true => format!("`{}` in `{}`", self.written, self.key()),
            false => format!("`{}: {}`", self.key(), self.written),
        }
    }

    fn key(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// An item of a list has no key of its own.
    fn is_item(&self) -> bool {
        self.path.ends_with(']')
    }
}

/// `the number 493` → `493`.
fn bare(reading: &str) -> &str {
    reading.trim_start_matches("the number ").trim_start_matches("the boolean ")
}

/// Finds the surprising readings of a manifest, in the order of the text. JSON has none but repeated keys.
pub fn of(manifest: &Manifest) -> Vec<Reading> {
    let document = manifest.document();
    let mut finder = Finder { is_yaml: manifest.format() == Format::Yaml, seen: HashSet::new(), found: Vec::new() };
    finder.walk(document.root());
    for (_, again) in document.repeated_keys() {
        finder.add(ReadingCode::RepeatedKey, again, String::new(), "the last value", "an error", String::new());
    }
    finder.found.sort_by_key(|reading| (reading.line, reading.column));
    finder.found
}

struct Finder<'a> {
    is_yaml: bool,
    seen: HashSet<Value<'a>>,
    found: Vec<Reading>,
}

impl<'a> Finder<'a> {
    /// Looks at every value once, however many aliases name it.
    fn walk(&mut self, root: Value<'a>) {
        let mut waiting = vec![(root, String::new(), None)];
        while let Some((value, path, key)) = waiting.pop() {
            if !self.seen.insert(value) {
                continue;
            }
            self.value(value, &path, key);
            for (key, item) in value.entries() {
                // The signature does not cover these, so nothing in them is a surprise to anybody.
                if value == root && matches!(key.kind(), Kind::Str(name) if UNSIGNED_KEYS.iter().any(|k| name == *k)) {
                    continue;
                }
                let name = key.written();
                let name = name.trim_matches(['"', '\'']);
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                if self.seen.insert(key) {
                    self.key(key, &path);
                }
                waiting.push((item, path, Some(key)));
            }
            for (index, item) in value.items().enumerate() {
                waiting.push((item, format!("{path}[{index}]"), None));
            }
        }
    }

    fn key(&mut self, key: Value<'a>, path: &str) {
        if !self.is_yaml || key.style() != Style::Plain || matches!(key.kind(), Kind::Str(_)) {
            return;
        }
        let written = key.written();
        let ours = scalar::loader_reading(key);
        let theirs = scalar::yaml12_reading(&written);
        let suggestion = scalar::quote(&written);
        self.add(ReadingCode::KeyNotText, key, path.to_owned(), &ours, &theirs, suggestion);
    }

    fn value(&mut self, value: Value<'a>, path: &str, key: Option<Value<'a>>) {
        if !self.is_yaml || value.style() != Style::Plain {
            return;
        }
        let written = value.written();
        let expects_text = key.is_some_and(|key| scalar::expects_text(&key.written()));
        let theirs = scalar::yaml12_reading(&written);
        let Some(code) = scalar::classify(value, &written, &theirs, expects_text) else { return };
        let ours = scalar::loader_reading(value);
        self.add(code, value, path.to_owned(), &ours, &theirs, scalar::quote(&written));
    }

    fn add(&mut self, code: ReadingCode, at: Value<'a>, path: String, ours: &str, theirs: &str, suggestion: String) {
        let position = at.position();
        let written = at.written();
        self.found.push(Reading {
            code,
            path: if path.is_empty() { written.clone() } else { path },
            line: position.line,
            column: position.column,
            written,
            loader_reads: ours.to_owned(),
            yaml12_reads: theirs.to_owned(),
            suggestion,
            span: at.span(),
        });
    }
}

#[cfg(test)]
mod tests;
