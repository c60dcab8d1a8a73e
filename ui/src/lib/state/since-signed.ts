import type { Changes, Payload, PluginView } from '../backend/types';

/** What differs from the last reading of a folder whose signature fitted. */
export interface SinceSigned {
  changes: Changes;
  /** The version that the signed files and the ones there now both have; null where it was changed. */
  sameVersion: string | null;
}

/** Compares a reading with an earlier one of the same folder whose signature fitted; null where nothing differs. */
export function sinceSigned(signed: PluginView | null, now: PluginView | null): SinceSigned | null {
  if (!signed?.payload || !now?.payload || signed.folder !== now.folder) return null;
  if (signed.payload.digest === now.payload.digest) return null;
  const [before, after] = [signed.manifest?.version.text ?? null, now.manifest?.version.text ?? null];
  return { changes: difference(signed.payload, now.payload), sameVersion: before === after ? after : null };
}

function difference(before: Payload, now: Payload): Changes {
  const hashes = new Map(before.files.map((file) => [file.path, file.sha256]));
  const paths = new Set(now.files.map((file) => file.path));
  return {
    added: now.files.filter((file) => !hashes.has(file.path)).map((file) => file.path),
    removed: before.files.filter((file) => !paths.has(file.path)).map((file) => file.path),
    changed: now.files
      .filter((file) => (hashes.get(file.path) ?? file.sha256) !== file.sha256)
      .map((file) => file.path),
    manifestChanged: before.manifestJson !== now.manifestJson,
  };
}
