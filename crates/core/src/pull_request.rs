//! A pull request, ready to be opened: its texts, a patch for `git apply`, and a check that reviewers can run without this
//! program. No `git` is run.
//!
//! Texts of a manifest are a stranger's. In what a forge renders they stand in fenced blocks alone, without control and direction
//! characters, so that no HTML, link, `@mention` or `#123` of theirs takes effect; outside of fences there are only ids, digests
//! and this program's own words.

mod body;
mod error;
mod steps;

use std::fs;
use std::path::{Path, PathBuf};

pub use error::Error;

use crate::atomic::{self, Obstacle};
use crate::checkout::script::ScriptReport;
use crate::checkout::{self, Submission};
use crate::digest::Digest;
use crate::entry::Entry;
use crate::index::{Change, Kind, plain_version};
use crate::key::{KeyId, PublicKey, pem};
use crate::manifest::Manifest;
use crate::preflight;
use crate::rehearsal;
use crate::task::Task;
use crate::trusted::TrustedKeys;
use body::{Shown, Texts};

/// The check that reviewers run, with places for key and digest.
const CHECK: &str = include_str!("pull_request/check.py");

/// What a pull request is made from that adds an entry to an index.
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
}

/// What a pull request to AiSOC's own repository is made from.
#[derive(Debug, Clone, Copy)]
pub struct SubmissionRequest<'a> {
    /// The submission, applied or not.
    pub submission: &'a Submission,
    /// The documented entry, where the author has one. The text shows it; without one it shows the item that the clone's script makes of
    /// the manifest, which is what AiSOC's index holds in either case.
    pub entry: Option<&'a Entry>,
    /// Whether the clone has the files.
    pub written: bool,
    /// What the clone's script did for this submission, where it was run.
    pub report: Option<&'a ScriptReport>,
}

/// A pull request's parts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kit {
    /// A name for the branch, which Git takes: `add-<id>-<version>`, or `update-…` for a plugin that is in the index. For AiSOC's own
    /// repository it is the submission's.
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
    /// The entry, or for AiSOC's own repository without one the item of the index; with a final newline.
    pub entry: String,
    /// The public key's file: its name, and the PEM.
    pub public_key: (String, String),
    /// The digest that is signed, where it could be computed.
    pub digest: Option<Digest>,
    /// The plugin's folder.
    plugin: PathBuf,
    /// The name of the entry's file.
    entry_name: &'static str,
    /// What to do with the files, as plain text.
    steps: String,
}

