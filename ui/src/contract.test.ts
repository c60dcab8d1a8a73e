import { describe, expect, it } from 'vitest';

/** The one file that may know the shell. */
const SHELL = './lib/backend/tauri.ts';
/** What the entry asks before it takes the fake: whether there is a shell at all. */
const QUESTION = "'__TAURI_INTERNALS__' in window";

const sources = Object.entries(
  import.meta.glob<string>('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true }),
).filter(([name]) => !name.endsWith('.test.ts'));

describe('the shell', () => {
  it.each(['@tauri-apps/', '__TAURI'])('is reached through one file only: %s', (word) => {
    const users = sources.filter(([name, text]) => {
      return (name === './main.ts' ? text.replace(QUESTION, '') : text).includes(word);
    });
    expect(users.map(([name]) => name).filter((name) => name !== SHELL)).toEqual([]);
  });

  it('is looked for in every source', () => {
    const names = sources.map(([name]) => name);
    const some = [SHELL, './main.ts', './App.svelte', './lib/tasks/KeyTask.svelte'];
    expect(names).toEqual(expect.arrayContaining(some));
    expect(sources.find(([name]) => name === SHELL)?.[1]).toContain("from '@tauri-apps/");
  });
});
