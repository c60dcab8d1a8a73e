import type {
  BackendEvent,
  EntryEdit,
  EntryView,
  FolderHandle,
  HandOver,
  HandOverAnswer,
  Keeping,
  KeyHandle,
  KeyIdCheck,
  KeyringStatus,
  Operation,
  PluginView,
  PublisherKey,
  RecentPlugin,
  SaveAnswer,
  SignAnswer,
  Start,
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

  /** Shows the folder dialog; null when it was dismissed. */
  chooseFolder(): Promise<FolderHandle | null>;
  /** Reads the folder, remembers it among the recent ones, and watches it from then on instead of any other. */
  openPlugin(operation: Operation, folder: FolderHandle): Promise<PluginView>;
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

  /** Gives what the operator needs of a key. */
  handOver(key: KeyHandle): Promise<HandOver>;
  /** Saves `<key_id>.pem` and the instructions into a folder that a dialog names; replaces no other key. */
  savePublicKey(key: KeyHandle): Promise<HandOverAnswer>;
}
