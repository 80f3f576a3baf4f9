// A mixture of Gaussians P and one Gaussian Q on the line: both divergences, their slopes, and their
// minima over Q. Pure functions of numbers, no page. The tests hold them to quadrature in Python.
// All in nats.

import { HALF_LOG_2PI } from "../shared/gaussians.mjs";

/** @typedef {{ modes: number[], weights: number[], widths: number[] }} Mixture P */
/** @typedef {{ mean: number, std: number }} Gaussian Q */
/** @typedef {{ cost: number, gradient: number[], second: number[] }} Slopes by mean and log std */

// The trapezoid rule goes this many standard deviations to either side.
const FAR = 9;
// A mode whose density is e^FAINT times smaller than another's adds nothing to a double.
const FAINT = 48;
const FEW_NODES = 201;
const MANY_NODES = 4001;

const nodesBy = new Map();

/** Nodes z and weights of the trapezoid rule for a mean over the standard normal. */
function normalNodes(count) {
  if (!nodesBy.has(count)) {
    const z = Float64Array.from({ length: count }, (_, i) => FAR * ((2 * i) / (count - 1) - 1));
    const weight = z.map((one) => Math.exp((-one * one) / 2));
    const sum = weight.reduce((total, one) => total + one, 0);
    nodesBy.set(count, { z, weight: weight.map((one) => one / sum) });
  }
  return nodesBy.get(count);
}

/**
 * How many nodes see everything: log P turns sharply between two modes, within about width² over
 * their distance. Too few would invent minima that are not there.
 */
function enoughNodes({ modes, widths }, std) {
  const spread = Math.max(...modes) - Math.min(...modes);
  const sharp = (0.7 * Math.min(...widths) ** 2) / Math.max(spread, 1);
  // Of round numbers there are few: their nodes are made but once.
  const count = 100 * Math.ceil((FAR * std) / (50 * sharp)) + 1;
  return Math.min(MANY_NODES, Math.max(2 * FEW_NODES - 1, count));
}

/** A function (x, out): ln p(x), its slope and its bend, into `out`. */
function logMixture({ modes, weights, widths }) {
  const { length } = modes;
  const logs = modes.map((_, k) => Math.log(weights[k] / widths[k]) - HALF_LOG_2PI);
  const sharpness = widths.map((width) => 1 / width);
  const parts = new Float64Array(length);
  return (x, out) => {
    let top = -Infinity;
    for (let k = 0; k < length; k += 1) {
      const u = (x - modes[k]) * sharpness[k];
      parts[k] = logs[k] - (u * u) / 2;
      if (parts[k] > top) top = parts[k];
    }
    // Plain variables: a pair in brackets would be a new list, some ten thousand in a drag step.
    let sum = 0;
    let slope = 0;
    let bend = 0;
    for (let k = 0; k < length; k += 1) {
      if (parts[k] < top - FAINT) continue;
      const part = Math.exp(parts[k] - top);
      const d = (modes[k] - x) * sharpness[k] * sharpness[k];
      sum += part;
      slope += part * d;
      bend += part * (d * d - sharpness[k] * sharpness[k]);
    }
    out[0] = top + Math.log(sum);
    out[1] = slope / sum;
    out[2] = bend / sum - out[1] * out[1];
  };
}

/**
 * p at each of `xs`.
 *
 * @param {Mixture} P
 */
export function mixtureDensities(P, xs) {
  const [out, logP] = [[0, 0, 0], logMixture(P)];
  return xs.map((x) => {
    logP(x, out);
    return Math.exp(out[0]);
  });
}

/** Mean and variance of P. */
export function moments({ modes, weights, widths }) {
  const mean = modes.reduce((sum, mode, k) => sum + weights[k] * mode, 0);
  const variance = modes.reduce((sum, mode, k) =>
    sum + weights[k] * (widths[k] ** 2 + (mode - mean) ** 2), 0);
  return { mean, variance };
}

/** The differential entropy of P. */
export function mixtureEntropy(P) {
  const [out, logP] = [[0, 0, 0], logMixture(P)];
  return P.modes.reduce((total, mode, k) => {
    const { z, weight } = normalNodes(enoughNodes(P, P.widths[k]));
    let mean = 0;
    for (let i = 0; i < z.length; i += 1) {
      logP(mode + P.widths[k] * z[i], out);
      mean += weight[i] * out[0];
    }
    return total - P.weights[k] * mean;
  }, 0);
}

