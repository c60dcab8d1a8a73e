import type { EntryEdit, IndexAnswer, IndexChange, PluginView, PublisherKey } from '../backend/types';
import { happened } from '../text/format';
import { Action } from './action.svelte';
import type { Around } from './around';
import type { EntryDraft } from './entry-draft.svelte';
import type { EntryGoals } from './entry-goals.svelte';

export type Written = Extract<IndexAnswer, { kind: 'written' }>;

/** What a change was made for; anything else makes it no longer true. */
interface Basis {
  plugin: PluginView;
  key: PublisherKey;
  edits: EntryEdit[];
  file: string;
}

/** The change to another index: shown first, then written. */
export class IndexEdit {
  /** Whether the file was not what had been shown when it was to be written. */
  stale = $state(false);
  /** Whether the change is what the screen is about. */
  #looking = $state(false);
  #plan = $state.raw<{ change: IndexChange; basis: Basis } | null>(null);
  #written = $state.raw<{ written: Written; basis: Basis } | null>(null);

  readonly planning: Action<IndexChange>;
  readonly writing: Action<IndexAnswer>;
  readonly #around: Around;
  readonly #entry: EntryDraft;
  readonly #goals: EntryGoals;

  constructor(around: Around, entry: EntryDraft, goals: EntryGoals) {
    this.#around = around;
    this.#entry = entry;
    this.#goals = goals;
    this.planning = new Action(around.operations);
    this.writing = new Action(around.operations);
  }

  /** The change to the index as it was read last; null where it is for something else than what is shown now. */
  get change(): IndexChange | null {
    return this.#plan && this.#isCurrent(this.#plan.basis) ? this.#plan.change : null;
  }

  /** What was written of what is shown now. */
  get written(): Written | null {
    return this.#written && this.#isCurrent(this.#written.basis) ? this.#written.written : null;
  }

  get looking(): boolean {
    return this.#looking && (this.change !== null || this.written !== null);
  }

  /** Reads the index and makes the change to it, and shows that. */
  async plan(): Promise<void> {
    const basis = this.#basis();
    if (!basis) return;
    // What was written is what there is to see, with its pull request.
    if (this.written) {
      this.#looking = true;
      return;
    }
    const { plugin, key, edits, file } = basis;
    this.stale = false;
    this.#written = null;
    this.writing.reset();
    const outcome = await this.planning.run((operation) =>
      this.#around.backend.planIndex(operation, plugin.folder, key.key, edits, file),
    );
    if (outcome.kind !== 'done' || !this.#isCurrent(basis)) return;
    this.#plan = { change: outcome.value, basis };
    this.#looking = true;
  }

  /** Writes the change that is shown, if it is still the one. */
  async write(): Promise<void> {
    const basis = this.#basis();
    const { change } = this;
    if (!basis || !change || this.writing.running) return;
    const { plugin, key, edits, file } = basis;
    const outcome = await this.writing.run((operation) =>
      this.#around.backend.writeIndex(operation, plugin.folder, key.key, edits, file, change.shown),
    );
    const answer = outcome.kind === 'done' ? outcome.value : null;
    if (!this.#isCurrent(basis)) {
      this.writing.reset();
      const where = answer?.kind === 'written' ? answer.where : null;
      this.#around.savedElsewhere(`the entry of \`${plugin.manifest?.name.text ?? plugin.where}\``, where, outcome);
      return;
    }
    if (outcome.kind === 'failed') this.#around.say(`Writing did not end well. ${happened(outcome.failure.message)}`);
    if (answer?.kind === 'stale') {
      this.stale = true;
      this.#plan = { change: answer.change, basis };
      this.#around.say('Nothing was written: the index changed after you looked.');
    } else if (answer?.kind === 'written') {
      this.stale = false;
      this.#written = { written: answer, basis };
      this.#around.say(`Written to ${answer.name}, and read again.`);
    }
  }

  /** Goes back to the entry; what was shown and written stays true. */
  leave(): void {
    this.#looking = false;
  }

  /** Forgets what came of it. */
  forget(): void {
    this.planning.abandon();
    this.writing.reset();
    this.stale = false;
    this.#looking = false;
    this.#plan = null;
    this.#written = null;
  }

  #basis(): Basis | null {
    const { plugin, key } = this.#around;
    const { goal } = this.#goals;
    if (!plugin || !key || goal?.kind !== 'index') return null;
    return { plugin, key, edits: this.#entry.edits, file: goal.file };
  }

  #isCurrent(basis: Basis): boolean {
    const now = this.#basis();
    return (
      now !== null &&
      now.plugin === basis.plugin &&
      now.key.key === basis.key.key &&
      now.edits === basis.edits &&
      now.file === basis.file
    );
  }
}
