//! What can be wrong with a manifest's text, and who says so.

use std::fmt;

/// A place in a text; both numbers count from 1, columns in characters.
///
/// Lines end at LF (CR and CRLF count as LF), as editors show them, also where YAML knows further line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl Position {
    /// Finds the position of the character at `index`.
    pub(crate) fn of(text: &[char], index: usize) -> Self {
        let before = &text[..index.min(text.len())];
        let line = before.iter().filter(|&&c| c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|&&c| c != '\n').count() + 1;
        Self { line: saturate(line), column: saturate(column) }
    }
}

fn saturate(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $fails:literal, $hint:expr;)*) => {
        /// Names what is wrong. The kebab-case names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $name,)* }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// Returns the stable kebab-case name.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// Returns what is wrong in general, as a sentence.
            pub fn means(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_start(),)* }
            }

            /// Tells whether AiSOC's loader fails on such a text too; where it is false, this crate declines a text
            /// that the loader may accept.
            pub fn loader_fails(self) -> bool {
                match self { $(Code::$name => $fails,)* }
            }

            /// Returns what helps in general; an error may carry a hint of its own instead.
            pub fn hint(self) -> Option<&'static str> {
                match self { $(Code::$name => $hint,)* }
            }
        }
    };
}

const QUOTE: Option<&str> = Some("put quotes around the value if text is meant");

codes! {
    // Text
    /// The bytes are not UTF-8.
    NotUtf8 = "not-utf8", true, Some("save the file as UTF-8");
    /// YAML does not allow this character anywhere.
    UnprintableCharacter = "unprintable-character", true,
        Some("remove it, or write it as an escape such as \\x07 inside double quotes");

    // YAML: scanner
    /// A tab stands where only spaces may separate or indent.
    Tab = "tab", true, Some("use spaces: YAML allows no tab between or before tokens, also not at the end of a line");
    /// No token starts with this character.
    NoSuchToken = "no-such-token", true, Some("put quotes around values that start with `@`, a backtick or `%`");
    /// A key is not followed by its colon, or is longer than a line or 1,024 characters.
    MissingColon = "missing-colon", true,
        Some("end the key with `: ` on the same line, or indent the line if it continues the value above");
    /// A `:` stands where no mapping can begin.
    ValueNotAllowed = "value-not-allowed", true, Some("put quotes around a value that holds `: `, or start a new line");
    /// A `?` stands where no key can begin.
    KeyNotAllowed = "key-not-allowed", true, Some("put quotes around a value that starts with `?`");
    /// A `-` stands where no list item can begin.
    EntryNotAllowed = "entry-not-allowed", true, Some("start the list on a line of its own");
    /// A quoted text has no end.
    UnclosedQuote = "unclosed-quote", true, Some("close the quotes");
    /// An escape that YAML does not know, in double quotes.
    BadEscape = "bad-escape", true, Some("write `\\\\` for a backslash, or use single quotes");
    /// A line starting with `---` or `...` inside quotes.
    DocumentMarkInQuotes = "document-mark-in-quotes", true, Some("indent that line");
    /// An anchor or alias without a name, or with a character that names cannot have.
    BadAnchor = "bad-anchor", true, Some("put quotes around a value that starts with `&` or `*`");
    /// A tag that is not spelled as YAML wants it.
    BadTag = "bad-tag", true, Some("put quotes around a value that starts with `!`");
    /// A line starting with `%` that is no directive.
    BadDirective = "bad-directive", true, Some("put quotes around a value that starts with `%`, or indent it");
    /// What follows `|` or `>` is no indentation or chomping indicator.
    BadBlockHeader = "bad-block-header", true, Some("after `|` or `>` only `+`, `-`, one digit and ` # a comment` may follow");

    // YAML: parser and composer
    /// A token that cannot stand here.
    UnexpectedToken = "unexpected-token", true,
        Some("check the indentation and the quotes of this line and of the one above");
    /// `[` or `{` is not closed, or closed by the other kind.
    UnmatchedBracket = "unmatched-bracket", true, Some("close every `[` with `]` and every `{` with `}`, or quote the value");
    /// The text holds more than one YAML document.
    SecondDocument = "second-document", true, Some("keep one document: remove the second `---` and what follows it");
    /// A `%YAML` directive of another major version.
    YamlVersion = "yaml-version", true, Some("remove the `%YAML` line");
    /// An alias to an anchor that is not defined before it.
    UndefinedAlias = "undefined-alias", true, Some("define the anchor first, or put quotes around the value");
    /// The same anchor twice.
    DuplicateAnchor = "duplicate-anchor", true, Some("give each anchor its own name");

    // YAML: constructor
    /// A tag that the loader does not know.
    UnknownTag = "unknown-tag", true, Some("remove the tag, or put quotes around the value");
    /// A tag on a node of another kind.
    TagMismatch = "tag-mismatch", true, Some("remove the tag");
    /// A text that its type cannot be made of.
    BadValue = "bad-value", true, QUOTE;
    /// A whole number of more than 4,300 decimal digits.
    IntTooLong = "int-too-long", true, QUOTE;
    /// A bare `=` or `<<` as a value.
    SpecialScalar = "special-scalar", true, Some("put quotes around it");
    /// `<<` with something that is neither a mapping nor a list of mappings.
    BadMerge = "bad-merge", true, Some("quote the key as \"<<\" if it is not meant as a merge");
    /// A list, mapping or set as a key.
    UnhashableKey = "unhashable-key", true, Some("put quotes around it: `{{ x }}` without quotes is a mapping inside a mapping");

    // JSON
    /// The text is not JSON.
    Json = "json", true, Some("JSON knows no comments, no trailing commas and no single quotes");

    // Values that json.dumps cannot write
    /// A date or time.
    DateValue = "date-value", true, QUOTE;
    /// A `!!binary` value.
    BytesValue = "bytes-value", true, Some("write the Base64 text in quotes, without the tag");
    /// A `!!set`.
    SetValue = "set-value", true, Some("write a list instead");
    /// A date or bytes as a key.
    BadKey = "bad-key", true, Some("put quotes around the key");
    /// Keys of one mapping that Python cannot put in order.
    MixedKeys = "mixed-keys", true, Some("put quotes around every key that is not plain text");
    /// A list or mapping that contains itself.
    Cycle = "cycle", true, Some("remove the alias");

    // Declined
    /// The text is larger than the limit for texts.
    TextTooLarge = "text-too-large", false, Some("keep data in files beside the manifest");
    /// The text has more nodes than the limit for them.
    TooManyNodes = "too-many-nodes", false, Some("keep data in files beside the manifest");
    /// The value is nested deeper than the limit for depth.
    TooDeep = "too-deep", false, Some("nest less");
    /// Merge keys copy more pairs than the limit for them.
    MergeTooLarge = "merge-too-large", false, Some("write the values out");
    /// The canonical bytes are longer than the limit for them, mostly by aliases.
    OutputTooLarge = "output-too-large", false, Some("use fewer aliases");
    /// A mapping with a NaN key beside others: Python's order of them is not defined.
    NanKey = "nan-key", false, Some("put quotes around the key");
    /// A sexagesimal number of thousands of parts.
    TooManyParts = "too-many-parts", false, QUOTE;
}

