//! Secrets that would travel with the plugin: private keys, and credentials of well-known services.
//!
//! Found by their content in every regular file, also in those that no signature covers. What is reported is the kind
//! and the place, never the value.

mod credential;
mod private_key;

use super::{Finding, Severity, Snapshot};
use crate::code::Code;

/// How many secrets are named one by one.
const MAX_NAMED: usize = 20;

/// How many files are named that were not searched to their end.
const MAX_CUT: usize = 3;

/// How many places in one file are kept.
const MAX_IN_A_FILE: usize = 5;

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pkcs8,
    EncryptedPkcs8,
    OpenSsh,
    Rsa,
    Ec,
    Dsa,
    Pgp,
    Age,
    Putty,
    Der,
    Minisign,
    Jwk,
    Aws,
    GitHub,
    GitLab,
    PyPi,
    Npm,
    Slack,
    Google,
    Jwt,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Pkcs8 | Self::Der => "a private key (PKCS#8)",
            Self::EncryptedPkcs8 => "a private key under a passphrase (PKCS#8)",
            Self::OpenSsh => "a private key (OpenSSH)",
            Self::Rsa => "a private key (RSA)",
            Self::Ec => "a private key (EC)",
            Self::Dsa => "a private key (DSA)",
            Self::Pgp => "a private key (OpenPGP)",
            Self::Age => "a private key (age)",
            Self::Putty => "a private key (PuTTY)",
            Self::Minisign => "a private key (minisign)",
            Self::Jwk => "a private key (JSON Web Key)",
            Self::Aws => "an access key id of AWS",
            Self::GitHub => "a token of GitHub",
            Self::GitLab => "a token of GitLab",
            Self::PyPi => "a token for uploads to PyPI",
            Self::Npm => "a token of npm",
            Self::Slack => "a token of Slack",
            Self::Google => "an API key of Google",
            Self::Jwt => "a JSON Web Token",
        }
    }

    fn is_private_key(self) -> bool {
        !matches!(
            self,
            Self::Aws | Self::GitHub | Self::GitLab | Self::PyPi | Self::Npm | Self::Slack | Self::Google | Self::Jwt
        )
    }
}

/// One secret in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Secret {
    kind: Kind,
    line: u32,
    column: u32,
}

/// Finds the secrets in a file's bytes, in order.
pub(super) fn look(bytes: &[u8]) -> Option<Vec<Secret>> {
    let mut found = Vec::new();
    private_key::find(bytes, &mut found);
    credential::find(bytes, &mut found);
    found.sort_by_key(|(start, _)| *start);
    found.truncate(MAX_IN_A_FILE);
    let secret = |&(start, kind): &(usize, Kind)| {
        let before = &bytes[..start];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[begin..]).chars().count() + 1;
        Secret {
            kind,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    };
    (!found.is_empty()).then(|| found.iter().map(secret).collect())
}

/// The first secret in the bytes of a file that is to be given away: whether it is a private key, its kind in words, and its
/// line and column.
pub(crate) fn first(bytes: &[u8]) -> Option<(bool, &'static str, (u32, u32))> {
    let found = *look(bytes)?.first()?;
    Some((found.kind.is_private_key(), found.kind.words(), (found.line, found.column)))
}

pub(super) fn find(snapshot: &Snapshot<'_>, findings: &mut Vec<Finding>) {
    let Some(survey) = &snapshot.survey else { return };
    let secrets = survey.found.iter().flat_map(|(path, secrets)| secrets.iter().map(move |secret| (path, *secret)));
    let (keys, others): (Vec<_>, Vec<_>) = secrets.partition(|(_, secret)| secret.kind.is_private_key());
    for (code, secrets) in [(Code::PrivateKeyInFolder, keys), (Code::CredentialInFolder, others)] {
        for (path, secret) in secrets.iter().take(MAX_NAMED) {
            let words = secret.kind.words();
            let title = match code {
                Code::PrivateKeyInFolder => format!("`{path}` holds {words}"),
                _ => format!("`{path}` holds what looks like {words}"),
            };
            findings
                .push(finding(code, secret.kind, title).at(snapshot.below(path), Some((secret.line, secret.column))));
        }
        if let Some((_, secret)) = secrets.get(MAX_NAMED) {
            let more = secrets.len() - MAX_NAMED;
            let what = if code == Code::PrivateKeyInFolder { "private keys" } else { "credentials" };
            findings.push(finding(code, secret.kind, format!("{more} more {what} lie in the folder")));
        }
    }
    // What Git keeps is packed, so that nothing could be found in it anyway.
    let cut: Vec<_> = survey.cut.iter().filter(|path| !path.to_string().starts_with(".git/")).collect();
    if let Some(first) = cut.first() {
        let named: Vec<_> = cut.iter().take(MAX_CUT).map(|path| format!("`{path}`")).collect();
        let more = match cut.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let title = format!("not searched for secrets beyond the first mebibyte: {}{more}", named.join(", "));
        findings.push(
            Finding::new(Code::FilesNotSearched, Severity::Note, title)
                .at(snapshot.below(first), None)
                .why("everything in the folder travels with the plugin, and nobody has looked at the rest of it")
                .cure("make sure that no secret is in it; move it out of the folder if the plugin does not need it"),
        );
    }
    if survey.unread > 0 {
        findings.push(
            Finding::new(
                Code::FilesNotSearched,
                Severity::Note,
                match survey.unread {
                    1 => "1 file was not searched for secrets".to_owned(),
                    n => format!("{n} files were not searched for secrets"),
                },
            )
            .why("they cannot be read, or there is too much in the folder that no signature covers")
            .cure("move what is not part of the plugin out of the folder"),
        );
    }
}

fn finding(code: Code, kind: Kind, title: String) -> Finding {
    match code {
        Code::PrivateKeyInFolder => Finding::new(code, Severity::Exposes, title)
            .why("everything in the folder travels with the plugin: whoever gets it has the key")
            .cure("move it out of the folder; if the folder was ever shared or pushed, replace the key"),
        // Anybody may write a token into an example, and most of them have expired.
        _ => Finding::new(code, if kind == Kind::Jwt { Severity::Note } else { Severity::Exposes }, title)
            .why("everything in the folder travels with the plugin: whoever gets it can use it")
            .cure("take it out, read it from the plugin's configuration instead, and revoke it where it was issued"),
    }
}
