// Written by `UPDATE_TYPES=1 cargo test -p aisoc-publisher-desktop --lib types` from `src-tauri/src/view/`.
// A test fails when this file is anything else.

/** Names a plugin folder that the backend gave out for a dialog, a drop, a recent plugin or an argument. */
export type FolderHandle = string;

/** Names a file that a dialog named: one to read a key from, or one to write a backup to. */
export type FileHandle = string;

/** Names a publisher key of this machine. */
export type KeyHandle = string;

/** Names what a pull request needs, until the next one is made. */
export type KitHandle = string;

/** Names a change to a file of the plugin that is shown, until it is read again. */
export type EditHandle = string;

/** Names one long call, chosen by the window, so that progress and Cancel find it. */
export type Operation = number;

/** Where something stands; line and column count from 1. */
export type Place = {
  /** A file of the plugin as a relative path, or another file as a display string. */
  file: string;
  line: number | null;
  column: number | null;
};

/** What every rejected call carries. A call that was cancelled is rejected with the code `cancelled`. */
export type Failure = {
  /** The stable kebab-case code of the core, or one of the window's own: `unknown-handle`, `internal`. */
  code: string;
  /** What happened, to what. Names in backticks. */
  message: string;
  /** What to do now. */
  hint: string | null;
  place: Place | null;
  /** What AiSOC's loader does with a plugin in this state, where that is known. */
  atTheLoader: string | null;
};

/** Everything the window needs to draw itself for the first time. */
export type Start = {
  /** The program's version. */
  version: string;
  keyring: KeyringStatus;
  keys: Array<PublisherKey>;
  recents: Array<RecentPlugin>;
  /** The folder named on the command line. */
  argument: FolderHandle | null;
  /** The fewest characters a passphrase may have; the backend refuses shorter ones. */
  passphraseMinimum: number;
  /** The most bytes of UTF-8 that the passphrase of a backup may have: what other programs take. */
  passphraseMaximum: number;
};

/** Whether the operating system's keyring can hold a key right now. `reason` is one sentence, `advice` another. */
export type KeyringStatus =
  | { "kind": "ok", name: string, }
  | { "kind": "absent", reason: string, advice: string, }
  | { "kind": "locked", reason: string, advice: string, }
  | { "kind": "waiting", reason: string, advice: string, }
  | { "kind": "refused", reason: string, advice: string, };

/** Where a private key is kept. */
export type Kept =
  | "keyring"
  | "file";

/** How a key came to this machine. */
export type Origin =
  | "created"
  | "imported"
  | "restored";

/** Something that was done with a key: when, and where to. */
export type Done = {
  at: string;
  /** Display: the file or folder. */
  where: string;
};

/** Why a key is no longer to be trusted. */
export type RevokedReason =
  | "lost"
  | "stolen"
  | "other";

/** That a key was revoked. */
export type Revoked = {
  at: string;
  reason: RevokedReason;
};

/** Whether a key is where its record says. */
export type Standing =
  | { "kind": "present" }
  | { "kind": "missing" }
  | { "kind": "other-key", there: string, }
  | { "kind": "foreign", found: string, }
  | { "kind": "unknown", code: string, reason: string, hint: string | null, }
  | { "kind": "deleted", at: string | null, };

/** What can be done about a key that is not where its record says. */
export type WayOut =
  | "restore"
  | "forget"
  | "ask-again"
  | "look-yourself"
  | "revoke";

/** The public facts of one publisher key. */
export type PublisherKey = {
  key: KeyHandle;
  keyId: string;
  /** SHA-256 of the public key's SPKI DER: 64 lower-case hex digits. */
  fingerprint: string;
  kept: Kept;
  /** Display: the keyring's name, or the file. */
  where: string;
  created: string | null;
  origin: Origin;
  /** The newest backup that was opened again. */
  backedUp: Done | null;
  /** When it last signed here. */
  lastUsed: string | null;
  /** When the public key was saved for operators last. */
  handedOver: string | null;
  /** The id of the older key that it takes over from. */
  succeeds: string | null;
  /** The id of the newer key that takes over from it. */
  succeededBy: string | null;
  revoked: Revoked | null;
  /** Null where nobody has looked yet. */
  standing: Standing | null;
  /** What can be done where it is not as its record says, the best first. */
  waysOut: Array<WayOut>;
  /** How many plugins it signed here; null where nobody has counted yet. */
  signed: number | null;
};

