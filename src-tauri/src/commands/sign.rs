//! Sign: exactly what was shown, checked again from disk.

use std::sync::Arc;

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::publisher::Publisher;
use aisoc_publisher_core::records::Kept;
use aisoc_publisher_core::rehearsal;
use aisoc_publisher_core::sign::{self, Plan};
use aisoc_publisher_core::trusted::TrustedKeys;

use super::{Answer, Here, plugin, signature};
use crate::view::{Changes, Failure, FolderHandle, KeyHandle, Operation, Passphrase, SignAnswer, key_failure};

/// Signs the folder if its digest is still `digest`, and judges it again from disk.
#[tauri::command]
pub(crate) async fn sign(
    shell: Here<'_>,
    operation: Operation,
    folder: FolderHandle,
    digest: String,
    key: KeyHandle,
    passphrase: Option<Passphrase>,
) -> Answer<SignAnswer> {
    let shell = Arc::clone(&shell);
    shell
        .operate(operation, move |shell, long| {
            let (dir, record, home) = (shell.folder(&folder)?, shell.key(&key)?, shell.home()?);
            let failed = |error: sign::Error| Failure::of(&error, Some(&dir));
            let shown: Digest = digest.parse().map_err(Failure::internal)?;
            let plan = Plan::look(&dir, &long.task).map_err(failed)?;
            if plan.digest() != shown {
                return Ok(SignAnswer::Changed {
                    changes: plugin::changes_since_shown(shell, &folder, plan.payload()),
                });
            }
            // The key last: nobody should unlock one for a plugin that cannot be signed.
            if record.kept == Kept::Keyring {
                long.waits_for_keyring();
            }
            let keyring = home.keyring().cancelled_by(Arc::clone(&long.cancelled));
            let passphrase = passphrase.as_ref().map(Passphrase::expose);
            let publisher = Publisher::new(&keyring, &home.records);
            let secret = publisher.load(&record.key_id, passphrase).map_err(|error| key_failure(&error))?;
            let signing = plugin::Writing::begin(shell, &folder);
            match plan.sign_and_keep(Some(&record.key_id), &secret, None, Ok(home.receipts.clone()), &long.task) {
                Ok(signed) => {
                    signing.done(&dir);
                    plugin::remember_key(shell, &dir, &record.key_id);
                    let noted = publisher.note_use(&record.key_id, secret.public());
                    let only = TrustedKeys::only(&record.key_id, record.spki.clone());
                    let rehearsal = rehearsal::of_payload(&dir, plan.payload(), &only);
                    Ok(SignAnswer::Signed {
                        not_kept: signed
                            .not_kept
                            .as_ref()
                            .map(|not_kept| Failure::of(not_kept, Some(&dir)))
                            .or_else(|| noted.err().map(Failure::from)),
                        signed: Box::new(signature::signed(
                            shell,
                            &dir,
                            &record,
                            (signed.digest, signed.signature),
                            signed.files,
                            &rehearsal,
                        )?),
                    })
                }
                Err(sign::Error::FolderChanged { change, .. }) => {
                    Ok(SignAnswer::Changed { changes: Changes::of(&change.files, change.manifest) })
                }
                Err(error) => Err(failed(error)),
            }
        })
        .await
}
