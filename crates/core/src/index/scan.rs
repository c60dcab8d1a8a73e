//! Finding the items of an index in one pass, strictly by RFC 8259, without building any value.
//!
//! A JSON library would forget where things stand, or read the text once for each level; an index has ten megabytes.

use std::borrow::Cow;
use std::ops::Range;

/// How many arrays and objects may stand inside one another, as in `serde_json`; Python gives up near 1,000.
pub const MAX_DEPTH: usize = 128;

/// The fields of an index that count or describe its items, and that no edit here brings up to date.
pub(super) const DERIVED: [&str; 3] = ["generated", "stats", "mitre_coverage"];

/// Where the items of an index stand.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The key `items`, with its quotes, where the index is an object.
    pub(super) key: Option<Range<usize>>,
    /// The array, with its brackets.
    pub(super) array: Range<usize>,
    /// Its items.
    pub(super) items: Vec<Span>,
    /// Which of [`DERIVED`] the index has.
    pub(super) derived: Vec<&'static str>,
}

/// Where an item stands. The values are ranges of raw JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// The item, with its braces.
    pub(super) range: Range<usize>,
    /// Its `id`.
    pub(super) id: Option<Range<usize>>,
    /// Its `type`.
    pub(super) item_type: Option<Range<usize>>,
    /// Whether it has a `path`, as items that AiSOC's script makes.
    pub(super) has_path: bool,
}

/// A member of an object: ranges of raw JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// What is wrong, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) problem: Problem,
}

/// What can be wrong with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Something else stands where a value should begin.
    #[error("a value is missing")]
    NoValue,
    /// Python writes these where JSON has nothing.
    #[error("`NaN` and `Infinity` are no JSON")]
    NotFinite,
    /// A key of an object does not begin with a quote.
    #[error("a key in quotes is missing")]
    NoKey,
    /// A comma with nothing behind it.
    #[error("there is a comma before the closing bracket")]
    TrailingComma,
    /// No colon behind a key.
    #[error("a colon is missing")]
    NoColon,
    /// Neither comma nor closing bracket behind a value.
    #[error("a comma or a closing bracket is missing")]
    NoComma,
    /// A number in a form that JSON does not have.
    #[error("the number is not written as JSON writes numbers")]
    Number,
    /// A backslash with something behind it that is no escape.
    #[error("the escape is none that JSON has")]
    Escape,
    /// A control character in a string.
    #[error("a string holds a raw control character")]
    Control,
    /// The text ends too early.
    #[error("the text ends too early")]
    End,
    /// Something stands behind the end of the index.
    #[error("there is text behind the end")]
    Trailing,
    /// More levels than [`MAX_DEPTH`].
    #[error("more than {MAX_DEPTH} arrays and objects stand inside one another")]
    Depth,
    /// Neither an array, nor an object with `items`.
    #[error("it is neither an array nor an object with an array `items`")]
    NoItems,
    /// Two `items`.
    #[error("it has two `items`")]
    TwoItems,
    /// An item that is no object.
    #[error("an item is no object")]
    ItemNotObject,
    /// One key twice in an item, where it decides which item that is.
    #[error("an item has two `{0}`")]
    TwoKeys(&'static str),
}

/// Reads an index from `start`, which is behind a byte order mark if there is one.
pub(super) fn scan(text: &str, start: usize) -> Result<Scan, Fault> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: start, depth: 0 };
    let mut found = Scan::default();
    reader.space();
    let root = reader.at;
    match reader.peek() {
        Some(b'[') => reader.items(&mut found)?,
        Some(b'{') => {
            reader.object(&mut |reader, key| match reader.name(&key) {
                name if name == "items" => {
                    if found.key.is_some() {
                        return Err(Fault { at: key.range.start, problem: Problem::TwoItems });
                    }
                    found.key = Some(key.range);
                    match reader.peek() {
                        Some(b'[') => reader.items(&mut found),
                        _ => reader.fail(Problem::NoItems),
                    }
                }
                name => {
                    found.derived.extend(DERIVED.iter().find(|derived| **derived == name));
                    reader.value()
                }
            })?;
        }
        _ => {}
    }
    if found.array.is_empty() {
        // Where it is no JSON at all, that is the first thing to say.
        if reader.at == root {
            reader.value()?;
        }
        return Err(Fault { at: root, problem: Problem::NoItems });
    }
    reader.space();
    if reader.at < reader.bytes.len() {
        return reader.fail(Problem::Trailing);
    }
    Ok(found)
}

/// Lists the members of an object, which was read before.
pub(super) fn members(text: &str, object: &Range<usize>) -> Result<Vec<Member>, Fault> {
    let mut reader = Reader { text, bytes: &text.as_bytes()[..object.end], at: object.start, depth: 0 };
    let mut members = Vec::new();
    reader.object(&mut |reader, key| {
        let start = reader.at;
        reader.value()?;
        members.push(Member { key: key.range, value: start..reader.at });
        Ok(())
    })?;
    Ok(members)
}

/// Lists the elements of an array, which was read before.
pub(super) fn elements(text: &str, array: &Range<usize>) -> Result<Vec<Range<usize>>, Fault> {
    let mut reader = Reader { text, bytes: &text.as_bytes()[..array.end], at: array.start, depth: 0 };
    let mut elements = Vec::new();
    reader.array(&mut |reader| {
        let start = reader.at;
        reader.value()?;
        elements.push(start..reader.at);
        Ok(())
    })?;
    Ok(elements)
}

/// Reads a raw JSON string; one with half of a surrogate pair, which is no text, stays as it is written. Nothing where it
/// is no string.
pub(super) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    Some(serde_json::from_str(raw).map_or(Cow::Borrowed(raw), Cow::Owned))
}

