import type {
  Copied,
  CopyAnswer,
  IndexBuilt,
  IndexScript,
  Operation,
  PluginView,
  PublisherKey,
  ScriptAnswer,
  Submission,
  SubmissionWish,
} from '../backend/types';
import { happened } from '../text/format';
import { Action, asFailure } from './action.svelte';
import type { Around } from './around';
import type { EntryGoals } from './entry-goals.svelte';

/** What a submission was made for; anything else makes it no longer true. */
interface Basis {
  plugin: PluginView;
  key: PublisherKey;
  checkout: string;
}

/** What is told of a script's run whose plugin is not shown any more. */
const UNCLEAN = {
  kind: 'failed' as const,
  failure: asFailure({ code: 'index-script-drift', message: 'the script made an index that is not as it should be' }),
};

const NOTHING: SubmissionWish = { remove: false, include: [] };

/** The plugin on its way into a clone of AiSOC's repository: looked at, copied, and then listed by the clone's script. */
export class Submitting {
  /** Whether something was not what had been shown when it was to be copied or run. */
  stale = $state<'files' | 'script' | null>(null);
  /** Whether the author runs the script without this window. */
  byHand = $state(false);
  #plan = $state.raw<{ submission: Submission; wish: SubmissionWish; basis: Basis } | null>(null);
  #copied = $state.raw<{ copied: Copied; wish: SubmissionWish; basis: Basis } | null>(null);
  /** Files that stay behind otherwise, and that the author wants along. */
  #include = $state.raw<string[]>([]);
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

  /** The files that were chosen to go along. */
  get include(): string[] {
    return this.submission ? this.#include : [];
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
    return this.built ? this.built.clean : this.copied !== null && this.byHand;
  }

  /** Whether what is in the clone may be committed as it is. */
  get done(): boolean {
    return this.settled && this.commands.length > 0;
  }

  /** What commits it; none where it may not be committed. */
  get commands(): string[] {
    return (this.built ?? this.copied)?.commands ?? [];
  }

  /** Whether the script was ended, or failed, before it told what it made. */
  get halted(): boolean {
    return this.copied !== null && (this.running.failure !== null || this.running.state.kind === 'cancelled');
  }

  /** What a pull request for it needs, and why there is none where it cannot be made; nothing before it may be committed. */
  get request(): Pick<Copied, 'pullRequest' | 'noPullRequest'> {
    if (!this.done) return { pullRequest: null, noPullRequest: null };
    const made = this.built ?? this.copied;
    return { pullRequest: made?.pullRequest ?? null, noPullRequest: made?.noPullRequest ?? null };
  }

