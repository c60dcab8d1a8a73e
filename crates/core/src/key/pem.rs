//! Key files: PEM in and out, byte for byte as Python's `cryptography` writes it.
//!
//! Public keys are SPKI, private keys PKCS#8 **version 1** (loader contract §10): 64 columns, LF, a final newline.
//! Reading a private key takes what AiSOC's `keygen`, OpenSSL and Python write: PKCS#8 version 1 or 2, in the clear or
//! under a passphrase (PBES2). Every buffer that held a secret is wiped.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode as _;
use zeroize::Zeroizing;

use super::{PublicKey, SecretKey, algorithm, encrypted, foreign};
use crate::regular::{self, Refused};
use crate::{Code, Explain, Place};

/// The largest private key file that is read, in bytes. A key takes 119, an encrypted one about 400.
pub const MAX_PRIVATE_FILE: u64 = 64 * 1024;

const PRIVATE: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
pub(super) const PUBLIC: &str = "PUBLIC KEY";

/// Where the text of a private key came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
    /// An environment variable, by its name.
    Variable(String),
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::StandardInput => f.write_str("standard input"),
            Self::Variable(name) => write!(f, "the variable `{name}`"),
        }
    }
}

/// Writes a public key as SPKI PEM, the file an operator gets as `<key id>.pem`.
pub fn encode_public(key: &PublicKey) -> String {
    encode(PUBLIC, &key.spki_der()).to_string()
}

/// Writes a private key as unencrypted PKCS#8 v1 PEM.
///
/// This exposes the secret: the text is the key file, and nothing but a file of mode 0600 may hold it.
pub fn encode_private(key: &SecretKey) -> Zeroizing<String> {
    encode(PRIVATE, &key.to_pkcs8_v1_der())
}

/// Writes a private key as PKCS#8 PEM under a passphrase, with costs that OpenSSL 3.0 and `cryptography` 42 open.
///
/// # Errors
/// [`PrivateKeyProblem::EmptyPassphrase`], or no random numbers.
pub fn encode_private_encrypted(key: &SecretKey, passphrase: &str) -> Result<Zeroizing<String>, PrivateKeyProblem> {
    // Exposes the secret to the cipher only; what is returned holds it under the passphrase.
    let der = encrypted::encrypt(&key.to_pkcs8_v1_der(), passphrase.as_bytes())?;
    Ok(encode(ENCRYPTED, &der))
}

/// Reads the text of a private key file, without opening a FIFO or a device and no more than [`MAX_PRIVATE_FILE`].
///
/// A symlink is followed: reading through one harms nobody, and CI systems hand secrets over that way.
///
/// # Errors
/// [`PrivateKeyError`] with `NotAFile`, `TooLarge` or `Io`.
pub fn read_private_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let source = KeySource::File(path.to_owned());
    let fail = |problem| PrivateKeyError { source_of_key: source.clone(), problem };
    let (file, _) = regular::open(path).map_err(|refused| {
        fail(match refused {
            Refused::NotAFile(_) => PrivateKeyProblem::NotAFile,
            Refused::TooLarge => PrivateKeyProblem::TooLarge,
            Refused::Io(e) => PrivateKeyProblem::Io(e),
        })
    })?;
    read_private(file, &source)
}

/// Reads the text of a private key from a stream, no more than [`MAX_PRIVATE_FILE`].
///
/// # Errors
/// [`PrivateKeyError`] with `TooLarge` or `Io`.
pub fn read_private(reader: impl Read, source: &KeySource) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let fail = |problem| PrivateKeyError { source_of_key: source.clone(), problem };
    let limit = MAX_PRIVATE_FILE as usize;
    // One buffer of full size: a growing one would leave unwiped copies behind.
    let mut text = Zeroizing::new(vec![0; limit + 1]);
    let mut length = 0;
    let mut reader = reader;
    while length <= limit {
        match reader.read(&mut text[length..]) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(fail(PrivateKeyProblem::Io(e))),
        }
    }
    if length > limit {
        return Err(fail(PrivateKeyProblem::TooLarge));
    }
    text.truncate(length);
    Ok(text)
}

/// Reads a private key from the text of a key file.
///
/// Text around the block, any line width and CRLF are accepted. A `passphrase` for a key that needs none is ignored.
///
/// # Errors
/// [`PrivateKeyError`]; its problem is `PassphraseNeeded` where the key is encrypted and `passphrase` is `None`, so
/// that a caller can ask and try again with the same text.
pub fn decode_private(text: &[u8], source: &KeySource, passphrase: Option<&str>) -> Result<SecretKey, PrivateKeyError> {
    decode(text, passphrase).map_err(|problem| PrivateKeyError { source_of_key: source.clone(), problem })
}

