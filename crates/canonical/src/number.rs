//! Python's numbers: `int()`, `float()`, `repr` and comparison.

use std::borrow::Cow;
use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

/// Python's default limit on the decimal digits of a whole number, when it is read and when it is written.
pub(crate) const MAX_DECIMAL_DIGITS: usize = 4300;

/// Why a text is no number to Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// Python's `ValueError`.
    Invalid,
    /// More decimal digits than Python converts.
    TooLong,
    /// More sexagesimal parts than are worth the time.
    TooManyParts,
}

/// Python's `int(text, radix)` for radix 2, 8, 10 and 16 and a text without underscores.
pub(crate) fn parse_int(text: &str, radix: u32) -> Result<BigInt, NotANumber> {
    let text = to_ascii(text);
    let text = text.trim_matches(is_space);
    let (negative, text) = split_sign(text);
    let prefix = match radix {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    let has_prefix = !prefix.is_empty() && text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let digits = if has_prefix { &text[2..] } else { text };
    if digits.is_empty() || !digits.bytes().all(|b| (b as char).is_digit(radix)) {
        return Err(NotANumber::Invalid);
    }
    if radix == 10 && digits.len() > MAX_DECIMAL_DIGITS {
        return Err(NotANumber::TooLong);
    }
    let value = BigInt::parse_bytes(digits.as_bytes(), radix).ok_or(NotANumber::Invalid)?;
    Ok(if negative { -value } else { value })
}

/// Python's `float(text)` for a text without underscores.
pub(crate) fn parse_float(text: &str) -> Result<f64, NotANumber> {
    let text = to_ascii(text);
    let text = text.trim_matches(is_space);
    let (_, unsigned) = split_sign(text);
    let named = ["inf", "infinity", "nan"].iter().any(|name| unsigned.eq_ignore_ascii_case(name));
    // Rust's grammar beyond those names is Python's: digits with at most one point, and an exponent.
    let numeric = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !named && !numeric {
        return Err(NotANumber::Invalid);
    }
    text.parse().map_err(|_| NotANumber::Invalid)
}

/// Turns Unicode's decimal digits and white space into their ASCII counterparts, as Python does before it reads a number;
/// every other character stays and makes the number invalid.
fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let digit = |c: char| {
        let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= u32::from(c))].last()?;
        char::from_digit(u32::from(c) - zero, 10)
    };
    text.chars().map(|c| if !c.is_ascii() && c.is_whitespace() { ' ' } else { digit(c).unwrap_or(c) }).collect()
}

/// The zero of each run of ten decimal digits beyond ASCII, in Unicode 14, which is Python 3.11's.
#[rustfmt::skip]
const ZEROS: [u32; 65] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
    0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090,
    0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E950, 0x1FBF0,
];

/// Splits off one leading sign; true stands for minus.
pub(crate) fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// The characters that C's `isspace` knows, which is what Python strips from an ASCII number.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Adds sexagesimal parts as the loader does: from the least significant, each times an exact power of 60.
///
/// `None` where Python cannot turn the power of 60 into a float.
pub(crate) fn sexagesimal_float(parts: &[f64]) -> Option<f64> {
    let mut value = 0.0;
    let mut base = BigInt::from(1);
    for digit in parts.iter().rev() {
        let factor = int_to_float(&base)?;
        value += digit * factor;
        base *= 60;
    }
    Some(value)
}

/// Rounds a whole number to the nearest float, ties to even; `None` where Python raises `OverflowError`.
pub(crate) fn int_to_float(value: &BigInt) -> Option<f64> {
    // The standard library's decimal reader rounds correctly; powers of 60 below 2^1024 are short.
    if value.bits() > 1024 {
        return None;
    }
    let float: f64 = value.to_string().parse().ok()?;
    float.is_finite().then_some(float)
}

/// Returns the whole number that equals this float, if there is one.
pub(crate) fn float_to_int(value: f64) -> Option<BigInt> {
    if !value.is_finite() || value.fract() != 0.0 {
        return None;
    }
    Some(truncate(value))
}

/// Compares a whole number with a float exactly, as Python does; `None` for NaN.
pub(crate) fn compare_int_float(int: &BigInt, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let by_floor = int.cmp(&truncate(float.floor()));
    let has_fraction = float.fract() != 0.0;
    Some(if by_floor == Ordering::Equal && has_fraction { Ordering::Less } else { by_floor })
}

/// The exact value of a finite float without fraction.
fn truncate(value: f64) -> BigInt {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64;
    if exponent == 0 {
        return BigInt::from(0);
    }
    let mantissa = BigInt::from(bits & ((1 << 52) - 1) | 1 << 52);
    let shift = exponent - 1075;
    let magnitude = if shift >= 0 { mantissa << shift } else { mantissa >> -shift };
    if value < 0.0 { -magnitude } else { magnitude }
}

