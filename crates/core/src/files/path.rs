//! Names of covered files.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use aisoc_canonical::PyStr;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A covered file's name below the plugin's folder: relative, `/`-separated, without `.` and `..`.
///
/// It is the text that Python's `as_posix()` gives: a byte that is not UTF-8 is a lone surrogate (U+DC80 and up), and
/// so it stands in the signed bytes. `Display` shows lone surrogates as U+FFFD and escapes control characters, which
/// would otherwise let a file name rewrite what a terminal shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(PyStr);

impl RelPath {
    /// Takes a path relative to the plugin's folder; `None` when it is absolute, empty, has `.` or `..` in it, or, off
    /// Unix, is not Unicode text.
    pub fn from_path(path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        for component in path.components() {
            let Component::Normal(name) = component else {
                return None;
            };
            if !bytes.is_empty() {
                bytes.push(b'/');
            }
            #[cfg(unix)]
            {
                use std::os::unix::ffi::OsStrExt as _;
                bytes.extend_from_slice(name.as_bytes());
            }
            #[cfg(not(unix))]
            bytes.extend_from_slice(name.to_str()?.as_bytes());
        }
        Self::from_bytes(&bytes)
    }

    /// Takes a relative name, `/`-separated and without `.` and `..`; `None` when it is empty or, off Linux, no Unicode
    /// text.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // macOS reports every name as UTF-8; one that is not comes from a foreign disk.
        if cfg!(not(target_os = "linux")) && std::str::from_utf8(bytes).is_err() {
            return None;
        }
        if bytes.is_empty() { None } else { Some(Self(PyStr::from_file_name(bytes))) }
    }

    /// Takes a name as Linux has it.
    fn from_name(name: &[u8]) -> Option<Self> {
        let valid = name.split(|byte| *byte == b'/').all(|part| !part.is_empty() && part != b"." && part != b"..");
        (valid && !name.contains(&0)).then(|| Self(PyStr::from_file_name(name)))
    }

    /// Returns the name as Linux has it.
    pub(crate) fn name(&self) -> Vec<u8> {
        let mut name = Vec::new();
        for code in self.0.code_points() {
            match char::from_u32(code) {
                Some(c) => name.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                // A lone surrogate stands for the byte below it.
                None => name.push(code.to_le_bytes()[0]),
            }
        }
        name
    }

    /// Returns the file's path below a folder; `None` where this system could not have such a name.
    pub(crate) fn below(&self, folder: &Path) -> Option<PathBuf> {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            Some(folder.join(std::ffi::OsString::from_vec(self.name())))
        }
        #[cfg(not(unix))]
        self.0.as_str().map(|name| folder.join(name))
    }

    /// Returns the name as Python has it.
    pub fn as_py(&self) -> &PyStr {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_printable(&self.0.to_string_lossy(), f)
    }
}

/// The text where it is one, otherwise the hex of what Linux has.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Hex(Hex),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hex {
    hex: String,
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => Hex { hex: hex::encode(self.name()) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RelPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into_bytes(),
            Form::Hex(Hex { hex }) => hex::decode(hex).map_err(D::Error::custom)?,
        };
        Self::from_name(&name).ok_or_else(|| D::Error::custom("it is no path of a file below a folder"))
    }
}

/// Tells whether a character would hide something from whoever reads a text: a control character, one that changes the
/// direction, or one without width.
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Writes a stranger's text so that it stays on its line: control and direction characters are escaped.
pub(crate) fn write_printable(text: &str, f: &mut impl fmt::Write) -> fmt::Result {
    for c in text.chars() {
        if hides(c) {
            write!(f, "{}", c.escape_unicode())?;
        } else {
            write!(f, "{c}")?;
        }
    }
    Ok(())
}

/// Returns a stranger's text so that it stays on its line and shows what it holds: control characters and characters
/// that change the direction of text or have no width are escaped.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a `String` cannot fail.
    let _ = write_printable(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_names() {
        assert_eq!(RelPath::from_path(Path::new("a/b.py")).unwrap().as_py().as_str(), Some("a/b.py"));
        assert_eq!(RelPath::from_path(Path::new("a//b.py")).unwrap().as_py().as_str(), Some("a/b.py"));
        for bad in ["", "/a.py", "../a.py", "a/../b.py", "./a.py"] {
            assert_eq!(RelPath::from_path(Path::new(bad)), None, "{bad}");
        }
    }

    #[test]
    fn a_name_that_is_remembered_is_the_same_name() {
        for (name, json) in [
            (&b"a/b.py"[..], r#""a/b.py""#),
            ("zo\u{eb}.py".as_bytes(), "\"zo\u{eb}.py\""),
            (b"bad\xff/\x80.py", r#"{"hex":"626164ff2f802e7079"}"#),
        ] {
            let path = RelPath::from_name(name).unwrap();
            assert_eq!(serde_json::to_string(&path).unwrap(), json);
            assert_eq!(serde_json::from_str::<RelPath>(json).unwrap(), path);
        }
        for bad in [r#""""#, r#""/a.py""#, r#""a/../b.py""#, r#""a//b.py""#, r#""./a.py""#, r#""a\u0000""#, "1"] {
            assert!(serde_json::from_str::<RelPath>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let path = RelPath::from_path(Path::new("a\u{1b}[2J\u{202e}\n.py")).unwrap();
        assert_eq!(path.to_string(), r"a\u{1b}[2J\u{202e}\u{a}.py");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn bytes_that_are_not_utf8_become_lone_surrogates() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = RelPath::from_path(Path::new(std::ffi::OsStr::from_bytes(b"bad\xff.py"))).unwrap();
        assert_eq!(path.as_py().as_str(), None);
        let mut json = Vec::new();
        aisoc_canonical::write_string(path.as_py(), &mut json);
        // python3 -c 'import json,os; print(json.dumps(os.fsdecode(b"bad\xff.py")))'
        assert_eq!(json, br#""bad\udcff.py""#);
    }
}