/** The answer to a key id as it is typed. */
export type KeyIdCheck =
  | { "kind": "ok", fileName: string, }
  | { "kind": "refused", message: string, hint: string | null, };

/** A passphrase on its one way: typed in the web view, sent once, wiped when the call ends.
 *
 * There is no `Serialize` and no `Clone`, and `Debug` shows nothing. What the web view and Tauri's own buffers held
 * before this value was made is out of its reach. */
export type Passphrase = string;

/** Where a new key is to be kept. The passphrase crosses once and is never sent back. */
export type Keeping =
  | { "kind": "keyring" }
  | { "kind": "file", passphrase: Passphrase, };

/** A plugin that a key signed on this machine, as it was when it last did. */
export type SignedPlugin = {
  pluginId: string;
  version: string;
  /** Display: the folder it was in. */
  where: string;
  signed: string;
  /** The folder, where it is still there and among the plugins opened earlier. */
  folder: FolderHandle | null;
};

/** What a key signed on this machine, as far as there are receipts. */
export type SignedPlugins = {
  plugins: Array<SignedPlugin>;
  /** How many receipts cannot be read. Any of them may be one of this key's. */
  unreadable: number;
};

/** A file that a dialog named. */
export type ChosenFile = {
  file: FileHandle;
  /** Display: the file. */
  where: string;
};

/** A backup that was written, opened again and tried. */
export type BackedUp = {
  key: PublisherKey;
  /** Display: the file. */
  where: string;
  /** Why the file should lie elsewhere, if it should: what it lies in. */
  risks: Array<string>;
  /** Whether it lies on the disk that the key's data are on; null where that is not known. */
  sameDisk: boolean | null;
};

/** A backup that was opened and tried. */
export type Drilled = {
  /** The key's id, as the file's text says it. */
  keyId: string | null;
  /** When the backup was made, as the file's text says it. */
  made: string | null;
  /** Of the key that the file holds. */
  fingerprint: string;
  /** The key, where this machine knows it. */
  key: PublisherKey | null;
};

/** A private key's file, as far as it tells without its passphrase. */
export type KeyFile = {
  file: FileHandle;
  /** Display: the file. */
  where: string;
  /** Whether it takes a passphrase to open it. */
  encrypted: boolean;
  /** Whether its text says that it is a backup. */
  backup: boolean;
  /** The id that its text or its name proposes. */
  keyId: string | null;
  /** When the backup was made, as its text says it. */
  made: string | null;
  /** Of the key; of an encrypted one as its text says it, which proves nothing. */
  fingerprint: string | null;
  /** The id by which this machine knows this fingerprint. */
  known: string | null;
};

/** A key that was taken in from a file. */
export type Adopted = {
  key: PublisherKey;
  /** Whether it was remembered already, so that its record goes on. */
  reattached: boolean;
};

/** What is to be done next of a rotation. */
export type NextStep =
  | "hand-over"
  | "sign-again"
  | "old-may-go"
  | "nothing";

/** Two keys of which the newer takes over from the older. */
export type Rotation = {
  old: PublisherKey;
  new: PublisherKey;
  next: NextStep;
  toSignAgain: Array<SignedPlugin>;
  signedAgain: Array<SignedPlugin>;
  /** How many receipts cannot be read. Any of them may be of a plugin that has to be signed again. */
  unreadable: number;
};

/** A key that was revoked, and what is to be done now. */
export type Revocation = {
  key: PublisherKey;
  /** Plain text for every operator who has the key. */
  notice: string;
  /** The notice's file. */
  fileName: string;
  toSignAgain: Array<SignedPlugin>;
  unreadable: number;
};

/** What deleting a key would mean. */
export type Deletion = {
  /** As the key is now. */
  key: PublisherKey;
  /** Whether no backup of it was ever opened again. */
  onlyCopy: boolean;
  backup: Done | null;
  /** Whether a file is where that backup was. A stick that is not plugged in is no lost backup. */
  backupInReach: boolean;
  signed: SignedPlugins;
};

/** A plugin opened earlier. */
export type RecentPlugin = {
  folder: FolderHandle;
  name: string;
  pluginId: string;
  version: string;
  /** Display: the folder. */
  where: string;
  opened: string;
  /** The key that signed it last. */
  keyId: string | null;
  /** Whether the folder is still there. */
  present: boolean;
};

