//! A workflow for GitHub Actions that verifies and signs a plugin with this program, and the steps to put the key there.
//!
//! For authors whose plugin outgrows one machine. The key is in the environment of one step, never among arguments; pull
//! requests do not get it. Actions are pinned by their commits, and so is this program: no release of it exists that could be
//! fetched instead, so the workflow builds it from the repository and the commit that the caller names.

mod error;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use error::Error;

use crate::atomic::{self, Obstacle};
use crate::digest::Digest;
use crate::edits;
use crate::entry::is_host_name;
use crate::key::{KeyId, PublicKey, pem};
use crate::manifest::Manifest;
use crate::regular::{self, Refused};
use crate::shell;

/// Where the workflow goes in the repository.
pub const PATH: &str = ".github/workflows/aisoc-plugin.yml";

/// Where the public key goes that the workflow trusts.
pub const KEYS: &str = ".github/aisoc-keys";

/// The environment that holds the secrets.
pub const ENVIRONMENT: &str = "aisoc-signing";

/// The secret that holds the private key: an encrypted PKCS#8 PEM, as `key backup` writes it.
pub const KEY_SECRET: &str = "AISOC_PUBLISHER_KEY";

/// The secret that holds its passphrase.
pub const PASSPHRASE_SECRET: &str = "AISOC_PUBLISHER_PASSPHRASE";

/// The Rust that builds this program.
const RUST: &str = concat!(env!("CARGO_PKG_RUST_VERSION"), ".0");

const TEMPLATE: &str = include_str!("workflow/aisoc-plugin.yml");

/// How a file begins that this module made, and may replace.
const MARK: &str = "# Made by `aisoc-publisher workflow`; made again, it is replaced, unless somebody changed it.";

/// How the second line begins: the hash of all that follows it.
const SUM: &str = "# SHA-256 of the lines below: ";

/// The largest file that is compared.
const MAX_BYTES: usize = 1 << 20;

/// How many folders above the plugin's are looked at.
const MAX_UP: usize = 64;

/// Where the workflow gets this program: a Git repository, and a commit of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    url: String,
    revision: String,
}

impl Source {
    /// Takes an `https` address without credentials, and the full id of a commit.
    ///
    /// # Errors
    /// [`Error::SourceUrl`], [`Error::SourceRevision`].
    pub fn new(url: &str, revision: &str) -> Result<Self, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '/' | ':');
        let is_plain = url.len() <= 500 && url.chars().all(plain);
        // What is read otherwise than it is written (`..`, a missing `//`) leads elsewhere than it seems to.
        let leads_there = url::Url::parse(url).is_ok_and(|parsed| {
            parsed.scheme() == "https"
                && parsed.as_str() == url
                && parsed.host_str().is_some_and(is_host_name)
                && parsed.path().len() > 1
                && !parsed.path().contains("//")
        });
        if !is_plain || !leads_there {
            return Err(Error::SourceUrl);
        }
        // A branch or a tag can be moved to other code, which would get the key.
        if revision.len() != 40 || !revision.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Error::SourceRevision);
        }
        Ok(Self { url: url.to_owned(), revision: revision.to_owned() })
    }
}

/// `URL@COMMIT`.
impl FromStr for Source {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (url, revision) = text.rsplit_once('@').ok_or(Error::SourceRevision)?;
        Self::new(url, revision)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.url, self.revision)
    }
}

/// The files to be written, made for one plugin, and what to do beside them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Workflow {
    /// The repository's root.
    pub root: PathBuf,
    /// The plugin's folder in it, `/`-separated; `.` for the root itself.
    pub plugin: String,
    /// The workflow and the public key.
    pub files: Vec<Planned>,
    /// What the author does by hand, in order.
    pub steps: Vec<Step>,
}

/// One file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Planned {
    /// Its path in the repository, `/`-separated.
    pub path: String,
    /// What it is to hold.
    pub text: String,
    /// What it holds now; nothing where it is not there.
    pub before: Option<Vec<u8>>,
}

impl Planned {
    /// Tells whether the file is there as it should be, with whatever line endings Git gave it.
    pub fn is_there(&self) -> bool {
        let before = self.before.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        before.is_some_and(|before| before.replace("\r\n", "\n") == self.text)
    }

    /// Returns the change as a unified diff for showing.
    pub fn diff(&self) -> String {
        edits::unified(&self.path, self.before.as_deref(), Some(self.text.as_bytes()))
    }
}

