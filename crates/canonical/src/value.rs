//! Python's objects, as a manifest's text makes them.

use std::ops::Range;

use num_bigint::BigInt;

use crate::dump;
use crate::number;
use crate::{Error, Format, Limits, Position, PyStr, json, text, yaml};

/// Index of an object in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u32);

/// The text that an object was read from, as character indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// One Python object. Lists and mappings hold the indexes of their items, so that aliases share and cycles can be.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) data: Data,
    pub(crate) span: Span,
    pub(crate) style: Style,
}

#[derive(Debug, Clone)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Str(PyStr),
    List(Vec<Id>),
    /// A `dict`: unique keys in order of insertion.
    Map(Vec<(Id, Id)>),
    Date,
    DateTime,
    /// A `bytes`; its content matters to no caller, since it cannot be written.
    Bytes {
        is_empty: bool,
    },
    /// A `set`; the same.
    Set {
        is_empty: bool,
    },
}

/// How a value is spelled in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// A YAML scalar without quotes and without a tag: its type is inferred from its text.
    Plain,
    /// Quoted, a block scalar, tagged, or JSON: its type is spelled out.
    Explicit,
    /// A list or mapping.
    Collection,
}

/// A key that stands twice in one mapping: the later value silently wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeated {
    pub(crate) first: Id,
    pub(crate) again: Id,
}

/// What a manifest's text means to Python: one value, with the place of each part.
#[derive(Debug, Clone)]
pub struct Document {
    text: Vec<char>,
    objects: Vec<Object>,
    root: Id,
    repeated: Vec<Repeated>,
    limits: Limits,
}

impl Document {
    /// Reads a text as `yaml.safe_load(path.read_text())` or `json.loads(path.read_text())` does: strict UTF-8,
    /// universal newlines.
    ///
    /// # Errors
    /// Wherever Python would raise, with [`Error::loader_fails`] true; and for texts beyond [`Limits::DEFAULT`] or
    /// without a certain reading, with it false.
    pub fn read(text: &[u8], format: Format) -> Result<Self, Error> {
        Self::read_within(text, format, &Limits::DEFAULT)
    }

    /// Reads a text as [`Document::read`] does, within limits of the caller's.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn read_within(text: &[u8], format: Format, limits: &Limits) -> Result<Self, Error> {
        let text = text::decode(text, limits)?;
        let (objects, root, repeated) = match format {
            Format::Yaml => yaml::load(&text, limits)?,
            Format::Json => json::load(&text, limits)?,
        };
        Ok(Self { text, objects, root, repeated, limits: *limits })
    }

    /// Returns the whole value.
    pub fn root(&self) -> Value<'_> {
        Value { document: self, id: self.root }
    }

    /// Returns `json.dumps(value, sort_keys=True, separators=(",", ":"))`, encoded.
    ///
    /// # Errors
    /// Where Python's `json.dumps` raises: dates, bytes, sets, keys without an order, cycles, numbers of more than
    /// 4,300 digits. Declined: output beyond the limits, a NaN key beside others.
    pub fn canonical(&self) -> Result<Vec<u8>, Error> {
        self.canonical_without(&[])
    }

    /// Returns the canonical bytes of the root mapping without these of its keys; nested keys of the same name stay.
    ///
    /// What stands under an omitted key may be anything that loads, a date or a cycle included.
    ///
    /// # Errors
    /// As [`Document::canonical`].
    pub fn canonical_without(&self, omitted: &[&str]) -> Result<Vec<u8>, Error> {
        dump::document(self, omitted, &self.limits)
    }

    /// Returns the keys that stand more than once in the same mapping: the value written first and the key written again,
    /// which is the one that counts.
    pub fn repeated_keys(&self) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
        let value = |id| Value { document: self, id };
        self.repeated.iter().map(move |pair| (value(pair.first), value(pair.again)))
    }

    pub(crate) fn object(&self, id: Id) -> &Object {
        &self.objects[id.0 as usize]
    }

    pub(crate) fn root_id(&self) -> Id {
        self.root
    }

    pub(crate) fn position_of(&self, id: Id) -> Position {
        Position::of(&self.text, self.object(id).span.start as usize)
    }

    /// The text an object was read from, shortened to its first line.
    pub(crate) fn excerpt(&self, id: Id) -> String {
        const SHOWN: usize = 60;
        self.written(id).iter().take(SHOWN).take_while(|&&c| c != '\n').collect()
    }

    fn written(&self, id: Id) -> &[char] {
        let span = self.object(id).span;
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// A value of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    document: &'a Document,
    id: Id,
}

