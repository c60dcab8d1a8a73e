import { getContext, setContext } from 'svelte';
import type { Backend } from '../backend/backend';
import type {
  BackendEvent,
  Changes,
  EntryEdit,
  EntryFieldName,
  EntryView,
  Failure,
  FolderHandle,
  HandOver,
  Keeping,
  KeyHandle,
  KeyringStatus,
  PluginView,
  PublisherKey,
  RecentPlugin,
  SaveAnswer,
  SignAnswer,
  Start,
} from '../backend/types';
import { count } from '../text/format';
import { visibleText } from '../text/visible';
import { Action, Operations } from './action.svelte';
import { Layers } from './layers';
import { changeSentence, signatureNow, signBlockers, taskStates, type Facts, type TaskId } from './tasks';

/** Everything the window knows, and everything it can be told to do. Holds no secret. */
export class Session {
  task = $state<TaskId>('key');
  /** What was told to a screen reader last; the number makes the same words new. */
  said = $state.raw({ text: '', turn: 0 });
  dragging = $state(false);
  dropRefused = $state.raw<Failure | null>(null);

  version = $state('');
  passphraseMinimum = $state(12);
  keyring = $state.raw<KeyringStatus>({ kind: 'ok', name: '' });
  keys = $state.raw<PublisherKey[]>([]);
  recents = $state.raw<RecentPlugin[]>([]);
  #chosen = $state<KeyHandle | null>(null);
  /** The key made since the window opened, to be told about once. */
  madeKey = $state.raw<PublisherKey | null>(null);

  plugin = $state.raw<PluginView | null>(null);
  change = $state.raw<Changes | null>(null);
  /** The folder that was asked for last, to try again. */
  wanted = $state.raw<FolderHandle | null>(null);

  entry = $state.raw<EntryView | null>(null);
  edits = $state.raw<EntryEdit[]>([]);
  entrySavedTo = $state<string | null>(null);
  entryCopied = $state(false);
  handOver = $state.raw<HandOver | null>(null);
  keySavedTo = $state<string | null>(null);

  readonly operations: Operations;
  readonly starting: Action<Start>;
  readonly probing: Action<KeyringStatus>;
  readonly creating: Action<PublisherKey>;
  readonly opening: Action<PluginView>;
  readonly signing: Action<SignAnswer>;
  readonly composing: Action<EntryView>;
  readonly savingEntry: Action<SaveAnswer>;
  readonly preparing: Action<HandOver>;
  readonly savingKey: Action<SaveAnswer>;
  readonly forgetting: Action<RecentPlugin[]>;
  readonly choosing: Action<FolderHandle | null>;
  readonly layers = new Layers();

  /** What the primary button of the screen does, for its shortcut. */
  primary: (() => void) | null = null;
  #changeWhileOpening: Changes | null = null;
  #turn = 0;

  constructor(readonly backend: Backend) {
    this.operations = new Operations((operation) => backend.cancel(operation));
    this.starting = new Action(this.operations);
    this.probing = new Action(this.operations);
    this.creating = new Action(this.operations);
    this.opening = new Action(this.operations);
    this.signing = new Action(this.operations);
    this.composing = new Action(this.operations);
    this.savingEntry = new Action(this.operations);
    this.preparing = new Action(this.operations);
    this.savingKey = new Action(this.operations);
    this.forgetting = new Action(this.operations);
    this.choosing = new Action(this.operations);
  }

