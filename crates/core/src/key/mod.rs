//! Publisher keys: their names, their public and private halves, and the files they live in.
//!
//! A public key is shown by its [`Fingerprint`], known by its [`KeyId`], and handed over as `<key id>.pem`. The
//! private half is a [`SecretKey`], which leaves memory in two ways only: through [`pem`], as a file, and through the
//! operating system's keyring (`keystore::os`). Formats: AiSOC's loader contract §5 and §10.

pub(crate) mod algorithm;
mod encrypted;
pub mod files;
mod foreign;
mod id;
pub mod pem;
mod public;
mod secret;

pub use files::{KeyFiles, KeyFilesError, RiskyPlace, risky_places, write_keypair};
pub use id::{KeyId, KeyIdError};
pub use pem::{KeySource, PrivateKeyError, PrivateKeyProblem};
pub use public::{Fingerprint, PublicKey, PublicKeyError};
pub use secret::{SecretKey, SecretKeyError};
