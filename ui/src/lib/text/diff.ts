/** One line of a unified diff. */
export interface DiffLine {
  /** `file` names the file that the lines below belong to; `note` is no line of a file. */
  kind: 'same' | 'added' | 'removed' | 'file' | 'place' | 'note';
  /** Its number in the file before and after; null where it is not in that one. */
  before: number | null;
  after: number | null;
  text: string;
}

/** How the core writes a carriage return at the end of a line. */
const CR = '\\u{d}';

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Takes the carriage returns off where every line of the files has one; null where not. */
export function withoutCr(lines: DiffLine[]): DiffLine[] | null {
  const isText = ({ kind }: DiffLine) => kind === 'same' || kind === 'added' || kind === 'removed';
  const text = lines.filter(isText);
  if (text.length === 0 || !text.every((line) => line.text.endsWith(CR))) return null;
  return lines.map((line) => (isText(line) ? { ...line, text: line.text.slice(0, -CR.length) } : line));
}

/** Reads unified diffs, one after another, line by line. */
export function diffLines(unified: string): DiffLine[] {
  const lines: DiffLine[] = [];
  const about = (kind: 'file' | 'place' | 'note', text: string) =>
    lines.push({ kind, before: null, after: null, text });
  let [before, after] = [0, 0];
  // How many lines of the part that is read are still to come. A line of a file can look like a file's name.
  let [old, fresh] = [0, 0];
  let from = '';
  for (const line of unified.replace(/\n$/, '').split('\n')) {
    const inside = old > 0 || fresh > 0;
    const hunk = inside ? null : HUNK.exec(line);
    if (hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[3])];
      [old, fresh] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
      about('place', `From line ${after || before}`);
    } else if (line.startsWith('\\')) {
      about('note', line.slice(2));
    } else if (inside && line.startsWith('+')) {
      lines.push({ kind: 'added', before: null, after: after++, text: line.slice(1) });
      fresh -= 1;
    } else if (inside && line.startsWith('-')) {
      lines.push({ kind: 'removed', before: before++, after: null, text: line.slice(1) });
      old -= 1;
    } else if (inside && (line === '' || line.startsWith(' '))) {
      lines.push({ kind: 'same', before: before++, after: after++, text: line.slice(1) });
      [old, fresh] = [old - 1, fresh - 1];
    } else if (!inside && line.startsWith('--- ')) {
      from = line.slice(4);
    } else if (!inside && line.startsWith('+++ ')) {
      const to = line.slice(4);
      about('file', (to === '/dev/null' ? from : to).replace(/^[ab]\//, ''));
    } else {
      // The core's own words, such as how much more there is; what comes then is another file.
      [old, fresh] = [0, 0];
      about('note', line);
    }
  }
  return lines;
}