/// A key of an object, with its quotes.
struct Key {
    range: Range<usize>,
    escaped: bool,
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, problem: Problem) -> Result<T, Fault> {
        let problem = if self.at >= self.bytes.len() { Problem::End } else { problem };
        Err(Fault { at: self.at.min(self.bytes.len()), problem })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        if matches!(self.peek(), Some(b'!'..)) {
            return;
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Returns what a key says. There are many keys, and hardly one with an escape.
    fn name(&self, key: &Key) -> Cow<'a, str> {
        if key.escaped {
            return string(&self.text[key.range.clone()]).unwrap_or_default();
        }
        Cow::Borrowed(&self.text[key.range.start + 1..key.range.end - 1])
    }

    /// Goes past the `items` and notes where each stands.
    fn items(&mut self, found: &mut Scan) -> Result<(), Fault> {
        let start = self.at;
        self.array(&mut |reader| {
            let range = reader.at..reader.at;
            if reader.peek() != Some(b'{') {
                return reader.value().and(Err(Fault { at: range.start, problem: Problem::ItemNotObject }));
            }
            let mut span = Span { range, id: None, item_type: None, has_path: false };
            reader.object(&mut |reader, key| {
                let name = reader.name(&key);
                let value = reader.at;
                reader.value()?;
                let (field, name) = match &*name {
                    "id" => (&mut span.id, "id"),
                    "type" => (&mut span.item_type, "type"),
                    "path" => {
                        span.has_path = true;
                        return Ok(());
                    }
                    _ => return Ok(()),
                };
                match field.replace(value..reader.at) {
                    Some(_) => Err(Fault { at: key.range.start, problem: Problem::TwoKeys(name) }),
                    None => Ok(()),
                }
            })?;
            span.range.end = reader.at;
            found.items.push(span);
            Ok(())
        })?;
        found.array = start..self.at;
        Ok(())
    }

    fn value(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{') => self.object(&mut |reader, _| reader.value()),
            Some(b'[') => self.array(&mut Self::value),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'N' | b'I') => self.fail(Problem::NotFinite),
            _ => self.fail(Problem::NoValue),
        }
    }

    /// Goes past an object; `member` is called with each key, before its value, and goes past that.
    fn object<F>(&mut self, member: &mut F) -> Result<(), Fault>
    where
        F: FnMut(&mut Self, Key) -> Result<(), Fault>,
    {
        self.list(b'}', &mut |reader: &mut Self| {
            if reader.peek() != Some(b'"') {
                return reader.fail(Problem::NoKey);
            }
            let start = reader.at;
            let escaped = reader.string()?;
            let key = Key { range: start..reader.at, escaped };
            reader.space();
            if reader.peek() != Some(b':') {
                return reader.fail(Problem::NoColon);
            }
            reader.at += 1;
            reader.space();
            member(reader, key)
        })
    }

    fn array<F>(&mut self, element: &mut F) -> Result<(), Fault>
    where
        F: FnMut(&mut Self) -> Result<(), Fault>,
    {
        self.list(b']', element)
    }

    /// Goes past what stands in brackets, separated by commas.
    fn list<F>(&mut self, close: u8, one: &mut F) -> Result<(), Fault>
    where
        F: FnMut(&mut Self) -> Result<(), Fault>,
    {
        if self.depth == MAX_DEPTH {
            return self.fail(Problem::Depth);
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        if self.peek() == Some(close) {
            self.at += 1;
        } else {
            loop {
                one(self)?;
                self.space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(byte) if byte == close => {
                        self.at += 1;
                        break;
                    }
                    _ => return self.fail(Problem::NoComma),
                }
                self.space();
                if self.peek() == Some(close) {
                    return self.fail(Problem::TrailingComma);
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Goes past a string, and tells whether it has escapes.
    fn string(&mut self) -> Result<bool, Fault> {
        self.at += 1;
        let mut escaped = false;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                None | Some(..=0x1f) => return self.fail(Problem::Control),
                Some(_) => self.at += 1,
            }
        }
    }

    /// Goes on by eight bytes of a string at a time while none of them ends it, begins an escape or is a control character.
    /// Most of an index is in strings.
    fn plain(&mut self) {
        const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
        const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
        // The high bit of some byte is set if one of them is zero, and of none if not.
        let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
        while let Some(eight) = self.bytes[self.at..].first_chunk::<8>() {
            let word = u64::from_le_bytes(*eight);
            let quote = has_zero(word ^ (ONES * u64::from(b'"')));
            let backslash = has_zero(word ^ (ONES * u64::from(b'\\')));
            let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
            let hits = quote | backslash | control;
            if hits != 0 {
                // The first byte's bits are the lowest ones, and a borrow only goes up from a real hit.
                self.at += hits.trailing_zeros() as usize / 8;
                break;
            }
            self.at += 8;
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let digits = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            _ => return self.fail(Problem::Escape),
        };
        let end = self.at + 2 + digits;
        match self.bytes.get(self.at + 2..end) {
            Some(hex) if hex.iter().all(u8::is_ascii_hexdigit) => {
                self.at = end;
                Ok(())
            }
            _ => self.fail(Problem::Escape),
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'I') => return self.fail(Problem::NotFinite),
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        // `01` and `1x` are no numbers; said here, the message is about the number.
        match self.peek() {
            Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'+' | b'-') => self.fail(Problem::Number),
            _ => Ok(()),
        }
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.fail(Problem::Number);
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fail(Problem::NoValue);
        }
        self.at += word.len();
        Ok(())
    }
}
