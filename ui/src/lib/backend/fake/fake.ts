import type { Backend } from '../backend';
import type {
  BackendEvent,
  Changes,
  ChosenFile,
  ChosenFolder,
  EntryCard,
  EntryCheck,
  EntryEdit,
  EntryField,
  EntryFieldName,
  EntryGoal,
  EntrySuggestion,
  EntryView,
  Failure,
  FolderHandle,
  IndexBuilt,
  IndexChange,
  IndexScript,
  KeyFile,
  HandOver,
  HandOverAnswer,
  HandOverRehearsal,
  KeyHandle,
  KeyIdCheck,
  KeyringStatus,
  Operation,
  PluginView,
  Progress,
  PublisherKey,
  RecentPlugin,
  SaveAnswer,
  Shipped,
  SignedPlugins,
  Start,
  Submission,
} from '../types';
import { BACKUP_FILE, failure, HAND_OVER_UNSIGNED, HAND_OVER_VERIFIED, KEY, KEYRING_OK, PLUGIN, SIGNED_BEFORE, signedWith } from './data';
import { CARD, CHECKS, INDEX_FILE, INSERTED } from './entry-data';
import { isGone, NOT_LOOKED } from './key-life';
import { LOST } from './shipped';
import { FakeSubmission } from './submission';
import { BUILT, CLONE, FIRST_SUBMISSION, SCRIPT } from './submission-data';

/** A call that a setup can make fail, or hold for ever. */
export type Call = Exclude<keyof Backend, 'subscribe' | 'cancel'>;

/** What the fake has, and how it answers. */
export interface Setup {
  keyring: KeyringStatus;
  /** What a further probe answers; the same as `keyring` where it is null. */
  keyringLater: KeyringStatus | null;
  keys: PublisherKey[];
  recents: RecentPlugin[];
  argument: FolderHandle | null;
  plugins: Record<FolderHandle, PluginView>;
  /** What the folder dialog answers. */
  chosen: FolderHandle | null;
  /** What the save dialogs answer; null dismisses them. */
  savedTo: string | null;
  /** Long calls take about this many milliseconds; none are waited for at 0. */
  pace: number;
  /** Calls that never end unless cancelled, with the progress they stand at. */
  hold: Partial<Record<Call, Progress | null>>;
  fail: Partial<Record<Call, Failure>>;
  /** Fields that the manifest does not have. */
  without: EntryFieldName[];
  /** What `sign` finds to be different. */
  changed: Changes | null;
  /** What the dialog for a key's file answers. */
  keyFile: KeyFile | null;
  /** Why a backup should lie elsewhere. */
  risks: string[];
  /** Whether a backup lies on the key's own disk. */
  sameDisk: boolean | null;
  /** What each key signed; counted with the key. */
  signedBefore: SignedPlugins;
  /** What is left of a rotation to sign again. */
  toSignAgain: SignedPlugins;
  /** Why `sign` keeps no receipt. */
  notKept: Failure | null;
  /** What `checkPackage` finds. */
  shipped: Shipped;
  /** Where the entry went the last time. */
  goal: EntryGoal | null;
  /** How the marketplace page shows the entry; name and version are the plugin's. */
  card: EntryCard;
  /** What the project proposes. */
  suggestions: Partial<Record<EntryFieldName, EntrySuggestion[]>>;
  /** What reviewers and CI would find. */
  checks: EntryCheck[];
  /** What the dialog for an index answers. */
  indexFile: ChosenFile | null;
  /** What `planIndex` finds to change. */
  indexChange: IndexChange;
  /** The change as it is when it is to be written; the one that was planned where it is null. */
  indexNow: IndexChange | null;
  /** Why there are no texts for a pull request. */
  noPullRequest: Failure | null;
  /** What the dialog for a clone of AiSOC answers. */
  clone: ChosenFolder | null;
  /** What `planSubmission` finds. */
  submission: Submission;
  /** The submission as it is when it is to be copied; the one that was planned where it is null. */
  submissionNow: Submission | null;
  /** The clone's script. */
  script: IndexScript;
  /** The script as it is when it is to be run; the one that was shown where it is null. */
  scriptNow: IndexScript | null;
  /** Why the script cannot be run from here. */
  noScript: Failure | null;
  /** What the script makes. */
  built: IndexBuilt;
}

