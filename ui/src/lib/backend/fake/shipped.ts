import type { ChosenFile, FileHandle, FolderHandle, ModeVerdict, Operation, Shipped } from '../types';
import { EVERYTHING_CHANGED, failure, KEY, NEEDS_ARGUMENTS, OTHER_PACKAGES, rehearsal, verdicts } from './data';
import { FakeMending } from './mending';

export const WHEEL: ChosenFile = {
  file: 'a1',
  where: '~/code/virustotal/dist/aisoc_virustotal-1.0.0-py3-none-any.whl',
};

const ABOUT: Shipped['about'] = {
  kind: 'package',
  where: WHEEL.where,
  name: 'wheel',
  folder: 'aisoc_virustotal',
};

const COMMIT: Shipped['about'] = { kind: 'commit', id: '4f1c09be2d7ac1b8e03f9d5a6b7c8d9e0f1a2b3c', folder: '' };

const UNSIGNED: ModeVerdict[] = [
  { mode: 'strict', loads: false, signatureStatus: null, keyId: null, reason: 'unsigned' },
  { mode: 'warn', loads: true, signatureStatus: 'unsigned', keyId: null, reason: 'unsigned' },
  { mode: 'disabled', loads: true, signatureStatus: 'skipped', keyId: null, reason: 'skipped' },
];

const INVALID: ModeVerdict[] = [
  { mode: 'strict', loads: false, signatureStatus: null, keyId: null, reason: 'no-key-matches' },
  { mode: 'warn', loads: true, signatureStatus: 'invalid', keyId: null, reason: 'no-key-matches' },
  { mode: 'disabled', loads: true, signatureStatus: 'skipped', keyId: null, reason: 'skipped' },
];

const STEPS = rehearsal(KEY.keyId);
const STOPPED: Shipped['rehearsal'] = {
  ...STEPS,
  steps: STEPS.steps.map((step, index) =>
    index < 7
      ? step
      : index === 7
        ? { ...step, result: 'failed', seen: 'it is not there' }
        : { ...step, result: 'not-reached', seen: null },
  ),
};

/** A wheel that a build left without the signature. */
export const LOST: Shipped = {
  about: ABOUT,
  compared: true,
  verdicts: UNSIGNED,
  rehearsal: STOPPED,
  finding: failure('unsigned', 'there is no `plugin.sig`', {
    hint: 'sign the plugin',
    atTheLoader: 'the loader refuses it in strict mode and loads it as `unsigned` in warn mode',
  }),
  why: null,
  findings: [
    {
      code: 'shipped-without-signature',
      title: 'the wheel has no `plugin.sig`',
      breaksSignature: true,
      paths: ['plugin.sig'],
      why: 'The loader refuses it in strict mode and loads it as `unsigned` in warn mode.',
      cure: 'Add this to pyproject.toml, then build again.',
      lines: '[tool.setuptools.package-data]\n"aisoc_virustotal" = ["plugin.sig", "plugin.yaml", "rules.json"]',
    },
    {
      code: 'shipped-version-written',
      title: '`_version.py` is only in the wheel: the build wrote it',
      breaksSignature: true,
      paths: ['_version.py'],
      why: 'The signature of the folder is not valid for what is shipped.',
      cure: 'Write the version into plugin.yaml only, or let the build write the file before signing.',
      lines: null,
    },
    {
      code: 'shipped-data-missing',
      title: '`rules.json` is not in the wheel',
      breaksSignature: false,
      paths: ['rules.json'],
      why: null,
      cure: 'What is said above of the build takes it along too.',
      lines: null,
    },
    {
      code: 'wheel-in-site-packages',
      title: 'pip puts `aisoc_virustotal` into site-packages, where AiSOC does not look',
      breaksSignature: false,
      paths: ['aisoc_virustotal'],
      why: 'The loader looks only into the folders directly below AISOC_PLUGINS_DIR.',
      cure: 'Operators copy this folder out of site-packages, into a folder below their AISOC_PLUGINS_DIR; say so in your README, or ship a .tar.gz of the folder.',
      lines: null,
    },
  ],
};

/** A source distribution that is what was signed. */
export const INTACT: Shipped = {
  about: { ...ABOUT, where: '~/code/virustotal/dist/aisoc_virustotal-1.0.0.tar.gz', name: 'compressed tar archive' },
  compared: true,
  verdicts: verdicts(KEY.keyId),
  rehearsal: STEPS,
  finding: null,
  why: null,
  findings: [],
};

/** The same, of a plugin that needs what the operator may not have. */
export const UNDECIDED: Shipped = { ...INTACT, rehearsal: rehearsal(KEY.keyId, OTHER_PACKAGES) };

/** The same, of one that fails after the signature. */
export const FAILING: Shipped = { ...INTACT, rehearsal: rehearsal(KEY.keyId, NEEDS_ARGUMENTS) };

/** What a clone has where the last change was not committed. */
export const UNCOMMITTED: Shipped = {
  about: COMMIT,
  compared: true,
  verdicts: INVALID,
  rehearsal: STEPS,
  finding: failure('no-key-matches', 'the signature matches none of the trusted keys', { hint: 'sign it again' }),
  why: { ...EVERYTHING_CHANGED, causes: EVERYTHING_CHANGED.causes.slice(1, 3) },
  findings: [
    {
      code: 'shipped-files-changed',
      title: '`virustotal/client.py` differs from what is committed',
      breaksSignature: true,
      paths: ['virustotal/client.py'],
      why: 'The signature of the folder is not valid for what is shipped.',
      cure: 'Commit what was signed.',
      lines: null,
    },
    {
      code: 'shipped-files-missing',
      title: '`virustotal/a.py`, `virustotal/b.py`, `virustotal/c.py`, `virustotal/d.py` and 2 more are not committed',
      breaksSignature: true,
      paths: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `virustotal/${name}.py`),
      why: 'The signature of the folder is not valid for what is shipped.',
      cure: 'Add and commit it, or move it out of the folder and sign again.',
      lines: null,
    },
    {
      code: 'git-ignored',
      title: '.gitignore keeps `plugin.sig` out of commits',
      breaksSignature: false,
      paths: ['plugin.sig'],
      why: null,
      cure: 'Take the line out of .gitignore and commit, or use `git add --force`.',
      lines: null,
    },
  ],
};

/** An archive as an attacker makes it. */
export const REFUSED = failure(
  'archive-refused',
  '`../../plugin.py` in the archive `~/Downloads/plugin.tar.gz`: its name has `..` in it',
  {
    hint: 'judging it would tell nothing: unpackers do not agree on what is in it. Build the archive again from the folder',
    place: { file: '~/Downloads/plugin.tar.gz', line: null, column: null },
  },
);

/** The part of the fake that looks at what is shipped. */
export abstract class FakeShipping extends FakeMending {
  async choosePackage(): Promise<ChosenFile | null> {
    await this.answer('choosePackage', 0, [], 0);
    return WHEEL;
  }

  async checkPackage(operation: Operation, file: FileHandle, folder: FolderHandle | null): Promise<Shipped> {
    await this.answer('checkPackage', operation, [file, folder], 1, ['hashing']);
    const { shipped } = this.setup;
    return folder === null ? { ...shipped, compared: false, findings: shipped.findings.slice(3) } : shipped;
  }

  async checkCommitted(operation: Operation, folder: FolderHandle): Promise<Shipped> {
    await this.answer('checkCommitted', operation, [folder], 1, ['hashing']);
    return UNCOMMITTED;
  }
}
