import { tick } from 'svelte';
import type { Session } from '../../state/session.svelte';
import type { Setup } from './fake';
import { FakeBackend, MIAS } from './fake';
import * as data from './data';
import { ENTRY_SCENARIOS } from './entry-scenarios';
import { KEY_SCENARIOS } from './key-scenarios';
import { MENDING_SCENARIOS } from './mending-scenarios';
import { SHIPPED_SCENARIOS } from './shipped-scenarios';
import { SUBMISSION_SCENARIOS } from './submission-scenarios';

/** One state of the window: what the backend has, and what its user has done since. */
export interface Scenario {
  /** What a picture of it shows. */
  shows: string;
  setup?: Partial<Setup>;
  /** Brings the window there after its start, through what a user could do. */
  arrange?: (session: Session, backend: FakeBackend) => Promise<void> | void;
}

const open: Partial<Setup> = { argument: 'f1', recents: data.RECENTS };
const withEntry: Partial<Setup> = { ...open, plugins: { f1: data.SIGNED_PLUGIN } };
const signedAs = (plugin: Setup['plugins'][string]): Partial<Setup> => ({ ...open, plugins: { f1: plugin } });

/** A change on disk that touches neither the signature nor the reading. */
const QUIET = { signatureStale: false, signatureChanged: false, unreadable: false };
const NO_CHANGES = { added: [], removed: [], changed: [], manifestChanged: false };

const fillEntry = async (session: Session) => {
  session.go('entry');
  await session.entry.compose();
  session.entry.edit('url', 'https://github.com/myorg/aisoc-virustotal');
  session.entry.edit('install', 'pip install aisoc-plugin-virustotal');
  await session.entry.flush();
};