fn decode(text: &[u8], passphrase: Option<&str>) -> Result<SecretKey, PrivateKeyProblem> {
    if text.len() as u64 > MAX_PRIVATE_FILE {
        return Err(PrivateKeyProblem::TooLarge);
    }
    let blocks = blocks(text)?;
    let mut private = blocks.iter().filter(|b| b.label == PRIVATE || b.label == ENCRYPTED);
    let Some(block) = private.next() else {
        return Err(foreign::name(text, blocks.first().map(|block| block.label)));
    };
    if private.next().is_some() {
        return Err(PrivateKeyProblem::SeveralKeys);
    }
    let der = decode_base64(block.body)?;
    if block.label == PRIVATE {
        return decode_pkcs8(&der);
    }
    let passphrase = passphrase.ok_or(PrivateKeyProblem::PassphraseNeeded)?;
    let inner = encrypted::decrypt(&der, passphrase.as_bytes())?;
    decode_pkcs8(&inner).map_err(|problem| match problem {
        // One wrong passphrase in 256 still gives well-formed padding, with garbage before it.
        PrivateKeyProblem::Malformed(_) => PrivateKeyProblem::WrongPassphrase,
        other => other,
    })
}

fn decode_pkcs8(der: &[u8]) -> Result<SecretKey, PrivateKeyProblem> {
    let malformed = |what: &str| PrivateKeyProblem::Malformed(what.to_owned());
    let info = PrivateKeyInfoRef::from_der(der).map_err(|e| PrivateKeyProblem::Malformed(e.to_string()))?;
    let oid = info.algorithm.oid.to_string();
    if oid != "1.3.101.112" {
        return Err(PrivateKeyProblem::WrongKind(algorithm::name_or_oid(&oid)));
    }
    if info.algorithm.parameters.is_some() {
        return Err(malformed("an Ed25519 key with algorithm parameters"));
    }
    // RFC 8410 §7: an OCTET STRING of 32 bytes inside the OCTET STRING.
    let seed = info.private_key.as_bytes().strip_prefix(&[0x04, 0x20]).map(<&[u8; 32]>::try_from);
    let Some(Ok(seed)) = seed else {
        return Err(malformed("an Ed25519 key that has not 32 bytes"));
    };
    let key = SecretKey::from_seed_bytes(seed);
    if let Some(public) = info.public_key
        && public.as_bytes() != Some(key.public().as_bytes())
    {
        return Err(PrivateKeyProblem::PublicHalfDiffers);
    }
    Ok(key)
}

/// One PEM block, as it stands in the text.
struct Block<'a> {
    label: &'a str,
    body: &'a [u8],
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, PrivateKeyProblem> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = split(rest, BEGIN) {
        let (label, after) = split(after, DASHES).ok_or(PrivateKeyProblem::Truncated)?;
        let label = shown_label(label).ok_or(PrivateKeyProblem::Truncated)?;
        let (body, after) = split(after, END).ok_or(PrivateKeyProblem::Truncated)?;
        let (end, after) = split(after, DASHES).ok_or(PrivateKeyProblem::Truncated)?;
        if end != label.as_bytes() {
            return Err(
                mismatch(label.as_bytes(), end).map_or(PrivateKeyProblem::Truncated, PrivateKeyProblem::Malformed)
            );
        }
        blocks.push(Block { label, body });
        rest = after;
    }
    Ok(blocks)
}

/// The longest label that is taken for one. `ENCRYPTED PRIVATE KEY` has 21 characters.
const MAX_LABEL: usize = 40;

/// Returns a label that may stand in a message: one line of at most [`MAX_LABEL`] printable ASCII characters.
///
/// Where a frame lost a dash, what stands in the label's place runs on to the next dashes, over the key itself.
pub(crate) fn shown_label(label: &[u8]) -> Option<&str> {
    let is_label = label.len() <= MAX_LABEL && label.iter().all(|byte| matches!(byte, b' '..=b'~'));
    std::str::from_utf8(label).ok().filter(|_| is_label)
}

