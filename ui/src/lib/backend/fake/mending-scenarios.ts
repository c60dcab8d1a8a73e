import { tick } from 'svelte';
import type { Session } from '../../state/session.svelte';
import * as data from './data';
import type { Setup } from './fake';
import { MUCH_TO_KNOW, NOTED_PLUGIN } from './mending';
import type { Scenario } from './scenarios';

const shown = (plugin: Setup['plugins'][string]): Partial<Setup> => ({
  argument: 'f1',
  recents: data.RECENTS,
  plugins: { f1: plugin },
});
const OUTDATED = data.failure('edit-outdated', '`plugin.yaml` is not what the change was made for any more', {
  hint: 'look at the plugin again, and at the new diff',
  place: { file: 'plugin.yaml', line: null, column: null },
});

/** Looks at the change with this name, as its button does. */
const look = (session: Session, edit: string) => {
  const offered = session.plugin?.findings.find((finding) => finding.edit?.edit === edit)?.edit;
  return offered ? session.mending.look(offered) : undefined;
};

/** Unfolds what the Plugin task folds, or chooses files in it. */
const click = async (selector: string) => {
  await tick();
  for (const element of document.querySelectorAll<HTMLElement>(selector)) element.click();
};

/** What an author is told in the Plugin task, and changes that mend it. */
export const MENDING_SCENARIOS = {
  'plugin-much': { shows: 'a secret, and much to know', setup: shown(MUCH_TO_KNOW) },
  'plugin-much-unfolded': {
    shows: 'everything there is to know, unfolded',
    setup: shown(MUCH_TO_KNOW),
    arrange: () => click('main summary'),
  },
  'plugin-notes': { shows: 'nothing in the way, and notes for later', setup: shown(NOTED_PLUGIN) },
  'plugin-files-all': {
    shows: 'all files, with what covers them',
    setup: shown(MUCH_TO_KNOW),
    arrange: () => click('input[value=all]'),
  },
  'plugin-files-code': {
    shows: 'code that no signature covers',
    setup: shown(MUCH_TO_KNOW),
    arrange: () => click('input[value=executable]'),
  },
  'edit-quote': {
    shows: 'a value about to be quoted',
    setup: shown(data.PROBLEM_PLUGIN),
    arrange: (session) => look(session, 'e1'),
  },
  'edit-new-file': {
    shows: 'a file about to be made',
    setup: shown(MUCH_TO_KNOW),
    arrange: (session) => look(session, 'e3'),
  },
  'edit-applying': {
    shows: 'a change being made',
    setup: { ...shown(data.PROBLEM_PLUGIN), hold: { applyEdit: { step: 'hashing', done: 26_000, total: 41_000 } } },
    arrange: async (session) => {
      await look(session, 'e1');
      void session.mending.apply();
    },
  },
  'edit-outdated': {
    shows: 'a change whose file holds other bytes by now',
    setup: { ...shown(data.PROBLEM_PLUGIN), fail: { applyEdit: OUTDATED } },
    arrange: async (session) => {
      await look(session, 'e1');
      await session.mending.apply();
    },
  },
  'edit-failed': {
    shows: 'a change that could not be written',
    setup: { ...shown(data.PROBLEM_PLUGIN), fail: { applyEdit: { ...data.READ_ONLY, message: 'could not write `plugin.yaml`: read-only file system', place: null } } },
    arrange: async (session) => {
      await look(session, 'e1');
      await session.mending.apply();
    },
  },
  'edit-made': {
    shows: 'a change made, and the plugin as it is now',
    setup: shown(data.PROBLEM_PLUGIN),
    arrange: async (session) => {
      await look(session, 'e1');
      await session.mending.apply();
    },
  },
} satisfies Record<string, Scenario>;
