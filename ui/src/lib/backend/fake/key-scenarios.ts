import type { KeyAct } from '../../state/key-life.svelte';
import type { Session } from '../../state/session.svelte';
import type { PublisherKey } from '../types';
import * as data from './data';
import type { Setup } from './fake';
import type { Scenario } from './scenarios';

const PASSPHRASE = 'not kept by the fake';
const CANCELLED = data.failure('cancelled', 'cancelled');
const KEYRING = { step: 'keyring', done: 0, total: null } as const;

const at = async (session: Session, act: KeyAct) => {
  await session.keyLife.look();
  session.go('key');
  session.keyLife.go(act);
};
const withKeys = (...keys: PublisherKey[]): Partial<Setup> => ({ keys });
/** The list of keys as it is after a look. */
const listed = (...keys: PublisherKey[]): Omit<Scenario, 'shows'> => ({
  setup: withKeys(...keys),
  arrange: (session) => at(session, { kind: 'keys' }),
});

const NEW_KEY: PublisherKey = {
  ...data.KEY,
  key: 'k4',
  keyId: 'myorg-prod-2',
  fingerprint: data.hex('myorg-prod-2', 64),
  succeeds: 'myorg-prod',
};
const REPLACED: PublisherKey = { ...data.BACKED_UP_KEY, succeededBy: NEW_KEY.keyId };
const NEW_KEPT: PublisherKey = {
  ...NEW_KEY,
  backedUp: { at: '2026-03-16T09:00:00Z', where: '/media/stick/myorg-prod-2-backup.key' },
  handedOver: '2026-03-16T09:10:00Z',
};
const NOTHING_LEFT = { plugins: [], unreadable: 0 };
const rotation = (setup: Partial<Setup>): Omit<Scenario, 'shows'> => ({
  setup,
  arrange: async (session) => {
    await at(session, { kind: 'rotation', key: NEW_KEY.key });
  },
});

const backup = (setup: Partial<Setup>, key: PublisherKey = data.KEY): Omit<Scenario, 'shows'> => ({
  setup: { keys: [key], ...setup },
  arrange: async (session) => {
    await at(session, { kind: 'backup', key: key.key, fresh: false });
    const own = key.kept === 'file' ? PASSPHRASE : null;
    const saving = session.keyLife.backUp(key.key, own, 'x9', PASSPHRASE);
    if (!setup.hold) await saving;
  },
});

const adopt = (setup: Partial<Setup>, then?: (session: Session) => Promise<unknown>): Omit<Scenario, 'shows'> => ({
  setup: { keys: [], ...setup },
  arrange: async (session) => {
    await at(session, { kind: 'adopt', key: null });
    const choosing = session.keyLife.chooseFile();
    if (setup.hold && 'chooseKeyFile' in setup.hold) return;
    await choosing;
    const taking = then?.(session);
    if (!setup.hold) await taking;
  },
});
const keep = (session: Session, keyId: string) =>
  session.keyLife.adopt('x2', PASSPHRASE, keyId, { kind: 'keyring' });

const check = (setup: Partial<Setup>, tries: boolean): Omit<Scenario, 'shows'> => ({
  setup: { keys: [data.BACKED_UP_KEY], ...setup },
  arrange: async (session) => {
    await at(session, { kind: 'check', key: null });
    await session.keyLife.chooseFile();
    if (!tries) return;
    const trying = session.keyLife.check(null, 'x1', PASSPHRASE);
    if (!setup.hold) await trying;
  },
});

const deletion = (key: PublisherKey, setup: Partial<Setup> = {}, deletes = false): Omit<Scenario, 'shows'> => ({
  setup: { keys: [key, data.FILE_KEY], ...setup },
  arrange: async (session) => {
    await at(session, { kind: 'delete', key: key.key });
    if (!deletes) return;
    await session.keyLife.plan(key.key);
    const deleting = session.keyLife.delete(key.key, key.keyId, true);
    if (!setup.hold) await deleting;
  },
});

const WRONG = data.failure('wrong-passphrase', 'open the backup `~/myorg-prod-backup.key`: the passphrase does not open it', {
  hint: 'Type the passphrase again; nobody can recover it, so while the key itself is there, make a new backup',
});