/** One plugin folder, as it was read at one moment. */
export type PluginView = {
  folder: FolderHandle;
  /** Display: the folder. */
  where: string;
  manifest: Manifest | null;
  findings: Array<Finding>;
  /** What would be signed; null where the canonical form does not exist. */
  payload: Payload | null;
  /** What no signature covers; null where the folder cannot be listed. */
  uncovered: Uncovered | null;
  signature: SignatureState;
  /** Whether it lies in a Git repository. */
  inRepository: boolean;
  /** The key used for this plugin last, where it is still there. */
  lastKey: KeyHandle | null;
};

/** The manifest's facts, as AiSOC reads them. */
export type Manifest = {
  /** `plugin.yaml` or `aisoc-plugin.json`. */
  file: string;
  id: ManifestFact;
  name: ManifestFact;
  version: ManifestFact;
  pluginType: ManifestFact;
};

/** One field as AiSOC's YAML or JSON reader sees it. */
export type ManifestFact = {
  /** The value's text; null where the field is missing. */
  text: string | null;
  /** What kind of value it is to AiSOC. */
  readAs: ReadAs;
};

/** How much a finding matters at the operator's, most first. */
export type Severity =
  | "stops"
  | "exposes"
  | "breaks-later"
  | "surprise"
  | "note";

/** One thing the author should know. Names in backticks. */
export type Finding = {
  code: string;
  severity: Severity;
  title: string;
  place: Place | null;
  /** What happens at the operator's. */
  why: string;
  /** What to do about it. */
  cure: string | null;
  /** A change that does it. */
  edit: OfferedEdit | null;
};

/** A change that mends something. */
export type OfferedEdit = {
  edit: EditHandle;
  kind: EditKind;
  /** What it changes: a value by the keys that lead to it, or else a file by its relative path. */
  subject: string;
};

/** What a change does. */
export type EditKind =
  | "quote"
  | "line-feeds"
  | "git-attributes";

/** What a change would do. */
export type EditPreview = {
  /** The file, as a relative path. */
  file: string;
  /** Whether the file is made. */
  isNew: boolean;
  /** A unified diff; a long one ends with how much is left out. */
  diff: string;
};

/** What came of a change that was made: the plugin as it is now, or why that could not be read. */
export type EditAnswer = {
  plugin: PluginView | null;
  unread: Failure | null;
};

/** What is hashed and signed. */
export type Payload = {
  /** 64 lower-case hex digits. */
  digest: string;
  /** In the order of the canonical form. */
  files: Array<CoveredFile>;
  /** Sum of the covered files' sizes in bytes. */
  bytes: number;
  /** The manifest in canonical JSON, without `signature` and `trust`: ASCII, no white space outside strings. */
  manifestJson: string;
};

/** One covered file. */
export type CoveredFile = {
  /** Relative POSIX path. */
  path: string;
  /** 64 lower-case hex digits. */
  sha256: string;
  /** In bytes. */
  size: number;
  /** Whether the path is a symlink, whose target is hashed. */
  symlink: boolean;
};

/** The files in the folder that no signature covers, those that Git ignores included. */
export type Uncovered = {
  count: number;
  /** Sum of their sizes in bytes. */
  bytes: number;
  /** Sorted by path, and of very many those that are code or pose as it before the others. */
  files: Array<UncoveredFile>;
};

/** A file that no signature covers. */
export type UncoveredFile = {
  /** Relative POSIX path. */
  path: string;
  /** In bytes; null for a folder, and where it cannot be looked at. */
  size: number | null;
  kind: UncoveredKind;
  /** Whether it is reached through a symlink. */
  symlink: boolean;
};

/** What a file that is not covered is. */
export type UncoveredKind =
  | "executable"
  | "ignored-manifest"
  | "linked-folder"
  | "other";

/** What differs between two readings of a folder: relative paths of covered files. */
export type Changes = {
  added: Array<string>;
  removed: Array<string>;
  changed: Array<string>;
  manifestChanged: boolean;
};

/** What `plugin.sig` in the folder is worth, with the keys of this machine trusted. */
export type SignatureState =
  | { "kind": "none" }
  | { "kind": "good", signed: Signed, }
  | { "kind": "mismatch", why: Causes, }
  | { "kind": "malformed", message: string, };

