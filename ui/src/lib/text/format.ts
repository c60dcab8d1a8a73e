// Written out rather than taken from `Intl`, which brings megabytes of tables into the window's memory for these two.

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Writes a whole number: `10,000`. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Chooses the word that a number takes. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return value === 1 ? one : many;
}

/** Writes a count with its word: `1 file`, `7 files`. */
export function count(value: number, one: string, many?: string): string {
  return `${number(value)} ${plural(value, one, many)}`;
}

/** Writes a size for reading, in decimal units with three digits at most: `41 KB`, `3.1 KB`, `812 bytes`. */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  // 999.5 would be written as 1000 of its unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Writes a day, in UTC: `3 March 2026`. */
export function day(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Splits hex digits into groups of four. */
export function groups(hex: string): string[] {
  return hex.match(/.{1,4}/g) ?? [];
}

/** Writes the ends of a hash: `4f1c 09be … d27a`. */
export function shortHash(hex: string): string {
  const parts = groups(hex);
  return parts.length <= 3 ? parts.join(' ') : `${parts[0]} ${parts[1]} … ${parts[parts.length - 1]}`;
}

/** Joins a few names into a sentence's list: `a, b and c`. */
export function list(names: string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** Puts facts side by side: `myorg.virustotal · 1.0.0`, without those that are not there. */
export function dotted(...facts: (string | null)[]): string {
  return facts.filter((fact) => fact !== null && fact !== '').join(' · ');
}

/** Writes a place in a file: `plugin.yaml, line 9, column 3`. */
export function placeText(place: { file: string; line: number | null; column: number | null }): string {
  let text = place.file;
  if (place.line !== null) text += `, line ${place.line}`;
  if (place.line !== null && place.column !== null) text += `, column ${place.column}`;
  return text;
}

/**
 * The words that a sentence about a state begins with. They are few and known; verbs, with which the core's messages
 * begin when they name what was being done, are many and get more.
 */
const SENTENCE_STARTS = new Set(
  (
    'a all an another any at both cannot cancelled could each either every for from if in it its more neither no ' +
    'none nobody nothing of on one only several some something that the there these this those two what when ' +
    'where while who with you your'
  ).split(' '),
);

/** Answers whether a message is of the form `open the key: it is damaged`: what was being done, then why it failed. */
function namesOperation(message: string): boolean {
  const first = /^([a-z]+) .*?: /s.exec(message)?.[1];
  return first !== undefined && !SENTENCE_STARTS.has(first) && !/(ing|ed)$/.test(first);
}

/** Makes a sentence of what happened. `open the key: it is damaged` would, with a capital, read as an order. */
export function happened(message: string): string {
  return sentence(namesOperation(message) ? `could not ${message}` : message);
}

/** Makes a sentence of a message: a capital first, a full stop last. */
export function sentence(message: string): string {
  const started = capital(message);
  return /[.!?…]$/.test(started) ? started : `${started}.`;
}

/** Begins a text with a capital, unless it begins with a name such as `plugin.py`. */
export function capital(text: string): string {
  return /^[a-z]+\b(?![.:/_-])/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
}
