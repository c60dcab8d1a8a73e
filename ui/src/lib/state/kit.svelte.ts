import type { PullRequest, SaveAnswer } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

/** Saving what a pull request needs. */
export class SavingKit {
  readonly saving: Action<SaveAnswer>;
  readonly #around: Around;
  #saved = $state.raw<{ kit: string; where: string } | null>(null);
  /** The pull request that is shown. */
  readonly #shown: () => PullRequest | null;

  constructor(around: Around, shown: () => PullRequest | null) {
    this.#around = around;
    this.#shown = shown;
    this.saving = new Action(around.operations);
  }

  /** Where the pull request that is shown was saved. */
  get savedTo(): string | null {
    return this.#saved !== null && this.#saved.kit === this.#shown()?.kit ? this.#saved.where : null;
  }

  /** Saves all of it into a new folder, inside of one that a dialog names. */
  async save(request: PullRequest): Promise<void> {
    if (this.#around.dialogIsOpen()) return;
    const outcome = await this.saving.run(() => this.#around.backend.saveKit(request.kit));
    const where = outcome.kind === 'done' && outcome.value.kind === 'saved' ? outcome.value.where : null;
    if (this.#shown()?.kit !== request.kit) {
      this.saving.reset();
      this.#around.savedElsewhere(`the pull request \`${request.title}\``, where, outcome);
      return;
    }
    if (where === null) return;
    this.#saved = { kit: request.kit, where };
    this.#around.say('Pull request saved.');
  }

  /** Forgets what came of it. */
  forget(): void {
    this.saving.reset();
    this.#saved = null;
  }
}
