//! Edits that keep line endings as they were signed.

use std::path::Path;

use super::{Edit, EditKind, read};
use crate::digest::Digest;

/// The line that keeps Git from writing CRLF into `.py` files.
const LINE: &str = "*.py text eol=lf";

/// The line that keeps Git from changing any file, whatever the attributes of the folders above say.
const AS_IT_IS: &str = "* -text -filter -ident !working-tree-encoding";

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
    with_attributes(root, LINE)
}

/// Adds [`AS_IT_IS`] at the end of the `.gitattributes` in `root`, or makes the file; nothing where that ends with it.
pub(crate) fn attributes_as_it_is(root: &Path) -> Option<Edit> {
    let edit = with_attributes(root, AS_IT_IS)?;
    let ends = |bytes: &[u8]| bytes.trim_ascii_end().rsplit(|byte| *byte == b'\n').next() == Some(AS_IT_IS.as_bytes());
    (!edit.before.as_deref().is_some_and(ends)).then_some(edit)
}

fn with_attributes(root: &Path, line: &str) -> Option<Edit> {
    const NAME: &str = ".gitattributes";
    let path = root.join(NAME);
    if matches!(crate::atomic::Obstacle::at(&path), Ok(None)) {
        return Some(Edit::new(EditKind::GitAttributes, root, NAME, None, format!("{line}\n").into_bytes()));
    }
    let (before, _) = read(&path).ok()?;
    let newline = if before.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    let mut after = before.clone();
    if !before.is_empty() && !before.ends_with(b"\n") {
        after.extend_from_slice(newline.as_bytes());
    }
    after.extend_from_slice(line.as_bytes());
    after.extend_from_slice(newline.as_bytes());
    Some(Edit::new(EditKind::GitAttributes, root, NAME, Some(before), after))
}
