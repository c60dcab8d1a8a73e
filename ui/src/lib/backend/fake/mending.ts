import type { EditAnswer, EditHandle, EditPreview, Finding, FolderHandle, Operation, PluginView } from '../types';
import { failure, FINDINGS, MANIFEST, PLUGIN, uncovered } from './data';
import { FakeKeyLife } from './key-life';

/** What each change would do, in the core's form. */
const PREVIEWS: Record<EditHandle, EditPreview> = {
  e1: {
    file: 'plugin.yaml',
    isNew: false,
    diff: `--- a/plugin.yaml
+++ b/plugin.yaml
@@ -6,5 +6,5 @@
 description: Enriches IPs, domains and hashes via VirusTotal API.
 min_version: 1.10
 tags: [threat-intel, enrichment]
-released: 2024-01-15
+released: "2024-01-15"
 homepage: https://github.com/myorg/aisoc-virustotal
`,
  },
  e2: {
    file: 'plugin.yaml',
    isNew: false,
    diff: `--- a/plugin.yaml
+++ b/plugin.yaml
@@ -4,4 +4,4 @@
 plugin_type: enricher
 author: My Org
-min_version: 1.10
+min_version: "1.10"
 tags: [threat-intel, enrichment]
`,
  },
  e3: {
    file: '.gitattributes',
    isNew: true,
    diff: `--- /dev/null
+++ b/.gitattributes
@@ -0,0 +1 @@
+*.py text eol=lf
`,
  },
  e5: {
    file: '.gitattributes',
    isNew: true,
    diff: `--- /dev/null
+++ b/.gitattributes
@@ -0,0 +1 @@
+* -text -filter -ident !working-tree-encoding
`,
  },
  e4: {
    file: 'virustotal/cache.py',
    isNew: false,
    diff: `--- a/virustotal/cache.py
+++ b/virustotal/cache.py
@@ -1,3 +1,3 @@
-"""Remembers what was asked."""\\r
-\\r
-import time\\r
+"""Remembers what was asked."""
+
+import time
`,
  },
};

const CRLF: Finding = {
  code: 'crlf',
  severity: 'breaks-later',
  title: '`virustotal/cache.py` has CRLF line endings',
  place: { file: 'virustotal/cache.py', line: null, column: null },
  why: 'Git or an editor may turn them into LF, and then the signature no longer fits.',
  cure: 'Write it with LF.',
  edit: { edit: 'e4', kind: 'line-feeds', subject: 'virustotal/cache.py' },
};

const NO_ATTRIBUTES: Finding = {
  code: 'git-line-endings',
  severity: 'breaks-later',
  title: 'Git may write CRLF into `.py` files on other systems',
  place: { file: '.gitattributes', line: null, column: null },
  why: 'A clone on Windows then has other bytes than were signed, and AiSOC refuses the plugin in strict mode.',
  cure: 'Put `*.py text eol=lf` into `.gitattributes`.',
  edit: { edit: 'e3', kind: 'git-attributes', subject: '.gitattributes' },
};

const SECRET: Finding = {
  code: 'private-key',
  severity: 'exposes',
  title: '`deploy.key` holds a private key',
  place: { file: 'deploy.key', line: 1, column: 1 },
  why: 'It would travel with the plugin to everybody who gets it.',
  cure: 'Move it out of the folder; if the plugin was shared already, replace the key.',
  edit: null,
};

const NOTE_TITLES = [
  'no `README.md`',
  'no tests found',
  'no `homepage`',
  'no `license`',
  'no `min_aisoc_version`',
  'no `CODE_OF_CONDUCT.md`',
  '`httpx` is not pinned',
];

const NOTES: Finding[] = NOTE_TITLES.map((title, index) => ({
  code: `note-${index}`,
  severity: 'note',
  title,
  place: null,
  why: 'AiSOC’s reviewers ask for it before they list a plugin.',
  cure: null,
  edit: null,
}));

/** A plugin with something of everything. */
export const MUCH_TO_KNOW: PluginView = {
  ...PLUGIN,
  findings: [SECRET, CRLF, NO_ATTRIBUTES, ...FINDINGS.slice(1), ...NOTES],
  uncovered: uncovered(
    ['.git/HEAD', 21],
    ['.git/config', 112],
    ['README.md', 2_210],
    ['aisoc-plugin.json', 640, 'ignored-manifest'],
    ['deploy.key', 119],
    ['requirements.txt', 31],
    ['rules.json', 8_120],
    ['shared', null, 'linked-folder'],
    ['virustotal/__pycache__/client.cpython-311.pyc', 9_310, 'executable'],
    ['virustotal/_speed.cpython-311-x86_64-linux-gnu.so', 81_920, 'executable'],
  ),
};

/** What a usual plugin gets: nothing in the way, and a few notes. */
export const NOTED_PLUGIN: PluginView = { ...PLUGIN, manifest: MANIFEST, findings: NOTES };

/** The part of the fake that changes a plugin's files. */
export abstract class FakeMending extends FakeKeyLife {
  async previewEdit(folder: FolderHandle, edit: EditHandle): Promise<EditPreview> {
    await this.answer('previewEdit', 0, [folder, edit], 0);
    const preview = PREVIEWS[edit];
    if (!preview) throw failure('edit-outdated', 'the plugin was read again since this change was offered');
    return preview;
  }

  async applyEdit(operation: Operation, folder: FolderHandle, edit: EditHandle): Promise<EditAnswer> {
    await this.answer('applyEdit', operation, [folder, edit], 1, ['hashing']);
    const before = this.setup.plugins[folder];
    if (!before) throw failure('unknown-handle', 'the window named a folder that was not given out');
    const findings = before.findings.filter((finding) => finding.edit?.edit !== edit);
    const stopped = findings.some((finding) => finding.severity === 'stops');
    const plugin = { ...before, findings, payload: stopped ? null : PLUGIN.payload };
    this.setup.plugins[folder] = plugin;
    return { plugin, unread: null };
  }
}
