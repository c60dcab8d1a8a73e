//! The command line.

// By their paths, since the example that writes the man pages includes this file from elsewhere.
#[path = "args/entry.rs"]
pub(crate) mod entry;
#[path = "args/key.rs"]
pub(crate) mod key;
#[path = "args/workflow.rs"]
pub(crate) mod workflow;

use std::path::{Path, PathBuf};

use aisoc_publisher_core::digest::Digest;
use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::verdict::TrustMode;
use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Makes publisher keys, signs AiSOC plugins, and prepares their marketplace entries
///
/// Exit status: 0 done (for `verify`: AiSOC's loader would go on), 1 the loader would refuse, or a marketplace entry
/// should not be published like this, 2 wrong usage, 3 it could not
/// be done.
#[derive(Debug, Parser)]
#[command(name = "aisoc-publisher", version, max_term_width = 100, after_help = OVERVIEW)]
pub(crate) struct Args {
    /// Print one JSON object on standard output, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const OVERVIEW: &str = "\
A first release, from key to marketplace entry:
  aisoc-publisher keygen --key-id myorg-prod
  aisoc-publisher sign my-enricher --key-id myorg-prod
  aisoc-publisher entry my-enricher --key-id myorg-prod \\
      --url https://github.com/myorg/my-enricher \\
      --install 'pip install my-enricher'
  # for the operators:
  aisoc-publisher keys --pem myorg-prod > myorg-prod.pem";

/// Tells whether JSON is asked for, where the arguments themselves cannot be understood.
pub(crate) fn asks_for_json() -> bool {
    std::env::args_os().any(|argument| argument == "--json")
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a publisher key, once
    #[command(after_help = KEYGEN)]
    Keygen(Keygen),
    /// Keep a publisher key for its whole life: list, back up, restore, and more
    #[command(after_help = key::KEY)]
    Key(key::Key),
    /// Say what should be known of a plugin before it is signed
    #[command(after_help = CHECK)]
    Check(Check),
    /// Sign a plugin folder
    #[command(after_help = SIGN)]
    Sign(Sign),
    /// Say what an operator's loader does with a plugin, step by step, and why
    #[command(after_help = VERIFY)]
    Verify(Verify),
    /// Print the bytes that a signature of a plugin covers
    #[command(after_help = PAYLOAD)]
    Payload(Payload),
    /// Print a plugin's marketplace entry
    #[command(after_help = entry::ENTRY)]
    Entry(entry::Entry),
    /// Make a workflow for GitHub Actions that verifies and signs a plugin
    #[command(after_help = workflow::WORKFLOW)]
    Workflow(workflow::Workflow),
    /// Say what a code means, what AiSOC does, and what to do
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
    /// List the publisher keys made on this machine
    #[command(after_help = KEYS)]
    Keys(Keys),
}

const KEYGEN: &str = "\
Examples:
  # kept in the system's keyring:
  aisoc-publisher keygen --key-id myorg-prod
  # where there is no keyring, under a passphrase:
  aisoc-publisher keygen --key-id myorg-prod --in file --passphrase -
  # myorg.pem for operators, myorg.key for nobody:
  aisoc-publisher keygen --out ./myorg";

#[derive(Debug, ClapArgs)]
pub(crate) struct Keygen {
    #[command(flatten)]
    pub(crate) place: KeyPlace,
    /// Where to keep a key with an id
    #[arg(long = "in", value_name = "WHERE", default_value = "keyring", conflicts_with = "out")]
    pub(crate) keeping: Keeping,
    /// The passphrase for `--in file`, of 12 characters or more: `-` to type it or pipe it in, or `env:NAME`; asked for on a
    /// terminal
    #[arg(long, value_name = "P", conflicts_with = "out", allow_hyphen_values = true)]
    pub(crate) passphrase: Option<String>,
}

/// Where a key with an id is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keeping {
    /// The system's keyring
    Keyring,
    /// A file of this program's, encrypted with a passphrase
    File,
}

/// Where a new key goes.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct KeyPlace {
    /// Keep the key under this id, such as `myorg-prod`
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: Option<KeyId>,
    /// Write the key to the files PREFIX.pem (public) and PREFIX.key (private, unencrypted)
    #[arg(long, value_name = "PREFIX")]
    pub(crate) out: Option<PathBuf>,
}

/// The plugin's folder: alone, or behind `--plugin-dir` as AiSOC's documentation writes it.
#[derive(Debug, ClapArgs)]
#[group(id = "plugin", required = true, multiple = false)]
pub(crate) struct PluginDir {
    /// The plugin's folder, with plugin.yaml or aisoc-plugin.json in it
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The same, by name
    #[arg(long, value_name = "DIR")]
    plugin_dir: Option<PathBuf>,
}

impl PluginDir {
    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        // clap sees to it that one of the two is there.
        self.folder.as_deref().or(self.plugin_dir.as_deref()).unwrap_or_else(|| Path::new(""))
    }
}

const CHECK: &str = "\
Examples:
  aisoc-publisher check my-enricher
  aisoc-publisher check my-enricher --json
  # see the changes that mend findings, then make them:
  aisoc-publisher check my-enricher --diff
  aisoc-publisher check my-enricher --fix
  # quote values that were meant as text, and change nothing else:
  aisoc-publisher check my-enricher --fix --only quote

Nothing in the folder is run. Each finding says what happens at the operator's and
what to do; `explain CODE` says more. A value that --fix puts in quotes is text from
then on: look at --diff first. Nothing is written through a link.

