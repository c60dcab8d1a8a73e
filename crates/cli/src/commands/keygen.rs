//! `keygen`: makes a publisher key.

use std::path::Path;

use aisoc_publisher_core::key::{self, KeyId, SecretKey, pem};
use aisoc_publisher_core::publisher;

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::key_source;
use crate::output::{Note, Report};

pub(crate) fn run(args: &args::Keygen) -> Result<Report, Failure> {
    match (&args.place.key_id, &args.place.out) {
        (Some(id), _) => in_keyring(id),
        (None, Some(prefix)) => in_files(prefix),
        (None, None) => Err(Failure::usage("one of `--key-id` and `--out` is needed".to_owned(), None)),
    }
}

fn in_keyring(id: &KeyId) -> Result<Report, Failure> {
    let (store, records) = key_source::keyring()?;
    let record = publisher::create_key(&store, &records, id)?;
    let fingerprint = record.fingerprint.to_string();
    Ok(Report {
        lines: vec![
            format!("Made the key `{id}`. The private half is in this system's keyring and stays there."),
            format!("fingerprint  {fingerprint}"),
            String::new(),
            format!("Sign with:         aisoc-publisher sign --plugin-dir DIR --key-id {id}"),
            format!("For operators:     aisoc-publisher keys --pem {id} > {}", id.public_file_name()),
        ],
        json: object! {
            "key_id": id.as_str(),
            "fingerprint": fingerprint,
            "kept": record.kept,
            "created": record.created.to_string(),
            "public_key": pem::encode_public(&record.spki),
        },
        ..Report::default()
    })
}

fn in_files(prefix: &Path) -> Result<Report, Failure> {
    let secret = SecretKey::generate()?;
    let files = key::write_keypair(prefix, &secret)?;
    let fingerprint = secret.public().fingerprint().to_string();
    let notes = key::risky_places(prefix).into_iter().map(|place| {
        let message = format!("`{}` lies in {place}", files.private.display());
        Note::new("key-at-risk", message, Some("move the .key file to a folder that nobody ships or commits"))
    });
    Ok(Report {
        lines: vec![
            "Made a key.".to_owned(),
            format!("private      {}  (unencrypted: keep it secret, and keep a copy)", files.private.display()),
            format!("public       {}  (for operators)", files.public.display()),
            format!("fingerprint  {fingerprint}"),
            String::new(),
            format!("Sign with: aisoc-publisher sign --plugin-dir DIR --private-key {}", files.private.display()),
        ],
        json: object! {
            "private_key_file": files.private.to_string_lossy(),
            "public_key_file": files.public.to_string_lossy(),
            "fingerprint": fingerprint,
            "public_key": pem::encode_public(secret.public()),
        },
        notes: notes.collect(),
        ..Report::default()
    })
}
