import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import * as data from './lib/backend/fake/data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import { SCENARIO_NAMES, SCENARIOS, type Scenario } from './lib/backend/fake/scenarios';
import { Session } from './lib/state/session.svelte';

async function open(setup: Partial<Setup> = {}) {
  const backend = new FakeBackend(setup);
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  return { backend, session };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const headline = () => screen.getByRole('heading', { level: 1 }).textContent;
const QUIET = { signatureStale: false, signatureChanged: false, unreadable: false };
const calls = (backend: FakeBackend, call: string) => backend.calls.filter((made) => made.call === call);

beforeEach(() => {
  Object.assign(navigator, { clipboard: { writeText: vi.fn(async () => {}) } });
});

describe('the whole path', () => {
  it('goes from the first screen to the end', async () => {
    const { backend } = await open({ keys: [], goal: null });
    expect(headline()).toBe('Make your publisher key');
    await fireEvent.input(screen.getByLabelText('Name of the key'), { target: { value: 'myorg-prod' } });
    await fireEvent.click(button('Make publisher key'));
    await waitFor(() => expect(headline()).toBe('Your key myorg-prod is ready to sign'));

    await fireEvent.click(button('Later'));
    await fireEvent.click(button('Choose a plugin folder…'));
    await waitFor(() => expect(headline()).toBe('Check what will be signed'));
    await fireEvent.click(button('Continue to signing'));
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => expect(headline()).toBe('Signed. Operators will see “verified”'));
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));

    await fireEvent.click(button('Prepare marketplace entry'));
    await waitFor(() => expect(headline()).toBe('Where does the entry go?'));
    await fireEvent.click(screen.getByRole('radio', { name: /^Just the entry/ }));
    await fireEvent.click(button('Make just the entry'));
    await waitFor(() => screen.getByLabelText('Install line'));
    await fireEvent.input(screen.getByLabelText('Address of the plugin’s page'), {
      target: { value: 'https://example.org/p' },
    });
    await fireEvent.input(screen.getByLabelText('Install line'), { target: { value: 'pip install p' } });
    await waitFor(() => expect(headline()).toBe('The marketplace entry is complete'));
    await fireEvent.click(button('Save entry…'));
    await waitFor(() => expect(headline()).toBe('The marketplace entry is saved'));

    await fireEvent.click(button('Continue to hand over'));
    await waitFor(() => button('Save myorg-prod.pem…'));
    await fireEvent.click(button('Save myorg-prod.pem…'));
    await waitFor(() => expect(headline()).toBe('Your part here is done'));
    // What was signed is what was shown.
    expect(calls(backend, 'sign')[0]?.args[1]).toBe(data.PLUGIN.payload?.digest);
  });
});

describe('a key', () => {
  it('is not asked for with a name that the backend refuses', async () => {
    const { backend } = await open({ keys: [] });
    await fireEvent.input(screen.getByLabelText('Name of the key'), { target: { value: 'My Org' } });
    await fireEvent.click(button('Make publisher key'));
    const field = screen.getByLabelText('Name of the key');
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    expect(document.activeElement).toBe(field);
    expect(calls(backend, 'createKey')).toHaveLength(0);
  });

  it('in a file needs a long passphrase, typed twice, which is gone from the page once it was sent', async () => {
    const { backend } = await open({ keys: [], keyring: data.KEYRING_ABSENT, hold: { createKey: null } });
    await fireEvent.input(screen.getByLabelText('Name of the key'), { target: { value: 'myorg' } });
    const first = screen.getByLabelText('Passphrase') as HTMLInputElement;
    const second = screen.getByLabelText('The same passphrase again') as HTMLInputElement;
    const submit = async () => fireEvent.click(button('Make key in an encrypted file'));

    await fireEvent.input(first, { target: { value: 'short' } });
    await submit();
    await waitFor(() => screen.getByText(/5 of at least 12/));
    await fireEvent.input(first, { target: { value: 'correct horse battery' } });
    await fireEvent.input(second, { target: { value: 'correct horse' } });
    await submit();
    await waitFor(() => screen.getByText('This is not what you typed above.'));
    expect(calls(backend, 'createKey')).toHaveLength(0);

    const create = vi.spyOn(backend, 'createKey');
    await fireEvent.input(second, { target: { value: 'correct horse battery' } });
    await submit();
    await waitFor(() => expect(create).toHaveBeenCalledTimes(1));
    expect(create.mock.calls[0]?.[2]).toEqual({ kind: 'file', passphrase: 'correct horse battery' });
    await waitFor(() => expect([first.value, second.value]).toEqual(['', '']));
  });

  it('can be looked for in the keyring again', async () => {
    await open({ keys: [], keyring: data.KEYRING_LOCKED, keyringLater: data.KEYRING_OK });
    await fireEvent.click(button('Ask the keyring again'));
    await waitFor(() => button('Make publisher key'));
    expect(screen.queryByLabelText('Passphrase')).toBeNull();
  });
});

