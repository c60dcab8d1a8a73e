//! Every word that an answer may hold as `code`, `detail`, `reason` or `rule`, explained: the codes of this program, those of the
//! manifest reader, of surprising readings, of what was seen in `plugin.py`, of verdicts, and of rules for marketplace entries.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::entry::Rule;
use crate::plugin_py::Cause;
use crate::readings::ReadingCode;
use crate::verdict::Reason;

/// One word and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Word {
    /// The word, in kebab case.
    pub name: String,
    /// What happened, as one or more sentences.
    pub means: String,
    /// What AiSOC does with the plugin; nothing where AiSOC has no part in it.
    pub at_the_loader: Option<String>,
    /// What to do now, as one or more sentences.
    pub cure: String,
}

impl Word {
    fn new(name: &str, means: &str, at_the_loader: Option<&str>, cure: &str) -> Self {
        Self {
            name: name.to_owned(),
            means: means.to_owned(),
            at_the_loader: at_the_loader.map(str::to_owned),
            cure: cure.to_owned(),
        }
    }

    /// Returns every word once: first the [`Code`]s in their order, then the others by name.
    pub fn all() -> Vec<Self> {
        let own: Vec<_> = Code::ALL.iter().map(|code| of_code(*code)).collect();
        let others = aisoc_canonical::Code::ALL
            .iter()
            .map(|code| of_reader(*code))
            .chain(READINGS.iter().map(|(code, _, _)| of_reading(*code)))
            .chain(CAUSES.iter().map(|(cause, _)| of_cause(*cause)))
            .chain(REASONS.iter().map(|reason| of_reason(*reason)))
            .chain(Rule::ALL.iter().map(|rule| of_rule(*rule)));
        let mut by_name: BTreeMap<String, Self> = BTreeMap::new();
        for word in others.filter(|word| !own.iter().any(|own| own.name == word.name)) {
            match by_name.get_mut(&word.name) {
                // The reader of manifests and that of `plugin.py` share a word.
                Some(there) => {
                    there.means += &format!(" Or: {}", word.means);
                    there.cure += &format!(" Or: {}", word.cure);
                }
                None => {
                    by_name.insert(word.name.clone(), word);
                }
            }
        }
        own.into_iter().chain(by_name.into_values()).collect()
    }

    /// Finds a word.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|word| word.name == name)
    }
}

fn of_code(code: Code) -> Word {
    let meaning = code.meaning();
    Word::new(&code.to_string(), meaning.means, meaning.at_the_loader, meaning.cure)
}

fn of_reader(code: aisoc_canonical::Code) -> Word {
    let loader = match code.loader_fails() {
        true => Code::Manifest.meaning().at_the_loader,
        false => Some("The loader may take it; this program declines it, since it could not be certain of the bytes."),
    };
    let cure = code.hint().map_or_else(|| "Go to the line that is named.".to_owned(), sentence);
    Word::new(code.as_str(), &format!("Of the manifest: {}", lower(code.means())), loader, &cure)
}

/// `put quotes` → `Put quotes.`
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// Lowers the first letter, unless it stands in a name such as `YAML`.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            format!("{}{}", first.to_lowercase(), chars.as_str())
        }
        _ => text.to_owned(),
    }
}

const QUOTE: &str = "Put quotes around the value if text is meant.";

/// A list and a check that it is whole: a new variant does not compile without its row.
macro_rules! rows {
    ($list:ident: $kind:ident, ($($type:ty),*), $($variant:ident $(: $($column:expr),+)?;)*) => {
        const $list: &[($kind, $($type),*)] = &[$(($kind::$variant, $($($column),+)?)),*];

        const _: () = {
            const fn whole(of: $kind) {
                match of { $($kind::$variant => (),)* }
            }
            whole($list[0].0);
        };
    };
}

rows! { READINGS: ReadingCode, (&str, &str),
    Date: "A plain value is read as a date or time, which cannot be signed.", QUOTE;
    KeyNotText: "A key is read as something else than text: `on:` is the key true.", "Put quotes around the key.";
    BooleanWord: "`yes`, `no`, `on` or `off` is read as a boolean.", QUOTE;
    OctalNumber: "A leading zero makes a number octal: `0755` is 493.", QUOTE;
    SexagesimalNumber: "Colons make a number base 60: `22:22` is 1342.", QUOTE;
    Underscores: "Underscores are dropped from a number: `1_000` is 1000.", QUOTE;
    TextNotNumber: "Text is read where other tools read a number: `1e3`.", "Write the number in plain digits, or put quotes around text.";
    NumberForText: "A number is read where text is expected: `version: 1.0`.", QUOTE;
    NumberRespelled: "A number loses what was written: `1.10` is 1.1.", QUOTE;
    ReadingsDiffer: "A value is read otherwise than by other tools.", QUOTE;
    RepeatedKey: "A key stands twice, and the first value is dropped in silence.", "Remove one of the two.";
}

fn of_reading(code: ReadingCode) -> Word {
    let row = READINGS.iter().find(|(other, _, _)| *other == code);
    let (means, cure) = row.map_or(("", ""), |(_, means, cure)| (*means, *cure));
    let loader = match code.stops_signing() {
        true => "The loader refuses the plugin in strict and in warn mode.",
        false => "The loader reads the manifest as YAML 1.1 has it and says nothing.",
    };
    Word::new(&kebab(&code), means, Some(loader), cure)
}

