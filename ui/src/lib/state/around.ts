import type { Backend } from '../backend/backend';
import type { PluginView, PublisherKey } from '../backend/types';
import type { ActionState, Operations } from './action.svelte';

/** What a part of the session needs of the whole. */
export interface Around {
  readonly backend: Backend;
  readonly operations: Operations;
  readonly plugin: PluginView | null;
  readonly key: PublisherKey | null;
  /** Tells a screen reader. */
  say(text: string): void;
  /** Answers whether a dialog of the system is open already, and says so if it is. */
  dialogIsOpen(): boolean;
  /** Tells how the saving of something ended that is not what the screen shows now; `where` it went, if anywhere. */
  savedElsewhere(what: string, where: string | null, outcome: ActionState<unknown>): void;
}
