// Data P, a generator's Q and a discriminator D: what D wins, and where it pushes Q. Pure functions
// of numbers; the tests hold them to Python. As in __init__.py; all in nats.

import { bell, logNormal, normalCdf } from "../shared/gaussians.mjs";

/** @typedef {{ means: number[], sd: number }} Mixture humps of one width and the same weight */
/** @typedef {{ best: boolean, middle: number, slope: number }} Discriminator */

const HUMPS_AT = { "one hump": [0], "two humps": [-3, 3] }; // on either side of P's mean
// The trapezoid rule in x: nine widths beyond the farthest hump, and fine enough for the best D,
// which turns sharply where P is two narrow humps.
const FAR = 9;
const SPACING = 0.025;
const NODES = Float64Array.from({ length: 2081 }, (_, i) => (i - 1040) * SPACING);

const indexOf = (x) => Math.round((x - NODES[0]) / SPACING);

/** P, or Q, as its humps. */
export const humpsOf = (data, mean, sd) => ({ means: HUMPS_AT[data].map((at) => mean + at), sd });

/** The log of the density of a mixture at x. */
export function logDensity({ means, sd }, x) {
  const [first, second] = means;
  const one = logNormal(x, first, sd);
  if (second === undefined) return one;
  const other = logNormal(x, second, sd);
  return Math.max(one, other) + Math.log1p(Math.exp(-Math.abs(one - other))) - Math.LN2;
}

/** D(x), where it has this logit. */
export const atLogit = (logit) => (logit < 0
  ? Math.exp(logit) / (1 + Math.exp(logit)) : 1 / (1 + Math.exp(-logit)));

// ---- the distance that earth is moved --------------------------------------------------------

const meanOf = (means, value) => means.reduce((sum, one) => sum + value(one), 0) / means.length;

/** The probability of what lies left of x. */
const cdf = ({ means, sd }, x) => meanOf(means, (mean) => normalCdf((x - mean) / sd));

/** The integral of `cdf` up to x. */
const cdfIntegral = ({ means, sd }, x) => sd * meanOf(means, (mean) => {
  const z = (x - mean) / sd;
  return z * normalCdf(z) + bell(z, 0, 1);
});

/** Where f passes 0, which has different signs at both ends, by halving. */
function rootOf(f, from, to) {
  let [left, right] = [from, to];
  const rises = f(right) > 0;
  let middle = (left + right) / 2;
  while (left < middle && middle < right) {
    if (f(middle) > 0 === rises) right = middle;
    else left = middle;
    middle = (left + right) / 2;
  }
  return middle;
}

/**
 * W1 = ∫ |F_P − F_Q| dx and its slope by the mean of Q, E_Q sign(F_P − F_Q).
 *
 * F_P − F_Q turns only where p = q, so that between two such places it passes 0 at most once.
 * logsP, logsQ: of the densities at the nodes.
 */
function earthMoved(P, Q, logsP, logsQ) {
  const apart = (x) => cdf(P, x) - cdf(Q, x);
  const logRatio = (x) => logDensity(P, x) - logDensity(Q, x);
  const [first, last] = [NODES[0], NODES[NODES.length - 1]];
  const ends = [first];
  for (let i = 1; i < NODES.length; i += 1) {
    if (logsP[i] > logsQ[i] !== logsP[i - 1] > logsQ[i - 1]) {
      ends.push(rootOf(logRatio, NODES[i - 1], NODES[i]));
    }
  }
  ends.push(last);
  const places = [first];
  for (let i = 1; i < ends.length; i += 1) {
    const [a, b] = [ends[i - 1], ends[i]];
    if (apart(a) * apart(b) < 0) places.push(rootOf(apart, a, b));
  }
  places.push(last);
  let [w1, w1Slope] = [0, 0];
  for (let i = 1; i < places.length; i += 1) {
    const [a, b] = [places[i - 1], places[i]];
    const area = cdfIntegral(P, b) - cdfIntegral(P, a) - (cdfIntegral(Q, b) - cdfIntegral(Q, a));
    w1 += Math.abs(area);
    w1Slope += Math.sign(area) * (cdf(Q, b) - cdf(Q, a));
  }
  return { w1, w1Slope };
}

// ---- what each wins and is told -------------------------------------------------------------

