//! A pull request, ready to be opened: its texts, a patch for `git apply`, and a check that reviewers can run without this
//! program. No `git` is run.
//!
//! Texts of a manifest are a stranger's. In what a forge renders they stand in fenced blocks alone, without control and direction
//! characters, so that no HTML, link, `@mention` or `#123` of theirs takes effect; outside of fences there are only ids, digests
//! and this program's own words.

mod body;
mod difference;
mod error;
mod notice;
mod place;
mod steps;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use notice::Notice;

use crate::checkout::script::ScriptReport;
use crate::checkout::{self, Submission};
use crate::digest::Digest;
use crate::entry::{Entry, Prepared};
use crate::index::{Base, Change, Here, InRepository, Kind, in_title, plain_version};
use crate::key::{KeyId, PublicKey, pem};
use crate::manifest::Manifest;
use crate::preflight::{self, Preflight};
use crate::rehearsal;
use crate::task::Task;
use crate::trusted::TrustedKeys;
use crate::verdict::{Status, TrustMode};
use body::{Shown, Texts};

/// The check that reviewers run, with places for key and digest.
const CHECK: &str = include_str!("pull_request/check.py");

/// What a pull request is made from that adds an entry to an index.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The plugin's folder.
    pub dir: &'a Path,
    /// Its entry, with the digest of the plugin that it is about.
    pub prepared: &'a Prepared,
    /// The key of the entry.
    pub key: &'a PublicKey,
    /// The change of an index. Where Git has the index, the pull request is about the same change of the committed one.
    pub index: Option<&'a Change>,
    /// Whether that change is written, or going to be.
    pub written: bool,
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
    /// The digest that is signed.
    pub digest: Option<Digest>,
    /// What its author should know.
    pub notices: Vec<Notice>,
    /// The name of the entry's file.
    entry_name: &'static str,
    /// What to do with the files, as plain text with [`steps::KIT`] for their folder.
    steps: String,
    /// The plugin's folder.
    plugin: PathBuf,
}

