//! The dumper: what `json.dumps(value, sort_keys=True, separators=(",", ":"))` writes.

use std::borrow::Cow;
use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::number;
use crate::value::{Data, Document, Id};
use crate::{Code, Error, Limits, PyStr};

/// Writes a document's root, without these keys of its own.
pub(crate) fn document(document: &Document, omitted: &[&str], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut dumper = Dumper { document, limits, out: Vec::new(), path: Vec::new() };
    let root = document.root_id();
    match &document.object(root).data {
        Data::Map(pairs) => {
            let is_kept =
                |key: Id| !matches!(&document.object(key).data, Data::Str(name) if omitted.iter().any(|o| name == *o));
            let kept = pairs.iter().copied().filter(|&(key, _)| is_kept(key)).collect();
            dumper.enter(root)?;
            dumper.map(kept)?;
        }
        _ => dumper.value(root)?,
    }
    Ok(dumper.out)
}

/// Writes a string as `json.dumps` does with `ensure_ascii`, quotes included.
pub fn write_string(text: &PyStr, out: &mut Vec<u8>) {
    out.push(b'"');
    for code in text.code_points() {
        match code {
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0A => out.extend_from_slice(b"\\n"),
            0x0C => out.extend_from_slice(b"\\f"),
            0x0D => out.extend_from_slice(b"\\r"),
            0x22 => out.extend_from_slice(b"\\\""),
            0x5C => out.extend_from_slice(b"\\\\"),
            0x20..=0x7E => out.push(code as u8),
            0x1_0000.. => {
                let offset = code - 0x1_0000;
                write_escape(0xD800 + (offset >> 10), out);
                write_escape(0xDC00 + (offset & 0x3FF), out);
            }
            _ => write_escape(code, out),
        }
    }
    out.push(b'"');
}

fn write_escape(unit: u32, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    out.extend([12, 8, 4, 0].map(|shift| HEX[(unit >> shift & 0xF) as usize]));
}

struct Dumper<'a> {
    document: &'a Document,
    limits: &'a Limits,
    out: Vec<u8>,
    /// The lists and mappings that the current value stands in.
    path: Vec<Id>,
}

