import type {
  ChosenFolder,
  Copied,
  Failure,
  IndexBuilt,
  IndexScript,
  LeftOutFile,
  ModeVerdict,
  PullRequest,
  Submission,
  SubmissionNotice,
  SubmissionWish,
  SubmittedFile,
} from '../types';
import { NO_PULL_REQUEST, PULL_REQUEST } from './entry-data';
import { failure, hex, HOSTILE, HOSTILE_PLUGIN, verdicts } from './data';

export const CLONE: ChosenFolder = { folder: 'f8', where: '~/code/AiSOC' };

const FOLDER = 'plugins/community/myorg.virustotal';

const ATTRIBUTES: LeftOutFile = { path: '.gitattributes', size: 46, unfit: null };
const STAYS: LeftOutFile[] = [
  { path: 'docs/latest', size: 4, unfit: 'link' },
  { path: 'docs/screenshot.png', size: 48_211, unfit: null },
  { path: 'notes.txt', size: 732, unfit: null },
];

const notice = (what: Failure, include: string[] = []): SubmissionNotice => ({ what, breaks: false, include });
const breaking = (what: Failure, include: string[] = []): SubmissionNotice => ({ what, breaks: true, include });

/** A clone that has nothing of the plugin yet. */
export const FIRST_SUBMISSION: Submission = {
  folder: FOLDER,
  where: `${CLONE.where}/${FOLDER}`,
  files: [
    { path: 'LICENSE', size: 1068, role: 'document', state: 'new' },
    { path: 'README.md', size: 2210, role: 'document', state: 'new' },
    { path: 'plugin.py', size: 3124, role: 'covered', state: 'new' },
    { path: 'plugin.sig', size: 129, role: 'signature', state: 'new' },
    { path: 'plugin.yaml', size: 412, role: 'manifest', state: 'new' },
    { path: 'virustotal/__init__.py', size: 0, role: 'covered', state: 'new' },
    { path: 'virustotal/client.py', size: 8911, role: 'covered', state: 'new' },
  ],
  surplus: [],
  removes: false,
  leftOut: STAYS,
  freshClone: verdicts('myorg-prod'),
  notices: [
    notice(
      failure('id-convention', 'the id `myorg.virustotal` is not of the form `community-<github-handle>-<short-name>`', {
        hint: 'AiSOC’s guide asks for it; another id needs a new signature, since the signature covers it',
      }),
    ),
  ],
  mend: null,
  findings: [],
  applied: false,
  item: JSON.stringify(
    {
      id: 'myorg.virustotal',
      type: 'plugin',
      name: 'VirusTotal Enricher',
      description: 'Enriches IPs, domains and hashes via VirusTotal API.',
      version: '1.0.0',
      author: 'My Org',
      tags: ['threat-intel', 'enrichment'],
      plugin_type: 'enricher',
      verified: false,
      source: 'community',
      tier: 'community',
      path: `${FOLDER}/plugin.yaml`,
    },
    null,
    2,
  ),
  diff: `--- /dev/null
+++ b/${FOLDER}/plugin.py
@@ -0,0 +1,2 @@
+class Plugin:
+    pass
`,
  shown: hex('first submission', 64),
};

const became = (state: SubmittedFile['state'], paths: string[]) =>
  FIRST_SUBMISSION.files.map((file) => ({ ...file, state: paths.includes(file.path) ? state : ('same' as const) }));

/** A second release into a clone that has the first. */
export const SECOND_SUBMISSION: Submission = {
  ...FIRST_SUBMISSION,
  files: became('changed', ['plugin.py', 'plugin.sig', 'plugin.yaml']),
  notices: [],
  shown: hex('second submission', 64),
};

/** A clone in which a file of an older version makes the signature invalid. */
export const SURPLUS: Submission = {
  ...SECOND_SUBMISSION,
  surplus: ['virustotal/old.py'],
  shown: hex('surplus', 64),
};

const REFUSED: ModeVerdict[] = [
  { mode: 'strict', loads: false, signatureStatus: 'invalid', keyId: null, reason: 'no-key-verifies' },
  { mode: 'warn', loads: true, signatureStatus: 'invalid', keyId: null, reason: 'no-key-verifies' },
  { mode: 'disabled', loads: true, signatureStatus: 'skipped', keyId: null, reason: 'skipped' },
];

const TO_CRLF = failure(
  'git-crlf',
  'the clone’s .gitattributes make `plugin.py` and `virustotal/client.py` CRLF in a fresh clone',
  {
    hint: 'put a `.gitattributes` with the line `* -text -filter -ident !working-tree-encoding` into the plugin’s folder and include it',
    atTheLoader: 'the loader hashes what lies on the operator’s disk: from a fresh clone the signature is invalid',
  },
);

