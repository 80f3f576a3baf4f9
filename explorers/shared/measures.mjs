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
 * are 0. Those in `kept` stay as they are, where that leaves room and someone to take the rest.
 * Fifteen digits, so that a reader's next cell shows 0.18 and not 0.18000000000000002.
 */
export function withProbability(p, index, value, kept = []) {
  const stays = (i) => i !== index && kept.includes(i);
  const moves = (i) => i !== index && !stays(i);
  const sum = (which) => p.reduce((total, one, i) => (which(i) ? total + one : total), 0);
  const rest = 1 - value - sum(stays);
  const movers = p.filter((_, i) => moves(i)).length;
  const fits = movers > 0 ? rest > -1e-12 : Math.abs(rest) < 1e-12;
  if (kept.length > 0 && !fits) return withProbability(p, index, value);
  const others = sum(moves);
  return p.map((one, i) => {
    if (i === index) return value;
    if (stays(i)) return one;
    const part = (others > 0 ? one / others : 1 / movers) * Math.max(0, rest);
    return Number(part.toPrecision(15));
  });
}

/** The pmf of the outcomes merged into `groups`: each group's probabilities added up. */
export const merged = (p, groups) =>
  groups.map((group) => group.reduce((sum, i) => sum + p[i], 0));

/**
 * The pmf whose groups have these sums, and in them the proportions of p; they share equally where
 * a group had nothing. `merged` undone.
 */
export function unmerged(p, groups, sums) {
  const next = [...p];
  const before = merged(p, groups);
  groups.forEach((group, g) => {
    if (sums[g] === before[g]) return;
    for (const i of group) {
      const part = before[g] > 0 ? p[i] / before[g] : 1 / group.length;
      next[i] = group.length === 1 ? sums[g] : Number((part * sums[g]).toPrecision(15));
    }
  });
  return next;
}

/** Σ p·length; an outcome that cannot happen costs nothing, whatever its length. */
export const meanLength = (p, lengths) =>
  p.reduce((sum, one, i) => (one === 0 ? sum : sum + one * lengths[i]), 0);

/** H(P, Q) = Σ p·(−log q), in bits; Infinity where q = 0 < p. */
export const crossEntropy = (p, q) => meanLength(p, q.map((one) => surprisal(one)));

/** p·log₂(p/q), what an outcome costs more under Q's code than under P's; less than 0: it saves. */
export const gap = (p, q) => (p === 0 ? 0 : p * (surprisal(q) - surprisal(p)));

/** (1 + t)·ln(1 + t) − t, without the loss of digits near 0. */
export function bregman(t) {
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

/** TV = Σ |p − q| / 2. */
export const totalVariation = (p, q) =>
  p.reduce((sum, one, i) => sum + Math.abs(one - q[i]), 0) / 2;

/**
 * What is blamed for a divergence without end, as the numbers of the outcomes: `first` gives each of
 * them something, `second` nothing.
 */
export const ruledOut = (first, second) =>
  first.flatMap((one, i) => (one > 0 && second[i] === 0 ? [i] : []));
