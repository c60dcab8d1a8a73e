import type { BackendEvent, Changes, KeyringStatus, PluginView, PublisherKey } from '../backend/types';
import { count, list, plural } from '../text/format';
import { keyTrouble } from './key-trouble';

export const TASKS = ['key', 'plugin', 'sign', 'entry', 'hand-over'] as const;
export type TaskId = (typeof TASKS)[number];

export const TASK_TITLES: Record<TaskId, string> = {
  key: 'Publisher key',
  plugin: 'Plugin',
  sign: 'Sign',
  entry: 'Marketplace entry',
  'hand-over': 'Hand over',
};

/** `attention`: it was done or could be, and something stands against it. */
export type TaskStatus = 'done' | 'ready' | 'attention' | 'blocked';

export interface TaskState {
  id: TaskId;
  title: string;
  status: TaskStatus;
  /** The state in a few words. */
  line: string;
}

/** What the tasks' states follow from. */
export interface Facts {
  key: PublisherKey | null;
  keyring: KeyringStatus;
  creatingKey: boolean;
  plugin: PluginView | null;
  opening: boolean;
  /** What changed on disk since the plugin was read. */
  change: Changes | null;
  /** Whether something else changed, made or removed `plugin.sig`. */
  signatureChanged: boolean;
  /** Whether the folder cannot be read now. */
  unreadable: boolean;
  signing: boolean;
  /** What is left to do to the entry's fields, where it was composed and something is. */
  entryTodo: string | null;
  /** What was done with the finished entry. */
  entryTaken: 'submitted' | 'written' | 'saved' | 'copied' | null;
  keyTaken: boolean;
}

/** What `plugin.sig` is worth right now, with the chosen key. */
export type SignatureNow =
  | 'none'
  | 'good'
  | 'other-key'
  | 'stale'
  | 'mismatch'
  | 'malformed'
  /** Something else changed, made or removed it; what is there has not been read. */
  | 'replaced'
  /** The folder cannot be read. */
  | 'unreadable';

export function signatureNow(
  facts: Pick<Facts, 'plugin' | 'key' | 'change' | 'signatureChanged' | 'unreadable'>,
): SignatureNow {
  const signature = facts.plugin?.signature;
  if (signature && facts.unreadable) return 'unreadable';
  if (signature && facts.signatureChanged) return 'replaced';
  if (!signature) return 'none';
  if (signature.kind !== 'good') return signature.kind;
  if (facts.change) return 'stale';
  return facts.key && signature.signed.key !== facts.key.key ? 'other-key' : 'good';
}

/** What has to be done before this plugin can be signed, and in which task. */
export interface Blocker {
  task: TaskId;
  text: string;
  /** What the button that goes there says. */
  go: string;
}

export function signBlockers(facts: Facts): Blocker[] {
  const blockers: Blocker[] = [];
  const trouble = facts.key && keyTrouble(facts.key);
  if (!facts.key) {
    blockers.push({ task: 'key', text: 'There is no publisher key yet.', go: 'Make a publisher key' });
  } else if (trouble) {
    const go = facts.key.revoked ? 'Choose another key' : 'See the key';
    blockers.push({ task: 'key', text: trouble.text, go });
  }
  if (!facts.plugin) {
    blockers.push({ task: 'plugin', text: 'No plugin is open.', go: 'Choose a plugin' });
    return blockers;
  }
  const stopping = stops(facts.plugin);
  if (facts.unreadable) {
    blockers.push({ task: 'plugin', text: 'The folder can no longer be read.', go: 'See the plugin' });
  } else if (facts.change) {
    blockers.push({
      task: 'plugin',
      text: 'The folder changed since you looked at it.',
      go: 'Look at the change',
    });
  } else if (stopping > 0 || !facts.plugin.payload) {
    const problems = Math.max(stopping, 1);
    const text = `${count(problems, 'problem')} would stop this plugin from loading.`;
    blockers.push({ task: 'plugin', text, go: `See the ${plural(problems, 'problem')}` });
  }
  return blockers;
}

/** Counts the findings that keep the plugin from loading anywhere. */
export function stops(plugin: PluginView): number {
  return plugin.findings.filter((finding) => finding.severity === 'stops').length;
}

/** Counts the findings of secrets that would travel with the plugin. */
export function exposes(plugin: PluginView): number {
  return plugin.findings.filter((finding) => finding.severity === 'exposes').length;
}

/** Says of every task whether it is done, ready or cannot start, and why. */
export function taskStates(facts: Facts): TaskState[] {
  const state = (id: TaskId, [status, line]: [TaskStatus, string]): TaskState => ({
    id,
    title: TASK_TITLES[id],
    status,
    line,
  });
  return [
    state('key', keyState(facts)),
    state('plugin', pluginState(facts)),
    state('sign', signState(facts)),
    state('entry', entryState(facts)),
    state('hand-over', handOverState(facts)),
  ];
}

function keyState({ key, keyring, creatingKey }: Facts): [TaskStatus, string] {
  if (creatingKey) return ['ready', 'Being made'];
  if (!key) return ['ready', 'Made once, in a minute'];
  const trouble = keyTrouble(key);
  if (trouble) return ['attention', trouble.line];
  if (key.kept === 'file') return ['done', 'In an encrypted file'];
  switch (keyring.kind) {
    case 'ok':
      return ['done', 'In the keyring'];
    case 'locked':
      return ['attention', 'The keyring is locked'];
    case 'waiting':
      return ['attention', 'The keyring does not answer'];
    case 'absent':
      return ['attention', 'The keyring is not there'];
    case 'refused':
      return ['attention', 'The keyring refuses'];
  }
}

