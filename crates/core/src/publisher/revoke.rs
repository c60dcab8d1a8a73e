//! After loss or theft: the key signs no more here, and the operators are told.

use super::{Publisher, PublisherError, SignedPlugin};
use crate::handover::TRUSTED_KEYS_DIR;
use crate::key::KeyId;
use crate::records::{self, Reason, Record, Revoked};

/// A key that was revoked, and what is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revocation {
    /// What is remembered of the key.
    pub record: Record,
    /// What to send to every operator who has the key; plain ASCII text with a final newline.
    pub notice: String,
    /// The plugins that have to be signed again, with the successor where there is one.
    pub to_sign_again: Vec<SignedPlugin>,
    /// How many receipts cannot be read. Any of them may be of a plugin that has to be signed again.
    pub unreadable: usize,
}

impl Publisher<'_> {
    /// Revokes a key under every id that it has here: it signs no more on this machine. Its private half stays where it is.
    ///
    /// AiSOC knows no list of revoked keys: only the operators can stop trusting one, by removing its PEM. A key that was
    /// revoked before keeps the time of then, and gets the new reason.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; [`PublisherError::Receipts`]; the records' own.
    pub fn revoke(&self, id: &KeyId, reason: Reason) -> Result<Revocation, PublisherError> {
        let key = self.record(id)?.spki;
        // Under every id that it has here: whoever looks at another one is to see it.
        self.records.change(|keys| {
            for record in keys.iter_mut().filter(|known| known.spki == key) {
                let at = record.revoked.map_or_else(records::now, |before| before.at);
                record.revoked = Some(Revoked { at, reason });
            }
        })?;
        self.revocation(id)
    }

    /// Tells again what there is to do about a key that was revoked.
    ///
    /// # Errors
    /// [`PublisherError::NotRevoked`]; others as for [`Publisher::revoke`].
    pub fn revocation(&self, id: &KeyId) -> Result<Revocation, PublisherError> {
        let record = self.record(id)?;
        let Some(revoked) = record.revoked else {
            return Err(PublisherError::NotRevoked { id: id.clone() });
        };
        let successor = match &record.succeeded_by {
            // It may have been forgotten since.
            Some(successor) => self.records.find(successor)?,
            None => None,
        };
        let notice = notice(&record, &revoked, successor.as_ref());
        let (to_sign_again, unreadable) = match &successor {
            Some(_) => {
                let overlap = self.overlap(id)?;
                (overlap.to_sign_again, overlap.unreadable)
            }
            None => {
                let signed = self.signed_by(&record.fingerprint)?;
                (signed.plugins, signed.unreadable)
            }
        };
        Ok(Revocation { record, notice, to_sign_again, unreadable })
    }
}

/// Writes the notice to operators.
fn notice(record: &Record, revoked: &Revoked, successor: Option<&Record>) -> String {
    let (id, file) = (&record.key_id, record.key_id.public_file_name());
    let why = match revoked.reason {
        Reason::Lost => "The key was lost. Nobody can sign with it any more, the publisher neither.",
        Reason::Stolen => {
            "Somebody else has the key or may have it, and can sign plugins that AiSOC takes for the\n\
             publisher's. Remove it now, and install no plugin that it signed."
        }
        Reason::Other => "The publisher does not use the key any more.",
    };
    let next = match successor {
        Some(new) => format!(
            "The publisher signs with the key `{}` from now on. Its fingerprint is\n\n  {}\n\n\
             and it comes in a folder of its own, with instructions.",
            new.key_id, new.fingerprint
        ),
        None => "The publisher will hand over a new key and plugins that it signed.".to_owned(),
    };
    format!(
        "\
AiSOC publisher key `{id}`: remove this key from your trusted keys

Revoked {at}.

{why}

1. Find the key's file. It is named {file} unless you renamed it. Its fingerprint,

     openssl pkey -pubin -in {TRUSTED_KEYS_DIR}/{file} -outform DER | sha256sum

   must be

     {fingerprint}

2. Remove it from PLUGIN_TRUSTED_KEYS_DIR.

     sudo rm {TRUSTED_KEYS_DIR}/{file}

   {TRUSTED_KEYS_DIR} is the default of PLUGIN_TRUSTED_KEYS_DIR; if your server sets this
   variable, use its folder. Remove copies of the key under other names too.

3. Restart AiSOC.

     sudo systemctl restart aisoc-api

From then on AiSOC refuses plugins that only this key signed, unless PLUGIN_TRUST_MODE is warn or
disabled.

{next}
",
        at = revoked.at,
        fingerprint = record.fingerprint,
    )
}
