// How far apart two distributions on a line are: pure functions of numbers. The tests hold them to
// lib and SciPy.

import { bregman, divergence, totalVariation } from "../shared/measures.mjs";

/** JS = [D(P‖M) + D(Q‖M)]/2 with M = (P + Q)/2, in nats: a sum of terms that are never negative. */
export const jensenShannon = (p, q) => p.reduce((sum, one, i) => {
  const both = one + q[i];
  if (both === 0) return sum;
  const t = (one - q[i]) / both;
  return sum + (both * (bregman(t) + bregman(-t))) / 4;
}, 0);

/** H with H² = Σ (√p − √q)²/2. */
export const hellinger = (p, q) =>
  Math.sqrt(p.reduce((sum, one, i) => sum + (Math.sqrt(one) - Math.sqrt(q[i])) ** 2, 0) / 2);

/** F_P − F_Q between each place and the next. */
export function cumulativeDifference(p, q) {
  let sum = 0;
  return p.slice(0, -1).map((one, i) => (sum += one - q[i]));
}

/** W1 = ∫ |F_P − F_Q|, in places. */
export const wasserstein = (p, q) =>
  cumulativeDifference(p, q).reduce((sum, one) => sum + Math.abs(one), 0);

/** The mean place. */
export const meanPlace = (p) => p.reduce((sum, one, place) => sum + one * place, 0);

/** All that the readout shows; what is a divergence or a part of one, in nats. */
export function distances(p, q) {
  const js = jensenShannon(p, q);
  return {
    there: divergence(p, q) * Math.LN2,
    back: divergence(q, p) * Math.LN2,
    js,
    root: Math.sqrt(js),
    tv: totalVariation(p, q),
    hellinger: hellinger(p, q),
    w1: wasserstein(p, q),
  };
}

/** The first and the last place that have any probability. */
export const ends = (q) => [q.findIndex((one) => one > 0), q.findLastIndex((one) => one > 0)];

/** The last place at which q as a whole can begin. */
export function room(q) {
  const [first, last] = ends(q);
  return q.length - 1 - (last - first);
}

/** q as a whole, moved so that it begins at `place`, or as near to that as the line is long. */
export function movedTo(q, place) {
  const [first, last] = ends(q);
  const start = Math.max(0, Math.min(room(q), place));
  const lump = q.slice(first, last + 1);
  return q.map((_, i) => lump[i - start] ?? 0);
}