/// A text that has no canonical bytes, or none that this crate is certain of.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    message: String,
    position: Option<Position>,
    offending: String,
    hint: Option<String>,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let hint = code.hint().map(str::to_owned);
        Self(Box::new(Inner { code, message: message.into(), position: None, offending: String::new(), hint }))
    }

    /// Adds the place, and the text that stands there up to the end of its line.
    pub(crate) fn at(mut self, text: &[char], index: usize) -> Self {
        const SHOWN: usize = 60;
        self.0.position = Some(Position::of(text, index));
        let rest = text.get(index..).unwrap_or_default();
        self.0.offending = rest.iter().take(SHOWN).take_while(|&&c| c != '\n').collect();
        self
    }

    /// Adds a place and says exactly which text is meant.
    pub(crate) fn on(mut self, position: Position, offending: impl Into<String>) -> Self {
        self.0.position = Some(position);
        self.0.offending = offending.into();
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Returns the stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns what is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the place, where there is one.
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }

    /// Returns the text at the place, at most to the end of its line; it is the author's, so make control characters
    /// visible before showing it.
    pub fn offending(&self) -> &str {
        &self.0.offending
    }

    /// Tells whether AiSOC's loader fails here too. Where it is false, this crate declines a text that the loader may
    /// well accept, because a limit is reached or the result is not certain.
    pub fn loader_fails(&self) -> bool {
        self.0.code.loader_fails()
    }

    /// Returns what to write instead.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.position {
            Some(position) => write!(f, "{} at {position}", self.0.message),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("position", &self.0.position)
            .field("offending", &self.0.offending)
            .field("hint", &self.0.hint)
            .finish()
    }
}

impl std::error::Error for Error {}