  /** Looks, once for each reading, key and clone; whoever asks meanwhile waits for the same answer. */
  async look(): Promise<void> {
    if (this.#asked && this.#isCurrent(this.#asked)) await this.#answered;
    else await this.plan(NOTHING);
  }

  /** Looks again, for what was wished before; where nothing came of that, as at first. */
  async again(): Promise<void> {
    await this.plan(this.submission && this.#plan ? this.#plan.wish : NOTHING);
  }

  /** Looks whether the clone still has what was copied, when somebody comes back to it; if not, that is what is shown. */
  async revisit(): Promise<void> {
    const basis = this.#basis();
    const copied = this.#copied;
    if (!basis || !copied || !this.copied || this.copying.running || this.running.running) return;
    const outcome = await this.planning.run((operation) => this.#ask(operation, basis, copied.wish));
    if (!this.#isCurrent(basis) || this.#copied !== copied || outcome.kind === 'cancelled') return;
    if (outcome.kind === 'done' && outcome.value.applied) return;
    const found = outcome.kind === 'done' ? outcome.value : null;
    this.#forgetCopy();
    this.#plan = found ? { submission: found, wish: copied.wish, basis } : null;
    this.#around.say('The clone changed since the plugin was copied.');
  }

  /** Looks again; with `remove`, what makes the signature invalid goes. */
  async remove(remove: boolean): Promise<void> {
    await this.plan({ remove, include: this.include });
  }

  /** Takes files along that stay behind otherwise, or no longer. What is shown stays until that is known, and where it cannot be. */
  async choose(paths: string[], along: boolean): Promise<void> {
    const basis = this.#basis();
    const plan = this.#plan;
    if (!basis || !plan || !this.submission || this.copied || this.copying.running) return;
    const others = this.#include.filter((path) => !paths.includes(path));
    this.#include = along ? [...others, ...paths].sort() : others;
    this.stale = null;
    this.copying.reset();
    await this.#look(basis, { remove: plan.wish.remove, include: this.#include });
    if (this.#plan === plan && !this.planning.running) this.#include = plan.wish.include;
    else if (this.planning.state.kind === 'done') {
      this.#around.say(along ? 'Looked at again: it goes along.' : 'Looked at again: it stays behind.');
    }
  }

  /** Looks at what a submission would do. */
  async plan(wish: SubmissionWish): Promise<void> {
    const basis = this.#basis();
    if (!basis) return;
    this.forget();
    this.#asked = basis;
    this.#include = wish.include;
    this.#answered = this.#look(basis, wish);
    await this.#answered;
  }

  async #look(basis: Basis, wish: SubmissionWish): Promise<void> {
    const outcome = await this.planning.run((operation) => this.#ask(operation, basis, wish));
    if (outcome.kind === 'done' && this.#isCurrent(basis)) this.#plan = { submission: outcome.value, wish, basis };
  }

  #ask(operation: Operation, { plugin, key, checkout }: Basis, wish: SubmissionWish): Promise<Submission> {
    return this.#around.backend.planSubmission(operation, plugin.folder, key.key, checkout, wish);
  }

  /** Copies the submission that is shown, if it still is the one. */
  async copy(): Promise<void> {
    const basis = this.#basis();
    const { submission } = this;
    const wish = this.#plan?.wish;
    if (!basis || !submission || !wish || this.planning.running || this.copying.running) return;
    const outcome = await this.copying.run((operation) =>
      this.#around.backend.copySubmission(
        operation,
        basis.plugin.folder,
        basis.key.key,
        basis.checkout,
        wish,
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
      this.#plan = { submission: answer.submission, wish, basis };
      this.#around.say('Nothing was copied: something changed after you looked.');
    } else if (answer?.kind === 'copied') {
      this.stale = null;
      this.#copied = { copied: answer.copied, wish, basis };
      this.#script = answer.copied.script;
      this.#built = null;
      this.#around.say('The plugin is in the clone, and was judged there.');
    }
  }

  /** Runs the script that is shown, if it still is the one. */
  async run(): Promise<void> {
    const basis = this.#basis();
    const { script } = this;
    const wish = this.#copied?.wish;
    if (!basis || !script || !wish || this.running.running) return;
    this.stale = null;
    const outcome = await this.running.run((operation) =>
      this.#around.backend.runIndexScript(
        operation,
        basis.plugin.folder,
        basis.key.key,
        basis.checkout,
        wish,
        script.shown,
      ),
    );
    if (!this.#isCurrent(basis)) {
      this.running.reset();
      const name = `the index with \`${basis.plugin.manifest?.name.text ?? basis.plugin.where}\``;
      const built = outcome.kind === 'done' && outcome.value.kind === 'ran' ? outcome.value.built : null;
      this.#around.savedElsewhere(name, built?.clean ? script.where : null, built?.clean === false ? UNCLEAN : outcome);
      return;
    }
    if (outcome.kind === 'cancelled') this.#around.say('The script was ended before it was done.');
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
    this.#asked = null;
    this.#include = [];
    this.#plan = null;
    this.#forgetCopy();
  }

  #forgetCopy(): void {
    this.copying.reset();
    this.running.reset();
    this.stale = null;
    this.byHand = false;
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
