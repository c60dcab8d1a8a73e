import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

const themes = {
  light: colours(css.slice(0, css.indexOf('@media'))),
  dark: colours(css.slice(css.indexOf('prefers-color-scheme: dark'), css.indexOf('prefers-reduced-motion'))),
};

function colours(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
}

// WCAG 2.2: relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TEXT: [string, string[]][] = [
  ['ink', ['bg', 'panel', 'soft', 'accent-bg', 'ok-bg', 'warn-bg', 'bad-bg']],
  ['ink2', ['bg', 'panel', 'soft', 'accent-bg', 'ok-bg', 'warn-bg', 'bad-bg']],
  ['accent', ['bg', 'panel', 'soft']],
  ['accent-strong', ['accent-bg', 'panel']],
  ['accent-ink', ['accent', 'accent-strong']],
  ['ok', ['panel', 'ok-bg']],
  ['warn', ['panel', 'bg', 'warn-bg']],
  ['bad', ['panel', 'bad-bg']],
];
const CONTROLS: [string, string[]][] = [
  ['edge', ['bg', 'panel', 'soft', 'warn-bg', 'bad-bg']],
  ['focus', ['bg', 'panel', 'soft', 'accent-bg', 'warn-bg', 'bad-bg']],
  ['accent', ['accent-bg', 'panel']],
];

it('the dark of a part of a page is the dark of the window', () => {
  const [window, part] = css.slice(css.indexOf('prefers-color-scheme: dark')).split('.theme-dark');
  expect(colours(part ?? '')).toEqual(colours(window ?? ''));
  expect(colours(part ?? '').size).toBeGreaterThan(15);
});

describe.each(Object.entries(themes))('%s', (_, theme) => {
  const ratio = (a: string, b: string) => contrast(theme.get(a) ?? '', theme.get(b) ?? '');

  it.each(TEXT.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground])))(
    'text %s on %s: 4.5',
    (ink, ground) => {
      expect(ratio(ink as string, ground as string)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(CONTROLS.flatMap(([line, grounds]) => grounds.map((ground) => [line, ground])))(
    'control %s on %s: 3',
    (line, ground) => {
      expect(ratio(line as string, ground as string)).toBeGreaterThanOrEqual(3);
    },
  );
});
