//! Keys and their files: published vectors, and files as Python's `cryptography` writes them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use aisoc_publisher_core::Code;
use aisoc_publisher_core::Explain;
use aisoc_publisher_core::key::files::{RiskyPlace, risky_places};
use aisoc_publisher_core::key::pem::{
    MAX_PRIVATE_FILE, decode_private, encode_private, encode_private_encrypted, encode_public, read_private_file,
};
use aisoc_publisher_core::key::{KeyFiles, KeyId, KeySource, PrivateKeyProblem, PublicKey, SecretKey, write_keypair};

fn bytes<const N: usize>(hex_text: &str) -> [u8; N] {
    hex::decode(hex_text).unwrap().try_into().unwrap()
}

fn secret(seed: &str) -> SecretKey {
    SecretKey::from_pkcs8_v1_der(&hex::decode(format!("302e020100300506032b657004220420{seed}")).unwrap()).unwrap()
}

/// RFC 8032 §7.1: secret key, public key, message, signature.
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

#[test]
fn rfc_8032_vectors() {
    for [seed, public, message, signature] in RFC_8032 {
        let (key, message) = (secret(seed), hex::decode(message).unwrap());
        assert_eq!(key.public().as_bytes(), &bytes::<32>(public));
        assert_eq!(key.sign(&message), bytes::<64>(signature));
        assert!(key.public().verify(&message, &bytes(signature)));
        assert!(!key.public().verify(b"another message", &bytes(signature)));
    }
}

#[test]
fn every_public_vector_gets_the_loaders_verdict() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ed25519-verdicts.jsonl");
    let (mut lines, mut accepted) = (0, 0);
    for line in fs::read_to_string(path).unwrap().lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
        let want = vector["loader_accepts"].as_bool().unwrap();
        // A signature of another length never reaches a key: it is malformed.
        let got = match (<[u8; 32]>::try_from(field("public_key")), <[u8; 64]>::try_from(field("signature"))) {
            (Ok(key), Ok(signature)) => PublicKey::from_bytes(key).verify(&field("message"), &signature),
            _ => false,
        };
        assert_eq!(got, want, "{} {}", vector["set"], vector["id"]);
        lines += 1;
        accepted += usize::from(want);
    }
    assert_eq!(lines, 359);
    assert!(accepted > 50 && accepted < 300, "{accepted} of {lines} accepted");
}

#[test]
fn odd_public_keys_are_keys() {
    // y = 2 is on no point of the curve; the loader takes the key and accepts no signature for it.
    let mut off_curve = [0; 32];
    off_curve[0] = 2;
    let key = PublicKey::from_bytes(off_curve);
    assert!(!key.is_on_curve() && !key.is_weak() && !key.verify(b"", &[0; 64]));
    // The neutral element, of order 1 (RFC 8032 §5.1).
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(PublicKey::from_bytes(neutral).is_weak());
    assert!(!secret(RFC_8032[0][0]).public().is_weak());
}

// Written by Python's `cryptography` 48 for the private key of RFC 8032's first vector.
const PYTHON_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
";
const PYTHON_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const PYTHON_ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCwad1dxqZ13qb+Xshr
MOAWAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQyH+b97p2SLC/hEQy
hP1FPwRArm1vFbtyLGGHF52rngXTCFWGXzTQ8gwxlezXywGS3fE4E9W4zRBDuScn
iM4lfKyd+4BEnWBkIppkqCCh4t9dnw==
-----END ENCRYPTED PRIVATE KEY-----
";
/// PKCS#8 version 2 (RFC 8410 §10.3's second example, with its attribute).
const RFC_8410_V2: &str = "-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";

fn decode(text: impl AsRef<[u8]>, passphrase: Option<&str>) -> Result<SecretKey, PrivateKeyProblem> {
    decode_private(text.as_ref(), &KeySource::StandardInput, passphrase).map_err(|e| e.problem)
}

#[test]
fn files_are_byte_for_byte_pythons() {
    let key = secret(RFC_8032[0][0]);
    assert_eq!(encode_public(key.public()), PYTHON_PUBLIC);
    assert_eq!(encode_private(&key).as_str(), PYTHON_PRIVATE);
    assert_eq!(
        key.public().fingerprint().to_string(),
        "06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9"
    );
    assert_eq!(key.public().fingerprint().short(), "06e3 fd8f … 2fa9");
}

