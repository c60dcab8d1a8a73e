/** A stretch of a sentence, or a name in code type. */
export type Span = { kind: 'words' | 'code'; text: string };

/** Splits a sentence at its backticks. A backtick without a partner stays what it is. */
export function spans(sentence: string): Span[] {
  const parts = sentence.split('`');
  if (parts.length % 2 === 0) {
    const last = parts.pop() ?? '';
    parts.push(`${parts.pop() ?? ''}\`${last}`);
  }
  return parts
    .map((text, index): Span => ({ kind: index % 2 === 0 ? 'words' : 'code', text }))
    .filter((span) => span.text !== '');
}
