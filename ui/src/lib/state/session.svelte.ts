import { getContext, setContext } from 'svelte';
import type { Backend } from '../backend/backend';
import type {
  BackendEvent,
  Changes,
  EditAnswer,
  Failure,
  FolderHandle,
  Keeping,
  KeyHandle,
  KeyringStatus,
  PluginView,
  PublisherKey,
  RecentPlugin,
  SignAnswer,
  Start,
} from '../backend/types';
import { count, happened, sentence } from '../text/format';
import { visibleText } from '../text/visible';
import { Action, Operations, type ActionState } from './action.svelte';
import { EntryDraft } from './entry-draft.svelte';
import { findingKey, SEVERITY_WORDS } from './findings';
import { EntryGoals } from './entry-goals.svelte';
import { EntryReview } from './entry-review.svelte';
import { HandingOver } from './handing-over.svelte';
import { IndexEdit } from './index-edit.svelte';
import { KeyLife, type AroundKeys } from './key-life.svelte';
import { keyTrouble } from './key-trouble';
import { SavingKit } from './kit.svelte';
import { Layers } from './layers';
import { Mending } from './mending.svelte';
import { Shipping } from './shipped.svelte';
import { Submitting } from './submitting.svelte';
import {
  diskSentence,
  isEmpty,
  signatureNow,
  signBlockers,
  stops,
  taskStates,
  type Facts,
  type TaskId,
} from './tasks';

/** What the codes of a keyring that did not keep a key say about it. */
const KEYRING_CODES: Record<string, Exclude<KeyringStatus['kind'], 'ok'>> = {
  'no-keyring': 'absent',
  'keyring-locked': 'locked',
  'keyring-timed-out': 'waiting',
  'keyring-refused': 'refused',
  'keyring-failed': 'refused',
};

type PluginChanged = Extract<BackendEvent, { kind: 'plugin-changed' }>;
type FindingsChanged = Pick<Extract<BackendEvent, { kind: 'findings-changed' }>, 'findings' | 'uncovered'>;

/** Everything the window knows, and everything it can be told to do. Holds no secret. */
export class Session implements AroundKeys {
  task = $state<TaskId>('key');
  /** What was told to a screen reader last; the number makes the same words new. */
  said = $state.raw({ text: '', turn: 0 });
  dragging = $state(false);
  dropRefused = $state.raw<Failure | null>(null);
  /** How something ended that is no longer on the screen; gone when the screen changes. */
  elsewhere = $state.raw<{ tone: 'ok' | 'warn'; text: string } | null>(null);

  version = $state('');
  passphraseMinimum = $state(12);
  passphraseMaximum = $state(1023);
  keyring = $state.raw<KeyringStatus>({ kind: 'ok', name: '' });
  keys = $state.raw<PublisherKey[]>([]);
  recents = $state.raw<RecentPlugin[]>([]);
  #chosen = $state<KeyHandle | null>(null);

  plugin = $state.raw<PluginView | null>(null);
  /** What there is to know of the folder by now, where that differs from what was read. */
  #found = $state.raw<Pick<PluginView, 'findings' | 'uncovered'> | null>(null);
  /** What differs from what is shown; null where nothing that is signed does. */
  change = $state.raw<Changes | null>(null);
  /** Whether `plugin.sig` is not the one that was read: something else changed, made or removed it. */
  signatureChanged = $state(false);
  /** Whether the folder cannot be read now. */
  unreadable = $state(false);
  /** The folder that was asked for last, to try again. */
  wanted = $state.raw<FolderHandle | null>(null);

  readonly operations: Operations;
  readonly starting: Action<Start>;
  readonly probing: Action<KeyringStatus>;
  readonly creating: Action<PublisherKey>;
  readonly opening: Action<PluginView>;
  readonly signing: Action<SignAnswer>;
  readonly forgetting: Action<RecentPlugin[]>;
  readonly choosing: Action<FolderHandle | null>;
  readonly layers = new Layers();
  readonly entry: EntryDraft;
  readonly goals: EntryGoals;
  readonly index: IndexEdit;
  readonly kit: SavingKit;
  readonly review: EntryReview;
  readonly submitting: Submitting;
  readonly handOver: HandingOver;
  readonly keyLife: KeyLife;
  readonly mending: Mending;
  readonly shipping: Shipping;

  /** What the primary button of the screen does, for its shortcut. */
  primary: (() => void) | null = null;
  #changeWhileOpening: PluginChanged | null = null;
  #foundWhileOpening: FindingsChanged | null = null;
  /** The state of the folder that was told last, so that it is told once. */
  #told = '';
  #turn = 0;

