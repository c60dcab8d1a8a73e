import { describe, expect, it } from 'vitest';
import {
  CHANGES,
  FINDINGS,
  KEY,
  KEYRING_LOCKED,
  KEYRING_OK,
  MISSING_KEY,
  OLD_KEY,
  REVOKED_KEY,
  PLUGIN,
  PROBLEM_PLUGIN,
  SIGNED_PLUGIN,
} from '../backend/fake/data';
import { changeSentence, diskSentence, signatureNow, signBlockers, taskStates, type Facts, type TaskId } from './tasks';

const NOTHING: Facts = {
  key: null,
  keyring: KEYRING_OK,
  creatingKey: false,
  plugin: null,
  opening: false,
  change: null,
  signatureChanged: false,
  unreadable: false,
  signing: false,
  entryTodo: null,
  entryTaken: null,
  keyTaken: false,
};

function state(facts: Partial<Facts>, id: TaskId): string {
  const found = taskStates({ ...NOTHING, ...facts }).find((task) => task.id === id);
  return `${found?.status}: ${found?.line}`;
}

const key = KEY;

describe('taskStates', () => {
  it.each<[string, Partial<Facts>, TaskId, string]>([
    ['first run', {}, 'key', 'ready: Made once, in a minute'],
    ['first run', {}, 'sign', 'blocked: After key and plugin'],
    ['first run', {}, 'entry', 'blocked: After a plugin is chosen'],
    ['first run', {}, 'hand-over', 'blocked: After a key is made'],
    ['a key', { key }, 'key', 'done: In the keyring'],
    [
      'a key that the keyring holds back',
      { key, keyring: KEYRING_LOCKED },
      'key',
      'attention: The keyring is locked',
    ],
    ['a key', { key }, 'plugin', 'ready: Choose its folder'],
    ['a revoked key', { key: REVOKED_KEY }, 'key', 'attention: Revoked'],
    ['a revoked key', { key: REVOKED_KEY, plugin: PLUGIN }, 'sign', 'blocked: After another key is chosen'],
    ['a revoked key', { key: REVOKED_KEY, plugin: PLUGIN }, 'entry', 'blocked: After another key is chosen'],
    ['a revoked key', { key: REVOKED_KEY, keyTaken: true }, 'hand-over', 'blocked: After another key is chosen'],
    ['a missing key', { key: MISSING_KEY }, 'key', 'attention: No longer in the keyring'],
    ['a missing key', { key: MISSING_KEY, plugin: PLUGIN }, 'sign', 'blocked: After a look at the key'],
    ['a key', { key }, 'sign', 'blocked: After a plugin is chosen'],
    ['a key', { key }, 'hand-over', 'ready: Public key can be sent'],
    ['a plugin without a key', { plugin: PLUGIN }, 'sign', 'blocked: After a key is made'],
    ['a plugin', { key, plugin: PLUGIN }, 'plugin', 'done: No problems'],
    ['a plugin', { key, plugin: PLUGIN }, 'sign', 'ready: 7 files to sign'],
    ['a plugin', { key, plugin: PLUGIN }, 'entry', 'ready: Can be drafted now'],
    ['a problem', { key, plugin: PROBLEM_PLUGIN }, 'plugin', 'attention: 1 problem to solve'],
    ['a problem', { key, plugin: PROBLEM_PLUGIN }, 'sign', 'blocked: After the problem is solved'],
    [
      'remarks only',
      { key, plugin: { ...PLUGIN, findings: FINDINGS.slice(1) } },
      'plugin',
      'done: 3 things to know',
    ],
    [
      'no canonical form',
      { key, plugin: { ...PLUGIN, payload: null } },
      'sign',
      'blocked: After the problem is solved',
    ],
    ['a change', { key, plugin: PLUGIN, change: CHANGES }, 'plugin', 'attention: Changed on disk'],
    ['a change', { key, plugin: PLUGIN, change: CHANGES }, 'sign', 'blocked: After a look at the change'],
    ['a signature', { key, plugin: SIGNED_PLUGIN }, 'sign', 'done: Signed by myorg-prod'],
    ['a signature', { key, plugin: SIGNED_PLUGIN, entryTodo: '2 fields to fill in' }, 'entry', 'ready: 2 fields to fill in'],
    ['a saved entry', { key, plugin: SIGNED_PLUGIN, entryTaken: 'saved' }, 'entry', 'done: Saved'],
    [
      'a saved entry gone stale',
      { key, plugin: SIGNED_PLUGIN, entryTaken: 'saved', change: CHANGES },
      'entry',
      'ready: Can be drafted now',
    ],
    [
      'a signature gone stale',
      { key, plugin: SIGNED_PLUGIN, change: CHANGES },
      'sign',
      'attention: Signature no longer fits',
    ],
    ['another key', { key: OLD_KEY, plugin: SIGNED_PLUGIN }, 'sign', 'attention: Signed with another key'],
    [
      'a replaced signature',
      { key, plugin: SIGNED_PLUGIN, signatureChanged: true },
      'sign',
      'attention: plugin.sig was changed',
    ],
    [
      'a folder that is gone',
      { key, plugin: SIGNED_PLUGIN, unreadable: true },
      'plugin',
      'attention: Can no longer be read',
    ],
    ['a saved key', { key, keyTaken: true }, 'hand-over', 'done: Public key saved'],
  ])('with %s, %#', (_, facts, task, expected) => {
    expect(state(facts, task)).toBe(expected);
  });
});