  readonly key: PublisherKey | null = $derived(
    this.keys.find((key) => key.key === this.#chosen) ?? this.keys[0] ?? null,
  );

  readonly facts: Facts = $derived.by(() => ({
    key: this.key,
    keyring: this.keyring,
    creatingKey: this.creating.running,
    plugin: this.plugin,
    opening: this.opening.running,
    change: this.change,
    signing: this.signing.running,
    entryMissing: this.entry?.missing.length ?? null,
    entryTaken: this.entrySavedTo !== null ? 'saved' : this.entryCopied ? 'copied' : null,
    keyTaken: this.keySavedTo !== null,
  }));

  readonly tasks = $derived(taskStates(this.facts));
  readonly signature = $derived(signatureNow(this.facts));
  readonly blockers = $derived(signBlockers(this.facts));

  /** Loads what there is and goes to where work begins. */
  async start(): Promise<void> {
    const outcome = await this.starting.run(async () => {
      await this.backend.subscribe((event) => this.#hear(event));
      return this.backend.start();
    });
    if (outcome.kind !== 'done') return;
    const start = outcome.value;
    this.version = start.version;
    this.passphraseMinimum = start.passphraseMinimum;
    this.keyring = start.keyring;
    this.keys = start.keys;
    this.recents = start.recents;
    this.task = start.keys.length === 0 && start.argument === null ? 'key' : 'plugin';
    if (start.argument !== null) await this.open(start.argument);
  }

  go(task: TaskId): void {
    this.task = task;
    this.dropRefused = null;
  }

  say(text: string): void {
    // Counted apart, so that an effect which says something does not depend on what was said.
    this.#turn += 1;
    this.said = { text: visibleText(text.replaceAll('`', '')), turn: this.#turn };
  }

  // --- Key ---

  chooseKey(key: KeyHandle): void {
    if (this.key?.key === key) return;
    this.#chosen = key;
    this.#forgetOutcomes();
    this.handOver = null;
    this.keySavedTo = null;
    this.say(`Signing as ${this.key?.keyId ?? ''}`);
  }

  async probeKeyring(): Promise<void> {
    const outcome = await this.probing.run((operation) => this.backend.probeKeyring(operation));
    if (outcome.kind !== 'done') return;
    this.keyring = outcome.value;
    this.say(outcome.value.kind === 'ok' ? 'The keyring can be used.' : outcome.value.reason);
  }

  async createKey(keyId: string, keeping: Keeping): Promise<boolean> {
    const outcome = await this.creating.run((operation) => this.backend.createKey(operation, keyId, keeping));
    if (outcome.kind !== 'done') return false;
    this.keys = [...this.keys.filter((key) => key.key !== outcome.value.key), outcome.value];
    this.chooseKey(outcome.value.key);
    this.madeKey = outcome.value;
    this.say(`Key ${outcome.value.keyId} made.`);
    return true;
  }

  // --- Plugin ---

  async chooseFolder(): Promise<void> {
    this.go('plugin');
    const outcome = await this.choosing.run(() => this.backend.chooseFolder());
    if (outcome.kind === 'done' && outcome.value !== null) await this.open(outcome.value);
  }

  /** Reads a folder. What was open before stays until it is read, and also when that fails or is cancelled. */
  async open(folder: FolderHandle): Promise<void> {
    this.go('plugin');
    this.choosing.reset();
    this.wanted = folder;
    this.#changeWhileOpening = null;
    const outcome = await this.opening.run((operation) => this.backend.openPlugin(operation, folder));
    if (outcome.kind !== 'done') return;
    const again = this.plugin?.folder === folder;
    const plugin = outcome.value;
    this.plugin = plugin;
    // What changed between the reading and its arrival must not get lost.
    this.change = this.#changeWhileOpening;
    this.#forgetOutcomes();
    if (!again) {
      this.edits = [];
      if (plugin.lastKey !== null && this.keys.some((key) => key.key === plugin.lastKey)) {
        this.#chosen = plugin.lastKey;
      }
    }
    const problems = plugin.findings.length;
    this.say(
      `${plugin.payload ? `${count(plugin.payload.files.length, 'file')} will be signed, ` : 'Cannot be signed, '}` +
        `${problems === 0 ? 'no problems' : count(problems, 'finding')}.`,
    );
    const recents = await this.backend.recentPlugins().catch(() => null);
    if (recents) this.recents = recents;
  }

  async forget(folder: FolderHandle | null): Promise<void> {
    const outcome = await this.forgetting.run(() => this.backend.forgetRecent(folder));
    if (outcome.kind !== 'done') return;
    this.recents = outcome.value;
    this.say(folder === null ? 'All recent plugins forgotten.' : 'Plugin forgotten.');
  }

  // --- Sign ---

  /** Signs what was shown. The passphrase is handed on and not kept. */
  async sign(passphrase: string | null): Promise<void> {
    const { plugin, key } = this;
    if (!plugin?.payload || !key || this.signing.running) return;
    const digest = plugin.payload.digest;
    const outcome = await this.signing.run((operation) =>
      this.backend.sign(operation, plugin.folder, digest, key.key, passphrase),
    );
    if (outcome.kind !== 'done') return;
    if (outcome.value.kind === 'changed') {
      this.change = outcome.value.changes;
      this.say('Not signed. The folder changed after you looked.');
      return;
    }
    this.plugin = { ...plugin, signature: { kind: 'good', signed: outcome.value.signed } };
    this.entry = null;
    this.say('Signed, and judged again from disk.');
  }

  // --- Marketplace entry ---

  async compose(): Promise<void> {
    const { plugin, key, edits } = this;
    if (!plugin?.manifest || !key) return;
    const outcome = await this.composing.run(() => this.backend.composeEntry(plugin.folder, key.key, edits));
    if (outcome.kind === 'done') this.entry = outcome.value;
  }

  async edit(name: EntryFieldName, value: string | string[]): Promise<void> {
    this.edits = [...this.edits.filter((edit) => edit.name !== name), { name, value }];
    this.entrySavedTo = null;
    this.entryCopied = false;
    await this.compose();
  }

  async saveEntry(): Promise<void> {
    const { plugin, key, edits } = this;
    if (!plugin || !key) return;
    const outcome = await this.savingEntry.run(() => this.backend.saveEntry(plugin.folder, key.key, edits));
    if (outcome.kind !== 'done' || outcome.value.kind !== 'saved') return;
    this.entrySavedTo = outcome.value.where;
    this.say('Marketplace entry saved.');
  }

  // --- Hand over ---

  async prepareHandOver(): Promise<void> {
    const { key } = this;
    if (!key) return;
    const outcome = await this.preparing.run(() => this.backend.handOver(key.key));
    if (outcome.kind === 'done') this.handOver = outcome.value;
  }

  async savePublicKey(): Promise<void> {
    const { key } = this;
    if (!key) return;
    const outcome = await this.savingKey.run(() => this.backend.savePublicKey(key.key));
    if (outcome.kind !== 'done' || outcome.value.kind !== 'saved') return;
    this.keySavedTo = outcome.value.where;
    this.say('Public key saved.');
  }

  // What was said of another key or another reading is no longer true.
  #forgetOutcomes(): void {
    this.signing.reset();
    this.savingEntry.reset();
    this.entry = null;
    this.entrySavedTo = null;
    this.entryCopied = false;
  }

  #hear(event: BackendEvent): void {
    switch (event.kind) {
      case 'progress':
        this.operations.progress(event.operation, event.progress);
        break;
      case 'plugin-changed':
        if (this.opening.running && event.folder === this.wanted) this.#changeWhileOpening = event.changes;
        if (this.plugin?.folder !== event.folder) break;
        this.change = event.changes;
        if (event.signatureStale) this.say(`The signature no longer fits. ${changeSentence(event.changes)}`);
        else this.say(`The folder changed. ${changeSentence(event.changes)}`);
        break;
      case 'drag-over':
        this.dragging = true;
        break;
      case 'drag-left':
        this.dragging = false;
        break;
      case 'folder-dropped':
        this.dragging = false;
        void this.open(event.folder);
        break;
      case 'drop-refused':
        this.dragging = false;
        this.go('plugin');
        this.dropRefused = event.failure;
        break;
    }
  }
}

const CONTEXT = Symbol('session');

export function provideSession(session: Session): void {
  setContext(CONTEXT, session);
}

export function useSession(): Session {
  return getContext<Session>(CONTEXT);
}