  constructor(readonly backend: Backend) {
    this.operations = new Operations((operation) => backend.cancel(operation));
    this.starting = new Action(this.operations);
    this.probing = new Action(this.operations);
    this.creating = new Action(this.operations);
    this.opening = new Action(this.operations);
    this.signing = new Action(this.operations);
    this.forgetting = new Action(this.operations);
    this.choosing = new Action(this.operations);
    this.keyLife = new KeyLife(this);
    this.shipping = new Shipping(this, () => this.go('plugin'));
    this.mending = new Mending(this, (...made) => this.#mended(...made));
    this.entry = new EntryDraft(this);
    this.goals = new EntryGoals(this, () => {
      this.index.forget();
      this.kit.forget();
      this.submitting.forget();
    });
    this.index = new IndexEdit(this, this.entry, this.goals);
    this.review = new EntryReview(this);
    this.submitting = new Submitting(this, this.goals);
    this.kit = new SavingKit(this, () => this.index.written?.pullRequest ?? this.submitting.request.pullRequest);
    this.handOver = new HandingOver(this, (saved, at) => {
      this.keys = this.keys.map((key) => (key.key === saved.key ? { ...key, handedOver: at } : key));
    });
  }

  /** The key that signs: the chosen one, or else the first that can. */
  readonly key: PublisherKey | null = $derived.by(() => {
    const living = this.keyLife.living;
    const first = living.find((key) => keyTrouble(key) === null) ?? living[0];
    return living.find((key) => key.key === this.#chosen) ?? first ?? null;
  });

  /** The plugin as it was read, with what there is to know of its folder by now. */
  readonly seen: PluginView | null = $derived.by(() => this.plugin && { ...this.plugin, ...this.#found });

  readonly facts: Facts = $derived.by(() => ({
    key: this.key,
    keyring: this.keyring,
    creatingKey: this.creating.running,
    plugin: this.seen,
    opening: this.opening.running,
    change: this.change,
    signatureChanged: this.signatureChanged,
    unreadable: this.unreadable,
    signing: this.signing.running,
    // AiSOC's own index is made from the manifest, so that nothing is filled in.
    entryTodo: this.goals.goal?.kind === 'checkout' ? null : this.entry.todo,
    entryTaken: this.#entryTaken(),
    keyTaken: this.handOver.saved !== null || (this.key?.handedOver ?? null) !== null,
  }));

  readonly tasks = $derived(taskStates(this.facts));
  readonly signature = $derived(signatureNow(this.facts));
  readonly blockers = $derived(signBlockers(this.facts));
  /** Whether a dialog of the system waits for an answer; there is never a second one. */
  readonly dialogWaits = $derived.by(
    () => this.choosing.running ||
      this.shipping.choosing.running ||
      this.entry.saving.running ||
      this.goals.choosing.running ||
      this.goals.choosingClone.running ||
      this.kit.saving.running ||
      this.handOver.saving.running ||
      this.keyLife.dialogWaits,
  );

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
    this.passphraseMaximum = start.passphraseMaximum;
    this.keyring = start.keyring;
    this.keys = start.keys;
    this.recents = start.recents;
    this.task = start.keys.length === 0 && start.argument === null ? 'key' : 'plugin';
    if (start.keys.length > 0) void this.keyLife.look();
    if (start.argument !== null) await this.open(start.argument);
  }

  go(task: TaskId): void {
    this.task = task;
    this.dropRefused = null;
    this.elsewhere = null;
    this.keyLife.leave();
    this.shipping.leave();
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
    this.handOver.reset();
    this.say(`Signing as ${this.key?.keyId ?? ''}`);
  }

  async probeKeyring(): Promise<void> {
    const outcome = await this.probing.run((operation) => this.backend.probeKeyring(operation));
    if (outcome.kind !== 'done') return;
    this.keyring = outcome.value;
    this.say(outcome.value.kind === 'ok' ? 'The keyring can be used.' : outcome.value.reason);
    if (this.keys.length > 0) await this.keyLife.look();
  }

  async createKey(keyId: string, keeping: Keeping): Promise<boolean> {
    const outcome = await this.creating.run((operation) => this.backend.createKey(operation, keyId, keeping));
    if (outcome.kind === 'failed' && keeping.kind === 'keyring') await this.#doubtKeyring(outcome.failure);
    if (outcome.kind !== 'done') return false;
    this.keys = [...this.keys.filter((key) => key.key !== outcome.value.key), outcome.value];
    this.chooseKey(outcome.value.key);
    this.keyLife.go({ kind: 'backup', key: outcome.value.key, fresh: true });
    void this.keyLife.look();
    this.say(`Key ${outcome.value.keyId} made.`);
    return true;
  }

  // A keyring that answers a probe and keeps no key is of no use either: the file has to be offered.
  async #doubtKeyring({ code, message, hint }: Failure): Promise<void> {
    const kind = KEYRING_CODES[code];
    if (!kind) return;
    const seen: KeyringStatus = { kind, reason: happened(message), advice: hint ? sentence(hint) : '' };
    this.keyring = seen;
    const probed = await this.probing.run((operation) => this.backend.probeKeyring(operation));
    if (probed.kind === 'done' && probed.value.kind !== 'ok' && this.keyring === seen) {
      this.keyring = probed.value;
    }
  }

  // --- Plugin ---

  async chooseFolder(): Promise<void> {
    if (this.dialogIsOpen()) return;
    this.go('plugin');
    const outcome = await this.choosing.run(() => this.backend.chooseFolder());
    if (outcome.kind === 'done' && outcome.value !== null) await this.open(outcome.value);
  }

  /** Reads a folder. What was open before stays until it is read, and also when that fails or is cancelled. */
  async open(folder: FolderHandle): Promise<void> {
    this.go('plugin');
    this.choosing.reset();
    await this.#read(folder);
  }

  /** Reads the open folder again and goes on in `task`, or to the problems where there are some now. */
  async lookAgain(task: TaskId): Promise<void> {
    const { plugin } = this;
    if (!plugin || this.opening.running) return;
    this.go(task);
    await this.#read(plugin.folder);
    const now = this.plugin;
    const failed = this.opening.failure !== null;
    const stopped = now?.folder === plugin.folder && (stops(now) > 0 || now.payload === null);
    if (this.task === task && (failed || stopped)) this.go('plugin');
  }

  async #read(folder: FolderHandle): Promise<void> {
    this.wanted = folder;
    this.#forgetWhileOpening();
    const outcome = await this.opening.run((operation) => this.backend.openPlugin(operation, folder));
    if (outcome.kind !== 'done') return;
    const again = this.plugin?.folder === folder;
    const plugin = outcome.value;
    this.#show(plugin);
    if (!again) {
      this.entry.forget();
      this.goals.reset();
      const last = this.keyLife.living.find((key) => key.key === plugin.lastKey);
      if (last && !last.revoked) {
        this.chooseKey(last.key);
      }
    }
    this.say(inShort(plugin));
    const recents = await this.backend.recentPlugins().catch(() => null);
    if (recents) this.recents = recents;
  }

  #forgetWhileOpening(): void {
    this.#changeWhileOpening = null;
    this.#foundWhileOpening = null;
  }