#[test]
fn private_keys_are_read() {
    let want = secret(RFC_8032[0][0]);
    let crlf = PYTHON_PRIVATE.replace('\n', "\r\n");
    let wrapped = format!("Key of acme\n\n{}", PYTHON_PRIVATE.replace("MC4", "M\n C\t4"));
    let one_line = PYTHON_PRIVATE.replace('\n', " ");
    for text in [PYTHON_PRIVATE, &crlf, &wrapped, &one_line, &format!("{PYTHON_PUBLIC}{PYTHON_PRIVATE}")] {
        assert_eq!(decode(text, None).unwrap().public(), want.public(), "{text}");
    }
    assert_eq!(decode(PYTHON_ENCRYPTED, Some("correct horse")).unwrap().public(), want.public());
    let v2 = decode(RFC_8410_V2, None).unwrap();
    assert_eq!(hex::encode(v2.public().as_bytes()), "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
}

#[test]
fn encryption_round_trip() {
    let key = SecretKey::generate().unwrap();
    let text = encode_private_encrypted(&key, "pässword").unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n") && text.ends_with("-----\n"));
    assert!(text.lines().all(|line| line.len() <= 64));
    assert_eq!(decode(text.as_bytes(), Some("pässword")).unwrap().public(), key.public());
    assert!(matches!(decode(text.as_bytes(), None), Err(PrivateKeyProblem::PassphraseNeeded)));
    assert!(matches!(encode_private_encrypted(&key, ""), Err(PrivateKeyProblem::EmptyPassphrase)));
    // The second one, found by trying with Python, happens to leave well-formed padding and garbage before it. It must
    // not pass for a damaged file.
    for wrong in ["wrong", "134"] {
        let result = decode(PYTHON_ENCRYPTED, Some(wrong)).map(drop);
        assert!(matches!(result, Err(PrivateKeyProblem::WrongPassphrase)), "{wrong}: {result:?}");
    }
}

#[test]
fn each_wrong_input_has_its_own_answer() {
    use PrivateKeyProblem as P;
    type Check = fn(&P) -> bool;
    let v1_body = PYTHON_PRIVATE.lines().nth(1).unwrap();
    let block = |label: &str| format!("-----BEGIN {label}-----\n{v1_body}\n-----END {label}-----\n");
    let cases: Vec<(&str, Vec<u8>, Check)> = vec![
        ("empty", b"".to_vec(), |p| matches!(p, P::Empty)),
        ("blank", b" \r\n".to_vec(), |p| matches!(p, P::Empty)),
        ("text", b"hello".to_vec(), |p| matches!(p, P::NotPem)),
        ("raw", [0x80; 32].to_vec(), |p| matches!(p, P::Raw)),
        ("hex", RFC_8032[0][0].as_bytes().to_vec(), |p| matches!(p, P::Raw)),
        ("hex with newline", format!("0x{}\n", RFC_8032[0][0]).into_bytes(), |p| matches!(p, P::Raw)),
        ("DER", hex::decode("302e020100300506032b657004220420").unwrap(), |p| matches!(p, P::Der)),
        ("UTF-16", b"\xff\xfe-\0-\0".to_vec(), |p| matches!(p, P::Utf16)),
        ("SSH public", b"ssh-ed25519 AAAA me@here".to_vec(), |p| matches!(p, P::OpenSsh)),
        ("SSH", block("OPENSSH PRIVATE KEY").into_bytes(), |p| matches!(p, P::OpenSsh)),
        ("SSH2", b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n".to_vec(), |p| matches!(p, P::OpenSsh)),
        // The shapes of age-keygen 1.1 and minisign 0.11; the keys are no keys.
        ("age", b"# created: 2026-01-01T00:00:00Z\n# public key: age1\nAGE-SECRET-KEY-1QQQ\n".to_vec(), |p| {
            matches!(p, P::Age)
        }),
        ("age file", block("AGE ENCRYPTED FILE").into_bytes(), |p| matches!(p, P::Age)),
        ("minisign", b"untrusted comment: minisign encrypted secret key\nRWRTY0Iy\n".to_vec(), |p| {
            matches!(p, P::Minisign)
        }),
        // RFC 8037 A.1, without its secret.
        (
            "JWK",
            br#"{"kty":"OKP","crv":"Ed25519","d":"","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#.to_vec(),
            |p| matches!(p, P::Jwk),
        ),
        ("base64", b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n".to_vec(), |p| matches!(p, P::Raw)),
        ("PGP binary", [&[0x95, 0x03][..], &[1; 100]].concat(), |p| matches!(p, P::Pgp)),
        ("PGP", block("PGP PRIVATE KEY BLOCK").into_bytes(), |p| matches!(p, P::Pgp)),
        ("public", PYTHON_PUBLIC.into(), |p| matches!(p, P::Public)),
        ("certificate", block("CERTIFICATE").into_bytes(), |p| matches!(p, P::Certificate)),
        ("other block", block("THING").into_bytes(), |p| matches!(p, P::UnknownBlock(l) if l == "THING")),
        ("RSA", block("RSA PRIVATE KEY").into_bytes(), |p| matches!(p, P::WrongKind(k) if k == "RSA")),
        ("no end", PYTHON_PRIVATE[..100].into(), |p| matches!(p, P::Truncated)),
        ("two keys", PYTHON_PRIVATE.repeat(2).into_bytes(), |p| matches!(p, P::SeveralKeys)),
        ("cut", PYTHON_PRIVATE.replace(v1_body, &v1_body[..60]).into_bytes(), |p| matches!(p, P::Malformed(_))),
        ("backslash n", PYTHON_PRIVATE.replace('\n', "\\n").into_bytes(), |p| matches!(p, P::Malformed(_))),
        ("swapped end", PYTHON_PRIVATE.replace("END PRIVATE", "END PUBLIC").into_bytes(), |p| {
            matches!(p, P::Malformed(_))
        }),
        ("v2 of another key", RFC_8410_V2.replace("NTuctv5", "NTuctv6").into_bytes(), |p| {
            matches!(p, P::PublicHalfDiffers)
        }),
        ("large", vec![b'x'; MAX_PRIVATE_FILE as usize + 1], |p| matches!(p, P::TooLarge)),
    ];
    for (name, text, is_right) in cases {
        let problem = decode(&text, Some("x")).err().unwrap();
        assert!(is_right(&problem), "{name}: {problem:?}");
        assert!(problem.hint().is_some(), "{name} has no hint");
        assert!(!problem.to_string().contains(&v1_body[8..40]), "{name} shows the key");
    }
}

/// Frames that lost a dash, before a second block: what stands where a label is expected is then the key itself.
#[test]
fn a_damaged_frame_never_shows_the_key() {
    let body = PYTHON_PRIVATE.lines().nth(1).unwrap();
    let one_line = PYTHON_PRIVATE.replace('\n', " ");
    let broken = [
        PYTHON_PRIVATE.replace("KEY-----\nM", "KEY----\nM"),
        PYTHON_PRIVATE.replace("KEY-----\nM", "KEY\nM"),
        PYTHON_PRIVATE.replace("END PRIVATE KEY-----", "END PRIVATE KEY----"),
        PYTHON_PRIVATE.replace("-----END PRIVATE KEY-----", "-----END"),
        one_line.replace("KEY----- M", "KEY---- M"),
    ];
    for first in &broken {
        assert!(![PYTHON_PRIVATE, &one_line].contains(&first.as_str()), "nothing is broken");
        for second in
            [PYTHON_PUBLIC, PYTHON_PRIVATE, &first.replace("PRIVATE", "OTHER"), "-----BEGIN X-----\n-----END X-----"]
        {
            for text in [format!("{first}{second}"), format!("{second}{first}"), format!("{first}{first}{second}")] {
                let mut said = String::new();
                if let Err(error) = decode_private(text.as_bytes(), &KeySource::StandardInput, Some("x")) {
                    said += &format!("{error} {error:?} {:?} {:?}", error.hint(), error.at_the_loader());
                }
                let outcome = aisoc_publisher_core::trusted::classify(text.as_bytes());
                said += &format!("{outcome} {outcome:?}");
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("acme.pem");
                fs::write(&path, &text).unwrap();
                if let Err(error) = aisoc_publisher_core::trusted::read_public_key(&path) {
                    said += &format!("{error} {error:?} {:?} {:?}", error.hint(), error.at_the_loader());
                }
                for at in 0..body.len() - 8 {
                    assert!(!said.contains(&body[at..at + 8]), "shows the key:\n{said}\nfor:\n{text}");
                }
            }
        }
    }
}

#[test]
fn a_private_file_is_opened_with_care() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.key");
    let problem = |path: &Path| read_private_file(path).unwrap_err().problem;
    assert!(matches!(problem(&path), PrivateKeyProblem::Io(_)));
    assert!(matches!(problem(folder.path()), PrivateKeyProblem::NotAFile));
    fs::write(&path, vec![b'x'; MAX_PRIVATE_FILE as usize]).unwrap();
    assert_eq!(read_private_file(&path).unwrap().len(), MAX_PRIVATE_FILE as usize);
    fs::write(&path, vec![b'x'; MAX_PRIVATE_FILE as usize + 1]).unwrap();
    assert!(matches!(problem(&path), PrivateKeyProblem::TooLarge));
    #[cfg(unix)]
    {
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(matches!(problem(&fifo), PrivateKeyProblem::NotAFile));
        assert!(matches!(problem(Path::new("/dev/zero")), PrivateKeyProblem::NotAFile));
    }
}

#[test]
fn a_pair_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("acme.v1");
    let key = SecretKey::generate().unwrap();
    let files = write_keypair(&prefix, &key).unwrap();
    assert_eq!(
        files,
        KeyFiles { public: folder.path().join("acme.v1.pem"), private: folder.path().join("acme.v1.key") }
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&files.public), mode(&files.private)), (0o644, 0o600));
    }
    let source = KeySource::File(files.private.clone());
    let read = decode_private(&read_private_file(&files.private).unwrap(), &source, None).unwrap();
    assert_eq!(read.public(), key.public());

    let before = (fs::read(&files.public).unwrap(), fs::read(&files.private).unwrap());
    let other = SecretKey::generate().unwrap();
    assert_eq!(write_keypair(&prefix, &other).unwrap_err().code(), Code::TargetExists);
    assert_eq!((fs::read(&files.public).unwrap(), fs::read(&files.private).unwrap()), before);

    // The public half cannot be written: the private one goes again.
    fs::remove_file(&files.private).unwrap();
    assert_eq!(write_keypair(&prefix, &other).unwrap_err().code(), Code::TargetExists);
    assert!(!files.private.exists());

    #[cfg(unix)]
    {
        let linked = folder.path().join("linked");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join("linked.key")).unwrap();
        assert_eq!(write_keypair(&linked, &other).unwrap_err().code(), Code::TargetExists);
        assert!(!folder.path().join("elsewhere").exists() && !folder.path().join("linked.pem").exists());
    }
    assert_eq!(write_keypair(&folder.path().join("no/such/acme"), &other).unwrap_err().code(), Code::Io);
    assert_eq!(write_keypair(Path::new("keys/"), &other).unwrap_err().code(), Code::BadPath);
}

