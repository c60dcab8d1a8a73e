//! The values of a document: every function of `Value` and `PyStr`, each against the others.

use std::collections::HashSet;
use std::fmt::Debug;

use aisoc_canonical::{Document, Format, Kind, PyStr, Style, Value, write_string};

use super::place::{self, Text};

/// Values that are looked at in one document.
const MOST: usize = 1_000;

/// A simple key of YAML is at most this long.
const SIMPLE_KEY_LENGTH: usize = 1_024;

/// What a document holds, as far as it was looked at.
pub(super) struct Found {
    /// A value that Python cannot write.
    pub(super) is_unwritable: bool,
    /// Every key comes back from its JSON as the same key, at the same place in the order.
    pub(super) keeps_order_in_json: bool,
    /// The JSON of the document is YAML 1.1 with the same meaning, in the same order.
    pub(super) keeps_meaning_in_yaml: bool,
}

/// Checks the values, and returns what matters for reading the output again.
pub(super) fn check_values(document: &Document, text: &Text, format: Format) -> Found {
    let mut found = Found { is_unwritable: false, keeps_order_in_json: true, keeps_meaning_in_yaml: true };
    let mut waiting = vec![document.root()];
    let mut seen = HashSet::new();
    while let Some(value) = waiting.pop() {
        if !seen.insert(value) {
            continue;
        }
        if seen.len() > MOST {
            found.keeps_order_in_json = false;
            found.keeps_meaning_in_yaml = false;
            break;
        }
        check_place(value, text);
        check_style(value, format);
        check_scalar(value, &mut found);
        check_mapping(value, &mut found);
        waiting.extend(value.items());
        waiting.extend(value.entries().flat_map(|(key, value)| [key, value]));
    }
    for (first, again) in document.repeated_keys().take(MOST) {
        check_place(first, text);
        check_place(again, text);
        assert!(!again.is_collection(), "a list or mapping cannot be a key: {:?}", again.written());
    }
    found
}

/// What is written at a value's place is what the value says was written there.
fn check_place(value: Value<'_>, text: &Text) {
    let position = value.position();
    let rest = text.from(position).unwrap_or_else(|| panic!("{position} is outside of the text"));
    assert!(place::starts_with(rest, &value.written()), "{:?} does not stand at {position}", value.written());
}

fn check_style(value: Value<'_>, format: Format) {
    let written = value.written();
    match value.style() {
        Style::Plain => {
            assert_eq!(format, Format::Yaml, "JSON spells every type out");
            assert!(!value.is_collection(), "{written:?}");
        }
        // `!!str {=: text}` is text.
        Style::Collection => assert!(value.is_collection() || format == Format::Yaml, "{written:?}"),
        _ => assert!(!value.is_collection(), "{written:?}"),
    }
    // Text without quotes on one line means itself.
    if let (Style::Plain, Kind::Str(text)) = (value.style(), value.kind())
        && !written.contains(['\n', '\u{85}', '\u{2028}', '\u{2029}'])
    {
        assert_eq!(text.as_str(), Some(written.as_str()));
    }
}

fn check_scalar(value: Value<'_>, found: &mut Found) {
    let python = value.python_str();
    let (truthy, spelled) = match value.kind() {
        Kind::Null => (false, Some("None".to_owned())),
        Kind::Bool(value) => (value, Some(if value { "True" } else { "False" }.to_owned())),
        Kind::Int(int) => {
            let digits = int.to_string();
            let is_too_long = digits.trim_start_matches('-').len() > 4_300;
            found.is_unwritable |= is_too_long;
            (digits != "0", (!is_too_long).then_some(digits))
        }
        Kind::Float(float) => {
            check_float(float, python.as_ref());
            let spelled = python.as_ref().and_then(PyStr::as_str).map(str::to_owned);
            let is_yaml = float.is_finite() && spelled.as_ref().is_some_and(|text| text.contains('.'));
            found.keeps_meaning_in_yaml &= is_yaml;
            (float != 0.0, spelled)
        }
        Kind::Str(text) => {
            check_string(text);
            assert_eq!(python.as_ref(), Some(text));
            assert_eq!(value.is_truthy(), !text.is_empty());
            return;
        }
        Kind::List => (value.items().next().is_some(), None),
        Kind::Map => (value.entries().next().is_some(), None),
        Kind::Bytes | Kind::Set => {
            found.is_unwritable = true;
            // What they hold is not shown.
            (value.is_truthy(), None)
        }
        _ => {
            found.is_unwritable = true;
            (true, None)
        }
    };
    assert_eq!(value.is_truthy(), truthy, "{:?}", value.kind());
    assert_eq!(python.as_ref().and_then(PyStr::as_str), spelled.as_deref(), "{:?}", value.kind());
}

