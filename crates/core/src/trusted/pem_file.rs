//! What `cryptography` makes of the text of a public key file.

use std::fmt;

use super::Outcome;
use super::spki::{self, Spki};
use crate::key::{PublicKey, algorithm, pem as our_pem};

/// Why the loader passes over a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skip {
    /// It holds nothing.
    Empty,
    /// Its first PEM block is damaged, or there is none; how.
    NotPem(String),
    /// Its first PEM block is no public key; the block's label. What comes after it does not count.
    OtherBlock(String),
    /// The block holds no public key that the loader can read.
    Malformed,
    /// It is a key of another kind, by its name.
    OtherKind(String),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::NotPem(how) => write!(f, "it is not PEM ({how})"),
            Self::OtherBlock(label) => {
                write!(f, "its first PEM block is `{label}`, not a public key")
            }
            Self::Malformed => f.write_str("its PEM block holds no well-formed public key"),
            Self::OtherKind(kind) => {
                write!(f, "it is a public key of the kind {kind}, not Ed25519")
            }
        }
    }
}

/// Why the loader stops at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The key's algorithm is not known to `cryptography`; its name or object identifier.
    UnknownKind(String),
    /// The key's curve is not supported by `cryptography`; its object identifier.
    UnknownCurve(String),
    /// The key spells its curve out, and it is none that `cryptography` recognises.
    ExplicitCurve,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKind(kind) => {
                write!(f, "it is a public key of the unsupported kind {kind}")
            }
            Self::UnknownCurve(oid) => {
                write!(f, "it is an EC public key on the unsupported curve {oid}")
            }
            Self::ExplicitCurve => f.write_str("it is an EC public key with explicit curve parameters"),
        }
    }
}

/// Tells what the loader makes of a key file's bytes.
///
/// Compared file by file with `cryptography` 42, 48 and 50. Where they differ the outcome is that of 48 and 50, and the
/// worse of the two: 42 also passes over unknown kinds, and 48 also reads an Ed25519 key with unused bits, which 50
/// does not. Made-up keys of a known hash or cipher with parameters that do not fit stop the loader here and are passed
/// over there.
pub fn classify(bytes: &[u8]) -> Outcome {
    if bytes.is_empty() {
        return Outcome::Skipped(Skip::Empty);
    }
    // The same crate that `cryptography` reads PEM with, so that their idea of a block is ours.
    let block = match pem::parse(bytes) {
        Ok(block) => block,
        Err(e) => return Outcome::Skipped(Skip::NotPem(describe(&e))),
    };
    match block.tag() {
        "PUBLIC KEY" => {}
        // PKCS#1: read as RSA and as nothing else.
        "RSA PUBLIC KEY" => return Outcome::Skipped(Skip::OtherKind("RSA".to_owned())),
        label => {
            return Outcome::Skipped(match our_pem::shown_label(label.as_bytes()) {
                Some(label) => Skip::OtherBlock(label.to_owned()),
                None => Skip::NotPem(DAMAGED_FRAME.to_owned()),
            });
        }
    }
    let Some(spki) = spki::parse(block.contents()) else {
        return Outcome::Skipped(Skip::Malformed);
    };
    classify_spki(&spki)
}

fn classify_spki(spki: &Spki<'_>) -> Outcome {
    let oid = spki.algorithm.as_str();
    match oid {
        "1.3.101.112" => match <[u8; 32]>::try_from(spki.key) {
            // Parameters are refused, NULL included. Unused bits are read by 48 and refused by 50.
            Ok(bytes) if spki.parameters.is_none() && spki.unused_bits == 0 => {
                Outcome::Key(PublicKey::from_bytes(bytes))
            }
            _ => Outcome::Skipped(Skip::Malformed),
        },
        "1.2.840.10045.2.1" => classify_curve(spki.parameters),
        _ if SUPPORTED.contains(&oid) => Outcome::Skipped(Skip::OtherKind(algorithm::name_or_oid(oid))),
        _ => Outcome::StopsLoader(Stop::UnknownKind(algorithm::name_or_oid(oid))),
    }
}