impl Dumper<'_> {
    fn value(&mut self, id: Id) -> Result<(), Error> {
        let document = self.document;
        match &document.object(id).data {
            Data::Null => self.out.extend_from_slice(b"null"),
            Data::Bool(value) => self.out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Data::Int(value) => self.int(id, value)?,
            Data::Float(value) => number::write_float(*value, &mut self.out),
            Data::Str(text) => write_string(text, &mut self.out),
            Data::List(items) => {
                self.enter(id)?;
                self.list(items)?;
                self.path.pop();
            }
            Data::Map(pairs) => {
                self.enter(id)?;
                self.map(pairs.clone())?;
                self.path.pop();
            }
            Data::Date | Data::DateTime => {
                return Err(self.unwritable(id, Code::DateValue, "a date or time"));
            }
            Data::Bytes { .. } => return Err(self.unwritable(id, Code::BytesValue, "bytes")),
            Data::Set { .. } => return Err(self.unwritable(id, Code::SetValue, "a set")),
        }
        if self.out.len() > self.limits.output_bytes {
            let message = format!("the canonical bytes are longer than {}", self.limits.output_bytes);
            return Err(self.error(id, Code::OutputTooLarge, message));
        }
        Ok(())
    }

    /// Goes into a list or mapping, unless it contains itself.
    fn enter(&mut self, id: Id) -> Result<(), Error> {
        if self.path.contains(&id) {
            return Err(self.error(id, Code::Cycle, "a value contains itself, through an alias"));
        }
        self.path.push(id);
        self.limits
            .check_depth(self.path.len())
            .map_err(|e| e.on(self.document.position_of(id), self.document.excerpt(id)))
    }

    fn list(&mut self, items: &[Id]) -> Result<(), Error> {
        self.out.push(b'[');
        for (index, &item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, mut pairs: Vec<(Id, Id)>) -> Result<(), Error> {
        self.sort(&mut pairs)?;
        self.out.push(b'{');
        for (index, &(key, value)) in pairs.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.key(key)?;
            self.out.push(b':');
            self.value(value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes a key: a string, or the text of a number, boolean or null in quotes.
    fn key(&mut self, id: Id) -> Result<(), Error> {
        let document = self.document;
        if let Data::Str(text) = &document.object(id).data {
            write_string(text, &mut self.out);
            return Ok(());
        }
        self.out.push(b'"');
        self.value(id)?;
        self.out.push(b'"');
        Ok(())
    }

    fn int(&mut self, id: Id, value: &BigInt) -> Result<(), Error> {
        if number::is_too_long(value) {
            let message = format!("a whole number has more than {} decimal digits", number::MAX_DECIMAL_DIGITS);
            return Err(self.error(id, Code::IntTooLong, message));
        }
        self.out.extend_from_slice(value.to_string().as_bytes());
        Ok(())
    }

    /// Sorts by key as Python values, before they are turned into text: 9, 10, 100.
    fn sort(&self, pairs: &mut [(Id, Id)]) -> Result<(), Error> {
        let keys = |pairs: &[(Id, Id)]| pairs.iter().map(|&(key, _)| Key::of(self.document, key)).collect::<Vec<_>>();
        let found = keys(pairs);
        for (key, &(id, _)) in found.iter().zip(pairs.iter()) {
            if matches!(key, Key::Unwritable) {
                return Err(self.error(id, Code::BadKey, "a date or bytes cannot be a key"));
            }
        }
        let [first, rest @ ..] = found.as_slice() else {
            return Ok(());
        };
        for (key, &(id, _)) in rest.iter().zip(&pairs[1..]) {
            if !first.is_comparable_to(key) {
                return Err(self.mixed(pairs[0].0, id));
            }
        }
        if !rest.is_empty()
            && let Some(index) = found.iter().position(|key| matches!(key, Key::Float(f) if f.is_nan()))
        {
            return Err(self.error(pairs[index].0, Code::NanKey, "a NaN key beside other keys has no defined order"));
        }
        pairs.sort_by(|&(a, _), &(b, _)| Key::of(self.document, a).compare(&Key::of(self.document, b)));
        Ok(())
    }

    fn mixed(&self, a: Id, b: Id) -> Error {
        let named = |id| format!("`{}` is {}", self.document.excerpt(id), Key::of(self.document, id).name());
        // Point to the one that an author did not mean: the key that is no string.
        let odd = if matches!(self.document.object(a).data, Data::Str(_)) { b } else { a };
        let message = format!("keys of one mapping cannot be put in order: {}, {}", named(a), named(b));
        let hint = format!("write \"{}\" in quotes", self.document.excerpt(odd));
        self.error(odd, Code::MixedKeys, message).with_hint(hint)
    }

    fn unwritable(&self, id: Id, code: Code, what: &str) -> Error {
        let error = self.error(id, code, format!("{what} cannot be signed"));
        if code == Code::DateValue {
            return error.with_hint(format!("write \"{}\" in quotes", self.document.excerpt(id)));
        }
        error
    }

    fn error(&self, id: Id, code: Code, message: impl Into<String>) -> Error {
        Error::new(code, message).on(self.document.position_of(id), self.document.excerpt(id))
    }
}

/// A key as Python compares it.
enum Key<'a> {
    Null,
    Int(Cow<'a, BigInt>),
    Float(f64),
    Str(&'a PyStr),
    Unwritable,
}

impl<'a> Key<'a> {
    fn of(document: &'a Document, id: Id) -> Self {
        match &document.object(id).data {
            Data::Null => Self::Null,
            Data::Bool(value) => Self::Int(Cow::Owned(BigInt::from(u8::from(*value)))),
            Data::Int(value) => Self::Int(Cow::Borrowed(value)),
            Data::Float(value) => Self::Float(*value),
            Data::Str(text) => Self::Str(text),
            _ => Self::Unwritable,
        }
    }

    fn is_comparable_to(&self, other: &Self) -> bool {
        use Key::{Float, Int, Str};
        matches!((self, other), (Str(_), Str(_)) | (Int(_) | Float(_), Int(_) | Float(_)))
    }

    fn compare(&self, other: &Self) -> Ordering {
        use Key::{Float, Int, Str};
        match (self, other) {
            (Str(a), Str(b)) => a.cmp(b),
            (Int(a), Int(b)) => a.cmp(b),
            (Float(a), Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Int(a), Float(b)) => number::compare_int_float(a, *b).unwrap_or(Ordering::Equal),
            (Float(a), Int(b)) => number::compare_int_float(b, *a).map_or(Ordering::Equal, Ordering::reverse),
            _ => Ordering::Equal,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(Cow::Owned(_)) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Str(_) => "text",
            Self::Unwritable => "a date or bytes",
        }
    }
}
