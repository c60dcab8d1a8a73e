import { describe, expect, it } from 'vitest';
import { capital, count, day, dotted, happened, list, placeText, plural, sentence, shortHash, size } from './format';
import { prettyJson } from './pretty-json';
import { spans } from './spans';

describe('prettyJson', () => {
  it('lays objects and lists out', () => {
    expect(prettyJson('{"a":[1,2],"b":{},"c":[]}')).toBe(
      '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}',
    );
  });

  it('touches no token that JavaScript would change', () => {
    const canonical =
      '{"a":1.0,"b":123456789012345678901234567890,"c":NaN,"d":-Infinity,"e":1e+16,"f":"\\u0435 \\" ,:{}[] \\\\"}';
    const pretty = prettyJson(canonical);
    expect(pretty).toContain('"f": "\\u0435 \\" ,:{}[] \\\\"');
    for (const token of ['1.0', '123456789012345678901234567890', 'NaN', '-Infinity', '1e+16'])
      expect(pretty).toContain(`: ${token}`);
  });

  it('adds white space and nothing else', () => {
    const canonical = '{"k":{"list":[[],[{"x":"a b"}],null,true]},"z":"\\\\"}';
    expect(JSON.stringify(JSON.parse(prettyJson(canonical)))).toBe(canonical);
  });
});

describe('spans', () => {
  it('finds names in backticks', () => {
    expect(spans('the `a.py` changed')).toEqual([
      { kind: 'words', text: 'the ' },
      { kind: 'code', text: 'a.py' },
      { kind: 'words', text: ' changed' },
    ]);
  });

  it.each(['one ` alone', 'none', '`', 'a `b` and ` c'])('loses nothing of %j', (text) => {
    const back = spans(text).map((span) => (span.kind === 'code' ? `\`${span.text}\`` : span.text));
    expect(back.join('')).toBe(text);
  });
});

describe('format', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [3124, '3.1 KB'],
    [9_960, '10 KB'],
    [41_000, '41 KB'],
    [999_600, '1.0 MB'],
    [284_000_000, '284 MB'],
    [5_400_000_000, '5.4 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  it('counts', () => {
    expect([count(1, 'file'), count(7, 'file'), count(10_000, 'entry', 'entries')]).toEqual([
      '1 file',
      '7 files',
      '10,000 entries',
    ]);
  });

  it('chooses the word that a number takes', () => {
    expect([0, 1, 2].map((n) => plural(n, 'field'))).toEqual(['fields', 'field', 'fields']);
    expect(plural(2, 'it', 'them')).toBe('them');
  });

  it('puts facts side by side without those that are not there', () => {
    expect([dotted('a.b', '1.0'), dotted(null, '1.0'), dotted('a.b', ''), dotted(null, null)]).toEqual([
      'a.b · 1.0',
      '1.0',
      'a.b',
      '',
    ]);
  });

  it('leaves a name at the beginning as it is spelled', () => {
    expect(['the plugin', 'plugin.py is gone', 'aisoc-plugin.json', '`id` is'].map(capital)).toEqual([
      'The plugin',
      'plugin.py is gone',
      'aisoc-plugin.json',
      '`id` is',
    ]);
  });

  it('joins names', () => {
    expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it('shortens hashes in groups of four', () => {
    expect(shortHash(`4f1c09be${'0'.repeat(52)}d27a`)).toBe('4f1c 09be … d27a');
  });

  it('writes days in UTC and keeps what is no date', () => {
    expect([day('2026-03-03T23:59:00Z'), day('long ago')]).toEqual(['3 March 2026', 'long ago']);
  });

  it.each([
    [
      'open the key `x`: the passphrase does not open it',
      'Could not open the key `x`: the passphrase does not open it.',
    ],
    ['find the folder `~/p`: No such file', 'Could not find the folder `~/p`: No such file.'],
    ['read `C:\\keys\\k`: access is denied', 'Could not read `C:\\keys\\k`: access is denied.'],
    ['lock `a`: another process held it', 'Could not lock `a`: another process held it.'],
    ['cannot read `a`: it is a folder', 'Cannot read `a`: it is a folder.'],
    ['the key file `k` is damaged: no end', 'The key file `k` is damaged: no end.'],
    ['keep keys in `~/k`: it is a symlink', 'Could not keep keys in `~/k`: it is a symlink.'],
    ['remember something of `p`: no room', 'Could not remember something of `p`: no room.'],
    // A verb that no list would have.
    ['notarise the folder `p`: the clock is wrong', 'Could not notarise the folder `p`: the clock is wrong.'],
    ['what the keyring holds as `a` is foreign: x', 'What the keyring holds as `a` is foreign: x.'],
    ['there is no folder `p`: it was moved', 'There is no folder `p`: it was moved.'],
    ['no program offers it: none runs', 'No program offers it: none runs.'],
    ['found neither `a` nor `b`', 'Found neither `a` nor `b`.'],
    ['`a: b` changed while it was read', '`a: b` changed while it was read.'],
    ['opening it asks for 9 GB: too much', 'Opening it asks for 9 GB: too much.'],
  ])('says what happened, not what to do: %s', (message, expected) => {
    expect(happened(message)).toBe(expected);
  });

  it('writes places and sentences', () => {
    expect(placeText({ file: 'plugin.yaml', line: 9, column: 3 })).toBe('plugin.yaml, line 9, column 3');
    expect(placeText({ file: 'x.py', line: null, column: null })).toBe('x.py');
    expect([sentence('could not read `a`'), sentence('Why?')]).toEqual(['Could not read `a`.', 'Why?']);
  });
});
