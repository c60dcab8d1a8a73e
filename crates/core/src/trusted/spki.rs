//! A reader of SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) that takes what `cryptography`'s own reader takes.
//!
//! Written out because crates for DER refuse object identifiers of more than 39 bytes, and the loader does not: such a
//! key makes it stop.

/// A public key of any kind.
pub(super) struct Spki<'a> {
    /// The algorithm's object identifier, in dotted decimals.
    pub(super) algorithm: String,
    /// The algorithm's parameters, with tag and length.
    pub(super) parameters: Option<&'a [u8]>,
    /// The key's bytes.
    pub(super) key: &'a [u8],
    /// How many bits at the end do not count; they are zero.
    pub(super) unused_bits: u8,
}

const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// Reads SPKI DER; `None` when it is anything else.
pub(super) fn parse(der: &[u8]) -> Option<Spki<'_>> {
    let (outer, rest) = element(der, SEQUENCE)?;
    let (algorithm, after_algorithm) = element(outer, SEQUENCE)?;
    let (bits, after_bits) = element(after_algorithm, BIT_STRING)?;
    if !rest.is_empty() || !after_bits.is_empty() {
        return None;
    }
    let (oid, parameters) = element(algorithm, OBJECT_IDENTIFIER)?;
    let parameters =
        if parameters.is_empty() { None } else { any(parameters)?.2.is_empty().then_some(Some(parameters))? };
    let (&unused_bits, key) = bits.split_first()?;
    let last = key.last().copied().unwrap_or(0);
    if unused_bits > 7 || (key.is_empty() && unused_bits > 0) || last & ((1 << unused_bits) - 1) != 0 {
        return None;
    }
    Some(Spki { algorithm: dotted(oid)?, parameters, key, unused_bits })
}

/// Reads an object identifier with tag and length, and nothing after it.
pub(super) fn object_identifier(der: &[u8]) -> Option<String> {
    let (oid, rest) = element(der, OBJECT_IDENTIFIER)?;
    rest.is_empty().then(|| dotted(oid))?
}

/// Splits off an element with a tag of one byte.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = any(der)?;
    (found == tag).then_some((content, rest))
}

/// Splits off an element: the first byte of its tag, its content, and what follows.
fn any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, mut rest) = der.split_first()?;
    if tag & 0x1f == 0x1f {
        let (number, after) = base128(rest)?;
        // Small numbers have the short form, and larger than 32 bits is none.
        if number < 0x1f || number > u128::from(u32::MAX) {
            return None;
        }
        rest = after;
    }
    let (&first, mut rest) = rest.split_first()?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            let length = bytes.iter().fold(0, |length: u64, &byte| length << 8 | u64::from(byte));
            // The shortest form only.
            if bytes.first() == Some(&0) || length < 0x80 {
                return None;
            }
            usize::try_from(length).ok()?
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Writes an object identifier's content in dotted decimals.
fn dotted(content: &[u8]) -> Option<String> {
    const MAX: usize = 63;
    if content.is_empty() || content.len() > MAX {
        return None;
    }
    let (first, mut rest) = base128(content)?;
    let top = (first / 40).min(2);
    let mut text = format!("{top}.{}", first - top * 40);
    while !rest.is_empty() {
        let (number, after) = base128(rest)?;
        text.push_str(&format!(".{number}"));
        rest = after;
    }
    Some(text)
}

/// Splits off a number in base 128, in its shortest form and of at most 18 digits.
fn base128(bytes: &[u8]) -> Option<(u128, &[u8])> {
    const MAX_DIGITS: usize = 18;
    if bytes.first() == Some(&0x80) {
        return None;
    }
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    if end >= MAX_DIGITS {
        return None;
    }
    let number = bytes[..=end].iter().fold(0, |number: u128, &byte| number << 7 | u128::from(byte & 0x7f));
    Some((number, &bytes[end + 1..]))
}
