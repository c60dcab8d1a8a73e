//! The bytes of an index that the script made, and what it was before, for a patch.

use std::fmt;
use std::ops::Deref;
use std::path::Path;

use super::{CopyState, ScriptReport};
use crate::checkout::{COPIES, Error, INDEX, index, target};

/// Many bytes, of which their number is shown.
#[derive(Default)]
pub(in crate::checkout) struct Bytes(pub(super) Vec<u8>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// What the index and its copies were before the run.
#[derive(Debug)]
pub(super) struct Were {
    index: Bytes,
    copies: Vec<(&'static str, Was)>,
}

#[derive(Debug)]
enum Was {
    /// As the index, which is held once.
    Same,
    Other(Bytes),
}

impl Were {
    /// Reads the copies of an index with these bytes.
    pub(super) fn read(root: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let mut copies = Vec::new();
        for path in COPIES {
            if target::at(root, path)?.is_some() {
                let copy = index::read_bytes(&root.join(path))?;
                copies.push((path, if copy == bytes { Was::Same } else { Was::Other(Bytes(copy)) }));
            }
        }
        Ok(Self { index: Bytes(bytes), copies })
    }
}

impl ScriptReport {
    /// Tells whether the script has made this file, which is the index or a copy of it.
    pub(in crate::checkout) fn has_built(&self, path: &str) -> bool {
        path == INDEX || self.copies.iter().any(|(copy, state)| *copy == path && *state == CopyState::Same)
    }

    /// Returns what the file was before, where no commit has that.
    pub(in crate::checkout) fn was(&self, path: &str) -> Option<&[u8]> {
        let were = self.were.as_ref()?;
        if path == INDEX {
            return Some(&were.index);
        }
        match were.copies.iter().find(|(copy, _)| *copy == path)? {
            (_, Was::Same) => Some(&were.index),
            (_, Was::Other(bytes)) => Some(bytes),
        }
    }
}