/// Two values are equal when they are the same object, as Python's `is` tells: an alias is its anchor's value.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.id == other.id
    }
}

impl Eq for Value<'_> {}

impl std::hash::Hash for Value<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// What kind of Python object a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind<'a> {
    /// `None`.
    Null,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number of any size.
    Int(&'a BigInt),
    /// A float, NaN and the infinities included.
    Float(f64),
    /// A string.
    Str(&'a PyStr),
    /// A list; see [`Value::items`].
    List,
    /// A `dict`; see [`Value::entries`].
    Map,
    /// A `datetime.date`, which cannot be written.
    Date,
    /// A `datetime.datetime`, which cannot be written.
    DateTime,
    /// A `bytes`, which cannot be written.
    Bytes,
    /// A `set`, which cannot be written.
    Set,
}

impl<'a> Value<'a> {
    /// Returns the kind of the value, and the value itself where it is a scalar.
    pub fn kind(self) -> Kind<'a> {
        match &self.document.object(self.id).data {
            Data::Null => Kind::Null,
            Data::Bool(value) => Kind::Bool(*value),
            Data::Int(value) => Kind::Int(value),
            Data::Float(value) => Kind::Float(*value),
            Data::Str(value) => Kind::Str(value),
            Data::List(_) => Kind::List,
            Data::Map(_) => Kind::Map,
            Data::Date => Kind::Date,
            Data::DateTime => Kind::DateTime,
            Data::Bytes { .. } => Kind::Bytes,
            Data::Set { .. } => Kind::Set,
        }
    }

    /// Returns where the value is written; for an alias, where its anchor stands.
    pub fn position(self) -> Position {
        self.document.position_of(self.id)
    }

    /// Returns the text that the value was read from, quotes included and newlines as LF.
    pub fn written(self) -> String {
        self.document.written(self.id).iter().collect()
    }

    /// Returns which characters of the text [`Value::written`] is, from 0; CRLF and CR count as one character, as LF does.
    pub fn span(self) -> Range<usize> {
        let Span { start, end } = self.document.object(self.id).span;
        start as usize..end as usize
    }

    /// Returns how the value is spelled.
    pub fn style(self) -> Style {
        self.document.object(self.id).style
    }

    /// Returns a mapping's pairs in the order of Python's `dict`; nothing for other kinds.
    pub fn entries(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + 'a {
        let pairs: &[(Id, Id)] = match &self.document.object(self.id).data {
            Data::Map(pairs) => pairs,
            _ => &[],
        };
        let value = move |id| Value { document: self.document, id };
        pairs.iter().map(move |&(key, item)| (value(key), value(item)))
    }

    /// Returns a list's items; nothing for other kinds.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> + 'a {
        let ids: &[Id] = match &self.document.object(self.id).data {
            Data::List(ids) => ids,
            _ => &[],
        };
        ids.iter().map(move |&id| Value { document: self.document, id })
    }

    /// Returns the value under a string key of a mapping.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.entries().find(|(name, _)| matches!(name.kind(), Kind::Str(name) if name == key)).map(|(_, value)| value)
    }

    /// Returns Python's `bool(value)`: false for null, false, zero, and whatever is empty.
    pub fn is_truthy(self) -> bool {
        match &self.document.object(self.id).data {
            Data::Null => false,
            Data::Bool(value) => *value,
            Data::Int(value) => !number::is_zero(value),
            Data::Float(value) => *value != 0.0,
            Data::Str(value) => !value.is_empty(),
            Data::List(items) => !items.is_empty(),
            Data::Map(pairs) => !pairs.is_empty(),
            Data::Bytes { is_empty } | Data::Set { is_empty } => !is_empty,
            Data::Date | Data::DateTime => true,
        }
    }

    /// Returns Python's `str(value)` of a string, number, boolean or null; `None` for other kinds, and for a whole
    /// number that is too long for Python to write.
    pub fn python_str(self) -> Option<PyStr> {
        Some(match &self.document.object(self.id).data {
            Data::Null => "None".into(),
            Data::Bool(true) => "True".into(),
            Data::Bool(false) => "False".into(),
            Data::Int(value) if number::is_too_long(value) => return None,
            Data::Int(value) => value.to_string().into(),
            Data::Float(value) if value.is_nan() => "nan".into(),
            Data::Float(value) if value.is_infinite() => if *value > 0.0 { "inf" } else { "-inf" }.into(),
            Data::Float(value) => {
                let mut out = Vec::new();
                number::write_float(*value, &mut out);
                String::from_utf8(out).ok()?.into()
            }
            Data::Str(value) => value.clone(),
            _ => return None,
        })
    }
}