/**
 * D(P‖Q) and its gradient by the mean and the log of the std of Q: { cost, gradient }.
 * own: the entropy of P, which does not change with Q.
 */
export function forwardCost(P, { mean, std }, own = mixtureEntropy(P)) {
  const { mean: centre, variance } = moments(P);
  const square = (variance + (centre - mean) ** 2) / (std * std);
  return {
    cost: HALF_LOG_2PI + Math.log(std) + square / 2 - own,
    gradient: [(mean - centre) / (std * std), 1 - square],
  };
}

/**
 * D(Q‖P), its gradient, and its second derivatives by (mean, log std): mm, ml, ll.
 *
 * @param {Mixture} P
 * @param {Gaussian} q
 * @returns {Slopes}
 */
export function reverseCost(P, { mean, std }, count = enoughNodes(P, std)) {
  const { z, weight } = normalNodes(count);
  const [out, logP] = [[0, 0, 0], logMixture(P)];
  let [level, slope, turn, bend, twist, swell] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < z.length; i += 1) {
    const at = z[i];
    const w = weight[i];
    logP(mean + std * at, out);
    level += w * out[0];
    slope += w * out[1];
    turn += w * at * out[1];
    bend += w * out[2];
    twist += w * at * out[2];
    swell += w * at * at * out[2];
  }
  return {
    cost: -Math.log(std) - HALF_LOG_2PI - 0.5 - level,
    gradient: [-slope, -1 - std * turn],
    second: [-bend, -std * twist, -std * turn - std * std * swell],
  };
}

/**
 * The way down from Q: the gradient measured in what Q can tell apart (its Fisher information).
 *
 * @param {{ std: number }} q
 * @param {number[]} gradient
 */
export const downhill = ({ std }, [byMean, byLog]) => [-std * std * byMean, -byLog / 2];

const limited = (value, most) => Math.max(-most, Math.min(most, value));

/**
 * Q one step further down; `rate` of the way, and never far.
 *
 * @param {Gaussian} q
 * @param {number[]} gradient
 */
export function stepDown({ mean, std }, gradient, rate = 0.2) {
  const [dm, dl] = downhill({ std }, gradient);
  return {
    mean: mean + limited(rate * dm, 0.3 * std),
    std: std * Math.exp(limited(rate * dl, 0.15)),
  };
}

/**
 * Newton's step where the cost curves upwards, a step down elsewhere.
 *
 * @param {Gaussian} q
 * @param {Slopes} slopes
 */
function newtonStep(q, { gradient: [gm, gl], second: [mm, ml, ll] }) {
  const determinant = mm * ll - ml * ml;
  if (!(mm > 0 && determinant > 0)) return stepDown(q, [gm, gl], 0.5);
  return {
    mean: q.mean - limited((ll * gm - ml * gl) / determinant, 0.5 * q.std),
    std: q.std * Math.exp(-limited((mm * gl - ml * gm) / determinant, 0.3)),
  };
}

/**
 * Minima of D(Q‖P) over Q, those that the starts lead to, the best first: each { mean, std, cost }.
 *
 * @param {Mixture} P
 */
export function reverseOptima(P) {
  const found = [];
  const { length } = P.modes;
  // One start for every choice of modes: the Gaussian that has their mean and variance.
  for (let chosen = 1; chosen < 2 ** length; chosen += 1) {
    const among = P.modes.map((_, k) => k).filter((k) => (chosen >> k) % 2 === 1);
    const mass = among.reduce((sum, k) => sum + P.weights[k], 0);
    if (mass < 1e-6) continue;
    const { mean, variance } = moments({
      modes: among.map((k) => P.modes[k]),
      weights: among.map((k) => P.weights[k] / mass),
      widths: among.map((k) => P.widths[k]),
    });
    let q = { mean, std: Math.sqrt(variance) };
    /** @type {Slopes} */
    let now = { cost: NaN, gradient: [NaN, NaN], second: [NaN, NaN, NaN] };
    let fine = false;
    const known = (far) => found.some((one) =>
      Math.abs(one.mean - q.mean) < far && Math.abs(Math.log(one.std / q.std)) < far);
    for (let i = 0; i < 60; i += 1) {
      // Coarse on the way, exact for the last steps.
      now = reverseCost(P, q, fine ? Math.min(1601, enoughNodes(P, q.std)) : FEW_NODES);
      const steep = Math.hypot(...now.gradient);
      if (fine && steep < 1e-8) break;
      fine ||= steep < 1e-3;
      if (fine && known(0.01)) break;
      q = newtonStep(q, now);
    }
    const [mm, ml, ll] = now.second;
    const isMinimum = Math.hypot(...now.gradient) < 1e-6 && mm > 0 && mm * ll - ml * ml > 0;
    if (isMinimum && !known(0.01)) found.push({ ...q, cost: now.cost });
  }
  return found.sort((a, b) => a.cost - b.cost);
}

