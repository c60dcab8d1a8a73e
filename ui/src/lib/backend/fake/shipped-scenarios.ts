import * as data from './data';
import type { Setup } from './fake';
import type { Scenario } from './scenarios';
import { FAILING, INTACT, LOST, REFUSED, UNDECIDED, WHEEL } from './shipped';

const signed: Partial<Setup> = { argument: 'f1', recents: data.RECENTS, plugins: { f1: data.SIGNED_PLUGIN } };

/** What is really shipped. */
export const SHIPPED_SCENARIOS = {
  'shipped-lost': {
    shows: 'a wheel that lost the signature, with what to write',
    setup: { ...signed, shipped: LOST },
    arrange: (session) => session.shipping.checkPackage(WHEEL),
  },
  'shipped-intact': {
    shows: 'a package that is what was signed',
    setup: { ...signed, shipped: INTACT },
    arrange: (session) => session.shipping.checkPackage(WHEEL),
  },
  'shipped-undecided': {
    shows: 'a package that verifies and needs other packages',
    setup: { ...signed, shipped: UNDECIDED },
    arrange: (session) => session.shipping.checkPackage(WHEEL),
  },
  'shipped-fails': {
    shows: 'a package that verifies and then fails to load',
    setup: { ...signed, shipped: FAILING },
    arrange: (session) => session.shipping.checkPackage(WHEEL),
  },
  'shipped-alone': {
    shows: 'a package without the folder that it was made from',
    setup: { recents: data.RECENTS, shipped: LOST },
    arrange: (session) => session.shipping.checkPackage(WHEEL),
  },
  'shipped-refused': {
    shows: 'an archive that is refused',
    setup: { ...signed, fail: { checkPackage: REFUSED } },
    arrange: (session) => session.shipping.checkPackage({ file: 'a2', where: '~/Downloads/plugin.tar.gz' }),
  },
  'shipped-reading': {
    shows: 'a package being read',
    setup: { ...signed, hold: { checkPackage: { step: 'hashing', done: 26_000, total: 41_000 } } },
    arrange: (session) => void session.shipping.checkPackage(WHEEL),
  },
  'shipped-choosing': {
    shows: 'the dialog for a package waiting',
    setup: { ...signed, hold: { choosePackage: null } },
    arrange: (session) => void session.shipping.choose(),
  },
  'shipped-committed': {
    shows: 'what a fresh clone has',
    setup: signed,
    arrange: (session) => session.shipping.checkCommitted(),
  },
} satisfies Record<string, Scenario>;
