//! Python's strings.

use std::fmt;

/// A Python string: a sequence of code points, lone surrogates included.
///
/// YAML's `"\ud83d\ude00"` stays two surrogates in Python, so neither `String` nor WTF-8 can hold it. The bytes are
/// UTF-8 with each surrogate encoded as three bytes, whatever stands beside it; their order is the order of the code
/// points, which is Python's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PyStr(Vec<u8>);

impl PyStr {
    /// Decodes a file name as Python's `os.fsdecode` does on Linux: a byte that is not part of valid UTF-8 becomes
    /// the code point U+DC80 + (byte - 0x80).
    pub fn from_file_name(name: &[u8]) -> Self {
        let mut result = Self::default();
        for chunk in name.utf8_chunks() {
            result.push_str(chunk.valid());
            for &byte in chunk.invalid() {
                result.push_code_point(0xDC00 + u32::from(byte));
            }
        }
        result
    }

    /// Returns the string, unless it holds surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Returns the string with U+FFFD for each surrogate, to be shown and not to be signed.
    pub fn to_string_lossy(&self) -> String {
        self.code_points().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }

    /// Returns the code points.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = self.0.iter().copied();
        std::iter::from_fn(move || {
            let first = u32::from(rest.next()?);
            let (mut code, more) = match first {
                0..0x80 => (first, 0),
                0x80..0xE0 => (first & 0x1F, 1),
                0xE0..0xF0 => (first & 0x0F, 2),
                _ => (first & 0x07, 3),
            };
            for _ in 0..more {
                code = code << 6 | u32::from(rest.next()?) & 0x3F;
            }
            Some(code)
        })
    }

    /// Tells whether there is no character.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    pub(crate) fn extend(&mut self, chars: &[char]) {
        self.0.reserve(chars.len());
        for &c in chars {
            self.push(c);
        }
    }

    /// Adds a code point up to U+10FFFF, which may be a surrogate.
    pub(crate) fn push_code_point(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(c) => self.push(c),
            None => {
                debug_assert!((0xD800..0xE000).contains(&code), "not a code point");
                let tail = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
                self.0.extend([0xE0 | (code >> 12 & 0x0F) as u8, tail(6), tail(0)]);
            }
        }
    }
}

impl From<&str> for PyStr {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for PyStr {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl PartialEq<str> for PyStr {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for PyStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Vec::new();
        crate::dump::write_string(self, &mut json);
        f.write_str(&String::from_utf8_lossy(&json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: `os.fsdecode(b'a\xff\xc3\xa9\xe2\x82')` in Python 3.11.
    #[test]
    fn file_names_decode_as_in_python() {
        let name = PyStr::from_file_name(b"a\xff\xc3\xa9\xe2\x82");
        assert_eq!(name.code_points().collect::<Vec<_>>(), [0x61, 0xDCFF, 0xE9, 0xDCE2, 0xDC82]);
        assert_eq!(name.as_str(), None);
    }

    #[test]
    fn surrogates_sort_by_code_point_below_the_private_use_area() {
        let mut pair = PyStr::default();
        pair.push_code_point(0xD83D);
        pair.push_code_point(0xDE00);
        let replacement = PyStr::from("\u{FFFD}");
        assert!(pair < replacement);
        let astral = PyStr::from("\u{1F600}");
        assert!(replacement < astral);
        assert_eq!(pair.code_points().collect::<Vec<_>>(), [0xD83D, 0xDE00]);
    }
}
