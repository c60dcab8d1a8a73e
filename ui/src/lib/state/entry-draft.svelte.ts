import type {
  EntryEdit,
  EntryFieldName,
  EntrySuggestion,
  EntryView,
  PluginView,
  PublisherKey,
  SaveAnswer,
} from '../backend/types';
import { count } from '../text/format';
import { Action } from './action.svelte';
import type { Around } from './around';

/** The entry is composed this many milliseconds after the last key was pressed: composing hashes the folder. */
const COMPOSE_AFTER = 250;

/** A value that something in the project proposes for a field. */
type Proposal = { name: EntryFieldName } & EntrySuggestion;

/** The marketplace entry of the plugin that is open: what was typed, what came of it, where it went. */
export class EntryDraft {
  /** As the backend composed it last; null until it did for this plugin, this key and this signature. */
  view = $state.raw<EntryView | null>(null);
  edits = $state.raw<EntryEdit[]>([]);
  /** What was put into fields because the project proposes it. */
  #proposed = $state.raw<Proposal[]>([]);
  savedTo = $state<string | null>(null);
  copied = $state(false);

  /** The fields that are missing or not right. */
  readonly wrong = $derived.by(
    () =>
      this.view?.fields.filter(
        (field) => this.view?.missing.includes(field.name) || (field.value !== null && field.problem !== null),
      ) ?? [],
  );
  /** What is left to do to the fields; null where nothing is. */
  readonly todo = $derived.by(() => {
    if (this.wrong.length === 0) return null;
    return `${count(this.wrong.length, 'field')} to ${this.wrong.some((field) => field.value !== null) ? 'put right' : 'fill in'}`;
  });

  readonly composing: Action<EntryView>;
  readonly saving: Action<SaveAnswer>;
  readonly #around: Around;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(around: Around) {
    this.#around = around;
    this.composing = new Action(around.operations);
    this.saving = new Action(around.operations);
  }

  async compose(): Promise<void> {
    this.#stopTimer();
    const { plugin, key, backend } = this.#around;
    const { edits } = this;
    if (!plugin?.manifest || !key) return;
    const outcome = await this.composing.run(() => backend.composeEntry(plugin.folder, key.key, edits));
    if (outcome.kind !== 'done' || !this.#isCurrent(plugin, key, edits)) return;
    const proposals = this.#proposals(outcome.value);
    if (proposals.length === 0) {
      this.view = outcome.value;
      return;
    }
    this.#proposed = [...this.#proposed, ...proposals];
    this.edits = [...edits, ...proposals.map(({ name, value }) => ({ name, value, proposed: true }))];
    await this.compose();
  }

  /** Finds the best that the project proposes for fields without a value, and nobody emptied. */
  #proposals(view: EntryView): Proposal[] {
    return view.fields.flatMap(({ name, value, editable, suggestions }) => {
      const best = suggestions.find((one) => one.fits);
      const asked = !editable || value !== null || this.edits.some((edit) => edit.name === name);
      return asked || !best ? [] : [{ name, ...best }];
    });
  }

  /** Says where the value of a field comes from that nobody typed; null where it is somebody's. */
  proposedBy(name: EntryFieldName): string | null {
    const edit = this.edits.find((edit) => edit.name === name);
    return this.#proposed.find((one) => one.name === name && one.value === edit?.value)?.from ?? null;
  }

  /** Forgets what was typed and proposed, for another plugin. */
  forget(): void {
    this.edits = [];
    this.#proposed = [];
  }

  /** Sets a field, and composes again when the typing pauses. */
  edit(name: EntryFieldName, value: string | string[]): void {
    this.edits = [...this.edits.filter((edit) => edit.name !== name), { name, value, proposed: false }];
    this.savedTo = null;
    this.copied = false;
    this.#stopTimer();
    this.#timer = setTimeout(() => void this.compose(), COMPOSE_AFTER);
  }

  /** Composes what was typed now; answers whether the entry shown is what was typed. */
  async flush(): Promise<boolean> {
    if (this.#timer !== null || this.composing.running) await this.compose();
    return this.view !== null && this.composing.failure === null && this.#timer === null;
  }

  async save(): Promise<void> {
    const { plugin, key, backend } = this.#around;
    const { edits } = this;
    if (!plugin || !key || this.#around.dialogIsOpen()) return;
    const outcome = await this.saving.run(() => backend.saveEntry(plugin.folder, key.key, edits));
    if (!this.#isCurrent(plugin, key, edits)) {
      const where = outcome.kind === 'done' && outcome.value.kind === 'saved' ? outcome.value.where : null;
      this.saving.reset();
      this.#around.savedElsewhere(`the entry of \`${plugin.manifest?.name.text ?? plugin.where}\``, where, outcome);
      return;
    }
    if (outcome.kind !== 'done' || outcome.value.kind !== 'saved') return;
    this.savedTo = outcome.value.where;
    this.#around.say('Marketplace entry saved.');
  }

  /** Forgets what was composed: the folder, its signature or the key is another one now. */
  forgetView(): void {
    this.#stopTimer();
    this.composing.abandon();
    this.view = null;
  }

  /** Forgets what came of it as well. What was typed stays. */
  forgetOutcome(): void {
    this.forgetView();
    this.saving.reset();
    this.savedTo = null;
    this.copied = false;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #isCurrent(plugin: PluginView, key: PublisherKey, edits: EntryEdit[]): boolean {
    const now = this.#around;
    return now.plugin === plugin && now.key?.key === key.key && this.edits === edits;
  }
}