#[test]
fn risky_places_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("work/plugin/sub")).unwrap();
    assert_eq!(risky_places(&root.join("work/acme")), []);
    // A worktree of its own has a file `.git`.
    fs::write(root.join("work/.git"), "gitdir: elsewhere").unwrap();
    fs::write(root.join("work/plugin/aisoc-plugin.json"), "{}").unwrap();
    assert_eq!(risky_places(&root.join("work/acme")), [RiskyPlace::GitWorkTree(root.join("work"))]);
    let both = [RiskyPlace::PluginFolder(root.join("work/plugin")), RiskyPlace::GitWorkTree(root.join("work"))];
    assert_eq!(risky_places(&root.join("work/plugin/sub/acme")), both);
    assert_eq!(risky_places(&root.join("no/such/acme")), []);
}

#[test]
fn key_ids_are_safe_file_names() {
    let longest = "a".repeat(64);
    for good in
        ["a", "0", "acme", "acme-plugins", "acme.v1", "a_b", "com", "com10", "console", "pem", "a.pem.x", &longest]
    {
        assert_eq!(good.parse::<KeyId>().unwrap().as_str(), good);
    }
    let too_long = "a".repeat(65);
    for (bad, said, instead) in [
        ("", "is empty", "for example"),
        (too_long.as_str(), "65 characters", "for example"),
        ("Acme", "upper-case letter `A`", "write `acme`"),
        ("acme plugins", "the character space", "write `acme-plugins`"),
        ("Mia's Key", "the upper-case letters `M` and `K`", "write `mias-key`"),
        ("Mia's Key", "the characters `'` and space", "write `mias-key`"),
        ("-A B.PEM", "starts with `-`", "write `a-b`"),
        ("-A B.PEM", "it ends in `.pem`", "write `a-b`"),
        ("a!?&%#b", "the characters `!`, `?`, `&`, `%` and 1 more", "write `a-b`"),
        ("-acme", "starts with `-`", "write `acme`"),
        (".acme", "starts with `.`", "write `acme`"),
        ("acme.", "ends in a dot", "write `acme`"),
        ("acme.pem", "ends in `.pem`", "write `acme`"),
        ("acme.pub", "ends in `.pub`", "write `acme`"),
        ("con", "`CON` to Windows", "write `key-con`"),
        ("nul.v1", "`NUL` to Windows", "write `key-nul.v1`"),
        ("lpt0", "`LPT0` to Windows", "write `key-lpt0`"),
        ("com9.x.y", "`COM9` to Windows", "write `key-com9.x.y`"),
        ("a/b", "`/`", "write `a-b`"),
        ("..", "starts with `.`", "for example"),
        ("a\0b", "`\\u{0}`", "write `a-b`"),
        ("schlüssel", "`ü`", "write `schl-ssel`"),
    ] {
        let error = bad.parse::<KeyId>().unwrap_err();
        assert!(error.to_string().contains(said), "{bad:?}: {error}");
        assert!(error.hint().unwrap().contains(instead), "{bad:?}: {:?}", error.hint());
    }
}
