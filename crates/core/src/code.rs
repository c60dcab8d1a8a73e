//! The stable codes that `--json` output and the screens branch on.

mod meaning;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use meaning::Meaning;

/// Names a kind of failure or finding; its kebab-case name is part of the product's interface and never changes.
///
/// Add a code when a screen or a script branches on it. Codes of the manifest reader are passed on as
/// [`Code::Manifest`] with the reader's own code as `detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The arguments make no sense.
    Usage,
    /// The operating system refused to read or write.
    Io,
    /// The caller cancelled.
    Cancelled,
    /// A file to be created is there already.
    TargetExists,
    /// A file to be written is a symlink, a folder or another thing that is no regular file.
    TargetNotAFile,
    /// The plugin folder does not exist, or is no folder.
    FolderInvalid,
    /// A folder below the plugin's cannot be listed, so the set of signed files is not known.
    FolderUnlistable,
    /// A file that the signature covers cannot be read.
    FileUnreadable,
    /// A file changed while it was read.
    FileChanged,
    /// The folder is larger or deeper than this program reads.
    FolderTooLarge,
    /// A file name that a server running Linux could not have.
    FileNameInvalid,
    /// The folder holds no manifest.
    ManifestMissing,
    /// The manifest cannot be opened or read.
    ManifestUnreadable,
    /// The manifest is larger than this program reads.
    ManifestTooLarge,
    /// The manifest's text cannot be read or has no canonical form; the detail holds the reader's own code.
    Manifest,
    /// The manifest is a list or a plain value, not a mapping.
    ManifestNotMapping,
    /// A required field of the manifest is missing or counts as missing.
    ManifestFieldsMissing,
    /// The manifest's `id` breaks AiSOC's rule.
    IdInvalid,
    /// The manifest's `id` passes AiSOC's rule and fails later, so it is not signed.
    IdUnusable,
    /// The manifest's `plugin_type` is none that AiSOC knows.
    PluginTypeInvalid,
    /// There is no `plugin.sig`.
    Unsigned,
    /// `plugin.sig` cannot be read.
    SignatureUnreadable,
    /// `plugin.sig` is no signature.
    SignatureMalformed,
    /// No trusted key is there to verify with.
    NoTrustedKeys,
    /// The signature matches none of the trusted keys.
    NoKeyMatches,
    /// A file that was signed has other content now.
    SignedFileChanged,
    /// A `.py` file was added after signing.
    SignedFileAdded,
    /// A file that was signed is gone.
    SignedFileRemoved,
    /// A file that was signed has another name now.
    SignedFileRenamed,
    /// A file that was signed has other line endings now, and is otherwise the same.
    LineEndingsChanged,
    /// A field of the manifest is not what was signed.
    SignedFieldChanged,
    /// Another of the two manifests counts than when the plugin was signed.
    ManifestSwitched,
    /// The signature is good, and its key is not among the trusted ones.
    KeyNotTrusted,
    /// The signature was made for another plugin.
    SignatureOfOtherPlugin,
    /// The folder is as it was signed, and `plugin.sig` is not that signature.
    SignatureReplaced,
    /// Nothing is known of how a signature was made.
    CauseUnknown,
    /// A trusted key that the loader fails on stands before any that matches.
    TrustedKeyStopsLoader,
    /// The folder is not what was looked at before.
    FolderChanged,
    /// A signature may not be written to this file.
    OutputRefused,
    /// The signature that was just written did not verify and was taken back.
    RecheckFailed,
    /// A field of the marketplace entry cannot be taken from the manifest.
    EntryFieldInvalid,
    /// The plugin's signature does not verify with the entry's key.
    EntryUnverified,
    /// A field of the marketplace entry has no value.
    EntryFieldMissing,
    /// A marketplace entry breaks a rule and should not be published like this; the detail holds the rule.
    EntryWrong,
    /// A marketplace entry will look or work otherwise than meant; the detail holds the rule.
    EntryDoubtful,
    /// A file with marketplace entries cannot be read.
    EntryFileUnreadable,
    /// A field of the marketplace entry was filled from a file beside the plugin.
    EntryFieldSuggested,
    /// A file beside the plugin is not used to fill the marketplace entry.
    EntrySourceIgnored,
    /// A marketplace index is larger than this program reads.
    IndexTooLarge,
    /// A file is no marketplace index: no JSON, or another one.
    IndexInvalid,
    /// Two items of an index have the same type and id.
    IndexDuplicate,
    /// An index is not what a change was made for any more.
    IndexChanged,
    /// A changed index is not what it should be when it is read again.
    IndexUnproven,
    /// An index has a higher version of the plugin.
    IndexVersionLower,
    /// Which of two versions is higher cannot be told.
    IndexVersionUnclear,
    /// An index names another key for the plugin.
    IndexOtherKey,
    /// An item of an index keeps fields that the entry does not have.
    IndexFieldsKept,
    /// An item of another type has the plugin's id.
    IndexOtherType,
    /// A plugin of an index has an id that differs only in capitals.
    IndexOtherCase,
    /// Fields of an index that are made from its items are left alone.
    IndexDerivedLeft,
    /// An index looks like AiSOC's own, which a script makes.
    IndexGenerated,
    /// The owner of an index may not write to it.
    IndexReadOnly,
    /// The index has the entry already, so that there is nothing to ask for.
    IndexSame,
    /// The index here is not the one in the commit that is checked out.
    IndexUncommitted,
    /// The files of a pull request lie where a commit may take them along.
    KitInWorkTree,
    /// An index is replaced by a new file, which has not all that the old one had.
    IndexReplaced,
    /// There is no `plugin.py`, which the loader needs after the signature.
    PluginPyMissing,
    /// `plugin.py` cannot be imported, or its `Plugin` cannot be made; the detail holds the cause.
    PluginPyFails,
    /// Whether `plugin.py` can be imported cannot be told; the detail holds the cause.
    PluginPyUndecided,
    /// The signature covers no file.
    NoCoveredFiles,
    /// A signed file is reached through a symlink.
    Symlink,
    /// A second manifest is neither read nor signed.
    ManifestIgnored,
    /// Installed dependencies lie in the folder and would be signed.
    DependenciesInFolder,
    /// A key id breaks a rule for key ids.
    InvalidKeyId,
    /// A path cannot name the file that it should.
    BadPath,
    /// A private key, or its file, is damaged or in a form that is not read.
    BadPrivateKey,
    /// A key is of another kind than Ed25519, or the other half of one.
    WrongKeyKind,
    /// A private key is encrypted and no passphrase was given.
    PassphraseNeeded,
    /// A new passphrase has too few characters.
    PassphraseTooShort,
    /// A passphrase is longer than this program takes.
    PassphraseTooLong,
    /// A passphrase does not open a private key.
    WrongPassphrase,
    /// No key has this id.
    NoSuchKey,
    /// A key with this id is there already.
    KeyExists,
    /// There is no keyring.
    NoKeyring,
    /// The keyring is locked.
    KeyringLocked,
    /// The user or the system refused access to the keyring.
    KeyringRefused,
    /// The keyring did not answer in time.
    KeyringTimedOut,
    /// The keyring failed in another way.
    KeyringFailed,
    /// What is kept under this id was not written by this version of the program.
    KeyForeign,
    /// The records and the keyring hold different keys under one id.
    KeyMismatch,
    /// The records know no key by this id, or know it and it is no longer where it was kept.
    KeyMissing,
    /// The same key is known on this machine by another id.
    SameKey,
    /// The key was revoked, so it does not sign.
    KeyRevoked,
    /// A private key lies where others may come by it.
    KeyAtRisk,
    /// The key was deleted here.
    KeyDeleted,
    /// A file that should be a backup holds a key that no passphrase protects.
    BackupNotEncrypted,
    /// A backup was written or found, and does not do what it is for.
    BackupFailed,
    /// What was typed to confirm an act is not what it asks for.
    NotConfirmed,
    /// The only known copy of a key would be deleted, and nobody said that this is meant.
    OnlyCopy,
    /// The key is where it was kept, so its record is not forgotten.
    KeyPresent,
    /// Another key took over from this one already.
    KeySucceeded,
    /// The key is not being rotated.
    NotRotated,
    /// The key was not revoked.
    NotRevoked,
    /// The records of keys cannot be understood.
    RecordsDamaged,
    /// The records of keys were written by a newer version.
    RecordsNewer,
    /// The list of plugins opened earlier cannot be understood.
    RecentsDamaged,
    /// The list of plugins opened earlier was written by a newer version.
    RecentsNewer,
    /// A plugin is signed, and no receipt of it could be kept.
    ReceiptNotKept,
    /// The receipt of a signing cannot be understood.
    ReceiptDamaged,
    /// The receipt of a signing was written by a newer version.
    ReceiptNewer,
    /// A plugin is not on the list of those opened earlier.
    NotRemembered,
    /// A text is longer than this program remembers.
    TextTooLong,
    /// What stands where a public key should be saved is another key, or no key.
    OtherKeyThere,
    /// There is no folder of trusted keys.
    TrustedKeysMissing,
    /// A folder of trusted keys cannot be read.
    TrustedKeysUnreadable,
    /// A private key lies in a folder of trusted keys.
    PrivateKeyAmongTrusted,
    /// A trusted key is of small order, so that anybody can sign for it.
    TrustedKeyWeak,
    /// One key is trusted under two names.
    TrustedKeyTwice,
    /// A trusted key's name is not the marketplace entry's `signing_key_id`.
    TrustedKeyName,
    /// A file among the trusted keys is none that the loader tries, or can match.
    TrustedKeyLeftOut,
    /// An archive cannot be opened or read.
    ArtifactUnreadable,
    /// A file is no archive of a kind that is read.
    ArtifactUnknownKind,
    /// An archive breaks its format.
    ArtifactDamaged,
    /// An entry of an archive is one that unpackers disagree about or are harmed by.
    ArtifactUnsafe,
    /// An archive is larger, or unpacks to more, than this program reads.
    ArtifactTooLarge,
    /// An archive or a commit holds no plugin where one is looked for.
    PluginNotFound,
    /// An archive holds several plugins.
    SeveralPlugins,
    /// What is shipped has no manifest.
    ShippedWithoutManifest,
    /// What is shipped has no `plugin.sig`.
    ShippedWithoutSignature,
    /// Signed files are not shipped.
    ShippedFilesMissing,
    /// Signed files are shipped with other bytes.
    ShippedFilesChanged,
    /// Signed files are shipped with other line endings.
    ShippedLineEndings,
    /// The build wrote a file with the version, which the signature does not know.
    ShippedVersionWritten,
    /// `.py` files are shipped that were not signed.
    ShippedFilesAdded,
    /// The manifest is shipped with other values.
    ShippedManifestChanged,
    /// Another signature is shipped.
    ShippedSignatureChanged,
    /// Files that no signature covers are not shipped.
    ShippedDataMissing,
    /// Compiled code is shipped that the plugin's folder does not have.
    ShippedExecutableAdded,
    /// A wheel puts the plugin where the loader does not look.
    WheelInSitePackages,
    /// The plugin lies in no folder of its wheel.
    WheelWithoutFolder,
    /// The plugin's files do not lie side by side in the wheel.
    WheelPluginApart,
    /// A folder lies in no Git repository.
    NoRepository,
    /// A Git repository cannot be read.
    RepositoryDamaged,
    /// A Git repository has a form that is not read.
    RepositoryUnsupported,
    /// A Git repository lacks objects of a commit.
    RepositoryIncomplete,
    /// Nothing is committed of a folder.
    NotCommitted,
    /// What a fresh clone has depends on more than the commit.
    CloneUnknown,
    /// Files are kept out of commits.
    GitIgnored,
    /// A fresh clone has CRLF.
    GitCrlf,
    /// The commit has only pointers to files.
    GitLfs,
    /// Files are kept out of the archives that a forge offers.
    GitExportIgnored,
    /// A private key lies in a plugin's folder and would be shipped.
    PrivateKeyInFolder,
    /// What looks like a credential of a well-known service lies in a plugin's folder and would be shipped.
    CredentialInFolder,
    /// Some files of a plugin's folder were not searched for secrets.
    FilesNotSearched,
    /// A virtual environment lies in a plugin's folder.
    VirtualEnvironment,
    /// What a build left lies in a plugin's folder.
    BuildFolder,
    /// A tool's cache lies in a plugin's folder.
    CacheFolder,
    /// Copies of other people's code lie in a plugin's folder and are signed.
    VendoredFolder,
    /// Tests are signed and must then be shipped.
    TestsSigned,
    /// Compiled code is shipped that no signature covers.
    CompiledCode,
    /// A plugin has Go sources alone, which no signature covers and no loader runs.
    GoOnly,
    /// A `.py` file has CRLF line endings.
    CrlfInPython,
    /// Git's settings may change the line endings of `.py` files.
    GitLineEndings,
    /// A file has a name like a manifest's and is none.
    ManifestLookAlike,
    /// AiSOC's validator does not take an id that the loader takes.
    IdForValidator,
    /// AiSOC's validator does not take a version that the loader takes.
    VersionForValidator,
    /// AiSOC's validator does not know a plugin type that the loader knows.
    TypeForValidator,
    /// The manifest lacks fields that a community plugin should have.
    ManifestFieldsAdvised,
    /// The manifest declares itself `tier: stable`, which the marketplace shows as verified.
    TierSelfDeclared,
    /// The manifest's `tier` is no text, on which the marketplace's script crashes.
    TierNotText,
    /// A dependency has no exact version.
    DependencyUnpinned,
    /// There is no README.md.
    ReadmeMissing,
    /// There are no tests.
    TestsMissing,
    /// The tests cover less than AiSOC asks for.
    CoverageLow,
    /// Nothing says how much the tests cover.
    CoverageUnknown,
    /// There is no code of conduct.
    CodeOfConductMissing,
    /// A file is not what an edit was made for any more.
    EditOutdated,
    /// A folder is no clone of AiSOC's repository.
    NotACheckout,
    /// A clone lacks files that its index lists.
    CheckoutIncomplete,
    /// The index of a clone cannot be understood.
    CheckoutIndexInvalid,
    /// A clone has files in the plugin's folder that the plugin does not have.
    CheckoutSurplus,
    /// A clone's index has this version of a plugin, or a higher one, with other files.
    CheckoutNotNewer,
    /// A clone's branch is not the one to begin at, or the submission's is there already.
    CheckoutBranch,
    /// Another plugin of a clone has the id.
    PluginIdTaken,
    /// An id does not follow AiSOC's convention for community plugins.
    IdConvention,
    /// A chosen file is not in the plugin's folder.
    IncludeMissing,
    /// A manifest stops AiSOC's index script.
    IndexScriptCrash,
    /// AiSOC's index holds something else than the manifest says.
    IndexItemDiffers,
    /// AiSOC's index script failed.
    IndexScriptFailed,
    /// The index differs in more than the plugin's item, or its copies differ.
    IndexDrift,
    /// There is no Python.
    NoPython,
    /// A workflow would get this program from somewhere that can be changed.
    WorkflowSource,
}

impl fmt::Display for Code {
    /// Writes the stable name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name of a unit variant is what serde gives a formatter.
        self.serialize(f)
    }
}

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such code")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.to_string() == text).ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_written_and_read_as_json_has_it() {
        assert_eq!(Code::LineEndingsChanged.to_string(), "line-endings-changed");
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.to_string());
            assert_eq!(code.to_string().parse(), Ok(*code));
        }
        for other in ["", "Io", "line_endings_changed", " io"] {
            assert_eq!(other.parse::<Code>(), Err(UnknownCode), "{other}");
        }
    }

    #[test]
    fn every_code_is_explained_in_sentences() {
        let mut said = BTreeSet::new();
        for code in Code::ALL {
            let meaning = code.meaning();
            assert!(said.insert(meaning.means), "{code} means what another code means");
            for text in [Some(meaning.means), meaning.at_the_loader, Some(meaning.cure)].into_iter().flatten() {
                let first = text.chars().next().unwrap();
                assert!(first.is_uppercase() || first == '`', "{code}: {text}");
                assert!(text.ends_with('.') && text.len() > 10, "{code}: {text}");
            }
        }
    }
}
