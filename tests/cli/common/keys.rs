//! Fixed keys. They protect nothing.

use std::fs;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use super::tests_folder;

/// The private half of the fixed key: the seed 00 01 … 1f.
pub fn seed() -> [u8; 32] {
    std::array::from_fn(|i| i as u8)
}

/// The fixed key's PKCS#8 PEM, as OpenSSL writes it.
pub fn private_pem() -> Vec<u8> {
    fs::read(tests_folder().join("data/trusted-keys/private.pem")).unwrap()
}

/// Its SPKI PEM.
pub fn public_pem() -> Vec<u8> {
    fs::read(tests_folder().join("data/trusted-keys/plain.pem")).unwrap()
}

/// The public key of RFC 8032, section 7.1, TEST 1, as SPKI PEM.
pub fn other_public_pem() -> Vec<u8> {
    spki("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
}

/// The private key of that test as PKCS#8 PEM.
pub fn other_private_pem() -> Vec<u8> {
    let der = format!(
        "302e020100300506032b657004220420{}",
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    );
    pem("PRIVATE KEY", &hex::decode(der).unwrap())
}

/// The fingerprint of a key in SPKI PEM: the SHA-256 of its DER.
pub fn fingerprint(pem: &[u8]) -> String {
    hex::encode(Sha256::digest(der_of(pem)))
}

/// Every spelling of the fixed private key that output could hold by accident.
pub fn spellings_of_the_secret() -> Vec<String> {
    let seed = seed();
    let pem = private_pem();
    let der = der_of(&pem);
    let mut spellings =
        vec![hex::encode(seed), hex::encode_upper(seed), Base64::encode_string(&seed), Base64::encode_string(&der)];
    // A part is enough to find a whole that is broken into lines, or shown as a list of numbers.
    spellings.push(hex::encode(&seed[8..24]));
    spellings.push(Base64::encode_string(&der)[24..48].to_owned());
    spellings.push("16, 17, 18, 19, 20".to_owned());
    spellings.push(String::from_utf8_lossy(&seed[16..]).into_owned());
    spellings
}

fn spki(public: &str) -> Vec<u8> {
    pem("PUBLIC KEY", &hex::decode(format!("302a300506032b6570032100{public}")).unwrap())
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der)).into_bytes()
}

pub fn der_of(pem: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(pem).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&body).unwrap()
}
