import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { KEY, OLD_KEY, OTHER_PLUGIN, PLUGIN, READ_ONLY, SIGNED_PLUGIN, CHANGES } from '../backend/fake/data';
import { FakeBackend, type Setup } from '../backend/fake/fake';
import { Session } from './session.svelte';

const PLUGINS = { f1: SIGNED_PLUGIN, f2: OTHER_PLUGIN };

async function open(setup: Partial<Setup> = {}) {
  const backend = new FakeBackend({ argument: 'f1', keys: [KEY, OLD_KEY], plugins: PLUGINS, ...setup });
  const session = new Session(backend);
  await session.start();
  return { backend, session };
}

/** Makes a method of the backend wait until the returned function is called, then answer as it would have. */
function gate(backend: FakeBackend, call: 'sign' | 'composeEntry' | 'saveEntry' | 'savePublicKey' | 'handOver') {
  let release = () => {};
  const opened = new Promise<void>((done) => (release = done));
  const real = (backend[call] as (...args: unknown[]) => Promise<unknown>).bind(backend);
  const gated = vi.fn(async (...args: unknown[]) => {
    await opened;
    return real(...args);
  });
  Object.assign(backend, { [call]: gated });
  return release;
}

const made = (backend: FakeBackend, call: string) => backend.calls.filter((one) => one.call === call);

describe('opening a plugin that another key signed last', () => {
  it('leaves nothing of the key before under its name', async () => {
    const { session } = await open();
    await session.handOver.prepare();
    await session.handOver.save();
    expect(session.handOver.view?.fileName).toBe('myorg-prod.pem');
    await session.open('f2');
    expect(session.key?.keyId).toBe('myorg-2025');
    expect(session.handOver.view).toBeNull();
    expect(session.handOver.saved).toBeNull();
  });

  it('lets a public key that comes late count no more', async () => {
    const { session, backend } = await open();
    const release = gate(backend, 'handOver');
    const preparing = session.handOver.prepare();
    session.chooseKey(OLD_KEY.key);
    release();
    await preparing;
    expect(session.handOver.view).toBeNull();
    expect(session.handOver.preparing.state.kind).toBe('idle');
  });
});

describe('signing while another plugin is opened', () => {
  it('signs the first and leaves the second as it is', async () => {
    const { session, backend } = await open({ plugins: { f1: PLUGIN, f2: OTHER_PLUGIN } });
    const release = gate(backend, 'sign');
    const signing = session.sign(null);
    await session.open('f2');
    release();
    await signing;
    expect(session.plugin?.folder).toBe('f2');
    expect(session.plugin?.signature.kind).toBe('none');
    expect(session.said.text).toBe('VirusTotal Enricher was signed while you looked at something else.');
    expect(session.elsewhere?.tone).toBe('ok');
    expect(session.signing.state.kind).toBe('idle');
  });

  it('does not call the second changed because the first is', async () => {
    const { session, backend } = await open({ changed: CHANGES });
    const release = gate(backend, 'sign');
    const signing = session.sign(null);
    await session.open('f2');
    release();
    await signing;
    expect(session.change).toBeNull();
    expect(session.signing.state.kind).toBe('idle');
    expect(session.said.text).toContain('VirusTotal Enricher was not signed: its folder changed');
  });

  it('does not put the failure of the first on the second', async () => {
    const { session, backend } = await open({ fail: { sign: READ_ONLY } });
    const release = gate(backend, 'sign');
    const signing = session.sign(null);
    await session.open('f2');
    release();
    await signing;
    expect(session.signing.failure).toBeNull();
    expect(session.elsewhere?.text).toContain('was not signed. Could not write `plugin.sig`');
  });

  it('reads the same folder once more when it was read again in between', async () => {
    const { session, backend } = await open({ plugins: { f1: PLUGIN } });
    const release = gate(backend, 'sign');
    const signing = session.sign(null);
    await session.open('f1');
    expect(session.plugin?.signature.kind).toBe('none');
    release();
    await signing;
    expect(session.plugin?.signature.kind).toBe('good');
  });
});

