//! Edits that keep line endings as they were signed.

use std::path::Path;

use super::{Edit, EditKind, read};
use crate::digest::Digest;

/// The line that keeps Git from writing CRLF into `.py` files.
const LINE: &str = "*.py text eol=lf";

/// Writes LF in place of every CRLF of the covered file `name`, if it still has the digest; a lone CR stays.
pub(crate) fn with_lf(root: &Path, name: &str, sha256: Digest) -> Option<Edit> {
    let (before, _) = read(&root.join(name)).ok()?;
    if Digest::of(&before) != sha256 {
        return None;
    }
    let mut after = Vec::with_capacity(before.len());
    for (at, byte) in before.iter().enumerate() {
        if *byte != b'\r' || before.get(at + 1) != Some(&b'\n') {
            after.push(*byte);
        }
    }
    (after != before).then(|| Edit::new(EditKind::LineFeeds, root, name, Some(before), after))
}

/// Adds [`LINE`] at the end of the `.gitattributes` in `root`, where it counts most, or makes the file.
pub(crate) fn attributes_with_lf(root: &Path) -> Option<Edit> {
    const NAME: &str = ".gitattributes";
    let path = root.join(NAME);
    if matches!(crate::atomic::Obstacle::at(&path), Ok(None)) {
        return Some(Edit::new(EditKind::GitAttributes, root, NAME, None, format!("{LINE}\n").into_bytes()));
    }
    let (before, _) = read(&path).ok()?;
    let newline = if before.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    let mut after = before.clone();
    if !before.is_empty() && !before.ends_with(b"\n") {
        after.extend_from_slice(newline.as_bytes());
    }
    after.extend_from_slice(LINE.as_bytes());
    after.extend_from_slice(newline.as_bytes());
    Some(Edit::new(EditKind::GitAttributes, root, NAME, Some(before), after))
}
