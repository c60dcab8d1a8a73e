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
  Operation,
  Progress,
  PublisherKey,
  Revocation,
  RevokedReason,
  Rotation,
  SaveAnswer,
  SignedPlugins,
} from '../types';
import { failure, hex, JUST_MADE, KEY } from './data';
import type { Call, Setup } from './fake';

const NOW = '2026-03-15T12:00:00Z';

/** What a key is without a look at where it is kept. */
export const NOT_LOOKED = { standing: null, waysOut: [], signed: null } satisfies Partial<PublisherKey>;

export function isGone(key: PublisherKey): boolean {
  return key.standing?.kind === 'deleted';
}

/** The part of the fake that the acts of a key's life ask. */
export abstract class FakeKeyLife {
  abstract readonly setup: Setup;
  protected abstract answer(
    call: Call,
    operation: Operation,
    args: unknown[],
    paces: number,
    steps?: Progress['step'][],
  ): Promise<void>;
  protected abstract publisher(key: KeyHandle): PublisherKey;
  protected abstract saved(name: string): SaveAnswer;

  async listKeys(operation: Operation): Promise<PublisherKey[]> {
    await this.answer('listKeys', operation, [], 1, ['keyring']);
    return this.setup.keys;
  }

  async signedByKey(key: KeyHandle): Promise<SignedPlugins> {
    await this.answer('signedByKey', 0, [key], 0);
    return this.#signed(this.publisher(key));
  }

  async chooseBackupPlace(key: KeyHandle): Promise<ChosenFile | null> {
    await this.answer('chooseBackupPlace', 0, [key], 0);
    const { savedTo } = this.setup;
    const name = `${this.publisher(key).keyId}-backup.key`;
    return savedTo === null ? null : { file: 'x9', where: `${savedTo}/${name}` };
  }

  async backUpKey(
    operation: Operation,
    key: KeyHandle,
    passphrase: string | null,
    file: FileHandle,
    _newPassphrase: string,
  ): Promise<BackedUp> {
    await this.answer('backUpKey', operation, [key, given(passphrase), file], 1, ['keyring']);
    const where = `${this.setup.savedTo}/${this.publisher(key).keyId}-backup.key`;
    return {
      key: this.#change(key, { backedUp: { at: NOW, where } }),
      where,
      risks: this.setup.risks,
      sameDisk: this.setup.sameDisk,
    };
  }

  async checkBackup(
    operation: Operation,
    key: KeyHandle | null,
    file: FileHandle,
    _passphrase: string,
  ): Promise<Drilled> {
    await this.answer('checkBackup', operation, [key, file], 1);
    const { keyFile, keys } = this.setup;
    const known = keys.find((candidate) => candidate.keyId === keyFile?.known);
    const backedUp = { at: NOW, where: keyFile?.where ?? '' };
    return {
      keyId: keyFile?.keyId ?? null,
      made: keyFile?.made ?? null,
      fingerprint: keyFile?.fingerprint ?? hex('a key', 64),
      key: known ? this.#change(known.key, { backedUp }) : null,
    };
  }

  async chooseKeyFile(): Promise<KeyFile | null> {
    await this.answer('chooseKeyFile', 0, [], 0);
    return this.setup.keyFile;
  }