/// Something that the author does by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What it is for, as a sentence without an end.
    pub title: String,
    /// Commands to run, one a line; none where it is done on a page.
    pub commands: Vec<String>,
}

impl Workflow {
    /// Makes the files for the plugin in `dir`, which lies in a Git work tree, and a key. Reads only what they would replace.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn plan(dir: &Path, key_id: &KeyId, key: &PublicKey, source: &Source) -> Result<Self, Error> {
        let io = |path: &Path, source| Error::Io { path: path.to_owned(), source };
        Manifest::read(dir).map_err(Error::Plugin)?;
        let real = fs::canonicalize(dir).map_err(|source| io(dir, source))?;
        let has_git = |folder: &&Path| regular::exists(&folder.join(".git")).unwrap_or(false);
        let root =
            real.ancestors().take(MAX_UP).find(has_git).ok_or_else(|| Error::NoRepository { dir: dir.to_owned() })?;
        let plugin = in_repository(root, &real).ok_or_else(|| Error::FolderName { dir: real.clone() })?;
        let body = TEMPLATE
            .replace("@PLUGIN@", &format!("'{plugin}'"))
            .replace("@KEYS@", KEYS)
            .replace("@PATH@", PATH)
            .replace("@RUST@", RUST)
            .replace("@URL@", &source.url)
            .replace("@REVISION@", &source.revision);
        let text = format!("{MARK}\n{SUM}{}\n{body}", Digest::of(body.as_bytes()));
        let files =
            [(PATH.to_owned(), text), (format!("{KEYS}/{}", key_id.public_file_name()), pem::encode_public(key))];
        let mut planned = Vec::new();
        for (path, text) in files {
            let before = read(root, &path)?;
            planned.push(Planned { path, text, before });
        }
        Ok(Self { root: root.to_owned(), steps: steps(root, key_id, &plugin), plugin, files: planned })
    }

    /// Tells why [`write`](Self::write) would write nothing: somebody else made a file that is there, or changed it, or it is for
    /// another plugin.
    pub fn refusal(&self) -> Option<Error> {
        self.files.iter().filter(|file| !file.is_there()).find_map(|file| {
            let path = self.root.join(&file.path);
            let Some(body) = made_body(file.before.as_deref()?) else { return Some(Error::NotOurs { path }) };
            let plugin = plugin_of(&body).filter(|plugin| *plugin != self.plugin)?.to_owned();
            Some(Error::OtherPlugin { path, plugin })
        })
    }

    /// Writes the files that are not there yet, or were made by this program for the same plugin and not changed since; returns
    /// their paths.
    ///
    /// # Errors
    /// What [`refusal`](Self::refusal) tells, before anything is written; [`Error::Changed`], [`Error::Link`] and [`Error::Write`].
    pub fn write(&self) -> Result<Vec<String>, Error> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let others: Vec<_> = self.files.iter().filter(|file| !file.is_there()).collect();
        let mut written = Vec::new();
        for file in others {
            let path = self.root.join(&file.path);
            if read(&self.root, &file.path)? != file.before {
                return Err(Error::Changed { path });
            }
            make_folders(&self.root, &file.path)?;
            let result = match &file.before {
                None => atomic::create_new(&path, file.text.as_bytes(), 0o644),
                Some(_) => atomic::replace(&path, file.text.as_bytes(), 0o644),
            };
            result.map_err(Error::Write)?;
            written.push(file.path.clone());
        }
        Ok(written)
    }
}

/// What this program made, without its first two lines; nothing where it did not, or somebody changed it since.
fn made_body(file: &[u8]) -> Option<String> {
    // Git may have changed the line endings.
    let text = std::str::from_utf8(file).ok()?.replace("\r\n", "\n");
    let (sum, body) = text.strip_prefix(MARK)?.strip_prefix('\n')?.strip_prefix(SUM)?.split_once('\n')?;
    (sum == Digest::of(body.as_bytes()).to_string()).then(|| body.to_owned())
}

/// The plugin that a workflow of this program's is for.
fn plugin_of(body: &str) -> Option<&str> {
    body.lines().find_map(|line| line.strip_prefix("  PLUGIN: '")?.strip_suffix('\''))
}

