//! A pull request, ready to be opened: its texts, a patch for `git apply`, and a check that reviewers can run without this
//! program. No `git` is run.
//!
//! Texts of a manifest are a stranger's. In what a forge renders they stand in fenced blocks alone, without control and direction
//! characters, so that no HTML, link, `@mention` or `#123` of theirs takes effect; outside of fences there are only ids, digests
//! and this program's own words.

mod body;
mod error;

use std::fs;
use std::path::{Path, PathBuf};

pub use error::Error;

use crate::atomic;
use crate::checkout::{FileState, Submission};
use crate::digest::Digest;
use crate::entry::Entry;
use crate::index::{Change, Kind, plain_version};
use crate::key::{KeyId, PublicKey, pem};
use crate::patch::{FilePatch, git_binary};
use crate::preflight::{self, Preflight};
use crate::rehearsal::{self, Rehearsal};
use crate::task::Task;
use crate::trusted::TrustedKeys;

/// The check that reviewers run, with places for key and digest.
const CHECK: &str = include_str!("pull_request/check.py");

/// What a pull request is made from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The plugin's folder.
    pub dir: &'a Path,
    /// Its entry.
    pub entry: &'a Entry,
    /// The key of the entry.
    pub key: &'a PublicKey,
    /// The change of an index, and the index's name in its repository.
    pub index: Option<(&'a Change, &'a str)>,
    /// Files that are new or changed.
    pub files: &'a [FileChange<'a>],
}

/// A file of the pull request.
#[derive(Debug, Clone)]
pub struct FileChange<'a> {
    /// Its name in the repository, `/`-separated.
    pub name: String,
    /// Its bytes so far; nothing for a new file.
    pub before: Option<&'a [u8]>,
    /// Its bytes.
    pub after: &'a [u8],
}

/// A pull request's parts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kit {
    /// A name for the branch, which Git takes: `add-<id>-<version>`, or `update-…` for a plugin that is in the index.
    pub branch: String,
    /// The title, which is also the commit message's first line.
    pub title: String,
    /// The commit message, with a final newline.
    pub commit_message: String,
    /// The text, in Markdown.
    pub body: String,
    /// What `git apply` takes; empty where nothing was given to change.
    pub patch: Vec<u8>,
    /// A Python program that checks the signature.
    pub check_script: String,
    /// The entry, with a final newline.
    pub entry: String,
    /// The public key's file: its name, and the PEM.
    pub public_key: (String, String),
    /// The digest that is signed, where it could be computed.
    pub digest: Option<Digest>,
}

impl Kit {
    /// Prepares a pull request: looks at the plugin as `check` does, and as a loader that trusts the key alone.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn prepare(request: &Request<'_>, task: &Task<'_>) -> Result<Self, Error> {
        let found = preflight::look(request.dir, task)?;
        let keys = TrustedKeys::only(&request.entry.signing_key_id, request.key.clone());
        let rehearsal = match &found.plan {
            Some(plan) => rehearsal::of_payload(request.dir, plan.payload(), &keys),
            None => rehearsal::rehearse(request.dir, Ok(&keys), task)?,
        };
        Self::of(request, &found, &rehearsal)
    }

    fn of(request: &Request<'_>, found: &Preflight, rehearsal: &Rehearsal) -> Result<Self, Error> {
        let Request { entry, key, .. } = request;
        let is_update = request.index.is_some_and(|(change, _)| change.kind() != Kind::Insert);
        let (verb, prefix) = if is_update { ("Update", "update") } else { ("Add", "add") };
        let version = plain_version(&entry.version).map(|version| format!(" {version}")).unwrap_or_default();
        let title = format!("{verb} the plugin {}{version}", entry.id);
        let commit_message = commit_message(&title, &entry.signing_key_id, key);
        let public_pem = pem::encode_public(key);
        let digest = rehearsal.verdict.digest;
        // Without a digest nothing equals it, and the check says so.
        let digest_text = digest.map(|digest| digest.to_string()).unwrap_or_default();
        let check_script = CHECK.replace("@PEM@", &public_pem).replace("@DIGEST@", &digest_text);
        Ok(Self {
            branch: branch(prefix, entry),
            body: body::write(request, found, rehearsal, &public_pem, &check_script),
            title,
            commit_message,
            patch: patch(request)?,
            check_script,
            entry: entry.to_json() + "\n",
            public_key: (entry.signing_key_id.public_file_name(), public_pem),
            digest,
        })
    }

    /// Returns the files that [`save`](Self::save) writes: names and bytes.
    pub fn files(&self) -> Vec<(&str, Vec<u8>)> {
        let line = |text: &str| format!("{text}\n").into_bytes();
        let mut files = vec![
            ("steps.txt", self.steps().into_bytes()),
            ("branch.txt", line(&self.branch)),
            ("title.txt", line(&self.title)),
            ("commit-message.txt", self.commit_message.clone().into_bytes()),
            ("body.md", self.body.clone().into_bytes()),
            ("check.py", self.check_script.clone().into_bytes()),
            ("entry.json", self.entry.clone().into_bytes()),
            (self.public_key.0.as_str(), self.public_key.1.clone().into_bytes()),
        ];
        if !self.patch.is_empty() {
            files.push(("change.patch", self.patch.clone()));
        }
        files
    }

    /// Returns what to do with the files, as plain text.
    fn steps(&self) -> String {
        let apply = if self.patch.is_empty() {
            "2. Put entry.json into the index, and say `git add` to it."
        } else {
            "2. git apply --index KIT/change.patch"
        };
        format!(
            "\
In a clone of the repository, with KIT for the folder of this file:

1. git switch -c {branch}
{apply}
3. git commit -s -F KIT/commit-message.txt
4. git push -u origin {branch}
5. Open the pull request with title.txt as its title and body.md as its
   text. Reviewers can run check.py, which stands in it too.
",
            branch = self.branch
        )
    }

    /// Saves the kit into a folder that must not exist.
    ///
    /// # Errors
    /// [`Error::Exists`] where anything has the name; [`Error::Write`] and [`Error::Folder`] otherwise. After an error what this
    /// call made is gone again.
    pub fn save(&self, dir: &Path) -> Result<Vec<PathBuf>, Error> {
        fs::create_dir(dir).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists { path: dir.to_owned() },
            _ => Error::Folder { path: dir.to_owned(), source },
        })?;
        let mut written = Vec::new();
        for (name, bytes) in self.files() {
            let path = dir.join(name);
            if let Err(error) = atomic::create_new(&path, &bytes, 0o644) {
                // The error that led here is the one to report; only files of this call are removed.
                for path in &written {
                    let _ = fs::remove_file(path);
                }
                let _ = fs::remove_dir(dir);
                return Err(Error::Write(error));
            }
            written.push(path);
        }
        Ok(written)
    }
}

