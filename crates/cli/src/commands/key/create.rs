//! `key create`: makes a key.

use aisoc_publisher_core::publisher::Publisher;

use super::{expect_place, file_passphrase, keep_in, kept_now};
use crate::args::key::Create;
use crate::failure::Failure;
use crate::output::Report;
use crate::{key_source, secret_source};

pub(super) fn run(publisher: &Publisher<'_>, args: &Create) -> Result<Report, Failure> {
    let id = &args.key.id;
    let own = key_source::own_passphrase(id, args.passphrase.as_deref());
    secret_source::expect_one_pipe(&[&own, &args.first.passphrase(id)])?;
    expect_place(publisher, args.keeping, &own, &format!("key create {id}"))?;
    let own = file_passphrase(args.keeping, &own)?;
    let new = args.first.prepare(id)?;
    let record = publisher.create(id, keep_in(&own))?;
    let done = args.first.make(publisher, &record, &own, &new)?;
    Ok(kept_now(publisher, format!("Made the key `{id}`."), &record, done))
}
