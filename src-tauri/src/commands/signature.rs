//! What the signature in the open folder is worth, and why.

use std::path::Path;

use aisoc_publisher_core::causes::{self, Memory};
use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::records::Record;
use aisoc_publisher_core::rehearsal::{self, Rehearsal};
use aisoc_publisher_core::sign::Plan;
use aisoc_publisher_core::signature::Signature;
use aisoc_publisher_core::state::{self, State};
use aisoc_publisher_core::task::Task;
use aisoc_publisher_core::trusted::TrustedKeys;

use crate::state::Shell;
use crate::view::{self, Causes, Failure, SignatureState, Signed, verdicts};

/// Tells what the signature in `dir` is worth, with all of `keys` trusted; `plan` is what was read there just now.
pub(super) fn state(
    shell: &Shell,
    dir: &Path,
    plan: Option<&Plan>,
    keys: &[Record],
    task: &Task<'_>,
) -> Result<SignatureState, Failure> {
    let found = match plan {
        Some(plan) => state::of_payload(dir, plan.payload(), keys),
        None => state::of(dir, keys, task)?,
    };
    Ok(match found {
        State::None => SignatureState::None,
        State::Good(good) => {
            let unknown = || Failure::internal("the key that signed is not among those that were tried");
            let record = keys.iter().find(|record| record.key_id == good.key_id).ok_or_else(unknown)?;
            let rehearsal = rehearse(dir, plan, &TrustedKeys::only(&record.key_id, record.spki.clone()), task)?;
            let files = plan.map_or(0, |plan| plan.payload().files().len());
            SignatureState::Good {
                signed: signed(shell, dir, record, (good.digest, good.signature), files, &rehearsal)?,
            }
        }
        State::Malformed { finding } => {
            SignatureState::Malformed { message: Failure::of(&*finding, Some(dir)).message }
        }
        State::Unchecked { finding } => {
            SignatureState::Mismatch { why: Causes::one(Failure::of(&*finding, Some(dir))) }
        }
        _ => {
            let trusted = state::trusted(keys);
            let memory = Memory::read(&shell.home()?.data);
            let causes = causes::of(dir, &rehearse(dir, plan, &trusted, task)?, &trusted, &memory, task)?;
            SignatureState::Mismatch { why: Causes::of(&causes, &memory, dir) }
        }
    })
}

/// Tells how the loader comes to its answer; a plugin that was read already is not read again.
pub(super) fn rehearse(
    dir: &Path,
    plan: Option<&Plan>,
    keys: &TrustedKeys,
    task: &Task<'_>,
) -> Result<Rehearsal, Failure> {
    Ok(match plan {
        Some(plan) => rehearsal::of_payload(dir, plan.payload(), keys),
        None => rehearsal::rehearse(dir, Ok(keys), task)?,
    })
}

/// Writes a signature by the key of `record`, after a rehearsal with this key alone.
pub(super) fn signed(
    shell: &Shell,
    dir: &Path,
    record: &Record,
    (digest, signature): (Digest, Signature),
    file_count: usize,
    rehearsal: &Rehearsal,
) -> Result<Signed, Failure> {
    Ok(Signed {
        key: shell.give_key(&record.key_id)?,
        key_id: record.key_id.to_string(),
        digest: digest.to_string(),
        signature: signature.to_string(),
        file_count,
        verdicts: verdicts(&rehearsal.verdict),
        rehearsal: view::Rehearsal::of(rehearsal, dir),
    })
}