describe('signing', () => {
  it('says that it is done, and also what is not remembered of it', async () => {
    const { session } = await open({ argument: 'f1', notKept: data.RECEIPT_NOT_KEPT });
    session.go('sign');
    await waitFor(() => button('Sign 7 files'));
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => expect(headline()).toBe('Signed. Operators will see “verified”'));
    expect(document.body.textContent).toContain('No receipt of this signing could be kept');
    expect(document.body.textContent).toContain('The signature is as good without it');
  });

  it('names why an old signature does not fit, and each cure once', async () => {
    const signature = { kind: 'mismatch' as const, why: data.EVERYTHING_CHANGED };
    const { session } = await open({ argument: 'f1', plugins: { f1: { ...data.PLUGIN, signature } } });
    session.go('sign');
    await waitFor(() => expect(document.body.textContent).toContain('only line endings differ'.slice(5)));
    const text = document.body.textContent ?? '';
    expect(text).toContain('Signed on 3 March 2026 as version 1.0.0, by myorg-2024');
    expect(text).toContain('plugin.yaml, line 3');
    expect(text.split('Put back what was signed, or sign what is there now')).toHaveLength(2);
    // A key that is not trusted is no matter of a new release.
    expect(text).not.toContain('Before a new release');
  });

  it('warns where the plugin verifies and then fails to load', async () => {
    const { session } = await open({ argument: 'f1', plugins: { f1: data.signedThen(data.NEEDS_ARGUMENTS) } });
    session.go('sign');
    await waitFor(() => expect(headline()).toBe('Signed and verified, but it would then fail to load'));
    expect(screen.getAllByText('Fails to load')).toHaveLength(3);
    expect(document.body.textContent).toContain('plugin.py, line 14, column 9');
    const steps = screen.getByText('12 of 12 steps passed').closest('details');
    expect(steps?.open).toBe(false);
  });

  it('is not called verified when the verdict says otherwise', async () => {
    const signed = data.signedWith(data.KEY, data.PLUGIN);
    const verdicts = signed.verdicts.map((verdict) => ({
      ...verdict,
      loads: false,
      signatureStatus: null,
      reason: 'no-key-matches',
      keyId: null,
    }));
    const signature = { kind: 'good' as const, signed: { ...signed, verdicts } };
    const { session } = await open({ argument: 'f1', plugins: { f1: { ...data.PLUGIN, signature } } });
    session.go('sign');
    await waitFor(() => expect(headline()).toContain('refuse'));
    expect(screen.queryByText(/verified/)).toBeNull();
  });

  it('hands a passphrase on once and forgets it', async () => {
    const { backend, session } = await open({ keys: [data.FILE_KEY], argument: 'f1', hold: { sign: null } });
    session.go('sign');
    await waitFor(() => button('Sign 7 files'));
    const sign = vi.spyOn(backend, 'sign');
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => screen.getByText(/passphrase of the key file is needed/));
    const field = screen.getByLabelText('Passphrase of myorg-laptop') as HTMLInputElement;
    await fireEvent.input(field, { target: { value: 'secret words here' } });
    await fireEvent.click(button('Sign 7 files'));
    expect(sign).toHaveBeenCalledTimes(1);
    expect(sign.mock.calls[0]?.[4]).toBe('secret words here');
    await waitFor(() => expect(field.value).toBe(''));
  });

  it('cancels by Escape, and says that nothing was written', async () => {
    const { session, backend } = await open({
      argument: 'f1',
      hold: { sign: { step: 'hashing', done: 1, total: 2 } },
    });
    session.go('sign');
    await waitFor(() => button('Sign 7 files'));
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => screen.getByRole('progressbar'));
    await fireEvent.keyDown(window, { key: 'Escape' });
    const notice = await waitFor(() => screen.getByRole('heading', { name: 'Stopped. Nothing was signed' }));
    expect(document.activeElement).toBe(notice);
    expect(calls(backend, 'cancel')).toHaveLength(1);
  });

  it('shows what changed instead of signing it', async () => {
    const { session } = await open({ argument: 'f1', changed: data.CHANGES });
    session.go('sign');
    await waitFor(() => button('Sign 7 files'));
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => expect(headline()).toBe('Not signed: the folder changed after you looked'));
    screen.getByText('vendor/x.py');
    expect(screen.queryByRole('button', { name: /^Sign \d/ })).toBeNull();
  });

  it('is called stale at once when the folder changes, with the file', async () => {
    const { session, backend } = await open({ argument: 'f1' });
    session.go('sign');
    await session.sign(null);
    await waitFor(() => expect(headline()).toContain('Signed'));
    const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
    await waitFor(() => expect(headline()).toBe('The signature no longer fits the folder'));
    screen.getByText('plugin.py');
    screen.getByText('The signature no longer fits. plugin.py changed.');
  });

  it('does not lose a change that happens while the folder is read', async () => {
    const backend = new FakeBackend({ argument: 'f1' });
    const reading = backend.openPlugin.bind(backend);
    backend.openPlugin = async (operation, folder) => {
      const plugin = await reading(operation, folder);
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes: data.CHANGES, ...QUIET });
      return plugin;
    };
    const session = new Session(backend);
    await session.start();
    expect(session.change).toEqual(data.CHANGES);
  });
});

