import type { EntryCheck, PluginView } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

/** What reviewers and CI would find today. */
export class EntryReview {
  readonly looking: Action<EntryCheck[]>;
  readonly #around: Around;
  /** What was looked at last: one reading of a plugin, with one key. */
  #basis = $state.raw<{ plugin: PluginView; key: string } | null>(null);

  constructor(around: Around) {
    this.#around = around;
    this.looking = new Action(around.operations);
  }

  /** What was found; null until that is known of what is shown now. */
  get checks(): EntryCheck[] | null {
    const { state } = this.looking;
    return state.kind === 'done' && this.#isCurrent() ? state.value : null;
  }

  /** Looks, once for each reading and key. */
  async look(): Promise<void> {
    const { plugin, key, backend } = this.#around;
    if (!plugin || !key || this.#isCurrent()) return;
    this.looking.abandon();
    this.#basis = { plugin, key: key.key };
    await this.looking.run((operation) => backend.reviewEntry(operation, plugin.folder, key.key));
  }

  /** Whether what is shown now was not looked at yet. */
  get wanted(): boolean {
    return !this.#isCurrent();
  }

  /** Looks once more. */
  async again(): Promise<void> {
    this.#basis = null;
    await this.look();
  }

  /** Something that it looks at changed. */
  outdate(): void {
    this.#basis = null;
  }

  #isCurrent(): boolean {
    const { plugin, key } = this.#around;
    return this.#basis !== null && this.#basis.plugin === plugin && this.#basis.key === key?.key;
  }
}