/** The one minimum of D(P‖Q): the mean and the variance of P. */
export function forwardOptimum(P, own = mixtureEntropy(P)) {
  const { mean, variance } = moments(P);
  const q = { mean, std: Math.sqrt(variance) };
  return { ...q, cost: forwardCost(P, q, own).cost };
}

/**
 * A function P → D(Q‖P) on a grid, rows[i][j] for stds[i] and means[j] (evenly spaced).
 *
 * ln p is tabulated once, three times as densely as the means, and averaged with weights that are
 * the same for every P: good to three digits, enough for contours, and fast enough for a drag.
 */
export function reverseGrid(means, stds) {
  const fine = (means[1] - means[0]) / 3;
  const room = Math.ceil((4.5 * Math.max(...stds)) / fine);
  const size = 3 * (means.length - 1) + 1 + 2 * room;
  const kernels = stds.map((std) => {
    const half = Math.ceil((4.5 * std) / fine);
    const weight = Array.from({ length: 2 * half + 1 }, (_, i) =>
      Math.exp(-((((i - half) * fine) / std) ** 2) / 2));
    const sum = weight.reduce((total, one) => total + one, 0);
    return { half, weight: Float64Array.from(weight, (one) => one / sum) };
  });
  const table = new Float64Array(size);
  const out = [0, 0, 0];
  return (P) => {
    const logP = logMixture(P);
    for (let i = 0; i < size; i += 1) {
      logP(means[0] + (i - room) * fine, out);
      table[i] = out[0];
    }
    return kernels.map(({ half, weight }, row) => means.map((_, j) => {
      const first = room + 3 * j - half;
      let mean = 0;
      for (let i = 0; i < weight.length; i += 1) mean += weight[i] * table[first + i];
      return -Math.log(stds[row]) - HALF_LOG_2PI - 0.5 - mean;
    }));
  };
}

/**
 * Where the rows of a grid reach each of `levels` (rising): for each level what `piece` makes of
 * the ends x1, y1, x2, y2 of its line pieces, in columns and rows.
 *
 * @param {(x1: number, y1: number, x2: number, y2: number) => unknown} piece
 */
export function contourPieces(rows, levels, piece = (...ends) => ends) {
  const pieces = levels.map(() => []);
  const ends = new Float64Array(8);
  let count = 0;
  const meet = (x, y) => {
    ends[count] = x;
    ends[count + 1] = y;
    count += 2;
  };
  for (let i = 0; i + 1 < rows.length; i += 1) {
    const [low, high] = [rows[i], rows[i + 1]];
    for (let j = 0; j + 1 < low.length; j += 1) {
      const most = Math.max(low[j], low[j + 1], high[j], high[j + 1]);
      const least = Math.min(low[j], low[j + 1], high[j], high[j + 1]);
      for (let n = 0; n < levels.length && levels[n] < most; n += 1) {
        if (levels[n] < least) continue;
        const a = low[j] - levels[n];
        const b = low[j + 1] - levels[n];
        const c = high[j + 1] - levels[n];
        const d = high[j] - levels[n];
        count = 0;
        if (a > 0 !== b > 0) meet(j + a / (a - b), i);
        if (b > 0 !== c > 0) meet(j + 1, i + b / (b - c));
        if (c > 0 !== d > 0) meet(j + d / (d - c), i + 1);
        if (d > 0 !== a > 0) meet(j, i + a / (a - d));
        for (let e = 0; e + 3 < count; e += 4) {
          pieces[n].push(piece(ends[e], ends[e + 1], ends[e + 2], ends[e + 3]));
        }
      }
    }
  }
  return pieces;
}
