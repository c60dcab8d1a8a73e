import { number } from './format';

/** A stretch of text as it is, or one character that would not be seen, or would move others. */
export type Piece = { kind: 'text'; text: string } | { kind: 'mark'; text: string };

// Control, format (bidi, zero width, tags), private use, lone surrogates, unassigned, line and paragraph separators;
// spaces that are not U+0020; letters and marks that draw nothing.
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u{34F}\u{115F}\u{1160}\u{17B4}\u{17B5}\u{180B}-\u{180F}\u{2800}\u{3164}\u{FFA0}]|(?! )\p{Zs}/u;

/** A megabyte in a manifest's name must not become a megabyte of headline. */
const LIMIT = 1000;

/**
 * Splits foreign text so that every character that hides or reorders text becomes a mark like `⟨U+202E⟩`.
 *
 * Text beyond `limit` UTF-16 units becomes one mark that says how much there is.
 */
export function visible(text: string, limit = LIMIT): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  const mark = (words: string) => {
    if (plain) pieces.push({ kind: 'text', text: plain });
    plain = '';
    pieces.push({ kind: 'mark', text: words });
  };
  for (const character of text.slice(0, limit)) {
    if (HIDDEN.test(character)) mark(codePoint(character));
    else plain += character;
  }
  if (text.length > limit) mark(`… ${number(text.length - limit)} more characters`);
  else if (plain) pieces.push({ kind: 'text', text: plain });
  return pieces;
}

/** Writes the same as one string, for attributes and accessible names. */
export function visibleText(text: string): string {
  return visible(text)
    .map((piece) => piece.text)
    .join('');
}

function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
