import type { Failure, Operation, Progress } from '../backend/types';

/** Where one long call stands. `shown` says that it has run long enough to be worth drawing. */
export type ActionState<T> =
  | { kind: 'idle' }
  | { kind: 'running'; progress: Progress | null; shown: boolean; cancelling: boolean }
  | { kind: 'done'; value: T }
  | { kind: 'cancelled' }
  | { kind: 'failed'; failure: Failure };

/** Progress is drawn this many milliseconds after a call began: what ends sooner would only flicker. */
const SHOW_AFTER = 80;

/** Gives out operation numbers and brings progress to the action that has the number. */
export class Operations {
  #next: Operation = 1;
  #actions = new Map<Operation, Action<unknown>>();

  /** @param cancel Tells the backend that an operation should end. */
  constructor(readonly cancel: (operation: Operation) => Promise<void>) {}

  begin(action: Action<unknown>): Operation {
    const operation = this.#next;
    this.#next += 1;
    this.#actions.set(operation, action);
    return operation;
  }

  end(operation: Operation): void {
    this.#actions.delete(operation);
  }

  progress(operation: Operation, progress: Progress): void {
    this.#actions.get(operation)?.progress(progress);
  }
}

/** One kind of long call: it runs at most once at a time, shows progress, and can be cancelled. */
export class Action<T> {
  state = $state.raw<ActionState<T>>({ kind: 'idle' });
  #operation: Operation | null = null;

  constructor(readonly operations: Operations) {}

  get running(): boolean {
    return this.state.kind === 'running';
  }

  get failure(): Failure | null {
    return this.state.kind === 'failed' ? this.state.failure : null;
  }

  /** Runs `call`; a call that is still running is cancelled first, and its outcome counts no more. */
  async run(call: (operation: Operation) => Promise<T>): Promise<ActionState<T>> {
    if (this.running) void this.cancel();
    const operation = this.operations.begin(this as Action<unknown>);
    this.#operation = operation;
    this.state = { kind: 'running', progress: null, shown: false, cancelling: false };
    const timer = setTimeout(() => {
      if (this.state.kind === 'running' && this.#operation === operation)
        this.state = { ...this.state, shown: true };
    }, SHOW_AFTER);
    const outcome = await settle(call(operation));
    this.operations.end(operation);
    if (this.#operation !== operation) return { kind: 'cancelled' };
    clearTimeout(timer);
    this.#operation = null;
    this.state = outcome;
    return outcome;
  }

  /** Asks the backend to end the running call; the state changes when it has ended. */
  async cancel(): Promise<void> {
    if (this.state.kind !== 'running' || this.#operation === null || this.state.cancelling) return;
    this.state = { ...this.state, cancelling: true };
    // A wish that could not be delivered leaves the call running, which the screen then still shows.
    await this.operations.cancel(this.#operation).catch(() => {
      if (this.state.kind === 'running') this.state = { ...this.state, cancelling: false };
    });
  }

  /** Forgets how the last call ended. */
  reset(): void {
    if (!this.running) this.state = { kind: 'idle' };
  }

  /** Forgets the last call; one that still runs is to end, and its outcome counts no more. */
  abandon(): void {
    void this.cancel();
    this.#operation = null;
    this.state = { kind: 'idle' };
  }

  progress(progress: Progress): void {
    if (this.state.kind === 'running') this.state = { ...this.state, progress };
  }
}

async function settle<T>(call: Promise<T>): Promise<ActionState<T>> {
  try {
    return { kind: 'done', value: await call };
  } catch (thrown) {
    const failure = asFailure(thrown);
    return failure.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', failure };
  }
}

/** Takes what a call was rejected with for a failure; anything else than one is a fault of this program. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return { hint: null, place: null, atTheLoader: null, ...(thrown as Pick<Failure, 'code' | 'message'>) };
  }
  return {
    code: 'internal',
    message: `the window got an answer that it does not know: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    hint: 'Nothing was written by the window. Start it again; if this stays, report it with the text above',
    place: null,
    atTheLoader: null,
  };
}
