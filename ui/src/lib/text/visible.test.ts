import { describe, expect, it } from 'vitest';
import { visible, visibleText } from './visible';

describe('visible', () => {
  it.each([
    ['a right-to-left override', 'a\u202Eb', 'a⟨U+202E⟩b'],
    ['an isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['an Arabic letter mark', '\u061C', '⟨U+061C⟩'],
    ['a bell, a NUL and a line feed', '\u0007\0\n', '⟨U+0007⟩⟨U+0000⟩⟨U+000A⟩'],
    ['a C1 control', '\u0085', '⟨U+0085⟩'],
    ['zero-width space and joiners', 'a\u200B\u200C\u200D', 'a⟨U+200B⟩⟨U+200C⟩⟨U+200D⟩'],
    ['a byte order mark', '\uFEFFid', '⟨U+FEFF⟩id'],
    ['line and paragraph separators', '\u2028\u2029', '⟨U+2028⟩⟨U+2029⟩'],
    ['a lone surrogate', 'x\uD800y', 'x⟨U+D800⟩y'],
    ['a tag character', '\u{E0041}', '⟨U+E0041⟩'],
    ['a private character', '\uE000', '⟨U+E000⟩'],
    ['spaces that are none', 'a\u00A0b\u3000', 'a⟨U+00A0⟩b⟨U+3000⟩'],
    ['letters without ink', '\u3164\u115F\u2800', '⟨U+3164⟩⟨U+115F⟩⟨U+2800⟩'],
    ['a soft hyphen', 'pay\u00ADpal', 'pay⟨U+00AD⟩pal'],
  ])('shows %s', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each(['plugin.py', 'модель.py', 'ملف', '日本語', 'é e\u0301', '🚀', '<b>&amp;</b>', 'two words'])(
    'leaves %j as it is',
    (text) => {
      expect(visible(text)).toEqual([{ kind: 'text', text }]);
    },
  );

  it('keeps the stretches apart', () => {
    expect(visible('a\u202Eb')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'mark', text: '⟨U+202E⟩' },
      { kind: 'text', text: 'b' },
    ]);
  });

  it('says how much it leaves out', () => {
    expect(visible('x'.repeat(1_000_000), 3)).toEqual([
      { kind: 'text', text: 'xxx' },
      { kind: 'mark', text: '… 999,997 more characters' },
    ]);
  });
});