/** Why a signature does not fit. */
export type Causes = {
  /** Each with its cure. None where there is no key to try the signature with. */
  causes: Array<Failure>;
  /** The signing that the folder was compared with; null where none is known. */
  since: Since | null;
  /** What this machine remembers and cannot read, so that less may be known than could be. */
  unreadable: Array<Failure>;
};

/** An earlier signing. */
export type Since = {
  at: string;
  /** The plugin's version then. */
  version: string;
  /** Whose key it was: its id in backticks, or its fingerprint. */
  signer: string;
};

/** The answer to a wish to sign: done and checked again, or refused because the folder is not what was shown. */
export type SignAnswer =
  | { "kind": "signed", signed: Signed,
  /** Why there is no receipt of it; null where there is one. */
  notKept: Failure | null, }
  | { "kind": "changed", changes: Changes, };

/** A signature that was read back from disk and judged. */
export type Signed = {
  key: KeyHandle;
  keyId: string;
  digest: string;
  /** 128 lower-case hex digits. */
  signature: string;
  fileCount: number;
  /** One for each trust mode: strict, warn, disabled. */
  verdicts: Array<ModeVerdict>;
  /** How the loader comes to that, and what it does then. */
  rehearsal: Rehearsal;
};

/** What the loader does with a plugin, and how it comes to that. */
export type Rehearsal = {
  /** Up to and with the signature check, in the loader's order, those that it does not reach included. */
  steps: Array<LoaderStep>;
  wouldImport: WouldImport;
};

/** One step of the loader's. */
export type LoaderStep = {
  /** What the loader does, in a few words. */
  title: string;
  result: StepResult;
  /** What was seen; null where the loader does not come. Names in backticks. */
  seen: string | null;
};

/** How a step ends. */
export type StepResult =
  | "passed"
  | "failed"
  | "cannot-tell"
  | "not-reached";

/** Whether the loader, once past the signature, could import `plugin.py` and make its `Plugin`; with what decided. */
export type WouldImport =
  | { "kind": "yes" }
  | { "kind": "no", reason: Failure, }
  | { "kind": "cannot-tell",
  /** Null where nothing is known. */
  reason: Failure | null, };

/** A plugin as operators get it, and what their loader makes of exactly these bytes, with this machine's keys trusted. */
export type Shipped = {
  about: ShippedAs;
  /** Whether it was compared with the open folder. */
  compared: boolean;
  /** One for each trust mode: strict, warn, disabled. */
  verdicts: Array<ModeVerdict>;
  rehearsal: Rehearsal;
  /** What stands between the plugin and `verified`; null where nothing does. */
  finding: Failure | null;
  /** Why the signature does not fit; null where it does, or there is none to fit. */
  why: Causes | null;
  /** What packaging lost or changed. */
  findings: Array<ShippedFinding>;
};

/** What carries the plugin. */
export type ShippedAs =
  | { "kind": "package",
  /** Display: the file. */
  where: string,
  /** What to call it: a wheel, a tar archive. */
  name: string,
  /** The plugin's folder in it; empty for its root. */
  folder: string, }
  | { "kind": "commit",
  /** The commit's id, in hex. */
  id: string,
  /** The plugin's folder in the repository; empty for its root. */
  folder: string, };

/** Something that packaging lost or changed. */
export type ShippedFinding = {
  code: string;
  /** Names in backticks. */
  title: string;
  /** Whether the folder's signature is no longer good because of it. */
  breaksSignature: boolean;
  /** All files that it is about. */
  paths: Array<string>;
  /** What happens at the operator's. */
  why: string | null;
  /** What to do. */
  cure: string | null;
  /** Lines to write into a file, as they are. */
  lines: string | null;
};

/** `PLUGIN_TRUST_MODE`. */
export type TrustMode =
  | "strict"
  | "warn"
  | "disabled";

/** What the loader notes about a signature. */
export type SignatureStatus =
  | "verified"
  | "unsigned"
  | "invalid"
  | "skipped";

/** What AiSOC's loader does in one trust mode, with only this key trusted. */
export type ModeVerdict = {
  mode: TrustMode;
  loads: boolean;
  /** Null when the plugin is refused. */
  signatureStatus: SignatureStatus | null;
  keyId: string | null;
  /** The core's code for the reason, for example `verified`. */
  reason: string;
};

