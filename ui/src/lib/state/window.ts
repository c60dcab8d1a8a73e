/** Rows that are drawn beyond what is seen, so that a quick scroll finds some. */
const SPARE = 8;
/** What is drawn before the list has been measured. */
const UNMEASURED = 30;

/** Answers which rows of a long list have to exist: from `from` to before `to`. Lengths are in pixels. */
export function slice(list: { total: number; row: number; top: number; height: number }): {
  from: number;
  to: number;
} {
  const { total, row, top, height } = list;
  if (row <= 0 || height <= 0) return { from: 0, to: Math.min(total, UNMEASURED) };
  const first = Math.floor(Math.max(top, 0) / row);
  const seen = Math.ceil(height / row) + 1;
  const from = Math.max(0, Math.min(first - SPARE, total - seen));
  return { from, to: Math.min(total, first + seen + SPARE) };
}
