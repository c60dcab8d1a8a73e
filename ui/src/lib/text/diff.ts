/** One line of a unified diff. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'place' | 'note';
  /** Its number in the file before and after; null where it is not in that one. */
  before: number | null;
  after: number | null;
  text: string;
}

/** How the core writes a carriage return at the end of a line. */
const CR = '\\u{d}';

/** Takes the carriage returns off where every line of the file has one; null where not. */
export function withoutCr(lines: DiffLine[]): DiffLine[] | null {
  const isText = (line: DiffLine) => line.kind !== 'place' && line.kind !== 'note';
  const text = lines.filter(isText);
  if (text.length === 0 || !text.every((line) => line.text.endsWith(CR))) return null;
  return lines.map((line) => (isText(line) ? { ...line, text: line.text.slice(0, -CR.length) } : line));
}

/** Reads a unified diff line by line; the names of the files, which are said elsewhere, are left out. */
export function diffLines(unified: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  let inside = false;
  for (const line of unified.replace(/\n$/, '').split('\n')) {
    const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (place) {
      inside = true;
      [before, after] = [Number(place[1]), Number(place[2])];
      lines.push({ kind: 'place', before: null, after: null, text: `From line ${after}` });
    } else if (!inside) {
      continue;
    } else if (line.startsWith('+')) {
      lines.push({ kind: 'added', before: null, after: after++, text: line.slice(1) });
    } else if (line.startsWith('-')) {
      lines.push({ kind: 'removed', before: before++, after: null, text: line.slice(1) });
    } else if (line.startsWith('\\')) {
      lines.push({ kind: 'note', before: null, after: null, text: line.slice(2) });
    } else {
      lines.push({ kind: 'same', before: before++, after: after++, text: line.slice(1) });
    }
  }
  return lines;
}
