const MAC = typeof navigator !== 'undefined' && /Mac/.test(navigator.userAgent);

/** Whether the keys pressed are `shortcut`, such as `mod+enter`; mod is Ctrl, and Command on a Mac. */
export function matches(event: KeyboardEvent, shortcut: string): boolean {
  const key = shortcut.slice('mod+'.length);
  const mod = MAC ? event.metaKey : event.ctrlKey;
  return mod && !event.altKey && !event.shiftKey && event.key.toLowerCase() === key;
}

/** Writes a shortcut as the keyboard does: `Ctrl + Enter`. */
export function shownShortcut(shortcut: string): string {
  const key = shortcut.slice('mod+'.length);
  return `${MAC ? '⌘' : 'Ctrl'} + ${key[0]?.toUpperCase() ?? ''}${key.slice(1)}`;
}

/** Writes a shortcut as `aria-keyshortcuts` wants it. */
export function ariaShortcut(shortcut: string): string {
  const key = shortcut.slice('mod+'.length);
  return `${MAC ? 'Meta' : 'Control'}+${key[0]?.toUpperCase() ?? ''}${key.slice(1)}`;
}
