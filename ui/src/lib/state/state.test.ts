import { describe, expect, it, vi } from 'vitest';
import { failure } from '../backend/fake/data';
import { Action, asFailure, Operations } from './action.svelte';
import { Layers } from './layers';
import { slice } from './window';

describe('slice', () => {
  it('gives only what is in sight, with some to spare', () => {
    const seen = slice({ total: 10_000, row: 32, top: 32_000, height: 320 });
    expect(seen.from).toBeLessThanOrEqual(1000);
    expect(seen.to).toBeGreaterThanOrEqual(1011);
    expect(seen.to - seen.from).toBeLessThan(40);
  });

  it.each([
    [{ total: 5, row: 32, top: 0, height: 320 }, 0, 5],
    [{ total: 0, row: 32, top: 0, height: 320 }, 0, 0],
    [{ total: 100, row: 32, top: 0, height: 0 }, 0, 30],
  ])('%j', (list, from, to) => {
    expect(slice(list)).toEqual({ from, to });
  });

  it('reaches the last row, also when scrolled beyond', () => {
    expect(slice({ total: 1000, row: 10, top: 9_900, height: 100 }).to).toBe(1000);
    const beyond = slice({ total: 50, row: 10, top: 90_000, height: 100 });
    expect(beyond.to).toBe(50);
    expect(beyond.from).toBeLessThan(50);
  });
});

describe('Layers', () => {
  it('closes the thing opened last', () => {
    const layers = new Layers();
    const closed: string[] = [];
    layers.open(() => closed.push('first'));
    const second = layers.open(() => closed.push('second'));
    layers.closeTop();
    second();
    layers.closeTop();
    expect(closed).toEqual(['second', 'first']);
  });

  it('says when there is none', () => {
    expect(new Layers().closeTop()).toBe(false);
  });
});

function held<T>() {
  let settle: { done: (value: T) => void; fail: (thrown: unknown) => void } | undefined;
  const promise = new Promise<T>((done, fail) => (settle = { done, fail }));
  return { promise, ...(settle as NonNullable<typeof settle>) };
}

describe('Action', () => {
  const operations = (cancel = async (_: number) => {}) => new Operations(cancel);

  it('shows progress within 100 ms, and not at once', async () => {
    vi.useFakeTimers();
    const all = operations();
    const action = new Action<number>(all);
    const call = held<number>();
    let operation = 0;
    const running = action.run((number) => ((operation = number), call.promise));
    expect(action.state).toMatchObject({ kind: 'running', shown: false });
    vi.advanceTimersByTime(100);
    all.progress(operation, { step: 'hashing', done: 1, total: 2 });
    expect(action.state).toMatchObject({ kind: 'running', shown: true, progress: { done: 1 } });
    call.done(7);
    await running;
    expect(action.state).toEqual({ kind: 'done', value: 7 });
    vi.useRealTimers();
  });

  it('asks once to cancel, and ends when the backend has ended', async () => {
    const cancel = vi.fn(async (_: number) => {});
    const action = new Action<number>(operations(cancel));
    const call = held<number>();
    const running = action.run(() => call.promise);
    await action.cancel();
    await action.cancel();
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(action.state).toMatchObject({ kind: 'running', cancelling: true });
    call.fail(failure('cancelled', 'cancelled'));
    await running;
    expect(action.state).toEqual({ kind: 'cancelled' });
  });

  it('lets a late answer of an earlier run count no more', async () => {
    const action = new Action<string>(operations());
    const early = held<string>();
    const first = action.run(() => early.promise);
    await action.run(async () => 'new');
    early.done('old');
    expect(await first).toEqual({ kind: 'cancelled' });
    expect(action.state).toEqual({ kind: 'done', value: 'new' });
  });

  it('keeps a failure whole', async () => {
    const action = new Action<string>(operations());
    const failed = failure('io', 'could not read', { hint: 'try', atTheLoader: 'refuses' });
    await action.run(() => Promise.reject(failed));
    expect(action.failure).toEqual(failed);
  });
});

describe('asFailure', () => {
  it('takes anything else for a fault of the program', () => {
    expect(asFailure(new TypeError('x is undefined'))).toMatchObject({ code: 'internal' });
    expect(asFailure('text').message).toContain('text');
  });
});
