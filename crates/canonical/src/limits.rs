//! How much of a text is read before it is declined.

use crate::{Code, Error};

/// Caps on time and memory. A text beyond one of them is declined by name; the loader may still accept it.
///
/// The defaults are far above any manifest an author writes by hand: the largest of AiSOC's own is 4 KB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The text, in bytes.
    pub text_bytes: usize,
    /// Nodes of the text: scalars, lists and mappings, each alias once.
    pub nodes: usize,
    /// Lists and mappings inside one another. Python's own limits depend on its version and on its caller's stack
    /// (around 489 for YAML and 989 for JSON on Python 3.11).
    pub depth: usize,
    /// Key-value pairs that merge keys (`<<`) copy, all together.
    pub merged_pairs: usize,
    /// The canonical bytes; aliases are written out in full each time.
    pub output_bytes: usize,
}

impl Limits {
    /// The limits that every function without a `Limits` parameter uses.
    pub const DEFAULT: Self =
        Self { text_bytes: 4 << 20, nodes: 500_000, depth: 100, merged_pairs: 100_000, output_bytes: 16 << 20 };

    pub(crate) fn check_text(&self, bytes: usize) -> Result<(), Error> {
        if bytes <= self.text_bytes {
            return Ok(());
        }
        Err(Error::new(Code::TextTooLarge, format!("the text has {bytes} bytes, more than {}", self.text_bytes)))
    }

    pub(crate) fn check_nodes(&self, nodes: usize) -> Result<(), Error> {
        if nodes <= self.nodes {
            return Ok(());
        }
        Err(Error::new(Code::TooManyNodes, format!("the text has more than {} values", self.nodes)))
    }

    pub(crate) fn check_depth(&self, depth: usize) -> Result<(), Error> {
        if depth <= self.depth {
            return Ok(());
        }
        Err(Error::new(Code::TooDeep, format!("lists and mappings are nested more than {} deep", self.depth)))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