  #show(plugin: PluginView): void {
    this.plugin = plugin;
    this.#found = this.#foundWhileOpening;
    // What changed between the reading and its arrival must not get lost.
    this.#told = '';
    this.#noteDisk(this.#changeWhileOpening);
    this.#forgetOutcomes();
  }

  // A change that this window made to a file, at its user's wish.
  #mended(folder: FolderHandle, file: string, { plugin, unread }: EditAnswer): void {
    let text = `\`${file}\` was changed as you saw.`;
    if (plugin && this.plugin?.folder === folder) {
      this.#forgetWhileOpening();
      this.#show(plugin);
      text += ` ${inShort(plugin)}`;
    } else if (unread) {
      text += ` Look at the plugin again: ${happened(unread.message)}`;
    }
    this.elsewhere = { tone: 'ok', text };
    this.say(text);
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
    if (this.plugin !== plugin) {
      await this.#signedElsewhere(plugin, outcome);
      return;
    }
    if (outcome.kind !== 'done') return;
    if (outcome.value.kind === 'changed') {
      this.change = outcome.value.changes;
      this.say('Not signed. The folder changed after you looked.');
      return;
    }
    this.plugin = { ...plugin, signature: { kind: 'good', signed: outcome.value.signed } };
    this.signatureChanged = false;
    this.entry.forgetView();
    this.say('Signed, and judged again from disk.');
    // A reading that began before the signature was written may not have seen it.
    if (this.opening.running && this.wanted === plugin.folder) await this.#read(plugin.folder);
  }

  // What came of signing a reading that is no longer shown is told, and never put under another plugin's name.
  async #signedElsewhere(plugin: PluginView, outcome: ActionState<SignAnswer>): Promise<void> {
    this.signing.reset();
    const name = `\`${plugin.manifest?.name.text ?? plugin.where}\``;
    const signed = outcome.kind === 'done' && outcome.value.kind === 'signed';
    const text = signed
      ? `${name} was signed while you looked at something else.`
      : outcome.kind === 'failed'
        ? `${name} was not signed. ${happened(outcome.failure.message)}`
        : outcome.kind === 'done'
          ? `${name} was not signed: its folder changed after you looked.`
          : null;
    if (this.plugin?.folder === plugin.folder && signed) await this.#read(plugin.folder);
    if (text === null) return;
    this.elsewhere = { tone: signed ? 'ok' : 'warn', text };
    this.say(text);
  }

  // --- What the entry and the hand-over need ---

  savedElsewhere(what: string, where: string | null, outcome: ActionState<unknown>): void {
    const text =
      outcome.kind === 'failed'
        ? `Not saved: ${what}. ${happened(outcome.failure.message)}`
        : where === null
          ? null
          : `Saved as it was before: ${what}, to \`${where}\`.`;
    if (text === null) return;
    this.elsewhere = { tone: outcome.kind === 'failed' ? 'warn' : 'ok', text };
    this.say(text);
  }

  dialogIsOpen(): boolean {
    if (this.dialogWaits) this.say('A dialog is open already. It may be behind this window.');
    return this.dialogWaits;
  }

  #entryTaken(): Facts['entryTaken'] {
    switch (this.goals.goal?.kind) {
      case 'checkout':
        return this.submitting.done ? 'submitted' : null;
      case 'index':
        return this.index.written ? 'written' : null;
      default:
        if (this.entry.savedTo !== null) return 'saved';
        return this.entry.copied ? 'copied' : null;
    }
  }

  // What was said of another key or another reading is no longer true.
  #forgetOutcomes(): void {
    this.signing.reset();
    this.entry.forgetOutcome();
    this.index.forget();
    this.kit.forget();
    this.submitting.forget();
  }

  #noteDisk(event: PluginChanged | null): void {
    this.signatureChanged = event?.signatureChanged ?? false;
    this.unreadable = event?.unreadable ?? false;
    // An empty list beside another reason says only that the covered files are as they were.
    const other = this.signatureChanged || this.unreadable;
    this.change = event && !(other && isEmpty(event.changes)) ? event.changes : null;
  }

  #hear(event: BackendEvent): void {
    switch (event.kind) {
      case 'progress':
        this.operations.progress(event.operation, event.progress);
        break;
      case 'plugin-changed':
        if (this.opening.running && event.folder === this.wanted) this.#changeWhileOpening = event;
        if (this.plugin?.folder !== event.folder) break;
        this.#noteDisk(event);
        this.#tell(event);
        break;
      case 'findings-changed':
        if (this.opening.running && event.folder === this.wanted) this.#foundWhileOpening = event;
        if (this.plugin?.folder === event.folder) {
          this.#note(event);
          this.review.outdate();
        }
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
      case 'package-dropped':
        this.dragging = false;
        void this.shipping.checkPackage(event.package);
        break;
      case 'drop-refused':
        this.dragging = false;
        this.go('plugin');
        this.dropRefused = event.failure;
        break;
    }
  }

  // Nothing moves but what was found or mended: neither focus nor the place that is read.
  #note({ findings, uncovered }: FindingsChanged): void {
    const before = new Set(this.seen?.findings.map(findingKey));
    this.#found = { findings, uncovered };
    const fresh = findings.filter((finding) => !before.has(findingKey(finding)));
    const [worst] = fresh;
    if (worst) this.say(`${SEVERITY_WORDS[worst.severity]}: ${sentence(worst.title)}`);
    else if (findings.length < before.size) this.say(`${count(findings.length, 'finding')} left.`);
  }

  // Editors write a file several times; a screen reader need not hear the same thing each time.
  #tell(event: PluginChanged): void {
    const told = JSON.stringify(event);
    if (told === this.#told) return;
    this.#told = told;
    this.say(diskSentence(event));
  }
}

/** Says what a reading found. */
function inShort({ payload, findings }: PluginView): string {
  const signed = payload ? `${count(payload.files.length, 'file')} will be signed` : 'Cannot be signed';
  return `${signed}, ${findings.length === 0 ? 'no problems' : count(findings.length, 'finding')}.`;
}

const CONTEXT = Symbol('session');

export function provideSession(session: Session): void {
  setContext(CONTEXT, session);
}

export function useSession(): Session {
  return getContext<Session>(CONTEXT);
}
