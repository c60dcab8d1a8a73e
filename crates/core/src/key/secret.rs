//! The private half of a publisher key.

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::PublicKey;

/// The DER that stands before the 32 bytes of every Ed25519 PKCS#8 v1 key (RFC 8410 §7).
const PKCS8_V1_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The length of an Ed25519 private key as PKCS#8 v1 DER, in bytes.
const PKCS8_V1_LENGTH: usize = PKCS8_V1_PREFIX.len() + 32;

/// An Ed25519 private key: the only type that owns one.
///
/// The bytes stay at one place on the heap, so that moving the value leaves no copies on the stack, and are wiped when
/// it is dropped. There is no `Debug`, no `Clone`, no serialization and no access to the bytes but as PKCS#8 DER within this
/// crate.
pub struct SecretKey {
    seed: Box<Zeroizing<[u8; 32]>>,
    public: PublicKey,
}

/// Fails to compile should the field's type ever stop wiping itself.
const fn wiped_on_drop<T: ZeroizeOnDrop>() {}
const _: () = wiped_on_drop::<Zeroizing<[u8; 32]>>();
const _: () = wiped_on_drop::<SecretKey>();

/// Fails to compile should one of these ever show, copy or send a key: then the call would be ambiguous.
macro_rules! never {
    ($($shown:path),*) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn call() {}
            }
            struct Implemented;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $shown> Ambiguous<Implemented> for T {}
            <SecretKey as Ambiguous<_>>::call();
        };
    )*};
}
never!(std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize, AsRef<[u8]>, std::ops::Deref);

// Holds because the only secret field is a `Zeroizing`, whose drop runs with the box's; asserted above.
impl ZeroizeOnDrop for SecretKey {}

impl SecretKey {
    /// Makes a new key from the operating system's random numbers.
    ///
    /// # Errors
    /// [`SecretKeyError::Random`] when the operating system gives none.
    pub fn generate() -> Result<Self, SecretKeyError> {
        let mut seed = empty_seed();
        getrandom::fill(seed.as_mut_slice()).map_err(SecretKeyError::Random)?;
        Ok(Self::from_seed(seed))
    }

    /// Returns the public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message (RFC 8032 §5.1.6). A plugin's message is its 32-byte digest (loader contract §3).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        // dalek's expanded key lives for this call and wipes itself.
        SigningKey::from_bytes(&self.seed).sign(message).to_bytes()
    }

    /// Reads PKCS#8 v1 DER of exactly 48 bytes, the form that every key is kept in.
    ///
    /// # Errors
    /// [`SecretKeyError::NotPkcs8V1`] for anything else.
    pub fn from_pkcs8_v1_der(der: &[u8]) -> Result<Self, SecretKeyError> {
        match der.strip_prefix(&PKCS8_V1_PREFIX).map(<&[u8; 32]>::try_from) {
            Some(Ok(seed)) => Ok(Self::from_seed_bytes(seed)),
            _ => Err(SecretKeyError::NotPkcs8V1 { length: der.len() }),
        }
    }

    /// Returns the key as PKCS#8 v1 DER.
    ///
    /// This exposes the secret. It exists for the two places that keep keys, `key::pem` and `keystore`; the copy wipes
    /// itself. Version 1, because version 2, which carries the public key too, is refused by OpenSSL and by Python's
    /// `cryptography` (loader contract §10).
    pub(crate) fn to_pkcs8_v1_der(&self) -> Zeroizing<Vec<u8>> {
        // Full capacity at once: a growing vector would leave an unwiped copy behind.
        let mut der = Zeroizing::new(Vec::with_capacity(PKCS8_V1_LENGTH));
        der.extend_from_slice(&PKCS8_V1_PREFIX);
        der.extend_from_slice(self.seed.as_slice());
        der
    }

    /// Makes a key of its 32 bytes, which the caller wipes.
    pub(super) fn from_seed_bytes(bytes: &[u8; 32]) -> Self {
        let mut seed = empty_seed();
        seed.copy_from_slice(bytes);
        Self::from_seed(seed)
    }

    fn from_seed(seed: Box<Zeroizing<[u8; 32]>>) -> Self {
        let public = PublicKey::from_bytes(SigningKey::from_bytes(&seed).verifying_key().to_bytes());
        Self { seed, public }
    }
}

fn empty_seed() -> Box<Zeroizing<[u8; 32]>> {
    Box::new(Zeroizing::new([0; 32]))
}

/// A private key could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// The operating system gave no random numbers.
    #[error("make a private key: the operating system gave no random numbers")]
    Random(#[source] getrandom::Error),
    /// The bytes have another form.
    #[error("{length} bytes are not an Ed25519 private key in PKCS#8 v1, which has 48")]
    NotPkcs8V1 {
        /// How many bytes were given.
        length: usize,
    },
}

impl crate::Explain for SecretKeyError {
    fn code(&self) -> crate::Code {
        match self {
            Self::Random(_) => crate::Code::Io,
            Self::NotPkcs8V1 { .. } => crate::Code::BadPrivateKey,
        }
    }
}
