//! A file's SHA-256, and the one that it would have with other line endings.

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// Hashes a file's bytes as they are, and with every line ending as LF.
#[derive(Default)]
pub(super) struct Hashes {
    exact: Sha256,
    /// From the first CR on the two differ. Most files have none, and are hashed once.
    lf: Option<LineFeeds>,
}

impl Hashes {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.lf {
            Some(lf) => lf.update(bytes),
            // `contains` looks at many bytes at a time.
            None if bytes.contains(&b'\r') => {
                let mut lf = LineFeeds { hasher: self.exact.clone(), after_cr: false };
                lf.update(bytes);
                self.lf = Some(lf);
            }
            None => {}
        }
        self.exact.update(bytes);
    }

    /// Returns the SHA-256 of the bytes, and the one with LF.
    pub(super) fn finish(self) -> (Digest, Digest) {
        let digest = |hasher: Sha256| Digest::from_bytes(hasher.finalize().into());
        let exact = digest(self.exact);
        (exact, self.lf.map_or(exact, |lf| digest(lf.hasher)))
    }
}

/// Hashes a text as it would be with CRLF as line endings.
pub(crate) fn with_crlf(text: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    let mut rest = text;
    while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        hasher.update(&rest[..end]);
        hasher.update(b"\r\n");
        let is_pair = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + 1 + usize::from(is_pair)..];
    }
    hasher.update(rest);
    Digest::from_bytes(hasher.finalize().into())
}

struct LineFeeds {
    hasher: Sha256,
    /// The last byte was a CR, and its LF has been hashed.
    after_cr: bool,
}

impl LineFeeds {
    fn update(&mut self, mut bytes: &[u8]) {
        while let [first, rest @ ..] = bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            if after_cr && *first == b'\n' {
                bytes = rest;
                continue;
            }
            let end = bytes.iter().position(|byte| *byte == b'\r').unwrap_or(bytes.len());
            self.hasher.update(&bytes[..end]);
            bytes = match bytes.get(end + 1..) {
                Some(rest) => {
                    self.hasher.update(b"\n");
                    self.after_cr = true;
                    rest
                }
                None => &[],
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every split into two, since a line ending may lie across two reads.
    fn lf(bytes: &[u8]) -> Digest {
        let whole = |at: usize| {
            let mut hashes = Hashes::default();
            hashes.update(&bytes[..at]);
            hashes.update(&bytes[at..]);
            let (exact, lf) = hashes.finish();
            assert_eq!(exact, Digest::of(bytes));
            lf
        };
        let first = whole(0);
        assert!((0..=bytes.len()).all(|at| whole(at) == first), "{bytes:?}");
        first
    }

    #[test]
    fn line_endings_are_what_python_takes_for_them() {
        // Python 3.11: `io.TextIOWrapper(io.BytesIO(...)).read().encode()`, universal newlines.
        for (bytes, expected) in [
            (&b"a = 1\nb\n"[..], &b"a = 1\nb\n"[..]),
            (b"a = 1\r\nb\r\n", b"a = 1\nb\n"),
            (b"a\rb\r", b"a\nb\n"),
            (b"a\r\r\nb\n\r", b"a\n\nb\n\n"),
            (b"\r", b"\n"),
            (b"\r\n", b"\n"),
            (b"", b""),
        ] {
            assert_eq!(lf(bytes), Digest::of(expected), "{bytes:?}");
            // `unix2dos` on the text with LF.
            let crlf = String::from_utf8(expected.to_vec()).unwrap().replace('\n', "\r\n");
            assert_eq!(with_crlf(bytes), Digest::of(crlf.as_bytes()), "{bytes:?}");
        }
    }
}
