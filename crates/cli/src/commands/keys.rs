//! `keys`: lists the publisher keys made on this machine.

use aisoc_publisher_core::key::{KeyId, pem};
use aisoc_publisher_core::records::{Kept, Record};
use serde_json::{Value, json};

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::key_source;
use crate::output::Report;

pub(crate) fn run(args: &args::Keys) -> Result<Report, Failure> {
    match &args.pem {
        Some(id) => public_key(id),
        None => list(),
    }
}

pub(super) fn public_key(id: &KeyId) -> Result<Report, Failure> {
    let key = key_source::find_public(id, None)?;
    let text = pem::encode_public(&key);
    Ok(Report {
        json: object! {
            "key_id": id.as_str(),
            "fingerprint": key.fingerprint().to_string(),
            "public_key": text,
        },
        raw: Some(text.into_bytes()),
        ..Report::default()
    })
}

fn list() -> Result<Report, Failure> {
    let (_, records) = key_source::keyring()?;
    let records = records.all()?;
    let lines = if records.is_empty() {
        vec![
            "No key with an id was made on this machine yet. Keys made with `--out` are files of your own.".to_owned(),
            "Make one with: aisoc-publisher keygen --key-id ID".to_owned(),
        ]
    } else {
        records.iter().flat_map(lines_of).collect()
    };
    Ok(Report { lines, json: object! { "keys": records.iter().map(json_of).collect::<Vec<_>>() }, ..Report::default() })
}

fn lines_of(record: &Record) -> [String; 3] {
    [
        record.key_id.to_string(),
        format!("  fingerprint  {}", record.fingerprint),
        match record.deleted {
            None => format!("  kept in      {}, since {}", place(record.kept), record.created),
            Some(at) => format!("  deleted      {at}; its public half is remembered"),
        },
    ]
}

fn place(kept: Kept) -> &'static str {
    match kept {
        Kept::Keyring => "this system's keyring",
        Kept::File => "a file of this program's, under a passphrase",
        _ => "a place that this version does not know",
    }
}

fn json_of(record: &Record) -> Value {
    let mut key = json!({
        "key_id": record.key_id.as_str(),
        "fingerprint": record.fingerprint.to_string(),
        "kept": record.kept,
        "created": record.created.to_string(),
    });
    // Only where it is so: `key list` has a field for everything, and this is the short form.
    if let Some(at) = record.deleted {
        key["deleted"] = json!(at.to_string());
    }
    key
}