function pluginState({ plugin, opening, change, unreadable }: Facts): [TaskStatus, string] {
  if (opening) return ['ready', 'Being read'];
  if (!plugin) return ['ready', 'Choose its folder'];
  if (unreadable) return ['attention', 'Can no longer be read'];
  if (change) return ['attention', 'Changed on disk'];
  const stopping = stops(plugin);
  if (stopping > 0 || !plugin.payload)
    return ['attention', `${count(Math.max(stopping, 1), 'problem')} to solve`];
  const secrets = exposes(plugin);
  if (secrets > 0) return ['attention', `${count(secrets, 'secret')} would be given away`];
  const rest = plugin.findings.length;
  return ['done', rest === 0 ? 'No problems' : `${count(rest, 'thing')} to know`];
}

function signState(facts: Facts): [TaskStatus, string] {
  if (facts.signing) return ['ready', 'Being signed'];
  const signature = signatureNow(facts);
  if (signature === 'unreadable') return ['attention', 'The folder cannot be read'];
  if (signature === 'replaced') return ['attention', 'plugin.sig was changed'];
  if (signature === 'stale' || signature === 'mismatch') return ['attention', 'Signature no longer fits'];
  const blockers = signBlockers(facts);
  if (blockers.length > 0) {
    if (!facts.plugin) return ['blocked', facts.key ? 'After a plugin is chosen' : 'After key and plugin'];
    if (!facts.key) return ['blocked', 'After a key is made'];
    if (keyTrouble(facts.key)) return ['blocked', facts.key.revoked ? 'After another key is chosen' : 'After a look at the key'];
    const problems = Math.max(stops(facts.plugin), 1);
    if (facts.change) return ['blocked', 'After a look at the change'];
    return ['blocked', `After the ${plural(problems, 'problem is', 'problems are')} solved`];
  }
  if (signature === 'good') return ['done', `Signed by ${facts.key?.keyId ?? ''}`];
  if (signature === 'other-key') return ['attention', 'Signed with another key'];
  if (signature === 'malformed') return ['attention', 'plugin.sig is damaged'];
  return ['ready', `${count(facts.plugin?.payload?.files.length ?? 0, 'file')} to sign`];
}

const ENTRY_TAKEN = {
  submitted: 'In your clone of AiSOC',
  written: 'In the index',
  saved: 'Saved',
  copied: 'Copied',
} as const;

function entryState(facts: Facts): [TaskStatus, string] {
  if (!facts.plugin) return ['blocked', 'After a plugin is chosen'];
  if (!facts.key) return ['blocked', 'After a key is made'];
  if (facts.key.revoked) return ['blocked', 'After another key is chosen'];
  if (!facts.plugin.manifest) return ['blocked', 'After the problem is solved'];
  if (signatureNow(facts) !== 'good') return ['ready', 'Can be drafted now'];
  if (facts.entryTaken) return ['done', ENTRY_TAKEN[facts.entryTaken]];
  return ['ready', facts.entryTodo ?? 'Ready'];
}

function handOverState(facts: Facts): [TaskStatus, string] {
  if (!facts.key) return ['blocked', 'After a key is made'];
  if (facts.key.revoked) return ['blocked', 'After another key is chosen'];
  if (facts.keyTaken) return ['done', 'Public key saved'];
  return ['ready', signatureNow(facts) === 'good' ? 'Ready' : 'Public key can be sent'];
}

/** Answers whether two readings differ in nothing that is signed. */
export function isEmpty(changes: Changes): boolean {
  return (
    !changes.manifestChanged && changes.added.length + changes.removed.length + changes.changed.length === 0
  );
}

export const SIGNATURE_REPLACED = '`plugin.sig` was changed or removed by something else';
export const FOLDER_UNREADABLE = 'The folder can no longer be read';

/** Says what became of the folder since it was read, most telling first. */
export function diskSentence(event: Extract<BackendEvent, { kind: 'plugin-changed' }>): string {
  if (event.unreadable) return `${FOLDER_UNREADABLE}.`;
  const what = event.signatureChanged && isEmpty(event.changes) ? '' : ` ${changeSentence(event.changes)}`;
  if (event.signatureChanged) return `${SIGNATURE_REPLACED}.${what}`;
  return `${event.signatureStale ? 'The signature no longer fits.' : 'The folder changed.'}${what}`;
}

/** Says in one sentence what changed, with a name where there is only one. */
export function changeSentence(changes: Changes): string {
  const parts: string[] = [];
  const part = (paths: string[], verb: string) => {
    if (paths.length === 1) parts.push(`\`${paths[0]}\` ${verb}`);
    else if (paths.length > 1) parts.push(`${count(paths.length, 'file')} ${verb}`);
  };
  if (changes.manifestChanged) parts.push('the manifest changed');
  part(changes.changed, 'changed');
  part(changes.added, 'added');
  part(changes.removed, 'removed');
  const sentence = list(parts);
  return sentence === ''
    ? 'Something in the folder changed.'
    : `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`;
}