describe('the marketplace entry', () => {
  it('leads to the missing fields instead of saving', async () => {
    const { session, backend } = await open({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } });
    session.go('entry');
    await waitFor(() => button('Save entry…'));
    await waitFor(() => screen.getByLabelText('Install line'));
    await fireEvent.click(button('Save entry…'));
    const summary = await waitFor(() => screen.getByRole('heading', { name: '2 fields to fill in first' }));
    expect(document.activeElement).toBe(summary);
    await fireEvent.click(screen.getByRole('link', { name: 'install' }));
    expect(document.activeElement).toBe(screen.getByLabelText('Install line'));
    expect(calls(backend, 'saveEntry')).toHaveLength(0);
  });
});

describe('an entry that is not there', () => {
  it.each([
    ['entry-composing', 'Composing the marketplace entry', 'Composing the entry'],
    ['entry-failed', 'The marketplace entry could not be composed', 'Try again'],
  ] as const)('is not called complete: %s', async (name, title, primary) => {
    const scenario: Scenario = SCENARIOS[name];
    const { session } = await open(scenario.setup);
    session.go('entry');
    await waitFor(() => expect(headline()).toBe(title));
    button(primary);
    expect(screen.queryByRole('button', { name: /Save/ })).toBeNull();
    expect(screen.queryByText('Complete and signed')).toBeNull();
  });

  it('is composed on the second try', async () => {
    const { session, backend } = await open({ ...SCENARIOS['entry-failed'].setup });
    session.go('entry');
    await waitFor(() => button('Try again'));
    backend.setup.fail = {};
    await fireEvent.click(button('Try again'));
    await waitFor(() => expect(headline()).toBe('Complete the marketplace entry'));
  });
});

describe('the end', () => {
  const signed = { argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } };

  it('is not reached while the entry was neither saved nor copied', async () => {
    const { session } = await open(signed);
    session.go('hand-over');
    await session.handOver.save();
    await waitFor(() => expect(headline()).toBe('The public key is saved'));
    await fireEvent.click(button('Continue to the marketplace entry'));
    expect(session.task).toBe('entry');
    session.entry.copied = true;
    session.go('hand-over');
    await waitFor(() => expect(headline()).toBe('Your part here is done'));
  });
});

describe('a dialog of the system', () => {
  const signed = { argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } };

  it('has no Cancel in this window, which could not keep its word', async () => {
    const { session } = await open({ ...signed, hold: { saveEntry: null, savePublicKey: null } });
    session.go('entry');
    void session.entry.save();
    await waitFor(() => screen.getByRole('heading', { name: 'The system’s dialog waits for your answer' }));
    expect(screen.queryByRole('button', { name: /Cancel/ })).toBeNull();
  });

  it('is never asked for twice, whatever is pressed', async () => {
    const { session, backend } = await open({ ...signed, hold: { chooseFolder: null } });
    await waitFor(() => button('Change folder…'));
    await fireEvent.click(button('Change folder…'));
    await fireEvent.click(button('Change folder…'));
    await fireEvent.keyDown(window, { key: 'o', ctrlKey: true });
    session.go('hand-over');
    await waitFor(() => button('Save myorg-prod.pem…'));
    await fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true });
    session.go('entry');
    await session.entry.flush();
    await session.entry.save();
    expect(calls(backend, 'chooseFolder')).toHaveLength(1);
    expect(calls(backend, 'savePublicKey')).toHaveLength(0);
    expect(calls(backend, 'saveEntry')).toHaveLength(0);
  });
});

