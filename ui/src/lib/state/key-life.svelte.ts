import type {
  Adopted,
  BackedUp,
  ChosenFile,
  Deletion,
  Drilled,
  FileHandle,
  Keeping,
  KeyFile,
  KeyHandle,
  PublisherKey,
  Revocation,
  RevokedReason,
  Rotation,
  SaveAnswer,
  SignedPlugins,
} from '../backend/types';
import { Action } from './action.svelte';
import type { Around } from './around';
import { isDeleted } from './key-trouble';

/** What the key task is about right now. */
export type KeyAct =
  | { kind: 'keys' }
  | { kind: 'new' }
  /** `fresh`: right after the key was made, where the backup is the next step. */
  | { kind: 'backup'; key: KeyHandle; fresh: boolean }
  /** `key`: the one that is to come back; any where it is null. */
  | { kind: 'adopt'; key: KeyHandle | null }
  | { kind: 'check'; key: KeyHandle | null }
  | { kind: 'rotate'; key: KeyHandle }
  | { kind: 'rotation'; key: KeyHandle }
  | { kind: 'revoke'; key: KeyHandle }
  | { kind: 'revoked'; key: KeyHandle }
  | { kind: 'delete'; key: KeyHandle }
  | { kind: 'forget'; key: KeyHandle };

/** What the life of keys needs of the whole session. */
export interface AroundKeys extends Around {
  keys: PublisherKey[];
  chooseKey(key: KeyHandle): void;
}

/** The acts of keys' lives. Holds no secret: a passphrase is handed on and not kept. */
export class KeyLife {
  act = $state.raw<KeyAct>({ kind: 'keys' });
  /** How the last act ended, to be told on the list of keys. */
  told = $state.raw<{ tone: 'ok' | 'warn'; title: string; text: string } | null>(null);
  /** The file that was chosen for this act. */
  file = $state.raw<KeyFile | null>(null);
  /** Where the notice to operators was saved. */
  noticeSavedTo = $state<string | null>(null);

  readonly looking: Action<PublisherKey[]>;
  readonly choosingPlace: Action<ChosenFile | null>;
  readonly choosingFile: Action<KeyFile | null>;
  readonly backingUp: Action<BackedUp>;
  readonly checking: Action<Drilled>;
  readonly adopting: Action<Adopted>;
  readonly rotating: Action<PublisherKey>;
  readonly overlapping: Action<Rotation>;
  readonly revoking: Action<Revocation>;
  readonly savingNotice: Action<SaveAnswer>;
  readonly planning: Action<Deletion>;
  readonly deleting: Action<PublisherKey>;
  readonly forgetting: Action<null>;
  readonly #around: AroundKeys;
  #look: Promise<void> | null = null;
  /** Counts what was changed here, so that an older look does not undo it. */
  #changes = 0;
  /** Everything but the look, which goes on whatever is done meanwhile. */
  readonly #acts: Action<any>[];

