import type { ChosenFile, EntryCard, EntryCheck, IndexChange, PullRequest } from '../types';
import { failure, hex, HOSTILE, KEY } from './data';

export const INDEX_FILE: ChosenFile = { file: 'x7', where: '~/code/acme-index/marketplace/index.json' };

const item = (version: string, sign: string) =>
  `${sign}    {
${sign}      "id": "myorg.virustotal",
${sign}      "name": "VirusTotal Enricher",
${sign}      "type": "plugin",
${sign}      "description": "Enriches IPs, domains and hashes via VirusTotal API.",
${sign}      "author": "My Org",
${sign}      "version": "${version}",
${sign}      "tags": [
${sign}        "threat-intel",
${sign}        "enrichment"
${sign}      ],
${sign}      "url": "https://github.com/myorg/aisoc-virustotal",
${sign}      "install": "pip install aisoc-plugin-virustotal",
${sign}      "signing_key_id": "myorg-prod"
${sign}    },
`;

/** A change that puts an item between two others. */
export const INSERTED: IndexChange = {
  where: INDEX_FILE.where,
  name: 'index.json',
  act: 'insert',
  line: 212,
  diff: `--- a/marketplace/index.json
+++ b/marketplace/index.json
@@ -209,6 +209,21 @@
       "install": "pip install acme-slack",
       "signing_key_id": "acme-2026"
     },
${item('1.0.0', '+')}     {
       "id": "northwind.sentinel",
       "name": "Sentinel Responder",
`,
  notices: [
    failure('index-figures', 'the index has the figures `stats` and `generated`, which are left as they are', {
      hint: 'Whoever builds the index counts again',
    }),
  ],
  shown: hex('inserted', 64),
};

/** A change of an item that is there. */
export const UPDATED: IndexChange = {
  ...INSERTED,
  act: 'update',
  diff: `--- a/marketplace/index.json
+++ b/marketplace/index.json
@@ -214,7 +214,7 @@
       "type": "plugin",
       "description": "Enriches IPs, domains and hashes via VirusTotal API.",
       "author": "My Org",
-      "version": "0.9.2",
+      "version": "1.0.0",
       "tags": [
         "threat-intel",
         "enrichment"
`,
  notices: [],
  shown: hex('updated', 64),
};

/** A change that goes back to an older version, signed by another key. */
export const LOWERED: IndexChange = {
  ...UPDATED,
  diff: UPDATED.diff.replace('0.9.2', '1.2.0'),
  notices: [
    failure('version-lower', 'the index lists version `1.2.0`, which is higher than `1.0.0`', {
      hint: 'Raise the version in the manifest and sign again, unless going back is what you mean',
    }),
    failure('key-changed', 'the item there names the key `myorg-2025`, the new one names `myorg-prod`', {
      hint: 'Operators who trust only the old key refuse the new release: hand the new key over first',
    }),
  ],
  shown: hex('lowered', 64),
};

/** An item of somebody who tries everything, on its way out. */
export const HOSTILE_CHANGE: IndexChange = {
  ...UPDATED,
  where: `~/code/${HOSTILE}/index.json`,
  diff: UPDATED.diff.replace('0.9.2', HOSTILE),
  shown: hex('hostile', 64),
};

export const SAME: IndexChange = { ...INSERTED, act: 'same', diff: '', notices: [], shown: hex('same', 64) };

/** What the pull request needs, in the core's words. */
export const PULL_REQUEST: PullRequest = {
  kit: 'p1',
  branch: 'add-myorg.virustotal-1.0.0',
  title: 'Add the plugin myorg.virustotal 1.0.0',
  commitMessage: `Add the plugin myorg.virustotal 1.0.0

It is signed by the key myorg-prod, whose fingerprint is
${KEY.fingerprint}.
`,
  body: `The plugin \`myorg.virustotal\`, version \`1.0.0\`, in its author's words:

\`\`\`text
${HOSTILE}
\`\`\`

## Check it yourself

Save this as \`check.py\` and run \`python3 check.py FOLDER\` on the plugin's folder.
`,
  files: ['steps.txt', 'branch.txt', 'title.txt', 'commit-message.txt', 'body.md', 'check.py', 'entry.json', 'myorg-prod.pem', 'change.patch'],
};