describe('a keyring that keeps no key', () => {
  it.each(['no-keyring', 'keyring-locked', 'keyring-refused', 'keyring-timed-out', 'keyring-failed'])(
    '%s: the file is offered at once, and the keyring again',
    async (code) => {
      const createKey = data.failure(code, 'keep the key `myorg`: the keyring did not');
      const { backend } = await open({ keys: [], fail: { createKey } });
      await fireEvent.input(screen.getByLabelText('Name of the key'), { target: { value: 'myorg' } });
      await fireEvent.click(button('Make publisher key'));
      await waitFor(() => button('Make key in an encrypted file'));
      screen.getByLabelText('Passphrase');
      screen.getByText('Could not keep the key', { exact: false, selector: '.bad *' });
      await waitFor(() => expect(calls(backend, 'probeKeyring')).toHaveLength(1));
      await fireEvent.click(await waitFor(() => button('Ask the keyring again')));
      await waitFor(() => button('Make publisher key'));
    },
  );

  it('is not blamed for another failure', async () => {
    const { session, backend } = await open({ keys: [], fail: { createKey: data.KEY_EXISTS } });
    await session.createKey('myorg', { kind: 'keyring' });
    expect(session.keyring.kind).toBe('ok');
    expect(calls(backend, 'probeKeyring')).toHaveLength(0);
  });
});

describe('a folder that something else touched', () => {
  it.each([
    ['signatureChanged', '`plugin.sig` was changed or removed by something else'],
    ['unreadable', 'The folder can no longer be read'],
  ] as const)('%s: is said in both tasks', async (what, words) => {
    const { session, backend } = await open({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } });
    const changes = { added: [], removed: [], changed: [], manifestChanged: false };
    const seen = { ...QUIET, signatureStale: true, [what]: true };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...seen });
    const plain = words.replaceAll('`', '');
    await waitFor(() => expect(headline()).toBe(plain));
    session.go('entry');
    await waitFor(() => screen.getByText(/^What the signature is worth now is not known/));
    session.go('sign');
    await waitFor(() => expect(headline()).toBe(plain));
    expect(screen.queryByRole('button', { name: /^Sign \d/ })).toBeNull();
    await fireEvent.click(button('Look again'));
    await waitFor(() => expect(headline()).toBe('Signed. Operators will see “verified”'));
  });
});

describe('a change while the window is on Hand over', () => {
  const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };

  it('leads back in one click, and from there one more signs', async () => {
    const { session, backend } = await open({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } });
    session.go('hand-over');
    await session.handOver.save();
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
    await waitFor(() => screen.getByText('Sign the plugin again'));
    backend.setup.plugins['f1'] = data.EDITED_PLUGIN;
    await fireEvent.click(button('Look at the change and sign'));
    await waitFor(() => expect(headline()).toBe('Sign 7 files again'));
    screen.getByText('plugin.py');
    screen.getByText(/The version is still/);
    await fireEvent.click(button('Sign 7 files'));
    await waitFor(() => expect(headline()).toBe('Signed. Operators will see “verified”'));
    expect(calls(backend, 'sign')[0]?.args[1]).toBe(data.EDITED_PLUGIN.payload?.digest);
  });

  it('leads to the problems where the change made some', async () => {
    const { session, backend } = await open({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } });
    session.go('hand-over');
    await session.handOver.save();
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
    backend.setup.plugins['f1'] = data.FIRST_TRY;
    await fireEvent.click(await waitFor(() => button('Look at the change and sign')));
    await waitFor(() => expect(headline()).toBe('2 problems would stop this plugin'));
    screen.getByText(/^Solve them in your editor/);
    expect(calls(backend, 'sign')).toHaveLength(0);
  });
});

