import type {
  Copied,
  CopyAnswer,
  IndexBuilt,
  IndexScript,
  PluginView,
  PublisherKey,
  ScriptAnswer,
  Submission,
} from '../backend/types';
import { happened } from '../text/format';
import { Action } from './action.svelte';
import type { Around } from './around';
import type { EntryGoals } from './entry-goals.svelte';

/** What a submission was made for; anything else makes it no longer true. */
interface Basis {
  plugin: PluginView;
  key: PublisherKey;
  checkout: string;
}

/** The plugin on its way into a clone of AiSOC's repository: looked at, copied, and then listed by the clone's script. */
export class Submitting {
  /** Whether something was not what had been shown when it was to be copied or run. */
  stale = $state<'files' | 'script' | null>(null);
  /** Whether the author runs the script without this window. */
  byHand = $state(false);
  #plan = $state.raw<{ submission: Submission; basis: Basis } | null>(null);
  #copied = $state.raw<{ copied: Copied; basis: Basis } | null>(null);
  #script = $state.raw<IndexScript | null>(null);
  #built = $state.raw<IndexBuilt | null>(null);
  /** What was looked at last, or is being looked at. */
  #asked = $state.raw<Basis | null>(null);
  #answered: Promise<void> = Promise.resolve();

  readonly planning: Action<Submission>;
  readonly copying: Action<CopyAnswer>;
  readonly running: Action<ScriptAnswer>;
  readonly #around: Around;
  readonly #goals: EntryGoals;

  constructor(around: Around, goals: EntryGoals) {
    this.#around = around;
    this.#goals = goals;
    this.planning = new Action(around.operations);
    this.copying = new Action(around.operations);
    this.running = new Action(around.operations);
  }

  /** The submission as it was looked at last; null where it is of something else than what is shown now. */
  get submission(): Submission | null {
    return this.#plan && this.#isCurrent(this.#plan.basis) ? this.#plan.submission : null;
  }

  /** What was copied of what is shown now. */
  get copied(): Copied | null {
    return this.#copied && this.#isCurrent(this.#copied.basis) ? this.#copied.copied : null;
  }

  /** The script, as it was looked at last. */
  get script(): IndexScript | null {
    return this.copied ? this.#script : null;
  }

  /** What the script made. */
  get built(): IndexBuilt | null {
    return this.copied ? this.#built : null;
  }

  /** Whether the index is built, or is left to the author. */
  get settled(): boolean {
    return this.built?.clean === true || (this.copied !== null && this.byHand);
  }

  /** Whether what is in the clone may be committed as it is. */
  get done(): boolean {
    return this.settled && (this.copied?.commands.length ?? 0) > 0;
  }

  /** Looks, once for each reading, key and clone; whoever asks meanwhile waits for the same answer. */
  async look(): Promise<void> {
    if (this.#asked && this.#isCurrent(this.#asked)) await this.#answered;
    else await this.plan(false);
  }

  /** Looks at what a submission would do; with `remove`, what makes the signature invalid goes. */
  async plan(remove: boolean): Promise<void> {
    const basis = this.#basis();
    if (!basis) return;
    this.forget();
    this.#asked = basis;
    this.#answered = this.#look(basis, remove);
    await this.#answered;
  }

  async #look(basis: Basis, remove: boolean): Promise<void> {
    const outcome = await this.planning.run((operation) =>
      this.#around.backend.planSubmission(
        operation,
        basis.plugin.folder,
        basis.key.key,
        basis.checkout,
        remove,
      ),
    );
    if (outcome.kind === 'done' && this.#isCurrent(basis)) this.#plan = { submission: outcome.value, basis };
  }

  /** Copies the submission that is shown, if it still is the one. */
  async copy(): Promise<void> {
    const basis = this.#basis();
    const { submission } = this;
    if (!basis || !submission || this.copying.running) return;
    const outcome = await this.copying.run((operation) =>
      this.#around.backend.copySubmission(
        operation,
        basis.plugin.folder,
        basis.key.key,
        basis.checkout,
        submission.removes,
        submission.shown,
      ),
    );
    const answer = outcome.kind === 'done' ? outcome.value : null;
    if (!this.#isCurrent(basis)) {
      this.copying.reset();
      const name = `the plugin \`${basis.plugin.manifest?.name.text ?? basis.plugin.where}\``;
      this.#around.savedElsewhere(name, answer?.kind === 'copied' ? submission.where : null, outcome);
      return;
    }
    if (outcome.kind === 'failed') this.#around.say(`Not copied. ${happened(outcome.failure.message)}`);
    if (answer?.kind === 'stale') {
      this.stale = 'files';
      this.#plan = { submission: answer.submission, basis };
      this.#around.say('Nothing was copied: something changed after you looked.');
    } else if (answer?.kind === 'copied') {
      this.stale = null;
      this.#copied = { copied: answer.copied, basis };
      this.#script = answer.copied.script;
      this.#built = null;
      this.#around.say('The plugin is in the clone, and was judged there.');
    }
  }

  /** Runs the script that is shown, if it still is the one. */
  async run(): Promise<void> {
    const basis = this.#basis();
    const { script } = this;
    if (!basis || !script || this.running.running) return;
    this.stale = null;
    const outcome = await this.running.run((operation) =>
      this.#around.backend.runIndexScript(
        operation,
        basis.plugin.folder,
        basis.key.key,
        basis.checkout,
        script.shown,
      ),
    );
    if (!this.#isCurrent(basis)) {
      this.running.reset();
      return;
    }
    if (outcome.kind === 'failed') {
      this.#around.say(`The script did not come to its end. ${happened(outcome.failure.message)}`);
    }
    if (outcome.kind !== 'done') return;
    if (outcome.value.kind === 'stale') {
      this.stale = 'script';
      this.#script = outcome.value.script;
      this.#around.say('The script was not run: it changed after you looked.');
    } else {
      this.#built = outcome.value.built;
      this.#around.say(
        outcome.value.built.clean ? 'The index lists the plugin.' : 'The index is not as it should be.',
      );
    }
  }

  /** Forgets what came of it. */
  forget(): void {
    this.planning.abandon();
    this.copying.reset();
    this.running.reset();
    this.stale = null;
    this.byHand = false;
    this.#asked = null;
    this.#plan = null;
    this.#copied = null;
    this.#script = null;
    this.#built = null;
  }

  #basis(): Basis | null {
    const { plugin, key } = this.#around;
    const { goal } = this.#goals;
    if (!plugin || !key || goal?.kind !== 'checkout') return null;
    return { plugin, key, checkout: goal.folder };
  }

  #isCurrent(basis: Basis): boolean {
    const now = this.#basis();
    return (
      now !== null &&
      now.plugin === basis.plugin &&
      now.key.key === basis.key.key &&
      now.checkout === basis.checkout
    );
  }
}
