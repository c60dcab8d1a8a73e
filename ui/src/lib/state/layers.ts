/** What Escape closes: the thing opened last. */
export class Layers {
  #open: (() => void)[] = [];

  /** Puts something on top; the returned function takes it away again. */
  open(close: () => void): () => void {
    this.#open.push(close);
    return () => {
      this.#open = this.#open.filter((other) => other !== close);
    };
  }

  /** Closes the topmost thing; answers whether there was one. */
  closeTop(): boolean {
    const top = this.#open.at(-1);
    top?.();
    return top !== undefined;
  }
}
