//! Patches of files that are no text, as `git diff --binary` writes them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::{Side, header};

/// Git's digits for base 85.
const DIGITS: &[u8; 85] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// How many bytes stand on a line.
const LINE: usize = 52;

/// Tells whether bytes cannot stand in a patch as lines: Git takes a NUL for that.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0)
}

/// Writes the patch of a file, which comes where `before` is nothing, and goes where `after` is. Nothing where Git's hash of one of them
/// cannot be computed.
pub(super) fn patch(name: &[u8], before: Option<Side<'_>>, after: Option<Side<'_>>) -> Option<Vec<u8>> {
    let modes = (before.map(|side| side.mode), after.map(|side| side.mode));
    let (before, after) = (before.map(|side| side.bytes), after.map(|side| side.bytes));
    let mut out = if before == after && modes.0 == modes.1 {
        return Some(Vec::new());
    } else {
        header(name, modes).into_bytes()
    };
    if before == after {
        return Some(out);
    }
    // Git applies no binary patch without both hashes in full.
    let hash = |bytes: Option<&[u8]>| match bytes {
        Some(bytes) => hash(bytes).map(|hash| hash.to_string()),
        None => Some("0".repeat(40)),
    };
    out.extend_from_slice(format!("index {}..{}\nGIT binary patch\n", hash(before)?, hash(after)?).as_bytes());
    literal(&mut out, after.unwrap_or_default())?;
    literal(&mut out, before.unwrap_or_default())?;
    Some(out)
}

fn hash(bytes: &[u8]) -> Option<gix_hash::ObjectId> {
    crate::committed::id_of(bytes)
}

fn literal(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    out.extend_from_slice(format!("literal {}\n", bytes.len()).as_bytes());
    for line in packed.chunks(LINE) {
        // The length as a letter: A to Z for 1 to 26, a to z for 27 to 52.
        let length = u8::try_from(line.len()).ok()?;
        out.push(if length <= 26 { b'A' + length - 1 } else { b'a' + length - 27 });
        for four in line.chunks(4) {
            let mut word = [0; 4];
            word[..four.len()].copy_from_slice(four);
            let mut rest = u32::from_be_bytes(word);
            let mut digits = [0; 5];
            for digit in digits.iter_mut().rev() {
                *digit = DIGITS[rest as usize % 85];
                rest /= 85;
            }
            out.extend_from_slice(&digits);
        }
        out.push(b'\n');
    }
    out.push(b'\n');
    Some(())
}
