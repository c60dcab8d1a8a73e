import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import * as data from './lib/backend/fake/data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import type { KeyAct } from './lib/state/key-life.svelte';
import { Session } from './lib/state/session.svelte';

const WORDS = 'correct horse battery';

async function open(setup: Partial<Setup> = {}, act?: KeyAct) {
  const backend = new FakeBackend(setup);
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  await session.keyLife.look();
  if (act) {
    session.go('key');
    session.keyLife.go(act);
    await waitFor(() => screen.getByRole('heading', { level: 1 }));
  }
  return { backend, session, life: session.keyLife };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const field = (label: string) => screen.getByLabelText(label) as HTMLInputElement;
const type = (label: string, value: string) => fireEvent.input(field(label), { target: { value } });
const headline = () => screen.getByRole('heading', { level: 1 }).textContent;
const calls = (backend: FakeBackend, call: string) => backend.calls.filter((made) => made.call === call);

beforeEach(() => {
  Object.assign(navigator, { clipboard: { writeText: vi.fn(async () => {}) } });
});

describe('a backup', () => {
  it('is the next step after a key is made, and can wait, but not in silence', async () => {
    const { session } = await open({ keys: [] });
    await session.createKey('myorg', { kind: 'keyring' });
    await waitFor(() => expect(headline()).toBe('Your key myorg is ready to sign'));
    button('Save backup…');
    await fireEvent.click(button('Later'));
    await waitFor(() => screen.getByText('no backup yet'));
    within(screen.getByRole('region', { name: 'Key in use' })).getByText('No backup yet');
    button('Back it up: myorg');
  });

  it('takes a passphrase as it was pasted, sends it once, and keeps none of it', async () => {
    // Spaces at its ends, signs beyond ASCII, and just as long as OpenSSL takes: 1,023 bytes.
    const passphrase = ` ß\t${'x'.repeat(1018)} `;
    expect(new TextEncoder().encode(passphrase)).toHaveLength(1023);
    const { backend } = await open({ keys: [data.FILE_KEY] }, { kind: 'backup', key: 'k2', fresh: false });
    const backUp = vi.spyOn(backend, 'backUpKey');
    await type('Passphrase of myorg-laptop', WORDS);
    await type('Passphrase', passphrase);
    await type('The same passphrase again', passphrase);
    await fireEvent.click(button('Save backup…'));
    await waitFor(() => expect(headline()).toBe('The backup of myorg-laptop works'));
    expect(backUp.mock.calls.map((call) => call.slice(1))).toEqual([['k2', WORDS, 'x9', passphrase]]);
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
    screen.getByText(/read back from the disk and decrypted, and its key signed a test message/);
    expect(screen.queryByText(WORDS)).toBeNull();
    await fireEvent.click(button('Back to your keys'));
    await waitFor(() => screen.getByText(/opened and tried on 15 March 2026/));
  });

  it.each([
    ['too short', 'eleven char', /It has 11 of at least 12 characters/],
    ['too long for OpenSSL', 'ü'.repeat(512), /It has 1,024 bytes, and OpenSSL takes 1,023 at most/],
  ])('is not made with a passphrase %s', async (_, passphrase, words) => {
    const { backend } = await open({ keys: [data.KEY] }, { kind: 'backup', key: 'k1', fresh: false });
    await type('Passphrase', passphrase);
    await type('The same passphrase again', passphrase);
    await fireEvent.click(button('Save backup…'));
    await waitFor(() => screen.getByText(words));
    expect(document.activeElement).toBe(field('Passphrase'));
    expect(field('Passphrase').value).toBe(passphrase);
    expect(calls(backend, 'chooseBackupPlace')).toHaveLength(0);
  });

  it('keeps what was typed when the dialog is dismissed, and sends nothing', async () => {
    const { backend } = await open(
      { keys: [data.KEY], savedTo: null },
      { kind: 'backup', key: 'k1', fresh: false },
    );
    await type('Passphrase', WORDS);
    await type('The same passphrase again', WORDS);
    await fireEvent.click(button('Save backup…'));
    await waitFor(() => expect(calls(backend, 'chooseBackupPlace')).toHaveLength(1));
    expect(calls(backend, 'backUpKey')).toHaveLength(0);
    expect(field('Passphrase').value).toBe(WORDS);
  });

  it('that failed its drill is not called one', async () => {
    const failed = data.failure('backup-failed', '`/x.key` was written and does not count as a backup');
    const { session } = await open(
      { keys: [data.KEY], fail: { backUpKey: failed } },
      { kind: 'backup', key: 'k1', fresh: false },
    );
    await session.keyLife.backUp('k1', null, 'x9', WORDS);
    await waitFor(() => screen.getByRole('heading', { name: 'The file does not count as a backup' }));
    expect(session.key?.backedUp).toBeNull();
    expect(headline()).toBe('Back up myorg-prod');
  });
});

describe('a key that is there already', () => {
  it('is asked for on the first screen, by a handle, with the name that its file proposes', async () => {
    const { backend, session } = await open({ keys: [], keyFile: data.PLAIN_KEY_FILE });
    await fireEvent.click(button('I have a key already…'));
    await fireEvent.click(button('Choose the file…'));
    await waitFor(() => screen.getByText('~/aisoc/myorg-ci.key'));
    expect(field('Name of the key').value).toBe('myorg-ci');
    expect(screen.queryByLabelText('Passphrase of the file')).toBeNull();
    screen.getByRole('heading', { name: 'No passphrase protects this file' });
    await fireEvent.click(button('Keep this key'));
    await waitFor(() => expect(headline()).toBe('Your key myorg-ci is ready to sign'));
    expect(calls(backend, 'adoptKey')[0]?.args).toEqual(['x2', 'no passphrase', 'myorg-ci', 'keyring']);
    expect(session.key?.origin).toBe('imported');
  });

  it('can go into an encrypted file, whose passphrase and the old one are both needed', async () => {
    const encrypted = { ...data.PLAIN_KEY_FILE, encrypted: true };
    const { backend } = await open({ keys: [], keyFile: encrypted }, { kind: 'adopt', key: null });
    const adopt = vi.spyOn(backend, 'adoptKey');
    await fireEvent.click(button('Choose the file…'));
    await waitFor(() => field('Passphrase of the file'));
    await fireEvent.click(screen.getByLabelText(/In an encrypted file/));
    await fireEvent.click(button('Keep this key'));
    await waitFor(() => screen.getByText('The passphrase of the file is needed to open it.'));
    expect(document.activeElement).toBe(field('Passphrase of the file'));
    await type('Passphrase of the file', WORDS);
    await type('Passphrase', `${WORDS} new`);
    await type('The same passphrase again', `${WORDS} new`);
    await fireEvent.click(button('Keep this key'));
    await waitFor(() => expect(adopt).toHaveBeenCalledTimes(1));
    const keeping = { kind: 'file', passphrase: `${WORDS} new` };
    expect(adopt.mock.calls[0]?.slice(1)).toEqual(['x2', WORDS, 'myorg-ci', keeping]);
  });

  it('that is missing is restored under its own name, and signs again', async () => {
    const { session } = await open({ argument: 'f1', keys: [data.MISSING_KEY] });
    session.go('sign');
    await waitFor(() => screen.getByText(/is no longer in the keyring/));
    await fireEvent.click(screen.getAllByRole('button', { name: 'See the key' })[0]!);
    await fireEvent.click(button('Restore it from a backup…'));
    await fireEvent.click(button('Choose the file…'));
    await waitFor(() => field('Passphrase of the file'));
    expect(screen.queryByLabelText('Name of the key')).toBeNull();
    await type('Passphrase of the file', WORDS);
    await fireEvent.click(button('Restore the key'));
    await waitFor(() => screen.getByRole('region', { name: 'myorg-prod is back' }));
    session.go('sign');
    await waitFor(() => button('Sign 7 files'));
  });

  it('is refused as what it is', async () => {
    const refused = data.failure('wrong-key-kind', 'read the private key in `~/.ssh/id`: it is a key of SSH');
    const { life } = await open({ keys: [], fail: { chooseKeyFile: refused } }, { kind: 'adopt', key: null });
    await life.chooseFile();
    await waitFor(() => screen.getByRole('heading', { name: 'This file cannot be used' }));
    button('Choose the file…');
  });
});

describe('checking a backup', () => {
  it('says what it found, and sends a passphrase once', async () => {
    const { backend } = await open({ keys: [data.KEY] }, { kind: 'check', key: null });
    await fireEvent.click(button('Choose the backup…'));
    await waitFor(() => field('Passphrase of the backup'));
    const check = vi.spyOn(backend, 'checkBackup');
    await type('Passphrase of the backup', WORDS);
    await fireEvent.click(button('Check the backup'));
    await waitFor(() => expect(headline()).toBe('The backup opens, and its key signs'));
    expect(check.mock.calls.map((call) => call.slice(1))).toEqual([[null, 'x1', WORDS]]);
    screen.getByText(/counts as the newest backup of myorg-prod/);
  });

  it('takes no file for a backup that no passphrase protects', async () => {
    await open({ keys: [data.KEY], keyFile: data.PLAIN_KEY_FILE }, { kind: 'check', key: null });
    await fireEvent.click(button('Choose the backup…'));
    await waitFor(() => screen.getByRole('heading', { name: /^This is no backup/ }));
    expect(screen.queryByRole('button', { name: 'Check the backup' })).toBeNull();
  });
});

describe('deleting', () => {
  it('wants the name typed, and says so when it is another', async () => {
    const { backend, session } = await open(
      { keys: [data.OLD_KEY, data.KEY] },
      { kind: 'delete', key: 'k3' },
    );
    await waitFor(() => button('Delete myorg-2025'));
    await type('Type myorg-2025 to confirm', 'myorg-prod');
    await fireEvent.click(button('Delete myorg-2025'));
    await waitFor(() => screen.getByText(/exactly so/));
    expect(document.activeElement).toBe(field('Type myorg-2025 to confirm'));
    expect(calls(backend, 'deleteKey')).toHaveLength(0);
    await type('Type myorg-2025 to confirm', 'myorg-2025');
    await fireEvent.click(button('Delete myorg-2025'));
    await waitFor(() => screen.getByRole('region', { name: 'myorg-2025 is deleted' }));
    expect(calls(backend, 'deleteKey')[0]?.args.slice(1)).toEqual(['myorg-2025', false]);
    expect(session.key?.keyId).toBe('myorg-prod');
    screen.getByRole('heading', { name: 'Deleted on this machine' });
  });

  it('of the only copy names it as that, and offers a backup first', async () => {
    const { backend } = await open({ keys: [data.KEY] }, { kind: 'delete', key: 'k1' });
    await waitFor(() => button('Delete the only copy of myorg-prod'));
    button('Back it up first…');
    await type('Type myorg-prod to confirm', 'myorg-prod');
    await fireEvent.click(button('Delete the only copy of myorg-prod'));
    await waitFor(() => expect(headline()).toBe('Make your publisher key'));
    expect(calls(backend, 'deleteKey')[0]?.args).toEqual(['k1', 'myorg-prod', true]);
    // A key that is deleted signs nothing, and is no key in use.
    screen.getByText('No publisher key yet');
  });
});

describe('deleting a key whose backup is gone', () => {
  it('says where it was, and that what goes is the only copy', async () => {
    const backedUp = { at: '2026-03-03T09:20:10Z', where: '/gone/myorg-prod-backup.key' };
    const { backend } = await open({ keys: [{ ...data.KEY, backedUp }] }, { kind: 'delete', key: 'k1' });
    await waitFor(() => button('Delete the only copy of myorg-prod'));
    screen.getByText(/is gone from where it was/);
    screen.getByText('/gone/myorg-prod-backup.key');
    await type('Type myorg-prod to confirm', 'myorg-prod');
    await fireEvent.click(button('Delete the only copy of myorg-prod'));
    await waitFor(() => expect(calls(backend, 'deleteKey')[0]?.args).toEqual(['k1', 'myorg-prod', true]));
  });
});

describe('forgetting', () => {
  it('of a revoked key says that the revocation goes with it', async () => {
    await open({ keys: [{ ...data.REVOKED_KEY, key: 'k1' }] }, { kind: 'forget', key: 'k1' });
    await waitFor(() => screen.getByText(/it would sign here again/));
  });

  it('of another key says nothing of that', async () => {
    await open({ keys: [data.MISSING_KEY] }, { kind: 'forget', key: data.MISSING_KEY.key });
    await waitFor(() => screen.getByText(/Its name is free again/));
    expect(screen.queryByText(/it would sign here again/)).toBeNull();
  });
});

describe('reporting a key', () => {
  it('asks once more, gives the notice, and offers another key to sign with', async () => {
    const { backend, session } = await open({
      argument: 'f1',
      keys: [data.BACKED_UP_KEY, { ...data.FILE_KEY, keyId: 'zeta' }],
    });
    session.go('key');
    session.keyLife.go({ kind: 'revoke', key: 'k1' });
    await waitFor(() => button('Revoke myorg-prod…'));
    await fireEvent.click(screen.getByLabelText(/Nobody has it any more/));
    await fireEvent.click(button('Revoke myorg-prod…'));
    expect(calls(backend, 'revokeKey')).toHaveLength(0);
    const dialog = screen.getByRole('dialog', { hidden: true });
    await fireEvent.click(within(dialog).getByText('Revoke myorg-prod'));
    await waitFor(() => expect(headline()).toBe('myorg-prod is revoked. Now tell the operators'));
    expect(calls(backend, 'revokeKey')[0]?.args).toEqual(['k1', 'lost']);
    screen.getByRole('region', { name: 'The notice as text' });
    button('Open myorg.virustotal');
    await fireEvent.click(button('Save the notice…'));
    await waitFor(() => screen.getByText('~/Documents/myorg-prod-revoked.txt'));
    button('Make the key that takes over');
    session.chooseKey('k1');
    session.go('sign');
    await waitFor(() => screen.getByText(/was revoked on 15 March 2026 and signs no more/));
    await fireEvent.click(screen.getAllByRole('button', { name: 'Choose another key' })[0]!);
    await waitFor(() => expect(headline()).toBe('Choose the key to sign with'));
    expect((screen.getByLabelText(/myorg-prod/, { selector: 'input' }) as HTMLInputElement).disabled).toBe(true);
  });
});

describe('a rotation', () => {
  it('makes a key of a proposed name and leads through what is left', async () => {
    const { session } = await open({ keys: [data.BACKED_UP_KEY] }, { kind: 'rotate', key: 'k1' });
    await waitFor(() => expect(field('Name of the new key').value).toBe('myorg-prod-2'));
    await fireEvent.click(button('Make the new key'));
    await waitFor(() => expect(headline()).toBe('Hand myorg-prod-2 to operators'));
    expect(session.key?.keyId).toBe('myorg-prod-2');
    screen.getByText('It has no backup yet.');
    await fireEvent.click(button('Hand myorg-prod-2 over'));
    await session.handOver.save();
    session.go('key');
    await fireEvent.click(await screen.findByRole('button', { name: 'See how far it is: myorg-prod-2' }));
    await waitFor(() => expect(screen.getByRole('list', { name: 'To sign again' })).toBeTruthy());
  });

  it('opens a plugin to be signed with the new key, whichever signed it last', async () => {
    const now = { ...data.FILE_KEY, succeeds: 'myorg-prod', handedOver: '2026-03-16T09:10:00Z' };
    const { session } = await open(
      {
        keys: [{ ...data.BACKED_UP_KEY, succeededBy: now.keyId }, now],
        plugins: { f1: data.SIGNED_PLUGIN },
      },
      { kind: 'rotation', key: 'k2' },
    );
    const list = await waitFor(() => screen.getByRole('list', { name: 'To sign again' }));
    await fireEvent.click(within(list).getByRole('button', { name: 'Open myorg.virustotal' }));
    await waitFor(() => expect(session.task).toBe('plugin'));
    await waitFor(() => expect(session.key?.keyId).toBe(now.keyId));
  });
});

describe('where keys are', () => {
  it('is asked after the start, and an act leaves what was found', async () => {
    const { session } = await open({ keys: [data.UNKNOWN_KEY] });
    expect(session.key?.standing?.kind).toBe('unknown');
    await session.keyLife.backUp('k1', null, 'x9', WORDS);
    expect(session.key?.standing?.kind).toBe('unknown');
    expect(session.key?.backedUp?.where).toContain('myorg-prod-backup.key');
  });

  it('can be asked again', async () => {
    const { backend, life } = await open({ keys: [data.UNKNOWN_KEY] }, { kind: 'keys' });
    await life.look();
    backend.setup.keys = [data.BACKED_UP_KEY];
    await fireEvent.click(button('Look again'));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Look again' })).toBeNull());
  });

  it('what a key signed is listed on demand', async () => {
    const { backend } = await open({ keys: [data.BACKED_UP_KEY] }, { kind: 'keys' });
    const summary = await waitFor(() => screen.getByText(/^2 plugins, last on 12 March 2026/));
    expect(calls(backend, 'signedByKey')).toHaveLength(0);
    const details = summary.closest('details')!;
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
    await waitFor(() => screen.getByRole('list', { name: 'Signed by myorg-prod' }));
    button('Open myorg.virustotal');
  });

  it('an act under way is still there after a look at another task', async () => {
    const { session } = await open(
      { keys: [data.KEY], hold: { backUpKey: { step: 'keyring', done: 0, total: null } } },
      { kind: 'backup', key: 'k1', fresh: false },
    );
    void session.keyLife.backUp('k1', null, 'x9', WORDS);
    session.go('plugin');
    session.go('key');
    await waitFor(() => expect(headline()).toBe('Back up myorg-prod'));
    await session.keyLife.backingUp.cancel();
    await waitFor(() => screen.getByRole('heading', { name: 'Stopped. No backup was made' }));
    session.go('plugin');
    session.go('key');
    await waitFor(() => expect(headline()).toBe('Your publisher key'));
  });
});