export const NO_PULL_REQUEST = failure('io', 'read `plugin.py`: permission denied', {
  hint: 'The index is written. Make the file readable, then see the change again',
});

export const KIT_EXISTS = failure(
  'target-exists',
  'cannot make the folder `~/Documents/add-myorg.virustotal-1.0.0`: something with this name exists already',
  { hint: 'nothing is overwritten here; give the name of a folder that is not there yet' },
);

export const INDEX_BROKEN = failure(
  'index-invalid',
  'read the index `~/code/acme-index/marketplace/index.json`: a comma or a closing bracket is missing',
  {
    hint: 'Mend the file, or get it again; nothing was written',
    place: { file: '~/code/acme-index/marketplace/index.json', line: 388, column: 5 },
  },
);

export const INDEX_READ_ONLY = failure(
  'io',
  'write `~/code/acme-index/marketplace/index.json`: permission denied',
  { hint: 'It is as it was. Make its folder writable, then write again' },
);

/** The card of the plugin that the fake has. */
export const CARD: EntryCard = {
  name: '',
  description: 'Enriches IPs, domains and hashes via VirusTotal API.',
  badges: ['Plugin', 'Community'],
  pluginType: 'enricher',
  chips: ['Py'],
  version: '',
  tags: ['threat-intel', 'enrichment'],
  moreTags: [],
  hiddenAtFirst: true,
};

/** A card on which nothing fits. */
export const FULL_CARD: EntryCard = {
  ...CARD,
  description: `${CARD.description} It asks for the reputation of every indicator in an alert, keeps the answers for a day, respects the limits of the free plan, and writes the verdicts of more than seventy engines, with their dates and a link to the report, into the case.`,
  tags: ['threat-intel', 'enrichment', 'virustotal', 'malware'],
  moreTags: ['reputation', 'ioc', 'file-hash'],
};

const met = (title: string, seen: string): EntryCheck => ({ title, answer: 'met', seen, cure: null });

export const CHECKS: EntryCheck[] = [
  met('AiSOC loads it as `verified` in strict mode', 'signed by `myorg-prod`, judged just now'),
  met('`plugin.py` can be imported', 'it defines a `Plugin` that needs no arguments'),
  met('Nothing stops the plugin or gives a secret away', 'there is no such finding'),
  {
    title: 'The id passes AiSOC’s validator',
    answer: 'unmet',
    seen: "AiSOC's validator does not take the id `myorg.virustotal`",
    cure: "if the plugin goes to AiSOC's own repository, use small letters, digits, `_` and `-` alone",
  },
  met('The version is three numbers', 'as AiSOC’s validator wants it'),
  {
    title: 'Licence, homepage and the least version of AiSOC are declared',
    answer: 'advised',
    seen: 'the manifest has no `min_aisoc_version`',
    cure: 'add it, and sign after that',
  },
  met('There is a README.md', 'it is in the plugin’s folder'),
  {
    title: 'Tests cover 80 % of the lines',
    answer: 'advised',
    seen: 'how much the tests cover is unknown: there is no coverage.xml',
    cure: 'make one with `pytest --cov --cov-report=xml`',
  },
];

export const SUGGESTIONS = {
  url: [
    { value: 'https://github.com/myorg/aisoc-virustotal', from: 'the Git remote `origin`', fits: true },
    { value: 'https://virustotal.myorg.example', from: '`pyproject.toml`, `Homepage`', fits: true },
  ],
  install: [{ value: 'pip install aisoc-plugin-virustotal', from: '`pyproject.toml`, `name`', fits: true }],
};
