import type {
  Adopted,
  BackedUp,
  BackendEvent,
  ChosenFile,
  ChosenFolder,
  CopyAnswer,
  Deletion,
  Drilled,
  EditAnswer,
  EditHandle,
  EditPreview,
  EntryCheck,
  EntryEdit,
  EntryGoal,
  EntryGoalWish,
  EntryView,
  FileHandle,
  FolderHandle,
  HandOver,
  HandOverAnswer,
  HandOverRehearsal,
  IndexAnswer,
  IndexChange,
  Keeping,
  KeyFile,
  KeyHandle,
  KitHandle,
  KeyIdCheck,
  KeyringStatus,
  Operation,
  PluginView,
  PublisherKey,
  RecentPlugin,
  Revocation,
  RevokedReason,
  Rotation,
  SaveAnswer,
  ScriptAnswer,
  Shipped,
  SignAnswer,
  SignedPlugins,
  Start,
  Submission,
  SubmissionWish,
} from './types';

/**
 * Everything the window can ask for. Every call may be rejected with a `Failure`.
 *
 * Calls that take an `operation` are long: they report progress under it and end with the code `cancelled` soon
 * after `cancel` names it, with nothing written.
 */
export interface Backend {
  /** Passes every event to `listener` until the returned function is called. Comes before `start`. */
  subscribe(listener: (event: BackendEvent) => void): Promise<() => void>;
  /** Gives what the window shows first. Never waits for a keyring longer than its limit. */
  start(): Promise<Start>;
  /** Wishes a running operation to end. One that has ended already is no error. */
  cancel(operation: Operation): Promise<void>;

  /** Judges a key id, also against the keys that exist. */
  checkKeyId(keyId: string): Promise<KeyIdCheck>;
  /** Asks the keyring again whether it can hold a key. */
  probeKeyring(operation: Operation): Promise<KeyringStatus>;
  /** Makes a key and stores it; never replaces one. */
  createKey(operation: Operation, keyId: string, keeping: Keeping): Promise<PublisherKey>;

  /** Looks whether the keys are where their records say. Its user is asked for nothing. */
  listKeys(operation: Operation): Promise<PublisherKey[]>;
  /** Lists what a key signed on this machine. */
  signedByKey(key: KeyHandle): Promise<SignedPlugins>;
  /** Asks where the backup of a key goes; null when the dialog was dismissed. */
  chooseBackupPlace(key: KeyHandle): Promise<ChosenFile | null>;
  /** Writes a backup to a new file and tries it. `passphrase` is the key's own, for one in a file. */
  backUpKey(
    operation: Operation,
    key: KeyHandle,
    passphrase: string | null,
    file: FileHandle,
    newPassphrase: string,
  ): Promise<BackedUp>;
  /** Tries a backup that there is; one that works counts from now on. With a `key` it must hold that one. */
  checkBackup(
    operation: Operation,
    key: KeyHandle | null,
    file: FileHandle,
    passphrase: string,
  ): Promise<Drilled>;
  /** Asks for the file of a private key and says what it is; null when the dialog was dismissed. */
  chooseKeyFile(): Promise<KeyFile | null>;
  /** Keeps the key of a file that was chosen. A backup of a key that is remembered here brings it back. */
  adoptKey(
    operation: Operation,
    file: FileHandle,
    passphrase: string | null,
    keyId: string,
    keeping: Keeping,
  ): Promise<Adopted>;
  /** Suggests an id for the key that takes over from this one. */
  suggestSuccessor(key: KeyHandle): Promise<string>;
  /** Makes a key that takes over from this one, which stays. */
  rotateKey(
    operation: Operation,
    key: KeyHandle,
    newKeyId: string,
    keeping: Keeping,
  ): Promise<PublisherKey>;
  /** Tells how far the rotation from this key, or to it, has come. */
  rotation(key: KeyHandle): Promise<Rotation>;
  /** Revokes a key: it signs no more on this machine. */
  revokeKey(key: KeyHandle, reason: RevokedReason): Promise<Revocation>;
  /** Tells again what there is to do about a key that was revoked. */
  revocation(key: KeyHandle): Promise<Revocation>;
  /** Saves the notice to operators where a dialog says. */
  saveNotice(key: KeyHandle): Promise<SaveAnswer>;
  /** Tells what deleting a key would mean. */
  planDeletion(operation: Operation, key: KeyHandle): Promise<Deletion>;
  /** Deletes a key for good. `typed` is what its user typed; `onlyCopy` says that the only copy is meant. */
  deleteKey(operation: Operation, key: KeyHandle, typed: string, onlyCopy: boolean): Promise<PublisherKey>;
  /** Forgets the record of a key that is gone. */
  forgetKey(operation: Operation, key: KeyHandle, typed: string): Promise<null>;

