import type { HandOver, HandOverAnswer, HandOverRehearsal, PluginView, PublisherKey } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

type SavedFiles = Extract<HandOverAnswer, { kind: 'saved' }>;

/** The public key on its way to operators. */
export class HandingOver {
  /** The files as they would be saved; null until the backend gave them for this key. */
  view = $state.raw<HandOver | null>(null);
  /** The files that were saved since this key was chosen. */
  saved = $state.raw<SavedFiles | null>(null);

  readonly preparing: Action<HandOver>;
  readonly saving: Action<HandOverAnswer>;
  readonly rehearsing: Action<HandOverRehearsal>;
  /** The reading of the plugin that was rehearsed last, or is being rehearsed. */
  #rehearsed = $state.raw<PluginView | null>(null);
  readonly #around: Around;
  readonly #onsaved: (key: PublisherKey, at: string) => void;

  constructor(around: Around, onsaved: (key: PublisherKey, at: string) => void) {
    this.#around = around;
    this.#onsaved = onsaved;
    this.preparing = new Action(around.operations);
    this.saving = new Action(around.operations);
    this.rehearsing = new Action(around.operations);
  }

  async prepare(): Promise<void> {
    const { key, backend } = this.#around;
    if (!key) return;
    const outcome = await this.preparing.run(() => backend.handOver(key.key));
    if (outcome.kind === 'done' && this.#around.key?.key === key.key) this.view = outcome.value;
  }

  async save(): Promise<void> {
    const { key, backend } = this.#around;
    if (!key || this.#around.dialogIsOpen()) return;
    const outcome = await this.saving.run(() => backend.savePublicKey(key.key));
    const saved = outcome.kind === 'done' && outcome.value.kind === 'saved' ? outcome.value : null;
    if (saved?.at) this.#onsaved(key, saved.at);
    if (this.#around.key?.key !== key.key) {
      this.saving.reset();
      this.#around.savedElsewhere(`the public key \`${key.keyId}\``, saved?.pem ?? null, outcome);
      return;
    }
    if (!saved) return;
    this.#forgetRehearsal();
    this.saved = saved;
    this.#around.say('Public key and instructions saved.');
  }

  /** What a loader says to this reading of a plugin with exactly the saved folder; null until that is known. */
  rehearsalOf(plugin: PluginView | null): HandOverRehearsal | null {
    const { state } = this.rehearsing;
    return state.kind === 'done' && plugin !== null && this.#rehearsed === plugin ? state.value : null;
  }

  /** Asks for that, once for each reading. */
  async rehearse(plugin: PluginView): Promise<void> {
    const { key, backend } = this.#around;
    const { saved } = this;
    if (!key || !saved || this.#rehearsed === plugin) return;
    this.rehearsing.abandon();
    this.#rehearsed = plugin;
    await this.rehearsing.run((operation) =>
      backend.rehearseHandOver(operation, key.key, saved.folder, plugin.folder),
    );
  }

  #forgetRehearsal(): void {
    this.rehearsing.abandon();
    this.#rehearsed = null;
  }

  /** Forgets everything: another key is chosen. */
  reset(): void {
    this.preparing.abandon();
    this.#forgetRehearsal();
    this.saving.reset();
    this.view = null;
    this.saved = null;
  }
}
