//! The arguments of `workflow`.

use std::path::PathBuf;

use aisoc_publisher_core::key::KeyId;
use clap::Args as ClapArgs;

use super::PluginDir;

pub(crate) const WORKFLOW: &str = "\
Examples:
  # publisher is a clone of what this program was built from:
  aisoc-publisher workflow my-enricher --key-id myorg-prod --build-from \\
      https://example.org/publisher.git@$(git -C publisher rev-parse HEAD)
  aisoc-publisher workflow my-enricher --key-id myorg-prod --build-from \\
      https://example.org/publisher.git@$(git -C publisher rev-parse HEAD) \\
      --write

It verifies what is committed at every push and pull request, and signs on request and for
releases, with a key that only an environment of the repository has. What is left to do by
hand, the secrets above all, is printed. No release of this program can be fetched yet, so
the workflow builds it, from the repository and the commit that you name: put a clone of
its source where GitHub can fetch it, and give that address for example.org.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Workflow {
    #[command(flatten)]
    pub(crate) plugin: PluginDir,
    /// The key that signs there; its public half goes into the repository
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: KeyId,
    /// The public key, where it is not one of this machine's keys
    #[arg(long, value_name = "PEM")]
    pub(crate) public_key: Option<PathBuf>,
    /// A Git repository with this program's source that GitHub can clone without a password, and the full id of a commit in it.
    /// Where you know of none, push your clone of the source to one first
    #[arg(long, value_name = "URL@COMMIT")]
    pub(crate) build_from: String,
    /// Write the workflow and the public key into the plugin's repository
    #[arg(long)]
    pub(crate) write: bool,
}
