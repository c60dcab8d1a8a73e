//! `keygen`: makes a publisher key.

use std::path::Path;

use aisoc_publisher_core::Code;
use aisoc_publisher_core::key::{self, KeyId, SecretKey, pem};
use aisoc_publisher_core::keystore::file::check_passphrase;
use aisoc_publisher_core::publisher::{KeepIn, Publisher};
use aisoc_publisher_core::records::Kept;

use super::object;
use crate::args::{self, Keeping};
use crate::failure::Failure;
use crate::key_source;
use crate::output::{Note, Report};

pub(crate) fn run(args: &args::Keygen) -> Result<Report, Failure> {
    match (&args.place.key_id, &args.place.out) {
        (Some(id), _) => with_id(id, args.keeping, args.passphrase.as_deref()),
        (None, Some(prefix)) => in_files(prefix),
        (None, None) => Err(Failure::usage("one of `--key-id` and `--out` is needed".to_owned(), None)),
    }
}

fn with_id(id: &KeyId, keeping: Keeping, passphrase: Option<&str>) -> Result<Report, Failure> {
    let (store, records) = key_source::keyring()?;
    let publisher = Publisher::new(&store, &records);
    let record = match (keeping, passphrase) {
        (Keeping::Keyring, None) => publisher
            .create(id, KeepIn::Keyring)
            .map_err(|error| super::key::in_file(error, &format!("keygen --key-id {id}")))?,
        // Whoever gives a passphrase means a file, but a key goes only where it was said to go.
        (Keeping::Keyring, Some(_)) => {
            return Err(Failure::usage(
                "a key in the keyring has no passphrase of its own".to_owned(),
                Some("add `--in file` to keep the key in a file under it, or leave `--passphrase` out"),
            ));
        }
        (Keeping::File, source) => {
            let passphrase = key_source::own_passphrase(id, source).read_new(check_passphrase)?;
            publisher.create(id, KeepIn::File { passphrase: &passphrase })?
        }
    };
    let fingerprint = record.fingerprint.to_string();
    let (made, sign) = match record.kept {
        Kept::File => {
            let path = publisher.key_file(id);
            let made = format!(
                "Made the key `{id}`. The private half is in `{}`, under the passphrase. Keep a copy of the file, and the passphrase elsewhere.",
                path.display()
            );
            (made, " --passphrase -")
        }
        _ => (format!("Made the key `{id}`. The private half is in this system's keyring and stays there."), ""),
    };
    Ok(Report {
        lines: vec![
            made,
            format!("fingerprint  {fingerprint}"),
            String::new(),
            format!("Sign with:         aisoc-publisher sign --plugin-dir PLUGIN --key-id {id}{sign}"),
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
        Note::new(Code::KeyAtRisk, message, Some("move the .key file to a folder that nobody ships or commits"))
    });
    Ok(Report {
        lines: vec![
            "Made a key.".to_owned(),
            format!("private      {}  (unencrypted: keep it secret, and keep a copy)", files.private.display()),
            format!("public       {}  (for operators)", files.public.display()),
            format!("fingerprint  {fingerprint}"),
            String::new(),
            format!("Sign with: aisoc-publisher sign --plugin-dir PLUGIN --private-key {}", files.private.display()),
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
