//! What the scanner finds in the text.

use super::reader::Mark;
use crate::PyStr;

/// A token with the characters it spans.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

#[derive(Debug)]
pub(super) enum TokenKind {
    StreamEnd,
    Directive(Directive),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag(TagToken),
    Scalar(Scalar),
}

impl TokenKind {
    /// Names the token as an author knows it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::StreamEnd => "the end of the text",
            Self::Directive(_) => "a `%` directive",
            Self::DocumentStart => "`---`",
            Self::DocumentEnd => "`...`",
            Self::BlockSequenceStart => "a list",
            Self::BlockMappingStart => "a mapping",
            Self::BlockEnd => "a line indented less",
            Self::FlowSequenceStart => "`[`",
            Self::FlowSequenceEnd => "`]`",
            Self::FlowMappingStart => "`{`",
            Self::FlowMappingEnd => "`}`",
            Self::BlockEntry => "`-`",
            Self::FlowEntry => "`,`",
            Self::Key => "a key",
            Self::Value => "`:`",
            Self::Alias(_) => "an alias",
            Self::Anchor(_) => "an anchor",
            Self::Tag(_) => "a tag",
            Self::Scalar(_) => "a value",
        }
    }
}

#[derive(Debug)]
pub(super) enum Directive {
    /// `%YAML major.minor`; the minor version changes nothing.
    Yaml { major_is_one: bool },
    /// `%TAG handle prefix`.
    Tag { handle: String, prefix: String },
    /// Any other, ignored.
    Other,
}

/// A tag as written: `handle` is `!`, `!!` or `!name!`, and `None` for `!<…>` and a bare `!`.
#[derive(Debug)]
pub(super) struct TagToken {
    pub(super) handle: Option<String>,
    pub(super) suffix: String,
}

#[derive(Debug)]
pub(super) struct Scalar {
    pub(super) text: PyStr,
    pub(super) is_plain: bool,
}
