// A table of joint probabilities: its margins, its entropies, and what each cell adds to I(X; Y). Pure
// functions of numbers; the tests hold them to lib.

import { divergence, entropy, gap } from "../shared/measures.mjs";

const total = (list) => list.reduce((sum, one) => sum + one, 0);

/** The sums of the rows, p(x), and of the columns, p(y). */
export const margins = (p) => ({
  x: p.map(total),
  y: p[0].map((_, j) => total(p.map((row) => row[j]))),
});

/** log₂ p(x, y)/(p(x)·p(y)) from p(x, y), p(x) and p(y): −∞ where the first is 0, NaN where another is. */
export const pointwise = (p, px, py) => Math.log2(p / px / py);

/** H of the rows where the column is known, in bits: each p(x, y) costs log₂ p(y)/p(x, y), never negative. */
const leftOpen = (p, known) => total(p.flatMap((row, i) => row.map((one, j) =>
  (one === 0 ? 0 : one * Math.log2(known(i, j) / one)))));

/** The correlation of the numbers of row and column; NaN where one of the two is always the same. */
export function correlation(p) {
  const { x, y } = margins(p);
  if ([x, y].some((margin) => margin.filter((one) => one > 0).length < 2)) return NaN;
  const deviations = (margin) => {
    const mean = total(margin.map((one, i) => one * i)) / total(margin);
    return margin.map((_, i) => i - mean);
  };
  const [ofX, ofY] = [x, y].map(deviations);
  const variance = (margin, off) => total(margin.map((one, i) => one * off[i] ** 2));
  const together = total(p.map((row, i) => ofX[i] * total(row.map((one, j) => one * ofY[j]))));
  return together / Math.sqrt(variance(x, ofX) * variance(y, ofY));
}

/**
 * All that is shown of a table, in bits: { x, y }, its margins; `apart`, what it would be if X and Y were
 * independent; `points` and `shares`, of each cell log₂ p(x, y)/(p(x)·p(y)) and p(x, y) times that; what
 * shares add and take away; `information`, I(X; Y); and the entropies.
 */
export function tableBill(p) {
  const { x, y } = margins(p);
  const apart = x.map((px) => y.map((py) => px * py));
  const shares = p.map((row, i) => row.map((one, j) => gap(one, apart[i][j])));
  const flat = shares.flat();
  return {
    x, y, apart, shares,
    points: p.map((row, i) => row.map((one, j) => pointwise(one, x[i], y[j]))),
    adds: total(flat.filter((one) => one > 0)),
    takes: -total(flat.filter((one) => one < 0)),
    information: divergence(p.flat(), apart.flat()),
    alone: { x: entropy(x), y: entropy(y) },
    both: entropy(p.flat()),
    open: { x: leftOpen(p, (_, j) => y[j]), y: leftOpen(p, (i) => x[i]) },
    correlation: correlation(p),
  };
}