/// Writes a float as `json.dumps` does: Python's `repr`, or `NaN`, `Infinity`, `-Infinity`.
pub(crate) fn write_float(value: f64, out: &mut Vec<u8>) {
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
        return;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    if value.is_infinite() {
        out.extend_from_slice(b"Infinity");
        return;
    }
    let (digits, point) = shortest_digits(value.abs());
    // Python writes an exponent below 1e-4 and from 1e16.
    if !(-3..=16).contains(&point) {
        write_exponent_form(&digits, point - 1, out);
    } else if point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + point.unsigned_abs() as usize, b'0');
        out.extend_from_slice(&digits);
    } else {
        let point = point.unsigned_abs() as usize;
        let whole = digits.len().min(point);
        out.extend_from_slice(&digits[..whole]);
        out.resize(out.len() + point - whole, b'0');
        out.push(b'.');
        out.extend_from_slice(if digits.len() > point { &digits[point..] } else { b"0" });
    }
}

fn write_exponent_form(digits: &[u8], exponent: i32, out: &mut Vec<u8>) {
    out.push(digits[0]);
    if digits.len() > 1 {
        out.push(b'.');
        out.extend_from_slice(&digits[1..]);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    out.extend_from_slice(format!("e{sign}{:02}", exponent.unsigned_abs()).as_bytes());
}

/// The shortest decimal digits that read back as `value`, and where the point stands: `0.d1d2… × 10^point`.
fn shortest_digits(value: f64) -> (Vec<u8>, i32) {
    if value == 0.0 {
        return (vec![b'0'], 1);
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let leading_zeros = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits.trim_matches('0').as_bytes().to_vec();
    let exponent: i32 = exponent.parse().unwrap_or_default();
    (significant, whole.len() as i32 - leading_zeros as i32 + exponent)
}

/// Tells whether a whole number has more decimal digits than Python writes.
pub(crate) fn is_too_long(value: &BigInt) -> bool {
    // 4,300 decimal digits need at most 14,285 bits; only numbers about that long are written out to be counted.
    match value.bits() {
        0..14_281 => false,
        14_281..14_290 => value.to_string().trim_start_matches('-').len() > MAX_DECIMAL_DIGITS,
        _ => true,
    }
}

/// Tells whether a whole number is zero.
pub(crate) fn is_zero(value: &BigInt) -> bool {
    value.sign() == Sign::NoSign
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(value: f64) -> String {
        let mut out = Vec::new();
        write_float(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    // Expected values: `repr` in CPython 3.11.
    #[test]
    fn floats_are_written_as_python_repr() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (1.1, "1.1"),
            (100.0, "100.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000123, "0.000123"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (9007199254740993.0, "9007199254740992.0"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (2.5e-7, "2.5e-07"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(repr(value), expected);
        }
    }

    // Expected values: `int(text, radix)` in CPython 3.11.
    #[test]
    fn int_takes_what_python_takes() {
        let int = |text: &str, radix| parse_int(text, radix).map(|n| n.to_string());
        assert_eq!(int(" +12\n", 10).as_deref(), Ok("12"));
        assert_eq!(int("0b1", 2).as_deref(), Ok("1"));
        assert_eq!(int("-0X1f", 16).as_deref(), Ok("-31"));
        assert_eq!(int("0o17", 8).as_deref(), Ok("15"));
        assert_eq!(int("0x1f", 10), Err(NotANumber::Invalid));
        assert_eq!(int("", 10), Err(NotANumber::Invalid));
        assert_eq!(int("+-1", 10), Err(NotANumber::Invalid));
        assert_eq!(int("\u{661}\u{FF12}\u{3000}", 10).as_deref(), Ok("12"));
        assert_eq!(int("\u{B2}", 10), Err(NotANumber::Invalid));
        assert_eq!(int("\u{1C}1", 10), Err(NotANumber::Invalid));
        assert_eq!(int(&"1".repeat(4301), 10), Err(NotANumber::TooLong));
        assert!(int(&"1".repeat(4300), 10).is_ok());
    }

    #[test]
    fn the_digit_limit_is_exact() {
        assert!(!is_too_long(&(BigInt::from(10).pow(4300) - 1)));
        assert!(is_too_long(&BigInt::from(10).pow(4300)));
        assert!(is_too_long(&-BigInt::from(10).pow(4300)));
    }

    #[test]
    fn whole_numbers_and_floats_compare_exactly() {
        let big = BigInt::from(2).pow(53) + 1;
        assert_eq!(compare_int_float(&big, 9007199254740992.0), Some(Ordering::Greater));
        assert_eq!(compare_int_float(&BigInt::from(-1), -0.5), Some(Ordering::Less));
        assert_eq!(compare_int_float(&BigInt::from(0), -0.5), Some(Ordering::Greater));
        assert_eq!(compare_int_float(&BigInt::from(1), 1.0), Some(Ordering::Equal));
        assert_eq!(float_to_int(-3.0), Some(BigInt::from(-3)));
        assert_eq!(float_to_int(1e22), Some(BigInt::from(10).pow(22)));
        assert_eq!(float_to_int(0.5), None);
    }
}
