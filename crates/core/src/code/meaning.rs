//! What each code means, what AiSOC does, and what to do: for whoever meets a code in a log and has nothing but it.

use super::Code;

/// A code, explained without a case at hand. An error itself says more: which file, which value, which line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// What happened, as a sentence.
    pub means: &'static str,
    /// What AiSOC does with the plugin; nothing where AiSOC has no part in it.
    pub at_the_loader: Option<&'static str>,
    /// What to do now, as one or more sentences.
    pub cure: &'static str,
}

const NEVER_LOADS: Option<&str> =
    Some("The loader refuses the plugin in every trust mode, before it looks at the signature.");
const NOT_IN_STRICT_OR_WARN: Option<&str> =
    Some("The loader refuses the plugin in strict and in warn mode; in disabled mode it loads without a check.");
const INVALID: Option<&str> = Some(
    "The loader refuses the plugin in strict mode, loads it as `invalid` in warn mode, and without a check in \
    disabled mode.",
);
const COMPUTES_ANOTHER_DIGEST: Option<&str> = Some(
    "The loader computes the digest from the files that it can see, so what the operator's machine sees \
    decides.",
);
const SIGN_AGAIN: &str = "Put back what was signed, or sign what is there now.";
const MEND_OR_MOVE: &str = "Mend the file that is named, or move it away.";
const COVERS_EVERYTHING: Option<&str> = Some(
    "A signature covers every .py file in it: without these very files it is invalid, and none may change on the way.",
);
const ONLY_THE_VALIDATOR: Option<&str> = Some("The loader takes it; only AiSOC's own `validate` command does not.");
const UPDATE: &str = "Update this program.";

const CHECKS_WHAT_IS_SHIPPED: Option<&str> =
    Some("The loader checks what is shipped, and a signature of the folder is not valid for other files.");
const ONLY_BELOW_ITS_FOLDER: Option<&str> =
    Some("The loader looks only into the folders directly below AISOC_PLUGINS_DIR.");
const TAKE_ALONG: &str = "Tell the build to take them along, or commit them.";
const FROM_WHAT_WAS_SIGNED: &str = "Build and commit from the folder as it was signed, or sign what is shipped.";
const ONE_FOLDER: &str = "Put plugin.yaml, plugin.py and plugin.sig into one package folder.";

macro_rules! meanings {
    ($($code:ident: $means:literal, $at_the_loader:expr, $cure:expr;)*) => {
        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Explains the code.
            pub const fn meaning(self) -> Meaning {
                match self {
                    $(Self::$code => Meaning { means: $means, at_the_loader: $at_the_loader, cure: $cure },)*
                }
            }
        }
    };
}

