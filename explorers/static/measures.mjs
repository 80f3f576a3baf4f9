// The arithmetic of the explorers: pure functions of numbers, no page. The tests hold them to lib.

/** How each unit takes its logarithm and how that is written. */
export const UNITS = {
  bits: { log: Math.log2, sign: "log₂" },
  nats: { log: Math.log, sign: "ln" },
};

/** −log p; Infinity at p = 0. (0 − log 1 is 0, where −log 1 would be −0.) */
export const surprisal = (p, unit = "bits") => 0 - UNITS[unit].log(p);

/** p·(−log p), one outcome's part of the entropy; 0·log 0 counts as 0. */
export const share = (p, unit = "bits") => (p === 0 ? 0 : p * surprisal(p, unit));

/** H = Σ p·(−log p). */
export const entropy = (p, unit = "bits") => p.reduce((sum, one) => sum + share(one, unit), 0);

/**
 * The pmf with p[index] set to value; the others keep their proportions, or share equally if all
 * are 0. Fifteen digits, so that a reader's next cell shows 0.18 and not 0.18000000000000002.
 */
export function withProbability(p, index, value) {
  const others = p.reduce((sum, one, i) => (i === index ? sum : sum + one), 0);
  const rest = 1 - value;
  return p.map((one, i) => {
    if (i === index) return value;
    return Number((others > 0 ? (one / others) * rest : rest / (p.length - 1)).toPrecision(15));
  });
}

/** Σ p·length; an outcome that cannot happen costs nothing, whatever its length. */
export const meanLength = (p, lengths) =>
  p.reduce((sum, one, i) => (one === 0 ? sum : sum + one * lengths[i]), 0);

/** H(P, Q) = Σ p·(−log q), in bits; Infinity where q = 0 < p. */
export const crossEntropy = (p, q) => meanLength(p, q.map((one) => surprisal(one)));

/** p·log₂(p/q), what an outcome costs more under Q's code than under P's; less than 0: it saves. */
export const gap = (p, q) => (p === 0 ? 0 : p * (surprisal(q) - surprisal(p)));

/** (1 + t)·ln(1 + t) − t, without the loss of digits near 0. */
function bregman(t) {
  if (t === -1) return 1;
  if (Math.abs(t) > 1e-3) return (1 + t) * Math.log1p(t) - t;
  return t * t * (1 / 2 - t * (1 / 6 - t * (1 / 12 - t * (1 / 20 - t / 30))));
}

/** D(P‖Q) in bits, as Σ q·φ((p − q)/q): never negative, and 0 only for P = Q (see lib.measures). */
export function divergence(p, q) {
  const nats = p.reduce((sum, one, i) => {
    if (q[i] === 0) return one === 0 ? sum : Infinity;
    const t = (one - q[i]) / q[i];
    // p/q has no room in a double where q is next to nothing.
    if (t === Infinity) return sum + one * (Math.log(one) - Math.log(q[i])) - one;
    return sum + q[i] * bregman(t);
  }, 0);
  return nats / Math.LN2;
}

/**
 * log softmax(z), in nats. The terms of all but the largest logit are summed apart, so that the
 * surprise of a class that is all but certain is not lost (see lib.logits).
 */
export function logSoftmax(z) {
  const top = z.indexOf(Math.max(...z));
  const others = z.reduce((sum, one, k) => (k === top ? sum : sum + Math.exp(one - z[top])), 0);
  return z.map((one) => one - z[top] - Math.log1p(others));
}

/** The probabilities that logits stand for. */
export const softmax = (z) => logSoftmax(z).map(Math.exp);

/** H(P, softmax(z)) in nats, the loss of a classifier; a class with p = 0 adds nothing. */
export function lossFromLogits(p, z) {
  const logs = logSoftmax(z);
  return p.reduce((sum, one, k) => (one === 0 ? sum : sum - one * logs[k]), 0);
}

/** What code words cost of a budget of 1: Σ 2^−length. */
export const kraftSum = (words) => words.reduce((sum, { length }) => sum + 2 ** -length, 0);

/**
 * What stands in the way of `word` beside the words of a prefix code: { kind, by }.
 * kind: "word" (it is one), "taken" (it begins with the word `by`), "passed" (the word `by` begins
 * with it), or "free".
 */
