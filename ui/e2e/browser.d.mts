import type { Browser, Page } from 'playwright-core';

/** Serves the built fake UI with the real window's content security policy. */
export function serve(): Promise<{ url: string; close: () => Promise<void> }>;
/** Starts the browser. */
export function launch(): Promise<Browser>;
/** The names of all states, from the fake itself. */
export function stateNames(): Promise<string[]>;
/** Opens a state and waits until it is drawn. */
export function show(page: Page, url: string, state: string | null): Promise<void>;