const SETUP: Setup = {
  keyring: KEYRING_OK,
  keyringLater: null,
  keys: [KEY],
  recents: [],
  argument: null,
  plugins: { f1: PLUGIN },
  chosen: 'f1',
  savedTo: '~/Documents',
  pace: 0,
  hold: {},
  fail: {},
  without: [],
  changed: null,
  notKept: null,
  shipped: LOST,
  goal: { kind: 'entry' },
  checks: CHECKS,
  card: CARD,
  suggestions: {},
  indexFile: INDEX_FILE,
  indexChange: INSERTED,
  indexNow: null,
  noPullRequest: null,
  clone: CLONE,
  submission: FIRST_SUBMISSION,
  submissionNow: null,
  script: SCRIPT,
  scriptNow: null,
  noScript: null,
  built: BUILT,
  keyFile: BACKUP_FILE,
  risks: [],
  sameDisk: false,
  signedBefore: SIGNED_BEFORE,
  toSignAgain: SIGNED_BEFORE,
};

/** A name for a key with much wrong, and what the core says of it. */
export const MIAS = {
  keyId: "Mia's Key",
  refused: {
    kind: 'refused' as const,
    message:
      "the key id `Mia's Key` has the upper-case letters `M` and `K`, and only lower case is allowed; it has the characters `'` and space, and only a-z, 0-9, `.`, `_` and `-` are allowed",
    hint: 'write `mias-key`',
  },
};

/** A backend without a machine behind it: the same answers every time, in the states that its setup names. */
export class FakeBackend extends FakeSubmission implements Backend {
  readonly setup: Setup;
  /** Every call with its arguments, for tests. */
  readonly calls: { call: keyof Backend; args: unknown[] }[] = [];
  #listeners = new Set<(event: BackendEvent) => void>();
  #cancels = new Map<Operation, () => void>();
  #remembered = new Map<FolderHandle, EntryEdit[]>();

  constructor(setup: Partial<Setup> = {}) {
    super();
    this.setup = structuredClone({ ...SETUP, ...setup });
  }