Exit status 0: it can be signed, whatever else was found. 1: it cannot, or the
loader would refuse it even then, or a secret such as a private key lies in the
folder. A signature that is there and does not fit is reported and does not count:
`sign` replaces it, and `verify` exits with 1 for it.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) plugin: PluginDir,
    /// Make the changes that mend findings, say which, and check again
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show the changes that --fix would make, and make none
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,
    /// Only the changes for findings with this code, or of this kind: quote, line-feeds or git-attributes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
}

const SIGN: &str = "\
Examples:
  aisoc-publisher sign my-enricher --key-id myorg-prod
  # a key made with `keygen --in file`:
  aisoc-publisher sign my-enricher --key-id myorg-prod \\
      --passphrase -
  # a key file, and in CI a variable that holds one:
  aisoc-publisher sign my-enricher --private-key ~/keys/myorg.key
  aisoc-publisher sign my-enricher \\
      --private-key env:AISOC_PUBLISHER_KEY --json

The signature is checked as AiSOC's loader would check it before anything says \"signed\".";

#[derive(Debug, ClapArgs)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) plugin: PluginDir,
    #[command(flatten)]
    pub(crate) key: SigningKey,
    /// Write the signature to this file instead of DIR/plugin.sig
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Sign only if this is the folder's digest, as `payload --digest` prints it
    #[arg(long, value_name = "HEX")]
    pub(crate) digest: Option<Digest>,
}

/// The key to sign with.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("key").required(true).args(["key_id", "private_key"]))]
pub(crate) struct SigningKey {
    /// A key that `keygen --key-id` made: from the system's keyring, or from its file
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: Option<KeyId>,
    /// A private key as PKCS#8 PEM: a file, `-` for standard input, or `env:NAME` for a variable that holds the text
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(crate) private_key: Option<String>,
    /// The passphrase of a key in a file: `-` to type it or pipe it in, or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) passphrase: Option<String>,
}

const VERIFY: &str = "\
Examples:
  aisoc-publisher verify my-enricher --keys /opt/aisoc/plugin-keys
  aisoc-publisher verify my-enricher --keys ./keys --trust-mode warn --json
  # what is in an archive, and what its build lost or changed:
  aisoc-publisher verify my-enricher --artifact dist/my_enricher-1.0.0.tar.gz
  aisoc-publisher verify --keys ./keys \\
      --artifact dist/my_enricher-1.0.0-py3-none-any.whl
  # what a fresh clone of the commit would have:
  aisoc-publisher verify my-enricher --committed --keys ./keys

Exit status 0: the loader would go on after the signature check. 1: it would
refuse. Whether it can then import plugin.py is said too, as far as reading tells
(`would_import` and `would_load` in --json), and does not change the exit status.";

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["folder", "plugin_dir", "artifact"]))]
pub(crate) struct Verify {
    /// The plugin's folder, with plugin.yaml or aisoc-plugin.json in it
    #[arg(value_name = "DIR", conflicts_with = "plugin_dir")]
    folder: Option<PathBuf>,
    /// The same, by name
    #[arg(long, value_name = "DIR")]
    plugin_dir: Option<PathBuf>,
    /// Judge the plugin in this .whl, .tar.gz, .tar or .zip file, and compare it with the folder if one is given
    #[arg(long, value_name = "FILE")]
    pub(crate) artifact: Option<PathBuf>,
    /// The plugin's folder in the archive, where it holds several
    #[arg(long, value_name = "FOLDER", requires = "artifact")]
    pub(crate) inside: Option<String>,
    /// Judge what is committed of the folder (Git's HEAD), as a fresh clone on Linux has it, and compare it with the folder
    #[arg(long, conflicts_with = "artifact")]
    pub(crate) committed: bool,
    /// The operator's folder of public keys (PLUGIN_TRUSTED_KEYS_DIR); without this, the keys made on this machine that
    /// were not revoked
    #[arg(long, visible_alias = "keys", value_name = "DIR")]
    pub(crate) trusted_keys: Option<PathBuf>,
    /// The operator's PLUGIN_TRUST_MODE: strict, warn or disabled
    #[arg(long, value_name = "MODE", default_value = "strict")]
    pub(crate) trust_mode: TrustMode,
    /// The marketplace entry's signing_key_id, to be told where the folder has the key under another name
    #[arg(long, value_name = "ID")]
    pub(crate) signing_key_id: Option<KeyId>,
}

impl Verify {
    /// Returns the folder, if one is given.
    pub(crate) fn plugin(&self) -> Option<&Path> {
        self.folder.as_deref().or(self.plugin_dir.as_deref())
    }
}

const EXPLAIN: &str = "\
Examples:
  aisoc-publisher explain no-key-matches
  aisoc-publisher explain

Codes stand in `--json` output. For what is wrong with one plugin, use `check` before signing and `verify` after.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    /// The code; without one, all are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

const PAYLOAD: &str = "\
Examples:
  aisoc-publisher payload my-enricher | python3 -m json.tool
  aisoc-publisher payload my-enricher --digest";

#[derive(Debug, ClapArgs)]
pub(crate) struct Payload {
    #[command(flatten)]
    pub(crate) plugin: PluginDir,
    /// Print the SHA-256 of the bytes, in hex: what is signed
    #[arg(long)]
    pub(crate) digest: bool,
}

const KEYS: &str = "\
Examples:
  aisoc-publisher keys
  # the public key, for the operators:
  aisoc-publisher keys --pem myorg-prod > myorg-prod.pem";

#[derive(Debug, ClapArgs)]
pub(crate) struct Keys {
    /// Print the public key with this id as PEM, and nothing else
    #[arg(long, value_name = "ID")]
    pub(crate) pem: Option<KeyId>,
}