/// Says that a block's two labels differ; `None` where one of them is no label, and so may not be shown.
pub(crate) fn mismatch(begin: &[u8], end: &[u8]) -> Option<String> {
    Some(format!("BEGIN {} is closed by END {}", shown_label(begin)?, shown_label(end)?))
}

pub(super) fn split<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = text.windows(at.len()).position(|window| window == at)?;
    Some((&text[..start], &text[start + at.len()..]))
}

/// Decodes base64 in constant time, white space aside.
pub(super) fn decode_base64(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyProblem> {
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.iter().copied().filter(|b| !b.is_ascii_whitespace()));
    let mut der = Zeroizing::new(vec![0; packed.len() / 4 * 3]);
    let length = match Base64::decode(packed.as_slice(), &mut der) {
        Ok(decoded) => decoded.len(),
        Err(_) => {
            return Err(PrivateKeyProblem::Malformed("its text is not base64".to_owned()));
        }
    };
    der.truncate(length);
    Ok(der)
}

/// Writes a PEM block: 64 columns, LF, a final newline.
fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    const COLUMNS: usize = 64;
    // 48 bytes make one line exactly, so the lines can be encoded one by one.
    const BYTES: usize = COLUMNS / 4 * 3;
    let lines = der.len().div_ceil(BYTES);
    let mut text = Zeroizing::new(String::with_capacity(2 * (label.len() + 18) + lines * (COLUMNS + 1)));
    for part in ["-----BEGIN ", label, "-----\n"] {
        text.push_str(part);
    }
    let mut line = Zeroizing::new([0; COLUMNS]);
    for bytes in der.chunks(BYTES) {
        // Never fails: the buffer takes what 48 bytes need.
        text.push_str(Base64::encode(bytes, line.as_mut_slice()).unwrap_or_default());
        text.push('\n');
    }
    for part in ["-----END ", label, "-----\n"] {
        text.push_str(part);
    }
    text
}

/// A private key could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read the private key in {source_of_key}: {problem}")]
pub struct PrivateKeyError {
    /// Where it was read from.
    pub source_of_key: KeySource,
    /// What is wrong.
    #[source]
    pub problem: PrivateKeyProblem,
}

/// What is wrong with a private key, or with writing one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyProblem {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[source] std::io::Error),
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers")]
    Random(#[source] getrandom::Error),
    /// It is a folder, a FIFO, a socket or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// It is larger than any private key.
    #[error("it is larger than {MAX_PRIVATE_FILE} bytes, which no private key is")]
    TooLarge,
    /// It holds nothing.
    #[error("it is empty")]
    Empty,
    /// It has no PEM block.
    #[error("it holds no PEM block")]
    NotPem,
    /// It is UTF-16, which PowerShell's `>` writes.
    #[error("it is UTF-16 text, not PEM")]
    Utf16,
    /// It looks like DER.
    #[error("it is binary DER, not PEM")]
    Der,
    /// A PEM block has no end, or a damaged BEGIN or END line.
    #[error("its PEM block has no end, or a damaged BEGIN or END line")]
    Truncated,
    /// It is 32 or 64 bytes, in hex, base64 or raw.
    #[error("it is a bare key in hex, base64 or raw bytes, not PEM")]
    Raw,
    /// It holds a PEM block of a kind that is not known here.
    #[error("it holds a PEM block `{0}`, not a private key")]
    UnknownBlock(String),
    /// It holds more than one private key.
    #[error("it holds several private keys")]
    SeveralKeys,
    /// It holds a key of another algorithm, by its name.
    #[error("it holds a private key of the kind {0}, and AiSOC takes only Ed25519")]
    WrongKind(String),
    /// It is a key for SSH.
    #[error("it is a key in an SSH program's own format")]
    OpenSsh,
    /// It is a key for OpenPGP.
    #[error("it is an OpenPGP key")]
    Pgp,
    /// It is a key of minisign or signify.
    #[error("it is a key file of minisign or signify")]
    Minisign,
    /// It is an identity of age.
    #[error("it is a key for encrypting, of age")]
    Age,
    /// It is a JSON Web Key.
    #[error("it is a JSON Web Key, not PEM")]
    Jwk,
    /// It is a PKCS#12 container.
    #[error("it is a PKCS#12 file (.p12 or .pfx), not PEM")]
    Pkcs12,
    /// It holds a public key only.
    #[error("it holds a public key, not a private one")]
    Public,
    /// It holds a certificate only.
    #[error("it holds a certificate, not a private key")]
    Certificate,
    /// The block does not hold a well-formed key.
    #[error("its PEM block is damaged ({0})")]
    Malformed(String),
    /// A version 2 key whose public half belongs to another key.
    #[error("the public key stored with it is not its own")]
    PublicHalfDiffers,
    /// It is encrypted, and no passphrase was given.
    #[error("it is encrypted, and no passphrase was given")]
    PassphraseNeeded,
    /// The passphrase does not open it.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// A key cannot be written under an empty passphrase.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The cipher failed.
    #[error("the key could not be encrypted")]
    Encrypt,
    /// It is encrypted in a way that is not supported, by name or object identifier.
    #[error("it is encrypted in a way that is not supported ({0})")]
    UnsupportedEncryption(String),
    /// Opening it would take too much memory or time.
    #[error("opening it asks for {0}, more than any honest key file does")]
    TooCostly(String),
}

