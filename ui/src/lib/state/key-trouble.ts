import type { PublisherKey } from '../backend/types';
import { day } from '../text/format';

/** Why a key cannot sign. */
export interface KeyTrouble {
  /** In a few words, for the list of tasks. */
  line: string;
  /** In a sentence. */
  text: string;
}

/** Says why a key cannot sign; null where nothing is known against it. */
export function keyTrouble(key: PublisherKey): KeyTrouble | null {
  const id = `\`${key.keyId}\``;
  if (key.revoked) {
    return { line: 'Revoked', text: `The key ${id} was revoked on ${day(key.revoked.at)} and signs no more.` };
  }
  const place = key.kept === 'file' ? 'its file' : 'the keyring';
  switch (key.standing?.kind) {
    case 'missing':
      return key.kept === 'file'
        ? { line: 'Its file is gone', text: `The file of the key ${id} is gone.` }
        : { line: 'No longer in the keyring', text: `The key ${id} is no longer in the keyring.` };
    case 'other-key':
      return { line: 'Another key in its place', text: `Another key is in ${place} in place of ${id}.` };
    case 'foreign':
      return { line: 'Something else in its place', text: `Something else is in ${place} in place of ${id}.` };
    case 'deleted':
      return { line: 'Deleted', text: `The key ${id} was deleted.` };
    default:
      return null;
  }
}

/** Whether a key was deleted here, so that only its public half is remembered. */
export function isDeleted(key: PublisherKey): boolean {
  return key.standing?.kind === 'deleted';
}
