//! What a file is that somebody took for a private key of ours.

use super::PrivateKeyProblem;
use super::pem::{PUBLIC, decode_base64, split};

/// Says what a text is that holds no PKCS#8 private key; `first` is the label of its first PEM block.
pub(super) fn name(text: &[u8], first: Option<&str>) -> PrivateKeyProblem {
    if let Some(label) = first {
        return match label {
            "RSA PRIVATE KEY" => PrivateKeyProblem::WrongKind("RSA".to_owned()),
            "EC PRIVATE KEY" | "EC PARAMETERS" => PrivateKeyProblem::WrongKind("EC".to_owned()),
            "DSA PRIVATE KEY" => PrivateKeyProblem::WrongKind("DSA".to_owned()),
            "OPENSSH PRIVATE KEY" => PrivateKeyProblem::OpenSsh,
            label if label.starts_with("PGP ") => PrivateKeyProblem::Pgp,
            label if label.starts_with("AGE ") => PrivateKeyProblem::Age,
            label if label.ends_with(PUBLIC) => PrivateKeyProblem::Public,
            label if label.contains("CERTIFICATE") => PrivateKeyProblem::Certificate,
            label => PrivateKeyProblem::UnknownBlock(label.to_owned()),
        };
    }
    let trimmed = text.trim_ascii();
    let hex = trimmed.strip_prefix(b"0x").unwrap_or(trimmed);
    if trimmed.is_empty() {
        PrivateKeyProblem::Empty
    } else if is_bare(text) || is_hex_of(hex, 32) || is_hex_of(hex, 64) {
        PrivateKeyProblem::Raw
    } else if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
        PrivateKeyProblem::Utf16
    } else if [&b"PuTTY-User-Key-File"[..], b"ssh-", b"---- BEGIN SSH2 "].iter().any(|start| trimmed.starts_with(start))
    {
        PrivateKeyProblem::OpenSsh
    } else if trimmed.starts_with(b"untrusted comment:") {
        PrivateKeyProblem::Minisign
    } else if split(text, b"AGE-SECRET-KEY-").is_some() {
        PrivateKeyProblem::Age
    } else if trimmed.starts_with(b"{") && split(text, b"\"kty\"").is_some() {
        PrivateKeyProblem::Jwk
    } else if is_pkcs12(text) {
        PrivateKeyProblem::Pkcs12
    } else if matches!(text.first(), Some(0x94 | 0x95 | 0xc5)) {
        // A secret-key packet, with an old or a new header (RFC 9580 §4.2).
        PrivateKeyProblem::Pgp
    } else if text.starts_with(&[0x30]) {
        PrivateKeyProblem::Der
    } else {
        PrivateKeyProblem::NotPem
    }
}

/// Tells whether this is 32 or 64 bytes, as they are or in base64.
fn is_bare(text: &[u8]) -> bool {
    let bytes = |text: &[u8]| matches!(text.len(), 32 | 64);
    let trimmed = text.trim_ascii();
    let encoded = matches!(trimmed.len(), 44 | 88) && decode_base64(trimmed).is_ok_and(|decoded| bytes(&decoded));
    bytes(text) && !text.is_ascii() || encoded
}

/// Tells whether this begins as PKCS#12 does: a sequence whose first element is the version, 3 (RFC 7292 §4).
fn is_pkcs12(text: &[u8]) -> bool {
    let content = match text {
        [0x30, 0x81, _, content @ ..] | [0x30, 0x82, _, _, content @ ..] | [0x30, 0x80, content @ ..] => content,
        _ => return false,
    };
    content.starts_with(&[0x02, 0x01, 0x03])
}

fn is_hex_of(text: &[u8], bytes: usize) -> bool {
    text.len() == 2 * bytes && text.iter().all(u8::is_ascii_hexdigit)
}
