import type {
  Causes,
  Changes,
  CoveredFile,
  Failure,
  Finding,
  HandOverRehearsal,
  KeyFile,
  KeyringStatus,
  Manifest,
  ManifestFact,
  ModeVerdict,
  Payload,
  PluginView,
  PublisherKey,
  RecentPlugin,
  Rehearsal,
  Signed,
  SignedPlugins,
  Uncovered,
  UncoveredKind,
} from '../types';

/** Makes hex digits that look like a hash and are the same every time. */
export function hex(seed: string, digits: number): string {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  let out = '';
  while (out.length < digits) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    out += ((state ^ (state >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return out.slice(0, digits);
}

export const KEYRING_OK: KeyringStatus = { kind: 'ok', name: 'Secret Service' };

export const KEYRING_ABSENT: KeyringStatus = {
  kind: 'absent',
  reason: 'No program on this machine offers the Secret Service, which is where keys are kept on Linux.',
  advice: 'Install `gnome-keyring` or KWallet and log in again, or keep the key in an encrypted file.',
};

export const KEYRING_LOCKED: KeyringStatus = {
  kind: 'locked',
  reason: 'The keyring is there, but it is locked and did not ask for its password.',
  advice: 'Unlock it in “Passwords and Keys”, or log in again with your password.',
};

export const KEYRING_WAITING: KeyringStatus = {
  kind: 'waiting',
  reason: 'The keyring has not answered for 20 seconds.',
  advice: 'It may be asking for its password in a window behind this one.',
};

export const KEYRING_REFUSED: KeyringStatus = {
  kind: 'refused',
  reason: 'The keyring answered “access denied” when it was asked to store a test entry.',
  advice: 'Its prompt may have been dismissed. Try again and allow it.',
};

/** What a key has of which nothing is known yet. */
export const JUST_MADE = {
  origin: 'created',
  backedUp: null,
  lastUsed: null,
  handedOver: null,
  succeeds: null,
  succeededBy: null,
  revoked: null,
  standing: { kind: 'present' },
  waysOut: [],
  signed: 0,
} as const satisfies Partial<PublisherKey>;

export const KEY: PublisherKey = {
  ...JUST_MADE,
  key: 'k1',
  keyId: 'myorg-prod',
  fingerprint: `4f1c09be${hex('myorg-prod', 52)}d27a`,
  kept: 'keyring',
  where: 'Secret Service',
  created: '2026-03-03T09:12:44Z',
  waysOut: [],
};

/** A key that is looked after. */
export const BACKED_UP_KEY: PublisherKey = {
  ...KEY,
  backedUp: { at: '2026-03-03T09:20:10Z', where: '/media/stick/myorg-prod-backup.key' },
  lastUsed: '2026-03-12T15:01:00Z',
  handedOver: '2026-03-03T10:02:00Z',
  signed: 2,
};

export const FILE_KEY: PublisherKey = {
  ...JUST_MADE,
  key: 'k2',
  keyId: 'myorg-laptop',
  fingerprint: hex('myorg-laptop', 64),
  kept: 'file',
  where: '~/.local/share/aisoc-publisher/keys/myorg-laptop.key',
  created: '2025-11-20T16:40:02Z',
  waysOut: [],
};

export const OLD_KEY: PublisherKey = {
  ...JUST_MADE,
  key: 'k3',
  keyId: 'myorg-2025',
  fingerprint: hex('myorg-2025', 64),
  kept: 'keyring',
  where: 'Secret Service',
  created: '2025-01-14T08:00:00Z',
  origin: 'imported',
  backedUp: { at: '2025-01-14T08:05:00Z', where: '~/Documents/myorg-2025-backup.key' },
  lastUsed: '2025-12-11T10:10:00Z',
  signed: 2,
  waysOut: [],
};

export const MISSING_KEY: PublisherKey = {
  ...BACKED_UP_KEY,
  standing: { kind: 'missing' },
  waysOut: ['restore', 'revoke', 'forget'],
};

export const REPLACED_KEY: PublisherKey = {
  ...BACKED_UP_KEY,
  standing: { kind: 'other-key', there: hex('somebody else', 64) },
  waysOut: ['look-yourself', 'revoke'],
};

export const FOREIGN_KEY: PublisherKey = {
  ...KEY,
  standing: { kind: 'foreign', found: 'an item of 12 bytes that is no private key' },
  waysOut: ['look-yourself', 'revoke'],
};

export const UNKNOWN_KEY: PublisherKey = {
  ...BACKED_UP_KEY,
  standing: {
    kind: 'unknown',
    code: 'keyring-locked',
    reason: 'look for the key `myorg-prod`: the keyring is locked',
    hint: 'Unlock it, for example by logging in to the desktop with your password, then ask again.',
  },
  waysOut: ['ask-again'],
};

export const REVOKED_KEY: PublisherKey = {
  ...BACKED_UP_KEY,
  revoked: { at: '2026-03-14T07:30:00Z', reason: 'stolen' },
};

export const DELETED_KEY: PublisherKey = {
  ...OLD_KEY,
  standing: { kind: 'deleted', at: '2026-03-15T12:00:00Z' },
  waysOut: ['restore', 'forget'],
};

export const SIGNED_BEFORE: SignedPlugins = {
  plugins: [
    {
      pluginId: 'myorg.slack-responder',
      version: '2.3.1',
      where: '~/code/slack-responder',
      signed: '2025-12-11T10:10:00Z',
      folder: null,
    },
    {
      pluginId: 'myorg.virustotal',
      version: '1.0.0',
      where: '~/code/virustotal',
      signed: '2026-03-12T15:01:00Z',
      folder: 'f1',
    },
  ],
  unreadable: 0,
};

export const BACKUP_FILE: KeyFile = {
  file: 'x1',
  where: '/media/stick/myorg-prod-backup.key',
  encrypted: true,
  backup: true,
  keyId: KEY.keyId,
  made: '2026-03-03T09:20:08Z',
  fingerprint: KEY.fingerprint,
  known: KEY.keyId,
};

export const PLAIN_KEY_FILE: KeyFile = {
  file: 'x2',
  where: '~/aisoc/myorg-ci.key',
  encrypted: false,
  backup: false,
  keyId: 'myorg-ci',
  made: null,
  fingerprint: hex('myorg-ci', 64),
  known: null,
};

export const RECENTS: RecentPlugin[] = [
  {
    folder: 'f1',
    name: 'VirusTotal Enricher',
    pluginId: 'myorg.virustotal',
    version: '1.0.0',
    where: '~/code/virustotal',
    opened: '2026-03-02T17:20:00Z',
    keyId: 'myorg-prod',
    present: true,
  },
  {
    folder: 'f2',
    name: 'Slack Responder',
    pluginId: 'myorg.slack-responder',
    version: '2.3.1',
    where: '~/code/slack-responder',
    opened: '2025-12-11T10:02:00Z',
    keyId: 'myorg-2025',
    present: true,
  },
  {
    folder: 'f3',
    name: 'Old Connector',
    pluginId: 'myorg.connector',
    version: '0.4.0',
    where: '~/old/connector',
    opened: '2025-06-01T12:00:00Z',
    keyId: null,
    present: false,
  },
];

function text(value: string): ManifestFact {
  return { text: value, readAs: 'text' };
}

export const MANIFEST: Manifest = {
  file: 'plugin.yaml',
  id: text('myorg.virustotal'),
  name: text('VirusTotal Enricher'),
  version: text('1.0.0'),
  pluginType: text('enricher'),
};

function covered(path: string, size: number, symlink = false): CoveredFile {
  return { path, sha256: hex(path, 64), size, symlink };
}

const FILES: CoveredFile[] = [
  covered('plugin.py', 3124),
  covered('tests/test_client.py', 4410),
  covered('virustotal/__init__.py', 0),
  covered('virustotal/cache.py', 6021),
  covered('virustotal/client.py', 12408),
  covered('virustotal/shared.py', 12999, true),
  covered('virustotal/модель.py', 2038),
];

export function payload(files: CoveredFile[], manifestJson: string): Payload {
  return {
    digest: hex(files.map((file) => file.path).join(), 64),
    files,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    manifestJson,
  };
}

export function uncovered(...files: [string, number | null, UncoveredKind?][]): Uncovered {
  return {
    count: files.length,
    bytes: files.reduce((sum, [, size]) => sum + (size ?? 0), 0),
    files: files.map(([path, size, kind = 'other']) => ({ path, size, kind, symlink: kind === 'linked-folder' })),
  };
}

const MANIFEST_JSON =
  '{"author":"My Org","config_schema":{"properties":{"api_key":{"secret":true,"type":"string"},"timeout":{"default":30.0,"type":"number"}},"required":["api_key"]},"description":"Enriches IPs, domains and hashes via VirusTotal API.","id":"myorg.virustotal","min_version":"1.10","name":"VirusTotal Enricher","plugin_type":"enricher","tags":["threat-intel","enrichment"],"title_ru":"\\u041e\\u0431\\u043e\\u0433\\u0430\\u0449\\u0435\\u043d\\u0438\\u0435","version":"1.0.0"}';

export const PLUGIN: PluginView = {
  folder: 'f1',
  where: '~/code/virustotal',
  manifest: MANIFEST,
  findings: [],
  payload: payload(FILES, MANIFEST_JSON),
  uncovered: uncovered(['README.md', 2210], ['requirements.txt', 31], ['rules.json', 8_120]),
  signature: { kind: 'none' },
  inRepository: true,
  lastKey: null,
};

export const FINDINGS: Finding[] = [
  {
    code: 'manifest-date',
    severity: 'stops',
    title: '`released: 2024-01-15` is read as a date',
    place: { file: 'plugin.yaml', line: 9, column: 11 },
    why: 'AiSOC cannot sign or check a date, so it refuses the plugin in strict and in warn mode.',
    cure: 'Quote it: `released: "2024-01-15"`.',
    edit: { edit: 'e1', kind: 'quote', subject: 'released' },
  },
  {
    code: 'virtual-environment',
    severity: 'breaks-later',
    title: '1,204 files in `.venv/` would be signed',
    place: { file: '.venv', line: null, column: null },
    why: 'Operators will not have them, so the signature will not fit there.',
    cure: 'Move the environment out of the folder.',
    edit: null,
  },
  {
    code: 'float-version',
    severity: 'surprise',
    title: '`min_version: 1.10` is read as the number 1.1',
    place: { file: 'plugin.yaml', line: 6, column: 14 },
    why: 'What AiSOC compares with is 1.1, not 1.10.',
    cure: 'Write `min_version: "1.10"` if you mean the version.',
    edit: { edit: 'e2', kind: 'quote', subject: 'min_version' },
  },
  {
    code: 'ignored-manifest',
    severity: 'note',
    title: '`aisoc-plugin.json` is ignored',
    place: { file: 'aisoc-plugin.json', line: null, column: null },
    why: 'With a `plugin.yaml` beside it, AiSOC neither reads nor covers it.',
    cure: null,
    edit: null,
  },
];

/** A plugin that some problem keeps from having a canonical form. */
export const PROBLEM_PLUGIN: PluginView = {
  ...PLUGIN,
  manifest: { ...MANIFEST, version: { text: '1.0', readAs: 'number' } },
  findings: FINDINGS,
  payload: null,
};

/** What somebody's first try looks like: three problems at once, a surprise, and a manifest without an id. */
export const FIRST_TRY: PluginView = {
  ...PLUGIN,
  manifest: {
    file: 'plugin.yaml',
    id: { text: null, readAs: 'missing' },
    name: text('Weekend Enricher'),
    version: { text: '1.0', readAs: 'number' },
    pluginType: text('enrich'),
  },
  findings: [
    {
      code: 'manifest-fields-missing',
      severity: 'stops',
      title: 'the manifest `plugin.yaml` lacks `id`',
      place: { file: 'plugin.yaml', line: null, column: null },
      why: 'The loader refuses the plugin in every mode.',
      cure: '`id`, `name`, `version` and `plugin_type` are required; an empty text, null, false and zero count as missing.',
      edit: null,
    },
    {
      code: 'plugin-type-invalid',
      severity: 'stops',
      title: 'the plugin type `enrich` in `plugin.yaml` is none that AiSOC knows',
      place: { file: 'plugin.yaml', line: 3, column: 14 },
      why: 'The loader refuses the plugin in every mode.',
      cure: 'Use `enricher`, `action`, `connector`, `responder`, `detection` or `widget`.',
      edit: null,
    },
    {
      code: 'number-for-text',
      severity: 'surprise',
      title: '`version: 1.0` is read as the number 1.0',
      place: { file: 'plugin.yaml', line: 2, column: 10 },
      why: 'AiSOC reads the number 1.0, not a text, and the plugin loads. AiSOC and the marketplace entry show `1.0`; a later `1.10` would be shown as `1.1`.',
      cure: 'Write `version: "1.0"`.',
      edit: null,
    },
  ],
  payload: null,
};

const SIGN_AGAIN = 'put back what was signed, or sign what is there now';

function cause(code: string, message: string, hint: string, file: string | null, line: number | null = null): Failure {
  const place = file === null ? null : { file, line, column: line };
  const atTheLoader = 'the loader refuses it in strict mode and loads it as `invalid` in warn mode';
  return { code, message, hint, place, atTheLoader };
}

const SINCE: Causes['since'] = { at: '2026-03-03T09:30:00Z', version: '1.0.0', signer: '`myorg-prod`' };

const FILE_CHANGED = cause('signed-file-changed', '`plugin.py` changed after signing', SIGN_AGAIN, 'plugin.py');

/** What a new release looks like under the version of the last one. */
export const EDITED: Causes = { causes: [FILE_CHANGED], since: SINCE, unreadable: [] };

/** The same plugin after an edit that its signature does not cover. */
export const EDITED_PLUGIN: PluginView = {
  ...PLUGIN,
  payload: {
    ...(PLUGIN.payload as Payload),
    digest: hex('edited', 64),
    files: (PLUGIN.payload as Payload).files.map((file) =>
      file.path === 'plugin.py' ? { ...file, sha256: hex('edited plugin.py', 64) } : file,
    ),
  },
  signature: { kind: 'mismatch', why: EDITED },
};

/** A clean one with remarks, which can be signed. */
export const REMARK_PLUGIN: PluginView = { ...PLUGIN, findings: FINDINGS.slice(1) };

/** A folder of a size that no screen may choke on. */
export function largePlugin(files = 10_000): PluginView {
  const all = Array.from({ length: files }, (_, index) =>
    covered(
      `vendor/package_${String(Math.floor(index / 50)).padStart(3, '0')}/module_${String(index % 50).padStart(2, '0')}.py`,
      200 + ((index * 7919) % 40_000),
    ),
  );
  return {
    ...PLUGIN,
    payload: payload([covered('plugin.py', 3124), ...all.slice(1)], MANIFEST_JSON),
    uncovered: uncovered(['README.md', 2210]),
  };
}

/** Everything that foreign text may try: markup, reordering, hiding, length. */
export const HOSTILE =
  '<img src=x onerror="window.hacked=1"> \u202Egnp.exe\u202C \u200Bzero\u0007 `code` &lt;b&gt;';

export const HOSTILE_PLUGIN: PluginView = {
  ...PLUGIN,
  where: '~/code/\u202Esuriv',
  manifest: {
    file: 'plugin.yaml',
    id: text('evil.plugin'),
    name: text(HOSTILE),
    version: text(`1.0.0\n\u2028${'9'.repeat(400)}`),
    pluginType: text('enricher'),
  },
  findings: [
    {
      code: 'hidden-characters',
      severity: 'surprise',
      title: `\`name\` holds characters that are not seen: ${HOSTILE}`,
      place: { file: '\u202Eyp.nigulp', line: 2, column: 7 },
      why: `Operators see something else than what is there: ${HOSTILE}`,
      cure: 'Remove them.',
      edit: null,
    },
  ],
  payload: payload(
    [covered('plugin.py', 3124), covered(`<script>alert(1)</script>/\u202Eyp.${'long'.repeat(60)}.py`, 99)],
    '{"description":"<img src=x onerror=\\"window.hacked=1\\"> \\u202e","name":"</script><script>window.hacked=1</script>"}',
  ),
  uncovered: uncovered(['<b>README</b>.md', 12]),
};

export const CHANGES: Changes = {
  added: ['vendor/x.py'],
  removed: [],
  changed: ['virustotal/client.py'],
  manifestChanged: true,
};

export function verdicts(keyId: string): ModeVerdict[] {
  return [
    { mode: 'strict', loads: true, signatureStatus: 'verified', keyId, reason: 'verified' },
    { mode: 'warn', loads: true, signatureStatus: 'verified', keyId, reason: 'verified' },
    { mode: 'disabled', loads: true, signatureStatus: 'skipped', keyId: null, reason: 'skipped' },
  ];
}

export function signedWith(key: PublisherKey, plugin: PluginView): Signed {
  const digest = plugin.payload?.digest ?? '';
  return {
    key: key.key,
    keyId: key.keyId,
    digest,
    signature: hex(key.keyId + digest, 128),
    fileCount: plugin.payload?.files.length ?? 0,
    verdicts: verdicts(key.keyId),
    rehearsal: rehearsal(key.keyId),
  };
}

/** The steps of a plugin that verifies, in the core's words. */
export function rehearsal(keyId: string, wouldImport: Rehearsal['wouldImport'] = { kind: 'yes' }): Rehearsal {
  const steps: [string, string][] = [
    ['find a manifest', '`plugin.yaml`'],
    ['read the manifest', 'a mapping with 10 keys'],
    ['required fields', '`id`, `name`, `version` and `plugin_type` are there'],
    ['plugin id', '`myorg.virustotal`'],
    ['plugin type', '`enricher`'],
    ['read the trusted keys', `1 key: \`${keyId}\``],
    ['trust mode', '`disabled` looks no further; `strict` and `warn` do'],
    ['find plugin.sig', 'it is there'],
    ['read the signature', '64 bytes'],
    ['keys to try', '1 file to try'],
    ['compute the signed bytes', 'of the manifest and 7 files'],
    ['try the keys', `it fits \`${keyId}\``],
  ];
  return { steps: steps.map(([title, seen]) => ({ title, result: 'passed', seen })), wouldImport };
}

/** The fault of AiSOC's own templates. */
export const NEEDS_ARGUMENTS: Rehearsal['wouldImport'] = {
  kind: 'no',
  reason: failure('plugin-py-fails', '`Plugin()` lacks the argument `config`', {
    hint: 'give every parameter of `__init__` a default, or take the configuration later',
    place: { file: 'plugin.py', line: 14, column: 9 },
    atTheLoader: 'the loader refuses the plugin after its signature was checked, in every mode',
  }),
};

export const OTHER_PACKAGES: Rehearsal['wouldImport'] = {
  kind: 'cannot-tell',
  reason: failure('plugin-py-undecided', 'it imports `httpx`, `pydantic`, which are not part of Python', {
    hint: 'the operator’s AiSOC must be able to import it: say so in the README; the plugin’s own folder is not on its import path',
    place: { file: 'plugin.py', line: 3, column: 8 },
  }),
};

/** The same signature, of a plugin that does this once it is past it. */
export function signedThen(wouldImport: Rehearsal['wouldImport']): PluginView {
  const signed = { ...signedWith(KEY, PLUGIN), rehearsal: rehearsal(KEY.keyId, wouldImport) };
  return { ...SIGNED_PLUGIN, signature: { kind: 'good', signed } };
}

export const EVERYTHING_CHANGED: Causes = {
  causes: [
    cause('signed-field-changed', 'manifest `version` was 1.0.0 and is 1.0.1', SIGN_AGAIN, 'plugin.yaml', 3),
    FILE_CHANGED,
    cause(
      'signed-file-added',
      '`vendor/x.py` was added after signing',
      'remove it if it does not belong to the plugin; otherwise sign again',
      'vendor/x.py',
    ),
    cause(
      'signed-file-removed',
      '`virustotal/old.py` was signed and is not there any more',
      'put it back, or sign what is there now',
      'virustotal/old.py',
    ),
    cause(
      'line-endings-changed',
      'only line endings differ in `virustotal/cache.py`: signed with LF, CRLF now',
      'Git often does this: put `*.py text eol=lf` into `.gitattributes` and check the file out again',
      'virustotal/cache.py',
    ),
    cause(
      'key-not-trusted',
      'it is signed by `myorg-2024`, which is not among the trusted keys',
      'the operator puts `myorg-2024.pem` into the folder of trusted keys',
      null,
    ),
  ],
  since: { ...(SINCE as NonNullable<Causes['since']>), signer: '`myorg-2024`' },
  unreadable: [],
};

export const CAUSE_UNKNOWN: Causes = {
  causes: [
    cause(
      'cause-unknown',
      'it is not known here what `plugin.sig` was made for, or by which key',
      `ask the publisher for the digest that was shown when signing: it is not ${hex('plugin', 64)}, or the key is not among the trusted ones`,
      null,
    ),
  ],
  since: null,
  unreadable: [
    failure('data-file-invalid', 'read the receipt `~/.local/share/aisoc-publisher/receipts/4f1c.json`: it is damaged'),
  ],
};

export const LARGE_CHANGE: Causes = {
  causes: Array.from({ length: 60 }, (_, index) => ({
    ...FILE_CHANGED,
    message: `\`vendor/module_${String(index).padStart(2, '0')}.py\` changed after signing`,
  })),
  since: SINCE,
  unreadable: [],
};

export const HAND_OVER_VERIFIED: HandOverRehearsal = {
  shows: true,
  verdicts: verdicts(KEY.keyId),
  finding: null,
  warnings: [],
};

export const HAND_OVER_UNSIGNED: HandOverRehearsal = {
  shows: false,
  verdicts: [
    { mode: 'strict', loads: false, signatureStatus: null, keyId: null, reason: 'unsigned' },
    { mode: 'warn', loads: true, signatureStatus: 'unsigned', keyId: null, reason: 'unsigned' },
    { mode: 'disabled', loads: true, signatureStatus: 'skipped', keyId: null, reason: 'skipped' },
  ],
  finding: failure('unsigned', 'there is no `plugin.sig` in `~/code/virustotal`', { hint: 'sign the plugin' }),
  warnings: [
    failure('trusted-key-private', '`myorg-prod.key.pem` holds a private key', {
      hint: 'remove it from the folder at once, and have its publisher make a new one',
    }),
  ],
};

export const SIGNED_PLUGIN: PluginView = {
  ...PLUGIN,
  signature: { kind: 'good', signed: signedWith(KEY, PLUGIN) },
  lastKey: KEY.key,
};

/** Another plugin in another folder, with another key used last. */
export const OTHER_PLUGIN: PluginView = {
  ...PLUGIN,
  folder: 'f2',
  where: '~/code/slack-responder',
  manifest: { ...MANIFEST, id: text('myorg.slack-responder'), name: text('Slack Responder') },
  lastKey: OLD_KEY.key,
};

export function failure(code: string, message: string, rest: Partial<Failure> = {}): Failure {
  return { code, message, hint: null, place: null, atTheLoader: null, ...rest };
}

export const NO_MANIFEST = failure(
  'no-manifest',
  'found neither `plugin.yaml` nor `aisoc-plugin.json` in `~/code/notes`',
  {
    hint: 'Choose the folder that holds the manifest itself, not the one above it',
    place: { file: '~/code/notes', line: null, column: null },
    atTheLoader: 'AiSOC does not see a folder without a manifest as a plugin at all',
  },
);

export const BROKEN_YAML = failure(
  'manifest-syntax',
  'expected a `:` after the key `description` in `plugin.yaml`',
  {
    hint: 'Add the colon, or quote the text if it is one value over two lines',
    place: { file: 'plugin.yaml', line: 4, column: 12 },
    atTheLoader: 'AiSOC skips the plugin and logs a parse error, in every trust mode',
  },
);

export const UNREADABLE = failure(
  'io',
  'could not read `virustotal/client.py` to hash it: permission denied',
  {
    hint: 'Give yourself read permission on the file, then try again',
    place: { file: 'virustotal/client.py', line: null, column: null },
    atTheLoader: 'AiSOC fails on a file that it cannot read; it does not skip it',
  },
);

export const READ_ONLY = failure(
  'io',
  'could not write `plugin.sig` in `~/code/virustotal`: read-only file system',
  {
    hint: 'Nothing was changed. Make the folder writable, or sign a copy of it',
    place: { file: 'plugin.sig', line: null, column: null },
  },
);

export const WRONG_PASSPHRASE = failure(
  'wrong-passphrase',
  'the passphrase does not open the key file of `myorg-laptop`',
  {
    hint: 'Nothing was signed. Type it again; capitals and spaces count',
  },
);

export const RECEIPT_NOT_KEPT = failure(
  'receipt-not-kept',
  'no receipt of this signing could be kept: write `~/.local/share/aisoc-publisher/receipts`: No space left on device',
  {
    hint: 'the signature is as good without it; should it no longer fit one day, less can be said of why',
  },
);

export const KEYRING_REFUSED_KEY = failure(
  'keyring-refused',
  'keep the key `myorg-prod`: access to the keyring was refused',
  { hint: 'Allow it when the keyring asks, or keep the key in an encrypted file' },
);

export const KEY_EXISTS = failure('key-exists', 'the keyring already holds a key named `myorg-prod`', {
  hint: 'It was left as it is. Choose another name for the new key',
});