/** A clone whose attributes change what is committed. */
export const REWRITTEN: Submission = {
  ...FIRST_SUBMISSION,
  freshClone: REFUSED,
  notices: [breaking(TO_CRLF)],
  mend: { edit: 'e5', kind: 'git-attributes', subject: ATTRIBUTES.path },
  shown: hex('rewritten', 64),
};

/** The same with a plugin that has the file which mends it. */
export const MENDABLE: Submission = {
  ...REWRITTEN,
  leftOut: [ATTRIBUTES, ...STAYS],
  mend: null,
  notices: [
    breaking(TO_CRLF, [ATTRIBUTES.path]),
    notice(
      failure('index-item-differs', 'the manifest has no `author`, so the index will say `AiSOC`', {
        hint: 'add `author` to the manifest, and sign after that',
      }),
    ),
  ],
  findings: [
    {
      code: 'manifest-look-alike',
      severity: 'surprise',
      title: '`plugin.yml` is not the manifest',
      place: { file: 'plugin.yml', line: null, column: null },
      why: 'AiSOC reads `plugin.yaml` alone, so that nothing of this file counts.',
      cure: 'Remove it, or give it another name.',
      edit: null,
    },
  ],
  shown: hex('mendable', 64),
};

/** A clone of which nobody can tell what it makes of the files. */
export const UNTOLD: Submission = {
  ...FIRST_SUBMISSION,
  freshClone: null,
  notices: [
    breaking(
      failure('clone-unknown', '`~/code/AiSOC/.git/info/attributes` counts in this clone alone, and may change what is committed', {
        hint: 'move the file away, or its lines to a `.gitattributes`',
      }),
    ),
  ],
  shown: hex('untold', 64),
};

/** A clone that has exactly the plugin. */
export const APPLIED: Submission = {
  ...FIRST_SUBMISSION,
  files: became('same', []),
  notices: [],
  applied: true,
  diff: '',
  shown: hex('applied', 64),
};

/** Names that try everything. */
export const HOSTILE_SUBMISSION: Submission = {
  ...FIRST_SUBMISSION,
  where: `~/code/${HOSTILE}/${FOLDER}`,
  files: [
    { path: HOSTILE, size: 12, role: 'document', state: 'new' },
    { path: `${'long'.repeat(60)}.py`, size: 12, role: 'covered', state: 'changed' },
  ],
  surplus: [`${HOSTILE}.py`],
  leftOut: [{ path: HOSTILE, size: 12, unfit: 'name' }],
  notices: [notice(failure('checkout-surplus', `the clone has \`${HOSTILE}\`, which the plugin does not bring and which stays`))],
  findings: HOSTILE_PLUGIN.findings,
  diff: `--- a/${FOLDER}/${HOSTILE}\n+++ b/${FOLDER}/${HOSTILE}\n@@ -1 +1 @@\n-${HOSTILE}\n+${HOSTILE}\n`,
  item: JSON.stringify({ name: HOSTILE }, null, 2),
  shown: hex('hostile submission', 64),
};

export const SCRIPT: IndexScript = {
  command: '/usr/bin/python3 scripts/build_marketplace.py',
  where: CLONE.where,
  path: `${CLONE.where}/scripts/build_marketplace.py`,
  sha256: hex('build_marketplace.py', 64),
  minutes: 5,
  shown: hex('script', 64),
};

/** What a pull request for it needs. */
export const SUBMISSION_REQUEST: PullRequest = {
  ...PULL_REQUEST,
  kit: 'p2',
  branch: 'plugin/myorg.virustotal-1.0.0',
  title: 'feat(plugins): add myorg.virustotal 1.0.0',
  files: PULL_REQUEST.files.map((file) => (file === 'entry.json' ? 'item.json' : file)),
};

/** What commits the first submission, in the core's words. */
const commands = (...copies: string[]) => [
  'git switch -c plugin/myorg.virustotal-1.0.0',
  `git --literal-pathspecs -c core.autocrlf=false -c core.attributesFile= -c core.excludesFile= add -f -- ${[
    ...FIRST_SUBMISSION.files.map((file) => `${FOLDER}/${file.path}`),
    'marketplace/index.json',
    ...copies,
  ].join(' ')}`,
  "git commit -s -m 'feat(plugins): add myorg.virustotal 1.0.0'",
  `aisoc-publisher verify --committed ${FOLDER}`,
];
export const COMMANDS = commands('apps/web/public/marketplace/index.json');