/** The fields of the documented entry, in the documented order. */
export type EntryFieldName =
  | "id"
  | "name"
  | "type"
  | "description"
  | "author"
  | "version"
  | "tags"
  | "url"
  | "install"
  | "signing_key_id";

/** Where a value comes from; `typed` now, `remembered` from an earlier time. */
export type EntrySource =
  | "manifest"
  | "key"
  | "fixed"
  | "typed"
  | "remembered"
  | "missing";

export type EntryField = {
  name: EntryFieldName;
  /** A list for `tags`; null when missing. */
  value: EditValue | null;
  source: EntrySource;
  /** Whether `edits` may set it. */
  editable: boolean;
  /** What is wrong with the value, or why it has to be there; of one that only the manifest can give, why it is not. */
  problem: string | null;
  /** What should be known of the value, which is taken all the same. */
  warnings: Array<string>;
  /** Other values that the project proposes. */
  suggestions: Array<EntrySuggestion>;
};

/** A value that something in the project proposes. */
export type EntrySuggestion = {
  value: string;
  /** Where it comes from, such as "`pyproject.toml`". */
  from: string;
  /** Whether it may stand in the field where nobody says otherwise. */
  fits: boolean;
};

/** A text, or the list of `tags`. */
export type EditValue =
  | string
  | Array<string>;

/** A value set in the window; an empty one unsets. */
export type EntryEdit = {
  name: EntryFieldName;
  value: EditValue;
  /** Whether it is a suggestion that nobody agreed to yet, which is not remembered. */
  proposed: boolean;
};

export type EntryView = {
  /** All ten, in the documented order. */
  fields: Array<EntryField>;
  /** The exact text that Copy and Save give. */
  json: string;
  /** How the marketplace page shows it. */
  card: EntryCard;
  /** Whether `plugin.sig` verifies with the entry's key now; without it the entry is a draft. */
  signed: boolean;
  /** The fields that still need a value, in order. */
  missing: Array<EntryFieldName>;
  /** Whether `url` and `install` are remembered for this plugin; not where it was forgotten while it was open. */
  remembered: boolean;
};

/** What came of a save dialog. */
export type SaveAnswer =
  | { "kind": "saved", where: string, }
  | { "kind": "dismissed" };

/** The card of the marketplace page (loader contract §9). */
export type EntryCard = {
  name: string;
  description: string | null;
  /** Such as `Plugin` and `Community`. */
  badges: Array<string>;
  pluginType: string | null;
  /** The languages that it is written in. */
  chips: Array<string>;
  /** With its `v`. */
  version: string;
  /** The tags that are shown. */
  tags: Array<string>;
  /** The tags behind "+N". */
  moreTags: Array<string>;
  /** Whether the page's tier filter hides it until its reader changes that. */
  hiddenAtFirst: boolean;
};

/** What is found today. */
export type CheckAnswer =
  | "met"
  | "unmet"
  | "advised"
  | "unknown";

/** One thing that reviewers or CI look at. */
export type EntryCheck = {
  /** What is looked at. Names in backticks, as in the others. */
  title: string;
  answer: CheckAnswer;
  /** What was seen. */
  seen: string;
  /** What to do about it. */
  cure: string | null;
};

/** Where the entry of a plugin went the last time. */
export type EntryGoal =
  | { "kind": "entry" }
  | { "kind": "index", file: FileHandle,
  /** Display: the file. */
  where: string, }
  | { "kind": "checkout", folder: FolderHandle,
  /** Display: the clone. */
  where: string, };

/** Where the entry of a plugin is to go. */
export type EntryGoalWish =
  | { "kind": "entry" }
  | { "kind": "index", file: FileHandle, }
  | { "kind": "checkout", folder: FolderHandle, };

/** What becomes of the plugin's item. */
export type IndexAct =
  | "insert"
  | "update"
  | "same";

/** What writing the entry would change in an index. */
export type IndexChange = {
  /** Display: the file. */
  where: string;
  /** The file's name alone. */
  name: string;
  act: IndexAct;
  /** On which line the item begins, counted from 1. */
  line: number;
  /** The change as a unified diff; empty where there is none. */
  diff: string;
  /** What should be known before it is written. */
  notices: Array<Failure>;
  /** Names exactly this change of exactly these bytes. */
  shown: string;
};