  async adoptKey(
    operation: Operation,
    file: FileHandle,
    passphrase: string | null,
    keyId: string,
    keeping: Keeping,
  ): Promise<Adopted> {
    const { kind } = keeping;
    await this.answer('adoptKey', operation, [file, given(passphrase), keyId, kind], 1, ['keyring']);
    const backup = this.setup.keyFile?.backup ?? false;
    const backedUp = backup ? { at: NOW, where: this.setup.keyFile?.where ?? '' } : null;
    const known = this.setup.keys.find((key) => key.keyId === keyId);
    if (known) {
      const present = { standing: { kind: 'present' as const }, waysOut: [], kept: kind };
      return { key: this.#change(known.key, { ...present, ...(backedUp ? { backedUp } : {}) }), reattached: true };
    }
    const made = this.made(keyId, kind);
    const origin = backup ? 'restored' : 'imported';
    return { key: this.#change(made.key, { origin, backedUp }), reattached: false };
  }

  async suggestSuccessor(key: KeyHandle): Promise<string> {
    await this.answer('suggestSuccessor', 0, [key], 0);
    return `${this.publisher(key).keyId}-2`;
  }

  async rotateKey(
    operation: Operation,
    key: KeyHandle,
    newKeyId: string,
    keeping: Keeping,
  ): Promise<PublisherKey> {
    await this.answer('rotateKey', operation, [key, newKeyId, keeping.kind], 1, ['keyring']);
    const old = this.#change(key, { succeededBy: newKeyId });
    return this.#change(this.made(newKeyId, keeping.kind).key, { succeeds: old.keyId });
  }

  async rotation(key: KeyHandle): Promise<Rotation> {
    await this.answer('rotation', 0, [key], 0);
    const one = this.publisher(key);
    const other = this.setup.keys.find(({ keyId }) => keyId === (one.succeeds ?? one.succeededBy));
    if (!other) throw failure('not-rotated', `the key \`${one.keyId}\` is not being rotated`);
    const [old, now] = one.succeeds ? [other, one] : [one, other];
    const { plugins, unreadable } = this.setup.toSignAgain;
    const gone = isGone(old) || old.revoked !== null;
    const next =
      now.handedOver === null ? 'hand-over' : plugins.length > 0 ? 'sign-again' : gone ? 'nothing' : 'old-may-go';
    const again = this.setup.signedBefore.plugins.filter(
      (plugin) => !plugins.some((left) => left.pluginId === plugin.pluginId),
    );
    return { old, new: now, next, toSignAgain: plugins, signedAgain: again, unreadable };
  }

  async revokeKey(key: KeyHandle, reason: RevokedReason): Promise<Revocation> {
    await this.answer('revokeKey', 0, [key, reason], 0);
    return this.#revocation(this.#change(key, { revoked: { at: NOW, reason } }));
  }

  async revocation(key: KeyHandle): Promise<Revocation> {
    await this.answer('revocation', 0, [key], 0);
    return this.#revocation(this.publisher(key));
  }

  async saveNotice(key: KeyHandle): Promise<SaveAnswer> {
    await this.answer('saveNotice', 0, [key], 0);
    return this.saved(`${this.publisher(key).keyId}-revoked.txt`);
  }

  async planDeletion(operation: Operation, key: KeyHandle): Promise<Deletion> {
    await this.answer('planDeletion', operation, [key], 1);
    const publisher = this.publisher(key);
    return {
      key: publisher,
      onlyCopy: publisher.backedUp === null || publisher.backedUp.where.startsWith('/gone/'),
      backup: publisher.backedUp,
      backupInReach: publisher.backedUp?.where.startsWith('~') ?? false,
      signed: this.#signed(publisher),
    };
  }

  async deleteKey(operation: Operation, key: KeyHandle, typed: string, onlyCopy: boolean): Promise<PublisherKey> {
    await this.answer('deleteKey', operation, [key, typed, onlyCopy], 1, ['keyring']);
    return this.#change(key, { standing: { kind: 'deleted', at: NOW }, waysOut: ['restore', 'forget'] });
  }

  async forgetKey(operation: Operation, key: KeyHandle, typed: string): Promise<null> {
    await this.answer('forgetKey', operation, [key, typed], 1);
    this.setup.keys = this.setup.keys.filter((known) => known.key !== key);
    return null;
  }

  protected made(keyId: string, kept: 'keyring' | 'file'): PublisherKey {
    const key: PublisherKey = {
      ...JUST_MADE,
      waysOut: [],
      key: `k-${keyId}`,
      keyId,
      fingerprint: keyId === KEY.keyId ? KEY.fingerprint : hex(keyId, 64),
      kept,
      where: kept === 'keyring' ? 'Secret Service' : `~/.local/share/aisoc-publisher/keys/${keyId}.key`,
      created: '2026-03-03T09:12:44Z',
    };
    this.setup.keys = [...this.setup.keys, key];
    return key;
  }

  #change(key: KeyHandle, facts: Partial<PublisherKey>): PublisherKey {
    const changed = { ...this.publisher(key), ...facts };
    this.setup.keys = this.setup.keys.map((known) => (known.key === key ? changed : known));
    return changed;
  }

  #signed(key: PublisherKey): SignedPlugins {
    return key.signed === 0 ? { plugins: [], unreadable: 0 } : this.setup.signedBefore;
  }

  #revocation(key: PublisherKey): Revocation {
    const { plugins, unreadable } = this.#signed(key);
    return {
      key,
      notice: notice(key),
      fileName: `${key.keyId}-revoked.txt`,
      toSignAgain: plugins,
      unreadable,
    };
  }
}

// The passphrase is not put down even here: a list of calls is printed when a test fails.
function given(passphrase: string | null): string {
  return passphrase === null ? 'no passphrase' : 'a passphrase';
}

/** The notice as the core writes it, shortened. */
function notice({ keyId, fingerprint }: PublisherKey): string {
  return `AiSOC publisher key \`${keyId}\`: remove this key from your trusted keys

Revoked 2026-03-15T12:00:00Z. Somebody else has the key or may have it, and can sign plugins that AiSOC takes for the
publisher's. Do this now, and do not install plugins signed with it.

1. Find the key's file. It is named ${keyId}.pem unless you renamed it. Its fingerprint,

     openssl pkey -pubin -in /opt/aisoc/plugin-keys/${keyId}.pem -outform DER | sha256sum

   must be

     ${fingerprint}

2. Remove it from PLUGIN_TRUSTED_KEYS_DIR.

     sudo rm /opt/aisoc/plugin-keys/${keyId}.pem
`;
}
