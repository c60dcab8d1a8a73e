//! The name of a publisher key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::files::printable;
use crate::{Code, Explain};

/// Names a publisher key: `[a-z0-9][a-z0-9._-]{0,63}`, and a safe file name on every operating system.
///
/// An operator keeps the public key as `<key id>.pem`, and AiSOC's loader takes the file's stem for the key's name
/// (loader contract §5). So a key id may not end in a dot, in `.pem` or `.pub`, nor be one of Windows' device names,
/// with or without an extension. Lower case only, so that two ids never meet on a file system that ignores case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

/// The longest key id, in characters.
const MAX_LENGTH: usize = 64;

impl KeyId {
    /// Names a key that was given without a name, where one is shown all the same.
    pub(crate) fn unnamed() -> Self {
        Self("this-key".to_owned())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name under which the public key is handed to an operator: `<key id>.pem`.
    pub fn public_file_name(&self) -> String {
        format!("{}.pem", self.0)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for KeyId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let rules = broken_rules(text);
        if rules.is_empty() {
            return Ok(Self(text.to_owned()));
        }
        Err(KeyIdError { id: text.to_owned(), rules })
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyIdError;

    fn try_from(text: String) -> Result<Self, KeyIdError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

/// A text is not a key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key id `{}` {}", shown(id), joined(rules))]
pub struct KeyIdError {
    /// The text as it was given.
    pub id: String,
    /// Every rule that it breaks, at least one.
    pub rules: Vec<KeyIdRule>,
}

/// A rule for key ids, worded as how it was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyIdRule {
    /// It has no characters.
    #[error("is empty")]
    Empty,
    /// It has more than 64 characters.
    #[error("has {0} characters, and at most 64 are allowed")]
    TooLong(usize),
    /// It starts with `.`, `_` or `-`.
    #[error("starts with `{0}`, and only a lower-case letter or a digit may come first")]
    Start(char),
    /// It has these upper-case ASCII letters.
    #[error("has {}, and only lower case is allowed", named("the upper-case letter", .0))]
    UpperCase(Vec<char>),
    /// It has these characters outside `A-Za-z0-9._-`.
    #[error("has {}, and only a-z, 0-9, `.`, `_` and `-` are allowed", named("the character", .0))]
    Characters(Vec<char>),
    /// It ends in a dot, which Windows drops from a file name.
    #[error("ends in a dot")]
    TrailingDot,
    /// It ends in `.pem` or `.pub`.
    #[error("ends in `{0}`, which belongs to the key's file and not to its id")]
    Extension(&'static str),
    /// Windows keeps the name for a device, whatever extension follows.
    #[error("is `{0}` to Windows, which is a device there and never a file")]
    Device(String),
}

impl Explain for KeyIdError {
    fn code(&self) -> Code {
        Code::InvalidKeyId
    }

    fn hint(&self) -> Option<String> {
        Some(match suggestion(&self.id) {
            Some(id) => format!("write `{id}`"),
            None => "write lower-case letters, digits, `.`, `_` or `-`, for example `acme-plugins`".to_owned(),
        })
    }
}

/// Finds every rule that a text breaks, in the order of the enum.
fn broken_rules(text: &str) -> Vec<KeyIdRule> {
    let Some(first) = text.chars().next() else {
        return vec![KeyIdRule::Empty];
    };
    let length = text.chars().count();
    let mut rules = Vec::new();
    if length > MAX_LENGTH {
        rules.push(KeyIdRule::TooLong(length));
    }
    if matches!(first, '.' | '_' | '-') {
        rules.push(KeyIdRule::Start(first));
    }
    let upper = distinct(text, |c| c.is_ascii_uppercase());
    if !upper.is_empty() {
        rules.push(KeyIdRule::UpperCase(upper));
    }
    let others = distinct(text, |c| !is_allowed(c) && !c.is_ascii_uppercase());
    if !others.is_empty() {
        rules.push(KeyIdRule::Characters(others));
    }
    if text.ends_with('.') {
        rules.push(KeyIdRule::TrailingDot);
    }
    let lower = text.to_ascii_lowercase();
    if let Some(extension) = [".pem", ".pub"].into_iter().find(|extension| lower.ends_with(extension)) {
        rules.push(KeyIdRule::Extension(extension));
    }
    let stem = lower.split('.').next().unwrap_or(&lower);
    if is_device(stem) {
        rules.push(KeyIdRule::Device(stem.to_ascii_uppercase()));
    }
    rules
}

/// The characters of a kind, each once, in the order of the text.
fn distinct(text: &str, is_wanted: impl Fn(char) -> bool) -> Vec<char> {
    let mut found = Vec::new();
    for c in text.chars().filter(|&c| is_wanted(c)) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

/// Names the first few characters: ``the characters `'`, a space and 2 more``.
fn named(word: &str, characters: &[char]) -> String {
    const NAMED: usize = 4;
    let plural = if characters.len() == 1 { "" } else { "s" };
    let mut names: Vec<_> = characters.iter().take(NAMED).map(|&c| name(c)).collect();
    if characters.len() > NAMED {
        names.push(format!("{} more", characters.len() - NAMED));
    }
    let last = names.pop().unwrap_or_default();
    let names = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    format!("{word}{plural} {names}")
}

fn name(c: char) -> String {
    match c {
        ' ' => "space".to_owned(),
        '`' => "backtick".to_owned(),
        _ => format!("`{}`", printable(&c.to_string())),
    }
}

/// Says one rule after the other.
fn joined(rules: &[KeyIdRule]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join("; it ")
}

fn is_allowed(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-')
}

/// Tells whether Windows takes a lower-case name for a device. Its other device names hold characters that no key id has.
fn is_device(name: &str) -> bool {
    let numbered =
        |prefix| name.strip_prefix(prefix).is_some_and(|n: &str| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    matches!(name, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// Finds the key id that the writer may have meant.
fn suggestion(text: &str) -> Option<String> {
    // An apostrophe stands inside of a word: `Mia's key` is one word less than its hyphens would say.
    let mut id = text.trim().to_lowercase().replace(['\'', '’'], "");
    for extension in [".pem", ".pub"] {
        if let Some(stem) = id.strip_suffix(extension) {
            id.truncate(stem.len());
        }
    }
    let mut id: String = id.chars().map(|c| if is_allowed(c) { c } else { '-' }).collect();
    while id.contains("--") {
        id = id.replace("--", "-");
    }
    let id = id.trim_start_matches(['.', '_', '-']).trim_end_matches(['.', '_', '-']);
    let id = if is_device(id.split('.').next()?) { format!("key-{id}") } else { id.to_owned() };
    (id.parse::<KeyId>().is_ok() && id != text).then_some(id)
}

/// Shortens a text that is no key id for a message, so that a whole file given by mistake does not fill the screen.
fn shown(text: &str) -> String {
    if text.chars().count() <= 80 {
        return text.to_owned();
    }
    text.chars().take(80).chain(['…']).collect()
}