/** What a pull request needs. */
export type PullRequest = {
  kit: KitHandle;
  branch: string;
  title: string;
  /** With a final newline. */
  commitMessage: string;
  /** In Markdown. */
  body: string;
  /** The names of the files that saving it gives. */
  files: Array<string>;
};

/** What came of writing a change that was shown. */
export type IndexAnswer =
  | { "kind": "written",
  /** Display: the file. */
  where: string,
  /** The file's name alone. */
  name: string, act: IndexAct, line: number,
  /** What a pull request for it needs; null where that could not be made. */
  pullRequest: PullRequest | null,
  /** Why it could not. */
  noPullRequest: Failure | null, }
  | { "kind": "stale", change: IndexChange, };

/** A folder that a dialog named. */
export type ChosenFolder = {
  folder: FolderHandle;
  /** Display: the folder. */
  where: string;
};

/** What writing a file does to the clone. */
export type SubmittedState =
  | "new"
  | "changed"
  | "same";

/** Why a file goes along. */
export type SubmittedRole =
  | "manifest"
  | "covered"
  | "signature"
  | "document"
  | "included";

/** One file of a submission. */
export type SubmittedFile = {
  /** Relative POSIX path below the plugin's folder. */
  path: string;
  /** In bytes. */
  size: number;
  role: SubmittedRole;
  state: SubmittedState;
};

/** What the author decides about a submission. */
export type SubmissionWish = {
  /** Whether files of the clone go with which the signature would be invalid. */
  remove: boolean;
  /** Files that would stay behind, and go along. */
  include: Array<string>;
};

/** Why a file cannot go along. */
export type Unfit =
  | "link"
  | "name";

/** A file of the plugin's folder that no signature covers, and that does not go along unless it is chosen. */
export type LeftOutFile = {
  /** Relative POSIX path below the plugin's folder; what chooses it, where it can be chosen. */
  path: string;
  /** In bytes; null where it cannot be told. */
  size: number | null;
  /** Null where it can be chosen. */
  unfit: Unfit | null;
};

/** What should be known of a submission. */
export type SubmissionNotice = {
  what: Failure;
  /** Whether a fresh clone has no valid signature because of it, or may have none. */
  breaks: boolean;
  /** Files that stay behind, and that it asks for. */
  include: Array<string>;
};

/** What a submission would do to the clone, as both are now. */
export type Submission = {
  /** The folder in the clone, `/`-separated below its root. */
  folder: string;
  /** Display: the same on the disk. */
  where: string;
  /** Sorted. */
  files: Array<SubmittedFile>;
  /** Files of the clone with which the signature would be invalid: they have to go, or nothing is written. */
  surplus: Array<string>;
  /** Whether they are removed. */
  removes: boolean;
  /** The plugin's files that do not go along. */
  leftOut: Array<LeftOutFile>;
  /** What a loader answers to a fresh clone of the commit, with this key alone; null where that cannot be told. */
  freshClone: Array<ModeVerdict> | null;
  /** What should be known before anything is written, but for `surplus`; what breaks a fresh clone first. */
  notices: Array<SubmissionNotice>;
  /** A change of the plugin's folder after which a fresh clone may verify, once its file goes along. */
  mend: OfferedEdit | null;
  /** What reviewers there will find in the plugin, but for what [`EntryCheck`] answers. */
  findings: Array<Finding>;
  /** Whether the clone has every file as it should be. */
  applied: boolean;
  /** What changes, file by file, as unified diffs. */
  diff: string;
  /** The item that the clone's script should make of it, as JSON; null for a plugin that gets none. */
  item: string | null;
  /** Names exactly this submission of exactly these bytes. */
  shown: string;
};

/** The clone's own script that makes its index: code of the clone, which is not run before somebody says so. */
export type IndexScript = {
  /** The command, as it would be run. */
  command: string;
  /** Display: the folder that it runs in. */
  where: string;
  /** Display: the script. */
  path: string;
  /** The script's SHA-256, 64 lower-case hex digits. */
  sha256: string;
  /** After how many minutes it is ended. */
  minutes: number;
  /** Names exactly this command and this script. */
  shown: string;
};