fn classify_curve(parameters: Option<&[u8]>) -> Outcome {
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const NULL: u8 = 0x05;
    const SEQUENCE: u8 = 0x30;
    let skipped = || Outcome::Skipped(Skip::OtherKind("EC".to_owned()));
    let Some(parameters) = parameters else {
        return Outcome::Skipped(Skip::Malformed);
    };
    match parameters.first() {
        Some(&OBJECT_IDENTIFIER) => match spki::object_identifier(parameters) {
            Some(curve) if CURVES.contains(&curve.as_str()) => skipped(),
            Some(curve) => Outcome::StopsLoader(Stop::UnknownCurve(curve)),
            None => Outcome::Skipped(Skip::Malformed),
        },
        Some(&SEQUENCE) if EXPLICIT_CURVES.contains(&sha256_hex(parameters).as_str()) => skipped(),
        Some(&SEQUENCE | &NULL) => Outcome::StopsLoader(Stop::ExplicitCurve),
        _ => Outcome::Skipped(Skip::Malformed),
    }
}

/// The kinds that `cryptography` 48 and 50 read, EC and Ed25519 aside: RSA, RSA-PSS, DSA, Diffie-Hellman (twice), X25519,
/// X448, Ed448, ML-DSA and ML-KEM.
const SUPPORTED: [&str; 13] = [
    "1.2.840.113549.1.1.1",
    "1.2.840.113549.1.1.10",
    "1.2.840.10040.4.1",
    "1.2.840.113549.1.3.1",
    "1.2.840.10046.2.1",
    "1.3.101.110",
    "1.3.101.111",
    "1.3.101.113",
    "2.16.840.1.101.3.4.3.17",
    "2.16.840.1.101.3.4.3.18",
    "2.16.840.1.101.3.4.3.19",
    "2.16.840.1.101.3.4.4.2",
    "2.16.840.1.101.3.4.4.3",
];

/// The named curves that `cryptography` 48 and 50 read: P-192 to P-521, secp256k1 and three of Brainpool's.
const CURVES: [&str; 9] = [
    "1.2.840.10045.3.1.1",
    "1.3.132.0.33",
    "1.2.840.10045.3.1.7",
    "1.3.132.0.34",
    "1.3.132.0.35",
    "1.3.132.0.10",
    "1.3.36.3.3.2.8.1.1.7",
    "1.3.36.3.3.2.8.1.1.11",
    "1.3.36.3.3.2.8.1.1.13",
];

/// The explicit parameters that `cryptography` 48 and 50 recognise, by the SHA-256 of what OpenSSL writes for them: P-256,
/// P-384 and P-521. Any other spelling counts as unknown, which is the safe side.
const EXPLICIT_CURVES: [&str; 3] = [
    "40c3c405abfc62e096cb6491f85f967d6d75ede716604629654910c475d4b846",
    "19a03321b63c6490867791325fc61a4df548ffaf40b94e499793a6267e5a72dd",
    "686637285b0a49a8325eceb3d37203c016dcaa29ecf697455e4b8abfda69c186",
];

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

const DAMAGED_FRAME: &str = "a damaged BEGIN or END line";

fn describe(error: &pem::PemError) -> String {
    match error {
        // A private key may have been put here by mistake: what is no label stays unsaid.
        pem::PemError::MismatchedTags(begin, end) => {
            our_pem::mismatch(begin.as_bytes(), end.as_bytes()).unwrap_or_else(|| DAMAGED_FRAME.to_owned())
        }
        pem::PemError::MalformedFraming => "no BEGIN and END lines".to_owned(),
        pem::PemError::MissingBeginTag | pem::PemError::MissingEndTag => "a block without a label".to_owned(),
        pem::PemError::InvalidData(_) => "its text is not base64".to_owned(),
        pem::PemError::InvalidHeader(_) => "a header line without a colon".to_owned(),
        pem::PemError::NotUtf8(_) => "its text is not UTF-8".to_owned(),
        _ => "damaged".to_owned(),
    }
}