/// The plugin's folder as the workflow names it; nothing where a shell or YAML could read it as something else.
fn in_repository(root: &Path, dir: &Path) -> Option<String> {
    let below = dir.strip_prefix(root).ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut parts = Vec::new();
    for part in below.components() {
        let part = part.as_os_str().to_str()?;
        if part.starts_with('-') || !part.chars().all(plain) {
            return None;
        }
        parts.push(part);
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

fn steps(root: &Path, key_id: &KeyId, plugin: &str) -> Vec<Step> {
    let step = |title: &str, commands: &[String]| Step { title: title.to_owned(), commands: commands.to_vec() };
    let file = format!("{key_id}-for-ci.key");
    // An id and a plain path have no characters that a shell reads.
    let public = key_id.public_file_name();
    vec![
        step(
            "go to the repository's folder, which all that follows is meant for",
            &[format!("cd {}", shell::quoted(&root.to_string_lossy()))],
        ),
        step(
            &format!(
                "in the repository's settings, make the environment `{ENVIRONMENT}`, let it be used from the default branch and from \
                 tags alone, and name whoever must agree to a signing; a private repository has environments only with a paid plan"
            ),
            &[],
        ),
        step(
            "copy the key under a passphrase of its own; the file is encrypted",
            &[format!("aisoc-publisher key backup {key_id} --to ../{file}")],
        ),
        step(
            "put both into the environment; the second command asks for the passphrase",
            &[
                format!("gh secret set {KEY_SECRET} --env {ENVIRONMENT} < ../{file}"),
                format!("gh secret set {PASSPHRASE_SECRET} --env {ENVIRONMENT}"),
            ],
        ),
        step(
            "remove that copy; it counts as the key's backup until another one is made, so make that elsewhere, for DISK",
            &[
                format!("rm ../{file}"),
                format!("aisoc-publisher key backup {key_id} --to DISK/{}", crate::backup::file_name(key_id)),
            ],
        ),
        step(
            "commit the two files on the default branch, and push them: GitHub starts the workflow from there alone",
            &[
                // Many repositories ignore `*.pem`.
                format!("git add -f -- {PATH} {KEYS}/{public}"),
                "git commit -m 'Verify and sign the plugin in CI'".to_owned(),
                "git push".to_owned(),
            ],
        ),
        step(
            "after each change that is committed, push it, have the plugin signed, and commit what comes out; RUN is the ID that \
             `gh run list` shows, and pushes in between fail to verify",
            &[
                "git push".to_owned(),
                "gh workflow run aisoc-plugin.yml".to_owned(),
                "gh run list --workflow aisoc-plugin.yml --event workflow_dispatch --limit 1".to_owned(),
                "gh run watch RUN --exit-status".to_owned(),
                // `gh` overwrites nothing. In one line, since nothing that failed to come may be committed as removed.
                format!(
                    "rm -f {plugin}/plugin.sig && gh run download RUN --name plugin.sig --dir {plugin} && \
                     git add -f -- {plugin}/plugin.sig && git commit -m 'Sign the plugin' && git push"
                ),
            ],
        ),
        step(
            &format!(
                "once another key has taken over, or this one is revoked, remove its file: as long as that is there, what it signed \
                 is verified; a new key comes as this one did, with `workflow --write` and its id for {key_id}"
            ),
            &[format!("git rm {KEYS}/{public}")],
        ),
    ]
}

/// Reads a file of the repository; nothing where there is none. No symlink is followed, neither on the way.
fn read(root: &Path, path: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut so_far = root.to_owned();
    for part in path.split('/') {
        so_far.push(part);
        match Obstacle::at(&so_far).map_err(|source| Error::Io { path: so_far.clone(), source })? {
            None => return Ok(None),
            Some(Obstacle::Symlink) => return Err(Error::Link { path: so_far }),
            Some(_) => {}
        }
    }
    let read = regular::open_unlinked(&so_far).and_then(|(file, _)| regular::read_open(file, MAX_BYTES));
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Refused::Io(source)) => Err(Error::Io { path: so_far, source }),
        Err(_) => Err(Error::NotOurs { path: so_far }),
    }
}

fn make_folders(root: &Path, path: &str) -> Result<(), Error> {
    let mut so_far = root.to_owned();
    for part in Path::new(path).parent().into_iter().flat_map(Path::components) {
        so_far.push(part);
        match fs::create_dir(&so_far) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::Io { path: so_far, source }),
        }
    }
    Ok(())
}
