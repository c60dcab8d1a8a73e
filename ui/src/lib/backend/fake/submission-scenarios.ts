import { tick } from 'svelte';
import type { Session } from '../../state/session.svelte';
import * as data from './data';
import type { Setup } from './fake';
import type { Scenario } from './scenarios';
import * as clone from './submission-data';

const signed: Partial<Setup> = { argument: 'f1', recents: data.RECENTS, plugins: { f1: data.SIGNED_PLUGIN } };
const toClone: Partial<Setup> = { ...signed, goal: { kind: 'checkout', ...clone.CLONE } };

const looked = async (session: Session) => {
  session.go('entry');
  await session.goals.recall();
  await session.submitting.look();
};
const copied = async (session: Session) => {
  await looked(session);
  await session.submitting.copy();
};
const ran = async (session: Session) => {
  await copied(session);
  await session.submitting.run();
};
/** A submission, as it is shown before it is copied. */
const looking = (submission: Setup['submission']): Omit<Scenario, 'shows'> => ({
  setup: { ...toClone, submission },
  arrange: looked,
});

/** The states of the way into a clone of AiSOC's repository, by name. */
export const SUBMISSION_SCENARIOS = {
  'clone-choosing': {
    shows: 'the dialog for the clone waiting',
    setup: { ...signed, goal: null, hold: { chooseCheckout: null } },
    arrange: async (session) => {
      session.go('entry');
      await session.goals.recall();
      void session.goals.chooseClone();
    },
  },
  'clone-refused': {
    shows: 'a folder that is no clone of AiSOC',
    setup: { ...signed, goal: null, fail: { chooseCheckout: clone.NO_CLONE } },
    arrange: async (session) => {
      session.go('entry');
      await session.goals.recall();
      await session.goals.chooseClone();
    },
  },
  'clone-unsigned': {
    shows: 'a plugin that is to be signed before it goes into the clone',
    setup: { ...toClone, plugins: { f1: data.PLUGIN } },
    arrange: async (session) => {
      session.go('entry');
      await session.goals.recall();
    },
  },
  'clone-looking': {
    shows: 'plugin and clone being looked at',
    setup: { ...toClone, hold: { planSubmission: { step: 'hashing', done: 4096, total: 15_000 } } },
    arrange: async (session) => {
      session.go('entry');
      await session.goals.recall();
      void session.submitting.look();
    },
  },
  'clone-taken': {
    shows: 'an id that is another plugin’s in the clone',
    setup: { ...toClone, fail: { planSubmission: clone.ID_TAKEN } },
    arrange: looked,
  },
  'clone-first': { shows: 'a first submission', ...looking(clone.FIRST_SUBMISSION) },
  'clone-second': { shows: 'a second release into a clone', ...looking(clone.SECOND_SUBMISSION) },
  'clone-surplus': { shows: 'a file in the clone that is in the way', ...looking(clone.SURPLUS) },
  'clone-removes': {
    shows: 'a submission that removes a file of the clone',
    setup: { ...toClone, submission: clone.SURPLUS },
    arrange: async (session) => {
      await looked(session);
      await session.submitting.remove(true);
    },
  },
  'clone-rewritten': { shows: 'a clone that Git changes', ...looking(clone.REWRITTEN) },
  'clone-mending': {
    shows: 'a change that keeps Git from changing the plugin',
    setup: { ...toClone, submission: clone.REWRITTEN },
    arrange: async (session) => {
      await looked(session);
      const { mend } = session.submitting.submission ?? {};
      if (mend) await session.mending.look(mend);
    },
  },
  'clone-mendable': { shows: 'a clone that Git changes, and the file that mends it', ...looking(clone.MENDABLE) },
  'clone-mended': {
    shows: 'a submission with a file that was chosen',
    setup: { ...toClone, submission: clone.MENDABLE },
    arrange: async (session) => {
      await looked(session);
      await session.submitting.choose(['.gitattributes'], true);
    },
  },
  'clone-choice-refused': {
    shows: 'a chosen file that cannot go along',
    setup: toClone,
    arrange: async (session, backend) => {
      await looked(session);
      backend.setup.fail = { planSubmission: clone.SECRET };
      await session.submitting.choose(['notes.txt'], true);
    },
  },
  'clone-untold': { shows: 'a clone of which cannot be told what it makes', ...looking(clone.UNTOLD) },
  'clone-applied': { shows: 'a clone that has exactly the plugin', ...looking(clone.APPLIED) },
  'clone-hostile': { shows: 'a submission whose names try everything', ...looking(clone.HOSTILE_SUBMISSION) },
  'clone-copying': {
    shows: 'the plugin being copied into the clone',
    setup: { ...toClone, hold: { copySubmission: null } },
    arrange: async (session) => {
      await looked(session);
      void session.submitting.copy();
    },
  },
  'clone-stale': {
    shows: 'a clone that changed while it was looked at',
    setup: { ...toClone, submissionNow: clone.SECOND_SUBMISSION },
    arrange: copied,
  },
  'clone-not-copied': {
    shows: 'a clone that could not be written',
    setup: { ...toClone, fail: { copySubmission: data.READ_ONLY } },
    arrange: copied,
  },
  'clone-script': { shows: 'the question whether the clone’s script may run', setup: toClone, arrange: copied },
  'clone-no-python': {
    shows: 'a machine on which the script cannot run',
    setup: { ...toClone, noScript: clone.NO_PYTHON },
    arrange: copied,
  },
  'clone-running': {
    shows: 'the clone’s script running',
    setup: { ...toClone, hold: { runIndexScript: null } },
    arrange: async (session) => {
      await copied(session);
      void session.submitting.run();
    },
  },
  'clone-script-stale': {
    shows: 'a script that changed while it was looked at',
    setup: { ...toClone, scriptNow: { ...clone.SCRIPT, shown: 'another' } },
    arrange: ran,
  },
  'clone-script-failed': {
    shows: 'a script that failed',
    setup: { ...toClone, fail: { runIndexScript: clone.SCRIPT_FAILED } },
    arrange: ran,
  },
  'clone-drifted': {
    shows: 'an index of which more changed than the plugin’s item',
    setup: { ...toClone, built: clone.DRIFTED },
    arrange: ran,
  },
  'clone-built': { shows: 'a submission that is ready to commit', setup: toClone, arrange: ran },
  'clone-newer': {
    shows: 'an index of a newer script, and no texts for a pull request',
    setup: { ...toClone, built: clone.NEWER },
    arrange: ran,
  },
  'clone-request-saved': {
    shows: 'a submission whose pull request is saved',
    setup: toClone,
    arrange: async (session) => {
      await ran(session);
      const { pullRequest } = session.submitting.request;
      if (pullRequest) await session.kit.save(pullRequest);
    },
  },
  'clone-by-hand': {
    shows: 'a submission whose index the author builds',
    setup: toClone,
    arrange: async (session) => {
      await copied(session);
      session.submitting.byHand = true;
    },
  },
  'clone-not-ready': {
    shows: 'a submission that may not be committed',
    setup: { ...toClone, submission: clone.UNTOLD },
    arrange: ran,
  },
  'clone-signature-stale': {
    shows: 'a folder that changed while the submission was looked at',
    setup: toClone,
    arrange: async (session, backend) => {
      await looked(session);
      const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
      const seen = { signatureStale: true, signatureChanged: false, unreadable: false };
      backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...seen });
      await tick();
    },
  },
} satisfies Record<string, Scenario>;
