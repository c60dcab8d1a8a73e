import { tick } from 'svelte';
import type { Manifest } from '../types';
import type { Session } from '../../state/session.svelte';
import * as data from './data';
import * as entry from './entry-data';
import type { Setup } from './fake';
import type { Scenario } from './scenarios';

const QUIET = { signatureStale: false, signatureChanged: false, unreadable: false };
const signed: Partial<Setup> = { argument: 'f1', recents: data.RECENTS, plugins: { f1: data.SIGNED_PLUGIN } };
const toIndex: Partial<Setup> = { ...signed, goal: { kind: 'index', ...entry.INDEX_FILE } };

const MANIFEST = data.SIGNED_PLUGIN.manifest as Manifest;
const LONG_NAME = {
  ...data.SIGNED_PLUGIN,
  manifest: {
    ...MANIFEST,
    name: {
      ...MANIFEST.name,
      text: 'VirusTotal Enricher for IP addresses, domains, URLs and file hashes in alerts and cases of every severity',
    },
  },
};

const fill = async (session: Session) => {
  session.go('entry');
  await session.goals.recall();
  await session.entry.compose();
  session.entry.edit('url', 'https://github.com/myorg/aisoc-virustotal');
  session.entry.edit('install', 'pip install aisoc-plugin-virustotal');
  await session.entry.flush();
};
const planned = async (session: Session) => {
  await fill(session);
  await session.index.plan();
};
const written = async (session: Session) => {
  await planned(session);
  await session.index.write();
};
/** The change to an index, as it is shown before it is written. */
const change = (indexChange: Setup['indexChange']): Omit<Scenario, 'shows'> => ({
  setup: { ...toIndex, indexChange },
  arrange: planned,
});

/** The states of the way that an entry goes, by name. */
export const ENTRY_SCENARIOS = {
  'entry-goal': {
    shows: 'the question where the entry goes',
    setup: { ...signed, goal: null },
    arrange: (session) => session.go('entry'),
  },
  'entry-goal-again': {
    shows: 'the question where the entry goes, asked for again',
    setup: toIndex,
    arrange: async (session) => {
      await fill(session);
      session.goals.choosingAgain = true;
    },
  },
  'entry-goal-unreadable': {
    shows: 'an earlier answer that cannot be read',
    setup: { ...signed, goal: null, fail: { entryGoal: data.READ_ONLY } },
    arrange: (session) => session.go('entry'),
  },
  'entry-suggested': {
    shows: 'fields for which the project proposes values',
    setup: { ...signed, suggestions: entry.SUGGESTIONS },
    arrange: (session) => session.go('entry'),
  },
  'entry-cut': {
    shows: 'a card on which not everything fits',
    setup: {
      ...signed,
      card: entry.FULL_CARD,
      plugins: { f1: LONG_NAME },
    },
    arrange: fill,
  },
  'entry-unreviewed': {
    shows: 'a folder that could not be looked at as reviewers do',
    setup: { ...signed, fail: { reviewEntry: data.UNREADABLE } },
    arrange: fill,
  },
  'index-choosing': {
    shows: 'the dialog for the index waiting',
    setup: { ...signed, goal: null, hold: { chooseIndex: null } },
    arrange: async (session) => {
      session.go('entry');
      await session.goals.recall();
      void session.goals.chooseIndex();
    },
  },
  'index-form': { shows: 'a complete entry that goes into an index', setup: toIndex, arrange: fill },
  'index-reading': {
    shows: 'the index being read',
    setup: { ...toIndex, hold: { planIndex: null } },
    arrange: async (session) => {
      await fill(session);
      void session.index.plan();
    },
  },
  'index-broken': {
    shows: 'an index that is no JSON',
    setup: { ...toIndex, fail: { planIndex: entry.INDEX_BROKEN } },
    arrange: planned,
  },
  'index-insert': { shows: 'an item that is added', ...change(entry.INSERTED) },
  'index-update': { shows: 'an item that changes', ...change(entry.UPDATED) },
  'index-lower': { shows: 'an item that goes back to an older version', ...change(entry.LOWERED) },
  'index-hostile': { shows: 'an item that tries everything', ...change(entry.HOSTILE_CHANGE) },
  'index-same': { shows: 'an index that has the very entry', ...change(entry.SAME) },
  'index-writing': {
    shows: 'the index being written',
    setup: { ...toIndex, hold: { writeIndex: null } },
    arrange: async (session) => {
      await planned(session);
      void session.index.write();
    },
  },
  'index-stale': {
    shows: 'an index that changed while its change was looked at',
    setup: { ...toIndex, indexNow: entry.UPDATED },
    arrange: written,
  },
  'index-not-written': {
    shows: 'an index that could not be written',
    setup: { ...toIndex, fail: { writeIndex: entry.INDEX_READ_ONLY } },
    arrange: written,
  },
  'index-written': { shows: 'an index that was written', setup: toIndex, arrange: written },
  'kit-saved': {
    shows: 'a pull request that was saved',
    setup: toIndex,
    arrange: async (session) => {
      await written(session);
      if (session.index.written?.pullRequest) await session.kit.save(session.index.written.pullRequest);
    },
  },
  'kit-saving': {
    shows: 'the dialog for a pull request waiting',
    setup: { ...toIndex, hold: { saveKit: null } },
    arrange: async (session) => {
      await written(session);
      if (session.index.written?.pullRequest) void session.kit.save(session.index.written.pullRequest);
    },
  },
  'kit-exists': {
    shows: 'a pull request that has a folder already',
    setup: { ...toIndex, fail: { saveKit: entry.KIT_EXISTS } },
    arrange: async (session) => {
      await written(session);
      if (session.index.written?.pullRequest) await session.kit.save(session.index.written.pullRequest);
    },
  },
  'kit-none': {
    shows: 'a written index without texts for a pull request',
    setup: { ...toIndex, noPullRequest: entry.NO_PULL_REQUEST },
    arrange: written,
  },
  'index-signature-stale': {
    shows: 'a folder that changed while the change to the index was looked at',
    setup: toIndex,
    arrange: async (session, backend) => {
      await planned(session);
      const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...QUIET, signatureStale: true });
      await tick();
    },
  },
} satisfies Record<string, Scenario>;