/// Python's `repr` of a float reads back as the same float, and no float of fewer digits does.
fn check_float(float: f64, python: Option<&PyStr>) {
    let text = python.and_then(PyStr::as_str).unwrap_or_default();
    let back: f64 = text.parse().unwrap_or_else(|_| panic!("{float:?} became {text:?}"));
    assert!(back.to_bits() == float.to_bits() || back.is_nan() && float.is_nan(), "{float:?} became {text:?}");
    // The standard library finds the shortest digits by another algorithm than the crate.
    let digits = |text: &str| {
        let mantissa: String = text.split(['e', 'E']).next().unwrap_or_default().replace(['-', '.'], "");
        mantissa.trim_matches('0').len()
    };
    if float.is_finite() {
        assert_eq!(digits(text), digits(&format!("{float:e}")), "{float:?} became {text:?}");
    }
}

fn check_string(text: &PyStr) {
    let mut quoted = Vec::new();
    write_string(text, &mut quoted);
    assert!(quoted.iter().all(|byte| (b' '..=b'~').contains(byte)), "{text:?}");
    match text.as_str() {
        Some(plain) => {
            assert!(text.code_points().eq(plain.chars().map(u32::from)));
            assert_eq!(text.to_string_lossy(), plain);
            assert_eq!(same_or_panic(serde_json::from_slice::<String>(&quoted)), plain);
        }
        None => assert!(text.code_points().any(is_surrogate), "{text:?}"),
    }
}

fn check_mapping(value: Value<'_>, found: &mut Found) {
    let has_one_order = value.entries().nth(1).is_none();
    for (index, (key, entry)) in value.entries().enumerate() {
        assert!(!key.is_collection(), "a list or mapping cannot be a key: {:?}", key.written());
        let Kind::Str(name) = key.kind() else {
            found.keeps_order_in_json &= has_one_order;
            found.keeps_meaning_in_yaml &= has_one_order;
            continue;
        };
        let mut quoted = Vec::new();
        write_string(name, &mut quoted);
        found.keeps_order_in_json &= has_one_order || !is_surrogate_pair_inside(name);
        found.keeps_meaning_in_yaml &= quoted.len() <= SIMPLE_KEY_LENGTH;
        found.keeps_meaning_in_yaml &= has_one_order || name.code_points().all(|code| code <= 0xFFFF);
        // Finding each of thousands of keys would take too long.
        if index < 20
            && let Some(name) = name.as_str()
        {
            assert!(value.get(name) == Some(entry), "another value under the key {name:?}");
        }
    }
}

/// Tells whether two surrogates stand side by side that JSON would make one character of.
fn is_surrogate_pair_inside(text: &PyStr) -> bool {
    let codes: Vec<u32> = text.code_points().collect();
    codes.windows(2).any(|pair| (0xD800..0xDC00).contains(&pair[0]) && (0xDC00..0xE000).contains(&pair[1]))
}

fn is_surrogate(code: u32) -> bool {
    (0xD800..0xE000).contains(&code)
}

fn same_or_panic<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}

trait IsCollection {
    fn is_collection(&self) -> bool;
}

impl IsCollection for Value<'_> {
    fn is_collection(&self) -> bool {
        matches!(self.kind(), Kind::List | Kind::Map | Kind::Set)
    }
}