meanings! {
    // This machine
    Io: "The operating system refused to read or write something.", None,
        "Check that the file or folder is yours, that it is there, and that the disk is not full.";
    Usage: "The arguments of a command make no sense.", None, "See the command's `--help`.";
    Cancelled: "The operation was cancelled.", None, "Start it again when you want to; nothing was left half done.";
    TargetExists: "A file that was to be created is there already.", None,
        "Choose another name, or move the file away: nothing is overwritten here.";
    TargetNotAFile: "What was to be written is a link, a folder or another thing that is no regular file.", None,
        "Remove it, or choose another file; nothing is ever written through a link.";
    BadPath: "A path cannot name the file that it should.", None, "Give the path of a file.";

    // The folder
    FolderInvalid: "There is no such plugin folder, or it is no folder.", None,
        "Check the path; it is taken relative to the current folder.";
    FolderUnlistable: "A folder below the plugin's cannot be listed, so nobody knows which files a signature covers.",
        Some("The loader leaves out what it cannot list and says nothing, and then computes another digest than one \
        that can."),
        "Make the folder readable for you, or move it out of the plugin.";
    FileUnreadable: "A `.py` file of the plugin cannot be read.", NOT_IN_STRICT_OR_WARN,
        "Make the file readable, or move it out of the plugin.";
    FileChanged: "A file changed while it was read.", None,
        "Wait until nothing writes to the folder any more, then try again.";
    FolderTooLarge: "The folder holds more files, or deeper folders, than this program reads.",
        COMPUTES_ANOTHER_DIGEST,
        "Move virtual environments, node_modules and build output out of the plugin: every .py file in them would be \
        signed.";
    FileNameInvalid: "A file's name is no Unicode text, so a server running Linux could not have the same one.",
        COMPUTES_ANOTHER_DIGEST, "Rename the file.";

    // The manifest
    ManifestMissing: "The folder holds neither `plugin.yaml` nor `aisoc-plugin.json`.",
        Some("The loader does not see a plugin there."), "Add a `plugin.yaml`; `plugin.yml` is not a manifest.";
    ManifestUnreadable: "The manifest cannot be opened or read.", NEVER_LOADS,
        "Make it a regular file that you, and the operator's AiSOC, may read.";
    ManifestTooLarge: "The manifest is larger than this program reads.", None, "Take out what is not needed.";
    Manifest: "The manifest's text cannot be read, or holds a value that cannot be signed, such as a date. `detail` \
        says which.",
        Some(
            "A text that cannot be read makes the loader refuse the plugin in every mode; a value that cannot be \
            signed does so in strict and in warn mode.",
        ),
        "Go to the line that is named. Mostly it helps to put quotes around the value.";
    ManifestNotMapping: "The manifest is a list or a plain value, not a mapping of keys to values.", NEVER_LOADS,
        "Begin it with fields such as `id: my-plugin`.";
    ManifestFieldsMissing: "`id`, `name`, `version` or `plugin_type` is missing, or has a value that counts as \
        missing: empty, 0, false.",
        NEVER_LOADS, "Add the field, and quote its value.";
    IdInvalid: "The manifest's `id` breaks AiSOC's rule.", NEVER_LOADS,
        "Use 2 to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit.";
    IdUnusable: "The manifest's `id` passes AiSOC's rule and fails later: it is no text, or ends in a line break.",
        Some("The loader fails after the signature check, in every mode."), "Quote the id, on one line.";
    PluginTypeInvalid: "The manifest's `plugin_type` is none that AiSOC knows.", NEVER_LOADS,
        "Use enricher, action, connector, responder, detection or widget.";
    ManifestIgnored: "A second manifest lies beside `plugin.yaml`.",
        Some("The loader neither reads `aisoc-plugin.json` then, nor does a signature cover it."),
        "Remove the one that should not count.";

    // The signature
    Unsigned: "There is no `plugin.sig`.",
        Some("The loader refuses the plugin in strict mode, loads it as `unsigned` in warn mode, and without a check \
        in disabled mode."),
        "Sign the plugin.";
    SignatureUnreadable: "`plugin.sig` cannot be read.", NOT_IN_STRICT_OR_WARN,
        "Make it a file that you may read, or remove it and sign the plugin again.";
    SignatureMalformed: "`plugin.sig` holds neither 128 hex digits nor 64 bytes.", NOT_IN_STRICT_OR_WARN,
        "Sign the plugin again.";
    NoTrustedKeys: "There is a signature, and the operator trusts no key.", INVALID,
        "The operator puts the publisher's public key into PLUGIN_TRUSTED_KEYS_DIR, as `<key id>.pem`.";
    NoKeyMatches: "The signature fits none of the trusted keys over what is in the folder.", INVALID,
        "Either the manifest or a .py file is not what was signed, or the key is not trusted; `verify` names the \
        cause where it is known.";
    TrustedKeyStopsLoader: "A trusted key of a kind that the loader fails on stands before any that fits.",
        NOT_IN_STRICT_OR_WARN, "The operator takes that file out of the folder, or gives it a name that sorts later.";
    PrivateKeyAmongTrusted: "A private key lies in a folder of trusted keys, where others can read it.",
        Some("The loader passes over a file that holds a private key."),
        "Take it out and treat the key as stolen: revoke it, and sign with a new one.";
    TrustedKeyWeak: "A trusted key is of small order, so that anybody can sign for it.",
        Some("The loader accepts such a key, and every signature that fits it."),
        "The operator takes it out of the folder.";
    TrustedKeyTwice: "One key is trusted under two names.",
        Some("The loader knows the key by the name that comes first."), "The operator removes the other file.";
    TrustedKeyName: "A trusted key's name is not the marketplace entry's `signing_key_id`.",
        Some("The loader takes the key's id from its file's name."), "The operator renames the file to `<key id>.pem`.";
    TrustedKeyLeftOut: "A file among the trusted keys is none that the loader tries, or can match.",
        Some("The loader passes over it."), "Give the operator an Ed25519 public key as `<key id>.pem`.";
    TrustedKeysMissing: "There is no folder of trusted keys, so no key is trusted.", INVALID,
        "Give the folder that holds the operator's .pem files, or make it.";
    TrustedKeysUnreadable: "The folder of trusted keys cannot be read.", NEVER_LOADS,
        "Make the folder readable for AiSOC.";

    // Why it does not fit
    SignedFileChanged: "A `.py` file has other content than when the plugin was signed.", INVALID, SIGN_AGAIN;
    SignedFileAdded: "A `.py` file was added after signing.", INVALID,
        "Remove it if it does not belong to the plugin; otherwise sign again. Builds and virtual environments often \
        add some.";
    SignedFileRemoved: "A `.py` file that was signed is not there any more.", INVALID,
        "Put it back, or sign what is there now. Packaging often leaves tests out.";
    SignedFileRenamed: "A `.py` file has another name than when the plugin was signed.", INVALID, SIGN_AGAIN;
    LineEndingsChanged: "A `.py` file has other line endings than when the plugin was signed, and is otherwise the \
        same.",
        INVALID, "Put `*.py text eol=lf` into `.gitattributes`, and check the file out again or sign again.";
    SignedFieldChanged: "The manifest says something else than when the plugin was signed.", INVALID, SIGN_AGAIN;
    ManifestSwitched: "Another of the two manifests counts than when the plugin was signed.", INVALID,
        "Beside `plugin.yaml` an `aisoc-plugin.json` is ignored. Keep the one that was signed, or sign again.";
    KeyNotTrusted: "The signature is good, and its key is not among the trusted ones.", INVALID,
        "The operator puts the key's .pem file into PLUGIN_TRUSTED_KEYS_DIR; compare its fingerprint over another \
        channel.";
    SignatureOfOtherPlugin: "The signature was made for another plugin.", INVALID,
        "Sign this plugin; each has a `plugin.sig` of its own.";
    SignatureReplaced: "The folder is what was signed, and `plugin.sig` is another signature.", INVALID,
        "Put the right `plugin.sig` back, or sign again.";
    CauseUnknown: "It is not known on this machine what a signature was made for, or by which key.", INVALID,
        "If the plugin is yours, sign it again. Otherwise ask its publisher for the digest that was shown when signing, and \
        compare it with the one here.";

    // Signing
    FolderChanged: "The folder is not what was looked at before.", None,
        "Look at the changes, then sign what is there now.";
    OutputRefused: "A signature may not be written to this file: it is a manifest, a .py file, or holds something \
        else.", None,
        "Choose another file.";
    RecheckFailed: "The signature that was just written did not verify, and was taken back.", INVALID,
        "Wait until nothing writes to the folder any more, then sign again.";
    PluginPyMissing: "There is no `plugin.py` in the plugin's folder.",
        Some("The loader fails after the signature check: `plugin.py not found`."),
        "Add a plugin.py with a class `Plugin` that can be made without arguments.";
    PluginPyFails: "`plugin.py` cannot be imported by Python 3.11, or its `Plugin` cannot be made without arguments.",
        Some("The signature is checked first and may be fine; then the plugin fails to load in every mode."),
        "Change the place that is named, and check again; nothing of the plugin is run here.";
    PluginPyUndecided: "Whether `plugin.py` can be imported depends on what reading it does not tell.",
        Some("The signature is checked first; then the loader imports `plugin.py` and calls `Plugin()`."),
        "Try it where AiSOC runs: `python3 -c 'import plugin; plugin.Plugin()'` in a copy of the plugin's folder.";
    NoCoveredFiles: "The signature covers no file, only the manifest.", None,
        "Add the plugin's Python code; other files are never covered.";
    Symlink: "A symbolic link lies in the plugin's folder.",
        Some("An install from an OCI image refuses a plugin with symbolic links."),
        "Put a copy in its place, or remove it.";
    DependenciesInFolder: "Installed packages lie in the folder, and their .py files are signed.",
        Some("Without these very files the signature is invalid at the operator's."),
        "Move them out of the plugin, unless they travel with it.";

    // The marketplace entry
    EntryFieldInvalid: "A field of the marketplace entry cannot be taken from the manifest.", None,
        "Change the field in the manifest as the message says.";
    EntryUnverified: "The plugin's signature does not verify with the entry's key.", INVALID,
        "Sign the plugin with that key, or name the key that signed it.";
    EntryFieldMissing: "A field of the marketplace entry has no value.", None,
        "Add it to the manifest, or give it with `--url` or `--install`.";
    EntryWrong: "A marketplace entry is wrong or unsafe; the detail names the rule that it breaks.", None,
        "Change what the message names; `aisoc-publisher entry --check FILE` looks again.";
    EntryDoubtful: "A marketplace entry will look or work otherwise than meant in some place.", None,
        "Read what the message says, and change it where it matters to you.";
    EntryFileUnreadable: "A file with marketplace entries cannot be read.", None,
        "Give a regular file of at most 64 MiB that you may read.";
    EntryFieldSuggested: "A field of the marketplace entry was filled from the index, pyproject.toml, go.mod or the Git remote.", None,
        "Look whether it is right: whether the package or the page is there is not looked up.";
    EntrySourceIgnored: "A file beside the plugin could not be used to fill the marketplace entry.", None,
        "Give the field yourself, or mend the file as the message says.";

    // The marketplace's index
    IndexTooLarge: "A marketplace index is larger than the 64 MiB that are read.", None,
        "See that the file is an index; AiSOC's own has 10 MB.";
    IndexInvalid: "A file is no marketplace index: no strict JSON, not UTF-8, or neither an array nor an object with `items`.", None,
        "Mend it at the line and column that are named; nothing is changed in it before.";
    IndexDuplicate: "Two items of an index have the same type and id.", None,
        "Remove one of them; AiSOC's own script stops on this, too.";
    IndexChanged: "An index is not what a change was made for any more.", None,
        "Look at the index again, and at the new diff.";
    IndexUnproven: "A changed index was read again and is not what it should be.", None,
        "Change the index by hand, and report the fault.";
    IndexVersionLower: "An index has a higher version of the plugin than the entry.", None,
        "See that the folder holds the plugin's newest version.";
    IndexVersionUnclear: "Whether the entry's version is higher than the one in the index cannot be told.", None,
        "Compare them yourself; versions such as 1.10.0 can be compared.";
    IndexOtherKey: "An index names another `signing_key_id` for the plugin than the entry.", INVALID,
        "See that operators have the new key before the entry is published.";
    IndexFieldsKept: "An item of an index has fields that the entry does not have, and keeps them.", None,
        "See that they still hold, and change them by hand if not.";
    IndexOtherType: "An index has an item of another type with the plugin's id.", None,
        "AiSOC takes that. Choose another id if the two can be confused.";
    IndexOtherCase: "An index has a plugin whose id differs from the entry's only in capitals.", None,
        "If it is the same plugin, take its id or remove its item; if not, choose another id: people and file systems confuse the two.";
    IndexDerivedLeft: "Fields of an index that are made from its items, such as `stats`, are left alone.", None,
        "Whoever keeps the index brings them up to date.";
    IndexGenerated: "An index looks like AiSOC's own, which a script makes and in which CI rejects changes by hand.", None,
        "For AiSOC's repository use a clone of it and `--checkout`.";
    IndexReadOnly: "An index is read-only, and was not changed.", None,
        "Make it writable if you may change it, with `chmod u+w`.";
    IndexSame: "The index has the entry already.", None, "There is nothing to ask for; look whether the plugin's version is the new one.";
    IndexUncommitted: "An index is not what the commit has that is checked out in its Git repository.", None,
        "A patch is of the commit where there is one; `steps.txt` beside it says what to do with the file here.";
    KitInWorkTree: "The files of a pull request lie in a Git work tree, where a commit may take them along.", None,
        "Save them elsewhere, or name the files that you add.";
    IndexReplaced: "An index has other names, or another owner, and a changed index is a new file under the name that was given.", None,
        "Make links to it anew if they should follow, and see that whoever reads it still can.";

    // Keys
    InvalidKeyId: "A key id breaks a rule for key ids.", None,
        "Use up to 64 small letters, digits, `.`, `_` and `-`, beginning with a letter or a digit.";
    BadPrivateKey: "A private key, or its file, is damaged or in a form that is not read.", None,
        "Give an Ed25519 key as PKCS#8 PEM, the form that begins with `-----BEGIN PRIVATE KEY-----`.";
    WrongKeyKind: "A key is of another kind than Ed25519, or the other half of one.",
        Some("The loader passes over keys of other kinds."), "Make an Ed25519 key with `keygen`.";
    PassphraseNeeded: "A private key is encrypted, and no passphrase was given.", None,
        "Give it with `--passphrase -` or `--passphrase env:NAME`.";
    PassphraseTooShort: "A new passphrase has too few characters.", None, "Use several words.";
    PassphraseTooLong: "A passphrase is longer than this program takes.", None, "Use a shorter one.";
    WrongPassphrase: "A passphrase does not open a private key.", None,
        "Type it again; capitals and spaces count. Nobody can recover it.";
    NoSuchKey: "No key has this id.", None, "See what there is with `keys`.";
    KeyExists: "A key with this id is there already, or was there.", None,
        "Choose another id, so that operators who trust the old key do not mix the two up.";
    NoKeyring: "This machine has no keyring that answers.", None,
        "Install and start one, such as gnome-keyring, or keep the key in a file under a passphrase.";
    KeyringLocked: "The keyring is locked.", None, "Unlock it, then try again.";
    KeyringRefused: "The system, or whoever was asked, refused access to the keyring.", None,
        "Try again and allow it.";
    KeyringTimedOut: "The keyring did not answer in time.", None,
        "Look for a window that asks to unlock it, then try again.";
    KeyringFailed: "The keyring failed.", None, "Look at the message; it is the keyring's own.";
    KeyForeign: "What is kept under this id was not written by this version of the program.", None,
        "Choose another id, or look at the item in the keyring's own window.";
    KeyMismatch: "The key that is kept is another than the one that is remembered.", None,
        "Find out what replaced it before you sign with it.";
    KeyMissing: "There is no record of a key, or the key is no longer where it was kept.", None,
        "Restore it from a backup, or make a new key.";
    SameKey: "The same key is known on this machine by another id.", None, "Use that id: one key needs one name.";
    KeyRevoked: "The key was revoked, so it does not sign.",
        Some("AiSOC has no list of revoked keys: a loader that trusts the key goes on taking what it signed."),
        "Sign with another key, and have every operator remove the .pem of this one.";
    KeyAtRisk: "A private key lies in the clear where others may come by it.", None,
        "Move it where nobody ships or commits it; if others may have it already, revoke it and make a new one.";
    KeyDeleted: "The key was deleted on this machine.", None, "Restore it from a backup, or sign with another key.";
    BackupNotEncrypted: "A file that should be a backup holds a key that no passphrase protects.", None,
        "Import it, make an encrypted backup, and remove the file.";
    BackupFailed: "A backup was written or found, and does not do what it is for.", None,
        "Write the backup again, to another disk if it fails again.";
    NotConfirmed: "What was typed to confirm an act is not what it asks for.", None, "Type exactly what is asked for.";
    OnlyCopy: "The only known copy of a key would be deleted.", None, "Make a backup first, or say that it is meant.";
    KeyPresent: "The key is where it was kept, so its record is not forgotten.", None,
        "Delete the key itself if that is meant.";
    KeySucceeded: "Another key took over from this one already.", None, "Sign with the newer key.";
    NotRotated: "The key is not being rotated.", None, "Begin with a new key beside it.";
    NotRevoked: "The key was not revoked.", None, "Revoke it first if it was lost or stolen.";
    OtherKeyThere: "What stands where a public key should be saved is another key, or no key.",
        Some("The loader knows a key by its file's name, so two keys cannot share one."),
        "Choose another folder, or move the file away.";

    // What is shipped
    ArtifactUnreadable: "An archive cannot be opened or read.", None, "Check the path, and that you may read the file.";
    ArtifactUnknownKind: "A file is no archive of a kind that is read, or not the kind that its name says.", None,
        "Pack the plugin as a wheel, a .zip or a .tar.gz.";
    ArtifactDamaged: "An archive breaks its format.", None, "Build the archive again.";
    ArtifactUnsafe: "An entry of an archive is one that unpackers disagree about or are harmed by.",
        Some("What the loader gets depends on the program that unpacks the archive; installs from OCI refuse symlinks."),
        "Build the archive again from a clean folder of regular files, and do not unpack one that you were given.";
    ArtifactTooLarge: "An archive is larger, or unpacks to more, than this program reads.", None,
        "A plugin needs a small part of that: look at how the archive was built, and do not unpack it.";
    PluginNotFound: "An archive holds no plugin where one is looked for.", None,
        "Let plugin.yaml, plugin.py and plugin.sig lie side by side in one folder.";
    SeveralPlugins: "An archive holds several plugins.", None, "Say which one with `--inside FOLDER`.";
    ShippedWithoutManifest: "What is shipped has no manifest.",
        Some("The loader takes no notice of a folder without a manifest."), TAKE_ALONG;
    ShippedWithoutSignature: "What is shipped has no `plugin.sig`.",
        Some("The loader refuses it in strict mode and loads it as `unsigned` in warn mode."), TAKE_ALONG;
    ShippedFilesMissing: "Signed files are not shipped.", CHECKS_WHAT_IS_SHIPPED, TAKE_ALONG;
    ShippedFilesChanged: "Signed files are shipped with other bytes.", CHECKS_WHAT_IS_SHIPPED, FROM_WHAT_WAS_SIGNED;
    ShippedLineEndings: "Signed files are shipped with other line endings.", CHECKS_WHAT_IS_SHIPPED,
        "Write the files with LF, and add `*.py text eol=lf` to .gitattributes.";
    ShippedVersionWritten: "The build wrote a file with the version, which the signature does not know.",
        CHECKS_WHAT_IS_SHIPPED, "Let the build write it before signing, or not at all.";
    ShippedFilesAdded: "`.py` files are shipped that were not signed.", CHECKS_WHAT_IS_SHIPPED, FROM_WHAT_WAS_SIGNED;
    ShippedManifestChanged: "The manifest is shipped with other values.", CHECKS_WHAT_IS_SHIPPED, FROM_WHAT_WAS_SIGNED;
    ShippedSignatureChanged: "Another signature is shipped than the folder has.", None, "Build or commit after signing.";
    ShippedDataMissing: "Files that no signature covers are not shipped.", None, TAKE_ALONG;
    ShippedExecutableAdded: "Compiled code is shipped that the plugin's folder does not have.",
        Some("The loader does not check it, and Python may run it."), FROM_WHAT_WAS_SIGNED;
    WheelInSitePackages: "A wheel's plugin goes into site-packages when pip installs it.", ONLY_BELOW_ITS_FOLDER,
        "Tell operators to copy the folder out of site-packages, or ship a .tar.gz of it.";
    WheelWithoutFolder: "The plugin lies in no folder of its wheel.", ONLY_BELOW_ITS_FOLDER, ONE_FOLDER;
    WheelPluginApart: "The plugin's files do not lie side by side in the wheel.", ONLY_BELOW_ITS_FOLDER, ONE_FOLDER;
    NoRepository: "A folder lies in no Git repository.", None, "Leave out `--committed`, or commit the plugin to one.";
    RepositoryDamaged: "A Git repository cannot be read.", None,
        "`git fsck` says more, in a repository that you trust; a fresh clone may be whole.";
    RepositoryUnsupported: "A Git repository has a form that is not read.", None,
        "Clone it in the usual form: SHA-1, loose and packed refs, objects of its own.";
    RepositoryIncomplete: "A Git repository lacks objects of the commit.", None,
        "Check the commit out, which fetches what a partial clone left on the server, or clone it again.";
    NotCommitted: "Nothing is committed of the folder.", None, "Add and commit the plugin.";
    CloneUnknown: "What a fresh clone has depends on more than the commit.", None,
        "Put plain files there, and no attributes that change them.";
    GitIgnored: "`.gitignore` keeps files out of commits.", None,
        "Take the line out of .gitignore and commit, or move the files out of the plugin and sign again.";
    GitCrlf: "A fresh clone has CRLF where the commit has LF.", CHECKS_WHAT_IS_SHIPPED,
        "Write `*.py text eol=lf` into .gitattributes.";
    GitLfs: "The commit has only pointers to files in Git LFS.", CHECKS_WHAT_IS_SHIPPED,
        "Take .py files and the signature out of Git LFS.";
    GitExportIgnored: "`export-ignore` keeps files out of the archives that a forge offers.", None,
        "Take the line out of .gitattributes, if operators may get the plugin that way.";

    // What is remembered
    RecordsDamaged: "The records of keys cannot be understood.", None, MEND_OR_MOVE;
    RecordsNewer: "A newer version of this program wrote the records of keys.", None, UPDATE;
    RecentsDamaged: "The list of plugins opened earlier cannot be understood.", None, MEND_OR_MOVE;
    RecentsNewer: "A newer version of this program wrote the list of plugins opened earlier.", None, UPDATE;
    ReceiptNotKept: "A plugin is signed, and no receipt of the signing could be kept.", None,
        "The signature is as good without it; should it no longer fit one day, less can be said of why.";
    ReceiptDamaged: "The receipt of a signing cannot be understood.", None,
        "Remove the file that is named; no signature depends on it.";
    ReceiptNewer: "A newer version of this program wrote the receipt of a signing.", None, UPDATE;
    NotRemembered: "A plugin is not on the list of those opened earlier.", None, "Open it again.";
    TextTooLong: "A text is longer than this program remembers.", None, "Shorten it.";

    // What lies in the folder
    PrivateKeyInFolder: "A private key lies in the plugin's folder.",
        Some("The loader does not look at it; everything in the folder travels with the plugin, so whoever gets it has the key."),
        "Move it out of the folder; if the folder was ever shared or pushed, replace the key.";
    CredentialInFolder: "What looks like a credential of a well-known service lies in the plugin's folder.",
        Some("The loader does not look at it; whoever gets the plugin can use it."),
        "Take it out, read it from the plugin's configuration instead, and revoke it where it was issued.";
    FilesNotSearched: "Some files of the plugin's folder were not searched for secrets, or not to their end.", None,
        "Make them readable, or move what is not part of the plugin out of its folder.";
    VirtualEnvironment: "A virtual environment lies in the plugin's folder.", COVERS_EVERYTHING,
        "Move it out before signing.";
    BuildFolder: "What a build left lies in the plugin's folder.", COVERS_EVERYTHING,
        "Remove it before signing; a build makes it again.";
    CacheFolder: "A tool's cache lies in the plugin's folder.", COVERS_EVERYTHING, "Remove it before packing.";
    VendoredFolder: "Copies of other people's code lie in the plugin's folder.", COVERS_EVERYTHING,
        "See to it that your packaging takes them along as they are.";
    TestsSigned: "Tests lie in the plugin's folder.", COVERS_EVERYTHING,
        "Ship them with the plugin, or keep them beside its folder.";
    CompiledCode: "Compiled code lies in the plugin's folder.",
        Some("No signature covers it: whoever exchanges it leaves the signature valid."),
        "Ship it only if the plugin needs it.";
    GoOnly: "The plugin is written in Go alone.",
        Some("No signature covers Go sources and no loader runs them; without a plugin.py the loader fails after the signature."),
        "Add a plugin.py with a class `Plugin`.";
    CrlfInPython: "A `.py` file has line endings other than LF.",
        Some("The signature covers every byte, so that it is invalid once something has written LF in their place."),
        "Save the file with LF, and sign after that.";
    GitLineEndings: "Git's settings may give `.py` files other line endings in a checkout.",
        Some("A signature made over other line endings is invalid."),
        "Write `*.py text eol=lf` into `.gitattributes`.";
    ManifestLookAlike: "A file has a name like a manifest's and is none.",
        Some("The loader reads `plugin.yaml`, or `aisoc-plugin.json` where there is no `plugin.yaml`, and nothing else."),
        "Remove it, or move what is in it to the manifest.";
    IdForValidator: "AiSOC's validator does not take the plugin's id.", ONLY_THE_VALIDATOR,
        "If the plugin goes to AiSOC's own repository, use small letters, digits, `_` and `-` alone.";
    VersionForValidator: "AiSOC's validator does not take the plugin's version.", ONLY_THE_VALIDATOR,
        "Write three numbers, such as `1.0.0`.";
    TypeForValidator: "AiSOC's validator does not know the plugin's type.", ONLY_THE_VALIDATOR,
        "Nothing, unless the plugin has to pass that command.";
    ManifestFieldsAdvised: "The manifest lacks fields that a community plugin in AiSOC's repository should declare.",
        Some("The loader does not look at them."), "Add `license`, `homepage` and `min_aisoc_version`, and sign after that.";
    TierSelfDeclared: "The manifest declares `tier: stable`.",
        Some("The loader does not look at it; the marketplace shows such a plugin as verified."),
        "Write `tier: community`, or leave the key out.";
    TierNotText: "The manifest's `tier` is no text.",
        Some("The loader does not look at it; the script that makes the marketplace's index crashes on it."),
        "Write `tier: community`, or leave the key out.";
    DependencyUnpinned: "The version of a dependency is left open.",
        Some("No signature covers what is installed beside the plugin."),
        "Name one version in requirements, and an upper end in `pyproject.toml`.";
    ReadmeMissing: "The plugin has no README.md.", None,
        "Say in one what the plugin does, what it connects to and how it is configured.";
    TestsMissing: "No tests of the plugin were found.", None,
        "Write some; beside the plugin's folder they need not be signed.";
    CoverageLow: "The tests cover less than the 80 % of the lines that AiSOC's Plugin Quality Guidelines ask for.", None,
        "Test more of it, and write coverage.xml again.";
    CoverageUnknown: "Nothing says how much of the plugin its tests cover.", None,
        "Make a coverage.xml with `pytest --cov --cov-report=xml`.";
    CodeOfConductMissing: "The plugin's repository does not say which code of conduct its authors follow.", None,
        "AiSOC's Plugin Quality Guidelines ask authors to follow the AiSOC Code of Conduct: say so in a CODE_OF_CONDUCT.md.";
    EditOutdated: "A file is not what an offered change was made for any more.", None,
        "Look at the plugin again, and at the new diff.";

    // A clone of AiSOC's repository
    NotACheckout: "A folder is no clone of AiSOC's repository: something that every clone has is missing.", None,
        "Give the folder of a clone of your fork, with `plugins`, `marketplace` and `scripts` in it.";
    CheckoutIncomplete: "A clone lacks files that its index lists, as a sparse clone does.",
        Some("The loader has no part in it; the clone's script would drop the items of these files from the index."),
        "`git sparse-checkout disable` brings everything in a sparse clone; `git status` says what else is gone.";
    CheckoutIndexInvalid: "The index of a clone cannot be understood.", None,
        "`git checkout -- marketplace` brings back what was committed, and the clone's script makes it anew.";
    CheckoutSurplus: "A clone has files in the plugin's folder that the plugin does not have.",
        Some("The loader hashes every .py file of the folder, so one more makes the signature invalid."),
        "Have them removed, or put them into the plugin and sign again.";
    CheckoutNotNewer: "A clone's index has this version of the plugin, or a higher one, with other files.", None,
        "Raise the version, and sign after that.";
    CheckoutBranch: "A clone's branch is not the one that a submission should begin at, or the submission's own is there already.", None,
        "`git switch main` and `git pull --ff-only` bring the clone up to date; `git branch -D` deletes a branch.";
    PluginIdTaken: "Another plugin of the clone has this id.",
        Some("The loader knows one plugin by an id, and the newer index script stops on two."),
        "Choose another id, and sign after that.";
    IdConvention: "The plugin's id is not of the form that AiSOC's guide asks community plugins for.",
        Some("The loader takes it."), "Call it `community-<github-handle>-<short-name>`, and sign after that.";
    IncludeMissing: "A file that was chosen to go along is not in the plugin's folder.", None,
        "Give its name below the plugin's folder.";
    IndexScriptCrash: "A field of the manifest is of a kind that stops AiSOC's index script, for everybody's plugins.",
        Some("The loader does not look at the field."), "Write a text there, and sign after that.";
    IndexItemDiffers: "The item in AiSOC's index holds or will hold something else than the manifest says, or lacks it.", None,
        "Write the field as a text, or the tags as a list of texts, and sign after that. Of a field that a newer script added, see that it is right.";
    IndexScriptFailed: "AiSOC's index script could not be run to its end.", None,
        "Read what it printed; `git status` in the clone says what it changed.";
    IndexDrift: "The clone's script changed more of the index than this plugin's item, or its copies differ.", None,
        "Bring the clone up to date with AiSOC's main branch, and build the index again.";
    NoPython: "There is no Python on this machine's PATH, so the index was not built.", None,
        "Install Python 3.11 with PyYAML and run the script that was named, in the clone.";
    WorkflowSource: "The workflow would build this program from an address or a commit that is not pinned.", None,
        "Give an https address and the full id of a commit.";
}
