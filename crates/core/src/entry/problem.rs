//! What can be wrong with an entry that is there: the rules by name, and a finding about one.

use std::fmt;

use serde::Serialize;

use crate::code::Code;
use crate::explain::{Explain, Place};
use crate::files::printable;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Weight {
    /// The entry is wrong or unsafe: it should not be published like this.
    Error,
    /// It can be published, and will look or work otherwise than meant somewhere.
    Warning,
}

macro_rules! rules {
    ($(#[doc = $doc:literal] $name:ident = $text:literal, $weight:ident;)*) => {
        /// A rule for entries; its kebab-case name is part of the product's interface and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule { $(#[doc = $doc] $name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns what an entry that breaks it is like, as a sentence.
            pub fn means(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }.trim()
            }

            /// Returns how much it matters where nothing else is said.
            const fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }
        }
    };
}

rules! {
    /// A file is not JSON.
    NotJson = "not-json", Error;
    /// A file is not UTF-8 text.
    NotUtf8 = "not-utf-8", Error;
    /// A file starts with a byte order mark, which Python's `json.load` refuses.
    ByteOrderMark = "byte-order-mark", Warning;
    /// A file holds no entry and no index.
    NoEntry = "no-entry", Error;
    /// Values are nested deeper than any entry needs.
    TooDeep = "too-deep", Error;
    /// An object has a key twice; readers keep the one or the other.
    RepeatedKey = "repeated-key", Error;
    /// Two items have the same type and id.
    RepeatedItem = "repeated-item", Error;
    /// The item of the plugin is not in the file.
    NotInFile = "not-in-file", Warning;
    /// The documented fields stand in another order.
    FieldOrder = "field-order", Warning;
    /// An item is no object.
    NotAnObject = "not-an-object", Error;
    /// A field is missing: an error for those that every reader needs.
    FieldMissing = "field-missing", Error;
    /// A field holds another kind of value.
    WrongKind = "wrong-kind", Error;
    /// A text is empty, or white space only.
    Empty = "empty", Error;
    /// A text or a list is longer than any reader should be asked to show.
    TooLong = "too-long", Error;
    /// A text holds half of a surrogate pair, which is no Unicode.
    NotUnicode = "not-unicode", Error;
    /// A text holds characters that nobody sees, or that change the direction of text.
    HiddenCharacters = "hidden-characters", Error;
    /// The description has line breaks.
    LineBreak = "line-break", Warning;
    /// A text starts or ends with white space.
    SurroundingSpace = "surrounding-space", Warning;
    /// A text holds what looks like HTML: an error where the tag does something.
    Markup = "markup", Warning;
    /// A field that the documented entry does not have.
    UnknownField = "unknown-field", Warning;
    /// `id` breaks the rule of AiSOC's loader.
    Id = "id", Error;
    /// `id` is not the manifest's.
    IdOfManifest = "id-of-manifest", Error;
    /// `id` breaks the narrower rule of AiSOC's own validator.
    IdForValidator = "id-for-validator", Warning;
    /// `type` is not `plugin`.
    Type = "type", Error;
    /// `version` is not the manifest's.
    VersionOfManifest = "version-of-manifest", Error;
    /// `version` breaks the rule of AiSOC's own validator.
    VersionForValidator = "version-for-validator", Warning;
    /// `signing_key_id` could not be the name of a key's file.
    SigningKeyId = "signing-key-id", Error;
    /// `signing_key_id` breaks this program's narrower rule for key ids.
    SigningKeySpelling = "signing-key-spelling", Warning;
    /// The key that `signing_key_id` names did not sign the plugin as it is in the folder.
    SigningKey = "signing-key", Error;
    /// A tag stands twice.
    TagRepeated = "tag-repeated", Warning;
    /// A tag has capitals or spaces.
    TagSpelling = "tag-spelling", Warning;
    /// There are more tags than the card shows.
    TagsHidden = "tags-hidden", Warning;
    /// The card cuts a text.
    CardCuts = "card-cuts", Warning;
    /// An address cannot be understood, or is none of the web.
    Url = "url", Error;
    /// An address is not `https`.
    UrlInsecure = "url-insecure", Error;
    /// An address has a user name, a password or a token in it.
    UrlCredentials = "url-credentials", Error;
    /// An address leads to this machine or to a private network.
    UrlLocal = "url-local", Error;
    /// An address has a number in place of a name.
    UrlNumber = "url-number", Warning;
    /// An address has a host whose name is spelled in other letters than it is looked up.
    UrlSpelling = "url-spelling", Warning;
    /// An address has characters that pages and shells act upon, and that an address has only percent-encoded.
    UrlCharacters = "url-characters", Error;
    /// An address leads to another port than the web's.
    UrlPort = "url-port", Warning;
    /// A field holds a private key, or what looks like a credential of a well-known service.
    Credential = "credential", Error;
    /// An install command has characters that a shell acts upon.
    InstallShell = "install-shell", Error;
    /// An install command names nothing that its kind of command can install.
    InstallTarget = "install-target", Error;
    /// An install command is none of the known kinds.
    InstallKind = "install-kind", Warning;
    /// An install command takes packages from another place than everybody's.
    InstallIndex = "install-index", Warning;
    /// An install command asks for the machine's rights.
    InstallSudo = "install-sudo", Warning;
    /// An install command installs another version than the entry's.
    InstallVersion = "install-version", Warning;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A rule that an entry breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Problem {
    /// The rule.
    pub rule: Rule,
    /// How much it matters.
    pub weight: Weight,
    /// Where in the entry, or in the file, as a JSON pointer (RFC 6901); empty for all of it.
    pub pointer: String,
    /// What is wrong, in one line; of strangers' texts only what can be shown.
    pub message: String,
    /// What to do now.
    pub cure: Option<String>,
    /// The file, and where in it; nothing for an entry that came from no file.
    pub place: Option<Place>,
}

impl Problem {
    /// Makes a problem with the rule's own weight.
    pub(crate) fn new(rule: Rule, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, weight: rule.weight(), pointer: pointer.into(), message: message.into(), cure: None, place: None }
    }

    /// Adds what to do.
    pub(crate) fn cure(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }

    /// Gives it another weight than its rule's.
    pub(crate) fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// Tells whether the entry should not be published like this.
    pub fn is_error(&self) -> bool {
        self.weight == Weight::Error
    }

    /// Returns the field of the entry that it is about; nothing where it is about the entry as a whole. Not for problems
    /// of a whole index.
    pub fn field(&self) -> Option<&str> {
        self.pointer.strip_prefix('/')?.split('/').next()
    }
}

