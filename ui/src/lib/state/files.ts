import type { Payload, Uncovered, UncoveredKind } from '../backend/types';

/** What a signature means for a file. */
export type Coverage = 'covered' | 'uncovered' | 'executable';

/** One file of the plugin's folder, as the table shows it. */
export interface FileRow {
  path: string;
  state: Coverage;
  /** In bytes; null where it is not known. */
  size: number | null;
  symlink: boolean;
  /** Null for what is not covered: nobody looks at its bytes. */
  sha256: string | null;
  /** What it is, where it is not covered. */
  kind: UncoveredKind | null;
}

/** Puts all files of a folder into one list, sorted by path. */
export function allFiles(payload: Payload, uncovered: Uncovered | null): FileRow[] {
  const rows: FileRow[] = payload.files.map((file) => ({ ...file, state: 'covered', kind: null }));
  for (const file of uncovered?.files ?? []) {
    rows.push({ ...file, state: file.kind === 'other' ? 'uncovered' : 'executable', sha256: null });
  }
  return rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** What a file that is not covered is, in a word or two. */
export const KINDS: Record<UncoveredKind, string> = {
  executable: 'compiled code',
  'ignored-manifest': 'ignored manifest',
  'linked-folder': 'linked folder',
  other: 'not covered',
};

/** Why it is not covered, and what that means. */
export const REASONS: Record<UncoveredKind, string> = {
  executable:
    'Compiled code, which Python or the system runs. A signature covers `.py` files only, so anyone could exchange it and the plugin would still be called verified.',
  'ignored-manifest':
    'With a `plugin.yaml` beside it AiSOC neither reads nor covers this manifest; other tools may read it.',
  'linked-folder':
    'A link to a folder. AiSOC does not look behind it when it checks the signature, and Python imports from there.',
  other: 'A signature covers the manifest and `.py` files only. Anyone could change this one unnoticed.',
};
