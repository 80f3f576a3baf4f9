// One Gaussian q for the posterior of a latent z with prior N(0, 1): evidence, ELBO and the gap
// between them. Pure functions of numbers; the tests hold them to Python. As in __init__.py.

import { HALF_LOG_2PI, logNormal } from "../shared/gaussians.mjs";

// The trapezoid rule in z; between its ends lies the widest q, times the steepest ln p(x|z).
const SPACING = 0.05;
const NODES = Float64Array.from({ length: 1201 }, (_, i) => (i - 600) * SPACING);
const READ_TO = 0.1; // p(x|z) of a reading is its density times this

/** ln p(x|z) of a reading with Gaussian noise, from the square of what it is off. */
const logReading = (square, noise) =>
  -square / (2 * noise ** 2) - Math.log(noise) - HALF_LOG_2PI + Math.log(READ_TO);

/** Of each observation: ln p(x|z), and its mean under N(m, s²) in closed form. */
const LIKELIHOODS = {
  reading: {
    log: (z) => logReading((2.5 - z) ** 2, 0.75),
    expected: (m, s) => logReading((2.5 - m) ** 2 + s ** 2, 0.75),
  },
  count: {
    log: (z) => -Math.exp(2 * z),
    expected: (m, s) => -Math.exp(2 * m + 2 * s ** 2),
  },
  square: {
    log: (z) => logReading((4 - z ** 2) ** 2, 1),
    expected: (m, s) => logReading(
      16 - 8 * (m ** 2 + s ** 2) + m ** 4 + 6 * m ** 2 * s ** 2 + 3 * s ** 4, 1),
  },
};

const known = new Map();

/** ln p(x), a function z → p(z|x), and ln p(z|x) and p(z|x) at the nodes. */
export function posteriorOf(data) {
  if (!known.has(data)) {
    const logJoint = (z) => LIKELIHOODS[data].log(z) + logNormal(z, 0, 1);
    const joint = NODES.map(logJoint);
    const logEvidence = Math.log(joint.reduce((sum, one) => sum + Math.exp(one), 0) * SPACING);
    const logs = joint.map((one) => one - logEvidence);
    known.set(data, {
      logEvidence,
      density: (z) => Math.exp(logJoint(z) - logEvidence),
      logs,
      values: logs.map(Math.exp),
    });
  }
  return known.get(data);
}

/** D(q‖p(z|x)) in nats, as Σ q·(u − 1) + p(z|x) with u = ln q/p(z|x): never negative. */
function posteriorDivergence(data, m, s) {
  const { logs, values } = posteriorOf(data);
  const level = -Math.log(s) - HALF_LOG_2PI;
  let sum = 0;
  for (let i = 0; i < NODES.length; i += 1) {
    const t = (NODES[i] - m) / s;
    const logQ = level - (t * t) / 2;
    const q = Math.exp(logQ);
    const u = logQ - logs[i];
    // u − 1 + e^−u, by its series where that loses digits.
    sum += Math.abs(u) < 1e-4
      ? q * u * u * (1 / 2 - u / 6)
      : q * (u - 1) + values[i];
  }
  return sum * SPACING;
}

/** The bill for q in nats: for x given z, and for z. */
function itemsOf(data, m, s) {
  return [-LIKELIHOODS[data].expected(m, s), (m ** 2 + s ** 2 - 1) / 2 - Math.log(s)];
}

/** All that is shown, in bits. */
export function elboBill(data, m, s) {
  const [forData, forPrior] = itemsOf(data, m, s).map((nats) => nats / Math.LN2);
  return {
    logEvidence: posteriorOf(data).logEvidence / Math.LN2,
    elbo: -(forData + forPrior),
    gap: posteriorDivergence(data, m, s) / Math.LN2,
    dataBits: forData,
    priorBits: forPrior,
  };
}

const between = (value, [least, most]) => Math.max(least, Math.min(most, value));

/**
 * The q that steps uphill lead to, between the ends that m and s have: each changes m, by a part of
 * s, or ln s, and is halved where none helps.
 */
export function bestNear(data, q, ends) {
  const cost = ({ m, s }) => {
    const [forData, forPrior] = itemsOf(data, m, s);
    return forData + forPrior;
  };
  let [best, least, step] = [q, cost(q), 0.1];
  while (step > 1e-8) {
    const { m, s } = best;
    const tries = [[step, 0], [-step, 0], [0, step], [0, -step]].map(([dm, dl]) =>
      ({ m: between(m + dm * s, ends.m), s: between(s * Math.exp(dl), ends.s) }));
    const costs = tries.map(cost);
    const lowest = Math.min(...costs);
    if (lowest < least) [best, least] = [tries[costs.indexOf(lowest)], lowest];
    else step /= 2;
  }
  return best;
}