impl Kit {
    /// Prepares a pull request: looks at the plugin as `check` does, and as a loader that trusts the key alone.
    ///
    /// # Errors
    /// [`Error::Changed`] where the plugin is not what the entry was made of any more, [`Error::NotReady`] where it does not verify,
    /// [`Error::Finding`] where it gives a secret away, [`Error::Same`] where there is nothing to ask for; others of
    /// [`Error`].
    pub fn prepare(request: &Request<'_>, task: &Task<'_>) -> Result<Self, Error> {
        let Request { dir, prepared, key, index, written } = *request;
        let entry = &prepared.entry;
        let found = preflight::look(dir, task)?;
        let keys = TrustedKeys::only(&entry.signing_key_id, key.clone());
        let rehearsal = match &found.plan {
            Some(plan) => rehearsal::of_payload(dir, plan.payload(), &keys),
            None => rehearsal::rehearse(dir, Ok(&keys), task)?,
        };
        if rehearsal.verdict.digest.is_some_and(|digest| Some(digest) != prepared.digest) {
            return Err(Error::Changed { dir: dir.to_owned() });
        }
        if rehearsal.verdict.mode(TrustMode::Strict).signature_status != Some(Status::Verified) {
            return Err(Error::NotReady { why: "operators would refuse the plugin" });
        }
        fit(&found)?;
        let place = index.map(|change| change.in_repository(entry, task)).transpose()?.flatten();
        let (change, notices) = look(index, place.as_ref())?;
        let is_update = change.is_some_and(|change| change.kind() != Kind::Insert);
        let (verb, prefix) = if is_update { ("Update", "update-") } else { ("Add", "add-") };
        let version = plain_version(&entry.version).map(|version| format!(" {version}")).unwrap_or_default();
        let title = match in_title(entry.id.as_str()) {
            Some(id) => format!("{verb} the plugin {id}{version}"),
            None => format!("{verb} a plugin{version}"),
        };
        let branch = branch(prefix, entry.id.as_str(), &entry.version);
        let name = match (&place, index) {
            (Some(place), _) => place.name.clone(),
            (None, Some(change)) => file_name(change)?,
            (None, None) => String::new(),
        };
        let to_do = steps::Index { branch: &branch, name: &name, place: place.as_ref(), change, written };
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
                change,
                has_files: false,
            },
            Words {
                commit_message: commit_message(&title, &entry.signing_key_id, key),
                steps: steps::of_index(&to_do),
                title,
                patch: change.map(|change| change.patch(&name)).unwrap_or_default(),
                branch,
                notices,
            },
        ))
    }

    /// Prepares a pull request to AiSOC's own repository. Branch, title and commit message are the submission's, the patch is
    /// [`Submission::patch`], and verdicts are about the very bytes that were planned.
    ///
    /// # Errors
    /// [`Error::NotReady`] where the submission may not be committed, or the script did not leave the index as it should be;
    /// [`Error::Committed`] where there is nothing to ask for; [`Error::Changed`] where the plugin's folder is not what was looked at any
    /// more; others of [`Error`].
    pub fn of_submission(request: &SubmissionRequest<'_>, task: &Task<'_>) -> Result<Self, Error> {
        let SubmissionRequest { submission, entry, written, report } = *request;
        if !submission.is_ready() {
            return Err(Error::NotReady { why: "a fresh clone of it would not verify, or may not" });
        }
        if report.is_some_and(|report| !report.is_clean()) {
            return Err(Error::NotReady { why: "its index is not as it should be" });
        }
        if let Some(commit) = submission.is_in_commit(task)? {
            return Err(Error::Committed { commit });
        }
        let (dir, (key_id, key)) = (submission.plugin().label(), submission.key());
        let found = preflight::look(dir, task)?;
        if found.plan.as_ref().is_none_or(|plan| plan.digest() != submission.digest) {
            return Err(Error::Changed { dir: dir.to_owned() });
        }
        fit(&found)?;
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
                change: None,
                has_files: true,
            },
            Words {
                branch: submission.branch(),
                title: submission.title(),
                commit_message: submission.commit_message(),
                patch: submission.patch(report, task)?,
                steps: steps::of_submission(submission, is_written, report.is_some()),
                notices: Vec::new(),
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
        let Words { branch, title, commit_message, patch, steps, notices } = words;
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
            notices,
            entry_name: texts.shown.file_name(),
            steps,
            plugin: texts.dir.to_owned(),
        }
    }

    /// Returns the files that [`save`](Self::save) writes: names and bytes, but for the name of their folder.
    pub fn files(&self) -> Vec<(&str, Vec<u8>)> {
        self.files_in(None)
    }

    fn files_in(&self, folder: Option<&Path>) -> Vec<(&str, Vec<u8>)> {
        let folder = folder.and_then(steps::path).unwrap_or_else(|| steps::UNKNOWN.to_owned());
        let line = |text: &str| format!("{text}\n").into_bytes();
        let mut files = vec![
            ("steps.txt", self.steps.replace(steps::KIT, &folder).into_bytes()),
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

    /// Tells before anything else is done that [`Self::save`] would refuse a folder's name.
    ///
    /// # Errors
    /// [`Error::Exists`] where anything has the name, [`Error::Inside`] below the plugin's folder `plugin`, and [`Error::Folder`] where
    /// that cannot be told.
    pub fn check_place(dir: &Path, plugin: &Path) -> Result<(), Error> {
        place::check(dir, plugin)
    }

    /// Says what to know of the place of a kit.
    pub fn notices_of_place(dir: &Path) -> Vec<Notice> {
        place::work_tree(dir).map(|root| Notice::InWorkTree { root }).into_iter().collect()
    }

    /// Saves the kit into a folder that must not exist, whole or not at all.
    ///
    /// # Errors
    /// Those of [`Self::check_place`]; [`Error::Write`] and [`Error::Folder`] otherwise. After an error what this call made is gone again.
    pub fn save(&self, dir: &Path) -> Result<Vec<PathBuf>, Error> {
        place::check(dir, &self.plugin)?;
        let whole = place::whole(dir)?;
        place::save(dir, &self.files_in(Some(&whole)))
    }
}

/// Refuses a plugin with a finding that nobody should publish.
fn fit(found: &Preflight) -> Result<(), Error> {
    match found.findings.iter().find(|finding| finding.severity.is_error()) {
        Some(finding) => Err(Error::Finding(Box::new(finding.clone()))),
        None => Ok(()),
    }
}

/// Picks what the pull request changes, and says what to know of it.
fn look<'a>(
    index: Option<&'a Change>,
    place: Option<&'a InRepository>,
) -> Result<(Option<&'a Change>, Vec<Notice>), Error> {
    let Some(change) = index else { return Ok((None, Vec::new())) };
    let (change, notice) = match place {
        Some(InRepository { base: Base::Commit { change, here, id }, name, .. }) => {
            let is_otherwise = *here == Here::Otherwise;
            let notice = || Notice::Uncommitted { name: name.clone(), commit: id.clone() };
            (&**change, is_otherwise.then(notice))
        }
        Some(InRepository { base: Base::File { why }, .. }) => (change, Some(Notice::NoCommit { why: why.clone() })),
        None => (change, Some(Notice::NoWorkTree { name: file_name(change)? })),
    };
    if change.kind() == Kind::Same {
        return Err(Error::Same { path: change.path().to_owned() });
    }
    Ok((Some(change), notice.into_iter().collect()))
}

/// The name of an index whose place in its repository is not known.
fn file_name(change: &Change) -> Result<String, Error> {
    let name = change.path().file_name().and_then(|name| name.to_str()).filter(|name| !name.contains('\n'));
    name.map(str::to_owned).ok_or_else(|| Error::Name { path: change.path().to_owned() })
}

/// What a route calls things.
struct Words {
    branch: String,
    title: String,
    commit_message: String,
    patch: Vec<u8>,
    steps: String,
    notices: Vec<Notice>,
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