/** What is there to run once the files are in the clone. */
export type Copied = {
  /** How many files were written. */
  written: number;
  /** How many were removed. */
  removed: number;
  /** What a loader answers to the folder in the clone, judged after the writing. */
  verdicts: Array<ModeVerdict>;
  /** Null where the script cannot be run from here. */
  script: IndexScript | null;
  /** Why it cannot. */
  noScript: Failure | null;
  /** What commits it, in a POSIX shell in the clone; none where it may not be committed, since a fresh clone would not verify. */
  commands: Array<string>;
  /** What a pull request for it needs as long as the index is not built; null where it may not be committed, or that could not be made. */
  pullRequest: PullRequest | null;
  /** Why it could not. */
  noPullRequest: Failure | null;
};

/** What came of copying a submission that was shown. */
export type CopyAnswer =
  | { "kind": "copied", copied: Copied, }
  | { "kind": "stale", submission: Submission, };

/** What the script did to the index. */
export type IndexBuilt = {
  /** Whether exactly this plugin's item is new or changed, or was there, and all copies of the index are the same bytes. */
  clean: boolean;
  /** What became of the item, such as "added". */
  item: string;
  /** Everything that is not as it should be. Names in backticks. */
  problems: Array<string>;
  /** Fields of the item that this program does not know, and which nobody compared. Names in backticks. */
  unknown: Array<string>;
  /** The copies of the index that are the same bytes. */
  copies: Array<string>;
  /** What the script printed. */
  output: string;
  /** What commits it, in a POSIX shell in the clone; none where it may not be committed. */
  commands: Array<string>;
  /** What a pull request for it needs; null where it may not be committed, or that could not be made. */
  pullRequest: PullRequest | null;
  /** Why it could not. */
  noPullRequest: Failure | null;
};

/** What came of running the script that was shown. */
export type ScriptAnswer =
  | { "kind": "ran", built: IndexBuilt, }
  | { "kind": "stale", script: IndexScript, };

/** What the operator needs of a key. */
export type HandOver = {
  /** `<key_id>.pem`. */
  fileName: string;
  fingerprint: string;
  /** The public key, SPKI PEM. */
  pem: string;
  /** Plain text for the operator. */
  instructions: string;
  /** `<key_id>-instructions.txt`. */
  instructionsFileName: string;
};

/** What came of saving both files into a folder that a dialog names. */
export type HandOverAnswer =
  | { "kind": "saved",
  /** The folder that both files are in. */
  folder: FolderHandle,
  /** Display: the public key's file. */
  pem: string,
  /** Display: the instructions. */
  instructions: string,
  /** When; null where the key is no longer known here. */
  at: string | null, }
  | { "kind": "dismissed" };

/** What AiSOC's loader does with a plugin where it trusts the folder of a hand-over and nothing else. */
export type HandOverRehearsal = {
  /** Whether an operator sees what the instructions promise: `verified` in strict mode, under this key's id. */
  shows: boolean;
  verdicts: Array<ModeVerdict>;
  /** What stands between the plugin and that; null where nothing does. */
  finding: Failure | null;
  /** What an operator should know of the folder. */
  warnings: Array<Failure>;
};

/** What a long call is doing. `listing` counts entries, `hashing` bytes, `keyring` waits for the keyring. */
export type Step =
  | "listing"
  | "hashing"
  | "keyring";

export type Progress = {
  step: Step;
  done: number;
  /** Null where it is not known. */
  total: number | null;
};

/** What the backend says of its own accord. */
export type BackendEvent =
  | { "kind": "progress", operation: Operation, progress: Progress, }
  | { "kind": "plugin-changed", folder: FolderHandle, changes: Changes, signatureStale: boolean,
  /** Whether something else than this window wrote or removed `plugin.sig`. */
  signatureChanged: boolean,
  /** Whether the folder is gone or cannot be read now. */
  unreadable: boolean, }
  | { "kind": "findings-changed", folder: FolderHandle, findings: Array<Finding>, uncovered: Uncovered | null, }
  | { "kind": "drag-over" }
  | { "kind": "drag-left" }
  | { "kind": "folder-dropped", folder: FolderHandle, }
  | { "kind": "package-dropped", package: ChosenFile, }
  | { "kind": "drop-refused", failure: Failure, };

/** A kind of value. */
export type ReadAs =
  | "text"
  | "number"
  | "boolean"
  | "nothing"
  | "date"
  | "list"
  | "mapping"
  | "other"
  | "missing";
