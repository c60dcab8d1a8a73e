//! Python-exact canonical bytes (skeleton; being written).
#![allow(missing_docs, clippy::todo)]
use num_bigint::BigInt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format { Yaml, Json }

/// 1-based line and column, both in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position { pub line: u32, pub column: u32 }

/// A stable code; `Code::as_str()` gives its kebab-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code { Syntax }
impl Code { pub fn as_str(self) -> &'static str { "syntax" } }

#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error { message: String }
impl Error {
    pub fn code(&self) -> Code { Code::Syntax }
    pub fn position(&self) -> Option<Position> { None }
    /// The text at the place.
    pub fn offending(&self) -> &str { "" }
    /// Whether AiSOC's loader fails here too (otherwise: we decline).
    pub fn loader_fails(&self) -> bool { true }
    pub fn hint(&self) -> Option<&str> { None }
}

/// A Python string: code points that may be lone surrogates. Ordered by code point.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PyStr { bytes: Vec<u8> }
impl PyStr {
    /// None when the string holds surrogates.
    pub fn as_str(&self) -> Option<&str> { None }
    /// Surrogates become U+FFFD.
    pub fn to_string_lossy(&self) -> String { String::new() }
    /// A file name as Python's `os.fsdecode` gives it on Linux: each byte that is not UTF-8 becomes U+DC80 + (byte - 0x80).
    pub fn from_file_name(_bytes: &[u8]) -> Self { todo!() }
}
impl From<&str> for PyStr { fn from(_: &str) -> Self { todo!() } }

/// Writes a string as `json.dumps` does, quotes included.
pub fn write_string(_s: &PyStr, _out: &mut Vec<u8>) { todo!() }

/// What a manifest's text means to Python.
#[derive(Debug)]
pub struct Document {}
impl Document {
    /// Reads strict UTF-8 with universal newlines, as `yaml.safe_load(path.read_text())` or `json.loads(path.read_text())`.
    pub fn read(_text: &[u8], _format: Format) -> Result<Self, Error> { todo!() }
    pub fn root(&self) -> Value<'_> { todo!() }
    /// `json.dumps(value, sort_keys=True, separators=(",", ":"))` of the root without these top-level keys.
    pub fn canonical_without(&self, _omitted: &[&str]) -> Result<Vec<u8>, Error> { todo!() }
    pub fn canonical(&self) -> Result<Vec<u8>, Error> { self.canonical_without(&[]) }
}

#[derive(Debug, Clone, Copy)]
pub struct Value<'a> { _doc: &'a Document }
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind<'a> { Null, Bool(bool), Int(&'a BigInt), Float(f64), Str(&'a PyStr), List, Map, Date, DateTime, Bytes, Set }
impl<'a> Value<'a> {
    pub fn kind(self) -> Kind<'a> { todo!() }
    /// Where it is written.
    pub fn position(self) -> Position { todo!() }
    /// The value of a string key of a mapping.
    pub fn get(self, _key: &str) -> Option<Value<'a>> { todo!() }
    /// A mapping's pairs in Python's dict order (empty for other kinds).
    pub fn entries(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + 'a { std::iter::empty() }
    /// A list's items (empty for other kinds).
    pub fn items(self) -> impl Iterator<Item = Value<'a>> + 'a { std::iter::empty() }
    /// Python's `bool(value)`.
    pub fn is_truthy(self) -> bool { todo!() }
    /// Python's `str(value)` for null, booleans, numbers and strings; None for other kinds.
    pub fn python_str(self) -> Option<PyStr> { todo!() }
}
