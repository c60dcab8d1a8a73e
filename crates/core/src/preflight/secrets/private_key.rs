//! Private keys by their content, whatever the file is called.
//!
//! A constant such as `-----BEGIN PRIVATE KEY-----` in a program is no key, and neither is an example with dots in the
//! middle: what stands between the two lines must be the text of a key.

use base64ct::{Base64, Encoding as _};
use memchr::memmem;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode as _;

use super::Kind;

/// The longest block that is looked for, in bytes; an RSA key of 16,384 bits takes 12,800.
const MAX_BLOCK: usize = 32 << 10;

/// The shortest text of a key in base64: an Ed25519 key takes 64 characters, an EC key without its public half 60.
const MIN_BASE64: usize = 56;

/// The largest file that is taken for a single key without a frame.
const MAX_BARE: usize = 64 << 10;

/// Finds private keys; each with where it begins.
pub(super) fn find(bytes: &[u8], found: &mut Vec<(usize, Kind)>) {
    for start in memmem::find_iter(bytes, b"-----BEGIN ") {
        found.extend(pem(&bytes[start..]).map(|kind| (start, kind)));
    }
    for start in memmem::find_iter(bytes, b"AGE-SECRET-KEY-1") {
        if is_age(&bytes[start + b"AGE-SECRET-KEY-1".len()..]) {
            found.push((start, Kind::Age));
        }
    }
    if bytes.starts_with(b"PuTTY-User-Key-File-") && memmem::find(bytes, b"\nPrivate-Lines:").is_some() {
        found.push((0, Kind::Putty));
    }
    if bytes.len() <= MAX_BARE {
        found.extend(bare(bytes).map(|kind| (0, kind)));
    }
}

/// A PEM block at the start of the bytes, also where a program has it as one text with `\n` in it.
fn pem(bytes: &[u8]) -> Option<Kind> {
    let after = &bytes[b"-----BEGIN ".len()..];
    let label = &after[..memmem::find(&after[..after.len().min(48)], b"-----")?];
    let kind = match label {
        b"PRIVATE KEY" => Kind::Pkcs8,
        b"ENCRYPTED PRIVATE KEY" => Kind::EncryptedPkcs8,
        b"OPENSSH PRIVATE KEY" => Kind::OpenSsh,
        b"RSA PRIVATE KEY" => Kind::Rsa,
        b"EC PRIVATE KEY" => Kind::Ec,
        b"DSA PRIVATE KEY" => Kind::Dsa,
        b"PGP PRIVATE KEY BLOCK" => Kind::Pgp,
        _ => return None,
    };
    let body = &after[label.len() + 5..];
    let body = &body[..body.len().min(MAX_BLOCK)];
    let body = &body[..memmem::find(body, b"-----END ")?];
    is_body(body).then_some(kind)
}

/// Tells whether this is the text of a key: base64 but for line ends, quotes and a few lines of headers.
fn is_body(body: &[u8]) -> bool {
    // A text of a program has `\n`, quotes and `+` where the file has line ends.
    let text = String::from_utf8_lossy(body).replace("\\n", "\n").replace("\\r", "\n");
    let mut base64 = String::new();
    for line in text.lines() {
        let line =
            line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '\\' | '(' | ')' | 'b'));
        // `Proc-Type: 4,ENCRYPTED` and the like; and the checksum of a PGP block.
        if line.contains(':') || line.len() == 5 && line.starts_with('=') {
            continue;
        }
        base64.push_str(line);
    }
    let mut seen = [false; 128];
    let mut count = 0;
    for byte in base64.bytes() {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')) {
            return false;
        }
        count += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
    }
    // Real key material has many different characters; `AAAA…` and `xxxx…` are placeholders.
    base64.len() >= MIN_BASE64 && count >= 16
}

/// Tells whether this is the rest of an age identity: 58 characters of Bech32.
fn is_age(rest: &[u8]) -> bool {
    let length = rest.iter().take_while(|byte| b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(byte)).count();
    length == 58
}

/// A whole file that is a key without any frame.
fn bare(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0x30, ..] if PrivateKeyInfoRef::from_der(bytes).is_ok() => Some(Kind::Der),
        [b'u', ..] if is_minisign(bytes) => Some(Kind::Minisign),
        [b'{', ..] if is_jwk(bytes) => Some(Kind::Jwk),
        _ => None,
    }
}

/// A minisign secret key: a comment, then base64 of 158 bytes that begin with the algorithm `Ed`. Public keys and
/// signatures look the same and are shorter.
fn is_minisign(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let comment = lines.next().is_some_and(|line| line.starts_with(b"untrusted comment:"));
    let line = lines.next().unwrap_or_default().trim_ascii();
    let mut decoded = [0; 192];
    comment
        && line.len() <= 256
        && Base64::decode(line, &mut decoded).is_ok_and(|key| key.len() == 158 && key.starts_with(b"Ed"))
}

/// A JSON Web Key with its private half, alone or in a set (RFC 7517, RFC 7518 §6.2.2, RFC 8037 §2).
fn is_jwk(bytes: &[u8]) -> bool {
    if memmem::find(bytes, b"\"kty\"").is_none() {
        return false;
    }
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return false };
    let is_private =
        |key: &serde_json::Value| key["kty"].is_string() && key["d"].as_str().is_some_and(|d| d.len() >= 40);
    is_private(&value) || value["keys"].as_array().is_some_and(|keys| keys.iter().any(is_private))
}