describe('a key that was saved for operators before', () => {
  it('is not asked to be saved again', async () => {
    const handedOver = '2026-03-03T10:02:00Z';
    const { session, backend } = await open({
      argument: 'f1',
      plugins: { f1: data.SIGNED_PLUGIN },
      keys: [{ ...data.KEY, handedOver }],
    });
    expect(session.tasks.at(-1)).toMatchObject({ status: 'done', line: 'Public key saved' });
    session.entry.copied = true;
    session.go('hand-over');
    await waitFor(() => expect(headline()).toBe('Your part here is done'));
    button('Sign another plugin…');
    screen.getByText('Saved on 3 March 2026');
    await fireEvent.click(await waitFor(() => button('Save myorg-prod.pem again…')));
    await waitFor(() => screen.getByText('Two files are saved'));
    expect(calls(backend, 'savePublicKey')).toHaveLength(1);
  });

  it('is tried with the open plugin, once for each reading', async () => {
    const { session, backend } = await open({ argument: 'f1' });
    session.go('hand-over');
    await session.handOver.save();
    await waitFor(() => screen.getByText('With exactly this folder, AiSOC does not verify the plugin'));
    await session.sign(null);
    await waitFor(() => screen.getByText(/^With exactly this folder, AiSOC verifies/));
    expect(calls(backend, 'rehearseHandOver').map((one) => one.args)).toEqual([
      ['k1', 'f9', 'f1'],
      ['k1', 'f9', 'f1'],
    ]);
  });

  it('is remembered from the saving on, and both files are named', async () => {
    const { session } = await open({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN } });
    session.go('hand-over');
    expect(session.key?.handedOver).toBeNull();
    await session.handOver.save();
    expect(session.key?.handedOver).toBe('2026-03-03T10:02:00Z');
    const notice = await waitFor(() => screen.getByRole('region', { name: 'Two files are saved' }));
    expect(notice.textContent).toContain('myorg-prod.pem');
    expect(notice.textContent).toContain('myorg-prod-instructions.txt');
  });
});

describe('an entry without what only the manifest can give', () => {
  it('is complete, and says so without alarm', async () => {
    const { session } = await open(SCENARIOS['entry-bare'].setup as Partial<Setup>);
    session.go('entry');
    await session.entry.compose();
    session.entry.edit('url', 'https://example.org/p');
    session.entry.edit('install', 'pip install p');
    await session.entry.flush();
    await waitFor(() => expect(headline()).toBe('The marketplace entry is complete'));
    expect(screen.getAllByText('Not in the manifest, so left out. The next release can have it.')).toHaveLength(3);
    expect(screen.queryByText(/sign again/i)).toBeNull();
    await fireEvent.click(button('Save entry…'));
    await waitFor(() => expect(headline()).toBe('The marketplace entry is saved'));
  });
});

describe('a name for a key with much wrong', () => {
  it('is told all of it, and a name that would do', async () => {
    await open({ keys: [] });
    const field = screen.getByLabelText('Name of the key');
    await fireEvent.input(field, { target: { value: "Mia's Key" } });
    await fireEvent.change(field);
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    const problem = document.getElementById('key-id-problem');
    expect(problem?.textContent).toMatch(/upper-case letters M and K.*the characters ' and space/);
    expect([...(problem?.querySelectorAll('code') ?? [])].at(-1)?.textContent).toBe('mias-key');
  });
});

describe('a problem solved', () => {
  it('leaves the reader where they were, and the button in focus', async () => {
    const { backend } = await open({ argument: 'f1', plugins: { f1: data.FIRST_TRY } });
    const scrolled = vi.spyOn(window, 'scrollTo').mockImplementation(() => {});
    await waitFor(() => button('Check again'));
    scrolled.mockClear();
    button('Check again').focus();
    backend.setup.plugins['f1'] = data.PLUGIN;
    await fireEvent.click(button('Check again'));
    await waitFor(() => button('Continue to signing'));
    expect(scrolled).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(button('Continue to signing'));
  });
});

describe('recent plugins', () => {
  it('are forgotten one by one, or all after a question', async () => {
    const { session } = await open({ recents: data.RECENTS });
    await fireEvent.click(button('Forget Slack Responder'));
    await waitFor(() => expect(screen.queryByText('Slack Responder')).toBeNull());
    await fireEvent.click(button('Forget all…'));
    const dialog = screen.getByRole('dialog');
    within(dialog).getByText(/your keys stay/);
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Forget all' }));
    await waitFor(() => expect(session.recents).toEqual([]));
  });
});

describe('every state', () => {
  it.each(SCENARIO_NAMES)('%s has one headline and the five tasks', async (name) => {
    const scenario: Scenario = SCENARIOS[name];
    const backend = new FakeBackend(scenario.setup);
    const session = new Session(backend);
    render(App, { session });
    const arranged = session.start().then(() => scenario.arrange?.(session, backend));
    await Promise.race([arranged, new Promise((done) => setTimeout(done, 30))]);
    await waitFor(() => expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1));
    if (!name.startsWith('start'))
      expect(within(screen.getByRole('navigation')).getAllByRole('button')).toHaveLength(5);
  });
});