  /** Shows the folder dialog; null when it was dismissed. */
  chooseFolder(): Promise<FolderHandle | null>;
  /** Reads the folder, remembers it among the recent ones, and watches it from then on instead of any other. */
  openPlugin(operation: Operation, folder: FolderHandle): Promise<PluginView>;
  /** Shows what a change that a finding came with would do. */
  previewEdit(folder: FolderHandle, edit: EditHandle): Promise<EditPreview>;
  /**
   * Makes the change, to the very bytes that it was made from, and reads the plugin again. Rejected with the code
   * `edit-outdated` where the file holds others by now. Once made it is made, also when the reading is cancelled.
   */
  applyEdit(operation: Operation, folder: FolderHandle, edit: EditHandle): Promise<EditAnswer>;
  /** Asks for a built package; null when the dialog was dismissed. */
  choosePackage(): Promise<ChosenFile | null>;
  /** Judges the plugin in a built package, beside the folder that it was made from where one is given. */
  checkPackage(operation: Operation, file: FileHandle, folder: FolderHandle | null): Promise<Shipped>;
  /** Judges the plugin as a fresh clone of its repository has it. */
  checkCommitted(operation: Operation, folder: FolderHandle): Promise<Shipped>;
  /** Lists the plugins opened earlier, latest first. */
  recentPlugins(): Promise<RecentPlugin[]>;
  /** Forgets one recent plugin with its url, install line and key, or all of them for null. Touches no folder. */
  forgetRecent(folder: FolderHandle | null): Promise<RecentPlugin[]>;

  /** Signs the folder if its digest is still `digest`, and judges it again from disk. */
  sign(
    operation: Operation,
    folder: FolderHandle,
    digest: string,
    key: KeyHandle,
    passphrase: string | null,
  ): Promise<SignAnswer>;

  /** Composes the entry and remembers `url` and `install` for this plugin. */
  composeEntry(folder: FolderHandle, key: KeyHandle, edits: EntryEdit[]): Promise<EntryView>;
  /** Composes the entry and saves it where a dialog says. */
  saveEntry(folder: FolderHandle, key: KeyHandle, edits: EntryEdit[]): Promise<SaveAnswer>;

  /** Tells where the plugin's entry went the last time; null where that is not remembered. */
  entryGoal(folder: FolderHandle): Promise<EntryGoal | null>;
  /** Remembers where the plugin's entry goes. */
  rememberEntryGoal(folder: FolderHandle, goal: EntryGoalWish): Promise<null>;
  /** Looks at the folder as reviewers and CI do. */
  reviewEntry(operation: Operation, folder: FolderHandle, key: KeyHandle): Promise<EntryCheck[]>;
  /** Asks for the index that the plugin's entry goes into; null when the dialog was dismissed. */
  chooseIndex(folder: FolderHandle): Promise<ChosenFile | null>;
  /** Makes the change to an index and writes nothing. An entry whose plugin does not verify is refused. */
  planIndex(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: EntryEdit[],
    index: FileHandle,
  ): Promise<IndexChange>;
  /** Writes the change that was shown, if it still is the one, and reads it again. */
  writeIndex(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    edits: EntryEdit[],
    index: FileHandle,
    shown: string,
  ): Promise<IndexAnswer>;

  /** Saves what a pull request needs into a new folder, inside of one that a dialog names. */
  saveKit(kit: KitHandle): Promise<SaveAnswer>;

  /** Asks for the clone of AiSOC's repository, and recognises it; null when the dialog was dismissed. */
  chooseCheckout(folder: FolderHandle): Promise<ChosenFolder | null>;
  /** Looks at what a submission would do to a clone. */
  planSubmission(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
  ): Promise<Submission>;
  /** Copies the submission that was shown, if it still is the one, and judges what is in the clone then. */
  copySubmission(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
    shown: string,
  ): Promise<CopyAnswer>;
  /** Runs the clone's script, if it is the one that was shown: code of the clone. */
  runIndexScript(
    operation: Operation,
    folder: FolderHandle,
    key: KeyHandle,
    checkout: FolderHandle,
    wish: SubmissionWish,
    shown: string,
  ): Promise<ScriptAnswer>;

  /** Gives what the operator needs of a key. */
  handOver(key: KeyHandle): Promise<HandOver>;
  /** Saves `<key_id>.pem` and the instructions into a folder that a dialog names; replaces no other key. */
  savePublicKey(key: KeyHandle): Promise<HandOverAnswer>;
  /** Tells what a loader does with the plugin that trusts the folder of a hand-over and nothing else. */
  rehearseHandOver(
    operation: Operation,
    key: KeyHandle,
    saved: FolderHandle,
    plugin: FolderHandle,
  ): Promise<HandOverRehearsal>;
}