describe('signBlockers', () => {
  it('names everything that comes first, and where', () => {
    expect(signBlockers(NOTHING).map((blocker) => blocker.task)).toEqual(['key', 'plugin']);
    expect(signBlockers({ ...NOTHING, key, plugin: PLUGIN })).toEqual([]);
    expect(signBlockers({ ...NOTHING, key, plugin: PLUGIN, change: CHANGES })).toHaveLength(1);
    expect(signBlockers({ ...NOTHING, key, plugin: { ...PLUGIN, payload: null } })).toHaveLength(1);
  });
});

describe('signatureNow', () => {
  it('never calls a changed folder good', () => {
    expect(signatureNow({ ...NOTHING, plugin: SIGNED_PLUGIN, key, change: null })).toBe('good');
    expect(signatureNow({ ...NOTHING, plugin: SIGNED_PLUGIN, key, change: CHANGES })).toBe('stale');
    expect(signatureNow({ ...NOTHING, plugin: SIGNED_PLUGIN, key: OLD_KEY, change: null })).toBe('other-key');
    expect(signatureNow({ ...NOTHING, plugin: SIGNED_PLUGIN, key, signatureChanged: true })).toBe('replaced');
    expect(signatureNow({ ...NOTHING, plugin: SIGNED_PLUGIN, key, unreadable: true })).toBe('unreadable');
    expect(signatureNow({ ...NOTHING, plugin: null, key, change: null })).toBe('none');
  });
});

describe('diskSentence', () => {
  const NO_CHANGES = { added: [], removed: [], changed: [], manifestChanged: false };
  const event = { kind: 'plugin-changed' as const, folder: 'f1', changes: NO_CHANGES };
  const quiet = { signatureStale: true, signatureChanged: false, unreadable: false };

  it('says the most telling thing, and no change where there is none', () => {
    expect(diskSentence({ ...event, ...quiet, unreadable: true })).toBe('The folder can no longer be read.');
    expect(diskSentence({ ...event, ...quiet, signatureChanged: true })).toBe(
      '`plugin.sig` was changed or removed by something else.',
    );
    const changes = { ...NO_CHANGES, changed: ['plugin.py'] };
    expect(diskSentence({ ...event, ...quiet, changes, signatureChanged: true })).toBe(
      '`plugin.sig` was changed or removed by something else. `plugin.py` changed.',
    );
    expect(diskSentence({ ...event, ...quiet, changes })).toBe(
      'The signature no longer fits. `plugin.py` changed.',
    );
  });
});

describe('changeSentence', () => {
  it('names the one file and counts several', () => {
    expect(changeSentence({ added: [], removed: [], changed: ['plugin.py'], manifestChanged: false })).toBe(
      '`plugin.py` changed.',
    );
    expect(changeSentence({ added: ['a', 'b'], removed: ['c'], changed: [], manifestChanged: true })).toBe(
      'The manifest changed, 2 files added and `c` removed.',
    );
  });
});
