//! `payload`: prints the bytes that a signature covers.

use aisoc_publisher_core::payload::Payload;

use super::object;
use crate::args;
use crate::failure::Failure;
use crate::output::Report;
use crate::progress;

pub(crate) fn run(args: &args::Payload, json: bool) -> Result<Report, Failure> {
    let payload = progress::watch(json, |task| Payload::read(args.plugin.path(), task))?;
    let digest = payload.digest().to_string();
    let raw = (!args.digest).then(|| payload.canonical().to_vec());
    Ok(Report {
        lines: vec![digest.clone()],
        raw,
        json: object! {
            "digest": digest,
            // Canonical bytes are ASCII.
            "canonical": String::from_utf8_lossy(payload.canonical()),
            "files": payload.files().len(),
        },
        ..Report::default()
    })
}
