/**
 * Lays canonical JSON out over lines without touching a single token.
 *
 * It works on the text, since `JSON.parse` would change what is shown: `1.0` to 1, big integers to rounded ones,
 * and `NaN`, which Python writes, to an error.
 */
export function prettyJson(canonical: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < canonical.length; at += 1) {
    const character = canonical[at] as string;
    if (character === '"') {
      const end = stringEnd(canonical, at);
      out += canonical.slice(at, end);
      at = end - 1;
    } else if (character === '{' || character === '[') {
      const closing = character === '{' ? '}' : ']';
      if (canonical[at + 1] === closing) {
        out += character + closing;
        at += 1;
      } else {
        depth += 1;
        out += character + newLine(depth);
      }
    } else if (character === '}' || character === ']') {
      depth -= 1;
      out += newLine(depth) + character;
    } else if (character === ',') {
      out += character + newLine(depth);
    } else if (character === ':') {
      out += ': ';
    } else {
      out += character;
    }
  }
  return out;
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(Math.max(depth, 0))}`;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