/// Returns the changed files of a submission to a clone of AiSOC's repository. Names that are no Unicode are left out of a patch.
pub fn of_submission(submission: &Submission) -> Vec<FileChange<'_>> {
    let changed = submission.files.iter().filter(|file| file.state != FileState::Same);
    changed
        .filter_map(|file| {
            let name = format!("{}/{}", submission.folder, file.path.as_py().as_str()?);
            Some(FileChange { name, before: file.before.as_deref(), after: &file.bytes })
        })
        .collect()
}

/// Returns an index's name in its repository: below the folder that holds `.git`, or else as AiSOC's is called.
pub fn name_in_repository(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let root = whole.ancestors().skip(1).find(|folder| folder.join(".git").symlink_metadata().is_ok());
    let below = root.and_then(|root| whole.strip_prefix(root).ok());
    let parts = below.map(|below| below.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>());
    match parts.flatten() {
        Some(parts) if !parts.is_empty() && !parts.contains(&"..") => parts.join("/"),
        _ => "marketplace/index.json".to_owned(),
    }
}

fn patch(request: &Request<'_>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for FileChange { name, before, after } in request.files {
        let ordinary = |part: &str| !matches!(part, "" | "." | ".." | ".git") && !part.contains(['\0', '\n']);
        if !name.split('/').all(ordinary) {
            return Err(Error::Name { name: name.clone() });
        }
        if *before == Some(*after) {
            continue;
        }
        let binary = git_binary::is_binary(after) || before.is_some_and(git_binary::is_binary);
        let one = match before {
            _ if binary => {
                git_binary::patch(name, *before, after).ok_or_else(|| Error::Binary { name: name.clone() })?
            }
            Some(before) => FilePatch::rewrite(name, before, after).to_git(),
            None => FilePatch::creation(name, after).to_git(),
        };
        out.extend_from_slice(&one);
    }
    if let Some((change, name)) = request.index {
        out.extend_from_slice(&change.patch(name));
    }
    Ok(out)
}

/// Names the branch by Git's rules (`git check-ref-format`): no two dots in a row, none at the end, no `.lock`.
fn branch(prefix: &str, entry: &Entry) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let mut name: String = format!("{prefix}-{}-{}", entry.id, entry.version).chars().map(plain).take(120).collect();
    while name.contains("..") {
        name = name.replace("..", ".");
    }
    let name = name.trim_end_matches(['.', '-']);
    name.strip_suffix(".lock").map_or_else(|| name.to_owned(), |start| format!("{start}-lock"))
}

/// Writes a commit message, with a final newline.
pub(crate) fn commit_message(title: &str, key_id: &KeyId, key: &PublicKey) -> String {
    format!("{title}\n\nIt is signed by the key {key_id}, whose fingerprint is\n{}.\n", key.fingerprint())
}