/** The states of a key's life. */
export const KEY_SCENARIOS = {
  'key-made': {
    shows: 'the key just made, and its backup as the next step',
    setup: { keys: [] },
    arrange: async (session) => void (await session.createKey('myorg-prod', { kind: 'keyring' })),
  },
  'key-made-file': {
    shows: 'a key just made in a file, and its backup as the next step',
    setup: { keys: [], keyring: data.KEYRING_ABSENT },
    arrange: async (session) =>
      void (await session.createKey('myorg-prod', { kind: 'file', passphrase: PASSPHRASE })),
  },
  'key-made-later': {
    shows: 'a key without a backup',
    setup: { keys: [] },
    arrange: async (session) => {
      await session.createKey('myorg-prod', { kind: 'keyring' });
      session.keyLife.go({ kind: 'keys' });
    },
  },
  keys: { shows: 'several keys to choose from', ...listed(data.KEY, data.FILE_KEY, data.OLD_KEY) },
  'key-looked-after': { shows: 'a key with a backup, handed over, in use', ...listed(data.BACKED_UP_KEY) },
  'keys-looking': {
    shows: 'keys that nobody has looked for yet',
    setup: { keys: [data.BACKED_UP_KEY], hold: { listKeys: KEYRING } },
    arrange: (session) => session.go('key'),
  },
  'keys-not-listed': {
    shows: 'keys that could not be looked at',
    setup: {
      keys: [data.KEY],
      fail: {
        listKeys: data.failure('records-damaged', 'the records of keys cannot be understood: line 3', {
          hint: 'Put back a copy of `keys.json`; the keys themselves are safe in the keyring',
        }),
      },
    },
    arrange: (session) => session.go('key'),
  },
  'key-missing': { shows: 'a key that is no longer in the keyring', ...listed(data.MISSING_KEY) },
  'key-file-missing': {
    shows: 'a key whose file is gone',
    ...listed(data.KEY, { ...data.FILE_KEY, standing: data.MISSING_KEY.standing, waysOut: data.MISSING_KEY.waysOut }),
  },
  'key-replaced': { shows: 'another key in the place of one', ...listed(data.REPLACED_KEY) },
  'key-foreign': { shows: 'something else in the place of a key', ...listed(data.FOREIGN_KEY) },
  'key-unknown': { shows: 'a key that cannot be looked for', ...listed(data.UNKNOWN_KEY) },
  'key-revoked': { shows: 'a revoked key beside another', ...listed(data.REVOKED_KEY, data.FILE_KEY) },
  'key-deleted': { shows: 'a key, and one that was deleted', ...listed(data.KEY, data.DELETED_KEY) },
  'keys-all-deleted': { shows: 'only keys that were deleted', ...listed(data.DELETED_KEY) },
  'keys-rotating': { shows: 'a key that takes over from another', ...listed(REPLACED, NEW_KEY) },

  backup: {
    shows: 'a backup to be made',
    setup: { keys: [data.KEY] },
    arrange: (session) => at(session, { kind: 'backup', key: 'k1', fresh: false }),
  },
  'backup-file': {
    shows: 'a backup of a key in a file',
    setup: { keys: [data.FILE_KEY] },
    arrange: (session) => at(session, { kind: 'backup', key: 'k2', fresh: false }),
  },
  'backup-choosing': {
    shows: 'the save dialog waiting for the backup',
    setup: { keys: [data.KEY], hold: { chooseBackupPlace: null } },
    arrange: async (session) => {
      await at(session, { kind: 'backup', key: 'k1', fresh: false });
      void session.keyLife.choosePlace('k1');
    },
  },
  'backup-saving': { shows: 'a backup being made', ...backup({ hold: { backUpKey: KEYRING } }) },
  'backup-cancelled': { shows: 'a backup stopped', ...backup({ fail: { backUpKey: CANCELLED } }) },
  'backup-there': {
    shows: 'a backup that would replace a file',
    ...backup({
      fail: {
        backUpKey: data.failure('file-exists', 'write `~/Documents/myorg-prod-backup.key`: a file with this name is there', {
          hint: 'Choose another name; backups are never replaced',
        }),
      },
    }),
  },
  'backup-not-counted': {
    shows: 'a backup that failed its drill',
    ...backup({
      fail: {
        backUpKey: data.failure(
          'backup-failed',
          '`/media/stick/myorg-prod-backup.key` was written and does not count as a backup: its PEM block is damaged (base64)',
          { hint: 'Look at `/media/stick/myorg-prod-backup.key` and remove it; then make the backup again, best on another disk' },
        ),
      },
    }),
  },
  'backup-wrong-passphrase': {
    shows: 'a wrong passphrase of the key file',
    ...backup({ fail: { backUpKey: data.WRONG_PASSPHRASE } }, data.FILE_KEY),
  },
  'backed-up': { shows: 'a backup that works', ...backup({}) },
  'backed-up-risky': {
    shows: 'a backup in a place from which it may travel',
    ...backup({ risks: ['the Git work tree `~/code`, where it may be committed'] }),
  },
  'backed-up-same-disk': { shows: 'a backup on the key’s own disk', ...backup({ sameDisk: true }) },

  adopt: {
    shows: 'a key to bring',
    setup: { keys: [] },
    arrange: (session) => at(session, { kind: 'adopt', key: null }),
  },
  'adopt-choosing': { shows: 'the dialog for a key waiting', ...adopt({ hold: { chooseKeyFile: null } }) },
  'adopt-refused': {
    shows: 'a file that holds no key that signs here',
    ...adopt({
      fail: {
        chooseKeyFile: data.failure(
          'wrong-key-kind',
          'read the private key in `~/.ssh/id_ed25519`: it is a key in an SSH program’s own format',
          { hint: 'Choose the file of an Ed25519 private key, or make a new key here' },
        ),
      },
    }),
  },
  'adopt-plain': { shows: 'a key file without a passphrase', ...adopt({ keyFile: data.PLAIN_KEY_FILE }) },
  'adopt-encrypted': {
    shows: 'an encrypted key file',
    ...adopt({ keyFile: { ...data.PLAIN_KEY_FILE, encrypted: true, fingerprint: null } }),
  },
  'adopt-backup': {
    shows: 'a backup on a machine that does not know its key',
    ...adopt({ keyFile: { ...data.BACKUP_FILE, known: null } }),
  },
  'adopt-without-keyring': {
    shows: 'a key to be kept where there is no keyring',
    ...adopt({ keyFile: data.PLAIN_KEY_FILE, keyring: data.KEYRING_ABSENT }),
  },
  'adopt-keeping': {
    shows: 'a key being taken in',
    ...adopt({ keyFile: data.PLAIN_KEY_FILE, hold: { adoptKey: KEYRING } }, (session) => keep(session, 'myorg-ci')),
  },
  'adopt-cancelled': {
    shows: 'the taking in stopped',
    ...adopt({ keyFile: data.PLAIN_KEY_FILE, fail: { adoptKey: CANCELLED } }, (session) => keep(session, 'myorg-ci')),
  },
  'adopt-wrong-passphrase': {
    shows: 'a passphrase that does not open the file',
    ...adopt({ keyFile: { ...data.BACKUP_FILE, known: null }, fail: { adoptKey: WRONG } }, (session) =>
      keep(session, 'myorg-prod'),
    ),
  },
  'adopt-same-key': {
    shows: 'a key that is known by another name',
    ...adopt(
      {
        keyFile: data.PLAIN_KEY_FILE,
        fail: {
          adoptKey: data.failure('same-key', 'keep the key as `myorg-ci`: it is known here as `myorg-prod`', {
            hint: 'Use it as `myorg-prod`, which is the name that operators have; a new name takes a new key',
          }),
        },
      },
      (session) => keep(session, 'myorg-ci'),
    ),
  },
  adopted: {
    shows: 'a key taken in, and its backup as the next step',
    ...adopt({ keyFile: data.PLAIN_KEY_FILE }, (session) => keep(session, 'myorg-ci')),
  },
  restore: {
    shows: 'a missing key to be restored',
    setup: { keys: [data.MISSING_KEY] },
    arrange: async (session) => {
      await at(session, { kind: 'adopt', key: 'k1' });
      await session.keyLife.chooseFile();
    },
  },
  'restore-other': {
    shows: 'a backup of another key than the missing one',
    setup: {
      keys: [data.MISSING_KEY],
      keyFile: { ...data.BACKUP_FILE, fingerprint: data.hex('other', 64), known: null },
    },
    arrange: async (session) => {
      await at(session, { kind: 'adopt', key: 'k1' });
      await session.keyLife.chooseFile();
    },
  },
  restored: {
    shows: 'a key that is back',
    setup: { keys: [data.MISSING_KEY] },
    arrange: async (session) => {
      await at(session, { kind: 'adopt', key: 'k1' });
      await session.keyLife.chooseFile();
      await keep(session, 'myorg-prod');
    },
  },

  check: {
    shows: 'a backup to be checked',
    setup: { keys: [data.BACKED_UP_KEY] },
    arrange: (session) => at(session, { kind: 'check', key: 'k1' }),
  },
  'check-file': { shows: 'a chosen backup', ...check({}, false) },
  'check-plain': { shows: 'a file that is no backup', ...check({ keyFile: data.PLAIN_KEY_FILE }, false) },
  'check-trying': { shows: 'a backup being tried', ...check({ hold: { checkBackup: null } }, true) },
  'check-failed': { shows: 'a backup that does not open', ...check({ fail: { checkBackup: WRONG } }, true) },
  checked: { shows: 'a backup that opens', ...check({}, true) },
  'checked-unknown': {
    shows: 'a good backup of a key that is not known here',
    ...check({ keyFile: { ...data.BACKUP_FILE, keyId: 'myorg-2024', known: null } }, true),
  },

  rotate: {
    shows: 'a key to be replaced',
    setup: { keys: [data.BACKED_UP_KEY] },
    arrange: (session) => at(session, { kind: 'rotate', key: 'k1' }),
  },
  rotating: {
    shows: 'the new key being made',
    setup: { keys: [data.BACKED_UP_KEY], hold: { rotateKey: KEYRING } },
    arrange: async (session) => {
      await at(session, { kind: 'rotate', key: 'k1' });
      void session.keyLife.rotate('k1', 'myorg-prod-2', { kind: 'keyring' });
    },
  },
  'rotate-failed': {
    shows: 'a new key that could not be made',
    setup: { keys: [data.BACKED_UP_KEY], fail: { rotateKey: data.KEYRING_REFUSED_KEY } },
    arrange: async (session) => {
      await at(session, { kind: 'rotate', key: 'k1' });
      await session.keyLife.rotate('k1', 'myorg-prod-2', { kind: 'keyring' });
    },
  },
  'rotation-hand-over': {
    shows: 'a rotation that begins',
    ...rotation({ keys: [REPLACED, NEW_KEY] }),
  },
  'rotation-sign-again': { shows: 'plugins to sign again', ...rotation({ keys: [REPLACED, NEW_KEPT] }) },
  'rotation-old-may-go': {
    shows: 'an old key that may go',
    ...rotation({ keys: [REPLACED, NEW_KEPT], toSignAgain: NOTHING_LEFT }),
  },
  'rotation-done': {
    shows: 'a rotation that has ended',
    ...rotation({
      keys: [{ ...data.DELETED_KEY, key: 'k1', keyId: 'myorg-prod', succeededBy: NEW_KEY.keyId }, NEW_KEPT],
      toSignAgain: NOTHING_LEFT,
    }),
  },
  'rotation-failed': {
    shows: 'a rotation that cannot be looked at',
    ...rotation({
      keys: [REPLACED, NEW_KEY],
      fail: { rotation: data.failure('io', 'list the receipts: permission denied', { hint: 'Make the folder readable' }) },
    }),
  },

  revoke: {
    shows: 'a key to be reported',
    setup: { keys: [data.BACKED_UP_KEY] },
    arrange: (session) => at(session, { kind: 'revoke', key: 'k1' }),
  },
  'revoke-failed': {
    shows: 'a key that could not be revoked',
    setup: {
      keys: [data.BACKED_UP_KEY],
      fail: { revokeKey: data.failure('io', 'write `~/.local/share/aisoc-publisher/keys.json`: no space left on device') },
    },
    arrange: async (session) => {
      await at(session, { kind: 'revoke', key: 'k1' });
      await session.keyLife.revoke('k1', 'stolen');
    },
  },
  revoked: {
    shows: 'a key just revoked, with the notice',
    setup: { keys: [data.BACKED_UP_KEY] },
    arrange: async (session) => {
      await at(session, { kind: 'revoke', key: 'k1' });
      await session.keyLife.revoke('k1', 'stolen');
    },
  },
  'revoked-saved': {
    shows: 'the notice saved',
    setup: { keys: [{ ...data.KEY, revoked: data.REVOKED_KEY.revoked }] },
    arrange: async (session) => {
      await at(session, { kind: 'revoked', key: 'k1' });
      await session.keyLife.saveNotice('k1');
    },
  },
  'revoked-saving': {
    shows: 'the save dialog waiting for the notice',
    setup: { keys: [data.REVOKED_KEY], hold: { saveNotice: null } },
    arrange: async (session) => {
      await at(session, { kind: 'revoked', key: 'k1' });
      void session.keyLife.saveNotice('k1');
    },
  },

  delete: { shows: 'a key to be deleted, with its backup', ...deletion(data.OLD_KEY) },
  'delete-out-of-reach': { shows: 'a key whose backup is not in reach', ...deletion(data.BACKED_UP_KEY) },
  'delete-only-copy': { shows: 'the only copy to be deleted', ...deletion(data.KEY) },
  'delete-gone': { shows: 'a key to be deleted that is gone', ...deletion(data.MISSING_KEY) },
  deleting: { shows: 'a key being deleted', ...deletion(data.OLD_KEY, { hold: { deleteKey: KEYRING } }, true) },
  'delete-failed': {
    shows: 'a key that could not be deleted',
    ...deletion(
      data.OLD_KEY,
      {
        fail: {
          deleteKey: data.failure('key-mismatch', 'delete the key `myorg-2025`: the keyring holds another key', {
            hint: 'Look at it in the keyring’s own window',
          }),
        },
      },
      true,
    ),
  },
  deleted: { shows: 'a key just deleted', ...deletion(data.OLD_KEY, {}, true) },
  forget: {
    shows: 'a key to be forgotten',
    setup: { keys: [data.KEY, data.DELETED_KEY] },
    arrange: (session) => at(session, { kind: 'forget', key: 'k3' }),
  },
  'forget-failed': {
    shows: 'a key that is there still',
    setup: {
      keys: [data.KEY, data.DELETED_KEY],
      fail: {
        forgetKey: data.failure('key-present', 'forget the key `myorg-2025`: something is kept under its id in the keyring', {
          hint: 'Delete the key itself first; its record then stays until it is forgotten',
        }),
      },
    },
    arrange: async (session) => {
      await at(session, { kind: 'forget', key: 'k3' });
      await session.keyLife.forget(data.DELETED_KEY, 'myorg-2025');
    },
  },
  forgotten: {
    shows: 'a key just forgotten',
    setup: { keys: [data.KEY, data.DELETED_KEY] },
    arrange: async (session) => {
      await at(session, { kind: 'forget', key: 'k3' });
      await session.keyLife.forget(data.DELETED_KEY, 'myorg-2025');
    },
  },
  'sign-revoked': {
    shows: 'nothing signed with a revoked key',
    setup: { argument: 'f1', recents: data.RECENTS, keys: [data.REVOKED_KEY] },
    arrange: async (session) => {
      await session.keyLife.look();
      session.go('sign');
    },
  },
  'hand-over-revoked': {
    shows: 'a revoked key that is not handed over',
    setup: { keys: [data.REVOKED_KEY] },
    arrange: async (session) => {
      await session.keyLife.look();
      session.go('hand-over');
    },
  },
  'sign-missing': {
    shows: 'nothing signed with a key that is gone',
    setup: { argument: 'f1', recents: data.RECENTS, keys: [data.MISSING_KEY] },
    arrange: async (session) => {
      await session.keyLife.look();
      session.go('sign');
    },
  },
} satisfies Record<string, Scenario>;
