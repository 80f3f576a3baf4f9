// The arithmetic of a policy update: pure functions of numbers. The tests hold them to NumPy.

import { divergence } from "../shared/measures.mjs";

export const CLIP = 0.2;
/** The longest step that is shown. */
export const LONGEST = { plain: 10, natural: 2.5, clip: 10 };
const MOST_STEPS = 100;

/** old·e^change, normalised: what a change of the logits makes of a policy. */
function tilted(old, change) {
  const most = Math.max(...change);
  const weights = old.map((one, i) => one * Math.exp(change[i] - most));
  const sum = weights.reduce((total, one) => total + one, 0);
  return weights.map((one) => one / sum);
}

/** Σ p·value. */
const mean = (p, values) => p.reduce((sum, one, i) => sum + one * values[i], 0);

/** What an arm is now more often than before; 1 for an arm that never was. */
export const ratio = (old, now) => (old > 0 ? now / old : 1);

/** The gradient of Σ π·advantage by the logits. */
function slope(policy, advantage) {
  const middle = mean(policy, advantage);
  return policy.map((one, i) => one * (advantage[i] - middle));
}

/** What the update changes the logits by: one step, or for "clip" steps until nothing moves. */
export function logitChange(method, old, advantage, step) {
  if (method === "natural") return advantage.map((one) => step * one);
  if (method === "plain") return slope(old, advantage).map((one) => step * one);
  return clippedChange(old, advantage, step);
}

/** Steps of the clipped objective. Plain loops: a drag draws a curve of such updates. */
function clippedChange(old, advantage, step) {
  const arms = old.length;
  const change = Array.from({ length: arms }, () => 0);
  const now = old.slice();
  const live = Array.from({ length: arms }, () => 0);
  for (let n = 0; n < MOST_STEPS && step > 0; n += 1) {
    let middle = 0;
    let moving = false;
    for (let i = 0; i < arms; i += 1) {
      const moved = ratio(old[i], now[i]);
      const credited = advantage[i] > 0 ? moved < 1 + CLIP : moved > 1 - CLIP;
      live[i] = credited ? advantage[i] : 0;
      middle += now[i] * live[i];
      moving ||= live[i] !== 0;
    }
    if (!moving) break;
    let sum = 0;
    for (let i = 0; i < arms; i += 1) change[i] += step * now[i] * (live[i] - middle);
    let most = -Infinity;
    for (let i = 0; i < arms; i += 1) if (change[i] > most) most = change[i];
    for (let i = 0; i < arms; i += 1) sum += now[i] = old[i] * Math.exp(change[i] - most);
    for (let i = 0; i < arms; i += 1) now[i] /= sum;
  }
  return change;
}

/** All that one update does: the new policy, its distance in nats, what it promises and keeps. */
export function update(method, old, advantage, truth, step) {
  const change = logitChange(method, old, advantage, step);
  const now = tilted(old, change);
  const credit = old.map((one, i) => {
    const moved = ratio(one, now[i]);
    const cut = Math.min(1 + CLIP, Math.max(1 - CLIP, moved));
    return Math.min(moved * advantage[i], cut * advantage[i]);
  });
  const middle = mean(old, change);
  const squares = change.map((one) => (one - middle) ** 2);
  const outside = old.map((one, i) => Number(Math.abs(ratio(one, now[i]) - 1) > CLIP));
  return {
    now,
    there: divergence(old, now) * Math.LN2,
    back: divergence(now, old) * Math.LN2,
    square: mean(old, squares) / 2,
    promise: mean(now, advantage) - mean(old, advantage),
    clipped: mean(old, credit) - mean(old, advantage),
    gain: mean(now, truth) - mean(old, truth),
    clipFraction: mean(old, outside),
  };
}
