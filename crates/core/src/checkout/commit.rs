//! The commit of a submission: its branch, its message, and the commands that make it. This is the one home of these words.

use super::{COPIES, INDEX, SCRIPT, Submission};
use crate::index::plain_version;
use crate::manifest::{Manifest, PluginId};
use crate::regular;
use crate::shell;

/// Adds what is named, and its bytes as they are.
const ADD: &str = "git --literal-pathspecs -c core.autocrlf=false -c core.attributesFile= -c core.excludesFile= add";

/// Names the branch of a version.
pub(super) fn branch_of(id: &PluginId, version: &str) -> String {
    crate::pull_request::branch("plugin/", id.as_str(), version)
}

impl Submission {
    /// Returns a name for the branch, which Git takes: `plugin/<id>-<version>`, so that the last release's can still be there.
    pub fn branch(&self) -> String {
        branch_of(&self.id, &self.version().unwrap_or_default())
    }

    /// The manifest's version, as far as it is a text.
    fn version(&self) -> Option<String> {
        Manifest::read_from(&self.plugin).ok().and_then(|manifest| manifest.field_as_read("version").text)
    }

    /// Returns the commit's and the pull request's title: `feat(plugins): add <id> <version>`, or `update` for a plugin that is there
    /// already, see [`Self::is_update`]. A version with unusual characters is left out.
    pub fn title(&self) -> String {
        let verb = if self.is_update() { "update" } else { "add" };
        let version =
            self.version().as_deref().and_then(plain_version).map_or_else(String::new, |version| format!(" {version}"));
        format!("feat(plugins): {verb} {}{version}", self.id)
    }

    /// Returns the whole commit message, with a final newline.
    pub fn commit_message(&self) -> String {
        crate::pull_request::commit_message(&self.title(), &self.key_id, &self.key)
    }

    /// Returns what belongs into the commit, `/`-separated below the clone's root: the plugin's files that were looked at, and the
    /// copies of the index. What else lies in the folder is not among it.
    pub fn to_commit(&self) -> Vec<String> {
        let files = self.files.iter().map(|file| format!("{}/{}", self.folder, file.path));
        files.chain(self.indexes().map(str::to_owned)).collect()
    }

    /// The index and its copies, as far as the clone has them.
    fn indexes(&self) -> impl Iterator<Item = &'static str> {
        let copies = [INDEX].into_iter().chain(COPIES);
        copies.filter(|path| regular::exists(&self.checkout.root.join(path)).unwrap_or(false))
    }

    /// Returns the command that takes the index along and no other file.
    pub(crate) fn add_index(&self) -> String {
        format!("{ADD} -f -- {}", self.indexes().collect::<Vec<_>>().join(" "))
    }

    /// Returns the commands that commit the submission and look at the commit, for people to run in the clone, in a POSIX shell and
    /// up to the first that fails, see [`shell::chained`]; none where it may not be committed, see [`Self::is_ready`]. Unless the
    /// index `is_built`, the clone's script is among them.
    ///
    /// No setting of the user changes bytes or leaves a file out: `-c` takes back those that could, `-f` passes over ignore files,
    /// and files are named one by one, those that go included, so that nothing else goes along. `-s` is the sign-off that AiSOC's
    /// CONTRIBUTING.md asks for.
    pub fn git_commands(&self, is_built: bool) -> Vec<String> {
        self.commands(&format!("-m '{}'", self.title()), is_built)
    }

    /// Returns the commands, with what tells `git commit` its message.
    pub(crate) fn commands(&self, message: &str, is_built: bool) -> Vec<String> {
        if !self.is_ready() {
            return Vec::new();
        }
        let files: Vec<_> = self.to_commit().iter().map(|path| shell::quoted(path)).collect();
        let mut commands = vec![self.switch()];
        commands.extend((!is_built).then(Self::build));
        commands.extend(self.paths_to_remove().map(|paths| format!("{ADD} -u -- {paths}")));
        commands.push(format!("{ADD} -f -- {}", files.join(" ")));
        commands.push(format!("git commit -s {message}"));
        // What is committed is looked at, whatever a hook or a setting did to it.
        commands.push(format!("aisoc-publisher verify --committed {}", self.folder));
        commands
    }

    /// Returns the command that begins the branch, or stays on it.
    pub(crate) fn switch(&self) -> String {
        let branch = self.branch();
        if self.base_branch() == Some(branch.as_str()) {
            format!("git switch {branch}")
        } else {
            format!("git switch -c {branch}")
        }
    }

    /// Returns the command that has the clone's script make the index.
    pub(crate) fn build() -> String {
        format!("python3 {SCRIPT}")
    }

    /// Names what `git add -u` is to take out of the commit: the files that go, or the folder where they cannot be told or written
    /// down.
    fn paths_to_remove(&self) -> Option<String> {
        if self.committed.is_none() {
            return self.is_update().then(|| self.folder.clone());
        }
        let gone = self.taken_away();
        let path = |path: &&crate::files::RelPath| {
            let name = path.as_py().as_str()?;
            // What does not show cannot be copied from a screen.
            (crate::files::printable(name) == name).then(|| shell::quoted(&format!("{}/{name}", self.folder)))
        };
        let paths: Option<Vec<_>> = gone.iter().map(path).collect();
        match paths {
            Some(paths) if paths.is_empty() => None,
            Some(paths) => Some(paths.join(" ")),
            None => Some(self.folder.clone()),
        }
    }
}
