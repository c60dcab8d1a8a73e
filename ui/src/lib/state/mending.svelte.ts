import type { EditAnswer, EditPreview, FolderHandle, OfferedEdit } from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';

/** The code of a change whose file holds other bytes by now. */
const OUTDATED = 'edit-outdated';

/** A change to a file of the plugin, looked at before it is made. */
export class Mending {
  /** The change that is looked at. */
  offered = $state.raw<OfferedEdit | null>(null);
  readonly previewing: Action<EditPreview>;
  readonly applying: Action<EditAnswer>;
  #folder: FolderHandle | null = null;
  readonly #around: Around;
  readonly #onmade: (folder: FolderHandle, file: string, answer: EditAnswer) => void;

  constructor(around: Around, onmade: (folder: FolderHandle, file: string, answer: EditAnswer) => void) {
    this.#around = around;
    this.#onmade = onmade;
    this.previewing = new Action(around.operations);
    this.applying = new Action(around.operations);
  }

  /** What the change would do; null until that is known. */
  readonly preview = $derived.by(() => {
    const { state } = this.previewing;
    return state.kind === 'done' ? state.value : null;
  });

  /** Whether the file is no longer what the change was made for. */
  readonly outdated = $derived.by(
    () => this.previewing.failure?.code === OUTDATED || this.applying.failure?.code === OUTDATED,
  );

  async look(offered: OfferedEdit): Promise<void> {
    const { plugin, backend } = this.#around;
    if (!plugin || this.applying.running) return;
    const { folder } = plugin;
    this.offered = offered;
    this.#folder = folder;
    this.applying.reset();
    await this.previewing.run(() => backend.previewEdit(folder, offered.edit));
  }

  async apply(): Promise<void> {
    const { offered, preview } = this;
    const folder = this.#folder;
    if (!offered || !preview || folder === null || this.applying.running) return;
    const outcome = await this.applying.run((operation) =>
      this.#around.backend.applyEdit(operation, folder, offered.edit),
    );
    if (outcome.kind !== 'done') return;
    if (this.offered === offered) this.leave();
    this.#onmade(folder, preview.file, outcome.value);
  }

  /** Looks no longer. A change that is being made is made all the same, and told when it is. */
  leave(): void {
    this.offered = null;
    this.previewing.abandon();
    if (!this.applying.running) this.applying.reset();
  }
}