/** A submission as the author wishes it; what a `.gitattributes` mends is mended by the plugin's. */
export function wished(submission: Submission, { remove, include }: SubmissionWish): Submission {
  const goes = ({ path, unfit }: LeftOutFile) => unfit === null && include.includes(path);
  const along = submission.leftOut.filter(goes);
  const mended = along.some(({ path }) => path === ATTRIBUTES.path);
  const files = along.map(({ path, size }): SubmittedFile => ({ path, size: size ?? 0, role: 'included', state: 'new' }));
  return {
    ...submission,
    files: [...submission.files, ...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    leftOut: submission.leftOut.filter((file) => !goes(file)),
    removes: remove,
    ...(mended ? { freshClone: verdicts('myorg-prod') } : {}),
    notices: mended ? submission.notices.filter(({ breaks }) => !breaks) : submission.notices,
    shown: `${submission.shown}${remove ? ' without the surplus' : ''}${include.map((path) => ` with ${path}`).join('')}`,
  };
}

/** The same, once it is in the clone. */
export function applied(submission: Submission): Submission {
  return {
    ...submission,
    files: submission.files.map((file) => ({ ...file, state: 'same' })),
    surplus: submission.removes ? [] : submission.surplus,
    applied: true,
    diff: '',
    shown: `${submission.shown} in the clone`,
  };
}

/** What is known once a submission was copied. */
export function copied(submission: Submission, script: IndexScript | null, noScript: Failure | null): Copied {
  const verifies = submission.freshClone?.some((verdict) => verdict.mode === 'strict' && verdict.loads) === true;
  return {
    written: submission.files.filter((file) => file.state !== 'same').length,
    removed: submission.removes ? submission.surplus.length : 0,
    verdicts: verdicts('myorg-prod'),
    script,
    noScript,
    commands: verifies ? [COMMANDS[0] ?? '', 'python3 scripts/build_marketplace.py', ...COMMANDS.slice(1)] : [],
    pullRequest: verifies ? SUBMISSION_REQUEST : null,
    noPullRequest: null,
  };
}

export const BUILT: IndexBuilt = {
  clean: true,
  item: 'added',
  problems: [],
  copies: ['apps/web/public/marketplace/index.json', 'services/api/app/data/marketplace/index.json'],
  unknown: [],
  output: 'wrote 1214 items\n',
  // The script made a copy that the clone did not have.
  commands: commands('apps/web/public/marketplace/index.json', 'services/api/app/data/marketplace/index.json'),
  pullRequest: { ...SUBMISSION_REQUEST, kit: 'p3' },
  noPullRequest: null,
};

/** An index of which more changed than the plugin's item. */
export const DRIFTED: IndexBuilt = {
  ...BUILT,
  clean: false,
  problems: [
    '`detection credential-dumping` was changed',
    '`apps/web/public/marketplace/index.json` is not the same as `marketplace/index.json`',
  ],
  copies: ['services/api/app/data/marketplace/index.json'],
  commands: [],
  pullRequest: null,
};

/** An index of a newer script, for which the pull request could not be made. */
export const NEWER: IndexBuilt = {
  ...BUILT,
  unknown: ['the item has `downloads`, which this program does not know: newer scripts may add fields'],
  pullRequest: null,
  noPullRequest: NO_PULL_REQUEST,
};

export const NO_CLONE = failure('not-a-checkout', '`~/code/aisoc-notes` is no clone of AiSOC’s repository: it has no `scripts/build_marketplace.py`', {
  hint: 'Choose the folder that `git clone` made',
});

export const ID_TAKEN = failure(
  'plugin-id-taken',
  'the id `myorg.virustotal` is another plugin’s: `plugins/core/virustotal/plugin.yaml`, which `marketplace/index.json` lists',
  { hint: 'Give the plugin an id of its own, and sign again' },
);

export const NO_PYTHON = failure(
  'no-python',
  'cannot run `scripts/build_marketplace.py`: there is no Python on this machine’s PATH',
  {
    hint: 'install Python 3.11 with PyYAML, then run `python3 scripts/build_marketplace.py` in `~/code/AiSOC`; the files are written already',
  },
);

export const SCRIPT_FAILED = failure(
  'index-script-failed',
  '`/usr/bin/python3 scripts/build_marketplace.py` failed, with exit status 1',
  {
    hint: 'it needs PyYAML: `python3 -m pip install pyyaml`, or start this program from a virtual environment that has it',
  },
);

export const SECRET = failure('credential-in-folder', '`notes.txt` holds an AWS access key, and would be public', {
  hint: 'take it out, sign after that, and revoke it where it was issued if it was ever pushed',
});
