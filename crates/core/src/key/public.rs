//! The public half of a publisher key.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The DER that stands before the 32 bytes of every Ed25519 SPKI (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// An Ed25519 public key, as AiSOC's loader holds it.
///
/// Any 32 bytes are a key: OpenSSL, and so the loader, takes them without looking whether they are a point of the
/// curve, and only then finds that no signature verifies. Two keys are equal when their bytes are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    bytes: [u8; 32],
    /// Absent when the bytes are no point.
    point: Option<VerifyingKey>,
}

impl PublicKey {
    /// Makes a public key of its 32 bytes (RFC 8032 §5.1.2).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes, point: VerifyingKey::from_bytes(&bytes).ok() }
    }

    /// Reads the SPKI DER that [`PublicKey::spki_der`] writes.
    ///
    /// # Errors
    /// [`PublicKeyError`] for anything else, other spellings of the same key included.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        match der.strip_prefix(&SPKI_PREFIX).map(<[u8; 32]>::try_from) {
            Some(Ok(bytes)) => Ok(Self::from_bytes(bytes)),
            _ => Err(PublicKeyError { length: der.len() }),
        }
    }

    /// Returns the key's 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Returns the key as SPKI DER, 44 bytes (RFC 8410 §4).
    pub fn spki_der(&self) -> [u8; 44] {
        let mut der = [0; 44];
        der[..12].copy_from_slice(&SPKI_PREFIX);
        der[12..].copy_from_slice(&self.bytes);
        der
    }

    /// Returns the SHA-256 of the SPKI DER.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(self.spki_der()).into())
    }

    /// Tells whether AiSOC's loader takes `signature` over `message` for this key's.
    ///
    /// The verdict is OpenSSL's: the equation without the cofactor, S below the group order, and no check for small
    /// order. dalek's `verify_strict` would refuse signatures that the loader accepts (loader contract §5).
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.point.as_ref().is_some_and(|point| point.verify(message, &signature).is_ok())
    }

    /// Tells whether the key has small order, so that signatures for it can be made without any private key.
    ///
    /// It deserves a warning. The loader accepts such a key, so it never changes a verdict.
    pub fn is_weak(&self) -> bool {
        self.point.as_ref().is_some_and(VerifyingKey::is_weak)
    }

    /// Tells whether the bytes are a point of the curve. If not, no signature verifies with this key.
    pub fn is_on_curve(&self) -> bool {
        self.point.is_some()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&hex::encode(self.bytes)).finish()
    }
}

/// Bytes are not the SPKI DER of an Ed25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are not the SPKI DER of an Ed25519 public key")]
pub struct PublicKeyError {
    /// How many bytes were given.
    pub length: usize,
}

/// Identifies a public key: the SHA-256 of its SPKI DER (loader contract §9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Returns the 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the ends, for a person to compare at a glance: `4f1c 09be … d27a`.
    ///
    /// 48 bits tell one's own keys apart. They do not prove a key; the full fingerprint does.
    pub fn short(&self) -> String {
        let hex = self.to_string();
        format!("{} {} … {}", &hex[..4], &hex[4..8], &hex[60..])
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) => Ok(Self(bytes)),
            Err(_) => Err(FingerprintError { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = FingerprintError;

    fn try_from(text: String) -> Result<Self, FingerprintError> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

/// A text is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a fingerprint, which is 64 hex digits")]
pub struct FingerprintError {
    /// The text as it was given.
    pub text: String,
}