describe('composing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['another key', (session: Session) => session.chooseKey(OLD_KEY.key)],
    ['another plugin', (session: Session) => session.open('f2')],
    ['another edit', (session: Session) => session.entry.edit('url', 'https://example.org')],
  ])('is not believed after %s', async (_, meanwhile) => {
    const { session, backend } = await open();
    const release = gate(backend, 'composeEntry');
    const composing = session.entry.compose();
    await meanwhile(session);
    release();
    await composing;
    expect(session.entry.view).toBeNull();
  });

  it('waits until the typing pauses', async () => {
    const { session, backend } = await open();
    await session.entry.compose();
    const before = made(backend, 'composeEntry').length;
    for (const text of ['h', 'ht', 'htt', 'https://x']) {
      session.entry.edit('url', text);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(made(backend, 'composeEntry')).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(300);
    expect(made(backend, 'composeEntry')).toHaveLength(before + 1);
    expect(session.entry.view?.json).toContain('"https://x"');
  });

  it('does not wait when the text is wanted now, and then not again', async () => {
    const { session, backend } = await open();
    await session.entry.compose();
    session.entry.edit('url', 'https://x');
    expect(await session.entry.flush()).toBe(true);
    expect(session.entry.view?.json).toContain('"https://x"');
    const before = made(backend, 'composeEntry').length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(made(backend, 'composeEntry')).toHaveLength(before);
  });
});

describe('saving', () => {
  it.each([
    ['another key', (session: Session) => session.chooseKey(OLD_KEY.key)],
    ['another plugin', (session: Session) => session.open('f2')],
  ])('an entry is not called saved after %s', async (_, meanwhile) => {
    const { session, backend } = await open();
    const release = gate(backend, 'saveEntry');
    const saving = session.entry.save();
    await meanwhile(session);
    release();
    await saving;
    expect(session.entry.savedTo).toBeNull();
    expect(session.elsewhere?.text).toContain('Saved as it was before');
  });

  it('a public key is not called saved under another key', async () => {
    const { session, backend } = await open();
    const release = gate(backend, 'savePublicKey');
    const saving = session.handOver.save();
    session.chooseKey(OLD_KEY.key);
    release();
    await saving;
    expect(session.handOver.saved).toBeNull();
    expect(session.elsewhere?.text).toContain('the public key `myorg-prod`');
  });

  it.each([
    ['saveEntry', (session: Session) => session.entry.save()],
    ['savePublicKey', (session: Session) => session.handOver.save()],
    ['chooseFolder', (session: Session) => session.chooseFolder()],
  ] as const)('opens no second %s', async (call, first) => {
    const { session, backend } = await open({ hold: { [call]: null } });
    void first(session);
    void session.entry.save();
    void session.handOver.save();
    void session.chooseFolder();
    const dialogs = ['saveEntry', 'savePublicKey', 'chooseFolder'];
    expect(backend.calls.map((one) => one.call).filter((one) => dialogs.includes(one))).toEqual([call]);
  });
});

describe('a change on disk', () => {
  it('is announced once, however often it is reported', async () => {
    const { session, backend } = await open();
    const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
    const event = {
      kind: 'plugin-changed' as const,
      folder: 'f1',
      changes,
      signatureStale: true,
      signatureChanged: false,
      unreadable: false,
    };
    backend.emit(event);
    const { turn } = session.said;
    backend.emit({ ...event, changes: { ...changes } });
    expect(session.said.turn).toBe(turn);
    backend.emit({ ...event, signatureChanged: true });
    expect(session.said.turn).toBe(turn + 1);
    expect(session.said.text).toContain('plugin.sig was changed or removed by something else.');
  });

  it('to the signature alone is not called a change of what is signed', async () => {
    const { session, backend } = await open();
    const changes = { added: [], removed: [], changed: [], manifestChanged: false };
    const quiet = { signatureStale: true, signatureChanged: true, unreadable: false };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...quiet });
    expect(session.change).toBeNull();
    expect(session.signature).toBe('replaced');
    await session.open('f1');
    expect(session.signature).toBe('good');
  });
});
