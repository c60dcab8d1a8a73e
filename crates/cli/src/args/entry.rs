//! The arguments of `entry`.

use std::path::PathBuf;

use aisoc_publisher_core::key::KeyId;
use clap::Args as ClapArgs;

use super::PluginDir;

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
      --write --run-script

Exit status 0: the entry is fit to be published, whatever else was found. 1: it breaks a rule
that is named, such as an address that only some networks know.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Entry {
    #[command(flatten)]
    pub(crate) plugin: PluginDir,
    /// The entry's `signing_key_id`: the name of the public key's file at the operators', without .pem
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: KeyId,
    /// The public key, where it is not one of this machine's keys
    #[arg(long, value_name = "PEM")]
    pub(crate) public_key: Option<PathBuf>,
    /// Where to read about the plugin; otherwise the manifest's url, homepage or repository
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The command that installs the plugin
    #[arg(long, value_name = "COMMAND")]
    pub(crate) install: Option<String>,
    /// Print the entry also where the plugin's signature does not verify with the key
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
    /// Prepare the plugin's folder and the index in this local clone of AiSOC's repository
    #[arg(long, value_name = "CLONE", conflicts_with_all = ["url", "install", "allow_unsigned"])]
    pub(crate) checkout: Option<PathBuf>,
    /// Take this file of the plugin along, or all files of this folder
    #[arg(long, value_name = "PATH", requires = "checkout")]
    pub(crate) include: Vec<PathBuf>,
    /// Remove files of the clone that the plugin does not have and that make its signature invalid
    #[arg(long, requires = "checkout")]
    pub(crate) remove: bool,
    /// Write what would be written
    #[arg(long, requires = "checkout")]
    pub(crate) write: bool,
    /// Run the clone's own script, which makes the index: it is code of the clone, and runs with your rights
    #[arg(long, requires_all = ["checkout", "write"])]
    pub(crate) run_script: bool,
}
