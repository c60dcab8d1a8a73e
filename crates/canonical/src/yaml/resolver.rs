//! The resolver: the type of a plain scalar, from its text.
//!
//! PyYAML decides by patterns that end in `$`, which also matches before one last newline: the block scalar
//! `! |` with the text `12` and a newline is the number 12.

use super::node::Tag;
use super::parser::YAML_NAMESPACE;
use super::timestamp;
use crate::PyStr;

/// Returns the tag that a plain scalar of this text has.
pub(super) fn resolve(text: &PyStr) -> Tag {
    let Some(text) = text.as_str() else {
        return Tag::Str;
    };
    let line = text.strip_suffix('\n').unwrap_or(text);
    // The first character chooses the patterns that are tried, so a lone newline is no null.
    let Some(first) = text.chars().next() else {
        return Tag::Null;
    };
    match first {
        '<' if line == "<<" => Tag::Merge,
        '=' if line == "=" => Tag::Value,
        // YAML 1.1's type for a document about YAML; PyYAML knows the tag and can make nothing of it.
        '!' | '&' | '*' if line.len() == 1 => Tag::Other(format!("{YAML_NAMESPACE}yaml").into()),
        '~' | 'n' | 'N' if is_null(line) => Tag::Null,
        'y' | 'Y' | 'n' | 'N' | 't' | 'T' | 'f' | 'F' | 'o' | 'O' if is_bool(line) => Tag::Bool,
        '-' | '+' | '.' | '0'..='9' if is_float(line) => Tag::Float,
        '-' | '+' | '0'..='9' if is_int(line) => Tag::Int,
        '0'..='9' if timestamp::is_implicit(line) => Tag::Timestamp,
        _ => Tag::Str,
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

/// The words of YAML 1.1 in lower, Title and UPPER case; a lone `y` or `n` is text.
fn is_bool(text: &str) -> bool {
    const WORDS: [&str; 6] = ["yes", "no", "true", "false", "on", "off"];
    let lower = text.to_ascii_lowercase();
    let is_cased = text == lower || text[1..] == lower[1..] || text == text.to_ascii_uppercase();
    WORDS.contains(&lower.as_str()) && is_cased
}

/// Decimal, octal with a leading 0, hexadecimal, binary, and sexagesimal such as `1:30`.
fn is_int(text: &str) -> bool {
    let digits = unsigned(text);
    if let Some(binary) = digits.strip_prefix("0b") {
        return is_some_of(binary, |c| matches!(c, '0' | '1' | '_'));
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return is_some_of(hex, |c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some(octal) = digits.strip_prefix('0') {
        return octal.chars().all(|c| matches!(c, '0'..='7' | '_'));
    }
    let (whole, sexagesimal) = digits.split_once(':').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    is_digits(whole) && sexagesimal.is_none_or(is_sexagesimal)
}

/// A number with a point; an exponent needs its sign. Sexagesimal with a point; `.inf` and `.nan`.
fn is_float(text: &str) -> bool {
    let digits = unsigned(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, fraction)) = digits.split_once('.') else {
        return false;
    };
    if whole.is_empty() {
        // Without a digit before the point there is no sign, and one after it.
        return digits.len() == text.len()
            && fraction.starts_with(|c: char| c.is_ascii_digit())
            && is_fraction(fraction);
    }
    match whole.split_once(':') {
        Some((degrees, rest)) => {
            is_digits(degrees) && is_sexagesimal(rest) && fraction.chars().all(is_digit_or_underscore)
        }
        None => is_digits(whole) && is_fraction(fraction),
    }
}

fn is_fraction(text: &str) -> bool {
    let Some((fraction, exponent)) = text.split_once(['e', 'E']) else {
        return text.chars().all(is_digit_or_underscore);
    };
    let is_signed = exponent.starts_with(['-', '+']);
    is_signed && fraction.chars().all(is_digit_or_underscore) && is_some_of(&exponent[1..], |c| c.is_ascii_digit())
}

/// Parts of one or two digits below 60, after the first colon.
fn is_sexagesimal(text: &str) -> bool {
    text.split(':').all(|part| match part.as_bytes() {
        [ones] => ones.is_ascii_digit(),
        [tens, ones] => matches!(tens, b'0'..=b'5') && ones.is_ascii_digit(),
        _ => false,
    })
}

/// A digit, then digits and underscores.
fn is_digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_digit_or_underscore)
}

fn is_digit_or_underscore(c: char) -> bool {
    c.is_ascii_digit() || c == '_'
}

fn is_some_of(text: &str, wanted: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(wanted)
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}