rows! { CAUSES: Cause, (&str),
    Missing: "There is no `plugin.py`.";
    NotAFile: "`plugin.py` is a folder or another thing that is no file.";
    Unreadable: "`plugin.py` cannot be read here.";
    TooLarge: "`plugin.py` is larger than what is looked at.";
    CompiledFile: "A compiled `plugin.py` lies in `__pycache__`, and Python may run that in place of the text.";
    Encoding: "`plugin.py` is no text that Python takes, or in another encoding than UTF-8.";
    UnusualText: "`plugin.py` holds characters whose meaning differs between Python's versions and this reader.";
    TooDeep: "`plugin.py` is nested more deeply than what is looked at.";
    Syntax: "`plugin.py` is not Python.";
    NewerSyntax: "`plugin.py` is written in a later Python than 3.11.";
    NotCompiled: "Python 3.11 parses `plugin.py` and does not compile it.";
    MayNotCompile: "Whether Python 3.11 compiles `plugin.py` is not known here.";
    NoPlugin: "`plugin.py` defines nothing named `Plugin`.";
    PluginUnclear: "What `Plugin` is depends on something that reading does not follow.";
    NeedsArguments: "`Plugin()` lacks arguments that its `__init__` requires.";
    Abstract: "`Plugin` has abstract methods left.";
    UnknownBase: "`Plugin` inherits from something that reading does not know.";
    RelativeImport: "`plugin.py` imports relative to a package, and AiSOC imports it alone.";
    OtherPackage: "`plugin.py` imports a package that is not part of Python.";
    MissingName: "`plugin.py` imports a name that Python 3.11's module does not have, or may not have.";
    UndefinedName: "`plugin.py` uses a name before it is defined.";
    Raises: "`plugin.py` raises an exception at its top level or in `__init__`.";
    MayFail: "`plugin.py` runs something that may fail.";
}

fn of_cause(cause: Cause) -> Word {
    let means = CAUSES.iter().find(|(other, _)| *other == cause).map_or("", |(_, means)| *means);
    // Whether it fails for certain is the answer's to say.
    let loader =
        "The signature is checked first; then the loader imports `plugin.py` and calls `Plugin()`, in every mode.";
    Word::new(cause.as_str(), means, Some(loader), &sentence(cause.cure(true)))
}

/// The reasons of verdicts. Most are codes.
const REASONS: &[Reason] = &[
    Reason::Verified,
    Reason::Skipped,
    Reason::ManifestMissing,
    Reason::ManifestUnreadable,
    Reason::ManifestNotMapping,
    Reason::ManifestFieldsMissing,
    Reason::IdInvalid,
    Reason::PluginTypeInvalid,
    Reason::TrustedKeysUnreadable,
    Reason::Unsigned,
    Reason::SignatureUnreadable,
    Reason::SignatureMalformed,
    Reason::NoTrustedKeys,
    Reason::NotCanonical,
    Reason::FileUnreadable,
    Reason::TrustedKeyStopsLoader,
    Reason::NoKeyMatches,
    Reason::CannotTell,
];

fn of_reason(reason: Reason) -> Word {
    let manifest = Code::Manifest.meaning();
    let (means, loader, cure) = match reason {
        Reason::Verified => (
            "The signature fits a trusted key.",
            Some("The loader goes on to import `plugin.py`, and notes `verified` with the key's id."),
            "Nothing has to be done.",
        ),
        Reason::Skipped => (
            "The trust mode is `disabled`, so no signature was looked at.",
            Some("The loader goes on to import `plugin.py`, and notes `skipped`."),
            "Use `strict` for anything but a sandbox.",
        ),
        Reason::NotCanonical => (
            "What the signature covers of the manifest holds a value that cannot be signed, such as a date.",
            Some("The loader refuses the plugin in strict and in warn mode."),
            manifest.cure,
        ),
        Reason::CannotTell => (
            "This program cannot tell what the loader does, because of a limit of its own or a folder that it cannot list.",
            None,
            "Take it for a failure of this program; the message says what stands in the way.",
        ),
        // The others are codes of the same name, which come first.
        _ => ("", None, ""),
    };
    Word::new(reason.as_str(), means, loader, cure)
}

fn of_rule(rule: Rule) -> Word {
    const CURE: &str = "Change the entry as the message says; `aisoc-publisher entry --check FILE` looks again.";
    Word::new(rule.as_str(), &format!("Of a marketplace entry: {}", lower(rule.means())), None, CURE)
}

fn kebab(code: &ReadingCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_stands_once_and_says_something() {
        let words = Word::all();
        let names: BTreeSet<_> = words.iter().map(|word| word.name.as_str()).collect();
        assert_eq!(names.len(), words.len());
        for word in &words {
            for text in [Some(&word.means), word.at_the_loader.as_ref(), Some(&word.cure)].into_iter().flatten() {
                assert!(text.len() > 10 && text.ends_with(['.', '`']), "{}: {text:?}", word.name);
                let first = text.chars().next().unwrap();
                assert!(first.is_uppercase() || first == '`', "{}: {text:?}", word.name);
            }
        }
        for code in aisoc_canonical::Code::ALL {
            assert!(names.contains(code.as_str()), "{}", code.as_str());
        }
        for rule in Rule::ALL {
            assert!(names.contains(rule.as_str()), "{rule}");
        }
        for reason in REASONS {
            assert!(names.contains(reason.as_str()), "{}", reason.as_str());
        }
        for (cause, _) in CAUSES {
            assert!(names.contains(cause.as_str()), "{}", cause.as_str());
        }
    }

    #[test]
    fn one_word_of_two_readers_says_both() {
        let word = Word::find("too-deep").unwrap();
        assert!(word.means.contains("manifest") && word.means.contains("plugin.py"), "{}", word.means);
        assert_eq!(Word::find("no-such-word"), None);
    }
}
