/**
 * Finds the text of an element that its own height hides, as `line-clamp` leaves it; empty where all can be read.
 *
 * The last line that is seen may end in an ellipsis over a word or two of what this counts as seen.
 */
export function hiddenText(element: HTMLElement): string {
  if (element.scrollHeight <= element.clientHeight + 1) return '';
  const bottom = element.getBoundingClientRect().bottom + 1;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let hidden = '';
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent ?? '';
    if (hidden !== '') {
      hidden += text;
      continue;
    }
    // Text goes downwards, so that the first character below the edge can be searched by halves.
    let [seen, below] = [0, text.length + 1];
    while (below - seen > 1) {
      const middle = Math.floor((seen + below) / 2);
      range.setStart(node, middle - 1);
      range.setEnd(node, middle);
      if (range.getBoundingClientRect().bottom > bottom) below = middle;
      else seen = middle;
    }
    hidden += text.slice(seen);
  }
  return hidden.trim();
}
