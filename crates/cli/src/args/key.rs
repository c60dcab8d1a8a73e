//! The arguments of `key`: the life of a publisher key.

use std::path::PathBuf;

use aisoc_publisher_core::key::KeyId;
use aisoc_publisher_core::records::Reason;
use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};

use super::Keeping;

pub(crate) const KEY: &str = "\
A key's first day:
  aisoc-publisher key create myorg-prod
  # to another disk; it asks for the backup's own passphrase:
  aisoc-publisher key backup myorg-prod --to myorg-backup.key
  # for the operators:
  aisoc-publisher key hand-over myorg-prod --to for-operators";

#[derive(Debug, ClapArgs)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) act: Act,
}

/// What is done with a key.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// List the publisher keys of this machine, and whether each is where it should be
    #[command(after_help = LIST)]
    List,
    /// Show all that is remembered of a key
    #[command(after_help = SHOW)]
    Show(Named),
    /// Make a key, once
    #[command(after_help = CREATE)]
    Create(Create),
    /// Keep a key that was made elsewhere
    #[command(after_help = IMPORT)]
    Import(Import),
    /// Print a key's public half as PEM, and nothing else
    #[command(after_help = EXPORT_PUBLIC)]
    ExportPublic(Named),
    /// Write a key to an encrypted file and try it, or try one written earlier
    #[command(after_help = BACKUP)]
    Backup(Backup),
    /// Keep a key that comes out of a backup
    #[command(after_help = RESTORE)]
    Restore(Restore),
    /// Save what an operator needs to trust a key: its PEM, and a page that says what to do with it
    #[command(after_help = HAND_OVER)]
    HandOver(HandOver),
    /// Make a new key that takes over from an old one, and say how far that has come
    #[command(after_help = ROTATE)]
    Rotate(Rotate),
    /// Stop using a key that was lost or stolen, and say what to tell the operators
    #[command(after_help = REVOKE)]
    Revoke(Revoke),
    /// Delete a key for good
    #[command(after_help = DELETE)]
    Delete(Delete),
}

/// A key of this machine.
#[derive(Debug, ClapArgs)]
pub(crate) struct Named {
    /// The key's id, such as `myorg-prod`
    #[arg(value_name = "ID")]
    pub(crate) id: KeyId,
}

const LIST: &str = "\
Examples:
  aisoc-publisher key list
  aisoc-publisher key list --json";

const SHOW: &str = "\
Examples:
  aisoc-publisher key show myorg-prod
  aisoc-publisher key show myorg-prod --json";

const CREATE: &str = "\
Examples:
  # kept in the system's keyring:
  aisoc-publisher key create myorg-prod
  # with a backup at once; it asks for the backup's own passphrase:
  aisoc-publisher key create myorg-test \\
      --backup myorg-test-backup.key
  # where there is no keyring, under a passphrase:
  aisoc-publisher key create myorg-prod --in file
  # the same in a script:
  aisoc-publisher key create myorg-nightly --in file \\
      --passphrase env:NEW";

#[derive(Debug, ClapArgs)]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) key: Named,
    /// Where to keep the key
    #[arg(long = "in", value_name = "WHERE", default_value = "keyring")]
    pub(crate) keeping: Keeping,
    /// The passphrase for `--in file`, of 12 characters or more: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) passphrase: Option<String>,
    #[command(flatten)]
    pub(crate) first: FirstBackup,
}

/// A backup that is made with the key.
#[derive(Debug, ClapArgs)]
pub(crate) struct FirstBackup {
    /// Write a backup to this new file, and try it
    #[arg(long, value_name = "FILE")]
    pub(crate) backup: Option<PathBuf>,
    /// The backup's passphrase, of 12 characters or more: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", requires = "backup", allow_hyphen_values = true)]
    pub(crate) backup_passphrase: Option<String>,
}

const IMPORT: &str = "\
Examples:
  aisoc-publisher key import myorg-old --private-key ~/keys/myorg.key
  # one under a passphrase, which a script pipes in:
  aisoc-publisher key import myorg-older \\
      --private-key locked.key --passphrase -

It takes Ed25519 keys as PKCS#8 PEM, plain or encrypted, as AiSOC's `keygen`, OpenSSL and Python write them.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) key: Named,
    /// The private key as PKCS#8 PEM: a file, `-` for standard input, or `env:NAME` for a variable that holds the text
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(crate) private_key: String,
    /// The passphrase that opens it: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) passphrase: Option<String>,
    #[command(flatten)]
    pub(crate) keep: KeepAdopted,
    #[command(flatten)]
    pub(crate) first: FirstBackup,
}

/// Where a key that was made before is to be kept.
#[derive(Debug, ClapArgs)]
pub(crate) struct KeepAdopted {
    /// Where to keep the key
    #[arg(long = "in", value_name = "WHERE", default_value = "keyring")]
    pub(crate) keeping: Keeping,
    /// The passphrase for `--in file`, of 12 characters or more: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) new_passphrase: Option<String>,
    /// Keep the key also where it is known here by another id
    #[arg(long)]
    pub(crate) second_id: bool,
}

const EXPORT_PUBLIC: &str = "\
Examples:
  aisoc-publisher key export-public myorg-prod > myorg-prod.pem";

