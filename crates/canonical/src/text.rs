//! The text of a manifest file, as Python's `Path.read_text()` gives it.

use crate::{Code, Error, Limits, Position};

/// Decodes strict UTF-8 with universal newlines: CRLF and CR become LF. A byte order mark stays.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Vec<char>, Error> {
    limits.check_text(bytes.len())?;
    let text = std::str::from_utf8(bytes).map_err(|e| not_utf8(bytes, e.valid_up_to()))?;
    Ok(universal_newlines(text))
}

fn universal_newlines(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\r' => chars.push('\n'),
            '\n' if after_return => {}
            _ => chars.push(c),
        }
        after_return = c == '\r';
    }
    chars
}

fn not_utf8(bytes: &[u8], valid: usize) -> Error {
    let before = universal_newlines(&String::from_utf8_lossy(&bytes[..valid]));
    let position = Position::of(&before, before.len());
    let byte = bytes.get(valid).copied().unwrap_or_default();
    Error::new(Code::NotUtf8, format!("byte 0x{byte:02x} is not UTF-8")).on(position, format!("0x{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The third byte of the third line, as an editor counts them.
    #[test]
    fn the_place_of_a_bad_byte_counts_every_newline_as_one() {
        let error = decode(b"a\rb\r\ncd\xff", &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.position(), Some(Position { line: 3, column: 3 }));
    }
}