  constructor(around: AroundKeys) {
    this.#around = around;
    const action = <T>() => new Action<T>(around.operations);
    this.looking = action();
    this.choosingPlace = action();
    this.choosingFile = action();
    this.backingUp = action();
    this.checking = action();
    this.adopting = action();
    this.rotating = action();
    this.overlapping = action();
    this.revoking = action();
    this.savingNotice = action();
    this.planning = action();
    this.deleting = action();
    this.forgetting = action();
    this.#acts = [
      this.choosingPlace,
      this.choosingFile,
      this.backingUp,
      this.checking,
      this.adopting,
      this.rotating,
      this.overlapping,
      this.revoking,
      this.savingNotice,
      this.planning,
      this.deleting,
      this.forgetting,
    ];
  }

  /** The keys that can be worked with. */
  readonly living: PublisherKey[] = $derived.by(() => this.#around.keys.filter((key) => !isDeleted(key)));
  /** The keys that were deleted here and are remembered. */
  readonly deleted: PublisherKey[] = $derived.by(() => this.#around.keys.filter(isDeleted));
  /** Whether a dialog of the system waits for an answer. */
  readonly dialogWaits = $derived.by(
    () => this.choosingPlace.running || this.choosingFile.running || this.savingNotice.running,
  );

  find(key: KeyHandle): PublisherKey | null {
    return this.#around.keys.find((known) => known.key === key) ?? null;
  }

  /** Begins an act, with nothing of the one before. */
  go(act: KeyAct): void {
    this.act = act;
    this.told = null;
    this.file = null;
    this.noticeSavedTo = null;
    for (const action of this.#acts) action.reset();
  }

  /** Comes back to the list, unless something is under way. */
  leave(): void {
    if (this.act.kind !== 'keys' && !this.#acts.some((action) => action.running)) this.go({ kind: 'keys' });
    else this.told = null;
  }

  /** Looks whether the keys are where they should be. A look that began before goes on to its end, and is waited for. */
  async look(): Promise<void> {
    this.#look ??= this.#lookNow();
    await this.#look;
    this.#look = null;
  }

  async #lookNow(): Promise<void> {
    const turn = this.#changes;
    const outcome = await this.looking.run((operation) => this.#around.backend.listKeys(operation));
    if (outcome.kind !== 'done') return;
    // What was done meanwhile it may not have seen.
    if (turn === this.#changes) this.#around.keys = outcome.value;
    else await this.#lookNow();
  }

  async signedBy(key: KeyHandle): Promise<SignedPlugins | null> {
    return this.#around.backend.signedByKey(key).catch(() => null);
  }

  /** Asks where the backup goes; null where that was dismissed or failed. */
  async choosePlace(key: KeyHandle): Promise<ChosenFile | null> {
    if (this.#around.dialogIsOpen()) return null;
    const outcome = await this.choosingPlace.run(() => this.#around.backend.chooseBackupPlace(key));
    return outcome.kind === 'done' ? outcome.value : null;
  }

  async backUp(key: KeyHandle, passphrase: string | null, file: FileHandle, fresh: string): Promise<void> {
    const outcome = await this.backingUp.run((operation) =>
      this.#around.backend.backUpKey(operation, key, passphrase, file, fresh),
    );
    if (outcome.kind !== 'done') return;
    this.#put(outcome.value.key);
    this.#around.say('The backup is saved, and it works.');
  }

  async chooseFile(): Promise<void> {
    if (this.#around.dialogIsOpen()) return;
    this.checking.reset();
    this.adopting.reset();
    const outcome = await this.choosingFile.run(() => this.#around.backend.chooseKeyFile());
    if (outcome.kind === 'done' && outcome.value !== null) this.file = outcome.value;
    if (outcome.kind === 'failed') this.file = null;
  }

  async check(key: KeyHandle | null, file: FileHandle, passphrase: string): Promise<void> {
    const outcome = await this.checking.run((operation) =>
      this.#around.backend.checkBackup(operation, key, file, passphrase),
    );
    if (outcome.kind !== 'done') return;
    if (outcome.value.key) this.#put(outcome.value.key);
    this.#around.say('The backup opens, and its key signs.');
  }

  async adopt(file: FileHandle, passphrase: string | null, keyId: string, keeping: Keeping): Promise<boolean> {
    const outcome = await this.adopting.run((operation) =>
      this.#around.backend.adoptKey(operation, file, passphrase, keyId, keeping),
    );
    if (outcome.kind !== 'done') return false;
    const { key, reattached } = outcome.value;
    this.#put(key);
    this.#around.chooseKey(key.key);
    if (key.backedUp) this.go({ kind: 'keys' });
    else this.go({ kind: 'backup', key: key.key, fresh: true });
    this.#tell(
      reattached ? `\`${key.keyId}\` is back` : `\`${key.keyId}\` is kept here now`,
      reattached
        ? 'Everything that was remembered of it goes on.'
        : 'It signs as it did where it came from: operators who trust it need nothing new.',
    );
    void this.look();
    return true;
  }

  async suggestSuccessor(key: KeyHandle): Promise<string> {
    return this.#around.backend.suggestSuccessor(key).catch(() => '');
  }

  async rotate(key: KeyHandle, keyId: string, keeping: Keeping): Promise<boolean> {
    const outcome = await this.rotating.run((operation) =>
      this.#around.backend.rotateKey(operation, key, keyId, keeping),
    );
    if (outcome.kind !== 'done') return false;
    this.#put(outcome.value);
    const old = this.find(key);
    if (old) this.#put({ ...old, succeededBy: outcome.value.keyId });
    this.#around.chooseKey(outcome.value.key);
    this.go({ kind: 'rotation', key: outcome.value.key });
    this.#around.say(`Key ${outcome.value.keyId} made.`);
    void this.look();
    return true;
  }

  async overlap(key: KeyHandle): Promise<void> {
    await this.overlapping.run(() => this.#around.backend.rotation(key));
  }

  async revoke(key: KeyHandle, reason: RevokedReason): Promise<void> {
    const outcome = await this.revoking.run(() => this.#around.backend.revokeKey(key, reason));
    if (outcome.kind !== 'done') return;
    this.#put(outcome.value.key);
    this.act = { kind: 'revoked', key };
    this.#around.say(`${outcome.value.key.keyId} is revoked.`);
  }

  async revocation(key: KeyHandle): Promise<void> {
    await this.revoking.run(() => this.#around.backend.revocation(key));
  }

  async saveNotice(key: KeyHandle): Promise<void> {
    if (this.#around.dialogIsOpen()) return;
    const outcome = await this.savingNotice.run(() => this.#around.backend.saveNotice(key));
    if (outcome.kind !== 'done' || outcome.value.kind !== 'saved') return;
    this.noticeSavedTo = outcome.value.where;
    this.#around.say('The notice is saved.');
  }

  async plan(key: KeyHandle): Promise<void> {
    await this.planning.run((operation) => this.#around.backend.planDeletion(operation, key));
  }

  async delete(key: KeyHandle, typed: string, onlyCopy: boolean): Promise<void> {
    const outcome = await this.deleting.run((operation) =>
      this.#around.backend.deleteKey(operation, key, typed, onlyCopy),
    );
    if (outcome.kind !== 'done') return;
    this.#put(outcome.value);
    this.go({ kind: 'keys' });
    this.#tell(
      `\`${outcome.value.keyId}\` is deleted`,
      'Operators who have its public half trust it still. To end that, report it lost or stolen: the notice tells them what to do.',
    );
  }

  async forget(key: PublisherKey, typed: string): Promise<void> {
    const outcome = await this.forgetting.run((operation) =>
      this.#around.backend.forgetKey(operation, key.key, typed),
    );
    if (outcome.kind !== 'done') return;
    this.#changes += 1;
    this.#around.keys = this.#around.keys.filter((known) => known.key !== key.key);
    this.go({ kind: 'keys' });
    this.#tell(`\`${key.keyId}\` is forgotten`, 'Its name is free again.');
  }

  #tell(title: string, text: string): void {
    this.told = { tone: 'ok', title, text };
    this.#around.say(`${title}. ${text}`);
  }

  // What an act answers knows nothing of where the key is; what the last look found is still the newest.
  #put(key: PublisherKey): void {
    this.#changes += 1;
    const old = this.find(key.key);
    const merged: PublisherKey = {
      ...key,
      ...(key.standing === null && old ? { standing: old.standing, waysOut: old.waysOut } : {}),
      signed: key.signed ?? old?.signed ?? null,
    };
    this.#around.keys = [...this.#around.keys.filter((known) => known.key !== key.key), merged].sort((a, b) =>
      a.keyId < b.keyId ? -1 : 1,
    );
  }
}