/** A function of a mixture: the logs of its density at the nodes, and the density. */
function tabulated() {
  let known = { key: "", logs: NODES, values: NODES, ends: [0, 0] };
  return (mixture) => {
    const key = `${mixture.means} ${mixture.sd}`;
    if (known.key !== key) {
      const logs = NODES.map((x) => logDensity(mixture, x));
      const reach = FAR * mixture.sd;
      const ends = [Math.min(...mixture.means) - reach, Math.max(...mixture.means) + reach];
      known = { key, logs, values: logs.map(Math.exp), ends };
    }
    return known;
  };
}

/**
 * A function of P, Q and D: what D wins, how far that is from the most that it could, and the losses
 * of a generator with their derivatives by the mean of Q, D being held as it is.
 */
export function accountant() {
  const [tableP, tableQ] = [tabulated(), tabulated()];
  let moved = { of: /** @type {unknown[]} */ ([]), w1: NaN, w1Slope: NaN };
  return (P, Q, { best, middle, slope }) => {
    const [ofP, ofQ] = [tableP(P), tableQ(Q)];
    if (moved.of[0] !== ofP || moved.of[1] !== ofQ) {
      moved = { of: [ofP, ofQ], ...earthMoved(P, Q, ofP.logs, ofQ.logs) };
    }
    const mean = Q.means[0];
    // Plain variables: a loop of two thousand steps makes no lists.
    let [js, divergence, value] = [0, 0, 0];
    let [minimaxLoss, minimaxSlope, otherLoss, otherSlope] = [0, 0, 0, 0];
    // Beyond, neither has anything that a double would show.
    const first = indexOf(Math.min(ofP.ends[0], ofQ.ends[0]));
    const last = indexOf(Math.max(ofP.ends[1], ofQ.ends[1]));
    for (let i = first; i <= last; i += 1) {
      const p = ofP.values[i];
      const q = ofQ.values[i];
      let logit = ofP.logs[i] - ofQ.logs[i];
      let rest = Math.log1p(Math.exp(-Math.abs(logit)));
      // −ln D and −ln(1 − D)
      let of1 = Math.max(-logit, 0) + rest;
      let of0 = Math.max(logit, 0) + rest;
      js += p * (Math.LN2 - of1) + q * (Math.LN2 - of0);
      divergence += p * logit;
      if (!best) {
        logit = slope * (NODES[i] - middle);
        rest = Math.log1p(Math.exp(-Math.abs(logit)));
        of1 = Math.max(-logit, 0) + rest;
        of0 = Math.max(logit, 0) + rest;
        value -= p * of1 + q * of0;
      }
      // q moves, D stays: d ln q/dmean = (x − mean)/sd²
      const away = q * (NODES[i] - mean);
      minimaxLoss -= q * of0;
      otherLoss += q * of1;
      minimaxSlope -= away * of0;
      otherSlope += away * of1;
    }
    js *= SPACING / 2;
    const bestValue = 2 * js - 2 * Math.LN2;
    const won = best ? bestValue : value * SPACING;
    const score = SPACING / Q.sd ** 2;
    return {
      value: won,
      bestValue,
      js,
      gap: bestValue - won,
      minimaxLoss: minimaxLoss * SPACING,
      nonSaturatingLoss: otherLoss * SPACING,
      minimaxSlope: minimaxSlope * score,
      nonSaturatingSlope: otherSlope * score,
      divergence: divergence * SPACING,
      w1: moved.w1,
      w1Slope: moved.w1Slope,
    };
  };
}

/** The same of one P, Q and D alone. */
export const gameOf = (P, Q, D) => accountant()(P, Q, D);

// ---- the logistic curve under the hand -------------------------------------------------------

/**
 * Where a logistic curve leaves the circle of this radius around its middle, on the right: its angle.
 * wide, high: how long a unit of x and of D is drawn.
 */
export function angleOf(slope, { radius, wide, high }) {
  const above = (angle) =>
    (radius * Math.sin(angle)) / high + 0.5 - atLogit((slope * radius * Math.cos(angle)) / wide);
  return rootOf(above, -Math.PI / 2, Math.PI / 2);
}

/** The slope of the logistic curve that leaves the circle at this angle. */
export function slopeAt(angle, { radius, wide, high }) {
  const d = 0.5 + (radius * Math.sin(angle)) / high;
  const right = Math.max(radius * Math.cos(angle), 1e-9) / wide;
  return Math.log(d / (1 - d)) / right;
}