  /** Sends an event as the shell would. */
  emit(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async subscribe(listener: (event: BackendEvent) => void): Promise<() => void> {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<Start> {
    await this.answer('start', 0, [], 0);
    const { keyring, keys, recents, argument } = this.setup;
    const remembered = keys.map((key) => ({ ...key, ...(isGone(key) ? {} : NOT_LOOKED) }));
    return {
      version: '0.1.0',
      keyring,
      keys: remembered,
      recents,
      argument,
      passphraseMinimum: 12,
      passphraseMaximum: 1023,
    };
  }

  async cancel(operation: Operation): Promise<void> {
    this.calls.push({ call: 'cancel', args: [operation] });
    this.#cancels.get(operation)?.();
  }

  async checkKeyId(keyId: string): Promise<KeyIdCheck> {
    await this.answer('checkKeyId', 0, [keyId], 0);
    if (this.setup.keys.some((key) => key.keyId === keyId)) {
      return {
        kind: 'refused',
        message: `there is a key named \`${keyId}\` already`,
        hint: 'Choose another name',
      };
    }
    if (keyId === MIAS.keyId) return MIAS.refused;
    if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(keyId) && !/(\.|\.pem|\.pub)$/.test(keyId)) {
      return { kind: 'ok', fileName: `${keyId}.pem` };
    }
    return {
      kind: 'refused',
      message:
        'a key name starts with a small letter or digit, then has small letters, digits, `.`, `_` or `-`',
      hint: 'It becomes a file name on the operator’s machine, 64 characters at most',
    };
  }

  async probeKeyring(operation: Operation): Promise<KeyringStatus> {
    await this.answer('probeKeyring', operation, [], 1, ['keyring']);
    if (this.setup.keyringLater) this.setup.keyring = this.setup.keyringLater;
    return this.setup.keyring;
  }

  async createKey(
    operation: Operation,
    keyId: string,
    keeping: { kind: 'keyring' | 'file' },
  ): Promise<PublisherKey> {
    const kept = keeping.kind;
    // The passphrase is not put down even here: a list of calls is printed when a test fails.
    await this.answer('createKey', operation, [keyId, kept], 1, kept === 'keyring' ? ['keyring'] : []);
    return this.made(keyId, kept);
  }

  async chooseFolder(): Promise<FolderHandle | null> {
    await this.answer('chooseFolder', 0, [], 0);
    return this.setup.chosen;
  }

  async openPlugin(operation: Operation, folder: FolderHandle): Promise<PluginView> {
    await this.answer('openPlugin', operation, [folder], 2, ['listing', 'hashing']);
    const plugin = this.setup.plugins[folder];
    if (!plugin)
      throw failure('no-folder', 'the folder is no longer there', {
        hint: 'Choose it again where it is now',
      });
    const earlier = this.setup.recents.filter((recent) => recent.folder !== folder);
    const recent: RecentPlugin = {
      folder,
      name: plugin.manifest?.name.text ?? '',
      pluginId: plugin.manifest?.id.text ?? '',
      version: plugin.manifest?.version.text ?? '',
      where: plugin.where,
      opened: '2026-03-03T09:15:00Z',
      keyId: null,
      present: true,
    };
    this.setup.recents = [recent, ...earlier];
    return plugin;
  }

  async recentPlugins(): Promise<RecentPlugin[]> {
    return this.setup.recents;
  }

  async forgetRecent(folder: FolderHandle | null): Promise<RecentPlugin[]> {
    await this.answer('forgetRecent', 0, [folder], 0);
    this.setup.recents =
      folder === null ? [] : this.setup.recents.filter((recent) => recent.folder !== folder);
    return this.setup.recents;
  }

  async sign(
    operation: Operation,
    folder: FolderHandle,
    digest: string,
    key: KeyHandle,
    passphrase: string | null,
  ) {
    const given = passphrase === null ? 'no passphrase' : 'a passphrase';
    await this.answer('sign', operation, [folder, digest, key, given], 2, ['listing', 'hashing', 'keyring']);
    const plugin = this.setup.plugins[folder];
    const publisher = this.setup.keys.find((known) => known.key === key);
    if (!plugin || !publisher)
      throw failure('unknown-handle', 'the window named a folder or key that was not given out');
    if (this.setup.changed) return { kind: 'changed' as const, changes: this.setup.changed };
    const signed = signedWith(publisher, plugin);
    this.setup.plugins[folder] = { ...plugin, signature: { kind: 'good', signed }, lastKey: key };
    return { kind: 'signed' as const, signed, notKept: this.setup.notKept };
  }

  async composeEntry(folder: FolderHandle, key: KeyHandle, edits: EntryEdit[]): Promise<EntryView> {
    await this.answer('composeEntry', 0, [folder, key, edits], 0);
    const remembered = this.#remembered.get(folder) ?? [];
    const plugin = this.setup.plugins[folder];
    const publisher = this.setup.keys.find((known) => known.key === key);
    if (!plugin?.manifest || !publisher)
      throw failure('unknown-handle', 'the window named a folder or key that was not given out');
    this.#remembered.set(folder, merged(remembered, edits));
    const signed = plugin.signature.kind === 'good' && plugin.signature.signed.key === key;
    const fields = entryFields(plugin, publisher, edits, remembered, this.setup.without, signed).map((field) => ({
      warnings: [],
      ...field,
      suggestions: (this.setup.suggestions[field.name] ?? []).filter((one) => one.value !== field.value),
    }));
    const filled = fields.filter((field) => field.value !== null);
    return {
      fields,
      json: `${JSON.stringify(Object.fromEntries(filled.map(({ name, value }) => [name, value])), null, 2)}\n`,
      card: {
        ...this.setup.card,
        name: plugin.manifest.name.text ?? '',
        version: `v${plugin.manifest.version.text ?? ''}`,
      },
      remembered: this.setup.recents.some((recent) => recent.folder === folder),
      signed,
      missing: fields.filter((field) => field.editable && field.value === null).map((field) => field.name),
    };
  }

  async saveEntry(folder: FolderHandle, key: KeyHandle, edits: EntryEdit[]): Promise<SaveAnswer> {
    await this.answer('saveEntry', 0, [folder, key, edits], 0);
    return this.saved('virustotal-entry.json');
  }

  async handOver(key: KeyHandle): Promise<HandOver> {
    await this.answer('handOver', 0, [key], 0);
    const publisher = this.publisher(key);
    const fileName = `${publisher.keyId}.pem`;
    return {
      fileName,
      fingerprint: publisher.fingerprint,
      pem: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
      instructions: instructions(publisher),
      instructionsFileName: `${publisher.keyId}-instructions.txt`,
    };
  }

  async savePublicKey(key: KeyHandle): Promise<HandOverAnswer> {
    await this.answer('savePublicKey', 0, [key], 0);
    const { keyId } = this.publisher(key);
    const { savedTo } = this.setup;
    if (savedTo === null) return { kind: 'dismissed' };
    const [pem, instructions] = [`${savedTo}/${keyId}.pem`, `${savedTo}/${keyId}-instructions.txt`];
    return { kind: 'saved', folder: 'f9', pem, instructions, at: '2026-03-03T10:02:00Z' };
  }

  async rehearseHandOver(
    operation: Operation,
    key: KeyHandle,
    saved: FolderHandle,
    plugin: FolderHandle,
  ): Promise<HandOverRehearsal> {
    await this.answer('rehearseHandOver', operation, [key, saved, plugin], 1, ['hashing']);
    const signature = this.setup.plugins[plugin]?.signature;
    const good = signature?.kind === 'good' && signature.signed.key === key;
    return good ? HAND_OVER_VERIFIED : HAND_OVER_UNSIGNED;
  }

  protected publisher(key: KeyHandle): PublisherKey {
    const publisher = this.setup.keys.find((known) => known.key === key);
    if (!publisher) throw failure('unknown-handle', 'the window named a key that was not given out');
    return publisher;
  }

  protected saved(name: string): SaveAnswer {
    const { savedTo } = this.setup;
    return savedTo === null ? { kind: 'dismissed' } : { kind: 'saved', where: `${savedTo}/${name}` };
  }

  // Notes the call, then takes as long, reports what, and ends as the setup says.
  protected async answer(
    call: Call,
    operation: Operation,
    args: unknown[],
    paces: number,
    steps: Progress['step'][] = [],
  ) {
    this.calls.push({ call, args });
    const cancelled = new Promise<never>((_, reject) => {
      if (operation !== 0) this.#cancels.set(operation, () => reject(failure('cancelled', 'cancelled')));
    });
    cancelled.catch(() => {});
    if (call in this.setup.hold) {
      const progress = this.setup.hold[call];
      if (progress) this.emit({ kind: 'progress', operation, progress });
      await cancelled;
    }
    const rounds = this.setup.pace === 0 ? 0 : paces * 10;
    for (let round = 0; round < rounds; round += 1) {
      const step = steps[Math.floor((round / rounds) * steps.length)];
      const total = step === 'hashing' ? 41_000 : null;
      if (step) this.emit({ kind: 'progress', operation, progress: { step, done: round * 2000, total } });
      await Promise.race([cancelled, new Promise((done) => setTimeout(done, this.setup.pace / 10))]);
    }
    this.#cancels.delete(operation);
    const failed = this.setup.fail[call];
    if (failed) throw failed;
  }
}

/** The page as the core writes it. */
function instructions({ keyId, fingerprint }: PublisherKey): string {
  return `AiSOC publisher key \`${keyId}\`: instructions for the operator

This key lets AiSOC verify plugins signed by its publisher. It
is public: there is nothing secret in it.

1. Make sure that it is the publisher's key.

   Compute its fingerprint:

     openssl pkey -pubin -in ${keyId}.pem -outform DER | sha256sum

   It must be

     ${fingerprint}

2. Put it among the trusted keys, under this very name.

     sudo install -D -m 0644 ${keyId}.pem \\
       /opt/aisoc/plugin-keys/${keyId}.pem
`;
}

function merged(remembered: EntryEdit[], edits: EntryEdit[]): EntryEdit[] {
  const kept = edits.filter((edit) => edit.name === 'url' || edit.name === 'install');
  return [...remembered.filter((old) => !kept.some((edit) => edit.name === old.name)), ...kept];
}

/** What the fake says of a field; the rest is in its setup. */
type Field = Omit<EntryField, 'warnings' | 'suggestions'> & { warnings?: string[] };

function entryFields(
  plugin: PluginView,
  key: PublisherKey,
  edits: EntryEdit[],
  remembered: EntryEdit[],
  without: EntryFieldName[],
  signed: boolean,
): Field[] {
  const { manifest } = plugin;
  const fromManifest = (name: EntryFieldName, value: string | string[] | null): Field => {
    if (value !== null && !without.includes(name))
      return { name, value, source: 'manifest', editable: false, problem: null };
    const problem = signed
      ? 'Not in the manifest, so left out. The next release can have it.'
      : 'Not in the manifest, so left out. Add it there before you sign to have it.';
    return { name, value: null, source: 'missing', editable: false, problem };
  };
  const typed = (name: EntryFieldName, why: string): Field => {
    const edit = edits.find((candidate) => candidate.name === name);
    const old = remembered.find((candidate) => candidate.name === name);
    const value = (edit ?? old)?.value ?? null;
    if (value === null || value === '')
      return { name, value: null, source: 'missing', editable: true, problem: why };
    const problem =
      name === 'url' && !String(value).startsWith('https://')
        ? 'The address has to start with `https://`.'
        : null;
    return { name, value, source: edit ? 'typed' : 'remembered', editable: true, problem };
  };
  return [
    fromManifest('id', manifest?.id.text ?? null),
    fromManifest('name', manifest?.name.text ?? null),
    { name: 'type', value: 'plugin', source: 'fixed', editable: false, problem: null },
    fromManifest('description', 'Enriches IPs, domains and hashes via VirusTotal API.'),
    fromManifest('author', 'My Org'),
    fromManifest('version', manifest?.version.text ?? null),
    fromManifest('tags', ['threat-intel', 'enrichment']),
    typed('url', 'Where people find the source or the package page.'),
    typed('install', 'The one command that installs it.'),
    { name: 'signing_key_id', value: key.keyId, source: 'key', editable: false, problem: null },
  ];
}