impl Explain for Problem {
    fn code(&self) -> Code {
        match self.weight {
            Weight::Error => Code::EntryWrong,
            Weight::Warning => Code::EntryDoubtful,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        Some(self.rule.as_str())
    }

    fn hint(&self) -> Option<String> {
        self.cure.clone()
    }

    fn place(&self) -> Option<Place> {
        self.place.clone()
    }

    fn at_the_loader(&self) -> Option<String> {
        let said = match self.rule {
            Rule::Id => "the loader refuses a plugin with such an id in every trust mode",
            Rule::SigningKey => "whoever trusts this key alone refuses the plugin in strict mode",
            Rule::RepeatedItem => "newer versions of AiSOC's index script stop on it",
            _ => return None,
        };
        Some(said.to_owned())
    }
}

/// Shows a stranger's text in a message: in backticks, escaped and shortened.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{}`", printable(&short).replace('`', "\\u{60}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rules_have_names_of_their_own() {
        let names: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        }
    }

    #[test]
    fn what_strangers_wrote_is_shown_short_and_on_its_line() {
        assert_eq!(shown("a\nb\u{202e}`"), "`a\\u{a}b\\u{202e}\\u{60}`");
        let long = shown(&"x".repeat(1 << 20));
        assert_eq!(long.chars().count(), 63);
    }
}
