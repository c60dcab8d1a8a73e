//! The arguments of `entry`.

use std::path::{Path, PathBuf};

use aisoc_publisher_core::key::KeyId;
use clap::{ArgGroup, Args as ClapArgs};

pub(crate) const ENTRY: &str = "\
Examples:
  aisoc-publisher entry my-enricher --key-id myorg-prod \\
      --url https://github.com/myorg/my-enricher \\
      --install 'pip install my-enricher'
  aisoc-publisher entry my-enricher --key-id myorg-prod \\
      --public-key myorg-prod.pem
  # a submission to AiSOC's own repository, in a local clone of it:
  aisoc-publisher entry my-enricher --key-id myorg-prod --checkout AiSOC
  aisoc-publisher entry my-enricher --key-id myorg-prod --checkout AiSOC \\
      --write --run-script --kit submission
  # what it changes in another index, and doing it:
  aisoc-publisher entry my-enricher --key-id myorg-prod --index index.json
  aisoc-publisher entry my-enricher --key-id myorg-prod --index index.json \\
      --write
  # what a pull request with that change needs:
  aisoc-publisher entry my-enricher --key-id myorg-prod --index index.json \\
      --kit pull-request
  # what is wrong with an entry, or with a whole index:
  aisoc-publisher entry --check entry.json
  # and whether it is about this plugin, signed by this key:
  aisoc-publisher entry my-enricher --check marketplace/index.json

What neither you nor the manifest says comes from pyproject.toml, go.mod or the Git remote, and
that is said. Nothing is looked up, and nothing is run but what --run-script asks for.

Exit status 0: fit to be published, whatever else was found. 1: a rule is broken that is named,
such as an address that only some networks know. With --checkout, 1 says that the submission
would not pass: a fresh clone does not verify, files are in the way, or the script changed
more of the index than this item.";

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("place").args(["index", "checkout"]))]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["folder", "plugin_dir", "check"]))]
pub(crate) struct Entry {
    /// The plugin's folder, with plugin.yaml or aisoc-plugin.json in it
    #[arg(value_name = "DIR", conflicts_with = "plugin_dir")]
    folder: Option<PathBuf>,
    /// The same, by name
    #[arg(long, value_name = "DIR")]
    plugin_dir: Option<PathBuf>,
    /// The entry's `signing_key_id`: the name of the public key's file at the operators', without .pem
    #[arg(long, value_name = "ID", required_unless_present = "check")]
    pub(crate) key_id: Option<KeyId>,
    /// The public key, where it is not one of this machine's keys
    #[arg(long, value_name = "PEM", requires = "key_id")]
    pub(crate) public_key: Option<PathBuf>,
    /// Where to read about the plugin; otherwise the manifest's url, homepage or repository
    #[arg(long, value_name = "URL", conflicts_with = "check")]
    pub(crate) url: Option<String>,
    /// The command that installs the plugin
    #[arg(long, value_name = "COMMAND", conflicts_with = "check")]
    pub(crate) install: Option<String>,
    /// Print the entry also where the plugin's signature does not verify with the key; no index takes it
    #[arg(long, conflicts_with = "check")]
    pub(crate) allow_unsigned: bool,
    /// Prepare the plugin's folder and the index in this local clone of AiSOC's repository
    #[arg(long, value_name = "CLONE", conflicts_with = "allow_unsigned")]
    pub(crate) checkout: Option<PathBuf>,
    /// Take this file of the plugin along, or all files of this folder
    #[arg(long, value_name = "PATH", requires = "checkout")]
    pub(crate) include: Vec<PathBuf>,
    /// Remove files of the clone that the plugin does not have and that make its signature invalid
    #[arg(long, requires = "checkout")]
    pub(crate) remove: bool,
    /// Write what is shown otherwise
    #[arg(long, requires = "place")]
    pub(crate) write: bool,
    /// Run the clone's own script, which makes the index: it is code of the clone, and runs with your rights
    #[arg(long, requires_all = ["checkout", "write"])]
    pub(crate) run_script: bool,
    /// Check this file instead: an entry, or an index with entries; with DIR, also whether its entry is about that plugin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["checkout", "index"])]
    pub(crate) check: Option<PathBuf>,
    /// Show what the entry changes in this index: an array of items, or an object with `items`
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
    /// Save what a pull request needs into this new folder: patch, branch, title, text, and a check for reviewers
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    pub(crate) kit: Option<PathBuf>,
}

impl Entry {
    /// Returns the plugin's folder, if one is given.
    pub(crate) fn plugin(&self) -> Option<&Path> {
        self.folder.as_deref().or(self.plugin_dir.as_deref())
    }
}