impl Explain for PrivateKeyError {
    fn code(&self) -> Code {
        self.problem.code()
    }

    fn hint(&self) -> Option<String> {
        self.problem.hint()
    }

    fn place(&self) -> Option<Place> {
        match &self.source_of_key {
            KeySource::File(path) => Some(Place { path: path.clone(), position: None }),
            _ => None,
        }
    }
}

impl Explain for PrivateKeyProblem {
    fn code(&self) -> Code {
        match self {
            Self::Io(_) | Self::Random(_) => Code::Io,
            Self::PassphraseNeeded => Code::PassphraseNeeded,
            Self::WrongPassphrase | Self::EmptyPassphrase => Code::WrongPassphrase,
            Self::WrongKind(_)
            | Self::OpenSsh
            | Self::Pgp
            | Self::Minisign
            | Self::Age
            | Self::Public
            | Self::Certificate => Code::WrongKeyKind,
            _ => Code::BadPrivateKey,
        }
    }

    fn hint(&self) -> Option<String> {
        const NEW: &str = "make an Ed25519 key with `aisoc-publisher keygen`";
        Some(match self {
            Self::Random(_) | Self::Encrypt => return None,
            Self::Io(e) if e.kind() == std::io::ErrorKind::NotFound => {
                format!("check the path, or {NEW}")
            }
            Self::Io(_) => "make the file readable for you, and for nobody else".to_owned(),
            Self::NotAFile => "give the key file itself, or pipe it in and write `-`".to_owned(),
            Self::TooLarge | Self::NotPem | Self::Empty | Self::UnknownBlock(_) => {
                format!("give the file that starts with `-----BEGIN {PRIVATE}-----`, or {NEW}")
            }
            Self::Utf16 => {
                "save it again as UTF-8; in PowerShell write it with `Set-Content -Encoding ascii`".to_owned()
            }
            Self::Der => "turn it into PEM with `openssl pkey -inform DER -in KEY -out KEY.pem`".to_owned(),
            Self::Truncated | Self::Malformed(_) => {
                "copy the whole file again, with its BEGIN and END lines; in a CI variable keep the line breaks"
                    .to_owned()
            }
            Self::Raw => format!("keep the key as PKCS#8 PEM; the tool that wrote it may export that, or {NEW}"),
            Self::SeveralKeys => "keep one private key in the file, so that it is clear which one signs".to_owned(),
            Self::WrongKind(_) | Self::OpenSsh | Self::Pgp | Self::Minisign | Self::Age => NEW.to_owned(),
            Self::Jwk => format!("have the tool that wrote it export PKCS#8 PEM, or {NEW}"),
            Self::Pkcs12 => {
                "take the key out with `openssl pkcs12 -in FILE -nocerts -out KEY.pem`, which asks for a passphrase for it"
                    .to_owned()
            }
            Self::Public => "give the private half, which `keygen` wrote beside it with the ending `.key`".to_owned(),
            Self::Certificate => format!("a certificate cannot sign; {NEW}"),
            Self::PublicHalfDiffers => "the file is damaged or was put together by hand; use a backup".to_owned(),
            Self::PassphraseNeeded => {
                "give the passphrase, or take it off with `openssl pkey -in KEY -out PLAIN`".to_owned()
            }
            Self::WrongPassphrase => "type the passphrase again; without it the key cannot be used".to_owned(),
            Self::EmptyPassphrase => "choose a passphrase, or write the key without one".to_owned(),
            Self::UnsupportedEncryption(_) | Self::TooCostly(_) => {
                "write it again with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out NEW`".to_owned()
            }
        })
    }
}
