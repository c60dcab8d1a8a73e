//! One scalar, read both ways.

use aisoc_canonical::{Kind, Value};

use super::ReadingCode;

/// Longer plain text is text to everybody.
const LONGEST: usize = 64;

/// Top-level and nested keys whose value is meant as text, whatever it looks like.
const TEXT_KEYS: [&str; 10] =
    ["id", "name", "description", "author", "publisher", "vendor", "license", "homepage", "plugin_type", "version"];

/// Tells whether the value of a key with this name is meant as text.
pub(super) fn expects_text(key: &str) -> bool {
    TEXT_KEYS.contains(&key) || key.ends_with("_version")
}

/// Says what the loader makes of a scalar.
pub(super) fn loader_reading(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => format!("the boolean {value}"),
        Kind::Int(_) | Kind::Float(_) => {
            let text = value.python_str().map(|text| text.to_string_lossy());
            format!("the number {}", text.unwrap_or_else(|| "of more than 4,300 digits".to_owned()))
        }
        Kind::Date => "a date".to_owned(),
        Kind::DateTime => "a date with a time".to_owned(),
        _ => "text".to_owned(),
    }
}

/// Says what a reader of YAML 1.2 makes of a plain scalar.
pub(super) fn yaml12_reading(written: &str) -> String {
    match yaml12(written) {
        Some(serde_yaml::Value::Null) => "null".to_owned(),
        Some(serde_yaml::Value::Bool(value)) => format!("the boolean {value}"),
        Some(serde_yaml::Value::Number(value)) => format!("the number {value}"),
        _ => "text".to_owned(),
    }
}

fn yaml12(written: &str) -> Option<serde_yaml::Value> {
    if written.chars().count() > LONGEST || written.contains('\n') {
        return None;
    }
    serde_yaml::from_str(written).ok()
}

/// Decides whether a plain scalar is a surprise, and which.
pub(super) fn classify(value: Value<'_>, written: &str, yaml12: &str, expects_text: bool) -> Option<ReadingCode> {
    match value.kind() {
        Kind::Date | Kind::DateTime => Some(ReadingCode::Date),
        Kind::Bool(_) if is_word(written) => Some(ReadingCode::BooleanWord),
        Kind::Bool(_) | Kind::Null => {
            expects_text.then_some(ReadingCode::NumberForText).filter(|_| !written.is_empty())
        }
        Kind::Int(_) => match written.trim_start_matches(['-', '+']) {
            digits if digits.contains(':') => Some(ReadingCode::SexagesimalNumber),
            digits if digits.contains('_') => Some(ReadingCode::Underscores),
            digits if is_octal(digits) => Some(ReadingCode::OctalNumber),
            _ => other_number(value, yaml12, expects_text),
        },
        Kind::Float(_) if written.contains(':') => Some(ReadingCode::SexagesimalNumber),
        Kind::Float(_) if written.contains('_') => Some(ReadingCode::Underscores),
        Kind::Float(_) if loses_zeros(written) => Some(ReadingCode::NumberRespelled),
        Kind::Float(_) => other_number(value, yaml12, expects_text),
        Kind::Str(_) if yaml12.starts_with("the number") => Some(ReadingCode::TextNotNumber),
        Kind::Str(_) if yaml12 != "text" => Some(ReadingCode::ReadingsDiffer),
        _ => None,
    }
}

fn other_number(value: Value<'_>, yaml12: &str, expects_text: bool) -> Option<ReadingCode> {
    if expects_text {
        return Some(ReadingCode::NumberForText);
    }
    let is_same = match (value.kind(), yaml12.strip_prefix("the number ")) {
        (_, None) => false,
        (Kind::Float(ours), Some(theirs)) => same_float(ours, theirs),
        (_, Some(theirs)) => value.python_str().is_some_and(|ours| ours.to_string_lossy() == theirs),
    };
    (!is_same).then_some(ReadingCode::ReadingsDiffer)
}

fn same_float(ours: f64, theirs: &str) -> bool {
    let theirs = match theirs.trim_start_matches('.') {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => match theirs {
            "-.inf" => f64::NEG_INFINITY,
            _ => match theirs.parse() {
                Ok(value) => value,
                Err(_) => return false,
            },
        },
    };
    ours == theirs || ours.is_nan() && theirs.is_nan()
}

fn is_word(written: &str) -> bool {
    matches!(written.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off")
}

/// More than one digit, the first of them 0.
fn is_octal(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `1.10` and `2.00` lose a digit that matters in a version; `1.0` keeps what it shows.
fn loses_zeros(written: &str) -> bool {
    let Some((whole, fraction)) = written.split_once('.') else { return false };
    let is_decimal = whole.trim_start_matches(['-', '+']).bytes().all(|b| b.is_ascii_digit())
        && fraction.bytes().all(|b| b.is_ascii_digit());
    is_decimal && fraction.len() > 1 && fraction.ends_with('0')
}

/// Writes a text in double quotes, as YAML and JSON both read it.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
