//! `plugin.sig`: AiSOC's loader contract §4.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::atomic::{self, Obstacle};
use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::regular::{self, Refused};
use crate::source::Source;

/// The name of the signature's file in the plugin's folder.
pub const FILE_NAME: &str = "plugin.sig";

/// The largest file that is looked into. White space may stretch a signature without end, so a larger one is not
/// called malformed; it is declined.
pub const MAX_BYTES: usize = 1 << 20;

/// An Ed25519 signature; its text form is 128 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps the 64 bytes of a signature. Whether it fits any key is another question.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Returns the 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Reads the content of a `plugin.sig`: hex if it is hex of 64 bytes, else exactly 64 raw bytes, else nothing.
    ///
    /// Hex digits may be of any case; ASCII white space (tab, LF, VT, FF, CR and space, as for Python's `bytes`) may
    /// stand around and between pairs of digits, and nothing else. 64 hex digits are 64 raw bytes to the loader.
    pub fn parse(content: &[u8]) -> Option<Self> {
        from_hex(content).or_else(|| content.try_into().ok()).map(Self)
    }

    /// Reads a signature's file; `None` when there is none, which makes a plugin unsigned.
    ///
    /// A symlink is followed, as by the loader.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        if !regular::exists(path).map_err(unreadable)? {
            return Ok(None);
        }
        Self::of_content(path, regular::read(path, MAX_BYTES)).map(Some)
    }

    /// Reads the `plugin.sig` of a plugin, wherever that is.
    pub(crate) fn read_from(plugin: &impl Source) -> Result<Option<Self>, Error> {
        let path = plugin.path(FILE_NAME);
        match plugin.exists(FILE_NAME) {
            Ok(true) => Self::of_content(&path, plugin.read(FILE_NAME, MAX_BYTES)).map(Some),
            Ok(false) => Ok(None),
            Err(source) => Err(Error::Unreadable { path, source }),
        }
    }

    fn of_content(path: &Path, content: Result<Vec<u8>, Refused>) -> Result<Self, Error> {
        let content = content.map_err(|refused| match refused {
            Refused::NotAFile(what) => Error::NotAFile { path: path.to_owned(), what },
            Refused::TooLarge => Error::TooLarge { path: path.to_owned() },
            Refused::Io(source) => Error::Unreadable { path: path.to_owned(), source },
        })?;
        match Self::parse(&content) {
            Some(signature) => Ok(signature),
            None => Err(Error::Malformed { path: path.to_owned(), bytes: content.len() }),
        }
    }

    /// Writes a signature's file, readable for everyone: 128 lower-case hex digits without a final newline.
    ///
    /// # Errors
    /// Those of [`atomic::replace`].
    pub fn write(&self, path: &Path) -> Result<(), atomic::Error> {
        atomic::replace(path, self.to_string().as_bytes(), 0o644)
    }
}

fn from_hex(content: &[u8]) -> Option<[u8; 64]> {
    let mut signature = [0; 64];
    let mut filled = 0;
    let mut rest = content;
    loop {
        rest = skip_white_space(rest);
        let [high, low, after @ ..] = rest else { break };
        let pair = hex_digit(*high)? << 4 | hex_digit(*low)?;
        *signature.get_mut(filled)? = pair;
        filled += 1;
        rest = after;
    }
    (rest.is_empty() && filled == signature.len()).then_some(signature)
}

fn skip_white_space(bytes: &[u8]) -> &[u8] {
    // `u8::is_ascii_whitespace` leaves out the vertical tab, which Python takes.
    let start = bytes.iter().position(|byte| !matches!(byte, b'\t'..=b'\r' | b' ')).unwrap_or(bytes.len());
    &bytes[start..]
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// Why a signature's file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot read the signature `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// It is a folder or a special file. The loader fails on a folder and waits for ever on a FIFO.
    #[error("cannot read the signature `{}`: it is {what}", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: Obstacle,
    },
    /// It is neither the hex of 64 bytes nor 64 bytes.
    #[error("the signature `{}` is malformed: its {bytes} bytes are neither 128 hex digits nor 64 raw bytes", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: usize,
    },
    /// It has more than [`MAX_BYTES`] bytes.
    #[error("cannot read the signature `{}`: it is larger than {MAX_BYTES} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// Tells whether AiSOC's loader refuses such a file, in every mode but `disabled`.
    pub fn loader_fails(&self) -> bool {
        // Nobody knows what a FIFO would have held, or whether anybody ever writes into it.
        !matches!(self, Self::TooLarge { .. } | Self::NotAFile { what: Obstacle::Special, .. })
    }
}

