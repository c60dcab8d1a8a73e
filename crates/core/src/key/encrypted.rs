//! Private keys under a passphrase: PKCS#8 with PBES2 (RFC 8018 §6.2).

use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{Decode as _, Encode as _, ErrorKind, Reader as _, SliceReader};
use pkcs8::pkcs5::pbes2::{self, Kdf, Salt, ScryptParams};
use pkcs8::pkcs5::{self, EncryptionScheme};
use pkcs8::{EncryptedPrivateKeyInfo, EncryptedPrivateKeyInfoRef};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::PrivateKeyProblem as Problem;

/// scrypt's costs when writing. OpenSSL 3.0 and `cryptography` 42 open nothing costlier (loader contract §10).
const COST: u64 = 1 << 14;
const BLOCK_SIZE: u16 = 8;
const PARALLELIZATION: u16 = 5;

/// The costliest file that is opened, so that a file from a stranger cannot take all memory or run for hours: 128 MiB
/// and 16 times OWASP's work for scrypt, 10 million rounds of PBKDF2.
const MAX_SCRYPT_MEMORY: u64 = 128 << 20;
const MAX_SCRYPT_WORK: u64 = 1 << 24;
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

const AES_BLOCK: usize = 16;

/// Encrypts PKCS#8 DER with scrypt and AES-256-CBC, and returns `EncryptedPrivateKeyInfo` DER.
pub(super) fn encrypt(der: &[u8], passphrase: &[u8]) -> Result<Vec<u8>, Problem> {
    if passphrase.is_empty() {
        return Err(Problem::EmptyPassphrase);
    }
    let mut salt = [0; 16];
    let mut iv = [0; AES_BLOCK];
    getrandom::fill(&mut salt).map_err(Problem::Random)?;
    getrandom::fill(&mut iv).map_err(Problem::Random)?;
    let kdf = Kdf::Scrypt(ScryptParams {
        salt: Salt::new(salt).map_err(|_| Problem::Encrypt)?,
        cost_parameter: COST,
        block_size: BLOCK_SIZE,
        parallelization: PARALLELIZATION,
        key_length: None,
    });
    let parameters = pbes2::Parameters { kdf, encryption: pbes2::EncryptionScheme::Aes256Cbc { iv } };

    let mut buffer = Zeroizing::new(vec![0; der.len() + AES_BLOCK]);
    buffer[..der.len()].copy_from_slice(der);
    let encrypted = parameters.encrypt_in_place(passphrase, &mut buffer, der.len()).map_err(|_| Problem::Encrypt)?;
    let encrypted_data = OctetStringRef::new(encrypted).map_err(|_| Problem::Encrypt)?;
    EncryptedPrivateKeyInfo { encryption_algorithm: EncryptionScheme::Pbes2(parameters), encrypted_data }
        .to_der()
        .map_err(|_| Problem::Encrypt)
}

/// Decrypts `EncryptedPrivateKeyInfo` DER and returns what it holds, which should be PKCS#8 DER.
pub(super) fn decrypt(der: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let malformed = |e: pkcs8::der::Error| Problem::Malformed(e.to_string());
    // By itself first: the crate calls a scheme that it does not know a malformed one.
    let scheme = SliceReader::new(der)
        .and_then(|mut reader| {
            reader.sequence(|inner| {
                AlgorithmIdentifierRef::decode(inner).and_then(|a| {
                    <&OctetStringRef>::decode(inner)?;
                    Ok(a.oid)
                })
            })
        })
        .map_err(malformed)?;
    if scheme != pbes2::PBES2_OID {
        return Err(Problem::UnsupportedEncryption(scheme.to_string()));
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|e| match e.kind() {
        ErrorKind::OidUnknown { oid } => Problem::UnsupportedEncryption(oid.to_string()),
        _ => malformed(e),
    })?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(Problem::UnsupportedEncryption(scheme.to_string()));
    };
    check_cost(&parameters.kdf)?;

    let mut buffer = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
    let length = parameters
        .decrypt_in_place(passphrase, &mut buffer)
        .map_err(|e| match e {
            pkcs5::Error::DecryptFailed => Problem::WrongPassphrase,
            pkcs5::Error::UnsupportedAlgorithm { oid } => Problem::UnsupportedEncryption(oid.to_string()),
            other => Problem::Malformed(other.to_string()),
        })?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn check_cost(kdf: &Kdf) -> Result<(), Problem> {
    match kdf {
        Kdf::Scrypt(p) => {
            let (n, r, parallel) = (p.cost_parameter, u64::from(p.block_size), u64::from(p.parallelization));
            // Also keeps impossible parameters from the scrypt crate, which does not expect them.
            if n < 2 || !n.is_power_of_two() || r == 0 || parallel == 0 {
                return Err(Problem::Malformed(format!("scrypt with N={n}, r={r}, p={parallel}")));
            }
            let memory = n.saturating_mul(r).saturating_mul(128);
            let work = n.saturating_mul(r).saturating_mul(parallel);
            if memory > MAX_SCRYPT_MEMORY || work > MAX_SCRYPT_WORK {
                return Err(Problem::TooCostly(format!("scrypt with N={n}, r={r}, p={parallel}")));
            }
        }
        Kdf::Pbkdf2(p) => {
            if p.iteration_count == 0 {
                return Err(Problem::Malformed("PBKDF2 with no rounds".to_owned()));
            }
            if p.iteration_count > MAX_PBKDF2_ROUNDS {
                return Err(Problem::TooCostly(format!("PBKDF2 with {} rounds", p.iteration_count)));
            }
        }
        _ => {
            return Err(Problem::UnsupportedEncryption("an unknown key derivation".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_scrypt(n: u64, r: u16, p: u16) -> Vec<u8> {
        let kdf = Kdf::Scrypt(ScryptParams {
            salt: Salt::new([7; 16]).unwrap(),
            cost_parameter: n,
            block_size: r,
            parallelization: p,
            key_length: None,
        });
        let parameters =
            pbes2::Parameters { kdf, encryption: pbes2::EncryptionScheme::Aes256Cbc { iv: [1; AES_BLOCK] } };
        let data = [0; 64];
        EncryptedPrivateKeyInfo {
            encryption_algorithm: EncryptionScheme::Pbes2(parameters),
            encrypted_data: OctetStringRef::new(&data).unwrap(),
        }
        .to_der()
        .unwrap()
    }

    #[test]
    fn hostile_costs_are_refused_before_any_work() {
        for (n, r, p) in [(1 << 20, 8, 1), (1 << 14, u16::MAX, 1), (1 << 17, 8, 17), (1 << 63, u16::MAX, u16::MAX)] {
            let started = std::time::Instant::now();
            let result = decrypt(&with_scrypt(n, r, p), b"x");
            assert!(matches!(result, Err(Problem::TooCostly(_))), "N={n}, r={r}, p={p}: {result:?}");
            assert!(started.elapsed() < std::time::Duration::from_secs(1));
        }
    }

    #[test]
    fn impossible_costs_are_malformed_and_do_not_panic() {
        for (n, r, p) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (16, 0, 1), (16, 8, 0)] {
            let result = decrypt(&with_scrypt(n, r, p), b"x");
            assert!(matches!(result, Err(Problem::Malformed(_))), "N={n}, r={r}, p={p}: {result:?}");
        }
    }
}
