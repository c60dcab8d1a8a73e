//! A new key beside the old one, and the time in which operators trust both.

use super::{KeepIn, Publisher, PublisherError, SignedPlugin};
use crate::key::KeyId;
use crate::records::Record;

/// Two keys of which the newer takes over from the older.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overlap {
    /// The older key.
    pub old: Record,
    /// The newer key.
    pub new: Record,
    /// The plugins whose newest signature here is the older key's.
    pub to_sign_again: Vec<SignedPlugin>,
    /// The plugins that both keys signed, the newer one last.
    pub signed_again: Vec<SignedPlugin>,
    /// How many receipts cannot be read. Any of them may be of a plugin that has to be signed again.
    pub unreadable: usize,
}

/// What is to be done next of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Hand the newer key's PEM to the operators, beside the older one's, which stays.
    HandOver,
    /// Sign again what is listed, and give it to the operators.
    SignAgain,
    /// The older key may go, as soon as every operator runs the plugins that the newer one signed: have its PEM removed, then
    /// delete it.
    OldMayGo,
    /// Nothing: the older key was deleted or revoked, and everything is signed again.
    Nothing,
}

impl Overlap {
    /// Tells what is to be done next.
    ///
    /// A hand-over is known only where it was saved from here. Receipts are this machine's: plugins signed elsewhere are not in
    /// the list.
    pub fn next(&self) -> NextStep {
        if self.new.handed_over.is_none() {
            NextStep::HandOver
        } else if !self.to_sign_again.is_empty() {
            NextStep::SignAgain
        } else if self.old.deleted.is_none() && self.old.revoked.is_none() {
            NextStep::OldMayGo
        } else {
            NextStep::Nothing
        }
    }
}

impl Publisher<'_> {
    /// Makes a new key that takes over from an older one. The older one stays, and signs on until it is revoked or deleted.
    ///
    /// Without a `new` id the new key gets the one of [`Publisher::suggest_successor`].
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; [`PublisherError::Succeeded`] where another key took over before; others as for
    /// [`Publisher::create`].
    pub fn rotate(&self, old: &KeyId, new: Option<&KeyId>, keep: KeepIn<'_>) -> Result<Record, PublisherError> {
        self.expect_no_successor(old)?;
        let new = match new {
            Some(new) => new.clone(),
            None => self.suggest_successor(old)?,
        };
        self.make(&new, keep, Some(old))
    }

    pub(super) fn expect_no_successor(&self, old: &KeyId) -> Result<(), PublisherError> {
        match self.record(old)?.succeeded_by {
            Some(by) => Err(PublisherError::Succeeded { id: old.clone(), by }),
            None => Ok(()),
        }
    }

    /// Suggests an id for the key that takes over from this one: `acme-2026` after `acme-2025`, otherwise `acme-2`.
    ///
    /// # Errors
    /// The records' own, or the folder of key files cannot be looked into.
    pub fn suggest_successor(&self, old: &KeyId) -> Result<KeyId, PublisherError> {
        let year = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year();
        let (known, files) = (self.records.all()?, self.files());
        let mut number = 2;
        let mut candidate = first_candidate(old.as_str(), year);
        loop {
            // A candidate that breaks a rule is none, such as one that ends in `.pem`.
            if let Some(id) = candidate.and_then(|text| text.parse::<KeyId>().ok())
                && !known.iter().any(|record| record.key_id == id)
                && !files.contains(&id)?
            {
                return Ok(id);
            }
            candidate = Some(numbered(old.as_str(), number));
            number += 1;
        }
    }

    /// Tells how far the rotation from this key, or to it, has come.
    ///
    /// # Errors
    /// [`PublisherError::NoRecord`]; [`PublisherError::NoSuccessor`]; [`PublisherError::Receipts`]; the records' own.
    pub fn overlap(&self, id: &KeyId) -> Result<Overlap, PublisherError> {
        let record = self.record(id)?;
        let (old, new) = match (&record.succeeded_by, &record.succeeds) {
            (Some(new), _) => (record.clone(), self.record(new)?),
            (None, Some(old)) => (self.record(old)?, record),
            (None, None) => return Err(PublisherError::NoSuccessor { id: id.clone() }),
        };
        let (by_old, by_new) = (self.signed_by(&old.fingerprint)?, self.signed_by(&new.fingerprint)?);
        let again = |plugin: &SignedPlugin| {
            by_new.plugins.iter().any(|newer| newer.id == plugin.id && newer.signed > plugin.signed)
        };
        let (signed_again, to_sign_again) = by_old.plugins.into_iter().partition(again);
        // Each of the two counted the same files.
        Ok(Overlap { old, new, to_sign_again, signed_again, unreadable: by_old.unreadable })
    }
}

/// The id with this year in place of an earlier one at its end.
fn first_candidate(old: &str, year: i16) -> Option<String> {
    let (name, last) = old.rsplit_once('-')?;
    let earlier: i16 = last.parse().ok().filter(|_| last.len() == 4)?;
    (2000..year).contains(&earlier).then(|| format!("{name}-{year}"))
}

/// The id with this number at its end, in place of a smaller one that is there, and shortened where it grew too long.
fn numbered(old: &str, number: u32) -> String {
    let is_number = |last: &str| (1..=3).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_digit());
    let (name, before) = match old.rsplit_once('-') {
        Some((name, last)) if is_number(last) && !name.is_empty() => (name, last.parse().unwrap_or(1)),
        _ => (old, 1),
    };
    let ending = format!("-{}", before.max(1) + number - 1);
    // Ids are ASCII.
    let name: String = name.chars().take(64 - ending.len()).collect();
    format!("{name}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_goes_on_and_anything_else_is_numbered() {
        for (old, year, expected) in [
            ("acme-2025", 2026, Some("acme-2026")),
            ("acme-2019", 2026, Some("acme-2026")),
            ("acme-2026", 2026, None),
            ("acme-2030", 2026, None),
            ("acme-1850", 2026, None),
            ("acme-+025", 2026, None),
            ("acme", 2026, None),
        ] {
            assert_eq!(first_candidate(old, year).as_deref(), expected, "{old}");
        }
        let long = "a".repeat(64);
        for (old, number, expected) in [
            ("acme", 2, "acme-2"),
            ("acme", 3, "acme-3"),
            ("acme-2", 2, "acme-3"),
            ("acme-2", 3, "acme-4"),
            ("acme-2026", 2, "acme-2026-2"),
            ("acme-2026-2", 2, "acme-2026-3"),
            ("acme-0", 2, "acme-2"),
            (&long, 2, &format!("{}-2", "a".repeat(62))),
        ] {
            let id = numbered(old, number);
            assert_eq!(id, expected, "{old}");
            id.parse::<KeyId>().unwrap();
        }
    }
}