impl Explain for Error {
    fn code(&self) -> Code {
        match self {
            Self::Malformed { .. } => Code::SignatureMalformed,
            Self::Unreadable { .. } | Self::NotAFile { .. } | Self::TooLarge { .. } => Code::SignatureUnreadable,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => "make the file readable for you, or sign the plugin again".to_owned(),
            Self::NotAFile { .. } => "move it away and sign the plugin".to_owned(),
            Self::Malformed { .. } | Self::TooLarge { .. } => "sign the plugin again".to_owned(),
        })
    }

    fn place(&self) -> Option<Place> {
        let (Self::Unreadable { path, .. }
        | Self::NotAFile { path, .. }
        | Self::Malformed { path, .. }
        | Self::TooLarge { path }) = self;
        Some(Place { path: path.clone(), position: None })
    }

    fn at_the_loader(&self) -> Option<String> {
        match self {
            Self::NotAFile { what: Obstacle::Special, .. } => Some(regular::LOADER_WAITS.to_owned()),
            _ => self.loader_fails().then(|| "the loader refuses the plugin in strict and in warn mode".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content: &[u8]) -> &'static str {
        match Signature::parse(content) {
            Some(Signature(bytes)) if bytes == [0xab; 64] => "hex",
            Some(Signature(bytes)) if bytes == content => "raw",
            Some(other) => panic!("{other:?}"),
            None => "malformed",
        }
    }

    /// Every outcome was observed on CPython 3.11.7: `bytes.fromhex(raw.strip().decode("ascii"))` giving 64 bytes, or
    /// else `len(raw) == 64`.
    #[test]
    fn reads_what_python_reads() {
        let hex = b"ab".repeat(64);
        let joined = |separator: &[u8]| [&hex[..64], separator, &hex[64..]].concat();
        let pairs = |separator: &[u8]| vec![b"ab".to_vec(); 64].join(separator);
        let with = |before: &[u8], after: &[u8]| [before, &hex, after].concat();
        let table: &[(&str, Vec<u8>, &str)] = &[
            ("128 digits", hex.clone(), "hex"),
            ("upper case", hex.to_ascii_uppercase(), "hex"),
            ("127 digits", hex[1..].to_vec(), "malformed"),
            ("129 digits", with(b"", b"a"), "malformed"),
            ("126 digits", hex[2..].to_vec(), "malformed"),
            ("130 digits", with(b"", b"ab"), "malformed"),
            ("0x", with(b"0x", b""), "malformed"),
            ("newline", with(b"", b"\n"), "hex"),
            ("CRLF", with(b"", b"\r\n"), "hex"),
            ("byte order mark", with(b"\xef\xbb\xbf", b""), "malformed"),
            ("vertical tab inside", joined(b"\x0b"), "hex"),
            ("form feed inside", joined(b"\x0c"), "hex"),
            ("vertical tab before", with(b"\x0b\x0c", b""), "hex"),
            ("inside a pair", [&hex[..1], b" ", &hex[1..]].concat(), "malformed"),
            ("FS inside", joined(b"\x1c"), "malformed"),
            ("FS after", with(b"", b"\x1c"), "malformed"),
            ("NUL after", with(b"", b"\0"), "malformed"),
            ("no-break space", with(b"", b"\xa0"), "malformed"),
            ("NEL", with(b"", b"\x85"), "malformed"),
            ("ideographic space", with(b"", "\u{3000}".as_bytes()), "malformed"),
            ("full-width digits", "\u{ff10}".repeat(128).into_bytes(), "malformed"),
            ("colons", pairs(b":"), "malformed"),
            ("newlines between pairs", pairs(b"\n"), "hex"),
            ("tabs between pairs", pairs(b"\t"), "hex"),
            ("empty", Vec::new(), "malformed"),
            ("64 raw bytes", (0..64).collect(), "raw"),
            ("64 digits", hex[..64].to_vec(), "raw"),
            ("64 spaces", vec![b' '; 64], "raw"),
            ("63 bytes and a newline", [&[1; 63][..], b"\n"].concat(), "raw"),
            ("64 bytes and a newline", [&[1; 64][..], b"\n"].concat(), "malformed"),
            ("63 bytes", vec![1; 63], "malformed"),
        ];
        for (name, content, expected) in table {
            assert_eq!(kind(content), *expected, "{name}");
        }
    }

    #[test]
    fn writes_digits_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        assert!(Signature::read(&path).unwrap().is_none());
        let signature = Signature::from_bytes([0xab; 64]);
        signature.write(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"ab".repeat(64));
        assert_eq!(Signature::read(&path).unwrap(), Some(signature));
    }

    #[test]
    fn files_that_are_no_signature() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::create_dir(&path).unwrap();
        assert!(matches!(Signature::read(&path), Err(Error::NotAFile { what: Obstacle::Folder, .. })));
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, vec![b' '; MAX_BYTES + 1]).unwrap();
        let error = Signature::read(&path).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }) && !error.loader_fails());
        std::fs::write(&path, "not a signature").unwrap();
        let error = Signature::read(&path).unwrap_err();
        assert!(error.loader_fails());
        assert!(error.to_string().ends_with("its 15 bytes are neither 128 hex digits nor 64 raw bytes"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_read_through_and_fifos_never_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::os::unix::fs::symlink("elsewhere", &path).unwrap();
        // Python's `exists()` says no to a dangling link, so the plugin counts as unsigned.
        assert!(Signature::read(&path).unwrap().is_none());
        std::fs::write(folder.path().join("elsewhere"), "CD".repeat(64)).unwrap();
        assert_eq!(Signature::read(&path).unwrap(), Some(Signature::from_bytes([0xcd; 64])));
        std::fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(matches!(Signature::read(&path), Err(Error::NotAFile { what: Obstacle::Special, .. })));
    }
}