impl Kit {
    /// Prepares a pull request: looks at the plugin as `check` does, and as a loader that trusts the key alone.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn prepare(request: &Request<'_>, task: &Task<'_>) -> Result<Self, Error> {
        let Request { dir, entry, key, index } = *request;
        let found = preflight::look(dir, task)?;
        let keys = TrustedKeys::only(&entry.signing_key_id, key.clone());
        let rehearsal = match &found.plan {
            Some(plan) => rehearsal::of_payload(dir, plan.payload(), &keys),
            None => rehearsal::rehearse(dir, Ok(&keys), task)?,
        };
        let is_update = index.is_some_and(|(change, _)| change.kind() != Kind::Insert);
        let (verb, prefix) = if is_update { ("Update", "update-") } else { ("Add", "add-") };
        let version = plain_version(&entry.version).map(|version| format!(" {version}")).unwrap_or_default();
        let title = format!("{verb} the plugin {}{version}", entry.id);
        let branch = branch(prefix, entry.id.as_str(), &entry.version);
        let patch = match index {
            Some((change, name)) => patch(change, name)?,
            None => Vec::new(),
        };
        Ok(Self::of(
            &Texts {
                dir,
                id: &entry.id,
                version: &entry.version,
                words: [Some(entry.name.as_str()), entry.description.as_deref(), entry.author.as_deref()],
                key: (&entry.signing_key_id, key),
                found: &found,
                rehearsal: &rehearsal,
                shown: Shown::Entry(&entry.to_json()),
            },
            Words {
                commit_message: commit_message(&title, &entry.signing_key_id, key),
                steps: steps::of_index(&branch, !patch.is_empty()),
                title,
                branch,
                patch,
            },
        ))
    }

    /// Prepares a pull request to AiSOC's own repository. Branch, title and commit message are the submission's, the patch is
    /// [`Submission::patch`], and verdicts are about the very bytes that were planned.
    ///
    /// # Errors
    /// [`Error::NotReady`] where the submission may not be committed, or the script did not leave the index as it should be;
    /// [`Error::Changed`] where the plugin's folder is not what was looked at any more; others of [`Error`].
    pub fn of_submission(request: &SubmissionRequest<'_>, task: &Task<'_>) -> Result<Self, Error> {
        let SubmissionRequest { submission, entry, written, report } = *request;
        if !submission.is_ready() {
            return Err(Error::NotReady { why: "a fresh clone of it would not verify, or may not" });
        }
        if report.is_some_and(|report| !report.is_clean()) {
            return Err(Error::NotReady { why: "its index is not as it should be" });
        }
        let (dir, (key_id, key)) = (submission.plugin().label(), submission.key());
        let found = preflight::look(dir, task)?;
        if found.plan.as_ref().is_none_or(|plan| plan.digest() != submission.digest) {
            return Err(Error::Changed { dir: dir.to_owned() });
        }
        let keys = TrustedKeys::only(key_id, key.clone());
        let rehearsal = rehearsal::rehearse_tree(submission.plugin(), Ok(&keys), task)?;
        let manifest = Manifest::read_from(submission.plugin()).map_err(checkout::Error::from)?;
        let text = |name| manifest.field_as_read(name).text;
        let (name, description, author) = (text("name"), text("description"), text("author"));
        let item = match report {
            Some(report) => report.item_json(),
            None => submission.item_json(),
        };
        let item = item.unwrap_or_default();
        let entry = entry.map(Entry::to_json);
        let is_written = written || report.is_some();
        Ok(Self::of(
            &Texts {
                dir,
                id: &submission.id,
                version: &text("version").unwrap_or_default(),
                words: [name.as_deref(), description.as_deref(), author.as_deref()],
                key: (key_id, key),
                found: &found,
                rehearsal: &rehearsal,
                shown: match &entry {
                    Some(entry) => Shown::Entry(entry),
                    None => Shown::Item { json: &item, report },
                },
            },
            Words {
                branch: submission.branch(),
                title: submission.title(),
                commit_message: submission.commit_message(),
                patch: submission.patch(report, task)?,
                steps: steps::of_submission(submission, is_written, report.is_some()),
            },
        ))
    }

    fn of(texts: &Texts<'_>, words: Words) -> Self {
        let (key_id, key) = texts.key;
        let public_pem = pem::encode_public(key);
        let digest = texts.rehearsal.verdict.digest;
        // Without a digest nothing equals it, and the check says so.
        let digest_text = digest.map(|digest| digest.to_string()).unwrap_or_default();
        let check_script = CHECK.replace("@PEM@", &public_pem).replace("@DIGEST@", &digest_text);
        let Words { branch, title, commit_message, patch, steps } = words;
        Self {
            body: body::write(texts, &public_pem, &check_script),
            branch,
            title,
            commit_message,
            patch,
            check_script,
            entry: format!("{}\n", texts.shown.json()),
            public_key: (key_id.public_file_name(), public_pem),
            digest,
            plugin: texts.dir.to_owned(),
            entry_name: texts.shown.file_name(),
            steps,
        }
    }

    /// Returns the files that [`save`](Self::save) writes: names and bytes.
    pub fn files(&self) -> Vec<(&str, Vec<u8>)> {
        let line = |text: &str| format!("{text}\n").into_bytes();
        let mut files = vec![
            ("steps.txt", self.steps.clone().into_bytes()),
            ("branch.txt", line(&self.branch)),
            ("title.txt", line(&self.title)),
            ("commit-message.txt", self.commit_message.clone().into_bytes()),
            ("body.md", self.body.clone().into_bytes()),
            ("check.py", self.check_script.clone().into_bytes()),
            (self.entry_name, self.entry.clone().into_bytes()),
            (self.public_key.0.as_str(), self.public_key.1.clone().into_bytes()),
        ];
        if !self.patch.is_empty() {
            files.push(("change.patch", self.patch.clone()));
        }
        files
    }

    /// Tells before anything else is done that [`Self::save`] would refuse a folder, of a kit for the plugin in `plugin`.
    ///
    /// # Errors
    /// [`Error::Exists`] where anything has the name, [`Error::Inside`], and [`Error::Folder`] where either cannot be told.
    pub fn check_place(dir: &Path, plugin: &Path) -> Result<(), Error> {
        let unknown = |source| Error::Folder { path: dir.to_owned(), source };
        if Obstacle::at(dir).map_err(unknown)?.is_some() {
            return Err(Error::Exists { path: dir.to_owned() });
        }
        let above = match dir.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        // A plugin that is gone by now has no files to add to.
        let is_inside =
            plugin.canonicalize().is_ok_and(|plugin| above.canonicalize().is_ok_and(|above| above.starts_with(plugin)));
        if is_inside {
            return Err(Error::Inside { path: dir.to_owned(), plugin: plugin.to_owned() });
        }
        Ok(())
    }

    /// Saves the kit into a folder that must not exist, and not inside of the plugin's, where its `check.py` would count as one more
    /// file that is not signed.
    ///
    /// # Errors
    /// [`Error::Exists`] where anything has the name; [`Error::Inside`]; [`Error::Write`] and [`Error::Folder`] otherwise. After an error what this
    /// call made is gone again.
    pub fn save(&self, dir: &Path) -> Result<Vec<PathBuf>, Error> {
        Self::check_place(dir, &self.plugin)?;
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

/// What a route calls things.
struct Words {
    branch: String,
    title: String,
    commit_message: String,
    patch: Vec<u8>,
    steps: String,
}

fn patch(change: &Change, name: &str) -> Result<Vec<u8>, Error> {
    let ordinary = |part: &str| !matches!(part, "" | "." | ".." | ".git") && !part.contains(['\0', '\n']);
    if !name.split('/').all(ordinary) {
        return Err(Error::Name { name: name.to_owned() });
    }
    Ok(change.patch(name))
}

/// Names a branch by Git's rules (`git check-ref-format`): no two dots in a row, none at the end, no `.lock`.
pub(crate) fn branch(prefix: &str, id: &str, version: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let mut name: String = format!("{id}-{version}").chars().map(plain).take(120).collect();
    while name.contains("..") {
        name = name.replace("..", ".");
    }
    let name = name.trim_end_matches(['.', '-']);
    let name = name.strip_suffix(".lock").map_or_else(|| name.to_owned(), |start| format!("{start}-lock"));
    format!("{prefix}{name}")
}

/// Writes a commit message, with a final newline.
pub(crate) fn commit_message(title: &str, key_id: &KeyId, key: &PublicKey) -> String {
    format!("{title}\n\nIt is signed by the key {key_id}, whose fingerprint is\n{}.\n", key.fingerprint())
}