export function standing(word, words) {
  if (words.includes(word)) return { kind: "word", by: word };
  const above = words.find((one) => word.startsWith(one));
  if (above !== undefined) return { kind: "taken", by: above };
  const below = words.find((one) => one.startsWith(word));
  return below === undefined ? { kind: "free", by: "" } : { kind: "passed", by: below };
}

/** The words given out, the shortest to the likeliest: for each outcome its word, or undefined. */
export function assigned(words, p) {
  const short = [...words].sort((a, b) => a.length - b.length);
  const likely = p.map((_, i) => i).sort((a, b) => p[b] - p[a]);
  const given = Array.from({ length: p.length });
  likely.forEach((outcome, rank) => { given[outcome] = short[rank]; });
  return given;
}

/** Of narrower pieces the ends, which are doubles, are not known well enough. As in Python. */
const NARROWEST = 2 ** -44;

/** The longest beginning of a message that has a piece: letters that can happen, not too many. */
export function possible(message, p) {
  let width = 1;
  const stop = message.findIndex((letter) => {
    width *= p[letter] ?? 0;
    return width < NARROWEST;
  });
  return stop < 0 ? message : message.slice(0, stop);
}

/** The piece of [0, 1) that an arithmetic coder narrows down to: { low, width }. */
export function interval(message, p) {
  return message.reduce(({ low, width }, letter) => {
    const before = p.slice(0, letter).reduce((sum, one) => sum + one, 0);
    return { low: low + width * before, width: width * p[letter] };
  }, { low: 0, width: 1 });
}

/**
 * The digits an arithmetic coder sends: of all numbers with ⌈−log₂ width⌉ + 1 binary digits the
 * first in the piece, so that whatever digits follow stay in it.
 */
export function digits({ low, width }) {
  const count = Math.ceil(-Math.log2(width)) + 1;
  return Math.ceil(low * 2 ** count).toString(2).padStart(count, "0");
}

/** The fewest binary digits that do: all numbers that begin with them lie in the piece. */
export function fewestDigits({ low, width }) {
  let count = 0;
  while (Math.ceil(low * 2 ** count) + 1 > (low + width) * 2 ** count) count += 1;
  return count;
}

/** The number that binary digits name: .1011. */
export const point = (text) => (text === "" ? 0 : parseInt(text, 2) / 2 ** text.length);

/** The `count` letters in whose pieces x of [0, 1) lies: decoding. */
export function decoded(x, count, p) {
  const last = p.findLastIndex((one) => one > 0);
  const message = [];
  let rest = x;
  while (message.length < count) {
    let letter = 0;
    // Rounding may leave a rest at the very end; it belongs to the last piece there is.
    while (letter < last && rest >= p[letter]) {
      rest -= p[letter];
      letter += 1;
    }
    message.push(letter);
    rest = rest / p[letter];
  }
  return message;
}

/** The point of the simplex nearest to `values`, which sum to 1: Q where the hand leaves it. */
export function ontoSimplex(values) {
  const descending = [...values].sort((a, b) => b - a);
  let sum = 0;
  let excess = 0;
  descending.forEach((value, i) => {
    sum += value;
    if (value > (sum - 1) / (i + 1)) excess = (sum - 1) / (i + 1);
  });
  return values.map((value) => Math.max(0, value - excess));
}

/**
 * How far one can go from p along `way` (which sums to 0) until D(P‖Q) reaches `bits`, or Q the
 * edge of the simplex. D is convex and 0 at p, so it grows along every ray.
 */
export function reach(p, way, bits) {
  let far = Math.min(...way.map((step, i) => (step < 0 ? p[i] / -step : Infinity)));
  const cost = (length) => p.reduce((sum, one, i) =>
    (one === 0 ? sum : sum - one * Math.log2(Math.max(0, 1 + (length * way[i]) / one))), 0);
  if (cost(far) <= bits) return far;
  let near = 0;
  const close = far / 4096;
  while (far - near > close) {
    const middle = (near + far) / 2;
    if (cost(middle) < bits) near = middle;
    else far = middle;
  }
  return near;
}