/** Every state that pictures are made of and that the browser tests look at, by its name in `?state=NAME`. */
export const SCENARIOS = {
  // The window itself
  starting: { shows: 'the start, not answered yet', setup: { hold: { start: null } } },
  'start-failed': {
    shows: 'a start that failed',
    setup: {
      fail: {
        start: data.failure('io', 'could not read the app’s data folder: permission denied', {
          hint: 'Make `~/.local/share/aisoc-publisher` readable, then try again',
        }),
      },
    },
  },
  'drop-target': {
    shows: 'a folder held over the window',
    setup: open,
    arrange: (_, backend) => backend.emit({ kind: 'drag-over' }),
  },
  'drop-refused': {
    shows: 'a file dropped instead of a folder',
    setup: { recents: data.RECENTS },
    arrange: (_, backend) =>
      backend.emit({
        kind: 'drop-refused',
        failure: data.failure('not-a-folder', '`notes.txt` is a file', {
          hint: 'Drop the folder that holds `plugin.yaml`',
        }),
      }),
  },

  // Publisher key
  'first-run': { shows: 'the very first screen', setup: { keys: [] } },
  'keyring-absent': {
    shows: 'no keyring, an encrypted file offered',
    setup: { keys: [], keyring: data.KEYRING_ABSENT },
  },
  'keyring-locked': { shows: 'a locked keyring', setup: { keys: [], keyring: data.KEYRING_LOCKED } },
  'keyring-waiting': {
    shows: 'a keyring that has not answered',
    setup: { keys: [], keyring: data.KEYRING_WAITING },
  },
  'keyring-refused': { shows: 'a keyring that refuses', setup: { keys: [], keyring: data.KEYRING_REFUSED } },
  'keyring-probing': {
    shows: 'the keyring being asked again',
    setup: {
      keys: [],
      keyring: data.KEYRING_LOCKED,
      hold: { probeKeyring: { step: 'keyring', done: 0, total: null } },
    },
    arrange: (session) => void session.probeKeyring(),
  },
  'keyring-locked-later': {
    shows: 'a key in a keyring that is locked now',
    setup: { keyring: data.KEYRING_LOCKED },
    arrange: (session) => session.go('key'),
  },
  'key-creating': {
    shows: 'a key being stored while the keyring asks for its password',
    setup: { keys: [], hold: { createKey: { step: 'keyring', done: 0, total: null } } },
    arrange: (session) => void session.createKey('myorg-prod', { kind: 'keyring' }),
  },
  'key-cancelled': {
    shows: 'the making of a key stopped',
    setup: { keys: [], fail: { createKey: data.failure('cancelled', 'cancelled') } },
    arrange: async (session) => void (await session.createKey('myorg-prod', { kind: 'keyring' })),
  },
  'key-failed': {
    shows: 'a key that could not be stored',
    setup: { keys: [], fail: { createKey: data.KEY_EXISTS } },
    arrange: async (session) => void (await session.createKey('myorg-prod', { kind: 'keyring' })),
  },
  'key-keyring-refused': {
    shows: 'a keyring that refused the key: an encrypted file is offered, and another try',
    setup: { keys: [], fail: { createKey: data.KEYRING_REFUSED_KEY } },
    arrange: async (session) => void (await session.createKey('myorg-prod', { kind: 'keyring' })),
  },
  'key-id-refused': {
    shows: 'a name for a key with much wrong',
    setup: { keys: [] },
    arrange: () => {
      const field = document.querySelector<HTMLInputElement>('#key-id');
      if (!field) return;
      field.value = MIAS.keyId;
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
    },
  },
  ...KEY_SCENARIOS,

  // Plugin
  'plugin-empty': { shows: 'no plugin open, none known' },
  'plugin-recents': { shows: 'no plugin open, some known', setup: { recents: data.RECENTS } },
  'plugin-listing': {
    shows: 'a folder being listed',
    setup: { ...open, hold: { openPlugin: { step: 'listing', done: 3_412, total: null } } },
  },
  'plugin-hashing': {
    shows: 'a folder being hashed',
    setup: { ...open, hold: { openPlugin: { step: 'hashing', done: 118_400_000, total: 284_000_000 } } },
  },
  'plugin-cancelled': {
    shows: 'the reading stopped',
    setup: { ...open, fail: { openPlugin: data.failure('cancelled', 'cancelled') } },
  },
  'plugin-no-manifest': {
    shows: 'a folder that is no plugin',
    setup: { ...open, fail: { openPlugin: data.NO_MANIFEST } },
  },
  'plugin-broken': {
    shows: 'a manifest that cannot be read',
    setup: { ...open, fail: { openPlugin: data.BROKEN_YAML } },
  },
  'plugin-unreadable': {
    shows: 'a file that cannot be read',
    setup: { ...open, fail: { openPlugin: data.UNREADABLE } },
  },
  'plugin-problems': { shows: 'a plugin that would not load', setup: signedAs(data.PROBLEM_PLUGIN) },
  'plugin-first-try': {
    shows: 'a first try, with all its problems at once',
    setup: { ...signedAs(data.FIRST_TRY), recents: [] },
  },
  'plugin-remarks': { shows: 'a plugin with remarks', setup: signedAs(data.REMARK_PLUGIN) },
  'plugin-clean': { shows: 'a plugin without problems', setup: open },
  'plugin-large': { shows: '10,000 files', setup: signedAs(data.largePlugin()) },
  'plugin-hostile': { shows: 'foreign text that tries everything', setup: signedAs(data.HOSTILE_PLUGIN) },
  'plugin-changed': {
    shows: 'a folder that changed since it was looked at',
    setup: open,
    arrange: (_, backend) =>
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes: data.CHANGES, ...QUIET }),
  },
  'plugin-signature-replaced': {
    shows: 'a plugin.sig that something else changed',
    setup: withEntry,
    arrange: (_, backend) =>
      backend.emit({
        kind: 'plugin-changed',
        folder: 'f1',
        changes: NO_CHANGES,
        ...QUIET,
        signatureStale: true,
        signatureChanged: true,
      }),
  },
  'plugin-gone': {
    shows: 'a folder that can no longer be read',
    setup: withEntry,
    arrange: (_, backend) =>
      backend.emit({
        kind: 'plugin-changed',
        folder: 'f1',
        changes: NO_CHANGES,
        ...QUIET,
        signatureStale: true,
        unreadable: true,
      }),
  },
  'plugin-choosing': {
    shows: 'the folder dialog waiting',
    setup: { hold: { chooseFolder: null } },
    arrange: (session) => void session.chooseFolder(),
  },

  ...MENDING_SCENARIOS,
  ...SHIPPED_SCENARIOS,

  // Sign
  'sign-blocked': {
    shows: 'nothing to sign yet',
    setup: { keys: [] },
    arrange: (session) => session.go('sign'),
  },
  'sign-problem': {
    shows: 'a problem in the way',
    setup: signedAs(data.PROBLEM_PLUGIN),
    arrange: (session) => session.go('sign'),
  },
  'sign-ready': { shows: 'ready to sign', setup: open, arrange: (session) => session.go('sign') },
  'sign-passphrase': {
    shows: 'ready to sign with a key file',
    setup: { ...open, keys: [data.FILE_KEY] },
    arrange: (session) => session.go('sign'),
  },
  'sign-hashing': {
    shows: 'signing',
    setup: { ...open, hold: { sign: { step: 'hashing', done: 26_000, total: 41_000 } } },
    arrange: (session) => {
      session.go('sign');
      void session.sign(null);
    },
  },
  'sign-keyring': {
    shows: 'signing, while the keyring asks for its password',
    setup: { ...open, hold: { sign: { step: 'keyring', done: 0, total: null } } },
    arrange: (session) => {
      session.go('sign');
      void session.sign(null);
    },
  },
  'sign-cancelled': {
    shows: 'signing stopped',
    setup: { ...open, fail: { sign: data.failure('cancelled', 'cancelled') } },
    arrange: async (session) => {
      session.go('sign');
      await session.sign(null);
    },
  },
  'sign-failed': {
    shows: 'a signature that could not be written',
    setup: { ...open, fail: { sign: data.READ_ONLY } },
    arrange: async (session) => {
      session.go('sign');
      await session.sign(null);
    },
  },
  'sign-wrong-passphrase': {
    shows: 'a wrong passphrase',
    setup: { ...open, keys: [data.FILE_KEY], fail: { sign: data.WRONG_PASSPHRASE } },
    arrange: async (session) => {
      session.go('sign');
      await session.sign('not the passphrase');
    },
  },
  'sign-changed': {
    shows: 'not signed, since the folder changed',
    setup: { ...open, changed: data.CHANGES },
    arrange: async (session) => {
      session.go('sign');
      await session.sign(null);
    },
  },
  signed: {
    shows: 'signed',
    setup: open,
    arrange: async (session) => {
      session.go('sign');
      await session.sign(null);
    },
  },
  'signed-without-receipt': {
    shows: 'signed, and nothing is remembered of it',
    setup: { ...open, notKept: data.RECEIPT_NOT_KEPT },
    arrange: async (session) => {
      session.go('sign');
      await session.sign(null);
    },
  },
  'signature-stale': {
    shows: 'a signature that went stale while the window was open',
    setup: withEntry,
    arrange: (session, backend) => {
      session.go('sign');
      const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
    },
  },
  'signature-replaced': {
    shows: 'a signature that something else replaced while the window was open',
    setup: withEntry,
    arrange: (session, backend) => {
      session.go('sign');
      const seen = { ...QUIET, signatureStale: true, signatureChanged: true };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes: NO_CHANGES, ...seen });
    },
  },
  'signature-gone': {
    shows: 'a signed folder that can no longer be read',
    setup: withEntry,
    arrange: (session, backend) => {
      session.go('sign');
      const seen = { ...QUIET, signatureStale: true, unreadable: true };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes: NO_CHANGES, ...seen });
    },
  },
  'signed-elsewhere': {
    shows: 'a plugin signed while another one was opened',
    setup: { ...open, plugins: { f1: data.PLUGIN, f2: data.OTHER_PLUGIN } },
    arrange: async (session, backend) => {
      backend.setup.pace = 50;
      const signing = session.sign(null);
      backend.setup.pace = 0;
      await session.open('f2');
      await signing;
    },
  },
  'signature-mismatch': {
    shows: 'an old signature that does not fit',
    setup: signedAs({ ...data.PLUGIN, signature: { kind: 'mismatch', why: data.EVERYTHING_CHANGED } }),
    arrange: (session) => session.go('sign'),
  },
  'signature-unknown': {
    shows: 'an old signature that does not fit, and nothing known of what changed',
    setup: signedAs({ ...data.PLUGIN, signature: { kind: 'mismatch', why: data.CAUSE_UNKNOWN } }),
    arrange: (session) => session.go('sign'),
  },
  'signature-much-changed': {
    shows: 'an old signature and very many changes since',
    setup: signedAs({ ...data.PLUGIN, signature: { kind: 'mismatch', why: data.LARGE_CHANGE } }),
    arrange: (session) => session.go('sign'),
  },
  'signature-untried': {
    shows: 'a signature and no key to try it with',
    setup: {
      ...signedAs({
        ...data.PLUGIN,
        signature: { kind: 'mismatch', why: { causes: [], since: null, unreadable: [] } },
      }),
      keys: [],
    },
    arrange: (session) => session.go('sign'),
  },
  'signed-fails': {
    shows: 'a signature that verifies, of a plugin that then fails to load',
    setup: signedAs(data.signedThen(data.NEEDS_ARGUMENTS)),
    arrange: (session) => session.go('sign'),
  },
  'signed-undecided': {
    shows: 'signed, and whether it can be imported cannot be told',
    setup: signedAs(data.signedThen(data.OTHER_PACKAGES)),
    arrange: (session) => session.go('sign'),
  },
  'signed-steps': {
    shows: 'signed, with the loader’s steps unfolded',
    setup: signedAs(data.SIGNED_PLUGIN),
    arrange: async (session) => {
      session.go('sign');
      await tick();
      for (const steps of document.querySelectorAll<HTMLDetailsElement>('main details')) steps.open = true;
    },
  },
  'sign-again': {
    shows: 'a change looked at, ready to be signed under the version that was signed before',
    setup: withEntry,
    arrange: async (session, backend) => {
      backend.setup.plugins['f1'] = data.EDITED_PLUGIN;
      await session.lookAgain('sign');
    },
  },
  'signature-malformed': {
    shows: 'a plugin.sig that is none',
    setup: signedAs({
      ...data.PLUGIN,
      signature: { kind: 'malformed', message: '`plugin.sig` is neither 128 hex digits nor 64 bytes' },
    }),
    arrange: (session) => session.go('sign'),
  },
  'signature-other-key': {
    shows: 'signed with another key than the one chosen',
    setup: {
      ...signedAs({
        ...data.PLUGIN,
        signature: { kind: 'good', signed: data.signedWith(data.OLD_KEY, data.PLUGIN) },
      }),
      keys: [data.KEY, data.OLD_KEY],
    },
    arrange: (session) => session.go('sign'),
  },

  // Marketplace entry
  'entry-blocked': { shows: 'no entry without a plugin', arrange: (session) => session.go('entry') },
  'entry-draft': {
    shows: 'an entry drafted before signing',
    setup: open,
    arrange: (session) => session.go('entry'),
  },
  'entry-missing': {
    shows: 'an entry with two fields to fill in',
    setup: withEntry,
    arrange: (session) => session.go('entry'),
  },
  'entry-composing': {
    shows: 'an entry being composed',
    setup: { ...withEntry, hold: { composeEntry: null } },
    arrange: (session) => session.go('entry'),
  },
  'entry-failed': {
    shows: 'an entry that could not be composed',
    setup: { ...withEntry, fail: { composeEntry: data.UNREADABLE } },
    arrange: (session) => session.go('entry'),
  },
  'entry-saving': {
    shows: 'the save dialog waiting',
    setup: { ...withEntry, hold: { saveEntry: null } },
    arrange: async (session) => {
      await fillEntry(session);
      void session.entry.save();
    },
  },
  'entry-complete': { shows: 'a complete entry', setup: withEntry, arrange: fillEntry },
  'entry-bare': {
    shows: 'a complete entry of a manifest without description, author and tags',
    setup: { ...withEntry, without: ['description', 'author', 'tags'] },
    arrange: fillEntry,
  },
  'entry-saved': {
    shows: 'an entry saved',
    setup: withEntry,
    arrange: async (session) => {
      await fillEntry(session);
      await session.entry.save();
    },
  },
  'entry-not-saved': {
    shows: 'an entry that could not be saved',
    setup: {
      ...withEntry,
      fail: {
        saveEntry: data.failure('io', 'could not write `virustotal-entry.json`: no space left on device', {
          hint: 'Nothing was left half written. Free some space or save it elsewhere',
        }),
      },
    },
    arrange: async (session) => {
      await fillEntry(session);
      await session.entry.save();
    },
  },
  ...ENTRY_SCENARIOS,
  ...SUBMISSION_SCENARIOS,

  // Hand over
  'hand-over-blocked': {
    shows: 'no key to hand over',
    setup: { keys: [] },
    arrange: (session) => session.go('hand-over'),
  },
  'hand-over': {
    shows: 'the key to hand over',
    setup: withEntry,
    arrange: (session) => session.go('hand-over'),
  },
  'hand-over-saving': {
    shows: 'the save dialog waiting',
    setup: { ...withEntry, hold: { savePublicKey: null } },
    arrange: (session) => {
      session.go('hand-over');
      void session.handOver.save();
    },
  },
  'hand-over-entry-left': {
    shows: 'the public key saved, and the entry not yet',
    setup: withEntry,
    arrange: async (session) => {
      session.go('hand-over');
      await session.handOver.save();
    },
  },
  'hand-over-unsigned': {
    shows: 'the public key saved, and a plugin that would not verify with it',
    setup: open,
    arrange: async (session) => {
      session.go('hand-over');
      await session.handOver.save();
    },
  },
  'hand-over-trying': {
    shows: 'the plugin being tried with the saved folder',
    setup: { ...withEntry, hold: { rehearseHandOver: { step: 'hashing', done: 26_000, total: 41_000 } } },
    arrange: async (session) => {
      session.go('hand-over');
      await session.handOver.save();
      await new Promise((done) => setTimeout(done, 200));
    },
  },
  'hand-over-untried': {
    shows: 'the public key saved, and a plugin that could not be tried with it',
    setup: { ...withEntry, fail: { rehearseHandOver: data.UNREADABLE } },
    arrange: async (session) => {
      session.go('hand-over');
      await session.handOver.save();
    },
  },
  'hand-over-before': {
    shows: 'a second release with a key that was saved for operators before',
    setup: { ...withEntry, keys: [{ ...data.KEY, handedOver: '2026-03-03T10:02:00Z' }] },
    arrange: (session) => session.go('hand-over'),
  },
  'hand-over-stale': {
    shows: 'a plugin that changed on disk after the key was saved',
    setup: withEntry,
    arrange: async (session, backend) => {
      session.go('hand-over');
      await session.handOver.save();
      const changes = { ...NO_CHANGES, changed: ['plugin.py'] };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
    },
  },
  'hand-over-failed': {
    shows: 'a key file that is another key’s',
    setup: {
      ...withEntry,
      fail: {
        savePublicKey: data.failure('file-exists', '`myorg-prod.pem` in that folder holds another key', {
          hint: 'It was left as it is. Choose another folder',
        }),
      },
    },
    arrange: async (session) => {
      session.go('hand-over');
      await session.handOver.save();
    },
  },
  finished: {
    shows: 'the end: what happens next, elsewhere',
    setup: withEntry,
    arrange: async (session) => {
      await fillEntry(session);
      await session.entry.save();
      session.go('hand-over');
      await session.handOver.save();
    },
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** The scenario of that name; anything else is a first run that takes its time, to click through. */
export function scenario(name: string | null): Scenario {
  const known: Record<string, Scenario> = SCENARIOS;
  return known[name ?? ''] ?? { shows: 'the whole path', setup: { keys: [], pace: 500, recents: [], goal: null } };
}