const BACKUP: &str = "\
Examples:
  aisoc-publisher key backup myorg-prod --to myorg-backup.key
  # does it still open, and does its key still sign?
  aisoc-publisher key backup --check myorg-backup.key
  # the same in a script:
  aisoc-publisher key backup --check myorg-backup.key \\
      --backup-passphrase -

A backup counts once it was read from the disk, opened, and its key signed. `openssl pkey -in FILE` opens it too.";

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("file").required(true).args(["to", "check"]))]
pub(crate) struct Backup {
    /// The key's id
    #[arg(value_name = "ID", required_unless_present = "check")]
    pub(crate) id: Option<KeyId>,
    /// Write the backup to this new file
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Try this backup: the key's, or whichever it holds where no ID is given
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
    /// The backup's passphrase, of 12 characters or more: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) backup_passphrase: Option<String>,
    /// The passphrase of a key that is kept in a file: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true, conflicts_with = "check")]
    pub(crate) passphrase: Option<String>,
}

const RESTORE: &str = "\
Examples:
  aisoc-publisher key restore myorg-backup.key
  # where there is no keyring, and in a script:
  aisoc-publisher key restore myorg-backup.key --in file \\
      --backup-passphrase env:OLD --new-passphrase env:NEW";

#[derive(Debug, ClapArgs)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The key's id, where the file does not say it or operators know the key by another
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: Option<KeyId>,
    /// The passphrase that opens the backup: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, visible_alias = "passphrase", value_name = "P", allow_hyphen_values = true)]
    pub(crate) backup_passphrase: Option<String>,
    #[command(flatten)]
    pub(crate) keep: KeepAdopted,
}

const HAND_OVER: &str = "\
Examples:
  aisoc-publisher key hand-over myorg-prod --to for-operators
  # and see what a loader that trusts this folder says to a plugin:
  aisoc-publisher key hand-over myorg-prod --to for-operators \\
      --plugin-dir my-enricher

Exit status 1: the folder is saved, and the loader would refuse the plugin.";

#[derive(Debug, ClapArgs)]
pub(crate) struct HandOver {
    #[command(flatten)]
    pub(crate) key: Named,
    /// The folder to save to; it is made unless it is there
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// A signed plugin, to be judged as a loader does that trusts exactly this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Option<PathBuf>,
}

const ROTATE: &str = "\
Examples:
  aisoc-publisher key rotate myorg-prod --new-id myorg-next
  # what is done, and what comes next:
  aisoc-publisher key rotate myorg-prod --status

The old key stays and signs on, so that no installed plugin breaks before every operator has the new one.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Rotate {
    /// The old key's id; with `--status` the new one's will do
    #[arg(value_name = "ID")]
    pub(crate) id: KeyId,
    /// Say how far the rotation has come, and make nothing
    #[arg(long, conflicts_with_all = ["new_id", "passphrase", "backup"])]
    pub(crate) status: bool,
    /// The new key's id; otherwise the old one's with this year or the next number
    #[arg(long, value_name = "ID")]
    pub(crate) new_id: Option<KeyId>,
    /// Where to keep the new key; otherwise where the old one is kept
    #[arg(long = "in", value_name = "WHERE", conflicts_with = "status")]
    pub(crate) keeping: Option<Keeping>,
    /// The passphrase for `--in file`, of 12 characters or more: `-` or `env:NAME`; asked for on a terminal
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) passphrase: Option<String>,
    #[command(flatten)]
    pub(crate) first: FirstBackup,
}

const REVOKE: &str = "\
Examples:
  aisoc-publisher key revoke myorg-prod --reason stolen
  # the notice to the operators again:
  aisoc-publisher key revoke myorg-prod

This cannot be undone. The key stays where it is kept, and signs no more on this machine.";

#[derive(Debug, ClapArgs)]
pub(crate) struct Revoke {
    #[command(flatten)]
    pub(crate) key: Named,
    /// Why; without it, what was said when the key was revoked is said again
    #[arg(long, value_name = "WHY")]
    pub(crate) reason: Option<Why>,
}

/// Why a key is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Why {
    /// Nobody has it any more
    Lost,
    /// Somebody else has it, or may have it
    Stolen,
    /// Anything else
    Other,
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Lost => Self::Lost,
            Why::Stolen => Self::Stolen,
            Why::Other => Self::Other,
        }
    }
}

const DELETE: &str = "\
Examples:
  # on a terminal leave `--confirm` out, and type the id when asked:
  aisoc-publisher key delete myorg-old --confirm myorg-old
  # without a backup the key is lost for good, and this says that it is meant:
  aisoc-publisher key delete myorg-older --confirm myorg-older \\
      --only-copy
  # the public half is remembered until this:
  aisoc-publisher key delete myorg-older --forget --confirm myorg-older";

#[derive(Debug, ClapArgs)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) key: Named,
    /// Confirm with the key's id, where nobody is at a terminal to type it
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
    /// Delete the key also where no backup of it was ever opened, or it is gone
    #[arg(long, conflicts_with = "forget")]
    pub(crate) only_copy: bool,
    /// Forget the record of a key that is gone, and with it its public half
    #[arg(long)]
    pub(crate) forget: bool,
}
