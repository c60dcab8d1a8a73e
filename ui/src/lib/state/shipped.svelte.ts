import type { ChosenFile, FileHandle, FolderHandle, Shipped } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

/** What is looked at: a built package, or what is committed of a folder. */
export type Carrier =
  | { kind: 'package'; file: FileHandle; where: string }
  | { kind: 'commit'; folder: FolderHandle; where: string };

/** What operators will really get, looked at before they do. */
export class Shipping {
  /** What is looked at; null while the plugin itself is. */
  carrier = $state.raw<Carrier | null>(null);
  readonly choosing: Action<ChosenFile | null>;
  readonly checking: Action<Shipped>;
  readonly #around: Around;
  /** Opens the place where it is shown. */
  readonly #onopen: () => void;

  constructor(around: Around, onopen: () => void) {
    this.#around = around;
    this.#onopen = onopen;
    this.choosing = new Action(around.operations);
    this.checking = new Action(around.operations);
  }

  /** What was found; null until that is known. */
  readonly found = $derived.by(() => {
    const { state } = this.checking;
    return state.kind === 'done' ? state.value : null;
  });

  /** Asks for a package and looks into it. */
  async choose(): Promise<void> {
    if (this.#around.dialogIsOpen()) return;
    const outcome = await this.choosing.run(() => this.#around.backend.choosePackage());
    if (outcome.kind === 'done' && outcome.value) await this.checkPackage(outcome.value);
  }

  async checkPackage({ file, where }: ChosenFile): Promise<void> {
    await this.#look({ kind: 'package', file, where });
  }

  async checkCommitted(): Promise<void> {
    const { plugin } = this.#around;
    if (plugin) await this.#look({ kind: 'commit', folder: plugin.folder, where: plugin.where });
  }

  /** Looks again at what is shown: a build may have written it anew. */
  async again(): Promise<void> {
    if (this.carrier && !this.checking.running) await this.#look(this.carrier);
  }

  leave(): void {
    this.carrier = null;
    this.choosing.reset();
    void this.checking.cancel();
    this.checking.abandon();
  }

  async #look(carrier: Carrier): Promise<void> {
    const { backend, plugin } = this.#around;
    this.#onopen();
    this.carrier = carrier;
    const outcome = await this.checking.run((operation) =>
      carrier.kind === 'package'
        ? backend.checkPackage(operation, carrier.file, plugin?.folder ?? null)
        : backend.checkCommitted(operation, carrier.folder),
    );
    if (outcome.kind === 'done') this.#around.say(shippedTitle(outcome.value));
  }
}

/** Whether the loader verifies it, and what comes after that. */
export function outcomeOf({ verdicts, rehearsal }: Pick<Shipped, 'verdicts' | 'rehearsal'>): 'loads' | 'verifies' | 'fails' | 'refused' {
  const verified = verdicts.some(({ mode, signatureStatus }) => mode === 'strict' && signatureStatus === 'verified');
  if (!verified) return 'refused';
  const { kind } = rehearsal.wouldImport;
  return kind === 'yes' ? 'loads' : kind === 'no' ? 'fails' : 'verifies';
}

/** Says the outcome, as a headline. */
export function shippedTitle(shipped: Shipped): string {
  const what = shipped.about.kind === 'package' ? 'this package' : 'a fresh clone';
  switch (outcomeOf(shipped)) {
    case 'loads':
      return `AiSOC verifies and loads what is in ${what}`;
    case 'verifies':
      return `AiSOC verifies what is in ${what}`;
    case 'fails':
      return `AiSOC verifies what is in ${what}, and then fails to load it`;
    case 'refused':
      return `AiSOC would refuse what is in ${what}`;
  }
}
