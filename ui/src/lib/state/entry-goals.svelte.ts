import type { ChosenFile, ChosenFolder, EntryGoal, EntryGoalWish, PluginView } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

export type GoalKind = EntryGoal['kind'];

/** Where the entry of the plugin that is open goes: remembered from its last release, or chosen now. */
export class EntryGoals {
  /** Null until it was asked or remembered. */
  goal = $state.raw<EntryGoal | null>(null);
  /** Whether it is being chosen again. */
  choosingAgain = $state(false);
  /** Whether the goal came out of memory. */
  remembered = $state(false);
  /** Whether it could not be remembered for the next time. */
  unkept = $state(false);

  readonly recalling: Action<EntryGoal | null>;
  readonly choosing: Action<ChosenFile | null>;
  readonly choosingClone: Action<ChosenFolder | null>;
  readonly #around: Around;
  /** Told when the entry goes elsewhere from now on. */
  readonly #changed: () => void;
  /** The plugin that memory was asked about. */
  #asked = $state.raw<string | null>(null);
  #answered: Promise<void> = Promise.resolve();

  constructor(around: Around, changed: () => void) {
    this.#around = around;
    this.#changed = changed;
    this.recalling = new Action(around.operations);
    this.choosing = new Action(around.operations);
    this.choosingClone = new Action(around.operations);
  }

  /** Whether it is known what memory holds for the plugin that is open. */
  get recalled(): boolean {
    return this.#asked !== null && this.#asked === this.#around.plugin?.folder && !this.recalling.running;
  }

  /** Whether the question where it goes is what the screen is about. */
  get asks(): boolean {
    return this.goal === null || this.choosingAgain;
  }

  /** Asks memory, once for each plugin; whoever asks meanwhile waits for the same answer. */
  async recall(): Promise<void> {
    const { plugin } = this.#around;
    if (!plugin) return;
    if (this.#asked !== plugin.folder) {
      this.reset();
      this.#asked = plugin.folder;
      this.#answered = this.#recall(plugin);
    }
    await this.#answered;
  }

  async #recall(plugin: PluginView): Promise<void> {
    const outcome = await this.recalling.run(() => this.#around.backend.entryGoal(plugin.folder));
    if (outcome.kind !== 'done' || !this.#isOpen(plugin) || this.goal !== null) return;
    this.goal = outcome.value;
    this.remembered = outcome.value !== null;
  }

  /** Makes just the entry. */
  async justTheEntry(): Promise<void> {
    await this.#goTo({ kind: 'entry' }, { kind: 'entry' });
  }

  /** Asks for the index that is to be edited; answers whether there is one now. */
  async chooseIndex(): Promise<boolean> {
    const { plugin, backend } = this.#around;
    if (!plugin || this.#around.dialogIsOpen()) return false;
    const outcome = await this.choosing.run(() => backend.chooseIndex(plugin.folder));
    if (outcome.kind !== 'done' || outcome.value === null || !this.#isOpen(plugin)) return false;
    const { file, where } = outcome.value;
    await this.#goTo({ kind: 'index', file, where }, { kind: 'index', file });
    return true;
  }

  /** Asks for the clone of AiSOC's repository; answers whether there is one now. */
  async chooseClone(): Promise<boolean> {
    const { plugin, backend } = this.#around;
    if (!plugin || this.#around.dialogIsOpen()) return false;
    const outcome = await this.choosingClone.run(() => backend.chooseCheckout(plugin.folder));
    if (outcome.kind !== 'done' || outcome.value === null || !this.#isOpen(plugin)) return false;
    const { folder, where } = outcome.value;
    await this.#goTo({ kind: 'checkout', folder, where }, { kind: 'checkout', folder });
    return true;
  }

  /** Forgets it: another plugin is open. */
  reset(): void {
    this.recalling.abandon();
    this.choosing.reset();
    this.choosingClone.reset();
    this.goal = null;
    this.choosingAgain = false;
    this.remembered = false;
    this.unkept = false;
    this.#asked = null;
  }

  async #goTo(goal: EntryGoal, wish: EntryGoalWish): Promise<void> {
    const { plugin, backend } = this.#around;
    if (!plugin) return;
    this.goal = goal;
    this.choosingAgain = false;
    this.remembered = false;
    this.choosing.reset();
    this.choosingClone.reset();
    this.#changed();
    // No reason to stop: it is asked again the next time, and said.
    this.unkept = false;
    await backend.rememberEntryGoal(plugin.folder, wish).catch(() => {
      if (this.goal === goal) this.unkept = true;
    });
  }

  #isOpen(plugin: PluginView): boolean {
    return this.#around.plugin?.folder === plugin.folder;
  }
}
